/* Clocks that are warned of and escalated, each once and within open hours; waiting whose end has come. */
#include "case_internal.h"
#include "tick.h"

#include "../domain/outbox.h"
#include "../domain/person.h"
#include "../domain/standard.h"
#include "../domain/work_calendar_store.h"
#include "../text/voice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAGE = 200, CALENDARS = 32 };

typedef struct due_clock {
    reb_case_key key;
    int64_t clock_no, round, due_us;
    char kind[20], calendar[48];
} due_clock;

typedef struct ticking {
    reb_store *s;
    const reb_business *business;
    reb_ids *ids;
    int64_t now_us;
    int64_t boss_id; /* -1: not looked for yet */
    reb_arena arena;
    struct {
        char code[48];
        bool open;
    } calendars[CALENDARS]; /* that were looked at */
    size_t calendar_count;
} ticking;

/* Is the calendar open just now? */
static reb_status is_open(bool *open, ticking *t, const char *code, reb_err *err) {
    for (size_t i = 0; i < t->calendar_count; i++)
        if (strcmp(t->calendars[i].code, code) == 0) {
            *open = t->calendars[i].open;
            return REB_OK;
        }
    reb_work_calendar_history h;
    reb_arena a = {0}; /* its versions are many, and only one answer is kept of them */
    reb_status st = reb_work_calendars_load(&h, t->s, &a, t->business, code, err);
    if (st == REB_OK) *open = reb_work_open_at(reb_work_calendar_at(&h, INT64_MAX)->calendar, t->now_us);
    reb_arena_free(&a);
    if (st == REB_OK && t->calendar_count < CALENDARS) {
        snprintf(t->calendars[t->calendar_count].code, sizeof t->calendars[0].code, "%s", code);
        t->calendars[t->calendar_count++].open = *open;
    }
    return st;
}

static reb_status find_boss(ticking *t, reb_err *err) {
    const char *email = reb_business_text(t->business, REB_SETTING_CASE_ESCALATE_TO);
    reb_person p;
    int64_t one = 0;
    bool found = false;
    reb_status st = REB_OK;
    if (t->boss_id >= 0) return REB_OK;
    t->boss_id = 0;
    if (email[0] != '\0') st = reb_person_by_email(&p, &found, t->s, email, err);
    if (st == REB_OK && found) st = reb_get_i64(&one, &found, t->s, REB_SQL_CASE_PERSON_ABLE, REB_ARGS(reb_i(p.user_id)), err);
    if (st == REB_OK && found) t->boss_id = p.user_id;
    if (st == REB_OK && t->boss_id == 0) st = reb_get_i64(&t->boss_id, &found, t->s, REB_SQL_CASE_BOSS, REB_NO_ARGS, err);
    return st;
}

