#include "losing.h"

#include "../base/clock.h"
#include "../base/rand.h"
#include "../rule/share.h"
#include "stake.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left to reckon what losing costs.");
}

/* A complaint that was decided long enough ago to see what came of it. */
typedef struct decided {
    int64_t head_id, day;
    reb_losing_group group;
} decided;

/* The customer whose cases are being read: sums take their stake once, and the reach of each case. */
typedef struct current {
    int64_t whom_id, head_id;
    bool begun, found;
    double times; /* stands for so many customers; 0: for none, others stand for this one */
    reb_stake stake;
    reb_losing_case *open; /* NULL: none yet */
    bool in_open, in_week, in_week_before;
} current;

typedef struct reckoning {
    reb_losing *out;
    reb_store *store;
    reb_arena *arena;
    const reb_policy *policy;
    reb_stake_book book;
    decided *decided;
    size_t decided_count, decided_cap;
    int64_t *complainers; /* sorted */
    size_t complainer_count, complainer_cap;
    size_t case_cap;
    current now;
    int64_t cause_seen[REB_LOSING_CAUSES]; /* the customer that each cause has last taken in, counted from 1 */
    int64_t customer_no;
} reckoning;

/* A case of the customer who is being read: the reach of the bad experience, and at their first one in this sum what is at stake, too. */
static void add(reb_estimate *to, const reckoning *r, bool first) {
    const reb_stake *s = &r->now.stake;
    const reb_estimate *p = &s->price_minor, *reach = &s->reach_minor;
    to->value += r->now.times * (first ? p->value : reach->value);
    to->low += r->now.times * (first ? p->low : reach->low);
    to->high += r->now.times * (first ? p->high : reach->high);
}

/* The factors, and the reach, which hangs on them alone. */
static reb_status open_book(reckoning *r, reb_err *err) {
    reb_losing *o = r->out;
    double reach[3];
    reb_status st = reb_stake_open(&r->book, r->store, r->arena, r->policy->business, o->now_us, err);
    if (st != REB_OK) return st;
    double v = r->book.factors.new_value_minor;
    o->factors = r->book.factors;
    o->scored = r->book.scored;
    o->assumed = r->book.assumed;
    o->new_value_minor = (reb_estimate){v, v, v, REB_MIXED};
    reb_losing_reach(reach, &o->factors);
    o->reach_minor = (reb_estimate){.value = reach[0], .low = reach[1], .high = reach[2], .origin = REB_ASSUMED};
    return REB_OK;
}

/* --- cases ---------------------------------------------------------------------------------------------------------------------------- */

static reb_losing_cause *cause_of(reckoning *r, const char *cause) {
    reb_losing *o = r->out;
    for (size_t i = 0; i < o->cause_count; i++)
        if (strcmp(o->causes[i].cause, cause) == 0) return &o->causes[i];
    if (o->cause_count == REB_LOSING_CAUSES) return NULL;
    reb_losing_cause *c = &o->causes[o->cause_count];
    const char *copy = reb_arena_strdup(r->arena, cause);
    if (copy == NULL) return NULL;
    *c = (reb_losing_cause){.cause = copy, .price_minor = {.origin = REB_MIXED}};
    o->cause_count++;
    return c;
}

static reb_status remember_decided(reckoning *r, int64_t head_id, int64_t decided_us, const char *outcome, reb_err *err) {
    bool upheld = strcmp(outcome, "upheld") == 0 || strcmp(outcome, "partly") == 0 || strcmp(outcome, "goodwill") == 0;
    if ((!upheld && strcmp(outcome, "not_upheld") != 0) || decided_us > r->out->now_us - REB_LOSING_HORIZON_DAYS * REB_US_PER_DAY)
        return REB_OK;
    if (r->decided_count == r->decided_cap) {
        size_t cap = r->decided_cap == 0 ? 256 : 2 * r->decided_cap;
        decided *more = realloc(r->decided, cap * sizeof *more);
        if (more == NULL) return no_memory(err);
        r->decided = more;
        r->decided_cap = cap;
    }
    r->decided[r->decided_count++] = (decided){.head_id = head_id,
                                               .day = reb_business_day(r->policy->business, decided_us),
                                               .group = upheld ? REB_LOSING_UPHELD : REB_LOSING_NOT_UPHELD};
    return REB_OK;
}

