/* Jobs: work that outlives a request, kept in the store. A job runs once although several processes share the store: it is
   claimed by a conditional update, held by a lease that its process renews, and taken up again when that lease runs out. One job runs at
   a time in a store: imports and fits change the same tables. */
#ifndef REB_DOMAIN_JOB_H
#define REB_DOMAIN_JOB_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../store/store.h"

typedef enum reb_job_state {
    REB_JOB_WAITING,
    REB_JOB_RUNNING,
    REB_JOB_DONE,
    REB_JOB_FAILED,
    REB_JOB_CANCELLED,
    REB_JOB_STATES
} reb_job_state;
const char *reb_job_state_name(reb_job_state s);

enum { REB_JOB_ATTEMPTS = 5 }; /* a job whose process died so often is given up */

typedef struct reb_job {
    int64_t job_id;
    const char *kind;
    reb_job_state state;
    const char *params; /* JSON */
    double progress;    /* 0..1 */
    const char *message;
    const char *result, *error;                             /* JSON, or NULL */
    const char *owner;                                      /* or NULL */
    int64_t created_us, started_us, finished_us, cancel_us; /* 0: not yet */
    int64_t attempts;
} reb_job;

typedef struct reb_job_counts {
    int64_t by_state[REB_JOB_STATES];
} reb_job_counts;

/* `place` "" lets any process run it. Errors: STORE, BUSY. */
reb_status reb_job_add(int64_t *job_id, reb_store *s, reb_ids *ids, const char *kind, const char *params, const char *place, int64_t now_us,
                       reb_err *err);
/* Text lives in the arena. Errors: NOT_FOUND, STORE. */
reb_status reb_job_get(reb_job *out, reb_store *s, reb_arena *a, int64_t job_id, reb_err *err);
/* Newest first; `state` "" for all; ids below `before` (0: from the newest). */
reb_status reb_job_list(reb_job **out, size_t *count, reb_store *s, reb_arena *a, const char *state, int64_t before, int64_t most,
                        reb_err *err);
reb_status reb_job_count(reb_job_counts *out, reb_store *s, reb_err *err);
/* A waiting job is cancelled at once, a running one is asked to stop; one that has ended is CONFLICT. Errors: NOT_FOUND, CONFLICT, STORE.
 */
reb_status reb_job_cancel(reb_store *s, int64_t job_id, int64_t now_us, reb_err *err);

/* For whoever runs jobs. *job_id is 0 when there is nothing to do. */
reb_status reb_job_claim(int64_t *job_id, reb_store *s, const char *owner, const char *place, int64_t now_us, int64_t lease_us,
                         reb_err *err);
/* Renews the lease. *mine is false when the job belongs to somebody else by now; *cancel when somebody wants it stopped. */
reb_status reb_job_beat(bool *mine, bool *cancel, reb_store *s, int64_t job_id, const char *owner, int64_t lease_until_us, double progress,
                        const char *message, reb_err *err);
/* Ends a job as DONE, FAILED or CANCELLED; *mine as above. result and error are JSON or NULL. */
reb_status reb_job_end(bool *mine, reb_store *s, int64_t job_id, const char *owner, reb_job_state state, const char *result,
                       const char *error, const char *message, int64_t now_us, reb_err *err);
reb_status reb_job_hand_back(reb_store *s, int64_t job_id, const char *owner, reb_err *err);
reb_status reb_job_prune(reb_store *s, int64_t before_us, reb_err *err); /* ended jobs older than that */
/* Ended jobs older than that whose rows hold values of a file: checks and corrections. */
reb_status reb_job_prune_files(reb_store *s, int64_t before_us, reb_err *err);

void reb_job_json(reb_json *w, const reb_job *j);
/* "message" in English and "detail" {"key", ...} of what a job said it does. */
void reb_job_message_json(reb_json *w, const char *message);

#endif
