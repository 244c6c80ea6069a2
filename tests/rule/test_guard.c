/* The no-lose guard over random situations: whatever is accepted leaves the customer at or above their right and the business at or above
   its floor, reckoned here by other means (128-bit rationals, no rounding); what is due by right is never weighed; and the guard does not
   buy its safety by refusing everything. GUARD_SITUATIONS (a number) makes it shorter or longer. */
#include "../../src/base/rand.h"
#include "../../src/rule/guard.h"
#include "../lib/tap.h"

__extension__ typedef __int128 wide;

enum { ONE = 1000000 };

static int64_t situations(void) {
    const char *told = getenv("GUARD_SITUATIONS");
    return told != NULL ? strtoll(told, NULL, 10) : 1000000;
}

static int64_t below(reb_rand *r, int64_t bound) {
    return (int64_t)reb_rand_below(r, (uint64_t)bound);
}

static bool one_in(reb_rand *r, int64_t n) {
    return below(r, n) == 0;
}

/* As likely of three digits as of twelve; now and then 0 or the most that there is. */
static int64_t money(reb_rand *r) {
    if (one_in(r, 12)) return 0;
    if (one_in(r, 200)) return REB_GUARD_MOST_MINOR;
    int64_t scale = 10;
    for (int64_t n = below(r, 10); n > 0; n--) scale *= 10;
    return below(r, scale);
}

static int64_t share(reb_rand *r) {
    switch (below(r, 8)) {
        case 0: return 0;
        case 1: return ONE;
        default: return below(r, ONE + 1);
    }
}

static reb_guard_range range_of(int64_t a, int64_t b, int64_t c) {
    int64_t t;
    if (a > b) t = a, a = b, b = t;
    if (b > c) t = b, b = c, c = t;
    if (a > b) t = a, a = b, b = t;
    return (reb_guard_range){a, b, c};
}

typedef struct situation {
    reb_guard_offer offer;
    reb_guard_customer customer;
    reb_guard_policy policy;
    reb_guard_people people;
} situation;

static int64_t spread(reb_rand *r, int64_t v) { /* the same, or a little beside it */
    int64_t moved = v + below(r, 7) - 3;
    return moved < 0 ? 0 : moved > REB_GUARD_MOST_MINOR ? REB_GUARD_MOST_MINOR : moved;
}

static void draw_people(reb_rand *r, situation *s) {
    s->people.count = 1 + below(r, 4);
    s->people.giver = below(r, s->people.count);
    for (int64_t i = 0; i < s->people.count; i++)
        s->people.roles[i] = (reb_guard_role){.limit_minor = one_in(r, 4) ? -1 : money(r), .may_invest = one_in(r, 2)};
}

/* What an extra is expected to keep within `days`, times stake_days * 10^12, exactly. */
static wide kept_exactly(const situation *s, int64_t days) {
    int64_t d = days < s->customer.stake_days ? days : s->customer.stake_days;
    return (wide)s->customer.stake.likely * d * (ONE - s->customer.turned) * s->offer.turns.likely;
}
static wide cost_exactly(const situation *s) { /* in the same unit */
    return ((wide)s->offer.cost_now_minor * ONE + (wide)s->offer.cost_used_minor * s->offer.redeemed) * s->customer.stake_days * ONE;
}
/* Margin above the floor if it is surely used, in millionths of a minor unit. */
static wide room_exactly(const situation *s) {
    wide margin = (wide)s->customer.margin_minor - s->customer.extras_minor - s->offer.cost_now_minor - s->offer.cost_used_minor;
    wide least = s->customer.sales_minor > 0 ? (wide)s->customer.sales_minor * s->policy.floor : 0;
    return margin * ONE - least;
}

