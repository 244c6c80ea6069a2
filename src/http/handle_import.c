/* Files come in, are looked at, checked, imported, mended, and taken back. */
#include "handlers.h"

#include "../app/import.h"
#include "../app/import_mend.h"
#include "../app/import_sample.h"
#include "../app/import_words.h"
#include "../domain/import_mapping.h"
#include "../domain/job.h"
#include "../sheet/guard.h"
#include "../sheet/sheet.h"
#include "upload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* --- uploads -------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_handle_upload_add(reb_request *rq, reb_err *err) {
    reb_status st = reb_upload_end(rq, err);
    return st == REB_OK ? reb_upload_json(&rq->w, rq->server, rq->upload_id, err) : st;
}

reb_status reb_handle_upload_more(reb_request *rq, reb_err *err) {
    return reb_handle_upload_add(rq, err);
}

reb_status reb_handle_upload_list(reb_request *rq, reb_err *err) {
    return reb_upload_list_json(&rq->w, rq->server, &rq->arena, err);
}

reb_status reb_handle_upload_get(reb_request *rq, reb_err *err) {
    return reb_upload_json(&rq->w, rq->server, reb_rq_param(rq, "upload"), err);
}

reb_status reb_handle_upload_remove(reb_request *rq, reb_err *err) {
    return reb_upload_remove(rq->server, reb_rq_param(rq, "upload"), err);
}

