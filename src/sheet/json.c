/* JSON as tables: an array of objects (bare, or a member of an object, as APIs give it), or one object after another. Each object is
   one record; nested objects become dotted names, arrays of plain values are joined, arrays of objects stay JSON. Names are gathered
   by reading the file once before. One object must fit REB_SHEET_MAX_LINE_BYTES; the file may be of any size. */
#include "json_object.h"

#include "internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct json {
    reb_json_names names;
    reb_slice *fields;
    bool in_array; /* records stand in an array: commas between, ] at the end */
    bool ended;
    bool gathering; /* first reading: names are added */
    bool any;
} json;

static void count_lines(reb_sheet *s, const char *d, size_t n) {
    for (const char *p = d, *end = d + n; p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL; p++) s->line++;
}

static void advance(reb_sheet *s, size_t n) {
    count_lines(s, s->window.data + s->window.start, n);
    s->window.start += n;
}

static bool is_space(char c) {
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static reb_status wrong(const reb_sheet *s, reb_err *err, const char *what) {
    reb_fail(err, REB_E_INPUT, "line %lld: %s", (long long)s->line, what);
    reb_err_next(err, "The file must be a JSON array of objects, or one JSON object a line.");
    reb_err_reason(err, "file_damaged");
    return REB_E_INPUT;
}

/* The next byte that is no white space, unread; *c = 0 at the end. */
static reb_status peek(char *c, reb_sheet *s, reb_err *err) {
    reb_window *w = &s->window;
    for (;;) {
        size_t i = w->start;
        while (i < w->end && is_space(w->data[i])) i++;
        if (w->data != NULL) advance(s, i - w->start);
        if (w->start < w->end) {
            *c = w->data[w->start];
            return *c == '\0' ? wrong(s, err, "a NUL byte; the file is damaged") : REB_OK;
        }
        *c = '\0';
        if (w->eof) return REB_OK;
        reb_status st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
        if (st != REB_OK) return st;
    }
}

/* Length of the value at the window's start, which is read whole into the window. */
static reb_status value_length(size_t *len, reb_sheet *s, reb_err *err) {
    reb_window *w = &s->window;
    reb_json_span span = {0};
    for (;;) {
        if (reb_json_span_end(&span, w->data + w->start, w->end - w->start, w->eof)) break;
        if (w->eof) {
            reb_fail(err, REB_E_INPUT, "the JSON value that begins on line %lld never ends: the file is cut off", (long long)s->line);
            reb_err_next(err, "Export the file again.");
            reb_err_reason(err, "file_cut");
            return REB_E_INPUT;
        }
        reb_status st = reb_window_more(w, REB_SHEET_MAX_LINE_BYTES, err);
        if (st == REB_E_LIMIT) {
            reb_fail(err, st, "the JSON value that begins on line %lld is larger than %u MB", (long long)s->line,
                     REB_SHEET_MAX_LINE_BYTES >> 20);
            reb_err_next(err, "Export the records as an array of objects, or one object a line.");
        }
        if (st != REB_OK) return st;
    }
    *len = span.pos;
    return REB_OK;
}

static reb_status read_object(reb_sheet *s, json *j, size_t len, reb_err *err) {
    const char *d = s->window.data + s->window.start;
    reb_json_fault fault = {0};
    reb_arena_reset(&s->scratch);
    if (!j->gathering)
        for (size_t i = 0; i < j->names.n; i++) j->fields[i] = (reb_slice){NULL, 0};
    reb_status st = reb_json_read_object(&j->names, j->gathering ? NULL : j->fields, d, len, &s->scratch, &fault);
    if (st == REB_OK) return st;
    if (st == REB_E_MEMORY) return reb_no_memory(s, err);
    int64_t line = s->line;
    size_t column = 1;
    for (size_t i = 0; i < fault.at && i < len; i++) {
        if (d[i] == '\n')
            line++, column = 1;
        else if (((unsigned char)d[i] & 0xC0u) != 0x80u)
            column++;
    }
    reb_fail(err, st, "line %lld, column %zu: %s", (long long)line, column, fault.what);
    if (st == REB_E_LIMIT)
        reb_err_next(err, "Leave out members that are not needed.");
    else
        reb_err_next(err, "Export the file again.");
    return st;
}

/* To the next object; false in *got at the end. */
static reb_status next_object(bool *got, size_t *len, reb_sheet *s, json *j, reb_err *err) {
    char c;
    *got = false;
    if (j->ended) return REB_OK;
    reb_status st = peek(&c, s, err);
    if (st != REB_OK) return st;
    if (j->in_array && j->any && c == ',') {
        advance(s, 1);
        if ((st = peek(&c, s, err)) != REB_OK) return st;
        if (c == ']') return wrong(s, err, "a comma, and then the array ends");
    } else if (j->in_array && j->any && c != ']' && c != '\0') {
        return wrong(s, err, "a comma is missing between two objects");
    } else if (!j->in_array && j->any && c == ',') { /* objects a line with commas: forgiven */
        advance(s, 1);
        if ((st = peek(&c, s, err)) != REB_OK) return st;
    }
    if (c == '\0') {
        j->ended = true;
        if (!j->in_array) return REB_OK;
        return wrong(s, err, "the array never ends: the file is cut off");
    }
    if (j->in_array && c == ']') {
        j->ended = true;
        return REB_OK;
    }
    if (c != '{') return wrong(s, err, "an object was expected here");
    *got = true;
    j->any = true;
    return value_length(len, s, err);
}

static reb_status next_json(bool *got, reb_sheet *s, reb_err *err) {
    json *j = s->state;
    size_t len;
    reb_status st = next_object(got, &len, s, j, err);
    if (st != REB_OK || !*got) return st;
    s->record.line = s->line;
    s->record.flags = 0;
    if ((st = read_object(s, j, len, err)) != REB_OK) return st;
    advance(s, len);
    return reb_sheet_finish_record(s, j->fields, j->names.n, err);
}

static void close_json(reb_sheet *s) {
    json *j = s->state;
    if (j == NULL) return;
    reb_json_names_close(&j->names);
    free(j->fields);
    free(j);
    s->state = NULL;
}

/* ---- opening ---- */

/* {"tickets":[{...},...],"next":null}: to the first member that is an array of objects. False in *found when there is none; the
   window then stands behind the object. */
static reb_status enter_wrapper(bool *found, reb_sheet *s, reb_err *err) {
    char c;
    size_t len;
    *found = false;
    advance(s, 1);
    reb_status st = peek(&c, s, err);
    while (st == REB_OK && c == '"') {
        if ((st = value_length(&len, s, err)) != REB_OK) return st;
        advance(s, len);
        if ((st = peek(&c, s, err)) != REB_OK) return st;
        if (c != ':') return wrong(s, err, "a colon is missing");
        advance(s, 1);
        if ((st = peek(&c, s, err)) != REB_OK) return st;
        if (c == '[') {
            size_t start = s->window.start;
            int64_t base = s->window.base, line = s->line;
            advance(s, 1);
            if ((st = peek(&c, s, err)) != REB_OK) return st;
            if (c == '{') {
                *found = true;
                return REB_OK;
            }
            if (s->window.base != base) return wrong(s, err, "an array begins with too much white space");
            s->window.start = start;
            s->line = line;
        }
        if ((st = value_length(&len, s, err)) != REB_OK) return st;
        advance(s, len);
        if ((st = peek(&c, s, err)) != REB_OK) return st;
        if (c == ',') {
            advance(s, 1);
            st = peek(&c, s, err);
        }
    }
    return st;
}

/* To the first record. An object at the top is a record when another follows it, a wrapper when it holds an array of objects. */
static reb_status enter(reb_sheet *s, json *j, reb_err *err) {
    char c;
    j->ended = j->any = false;
    reb_status st = peek(&c, s, err);
    if (st != REB_OK) return st;
    if (c == '[') {
        advance(s, 1);
        j->in_array = true;
        s->info.format = REB_FORMAT_JSON;
        return REB_OK;
    }
    if (c != '{') return wrong(s, err, "neither an array nor an object begins here");
    j->in_array = false;
    size_t len;
    reb_window *w = &s->window;
    reb_err ignored = {0};
    int64_t offset = reb_window_offset(w), line = s->line;
    bool wrapper = value_length(&len, s, &ignored) != REB_OK; /* so large that it can only hold the records */
    if (!wrapper) {
        for (;;) { /* does another object follow? */
            size_t i = w->start + len;
            while (i < w->end && (is_space(w->data[i]) || w->data[i] == ',')) i++;
            if (i < w->end) break;
            if (w->eof) {
                wrapper = true;
                break;
            }
            len = i - w->start;
            if ((st = reb_window_more(w, 2 * REB_SHEET_MAX_LINE_BYTES, err)) != REB_OK) return st;
        }
    }
    s->info.format = REB_FORMAT_JSON_LINES;
    if (!wrapper) return REB_OK;
    bool found;
    if ((st = enter_wrapper(&found, s, err)) != REB_OK) return st;
    if (found) {
        j->in_array = true;
        s->info.format = REB_FORMAT_JSON;
        return REB_OK;
    }
    if (w->base > offset) return wrong(s, err, "the object holds no array of objects");
    w->start = (size_t)(offset - w->base); /* one object alone is one record */
    s->line = line;
    return REB_OK;
}

static reb_status restart(reb_sheet *s, reb_err *err) {
    reb_window_close(&s->window);
    s->line = 1;
    return reb_window_open(&s->window, s->source, s->info.encoding.encoding, s->info.encoding.bom_bytes, s->options.read_bytes, err);
}

reb_status reb_sheet_open_json(reb_sheet *s, reb_err *err) {
    json *j = calloc(1, sizeof *j);
    if (j == NULL) return reb_no_memory(s, err);
    s->state = j;
    s->reader = (reb_sheet_reader){next_json, close_json};
    reb_status st = enter(s, j, err);
    j->gathering = true;
    int64_t records = 0;
    while (st == REB_OK) {
        bool got;
        size_t len;
        if ((st = next_object(&got, &len, s, j, err)) != REB_OK || !got) break;
        if ((st = read_object(s, j, len, err)) == REB_OK) advance(s, len);
        records++;
    }
    if (st != REB_OK) return st;
    if (records == 0 || j->names.n == 0) {
        reb_fail(err, REB_E_INPUT, "%s holds no records", reb_source_name(s->source));
        reb_err_next(err, "The file must be a JSON array of objects, or one JSON object a line.");
        reb_err_reason(err, "file_empty");
        return REB_E_INPUT;
    }
    j->gathering = false;
    j->fields = calloc(j->names.n, sizeof *j->fields);
    if (j->fields == NULL) return reb_no_memory(s, err);
    if ((st = restart(s, err)) != REB_OK || (st = enter(s, j, err)) != REB_OK) return st;
    return reb_sheet_name_fields(s, j->names.names, j->names.n, "the names of the objects' members", err);
}