/* A mail to a colleague, in their language; nothing where mail is not set up. It names no customer. */
static reb_status write_to(ticking *t, const reb_case_doing *d, const due_clock *k, int64_t user_id, bool late, reb_err *err) {
    reb_person p;
    bool found = false;
    int64_t outbox_id = 0;
    reb_status st = user_id != 0 ? reb_person_get(&p, &found, t->s, user_id, err) : REB_OK;
    if (st != REB_OK || !found || p.disabled_us != 0 || p.email[0] == '\0') return st;
    const reb_locale shop = reb_business_locale(t->business);
    reb_locale l = shop;
    if (p.language[0] != '\0') reb_locale_parse(&l, p.language, strlen(p.language), &shop);
    const reb_voice v = {.arena = d->arena, .locale = &l};
    const char *number = reb_arena_printf(d->arena, "C-%" PRId64, d->at_number);
    int64_t day = reb_business_day(t->business, k->due_us);
    const char *when =
        reb_say_mail_when(&v, .day = reb_voice_day(&v, day), .time = reb_voice_time(&v, reb_zone_minute(t->business->zone, k->due_us)));
    const char *key =
        reb_arena_printf(d->arena, "warn:%" PRId64 ":%s:%" PRId64 ":%d:%" PRId64, d->at_number, k->kind, k->round, late, user_id);
    const char *says =
        late ? reb_say_mail_case_late(&v, .number = number, .when = when) : reb_say_mail_case_soon(&v, .number = number, .when = when);
    const char *url = reb_business_text(t->business, REB_SETTING_PUBLIC_URL);
    const char *text = url[0] != '\0' ? reb_arena_printf(d->arena, "%s\n\n%s/#/cases/%" PRId64 "\n", says, url, d->at_number) : says;
    const reb_outgoing m = {.case_id = 0,
                            .number = d->at_number,
                            .to = p.email,
                            .subject = says,
                            .text = text,
                            .language = reb_language_code(l.language),
                            .kind = "staff",
                            .key = key};
    if (key == NULL || text == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    return reb_outbox_add(&outbox_id, t->s, t->ids, &m, t->now_us, err);
}

typedef struct warning {
    ticking *t;
    const due_clock *k;
    bool did;
} warning;

static reb_status warn(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    warning *w = *(warning *const *)arg;
    const due_clock *k = w->k;
    int64_t due_us = 0;
    int64_t put = 0;
    bool runs = false;
    w->did = false;
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    /* Somebody may have answered since the page was read. */
    reb_status st = reb_get_i64(&due_us, &runs, s, REB_SQL_CASE_CLOCK_DUE,
                                REB_ARGS(reb_i(d->key.customer_id), reb_i(d->key.case_id), reb_t(k->kind), reb_i(k->round)), err);
    bool late = due_us < w->t->now_us;
    if (st != REB_OK || !runs) return st;
    st = reb_exec(s, REB_SQL_CASE_WARNED_PUT,
                  REB_ARGS(reb_i(d->key.customer_id), reb_i(d->key.case_id), reb_t(k->kind), reb_i(k->round), reb_t(late ? "late" : "soon"),
                           reb_i(w->t->now_us)),
                  &put, err);
    if (st != REB_OK || put == 0) return st;
    w->did = true;
    if (!late) return write_to(w->t, d, k, d->state.assignee_id, false, err);
    if (w->t->boss_id == 0) return REB_OK; /* nobody is there to be told: it stands in the list all the same */
    if (d->state.escalated_id != w->t->boss_id && reb_case_may_kind(&d->state, REB_CASE_ESCALATED)) {
        reb_case_event_add(d, REB_CASE_ESCALATED, k->kind)->user_id = w->t->boss_id;
        st = reb_case_end(d, s, err);
    }
    return st == REB_OK ? write_to(w->t, d, k, w->t->boss_id, true, err) : st;
}

static reb_status one_clock(int64_t *did, ticking *t, const due_clock *k, reb_err *err) {
    int64_t number = 0;
    bool open = false;
    warning w = {.t = t, .k = k};
    warning *at = &w;
    const reb_case_by by = {.business = t->business, .ids = t->ids, .now_us = t->now_us, .who = "rule"};
    reb_status st = is_open(&open, t, k->calendar, err);
    if (st != REB_OK || !open) return st;
    st = reb_case_number_of(&number, t->s, k->key.case_id, err);
    if (st == REB_OK && number != 0) st = reb_case_run(NULL, t->s, &by, number, false, true, warn, &at, err);
    *did += st == REB_OK && w.did;
    return st;
}

/* What is wrong with one case stops no other: only what is wrong with the store does. */
static bool its_own_trouble(reb_status st) {
    return st == REB_E_CONFLICT || st == REB_E_LIMIT || st == REB_E_INPUT || st == REB_E_NOT_FOUND;
}

static reb_status clocks(int64_t *did, ticking *t, reb_err *err) {
    static const int64_t k_start = INT64_MIN;
    due_clock *page = reb_arena_zalloc(&t->arena, PAGE, sizeof *page);
    due_clock after = {.key = {.customer_id = k_start, .case_id = k_start}, .clock_no = k_start};
    size_t count = PAGE;
    reb_status failed = REB_OK; /* the first that failed; the others are looked at all the same */
    reb_status st = page != NULL ? find_boss(t, err) : reb_fail(err, REB_E_MEMORY, "No memory left.");
    while (st == REB_OK && count == PAGE) {
        reb_stmt *q = NULL;
        bool row = true;
        count = 0;
        st = reb_query(
            &q, t->s, REB_SQL_CASE_DUE_CLOCKS,
            REB_ARGS(reb_i(t->now_us), reb_i(after.key.customer_id), reb_i(after.key.case_id), reb_i(after.clock_no), reb_i(PAGE)), err);
        while (st == REB_OK && count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row) {
            due_clock *k = &page[count++];
            *k = (due_clock){.key = {.customer_id = reb_col_i64(q, 0), .case_id = reb_col_i64(q, 1)},
                             .clock_no = reb_col_i64(q, 2),
                             .round = reb_col_i64(q, 4),
                             .due_us = reb_col_i64(q, 5)};
            snprintf(k->kind, sizeof k->kind, "%s", reb_col_text(q, 3));
            snprintf(k->calendar, sizeof k->calendar, "%s", reb_col_text(q, 6));
        }
        reb_stmt_close(q);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            reb_err why = {0};
            reb_status one = one_clock(did, t, &page[i], &why);
            if (one != REB_OK && (failed == REB_OK || !its_own_trouble(one))) {
                failed = one;
                if (err != NULL) *err = why;
            }
            if (one != REB_OK && !its_own_trouble(one)) st = one;
        }
        if (count > 0) after = page[count - 1];
    }
    return st == REB_OK ? failed : st;
}

