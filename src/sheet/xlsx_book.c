#include "xlsx_book.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PART_BYTES (64u << 10)
#define RATIO_FREE (INT64_C(64) << 20) /* below this much text the ratio does not matter */
#define MAX_SHEETS 1024u
#define MAX_STYLES 65536u

/* ---- minizip on a source ---- */

typedef reb_xlsx_stream zip_stream;

static voidpf ZCALLBACK zip_open(voidpf opaque, const void *name, int mode) {
    (void)name;
    (void)mode;
    return opaque; /* the book's one stream */
}
static uLong ZCALLBACK zip_read(voidpf opaque, voidpf stream, void *buf, uLong size) {
    (void)opaque;
    zip_stream *z = stream;
    size_t n;
    if (reb_source_read_at(&n, z->source, z->at, buf, size, NULL) != REB_OK) return 0;
    z->at += (int64_t)n;
    return n;
}
static uLong ZCALLBACK zip_write(voidpf opaque, voidpf stream, const void *buf, uLong size) {
    (void)opaque;
    (void)stream;
    (void)buf;
    (void)size;
    return 0;
}
static ZPOS64_T ZCALLBACK zip_tell(voidpf opaque, voidpf stream) {
    (void)opaque;
    return (ZPOS64_T)((zip_stream *)stream)->at;
}
static long ZCALLBACK zip_seek(voidpf opaque, voidpf stream, ZPOS64_T offset, int origin) {
    (void)opaque;
    zip_stream *z = stream;
    int64_t total = reb_source_total(z->source);
    int64_t base = origin == ZLIB_FILEFUNC_SEEK_SET ? 0 : origin == ZLIB_FILEFUNC_SEEK_CUR ? z->at : total;
    int64_t to;
    if (__builtin_add_overflow(base, (int64_t)offset, &to) || to < 0 || to > total) return -1;
    z->at = to;
    return 0;
}
static int ZCALLBACK zip_close(voidpf opaque, voidpf stream) {
    (void)opaque;
    (void)stream;
    return 0;
}
static int ZCALLBACK zip_error(voidpf opaque, voidpf stream) {
    (void)opaque;
    (void)stream;
    return 0;
}

static reb_status damaged(const reb_sheet *s, reb_err *err, const char *what) {
    reb_fail(err, REB_E_INPUT, "%s: the XLSX file is damaged: %s", reb_source_name(s->source), what);
    reb_err_next(err, "Open it in a spreadsheet, save it again (or as CSV), and import that.");
    reb_err_reason(err, "file_damaged");
    return REB_E_INPUT;
}

reb_status reb_xlsx_part_open(reb_xlsx_book *b, const reb_sheet *s, const char *path, bool *found, reb_err *err) {
    while (*path == '/') path++;
    *found = false;
    unz_file_info64 info;
    if (unzLocateFile(b->zip, path, 2) != UNZ_OK) return REB_OK; /* 2: case does not matter */
    if (unzGetCurrentFileInfo64(b->zip, &info, NULL, 0, NULL, 0, NULL, 0) != UNZ_OK) return damaged(s, err, "its directory cannot be read");
    if ((info.flag & 1) != 0) {
        reb_fail(err, REB_E_INPUT, "%s is encrypted with a password", reb_source_name(s->source));
        reb_err_next(err, "Open it, save it without a password, and import that.");
        return REB_E_INPUT;
    }
    int rc = unzOpenCurrentFile(b->zip);
    if (rc == UNZ_INTERNALERROR || rc == Z_MEM_ERROR) return reb_no_memory(s, err); /* minizip's words for it */
    if (rc != UNZ_OK) return damaged(s, err, "a part of it cannot be opened");
    int64_t total = reb_source_total(s->source);
    b->unpacked = 0;
    b->packed = info.compressed_size < (ZPOS64_T)total ? (int64_t)info.compressed_size : total;
    b->announced = info.uncompressed_size < (ZPOS64_T)INT64_MAX ? (int64_t)info.uncompressed_size : INT64_MAX;
    *found = true;
    return REB_OK;
}

