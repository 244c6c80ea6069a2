#include "batch.h"

#include "case_care.h"
#include "derive.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *keep(reb_arena *a, const char *s) {
    const char *copy = reb_arena_strdup(a, s != NULL ? s : "");
    return copy != NULL ? copy : "";
}

reb_status reb_batch_find(reb_batch *out, reb_store *s, const char *file_hash, const char *source, const char *mapping, reb_arena *arena,
                          reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    memset(out, 0, sizeof *out);
    reb_status st = reb_query(&q, s, REB_SQL_BATCH_FIND, REB_ARGS(reb_t(file_hash), reb_t(source), reb_t(mapping)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        out->batch_id = reb_col_i64(q, 0);
        out->state = keep(arena, reb_col_text(q, 1));
        out->resume_record = reb_col_i64(q, 2);
        out->counts = keep(arena, reb_col_text(q, 3));
        out->started_us = reb_col_i64(q, 4);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_batch_put(reb_store *s, const reb_batch *b, reb_err *err) {
    return reb_exec(s, REB_SQL_BATCH_PUT,
                    REB_ARGS(reb_i(b->batch_id), reb_t(b->source), reb_t(b->file_name), reb_i(b->file_bytes), reb_t(b->file_hash),
                             reb_t(b->format), reb_t(b->mapping), reb_t(b->state), reb_i(b->resume_record), reb_t(b->counts),
                             reb_i(b->started_us), b->finished_us != 0 ? reb_i(b->finished_us) : reb_null()),
                    NULL, err);
}

reb_status reb_batch_drop(reb_store *s, int64_t batch_id, reb_err *err) {
    return reb_exec(s, REB_SQL_BATCH_DROP, REB_ARGS(reb_i(batch_id)), NULL, err);
}

static void read_row(reb_batch *b, reb_stmt *q, reb_arena *arena) {
    *b = (reb_batch){.batch_id = reb_col_i64(q, 0),
                     .source = keep(arena, reb_col_text(q, 1)),
                     .file_name = keep(arena, reb_col_text(q, 2)),
                     .format = keep(arena, reb_col_text(q, 3)),
                     .state = keep(arena, reb_col_text(q, 4)),
                     .file_bytes = reb_col_i64(q, 5),
                     .counts = keep(arena, reb_col_text(q, 6)),
                     .started_us = reb_col_i64(q, 7),
                     .finished_us = reb_col_i64(q, 8)};
}

reb_status reb_batch_list(reb_batch **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    size_t cap = 0;
    *out = NULL;
    *n = 0;
    reb_status st = reb_query(&q, s, REB_SQL_BATCH_LIST, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (*n == cap) {
            cap = cap == 0 ? 32 : 2 * cap;
            reb_batch *bigger = reb_arena_zalloc(arena, cap, sizeof *bigger);
            if (bigger == NULL) {
                st = reb_fail(err, REB_E_MEMORY, "No memory left.");
                break;
            }
            if (*n > 0) memcpy(bigger, *out, *n * sizeof *bigger);
            *out = bigger;
        }
        read_row(&(*out)[(*n)++], q, arena);
    }
    reb_stmt_close(q);
    return st;
}

/* ---- taking back ---------------------------------------------------------------------------------------------------------------- */

typedef struct undoing {
    reb_batch_undone *out;
    const reb_business *business;
    int64_t batch_id, now_us;
    reb_arena *arena;
    int64_t *touched;
    size_t n, cap;
} undoing;

static reb_status find_batch(undoing *u, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_batch b = {0};
    reb_status st = reb_query(&q, s, REB_SQL_BATCH_GET, REB_ARGS(reb_i(u->batch_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) read_row(&b, q, u->arena);
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (!row) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no batch %" PRId64 ".", u->batch_id);
        reb_err_next(err, "rebound import list shows them.");
        return REB_E_NOT_FOUND;
    }
    u->out->file_name = b.file_name;
    if (strcmp(b.state, "undone") == 0)
        return reb_fail(err, REB_E_CONFLICT, "Batch %" PRId64 " (%s) is undone already.", u->batch_id, b.file_name);
    return REB_OK;
}

static reb_status collect(undoing *u, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    u->n = 0;
    reb_status st = reb_query(&q, s, REB_SQL_BATCH_CUSTOMERS, REB_ARGS(reb_i(u->batch_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (u->n == u->cap) {
            size_t cap = u->cap == 0 ? 4096 : 2 * u->cap;
            int64_t *bigger = realloc(u->touched, cap * sizeof *bigger);
            if (bigger == NULL) {
                st = reb_fail(err, REB_E_MEMORY, "No memory left.");
                break;
            }
            u->touched = bigger;
            u->cap = cap;
        }
        u->touched[u->n++] = reb_col_i64(q, 0);
    }
    reb_stmt_close(q);
    return st;
}

/* Amounts of changes and refunds are differences to what was told before: without that they would be wrong, so the later batch goes first.
 */
static reb_status check_free(const undoing *u, reb_store *s, reb_err *err) {
    int64_t later = 0;
    reb_status st = reb_get_i64(&later, NULL, s, REB_SQL_BATCH_LEANS, REB_ARGS(reb_i(u->batch_id)), err);
    if (st != REB_OK || later == 0) return st;
    reb_fail(err, REB_E_CONFLICT, "Batch %" PRId64 " tells changes or refunds of orders that batch %" PRId64 " brought.", later,
             u->batch_id);
    reb_err_next(err, "Take that one back first: rebound import undo %" PRId64, later);
    return REB_E_CONFLICT;
}

static reb_status step(reb_store *s, reb_sql query, int64_t batch_id, int64_t *changed, reb_err *err) {
    return reb_exec(s, query, REB_ARGS(reb_i(batch_id)), changed, err);
}

static reb_status take_back(reb_store *s, void *ctx, reb_err *err) {
    undoing *u = ctx;
    memset(u->out, 0, sizeof *u->out);
    reb_status st = find_batch(u, s, err);
    if (st == REB_OK) st = check_free(u, s, err);
    if (st == REB_OK) st = collect(u, s, err);
    if (st == REB_OK) st = reb_case_undo_batch(&u->out->cases, &u->out->cases_kept, s, u->batch_id, err);
    const struct {
        reb_sql query;
        int64_t *count;
    } steps[] = {
        {REB_SQL_BATCH_DROP_LINES, &u->out->lines},
        {REB_SQL_BATCH_DROP_EVENTS, &u->out->events},
        {REB_SQL_BATCH_DROP_FACTS, &u->out->facts},
        {REB_SQL_BATCH_DROP_CONTACTS, NULL},
        {REB_SQL_BATCH_KEEP_IDENTITIES, NULL},
        {REB_SQL_BATCH_DROP_IDENTITIES, NULL},
        {REB_SQL_BATCH_KEEP_CUSTOMERS, &u->out->customers_kept},
        {REB_SQL_BATCH_KEEP_THEIR_IDENTITIES, NULL},
        {REB_SQL_BATCH_DROP_REST_OF_IDENTITIES, NULL},
        {REB_SQL_BATCH_DROP_PAIRS, NULL},
        {REB_SQL_BATCH_DROP_CUSTOMERS, &u->out->customers},
    };
    for (size_t i = 0; i < sizeof steps / sizeof *steps && st == REB_OK; i++)
        st = step(s, steps[i].query, u->batch_id, steps[i].count, err);
    enum { AT_ONCE = 10000 };
    for (size_t from = 0; from < u->n && st == REB_OK; from += AT_ONCE)
        st = reb_derive_customers(s, u->business, u->touched + from, u->n - from < AT_ONCE ? u->n - from : AT_ONCE, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_BATCH_MARK_UNDONE, REB_ARGS(reb_i(u->batch_id), reb_i(u->now_us)), NULL, err);
    return st;
}

reb_status reb_batch_undo(reb_batch_undone *out, reb_store *s, const reb_business *business, int64_t batch_id, int64_t now_us,
                          reb_arena *arena, reb_err *err) {
    undoing u = {.out = out, .business = business, .batch_id = batch_id, .now_us = now_us, .arena = arena};
    reb_status st = reb_store_write(s, take_back, &u, err);
    free(u.touched);
    return st;
}
