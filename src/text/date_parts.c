/* From text to tokens to the parts of a date. Everything runs on the search form of the text (fold.h), so that digits, accents and
   forms of letters no longer differ; the order of day and month and the calendar are left to others. */
#include "date_parts.h"

#include "fold.h"
#include "utf8.h"

#include <string.h>

#define TEXT_MAX 120
#define TOKENS_MAX 40

typedef enum kind { END, NUMBER, WORD, SIGN } kind;

typedef struct token {
    kind kind;
    char sign;
    int64_t value;
    int digits;
    const char *word;
    size_t len;
    bool used;
} token;

typedef struct tokens {
    token t[TOKENS_MAX + 1];
    size_t n;
    char text[2 * TEXT_MAX + 8];
    char words[2 * TEXT_MAX + 8]; /* words without their dots */
} tokens;

static const struct {
    const char *name;
    reb_calendar calendar;
    int month;
} k_months[] = {
#define REB_MONTH_NAME(name, calendar, month) {name, calendar, month},
#include "month_names.def"
#undef REB_MONTH_NAME
};

static bool is_letter(const char *s, size_t len, size_t *n) {
    unsigned char c = (unsigned char)*s;
    if (c < 0x80) {
        *n = 1;
        return c >= 'a' && c <= 'z';
    }
    uint32_t cp;
    *n = reb_utf8_decode(&cp, s, len);
    return cp >= 0xC0 && cp < 0x2000 && cp != 0x060C && cp != 0x061B && cp != 0x066B && cp != 0x066C && cp != 0xD7 && cp != 0xF7;
}

/* Letters, with dots that stand between letters left out: a.m. -> am, ق.ظ -> قظ. */
static size_t take_word(tokens *k, token *t, size_t at, size_t len, size_t *filled) {
    t->kind = WORD;
    t->word = k->words + *filled;
    while (at < len) {
        size_t n = 1, next;
        if (is_letter(k->text + at, len - at, &n)) {
            memcpy(k->words + *filled, k->text + at, n);
            *filled += n;
            t->len += n;
        } else if (!(k->text[at] == '.' && at + 1 < len && is_letter(k->text + at + 1, len - at - 1, &next))) {
            if (k->text[at] == '.') at++; /* "Jan." */
            break;
        }
        at += n;
    }
    return at;
}

static bool tokenize(tokens *k, const char *s, size_t len) {
    size_t n = 0, filled = 0;
    k->n = 0;
    if (len > TEXT_MAX) return false;
    n = reb_fold(k->text, sizeof k->text - 1, s, len);
    if (n >= sizeof k->text) return false;
    for (size_t i = 0; i < n;) {
        if (k->n == TOKENS_MAX) return false;
        token *t = &k->t[k->n++];
        *t = (token){0};
        char c = k->text[i];
        size_t step;
        if (c >= '0' && c <= '9') {
            t->kind = NUMBER;
            for (; i < n && k->text[i] >= '0' && k->text[i] <= '9'; i++) {
                if (++t->digits > 18) return false;
                t->value = t->value * 10 + (k->text[i] - '0');
            }
        } else if (is_letter(k->text + i, n - i, &step)) {
            i = take_word(k, t, i, n, &filled);
        } else {
            t->kind = SIGN;
            t->sign = step == 2 && memcmp(k->text + i, "\xD8\x8C", 2) == 0 ? ',' : step == 1 ? c : '?';
            i += step;
        }
    }
    k->t[k->n] = (token){.kind = END};
    return k->n > 0;
}

static bool word_is(const token *t, const char *w) {
    return t->kind == WORD && strlen(w) == t->len && memcmp(w, t->word, t->len) == 0;
}
static bool word_in(const token *t, const char *const *list) {
    for (; *list != NULL; list++)
        if (word_is(t, *list)) return true;
    return false;
}
static bool sign_is(const token *t, char c) {
    return t->kind == SIGN && t->sign == c;
}
static size_t skip_spaces(const tokens *k, size_t i) {
    while (sign_is(&k->t[i], ' ')) i++;
    return i;
}

/* 1 forenoon, 2 afternoon, 0 neither. Persian ق.ظ/ب.ظ, Arabic ص/م, Greek π.μ./μ.μ. */
static int half_day(const token *t) {
    static const char *const am[] = {"am", "a", "ص", "صباحا", "قظ", "πμ", NULL};
    static const char *const pm[] = {"pm", "p", "م", "مساء", "مسا", "بظ", "μμ", NULL};
    return word_in(t, am) ? 1 : word_in(t, pm) ? 2 : 0;
}

