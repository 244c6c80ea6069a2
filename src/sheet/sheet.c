/* Opening: what kind of file is it, in which encoding; and the calls that are the same for all formats. */
#include "sheet.h"

#include "../text/utf8.h"
#include "guard.h"
#include "internal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Plain ASCII at the beginning says nothing of names further on: look this far for the first other byte. */
#define DETECT_BYTES (64u << 20)
#define DETECT_ENOUGH 20000u /* bytes beyond ASCII that suffice */

const char *reb_sheet_format_name(reb_sheet_format f) {
    switch (f) {
        case REB_FORMAT_DELIMITED: return "delimited text";
        case REB_FORMAT_XLSX: return "XLSX";
        case REB_FORMAT_VCARD: return "vCard";
        case REB_FORMAT_JSON: return "JSON";
        case REB_FORMAT_JSON_LINES: return "JSON lines";
        case REB_FORMAT_AUTO: break;
    }
    return "automatic";
}

reb_status reb_no_memory(const reb_sheet *s, reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "no memory to read %s", reb_source_name(s->source));
}

int reb_shown(reb_slice s) {
    return (int)reb_utf8_cut(s.ptr, s.len, 40);
}

/* ---- names of columns ---- */

static reb_slice clean_name(reb_sheet *s, reb_slice name, size_t index) {
    char *out = reb_arena_alloc(&s->arena, name.len + 24);
    if (out == NULL) return (reb_slice){NULL, 0};
    size_t n = 0;
    bool blank = false;
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.ptr[i];
        if (i + 2 < name.len && memcmp(name.ptr + i, "\xEF\xBB\xBF", 3) == 0) { /* a second byte-order mark, glued on by some tool */
            i += 2;
            continue;
        }
        if (c <= ' ' || c == 0x7F) {
            blank = n > 0;
            continue;
        }
        if (blank) out[n++] = ' ';
        blank = false;
        out[n++] = (char)c;
    }
    if (n == 0) n = (size_t)snprintf(out, 24, "column %zu", index + 1);
    return (reb_slice){out, n};
}

reb_status reb_sheet_set_names(reb_sheet *s, const reb_slice *names, size_t n, reb_err *err) {
    reb_slice *out = reb_arena_alloc(&s->arena, n * sizeof *out);
    if (out == NULL && n > 0) return reb_no_memory(s, err);
    for (size_t i = 0; i < n; i++) {
        out[i] = clean_name(s, names == NULL ? (reb_slice){NULL, 0} : names[i], i);
        if (out[i].ptr == NULL) return reb_no_memory(s, err);
        s->guarded = s->guarded || reb_slice_is(out[i], REB_GUARD_COLUMN);
    }
    s->info.names = out;
    s->info.n_columns = n;
    return REB_OK;
}

reb_status reb_sheet_name_fields(reb_sheet *s, const reb_slice *names, size_t n, const char *reason, reb_err *err) {
    reb_buf_clear(&s->raw);
    reb_sheet_write_csv(&s->raw, names, n, ',');
    char *raw = s->raw.failed ? NULL : reb_arena_strndup(&s->arena, reb_buf_cstr(&s->raw), s->raw.len);
    if (raw == NULL) return reb_no_memory(s, err);
    s->info.header_raw = (reb_slice){raw, s->raw.len};
    s->info.has_header = true;
    s->info.header_reason = reason;
    return reb_sheet_set_names(s, names, n, err);
}

reb_status reb_sheet_finish_record(reb_sheet *s, reb_slice *fields, size_t n, reb_err *err) {
    for (size_t i = 0; i < n; i++) {
        if (fields[i].len == 0) fields[i].ptr = "";
        if (reb_utf8_valid(fields[i].ptr, fields[i].len, NULL)) continue;
        size_t cap = fields[i].len * 3;
        char *out = reb_arena_alloc(&s->scratch, cap);
        if (out == NULL) return reb_no_memory(s, err);
        fields[i] = (reb_slice){out, reb_utf8_repair(out, cap, fields[i].ptr, fields[i].len)};
        s->record.flags |= REB_RECORD_BAD_UTF8;
    }
    s->record.fields = fields;
    s->record.n_fields = n;
    reb_buf_clear(&s->raw);
    reb_sheet_write_csv(&s->raw, fields, n, ',');
    if (s->raw.failed) return reb_no_memory(s, err);
    s->record.raw = (reb_slice){reb_buf_cstr(&s->raw), s->raw.len};
    return REB_OK;
}

