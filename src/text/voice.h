/* Figures and dates as one reader writes them: their digits, separators, calendar and names of months. In English with Latin digits they
   are those of text/format.h, to the byte. What is returned lives in the voice's arena; "" when memory ran out (the arena remembers). */
#ifndef REB_TEXT_VOICE_H
#define REB_TEXT_VOICE_H

#include "format.h"
#include "message.h"

#include <stdint.h>

#define REB_VOICE_TEXT 256

const char *reb_voice_count(const reb_voice *v, int64_t n);
const char *reb_voice_number(const reb_voice *v, double value, int decimals);
const char *reb_voice_range(const reb_voice *v, int64_t low, int64_t high); /* "12-19", "١٢ إلى ١٩" */
const char *reb_voice_percent(const reb_voice *v, double share);
const char *reb_voice_percent_range(const reb_voice *v, double low, double high);
/* `flags` as of reb_format_money: "£20", "٢٠ ج.م.", "20 €". */
const char *reb_voice_money(const reb_voice *v, int64_t minor, const char *currency, unsigned flags);
const char *reb_voice_money_range(const reb_voice *v, int64_t low_minor, int64_t high_minor, const char *currency, unsigned flags);
/* A civil day in the reader's calendar; days that it does not reach are Gregorian. */
const char *reb_voice_day(const reb_voice *v, int64_t day);         /* "1 May 2026", "۱۱ اردیبهشت ۱۴۰۵" */
const char *reb_voice_month(const reb_voice *v, int64_t day);       /* "May 2026" */
const char *reb_voice_time(const reb_voice *v, int minute_of_day);  /* "09:00", "٠٩:٠٠" */
const char *reb_voice_duration(const reb_voice *v, int64_t us);     /* "3 min 5 s" */
const char *reb_voice_digits(const reb_voice *v, const char *text); /* ASCII digits in the reader's, nothing else changed */

/* The same without an arena, for callers with a buffer. */
const char *reb_voice_write_number(char out[REB_VOICE_TEXT], const reb_locale *l, double value, int decimals);
const char *reb_voice_write_percent(char out[REB_VOICE_TEXT], const reb_locale *l, double share);

#endif
