/* Delimited text: forms, hostile input, and the property that no way of cutting the input into reads changes the records. */
#include "sheet_helpers.h"

#include <stdint.h>
#include <unistd.h>
#include <zlib.h>

static void forms(void) {
    READS("a,b\n1,2\n3,4\n", "a|b\nL2:1|2\nL3:3|4\n", "LF");
    READS("a,b\r\n1,2\r\n3,4", "a|b\nL2:1|2\nL3:3|4\n", "CRLF, last line without an end");
    READS("a,b\r1,2\r3,4\r", "a|b\nL2:1|2\nL3:3|4\n", "CR alone");
    READS("a,b\n1,2\r\n3,4\r5,6", "a|b\nL2:1|2\nL3:3|4\nL4:5|6\n", "line ends mixed");
    READS("a;b\n1,5;2\n", "a|b\nL2:1,5|2\n", "semicolons win over decimal commas");
    READS("a\tb\n1\t\n", "a|b\nL2:1|\n", "tabs, an empty last field");
    READS("a|b\n1|2\n", "a|b\nL2:1|2\n", "bars");
    READS(" id  date n\r\n 01 19970101  1\r\n 02 19970112  5\r\n", "id|date|n\nL2:01|19970101|1\nL3:02|19970112|5\n",
          "columns of white space");
    READS("name\nJohn Smith\nJane Doe Miller\n", "name\nL2:John Smith\nL3:Jane Doe Miller\n", "one column with spaces stays one column");
    READS("\xEF\xBB\xBF"
          "a,b\n1,2\n",
          "a|b\nL2:1|2\n", "byte-order mark");
    READS("sep=;\na;b\n1;2\n", "a|b\nL3:1|2\n", "sep=; line");
    READS("\n\na,b\n\n1,2\n\n", "a|b\nL5:1|2\n", "empty lines are skipped, line numbers stay");
    READS("a,b\n1\n1,2,3\n", "a|b\nL2:1\nL3:1|2|3\n", "records shorter and longer than the header");
    READS("1,2\n3,4\n", "column 1|column 2\nL1:1|2\nL2:3|4\n", "no header: the first line is data");
    READS("a,,c\n1,2,3\n", "a|column 2|c\nL2:1|2|3\n", "a name that is missing");
    READS("Orders of May\n,,\n\na,b,c\n1,2,3\n", "a|b|c\nL5:1|2|3\n", "a title before the header");
    READS("name\nAli\nSara\n", "name\nL2:Ali\nL3:Sara\n", "one column has no title");
    READS("a,,\n1,2,3\n", "a|column 2|column 3\nL2:1|2|3\n", "one name before a line of values");
    READS("a,b\n1,2\n\x1A", "a|b\nL2:1|2\n", "DOS end of file");
}

static void quotes(void) {
    READS("a,b\n\"x, y\",\"line\nbreak\"\n3,4\n", "a|b\nL2:x, y|line\nbreak\nL4:3|4\n", "commas and line breaks in quotes; lines counted");
    READS("a,b\n\"say \"\"hi\"\"\",\"\"\n", "a|b\nL2:say \"hi\"|\n", "doubled quotes, empty quoted field");
    READS("a,b\n5\" pipe,6\"\n", "a|b\nL2:5\" pipe|6\"\n", "quotes inside plain text are text");
    READS("a,b\n\"He said \"hi\" to me\",2\n", "a|b\nL2:He said \"hi\" to me|2\n", "stray quotes inside a quoted field are kept");
    READS("a,b\n\"x\" , \"y, z\"\n", "a|b\nL2:x|y, z\n", "blanks around quoted fields");
    READS("a,b\n\"x\r\ny\",2\r\n\"\"\"\",3\r\n", "a|b\nL2:x\r\ny|2\nL4:\"|3\n", "CRLF inside quotes; a field that is one quote");
    READS("a\tb\n\"x y\t1\nz\t2\n\"w\" v\t3\n", "a|b\nL2:\"x y|1\nL3:z|2\nL4:\"w\" v|3\n", "tabs without quoting");
    READS("a\tb\n\"x\ty\"\t1\n\"z\nw\"\t2\n", "a|b\nL2:x\ty|1\nL3:z\nw|2\n", "tabs with quoting");
    READS("a,b\n1,\"2\"", "a|b\nL2:1|2\n", "closing quote at the end of the file");
    char big[300];
    memset(big, 'x', sizeof big);
    memcpy(big, "a,b\n\"", 5);
    memcpy(big + 250, "\",2\n", 4);
    char want[300] = "a|b\nL2:";
    memset(want + 7, 'x', 245);
    memcpy(want + 252, "|2\n", 4);
    reads_as(big, 254, NULL, want, "a quoted field longer than a block");
}

