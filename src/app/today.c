#include "today.h"

#include "../domain/history.h"
#include "../domain/holdout.h"
#include "../domain/keeper.h"
#include "../domain/standing.h"
#include "../text/format.h"
#include "import_sample.h"
#include "today_contact.h"
#include "today_people.h"
#include "today_text.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WORTH_MUCH_ONE_IN = 10, NEGLECT_LEAST_OBSERVED = 30, HELD_FOR_DAYS = 90, WRONG_FOR_DAYS = 365, WINBACK_FROM_DAYS = 30 };
#define NEGLECT_LEAST_ALIVE 0.5
#define WINBACK_MOST_ALIVE 0.5 /* rather gone than not */

/* Somebody whom a kind fits. */
typedef struct candidate {
    int64_t head;
    reb_item_kind kind;
    int64_t x;
    int64_t silent;
    double rhythm_days;
    int64_t last_day;
    int64_t spoken_day; /* INT64_MIN: never */
    int64_t last_amount;
    double usual_amount;
    double correction; /* of what is at stake in a call, by the business's own past */
    double basis;      /* what the effect is taken of: at stake, or value */
    double effect;     /* likely, faded */
    double fade;
    double gain;
    double per_minute;
    int64_t episode;
    reb_moment_kind bad_kind; /* winback */
    int64_t bad_day;
} candidate;

typedef struct candidates {
    candidate *at;
    size_t count;
    size_t room;
} candidates;

/* All that the making of one list needs. */
typedef struct making {
    reb_today_list *out;
    const reb_today_request *request;
    const reb_policy *policy;
    reb_ids *ids;
    reb_arena *arena;
    reb_voice voice; /* speaks into the arena */
    reb_store *store;
    reb_fit_report fit;
    people people;
    reb_standing_set standing;
    candidates found;
    double worth_much;
    int64_t capacity;
    reb_today_item *items;
    size_t item_room;
    bool reading;      /* in a transaction that may not write: what is to be recorded waits in `pending` */
    bool stale_scores; /* and found that the scores are of another day */
    struct drawn *pending;
    size_t pending_count;
    size_t pending_room;
} making;

/* A draw that is not on record yet. */
typedef struct drawn {
    candidate c;
    bool held;
} drawn;

/* --- candidates --------------------------------------------------------------------------------------------------------------------- */

static reb_status worth_much(making *m, reb_err *err) {
    int64_t valued = 0;
    bool found = false;
    reb_status st = reb_get_i64(&valued, &found, m->store, REB_SQL_TODAY_VALUED, REB_NO_ARGS, err);
    m->worth_much = INFINITY;
    if (st != REB_OK || valued == 0) return st;
    reb_stmt *row_of = NULL;
    bool row = false;
    int64_t place = (valued - 1) / WORTH_MUCH_ONE_IN;
    st = reb_query(&row_of, m->store, REB_SQL_TODAY_THRESHOLD, REB_ARGS(reb_i(place)), err);
    if (st == REB_OK) st = reb_step(row_of, &row, err);
    if (st == REB_OK && row) m->worth_much = reb_col_f64(row_of, 0);
    reb_stmt_close(row_of);
    return st;
}

/* The rules of docs/how-today-decides.md, the first that fits. False: none. */
static bool classify(candidate *c, const making *m, reb_stmt *st, double observed, double p_alive, double value, double stake) {
    const reb_policy *p = m->policy;
    double recency = observed - (double)c->silent;
    if (stake > 0.0 && reb_today_drifts(p_alive, (double)c->x, recency, observed) &&
        reb_today_off_rhythm(p->drift_ratio, (double)c->x, recency, observed)) {
        c->kind = REB_ITEM_CALL;
        c->correction = p_alive < 1.0 ? (1.0 - reb_fit_corrected_alive(&m->fit.calls, p_alive)) / (1.0 - p_alive) : 1.0;
        c->basis = stake * c->correction;
        c->fade = exp2(-((double)c->silent - c->rhythm_days) / p->effect_half_life_days);
        c->episode = c->last_day;
        return true;
    }
    bool recent = c->silent >= p->feedback_from_days && c->silent <= p->feedback_until_days;
    c->last_amount = reb_col_i64(st, 8);
    c->usual_amount = reb_col_f64(st, 9);
    bool unusual = c->x >= 2 && c->usual_amount > 0.0 && (double)c->last_amount >= p->unusual_ratio * c->usual_amount;
    c->basis = value;
    c->fade = 1.0;
    if (recent && value > 0.0 && (c->x == 0 || unusual)) {
        c->kind = REB_ITEM_FEEDBACK;
        c->episode = c->last_day;
        return true;
    }
    c->kind = REB_ITEM_NEGLECTED;
    c->episode = c->spoken_day != INT64_MIN ? c->spoken_day : m->out->day - (int64_t)observed;
    return value >= m->worth_much && value > 0.0 && p_alive >= NEGLECT_LEAST_ALIVE && observed >= NEGLECT_LEAST_OBSERVED &&
           (c->spoken_day == INT64_MIN || m->out->day - c->spoken_day >= p->neglect_days);
}

