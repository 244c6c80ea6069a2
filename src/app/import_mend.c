#include "import_mend.h"

#include "../sheet/sheet.h"
#include "import_build.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The two columns that the file of rejects adds. */
enum { ADDED = 2 };

typedef struct refused {
    int64_t row, line;
    reb_slice reason;
    reb_reject code;
    int column; /* at fault; -1: none alone */
    const reb_slice *fields;
    size_t n_fields; /* of the file's own */
} refused;

typedef struct reader {
    reb_sheet *sheet;
    const reb_sheet_info *info;
    size_t n_columns;
    int64_t row;
} reader;

/* *there false: the file is gone, nothing is left to mend. */
static reb_status reader_open(reader *r, bool *there, const char *path, reb_err *err) {
    *r = (reader){0};
    *there = access(path, R_OK) == 0;
    if (!*there) return REB_OK;
    const reb_sheet_options opt = {.format = REB_FORMAT_DELIMITED, .encoding = REB_ENC_UTF8, .header = REB_HEADER_YES};
    reb_status st = reb_sheet_open(&r->sheet, path, &opt, err);
    if (st != REB_OK) return st;
    r->info = reb_sheet_get_info(r->sheet);
    if (r->info->n_columns <= ADDED) return reb_fail(err, REB_E_INPUT, "The file of refused rows is damaged.");
    r->n_columns = r->info->n_columns - ADDED;
    return REB_OK;
}

/* `the date cannot be read: column "Date" says "..."`: which column is that? */
static int column_of(const reader *r, reb_slice reason, reb_reject code) {
    if (code == REB_REJECT_COUNT || code == REB_REJECT_FIELDS) return -1;
    static const char before[] = ": column \"";
    size_t at = strlen(reb_reject_sentence(code));
    if (reason.len < at + sizeof before || memcmp(reason.ptr + at, before, sizeof before - 1) != 0) return -1;
    at += sizeof before - 1;
    for (size_t i = 0; i < r->n_columns; i++) {
        reb_slice n = r->info->names[i];
        static const char after[] = "\" says \"";
        if (reason.len - at < n.len + sizeof after - 1 || memcmp(reason.ptr + at, n.ptr, n.len) != 0) continue;
        if (memcmp(reason.ptr + at + n.len, after, sizeof after - 1) == 0) return (int)i;
    }
    return -1;
}

static int64_t number_of(reb_slice v) {
    int64_t n = 0;
    for (size_t i = 0; i < v.len && i < 18; i++)
        if (v.ptr[i] >= '0' && v.ptr[i] <= '9') n = 10 * n + (v.ptr[i] - '0');
    return n;
}

static reb_status next_row(refused *out, bool *more, reader *r, reb_err *err) {
    const reb_sheet_record *rec = NULL;
    *more = false;
    do {
        reb_status st = reb_sheet_next(&rec, r->sheet, err);
        if (st != REB_OK || rec == NULL) return st;
    } while (rec->n_fields <= ADDED);
    *more = true;
    reb_slice reason = rec->fields[rec->n_fields - 1];
    *out = (refused){.row = ++r->row,
                     .line = number_of(rec->fields[rec->n_fields - 2]),
                     .reason = reason,
                     .code = reb_reject_of_reason(reason.ptr, reason.len),
                     .fields = rec->fields,
                     .n_fields = rec->n_fields - ADDED};
    out->column = column_of(r, reason, out->code);
    return REB_OK;
}

/* ---- showing ------------------------------------------------------------------------------------------------------------------------ */

static const char *role_of(const cJSON *plan, size_t column) {
    const cJSON *c;
    cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(plan, "columns")) {
        const cJSON *index = cJSON_GetObjectItemCaseSensitive(c, "index");
        const cJSON *role = cJSON_GetObjectItemCaseSensitive(c, "role");
        if (cJSON_IsNumber(index) && (size_t)index->valuedouble == column && cJSON_IsString(role)) return role->valuestring;
    }
    return "aside";
}