static void fails(const char *bytes, size_t len, reb_status code, const char *part, const char *what) {
    reb_buf b = {0};
    reb_status st = read_all(&b, bytes, len, NULL);
    OK(st == code && strstr(reb_buf_cstr(&b), part) != NULL, "%s: %.200s", what, b.len > 200 ? b.data + b.len - 200 : reb_buf_cstr(&b));
    reb_buf_free(&b);
}

static void hostile(void) {
    fails("a,b\n1,2\nx,\"y\n3,4\n", 17, REB_E_INPUT, "the quote opened at line 3, column 3 is never closed", "quote never closed");
    fails("a,b\n1,\0\n", 8, REB_E_INPUT, "line 2, column 3: a NUL byte", "NUL byte");
    fails("a,b\n1,\"x\0\"\n", 11, REB_E_INPUT, "line 2, column 5: a NUL byte", "NUL byte in quotes");
    fails("", 0, REB_E_INPUT, "is empty", "empty file");
    fails("\xEF\xBB\xBF", 3, REB_E_INPUT, "no lines", "nothing but a byte-order mark");
    fails("\n\r\n \n", 5, REB_OK, "", "blank lines only do not crash");
    fails("%PDF-1.4", 8, REB_E_INPUT, "is a PDF", "a PDF");
    fails("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1....", 12, REB_E_INPUT, "xls", "an old xls");
    fails("<html><body><table>", 19, REB_E_INPUT, "web page", "a web page");
    size_t n = 100u << 20;
    char *big = malloc(n);
    memset(big, 'x', n);
    memcpy(big, "a,b\n1,2\n", 8);
    fails(big, n, REB_E_LIMIT, "line 3 is longer than 16 MB", "a line of 100 MB");
    big[8] = '"';
    fails(big, n, REB_E_LIMIT, "line 3, column 1: a field of more than 8 MB begins here; its quote is probably never closed",
          "a quote that swallows 100 MB");
    memset(big, ',', 5000);
    big[5000] = '\n';
    fails(big, 5001, REB_E_LIMIT, "line 1, column 4097: more than 4096 columns", "5,000 columns");
    memset(big, 'x', 9u << 20);
    memcpy(big, "a,b\n1,", 6);
    big[(9u << 20) - 1] = '\n';
    fails(big, 9u << 20, REB_E_LIMIT, "line 2, column 3: a field of more than 8 MB", "a field of 9 MB");
    /* Blanks and quotes that a careless reader would look at again and again. */
    memset(big, ' ', 7u << 20);
    memset(big + (3u << 20), '"', 4u << 20);
    memcpy(big, "a,b\n1,", 6);
    big[(3u << 20) - 1] = 'x';
    fails(big, 7u << 20, REB_OK, "|", "millions of blanks and quotes take no longer than other bytes");
    for (size_t i = 0; i < 200000; i++) big[i] = (char)(i * 2654435761u >> 13);
    fails(big, 200000, REB_E_INPUT, "", "noise");
    free(big);
    reb_err err = {0};
    reb_sheet *s = NULL;
    OK(reb_sheet_open(&s, "/", NULL, &err) == REB_E_INPUT && strstr(err.detail, "is a directory") != NULL, "a directory: %s", err.detail);
    OK(reb_sheet_open(&s, "/nonexistent/x.csv", NULL, &err) == REB_E_NOT_FOUND, "no such file: %s", err.detail);
    OK(reb_sheet_open(&s, "/dev/null", NULL, &err) == REB_E_INPUT, "a device: %s", err.detail);
    OK(reb_sheet_open_memory(&s, "t", "a,b\n1,\xFF\xFEz\n", 9, &(reb_sheet_options){.encoding = REB_ENC_UTF8}, &err) == REB_OK, "opens");
    const reb_sheet_record *r = NULL;
    OK(reb_sheet_next(&r, s, &err) == REB_OK && r != NULL && (r->flags & REB_RECORD_BAD_UTF8) != 0 &&
           reb_slice_is(r->fields[1], "\xEF\xBF\xBD\xEF\xBF\xBDz"),
       "bytes that are no UTF-8 are replaced and flagged");
    OK(reb_slice_is(r->raw, "1,\xFF\xFEz"), "raw is as in the file");
    reb_sheet_close(s);
}

