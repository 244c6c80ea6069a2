/* Encodings: detection in pieces is detection at once; conversion in pieces gives the same valid UTF-8 as at once. */
#include "../src/text/encoding.h"
#include "../src/text/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static reb_status convert(char *out, size_t *len, reb_encoding e, const char *in, size_t n, size_t step) {
    reb_decoder *d = NULL;
    reb_status st = reb_decoder_open(&d, e, NULL);
    size_t from = 0, shown = 0;
    *len = 0;
    while (st == REB_OK && from < n) {
        shown = shown + step < n ? shown + step : n;
        size_t used, made;
        st = reb_decoder_run(&used, &made, d, in + from, shown - from, out + *len, step + 16, shown == n, NULL);
        from += used;
        *len += made;
    }
    reb_decoder_close(d);
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 4096) return 0;
    reb_encoding_evidence whole = {0}, parts = {0};
    const char *in = (const char *)data;
    reb_encoding_feed(&whole, in, size);
    for (size_t i = 0; i < size; i++) reb_encoding_feed(&parts, in + i, 1);
    reb_encoding_guess g = reb_encoding_verdict(&whole);
    if (g.encoding != reb_encoding_verdict(&parts).encoding || g.reason == NULL || g.encoding == REB_ENC_AUTO) abort();
    char *a = malloc(size * 4 + 4200), *b = malloc(size * 4 + 4200);
    if (a == NULL || b == NULL) abort();
    for (reb_encoding e = REB_ENC_UTF16LE; e <= REB_ENC_WINDOWS_1252; e++) {
        size_t na, nb;
        reb_status sa = convert(a, &na, e, in, size, size + 1), sb = convert(b, &nb, e, in, size, 1 + size % 7);
        if (sa != sb || (sa == REB_OK && (na != nb || memcmp(a, b, na) != 0))) abort();
        if (!reb_utf8_valid(a, na, NULL)) abort();
    }
    free(a);
    free(b);
    return 0;
}
