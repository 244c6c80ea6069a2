/* The store's interface: the same checks on SQLite and on PostgreSQL. */
#include "../../src/base/buf.h"
#include "../../src/store/engine.h"
#include "../lib/pg.h"
#include "../lib/tap.h"

#include <float.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char k_dir[] = "/tmp/rebound-store.XXXXXX";
static const char *k_engine;

static const char *where(const char *name) {
    static char path[1200];
    if (strcmp(k_engine, "sqlite") == 0) {
        snprintf(path, sizeof path, "%s/%s.db", k_dir, name);
        return path;
    }
    char db[64];
    snprintf(db, sizeof db, "test_store_%s", name);
    return pg_test_uri(db);
}

static reb_store *must_open(const char *name, unsigned flags) {
    reb_err err = {0};
    reb_store *s = NULL;
    if (reb_store_open(&s, where(name), flags, &err) != REB_OK) {
        OK(false, "%s opens %s: %s", k_engine, name, err.detail);
        exit(1);
    }
    return s;
}

static reb_store *fresh(const char *name) {
    char db[64];
    snprintf(db, sizeof db, "test_store_%s", name);
    if (strcmp(k_engine, "sqlite") == 0) {
        unlink(where(name));
    } else {
        pg_test_create(db);
    }
    return must_open(name, REB_OPEN_CREATE);
}

static reb_status put(reb_store *s, const char *key, const char *value, reb_err *err) {
    return reb_exec(s, REB_SQL_SETTING_PUT, REB_ARGS(reb_t(key), reb_t(value), reb_i(1)), NULL, err);
}

static int64_t count(reb_store *s, const char *sql) {
    reb_err err = {0};
    reb_stmt *q = NULL;
    bool row = false;
    int64_t n = -1;
    if (reb_query_raw(&q, s, sql, REB_NO_ARGS, &err) == REB_OK && reb_step(q, &row, &err) == REB_OK && row) n = reb_col_i64(q, 0);
    if (n < 0) printf("# %s\n", err.detail);
    reb_stmt_close(q);
    return n;
}

/* --- queries and migrations -------------------------------------------------------------------------------------------------------- */

static void every_query_prepares(void) {
    reb_store *s = fresh("prepare");
    for (int q = 0; q < REB_SQL_COUNT; q++) {
        reb_err err = {0};
        reb_status st = s->ops->prepare(s, (reb_sql)q, &err);
        if (!OK(st == REB_OK, "%s prepares %s", k_engine, reb_sql_texts[q].name)) printf("# %s\n", err.detail);
    }
    reb_store_close(s);
}

static void migrations(void) {
    reb_err err = {0};
    reb_store *s = fresh("migrate");
    int64_t before = count(s, "select count(*) from schema_migration");
    OK(before > 0, "%s: the ledger names the migrations", k_engine);
    reb_store_close(s);
    s = must_open("migrate", REB_OPEN_CREATE);
    EQ_I64(count(s, "select count(*) from schema_migration"), before, "opened again: nothing is applied twice");
    reb_exec_raw(s, "insert into schema_migration (name, checksum) values ('9999_later.sql', 'x')", REB_NO_ARGS, &err);
    reb_store_close(s);
    OK(reb_store_open(&s, where("migrate"), REB_OPEN_CREATE, &err) == REB_E_CONFLICT && strstr(err.detail, "newer") != NULL,
       "%s: a database ahead of the program is refused: %s", k_engine, err.detail);

    s = fresh("migrate");
    reb_exec_raw(s, "update schema_migration set checksum = 'other' where name = $1", REB_ARGS(reb_t(reb_migrations[0].name)), &err);
    reb_store_close(s);
    OK(reb_store_open(&s, where("migrate"), 0, &err) == REB_E_CONFLICT && strstr(err.detail, "another form") != NULL,
       "%s: a changed migration is refused: %s", k_engine, err.detail);

    s = fresh("behind");
    reb_exec_raw(s, "delete from schema_migration", REB_NO_ARGS, &err);
    reb_store_close(s);
    OK(reb_store_open(&s, where("behind"), 0, &err) == REB_E_NOT_FOUND && strstr(err.next, "rebound init") != NULL,
       "%s: a database without our tables says how to begin: %s", k_engine, err.detail);
    OK(reb_store_open(&s, where("nowhere"), 0, &err) == REB_E_NOT_FOUND && err.next[0] != '\0', "%s: a missing database is told: %s",
       k_engine, err.detail);
}

/* --- values ------------------------------------------------------------------------------------------------------------------------- */

