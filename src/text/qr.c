#include "qr.h"

#include <qrcodegen/qrcodegen.h>
#include <stdint.h>
#include <stdlib.h>

enum { QUIET = 4 };

static int run_length(const uint8_t *code, int x, int y, int side) {
    int n = 0;
    while (x + n < side && qrcodegen_getModule(code, x + n, y)) n++;
    return n;
}

reb_status reb_qr_runs_of(reb_qr_runs *out, const char *text, reb_err *err) {
    *out = (reb_qr_runs){0};
    uint8_t *code = malloc((size_t)qrcodegen_BUFFER_LEN_MAX * 2);
    if (code == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (!qrcodegen_encodeText(text, code + qrcodegen_BUFFER_LEN_MAX, code, qrcodegen_Ecc_MEDIUM, qrcodegen_VERSION_MIN,
                              qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true)) {
        free(code);
        return reb_fail(err, REB_E_LIMIT, "The text is too long for a QR code.");
    }
    int side = qrcodegen_getSize(code);
    /* A row has at most as many runs as half its modules, and one. */
    out->runs = malloc((size_t)side * (size_t)(side / 2 + 1) * sizeof *out->runs);
    out->side = side;
    for (int y = 0; y < side && out->runs != NULL; y++) {
        for (int x = 0; x < side;) {
            int n = run_length(code, x, y, side);
            if (n > 0) out->runs[out->count++] = (reb_qr_run){x, y, n};
            x += n > 0 ? n : 1;
        }
    }
    free(code);
    return out->runs != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

void reb_qr_runs_free(reb_qr_runs *r) {
    free(r->runs);
    *r = (reb_qr_runs){0};
}

reb_status reb_qr_path(reb_buf *out, int *size, const char *text, reb_err *err) {
    reb_qr_runs r;
    *size = 0;
    reb_status st = reb_qr_runs_of(&r, text, err);
    if (st != REB_OK) return st;
    for (size_t i = 0; i < r.count; i++)
        reb_buf_printf(out, "M%d %dh%dv1h-%dz", r.runs[i].x + QUIET, r.runs[i].y + QUIET, r.runs[i].length, r.runs[i].length);
    *size = r.side + 2 * QUIET;
    reb_qr_runs_free(&r);
    return out->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}
