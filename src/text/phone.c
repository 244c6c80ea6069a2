#include "phone.h"

#include "fold.h"
#include "slice.h"
#include "utf8.h"

#include <stdint.h>
#include <string.h>

typedef struct country_row {
    char iso[3];
    char code[4];
    char trunk[3];
    size_t min, max; /* digits of the national number */
} country_row;

static const country_row k_countries[] = {
#define REB_PHONE_COUNTRY(iso, code, trunk, min, max) {iso, code, trunk, min, max},
#include "../../api/phone_countries.def"
#undef REB_PHONE_COUNTRY
};
#define N_COUNTRIES (sizeof k_countries / sizeof k_countries[0])

static const country_row *by_iso(const char *iso) {
    if (iso == NULL || strlen(iso) != 2) return NULL;
    char up[3] = {(char)(iso[0] & ~0x20), (char)(iso[1] & ~0x20), '\0'};
    for (size_t i = 0; i < N_COUNTRIES; i++)
        if (memcmp(k_countries[i].iso, up, 2) == 0) return &k_countries[i];
    return NULL;
}

static bool starts(const char *s, const char *prefix) {
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

static const country_row *by_code(const char *digits) {
    const country_row *best = NULL;
    for (size_t i = 0; i < N_COUNTRIES; i++)
        if (starts(digits, k_countries[i].code) && (best == NULL || strlen(k_countries[i].code) > strlen(best->code)))
            best = &k_countries[i];
    return best;
}

bool reb_phone_country_known(const char *country) {
    return by_iso(country) != NULL;
}

/* ---- reading the text ---- */

#define DIGITS_MAX 24

typedef struct dialled {
    char d[DIGITS_MAX + 1];
    size_t n;
    bool plus;
    bool extension;
    const char *wrong;
    size_t used;
} dialled;

static bool is_invisible(uint32_t cp) {
    return (cp >= 0x200B && cp <= 0x200F) || (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2060 && cp <= 0x2069) || cp == 0x061C ||
           cp == 0xFEFF;
}
static bool is_between(uint32_t cp) {
    return cp == ' ' || cp == '-' || cp == '.' || cp == '(' || cp == ')' || cp == '\t' || cp == 0xA0 || cp == '_' || cp == '*' ||
           (cp >= 0x2000 && cp <= 0x200A) || (cp >= 0x2010 && cp <= 0x2015) || cp == 0x202F || cp == 0x2212 || cp == '[' || cp == ']';
}

/* Bytes of an extension at s ("ext. 12", "x12", ";ext=102", "#5", "داخلی ۱۲", "εσωτ. 3"), 0 when there is none. */
static size_t extension_length(const char *s, size_t len) {
    static const char *const words[] = {"ext", "extension", "x", "داخلي", "تحويله", "تحويل", "εσωτ", "εσωτερικο", "int", "poste"};
    size_t i = 0;
    while (i < len && (s[i] == ' ' || s[i] == ';' || s[i] == ',' || s[i] == '(')) i++;
    bool found = i < len && s[i] == '#';
    if (found) {
        i++;
    } else {
        size_t from = i;
        while (i < len) {
            uint32_t cp;
            size_t n = reb_utf8_decode(&cp, s + i, len - i);
            if (!((cp | 32) >= 'a' && (cp | 32) <= 'z') && !(cp >= 0x370 && reb_digit_value(cp) < 0)) break;
            i += n;
        }
        char f[64];
        size_t n = i - from < 32 ? reb_fold(f, sizeof f, s + from, i - from) : 0;
        for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
            if (n > 0 && strlen(words[k]) == n && memcmp(words[k], f, n) == 0) found = true;
    }
    if (!found) return 0;
    while (i < len && (s[i] == ' ' || s[i] == '.' || s[i] == '=' || s[i] == ':')) i++;
    bool digits = false;
    while (i < len) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        if (reb_digit_value(cp) < 0) break;
        digits = true;
        i += n;
    }
    if (digits && i < len && s[i] == ')') i++;
    return digits ? i : 0;
}

