#include "today_duties.h"

#include "../domain/consent.h"
#include "../domain/contact_rule.h"
#include "../domain/promise.h"
#include "../domain/standing.h"
#include "today_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *reb_duty_kind_name(reb_duty_kind k) {
    static const char *const names[REB_DUTY_KINDS] = {"not_right", "clock", "promise_broken", "promise_due", "rebound", "answer"};
    return names[k];
}

typedef struct looking {
    reb_duties *out;
    reb_store *store;
    const reb_policy *policy;
    const reb_sight *sight;
    const reb_voice *voice;
    int64_t now_us, day_end_us;
} looking;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for what is due.");
}

static const char *copy(const looking *l, const char *text) {
    const char *c = reb_arena_strdup(l->voice->arena, text != NULL ? text : "");
    return c != NULL ? c : "";
}

/* Somebody without a name is called by their number in the system they came from. */
static reb_status number_of(reb_duty *d, const looking *l, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    char id[24];
    const char *shown = NULL;
    reb_status st = reb_query(&q, l->store, REB_SQL_TODAY_IDENTITIES, REB_ARGS(reb_i(d->customer_id)), err);
    while (st == REB_OK && shown == NULL && (st = reb_step(q, &row, err)) == REB_OK && row)
        if (strcmp(reb_col_text(q, 0), "external") == 0) shown = copy(l, reb_col_text(q, 3));
    reb_stmt_close(q);
    snprintf(id, sizeof id, "%" PRId64, d->customer_id);
    d->name = reb_text_customer(l->voice, shown != NULL ? shown : id);
    return st;
}

/* The customer's name and ways; *spoken_us when somebody last spoke with them. */
static reb_status who(reb_duty *d, int64_t *spoken_us, const looking *l, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool found = false;
    *spoken_us = 0;
    d->name = d->phone = d->email = "";
    if (customer_id == 0) return REB_OK;
    reb_status st = reb_get_i64(&d->customer_id, &found, l->store, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(customer_id)), err);
    if (st == REB_OK && found) st = reb_query(&q, l->store, REB_SQL_DUTY_SUMMARY, REB_ARGS(reb_i(d->customer_id)), err);
    if (st == REB_OK && found) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        d->name = copy(l, reb_col_text(q, 0));
        d->email = copy(l, reb_col_text(q, 1));
        d->phone = copy(l, reb_col_text(q, 2));
        if (d->name[0] == '\0') d->name = d->email[0] != '\0' ? d->email : d->phone;
        *spoken_us = reb_col_i64(q, 3);
    }
    reb_stmt_close(q);
    return st == REB_OK && row && d->name[0] == '\0' ? number_of(d, l, err) : st;
}

