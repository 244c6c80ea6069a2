#include "guard.h"

#define MOST REB_GUARD_MOST_MINOR
#define ONE REB_GUARD_ONE

const char *reb_guard_basis_name(reb_guard_basis b) {
    return b == REB_BASIS_DUE ? "due" : "extra";
}

const char *reb_guard_verdict_name(reb_guard_verdict v) {
    static const char *const name[] = {"ok", "needs_approval", "blocked"};
    return name[v];
}

const char *reb_guard_why_name(reb_guard_why w) {
    static const char *const name[REB_GUARD_WHY_COUNT] = {
#define REB_GUARD_WHY(id, text) [REB_GUARD_WHY_##id] = text,
        REB_GUARD_WHYS(REB_GUARD_WHY)
#undef REB_GUARD_WHY
    };
    return name[w];
}

/* floor(a * b / c) for 0 <= a, 0 <= b <= c <= a few milliards: a = q c + r, so q b + r b / c, and nothing overflows. */
static int64_t part_of(int64_t a, int64_t b, int64_t c) {
    return a / c * b + a % c * b / c;
}

static int64_t part_of_up(int64_t a, int64_t b, int64_t c) {
    return a / c * b + (a % c * b + c - 1) / c;
}

int64_t reb_guard_part(int64_t amount, int64_t millionths) {
    return part_of(amount, millionths, ONE);
}

int64_t reb_guard_part_up(int64_t amount, int64_t millionths) {
    return part_of_up(amount, millionths, ONE);
}

int64_t reb_guard_turned(int64_t turned, int64_t chance) {
    return turned + reb_guard_part_up(ONE - turned, chance);
}

static int64_t least(int64_t a, int64_t b) {
    return a < b ? a : b;
}

static bool ordered(const reb_guard_range *r, int64_t most) {
    return r->low >= 0 && r->low <= r->likely && r->likely <= r->high && r->high <= most;
}

static bool amount(int64_t v) {
    return v >= 0 && v <= MOST;
}

static bool signed_amount(int64_t v) {
    return v >= -MOST && v <= MOST;
}

static bool offer_well_formed(const reb_guard_offer *o) {
    return amount(o->value_minor) && amount(o->right_minor) && amount(o->forgo_minor) && (o->most_minor == -1 || amount(o->most_minor)) &&
           amount(o->cost_now_minor) && amount(o->cost_used_minor) && o->redeemed >= 0 && o->redeemed <= ONE && ordered(&o->turns, ONE);
}

static bool customer_well_formed(const reb_guard_customer *c) {
    return ordered(&c->stake, MOST) && c->stake_days >= 1 && c->stake_days <= 100000 && c->turned >= 0 && c->turned <= ONE &&
           signed_amount(c->sales_minor) && signed_amount(c->margin_minor) && amount(c->extras_minor) && amount(c->of_case_minor);
}

static bool policy_well_formed(const reb_guard_policy *p) {
    return p->payback_days >= 1 && p->invest_days >= p->payback_days && p->invest_days <= 3650 && p->floor >= -ONE && p->floor <= ONE &&
           amount(p->invest_most_minor);
}

static bool people_well_formed(const reb_guard_people *p) {
    if (p->count < 1 || p->count > REB_GUARD_ROLES_MOST || p->giver < 0 || p->giver >= p->count) return false;
    for (int64_t i = 0; i < p->count; i++)
        if (p->roles[i].limit_minor != -1 && !amount(p->roles[i].limit_minor)) return false;
    return true;
}

/* What an extra is expected to keep within so many days. A stake reckoned over a shorter time does not grow beyond it. */
static reb_guard_range kept_within(const reb_guard_offer *o, const reb_guard_customer *c, int64_t days) {
    int64_t d = least(days, c->stake_days), open = ONE - c->turned;
    reb_guard_range k;
    k.low = reb_guard_part(reb_guard_part(part_of(c->stake.low, d, c->stake_days), open), o->turns.low);
    k.likely = reb_guard_part(reb_guard_part(part_of(c->stake.likely, d, c->stake_days), open), o->turns.likely);
    k.high = reb_guard_part_up(reb_guard_part_up(part_of_up(c->stake.high, d, c->stake_days), open), o->turns.high);
    return k;
}

