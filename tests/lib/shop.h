/* A shop in a store of one's own, for tests of what is computed from purchases: customers and purchase days are written straight into the
   derived tables, on either engine. Include after tap.h and pg.h. */
#ifndef REB_TESTS_SHOP_H
#define REB_TESTS_SHOP_H

#include "../../src/store/engine.h"

#include <sys/stat.h>

typedef struct shop {
    reb_store *store;
    int64_t *pd_customer, *pd_day, *pd_orders, *pd_amount, *pd_cost;
    bool *pd_cost_null;
    size_t pd_count, pd_room;
    int64_t *id, *zero, *one;
    char (*name)[24];
    const char **name_at, **phone_at, **empty, **kind;
    size_t count, room;
} shop;

static inline void shop_must(reb_status st, const reb_err *err, const char *what) {
    if (st == REB_OK) return;
    OK(false, "%s: %s", what, err->detail);
    exit(1);
}

/* `engine`: "sqlite" or "pg". */
static inline void shop_open(shop *p, const char *engine, const char *name) {
    static char dir[] = "/tmp/rebound-shop.XXXXXX";
    static bool made;
    char where[1200];
    reb_err err = {0};
    *p = (shop){0};
    if (strcmp(engine, "pg") == 0) {
        snprintf(where, sizeof where, "%s", pg_test_create(name));
    } else {
        if (!made && mkdtemp(dir) == NULL) exit(1);
        made = true;
        snprintf(where, sizeof where, "%s/%s.db", dir, name);
    }
    shop_must(reb_store_open(&p->store, where, REB_OPEN_CREATE, &err), &err, "the store opens");
}

#define SHOP_GROW(p, field, room) (p)->field = realloc((p)->field, (room) * sizeof *(p)->field)

static inline void shop_customer(shop *p, int64_t id, const char *name) {
    if (p->count == p->room) {
        p->room = p->room ? p->room * 2 : 1024;
        SHOP_GROW(p, id, p->room);
        SHOP_GROW(p, zero, p->room);
        SHOP_GROW(p, one, p->room);
        SHOP_GROW(p, name, p->room);
        SHOP_GROW(p, name_at, p->room);
        SHOP_GROW(p, phone_at, p->room);
        SHOP_GROW(p, empty, p->room);
        SHOP_GROW(p, kind, p->room);
    }
    size_t i = p->count++;
    p->id[i] = id;
    p->zero[i] = 0;
    p->one[i] = 1;
    snprintf(p->name[i], sizeof p->name[i], "%s", name);
    p->phone_at[i] = "+441632960001";
    p->empty[i] = "";
    p->kind[i] = "person";
}

/* cost < 0: not known. Each (customer, day) at most once. */
static inline void shop_buys(shop *p, int64_t id, int64_t day, int64_t amount_minor, int64_t cost_minor) {
    if (p->pd_count == p->pd_room) {
        p->pd_room = p->pd_room ? p->pd_room * 2 : 1024;
        SHOP_GROW(p, pd_customer, p->pd_room);
        SHOP_GROW(p, pd_day, p->pd_room);
        SHOP_GROW(p, pd_orders, p->pd_room);
        SHOP_GROW(p, pd_amount, p->pd_room);
        SHOP_GROW(p, pd_cost, p->pd_room);
        SHOP_GROW(p, pd_cost_null, p->pd_room);
    }
    size_t i = p->pd_count++;
    p->pd_customer[i] = id;
    p->pd_day[i] = day;
    p->pd_orders[i] = 1;
    p->pd_amount[i] = amount_minor;
    p->pd_cost[i] = cost_minor;
    p->pd_cost_null[i] = cost_minor < 0;
}

static inline void shop_many(shop *p, const char *lite, const char *pg, const reb_column *columns, size_t width, size_t rows) {
    reb_err err = {0};
    const char *sql = reb_store_engine(p->store) == REB_ENGINE_SQLITE ? lite : pg;
    for (size_t at = 0; at < rows;) {
        reb_column part[16];
        size_t n = rows - at < 50000 ? rows - at : 50000;
        for (size_t c = 0; c < width; c++) {
            part[c] = columns[c];
            if (part[c].i64 != NULL) part[c].i64 += at;
            if (part[c].text != NULL) part[c].text += at;
            if (part[c].null != NULL) part[c].null += at;
        }
        shop_must(reb_exec_many_raw(p->store, sql, part, width, n, &err), &err, "rows are written");
        at += n;
    }
}