static void draw(situation *s, reb_rand *r) {
    memset(s, 0, sizeof *s);
    s->offer.basis = one_in(r, 5) ? REB_BASIS_DUE : REB_BASIS_EXTRA;
    s->offer.value_minor = money(r);
    s->offer.right_minor = one_in(r, 2) ? spread(r, s->offer.value_minor) : money(r);
    s->offer.forgo_minor = one_in(r, 12) ? money(r) : 0;
    s->offer.value_known = !one_in(r, 15);
    s->offer.may_be_extra = !one_in(r, 15);
    s->offer.most_minor = one_in(r, 2) ? -1 : one_in(r, 2) ? spread(r, s->offer.value_minor) : money(r);
    s->offer.redeemed = share(r);
    s->offer.turns = range_of(share(r), share(r), share(r));
    s->offer.cost_now_minor = one_in(r, 2) ? money(r) : 0;
    s->offer.cost_used_minor = one_in(r, 2) ? money(r) : 0;
    s->customer.stake = range_of(money(r), money(r), money(r));
    s->customer.stake_days = 1 + below(r, one_in(r, 2) ? 400 : 4000);
    s->customer.turned = one_in(r, 2) ? 0 : share(r);
    s->customer.sales_minor = one_in(r, 10) ? -money(r) : money(r);
    s->customer.margin_minor = one_in(r, 10) ? -money(r) : money(r);
    s->customer.extras_minor = one_in(r, 2) ? 0 : money(r);
    s->customer.of_case_minor = one_in(r, 2) ? 0 : money(r);
    s->customer.anonymous = one_in(r, 20);
    s->policy.payback_days = 1 + below(r, 730);
    s->policy.invest_days = s->policy.payback_days + below(r, 730);
    s->policy.floor = below(r, 2 * ONE + 1) - ONE;
    s->policy.invest_most_minor = one_in(r, 2) ? 0 : money(r);
    draw_people(r, s);
    /* Half of them on the edge, where a slip shows: the cost beside what is kept, the margin beside the floor, the limit beside the cost.
     */
    if (one_in(r, 2)) {
        int64_t days = one_in(r, 3) ? s->policy.invest_days : s->policy.payback_days;
        wide keeps = kept_exactly(s, days) / s->customer.stake_days / ONE / ONE;
        if (keeps > REB_GUARD_MOST_MINOR) keeps = REB_GUARD_MOST_MINOR;
        s->offer.cost_now_minor = spread(r, (int64_t)keeps);
        if (one_in(r, 2)) s->offer.cost_used_minor = 0;
    }
    if (one_in(r, 2)) {
        wide aim = -room_exactly(s) / ONE - (one_in(r, 2) ? s->policy.invest_most_minor : 0) + s->customer.margin_minor + below(r, 7) - 3;
        if (aim >= -REB_GUARD_MOST_MINOR && aim <= REB_GUARD_MOST_MINOR) s->customer.margin_minor = (int64_t)aim;
    }
    if (one_in(r, 2)) {
        wide cost = (wide)s->offer.cost_now_minor + s->offer.cost_used_minor + s->customer.of_case_minor;
        if (cost <= REB_GUARD_MOST_MINOR) s->people.roles[s->people.giver].limit_minor = spread(r, (int64_t)cost);
    }
}

static reb_guard_answer weigh(const situation *s) {
    reb_guard_answer a;
    reb_err err = {0};
    if (reb_guard_weigh(&a, &s->offer, &s->customer, &s->policy, &s->people, &err) != REB_OK) {
        printf("# %s\n", err.detail);
        a.verdict = (reb_guard_verdict)-1;
    }
    return a;
}

static bool role_pays(const situation *s, const reb_guard_answer *a, int64_t role) {
    const reb_guard_role *who = &s->people.roles[role];
    wide cost = (wide)s->customer.of_case_minor + s->offer.cost_now_minor + s->offer.cost_used_minor;
    return (who->limit_minor == -1 || cost <= who->limit_minor) && (!a->investment || who->may_invest);
}

/* What is due: given whole and for nothing, it is theirs. */
static bool due_holds(const situation *s, const reb_guard_answer *a) {
    bool whole = s->offer.forgo_minor == 0 && (!s->offer.value_known || s->offer.value_minor >= s->offer.right_minor);
    return a->verdict == (whole ? REB_GUARD_OK : REB_GUARD_BLOCKED) && a->keeps.high == 0 && a->gain_minor == 0 && !a->investment;
}

