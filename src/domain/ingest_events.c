/* Events of a chunk: appended where they are new; what is stored already is told apart into known, a further part, a change. */
#include "ingest_internal.h"

#include "promise.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct event_list {
    reb_ingest_event **at;
    size_t n;
} event_list;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static int by_customer(const void *x, const void *y) {
    const reb_ingest_event *a = *(reb_ingest_event *const *)x;
    const reb_ingest_event *b = *(reb_ingest_event *const *)y;
    if (a->customer_id != b->customer_id) return a->customer_id < b->customer_id ? -1 : 1;
    return a->event_id < b->event_id ? -1 : a->event_id > b->event_id;
}

static bool take_list(event_list *l, reb_ingest_run *r) {
    l->at = REB_NEW(r->arena, r->c->n_events, reb_ingest_event *);
    l->n = 0;
    return l->at != NULL;
}

/* ---- rows ---------------------------------------------------------------------------------------------------------------------- */

static reb_status insert_rows(reb_ingest_run *r, const event_list *l, int64_t *changed, reb_err *err) {
    enum { I_CUSTOMER, I_ID, I_REF, I_TIME, I_DAY, I_AMOUNT, I_COST, I_HASH, I_BATCH, I_STAMP, I_COUNT };
    enum { T_KIND, T_SOURCE, T_EXT, T_CURRENCY, T_DATA, T_COUNT };
    int64_t *i64[I_COUNT];
    const char **text[T_COUNT];
    bool *no_cost = REB_NEW(r->arena, l->n, bool);
    bool good = no_cost != NULL;
    for (int k = 0; k < I_COUNT; k++) good = (i64[k] = REB_NEW(r->arena, l->n, int64_t)) != NULL && good;
    for (int k = 0; k < T_COUNT; k++) good = (text[k] = REB_NEW(r->arena, l->n, const char *)) != NULL && good;
    if (!good) return no_memory(err);
    int64_t now = reb_clock_now(r->g->setup.clock);
    for (size_t i = 0; i < l->n; i++) {
        const reb_ingest_event *e = l->at[i];
        i64[I_CUSTOMER][i] = e->customer_id;
        i64[I_ID][i] = e->event_id;
        i64[I_REF][i] = e->ref_id;
        i64[I_TIME][i] = e->occurred_us;
        i64[I_DAY][i] = e->day;
        i64[I_AMOUNT][i] = e->amount_minor;
        i64[I_COST][i] = e->cost_minor;
        no_cost[i] = !e->has_cost;
        i64[I_HASH][i] = e->content_hash;
        i64[I_BATCH][i] = r->g->setup.batch_id;
        i64[I_STAMP][i] = now;
        text[T_KIND][i] = e->kind;
        text[T_SOURCE][i] = r->g->setup.source;
        text[T_EXT][i] = e->ext_id;
        text[T_CURRENCY][i] = e->currency;
        text[T_DATA][i] = e->data;
    }
    const reb_column c[] = {
        {.kind = REB_COL_I64, .i64 = i64[I_CUSTOMER]},    {.kind = REB_COL_I64, .i64 = i64[I_ID]},
        {.kind = REB_COL_TEXT, .text = text[T_KIND]},     {.kind = REB_COL_TEXT, .text = text[T_SOURCE]},
        {.kind = REB_COL_TEXT, .text = text[T_EXT]},      {.kind = REB_COL_I64, .i64 = i64[I_REF]},
        {.kind = REB_COL_I64, .i64 = i64[I_TIME]},        {.kind = REB_COL_I64, .i64 = i64[I_DAY]},
        {.kind = REB_COL_I64, .i64 = i64[I_AMOUNT]},      {.kind = REB_COL_I64, .i64 = i64[I_COST], .null = no_cost},
        {.kind = REB_COL_TEXT, .text = text[T_CURRENCY]}, {.kind = REB_COL_I64, .i64 = i64[I_HASH]},
        {.kind = REB_COL_TEXT, .text = text[T_DATA]},     {.kind = REB_COL_I64, .i64 = i64[I_BATCH]},
        {.kind = REB_COL_I64, .i64 = i64[I_STAMP]},
    };
    return reb_exec_many(r->g->store, REB_SQL_INGEST_EVENT, c, sizeof c / sizeof *c, l->n, NULL, NULL, changed, err);
}

