/* The two threads of the job runner: one works, one keeps its lease. Also the housekeeping that somebody must do now and then. */
#include "http.h"

#include "../app/job_run.h"
#include "../app/retention.h"
#include "../domain/business.h"
#include "../domain/notice.h"
#include "upload.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 1000, KEEP_MS = 500 };
static const int64_t k_housekeeping_us = 600 * REB_US_PER_SECOND;

struct reb_jobs {
    reb_server *server;
    reb_job_runner *runner;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t worker, keeper;
    bool worker_started, keeper_started, stopping, keeper_stopping, nudged;
};

static void wait_ms(reb_jobs *j, long ms) { /* with the lock held */
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&j->wake, &j->mutex, &until);
}

static void log_trouble(reb_jobs *j, const char *what, const reb_err *err) {
    const reb_log_field fields[] = {{"code", reb_status_name(err->code), 0}, {"detail", err->detail, 0}, {NULL, NULL, 0}};
    reb_log_write(&j->server->o.log, REB_LOG_WARN, what, fields);
}

/* The rules of keeping once a day, as a job like any other: it is seen, told and stopped like one. */
static reb_status add_retention(reb_jobs *j, reb_store *s, int64_t now_us, reb_err *err) {
    bool due = false;
    int64_t job_id;
    reb_ids ids = {.clock = j->server->o.wall_clock, .node = reb_server_node(j->server)};
    reb_status st = reb_retention_due(&due, s, now_us, err);
    return st == REB_OK && due ? reb_job_add(&job_id, s, &ids, "retention", "{}", "", now_us, err) : st;
}

static void keep_house(reb_jobs *j, reb_store *s) {
    int64_t now = reb_clock_now(j->server->o.wall_clock);
    reb_err err = {0};
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, s, &err);
    if (st == REB_E_NOT_FOUND) return; /* no business yet */
    if (st == REB_OK) {
        int64_t jobs_us = now - reb_business_i64(b, REB_SETTING_KEEP_JOBS_DAYS) * REB_US_PER_DAY;
        int64_t uploads_us = now - reb_business_i64(b, REB_SETTING_KEEP_UPLOADS_DAYS) * REB_US_PER_DAY;
        reb_upload_sweep(j->server, uploads_us, jobs_us); /* refused rows as long as the job that tells of them */
        st = reb_notice_prune(s, &err);
        if (st == REB_OK) st = reb_job_prune(s, jobs_us, &err);
        if (st == REB_OK) st = reb_job_prune_files(s, uploads_us, &err);
        if (st == REB_OK) st = add_retention(j, s, now, &err);
    }
    if (st != REB_OK) log_trouble(j, "housekeeping failed", &err);
    reb_business_free(b);
}

static void *work_thread(void *arg) {
    reb_jobs *j = arg;
    reb_store *store = NULL;
    int64_t housekeeping_us = 0;
    pthread_mutex_lock(&j->mutex);
    while (!j->stopping) {
        j->nudged = false;
        pthread_mutex_unlock(&j->mutex);
        reb_err err = {0};
        bool worked = false;
        reb_status st = store == NULL ? reb_store_open(&store, j->server->o.db, 0, &err) : REB_OK;
        if (st == REB_OK) st = reb_job_work(&worked, j->runner, store, &err);
        if (worked) reb_log_write(&j->server->o.log, REB_LOG_INFO, "job worked on", NULL);
        if (st == REB_OK && reb_monotonic_us() >= housekeeping_us) {
            keep_house(j, store);
            housekeeping_us = reb_monotonic_us() + k_housekeeping_us;
        }
        if (st != REB_OK) {
            log_trouble(j, "jobs cannot be read", &err);
            reb_store_close(store); /* opened anew at the next turn */
            store = NULL;
        }
        pthread_mutex_lock(&j->mutex);
        if (!worked && !j->nudged && !j->stopping) wait_ms(j, LOOK_MS);
    }
    pthread_mutex_unlock(&j->mutex);
    reb_store_close(store);
    return NULL;
}

static void *keep_thread(void *arg) {
    reb_jobs *j = arg;
    reb_store *store = NULL;
    pthread_mutex_lock(&j->mutex);
    while (!j->keeper_stopping) {
        pthread_mutex_unlock(&j->mutex);
        reb_err err = {0};
        reb_status st = store == NULL ? reb_store_open(&store, j->server->o.db, 0, &err) : REB_OK;
        if (st == REB_OK) st = reb_job_keep(j->runner, store, &err);
        if (st != REB_OK && st != REB_E_BUSY) {
            log_trouble(j, "a job's lease could not be renewed", &err);
            reb_store_close(store);
            store = NULL;
        }
        pthread_mutex_lock(&j->mutex);
        if (!j->keeper_stopping) wait_ms(j, KEEP_MS);
    }
    pthread_mutex_unlock(&j->mutex);
    reb_store_close(store);
    return NULL;
}

static void told(void *ctx) {
    reb_hub_wake(ctx);
}

reb_status reb_jobs_open(reb_jobs **out, reb_server *s, reb_err *err) {
    reb_jobs *j = calloc(1, sizeof *j);
    *out = j;
    if (j == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    j->server = s;
    pthread_mutex_init(&j->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&j->wake, &attr);
    pthread_condattr_destroy(&attr);
    char host[64] = "";
    char owner[120];
    gethostname(host, sizeof host - 1);
    snprintf(owner, sizeof owner, "%s:%ld:%08" PRIx32, host, (long)getpid(), randombytes_random());
    const reb_job_runner_options o = {.kinds = reb_job_kinds,
                                      .owner = owner,
                                      .place = s->place,
                                      .wall_clock = s->o.wall_clock,
                                      .act_clock = s->o.act_clock,
                                      .lease_us = (int64_t)s->o.lease_ms * 1000,
                                      .node = reb_server_node(s),
                                      .told = told,
                                      .ctx = s->hub};
    reb_status st = reb_job_runner_open(&j->runner, &o, err);
    if (st != REB_OK) return st;
    pthread_mutex_lock(&j->mutex);
    j->worker_started = pthread_create(&j->worker, NULL, work_thread, j) == 0;
    j->keeper_started = pthread_create(&j->keeper, NULL, keep_thread, j) == 0;
    bool started = j->worker_started && j->keeper_started;
    pthread_mutex_unlock(&j->mutex);
    if (!started) return reb_fail(err, REB_E_MEMORY, "No thread could be started.");
    return REB_OK;
}

void reb_jobs_wake(reb_jobs *j) {
    if (j == NULL) return;
    pthread_mutex_lock(&j->mutex);
    j->nudged = true;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->mutex);
}

void reb_jobs_close(reb_jobs *j) {
    if (j == NULL) return;
    if (j->runner != NULL) reb_job_stop(j->runner);
    pthread_mutex_lock(&j->mutex);
    j->stopping = true;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->mutex);
    if (j->worker_started) pthread_join(j->worker, NULL); /* the keeper holds the lease until the job has stopped */
    pthread_mutex_lock(&j->mutex);
    j->keeper_stopping = true;
    pthread_cond_broadcast(&j->wake);
    pthread_mutex_unlock(&j->mutex);
    if (j->keeper_started) pthread_join(j->keeper, NULL);
    reb_job_runner_close(j->runner);
    pthread_cond_destroy(&j->wake);
    pthread_mutex_destroy(&j->mutex);
    free(j);
}
