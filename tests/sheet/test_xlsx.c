/* XLSX, made here part by part, so that every odd form can be tried. */
#include "sheet_helpers.h"

#include <minizip/zip.h>
#include <unistd.h>

#define NS                                                                                                                                 \
    "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" "                                                                 \
    "xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\""
#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static const char k_rels[] = "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                             "<Relationship Id=\"rId1\" Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>";
static const char k_book[] =
    "<?xml version=\"1.0\"?><workbook " NS "><workbookPr/><sheets><sheet name=\"Hidden\" sheetId=\"1\" state=\"hidden\" r:id=\"rId1\"/>"
    "<sheet name=\"سفارش\" sheetId=\"2\" r:id=\"rId2\"/><sheet name=\"Other\" sheetId=\"3\" r:id=\"rId3\"/></sheets></workbook>";
static const char k_book_rels[] =
    "<?xml version=\"1.0\"?><Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
    "<Relationship Id=\"rId1\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet1.xml\"/>"
    "<Relationship Id=\"rId2\" Type=\"" REL "/worksheet\" Target=\"worksheets/sheet2.xml\"/>"
    "<Relationship Id=\"rId3\" Type=\"" REL "/worksheet\" Target=\"/xl/worksheets/sheet3.xml\"/>"
    "<Relationship Id=\"rId4\" Type=\"" REL "/styles\" Target=\"styles.xml\"/>"
    "<Relationship Id=\"rId5\" Type=\"" REL "/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>";
static const char k_styles[] =
    "<?xml version=\"1.0\"?><styleSheet " NS "><numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd hh:mm\"/>"
    "<numFmt numFmtId=\"165\" formatCode=\"#,##0.00 &quot;days&quot;\"/><numFmt numFmtId=\"166\" "
    "formatCode=\"[$-3000401]d/m/yyyy\"/></numFmts>"
    "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
    "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"165\"/><xf "
    "numFmtId=\"166\"/></cellXfs></styleSheet>";
static const char k_shared[] = "<?xml version=\"1.0\"?><sst " NS
                               "><si><t>id</t></si><si><r><t>na</t></r><r><rPr><b/></rPr><t>me</t></r><rPh sb=\"0\"><t>NO</t></rPh></si>"
                               "<si><t xml:space=\"preserve\"> علی &amp; co </t></si><si><t/></si></sst>";

static char *k_path;

typedef struct part {
    const char *name, *text;
    size_t len;
} part;

static void write_zip(const part *parts, size_t n) {
    zipFile z = zipOpen64(k_path, APPEND_STATUS_CREATE);
    zip_fileinfo zi = {0};
    for (size_t i = 0; i < n; i++) {
        zipOpenNewFileInZip64(z, parts[i].name, &zi, NULL, 0, NULL, 0, NULL, Z_DEFLATED, 9, 0);
        zipWriteInFileInZip(z, parts[i].text, (unsigned)(parts[i].len > 0 ? parts[i].len : strlen(parts[i].text)));
        zipCloseFileInZip(z);
    }
    zipClose(z, NULL);
}

static void book_with(const char *sheet2, size_t len) {
    const part parts[] = {
        {"_rels/.rels", k_rels, 0},
        {"xl/workbook.xml", k_book, 0},
        {"xl/_rels/workbook.xml.rels", k_book_rels, 0},
        {"xl/styles.xml", k_styles, 0},
        {"xl/sharedStrings.xml", k_shared, 0},
        {"xl/worksheets/sheet1.xml",
         "<worksheet " NS "><sheetData><row><c t=\"inlineStr\"><is><t>hidden</t></is></c></row></sheetData></worksheet>", 0},
        {"xl/worksheets/sheet2.xml", sheet2, len},
        {"xl/worksheets/sheet3.xml",
         "<worksheet " NS "><sheetData><row><c t=\"inlineStr\"><is><t>third</t></is></c></row></sheetData></worksheet>", 0}};
    write_zip(parts, sizeof parts / sizeof parts[0]);
}

static void gives(const char *want, const reb_sheet_options *opt, const char *what) {
    reb_err err = {0};
    reb_sheet *s = NULL;
    reb_buf b = {0};
    reb_status st = reb_sheet_open(&s, k_path, opt, &err);
    if (st == REB_OK) {
        const reb_sheet_info *info = reb_sheet_get_info(s);
        add_fields(&b, info->names, info->n_columns);
        reb_buf_char(&b, '\n');
        const reb_sheet_record *r;
        while ((st = reb_sheet_next(&r, s, &err)) == REB_OK && r != NULL) {
            reb_buf_printf(&b, "%lld:", (long long)r->line);
            add_fields(&b, r->fields, r->n_fields);
            reb_buf_char(&b, '\n');
        }
    }
    if (st != REB_OK) {
        const char *detail = strstr(err.detail, k_path) == NULL ? err.detail : err.detail + strlen(k_path);
        detail += strspn(detail, ": ");
        reb_buf_printf(&b, "ERROR %s: %s", reb_status_name(st), detail);
    }
    EQ_TEXT(reb_buf_cstr(&b), want, what);
    reb_buf_free(&b);
    reb_sheet_close(s);
}