static reb_status insert_lines(reb_ingest_run *r, const event_list *l, reb_err *err) {
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) n += l->at[i]->stored ? l->at[i]->n_lines : 0;
    r->added.lines += (int64_t)n;
    if (r->g->setup.dry || n == 0) return REB_OK;
    int64_t *i64[7];
    const char **sku = REB_NEW(r->arena, n, const char *);
    const char **name = REB_NEW(r->arena, n, const char *);
    bool *no_cost = REB_NEW(r->arena, n, bool);
    bool good = sku != NULL && name != NULL && no_cost != NULL;
    for (int k = 0; k < 7; k++) good = (i64[k] = REB_NEW(r->arena, n, int64_t)) != NULL && good;
    if (!good) return no_memory(err);
    size_t m = 0;
    for (size_t i = 0; i < l->n; i++) {
        const reb_ingest_event *e = l->at[i];
        for (size_t k = 0; e->stored && k < e->n_lines; k++, m++) {
            const reb_ingest_line *line = &r->c->lines[e->first_line + k];
            i64[0][m] = e->customer_id;
            i64[1][m] = e->event_id;
            i64[2][m] = (int64_t)k + 1;
            i64[3][m] = line->quantity_milli;
            i64[4][m] = line->price_minor;
            i64[5][m] = line->amount_minor;
            i64[6][m] = line->cost_minor;
            no_cost[m] = !line->has_cost;
            sku[m] = line->sku;
            name[m] = line->name;
        }
    }
    const reb_column c[] = {
        {.kind = REB_COL_I64, .i64 = i64[0]}, {.kind = REB_COL_I64, .i64 = i64[1]}, {.kind = REB_COL_I64, .i64 = i64[2]},
        {.kind = REB_COL_TEXT, .text = sku},  {.kind = REB_COL_TEXT, .text = name}, {.kind = REB_COL_I64, .i64 = i64[3]},
        {.kind = REB_COL_I64, .i64 = i64[4]}, {.kind = REB_COL_I64, .i64 = i64[5]}, {.kind = REB_COL_I64, .i64 = i64[6], .null = no_cost},
    };
    reb_status st = REB_OK;
    enum { MOST = 50000 };
    for (size_t from = 0; from < n && st == REB_OK; from += MOST) { /* an order may have very many lines */
        reb_column part[9];
        for (int k = 0; k < 9; k++) {
            part[k] = c[k];
            if (part[k].i64 != NULL) part[k].i64 += from;
            if (part[k].text != NULL) part[k].text += from;
            if (part[k].null != NULL) part[k].null += from;
        }
        st = reb_exec_many(r->g->store, REB_SQL_INGEST_LINE, part, 9, n - from < MOST ? n - from : MOST, NULL, NULL, NULL, err);
    }
    return st;
}

static reb_status found_event(reb_stmt *row, void *ctx, reb_err *err) {
    event_list *l = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= l->n) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    reb_ingest_event *e = l->at[ord];
    e->known_id = reb_col_i64(row, 1);
    e->known_hash = reb_col_i64(row, 2);
    e->known_batch = reb_col_i64(row, 3);
    e->known_minor = reb_col_i64(row, 4);
    return REB_OK;
}

