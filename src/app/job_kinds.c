/* What each kind of job does: the use cases of this room, with their progress and their stop carried to the job. */
#include "case_import.h"
#include "fit.h"
#include "import_jobs.h"
#include "job_run.h"
#include "retention.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const cJSON *params, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* The fit speaks to a terminal; whoever reads a job is told by key. */
static bool fit_progress(void *ctx, double share, const char *what) {
    static const struct {
        const char *what, *detail;
    } words[] = {{"reading purchases", "{\"key\":\"reading\"}"},
                 {"comparing the models on the past", "{\"key\":\"comparing\"}"},
                 {"fitting", "{\"key\":\"fitting\"}"},
                 {"scoring", "{\"key\":\"scoring\"}"}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i].what, what) == 0) what = words[i].detail;
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

static bool retention_progress(void *ctx, int64_t erased) {
    return erased % 100 != 0 || reb_job_progress(ctx, 0.5, "");
}

static reb_status run_retention(reb_job_task *t, reb_err *err) {
    reb_business *b = NULL;
    reb_retention_result r;
    const reb_retention_request q = {.now_us = reb_clock_now(t->act_clock),
                                     .wall_us = reb_clock_now(t->wall_clock),
                                     .dry = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(t->params, "dry_run")) != 0,
                                     .who = text_of(t->params, "who") != NULL ? text_of(t->params, "who") : "job:retention",
                                     .ids = t->ids,
                                     .stop = t->stop,
                                     .progress = retention_progress,
                                     .ctx = t};
    reb_status st = reb_business_load(&b, t->store, err);
    if (st == REB_OK) st = reb_retention_run(&r, t->store, b, &q, err);
    if (st == REB_OK) reb_retention_json(t->result, &r);
    reb_business_free(b);
    return st;
}

static bool case_progress(void *ctx, double share, int64_t cases) {
    char text[60];
    snprintf(text, sizeof text, "{\"key\":\"rows\",\"rows\":%" PRId64 "}", cases);
    return reb_job_progress(ctx, share, text);
}

static reb_status run_case_import(reb_job_task *t, reb_err *err) {
    reb_business *b = NULL;
    reb_case_import_out r;
    const char *map = text_of(t->params, "map");
    reb_case_import_in in = {.path = text_of(t->params, "path"),
                             .name = text_of(t->params, "name"),
                             .map = map != NULL ? map : "",
                             .map_bytes = map != NULL ? strlen(map) : 0,
                             .source = text_of(t->params, "source"),
                             .encoding = text_of(t->params, "encoding"),
                             .dry_run = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(t->params, "dry_run")) != 0,
                             .ids = t->ids,
                             .now_us = reb_clock_now(t->act_clock),
                             .stop = t->stop,
                             .progress = case_progress,
                             .ctx = t};
    if (in.path == NULL) return reb_fail(err, REB_E_USAGE, "The job names no file.");
    reb_status st = reb_business_load(&b, t->store, err);
    in.business = b;
    if (st == REB_OK) st = reb_case_import(&r, t->store, &in, err);
    if (st == REB_OK) reb_case_import_json(t->result, &r);
    reb_business_free(b);
    return st;
}

const reb_job_kind reb_job_kinds[] = {
    {.name = "import", .run = reb_job_import, .ended = reb_job_import_ended},
    {.name = "import_check", .run = reb_job_import_check},
    {.name = "import_mend", .run = reb_job_import_mend},
    {.name = "import_undo", .run = reb_job_import_undo},
    {.name = "import_log", .run = run_case_import},
    {.name = "fit", .run = run_fit},
    {.name = "retention", .run = run_retention},
    {.name = NULL},
};
