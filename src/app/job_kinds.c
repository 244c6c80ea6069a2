/* What each kind of job does: the use cases of this room, with their progress and their stop carried to the job. */
#include "fit.h"
#include "import.h"
#include "job_run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(const cJSON *params, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* --- import ------------------------------------------------------------------------------------------------------------------------- */

static bool import_progress(const reb_import_progress *p, void *ctx) {
    double part = p->total_bytes > 0 ? (double)p->bytes / (double)p->total_bytes : 0;
    char text[120];
    if (p->phase == REB_IMPORT_LOOKING) {
        snprintf(text, sizeof text, "looking at the file");
    } else {
        snprintf(text, sizeof text, "%" PRId64 " rows read", p->rows);
    }
    /* Looking reads the file once, writing takes most of the time. */
    return reb_job_progress(ctx, p->phase == REB_IMPORT_LOOKING ? 0.2 * part : 0.2 + 0.8 * part, text);
}

static reb_status run_import(reb_job_task *t, reb_err *err) {
    const reb_import_options o = {.path = text_of(t->params, "path"),
                                  .shown_name = text_of(t->params, "name"),
                                  .map_text = text_of(t->params, "map"),
                                  .source = text_of(t->params, "source"),
                                  .encoding = text_of(t->params, "encoding"),
                                  .rejects_path = text_of(t->params, "rejects"),
                                  .on_progress = import_progress,
                                  .ctx = t,
                                  .cancel = t->stop,
                                  .clock = t->act_clock,
                                  .ids = t->ids};
    if (o.path == NULL || access(o.path, R_OK) != 0) {
        reb_fail(err, REB_E_NOT_FOUND, "The upload is no longer there.");
        reb_err_next(err, "Uploads wait for a day; send the file again.");
        return REB_E_NOT_FOUND;
    }
    reb_import_result r = {0};
    reb_status st = reb_import_run(&r, t->store, &o, t->arena, err);
    if (st == REB_OK && r.interrupted)
        st = reb_fail(err, REB_E_INTERRUPTED, "The import was stopped; whole chunks are kept and the same file goes on.");
    if (st != REB_OK) return st;
    if (r.rejects_path != NULL) r.rejects_path = reb_arena_printf(t->arena, "/v1/jobs/%" PRId64 "/rejects", t->job_id);
    reb_import_result_json(t->result, &r);
    return REB_OK;
}

/* The upload has served; refused rows stay beside it for a while. */
static void import_ended(const cJSON *params) {
    const char *path = text_of(params, "path");
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    if (slash == NULL) return;
    unlink(path);
    char *folder = strndup(path, (size_t)(slash - path));
    if (folder != NULL) rmdir(folder);
    free(folder);
}

static reb_status run_undo(reb_job_task *t, reb_err *err) {
    const char *id = text_of(t->params, "batch_id");
    reb_import_undone u = {0};
    reb_job_progress(t, 0, "taking the import back");
    reb_status st = reb_import_undo(&u, t->store, id != NULL ? strtoll(id, NULL, 10) : 0, t->act_clock, t->arena, err);
    if (st == REB_OK) reb_import_undone_json(t->result, &u);
    return st;
}

/* --- fit --------------------------------------------------------------------------------------------------------------------------------
 */

static bool fit_progress(void *ctx, double share, const char *what) {
    return reb_job_progress(ctx, share, what);
}

static reb_status run_fit(reb_job_task *t, reb_err *err) {
    const reb_fit_request q = {
        .model = text_of(t->params, "model"), .now_us = reb_clock_now(t->act_clock), .progress = {.tell = fit_progress, .ctx = t}};
    reb_fit_report *r = reb_arena_zalloc(t->arena, 1, sizeof *r);
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_fit_run(r, t->store, &q, err);
    if (st == REB_OK) reb_fit_json(t->result, r);
    return st;
}

const reb_job_kind reb_job_kinds[] = {
    {.name = "import", .run = run_import, .ended = import_ended},
    {.name = "import_undo", .run = run_undo},
    {.name = "fit", .run = run_fit},
    {.name = NULL},
};
