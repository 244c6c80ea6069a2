/* The live stream. One thread a process reads the numbered notices of the store (whoever wrote them) into a ring; each open stream is a
   number in that ring. Nothing is buffered for a slow client: when the ring has passed it by, or its socket has taken nothing for a
   while, it is dropped, and comes back with Last-Event-ID. */
#include "http.h"

#include "../domain/notice.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { RING = 1024, POLL_MS = 400, REPLAY_MOST = 2000, CLIENTS_MOST = 200, CHECK_AT_ONCE = 16, CHECK_US = 1500000 };

typedef struct notice {
    int64_t number;
    char *text; /* the event as it is sent */
} notice;

typedef struct client {
    struct client *next;
    reb_hub *hub;
    struct MHD_Connection *mhd;
    reb_conn *conn;
    reb_buf pending; /* what is being sent: the replay, or one notice */
    size_t sent;
    int64_t after;        /* number of the last notice taken */
    int64_t last_sent_us; /* monotonic: for the comment line */
    int64_t last_call_us; /* monotonic: when the socket last had room */
    bool waiting;         /* suspended until there is something */
    uint64_t number;      /* tells it from a later one in the same memory */
    reb_caller caller;
    int64_t checked_us; /* monotonic: when the caller was last found to be let in still */
    bool over;          /* signed out, or the key was revoked: the stream ends */
} client;

struct reb_hub {
    reb_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    bool started, stopping, quiet, nudged;
    reb_store *store;
    notice ring[RING]; /* by number % RING */
    int64_t last;      /* newest number in the ring; 0: none */
    client *clients;
    uint64_t numbers;
    _Atomic unsigned count;
};

/* --- sending ------------------------------------------------------------------------------------------------------------------------- */

static void resume(client *c) {
    if (!c->waiting) return;
    c->waiting = false;
    c->last_call_us = reb_monotonic_us(); /* from now on its socket owes us a call */
    MHD_resume_connection(c->mhd);
}

/* The next thing to send, into pending; false when there is nothing. With the lock held. */
static bool next_piece(reb_hub *h, client *c, bool *lost) {
    *lost = false;
    int64_t now = reb_monotonic_us();
    reb_buf_clear(&c->pending);
    c->sent = 0;
    if (c->after < h->last) {
        const notice *n = &h->ring[(c->after + 1) % RING];
        if (n->number != c->after + 1) {
            *lost = true; /* the ring has passed this client by */
            return false;
        }
        reb_buf_str(&c->pending, n->text);
        c->after++;
    } else if (now - c->last_sent_us >= (int64_t)h->server->o.comment_ms * 1000) {
        reb_buf_str(&c->pending, ": still here\n\n");
    } else {
        return false;
    }
    c->last_sent_us = now;
    return true;
}

static ssize_t read_stream(void *cls, uint64_t pos, char *buf, size_t max) {
    (void)pos;
    client *c = cls;
    reb_hub *h = c->hub;
    ssize_t n = 0;
    pthread_mutex_lock(&h->mutex);
    c->last_call_us = reb_monotonic_us();
    bool lost = false;
    if (h->quiet || c->over) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else if (c->sent < c->pending.len || next_piece(h, c, &lost)) {
        size_t left = c->pending.len - c->sent;
        size_t part = left < max ? left : max;
        memcpy(buf, c->pending.data + c->sent, part);
        c->sent += part;
        n = (ssize_t)part;
    } else if (lost) {
        n = MHD_CONTENT_READER_END_OF_STREAM;
    } else {
        c->waiting = true;
        MHD_suspend_connection(c->mhd);
    }
    pthread_mutex_unlock(&h->mutex);
    return n;
}

/* With the lock held. */
static void unlink_client(reb_hub *h, const client *c) {
    for (client **p = &h->clients; *p != NULL; p = &(*p)->next) {
        if (*p != c) continue;
        *p = c->next;
        atomic_fetch_sub(&h->count, 1);
        return;
    }
}

