/* Inside src/sheet only: what the readers of the formats share. */
#ifndef REB_SHEET_INTERNAL_H
#define REB_SHEET_INTERNAL_H

#include "../base/arena.h"
#include "../base/buf.h"
#include "sheet.h"
#include "source.h"

typedef struct reb_sheet_reader {
    /* Reads the next record into s->record (number is set by the caller); *got false at the end. */
    reb_status (*next)(bool *got, reb_sheet *s, reb_err *err);
    void (*close)(reb_sheet *s);
} reb_sheet_reader;

struct reb_sheet {
    reb_source *source;
    reb_window window; /* text formats */
    reb_sheet_info info;
    reb_sheet_options options;
    reb_sheet_record record;
    reb_sheet_reader reader;
    void *state;          /* of the reader */
    reb_arena arena;      /* names and whatever lives as long as the sheet */
    reb_arena scratch;    /* of one record */
    reb_buf raw;          /* of one record, where it must be made */
    int64_t progress;     /* bytes used, for formats that do not read on straight */
    int64_t line;         /* physical line of the next byte of the window, from 1 */
    reb_sheet_mark start; /* of the first data record */
    bool ended;
    bool guarded;    /* a file of our own whose cells are guarded (guard.h) */
    reb_slice *bare; /* its fields without their guards */
    size_t bare_cap;
    reb_status failed; /* and its error, given again on every call */
    reb_err error;
};

/* Each sets reader, state and the info that depends on the format. */
reb_status reb_sheet_open_delimited(reb_sheet *s, reb_err *err);
reb_status reb_sheet_open_xlsx(reb_sheet *s, reb_err *err);
reb_status reb_sheet_open_vcard(reb_sheet *s, reb_err *err);
reb_status reb_sheet_open_json(reb_sheet *s, reb_err *err);
/* Gives the sheet a header with these names; names are copied. */
reb_status reb_sheet_set_names(reb_sheet *s, const reb_slice *names, size_t n, reb_err *err);
/* The same for a format whose fields have names of their own: has_header, its reason (static) and header_raw too. */
reb_status reb_sheet_name_fields(reb_sheet *s, const reb_slice *names, size_t n, const char *reason, reb_err *err);
/* Completes s->record from fields made by the reader (kept by it): repairs what is no UTF-8 and makes raw. */
reb_status reb_sheet_finish_record(reb_sheet *s, reb_slice *fields, size_t n, reb_err *err);
/* Jump for delimited text; false when it is not possible. */
bool reb_sheet_can_jump(const reb_sheet *s);

/* Does the first record look like a header? Shared by delimited text and XLSX. `sample` is the second record or n 0. */
bool reb_header_guess(const char **reason, const reb_slice *first, size_t n, const reb_slice *second, size_t n_second);

/* Up to so many records with one filled field stand before the header as its title ("Orders of May"). */
#define REB_TITLES 10
static inline size_t reb_filled(const reb_slice *fields, size_t n) {
    size_t filled = 0;
    for (size_t i = 0; i < n; i++) filled += reb_slice_trim(fields[i]).len > 0;
    return filled;
}

reb_status reb_no_memory(const reb_sheet *s, reb_err *err);

/* Text as it may stand in an error: at most 40 bytes, whole characters. */
int reb_shown(reb_slice s);

#endif
