#include "json.h"

#include "clock.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void before_value(reb_json *w) {
    if (w->after_key) {
        w->after_key = false;
        return;
    }
    uint64_t bit = UINT64_C(1) << (w->depth & 63u);
    if (w->depth > 0 && (w->filled & bit) != 0) reb_buf_char(w->out, ',');
    w->filled |= bit;
}

static void open_container(reb_json *w, char c) {
    before_value(w);
    reb_buf_char(w->out, c);
    w->depth++;
    w->filled &= ~(UINT64_C(1) << (w->depth & 63u));
}

static void close_container(reb_json *w, char c) {
    if (w->depth > 0) w->depth--;
    reb_buf_char(w->out, c);
}

void reb_json_obj(reb_json *w) {
    open_container(w, '{');
}
void reb_json_obj_end(reb_json *w) {
    close_container(w, '}');
}
void reb_json_arr(reb_json *w) {
    open_container(w, '[');
}
void reb_json_arr_end(reb_json *w) {
    close_container(w, ']');
}

/* Length of the well-formed UTF-8 character at s (RFC 3629), or 0. */
static size_t utf8_char(const unsigned char *s, size_t n) {
    if (s[0] < 0x80) return 1;
    size_t len = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
    if (s[0] < 0xC2 || s[0] > 0xF4 || len > n) return 0;
    for (size_t i = 1; i < len; i++)
        if ((s[i] & 0xC0u) != 0x80u) return 0;
    if (s[0] == 0xE0 && s[1] < 0xA0) return 0;
    if (s[0] == 0xED && s[1] > 0x9F) return 0; /* surrogates */
    if (s[0] == 0xF0 && s[1] < 0x90) return 0;
    if (s[0] == 0xF4 && s[1] > 0x8F) return 0;
    return len;
}

static void escape(reb_buf *out, unsigned char c) {
    switch (c) {
        case '"': reb_buf_str(out, "\\\""); break;
        case '\\': reb_buf_str(out, "\\\\"); break;
        case '\n': reb_buf_str(out, "\\n"); break;
        case '\r': reb_buf_str(out, "\\r"); break;
        case '\t': reb_buf_str(out, "\\t"); break;
        default: reb_buf_printf(out, "\\u%04x", c);
    }
}

static void quoted(reb_buf *out, const char *text, size_t n) {
    const unsigned char *s = (const unsigned char *)text;
    reb_buf_char(out, '"');
    size_t start = 0;
    size_t i = 0;
    while (i < n) {
        if (s[i] >= 0x20 && s[i] < 0x7F && s[i] != '"' && s[i] != '\\') { /* most of all text */
            i++;
            continue;
        }
        size_t len = utf8_char(s + i, n - i);
        bool plain = len > 0 && s[i] >= 0x20 && s[i] != '"' && s[i] != '\\' && s[i] != 0x7F;
        if (plain) {
            i += len;
            continue;
        }
        reb_buf_add(out, s + start, i - start);
        if (len == 0) {
            reb_buf_str(out, "\xEF\xBF\xBD");
        } else {
            escape(out, s[i]);
        }
        start = ++i;
    }
    reb_buf_add(out, s + start, n - start);
    reb_buf_char(out, '"');
}

void reb_json_key(reb_json *w, const char *key) {
    before_value(w);
    quoted(w->out, key, strlen(key));
    reb_buf_char(w->out, ':');
    w->after_key = true;
}

void reb_json_strn(reb_json *w, const char *s, size_t n) {
    before_value(w);
    quoted(w->out, s, n);
}

void reb_json_str(reb_json *w, const char *s) {
    if (s == NULL) {
        reb_json_null(w);
    } else {
        reb_json_strn(w, s, strlen(s));
    }
}

enum { I64_TEXT = 20 }; /* a sign and 19 digits */

/* Digits from the end of `out`, since printf would take most of the time of an answer; gives where they begin. */
static size_t i64_digits(char out[I64_TEXT], int64_t v) {
    size_t at = I64_TEXT;
    uint64_t u = v < 0 ? 0 - (uint64_t)v : (uint64_t)v;
    do {
        out[--at] = (char)('0' + u % 10);
        u /= 10;
    } while (u > 0);
    if (v < 0) out[--at] = '-';
    return at;
}

void reb_json_i64(reb_json *w, int64_t v) {
    char text[I64_TEXT];
    size_t at = i64_digits(text, v);
    before_value(w);
    reb_buf_add(w->out, text + at, I64_TEXT - at);
}

void reb_json_f64(reb_json *w, double v) {
    if (!isfinite(v)) {
        reb_json_null(w);
        return;
    }
    before_value(w);
    char text[40];
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, sizeof text, "%.*g", digits, v);
        if (strtod(text, NULL) == v) break;
    }
    reb_buf_str(w->out, text);
}

void reb_json_bool(reb_json *w, bool v) {
    before_value(w);
    reb_buf_str(w->out, v ? "true" : "false");
}

void reb_json_null(reb_json *w) {
    before_value(w);
    reb_buf_str(w->out, "null");
}

void reb_json_raw(reb_json *w, const char *json) {
    before_value(w);
    reb_buf_str(w->out, json);
}

void reb_json_kstr(reb_json *w, const char *key, const char *s) {
    reb_json_key(w, key);
    reb_json_str(w, s);
}
void reb_json_ki64(reb_json *w, const char *key, int64_t v) {
    reb_json_key(w, key);
    reb_json_i64(w, v);
}
void reb_json_kf64(reb_json *w, const char *key, double v) {
    reb_json_key(w, key);
    reb_json_f64(w, v);
}
void reb_json_kbool(reb_json *w, const char *key, bool v) {
    reb_json_key(w, key);
    reb_json_bool(w, v);
}
void reb_json_knull(reb_json *w, const char *key) {
    reb_json_key(w, key);
    reb_json_null(w);
}

void reb_json_kid(reb_json *w, const char *key, int64_t id) {
    char text[I64_TEXT];
    size_t at = i64_digits(text, id);
    reb_json_key(w, key);
    reb_json_strn(w, text + at, I64_TEXT - at);
}

void reb_json_ktime(reb_json *w, const char *key, int64_t time_us) {
    char text[REB_TIME_TEXT];
    reb_time_format(time_us, text);
    reb_json_kstr(w, key, text);
}

void reb_json_kday(reb_json *w, const char *key, int64_t day) {
    char text[REB_TIME_TEXT];
    reb_day_format(day, text);
    reb_json_kstr(w, key, text);
}
