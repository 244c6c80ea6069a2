/* Reading whole sheets into one text, so that a test can compare them at a glance. */
#ifndef REB_TESTS_SHEET_HELPERS_H
#define REB_TESTS_SHEET_HELPERS_H

#include "../../src/base/buf.h"
#include "../../src/sheet/sheet.h"
#include "../lib/tap.h"

static inline void add_fields(reb_buf *b, const reb_slice *f, size_t n) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) reb_buf_char(b, '|');
        if (f[i].len > 0) reb_buf_add(b, f[i].ptr, f[i].len);
    }
}

/* "names\nL2:a|b\nL3:c|d\n" or "ERROR code: detail". The caller frees b. */
static inline reb_status read_all(reb_buf *b, const void *bytes, size_t len, const reb_sheet_options *opt) {
    reb_err err = {0};
    reb_sheet *s = NULL;
    reb_status st = reb_sheet_open_memory(&s, "t.csv", bytes, len, opt, &err);
    if (st == REB_OK) {
        const reb_sheet_info *info = reb_sheet_get_info(s);
        add_fields(b, info->names, info->n_columns);
        reb_buf_char(b, '\n');
        for (;;) {
            const reb_sheet_record *r;
            st = reb_sheet_next(&r, s, &err);
            if (st != REB_OK || r == NULL) break;
            reb_buf_printf(b, "L%lld:", (long long)r->line);
            add_fields(b, r->fields, r->n_fields);
            reb_buf_char(b, '\n');
        }
    }
    if (st != REB_OK) reb_buf_printf(b, "ERROR %s: %s", reb_status_name(st), err.detail);
    reb_sheet_close(s);
    return st;
}

static inline void reads_as(const char *bytes, size_t len, const reb_sheet_options *opt, const char *want, const char *what) {
    reb_buf b = {0};
    read_all(&b, bytes, len, opt);
    EQ_TEXT(reb_buf_cstr(&b), want, what);
    reb_buf_free(&b);
}
#define READS(text, want, what) reads_as((text), sizeof(text) - 1, NULL, (want), (what))

#endif
