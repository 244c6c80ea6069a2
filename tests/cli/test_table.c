#include "../lib/tap.h"

#include "../../src/cli/table.h"
#include "../../src/text/utf8.h"

static const reb_table_column k_columns[] = {
    {.title = "Customer", .fit = REB_FIT_CUT, .least = 8},
    {.title = "At stake", .right = true},
    {.title = "Why", .fit = REB_FIT_WRAP, .least = 12},
    {0},
};

static char *g_text;
static size_t g_size;

static const char *print_at(const reb_table *t, size_t columns) {
    free(g_text);
    g_text = NULL;
    FILE *f = open_memstream(&g_text, &g_size);
    reb_term term = {.file = f, .columns = columns};
    OK(reb_table_print(t, &term), "prints at %zu columns", columns);
    fclose(f);
    return g_text;
}

static size_t widest_line(const char *text) {
    size_t widest = 0;
    while (*text != '\0') {
        const char *end = strchr(text, '\n');
        size_t len = end != NULL ? (size_t)(end - text) : strlen(text);
        size_t n = reb_utf8_columns(text, len);
        if (n > widest) widest = n;
        text += len + (end != NULL ? 1 : 0);
    }
    return widest;
}

static void fill(reb_table *t) {
    reb_table_words(t, "Sara Al-Mansouri");
    reb_table_text(t, "£410");
    reb_table_words(t, "buys every 19 days, silent for 61");
    reb_table_words(t, "山田太郎");
    reb_table_text(t, "£1,020");
    reb_table_words(t, "first purchase");
    reb_table_words(t, "سارا");
    reb_table_text(t, "£7");
    reb_table_words(t, "nobody spoke to her");
}

static void widths(reb_arena *a) {
    reb_table *t = reb_table_new(a, k_columns);
    fill(t);
    EQ_I64((int64_t)reb_table_rows(t), 3, "three rows");
    EQ_TEXT(print_at(t, 0),
            "Customer          At stake  Why\n"
            "Sara Al-Mansouri      £410  buys every 19 days, silent for 61\n"
            "山田太郎            £1,020  first purchase\n"
            "\xE2\x81\xA8سارا\xE2\x81\xA9                    £7  nobody spoke to her\n",
            "a pipe: nothing is cut; columns are aligned by what is seen");
    char *whole = strdup(g_text);
    EQ_TEXT(print_at(t, 200), whole, "the same at 200");
    free(whole);
    EQ_TEXT(print_at(t, 40),
            "Customer        At stake  Why\n"
            "Sara Al-Manso…      £410  buys every 19\n"
            "                          days, silent\n"
            "                          for 61\n"
            "山田太郎          £1,020  first purchase\n"
            "\xE2\x81\xA8سارا\xE2\x81\xA9                  £7  nobody spoke\n"
            "                          to her\n",
            "40 columns: cut and wrapped, the widest first");
    for (size_t n = 34; n <= 80; n++) {
        print_at(t, n);
        if (!OK(widest_line(g_text) <= n, "no line is wider than %zu", n)) printf("# %s\n", g_text);
    }
    EQ_TEXT(print_at(t, 24),
            "Customer  Sara\n"
            "          Al-Mansouri\n"
            "At stake  £410\n"
            "Why       buys every 19\n"
            "          days, silent\n"
            "          for 61\n"
            "\n"
            "Customer  山田太郎\n"
            "At stake  £1,020\n"
            "Why       first purchase\n"
            "\n"
            "Customer  سارا\n"
            "At stake  £7\n"
            "Why       nobody spoke\n"
            "          to her\n",
            "too narrow for a table: blocks");
}