static reb_status score_row(reb_store *s, int64_t id, double d, reb_err *err) {
    return reb_exec_raw(s,
                        "insert into score (customer_id, fit_id, repeat_count, recency_days, observed_days, p_alive, expected_year,"
                        " spend_minor, margin_rate, value_minor, kept_minor, at_stake_minor) values ($1, 1, 1, $2, 1, 1, 1, 1, 1, 1, 1, 1)",
                        REB_ARGS(reb_i(id), reb_f(d)), err);
}

static void doubles_round_trip(void) {
    static const double k_values[] = {0.1,
                                      -0.1,
                                      5e-324,
                                      2.2250738585072009e-308,
                                      DBL_MIN,
                                      DBL_MAX,
                                      -DBL_MAX,
                                      9007199254740993.0,
                                      1.0 / 3.,
                                      1e15 + .3,
                                      4611686018427387904.0,
                                      123456789.0};
    reb_store *s = fresh("doubles");
    reb_err err = {0};
    size_t n = sizeof k_values / sizeof k_values[0];
    for (size_t i = 0; i < n; i++) score_row(s, (int64_t)i, k_values[i], &err);
    score_row(s, 100, -0.0, &err);
    OK(score_row(s, 101, NAN, &err) == REB_E_INTERNAL && score_row(s, 102, -INFINITY, &err) == REB_E_INTERNAL,
       "%s: a number that is not finite is refused", k_engine);
    reb_stmt *q = NULL;
    bool row = false;
    bool exact = true;
    reb_query_raw(&q, s, "select customer_id, recency_days from score where customer_id < 100 order by customer_id", REB_NO_ARGS, &err);
    for (size_t i = 0; i < n; i++) {
        double got = reb_step(q, &row, &err) == REB_OK && row ? reb_col_f64(q, 1) : NAN;
        if (memcmp(&got, &k_values[i], sizeof got) != 0) {
            exact = false;
            printf("# %.17g came back as %.17g\n", k_values[i], got);
        }
    }
    OK(exact, "%s: doubles come back bit for bit, denormals and extremes too", k_engine);
    reb_stmt_close(q);
    reb_query_raw(&q, s, "select recency_days from score where customer_id = 100", REB_NO_ARGS, &err);
    reb_step(q, &row, &err);
    OK(row && reb_col_f64(q, 0) == 0.0 && !signbit(reb_col_f64(q, 0)), "%s: -0.0 is kept as 0.0", k_engine);
    reb_stmt_close(q);
    reb_store_close(s);
}

static void hostile_values(void) {
    reb_store *s = fresh("hostile");
    reb_err err = {0};
    static const char *const k_texts[] = {"",
                                          "'; drop table setting; --",
                                          "\"\\%_$1 ''",
                                          "\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85 \xE2\x80\xAE 42%",
                                          "a\r\n\tb\x01",
                                          "\xF4\x8F\xBF\xBF"};
    for (size_t i = 0; i < sizeof k_texts / sizeof k_texts[0]; i++) {
        put(s, "k", k_texts[i], &err);
        reb_stmt *q = NULL;
        bool row = false;
        reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("k")), &err);
        reb_step(q, &row, &err);
        OK(row && strcmp(reb_col_text(q, 0), k_texts[i]) == 0, "%s: hostile text %zu comes back as it was", k_engine, i);
        reb_stmt_close(q);
    }
    static const char *const k_bad[] = {"\xFF", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "ab\xE2\x82"};
    bool refused = true;
    for (size_t i = 0; i < sizeof k_bad / sizeof k_bad[0]; i++) refused = refused && put(s, "bad", k_bad[i], &err) == REB_E_INPUT;
    OK(refused, "%s: text that is not UTF-8 is refused", k_engine);
    size_t big = 1 << 20;
    char *text = malloc(big + 1);
    memset(text, 'x', big);
    text[big] = '\0';
    put(s, "big", text, &err);
    EQ_I64(count(s, "select length(value) from setting where key = 'big'"), (int64_t)big, "a megabyte of text");
    free(text);
    int64_t extremes[] = {INT64_MIN, INT64_MAX, 0, -1};
    bool same = true;
    for (size_t i = 0; i < 4; i++) {
        reb_stmt *q = NULL;
        bool row = false;
        reb_exec(s, REB_SQL_SETTING_PUT, REB_ARGS(reb_t("n"), reb_t(""), reb_i(extremes[i])), NULL, &err);
        reb_query_raw(&q, s, "select changed_us, null from setting where key = $1", REB_ARGS(reb_t("n")), &err);
        reb_step(q, &row, &err);
        same =
            same && row && reb_col_i64(q, 0) == extremes[i] && reb_col_null(q, 1) && reb_col_text(q, 1) == NULL && reb_col_i64(q, 1) == 0;
        reb_stmt_close(q);
    }
    OK(same, "%s: the least and the greatest int64, and NULL", k_engine);
    put(s, "x", "1", &err);
    OK(reb_exec_raw(s, "insert into setting (key, value, changed_us) values ('x', '2', 1)", REB_NO_ARGS, &err) == REB_E_CONFLICT,
       "%s: a key twice is a conflict: %s", k_engine, err.detail);
    EQ_I64(
        count(s, "select cast(sum(amount) as bigint) from (select cast(9000000000000000000 as bigint) as amount union all select -1) as t"),
        INT64_C(8999999999999999999), "a sum of large integers is exact");
    EQ_I64(count(s, "select sum(changed_us) * 0 + sum(12345678901234567) from setting where key = 'x'"), INT64_C(12345678901234567),
           "PostgreSQL's numeric reads as an integer");
    static const char *const k_order[] = {"B", "a", "\xC3\xA9", "\xD8\xA7"};
    for (size_t i = 0; i < 4; i++) put(s, k_order[3 - i], "order", &err);
    reb_stmt *q = NULL;
    bool row = false;
    bool bytes = true;
    reb_query_raw(&q, s, "select key from setting where value = 'order' order by key", REB_NO_ARGS, &err);
    for (size_t i = 0; i < 4; i++) bytes = reb_step(q, &row, &err) == REB_OK && row && strcmp(reb_col_text(q, 0), k_order[i]) == 0 && bytes;
    OK(bytes, "%s: texts are ordered by their bytes", k_engine);
    reb_stmt_close(q);
    reb_store_close(s);
}

