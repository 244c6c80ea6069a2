/* PostgreSQL behind the store's interface: one connection, a prepared statement on the server for each query, binary results. */
#include "pg.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_PARAMS = 64, OID_INT8 = 20, OID_TEXT = 25, OID_FLOAT8 = 701 };

static pg_store *pg(reb_store *s) {
    return (pg_store *)s;
}

/* --- errors --------------------------------------------------------------------------------------------------------------------- */

typedef struct state_map {
    const char *sqlstate; /* or its first letters */
    reb_status status;
    const char *next;
} state_map;

static const state_map k_states[] = {
    {"40001", REB_E_BUSY, "Try again when the other program has finished."},
    {"40P01", REB_E_BUSY, "Try again when the other program has finished."},
    {"55P03", REB_E_BUSY, "Try again when the other program has finished."},
    {"23", REB_E_CONFLICT, ""},
    {"25006", REB_E_DENIED, "The connection is for reading only."},
    {"42501", REB_E_DENIED, "The database's user needs the right to read and write these tables."},
    {"28", REB_E_DENIED, "Check user and password in the URL."},
    {"22021", REB_E_INPUT, ""},
    {"54", REB_E_LIMIT, ""},
    {"53100", REB_E_IO, "The server's disk is full. Nothing was changed."},
    {"53200", REB_E_MEMORY, ""},
    {"53300", REB_E_BUSY, "The server has no connection free."},
    {"57014", REB_E_INTERRUPTED, ""},
    {"57P", REB_E_IO, "The server was stopped. Nothing of this transaction was kept."},
    {"58", REB_E_IO, "The server could not read or write its disk."},
    {"08P01", REB_E_INTERNAL, ""},
    {"08", REB_E_IO, ""},
    {"XX001", REB_E_STORE, "The server's data is damaged; restore a backup."},
};

static reb_status lost(pg_store *s, reb_err *err) {
    reb_fail(err, REB_E_IO, "The connection to %s was lost.", s->base.location);
    reb_err_next(err, "Nothing of this transaction was kept. Check that the server runs, then try again.");
    return REB_E_IO;
}

reb_status pg_fail(pg_store *s, PGresult *r, const char *what, reb_err *err) {
    const char *state = r != NULL ? PQresultErrorField(r, PG_DIAG_SQLSTATE) : NULL;
    const char *text = r != NULL ? PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY) : NULL;
    reb_status status = REB_E_STORE;
    const char *next = "";
    for (size_t i = 0; state != NULL && i < sizeof k_states / sizeof k_states[0]; i++) {
        if (strncmp(state, k_states[i].sqlstate, strlen(k_states[i].sqlstate)) != 0) continue;
        status = k_states[i].status;
        next = k_states[i].next;
        break;
    }
    if (state != NULL && s->base.depth > 0 && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0)) s->base.tx_again = true;
    if (state == NULL && PQstatus(s->conn) == CONNECTION_BAD) {
        status = lost(s, err);
    } else {
        reb_fail(err, status, "%s: %s.", what, text != NULL ? text : "the server gave no answer");
        if (*next != '\0') reb_err_next(err, "%s", next);
    }
    PQclear(r);
    return status;
}

/* --- connection ----------------------------------------------------------------------------------------------------------------- */

static reb_status simple(pg_store *s, const char *sql, reb_err *err) {
    pg_put_aside(s);
    PGresult *r = PQexec(s->conn, sql);
    ExecStatusType kind = PQresultStatus(r);
    if (kind != PGRES_COMMAND_OK && kind != PGRES_TUPLES_OK) return pg_fail(s, r, "statement", err);
    PQclear(r);
    return REB_OK;
}

static reb_status set_up(pg_store *s, reb_err *err) {
    char sql[256];
    snprintf(sql, sizeof sql,
             "set client_min_messages = error; set lock_timeout = %" PRId64 "; set jit = off; set bytea_output = hex; "
             "set default_transaction_read_only = %s",
             s->base.wait_ms, s->base.flags & REB_OPEN_READ_ONLY ? "on" : "off");
    return simple(s, sql, err);
}

