/* What is read from a request and what an answer must be, apart from any socket. */
#include "http.h"

#include "../base/clock.h"
#include "../domain/notice.h"
#include "cookie.h"
#include "page.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* --- headers --------------------------------------------------------------------------------------------------------------------- */

typedef struct head_facts {
    reb_head *head;
    unsigned lengths, encodings, hosts;
    bool bad_name, bad_length, bad_encoding;
    uint64_t bytes;
} head_facts;

/* RFC 9110, 5.6.2: what a header's name may hold. One bit a character. */
static bool token_char(unsigned char c) {
    static const uint32_t k_bits[8] = {0x00000000, 0x03ff6cfa, 0xc7fffffe, 0x57ffffff, 0, 0, 0, 0};
    return (k_bits[c >> 5] >> (c & 31u) & 1u) != 0;
}

/* The headers the server looks at, found by length and first letter before they are compared. */
static void keep_header(head_facts *f, const char *name, size_t n, const char *value) {
    reb_head *h = f->head;
    const struct {
        const char *name;
        size_t len;
        const char **to;
    } k_kept[] = {{"Host", 4, &h->host},
                  {"Content-Length", 14, &h->content_length},
                  {"Transfer-Encoding", 17, &h->transfer_encoding},
                  {"Content-Type", 12, &h->content_type},
                  {"Authorization", 13, &h->authorization},
                  {"X-Requested-With", 16, &h->requested_with},
                  {"Last-Event-ID", 13, &h->last_event_id},
                  {"Accept-Encoding", 15, &h->accept_encoding},
                  {"Accept-Language", 15, &h->accept_language},
                  {"If-None-Match", 13, &h->if_none_match},
                  {"Sec-Fetch-Site", 14, &h->fetch_site},
                  {"Sec-Fetch-Dest", 14, &h->fetch_dest},
                  {"X-Forwarded-For", 15, &h->forwarded_for},
                  {"X-Forwarded-Proto", 17, &h->forwarded_proto},
                  {"Cookie", 6, &h->cookie},
                  {"X-Rebound-CSRF", 14, &h->csrf},
                  {"User-Agent", 10, &h->user_agent},
                  {"X-Forwarded-Host", 16, &h->proxy},
                  {"X-Real-IP", 9, &h->proxy},
                  {"Forwarded", 9, &h->proxy},
                  {"Via", 3, &h->proxy}};
    for (size_t i = 0; i < sizeof k_kept / sizeof k_kept[0]; i++)
        if (k_kept[i].len == n && strcasecmp(k_kept[i].name, name) == 0) *k_kept[i].to = value;
}

static enum MHD_Result see_header(void *cls, enum MHD_ValueKind kind, const char *name, const char *value) {
    (void)kind;
    head_facts *f = cls;
    if (value == NULL) value = "";
    size_t n = 0;
    for (; name[n] != '\0'; n++)
        if (!token_char((unsigned char)name[n])) f->bad_name = true; /* "Content-Length :" among others */
    f->bytes += n + strlen(value) + 4;
    keep_header(f, name, n, value);
    if (n == 14 && strcasecmp(name, "Content-Length") == 0) {
        f->lengths++;
        size_t digits = strlen(value);
        f->bad_length = f->bad_length || digits == 0 || digits > 18 || strspn(value, "0123456789") != digits;
    } else if (n == 17 && strcasecmp(name, "Transfer-Encoding") == 0) {
        f->encodings++;
        f->bad_encoding = f->bad_encoding || strcasecmp(value, "chunked") != 0;
    } else if (n == 4 && strcasecmp(name, "Host") == 0) {
        f->hosts++;
    }
    return MHD_YES;
}

