/* Figures and other people's words as a person reads them. Independent of locale: point for decimals, comma between thousands.
   Each function writes to a caller's buffer of REB_FORMAT_TEXT bytes and returns it, so that it can stand in a printf. */
#ifndef REB_TEXT_FORMAT_H
#define REB_TEXT_FORMAT_H

#include "../base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REB_FORMAT_TEXT 96

enum {
    REB_MONEY_CODE = 0u,  /* "1,234.50 GBP" */
    REB_MONEY_SIGN = 1u,  /* "£1,234.50" where the sign is known to everybody, else the code */
    REB_MONEY_WHOLE = 2u, /* without decimals, rounded half away from zero: for estimates */
    REB_MONEY_PLUS = 4u,  /* a plus before what is positive */
};

int reb_format_money_digits(const char *currency); /* decimals of the minor unit: 0, 2 or 3; 2 when the currency is unknown */

const char *reb_format_money(char out[REB_FORMAT_TEXT], int64_t minor, const char *currency, unsigned flags);
/* "£20-150", "20-150 GBP", "£-5 to 30"; both ends the same: one amount. */
const char *reb_format_money_range(char out[REB_FORMAT_TEXT], int64_t low_minor, int64_t high_minor, const char *currency, unsigned flags);
/* The nearest amount in minor units to a computed one; not finite is 0, beyond int64 is its end. */
int64_t reb_format_minor(double amount_minor);

const char *reb_format_count(char out[REB_FORMAT_TEXT], int64_t n);                       /* 541,909 */
const char *reb_format_number(char out[REB_FORMAT_TEXT], double v, int decimals);         /* 1,234.6; decimals 0..6; "-" when not finite */
const char *reb_format_range(char out[REB_FORMAT_TEXT], int64_t low, int64_t high);       /* 12-19; -3 to 5; 7 */
const char *reb_format_percent(char out[REB_FORMAT_TEXT], double share);                  /* 0.725 -> 73%, 0.073 -> 7.3%, 0.0004 -> <0.1% */
const char *reb_format_percent_range(char out[REB_FORMAT_TEXT], double low, double high); /* 12-19% */
const char *reb_format_bytes(char out[REB_FORMAT_TEXT], int64_t bytes);                   /* 812 B, 4.6 MB */
const char *reb_format_duration(char out[REB_FORMAT_TEXT], int64_t us);                   /* 0.8 s, 42 s, 3 min 5 s, 2 h 10 min */
const char *reb_format_day(char out[REB_FORMAT_TEXT], int64_t day);                       /* 1 May 2026 */
const char *reb_format_month(char out[REB_FORMAT_TEXT], int64_t day);                     /* May 2026 */
/* "1 purchase", "12 purchases"; `many` NULL: `one` with an s. */
const char *reb_format_plural(char out[REB_FORMAT_TEXT], int64_t n, const char *one, const char *many);

/* Words that came from outside, made harmless for a terminal or a log and added to `out`: white space and line ends become one
   space, control characters U+FFFD, controls of direction and other invisible format characters fall away (ZWNJ and ZWJ stay,
   Persian needs them), of a heap of combining marks four stay, bytes that are not UTF-8 become U+FFFD. */
void reb_format_safe(reb_buf *out, const char *s, size_t len);

/* The same, cut to `max_columns` terminal columns with an ellipsis (0: never cut), and wrapped in U+2068..U+2069 when it holds
   right-to-left letters, so that its neighbours keep their places. Returns the columns it takes. */
size_t reb_format_words(reb_buf *out, const char *s, size_t len, size_t max_columns);

#endif
