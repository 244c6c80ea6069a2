/* Backup, restore and verify, from either engine into either engine. */
#include "shop.h"

#include "../../src/domain/verify.h"
#include "../../src/store/copy.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

/* Every table with every row and column as text, by what the migrations create. */
static char *dump_all(reb_store *s) {
    reb_buf all = {0};
    reb_err err = {0};
    for (size_t m = 0; reb_migrations[m].name != NULL; m++) {
        for (const char *p = reb_migrations[m].text; (p = strstr(p, "\ncreate table ")) != NULL;) {
            char table[64];
            char sql[160];
            reb_stmt *q = NULL;
            bool row = true;
            p += strlen("\ncreate table ");
            snprintf(table, sizeof table, "%.*s", (int)strcspn(p, " ("), p);
            snprintf(sql, sizeof sql, "select * from %s order by 1, 2", table);
            reb_buf_printf(&all, "%s\n", table);
            reb_status st = reb_query_raw(&q, s, sql, REB_NO_ARGS, &err);
            while (st == REB_OK && (st = reb_step(q, &row, &err)) == REB_OK && row) {
                for (int c = 0; c < s->ops->col_count(q); c++) {
                    double d = reb_col_f64(q, c);
                    bool real = strcmp(table, "score") == 0 && c > 2;
                    if (real) reb_buf_printf(&all, "%a|", d);
                    if (!real) reb_buf_printf(&all, "%s|", reb_col_text(q, c) != NULL ? reb_col_text(q, c) : "NULL");
                }
                reb_buf_char(&all, '\n');
            }
            if (st != REB_OK) printf("# %s: %s\n", table, err.detail);
            reb_stmt_close(q);
        }
    }
    return all.data;
}

static const char *file(const char *name) {
    static char path[4][1300];
    static int turn;
    turn = (turn + 1) % 4;
    snprintf(path[turn], sizeof path[0], "%s/%s", k_dir, name);
    return path[turn];
}

/* A shop with everything in it, and an import that says rightly what it wrote. */
static reb_store *furnished(const char *name, int customers) {
    reb_store *s = fresh(name);
    reb_err err = {0};
    int64_t *ids = calloc((size_t)customers, sizeof *ids);
    reb_store_write(s, invent_work, &customers, &err);
    run(s,
        "update event set ref_id = 0 where ref_id <> 0 and not exists (select 1 from event o where o.customer_id = event.customer_id and"
        " o.event_id = event.ref_id)",
        REB_NO_ARGS);
    run(s,
        "insert into event_line select customer_id, event_id, 1, 'a', 'Tea \"green\"', 1000, amount_minor, amount_minor, null from event"
        " where kind = 'order'",
        REB_NO_ARGS);
    for (int i = 0; i < customers; i++) ids[i] = i + 1;
    derive(s, ids, (size_t)customers);
    free(ids);
    run(s,
        "insert into score select customer_id, 1, 2, 0.1, 5e-324, 0.3, 1e308, 1.5, 0.25, 3, 4, 1.0 / 3.0 from customer_summary"
        " where purchase_day_count > 0",
        REB_NO_ARGS);
    reb_setting_set(NULL, s, "name", "Caf\xC3\xA9 '\xD8\xB4\xD8\xA7\xD9\x8A'", 7, &err);
    char counts[200];
    char *orders = dump(s, "select count(*) from event where kind = 'order'", 1);
    char *refunds = dump(s, "select count(*) from event where kind = 'refund'", 1);
    snprintf(counts, sizeof counts, "{\"orders\":%d,\"refunds\":%d,\"lines\":%d}", atoi(orders), atoi(refunds), atoi(orders));
    run(s,
        "insert into import_batch (batch_id, source, file_name, file_bytes, file_hash, format, mapping, state, resume_record, counts,"
        " started_us, finished_us) values (1, 'shop', 'orders.csv', 1, 'x', 'shopify', '{}', 'done', 1, $1, 1, null)",
        REB_ARGS(reb_t(counts)));
    free(orders);
    free(refunds);
    return s;
}

static int64_t problems(reb_verify_report *r, reb_store *s) {
    reb_err err = {0};
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, s, &err);
    if (st == REB_OK) st = reb_verify(r, s, b, NULL, NULL, &err);
    reb_business_free(b);
    if (st != REB_OK) printf("# verify: %s\n", err.detail);
    return st == REB_OK ? reb_verify_problems(r) : -1;
}

/* --- verify --------------------------------------------------------------------------------------------------------------------------- */

