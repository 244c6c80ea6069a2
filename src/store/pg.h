/* PostgreSQL's side of the store, split in two files: connections and statements (pg.c), rows and values (pg_row.c). */
#ifndef REB_STORE_PG_H
#define REB_STORE_PG_H

#include "../base/buf.h"
#include "engine.h"

#include <libpq-fe.h>
#include <stdio.h>

typedef struct pg_stmt pg_stmt;

typedef struct pg_store {
    reb_store base;
    PGconn *conn;
    pg_stmt *active; /* whose rows are still coming in; the connection does nothing else meanwhile */
    bool dismissed;  /* the server has said good-bye to this connection while nobody asked it anything */
    bool prepared[REB_SQL_COUNT + 1];
} pg_store;

/* One value of the current row, in PostgreSQL's binary form and followed by a NUL. */
typedef struct pg_cell {
    const char *bytes;
    int length; /* -1: NULL */
} pg_cell;

struct pg_stmt {
    reb_stmt base;
    const char *name;
    PGresult *row; /* holds the current row while rows come in */
    int columns;
    Oid *types;
    pg_cell *cells;
    char (*shown)[400]; /* numbers written out, one a column */
    bool receiving;
    reb_status failed; /* while its rows were put aside */
    reb_err failure;
    int64_t changed;
    reb_buf aside;     /* rows put aside so that another statement could run: length and bytes of each cell */
    size_t aside_read; /* how far they have been read again */
    FILE *more;        /* those that did not fit in memory */
    int64_t more_rows;
    reb_buf line; /* the current row of `more` */
};

/* Takes the next result off the connection: a row (*row true), or the end. */
reb_status pg_receive(pg_stmt *st, bool *row, reb_err *err);
/* Puts the rest of the active statement's rows aside, so that the connection is free. */
void pg_put_aside(pg_store *s);
reb_status pg_step(reb_stmt *st, bool *row, reb_err *err);
void pg_stmt_close(reb_stmt *st);

int pg_col_count(reb_stmt *st);
int64_t pg_col_i64(reb_stmt *st, int column);
double pg_col_f64(reb_stmt *st, int column);
const char *pg_col_text(reb_stmt *st, int column);
bool pg_col_null(reb_stmt *st, int column);

/* Turns a failed result into an error and frees it. */
reb_status pg_fail(pg_store *s, PGresult *r, const char *what, reb_err *err);

#endif
