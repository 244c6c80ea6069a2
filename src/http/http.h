/* Inside of the server: what its files share. Nobody outside src/http includes this. */
#ifndef REB_HTTP_HTTP_H
#define REB_HTTP_HTTP_H

#include "../app/oidc.h"
#include "../app/people.h"
#include "../base/arena.h"
#include "../base/buf.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/business.h"
#include "../domain/token.h"
#include "../store/store.h"
#include "server.h"
#include "types.h"

#include <cjson/cJSON.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>

/* --- routes -------------------------------------------------------------------------------------------------------------------- */

typedef struct reb_request reb_request;
typedef reb_status (*reb_handler)(reb_request *rq, reb_err *err);

typedef enum reb_method {
    REB_METHOD_GET,
    REB_METHOD_POST,
    REB_METHOD_PUT,
    REB_METHOD_PATCH,
    REB_METHOD_DELETE,
    REB_METHOD_OTHER
} reb_method;
typedef enum reb_right {
#define REB_RIGHT(id, roles, scope, sentence) REB_RIGHT_##id,
#include "../../api/rights.def"
#undef REB_RIGHT
    REB_RIGHT_COUNT
} reb_right;
typedef enum reb_mode {
    REB_MODE_INLINE,
    REB_MODE_POINT,
    REB_MODE_POOL,
    REB_MODE_SECRET,
    REB_MODE_UPLOAD,
    REB_MODE_FORM, /* what a page for everybody sends: form.h. Works in the pool */
    REB_MODE_EVENTS,
    REB_MODE_ASSET
} reb_mode;

typedef struct reb_route {
    const char *name;
    reb_handler handler;
    reb_method method;
    const char *path; /* "/v1/customers/{customer_id}" */
    reb_right right;
    reb_mode mode;
    const char *query, *body, *answer; /* types */
    unsigned status;
    const char *sentence;
} reb_route;

enum { REB_ROUTE_PARAMS = 4 };

typedef struct reb_route_match {
    const reb_route *route; /* NULL: none */
    unsigned methods;       /* bit per reb_method that the path knows: 0 = no such path */
    size_t param_count;
    struct {
        const char *name; /* in the pattern; not NUL-terminated */
        size_t name_len;
        const char *value; /* in the path, still percent-encoded; not NUL-terminated */
        size_t value_len;
    } params[REB_ROUTE_PARAMS];
} reb_route_match;

extern const reb_route reb_routes[]; /* ends with a NULL name */
size_t reb_route_count(void);
void reb_route_find(reb_route_match *out, reb_method method, const char *path);
const char *reb_method_name(reb_method m);
void reb_openapi(reb_json *w);

/* --- connections (conn.c): deadlines that libmicrohttpd does not keep ---------------------------------------------------------- */

typedef enum reb_phase { REB_PHASE_IDLE, REB_PHASE_HEAD, REB_PHASE_BODY, REB_PHASE_WORK, REB_PHASE_ANSWER } reb_phase;

typedef struct reb_conn reb_conn;
struct reb_conn {
    int fd;
    struct in6_addr ip; /* IPv4 as mapped */
    reb_conn *next, *prev;
    _Atomic int64_t deadline_us; /* monotonic; INT64_MAX: none */
    _Atomic int phase;
    atomic_bool cut;    /* answered by force and shut down; nothing more may be written */
    atomic_bool first;  /* no request was completed yet */
    reb_request *spare; /* the last request's memory, for the next one */
};

typedef struct reb_conns {
    pthread_mutex_t mutex;
    pthread_cond_t wake;
    pthread_t thread;
    reb_server *server;
    bool started, stopping;
    reb_conn *head;
    _Atomic unsigned count;
    _Atomic uint64_t cut_count;
} reb_conns;

