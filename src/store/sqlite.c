/* SQLite behind the store's interface: WAL, every commit on disk, one prepared statement kept for each query. */
#include "../base/rand.h"
#include "copy_internal.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#if __has_include("../../ext/sqlite/reb_sqlite.h")
#include "../../ext/sqlite/reb_sqlite.h"
#define HAVE_MATHEMATICS 1
#else
#define HAVE_MATHEMATICS 0
#endif

enum { MAX_PARAMS = 64, APPLICATION_ID = 0x52424E44 }; /* "RBND" */

typedef struct lite_stmt {
    reb_stmt base;
    sqlite3_stmt *handle;
    bool kept;                 /* in the store's table: reset, not freed, when closed */
    bool open;                 /* somebody is reading it */
    bool done;                 /* its last row has been read: stepping on must not begin again */
    int params;                /* $1..$params */
    int where[MAX_PARAMS + 1]; /* SQLite's index of $n */
} lite_stmt;

typedef struct lite_store {
    reb_store base;
    sqlite3 *db;
    lite_stmt *kept[REB_SQL_COUNT + 1];
    int64_t busy_us; /* since when it has been waiting for another writer */
} lite_store;

static lite_store *lite(reb_store *s) {
    return (lite_store *)s;
}

/* --- errors ------------------------------------------------------------------------------------------------------------------- */

static reb_status lite_fail(lite_store *s, int rc, const char *what, reb_err *err) {
    const char *why = sqlite3_errmsg(s->db);
    const char *where = s->base.location;
    switch (rc & 0xFF) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            reb_fail(err, REB_E_BUSY, "Another program is writing to %s just now.", where);
            reb_err_next(err, "Try again when it has finished.");
            return REB_E_BUSY;
        case SQLITE_FULL:
            reb_fail(err, REB_E_IO, "%s cannot grow: the disk is full.", where);
            reb_err_next(err, "Nothing was changed. Free some space and try again.");
            return REB_E_IO;
        case SQLITE_IOERR:
            reb_fail(err, REB_E_IO, "%s could not be read or written (%s).", where, why);
            reb_err_next(err, "Nothing was changed. Check the disk and try again.");
            return REB_E_IO;
        case SQLITE_CANTOPEN:
            reb_fail(err, REB_E_IO, "%s cannot be opened (%s).", where, why);
            reb_err_next(err, "Check the path, and the rights on the file and on its folder.");
            return REB_E_IO;
        case SQLITE_READONLY:
            reb_fail(err, REB_E_DENIED, "%s may not be written to (%s).", where, why);
            reb_err_next(err, "Check the rights on the file and on its folder.");
            return REB_E_DENIED;
        case SQLITE_NOTADB:
            reb_fail(err, REB_E_CONFLICT, "%s is not a database.", where);
            reb_err_next(err, "Name another file with --db.");
            return REB_E_CONFLICT;
        case SQLITE_CORRUPT:
            reb_fail(err, REB_E_STORE, "%s is damaged (%s).", where, why);
            reb_err_next(err, "Restore the last backup with: rebound restore FILE");
            return REB_E_STORE;
        case SQLITE_CONSTRAINT: return reb_fail(err, REB_E_CONFLICT, "%s: %s.", what, why);
        case SQLITE_NOMEM: return reb_fail(err, REB_E_MEMORY, "No memory left for the database.");
        case SQLITE_INTERRUPT: return reb_fail(err, REB_E_INTERRUPTED, "The work on the database was stopped.");
        case SQLITE_TOOBIG: return reb_fail(err, REB_E_LIMIT, "%s: a value is too large.", what);
        default: return reb_fail(err, REB_E_STORE, "%s: %s.", what, why);
    }
}

/* --- prepared statements -------------------------------------------------------------------------------------------------------- */

static const char *query_name(int query) {
    return query >= 0 ? reb_sql_texts[query].name : "statement";
}

static void free_stmt(lite_stmt *st) {
    if (st == NULL) return;
    sqlite3_finalize(st->handle);
    free(st);
}