static void encodings(void) {
    READS("\xFF\xFE"
          "a\0,\0b\0\n\0\x28\x06,\0\x32\0\n\0",
          "a|b\nL2:ب|2\n", "UTF-16LE with mark");
    READS("\xFE\xFF\0a\0,\0b\0\n\x06\x28\0,\0\x32\0\n", "a|b\nL2:ب|2\n", "UTF-16BE with mark");
    READS("n\0a\0m\0e\0,\0b\0\n\0\x28\x06\x27\x06,\0\x32\0\n\0", "name|b\nL2:با|2\n", "UTF-16LE without mark");
    READS("name,city\n\xC7\xC8\xE6 \xC7\xE1\xDE\xC7\xD3\xE3,\xC7\xE1\xDE\xC7\xE5\xD1\xC9\n", "name|city\nL2:ابو القاسم|القاهرة\n",
          "windows-1256");
    READS("name,city\n\xC3\xE9\xFE\xF1\xE3\xEF\xF2,\xC8\xE5\xF3\xF3\xE1\xEB\xEF\xED\xDF\xEA\xE7\n", "name|city\nL2:Γιώργος|Θεσσαλονίκη\n",
          "windows-1253");
    READS("name,city\nJos\xE9,M\xFCnchen\n", "name|city\nL2:José|München\n", "windows-1252");
    fails("\xFF\xFE"
          "a\0,\0b\0\n\0\x28",
          11, REB_E_INPUT, "byte", "UTF-16 cut in the middle of a character");
}

