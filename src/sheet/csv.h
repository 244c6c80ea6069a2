/* Inside src/sheet only (and its bench): the scanner of delimited text. It knows nothing of files: it is shown the bytes from the
   start of a record and says where the fields are, or that it needs more. */
#ifndef REB_SHEET_CSV_H
#define REB_SHEET_CSV_H

#include "../base/err.h"
#include "../text/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_csv_result {
    REB_CSV_RECORD,     /* fields, raw and consumed are set */
    REB_CSV_MORE,       /* the record goes on behind the bytes shown: show more of it (same start), or eof */
    REB_CSV_NUL,        /* a NUL byte at `bad_at` */
    REB_CSV_COLUMNS,    /* more than REB_SHEET_MAX_COLUMNS */
    REB_CSV_FIELD,      /* a field longer than REB_SHEET_MAX_FIELD_BYTES, which begins at bad_at */
    REB_CSV_OPEN_QUOTE, /* the text ends inside a quote opened at bad_at */
    REB_CSV_MEMORY
} reb_csv_result;

typedef struct reb_csv_field {
    uint32_t from, to; /* offsets in the record, without quotes */
    uint32_t doubled;  /* number of doubled quotes inside */
} reb_csv_field;

typedef struct reb_csv {
    char delimiter; /* ' ': runs of white space */
    bool no_quotes; /* a quote is a letter like any other */
    /* result */
    reb_csv_field *fields; /* owned */
    size_t n_fields, cap_fields;
    size_t raw_len;   /* the record without its line end */
    size_t consumed;  /* with it */
    bool high;        /* bytes beyond ASCII were near: check UTF-8 */
    bool breaks;      /* line breaks may stand inside a quoted field */
    bool any_doubled; /* some field has doubled quotes */
    bool stray;       /* a stray quote was kept as text */
    size_t stray_at;
    size_t bad_at;
    /* where scanning stopped, all relative to the start of the record */
    size_t pos, field_from, quote_at;
    uint32_t doubled;
    size_t closed_to; /* end of the content when the field's quote is closed */
    bool in_quote, closed;
    bool plain; /* the field is known to be plain text: quotes in it are letters */
} reb_csv;

void reb_csv_open(reb_csv *c, char delimiter);
void reb_csv_close(reb_csv *c);
/* Before each new record. */
void reb_csv_begin(reb_csv *c);
/* d[0..len) are the bytes known from the record's start; at least 64 readable bytes must lie behind them. */
reb_csv_result reb_csv_scan(reb_csv *c, const char *d, size_t len, bool eof);

/* Text of a field: a slice of d, or, with doubled quotes, written to scratch (to - from bytes suffice). */
reb_slice reb_csv_text(const reb_csv_field *f, const char *d, char *scratch);

#endif