/* This machine or a private network (RFC 1918, 4193, 3927): where a proxy of ours can stand. */
static bool is_near(const struct in6_addr *ip) {
    const unsigned char *b = ip->s6_addr;
    if (IN6_IS_ADDR_V4MAPPED(ip))
        return b[12] == 127 || b[12] == 10 || (b[12] == 172 && (b[13] & 0xF0) == 16) || (b[12] == 192 && b[13] == 168) ||
               (b[12] == 169 && b[13] == 254);
    return IN6_IS_ADDR_LOOPBACK(ip) || (b[0] & 0xFE) == 0xFC || IN6_IS_ADDR_LINKLOCAL(ip);
}

/* What a proxy tells is believed only where the operator says that one stands before us (--behind-tls): else anybody could say it. */
static void see_proxy(reb_request *rq) {
    reb_head *h = &rq->headers;
    char address[INET6_ADDRSTRLEN];
    struct in_addr v4;
    if (h->proxy == NULL) h->proxy = h->forwarded_for != NULL ? h->forwarded_for : h->forwarded_proto;
    rq->client = rq->conn->ip;
    if (!rq->server->o.behind_tls || h->proxy == NULL || !is_near(&rq->conn->ip)) return;
    h->tls = h->forwarded_proto == NULL || strcasecmp(h->forwarded_proto, "https") == 0;
    if (!reb_forwarded_last(address, sizeof address, h->forwarded_for)) return;
    if (inet_pton(AF_INET, address, &v4) == 1) {
        rq->client = (struct in6_addr){.s6_addr = {[10] = 0xFF, [11] = 0xFF}};
        memcpy(rq->client.s6_addr + 12, &v4, 4);
    } else {
        inet_pton(AF_INET6, address, &rq->client);
    }
}

void reb_rq_address(char out[INET6_ADDRSTRLEN], const reb_request *rq) {
    static const unsigned char k_mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (memcmp(rq->client.s6_addr, k_mapped, sizeof k_mapped) == 0) {
        inet_ntop(AF_INET, rq->client.s6_addr + 12, out, INET6_ADDRSTRLEN);
    } else {
        inet_ntop(AF_INET6, &rq->client, out, INET6_ADDRSTRLEN);
    }
}

/* Ambiguous framing is how one request is smuggled inside another: what two readers might read differently is refused. */
reb_status reb_rq_check_head(reb_request *rq, const char *version, reb_err *err) {
    head_facts f = {.head = &rq->headers};
    MHD_get_connection_values(rq->mhd, MHD_HEADER_KIND, see_header, &f);
    rq->received = 0;
    see_proxy(rq);
    if (f.lengths > 1) return reb_fail(err, REB_E_USAGE, "The request has two Content-Length headers.");
    if (f.lengths > 0 && f.encodings > 0) return reb_fail(err, REB_E_USAGE, "The request has both Content-Length and Transfer-Encoding.");
    if (f.encodings > 1 || f.bad_encoding) return reb_fail(err, REB_E_USAGE, "Of transfer encodings, only \"chunked\" is known here.");
    if (f.bad_length) return reb_fail(err, REB_E_USAGE, "Content-Length is not a number.");
    if (f.bad_name) return reb_fail(err, REB_E_USAGE, "A header's name holds a character that names must not hold.");
    if (f.hosts > 1) return reb_fail(err, REB_E_USAGE, "The request has two Host headers.");
    if (f.hosts == 0 && strcmp(version, "HTTP/1.0") != 0) return reb_fail(err, REB_E_USAGE, "The request has no Host header.");
    if (f.encodings > 0 && strcmp(version, "HTTP/1.0") == 0) return reb_fail(err, REB_E_USAGE, "HTTP/1.0 knows no Transfer-Encoding.");
    if (f.bytes > rq->server->o.head_most) {
        rq->status = 431;
        return reb_fail(err, REB_E_LIMIT, "The headers are larger than %" PRIu64 " bytes.", rq->server->o.head_most);
    }
    return REB_OK;
}

/* --- text of addresses -------------------------------------------------------------------------------------------------------------- */