/* --- statements --------------------------------------------------------------------------------------------------------------------- */

static const char *many_sql(void) {
    return strcmp(k_engine, "sqlite") == 0 ? "insert into setting (key, value, changed_us) values ($1, $2, $3)"
                                           : "insert into setting (key, value, changed_us) select * from"
                                             " unnest($1::text[], $2::text[], $3::bigint[])";
}

static reb_status fill(reb_store *s, void *ctx, reb_err *err) {
    int n = *(int *)ctx;
    const char **keys = calloc((size_t)n, sizeof *keys);
    int64_t *at = calloc((size_t)n, sizeof *at);
    char(*text)[16] = calloc((size_t)n, sizeof *text);
    const char **values = calloc((size_t)n, sizeof *values);
    static char k_long[6001]; /* one row that alone is more than a buffer, so that rows put aside come by file, too */
    memset(k_long, 'v', sizeof k_long - 1);
    for (int i = 0; i < n; i++) {
        snprintf(text[i], sizeof text[i], "k%07d", i);
        keys[i] = text[i];
        values[i] = i == n - 2 ? k_long : "a value of some length, many of which do not fit into four megabytes";
        at[i] = i;
    }
    reb_column columns[] = {{.kind = REB_COL_TEXT, .text = keys}, {.kind = REB_COL_TEXT, .text = values}, {.kind = REB_COL_I64, .i64 = at}};
    reb_status st = reb_exec_many_raw(s, many_sql(), columns, 3, (size_t)n, err);
    free(keys);
    free(at);
    free(text);
    free(values);
    return st;
}

