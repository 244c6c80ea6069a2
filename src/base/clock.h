/* Time. An instant is int64 microseconds since 1970-01-01T00:00:00Z; a civil day is int64 days since 1970-01-01.
   Nothing below reads the system's clock except reb_clock_system: whoever needs the time is handed a clock. */
#ifndef REB_BASE_CLOCK_H
#define REB_BASE_CLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REB_US_PER_SECOND INT64_C(1000000)
#define REB_US_PER_DAY INT64_C(86400000000)

typedef struct reb_clock {
    int64_t (*now_us)(void *ctx);
    void *ctx;
} reb_clock;

reb_clock reb_clock_system(void);
/* A clock that stands still at *time_us (not owned; must outlive the clock). For `--now` and for tests. */
reb_clock reb_clock_fixed(int64_t *time_us);
int64_t reb_clock_now(reb_clock c);
int64_t reb_monotonic_us(void); /* for durations only, never stored */

/* Proleptic Gregorian calendar; exact for years -32767..32767. Month 1..12, day 1..31. */
int64_t reb_day_from_civil(int year, int month, int day);
void reb_civil_from_day(int64_t day, int *year, int *month, int *day_of_month);
bool reb_civil_valid(int year, int month, int day);
/* "2026-05-01", n bytes of it and nothing else (ISO 8601, extended), as a day. False: it is none, *day is as it was. */
bool reb_day_read(int64_t *day, const char *text, size_t n);

#define REB_TIME_TEXT 40
void reb_time_format(int64_t time_us, char out[REB_TIME_TEXT]); /* 2026-05-01T10:00:00Z, with .ffffff when not whole seconds */
void reb_day_format(int64_t day, char out[REB_TIME_TEXT]);      /* 2026-05-01 */

#endif
