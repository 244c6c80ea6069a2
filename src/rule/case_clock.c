/* The clocks of a case, folded from its log. First which clock ran from when to when (the events decide), then by when it was due (its
   calendar decides, with every pause taken out). A deadline is always reckoned from the start over what is left after each pause, never by
   adding the pause's length to it: so a week-end within a pause counts once. */
#include "case_state.h"
#include "clock.h"

#include "../base/clock.h"

#include <cjson/cJSON.h>
#include <string.h>

#define MINUTE_US INT64_C(60000000)

typedef struct fold {
    reb_case_clock *out;
    int64_t room, count;
    const reb_case_event *events;
    int64_t event_count;
    const reb_case_terms *terms;
    int64_t term_count;
    int64_t term;  /* in force */
    int64_t at_us; /* of the event being looked at, never before the one before it */
    int64_t seq;   /* its number */
    int64_t received_us;
    bool opened, acknowledged, answered, closed, merged, referred;
    bool solved;                         /* told how it was decided, or closed; until it is opened again */
    bool law_met;                        /* the same before the law, which an appeal asks nothing anew of */
    int64_t withdrawn_seq;               /* since which decision it is withdrawn or a duplicate; 0: it is not */
    int64_t answered_seq;                /* of our newest answer */
    int64_t round_seq, round_us;         /* since when a solution is owed anew; 0: since the receipt */
    int64_t law_seq, law_us;             /* the same before the law */
    int64_t took_seq;                    /* the taking in by which the law waits again, though this case's own was met; 0 */
    int64_t lapsed_seq[REB_CLOCK_KINDS]; /* when a clock stopped because this kind of complaint has no such target; 0 */
    bool full;                           /* more clocks than room */
} fold;

/* ---- the log in order of time ---- */

/* Imported logs may tell an event after one that happened later: it counts from then on. */
static int64_t not_before(int64_t us, int64_t at_us) {
    return at_us > us ? at_us : us;
}

/* Whether an event begins waiting for the customer (1), ends it (-1) or leaves it (0). */
static int waits(const reb_case_event *e) {
    switch (e->kind) {
        case REB_CASE_WAITING: return strcmp(e->word, "customer") == 0 ? 1 : -1;
        case REB_CASE_ATTACHED: return reb_case_heard(e) ? -1 : 0;
        case REB_CASE_RESUMED:
        case REB_CASE_MESSAGE_IN:
        case REB_CASE_DECIDED:
        case REB_CASE_COMMUNICATED:
        case REB_CASE_CLOSED:
        case REB_CASE_REFERRED:
        case REB_CASE_REOPENED:
        case REB_CASE_MERGED:
        case REB_CASE_UNMERGED: return -1;
        default: return 0;
    }
}

typedef struct pauses { /* walks over the times of waiting for the customer */
    const reb_case_event *events;
    int64_t count, i, at_us;
} pauses;

/* The next one; *to_us is INT64_MAX when it lasts still. */
static bool next_pause(int64_t *from_us, int64_t *to_us, pauses *p) {
    bool waiting = false;
    for (; p->i < p->count; p->i++) {
        p->at_us = not_before(p->at_us, p->events[p->i].at_us);
        int w = waits(&p->events[p->i]);
        if (w > 0 && !waiting) {
            waiting = true;
            *from_us = p->at_us;
        } else if (w < 0 && waiting) {
            *to_us = p->at_us;
            p->i++;
            return true;
        }
    }
    *to_us = INT64_MAX;
    return waiting;
}

/* ---- which clock ran from when to when ---- */

static bool is_open(const reb_case_clock *c) {
    return c->ended_us == 0;
}

/* Is the law of a case that was taken in still with this one at that event? */
static bool law_holds(const reb_case_law *law, int64_t seq) {
    return law->from_seq <= seq && (law->until_seq == 0 || law->until_seq > seq);
}

static const reb_clock_target *target_of(const fold *f, reb_clock_kind kind) {
    const reb_case_terms *t = &f->terms[f->term];
    for (int64_t i = 0; i < t->target_count; i++)
        if (t->targets[i].kind == kind && t->targets[i].amount > 0) return &t->targets[i];
    for (int64_t i = 0; kind == REB_CLOCK_REGULATORY && i < f->terms[0].law_count; i++)
        if (law_holds(&f->terms[0].laws[i], f->seq)) return &f->terms[0].laws[i].target;
    return NULL;
}

