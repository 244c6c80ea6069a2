#include "job.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const k_states[REB_JOB_STATES] = {"waiting", "running", "done", "failed", "cancelled"};

const char *reb_job_state_name(reb_job_state s) {
    return k_states[s];
}

static reb_job_state state_named(const char *name) {
    for (int i = 0; i < REB_JOB_STATES; i++)
        if (name != NULL && strcmp(k_states[i], name) == 0) return (reb_job_state)i;
    return REB_JOB_FAILED;
}

reb_status reb_job_add(int64_t *job_id, reb_store *s, reb_ids *ids, const char *kind, const char *params, const char *place, int64_t now_us,
                       reb_err *err) {
    *job_id = reb_id_next(ids);
    return reb_exec(s, REB_SQL_JOB_INSERT, REB_ARGS(reb_i(*job_id), reb_t(kind), reb_t(params), reb_t(place), reb_i(now_us)), NULL, err);
}

/* Copies a row; false when memory ran out. */
static bool read_row(reb_job *j, reb_stmt *q, reb_arena *a) {
    *j = (reb_job){.job_id = reb_col_i64(q, 0),
                   .kind = reb_arena_strdup(a, reb_col_text(q, 1)),
                   .state = state_named(reb_col_text(q, 2)),
                   .params = reb_arena_strdup(a, reb_col_text(q, 3)),
                   .progress = reb_col_f64(q, 4),
                   .message = reb_arena_strdup(a, reb_col_text(q, 5)),
                   .result = reb_arena_strdup(a, reb_col_text(q, 6)),
                   .error = reb_arena_strdup(a, reb_col_text(q, 7)),
                   .created_us = reb_col_i64(q, 8),
                   .started_us = reb_col_i64(q, 9),
                   .finished_us = reb_col_i64(q, 10),
                   .attempts = reb_col_i64(q, 11),
                   .cancel_us = reb_col_i64(q, 12),
                   .owner = reb_arena_strdup(a, reb_col_text(q, 13))};
    return j->kind != NULL && j->params != NULL && j->message != NULL;
}

