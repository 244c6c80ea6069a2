/* Gestures as JSON, the same for the API, the command line and the console. */
#include "case_internal.h"
#include "gesture_internal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void kid_or_null(reb_json *w, const char *key, int64_t id) {
    if (id != 0) {
        reb_json_kid(w, key, id);
    } else {
        reb_json_knull(w, key);
    }
}

static void ktime_or_null(reb_json *w, const char *key, int64_t time_us) {
    if (time_us != 0) {
        reb_json_ktime(w, key, time_us);
    } else {
        reb_json_knull(w, key);
    }
}

static void range(reb_json *w, const char *key, const reb_guard_range *r, const char *origin) {
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_ki64(w, "value", r->likely);
    reb_json_ki64(w, "low", r->low);
    reb_json_ki64(w, "high", r->high);
    reb_json_kstr(w, "origin", origin);
    reb_json_obj_end(w);
}

static void chance(reb_json *w, const reb_guard_range *r) {
    reb_json_key(w, "chance");
    reb_json_obj(w);
    reb_json_kf64(w, "value", (double)r->likely / (double)REB_GUARD_ONE);
    reb_json_kf64(w, "low", (double)r->low / (double)REB_GUARD_ONE);
    reb_json_kf64(w, "high", (double)r->high / (double)REB_GUARD_ONE);
    reb_json_kstr(w, "origin", "assumed");
    reb_json_obj_end(w);
}

/* What the standards say a thing costs is how the business has set it; whether a voucher is used is not known. */
static const char *cost_origin(const reb_guard_answer *a) {
    return a->cost.low == a->cost.high ? "measured" : "assumed";
}

void reb_gesture_weighed_json(reb_json *w, const reb_gesture_view *v, const reb_gesture_option *o) {
    const reb_guard_answer *a = &o->answer;
    bool due = o->offer.basis == REB_BASIS_DUE;
    reb_json_kstr(w, "verdict", reb_guard_verdict_name(a->verdict));
    reb_json_kstr(w, "why", reb_guard_why_name(a->why));
    range(w, "cost_minor", &a->cost, cost_origin(a));
    if (due) {
        reb_json_knull(w, "keeps_minor");
        reb_json_knull(w, "gain_minor");
        reb_json_knull(w, "chance");
        reb_json_knull(w, "margin_minor");
        reb_json_knull(w, "floor_minor");
    } else {
        range(w, "keeps_minor", &a->keeps, reb_gesture_origin(&v->stake));
        reb_json_ki64(w, "gain_minor", a->gain_minor);
        chance(w, &o->offer.turns);
        reb_json_ki64(w, "margin_minor", a->margin_minor);
        reb_json_ki64(w, "floor_minor", a->floor_minor);
    }
    reb_json_kbool(w, "no_lose", a->no_lose);
    reb_json_kbool(w, "holds_at_low", a->holds_at_low);
    reb_json_kbool(w, "investment", a->investment);
    reb_json_ki64(w, "payback_days", a->investment ? a->ends_days : v->policy.payback_days);
}

static const char *in_words(const reb_gesture_ctx *c, const reb_standard *s, const reb_words *t) {
    const char *language = c->language != NULL ? c->language : reb_business_text(c->business, REB_SETTING_LANGUAGE);
    return reb_words_in(t, language, s->first_language);
}