static reb_case_clock *open_clock(const fold *f, reb_clock_kind kind) {
    for (int64_t i = f->count; i-- > 0;)
        if (f->out[i].kind == kind && is_open(&f->out[i])) return &f->out[i];
    return NULL;
}

static int64_t rounds(const fold *f, reb_clock_kind kind) {
    int64_t n = 0;
    for (int64_t i = 0; i < f->count; i++) n += f->out[i].kind == kind;
    return n;
}

static void start(fold *f, reb_clock_kind kind, int64_t started_us) {
    const reb_clock_target *target = target_of(f, kind);
    if (target == NULL || open_clock(f, kind) != NULL) return;
    if (f->count == f->room) {
        f->full = true;
        return;
    }
    int64_t round = rounds(f, kind) + 1;
    f->out[f->count++] = (reb_case_clock){.kind = kind,
                                          .round = round,
                                          .state = REB_CLOCK_RUNNING,
                                          .started_us = started_us,
                                          .started_seq = f->seq,
                                          .target = *target,
                                          .term = f->term};
}

static void end_one(fold *f, reb_case_clock *c, reb_clock_state state) {
    c->state = state;
    c->ended_us = not_before(c->started_us, f->at_us);
    c->ended_seq = f->seq;
}

static void end(fold *f, reb_clock_kind kind, reb_clock_state state) {
    reb_case_clock *c = open_clock(f, kind);
    if (c != NULL) end_one(f, c, state);
}

/* Nothing of the answers owed until now is owed any more. */
static void forget_lapsed(fold *f) {
    for (int k = 0; k < REB_CLOCK_KINDS; k++) f->lapsed_seq[k] = 0;
}

static void stop_all(fold *f) {
    for (int64_t i = 0; i < f->count; i++)
        if (is_open(&f->out[i])) end_one(f, &f->out[i], REB_CLOCK_STOPPED);
}

/* ---- what is owed ----

   Clocks stop for reasons that may turn out not to hold: the case is taken out of a merge, a withdrawal was a mistake, it is of another
   kind after all, somebody outside gives it back. What is owed then goes on from its own start. So after every event a case that is ours
   and not solved has a solution clock, and one that the law waits for has the law's clock, wherever there is such a target. */

static bool is_ours(const fold *f) {
    return f->opened && !f->closed && !f->merged && !f->referred && f->withdrawn_seq == 0;
}

static void go_on(const fold *f, reb_case_clock *c, const reb_clock_target *target) {
    c->state = REB_CLOCK_RUNNING;
    c->ended_us = 0;
    c->ended_seq = 0;
    c->target = *target;
    c->term = f->term;
}

static void owe(fold *f, reb_clock_kind kind, int64_t since_seq, int64_t from_us) {
    const reb_clock_target *target = target_of(f, kind);
    if (target == NULL || open_clock(f, kind) != NULL) return;
    for (int64_t i = f->count; i-- > 0;) {
        if (f->out[i].kind != kind) continue;
        if (f->out[i].state != REB_CLOCK_STOPPED || f->out[i].started_seq < since_seq) break;
        go_on(f, &f->out[i], target);
        return;
    }
    start(f, kind, from_us);
}

static void see_what_is_owed(fold *f) {
    if (!is_ours(f)) return;
    if (!f->solved) owe(f, REB_CLOCK_SOLUTION, f->round_seq, f->round_seq != 0 ? f->round_us : f->received_us);
    if (!f->law_met) owe(f, REB_CLOCK_REGULATORY, f->law_seq, f->law_seq != 0 ? f->law_us : f->received_us);
}

static bool is_answer(reb_clock_kind k) {
    return k == REB_CLOCK_ACKNOWLEDGE || k == REB_CLOCK_FIRST_ANSWER || k == REB_CLOCK_NEXT_ANSWER;
}

/* Answers whose clocks were stopped at these events and that nobody has given meanwhile are owed as before. */
static void owe_answers(fold *f, reb_clock_kind kind, int64_t since_seq, int64_t until_seq) {
    for (int64_t i = 0; i < f->count; i++) {
        reb_case_clock *c = &f->out[i];
        const reb_clock_target *target = target_of(f, c->kind);
        bool given = c->kind == REB_CLOCK_ACKNOWLEDGE ? f->acknowledged : f->answered_seq > c->ended_seq;
        if (c->kind != kind || c->state != REB_CLOCK_STOPPED || c->ended_seq < since_seq || c->ended_seq > until_seq || given) continue;
        if (target != NULL && open_clock(f, kind) == NULL) go_on(f, c, target);
    }
}

