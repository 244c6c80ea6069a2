#include "export.h"

#include "../base/buf.h"
#include "../base/clock.h"
#include "../text/money.h"
#include "../text/utf8.h"
#include "guard.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

enum { CELL = 64, FLUSH_AT = 1 << 16, TEXT_MOST = 32000, TITLE_MOST = 31 };

#define US_PER_DAY INT64_C(86400000000)
#define US_PER_MINUTE INT64_C(60000000)
#define EXCEL_EPOCH 25569        /* 1970-01-01 as Excel counts days */
#define EXCEL_FIRST_DAY (-25508) /* 1900-03-01: before it Excel's days are off by one */

struct reb_export {
    const reb_export_sheet *sheet;
    reb_export_format format;
    int fd;
    int64_t rows;
    int decimals;
    const reb_currency *currency;
    reb_buf buf; /* CSV: what was not written yet; XLSX: text being cleaned */
    lxw_workbook *book;
    lxw_worksheet *page;
    lxw_format *formats[REB_EXPORT_INSTANT + 1];
};

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static int64_t local_us(const reb_export *x, int64_t us) {
    return x->sheet->zone == NULL ? us : us + (int64_t)reb_zone_offset_s(x->sheet->zone, us) * 1000000;
}

static double hours(int64_t us) {
    return round((double)us / 36000000.0) / 100.0;
}

/* ---- CSV ---- */

static reb_status flush(reb_export *x, reb_err *err) {
    if (x->buf.failed) return no_memory(err);
    size_t at = 0;
    while (at < x->buf.len) {
        ssize_t n = write(x->fd, x->buf.data + at, x->buf.len - at);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return reb_fail(err, REB_E_IO, "The list cannot be written: %s.", strerror(errno));
        at += (size_t)n;
    }
    reb_buf_clear(&x->buf);
    return REB_OK;
}

static const char *csv_cell(char out[CELL], const reb_export *x, reb_export_kind kind, const reb_export_cell *c) {
    char text[REB_TIME_TEXT];
    out[0] = '\0';
    if (c->empty) return out;
    switch (kind) {
        case REB_EXPORT_TEXT: return c->text != NULL ? c->text : "";
        case REB_EXPORT_COUNT: snprintf(out, CELL, "%" PRId64, c->i64); break;
        case REB_EXPORT_HOURS: snprintf(out, CELL, "%.2f", hours(c->i64)); break;
        case REB_EXPORT_SHARE: snprintf(out, CELL, "%.4f", c->f64); break;
        case REB_EXPORT_MONEY: {
            char money[REB_MONEY_TEXT] = "";
            if (x->currency != NULL) reb_money_format_plain(money, c->i64, x->currency);
            snprintf(out, CELL, "%s", money);
            break;
        }
        case REB_EXPORT_DAY:
            reb_day_format(c->i64, text);
            snprintf(out, CELL, "%s", text);
            break;
        case REB_EXPORT_INSTANT: { /* "2026-05-01 14:05": read as a date by every spreadsheet */
            int64_t minute = local_us(x, c->i64) / US_PER_MINUTE;
            reb_time_format(minute * US_PER_MINUTE, text);
            snprintf(out, CELL, "%.10s %.5s", text, text + 11);
            break;
        }
    }
    return out;
}

static reb_status csv_row(reb_export *x, const reb_export_cell *cells, reb_err *err) {
    char room[REB_EXPORT_COLUMNS][CELL];
    reb_slice slices[REB_EXPORT_COLUMNS];
    for (size_t i = 0; i < x->sheet->count; i++) slices[i] = reb_slice_of(csv_cell(room[i], x, x->sheet->columns[i].kind, &cells[i]));
    reb_guard_write_csv(&x->buf, slices, x->sheet->count, ',');
    reb_buf_str(&x->buf, "\r\n");
    return x->buf.failed || x->buf.len >= FLUSH_AT ? flush(x, err) : REB_OK;
}

static reb_status csv_open(reb_export *x, reb_err *err) {
    reb_slice titles[REB_EXPORT_COLUMNS];
    for (size_t i = 0; i < x->sheet->count; i++) titles[i] = reb_slice_of(x->sheet->columns[i].title);
    reb_buf_str(&x->buf, "\xEF\xBB\xBF");
    reb_guard_write_csv(&x->buf, titles, x->sheet->count, ',');
    reb_buf_str(&x->buf, "\r\n");
    return flush(x, err);
}

/* ---- XLSX ---- */

static reb_status xlsx_error(lxw_error e, reb_err *err) {
    if (e == LXW_ERROR_MEMORY_MALLOC_FAILED) return no_memory(err);
    return reb_fail(err, REB_E_IO, "The sheet cannot be written: %s.", lxw_strerror(e));
}