reb_status reb_conns_start(reb_conns *c, reb_err *err);
void reb_conns_stop(reb_conns *c);
reb_conn *reb_conn_add(reb_conns *c, int fd, const struct sockaddr *addr);
void reb_conn_remove(reb_conns *c, reb_conn *conn);
void reb_conn_phase(reb_conn *conn, reb_phase phase, int64_t deadline_us);
/* Writes a whole small answer (408, 413) straight to the socket and shuts it down. Only while libmicrohttpd has nothing to send.
   The connection must not be removed meanwhile: call from its own event thread, or with the list locked. */
void reb_conn_cut(reb_conns *c, reb_conn *conn, unsigned status);

/* --- rate of requests (rate.c) -------------------------------------------------------------------------------------------------- */

enum { REB_RATE_SLOTS = 4096 };
typedef struct reb_rate {
    pthread_mutex_t mutex;
    uint64_t salt;
    double per_us, burst; /* 0: no limit */
    struct {
        uint64_t key;
        int64_t at_us;
        double tokens;
    } slots[REB_RATE_SLOTS];
} reb_rate;
void reb_rate_init(reb_rate *r, unsigned per_s, uint64_t salt);
bool reb_rate_take(reb_rate *r, const void *who, size_t n, int64_t now_us, unsigned *wait_s);
/* The same with a rate of one's own, which a setting may change. */
bool reb_rate_take_at(reb_rate *r, const void *who, size_t n, int64_t now_us, double per_us, double burst, unsigned *wait_s);

/* --- counters (metrics.c) ------------------------------------------------------------------------------------------------------- */

enum { REB_METRIC_STATUSES = 24, REB_METRIC_BUCKETS = 12, REB_METRIC_ROUTES = 192 };
typedef struct reb_metrics {
    _Atomic uint64_t requests[REB_METRIC_ROUTES][REB_METRIC_STATUSES];
    _Atomic uint64_t bucket[REB_METRIC_ROUTES][REB_METRIC_BUCKETS + 1];
    _Atomic uint64_t time_us[REB_METRIC_ROUTES];
    _Atomic uint64_t turned_away;
} reb_metrics;
void reb_metrics_count(reb_metrics *m, const reb_route *route, unsigned status, int64_t took_us);
void reb_metrics_text(reb_buf *out, reb_server *s, reb_store *store);

/* --- keys (auth.c) --------------------------------------------------------------------------------------------------------------- */

/* Who asks: a key, a signed-in person, or somebody on this machine while it is open to them ("local": an owner without an account). */
typedef struct reb_caller {
    unsigned scopes; /* of a key: REB_TOKEN_* */
    bool by_token;
    bool local;
    int64_t user_id; /* of a signed-in person; 0: none */
    reb_role role;   /* NONE for a key and for nobody */
    bool blank;      /* what is personal is taken out of the answer (types.def, blank.c) */
    bool touch;      /* the session was last noted as seen a minute ago or longer */
    uint64_t key;    /* whose requests are counted together; 0: by address */
    char name[REB_PERSON_NAME + 8];
    char team[REB_PERSON_TEAM + 1];
    char session[REB_SECRET_TEXT]; /* the cookie's secret; "" */
    char token[REB_TOKEN_TEXT];    /* the key; "" */
} reb_caller;

/* The headers the server looks at; NULL where absent. libmicrohttpd owns them for as long as the request lives. */
typedef struct reb_head {
    const char *host, *content_length, *transfer_encoding, *content_type, *authorization, *requested_with, *last_event_id;
    const char *accept_encoding, *accept_language, *if_none_match;
    const char *fetch_site, *fetch_dest; /* what a browser says of the page that asks (Fetch Metadata, W3C) */
    const char *proxy;                   /* any sign of having come through one */
    const char *cookie, *csrf, *user_agent, *forwarded_for, *forwarded_proto;
    bool tls; /* it came by TLS to the proxy before us (--behind-tls) */
} reb_head;

typedef struct reb_auth reb_auth;
/* *any: a person or a key exists. */
reb_status reb_auth_open(reb_auth **out, const reb_server_options *o, bool *any, reb_err *err);
void reb_auth_close(reb_auth *a);
/* Who asks, and may they? Errors: DENIED, SIGNED_OUT, CSRF, NO_BUSINESS; *unknown tells that a key is missing or wrong (401) rather than
   too weak (403). */
