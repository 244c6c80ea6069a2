/* Passwords as somebody may type them: accepted or refused with a reason; what is accepted has between 12 and 128 characters and holds no
   control character. The first line is the e-mail address, the second the name, the rest the password. */
#include "../src/domain/person.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 1);
    if (text == NULL) abort();
    if (size > 0) memcpy(text, data, size);
    text[size] = '\0';
    char *name = strchr(text, '\n');
    char *password = name != NULL ? strchr(name + 1, '\n') : NULL;
    if (password != NULL) {
        *name++ = '\0';
        *password++ = '\0';
        reb_err err = {0};
        reb_status st = reb_password_check(password, NULL, text, name, &err);
        if (st != REB_OK && (st != err.code || err.detail[0] == '\0')) abort();
        if (st == REB_OK && (strlen(password) < 12 || strlen(password) > 4096 || strpbrk(password, "\n\r\t\x7f") != NULL)) abort();
    }
    free(text);
    return 0;
}
