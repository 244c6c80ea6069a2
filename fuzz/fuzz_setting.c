/* Settings: the first byte chooses the key, the rest is the value as somebody typed it. What is accepted is accepted again as it was kept,
   and stays the same. */
#include "../src/domain/business.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 1) return 0;
    reb_setting key = (reb_setting)(data[0] % REB_SETTING_COUNT);
    char *value = malloc(size);
    if (value == NULL) return 0;
    memcpy(value, data + 1, size - 1);
    value[size - 1] = '\0';
    char kept[REB_SETTING_TEXT];
    char again[REB_SETTING_TEXT];
    reb_err err = {0};
    if (reb_setting_check(kept, key, value, &err) == REB_OK) {
        if (reb_setting_check(again, key, kept, &err) != REB_OK || strcmp(kept, again) != 0) abort();
    } else if (err.detail[0] == '\0') {
        abort();
    }
    free(value);
    return 0;
}
