/* Rows that PostgreSQL sends: received one by one, put aside when something else must run, read in their binary form. */
#include "pg.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum {
    ASIDE_BYTES = 4 << 20,
    OID_BOOL = 16,
    OID_CHAR = 18,
    OID_NAME = 19,
    OID_INT8 = 20,
    OID_INT2 = 21,
    OID_INT4 = 23,
    OID_TEXT = 25,
    OID_OID = 26,
    OID_FLOAT4 = 700,
    OID_FLOAT8 = 701,
    OID_UNKNOWN = 705,
    OID_BPCHAR = 1042,
    OID_VARCHAR = 1043,
    OID_NUMERIC = 1700,
};

/* --- receiving ------------------------------------------------------------------------------------------------------------------ */

static bool readable_type(Oid type) {
    switch (type) {
        case OID_BOOL:
        case OID_CHAR:
        case OID_NAME:
        case OID_INT8:
        case OID_INT2:
        case OID_INT4:
        case OID_TEXT:
        case OID_OID:
        case OID_FLOAT4:
        case OID_FLOAT8:
        case OID_UNKNOWN:
        case OID_BPCHAR:
        case OID_VARCHAR:
        case OID_NUMERIC: return true;
        default: return false;
    }
}

static reb_status learn_columns(pg_stmt *st, const PGresult *r, reb_err *err) {
    if (st->types != NULL) return REB_OK;
    st->columns = PQnfields(r);
    size_t n = (size_t)st->columns + 1;
    st->types = calloc(n, sizeof *st->types);
    st->cells = calloc(n, sizeof *st->cells);
    if (st->types == NULL || st->cells == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for a row.");
    for (int c = 0; c < st->columns; c++) {
        st->types[c] = PQftype(r, c);
        if (!readable_type(st->types[c]))
            return reb_fail(err, REB_E_INTERNAL, "%s: column %d is of a type that is not read (%u); cast it.", st->name, c, st->types[c]);
    }
    return REB_OK;
}

static void end_of_rows(pg_stmt *st) {
    pg_store *s = (pg_store *)st->base.store;
    PGresult *r = NULL;
    while ((r = PQgetResult(s->conn)) != NULL) PQclear(r);
    st->receiving = false;
    if (s->active == st) s->active = NULL;
}

reb_status pg_receive(pg_stmt *st, bool *row, reb_err *err) {
    pg_store *s = (pg_store *)st->base.store;
    *row = false;
    PQclear(st->row);
    st->row = NULL;
    PGresult *r = PQgetResult(s->conn);
    ExecStatusType kind = r != NULL ? PQresultStatus(r) : PGRES_FATAL_ERROR;
    if (kind != PGRES_SINGLE_TUPLE && kind != PGRES_TUPLES_OK && kind != PGRES_COMMAND_OK) {
        reb_status status = pg_fail(s, r, st->name, err);
        end_of_rows(st);
        return status;
    }
    reb_status status = learn_columns(st, r, err);
    if (status == REB_OK && kind == PGRES_SINGLE_TUPLE) {
        for (int c = 0; c < st->columns; c++)
            st->cells[c] = (pg_cell){PQgetvalue(r, 0, c), PQgetisnull(r, 0, c) ? -1 : PQgetlength(r, 0, c)};
        st->row = r;
        *row = true;
        return REB_OK;
    }
    st->changed = strtoll(PQcmdTuples(r), NULL, 10);
    PQclear(r);
    end_of_rows(st);
    return status;
}

/* --- rows put aside --------------------------------------------------------------------------------------------------------------- */

static reb_status write_row(pg_stmt *st, reb_err *err) {
    bool file = st->more != NULL || st->aside.len > ASIDE_BYTES;
    if (file && st->more == NULL && (st->more = tmpfile()) == NULL) return reb_fail(err, REB_E_IO, "No temporary file could be made.");
    bool good = true;
    for (int c = 0; c < st->columns; c++) {
        const pg_cell *cell = &st->cells[c];
        size_t n = cell->length < 0 ? 0 : (size_t)cell->length + 1;
        if (file) {
            good = good && fwrite(&cell->length, sizeof cell->length, 1, st->more) == 1 && fwrite(cell->bytes, 1, n, st->more) == n;
        } else {
            reb_buf_add(&st->aside, &cell->length, sizeof cell->length);
            reb_buf_add(&st->aside, cell->bytes, n);
        }
    }
    if (!good) return reb_fail(err, REB_E_IO, "A temporary file could not be written; is the disk full?");
    if (st->aside.failed) return reb_fail(err, REB_E_MEMORY, "No memory left for rows.");
    st->more_rows += file;
    return REB_OK;
}

void pg_put_aside(pg_store *s) {
    pg_stmt *st = s->active;
    if (st == NULL) return;
    /* The row that is being read stays valid: it moves into `line`, where the caller's pointers are renewed by the next step only. */
    PGresult *current = st->row;
    pg_cell *held = NULL;
    if (current != NULL && st->columns > 0) {
        held = malloc((size_t)st->columns * sizeof *held);
        if (held != NULL) memcpy(held, st->cells, (size_t)st->columns * sizeof *held);
    }
    st->row = NULL;
    bool row = false;
    reb_status status =
        current != NULL && st->columns > 0 && held == NULL ? reb_fail(&st->failure, REB_E_MEMORY, "No memory left.") : REB_OK;
    while (st->receiving) {
        reb_err other = {0};
        reb_status got = pg_receive(st, &row, status == REB_OK ? &st->failure : &other);
        if (got == REB_OK && row && status == REB_OK) got = write_row(st, &st->failure);
        if (status == REB_OK) status = got;
    }
    PQclear(st->row);
    st->row = current;
    if (held != NULL) memcpy(st->cells, held, (size_t)st->columns * sizeof *held);
    free(held);
    st->failed = status;
    if (st->more != NULL) rewind(st->more);
}

static bool read_aside(pg_stmt *st) {
    if (st->aside_read >= st->aside.len) return false;
    const char *p = st->aside.data + st->aside_read;
    for (int c = 0; c < st->columns; c++) {
        pg_cell *cell = &st->cells[c];
        memcpy(&cell->length, p, sizeof cell->length);
        p += sizeof cell->length;
        cell->bytes = p;
        if (cell->length >= 0) p += cell->length + 1;
    }
    st->aside_read = (size_t)(p - st->aside.data);
    return true;
}

static reb_status read_more(pg_stmt *st, bool *row, reb_err *err) {
    if (st->more_rows == 0) return REB_OK;
    reb_buf_clear(&st->line);
    bool good = true;
    for (int c = 0; c < st->columns && good; c++) {
        pg_cell *cell = &st->cells[c];
        char chunk[4096];
        good = fread(&cell->length, sizeof cell->length, 1, st->more) == 1;
        size_t left = cell->length < 0 ? 0 : (size_t)cell->length + 1;
        while (good && left > 0) {
            size_t n = left < sizeof chunk ? left : sizeof chunk;
            good = fread(chunk, 1, n, st->more) == n;
            reb_buf_add(&st->line, chunk, n);
            left -= n;
        }
    }
    if (!good || st->line.failed) return reb_fail(err, REB_E_IO, "Rows that were put aside could not be read again.");
    const char *p = reb_buf_cstr(&st->line);
    for (int c = 0; c < st->columns; c++) {
        st->cells[c].bytes = p;
        if (st->cells[c].length >= 0) p += st->cells[c].length + 1;
    }
    st->more_rows--;
    *row = true;
    return REB_OK;
}

reb_status pg_step(reb_stmt *base, bool *row, reb_err *err) {
    pg_stmt *st = (pg_stmt *)base;
    *row = false;
    if (st->receiving) return pg_receive(st, row, err);
    PQclear(st->row);
    st->row = NULL;
    if (read_aside(st)) {
        *row = true;
        return REB_OK;
    }
    reb_status status = read_more(st, row, err);
    if (status != REB_OK || *row || st->failed == REB_OK) return status;
    if (err != NULL) *err = st->failure;
    return st->failed;
}

void pg_stmt_close(reb_stmt *base) {
    pg_stmt *st = (pg_stmt *)base;
    if (st->receiving) {
        reb_err ignored = {0};
        bool row = false;
        while (st->receiving) pg_receive(st, &row, &ignored);
    }
    PQclear(st->row);
    if (st->more != NULL) fclose(st->more);
    reb_buf_free(&st->aside);
    reb_buf_free(&st->line);
    free(st->types);
    free(st->cells);
    free(st->shown);
    free(st);
}

/* --- values ------------------------------------------------------------------------------------------------------------------------ */

static uint16_t get16(const char *p) {
    uint16_t v = 0;
    memcpy(&v, p, sizeof v);
    return ntohs(v);
}

static uint32_t get32(const char *p) {
    uint32_t v = 0;
    memcpy(&v, p, sizeof v);
    return ntohl(v);
}

static uint64_t get64(const char *p) {
    return (uint64_t)get32(p) << 32 | get32(p + 4);
}

/* numeric (what sum(bigint) is): int16 digits, weight, sign, scale, then base-10000 digits. Written out in plain decimal. */
static void numeric_text(char *out, size_t size, const pg_cell *cell) {
    int digits = get16(cell->bytes);
    int weight = (int16_t)get16(cell->bytes + 2);
    int sign = get16(cell->bytes + 4);
    int scale = get16(cell->bytes + 6);
    size_t n = 0;
    if (sign == 0x4000) out[n++] = '-';
    if (weight < 0) out[n++] = '0';
    for (int i = 0; i <= weight && n + 6 < size; i++) {
        int d = i < digits ? get16(cell->bytes + 8 + 2 * i) : 0;
        n += (size_t)snprintf(out + n, size - n, i == 0 ? "%d" : "%04d", d);
    }
    if (scale > 0 && n + 2 < size) out[n++] = '.';
    for (int i = weight + 1; (i - weight - 1) * 4 < scale && n + 6 < size; i++) {
        int d = i >= 0 && i < digits ? get16(cell->bytes + 8 + 2 * i) : 0;
        n += (size_t)snprintf(out + n, size - n, "%04d", d);
    }
    out[n] = '\0';
}

static double cell_f64(const pg_cell *cell, Oid type) {
    uint64_t bits = 0;
    uint32_t half = 0;
    double d = 0;
    float f = 0;
    char text[400];
    switch (type) {
        case OID_FLOAT8:
            bits = get64(cell->bytes);
            memcpy(&d, &bits, sizeof d);
            return d;
        case OID_FLOAT4:
            half = get32(cell->bytes);
            memcpy(&f, &half, sizeof f);
            return (double)f;
        case OID_NUMERIC: numeric_text(text, sizeof text, cell); return strtod(text, NULL);
        default: return strtod(cell->bytes, NULL);
    }
}

static int64_t cell_i64(const pg_cell *cell, Oid type) {
    char text[400];
    switch (type) {
        case OID_BOOL: return cell->bytes[0] != 0;
        case OID_INT8: return (int64_t)get64(cell->bytes);
        case OID_INT4: return (int32_t)get32(cell->bytes);
        case OID_OID: return get32(cell->bytes);
        case OID_INT2: return (int16_t)get16(cell->bytes);
        case OID_FLOAT8:
        case OID_FLOAT4: {
            double d = cell_f64(cell, type); /* as SQLite: toward zero, held within int64 */
            return d >= 9223372036854775807.0 ? INT64_MAX : d <= -9223372036854775808.0 ? INT64_MIN : (int64_t)d;
        }
        case OID_NUMERIC: numeric_text(text, sizeof text, cell); return strtoll(text, NULL, 10);
        default: return strtoll(cell->bytes, NULL, 10);
    }
}

static const pg_cell *cell_at(pg_stmt *st, int column) {
    static const pg_cell k_null = {"", -1};
    return column >= 0 && column < st->columns ? &st->cells[column] : &k_null;
}

static bool is_text(Oid type) {
    return type == OID_TEXT || type == OID_VARCHAR || type == OID_BPCHAR || type == OID_NAME || type == OID_UNKNOWN || type == OID_CHAR;
}

int pg_col_count(reb_stmt *st) {
    return ((pg_stmt *)st)->columns;
}

bool pg_col_null(reb_stmt *st, int column) {
    return cell_at((pg_stmt *)st, column)->length < 0;
}

int64_t pg_col_i64(reb_stmt *base, int column) {
    pg_stmt *st = (pg_stmt *)base;
    const pg_cell *cell = cell_at(st, column);
    return cell->length < 0 ? 0 : cell_i64(cell, st->types[column]);
}

double pg_col_f64(reb_stmt *base, int column) {
    pg_stmt *st = (pg_stmt *)base;
    const pg_cell *cell = cell_at(st, column);
    if (cell->length < 0) return 0;
    Oid type = st->types[column];
    bool whole = type == OID_INT8 || type == OID_INT4 || type == OID_INT2 || type == OID_BOOL || type == OID_OID;
    return whole ? (double)cell_i64(cell, type) : cell_f64(cell, type);
}

const char *pg_col_text(reb_stmt *base, int column) {
    pg_stmt *st = (pg_stmt *)base;
    const pg_cell *cell = cell_at(st, column);
    if (cell->length < 0) return NULL;
    Oid type = st->types[column];
    if (is_text(type)) return cell->bytes;
    if (st->shown == NULL) st->shown = calloc((size_t)st->columns, sizeof *st->shown);
    if (st->shown == NULL) return NULL;
    char *out = st->shown[column];
    if (type == OID_NUMERIC) {
        numeric_text(out, sizeof *st->shown, cell);
    } else if (type == OID_FLOAT8 || type == OID_FLOAT4) {
        snprintf(out, sizeof *st->shown, "%.17g", cell_f64(cell, type));
    } else {
        snprintf(out, sizeof *st->shown, "%" PRId64, cell_i64(cell, type));
    }
    return out;
}