/* No accepted extra costs the customer a right, or takes the business below its floor. */
static bool accepted_holds(const situation *s, const reb_guard_answer *a) {
    if (s->offer.forgo_minor != 0 || !s->offer.may_be_extra || s->customer.anonymous || !s->offer.value_known) return false;
    if (s->offer.most_minor != -1 && s->offer.value_minor > s->offer.most_minor) return false;
    wide cost = cost_exactly(s), room = room_exactly(s);
    bool pays_back = kept_exactly(s, s->policy.payback_days) >= cost, above = room >= 0;
    if (a->no_lose != (!a->investment)) return false;
    if (a->no_lose && !(pays_back && above)) return false;
    if (a->investment) {
        if (a->ends_days != s->policy.invest_days || s->policy.invest_most_minor == 0) return false;
        if (kept_exactly(s, a->ends_days) < cost || room < -(wide)s->policy.invest_most_minor * ONE) return false;
    } else if (a->ends_days != 0) {
        return false;
    }
    if (a->verdict == REB_GUARD_OK) return role_pays(s, a, s->people.giver);
    if (a->approver < 0 || a->approver >= s->people.count || a->approver == s->people.giver) return false;
    if (role_pays(s, a, s->people.giver) || !role_pays(s, a, a->approver)) return false;
    for (int64_t i = 0; i < s->people.count; i++) { /* nobody with a lesser limit would have sufficed */
        int64_t mine = s->people.roles[i].limit_minor, theirs = s->people.roles[a->approver].limit_minor;
        if (i != s->people.giver && role_pays(s, a, i) && mine != -1 && (theirs == -1 || mine < theirs)) return false;
    }
    return true;
}

/* What is blocked is blocked for a cause: each of the rules is satisfied with two minor units to spare, and still it says no? */
static bool blocked_holds(const situation *s, const reb_guard_answer *a) {
    if (s->offer.forgo_minor != 0 || !s->offer.may_be_extra || s->customer.anonymous || !s->offer.value_known) return true;
    if (s->offer.most_minor != -1 && s->offer.value_minor > s->offer.most_minor) return true;
    wide unit = (wide)s->customer.stake_days * ONE * ONE, cost = cost_exactly(s) + 4 * unit, room = room_exactly(s) - 2 * ONE;
    if (a->why == REB_GUARD_WHY_LOSES) return kept_exactly(s, s->policy.payback_days) < cost;
    if (a->why == REB_GUARD_WHY_FLOOR) {
        bool thin = s->policy.invest_most_minor > 0 && kept_exactly(s, s->policy.invest_days) >= cost;
        return room < 0 && !(thin && room >= -(wide)s->policy.invest_most_minor * ONE);
    }
    if (a->why != REB_GUARD_WHY_NOBODY) return false;
    for (int64_t i = 0; i < s->people.count; i++)
        if (role_pays(s, a, i)) return false;
    return true;
}

static bool ranges_hold(const situation *s, const reb_guard_answer *a) {
    if (!(a->cost.low <= a->cost.likely && a->cost.likely <= a->cost.high)) return false;
    if (!(0 <= a->keeps.low && a->keeps.low <= a->keeps.likely && a->keeps.likely <= a->keeps.high)) return false;
    if (a->keeps.high > s->customer.stake.high && s->offer.basis == REB_BASIS_EXTRA) return false;
    if (a->holds_at_low && !(a->no_lose && a->keeps.low >= a->cost.high)) return false;
    return s->offer.basis == REB_BASIS_DUE || a->gain_minor == a->keeps.likely - a->cost.likely;
}

static void report(const situation *s, const reb_guard_answer *a) {
    const reb_guard_offer *o = &s->offer;
    const reb_guard_customer *c = &s->customer;
    printf("# %s value %" PRId64 " right %" PRId64 " forgo %" PRId64 " cost %" PRId64 "+%" PRId64 " redeemed %" PRId64 " turns %" PRId64
           "\n",
           reb_guard_basis_name(o->basis), o->value_minor, o->right_minor, o->forgo_minor, o->cost_now_minor, o->cost_used_minor,
           o->redeemed, o->turns.likely);
    printf("# stake %" PRId64 " in %" PRId64 " d turned %" PRId64 " sales %" PRId64 " margin %" PRId64 " extras %" PRId64 " floor %" PRId64
           "\n",
           c->stake.likely, c->stake_days, c->turned, c->sales_minor, c->margin_minor, c->extras_minor, s->policy.floor);
    printf("# -> %s, %s, keeps %" PRId64 ", gain %" PRId64 ", investment %d\n", reb_guard_verdict_name(a->verdict),
           reb_guard_why_name(a->why), a->keeps.likely, a->gain_minor, (int)a->investment);
}

