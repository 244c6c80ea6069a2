#include "calendar.h"

#include "../base/clock.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

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

/* ---- time zones ---- */

#define ZONE_MAX_CHANGES 1024

typedef struct zone_change {
    int64_t from_us; /* the offset holds from here on, UTC */
    int32_t offset_s;
} zone_change;

struct reb_zone {
    char name[64];
    size_t n;
    zone_change change[ZONE_MAX_CHANGES]; /* change[0] holds since ever */
};

static bool icu_offset(int32_t *offset_s, UCalendar *cal, double ms) {
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(cal, ms, &status);
    int32_t raw = ucal_get(cal, UCAL_ZONE_OFFSET, &status);
    int32_t dst = ucal_get(cal, UCAL_DST_OFFSET, &status);
    *offset_s = (raw + dst) / 1000;
    return U_SUCCESS(status);
}

static bool load_changes(reb_zone *z, UCalendar *cal) {
    double at = -2208988800000.0;       /* 1900-01-01 */
    const double end = 7258118400000.0; /* 2200-01-01 */
    UErrorCode status = U_ZERO_ERROR;
    if (!icu_offset(&z->change[0].offset_s, cal, at)) return false;
    z->change[0].from_us = INT64_MIN;
    z->n = 1;
    while (z->n < ZONE_MAX_CHANGES) {
        UDate next = 0;
        ucal_setMillis(cal, at, &status);
        if (!ucal_getTimeZoneTransitionDate(cal, UCAL_TZ_TRANSITION_NEXT, &next, &status)) break;
        if (U_FAILURE(status)) return false;
        if (next >= end || next <= at) break;
        int32_t offset_s;
        if (!icu_offset(&offset_s, cal, next)) return false;
        if (offset_s != z->change[z->n - 1].offset_s) z->change[z->n++] = (zone_change){(int64_t)next * 1000, offset_s};
        at = next;
    }
    return U_SUCCESS(status);
}

/* Reading a zone's 300 years from ICU takes milliseconds, and a server opens the same one for every request. What ICU told does not change
   while the program runs, so the last few zones are kept: this is the one state that calls share, and nobody can see it. */
enum { KEPT_ZONES = 4 };
static pthread_mutex_t g_kept_lock = PTHREAD_MUTEX_INITIALIZER;
static reb_zone g_kept[KEPT_ZONES];
static size_t g_kept_next;

static bool recall(reb_zone *z, const char *name) {
    bool found = false;
    pthread_mutex_lock(&g_kept_lock);
    for (size_t i = 0; i < KEPT_ZONES && !found; i++) {
        if (g_kept[i].n == 0 || strcmp(g_kept[i].name, name) != 0) continue;
        memcpy(z, &g_kept[i], sizeof *z);
        found = true;
    }
    pthread_mutex_unlock(&g_kept_lock);
    return found;
}

static void keep(const reb_zone *z) {
    pthread_mutex_lock(&g_kept_lock);
    memcpy(&g_kept[g_kept_next], z, sizeof *z);
    g_kept_next = (g_kept_next + 1) % KEPT_ZONES;
    pthread_mutex_unlock(&g_kept_lock);
}

