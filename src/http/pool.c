/* Workers: whatever reads or writes the store runs here, each worker with a connection of its own. The socket's connection is
   suspended meanwhile and resumed with the answer. */
#include "audit.h"
#include "http.h"

#include "../domain/session.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

typedef struct worker {
    reb_pool *pool;
    pthread_t thread;
    bool started;
    reb_store *store; /* NULL after a failure, until it can be opened again */
    reb_ids ids;
    reb_cache cache;
} worker;

struct reb_pool {
    reb_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    reb_request *head, *tail;
    _Atomic unsigned waiting;
    bool stopping;
    unsigned count, points; /* after the workers: connections for point queries on the event threads */
    pthread_mutex_t points_mutex;
    worker **free_points;
    unsigned free_count;
    worker workers[];
};

static reb_request *take(reb_pool *p) {
    pthread_mutex_lock(&p->mutex);
    while (p->head == NULL && !p->stopping) pthread_cond_wait(&p->wake, &p->mutex);
    reb_request *rq = p->head;
    if (rq != NULL) {
        p->head = rq->next;
        if (p->head == NULL) p->tail = NULL;
        atomic_fetch_sub(&p->waiting, 1);
    }
    pthread_mutex_unlock(&p->mutex);
    return rq;
}

/* After a failure of the store, is the connection itself dead? Then it is opened anew, by the next request if not now. */
static void look_after_store(worker *w) {
    int64_t one;
    bool found;
    reb_err err = {0};
    if (w->store != NULL && reb_get_i64(&one, &found, w->store, REB_SQL_PING, REB_NO_ARGS, &err) == REB_OK) return;
    reb_store_close(w->store);
    w->store = NULL;
}

const reb_business *reb_rq_business(reb_request *rq) {
    reb_cache *c = rq->cache;
    reb_err err = {0};
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, rq->store, REB_SQL_SETTING_STAMP, REB_NO_ARGS, &err);
    if (st == REB_OK) st = reb_step(q, &row, &err);
    int64_t changed_us = row ? reb_col_i64(q, 0) : 0;
    int64_t count = row ? reb_col_i64(q, 1) : 0;
    reb_stmt_close(q);
    if (st != REB_OK) return NULL;
    if (c->business != NULL && c->changed_us == changed_us && c->count == count) return c->business;
    reb_business_free(c->business);
    c->business = NULL;
    if (reb_business_load(&c->business, rq->store, &err) != REB_OK) c->business = NULL;
    c->changed_us = changed_us;
    c->count = count;
    return c->business;
}

const reb_locale *reb_rq_locale(reb_request *rq) {
    if (rq->locale_known) return &rq->locale;
    const reb_business *b = rq->store != NULL ? reb_rq_business(rq) : NULL;
    reb_locale shop = {0};
    if (b != NULL) shop = reb_business_locale(b);
    const char *wish = rq->headers.accept_language;
    reb_locale_parse(&rq->locale, wish, wish != NULL ? strlen(wish) : 0, &shop);
    rq->locale_known = true;
    return &rq->locale;
}

static void serve(worker *w, reb_request *rq) {
    reb_server *s = w->pool->server;
    reb_err err = {0};
    reb_status st = REB_OK;
    if (w->store == NULL) st = reb_store_open(&w->store, s->o.db, 0, &err);
    rq->store = w->store;
    rq->ids = &w->ids;
    rq->cache = &w->cache;
    if (st == REB_OK) {
        st = reb_audit_handle(rq, &err);
        if (st == REB_OK && rq->caller.blank) st = reb_rq_blank(rq, &err);
    } else {
        err.code = REB_E_BUSY;
    }
    rq->store = NULL;
    if (st == REB_OK && (rq->out.failed || rq->arena.failed)) st = reb_fail(&err, REB_E_MEMORY, "No memory left for the answer.");
    if (st != REB_OK) {
        if (rq->stream != NULL) MHD_destroy_response(rq->stream);
        rq->stream = NULL;
        reb_rq_error(rq, 0, &err);
        if (rq->status == 503) rq->retry_after_s = 1;
    }
    if (s->o.check_answers) reb_rq_check_answer(rq);
    if (st == REB_E_STORE || st == REB_E_IO || st == REB_E_BUSY) look_after_store(w);
}

/* When a session was last seen is noted after the answer, and not at all while somebody else writes: the next request will. */
static void note_seen(worker *w, const char *session_hash) {
    reb_err ignored = {0};
    if (w->store == NULL || reb_store_busy_wait(w->store, 20, &ignored) != REB_OK) return;
    reb_session_touch(w->store, session_hash, reb_clock_now(w->pool->server->o.wall_clock), &ignored);
    reb_store_busy_wait(w->store, 10000, &ignored);
}

