/* Rules of keeping, as settings: customers of whom nothing was heard for so many years are erased (../domain/privacy.h), and the audit log
   forgets what is older than it must be. Nothing happens unless somebody has set a rule. */
#ifndef REB_APP_RETENTION_H
#define REB_APP_RETENTION_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/business.h"

typedef struct reb_retention_request {
    int64_t now_us;  /* what "today" is: silence counts up to it */
    int64_t wall_us; /* for the audit log */
    bool dry;        /* count only */
    const char *who; /* "job:retention", "terminal:maria" */
    reb_ids *ids;
    const volatile int *stop;                    /* may be NULL; what is erased so far stays erased */
    bool (*progress)(void *ctx, int64_t erased); /* may be NULL; false stops */
    void *ctx;
} reb_retention_request;

typedef struct reb_retention_result {
    int64_t silent_years, audit_years; /* the rules; 0: none */
    int64_t customers;                 /* erased, or to be erased */
    int64_t cases;                     /* of nobody known: whose words were, or are to be, erased */
    int64_t audit_records;             /* forgotten, or to be forgotten */
    bool dry;
} reb_retention_result;

/* Each customer in a transaction of their own, with its record in the audit log. Errors: STORE, INTERRUPTED. */
reb_status reb_retention_run(reb_retention_result *out, reb_store *s, const reb_business *b, const reb_retention_request *q, reb_err *err);
void reb_retention_json(reb_json *w, const reb_retention_result *r);

/* Should the daily job be added: is there a rule, was there none for a day, and does none wait? */
reb_status reb_retention_due(bool *due, reb_store *s, int64_t wall_us, reb_err *err);

#endif