reb_status reb_xlsx_part_read(size_t *n, reb_xlsx_book *b, const reb_sheet *s, void *buf, size_t cap, reb_err *err) {
    int got = unzReadCurrentFile(b->zip, buf, (unsigned)cap);
    if (got == Z_MEM_ERROR) return reb_no_memory(s, err);
    if (got < 0) return damaged(s, err, "a part of it cannot be unpacked");
    *n = (size_t)got;
    b->unpacked += got;
    bool bomb = b->unpacked > RATIO_FREE && b->unpacked / REB_SHEET_MAX_RATIO > b->packed;
    if (bomb || b->unpacked > REB_SHEET_MAX_XML_BYTES) {
        reb_fail(err, REB_E_LIMIT, "%s unpacks to more than %lld MB%s", reb_source_name(s->source), (long long)((b->unpacked - 1) >> 20),
                 bomb ? ", hundreds of times its size: this looks like a zip bomb" : "");
        reb_err_next(err, "If the file is honest, save it as CSV and import that.");
        return REB_E_LIMIT;
    }
    if (got == 0 && b->unpacked < b->announced) return damaged(s, err, "it is cut off");
    return REB_OK;
}

void reb_xlsx_part_close(reb_xlsx_book *b) {
    unzCloseCurrentFile(b->zip);
}

/* ---- XML ---- */

const char *reb_xml_local(const char *name) {
    const char *colon = strrchr(name, ':');
    return colon == NULL ? name : colon + 1;
}
const char *reb_xml_attribute(const char **atts, const char *local) {
    for (; atts[0] != NULL; atts += 2)
        if (strcmp(reb_xml_local(atts[0]), local) == 0) return atts[1];
    return NULL;
}

static void XMLCALL refuse_doctype(void *user, const XML_Char *name, const XML_Char *sys, const XML_Char *pub, int internal) {
    (void)name;
    (void)sys;
    (void)pub;
    (void)internal;
    XML_StopParser(*(XML_Parser *)user, XML_FALSE);
}

/* The user data of every parser here begins with the parser itself. */
XML_Parser reb_xml_parser(void *user) {
    XML_Parser p = XML_ParserCreate(NULL);
    if (p == NULL) return NULL;
    XML_SetUserData(p, user);
    XML_SetStartDoctypeDeclHandler(p, refuse_doctype);
    return p;
}

typedef struct reading {
    XML_Parser parser; /* first: see reb_xml_parser */
    reb_sheet *s;
    reb_xlsx_book *b;
    reb_status st; /* set by a handler that stops */
    reb_err *err;
    /* relations */
    const char *want_type;
    const char *want_id;
    char target[256];
    /* styles */
    bool in_cell_xfs;
    int *custom_dates; /* ids of number formats that are dates */
    size_t n_custom, cap_custom;
    /* shared strings */
    int in_text, in_phonetic;
    bool in_item;
} reading;

static void stop(reading *r, reb_status st) {
    r->st = st;
    XML_StopParser(r->parser, XML_FALSE);
}