/* False when a rule keeps this customer off today's list; counted by reason. */
static bool may_be_proposed(making *m, const candidate *c) {
    reb_today_list *l = m->out;
    if (c->spoken_day != INT64_MIN && l->day - c->spoken_day < m->policy->contact_gap_days) {
        l->spoken_recently++;
        return false;
    }
    const person *who = people_find(&m->people, c->head);
    if (who == NULL) return true;
    for (int k = 0; k < REB_ITEM_KINDS; k++) {
        if (who->done_day[k] != INT64_MIN && l->day - who->done_day[k] < m->policy->contact_gap_days) {
            l->spoken_recently++;
            return false;
        }
        /* Left alone under one kind means left alone: another kind would spoil the comparison. */
        if (k != (int)c->kind && who->arm[k] == ARM_HELD && l->day - who->drawn_day[k] < HELD_FOR_DAYS) {
            l->held_out[k]++;
            return false;
        }
    }
    bool wrong =
        who->wrong_day[c->kind] != INT64_MIN && c->last_day <= who->wrong_day[c->kind] && l->day - who->wrong_day[c->kind] < WRONG_FOR_DAYS;
    bool asked = c->kind == REB_ITEM_FEEDBACK && who->done_day[c->kind] != INT64_MIN && c->last_day <= who->done_day[c->kind];
    if (wrong || asked || l->day < who->not_before_day) {
        l->postponed++;
        return false;
    }
    return true;
}

/* First it is put right: whoever has an open case, a broken promise or a bad last event gets no proposal. Whom we lost by the last is won
   back in time: true with that kind set. */
static bool let_be(candidate *c, making *m, double p_alive, double stake) {
    const reb_standing *s = reb_standing_find(&m->standing, c->head);
    if (s == NULL) return false;
    if (s->why != 0) return true;
    if (!reb_standing_bad(s, m->policy->business, c->last_day)) return false;
    c->bad_day = reb_business_day(m->policy->business, s->last_us);
    c->bad_kind = s->last_kind;
    bool lost = p_alive < WINBACK_MOST_ALIVE && stake > 0.0 && m->out->day - c->bad_day >= WINBACK_FROM_DAYS;
    if (!lost) return m->out->day - c->bad_day <= REB_STANDING_BAD_DAYS;
    c->kind = REB_ITEM_WINBACK;
    c->basis = stake;
    c->fade = 1.0;
    c->episode = c->bad_day;
    return true;
}

