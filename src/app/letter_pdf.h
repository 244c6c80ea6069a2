/* A letter as a PDF: A4, with letters joined and lines broken as each script asks (Pango, HarfBuzz, fribidi), right to left where the
   language runs so. Nothing of a store. */
#ifndef REB_APP_LETTER_PDF_H
#define REB_APP_LETTER_PDF_H

#include "../base/buf.h"
#include "../base/err.h"
#include "../text/locale.h"

typedef struct reb_letter_paper {
    const char *shop;      /* letterhead */
    const char *place;     /* below it, small: address on the web; may be "" */
    const char *recipient; /* lines */
    const char *date;      /* as people of the language write it */
    const char *subject;
    const char *body;      /* paragraphs parted by an empty line; "- " begins a line of a list */
    const char *reference; /* C-707312: in the foot of each page */
    reb_locale locale;
    int64_t now_us; /* written into the file as its date */
} reb_letter_paper;

/* Adds the file to out. Errors: MEMORY, INTERNAL (Cairo's or Pango's own). */
reb_status reb_letter_paper_pdf(reb_buf *out, const reb_letter_paper *p, reb_err *err);

#endif
