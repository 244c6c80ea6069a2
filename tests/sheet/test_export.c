/* Files for spreadsheets: what is written is read again as it was, amounts and dates as what they are, nothing as a formula. */
#include "../../src/sheet/export.h"
#include "sheet_helpers.h"

#include <fcntl.h>
#include <minizip/unzip.h>
#include <unistd.h>

enum { COLUMNS = 7 };
static const reb_export_column k_columns[COLUMNS] = {
    {"الموضوع", REB_EXPORT_TEXT, 0}, {"n", REB_EXPORT_COUNT, 0}, {"amount", REB_EXPORT_MONEY, 0}, {"left", REB_EXPORT_HOURS, 0},
    {"share", REB_EXPORT_SHARE, 0},  {"day", REB_EXPORT_DAY, 0}, {"at", REB_EXPORT_INSTANT, 0},
};
#define US INT64_C(1000000)

/* The file in memory; the caller frees it. */
static char *made(size_t *len, reb_export_format format, const char *currency, const reb_zone *zone, const reb_export_cell rows[][COLUMNS],
                  size_t count) {
    reb_err err = {0};
    reb_export *x = NULL;
    const reb_export_sheet sheet = {.title = "الحالات: [1]/2",
                                    .right_to_left = true,
                                    .columns = k_columns,
                                    .count = COLUMNS,
                                    .currency = currency,
                                    .zone = zone,
                                    .now_us = INT64_C(1777626000) * US};
    int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);
    bool good = fd >= 0 && reb_export_open(&x, fd, format, &sheet, &err) == REB_OK;
    for (size_t i = 0; good && i < count; i++) good = reb_export_row(x, rows[i], &err) == REB_OK;
    good = good && reb_export_close(x, &err) == REB_OK;
    OK(good, "written%s%s", good ? "" : ": ", err.detail);
    off_t size = lseek(fd, 0, SEEK_END);
    char *bytes = malloc((size_t)size + 1);
    *len = pread(fd, bytes, (size_t)size, 0) == size ? (size_t)size : 0;
    bytes[*len] = '\0';
    close(fd);
    return bytes;
}

/* One part of the XLSX. */
static char *part(const char *bytes, size_t len, const char *name) {
    char path[64];
    static char out[1 << 16];
    snprintf(path, sizeof path, "/tmp/reb-export-%ld.xlsx", (long)getpid());
    FILE *f = fopen(path, "wb");
    fwrite(bytes, 1, len, f);
    fclose(f);
    unzFile z = unzOpen(path);
    int n = 0;
    if (z != NULL && unzLocateFile(z, name, 1) == UNZ_OK && unzOpenCurrentFile(z) == UNZ_OK) n = unzReadCurrentFile(z, out, sizeof out - 1);
    out[n > 0 ? n : 0] = '\0';
    if (z != NULL) unzClose(z);
    unlink(path);
    return out;
}

static const reb_export_cell k_rows[][COLUMNS] = {
    {{.text = "=HYPERLINK(\"http://x\")"},
     {.i64 = 7},
     {.i64 = -123450},
     {.i64 = INT64_C(11400) * US},
     {.f64 = 0.125},
     {.i64 = 20574},
     {.i64 = INT64_C(1777626300) * US}},
    {{.text = "سارا، \"الأولى\"\nسطر"},
     {.empty = true},
     {.i64 = 5},
     {.i64 = -INT64_C(3600) * US},
     {.empty = true},
     {.i64 = -30000},
     {.empty = true}},
};

static void csv(void) {
    size_t len = 0;
    reb_zone *zone = NULL;
    reb_err err = {0};
    OK(reb_zone_open(&zone, "Asia/Tehran", &err) == REB_OK, "a zone");
    char *bytes = made(&len, REB_EXPORT_CSV, "GBP", zone, k_rows, 2);
    EQ_TEXT(bytes,
            "\xEF\xBB\xBFالموضوع,n,amount,left,share,day,at\r\n"
            "\"'=HYPERLINK(\"\"http://x\"\")\",7,-1234.50,3.17,0.1250,2026-05-01,2026-05-01 12:35\r\n"
            "\"سارا، \"\"الأولى\"\"\nسطر\",\"\",0.05,-1.00,\"\",1887-11-12,\"\"\r\n",
            "CSV: mark, guard, points, ISO days, local time");
    free(bytes);
    bytes = made(&len, REB_EXPORT_CSV, "IRR", NULL, k_rows, 1);
    OK(strstr(bytes, ",-123450,") != NULL && strstr(bytes, "2026-05-01 09:05") != NULL, "a currency without decimals, and UTC");
    free(bytes);
    reb_zone_close(zone);
}