/* What the store holds under the keys of the list; `kind` NULL: each its own kind; ext: its ext_id or the order it speaks of. */
static reb_status find_stored(reb_ingest_run *r, const event_list *l, const char *kind, bool by_ref, reb_each_row each, void *ctx,
                              reb_err *err) {
    if (r->g->store == NULL) return REB_OK;
    int64_t *ord = REB_NEW(r->arena, l->n, int64_t);
    int64_t *customer = REB_NEW(r->arena, l->n, int64_t);
    const char **source = REB_NEW(r->arena, l->n, const char *);
    const char **ext = REB_NEW(r->arena, l->n, const char *);
    const char **kinds = REB_NEW(r->arena, l->n, const char *);
    if (ord == NULL || customer == NULL || source == NULL || ext == NULL || kinds == NULL) return no_memory(err);
    for (size_t i = 0; i < l->n; i++) {
        ord[i] = (int64_t)i;
        source[i] = r->g->setup.source;
        ext[i] = by_ref ? l->at[i]->ref_ext : l->at[i]->ext_id;
        kinds[i] = kind != NULL ? kind : l->at[i]->kind;
        customer[i] = l->at[i]->customer_id;
    }
    const reb_column c[] = {{.kind = REB_COL_I64, .i64 = ord},
                            {.kind = REB_COL_TEXT, .text = source},
                            {.kind = REB_COL_TEXT, .text = ext},
                            {.kind = REB_COL_TEXT, .text = kinds},
                            {.kind = REB_COL_I64, .i64 = customer}};
    return reb_exec_many(r->g->store, REB_SQL_INGEST_FIND_EVENT, c, 5, l->n, each, ctx, NULL, err);
}

static reb_mapkey event_key(const reb_ingest_event *e, const char *kind, const char *ext) {
    uint64_t h = reb_hash64((uint64_t)e->customer_id, kind, strlen(kind));
    return reb_map_key(h, ext, strlen(ext));
}

/* In a dry run memory stands for the store. */
static reb_status pretend(reb_ingest_run *r, const event_list *l, reb_err *err) {
    reb_status st = find_stored(r, l, NULL, false, found_event, (void *)(uintptr_t)l, err);
    if (st != REB_OK) return st;
    for (size_t i = 0; i < l->n; i++) {
        reb_ingest_event *e = l->at[i];
        reb_mapkey k = event_key(e, e->kind, e->ext_id);
        int64_t hash = 0;
        e->stored = false;
        if (e->known_id != 0) continue;
        if (reb_map64_get(&r->g->dry_events, k, &hash)) {
            e->known_id = -1;
            e->known_hash = hash;
            e->known_batch = r->g->setup.batch_id;
            continue;
        }
        e->stored = true;
        if (!reb_map64_put(&r->g->dry_events, k, e->content_hash)) return no_memory(err);
    }
    return REB_OK;
}

/* Appends the list; afterwards `stored` tells which rows are new, known_* what stood in the way of the others. */
static reb_status append(reb_ingest_run *r, event_list *l, reb_err *err) {
    if (l->n == 0) return REB_OK;
    if (r->g->setup.dry) return pretend(r, l, err);
    qsort(l->at, l->n, sizeof(reb_ingest_event *), by_customer);
    int64_t changed = 0;
    reb_status st = insert_rows(r, l, &changed, err);
    if (st != REB_OK) return st;
    bool all = changed == (int64_t)l->n;
    if (!all) st = find_stored(r, l, NULL, false, found_event, l, err);
    for (size_t i = 0; i < l->n && st == REB_OK; i++) l->at[i]->stored = all || l->at[i]->known_id == l->at[i]->event_id;
    return st;
}

/* ---- counts ---------------------------------------------------------------------------------------------------------------------- */

static reb_status count_stored(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    reb_ingest_counts *a = &r->added;
    bool ours = reb_same_text(e->currency, r->g->setup.business->currency);
    if (r->n_stored == r->cap_stored) {
        size_t cap = r->cap_stored == 0 ? r->c->n_events + 64 : 2 * r->cap_stored;
        reb_ingest_event **bigger = REB_NEW(r->arena, cap, reb_ingest_event *);
        if (bigger == NULL) return no_memory(err);
        if (r->n_stored > 0) memcpy(bigger, r->stored, r->n_stored * sizeof(reb_ingest_event *));
        r->stored = bigger;
        r->cap_stored = cap;
    }
    r->stored[r->n_stored++] = e;
    r->c->persons[e->person].speaks = true;
    if (reb_same_text(e->kind, "order")) {
        a->orders++;
        if (ours) a->order_minor = reb_sum(a->order_minor, e->amount_minor);
        a->other_currency_orders += !ours;
    } else if (reb_same_text(e->kind, "order_part")) {
        a->order_parts++;
        if (ours) a->order_minor = reb_sum(a->order_minor, e->amount_minor);
    } else if (reb_same_text(e->kind, "order_change")) {
        a->order_changes++;
    } else if (reb_same_text(e->kind, "refund")) {
        a->refunds++;
        a->refunds_linked += e->ref_id != 0;
        if (ours) a->refund_minor = reb_sum(a->refund_minor, e->amount_minor);
    } else if (reb_same_text(e->kind, "cancellation")) {
        a->cancellations++;
    } else if (reb_same_text(e->kind, "payment")) {
        a->payments++;
    } else if (reb_same_text(e->kind, "attempt")) {
        a->attempts++;
    } else if (reb_same_text(e->kind, "ticket")) {
        a->tickets++;
    } else if (reb_same_text(e->kind, "promise")) {
        a->promises++;
    } else if (reb_same_text(e->kind, "delivery")) {
        a->deliveries++;
    } else {
        a->events++;
    }
    return REB_OK;
}