static void option_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture_view *v, const reb_gesture_option *o) {
    reb_json_obj(w);
    reb_json_kstr(w, "code", o->remedy->code);
    reb_json_kstr(w, "kind", reb_remedy_kind_name(o->remedy->kind));
    reb_json_kstr(w, "title", in_words(c, v->standard, &o->remedy->title));
    reb_json_kstr(w, "text", in_words(c, v->standard, &o->remedy->text));
    reb_json_kstr(w, "basis", reb_guard_basis_name(o->offer.basis));
    reb_json_ki64(w, "value_minor", o->offer.value_minor);
    reb_json_kbool(w, "value_known", o->offer.value_known);
    reb_json_kbool(w, "amount_open", o->amount_open);
    reb_json_kbool(w, "to_come", reb_gesture_to_come(o->remedy->kind));
    if (o->remedy->percent > 0) {
        reb_json_ki64(w, "percent", o->remedy->percent);
    } else {
        reb_json_knull(w, "percent");
    }
    int64_t most_minor = o->offer.basis == REB_BASIS_EXTRA ? o->offer.most_minor : o->right_most_minor;
    if (most_minor >= 0) {
        reb_json_ki64(w, "most_minor", most_minor);
    } else {
        reb_json_knull(w, "most_minor");
    }
    reb_json_ki64(w, "validity_days", o->remedy->validity_days);
    reb_gesture_weighed_json(w, v, o);
    reb_json_key(w, "approver");
    if (o->approver_role[0] != '\0') {
        reb_json_obj(w);
        kid_or_null(w, "id", o->approver_id);
        reb_json_kstr(w, "name", o->approver_name);
        reb_json_kstr(w, "role", o->approver_role);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_obj_end(w);
}

static void order_json(reb_json *w, const reb_gesture_order *o) {
    reb_json_obj(w);
    reb_json_kstr(w, "ref", o->ref);
    reb_json_ktime(w, "at", o->at_us);
    reb_json_ki64(w, "amount_minor", o->amount_minor);
    reb_json_kstr(w, "currency", o->currency);
    reb_json_obj_end(w);
}

static void limit_json(reb_json *w, const reb_gesture_view *v) {
    int64_t spot = 0;
    for (int64_t i = 0; i < v->extra_count; i++)
        if (v->extra[i].answer.spot_most_minor > spot) spot = v->extra[i].answer.spot_most_minor;
    reb_json_key(w, "limit");
    reb_json_obj(w);
    reb_json_kstr(w, "role", v->role);
    if (v->limit_minor == -1) {
        reb_json_knull(w, "limit_minor");
        reb_json_knull(w, "left_minor");
    } else {
        reb_json_ki64(w, "limit_minor", v->limit_minor);
        reb_json_ki64(w, "left_minor", v->left_minor);
    }
    reb_json_ki64(w, "spot_most_minor", spot);
    reb_json_obj_end(w);
}

void reb_gesture_view_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture_view *v) {
    reb_json_obj(w);
    reb_json_ki64(w, "case", v->number);
    reb_json_ki64(w, "seq", v->state.last_seq);
    kid_or_null(w, "customer_id", v->head_id);
    reb_json_kbool(w, "anonymous", v->state.anonymous);
    reb_json_kstr(w, "currency", c->business->currency);
    reb_json_ki64(w, "standard_version", v->standard->version);
    reb_json_kstr(w, "promise", v->kind != NULL ? in_words(c, v->standard, &v->kind->text) : "");
    reb_json_key(w, "due");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->due_count; i++) option_json(w, c, v, &v->due[i]);
    reb_json_arr_end(w);
    reb_json_kbool(w, "due_given", v->due_given);
    reb_json_kbool(w, "not_upheld", v->not_upheld);
    reb_json_key(w, "owed");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->owed.count; i++) reb_json_str(w, v->owed.codes[i]);
    reb_json_arr_end(w);
    reb_json_kbool(w, "closed", v->closed);
    reb_json_key(w, "extra");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->extra_count; i++) option_json(w, c, v, &v->extra[i]);
    reb_json_arr_end(w);
    reb_json_kbool(w, "held_out", v->held_out);
    reb_json_kf64(w, "holdout_percent", 100.0 * v->holdout_share);
    range(w, "stake_minor", &v->stake.minor, reb_origin_name(v->stake.origin));
    reb_estimate_json(w, "year_minor", &v->stake.year_minor, true);
    const reb_estimate leave = {.value = v->stake.leave[0], .low = v->stake.leave[1], .high = v->stake.leave[2], .origin = REB_ASSUMED};
    reb_estimate_json(w, "leave", &leave, false);
    reb_estimate_json(w, "reach_minor", &v->stake.reach_minor, true);
    reb_estimate_json(w, "price_minor", &v->stake.price_minor, true);
    reb_json_kbool(w, "stake_own", v->stake.own);
    reb_json_kbool(w, "stake_known", v->stake.any);
    reb_json_ki64(w, "payback_days", v->policy.payback_days);
    reb_json_ki64(w, "margin_minor", v->customer.margin_minor - v->customer.extras_minor);
    limit_json(w, v);
    reb_json_key(w, "order");
    if (v->order.ref[0] != '\0') {
        order_json(w, &v->order);
    } else {
        reb_json_null(w);
    }
    reb_json_key(w, "orders");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->order_count; i++) order_json(w, &v->orders[i]);
    reb_json_arr_end(w);
    reb_json_key(w, "gestures");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->given.count; i++) reb_gesture_json(w, c, &v->given.list[i]);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

