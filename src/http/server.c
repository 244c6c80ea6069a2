/* libmicrohttpd on one side, requests and workers on the other. */
#include "audit.h"

#include "../base/rand.h"
#include "form.h"
#include "listen.h"
#include "upload.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Passwords: each takes a tenth of a second and 64 MiB. So many are looked at at once, and so many more wait. */
enum { VAULT_WORKERS = 2, VAULT_QUEUE = 16 };
enum { MHD_POOL_BYTES = 24 * 1024, ANSWER_MS = 60000, ANSWER_BYTES_A_MS = 16 };

/* For deadlines, to a few milliseconds: the coarse clock costs a read of memory and is asked several times a request. */
static int64_t in_ms(unsigned ms) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &t);
    return (int64_t)t.tv_sec * REB_US_PER_SECOND + t.tv_nsec / 1000 + (int64_t)ms * 1000;
}

/* --- the answer -------------------------------------------------------------------------------------------------------------------- */

static const struct {
    const char *name, *value;
} k_headers[] = {
    {"X-Content-Type-Options", "nosniff"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Referrer-Policy", "no-referrer"},
};
static const char k_data_policy[] = "default-src 'none'; frame-ancestors 'none'";

static struct MHD_Response *make_response(reb_request *rq, uint64_t *size) {
    *size = 0;
    if (rq->stream != NULL) {
        struct MHD_Response *r = rq->stream;
        rq->stream = NULL;
        return r;
    }
    if (rq->file_fd >= 0) {
        struct stat info;
        struct MHD_Response *r = NULL;
        if (fstat(rq->file_fd, &info) == 0) {
            *size = (uint64_t)info.st_size;
            r = MHD_create_response_from_fd64(*size, rq->file_fd); /* owns the descriptor now */
        }
        if (r == NULL) close(rq->file_fd);
        rq->file_fd = -1;
        return r;
    }
    if (rq->held != NULL) {
        *size = rq->held_size;
        return MHD_create_response_from_buffer(rq->held_size, (void *)(uintptr_t)rq->held, MHD_RESPMEM_PERSISTENT);
    }
    *size = rq->out.len;
    if (rq->out.len == 0) return MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    struct MHD_Response *r = MHD_create_response_from_buffer(rq->out.len, rq->out.data, MHD_RESPMEM_MUST_FREE);
    if (r != NULL) rq->out = (reb_buf){0};
    return r;
}

static void add_headers(reb_request *rq, struct MHD_Response *r) {
    const char *type = rq->content_type != NULL ? rq->content_type : "application/json";
    if (rq->status != 204 && rq->status != 304) MHD_add_response_header(r, "Content-Type", type);
    for (size_t i = 0; i < sizeof k_headers / sizeof k_headers[0]; i++) MHD_add_response_header(r, k_headers[i].name, k_headers[i].value);
    MHD_add_response_header(r, "Content-Security-Policy", rq->policy != NULL ? rq->policy : k_data_policy);
    if (rq->policy != NULL) { /* a page */
        MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
        MHD_add_response_header(r, "X-Frame-Options", "DENY");
    }
    const char *kept = rq->immutable ? "public, max-age=31536000, immutable" : rq->etag != NULL ? "no-cache" : "no-store";
    MHD_add_response_header(r, "Cache-Control", kept);
    if (rq->etag != NULL) MHD_add_response_header(r, "ETag", rq->etag);
    if (rq->etag != NULL) MHD_add_response_header(r, "Vary", "Accept-Encoding");
    if (rq->gzip) MHD_add_response_header(r, "Content-Encoding", "gzip");
    if (rq->allow != NULL) MHD_add_response_header(r, "Allow", rq->allow);
    if (rq->location != NULL) MHD_add_response_header(r, "Location", rq->location);
    if (rq->status == 401) { /* Basic makes a browser ask by itself: wanted for a plain page, not under the console */
        bool page = rq->match.route != NULL && strcmp(rq->match.route->answer, "HTML") == 0;
        MHD_add_response_header(r, "WWW-Authenticate",
                                page ? "Basic realm=\"Rebound: any name, the key as password\", charset=\"UTF-8\""
                                     : "Bearer realm=\"Rebound\"");
    }
    for (size_t i = 0; i < sizeof rq->cookies / sizeof rq->cookies[0]; i++)
        if (rq->cookies[i] != NULL) MHD_add_response_header(r, "Set-Cookie", rq->cookies[i]);
    if (rq->server->o.behind_tls) MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
    if (rq->file_name != NULL) MHD_add_response_header(r, "Content-Disposition", rq->file_name);
    if (rq->close) MHD_add_response_header(r, "Connection", "close");
    if (rq->retry_after_s > 0) {
        char text[16];
        snprintf(text, sizeof text, "%u", rq->retry_after_s);
        MHD_add_response_header(r, "Retry-After", text);
    }
}

static enum MHD_Result answer(reb_request *rq) {
    bool stream = rq->stream != NULL;
    uint64_t size;
    rq->state = REB_RQ_ANSWERED;
    if (atomic_load_explicit(&rq->conn->cut, memory_order_relaxed)) return MHD_NO;
    if (atomic_load_explicit(&rq->server->stopping, memory_order_relaxed)) rq->close = true;
    struct MHD_Response *r = make_response(rq, &size);
    if (r == NULL) return MHD_NO;
    add_headers(rq, r);
    rq->received = size; /* from now on: what was sent, for the log */
    reb_conn_phase(rq->conn, REB_PHASE_ANSWER, stream ? INT64_MAX : in_ms(ANSWER_MS) + (int64_t)(size / ANSWER_BYTES_A_MS) * 1000);
    enum MHD_Result done = MHD_queue_response(rq->mhd, rq->status, r);
    MHD_destroy_response(r);
    return done;
}

/* An INLINE route always says the same: its answer is made once and shared by all who ask. */
static enum MHD_Result answer_fixed(reb_request *rq, struct MHD_Response *r) {
    rq->state = REB_RQ_ANSWERED;
    if (atomic_load_explicit(&rq->conn->cut, memory_order_relaxed)) return MHD_NO;
    reb_conn_phase(rq->conn, REB_PHASE_ANSWER, in_ms(ANSWER_MS));
    return MHD_queue_response(rq->mhd, rq->status, r);
}

static reb_status make_fixed(reb_server *s, reb_err *err) {
    for (size_t i = 0; reb_routes[i].name != NULL; i++) {
        if (reb_routes[i].mode != REB_MODE_INLINE) continue;
        reb_request rq = {.server = s, .upload_fd = -1, .file_fd = -1, .status = reb_routes[i].status};
        rq.match.route = &reb_routes[i];
        rq.w = (reb_json){.out = &rq.out};
        reb_status st = rq.match.route->handler(&rq, err);
        if (st == REB_OK && s->o.check_answers) reb_rq_check_answer(&rq);
        uint64_t size;
        if (st == REB_OK && rq.status == reb_routes[i].status) s->fixed[i] = make_response(&rq, &size);
        if (s->fixed[i] != NULL) add_headers(&rq, s->fixed[i]);
        reb_buf_free(&rq.out);
        if (st != REB_OK) return st;
        if (s->fixed[i] == NULL) return reb_fail(err, REB_E_INTERNAL, "The answer to %s cannot be made.", reb_routes[i].name);
    }
    return REB_OK;
}

static enum MHD_Result refuse(reb_request *rq, unsigned status, const reb_err *err) {
    reb_rq_error(rq, status, err);
    return answer(rq);
}

/* --- from headers to handler ---------------------------------------------------------------------------------------------------------- */

static reb_method method_named(const char *name, bool *head) {
    *head = strcmp(name, "HEAD") == 0;
    if (*head) return REB_METHOD_GET;
    for (int m = 0; m < REB_METHOD_OTHER; m++)
        if (strcmp(name, reb_method_name((reb_method)m)) == 0) return (reb_method)m;
    return REB_METHOD_OTHER;
}

static const char *allowed(reb_request *rq) {
    reb_buf b = {0};
    for (int m = 0; m < REB_METHOD_OTHER; m++)
        if ((rq->match.methods & 1u << m) != 0)
            reb_buf_printf(&b, "%s%s, ", reb_method_name((reb_method)m), m == REB_METHOD_GET ? ", HEAD" : "");
    reb_buf_str(&b, "OPTIONS");
    if (b.failed) rq->arena.failed = true;
    const char *text = reb_arena_strdup(&rq->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return text;
}

/* Finds the route; false when the answer is given already by rq->status. */
static reb_status find_route(reb_request *rq, const char *path, const char *method_name, reb_method method, unsigned *status,
                             reb_err *err) {
    reb_route_find(&rq->match, method, path);
    if (rq->match.methods == 0) {
        reb_fail(err, REB_E_NOT_FOUND, "There is nothing at this address.");
        reb_err_next(err, "GET /openapi.json tells every address.");
        return REB_E_NOT_FOUND;
    }
    if (rq->match.route != NULL) return REB_OK;
    rq->allow = allowed(rq);
    *status = strcmp(method_name, "OPTIONS") == 0 ? 204 : 405;
    return reb_fail(err, REB_E_USAGE, "This address does not take %.10s.", method == REB_METHOD_OTHER ? "that method" : method_name);
}

static uint64_t announced_length(const reb_request *rq) {
    return rq->headers.content_length != NULL ? strtoull(rq->headers.content_length, NULL, 10) : 0;
}

static bool has_body(const reb_request *rq) {
    return announced_length(rq) > 0 || rq->headers.transfer_encoding != NULL;
}

static uint64_t body_most(const reb_request *rq) {
    const reb_server_options *o = &rq->server->o;
    if (rq->match.route->mode == REB_MODE_FORM) return o->form_most;
    return rq->match.route->mode == REB_MODE_UPLOAD ? o->upload_most : o->body_most;
}

/* A page of ours sends its forms here, and nobody else's does. The form itself proves nothing about who sends it: it needs no right, or
   the right lies in the secret of its address. */
static reb_status check_form_head(const reb_request *rq, reb_err *err) {
    const char *site = rq->headers.fetch_site;
    if (site == NULL || strcmp(site, "same-origin") == 0 || strcmp(site, "same-site") == 0 || strcmp(site, "none") == 0) return REB_OK;
    return reb_fail(err, REB_E_DENIED, "Another web page sent this.");
}

static reb_status check_body_head(reb_request *rq, bool writes, unsigned *status, reb_err *err) {
    if (!has_body(rq)) return REB_OK;
    uint64_t announced = announced_length(rq);
    const reb_route *r = rq->match.route;
    if (!writes || r->method == REB_METHOD_DELETE) return reb_fail(err, REB_E_USAGE, "This request must not have a body.");
    bool upload = r->mode == REB_MODE_UPLOAD;
    bool form = r->mode == REB_MODE_FORM;
    uint64_t most = body_most(rq);
    if (announced > most) {
        reb_fail(err, REB_E_LIMIT, "The body is larger than %" PRIu64 " bytes, the most this address takes.", most);
        return REB_E_LIMIT;
    }
    const char *type = rq->headers.content_type;
    if (form && !reb_form_type_ok(type)) {
        *status = 415;
        return reb_fail(err, REB_E_USAGE, "The body must be a form, with the header Content-Type: multipart/form-data.");
    }
    if (!upload && !form && (type == NULL || strncasecmp(type, "application/json", 16) != 0)) {
        *status = 415;
        return reb_fail(err, REB_E_USAGE, "The body must be JSON, with the header Content-Type: application/json.");
    }
    return REB_OK;
}

static reb_status check_rate(reb_request *rq, reb_err *err) {
    const void *who = rq->caller.key != 0 ? (const void *)&rq->caller.key : (const void *)&rq->client;
    size_t n = rq->caller.key != 0 ? sizeof rq->caller.key : sizeof rq->client;
    if (reb_rate_take(&rq->server->rate, who, n, rq->began_us, &rq->retry_after_s)) return REB_OK;
    reb_fail(err, REB_E_LIMIT, "Too many requests: %u a second are allowed.", rq->server->o.rate_per_s);
    reb_err_next(err, "Wait as long as Retry-After says, in seconds.");
    return REB_E_LIMIT;
}

/* Everything that can be said once the headers are here. */
static reb_status check_request(reb_request *rq, const char *path, const char *method_name, const char *version, unsigned *status,
                                reb_err *err) {
    reb_server *s = rq->server;
    reb_method method = method_named(method_name, &rq->head);
    bool writes = method == REB_METHOD_POST || method == REB_METHOD_PUT || method == REB_METHOD_PATCH || method == REB_METHOD_DELETE;
    reb_status st = reb_rq_check_head(rq, version, err);
    if (st != REB_OK) {
        rq->close = true;
        *status = rq->status != 0 ? rq->status : 400;
        return st;
    }
    if (atomic_load_explicit(&s->conns.count, memory_order_relaxed) > s->o.connections ||
        atomic_load_explicit(&s->stopping, memory_order_relaxed)) {
        rq->retry_after_s = 1;
        *status = 503;
        return reb_fail(err, REB_E_BUSY, "There are too many connections just now; try again.");
    }
    bool unknown = false;
    bool denied = false; /* somebody known wanted what they may not */
    reb_status route_st = find_route(rq, path, method_name, method, status, err);
    if (route_st == REB_OK) {
        bool form = rq->match.route->mode == REB_MODE_FORM;
        st = reb_auth_check(&rq->caller, &unknown, s->auth, &rq->headers, rq->match.route->right, writes && !form, s->loopback, err);
        if (form) rq->caller = (reb_caller){0}; /* nobody's, whoever is signed in in the same browser */
        if (st == REB_OK && form) st = check_form_head(rq, err);
        if (st == REB_E_DENIED && unknown) *status = 401;
        if (st == REB_E_DENIED && !unknown && (rq->caller.by_token || rq->caller.user_id != 0)) denied = true;
    }
    reb_err rate_err = {0};
    if (check_rate(rq, &rate_err) != REB_OK) {
        *err = rate_err;
        *status = 429;
        return REB_E_LIMIT;
    }
    if (route_st != REB_OK) return route_st;
    if (denied && reb_rq_read_params(rq, NULL) == REB_OK) reb_audit_denied(rq);
    if (st == REB_OK) st = reb_rq_read_params(rq, err);
    if (st == REB_OK) st = reb_rq_read_query(rq, err);
    if (st == REB_OK) st = check_body_head(rq, writes, status, err);
    if (st == REB_OK && rq->match.route->mode == REB_MODE_UPLOAD) st = reb_upload_begin(rq, err);
    if (st == REB_OK && rq->match.route->mode == REB_MODE_FORM && has_body(rq)) st = reb_form_begin(rq, err);
    return st;
}

static enum MHD_Result begin(reb_request *rq, const char *path, const char *method_name, const char *version) {
    unsigned status = 0;
    reb_err err = {0};
    rq->began_us = reb_monotonic_us();
    rq->state = REB_RQ_BODY;
    atomic_fetch_add(&rq->server->active, 1);
    reb_status st = check_request(rq, path, method_name, version, &status, &err);
    if (st == REB_OK) {
        rq->status = rq->match.route->status;
        reb_conn_phase(rq->conn, REB_PHASE_BODY, in_ms(rq->server->o.body_ms));
        return MHD_YES;
    }
    if (status == 204) { /* OPTIONS */
        rq->status = 204;
    } else {
        reb_rq_error(rq, status, &err);
    }
    /* What follows may be the body of a request we refused, or of one whose end is in doubt: nothing more is read. Else the answer
       waits for libmicrohttpd's next call, since one given at once would end the connection. */
    rq->close = rq->close || has_body(rq);
    if (rq->close) return answer(rq);
    rq->state = REB_RQ_DONE;
    return MHD_YES;
}

static enum MHD_Result take_body(reb_request *rq, const char *data, size_t n) {
    reb_server *s = rq->server;
    bool upload = rq->match.route->mode == REB_MODE_UPLOAD;
    uint64_t before = rq->received;
    rq->received += n;
    if (rq->received > body_most(rq)) { /* chunked, so it was not announced */
        reb_conn_cut(&s->conns, rq->conn, 413);
        return MHD_NO;
    }
    bool form = rq->match.route->mode == REB_MODE_FORM;
    if (!upload && !form) {
        reb_buf_add(&rq->body, data, n);
        return MHD_YES;
    }
    if (before >> 16 != rq->received >> 16) reb_conn_phase(rq->conn, REB_PHASE_BODY, in_ms(s->o.body_ms));
    if (form) {
        reb_form_take(rq, data, n);
    } else {
        reb_upload_take(rq, data, n);
    }
    return MHD_YES;
}

static enum MHD_Result dispatch(reb_request *rq) {
    reb_server *s = rq->server;
    reb_err err = {0};
    reb_conn_phase(rq->conn, REB_PHASE_WORK, INT64_MAX);
    reb_mode mode = rq->match.route->mode;
    reb_status st = mode == REB_MODE_UPLOAD ? REB_OK : mode == REB_MODE_FORM ? reb_form_end(rq, &err) : reb_rq_read_body(rq, &err);
    if (st != REB_OK) return refuse(rq, 0, &err);
    if (rq->match.route->mode == REB_MODE_ASSET) {
        st = rq->match.route->handler(rq, &err);
        return st == REB_OK ? answer(rq) : refuse(rq, 0, &err);
    }
    if (rq->match.route->mode == REB_MODE_INLINE) {
        bool stopping = atomic_load_explicit(&s->stopping, memory_order_relaxed);
        if (!stopping && !rq->close) return answer_fixed(rq, s->fixed[rq->match.route - reb_routes]);
        st = rq->match.route->handler(rq, &err);
        if (st != REB_OK) reb_rq_error(rq, 0, &err);
        if (s->o.check_answers) reb_rq_check_answer(rq);
        return answer(rq);
    }
    if (rq->match.route->mode == REB_MODE_POINT && reb_pool_here(s->pool, rq)) return answer(rq);
    bool secret = rq->match.route->mode == REB_MODE_SECRET;
    reb_pool *pool = secret ? s->vault : s->pool;
    if (reb_pool_waiting(pool) >= (secret ? VAULT_QUEUE : s->o.queue_most)) {
        atomic_fetch_add(&s->metrics.turned_away, 1);
        rq->retry_after_s = secret ? 3 : 1;
        reb_fail(&err, REB_E_BUSY, "Too many requests are waiting; try again.");
        return refuse(rq, 503, &err);
    }
    if (reb_pool_put(pool, rq)) return MHD_YES;
    reb_fail(&err, REB_E_BUSY, "The server is stopping.");
    return refuse(rq, 503, &err);
}

static enum MHD_Result on_request(void *cls, struct MHD_Connection *mhd, const char *url, const char *method, const char *version,
                                  const char *upload_data, size_t *upload_data_size, void **con_cls) {
    (void)cls;
    reb_request *rq = *con_cls;
    if (rq == NULL) return MHD_NO; /* no memory when it began */
    rq->mhd = mhd;
    switch (rq->state) {
        case REB_RQ_NEW: return begin(rq, url, method, version);
        case REB_RQ_BODY: {
            if (*upload_data_size == 0) return dispatch(rq);
            size_t n = *upload_data_size;
            *upload_data_size = 0;
            return take_body(rq, upload_data, n);
        }
        case REB_RQ_QUEUED: return MHD_YES;
        case REB_RQ_DONE: return answer(rq);
        case REB_RQ_ANSWERED: *upload_data_size = 0; return MHD_YES;
    }
    return MHD_NO;
}

/* --- libmicrohttpd's other calls --------------------------------------------------------------------------------------------------------
 */

/* Called with the request line, before the headers: here the clock of the headers starts. */
static void *on_request_line(void *cls, const char *uri, struct MHD_Connection *mhd) {
    (void)uri;
    reb_server *s = cls;
    const union MHD_ConnectionInfo *info = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    reb_conn *conn = info != NULL ? info->socket_context : NULL;
    if (conn == NULL) return NULL;
    reb_conn_phase(conn, REB_PHASE_HEAD, in_ms(s->o.head_ms));
    reb_request *rq = conn->spare;
    conn->spare = NULL;
    if (rq == NULL) {
        rq = calloc(1, sizeof *rq);
        if (rq == NULL) return NULL;
        rq->arena.block_bytes = 4096;
    }
    rq->server = s;
    rq->conn = conn;
    rq->upload_fd = -1;
    rq->file_fd = -1;
    rq->w = (reb_json){.out = &rq->out};
    return rq;
}

/* A password does not lie about in memory that is used again. */
static void forget_secrets(const reb_request *rq) {
    if (rq->match.route == NULL || rq->match.route->mode != REB_MODE_SECRET) return;
    if (rq->body.data != NULL) sodium_memzero(rq->body.data, rq->body.cap);
    for (cJSON *m = rq->json_body != NULL ? rq->json_body->child : NULL; m != NULL; m = m->next)
        if (cJSON_IsString(m)) sodium_memzero(m->valuestring, strlen(m->valuestring));
}

/* Makes the request empty but keeps its memory. */
static void clear_request(reb_request *rq) {
    forget_secrets(rq);
    cJSON_Delete(rq->json_body);
    if (rq->file_fd >= 0) close(rq->file_fd);
    if (rq->stream != NULL) MHD_destroy_response(rq->stream);
    reb_upload_drop(rq);
    reb_form_drop(rq);
    if (rq->arena.used_bytes > 65536) reb_arena_free(&rq->arena);
    if (rq->body.cap > 65536) reb_buf_free(&rq->body);
    if (rq->out.cap > 65536) reb_buf_free(&rq->out);
    reb_buf_clear(&rq->body);
    reb_buf_clear(&rq->out);
    reb_arena_reset(&rq->arena);
    reb_request kept = {.arena = rq->arena, .body = rq->body, .out = rq->out, .upload_fd = -1, .file_fd = -1};
    *rq = kept;
}

static void free_request(reb_request *rq) {
    if (rq == NULL) return;
    reb_buf_free(&rq->body);
    reb_buf_free(&rq->out);
    reb_arena_free(&rq->arena);
    free(rq);
}

static void on_completed(void *cls, struct MHD_Connection *mhd, void **con_cls, enum MHD_RequestTerminationCode why) {
    (void)mhd;
    (void)why;
    reb_server *s = cls;
    reb_request *rq = *con_cls;
    *con_cls = NULL;
    if (rq == NULL) return;
    if (rq->state != REB_RQ_NEW) {
        if (rq->state != REB_RQ_ANSWERED) rq->status = atomic_load(&rq->conn->cut) ? 408 : 499; /* the client went away */
        int64_t took_us = reb_monotonic_us() - rq->began_us;
        reb_metrics_count(&s->metrics, rq->match.route, rq->status, took_us);
        if (s->o.log.least <= REB_LOG_INFO) reb_access_add(s, rq, took_us);
        atomic_fetch_sub(&s->active, 1);
    }
    reb_conn *conn = rq->conn;
    atomic_store_explicit(&conn->first, false, memory_order_relaxed);
    reb_conn_phase(conn, REB_PHASE_IDLE, in_ms(s->o.idle_ms));
    clear_request(rq);
    conn->spare = rq;
}

static void on_connection(void *cls, struct MHD_Connection *mhd, void **context, enum MHD_ConnectionNotificationCode what) {
    reb_server *s = cls;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        const union MHD_ConnectionInfo *fd = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CONNECTION_FD);
        const union MHD_ConnectionInfo *addr = MHD_get_connection_info(mhd, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
        reb_conn *conn = reb_conn_add(&s->conns, fd->connect_fd, addr != NULL ? addr->client_addr : NULL);
        /* A new connection has as long for its first request line as for the headers after it. */
        if (conn != NULL) reb_conn_phase(conn, REB_PHASE_IDLE, in_ms(s->o.head_ms));
        *context = conn;
        return;
    }
    reb_conn *conn = *context;
    *context = NULL;
    if (conn == NULL) return;
    reb_request *spare = conn->spare;
    reb_conn_remove(&s->conns, conn);
    free_request(spare);
}

/* Paths and queries stay as they were sent: the router decodes each part after it was cut, so that %2F is no slash. */
static size_t keep_escapes(void *cls, struct MHD_Connection *mhd, char *text) {
    (void)cls;
    (void)mhd;
    return strlen(text);
}

/* --- start and stop
 * ----------------------------------------------------------------------------------------------------------------------- */

static void set_defaults(reb_server_options *o) {
#define DEFAULT(member, value)                                                                                                             \
    if (o->member == 0) o->member = (value)
    if (o->listen == NULL) o->listen = "127.0.0.1:7070";
    DEFAULT(event_threads, 2);
    DEFAULT(workers, 4);
    DEFAULT(queue_most, 256);
    DEFAULT(connections, 1024);
    DEFAULT(per_ip, 256);
    DEFAULT(rate_per_s, 200);
    DEFAULT(head_ms, 10000);
    DEFAULT(body_ms, 30000);
    DEFAULT(idle_ms, 60000);
    DEFAULT(body_most, UINT64_C(1) << 20);
    DEFAULT(upload_most, UINT64_C(8) << 30);
    DEFAULT(form_most, UINT64_C(64) << 20);
    DEFAULT(head_most, 12288);
    DEFAULT(lease_ms, 30000);
    DEFAULT(comment_ms, 15000);
    DEFAULT(stall_ms, 20000);
#undef DEFAULT
}

static reb_status start_daemon(reb_server *s, reb_err *err) {
    const reb_server_options *o = &s->o;
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC | MHD_ALLOW_SUSPEND_RESUME;
    s->daemon = MHD_start_daemon(flags, 0, NULL, NULL, on_request, s,                        //
                                 MHD_OPTION_LISTEN_SOCKET, s->listen_fd,                     //
                                 MHD_OPTION_THREAD_POOL_SIZE, o->event_threads,              //
                                 MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)MHD_POOL_BYTES, //
                                 MHD_OPTION_CONNECTION_LIMIT, o->connections + 16,           //
                                 MHD_OPTION_PER_IP_CONNECTION_LIMIT, o->per_ip,              //
                                 MHD_OPTION_CONNECTION_TIMEOUT, o->idle_ms / 1000 + 10,      //
                                 MHD_OPTION_NOTIFY_COMPLETED, on_completed, s,               //
                                 MHD_OPTION_NOTIFY_CONNECTION, on_connection, s,             //
                                 MHD_OPTION_URI_LOG_CALLBACK, on_request_line, s,            //
                                 MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,           //
                                 MHD_OPTION_END);
    if (s->daemon == NULL) return reb_fail(err, REB_E_IO, "The event threads could not be started.");
    return REB_OK;
}

