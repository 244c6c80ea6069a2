#include "calendar.h"

#include "../base/clock.h"

/* ---- Solar Hijri ----
   Leap when (25 y + 11) mod 33 < 8, the 33-year rule (Birashk's tables agree with it and with the astronomical calendar of
   Iran for 1304..1502; ICU computes the same). */

#define SOLAR_EPOCH_DAY INT64_C(-492268) /* 1 Farvardin 1 = 622-03-22 Gregorian */
#define SOLAR_MAX_YEAR 3000

static int64_t solar_year_start(int year) {
    int64_t y = year;
    return SOLAR_EPOCH_DAY + 365 * (y - 1) + (8 * y + 21) / 33;
}
static int solar_month_length(int year, int month) {
    if (month <= 6) return 31;
    if (month <= 11) return 30;
    return (25 * year + 11) % 33 < 8 ? 30 : 29;
}
static int solar_days_before(int month) {
    return month <= 7 ? (month - 1) * 31 : 186 + (month - 7) * 30;
}
static bool solar_civil(int *year, int *month, int *dom, int64_t day) {
    if (day < solar_year_start(1) || day >= solar_year_start(SOLAR_MAX_YEAR + 1)) return false;
    int y = (int)((day - SOLAR_EPOCH_DAY) * 33 / 12053) + 1; /* 12,053 days in 33 years */
    while (y > 1 && solar_year_start(y) > day) y--;
    while (solar_year_start(y + 1) <= day) y++;
    int in_year = (int)(day - solar_year_start(y));
    int m = in_year < 186 ? in_year / 31 : 6 + (in_year - 186) / 30;
    *year = y;
    *month = m + 1;
    *dom = in_year - solar_days_before(m + 1) + 1;
    return true;
}

/* ---- Umm al-Qura ---- */

typedef struct lunar_year {
    int32_t start_day;
    uint16_t long_months;
} lunar_year;

static const lunar_year k_lunar[] = {
#include "ummalqura.inc"
};
#define LUNAR_FIRST 1300
#define LUNAR_YEARS ((int)(sizeof k_lunar / sizeof k_lunar[0]))

static int lunar_month_length(int year, int month) {
    return 29 + (k_lunar[year - LUNAR_FIRST].long_months >> (month - 1) & 1);
}
static bool lunar_civil(int *year, int *month, int *dom, int64_t day) {
    int64_t first = k_lunar[0].start_day;
    if (day < first || day > first + 355 * (int64_t)LUNAR_YEARS) return false;
    int64_t i = (day - first) * 30 / 10631; /* 10,631 days in 30 years: near, then exact */
    if (i >= LUNAR_YEARS) i = LUNAR_YEARS - 1;
    while (i > 0 && k_lunar[i].start_day > day) i--;
    while (i + 1 < LUNAR_YEARS && k_lunar[i + 1].start_day <= day) i++;
    int y = LUNAR_FIRST + (int)i;
    int left = (int)(day - k_lunar[i].start_day);
    for (int m = 1; m <= 12; m++) {
        int n = lunar_month_length(y, m);
        if (left < n) {
            *year = y;
            *month = m;
            *dom = left + 1;
            return true;
        }
        left -= n;
    }
    return false;
}

const char *reb_calendar_name(reb_calendar c) {
    switch (c) {
        case REB_CAL_SOLAR_HIJRI: return "Solar Hijri";
        case REB_CAL_HIJRI: return "Hijri (Umm al-Qura)";
        case REB_CAL_GREGORIAN: break;
    }
    return "Gregorian";
}

bool reb_calendar_valid(reb_calendar c, int year, int month, int day) {
    if (month < 1 || month > 12 || day < 1) return false;
    switch (c) {
        case REB_CAL_SOLAR_HIJRI: return year >= 1 && year <= SOLAR_MAX_YEAR && day <= solar_month_length(year, month);
        case REB_CAL_HIJRI: return year >= LUNAR_FIRST && year < LUNAR_FIRST + LUNAR_YEARS && day <= lunar_month_length(year, month);
        case REB_CAL_GREGORIAN: break;
    }
    return year >= 1 && year <= 9999 && reb_civil_valid(year, month, day);
}

int64_t reb_calendar_day(reb_calendar c, int year, int month, int day) {
    switch (c) {
        case REB_CAL_SOLAR_HIJRI: return solar_year_start(year) + solar_days_before(month) + day - 1;
        case REB_CAL_HIJRI: {
            int64_t d = k_lunar[year - LUNAR_FIRST].start_day + day - 1;
            for (int m = 1; m < month; m++) d += lunar_month_length(year, m);
            return d;
        }
        case REB_CAL_GREGORIAN: break;
    }
    return reb_day_from_civil(year, month, day);
}

bool reb_calendar_civil(int *year, int *month, int *day_of_month, reb_calendar c, int64_t day) {
    switch (c) {
        case REB_CAL_SOLAR_HIJRI: return solar_civil(year, month, day_of_month, day);
        case REB_CAL_HIJRI: return lunar_civil(year, month, day_of_month, day);
        case REB_CAL_GREGORIAN: break;
    }
    if (day < -719162 || day > 2932896) return false; /* 0001-01-01 .. 9999-12-31 */
    reb_civil_from_day(day, year, month, day_of_month);
    return true;
}
