#include "import_jobs.h"

#include "../domain/import_mapping.h"
#include "import.h"
#include "import_mend.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *text_of(const cJSON *params, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

static bool progress(const reb_import_progress *p, void *ctx) {
    double part = p->total_bytes > 0 ? (double)p->bytes / (double)p->total_bytes : 0;
    char text[140];
    if (p->phase == REB_IMPORT_LOOKING) {
        snprintf(text, sizeof text, "{\"key\":\"looking\",\"rows\":%" PRId64 "}", p->rows);
    } else if (p->seconds_left >= 0) {
        snprintf(text, sizeof text, "{\"key\":\"rows\",\"rows\":%" PRId64 ",\"per_second\":%.0f,\"seconds_left\":%.0f}", p->rows,
                 p->rows_per_second, p->seconds_left);
    } else {
        snprintf(text, sizeof text, "{\"key\":\"rows\",\"rows\":%" PRId64 "}", p->rows);
    }
    /* Looking reads the file once, writing takes most of the time. */
    return reb_job_progress(ctx, p->phase == REB_IMPORT_LOOKING ? 0.2 * part : 0.2 + 0.8 * part, text);
}

static reb_import_options options(reb_job_task *t) {
    const cJSON *plan = cJSON_GetObjectItemCaseSensitive(t->params, "plan");
    return (reb_import_options){.path = text_of(t->params, "path"),
                                .shown_name = text_of(t->params, "name"),
                                .plan = cJSON_IsObject(plan) ? plan : NULL,
                                .map_text = text_of(t->params, "map"),
                                .source = text_of(t->params, "source"),
                                .encoding = text_of(t->params, "encoding"),
                                .on_progress = progress,
                                .ctx = t,
                                .cancel = t->stop,
                                .clock = t->act_clock,
                                .ids = t->ids};
}

static reb_status is_there(const reb_import_options *o, reb_err *err) {
    if (o->path != NULL && access(o->path, R_OK) == 0) return REB_OK;
    reb_fail(err, REB_E_NOT_FOUND, "The upload is no longer there.");
    reb_err_next(err, "Uploads wait for a day; send the file again.");
    return REB_E_NOT_FOUND;
}

/* The fit that follows; one that waits already will see what was imported. */
static reb_status add_fit(int64_t *job_id, reb_job_task *t, reb_err *err) {
    reb_job *waiting = NULL;
    size_t n = 0;
    reb_status st = reb_job_list(&waiting, &n, t->store, t->arena, reb_job_state_name(REB_JOB_WAITING), 0, 50, err);
    for (size_t i = 0; st == REB_OK && i < n; i++) {
        if (strcmp(waiting[i].kind, "fit") != 0) continue;
        *job_id = waiting[i].job_id;
        return REB_OK;
    }
    return st == REB_OK ? reb_job_add(job_id, t->store, t->ids, "fit", "{}", "", reb_clock_now(t->wall_clock), err) : st;
}

static bool wants_fit(const reb_job_task *t, const reb_import_result *r) {
    const reb_import_counts *c = &r->counts; /* of purchases alone is anything to be learnt */
    bool purchases = c->orders + c->order_parts + c->order_changes + c->refunds + c->cancellations + c->payments > 0;
    return cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(t->params, "fit")) && r->batch_id != 0 && purchases;
}

/* A mapping that cannot be kept is no reason to call an import failed. */
static void remember(reb_job_task *t, const reb_import_result *r) {
    const char *name = text_of(t->params, "remember");
    const cJSON *plan = cJSON_GetObjectItemCaseSensitive(t->params, "plan");
    if (name == NULL || !cJSON_IsObject(plan) || r->signature[0] == '\0') return;
    char *text = cJSON_PrintUnformatted(plan);
    const reb_import_mapping m = {.signature = r->signature, .name = name, .plan = text, .changed_us = reb_clock_now(t->wall_clock)};
    if (text != NULL) reb_import_mapping_put(t->store, &m, NULL);
    cJSON_free(text);
}

/* A result stays for months: counts and faults by kind, but no values of the file. The refused rows are in a file of their own, and go with
 * it. */