static void test_random_situations(void) {
    reb_rand r = {20260401};
    int64_t n = situations(), wrong = 0, due = 0, accepted = 0, invested = 0, asked = 0, refused = 0, whys[REB_GUARD_WHY_COUNT] = {0};
    for (int64_t i = 0; i < n; i++) {
        situation s;
        draw(&s, &r);
        reb_guard_answer a = weigh(&s);
        bool holds = (int)a.verdict >= 0 && ranges_hold(&s, &a);
        if (holds && s.offer.basis == REB_BASIS_DUE)
            holds = due_holds(&s, &a), due++;
        else if (holds && a.verdict == REB_GUARD_BLOCKED)
            holds = blocked_holds(&s, &a), refused++;
        else if (holds)
            holds = accepted_holds(&s, &a), accepted++, invested += a.investment, asked += a.verdict == REB_GUARD_NEEDS_APPROVAL;
        whys[a.why]++;
        if (!holds && wrong++ == 0) report(&s, &a);
    }
    printf("# %" PRId64 " situations: %" PRId64 " due, %" PRId64 " extras accepted (%" PRId64 " invested, %" PRId64
           " after asking), %" PRId64 " blocked\n",
           n, due, accepted, invested, asked, refused);
    OK(wrong == 0,
       "no accepted gesture leaves the customer below their right or the business below its floor (%" PRId64 " of %" PRId64 " wrong)",
       wrong, n);
    OK(accepted > n / 20 && invested > n / 200 && asked > n / 200 && refused > n / 10,
       "all answers are met often enough to mean something");
    for (int w = 0; w < REB_GUARD_WHY_COUNT; w++) OK(whys[w] > 0, "%s is met", reb_guard_why_name((reb_guard_why)w));
}

/* What is due depends on nothing of the customer, the policy or the giver: also nonsense in them changes nothing. */
static void test_due_is_never_weighed(void) {
    reb_rand r = {7};
    int64_t n = situations() / 10, wrong = 0;
    for (int64_t i = 0; i < n; i++) {
        situation s, other;
        draw(&s, &r);
        draw(&other, &r);
        s.offer.basis = REB_BASIS_DUE;
        reb_guard_answer first = weigh(&s);
        other.offer = s.offer;
        if (one_in(&r, 3)) memset(&other.customer, (int)below(&r, 256), sizeof other.customer.stake);
        if (one_in(&r, 3)) other.people.count = -1;
        reb_guard_answer second = weigh(&other);
        wrong += first.verdict != second.verdict || first.why != second.why || second.gain_minor != 0;
    }
    EQ_I64(wrong, 0, "what is due is the same for everybody, whatever they are worth and whoever gives it");
}

/* More at stake, more room or a cheaper gesture never turns a yes into a no. */
static void test_better_never_worse(void) {
    reb_rand r = {99};
    int64_t n = situations() / 10, wrong = 0, seen = 0;
    for (int64_t i = 0; i < n; i++) {
        situation s;
        draw(&s, &r);
        s.offer.basis = REB_BASIS_EXTRA;
        reb_guard_answer before = weigh(&s);
        if (before.verdict != REB_GUARD_OK) continue;
        seen++;
        situation better = s;
        switch (below(&r, 5)) {
            case 0:
                better.customer.stake.high = REB_GUARD_MOST_MINOR,
                better.customer.stake.likely += (REB_GUARD_MOST_MINOR - s.customer.stake.likely) / 3;
                break;
            case 1: better.customer.margin_minor += (REB_GUARD_MOST_MINOR - s.customer.margin_minor) / 5; break;
            case 2: better.offer.cost_used_minor /= 2; break;
            case 3: better.offer.turns.high = ONE, better.offer.turns.likely += (ONE - s.offer.turns.likely) / 2; break;
            default: better.customer.turned /= 2; break;
        }
        reb_guard_answer after = weigh(&better);
        if (after.verdict == REB_GUARD_BLOCKED || after.gain_minor < before.gain_minor - 1) {
            if (wrong++ == 0) report(&s, &before), report(&better, &after);
        }
    }
    OK(wrong == 0 && seen > n / 100, "what is better for the business is never judged worse (%" PRId64 " wrong of %" PRId64 ")", wrong,
       seen);
}