/* The least margin: a part of the sales, rounded up; of sales below nothing (more came back than was sold) nothing. */
static int64_t floor_of(const reb_guard_customer *c, const reb_guard_policy *p) {
    if (c->sales_minor <= 0) return 0;
    return p->floor >= 0 ? reb_guard_part_up(c->sales_minor, p->floor) : -reb_guard_part(c->sales_minor, -p->floor);
}

static bool role_may(const reb_guard_role *r, int64_t cost_minor, bool invests) {
    return (r->limit_minor == -1 || cost_minor <= r->limit_minor) && (!invests || r->may_invest);
}

static reb_status blocked(reb_guard_answer *a, reb_guard_why why) {
    a->verdict = REB_GUARD_BLOCKED;
    a->why = why;
    return REB_OK;
}

/* Who gives it: the giver, or the role with the least limit that suffices. */
static reb_status by_whom(reb_guard_answer *a, int64_t case_minor, const reb_guard_people *people) {
    a->why = a->investment ? REB_GUARD_WHY_INVESTMENT : REB_GUARD_WHY_NO_LOSE;
    if (role_may(&people->roles[people->giver], case_minor, a->investment)) return REB_OK;
    for (int64_t i = 0; i < people->count; i++) {
        const reb_guard_role *r = &people->roles[i];
        if (i == people->giver || !role_may(r, case_minor, a->investment)) continue;
        const reb_guard_role *best = a->approver < 0 ? NULL : &people->roles[a->approver];
        if (best == NULL || best->limit_minor == -1 || (r->limit_minor != -1 && r->limit_minor < best->limit_minor)) a->approver = i;
    }
    if (a->approver < 0) return blocked(a, REB_GUARD_WHY_NOBODY);
    a->verdict = REB_GUARD_NEEDS_APPROVAL;
    if (!a->investment) a->why = REB_GUARD_WHY_OVER_LIMIT;
    return REB_OK;
}

