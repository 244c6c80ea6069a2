/* Gestures on both engines: the right apart and never weighed, extras through the guard, approval within a stated time, vouchers, hold-out,
   costs booked to the customer. */
#include "../domain/shop.h"

#include "../../src/app/fit.h"
#include "../../src/app/gesture.h"
#include "../../src/app/tick.h"
#include "../../src/domain/identity.h"

static const int64_t k_hour = 3600 * REB_US_PER_SECOND;
static reb_arena k_arena;

typedef struct place {
    reb_store *s;
    reb_business *b;
    reb_ids ids;
    int64_t now_us;
    int64_t olga, mina, adel; /* owner, manager, agent */
} place;

static int64_t stand_still(void *ctx) {
    return *(int64_t *)ctx;
}

static void must(reb_status st, const reb_err *err, const char *what) {
    if (st == REB_OK) return;
    OK(false, "%s: %s (%s)", what, err->detail, err->reason != NULL ? err->reason : "");
    exit(1);
}

static void set(place *p, const char *key, const char *value) {
    reb_err err = {0};
    must(reb_setting_set(NULL, p->s, key, value, p->now_us, &err), &err, key);
    reb_business_free(p->b);
    p->b = NULL;
    must(reb_business_load(&p->b, p->s, &err), &err, "the business");
}

static int64_t person(place *p, const char *email, const char *name, reb_role role) {
    reb_err err = {0};
    reb_person made;
    const reb_person_new n = {.email = email, .name = name, .team = "", .role = role};
    must(reb_person_add(&made, p->s, &n, NULL, &p->ids, p->now_us, &err), &err, name);
    run(p->s, "update person set entered_us = 1 where user_id = $1", REB_ARGS(reb_i(made.user_id)));
    return made.user_id;
}

/* Four hundred customers who bought now and then for two years; of 1 to 9 the orders are known by heart. */
static void open_place(place *p, const char *engine) {
    reb_err err = {0};
    reb_rand r = {3};
    int64_t event_id = 100, day = reb_day_from_civil(2026, 5, 4); /* a Monday */
    k_engine = engine;
    *p = (place){.now_us = day * REB_US_PER_DAY + 10 * k_hour};
    p->s = fresh("gestures");
    p->ids = (reb_ids){.clock = {.now_us = stand_still, .ctx = &p->now_us}, .node = 7};
    for (int64_t id = 1; id <= 400; id++) {
        customer(p->s, id, id);
        int64_t at = day - 700 + (int64_t)reb_rand_below(&r, 300), gap = 10 + (int64_t)reb_rand_below(&r, 120);
        for (; at < day - 20; at += 1 + (int64_t)reb_rand_below(&r, (uint64_t)(2 * gap))) {
            if (reb_rand_below(&r, 9) == 0) break;
            event(p->s, &(told){id, ++event_id, "order", 0, at, 3000 + (int64_t)reb_rand_below(&r, 4000), -1, "EUR"});
        }
        for (int64_t k = 1; id <= 9 && k <= 24; k++) event(p->s, &(told){id, ++event_id, "order", 0, day - 6 - 25 * k, 5000, -1, "EUR"});
        if (id <= 9) event(p->s, &(told){id, id, "order", 0, day - 6, 6200, -1, "EUR"});
    }
    must(reb_identity_put(p->s, 1, "email", "", "sara@example.org", "sara@example.org", 0, &err), &err, "an address");
    p->olga = person(p, "olga@shop.example", "Olga", REB_ROLE_OWNER);
    p->mina = person(p, "mina@shop.example", "Mina", REB_ROLE_MANAGER);
    p->adel = person(p, "adel@shop.example", "Adel", REB_ROLE_AGENT);
    must(reb_business_load(&p->b, p->s, &err), &err, "the business");
    set(p, "currency", "EUR");
    set(p, "holdout_percent_gesture", "0");
    set(p, "gesture_invest_days", "365");
    set(p, "gesture_payback_days", "365");
    static const char *const kinds[] = {"voucher", "gift", "upgrade"};
    for (size_t i = 0; i < 3; i++) {
        char key[40];
        snprintf(key, sizeof key, "turns_%s_high", kinds[i]);
        set(p, key, "0.9");
        snprintf(key, sizeof key, "turns_%s", kinds[i]);
        set(p, key, "0.8");
    }
    must(reb_derive_all(NULL, p->s, p->b, NULL, NULL, &err), &err, "derived");
    static reb_fit_report report;
    const reb_fit_request q = {.now_us = p->now_us};
    must(reb_fit_run(&report, p->s, &q, &err), &err, "the fit");
}