/* ---- time of day ---- */

/* Zones by letters: those of RFC 822 and the usual European and Iranian ones. Others mean different things in different places. */
static bool named_zone(const token *t, int32_t *offset_s) {
    static const struct {
        const char *name;
        int minutes;
    } k[] = {{"z", 0},      {"utc", 0},    {"gmt", 0},    {"est", -300}, {"edt", -240}, {"cst", -360}, {"cdt", -300},
             {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420}, {"wet", 0},    {"west", 60},  {"cet", 60},
             {"cest", 120}, {"eet", 120},  {"eest", 180}, {"bst", 60},   {"irst", 210}, {"irdt", 270}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        if (!word_is(t, k[i].name)) continue;
        *offset_s = k[i].minutes * 60;
        return true;
    }
    return false;
}

static size_t take_zone(reb_date_parts *p, tokens *k, size_t i, bool date_before) {
    size_t j = skip_spaces(k, i);
    if (named_zone(&k->t[j], &p->offset_s)) {
        p->has_zone = true;
        for (; i <= j; i++) k->t[i].used = true;
        j = i;
    } else if (!date_before) {
        return i;
    }
    size_t sign = skip_spaces(k, j);
    if (!sign_is(&k->t[sign], '+') && !sign_is(&k->t[sign], '-')) return i;
    const token *h = &k->t[sign + 1];
    if (h->kind != NUMBER || (h->digits != 1 && h->digits != 2 && h->digits != 4)) return i;
    int64_t hours = h->digits == 4 ? h->value / 100 : h->value, minutes = h->digits == 4 ? h->value % 100 : 0;
    size_t end = sign + 2;
    if (h->digits != 4 && sign_is(&k->t[end], ':') && k->t[end + 1].kind == NUMBER && k->t[end + 1].digits == 2) {
        minutes = k->t[end + 1].value;
        end += 2;
    }
    if (hours > 18 || minutes > 59) return i;
    p->has_zone = true;
    p->offset_s = (int32_t)(hours * 3600 + minutes * 60) * (sign_is(&k->t[sign], '-') ? -1 : 1);
    for (; i < end; i++) k->t[i].used = true;
    return i;
}

static size_t take_fraction(reb_date_parts *p, const tokens *k, size_t i) {
    if (!(sign_is(&k->t[i], '.') || sign_is(&k->t[i], ',')) || k->t[i + 1].kind != NUMBER) return i;
    const token *f = &k->t[i + 1];
    int64_t v = f->value;
    int digits = f->digits;
    for (; digits < 6; digits++) v *= 10;
    for (; digits > 6; digits--) v /= 10;
    p->us = (int)v;
    return i + 2;
}

/* "10:30", "10:30:05.25", "T103005"; marks its tokens. */
static void take_clock(reb_date_parts *p, tokens *k) {
    for (size_t i = 0; i < k->n; i++) {
        const token *t = &k->t[i];
        if (t->kind != NUMBER) continue;
        size_t end = i;
        bool after_t = i > 0 && word_is(&k->t[i - 1], "t");
        if (t->digits <= 2 && sign_is(&k->t[i + 1], ':') && k->t[i + 2].kind == NUMBER && k->t[i + 2].digits <= 2) {
            p->hour = (int)t->value;
            p->minute = (int)k->t[i + 2].value;
            end = i + 3;
            if (sign_is(&k->t[end], ':') && k->t[end + 1].kind == NUMBER && k->t[end + 1].digits <= 2) {
                p->second = (int)k->t[end + 1].value;
                end = take_fraction(p, k, end + 2);
            }
        } else if (after_t && (t->digits == 6 || t->digits == 4)) {
            int64_t v = t->digits == 4 ? t->value * 100 : t->value;
            p->hour = (int)(v / 10000);
            p->minute = (int)(v / 100 % 100);
            p->second = (int)(v % 100);
            end = take_fraction(p, k, i + 1);
        } else {
            continue;
        }
        bool date_before = false;
        for (size_t b = 0; b < i; b++) date_before |= k->t[b].kind == NUMBER;
        for (size_t b = i; b < end; b++) k->t[b].used = true;
        if (after_t) k->t[i - 1].used = true;
        p->has_time = true;
        size_t j = skip_spaces(k, end);
        int half = half_day(&k->t[j]);
        if (half != 0 && k->t[j].kind == WORD) {
            for (; end <= j; end++) k->t[end].used = true;
            p->half_day = true;
            if (half == 1 && p->hour == 12) p->hour = 0;
            if (half == 2 && p->hour < 12) p->hour += 12;
        }
        take_zone(p, k, end, date_before);
        return;
    }
}

