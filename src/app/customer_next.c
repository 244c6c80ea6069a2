/* What Today has proposed for a customer and nobody has answered yet, as long as its reason still holds. Today itself chooses among all
   customers (today.c); here its last choice for this one is told again, with figures of the day. */
#include "customer_internal.h"

#include "today.h"
#include "today_text.h"

#include <math.h>

#define NEGLECT_LEAST_ALIVE 0.5

typedef struct shown {
    reb_item_kind kind;
    int64_t episode;
    int64_t customer_id;
    int64_t at_us;
} shown;

static reb_status read_shown(shown *out, bool *found, const reb_customer_ctx *c, int64_t head_id, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    int64_t answered = 0;
    *found = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_CUSTOMER_SHOWN, REB_ARGS(reb_i(head_id), reb_i(now_us)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        *found = reb_item_ext_read(&out->kind, &out->episode, reb_col_text(q, 1));
        out->customer_id = reb_col_i64(q, 0);
        out->at_us = reb_col_i64(q, 2);
    }
    reb_stmt_close(q);
    if (st == REB_OK && *found)
        st = reb_get_i64(&answered, NULL, c->store, REB_SQL_CUSTOMER_ANSWERED, REB_ARGS(reb_i(head_id), reb_i(out->at_us), reb_i(now_us)),
                         err);
    if (answered > 0) *found = false;
    return st;
}

static const char *say_why(const reb_customer_view *v, const shown *x, const reb_customer_ctx *c, double rhythm_days) {
    const reb_customer_row *r = &v->row;
    int64_t silent = v->rhythm.silent_days;
    const reb_voice voice = {.arena = c->arena, .locale = c->locale};
    switch (x->kind) {
        case REB_ITEM_CALL: return reb_text_why_call(&voice, r->label, rhythm_days, silent);
        case REB_ITEM_FEEDBACK:
            return r->purchase_day_count == 1 ? reb_text_why_first(&voice, r->label, silent, r->net_minor, v->currency) : NULL;
        case REB_ITEM_NEGLECTED: {
            int64_t spoken = r->last_spoken_us == 0 ? -1 : (reb_clock_now(c->clock) - r->last_spoken_us) / REB_US_PER_DAY;
            return reb_text_why_neglected(&voice, r->label, llround(v->value_minor.value), spoken, v->currency);
        }
        case REB_ITEM_WINBACK: {
            const reb_standing *s = &v->standing.standing;
            return reb_text_why_winback(&voice, r->label, reb_moment_name(s->last_kind), v->today - x->episode);
        }
        case REB_ITEM_KINDS: break;
    }
    return NULL;
}

/* The rules of today.c that can have ceased to hold since it was shown. */
static bool still_holds(const reb_customer_view *v, const shown *x, const reb_policy *p) {
    double alive = v->p_alive.value;
    int64_t silent = v->rhythm.silent_days;
    switch (x->kind) {
        case REB_ITEM_CALL: return x->episode == v->row.last_day && v->rhythm.gaps > 0;
        case REB_ITEM_FEEDBACK: return x->episode == v->row.last_day && (double)silent <= (double)p->feedback_until_days;
        case REB_ITEM_NEGLECTED: return alive >= NEGLECT_LEAST_ALIVE;
        case REB_ITEM_WINBACK: /* the same bad event is still the last */
            return v->standing.standing.last_us != 0 && reb_moment_weight(v->standing.standing.last_kind) < 0.0 &&
                   reb_business_day(p->business, v->standing.standing.last_us) == x->episode;
        case REB_ITEM_KINDS: break;
    }
    return false;
}

static reb_status fill(reb_customer_view *v, const shown *x, const reb_customer_ctx *c, const reb_policy *p, reb_err *err) {
    bool winback = x->kind == REB_ITEM_WINBACK;
    if (!still_holds(v, x, p) || (v->standing.standing.why & ~(winback ? (unsigned)REB_STANDING_BAD_LAST : 0u)) != 0) return REB_OK;
    const reb_customer_row *r = &v->row;
    double rhythm_days = r->purchase_day_count > 1 ? (double)(r->last_day - r->first_day) / (double)(r->purchase_day_count - 1) : 0;
    const reb_voice voice = {.arena = c->arena, .locale = c->locale};
    const char *why = say_why(v, x, c, rhythm_days);
    char *code = reb_arena_zalloc(c->arena, REB_ITEM_CODE, 1);
    if (code == NULL) return reb_customer_no_memory(err);
    if (why == NULL) why = reb_say_list_proposed(&voice);
    reb_item_code(code, x->customer_id, x->kind, x->episode);
    bool call = x->kind == REB_ITEM_CALL;
    double fade = call ? exp2(-((double)v->rhythm.silent_days - rhythm_days) / (double)p->effect_half_life_days) : 1.0;
    const reb_estimate *basis = call || winback ? &v->at_stake_minor : &v->value_minor;
    const double *effect = p->effect[x->kind];
    v->next =
        (reb_customer_next){.found = true,
                            .code = code,
                            .kind = reb_item_kind_name(x->kind),
                            .why = why,
                            .what = reb_text_what(&voice, x->kind, r->purchase_day_count == 1, r->phone[0] != '\0', r->email[0] != '\0'),
                            .minutes = p->minutes[x->kind],
                            .gain_minor = {.value = basis->value * effect[0] * fade,
                                           .low = basis->low * effect[1] * fade,
                                           .high = basis->high * effect[2] * fade,
                                           .origin = REB_MIXED}};
    return REB_OK;
}

reb_status reb_customer_fill_next(reb_customer_view *v, const reb_customer_ctx *c, reb_err *err) {
    shown x;
    bool found = false;
    if (!v->estimated) return REB_OK;
    reb_status st = read_shown(&x, &found, c, v->row.customer_id, reb_clock_now(c->clock), err);
    if (st != REB_OK || !found) return st;
    reb_policy policy = {0};
    st = reb_policy_read(&policy, c->store, err);
    if (st == REB_OK) st = fill(v, &x, c, &policy, err);
    reb_policy_free(&policy);
    return st;
}
