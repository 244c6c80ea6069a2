/* The server: sockets by libmicrohttpd's event threads, work by a pool of workers with one store connection each. */
#ifndef REB_HTTP_SERVER_H
#define REB_HTTP_SERVER_H

#include "../base/clock.h"
#include "../base/err.h"
#include "../base/log.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct reb_server reb_server;

/* Zero means the default that is written beside each. Text must live as long as the server. */
typedef struct reb_server_options {
    const char *db;         /* location of the store; required */
    const char *listen;     /* HOST:PORT or [IPV6]:PORT, numeric or a name; "127.0.0.1:7070". Port 0 takes a free one */
    const char *upload_dir; /* where uploads wait for their import; beside the SQLite file, or $TMPDIR/rebound-uploads */
    reb_clock act_clock;    /* what "today" is; required */
    reb_clock wall_clock;   /* leases, keys, logs; required */
    reb_log log;            /* access and events, JSON lines */
    unsigned event_threads; /* 2 */
    unsigned workers;       /* 4 */
    unsigned queue_most;    /* requests waiting for a worker before 503: 256 */
    unsigned connections;   /* open at once: 1024 */
    unsigned per_ip;        /* open at once from one address: 256 */
    unsigned rate_per_s;    /* requests a second a client, burst of twice as many: 200; UINT32_MAX: no limit */
    unsigned head_ms;       /* from the request line to the end of the headers: 10,000 */
    unsigned body_ms;       /* for a JSON body, and for each 64 KiB of an upload: 30,000 */
    unsigned idle_ms;       /* for the next request on an open connection: 60,000 */
    uint64_t body_most;     /* bytes of a JSON body: 1 MiB */
    uint64_t upload_most;   /* bytes of an upload: 8 GiB */
    uint64_t form_most;     /* bytes of a form with files: 64 MiB; what is more than is taken (form.h) is read on and told in words */
    uint64_t head_most;     /* bytes of all headers with the request line: 12 KiB */
    unsigned lease_ms;      /* a job is taken up again when its process was silent for so long: 30,000 */
    unsigned comment_ms;    /* silence on a live stream before a comment line: 15,000 */
    unsigned stall_ms;      /* a live stream whose client takes nothing for so long is dropped: 20,000 */
    bool open_on_loopback;  /* no key needed on loopback even when keys exist */
    bool behind_tls;        /* a proxy that speaks TLS stands before: what it tells in X-Forwarded-For and -Proto is believed */
    bool check_answers;     /* answer 500 when an answer has not its declared shape: for tests */
    bool no_jobs;           /* this process serves, others work */
} reb_server_options;

/* Opens the store, listens and answers. Any listening address but loopback needs a person or a key to exist: DENIED otherwise. Errors: also
 * those of reb_store_open, USAGE for an address that cannot be read, IO for one that cannot be had. */
reb_status reb_server_open(reb_server **out, const reb_server_options *options, reb_err *err);
const char *reb_server_url(const reb_server *s); /* http://127.0.0.1:7070 */

/* Takes no new connection, answers what has been asked (at most `patience_ms`), hands running jobs back, closes all. NULL is allowed. */
void reb_server_close(reb_server *s, unsigned patience_ms);

#endif