/* A small generator of its own, so that the inputs are the same everywhere. */
static uint64_t next_random(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

static void any_cut_gives_the_same(void) {
    static const char alphabet[] = "ab,;\"\"\n\r ,x\t\xD8\xA7";
    uint64_t seed = 42;
    int different = 0, compared = 0;
    char text[400];
    for (int round = 0; round < 1500; round++) {
        size_t n = 1 + next_random(&seed) % sizeof text;
        for (size_t i = 0; i < n; i++) text[i] = alphabet[next_random(&seed) % (sizeof alphabet - 1)];
        reb_sheet_options opt = {.encoding = REB_ENC_UTF8, .delimiter = round % 5 == 4 ? ' ' : ',', .header = REB_HEADER_NO};
        reb_buf whole = {0};
        read_all(&whole, text, n, &opt);
        static const size_t cuts[] = {1, 2, 3, 7, 16, 63, 64, 65};
        for (size_t k = 0; k < sizeof cuts / sizeof cuts[0]; k++) {
            reb_buf part = {0};
            opt.read_bytes = cuts[k];
            read_all(&part, text, n, &opt);
            compared++;
            if (strcmp(reb_buf_cstr(&whole), reb_buf_cstr(&part)) != 0) {
                if (different++ == 0)
                    printf("# read %zu at a time:\n# %s\n# whole:\n# %s\n", cuts[k], reb_buf_cstr(&part), reb_buf_cstr(&whole));
            }
            reb_buf_free(&part);
        }
        reb_buf_free(&whole);
    }
    OK(different == 0, "%d comparisons, %d differ", compared, different);
}

/* A plain, slow reader of the same rules, written on its own, for fields without stray quotes. */
static void against_a_plain_reader(void) {
    uint64_t seed = 7;
    int wrong = 0;
    for (int round = 0; round < 400; round++) {
        reb_buf csv = {0}, want = {0};
        size_t rows = 1 + next_random(&seed) % 6, columns = 2 + next_random(&seed) % 4;
        long long line = 1;
        for (size_t r = 0; r < rows; r++) {
            reb_slice f[8];
            char text[8][90];
            long long breaks = 0;
            for (size_t c = 0; c < columns; c++) {
                size_t n = next_random(&seed) % 12;
                if (next_random(&seed) % 9 == 0) n = next_random(&seed) % 90;
                for (size_t i = 0; i < n; i++) {
                    text[c][i] = "abc,\"\n;x z"[next_random(&seed) % 10];
                    if (text[c][i] == '\n') breaks++;
                }
                f[c] = (reb_slice){text[c], n};
            }
            if (r == 0)
                reb_buf_str(&want, columns == 2   ? "column 1|column 2\n"
                                   : columns == 3 ? "column 1|column 2|column 3\n"
                                   : columns == 4 ? "column 1|column 2|column 3|column 4\n"
                                                  : "column 1|column 2|column 3|column 4|column 5\n");
            reb_buf_printf(&want, "L%lld:", line);
            add_fields(&want, f, columns);
            reb_buf_char(&want, '\n');
            reb_sheet_write_csv(&csv, f, columns, ',');
            reb_buf_str(&csv, "\r\n");
            line += 1 + breaks;
        }
        reb_buf got = {0};
        read_all(&got, csv.data, csv.len, &(reb_sheet_options){.delimiter = ',', .header = REB_HEADER_NO});
        if (strcmp(reb_buf_cstr(&got), reb_buf_cstr(&want)) != 0 && wrong++ == 0)
            printf("# csv:\n%s\n# got:\n%s\n# want:\n%s\n", reb_buf_cstr(&csv), reb_buf_cstr(&got), reb_buf_cstr(&want));
        reb_buf_free(&csv);
        reb_buf_free(&want);
        reb_buf_free(&got);
    }
    OK(wrong == 0, "what is written as CSV is read back as it was (%d of 400 differ)", wrong);
}

static void resume(void) {
    char path[] = "/tmp/reb_csv_XXXXXX";
    int fd = mkstemp(path);
    FILE *f = fdopen(fd, "wb");
    fputs("\xEF\xBB\xBFid,note\n", f);
    for (int i = 1; i <= 1000; i++) fprintf(f, i % 7 == 0 ? "%d,\"two\nlines\"\n" : "%d,x\n", i);
    fclose(f);
    reb_err err = {0};
    reb_sheet *s = NULL;
    const reb_sheet_record *r;
    OK(reb_sheet_open(&s, path, &(reb_sheet_options){.read_bytes = 512}, &err) == REB_OK, "opens");
    for (int i = 0; i < 700; i++) reb_sheet_next(&r, s, &err);
    reb_sheet_mark mark = reb_sheet_tell(s);
    int64_t done = reb_sheet_bytes_read(s);
    OK(mark.record == 700 && mark.offset > 0 && done > 0 && done == mark.offset, "the mark after record 700 has its place");
    reb_sheet_next(&r, s, &err);
    int64_t line = r->line;
    reb_sheet_close(s);
    OK(reb_sheet_open(&s, path, NULL, &err) == REB_OK && reb_sheet_resume(s, mark, &err) == REB_OK, "resumed by a jump");
    OK(reb_sheet_next(&r, s, &err) == REB_OK && r->number == 701 && r->line == line && reb_slice_is(r->fields[0], "701"),
       "goes on with record 701 on its line");
    int64_t n = 1;
    while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) n++;
    EQ_I64(n, 300, "and to the end");
    EQ_I64(reb_sheet_bytes_read(s), reb_sheet_get_info(s)->total_bytes, "all bytes are read at the end");
    reb_sheet_close(s);
    mark.offset = -1;
    OK(reb_sheet_open(&s, path, NULL, &err) == REB_OK && reb_sheet_resume(s, mark, &err) == REB_OK &&
           reb_sheet_next(&r, s, &err) == REB_OK && r->number == 701 && r->line == line,
       "resumed by reading");
    reb_sheet_close(s);
    mark.record = 5000;
    OK(reb_sheet_open(&s, path, NULL, &err) == REB_OK && reb_sheet_resume(s, mark, &err) == REB_E_INPUT, "another file: %s", err.detail);
    reb_sheet_close(s);
    unlink(path);
}