static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Well-formed UTF-8 (RFC 3629) without control characters. */
static bool plain_utf8(const unsigned char *s, size_t n) {
    for (size_t i = 0; i < n;) {
        size_t len = s[i] < 0x80 ? 1 : s[i] >= 0xF0 ? 4 : s[i] >= 0xE0 ? 3 : 2;
        if (s[i] < 0x20 || s[i] == 0x7F || (s[i] >= 0x80 && s[i] < 0xC2) || s[i] > 0xF4 || len > n - i) return false;
        for (size_t k = 1; k < len; k++)
            if ((s[i + k] & 0xC0u) != 0x80u) return false;
        if ((s[i] == 0xE0 && s[i + 1] < 0xA0) || (s[i] == 0xED && s[i + 1] > 0x9F)) return false;
        if ((s[i] == 0xF0 && s[i + 1] < 0x90) || (s[i] == 0xF4 && s[i + 1] > 0x8F)) return false;
        i += len;
    }
    return true;
}

char *reb_rq_decode(reb_arena *a, const char *s, size_t n) {
    char *out = reb_arena_alloc(a, n + 1);
    if (out == NULL) return NULL;
    size_t len = 0;
    for (size_t i = 0; i < n; i++) {
        if (s[i] != '%') {
            out[len++] = s[i];
            continue;
        }
        int high = i + 2 < n ? hex(s[i + 1]) : -1;
        int low = i + 2 < n ? hex(s[i + 2]) : -1;
        if (high < 0 || low < 0) return NULL;
        out[len++] = (char)(high * 16 + low);
        i += 2;
    }
    out[len] = '\0';
    return plain_utf8((const unsigned char *)out, len) ? out : NULL;
}

reb_status reb_rq_read_params(reb_request *rq, reb_err *err) {
    for (size_t i = 0; i < rq->match.param_count; i++) {
        size_t name_len = rq->match.params[i].name_len;
        const char *name = rq->match.params[i].name;
        char *v = reb_rq_decode(&rq->arena, rq->match.params[i].value, rq->match.params[i].value_len);
        if (v == NULL) return reb_fail(err, REB_E_USAGE, "The address is not valid UTF-8.");
        rq->param_values[i] = v;
        if (name_len < 4 || memcmp(name + name_len - 3, "_id", 3) != 0) continue;
        const reb_field id = {.name = "The id in the address", .kind = REB_KIND_ID};
        if (reb_field_check_text(&id, v, NULL) != REB_OK)
            return reb_fail(err, REB_E_NOT_FOUND, "\"%.40s\" is no id: ids are whole numbers.", v);
    }
    return REB_OK;
}

enum { QUERY_ANY_MOST = 4096 };

typedef struct query_reading {
    reb_request *rq;
    reb_err *err;
    reb_status st;
} query_reading;

static enum MHD_Result see_argument(void *cls, enum MHD_ValueKind kind, const char *raw_name, const char *raw_value) {
    (void)kind;
    query_reading *q = cls;
    reb_request *rq = q->rq;
    const char *name = reb_rq_decode(&rq->arena, raw_name, strlen(raw_name));
    const char *value = raw_value == NULL ? "" : reb_rq_decode(&rq->arena, raw_value, strlen(raw_value));
    if (name == NULL || value == NULL) {
        q->st = reb_fail(q->err, REB_E_USAGE, "The query is not valid UTF-8.");
        return MHD_NO;
    }
    if (strcmp(rq->match.route->query, "ANY") == 0) { /* the names are another's to choose: what we do not know is not ours to refuse */
        if (reb_rq_query(rq, name) == NULL && rq->query_count < REB_QUERY_ARGS && strlen(value) <= QUERY_ANY_MOST)
            rq->query[rq->query_count++] = (reb_query_arg){.name = name, .value = value};
        return MHD_YES;
    }
    const reb_field *f = reb_type_field(rq->match.route->query, name);
    if (f == NULL) {
        q->st = reb_fail(q->err, REB_E_USAGE, "\"%.60s\" is not known in the query of this address.", name);
        return MHD_NO;
    }
    if (f->personal && rq->caller.blank) {
        q->st = reb_fail(q->err, REB_E_DENIED, "\"%.60s\" would find people by name, which an analyst may not.", name);
        return MHD_NO;
    }
    if (reb_rq_query(rq, name) != NULL || rq->query_count == REB_QUERY_ARGS) {
        q->st = reb_fail(q->err, REB_E_USAGE, "\"%.60s\" is given twice.", name);
        return MHD_NO;
    }
    q->st = reb_field_check_text(f, value, q->err);
    if (q->st != REB_OK) return MHD_NO;
    rq->query[rq->query_count++] = (reb_query_arg){.name = f->name, .value = value};
    return MHD_YES;
}

