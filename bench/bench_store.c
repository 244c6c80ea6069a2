/* Speed of the store beside what the engine itself does with the same statements, and of deriving. One process, ratios of one run.
   SQLite: raw sqlite3 calls against the store, CPU and wall time. PostgreSQL only with REB_TEST_PG set, as tools/bench.sh does.
 */
#include "../src/base/buf.h"
#include "../src/base/clock.h"
#include "../src/base/rand.h"
#include "../src/domain/derive.h"
#include "../src/store/engine.h"
#include "../tests/lib/pg.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <time.h>

enum { ROWS = 200000, CHUNK = 10000, CUSTOMERS = 40000 };

#define EVENT                                                                                                                              \
    "insert into event (customer_id, event_id, kind, source, ext_id, ref_id, occurred_us, day, amount_minor, cost_minor, currency,"        \
    " content_hash, data, batch_id, recorded_us) "
#define VALUES "values ($1, $2, 'order', 'shop', $3, 0, $4, $5, $6, null, 'EUR', $2, null, 1, 1)"
#define UNNEST                                                                                                                             \
    "select c, e, 'order', 'shop', x, 0, o, d, a, null, 'EUR', e, null, 1, 1 from"                                                         \
    " unnest($1::bigint[], $2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::bigint[]) as t(c, e, x, o, d, a)"

static int64_t k_customer[ROWS], k_event[ROWS], k_at[ROWS], k_day[ROWS], k_amount[ROWS];
static char k_text[ROWS][16];
static const char *k_ext[ROWS];
static int64_t k_heads[CUSTOMERS];

static double now_s(void) {
    return (double)reb_monotonic_us() * 1e-6;
}

static void must(reb_status st, const reb_err *err) {
    if (st == REB_OK) return;
    fprintf(stderr, "bench_store: %s\n", err->detail);
    exit(1);
}

static void draw(void) {
    reb_rand r = {.state = 1};
    for (int i = 0; i < ROWS; i++) {
        k_customer[i] = 1 + (int64_t)reb_rand_below(&r, CUSTOMERS);
        k_event[i] = 1000000 + i;
        k_day[i] = 15000 + i * 1000 / ROWS;
        k_at[i] = k_day[i] * REB_US_PER_DAY;
        k_amount[i] = (int64_t)reb_rand_below(&r, 20000);
        snprintf(k_text[i], sizeof k_text[i], "#%d", 1000 + i);
        k_ext[i] = k_text[i];
    }
    for (int i = 0; i < CUSTOMERS; i++) k_heads[i] = i + 1;
}

typedef struct chunk {
    size_t from;
    bool derive;
    reb_business *b;
} chunk;

static reb_status put_chunk(reb_store *s, void *ctx, reb_err *err) {
    const chunk *c = ctx;
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = k_customer + c->from}, {.kind = REB_COL_I64, .i64 = k_event + c->from},
                                  {.kind = REB_COL_TEXT, .text = k_ext + c->from},    {.kind = REB_COL_I64, .i64 = k_at + c->from},
                                  {.kind = REB_COL_I64, .i64 = k_day + c->from},      {.kind = REB_COL_I64, .i64 = k_amount + c->from}};
    reb_status st = reb_exec_many_raw(s, reb_store_engine(s) == REB_ENGINE_PG ? EVENT UNNEST : EVENT VALUES, columns, 6, CHUNK, err);
    return st == REB_OK && c->derive ? reb_derive_customers(s, c->b, k_customer + c->from, CHUNK, err) : st;
}

static reb_status put_customers(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    reb_status st = REB_OK;
    for (size_t at = 0; at < CUSTOMERS && st == REB_OK; at += CHUNK) {
        const reb_column column = {.kind = REB_COL_I64, .i64 = k_heads + at};
        st = reb_exec_many_raw(
            s,
            reb_store_engine(s) == REB_ENGINE_PG
                ? "insert into customer (customer_id, kind, head_id, batch_id, created_us) select c, 'person', c, 1, 1 from"
                  " unnest($1::bigint[]) as t(c)"
                : "insert into customer (customer_id, kind, head_id, batch_id, created_us) values ($1, 'person', $1, 1, 1)",
            &column, 1, CHUNK, err);
    }
    return st;
}