static void gzip(void) {
    char packed[4096];
    size_t n = 0;
    const char *parts[] = {"a,b\n1,2\n", "3,4\n"};
    for (int i = 0; i < 2; i++) { /* two members, as `cat` joins them */
        z_stream z = {0};
        deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
        char in[32];
        size_t len = strlen(parts[i]);
        memcpy(in, parts[i], len);
        z.next_in = (Bytef *)in;
        z.avail_in = (uInt)len;
        z.next_out = (Bytef *)packed + n;
        z.avail_out = (uInt)(sizeof packed - n);
        deflate(&z, Z_FINISH);
        n += z.total_out;
        deflateEnd(&z);
    }
    reads_as(packed, n, NULL, "a|b\nL2:1|2\nL3:3|4\n", "gzip of two members");
    reads_as(packed, n, &(reb_sheet_options){.read_bytes = 3}, "a|b\nL2:1|2\nL3:3|4\n", "gzip, three bytes at a time");
    fails(packed, n - 6, REB_E_INPUT, "cut off", "gzip cut off");
    packed[14] ^= 0x55;
    fails(packed, n, REB_E_INPUT, "damaged", "gzip damaged");
}

static void real_files(void) {
    static const struct {
        const char *path;
        int64_t records, columns;
        char delimiter;
        bool header;
    } k[] = {{"cdnow/CDNOW_master.txt", 69659, 4, ' ', true},
             {"cdnow/CDNOW_sample.txt", 6919, 5, ' ', false},
             {"online_retail/onlineretail.csv.gz", 541909, 8, ',', true},
             {"iran_shop_sample/sample_300.csv", 300, 5, ',', true},
             {"grocery/groceryElog.csv", 10483, 2, ',', true},
             {"helpdesk_log/helpdesk.csv", 13710, 3, ',', true},
             {"olist_orders/orders_4998.csv", 4998, 8, ',', true},
             {"hillstrom/hillstrom.csv.gz", 64000, 12, ',', true},
             {"cfpb/cfpb_6623.csv.gz", 6623, 18, ',', true}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        const char *path = tap_shared(k[i].path);
        if (path == NULL) {
            SKIP("the real data are absent");
            continue;
        }
        reb_err err = {0};
        reb_sheet *s = NULL;
        if (!OK(reb_sheet_open(&s, path, NULL, &err) == REB_OK, "%s opens %s", k[i].path, err.detail)) continue;
        const reb_sheet_info *info = reb_sheet_get_info(s);
        const reb_sheet_record *r;
        int64_t n = 0, ragged = 0;
        while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) {
            n++;
            if (r->n_fields != info->n_columns) ragged++;
        }
        OK(n == k[i].records && (int64_t)info->n_columns == k[i].columns && info->delimiter == k[i].delimiter &&
               info->has_header == k[i].header && ragged == 0,
           "%s: %lld records, %zu columns, delimiter '%c', header %d, %lld ragged, %s %s", k[i].path, (long long)n, info->n_columns,
           info->delimiter, info->has_header, (long long)ragged, info->encoding.reason, err.detail);
        reb_sheet_close(s);
    }
}

int main(void) {
    forms();
    quotes();
    encodings();
    hostile();
    any_cut_gives_the_same();
    against_a_plain_reader();
    resume();
    gzip();
    real_files();
    return tap_done();
}