static reb_status interleave(reb_store *s, void *ctx, reb_err *err) {
    int *seen = ctx;
    reb_stmt *q = NULL;
    reb_stmt *same = NULL;
    bool row = true;
    *seen = 0;
    reb_status st = reb_query(&q, s, REB_SQL_SETTING_ALL, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        char key[16];
        snprintf(key, sizeof key, "k%07d", *seen);
        if (*seen % 20000 == 7) { /* the same query again, and a write, while the first is half read */
            st = reb_query(&same, s, REB_SQL_SETTING_ALL, REB_NO_ARGS, err);
            if (st == REB_OK) st = reb_step(same, &row, err);
            if (st == REB_OK && strcmp(reb_col_text(same, 0), "k0000000") != 0) st = REB_E_INTERNAL;
            reb_stmt_close(same);
            if (st == REB_OK) st = score_row(s, *seen, 1.5, err);
        }
        size_t length = strlen(reb_col_text(q, 1));
        if (strcmp(reb_col_text(q, 0), key) != 0 || reb_col_i64(q, 2) != *seen || (length != 6000 && length != 68)) st = REB_E_INTERNAL;
        ++*seen;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status look_up(reb_stmt *row, void *ctx, reb_err *err) {
    int64_t n = 0;
    bool found = false;
    char key[32];
    snprintf(key, sizeof key, "%s", reb_col_text(row, 0));
    reb_status st = reb_get_i64(&n, &found, row->store, REB_SQL_SETTING_GET, REB_ARGS(reb_t(key)), err);
    *(int *)ctx += found;
    return st;
}

/* Rows that a statement for many returns are seen one by one, and each may ask something else. */
static void rows_of_many(reb_store *s) {
    reb_err err = {0};
    static const char *const k_keys[] = {"k0000003", "k0000005", "none", "k0000009"};
    int found = 0;
    const reb_column column = {.kind = REB_COL_TEXT, .text = k_keys};
    const char *sql = strcmp(k_engine, "sqlite") == 0 ? "update setting set changed_us = 0 where key = $1 returning key"
                                                      : "update setting set changed_us = 0 where key = any($1::text[]) returning key";
    int64_t changed = 0;
    reb_status st = s->ops->exec_many(s, REB_SQL_RAW, sql, &column, 1, 4, look_up, &found, &changed, &err);
    OK(st == REB_OK && found == 3 && changed == 3, "%s: returned rows are seen, and each looks something up: %d, %d changed %s", k_engine,
       found, (int)changed, err.detail);
}

static void statements(void) {
    reb_store *s = fresh("many");
    reb_err err = {0};
    int n = 100000;
    int seen = 0;
    OK(reb_store_write(s, fill, &n, &err) == REB_OK, "%s: 100,000 rows in one call %s", k_engine, err.detail);
    OK(reb_store_write(s, interleave, &seen, &err) == REB_OK, "%s: statements run while another is read %s", k_engine, err.detail);
    EQ_I64(seen, n, "every row was seen, in order");
    EQ_I64(count(s, "select count(*) from score"), 5, "what was written meanwhile is there");
    rows_of_many(s);
    int64_t changed = -1;
    reb_exec(s, REB_SQL_SETTING_PUT, REB_ARGS(reb_t("k0000001"), reb_t("new"), reb_i(2)), &changed, &err);
    EQ_I64(changed, 1, "one row changed");
    OK(reb_exec(s, REB_SQL_SETTING_PUT, REB_ARGS(reb_t("a")), NULL, &err) != REB_OK, "%s: too few parameters: %s", k_engine, err.detail);
    reb_stmt *q = NULL;
    bool row = false;
    reb_query(&q, s, REB_SQL_SETTING_ALL, REB_NO_ARGS, &err); /* closed after one row of many */
    reb_step(q, &row, &err);
    reb_stmt_close(q);
    reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("k0000001")), &err);
    int rows = 0;
    for (int i = 0; i < 4; i++) rows += reb_step(q, &row, &err) == REB_OK && row;
    EQ_I64(rows, 1, "stepping on after the last row does not begin again");
    reb_stmt_close(q);
    bool found = true;
    int64_t v = 7;
    OK(reb_get_i64(&v, &found, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("no such key")), &err) == REB_OK && !found && v == 0,
       "%s: nothing found is told", k_engine);
    reb_store_close(s);
}

/* --- transactions -------------------------------------------------------------------------------------------------------------------- */

static reb_status write_then_fail(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    reb_status st = put(s, "undone", "1", err);
    return st == REB_OK ? reb_fail(err, REB_E_INPUT, "on purpose") : st;
}

static reb_status overlook(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    reb_err ignored = {0};
    put(s, "kept?", "1", err);
    put(s, NULL, "1", &ignored);
    return REB_OK;
}

static reb_status nested(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    return put(s, "nested", "1", err);
}

static reb_status outer(reb_store *s, void *ctx, reb_err *err) {
    reb_status st = reb_store_write(s, nested, ctx, err);
    return st == REB_OK ? reb_store_read(s, nested, ctx, err) : st;
}

static reb_status write_in_read(reb_store *s, void *ctx, reb_err *err) {
    return reb_store_write(s, nested, ctx, err);
}