static double through_the_store(const char *where, bool derive) {
    reb_err err = {0};
    reb_store *s = NULL;
    chunk c = {.derive = derive};
    must(reb_store_open(&s, where, REB_OPEN_CREATE, &err), &err);
    must(reb_store_write(s, put_customers, NULL, &err), &err);
    must(reb_business_load(&c.b, s, &err), &err);
    double start = now_s();
    for (c.from = 0; c.from < ROWS; c.from += CHUNK) must(reb_store_write(s, put_chunk, &c, &err), &err);
    double took = now_s() - start;
    reb_business_free(c.b);
    reb_store_close(s);
    return took;
}

/* The same rows by sqlite3's own calls, in a file with the same schema and the same settings. */
static double raw_sqlite(const char *path) {
    reb_err err = {0};
    reb_store *s = NULL;
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    must(reb_store_open(&s, path, REB_OPEN_CREATE, &err), &err);
    must(reb_store_write(s, put_customers, NULL, &err), &err);
    reb_store_close(s);
    sqlite3_open(path, &db);
    sqlite3_exec(db, "pragma journal_mode=wal; pragma synchronous=full; pragma cache_size=-32768; pragma wal_autocheckpoint=32768", NULL,
                 NULL, NULL);
    sqlite3_prepare_v2(db, EVENT VALUES, -1, &st, NULL);
    double start = now_s();
    for (int i = 0; i < ROWS; i++) {
        if (i % CHUNK == 0) sqlite3_exec(db, "begin immediate", NULL, NULL, NULL);
        sqlite3_bind_int64(st, 1, k_customer[i]);
        sqlite3_bind_int64(st, 2, k_event[i]);
        sqlite3_bind_text(st, 3, k_ext[i], -1, SQLITE_STATIC);
        sqlite3_bind_int64(st, 4, k_at[i]);
        sqlite3_bind_int64(st, 5, k_day[i]);
        sqlite3_bind_int64(st, 6, k_amount[i]);
        sqlite3_step(st);
        sqlite3_reset(st);
        if (i % CHUNK == CHUNK - 1) sqlite3_exec(db, "commit", NULL, NULL, NULL);
    }
    double took = now_s() - start;
    sqlite3_finalize(st);
    sqlite3_close(db);
    return took;
}

/* One column of a chunk as PostgreSQL writes an array. */
static char *array_text(const int64_t *numbers, const char *const *texts, size_t from) {
    reb_buf b = {0};
    reb_buf_char(&b, '{');
    for (size_t i = from; i < from + CHUNK; i++) {
        if (i > from) reb_buf_char(&b, ',');
        if (texts != NULL) reb_buf_printf(&b, "\"%s\"", texts[i]);
        if (texts == NULL) reb_buf_printf(&b, "%" PRId64, numbers[i]);
    }
    reb_buf_char(&b, '}');
    return b.data;
}

/* The same rows by libpq alone: one prepared statement a chunk, its arrays written beforehand. */
static double raw_pg(const char *uri) {
    reb_err err = {0};
    reb_store *s = NULL;
    double took = 0;
    must(reb_store_open(&s, uri, REB_OPEN_CREATE, &err), &err);
    must(reb_store_write(s, put_customers, NULL, &err), &err);
    reb_store_close(s);
    PGconn *db = PQconnectdb(uri);
    PQclear(PQprepare(db, "q", EVENT UNNEST, 0, NULL));
    for (size_t from = 0; from < ROWS; from += CHUNK) {
        char *values[] = {array_text(k_customer, NULL, from), array_text(k_event, NULL, from), array_text(NULL, k_ext, from),
                          array_text(k_at, NULL, from),       array_text(k_day, NULL, from),   array_text(k_amount, NULL, from)};
        const char *sent[6];
        for (int i = 0; i < 6; i++) sent[i] = values[i];
        double start = now_s();
        PQclear(PQexec(db, "begin isolation level repeatable read"));
        PGresult *r = PQexecPrepared(db, "q", 6, sent, NULL, NULL, 0);
        if (PQresultStatus(r) != PGRES_COMMAND_OK) fprintf(stderr, "bench_store: %s", PQerrorMessage(db));
        PQclear(r);
        PQclear(PQexec(db, "commit"));
        took += now_s() - start;
        for (int i = 0; i < 6; i++) free(values[i]);
    }
    PQfinish(db);
    return took;
}

