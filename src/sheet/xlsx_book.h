/* Inside src/sheet only: the parts of an XLSX that surround its rows. */
#ifndef REB_SHEET_XLSX_BOOK_H
#define REB_SHEET_XLSX_BOOK_H

#include "internal.h"

#include <expat.h>
#include <minizip/unzip.h>

/* Where minizip reads. */
typedef struct reb_xlsx_stream {
    reb_source *source; /* not owned */
    int64_t at;
} reb_xlsx_stream;

typedef struct reb_xlsx_book {
    unzFile zip;
    reb_xlsx_stream stream;
    reb_slice *sheet_ids; /* relation of each sheet, beside info.sheets */
    bool *hidden;
    size_t n_sheets, cap_sheets;
    reb_slice *names;
    bool date1904;
    bool *date_styles; /* by index of cell style: its number format is a date or time */
    size_t n_styles, cap_styles;
    char *shared; /* text of all shared strings */
    size_t shared_len, shared_cap;
    uint32_t *shared_at; /* n_shared + 1 offsets */
    size_t n_shared, cap_shared;
    char sheet_path[256];
    /* the part being read */
    int64_t unpacked, packed, announced;
} reb_xlsx_book;

/* Opens the ZIP and reads workbook, relations, styles and shared strings; chooses the sheet. *out is owned by the caller. */
reb_status reb_xlsx_book_open(reb_xlsx_book **out, reb_sheet *s, reb_err *err);
void reb_xlsx_book_close(reb_xlsx_book *b);

/* One part at a time. */
reb_status reb_xlsx_part_open(reb_xlsx_book *b, const reb_sheet *s, const char *path, bool *found, reb_err *err);
/* *n = 0 at its end. Guards against bombs. */
reb_status reb_xlsx_part_read(size_t *n, reb_xlsx_book *b, const reb_sheet *s, void *buf, size_t cap, reb_err *err);
void reb_xlsx_part_close(reb_xlsx_book *b);

/* Local name of an element or attribute: without its prefix. */
const char *reb_xml_local(const char *name);
const char *reb_xml_attribute(const char **atts, const char *local);
/* A parser that refuses DOCTYPE (no entities, no bombs in XML). */
XML_Parser reb_xml_parser(void *user);

#endif
