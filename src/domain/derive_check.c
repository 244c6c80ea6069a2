/* Compares what is stored with what the log gives, head by head, writing nothing. */
#include "derive_internal.h"

#include <string.h>

enum { PAGE = 5000 };

typedef struct comparison {
    gathering *g;
    day_row *stored; /* purchase days as stored */
    size_t stored_count;
    size_t stored_cap;
    bool *seen;  /* head by head: a summary is stored */
    bool *wrong; /* head by head: something differs */
} comparison;

static reb_status see_day(reb_stmt *row, void *ctx, reb_err *err) {
    comparison *c = ctx;
    if (c->stored_count == c->stored_cap) {
        size_t cap = c->stored_cap == 0 ? 4096 : c->stored_cap * 2;
        day_row *bigger = realloc(c->stored, cap * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
        c->stored = bigger;
        c->stored_cap = cap;
    }
    c->stored[c->stored_count++] = (day_row){.customer_id = reb_col_i64(row, 0),
                                             .day = reb_col_i64(row, 1),
                                             .order_count = reb_col_i64(row, 2),
                                             .amount_minor = reb_col_i64(row, 3),
                                             .cost_minor = reb_col_i64(row, 4),
                                             .cost_unknown = reb_col_null(row, 4)};
    return REB_OK;
}

static bool same_text(reb_stmt *row, int column, const char *want) {
    const char *got = reb_col_text(row, column);
    return got != NULL && want != NULL && strcmp(got, want) == 0;
}

static bool same_i64(reb_stmt *row, int column, bool there, int64_t want) {
    return there ? !reb_col_null(row, column) && reb_col_i64(row, column) == want : reb_col_null(row, column);
}

static reb_status see_summary(reb_stmt *row, void *ctx, reb_err *err) {
    comparison *c = ctx;
    const head *h = reb_derive_find(c->g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    const char *name = reb_derive_name(h);
    const char *fold = reb_derive_fold(c->g, name);
    if (fold == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
    bool same = same_text(row, 1, h->kind) && same_text(row, 2, name) && same_text(row, 3, fold) &&
                same_text(row, 4, reb_derive_text(h, TEXT_EMAIL)) && same_text(row, 5, reb_derive_text(h, TEXT_PHONE)) &&
                same_text(row, 6, reb_derive_text(h, TEXT_LANGUAGE)) && same_text(row, 7, reb_derive_text(h, TEXT_COUNTRY)) &&
                same_i64(row, 8, true, h->order_count) && same_i64(row, 9, true, h->day_count) &&
                same_i64(row, 10, h->day_count > 0, h->first_day) && same_i64(row, 11, h->day_count > 0, h->last_day) &&
                same_i64(row, 12, true, h->gross_minor) && same_i64(row, 13, true, h->refunded_minor) &&
                same_i64(row, 14, true, reb_derive_net(h)) && same_i64(row, 15, h->spoken, h->last_spoken_us) &&
                same_i64(row, 16, h->any_event, h->last_event_us);
    c->seen[h - c->g->heads] = true;
    if (!same) c->wrong[h - c->g->heads] = true;
    return REB_OK;
}

static int compare_days(const void *a, const void *b) {
    const day_row *x = a;
    const day_row *y = b;
    if (x->customer_id != y->customer_id) return x->customer_id < y->customer_id ? -1 : 1;
    return (x->day > y->day) - (x->day < y->day);
}

static bool same_day(const day_row *x, const day_row *y) {
    return x->order_count == y->order_count && x->amount_minor == y->amount_minor && x->cost_unknown == y->cost_unknown &&
           (x->cost_unknown || x->cost_minor == y->cost_minor);
}

static void mark(comparison *c, int64_t customer_id) {
    const head *h = reb_derive_find(c->g, customer_id);
    if (h != NULL) c->wrong[h - c->g->heads] = true;
}

/* Both lists by customer and day; what stands in one only, or differs, marks its customer. */
static void match_days(comparison *c) {
    size_t i = 0;
    size_t j = 0;
    if (c->stored_count > 0) qsort(c->stored, c->stored_count, sizeof *c->stored, compare_days);
    while (i < c->stored_count || j < c->g->day_count) {
        int order = i == c->stored_count ? 1 : j == c->g->day_count ? -1 : compare_days(&c->stored[i], &c->g->days[j]);
        if (order != 0 || !same_day(&c->stored[i], &c->g->days[j]))
            mark(c, order <= 0 ? c->stored[i].customer_id : c->g->days[j].customer_id);
        i += order <= 0;
        j += order >= 0;
    }
}

static reb_status check_page(int64_t *wrong, reb_store *s, const reb_business *b, const int64_t *ids, size_t count, reb_err *err) {
    gathering g = {0};
    comparison c = {.g = &g, .seen = calloc(count + 1, 1), .wrong = calloc(count + 1, 1)};
    const reb_column column = {.kind = REB_COL_I64, .i64 = ids};
    reb_status st = c.seen != NULL && c.wrong != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
    if (st == REB_OK) st = reb_derive_reckon(&g, s, b, ids, count, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_VERIFY_STORED_DAYS, &column, 1, count, see_day, &c, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_VERIFY_STORED_SUMMARIES, &column, 1, count, see_summary, &c, NULL, err);
    if (st == REB_OK) {
        match_days(&c);
        for (size_t i = 0; i < g.head_count; i++) *wrong += c.wrong[i] || !c.seen[i];
    }
    free(c.stored);
    free(c.seen);
    free(c.wrong);
    reb_derive_free(&g);
    return st;
}

reb_status reb_derive_check(int64_t *heads, int64_t *wrong, reb_store *s, const reb_business *b, reb_derive_progress progress, void *ctx,
                            reb_err *err) {
    int64_t ids[PAGE];
    size_t count = PAGE;
    int64_t after = INT64_MIN;
    int64_t total = 0;
    *heads = 0;
    *wrong = 0;
    reb_status st = reb_get_i64(&total, NULL, s, REB_SQL_DERIVE_COUNT_HEADS, REB_NO_ARGS, err);
    while (st == REB_OK && count == PAGE) {
        st = reb_derive_next(ids, &count, PAGE, s, after, err);
        if (st == REB_OK && count > 0) st = check_page(wrong, s, b, ids, count, err);
        if (count > 0) after = ids[count - 1];
        *heads += (int64_t)count;
        if (st == REB_OK && progress != NULL && !progress(ctx, *heads, total)) st = reb_fail(err, REB_E_INTERRUPTED, "Stopped.");
    }
    return st;
}
