/* Changing a setting, and what hangs on it: the day of every event on the time zone, all money on the currency. */
#include "business.h"
#include "derive.h"
#include "policy.h"
#include "work_calendar_store.h"
#include "zone_rules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE = 20000 };

typedef struct moved {
    int64_t customer_id[PAGE];
    int64_t event_id[PAGE];
    int64_t occurred_us[PAGE];
    int64_t day[PAGE];
    size_t count;
} moved;

/* An event that stands at the very start of its day came as a date without a time: it keeps its day and moves its instant.
   All others keep their instant and may fall on another day. */
static bool move_event(int64_t *occurred_us, int64_t *day, const reb_zone *before, const reb_zone *after) {
    int64_t old_us = *occurred_us;
    int64_t old_day = *day;
    if (reb_zone_day_start(before, old_day) == old_us) {
        *occurred_us = reb_zone_day_start(after, old_day);
    } else {
        *day = reb_zone_day(after, old_us);
    }
    return *occurred_us != old_us || *day != old_day;
}

static reb_status move_page(moved *m, bool *more, int64_t *last_customer, int64_t *last_event, reb_store *s, const reb_zone *before,
                            const reb_zone *after, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    size_t seen = 0;
    m->count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_DERIVE_NEXT_EVENT_DAYS, REB_ARGS(reb_i(*last_customer), reb_i(*last_event), reb_i(PAGE)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        *last_customer = reb_col_i64(q, 0);
        *last_event = reb_col_i64(q, 1);
        int64_t us = reb_col_i64(q, 2);
        int64_t day = reb_col_i64(q, 3);
        seen++;
        if (!move_event(&us, &day, before, after)) continue;
        m->customer_id[m->count] = *last_customer;
        m->event_id[m->count] = *last_event;
        m->occurred_us[m->count] = us;
        m->day[m->count++] = day;
    }
    reb_stmt_close(q);
    *more = seen == PAGE;
    if (st != REB_OK) return st;
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = m->customer_id},
                                  {.kind = REB_COL_I64, .i64 = m->event_id},
                                  {.kind = REB_COL_I64, .i64 = m->occurred_us},
                                  {.kind = REB_COL_I64, .i64 = m->day}};
    return reb_exec_many(s, REB_SQL_DERIVE_MOVE_EVENT, columns, 4, m->count, NULL, NULL, NULL, err);
}

static reb_status move_days(int64_t *events_moved, reb_store *s, const reb_zone *before, const reb_zone *after, reb_err *err) {
    moved *m = malloc(sizeof *m);
    if (m == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to change the time zone.");
    int64_t last_customer = INT64_MIN;
    int64_t last_event = INT64_MIN;
    bool more = true;
    reb_status st = REB_OK;
    *events_moved = 0;
    while (st == REB_OK && more) {
        st = move_page(m, &more, &last_customer, &last_event, s, before, after, err);
        *events_moved += (int64_t)m->count;
    }
    free(m);
    return st;
}

typedef struct one {
    reb_setting key;
    const char *value; /* NULL: back to the default */
    reb_setting_change change;
} one;

typedef struct set_job {
    one *wishes;
    size_t count;
    const char *who;
    int64_t now_us;
} set_job;

static reb_status write_value(reb_store *s, const one *w, const set_job *job, reb_err *err) {
    const char *key = reb_setting_rules[w->key].key;
    if (w->value == NULL) return reb_exec(s, REB_SQL_SETTING_DELETE, REB_ARGS(reb_t(key)), NULL, err);
    return reb_exec(s, REB_SQL_SETTING_PUT_BY, REB_ARGS(reb_t(key), reb_t(w->change.after), reb_i(job->now_us), reb_t(job->who)), NULL,
                    err);
}

/* What stands now, without refusing a stored value that is wrong: that is just what is being mended. */
static reb_status read_before(reb_store *s, one *w, reb_err *err) {
    const reb_setting_rule *rule = &reb_setting_rules[w->key];
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t(rule->key)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK) snprintf(w->change.before, REB_SETTING_TEXT, "%s", row ? reb_col_text(q, 0) : rule->fallback);
    reb_stmt_close(q);
    return st;
}

/* What stands until now may be what clocks were reckoned by. A stored value that cannot be read was never reckoned by: it is being mended.
 */