/* ---- date ---- */

/* Spaces inside a name do not matter: ربیع‌الاول is often written in one word. */
static bool same_letters(const char *name, const char *s, size_t len) {
    size_t i = 0;
    for (; *name != '\0'; name++) {
        if (*name == ' ') continue;
        if (i >= len || *name != s[i]) return false;
        i++;
    }
    return i == len;
}

static bool take_month(reb_date_parts *p, int *month, const tokens *k, size_t *at) {
    /* The longest name wins: up to three words. */
    char joined[96];
    size_t len = 0, best_end = 0;
    size_t i = *at;
    for (int words = 0; words < 3 && k->t[i].kind == WORD && !k->t[i].used; words++) {
        if (len + k->t[i].len + 1 >= sizeof joined) break;
        memcpy(joined + len, k->t[i].word, k->t[i].len);
        len += k->t[i].len;
        i++;
        for (size_t m = 0; m < sizeof k_months / sizeof k_months[0]; m++) {
            if (!same_letters(k_months[m].name, joined, len)) continue;
            best_end = i;
            *month = k_months[m].month;
            p->calendar = k_months[m].calendar;
            break;
        }
        i = skip_spaces(k, i);
        if (sign_is(&k->t[i], '-') && k->t[i + 1].kind == WORD) i++; /* Dhu al-Hijjah */
    }
    if (best_end == 0) return false;
    p->month_name = p->known_calendar = true;
    *at = best_end;
    return true;
}

static bool is_filler(const token *t, bool after_number) {
    static const char *const words[] = {
        "t", "at", "of", "the", "on", "de", "ساعت", "ساعه", "الساعه", "ماه", "سال", "سنه", "στισ", "ωρα", "και",
        /* days of the week */
        "mon", "tue", "tues", "wed", "thu", "thur", "thurs", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday",
        "saturday", "sunday", "السبت", "الاحد", "الاثنين", "الثلاثا", "الاربعا", "الخميس", "الجمعه", "شنبه", "يكشنبه", "يك", "دوشنبه", "دو",
        "سهشنبه", "سه", "چهارشنبه", "چهار", "پنجشنبه", "پنج", "جمعه", "δευτερα", "τριτη", "τεταρτη", "πεμπτη", "παρασκευη", "σαββατο",
        "κυριακη", "δευ", "τρι", "τετ", "πεμ", "παρ", "σαβ", "κυρ", NULL};
    static const char *const endings[] = {"st", "nd", "rd", "th", "η", "ησ", "ام", "م", NULL};
    return word_in(t, words) || (after_number && word_in(t, endings));
}

/* Marks of an era: ه.ش or ش Solar Hijri, هـ or ه.ق Hijri. */
static bool is_era(reb_date_parts *p, const token *t) {
    static const char *const solar[] = {"هش", "ش", "شمسي", "خورشيدي", "ap", NULL};
    static const char *const lunar[] = {"ه", "هق", "ق", "هجري", "قمري", "ah", NULL};
    static const char *const common[] = {"ميلادي", "ad", "ce", "μχ", NULL};
    if (word_in(t, solar))
        p->calendar = REB_CAL_SOLAR_HIJRI;
    else if (word_in(t, lunar))
        p->calendar = REB_CAL_HIJRI;
    else if (word_in(t, common))
        p->calendar = REB_CAL_GREGORIAN;
    else
        return false;
    p->known_calendar = true;
    return true;
}

typedef struct element {
    int value;
    int digits; /* 0: a month by name */
} element;

static bool compact(reb_date_parts *p, const token *t) {
    int64_t v = t->value;
    if (t->digits == 14) {
        p->hour = (int)(v / 10000 % 100);
        p->minute = (int)(v / 100 % 100);
        p->second = (int)(v % 100);
        if (p->has_time) return false;
        p->has_time = true;
        v /= 1000000;
    } else if (t->digits != 8) {
        return false;
    }
    p->shape = REB_PARTS_YEAR_FIRST;
    p->n[0] = (int)(v / 10000);
    p->n[1] = (int)(v / 100 % 100);
    p->n[2] = (int)(v % 100);
    p->year_digits = 4;
    return ((p->n[0] >= 1900 && p->n[0] <= 2200) || (p->n[0] >= 1300 && p->n[0] <= 1500)) && p->n[1] >= 1 && p->n[1] <= 12 &&
           p->n[2] >= 1 && p->n[2] <= 31;
}

