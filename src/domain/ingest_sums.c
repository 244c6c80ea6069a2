/* What follows from a chunk. Most of its customers are known and only bought again: their sums are added to. Of those who are new and only
   bought, the chunk knows all there is: their sums are written as they are. Both must give byte for byte what deriving anew gives (tests
   compare). Everybody else is derived anew: who was told something about, has a refund, a change, another kind of event, two telephones,
   or was merged. */
#include "../text/fold.h"
#include "derive.h"
#include "ingest_internal.h"

#include "promise.h"

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

/* A customer whom this chunk brought, with what its summary will say. */
typedef struct fresh {
    int64_t customer;
    const char *kind, *email, *phone, *name_key;
    const char *told[3]; /* name, language, country */
    int64_t told_us[3];
    bool complex; /* more than one e-mail, telephone or name to choose from: derived anew */
    int64_t orders, days, first_day, last_day, gross, last_us;
    bool any_event;
} fresh;

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
    fresh *fresh;
    size_t n_fresh;
    reb_map64 fresh_of; /* customer -> index */
    reb_map64 full;     /* customers with another event than an order */
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
        to->amount = reb_sum(to->amount, d->amount);
        to->cost = reb_sum(to->cost, d->cost);
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

static fresh *find_fresh(const sums *s, int64_t customer) {
    int64_t at = 0;
    if (!reb_map64_get(&s->fresh_of, reb_ingest_customer_key(customer), &at)) return NULL;
    fresh *f = &s->fresh[at];
    return f->complex || reb_map64_get(&s->full, reb_ingest_customer_key(customer), NULL) ? NULL : f;
}

/* Who was merged into somebody else is derived anew with them. */
static reb_status leave_merged(sums *s, reb_err *err) {
    reb_arena *a = s->r->arena;
    int64_t *ord = REB_NEW(a, s->n_days, int64_t);
    int64_t *customer = REB_NEW(a, s->n_days, int64_t);
    int64_t *ask = REB_NEW(a, s->n_days, int64_t);
    size_t n = 0;
    s->heads = REB_NEW(a, s->n_days, int64_t);
    s->of_day = REB_NEW(a, s->n_days, size_t);
    s->to = REB_NEW(a, s->n_days, added_to);
    if (ord == NULL || customer == NULL || ask == NULL || s->heads == NULL || s->of_day == NULL || s->to == NULL) return no_memory(err);
    for (size_t i = 0; i < s->n_days; i++) {
        if (i > 0 && s->days[i].customer == s->days[i - 1].customer) continue;
        if (find_fresh(s, s->days[i].customer) != NULL) { /* nobody can have merged it yet */
            s->heads[s->n_heads] = s->days[i].customer;
        } else {
            ord[n] = (int64_t)s->n_heads;
            ask[n++] = s->days[i].customer;
        }
        customer[s->n_heads++] = s->days[i].customer;
    }
    const reb_column columns[] = {{.kind = REB_COL_I64, .i64 = ord}, {.kind = REB_COL_I64, .i64 = ask}};
    reb_status st = reb_exec_many(s->r->g->store, REB_SQL_INGEST_HEAD, columns, 2, n, found_head, s, NULL, err);
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
        t->gross = reb_sum(t->gross, d->amount);
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
    size_t n = 0;
    for (size_t i = 0; i < s->n_to; i++) {
        const added_to *t = &s->to[i];
        fresh *f = find_fresh(s, t->customer);
        if (f != NULL) {
            f->orders = t->orders;
            f->days = t->new_days;
            f->first_day = t->first_day;
            f->last_day = t->last_day;
            f->gross = t->gross;
            f->last_us = t->last_us;
            f->any_event = true;
            continue;
        }
        const int64_t row[7] = {t->customer, t->orders, t->new_days, t->first_day, t->last_day, t->gross, t->last_us};
        for (int k = 0; k < 7; k++) i64[k][n] = row[k];
        n++;
    }
    reb_column columns[7];
    for (int k = 0; k < 7; k++) columns[k] = (reb_column){.kind = REB_COL_I64, .i64 = i64[k]};
    int64_t changed = 0;
    reb_status st = reb_exec_many(s->r->g->store, REB_SQL_INGEST_ADD_SUMMARY, columns, 7, n, NULL, NULL, &changed, err);
    if (st == REB_OK && changed != (int64_t)n) st = reb_fail(err, REB_E_STORE, "Summaries of customers are missing; run: rebound rebuild");
    return st;
}