static reb_status business_hours_change(reb_store *s, reb_err *err) {
    reb_business *before = NULL;
    reb_err unread = {0};
    reb_status st = reb_business_load(&before, s, &unread);
    if (st == REB_OK)
        st = reb_work_calendar_before_settings(s, before, err);
    else if (st == REB_E_STORE)
        st = REB_OK;
    else if (err != NULL)
        *err = unread;
    reb_business_free(before);
    return st;
}

static reb_status set_one(reb_store *s, one *w, const set_job *job, reb_err *err) {
    reb_zone *before = NULL;
    reb_business *b = NULL;
    reb_status st = read_before(s, w, err);
    bool differs = strcmp(w->change.before, w->change.after) != 0;
    bool opens = differs && (w->key == REB_SETTING_TIMEZONE || w->key == REB_SETTING_WORKING_DAYS || w->key == REB_SETTING_DAYS_OFF);
    bool derives = differs && (w->key == REB_SETTING_TIMEZONE || w->key == REB_SETTING_CURRENCY);
    if (st == REB_OK && differs && w->key == REB_SETTING_TIMEZONE) st = reb_zone_rules_business(&before, s, w->change.before, err);
    if (st == REB_OK && opens) st = business_hours_change(s, err);
    if (st == REB_OK) st = write_value(s, w, job, err);
    if (st == REB_OK && (derives || opens)) st = reb_business_load(&b, s, err);
    if (st == REB_OK && before != NULL) st = reb_zone_rules_keep_business(s, b->zone, err);
    if (st == REB_OK && before != NULL) st = move_days(&w->change.events_moved, s, before, b->zone, err);
    if (st == REB_OK && derives) st = reb_derive_all(NULL, s, b, NULL, NULL, err);
    if (st == REB_OK && opens) st = reb_work_calendar_after_settings(s, b, job->now_us, err);
    reb_business_free(b);
    reb_zone_close(before);
    return st;
}

/* Do the settings contradict each other? What cannot be read at all is told elsewhere. */
static reb_status contradiction(reb_store *s, reb_err *err) {
    reb_policy p = {0};
    reb_err e = {0};
    reb_status st = reb_policy_read(&p, s, &e);
    reb_policy_free(&p);
    if (st != REB_E_INPUT) return REB_OK;
    if (err != NULL) *err = e;
    return st;
}

static reb_status set_work(reb_store *s, void *ctx, reb_err *err) {
    set_job *job = ctx;
    bool sound = contradiction(s, NULL) == REB_OK;
    reb_status st = REB_OK;
    for (size_t i = 0; i < job->count && st == REB_OK; i++) st = set_one(s, &job->wishes[i], job, err);
    return st == REB_OK && sound ? contradiction(s, err) : st;
}

static reb_status check_wish(one *w, const reb_setting_wish *wish, reb_err *err) {
    *w = (one){.value = wish->value};
    if (!reb_setting_find(&w->key, wish->key)) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no setting \"%.60s\".", wish->key);
        reb_err_next(err, "rebound set lists them.");
        return REB_E_NOT_FOUND;
    }
    if (wish->value != NULL) return reb_setting_check(w->change.after, w->key, wish->value, err);
    snprintf(w->change.after, REB_SETTING_TEXT, "%s", reb_setting_rules[w->key].fallback);
    return REB_OK;
}

reb_status reb_settings_set(reb_setting_change *changes, reb_store *s, const reb_setting_wish *wishes, size_t count, const char *who,
                            int64_t now_us, reb_err *err) {
    set_job job = {.wishes = calloc(count + 1, sizeof *job.wishes), .count = count, .who = who, .now_us = now_us};
    if (job.wishes == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to change settings.");
    reb_status st = REB_OK;
    for (size_t i = 0; i < count && st == REB_OK; i++) st = check_wish(&job.wishes[i], &wishes[i], err);
    if (st == REB_OK) st = reb_store_write(s, set_work, &job, err);
    for (size_t i = 0; i < count && st == REB_OK && changes != NULL; i++) changes[i] = job.wishes[i].change;
    free(job.wishes);
    return st;
}

reb_status reb_setting_set(reb_setting_change *change, reb_store *s, const char *key, const char *value, int64_t now_us, reb_err *err) {
    return reb_settings_set(change, s, &(reb_setting_wish){.key = key, .value = value}, 1, "", now_us, err);
}
