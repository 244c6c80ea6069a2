/* Compares what is stored with what the log gives, head by head, writing nothing. */
#include "derive_internal.h"

#include "promise.h"

enum { PAGE = 5000 };

static reb_status check_promises(int64_t *wrong, gathering *g, reb_store *s, const reb_business *b, reb_err *err) {
    int64_t n = 0;
    int64_t *ids = malloc((g->member_count + 1) * sizeof *ids);
    if (ids == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left to compare promises.");
    for (size_t i = 0; i < g->member_count; i++) ids[i] = g->members[i].customer_id;
    reb_status st = reb_promise_check(&n, s, b, ids, g->member_count, err);
    free(ids);
    *wrong += n;
    return st;
}

static reb_status mark(void *ctx, const day_row *stored, const day_row *reckoned, reb_err *err) {
    stored_view *v = ctx;
    (void)err;
    const head *h = reb_derive_find(v->g, stored != NULL ? stored->customer_id : reckoned->customer_id);
    if (h != NULL && v->state[h - v->g->heads] == STORED_SAME) v->state[h - v->g->heads] = STORED_FIGURES;
    return REB_OK;
}

static reb_status check_page(int64_t *wrong, reb_store *s, const reb_business *b, const int64_t *ids, size_t count, reb_err *err) {
    gathering g = {0};
    stored_view view = {0};
    reb_status st = reb_derive_reckon(&g, s, b, ids, count, err);
    if (st == REB_OK) st = reb_derive_view(&view, &g, s, err);
    if (st == REB_OK) st = reb_derive_days_differ(&view, mark, &view, err);
    for (size_t i = 0; i < g.head_count && st == REB_OK; i++) *wrong += view.state[i] != STORED_SAME;
    if (st == REB_OK) st = check_promises(wrong, &g, s, b, err);
    reb_derive_view_free(&view);
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
    if (st == REB_OK) st = reb_promise_check(wrong, s, b, &(const int64_t){0}, 1, err);
    while (st == REB_OK && count == PAGE) {
        st = reb_derive_next(ids, &count, PAGE, s, after, err);
        if (st == REB_OK && count > 0) st = check_page(wrong, s, b, ids, count, err);
        if (count > 0) after = ids[count - 1];
        *heads += (int64_t)count;
        if (st == REB_OK && progress != NULL && !progress(ctx, *heads, total)) st = reb_fail(err, REB_E_INTERRUPTED, "Stopped.");
    }
    return st;
}
