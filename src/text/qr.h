/* A QR code as one path of SVG (ISO/IEC 18004, by the library qrcodegen): the console draws it as <path d="...">, which needs neither an
   image nor an inline style, so that the strict policy of the page holds. */
#ifndef REB_TEXT_QR_H
#define REB_TEXT_QR_H

#include "../base/buf.h"
#include "../base/err.h"

/* Appends the dark modules as a path in units of one module, runs of a row as one rectangle each. *size is the side of the whole picture
   with its quiet zone of four modules: viewBox="0 0 size size". Error correction is M or better. Errors: LIMIT when `text` does not fit
   (about 2,300 bytes), MEMORY. */
reb_status reb_qr_path(reb_buf *out, int *size, const char *text, reb_err *err);

/* The same as runs of dark modules, for whoever draws them otherwise; without the quiet zone, which whoever draws leaves. */
typedef struct reb_qr_run {
    int x, y, length;
} reb_qr_run;
typedef struct reb_qr_runs {
    reb_qr_run *runs; /* row by row; reb_qr_runs_free */
    size_t count;
    int side; /* modules */
} reb_qr_runs;
reb_status reb_qr_runs_of(reb_qr_runs *out, const char *text, reb_err *err);
void reb_qr_runs_free(reb_qr_runs *r);

#endif