reb_status reb_auth_check(reb_caller *caller, bool *unknown, reb_auth *a, const reb_head *head, reb_right right, bool writes, bool loopback,
                          reb_err *err);
/* Would whoever was let in still be? For what lasts longer than a request. When the store cannot tell: yes. */
bool reb_auth_lives(reb_auth *a, const reb_caller *caller);
/* Does whoever was let in hold this right, too? For an address of which a part is for fewer than the whole. */
bool reb_auth_holds(const reb_caller *caller, reb_right right);
void reb_auth_forget(reb_auth *a); /* sessions or people were changed by this process: look again at once */
bool reb_host_is_loopback(const char *host);
const char *reb_right_name(reb_right r);           /* "FIGURES" */
unsigned reb_right_roles(reb_right r);             /* bits of reb_role */
unsigned reb_right_scopes(reb_right r);            /* bits of REB_TOKEN_*; 0: no key will do */
const char *reb_cookie_name(bool tls, bool known); /* of the session, or the one that stays after signing out */

/* --- one request ------------------------------------------------------------------------------------------------------------------ */

/* What a worker keeps between requests: the business with its settings, as long as none has changed. */
typedef struct reb_cache {
    reb_business *business;
    int64_t changed_us, count;
} reb_cache;

typedef struct reb_query_arg {
    const char *name;
    const char *value;
} reb_query_arg;

enum { REB_QUERY_ARGS = 24, REB_TELL_MOST = 8 };

typedef enum reb_rq_state { REB_RQ_NEW, REB_RQ_BODY, REB_RQ_QUEUED, REB_RQ_DONE, REB_RQ_ANSWERED } reb_rq_state;

struct reb_request {
    reb_server *server;
    struct MHD_Connection *mhd;
    reb_conn *conn;
    reb_request *next; /* in the workers' queue */
    reb_route_match match;
    reb_head headers;
    reb_rq_state state;
    bool head;  /* HEAD: the body is left out */
    bool close; /* the connection ends after the answer */
    int64_t began_us;
    reb_arena arena;
    reb_caller caller;
    reb_locale locale; /* of what is said in words: reb_rq_locale */
    bool locale_known;
    struct in6_addr client; /* whence: the connection's address, or what our proxy tells */
    const char *param_values[REB_ROUTE_PARAMS];
    reb_query_arg query[REB_QUERY_ARGS];
    size_t query_count;
    reb_buf body;
    cJSON *json_body;
    uint64_t received;
    int upload_fd; /* -1: none */
    int upload_errno;
    bool upload_part;              /* what came of it stays when the connection breaks: it goes on from there */
    struct reb_form_reading *form; /* of a REB_MODE_FORM route */
    const char *upload_id;
    const char *upload_name; /* file name as the client calls it, made safe */
    reb_store *store;        /* in the pool only */
    reb_ids *ids;            /* the worker's */
    reb_cache *cache;        /* the worker's */
    /* the answer */
    unsigned status;
    reb_buf out;
    reb_json w; /* writes into out */
    const char *content_type;
    const char *policy;    /* Content-Security-Policy; NULL: nothing is allowed */
    const char *file_name; /* offered for saving */
    int file_fd;           /* >= 0: the answer is this file's content; closed by the server */
    struct MHD_Response *stream;
    const unsigned char *held; /* the answer, when it is part of the program */
    size_t held_size;
    const char *etag;
    bool immutable, gzip; /* never changes; is packed */
    const char *allow;
    const char *location;
    const char *cookies[3]; /* Set-Cookie; NULL: none */
    unsigned retry_after_s;
    /* for the audit log (audit.h) */
    int64_t *about;
    size_t about_count;
    const char *audit_detail;
    const struct reb_sight *sight; /* whom the caller may see; NULL: everybody */
    /* notices that wait for the end of the transaction */
    bool tell_later;
    size_t tell_count;
    struct {
        const char *topic; /* a literal */
        int64_t customer_id;
    } tell[REB_TELL_MOST];
};