/* Called when the answer is destroyed, which libmicrohttpd does before it tells that the request is complete. */
static void free_client(void *cls) {
    client *c = cls;
    pthread_mutex_lock(&c->hub->mutex);
    unlink_client(c->hub, c);
    pthread_mutex_unlock(&c->hub->mutex);
    reb_buf_free(&c->pending);
    sodium_memzero(&c->caller, sizeof c->caller);
    free(c);
}

/* --- the reading thread ----------------------------------------------------------------------------------------------------------------
 */

static void sse_text(reb_buf *out, int64_t number, const char *topic, const char *data) {
    reb_buf_printf(out, "id: %" PRId64 "\nevent: %s\ndata: %s\n\n", number, topic, data);
}

static reb_status into_ring(int64_t number, const char *topic, const char *data, void *ctx, reb_err *err) {
    reb_hub *h = ctx;
    reb_buf b = {0};
    sse_text(&b, number, topic, data);
    if (b.failed) {
        reb_buf_free(&b);
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    pthread_mutex_lock(&h->mutex);
    notice *n = &h->ring[number % RING];
    free(n->text);
    n->text = b.data;
    n->number = number;
    h->last = number;
    pthread_mutex_unlock(&h->mutex);
    return REB_OK;
}

/* With the lock held: who has something to be sent is resumed, who takes nothing is dropped. */
static void tend_clients(reb_hub *h) {
    int64_t now = reb_monotonic_us();
    for (client *c = h->clients; c != NULL; c = c->next) {
        bool news = c->after < h->last;
        bool comment = now - c->last_sent_us >= (int64_t)h->server->o.comment_ms * 1000;
        if (c->waiting && (news || comment || h->quiet)) resume(c);
        bool stalled = !c->waiting && now - c->last_call_us > (int64_t)h->server->o.stall_ms * 1000;
        if (stalled) reb_conn_cut(&h->server->conns, c->conn, 0);
    }
}

/* A stream that was opened by a session or a key ends with it. The store is asked without the lock: streams may come and go meanwhile. */
static void check_callers(reb_hub *h) {
    struct {
        uint64_t number;
        reb_caller caller;
    } due[CHECK_AT_ONCE];
    size_t count = 0;
    int64_t now = reb_monotonic_us();
    for (client *c = h->clients; c != NULL && count < CHECK_AT_ONCE; c = c->next) {
        if (c->over || now - c->checked_us < CHECK_US) continue;
        c->checked_us = now;
        due[count].number = c->number;
        due[count++].caller = c->caller;
    }
    if (count == 0) return;
    pthread_mutex_unlock(&h->mutex);
    uint64_t over[CHECK_AT_ONCE];
    size_t over_count = 0;
    for (size_t i = 0; i < count; i++)
        if (!reb_auth_lives(h->server->auth, &due[i].caller)) over[over_count++] = due[i].number;
    sodium_memzero(due, sizeof due);
    pthread_mutex_lock(&h->mutex);
    for (client *c = h->clients; c != NULL; c = c->next) {
        for (size_t i = 0; i < over_count; i++) c->over = c->over || c->number == over[i];
        if (c->over) resume(c);
    }
}

static void *hub_thread(void *arg) {
    reb_hub *h = arg;
    pthread_mutex_lock(&h->mutex);
    while (!h->stopping) {
        bool wanted = h->clients != NULL;
        int64_t last = h->last;
        h->nudged = false;
        pthread_mutex_unlock(&h->mutex);
        reb_err err = {0};
        if (wanted && h->store == NULL) reb_store_open(&h->store, h->server->o.db, 0, &err);
        if (wanted && h->store != NULL && reb_notice_since(h->store, last, RING, into_ring, h, &err) != REB_OK) {
            reb_store_close(h->store); /* opened anew at the next turn */
            h->store = NULL;
        }
        pthread_mutex_lock(&h->mutex);
        check_callers(h);
        tend_clients(h);
        if (h->stopping || h->nudged) continue;
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += POLL_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_nsec -= 1000000000L;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&h->wake, &h->mutex, &until);
    }
    pthread_mutex_unlock(&h->mutex);
    return NULL;
}

/* --- opening a stream
 * ---------------------------------------------------------------------------------------------------------------------- */

typedef struct replaying {
    reb_buf *out;
    int64_t last;
} replaying;