static void finds_damage(void) {
    static const struct {
        const char *sql, *words;
        reb_verify_check check;
        int64_t count;
    } k_damage[] = {
        {"update customer_summary set net_minor = net_minor + 1 where customer_id in (5, 6)", "2 customers", REB_VERIFY_DERIVED, 2},
        {"delete from customer_summary where customer_id = 5", "1 customers", REB_VERIFY_DERIVED, 1},
        {"update customer_summary set last_spoken_us = 5 where customer_id = 5", "differs", REB_VERIFY_DERIVED, 1},
        {"update purchase_day set cost_minor = null where customer_id = (select min(customer_id) from purchase_day where cost_minor > 0)",
         "differs", REB_VERIFY_DERIVED, 1},
        {"insert into purchase_day (customer_id, day, order_count, amount_minor) values (17, 1, 1, 1)", "purchase days are of no customer",
         REB_VERIFY_BELONGS, 1},
        {"insert into event_line select customer_id, 7, 1, '', '', 1, 1, 1, null from customer where customer_id = 3",
         "order lines are of no order", REB_VERIFY_BELONGS, 1},
        {"update event set ref_id = 5 where event_id = (select min(event_id) from event where kind = 'ticket')",
         "speak of an event that is not there", REB_VERIFY_BELONGS, 1},
        {"update event set batch_id = 99 where event_id = (select min(event_id) from event where kind = 'ticket')",
         "of an import that is not there", REB_VERIFY_BELONGS, 1},
        {"update customer set head_id = 4711, merged_into = 4711 where customer_id = 17", "merged into one that is not there",
         REB_VERIFY_BELONGS, 2}, /* and its merging leads nowhere */
        {"update customer set merged_into = 4 where customer_id = 17", "another head than their merging leads to", REB_VERIFY_BELONGS, 1},
        {"insert into customer_fact (customer_id, fact, batch_id, value, observed_us) values (4711, 'name', 1, 'x', 1)",
         "facts are of no customer", REB_VERIFY_BELONGS, 1},
        {"update import_batch set counts = '{\"orders\":1}'", "says it wrote 1 orders", REB_VERIFY_IMPORTS, 1},
        {"update import_batch set counts = 'not JSON'", "cannot be read", REB_VERIFY_IMPORTS, 1},
    };
    reb_verify_report r;
    reb_store *s = furnished("sound", 300);
    EQ_I64(problems(&r, s), 0, "a sound database has no problems");
    OK(r.heads == 300 - 300 / 17 && r.customers == 300 && r.imports == 1 && r.events > 1000, "%s: and says how much it checked", k_engine);
    reb_store_close(s);
    for (size_t i = 0; i < sizeof k_damage / sizeof k_damage[0]; i++) {
        s = furnished("sound", 100);
        run(s, k_damage[i].sql, REB_NO_ARGS);
        int64_t n = problems(&r, s);
        OK(n >= k_damage[i].count && r.problems[k_damage[i].check] == k_damage[i].count &&
               strstr(r.detail[k_damage[i].check], k_damage[i].words) != NULL,
           "%s: found: %s", k_engine, r.detail[k_damage[i].check]);
        if (n < 1) printf("# %s\n", k_damage[i].sql);
        reb_store_close(s);
    }
}

/* --- backup and restore ------------------------------------------------------------------------------------------------------------------
 */

typedef struct meanwhile {
    reb_store *other;
    int calls;
    int stop_at;
    reb_status wrote;
} meanwhile;

/* Somebody else writes while the backup runs. */
static bool write_meanwhile(void *ctx, int64_t done, int64_t total) {
    meanwhile *m = ctx;
    reb_err err = {0};
    m->calls++;
    if (m->other != NULL && m->calls == 1) m->wrote = reb_setting_set(NULL, m->other, "name", "written meanwhile", 9, &err);
    return done <= total && m->calls != m->stop_at;
}