static void transactions(void) {
    reb_store *s = fresh("tx");
    reb_err err = {0};
    OK(reb_store_write(s, write_then_fail, NULL, &err) == REB_E_INPUT, "%s: the error of the work comes back", k_engine);
    EQ_I64(count(s, "select count(*) from setting"), 0, "and nothing of it stays");
    OK(reb_store_write(s, overlook, NULL, &err) == REB_E_INTERNAL, "%s: an overlooked error rolls back", k_engine);
    EQ_I64(count(s, "select count(*) from setting"), 0, "nothing of that stays either");
    OK(reb_store_write(s, outer, NULL, &err) == REB_OK, "%s: transactions nest", k_engine);
    OK(reb_store_read(s, write_in_read, NULL, &err) == REB_E_INTERNAL, "%s: no write inside a read", k_engine);
    reb_store_close(s);
    s = must_open("tx", REB_OPEN_READ_ONLY);
    OK(reb_store_write(s, nested, NULL, &err) == REB_E_DENIED, "%s: read-only refuses a transaction: %s", k_engine, err.detail);
    OK(put(s, "k", "v", &err) == REB_E_DENIED, "%s: and a single write: %s", k_engine, err.detail);
    EQ_I64(count(s, "select count(*) from setting"), 1, "but reads");
    reb_store_close(s);
}

typedef struct rival {
    reb_store *other;
    reb_status got;
    int runs;
} rival;

/* The other connection writes the row that this transaction then wants. */
static reb_status hold_and_try(reb_store *s, void *ctx, reb_err *err) {
    rival *r = ctx;
    reb_err mine = {0};
    reb_status st = put(s, "shared", "mine", err);
    if (st == REB_OK) r->got = put(r->other, "shared", "theirs", &mine);
    return st;
}

static reb_status add_one(reb_store *s, void *ctx, reb_err *err) {
    rival *r = ctx;
    reb_err mine = {0};
    int64_t v = 0;
    r->runs++;
    reb_status st = reb_get_i64(&v, NULL, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("shared")), err);
    if (st == REB_OK && r->runs == 1) r->got = put(r->other, "shared", "41", &mine); /* after our snapshot */
    char text[24];
    snprintf(text, sizeof text, "%d", (int)v + 1);
    return st == REB_OK ? put(s, "shared", text, err) : st;
}

static void two_writers(void) {
    reb_store *a = fresh("two");
    reb_store *b = must_open("two", 0);
    reb_err err = {0};
    rival r = {.other = b};
    put(a, "shared", "1", &err);
    reb_store_busy_wait(b, 20, &err);
    OK(reb_store_write(a, hold_and_try, &r, &err) == REB_OK && r.got == REB_E_BUSY, "%s: the second writer waits, then is told busy (%s)",
       k_engine, reb_status_name(r.got));
    if (strcmp(k_engine, "pg") == 0) {
        r = (rival){.other = b};
        OK(reb_store_write(a, add_one, &r, &err) == REB_OK && r.runs == 2, "pg: a serialization failure is run again (%d runs) %s", r.runs,
           err.detail);
        int64_t v = 0;
        reb_get_i64(&v, NULL, a, REB_SQL_SETTING_GET, REB_ARGS(reb_t("shared")), &err);
        EQ_I64(v, 42, "and counts on what the other wrote");
    }
    reb_store_close(a);
    reb_store_close(b);
}

/* A thing that is held: whoever comes second waits for its turn before it has read anything. */
typedef struct holder {
    reb_store *other;
    int runs;
    reb_status got;
    char why[512];
} holder;

static reb_status hold_it(reb_store *s, void *ctx, reb_err *err) {
    holder *h = ctx;
    int64_t v = 0;
    h->runs++;
    reb_status st = reb_get_i64(&v, NULL, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("held")), err);
    if (st == REB_OK) st = reb_store_hold(s, "thing", 7, err);
    if (st == REB_OK) st = reb_store_hold(s, "thing", 7, err); /* twice is once */
    char text[24];
    snprintf(text, sizeof text, "%d", (int)v + 1);
    return st == REB_OK ? put(s, "held", text, err) : st;
}

static reb_status hold_and_let_try(reb_store *s, void *ctx, reb_err *err) {
    holder *h = ctx;
    holder mine = {0};
    reb_err why = {0};
    reb_status st = hold_it(s, &mine, err);
    if (st == REB_OK) h->got = reb_store_write(h->other, hold_it, h, &why);
    snprintf(h->why, sizeof h->why, "%s", why.detail);
    return st;
}

static reb_status hold_in_vain(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    return reb_store_hold(s, "thing", 7, err);
}