/* Who a row is from. Whoever has an open case is looked at; of the others one in `one_in` stands for all of them. */
static reb_status begin_customer(reckoning *r, int64_t whom_id, bool open, reb_err *err) {
    current *c = &r->now;
    *c = (current){.whom_id = whom_id, .begun = true, .times = 1.0};
    r->customer_no++;
    reb_status st = REB_OK;
    if (whom_id != 0) st = reb_get_i64(&c->head_id, &c->found, r->store, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(whom_id)), err);
    if (!open && whom_id != 0 && r->out->one_in > 1)
        c->times = reb_hash64(0, &whom_id, sizeof whom_id) % (uint64_t)r->out->one_in == 0 ? (double)r->out->one_in : 0.0;
    if (st == REB_OK && c->times > 0.0) st = reb_stake_find(&c->stake, &r->book, c->found ? c->head_id : 0, err);
    return st;
}

static void take_open(reckoning *r, reb_stmt *q) {
    reb_losing *o = r->out;
    current *c = &r->now;
    bool own = c->found && c->open != NULL; /* another one of the same customer */
    o->open_count++;
    add(&o->open_minor, r, !c->in_open || !c->found);
    c->in_open = true;
    if (own) {
        c->open->open++;
        c->open->price_minor.value += c->stake.reach_minor.value;
        c->open->price_minor.low += c->stake.reach_minor.low;
        c->open->price_minor.high += c->stake.reach_minor.high;
    } else if (o->case_count < r->case_cap) {
        c->open = &o->cases[o->case_count++];
        *c->open = (reb_losing_case){.number = reb_col_i64(q, 0),
                                     .open = 1,
                                     .kind = reb_arena_strdup(r->arena, reb_col_text(q, 3)),
                                     .opened_us = reb_col_i64(q, 5),
                                     .customer_known = c->found,
                                     .price_minor = c->stake.price_minor};
    }
}

static void take_year(reckoning *r, const char *cause, bool open) {
    reb_losing_cause *c = cause_of(r, cause);
    r->out->year_count++;
    if (c == NULL) return;
    size_t at = (size_t)(c - r->out->causes);
    c->cases++;
    c->open += open;
    add(&c->price_minor, r, r->cause_seen[at] != r->customer_no || !r->now.found);
    r->cause_seen[at] = r->customer_no;
}

/* Rows come customer by customer. Cases of nobody known are of as many people. */
static reb_status take_case(reckoning *r, reb_stmt *q, reb_err *err) {
    const int64_t week_us = 7 * REB_US_PER_DAY;
    reb_losing *o = r->out;
    current *c = &r->now;
    int64_t whom_id = reb_col_i64(q, 2);
    int64_t age_us = o->now_us - reb_col_i64(q, 5);
    bool open = reb_col_i64(q, 6) == 0 && strcmp(reb_col_text(q, 7), "referred") != 0;
    reb_status st = c->begun && c->whom_id == whom_id ? REB_OK : begin_customer(r, whom_id, reb_col_i64(q, 6) == 0, err);
    if (st != REB_OK) return st;
    if (open) take_open(r, q);
    if (age_us < week_us) {
        o->week_count++;
        add(&o->week_minor, r, !c->in_week || !c->found);
        c->in_week = true;
    } else if (age_us < 2 * week_us) {
        o->week_before_count++;
        add(&o->week_before_minor, r, !c->in_week_before || !c->found);
        c->in_week_before = true;
    }
    if (age_us < 365 * REB_US_PER_DAY) take_year(r, reb_col_text(q, 4), open);
    return c->head_id != 0 ? remember_decided(r, c->head_id, reb_col_i64(q, 9), reb_col_text(q, 8), err) : REB_OK;
}

static int dearest_case(const void *a, const void *b) {
    const reb_losing_case *x = a;
    const reb_losing_case *y = b;
    if (x->price_minor.value != y->price_minor.value) return x->price_minor.value > y->price_minor.value ? -1 : 1;
    return x->opened_us < y->opened_us ? -1 : x->opened_us > y->opened_us;
}

