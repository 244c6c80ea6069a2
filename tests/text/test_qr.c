/* QR codes as a path: what is drawn is read back module by module and compared with what every QR code must show. */
#include "../lib/tap.h"

#include "../../src/text/qr.h"

enum { SIDE = 200 };
static bool k_dark[SIDE][SIDE];

/* Draws the path into k_dark; false when it holds anything but rectangles of one row. */
static bool draw(const char *d, int size) {
    memset(k_dark, 0, sizeof k_dark);
    while (*d != '\0') {
        int x, y, n, back, used = 0;
        if (sscanf(d, "M%d %dh%dv1h-%dz%n", &x, &y, &n, &back, &used) != 4 || used == 0 || n != back) return false;
        if (x < 4 || y < 4 || x + n > size - 4 || y >= size - 4) return false;
        for (int i = 0; i < n; i++) k_dark[y][x + i] = true;
        d += used;
    }
    return true;
}

/* The three finder patterns: a dark ring of 7, a light one, a dark block of 3 (ISO/IEC 18004, 6.3.3). */
static bool finder(int left, int top) {
    for (int y = 0; y < 7; y++) {
        for (int x = 0; x < 7; x++) {
            bool ring = x == 0 || x == 6 || y == 0 || y == 6;
            bool block = x >= 2 && x <= 4 && y >= 2 && y <= 4;
            if (k_dark[top + y][left + x] != (ring || block)) return false;
        }
    }
    return true;
}

int main(void) {
    reb_buf out = {0};
    reb_err err = {0};
    int size = 0;
    const char *text = "otpauth://totp/Rebound:anna%40example.net?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rebound&algorithm=SHA1"
                       "&digits=6&period=30";
    EQ_I64(reb_qr_path(&out, &size, text, &err), REB_OK, "an address of a second factor becomes a code");
    OK(size >= 21 + 8 && size < SIDE && (size - 8 - 21) % 4 == 0, "its side is that of a version: %d", size);
    OK(draw(reb_buf_cstr(&out), size), "the path holds rectangles of one row within the quiet zone");
    OK(finder(4, 4) && finder(size - 11, 4) && finder(4, size - 11), "the three finder patterns stand in their corners");
    bool timing = true;
    for (int i = 8; i < size - 8 - 8; i++) timing = timing && k_dark[10][4 + i] == (i % 2 == 0) && k_dark[4 + i][10] == (i % 2 == 0);
    OK(timing, "and the timing patterns between them");
    reb_buf_clear(&out);
    char *large = malloc(4001);
    memset(large, 'x', 4000);
    large[4000] = '\0';
    EQ_I64(reb_qr_path(&out, &size, large, &err), REB_E_LIMIT, "what does not fit is refused");
    free(large);
    reb_buf_free(&out);
    return tap_done();
}