static void holds(void) {
    reb_store *a = fresh("holds");
    reb_store *b = must_open("holds", 0);
    reb_err err = {0};
    holder h = {.other = b};
    put(a, "held", "1", &err);
    OK(reb_store_hold(a, "thing", 7, &err) == REB_E_INTERNAL && reb_store_read(a, hold_in_vain, NULL, &err) == REB_E_INTERNAL,
       "%s: a thing is held within a write only", k_engine);
    reb_store_busy_wait(b, 20, &err);
    OK(reb_store_write(a, hold_and_let_try, &h, &err) == REB_OK && h.got == REB_E_BUSY, "%s: what one holds another waits for: %s",
       k_engine, h.why);
    OK(h.runs <= 1, "%s: and not within a transaction (%d)", k_engine, h.runs);
    h = (holder){0};
    err = (reb_err){0};
    OK(reb_store_write(b, hold_it, &h, &err) == REB_OK && h.runs == 1, "%s: it is free when the transaction has ended %s", k_engine,
       err.detail);
    int64_t v = 0;
    reb_get_i64(&v, NULL, a, REB_SQL_SETTING_GET, REB_ARGS(reb_t("held")), &err);
    EQ_I64(v, 3, "and both have counted");
    reb_store_close(a);
    reb_store_close(b);
}

static void leases(void) {
    reb_store *a = fresh("lease");
    reb_store *b = must_open("lease", 0);
    reb_err err = {0};
    reb_lease *one = NULL;
    reb_lease *two = NULL;
    OK(reb_lease_take(&one, a, "import", &err) == REB_OK, "%s: a lease is taken %s", k_engine, err.detail);
    OK(reb_lease_take(&two, b, "import", &err) == REB_E_BUSY && two == NULL, "%s: only once: %s", k_engine, err.detail);
    OK(reb_lease_take(&two, b, "fit", &err) == REB_OK, "%s: another name is another lease", k_engine);
    reb_lease_end(two);
    reb_lease_end(one);
    OK(reb_lease_take(&two, b, "import", &err) == REB_OK, "%s: ended, the next one has it", k_engine);
    reb_lease_end(two);
    int ready[2];
    if (pipe(ready) != 0) exit(1);
    pid_t child = fork();
    if (child == 0) {
        reb_store *mine = NULL;
        char c =
            reb_store_open(&mine, where("lease"), 0, &err) == REB_OK && reb_lease_take(&one, mine, "import", &err) == REB_OK ? 'y' : 'n';
        if (write(ready[1], &c, 1) != 1) _exit(1);
        for (;;) pause();
    }
    char c = 0;
    ssize_t got = read(ready[0], &c, 1);
    OK(got == 1 && c == 'y' && reb_lease_take(&one, a, "import", &err) == REB_E_BUSY, "%s: another process holds it", k_engine);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    reb_status st = REB_E_BUSY;
    for (int64_t until = reb_monotonic_us() + 120 * REB_US_PER_SECOND; st == REB_E_BUSY && reb_monotonic_us() < until;)
        st = reb_lease_take(&one, a, "import", &err); /* the server needs a moment to see that its client is gone */
    OK(st == REB_OK, "%s: killed, it lets go", k_engine);
    reb_lease_end(one);
    reb_store_close(a);
    reb_store_close(b);
}

/* --- accidents ----------------------------------------------------------------------------------------------------------------------- */

/* A child writes pairs of rows, a pair a transaction, and is killed; pairs must be whole and what it had reported must be there. */
static reb_status pair(reb_store *s, void *ctx, reb_err *err) {
    char key[32];
    snprintf(key, sizeof key, "a%06d", *(int *)ctx);
    reb_status st = put(s, key, "1", err);
    key[0] = 'b';
    return st == REB_OK ? put(s, key, "1", err) : st;
}

static void killed_while_writing(void) {
    reb_store *s = fresh("kill");
    reb_store_close(s);
    bool whole = true;
    bool kept = true;
    for (int round = 0; round < 5; round++) {
        int pipe_fd[2];
        if (pipe(pipe_fd) != 0) exit(1);
        pid_t child = fork();
        if (child == 0) {
            reb_err err = {0};
            close(pipe_fd[0]);
            if (reb_store_open(&s, where("kill"), 0, &err) != REB_OK) _exit(1);
            for (int i = round * 100000;; i++)
                if (reb_store_write(s, pair, &i, &err) != REB_OK || write(pipe_fd[1], &i, sizeof i) != (ssize_t)sizeof i) _exit(1);
        }
        close(pipe_fd[1]);
        int last = -1;
        for (int i = 0; i < 5 + round * 7; i++)
            if (read(pipe_fd[0], &last, sizeof last) != (ssize_t)sizeof last) break;
        kill(child, SIGKILL);
        while (read(pipe_fd[0], &last, sizeof last) == (ssize_t)sizeof last) {
        }
        close(pipe_fd[0]);
        waitpid(child, NULL, 0);
        s = must_open("kill", 0);
        char sql[200];
        snprintf(sql, sizeof sql, "select count(*) from setting where key = 'a%06d' or key = 'b%06d'", last, last);
        kept = kept && last >= 0 && count(s, sql) == 2;
        whole = whole && count(s, "select count(*) from setting a where key like 'a%' and not exists"
                                  " (select 1 from setting b where b.key = 'b' || substr(a.key, 2))") == 0;
        reb_store_close(s);
    }
    OK(kept, "%s: killed five times: what was acknowledged is there", k_engine);
    OK(whole, "%s: killed five times: only whole transactions", k_engine);
}

