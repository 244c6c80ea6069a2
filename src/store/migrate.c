/* Migrations: sql/migrations/NNNN_*.sql in order, each once, written down with its checksum in table `schema_migration`.
   One text for both engines: a line that ends in `-- @sqlite` or `-- @pg` is for that engine alone. On PostgreSQL every text column
   is compared by bytes (collate "C"), as SQLite does, so that both engines sort alike whatever the server's locale. */
#include "../base/buf.h"
#include "engine.h"

#include <ctype.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

enum { CHECKSUM_TEXT = 65 };

static bool ends_with(const char *line, size_t n, const char *mark) {
    size_t m = strlen(mark);
    return n >= m && strncmp(line + n - m, mark, m) == 0;
}

static bool word_at(const char *line, size_t n, size_t i, const char *word) {
    size_t m = strlen(word);
    if (i + m > n || strncmp(line + i, word, m) != 0) return false;
    bool before = i == 0 || !(isalnum((unsigned char)line[i - 1]) || line[i - 1] == '_');
    bool after = i + m == n || !(isalnum((unsigned char)line[i + m]) || line[i + m] == '_');
    return before && after;
}

static void add_line(reb_buf *out, reb_engine engine, const char *line, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i + 1 < n && line[i] == '-' && line[i + 1] == '-') break; /* comment */
        if (engine == REB_ENGINE_PG && word_at(line, n, i, "text")) {
            reb_buf_str(out, "text collate \"C\"");
            i += 3;
        } else {
            reb_buf_char(out, line[i]);
        }
    }
    reb_buf_char(out, '\n');
}

char *reb_migration_for(reb_engine engine, const char *text) {
    reb_buf out = {0};
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t n = end != NULL ? (size_t)(end - text) : strlen(text);
        bool lite = ends_with(text, n, "-- @sqlite");
        bool pg = ends_with(text, n, "-- @pg");
        if (!(engine == REB_ENGINE_PG ? lite : pg)) add_line(&out, engine, text, n);
        text += n + (end != NULL);
    }
    if (out.failed) {
        reb_buf_free(&out);
        return NULL;
    }
    return out.data != NULL ? out.data : strdup("");
}

static void checksum(char out[CHECKSUM_TEXT], const char *text) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)text, strlen(text));
    sodium_bin2hex(out, CHECKSUM_TEXT, hash, sizeof hash);
}

static size_t migration_count(void) {
    size_t n = 0;
    while (reb_migrations[n].name != NULL) n++;
    return n;
}

static reb_status ledger_exists(bool *exists, reb_store *s, reb_err *err) {
    const char *sql = reb_store_engine(s) == REB_ENGINE_PG
                          ? "select 1 from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
                            " where c.relname = 'schema_migration' and n.nspname = current_schema()"
                          : "select 1 from sqlite_master where type = 'table' and name = 'schema_migration'";
    reb_stmt *q = NULL;
    reb_status st = reb_query_raw(&q, s, sql, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, exists, err);
    reb_stmt_close(q);
    return st;
}

static reb_status changed_since(const reb_store *s, const char *name, reb_err *err) {
    reb_fail(err, REB_E_CONFLICT, "%s was made with another form of %s than this program carries.", s->location, name);
    reb_err_next(err, "Use the release that made it, or: rebound backup there and rebound restore here.");
    return REB_E_CONFLICT;
}

/* How many migrations are in; refuses a ledger that does not begin as ours does. */
static reb_status read_ledger(size_t *applied, reb_store *s, reb_err *err) {
    size_t known = migration_count();
    bool row = false;
    reb_stmt *q = NULL;
    *applied = 0;
    reb_status st = ledger_exists(&row, s, err);
    if (st != REB_OK || !row) return st;
    st = reb_query_raw(&q, s, "select name, checksum from schema_migration order by name", REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *name = reb_col_text(q, 0);
        char sum[CHECKSUM_TEXT] = "";
        if (*applied >= known) {
            st = reb_fail(err, REB_E_CONFLICT, "%s was made by a newer release of Rebound (it has %s).", s->location, name);
            reb_err_next(err, "Use that release, or a newer one.");
            break;
        }
        checksum(sum, reb_migrations[*applied].text);
        if (strcmp(name, reb_migrations[*applied].name) != 0 || strcmp(reb_col_text(q, 1), sum) != 0) {
            st = changed_since(s, reb_migrations[*applied].name, err);
            break;
        }
        ++*applied;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status apply_one(reb_store *s, const reb_migration_text *m, reb_err *err) {
    char sum[CHECKSUM_TEXT];
    checksum(sum, m->text);
    char *sql = reb_migration_for(reb_store_engine(s), m->text);
    if (sql == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for %s.", m->name);
    reb_status st = s->ops->script(s, sql, err);
    free(sql);
    if (st == REB_OK)
        st = reb_exec_raw(s, "insert into schema_migration (name, checksum) values ($1, $2)", REB_ARGS(reb_t(m->name), reb_t(sum)), err);
    return st;
}

static reb_status apply_missing(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    size_t applied = 0;
    size_t known = migration_count();
    reb_status st = read_ledger(&applied, s, err);
    if (st == REB_OK && applied == 0) {
        char *sql = reb_migration_for(reb_store_engine(s), "create table if not exists schema_migration (\n"
                                                           "name text not null primary key,\nchecksum text not null\n)\n");
        st = sql != NULL ? s->ops->script(s, sql, err) : reb_fail(err, REB_E_MEMORY, "No memory left.");
        free(sql);
    }
    for (size_t i = applied; i < known && st == REB_OK; i++) st = apply_one(s, &reb_migrations[i], err);
    return st;
}

reb_status reb_migrate(reb_store *s, reb_err *err) {
    size_t applied = 0;
    reb_status st = read_ledger(&applied, s, err);
    if (st != REB_OK || applied == migration_count()) return st;
    if (s->flags & REB_OPEN_CREATE) {
        /* Two programs may open a new database at once. SQLite's write lock keeps them apart; on PostgreSQL the second waits here,
           before its snapshot is taken, and then finds all done. */
        bool pg = reb_store_engine(s) == REB_ENGINE_PG;
        if (pg) st = s->ops->script(s, "select pg_advisory_lock(5927419836501)", err);
        if (st == REB_OK) st = reb_store_write(s, apply_missing, NULL, err);
        if (pg && st == REB_OK) st = s->ops->script(s, "select pg_advisory_unlock(5927419836501)", err);
        return st;
    }
    if (applied == 0) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no business in %s yet.", s->location);
        reb_err_next(err, "Start one with: rebound init --db %s", s->location);
        return REB_E_NOT_FOUND;
    }
    reb_fail(err, REB_E_CONFLICT, "%s was made by an older release of Rebound.", s->location);
    reb_err_next(err, "Back it up, then bring it up to date with: rebound init --db %s", s->location);
    return REB_E_CONFLICT;
}