static void same_everywhere(const char *backup, const char *want) {
    reb_err err = {0};
    reb_store *s = NULL;
    const char *to = file("restored.db");
    unlink(to);
    OK(reb_store_restore(to, backup, false, NULL, NULL, &err) == REB_OK, "%s: restored into SQLite %s", k_engine, err.detail);
    reb_store_open(&s, to, 0, &err);
    char *got = dump_all(s);
    OK(got != NULL && strcmp(got, want) == 0, "%s: the same rows to the last bit, in SQLite", k_engine);
    reb_verify_report r;
    EQ_I64(problems(&r, s), 0, "and sound");
    free(got);
    reb_store_close(s);
    if (getenv("REB_TEST_PG") == NULL) return;
    const char *uri = pg_test_create("test_verify_restored");
    OK(reb_store_restore(uri, backup, false, NULL, NULL, &err) == REB_OK, "%s: restored into PostgreSQL %s", k_engine, err.detail);
    OK(reb_store_restore(uri, backup, false, NULL, NULL, &err) == REB_E_CONFLICT, "%s: not over what is there: %s", k_engine, err.detail);
    OK(reb_store_restore(uri, backup, true, NULL, NULL, &err) == REB_OK, "%s: unless told to %s", k_engine, err.detail);
    reb_store_open(&s, uri, 0, &err);
    got = dump_all(s);
    OK(got != NULL && strcmp(got, want) == 0, "%s: the same rows to the last bit, in PostgreSQL", k_engine);
    free(got);
    reb_store_close(s);
}

static void backup(void) {
    reb_err err = {0};
    reb_store *s = furnished("backup", 3000);
    reb_store *other = NULL;
    char uri[1200];
    const char *path = file("copy.db");
    unlink(path);
    snprintf(uri, sizeof uri, "%s", strcmp(k_engine, "pg") == 0 ? pg_test_uri("test_verify_backup") : reb_store_location(s));
    reb_store_open(&other, uri, 0, &err);
    char *before = dump_all(s);
    meanwhile m = {.other = other, .wrote = REB_E_INTERNAL};
    int64_t bytes = 0;
    reb_status made = reb_store_backup(&bytes, s, path, false, write_meanwhile, &m, &err);
    OK(made == REB_OK && bytes > 100000 && m.calls > 1, "%s: backed up, %d steps %s", k_engine, m.calls, err.detail);
    OK(m.wrote == REB_OK, "%s: another one wrote meanwhile", k_engine);
    OK(reb_store_backup(NULL, s, path, false, NULL, NULL, &err) == REB_E_CONFLICT, "%s: a file that is there stays: %s", k_engine,
       err.detail);
    same_everywhere(path, before);
    m = (meanwhile){.stop_at = 1};
    const char *never = file("never.db");
    OK(reb_store_backup(NULL, s, never, false, write_meanwhile, &m, &err) == REB_E_INTERRUPTED && access(never, F_OK) != 0,
       "%s: a backup that is stopped leaves no file", k_engine);
    OK(reb_store_backup(NULL, s, path, true, NULL, NULL, &err) == REB_OK, "%s: and is replaced when told to %s", k_engine, err.detail);
    OK(reb_store_backup(NULL, s, "/nonexistent/b.db", false, NULL, NULL, &err) == REB_E_IO, "%s: a folder that is missing is told: %s",
       k_engine, err.detail);
    free(before);
    reb_store_close(other);
    reb_store_close(s);
}

static void copy_file(const char *from, const char *to, long cut, long spoil) {
    FILE *in = fopen(from, "rb");
    FILE *out = fopen(to, "wb");
    long at = 0;
    int c;
    while (in != NULL && out != NULL && (c = getc(in)) != EOF && (cut == 0 || at < cut)) {
        putc(spoil > 0 && at >= spoil && at < spoil + 3000 ? 0x5A : c, out);
        at++;
    }
    if (in != NULL) fclose(in);
    if (out != NULL) fclose(out);
}

/* Where the page lies at which a table's tree begins: a page that is in use, wherever the tables of later versions have moved it. */
static long page_of(const char *path, const char *table) {
    sqlite3 *db = NULL;
    sqlite3_stmt *q = NULL;
    long at = 0;
    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK &&
        sqlite3_prepare_v2(db, "SELECT (rootpage - 1) * page_size FROM sqlite_schema, pragma_page_size WHERE name = ?", -1, &q, NULL) ==
            SQLITE_OK &&
        sqlite3_bind_text(q, 1, table, -1, SQLITE_STATIC) == SQLITE_OK && sqlite3_step(q) == SQLITE_ROW)
        at = (long)sqlite3_column_int64(q, 0);
    sqlite3_finalize(q);
    sqlite3_close(db);
    return at;
}