static int64_t open_case(place *p, const char *kind, int64_t whom_id, const char *order, bool anonymous) {
    reb_err err = {0};
    reb_case_opened o;
    const reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "user:1"};
    const reb_case_open_in in = {
        .channel = "phone", .kind = kind, .body = "It came late.", .customer_id = whom_id, .order_ref = order, .anonymous = anonymous};
    must(reb_case_open(&o, p->s, &by, &in, &err), &err, "a complaint comes in");
    return o.number;
}

static reb_gesture_ctx as(place *p, int64_t user_id, reb_role role) {
    static char who[5][32];
    static int turn;
    char *text = who[turn++ % 5];
    snprintf(text, sizeof who[0], "user:%lld", (long long)user_id);
    return (reb_gesture_ctx){.store = p->s,
                             .arena = &k_arena,
                             .business = p->b,
                             .ids = &p->ids,
                             .now_us = p->now_us,
                             .who = text,
                             .user_id = user_id,
                             .role = role};
}

static reb_gesture_ctx agent(place *p) {
    return as(p, p->adel, REB_ROLE_AGENT);
}

static const reb_gesture_option *option(const reb_gesture_view *v, const char *code) {
    for (int64_t i = 0; i < v->due_count; i++)
        if (strcmp(v->due[i].remedy->code, code) == 0) return &v->due[i];
    for (int64_t i = 0; i < v->extra_count; i++)
        if (strcmp(v->extra[i].remedy->code, code) == 0) return &v->extra[i];
    return NULL;
}

static reb_gesture_view look(place *p, int64_t number) {
    reb_err err = {0};
    reb_gesture_view v;
    const reb_gesture_ctx c = agent(p);
    must(reb_gesture_look(&v, &c, number, NULL, &err), &err, "what may be given");
    return v;
}

static const char *give(reb_gesture_done *d, const reb_gesture_ctx *c, int64_t number, reb_gesture_give_in in) {
    static reb_err err;
    err = (reb_err){0};
    if (reb_gesture_give(d, c, number, &in, &err) == REB_OK) return reb_gesture_state_name(d->gesture.state);
    return err.reason != NULL ? err.reason : reb_status_name(err.code);
}

static reb_gesture_sums sums_of(place *p, int64_t customer_id) {
    reb_err err = {0};
    reb_gestures g;
    reb_gesture_sums sums;
    must(reb_gestures_of_customer(&g, p->s, &k_arena, customer_id, &err), &err, "of one customer");
    reb_gesture_sum(&sums, &g, 0, p->now_us);
    return sums;
}

static int64_t history_of(place *p, int64_t customer_id) {
    reb_stmt *q = NULL;
    reb_err err = {0};
    bool row = false;
    must(reb_query_raw(
             &q, p->s,
             "select count(*) from event e where e.customer_id = $1 and e.kind = 'gesture' and not exists (select 1 from event u where"
             " u.customer_id = e.customer_id and u.kind = 'undo' and u.ext_id = 'undo:' || cast(e.event_id as text))",
             REB_ARGS(reb_i(customer_id)), &err),
         &err, "the history");
    must(reb_step(q, &row, &err), &err, "the history");
    int64_t n = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return n;
}

