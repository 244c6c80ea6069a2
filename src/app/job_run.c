#include "job_run.h"

#include "../domain/notice.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reb_job_runner {
    reb_job_runner_options o;
    char owner[120], place[96];
    reb_ids ids;
    pthread_mutex_t mutex; /* guards what follows */
    int64_t job_id;        /* running now; 0: none */
    char kind[40];
    double progress;
    char message[160];
    double told_progress;
    int64_t beaten_us; /* monotonic */
    bool cancelled, lost, stopping;
    volatile int stop; /* written under the mutex, read by the job */
};

reb_status reb_job_runner_open(reb_job_runner **out, const reb_job_runner_options *o, reb_err *err) {
    reb_job_runner *r = calloc(1, sizeof *r);
    *out = r;
    if (r == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    r->o = *o;
    snprintf(r->owner, sizeof r->owner, "%s", o->owner);
    snprintf(r->place, sizeof r->place, "%s", o->place);
    r->ids = (reb_ids){.clock = o->wall_clock, .node = o->node};
    pthread_mutex_init(&r->mutex, NULL);
    return REB_OK;
}

void reb_job_runner_close(reb_job_runner *r) {
    if (r == NULL) return;
    pthread_mutex_destroy(&r->mutex);
    free(r);
}

/* {"job_id","kind","state","progress","message"}: enough to draw a bar; the whole is at /v1/jobs/{job_id}. A stream that misses a
   notice is no reason to fail the work. */
static void tell(reb_job_runner *r, reb_store *s, int64_t job_id, const char *kind, const char *state, double progress,
                 const char *message) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kid(&w, "job_id", job_id);
    reb_json_kstr(&w, "kind", kind);
    reb_json_kstr(&w, "state", state);
    reb_json_kf64(&w, "progress", progress);
    reb_job_message_json(&w, message);
    reb_json_obj_end(&w);
    reb_err ignored = {0};
    if (!b.failed) reb_notice_add(NULL, s, "job", reb_buf_cstr(&b), reb_clock_now(r->o.wall_clock), &ignored);
    reb_buf_free(&b);
    if (r->o.told != NULL) r->o.told(r->o.ctx);
}

bool reb_job_progress(reb_job_task *t, double part, const char *message) {
    reb_job_runner *r = t->runner;
    pthread_mutex_lock(&r->mutex);
    r->progress = part < 0 ? 0 : part > 1 ? 1 : part;
    if (message != NULL) snprintf(r->message, sizeof r->message, "%s", message);
    bool go_on = r->stop == 0;
    pthread_mutex_unlock(&r->mutex);
    return go_on;
}

void reb_job_stop(reb_job_runner *r) {
    pthread_mutex_lock(&r->mutex);
    r->stopping = true;
    r->stop = 1;
    pthread_mutex_unlock(&r->mutex);
}

reb_status reb_job_keep(reb_job_runner *r, reb_store *s, reb_err *err) {
    char message[160];
    char kind[40];
    pthread_mutex_lock(&r->mutex);
    int64_t job_id = r->job_id;
    double progress = r->progress;
    bool news = progress != r->told_progress;
    memcpy(message, r->message, sizeof message);
    memcpy(kind, r->kind, sizeof kind);
    bool due = news || (reb_monotonic_us() - r->beaten_us) * 4 > r->o.lease_us;
    pthread_mutex_unlock(&r->mutex);
    if (job_id == 0 || !due) return REB_OK;
    bool mine = false;
    bool cancel = false;
    int64_t until = reb_clock_now(r->o.wall_clock) + r->o.lease_us;
    reb_status st = reb_job_beat(&mine, &cancel, s, job_id, r->owner, until, progress, message, err);
    if (st != REB_OK) return st;
    pthread_mutex_lock(&r->mutex);
    bool same = r->job_id == job_id;
    if (same) {
        r->beaten_us = reb_monotonic_us();
        r->told_progress = progress;
        r->lost = !mine;
        r->cancelled = cancel;
        if (!mine || cancel) r->stop = 1;
    }
    pthread_mutex_unlock(&r->mutex);
    if (same && mine && news) tell(r, s, job_id, kind, "running", progress, message);
    return REB_OK;
}

static const reb_job_kind *kind_named(const reb_job_runner *r, const char *name) {
    for (const reb_job_kind *k = r->o.kinds; k->name != NULL; k++)
        if (strcmp(k->name, name) == 0) return k;
    return NULL;
}

static void error_json(reb_buf *out, const reb_err *e) {
    reb_json w = {.out = out};
    reb_json_obj(&w);
    reb_json_kstr(&w, "code", reb_status_name(e->code));
    reb_json_kstr(&w, "detail", e->detail[0] != '\0' ? e->detail : reb_status_sentence(e->code));
    if (e->next[0] != '\0') reb_json_kstr(&w, "next", e->next);
    if (e->reason != NULL) reb_json_kstr(&w, "reason", e->reason);
    reb_json_obj_end(&w);
}

