/* What a person chose as a password, after a line of what belongs to them: the cover ends, costs nothing negative, and knowing the person
   never makes guessing harder. */
#include "../src/domain/common_password.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 1024) return 0;
    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    char *line = strchr(text, '\n');
    const char *own = NULL;
    const char *password = text;
    if (line != NULL) {
        *line = '\0';
        own = text;
        password = line + 1;
    }
    int alone = reb_password_tenth_bits(password, NULL, 0);
    int with = reb_password_tenth_bits(password, &own, 1);
    if (alone < 0 || with < 0 || with > alone) abort();
    free(text);
    return 0;
}
