#include "customer.h"

#include "../text/format.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <string.h>

reb_status reb_customer_state_get(reb_customer_state *out, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_CUSTOMER_HEAD, REB_ARGS(reb_i(customer_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        const char *kind = reb_col_text(q, 1);
        *out = (reb_customer_state){.customer_id = customer_id,
                                    .head_id = reb_col_i64(q, 0),
                                    .merged_into = reb_col_i64(q, 2),
                                    .organisation = kind != NULL && strcmp(kind, "organisation") == 0};
    }
    reb_stmt_close(q);
    if (st == REB_OK && !row) {
        st = reb_fail(err, REB_E_NOT_FOUND, "There is no customer %" PRId64 ".", customer_id);
        reb_err_next(err, "rebound customer find NAME finds customers.");
    }
    return st;
}

reb_status reb_customer_insert(reb_store *s, int64_t customer_id, bool organisation, int64_t now_us, reb_err *err) {
    return reb_exec(s, REB_SQL_CUSTOMER_INSERT,
                    REB_ARGS(reb_i(customer_id), reb_t(organisation ? "organisation" : "person"), reb_i(customer_id), reb_i(now_us)), NULL,
                    err);
}

reb_status reb_customer_fact_put(reb_store *s, int64_t customer_id, const char *fact, const char *value, int64_t now_us, reb_err *err) {
    return reb_exec(s, REB_SQL_CUSTOMER_FACT_PUT, REB_ARGS(reb_i(customer_id), reb_t(fact), reb_t(value), reb_i(now_us)), NULL, err);
}

static reb_status check_text(const char *text, size_t len, size_t most, const char *what, reb_err *err) {
    if (len > most) return reb_fail(err, REB_E_LIMIT, "The %s has %zu bytes; at most %zu can be kept.", what, len, most);
    if (!reb_utf8_valid(text, len, NULL)) return reb_fail(err, REB_E_INPUT, "The %s is not UTF-8 text.", what);
    return REB_OK;
}

static reb_status keep(const char **out, reb_arena *a, reb_buf *b, reb_err *err) {
    if (!b->failed && b->len == 0) {
        *out = NULL;
        return REB_OK;
    }
    *out = b->failed ? NULL : reb_arena_strndup(a, b->data, b->len);
    return *out != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_customer_line(const char **out, reb_arena *a, const char *text, size_t most, const char *what, reb_err *err) {
    *out = NULL;
    if (text == NULL) return REB_OK;
    size_t len = strlen(text);
    reb_status st = check_text(text, len, most, what, err);
    if (st != REB_OK) return st;
    reb_buf b = {0};
    reb_format_safe(&b, text, len);
    st = keep(out, a, &b, err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_customer_lines(const char **out, reb_arena *a, const char *text, size_t most, const char *what, reb_err *err) {
    *out = NULL;
    if (text == NULL) return REB_OK;
    size_t len = strlen(text);
    reb_status st = check_text(text, len, most, what, err);
    if (st != REB_OK) return st;
    reb_buf b = {0};
    size_t kept = 0; /* up to the last line that holds anything */
    while (len > 0) {
        const char *end = memchr(text, '\n', len);
        size_t n = end != NULL ? (size_t)(end - text) : len;
        size_t before = b.len;
        reb_format_safe(&b, text, n);
        if (b.len > before) kept = b.len;
        if (end != NULL && kept > 0) reb_buf_char(&b, '\n');
        text += n + (end != NULL ? 1 : 0);
        len -= n + (end != NULL ? 1 : 0);
    }
    if (!b.failed) b.len = kept;
    st = keep(out, a, &b, err);
    reb_buf_free(&b);
    return st;
}