static reb_status open_parts(reb_server *s, reb_err *err) {
    bool guarded = false;
    reb_listen l;
    reb_status st = reb_auth_open(&s->auth, &s->o, &guarded, err);
    if (st == REB_OK) st = reb_listen_open(&l, s->o.listen, err);
    if (st != REB_OK) return st;
    s->listen_fd = l.fd;
    s->loopback = l.loopback;
    memcpy(s->url, l.url, sizeof l.url);
    if (!l.loopback && !guarded) {
        reb_fail(err, REB_E_DENIED, "%s can be reached from other machines, and there is neither a person nor a key.", s->o.listen);
        reb_err_next(err, "Make an account first: rebound user add EMAIL --role owner (or a key: rebound token add NAME)");
        return REB_E_DENIED;
    }
    reb_json w = {.out = &s->openapi};
    reb_openapi(&w);
    if (s->openapi.failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    st = make_fixed(s, err);
    if (st == REB_OK) st = reb_upload_open(s, err);
    if (st == REB_OK) st = reb_oidc_open(&s->oidc, err);
    if (st == REB_OK) st = reb_conns_start(&s->conns, err);
    if (st == REB_OK) st = reb_hub_open(&s->hub, s, err);
    if (st == REB_OK) st = reb_audit_open(&s->audit, s, err);
    if (st == REB_OK) st = reb_pool_open(&s->pool, s, s->o.workers, s->o.event_threads, err);
    if (st == REB_OK) st = reb_pool_open(&s->vault, s, VAULT_WORKERS, 0, err);
    if (st == REB_OK && !s->o.no_jobs) st = reb_jobs_open(&s->jobs, s, err);
    if (st == REB_OK && !s->o.no_jobs) st = reb_posts_open(&s->posts, s, err);
    if (st == REB_OK && !s->o.no_jobs) st = reb_ticker_open(&s->ticker, s, err);
    if (st == REB_OK) st = start_daemon(s, err);
    return st;
}

reb_status reb_server_open(reb_server **out, const reb_server_options *options, reb_err *err) {
    *out = NULL;
    reb_server *s = calloc(1, sizeof *s);
    if (s == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    s->o = *options;
    s->listen_fd = -1;
    set_defaults(&s->o);
    if (sodium_init() < 0) {
        free(s);
        return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    }
    uint64_t salt;
    randombytes_buf(&salt, sizeof salt);
    atomic_store(&s->next_node, randombytes_uniform(1024));
    pthread_mutex_init(&s->access.mutex, NULL);
    s->conns.server = s;
    reb_rate_init(&s->rate, s->o.rate_per_s, salt);
    reb_rate_init(&s->forms, 1, ~salt);
    s->started_us = reb_clock_now(s->o.wall_clock);
    reb_status st = open_parts(s, err);
    if (st == REB_OK) {
        *out = s;
    } else {
        reb_server_close(s, 0);
    }
    return st;
}

const char *reb_server_url(const reb_server *s) {
    return s->url;
}

static void pause_ms(long ms) {
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    nanosleep(&t, NULL);
}

void reb_server_close(reb_server *s, unsigned patience_ms) {
    if (s == NULL) return;
    atomic_store(&s->stopping, true);
    if (s->daemon != NULL) {
        MHD_socket fd = MHD_quiesce_daemon(s->daemon); /* nobody new; the queue of the kernel goes to other processes or is refused */
        if (fd != MHD_INVALID_SOCKET) close(fd);
        s->listen_fd = -1;
    }
    if (s->hub != NULL) reb_hub_quiet(s->hub);
    reb_posts_close(s->posts);
    reb_ticker_close(s->ticker);
    reb_jobs_close(s->jobs);
    int64_t until = in_ms(patience_ms);
    while (s->daemon != NULL && atomic_load(&s->active) > 0 && reb_monotonic_us() < until) pause_ms(5);
    /* Workers resume every connection they hold before they end: the daemon must not be stopped with one suspended. */
    reb_pool_close(s->pool);
    reb_pool_close(s->vault);
    if (s->daemon != NULL) MHD_stop_daemon(s->daemon);
    reb_pool_free(s->pool);
    reb_pool_free(s->vault);
    reb_audit_close(s->audit);
    if (s->listen_fd >= 0) close(s->listen_fd);
    reb_hub_close(s->hub);
    for (size_t i = 0; i < REB_METRIC_ROUTES; i++)
        if (s->fixed[i] != NULL) MHD_destroy_response(s->fixed[i]);
    reb_conns_stop(&s->conns);
    reb_access_flush(s);
    reb_buf_free(&s->access.lines);
    reb_auth_close(s->auth);
    reb_oidc_close(s->oidc);
    reb_buf_free(&s->openapi);
    free(s);
}
