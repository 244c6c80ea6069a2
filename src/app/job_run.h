/* Running jobs. A runner takes one job after another; a second thread (or a timer) keeps the lease of the one that runs and carries its
   progress into the store. What each kind of job does is told by a table, so that tests can bring kinds of their own. */
#ifndef REB_APP_JOB_RUN_H
#define REB_APP_JOB_RUN_H

#include "../base/clock.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/job.h"

#include <cjson/cJSON.h>

typedef struct reb_job_runner reb_job_runner;

/* What a kind's function is given; it lives as long as the call. */
typedef struct reb_job_task {
    reb_job_runner *runner;
    int64_t job_id;
    reb_store *store;
    reb_arena *arena;
    reb_ids *ids;
    const cJSON *params;
    reb_clock act_clock;      /* what "today" is */
    reb_clock wall_clock;     /* of what the job adds for others to do */
    reb_json *result;         /* exactly one JSON value is written here on success */
    const volatile int *stop; /* not 0: end soon with REB_E_INTERRUPTED; what is done stays done */
} reb_job_task;

/* Repeatable: a job whose process died is run again from its start. */
typedef reb_status (*reb_job_function)(reb_job_task *t, reb_err *err);

typedef struct reb_job_kind {
    const char *name;
    reb_job_function run;
    /* After the job has ended for good (not when it was handed back); may be NULL. */
    void (*ended)(const cJSON *params, reb_job_state state);
} reb_job_kind;

extern const reb_job_kind reb_job_kinds[]; /* what Rebound can do; ends with a NULL name */

typedef struct reb_job_runner_options {
    const reb_job_kind *kinds;
    const char *owner; /* unique among processes; copied */
    const char *place; /* of files that jobs need; copied */
    reb_clock wall_clock, act_clock;
    int64_t lease_us;
    uint64_t node;           /* for ids, 0..1023 */
    void (*told)(void *ctx); /* a notice was written; from either thread; may be NULL */
    void *ctx;
} reb_job_runner_options;

reb_status reb_job_runner_open(reb_job_runner **out, const reb_job_runner_options *o, reb_err *err);
void reb_job_runner_close(reb_job_runner *r); /* NULL is allowed; nothing may be running */

/* Takes up the next job and runs it to its end. *worked false: there was none. What a job's own failure is, its row tells; the status
   is of the store alone. */
reb_status reb_job_work(bool *worked, reb_job_runner *r, reb_store *s, reb_err *err);
/* From another thread, with a store of its own, about each second: renews the lease, tells progress, brings cancellation. */
reb_status reb_job_keep(reb_job_runner *r, reb_store *s, reb_err *err);
/* The running job stops soon and goes back to be taken up by another process. */
void reb_job_stop(reb_job_runner *r);

/* For a kind's function: 0..1 and a few words. False when the job should stop. The words may be data, {"key":"rows","rows":12}: the key
   names them in the catalogues (job.doing.<key>), and whoever reads the job gets it as `detail` beside an English sentence. */
bool reb_job_progress(reb_job_task *t, double part, const char *message);

#endif
