#include "tick.h"

#include "../domain/case_log.h"
#include "gesture.h"
#include "promise.h"
#include "survey.h"

#include "../domain/work_calendar_store.h"

/* New rules of time zones come first: what is due goes by them. The tasks after it still see the business as it was loaded, until next
 * time. */
static reb_status zone_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    reb_work_zones_renewed renewed;
    (void)ids;
    reb_status st = reb_work_zones_renew(&renewed, s, b, now_us, err);
    *did = renewed.moved;
    return st;
}

const reb_tick_task reb_tick_tasks[] = {
    {"zone", zone_tick},           {"case", reb_case_tick},     {"promise", reb_promise_tick},
    {"gesture", reb_gesture_tick}, {"survey", reb_survey_tick}, {NULL, NULL},
};

reb_status reb_tick(bool *busy, int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    reb_lease *lease = NULL;
    reb_err why = {0};
    *busy = false;
    reb_status st = reb_lease_take(&lease, s, "tick", &why);
    if (st == REB_E_BUSY) {
        *busy = true;
        return REB_OK;
    }
    if (st == REB_OK && reb_case_keep_up(NULL, s, b, &why) != REB_OK) st = why.code; /* what a release before this one folded otherwise */
    if (st != REB_OK && err != NULL) *err = why;
    if (lease == NULL) return st;
    for (size_t i = 0; reb_tick_tasks[i].name != NULL; i++) {
        int64_t n = 0;
        reb_err trouble = {0};
        reb_status one = reb_tick_tasks[i].work(&n, s, b, now_us, ids, &trouble);
        if (did != NULL) did[i] = n;
        if (one == REB_OK || st != REB_OK) continue;
        st = one;
        if (err != NULL) *err = trouble;
    }
    reb_lease_end(lease);
    return st;
}