/* ---- what stood in the way --------------------------------------------------------------------------------------------------------- */

typedef struct family {
    int parts, changes, refunds;
    int64_t change_minor, refund_minor;
    bool hash_known;
} family;

static reb_status read_family(family *f, reb_ingest_run *r, int64_t customer_id, int64_t event_id, int64_t hash, reb_err *err) {
    memset(f, 0, sizeof *f);
    if (r->g->store == NULL || event_id <= 0) return REB_OK;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, r->g->store, REB_SQL_INGEST_FAMILY, REB_ARGS(reb_i(customer_id), reb_i(event_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *kind = reb_col_text(q, 1);
        int64_t amount = reb_col_i64(q, 4);
        if (strcmp(kind, "refund") == 0) {
            f->refunds++;
            f->refund_minor += amount;
            continue;
        }
        if (reb_col_i64(q, 3) == hash) f->hash_known = true;
        if (strcmp(kind, "order_part") == 0) {
            f->parts++;
        } else {
            f->changes++;
            f->change_minor += amount;
        }
    }
    reb_stmt_close(q);
    return st;
}

static reb_status append_one(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    event_list one = {.at = &e, .n = 1};
    e->known_id = 0;
    e->event_id = reb_id_next(r->g->setup.ids);
    reb_status st = append(r, &one, err);
    if (st != REB_OK || !e->stored) return st;
    return count_stored(r, e, err);
}

static reb_status numbered_again(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    const char *base = e->ext_id;
    reb_status st = REB_OK;
    for (int k = 2; st == REB_OK && !e->stored; k++) {
        e->ext_id = reb_arena_printf(r->arena, "%s#%d", base, k);
        if (e->ext_id == NULL) return no_memory(err);
        st = append_one(r, e, err);
        if (st == REB_OK && !e->stored && e->known_batch != r->g->setup.batch_id) {
            r->added.known++;
            break;
        }
    }
    return st;
}

static reb_status further_part(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    family f;
    reb_status st = read_family(&f, r, e->customer_id, e->known_id, e->content_hash, err);
    if (st != REB_OK) return st;
    int k = f.parts + 2;
    const char *base = e->ext_id;
    bool ticket = !reb_same_text(e->kind, "order");
    if ((e->flags & REB_INGEST_TOTAL) && e->amount_minor == e->known_minor) e->amount_minor = 0; /* said with the first part already */
    e->ref_id = e->known_id > 0 ? e->known_id : 0;
    e->kind = ticket ? "ticket_change" : "order_part";
    do {
        e->ext_id = reb_arena_printf(r->arena, "%s#%d", base, k++);
        if (e->ext_id == NULL) return no_memory(err);
        st = append_one(r, e, err);
    } while (st == REB_OK && !e->stored);
    return st;
}

static reb_status change(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    family f;
    reb_status st = read_family(&f, r, e->customer_id, e->known_id, e->content_hash, err);
    if (st != REB_OK) return st;
    if (f.hash_known) {
        r->added.known++;
        return REB_OK;
    }
    e->ref_id = e->known_id;
    e->amount_minor -= e->known_minor + f.change_minor;
    bool order = reb_same_text(e->kind, "order");
    e->kind = order ? "order_change" : "ticket_change";
    e->ext_id = reb_arena_printf(r->arena, "%s#%d", e->ext_id, f.changes + 2);
    e->n_lines = 0; /* the lines of the order stay as they were first told; the difference is in the amount */
    if (e->ext_id == NULL) return no_memory(err);
    r->added.changed++;
    return append_one(r, e, err);
}

static reb_status settle(reb_ingest_run *r, reb_ingest_event *e, reb_err *err) {
    bool own = e->known_batch == r->g->setup.batch_id;
    if (own && (e->flags & REB_INGEST_NUMBERED)) return numbered_again(r, e, err);
    if (own && (e->flags & REB_INGEST_PARTS)) return further_part(r, e, err);
    if (!own && (e->flags & REB_INGEST_PARTS) && e->known_hash != e->content_hash) return change(r, e, err);
    r->added.known++;
    return REB_OK;
}

/* ---- the three kinds of events --------------------------------------------------------------------------------------------------------
 */

static reb_status write_own(reb_ingest_run *r, event_list *l, reb_err *err) {
    reb_status st = append(r, l, err);
    for (size_t i = 0; i < l->n && st == REB_OK; i++) {
        if (l->at[i]->stored) {
            st = count_stored(r, l->at[i], err);
        } else {
            st = settle(r, l->at[i], err);
        }
    }
    return st == REB_OK ? insert_lines(r, l, err) : st;
}

static reb_status found_order(reb_stmt *row, void *ctx, reb_err *err) {
    event_list *l = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= l->n) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    l->at[ord]->ref_id = reb_col_i64(row, 1);
    l->at[ord]->known_minor = reb_col_i64(row, 4);
    return REB_OK;
}