static void good(void) {
    static const char sheet[] = "<?xml version=\"1.0\"?><worksheet " NS "><sheetData>"
                                "<row r=\"1\"/><row r=\"3\"><c r=\"A3\" t=\"s\"><v>0</v></c><c r=\"B3\" t=\"s\"><v>1</v></c><c r=\"D3\" "
                                "t=\"inlineStr\"><is><r><t>wh</t></r><r><t>en</t></r></is></c></row>"
                                "<row r=\"4\"><c r=\"A4\"><v>9.123456789E9</v></c><c r=\"B4\" t=\"s\"><v>2</v></c><c "
                                "r=\"C4\"><v>19.989999999999998</v></c><c r=\"D4\" s=\"1\"><v>45413</v></c></row>"
                                "<row r=\"5\"><c r=\"A5\" t=\"b\"><v>1</v></c><c r=\"B5\" t=\"s\"><v>3</v></c><c r=\"C5\" "
                                "s=\"3\"><v>12.5</v></c><c r=\"D5\" s=\"2\"><v>45413.4166666667</v></c></row>"
                                "<row r=\"7\"><c r=\"A7\" t=\"str\"><f>A1&amp;\"x\"</f><v>sum</v></c><c r=\"B7\" t=\"e\"><v>#N/A</v></c><c "
                                "r=\"D7\" s=\"4\"><v>0.5</v></c><c r=\"E7\"><v>1</v></c></row>"
                                "<row><c><v>-0.1</v></c><c t=\"d\"><v>2024-05-01T10:00:00</v></c></row>"
                                "</sheetData></worksheet>";
    book_with(sheet, 0);
    gives("id|name|column 3|when\n4:9123456789| علی & co |19.99|2024-05-01\n5:true||12.5|2024-05-01 10:00:00\n7:sum|#N/A||12:00:00|1\n"
          "8:-0.1|2024-05-01T10:00:00||\n",
          NULL, "cells of every kind");
    gives("third\n", &(reb_sheet_options){.sheet_name = "Other"}, "a sheet by name");
    gives("ERROR not_found: has no sheet \"None\"", &(reb_sheet_options){.sheet_name = "None"}, "no such sheet");
    gives("column 1|column 2|column 3|column 4\n3:id|name||when\n4:9123456789| علی & co |19.99|2024-05-01\n5:true||12.5|2024-05-01 "
          "10:00:00\n7:sum|#N/A||12:00:00|1\n"
          "8:-0.1|2024-05-01T10:00:00||\n",
          &(reb_sheet_options){.header = REB_HEADER_NO}, "without a header");
    reb_err err = {0};
    reb_sheet *s = NULL;
    reb_sheet_open(&s, k_path, NULL, &err);
    const reb_sheet_record *r = NULL;
    reb_sheet_next(&r, s, &err);
    OK(r != NULL && reb_slice_is(r->raw, "9123456789,\" علی & co \",19.99,2024-05-01"), "raw is a line of CSV");
    OK(reb_sheet_get_info(s)->n_sheets == 3 && reb_sheet_get_info(s)->sheet == 1, "sheets are listed");
    reb_sheet_mark m = {.record = 3, .offset = -1};
    OK(reb_sheet_resume(s, m, &err) == REB_OK && reb_sheet_next(&r, s, &err) == REB_OK && r->number == 4, "resumed by reading");
    reb_sheet_close(s);
}

static void titles(void) {
    book_with("<worksheet " NS "><sheetData><row r=\"1\"><c t=\"str\"><v>Orders of May</v></c></row><row r=\"4\"><c "
              "t=\"str\"><v>a</v></c><c t=\"str\"><v>b</v></c>"
              "<c t=\"str\"><v>c</v></c></row><row r=\"5\"><c><v>1</v></c><c><v>2</v></c><c><v>3</v></c></row></sheetData></worksheet>",
              0);
    gives("a|b|c\n5:1|2|3\n", NULL, "a title before the header");
    book_with(
        "<worksheet " NS
        "><sheetData><row r=\"1\"><c t=\"str\"><v>name</v></c></row><row r=\"2\"><c t=\"str\"><v>Ali</v></c></row></sheetData></worksheet>",
        0);
    gives("name\n2:Ali\n", NULL, "one column has no title");
}