/* Waiting ends on the day it was said to; from then on the clocks go on. */
static reb_status waits(int64_t *did, ticking *t, reb_err *err) {
    struct {
        int64_t number, version;
        char kind[80];
    } page[PAGE];
    size_t count = 0;
    reb_stmt *q = NULL;
    bool row = true;
    const reb_case_by by = {.business = t->business, .ids = t->ids, .now_us = t->now_us, .who = "rule"};
    reb_status st = reb_query(&q, t->s, REB_SQL_CASE_WAITED, REB_ARGS(reb_i(t->now_us), reb_i(PAGE)), err);
    while (st == REB_OK && count < PAGE && (st = reb_step(q, &row, err)) == REB_OK && row) {
        page[count].number = reb_col_i64(q, 2);
        page[count].version = reb_col_i64(q, 4);
        snprintf(page[count].kind, sizeof page[count].kind, "%s", reb_col_text(q, 3));
        count++;
    }
    reb_stmt_close(q);
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        reb_standard *standard = NULL;
        const reb_standard_kind *kind = NULL;
        bool open = true;
        reb_err gone = {0};
        st = reb_standard_get(&standard, t->s, &t->arena, page[i].version, err);
        if (st == REB_OK) kind = reb_standard_kind_find(standard, page[i].kind);
        if (st == REB_OK) st = is_open(&open, t, kind != NULL && kind->calendar != NULL ? kind->calendar : REB_WORK_CALENDAR_MAIN, err);
        if (st != REB_OK || !open) continue;
        st = reb_case_resume(NULL, t->s, &by, page[i].number, &gone);
        if (st == REB_OK) *did += 1;
        if (st == REB_E_CONFLICT) st = REB_OK; /* somebody went on with it meanwhile */
        if (st != REB_OK && err != NULL) *err = gone;
    }
    return st;
}

reb_status reb_case_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    ticking t = {.s = s, .business = b, .ids = ids, .now_us = now_us, .boss_id = -1};
    *did = 0;
    reb_status st = waits(did, &t, err);
    if (st == REB_OK) st = clocks(did, &t, err);
    reb_arena_free(&t.arena);
    return st;
}