static void points(const char *path) {
    reb_err err = {0};
    reb_store *s = NULL;
    sqlite3 *db = NULL;
    sqlite3_stmt *st = NULL;
    enum { N = 300000 };
    int64_t sum = 0;
    sqlite3_open(path, &db);
    sqlite3_prepare_v2(db, "select value from setting where key = $1", -1, &st, NULL);
    sqlite3_exec(db, "begin", NULL, NULL, NULL);
    double start = now_s();
    for (int i = 0; i < N; i++) {
        sqlite3_bind_text(st, 1, "currency", -1, SQLITE_STATIC);
        sum += sqlite3_step(st) == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 1;
        sqlite3_reset(st);
    }
    double raw = now_s() - start;
    sqlite3_finalize(st);
    sqlite3_close(db);
    must(reb_store_open(&s, path, 0, &err), &err);
    must(reb_exec_raw(s, "begin", REB_NO_ARGS, &err), &err);
    start = now_s();
    for (int i = 0; i < N; i++) {
        int64_t v = 0;
        must(reb_get_i64(&v, NULL, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("currency")), &err), &err);
        sum += v;
    }
    double ours = now_s() - start;
    must(reb_exec_raw(s, "commit", REB_NO_ARGS, &err), &err);
    reb_store_close(s);
    printf("point query      sqlite3 %.2f us, store %.2f us: %.0f%% of the raw rate (%" PRId64 ")\n", raw * 1e6 / N, ours * 1e6 / N,
           100 * raw / ours, sum);
}

static void rebuild(const char *where, const char *engine) {
    reb_err err = {0};
    reb_store *s = NULL;
    reb_business *b = NULL;
    int64_t heads = 0;
    must(reb_store_open(&s, where, 0, &err), &err);
    must(reb_business_load(&b, s, &err), &err);
    double start = now_s();
    must(reb_derive_all(&heads, s, b, NULL, NULL, &err), &err);
    double took = now_s() - start;
    printf("%-16s %" PRId64 " customers with %d events in %.2f s: %.0f customers/s\n", engine, heads, ROWS, took, (double)heads / took);
    reb_business_free(b);
    reb_store_close(s);
}

/* A new file a turn; the best of three turns, taken alternately, so that what else the machine does hits both alike. */
static void best(double *least, double took) {
    if (*least == 0 || took < *least) *least = took;
}

static void drop(const char *path) {
    static const char *const k_ends[] = {"", "-wal", "-shm"};
    for (int i = 0; i < 3; i++) {
        char name[256];
        snprintf(name, sizeof name, "%s%s", path, k_ends[i]);
        unlink(name);
    }
}

static void on_sqlite(const char *path) {
    double raw = 0;
    double ours = 0;
    for (int turn = 0; turn < 3; turn++) {
        best(&raw, raw_sqlite(path));
        drop(path);
        best(&ours, through_the_store(path, false));
        if (turn == 2) points(path);
        drop(path);
    }
    double derived = through_the_store(path, true);
    printf("insert, SQLite   sqlite3 %.0f rows/s, store %.0f rows/s: %.0f%% of the raw rate; with summaries %.0f rows/s\n", ROWS / raw,
           ROWS / ours, 100 * raw / ours, ROWS / derived);
    rebuild(path, "rebuild, SQLite");
    drop(path);
}

static void on_pg(void) {
    double raw = 0;
    double ours = 0;
    if (pg_test_uri("bench_store") == NULL) {
        printf("PostgreSQL       not measured: REB_TEST_PG is not set (make bench starts one)\n");
        return;
    }
    for (int turn = 0; turn < 3; turn++) {
        best(&raw, raw_pg(pg_test_create("bench_store")));
        best(&ours, through_the_store(pg_test_create("bench_store"), false));
    }
    const char *uri = pg_test_create("bench_store");
    double derived = through_the_store(uri, true);
    printf("insert, pg       libpq %.0f rows/s, store %.0f rows/s: %.0f%% of the raw rate (goal 80%%); with summaries %.0f rows/s\n",
           ROWS / raw, ROWS / ours, 100 * raw / ours, ROWS / derived);
    rebuild(uri, "rebuild, pg");
}

int main(void) {
    char dir[] = "/tmp/rebound-bench.XXXXXX";
    char path[64];
    if (mkdtemp(dir) == NULL) return 1;
    snprintf(path, sizeof path, "%s/bench.db", dir);
    draw();
    on_sqlite(path);
    on_pg();
    return rmdir(dir) == 0 ? 0 : 1;
}
