/* Dates as people and programs write them, in English, Arabic, Persian and Greek and in three calendars. */
#ifndef REB_TEXT_DATE_H
#define REB_TEXT_DATE_H

#include "../base/err.h"
#include "calendar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_date_order { REB_ORDER_UNKNOWN, REB_ORDER_YMD, REB_ORDER_DMY, REB_ORDER_MDY } reb_date_order;

/* What a bare number means. Only when asked: a number is never taken for a date by itself, except yyyymmdd[hhmmss]. */
typedef enum reb_date_number {
    REB_NUMBER_NONE,
    REB_NUMBER_EPOCH_S,    /* seconds since 1970, fraction allowed */
    REB_NUMBER_EPOCH_MS,   /* milliseconds */
    REB_NUMBER_EXCEL_1900, /* days since 1899-12-30, fraction is the time of day, in the default zone */
    REB_NUMBER_EXCEL_1904
} reb_date_number;

/* How a column writes its dates. Zero is a fair start: Gregorian, order only where it shows. */
typedef struct reb_date_format {
    reb_calendar calendar; /* for years that do not show it: a year from 1700 on is Gregorian whatever stands here */
    reb_date_order order;  /* for 03/04/2024; UNKNOWN: refused when both readings are possible */
    reb_date_number number;
    int latest_year; /* two-digit years lie in the hundred years that end here; 0: 2068, or 1448 in the other calendars */
} reb_date_format;

typedef struct reb_date {
    int64_t time_us; /* instant, UTC; without a time of day: the start of the day in the zone */
    int64_t day;     /* civil day in the default zone */
    bool has_time;
    bool has_zone; /* the text had its own offset */
    reb_calendar calendar;
} reb_date;

/* Reads one date with or without time. `zone` is used when the text has no offset, and for `day`.
   REB_E_INPUT with the reason (no date, no such day, order not known, another calendar). *out is then untouched. */
reb_status reb_date_parse(reb_date *out, const char *s, size_t len, const reb_date_format *fmt, const reb_zone *zone, reb_err *err);

/* ---- a whole column ---- */

typedef struct reb_date_evidence { /* zero-initialise */
    int64_t values;                /* not empty */
    int64_t dates;                 /* that have the form of a date */
    int64_t ymd, dmy, mdy;         /* that can only be read so */
    int64_t either;                /* day and month both 1..12, year last (or two digits everywhere) */
    int64_t same;                  /* of these, day = month: no matter */
    int64_t with_time, with_zone, with_month_name;
    int64_t pm_or_am;
    int64_t gregorian, solar, lunar; /* that can only belong to this calendar */
    int64_t solar_or_lunar;          /* four-digit year 1300..1500 without other sign */
    int64_t solar_digits;            /* ... written in Persian digits */
    int min_old_year, max_old_year;  /* of solar_or_lunar */
    int64_t all_digits, epoch_s_like, epoch_ms_like, excel_like;
    int64_t dmy_down, dmy_up, mdy_down, mdy_up; /* neighbours in the file under both readings */
    int64_t last_dmy, last_mdy;
    char example[48]; /* the first value that decided the order, or the first ambiguous one */
} reb_date_evidence;

void reb_date_evidence_add(reb_date_evidence *ev, const char *s, size_t len);

typedef struct reb_date_verdict {
    reb_date_format format;  /* ready for reb_date_parse */
    bool is_date;            /* at least nine of ten values look like dates (or, as numbers, could be) */
    bool order_ambiguous;    /* no value decides between d/m and m/d, or values contradict each other: format.order is assumed */
    bool calendar_ambiguous; /* Solar Hijri and Hijri both possible: format.calendar is assumed */
    bool conflict;           /* some values can only be d/m, others only m/d */
    bool by_row_order;       /* decided because the rows are in order of time only under this reading */
    const char *reason;      /* English sentence, static */
} reb_date_verdict;

/* `prefer` is what the shop's country suggests (UNKNOWN: d/m) and decides only where nothing else does. Numbers (epoch, Excel
   serial) are proposed in format.number only when `numbers` is true. */
reb_date_verdict reb_date_decide(const reb_date_evidence *ev, reb_date_order prefer, bool numbers);

/* ---- writing ---- */

#define REB_DATE_TEXT 32
/* The day in a calendar as yyyy-mm-dd, ASCII digits ("1403-05-11"); "" when outside the calendar. Result: length. */
size_t reb_date_text(char out[REB_DATE_TEXT], reb_calendar c, int64_t day);
/* Month name in that calendar and language ("en", "ar", "fa", "el"; others: en), month 1..12; UTF-8, static. */
const char *reb_month_name(reb_calendar c, const char *language, int month);

#endif