/* Refunds so far become what was added since. Orders that this chunk brought have no earlier refund. */
static reb_status since_last(reb_ingest_run *r, reb_ingest_event *e, bool *drop, reb_err *err) {
    family f;
    *drop = false;
    reb_status st = read_family(&f, r, e->customer_id, e->ref_id, 0, err);
    if (st != REB_OK || f.refunds == 0) return st;
    e->amount_minor -= f.refund_minor;
    if (e->amount_minor == 0) {
        *drop = true;
        return REB_OK;
    }
    e->ext_id = reb_arena_printf(r->arena, "%s#%d", e->ext_id, f.refunds + 1);
    return e->ext_id != NULL ? REB_OK : no_memory(err);
}

static reb_status write_referring(reb_ingest_run *r, event_list *l, const reb_map64 *orders, reb_err *err) {
    event_list ask = {0};
    event_list keep = {0};
    if (!take_list(&ask, r) || !take_list(&keep, r)) return no_memory(err);
    bool *fresh = REB_NEW(r->arena, l->n, bool);
    if (fresh == NULL) return no_memory(err);
    for (size_t i = 0; i < l->n; i++) {
        reb_ingest_event *e = l->at[i];
        int64_t at = 0;
        if (reb_map64_get(orders, event_key(e, "order", e->ref_ext), &at)) {
            const reb_ingest_event *o = &r->c->events[at];
            fresh[i] = o->stored && reb_same_text(o->kind, "order");
            e->ref_id = fresh[i] ? o->event_id : o->ref_id > 0 ? o->ref_id : o->known_id;
        } else {
            ask.at[ask.n++] = e;
        }
    }
    reb_status st = find_stored(r, &ask, "order", true, found_order, &ask, err);
    for (size_t i = 0; i < l->n && st == REB_OK; i++) {
        bool drop = false;
        if ((l->at[i]->flags & REB_INGEST_SO_FAR) && !fresh[i] && l->at[i]->ref_id > 0) st = since_last(r, l->at[i], &drop, err);
        if (!drop) keep.at[keep.n++] = l->at[i];
    }
    if (st == REB_OK) st = append(r, &keep, err);
    for (size_t i = 0; i < keep.n && st == REB_OK; i++)
        if (keep.at[i]->stored) st = count_stored(r, keep.at[i], err);
    return st;
}