/* One after the other in the same case: together they keep no more than is at stake, and each leaves the margin where it must be. */
static void test_one_after_another(void) {
    reb_rand r = {5};
    int64_t n = situations() / 20, wrong = 0, many = 0;
    for (int64_t i = 0; i < n; i++) {
        situation s;
        draw(&s, &r);
        s.customer.turned = 0;
        wide kept = 0;
        int64_t given = 0;
        for (int k = 0; k < 6; k++) {
            situation next;
            draw(&next, &r);
            s.offer = next.offer;
            s.offer.basis = REB_BASIS_EXTRA;
            s.offer.cost_now_minor /= 1 + below(&r, 1000);
            s.offer.cost_used_minor /= 1 + below(&r, 1000);
            reb_guard_answer a = weigh(&s);
            if (a.verdict != REB_GUARD_OK) continue;
            given++;
            kept += a.keeps.likely;
            s.customer.extras_minor += a.cost.high;
            s.customer.of_case_minor += a.cost.high;
            s.customer.turned = reb_guard_turned(s.customer.turned, s.offer.turns.likely);
            if (s.customer.extras_minor > REB_GUARD_MOST_MINOR || s.customer.of_case_minor > REB_GUARD_MOST_MINOR) break;
            int64_t limit = s.people.roles[s.people.giver].limit_minor;
            if (limit != -1 && s.customer.of_case_minor > limit) wrong++;
            if (!a.investment && s.customer.margin_minor - s.customer.extras_minor < a.floor_minor) wrong++;
        }
        many += given > 1;
        if (kept > s.customer.stake.likely) wrong++;
    }
    OK(wrong == 0 && many > n / 50,
       "one gesture after another keeps no more than is at stake, within limit and floor (%" PRId64 " wrong, %" PRId64 ")", wrong, many);
}

static void test_prices(void) {
    reb_remedy voucher = {.code = "voucher_10", .kind = REB_REMEDY_VOUCHER, .percent = 10, .cost_percent = 70, .redeemed_percent = 60};
    reb_guard_offer o = {0};
    reb_err err = {0};
    OK(reb_guard_price(&o, &voucher, REB_BASIS_EXTRA, 6201, 0, 0, &err) == REB_OK, "a voucher of a tenth of an order is priced");
    EQ_I64(o.value_minor, 621, "what the customer gets is rounded up");
    EQ_I64(o.cost_now_minor, 0, "it costs nothing now");
    EQ_I64(o.cost_used_minor, 435, "and its cost when it is used");
    EQ_I64(o.redeemed, 600000, "three in five are used");
    EQ_I64(o.most_minor, 621, "an extra is at most what the table says");
    OK(reb_guard_price(&o, &voucher, REB_BASIS_EXTRA, -1, 0, 0, &err) == REB_OK && !o.value_known,
       "of an order that is not known nothing is told");
    reb_remedy refund = {.code = "refund", .kind = REB_REMEDY_REFUND, .percent = 100, .cost_percent = 100, .redeemed_percent = 100};
    OK(reb_guard_price(&o, &refund, REB_BASIS_DUE, 6200, 100, 0, &err) == REB_OK, "a refund by right, and somebody types less");
    EQ_I64(o.value_minor, 6200, "it stays whole");
    EQ_I64(o.right_minor, 6200, "and says what is theirs");
    OK(reb_guard_price(&o, &refund, REB_BASIS_DUE, 6200, 7000, 0, &err) == REB_OK && o.value_minor == 7000, "more may be given");
    reb_remedy call = {.code = "owner_calls", .kind = REB_REMEDY_CALL, .cost_percent = 100, .redeemed_percent = 100};
    OK(reb_guard_price(&o, &call, REB_BASIS_EXTRA, 6200, 0, 480, &err) == REB_OK && o.cost_now_minor == 480 && o.value_minor == 0,
       "a call costs its minutes");
    OK(reb_guard_price(&o, &call, REB_BASIS_EXTRA, 6200, 999, 480, &err) == REB_OK && o.value_minor > o.most_minor,
       "and cannot carry money that the table does not name");
    reb_remedy gift = {
        .code = "gift", .kind = REB_REMEDY_GIFT, .amount_minor = 1500, .most_minor = 1000, .cost_percent = 60, .redeemed_percent = 100};
    OK(reb_guard_price(&o, &gift, REB_BASIS_EXTRA, -1, 0, 0, &err) == REB_OK && o.value_minor == 1000 && o.cost_now_minor == 600,
       "a limit of its own holds");
    OK(reb_guard_price(&o, &gift, REB_BASIS_EXTRA, -1, -5, 0, &err) == REB_E_INPUT, "an amount below nothing is refused");
}

