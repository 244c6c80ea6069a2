/* Derives purchase_day and customer_summary. Rows are gathered for many heads at once, reckoned here in C, and written back at once, so
   that both engines do the same with the same numbers. What each column means is said in derive.h. */
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

static reb_status see_head_of(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    GROW(g, ids, id_count, id_cap);
    g->ids[g->id_count++] = reb_col_i64(row, 1);
    return REB_OK;
}

static reb_status see_head(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    if (reb_col_i64(row, 0) != reb_col_i64(row, 1)) return REB_OK; /* merged into another: has no summary of its own */
    head *h = &g->heads[g->head_count++];
    h->id = reb_col_i64(row, 0);
    h->kind = reb_arena_strdup(&g->arena, reb_col_text(row, 2));
    return h->kind != NULL ? REB_OK : no_memory(err);
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
                   {"unmerge", EV_OWN}};
    for (size_t i = 0; i < sizeof k_kinds / sizeof k_kinds[0]; i++)
        if (strcmp(kind, k_kinds[i].name) == 0) return k_kinds[i].kind;
    return EV_OTHER;
}

static uint64_t currency_hash(const char *code) {
    return reb_hash64(0, code, strlen(code));
}

static reb_status see_event(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    head *h = reb_derive_find(g, reb_col_i64(row, 0));
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
    if (e.kind == EV_SPOKEN && (!h->spoken || e.occurred_us > h->last_spoken_us)) {
        h->spoken = true;
        h->last_spoken_us = e.occurred_us;
    }
    if (e.kind != EV_OWN && (!h->any_event || e.occurred_us > h->last_event_us)) {
        h->any_event = true;
        h->last_event_us = e.occurred_us;
    }
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
    gathering *g = ctx;
    head *h = reb_derive_find(g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    const char *fact = reb_col_text(row, 1);
    text_slot slot = fact[0] == 'n' ? TEXT_NAME : fact[0] == 'l' ? TEXT_LANGUAGE : TEXT_COUNTRY;
    int64_t member = reb_col_i64(row, 5);
    const int64_t rank[4] = {reb_col_i64(row, 3), reb_col_i64(row, 4), member == h->id, member};
    return offer(g, h, slot, reb_col_text(row, 2), rank, err);
}

static reb_status see_identity(reb_stmt *row, void *ctx, reb_err *err) {
    gathering *g = ctx;
    head *h = reb_derive_find(g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    const char *kind = reb_col_text(row, 1);
    text_slot slot = kind[0] == 'e' ? TEXT_EMAIL : kind[0] == 'p' ? TEXT_PHONE : TEXT_NAME_ID;
    int64_t member = reb_col_i64(row, 6);
    const int64_t rank[4] = {reb_col_i64(row, 4) == 0, member == h->id, reb_col_i64(row, 5), member};
    return offer(g, h, slot, reb_col_text(row, slot == TEXT_NAME_ID ? 3 : 2), rank, err);
}

static reb_status gather(gathering *g, reb_store *s, reb_err *err) {
    reb_column ids[] = {{.kind = REB_COL_I64, .i64 = g->ids}};
    size_t asked = g->id_count;
    g->id_cap = asked; /* see_head_of appends, so the array that is being read must not move */
    int64_t *mine = malloc(asked * sizeof *mine);
    if (mine == NULL) return no_memory(err);
    memcpy(mine, g->ids, asked * sizeof *mine);
    ids[0].i64 = mine;
    reb_status st = reb_exec_many(s, REB_SQL_DERIVE_HEAD_OF, ids, 1, asked, see_head_of, g, NULL, err);
    free(mine);
    if (st != REB_OK) return st;
    sort_ids(g);
    ids[0].i64 = g->ids;
    g->heads = calloc(g->id_count, sizeof *g->heads);
    if (g->heads == NULL) return no_memory(err);
    st = reb_exec_many(s, REB_SQL_DERIVE_HEAD_OF, ids, 1, g->id_count, see_head, g, NULL, err);
    if (st != REB_OK || g->head_count == 0) return st;
    qsort(g->heads, g->head_count, sizeof *g->heads, compare_i64); /* the id comes first in a head */
    int64_t *heads = malloc(g->head_count * sizeof *heads);
    if (heads == NULL) return no_memory(err);
    for (size_t i = 0; i < g->head_count; i++) heads[i] = g->heads[i].id;
    ids[0].i64 = heads;
    st = reb_exec_many(s, REB_SQL_DERIVE_EVENTS, ids, 1, g->head_count, see_event, g, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_FACTS, ids, 1, g->head_count, see_fact, g, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_IDENTITIES, ids, 1, g->head_count, see_identity, g, NULL, err);
    free(heads);
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

/* --- writing -------------------------------------------------------------------------------------------------------------------------- */

enum { DAY_COLUMNS = 5, SUMMARY_COLUMNS = 17 };

static reb_status write_days(gathering *g, reb_store *s, reb_err *err) {
    size_t n = g->day_count;
    int64_t *cells = reb_arena_zalloc(&g->arena, n * DAY_COLUMNS + 1, sizeof *cells);
    bool *null = reb_arena_zalloc(&g->arena, n + 1, sizeof *null);
    if (cells == NULL || null == NULL) return no_memory(err);
    reb_column columns[DAY_COLUMNS];
    for (size_t c = 0; c < DAY_COLUMNS; c++) columns[c] = (reb_column){.kind = REB_COL_I64, .i64 = cells + c * n};
    columns[4].null = null;
    for (size_t i = 0; i < n; i++) {
        const day_row *d = &g->days[i];
        const int64_t row[DAY_COLUMNS] = {d->customer_id, d->day, d->order_count, d->amount_minor, d->cost_minor};
        for (size_t c = 0; c < DAY_COLUMNS; c++) cells[c * n + i] = row[c];
        null[i] = d->cost_unknown;
    }
    for (size_t from = 0; from < n; from += 50000) { /* exec_many takes 100,000 rows a call */
        reb_column part[DAY_COLUMNS];
        for (size_t c = 0; c < DAY_COLUMNS; c++) part[c] = (reb_column){.kind = REB_COL_I64, .i64 = columns[c].i64 + from};
        part[4].null = null + from;
        reb_status st =
            reb_exec_many(s, REB_SQL_DERIVE_PUT_DAY, part, DAY_COLUMNS, n - from < 50000 ? n - from : 50000, NULL, NULL, NULL, err);
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

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

static reb_status write_summaries(gathering *g, reb_store *s, reb_err *err) {
    enum { TEXTS = 7, NUMBERS = 10 };
    size_t n = g->head_count;
    const char **texts = reb_arena_zalloc(&g->arena, n * TEXTS + 1, sizeof *texts);
    int64_t *numbers = reb_arena_zalloc(&g->arena, n * NUMBERS + 1, sizeof *numbers);
    bool *no_day = reb_arena_zalloc(&g->arena, n + 1, sizeof *no_day);
    bool *no_word = reb_arena_zalloc(&g->arena, n + 1, sizeof *no_word);
    bool *no_event = reb_arena_zalloc(&g->arena, n + 1, sizeof *no_event);
    if (texts == NULL || numbers == NULL || no_day == NULL || no_word == NULL || no_event == NULL) return no_memory(err);
    for (size_t i = 0; i < n; i++) {
        const head *h = &g->heads[i];
        const char *name = reb_derive_name(h);
        const char *fold = reb_derive_fold(g, name);
        if (fold == NULL) return no_memory(err);
        const char *const row[TEXTS] = {h->kind,
                                        name,
                                        fold,
                                        reb_derive_text(h, TEXT_EMAIL),
                                        reb_derive_text(h, TEXT_PHONE),
                                        reb_derive_text(h, TEXT_LANGUAGE),
                                        reb_derive_text(h, TEXT_COUNTRY)};
        for (size_t c = 0; c < TEXTS; c++) texts[c * n + i] = row[c];
        const int64_t figures[NUMBERS] = {h->id,          h->order_count,    h->day_count,      h->first_day,      h->last_day,
                                          h->gross_minor, h->refunded_minor, reb_derive_net(h), h->last_spoken_us, h->last_event_us};
        for (size_t c = 0; c < NUMBERS; c++) numbers[c * n + i] = figures[c];
        no_day[i] = h->day_count == 0;
        no_word[i] = !h->spoken;
        no_event[i] = !h->any_event;
    }
    reb_column columns[SUMMARY_COLUMNS];
    columns[0] = (reb_column){.kind = REB_COL_I64, .i64 = numbers};
    for (size_t c = 0; c < TEXTS; c++) columns[1 + c] = (reb_column){.kind = REB_COL_TEXT, .text = texts + c * n};
    for (size_t c = 1; c < NUMBERS; c++) columns[TEXTS + c] = (reb_column){.kind = REB_COL_I64, .i64 = numbers + c * n};
    columns[10].null = columns[11].null = no_day;
    columns[15].null = no_word;
    columns[16].null = no_event;
    return reb_exec_many(s, REB_SQL_DERIVE_PUT_SUMMARY, columns, SUMMARY_COLUMNS, n, NULL, NULL, NULL, err);
}

/* What was derived of customers that are no heads (any more). */
static reb_status forget_strays(gathering *g, reb_store *s, reb_err *err) {
    size_t n = 0;
    int64_t *gone = reb_arena_alloc(&g->arena, (g->id_count + 1) * sizeof *gone);
    if (gone == NULL) return no_memory(err);
    for (size_t i = 0; i < g->id_count; i++)
        if (reb_derive_find(g, g->ids[i]) == NULL) gone[n++] = g->ids[i];
    const reb_column column = {.kind = REB_COL_I64, .i64 = gone};
    reb_status st = reb_exec_many(s, REB_SQL_DERIVE_FORGET_SUMMARY, &column, 1, n, NULL, NULL, NULL, err);
    return st == REB_OK ? reb_exec_many(s, REB_SQL_DERIVE_FORGET_SCORE, &column, 1, n, NULL, NULL, NULL, err) : st;
}

void reb_derive_free(gathering *g) {
    free(g->ids);
    free(g->heads);
    free(g->events);
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
    sort_ids(g);
    reb_status st = gather(g, s, err);
    return st == REB_OK ? reckon(g, err) : st;
}

reb_status reb_derive_customers(reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err) {
    if (count == 0) return REB_OK;
    gathering g = {0};
    reb_status st = reb_derive_reckon(&g, s, b, customer_ids, count, err);
    const reb_column ids = {.kind = REB_COL_I64, .i64 = g.ids};
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_FORGET_DAYS, &ids, 1, g.id_count, NULL, NULL, NULL, err);
    if (st == REB_OK) st = forget_strays(&g, s, err);
    if (st == REB_OK) st = write_days(&g, s, err);
    if (st == REB_OK) st = write_summaries(&g, s, err);
    reb_derive_free(&g);
    return st;
}

/* --- everything ----------------------------------------------------------------------------------------------------------------------- */

enum { PAGE = 5000 };

typedef struct all_job {
    const reb_business *business;
    reb_derive_progress progress;
    void *ctx;
    int64_t done;
} all_job;

reb_status reb_derive_next(int64_t *ids, size_t *count, size_t most, reb_store *s, int64_t after, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_DERIVE_NEXT_HEADS, REB_ARGS(reb_i(after), reb_i((int64_t)most)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) ids[(*count)++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return st;
}

static reb_status all_work(reb_store *s, void *ctx, reb_err *err) {
    all_job *job = ctx;
    int64_t ids[PAGE];
    int64_t total = 0;
    int64_t after = INT64_MIN;
    size_t count = PAGE;
    job->done = 0;
    reb_status st = reb_get_i64(&total, NULL, s, REB_SQL_DERIVE_COUNT_HEADS, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_DERIVE_STRAY_DAYS, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_DERIVE_STRAY_SUMMARIES, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_DERIVE_STRAY_SCORES, REB_NO_ARGS, NULL, err);
    while (st == REB_OK && count == PAGE) {
        st = reb_derive_next(ids, &count, PAGE, s, after, err);
        if (st == REB_OK) st = reb_derive_customers(s, job->business, ids, count, err);
        if (count > 0) after = ids[count - 1];
        job->done += (int64_t)count;
        if (st == REB_OK && job->progress != NULL && !job->progress(job->ctx, job->done, total))
            st = reb_fail(err, REB_E_INTERRUPTED, "Stopped; everything is as it was before.");
    }
    return st;
}

reb_status reb_derive_all(int64_t *heads, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx, reb_err *err) {
    all_job job = {.business = b, .progress = progress, .ctx = ctx};
    reb_status st = reb_store_write(s, all_work, &job, err);
    if (heads != NULL) *heads = st == REB_OK ? job.done : 0;
    return st;
}