reb_status reb_guard_weigh(reb_guard_answer *out, const reb_guard_offer *offer, const reb_guard_customer *customer,
                           const reb_guard_policy *policy, const reb_guard_people *people, reb_err *err) {
    *out = (reb_guard_answer){.verdict = REB_GUARD_OK, .why = REB_GUARD_WHY_DUE, .approver = -1};
    if (!offer_well_formed(offer)) return reb_fail(err, REB_E_INPUT, "the offer has a figure outside of its range");
    out->cost.low = offer->cost_now_minor;
    out->cost.likely = offer->cost_now_minor + reb_guard_part_up(offer->cost_used_minor, offer->redeemed);
    out->cost.high = offer->cost_now_minor + offer->cost_used_minor;

    /* The customer's side, before anything about the customer is looked at. */
    if (offer->basis == REB_BASIS_DUE) {
        if (offer->forgo_minor > 0) return blocked(out, REB_GUARD_WHY_GIVES_UP);
        if (offer->value_known && offer->value_minor < offer->right_minor) return blocked(out, REB_GUARD_WHY_BELOW_RIGHT);
        return REB_OK;
    }
    if (!customer_well_formed(customer)) return reb_fail(err, REB_E_INPUT, "the customer has a figure outside of its range");
    if (!policy_well_formed(policy)) return reb_fail(err, REB_E_INPUT, "the policy has a figure outside of its range");
    if (!people_well_formed(people)) return reb_fail(err, REB_E_INPUT, "the roles have a figure outside of its range");

    out->keeps = kept_within(offer, customer, policy->payback_days);
    out->gain_minor = out->keeps.likely - out->cost.likely;
    out->floor_minor = floor_of(customer, policy);
    out->margin_minor = customer->margin_minor - customer->extras_minor - out->cost.high;
    bool above_floor = out->margin_minor >= out->floor_minor;
    out->no_lose = out->gain_minor >= 0 && above_floor;
    out->holds_at_low = out->no_lose && out->keeps.low >= out->cost.high;
    int64_t invested_gain = kept_within(offer, customer, policy->invest_days).likely - out->cost.likely;
    bool above_thin = out->margin_minor >= out->floor_minor - policy->invest_most_minor;
    out->investment = !out->no_lose && policy->invest_most_minor > 0 && invested_gain >= 0 && above_thin;
    if (out->investment) out->ends_days = policy->invest_days;

    const reb_guard_role *giver = &people->roles[people->giver];
    int64_t spot = least(out->keeps.likely, customer->margin_minor - customer->extras_minor - out->floor_minor);
    if (giver->limit_minor != -1) spot = least(spot, giver->limit_minor - customer->of_case_minor);
    out->spot_most_minor = spot > 0 ? spot : 0;

    if (offer->forgo_minor > 0) return blocked(out, REB_GUARD_WHY_GIVES_UP);
    if (!offer->may_be_extra) return blocked(out, REB_GUARD_WHY_NOT_EXTRA);
    if (customer->anonymous) return blocked(out, REB_GUARD_WHY_ANONYMOUS);
    if (!offer->value_known) return blocked(out, REB_GUARD_WHY_VALUE_UNKNOWN);
    if (offer->most_minor != -1 && offer->value_minor > offer->most_minor) return blocked(out, REB_GUARD_WHY_OVER_MOST);
    if (!out->no_lose && !out->investment) return blocked(out, out->gain_minor < 0 ? REB_GUARD_WHY_LOSES : REB_GUARD_WHY_FLOOR);
    return by_whom(out, customer->of_case_minor + out->cost.high, people);
}

/* Money, goods and work are spent when they are given; a voucher and an upgrade when they are used. */
static bool costs_when_used(reb_remedy_kind k) {
    return k == REB_REMEDY_VOUCHER || k == REB_REMEDY_UPGRADE;
}

reb_status reb_guard_price(reb_guard_offer *out, const reb_remedy *remedy, reb_guard_basis basis, int64_t order_minor, int64_t amount_minor,
                           int64_t work_minor, reb_err *err) {
    if (order_minor > MOST || !amount(amount_minor) || !amount(work_minor) || !amount(remedy->amount_minor) || !amount(remedy->most_minor))
        return reb_fail(err, REB_E_INPUT, "an amount is outside of its range");
    int64_t percent = ONE / 100;
    bool of_order = remedy->percent > 0;
    int64_t published = of_order && order_minor >= 0 ? reb_guard_part_up(order_minor, remedy->percent * percent) : 0;
    if (!of_order) published = remedy->amount_minor;
    if (remedy->most_minor > 0) published = least(published, remedy->most_minor);
    bool known = !of_order || order_minor >= 0;
    int64_t value = amount_minor > 0 ? amount_minor : published;
    if (basis == REB_BASIS_DUE && value < published) value = published;

    out->basis = basis;
    out->value_known = known;
    out->value_minor = value;
    out->right_minor = basis == REB_BASIS_DUE ? published : 0;
    /* An extra is at most what the table gives: its own limit, else what it says. */
    out->most_minor = remedy->most_minor > 0 ? remedy->most_minor : published;
    int64_t used = reb_guard_part_up(value, remedy->cost_percent * percent);
    bool later = costs_when_used(remedy->kind);
    out->cost_now_minor = least(work_minor + (later ? 0 : used), MOST);
    out->cost_used_minor = later ? used : 0;
    out->redeemed = later ? remedy->redeemed_percent * percent : ONE;
    return REB_OK;
}
