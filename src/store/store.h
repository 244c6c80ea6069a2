/* The store: SQLite or PostgreSQL behind one narrow interface at statement level.

   A query is written once, in sql/<noun>.sql, in the SQL that both engines speak, under a line `-- name: event_insert`.
   Where they differ, the same name follows again under `-- name: event_insert @pg` (or `@sqlite`). The build turns each name into an enum
   constant, here REB_SQL_EVENT_INSERT (build/gen/sql_names.h). Parameters are $1, $2, ...; each is used.

   A reb_store is one connection: one thread at a time. Nothing here is shared between stores. */
#ifndef REB_STORE_STORE_H
#define REB_STORE_STORE_H

#include "../base/arena.h"
#include "../base/clock.h"
#include "../base/err.h"
#include "sql_names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reb_store reb_store;
typedef struct reb_stmt reb_stmt;

typedef enum reb_engine { REB_ENGINE_SQLITE, REB_ENGINE_PG } reb_engine;

enum {
    REB_OPEN_CREATE = 1u,    /* make the file / the tables where there are none */
    REB_OPEN_READ_ONLY = 2u, /* refuse every write */
};

/* `location`: a path, or postgresql://... (libpq URI). Without REB_OPEN_CREATE a missing database is REB_E_NOT_FOUND, and one whose
   migrations are behind or ahead of this program is REB_E_CONFLICT with what to do next. SQLite: WAL, synchronous=FULL,
   foreign keys, the functions of ext/sqlite registered. Passwords never appear in errors. Errors: NOT_FOUND, CONFLICT, STORE, IO, MEMORY.
 */
reb_status reb_store_open(reb_store **out, const char *location, unsigned flags, reb_err *err);
void reb_store_close(reb_store *s); /* NULL is allowed */
reb_engine reb_store_engine(const reb_store *s);
const char *reb_store_location(const reb_store *s); /* as opened, with the password blotted out; owned by the store */

/* Transactions. reb_store_write runs `work` inside one write transaction (BEGIN IMMEDIATE on SQLite; repeatable read on
   PostgreSQL, begun again, after a moment, on a serialization failure or deadlock, until it has waited as long as it may, and at least
   ten times) and commits when it returns REB_OK. `work` must therefore be repeatable: it may change nothing but the store and its own
   outputs. Inside a transaction the call nests without effect. reb_store_read does the same for a consistent read. */
typedef reb_status (*reb_work)(reb_store *s, void *ctx, reb_err *err);
reb_status reb_store_write(reb_store *s, reb_work work, void *ctx, reb_err *err);
reb_status reb_store_read(reb_store *s, reb_work work, void *ctx, reb_err *err);
bool reb_store_inside(const reb_store *s); /* is a transaction open? */
/* After an error inside a transaction nothing of it can be kept: return the error. `work` that returns REB_OK all the same gets
   REB_E_INTERNAL and a rollback. A write inside reb_store_read is REB_E_INTERNAL. */

/* Said before anything is written to a thing that many may write to at the same moment, a case or the counter of the notices: whoever comes
   second waits for its turn and then sees what the first has written, instead of failing for as long as others keep coming. Holds until
   the transaction ends. On PostgreSQL an advisory lock; nothing on SQLite, which has one writer at a time. An error is returned at once, as
   any: the transaction is then begun again. `what`: a word for the error. At most 16 things a transaction; more than these are not held. */
reb_status reb_store_hold(reb_store *s, const char *what, int64_t id, reb_err *err);

/* How long a write waits for another writer before REB_E_BUSY; 10 s unless told otherwise. */
reb_status reb_store_busy_wait(reb_store *s, int64_t wait_ms, reb_err *err);

/* One parameter. Text is UTF-8 without NUL and is not copied before execution: it must live until the call returns.
   Text that is not valid UTF-8 is REB_E_INPUT and a double that is not finite REB_E_INTERNAL, on both engines alike; -0.0 is kept as 0.0.
 */
typedef struct reb_arg {
    enum { REB_ARG_NULL, REB_ARG_I64, REB_ARG_F64, REB_ARG_TEXT } kind;
    int64_t i64;
    double f64;
    const char *text;
} reb_arg;

