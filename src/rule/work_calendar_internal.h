/* Inside src/rule only: one version of a calendar as it is reckoned with. */
#ifndef REB_RULE_WORK_CALENDAR_INTERNAL_H
#define REB_RULE_WORK_CALENDAR_INTERNAL_H

#include "work_calendar.h"

#include "../base/clock.h"

enum {
    REB_WORK_FIRST_YEAR = 1990,
    REB_WORK_LAST_YEAR = 2069,
    REB_WORK_DAYS = 29220,    /* of these years */
    REB_WORK_PATTERNS = 255,  /* different days */
    REB_WORK_BLOCK_DAYS = 64, /* open time is summed in blocks of so many days */
    REB_WORK_BLOCKS = REB_WORK_DAYS / REB_WORK_BLOCK_DAYS + 1,
    REB_WORK_MINUTES = 1440
};
#define REB_WORK_MINUTE_US INT64_C(60000000)

/* Hours of a day, minutes of the wall clock, in order and apart. As written (own) the last may end on the next day, up to 2880; as
   reckoned with (real) each lies within its day, what the day before left over with it. */
typedef struct reb_work_pattern {
    int n;
    uint16_t from[REB_WORK_SPANS_MOST + 1], to[REB_WORK_SPANS_MOST + 1];
    int64_t open_us; /* on a day without change of clocks */
} reb_work_pattern;

/* Why a day has its hours: the week (entry 0), or an entry of "dated" or "off". */
typedef struct reb_work_entry {
    reb_work_why why;
    bool moon;
    const char *name;
    uint8_t by_weekday[7]; /* own pattern, Monday first */
} reb_work_entry;

typedef struct reb_work_odd_day { /* a day on which clocks change */
    int32_t day;                  /* since the first */
    int64_t open_us;
} reb_work_odd_day;

struct reb_work_calendar {
    const char *zone;
    int64_t first_day; /* civil day of the table's first */
    size_t change_count;
    int64_t *change_us; /* [0] is INT64_MIN */
    int32_t *offset_s;
    int entry_count, pattern_count, odd_count;
    reb_work_entry *entries;
    reb_work_pattern *patterns;
    reb_work_odd_day *odd;
    uint16_t entry_of[REB_WORK_DAYS];
    uint8_t real_of[REB_WORK_DAYS];
    int64_t before_us[REB_WORK_BLOCKS + 1]; /* open time before each block, and of all */
};

static inline int reb_work_weekday(int64_t day) { /* 0 Monday; 1970-01-01 was a Thursday */
    return (int)(((day + 3) % 7 + 7) % 7);
}
static inline const reb_work_pattern *reb_work_own(const reb_work_calendar *c, int64_t index) {
    return &c->patterns[c->entries[c->entry_of[index]].by_weekday[reb_work_weekday(c->first_day + index)]];
}

/* Fills real_of, odd and before_us from entries, patterns and entry_of. Errors: INPUT (too many different days), MEMORY. */
reb_status reb_work_tabulate(reb_work_calendar *c, reb_arena *a, reb_err *err);

/* ---- days that come again (src/rule/holiday_rule.c) ---- */

typedef enum reb_day_rule {
    REB_DAY_DATE,   /* from..to, once */
    REB_DAY_YEARLY, /* month and day of the Gregorian calendar, from first_year on */
    REB_DAY_EASTER_ORTHODOX,
    REB_DAY_EASTER_WESTERN,
    REB_DAY_SOLAR,
    REB_DAY_HIJRI,
    REB_DAY_WEEKDAY
} reb_day_rule;

typedef struct reb_when {
    reb_day_rule rule;
    int64_t from, to; /* DATE: civil days, inclusive */
    int month, day, to_month, to_day, first_year;
    int plus, days; /* days: 1 or more; 0: the whole month */
    int nth, weekday;
} reb_when;

/* How often it comes, at most: index 0, 1, ... of reb_when_occurs; false where that one is not (29 February, before the first year). */
int reb_when_count(const reb_when *w);
bool reb_when_occurs(int64_t *from, int64_t *to, const reb_when *w, int index);
/* Its length in days, the longest: what ranks entries. */
int64_t reb_when_length(const reb_when *w);

int64_t reb_easter_western(int year);  /* civil day; years 1583..4099 */
int64_t reb_easter_orthodox(int year); /* civil day (Gregorian) of Easter by the Julian reckoning */

#endif
