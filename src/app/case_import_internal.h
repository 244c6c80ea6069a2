/* Shared by case_import*.c. */
#ifndef REB_APP_CASE_IMPORT_INTERNAL_H
#define REB_APP_CASE_IMPORT_INTERNAL_H

#include "case_import.h"
#include "case_map.h"

#include "../domain/case_log.h"

typedef struct reb_log_entry { /* something told of a case */
    int64_t case_no;
    int64_t at_us;
    int64_t order; /* among those of one instant: as in the file, dates of one row as they follow each other */
    reb_log_step step[REB_LOG_STEPS_MOST];
    int step_count;
    const char *text; /* what was said, or NULL */
} reb_log_entry;

typedef struct reb_log_case { /* the first value that stood there, per role */
    const char *id;
    const char *value[REB_LOG_ROLES];
} reb_log_case;

typedef struct reb_log_table {
    reb_arena arena;
    reb_log_case *cases;
    int64_t case_count, case_room;
    reb_log_entry *entries; /* sorted by case, time and order when read */
    int64_t entry_count, entry_room;
    int64_t *slots; /* hash of case ids: number + 1 */
    int64_t slot_count;
} reb_log_table;

/* Reads the whole file. Fills rows, refused and faults of *out. */
reb_status reb_log_read(reb_log_table *t, reb_case_import_out *out, const reb_log_map *m, const reb_case_import_in *in, reb_err *err);
void reb_log_free(reb_log_table *t);

#endif
