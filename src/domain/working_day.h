/* On which days customers are contacted: days of the week, less the days off. Pure functions. */
#ifndef REB_DOMAIN_WORKING_DAY_H
#define REB_DOMAIN_WORKING_DAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REB_DAYS_OFF_MOST 46 /* days and spans: what fits into a setting's text */

typedef struct reb_working_days {
    unsigned week; /* bit 0 Monday ... bit 6 Sunday */
    int off_count;
    struct {
        int64_t first;
        int64_t last; /* inclusive */
    } off[REB_DAYS_OFF_MOST];
} reb_working_days;

/* Each reads a setting's text into its part of *out (NULL: only check) and writes it as it is stored to `text` (NULL: do not): days of the
   week from Monday on, dates in order, spans that touch joined. False when it is not that; at least one day of the week must be there. */
bool reb_week_parse(reb_working_days *out, char *text, size_t room, const char *value);
bool reb_days_off_parse(reb_working_days *out, char *text, size_t room, const char *value);

bool reb_is_working_day(const reb_working_days *w, int64_t day);
/* The first working day after `day`; false when there is none within two years. */
bool reb_next_working_day(int64_t *next, const reb_working_days *w, int64_t day);

#endif
