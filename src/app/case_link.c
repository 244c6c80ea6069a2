/* Merging cases, taking them apart again, and saying whose a case is. A merge is two events, one in each log; nothing is copied. */
#include "case_internal.h"

#include "../domain/customer.h"

#include <inttypes.h>
#include <stdio.h>

/* Writes one event of the actor to another case than the one acted on. */
static reb_status also(const reb_case_doing *d, reb_store *s, const reb_case_key *key, reb_case_event_kind kind, int64_t other_id,
                       int64_t until_us, reb_err *err) {
    const reb_case_event e = {.kind = kind, .who = d->by->who, .word = "", .other_id = other_id, .until_us = until_us};
    const reb_case_writing w = {.business = d->by->business, .now_us = d->by->now_us};
    return reb_case_append(NULL, s, d->arena, key, &e, 1, NULL, 0, &w, err);
}

static reb_status merge(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    int64_t into = *(const int64_t *)arg;
    int64_t end = 0;
    reb_case_key winner;
    reb_status st = reb_case_chain(&winner, &end, s, into, err);
    if (st != REB_OK) return st;
    if (winner.case_id == d->key.case_id) {
        reb_fail(err, REB_E_CONFLICT, "Case C-%" PRId64 " %s.", d->number,
                 into == d->number ? "cannot be merged into itself" : "goes on for the other one already: merging would be a circle");
        if (into != d->number) reb_err_next(err, "Take C-%" PRId64 " out first: rebound case unmerge C-%" PRId64, into, into);
        return REB_E_CONFLICT;
    }
    int64_t opened_us = d->state.opened_us;
    reb_case_event_add(d, REB_CASE_MERGED, "")->other_id = winner.case_id;
    st = reb_case_end(d, s, err);
    if (st == REB_OK) st = also(d, s, &winner, REB_CASE_TOOK_IN, d->key.case_id, opened_us, err);
    return st;
}

reb_status reb_case_merge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t into, reb_err *err) {
    reb_status st = reb_case_run(out, s, by, number, false, false, merge, &into, err);
    if (st == REB_OK) reb_case_tell(s, into, by->now_us);
    return st;
}

static reb_status unmerge(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    (void)arg;
    if (d->state.stage != REB_STAGE_MERGED) {
        reb_fail(err, REB_E_CONFLICT, "Case C-%" PRId64 " is not merged into another.", d->number);
        return REB_E_CONFLICT;
    }
    int64_t winner_number = 0;
    reb_case_key at;
    int64_t winner_id = d->state.merged_case_id;
    reb_case_event_add(d, REB_CASE_UNMERGED, "")->other_id = winner_id;
    reb_status st = reb_case_end(d, s, err);
    if (st == REB_OK) st = reb_case_number_of(&winner_number, s, winner_id, err);
    if (st == REB_OK) st = reb_case_find(&at, s, winner_number, err);
    if (st == REB_OK) st = also(d, s, &at, REB_CASE_LET_GO, d->key.case_id, 0, err);
    /* Where that one was merged on, its receipt is told anew up the chain. */
    for (int step = 0; st == REB_OK && step < 1000; step++) {
        reb_case_state c;
        st = reb_case_load(&c, s, d->arena, &at, err);
        if (st != REB_OK || c.stage != REB_STAGE_MERGED) break;
        int64_t below = at.case_id;
        int64_t opened_us = c.opened_us;
        st = reb_case_number_of(&winner_number, s, c.merged_case_id, err);
        if (st == REB_OK) st = reb_case_find(&at, s, winner_number, err);
        if (st == REB_OK) st = also(d, s, &at, REB_CASE_LET_GO, below, 0, err);
        if (st == REB_OK) st = also(d, s, &at, REB_CASE_TOOK_IN, below, opened_us, err);
    }
    return st;
}

reb_status reb_case_unmerge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, unmerge, NULL, err);
}

static reb_status identify(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    int64_t customer_id = *(const int64_t *)arg;
    reb_customer_state c = {0};
    reb_status st = REB_OK;
    if (d->state.anonymous && customer_id != 0) {
        reb_fail(err, REB_E_CONFLICT, "Whoever sent C-%" PRId64 " does not want to be known.", d->number);
        reb_err_next(err, "They can tell who they are through the status page.");
        return REB_E_CONFLICT;
    }
    if (customer_id != 0) st = reb_customer_state_get(&c, s, customer_id, err);
    if (st != REB_OK) return st;
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    if (d->state.whom_id == c.head_id) return REB_OK;
    reb_case_event_add(d, REB_CASE_IDENTIFIED, "")->other_id = c.head_id;
    return reb_case_end(d, s, err);
}

reb_status reb_case_identify(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t customer_id, reb_err *err) {
    return reb_case_run(out, s, by, number, false, true, identify, &customer_id, err);
}
