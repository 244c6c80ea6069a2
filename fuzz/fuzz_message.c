/* Whom a sentence is for, and the sentence: the first line is a language tag, the rest a pattern that gets texts and numbers. */
#include "../src/text/voice.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *text = (const char *)data;
    const char *line = size > 0 ? memchr(text, '\n', size) : NULL;
    size_t tag_len = line != NULL ? (size_t)(line - text) : size;
    static const reb_locale shop = {REB_LANG_FA, REB_CAL_SOLAR_HIJRI, REB_DIGITS_PERSIAN};
    reb_locale l;
    reb_locale_parse(&l, text, tag_len, &shop);
    /* What is read is written as a tag that reads back as itself. */
    char tag[REB_LOCALE_TAG];
    reb_locale again;
    reb_locale_tag(tag, &l);
    if (!reb_locale_parse(&again, tag, strlen(tag), NULL) || memcmp(&again, &l, sizeof l) != 0) abort();

    size_t n = line != NULL ? size - tag_len - 1 : 0;
    char *pattern = malloc(n + 1);
    if (pattern == NULL) return 0;
    if (n > 0) memcpy(pattern, line + 1, n);
    pattern[n] = '\0';
    const reb_msg_value values[] = {
        {.text = "سارا Ann (2)", .number = 3}, {.text = "۱۲", .number = -0.25}, {.text = "call", .number = 1e18}, {.number = NAN}};
    reb_buf out = {0};
    reb_message_format(&out, &l, pattern, values, size % 5);
    if (!out.failed && strlen(reb_buf_cstr(&out)) != out.len) abort();
    /* A pattern without signs is said as it is. */
    if (strpbrk(pattern, "{}#'") == NULL && strcmp(reb_buf_cstr(&out), pattern) != 0) abort();
    reb_buf_free(&out);
    free(pattern);
    return 0;
}