/* A connection lost between two transactions is made again; within one the transaction has failed, and with it went its leases. */
static reb_status ready(pg_store *s, reb_err *err) {
    bool idle = s->base.depth == 0 && s->base.leases == 0 && s->active == NULL;
    if (idle && PQstatus(s->conn) == CONNECTION_OK && PQconsumeInput(s->conn)) PQisBusy(s->conn); /* hears a good-bye; waits for nothing */
    if (PQstatus(s->conn) == CONNECTION_OK && !s->dismissed) return REB_OK;
    if (!idle) return lost(s, err);
    s->dismissed = false;
    PQreset(s->conn);
    if (PQstatus(s->conn) != CONNECTION_OK) return lost(s, err);
    memset(s->prepared, 0, sizeof s->prepared);
    return set_up(s, err);
}

/* Notices are not shown; one of class 57P outside of a statement is the server's good-bye. */
static void hear(void *ctx, const PGresult *r) {
    const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
    if (state != NULL && strncmp(state, "57P", 3) == 0) ((pg_store *)ctx)->dismissed = true;
}

/* A copy of the URI without its password, for errors and logs. */
static char *without_password(const char *uri) {
    char *out = strdup(uri);
    if (out == NULL) return NULL;
    char *start = strstr(out, "://");
    start = start != NULL ? start + 3 : out;
    char *at = start + strcspn(start, "/?");
    while (at > start && *at != '@') at--;
    char *colon = memchr(start, ':', (size_t)(at - start));
    if (*at == '@' && colon != NULL) memmove(colon, at, strlen(at) + 1);
    for (char *p = out; (p = strstr(p, "password=")) != NULL;) {
        char *value = p + strlen("password=");
        char *end = value + strcspn(value, "&");
        memmove(value, end, strlen(end) + 1);
        p = value;
    }
    return out;
}

static reb_status no_connection(const pg_store *s, reb_err *err) {
    char why[300];
    snprintf(why, sizeof why, "%s", PQerrorMessage(s->conn));
    size_t n = strlen(why);
    while (n > 0 && (why[n - 1] == '\n' || why[n - 1] == '.')) why[--n] = '\0';
    for (char *p = why; *p != '\0'; p++)
        if (*p == '\n' || *p == '\t') *p = ' ';
    if (strstr(why, "does not exist") != NULL && strstr(why, "database") != NULL) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no database at %s.", s->base.location);
        reb_err_next(err, "Make an empty one with PostgreSQL's createdb, then run: rebound init --db URL");
        return REB_E_NOT_FOUND;
    }
    bool denied = strstr(why, "authentication failed") != NULL || strstr(why, "no password supplied") != NULL;
    reb_fail(err, denied ? REB_E_DENIED : REB_E_IO, "%s cannot be reached: %s.", s->base.location, why);
    reb_err_next(err, denied ? "Check user and password in the URL." : "Check that the server runs and that the URL is right.");
    return denied ? REB_E_DENIED : REB_E_IO;
}

/* --- statements ----------------------------------------------------------------------------------------------------------------- */

static const char *query_name(int query) {
    return query >= 0 ? reb_sql_texts[query].name : "statement";
}

static reb_status prepare(pg_store *s, int query, reb_err *err) {
    if (s->prepared[query]) return REB_OK;
    const reb_sql_text *text = &reb_sql_texts[query];
    if (text->pg == NULL) return reb_fail(err, REB_E_INTERNAL, "Query %s is not written for PostgreSQL.", text->name);
    PGresult *r = PQprepare(s->conn, text->name, text->pg, 0, NULL);
    if (PQresultStatus(r) != PGRES_COMMAND_OK) return pg_fail(s, r, text->name, err);
    PQclear(r);
    s->prepared[query] = true;
    return REB_OK;
}

/* Parameters as libpq wants them. Numbers go as text, which PostgreSQL reads exactly; arrays go in binary. */
typedef struct wire {
    const char *values[MAX_PARAMS];
    int lengths[MAX_PARAMS];
    int formats[MAX_PARAMS];
    char numbers[MAX_PARAMS][32];
    reb_buf arrays[MAX_PARAMS];
    int count;
} wire;

static void wire_free(wire *w) {
    for (int i = 0; i < w->count; i++) reb_buf_free(&w->arrays[i]);
    free(w);
}