static void right_apart(place *p) {
    int64_t number = open_case(p, "delivery_late", 1, "#E1", false);
    reb_gesture_view v = look(p, number);
    OK(v.due_count == 2 && v.extra_count >= 4, "what is due and what goes beyond stand apart");
    EQ_TEXT(v.order.ref, "E1", "the order is the one they named");
    const reb_gesture_option *refund = option(&v, "refund_full"), *charge = option(&v, "delivery_charge");
    OK(refund != NULL && refund->offer.value_minor == 6200 && refund->answer.why == REB_GUARD_WHY_DUE && refund->answer.gain_minor == 0,
       "the whole order is theirs, and is not weighed");
    OK(charge != NULL && charge->amount_open, "of the delivery charge the giver says how much");
    OK(v.stake.own && v.stake.minor.likely > 0 && v.stake.minor.low <= v.stake.minor.likely && v.stake.minor.likely <= v.stake.minor.high,
       "what is at stake is their own (%lld, %lld to %lld)", (long long)v.stake.minor.likely, (long long)v.stake.minor.low,
       (long long)v.stake.minor.high);
    for (int64_t i = 1; i < v.extra_count; i++) {
        const reb_guard_answer *a = &v.extra[i - 1].answer, *b = &v.extra[i].answer;
        if (a->verdict == b->verdict && a->gain_minor < b->gain_minor) OK(false, "extras stand by what they gain");
    }
    reb_gesture_done d;
    const reb_gesture_ctx c = agent(p);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "delivery_charge"}), "bad_input", "an open amount is asked for");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "refund_full", .amount_minor = 100}), "given",
            "an agent gives what is due, far beyond their limit, and asks nobody");
    EQ_I64(d.gesture.value_minor, 6200, "and cannot make it smaller");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "delivery_charge", .basis = "due", .amount_minor = 500}), "due_given",
            "of what is due the customer chooses one");
    reb_gesture_sums sums = sums_of(p, 1);
    OK(sums.given == 1 && sums.due == 1 && sums.spent_minor == 6200 && sums.extras_minor == 0, "its cost is booked to the customer");
    EQ_I64(history_of(p, 1), 1, "and it stands in their history");
}

static void extras(place *p) {
    int64_t number = open_case(p, "delivery_late", 2, "E2", false);
    reb_gesture_done d;
    reb_err err = {0};
    const reb_gesture_ctx c = agent(p);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "voucher_small"}), "given",
            "a voucher within the limit is given on the spot");
    OK(d.code[0] != '\0' && d.gesture.valid_until_us > p->now_us + 365 * REB_US_PER_DAY, "with a code, good to the end of its last day");
    EQ_I64(sums_of(p, 2).spent_minor, 0, "it costs nothing yet");
    EQ_I64(sums_of(p, 2).open_minor, 650, "and may cost 6.50");
    reb_gesture_view v = look(p, number);
    EQ_I64(v.left_minor, 2500 - 650, "so much less may be given in this case");
    OK(v.customer.turned == 800000 && v.customer.extras_minor == 650, "what it turns is not turned again");
    reb_voucher voucher;
    bool known;
    must(reb_voucher_redeem(&voucher, &known, p->s, d.code, "key:till", "s1", p->now_us, &err), &err, "it is redeemed");
    OK(sums_of(p, 2).spent_minor == 650 && sums_of(p, 2).open_minor == 0, "then its cost is booked");
    OK(reb_gesture_withdraw(&d,
                            &(reb_gesture_ctx){.store = p->s,
                                               .arena = &k_arena,
                                               .business = p->b,
                                               .ids = &p->ids,
                                               .now_us = p->now_us,
                                               .who = "user:2",
                                               .user_id = p->mina,
                                               .role = REB_ROLE_MANAGER},
                            d.gesture.gesture_id, "by mistake", &err) == REB_E_CONFLICT,
       "what was used is not taken back");
    const reb_gesture_ctx mina = as(p, p->mina, REB_ROLE_MANAGER);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "express_next"}), "given", "another one");
    int64_t before = history_of(p, 2);
    OK(reb_gesture_withdraw(&d, &c, d.gesture.gesture_id, "by mistake", &err) == REB_E_DENIED,
       "an agent does not take back what was given");
    int64_t id = d.gesture.gesture_id;
    must(reb_gesture_withdraw(&d, &mina, id, "by mistake", &err), &err, "a manager does");
    OK(history_of(p, 2) == before - 1 && sums_of(p, 2).open_minor == 0, "and nothing of it is left in the figures");
    OK(reb_gesture_withdraw(&d, &mina, id, "again", &err) == REB_E_CONFLICT, "once");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "replacement", .basis = "extra"}), "blocked_not_extra",
            "what the standards do not name as an extra is not one");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "gift", .amount_minor = 9000}), "blocked_over_most",
            "nor more than they name");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "villa"}), "not_found", "what there is not cannot be given");
}