/* The sketch of the case page, in figures: a late delivery of 62.00, 140.00 at stake. */
static void test_a_day_in_the_shop(void) {
    situation s = {.offer = {.basis = REB_BASIS_EXTRA,
                             .value_minor = 620,
                             .value_known = true,
                             .may_be_extra = true,
                             .most_minor = -1,
                             .cost_used_minor = 434,
                             .redeemed = 600000,
                             .turns = {100000, 250000, 400000}},
                   .customer = {.stake = {6000, 14000, 25000}, .stake_days = 365, .sales_minor = 18600, .margin_minor = 5580},
                   .policy = {.payback_days = 365, .invest_days = 540, .floor = 50000},
                   .people = {.roles = {{2000, false}, {10000, true}, {-1, true}}, .count = 3, .giver = 0}};
    reb_guard_answer a = weigh(&s);
    EQ_TEXT(reb_guard_why_name(a.why), "no_lose", "a voucher: nobody loses");
    EQ_I64(a.cost.likely, 261, "costs 2.61 as expected");
    EQ_I64(a.cost.high, 434, "4.34 when it is used");
    EQ_I64(a.keeps.likely, 3500, "keeps 35.00");
    OK(a.keeps.low == 600 && a.keeps.high == 10000 && a.holds_at_low, "between 6.00 and 100.00, so that it pays even at the least");
    EQ_I64(a.floor_minor, 930, "a twentieth of the sales must remain");
    EQ_I64(a.spot_most_minor, 2000, "an agent gives up to their limit");
    s.offer.cost_now_minor = 6200, s.offer.cost_used_minor = 0;
    a = weigh(&s);
    EQ_TEXT(reb_guard_why_name(a.why), "loses", "the whole order as an extra costs more than it keeps");
    s.offer.basis = REB_BASIS_DUE, s.offer.value_minor = s.offer.right_minor = 6200;
    a = weigh(&s);
    EQ_TEXT(reb_guard_why_name(a.why), "due", "and is theirs where the standards say so");
    s.offer.basis = REB_BASIS_EXTRA, s.offer.cost_now_minor = 2500, s.offer.value_minor = 2500;
    a = weigh(&s);
    OK(a.verdict == REB_GUARD_NEEDS_APPROVAL && a.approver == 1, "beyond the agent's limit the manager is asked");
    s.customer.margin_minor = 3000;
    a = weigh(&s);
    EQ_TEXT(reb_guard_why_name(a.why), "floor", "a thin customer is not made thinner");
    s.policy.invest_most_minor = 1000;
    a = weigh(&s);
    OK(a.verdict == REB_GUARD_NEEDS_APPROVAL && a.investment && a.ends_days == 540 && a.approver == 1, "unless on purpose, with an end");
    s.customer.anonymous = true;
    EQ_TEXT(reb_guard_why_name(weigh(&s).why), "anonymous", "whoever is anonymous gets no offers");
    s.customer.stake.low = -1;
    OK((int)weigh(&s).verdict < 0, "a figure out of its range is an error, not an answer");
}

int main(void) {
    test_random_situations();
    test_due_is_never_weighed();
    test_better_never_worse();
    test_one_after_another();
    test_prices();
    test_a_day_in_the_shop();
    return tap_done();
}
