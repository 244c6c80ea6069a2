#include "locale.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const k_code[REB_LANGUAGES] = {"en", "ar", "fa", "el"};
static const char *const k_calendar[] = {"gregory", "persian", "islamic-umalqura"};
static const char *const k_digits[] = {"latn", "arab", "arabext"};

typedef struct part {
    const char *s;
    size_t len;
} part;

static bool is(part p, const char *word) {
    return strlen(word) == p.len && strncasecmp(p.s, word, p.len) == 0;
}

/* The next subtag of [*s, end), parted by '-' or '_'; empty at the end. */
static part next(const char **s, const char *end) {
    part p = {*s, 0};
    while (p.s + p.len < end && p.s[p.len] != '-' && p.s[p.len] != '_') p.len++;
    *s = p.s + p.len < end ? p.s + p.len + 1 : end;
    return p;
}

static bool language_of(reb_language *out, part p) {
    for (int i = 0; i < REB_LANGUAGES; i++) {
        if (!is(p, k_code[i])) continue;
        *out = (reb_language)i;
        return true;
    }
    return false;
}

static void take_keyword(reb_locale *out, part key, part value) {
    if (is(key, "ca")) {
        if (is(value, "gregory")) out->calendar = REB_CAL_GREGORIAN;
        if (is(value, "persian")) out->calendar = REB_CAL_SOLAR_HIJRI;
        if (is(value, "islamic")) out->calendar = REB_CAL_HIJRI; /* of its kinds (umalqura, civil, ...) only one is ours */
    } else if (is(key, "nu")) {
        for (int i = 0; i < 3; i++)
            if (is(value, k_digits[i])) out->digits = (reb_digits)i;
    }
}

bool reb_locale_parse(reb_locale *out, const char *tag, size_t len, const reb_locale *fallback) {
    reb_locale l = fallback != NULL ? *fallback : (reb_locale){0};
    *out = l;
    if (tag == NULL) return false;
    const char *s = tag;
    const char *end = tag + len;
    while (s < end && (*s == ' ' || *s == '\t')) s++;
    for (const char *p = s; p < end; p++)
        if (*p == ',' || *p == ';' || *p == ' ' || *p == '\t') end = p;
    if (!language_of(&l.language, next(&s, end))) return false;
    bool unicode = false;
    part key = {0};
    while (s < end) {
        part p = next(&s, end);
        if (p.len == 1) { /* begins an extension; x is private, and nothing of ours can follow */
            if (is(p, "x")) break;
            unicode = is(p, "u");
            key = (part){0};
        } else if (unicode && p.len == 2) {
            key = p;
        } else if (unicode && key.len == 2) {
            take_keyword(&l, key, p);
            key = (part){0};
        }
    }
    *out = l;
    return true;
}

bool reb_language_find(reb_language *out, const char *code) {
    return code != NULL && language_of(out, (part){code, strlen(code)});
}

reb_locale reb_locale_of(const char *language, const char *calendar, const char *digits) {
    reb_locale l = {0};
    reb_language_find(&l.language, language);
    if (calendar != NULL && strcmp(calendar, "persian") == 0) l.calendar = REB_CAL_SOLAR_HIJRI;
    if (calendar != NULL && strcmp(calendar, "hijri") == 0) l.calendar = REB_CAL_HIJRI;
    if (digits != NULL && strcmp(digits, "arabic") == 0) l.digits = REB_DIGITS_ARABIC;
    if (digits != NULL && strcmp(digits, "persian") == 0) l.digits = REB_DIGITS_PERSIAN;
    return l;
}

const char *reb_locale_tag(char out[REB_LOCALE_TAG], const reb_locale *l) {
    snprintf(out, REB_LOCALE_TAG, "%s-u-ca-%s-nu-%s", k_code[l->language], k_calendar[l->calendar], k_digits[l->digits]);
    return out;
}

const char *reb_language_code(reb_language l) {
    return l < REB_LANGUAGES ? k_code[l] : k_code[0];
}

bool reb_language_rtl(reb_language l) {
    return l == REB_LANG_AR || l == REB_LANG_FA;
}
