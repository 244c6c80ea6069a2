/* For whom something is said: language, calendar and digits, three separate choices. Zero is English, Gregorian, Latin digits. */
#ifndef REB_TEXT_LOCALE_H
#define REB_TEXT_LOCALE_H

#include "calendar.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum reb_language { REB_LANG_EN, REB_LANG_AR, REB_LANG_FA, REB_LANG_EL, REB_LANGUAGES } reb_language;
typedef enum reb_digits { REB_DIGITS_LATIN, REB_DIGITS_ARABIC, REB_DIGITS_PERSIAN } reb_digits;

typedef struct reb_locale {
    reb_language language;
    reb_calendar calendar;
    reb_digits digits;
} reb_locale;

#define REB_LOCALE_TAG 48

/* Reads one BCP 47 tag with Unicode keywords (RFC 5646, RFC 6067), "fa-u-ca-persian-nu-arabext": any case, script, region and other
   keywords are passed over, and so is whatever follows a comma or semicolon (Accept-Language). What the tag does not tell is taken from
   `fallback` (NULL: zero). False, and *out is the fallback, when the language is none of ours. */
bool reb_locale_parse(reb_locale *out, const char *tag, size_t len, const reb_locale *fallback);

/* By the words of the settings: "fa", "persian", "persian"; NULL or unknown words leave zero. */
reb_locale reb_locale_of(const char *language, const char *calendar, const char *digits);
/* The language of a code, "fa"; false when it is none of ours. */
bool reb_language_find(reb_language *out, const char *code);

/* "fa-u-ca-persian-nu-arabext"; always with both keywords, because "ar" alone would mean Latin digits to one library and Arabic to another.
 */
const char *reb_locale_tag(char out[REB_LOCALE_TAG], const reb_locale *l);
const char *reb_language_code(reb_language l); /* "fa" */
bool reb_language_rtl(reb_language l);

#endif