static reb_status add_candidate(making *m, candidate *c, reb_err *err) {
    m->out->candidates++;
    if (!may_be_proposed(m, c)) return REB_OK;
    c->effect = m->policy->effect[c->kind][0] * c->fade;
    c->gain = c->basis * c->effect;
    c->per_minute = c->gain / m->policy->minutes[c->kind];
    if (m->found.count == m->found.room) {
        size_t room = m->found.room == 0 ? 1024 : m->found.room * 2;
        candidate *bigger = realloc(m->found.at, room * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
        m->found.at = bigger;
        m->found.room = room;
    }
    m->found.at[m->found.count++] = *c;
    return REB_OK;
}

static reb_status take_candidate(making *m, reb_stmt *st, reb_err *err) {
    double recency = reb_col_f64(st, 2);
    double observed = reb_col_f64(st, 3);
    candidate c = {.head = reb_col_i64(st, 0), .x = reb_col_i64(st, 1), .spoken_day = INT64_MIN};
    c.silent = (int64_t)(observed - recency);
    c.rhythm_days = c.x > 0 ? recency / (double)c.x : 0.0;
    c.last_day = m->out->day - c.silent;
    int64_t spoken_us = reb_col_i64(st, 7);
    if (!reb_col_null(st, 7)) c.spoken_day = reb_business_day(m->policy->business, spoken_us);
    double p_alive = reb_col_f64(st, 4);
    double stake = reb_col_f64(st, 6);
    c.kind = REB_ITEM_KINDS;
    if (let_be(&c, m, p_alive, stake)) {
        if (c.kind == REB_ITEM_WINBACK) return REB_OK; /* of these find_lost looks at all */
        if (classify(&c, m, st, observed, p_alive, reb_col_f64(st, 5), stake)) m->out->waiting++;
        return REB_OK;
    }
    return classify(&c, m, st, observed, p_alive, reb_col_f64(st, 5), stake) ? add_candidate(m, &c, err) : REB_OK;
}

/* Those who left after a bad last event, also where no other rule looks any more. */
static reb_status find_lost(making *m, reb_err *err) {
    reb_status status = REB_OK;
    for (size_t i = 0; i < m->standing.room && status == REB_OK; i++) {
        const reb_standing *s = &m->standing.at[i];
        if (s->head_id == 0 || s->why != 0 || s->last_us == 0 || reb_moment_weight(s->last_kind) >= 0.0) continue;
        reb_stmt *st = NULL;
        bool row = false;
        status = reb_query(&st, m->store, REB_SQL_TODAY_LOST, REB_ARGS(reb_i(s->head_id), reb_i(m->out->now_us)), err);
        if (status == REB_OK) status = reb_step(st, &row, err);
        if (status == REB_OK && row) {
            double recency = reb_col_f64(st, 1);
            double observed = reb_col_f64(st, 2);
            candidate c = {.head = s->head_id, .kind = REB_ITEM_KINDS, .x = reb_col_i64(st, 0), .spoken_day = INT64_MIN, .correction = 1.0};
            c.silent = (int64_t)(observed - recency);
            c.rhythm_days = c.x > 0 ? recency / (double)c.x : 0.0;
            c.last_day = m->out->day - c.silent;
            if (!reb_col_null(st, 5)) c.spoken_day = reb_business_day(m->policy->business, reb_col_i64(st, 5));
            if (let_be(&c, m, reb_col_f64(st, 3), reb_col_f64(st, 4)) && c.kind == REB_ITEM_WINBACK) status = add_candidate(m, &c, err);
        }
        reb_stmt_close(st);
    }
    return status;
}

static reb_status find_candidates(making *m, reb_err *err) {
    const reb_policy *p = m->policy;
    reb_stmt *st = NULL;
    bool row = false;
    double bar = isfinite(m->worth_much) ? m->worth_much : 1e300;
    reb_status status = reb_query(&st, m->store, REB_SQL_TODAY_CANDIDATES,
                                  REB_ARGS(reb_f(p->drift_ratio), reb_f(REB_TODAY_WINNABLE_DAYS), reb_f(REB_TODAY_DRIFTING),
                                           reb_f((double)p->feedback_from_days), reb_f((double)p->feedback_until_days), reb_f(bar),
                                           reb_i(m->out->day), reb_i(m->out->now_us)),
                                  err);
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) status = take_candidate(m, st, err);
    reb_stmt_close(st);
    return status;
}

static int by_gain_a_minute(const void *a, const void *b) {
    const candidate *p = a;
    const candidate *q = b;
    if (p->per_minute != q->per_minute) return p->per_minute > q->per_minute ? -1 : 1;
    if (p->gain != q->gain) return p->gain > q->gain ? -1 : 1;
    return p->head < q->head ? -1 : p->head > q->head;
}

/* --- arms ---------------------------------------------------------------------------------------------------------------------------- */