/* A value rather than a name: digits without letters, an address, a time stamp, an identifier full of digits. */
static bool looks_like_data(reb_slice f) {
    size_t digits = 0, letters = 0;
    for (size_t i = 0; i < f.len; i++) {
        unsigned char c = (unsigned char)f.ptr[i];
        if (c == '@' && i > 0) return true;
        if (c >= '0' && c <= '9')
            digits++;
        else if ((c | 32) >= 'a' && (c | 32) <= 'z')
            letters++;
    }
    uint32_t cp;
    for (size_t i = 0; i < f.len && letters == 0;) { /* Arabic and Persian digits, letters of any script */
        i += reb_utf8_decode(&cp, f.ptr + i, f.len - i);
        if ((cp >= 0x0660 && cp <= 0x0669) || (cp >= 0x06F0 && cp <= 0x06F9))
            digits++;
        else if (cp >= 0xC0 && cp < 0x2000)
            letters++;
    }
    if (digits == 0) return false;
    if (letters == 0) return !(f.len == 4 && (memcmp(f.ptr, "19", 2) == 0 || memcmp(f.ptr, "20", 2) == 0)); /* a year may be a name */
    return digits >= 6 && digits * 2 >= f.len;
}

bool reb_header_guess(const char **reason, const reb_slice *first, size_t n, const reb_slice *second, size_t n_second) {
    size_t filled = 0, same = 0;
    for (size_t i = 0; i < n; i++) {
        reb_slice f = reb_slice_trim(first[i]);
        if (f.len == 0) continue;
        filled++;
        if (looks_like_data(f)) {
            *reason = "the first line holds values (numbers, dates or addresses), not names";
            return false;
        }
        if (i < n_second && second[i].len == first[i].len && memcmp(second[i].ptr, first[i].ptr, first[i].len) == 0) same++;
    }
    if (filled > 0 && same == filled) {
        *reason = "the first two lines are alike";
        return false;
    }
    *reason = "the first line holds names, no numbers or dates";
    return filled > 0;
}

int reb_sheet_column(const reb_sheet *s, const char *name) {
    for (size_t i = 0; i < s->info.n_columns; i++)
        if (reb_slice_is(s->info.names[i], name)) return (int)i;
    return -1;
}

/* ---- what kind of file ---- */

static reb_status refuse(const reb_sheet *s, reb_err *err, const char *what, const char *next) {
    reb_fail(err, REB_E_INPUT, "%s %s", reb_source_name(s->source), what);
    reb_err_next(err, "%s", next);
    reb_err_reason(err, strcmp(what, "is empty") == 0 ? "file_empty" : strstr(what, "password") != NULL ? "file_password" : "file_kind");
    return REB_E_INPUT;
}

static bool contains(const char *d, size_t len, const char *needle, size_t n) {
    return memmem(d, len, needle, n) != NULL;
}