static void below(reb_arena *a) {
    static const reb_table_column columns[] = {
        {.title = "Customer", .fit = REB_FIT_CUT, .least = 8}, {.title = "Spent", .right = true}, {.title = "Last"}, {.title = "Id"}, {0}};
    reb_table *t = reb_table_new(a, columns);
    static const char *const cells[] = {"Sara Al-Mansouri",  "£410", "3 days ago", "912103809823326229", "سارا", "£7", "today",
                                        "912103809823326230"};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) reb_table_words(t, cells[i]);
    EQ_TEXT(print_at(t, 36),
            "Customer          Spent  Last\n"
            "Sara Al-Mansouri   £410  3 days ago\n"
            "   Id 912103809823326229\n"
            "\xE2\x81\xA8سارا\xE2\x81\xA9                 £7  today\n"
            "   Id 912103809823326230\n",
            "the last column goes under its row before the table is given up");
    EQ_TEXT(print_at(t, 22),
            "Customer         Spent\n"
            "Sara Al-Mansou…   £410\n"
            "   Last 3 days ago ·\n"
            "   Id\n"
            "   912103809823326229\n"
            "\xE2\x81\xA8سارا\xE2\x81\xA9                £7\n"
            "   Last today · Id\n"
            "   912103809823326230\n",
            "then the last two");
    for (size_t n = 30; n <= 80; n++) {
        print_at(t, n);
        OK(widest_line(g_text) <= n, "no line is wider than %zu", n);
    }
}

static void edges(reb_arena *a) {
    reb_table *t = reb_table_new(a, k_columns);
    EQ_TEXT(print_at(t, 80), "", "no rows, no titles");
    reb_table_words(t, "evil\033[2Jname\nwith line");
    reb_table_words(t, NULL);
    reb_table_text(t, "");
    EQ_TEXT(print_at(t, 80),
            "Customer\n"
            "evil\xEF\xBF\xBD[2Jname with line\n",
            "control characters cannot reach the terminal; empty columns are left out");
    reb_table *many = reb_table_new(a, k_columns);
    for (int64_t i = 0; i < 1000; i++) {
        reb_table_printf(many, "customer %d", (int)i);
        reb_table_count(many, i * 1000);
        reb_table_text(many, "x");
    }
    print_at(many, 80);
    size_t lines = 0;
    for (const char *p = g_text; *p != '\0'; p++) lines += *p == '\n';
    EQ_I64((int64_t)lines, 1001, "a thousand rows and a title");
    OK(strstr(g_text, "customer 999   999,000  x\n") != NULL, "the last row is in its columns");
    size_t size = 1 << 20;
    char *big = malloc(size + 1);
    memset(big, 'y', size);
    big[size] = '\0';
    reb_table *huge = reb_table_new(a, k_columns);
    reb_table_words(huge, big);
    reb_table_text(huge, "1");
    reb_table_words(huge, "z");
    OK(widest_line(print_at(huge, 80)) <= 80, "a name of a megabyte keeps to the width");
    free(big);
    reb_table_words(NULL, "x");
    OK(!reb_table_print(NULL, NULL), "no table, no harm");
}

static void styles(reb_arena *a) {
    static const reb_table_column columns[] = {{.title = "A", .style = REB_STYLE_BOLD}, {.title = "B"}, {0}};
    reb_table *t = reb_table_new(a, columns);
    reb_table_text(t, "one");
    reb_table_text(t, "two");
    free(g_text);
    FILE *f = open_memstream(&g_text, &g_size);
    reb_term term = {.file = f, .columns = 80, .style = true};
    reb_table_print(t, &term);
    fclose(f);
    EQ_TEXT(g_text, "\033[2mA\033[0m    \033[2mB\033[0m\n\033[1mone\033[0m  two\n", "styles take no column");
}

static void paragraphs(void) {
    free(g_text);
    FILE *f = open_memstream(&g_text, &g_size);
    reb_term term = {.file = f, .columns = 30};
    reb_term_paragraph(&term, 6, "Why", "buys every 19 days, silent for 61; averyveryverylongwordthatbreaks");
    fclose(f);
    EQ_TEXT(g_text, "Why   buys every 19 days,\n      silent for 61;\n      averyveryverylongwordtha\n      tbreaks\n",
            "a paragraph under its head");
}

int main(void) {
    reb_arena a = {0};
    widths(&a);
    below(&a);
    edges(&a);
    styles(&a);
    paragraphs();
    free(g_text);
    reb_arena_free(&a);
    return tap_done();
}