static void asking(place *p) {
    int64_t number = open_case(p, "delivery_late", 3, "E3", false);
    reb_gesture_done d;
    reb_err err = {0};
    const reb_gesture_ctx c = agent(p), mina = as(p, p->mina, REB_ROLE_MANAGER);
    set(p, "gesture_margin_floor", "0");
    const reb_gesture_ctx c2 = agent(p);
    EQ_TEXT(give(&d, &c2, number, (reb_gesture_give_in){.remedy = "voucher_large"}), "given", "16.25 are within 25.00");
    EQ_TEXT(give(&d, &c2, number, (reb_gesture_give_in){.remedy = "voucher_large", .why = "A loyal customer"}), "asked",
            "twice that is not: somebody is asked");
    OK(d.gesture.approver_id == p->mina && strcmp(d.approver_name, "Mina") == 0 && d.code[0] == '\0',
       "Mina, by name; there is no code yet");
    EQ_I64(d.gesture.due_us - p->now_us, k_hour, "she answers within an hour of open time");
    EQ_I64(d.gesture.remind_us - p->now_us, k_hour / 2, "and is reminded after half of it");
    int64_t id = d.gesture.gesture_id;
    OK(reb_gesture_approve(&d, &c, id, &err) == REB_E_DENIED && strcmp(err.reason, "own_gesture") == 0, "who asks does not answer");
    OK(reb_gesture_refuse(&d, &mina, id, " ", &err) == REB_E_INPUT, "no needs a reason");
    const reb_gesture_ctx mina2 = as(p, p->mina, REB_ROLE_MANAGER);
    must(reb_gesture_approve(&d, &mina2, id, &err), &err, "Mina approves");
    OK(d.gesture.state == REB_GESTURE_GIVEN && d.code[0] != '\0', "and it is given, with its code, in one act");
    OK(reb_gesture_approve(&d, &mina2, id, &err) == REB_E_CONFLICT && strcmp(err.reason, "gesture_over") == 0, "once");
    const reb_gesture_ctx late = agent(p);
    number = open_case(p, "delivery_late", 9, "E9", false);
    give(&d, &late, number, (reb_gesture_give_in){.remedy = "voucher_large"});
    EQ_TEXT(give(&d, &late, number, (reb_gesture_give_in){.remedy = "voucher_large"}), "asked", "in another case");
    OK(reb_gesture_refuse(&d, &mina2, d.gesture.gesture_id, "Enough for a late parcel.", &err) == REB_OK &&
           d.gesture.state == REB_GESTURE_REFUSED,
       "no, with a reason");
    EQ_TEXT(give(&d, &late, number, (reb_gesture_give_in){.remedy = "voucher_large"}), "asked", "and again");
    OK(reb_gesture_withdraw(&d, &late, d.gesture.gesture_id, NULL, &err) == REB_OK && d.gesture.state == REB_GESTURE_DROPPED,
       "dropped by who asked");
    EQ_I64(sums_of(p, 9).given, 1, "what was not given costs nothing");
}

