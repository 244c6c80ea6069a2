/* The part of the store that both engines share: dispatch, transactions, checks of values. */
#include "../base/rand.h"
#include "engine.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static bool is_pg(const char *location) {
    return strncmp(location, "postgresql://", 13) == 0 || strncmp(location, "postgres://", 11) == 0;
}

reb_status reb_store_open(reb_store **out, const char *location, unsigned flags, reb_err *err) {
    *out = NULL;
    reb_store *s = NULL;
    reb_status st = is_pg(location) ? reb_pg_open(&s, location, flags, err) : reb_sqlite_open(&s, location, flags, err);
    if (st != REB_OK) return st;
    st = reb_migrate(s, err);
    if (st != REB_OK) {
        reb_store_close(s);
        return st;
    }
    *out = s;
    return REB_OK;
}

void reb_store_close(reb_store *s) {
    if (s == NULL) return;
    if (s->depth > 0) s->ops->rollback(s);
    s->ops->close(s);
}

reb_engine reb_store_engine(const reb_store *s) {
    return s->ops->engine;
}

const char *reb_store_location(const reb_store *s) {
    return s->location;
}

reb_status reb_store_busy_wait(reb_store *s, int64_t wait_ms, reb_err *err) {
    s->wait_ms = wait_ms < 1 ? 1 : wait_ms > INT32_MAX ? INT32_MAX : wait_ms; /* 0 would mean for ever to PostgreSQL */
    return s->ops->busy_wait(s, s->wait_ms, err);
}

/* --- transactions ------------------------------------------------------------------------------------------------------------ */

static reb_status run_once(reb_store *s, bool write, reb_work work, void *ctx, reb_err *err) {
    s->tx_doomed = false;
    s->tx_again = false;
    reb_status st = s->ops->begin(s, write, err);
    if (st != REB_OK) return st;
    s->depth = 1;
    s->tx_write = write;
    st = work(s, ctx, err);
    if (st == REB_OK && s->tx_doomed) st = reb_fail(err, REB_E_INTERNAL, "A failed statement was overlooked; nothing of it was kept.");
    if (st == REB_OK) st = s->ops->commit(s, err);
    if (st != REB_OK) s->ops->rollback(s);
    s->depth = 0;
    s->tx_write = false;
    return st;
}

/* Whoever lost to another writer waits for a moment of its own length before trying again, up to 2, 4, 8 ... 64 ms: several who try at once
   would keep stepping on each other's feet. */
static void step_aside(const reb_store *s, int attempt) {
    const int64_t seed[2] = {reb_monotonic_us(), (int64_t)(intptr_t)s};
    uint64_t most_us = UINT64_C(1000) << (attempt < 6 ? attempt : 6);
    uint64_t wait_us = reb_hash64(UINT64_C(0x77616974), seed, sizeof seed) % most_us;
    const struct timespec t = {.tv_nsec = (long)(wait_us * 1000)};
    nanosleep(&t, NULL);
}

static reb_status transaction(reb_store *s, bool write, reb_work work, void *ctx, reb_err *err) {
    if (s->depth > 0) {
        if (write && !s->tx_write) return reb_fail(err, REB_E_INTERNAL, "A write was begun inside a read.");
        s->depth++;
        reb_status st = work(s, ctx, err);
        s->depth--;
        if (st != REB_OK) s->tx_doomed = true;
        return st;
    }
    if (write && (s->flags & REB_OPEN_READ_ONLY)) return reb_fail(err, REB_E_DENIED, "%s is opened for reading only.", s->location);
    reb_status st = REB_OK;
    int64_t began_us = reb_monotonic_us();
    s->hold_count = 0;
    for (int attempt = 1;; attempt++) {
        unsigned known = s->hold_count;
        s->tx_again = false;
        st = reb_holds_take(s, err);
        if (st == REB_OK) st = run_once(s, write, work, ctx, err);
        reb_holds_drop(s);
        if (st == REB_OK || !s->tx_again) break;
        if (attempt >= 10 && reb_monotonic_us() - began_us >= s->wait_ms * 1000) break;
        if (s->hold_count == known) step_aside(s, attempt); /* else it waits in the queue of what it met */
    }
    return st;
}

reb_status reb_store_write(reb_store *s, reb_work work, void *ctx, reb_err *err) {
    return transaction(s, true, work, ctx, err);
}

reb_status reb_store_read(reb_store *s, reb_work work, void *ctx, reb_err *err) {
    return transaction(s, false, work, ctx, err);
}

bool reb_store_inside(const reb_store *s) {
    return s->depth > 0;
}

/* A statement that failed inside a transaction dooms it, so that both engines behave as PostgreSQL must. */
static reb_status doom(reb_store *s, reb_status st) {
    if (st != REB_OK && s->depth > 0) s->tx_doomed = true;
    return st;
}

/* --- statements --------------------------------------------------------------------------------------------------------------- */

reb_status reb_exec(reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, int64_t *changed, reb_err *err) {
    return doom(s, s->ops->exec(s, (int)query, NULL, args, arg_count, changed, err));
}

