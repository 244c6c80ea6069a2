/* Shared by case_log.c and case_derive.c. */
#ifndef REB_DOMAIN_CASE_INTERNAL_H
#define REB_DOMAIN_CASE_INTERNAL_H

#include "case_log.h"

/* What is derived of one case. */
enum { REB_CASE_FILE_COLUMNS = 35 };
typedef struct reb_case_derived {
    reb_arg file[REB_CASE_FILE_COLUMNS]; /* in the order of case_file_get */
    reb_case_clock *clocks;
    int64_t clock_count;
} reb_case_derived;

/* Reckons it; standards and calendars are read from the store, or taken from `rules` (may be NULL). Errors: STORE, MEMORY. */
reb_status reb_case_reckon(reb_case_derived *out, reb_store *s, reb_arena *a, const reb_business *b, reb_case_rules *rules,
                           const reb_case_state *c, const reb_case_event *events, int64_t count, reb_err *err);
/* Writes it where it differs from what is stored; *moved (may be NULL): some clock is due at another time. */
reb_status reb_case_store(bool *differed, bool *moved, reb_store *s, reb_arena *a, const reb_case_key *key, const reb_case_derived *d,
                          bool write, reb_err *err);

#endif
