#include "json_object.h"

#include "../text/utf8.h"
#include "sheet.h"

#include <stdlib.h>
#include <string.h>

#define MAX_DEPTH 64
#define MAX_NAME 512

bool reb_json_span_end(reb_json_span *span, const char *d, size_t len, bool eof) {
    for (; span->pos < len; span->pos++) {
        char c = d[span->pos];
        if (span->in_string) {
            if (span->escaped)
                span->escaped = false;
            else if (c == '\\')
                span->escaped = true;
            else if (c == '"') {
                span->in_string = false;
                if (span->depth == 0) {
                    span->pos++;
                    return true;
                }
            }
            continue;
        }
        bool plain = false;
        switch (c) {
            case '"': span->in_string = true; break;
            case '{':
            case '[': span->depth++; break;
            case '}':
            case ']':
                if (span->depth == 0) return true; /* ends what is around a plain value */
                if (--span->depth == 0) {
                    span->pos++;
                    return true;
                }
                break;
            default: plain = true; break;
        }
        /* A plain value (number, true, null) ends before a comma, bracket or space. */
        if (plain && span->depth == 0 && span->begun && (c == ',' || c == ' ' || (c >= '\t' && c <= '\r'))) return true;
        span->begun = true;
    }
    return eof && span->begun && span->depth == 0 && !span->in_string;
}

/* ---- names ---- */

void reb_json_names_close(reb_json_names *t) {
    for (size_t i = 0; i < t->n; i++) {
        union {
            const char *in;
            char *out;
        } p = {t->names[i].ptr};
        free(p.out);
    }
    free(t->names);
    free(t->slots);
    *t = (reb_json_names){0};
}

static uint64_t hash_of(const char *s, size_t n) { /* FNV-1a */
    uint64_t h = UINT64_C(14695981039346656037);
    for (size_t i = 0; i < n; i++) h = (h ^ (unsigned char)s[i]) * UINT64_C(1099511628211);
    return h ^ h >> 29;
}

static bool find_name(size_t *index, const reb_json_names *t, const char *s, size_t n) {
    if (t->n_slots == 0) return false;
    for (size_t i = (size_t)hash_of(s, n) & (t->n_slots - 1);; i = (i + 1) & (t->n_slots - 1)) {
        uint32_t slot = t->slots[i];
        if (slot == 0) return false;
        const reb_slice *name = &t->names[slot - 1];
        if (name->len == n && memcmp(name->ptr, s, n) == 0) {
            *index = slot - 1;
            return true;
        }
    }
}

static bool grow(reb_json_names *t) {
    size_t cap = t->cap == 0 ? 64 : t->cap * 2, n_slots = cap * 4;
    reb_slice *names = realloc(t->names, cap * sizeof *names);
    if (names == NULL) return false;
    t->names = names;
    uint32_t *slots = calloc(n_slots, sizeof *slots);
    if (slots == NULL) return false;
    free(t->slots);
    t->slots = slots;
    t->n_slots = n_slots;
    t->cap = cap;
    for (size_t k = 0; k < t->n; k++) {
        size_t i = (size_t)hash_of(names[k].ptr, names[k].len) & (n_slots - 1);
        while (slots[i] != 0) i = (i + 1) & (n_slots - 1);
        slots[i] = (uint32_t)k + 1;
    }
    return true;
}

static bool add_name(reb_json_names *t, const char *s, size_t n) {
    if (t->n == t->cap && !grow(t)) return false;
    char *copy = malloc(n + 1);
    if (copy == NULL) return false;
    memcpy(copy, s, n);
    copy[n] = '\0';
    size_t i = (size_t)hash_of(s, n) & (t->n_slots - 1);
    while (t->slots[i] != 0) i = (i + 1) & (t->n_slots - 1);
    t->names[t->n++] = (reb_slice){copy, n};
    t->slots[i] = (uint32_t)t->n;
    return true;
}

/* ---- reading ---- */

typedef struct reader {
    const char *d;
    size_t len, pos;
    reb_json_names *names;
    reb_slice *fields;
    reb_arena *arena;
    reb_json_fault *fault;
    char path[MAX_NAME]; /* dotted name of the member being read */
    size_t path_len;
} reader;

static reb_status fail(reader *r, reb_status st, const char *what) {
    r->fault->at = r->pos;
    r->fault->what = what;
    return st;
}

