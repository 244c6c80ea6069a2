/* Import beside raw inserts: the same rows into the same tables, prepared statements, the same batches, the same settings of SQLite; the
   raw side has them in memory already, reads no file, looks nobody up, and keeps purchase days and summaries by upserts that add. The goal
   is at least 85% of its rate. `bench_import pg` (bench_import_pg.sh): the same on PostgreSQL against the bare unnest statements (goal
   80%). */
#include "../src/app/import.h"

#include <inttypes.h>
#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

enum { ORDERS = 120000, CUSTOMERS = 40000, BATCH = 10000, ROUNDS = 3 };

static double wall(void) {
    return (double)reb_monotonic_us() / 1e6;
}

static double cpu(void) {
    struct rusage u;
    getrusage(RUSAGE_SELF, &u);
    return (double)u.ru_utime.tv_sec + (double)u.ru_stime.tv_sec + (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e6;
}

static void must(bool good, const char *what) {
    if (good) return;
    fprintf(stderr, "bench_import: %s failed\n", what);
    exit(1);
}

/* A shop's export: two to three lines an order, customers who come again, names and countries. */
static int64_t write_file(const char *path) {
    FILE *f = fopen(path, "wb");
    must(f != NULL, "writing the file");
    reb_rand r = {.state = 42};
    int64_t rows = 0;
    fputs("order no,date,customer email,customer name,country,product,sku,quantity,price\n", f);
    for (int i = 0; i < ORDERS; i++) {
        uint64_t customer = reb_rand_below(&r, CUSTOMERS);
        int64_t minute = (int64_t)i * 6 + (int64_t)reb_rand_below(&r, 6);
        int64_t day = minute / 1440 + 19000;
        int y;
        int mo;
        int d;
        reb_civil_from_day(day, &y, &mo, &d);
        uint64_t lines = 1 + reb_rand_below(&r, 4);
        for (uint64_t k = 0; k < lines; k++, rows++) {
            uint64_t sku = reb_rand_below(&r, 900);
            fprintf(f,
                    "%d,%04d-%02d-%02d %02d:%02d,c%" PRIu64 "@example.com,Customer %" PRIu64 ",GB,Article number %" PRIu64 ",A%" PRIu64
                    ",%" PRIu64 ",%" PRIu64 ".%02d\n",
                    100000 + i, y, mo, d, (int)(minute % 1440 / 60), (int)(minute % 60), customer, customer, sku, sku,
                    1 + reb_rand_below(&r, 3), 1 + reb_rand_below(&r, 60), (int)reb_rand_below(&r, 100));
        }
    }
    must(fclose(f) == 0, "writing the file");
    return rows;
}

static reb_import_counts run_import(const char *file, const char *db, double *seconds, double *cpu_seconds) {
    reb_store *s = NULL;
    reb_err err = {0};
    reb_arena arena = {0};
    reb_import_result r;
    must(reb_store_open(&s, db, REB_OPEN_CREATE, &err) == REB_OK, err.detail);
    reb_import_options opt = {.path = file, .clock = reb_clock_system()};
    double from = wall();
    double from_cpu = cpu();
    reb_status st = reb_import_run(&r, s, &opt, &arena, &err);
    *seconds = wall() - from;
    *cpu_seconds = cpu() - from_cpu;
    must(st == REB_OK, err.detail);
    reb_import_counts c = r.counts;
    reb_store_close(s);
    reb_arena_free(&arena);
    return c;
}

/* ---- the raw side: the rows of a store in memory, in the order in which they were written
 * ------------------------------------------------ */

typedef struct value {
    int type;
    int64_t i64;
    const char *text;
    int len;
} value;

typedef struct table {
    const char *select, *insert;
    int columns;
    value *cells;
    size_t rows;
    sqlite3_stmt *put;
    size_t next;
} table;

static table k_tables[] = {
    {.select = "select customer_id, kind, head_id, batch_id, created_us from customer order by customer_id",
     .insert = "insert into customer (customer_id, kind, head_id, batch_id, created_us) values (?, ?, ?, ?, ?)",
     .columns = 5},
    {.select = "select customer_id, kind, source, value, shown, contact_id, batch_id from identity order by customer_id",
     .insert = "insert into identity values (?, ?, ?, ?, ?, ?, ?)",
     .columns = 7},
    {.select = "select customer_id, fact, batch_id, value, observed_us from customer_fact order by customer_id",
     .insert = "insert into customer_fact values (?, ?, ?, ?, ?)",
     .columns = 5},
    {.select = "select customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency, "
               "content_hash, data,"
               " batch_id, recorded_us from event order by event_id",
     .insert = "insert into event values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
     .columns = 15},
    {.select = "select l.customer_id, l.event_id, l.line_no, l.sku, l.name, l.quantity_milli, l.price_minor, l.amount_minor, l.cost_minor"
               " from event_line l order by l.event_id, l.line_no",
     .insert = "insert into event_line values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
     .columns = 9},
};
enum { T_CUSTOMER, T_IDENTITY, T_FACT, T_EVENT, T_LINE, T_COUNT };

static void load(sqlite3 *db, reb_arena *a) {
    for (int t = 0; t < T_COUNT; t++) {
        table *b = &k_tables[t];
        sqlite3_stmt *q = NULL;
        size_t cap = 0;
        must(sqlite3_prepare_v2(db, b->select, -1, &q, NULL) == SQLITE_OK, b->select);
        while (sqlite3_step(q) == SQLITE_ROW) {
            if (b->rows == cap) b->cells = realloc(b->cells, (cap = cap == 0 ? 1024 : 2 * cap) * (size_t)b->columns * sizeof *b->cells);
            value *v = b->cells + b->rows++ * (size_t)b->columns;
            for (int c = 0; c < b->columns; c++) {
                v[c] = (value){.type = sqlite3_column_type(q, c), .i64 = sqlite3_column_int64(q, c)};
                if (v[c].type != SQLITE_TEXT) continue;
                v[c].len = sqlite3_column_bytes(q, c);
                v[c].text = reb_arena_strndup(a, (const char *)sqlite3_column_text(q, c), (size_t)v[c].len);
            }
        }
        sqlite3_finalize(q);
    }
}

static void put_row(table *b) {
    const value *v = b->cells + b->next++ * (size_t)b->columns;
    for (int c = 0; c < b->columns; c++) {
        if (v[c].type == SQLITE_INTEGER) {
            sqlite3_bind_int64(b->put, c + 1, v[c].i64);
        } else if (v[c].type == SQLITE_TEXT) {
            sqlite3_bind_text(b->put, c + 1, v[c].text, v[c].len, SQLITE_STATIC);
        } else {
            sqlite3_bind_null(b->put, c + 1);
        }
    }
    must(sqlite3_step(b->put) == SQLITE_DONE, b->insert);
    sqlite3_reset(b->put);
}

static int64_t cell(const table *b, size_t row, int column) {
    return b->cells[row * (size_t)b->columns + (size_t)column].i64;
}

/* One row of the file is one line of an order; a batch is 10,000 of them with what belongs to them. */
static void run_raw(const char *path, double *seconds, double *cpu_seconds) {
    reb_store *s = NULL;
    reb_err err = {0};
    sqlite3_stmt *day = NULL;
    sqlite3_stmt *summary = NULL;
    must(reb_store_open(&s, path, REB_OPEN_CREATE, &err) == REB_OK, err.detail);
    reb_store_close(s);
    sqlite3 *db = NULL;
    must(sqlite3_open(path, &db) == SQLITE_OK, "opening");
    must(sqlite3_exec(db,
                      "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on; pragma cache_size = -32768;"
                      "pragma wal_autocheckpoint = 8192; pragma journal_size_limit = 67108864",
                      NULL, NULL, NULL) == SQLITE_OK,
         "the same settings");
    for (int t = 0; t < T_COUNT; t++) {
        k_tables[t].next = 0;
        must(sqlite3_prepare_v2(db, k_tables[t].insert, -1, &k_tables[t].put, NULL) == SQLITE_OK, k_tables[t].insert);
    }
    must(sqlite3_prepare_v2(db,
                            "insert into purchase_day values (?1, ?2, 1, ?3, null) on conflict (customer_id, day) do update set"
                            " order_count = order_count + 1, amount_minor = amount_minor + excluded.amount_minor",
                            -1, &day, NULL) == SQLITE_OK,
         "the purchase day");
    must(sqlite3_prepare_v2(
             db,
             "insert into customer_summary values (?1, 'person', ?4, ?5, ?6, '', '', 'GB', 1, 1, ?2, ?2, ?3, 0, ?3, null, ?7)"
             " on conflict (customer_id) do update set order_count = order_count + 1, purchase_day_count = purchase_day_count + 1,"
             " last_day = max(last_day, excluded.last_day), gross_minor = gross_minor + excluded.gross_minor,"
             " net_minor = net_minor + excluded.net_minor, last_event_us = excluded.last_event_us",
             -1, &summary, NULL) == SQLITE_OK,
         "the summary");
    table *e = &k_tables[T_EVENT];
    table *l = &k_tables[T_LINE];
    double from = wall();
    double from_cpu = cpu();
    while (e->next < e->rows) {
        must(sqlite3_exec(db, "begin immediate", NULL, NULL, NULL) == SQLITE_OK, "begin");
        size_t end = l->next + BATCH;
        while (e->next < e->rows && l->next < end) {
            int64_t customer = cell(e, e->next, 0);
            int64_t event = cell(e, e->next, 1);
            bool fresh = false;
            char name[64] = "";
            for (int t = T_CUSTOMER; t <= T_FACT; t++) {
                table *b = &k_tables[t];
                while (b->next < b->rows && cell(b, b->next, 0) <= customer) {
                    fresh = true;
                    put_row(b);
                }
            }
            if (fresh) snprintf(name, sizeof name, "Customer %" PRId64, customer % CUSTOMERS);
            sqlite3_bind_int64(day, 1, customer);
            sqlite3_bind_int64(day, 2, cell(e, e->next, 7));
            sqlite3_bind_int64(day, 3, cell(e, e->next, 8));
            must(sqlite3_step(day) == SQLITE_DONE, "the purchase day");
            sqlite3_reset(day);
            sqlite3_bind_int64(summary, 1, customer);
            sqlite3_bind_int64(summary, 2, cell(e, e->next, 7));
            sqlite3_bind_int64(summary, 3, cell(e, e->next, 8));
            sqlite3_bind_text(summary, 4, name, -1, SQLITE_STATIC);
            sqlite3_bind_text(summary, 5, name, -1, SQLITE_STATIC);
            sqlite3_bind_text(summary, 6, name, -1, SQLITE_STATIC);
            sqlite3_bind_int64(summary, 7, cell(e, e->next, 6));
            must(sqlite3_step(summary) == SQLITE_DONE, "the summary");
            sqlite3_reset(summary);
            put_row(e);
            while (l->next < l->rows && cell(l, l->next, 1) == event) put_row(l);
        }
        must(sqlite3_exec(db, "commit", NULL, NULL, NULL) == SQLITE_OK, "commit");
    }
    *seconds = wall() - from;
    *cpu_seconds = cpu() - from_cpu;
    for (int t = 0; t < T_COUNT; t++) sqlite3_finalize(k_tables[t].put);
    sqlite3_finalize(day);
    sqlite3_finalize(summary);
    sqlite3_close(db);
}

/* ---- the same on PostgreSQL: the bare unnest statements, their arrays in memory already
 * ---------------------------------------------------- */

typedef struct arrays {
    reb_column columns[20];
    size_t width;
} arrays;

/* Columns of rows [from, to) of a table, as reb_exec_many takes them. */
static void slice(arrays *out, const table *b, size_t from, size_t to, const int *pick, size_t width, reb_arena *a) {
    size_t n = to - from;
    out->width = width;
    for (size_t c = 0; c < width; c++) {
        bool text = false;
        int64_t *i64 = reb_arena_zalloc(a, n + 1, sizeof *i64);
        const char **words = reb_arena_zalloc(a, n + 1, sizeof *words);
        bool *null = reb_arena_zalloc(a, n + 1, sizeof *null);
        for (size_t i = 0; i < n; i++) {
            const value *v = &b->cells[(from + i) * (size_t)b->columns + (size_t)pick[c]];
            i64[i] = v->i64;
            words[i] = v->text;
            null[i] = v->type == SQLITE_NULL;
            text |= v->type == SQLITE_TEXT;
        }
        if (pick[c] == 12 && b == &k_tables[T_EVENT]) text = true; /* data, mostly null */
        out->columns[c] =
            text ? (reb_column){.kind = REB_COL_TEXT, .text = words} : (reb_column){.kind = REB_COL_I64, .i64 = i64, .null = null};
    }
}

typedef struct pg_batch {
    size_t from[T_COUNT], to[T_COUNT];
    reb_arena arena;
} pg_batch;

static void many(reb_store *s, reb_sql q, const arrays *x, size_t n, reb_err *err) {
    must(reb_exec_many(s, q, x->columns, x->width, n, NULL, NULL, NULL, err) == REB_OK, err->detail);
}

static reb_status write_batch(reb_store *s, void *ctx, reb_err *err) {
    static const int customer[] = {0, 1, 3, 4};
    static const int identity[] = {0, 1, 2, 3, 4, 6};
    static const int fact[] = {0, 1, 2, 3, 4};
    static const int event[] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
    static const int line[] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    pg_batch *b = ctx;
    arrays x;
#define PUT(t, query, pick)                                                                                                                \
    slice(&x, &k_tables[t], b->from[t], b->to[t], pick, sizeof(pick) / sizeof *(pick), &b->arena);                                         \
    many(s, query, &x, b->to[t] - b->from[t], err)
    PUT(T_CUSTOMER, REB_SQL_INGEST_CUSTOMER, customer);
    PUT(T_IDENTITY, REB_SQL_INGEST_IDENTITY, identity);
    PUT(T_FACT, REB_SQL_INGEST_FACT, fact);
    PUT(T_EVENT, REB_SQL_INGEST_EVENT, event);
    PUT(T_LINE, REB_SQL_INGEST_LINE, line);
#undef PUT
    size_t n = b->to[T_EVENT] - b->from[T_EVENT];
    size_t fresh = b->to[T_CUSTOMER] - b->from[T_CUSTOMER];
    int64_t *zero = reb_arena_zalloc(&b->arena, n + fresh + 1, sizeof *zero);
    int64_t *one = reb_arena_zalloc(&b->arena, n + 1, sizeof *one);
    const char **none = reb_arena_zalloc(&b->arena, fresh + 1, sizeof *none);
    bool *null = reb_arena_zalloc(&b->arena, n + fresh + 1, sizeof *null);
    int64_t *id = reb_arena_zalloc(&b->arena, fresh + 1, sizeof *id);
    for (size_t i = 0; i < n + fresh; i++) null[i] = true;
    for (size_t i = 0; i < n; i++) one[i] = 1;
    for (size_t i = 0; i < fresh; i++) none[i] = "Customer", id[i] = cell(&k_tables[T_CUSTOMER], b->from[T_CUSTOMER] + i, 0);
    x.width = 17;
    x.columns[0] = (reb_column){.kind = REB_COL_I64, .i64 = id};
    for (size_t c = 1; c < 8; c++) x.columns[c] = (reb_column){.kind = REB_COL_TEXT, .text = none};
    for (size_t c = 8; c < 17; c++)
        x.columns[c] = (reb_column){.kind = REB_COL_I64, .i64 = zero, .null = c == 10 || c == 11 || c > 14 ? null : NULL};
    many(s, REB_SQL_DERIVE_PUT_SUMMARY, &x, fresh, err);
    /* One row a customer and day, one a customer, as an upsert demands. */
    static const int sums[] = {0, 7, 8, 6};
    slice(&x, &k_tables[T_EVENT], b->from[T_EVENT], b->to[T_EVENT], sums, 4, &b->arena);
    int64_t *customers = reb_arena_zalloc(&b->arena, n + 1, sizeof *customers);
    int64_t *first = reb_arena_zalloc(&b->arena, n + 1, sizeof *first);
    int64_t *amount = reb_arena_zalloc(&b->arena, n + 1, sizeof *amount);
    int64_t *last = reb_arena_zalloc(&b->arena, n + 1, sizeof *last);
    int64_t *orders = reb_arena_zalloc(&b->arena, n + 1, sizeof *orders);
    size_t m = 0;
    for (size_t i = 0; i < n; i++) { /* events of a batch are few for a customer: neighbours, since they are sorted */
        int64_t c = x.columns[0].i64[i];
        if (m > 0 && customers[m - 1] == c && first[m - 1] == x.columns[1].i64[i]) {
            orders[m - 1]++;
            amount[m - 1] += x.columns[2].i64[i];
            continue;
        }
        customers[m] = c;
        first[m] = x.columns[1].i64[i];
        amount[m] = x.columns[2].i64[i];
        last[m] = x.columns[3].i64[i];
        orders[m++] = 1;
    }
    const reb_column day[] = {{.kind = REB_COL_I64, .i64 = customers},
                              {.kind = REB_COL_I64, .i64 = first},
                              {.kind = REB_COL_I64, .i64 = orders},
                              {.kind = REB_COL_I64, .i64 = amount},
                              {.kind = REB_COL_I64, .i64 = zero, .null = null}};
    must(reb_exec_many(s, REB_SQL_INGEST_ADD_DAY, day, 5, m, NULL, NULL, NULL, err) == REB_OK, err->detail);
    const reb_column summary[] = {{.kind = REB_COL_I64, .i64 = customers}, {.kind = REB_COL_I64, .i64 = orders},
                                  {.kind = REB_COL_I64, .i64 = one},       {.kind = REB_COL_I64, .i64 = first},
                                  {.kind = REB_COL_I64, .i64 = first},     {.kind = REB_COL_I64, .i64 = amount},
                                  {.kind = REB_COL_I64, .i64 = last}};
    must(reb_exec_many(s, REB_SQL_INGEST_ADD_SUMMARY, summary, 7, m, NULL, NULL, NULL, err) == REB_OK, err->detail);
    return REB_OK;
}

static int by_customer_day(const void *x, const void *y) { /* rows of event: customer, then day */
    const value *a = x;
    const value *b = y;
    if (a[0].i64 != b[0].i64) return a[0].i64 < b[0].i64 ? -1 : 1;
    return a[7].i64 < b[7].i64 ? -1 : a[7].i64 > b[7].i64;
}

static double run_raw_pg(const char *uri) {
    reb_store *s = NULL;
    reb_err err = {0};
    pg_batch b = {.arena = {.block_bytes = 1 << 20}};
    table *e = &k_tables[T_EVENT];
    table *l = &k_tables[T_LINE];
    must(reb_store_open(&s, uri, REB_OPEN_CREATE, &err) == REB_OK, err.detail);
    double took = 0;
    while (b.to[T_EVENT] < e->rows) {
        memcpy(b.from, b.to, sizeof b.from);
        int64_t newest = 0;
        size_t end = b.from[T_LINE] + BATCH;
        while (b.to[T_EVENT] < e->rows && b.to[T_LINE] < end) {
            int64_t event = cell(e, b.to[T_EVENT], 1);
            if (cell(e, b.to[T_EVENT], 0) > newest) newest = cell(e, b.to[T_EVENT], 0);
            b.to[T_EVENT]++;
            while (b.to[T_LINE] < l->rows && cell(l, b.to[T_LINE], 1) == event) b.to[T_LINE]++;
        }
        for (int t = T_CUSTOMER; t <= T_FACT; t++)
            while (b.to[t] < k_tables[t].rows && cell(&k_tables[t], b.to[t], 0) <= newest) b.to[t]++;
        qsort(e->cells + b.from[T_EVENT] * (size_t)e->columns, b.to[T_EVENT] - b.from[T_EVENT], (size_t)e->columns * sizeof *e->cells,
              by_customer_day);
        double from = wall();
        must(reb_store_write(s, write_batch, &b, &err) == REB_OK, err.detail);
        took += wall() - from;
        reb_arena_reset(&b.arena);
    }
    reb_arena_free(&b.arena);
    reb_store_close(s);
    return took;
}

static void pg_run(const char *base, const char *sql) {
    PGconn *c = PQconnectdb(base);
    PGresult *r = PQexec(c, sql);
    must(PQresultStatus(r) == PGRES_COMMAND_OK, PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
}

static void bench_pg(const char *base, const char *file, int64_t rows) {
    char uri[2][1024];
    double best[2] = {1e9, 1e9};
    const char *at = strstr(base, "/postgres?");
    must(at != NULL, "REB_TEST_PG as the tests write it");
    for (int round = 0; round < ROUNDS; round++) {
        for (int side = 0; side < 2; side++) {
            char sql[200];
            snprintf(uri[side], sizeof uri[side], "%.*s/bench_%d%s", (int)(at - base), base, side, at + strlen("/postgres"));
            snprintf(sql, sizeof sql, "create database bench_%d", side);
            pg_run(base, sql);
        }
        double s = 0;
        double c = 0;
        must(run_import(file, uri[0], &s, &c).orders == ORDERS, "the counts");
        if (s < best[0]) best[0] = s;
        s = run_raw_pg(uri[1]);
        if (s < best[1]) best[1] = s;
        pg_run(base, "drop database bench_0 with (force)");
        pg_run(base, "drop database bench_1 with (force)");
    }
    printf("PostgreSQL, best of %d\n", ROUNDS);
    printf("  import  %8.0f rows/s   %.2f s wall\n", (double)rows / best[0], best[0]);
    printf("  raw     %8.0f rows/s   %.2f s wall (unnest statements alone)\n", (double)rows / best[1], best[1]);
    printf("  import at %.0f%% of the raw statements; goal 80%%\n", 100 * best[1] / best[0]);
}

static void remove_db(const char *path) {
    char more[300];
    unlink(path);
    snprintf(more, sizeof more, "%s-wal", path);
    unlink(more);
    snprintf(more, sizeof more, "%s-shm", path);
    unlink(more);
    snprintf(more, sizeof more, "%s-import.lock", path);
    unlink(more);
}

/* Without a word: SQLite. With the word pg: PostgreSQL at REB_TEST_PG. */
int main(int argc, char **argv) {
    const char *pg = argc > 1 && strcmp(argv[1], "pg") == 0 ? getenv("REB_TEST_PG") : NULL;
    int rounds = pg == NULL ? ROUNDS : 1;
    char dir[] = "/tmp/rebound-bench.XXXXXX";
    char file[200];
    char a[200];
    char b[200];
    must(mkdtemp(dir) != NULL, "a folder");
    snprintf(file, sizeof file, "%s/orders.csv", dir);
    snprintf(a, sizeof a, "%s/import.db", dir);
    snprintf(b, sizeof b, "%s/raw.db", dir);
    int64_t rows = write_file(file);
    double best[2] = {1e9, 1e9};
    double best_cpu[2] = {1e9, 1e9};
    reb_arena arena = {0};
    for (int round = 0; round < rounds; round++) { /* the two sides by turns, the best of each */
        double s = 0;
        double c = 0;
        reb_import_counts n = run_import(file, a, &s, &c);
        must(n.orders == ORDERS && n.lines == rows, "the counts");
        if (s < best[0]) best[0] = s;
        if (c < best_cpu[0]) best_cpu[0] = c;
        if (round == 0) {
            sqlite3 *db = NULL;
            must(sqlite3_open(a, &db) == SQLITE_OK, "reading back");
            load(db, &arena);
            sqlite3_close(db);
        }
        remove_db(a);
        run_raw(b, &s, &c);
        if (s < best[1]) best[1] = s;
        if (c < best_cpu[1]) best_cpu[1] = c;
        remove_db(b);
    }
    if (pg == NULL) {
        printf("%" PRId64 " rows, %d orders, %d customers; best of %d, SQLite\n", rows, ORDERS, CUSTOMERS, ROUNDS);
        printf("  import  %8.0f rows/s   %.2f s wall, %.2f s CPU\n", (double)rows / best[0], best[0], best_cpu[0]);
        printf("  raw     %8.0f rows/s   %.2f s wall, %.2f s CPU\n", (double)rows / best[1], best[1], best_cpu[1]);
        printf("  import at %.0f%% of raw inserts (CPU: %.0f%%); goal 85%%\n", 100 * best[1] / best[0], 100 * best_cpu[1] / best_cpu[0]);
    }
    if (pg != NULL) bench_pg(pg, file, rows);
    unlink(file);
    rmdir(dir);
    return 0;
}
