/* Search form: folding twice is folding once, the bound holds, a short buffer is kept to. */
#include "../src/text/fold.h"
#include "../src/text/utf8.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 2000) return 0;
    const char *in = (const char *)data;
    size_t cap = 11 * size + 1;
    char *a = malloc(cap), *b = malloc(cap), *small = malloc(size / 2 + 1);
    if (a == NULL || b == NULL || small == NULL) abort();
    size_t na = reb_fold(a, cap, in, size);
    if (na > 11 * size || !reb_utf8_valid(a, na, NULL)) abort();
    size_t nb = reb_fold(b, cap, a, na);
    if (na != nb || memcmp(a, b, na) != 0) abort();
    if (reb_fold(small, size / 2, in, size) != na) abort();
    size_t nd = reb_digits_ascii(b, in, size);
    if (nd > size) abort();
    reb_utf8_columns(in, size);
    reb_utf8_repair(b, cap, in, size);
    free(a);
    free(b);
    free(small);
    return 0;
}