/* A merge is no way around a limit, no second right, and no end of a question. */
static void merged(place *p) {
    reb_gesture_done d;
    reb_err err = {0};
    const reb_gesture_ctx c = agent(p), mina = as(p, p->mina, REB_ROLE_MANAGER);
    const reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "user:1"};
    int64_t one = open_case(p, "delivery_late", 5, "E5", false), two = open_case(p, "delivery_late", 5, "E5", false);
    EQ_TEXT(give(&d, &c, one, (reb_gesture_give_in){.remedy = "voucher_large"}), "given", "within the limit, in one case");
    EQ_TEXT(give(&d, &c, one, (reb_gesture_give_in){.remedy = "delivery_charge", .amount_minor = 400}), "given", "and what is due");
    EQ_TEXT(give(&d, &c, one, (reb_gesture_give_in){.remedy = "voucher_large", .why = "More"}), "asked", "more is asked for");
    int64_t asked = d.gesture.gesture_id;
    OK(!look(p, two).due_given, "the other one has had nothing");
    must(reb_case_merge(NULL, p->s, &by, one, two, &err), &err, "merged");
    reb_gesture_view v = look(p, two);
    EQ_I64(v.given.count, 3, "what was given there is seen here");
    OK(v.due_given, "what is due was given: merging gives it no second time");
    EQ_TEXT(give(&d, &c, two, (reb_gesture_give_in){.remedy = "voucher_large"}), "asked_already", "what waits is not asked a second time");
    OK(reb_gesture_approve(&d, &mina, asked, &err) == REB_OK && d.gesture.state == REB_GESTURE_GIVEN && d.code[0] != '\0',
       "what was asked before the merge can be answered: %s", err.detail);
    must(reb_case_unmerge(NULL, p->s, &by, one, &err), &err, "taken out");
    OK(!look(p, two).due_given, "the other one has had nothing, again");
    int64_t three = open_case(p, "delivery_late", 8, "E8", false), four = open_case(p, "delivery_late", 8, "E8", false);
    EQ_TEXT(give(&d, &c, three, (reb_gesture_give_in){.remedy = "voucher_large"}), "given", "within the limit");
    must(reb_case_merge(NULL, p->s, &by, three, four, &err), &err, "merged");
    EQ_TEXT(give(&d, &c, four, (reb_gesture_give_in){.remedy = "voucher_large"}), "asked", "a merge gives an agent no new limit");
    must(reb_gesture_withdraw(&d, &c, d.gesture.gesture_id, NULL, &err), &err, "let be");
    must(reb_case_unmerge(NULL, p->s, &by, three, &err), &err, "taken out");
}

/* A button pressed twice, or an answer that was lost on the way. */
static void pressed_twice(place *p) {
    reb_gesture_done first, second;
    reb_err err = {0};
    const reb_gesture_ctx c = agent(p);
    int64_t number = open_case(p, "delivery_late", 6, "E6", false);
    const reb_gesture_give_in in = {.remedy = "voucher_small", .key = "form-1"};
    EQ_TEXT(give(&first, &c, number, in), "given", "given");
    EQ_TEXT(give(&second, &c, number, in), "given", "and again with the same key");
    OK(first.gesture.gesture_id == second.gesture.gesture_id && strcmp(first.code, second.code) == 0 && first.code[0] != '\0',
       "it is the same gesture with the same code");
    EQ_I64(look(p, number).given.count, 1, "given once");
    reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "user:1", .key = "form-2"};
    const reb_case_note_in note = {.text = "They called"};
    reb_case_wrote one, two;
    must(reb_case_note(&one, p->s, &by, number, &note, &err), &err, "a note");
    must(reb_case_note(&two, p->s, &by, number, &note, &err), &err, "and again");
    OK(!one.known && two.known && one.seq == two.seq, "nothing is written twice, and the answer is the first one's");
    by.who = "user:2";
    must(reb_case_note(&two, p->s, &by, number, &note, &err), &err, "somebody else's form");
    OK(!two.known, "is another form, whatever its key");
}