/* --- one that was given or asked for ---------------------------------------------------------------------------------------------------
 */

static void who_json(reb_json *w, const char *key, const reb_gesture_ctx *c, const char *who) {
    const char *name = "";
    reb_json_key(w, key);
    if (who[0] == '\0') {
        reb_json_null(w);
        return;
    }
    if (reb_case_who_name(&name, c->store, c->arena, who, NULL) != REB_OK || name == NULL) name = who;
    reb_json_obj(w);
    reb_json_kstr(w, "id", who);
    reb_json_kstr(w, "name", name);
    reb_json_obj_end(w);
}

static void approver_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture *g) {
    reb_person p;
    bool found = false;
    reb_json_key(w, "approver");
    if (g->approver_role[0] == '\0') {
        reb_json_null(w);
        return;
    }
    if (g->approver_id != 0 && reb_person_get(&p, &found, c->store, g->approver_id, NULL) != REB_OK) found = false;
    reb_json_obj(w);
    kid_or_null(w, "id", g->approver_id);
    reb_json_kstr(w, "name", found ? p.name : "");
    reb_json_kstr(w, "role", g->approver_role);
    reb_json_obj_end(w);
}

/* The title of a remedy as the version of the standards had it under which it was given. */
static const char *title_of(const reb_gesture_ctx *c, const reb_gesture *g) {
    reb_standard *s = NULL;
    if (reb_standard_get(&s, c->store, c->arena, g->standard_version, NULL) != REB_OK) return g->remedy;
    const reb_remedy *r = reb_remedy_find(s, g->remedy);
    return r != NULL ? in_words(c, s, &r->title) : g->remedy;
}

static const char *used_as(const reb_gesture *g, int64_t now_us) {
    if (g->kind != REB_REMEDY_VOUCHER && g->kind != REB_REMEDY_UPGRADE) return NULL;
    if (g->state == REB_GESTURE_WITHDRAWN) return "cancelled";
    if (g->state != REB_GESTURE_GIVEN) return NULL;
    if (g->used_us != 0) return "redeemed";
    return g->valid_until_us != 0 && g->valid_until_us <= now_us ? "expired" : "open";
}

static void members(reb_json *w, const reb_gesture_ctx *c, const reb_gesture *g) {
    reb_json_kid(w, "id", g->gesture_id);
    reb_json_ki64(w, "case", g->number);
    reb_json_kstr(w, "state", reb_gesture_state_name(g->state));
    reb_json_kstr(w, "code", g->remedy);
    reb_json_kstr(w, "kind", reb_remedy_kind_name(g->kind));
    reb_json_kstr(w, "title", title_of(c, g));
    reb_json_kstr(w, "basis", reb_guard_basis_name(g->basis));
    reb_json_kstr(w, "currency", g->currency);
    reb_json_ki64(w, "value_minor", g->value_minor);
    reb_json_ki64(w, "spent_minor", reb_gesture_spent(g));
    reb_json_ki64(w, "open_minor", reb_gesture_open_cost(g, c->now_us));
    reb_json_key(w, "weighed");
    reb_json_raw(w, g->weighed);
    ktime_or_null(w, "invest_until", g->invest_until_us);
    reb_json_kbool(w, "held_out", g->held_out);
    reb_json_ktime(w, "asked_at", g->asked_us);
    who_json(w, "asked_by", c, g->asked_by);
    approver_json(w, c, g);
    ktime_or_null(w, "due_at", g->due_us);
    reb_json_kbool(w, "late", g->state == REB_GESTURE_ASKED && g->due_us != 0 && g->due_us <= c->now_us);
    reb_json_ki64(w, "passed_on", g->passed_on);
    ktime_or_null(w, "ended_at", g->ended_us);
    who_json(w, "ended_by", c, g->ended_by);
    ktime_or_null(w, "valid_until", g->valid_until_us);
    const char *voucher = used_as(g, c->now_us);
    if (voucher != NULL) {
        reb_json_kstr(w, "voucher", voucher);
    } else {
        reb_json_knull(w, "voucher");
    }
    ktime_or_null(w, "used_at", g->used_us);
}

void reb_gesture_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture *g) {
    reb_json_obj(w);
    members(w, c, g);
    reb_json_obj_end(w);
}