static const char *fold_of(reb_arena *a, const char *text) {
    size_t n = strlen(text);
    char *out = reb_arena_alloc(a, 11 * n + 1);
    if (out == NULL) return NULL;
    out[reb_fold(out, 11 * n, text, n)] = '\0';
    return out;
}

/* Whole summaries of those who are new, as the columns of derive_put_summary stand. */
static reb_status put_fresh(sums *s, reb_err *err) {
    enum { TEXTS = 7, FIGURES = 10 };
    reb_arena *a = s->r->arena;
    const char **text[TEXTS];
    int64_t *i64[FIGURES];
    bool *no_day = REB_NEW(a, s->n_fresh, bool);
    bool *no_event = REB_NEW(a, s->n_fresh, bool);
    bool *never = REB_NEW(a, s->n_fresh, bool);
    bool good = no_day != NULL && no_event != NULL && never != NULL;
    for (int k = 0; k < TEXTS; k++) good = (text[k] = REB_NEW(a, s->n_fresh, const char *)) != NULL && good;
    for (int k = 0; k < FIGURES; k++) good = (i64[k] = REB_NEW(a, s->n_fresh, int64_t)) != NULL && good;
    if (!good) return no_memory(err);
    size_t n = 0;
    for (size_t i = 0; i < s->n_fresh; i++) {
        const fresh *f = find_fresh(s, s->fresh[i].customer);
        if (f == NULL) continue;
        const char *name = f->told[0] != NULL ? f->told[0] : "";
        const char *const texts[TEXTS] = {f->kind, name, fold_of(a, name), f->email, f->phone, f->told[1], f->told[2]};
        const int64_t figures[FIGURES] = {f->customer, f->orders, f->days, f->first_day, f->last_day, f->gross, 0, f->gross, 0, f->last_us};
        if (texts[2] == NULL) return no_memory(err);
        for (int k = 0; k < TEXTS; k++) text[k][n] = texts[k] != NULL ? texts[k] : "";
        for (int k = 0; k < FIGURES; k++) i64[k][n] = figures[k];
        no_day[n] = f->days == 0;
        no_event[n] = !f->any_event;
        never[n++] = true;
    }
    reb_column c[TEXTS + FIGURES];
    c[0] = (reb_column){.kind = REB_COL_I64, .i64 = i64[0]};
    for (int k = 0; k < TEXTS; k++) c[1 + k] = (reb_column){.kind = REB_COL_TEXT, .text = text[k]};
    for (int k = 1; k < FIGURES; k++) c[TEXTS + k] = (reb_column){.kind = REB_COL_I64, .i64 = i64[k]};
    c[TEXTS + 3].null = c[TEXTS + 4].null = no_day;
    c[TEXTS + 8].null = never;
    c[TEXTS + 9].null = no_event;
    return reb_exec_many(s->r->g->store, REB_SQL_DERIVE_PUT_SUMMARY, c, TEXTS + FIGURES, n, NULL, NULL, NULL, err);
}

static void see_key(const char **kept, const char *value, bool *complex) {
    if (*kept == NULL) {
        *kept = value;
    } else if (!reb_same_text(*kept, value)) {
        *complex = true;
    }
}

static void see_person(fresh *f, const reb_ingest_person *p) {
    static const char *const facts[3] = {"name", "language", "country"};
    for (size_t k = 0; k < p->n_keys; k++) {
        const reb_ingest_key *key = &p->keys[k];
        if (key->kind == REB_KEY_EMAIL) see_key(&f->email, key->value, &f->complex);
        if (key->kind == REB_KEY_PHONE) see_key(&f->phone, key->value, &f->complex);
        if (key->kind == REB_KEY_NAME || key->kind == REB_KEY_NAME_ONLY) see_key(&f->name_key, key->value, &f->complex);
    }
    for (size_t k = 0; k < p->n_facts && p->speaks; k++) {
        for (int i = 0; i < 3; i++) {
            if (!reb_same_text(p->facts[k].fact, facts[i])) continue;
            if (f->told[i] != NULL && p->observed_us < f->told_us[i]) continue; /* the newest, then the last told */
            f->told[i] = p->facts[k].value;
            f->told_us[i] = p->observed_us;
        }
    }
}