static reb_status parse_part(reading *r, const char *path, bool *found, XML_StartElementHandler start, XML_EndElementHandler end,
                             XML_CharacterDataHandler text) {
    reb_status st = reb_xlsx_part_open(r->b, r->s, path, found, r->err);
    if (st != REB_OK || !*found) return st;
    r->st = REB_OK;
    r->parser = reb_xml_parser(r);
    if (r->parser == NULL) {
        reb_xlsx_part_close(r->b);
        return reb_no_memory(r->s, r->err);
    }
    XML_SetElementHandler(r->parser, start, end);
    XML_SetCharacterDataHandler(r->parser, text);
    for (;;) {
        void *buf = XML_GetBuffer(r->parser, PART_BYTES);
        size_t n;
        if (buf == NULL) {
            st = reb_no_memory(r->s, r->err);
            break;
        }
        st = reb_xlsx_part_read(&n, r->b, r->s, buf, PART_BYTES, r->err);
        if (st != REB_OK) break;
        if (XML_ParseBuffer(r->parser, (int)n, n == 0) != XML_STATUS_OK) {
            bool lost = XML_GetErrorCode(r->parser) == XML_ERROR_NO_MEMORY;
            st = r->st != REB_OK ? r->st : lost ? reb_no_memory(r->s, r->err) : damaged(r->s, r->err, "its XML is not well-formed");
            break;
        }
        if (n == 0) break;
    }
    XML_ParserFree(r->parser);
    r->parser = NULL;
    reb_xlsx_part_close(r->b);
    return st;
}

/* ---- relations ---- */

static bool ends_with(const char *s, const char *tail) {
    size_t n = strlen(s), t = strlen(tail);
    return n >= t && strcmp(s + n - t, tail) == 0;
}

static void XMLCALL on_relation(void *user, const XML_Char *name, const XML_Char **atts) {
    reading *r = user;
    if (strcmp(reb_xml_local(name), "Relationship") != 0 || r->target[0] != '\0') return;
    const char *type = reb_xml_attribute(atts, "Type"), *id = reb_xml_attribute(atts, "Id"), *target = reb_xml_attribute(atts, "Target");
    if (target == NULL || strlen(target) >= sizeof r->target) return;
    if (r->want_id != NULL ? id != NULL && strcmp(id, r->want_id) == 0 : type != NULL && ends_with(type, r->want_type))
        memcpy(r->target, target, strlen(target) + 1);
}

/* The target of the first relation that fits; absolute within the ZIP, "" when there is none. */
static reb_status relation(reading *r, const char *rels, const char *folder, const char *type, const char *id) {
    bool found;
    r->want_type = type;
    r->want_id = id;
    r->target[0] = '\0';
    reb_status st = parse_part(r, rels, &found, on_relation, NULL, NULL);
    size_t n = strlen(r->target), f = strlen(folder);
    if (st == REB_OK && n > 0 && r->target[0] != '/' && n + f + 1 < sizeof r->target) {
        memmove(r->target + f, r->target, n + 1);
        memcpy(r->target, folder, f);
    }
    return st;
}

/* ---- workbook ---- */

static void XMLCALL on_workbook(void *user, const XML_Char *name, const XML_Char **atts) {
    reading *r = user;
    reb_xlsx_book *b = r->b;
    name = reb_xml_local(name);
    if (strcmp(name, "workbookPr") == 0) {
        const char *v = reb_xml_attribute(atts, "date1904");
        b->date1904 = v != NULL && (strcmp(v, "1") == 0 || strcmp(v, "true") == 0);
    }
    if (strcmp(name, "sheet") != 0) return;
    const char *title = reb_xml_attribute(atts, "name"), *state = reb_xml_attribute(atts, "state"), *id = NULL;
    for (const char **a = atts; a[0] != NULL; a += 2)
        if (strchr(a[0], ':') != NULL && strcmp(reb_xml_local(a[0]), "id") == 0) id = a[1];
    if (title == NULL || id == NULL || b->n_sheets >= MAX_SHEETS) return;
    if (b->n_sheets == b->cap_sheets) {
        size_t cap = b->cap_sheets == 0 ? 8 : b->cap_sheets * 2;
        reb_slice *ids = realloc(b->sheet_ids, cap * sizeof *ids);
        if (ids != NULL) b->sheet_ids = ids;
        reb_slice *names = realloc(b->names, cap * sizeof *names);
        if (names != NULL) b->names = names;
        bool *hidden = realloc(b->hidden, cap * sizeof *hidden);
        if (hidden != NULL) b->hidden = hidden;
        if (ids == NULL || names == NULL || hidden == NULL) {
            stop(r, reb_no_memory(r->s, r->err));
            return;
        }
        b->cap_sheets = cap;
    }
    char *t = reb_arena_strdup(&r->s->arena, title), *i = reb_arena_strdup(&r->s->arena, id);
    if (t == NULL || i == NULL) {
        stop(r, reb_no_memory(r->s, r->err));
        return;
    }
    b->names[b->n_sheets] = reb_slice_of(t);
    b->sheet_ids[b->n_sheets] = reb_slice_of(i);
    b->hidden[b->n_sheets++] = state != NULL && strcmp(state, "visible") != 0;
}