reb_status reb_rq_read_query(reb_request *rq, reb_err *err) {
    query_reading q = {.rq = rq, .err = err, .st = REB_OK};
    MHD_get_connection_values(rq->mhd, MHD_GET_ARGUMENT_KIND, see_argument, &q);
    if (q.st != REB_OK || strcmp(rq->match.route->query, "NONE") == 0 || strcmp(rq->match.route->query, "ANY") == 0) return q.st;
    size_t count;
    const reb_field *fields = reb_type_find(rq->match.route->query, &count);
    for (size_t i = 0; i < count; i++)
        if (fields[i].need == REB_NEED_MUST && reb_rq_query(rq, fields[i].name) == NULL)
            return reb_fail(err, REB_E_USAGE, "%s is missing in the query.", fields[i].name);
    return REB_OK;
}

/* --- the JSON body -------------------------------------------------------------------------------------------------------------------- */

/* An escaped NUL (\u0000) inside a string would end it early for everybody who reads it as C text. */
static bool holds_escaped_nul(const char *text) {
    for (const char *p = strchr(text, '\\'); p != NULL; p = strchr(p + 2, '\\')) {
        if (strncmp(p + 1, "u0000", 5) == 0) return true;
        if (p[1] == '\0') return false;
    }
    return false;
}

reb_status reb_rq_read_body(reb_request *rq, reb_err *err) {
    const char *type = rq->match.route->body;
    if (strcmp(type, "NONE") == 0) {
        if (rq->body.len > 2) return reb_fail(err, REB_E_USAGE, "This address takes no body.");
        return REB_OK;
    }
    if (rq->body.failed) return reb_fail(err, REB_E_MEMORY, "No memory left for the body.");
    const char *text = reb_buf_cstr(&rq->body);
    if (memchr(text, '\0', rq->body.len) != NULL || holds_escaped_nul(text))
        return reb_fail(err, REB_E_USAGE, "The body holds a NUL byte.");
    const unsigned char *bytes = (const unsigned char *)text;
    for (size_t i = 0, start = 0; i <= rq->body.len; i++) { /* JSON may hold line ends between its values; they part the check */
        if (i < rq->body.len && bytes[i] != '\n' && bytes[i] != '\r' && bytes[i] != '\t') continue;
        if (!plain_utf8(bytes + start, i - start)) return reb_fail(err, REB_E_USAGE, "The body is not valid UTF-8 text.");
        start = i + 1;
    }
    const char *end = NULL;
    rq->json_body = cJSON_ParseWithOpts(text, &end, 1);
    if (rq->json_body == NULL) {
        size_t at = end != NULL && end >= text ? (size_t)(end - text) : 0;
        return reb_fail(err, REB_E_USAGE, "The body is not valid JSON; it goes wrong at byte %zu.", at + 1);
    }
    return reb_type_check(rq->json_body, type, true, err);
}

static const cJSON *body_member(const reb_request *rq, const char *member) {
    return rq->json_body == NULL ? NULL : cJSON_GetObjectItemCaseSensitive(rq->json_body, member);
}

const char *reb_rq_text(const reb_request *rq, const char *member) {
    const cJSON *v = body_member(rq, member);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

int64_t reb_rq_int(const reb_request *rq, const char *member, int64_t fallback) {
    const cJSON *v = body_member(rq, member);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : fallback;
}

const cJSON *reb_rq_object(const reb_request *rq, const char *member) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(rq->json_body, member);
    return cJSON_IsObject(v) || cJSON_IsArray(v) ? v : NULL;
}

