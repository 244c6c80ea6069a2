/* The two threads of the post: one hands over what waits, one looks for what came. */
#include "http.h"

#include "../app/post.h"
#include "../domain/notice.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { LOOK_MS = 400 };
static const int64_t k_again_us = 2000000; /* after trouble with the store */

struct reb_posts {
    reb_server *server;
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t sender, poller;
    bool sender_started, poller_started;
    atomic_bool stopping;
};

static void wait_ms(reb_posts *p, long ms) {
    struct timespec until;
    pthread_mutex_lock(&p->mutex);
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ms / 1000;
    until.tv_nsec += ms % 1000 * 1000000L;
    if (until.tv_nsec >= 1000000000L) {
        until.tv_nsec -= 1000000000L;
        until.tv_sec++;
    }
    if (!atomic_load(&p->stopping)) pthread_cond_timedwait(&p->wake, &p->mutex, &until);
    pthread_mutex_unlock(&p->mutex);
}

static bool stopping(void *ctx) {
    reb_posts *p = ctx;
    return atomic_load(&p->stopping);
}

/* A clock that was set back for a look at the past must not hold up the post. */
static int64_t now_us(const reb_posts *p) {
    int64_t act = reb_clock_now(p->server->o.act_clock);
    int64_t wall = reb_clock_now(p->server->o.wall_clock);
    return act > wall ? act : wall;
}

static void log_trouble(reb_posts *p, const char *what, const char *detail) {
    const reb_log_field fields[] = {{"detail", detail, 0}, {NULL, NULL, 0}};
    reb_log_write(&p->server->o.log, REB_LOG_WARN, what, fields);
}

static void tell(reb_posts *p, reb_store *s, int64_t at_us) {
    reb_err ignored = {0};
    reb_notice_add(NULL, s, "mail", "{}", at_us, &ignored);
    reb_hub_wake(p->server->hub);
}

/* One turn of the sender. `first`: what an earlier process left open is looked after even when nothing is due. */
static reb_status send_turn(reb_posts *p, reb_store *s, reb_ids *ids, bool first, reb_err *err) {
    reb_outbox_sums sums;
    reb_business *b = NULL;
    reb_post_sent sent = {0};
    int64_t now = now_us(p);
    reb_status st = reb_outbox_count(&sums, s, err);
    bool due = sums.next_us > 0 && sums.next_us <= now;
    if (st != REB_OK || (!due && !(first && sums.count[REB_OUTBOX_SENDING] > 0))) return st;
    st = reb_business_load(&b, s, err);
    const reb_post post = {.store = s, .business = b, .ids = ids, .now_us = now, .stop = stopping, .ctx = p, .patient = true};
    if (st == REB_OK) st = reb_post_send(&sent, &post, err);
    if (sent.sent + sent.later + sent.failed + sent.unsure + sent.given_up > 0) tell(p, s, now);
    if (sent.later + sent.failed + sent.unsure + sent.given_up > 0) log_trouble(p, "mail did not go out", sent.problem);
    reb_business_free(b);
    return st;
}

static reb_status poll_turn(int64_t *wait_us, reb_posts *p, reb_store *s, reb_ids *ids, reb_err *err) {
    reb_business *b = NULL;
    reb_post_got got = {0};
    int64_t now = now_us(p);
    reb_status st = reb_business_load(&b, s, err);
    if (st == REB_E_NOT_FOUND) return REB_OK; /* no business yet */
    if (st != REB_OK) return st;
    *wait_us = reb_business_i64(b, REB_SETTING_MAIL_POLL_SECONDS) * REB_US_PER_SECOND;
    const reb_post post = {.store = s, .business = b, .ids = ids, .now_us = now, .stop = stopping, .ctx = p, .patient = true};
    st = reb_post_poll(&got, &post, 0, err);
    if (got.fetched > 0) tell(p, s, now);
    reb_business_free(b);
    if (st == REB_E_IO || st == REB_E_INPUT) { /* kept with the folder, and tried again at its time */
        log_trouble(p, "mail could not be fetched", err->detail);
        st = REB_OK;
    }
    return st;
}

static bool open_store(reb_store **s, reb_posts *p, reb_err *err) {
    return *s != NULL || reb_store_open(s, p->server->o.db, 0, err) == REB_OK;
}

static void *send_thread(void *arg) {
    reb_posts *p = arg;
    reb_store *s = NULL;
    reb_ids ids = {.clock = p->server->o.wall_clock, .node = reb_server_node(p->server)};
    bool first = true;
    while (!atomic_load(&p->stopping)) {
        reb_err err = {0};
        reb_status st = open_store(&s, p, &err) ? send_turn(p, s, &ids, first, &err) : err.code;
        first = first && st != REB_OK;
        if (st != REB_OK && st != REB_E_BUSY && st != REB_E_IO && st != REB_E_INPUT) {
            log_trouble(p, "the post cannot be read", err.detail);
            reb_store_close(s);
            s = NULL;
        }
        wait_ms(p, st == REB_OK ? LOOK_MS : k_again_us / 1000);
    }
    reb_store_close(s);
    return NULL;
}

static void *poll_thread(void *arg) {
    reb_posts *p = arg;
    reb_store *s = NULL;
    reb_ids ids = {.clock = p->server->o.wall_clock, .node = reb_server_node(p->server) ^ 512u};
    int64_t next_us = 0;
    while (!atomic_load(&p->stopping)) {
        reb_err err = {0};
        int64_t wait_us = 5 * REB_US_PER_SECOND;
        if (reb_monotonic_us() >= next_us) {
            reb_status st = open_store(&s, p, &err) ? poll_turn(&wait_us, p, s, &ids, &err) : err.code;
            if (st != REB_OK && st != REB_E_BUSY) {
                log_trouble(p, "the post cannot be read", err.detail);
                reb_store_close(s);
                s = NULL;
            }
            next_us = reb_monotonic_us() + wait_us;
        }
        wait_ms(p, 1000);
    }
    reb_store_close(s);
    return NULL;
}

reb_status reb_posts_open(reb_posts **out, reb_server *s, reb_err *err) {
    reb_posts *p = calloc(1, sizeof *p);
    *out = p;
    if (p == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    p->server = s;
    pthread_mutex_init(&p->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&p->wake, &attr);
    pthread_condattr_destroy(&attr);
    p->sender_started = pthread_create(&p->sender, NULL, send_thread, p) == 0;
    p->poller_started = pthread_create(&p->poller, NULL, poll_thread, p) == 0;
    if (!p->sender_started || !p->poller_started) return reb_fail(err, REB_E_MEMORY, "No thread could be started.");
    return REB_OK;
}

void reb_posts_close(reb_posts *p) {
    if (p == NULL) return;
    pthread_mutex_lock(&p->mutex);
    atomic_store(&p->stopping, true);
    pthread_cond_broadcast(&p->wake);
    pthread_mutex_unlock(&p->mutex);
    if (p->sender_started) pthread_join(p->sender, NULL);
    if (p->poller_started) pthread_join(p->poller, NULL);
    pthread_cond_destroy(&p->wake);
    pthread_mutex_destroy(&p->mutex);
    free(p);
}
