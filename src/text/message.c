#include "message.h"

#include "utf8.h"
#include "voice.h"

#include <math.h>
#include <string.h>
#include <unicode/uchar.h>

#define LRI "\xE2\x81\xA6"
#define RLI "\xE2\x81\xA7"
#define FSI "\xE2\x81\xA8"
#define PDI "\xE2\x81\xA9"
enum { DEPTH = 6 };

typedef struct speech {
    reb_buf *out;
    const reb_locale *locale;
    const reb_msg_value *values;
    size_t count;
} speech;

const char *reb_plural_category(reb_language l, double n) {
    n = fabs(n);
    bool whole = floor(n) == n;
    switch (l) {
        case REB_LANG_AR: {
            if (!whole) return "other";
            if (n < 3) return n < 1 ? "zero" : n < 2 ? "one" : "two";
            double rest = fmod(n, 100.0);
            return rest >= 3 && rest <= 10 ? "few" : rest >= 11 ? "many" : "other";
        }
        case REB_LANG_FA: return n <= 1 ? "one" : "other"; /* i = 0 or n = 1 */
        case REB_LANG_EN:
        case REB_LANG_EL:
        case REB_LANGUAGES: break;
    }
    return whole && n < 2 && n >= 1 ? "one" : "other";
}

/* Whether text must be kept from turning its sentence around, or from being turned: in a sentence from left to right only what has letters
   from right to left, in one from right to left whatever has letters at all. Bare figures take the direction of the sentence. */
static bool needs_isolation(const char *text, bool rtl) {
    size_t len = strlen(text);
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, text + i, len - i);
        switch (u_charDirection((UChar32)cp)) {
            case U_LEFT_TO_RIGHT:
                if (rtl) return true;
                break;
            case U_RIGHT_TO_LEFT:
            case U_RIGHT_TO_LEFT_ARABIC:
                if (cp != 0x200F && cp != 0x061C) return true;
                break;
            default: break;
        }
    }
    return false;
}

static void add_text(const speech *s, const char *text) {
    if (text == NULL) return;
    bool rtl = reb_language_rtl(s->locale->language);
    bool isolate = needs_isolation(text, rtl);
    /* A part that was said before, with isolates of its own, is in this language: a first-strong isolate would look past all it holds. */
    if (isolate) reb_buf_str(s->out, strstr(text, FSI) == NULL ? FSI : rtl ? RLI : LRI);
    reb_buf_str(s->out, text);
    if (isolate) reb_buf_str(s->out, PDI);
}

static void add_number(const speech *s, double v, bool percent) {
    char text[REB_VOICE_TEXT];
    if (percent) {
        reb_buf_str(s->out, reb_voice_write_percent(text, s->locale, v));
        return;
    }
    int decimals = 0;
    double unit = 1;
    while (decimals < 3 && isfinite(v) && fabs(round(v * unit) - v * unit) > 1e-6) decimals++, unit *= 10;
    reb_buf_str(s->out, reb_voice_write_number(text, s->locale, v, decimals));
}

static const char *skip_space(const char *p) {
    while (*p == ' ' || *p == '\n' || *p == '\t') p++;
    return p;
}

/* Past the '}' that closes what is open at p. */
static const char *skip_block(const char *p) {
    for (int open = 1; *p != '\0'; p++) {
        if (*p == '{') open++;
        if (*p == '}' && --open == 0) return p + 1;
    }
    return p;
}

static bool word_is(const char *word, size_t len, const char *s) {
    return strlen(s) == len && memcmp(word, s, len) == 0;
}

/* "=12" is exactly this number. */
static bool is_exactly(const char *word, size_t len, double n) {
    double v = 0;
    if (len < 2 || word[0] != '=') return false;
    for (size_t i = 1; i < len; i++) {
        if (word[i] < '0' || word[i] > '9') return false;
        v = v * 10 + (word[i] - '0');
    }
    return fabs(v - n) < 1e-9;
}

static const char *speak(const speech *s, const char *p, const double *number, int depth);