/* ---- refunds told as orders of their own, linked by what was bought ---------------------------------------------------------------------
 */

typedef struct match_ctx {
    int64_t *ref; /* per line asked */
    size_t n;
} match_ctx;

static reb_status found_match(reb_stmt *row, void *ctx, reb_err *err) {
    match_ctx *m = ctx;
    int64_t ord = reb_col_i64(row, 0);
    if (ord < 0 || (size_t)ord >= m->n) return reb_fail(err, REB_E_INTERNAL, "A look-up answered with a wrong number.");
    m->ref[ord] = reb_col_i64(row, 1);
    return REB_OK;
}

static reb_status match_lines(match_ctx *m, reb_ingest_run *r, const event_list *l, reb_err *err) {
    size_t n = 0;
    for (size_t i = 0; i < l->n; i++) n += l->at[i]->n_lines;
    int64_t *ord = REB_NEW(r->arena, n, int64_t);
    int64_t *customer = REB_NEW(r->arena, n, int64_t);
    int64_t *quantity = REB_NEW(r->arena, n, int64_t);
    int64_t *before = REB_NEW(r->arena, n, int64_t);
    const char **sku = REB_NEW(r->arena, n, const char *);
    m->ref = REB_NEW(r->arena, n, int64_t);
    m->n = n;
    if (ord == NULL || customer == NULL || quantity == NULL || before == NULL || sku == NULL || m->ref == NULL) return no_memory(err);
    size_t k = 0;
    for (size_t i = 0; i < l->n; i++) {
        for (size_t j = 0; j < l->at[i]->n_lines; j++, k++) {
            const reb_ingest_line *line = &r->c->lines[l->at[i]->first_line + j];
            ord[k] = (int64_t)k;
            customer[k] = l->at[i]->customer_id;
            sku[k] = line->sku[0] != '\0' ? line->sku : "\x01"; /* what has no number matches nothing */
            quantity[k] = -line->quantity_milli;
            before[k] = l->at[i]->occurred_us;
        }
    }
    if (r->g->store == NULL) return REB_OK;
    const reb_column c[] = {{.kind = REB_COL_I64, .i64 = ord},
                            {.kind = REB_COL_I64, .i64 = customer},
                            {.kind = REB_COL_TEXT, .text = sku},
                            {.kind = REB_COL_I64, .i64 = quantity},
                            {.kind = REB_COL_I64, .i64 = before}};
    return reb_exec_many(r->g->store, REB_SQL_INGEST_MATCH_LINE, c, 5, n, found_match, m, NULL, err);
}

/* One refund whose lines belong to several orders becomes several: "C123", "C123#2". Lines are put in the order of the parts. */
static reb_status split(event_list *out, reb_ingest_run *r, const reb_ingest_event *e, const int64_t *refs, reb_err *err) {
    bool *done = REB_NEW(r->arena, e->n_lines, bool);
    reb_ingest_line *sorted = REB_NEW(r->arena, e->n_lines, reb_ingest_line);
    if (done == NULL || sorted == NULL) return no_memory(err);
    size_t put = 0;
    int64_t left = e->amount_minor;
    reb_ingest_event *first = NULL;
    int part = 0;
    for (size_t i = 0; i < e->n_lines || part == 0; i++) {
        if (e->n_lines > 0 && done[i]) continue;
        reb_ingest_event *copy = REB_NEW(r->arena, 1, reb_ingest_event);
        if (copy == NULL) return no_memory(err);
        *copy = *e;
        copy->ref_id = e->n_lines > 0 ? refs[i] : 0;
        copy->first_line = e->first_line + put;
        copy->n_lines = 0;
        copy->amount_minor = 0;
        for (size_t k = i; k < e->n_lines; k++) {
            if (done[k] || refs[k] != copy->ref_id) continue;
            done[k] = true;
            sorted[put++] = r->c->lines[e->first_line + k];
            copy->n_lines++;
            copy->amount_minor -= r->c->lines[e->first_line + k].amount_minor;
        }
        left -= copy->amount_minor;
        if (++part > 1) {
            copy->ext_id = reb_arena_printf(r->arena, "%s#%d", e->ext_id, part);
            copy->event_id = reb_id_next(r->g->setup.ids);
            if (copy->ext_id == NULL) return no_memory(err);
        } else {
            first = copy;
        }
        out->at[out->n++] = copy;
        if (e->n_lines == 0) break;
    }
    first->amount_minor += left; /* what the lines do not explain */
    if (put > 0) memcpy(&r->c->lines[e->first_line], sorted, put * sizeof *sorted);
    return REB_OK;
}

