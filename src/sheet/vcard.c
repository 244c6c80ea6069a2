/* vCards 2.1, 3.0 and 4.0 as programs really write them: one card, one record with fixed columns. Pictures, sounds and keys are passed
   over; so are fax and pager numbers, which nobody can call. */
#include "internal.h"

#include "../text/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { N_EMAILS = 4, N_PHONES = 6 };
enum {
    C_NAME,
    C_GIVEN,
    C_FAMILY,
    C_ORG,
    C_TITLE,
    C_EMAIL,
    C_EMAIL_MORE = C_EMAIL + N_EMAILS,
    C_PHONE,
    C_PHONE_MORE = C_PHONE + N_PHONES,
    C_ADDRESS,
    C_BIRTHDAY,
    C_NOTE,
    C_UID,
    N_COLUMNS
};
static const char *const k_names[N_COLUMNS] = {"name",   "given",  "family",     "org",     "title",    "email1", "email2",
                                               "email3", "email4", "email_more", "phone1",  "phone2",   "phone3", "phone4",
                                               "phone5", "phone6", "phone_more", "address", "birthday", "note",   "uid"};

typedef struct vcard {
    reb_slice fields[N_COLUMNS];
    size_t n_emails, n_phones;
    reb_buf line; /* one unfolded property */
    bool failed;  /* memory ran out somewhere in the card */
} vcard;

/* Memory of the record; a failure is remembered and told at the end of the card. */
static char *room(reb_sheet *s, size_t n) {
    char *p = reb_arena_alloc(&s->scratch, n);
    if (p == NULL) ((vcard *)s->state)->failed = true;
    return p;
}

/* ---- lines ---- */

/* Length of the physical line at d without its end; *whole with it. False when its end is not there yet. */
static bool line_at(size_t *len, size_t *whole, const char *d, size_t n, bool eof) {
    size_t i = 0;
    while (i < n && d[i] != '\n' && d[i] != '\r') i++;
    *len = *whole = i;
    if (i >= n) return eof;
    if (d[i] == '\r' && i + 1 >= n && !eof) return false;
    *whole = i + (d[i] == '\r' && i + 1 < n && d[i + 1] == '\n' ? 2 : 1);
    return true;
}

static bool line_is(const char *d, size_t len, const char *want) {
    while (len > 0 && (d[len - 1] == ' ' || d[len - 1] == '\t')) len--;
    return len == strlen(want) && strncasecmp(d, want, len) == 0;
}
static bool line_starts(const char *d, size_t len, const char *want) {
    return len >= strlen(want) && strncasecmp(d, want, strlen(want)) == 0;
}

/* ---- properties ---- */

typedef struct property {
    reb_slice name, params, value;
} property;

/* [group.]NAME[;params]:value, with quotes around parameters that hold colons. */
static bool split_property(property *p, reb_slice line) {
    bool quoted = false;
    size_t name_end = line.len, colon = line.len;
    for (size_t i = 0; i < line.len; i++) {
        char c = line.ptr[i];
        if (c == '"') quoted = !quoted;
        if (c == ';' && name_end == line.len) name_end = i;
        if (c == ':' && !quoted) {
            colon = i;
            break;
        }
    }
    if (colon == line.len) return false;
    if (name_end > colon) name_end = colon;
    size_t from = 0;
    for (size_t i = 0; i < name_end; i++)
        if (line.ptr[i] == '.') from = i + 1;
    p->name = (reb_slice){line.ptr + from, name_end - from};
    p->params = (reb_slice){line.ptr + name_end, colon - name_end};
    p->value = (reb_slice){line.ptr + colon + 1, line.len - colon - 1};
    return true;
}

static bool named(const property *p, const char *name) {
    return p->name.len == strlen(name) && strncasecmp(p->name.ptr, name, p->name.len) == 0;
}

/* A parameter's word anywhere: ";CELL", ";TYPE=cell,voice", "ENCODING=QUOTED-PRINTABLE". */
static bool has_word(reb_slice params, const char *word) {
    size_t n = strlen(word);
    for (size_t i = 0; i + n <= params.len; i++) {
        if (strncasecmp(params.ptr + i, word, n) != 0) continue;
        bool before = i == 0 || strchr(";,=\" ", params.ptr[i - 1]) != NULL;
        bool after = i + n == params.len || strchr(";,=\" ", params.ptr[i + n]) != NULL;
        if (before && after) return true;
    }
    return false;
}

