/* Writes a list as a file for spreadsheets: CSV, or XLSX with real numbers and dates.

   Both open rightly in Excel and LibreOffice in any language: CSV is UTF-8 with a byte order mark, its lines end with CR LF, its days are
   ISO 8601 and its decimals have a point; XLSX has dates and amounts as what they are and its sheet runs from right to left where the
   reader does. A cell of text is never a formula: in CSV it is guarded (guard.h), in XLSX it is stored as text. */
#ifndef REB_SHEET_EXPORT_H
#define REB_SHEET_EXPORT_H

#include "../base/err.h"
#include "../text/calendar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_export_format { REB_EXPORT_CSV, REB_EXPORT_XLSX } reb_export_format;

typedef enum reb_export_kind {
    REB_EXPORT_TEXT,
    REB_EXPORT_COUNT,   /* i64 */
    REB_EXPORT_MONEY,   /* i64, minor units of the sheet's currency */
    REB_EXPORT_HOURS,   /* i64, microseconds: as hours with two decimals */
    REB_EXPORT_SHARE,   /* f64, 0..1 */
    REB_EXPORT_DAY,     /* i64, days since 1970-01-01 */
    REB_EXPORT_INSTANT, /* i64, microseconds UTC: as local time of the sheet's zone */
} reb_export_kind;

typedef struct reb_export_column {
    const char *title;
    reb_export_kind kind;
    int width; /* of XLSX, in characters; 0: what the kind usually needs */
} reb_export_column;

typedef struct reb_export_cell {
    bool empty;
    const char *text; /* UTF-8; NULL is empty */
    int64_t i64;
    double f64;
} reb_export_cell;

typedef struct reb_export_sheet {
    const char *title; /* of the sheet; made fit (31 characters, none of []:*?/\) */
    bool right_to_left;
    const reb_export_column *columns; /* at most REB_EXPORT_COLUMNS */
    size_t count;
    const char *currency; /* ISO 4217, of MONEY */
    const reb_zone *zone; /* of INSTANT; NULL: UTC */
    int64_t now_us;       /* written into the file as when it was made */
    const char *temp_dir; /* where XLSX puts its parts meanwhile; NULL: the system's */
} reb_export_sheet;

enum { REB_EXPORT_COLUMNS = 64, REB_EXPORT_ROWS_MOST = 1048575 /* of XLSX, below the titles */ };

typedef struct reb_export reb_export;

/* Begins the file at the descriptor, which stays the caller's, and writes the titles. What `sheet` points to must live until the end.
   Errors: IO, MEMORY. */
reb_status reb_export_open(reb_export **out, int fd, reb_export_format format, const reb_export_sheet *sheet, reb_err *err);
/* One row, a cell a column. Errors: IO, MEMORY, LIMIT (more rows than XLSX holds). */
reb_status reb_export_row(reb_export *x, const reb_export_cell *cells, reb_err *err);
/* Finishes the file; x is gone afterwards in any case. Only then is the file whole. Errors: IO, MEMORY. */
reb_status reb_export_close(reb_export *x, reb_err *err);
/* Gives up; what was written is of no use. NULL is allowed. */
void reb_export_drop(reb_export *x);

static inline reb_export_cell reb_export_text(const char *text) {
    return (reb_export_cell){.empty = text == NULL || *text == '\0', .text = text};
}
static inline reb_export_cell reb_export_i64(bool known, int64_t v) {
    return (reb_export_cell){.empty = !known, .i64 = v};
}
static inline reb_export_cell reb_export_f64(bool known, double v) {
    return (reb_export_cell){.empty = !known, .f64 = v};
}

#endif
