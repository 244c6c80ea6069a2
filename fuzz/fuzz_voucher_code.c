/* Codes of vouchers as typed: what is read is printed, and what is printed reads the same. */
#include "../src/rule/voucher_code.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char out[REB_VOUCHER_TEXT], again[REB_VOUCHER_TEXT];
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    if (reb_voucher_code_read(out, text, NULL) == REB_OK) {
        if (strlen(out) != REB_VOUCHER_TEXT - 1) abort();
        if (reb_voucher_code_read(again, out, NULL) != REB_OK || strcmp(out, again) != 0) abort();
    }
    free(text);
    if (size >= REB_VOUCHER_SEED) {
        reb_voucher_code_make(out, data);
        if (reb_voucher_code_read(again, out, NULL) != REB_OK || strcmp(out, again) != 0) abort();
    }
    return 0;
}