/* Files that are something else altogether. Sets *format where the bytes say it plainly. */
static reb_status by_magic(reb_sheet_format *format, const reb_sheet *s, const char *d, size_t len, reb_err *err) {
    *format = REB_FORMAT_AUTO;
    if (len >= 4 && memcmp(d, "PK\3\4", 4) == 0) {
        if (contains(d, len < 200 ? len : 200, "opendocument", 12))
            return refuse(s, err, "is an OpenDocument file (ods)", "Open it and save it as XLSX or CSV.");
        *format = REB_FORMAT_XLSX;
        return REB_OK;
    }
    if (len >= 4 && memcmp(d, "PK\5\6", 4) == 0) return refuse(s, err, "is an empty ZIP file", "Export it again.");
    if (len >= 8 && memcmp(d, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0) {
        static const char encrypted[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
        if (contains(d, len, encrypted, sizeof encrypted - 1))
            return refuse(s, err, "is encrypted with a password", "Open it, save it without a password, and import that.");
        return refuse(s, err, "is an old Excel file (xls) or is encrypted", "Open it and save it as XLSX or CSV, without a password.");
    }
    static const struct {
        const char *magic;
        size_t n;
        const char *what;
    } k[] = {{"%PDF", 4, "is a PDF"},
             {"\x89PNG", 4, "is a picture (PNG)"},
             {"\xFF\xD8\xFF", 3, "is a picture (JPEG)"},
             {"GIF8", 4, "is a picture (GIF)"},
             {"\x7F"
              "ELF",
              4, "is a program"},
             {"MZ\x90", 3, "is a program"},
             {"Rar!", 4, "is a RAR archive"},
             {"7z\xBC\xAF", 4, "is a 7z archive"},
             {"BZh", 3, "is packed with bzip2"},
             {"\xFD"
              "7zXZ",
              5, "is packed with xz"},
             {"(\xB5/\xFD", 4, "is packed with zstd"},
             {"SQLite format 3", 15, "is an SQLite database"}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
        if (len >= k[i].n && memcmp(d, k[i].magic, k[i].n) == 0)
            return refuse(s, err, k[i].what, "Give a CSV, TSV, XLSX, vCard or JSON file, plain or packed with gzip.");
    return REB_OK;
}

static reb_status by_text(reb_sheet_format *format, const reb_sheet *s, const char *d, size_t len, reb_err *err) {
    size_t i = 0;
    while (i < len && (d[i] == ' ' || (d[i] >= '\t' && d[i] <= '\r'))) i++;
    d += i;
    len -= i;
    *format = REB_FORMAT_DELIMITED;
    if (len >= 11 && strncasecmp(d, "BEGIN:VCARD", 11) == 0) {
        *format = REB_FORMAT_VCARD;
    } else if (len >= 2 && (d[0] == '[' || d[0] == '{')) {
        size_t k = 1;
        while (k < len && (d[k] == ' ' || (d[k] >= '\t' && d[k] <= '\r'))) k++;
        if (k >= len || d[k] == '{' || d[k] == '"' || d[k] == ']' || d[k] == '}') *format = REB_FORMAT_JSON;
    } else if ((len >= 5 && strncasecmp(d, "<html", 5) == 0) || (len >= 9 && strncasecmp(d, "<!doctype", 9) == 0) ||
               (len >= 6 && strncasecmp(d, "<table", 6) == 0)) {
        return refuse(s, err, "is a web page, not a table",
                      "If a program exported it as .xls: open it in a spreadsheet and save it as XLSX or CSV.");
    } else if (len >= 5 && strncasecmp(d, "<?xml", 5) == 0) {
        return refuse(s, err, "is an XML file", "Open it in a spreadsheet and save it as XLSX or CSV.");
    }
    return REB_OK;
}

static reb_status detect_encoding(reb_sheet *s, char *buf, size_t cap, reb_err *err) {
    reb_encoding_evidence ev = {0};
    reb_status st = reb_source_rewind(s->source, err);
    while (st == REB_OK && ev.bytes < DETECT_BYTES && (ev.high_bytes < DETECT_ENOUGH || ev.bytes < 65536)) {
        size_t n;
        st = reb_source_read(&n, s->source, buf, cap, err);
        if (st != REB_OK || n == 0) break;
        reb_encoding_feed(&ev, buf, n);
    }
    /* A file cut off further on is told when its reading gets there, with the place. */
    if (st == REB_E_INPUT && ev.bytes > 0) st = REB_OK;
    if (st != REB_OK) return st;
    reb_encoding_guess g = reb_encoding_verdict(&ev);
    if (s->options.encoding != REB_ENC_AUTO) {
        if (g.encoding != s->options.encoding) {
            g.bom_bytes = 0;
            g.plain_ascii = false;
        }
        g.encoding = s->options.encoding;
        g.sure = true;
        g.reason = "you said so";
    }
    s->info.encoding = g;
    if (ev.bytes == 0) return refuse(s, err, "is empty", "Export it again.");
    bool utf16 = g.encoding == REB_ENC_UTF16LE || g.encoding == REB_ENC_UTF16BE;
    if (!utf16 && ev.nul_even + ev.nul_odd >= 8 && (ev.nul_even + ev.nul_odd) * 50 > (ev.bytes < 65536 ? ev.bytes : 65536))
        return refuse(s, err, "is a binary file: it is full of NUL bytes",
                      "Give a CSV, TSV, XLSX, vCard or JSON file, plain or packed with gzip.");
    return REB_OK;
}

/* ---- open ---- */

static reb_status open_format(reb_sheet *s, reb_err *err) {
    enum { HEAD = 64 << 10 };
    char *head = malloc(HEAD);
    if (head == NULL) return reb_no_memory(s, err);
    reb_status st = REB_OK;
    size_t len = 0;
    reb_sheet_format format;
    s->info.gzip = reb_source_is_gzip(s->source);
    s->info.total_bytes = reb_source_total(s->source);
    if (s->info.total_bytes == 0) {
        st = refuse(s, err, "is empty", "Export it again.");
        goto done;
    }
    while (len < HEAD) {
        size_t n;
        st = reb_source_read(&n, s->source, head + len, HEAD - len, err);
        if (st != REB_OK && len == 0) goto done;
        if (st != REB_OK || n == 0) break;
        len += n;
    }
    if ((st = by_magic(&format, s, head, len, err)) != REB_OK) goto done;
    if (s->options.format != REB_FORMAT_AUTO) format = s->options.format;
    if (format == REB_FORMAT_XLSX) {
        s->info.format = format;
        s->info.encoding = (reb_encoding_guess){.encoding = REB_ENC_UTF8, .sure = true, .reason = "XLSX says so itself"};
        if (s->info.gzip)
            st = refuse(s, err, "is an XLSX packed with gzip", "Unpack it first (gunzip).");
        else
            st = reb_sheet_open_xlsx(s, err);
        goto done;
    }
    if ((st = detect_encoding(s, head, HEAD, err)) != REB_OK) goto done;
    st = reb_window_open(&s->window, s->source, s->info.encoding.encoding, s->info.encoding.bom_bytes, s->options.read_bytes, err);
    while (st == REB_OK && !s->window.eof && s->window.end - s->window.start < 4096)
        st = reb_window_more(&s->window, REB_SHEET_MAX_LINE_BYTES, err);
    if (st != REB_OK) goto done;
    const char *text = s->window.data == NULL ? "" : s->window.data + s->window.start;
    size_t text_len = s->window.end - s->window.start;
    if (format == REB_FORMAT_AUTO && (st = by_text(&format, s, text, text_len, err)) != REB_OK) goto done;
    s->line = 1;
    s->info.format = format;
    switch (format) {
        case REB_FORMAT_VCARD: st = reb_sheet_open_vcard(s, err); break;
        case REB_FORMAT_JSON:
        case REB_FORMAT_JSON_LINES: st = reb_sheet_open_json(s, err); break;
        default: st = reb_sheet_open_delimited(s, err); break;
    }
done:
    free(head);
    return st;
}

static reb_status open_source(reb_sheet **out, reb_source *source, const reb_sheet_options *opt, reb_err *err) {
    *out = NULL;
    reb_sheet *s = calloc(1, sizeof *s);
    if (s == NULL) {
        reb_source_close(source);
        return reb_fail(err, REB_E_MEMORY, "no memory to open a file");
    }
    s->source = source;
    if (opt != NULL) s->options = *opt;
    reb_status st = open_format(s, err);
    s->start = reb_sheet_tell(s);
    if (st != REB_OK) {
        reb_sheet_close(s);
        return st;
    }
    *out = s;
    return REB_OK;
}

reb_status reb_sheet_open(reb_sheet **out, const char *path, const reb_sheet_options *opt, reb_err *err) {
    *out = NULL;
    reb_source *source;
    reb_status st = reb_source_open_file(&source, path, opt == NULL ? 0 : opt->read_bytes, err);
    return st != REB_OK ? st : open_source(out, source, opt, err);
}

reb_status reb_sheet_open_memory(reb_sheet **out, const char *name, const void *bytes, size_t len, const reb_sheet_options *opt,
                                 reb_err *err) {
    *out = NULL;
    reb_source *source;
    reb_status st = reb_source_open_memory(&source, name, bytes, len, opt == NULL ? 0 : opt->read_bytes, err);
    return st != REB_OK ? st : open_source(out, source, opt, err);
}

void reb_sheet_close(reb_sheet *s) {
    if (s == NULL) return;
    if (s->reader.close != NULL) s->reader.close(s);
    reb_window_close(&s->window);
    reb_source_close(s->source);
    reb_arena_free(&s->arena);
    reb_arena_free(&s->scratch);
    reb_buf_free(&s->raw);
    free(s);
}

const reb_sheet_info *reb_sheet_get_info(const reb_sheet *s) {
    return &s->info;
}

/* ---- reading ---- */

reb_status reb_sheet_next(const reb_sheet_record **out, reb_sheet *s, reb_err *err) {
    *out = NULL;
    if (s->failed != REB_OK) {
        if (err != NULL) *err = s->error;
        return s->failed;
    }
    if (s->ended) return REB_OK;
    bool got = false;
    reb_status st = s->reader.next(&got, s, &s->error);
    if (st != REB_OK) {
        s->failed = st;
        if (err != NULL) *err = s->error;
        return st;
    }
    if (!got) {
        s->ended = true;
        return REB_OK;
    }
    if (s->guarded) {
        if (s->record.n_fields > s->bare_cap) {
            s->bare_cap = 2 * s->record.n_fields;
            s->bare = reb_arena_alloc(&s->arena, s->bare_cap * sizeof *s->bare);
            if (s->bare == NULL) return reb_no_memory(s, err);
        }
        for (size_t i = 0; i < s->record.n_fields; i++) s->bare[i] = reb_guard_strip(s->record.fields[i]);
        if (s->record.n_fields > 0) s->record.fields = s->bare;
    }
    s->record.number++;
    *out = &s->record;
    return REB_OK;
}

int64_t reb_sheet_bytes_read(const reb_sheet *s) {
    if (s->ended) return s->info.total_bytes;
    int64_t used = s->info.format == REB_FORMAT_XLSX ? s->progress : reb_source_used(s->source);
    if (s->info.format == REB_FORMAT_DELIMITED && reb_sheet_can_jump(s)) used -= (int64_t)(s->window.end - s->window.start);
    return used < s->info.total_bytes ? used : s->info.total_bytes;
}

reb_sheet_mark reb_sheet_tell(const reb_sheet *s) {
    return (reb_sheet_mark){s->record.number, reb_sheet_can_jump(s) ? reb_window_offset(&s->window) : -1, s->line};
}

reb_status reb_sheet_resume(reb_sheet *s, reb_sheet_mark mark, reb_err *err) {
    if (mark.record < s->record.number)
        return reb_fail(err, REB_E_INTERNAL, "a sheet cannot go back from record %lld", (long long)s->record.number);
    if (mark.offset >= 0 && reb_sheet_can_jump(s) && mark.offset >= s->start.offset) {
        reb_window *w = &s->window;
        reb_status st = reb_source_seek(s->source, mark.offset, err);
        if (st != REB_OK) return st;
        w->start = w->end = 0;
        w->base = mark.offset;
        w->eof = false;
        s->ended = false;
        s->line = mark.line;
        s->record.number = mark.record;
        return REB_OK;
    }
    while (s->record.number < mark.record) {
        const reb_sheet_record *r;
        reb_status st = reb_sheet_next(&r, s, err);
        if (st != REB_OK) return st;
        if (r == NULL) {
            reb_fail(err, REB_E_INPUT, "%s has only %lld records; it was to be continued after record %lld", reb_source_name(s->source),
                     (long long)s->record.number, (long long)mark.record);
            reb_err_next(err, "It is not the file that was begun with.");
            return REB_E_INPUT;
        }
    }
    return REB_OK;
}

/* ---- writing back ---- */

void reb_sheet_write_csv(reb_buf *b, const reb_slice *fields, size_t n, char delimiter) {
    for (size_t i = 0; i < n; i++) {
        if (i > 0) reb_buf_char(b, delimiter);
        const char *p = fields[i].ptr;
        size_t len = fields[i].len;
        bool quote = len > 0 && (p[0] == ' ' || p[len - 1] == ' ' || p[0] == '\t');
        for (size_t k = 0; k < len && !quote; k++) quote = p[k] == delimiter || p[k] == '"' || p[k] == '\n' || p[k] == '\r';
        if (n == 1 && len == 0) quote = true; /* an empty line would vanish */
        if (!quote) {
            if (len > 0) reb_buf_add(b, p, len);
            continue;
        }
        reb_buf_char(b, '"');
        while (len > 0) {
            const char *q = memchr(p, '"', len);
            size_t run = q == NULL ? len : (size_t)(q - p) + 1;
            reb_buf_add(b, p, run);
            if (q != NULL) reb_buf_char(b, '"');
            p += run;
            len -= run;
        }
        reb_buf_char(b, '"');
    }
}
