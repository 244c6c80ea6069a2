/* What follows from a chunk. Most of its customers are known and only bought again: their sums are added to, which must give byte for byte
   what deriving anew gives (tests compare). Everybody else is derived anew: who is new, was told something about, has a refund, a change,
   another kind of event, or was merged. */
#include "derive.h"
#include "ingest_internal.h"

#include <stdlib.h>
#include <string.h>

typedef struct bought {
    int64_t customer, day;
    int64_t orders, amount, cost;
    bool cost_unknown;
    int64_t last_us;
} bought;

typedef struct added_to {
    int64_t customer;
    int64_t orders, new_days, first_day, last_day, gross, last_us;
} added_to;

typedef struct sums {
    reb_ingest_run *r;
    int64_t *anew;
    size_t n_anew;
    bought *days;
    size_t n_days;
    int64_t *heads; /* by the order asked; 0: not its own head */
    size_t n_heads;
    size_t *of_day; /* per day: index into `to` */
    added_to *to;
    size_t n_to;
} sums;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_mapkey reb_ingest_customer_key(int64_t customer_id) {
    return (reb_mapkey){(uint64_t)customer_id * 0x9E3779B97F4A7C15u, (uint64_t)customer_id};
}

static int by_customer_day(const void *x, const void *y) {
    const bought *a = x;
    const bought *b = y;
    if (a->customer != b->customer) return a->customer < b->customer ? -1 : 1;
    return a->day < b->day ? -1 : a->day > b->day;
}

/* One row a customer and day. */
static void merge_days(sums *s) {
    if (s->n_days == 0) return;
    qsort(s->days, s->n_days, sizeof *s->days, by_customer_day);
    size_t n = 0;
    for (size_t i = 0; i < s->n_days; i++) {
        bought *to = n > 0 ? &s->days[n - 1] : NULL;
        const bought *d = &s->days[i];
        if (to == NULL || to->customer != d->customer || to->day != d->day) {
            s->days[n++] = *d;
            continue;
        }
        to->orders += d->orders;
        to->amount += d->amount;
        to->cost += d->cost;
        to->cost_unknown |= d->cost_unknown;
        if (d->last_us > to->last_us) to->last_us = d->last_us;
    }
    s->n_days = n;
}

static reb_status found_head(reb_stmt *row, void *ctx, reb_err *err) {
    sums *s = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= s->n_heads) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    s->heads[ord] = reb_col_i64(row, 1);
    return REB_OK;
}

/* Who was merged into somebody else is derived anew with them. */
static reb_status leave_merged(sums *s, reb_err *err) {
    reb_arena *a = s->r->arena;
    int64_t *ord = REB_NEW(a, s->n_days, int64_t);
    int64_t *customer = REB_NEW(a, s->n_days, int64_t);
    s->heads = REB_NEW(a, s->n_days, int64_t);
    s->of_day = REB_NEW(a, s->n_days, size_t);
    s->to = REB_NEW(a, s->n_days, added_to);
    if (ord == NULL || customer == NULL || s->heads == NULL || s->of_day == NULL || s->to == NULL) return no_memory(err);
    for (size_t i = 0; i < s->n_days; i++) {
        if (i > 0 && s->days[i].customer == s->days[i - 1].customer) continue;
        ord[s->n_heads] = (int64_t)s->n_heads;
        customer[s->n_heads++] = s->days[i].customer;
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = ord}, {.kind = REB_COL_I64, .i64 = customer}};
    reb_status st = reb_exec_many(s->r->g->store, REB_SQL_INGEST_HEAD, columns, 2, s->n_heads, found_head, s, NULL, err);
    if (st != REB_OK) return st;
    size_t kept = 0;
    size_t at = 0;
    for (size_t i = 0; i < s->n_days; i++) {
        if (i > 0 && s->days[i].customer != customer[at]) at++;
        if (s->heads[at] != customer[at]) {
            if (i == 0 || s->n_anew == 0 || s->anew[s->n_anew - 1] != customer[at]) s->anew[s->n_anew++] = customer[at];
            continue;
        }
        s->days[kept++] = s->days[i];
    }
    s->n_days = kept;
    return REB_OK;
}

static reb_status day_written(reb_stmt *row, void *ctx, reb_err *err) {
    sums *s = ctx;
    const bought key = {.customer = reb_col_i64(row, 0), .day = reb_col_i64(row, 1)};
    const bought *d = bsearch(&key, s->days, s->n_days, sizeof key, by_customer_day);
    if (d == NULL) return reb_fail(err, REB_E_INTERNAL, "A purchase day answered that was not written.");
    if (reb_col_i64(row, 2) == d->orders) s->to[s->of_day[d - s->days]].new_days++; /* it had no order before */
    return REB_OK;
}