/* For handlers. */
const char *reb_rq_param(const reb_request *rq, const char *name); /* of the path; decoded and checked */
int64_t reb_rq_param_id(const reb_request *rq, const char *name);  /* an id of the path; 0 when absent */
const char *reb_rq_query(const reb_request *rq, const char *name); /* NULL when absent; checked against the route's query type */
int64_t reb_rq_query_int(const reb_request *rq, const char *name, int64_t fallback);
bool reb_rq_query_bool(const reb_request *rq, const char *name, bool fallback);
int64_t reb_rq_query_time(const reb_request *rq, const char *name); /* an instant; 0 when absent */
const char *reb_rq_text(const reb_request *rq, const char *member); /* of the body; NULL when absent or null */
int64_t reb_rq_int(const reb_request *rq, const char *member, int64_t fallback);
const cJSON *reb_rq_object(const reb_request *rq, const char *member); /* object or list; NULL when absent or null */
int64_t reb_rq_id(const reb_request *rq, const char *member);          /* 0 when absent */
bool reb_rq_bool(const reb_request *rq, const char *member, bool fallback);
int64_t reb_rq_time(const reb_request *rq, const char *member); /* an instant of the body; 0 when absent */
int64_t reb_rq_day(const reb_request *rq, const char *member);  /* a day of the body; 0 when absent */
int64_t reb_rq_now(const reb_request *rq);                      /* the instant to act as of */
/* The business as it is now, or NULL when it cannot be loaded (whoever needs it then loads it and learns why). The worker's. */
const reb_business *reb_rq_business(reb_request *rq);
/* For whom sentences are: Accept-Language (one BCP 47 tag with calendar and digits), for what it does not tell the business's settings. */
const reb_locale *reb_rq_locale(reb_request *rq);
/* Adds a notice {"customer_id"} (of topic "case": {"number"}) for the live streams, after the change. That it fails is no reason to call
 * back what is written. */
void reb_rq_tell(reb_request *rq, const char *topic, int64_t customer_id);
void reb_rq_tell_now(reb_request *rq); /* what was told inside the transaction that has ended */

/* Content-Disposition for saving a file under this name, in any letters (RFC 6266, RFC 8187). NULL: no memory. */
const char *reb_rq_attachment(reb_request *rq, const char *name);
/* The client's address as text. */
void reb_rq_address(char out[INET6_ADDRSTRLEN], const reb_request *rq);
/* Sets the cookies of somebody who got in and answers with the session (handle_session.c); for every way of getting in. */
reb_status reb_rq_enter(reb_request *rq, const reb_entry *entry, reb_err *err);
void reb_rq_door(reb_door *out, reb_request *rq); /* whence and as whom somebody comes; texts live as long as the request */
/* sight.c: may the caller see whom this is about? Errors: NOT_FOUND, DENIED. Called before the handler. */
reb_status reb_rq_look(reb_request *rq, reb_err *err);
/* blank.c: takes what is personal out of a finished answer. */
reb_status reb_rq_blank(reb_request *rq, reb_err *err);

/* request.c: the parts that need no socket */
reb_status reb_rq_check_head(reb_request *rq, const char *version, reb_err *err);
reb_status reb_rq_read_query(reb_request *rq, reb_err *err);
reb_status reb_rq_read_params(reb_request *rq, reb_err *err);
reb_status reb_rq_read_body(reb_request *rq, reb_err *err);
void reb_rq_error(reb_request *rq, unsigned status, const reb_err *err); /* makes the answer an error; status 0: by err->code */
void reb_rq_check_answer(reb_request *rq);
/* Decodes %41 in place of n bytes into the arena. NULL when it is no valid UTF-8 without control characters or the memory ran out. */
char *reb_rq_decode(reb_arena *a, const char *s, size_t n);

/* --- the access log (access.c): lines are gathered and written some times a second ------------------------------------------------- */