void reb_gesture_done_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture_done *d) {
    reb_json_obj(w);
    members(w, c, &d->gesture);
    if (d->code[0] != '\0') {
        reb_json_kstr(w, "voucher_code", d->code);
    } else {
        reb_json_knull(w, "voucher_code");
    }
    kid_or_null(w, "promise_id", d->promise_id);
    ktime_or_null(w, "promised_by", d->promise_due_us);
    reb_json_kstr(w, "keeper", d->keeper_name != NULL ? d->keeper_name : "");
    reb_json_obj_end(w);
}

reb_status reb_gesture_asked_json(reb_json *w, const reb_gesture_ctx *c, bool mine, reb_err *err) {
    enum { MOST = 500 };
    reb_gestures asked;
    reb_status st = reb_gestures_asked(&asked, c->store, c->arena, MOST, err);
    reb_json_obj(w);
    reb_json_key(w, "gestures");
    reb_json_arr(w);
    for (int64_t i = 0; i < asked.count && st == REB_OK; i++) {
        const reb_gesture *g = &asked.list[i];
        bool sees = true;
        if (mine && g->approver_id != c->user_id && g->asker_id != c->user_id) continue;
        if (c->sight != NULL) st = reb_case_sees(&sees, c->store, c->sight, g->number, err);
        if (st == REB_OK && sees) reb_gesture_json(w, c, g);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}

/* --- vouchers --------------------------------------------------------------------------------------------------------------------------
 */

void reb_voucher_json(reb_json *w, const reb_voucher *v, int64_t number, const char *code, int known, int64_t now_us) {
    reb_json_obj(w);
    reb_json_kid(w, "id", v->voucher_id);
    reb_json_ki64(w, "case", number);
    reb_json_kstr(w, "state", reb_voucher_state_name(reb_voucher_state_at(v, now_us)));
    reb_json_ki64(w, "value_minor", v->value_minor);
    reb_json_kstr(w, "currency", v->currency);
    reb_json_ktime(w, "created", v->created_us);
    ktime_or_null(w, "expires", v->expires_us);
    ktime_or_null(w, "redeemed", v->redeemed_us);
    if (code != NULL) reb_json_kstr(w, "code", code);
    if (known >= 0) reb_json_kbool(w, "known", known == 1);
    reb_json_obj_end(w);
}

static bool read_place(int64_t *us, int64_t *id, const char *after) {
    char *end = NULL;
    *us = *id = INT64_MAX;
    if (after == NULL) return true;
    *us = strtoll(after, &end, 10);
    if (end == after || *end != '-') return false;
    const char *second = end + 1;
    *id = strtoll(second, &end, 10);
    return end != second && *end == '\0' && *us > 0 && *id > 0;
}

reb_status reb_voucher_list_json(reb_json *w, const reb_gesture_ctx *c, int64_t limit, const char *after, reb_err *err) {
    reb_voucher_sums sums;
    int64_t us = 0, id = 0, count = 0;
    if (limit < 1 || limit > 500) return reb_fail(err, REB_E_USAGE, "A page has 1 to 500 rows.");
    if (!read_place(&us, &id, after)) return reb_fail(err, REB_E_USAGE, "There is no such page.");
    reb_voucher *list = reb_arena_alloc(c->arena, (size_t)(limit + 1) * sizeof *list);
    if (list == NULL) return reb_gesture_no_memory(err);
    reb_status st = reb_voucher_list(list, limit + 1, &count, c->store, us, id, err);
    if (st == REB_OK) st = reb_voucher_sum(&sums, c->store, c->business->currency, c->now_us, err);
    if (st != REB_OK) return st;
    bool more = count > limit;
    reb_json_obj(w);
    reb_json_key(w, "vouchers");
    reb_json_arr(w);
    for (int64_t i = 0; i < count && i < limit && st == REB_OK; i++) {
        int64_t number = 0;
        st = reb_case_number_of(&number, c->store, list[i].at.case_id, err);
        reb_voucher_json(w, &list[i], number, NULL, -1, c->now_us);
    }
    reb_json_arr_end(w);
    reb_json_ki64(w, "made", sums.made);
    reb_json_ki64(w, "redeemed", sums.redeemed);
    reb_json_ki64(w, "open", sums.open);
    reb_json_ki64(w, "open_value_minor", sums.open_value_minor);
    if (more) {
        char next[64];
        snprintf(next, sizeof next, "%" PRId64 "-%" PRId64, list[limit - 1].created_us, list[limit - 1].voucher_id);
        reb_json_kstr(w, "next", next);
    } else {
        reb_json_knull(w, "next");
    }
    reb_json_obj_end(w);
    return st;
}