static reb_status call(reb_job_runner *r, reb_store *s, const reb_job *j, const reb_job_kind *kind, reb_arena *a, reb_buf *result,
                       reb_err *err) {
    if (j->attempts > REB_JOB_ATTEMPTS) {
        reb_fail(err, REB_E_INTERNAL, "The job was taken up %d times and its process ended each time.", (int)REB_JOB_ATTEMPTS);
        reb_err_next(err, "The server's log tells why it ended; then start the job again.");
        return REB_E_INTERNAL;
    }
    if (kind == NULL) return reb_fail(err, REB_E_INTERNAL, "No job is called \"%.40s\" here.", j->kind);
    cJSON *params = cJSON_Parse(j->params);
    if (params == NULL) return reb_fail(err, REB_E_INTERNAL, "The job's parameters cannot be read.");
    reb_json w = {.out = result};
    reb_job_task t = {.runner = r,
                      .job_id = j->job_id,
                      .store = s,
                      .arena = a,
                      .ids = &r->ids,
                      .params = params,
                      .act_clock = r->o.act_clock,
                      .wall_clock = r->o.wall_clock,
                      .result = &w,
                      .stop = &r->stop};
    reb_status st = kind->run(&t, err);
    cJSON_Delete(params);
    if (st == REB_OK && result->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left for the result.");
    return st;
}

/* Ended for good, handed back, or no longer ours: one of the three. */
static reb_status finish(reb_job_runner *r, reb_store *s, const reb_job *j, const reb_job_kind *kind, reb_status st, const reb_buf *result,
                         reb_err *job_err, reb_err *err) {
    pthread_mutex_lock(&r->mutex);
    bool cancelled = r->cancelled;
    bool lost = r->lost;
    bool stopping = r->stopping;
    pthread_mutex_unlock(&r->mutex);
    if (lost) return REB_OK;
    if (st == REB_E_INTERRUPTED && stopping && !cancelled) {
        tell(r, s, j->job_id, j->kind, "waiting", 0, "");
        return reb_job_hand_back(s, j->job_id, r->owner, err);
    }
    reb_job_state state = st == REB_OK ? REB_JOB_DONE : st == REB_E_INTERRUPTED && cancelled ? REB_JOB_CANCELLED : REB_JOB_FAILED;
    reb_buf error = {0};
    job_err->code = st;
    if (state == REB_JOB_FAILED) error_json(&error, job_err);
    bool mine = false;
    reb_status end = reb_job_end(&mine, s, j->job_id, r->owner, state, state == REB_JOB_DONE && result->len > 0 ? result->data : NULL,
                                 error.len > 0 ? error.data : NULL, "", reb_clock_now(r->o.wall_clock), err);
    reb_buf_free(&error);
    if (end != REB_OK || !mine) return end;
    cJSON *params = cJSON_Parse(j->params);
    if (kind != NULL && kind->ended != NULL && params != NULL) kind->ended(params, state);
    cJSON_Delete(params);
    tell(r, s, j->job_id, j->kind, reb_job_state_name(state), state == REB_JOB_DONE ? 1 : 0, "");
    return REB_OK;
}

static void set_current(reb_job_runner *r, int64_t job_id, const char *kind) {
    pthread_mutex_lock(&r->mutex);
    r->job_id = job_id;
    snprintf(r->kind, sizeof r->kind, "%s", kind);
    r->progress = r->told_progress = 0;
    r->message[0] = '\0';
    r->cancelled = r->lost = false;
    r->stop = r->stopping ? 1 : 0;
    r->beaten_us = reb_monotonic_us();
    pthread_mutex_unlock(&r->mutex);
}

reb_status reb_job_work(bool *worked, reb_job_runner *r, reb_store *s, reb_err *err) {
    *worked = false;
    int64_t job_id = 0;
    reb_status st = reb_job_claim(&job_id, s, r->owner, r->place, reb_clock_now(r->o.wall_clock), r->o.lease_us, err);
    if (st != REB_OK || job_id == 0) return st;
    *worked = true;
    reb_arena a = {0};
    reb_buf result = {0};
    reb_job j;
    st = reb_job_get(&j, s, &a, job_id, err);
    if (st != REB_OK) goto done;
    set_current(r, job_id, j.kind);
    tell(r, s, job_id, j.kind, "running", 0, "");
    const reb_job_kind *kind = kind_named(r, j.kind);
    reb_err job_err = {0};
    reb_status outcome;
    if (j.cancel_us != 0) { /* asked to stop while nobody held it */
        pthread_mutex_lock(&r->mutex);
        r->cancelled = true;
        pthread_mutex_unlock(&r->mutex);
        outcome = REB_E_INTERRUPTED;
    } else {
        outcome = call(r, s, &j, kind, &a, &result, &job_err);
    }
    st = finish(r, s, &j, kind, outcome, &result, &job_err, err);
    set_current(r, 0, "");
done:
    reb_buf_free(&result);
    reb_arena_free(&a);
    return st;
}