int64_t reb_rq_id(const reb_request *rq, const char *member) {
    const char *v = reb_rq_text(rq, member);
    return v == NULL ? 0 : strtoll(v, NULL, 10);
}

bool reb_rq_bool(const reb_request *rq, const char *member, bool fallback) {
    const cJSON *v = body_member(rq, member);
    return cJSON_IsBool(v) ? cJSON_IsTrue(v) != 0 : fallback;
}

const char *reb_rq_param(const reb_request *rq, const char *name) {
    size_t n = strlen(name);
    for (size_t i = 0; i < rq->match.param_count; i++)
        if (rq->match.params[i].name_len == n && memcmp(rq->match.params[i].name, name, n) == 0) return rq->param_values[i];
    return NULL;
}

int64_t reb_rq_param_id(const reb_request *rq, const char *name) {
    const char *v = reb_rq_param(rq, name);
    return v == NULL ? 0 : strtoll(v, NULL, 10);
}

const char *reb_rq_query(const reb_request *rq, const char *name) {
    for (size_t i = 0; i < rq->query_count; i++)
        if (strcmp(rq->query[i].name, name) == 0) return rq->query[i].value;
    return NULL;
}

int64_t reb_rq_query_int(const reb_request *rq, const char *name, int64_t fallback) {
    const char *v = reb_rq_query(rq, name);
    return v == NULL ? fallback : strtoll(v, NULL, 10);
}

bool reb_rq_query_bool(const reb_request *rq, const char *name, bool fallback) {
    const char *v = reb_rq_query(rq, name);
    return v == NULL ? fallback : strcmp(v, "true") == 0;
}

static int64_t number_in_text(const char *s, size_t n) {
    int64_t v = 0;
    for (size_t i = 0; i < n; i++) v = v * 10 + (s[i] - '0');
    return v;
}

static int64_t day_of(const char *s) {
    return reb_day_from_civil((int)number_in_text(s, 4), (int)number_in_text(s + 5, 2), (int)number_in_text(s + 8, 2));
}

int64_t reb_rq_day(const reb_request *rq, const char *member) { /* the type's check has seen to the form */
    const char *s = reb_rq_text(rq, member);
    return s == NULL ? 0 : day_of(s);
}

static int64_t time_of(const char *s) {
    if (s == NULL) return 0;
    int64_t seconds = number_in_text(s + 11, 2) * 3600 + number_in_text(s + 14, 2) * 60 + number_in_text(s + 17, 2);
    int64_t us = 0;
    int64_t scale = 100000;
    for (const char *p = s + 20; s[19] == '.' && *p >= '0' && *p <= '9'; p++, scale /= 10) us += (*p - '0') * scale;
    return day_of(s) * REB_US_PER_DAY + seconds * REB_US_PER_SECOND + us;
}

int64_t reb_rq_time(const reb_request *rq, const char *member) {
    return time_of(reb_rq_text(rq, member));
}

int64_t reb_rq_query_time(const reb_request *rq, const char *name) {
    return time_of(reb_rq_query(rq, name));
}

void reb_rq_tell_now(reb_request *rq) {
    size_t n = rq->tell_count;
    rq->tell_count = 0;
    for (size_t i = 0; i < n; i++) reb_rq_tell(rq, rq->tell[i].topic, rq->tell[i].customer_id);
}

void reb_rq_tell(reb_request *rq, const char *topic, int64_t customer_id) {
    char data[64];
    if (rq->tell_later) { /* writers would meet at the counter of notices until their transactions end: it gets one of its own */
        if (rq->tell_count == REB_TELL_MOST) return;
        rq->tell[rq->tell_count].topic = topic;
        rq->tell[rq->tell_count++].customer_id = customer_id;
        return;
    }
    reb_err ignored = {0};
    const char *of = strcmp(topic, "case") == 0 ? "number" : "customer_id";
    snprintf(data, sizeof data, "{\"%s\":\"%" PRId64 "\"}", of, customer_id);
    reb_notice_add(NULL, rq->store, topic, data, reb_clock_now(rq->server->o.wall_clock), &ignored);
    reb_hub_wake(rq->server->hub);
}

