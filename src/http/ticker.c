/* What must happen by itself as time goes on: every 20 seconds, by one process of a database at a time. */
#include "http.h"

#include "../app/tick.h"

#include <stdlib.h>
#include <time.h>

enum { EVERY_S = 20 };

struct reb_ticker {
    reb_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool started, stopping;
};

static void turn(reb_ticker *t, reb_store **s, reb_ids *ids) {
    reb_err err = {0};
    reb_business *b = NULL;
    bool busy = false;
    reb_status st = *s == NULL ? reb_store_open(s, t->server->o.db, 0, &err) : REB_OK;
    if (st == REB_OK) st = reb_business_load(&b, *s, &err);
    if (st == REB_E_NOT_FOUND) return; /* no business yet */
    if (st == REB_OK) st = reb_tick(&busy, NULL, *s, b, reb_clock_now(t->server->o.act_clock), ids, &err);
    reb_business_free(b);
    if (st == REB_OK) {
        reb_hub_wake(t->server->hub);
        return;
    }
    const reb_log_field fields[] = {{"code", reb_status_name(err.code), 0}, {"detail", err.detail, 0}, {NULL, NULL, 0}};
    reb_log_write(&t->server->o.log, REB_LOG_WARN, "what is due by itself did not happen", fields);
    if (st == REB_E_BUSY) return;
    reb_store_close(*s); /* opened anew at the next turn */
    *s = NULL;
}

static void *run(void *arg) {
    reb_ticker *t = arg;
    reb_store *s = NULL;
    reb_ids ids = {.clock = t->server->o.wall_clock, .node = reb_server_node(t->server)};
    pthread_mutex_lock(&t->mutex);
    while (!t->stopping) {
        pthread_mutex_unlock(&t->mutex);
        turn(t, &s, &ids);
        pthread_mutex_lock(&t->mutex);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_sec += EVERY_S;
        while (!t->stopping && pthread_cond_timedwait(&t->wake, &t->mutex, &until) == 0) continue;
    }
    pthread_mutex_unlock(&t->mutex);
    reb_store_close(s);
    return NULL;
}

reb_status reb_ticker_open(reb_ticker **out, reb_server *s, reb_err *err) {
    reb_ticker *t = calloc(1, sizeof *t);
    *out = t;
    if (t == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    t->server = s;
    pthread_mutex_init(&t->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&t->wake, &attr);
    pthread_condattr_destroy(&attr);
    t->started = pthread_create(&t->thread, NULL, run, t) == 0;
    return t->started ? REB_OK : reb_fail(err, REB_E_MEMORY, "No thread could be started.");
}

void reb_ticker_close(reb_ticker *t) {
    if (t == NULL) return;
    pthread_mutex_lock(&t->mutex);
    t->stopping = true;
    pthread_cond_broadcast(&t->wake);
    pthread_mutex_unlock(&t->mutex);
    if (t->started) pthread_join(t->thread, NULL);
    pthread_cond_destroy(&t->wake);
    pthread_mutex_destroy(&t->mutex);
    free(t);
}