static void bad(void) {
    book_with("<worksheet " NS "><sheetData><row><c t=\"s\"><v>99</v></c></row></sheetData></worksheet>", 0);
    gives("ERROR bad_input: row 1, column 1: the file is damaged: a text that does not exist", NULL, "a shared string that does not exist");
    book_with("<worksheet " NS "><sheetData><row><c r=\"ZZZ1\"><v>1</v></c></row></sheetData></worksheet>", 0);
    gives("ERROR limit: row 1: more than 4096 columns", NULL, "too many columns");
    book_with("<worksheet " NS "><sheetData><row><c><v>1</v></c></row>", 0);
    gives("ERROR bad_input: the XLSX file is damaged after row 1: no element found", NULL, "XML that ends too early");
    book_with("<worksheet " NS "><sheetData></sheetData></worksheet>", 0);
    gives("ERROR bad_input: the sheet \"سفارش\" is empty", NULL, "an empty sheet");
    book_with("<!DOCTYPE a [<!ENTITY b \"cccccccccc\">]><worksheet " NS
              "><sheetData><row><c t=\"str\"><v>&b;</v></c></row></sheetData></worksheet>",
              0);
    gives("ERROR bad_input: the XLSX file is damaged after row 0: parsing aborted", NULL, "entities are refused");
    const part ods[] = {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet", 0}};
    write_zip(ods, 1);
    gives("ERROR bad_input: is a ZIP file but no XLSX", NULL, "a packed mimetype: no XLSX");
    const part none[] = {{"a.csv", "a,b\n1,2\n", 0}};
    write_zip(none, 1);
    gives("ERROR bad_input: is a ZIP file but no XLSX", NULL, "a ZIP of something else");
    /* A bomb: 300 MB of the same row. */
    size_t n = 300u << 20;
    char *big = malloc(n + 64);
    static const char head[] = "<worksheet " NS "><sheetData><row><c t=\"str\"><v>";
    memset(big, ' ', n);
    memcpy(big, head, sizeof head - 1);
    book_with(big, n);
    gives("ERROR limit: row 1, column 1: a cell of more than 8 MB", NULL, "a cell of 300 MB");
    static const char quiet[] = "<worksheet " NS "><sheetData>";
    memset(big, ' ', sizeof head);
    memcpy(big, quiet, sizeof quiet - 1);
    book_with(big, n);
    gives("ERROR limit: unpacks to more than 64 MB, hundreds of times its size: this looks like a zip bomb", NULL, "a zip bomb");
    free(big);
    /* Cut anywhere: an error, never a crash. */
    book_with("<worksheet " NS "><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>", 0);
    FILE *f = fopen(k_path, "rb");
    char bytes[8192];
    size_t len = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    int opened = 0;
    for (size_t cut = 1; cut < len; cut += 7) {
        reb_err err = {0};
        reb_sheet *s = NULL;
        if (reb_sheet_open_memory(&s, "cut.xlsx", bytes, cut, NULL, &err) == REB_OK && cut > 4) opened++;
        reb_sheet_close(s);
    }
    OK(opened <= 3, "a file cut off does not open (%d did, their directory being whole)", opened);
    int damaged = 0;
    for (size_t at = 0; at < len; at += 3) {
        reb_err err = {0};
        reb_sheet *s = NULL;
        const reb_sheet_record *r;
        bytes[at] ^= 0x5A;
        if (reb_sheet_open_memory(&s, "t.xlsx", bytes, len, NULL, &err) == REB_OK)
            while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) {
            }
        else
            damaged++;
        reb_sheet_close(s);
        bytes[at] ^= 0x5A;
    }
    OK(damaged > 0, "a byte damaged anywhere is survived (%d refused)", damaged);
}

static void ole(void) {
    char bytes[700] = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1";
    reb_err err = {0};
    reb_sheet *s = NULL;
    OK(reb_sheet_open_memory(&s, "x.xls", bytes, sizeof bytes, NULL, &err) == REB_E_INPUT && strstr(err.detail, "xls") != NULL, "xls: %s",
       err.detail);
    memcpy(bytes + 600, "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e\0", 32);
    OK(reb_sheet_open_memory(&s, "x.xlsx", bytes, sizeof bytes, NULL, &err) == REB_E_INPUT && strstr(err.detail, "password") != NULL,
       "encrypted: %s", err.detail);
    static const char ods[] =
        "PK\3\4\n\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x08\0\0\0mimetypeapplication/vnd.oasis.opendocument.spreadsheetPK";
    OK(reb_sheet_open_memory(&s, "x.ods", ods, sizeof ods, NULL, &err) == REB_E_INPUT && strstr(err.detail, "ods") != NULL, "ods: %s",
       err.detail);
}

int main(void) {
    char path[] = "/tmp/reb_book_XXXXXX.xlsx";
    int fd = mkstemps(path, 5);
    close(fd);
    k_path = path;
    good();
    titles();
    bad();
    ole();
    unlink(path);
    return tap_done();
}
