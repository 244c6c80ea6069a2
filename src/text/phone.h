/* Telephone numbers to E.164 and e-mail addresses to a form that can be compared. */
#ifndef REB_TEXT_PHONE_H
#define REB_TEXT_PHONE_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define REB_E164_TEXT 17 /* "+", at most 15 digits, NUL */

typedef struct reb_phone {
    char e164[REB_E164_TEXT];
    char country[3];    /* ISO 3166 when the table knows it (first of those that share the code), else "" */
    bool has_extension; /* an extension was dropped */
    size_t used;        /* bytes of the text read: when less than its length, another number may follow there */
} reb_phone;

/* Reads the first number of a text. Digits of any script, (0), tel:, an apostrophe before it, extensions in four languages.
   `country` (ISO 3166 alpha-2) is used when the number has no + or 00; NULL or "": such numbers are refused.
   REB_E_INPUT with the reason: no digits, too short or long for the country, country unknown, a spreadsheet's 9.12E+09. */
reb_status reb_phone_parse(reb_phone *out, const char *s, size_t len, const char *country, reb_err *err);

bool reb_phone_country_known(const char *country);

/* E-mail: trims, drops "mailto:", <> and control characters of direction, lower-cases (ASCII; other letters by case folding of
   the domain and local part), checks its shape: one @, local part 1..64 bytes, domain with a dot, whole 254 bytes at most.
   *out_len bytes are written to out[REB_EMAIL_TEXT] with a NUL. REB_E_INPUT with the reason. */
#define REB_EMAIL_TEXT 256
reb_status reb_email_parse(char out[REB_EMAIL_TEXT], size_t *out_len, const char *s, size_t len, reb_err *err);

#endif
