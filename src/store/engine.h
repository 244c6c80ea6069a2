/* What an engine must be able to do. For src/store only: whoever uses the store sees store.h. */
#ifndef REB_STORE_ENGINE_H
#define REB_STORE_ENGINE_H

#include "sql_texts.h"
#include "store.h"

enum { REB_SQL_RAW = -1 }; /* `raw` is the text; not kept prepared */

typedef struct reb_engine_ops {
    reb_engine engine;
    void (*close)(reb_store *s);
    reb_status (*begin)(reb_store *s, bool write, reb_err *err);
    reb_status (*commit)(reb_store *s, reb_err *err);
    void (*rollback)(reb_store *s);
    reb_status (*script)(reb_store *s, const char *sql, reb_err *err); /* several statements, no parameters */
    reb_status (*prepare)(reb_store *s, reb_sql query, reb_err *err);  /* only tries it; for the test of all queries */
    reb_status (*busy_wait)(reb_store *s, int64_t wait_ms, reb_err *err);
    reb_status (*exec)(reb_store *s, int query, const char *raw, const reb_arg *args, size_t arg_count, int64_t *changed, reb_err *err);
    reb_status (*query)(reb_stmt **out, reb_store *s, int query, const char *raw, const reb_arg *args, size_t arg_count, reb_err *err);
    reb_status (*exec_many)(reb_store *s, int query, const char *raw, const reb_column *columns, size_t column_count, size_t row_count,
                            reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err);
    reb_status (*step)(reb_stmt *st, bool *row, reb_err *err);
    void (*stmt_close)(reb_stmt *st);
    int (*col_count)(reb_stmt *st);
    int64_t (*col_i64)(reb_stmt *st, int column);
    double (*col_f64)(reb_stmt *st, int column);
    const char *(*col_text)(reb_stmt *st, int column);
    bool (*col_null)(reb_stmt *st, int column);
} reb_engine_ops;

enum { REB_HOLDS = 16, REB_WAIT_MS = 10000 };

struct reb_store {
    const reb_engine_ops *ops;
    char *location;  /* without the password */
    unsigned flags;  /* REB_OPEN_* */
    unsigned depth;  /* of nested transactions */
    bool tx_write;   /* the open transaction may write */
    bool tx_doomed;  /* a statement in it failed: it can only be rolled back */
    bool tx_again;   /* it failed through no fault of its own and may be run again */
    unsigned leases; /* held by this store; a lost connection is then not made again */
    int64_t wait_ms; /* for other writers */
    /* Keys of what the running work holds, first met in it or in an attempt before; of these taken before it began. */
    int64_t holds[REB_HOLDS];
    unsigned hold_count, holds_taken;
};

struct reb_stmt {
    reb_store *store;
};

reb_status reb_sqlite_open(reb_store **out, const char *path, unsigned flags, reb_err *err);
reb_status reb_pg_open(reb_store **out, const char *uri, unsigned flags, reb_err *err);

/* Brings the schema up to this program (REB_OPEN_CREATE) or says how it differs. */
reb_status reb_migrate(reb_store *s, reb_err *err);
/* The part of a migration meant for one engine; the caller frees it. NULL when memory ran out. */
char *reb_migration_for(reb_engine engine, const char *text);

/* What earlier attempts at a transaction held is taken before it begins again, and given back after it. */
reb_status reb_holds_take(reb_store *s, reb_err *err);
void reb_holds_drop(reb_store *s);

/* Statements that are not in sql/: for migrations, backup and the comparison of schemas. */
reb_status reb_exec_raw(reb_store *s, const char *sql, const reb_arg *args, size_t arg_count, reb_err *err);
reb_status reb_query_raw(reb_stmt **out, reb_store *s, const char *sql, const reb_arg *args, size_t arg_count, reb_err *err);
reb_status reb_exec_many_raw(reb_store *s, const char *sql, const reb_column *columns, size_t column_count, size_t row_count, reb_err *err);

/* Text the engines must agree on: valid UTF-8 (shortest form, no surrogates, at most U+10FFFF). */
bool reb_store_utf8_valid(const char *text, size_t *length);
/* Both engines keep +0.0 for -0.0 (SQLite cannot keep it) and refuse what is not finite. */
reb_status reb_store_check_f64(double *value, reb_err *err);

#endif
