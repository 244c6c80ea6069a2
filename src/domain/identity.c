#include "identity.h"

#include "../text/fold.h"

#include <string.h>

reb_status reb_identity_put(reb_store *s, int64_t customer_id, const char *kind, const char *source, const char *value, const char *shown,
                            int64_t contact_id, reb_err *err) {
    return reb_exec(s, REB_SQL_IDENTITY_PUT,
                    REB_ARGS(reb_i(customer_id), reb_t(kind), reb_t(source), reb_t(value), reb_t(shown), reb_i(contact_id)), NULL, err);
}

reb_status reb_identity_heads(int64_t *heads, size_t *count, size_t most, reb_store *s, const char *kind, const char *source,
                              const char *value, reb_err *err) {
    *count = 0;
    reb_stmt *q = NULL;
    bool row = false;
    int64_t limit = (int64_t)most;
    reb_status st = source != NULL && strcmp(kind, "external") == 0
                        ? reb_query(&q, s, REB_SQL_IDENTITY_HEADS_EXTERNAL, REB_ARGS(reb_t(value), reb_t(source), reb_i(limit)), err)
                        : reb_query(&q, s, REB_SQL_IDENTITY_HEADS, REB_ARGS(reb_t(value), reb_t(kind), reb_i(limit)), err);
    while (st == REB_OK) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row || *count == most) break;
        heads[(*count)++] = reb_col_i64(q, 0);
    }
    reb_stmt_close(q);
    return st;
}

char *reb_identity_fold(reb_arena *a, const char *name) {
    size_t len = strlen(name);
    size_t cap = 11 * len + 1;
    char *out = reb_arena_alloc(a, cap);
    if (out == NULL) return NULL;
    size_t n = reb_fold(out, cap - 1, name, len);
    out[n < cap ? n : cap - 1] = '\0';
    return out;
}