static void in_time(place *p) {
    int64_t number = open_case(p, "delivery_late", 4, "E4", false), did = 0, friday = p->now_us;
    reb_gesture_done d;
    reb_gesture g;
    reb_err err = {0};
    p->now_us = (reb_day_from_civil(2026, 5, 8)) * REB_US_PER_DAY + 17 * k_hour + k_hour / 2; /* Friday, half past five */
    set(p, "working_days", "mon tue wed thu fri");
    const reb_gesture_ctx c = agent(p);
    give(&d, &c, number, (reb_gesture_give_in){.remedy = "voucher_large"});
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "voucher_large"}), "asked", "asked on Friday evening");
    int64_t monday = reb_day_from_civil(2026, 5, 11) * REB_US_PER_DAY + 9 * k_hour;
    EQ_I64(d.gesture.due_us, monday + k_hour / 2, "the answer is due on Monday morning: closed hours do not count");
    int64_t id = d.gesture.gesture_id;
    p->now_us = monday;
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    must(reb_gesture_get(&g, p->s, &k_arena, id, &err), &err, "it is read");
    OK(did == 1 && g.remind_us == 0 && g.approver_id == p->mina, "Mina is reminded, once");
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    EQ_I64(did, 0, "and not again");
    p->now_us = monday + k_hour / 2;
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    must(reb_gesture_get(&g, p->s, &k_arena, id, &err), &err, "it is read");
    OK(did == 1 && g.approver_id == p->olga && g.passed_on == 1 && g.due_us == p->now_us + k_hour,
       "not answered in time: it goes to Olga, within an hour");
    p->now_us = g.due_us + k_hour;
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us + 1, &p->ids, &err), &err, "time passes");
    must(reb_gesture_get(&g, p->s, &k_arena, id, &err), &err, "it is read");
    OK(g.state == REB_GESTURE_ASKED && g.passed_on <= 2, "nobody is asked for ever, and nothing is decided by itself");
    const reb_gesture_ctx olga = as(p, p->olga, REB_ROLE_OWNER);
    OK(reb_gesture_approve(&d, &olga, id, &err) == REB_OK, "whoever may answers, also late");
    p->now_us = friday;
    set(p, "working_days", NULL);
}

static void held_out(place *p) {
    reb_gesture_done d;
    set(p, "holdout_percent_gesture", "100");
    int64_t number = open_case(p, "delivery_late", 5, "E5", false);
    reb_gesture_view v = look(p, number);
    OK(v.held_out && v.due_count == 2, "a case is held out of extras, not of what is due");
    set(p, "holdout_percent_gesture", "0");
    v = look(p, number);
    OK(v.held_out, "and stays so");
    const reb_gesture_ctx c = agent(p);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "express_next"}), "held_out", "nothing is given by the way");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "apology"}), "given", "an apology is never held out");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "refund_full"}), "given", "nor what is due");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "express_next", .even_so = true}), "given",
            "a person may mean it all the same");
    OK(d.gesture.held_out, "and it is written down");
}

