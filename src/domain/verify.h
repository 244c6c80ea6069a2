/* Is the database sound? Everything that must hold, checked in one view of the store, writing nothing. */
#ifndef REB_DOMAIN_VERIFY_H
#define REB_DOMAIN_VERIFY_H

#include "derive.h"

typedef enum reb_verify_check {
    REB_VERIFY_FILE,    /* the engine's own check of its file */
    REB_VERIFY_BELONGS, /* every row belongs to something that exists */
    REB_VERIFY_DERIVED, /* purchase days and summaries equal what the log gives */
    REB_VERIFY_IMPORTS, /* each import holds as many rows as it says */
    REB_VERIFY_CHECKS
} reb_verify_check;

typedef struct reb_verify_report {
    int64_t problems[REB_VERIFY_CHECKS];
    char detail[REB_VERIFY_CHECKS][400]; /* what is wrong, in a sentence; "" when nothing is */
    int64_t events;
    int64_t customers;
    int64_t heads;
    int64_t imports;
} reb_verify_report;

const char *reb_verify_name(reb_verify_check c);     /* "file", "belongs", "derived", "imports" */
const char *reb_verify_sentence(reb_verify_check c); /* what holds when nothing is wrong */

/* Fills *out whether or not something is wrong; a status other than REB_OK means that the check itself could not be made. */
reb_status reb_verify(reb_verify_report *out, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx, reb_err *err);
int64_t reb_verify_problems(const reb_verify_report *r); /* of all checks */
void reb_verify_json(reb_json *w, const reb_verify_report *r);

#endif
