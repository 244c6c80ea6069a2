/* Import beside raw inserts: the same rows into the same tables, prepared statements, the same batches, the same settings of SQLite; the
   raw side has them in memory already, reads no file, looks nobody up, and keeps purchase days and summaries by upserts that add. The goal
   is at least 85% of its rate. With REB_TEST_PG the same on PostgreSQL against the bare unnest statements (goal 80%). */
#include "../src/app/import.h"

#include <inttypes.h>
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

int main(void) {
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
    for (int round = 0; round < ROUNDS; round++) { /* the two sides by turns, the best of each */
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
    unlink(file);
    rmdir(dir);
    printf("%" PRId64 " rows, %d orders, %d customers; best of %d, SQLite\n", rows, ORDERS, CUSTOMERS, ROUNDS);
    printf("  import  %8.0f rows/s   %.2f s wall, %.2f s CPU\n", (double)rows / best[0], best[0], best_cpu[0]);
    printf("  raw     %8.0f rows/s   %.2f s wall, %.2f s CPU\n", (double)rows / best[1], best[1], best_cpu[1]);
    printf("  import at %.0f%% of raw inserts (CPU: %.0f%%); goal 85%%\n", 100 * best[1] / best[0], 100 * best_cpu[1] / best_cpu[0]);
    return 0;
}
