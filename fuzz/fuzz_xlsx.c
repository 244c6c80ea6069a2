/* XLSX. An even first byte: the rest is a whole file. Odd: the rest is the XML of one part (sheet, styles, shared strings or workbook,
   as the byte chooses) of an otherwise good file, packed here without compression, so that the XML is reached at all. */
#include "sheet_digest.h"

#include "../src/base/buf.h"

#include <string.h>
#include <zlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define REL "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

static void put(reb_buf *b, uint32_t v, int bytes) {
    for (int i = 0; i < bytes; i++) reb_buf_char(b, (char)(v >> (8 * i) & 0xFF));
}

typedef struct zip {
    reb_buf file, directory;
    unsigned parts;
} zip;

static void add_part(zip *z, const char *name, const void *text, size_t len) {
    uint32_t crc = (uint32_t)crc32(0, text, (uInt)len), at = (uint32_t)z->file.len;
    size_t n = strlen(name);
    put(&z->file, 0x04034B50, 4);
    put(&z->directory, 0x02014B50, 4);
    put(&z->directory, 20, 2);
    for (int both = 0; both < 2; both++) {
        reb_buf *b = both == 0 ? &z->file : &z->directory;
        put(b, 20, 2);
        put(b, 0, 2);
        put(b, 0, 2);
        put(b, 0, 4);
        put(b, crc, 4);
        put(b, (uint32_t)len, 4);
        put(b, (uint32_t)len, 4);
        put(b, (uint32_t)n, 2);
        put(b, 0, 2);
    }
    put(&z->directory, 0, 2);
    put(&z->directory, 0, 2);
    put(&z->directory, 0, 2);
    put(&z->directory, 0, 4);
    put(&z->directory, at, 4);
    reb_buf_add(&z->file, name, n);
    reb_buf_add(&z->directory, name, n);
    if (len > 0) reb_buf_add(&z->file, text, len);
    z->parts++;
}

static void finish(zip *z) {
    uint32_t at = (uint32_t)z->file.len, len = (uint32_t)z->directory.len;
    reb_buf_add(&z->file, z->directory.data, z->directory.len);
    put(&z->file, 0x06054B50, 4);
    put(&z->file, 0, 4);
    put(&z->file, z->parts, 2);
    put(&z->file, z->parts, 2);
    put(&z->file, len, 4);
    put(&z->file, at, 4);
    put(&z->file, 0, 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct {
        const char *name, *text;
    } parts[] = {
        {"_rels/.rels",
         "<Relationships><Relationship Id=\"r\" Type=\"" REL "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"},
        {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id=\"r1\" Type=\"" REL "/worksheet\" Target=\"s.xml\"/>"
                                       "<Relationship Id=\"r2\" Type=\"" REL "/styles\" Target=\"t.xml\"/>"
                                       "<Relationship Id=\"r3\" Type=\"" REL "/sharedStrings\" Target=\"u.xml\"/></Relationships>"},
        {"xl/s.xml",
         "<worksheet><sheetData><row><c t=\"s\"><v>0</v></c></row><row><c s=\"1\"><v>45413.5</v></c></row></sheetData></worksheet>"},
        {"xl/t.xml", "<styleSheet><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"22\"/></cellXfs></styleSheet>"},
        {"xl/u.xml", "<sst><si><t>name</t></si></sst>"},
        {"xl/workbook.xml", "<workbook xmlns:r=\"x\"><sheets><sheet name=\"a\" r:id=\"r1\"/></sheets></workbook>"}};
    if (size < 1) return 0;
    reb_sheet_options opt = {.format = REB_FORMAT_XLSX};
    if ((data[0] & 1) == 0) {
        digest_sheet(data + 1, size - 1, &opt);
        return 0;
    }
    size_t chosen = 2 + (data[0] >> 1) % 4u;
    zip z = {0};
    for (size_t i = 0; i < 6; i++) {
        bool ours = i == chosen;
        add_part(&z, parts[i].name, ours ? (const void *)(data + 1) : parts[i].text, ours ? size - 1 : strlen(parts[i].text));
    }
    finish(&z);
    digest_sheet((const uint8_t *)z.file.data, z.file.len, &opt);
    reb_buf_free(&z.file);
    reb_buf_free(&z.directory);
    return 0;
}
