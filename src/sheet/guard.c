#include "guard.h"

#include "sheet.h"

#include <string.h>

/* -12.50, +3, 1,234: no formula, and better left a number. A telephone number with its plus is guarded: it would become 4.42E+11. */
static bool plain_number(reb_slice c) {
    size_t at = c.len > 0 && c.ptr[0] == '-';
    size_t digits = 0;
    for (size_t i = at; i < c.len; i++) {
        if (c.ptr[i] >= '0' && c.ptr[i] <= '9') {
            digits++;
        } else if (c.ptr[i] != '.' && c.ptr[i] != ',') {
            return false;
        }
    }
    return digits > 0;
}

/* The signs spreadsheets begin a formula with, also in their full width, as Excel takes them in Asian settings. */
static bool begins_formula(reb_slice c) {
    static const char *const k_wide[] = {"\xEF\xBC\x9D", "\xEF\xBC\x8B", "\xEF\xBC\x8D", "\xEF\xBC\xA0"};
    if (c.len == 0) return false;
    if (memchr("=+-@\t\r\n", c.ptr[0], 7) != NULL) return true;
    for (size_t i = 0; i < sizeof k_wide / sizeof k_wide[0]; i++)
        if (c.len >= 3 && memcmp(c.ptr, k_wide[i], 3) == 0) return true;
    return false;
}

static reb_slice after_apostrophes(reb_slice c) {
    while (c.len > 0 && c.ptr[0] == '\'') c.ptr++, c.len--;
    return c;
}

bool reb_guard_needed(reb_slice cell) {
    return begins_formula(after_apostrophes(cell)) && !plain_number(cell);
}

reb_slice reb_guard_strip(reb_slice cell) {
    if (cell.len == 0 || cell.ptr[0] != '\'') return cell;
    reb_slice rest = {cell.ptr + 1, cell.len - 1};
    return reb_guard_needed(rest) ? rest : cell;
}

void reb_guard_write_csv(reb_buf *b, const reb_slice *fields, size_t n, char delimiter) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) reb_buf_char(b, delimiter);
        if (!reb_guard_needed(fields[i])) {
            reb_sheet_write_csv(b, &fields[i], 1, delimiter);
            continue;
        }
        reb_buf cell = {0};
        reb_buf_char(&cell, '\'');
        reb_buf_add(&cell, fields[i].ptr, fields[i].len);
        const reb_slice guarded = {reb_buf_cstr(&cell), cell.len};
        b->failed = b->failed || cell.failed;
        if (!cell.failed) reb_sheet_write_csv(b, &guarded, 1, delimiter);
        reb_buf_free(&cell);
    }
}
