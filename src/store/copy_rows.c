/* Copies all tables from one store into another, whichever engines they are. */
#include "copy_internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_TABLES = 128, MAX_COLUMNS = 64, BATCH = 10000, BATCH_TEXT = 16 << 20 };

typedef struct table_shape {
    char name[64];
    size_t columns;
    char column[MAX_COLUMNS][48];
    int kind[MAX_COLUMNS]; /* REB_COL_* */
    char key[512];         /* order of the primary key */
} table_shape;

typedef struct shapes {
    table_shape tables[MAX_TABLES];
    size_t count;
} shapes;

typedef struct row_batch {
    reb_arena arena; /* texts */
    int64_t *i64[MAX_COLUMNS];
    double *f64[MAX_COLUMNS];
    const char **text[MAX_COLUMNS];
    bool *null[MAX_COLUMNS];
    size_t rows;
} row_batch;

const char *const reb_copy_passing[] = {"session", "one_time_link", "sign_in_attempt", NULL};

static bool passes(const char *table) {
    for (const char *const *t = reb_copy_passing; *t != NULL; t++)
        if (strcmp(*t, table) == 0) return true;
    return false;
}

/* --- what tables there are, from the SQLite side -------------------------------------------------------------------------------------- */

static reb_status read_table(table_shape *t, reb_store *lite, const char *name, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    size_t used = 0;
    snprintf(t->name, sizeof t->name, "%s", name);
    reb_status st = reb_query_raw(&q, lite, "select name, lower(type) from pragma_table_info($1) order by cid", REB_ARGS(reb_t(name)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (t->columns == MAX_COLUMNS) return reb_fail(err, REB_E_INTERNAL, "Table %s has too many columns.", name);
        const char *type = reb_col_text(q, 1);
        snprintf(t->column[t->columns], sizeof t->column[0], "%s", reb_col_text(q, 0));
        t->kind[t->columns++] = strcmp(type, "text") == 0 ? REB_COL_TEXT : strcmp(type, "bigint") == 0 ? REB_COL_I64 : REB_COL_F64;
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    row = true;
    st = reb_query_raw(&q, lite, "select name from pragma_table_info($1) where pk > 0 order by pk", REB_ARGS(reb_t(name)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row)
        used += (size_t)snprintf(t->key + used, sizeof t->key - used, "%s%s", used > 0 ? ", " : "", reb_col_text(q, 0));
    reb_stmt_close(q);
    return st;
}

static reb_status read_shapes(shapes *out, reb_store *lite, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query_raw(&q, lite,
                                  "select name from sqlite_master where type = 'table' and name not like 'sqlite%'"
                                  " and name <> 'schema_migration' order by name",
                                  REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (out->count == MAX_TABLES) st = reb_fail(err, REB_E_INTERNAL, "There are too many tables to copy.");
        if (st == REB_OK) st = read_table(&out->tables[out->count++], lite, reb_col_text(q, 0), err);
        if (st != REB_OK) break;
    }
    reb_stmt_close(q);
    return st;
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------- */

static reb_status batch_open(row_batch *b, const table_shape *t, reb_err *err) {
    bool good = true;
    for (size_t c = 0; c < t->columns && good; c++) {
        b->null[c] = calloc(BATCH, sizeof(bool));
        good = b->null[c] != NULL;
        if (t->kind[c] == REB_COL_I64) good = good && (b->i64[c] = calloc(BATCH, sizeof(int64_t))) != NULL;
        if (t->kind[c] == REB_COL_F64) good = good && (b->f64[c] = calloc(BATCH, sizeof(double))) != NULL;
        if (t->kind[c] == REB_COL_TEXT) good = good && (b->text[c] = calloc(BATCH, sizeof(char *))) != NULL;
    }
    return good ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left to copy.");
}

static void batch_close(row_batch *b) {
    for (size_t c = 0; c < MAX_COLUMNS; c++) {
        free(b->i64[c]);
        free(b->f64[c]);
        free(b->text[c]);
        free(b->null[c]);
    }
    reb_arena_free(&b->arena);
}

static reb_status take_row(row_batch *b, const table_shape *t, reb_stmt *q, reb_err *err) {
    for (size_t c = 0; c < t->columns; c++) {
        b->null[c][b->rows] = reb_col_null(q, (int)c);
        if (t->kind[c] == REB_COL_I64) {
            b->i64[c][b->rows] = reb_col_i64(q, (int)c);
        } else if (t->kind[c] == REB_COL_F64) {
            b->f64[c][b->rows] = reb_col_f64(q, (int)c);
        } else {
            const char *text = reb_col_text(q, (int)c);
            b->text[c][b->rows] = reb_arena_strdup(&b->arena, text);
            if (text != NULL && b->text[c][b->rows] == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to copy.");
        }
    }
    b->rows++;
    return REB_OK;
}

static void insert_text(reb_buf *sql, const table_shape *t, reb_engine engine) {
    static const char *const k_array[] = {[REB_COL_I64] = "bigint", [REB_COL_F64] = "double precision", [REB_COL_TEXT] = "text"};
    reb_buf_printf(sql, "insert into %s (", t->name);
    for (size_t c = 0; c < t->columns; c++) reb_buf_printf(sql, "%s%s", c > 0 ? ", " : "", t->column[c]);
    reb_buf_str(sql, engine == REB_ENGINE_PG ? ") select * from unnest(" : ") values (");
    for (size_t c = 0; c < t->columns; c++) {
        reb_buf_printf(sql, "%s$%zu", c > 0 ? ", " : "", c + 1);
        if (engine == REB_ENGINE_PG) reb_buf_printf(sql, "::%s[]", k_array[t->kind[c]]);
    }
    reb_buf_char(sql, ')');
}

static reb_status put_batch(row_batch *b, const table_shape *t, reb_store *to, const char *insert, reb_err *err) {
    reb_column columns[MAX_COLUMNS];
    for (size_t c = 0; c < t->columns; c++) {
        columns[c] = (reb_column){.i64 = b->i64[c], .f64 = b->f64[c], .text = b->text[c], .null = b->null[c]};
        columns[c].kind = t->kind[c] == REB_COL_I64 ? REB_COL_I64 : t->kind[c] == REB_COL_F64 ? REB_COL_F64 : REB_COL_TEXT;
    }
    reb_status st = reb_exec_many_raw(to, insert, columns, t->columns, b->rows, err);
    b->rows = 0;
    reb_arena_reset(&b->arena);
    return st;
}

typedef struct copy_job {
    reb_store *from;
    reb_store *to;
    bool empty_first;
    const shapes *shapes;
    reb_copy_progress progress;
    void *ctx;
    int64_t done;
    int64_t total;
} copy_job;

static reb_status told(copy_job *job, int64_t rows, reb_err *err) {
    job->done += rows;
    bool on = job->progress == NULL || job->progress(job->ctx, job->done, job->total);
    return on ? REB_OK : reb_fail(err, REB_E_INTERRUPTED, "Stopped; everything is as it was before.");
}

static reb_status copy_table(copy_job *job, const table_shape *t, reb_err *err) {
    reb_buf select = {0};
    reb_buf insert = {0};
    row_batch b = {0};
    reb_stmt *q = NULL;
    bool row = true;
    reb_buf_str(&select, "select ");
    for (size_t c = 0; c < t->columns; c++) reb_buf_printf(&select, "%s%s", c > 0 ? ", " : "", t->column[c]);
    reb_buf_printf(&select, " from %s order by %s", t->name, t->key);
    insert_text(&insert, t, reb_store_engine(job->to));
    reb_status st = select.failed || insert.failed ? reb_fail(err, REB_E_MEMORY, "No memory left to copy.") : batch_open(&b, t, err);
    if (st == REB_OK) st = reb_query_raw(&q, job->from, reb_buf_cstr(&select), REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        st = take_row(&b, t, q, err);
        size_t rows = b.rows;
        if (st == REB_OK && (rows == BATCH || b.arena.used_bytes > BATCH_TEXT)) {
            st = put_batch(&b, t, job->to, reb_buf_cstr(&insert), err);
            if (st == REB_OK) st = told(job, (int64_t)rows, err);
        }
    }
    if (st == REB_OK && b.rows > 0) {
        size_t rows = b.rows;
        st = put_batch(&b, t, job->to, reb_buf_cstr(&insert), err);
        if (st == REB_OK) st = told(job, (int64_t)rows, err);
    }
    reb_stmt_close(q);
    batch_close(&b);
    reb_buf_free(&select);
    reb_buf_free(&insert);
    return st;
}

static reb_status count_rows(copy_job *job, reb_err *err) {
    job->total = 0;
    reb_status st = REB_OK;
    for (size_t i = 0; i < job->shapes->count && st == REB_OK; i++) {
        char sql[128];
        reb_stmt *q = NULL;
        bool row = false;
        if (passes(job->shapes->tables[i].name)) continue;
        snprintf(sql, sizeof sql, "select count(*) from %s", job->shapes->tables[i].name);
        st = reb_query_raw(&q, job->from, sql, REB_NO_ARGS, err);
        if (st == REB_OK) st = reb_step(q, &row, err);
        if (st == REB_OK && row) job->total += reb_col_i64(q, 0);
        reb_stmt_close(q);
    }
    return st;
}

static reb_status fill(reb_store *to, void *ctx, reb_err *err) {
    copy_job *job = ctx;
    reb_status st = REB_OK;
    job->done = 0;
    /* The audit log refuses to be emptied; the door is open for this transaction alone (sql/migrations/0003_audit.sql). */
    if (job->empty_first && reb_store_engine(to) == REB_ENGINE_PG) {
        reb_stmt *q = NULL;
        bool row = false;
        st = reb_query_raw(&q, to, "select set_config('rebound.restoring', 'on', true)", REB_NO_ARGS, err);
        if (st == REB_OK) st = reb_step(q, &row, err);
        reb_stmt_close(q);
    }
    for (size_t i = 0; i < job->shapes->count && st == REB_OK && job->empty_first; i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "delete from %s", job->shapes->tables[i].name);
        st = reb_exec_raw(to, sql, REB_NO_ARGS, err);
    }
    for (size_t i = 0; i < job->shapes->count && st == REB_OK; i++)
        if (!passes(job->shapes->tables[i].name)) st = copy_table(job, &job->shapes->tables[i], err);
    return st;
}

static reb_status read_and_fill(reb_store *from, void *ctx, reb_err *err) {
    copy_job *job = ctx;
    (void)from;
    reb_status st = count_rows(job, err);
    return st == REB_OK ? reb_store_write(job->to, fill, job, err) : st;
}

reb_status reb_copy_rows(reb_store *to, reb_store *from, bool empty_first, reb_copy_progress progress, void *ctx, reb_err *err) {
    shapes *all = calloc(1, sizeof *all);
    if (all == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to copy.");
    copy_job job = {.from = from, .to = to, .empty_first = empty_first, .shapes = all, .progress = progress, .ctx = ctx};
    reb_status st = read_shapes(all, reb_store_engine(to) == REB_ENGINE_SQLITE ? to : from, err);
    if (st == REB_OK) st = reb_store_read(from, read_and_fill, &job, err);
    free(all);
    return st;
}