static reb_encoding charset_of(reb_slice params) {
    char name[32];
    for (size_t i = 0; i + 8 <= params.len; i++) {
        if (strncasecmp(params.ptr + i, "CHARSET=", 8) != 0) continue;
        size_t n = 0;
        for (i += 8; i < params.len && params.ptr[i] != ';' && params.ptr[i] != ':' && n + 1 < sizeof name; i++)
            if (params.ptr[i] != '"') name[n++] = params.ptr[i];
        name[n] = '\0';
        return reb_encoding_from_name(name);
    }
    return REB_ENC_AUTO;
}

static int hex(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static size_t decode_printable(char *out, reb_slice v) {
    size_t o = 0;
    for (size_t i = 0; i < v.len; i++) {
        if (v.ptr[i] == '=' && i + 2 < v.len && hex(v.ptr[i + 1]) >= 0 && hex(v.ptr[i + 2]) >= 0) {
            char c = (char)(hex(v.ptr[i + 1]) * 16 + hex(v.ptr[i + 2]));
            if (c != '\0') out[o++] = c;
            i += 2;
        } else {
            out[o++] = v.ptr[i];
        }
    }
    return o;
}

/* Bytes of a quoted-printable value, which no decoder of the file has seen, to UTF-8 in the record's arena. */
static reb_slice to_utf8(reb_sheet *s, reb_slice v, reb_encoding e) {
    if (e == REB_ENC_AUTO || e == REB_ENC_UTF8) {
        if (reb_utf8_valid(v.ptr, v.len, NULL)) return v;
        reb_encoding_evidence ev = {0};
        reb_encoding_feed(&ev, v.ptr, v.len);
        e = reb_encoding_verdict(&ev).encoding;
    }
    reb_decoder *d = NULL;
    size_t cap = v.len * 3 + 16, used, n;
    char *out = room(s, cap);
    if (out != NULL && e != REB_ENC_UTF8 && reb_decoder_open(&d, e, NULL) == REB_OK &&
        reb_decoder_run(&used, &n, d, v.ptr, v.len, out, cap, true, NULL) == REB_OK && used == v.len) {
        reb_decoder_close(d);
        return (reb_slice){out, n};
    }
    reb_decoder_close(d);
    return v; /* repaired later */
}

/* One component of a structured value, unescaped: up to `stop` (0: to the end). *v moves behind it. */
static reb_slice take_component(reb_sheet *s, reb_slice *v, char stop) {
    size_t end = 0, o = 0;
    while (end < v->len && !(stop != 0 && v->ptr[end] == stop)) end += v->ptr[end] == '\\' && end + 1 < v->len ? 2 : 1;
    char *out = end == 0 ? NULL : room(s, end);
    for (size_t i = 0; i < end && out != NULL; i++) {
        char c = v->ptr[i];
        if (c == '\\' && i + 1 < end) {
            char next = v->ptr[i + 1];
            bool escape = next == ',' || next == ';' || next == ':' || next == '\\' || next == '"';
            if (next == 'n' || next == 'N')
                c = '\n', escape = true;
            else if (escape)
                c = next;
            if (escape) i++; /* else a backslash that escapes nothing */
            out[o++] = c;
        } else if (c != '\r' && c != '\0') {
            out[o++] = c;
        }
    }
    size_t used = end < v->len ? end + 1 : end;
    v->ptr += used;
    v->len -= used;
    return reb_slice_trim((reb_slice){out, o});
}

/* The filled components, joined. */
static reb_slice join_components(reb_sheet *s, reb_slice v, const char *between) {
    size_t cap = v.len * 3 + 1, o = 0, b = strlen(between);
    char *out = room(s, cap);
    if (out == NULL) return (reb_slice){NULL, 0};
    while (v.len > 0) {
        reb_slice c = take_component(s, &v, ';');
        if (c.len == 0) continue;
        if (o > 0) {
            memcpy(out + o, between, b);
            o += b;
        }
        memcpy(out + o, c.ptr, c.len);
        o += c.len;
    }
    return (reb_slice){out, o};
}

static void append_more(reb_sheet *s, reb_slice *field, reb_slice v) {
    if (field->len > 65536) return; /* no person has so many */
    char *out = room(s, field->len + v.len + 2);
    if (out == NULL) return;
    size_t o = field->len;
    if (o > 0) {
        memcpy(out, field->ptr, o);
        out[o++] = ',';
        out[o++] = ' ';
    }
    memcpy(out + o, v.ptr, v.len);
    *field = (reb_slice){out, o + v.len};
    s->record.flags |= REB_RECORD_MORE;
}

static void add_one_of_many(reb_sheet *s, vcard *k, reb_slice v, size_t *count, size_t column, size_t max, size_t more) {
    if (v.len == 0) return;
    for (size_t i = 0; i < *count; i++) /* Android writes a number once a type */
        if (k->fields[column + i].len == v.len && memcmp(k->fields[column + i].ptr, v.ptr, v.len) == 0) return;
    if (*count < max)
        k->fields[column + (*count)++] = v;
    else
        append_more(s, &k->fields[more], v);
}

static void set_once(vcard *k, size_t column, reb_slice v) {
    if (k->fields[column].len == 0) k->fields[column] = v;
}

static void use_property(reb_sheet *s, vcard *k, reb_slice line) {
    property p;
    if (!split_property(&p, line)) return;
    static const char *const wanted[] = {"FN", "N", "ORG", "TITLE", "EMAIL", "TEL", "ADR", "BDAY", "NOTE", "UID"};
    bool want = false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++) want |= named(&p, wanted[i]);
    if (!want) return;
    /* The line lives in a buffer that the next property reuses: its value moves to the arena. */
    char *copy = room(s, p.value.len + 1);
    if (copy == NULL) return;
    reb_slice v = {copy, p.value.len};
    if (has_word(p.params, "QUOTED-PRINTABLE")) {
        v.len = decode_printable(copy, p.value);
        v = to_utf8(s, v, charset_of(p.params));
    } else if (p.value.len > 0) {
        memcpy(copy, p.value.ptr, p.value.len);
    }
    if (named(&p, "FN")) {
        set_once(k, C_NAME, take_component(s, &v, 0));
    } else if (named(&p, "N")) {
        reb_slice family = take_component(s, &v, ';'), given = take_component(s, &v, ';');
        set_once(k, C_FAMILY, family);
        set_once(k, C_GIVEN, given);
    } else if (named(&p, "ORG")) {
        set_once(k, C_ORG, join_components(s, v, ", "));
    } else if (named(&p, "TITLE")) {
        set_once(k, C_TITLE, take_component(s, &v, 0));
    } else if (named(&p, "ADR")) {
        set_once(k, C_ADDRESS, join_components(s, v, ", "));
    } else if (named(&p, "BDAY")) {
        set_once(k, C_BIRTHDAY, take_component(s, &v, 0));
    } else if (named(&p, "NOTE")) {
        set_once(k, C_NOTE, take_component(s, &v, 0));
    } else if (named(&p, "UID")) {
        set_once(k, C_UID, take_component(s, &v, 0));
    } else if (named(&p, "EMAIL")) {
        add_one_of_many(s, k, take_component(s, &v, 0), &k->n_emails, C_EMAIL, N_EMAILS, C_EMAIL_MORE);
    } else if (!has_word(p.params, "FAX") && !has_word(p.params, "PAGER") && !has_word(p.params, "MODEM")) {
        add_one_of_many(s, k, take_component(s, &v, 0), &k->n_phones, C_PHONE, N_PHONES, C_PHONE_MORE);
    }
}

