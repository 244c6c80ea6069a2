/* Gathers what the log says of many heads at once and reckons their purchase days and sums here in C, so that both engines give the same
   numbers. What each column means is said in derive.h. */
#include "derive_internal.h"

#include "../base/rand.h"
#include "../text/fold.h"

#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left to derive summaries.");
}

/* Room for one more in a growing array; NULL when memory ran out. */
static void *grow(void *array, size_t count, size_t *cap, size_t size) {
    if (count < *cap) return array;
    size_t wanted = *cap == 0 ? 1024 : *cap * 2;
    void *bigger = realloc(array, wanted * size);
    if (bigger != NULL) *cap = wanted;
    return bigger;
}

#define GROW(g, array, count, cap)                                                                                                         \
    do {                                                                                                                                   \
        void *bigger_ = grow((g)->array, (g)->count, &(g)->cap, sizeof *(g)->array);                                                       \
        if (bigger_ == NULL) return no_memory(err);                                                                                        \
        (g)->array = bigger_;                                                                                                              \
    } while (0)

/* Sums that would leave int64 stay at its end: only absurd files come there, and they must not wrap around. */
static int64_t add(int64_t a, int64_t b) {
    int64_t sum = 0;
    return !__builtin_add_overflow(a, b, &sum) ? sum : b > 0 ? INT64_MAX : INT64_MIN;
}

static int64_t subtract(int64_t a, int64_t b) {
    int64_t difference = 0;
    return !__builtin_sub_overflow(a, b, &difference) ? difference : b < 0 ? INT64_MAX : INT64_MIN;
}