/* Finds SQLite's index of each $n; a gap would leave a parameter silently NULL. */
static reb_status map_params(lite_stmt *st, const char *name, reb_err *err) {
    int count = sqlite3_bind_parameter_count(st->handle);
    for (int i = 1; i <= count; i++) {
        const char *p = sqlite3_bind_parameter_name(st->handle, i);
        char *end = NULL;
        long n = p != NULL && p[0] == '$' ? strtol(p + 1, &end, 10) : 0;
        if (n < 1 || n > MAX_PARAMS || *end != '\0')
            return reb_fail(err, REB_E_INTERNAL, "%s: a parameter is not $1..$%d.", name, MAX_PARAMS);
        st->where[n] = i;
        if (n > st->params) st->params = (int)n;
    }
    if (st->params != count) return reb_fail(err, REB_E_INTERNAL, "%s: a parameter below $%d is not used.", name, st->params);
    return REB_OK;
}

static reb_status make_stmt(lite_stmt **out, lite_store *s, int query, const char *text, unsigned flags, reb_err *err) {
    *out = NULL;
    lite_stmt *st = calloc(1, sizeof *st);
    if (st == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a statement.");
    st->base.store = &s->base;
    const char *rest = NULL;
    int rc = sqlite3_prepare_v3(s->db, text, -1, flags, &st->handle, &rest);
    reb_status status = rc == SQLITE_OK ? REB_OK : lite_fail(s, rc, query_name(query), err);
    if (status == REB_OK && st->handle == NULL) status = reb_fail(err, REB_E_INTERNAL, "%s is empty.", query_name(query));
    while (status == REB_OK && (*rest == ' ' || *rest == '\n' || *rest == ';')) rest++;
    if (status == REB_OK && *rest != '\0') status = reb_fail(err, REB_E_INTERNAL, "%s is more than one statement.", query_name(query));
    if (status == REB_OK) status = map_params(st, query_name(query), err);
    if (status != REB_OK) {
        free_stmt(st);
        return status;
    }
    *out = st;
    return REB_OK;
}

/* The kept statement when nobody reads it, else one of its own. */
static reb_status take_stmt(lite_stmt **out, lite_store *s, int query, const char *raw, reb_err *err) {
    *out = NULL;
    if (query == REB_SQL_RAW) return make_stmt(out, s, query, raw, 0, err);
    const char *text = reb_sql_texts[query].sqlite;
    if (text == NULL) return reb_fail(err, REB_E_INTERNAL, "Query %s is not written for SQLite.", query_name(query));
    lite_stmt *kept = s->kept[query];
    if (kept != NULL && kept->open) return make_stmt(out, s, query, text, 0, err);
    if (kept == NULL) {
        reb_status st = make_stmt(&kept, s, query, text, SQLITE_PREPARE_PERSISTENT, err);
        if (st != REB_OK) return st;
        kept->kept = true;
        s->kept[query] = kept;
    }
    *out = kept;
    return REB_OK;
}

static void give_stmt(lite_stmt *st) {
    if (st == NULL) return;
    if (!st->kept) {
        free_stmt(st);
        return;
    }
    sqlite3_reset(st->handle);
    sqlite3_clear_bindings(st->handle);
    st->open = false;
    st->done = false;
}

static reb_status bind_text(lite_stmt *st, int at, const char *text, bool copy, reb_err *err) {
    size_t n = 0;
    if (text == NULL) {
        sqlite3_bind_null(st->handle, at);
        return REB_OK;
    }
    if (!reb_store_utf8_valid(text, &n)) return reb_fail(err, REB_E_INPUT, "A text is not valid UTF-8 and cannot be stored.");
    int rc = sqlite3_bind_text64(st->handle, at, text, n, copy ? SQLITE_TRANSIENT : SQLITE_STATIC, SQLITE_UTF8);
    return rc == SQLITE_OK ? REB_OK : lite_fail(lite(st->base.store), rc, "binding", err);
}

static reb_status bind_f64(lite_stmt *st, int at, double value, reb_err *err) {
    reb_status status = reb_store_check_f64(&value, err);
    if (status == REB_OK) sqlite3_bind_double(st->handle, at, value);
    return status;
}

static reb_status check_count(const lite_stmt *st, int query, size_t count, reb_err *err) {
    if (count == (size_t)st->params) return REB_OK;
    return reb_fail(err, REB_E_INTERNAL, "%s takes %d parameters, not %zu.", query_name(query), st->params, count);
}

static reb_status bind_args(lite_stmt *st, int query, const reb_arg *args, size_t count, bool copy, reb_err *err) {
    reb_status status = check_count(st, query, count, err);
    for (size_t i = 0; i < count && status == REB_OK; i++) {
        int at = st->where[i + 1];
        switch (args[i].kind) {
            case REB_ARG_NULL: sqlite3_bind_null(st->handle, at); break;
            case REB_ARG_I64: sqlite3_bind_int64(st->handle, at, args[i].i64); break;
            case REB_ARG_F64: status = bind_f64(st, at, args[i].f64, err); break;
            case REB_ARG_TEXT: status = bind_text(st, at, args[i].text, copy, err); break;
        }
    }
    return status;
}

/* --- running -------------------------------------------------------------------------------------------------------------------- */

/* Steps to the end; returned rows go to each_row. */
static reb_status run_stmt(lite_store *s, lite_stmt *st, int query, reb_each_row each_row, void *ctx, reb_err *err) {
    for (;;) {
        int rc = sqlite3_step(st->handle);
        if (rc == SQLITE_DONE) return REB_OK;
        if (rc != SQLITE_ROW) return lite_fail(s, rc, query_name(query), err);
        if (each_row == NULL) continue;
        reb_status status = each_row(&st->base, ctx, err);
        if (status != REB_OK) return status;
    }
}

static reb_status lite_exec(reb_store *base, int query, const char *raw, const reb_arg *args, size_t arg_count, int64_t *changed,
                            reb_err *err) {
    lite_store *s = lite(base);
    lite_stmt *st = NULL;
    if (changed != NULL) *changed = 0;
    reb_status status = take_stmt(&st, s, query, raw, err);
    if (status != REB_OK) return status;
    st->open = true;
    status = bind_args(st, query, args, arg_count, false, err);
    if (status == REB_OK) status = run_stmt(s, st, query, NULL, NULL, err);
    if (status == REB_OK && changed != NULL && !sqlite3_stmt_readonly(st->handle)) *changed = sqlite3_changes64(s->db);
    give_stmt(st);
    return status;
}

static reb_status lite_query(reb_stmt **out, reb_store *base, int query, const char *raw, const reb_arg *args, size_t arg_count,
                             reb_err *err) {
    lite_stmt *st = NULL;
    reb_status status = take_stmt(&st, lite(base), query, raw, err);
    if (status != REB_OK) return status;
    st->open = true;
    status = bind_args(st, query, args, arg_count, true, err);
    if (status != REB_OK) {
        give_stmt(st);
        return status;
    }
    *out = &st->base;
    return REB_OK;
}

static reb_status bind_row(lite_stmt *st, const reb_column *columns, size_t column_count, size_t row, reb_err *err) {
    reb_status status = REB_OK;
    for (size_t c = 0; c < column_count && status == REB_OK; c++) {
        const reb_column *col = &columns[c];
        int at = st->where[c + 1];
        if (col->kind == REB_COL_TEXT) {
            status = bind_text(st, at, col->text[row], false, err);
        } else if (col->null != NULL && col->null[row]) {
            sqlite3_bind_null(st->handle, at);
        } else if (col->kind == REB_COL_I64) {
            sqlite3_bind_int64(st->handle, at, col->i64[row]);
        } else {
            status = bind_f64(st, at, col->f64[row], err);
        }
    }
    return status;
}

static reb_status lite_exec_many(reb_store *base, int query, const char *raw, const reb_column *columns, size_t column_count,
                                 size_t row_count, reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err) {
    lite_store *s = lite(base);
    lite_stmt *st = NULL;
    int64_t total = 0;
    reb_status status = take_stmt(&st, s, query, raw, err);
    if (status != REB_OK) return status;
    st->open = true;
    status = check_count(st, query, column_count, err);
    bool writes = !sqlite3_stmt_readonly(st->handle);
    for (size_t row = 0; row < row_count && status == REB_OK; row++) {
        status = bind_row(st, columns, column_count, row, err);
        if (status == REB_OK) status = run_stmt(s, st, query, each_row, ctx, err);
        if (status == REB_OK && writes) total += sqlite3_changes64(s->db);
        sqlite3_reset(st->handle);
    }
    give_stmt(st);
    if (changed != NULL) *changed = total;
    return status;
}

static reb_status lite_step(reb_stmt *base, bool *row, reb_err *err) {
    lite_stmt *st = (lite_stmt *)base;
    if (st->done) return REB_OK;
    int rc = sqlite3_step(st->handle);
    *row = rc == SQLITE_ROW;
    if (rc == SQLITE_ROW) return REB_OK;
    if (rc == SQLITE_DONE) {
        st->done = true;
        sqlite3_reset(st->handle); /* lets go of the read at once, not only when the caller closes */
        return REB_OK;
    }
    return lite_fail(lite(base->store), rc, "reading", err);
}

static void lite_stmt_close(reb_stmt *st) {
    give_stmt((lite_stmt *)st);
}

static int lite_col_count(reb_stmt *st) {
    return sqlite3_column_count(((lite_stmt *)st)->handle);
}

static int64_t lite_col_i64(reb_stmt *st, int column) {
    return sqlite3_column_int64(((lite_stmt *)st)->handle, column);
}

static double lite_col_f64(reb_stmt *st, int column) {
    return sqlite3_column_double(((lite_stmt *)st)->handle, column);
}

static const char *lite_col_text(reb_stmt *st, int column) {
    return (const char *)sqlite3_column_text(((lite_stmt *)st)->handle, column);
}

static bool lite_col_null(reb_stmt *st, int column) {
    return sqlite3_column_type(((lite_stmt *)st)->handle, column) == SQLITE_NULL;
}

static reb_status lite_script(reb_store *base, const char *sql, reb_err *err) {
    lite_store *s = lite(base);
    int rc = sqlite3_exec(s->db, sql, NULL, NULL, NULL);
    return rc == SQLITE_OK ? REB_OK : lite_fail(s, rc, "statement", err);
}

static reb_status lite_begin(reb_store *base, bool write, reb_err *err) {
    return lite_script(base, write ? "begin immediate" : "begin", err);
}

static reb_status lite_commit(reb_store *base, reb_err *err) {
    return lite_script(base, "commit", err);
}

static void lite_rollback(reb_store *base) {
    if (!sqlite3_get_autocommit(lite(base)->db)) sqlite3_exec(lite(base)->db, "rollback", NULL, NULL, NULL);
}

static reb_status lite_prepare(reb_store *base, reb_sql query, reb_err *err) {
    lite_stmt *st = NULL;
    if (reb_sql_texts[query].sqlite == NULL) return REB_OK;
    reb_status status = take_stmt(&st, lite(base), (int)query, NULL, err);
    give_stmt(st);
    return status;
}

/* While another connection writes. SQLite keeps no queue: whoever looks most often comes first, so all look again after moments of like
   length, and nobody is left behind by those who have just come. */
static int look_again(void *arg, int times) {
    lite_store *s = arg;
    int64_t now_us = reb_monotonic_us();
    if (times == 0) s->busy_us = now_us;
    if (now_us - s->busy_us >= s->base.wait_ms * 1000) return 0;
    const int64_t seed[2] = {now_us, (int64_t)(intptr_t)s};
    uint64_t most_us = times < 20 ? 4000 : 12000;
    const struct timespec t = {.tv_nsec = (long)(200 + reb_hash64(UINT64_C(0x6c6f6f6b), seed, sizeof seed) % most_us) * 1000};
    nanosleep(&t, NULL);
    return 1;
}

static reb_status lite_busy_wait(reb_store *base, int64_t wait_ms, reb_err *err) {
    (void)wait_ms; /* read from the store when it waits */
    (void)err;
    sqlite3_busy_handler(lite(base)->db, look_again, lite(base));
    return REB_OK;
}

/* --- opening -------------------------------------------------------------------------------------------------------------------- */

static void lite_close(reb_store *base) {
    lite_store *s = lite(base);
    for (size_t i = 0; i < REB_SQL_COUNT; i++) free_stmt(s->kept[i]);
    sqlite3_close_v2(s->db);
    free(s->base.location);
    free(s);
}

static const reb_engine_ops k_ops = {
    .engine = REB_ENGINE_SQLITE,
    .close = lite_close,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .script = lite_script,
    .prepare = lite_prepare,
    .busy_wait = lite_busy_wait,
    .exec = lite_exec,
    .query = lite_query,
    .exec_many = lite_exec_many,
    .step = lite_step,
    .stmt_close = lite_stmt_close,
    .col_count = lite_col_count,
    .col_i64 = lite_col_i64,
    .col_f64 = lite_col_f64,
    .col_text = lite_col_text,
    .col_null = lite_col_null,
};

/* Is there a file, and may it be one of ours? A folder or a device is refused before SQLite sees it. */
static reb_status look_at_path(const char *path, unsigned flags, reb_err *err) {
    struct stat info;
    if (*path == '\0') return reb_fail(err, REB_E_USAGE, "The database has no name.");
    if (strstr(path, "://") != NULL) {
        reb_fail(err, REB_E_USAGE, "%.*s://... is neither a file nor a PostgreSQL URL.", (int)(strstr(path, "://") - path), path);
        reb_err_next(err, "Name a file, or write it as postgresql://user:password@host:5432/database");
        return REB_E_USAGE;
    }
    if (stat(path, &info) == 0) {
        if (S_ISREG(info.st_mode)) return REB_OK;
        return reb_fail(err, REB_E_CONFLICT, "%s is %s, not a database.", path, S_ISDIR(info.st_mode) ? "a folder" : "no ordinary file");
    }
    if (errno != ENOENT) return reb_fail(err, REB_E_IO, "%s cannot be opened: %s.", path, strerror(errno));
    if (flags & REB_OPEN_CREATE) return REB_OK;
    reb_fail(err, REB_E_NOT_FOUND, "There is no database at %s.", path);
    reb_err_next(err, "Start one with: rebound init --db %s", path);
    return REB_E_NOT_FOUND;
}

static reb_status pragma_i64(int64_t *out, lite_store *s, const char *sql, reb_err *err) {
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(s->db, sql, -1, &st, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_step(st);
    if (rc == SQLITE_ROW) *out = sqlite3_column_int64(st, 0);
    reb_status status = rc == SQLITE_ROW ? REB_OK : lite_fail(s, rc, "opening", err);
    sqlite3_finalize(st);
    return status;
}

/* A file that is some other program's database is left alone. */
static reb_status check_owner(lite_store *s, reb_err *err) {
    int64_t id = 0;
    int64_t tables = 0;
    reb_status st = pragma_i64(&id, s, "pragma application_id", err);
    if (st == REB_OK) st = pragma_i64(&tables, s, "select count(*) from sqlite_master", err);
    if (st != REB_OK) return st;
    if (id == APPLICATION_ID || (tables == 0 && id == 0)) return REB_OK;
    reb_fail(err, REB_E_CONFLICT, "%s is a database of another program.", s->base.location);
    reb_err_next(err, "Name another file with --db.");
    return REB_E_CONFLICT;
}

static reb_status configure(lite_store *s, reb_err *err) {
    char id[64];
    snprintf(id, sizeof id, "pragma application_id = %d", APPLICATION_ID);
    sqlite3_extended_result_codes(s->db, 1);
    sqlite3_busy_handler(s->db, look_again, s);
    sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    reb_status st = check_owner(s, err);
    bool writes = !(s->base.flags & REB_OPEN_READ_ONLY);
    if (st == REB_OK && writes) {
        int64_t owner = 0;
        st = pragma_i64(&owner, s, "pragma application_id", err);
        if (st == REB_OK && owner != APPLICATION_ID) st = lite_script(&s->base, id, err);
        if (st == REB_OK) st = lite_script(&s->base, "pragma journal_mode = wal", err);
    }
    /* A commit is on disk before it is answered (synchronous=full). 32 MB of pages; the log is
       written back after 128 MB: an import touches the pages of the same customers in chunk after chunk, and each is then written back
       once. */
    if (st == REB_OK)
        st = lite_script(&s->base,
                         "pragma synchronous = full; pragma foreign_keys = on; pragma secure_delete = on; pragma cache_size = -32768;"
                         "pragma wal_autocheckpoint = 32768; pragma journal_size_limit = 67108864; pragma trusted_schema = off",
                         err);
    if (st == REB_OK && !writes) st = lite_script(&s->base, "pragma query_only = on", err);
#if HAVE_MATHEMATICS
    if (st == REB_OK && reb_sqlite_register(s->db) != SQLITE_OK)
        st = reb_fail(err, REB_E_INTERNAL, "The mathematics could not be registered in SQLite.");
#endif
    return st;
}

reb_status reb_sqlite_open(reb_store **out, const char *path, unsigned flags, reb_err *err) {
    *out = NULL;
    reb_status st = look_at_path(path, flags, err);
    if (st != REB_OK) return st;
    lite_store *s = calloc(1, sizeof *s);
    if (s == NULL || (s->base.location = strdup(path)) == NULL) {
        free(s);
        return reb_fail(err, REB_E_MEMORY, "No memory left to open %s.", path);
    }
    s->base.ops = &k_ops;
    s->base.flags = flags;
    s->base.wait_ms = REB_WAIT_MS;
    int mode = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE | (flags & REB_OPEN_CREATE ? SQLITE_OPEN_CREATE : 0);
    int rc = sqlite3_open_v2(path, &s->db, mode, NULL);
    st = rc == SQLITE_OK ? configure(s, err) : lite_fail(s, rc, "opening", err);
    if (st != REB_OK) {
        lite_close(&s->base);
        return st;
    }
    *out = &s->base;
    return REB_OK;
}

/* --- copying -------------------------------------------------------------------------------------------------------------------- */

typedef struct page_copy {
    const char *path;
    reb_copy_progress progress;
    void *ctx;
} page_copy;

static reb_status copy_error(sqlite3 *to, const char *path, int rc, reb_err *err) {
    if ((rc & 0xFF) == SQLITE_FULL || (rc & 0xFF) == SQLITE_IOERR || (rc & 0xFF) == SQLITE_CANTOPEN)
        return reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, to != NULL ? sqlite3_errmsg(to) : sqlite3_errstr(rc));
    if ((rc & 0xFF) == SQLITE_CORRUPT) return reb_fail(err, REB_E_STORE, "The database is damaged and cannot be copied.");
    return reb_fail(err, REB_E_STORE, "Copying failed: %s.", sqlite3_errstr(rc));
}

/* The read transaction around this holds one view; without it a writer in between would make SQLite begin again. */
static reb_status copy_work(reb_store *base, void *ctx, reb_err *err) {
    lite_store *s = lite(base);
    const page_copy *job = ctx;
    sqlite3 *to = NULL;
    sqlite3_backup *copy = NULL;
    int64_t ignored = 0;
    reb_status st = pragma_i64(&ignored, s, "select count(*) from sqlite_master", err); /* the view begins with the first read */
    if (st != REB_OK) return st;
    int rc = sqlite3_open_v2(job->path, &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (rc == SQLITE_OK) rc = sqlite3_exec(to, "pragma synchronous = full", NULL, NULL, NULL);
    if (rc == SQLITE_OK && (copy = sqlite3_backup_init(to, "main", s->db, "main")) == NULL) rc = sqlite3_errcode(to);
    while (rc == SQLITE_OK) {
        rc = sqlite3_backup_step(copy, 256);
        int total = sqlite3_backup_pagecount(copy);
        if (rc == SQLITE_OK && job->progress != NULL && !job->progress(job->ctx, total - sqlite3_backup_remaining(copy), total))
            rc = SQLITE_INTERRUPT;
    }
    if (copy != NULL && sqlite3_backup_finish(copy) != SQLITE_OK && rc == SQLITE_DONE) rc = sqlite3_errcode(to);
    if (rc == SQLITE_DONE) rc = sqlite3_exec(to, "pragma journal_mode = delete", NULL, NULL, NULL);
    if (rc == SQLITE_INTERRUPT) {
        st = reb_fail(err, REB_E_INTERRUPTED, "Stopped; everything is as it was before.");
    } else if (rc != SQLITE_OK) {
        st = copy_error(to, job->path, rc, err);
    }
    sqlite3_close_v2(to);
    return st;
}

reb_status reb_sqlite_copy_pages(reb_store *s, const char *path, reb_copy_progress progress, void *ctx, reb_err *err) {
    page_copy job = {path, progress, ctx};
    return reb_store_read(s, copy_work, &job, err);
}

reb_status reb_sqlite_alone(reb_store *s, reb_err *err) {
    sqlite3_busy_timeout(lite(s)->db, 0);
    for (size_t i = 0; i < REB_SQL_COUNT; i++) { /* a statement that is kept prepared would keep the journal's mode from changing */
        free_stmt(lite(s)->kept[i]);
        lite(s)->kept[i] = NULL;
    }
    return lite_script(s, "pragma journal_mode = delete", err);
}