static void disk_full(void) {
    int n = 1000;
    reb_err err = {0};
    reb_store *s = fresh("full");
    reb_store_write(s, fill, &n, &err);
    reb_store_close(s);
    pid_t child = fork();
    if (child == 0) { /* no file may grow beyond 300 kB: to SQLite that is a failing disk */
        struct rlimit limit = {300000, 300000};
        signal(SIGXFSZ, SIG_IGN);
        setrlimit(RLIMIT_FSIZE, &limit);
        reb_err child_err = {0};
        if (reb_store_open(&s, where("full"), 0, &child_err) != REB_OK) _exit(2);
        reb_status st = REB_OK;
        for (int i = 0; i < 4000 && st == REB_OK; i++) {
            char key[300];
            snprintf(key, sizeof key, "full%0250d", i);
            st = put(s, key, key, &child_err);
        }
        _exit(st == REB_E_IO ? 0 : 1);
    }
    int how = 0;
    waitpid(child, &how, 0);
    OK(WIFEXITED(how) && WEXITSTATUS(how) == 0, "sqlite: a disk that takes no more is told as such");
    s = must_open("full", 0);
    EQ_I64(count(s, "select count(*) from setting where key like 'k%'"), n, "sqlite: the old rows are untouched");
    EQ_I64(count(s, "select count(*) from (select * from pragma_integrity_check where integrity_check <> 'ok') as t"), 0,
           "sqlite: and the file is sound");
    reb_store_close(s);
}

static void not_ours(void) {
    reb_err err = {0};
    reb_store *s = NULL;
    char path[1200];
    snprintf(path, sizeof path, "%s/notes.txt", k_dir);
    FILE *f = fopen(path, "w");
    fputs("These are my notes, and they are longer than a header of SQLite would be, which is what is being tested here.\n", f);
    fclose(f);
    OK(reb_store_open(&s, path, REB_OPEN_CREATE, &err) == REB_E_CONFLICT, "sqlite: a text file is refused: %s", err.detail);
    OK(reb_store_open(&s, k_dir, REB_OPEN_CREATE, &err) == REB_E_CONFLICT, "sqlite: a folder is refused: %s", err.detail);
    OK(reb_store_open(&s, "/nonexistent/x.db", REB_OPEN_CREATE, &err) == REB_E_IO, "sqlite: a missing folder is told: %s", err.detail);
}