static reb_status choose_sheet(reading *r) {
    reb_xlsx_book *b = r->b;
    reb_sheet *s = r->s;
    s->info.sheets = b->names;
    s->info.n_sheets = b->n_sheets;
    s->info.sheet = 0;
    if (b->n_sheets == 0) return damaged(s, r->err, "it has no sheets");
    if (s->options.sheet_name != NULL) {
        for (size_t i = 0; i < b->n_sheets; i++) {
            if (!reb_slice_is(b->names[i], s->options.sheet_name)) continue;
            s->info.sheet = i;
            return REB_OK;
        }
        reb_fail(r->err, REB_E_NOT_FOUND, "%s has no sheet \"%.80s\"", reb_source_name(s->source), s->options.sheet_name);
        reb_err_next(r->err, "Its first sheet is \"%.*s\"; it has %zu.", reb_shown(b->names[0]), b->names[0].ptr, b->n_sheets);
        return REB_E_NOT_FOUND;
    }
    for (size_t i = b->n_sheets; i-- > 0;)
        if (!b->hidden[i]) s->info.sheet = i;
    return REB_OK;
}

/* ---- styles: which of them are dates ---- */

/* A number format with letters of date or time outside of quotes, brackets and escapes. */
static bool is_date_format(const char *f) {
    for (; *f != '\0'; f++) {
        switch (*f) {
            case '\\':
            case '_':
            case '*':
                if (f[1] != '\0') f++;
                break;
            case '"':
                for (f++; *f != '\0' && *f != '"'; f++) {
                }
                if (*f == '\0') return false;
                break;
            case '[': {
                const char *end = strchr(f, ']');
                if (end == NULL) return false;
                if (end - f == 2 && strchr("hHmMsS", f[1]) != NULL) return true; /* [h]:mm */
                f = end;
                break;
            }
            case 'd':
            case 'D':
            case 'y':
            case 'Y':
            case 'h':
            case 'H':
            case 'm':
            case 'M':
            case 's':
            case 'S': return true;
            case 'G':
            case 'g':
                if (strncasecmp(f, "general", 7) == 0) f += 6;
                break;
            case ';': return false; /* the first section tells */
            default: break;
        }
    }
    return false;
}