static reb_status wire_new(wire **out, size_t count, reb_err *err) {
    *out = NULL;
    if (count > MAX_PARAMS) return reb_fail(err, REB_E_INTERNAL, "A statement takes at most %d parameters.", MAX_PARAMS);
    *out = calloc(1, sizeof **out);
    if (*out == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a statement.");
    (*out)->count = (int)count;
    return REB_OK;
}

static reb_status wire_args(wire *w, const reb_arg *args, size_t count, reb_err *err) {
    for (size_t i = 0; i < count; i++) {
        double d = args[i].f64;
        size_t length = 0;
        reb_status st = REB_OK;
        w->values[i] = w->numbers[i];
        switch (args[i].kind) {
            case REB_ARG_NULL: w->values[i] = NULL; break;
            case REB_ARG_I64: snprintf(w->numbers[i], sizeof w->numbers[i], "%" PRId64, args[i].i64); break;
            case REB_ARG_F64:
                st = reb_store_check_f64(&d, err);
                snprintf(w->numbers[i], sizeof w->numbers[i], "%.17g", d);
                break;
            case REB_ARG_TEXT:
                w->values[i] = args[i].text;
                if (!reb_store_utf8_valid(args[i].text, &length))
                    st = reb_fail(err, REB_E_INPUT, "A text is not valid UTF-8 and cannot be stored.");
                break;
        }
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

static void put32(reb_buf *b, uint32_t v) {
    v = htonl(v);
    reb_buf_add(b, &v, sizeof v);
}

static void put64(reb_buf *b, uint64_t v) {
    put32(b, (uint32_t)(v >> 32));
    put32(b, (uint32_t)v);
}

/* One value of an array in its binary form: length, then bytes; length -1 is NULL. */
static reb_status put_value(reb_buf *b, const reb_column *col, size_t row, reb_err *err) {
    reb_status st = REB_OK;
    size_t n = 0;
    bool null = col->kind == REB_COL_TEXT ? col->text[row] == NULL : col->null != NULL && col->null[row];
    if (null) {
        put32(b, UINT32_MAX);
    } else if (col->kind == REB_COL_I64) {
        put32(b, 8);
        put64(b, (uint64_t)col->i64[row]);
    } else if (col->kind == REB_COL_F64) {
        double d = col->f64[row];
        uint64_t bits = 0;
        st = reb_store_check_f64(&d, err);
        memcpy(&bits, &d, sizeof bits);
        put32(b, 8);
        put64(b, bits);
    } else if (!reb_store_utf8_valid(col->text[row], &n)) {
        st = reb_fail(err, REB_E_INPUT, "A text is not valid UTF-8 and cannot be stored.");
    } else {
        put32(b, (uint32_t)n);
        reb_buf_add(b, col->text[row], n);
    }
    return st;
}

static reb_status put_array(reb_buf *b, const reb_column *col, size_t row_count, reb_err *err) {
    static const uint32_t k_oid[] = {[REB_COL_I64] = OID_INT8, [REB_COL_F64] = OID_FLOAT8, [REB_COL_TEXT] = OID_TEXT};
    put32(b, 1); /* dimensions */
    put32(b, 1); /* NULLs may be in it */
    put32(b, k_oid[col->kind]);
    put32(b, (uint32_t)row_count);
    put32(b, 1); /* first index */
    for (size_t row = 0; row < row_count; row++) {
        reb_status st = put_value(b, col, row, err);
        if (st != REB_OK) return st;
    }
    if (b->failed || b->len > INT32_MAX) return reb_fail(err, REB_E_MEMORY, "Too much for one statement.");
    return REB_OK;
}

static reb_status send_wire(pg_stmt **out, pg_store *s, int query, const char *raw, const wire *w, reb_err *err) {
    pg_put_aside(s);
    reb_status status = ready(s, err);
    if (status == REB_OK && query >= 0) status = prepare(s, query, err);
    if (status != REB_OK) return status;
    pg_stmt *st = calloc(1, sizeof *st);
    if (st == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a statement.");
    st->base.store = &s->base;
    st->name = query_name(query);
    int sent = query >= 0 ? PQsendQueryPrepared(s->conn, st->name, w->count, w->values, w->lengths, w->formats, 1)
                          : PQsendQueryParams(s->conn, raw, w->count, NULL, w->values, w->lengths, w->formats, 1);
    if (!sent || !PQsetSingleRowMode(s->conn)) {
        free(st);
        return pg_fail(s, NULL, query_name(query), err);
    }
    st->receiving = true;
    s->active = st;
    *out = st;
    return REB_OK;
}

static reb_status pg_query(reb_stmt **out, reb_store *s, int query, const char *raw, const reb_arg *args, size_t arg_count, reb_err *err) {
    wire *w = NULL;
    pg_stmt *st = NULL;
    reb_status status = wire_new(&w, arg_count, err);
    if (status == REB_OK) status = wire_args(w, args, arg_count, err);
    if (status == REB_OK) status = send_wire(&st, pg(s), query, raw, w, err);
    if (w != NULL) wire_free(w);
    if (status == REB_OK) *out = &st->base;
    return status;
}

/* Reads a sent statement to its end, showing each row. */
static reb_status finish(pg_stmt *st, reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err) {
    reb_status status = REB_OK;
    bool row = true;
    while (status == REB_OK && row) {
        status = pg_step(&st->base, &row, err);
        if (status == REB_OK && row && each_row != NULL) status = each_row(&st->base, ctx, err);
    }
    if (status == REB_OK && changed != NULL) *changed = st->changed;
    pg_stmt_close(&st->base);
    return status;
}

static reb_status pg_exec(reb_store *s, int query, const char *raw, const reb_arg *args, size_t arg_count, int64_t *changed, reb_err *err) {
    reb_stmt *st = NULL;
    if (changed != NULL) *changed = 0;
    reb_status status = pg_query(&st, s, query, raw, args, arg_count, err);
    return status == REB_OK ? finish((pg_stmt *)st, NULL, NULL, changed, err) : status;
}

/* A query without a form of its own for PostgreSQL is run row by row. */
static reb_status each_alone(pg_store *s, int query, const reb_column *columns, size_t column_count, size_t row_count,
                             reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err) {
    reb_arg args[MAX_PARAMS];
    if (column_count > MAX_PARAMS) return reb_fail(err, REB_E_INTERNAL, "A statement takes at most %d parameters.", MAX_PARAMS);
    for (size_t row = 0; row < row_count; row++) {
        for (size_t c = 0; c < column_count; c++) {
            const reb_column *col = &columns[c];
            bool null = col->null != NULL && col->null[row];
            args[c] = col->kind == REB_COL_TEXT  ? reb_t(col->text[row])
                      : null                     ? reb_null()
                      : col->kind == REB_COL_I64 ? reb_i(col->i64[row])
                                                 : reb_f(col->f64[row]);
        }
        reb_stmt *st = NULL;
        int64_t n = 0;
        reb_status status = pg_query(&st, &s->base, query, NULL, args, column_count, err);
        if (status == REB_OK) status = finish((pg_stmt *)st, each_row, ctx, &n, err);
        if (status != REB_OK) return status;
        if (changed != NULL) *changed += n;
    }
    return REB_OK;
}

static reb_status pg_exec_many(reb_store *s, int query, const char *raw, const reb_column *columns, size_t column_count, size_t row_count,
                               reb_each_row each_row, void *ctx, int64_t *changed, reb_err *err) {
    const reb_sql_text *text = query >= 0 ? &reb_sql_texts[query] : NULL;
    if (text != NULL && text->pg != NULL && text->sqlite != NULL && strcmp(text->pg, text->sqlite) == 0)
        return each_alone(pg(s), query, columns, column_count, row_count, each_row, ctx, changed, err);
    wire *w = NULL;
    pg_stmt *st = NULL;
    reb_status status = wire_new(&w, column_count, err);
    for (size_t c = 0; c < column_count && status == REB_OK; c++) {
        status = put_array(&w->arrays[c], &columns[c], row_count, err);
        w->values[c] = reb_buf_cstr(&w->arrays[c]);
        w->lengths[c] = (int)w->arrays[c].len;
        w->formats[c] = 1;
    }
    if (status == REB_OK) status = send_wire(&st, pg(s), query, raw, w, err);
    if (w != NULL) wire_free(w);
    return status == REB_OK ? finish(st, each_row, ctx, changed, err) : status;
}

static reb_status pg_prepare(reb_store *s, reb_sql query, reb_err *err) {
    if (reb_sql_texts[query].pg == NULL) return REB_OK;
    pg_put_aside(pg(s));
    reb_status st = ready(pg(s), err);
    return st == REB_OK ? prepare(pg(s), (int)query, err) : st;
}

/* --- transactions --------------------------------------------------------------------------------------------------------------- */

static reb_status pg_script(reb_store *s, const char *sql, reb_err *err) {
    pg_put_aside(pg(s));
    reb_status st = ready(pg(s), err);
    return st == REB_OK ? simple(pg(s), sql, err) : st;
}

static reb_status pg_begin(reb_store *s, bool write, reb_err *err) {
    return pg_script(s, write ? "begin isolation level repeatable read" : "begin isolation level repeatable read read only", err);
}

static reb_status pg_commit(reb_store *s, reb_err *err) {
    pg_put_aside(pg(s));
    PGresult *r = PQexec(pg(s)->conn, "commit");
    if (PQresultStatus(r) != PGRES_COMMAND_OK) return pg_fail(pg(s), r, "commit", err);
    bool kept = strcmp(PQcmdStatus(r), "COMMIT") == 0;
    PQclear(r);
    return kept ? REB_OK : reb_fail(err, REB_E_INTERNAL, "The transaction had failed and nothing of it was kept.");
}

static void pg_rollback(reb_store *s) {
    pg_put_aside(pg(s));
    PGTransactionStatusType at = PQtransactionStatus(pg(s)->conn);
    if (at == PQTRANS_INTRANS || at == PQTRANS_INERROR) PQclear(PQexec(pg(s)->conn, "rollback"));
}

static reb_status pg_busy_wait(reb_store *s, int64_t wait_ms, reb_err *err) {
    char sql[64];
    snprintf(sql, sizeof sql, "set lock_timeout = %" PRId64, wait_ms);
    return pg_script(s, sql, err);
}

static void pg_close(reb_store *s) {
    PQfinish(pg(s)->conn);
    free(s->location);
    free(s);
}

static const reb_engine_ops k_ops = {
    .engine = REB_ENGINE_PG,
    .close = pg_close,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .script = pg_script,
    .prepare = pg_prepare,
    .busy_wait = pg_busy_wait,
    .exec = pg_exec,
    .query = pg_query,
    .exec_many = pg_exec_many,
    .step = pg_step,
    .stmt_close = pg_stmt_close,
    .col_count = pg_col_count,
    .col_i64 = pg_col_i64,
    .col_f64 = pg_col_f64,
    .col_text = pg_col_text,
    .col_null = pg_col_null,
};

/* libpq's own words about a bad URI may repeat the password, so they are not passed on. */
static reb_status check_uri(const char *uri, const char *shown, reb_err *err) {
    char *why = NULL;
    PQconninfoOption *options = PQconninfoParse(uri, &why);
    bool good = options != NULL;
    PQconninfoFree(options);
    PQfreemem(why);
    if (good) return REB_OK;
    reb_fail(err, REB_E_USAGE, "%s is not a PostgreSQL URL.", shown);
    reb_err_next(err, "Write it as postgresql://user:password@host:5432/database");
    return REB_E_USAGE;
}

reb_status reb_pg_open(reb_store **out, const char *uri, unsigned flags, reb_err *err) {
    *out = NULL;
    pg_store *s = calloc(1, sizeof *s);
    if (s == NULL || (s->base.location = without_password(uri)) == NULL) {
        free(s);
        return reb_fail(err, REB_E_MEMORY, "No memory left to connect.");
    }
    s->base.ops = &k_ops;
    s->base.flags = flags;
    s->base.wait_ms = REB_WAIT_MS;
    reb_status st = check_uri(uri, s->base.location, err);
    if (st == REB_OK) {
        const char *const keys[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
        const char *const values[] = {uri, "rebound", "UTF8", NULL};
        s->conn = PQconnectdbParams(keys, values, 1);
        if (PQstatus(s->conn) != CONNECTION_OK) st = no_connection(s, err);
    }
    if (st == REB_OK) {
        PQsetNoticeReceiver(s->conn, hear, s);
        st = set_up(s, err);
    }
    if (st == REB_OK && strcmp(PQparameterStatus(s->conn, "server_encoding"), "UTF8") != 0) {
        st = reb_fail(err, REB_E_CONFLICT, "The database at %s is not in UTF-8.", s->base.location);
        reb_err_next(err, "Make one with: createdb --encoding=UTF8 --template=template0 NAME");
    }
    if (st != REB_OK) {
        pg_close(&s->base);
        return st;
    }
    *out = &s->base;
    return REB_OK;
}