static void owe_all_answers(fold *f, int64_t since_seq) {
    for (int k = 0; k < REB_CLOCK_KINDS; k++)
        if (is_answer((reb_clock_kind)k)) owe_answers(f, (reb_clock_kind)k, since_seq, f->seq);
}

static void start_first_round(fold *f) {
    if (!f->acknowledged) start(f, REB_CLOCK_ACKNOWLEDGE, f->received_us);
    if (!f->answered) start(f, REB_CLOCK_FIRST_ANSWER, f->received_us);
    see_what_is_owed(f);
}

static void start_answer(fold *f, int64_t from_us) {
    bool next = target_of(f, REB_CLOCK_NEXT_ANSWER) != NULL;
    if (open_clock(f, REB_CLOCK_FIRST_ANSWER) != NULL) return; /* the first answer is owed already, and outranks the next */
    start(f, next ? REB_CLOCK_NEXT_ANSWER : REB_CLOCK_FIRST_ANSWER, from_us);
}

static void answer(fold *f) {
    f->acknowledged = true;
    f->answered = true;
    f->answered_seq = f->seq;
    end(f, REB_CLOCK_ACKNOWLEDGE, REB_CLOCK_MET);
    end(f, REB_CLOCK_FIRST_ANSWER, REB_CLOCK_MET);
    end(f, REB_CLOCK_NEXT_ANSWER, REB_CLOCK_MET);
}

static void solve(fold *f) {
    end(f, REB_CLOCK_SOLUTION, REB_CLOCK_MET);
    end(f, REB_CLOCK_REGULATORY, REB_CLOCK_MET);
    f->solved = true;
    if (f->withdrawn_seq == 0) f->law_met = true;
}

static void decide(fold *f, const reb_case_event *e) {
    if (f->referred) { /* somebody outside has decided: it is ours again, to be told and carried out; what the law asked is behind us */
        f->referred = f->solved = false;
        f->law_met = true;
        f->round_seq = f->seq;
        f->round_us = f->at_us;
    }
    if (strcmp(e->word, "withdrawn") == 0 || strcmp(e->word, "duplicate") == 0) {
        if (f->withdrawn_seq == 0) f->withdrawn_seq = f->seq;
        stop_all(f);
    } else if (f->withdrawn_seq != 0) { /* by mistake: nothing has stopped */
        int64_t since_seq = f->withdrawn_seq;
        f->withdrawn_seq = 0;
        if (!f->closed && !f->merged) owe_all_answers(f, since_seq);
    }
}

static void reopen(fold *f, const reb_case_event *e) {
    bool anew = strcmp(e->word, "customer") == 0 || strcmp(e->word, "appeal") == 0;
    f->closed = f->referred = f->solved = false;
    f->round_seq = f->seq;
    f->round_us = f->at_us;
    if (strcmp(e->word, "delivery_failed") ==
        0) { /* what could not be delivered was never said: the law's time has run since the receipt */
        f->law_met = false;
        if (f->took_seq != 0) f->took_seq = f->law_seq = 0;
    } else if (f->withdrawn_seq != 0 && anew) { /* who takes back a withdrawal complains anew */
        f->law_seq = f->seq;
        f->law_us = f->at_us;
    }
    f->withdrawn_seq = 0;
    start_answer(f, f->at_us);
}

static int64_t last_merged_seq(const fold *f, int64_t before) {
    for (int64_t i = before; i-- > 0;)
        if (f->events[i].kind == REB_CASE_MERGED) return f->events[i].seq;
    return 0;
}

/* The earliest receipt of the case and of all that it took in and has not let go again, up to the event numbered `until`. */
static int64_t earliest_receipt(const fold *f, int64_t until) {
    int64_t earliest = INT64_MAX;
    for (int64_t i = 0; i <= until; i++) {
        const reb_case_event *e = &f->events[i];
        if (e->kind == REB_CASE_OPENED && e->at_us < earliest) earliest = e->at_us;
        if (e->kind != REB_CASE_TOOK_IN || e->until_us == 0 || e->until_us >= earliest) continue;
        bool kept = true;
        for (int64_t k = i + 1; k <= until; k++)
            if (f->events[k].other_id == e->other_id && f->events[k].kind == REB_CASE_LET_GO) kept = false;
        if (kept) earliest = e->until_us;
    }
    return earliest;
}

