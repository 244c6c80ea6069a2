/* Days that come again: Easter of both churches, days of the Solar Hijri and Hijri years, the last Monday of May. */
#include "work_calendar_internal.h"

enum { YEARS = REB_WORK_LAST_YEAR - REB_WORK_FIRST_YEAR + 1, SOLAR_FIRST = 1368, HIJRI_FIRST = 1409, HIJRI_YEARS = 85 };

/* The anonymous Gregorian algorithm as Jean Meeus, Astronomical Algorithms (2nd ed., 1998), chapter 8 gives it. */
int64_t reb_easter_western(int year) {
    int a = year % 19;
    int b = year / 100;
    int c = year % 100;
    int d = b / 4;
    int e = b % 4;
    int f = (b + 8) / 25;
    int g = (b - f + 1) / 3;
    int h = (19 * a + b - d - g + 15) % 30;
    int i = c / 4;
    int k = c % 4;
    int l = (32 + 2 * e + 2 * i - h - k) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return reb_day_from_civil(year, n / 31, n % 31 + 1);
}

/* Meeus, as above, for the Julian calendar; moved to the Gregorian one. */
int64_t reb_easter_orthodox(int year) {
    int a = year % 4;
    int b = year % 7;
    int c = year % 19;
    int d = (19 * c + 15) % 30;
    int e = (2 * a + 4 * b - d + 34) % 7;
    int n = d + e + 114;
    int century = year / 100;
    return reb_day_from_civil(year, n / 31, n % 31 + 1) + century - century / 4 - 2;
}

int reb_when_count(const reb_when *w) {
    switch (w->rule) {
        case REB_DAY_DATE: return 1;
        case REB_DAY_HIJRI: return HIJRI_YEARS;
        default: return YEARS + 1; /* Solar years begin in March: one more */
    }
}

static bool of_calendar(int64_t *from, int64_t *to, const reb_when *w, reb_calendar calendar, int year) {
    int day = w->days == 0 ? 1 : w->day;
    if (!reb_calendar_valid(calendar, year, w->month, day)) return false;
    *from = reb_calendar_day(calendar, year, w->month, day) + w->plus;
    *to = *from + w->days - 1;
    if (w->days == 0) {
        int length = 28;
        while (reb_calendar_valid(calendar, year, w->month, length + 1)) length++;
        *to = *from + length - 1;
    }
    return true;
}

static bool nth_weekday(int64_t *day, const reb_when *w, int year) {
    int next_year = w->month == 12 ? year + 1 : year;
    int64_t first = reb_day_from_civil(year, w->month, 1);
    int64_t after = reb_day_from_civil(next_year, w->month == 12 ? 1 : w->month + 1, 1);
    if (w->nth > 0) {
        *day = first + (w->weekday - reb_work_weekday(first) + 7) % 7 + 7 * (w->nth - 1);
        return *day < after;
    }
    *day = after - 1 - (reb_work_weekday(after - 1) - w->weekday + 7) % 7 + 7 * (w->nth + 1);
    return *day >= first;
}

bool reb_when_occurs(int64_t *from, int64_t *to, const reb_when *w, int index) {
    int year = REB_WORK_FIRST_YEAR + index;
    switch (w->rule) {
        case REB_DAY_DATE:
            *from = w->from;
            *to = w->to;
            return index == 0;
        case REB_DAY_YEARLY:
            if (year < w->first_year || !reb_civil_valid(year, w->month, w->day)) return false;
            *from = reb_day_from_civil(year, w->month, w->day);
            if (w->to_month < w->month || (w->to_month == w->month && w->to_day < w->day)) year++;
            if (!reb_civil_valid(year, w->to_month, w->to_day)) return false;
            *to = reb_day_from_civil(year, w->to_month, w->to_day);
            return true;
        case REB_DAY_EASTER_ORTHODOX: *from = reb_easter_orthodox(year) + w->plus; break;
        case REB_DAY_EASTER_WESTERN: *from = reb_easter_western(year) + w->plus; break;
        case REB_DAY_SOLAR: return of_calendar(from, to, w, REB_CAL_SOLAR_HIJRI, SOLAR_FIRST + index);
        case REB_DAY_HIJRI: return of_calendar(from, to, w, REB_CAL_HIJRI, HIJRI_FIRST + index);
        case REB_DAY_WEEKDAY:
            if (!nth_weekday(from, w, year)) return false;
            *from += w->plus;
            break;
    }
    *to = *from + w->days - 1;
    return true;
}

int64_t reb_when_length(const reb_when *w) {
    if (w->rule == REB_DAY_DATE) return w->to - w->from + 1;
    if (w->rule != REB_DAY_YEARLY) return w->days == 0 ? 31 : w->days;
    int64_t from = reb_day_from_civil(2001, w->month, w->day); /* 29 February counts as 1 March: nothing depends on it */
    int64_t to = reb_day_from_civil(2001, w->to_month, w->to_day);
    return to >= from ? to - from + 1 : to + 365 - from + 1;
}
