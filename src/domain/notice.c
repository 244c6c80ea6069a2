#include "notice.h"

typedef struct adding {
    int64_t number;
    const char *topic, *data;
    int64_t now_us;
} adding;

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    adding *a = ctx;
    bool found;
    reb_status st = reb_store_hold(s, "list of notices", 0, err);
    if (st == REB_OK) st = reb_get_i64(&a->number, &found, s, REB_SQL_NOTICE_NUMBER, REB_NO_ARGS, err);
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_NOTICE_INSERT, REB_ARGS(reb_i(a->number), reb_t(a->topic), reb_t(a->data), reb_i(a->now_us)), NULL, err);
}

reb_status reb_notice_add(int64_t *number, reb_store *s, const char *topic, const char *data, int64_t now_us, reb_err *err) {
    adding a = {.topic = topic, .data = data, .now_us = now_us};
    reb_status st = reb_store_write(s, add_work, &a, err);
    if (number != NULL) *number = a.number;
    return st;
}

reb_status reb_notice_since(reb_store *s, int64_t after, int64_t most, reb_notice_each each, void *ctx, reb_err *err) {
    reb_stmt *q = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_NOTICE_SINCE, REB_ARGS(reb_i(after), reb_i(most)), err);
    for (bool row = true; st == REB_OK;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        st = each(reb_col_i64(q, 0), reb_col_text(q, 1), reb_col_text(q, 2), ctx, err);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_notice_bounds(int64_t *first, int64_t *last, reb_store *s, reb_err *err) {
    bool found;
    reb_status st = reb_get_i64(last, &found, s, REB_SQL_NOTICE_LAST, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_get_i64(first, &found, s, REB_SQL_NOTICE_FIRST, REB_NO_ARGS, err);
    return st;
}

reb_status reb_notice_prune(reb_store *s, reb_err *err) {
    int64_t first;
    int64_t last;
    reb_status st = reb_notice_bounds(&first, &last, s, err);
    if (st != REB_OK || first == 0 || last - first < REB_NOTICE_KEEP + REB_NOTICE_KEEP / 10) return st;
    return reb_exec(s, REB_SQL_NOTICE_PRUNE, REB_ARGS(reb_i(last - REB_NOTICE_KEEP)), NULL, err);
}