static void move_receipt(fold *f, int64_t until) {
    f->received_us = earliest_receipt(f, until);
    for (int64_t i = 0; i < f->count; i++) {
        reb_case_clock *c = &f->out[i];
        if (is_open(c) && c->round == 1 && c->kind != REB_CLOCK_NEXT_ANSWER) c->started_us = f->received_us;
    }
}

/* The time of 64 bits that stands as text in an event's data; 0: none. */
static int64_t time_of(const reb_case_event *e, const char *member) {
    int64_t us = 0;
    cJSON *data = e->data != NULL ? cJSON_Parse(e->data) : NULL;
    const char *p = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, member));
    for (; p != NULL && *p >= '0' && *p <= '9' && us < INT64_MAX / 10 - 1; p++) us = us * 10 + (*p - '0');
    cJSON_Delete(data);
    return us;
}

/* What the case that is taken in was still owed is owed here: an answer since then, and what the law asks of it. */
static void take_in(fold *f, int64_t i) {
    move_receipt(f, i);
    int64_t waits_us = time_of(&f->events[i], "waits");
    if (waits_us != 0 && f->opened && !f->closed && !f->merged) start_answer(f, waits_us);
    for (int64_t k = 0; k < f->terms[0].law_count; k++) {
        if (f->terms[0].laws[k].from_seq != f->seq || !f->law_met) continue;
        f->law_met = false; /* though this one's own was met */
        f->took_seq = f->law_seq = f->seq;
        f->law_us = f->terms[0].laws[k].since_us;
    }
}

static void let_go(fold *f, int64_t i) {
    reb_case_clock *law = open_clock(f, REB_CLOCK_REGULATORY);
    bool own = target_of(f, REB_CLOCK_REGULATORY) != NULL;
    for (int64_t k = 0; k < f->terms[0].law_count; k++)
        if (f->terms[0].laws[k].until_seq == f->seq && f->terms[0].laws[k].from_seq == f->took_seq) {
            f->took_seq = 0;
            f->law_met = true; /* it was met before the other one came */
            own = false;
        }
    if (law != NULL && !own) end_one(f, law, REB_CLOCK_STOPPED);
    move_receipt(f, i);
}

/* The case turned out to be of another kind: what is still open is measured by that kind's targets from its own start. What has no target
   there stops, and goes on from its own start when the kind is corrected again and it is still owed. */
static void take_terms(fold *f, int64_t term) {
    f->term = term;
    for (int64_t i = 0; i < f->count; i++) {
        reb_case_clock *c = &f->out[i];
        if (!is_open(c)) continue;
        const reb_clock_target *target = target_of(f, c->kind);
        if (target == NULL) {
            end_one(f, c, REB_CLOCK_STOPPED);
            f->lapsed_seq[c->kind] = f->seq;
        } else {
            c->target = *target;
            c->term = term;
        }
    }
    if (f->closed || f->merged) return;
    for (int k = 0; k < REB_CLOCK_KINDS; k++)
        if (is_answer((reb_clock_kind)k) && f->lapsed_seq[k] != 0) owe_answers(f, (reb_clock_kind)k, f->lapsed_seq[k], f->lapsed_seq[k]);
    if (is_ours(f)) start_first_round(f);
}

static void look_at(fold *f, int64_t i) {
    const reb_case_event *e = &f->events[i];
    switch (e->kind) {
        case REB_CASE_OPENED:
            if (f->opened) break;
            f->opened = true;
            f->received_us = e->at_us;
            start_first_round(f);
            break;
        case REB_CASE_ACKNOWLEDGED:
            f->acknowledged = true;
            end(f, REB_CLOCK_ACKNOWLEDGE, REB_CLOCK_MET);
            break;
        case REB_CASE_MESSAGE_OUT:
            if (strcmp(e->who, "rule") != 0) answer(f);
            break;
        case REB_CASE_ATTACHED:
        case REB_CASE_MESSAGE_IN:
            if (!reb_case_heard(e)) break;
            if (f->opened && !f->closed && !f->merged)
                start_answer(f, f->at_us); /* also where somebody outside decides: we are spoken to */
            break;
        case REB_CASE_COMMUNICATED:
            answer(f);
            solve(f);
            break;
        case REB_CASE_DECIDED: decide(f, e); break;
        case REB_CASE_CLOSED:
            solve(f);
            stop_all(f);
            forget_lapsed(f);
            f->closed = true;
            break;
        case REB_CASE_REFERRED:
            stop_all(f);
            forget_lapsed(f);
            f->referred = true;
            f->closed = false; /* who goes on to somebody outside after the closing */
            break;
        case REB_CASE_REOPENED: reopen(f, e); break;
        case REB_CASE_MERGED:
            stop_all(f);
            f->merged = true;
            break;
        case REB_CASE_UNMERGED:
            f->merged = false;
            if (!f->closed) owe_all_answers(f, last_merged_seq(f, i));
            see_what_is_owed(f);
            move_receipt(f, i);
            break;
        case REB_CASE_TOOK_IN: take_in(f, i); break;
        case REB_CASE_LET_GO: let_go(f, i); break;
        default: break;
    }
    see_what_is_owed(f);
}