static void skip_space(reader *r) {
    while (r->pos < r->len && (r->d[r->pos] == ' ' || (r->d[r->pos] >= '\t' && r->d[r->pos] <= '\r'))) r->pos++;
}
static char at(const reader *r) {
    return r->pos < r->len ? r->d[r->pos] : '\0';
}

static int hex4(const char *s) {
    int v = 0;
    for (int i = 0; i < 4; i++) {
        char c = s[i];
        int h = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
        if (h < 0) return -1;
        v = v * 16 + h;
    }
    return v;
}

/* The four digits of a \u escape at r->pos, and its second half where one follows. */
static bool unicode_escape(reader *r, uint32_t *cp) {
    if (r->len - r->pos < 4) return false;
    int u = hex4(r->d + r->pos);
    if (u < 0) return false;
    r->pos += 4;
    *cp = (uint32_t)u;
    if (u >= 0xD800 && u <= 0xDBFF && r->len - r->pos >= 6 && r->d[r->pos] == '\\' && r->d[r->pos + 1] == 'u') {
        int low = hex4(r->d + r->pos + 2);
        if (low >= 0xDC00 && low <= 0xDFFF) {
            *cp = 0x10000u + (((uint32_t)u - 0xD800u) << 10) + ((uint32_t)low - 0xDC00u);
            r->pos += 6;
        }
    }
    if (*cp == 0) *cp = REB_UTF8_REPLACEMENT; /* no NUL in text */
    return true;
}

/* A string; without escapes a slice of the text itself. */
static reb_status read_string(reader *r, reb_slice *out) {
    size_t from = ++r->pos;
    bool escapes = false;
    for (;; r->pos++) {
        if (r->pos >= r->len) return fail(r, REB_E_INPUT, "a string never ends");
        char c = r->d[r->pos];
        if (c == '"') break;
        if (c == '\0') return fail(r, REB_E_INPUT, "a NUL byte; the file is damaged");
        if (c == '\\') {
            escapes = true;
            r->pos++;
        }
    }
    size_t end = r->pos;
    if (end - from > REB_SHEET_MAX_FIELD_BYTES) return fail(r, REB_E_LIMIT, "a value of more than 8 MB");
    if (!escapes) {
        *out = (reb_slice){r->d + from, end - from};
        r->pos = end + 1;
        return REB_OK;
    }
    char *text = reb_arena_alloc(r->arena, end - from); /* escapes only shrink */
    if (text == NULL) return REB_E_MEMORY;
    size_t o = 0;
    for (r->pos = from; r->pos < end;) {
        char c = r->d[r->pos++];
        if (c != '\\') {
            text[o++] = c;
            continue;
        }
        uint32_t cp = 0;
        c = r->d[r->pos++];
        switch (c) {
            case 'n': text[o++] = '\n'; break;
            case 't': text[o++] = '\t'; break;
            case 'r': text[o++] = '\r'; break;
            case 'b':
            case 'f': text[o++] = ' '; break;
            case '"':
            case '\\':
            case '/': text[o++] = c; break;
            case 'u':
                if (!unicode_escape(r, &cp)) return fail(r, REB_E_INPUT, "a \\u escape without four hexadecimal digits");
                o += reb_utf8_encode(text + o, cp);
                break;
            default: return fail(r, REB_E_INPUT, "an escape that JSON does not know");
        }
    }
    *out = (reb_slice){text, o};
    r->pos = end + 1;
    return REB_OK;
}

/* Number, true, false or null, as text; null is empty. */
static reb_status read_plain(reader *r, reb_slice *out) {
    size_t from = r->pos;
    while (r->pos < r->len && strchr(",]} \t\r\n\v\f", r->d[r->pos]) == NULL) r->pos++;
    *out = (reb_slice){r->d + from, r->pos - from};
    if (reb_slice_is(*out, "null")) {
        out->len = 0;
        return REB_OK;
    }
    if (reb_slice_is(*out, "true") || reb_slice_is(*out, "false")) return REB_OK;
    bool digits = false;
    for (size_t i = 0; i < out->len; i++) {
        char c = out->ptr[i];
        if (c >= '0' && c <= '9')
            digits = true;
        else if (strchr("+-.eE", c) == NULL || c == '\0')
            digits = false, i = out->len;
    }
    if (digits) return REB_OK;
    r->pos = from;
    return fail(r, REB_E_INPUT, "neither a string, number, object, array, true, false nor null");
}

