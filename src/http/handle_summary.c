/* What the customers are worth, and how far that can be trusted. */
#include "handlers.h"

#include "../app/losing.h"
#include "../app/summary.h"

reb_status reb_handle_summary(reb_request *rq, reb_err *err) {
    reb_summary *o = reb_arena_zalloc(&rq->arena, 1, sizeof *o);
    if (o == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_summary_read(o, rq->store, reb_rq_now(rq), err);
    if (st == REB_OK) reb_summary_json(&rq->w, o);
    return st;
}

reb_status reb_handle_losing(reb_request *rq, reb_err *err) {
    reb_losing *o = reb_arena_zalloc(&rq->arena, 1, sizeof *o);
    if (o == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_losing_read(o, rq->store, &rq->arena, reb_rq_now(rq), err);
    if (st == REB_OK) reb_losing_json(&rq->w, o);
    return st;
}
