/* What may be given on a case: the right apart, the extras through the guard. */
#include "gesture_internal.h"

#include "../domain/customer.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ORDERS_SHOWN = 8, ORDERS_LOOKED_AT = 200 };

const char *const reb_gesture_ranks[] = {"agent", "manager", "owner"};

reb_status reb_gesture_no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

int64_t reb_gesture_rank(reb_role role) {
    return role == REB_ROLE_OWNER ? 2 : role == REB_ROLE_MANAGER ? 1 : 0;
}

reb_status reb_gesture_head(int64_t *head_id, reb_store *s, int64_t customer_id, reb_err *err) {
    bool found = false;
    *head_id = 0;
    if (customer_id == 0) return REB_OK;
    return reb_get_i64(head_id, &found, s, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(customer_id)), err);
}

reb_status reb_gesture_person_of(reb_gesture_person *out, reb_store *s, reb_arena *a, int64_t rank, int64_t but, const char *team,
                                 int64_t nth, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *out = (reb_gesture_person){.name = "", .email = "", .language = ""};
    reb_status st = reb_query(&q, s, REB_SQL_GESTURE_APPROVERS, REB_ARGS(reb_t(reb_gesture_ranks[rank]), reb_i(but), reb_t(team)), err);
    for (int64_t i = 0; st == REB_OK && i <= nth; i++) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if (i < nth) continue;
        *out = (reb_gesture_person){.user_id = reb_col_i64(q, 0),
                                    .name = reb_arena_strdup(a, reb_col_text(q, 1)),
                                    .email = reb_arena_strdup(a, reb_col_text(q, 2)),
                                    .language = reb_arena_strdup(a, reb_col_text(q, 3))};
        if (out->name == NULL || out->email == NULL || out->language == NULL) st = reb_gesture_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

const char *reb_gesture_origin(const reb_stake *s) {
    return reb_origin_name(s->own ? REB_MIXED : REB_ASSUMED);
}

/* --- what the guard is told ----------------------------------------------------------------------------------------------------------- */

static int64_t millionths(double share) {
    return llround(fmin(fmax(share, 0.0), 1.0) * (double)REB_GUARD_ONE);
}

static reb_guard_range chance_of(const reb_business *b, reb_remedy_kind kind) {
    reb_setting first = (reb_setting)((int)REB_SETTING_TURNS_REFUND + 3 * (int)kind);
    int64_t likely = millionths(reb_business_f64(b, first));
    int64_t low = millionths(reb_business_f64(b, (reb_setting)(first + 1))),
            high = millionths(reb_business_f64(b, (reb_setting)(first + 2)));
    /* Where somebody has set them the wrong way round the careful reading counts. */
    return (reb_guard_range){.low = low < likely ? low : likely, .likely = likely, .high = high > likely ? high : likely};
}

static int64_t bounded(int64_t v) {
    return v > REB_GUARD_MOST_MINOR ? REB_GUARD_MOST_MINOR : v < -REB_GUARD_MOST_MINOR ? -REB_GUARD_MOST_MINOR : v;
}

/* Sales and margin of the window; a known cost counts, else the business's margin rate. */
static reb_status read_window(reb_gesture_view *v, const reb_gesture_ctx *c, int64_t from_day, int64_t today, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    if (v->head_id == 0) return REB_OK;
    reb_status st = reb_query(&q, c->store, REB_SQL_GESTURE_WINDOW, REB_ARGS(reb_i(v->head_id), reb_i(from_day), reb_i(today)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        double rate = reb_business_f64(c->business, REB_SETTING_MARGIN_RATE);
        v->customer.sales_minor = bounded(reb_col_i64(q, 0));
        v->customer.margin_minor = bounded(reb_col_i64(q, 1) + (int64_t)floor(rate * (double)reb_col_i64(q, 2)));
    }
    reb_stmt_close(q);
    return st;
}

static reb_status read_customer(reb_gesture_view *v, const reb_gesture_ctx *c, reb_err *err) {
    int64_t window = reb_business_i64(c->business, REB_SETTING_GESTURE_WINDOW_DAYS);
    int64_t today = reb_business_day(c->business, c->now_us), from_us = c->now_us - window * REB_US_PER_DAY;
    v->customer = (reb_guard_customer){.stake_days = REB_STAKE_DAYS, .anonymous = v->state.anonymous};
    reb_status st = reb_stake_of(&v->stake, c->store, c->arena, c->business, v->head_id, c->now_us, err);
    if (st == REB_OK) st = read_window(v, c, today - window, today, err);
    reb_gestures theirs = v->given;
    if (st == REB_OK && v->head_id != 0) st = reb_gestures_of_customer(&theirs, c->store, c->arena, v->head_id, err);
    if (st != REB_OK) return st;
    reb_gesture_sums sums;
    reb_gesture_sum(&sums, &theirs, from_us, c->now_us);
    v->customer.stake = v->stake.minor;
    v->customer.extras_minor = bounded(sums.extras_minor);
    int64_t due_given = 0;
    for (int64_t i = 0; i < v->given.count; i++) {
        const reb_gesture *g = &v->given.list[i];
        if (g->state != REB_GESTURE_GIVEN) continue;
        if (g->basis == REB_BASIS_DUE) {
            due_given++;
            continue;
        }
        v->customer.of_case_minor = bounded(v->customer.of_case_minor + g->cost_now_minor + g->cost_used_minor);
        v->customer.turned = reb_guard_turned(v->customer.turned, g->turns);
    }
    v->due_given = due_given > v->reopened; /* who complains again may choose again; merging is no complaint */
    v->not_upheld = strcmp(v->state.outcome, "not_upheld") == 0 && v->state.decided_us != 0;
    return REB_OK;
}

static int64_t limit_of(const reb_standard *s, const char *role) {
    for (int64_t i = 0; i < s->limit_count; i++)
        if (strcmp(s->limits[i].role, role) == 0) return s->limits[i].amount_minor;
    return strcmp(role, "owner") == 0 ? -1 : 0;
}

/* The giver's rank, and of those above only such as somebody has who could answer. */
static reb_status read_people(reb_gesture_view *v, const reb_gesture_ctx *c, reb_err *err) {
    int64_t mine = reb_gesture_rank(c->role);
    reb_status st = REB_OK;
    v->people = (reb_guard_people){.count = REB_GESTURE_RANKS, .giver = mine};
    for (int64_t i = 0; i < REB_GESTURE_RANKS && st == REB_OK; i++) {
        reb_guard_role *r = &v->people.roles[i];
        *r = (reb_guard_role){.limit_minor = limit_of(v->standard, reb_gesture_ranks[i]), .may_invest = i > 0};
        if (i <= mine) continue;
        reb_gesture_person p;
        st = reb_gesture_person_of(&p, c->store, c->arena, i, c->user_id, "", 0, err);
        if (st == REB_OK && p.user_id == 0) *r = (reb_guard_role){.limit_minor = 0};
    }
    v->role = reb_gesture_ranks[mine];
    v->limit_minor = v->people.roles[mine].limit_minor;
    v->left_minor = v->limit_minor;
    if (v->limit_minor != -1) {
        v->left_minor = v->limit_minor - v->customer.of_case_minor;
        if (v->left_minor < 0) v->left_minor = 0;
    }
    return st;
}

static void read_policy(reb_gesture_view *v, const reb_business *b) {
    v->policy = (reb_guard_policy){.payback_days = reb_business_i64(b, REB_SETTING_GESTURE_PAYBACK_DAYS),
                                   .invest_days = reb_business_i64(b, REB_SETTING_GESTURE_INVEST_DAYS),
                                   .floor = llround(reb_business_f64(b, REB_SETTING_GESTURE_MARGIN_FLOOR) * (double)REB_GUARD_ONE),
                                   .invest_most_minor = reb_business_i64(b, REB_SETTING_GESTURE_INVEST_MOST_MINOR)};
    if (v->policy.invest_days < v->policy.payback_days) v->policy.invest_days = v->policy.payback_days;
}

/* --- the order ------------------------------------------------------------------------------------------------------------------------ */

/* As people write it: "#1001", " 1001 ". */
static const char *plain_ref(reb_arena *a, const char *ref) {
    while (*ref == ' ' || *ref == '#') ref++;
    size_t n = strlen(ref);
    while (n > 0 && ref[n - 1] == ' ') n--;
    return reb_arena_strndup(a, ref, n);
}

static bool same_ref(const char *stored, const char *plain) {
    return strcasecmp(stored[0] == '#' ? stored + 1 : stored, plain) == 0;
}

typedef struct orders {
    reb_gesture_order *list;
    int64_t count;
} orders;

static reb_status read_orders_of(orders *o, const reb_gesture_ctx *c, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st =
        reb_query(&q, c->store, REB_SQL_GESTURE_ORDERS, REB_ARGS(reb_i(customer_id), reb_i(c->now_us), reb_i(ORDERS_LOOKED_AT)), err);
    while (st == REB_OK && o->count < ORDERS_LOOKED_AT && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t left = reb_col_i64(q, 2) - reb_col_i64(q, 4);
        reb_gesture_order *one = &o->list[o->count++];
        *one = (reb_gesture_order){.ref = reb_arena_strdup(c->arena, reb_col_text(q, 0)),
                                   .at_us = reb_col_i64(q, 1),
                                   .amount_minor = left > 0 ? left : 0,
                                   .currency = reb_arena_strdup(c->arena, reb_col_text(q, 3))};
        if (one->ref == NULL || one->currency == NULL) st = reb_gesture_no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

static int newest_first(const void *a, const void *b) {
    const reb_gesture_order *x = a, *y = b;
    return (x->at_us < y->at_us) - (x->at_us > y->at_us);
}

static reb_status read_orders(orders *o, const reb_gesture_ctx *c, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t members[64], count = 0;
    o->list = reb_arena_zalloc(c->arena, ORDERS_LOOKED_AT, sizeof *o->list);
    if (o->list == NULL) return reb_gesture_no_memory(err);
    if (head_id == 0) return REB_OK;
    reb_status st = reb_query(&q, c->store, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && count < 64 && (st = reb_step(q, &row, err)) == REB_OK && row) members[count++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    for (int64_t i = 0; i < count && st == REB_OK; i++) st = read_orders_of(o, c, members[i], err);
    if (st == REB_OK && o->count > 1) qsort(o->list, (size_t)o->count, sizeof *o->list, newest_first);
    return st;
}

/* The order it is about: the one that is named now, else the one that the customer named. A name that is no order of theirs is an error
   only where somebody says it now: customers misremember. */
static reb_status read_order(reb_gesture_view *v, const reb_gesture_ctx *c, const char *order_ref, reb_err *err) {
    orders all = {0};
    reb_case_person person = {0};
    bool told = false;
    v->order = (reb_gesture_order){.ref = "", .currency = ""};
    reb_status st = read_orders(&all, c, v->head_id, err);
    if (st == REB_OK && order_ref == NULL) st = reb_case_person_get(&person, &told, c->store, c->arena, &v->at, err);
    if (st != REB_OK) return st;
    const char *wanted = order_ref != NULL ? order_ref : told && person.order_ref != NULL ? person.order_ref : "";
    const char *plain = plain_ref(c->arena, wanted);
    if (plain == NULL) return reb_gesture_no_memory(err);
    for (int64_t i = 0; i < all.count && plain[0] != '\0' && v->order.ref[0] == '\0'; i++)
        if (same_ref(all.list[i].ref, plain)) v->order = all.list[i];
    v->orders = all.list;
    v->order_count = all.count < ORDERS_SHOWN ? all.count : ORDERS_SHOWN;
    if (order_ref == NULL || v->order.ref[0] != '\0' || plain[0] == '\0') return REB_OK;
    reb_fail(err, REB_E_INPUT, "This customer has no order \"%.60s\".", order_ref);
    reb_err_next(err, "Choose one of their orders, or say first whom the case is from.");
    reb_err_reason(err, "order_unknown");
    return REB_E_INPUT;
}

/* --- weighing ------------------------------------------------------------------------------------------------------------------------- */

static bool listed(const char *const *codes, int64_t count, const char *code) {
    for (int64_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0) return true;
    return false;
}

/* Minutes of a call cost what people's time costs. */
static int64_t work_of(const reb_business *b, reb_remedy_kind kind) {
    if (kind != REB_REMEDY_CALL) return 0;
    double minutes = reb_business_f64(b, REB_SETTING_MINUTES_CALL);
    return (int64_t)llround(minutes * (double)reb_business_i64(b, REB_SETTING_COST_PER_MINUTE_MINOR));
}

/* What is due is never weighed. But how much that is, is bounded by the order; where no order bounds it, it rests on the giver's word,
   which goes as far as their limit: beyond it somebody else says yes, whoever that may be. */
static void bound_right(reb_gesture_option *o, const reb_gesture_view *v, bool ours) {
    int64_t right = o->offer.right_minor, value = o->offer.value_minor;
    o->right_most_minor = !ours ? -1 : v->order.amount_minor > right ? v->order.amount_minor : right;
    o->on_word = !ours && value > right;
    if (!o->on_word || o->answer.verdict != REB_GUARD_OK || v->limit_minor == -1 || value <= v->limit_minor) return;
    int64_t to = v->people.giver + 1;
    while (to < v->people.count - 1 && v->people.roles[to].limit_minor != -1 && v->people.roles[to].limit_minor < value) to++;
    o->answer.verdict = REB_GUARD_NEEDS_APPROVAL;
    o->answer.why = REB_GUARD_WHY_OVER_LIMIT;
    o->answer.approver = to < v->people.count ? to : v->people.count - 1;
}

reb_status reb_gesture_weigh(reb_gesture_option *out, const reb_gesture_ctx *c, const reb_gesture_view *v, const reb_remedy *remedy,
                             reb_guard_basis basis, int64_t amount_minor, reb_err *err) {
    bool ours = v->order.ref[0] != '\0' && strcmp(v->order.currency, c->business->currency) == 0;
    *out = (reb_gesture_option){.remedy = remedy, .right_most_minor = -1, .approver_role = "", .approver_name = ""};
    reb_status st = reb_guard_price(&out->offer, remedy, basis, ours ? v->order.amount_minor : -1, amount_minor,
                                    work_of(c->business, remedy->kind), err);
    if (st != REB_OK) return st;
    bool money = remedy->kind == REB_REMEDY_REFUND;
    out->amount_open = !out->offer.value_known || (money && remedy->percent == 0 && remedy->amount_minor == 0);
    out->offer.may_be_extra = v->kind != NULL && !remedy->by_right_only && listed(v->kind->extra, v->kind->extra_count, remedy->code);
    out->offer.turns = chance_of(c->business, remedy->kind);
    st = reb_guard_weigh(&out->answer, &out->offer, &v->customer, &v->policy, &v->people, err);
    if (st == REB_OK && basis == REB_BASIS_DUE) bound_right(out, v, ours);
    if (st != REB_OK || out->answer.verdict != REB_GUARD_NEEDS_APPROVAL) return st;
    reb_gesture_person p;
    st = reb_gesture_person_of(&p, c->store, c->arena, out->answer.approver, c->user_id, "", 0, err);
    out->approver_role = reb_gesture_ranks[out->answer.approver];
    out->approver_id = p.user_id;
    out->approver_name = p.name;
    return st;
}

/* What may be given first, by what it is expected to gain; then what somebody else may give, then what is blocked. */
static int by_gain(const void *a, const void *b) {
    const reb_gesture_option *x = a, *y = b;
    if (x->answer.verdict != y->answer.verdict) return x->answer.verdict < y->answer.verdict ? -1 : 1;
    if (x->answer.gain_minor != y->answer.gain_minor) return x->answer.gain_minor > y->answer.gain_minor ? -1 : 1;
    return strcmp(x->remedy->code, y->remedy->code);
}

static reb_status weigh_all(reb_gesture_view *v, const reb_gesture_ctx *c, reb_err *err) {
    if (v->kind == NULL) return REB_OK;
    reb_gesture_option *due = reb_arena_zalloc(c->arena, (size_t)v->kind->due_count + 1, sizeof *due);
    reb_gesture_option *extra = reb_arena_zalloc(c->arena, (size_t)v->kind->extra_count + 1, sizeof *extra);
    if (due == NULL || extra == NULL) return reb_gesture_no_memory(err);
    reb_status st = REB_OK;
    for (int64_t i = 0; i < v->kind->due_count && st == REB_OK && !v->not_upheld; i++) {
        const reb_remedy *r = reb_remedy_find(v->standard, v->kind->due[i]);
        if (r != NULL) st = reb_gesture_weigh(&due[v->due_count++], c, v, r, REB_BASIS_DUE, 0, err);
    }
    for (int64_t i = 0; i < v->kind->extra_count && st == REB_OK; i++) {
        const reb_remedy *r = reb_remedy_find(v->standard, v->kind->extra[i]);
        if (r != NULL) st = reb_gesture_weigh(&extra[v->extra_count++], c, v, r, REB_BASIS_EXTRA, 0, err);
    }
    if (v->extra_count > 1) qsort(extra, (size_t)v->extra_count, sizeof *extra, by_gain);
    v->due = due;
    v->extra = extra;
    return st;
}

enum { TAKEN_IN_MOST = 256 };

/* What was given in the cases that this one goes on for was given for the same complaint: limits and rights are looked at together. */
static reb_status add_taken_in(reb_gesture_view *v, const reb_gesture_ctx *c, reb_err *err) {
    reb_case_key *keys = reb_arena_zalloc(c->arena, TAKEN_IN_MOST, sizeof *keys);
    int64_t count = 1;
    reb_status st = REB_OK;
    if (keys == NULL) return reb_gesture_no_memory(err);
    keys[0] = v->at;
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        reb_stmt *q = NULL;
        bool row = true;
        st = reb_query(&q, c->store, REB_SQL_CASE_MERGED_FROM, REB_ARGS(reb_i(keys[i].case_id)), err);
        while (st == REB_OK && count < TAKEN_IN_MOST && (st = reb_step(q, &row, err)) == REB_OK && row)
            keys[count++] = (reb_case_key){.customer_id = reb_col_i64(q, 1), .case_id = reb_col_i64(q, 2)};
        reb_stmt_close(q);
    }
    for (int64_t i = 1; i < count && st == REB_OK; i++) {
        reb_gestures more;
        reb_case_state taken;
        st = reb_gestures_of_case(&more, c->store, c->arena, &keys[i], err);
        if (st == REB_OK) st = reb_case_load(&taken, c->store, c->arena, &keys[i], err);
        if (st != REB_OK) break;
        v->reopened += taken.reopened_count - taken.reopened_by_merging;
        if (more.count == 0) continue;
        reb_gesture *list = reb_arena_zalloc(c->arena, (size_t)(v->given.count + more.count), sizeof *list);
        if (list == NULL) return reb_gesture_no_memory(err);
        if (v->given.count > 0) memcpy(list, v->given.list, (size_t)v->given.count * sizeof *list);
        memcpy(list + v->given.count, more.list, (size_t)more.count * sizeof *list);
        v->given.list = list;
        v->given.count += more.count;
    }
    return st;
}

static reb_status read_log(reb_gesture_view *v, const reb_gesture_ctx *c, reb_err *err) {
    const reb_case_event *log = NULL;
    int64_t count = 0;
    reb_status st = reb_case_events(&log, &count, c->store, c->arena, &v->at, err);
    if (st == REB_OK) st = reb_case_fold(&v->state, c->arena, log, count, err);
    if (st == REB_OK) st = reb_case_owed_of(&v->owed, c->arena, log, count, err);
    v->closed = v->state.stage == REB_STAGE_CLOSED;
    return st;
}

reb_status reb_gesture_look(reb_gesture_view *out, const reb_gesture_ctx *c, int64_t number, const char *order_ref, reb_err *err) {
    reb_standard *standard = NULL;
    reb_gesture_draw draw = {0};
    *out = (reb_gesture_view){.number = number};
    reb_status st = reb_case_find(&out->at, c->store, number, err);
    if (st == REB_OK) st = read_log(out, c, err);
    if (st == REB_OK) st = reb_gesture_head(&out->head_id, c->store, out->state.whom_id, err);
    if (st == REB_OK) st = reb_gesture_drawn(&draw, c->store, c->business, &out->at, out->head_id, c->now_us, err);
    if (st == REB_OK) st = reb_standard_get(&standard, c->store, c->arena, out->state.standard_version, err);
    if (st != REB_OK) return st;
    out->held_out = draw.held_out;
    out->holdout_share = draw.share;
    out->standard = standard;
    out->kind = reb_standard_kind_find(standard, out->state.kind);
    out->reopened = out->state.reopened_count - out->state.reopened_by_merging;
    st = reb_gestures_of_case(&out->given, c->store, c->arena, &out->at, err);
    if (st == REB_OK) st = add_taken_in(out, c, err);
    read_policy(out, c->business);
    if (st == REB_OK) st = read_customer(out, c, err);
    if (st == REB_OK) st = read_people(out, c, err);
    if (st == REB_OK) st = read_order(out, c, order_ref, err);
    return st == REB_OK ? weigh_all(out, c, err) : st;
}
