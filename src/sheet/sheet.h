/* A file of records, whatever its form: delimited text (CSV, TSV, semicolon, pipe, columns of white space), XLSX, vCard, JSON
   (array of objects, JSON lines), each of them also inside gzip. Records come one at a time; memory does not grow with the
   file (exceptions are stated under Limits).

   Open, look at the info (format, encoding, delimiter, names of columns, each with its reason), then call reb_sheet_next until
   it gives NULL. One sheet, one thread. */
#ifndef REB_SHEET_SHEET_H
#define REB_SHEET_SHEET_H

#include "../base/err.h"
#include "../text/encoding.h"
#include "../text/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Limits. Beyond them a file is refused with REB_E_LIMIT and its line and column. */
#define REB_SHEET_MAX_LINE_BYTES (16u << 20) /* one record, line breaks inside quotes included; one JSON object; one card */
#define REB_SHEET_MAX_FIELD_BYTES (8u << 20)
#define REB_SHEET_MAX_COLUMNS 4096u
#define REB_SHEET_MAX_SHARED_BYTES (256u << 20)    /* XLSX: text of all shared strings, kept in memory */
#define REB_SHEET_MAX_XML_BYTES (INT64_C(4) << 30) /* XLSX: one unpacked part */
#define REB_SHEET_MAX_RATIO 200                    /* XLSX: unpacked to packed, beyond the first 64 MB: else a zip bomb */

typedef enum reb_sheet_format {
    REB_FORMAT_AUTO,
    REB_FORMAT_DELIMITED,
    REB_FORMAT_XLSX,
    REB_FORMAT_VCARD,
    REB_FORMAT_JSON,      /* an array of objects, bare or as the member of an object */
    REB_FORMAT_JSON_LINES /* one object after another */
} reb_sheet_format;

const char *reb_sheet_format_name(reb_sheet_format f); /* "delimited text", "XLSX", ... */

typedef enum reb_sheet_header { REB_HEADER_AUTO, REB_HEADER_YES, REB_HEADER_NO } reb_sheet_header;

#define REB_DELIMITER_SPACES ' ' /* runs of spaces and tabs, none before the first column */

/* All zero: find out everything. */
typedef struct reb_sheet_options {
    reb_sheet_format format;
    reb_encoding encoding;
    char delimiter;          /* 0: find out; ',' ';' '\t' '|' or REB_DELIMITER_SPACES, or any other ASCII character */
    reb_sheet_header header; /* delimited text and XLSX */
    const char *sheet_name;  /* XLSX: NULL takes the first visible one */
    size_t read_bytes;       /* how much to read at a time; 0: 256 KiB. Tests use small ones: the records must not change */
} reb_sheet_options;

typedef struct reb_sheet_info {
    reb_sheet_format format;
    bool gzip;
    reb_encoding_guess encoding; /* with its reason; for XLSX always UTF-8 */
    char delimiter;              /* delimited text only, else 0 */
    const char *delimiter_reason;
    bool quotes; /* delimited text: quotes enclose fields; false for tables of tabs or bars that do not use them so */
    bool has_header;
    const char *header_reason;
    size_t n_columns;        /* of the header, or of the first record */
    const reb_slice *names;  /* n_columns names, UTF-8, trimmed, without control characters; "column 3" without a header */
    int64_t title_lines;     /* lines with a title or nothing before the header (header AUTO only); they were passed over */
    int64_t header_line;     /* physical line of the header, 0 without */
    reb_slice header_raw;    /* its raw text as UTF-8 (as CSV for XLSX, vCard and JSON), without line end */
    size_t n_sheets;         /* XLSX */
    const reb_slice *sheets; /* their names, in order */
    size_t sheet;            /* the one that is read */
    int64_t total_bytes;     /* size of the file */
} reb_sheet_info;

enum {                             /* reb_sheet_record.flags */
       REB_RECORD_BAD_UTF8 = 1,    /* some bytes were no UTF-8; they are U+FFFD now. raw is as in the file */
       REB_RECORD_STRAY_QUOTE = 2, /* a quote inside a quoted field was neither doubled nor at its end; it was kept as text */
       REB_RECORD_MORE = 4         /* a card had more e-mails or phones than columns; see email_more, phone_more */
};

typedef struct reb_sheet_record {
    int64_t number;          /* 1, 2, ...: data records; the header is not one, empty lines are not either */
    int64_t line;            /* physical line on which it begins, from 1 (XLSX: row; JSON: line of its opening brace) */
    size_t n_fields;         /* as found: may be less or more than info.n_columns (delimited text, XLSX); else equal */
    const reb_slice *fields; /* UTF-8, unquoted */
    reb_slice raw;           /* the record's own text as UTF-8 without its line end, to write back a reject (XLSX, JSON and
                                vCard: the fields as one line of CSV) */
    unsigned flags;
} reb_sheet_record;
/* A record and its slices live until the next call on the sheet. */

typedef struct reb_sheet reb_sheet;

/* *out is owned by the caller. Detection reads the beginning of the file (more when it is plain ASCII); JSON is read once
   through for its names. REB_E_NOT_FOUND no such file; REB_E_IO; REB_E_INPUT (a directory, empty, binary, truncated, encrypted,
   xls, ods, ...: the sentence says which and what to do); REB_E_LIMIT; REB_E_MEMORY. `opt` may be NULL. */
reb_status reb_sheet_open(reb_sheet **out, const char *path, const reb_sheet_options *opt, reb_err *err);

/* The same on bytes in memory, which must outlive the sheet. `name` appears in errors. */
reb_status reb_sheet_open_memory(reb_sheet **out, const char *name, const void *bytes, size_t len, const reb_sheet_options *opt,
                                 reb_err *err);
void reb_sheet_close(reb_sheet *s);

const reb_sheet_info *reb_sheet_get_info(const reb_sheet *s);

/* The next record, or *out NULL at the end. After an error every further call gives the same error. */
reb_status reb_sheet_next(const reb_sheet_record **out, reb_sheet *s, reb_err *err);

/* Index of the column of exactly this name, -1 when there is none. */
int reb_sheet_column(const reb_sheet *s, const char *name);

/* ---- progress and resuming ---- */

/* Bytes of the file (as stored: packed ones for gzip and XLSX) used up so far; info.total_bytes is the whole. */
int64_t reb_sheet_bytes_read(const reb_sheet *s);

/* A place between two records. Plain numbers: they may be stored and used by a later run on the same file. */
typedef struct reb_sheet_mark {
    int64_t record; /* number of the last record given; 0 at the start */
    int64_t offset; /* where the next one begins in the decoded stream, or -1 when the format cannot jump */
    int64_t line;
} reb_sheet_mark;

reb_sheet_mark reb_sheet_tell(const reb_sheet *s);

/* Goes on after record mark.record. Plain UTF-8 delimited text jumps to the offset; everything else (gzip, other encodings,
   XLSX, JSON, cards; or offset -1) is read up to there without being given out. Only forward from a freshly opened sheet.
   REB_E_INPUT when the file ends before. */
reb_status reb_sheet_resume(reb_sheet *s, reb_sheet_mark mark, reb_err *err);

/* ---- writing records back ---- */

struct reb_buf;
/* Appends the fields as one line of CSV, quoted where needed, without line end, to *b. */
void reb_sheet_write_csv(struct reb_buf *b, const reb_slice *fields, size_t n, char delimiter);

#endif
