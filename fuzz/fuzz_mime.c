/* A mail as anybody on earth may send it: whatever it is, what comes out is clean text within the limits. */
#include "../src/text/mime.h"
#include "../src/text/utf8.h"

#include <stdlib.h>
#include <string.h>

static void check(const char *text, size_t most) {
    size_t n = text != NULL ? strlen(text) : 0;
    if (text == NULL || n > most || !reb_utf8_valid(text, n, NULL)) abort();
    for (size_t i = 0; i < n; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\n' && text[i] != '\t') || text[i] == 0x7F) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    reb_mail m;
    reb_err err = {0};
    reb_status st = reb_mail_read(&m, &a, (const char *)data, size, &err);
    if (st == REB_OK) {
        const char *const lines[] = {m.from, m.from_name, m.reply_to, m.subject, m.message_id, m.language, m.bounced_id, m.bounced_why};
        for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) check(lines[i], REB_MAIL_LINE_MOST);
        check(m.text, REB_MAIL_TEXT_MOST);
        if (m.to_count > REB_MAIL_TO_MOST || m.ref_count > REB_MAIL_REFS_MOST || m.file_count > REB_MAIL_FILES_MOST ||
            strlen(m.digest) != 64)
            abort();
        for (size_t i = 0; i < m.to_count; i++) check(m.to[i], 254);
        for (size_t i = 0; i < m.file_count; i++) check(m.files[i].name, REB_MAIL_LINE_MOST);
    }
    check(reb_html_text(&a, (const char *)data, size), REB_MAIL_TEXT_MOST);
    reb_arena_free(&a);
    return 0;
}