/* ---- by when it was due ---- */

typedef struct reckoning {
    const reb_work_calendar *calendar;
    bool working;
} reckoning;

static int64_t between(const reckoning *r, int64_t from_us, int64_t to_us) {
    return r->working ? reb_work_between(r->calendar, from_us, to_us) : to_us > from_us ? to_us - from_us : 0;
}

static int64_t add(const reckoning *r, int64_t from_us, int64_t spend_us) {
    if (r->working) return reb_work_add(r->calendar, from_us, spend_us);
    return spend_us > INT64_MAX - from_us ? INT64_MAX : from_us + spend_us;
}

/* What a clock has to spend: open time, or time. INT64_MAX: no end. */
static int64_t budget_us(const reckoning *r, const reb_case_clock *c) {
    int64_t at = 0;
    switch (c->target.unit) {
        case REB_UNIT_WORKING_DAYS: at = reb_work_add_days(r->calendar, c->started_us, c->target.amount); break;
        case REB_UNIT_CALENDAR_DAYS: at = reb_work_add_calendar_days(r->calendar, c->started_us, c->target.amount); break;
        default: return c->target.amount * MINUTE_US;
    }
    return at == INT64_MAX ? INT64_MAX : between(r, c->started_us, at);
}

/* When a clock has spent so much, pauses taken out. */
static int64_t spent_at(const fold *f, const reckoning *r, const reb_case_clock *c, int64_t spend_us) {
    pauses p = {.events = f->events, .count = f->event_count, .at_us = INT64_MIN};
    int64_t from = 0;
    int64_t to = 0;
    int64_t at = c->started_us;
    if (c->kind == REB_CLOCK_REGULATORY) return add(r, at, spend_us);
    while (next_pause(&from, &to, &p)) {
        if (to <= at) continue;
        if (!is_open(c) && from >= c->ended_us) break;
        if (from < at) from = at; /* it was being waited when this clock started */
        int64_t used = between(r, at, from);
        if (used >= spend_us) break; /* it had run out before */
        if (spend_us != INT64_MAX) spend_us -= used;
        at = from;
        if (to == INT64_MAX || (!is_open(c) && to > c->ended_us)) break;
        at = to;
    }
    return spend_us == INT64_MAX ? INT64_MAX : add(r, at, spend_us);
}

/* Since when an open clock is paused, also one that had run out before; 0 when it is not. */
static int64_t paused_since(const fold *f, const reb_case_clock *c) {
    pauses p = {.events = f->events, .count = f->event_count, .at_us = INT64_MIN};
    int64_t from = 0;
    int64_t to = 0;
    if (!is_open(c) || c->kind == REB_CLOCK_REGULATORY) return 0;
    while (next_pause(&from, &to, &p))
        if (to == INT64_MAX) return from > c->started_us ? from : c->started_us;
    return 0;
}

/* A warning comes while somebody is there: when its time is closed, at the next opening; when that would be too late, an open hour before
   the end at most. */
static int64_t warn_at(const reb_work_calendar *calendar, int64_t warn_us, int64_t due_us, int64_t started_us) {
    if (warn_us == INT64_MAX || reb_work_open_at(calendar, warn_us)) return warn_us;
    int64_t opens = reb_work_next_open(calendar, warn_us);
    if (opens < due_us) return opens;
    int64_t before = reb_work_back(calendar, warn_us, 60 * MINUTE_US);
    if (before >= started_us && before < due_us && reb_work_open_at(calendar, before)) return before;
    before = reb_work_next_open(calendar, started_us);
    return before < due_us ? before : opens;
}

