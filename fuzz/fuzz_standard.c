/* Documents of standards: whatever is read is written, and that reads the same and differs in nothing. */
#include "../src/rule/standard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_standard *s = NULL, *again = NULL;
    reb_buf one = {0}, two = {0};
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    if (reb_standard_parse(&s, &a, text, &err) == REB_OK) {
        reb_standard_change changes[4];
        int64_t count = 0;
        reb_standard_write(&one, s);
        if (one.len <= REB_STANDARD_BYTES) {
            if (reb_standard_parse(&again, &a, reb_buf_cstr(&one), &err) != REB_OK) abort();
            reb_standard_write(&two, again);
            if (strcmp(reb_buf_cstr(&one), reb_buf_cstr(&two)) != 0) abort();
            if (reb_standard_diff(changes, 4, &count, &a, s, again, &err) != REB_OK || count != 0) abort();
        }
    } else if (err.detail[0] == '\0') {
        abort();
    }
    reb_buf_free(&one);
    reb_buf_free(&two);
    reb_arena_free(&a);
    free(text);
    return 0;
}
