/* What must happen by itself as time goes on: clocks that are warned of, promises that fall due, approvals that run out. `serve` runs it
   every 20 s under the lease "tick" (one process of a database at a time), `rebound tick` once. */
#ifndef REB_APP_TICK_H
#define REB_APP_TICK_H

#include "../base/rand.h"
#include "../domain/business.h"

/* One thing to do; each in transactions of its own, repeatable, and quick when there is nothing to do. *did counts what it changed. */
typedef reb_status (*reb_tick_work)(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

typedef struct reb_tick_task {
    const char *name; /* case, promise, gesture, ... */
    reb_tick_work work;
} reb_tick_task;
extern const reb_tick_task reb_tick_tasks[]; /* src/app/tick.c: add a line there; ends with a NULL name */

/* Runs all of them; one that fails does not keep the others from running. *busy true: another process is at it just now, nothing was done.
   `did` (may be NULL) has a count for each task. Errors: the first that failed. */
reb_status reb_tick(bool *busy, int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

reb_status reb_case_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