int64_t reb_rq_now(const reb_request *rq) {
    return reb_clock_now(rq->server->o.act_clock);
}

/* --- answers -----------------------------------------------------------------------------------------------------------------------------
 */

const char *reb_rq_attachment(reb_request *rq, const char *name) {
    static const char k_hex[] = "0123456789ABCDEF";
    reb_buf plain = {0};
    reb_buf whole = {0};
    for (const char *s = name; *s != '\0'; s++) {
        unsigned char c = (unsigned char)*s;
        bool letter = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' || c == '_';
        if (letter || c == ' ') reb_buf_char(&plain, *s);
        if (letter) {
            reb_buf_char(&whole, *s);
        } else {
            const char escaped[3] = {'%', k_hex[c >> 4], k_hex[c & 15u]};
            reb_buf_add(&whole, escaped, 3);
        }
    }
    const char *made = plain.failed || whole.failed ? NULL
                                                    : reb_arena_printf(&rq->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s",
                                                                       reb_buf_cstr(&plain), reb_buf_cstr(&whole));
    reb_buf_free(&plain);
    reb_buf_free(&whole);
    return made;
}

void reb_rq_error(reb_request *rq, unsigned status, const reb_err *err) {
    static const reb_err k_no_memory = {.code = REB_E_MEMORY};
    /* Words that memory ran out for look as if the client had not sent them, or not well: that is not the client's fault. */
    if (rq->arena.failed && (err->code == REB_E_USAGE || err->code == REB_E_INPUT || err->code == REB_E_NOT_FOUND)) {
        err = &k_no_memory;
        status = 0;
    }
    reb_buf_clear(&rq->out);
    rq->w = (reb_json){.out = &rq->out};
    rq->content_type = NULL;
    rq->file_name = NULL;
    rq->status = status != 0 ? status : (unsigned)reb_status_http(err->code);
    if (reb_page_error(rq, rq->status)) return;
    reb_buf_clear(&rq->out);
    rq->content_type = NULL;
    rq->policy = NULL;
    const char *detail = err->detail[0] != '\0' ? err->detail : reb_status_sentence(err->code);
    reb_json_obj(&rq->w);
    reb_json_key(&rq->w, "error");
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "code", reb_status_name(err->code));
    reb_json_kstr(&rq->w, "detail", detail);
    if (err->next[0] != '\0') reb_json_kstr(&rq->w, "next", err->next);
    if (err->reason != NULL) reb_json_kstr(&rq->w, "reason", err->reason);
    reb_json_obj_end(&rq->w);
    reb_json_obj_end(&rq->w);
}

void reb_rq_check_answer(reb_request *rq) {
    if (rq->file_fd >= 0 || rq->stream != NULL || rq->content_type != NULL || rq->status == 204) return;
    const char *type = rq->status >= 400 ? "Error" : rq->match.route->answer;
    reb_err err = {0};
    cJSON *v = cJSON_ParseWithOpts(reb_buf_cstr(&rq->out), NULL, 1);
    reb_status st = v == NULL ? reb_fail(&err, REB_E_INTERNAL, "The answer is not JSON.") : reb_type_check(v, type, true, &err);
    if (st == REB_OK && rq->status < 400 && rq->status != rq->match.route->status)
        st = reb_fail(&err, REB_E_INTERNAL, "The answer has status %u, not the declared %u.", rq->status, rq->match.route->status);
    cJSON_Delete(v);
    if (st == REB_OK) return;
    err.code = REB_E_INTERNAL;
    reb_err_next(&err, "The answer to %s has not its declared type %s.", rq->match.route != NULL ? rq->match.route->name : "?", type);
    reb_rq_error(rq, 500, &err);
}