static inline reb_arg reb_i(int64_t v) {
    return (reb_arg){.kind = REB_ARG_I64, .i64 = v};
}
static inline reb_arg reb_f(double v) {
    return (reb_arg){.kind = REB_ARG_F64, .f64 = v};
}
static inline reb_arg reb_t(const char *v) { /* NULL pointer is SQL NULL */
    return (reb_arg){.kind = v != NULL ? REB_ARG_TEXT : REB_ARG_NULL, .text = v};
}
static inline reb_arg reb_null(void) {
    return (reb_arg){.kind = REB_ARG_NULL};
}
#define REB_ARGS(...) ((const reb_arg[]){__VA_ARGS__}), (sizeof((const reb_arg[]){__VA_ARGS__}) / sizeof(reb_arg))
#define REB_NO_ARGS NULL, 0

/* Runs a query to its end. `changed` (may be NULL) gets the number of rows written. */
reb_status reb_exec(reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, int64_t *changed, reb_err *err);

/* Reads rows: open, step until *row is false, close. Rows stream and memory stays bounded. While a statement is open, other statements
   may run on the same store; on PostgreSQL the rest of its rows is then put aside (in memory, beyond 4 MiB in an unlinked file).
   On SQLite a statement need not see what is written into its tables while it is open: read first, or write elsewhere. */
reb_status reb_query(reb_stmt **out, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, reb_err *err);
reb_status reb_step(reb_stmt *st, bool *row, reb_err *err);
void reb_stmt_close(reb_stmt *st); /* NULL is allowed; always call it */

/* Columns of the current row, from 0. NULL reads as 0, 0.0, NULL. Text lives until the next step or close. */
int64_t reb_col_i64(reb_stmt *st, int column);
double reb_col_f64(reb_stmt *st, int column);
const char *reb_col_text(reb_stmt *st, int column);
bool reb_col_null(reb_stmt *st, int column);

/* First column of the first row, for counts and look-ups. *found is false (and *value 0) when there is no row. */
reb_status reb_get_i64(int64_t *value, bool *found, reb_store *s, reb_sql query, const reb_arg *args, size_t arg_count, reb_err *err);

/* Many rows at once, by columns: SQLite runs the query row by row through one prepared statement; PostgreSQL runs the query's `@pg`
   form once, with $1.. bound as arrays (written with unnest). `each_row` (may be NULL) sees every returned row (RETURNING), in any
   order; include a key column to tell which. At most 100,000 rows a call. */
typedef struct reb_column {
    enum { REB_COL_I64, REB_COL_F64, REB_COL_TEXT } kind;
    const int64_t *i64;
    const double *f64;
    const char *const *text; /* NULL entry = SQL NULL */
    const bool *null;        /* optional, per row; for i64 and f64 */
} reb_column;
typedef reb_status (*reb_each_row)(reb_stmt *row, void *ctx, reb_err *err);
reb_status reb_exec_many(reb_store *s, reb_sql query, const reb_column *columns, size_t column_count, size_t row_count,
                         reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err);

/* What the engine itself finds wrong with its file: SQLite's integrity_check; PostgreSQL has no such check a user may run, and finds
 *nothing. problems counts; the first one in words goes to first[0..size). Inside reb_store_read for one view. */
reb_status reb_store_integrity(int64_t *problems, char *first, size_t size, reb_store *s, reb_err *err);

/* A lease: one holder of `name` for a database, whoever it is, until the lease ends, its process dies or its store is closed: for long
   work in many transactions, such as an import. SQLite: a lock on the file <database>-<name>.lock, which stays behind empty;
   PostgreSQL: an advisory lock of the connection, which is then not made again when it is lost. `name`: letters only.
   Held by somebody else: REB_E_BUSY, at once. The lease must end before the store closes. */
typedef struct reb_lease reb_lease;
reb_status reb_lease_take(reb_lease **out, reb_store *s, const char *name, reb_err *err);
void reb_lease_end(reb_lease *l); /* NULL is allowed */

#endif