static bool builtin_date(int id) {
    return (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
}

static int small_int(const char *s) {
    int v = 0;
    if (s == NULL) return 0;
    for (; *s >= '0' && *s <= '9' && v < 1000000; s++) v = v * 10 + (*s - '0');
    return v;
}

static void XMLCALL on_style(void *user, const XML_Char *name, const XML_Char **atts) {
    reading *r = user;
    reb_xlsx_book *b = r->b;
    name = reb_xml_local(name);
    if (strcmp(name, "numFmt") == 0) {
        const char *code = reb_xml_attribute(atts, "formatCode");
        if (code == NULL || !is_date_format(code) || r->n_custom >= MAX_STYLES) return;
        if (r->n_custom == r->cap_custom) {
            size_t cap = r->cap_custom == 0 ? 16 : r->cap_custom * 2;
            int *p = realloc(r->custom_dates, cap * sizeof *p);
            if (p == NULL) {
                stop(r, reb_no_memory(r->s, r->err));
                return;
            }
            r->custom_dates = p;
            r->cap_custom = cap;
        }
        r->custom_dates[r->n_custom++] = small_int(reb_xml_attribute(atts, "numFmtId"));
    } else if (strcmp(name, "cellXfs") == 0) {
        r->in_cell_xfs = true;
    } else if (r->in_cell_xfs && strcmp(name, "xf") == 0 && b->n_styles < MAX_STYLES) {
        if (b->n_styles == b->cap_styles) {
            size_t cap = b->cap_styles == 0 ? 32 : b->cap_styles * 2;
            bool *p = realloc(b->date_styles, cap * sizeof *p);
            if (p == NULL) {
                stop(r, reb_no_memory(r->s, r->err));
                return;
            }
            b->date_styles = p;
            b->cap_styles = cap;
        }
        int id = small_int(reb_xml_attribute(atts, "numFmtId"));
        bool date = builtin_date(id);
        for (size_t i = 0; i < r->n_custom; i++) date |= r->custom_dates[i] == id;
        b->date_styles[b->n_styles++] = date;
    }
}
static void XMLCALL on_style_end(void *user, const XML_Char *name) {
    if (strcmp(reb_xml_local(name), "cellXfs") == 0) ((reading *)user)->in_cell_xfs = false;
}

/* ---- shared strings ---- */

static void XMLCALL on_shared(void *user, const XML_Char *name, const XML_Char **atts) {
    (void)atts;
    reading *r = user;
    name = reb_xml_local(name);
    if (strcmp(name, "si") == 0) r->in_item = true;
    if (strcmp(name, "rPh") == 0) r->in_phonetic++;
    if (strcmp(name, "t") == 0) r->in_text++;
}

static void XMLCALL on_shared_text(void *user, const XML_Char *text, int len) {
    reading *r = user;
    reb_xlsx_book *b = r->b;
    if (!r->in_item || r->in_text == 0 || r->in_phonetic > 0) return;
    size_t n = (size_t)len;
    if (b->shared_len + n > REB_SHEET_MAX_SHARED_BYTES) {
        reb_fail(r->err, REB_E_LIMIT, "%s has more than %u MB of different texts", reb_source_name(r->s->source),
                 REB_SHEET_MAX_SHARED_BYTES >> 20);
        reb_err_next(r->err, "Save it as CSV and import that.");
        stop(r, REB_E_LIMIT);
        return;
    }
    if (b->shared_len + n > b->shared_cap) {
        size_t cap = b->shared_cap == 0 ? 65536 : b->shared_cap;
        while (cap < b->shared_len + n) cap *= 2;
        char *p = realloc(b->shared, cap);
        if (p == NULL) {
            stop(r, reb_no_memory(r->s, r->err));
            return;
        }
        b->shared = p;
        b->shared_cap = cap;
    }
    memcpy(b->shared + b->shared_len, text, n);
    b->shared_len += n;
}

static bool add_offset(reb_xlsx_book *b) {
    if (b->n_shared + 1 >= b->cap_shared) {
        size_t cap = b->cap_shared == 0 ? 1024 : b->cap_shared * 2;
        uint32_t *p = realloc(b->shared_at, cap * sizeof *p);
        if (p == NULL) return false;
        b->shared_at = p;
        b->cap_shared = cap;
    }
    if (b->n_shared == 0) b->shared_at[0] = 0;
    b->shared_at[++b->n_shared] = (uint32_t)b->shared_len;
    return true;
}

static void XMLCALL on_shared_end(void *user, const XML_Char *name) {
    reading *r = user;
    name = reb_xml_local(name);
    if (strcmp(name, "rPh") == 0) r->in_phonetic--;
    if (strcmp(name, "t") == 0) r->in_text--;
    if (strcmp(name, "si") != 0) return;
    r->in_item = false;
    if (r->b->n_shared >= REB_SHEET_MAX_SHARED_BYTES / sizeof(uint32_t) || !add_offset(r->b)) stop(r, reb_no_memory(r->s, r->err));
}

/* ---- open ---- */

static reb_status read_book(reading *r) {
    reb_xlsx_book *b = r->b;
    reb_sheet *s = r->s;
    bool found;
    char book[256], rels[300], folder[256] = "";
    reb_status st = relation(r, "_rels/.rels", "", "/officeDocument", NULL);
    if (st != REB_OK) return st;
    if (ends_with(r->target, ".bin")) {
        reb_fail(r->err, REB_E_INPUT, "%s is a binary workbook (xlsb)", reb_source_name(s->source));
        reb_err_next(r->err, "Open it and save it as XLSX or CSV.");
        return REB_E_INPUT;
    }
    const char *path = r->target[0] == '\0' ? "xl/workbook.xml" : r->target;
    while (*path == '/') path++;
    memcpy(book, path, strlen(path) + 1);
    st = parse_part(r, book, &found, on_workbook, NULL, NULL);
    if (st != REB_OK) return st;
    if (!found) {
        reb_fail(r->err, REB_E_INPUT, "%s is a ZIP file but no XLSX", reb_source_name(s->source));
        reb_err_next(r->err, "Unpack it and import the files inside one by one.");
        return REB_E_INPUT;
    }
    if ((st = choose_sheet(r)) != REB_OK) return st;
    char *slash = strrchr(book, '/');
    size_t n = slash == NULL ? 0 : (size_t)(slash - book) + 1;
    memcpy(folder, book, n);
    folder[n] = '\0';
    snprintf(rels, sizeof rels, "%s_rels/%s.rels", folder, book + n);
    const char *id = b->sheet_ids[s->info.sheet].ptr;
    if ((st = relation(r, rels, folder, NULL, id)) != REB_OK) return st;
    if (r->target[0] == '\0') return damaged(s, r->err, "the sheet is missing");
    memcpy(b->sheet_path, r->target, sizeof b->sheet_path);
    if ((st = relation(r, rels, folder, "/styles", NULL)) != REB_OK) return st;
    if (r->target[0] != '\0' && (st = parse_part(r, r->target, &found, on_style, on_style_end, NULL)) != REB_OK) return st;
    if ((st = relation(r, rels, folder, "/sharedStrings", NULL)) != REB_OK) return st;
    if (r->target[0] != '\0' && (st = parse_part(r, r->target, &found, on_shared, on_shared_end, on_shared_text)) != REB_OK) return st;
    return REB_OK;
}

reb_status reb_xlsx_book_open(reb_xlsx_book **out, reb_sheet *s, reb_err *err) {
    *out = NULL;
    reb_xlsx_book *b = calloc(1, sizeof *b);
    if (b == NULL) return reb_no_memory(s, err);
    zlib_filefunc64_def f = {.zopen64_file = zip_open,
                             .zread_file = zip_read,
                             .zwrite_file = zip_write,
                             .ztell64_file = zip_tell,
                             .zseek64_file = zip_seek,
                             .zclose_file = zip_close,
                             .zerror_file = zip_error,
                             .opaque = &b->stream};
    b->stream.source = s->source;
    errno = 0;
    b->zip = unzOpen2_64("", &f);
    reading r = {.s = s, .b = b, .err = err};
    reb_status st = b->zip != NULL    ? read_book(&r)
                    : errno == ENOMEM ? reb_no_memory(s, err)
                                      : damaged(s, err, "its directory is missing: it was cut off");
    free(r.custom_dates);
    if (st != REB_OK) {
        reb_xlsx_book_close(b);
        return st;
    }
    *out = b;
    return REB_OK;
}

void reb_xlsx_book_close(reb_xlsx_book *b) {
    if (b == NULL) return;
    if (b->zip != NULL) unzClose(b->zip);
    free(b->sheet_ids);
    free(b->names);
    free(b->hidden);
    free(b->date_styles);
    free(b->shared);
    free(b->shared_at);
    free(b);
}