static reb_status shop_flush_work(reb_store *s, void *ctx, reb_err *err) {
    (void)s;
    (void)err;
    shop *p = ctx;
    for (size_t i = 0; i < p->count; i++) p->name_at[i] = p->name[i];
    reb_column days[] = {{.kind = REB_COL_I64, .i64 = p->pd_customer},
                         {.kind = REB_COL_I64, .i64 = p->pd_day},
                         {.kind = REB_COL_I64, .i64 = p->pd_orders},
                         {.kind = REB_COL_I64, .i64 = p->pd_amount},
                         {.kind = REB_COL_I64, .i64 = p->pd_cost, .null = p->pd_cost_null}};
    if (p->pd_count > 0)
        shop_many(p, "insert into purchase_day values ($1, $2, $3, $4, $5)",
                  "insert into purchase_day select * from unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])",
                  days, 5, p->pd_count);
    reb_column people[] = {{.kind = REB_COL_I64, .i64 = p->id}, {.kind = REB_COL_TEXT, .text = p->kind}};
    shop_many(p, "insert into customer (customer_id, kind, head_id, batch_id, created_us) values ($1, $2, $1, 1, 0)",
              "insert into customer (customer_id, kind, head_id, batch_id, created_us) select i, k, i, 1, 0 from unnest($1::bigint[], "
              "$2::text[]) as t(i, k)",
              people, 2, p->count);
    reb_column summaries[] = {
        {.kind = REB_COL_I64, .i64 = p->id}, {.kind = REB_COL_TEXT, .text = p->name_at}, {.kind = REB_COL_TEXT, .text = p->phone_at}};
    shop_many(p, "insert into customer_summary values ($1, 'person', $2, $2, '', $3, 'en', 'GB', 0, 0, null, null, 0, 0, 0, null, null)",
              "insert into customer_summary select i, 'person', n, n, '', f, 'en', 'GB', 0, 0, null, null, 0, 0, 0, null, null"
              " from unnest($1::bigint[], $2::text[], $3::text[]) as t(i, n, f)",
              summaries, 3, p->count);
    return REB_OK;
}

static inline void shop_flush(shop *p) {
    reb_err err = {0};
    if (p->count > 0) shop_must(reb_store_write(p->store, shop_flush_work, p, &err), &err, "the shop is written");
    p->count = 0;
    p->pd_count = 0;
}

static inline void shop_raw(shop *p, const char *sql) {
    reb_err err = {0};
    shop_must(reb_exec_raw(p->store, sql, REB_NO_ARGS, &err), &err, sql);
}

/* The orders behind the purchase days, for tests in which something is derived anew. */
static inline void shop_log(shop *p) {
    shop_raw(p,
             "insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency,"
             " content_hash, data, batch_id, recorded_us)"
             " select customer_id, customer_id * 100000 + day, 'order', 'test', cast(customer_id as text) || '-' || cast(day as text), 0,"
             " day * 86400000000 + 43200000000, day, amount_minor, cost_minor, 'EUR', 0, null, 1, 0 from purchase_day");
}

static inline void shop_close(shop *p) {
    reb_store_close(p->store);
    free(p->pd_customer);
    free(p->pd_day);
    free(p->pd_orders);
    free(p->pd_amount);
    free(p->pd_cost);
    free(p->pd_cost_null);
    free(p->id);
    free(p->zero);
    free(p->one);
    free(p->name);
    free(p->name_at);
    free(p->phone_at);
    free(p->empty);
    free(p->kind);
}

/* The CDNOW file: customer, yyyymmdd, CDs, dollars; same-day orders added. Only customers whose number is a multiple of `every`. */
static inline size_t shop_cdnow(shop *p, const char *path, int every) {
    FILE *f = fopen(path, "r");
    if (f == NULL) return 0;
    char line[256];
    long last_id = -1;
    long last_date = -1;
    double dollars = 0.0;
    size_t customers = 0;
    for (bool more = true; more;) {
        long id = -1;
        long date = -1;
        int cds = 0;
        double amount = 0.0;
        more = fgets(line, sizeof line, f) != NULL;
        if (more && sscanf(line, "%ld %ld %d %lf", &id, &date, &cds, &amount) != 4) continue;
        if (more && id % every != 0) continue;
        if (id == last_id && date == last_date) {
            dollars += amount;
            continue;
        }
        if (last_id > 0)
            shop_buys(p, last_id, reb_day_from_civil((int)(last_date / 10000), (int)(last_date / 100 % 100), (int)(last_date % 100)),
                      (int64_t)llround(dollars * 100.0), -1);
        if (more && id != last_id) {
            char name[24];
            snprintf(name, sizeof name, "%05ld", id);
            shop_customer(p, id, name);
            customers++;
        }
        last_id = id;
        last_date = date;
        dollars = amount;
    }
    fclose(f);
    shop_flush(p);
    return customers;
}

#endif
