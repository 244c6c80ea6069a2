/* Calendars to begin with: the usual week and the public holidays of a country, as a document to be edited and published. Movable days are
   rules, so that they hold in every year; those that follow the moon are reckoned, and may be announced otherwise. */
#ifndef REB_RULE_HOLIDAY_H
#define REB_RULE_HOLIDAY_H

#include "../base/arena.h"
#include "../base/err.h"
#include "../text/locale.h"

typedef struct reb_holiday_country {
    const char *code; /* GR, IR, EG, SA, AE, GB, EU */
    const char *zone; /* "": the business's */
    const char *week; /* members of "week" */
    bool moon;        /* some of its days follow the moon */
    const char *name[REB_LANGUAGES];
} reb_holiday_country;
extern const reb_holiday_country reb_holiday_countries[]; /* ends with a NULL code */

/* A calendar's document (work_calendar.h), names in that language, in the arena. `code` in any case. Errors: NOT_FOUND, MEMORY. */
reb_status reb_holiday_document(const char **out, reb_arena *a, const char *code, reb_language language, reb_err *err);

#endif