static void *work(void *arg) {
    worker *w = arg;
    for (reb_request *rq; (rq = take(w->pool)) != NULL;) {
        char seen[REB_SECRET_HASH] = "";
        if (rq->caller.touch) reb_secret_hash(seen, rq->caller.session);
        serve(w, rq);
        rq->state = REB_RQ_DONE;
        MHD_resume_connection(rq->mhd); /* from here on the request is the event thread's */
        if (seen[0] != '\0') note_seen(w, seen);
    }
    return NULL;
}

bool reb_pool_here(reb_pool *p, reb_request *rq) {
    worker *w = NULL;
    pthread_mutex_lock(&p->points_mutex);
    if (p->free_count > 0) w = p->free_points[--p->free_count];
    pthread_mutex_unlock(&p->points_mutex);
    if (w == NULL) return false;
    serve(w, rq);
    pthread_mutex_lock(&p->points_mutex);
    p->free_points[p->free_count++] = w;
    pthread_mutex_unlock(&p->points_mutex);
    return true;
}

/* One for each event thread, where reading is a call into this process and no journey. */
static reb_status open_points(reb_pool *p, unsigned n, reb_err *err) {
    if (n == 0 || reb_store_engine(p->workers[0].store) != REB_ENGINE_SQLITE) return REB_OK;
    p->free_points = calloc(n, sizeof p->free_points[0]);
    if (p->free_points == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (unsigned i = 0; i < n; i++) {
        worker *w = &p->workers[p->count + i];
        *w = (worker){.pool = p, .ids = {.clock = p->server->o.wall_clock, .node = reb_server_node(p->server)}};
        reb_status st = reb_store_open(&w->store, p->server->o.db, 0, err);
        if (st != REB_OK) return st;
        p->points++;
        p->free_points[p->free_count++] = w;
    }
    return REB_OK;
}

reb_status reb_pool_open(reb_pool **out, reb_server *s, unsigned n, unsigned points, reb_err *err) {
    reb_pool *p = calloc(1, sizeof *p + (n + points) * sizeof p->workers[0]);
    *out = p;
    if (p == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    p->server = s;
    p->count = n;
    pthread_mutex_init(&p->mutex, NULL);
    pthread_mutex_init(&p->points_mutex, NULL);
    pthread_cond_init(&p->wake, NULL);
    for (unsigned i = 0; i < n; i++) {
        worker *w = &p->workers[i];
        w->pool = p;
        w->ids = (reb_ids){.clock = s->o.wall_clock, .node = reb_server_node(s)};
        reb_status st = reb_store_open(&w->store, s->o.db, 0, err);
        if (st != REB_OK) return st;
        if (pthread_create(&w->thread, NULL, work, w) != 0) return reb_fail(err, REB_E_MEMORY, "No thread could be started.");
        w->started = true;
    }
    return open_points(p, points, err);
}

void reb_pool_close(reb_pool *p) {
    if (p == NULL) return;
    pthread_mutex_lock(&p->mutex);
    p->stopping = true;
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    for (unsigned i = 0; i < p->count; i++) {
        if (p->workers[i].started) pthread_join(p->workers[i].thread, NULL);
        p->workers[i].started = false;
    }
}

void reb_pool_free(reb_pool *p) {
    if (p == NULL) return;
    for (unsigned i = 0; i < p->count + p->points; i++) {
        reb_store_close(p->workers[i].store);
        reb_business_free(p->workers[i].cache.business);
    }
    free(p->free_points);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
    pthread_mutex_destroy(&p->points_mutex);
    free(p);
}

bool reb_pool_put(reb_pool *p, reb_request *rq) {
    pthread_mutex_lock(&p->mutex);
    if (p->stopping) {
        pthread_mutex_unlock(&p->mutex);
        return false;
    }
    rq->state = REB_RQ_QUEUED;
    MHD_suspend_connection(rq->mhd);
    rq->next = NULL;
    if (p->tail != NULL) {
        p->tail->next = rq;
    } else {
        p->head = rq;
    }
    p->tail = rq;
    atomic_fetch_add(&p->waiting, 1);
    pthread_cond_signal(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    return true;
}

unsigned reb_pool_waiting(reb_pool *p) {
    return p == NULL ? 0 : atomic_load(&p->waiting);
}
