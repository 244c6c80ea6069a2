#include "voucher_code.h"

#include "../text/utf8.h"

#include <string.h>

static const char k_letters[] = "34679ACDEFGHJKMNPQRTVWXY";
enum { LETTERS = sizeof k_letters - 1, GROUP = 4 };
_Static_assert((int)LETTERS == 24, "an even number, as Luhn's check wants it");

/* Luhn's sum over letters: every second one from the right is doubled, and its two digits in base 24 are added. */
static int check_of(const int *digits, int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
        int v = digits[count - 1 - i] * (i % 2 == 0 ? 2 : 1);
        sum += v / LETTERS + v % LETTERS;
    }
    return (LETTERS - sum % LETTERS) % LETTERS;
}

static void print(char out[REB_VOUCHER_TEXT], const int *digits) {
    size_t n = 0;
    for (int i = 0; i < REB_VOUCHER_LETTERS; i++) {
        if (i > 0 && i % GROUP == 0) out[n++] = '-';
        out[n++] = k_letters[digits[i]];
    }
    out[n] = '\0';
}

void reb_voucher_code_make(char out[REB_VOUCHER_TEXT], const unsigned char seed[REB_VOUCHER_SEED]) {
    int digits[REB_VOUCHER_LETTERS];
    int count = 0;
    /* Bytes from 240 on would favour the first letters. Of 32 bytes two are such; that more than 17 are happens once in 10^13. */
    for (int i = 0; i < REB_VOUCHER_SEED && count < REB_VOUCHER_LETTERS - 1; i++)
        if (seed[i] < 240) digits[count++] = seed[i] % LETTERS;
    while (count < REB_VOUCHER_LETTERS - 1) digits[count] = seed[count] % LETTERS, count++;
    digits[count] = check_of(digits, count);
    print(out, digits);
}

static bool parts_groups(uint32_t cp) { /* spaces, lines of any length, dots, marks of direction */
    return cp == ' ' || cp == '-' || cp == '.' || cp == '_' || cp == '\t' || cp == '\n' || cp == '\r' || cp == 0xA0 || cp == 0xAD ||
           (cp >= 0x2000 && cp <= 0x2015) || cp == 0x2212 || (cp >= 0x202A && cp <= 0x202F) || (cp >= 0x2066 && cp <= 0x2069) ||
           cp == 0x61C || cp == 0x640;
}

static int digit_of(uint32_t cp) {
    if (cp >= 0x660 && cp <= 0x669) cp = '0' + (cp - 0x660);
    if (cp >= 0x6F0 && cp <= 0x6F9) cp = '0' + (cp - 0x6F0);
    if (cp >= 0xFF10 && cp <= 0xFF19) cp = '0' + (cp - 0xFF10);
    if (cp >= 'a' && cp <= 'z') cp -= 'a' - 'A';
    if (cp == 0 || cp > 0x7F) return -1;
    const char *at = strchr(k_letters, (int)cp);
    return at != NULL ? (int)(at - k_letters) : -1;
}

static reb_status wrong(reb_err *err, const char *reason, const char *detail) {
    reb_fail(err, REB_E_INPUT, "%s", detail);
    reb_err_next(err, "A code has 16 letters and digits in groups of four, and none of 0 1 2 5 8 B I L O S U Z.");
    reb_err_reason(err, reason);
    return REB_E_INPUT;
}

reb_status reb_voucher_code_read(char out[REB_VOUCHER_TEXT], const char *text, reb_err *err) {
    int digits[REB_VOUCHER_LETTERS];
    int count = 0;
    size_t length = strlen(text);
    out[0] = '\0';
    for (size_t i = 0; i < length;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, text + i, length - i);
        if (parts_groups(cp)) continue;
        int d = digit_of(cp);
        if (d < 0) return wrong(err, "code_letter", "There is a letter or digit in it that no code has.");
        if (count == REB_VOUCHER_LETTERS) return wrong(err, "code_short", "That is longer than a code.");
        digits[count++] = d;
    }
    if (count < REB_VOUCHER_LETTERS) return wrong(err, "code_short", "That is shorter than a code.");
    if (check_of(digits, REB_VOUCHER_LETTERS - 1) != digits[REB_VOUCHER_LETTERS - 1])
        return wrong(err, "code_slip", "A letter of the code is wrong, or two have changed places.");
    print(out, digits);
    return REB_OK;
}
