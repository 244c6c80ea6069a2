/* Files come in, are looked at, imported, and taken back. */
#include "handlers.h"

#include "../app/import.h"
#include "../domain/job.h"
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

reb_status reb_handle_upload_add(reb_request *rq, reb_err *err) {
    reb_status st = reb_upload_end(rq, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "upload", rq->upload_id);
    reb_json_kstr(&rq->w, "name", rq->upload_name);
    reb_json_ki64(&rq->w, "bytes", (int64_t)rq->received);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_upload_remove(reb_request *rq, reb_err *err) {
    return reb_upload_remove(rq->server, reb_rq_param(rq, "upload"), err);
}

reb_status reb_handle_import_list(reb_request *rq, reb_err *err) {
    const reb_import_batch *list = NULL;
    size_t n = 0;
    reb_status st = reb_import_list(&list, &n, rq->store, &rq->arena, err);
    if (st == REB_OK) reb_import_list_json(&rq->w, list, n);
    return st;
}

reb_status reb_handle_import_preview(reb_request *rq, reb_err *err) {
    const char *path;
    reb_status st = reb_upload_path(&path, rq->server, &rq->arena, reb_rq_text(rq, "upload"), err);
    if (st != REB_OK) return st;
    const reb_import_options o = {.path = path,
                                  .map_text = reb_rq_text(rq, "map"),
                                  .source = reb_rq_text(rq, "source"),
                                  .encoding = reb_rq_text(rq, "encoding"),
                                  .dry_run = true,
                                  .clock = rq->server->o.act_clock,
                                  .ids = rq->ids};
    reb_import_result r = {0};
    st = reb_import_preview(&r, rq->store, &o, &rq->arena, err);
    if (st == REB_OK) reb_import_result_json(&rq->w, &r);
    return st;
}

reb_status reb_handle_import_add(reb_request *rq, reb_err *err) {
    static const char *const k_passed[] = {"map", "source", "encoding"};
    const char *upload = reb_rq_text(rq, "upload");
    const char *path;
    reb_status st = reb_upload_path(&path, rq->server, &rq->arena, upload, err);
    if (st != REB_OK) return st;
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_json_obj(&w);
    reb_json_kstr(&w, "path", path);
    reb_json_kstr(&w, "name", strrchr(path, '/') + 1);
    reb_json_kstr(&w, "rejects", reb_arena_printf(&rq->arena, "%s/rejects-%s.csv", rq->server->upload_dir, upload));
    for (size_t i = 0; i < sizeof k_passed / sizeof k_passed[0]; i++)
        if (reb_rq_text(rq, k_passed[i]) != NULL) reb_json_kstr(&w, k_passed[i], reb_rq_text(rq, k_passed[i]));
    reb_json_obj_end(&w);
    st = reb_answer_job(rq, "import", &params, true, err);
    reb_buf_free(&params);
    return st;
}

reb_status reb_handle_import_undo(reb_request *rq, reb_err *err) {
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_json_obj(&w);
    reb_json_kid(&w, "batch_id", reb_rq_param_id(rq, "batch_id"));
    reb_json_obj_end(&w);
    reb_status st = reb_answer_job(rq, "import_undo", &params, false, err);
    reb_buf_free(&params);
    return st;
}

reb_status reb_handle_import_rejects(reb_request *rq, reb_err *err) {
    reb_job j;
    reb_status st = reb_job_get(&j, rq->store, &rq->arena, reb_rq_param_id(rq, "job_id"), err);
    if (st != REB_OK) return st;
    cJSON *params = cJSON_Parse(j.params);
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(params, "rejects");
    if (strcmp(j.kind, "import") == 0 && cJSON_IsString(path)) rq->file_fd = open(path->valuestring, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    cJSON_Delete(params);
    if (rq->file_fd < 0) return reb_fail(err, REB_E_NOT_FOUND, "This job has refused no rows, or they are kept on another machine.");
    rq->content_type = "text/csv; charset=utf-8";
    rq->file_name = reb_arena_printf(&rq->arena, "attachment; filename=\"rejects-%" PRId64 ".csv\"", j.job_id);
    return REB_OK;
}
