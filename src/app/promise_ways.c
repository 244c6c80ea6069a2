/* What helps whoever gives or looks for a promise: times within open hours, and what promises can be filtered by. */
#include "promise.h"

#include "../base/clock.h"
#include "../domain/person.h"
#include "../domain/work_calendar_store.h"

#include <string.h>

/* --- times ---------------------------------------------------------------------------------------------------------------------------- */

static reb_status calendar_now(const reb_work_calendar **out, const reb_promise_ctx *c, reb_err *err) {
    reb_work_calendar_history h = {0};
    reb_status st = reb_work_calendars_load(&h, c->store, c->arena, c->business, REB_WORK_CALENDAR_MAIN, err);
    if (st == REB_OK) *out = reb_work_calendar_at(&h, c->now_us)->calendar;
    return st;
}

/* On the next quarter of an hour, as long as it is open then. */
static int64_t on_the_quarter(const reb_work_calendar *k, int64_t at_us) {
    const int64_t quarter = INT64_C(15) * 60 * REB_US_PER_SECOND;
    if (at_us == INT64_MAX) return at_us;
    int64_t local = reb_work_local_us(k, at_us);
    int64_t round = reb_work_local_instant(k, (local + quarter - 1) / quarter * quarter);
    return reb_work_open_at(k, round - 1) ? round : at_us;
}

reb_status reb_promise_times(reb_promise_time out[REB_PROMISE_TIMES], size_t *count, const reb_promise_ctx *c, reb_err *err) {
    const reb_work_calendar *k = NULL;
    *count = 0;
    reb_status st = calendar_now(&k, c, err);
    if (st != REB_OK) return st;
    int64_t open_us = reb_work_next_open(k, c->now_us);
    if (open_us == INT64_MAX) return REB_OK; /* a calendar that is never open */
    int64_t day_us = reb_work_day_end(k, open_us);
    if (day_us <= c->now_us) day_us = reb_work_add_days(k, c->now_us, 1);
    const reb_promise_time all[REB_PROMISE_TIMES] = {
        {"hours", on_the_quarter(k, reb_work_add(k, c->now_us, REB_PROMISE_TIME_HOURS * INT64_C(3600) * REB_US_PER_SECOND))},
        {"day", day_us},
        {"next", reb_work_add_days(k, open_us, 1)},
        {"days", reb_work_add_days(k, open_us, 3)},
        {"week", reb_work_add_days(k, open_us, 5)},
    };
    for (size_t i = 0; i < REB_PROMISE_TIMES; i++) {
        if (all[i].due_us == INT64_MAX || all[i].due_us <= c->now_us) continue;
        /* Shortly before closing two open hours end tomorrow: in order of time, and none twice. */
        size_t at = *count;
        while (at > 0 && out[at - 1].due_us > all[i].due_us) at--;
        if (at > 0 && out[at - 1].due_us == all[i].due_us) continue;
        memmove(&out[at + 1], &out[at], (*count - at) * sizeof *out);
        out[at] = all[i];
        (*count)++;
    }
    return REB_OK;
}

static void open_hours(reb_json *w, const reb_work_calendar *k, int64_t now_us) {
    int64_t day = reb_work_local_day(k, now_us);
    reb_json_arr(w);
    for (int64_t d = -1; d <= REB_PROMISE_TIME_DAYS; d++) { /* a shift that began yesterday may not be over */
        reb_work_span spans[REB_WORK_SPANS_MOST];
        int64_t n = reb_work_day_spans(spans, REB_WORK_SPANS_MOST, k, day + d);
        for (int64_t i = 0; i < n; i++) {
            if (spans[i].to_us <= now_us) continue;
            reb_json_obj(w);
            reb_json_ktime(w, "from", spans[i].from_us > now_us ? spans[i].from_us : now_us);
            reb_json_ktime(w, "to", spans[i].to_us);
            reb_json_obj_end(w);
        }
    }
    reb_json_arr_end(w);
}

reb_status reb_promise_times_json(reb_json *w, const reb_promise_ctx *c, reb_err *err) {
    reb_promise_time times[REB_PROMISE_TIMES];
    size_t count = 0;
    const reb_work_calendar *k = NULL;
    reb_status st = reb_promise_times(times, &count, c, err);
    if (st == REB_OK) st = calendar_now(&k, c, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_key(w, "times");
    reb_json_arr(w);
    for (size_t i = 0; i < count; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "code", times[i].code);
        reb_json_ktime(w, "due_at", times[i].due_us);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "open");
    open_hours(w, k, c->now_us);
    reb_json_obj_end(w);
    return REB_OK;
}

/* --- choices -------------------------------------------------------------------------------------------------------------------------- */

enum { CHOICES_MOST = 100 };

static reb_status words(reb_json *w, const char *key, const reb_promise_ctx *c, reb_sql query, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, c->store, query, REB_ARGS(reb_i(CHOICES_MOST)), err);
    reb_json_key(w, key);
    reb_json_arr(w);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) reb_json_str(w, reb_col_text(q, 0));
    reb_json_arr_end(w);
    reb_stmt_close(q);
    return st;
}

static reb_status keepers(reb_json *w, const reb_promise_ctx *c, reb_err *err) {
    int64_t ids[CHOICES_MOST];
    size_t n = 0;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_PROMISE_OWNERS, REB_ARGS(reb_i(CHOICES_MOST)), err);
    while (st == REB_OK && n < CHOICES_MOST && (st = reb_step(q, &row, err)) == REB_OK && row) ids[n++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    reb_json_key(w, "keepers");
    reb_json_arr(w);
    for (size_t i = 0; i < n && st == REB_OK; i++) {
        reb_person p;
        bool found = false;
        st = reb_person_get(&p, &found, c->store, ids[i], err);
        if (st != REB_OK || !found) continue;
        reb_json_obj(w);
        reb_json_kid(w, "id", ids[i]);
        reb_json_kstr(w, "name", p.name[0] != '\0' ? p.name : p.email);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    return st;
}

reb_status reb_promise_choices_json(reb_json *w, const reb_promise_ctx *c, reb_err *err) {
    reb_json_obj(w);
    reb_status st = words(w, "products", c, REB_SQL_PROMISE_PRODUCTS, err);
    if (st == REB_OK) st = words(w, "branches", c, REB_SQL_PROMISE_BRANCHES, err);
    if (st == REB_OK) st = words(w, "employees", c, REB_SQL_PROMISE_EMPLOYEES, err);
    if (st == REB_OK) st = words(w, "channels", c, REB_SQL_PROMISE_CHANNELS, err);
    if (st == REB_OK) st = keepers(w, c, err);
    reb_json_obj_end(w);
    return st;
}
