#include "import_mapping.h"

enum { MOST = 500 };

reb_status reb_import_mapping_put(reb_store *s, const reb_import_mapping *m, reb_err *err) {
    return reb_exec(s, REB_SQL_IMPORT_MAPPING_PUT, REB_ARGS(reb_t(m->signature), reb_t(m->name), reb_t(m->plan), reb_i(m->changed_us)),
                    NULL, err);
}

reb_status reb_import_mapping_get(reb_import_mapping *out, reb_store *s, const char *signature, reb_arena *arena, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_import_mapping){.signature = signature};
    reb_status st = reb_query(&q, s, REB_SQL_IMPORT_MAPPING_GET, REB_ARGS(reb_t(signature)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        out->name = reb_arena_strdup(arena, reb_col_text(q, 0));
        out->plan = reb_arena_strdup(arena, reb_col_text(q, 1));
        out->changed_us = reb_col_i64(q, 2);
        out->used_us = reb_col_i64(q, 3);
        if (out->name == NULL || out->plan == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_import_mapping_used(reb_store *s, const char *signature, int64_t now_us, reb_err *err) {
    return reb_exec(s, REB_SQL_IMPORT_MAPPING_USED, REB_ARGS(reb_t(signature), reb_i(now_us)), NULL, err);
}

reb_status reb_import_mapping_list(reb_import_mapping **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *n = 0;
    *out = reb_arena_zalloc(arena, MOST, sizeof **out);
    if (*out == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_query(&q, s, REB_SQL_IMPORT_MAPPING_LIST, REB_ARGS(reb_i(MOST)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_import_mapping *m = &(*out)[(*n)++];
        m->signature = reb_arena_strdup(arena, reb_col_text(q, 0));
        m->name = reb_arena_strdup(arena, reb_col_text(q, 1));
        m->changed_us = reb_col_i64(q, 2);
        m->used_us = reb_col_i64(q, 3);
        if (m->signature == NULL || m->name == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_import_mapping_forget(reb_store *s, const char *signature, reb_err *err) {
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_IMPORT_MAPPING_DROP, REB_ARGS(reb_t(signature)), &changed, err);
    if (st == REB_OK && changed == 0) st = reb_fail(err, REB_E_NOT_FOUND, "No mapping is remembered for such a header.");
    return st;
}