/* The branches of a plural (number) or select (choice): says the best one; returns past the closing brace. */
static const char *choose(const speech *s, const char *p, const double *number, const char *choice, int depth, const double *outer) {
    const char *best = NULL;
    int rank = 0; /* 1 other, 2 the category or choice, 3 the exact number */
    const char *category = number != NULL ? reb_plural_category(s->locale->language, *number) : choice != NULL ? choice : "other";
    for (;;) {
        p = skip_space(p);
        const char *word = p;
        while (*p != '\0' && *p != '{' && *p != '}' && *p != ' ' && *p != '\n') p++;
        size_t len = (size_t)(p - word);
        p = skip_space(p);
        if (*p != '{') break;
        p++;
        int r = word_is(word, len, "other") ? 1 : 0;
        if (word_is(word, len, category)) r = 2;
        if (number != NULL && is_exactly(word, len, *number)) r = 3;
        if (r > rank) {
            rank = r;
            best = p;
        }
        p = skip_block(p);
    }
    if (best != NULL && depth < DEPTH) speak(s, best, number != NULL ? number : outer, depth + 1);
    return *p == '}' ? p + 1 : p;
}

/* After the '{' of an argument. */
static const char *argument(const speech *s, const char *p, const double *number, int depth) {
    p = skip_space(p);
    size_t i = 0;
    while (*p >= '0' && *p <= '9') i = i < 1000 ? i * 10 + (size_t)(*p++ - '0') : (p++, i);
    static const reb_msg_value nothing = {0};
    const reb_msg_value *v = i < s->count ? &s->values[i] : &nothing;
    p = skip_space(p);
    if (*p == '}') {
        add_text(s, v->text);
        return p + 1;
    }
    if (*p != ',') return skip_block(p);
    p = skip_space(p + 1);
    if (strncmp(p, "number", 6) == 0) {
        const char *end = skip_block(p);
        const char *percent = strstr(p, "percent");
        add_number(s, v->number, percent != NULL && percent < end);
        return end;
    }
    bool plural = strncmp(p, "plural", 6) == 0;
    if (!plural && strncmp(p, "select", 6) != 0) return skip_block(p);
    p = skip_space(p + 6);
    if (*p == ',') p++;
    return choose(s, p, plural ? &v->number : NULL, plural ? NULL : v->text, depth, number);
}

/* Says a message up to its end or the '}' that closes it, and returns past that. Two apostrophes are one; one before a brace or # quotes.
 */
static const char *speak(const speech *s, const char *p, const double *number, int depth) {
    while (*p != '\0' && *p != '}') {
        if (*p == '{') {
            p = argument(s, p + 1, number, depth);
        } else if (*p == '#' && number != NULL) {
            add_number(s, *number, false);
            p++;
        } else if (*p == '\'' && p[1] == '\'') {
            reb_buf_char(s->out, '\'');
            p += 2;
        } else {
            size_t n = strcspn(p, "{}#'");
            if (n == 0) n = 1;
            reb_buf_add(s->out, p, n);
            p += n;
        }
    }
    return *p == '}' ? p + 1 : p;
}

void reb_message_format(reb_buf *out, const reb_locale *locale, const char *pattern, const reb_msg_value *values, size_t count) {
    static const reb_locale english = {0};
    speech s = {.out = out, .locale = locale != NULL ? locale : &english, .values = values, .count = count};
    while (*pattern != '\0') pattern = speak(&s, pattern, NULL, 0);
}

const char *reb_voice_say(const reb_voice *v, unsigned message, const reb_msg_value *values, size_t count) {
    const char *pattern = reb_msg_pattern(v->locale != NULL ? v->locale->language : REB_LANG_EN, (reb_msg)message);
    if (count == 0 && strstr(pattern, "''") == NULL) return pattern;
    reb_buf out = {0};
    reb_message_format(&out, v->locale, pattern, values, count);
    const char *text = out.failed ? NULL : reb_arena_strndup(v->arena, reb_buf_cstr(&out), out.len);
    reb_buf_free(&out);
    if (text == NULL) v->arena->failed = true;
    return text != NULL ? text : "";
}

bool reb_msg_find(reb_msg *out, const char *head, const char *tail) {
    size_t n = strlen(head);
    for (unsigned m = 0; m < REB_MSGS; m++) {
        const char *key = reb_msg_key((reb_msg)m);
        if (strncmp(key, head, n) != 0 || strcmp(key + n, tail) != 0) continue;
        *out = (reb_msg)m;
        return true;
    }
    return false;
}
