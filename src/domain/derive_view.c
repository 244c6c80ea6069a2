/* What is stored of the heads of a gathering, beside what was reckoned. */
#include "derive_internal.h"

#include <string.h>

static reb_status see_day(reb_stmt *row, void *ctx, reb_err *err) {
    stored_view *v = ctx;
    if (v->day_count == v->day_cap) {
        size_t cap = v->day_cap == 0 ? 4096 : v->day_cap * 2;
        day_row *bigger = realloc(v->days, cap * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
        v->days = bigger;
        v->day_cap = cap;
    }
    v->days[v->day_count++] = (day_row){.customer_id = reb_col_i64(row, 0),
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
    stored_view *v = ctx;
    const head *h = reb_derive_find(v->g, reb_col_i64(row, 0));
    if (h == NULL) return REB_OK;
    const char *name = reb_derive_name(h);
    const char *fold = reb_derive_fold(v->g, name);
    if (fold == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
    bool texts = same_text(row, 1, h->kind) && same_text(row, 2, name) && same_text(row, 3, fold) &&
                 same_text(row, 4, reb_derive_text(h, TEXT_EMAIL)) && same_text(row, 5, reb_derive_text(h, TEXT_PHONE)) &&
                 same_text(row, 6, reb_derive_text(h, TEXT_LANGUAGE)) && same_text(row, 7, reb_derive_text(h, TEXT_COUNTRY));
    bool figures = same_i64(row, 8, true, h->order_count) && same_i64(row, 9, true, h->day_count) &&
                   same_i64(row, 10, h->day_count > 0, h->first_day) && same_i64(row, 11, h->day_count > 0, h->last_day) &&
                   same_i64(row, 12, true, h->gross_minor) && same_i64(row, 13, true, h->refunded_minor) &&
                   same_i64(row, 14, true, reb_derive_net(h)) && same_i64(row, 15, h->spoken, h->last_spoken_us) &&
                   same_i64(row, 16, h->any_event, h->last_event_us);
    v->state[h - v->g->heads] = !texts ? STORED_TEXTS : !figures ? STORED_FIGURES : STORED_SAME;
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

reb_status reb_derive_view(stored_view *view, gathering *g, reb_store *s, reb_err *err) {
    view->g = g;
    view->state = calloc(g->head_count + 1, sizeof *view->state); /* zero is STORED_MISSING */
    int64_t *ids = malloc((g->head_count + 1) * sizeof *ids);
    reb_status st = view->state != NULL && ids != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left to compare.");
    for (size_t i = 0; i < g->head_count && st == REB_OK; i++) ids[i] = g->heads[i].id;
    const reb_column column = {.kind = REB_COL_I64, .i64 = ids};
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_STORED_DAYS, &column, 1, g->head_count, see_day, view, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_STORED_SUMMARIES, &column, 1, g->head_count, see_summary, view, NULL, err);
    free(ids);
    if (st == REB_OK && view->day_count > 0) qsort(view->days, view->day_count, sizeof *view->days, compare_days);
    return st;
}

void reb_derive_view_free(stored_view *view) {
    free(view->state);
    free(view->days);
}

reb_status reb_derive_days_differ(const stored_view *view, reb_day_differs differs, void *ctx, reb_err *err) {
    const gathering *g = view->g;
    reb_status st = REB_OK;
    size_t i = 0;
    size_t j = 0;
    while ((i < view->day_count || j < g->day_count) && st == REB_OK) {
        const day_row *stored = i < view->day_count ? &view->days[i] : NULL;
        const day_row *reckoned = j < g->day_count ? &g->days[j] : NULL;
        int order = stored == NULL ? 1 : reckoned == NULL ? -1 : compare_days(stored, reckoned);
        if (order < 0) reckoned = NULL;
        if (order > 0) stored = NULL;
        if (order != 0 || !same_day(stored, reckoned)) st = differs(ctx, stored, reckoned, err);
        i += order <= 0;
        j += order >= 0;
    }
    return st;
}