static reb_status add_days(sums *s, reb_err *err) {
    reb_arena *a = s->r->arena;
    int64_t *i64[5];
    bool *unknown = REB_NEW(a, s->n_days, bool);
    bool good = unknown != NULL;
    for (int k = 0; k < 5; k++) good = (i64[k] = REB_NEW(a, s->n_days, int64_t)) != NULL && good;
    if (!good) return no_memory(err);
    for (size_t i = 0; i < s->n_days; i++) {
        const bought *d = &s->days[i];
        if (s->n_to == 0 || s->to[s->n_to - 1].customer != d->customer)
            s->to[s->n_to++] = (added_to){.customer = d->customer, .first_day = d->day, .last_us = d->last_us};
        added_to *t = &s->to[s->n_to - 1];
        t->orders += d->orders;
        t->gross += d->amount;
        t->last_day = d->day;
        if (d->last_us > t->last_us) t->last_us = d->last_us;
        s->of_day[i] = s->n_to - 1;
        i64[0][i] = d->customer;
        i64[1][i] = d->day;
        i64[2][i] = d->orders;
        i64[3][i] = d->amount;
        i64[4][i] = d->cost;
        unknown[i] = d->cost_unknown;
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = i64[0]},
                                  {.kind = REB_COL_I64, .i64 = i64[1]},
                                  {.kind = REB_COL_I64, .i64 = i64[2]},
                                  {.kind = REB_COL_I64, .i64 = i64[3]},
                                  {.kind = REB_COL_I64, .i64 = i64[4], .null = unknown}};
    return reb_exec_many(s->r->g->store, REB_SQL_INGEST_ADD_DAY, columns, 5, s->n_days, day_written, s, NULL, err);
}

static reb_status add_summaries(sums *s, reb_err *err) {
    reb_arena *a = s->r->arena;
    int64_t *i64[7];
    for (int k = 0; k < 7; k++)
        if ((i64[k] = REB_NEW(a, s->n_to, int64_t)) == NULL) return no_memory(err);
    for (size_t i = 0; i < s->n_to; i++) {
        const added_to *t = &s->to[i];
        const int64_t row[7] = {t->customer, t->orders, t->new_days, t->first_day, t->last_day, t->gross, t->last_us};
        for (int k = 0; k < 7; k++) i64[k][i] = row[k];
    }
    reb_column columns[7];
    for (int k = 0; k < 7; k++) columns[k] = (reb_column){.kind = REB_COL_I64, .i64 = i64[k]};
    int64_t changed = 0;
    reb_status st = reb_exec_many(s->r->g->store, REB_SQL_INGEST_ADD_SUMMARY, columns, 7, s->n_to, NULL, NULL, &changed, err);
    if (st == REB_OK && changed != (int64_t)s->n_to)
        st = reb_fail(err, REB_E_STORE, "Summaries of customers are missing; run: rebound rebuild");
    return st;
}

/* Who must be derived anew, and what the others bought. */
static reb_status sort_out(sums *s, reb_err *err) {
    reb_ingest_run *r = s->r;
    reb_map64 *anew = &r->anew;
    for (size_t i = 0; i < r->c->n_persons; i++) {
        const reb_ingest_person *p = &r->c->persons[i];
        if (p->is_new && !reb_map64_put(anew, reb_ingest_customer_key(p->customer_id), 0)) return no_memory(err);
    }
    s->anew = REB_NEW(r->arena, r->c->n_persons + r->c->n_events + 1, int64_t);
    s->days = REB_NEW(r->arena, r->c->n_events, bought);
    if (s->anew == NULL || s->days == NULL) return no_memory(err);
    for (size_t i = 0; i < r->n_stored; i++) {
        const reb_ingest_event *e = r->stored[i];
        if (!reb_same_text(e->kind, "order") && !reb_map64_put(anew, reb_ingest_customer_key(e->customer_id), 0)) return no_memory(err);
    }
    for (size_t i = 0; i < r->n_stored; i++) {
        const reb_ingest_event *e = r->stored[i];
        if (reb_map64_get(anew, reb_ingest_customer_key(e->customer_id), NULL)) continue;
        bool own = reb_same_text(e->currency, r->g->setup.business->currency);
        s->days[s->n_days++] = (bought){.customer = e->customer_id,
                                        .day = e->day,
                                        .orders = 1,
                                        .amount = own ? e->amount_minor : 0,
                                        .cost = own && e->has_cost ? e->cost_minor : 0,
                                        .cost_unknown = own && !e->has_cost,
                                        .last_us = e->occurred_us};
    }
    for (size_t i = 0; i < r->c->n_persons; i++) {
        int64_t done = 0;
        reb_mapkey k = reb_ingest_customer_key(r->c->persons[i].customer_id);
        if (!reb_map64_get(anew, k, &done) || done != 0) continue;
        s->anew[s->n_anew++] = r->c->persons[i].customer_id;
        if (!reb_map64_put(anew, k, 1)) return no_memory(err);
    }
    return REB_OK;
}

reb_status reb_ingest_derive(reb_ingest_run *r, reb_err *err) {
    sums s = {.r = r};
    reb_status st = sort_out(&s, err);
    if (st != REB_OK) return st;
    merge_days(&s);
    st = leave_merged(&s, err);
    if (st == REB_OK) st = add_days(&s, err);
    if (st == REB_OK) st = add_summaries(&s, err);
    if (st == REB_OK && s.n_anew > 0) st = reb_derive_customers(r->g->store, r->g->setup.business, s.anew, s.n_anew, err);
    return st;
}