static int compare_i64(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

int reb_derive_by_id(const void *a, const void *b) {
    return compare_i64(a, b);
}

static void sort_ids(gathering *g) {
    size_t kept = 0;
    if (g->id_count == 0) return;
    qsort(g->ids, g->id_count, sizeof *g->ids, compare_i64);
    for (size_t i = 0; i < g->id_count; i++)
        if (kept == 0 || g->ids[kept - 1] != g->ids[i]) g->ids[kept++] = g->ids[i];
    g->id_count = kept;
}

head *reb_derive_find(gathering *g, int64_t id) {
    size_t low = 0;
    size_t high = g->head_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->heads[middle].id < id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < g->head_count && g->heads[low].id == id ? &g->heads[low] : NULL;
}

/* --- gathering ------------------------------------------------------------------------------------------------------------------------ */

/* A customer that is its own head becomes a head; of any other, the head's id joins the ids. */
static reb_status see_customer(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    if (reb_col_i64(row, 0) != reb_col_i64(row, 1)) {
        GROW(g, ids, id_count, id_cap);
        g->ids[g->id_count++] = reb_col_i64(row, 1);
        return REB_OK;
    }
    GROW(g, heads, head_count, head_cap);
    head *h = &g->heads[g->head_count++];
    *h = (head){.id = reb_col_i64(row, 0), .kind = reb_arena_strdup(&g->arena, reb_col_text(row, 2))};
    return h->kind != NULL ? REB_OK : no_memory(err);
}

static reb_status see_member(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    const head *h = reb_derive_find(g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    GROW(g, members, member_count, member_cap);
    g->members[g->member_count++] = (member){reb_col_i64(row, 1), (size_t)(h - g->heads)};
    return REB_OK;
}

/* The head of a member; rows of one member come together, so the one found last is tried first. */
static head *head_of_member(gathering *g, int64_t customer_id) {
    if (g->member_last < g->member_count && g->members[g->member_last].customer_id == customer_id)
        return &g->heads[g->members[g->member_last].head];
    size_t low = 0;
    size_t high = g->member_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->members[middle].customer_id < customer_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == g->member_count || g->members[low].customer_id != customer_id) return NULL;
    g->member_last = low;
    return &g->heads[g->members[low].head];
}

static event_kind kind_of(const char *kind) {
    static const struct {
        const char *name;
        event_kind kind;
    } k_kinds[] = {{"order", EV_ORDER},
                   {"order_part", EV_PART},
                   {"order_change", EV_PART},
                   {"refund", EV_REFUND},
                   {"cancellation", EV_CANCELLATION},
                   {"contact", EV_SPOKEN},
                   {"done", EV_SPOKEN},
                   {"shown", EV_OWN},
                   {"held_out", EV_OWN},
                   {"not_now", EV_OWN},
                   {"wrong", EV_OWN},
                   {"merge", EV_OWN},
                   {"unmerge", EV_OWN},
                   {"not_same", EV_OWN},
                   {"erased", EV_OWN},
                   {"promise", EV_OWN}, /* made and kept with an order, whose day counts */
                   {"delivery", EV_OWN},
                   {"undo", EV_UNDO}};
    for (size_t i = 0; i < sizeof k_kinds / sizeof k_kinds[0]; i++)
        if (strcmp(kind, k_kinds[i].name) == 0) return k_kinds[i].kind;
    return EV_OTHER;
}

static uint64_t currency_hash(const char *code) {
    return reb_hash64(0, code, strlen(code));
}

static void heard_of(head *h, int64_t at_us) {
    if (h->any_event && at_us <= h->last_event_us) return;
    h->any_event = true;
    h->last_event_us = at_us;
}

/* Rows come in no order: what was taken back is known only when all are seen. */
static void count_loose(gathering *g) {
    if (g->undone_count > 0) qsort(g->undone, g->undone_count, sizeof *g->undone, compare_i64);
    for (size_t i = 0; i < g->loose_count; i++) {
        const loose_event *e = &g->loose[i];
        if (g->undone_count > 0 && bsearch(&e->event_id, g->undone, g->undone_count, sizeof *g->undone, compare_i64) != NULL) continue;
        head *h = &g->heads[e->head];
        heard_of(h, e->occurred_us);
        if (!e->spoken || (h->spoken && e->occurred_us <= h->last_spoken_us)) continue;
        h->spoken = true;
        h->last_spoken_us = e->occurred_us;
    }
}

static reb_status see_event(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    head *h = head_of_member(g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    const char *name = reb_col_text(row, 2);
    event_row e = {
        .head = (size_t)(h - g->heads),
        .event_id = reb_col_i64(row, 1),
        .kind = kind_of(name),
        .change = strcmp(name, "order_change") == 0,
        .ref_id = reb_col_i64(row, 3),
        .occurred_us = reb_col_i64(row, 4),
        .day = reb_col_i64(row, 5),
        .amount_minor = reb_col_i64(row, 6),
        .cost_minor = reb_col_i64(row, 7),
        .cost_known = !reb_col_null(row, 7),
    };
    if (e.kind == EV_UNDO) {
        GROW(g, undone, undone_count, undone_cap);
        g->undone[g->undone_count++] = e.ref_id;
    }
    if (e.kind == EV_SPOKEN || e.kind == EV_OTHER) {
        GROW(g, loose, loose_count, loose_cap);
        g->loose[g->loose_count++] = (loose_event){e.head, e.event_id, e.occurred_us, e.kind == EV_SPOKEN};
    }
    if (e.kind < EV_SPOKEN) heard_of(h, e.occurred_us);
    if (e.kind >= EV_SPOKEN) return REB_OK;
    e.currency = currency_hash(reb_col_text(row, 8));
    GROW(g, events, event_count, event_cap);
    g->events[g->event_count++] = e;
    return REB_OK;
}

/* Keeps the text of the greater rank; of equal ranks the text that comes first by its bytes. */
static reb_status offer(gathering *g, head *h, text_slot slot, const char *text, const int64_t rank[4], reb_err *err) {
    best_text *best = &h->texts[slot];
    int order = best->text == NULL ? 1 : 0;
    for (int i = 0; i < 4 && order == 0; i++) order = (rank[i] > best->rank[i]) - (rank[i] < best->rank[i]);
    if (order == 0) order = strcmp(text, best->text) < 0 ? 1 : -1;
    if (order < 0) return REB_OK;
    best->text = reb_arena_strdup(&g->arena, text);
    memcpy(best->rank, rank, sizeof best->rank);
    return best->text != NULL ? REB_OK : no_memory(err);
}

static reb_status see_fact(reb_stmt *row, void *ctx, reb_err *err) {
    static const struct {
        const char *fact;
        text_slot slot;
    } k_facts[] = {{"name", TEXT_NAME}, {"language", TEXT_LANGUAGE}, {"country", TEXT_COUNTRY}};
    gathering *g = ctx;
    int64_t member_id = reb_col_i64(row, 0);
    head *h = head_of_member(g, member_id);
    const char *fact = reb_col_text(row, 1);
    for (size_t i = 0; h != NULL && i < sizeof k_facts / sizeof k_facts[0]; i++) {
        if (strcmp(fact, k_facts[i].fact) != 0) continue;
        const int64_t rank[4] = {reb_col_i64(row, 3), reb_col_i64(row, 4), member_id == h->id, member_id};
        return offer(g, h, k_facts[i].slot, reb_col_text(row, 2), rank, err);
    }
    return REB_OK;
}

static reb_status see_identity(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    int64_t member_id = reb_col_i64(row, 0);
    head *h = head_of_member(g, member_id);
    const char *kind = reb_col_text(row, 1);
    bool name = strcmp(kind, "name") == 0;
    bool email = strcmp(kind, "email") == 0;
    if (h == NULL || (!name && !email && strcmp(kind, "phone") != 0)) return REB_OK;
    const int64_t rank[4] = {reb_col_i64(row, 4) == 0, member_id == h->id, reb_col_i64(row, 5), member_id};
    return offer(g, h, name ? TEXT_NAME_ID : email ? TEXT_EMAIL : TEXT_PHONE, reb_col_text(row, name ? 3 : 2), rank, err);
}

static reb_status for_ids(gathering *g, reb_store *s, reb_sql query, const int64_t *ids, size_t count, reb_each_row each, reb_err *err) {
    const reb_column column = {.kind = REB_COL_I64, .i64 = ids};
    return reb_exec_many(s, query, &column, 1, count, each, g, NULL, err);
}

/* Which heads the ids have, with their kind; ids that are no customers are simply not among them. */
static reb_status gather_heads(gathering *g, reb_store *s, reb_err *err) {
    size_t asked = g->id_count;
    int64_t *ids = malloc((asked + 1) * sizeof *ids); /* see_customer appends to g->ids, which must not move while it is read */
    if (ids == NULL) return no_memory(err);
    memcpy(ids, g->ids, asked * sizeof *ids);
    reb_status st = for_ids(g, s, REB_SQL_DERIVE_HEAD_OF, ids, asked, see_customer, err);
    size_t more = 0; /* heads of merged customers that were not asked for themselves */
    for (size_t i = asked; i < g->id_count && st == REB_OK; i++)
        if (bsearch(&g->ids[i], ids, asked, sizeof *ids, compare_i64) == NULL) g->ids[asked + more++] = g->ids[i];
    free(ids);
    if (st != REB_OK) return st;
    if (more > 0) {
        gathering rest = {.ids = malloc(more * sizeof *rest.ids), .id_count = more, .id_cap = more};
        if (rest.ids == NULL) return no_memory(err);
        memcpy(rest.ids, g->ids + asked, more * sizeof *rest.ids);
        sort_ids(&rest);
        st = for_ids(g, s, REB_SQL_DERIVE_HEAD_OF, rest.ids, rest.id_count, see_customer, err);
        free(rest.ids);
    }
    g->id_count = asked + more;
    sort_ids(g);
    if (g->head_count > 0) qsort(g->heads, g->head_count, sizeof *g->heads, compare_i64); /* the id comes first in a head */
    return st;
}

static reb_status gather(gathering *g, reb_store *s, reb_err *err) {
    reb_status st = gather_heads(g, s, err);
    if (st != REB_OK || g->head_count == 0) return st;
    int64_t *ids = malloc(g->head_count * sizeof *ids);
    if (ids == NULL) return no_memory(err);
    for (size_t i = 0; i < g->head_count; i++) ids[i] = g->heads[i].id;
    st = for_ids(g, s, REB_SQL_DERIVE_MEMBERS, ids, g->head_count, see_member, err);
    free(ids);
    if (st != REB_OK || g->member_count == 0) return st;
    qsort(g->members, g->member_count, sizeof *g->members, compare_i64); /* the customer comes first in a member */
    ids = malloc(g->member_count * sizeof *ids);
    if (ids == NULL) return no_memory(err);
    for (size_t i = 0; i < g->member_count; i++) ids[i] = g->members[i].customer_id;
    st = for_ids(g, s, REB_SQL_DERIVE_EVENTS, ids, g->member_count, see_event, err);
    if (st == REB_OK) count_loose(g);
    if (st == REB_OK) st = for_ids(g, s, REB_SQL_DERIVE_FACTS, ids, g->member_count, see_fact, err);
    if (st == REB_OK) st = for_ids(g, s, REB_SQL_DERIVE_IDENTITIES, ids, g->member_count, see_identity, err);
    free(ids);
    return st;
}

/* --- reckoning ------------------------------------------------------------------------------------------------------------------------ */

static int compare_events(const void *a, const void *b) { /* by head, orders first, then by id */
    const event_row *x = a;
    const event_row *y = b;
    if (x->head != y->head) return x->head < y->head ? -1 : 1;
    if ((x->kind == EV_ORDER) != (y->kind == EV_ORDER)) return x->kind == EV_ORDER ? -1 : 1;
    return (x->event_id > y->event_id) - (x->event_id < y->event_id);
}

static int compare_order_days(const void *a, const void *b) {
    const order_sum *x = a;
    const order_sum *y = b;
    if (x->day != y->day) return x->day < y->day ? -1 : 1;
    return (x->event_id > y->event_id) - (x->event_id < y->event_id);
}

static order_sum *find_order(gathering *g, int64_t event_id) {
    size_t low = 0;
    size_t high = g->order_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (g->orders[middle].event_id < event_id) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < g->order_count && g->orders[low].event_id == event_id ? &g->orders[low] : NULL;
}

static reb_status take_order(gathering *g, head *h, const event_row *e, reb_err *err) {
    GROW(g, orders, order_count, order_cap);
    g->orders[g->order_count++] = (order_sum){
        .event_id = e->event_id,
        .day = e->day,
        .total_minor = e->amount_minor,
        .cost_minor = e->cost_minor,
        .currency = e->currency,
        .cost_known = e->cost_known,
    };
    h->order_count++;
    return REB_OK;
}

/* What is said of an order later: a part or change, a refund, its cancellation. */
static void take_reference(gathering *g, head *h, const event_row *e) {
    bool own = e->currency == g->own_currency;
    order_sum *o = find_order(g, e->ref_id);
    bool same = o != NULL && o->currency == e->currency;
    if (e->kind == EV_PART) {
        if (own) h->gross_minor = add(h->gross_minor, e->amount_minor);
        if (!same) return;
        o->total_minor = add(o->total_minor, e->amount_minor);
        o->cost_minor = add(o->cost_minor, e->cost_minor);
        if (!e->cost_known && !e->change) o->cost_known = false;
    } else if (e->kind == EV_REFUND) {
        if (own) h->refunded_minor = add(h->refunded_minor, e->amount_minor);
        if (same) o->refunded_minor = add(o->refunded_minor, e->amount_minor);
    } else if (o != NULL) {
        o->cancelled = true;
    }
}

static bool was_kept(const order_sum *o) {
    return !o->cancelled && !(o->refunded_minor > 0 && o->refunded_minor >= o->total_minor);
}

/* The orders of one head, by day, into purchase days. */
static reb_status close_head(gathering *g, head *h, reb_err *err) {
    for (size_t i = 0; i < g->order_count; i++) {
        const order_sum *o = &g->orders[i];
        int64_t left = subtract(o->total_minor, o->refunded_minor);
        if (o->cancelled && o->currency == g->own_currency && left > 0) h->refunded_minor = add(h->refunded_minor, left);
    }
    if (g->order_count > 0) qsort(g->orders, g->order_count, sizeof *g->orders, compare_order_days);
    for (size_t i = 0; i < g->order_count; i++) {
        const order_sum *o = &g->orders[i];
        if (!was_kept(o)) continue;
        bool own = o->currency == g->own_currency;
        if (h->day_count == 0 || h->last_day != o->day) {
            GROW(g, days, day_count, day_cap);
            g->days[g->day_count++] = (day_row){.customer_id = h->id, .day = o->day};
            if (h->day_count++ == 0) h->first_day = o->day;
            h->last_day = o->day;
        }
        day_row *d = &g->days[g->day_count - 1];
        d->order_count++;
        if (!own) continue;
        d->amount_minor = add(d->amount_minor, subtract(o->total_minor, o->refunded_minor));
        if (o->cost_known) d->cost_minor = add(d->cost_minor, o->cost_minor);
        if (!o->cost_known) d->cost_unknown = true;
    }
    return REB_OK;
}

static reb_status reckon(gathering *g, reb_err *err) {
    if (g->event_count > 0) qsort(g->events, g->event_count, sizeof *g->events, compare_events);
    for (size_t i = 0; i < g->event_count;) {
        size_t at = g->events[i].head;
        head *h = &g->heads[at];
        reb_status st = REB_OK;
        g->order_count = 0;
        for (; i < g->event_count && g->events[i].head == at && st == REB_OK; i++) {
            const event_row *e = &g->events[i];
            if (e->kind == EV_ORDER) {
                st = take_order(g, h, e, err);
                if (e->currency == g->own_currency) h->gross_minor = add(h->gross_minor, e->amount_minor);
            } else {
                take_reference(g, h, e);
            }
        }
        if (st == REB_OK) st = close_head(g, h, err);
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

/* --- for those who store or compare ----------------------------------------------------------------------------------------------------
 */

const char *reb_derive_fold(gathering *g, const char *text) {
    size_t n = strlen(text);
    size_t cap = 2 * n + 16;
    char *out = reb_arena_alloc(&g->arena, cap + 1);
    if (out == NULL) return NULL;
    size_t got = reb_fold(out, cap, text, n);
    if (got > cap) {
        out = reb_arena_alloc(&g->arena, got + 1);
        if (out == NULL) return NULL;
        reb_fold(out, got, text, n);
    }
    out[got] = '\0';
    return out;
}

const char *reb_derive_text(const head *h, text_slot slot) {
    return h->texts[slot].text != NULL ? h->texts[slot].text : "";
}

const char *reb_derive_name(const head *h) {
    return h->texts[TEXT_NAME].text != NULL ? h->texts[TEXT_NAME].text : reb_derive_text(h, TEXT_NAME_ID);
}

int64_t reb_derive_net(const head *h) {
    return subtract(h->gross_minor, h->refunded_minor);
}

void reb_derive_free(gathering *g) {
    free(g->ids);
    free(g->heads);
    free(g->members);
    free(g->events);
    free(g->loose);
    free(g->undone);
    free(g->days);
    free(g->orders);
    reb_arena_free(&g->arena);
}

reb_status reb_derive_reckon(gathering *g, reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err) {
    g->own_currency = currency_hash(b->currency);
    g->arena.block_bytes = 1 << 20;
    g->ids = malloc((count + 1) * sizeof *g->ids);
    if (g->ids == NULL) return no_memory(err);
    memcpy(g->ids, customer_ids, count * sizeof *g->ids);
    g->id_count = count;
    g->id_cap = count + 1;
    sort_ids(g);
    reb_status st = gather(g, s, err);
    return st == REB_OK ? reckon(g, err) : st;
}