reb_status reb_zone_open(reb_zone **out, const char *iana_name, reb_err *err) {
    *out = NULL;
    reb_status st = REB_OK;
    UErrorCode status = U_ZERO_ERROR;
    UCalendar *cal = NULL;
    UChar id[64], canonical[64];
    reb_zone *z = calloc(1, sizeof *z);
    if (z == NULL) return reb_fail(err, REB_E_MEMORY, "no memory for a time zone");
    size_t len = iana_name == NULL ? 0 : strlen(iana_name);
    UBool system_id = 0;
    if (len > 0 && recall(z, iana_name)) {
        *out = z;
        return REB_OK;
    }
    if (len > 0 && len < sizeof z->name) {
        u_charsToUChars(iana_name, id, (int32_t)len + 1);
        ucal_getCanonicalTimeZoneID(id, (int32_t)len, canonical, 64, &system_id, &status);
    }
    if (status == U_MEMORY_ALLOCATION_ERROR) {
        st = reb_fail(err, REB_E_MEMORY, "no memory for a time zone");
        goto done;
    }
    if (len == 0 || len >= sizeof z->name || U_FAILURE(status) || !system_id) {
        st = reb_fail(err, REB_E_INPUT, "\"%.60s\" is not the name of a time zone", iana_name == NULL ? "" : iana_name);
        reb_err_next(err, "Names look like Europe/Athens, Asia/Tehran, America/New_York or UTC.");
        goto done;
    }
    memcpy(z->name, iana_name, len + 1);
    cal = ucal_open(id, (int32_t)len, "en_US", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status) || !load_changes(z, cal)) {
        bool lost = status == U_MEMORY_ALLOCATION_ERROR;
        st = lost ? reb_fail(err, REB_E_MEMORY, "no memory for a time zone")
                  : reb_fail(err, REB_E_INTERNAL, "ICU cannot read the time zone %s: %s", z->name, u_errorName(status));
        goto done;
    }
    keep(z);
    *out = z;
    z = NULL;
done:
    if (cal != NULL) ucal_close(cal);
    free(z);
    return st;
}

void reb_zone_close(reb_zone *z) {
    free(z);
}

const char *reb_zone_name(const reb_zone *z) {
    return z->name;
}

static size_t change_at(const reb_zone *z, int64_t time_us) {
    size_t low = 0, high = z->n; /* change[low] holds; change[high] is later */
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (z->change[mid].from_us <= time_us)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static int64_t floor_day(int64_t us) {
    int64_t d = us / REB_US_PER_DAY;
    return us % REB_US_PER_DAY < 0 ? d - 1 : d;
}

int32_t reb_zone_offset_s(const reb_zone *z, int64_t time_us) {
    return z->change[change_at(z, time_us)].offset_s;
}

int64_t reb_zone_day(const reb_zone *z, int64_t time_us) {
    return floor_day(time_us + reb_zone_offset_s(z, time_us) * REB_US_PER_SECOND);
}

int reb_zone_minute(const reb_zone *z, int64_t time_us) {
    int64_t local_us = time_us + (int64_t)reb_zone_offset_s(z, time_us) * REB_US_PER_SECOND;
    return (int)((local_us - reb_zone_day(z, time_us) * REB_US_PER_DAY) / (60 * REB_US_PER_SECOND));
}

int64_t reb_zone_instant(const reb_zone *z, int64_t local_us) {
    /* Of the offsets in force near that moment, the first whose instant lies in its own span is right. In a gap none is: then
       the offset before the gap moves the time on by the gap's length. */
    size_t i = change_at(z, local_us - 26 * 3600 * REB_US_PER_SECOND);
    for (;; i++) {
        int64_t t = local_us - z->change[i].offset_s * REB_US_PER_SECOND;
        if (i + 1 >= z->n || t < z->change[i + 1].from_us) return t;
        if (local_us - z->change[i + 1].offset_s * REB_US_PER_SECOND < z->change[i + 1].from_us) return t;
    }
}

size_t reb_zone_changes(int64_t *at_us, int32_t *offset_s, size_t room, const reb_zone *z, int64_t from_us, int64_t to_us) {
    size_t n = 0;
    for (size_t i = change_at(z, from_us); i < z->n && z->change[i].from_us < to_us; i++) {
        if (z->change[i].from_us < from_us) continue;
        if (n < room) {
            at_us[n] = z->change[i].from_us;
            offset_s[n] = z->change[i].offset_s;
        }
        n++;
    }
    return n;
}

int64_t reb_zone_day_start(const reb_zone *z, int64_t day) {
    return reb_zone_instant(z, day * REB_US_PER_DAY);
}
