/* The store's interface, the same checks on SQLite and on PostgreSQL. */
#include "../../src/store/engine.h"
#include "../lib/pg.h"
#include "../lib/tap.h"

static char k_dir[] = "/tmp/rebound-store.XXXXXX";

static const char *where(const char *engine, const char *name) {
    static char path[1200];
    if (strcmp(engine, "sqlite") == 0) {
        snprintf(path, sizeof path, "%s/%s.db", k_dir, name);
        return path;
    }
    char db[64];
    snprintf(db, sizeof db, "test_store_%s", name);
    return pg_test_create(db);
}

static reb_store *fresh(const char *engine, const char *name) {
    reb_err err = {0};
    reb_store *s = NULL;
    if (reb_store_open(&s, where(engine, name), REB_OPEN_CREATE, &err) != REB_OK) {
        OK(false, "%s opens: %s", engine, err.detail);
        exit(1);
    }
    return s;
}

static void every_query_prepares(const char *engine) {
    reb_store *s = fresh(engine, "prepare");
    for (int q = 0; q < REB_SQL_COUNT; q++) {
        reb_err err = {0};
        reb_status st = s->ops->prepare(s, (reb_sql)q, &err);
        if (!OK(st == REB_OK, "%s prepares %s", engine, reb_sql_texts[q].name)) printf("# %s\n", err.detail);
    }
    reb_store_close(s);
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    every_query_prepares("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        every_query_prepares("pg");
    }
    return tap_done();
}
