/* For the targets of src/sheet: reads a whole sheet and sums up what it gave, so that two ways of reading can be compared. */
#ifndef REB_FUZZ_SHEET_DIGEST_H
#define REB_FUZZ_SHEET_DIGEST_H

#include "../src/sheet/sheet.h"
#include "../src/text/utf8.h"

#include <stdlib.h>

static inline uint64_t digest_add(uint64_t h, const void *p, size_t n) {
    const unsigned char *s = p;
    for (size_t i = 0; i < n; i++) h = (h ^ s[i]) * UINT64_C(1099511628211);
    return (h ^ n) * UINT64_C(1099511628211);
}

/* Every promise of sheet.h that can be seen from outside is checked on the way. */
static inline uint64_t digest_sheet(const uint8_t *data, size_t size, const reb_sheet_options *opt) {
    uint64_t h = UINT64_C(14695981039346656037);
    reb_err err = {0};
    reb_sheet *s = NULL;
    reb_status st = reb_sheet_open_memory(&s, "fuzz", data, size, opt, &err);
    if (st == REB_OK) {
        const reb_sheet_info *info = reb_sheet_get_info(s);
        for (size_t i = 0; i < info->n_columns; i++) {
            h = digest_add(h, info->names[i].ptr, info->names[i].len);
            if (info->names[i].len == 0) abort();
        }
        const reb_sheet_record *r;
        int64_t number = 0, line = 0;
        while ((st = reb_sheet_next(&r, s, &err)) == REB_OK && r != NULL) {
            if (r->number != ++number || r->line < line || r->n_fields > REB_SHEET_MAX_COLUMNS) abort();
            line = r->line;
            h = digest_add(h, &r->line, sizeof r->line);
            for (size_t i = 0; i < r->n_fields; i++) {
                h = digest_add(h, r->fields[i].ptr, r->fields[i].len);
                if (!reb_utf8_valid(r->fields[i].ptr, r->fields[i].len, NULL)) abort();
            }
            h = digest_add(h, r->raw.ptr, r->raw.len);
        }
        if (reb_sheet_bytes_read(s) < 0 || reb_sheet_bytes_read(s) > info->total_bytes) abort();
    }
    if (st != REB_OK && (err.detail[0] == '\0' || err.code != st)) abort();
    h = digest_add(h, &st, sizeof st);
    reb_sheet_close(s);
    return h;
}

#endif