static reb_status insert_arm(making *m, reb_store *s, const candidate *c, bool held, reb_err *err) {
    char ext[REB_ITEM_EXT];
    reb_item_ext(ext, c->head, c->kind, c->episode);
    reb_buf data = {0};
    reb_json w = {.out = &data};
    reb_json_obj(&w);
    reb_json_kstr(&w, "item_kind", reb_item_kind_name(c->kind));
    reb_json_kid(&w, "fit_id", m->fit.fit_id);
    reb_json_ki64(&w, "gain_minor", llround(c->gain));
    reb_json_kf64(&w, "share", m->policy->holdout_share[c->kind]);
    reb_json_obj_end(&w);
    if (data.failed) {
        reb_buf_free(&data);
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    uint64_t hash = reb_hash64(0, reb_buf_cstr(&data), data.len);
    reb_status st = reb_exec(s, REB_SQL_ACT_INSERT,
                             REB_ARGS(reb_i(c->head), reb_i(reb_id_next(m->ids)), reb_t(held ? "held_out" : "shown"), reb_t(ext), reb_i(0),
                                      reb_i(m->out->now_us), reb_i(m->out->day), reb_t(m->policy->currency), reb_i((int64_t)hash),
                                      reb_t(reb_buf_cstr(&data)), reb_i(m->out->now_us)),
                             NULL, err);
    reb_buf_free(&data);
    return st;
}

static reb_status record_arm(making *m, const candidate *c, bool held, reb_err *err) {
    const person *on_record = people_find(&m->people, c->head);
    person_arm arm = held ? ARM_HELD : ARM_SHOWN;
    if (on_record != NULL && on_record->arm[c->kind] == arm && on_record->episode[c->kind] == c->episode) return REB_OK;
    if (!m->reading) return insert_arm(m, m->store, c, held, err);
    if (m->pending_count == m->pending_room) {
        size_t room = m->pending_room == 0 ? 64 : m->pending_room * 2;
        drawn *bigger = realloc(m->pending, room * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
        m->pending = bigger;
        m->pending_room = room;
    }
    m->pending[m->pending_count++] = (drawn){.c = *c, .held = held};
    return REB_OK;
}

static reb_status write_pending(reb_store *s, void *ctx, reb_err *err) {
    making *m = ctx;
    reb_status st = REB_OK;
    for (size_t i = 0; i < m->pending_count && st == REB_OK; i++) st = insert_arm(m, s, &m->pending[i].c, m->pending[i].held, err);
    return st;
}

/* Drawn once: what is on record for this kind stands, whatever the share became since; except that a share of 0 ends the hold-out. */
static bool held_out(const making *m, const candidate *c, const char *key) {
    double share = m->policy->holdout_share[c->kind];
    if (share <= 0.0) return false;
    const person *on_record = people_find(&m->people, c->head);
    if (on_record != NULL && on_record->arm[c->kind] != ARM_NONE) return on_record->arm[c->kind] == ARM_HELD;
    return reb_holdout_draw(m->policy->holdout_salt, c->kind, key, share);
}

/* --- items --------------------------------------------------------------------------------------------------------------------------- */

static void assume(reb_today_item *item, making *m, const candidate *c) {
    static const char *const effects[REB_ITEM_KINDS] = {"effect_call", "effect_feedback", "effect_neglected", "effect_winback"};
    static const char *const minutes[REB_ITEM_KINDS] = {"minutes_call", "minutes_feedback", "minutes_neglected", "minutes_winback"};
    reb_assumption *a = reb_arena_zalloc(m->arena, 5, sizeof *a);
    size_t n = 0;
    if (a == NULL) return;
    a[n++] = (reb_assumption){effects[c->kind], reb_text_effect(&m->voice, c->kind, m->policy->effect[c->kind])};
    if (c->kind == REB_ITEM_CALL)
        a[n++] = (reb_assumption){"effect_half_life_days", reb_text_half_life(&m->voice, m->policy->effect_half_life_days)};
    if (m->fit.margin_origin != REB_MEASURED)
        a[n++] = (reb_assumption){"margin_rate", reb_text_margin(&m->voice, m->fit.score.margin_rate, m->fit.margin_known_share)};
    a[n++] = (reb_assumption){minutes[c->kind], reb_text_minutes(&m->voice, item->minutes)};
    if (m->fit.prior_used) a[n++] = (reb_assumption){"prior", reb_text_prior(&m->voice)};
    item->assumed = a;
    item->assumed_count = n;
}

/* A name for a sentence: no control characters, no line ends. */
static const char *clean_name(making *m, const char *name) {
    reb_buf b = {0};
    reb_format_safe(&b, name, strlen(name));
    if (b.failed) m->arena->failed = true;
    const char *copy = reb_arena_strdup(m->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return copy != NULL ? copy : "";
}

static void tell(reb_today_item *item, making *m, const candidate *c, const reb_today_contact *w) {
    const char *currency = m->policy->currency;
    const char *name = clean_name(m, item->name);
    switch (c->kind) {
        case REB_ITEM_CALL: item->why = reb_text_why_call(&m->voice, name, c->rhythm_days, c->silent); break;
        case REB_ITEM_FEEDBACK:
            item->why = c->x == 0 ? reb_text_why_first(&m->voice, name, c->silent, c->last_amount, currency)
                                  : reb_text_why_unusual(&m->voice, name, c->silent, c->last_amount, c->usual_amount, currency);
            break;
        case REB_ITEM_NEGLECTED:
            item->why = reb_text_why_neglected(&m->voice, name, llround(item->value_minor.value),
                                               c->spoken_day == INT64_MIN ? -1 : m->out->day - c->spoken_day, currency);
            break;
        case REB_ITEM_WINBACK:
            item->why = reb_text_why_winback(&m->voice, name, reb_moment_name(c->bad_kind), m->out->day - c->bad_day);
            item->bad_event = reb_moment_name(c->bad_kind);
            item->bad_days = m->out->day - c->bad_day;
            break;
        case REB_ITEM_KINDS: break;
    }
    bool phone = w->phone != NULL && w->phone[0] != '\0';
    bool email = w->email != NULL && w->email[0] != '\0';
    item->phone_closed = phone && (w->closed & REB_WAY_PHONE) != 0;
    item->email_closed = email && (w->closed & REB_WAY_EMAIL) != 0;
    item->phone = phone && !item->phone_closed ? w->phone : "";
    item->email = email && !item->email_closed ? w->email : "";
    item->what = reb_text_what(&m->voice, c->kind, c->x == 0, item->phone[0] != '\0', item->email[0] != '\0');
}

/* What the business's own past says of those who were as silent: docs/how-today-decides.md. */
static void correct_by_past(reb_today_item *item, const reb_fit_calls *past, double correction) {
    double *const stake[] = {&item->at_stake_minor.value, &item->at_stake_minor.low, &item->at_stake_minor.high};
    double *const alive[] = {&item->p_alive.value, &item->p_alive.low, &item->p_alive.high};
    for (int i = 0; i < 3; i++) {
        *stake[i] *= correction;
        *alive[i] = reb_fit_corrected_alive(past, *alive[i]);
    }
}

static reb_status add_item(making *m, const candidate *c, const reb_today_contact *w, reb_err *err) {
    if (m->out->item_count == m->item_room) {
        size_t room = m->item_room == 0 ? 32 : m->item_room * 2;
        reb_today_item *bigger = reb_arena_alloc(m->arena, room * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
        if (m->items != NULL) memcpy(bigger, m->items, m->out->item_count * sizeof *bigger);
        m->items = bigger;
        m->item_room = room;
        m->out->items = bigger;
    }
    reb_today_item item = {.kind = c->kind,
                           .customer_id = c->head,
                           .episode = c->episode,
                           .name = w->name,
                           .minutes = m->policy->minutes[c->kind],
                           .bad_event = "",
                           .purchase_days = c->x + 1,
                           .last_day = c->last_day,
                           .silent_days = c->silent,
                           .rhythm_days = c->rhythm_days,
                           .last_amount_minor = c->kind == REB_ITEM_FEEDBACK ? c->last_amount : 0,
                           .usual_amount_minor = c->kind == REB_ITEM_FEEDBACK && c->x > 0 ? c->usual_amount : 0.0,
                           .spoken_day = c->spoken_day == INT64_MIN ? 0 : c->spoken_day};
    reb_item_code(item.code, c->head, c->kind, c->episode);
    reb_history h = {0};
    reb_status st = reb_history_read(&h, m->store, c->head, m->out->day, err);
    if (st == REB_OK) st = reb_score_ranges(&item.value_minor, &item.at_stake_minor, &item.p_alive, &m->fit.score, &h, m->out->day, err);
    if (st != REB_OK) return st;
    if (c->kind == REB_ITEM_CALL) correct_by_past(&item, &m->fit.calls, c->correction);
    const reb_estimate *basis = c->kind == REB_ITEM_CALL || c->kind == REB_ITEM_WINBACK ? &item.at_stake_minor : &item.value_minor;
    const double *effect = m->policy->effect[c->kind];
    item.gain_minor = (reb_estimate){
        .value = c->gain, .low = basis->low * effect[1] * c->fade, .high = basis->high * effect[2] * c->fade, .origin = REB_MIXED};
    if (m->fit.margin_origin != REB_MEASURED || m->fit.prior_used) item.value_minor.origin = item.at_stake_minor.origin = REB_MIXED;
    if (m->fit.prior_used) item.p_alive.origin = REB_MIXED;
    tell(&item, m, c, w);
    assume(&item, m, c);
    if (item.why == NULL || item.assumed == NULL || m->arena->failed) return reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
    m->items[m->out->item_count++] = item;
    m->out->used_minutes += item.minutes;
    m->out->gain_minor.value += item.gain_minor.value;
    m->out->gain_minor.low += item.gain_minor.low; /* the effect is one and the same for all: ends add up */
    m->out->gain_minor.high += item.gain_minor.high;
    return REB_OK;
}

/* Down the ranking until the day is full. Whoever is held out takes no minutes. */
static reb_status fill_day(making *m, reb_err *err) {
    reb_today_list *l = m->out;
    for (size_t i = 0; i < m->found.count; i++) {
        const candidate *c = &m->found.at[i];
        bool full = l->used_minutes + m->policy->minutes[c->kind] > (double)m->capacity ||
                    (m->request->limit > 0 && (int64_t)l->item_count >= m->request->limit);
        if (full) {
            l->beyond[c->kind]++;
            continue;
        }
        reb_today_contact w = {0};
        bool sees = false;
        reb_status st = reb_sight_sees(&sees, m->store, m->request->sight, c->head, err);
        if (st == REB_OK && !sees) continue;
        if (st == REB_OK) st = reb_today_contact_read(&w, m->store, &m->voice, c->head, c->kind, m->out->now_us, err);
        if (st != REB_OK) return st;
        if (!reb_today_reachable(&w)) {
            l->unreachable++;
            continue;
        }
        bool held = held_out(m, c, w.key);
        if (!m->request->peek) st = record_arm(m, c, held, err);
        if (st == REB_OK && held) l->held_out[c->kind]++;
        if (st == REB_OK && !held) st = add_item(m, c, &w, err);
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */

static void remark(making *m, reb_remark *remarks, const char *kind, const char *text) {
    if (text != NULL && text[0] != '\0') remarks[m->out->remark_count++] = (reb_remark){kind, text};
}

/* The day of the newest purchase when the shop has been silent for twenty times its usual gap, and two weeks at least; else 0. */
static reb_status no_news_since(int64_t *last_day, making *m, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    *last_day = 0;
    reb_status status = reb_query(&st, m->store, REB_SQL_FIT_SPAN, REB_ARGS(reb_i(m->out->day)), err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK && row && reb_col_i64(st, 2) > 0) {
        int64_t newest = reb_col_i64(st, 1);
        double usual_gap = (double)(newest - reb_col_i64(st, 0)) / (double)reb_col_i64(st, 2);
        double silent = (double)(m->out->day - newest);
        if (silent >= 14 && silent >= 20 * usual_gap) *last_day = newest;
    }
    reb_stmt_close(st);
    return status;
}

/* The newest import that stopped in the middle, or still runs; NULL when there is none. */
static reb_status half_an_import(const char **text, making *m, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    *text = NULL;
    reb_status status = reb_query(&st, m->store, REB_SQL_TODAY_HALF_AN_IMPORT, REB_NO_ARGS, err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK && row) *text = reb_text_remark_half_an_import(&m->voice, reb_col_text(st, 0), reb_col_i64(st, 1));
    reb_stmt_close(st);
    return status;
}

/* Is what the list rests on invented, or some of it? */
static reb_status sample_import(bool *found, making *m, reb_err *err) {
    reb_stmt *st = NULL;
    *found = false;
    reb_status status = reb_query(&st, m->store, REB_SQL_TODAY_SAMPLE_IMPORT, REB_ARGS(reb_t(REB_IMPORT_SAMPLE_SOURCE)), err);
    if (status == REB_OK) status = reb_step(st, found, err);
    reb_stmt_close(st);
    return status;
}

static reb_status add_remarks(making *m, reb_err *err) {
    reb_today_list *l = m->out;
    reb_remark *remarks = reb_arena_zalloc(m->arena, 14, sizeof *remarks);
    if (remarks == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
    l->remarks = remarks;
    int64_t held = 0;
    int64_t beyond = 0;
    for (int k = 0; k < REB_ITEM_KINDS; k++) {
        held += l->held_out[k];
        beyond += l->beyond[k];
    }
    int64_t newest = 0;
    reb_status st = no_news_since(&newest, m, err);
    const char *half = NULL;
    bool sample = false;
    if (st == REB_OK) st = half_an_import(&half, m, err);
    if (st == REB_OK) st = sample_import(&sample, m, err);
    if (st != REB_OK) return st;
    if (sample) remark(m, remarks, "sample", reb_text_remark_sample(&m->voice));
    remark(m, remarks, "half_import", half);
    if (l->item_count > 0 && !(l->gain_minor.high >= 0.5)) remark(m, remarks, "no_money", reb_text_remark_no_money(&m->voice));
    if (newest != 0) remark(m, remarks, "no_news", reb_text_remark_no_news(&m->voice, newest, l->day));
    if (l->closed_today) remark(m, remarks, "closed", reb_text_remark_closed(&m->voice, l->next_working_day));
    if (l->quiet_now && !l->closed_today) remark(m, remarks, "quiet", reb_text_remark_quiet(&m->voice, l->quiet_until_minute));
    if (l->fit_made_now) remark(m, remarks, "fitted", reb_text_remark_fitted(&m->voice));
    if (l->fit_found && l->fit_prior) remark(m, remarks, "prior", reb_text_remark_prior(&m->voice, l->customers));
    if (l->fit_found && l->fit_old) remark(m, remarks, "old_fit", reb_text_remark_old_fit(&m->voice, l->fit_day, l->day));
    if (beyond > 0) remark(m, remarks, "beyond", reb_text_remark_beyond(&m->voice, beyond));
    if (held > 0) remark(m, remarks, "held_out", reb_text_remark_held_out(&m->voice, held));
    if (l->waiting > 0) remark(m, remarks, "waiting", reb_text_remark_waiting(&m->voice, l->waiting));
    if (l->unreachable > 0) remark(m, remarks, "unreachable", reb_text_remark_unreachable(&m->voice, l->unreachable));
    l->sentence = reb_text_list_sentence(&m->voice, l);
    return !m->arena->failed ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left for the list.");
}

static void begin_list(making *m, bool fitted_now) {
    int minute = 0;
    int64_t day = reb_policy_day(m->policy, m->request->now_us, &minute);
    *m->out = (reb_today_list){.now_us = m->request->now_us,
                               .day = day,
                               .currency_digits = m->policy->currency_digits,
                               .business = reb_arena_strdup(m->arena, m->policy->name),
                               .fit_made_now = fitted_now,
                               .capacity_minutes = m->capacity,
                               .closed_today = !reb_is_working_day(&m->policy->working, day),
                               .quiet_now = reb_quiet_now(&m->policy->quiet, minute),
                               .quiet_until_minute = m->policy->quiet.to_minute,
                               .fit_model = "",
                               .gain_minor = {.origin = REB_MIXED}};
    if (m->out->closed_today && !reb_next_working_day(&m->out->next_working_day, &m->policy->working, day)) m->out->next_working_day = 0;
    snprintf(m->out->currency, sizeof m->out->currency, "%s", m->policy->currency);
    m->items = NULL;
    m->item_room = 0;
    m->found.count = 0;
    m->pending_count = 0;
}

static reb_status load_fit(making *m, reb_err *err) {
    reb_today_list *l = m->out;
    reb_status st = reb_fit_load(&m->fit, &l->fit_found, m->store, l->day, err);
    if (st != REB_OK || !l->fit_found) return st;
    l->fit_model = reb_nbd_model_name(m->fit.score.model);
    l->fit_id = m->fit.fit_id;
    l->fit_day = m->fit.as_of_day;
    l->fit_old = l->day - m->fit.as_of_day > REB_FIT_OLD_DAYS;
    l->fit_prior = m->fit.prior_used;
    l->fit_enough = m->fit.enough;
    l->customers = m->fit.customers;
    if (!m->reading) return reb_score_all(m->store, &m->fit, l->day, l->now_us, err);
    bool fresh = false;
    st = reb_score_fresh(&fresh, m->store, &m->fit, l->day, err);
    m->stale_scores = !fresh;
    return st;
}

static reb_status make_list(reb_store *s, void *ctx, reb_err *err) {
    making *m = ctx;
    m->store = s;
    begin_list(m, m->out->fit_made_now);
    reb_status st = load_fit(m, err);
    if (st != REB_OK || m->stale_scores) return st;
    if (m->out->fit_found) {
        st = people_read(&m->people, s, m->out->now_us, m->policy->business->zone, err);
        if (st == REB_OK) st = reb_standing_read(&m->standing, s, m->out->now_us, err);
        if (st == REB_OK) st = worth_much(m, err);
        if (st == REB_OK) st = find_candidates(m, err);
        if (st == REB_OK) st = find_lost(m, err);
        if (st != REB_OK) return st;
        if (m->found.count > 1) qsort(m->found.at, m->found.count, sizeof *m->found.at, by_gain_a_minute);
        st = fill_day(m, err);
    }
    if (st == REB_OK) st = reb_duties_read(&m->out->duties, s, m->policy, m->request->sight, &m->voice, m->out->now_us, err);
    return st == REB_OK ? add_remarks(m, err) : st;
}

/* Makes a fit when there is none as of this day. No purchases at all is no error here: the list says so. */
static reb_status ensure_fit(bool *made, reb_store *s, const reb_policy *p, const reb_today_request *request, reb_err *err) {
    reb_fit_report fit;
    bool found = false;
    *made = false;
    reb_status st = reb_fit_load(&fit, &found, s, reb_policy_day(p, request->now_us, NULL), err);
    if (st != REB_OK || found) return st;
    reb_fit_request wish = {.now_us = request->now_us, .progress = request->progress};
    st = reb_fit_run(&fit, s, &wish, err);
    if (st == REB_E_TOO_LITTLE) {
        if (err != NULL) *err = (reb_err){0};
        return REB_OK;
    }
    *made = st == REB_OK;
    return st;
}

reb_status reb_today(reb_today_list *out, reb_store *s, const reb_today_request *request, reb_ids *ids, reb_arena *arena, reb_err *err) {
    reb_policy policy = {0};
    bool made = false;
    *out = (reb_today_list){0};
    making m = {.out = out,
                .request = request,
                .policy = &policy,
                .ids = ids,
                .arena = arena,
                .voice = {arena, request->locale, request->commands}};
    reb_status st = reb_policy_read(&policy, s, err);
    if (st == REB_OK) st = ensure_fit(&made, s, &policy, request, err);
    if (st == REB_OK) {
        out->fit_made_now = made;
        m.capacity = request->capacity_minutes >= 0 ? request->capacity_minutes : policy.capacity_minutes;
        /* The list is made without writing, so that many may read it at once, and a draw is recorded in a short transaction of its own: it
           is a pure function, and the log's key keeps it single, so nothing can come between. Only a new day's scores take a long one. */
        m.reading = true;
        st = reb_store_read(s, make_list, &m, err);
        m.reading = false;
        if (st == REB_OK && m.stale_scores) {
            m.stale_scores = false;
            st = reb_store_write(s, make_list, &m, err);
        } else if (st == REB_OK && m.pending_count > 0) {
            st = reb_store_write(s, write_pending, &m, err);
        }
    }
    people_free(&m.people);
    reb_standing_free(&m.standing);
    free(m.found.at);
    free(m.pending);
    reb_policy_free(&policy);
    return st;
}