static void refusals(void) {
    reb_err err = {0};
    k_engine = "sqlite";
    reb_store *s = furnished("old", 200);
    char *before = dump_all(s);
    char old[1200];
    snprintf(old, sizeof old, "%s", reb_store_location(s));
    const char *good = file("copy.db");
    const char *bad = file("bad.db");
    const char *to = file("from-bad.db");
    OK(reb_store_restore(old, good, true, NULL, NULL, &err) == REB_E_BUSY, "a database in use is not replaced: %s", err.detail);
    copy_file(good, bad, 0, page_of(good, "event"));
    reb_status st = reb_store_restore(to, bad, false, NULL, NULL, &err);
    OK(st == REB_E_STORE && access(to, F_OK) != 0, "a damaged backup is refused: %s", err.detail);
    copy_file(good, bad, 150000, 0);
    st = reb_store_restore(to, bad, false, NULL, NULL, &err);
    OK(st == REB_E_STORE && access(to, F_OK) != 0, "a backup cut short is refused: %s", err.detail);
    copy_file("Makefile", bad, 0, 0);
    st = reb_store_restore(to, bad, false, NULL, NULL, &err);
    OK(st == REB_E_CONFLICT && access(to, F_OK) != 0, "what is no backup is refused: %s", err.detail);
    OK(reb_store_restore(to, file("nothing.db"), false, NULL, NULL, &err) == REB_E_NOT_FOUND, "a missing backup is told: %s", err.detail);
    reb_store_close(s);
    OK(reb_store_restore(old, good, false, NULL, NULL, &err) == REB_E_CONFLICT, "nothing is replaced without being told: %s", err.detail);
    reb_store_open(&s, old, 0, &err);
    char *after = dump_all(s);
    OK(strcmp(before, after) == 0, "after all refusals the old database is as it was");
    free(after);
    reb_store_close(s);
    OK(reb_store_restore(old, good, true, NULL, NULL, &err) == REB_OK, "replaced when told to %s", err.detail);
    char kept[1300];
    snprintf(kept, sizeof kept, "%s.before-restore", old);
    reb_store_open(&s, kept, 0, &err);
    after = s != NULL ? dump_all(s) : NULL;
    OK(after != NULL && strcmp(before, after) == 0, "and the old one is kept beside %s", s == NULL ? err.detail : "");
    free(after);
    free(before);
    reb_store_close(s);
    copy_file(good, old, 0, 100); /* too damaged to open */
    OK(reb_store_restore(old, good, true, NULL, NULL, &err) == REB_OK, "a ruined database can be restored over %s", err.detail);
    OK(reb_store_open(&s, old, 0, &err) == REB_OK, "and opens again %s", err.detail);
    reb_store_close(s);
}

static void full_disk(void) {
    reb_err err = {0};
    k_engine = "sqlite";
    reb_store *s = furnished("roomy", 2000);
    char path[1300];
    snprintf(path, sizeof path, "%s", file("too-big.db"));
    reb_store_close(s);
    pid_t child = fork();
    if (child == 0) { /* no file may grow beyond 300 kB: to the backup that is a disk that is full */
        struct rlimit limit = {300000, 300000};
        signal(SIGXFSZ, SIG_IGN);
        reb_status st = reb_store_open(&s, file("roomy.db"), REB_OPEN_READ_ONLY, &err);
        setrlimit(RLIMIT_FSIZE, &limit);
        if (st == REB_OK) st = reb_store_backup(NULL, s, path, false, NULL, NULL, &err);
        fprintf(stderr, "# %s\n", err.detail);
        _exit(st == REB_E_IO ? 0 : 1);
    }
    int how = 0;
    waitpid(child, &how, 0);
    OK(WIFEXITED(how) && WEXITSTATUS(how) == 0, "a full disk is told");
    OK(access(path, F_OK) != 0, "and leaves no half backup");
}

static void damaged_page(void) {
    reb_err err = {0};
    reb_verify_report r;
    k_engine = "sqlite";
    reb_store *s = NULL;
    copy_file(file("copy.db"), file("rotten.db"), 0, page_of(file("copy.db"), "event"));
    reb_status st = reb_store_open(&s, file("rotten.db"), REB_OPEN_READ_ONLY, &err);
    OK(st == REB_OK && problems(&r, s) > 0 && r.problems[REB_VERIFY_FILE] > 0, "verify finds a damaged page: %s",
       s != NULL ? r.detail[REB_VERIFY_FILE] : err.detail);
    reb_store_close(s);
}

int main(void) {
    k_suite = "test_verify";
    if (mkdtemp(k_dir) == NULL) return 1;
    k_engine = "sqlite";
    finds_damage();
    backup();
    refusals();
    full_disk();
    damaged_page();
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        k_engine = "pg";
        finds_damage();
        backup();
    }
    test_folder_remove(k_dir);
    return tap_done();
}
