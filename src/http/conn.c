/* Deadlines for each connection. libmicrohttpd ends a connection that is silent, but not one that sends a byte now and then: a
   thread looks at every connection four times a second and ends those that are late. */
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { LOOK_MS = 100 };

static const char k_late[] =
    "HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 126\r\n\r\n"
    "{\"error\":{\"code\":\"usage\",\"detail\":\"The request came too slowly.\","
    "\"next\":\"Send it again, at once; slow clients are cut off.\"}}\n";
static const char k_large[] =
    "HTTP/1.1 413 Content Too Large\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: 138\r\n\r\n"
    "{\"error\":{\"code\":\"limit\",\"detail\":\"The body is larger than this address takes.\","
    "\"next\":\"See the limits in the manual of rebound serve.\"}}\n";

void reb_conn_phase(reb_conn *conn, reb_phase phase, int64_t deadline_us) {
    atomic_store_explicit(&conn->deadline_us, deadline_us, memory_order_relaxed);
    atomic_store_explicit(&conn->phase, (int)phase, memory_order_relaxed);
}

void reb_conn_cut(reb_conns *c, reb_conn *conn, unsigned status) {
    if (atomic_exchange(&conn->cut, true)) return;
    atomic_fetch_add(&c->cut_count, 1);
    const char *text = status == 408 ? k_late : status == 413 ? k_large : NULL;
    size_t n = status == 408 ? sizeof k_late - 1 : status == 413 ? sizeof k_large - 1 : 0;
    if (text != NULL) {
        ssize_t sent = send(conn->fd, text, n, MSG_DONTWAIT | MSG_NOSIGNAL);
        (void)sent; /* a courtesy: the connection ends either way */
    }
    shutdown(conn->fd, SHUT_RDWR);
}

static void look(reb_conns *c) {
    int64_t now = reb_monotonic_us();
    for (reb_conn *k = c->head; k != NULL; k = k->next) {
        if (atomic_load_explicit(&k->deadline_us, memory_order_relaxed) > now) continue;
        int phase = atomic_load_explicit(&k->phase, memory_order_relaxed);
        /* While a request is coming in, nothing else is being written to this socket: a 408 may be. */
        bool coming = phase == REB_PHASE_HEAD || phase == REB_PHASE_BODY ||
                      (phase == REB_PHASE_IDLE && atomic_load_explicit(&k->first, memory_order_relaxed));
        reb_conn_cut(c, k, coming ? 408 : 0);
    }
}

static void *deadline_thread(void *arg) {
    reb_conns *c = arg;
    pthread_mutex_lock(&c->mutex);
    while (!c->stopping) {
        look(c);
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        if (until.tv_nsec >= 1000000000L) {
            until.tv_nsec -= 1000000000L;
            until.tv_sec++;
        }
        pthread_cond_timedwait(&c->wake, &c->mutex, &until);
        pthread_mutex_unlock(&c->mutex);
        reb_access_flush(c->server);
        pthread_mutex_lock(&c->mutex);
    }
    pthread_mutex_unlock(&c->mutex);
    return NULL;
}

reb_status reb_conns_start(reb_conns *c, reb_err *err) {
    pthread_mutex_init(&c->mutex, NULL);
    pthread_condattr_t attr;
    pthread_condattr_init(&attr);
    pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
    pthread_cond_init(&c->wake, &attr);
    pthread_condattr_destroy(&attr);
    pthread_mutex_lock(&c->mutex);
    c->started = pthread_create(&c->thread, NULL, deadline_thread, c) == 0;
    pthread_mutex_unlock(&c->mutex);
    return c->started ? REB_OK : reb_fail(err, REB_E_MEMORY, "No thread could be started.");
}

void reb_conns_stop(reb_conns *c) {
    if (!c->started) return;
    pthread_mutex_lock(&c->mutex);
    c->stopping = true;
    pthread_cond_signal(&c->wake);
    pthread_mutex_unlock(&c->mutex);
    pthread_join(c->thread, NULL);
    c->started = false;
}

static void address_of(struct in6_addr *out, const struct sockaddr *addr) {
    *out = (struct in6_addr){0};
    if (addr == NULL) return;
    if (addr->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;
        memcpy(&v6, addr, sizeof v6);
        *out = v6.sin6_addr;
    } else if (addr->sa_family == AF_INET) {
        struct sockaddr_in v4;
        memcpy(&v4, addr, sizeof v4);
        out->s6_addr[10] = out->s6_addr[11] = 0xFF;
        memcpy(out->s6_addr + 12, &v4.sin_addr, 4);
    }
}

reb_conn *reb_conn_add(reb_conns *c, int fd, const struct sockaddr *addr) {
    reb_conn *conn = calloc(1, sizeof *conn);
    if (conn == NULL) return NULL;
    conn->fd = fd;
    atomic_init(&conn->first, true);
    atomic_init(&conn->deadline_us, INT64_MAX);
    atomic_init(&conn->phase, REB_PHASE_IDLE);
    atomic_init(&conn->cut, false);
    address_of(&conn->ip, addr);
    pthread_mutex_lock(&c->mutex);
    conn->next = c->head;
    if (c->head != NULL) c->head->prev = conn;
    c->head = conn;
    pthread_mutex_unlock(&c->mutex);
    atomic_fetch_add(&c->count, 1);
    return conn;
}

void reb_conn_remove(reb_conns *c, reb_conn *conn) {
    pthread_mutex_lock(&c->mutex);
    if (conn->prev != NULL) conn->prev->next = conn->next;
    if (conn->next != NULL) conn->next->prev = conn->prev;
    if (c->head == conn) c->head = conn->next;
    pthread_mutex_unlock(&c->mutex);
    atomic_fetch_sub(&c->count, 1);
    free(conn);
}