static void without_values(reb_import_result *r, reb_arena *a) {
    r->n_records = 0;
    r->n_samples = 0;
    const char *values = r->map_text != NULL ? strstr(r->map_text, "\n# The file's columns") : NULL; /* a comment with samples, last */
    if (values != NULL) r->map_text = reb_arena_strndup(a, r->map_text, (size_t)(values - r->map_text));
    reb_import_column *columns = reb_arena_zalloc(a, r->n_columns + 1, sizeof *columns);
    reb_import_reason *reasons = reb_arena_zalloc(a, r->n_reasons + 1, sizeof *reasons);
    for (size_t i = 0; columns != NULL && i < r->n_columns; i++)
        columns[i] = (reb_import_column){
            .name = r->columns[i].name, .role = r->columns[i].role, .label = r->columns[i].label, .filled = r->columns[i].filled};
    for (size_t i = 0; reasons != NULL && i < r->n_reasons; i++) {
        reasons[i] = r->reasons[i];
        reasons[i].n_examples = 0;
    }
    if (columns == NULL) r->n_columns = 0;
    if (reasons == NULL) r->n_reasons = 0;
    r->columns = columns;
    r->reasons = reasons;
}

reb_status reb_job_import(reb_job_task *t, reb_err *err) {
    reb_import_options o = options(t);
    o.rejects_path = text_of(t->params, "rejects");
    reb_status st = is_there(&o, err);
    if (st != REB_OK) return st;
    reb_import_result r = {0};
    st = reb_import_run(&r, t->store, &o, t->arena, err);
    if (st == REB_OK && r.interrupted)
        st = reb_fail(err, REB_E_INTERRUPTED, "The import was stopped; whole chunks are kept and the same file goes on.");
    if (st != REB_OK) return st;
    remember(t, &r);
    if (wants_fit(t, &r)) st = add_fit(&r.fit_job_id, t, err);
    if (st != REB_OK) return st;
    if (r.rejects_path != NULL) r.rejects_path = reb_arena_printf(t->arena, "/v1/jobs/%" PRId64 "/rejects", t->job_id);
    without_values(&r, t->arena);
    reb_import_result_json(t->result, &r);
    return REB_OK;
}

/* The upload has served; refused rows stay beside it for a while. After a failure it waits for a better mapping, or to go on. */
void reb_job_import_ended(const cJSON *params, reb_job_state state) {
    const char *path = text_of(params, "path");
    const char *slash = path != NULL ? strrchr(path, '/') : NULL;
    if (slash == NULL || state != REB_JOB_DONE) return;
    unlink(path);
    char *folder = strndup(path, (size_t)(slash - path));
    char note[1200];
    if (folder != NULL && snprintf(note, sizeof note, "%s/.state", folder) < (int)sizeof note) unlink(note);
    if (folder != NULL) rmdir(folder);
    free(folder);
}

reb_status reb_job_import_check(reb_job_task *t, reb_err *err) {
    reb_import_options o = options(t);
    reb_status st = is_there(&o, err);
    if (st != REB_OK) return st;
    reb_import_result r = {0};
    st = reb_import_preview(&r, t->store, &o, t->arena, err);
    if (st == REB_OK && r.interrupted) st = reb_fail(err, REB_E_INTERRUPTED, "Stopped; nothing was written.");
    if (st == REB_OK) reb_import_result_json(t->result, &r);
    return st;
}

reb_status reb_job_import_undo(reb_job_task *t, reb_err *err) {
    const char *id = text_of(t->params, "batch_id");
    reb_import_undone u = {0};
    reb_job_progress(t, 0, "{\"key\":\"undoing\"}");
    reb_status st = reb_import_undo(&u, t->store, id != NULL ? strtoll(id, NULL, 10) : 0, t->act_clock, t->arena, err);
    if (st == REB_OK) reb_import_undone_json(t->result, &u);
    return st;
}

reb_status reb_job_import_mend(reb_job_task *t, reb_err *err) {
    const reb_import_mend m = {.rejects_path = text_of(t->params, "rejects"),
                               .plan = cJSON_GetObjectItemCaseSensitive(t->params, "plan"),
                               .rows = cJSON_GetObjectItemCaseSensitive(t->params, "rows"),
                               .shown_name = text_of(t->params, "name"),
                               .run = options(t)};
    if (m.rejects_path == NULL) return reb_fail(err, REB_E_INTERNAL, "The job's parameters are incomplete.");
    reb_import_result r;
    reb_status st = reb_import_mend_run(&r, t->store, &m, t->arena, err);
    if (st == REB_OK && r.interrupted) st = reb_fail(err, REB_E_INTERRUPTED, "Stopped; what was written until then is whole.");
    if (st != REB_OK) return st;
    if (wants_fit(t, &r)) st = add_fit(&r.fit_job_id, t, err);
    r.mended_job = text_of(t->params, "mends");
    without_values(&r, t->arena);
    if (st == REB_OK) reb_import_result_json(t->result, &r);
    return st;
}