/* ---- a card ---- */

/* All properties of the card's text, unfolded. */
static void read_card(reb_sheet *s, vcard *k, const char *d, size_t len) {
    size_t i = 0, n, whole;
    int depth = 0;
    memset(k->fields, 0, sizeof k->fields);
    k->n_emails = k->n_phones = 0;
    while (i < len && line_at(&n, &whole, d + i, len - i, true)) {
        const char *line = d + i;
        i += whole;
        if (line_is(line, n, "BEGIN:VCARD")) depth++;
        if (line_is(line, n, "END:VCARD")) depth--;
        if (depth != 1 || n == 0) continue;
        reb_buf_clear(&k->line);
        reb_buf_add(&k->line, line, n);
        property p;
        bool printable = split_property(&p, (reb_slice){line, n}) && has_word(p.params, "QUOTED-PRINTABLE");
        while (i < len && line_at(&n, &whole, d + i, len - i, true)) {
            if (printable && k->line.len > 0 && k->line.data[k->line.len - 1] == '=') {
                k->line.len--; /* a soft break; some programs fold besides */
                size_t blanks = n > 0 && (d[i] == ' ' || d[i] == '\t') ? 1 : 0;
                reb_buf_add(&k->line, d + i + blanks, n - blanks);
            } else if (n > 0 && (d[i] == ' ' || d[i] == '\t')) {
                reb_buf_add(&k->line, d + i + 1, n - 1);
            } else {
                break;
            }
            i += whole;
        }
        if (k->line.len > 0 && !k->line.failed) use_property(s, k, (reb_slice){k->line.data, k->line.len});
    }
    if (k->fields[C_NAME].len == 0) { /* 2.1 allows a card without FN */
        reb_slice g = k->fields[C_GIVEN], f = k->fields[C_FAMILY];
        char *out = room(s, g.len + f.len + 1);
        if (out != NULL && g.len + f.len > 0) {
            size_t o = 0;
            if (g.len > 0) memcpy(out, g.ptr, g.len), o = g.len;
            if (g.len > 0 && f.len > 0) out[o++] = ' ';
            if (f.len > 0) memcpy(out + o, f.ptr, f.len), o += f.len;
            k->fields[C_NAME] = (reb_slice){out, o};
        } else {
            k->fields[C_NAME] = k->fields[C_ORG];
        }
    }
}