static void read_dialled(dialled *r, const char *s, size_t len) {
    *r = (dialled){0};
    size_t i = 0;
    bool begun = false;
    while (i < len) {
        uint32_t cp;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        int digit = reb_digit_value(cp);
        if (digit >= 0) {
            if (r->n >= DIGITS_MAX) {
                r->wrong = "it has too many digits";
                return;
            }
            r->d[r->n++] = (char)('0' + digit);
            begun = true;
        } else if (cp == '+' || cp == 0xFF0B) {
            if (r->n > 0) { /* written from right to left: 98912...+ */
                if (r->plus || i + n < len) break;
            }
            r->plus = true;
            begun = true;
        } else if (!begun) {
            /* Words before the number: "Tel: ", "mobile ", an apostrophe. */
        } else if (is_invisible(cp)) {
            /* says nothing */
        } else if (is_between(cp)) {
            if (cp == '(' && r->n > 0 && i + 2 < len && s[i + 1] == '0' && s[i + 2] == ')') n = 3; /* +44 (0)20 */
        } else if (cp == '/' && r->n > 0 && r->n < 7) {
            /* German: 030/123456 */
        } else if ((cp == 'E' || cp == 'e') && i + 1 < len && (s[i + 1] == '+' || (s[i + 1] >= '0' && s[i + 1] <= '9'))) {
            r->wrong = "a spreadsheet rounded it (it looks like 9.12E+09); format the column as text and export again";
            return;
        } else {
            break;
        }
        i += n;
    }
    size_t e = begun ? extension_length(s + i, len - i) : 0;
    r->extension = e > 0;
    i += e;
    for (;;) { /* what separates it from a next number belongs to neither */
        uint32_t cp;
        if (i >= len) break;
        size_t n = reb_utf8_decode(&cp, s + i, len - i);
        if (!is_between(cp) && !is_invisible(cp) && cp != '/' && cp != ',' && cp != ';' && cp != '|' && cp != '\n' && cp != '\r' &&
            cp != 0x060C)
            break;
        i += n;
    }
    r->used = i;
}

/* ---- making sense of it ---- */

static bool fits(const country_row *c, size_t n) {
    return n >= c->min && n <= c->max;
}

/* Without the trunk prefix, when what remains is a number of the country. */
static const char *national(const country_row *c, const char *d) {
    size_t t = strlen(c->trunk);
    if (t > 0 && starts(d, c->trunk) && fits(c, strlen(d + t)) && d[t] != '0') return d + t;
    bool leads_with_trunk = t > 0 && c->trunk[0] == '0' && d[0] == '0';
    return fits(c, strlen(d)) && !leads_with_trunk ? d : NULL;
}

static reb_status refuse(reb_err *err, const char *s, size_t len, const char *why) {
    return reb_fail(err, REB_E_INPUT, "\"%.*s\": %s", (int)reb_utf8_cut(s, len, 40), s, why);
}

static bool is_placeholder(const char *number) {
    return strspn(number, (char[2]){number[0], '\0'}) == strlen(number);
}

static void write_out(reb_phone *out, const char *code, const char *number, const char *iso, const dialled *r) {
    *out = (reb_phone){.has_extension = r->extension, .used = r->used};
    size_t c = strlen(code), n = strlen(number);
    out->e164[0] = '+';
    memcpy(out->e164 + 1, code, c);
    memcpy(out->e164 + 1 + c, number, n);
    if (iso != NULL) memcpy(out->country, iso, 3);
}

reb_status reb_phone_parse(reb_phone *out, const char *s, size_t len, const char *country, reb_err *err) {
    dialled r;
    read_dialled(&r, s, len);
    if (r.wrong != NULL) return refuse(err, s, len, r.wrong);
    if (r.n == 0) return refuse(err, s, len, "it has no digits");
    static const char placeholder[] = "one digit over and over is a placeholder";
    if (is_placeholder(r.d) && r.n > 2) return refuse(err, s, len, placeholder);
    const country_row *home = by_iso(country);
    const char *d = r.d;
    bool abroad = r.plus;
    if (!abroad && starts(d, "00") && r.n >= 10) {
        abroad = true;
        d += 2;
    } else if (!abroad && home != NULL && strcmp(home->code, "1") == 0 && starts(d, "011") && r.n >= 11) {
        abroad = true;
        d += 3;
    } else if (abroad && starts(d, "00")) {
        d += 2; /* "+0098..." */
    }
    if (abroad) {
        const country_row *c = home != NULL && starts(d, home->code) ? home : by_code(d);
        if (c == NULL) {
            size_t n = strlen(d);
            if (n < 8 || n > 15 || d[0] == '0') return refuse(err, s, len, "no such country code, or too few digits");
            write_out(out, "", d, NULL, &r);
            return REB_OK;
        }
        const char *n = national(c, d + strlen(c->code));
        if (n == NULL)
            return refuse(err, s, len,
                          strlen(d) - strlen(c->code) < c->min ? "too few digits for its country" : "too many digits for its country");
        if (is_placeholder(n)) return refuse(err, s, len, placeholder);
        write_out(out, c->code, n, c->iso, &r);
        return REB_OK;
    }
    if (home == NULL) return refuse(err, s, len, "it has no country code, and no country is set");
    const char *n = national(home, d);
    if (n == NULL && starts(d, home->code)) n = national(home, d + strlen(home->code));
    if (n == NULL)
        return refuse(err, s, len,
                      r.n < home->min + strlen(home->trunk) ? "too few digits for the country" : "too many digits for the country");
    if (is_placeholder(n)) return refuse(err, s, len, placeholder);
    write_out(out, home->code, n, home->iso, &r);
    return REB_OK;
}