reb_status reb_handle_upload_sample(reb_request *rq, reb_err *err) {
    const char *id = NULL;
    const char *path = NULL;
    reb_status st = reb_upload_make(&id, &path, rq->server, &rq->arena, "sample-orders.csv", err);
    if (st != REB_OK) return st;
    const char *scratch = reb_arena_printf(&rq->arena, "%s/%s/.sample", rq->server->upload_dir, id);
    if (scratch == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    st = reb_import_sample_write(path, scratch, rq->store, reb_rq_now(rq), err);
    cJSON *state = cJSON_CreateObject();
    cJSON *plan = cJSON_AddObjectToObject(state, "plan");
    bool good = cJSON_AddTrueToObject(state, "sample") != NULL && cJSON_AddStringToObject(plan, "source", REB_IMPORT_SAMPLE_SOURCE) != NULL;
    if (st == REB_OK) st = good ? reb_upload_state_put(rq->server, id, state, err) : reb_fail(err, REB_E_MEMORY, "No memory left.");
    cJSON_Delete(state);
    if (st == REB_OK) return reb_upload_json(&rq->w, rq->server, id, err);
    reb_upload_remove(rq->server, id, NULL);
    return st;
}

/* --- looking -------------------------------------------------------------------------------------------------------------------------- */

typedef struct looking {
    reb_request *rq;
    const char *upload, *path;
    cJSON *state;      /* of the upload */
    cJSON *remembered; /* plan of an earlier file with this header */
    const char *remembered_name;
    const cJSON *plan; /* in force; NULL: guessed */
    reb_import_result r;
    reb_err err; /* why it is not understood */
    reb_status st;
} looking;

static void look(looking *l, const cJSON *plan) {
    const reb_import_options o = {.path = l->path,
                                  .shown_name = strrchr(l->path, '/') + 1,
                                  .plan = plan,
                                  .dry_run = true,
                                  .clock = l->rq->server->o.act_clock,
                                  .ids = l->rq->ids};
    l->err = (reb_err){0};
    l->plan = plan;
    l->st = reb_import_look(&l->r, l->rq->store, &o, &l->rq->arena, &l->err);
}

/* How it was done the last time, when it still fits. */
static reb_status look_as_remembered(looking *l, reb_err *err) {
    reb_import_mapping m;
    if (l->r.signature[0] == '\0') return REB_OK;
    reb_status st = reb_import_mapping_get(&m, l->rq->store, l->r.signature, &l->rq->arena, err);
    if (st != REB_OK || m.plan == NULL) return st;
    l->remembered = cJSON_Parse(m.plan);
    if (l->remembered == NULL) return REB_OK;
    looking guess = *l;
    look(l, l->remembered);
    if (l->st == REB_OK) {
        l->remembered_name = m.name;
        st = reb_import_mapping_used(l->rq->store, l->r.signature, reb_clock_now(l->rq->server->o.wall_clock), err);
    } else {
        cJSON *kept = l->remembered;
        *l = guess;
        l->remembered = kept;
    }
    return st;
}

/* The plan a person is at work on stays with the upload; the check of an earlier one no longer holds. */
static reb_status keep_plan(looking *l, const cJSON *plan, reb_err *err) {
    const cJSON *before = cJSON_GetObjectItemCaseSensitive(l->state, "plan");
    bool same = plan != NULL ? cJSON_Compare(before, plan, true) : before == NULL;
    if (same) return REB_OK;
    cJSON_DeleteItemFromObjectCaseSensitive(l->state, "remembered");
    if (l->remembered_name != NULL) cJSON_AddStringToObject(l->state, "remembered", l->remembered_name);
    cJSON_DeleteItemFromObjectCaseSensitive(l->state, "plan");
    cJSON_DeleteItemFromObjectCaseSensitive(l->state, "check_job");
    cJSON *copy = plan != NULL ? cJSON_Duplicate(plan, true) : NULL;
    if (plan != NULL && (copy == NULL || !cJSON_AddItemToObject(l->state, "plan", copy))) {
        cJSON_Delete(copy);
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    return reb_upload_state_put(l->rq->server, l->upload, l->state, err);
}

static void put_json(reb_json *w, const char *key, const cJSON *value) {
    char *text = value != NULL ? cJSON_PrintUnformatted(value) : NULL;
    if (value != NULL && text == NULL) w->out->failed = true;
    if (text == NULL) return;
    reb_json_key(w, key);
    reb_json_raw(w, text);
    cJSON_free(text);
}

static void write_error(reb_json *w, const reb_err *e) {
    reb_json_key(w, "error");
    if (e->code == REB_OK) {
        reb_json_null(w);
        return;
    }
    reb_json_obj(w);
    reb_json_kstr(w, "code", reb_status_name(e->code));
    reb_json_kstr(w, "detail", e->detail[0] != '\0' ? e->detail : reb_status_sentence(e->code));
    if (e->next[0] != '\0') reb_json_kstr(w, "next", e->next);
    if (e->reason != NULL) reb_json_kstr(w, "reason", e->reason);
    reb_json_obj_end(w);
}

static reb_status write_look(looking *l) {
    reb_json *w = &l->rq->w;
    const reb_import_result *r = &l->r;
    reb_json_obj(w);
    reb_json_kstr(w, "upload", l->upload);
    reb_json_kstr(w, "file", r->file_name);
    reb_json_ki64(w, "bytes", r->file_bytes);
    reb_json_kbool(w, "sample", cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(l->state, "sample")));
    reb_json_ki64(w, "rows_looked", r->counts.rows);
    reb_json_kbool(w, "recognised", l->st == REB_OK);
    write_error(w, &l->err);
    reb_json_kstr(w, "profile", r->profile);
    reb_json_kstr(w, "profile_label", r->profile_label);
    reb_json_kstr(w, "why", r->why);
    reb_json_kstr(w, "source", r->source);
    reb_json_kstr(w, "records", r->records);
    reb_import_reading_json(w, &r->reading);
    reb_import_columns_json(w, r);
    reb_import_notes_json(w, r);
    reb_json_key(w, "plan");
    reb_json_raw(w, r->plan_json != NULL ? r->plan_json : "null");
    reb_json_kbool(w, "by_hand", cJSON_HasObjectItem(l->plan, "columns"));
    reb_json_kstr(w, "remembered", l->remembered_name);
    put_json(w, "asked", l->plan);
    if (l->plan == NULL) reb_json_knull(w, "asked");
    reb_json_kstr(w, "signature", r->signature[0] != '\0' ? r->signature : NULL);
    reb_json_obj_end(w);
    return REB_OK;
}

reb_status reb_handle_import_look(reb_request *rq, reb_err *err) {
    looking l = {.rq = rq, .upload = reb_rq_text(rq, "upload")};
    reb_status st = reb_upload_path(&l.path, rq->server, &rq->arena, l.upload, err);
    if (st != REB_OK) return st;
    l.state = reb_upload_state(rq->server, l.upload);
    if (l.state == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    const cJSON *asked = reb_rq_object(rq, "plan");
    const cJSON *kept = cJSON_GetObjectItemCaseSensitive(l.state, "plan");
    bool fresh = reb_rq_bool(rq, "fresh", false);
    look(&l, fresh ? NULL : asked != NULL ? asked : kept);
    if (!fresh && asked == NULL && kept == NULL) st = look_as_remembered(&l, err);
    bool shown = l.r.columns != NULL;
    if (st == REB_OK && l.st != REB_OK && (!shown || l.st == REB_E_USAGE)) {
        *err = l.err;
        st = l.st;
    }
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(l.state, "remembered");
    if (!fresh && asked == NULL && cJSON_IsString(name)) l.remembered_name = reb_arena_strdup(&rq->arena, name->valuestring);
    bool keep = fresh || asked != NULL || (kept == NULL && l.remembered_name != NULL);
    if (st == REB_OK && keep && (l.st == REB_OK || l.st == REB_E_INPUT)) st = keep_plan(&l, fresh ? NULL : l.plan, err);
    if (st == REB_OK) st = write_look(&l);
    cJSON_Delete(l.state);
    cJSON_Delete(l.remembered);
    return st;
}

reb_status reb_handle_import_vocabulary(reb_request *rq, reb_err *err) {
    (void)err;
    reb_import_words_json(&rq->w);
    return REB_OK;
}

reb_status reb_handle_import_mapping_list(reb_request *rq, reb_err *err) {
    reb_import_mapping *list = NULL;
    size_t n = 0;
    reb_status st = reb_import_mapping_list(&list, &n, rq->store, &rq->arena, err);
    if (st != REB_OK) return st;
    reb_json *w = &rq->w;
    reb_json_obj(w);
    reb_json_key(w, "mappings");
    reb_json_arr(w);
    for (size_t i = 0; i < n; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "signature", list[i].signature);
        reb_json_kstr(w, "name", list[i].name);
        reb_json_ktime(w, "changed", list[i].changed_us);
        reb_json_ktime(w, "used", list[i].used_us);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return REB_OK;
}

reb_status reb_handle_import_mapping_remove(reb_request *rq, reb_err *err) {
    return reb_import_mapping_forget(rq->store, reb_rq_param(rq, "signature"), err);
}

/* --- importing ------------------------------------------------------------------------------------------------------------------------ */

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
                                  .shown_name = strrchr(path, '/') + 1,
                                  .plan = reb_rq_object(rq, "plan"),
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

/* Without a plan, the one kept with the upload. */
static reb_status start(reb_request *rq, const char *kind, bool writes, reb_err *err) {
    static const char *const k_passed[] = {"map", "source", "encoding", "remember"};
    const char *upload = reb_rq_text(rq, "upload");
    const char *path;
    reb_status st = reb_upload_path(&path, rq->server, &rq->arena, upload, err);
    if (st != REB_OK) return st;
    cJSON *state = reb_upload_state(rq->server, upload);
    const cJSON *plan = reb_rq_object(rq, "plan");
    if (plan == NULL && reb_rq_text(rq, "map") == NULL) plan = cJSON_GetObjectItemCaseSensitive(state, "plan");
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_json_obj(&w);
    reb_json_kstr(&w, "path", path);
    reb_json_kstr(&w, "name", strrchr(path, '/') + 1);
    reb_json_kstr(&w, "upload", upload);
    if (writes) reb_json_kstr(&w, "rejects", reb_arena_printf(&rq->arena, "%s/rejects-%s.csv", rq->server->upload_dir, upload));
    if (writes && reb_rq_bool(rq, "fit", false)) reb_json_kbool(&w, "fit", true);
    for (size_t i = 0; i < sizeof k_passed / sizeof k_passed[0]; i++)
        if (reb_rq_text(rq, k_passed[i]) != NULL) reb_json_kstr(&w, k_passed[i], reb_rq_text(rq, k_passed[i]));
    put_json(&w, "plan", plan);
    reb_json_obj_end(&w);
    int64_t job_id = 0;
    st = reb_answer_job_id(&job_id, rq, kind, &params, true, err);
    reb_buf_free(&params);
    if (st == REB_OK && state != NULL) { /* so that a page that is opened anew finds it; without that the job runs all the same */
        const char *key = writes ? "import_job" : "check_job";
        char id[24];
        snprintf(id, sizeof id, "%" PRId64, job_id);
        cJSON_DeleteItemFromObjectCaseSensitive(state, key);
        if (cJSON_AddStringToObject(state, key, id) != NULL) reb_upload_state_put(rq->server, upload, state, NULL);
    }
    cJSON_Delete(state);
    return st;
}

reb_status reb_handle_import_add(reb_request *rq, reb_err *err) {
    return start(rq, "import", true, err);
}

reb_status reb_handle_import_check(reb_request *rq, reb_err *err) {
    return start(rq, "import_check", false, err);
}

/* A log is no export of a shop: its mapping is a text of its own, and no page is kept for it. */
reb_status reb_handle_import_log(reb_request *rq, reb_err *err) {
    static const char *const k_passed[] = {"map", "source", "encoding"};
    const char *path;
    reb_buf params = {0};
    reb_json w = {.out = &params};
    reb_status st = reb_upload_path(&path, rq->server, &rq->arena, reb_rq_text(rq, "upload"), err);
    if (st != REB_OK) return st;
    reb_json_obj(&w);
    reb_json_kstr(&w, "path", path);
    reb_json_kstr(&w, "name", strrchr(path, '/') + 1);
    reb_json_kstr(&w, "upload", reb_rq_text(rq, "upload"));
    for (size_t i = 0; i < sizeof k_passed / sizeof k_passed[0]; i++)
        if (reb_rq_text(rq, k_passed[i]) != NULL) reb_json_kstr(&w, k_passed[i], reb_rq_text(rq, k_passed[i]));
    if (reb_rq_bool(rq, "dry_run", false)) reb_json_kbool(&w, "dry_run", true);
    reb_json_obj_end(&w);
    st = reb_answer_job(rq, "import_log", &params, true, err);
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

/* --- refused rows --------------------------------------------------------------------------------------------------------------------- */

static reb_status import_job(reb_job *j, cJSON **params, const char **rejects, reb_request *rq, reb_err *err) {
    *params = NULL;
    reb_status st = reb_job_get(j, rq->store, &rq->arena, reb_rq_param_id(rq, "job_id"), err);
    if (st != REB_OK) return st;
    *params = cJSON_Parse(j->params);
    const cJSON *path = cJSON_GetObjectItemCaseSensitive(*params, "rejects");
    *rejects = strcmp(j->kind, "import") == 0 && cJSON_IsString(path) ? path->valuestring : NULL;
    if (*rejects != NULL) return REB_OK;
    reb_fail(err, REB_E_NOT_FOUND, "This job is no import, or its refused rows are kept on another machine.");
    return REB_E_NOT_FOUND;
}

/* What is kept is exact; what a person downloads, to open in a spreadsheet, is guarded against formulas and says so in its header, so that
   it is exact again when it comes back mended. */
static reb_status guard_file(reb_request *rq, int kept, reb_err *err) {
    char path[64];
    reb_sheet *sheet = NULL;
    reb_buf b = {0};
    snprintf(path, sizeof path, "/proc/self/fd/%d", kept);
    int fd = open(rq->server->upload_dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    reb_status st = fd >= 0 ? reb_sheet_open(&sheet, path, NULL, err) : reb_fail(err, REB_E_IO, "No temporary file: %s.", strerror(errno));
    const reb_sheet_info *info = st == REB_OK ? reb_sheet_get_info(sheet) : NULL;
    char delimiter = info != NULL && info->delimiter != 0 && info->delimiter != REB_DELIMITER_SPACES ? info->delimiter : ',';
    reb_slice *names = info != NULL ? reb_arena_alloc(&rq->arena, (info->n_columns + 1) * sizeof *names) : NULL;
    if (st == REB_OK && names == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (size_t i = 0; st == REB_OK && i < info->n_columns; i++)
        names[i] = reb_slice_is(info->names[i], "rebound_line") ? reb_slice_of(REB_GUARD_COLUMN) : info->names[i];
    reb_buf_str(&b, "\xEF\xBB\xBF");
    if (st == REB_OK) reb_guard_write_csv(&b, names, info->n_columns, delimiter);
    for (const reb_sheet_record *rec = NULL; st == REB_OK;) {
        reb_buf_char(&b, '\n');
        if (b.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (st == REB_OK && b.len > 0 && write(fd, b.data, b.len) != (ssize_t)b.len)
            st = reb_fail(err, REB_E_IO, "A temporary file cannot be written: %s.", strerror(errno));
        reb_buf_clear(&b);
        if (st == REB_OK) st = reb_sheet_next(&rec, sheet, err);
        if (st != REB_OK || rec == NULL) break;
        reb_guard_write_csv(&b, rec->fields, rec->n_fields, delimiter);
    }
    reb_buf_free(&b);
    reb_sheet_close(sheet);
    if (st == REB_OK && lseek(fd, 0, SEEK_SET) == 0) {
        rq->file_fd = fd;
    } else if (fd >= 0) {
        close(fd);
    }
    return st;
}

reb_status reb_handle_import_rejects(reb_request *rq, reb_err *err) {
    reb_job j;
    cJSON *params;
    const char *path = NULL;
    reb_status st = import_job(&j, &params, &path, rq, err);
    int kept = st == REB_OK ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    cJSON_Delete(params);
    if (st != REB_OK) return st;
    if (kept < 0) return reb_fail(err, REB_E_NOT_FOUND, "This job has refused no rows, or they are kept on another machine.");
    st = guard_file(rq, kept, err);
    close(kept);
    if (st != REB_OK) return st;
    rq->content_type = "text/csv; charset=utf-8";
    rq->file_name = reb_arena_printf(&rq->arena, "attachment; filename=\"rejects-%" PRId64 ".csv\"", j.job_id);
    return REB_OK;
}

/* The plan of the whole file, as its result told it; before there is one, as it was asked for. */
static const cJSON *plan_of(const cJSON *result, const cJSON *params) {
    const cJSON *plan = cJSON_GetObjectItemCaseSensitive(result, "plan");
    return cJSON_IsObject(plan) ? plan : cJSON_GetObjectItemCaseSensitive(params, "plan");
}

reb_status reb_handle_import_rejected_rows(reb_request *rq, reb_err *err) {
    reb_job j;
    cJSON *params;
    const char *path = NULL;
    reb_status st = import_job(&j, &params, &path, rq, err);
    cJSON *result = st == REB_OK && j.result != NULL ? cJSON_Parse(j.result) : NULL;
    if (st == REB_OK)
        st = reb_import_rejected_json(&rq->w, path, plan_of(result, params), reb_rq_query(rq, "code"), reb_rq_query_int(rq, "after", 0),
                                      reb_rq_query_int(rq, "limit", 50), &rq->arena, err);
    cJSON_Delete(result);
    cJSON_Delete(params);
    return st;
}

reb_status reb_handle_import_mend(reb_request *rq, reb_err *err) {
    reb_job j;
    cJSON *params;
    const char *path = NULL;
    reb_status st = import_job(&j, &params, &path, rq, err);
    cJSON *result = st == REB_OK && j.result != NULL ? cJSON_Parse(j.result) : NULL;
    const cJSON *plan = cJSON_GetObjectItemCaseSensitive(result, "plan");
    const cJSON *name = cJSON_GetObjectItemCaseSensitive(params, "name");
    if (st == REB_OK && (j.state != REB_JOB_DONE || !cJSON_IsObject(plan))) {
        st = reb_fail(err, REB_E_CONFLICT, "The import has not come to its end; its refused rows cannot be mended yet.");
    } else if (st == REB_OK) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_kstr(&w, "name", cJSON_IsString(name) ? name->valuestring : "");
        reb_json_kstr(&w, "rejects", path);
        reb_json_kid(&w, "mends", j.job_id);
        reb_json_kbool(&w, "fit", true);
        put_json(&w, "plan", plan);
        put_json(&w, "rows", reb_rq_object(rq, "rows"));
        reb_json_obj_end(&w);
        st = reb_answer_job(rq, "import_mend", &out, true, err);
        reb_buf_free(&out);
    }
    cJSON_Delete(result);
    cJSON_Delete(params);
    return st;
}
