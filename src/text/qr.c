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

reb_status reb_qr_path(reb_buf *out, int *size, const char *text, reb_err *err) {
    *size = 0;
    uint8_t *code = malloc((size_t)qrcodegen_BUFFER_LEN_MAX * 2);
    if (code == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (!qrcodegen_encodeText(text, code + qrcodegen_BUFFER_LEN_MAX, code, qrcodegen_Ecc_MEDIUM, qrcodegen_VERSION_MIN,
                              qrcodegen_VERSION_MAX, qrcodegen_Mask_AUTO, true)) {
        free(code);
        return reb_fail(err, REB_E_LIMIT, "The text is too long for a QR code.");
    }
    int side = qrcodegen_getSize(code);
    for (int y = 0; y < side; y++) {
        for (int x = 0; x < side;) {
            int n = run_length(code, x, y, side);
            if (n > 0) reb_buf_printf(out, "M%d %dh%dv1h-%dz", x + QUIET, y + QUIET, n, n);
            x += n > 0 ? n : 1;
        }
    }
    *size = side + 2 * QUIET;
    free(code);
    return out->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}