static reb_status skip_container(reader *r, reb_slice *out) {
    reb_json_span span = {0};
    if (!reb_json_span_end(&span, r->d + r->pos, r->len - r->pos, true)) return fail(r, REB_E_INPUT, "an array or object never ends");
    *out = (reb_slice){r->d + r->pos, span.pos};
    r->pos += span.pos;
    return REB_OK;
}

/* Plain values joined by ", "; an array that holds anything else stays JSON. */
static reb_status read_array(reader *r, reb_slice *out) {
    size_t start = r->pos;
    reb_slice whole;
    reb_status st = skip_container(r, &whole);
    if (st != REB_OK) return st;
    size_t end = r->pos;
    if (whole.len > REB_SHEET_MAX_FIELD_BYTES) {
        r->pos = start;
        return fail(r, REB_E_LIMIT, "a value of more than 8 MB");
    }
    char *joined = reb_arena_alloc(r->arena, whole.len * 2);
    size_t o = 0;
    if (joined == NULL) return REB_E_MEMORY;
    r->pos = start + 1;
    skip_space(r);
    while (at(r) != ']') {
        reb_slice v;
        if (at(r) == '{' || at(r) == '[') {
            *out = whole;
            r->pos = end;
            return REB_OK;
        }
        st = at(r) == '"' ? read_string(r, &v) : read_plain(r, &v);
        if (st != REB_OK) return st;
        if (v.len > 0) {
            if (o > 0) {
                joined[o++] = ',';
                joined[o++] = ' ';
            }
            memcpy(joined + o, v.ptr, v.len);
            o += v.len;
        }
        skip_space(r);
        if (at(r) == ',') {
            r->pos++;
            skip_space(r);
        } else if (at(r) != ']') {
            return fail(r, REB_E_INPUT, "a comma or ] is missing");
        }
    }
    r->pos = end;
    *out = (reb_slice){joined, o};
    return REB_OK;
}

static reb_status give(reader *r, reb_slice value) {
    size_t index;
    bool known = find_name(&index, r->names, r->path, r->path_len);
    if (r->fields != NULL) {
        if (known) r->fields[index] = value;
        return REB_OK;
    }
    if (known) return REB_OK;
    if (r->names->n >= REB_SHEET_MAX_COLUMNS) return fail(r, REB_E_LIMIT, "more than 4096 different names");
    return add_name(r->names, r->path, r->path_len) ? REB_OK : REB_E_MEMORY;
}

static reb_status read_members(reader *r, int depth) {
    size_t outer = r->path_len;
    if (depth >= MAX_DEPTH) return fail(r, REB_E_LIMIT, "objects nested more than 64 deep");
    r->pos++; /* { */
    skip_space(r);
    while (at(r) != '}') {
        reb_slice key, value = {NULL, 0};
        if (at(r) != '"') return fail(r, REB_E_INPUT, "the name of a member was expected here");
        reb_status st = read_string(r, &key);
        if (st != REB_OK) return st;
        skip_space(r);
        if (at(r) != ':') return fail(r, REB_E_INPUT, "a colon is missing");
        r->pos++;
        skip_space(r);
        if (outer + key.len + 1 > sizeof r->path) return fail(r, REB_E_LIMIT, "a name of more than 512 bytes");
        r->path_len = outer;
        if (outer > 0) r->path[r->path_len++] = '.';
        if (key.len > 0) memcpy(r->path + r->path_len, key.ptr, key.len);
        r->path_len += key.len;
        char c = at(r);
        if (c == '{') {
            st = read_members(r, depth + 1);
        } else {
            st = c == '"' ? read_string(r, &value) : c == '[' ? read_array(r, &value) : read_plain(r, &value);
            if (st == REB_OK) st = give(r, value);
        }
        if (st != REB_OK) return st;
        r->path_len = outer;
        skip_space(r);
        if (at(r) == ',') {
            r->pos++;
            skip_space(r);
            if (at(r) == '}') return fail(r, REB_E_INPUT, "a comma, and then the object ends");
        } else if (at(r) != '}') {
            return fail(r, REB_E_INPUT, "a comma or } is missing");
        }
    }
    r->pos++;
    return REB_OK;
}

reb_status reb_json_read_object(reb_json_names *t, reb_slice *fields, const char *d, size_t len, reb_arena *arena, reb_json_fault *fault) {
    reader r = {.d = d, .len = len, .names = t, .fields = fields, .arena = arena, .fault = fault};
    reb_status st = read_members(&r, 0);
    if (st == REB_OK && r.pos != len) return fail(&r, REB_E_INPUT, "brackets do not match");
    return st;
}
