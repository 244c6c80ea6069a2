/* Rows of an XLSX sheet, one at a time: expat is stopped at the end of each row and resumed for the next, so memory holds one row,
   the shared strings and a buffer. */
#include "xlsx_book.h"
#include "xlsx_cell.h"

#include "../text/utf8.h"

#include <stdlib.h>
#include <string.h>

#define BUFFER_BYTES (64u << 10)

typedef struct cell {
    size_t from, len; /* in text */
} cell;

typedef struct xlsx {
    XML_Parser parser; /* first: see reb_xml_parser */
    reb_sheet *s;
    reb_xlsx_book *book;
    reb_status st;
    reb_err *err;
    /* the row */
    reb_buf text;
    cell *cells;
    size_t n_cells, cap_cells;
    reb_slice *fields;
    size_t cap_fields;
    int64_t row;
    bool in_row, row_ready;
    /* the cell */
    size_t column;
    char type; /* n, s (shared), t (text), b, e, d */
    bool date;
    int in_value, in_phonetic;
    size_t value_from;
    /* the part */
    bool part_open, suspended, last, done;
    bool held; /* the record was read to look for a header, and is still to be given */
} xlsx;

static void stop(xlsx *x, reb_status st) {
    x->st = st;
    XML_StopParser(x->parser, XML_FALSE);
}

static bool fits(xlsx *x) {
    if (x->text.failed) {
        stop(x, reb_no_memory(x->s, x->err));
        return false;
    }
    bool field = x->text.len - x->value_from > REB_SHEET_MAX_FIELD_BYTES;
    if (!field && x->text.len <= REB_SHEET_MAX_LINE_BYTES) return true;
    reb_fail(x->err, REB_E_LIMIT, "row %lld, column %zu: %s of more than %u MB", (long long)x->row, x->column + 1,
             field ? "a cell" : "a row", (field ? REB_SHEET_MAX_FIELD_BYTES : REB_SHEET_MAX_LINE_BYTES) >> 20);
    reb_err_next(x->err, "Remove that text from the sheet.");
    stop(x, REB_E_LIMIT);
    return false;
}

/* "BC12" -> 54; the column after the last one when there is no reference. */
static size_t column_of(const char *ref, size_t next) {
    size_t c = 0;
    if (ref == NULL || *ref < 'A' || *ref > 'Z') return next;
    for (; *ref >= 'A' && *ref <= 'Z' && c < 1000000; ref++) c = c * 26 + (size_t)(*ref - 'A') + 1;
    return c - 1;
}

static bool room_for(xlsx *x, size_t column) {
    if (column >= REB_SHEET_MAX_COLUMNS) {
        reb_fail(x->err, REB_E_LIMIT, "row %lld: more than %u columns", (long long)x->row, REB_SHEET_MAX_COLUMNS);
        reb_err_next(x->err, "Remove columns that are not needed.");
        stop(x, REB_E_LIMIT);
        return false;
    }
    if (column >= x->cap_cells) {
        size_t cap = x->cap_cells == 0 ? 64 : x->cap_cells;
        while (cap <= column) cap *= 2;
        cell *p = realloc(x->cells, cap * sizeof *p);
        if (p != NULL) x->cells = p;
        reb_slice *f = realloc(x->fields, cap * sizeof *f);
        if (f != NULL) x->fields = f;
        if (p == NULL || f == NULL) {
            stop(x, reb_no_memory(x->s, x->err));
            return false;
        }
        x->cap_cells = x->cap_fields = cap;
    }
    while (x->n_cells <= column) x->cells[x->n_cells++] = (cell){0, 0};
    return true;
}

static int64_t positive(const char *s) {
    int64_t v = 0;
    for (; s != NULL && *s >= '0' && *s <= '9' && v < INT64_C(1000000000); s++) v = v * 10 + (*s - '0');
    return v;
}