static void reckon_by(const fold *f, reb_case_clock *c, const reb_work_calendar_history *h) {
    const reb_work_calendar_version *v = reb_work_calendar_at(h, is_open(c) ? INT64_MAX : c->ended_us);
    const reckoning r = {v->calendar, c->target.unit == REB_UNIT_WORKING_MINUTES || c->target.unit == REB_UNIT_WORKING_DAYS};
    int64_t budget = budget_us(&r, c);
    int64_t percent = c->target.warn_percent > 0 && c->target.warn_percent < 100 ? c->target.warn_percent : 100;
    int64_t warn = budget == INT64_MAX ? budget : budget / 100 * percent + budget % 100 * percent / 100;
    c->calendar = h->code;
    c->calendar_version = v->version;
    c->due_us = spent_at(f, &r, c, budget);
    if (c->target.unit == REB_UNIT_WORKING_DAYS && c->due_us != INT64_MAX) c->due_us = reb_work_day_end(v->calendar, c->due_us);
    c->warn_us = warn_at(v->calendar, spent_at(f, &r, c, warn), c->due_us, c->started_us);
}

/* The law's clock is the one that is due first, of this case's kind and of those of the cases that it goes on for. */
static void reckon_law(const fold *f, reb_case_clock *c) {
    const reb_case_terms *t = &f->terms[c->term];
    int64_t seq = is_open(c) ? INT64_MAX - 1 : c->ended_seq - 1;
    reb_case_clock best = *c;
    bool found = false;
    for (int64_t i = 0; i < t->target_count; i++)
        if (t->targets[i].kind == REB_CLOCK_REGULATORY && t->targets[i].amount > 0) found = true;
    if (found) reckon_by(f, &best, t->calendars);
    for (int64_t i = 0; i < f->terms[0].law_count; i++) {
        const reb_case_law *law = &f->terms[0].laws[i];
        reb_case_clock one = *c;
        if (!law_holds(law, seq)) continue;
        one.target = law->target;
        one.started_us = law->since_us;
        reckon_by(f, &one, law->calendars);
        if (!found || one.due_us < best.due_us) best = one;
        found = true;
    }
    if (!found) reckon_by(f, &best, t->calendars);
    *c = best;
}

static void reckon(const fold *f, reb_case_clock *c) {
    if (c->kind == REB_CLOCK_REGULATORY && f->terms[0].law_count > 0)
        reckon_law(f, c);
    else
        reckon_by(f, c, f->terms[c->term].calendars);
    c->paused_since_us = paused_since(f, c);
    if (c->paused_since_us != 0) c->state = REB_CLOCK_PAUSED;
}

reb_status reb_case_clocks(reb_case_clock *out, int64_t room, int64_t *count, const reb_case_event *events, int64_t event_count,
                           const reb_case_terms *terms, int64_t term_count, reb_err *err) {
    fold f = {.out = out,
              .room = room,
              .events = events,
              .event_count = event_count,
              .terms = terms,
              .term_count = term_count,
              .at_us = INT64_MIN};
    *count = 0;
    if (term_count == 0) return REB_OK; /* nothing is measured */
    for (int64_t i = 0; i < event_count; i++) {
        f.at_us = not_before(f.at_us, events[i].at_us);
        f.seq = events[i].seq;
        int64_t term = f.term;
        while (term + 1 < term_count && terms[term + 1].from_seq <= f.seq) term++;
        if (term != f.term) take_terms(&f, term);
        look_at(&f, i);
    }
    *count = f.count;
    if (f.full) return reb_fail(err, REB_E_INPUT, "The case has more than %lld clocks.", (long long)room);
    for (int64_t i = 0; i < f.count; i++) reckon(&f, &out[i]);
    return REB_OK;
}

void reb_clock_left(int64_t *open_us, int64_t *absolute_us, const reb_case_clock *c, const reb_work_calendar_history *calendars,
                    int64_t now_us) {
    *open_us = *absolute_us = INT64_MAX;
    if (c->due_us == INT64_MAX) return;
    const reb_work_calendar *calendar = reb_work_calendar_at(calendars, INT64_MAX)->calendar;
    int64_t at = c->state == REB_CLOCK_PAUSED ? c->paused_since_us : now_us;
    *absolute_us = c->due_us - at;
    *open_us = c->due_us >= at ? reb_work_between(calendar, at, c->due_us) : -reb_work_between(calendar, c->due_us, at);
}

const reb_case_clock *reb_clock_next_due(const reb_case_clock *clocks, int64_t count) {
    const reb_case_clock *first = NULL;
    for (int64_t i = 0; i < count; i++) {
        if (clocks[i].state != REB_CLOCK_RUNNING) continue;
        if (first == NULL || clocks[i].due_us < first->due_us) first = &clocks[i];
    }
    return first;
}