static void nobody_known(place *p) {
    reb_gesture_done d;
    reb_err err = {0};
    const reb_gesture_ctx c = agent(p);
    int64_t number = open_case(p, "service_poor", 0, NULL, true), did = 0;
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "gift"}), "blocked_anonymous", "whoever is anonymous gets no offers");
    number = open_case(p, "product_faulty", 0, "E6", false);
    reb_gesture_view v = look(p, number);
    OK(!v.stake.own && v.stake.any && v.stake.origin == REB_ASSUMED && v.stake.minor.low == 0,
       "of nobody known everybody's mean is assumed, from nothing");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "replacement", .amount_minor = 2000, .why = "A mug."}), "given",
            "what is due is due to them, too");
    OK(d.gesture.event_customer_id == 0, "it stands in nobody's history yet");
    const reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "user:1"};
    reb_case_wrote w;
    must(reb_case_identify(&w, p->s, &by, number, 6, &err), &err, "whom it is from is found");
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    OK(history_of(p, 6) == 1 && sums_of(p, 6).spent_minor == d.gesture.cost_now_minor, "then in theirs, with its cost");
    must(reb_gesture_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "time passes");
    EQ_I64(history_of(p, 6), 1, "once");
}

static void on_purpose(place *p) {
    reb_gesture_done d;
    set(p, "gesture_margin_floor", "1"); /* nobody has so much margin */
    int64_t number = open_case(p, "delivery_late", 7, "E7", false);
    const reb_gesture_ctx c = agent(p);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "voucher_small"}), "blocked_floor", "the floor holds");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "refund_full"}), "given", "but not against what is due");
    set(p, "gesture_invest_most_minor", "100000000");
    const reb_gesture_ctx mina = as(p, p->mina, REB_ROLE_MANAGER), c2 = agent(p);
    EQ_TEXT(give(&d, &mina, number, (reb_gesture_give_in){.remedy = "voucher_small"}), "invest", "an investment is made on purpose");
    EQ_TEXT(give(&d, &mina, number, (reb_gesture_give_in){.remedy = "voucher_small", .invest = true}), "given", "by somebody who may");
    EQ_I64(d.gesture.invest_until_us, p->now_us + 365 * REB_US_PER_DAY, "with an end");
    EQ_TEXT(give(&d, &c2, number, (reb_gesture_give_in){.remedy = "voucher_small", .invest = true}), "asked", "an agent asks");
    set(p, "gesture_margin_floor", "0");
    set(p, "gesture_invest_most_minor", NULL);
}

static void decided(place *p) {
    reb_gesture_done d;
    reb_err err = {0};
    reb_case_wrote w;
    int64_t number = open_case(p, "delivery_late", 8, "E8", false);
    reb_case_by by = {.business = p->b, .ids = &p->ids, .now_us = p->now_us, .who = "user:9"};
    reb_gesture_view v = look(p, number);
    int64_t seen = v.state.last_seq;
    must(reb_case_decide(&w, p->s, &by, number, &(reb_case_decide_in){.outcome = "not_upheld", .reason = "It came on the day."}, &err),
         &err, "not upheld");
    const reb_gesture_ctx c = agent(p);
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "refund_full", .basis = "due"}), "not_upheld",
            "what was not upheld is not due");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "express_next", .seen_seq = seen}), "case_changed",
            "who has not seen the decision looks first");
    EQ_TEXT(give(&d, &c, number, (reb_gesture_give_in){.remedy = "express_next"}), "given", "a kindness is still possible");
    int64_t cases = 0, wrong = 0;
    must(reb_case_check(&cases, &wrong, p->s, p->b, &err), &err, "checked");
    OK(cases > 5 && wrong == 0, "what is stored of the cases is what their logs give");
}

static void everything(const char *engine) {
    place p;
    open_place(&p, engine);
    right_apart(&p);
    extras(&p);
    asking(&p);
    merged(&p);
    in_time(&p);
    held_out(&p);
    nobody_known(&p);
    on_purpose(&p);
    decided(&p);
    pressed_twice(&p);
    reb_business_free(p.b);
    reb_store_close(p.s);
}

int main(void) {
    if (mkdtemp(k_dir) == NULL) return 1;
    k_suite = "test_gesture";
    everything("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        everything("pg");
    }
    reb_arena_free(&k_arena);
    test_folder_remove(k_dir);
    return tap_done();
}