/* Whom no customer is known for is called as they told us when they complained. */
static reb_status person_of(reb_duty *d, const looking *l, int64_t holder_id, int64_t case_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, l->store, REB_SQL_DUTY_PERSON, REB_ARGS(reb_i(holder_id), reb_i(case_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        if (d->name[0] == '\0') d->name = copy(l, reb_col_text(q, 0));
        if (d->phone[0] == '\0') d->phone = copy(l, reb_col_text(q, 1));
        if (d->email[0] == '\0') d->email = copy(l, reb_col_text(q, 2));
    }
    reb_stmt_close(q);
    return st;
}

static reb_status one_text(const char **out, const looking *l, reb_sql query, int64_t customer_id, int64_t case_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = "";
    reb_status st = reb_query(&q, l->store, query, REB_ARGS(reb_i(customer_id), reb_i(case_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) *out = copy(l, reb_col_text(q, 0));
    reb_stmt_close(q);
    return st;
}

/* What is their own, their team's customer's, or nobody's yet. */
static reb_status sees(bool *out, const looking *l, int64_t head_id, int64_t person_id, reb_err *err) {
    *out = l->sight == NULL || head_id == 0 || (person_id != 0 && person_id == l->sight->user_id);
    return *out ? REB_OK : reb_sight_sees(out, l->store, l->sight, head_id, err);
}

/* The best answer to that question. */
static const char *most(const reb_voice *v, const char *kind) {
    reb_survey_kind k = REB_SURVEY_CSAT;
    reb_survey_kind_from_name(&k, kind);
    return reb_voice_count(v, reb_survey_most(k));
}

static void say(reb_duty *d, const looking *l) {
    const reb_voice *v = l->voice;
    char number[32];
    snprintf(number, sizeof number, "C-%" PRId64, d->case_number);
    const char *name = d->name[0] != '\0' ? d->name : number;
    switch (d->kind) {
        case REB_DUTY_NOT_RIGHT: d->text = reb_say_duty_not_right(v, .name = name); break;
        case REB_DUTY_CLOCK:
            d->text = d->over ? reb_say_duty_clock_over(v, .name = name, .clock = d->word)
                              : reb_say_duty_clock(v, .name = name, .clock = d->word);
            break;
        case REB_DUTY_PROMISE_BROKEN: d->text = reb_say_duty_promise_broken(v, .name = name, .kind = d->word); break;
        case REB_DUTY_PROMISE_DUE: d->text = reb_say_duty_promise_due(v, .name = name, .kind = d->word); break;
        case REB_DUTY_REBOUND: d->text = reb_say_duty_rebound(v, .name = name); break;
        case REB_DUTY_ANSWER:
            d->text =
                reb_say_duty_answer(v, .name = name, .kind = d->word, .score = reb_voice_count(v, d->score), .most = most(v, d->word));
            break;
        case REB_DUTY_KINDS: break;
    }
}

/* A case whose customer is to be called at once is not told a second time for its clock. */
static bool called_already(const looking *l, int64_t number) {
    for (size_t i = 0; i < l->out->count; i++)
        if (l->out->items[i].kind == REB_DUTY_NOT_RIGHT && l->out->items[i].case_number == number) return true;
    return false;
}

static void add(looking *l, const reb_duty *d) {
    reb_duty *to = &l->out->items[l->out->count++];
    *to = *d;
    say(to, l);
}

/* Rows of number, customer_id, case_id, whom_id, assignee_id, due_us or decided_us, word. */
static reb_status of_cases(looking *l, reb_duty_kind kind, reb_stmt *q, reb_err *err) {
    bool row = true;
    int64_t told = 0;
    reb_status st = REB_OK;
    while (st == REB_OK && told < REB_DUTIES_EACH && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_duty d = {.kind = kind, .case_number = reb_col_i64(q, 0), .due_us = reb_col_i64(q, 5), .word = copy(l, reb_col_text(q, 6))};
        int64_t holder_id = reb_col_i64(q, 1);
        int64_t case_id = reb_col_i64(q, 2);
        int64_t whom_id = reb_col_i64(q, 3);
        int64_t assignee_id = reb_col_i64(q, 4);
        int64_t spoken_us = 0;
        bool may = false;
        st = who(&d, &spoken_us, l, whom_id, err);
        if (st == REB_OK) st = sees(&may, l, d.customer_id, assignee_id, err);
        if (st != REB_OK || !may) continue;
        bool calls = kind == REB_DUTY_REBOUND || kind == REB_DUTY_NOT_RIGHT;
        if (calls && spoken_us > d.due_us) continue; /* somebody has called since */
        if (kind == REB_DUTY_CLOCK && called_already(l, d.case_number)) {
            if (l->sight == NULL) l->out->totals[kind]--;
            continue;
        }
        if (d.name[0] == '\0' || d.phone[0] == '\0') st = person_of(&d, l, holder_id, case_id, err);
        if (st == REB_OK) st = one_text(&d.what, l, REB_SQL_DUTY_SUBJECT, holder_id, case_id, err);
        if (st != REB_OK) break;
        d.over = kind == REB_DUTY_NOT_RIGHT || (kind == REB_DUTY_CLOCK && d.due_us < l->now_us);
        add(l, &d);
        told++;
    }
    reb_stmt_close(q);
    if (kind != REB_DUTY_CLOCK || l->sight != NULL) l->out->totals[kind] = told;
    return st;
}

static reb_status of_promises(looking *l, reb_duty_kind kind, reb_stmt *q, reb_err *err) {
    bool row = true;
    int64_t told = 0;
    reb_status st = REB_OK;
    while (st == REB_OK && told < REB_DUTIES_EACH && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_promise p;
        reb_duty d = {.kind = kind};
        reb_promise_said said = {0};
        int64_t spoken_us = 0;
        bool may = false;
        if (!reb_promise_read(&p, q, l->voice->arena)) {
            st = no_memory(err);
            break;
        }
        if (kind == REB_DUTY_PROMISE_DUE && p.due_us > l->day_end_us) break;
        d.promise_id = p.promise_id;
        d.case_number = p.case_number;
        d.due_us = p.due_us;
        d.word = reb_promise_kind_name(p.kind);
        d.over = kind == REB_DUTY_PROMISE_BROKEN;
        st = who(&d, &spoken_us, l, p.customer_id, err);
        if (st == REB_OK) st = sees(&may, l, d.customer_id, p.owner_id, err);
        if (st != REB_OK || !may) continue;
        d.what = p.product;
        if (strcmp(p.origin, "order") != 0) {
            st = reb_promise_words(&said, l->store, l->voice->arena, &p, err);
            d.what = said.text;
        }
        if (st != REB_OK) break;
        add(l, &d);
        told++;
    }
    reb_stmt_close(q);
    if (kind == REB_DUTY_PROMISE_DUE || l->sight != NULL) l->out->totals[kind] = told;
    return st;
}

/* Which ways to reach them they have closed; the newest statement of each kind stands. */
static reb_status closed_ways(unsigned *closed, const looking *l, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    char before[REB_CONSENT_TEXT] = "";
    *closed = 0;
    reb_status st = reb_query(&q, l->store, REB_SQL_CUSTOMER_FACTS, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) { /* by fact, the newest first */
        const char *fact = reb_col_text(q, 0);
        bool first = strncmp(fact, before, sizeof before - 1) != 0;
        snprintf(before, sizeof before, "%s", fact);
        if (first) *closed |= reb_contact_closed(fact, reb_col_text(q, 1), REB_ITEM_FEEDBACK);
    }
    reb_stmt_close(q);
    return st;
}

/* Is the bad answer still the last thing between us? Not when a better one, a complaint or a decision has come since: those have their own
   call. */
static reb_status still_last(bool *out, const looking *l, int64_t head_id, reb_err *err) {
    reb_arena a = {0};
    reb_standing_view view;
    reb_status st = reb_standing_of(&view, l->store, &a, l->policy->business, head_id, l->now_us, err);
    *out = st == REB_OK && view.standing.last_kind == REB_MOMENT_ANSWER_BAD;
    reb_arena_free(&a);
    return st;
}

static bool told_already(const looking *l, const reb_duty *d) {
    for (size_t i = 0; i < l->out->count; i++)
        if (l->out->items[i].kind == d->kind && l->out->items[i].customer_id == d->customer_id) return true;
    return false;
}

/* Rows of invitation_id, whom_id, case_number, kind, score, changed_us, comment. */
static reb_status of_answers(looking *l, reb_stmt *q, reb_err *err) {
    bool row = true;
    int64_t told = 0;
    reb_status st = REB_OK;
    while (st == REB_OK && told < REB_DUTIES_EACH && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_duty d = {.kind = REB_DUTY_ANSWER,
                      .case_number = reb_col_i64(q, 2),
                      .word = copy(l, reb_col_text(q, 3)),
                      .score = reb_col_i64(q, 4),
                      .due_us = reb_col_i64(q, 5),
                      .what = copy(l, reb_col_text(q, 6))};
        int64_t spoken_us = 0;
        unsigned closed = 0;
        bool may = false;
        bool last = false;
        st = who(&d, &spoken_us, l, reb_col_i64(q, 1), err);
        if (st != REB_OK || d.customer_id == 0 || spoken_us > d.due_us || told_already(l, &d)) continue;
        st = sees(&may, l, d.customer_id, 0, err);
        if (st == REB_OK && may) st = closed_ways(&closed, l, d.customer_id, err);
        if (st != REB_OK || !may || closed == REB_WAY_ALL) continue; /* erased, or asked not to be contacted */
        st = still_last(&last, l, d.customer_id, err);
        if (st != REB_OK || !last) continue;
        if (closed & REB_WAY_PHONE) d.phone = "";
        if (closed & REB_WAY_EMAIL) d.email = "";
        add(l, &d);
        told++;
    }
    reb_stmt_close(q);
    l->out->totals[REB_DUTY_ANSWER] = told;
    return st;
}

reb_status reb_duties_read(reb_duties *out, reb_store *s, const reb_policy *p, const reb_sight *sight, const reb_voice *v, int64_t now_us,
                           reb_err *err) {
    const reb_zone *zone = p->business->zone;
    int64_t day = reb_business_day(p->business, now_us);
    looking l = {
        .out = out, .store = s, .policy = p, .sight = sight, .voice = v, .now_us = now_us, .day_end_us = reb_zone_day_start(zone, day + 1)};
    int64_t since_us = now_us - REB_STANDING_BROKEN_DAYS * REB_US_PER_DAY;
    enum { LOOKED = REB_DUTIES_EACH * 10 }; /* rows looked at for those that the reader may see */
    reb_stmt *q = NULL;
    *out = (reb_duties){.items = reb_arena_zalloc(v->arena, REB_DUTIES_EACH * REB_DUTY_KINDS, sizeof *out->items)};
    reb_status st = out->items != NULL ? REB_OK : no_memory(err);
    if (st == REB_OK && sight == NULL)
        st = reb_get_i64(&out->totals[REB_DUTY_CLOCK], NULL, s, REB_SQL_DUTY_CLOCK_COUNT, REB_ARGS(reb_i(l.day_end_us)), err);
    if (st == REB_OK && sight == NULL)
        st = reb_get_i64(&out->totals[REB_DUTY_PROMISE_BROKEN], NULL, s, REB_SQL_DUTY_BROKEN_COUNT,
                         REB_ARGS(reb_i(since_us), reb_i(now_us)), err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_DUTY_NOT_RIGHT, REB_ARGS(reb_i(LOOKED)), err);
    if (st == REB_OK) st = of_cases(&l, REB_DUTY_NOT_RIGHT, q, err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_DUTY_CLOCKS, REB_ARGS(reb_i(l.day_end_us), reb_i(LOOKED)), err);
    if (st == REB_OK) st = of_cases(&l, REB_DUTY_CLOCK, q, err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_DUTY_BROKEN, REB_ARGS(reb_i(since_us), reb_i(now_us), reb_i(LOOKED)), err);
    if (st == REB_OK) st = of_promises(&l, REB_DUTY_PROMISE_BROKEN, q, err);
    if (st == REB_OK)
        st = reb_query(&q, s, REB_SQL_PROMISE_LIST_OPEN, REB_ARGS(reb_i(now_us), reb_i(INT64_MIN), reb_i(INT64_MIN), reb_i(LOOKED)), err);
    if (st == REB_OK) st = of_promises(&l, REB_DUTY_PROMISE_DUE, q, err);
    if (st == REB_OK)
        st = reb_query(&q, s, REB_SQL_DUTY_REBOUNDS,
                       REB_ARGS(reb_i(now_us - REB_DUTY_REBOUND_UNTIL_DAYS * REB_US_PER_DAY),
                                reb_i(now_us - REB_DUTY_REBOUND_FROM_DAYS * REB_US_PER_DAY), reb_i(LOOKED)),
                       err);
    if (st == REB_OK) st = of_cases(&l, REB_DUTY_REBOUND, q, err);
    if (st == REB_OK)
        st = reb_query(&q, s, REB_SQL_DUTY_ANSWERS,
                       REB_ARGS(reb_i(now_us - REB_DUTY_ANSWER_UNTIL_DAYS * REB_US_PER_DAY), reb_i(now_us),
                                reb_i(reb_survey_unhappy_most(REB_SURVEY_CSAT)), reb_i(reb_survey_unhappy_most(REB_SURVEY_NPS)),
                                reb_i(reb_survey_unhappy_most(REB_SURVEY_CES)), reb_i(LOOKED)),
                       err);
    if (st == REB_OK) st = of_answers(&l, q, err);
    return st == REB_OK && v->arena->failed ? no_memory(err) : st;
}

void reb_duties_json(reb_json *w, const char *key, const reb_duties *d) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (size_t i = 0; i < d->count; i++) {
        const reb_duty *x = &d->items[i];
        reb_json_obj(w);
        reb_json_kstr(w, "kind", reb_duty_kind_name(x->kind));
        if (x->case_number != 0) reb_json_ki64(w, "case", x->case_number);
        if (x->promise_id != 0) reb_json_kid(w, "promise_id", x->promise_id);
        if (x->customer_id != 0) reb_json_kid(w, "customer_id", x->customer_id);
        reb_json_kstr(w, "name", x->name);
        reb_json_kstr(w, "phone", x->phone);
        reb_json_kstr(w, "what", x->what);
        reb_json_kstr(w, "word", x->word);
        reb_json_kstr(w, "text", x->text);
        reb_json_ktime(w, "due_at", x->due_us);
        reb_json_kbool(w, "over", x->over);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}