static bool arrange(reb_date_parts *p, const element e[3], size_t n) {
    if (n != 3) return false;
    for (size_t i = 0; i < 3; i++)
        if (e[i].digits == 3 || e[i].digits > 4) return false;
    if (p->month_name) {
        size_t m = e[0].digits == 0 ? 0 : e[1].digits == 0 ? 1 : 2;
        size_t a = m == 0 ? 1 : 0, b = m == 2 ? 1 : 2; /* the two numbers, in order */
        bool first_is_year = e[a].digits == 4 || (e[b].digits < 4 && (e[a].value > 31 || m == 2));
        if (e[a].digits == 4 && e[b].digits == 4) return false;
        size_t y = first_is_year ? a : b, d = first_is_year ? b : a;
        p->shape = REB_PARTS_NAMED;
        p->n[0] = e[y].value;
        p->n[1] = e[m].value;
        p->n[2] = e[d].value;
        p->year_digits = e[y].digits;
        return true;
    }
    for (size_t i = 0; i < 3; i++) p->n[i] = e[i].value;
    if (e[0].digits == 4) {
        p->shape = REB_PARTS_YEAR_FIRST;
        p->year_digits = 4;
        return e[1].digits <= 2 && e[2].digits <= 2;
    }
    p->shape = e[2].digits == 4 ? REB_PARTS_YEAR_LAST : REB_PARTS_SHORT;
    p->year_digits = e[2].digits;
    return e[1].digits <= 2;
}

static bool take_date(reb_date_parts *p, tokens *k, const char **reason) {
    element e[3];
    size_t n = 0;
    bool after_number = false;
    for (size_t i = 0; i < k->n;) {
        const token *t = &k->t[i];
        if (t->used) {
            i++;
            continue;
        }
        if (t->kind == SIGN) {
            if (sign_is(t, '(') && n == 3) break;                                   /* "(Central European Summer Time)" */
            bool after_word = sign_is(t, ':') && i > 0 && k->t[i - 1].kind == WORD; /* "ساعت: ۱۰:۳۰" */
            if (strchr("-/., '", t->sign) == NULL && !after_word) {
                *reason = "a sign in it belongs to no date";
                return false;
            }
            after_number = false;
            i++;
            continue;
        }
        if (t->kind == WORD) {
            int month = 0;
            size_t at = i;
            if (!p->month_name && n < 3 && take_month(p, &month, k, &at)) {
                e[n++] = (element){month, 0};
                i = at;
            } else if (is_filler(t, after_number) || is_era(p, t)) {
                i++;
            } else {
                *reason = "a word in it is no month that is known here";
                return false;
            }
            after_number = false;
            continue;
        }
        after_number = true;
        if (n == 0 && t->digits >= 8) {
            if (!compact(p, t)) return false;
            for (size_t j = i + 1; j < k->n; j++)
                if (k->t[j].kind == NUMBER && !k->t[j].used) return false;
            return true;
        }
        if (n == 3 || t->digits > 4) return false;
        e[n++] = (element){(int)t->value, t->digits};
        i++;
    }
    return arrange(p, e, n);
}

bool reb_date_take_apart(reb_date_parts *p, const char **reason, const char *s, size_t len) {
    tokens k;
    *p = (reb_date_parts){0};
    *reason = "it does not have the form of a date";
    if (!tokenize(&k, s, len)) return false;
    take_clock(p, &k);
    if (!take_date(p, &k, reason)) return false;
    if (p->has_time && (p->hour > 24 || p->minute > 59 || p->second > 60 || (p->hour == 24 && p->minute + p->second + p->us > 0))) {
        *reason = "there is no such time of day";
        return false;
    }
    for (size_t i = 0; i + 1 < len; i++) /* U+06F0..U+06F9 */
        if ((unsigned char)s[i] == 0xDB && (unsigned char)s[i + 1] >= 0xB0 && (unsigned char)s[i + 1] <= 0xB9) p->persian_digits = true;
    return true;
}