static void skip_line(reb_sheet *s, size_t whole) {
    s->window.start += whole;
    s->line++;
}

/* Finds the end of the card that begins at the window's start. */
static reb_status card_length(size_t *len, int64_t *lines, reb_sheet *s, reb_err *err) {
    reb_window *w = &s->window;
    size_t i = 0;
    int depth = 0;
    bool agent = false;
    *lines = 0;
    for (;;) {
        size_t n, whole;
        if (w->end - w->start > i && line_at(&n, &whole, w->data + w->start + i, w->end - w->start - i, w->eof)) {
            const char *d = w->data + w->start + i;
            ++*lines;
            i += whole;
            if (line_is(d, n, "BEGIN:VCARD")) {
                if (depth > 0 && !agent) {
                    reb_fail(err, REB_E_INPUT, "line %lld: a card begins before the one of line %lld has ended (END:VCARD)",
                             (long long)(s->line + *lines - 1), (long long)s->line);
                    reb_err_next(err, "Export the contacts again, or add the missing line.");
                    return REB_E_INPUT;
                }
                depth++;
            } else if (line_is(d, n, "END:VCARD") && --depth == 0) {
                *len = i;
                return REB_OK;
            }
            agent = line_starts(d, n, "AGENT") || (agent && n == 0);
            continue;
        }
        if (w->eof) {
            reb_fail(err, REB_E_INPUT, "the card that begins on line %lld never ends (END:VCARD): the file is cut off", (long long)s->line);
            reb_err_next(err, "Export the contacts again.");
            return REB_E_INPUT;
        }
        reb_status st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
        if (st == REB_E_LIMIT) {
            reb_fail(err, st, "the card that begins on line %lld is larger than %u MB", (long long)s->line, REB_SHEET_MAX_LINE_BYTES >> 20);
            reb_err_next(err, "Remove its picture.");
        }
        if (st != REB_OK) return st;
    }
}

static reb_status next_card(bool *got, reb_sheet *s, reb_err *err) {
    vcard *k = s->state;
    reb_window *w = &s->window;
    size_t n, whole, len;
    int64_t lines;
    *got = false;
    for (;;) { /* to the next BEGIN:VCARD; what stands between cards is nothing */
        const char *d = w->data == NULL ? "" : w->data + w->start;
        if (w->end > w->start && line_at(&n, &whole, d, w->end - w->start, w->eof)) {
            if (memchr(d, 0, n) != NULL)
                return reb_fail(err, REB_E_INPUT, "line %lld: a NUL byte; the file is damaged", (long long)s->line);
            if (line_is(d, n, "BEGIN:VCARD")) break;
            skip_line(s, whole);
            continue;
        }
        if (w->eof) return REB_OK;
        reb_status st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
        if (st == REB_E_LIMIT) reb_fail(err, st, "line %lld is longer than %u MB", (long long)s->line, REB_SHEET_MAX_LINE_BYTES >> 20);
        if (st != REB_OK) return st;
    }
    reb_status st = card_length(&len, &lines, s, err);
    if (st != REB_OK) return st;
    reb_arena_reset(&s->scratch);
    s->record.flags = 0;
    k->failed = false;
    read_card(s, k, w->data + w->start, len);
    if (k->failed || k->line.failed) return reb_no_memory(s, err);
    s->record.line = s->line;
    s->line += lines;
    w->start += len;
    *got = true;
    return reb_sheet_finish_record(s, k->fields, N_COLUMNS, err);
}

static void close_vcard(reb_sheet *s) {
    vcard *k = s->state;
    if (k == NULL) return;
    reb_buf_free(&k->line);
    free(k);
    s->state = NULL;
}

reb_status reb_sheet_open_vcard(reb_sheet *s, reb_err *err) {
    vcard *k = calloc(1, sizeof *k);
    if (k == NULL) return reb_no_memory(s, err);
    s->state = k;
    s->reader = (reb_sheet_reader){next_card, close_vcard};
    reb_slice names[N_COLUMNS];
    for (size_t i = 0; i < N_COLUMNS; i++) names[i] = reb_slice_of(k_names[i]);
    return reb_sheet_name_fields(s, names, N_COLUMNS, "cards have named properties", err);
}