static reb_status write_returns(reb_ingest_run *r, event_list *l, reb_err *err) {
    if (l->n == 0) return REB_OK;
    reb_status st = find_stored(r, l, NULL, false, found_event, l, err);
    event_list fresh = {0};
    size_t lines = 0;
    if (!take_list(&fresh, r)) return no_memory(err);
    for (size_t i = 0; i < l->n && st == REB_OK; i++) {
        reb_ingest_event *e = l->at[i];
        bool again = e->known_id != 0 && e->known_batch == r->g->setup.batch_id;
        bool dry_again = r->g->setup.dry && reb_map64_get(&r->g->dry_events, event_key(e, e->kind, e->ext_id), NULL);
        if (e->known_id != 0 && !again) {
            r->added.known++;
            continue;
        }
        if (again || dry_again) { /* its rows were not together in the file */
            e->ext_id = reb_arena_printf(r->arena, "%s/%" PRId64, e->ext_id, e->content_hash & 0xFFFFFF);
            if (e->ext_id == NULL) return no_memory(err);
        }
        lines += e->n_lines + 1;
        r->added.returns += !(again || dry_again);
        fresh.at[fresh.n++] = e;
    }
    match_ctx m = {0};
    if (st == REB_OK) st = match_lines(&m, r, &fresh, err);
    event_list parts = {.at = REB_NEW(r->arena, lines, reb_ingest_event *)};
    if (parts.at == NULL) return no_memory(err);
    size_t at = 0;
    for (size_t i = 0; i < fresh.n && st == REB_OK; i++) {
        size_t n = fresh.at[i]->n_lines;
        st = split(&parts, r, fresh.at[i], m.ref + at, err);
        at += n;
    }
    if (st == REB_OK) st = append(r, &parts, err);
    for (size_t i = 0; i < parts.n && st == REB_OK; i++) {
        if (parts.at[i]->stored) {
            st = count_stored(r, parts.at[i], err);
        } else {
            r->added.known++;
        }
    }
    return st == REB_OK ? insert_lines(r, &parts, err) : st;
}

reb_status reb_ingest_write_events(reb_ingest_run *r, reb_err *err) {
    reb_ingest_chunk *c = r->c;
    event_list own = {0};
    event_list referring = {0};
    event_list returns = {0};
    reb_map64 orders = {0};
    if (!take_list(&own, r) || !take_list(&referring, r) || !take_list(&returns, r)) return no_memory(err);
    reb_status st = REB_OK;
    for (size_t i = 0; i < c->n_events && st == REB_OK; i++) {
        reb_ingest_event *e = &c->events[i];
        e->customer_id = c->persons[e->person].customer_id;
        if (c->persons[e->person].erased && !reb_promise_event(e->kind)) e->data = NULL;
        e->event_id = reb_id_next(r->g->setup.ids);
        event_list *l = e->ref_ext != NULL ? &referring : e->flags & REB_INGEST_MATCH ? &returns : &own;
        l->at[l->n++] = e;
        if (l == &own && reb_same_text(e->kind, "order")) {
            reb_mapkey k = event_key(e, "order", e->ext_id);
            if (!reb_map64_get(&orders, k, NULL) && !reb_map64_put(&orders, k, (int64_t)i)) st = no_memory(err);
        }
    }
    if (st == REB_OK) st = write_own(r, &own, err);
    if (st == REB_OK) st = write_referring(r, &referring, &orders, err);
    if (st == REB_OK) st = write_returns(r, &returns, err);
    reb_map64_free(&orders);
    return st;
}