static void row_json(reb_json *w, const refused *x, size_t n_columns) {
    reb_json_obj(w);
    reb_json_ki64(w, "row", x->row);
    reb_json_ki64(w, "line", x->line);
    reb_json_kstr(w, "code", x->code < REB_REJECT_COUNT ? reb_reject_code(x->code) : "other");
    if (x->column >= 0) {
        reb_json_ki64(w, "column", x->column);
    } else {
        reb_json_knull(w, "column");
    }
    reb_json_key(w, "reason");
    reb_json_strn(w, x->reason.ptr, x->reason.len);
    reb_json_key(w, "fields");
    reb_json_arr(w);
    size_t n = x->n_fields > n_columns ? x->n_fields : n_columns;
    for (size_t i = 0; i < n; i++) {
        bool there = i < x->n_fields && x->fields[i].len > 0;
        reb_json_strn(w, there ? x->fields[i].ptr : "", there ? x->fields[i].len : 0);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

static void columns_json(reb_json *w, const reader *r, const cJSON *plan) {
    reb_json_key(w, "columns");
    reb_json_arr(w);
    for (size_t i = 0; r->info != NULL && i < r->n_columns; i++) {
        reb_json_obj(w);
        reb_json_key(w, "name");
        reb_json_strn(w, r->info->names[i].ptr, r->info->names[i].len);
        reb_json_kstr(w, "role", role_of(plan, i));
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

reb_status reb_import_rejected_json(reb_json *w, const char *rejects_path, const cJSON *plan, const char *code, int64_t after,
                                    int64_t limit, reb_arena *arena, reb_err *err) {
    (void)arena;
    reader r;
    bool more = false;
    int64_t given = 0;
    int64_t last = 0;
    bool next = false;
    int64_t by_code[REB_REJECT_COUNT + 1] = {0};
    reb_status st = reader_open(&r, &more, rejects_path, err);
    if (st != REB_OK) goto done;
    reb_json_obj(w);
    columns_json(w, &r, plan);
    reb_json_key(w, "rows");
    reb_json_arr(w);
    while (more) {
        refused x;
        st = next_row(&x, &more, &r, err);
        if (st != REB_OK) goto done;
        if (!more) break;
        by_code[x.code]++;
        bool wanted = code == NULL || (x.code < REB_REJECT_COUNT && strcmp(reb_reject_code(x.code), code) == 0);
        if (!wanted || x.row <= after) continue;
        if (given == limit) {
            next = true;
            continue;
        }
        row_json(w, &x, r.n_columns);
        given++;
        last = x.row;
    }
    reb_json_arr_end(w);
    reb_json_ki64(w, "total", r.row);
    reb_json_key(w, "codes");
    reb_json_obj(w);
    for (int i = 0; i <= REB_REJECT_COUNT; i++)
        if (by_code[i] > 0) reb_json_ki64(w, i < REB_REJECT_COUNT ? reb_reject_code((reb_reject)i) : "other", by_code[i]);
    reb_json_obj_end(w);
    if (next) {
        reb_json_ki64(w, "next", last);
    } else {
        reb_json_knull(w, "next");
    }
    reb_json_obj_end(w);
done:
    reb_sheet_close(r.sheet);
    return st;
}

/* ---- mending ------------------------------------------------------------------------------------------------------------------------ */

typedef struct sent { /* a row of the small file */
    int64_t row;      /* among the refused */
    int64_t line;     /* on which it begins in the small file */
    bool back;        /* refused again */
    const char *reason;
} sent;

typedef struct mending {
    const reb_import_mend *m;
    reb_arena *arena;
    reb_buf csv;
    int64_t csv_line;
    sent *sent;
    size_t n_sent, cap_sent;
    int64_t n_rows;
    int order_column; /* -1: rows stand alone */
} mending;

static const cJSON *mended(const cJSON *rows, int64_t row) {
    const cJSON *r;
    cJSON_ArrayForEach(r, rows) {
        const cJSON *n = cJSON_GetObjectItemCaseSensitive(r, "row");
        if (cJSON_IsNumber(n) && (int64_t)n->valuedouble == row) return r;
    }
    return NULL;
}

/* Quotes what would not stand on one line or in one field as it is. */
static void add_line(mending *g, const reb_slice *fields, size_t n) {
    size_t before = g->csv.len;
    reb_sheet_write_csv(&g->csv, fields, n, ',');
    for (size_t i = before; i < g->csv.len; i++) g->csv_line += g->csv.data[i] == '\n';
    reb_buf_char(&g->csv, '\n');
    g->csv_line++;
}

static reb_status add_sent(mending *g, int64_t row, reb_err *err) {
    if (g->n_sent == g->cap_sent) {
        size_t cap = g->cap_sent == 0 ? 256 : 2 * g->cap_sent;
        sent *bigger = reb_arena_zalloc(g->arena, cap, sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (g->n_sent > 0) memcpy(bigger, g->sent, g->n_sent * sizeof *bigger);
        g->sent = bigger;
        g->cap_sent = cap;
    }
    g->sent[g->n_sent++] = (sent){.row = row, .line = g->csv_line};
    return REB_OK;
}

static reb_status write_row(mending *g, const refused *x, const cJSON *mend, size_t n_columns, reb_err *err) {
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(mend, "fields");
    const cJSON *line = cJSON_GetObjectItemCaseSensitive(mend, "line");
    if (mend != NULL && (!cJSON_IsNumber(line) || (int64_t)line->valuedouble != x->line)) {
        reb_fail(err, REB_E_CONFLICT, "Refused row %" PRId64 " is another one by now.", x->row);
        reb_err_next(err, "Load the refused rows again.");
        return REB_E_CONFLICT;
    }
    if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(mend, "leave_out"))) return REB_OK;
    reb_status st = add_sent(g, x->row, err);
    if (st != REB_OK) return st;
    reb_slice *out = reb_arena_zalloc(g->arena, n_columns + 1, sizeof *out);
    if (out == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    size_t i = 0;
    if (cJSON_IsArray(fields)) {
        const cJSON *f;
        cJSON_ArrayForEach(f, fields) if (i < n_columns && cJSON_IsString(f)) out[i++] = reb_slice_of(f->valuestring);
    } else {
        for (; i < n_columns && i < x->n_fields; i++) out[i] = x->fields[i];
    }
    add_line(g, out, n_columns);
    return REB_OK;
}

/* One row of an order that is put together of several. */
typedef struct held {
    refused x;
    const cJSON *mend;
} held;

static reb_slice *copy_fields(reb_arena *a, const reb_slice *from, size_t n) {
    reb_slice *out = reb_arena_zalloc(a, n + 1, sizeof *out);
    for (size_t i = 0; out != NULL && i < n; i++) {
        const char *s = reb_arena_strndup(a, from[i].len > 0 ? from[i].ptr : "", from[i].len);
        if (s == NULL) return NULL;
        out[i] = (reb_slice){s, from[i].len};
    }
    return out;
}

/* Does the row go on with the order before it: the same number, or none? */
static bool same_order(const mending *g, reb_slice key, const refused *x) {
    if (g->order_column < 0 || key.len == 0 || (size_t)g->order_column >= x->n_fields) return false;
    reb_slice v = reb_slice_trim(x->fields[g->order_column]);
    return v.len == 0 || (v.len == key.len && memcmp(v.ptr, key.ptr, key.len) == 0);
}

enum { MOST_HELD = 50000 };

/* Reads the refused rows, order by order; orders with a mended row go into the small file. `taken[row]` tells which left the old one. */
static reb_status gather(mending *g, reader *r, bool **taken, reb_err *err) {
    reb_arena group = {0};
    held *list = calloc(MOST_HELD, sizeof *list);
    size_t n = 0;
    bool any = false;
    reb_slice key = {"", 0};
    int64_t cap = 1024;
    int64_t asked = 0;
    int64_t met = 0;
    const cJSON *row;
    cJSON_ArrayForEach(row, g->m->rows) asked++;
    bool *marks = calloc((size_t)cap, sizeof *marks);
    reb_status st = list != NULL && marks != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (bool more = true; st == REB_OK && more;) {
        refused x;
        st = next_row(&x, &more, r, err);
        if (st != REB_OK) break;
        bool goes_on = more && n > 0 && n < MOST_HELD && same_order(g, key, &x);
        if (!goes_on) {
            for (size_t i = 0; any && i < n && st == REB_OK; i++) {
                st = write_row(g, &list[i].x, list[i].mend, r->n_columns, err);
                marks[list[i].x.row] = true;
            }
            n = 0;
            any = false;
            reb_arena_reset(&group);
            if (more && g->order_column >= 0 && (size_t)g->order_column < x.n_fields) {
                reb_slice v = reb_slice_trim(x.fields[g->order_column]);
                key = (reb_slice){reb_arena_strndup(&group, v.len > 0 ? v.ptr : "", v.len), v.len};
            }
        }
        if (!more || st != REB_OK) break;
        if (x.row >= cap) {
            bool *bigger = realloc(marks, (size_t)(2 * cap) * sizeof *marks);
            if (bigger == NULL) {
                st = reb_fail(err, REB_E_MEMORY, "No memory left.");
                break;
            }
            memset(bigger + cap, 0, (size_t)cap * sizeof *marks);
            marks = bigger;
            cap *= 2;
        }
        const cJSON *mend = mended(g->m->rows, x.row);
        any |= mend != NULL;
        met += mend != NULL;
        x.fields = copy_fields(&group, x.fields, x.n_fields);
        if (x.fields == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        list[n++] = (held){x, mend};
    }
    g->n_rows = r->row;
    free(list);
    reb_arena_free(&group);
    if (st == REB_OK && met < asked) {
        reb_fail(err, REB_E_CONFLICT, "Some of these rows are no longer among the refused ones.");
        reb_err_next(err, "Load the refused rows again.");
        st = REB_E_CONFLICT;
    }
    *taken = marks;
    return st;
}

static reb_status put_file(const char *path, const reb_buf *b, reb_err *err) {
    FILE *f = fopen(path, "wb");
    bool good = f != NULL && fwrite(b->data, 1, b->len, f) == b->len;
    if (f != NULL && fclose(f) != 0) good = false;
    return good ? REB_OK : reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
}

/* The plan for the small file: columns and decisions stay, its form is ours. */
static cJSON *plan_of_small_file(const cJSON *plan) {
    static const char *const form[] = {"delimiter", "encoding", "header", "sheet"};
    cJSON *copy = cJSON_Duplicate(plan, true);
    for (size_t i = 0; copy != NULL && i < sizeof form / sizeof *form; i++) cJSON_DeleteItemFromObjectCaseSensitive(copy, form[i]);
    if (copy == NULL || cJSON_AddStringToObject(copy, "delimiter", "comma") == NULL ||
        cJSON_AddStringToObject(copy, "encoding", "UTF-8") == NULL || cJSON_AddBoolToObject(copy, "header", true) == NULL) {
        cJSON_Delete(copy);
        return NULL;
    }
    return copy;
}

/* Which of the rows sent were refused again, and why now. */
static reb_status learn_refused(mending *g, const char *again, reb_err *err) {
    reader r;
    bool more = false;
    reb_status st = reader_open(&r, &more, again, err);
    while (st == REB_OK && more) {
        refused x;
        st = next_row(&x, &more, &r, err);
        if (st != REB_OK || !more) break;
        for (size_t i = 0; i < g->n_sent; i++) {
            if (g->sent[i].line != x.line) continue;
            g->sent[i].back = true;
            g->sent[i].reason = reb_arena_strndup(g->arena, x.reason.ptr, x.reason.len);
        }
    }
    reb_sheet_close(r.sheet);
    return st;
}

static const sent *sent_row(const mending *g, int64_t row) {
    for (size_t i = 0; i < g->n_sent; i++)
        if (g->sent[i].row == row) return &g->sent[i];
    return NULL;
}

static void keep_row(reb_buf *b, const refused *x, const cJSON *mend, const char *reason, size_t n_columns) {
    char line[24];
    snprintf(line, sizeof line, "%" PRId64, x->line);
    reb_slice *out = calloc(n_columns + x->n_fields + ADDED, sizeof *out);
    if (out == NULL) {
        b->failed = true;
        return;
    }
    size_t n = 0;
    const cJSON *fields = cJSON_GetObjectItemCaseSensitive(mend, "fields");
    if (cJSON_IsArray(fields)) {
        const cJSON *f;
        cJSON_ArrayForEach(f, fields) if (n < n_columns && cJSON_IsString(f)) out[n++] = reb_slice_of(f->valuestring);
    } else {
        for (; n < x->n_fields; n++) out[n] = x->fields[n];
    }
    while (n < n_columns) out[n++] = (reb_slice){"", 0};
    out[n++] = reb_slice_of(line);
    out[n++] = reason != NULL ? reb_slice_of(reason) : x->reason;
    reb_sheet_write_csv(b, out, n, ',');
    reb_buf_char(b, '\n');
    free(out);
}

/* The file of rejects without what was accepted or left out. */
static reb_status rewrite(mending *g, const bool *taken, reb_err *err) {
    reader r;
    bool more = false;
    reb_buf b = {0};
    int64_t kept = 0;
    reb_status st = reader_open(&r, &more, g->m->rejects_path, err);
    if (st == REB_OK && more) {
        reb_buf_str(&b, "\xEF\xBB\xBF");
        reb_sheet_write_csv(&b, r.info->names, r.info->n_columns, ',');
        reb_buf_char(&b, '\n');
    }
    while (st == REB_OK && more) {
        refused x;
        st = next_row(&x, &more, &r, err);
        if (st != REB_OK || !more) break;
        const sent *was = x.row <= g->n_rows && taken[x.row] ? sent_row(g, x.row) : NULL;
        bool stays = x.row > g->n_rows || !taken[x.row] || (was != NULL && was->back);
        if (!stays) continue;
        keep_row(&b, &x, was != NULL ? mended(g->m->rows, x.row) : NULL, was != NULL ? was->reason : NULL, r.n_columns);
        kept++;
    }
    reb_sheet_close(r.sheet);
    const char *fresh = reb_arena_printf(g->arena, "%s.new", g->m->rejects_path);
    if (st == REB_OK && (b.failed || fresh == NULL)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK && kept == 0) {
        unlink(g->m->rejects_path);
    } else if (st == REB_OK) {
        st = put_file(fresh, &b, err);
        if (st == REB_OK && rename(fresh, g->m->rejects_path) != 0)
            st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", g->m->rejects_path, strerror(errno));
    }
    reb_buf_free(&b);
    return st;
}

static int order_column(const cJSON *plan) {
    const cJSON *c;
    const cJSON *records = cJSON_GetObjectItemCaseSensitive(plan, "records");
    if (!cJSON_IsString(records) || strcmp(records->valuestring, "orders") != 0) return -1;
    cJSON_ArrayForEach(c, cJSON_GetObjectItemCaseSensitive(plan, "columns")) {
        const cJSON *role = cJSON_GetObjectItemCaseSensitive(c, "role");
        const cJSON *index = cJSON_GetObjectItemCaseSensitive(c, "index");
        if (cJSON_IsString(role) && strcmp(role->valuestring, "order_id") == 0 && cJSON_IsNumber(index)) return (int)index->valuedouble;
    }
    return -1;
}

static reb_status prepare(mending *g, bool **taken, reb_err *err) {
    reader r;
    bool there = false;
    reb_status st = reader_open(&r, &there, g->m->rejects_path, err);
    if (st == REB_OK && !there) {
        reb_fail(err, REB_E_NOT_FOUND, "No refused rows are left here.");
        st = REB_E_NOT_FOUND;
    }
    if (st == REB_OK) {
        g->csv_line = 1;
        add_line(g, r.info->names, r.n_columns);
        st = gather(g, &r, taken, err);
    }
    reb_sheet_close(r.sheet);
    if (st == REB_OK && g->csv.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    return st;
}

reb_status reb_import_mend_run(reb_import_result *out, reb_store *s, const reb_import_mend *m, reb_arena *arena, reb_err *err) {
    mending g = {.m = m, .arena = arena, .order_column = order_column(m->plan)};
    bool *taken = NULL;
    const char *small = reb_arena_printf(arena, "%s.mend", m->rejects_path);
    const char *again = reb_arena_printf(arena, "%s.again", m->rejects_path);
    cJSON *plan = plan_of_small_file(m->plan);
    memset(out, 0, sizeof *out);
    reb_status st = small != NULL && again != NULL && plan != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) st = prepare(&g, &taken, err);
    if (st == REB_OK && g.n_sent > 0) {
        unlink(again);
        st = put_file(small, &g.csv, err);
        reb_import_options opt = m->run;
        opt.path = small;
        opt.plan = plan;
        opt.shown_name = m->shown_name;
        opt.correction = true;
        opt.rejects_path = again;
        if (st == REB_OK) st = reb_import_run(out, s, &opt, arena, err);
        if (st == REB_OK) st = learn_refused(&g, again, err);
        out->rejects_path = NULL;
    }
    if (st == REB_OK) st = rewrite(&g, taken, err);
    if (small != NULL) unlink(small);
    if (again != NULL) unlink(again);
    free(taken);
    cJSON_Delete(plan);
    reb_buf_free(&g.csv);
    return st;
}