/* Text as a cell can hold it: at most so many bytes, whole characters, no control characters but line ends. */
static const char *clean(reb_buf *b, const char *text, size_t most) {
    reb_buf_clear(b);
    size_t len = strlen(text);
    size_t keep = len < most ? len : most;
    while (keep < len && keep > 0 && ((unsigned char)text[keep] & 0xC0) == 0x80) keep--;
    for (size_t i = 0; i < keep; i++) {
        char ch = text[i];
        if (ch == '\r' && i + 1 < keep && text[i + 1] == '\n') continue;
        bool control = (unsigned char)ch < 0x20 && ch != '\n' && ch != '\t';
        reb_buf_char(b, control || ch == 0x7F ? ' ' : ch);
    }
    return b->failed ? NULL : reb_buf_cstr(b);
}

static int usual_width(reb_export_kind kind) {
    static const int widths[] = {22, 10, 13, 10, 9, 12, 17};
    return widths[kind];
}

static const char *number_format(reb_export_kind kind, int decimals) {
    switch (kind) {
        case REB_EXPORT_COUNT: return "0";
        case REB_EXPORT_MONEY: return decimals == 0 ? "#,##0" : decimals == 3 ? "#,##0.000" : "#,##0.00";
        case REB_EXPORT_HOURS: return "0.00";
        case REB_EXPORT_SHARE: return "0.0%";
        case REB_EXPORT_DAY: return "yyyy\\-mm\\-dd";
        case REB_EXPORT_INSTANT: return "yyyy\\-mm\\-dd\\ hh:mm";
        case REB_EXPORT_TEXT: break;
    }
    return "@"; /* text, also when somebody edits it */
}

/* A name that every spreadsheet accepts. */
static void sheet_name(char out[4 * TITLE_MOST + 1], const char *title) {
    size_t chars = 0;
    size_t n = 0;
    for (const char *p = title; *p != '\0' && n < 4 * TITLE_MOST; p++) {
        bool begins = ((unsigned char)*p & 0xC0) != 0x80;
        if (begins && chars == TITLE_MOST) break;
        if (begins) chars++;
        out[n++] = strchr("[]:*?/\\'", *p) != NULL || (unsigned char)*p < 0x20 ? ' ' : *p;
    }
    if (n == 0) out[n++] = '1';
    out[n] = '\0';
}

static reb_status xlsx_head(reb_export *x, reb_err *err) {
    lxw_format *head = workbook_add_format(x->book);
    if (head == NULL) return no_memory(err);
    format_set_bold(head);
    format_set_bottom(head, LXW_BORDER_THIN);
    format_set_text_wrap(head);
    format_set_align(head, LXW_ALIGN_VERTICAL_TOP);
    for (size_t k = 0; k <= REB_EXPORT_INSTANT; k++) {
        x->formats[k] = workbook_add_format(x->book);
        if (x->formats[k] == NULL) return no_memory(err);
        format_set_num_format(x->formats[k], number_format((reb_export_kind)k, x->decimals));
        format_set_align(x->formats[k], LXW_ALIGN_VERTICAL_TOP);
        /* Else Latin names lie at the far side of their column, against the next one's words. */
        if (k == REB_EXPORT_TEXT && x->sheet->right_to_left) format_set_align(x->formats[k], LXW_ALIGN_RIGHT);
    }
    worksheet_set_row(x->page, 0, 32, NULL); /* two lines of titles: rows written one by one are not made fit by every program */
    for (size_t i = 0; i < x->sheet->count; i++) {
        const reb_export_column *c = &x->sheet->columns[i];
        lxw_col_t col = (lxw_col_t)i;
        lxw_error e = worksheet_set_column(x->page, col, col, c->width > 0 ? c->width : usual_width(c->kind), NULL);
        const char *title = clean(&x->buf, c->title, 255);
        if (title == NULL) return no_memory(err);
        if (e == LXW_NO_ERROR) e = worksheet_write_string(x->page, 0, col, title, head);
        if (e != LXW_NO_ERROR) return xlsx_error(e, err);
    }
    worksheet_freeze_panes(x->page, 1, 0);
    return REB_OK;
}

static reb_status xlsx_open(reb_export *x, reb_err *err) {
    char path[CELL];
    char name[4 * TITLE_MOST + 1];
    snprintf(path, sizeof path, "/proc/self/fd/%d", x->fd); /* the library wants a name */
    sheet_name(name, x->sheet->title);
    /* Row by row: memory stays small however long the list is. */
    lxw_workbook_options options = {.constant_memory = LXW_TRUE, .tmpdir = (char *)(uintptr_t)x->sheet->temp_dir, .use_zip64 = LXW_FALSE};
    x->book = workbook_new_opt(path, &options);
    if (x->book == NULL) return no_memory(err);
    lxw_doc_properties about = {.title = (char *)(uintptr_t)x->sheet->title,
                                .author = (char *)(uintptr_t) "Rebound",
                                .created = (time_t)(x->sheet->now_us / 1000000)};
    workbook_set_properties(x->book, &about);
    x->page = workbook_add_worksheet(x->book, name);
    if (x->page == NULL) return no_memory(err);
    if (x->sheet->right_to_left) worksheet_right_to_left(x->page);
    /* On paper: across, as wide as one page, the titles on each. */
    worksheet_set_landscape(x->page);
    worksheet_set_paper(x->page, 9); /* A4 */
    worksheet_fit_to_pages(x->page, 1, 0);
    worksheet_repeat_rows(x->page, 0, 0);
    return xlsx_head(x, err);
}