static void begin_cell(xlsx *x, const char **atts) {
    const char *type = reb_xml_attribute(atts, "t"), *style = reb_xml_attribute(atts, "s");
    x->column = column_of(reb_xml_attribute(atts, "r"), x->n_cells);
    if (!room_for(x, x->column)) return;
    x->type = type == NULL || strcmp(type, "n") == 0 ? 'n'
              : strcmp(type, "s") == 0               ? 's'
              : strcmp(type, "b") == 0               ? 'b'
              : strcmp(type, "d") == 0               ? 'd'
                                                     : 't';
    size_t id = (size_t)positive(style);
    x->date = style != NULL && id < x->book->n_styles && x->book->date_styles[id];
    x->value_from = x->text.len;
}

static void end_cell(xlsx *x) {
    if (x->column >= x->n_cells) return;
    size_t len = x->text.len - x->value_from;
    const char *v = x->text.len == 0 ? "" : x->text.data + x->value_from;
    char tmp[REB_CELL_TEXT];
    size_t n = 0;
    bool replace = false;
    if (x->type == 's' && len > 0) {
        size_t i = 0;
        bool good = true;
        for (size_t k = 0; k < len; k++) {
            good &= v[k] >= '0' && v[k] <= '9' && i < REB_SHEET_MAX_SHARED_BYTES;
            i = good ? i * 10 + (size_t)(v[k] - '0') : 0;
        }
        if (!good || i >= x->book->n_shared) {
            reb_fail(x->err, REB_E_INPUT, "row %lld, column %zu: the file is damaged: a text that does not exist", (long long)x->row,
                     x->column + 1);
            reb_err_next(x->err, "Open it in a spreadsheet, save it again, and import that.");
            stop(x, REB_E_INPUT);
            return;
        }
        x->text.len = x->value_from;
        size_t from = x->book->shared_at[i];
        len = x->book->shared_at[i + 1] - from;
        if (len > 0) reb_buf_add(&x->text, x->book->shared + from, len);
        if (!fits(x)) return;
    } else if (x->type == 'n' && len > 0) {
        if (x->date) n = reb_xlsx_date_text(tmp, v, len, x->book->date1904);
        if (n == 0) n = reb_xlsx_number_text(tmp, v, len);
        replace = true;
    } else if (x->type == 'b' && len > 0) {
        n = v[0] == '0' ? 5 : 4;
        memcpy(tmp, v[0] == '0' ? "false" : "true", n);
        replace = true;
    }
    if (replace) {
        x->text.len = x->value_from;
        reb_buf_add(&x->text, tmp, n);
        len = n;
        if (!fits(x)) return;
    }
    x->cells[x->column] = (cell){x->value_from, len};
}

static void XMLCALL on_start(void *user, const XML_Char *name, const XML_Char **atts) {
    xlsx *x = user;
    name = reb_xml_local(name);
    if (!x->in_row) {
        if (strcmp(name, "row") != 0) return;
        int64_t r = positive(reb_xml_attribute(atts, "r"));
        x->row = r > 0 ? r : x->row + 1;
        x->in_row = true;
        x->n_cells = 0;
        x->column = 0;
        x->value_from = 0;
        reb_buf_clear(&x->text);
    } else if (strcmp(name, "c") == 0) {
        begin_cell(x, atts);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        x->in_value++;
    } else if (strcmp(name, "rPh") == 0) {
        x->in_phonetic++;
    }
}

static void XMLCALL on_text(void *user, const XML_Char *text, int len) {
    xlsx *x = user;
    if (x->in_value == 0 || x->in_phonetic > 0) return;
    reb_buf_add(&x->text, text, (size_t)len);
    fits(x);
}