typedef struct reb_access {
    pthread_mutex_t mutex;
    reb_buf lines;
    int64_t second; /* of `prefix` */
    char prefix[REB_TIME_TEXT];
} reb_access;
void reb_access_add(reb_server *s, const reb_request *rq, int64_t took_us);
void reb_access_flush(reb_server *s);

/* --- workers (pool.c) ------------------------------------------------------------------------------------------------------------- */

typedef struct reb_pool reb_pool;
/* `points`: connections for point queries on the event threads (SQLite). */
reb_status reb_pool_open(reb_pool **out, reb_server *s, unsigned workers, unsigned points, reb_err *err);
void reb_pool_close(reb_pool *p); /* works off what is queued and takes no more */
void reb_pool_free(reb_pool *p);  /* when the event threads have ended, too */
/* Suspends the connection and queues the request; false when the pool is closed. */
bool reb_pool_put(reb_pool *p, reb_request *rq);
/* A point query on the event thread itself, where the store is in this process. False: no connection is free, use the pool. */
bool reb_pool_here(reb_pool *p, reb_request *rq);
unsigned reb_pool_waiting(reb_pool *p);

/* --- live stream (events.c) -------------------------------------------------------------------------------------------------------- */

typedef struct reb_hub reb_hub;
reb_status reb_hub_open(reb_hub **out, reb_server *s, reb_err *err);
void reb_hub_quiet(reb_hub *h); /* ends every stream */
void reb_hub_close(reb_hub *h);
void reb_hub_wake(reb_hub *h); /* something was written: look now */
unsigned reb_hub_clients(reb_hub *h);
/* Makes the answer of /v1/events: replays after `last_id` (0: from now on). */
reb_status reb_hub_stream(reb_request *rq, int64_t last_id, bool has_last, reb_err *err);

/* --- jobs (jobs.c) ------------------------------------------------------------------------------------------------------------------ */

typedef struct reb_jobs reb_jobs;
reb_status reb_jobs_open(reb_jobs **out, reb_server *s, reb_err *err);
void reb_jobs_wake(reb_jobs *j);
void reb_jobs_close(reb_jobs *j); /* the running job is stopped and handed back */

/* --- mail (post.c) ------------------------------------------------------------------------------------------------------------------ */

typedef struct reb_posts reb_posts;
reb_status reb_posts_open(reb_posts **out, reb_server *s, reb_err *err);
void reb_posts_close(reb_posts *p); /* ends what is under way; a mail that was handed over is waited for */

/* --- what is due by itself (ticker.c) ------------------------------------------------------------------------------------------------- */

typedef struct reb_ticker reb_ticker;
reb_status reb_ticker_open(reb_ticker **out, reb_server *s, reb_err *err);
void reb_ticker_close(reb_ticker *t);

/* --- the server --------------------------------------------------------------------------------------------------------------------- */

struct reb_server {
    reb_server_options o;
    char url[160];
    bool loopback;
    struct MHD_Daemon *daemon;
    int listen_fd;
    reb_conns conns;
    reb_rate rate, forms;
    reb_metrics metrics;
    reb_access access;
    reb_auth *auth;
    reb_pool *pool;
    reb_pool *vault; /* the few workers that look at passwords, so that these bound each other and hold up nobody else */
    reb_hub *hub;
    reb_oidc *oidc;
    reb_jobs *jobs;
    reb_ticker *ticker;
    reb_posts *posts;
    struct reb_audit_log *audit;
    reb_buf openapi;
    struct MHD_Response *fixed[REB_METRIC_ROUTES]; /* answers of INLINE routes, by their place in the table */
    char upload_dir[1024];
    char place[96]; /* names the machine and folder of uploads, so that a job finds its file */
    int64_t started_us;
    _Atomic unsigned next_node; /* of ids: each generator of this process has a node of its own */
    _Atomic unsigned active;    /* requests between their headers and their answer's last byte, streams not counted */
    atomic_bool stopping;
};

static inline uint64_t reb_server_node(reb_server *s) {
    return atomic_fetch_add(&s->next_node, 1) & 1023u;
}

#endif
