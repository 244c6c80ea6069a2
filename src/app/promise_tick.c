/* Whoever keeps a promise is reminded once, within open hours, before it falls due. */
#include "promise.h"

#include "../base/clock.h"
#include "../domain/notice.h"
#include "../domain/work_calendar_store.h"

#include <inttypes.h>
#include <string.h>

typedef struct reminding {
    const reb_promise *p;
    int64_t now_us;
} reminding;

static reb_status remind_work(reb_store *s, void *ctx, reb_err *err) {
    const reminding *r = ctx;
    int64_t changed = 0;
    reb_buf data = {0};
    reb_json w = {.out = &data};
    reb_status st =
        reb_exec(s, REB_SQL_PROMISE_REMINDED,
                 REB_ARGS(reb_i(r->p->customer_id), reb_i(r->p->promise_id), reb_i(r->p->due_us), reb_i(r->now_us)), &changed, err);
    if (st != REB_OK || changed == 0) return st;
    reb_json_obj(&w);
    reb_json_kid(&w, "promise_id", r->p->promise_id);
    reb_json_kid(&w, "user_id", r->p->owner_id);
    reb_json_ktime(&w, "due_at", r->p->due_us);
    reb_json_obj_end(&w);
    st = data.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.")
                     : reb_notice_add(NULL, s, "promise", reb_buf_cstr(&data), r->now_us, err);
    reb_buf_free(&data);
    return st;
}

/* Is it time? When no more than the stated open time is left, and it is open now: nobody is told at night of what is due at noon. */
static bool time_to_tell(const reb_work_calendar *c, const reb_promise *p, int64_t now_us) {
    if (!reb_work_open_at(c, now_us)) return false;
    return reb_work_between(c, now_us, p->due_us) <= (int64_t)REB_PROMISE_REMIND_MINUTES * 60 * REB_US_PER_SECOND;
}

reb_status reb_promise_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    enum { AHEAD_DAYS = 14, BEHIND_DAYS = 1 }; /* a business may be closed for a while; what broke long ago is on Today */
    reb_arena arena = {0};
    reb_promise *found = NULL;
    size_t count = 0;
    reb_stmt *q = NULL;
    bool row = true;
    (void)ids;
    *did = 0;
    reb_status st = reb_query(&q, s, REB_SQL_PROMISE_TO_REMIND,
                              REB_ARGS(reb_i(now_us - BEHIND_DAYS * REB_US_PER_DAY), reb_i(now_us + AHEAD_DAYS * REB_US_PER_DAY)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (found == NULL) found = reb_arena_zalloc(&arena, 200, sizeof *found);
        if (found == NULL || !reb_promise_read(&found[count++], q, &arena))
            st = reb_fail(err, REB_E_MEMORY, "No memory left for promises.");
    }
    reb_stmt_close(q);
    reb_work_calendar_history h = {0};
    if (st == REB_OK && count > 0) st = reb_work_calendars_load(&h, s, &arena, b, REB_WORK_CALENDAR_MAIN, err);
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        if (!time_to_tell(reb_work_calendar_at(&h, INT64_MAX)->calendar, &found[i], now_us)) continue;
        reminding r = {&found[i], now_us};
        st = reb_store_write(s, remind_work, &r, err);
        *did += st == REB_OK;
    }
    reb_arena_free(&arena);
    return st;
}