static void XMLCALL on_end(void *user, const XML_Char *name) {
    xlsx *x = user;
    if (!x->in_row || x->st != REB_OK) return;
    name = reb_xml_local(name);
    if (strcmp(name, "c") == 0) {
        end_cell(x);
    } else if (strcmp(name, "v") == 0 || strcmp(name, "t") == 0) {
        if (x->in_value > 0) x->in_value--;
    } else if (strcmp(name, "rPh") == 0) {
        if (x->in_phonetic > 0) x->in_phonetic--;
    } else if (strcmp(name, "row") == 0) {
        x->in_row = false;
        x->in_value = x->in_phonetic = 0;
        x->row_ready = true;
        XML_StopParser(x->parser, XML_TRUE);
    }
}

/* ---- reading ---- */

static reb_status bad_xml(xlsx *x) {
    if (XML_GetErrorCode(x->parser) == XML_ERROR_NO_MEMORY) return reb_no_memory(x->s, x->err);
    reb_fail(x->err, REB_E_INPUT, "%s: the XLSX file is damaged after row %lld: %s", reb_source_name(x->s->source), (long long)x->row,
             XML_ErrorString(XML_GetErrorCode(x->parser)));
    reb_err_next(x->err, "Open it in a spreadsheet, save it again (or as CSV), and import that.");
    reb_err_reason(x->err, "file_damaged");
    return REB_E_INPUT;
}

/* Goes on until a row is ready or the sheet ends. */
static reb_status pump(xlsx *x) {
    x->row_ready = false;
    while (!x->row_ready && !x->done) {
        enum XML_Status r;
        if (x->suspended) {
            x->suspended = false;
            r = XML_ResumeParser(x->parser);
        } else if (x->last) {
            x->done = true;
            break;
        } else {
            void *buf = XML_GetBuffer(x->parser, BUFFER_BYTES);
            size_t n;
            if (buf == NULL) return reb_no_memory(x->s, x->err);
            reb_status st = reb_xlsx_part_read(&n, x->book, x->s, buf, BUFFER_BYTES, x->err);
            if (st != REB_OK) return st;
            x->last = n == 0;
            r = XML_ParseBuffer(x->parser, (int)n, n == 0);
        }
        if (x->st != REB_OK) return x->st;
        if (r == XML_STATUS_SUSPENDED)
            x->suspended = true;
        else if (r != XML_STATUS_OK)
            return bad_xml(x);
    }
    x->s->progress =
        x->book->announced > 0 ? (int64_t)((double)x->s->info.total_bytes * (double)x->book->unpacked / (double)x->book->announced) : 0;
    return REB_OK;
}

static reb_status next_row(bool *got, reb_sheet *s, reb_err *err) {
    xlsx *x = s->state;
    x->err = err;
    *got = true;
    if (x->held) {
        x->held = false;
        return REB_OK;
    }
    for (;;) {
        reb_status st = pump(x);
        if (st != REB_OK) return st;
        if (!x->row_ready) {
            *got = false;
            return REB_OK;
        }
        size_t n = x->n_cells;
        while (n > 0 && x->cells[n - 1].len == 0) n--;
        if (n == 0) continue; /* an empty row */
        if (n < s->info.n_columns) {
            if (!room_for(x, s->info.n_columns - 1)) return x->st;
            n = s->info.n_columns;
        }
        for (size_t i = 0; i < n; i++)
            x->fields[i] = (reb_slice){x->text.data == NULL ? "" : x->text.data + x->cells[i].from, x->cells[i].len};
        s->record.n_fields = n;
        s->record.fields = x->fields;
        s->record.line = x->row;
        s->record.flags = 0;
        reb_buf_clear(&s->raw);
        reb_sheet_write_csv(&s->raw, x->fields, n, ',');
        if (s->raw.failed) return reb_no_memory(s, err);
        s->record.raw = (reb_slice){reb_buf_cstr(&s->raw), s->raw.len};
        return REB_OK;
    }
}

static void close_xlsx(reb_sheet *s) {
    xlsx *x = s->state;
    if (x == NULL) return;
    if (x->parser != NULL) XML_ParserFree(x->parser);
    if (x->part_open) reb_xlsx_part_close(x->book);
    reb_xlsx_book_close(x->book);
    reb_buf_free(&x->text);
    free(x->cells);
    free(x->fields);
    free(x);
    s->state = NULL;
}