reb_status reb_job_get(reb_job *out, reb_store *s, reb_arena *a, int64_t job_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_JOB_GET, REB_ARGS(reb_i(job_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && !row) st = reb_fail(err, REB_E_NOT_FOUND, "There is no job %" PRId64 ".", job_id);
    if (st == REB_OK && !read_row(out, q, a)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_stmt_close(q);
    return st;
}

reb_status reb_job_list(reb_job **out, size_t *count, reb_store *s, reb_arena *a, const char *state, int64_t before, int64_t most,
                        reb_err *err) {
    *count = 0;
    *out = reb_arena_zalloc(a, (size_t)most, sizeof **out);
    if (*out == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_stmt *q = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_JOB_LIST, REB_ARGS(reb_t(state), reb_i(before > 0 ? before : INT64_MAX), reb_i(most)), err);
    for (bool row = true; st == REB_OK && *count < (size_t)most;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if (!read_row(&(*out)[(*count)++], q, a)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_job_count(reb_job_counts *out, reb_store *s, reb_err *err) {
    *out = (reb_job_counts){0};
    reb_stmt *q = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_JOB_COUNT, REB_NO_ARGS, err);
    for (bool row = true; st == REB_OK;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        out->by_state[state_named(reb_col_text(q, 0))] += reb_col_i64(q, 1);
    }
    reb_stmt_close(q);
    return st;
}

typedef struct cancelling {
    int64_t job_id, now_us;
} cancelling;

static reb_status cancel_work(reb_store *s, void *ctx, reb_err *err) {
    const cancelling *c = ctx;
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_JOB_CANCEL_WAITING, REB_ARGS(reb_i(c->job_id), reb_i(c->now_us)), &changed, err);
    if (st == REB_OK && changed == 0)
        st = reb_exec(s, REB_SQL_JOB_CANCEL_RUNNING, REB_ARGS(reb_i(c->job_id), reb_i(c->now_us)), &changed, err);
    if (st != REB_OK || changed > 0) return st;
    reb_arena a = {0};
    reb_job j;
    st = reb_job_get(&j, s, &a, c->job_id, err);
    if (st == REB_OK) st = reb_fail(err, REB_E_CONFLICT, "The job has ended already: it is %s.", k_states[j.state]);
    reb_arena_free(&a);
    return st;
}

reb_status reb_job_cancel(reb_store *s, int64_t job_id, int64_t now_us, reb_err *err) {
    return reb_store_write(s, cancel_work, &(cancelling){.job_id = job_id, .now_us = now_us}, err);
}

typedef struct claiming {
    int64_t job_id;
    const char *owner, *place;
    int64_t now_us, lease_us;
} claiming;

static reb_status claim_work(reb_store *s, void *ctx, reb_err *err) {
    claiming *c = ctx;
    bool found = false;
    c->job_id = 0;
    reb_status st = reb_exec(s, REB_SQL_JOB_TURN, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_get_i64(&c->job_id, &found, s, REB_SQL_JOB_CANDIDATE, REB_ARGS(reb_i(c->now_us), reb_t(c->place)), err);
    if (st != REB_OK || !found) return st;
    int64_t changed = 0;
    st = reb_exec(s, REB_SQL_JOB_CLAIM, REB_ARGS(reb_i(c->job_id), reb_t(c->owner), reb_i(c->now_us + c->lease_us), reb_i(c->now_us)),
                  &changed, err);
    if (st == REB_OK && changed == 0) c->job_id = 0; /* somebody was quicker */
    return st;
}

reb_status reb_job_claim(int64_t *job_id, reb_store *s, const char *owner, const char *place, int64_t now_us, int64_t lease_us,
                         reb_err *err) {
    *job_id = 0;
    int64_t candidate = 0; /* looking costs no write transaction */
    bool found;
    reb_status st = reb_get_i64(&candidate, &found, s, REB_SQL_JOB_CANDIDATE, REB_ARGS(reb_i(now_us), reb_t(place)), err);
    if (st != REB_OK || !found) return st;
    claiming c = {.owner = owner, .place = place, .now_us = now_us, .lease_us = lease_us};
    st = reb_store_write(s, claim_work, &c, err);
    if (st == REB_OK) *job_id = c.job_id;
    return st;
}

typedef struct beating {
    int64_t job_id, lease_until_us;
    const char *owner, *message;
    double progress;
    bool mine, cancel;
} beating;

static reb_status beat_work(reb_store *s, void *ctx, reb_err *err) {
    beating *b = ctx;
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_JOB_BEAT,
                             REB_ARGS(reb_i(b->job_id), reb_t(b->owner), reb_i(b->lease_until_us), reb_f(b->progress), reb_t(b->message)),
                             &changed, err);
    b->mine = changed > 0;
    b->cancel = false;
    if (st != REB_OK || !b->mine) return st;
    reb_arena a = {0};
    reb_job j;
    st = reb_job_get(&j, s, &a, b->job_id, err);
    b->cancel = st == REB_OK && j.cancel_us != 0;
    reb_arena_free(&a);
    return st;
}

reb_status reb_job_beat(bool *mine, bool *cancel, reb_store *s, int64_t job_id, const char *owner, int64_t lease_until_us, double progress,
                        const char *message, reb_err *err) {
    beating b = {.job_id = job_id, .owner = owner, .lease_until_us = lease_until_us, .progress = progress, .message = message};
    reb_status st = reb_store_write(s, beat_work, &b, err);
    *mine = b.mine;
    *cancel = b.cancel;
    return st;
}

typedef struct ending {
    int64_t job_id, now_us;
    const char *owner, *result, *error, *message;
    reb_job_state state;
    bool mine;
} ending;

static reb_status end_work(reb_store *s, void *ctx, reb_err *err) {
    ending *e = ctx;
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_JOB_END,
                             REB_ARGS(reb_i(e->job_id), reb_t(e->owner), reb_t(k_states[e->state]), reb_t(e->result), reb_t(e->error),
                                      reb_f(e->state == REB_JOB_DONE ? 1.0 : 0.0), reb_t(e->message), reb_i(e->now_us)),
                             &changed, err);
    e->mine = changed > 0;
    return st;
}

reb_status reb_job_end(bool *mine, reb_store *s, int64_t job_id, const char *owner, reb_job_state state, const char *result,
                       const char *error, const char *message, int64_t now_us, reb_err *err) {
    ending e = {.job_id = job_id, .now_us = now_us, .owner = owner, .result = result, .error = error, .message = message, .state = state};
    reb_status st = reb_store_write(s, end_work, &e, err);
    *mine = e.mine;
    return st;
}

reb_status reb_job_hand_back(reb_store *s, int64_t job_id, const char *owner, reb_err *err) {
    return reb_exec(s, REB_SQL_JOB_HAND_BACK, REB_ARGS(reb_i(job_id), reb_t(owner)), NULL, err);
}

reb_status reb_job_prune(reb_store *s, int64_t before_us, reb_err *err) {
    return reb_exec(s, REB_SQL_JOB_PRUNE, REB_ARGS(reb_i(before_us)), NULL, err);
}

reb_status reb_job_prune_files(reb_store *s, int64_t before_us, reb_err *err) {
    return reb_exec(s, REB_SQL_JOB_PRUNE_FILES, REB_ARGS(reb_i(before_us)), NULL, err);
}

static void time_or_null(reb_json *w, const char *key, int64_t time_us) {
    if (time_us != 0) {
        reb_json_ktime(w, key, time_us);
    } else {
        reb_json_knull(w, key);
    }
}

static void raw_or_null(reb_json *w, const char *key, const char *json) {
    reb_json_key(w, key);
    if (json != NULL) {
        reb_json_raw(w, json);
    } else {
        reb_json_null(w);
    }
}

static void english(char *out, size_t size, const cJSON *detail) {
    const cJSON *key = cJSON_GetObjectItemCaseSensitive(detail, "key");
    const cJSON *rows = cJSON_GetObjectItemCaseSensitive(detail, "rows");
    const char *k = cJSON_IsString(key) ? key->valuestring : "";
    static const struct {
        const char *key, *text;
    } texts[] = {{"looking", "looking at the file"},
                 {"undoing", "taking the import back"},
                 {"reading", "reading purchases"},
                 {"comparing", "comparing the models on the past"},
                 {"fitting", "fitting"},
                 {"scoring", "scoring"}};
    out[0] = '\0';
    if (cJSON_IsNumber(rows) && strcmp(k, "looking") != 0) snprintf(out, size, "%.0f rows read", rows->valuedouble);
    for (size_t i = 0; out[0] == '\0' && i < sizeof texts / sizeof *texts; i++)
        if (strcmp(texts[i].key, k) == 0) snprintf(out, size, "%s", texts[i].text);
}

void reb_job_message_json(reb_json *w, const char *message) {
    char text[120] = "";
    cJSON *detail = message != NULL && message[0] == '{' ? cJSON_Parse(message) : NULL;
    if (detail != NULL) {
        english(text, sizeof text, detail);
        message = text;
    }
    reb_json_kstr(w, "message", message != NULL ? message : "");
    reb_json_key(w, "detail");
    char *json = detail != NULL ? cJSON_PrintUnformatted(detail) : NULL;
    if (json != NULL) {
        reb_json_raw(w, json);
    } else {
        reb_json_null(w);
    }
    cJSON_free(json);
    cJSON_Delete(detail);
}

static const char *param_of(const cJSON *params, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(params, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

void reb_job_json(reb_json *w, const reb_job *j) {
    cJSON *params = cJSON_Parse(j->params);
    reb_json_obj(w);
    reb_json_kid(w, "job_id", j->job_id);
    reb_json_kstr(w, "kind", j->kind);
    reb_json_kstr(w, "subject", param_of(params, "name"));
    reb_json_kstr(w, "upload", param_of(params, "upload"));
    cJSON_Delete(params);
    reb_json_kstr(w, "state", k_states[j->state]);
    reb_json_kf64(w, "progress", j->progress);
    reb_job_message_json(w, j->message);
    raw_or_null(w, "result", j->result);
    raw_or_null(w, "error", j->error);
    reb_json_kbool(w, "stopping", j->state == REB_JOB_RUNNING && j->cancel_us != 0);
    reb_json_ki64(w, "attempts", j->attempts);
    time_or_null(w, "created", j->created_us);
    time_or_null(w, "started", j->started_us);
    time_or_null(w, "finished", j->finished_us);
    reb_json_obj_end(w);
}
