/* A voucher on paper: one page of A5 across, in the customer's language, with the code in large groups, as a QR code (ISO/IEC 18004, the
   code alone, for tills that read it), until when it is good and what it is good for. Right to left where the language runs so; the code
   itself always from left to right. */
#ifndef REB_APP_VOUCHER_PDF_H
#define REB_APP_VOUCHER_PDF_H

#include "../base/arena.h"
#include "../base/buf.h"
#include "../domain/business.h"
#include "../text/locale.h"

typedef struct reb_voucher_paper {
    const char *shop;      /* who gives it */
    const char *place;     /* its address on the web; may be "" */
    const char *title;     /* what it is: voucher */
    const char *value;     /* as people of the language write an amount */
    const char *code;      /* 7KQT-3XEM-WR9A-HD4P */
    const char *until;     /* one sentence; "" when it is good for ever */
    const char *terms;     /* paragraphs parted by line ends */
    const char *reference; /* C-707312 */
    reb_locale locale;
    int64_t now_us; /* written into the file as its date */
} reb_voucher_paper;

/* Adds the file to out. Errors: MEMORY, INTERNAL (Cairo's or Pango's own). */
reb_status reb_voucher_paper_pdf(reb_buf *out, const reb_voucher_paper *p, reb_err *err);

/* The voucher of a gesture as a file; *number: of its case; *name: what to call it. Errors: NOT_FOUND, CONFLICT (used, expired or
   cancelled: nothing to print), STORE, MEMORY. */
reb_status reb_voucher_pdf(reb_buf *out, int64_t *number, const char **name, reb_store *s, reb_arena *a, const reb_business *b,
                           int64_t voucher_id, int64_t now_us, reb_err *err);

#endif