static reb_status gather_fresh(sums *s, reb_err *err) {
    const reb_ingest_chunk *c = s->r->c;
    s->fresh = REB_NEW(s->r->arena, c->n_persons, fresh);
    if (s->fresh == NULL) return no_memory(err);
    for (size_t i = 0; i < c->n_persons; i++) {
        const reb_ingest_person *p = &c->persons[i];
        reb_mapkey k = reb_ingest_customer_key(p->customer_id);
        int64_t at = 0;
        if (p->is_new) {
            at = (int64_t)s->n_fresh;
            s->fresh[s->n_fresh++] = (fresh){.customer = p->customer_id, .kind = p->organisation ? "organisation" : "person"};
            if (!reb_map64_put(&s->fresh_of, k, at)) return no_memory(err);
        } else if (!reb_map64_get(&s->fresh_of, k, &at)) {
            continue;
        }
        see_person(&s->fresh[at], p);
    }
    for (size_t i = 0; i < s->n_fresh; i++) s->fresh[i].complex |= s->fresh[i].name_key != NULL && s->fresh[i].told[0] == NULL;
    return REB_OK;
}

/* Who must be derived anew, and what the others bought. */
static reb_status sort_out(sums *s, reb_err *err) {
    reb_ingest_run *r = s->r;
    reb_map64 *anew = &r->anew;
    s->anew = REB_NEW(r->arena, r->c->n_persons + r->c->n_events + 1, int64_t);
    s->days = REB_NEW(r->arena, r->c->n_events, bought);
    if (s->anew == NULL || s->days == NULL) return no_memory(err);
    for (size_t i = 0; i < r->n_stored; i++) {
        const reb_ingest_event *e = r->stored[i];
        if (reb_same_text(e->kind, "order") || reb_promise_event(e->kind)) continue;
        reb_mapkey k = reb_ingest_customer_key(e->customer_id);
        if (!reb_map64_put(anew, k, 0) || !reb_map64_put(&s->full, k, 0)) return no_memory(err);
    }
    for (size_t i = 0; i < s->n_fresh; i++) {
        const fresh *f = &s->fresh[i];
        if (f->complex && !reb_map64_put(anew, reb_ingest_customer_key(f->customer), 0)) return no_memory(err);
    }
    for (size_t i = 0; i < r->n_stored; i++) {
        const reb_ingest_event *e = r->stored[i];
        if (reb_promise_event(e->kind)) continue;
        if (reb_map64_get(anew, reb_ingest_customer_key(e->customer_id), NULL) && find_fresh(s, e->customer_id) == NULL) continue;
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
        if (!reb_map64_get(anew, k, &done) || done != 0 || find_fresh(s, r->c->persons[i].customer_id) != NULL) continue;
        s->anew[s->n_anew++] = r->c->persons[i].customer_id;
        if (!reb_map64_put(anew, k, 1)) return no_memory(err);
    }
    return REB_OK;
}

/* What was promised with orders, what was delivered, and what was cancelled before. */
static reb_status derive_promises(reb_ingest_run *r, reb_err *err) {
    reb_map64 seen = {0};
    size_t n = 0;
    bool good = true;
    int64_t *ids = REB_NEW(r->arena, r->n_stored, int64_t);
    if (ids == NULL) return no_memory(err);
    for (size_t i = 0; i < r->n_stored && good; i++) {
        const reb_ingest_event *e = r->stored[i];
        reb_mapkey k = reb_ingest_customer_key(e->customer_id);
        if ((!reb_promise_event(e->kind) && !reb_same_text(e->kind, "cancellation")) || reb_map64_get(&seen, k, NULL)) continue;
        good = reb_map64_put(&seen, k, 0);
        ids[n++] = e->customer_id;
    }
    reb_map64_free(&seen);
    if (!good) return no_memory(err);
    return reb_promise_derive(r->g->store, r->g->setup.business, ids, n, err);
}

reb_status reb_ingest_derive(reb_ingest_run *r, reb_err *err) {
    sums s = {.r = r};
    reb_status st = gather_fresh(&s, err);
    if (st == REB_OK) st = sort_out(&s, err);
    if (st == REB_OK) merge_days(&s);
    if (st == REB_OK) st = leave_merged(&s, err);
    if (st == REB_OK) st = add_days(&s, err);
    if (st == REB_OK) st = add_summaries(&s, err);
    if (st == REB_OK) st = put_fresh(&s, err);
    reb_map64_free(&s.fresh_of);
    reb_map64_free(&s.full);
    if (st == REB_OK && s.n_anew > 0) st = reb_derive_customers(r->g->store, r->g->setup.business, s.anew, s.n_anew, err);
    return st == REB_OK ? derive_promises(r, err) : st;
}