static void xlsx(void) {
    size_t len = 0;
    reb_buf b = {0};
    char *bytes = made(&len, REB_EXPORT_XLSX, "GBP", NULL, k_rows, 2);
    const reb_sheet_options options = {.header = REB_HEADER_YES};
    read_all(&b, bytes, len, &options);
    const char *read = reb_buf_cstr(&b);
    OK(strncmp(read, "الموضوع|n|amount|left|share|day|at\n", strlen("الموضوع|n|amount|left|share|day|at\n")) == 0, "titles");
    OK(strstr(read, "=HYPERLINK(\"http://x\")|7|-1234.5|3.17|0.125|2026-05-01|2026-05-01") != NULL, "cells are read again as they were: %s",
       read);
    OK(strstr(read, "|1887-11-12|") != NULL, "a day that Excel does not know is text");
    char *sheet = part(bytes, len, "xl/worksheets/sheet1.xml");
    OK(strstr(sheet, "rightToLeft=\"1\"") != NULL, "from right to left");
    OK(strstr(sheet, "<f>") == NULL && strstr(sheet, "=HYPERLINK") != NULL, "no cell is a formula");
    OK(strstr(sheet, "<v>46143</v>") != NULL, "a day is Excel's number of it");
    OK(strstr(sheet, "<v>-1234.5</v>") != NULL, "an amount is a number");
    OK(strstr(sheet, "<autoFilter") != NULL && strstr(sheet, "state=\"frozen\"") != NULL, "titles stay, and filter");
    OK(strstr(part(bytes, len, "xl/workbook.xml"), "name=\"الحالات") != NULL, "the sheet's name");
    OK(strstr(part(bytes, len, "xl/styles.xml"), "yyyy\\-mm\\-dd\\ hh:mm") != NULL, "dates look like dates");
    reb_buf_free(&b);
    free(bytes);
}

static void odd(void) {
    size_t len = 0;
    static char longest[40001];
    for (size_t i = 0; i + 2 <= 40000; i += 2) memcpy(longest + i, "\xD9\x84", 2);
    const reb_export_cell rows[][COLUMNS] = {
        {{.text = "a\x01"
                  "b\x7F\r\nc"},
         {.empty = true},
         {.empty = true},
         {.empty = true},
         {.empty = true},
         {.empty = true},
         {.empty = true}},
        {{.text = longest}, {.empty = true}, {.empty = true}, {.empty = true}, {.empty = true}, {.empty = true}, {.empty = true}},
    };
    char *bytes = made(&len, REB_EXPORT_XLSX, NULL, NULL, rows, 2);
    reb_buf b = {0};
    const reb_sheet_options options = {.header = REB_HEADER_YES};
    OK(read_all(&b, bytes, len, &options) == REB_OK, "control characters and endless text make no broken file");
    OK(strstr(reb_buf_cstr(&b), "a b") != NULL, "a control character is a blank");
    OK(b.len > 31000 && b.len < 33000, "text ends where a cell does");
    reb_buf_free(&b);
    free(bytes);
    bytes = made(&len, REB_EXPORT_XLSX, NULL, NULL, rows, 0);
    OK(len > 0 && strstr(part(bytes, len, "xl/worksheets/sheet1.xml"), "<autoFilter") == NULL, "no rows: titles alone");
    free(bytes);
}

static void faults(void) {
    reb_err err = {0};
    reb_export *x = NULL;
    const reb_export_sheet sheet = {.title = "x", .columns = k_columns, .count = COLUMNS};
    int fd = open("/dev/full", O_RDWR);
    OK(reb_export_open(&x, fd, REB_EXPORT_CSV, &sheet, &err) == REB_E_IO, "a full disk is said");
    close(fd);
    reb_export_drop(NULL);
}

int main(void) {
    csv();
    xlsx();
    odd();
    faults();
    return tap_done();
}