reb_status reb_query(reb_stmt **out, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, reb_err *err) {
    *out = NULL;
    return doom(s, s->ops->query(out, s, (int)query, NULL, args, arg_count, err));
}

reb_status reb_exec_many(reb_store *s, reb_sql query, const reb_column *columns, size_t column_count, size_t row_count,
                         reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err) {
    if (changed != NULL) *changed = 0;
    if (row_count == 0) return REB_OK;
    return doom(s, s->ops->exec_many(s, (int)query, NULL, columns, column_count, row_count, each_row, ctx, changed, err));
}

reb_status reb_exec_raw(reb_store *s, const char *sql, const reb_arg *args, size_t arg_count, reb_err *err) {
    return doom(s, s->ops->exec(s, REB_SQL_RAW, sql, args, arg_count, NULL, err));
}

reb_status reb_query_raw(reb_stmt **out, reb_store *s, const char *sql, const reb_arg *args, size_t arg_count, reb_err *err) {
    *out = NULL;
    return doom(s, s->ops->query(out, s, REB_SQL_RAW, sql, args, arg_count, err));
}

reb_status reb_exec_many_raw(reb_store *s, const char *sql, const reb_column *columns, size_t column_count, size_t row_count,
                             reb_err *err) {
    if (row_count == 0) return REB_OK;
    return doom(s, s->ops->exec_many(s, REB_SQL_RAW, sql, columns, column_count, row_count, NULL, NULL, NULL, err));
}

reb_status reb_step(reb_stmt *st, bool *row, reb_err *err) {
    *row = false;
    return doom(st->store, st->store->ops->step(st, row, err));
}

void reb_stmt_close(reb_stmt *st) {
    if (st != NULL) st->store->ops->stmt_close(st);
}

int64_t reb_col_i64(reb_stmt *st, int column) {
    return st->store->ops->col_i64(st, column);
}

double reb_col_f64(reb_stmt *st, int column) {
    return st->store->ops->col_f64(st, column);
}

const char *reb_col_text(reb_stmt *st, int column) {
    return st->store->ops->col_text(st, column);
}

bool reb_col_null(reb_stmt *st, int column) {
    return st->store->ops->col_null(st, column);
}

reb_status reb_get_i64(int64_t *value, bool *found, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *value = 0;
    reb_status st = reb_query(&q, s, query, args, arg_count, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) *value = reb_col_i64(q, 0);
    reb_stmt_close(q);
    if (found != NULL) *found = row;
    return st;
}

reb_status reb_store_integrity(int64_t *problems, char *first, size_t size, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *problems = 0;
    if (size > 0) first[0] = '\0';
    if (reb_store_engine(s) != REB_ENGINE_SQLITE) return REB_OK;
    reb_status st = reb_query_raw(&q, s, "select integrity_check from pragma_integrity_check(100)", REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *text = reb_col_text(q, 0);
        if (text == NULL || strcmp(text, "ok") == 0) continue;
        if (++*problems > 1 || size == 0) continue;
        const char *said = strstr(text, "***\n"); /* "*** in database main ***" stands before the first one */
        snprintf(first, size, "%s", said != NULL ? said + 4 : text);
        first[strcspn(first, "\n")] = '\0';
    }
    reb_stmt_close(q);
    return st;
}

/* --- values ------------------------------------------------------------------------------------------------------------------- */

bool reb_store_utf8_valid(const char *text, size_t *length) {
    const unsigned char *p = (const unsigned char *)text;
    size_t n = strlen(text);
    const unsigned char *end = p + n;
    *length = n;
    while (p < end) {
        uint64_t eight = 0;
        if (end - p >= 8) memcpy(&eight, p, 8);
        if (end - p >= 8 && (eight & UINT64_C(0x8080808080808080)) == 0) { /* eight at a time: nearly all text is ASCII */
            p += 8;
            continue;
        }
        unsigned c = *p;
        if (c < 0x80) {
            p++;
            continue;
        }
        int more = c >= 0xC2 && c <= 0xDF ? 1 : (c & 0xF0) == 0xE0 ? 2 : c >= 0xF0 && c <= 0xF4 ? 3 : 0;
        if (more == 0) return false;
        for (int i = 1; i <= more; i++)
            if ((p[i] & 0xC0) != 0x80) return false; /* the NUL at the end is caught here */
        if ((c == 0xE0 && p[1] < 0xA0) || (c == 0xED && p[1] > 0x9F) || (c == 0xF0 && p[1] < 0x90) || (c == 0xF4 && p[1] > 0x8F))
            return false;
        p += more + 1;
    }
    return true;
}

reb_status reb_store_check_f64(double *value, reb_err *err) {
    if (!isfinite(*value)) return reb_fail(err, REB_E_INTERNAL, "A number that is not finite was to be stored.");
    if (*value == 0.0) *value = 0.0; /* -0.0 compares equal and becomes +0.0 */
    return REB_OK;
}