static reb_status cut_within(reb_store *s, void *ctx, reb_err *err) {
    reb_store *other = ctx;
    reb_status st = put(s, "cut", "1", err);
    count(other,
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    return st == REB_OK ? put(s, "cut", "2", err) : st;
}

static void lost_connection(void) {
    reb_store *s = fresh("lost");
    reb_store *other = must_open("lost", 0);
    reb_err err = {0};
    put(s, "k", "5", &err);
    count(other,
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    for (int i = 0; i < 100000 && count(other, "select count(*) from pg_stat_activity where datname = current_database() and pid <> "
                                               "pg_backend_pid() and backend_type = 'client backend'") > 0;)
        i++;
    OK(put(s, "k", "7", &err) == REB_OK, "pg: a connection lost between two transactions is made again, unseen: %s", err.detail);
    OK(reb_store_write(s, cut_within, other, &err) == REB_E_IO, "pg: lost within a transaction: %s", err.detail);
    EQ_I64(count(s, "select count(*) from setting where key = 'cut'"), 0, "nothing of it was kept, and the store works on");
    reb_lease *lease = NULL;
    reb_lease_take(&lease, s, "import", &err);
    count(other,
          "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    put(s, "k", "8", &err);
    OK(put(s, "k", "9", &err) == REB_E_IO, "pg: with a lease the connection stays lost: somebody else may hold it by now");
    reb_lease_end(lease);
    OK(put(s, "k", "9", &err) == REB_OK, "pg: until the lease is given up");
    reb_store_close(s);
    reb_store_close(other);
    OK(reb_store_open(&s, "postgresql://u:secret@127.0.0.1:1/x?password=secret", 0, &err) == REB_E_IO &&
           strstr(err.detail, "secret") == NULL,
       "pg: an unreachable server, without the password: %s", err.detail);
    OK(reb_store_open(&s, "postgresql://u:secret@[x/y?no=1", 0, &err) == REB_E_USAGE && strstr(err.detail, "secret") == NULL,
       "pg: a bad URL, without the password: %s", err.detail);
}

/* --- one schema ----------------------------------------------------------------------------------------------------------------------- */

/* "table column family not-null" lines, keys and indexes, in one text an engine. */
static char *schema_text(reb_store *s, const char *const *queries) {
    reb_buf b = {0};
    reb_err err = {0};
    for (size_t i = 0; queries[i] != NULL; i++) {
        reb_stmt *q = NULL;
        bool row = true;
        reb_status st = reb_query_raw(&q, s, queries[i], REB_NO_ARGS, &err);
        while (st == REB_OK && (st = reb_step(q, &row, &err)) == REB_OK && row) reb_buf_printf(&b, "%s\n", reb_col_text(q, 0));
        if (st != REB_OK) printf("# %s\n", err.detail);
        reb_stmt_close(q);
    }
    return b.data;
}

static void schemas_agree(void) {
    static const char *const k_lite[] = {
        "select t.name || ' ' || c.name || ' ' || lower(c.type) || ' ' || c.\"notnull\" from pragma_table_list t join "
        "pragma_table_info(t.name) c"
        " where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%' order by t.name, c.cid",
        "select t.name || ' key ' || (select group_concat(name, ',') from (select name from pragma_table_info(t.name) where pk > 0 order "
        "by pk))"
        " from pragma_table_list t where t.schema = 'main' and t.type = 'table' and t.name not like 'sqlite%' order by t.name",
        "select i.name || ' ' || i.\"unique\" || ' ' || (select group_concat(name, ',') from (select name from pragma_index_info(i.name)"
        " order by seqno)) from pragma_table_list t join pragma_index_list(t.name) i where t.schema = 'main' and i.origin = 'c' order by "
        "i.name",
        NULL};
    static const char *const k_pg[] = {
        "select c.relname || ' ' || a.attname || ' ' || format_type(a.atttypid, null) || ' ' || a.attnotnull::int from pg_class c join"
        " pg_attribute a on a.attrelid = c.oid where c.relnamespace = current_schema()::regnamespace and c.relkind = 'r' and a.attnum > 0 "
        "and"
        " not a.attisdropped order by c.relname collate \"C\", a.attnum",
        "select c.relname || ' key ' || (select string_agg(a.attname, ',' order by k.n) from unnest(i.indkey) with ordinality k(att, n) "
        "join"
        " pg_attribute a on a.attrelid = c.oid and a.attnum = k.att) from pg_class c join pg_index i on i.indrelid = c.oid and "
        "i.indisprimary"
        " where c.relnamespace = current_schema()::regnamespace order by c.relname collate \"C\"",
        "select x.relname || ' ' || i.indisunique::int || ' ' || (select string_agg(a.attname, ',' order by k.n) from unnest(i.indkey) with"
        " ordinality k(att, n) join pg_attribute a on a.attrelid = c.oid and a.attnum = k.att) from pg_class c join pg_index i on"
        " i.indrelid = c.oid and not i.indisprimary join pg_class x on x.oid = i.indexrelid where c.relnamespace = "
        "current_schema()::regnamespace"
        " order by x.relname collate \"C\"",
        NULL};
    k_engine = "sqlite";
    reb_store *a = fresh("schema");
    k_engine = "pg";
    reb_store *b = fresh("schema");
    char *lite = schema_text(a, k_lite);
    char *pg = schema_text(b, k_pg);
    OK(lite != NULL && strstr(lite, "event customer_id bigint 1") != NULL, "the schema of SQLite was read");
    EQ_TEXT(pg, lite, "both engines have the same tables, columns, keys and indexes");
    EQ_I64(count(b, "select count(*) from pg_attribute a join pg_class c on c.oid = a.attrelid where c.relkind = 'r' and"
                    " c.relnamespace = current_schema()::regnamespace and a.atttypid = 25 and a.attcollation <> 950"),
           0, "every text of PostgreSQL is ordered by bytes");
    free(lite);
    free(pg);
    reb_store_close(a);
    reb_store_close(b);
}

static void everything(const char *engine) {
    k_engine = engine;
    every_query_prepares();
    migrations();
    doubles_round_trip();
    hostile_values();
    statements();
    transactions();
    two_writers();
    holds();
    leases();
    killed_while_writing();
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    everything("sqlite");
    disk_full();
    not_ours();
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        everything("pg");
        lost_connection();
        schemas_agree();
    }
    test_folder_remove(k_dir);
    return tap_done();
}
