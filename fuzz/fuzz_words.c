/* Words from outside on their way to a terminal: whole UTF-8 without controls, never wider than asked for; and names compared. */
#include "../src/app/customer_close.h"
#include "../src/base/arena.h"
#include "../src/cli/table.h"
#include "../src/domain/customer.h"
#include "../src/domain/identity.h"
#include "../src/text/format.h"
#include "../src/text/utf8.h"

#include <stdlib.h>
#include <string.h>

static void check_harmless(const char *s, size_t len, bool isolates) {
    if (!reb_utf8_valid(s, len, NULL)) abort();
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, s + i, len - i);
        bool control = cp < 0x20 || (cp >= 0x7F && cp < 0xA0);
        bool direction = cp == 0x200E || cp == 0x200F || cp == 0x61C || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069);
        if (isolates && (cp == 0x2068 || cp == 0x2069)) direction = false;
        if (control || direction || cp == 0x2028 || cp == 0x2029 || cp == 0xFEFF) abort();
    }
}

static void check_words(const char *text, size_t len) {
    reb_buf safe = {0};
    reb_buf again = {0};
    reb_format_safe(&safe, text, len);
    check_harmless(reb_buf_cstr(&safe), safe.len, false);
    reb_format_safe(&again, reb_buf_cstr(&safe), safe.len);
    if (again.len != safe.len || (safe.len > 0 && memcmp(again.data, safe.data, safe.len) != 0)) abort();
    for (size_t most = 0; most < 12; most++) {
        reb_buf cut = {0};
        size_t columns = reb_format_words(&cut, text, len, most);
        check_harmless(reb_buf_cstr(&cut), cut.len, true);
        if (columns != reb_utf8_columns(reb_buf_cstr(&cut), cut.len)) abort();
        if (most > 0 && columns > most) abort();
        reb_buf_free(&cut);
    }
    reb_buf_free(&safe);
    reb_buf_free(&again);
}

/* A table of two columns at several widths: no line is wider than the terminal, unless a single letter is. */
static void check_table(reb_arena *arena, const char *text) {
    static const reb_table_column columns[] = {{.title = "Name", .fit = REB_FIT_CUT}, {.title = "Why", .fit = REB_FIT_WRAP}, {0}};
    for (size_t width = 24; width < 100; width += 25) {
        char *out = NULL;
        size_t size = 0;
        FILE *f = open_memstream(&out, &size);
        reb_term term = {.file = f, .columns = width};
        reb_table *t = reb_table_new(arena, columns);
        reb_table_words(t, text);
        reb_table_words(t, text);
        if (!reb_table_print(t, &term)) abort();
        fclose(f);
        for (const char *line = out; *line != '\0';) {
            const char *end = strchr(line, '\n');
            if (end == NULL || reb_utf8_columns(line, (size_t)(end - line)) > width) abort();
            line = end + 1;
        }
        free(out);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size > 2000) return 0;
    reb_arena arena = {0};
    check_words((const char *)data, size);
    char *text = reb_arena_strndup(&arena, (const char *)data, size);
    if (text == NULL) abort();
    check_table(&arena, text);
    const char *line = NULL;
    if (reb_customer_line(&line, &arena, text, 2000, "name", NULL) == REB_OK && line != NULL) {
        size_t half = reb_utf8_cut(line, strlen(line), strlen(line) / 2);
        char *a = reb_identity_fold(&arena, reb_arena_strndup(&arena, line, half));
        char *b = reb_identity_fold(&arena, line + half);
        if (a == NULL || b == NULL) abort();
        if (reb_names_compare(a, b) != reb_names_compare(b, a)) abort();
        reb_closeness own = reb_names_compare(a, a);
        if (own != REB_NAMES_SAME && own != REB_NAMES_UNKNOWN) abort();
        reb_name_skeleton(b);
    }
    reb_customer_lines(&line, &arena, text, 2000, "note", NULL);
    reb_arena_free(&arena);
    return 0;
}