static lxw_error xlsx_cell(reb_export *x, lxw_row_t row, lxw_col_t col, reb_export_kind kind, const reb_export_cell *c, bool *whole) {
    lxw_format *f = x->formats[kind];
    char text[CELL];
    if (c->empty) return LXW_NO_ERROR;
    switch (kind) {
        case REB_EXPORT_TEXT: {
            const char *s = clean(&x->buf, c->text, TEXT_MOST);
            *whole = s != NULL;
            return s == NULL ? LXW_NO_ERROR : worksheet_write_string(x->page, row, col, s, f);
        }
        case REB_EXPORT_COUNT: return worksheet_write_number(x->page, row, col, (double)c->i64, f);
        case REB_EXPORT_HOURS: return worksheet_write_number(x->page, row, col, hours(c->i64), f);
        case REB_EXPORT_SHARE: return worksheet_write_number(x->page, row, col, c->f64, f);
        case REB_EXPORT_MONEY: return worksheet_write_number(x->page, row, col, (double)c->i64 / pow(10, x->decimals), f);
        case REB_EXPORT_DAY:
            if (c->i64 >= EXCEL_FIRST_DAY) return worksheet_write_number(x->page, row, col, (double)(c->i64 + EXCEL_EPOCH), f);
            break;
        case REB_EXPORT_INSTANT: {
            int64_t minute = local_us(x, c->i64) / US_PER_MINUTE;
            if (minute >= EXCEL_FIRST_DAY * INT64_C(1440))
                return worksheet_write_number(x->page, row, col, EXCEL_EPOCH + (double)minute / 1440.0, f);
            break;
        }
    }
    return worksheet_write_string(x->page, row, col, csv_cell(text, x, kind, c), x->formats[REB_EXPORT_TEXT]);
}

static reb_status xlsx_row(reb_export *x, const reb_export_cell *cells, reb_err *err) {
    if (x->rows >= REB_EXPORT_ROWS_MOST) {
        reb_fail(err, REB_E_LIMIT, "A sheet of Excel ends after %d rows.", REB_EXPORT_ROWS_MOST);
        reb_err_next(err, "Filter the list first, or take it as CSV.");
        return REB_E_LIMIT;
    }
    bool whole = true;
    for (size_t i = 0; i < x->sheet->count; i++) {
        lxw_error e = xlsx_cell(x, (lxw_row_t)(x->rows + 1), (lxw_col_t)i, x->sheet->columns[i].kind, &cells[i], &whole);
        if (e != LXW_NO_ERROR) return xlsx_error(e, err);
        if (!whole) return no_memory(err);
    }
    return REB_OK;
}

static reb_status xlsx_close(reb_export *x, reb_err *err) {
    if (x->rows > 0) worksheet_autofilter(x->page, 0, 0, (lxw_row_t)x->rows, (lxw_col_t)(x->sheet->count - 1));
    lxw_error e = workbook_close(x->book); /* frees it in any case */
    x->book = NULL;
    return e == LXW_NO_ERROR ? REB_OK : xlsx_error(e, err);
}

/* ---- both ---- */

reb_status reb_export_open(reb_export **out, int fd, reb_export_format format, const reb_export_sheet *sheet, reb_err *err) {
    *out = NULL;
    if (sheet->count == 0 || sheet->count > REB_EXPORT_COLUMNS)
        return reb_fail(err, REB_E_INTERNAL, "A sheet of %zu columns.", sheet->count);
    reb_export *x = calloc(1, sizeof *x);
    if (x == NULL) return no_memory(err);
    *x = (reb_export){.sheet = sheet, .format = format, .fd = fd};
    x->currency = sheet->currency != NULL ? reb_currency_find(sheet->currency, strlen(sheet->currency)) : NULL;
    x->decimals = x->currency != NULL ? x->currency->digits : 2;
    reb_status st = format == REB_EXPORT_CSV ? csv_open(x, err) : xlsx_open(x, err);
    if (st != REB_OK) {
        reb_export_drop(x);
        return st;
    }
    *out = x;
    return REB_OK;
}

reb_status reb_export_row(reb_export *x, const reb_export_cell *cells, reb_err *err) {
    reb_status st = x->format == REB_EXPORT_CSV ? csv_row(x, cells, err) : xlsx_row(x, cells, err);
    if (st == REB_OK) x->rows++;
    return st;
}

reb_status reb_export_close(reb_export *x, reb_err *err) {
    reb_status st = x->format == REB_EXPORT_CSV ? flush(x, err) : xlsx_close(x, err);
    reb_export_drop(x);
    return st;
}

void reb_export_drop(reb_export *x) {
    if (x == NULL) return;
    if (x->book != NULL) lxw_workbook_free(x->book);
    reb_buf_free(&x->buf);
    free(x);
}
