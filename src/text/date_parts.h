/* Inside src/text only: a date taken apart, before anybody decides what its numbers mean. */
#ifndef REB_TEXT_DATE_PARTS_H
#define REB_TEXT_DATE_PARTS_H

#include "calendar.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_parts_shape {
    REB_PARTS_YEAR_FIRST, /* n[0] is the year */
    REB_PARTS_YEAR_LAST,  /* n[2] is the year; n[0], n[1] are day and month in some order */
    REB_PARTS_SHORT,      /* three numbers of at most two digits */
    REB_PARTS_NAMED       /* year, month and day are known: year n[0], month n[1], day n[2] */
} reb_parts_shape;

typedef struct reb_date_parts {
    reb_parts_shape shape;
    int n[3];
    int year_digits;
    bool month_name;       /* and then its calendar is certain: */
    reb_calendar calendar; /* valid when known_calendar */
    bool known_calendar;
    bool persian_digits;
    bool has_time, has_zone, half_day; /* half_day: AM or PM stood there */
    int hour, minute, second, us;      /* 0..24, 0..59, 0..60 */
    int32_t offset_s;
} reb_date_parts;

/* False with a reason (static) when the text does not have the form of a date. */
bool reb_date_take_apart(reb_date_parts *p, const char **reason, const char *s, size_t len);

#endif
