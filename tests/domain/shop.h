/* A small shop for tests, written straight into the tables of either engine, and its tables as text. */
#ifndef REB_TESTS_SHOP_H
#define REB_TESTS_SHOP_H

#include "../../src/base/buf.h"
#include "../../src/base/rand.h"
#include "../../src/domain/derive.h"
#include "../../src/store/engine.h"
#include "../lib/pg.h"
#include "../lib/tap.h"

static char k_dir[] = "/tmp/rebound-shop.XXXXXX";
static const char *k_engine;
static const char *k_suite = "test_derive"; /* begins the names of databases on PostgreSQL */

static inline reb_store *fresh(const char *name) {
    static char path[1200];
    reb_err err = {0};
    reb_store *s = NULL;
    const char *where = path;
    snprintf(path, sizeof path, "%s/%s.db", k_dir, name);
    unlink(path);
    if (strcmp(k_engine, "pg") == 0) {
        char db[64];
        snprintf(db, sizeof db, "%s_%s", k_suite, name);
        where = pg_test_create(db);
    }
    if (reb_store_open(&s, where, REB_OPEN_CREATE, &err) != REB_OK) {
        OK(false, "%s opens: %s", k_engine, err.detail);
        exit(1);
    }
    return s;
}

static inline void run(reb_store *s, const char *sql, const reb_arg *args, size_t count) {
    reb_err err = {0};
    if (reb_exec_raw(s, sql, args, count, &err) != REB_OK) OK(false, "%s: %s", sql, err.detail);
}

static inline void customer(reb_store *s, int64_t id, int64_t head) {
    run(s, "insert into customer (customer_id, kind, head_id, merged_into, batch_id, created_us) values ($1, 'person', $2, $3, 1, 1)",
        REB_ARGS(reb_i(id), reb_i(head), reb_i(head != id ? head : 0)));
}

typedef struct told {
    int64_t customer_id, event_id;
    const char *kind;
    int64_t ref_id, day, amount_minor, cost_minor; /* cost < 0: not known */
    const char *currency;
} told;

static inline void event(reb_store *s, const told *e) {
    char ext[32];
    snprintf(ext, sizeof ext, "E%d", (int)e->event_id);
    run(s,
        "insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency,"
        " content_hash, data, batch_id, recorded_us) values ($1, $2, $3, 'shop', $4, $5, $6, $7, $8, $9, $10, 0, null, 1, 1)",
        REB_ARGS(reb_i(e->customer_id), reb_i(e->event_id), reb_t(e->kind), reb_t(ext), reb_i(e->ref_id),
                 reb_i(e->day * REB_US_PER_DAY + 3600 * REB_US_PER_SECOND), reb_i(e->day), reb_i(e->amount_minor),
                 e->cost_minor < 0 ? reb_null() : reb_i(e->cost_minor), reb_t(e->currency != NULL ? e->currency : "EUR")));
}

static inline void fact(reb_store *s, int64_t id, const char *name, int64_t batch, const char *value, int64_t observed_us) {
    run(s, "insert into customer_fact (customer_id, fact, batch_id, value, observed_us) values ($1, $2, $3, $4, $5)",
        REB_ARGS(reb_i(id), reb_t(name), reb_i(batch), reb_t(value), reb_i(observed_us)));
}

static inline void identity(reb_store *s, int64_t id, const char *kind, const char *value, int64_t contact, int64_t batch) {
    run(s, "insert into identity (customer_id, kind, source, value, shown, contact_id, batch_id) values ($1, $2, '', $3, $3, $4, $5)",
        REB_ARGS(reb_i(id), reb_t(kind), reb_t(value), reb_i(contact), reb_i(batch)));
}

/* All rows of a query as text. */
static inline char *dump(reb_store *s, const char *sql, int columns) {
    reb_buf b = {0};
    reb_err err = {0};
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query_raw(&q, s, sql, REB_NO_ARGS, &err);
    while (st == REB_OK && (st = reb_step(q, &row, &err)) == REB_OK && row)
        for (int c = 0; c < columns; c++) {
            const char *text = reb_col_text(q, c);
            reb_buf_printf(&b, "%s%s", text != NULL ? text : "-", c + 1 < columns ? " " : "\n");
        }
    if (st != REB_OK) printf("# %s\n", err.detail);
    reb_stmt_close(q);
    return b.data != NULL ? b.data : strdup("");
}

static inline void is_rows(reb_store *s, const char *sql, int columns, const char *want, const char *what) {
    char *got = dump(s, sql, columns);
    EQ_TEXT(got, want, what);
    free(got);
}

#define DAYS "select customer_id, day, order_count, amount_minor, cost_minor from purchase_day order by customer_id, day"
#define SUMS                                                                                                                               \
    "select customer_id, order_count, purchase_day_count, first_day, last_day, gross_minor, refunded_minor, net_minor from"                \
    " customer_summary order by customer_id"
#define WHO "select customer_id, kind, name, name_fold, email, phone, language, country from customer_summary order by customer_id"

typedef struct derive_ids {
    const int64_t *ids;
    size_t count;
    const reb_business *b;
} derive_ids;

static inline reb_status derive_work(reb_store *s, void *ctx, reb_err *err) {
    const derive_ids *d = ctx;
    return reb_derive_customers(s, d->b, d->ids, d->count, err);
}

static inline void derive(reb_store *s, const int64_t *ids, size_t count) {
    reb_err err = {0};
    derive_ids d = {.ids = ids, .count = count};
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, s, &err);
    d.b = b;
    if (st == REB_OK) st = reb_store_write(s, derive_work, &d, &err);
    if (st != REB_OK) OK(false, "derive: %s", err.detail);
    reb_business_free(b);
}

/* A few thousand customers with a life, the same on both engines. */
static inline void invent(reb_store *s, int customers) {
    reb_rand r = {.state = 42};
    static const char *const k_kinds[] = {"order", "order", "order", "order_part", "refund", "cancellation", "contact", "ticket"};
    int64_t next = 100000;
    for (int64_t c = 1; c <= customers; c++) {
        customer(s, c, c % 17 == 0 ? c - 1 : c);
        char name[64];
        snprintf(name, sizeof name, "\xD8\xB9\xD9\x84\xDB\x8C %d", (int)c);
        fact(s, c, "name", 1, name, (int64_t)reb_rand_below(&r, 5));
        if (c % 3 == 0) identity(s, c, "email", name, 0, 1);
        int64_t first = next;
        int n = (int)reb_rand_below(&r, 12);
        for (int i = 0; i < n; i++) {
            const char *kind = k_kinds[reb_rand_below(&r, 8)];
            bool refers = kind[0] != 'o' || strlen(kind) > 5;
            told e = {c,
                      next,
                      kind,
                      refers && next > first ? first + (int64_t)reb_rand_below(&r, (uint64_t)(next - first)) : 0,
                      10000 + (int64_t)reb_rand_below(&r, 300),
                      (int64_t)reb_rand_below(&r, 10000),
                      (int64_t)reb_rand_below(&r, 3000) - 300,
                      reb_rand_below(&r, 9) == 0 ? "USD" : "EUR"};
            event(s, &e);
            next++;
        }
    }
}

static inline reb_status invent_work(reb_store *s, void *ctx, reb_err *err) {
    (void)err;
    invent(s, *(int *)ctx);
    return REB_OK;
}

#endif