static reb_status replay(int64_t number, const char *topic, const char *data, void *ctx, reb_err *err) {
    (void)err;
    replaying *r = ctx;
    sse_text(r->out, number, topic, data);
    r->last = number;
    return REB_OK;
}

/* What the client missed; or one `resync` event when that is no longer known, and then everything must be read anew. */
static reb_status catch_up(client *c, reb_store *store, int64_t last_id, bool has_last, reb_err *err) {
    int64_t first;
    int64_t last;
    reb_status st = reb_notice_bounds(&first, &last, store, err);
    if (st != REB_OK) return st;
    c->after = last;
    reb_buf_str(&c->pending, "retry: 2000\n\n");
    if (!has_last || last_id == last) return REB_OK;
    bool pruned = last_id > last || last_id + 1 < first || (first == 0 && last_id < last) || last - last_id > REPLAY_MOST;
    if (pruned) {
        reb_buf_printf(&c->pending, "id: %" PRId64 "\nevent: resync\ndata: {}\n\n", last);
        return REB_OK;
    }
    replaying r = {.out = &c->pending, .last = last_id};
    st = reb_notice_since(store, last_id, REPLAY_MOST, replay, &r, err);
    c->after = r.last;
    return st;
}

reb_status reb_hub_stream(reb_request *rq, int64_t last_id, bool has_last, reb_err *err) {
    reb_hub *h = rq->server->hub;
    if (atomic_load(&h->count) >= CLIENTS_MOST)
        return reb_fail(err, REB_E_BUSY, "There are already %d live streams; try again later.", CLIENTS_MOST);
    client *c = calloc(1, sizeof *c);
    if (c == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    c->hub = h;
    c->mhd = rq->mhd;
    c->conn = rq->conn;
    c->caller = rq->caller;
    c->last_sent_us = c->last_call_us = c->checked_us = reb_monotonic_us();
    reb_status st = catch_up(c, rq->store, last_id, has_last, err);
    if (st == REB_OK && c->pending.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) {
        rq->stream = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 8192, read_stream, c, free_client);
        if (rq->stream == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    if (st != REB_OK) {
        free_client(c);
        return st;
    }
    rq->content_type = "text/event-stream; charset=utf-8";
    pthread_mutex_lock(&h->mutex);
    if (h->clients == NULL) h->last = c->after; /* the ring has slept: it goes on from here */
    c->number = ++h->numbers;
    c->next = h->clients;
    h->clients = c;
    atomic_fetch_add(&h->count, 1);
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->mutex);
    return REB_OK;
}

/* --- life
 * -------------------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_hub_open(reb_hub **out, reb_server *s, reb_err *err) {
    reb_hub *h = calloc(1, sizeof *h);
    *out = h;
    if (h == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    h->server = s;
    pthread_mutex_init(&h->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&h->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_lock(&h->mutex);
    h->started = pthread_create(&h->thread, NULL, hub_thread, h) == 0;
    bool started = h->started;
    pthread_mutex_unlock(&h->mutex);
    return started ? REB_OK : reb_fail(err, REB_E_MEMORY, "No thread could be started.");
}

void reb_hub_wake(reb_hub *h) {
    pthread_mutex_lock(&h->mutex);
    h->nudged = true;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->mutex);
}

void reb_hub_quiet(reb_hub *h) {
    pthread_mutex_lock(&h->mutex);
    h->quiet = true;
    for (client *c = h->clients; c != NULL; c = c->next) resume(c);
    pthread_mutex_unlock(&h->mutex);
}

void reb_hub_close(reb_hub *h) {
    if (h == NULL) return;
    pthread_mutex_lock(&h->mutex);
    h->stopping = true;
    pthread_cond_signal(&h->wake);
    pthread_mutex_unlock(&h->mutex);
    if (h->started) pthread_join(h->thread, NULL);
    for (size_t i = 0; i < RING; i++) free(h->ring[i].text);
    reb_store_close(h->store);
    pthread_cond_destroy(&h->wake);
    pthread_mutex_destroy(&h->mutex);
    free(h);
}

unsigned reb_hub_clients(reb_hub *h) {
    return h == NULL ? 0 : atomic_load(&h->count);
}