/* From the sheet's first row; also once more. */
static reb_status start_sheet(xlsx *x) {
    if (x->parser != NULL) XML_ParserFree(x->parser);
    if (x->part_open) reb_xlsx_part_close(x->book);
    x->part_open = x->suspended = x->last = x->done = x->in_row = false;
    x->row = 0;
    x->parser = NULL;
    reb_status st = reb_xlsx_part_open(x->book, x->s, x->book->sheet_path, &x->part_open, x->err);
    if (st != REB_OK) return st;
    if (!x->part_open)
        return reb_fail(x->err, REB_E_INPUT, "%s: the XLSX file is damaged: its sheet is missing", reb_source_name(x->s->source));
    x->parser = reb_xml_parser(x);
    if (x->parser == NULL) return reb_no_memory(x->s, x->err);
    XML_SetElementHandler(x->parser, on_start, on_end);
    XML_SetCharacterDataHandler(x->parser, on_text);
    return REB_OK;
}

/* Rows with one filled cell before a row of three or more are titles; when no such row follows, back to the first one. */
static reb_status skip_titles(xlsx *x, bool *got) {
    reb_sheet *s = x->s;
    reb_status st = REB_OK;
    int titles = 0;
    while (*got && titles < REB_TITLES && reb_filled(s->record.fields, s->record.n_fields) <= 1) {
        titles++;
        if ((st = next_row(got, s, x->err)) != REB_OK) return st;
    }
    if (titles == 0) return REB_OK;
    const char *reason;
    if (*got && reb_filled(s->record.fields, s->record.n_fields) >= 3 &&
        reb_header_guess(&reason, s->record.fields, s->record.n_fields, NULL, 0)) {
        s->info.title_lines = s->record.line - 1;
        return REB_OK;
    }
    if ((st = start_sheet(x)) != REB_OK) return st;
    return next_row(got, s, x->err);
}

reb_status reb_sheet_open_xlsx(reb_sheet *s, reb_err *err) {
    xlsx *x = calloc(1, sizeof *x);
    if (x == NULL) return reb_no_memory(s, err);
    x->s = s;
    x->err = err;
    s->state = x;
    s->reader = (reb_sheet_reader){next_row, close_xlsx};
    reb_status st = reb_xlsx_book_open(&x->book, s, err);
    if (st != REB_OK) return st;
    bool got;
    if ((st = start_sheet(x)) != REB_OK || (st = next_row(&got, s, err)) != REB_OK) return st;
    if (got && s->options.header == REB_HEADER_AUTO && (st = skip_titles(x, &got)) != REB_OK) return st;
    if (!got) {
        reb_slice name = s->info.sheets[s->info.sheet];
        reb_fail(err, REB_E_INPUT, "%s: the sheet \"%.*s\" is empty", reb_source_name(s->source), reb_shown(name), name.ptr);
        reb_err_next(err, "Name another sheet if the data are there.");
        return REB_E_INPUT;
    }
    if (s->options.header == REB_HEADER_AUTO) {
        s->info.has_header = reb_header_guess(&s->info.header_reason, s->record.fields, s->record.n_fields, NULL, 0);
    } else {
        s->info.has_header = s->options.header == REB_HEADER_YES;
        s->info.header_reason = "you said so";
    }
    x->held = !s->info.has_header;
    if (s->info.has_header) {
        char *raw = reb_arena_strndup(&s->arena, s->record.raw.ptr, s->record.raw.len);
        if (raw == NULL) return reb_no_memory(s, err);
        s->info.header_raw = (reb_slice){raw, s->record.raw.len};
        s->info.header_line = s->record.line;
    }
    return reb_sheet_set_names(s, s->info.has_header ? s->record.fields : NULL, s->record.n_fields, err);
}