static int dearest_cause(const void *a, const void *b) {
    const reb_losing_cause *x = a;
    const reb_losing_cause *y = b;
    if (x->price_minor.value != y->price_minor.value) return x->price_minor.value > y->price_minor.value ? -1 : 1;
    return strcmp(x->cause, y->cause);
}

static reb_status read_cases(reckoning *r, reb_err *err) {
    reb_losing *o = r->out;
    reb_stmt *q = NULL;
    bool row = true;
    enum { KEPT = 20000, YEARS_DAYS = 730, CUSTOMERS_WANTED = 10000 };
    int64_t customers = 0;
    const int64_t since_us = o->now_us - YEARS_DAYS * REB_US_PER_DAY;
    o->cases = reb_arena_zalloc(r->arena, KEPT, sizeof *o->cases);
    o->causes = reb_arena_zalloc(r->arena, REB_LOSING_CAUSES, sizeof *o->causes);
    if (o->cases == NULL || o->causes == NULL) return no_memory(err);
    r->case_cap = KEPT;
    reb_status st = reb_get_i64(&customers, NULL, r->store, REB_SQL_LOSING_CUSTOMERS, REB_ARGS(reb_i(since_us), reb_i(o->now_us)), err);
    o->one_in = 1 + customers / CUSTOMERS_WANTED;
    if (st == REB_OK) st = reb_query(&q, r->store, REB_SQL_LOSING_CASES, REB_ARGS(reb_i(since_us), reb_i(o->now_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) st = take_case(r, q, err);
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (o->case_count > 1) qsort(o->cases, o->case_count, sizeof *o->cases, dearest_case);
    if (o->case_count > REB_LOSING_SHOWN) o->case_count = REB_LOSING_SHOWN;
    if (o->cause_count > 1) qsort(o->causes, o->cause_count, sizeof *o->causes, dearest_cause);
    const double *silent = r->policy->silent_per_complaint;
    o->silent = (reb_estimate){(double)o->year_count * silent[0], (double)o->year_count * silent[1], (double)o->year_count * silent[2],
                               REB_ASSUMED};
    return REB_OK;
}

/* --- buying again --------------------------------------------------------------------------------------------------------------------- */

static int by_id(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static reb_status read_complainers(reckoning *r, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, r->store, REB_SQL_LOSING_COMPLAINERS, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (r->complainer_count == r->complainer_cap) {
            size_t cap = r->complainer_cap == 0 ? 1024 : 2 * r->complainer_cap;
            int64_t *more = realloc(r->complainers, cap * sizeof *more);
            if (more == NULL) {
                st = no_memory(err);
                break;
            }
            r->complainers = more;
            r->complainer_cap = cap;
        }
        bool found = false;
        int64_t *head = &r->complainers[r->complainer_count];
        st = reb_get_i64(head, &found, r->store, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(reb_col_i64(q, 0))), err);
        r->complainer_count += found;
    }
    reb_stmt_close(q);
    if (r->complainer_count > 1) qsort(r->complainers, r->complainer_count, sizeof *r->complainers, by_id);
    return st;
}

/* One who never complained, as they stood on a day of the grid. */
typedef struct control {
    int64_t id;
    int cell;
    bool again;
} control;

/* How much one of them weighs in each group's expected share, over all days of the grid. */
typedef struct weighed {
    int64_t id; /* 0: free */
    double weight[REB_LOSING_GROUPS];
} weighed;

/* The comparison in the making. */
typedef struct comparing {
    control *controls; /* of the present day of the grid */
    size_t control_count, control_cap;
    int64_t count[REB_LOSING_CELLS], again[REB_LOSING_CELLS];
    int64_t matched[REB_LOSING_GROUPS][REB_LOSING_CELLS]; /* complainers of that day's span */
    double expected[REB_LOSING_GROUPS];                   /* sum of the comparable shares */
    weighed *table;                                       /* by hash of the id */
    size_t table_room, table_count;
} comparing;

static reb_status keep_control(comparing *k, const control *one, reb_err *err) {
    if (k->control_count == k->control_cap) {
        size_t cap = k->control_cap == 0 ? 4096 : 2 * k->control_cap;
        control *more = realloc(k->controls, cap * sizeof *more);
        if (more == NULL) return no_memory(err);
        k->controls = more;
        k->control_cap = cap;
    }
    k->controls[k->control_count++] = *one;
    k->count[one->cell]++;
    k->again[one->cell] += one->again;
    return REB_OK;
}

/* How customers who never complained went on after that day; one in `of` of them. */
static reb_status read_controls(comparing *k, reckoning *r, int64_t day, int64_t of, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    k->control_count = 0;
    memset(k->count, 0, sizeof k->count);
    memset(k->again, 0, sizeof k->again);
    memset(k->matched, 0, sizeof k->matched);
    reb_status st = reb_query(&q, r->store, REB_SQL_LOSING_BUYERS, REB_ARGS(reb_i(day), reb_i(REB_LOSING_HORIZON_DAYS), reb_i(of)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t id = reb_col_i64(q, 0);
        if (r->complainer_count > 0 && bsearch(&id, r->complainers, r->complainer_count, sizeof id, by_id) != NULL) continue;
        const control one = {id, reb_losing_cell(reb_col_i64(q, 1), day - reb_col_i64(q, 2)), reb_col_i64(q, 3) > 0};
        st = keep_control(k, &one, err);
    }
    reb_stmt_close(q);
    return st;
}

static weighed *slot_of(weighed *table, size_t room, int64_t id) {
    size_t at = reb_hash64(0, &id, sizeof id) & (room - 1);
    while (table[at].id != 0 && table[at].id != id) at = (at + 1) & (room - 1);
    return &table[at];
}

static reb_status grow(comparing *k, reb_err *err) {
    if (2 * (k->table_count + k->control_count) <= k->table_room) return REB_OK;
    size_t room = k->table_room == 0 ? 1024 : k->table_room;
    while (2 * (k->table_count + k->control_count) > room) room *= 2;
    weighed *bigger = calloc(room, sizeof *bigger);
    if (bigger == NULL) return no_memory(err);
    for (size_t i = 0; i < k->table_room; i++)
        if (k->table[i].id != 0) *slot_of(bigger, room, k->table[i].id) = k->table[i];
    free(k->table);
    k->table = bigger;
    k->table_room = room;
    return REB_OK;
}

/* The day's span of the grid is over: each control weighs as much as the complainers it was beside, shared with the others of its cell. The
   same customer on another day is the same customer: their weights add up, so that nobody tells twice. */
static reb_status weigh(comparing *k, reb_err *err) {
    reb_status st = grow(k, err);
    for (size_t i = 0; i < k->control_count && st == REB_OK; i++) {
        const control *one = &k->controls[i];
        weighed *w = NULL;
        for (int g = 0; g < REB_LOSING_GROUPS; g++) {
            if (k->matched[g][one->cell] == 0) continue;
            if (w == NULL) w = slot_of(k->table, k->table_room, one->id);
            if (w->id == 0) k->table_count++;
            w->id = one->id;
            w->weight[g] += (double)k->matched[g][one->cell] / (double)k->count[one->cell];
        }
    }
    return st;
}

/* A complainer beside those who were alike; nobody comparable is said. */
static reb_status match(comparing *k, reckoning *r, const decided *d, reb_err *err) {
    reb_losing_arm *arm = &r->out->arms[d->group];
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st =
        reb_query(&q, r->store, REB_SQL_LOSING_BUYER, REB_ARGS(reb_i(d->head_id), reb_i(d->day), reb_i(REB_LOSING_HORIZON_DAYS)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && reb_col_i64(q, 0) > 0) {
        int cell = reb_losing_cell(reb_col_i64(q, 0), d->day - reb_col_i64(q, 1));
        if (k->count[cell] < REB_LOSING_CONTROLS_LEAST) {
            arm->unmatched++;
        } else {
            arm->count++;
            arm->again += reb_col_i64(q, 2) > 0;
            k->matched[d->group][cell]++;
            k->expected[d->group] += (double)k->again[cell] / (double)k->count[cell];
        }
    }
    reb_stmt_close(q);
    return st;
}

static void conclude(reckoning *r, const comparing *k) {
    for (int g = 0; g < REB_LOSING_GROUPS; g++) {
        reb_losing_arm *arm = &r->out->arms[g];
        double squares = 0.0;
        for (size_t i = 0; i < k->table_room; i++) {
            double w = k->table[i].weight[g];
            arm->others += w > 0.0;
            squares += w * w;
        }
        double n = (double)arm->count;
        arm->others_effective = squares > 0.0 ? n * n / squares : 0.0;
        arm->enough = arm->count >= REB_LOSING_LEAST && arm->others_effective >= REB_LOSING_LEAST;
        if (!arm->enough) continue;
        double p = (double)arm->again / n;
        double beside = k->expected[g] / n;
        reb_share a = reb_share_effective(p, n);
        reb_share b = reb_share_effective(beside, arm->others_effective);
        reb_losing_difference d = reb_losing_compare(p, n, beside, arm->others_effective);
        arm->share = (reb_estimate){a.value, a.low, a.high, REB_MEASURED};
        arm->others_share = (reb_estimate){b.value, b.low, b.high, REB_MEASURED};
        arm->difference = (reb_estimate){d.value, d.low, d.high, REB_MEASURED};
    }
}

static int by_customer(const void *a, const void *b) {
    const decided *x = a;
    const decided *y = b;
    if (x->head_id != y->head_id) return x->head_id < y->head_id ? -1 : 1;
    if (x->group != y->group) return x->group < y->group ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static int by_month(const void *a, const void *b) {
    const decided *x = a;
    const decided *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->head_id > y->head_id) - (x->head_id < y->head_id);
}

/* Whoever complained more than once is told of once in a group, by the first decision: one person's habits are one fact. */
static void once_each(reckoning *r) {
    size_t kept = 0;
    qsort(r->decided, r->decided_count, sizeof *r->decided, by_customer);
    for (size_t i = 0; i < r->decided_count; i++)
        if (kept == 0 || r->decided[kept - 1].head_id != r->decided[i].head_id || r->decided[kept - 1].group != r->decided[i].group)
            r->decided[kept++] = r->decided[i];
    r->decided_count = kept;
    qsort(r->decided, r->decided_count, sizeof *r->decided, by_month);
}

/* Each complainer beside those who were alike at about the same time (the nearest of a grid of thirty days) and did not complain. */
static reb_status compare(reckoning *r, reb_err *err) {
    enum { GRID_DAYS = 30, CONTROLS_WANTED = 20000 };
    int64_t of = 1;
    int64_t customers = 0;
    int64_t grid_day = INT64_MIN;
    comparing k = {0};
    if (r->decided_count == 0) return REB_OK;
    once_each(r);
    reb_status st = read_complainers(r, err);
    if (st == REB_OK) st = reb_get_i64(&customers, NULL, r->store, REB_SQL_TODAY_VALUED, REB_NO_ARGS, err);
    if (customers > CONTROLS_WANTED) of = customers / CONTROLS_WANTED;
    for (size_t i = 0; i < r->decided_count && st == REB_OK; i++) {
        int64_t at = r->decided[i].day - r->decided[i].day % GRID_DAYS;
        if (at != grid_day) {
            if (grid_day != INT64_MIN) st = weigh(&k, err);
            grid_day = at;
            if (st == REB_OK) st = read_controls(&k, r, at, of, err);
        }
        if (st == REB_OK) st = match(&k, r, &r->decided[i], err);
    }
    if (st == REB_OK) st = weigh(&k, err);
    if (st == REB_OK) conclude(r, &k);
    free(k.controls);
    free(k.table);
    return st;
}

static reb_status work(reb_store *s, void *ctx, reb_err *err) {
    reckoning *r = ctx;
    r->store = s;
    reb_status st = open_book(r, err);
    if (st == REB_OK) st = read_cases(r, err);
    return st == REB_OK ? compare(r, err) : st;
}

reb_status reb_losing_read(reb_losing *out, reb_store *s, reb_arena *a, int64_t now_us, reb_err *err) {
    reb_policy policy = {0};
    *out = (reb_losing){.now_us = now_us,
                        .open_minor = {.origin = REB_MIXED},
                        .week_minor = {.origin = REB_MIXED},
                        .week_before_minor = {.origin = REB_MIXED}};
    reckoning r = {.out = out, .arena = a, .policy = &policy};
    reb_status st = reb_policy_read(&policy, s, err);
    if (st == REB_OK) {
        snprintf(out->currency, sizeof out->currency, "%s", policy.currency);
        st = reb_store_read(s, work, &r, err);
    }
    free(r.decided);
    free(r.complainers);
    reb_policy_free(&policy);
    return st == REB_OK && a->failed ? no_memory(err) : st;
}

/* --- JSON ----------------------------------------------------------------------------------------------------------------------------- */

static void factor(reb_json *w, const char *key, const double v[3]) {
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_kf64(w, "value", v[0]);
    reb_json_kf64(w, "low", v[1]);
    reb_json_kf64(w, "high", v[2]);
    reb_json_kstr(w, "origin", "assumed");
    reb_json_obj_end(w);
}

static void arm_json(reb_json *w, const char *group, const reb_losing_arm *a) {
    reb_json_obj(w);
    reb_json_kstr(w, "group", group);
    reb_json_ki64(w, "count", a->count);
    reb_json_ki64(w, "again", a->again);
    reb_json_ki64(w, "unmatched", a->unmatched);
    reb_json_ki64(w, "others", a->others);
    reb_json_kf64(w, "others_effective", a->others_effective);
    reb_json_kbool(w, "enough", a->enough);
    if (a->enough) {
        reb_estimate_json(w, "share", &a->share, false);
        reb_estimate_json(w, "others_share", &a->others_share, false);
        reb_estimate_json(w, "difference", &a->difference, false);
    } else {
        reb_json_knull(w, "share");
        reb_json_knull(w, "others_share");
        reb_json_knull(w, "difference");
    }
    reb_json_obj_end(w);
}

void reb_losing_json(reb_json *w, const reb_losing *l) {
    reb_json_obj(w);
    reb_json_ktime(w, "now", l->now_us);
    reb_json_kstr(w, "currency", l->currency);
    reb_json_kbool(w, "scored", l->scored);
    reb_json_ki64(w, "one_in", l->one_in);
    reb_json_ki64(w, "open_count", l->open_count);
    reb_estimate_json(w, "open_minor", &l->open_minor, true);
    reb_json_key(w, "cases");
    reb_json_arr(w);
    for (size_t i = 0; i < l->case_count; i++) {
        reb_json_obj(w);
        reb_json_ki64(w, "number", l->cases[i].number);
        reb_json_kstr(w, "kind", l->cases[i].kind);
        reb_json_ki64(w, "open", l->cases[i].open);
        reb_json_ktime(w, "opened_at", l->cases[i].opened_us);
        reb_json_kbool(w, "customer_known", l->cases[i].customer_known);
        reb_estimate_json(w, "price_minor", &l->cases[i].price_minor, true);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_ki64(w, "week_count", l->week_count);
    reb_estimate_json(w, "week_minor", &l->week_minor, true);
    reb_json_ki64(w, "week_before_count", l->week_before_count);
    reb_estimate_json(w, "week_before_minor", &l->week_before_minor, true);
    reb_json_ki64(w, "year_count", l->year_count);
    reb_estimate_json(w, "silent", &l->silent, false);
    reb_json_key(w, "causes");
    reb_json_arr(w);
    for (size_t i = 0; i < l->cause_count; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "cause", l->causes[i].cause);
        reb_json_ki64(w, "cases", l->causes[i].cases);
        reb_json_ki64(w, "open", l->causes[i].open);
        reb_estimate_json(w, "price_minor", &l->causes[i].price_minor, true);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "reach");
    reb_json_obj(w);
    reb_estimate_json(w, "price_minor", &l->reach_minor, true);
    factor(w, "listeners", l->factors.listeners);
    factor(w, "would_buy", l->factors.would_buy);
    factor(w, "stopped", l->factors.stopped);
    factor(w, "leave_unheard", l->factors.leave_unheard);
    reb_estimate_json(w, "new_value_minor", &l->new_value_minor, true);
    reb_json_kbool(w, "assumed", l->assumed);
    reb_json_obj_end(w);
    reb_json_key(w, "again");
    reb_json_arr(w);
    arm_json(w, "upheld", &l->arms[REB_LOSING_UPHELD]);
    arm_json(w, "not_upheld", &l->arms[REB_LOSING_NOT_UPHELD]);
    reb_json_arr_end(w);
    reb_json_ki64(w, "horizon_days", REB_LOSING_HORIZON_DAYS);
    reb_json_obj_end(w);
}
