/* Cells guarded against formulas: what is guarded begins like no formula, what is not is left alone, and taking the guard off is exact. */
#include "../../src/sheet/guard.h"
#include "../../src/sheet/sheet.h"
#include "../lib/tap.h"

static const char *guarded(const char *cell) {
    static reb_buf b;
    const reb_slice s = reb_slice_of(cell);
    reb_buf_clear(&b);
    reb_guard_write_csv(&b, &s, 1, ',');
    return reb_buf_cstr(&b);
}

static void cells(void) {
    static const char *const k_guarded[][2] = {
        {"=1+2", "'=1+2"},
        {"=HYPERLINK(\"http://x\",\"y\")", "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\""},
        {"+44 20 7946 0018", "'+44 20 7946 0018"},
        {"+442079460018", "'+442079460018"},
        {"-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"},
        {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "'\t=1"},
        {"'=1", "''=1"},
        {"''@x", "'''@x"},
        {"\xEF\xBC\x9D 1", "'\xEF\xBC\x9D 1"},
        {"-", "'-"},
        {"-1-1", "'-1-1"},
    };
    static const char *const k_plain[] = {"", "Ann", "12.50", "-12.50", "-1,234.00", "it's", "'tis", "a=b", "5@x", "سارا"};
    for (size_t i = 0; i < sizeof k_guarded / sizeof k_guarded[0]; i++)
        OK(strcmp(guarded(k_guarded[i][0]), k_guarded[i][1]) == 0, "formula %zu is guarded", i);
    for (size_t i = 0; i < sizeof k_plain / sizeof k_plain[0]; i++)
        OK(!reb_guard_needed(reb_slice_of(k_plain[i])), "\"%s\" is left alone", k_plain[i]);
}

/* Guarded, read again: the same. And a file of somebody else keeps its apostrophes. */
static void there_and_back(void) {
    static const char *const k_cells[] = {"=1", "'=1", "''+2", "-5", "-5x", "'", "'a", "+44 1", "@", "x", "'-5"};
    enum { N = sizeof k_cells / sizeof k_cells[0] };
    reb_slice names[N];
    reb_slice fields[N];
    char name[N][16];
    for (int ours = 1; ours >= 0; ours--) {
        reb_buf b = {0};
        reb_sheet *s = NULL;
        const reb_sheet_record *rec = NULL;
        reb_err err = {0};
        for (size_t i = 0; i < N; i++) {
            snprintf(name[i], sizeof name[i], "c%zu", i);
            names[i] = i == 0 && ours ? reb_slice_of(REB_GUARD_COLUMN) : reb_slice_of(name[i]);
            fields[i] = reb_slice_of(k_cells[i]);
        }
        reb_sheet_write_csv(&b, names, N, ',');
        reb_buf_char(&b, '\n');
        reb_guard_write_csv(&b, fields, N, ',');
        reb_buf_char(&b, '\n');
        bool good = reb_sheet_open_memory(&s, "x.csv", b.data, b.len, NULL, &err) == REB_OK && reb_sheet_next(&rec, s, &err) == REB_OK;
        OK(good && rec != NULL && rec->n_fields == N, "read again");
        for (size_t i = 0; good && rec != NULL && i < N; i++) {
            bool same = rec->fields[i].len == strlen(k_cells[i]) && memcmp(rec->fields[i].ptr, k_cells[i], rec->fields[i].len) == 0;
            OK(same == (ours || !reb_guard_needed(fields[i])), "%s: \"%s\"", ours ? "our own file" : "somebody else's", k_cells[i]);
        }
        reb_sheet_close(s);
        reb_buf_free(&b);
    }
}

int main(void) {
    cells();
    there_and_back();
    return tap_done();
}
