/* Brings purchase_day and customer_summary in line with the log, writing only what differs. What is reckoned stands in derive_gather.c. */
#include "derive_internal.h"

#include "case_log.h"
#include "promise.h"

#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left to derive summaries.");
}

/* --- purchase days -------------------------------------------------------------------------------------------------------------------- */

enum { DAY_COLUMNS = 5, DAY_BATCH = 20000 };

/* Days to be put or dropped, column by column, written whenever a batch is full. */
typedef struct day_writer {
    reb_store *store;
    int64_t cells[DAY_COLUMNS][DAY_BATCH];
    bool cost_unknown[DAY_BATCH];
    size_t count;
    int64_t dropped[2][DAY_BATCH];
    size_t dropped_count;
} day_writer;

static reb_status flush_days(day_writer *w, reb_err *err) {
    reb_column put[DAY_COLUMNS];
    for (size_t c = 0; c < DAY_COLUMNS; c++) put[c] = (reb_column){.kind = REB_COL_I64, .i64 = w->cells[c]};
    put[4].null = w->cost_unknown;
    const reb_column drop[] = {{.kind = REB_COL_I64, .i64 = w->dropped[0]}, {.kind = REB_COL_I64, .i64 = w->dropped[1]}};
    reb_status st = reb_exec_many(w->store, REB_SQL_DERIVE_DROP_DAY, drop, 2, w->dropped_count, NULL, NULL, NULL, err);
    if (st == REB_OK) st = reb_exec_many(w->store, REB_SQL_DERIVE_PUT_DAY, put, DAY_COLUMNS, w->count, NULL, NULL, NULL, err);
    w->count = 0;
    w->dropped_count = 0;
    return st;
}

static reb_status write_day(void *ctx, const day_row *stored, const day_row *reckoned, reb_err *err) {
    day_writer *w = ctx;
    if (reckoned == NULL) {
        w->dropped[0][w->dropped_count] = stored->customer_id;
        w->dropped[1][w->dropped_count++] = stored->day;
    } else {
        const int64_t row[DAY_COLUMNS] = {reckoned->customer_id, reckoned->day, reckoned->order_count, reckoned->amount_minor,
                                          reckoned->cost_minor};
        for (size_t c = 0; c < DAY_COLUMNS; c++) w->cells[c][w->count] = row[c];
        w->cost_unknown[w->count++] = reckoned->cost_unknown;
    }
    return w->count == DAY_BATCH || w->dropped_count == DAY_BATCH ? flush_days(w, err) : REB_OK;
}

static reb_status write_days(const stored_view *view, reb_store *s, reb_err *err) {
    day_writer *w = malloc(sizeof *w);
    if (w == NULL) return no_memory(err);
    w->store = s;
    w->count = 0;
    w->dropped_count = 0;
    reb_status st = reb_derive_days_differ(view, write_day, w, err);
    if (st == REB_OK) st = flush_days(w, err);
    free(w);
    return st;
}

/* --- summaries ------------------------------------------------------------------------------------------------------------------------ */

enum { TEXTS = 7, FIGURES = 10 }; /* columns of customer_summary; the first figure is the customer */

typedef struct summary_rows {
    const char **texts; /* column by column */
    int64_t *figures;
    bool *no_day;
    bool *no_word;
    bool *no_event;
    size_t room; /* rows of a column */
    size_t count;
} summary_rows;

static reb_status summary_rows_open(summary_rows *r, gathering *g, reb_err *err) {
    size_t n = g->head_count + 1;
    *r = (summary_rows){.room = n};
    r->texts = reb_arena_zalloc(&g->arena, n * TEXTS, sizeof *r->texts);
    r->figures = reb_arena_zalloc(&g->arena, n * FIGURES, sizeof *r->figures);
    r->no_day = reb_arena_zalloc(&g->arena, n, sizeof *r->no_day);
    r->no_word = reb_arena_zalloc(&g->arena, n, sizeof *r->no_word);
    r->no_event = reb_arena_zalloc(&g->arena, n, sizeof *r->no_event);
    bool good = r->texts != NULL && r->figures != NULL && r->no_day != NULL && r->no_word != NULL && r->no_event != NULL;
    return good ? REB_OK : no_memory(err);
}

static reb_status add_summary(summary_rows *r, gathering *g, const head *h, reb_err *err) {
    const char *name = reb_derive_name(h);
    const char *fold = reb_derive_fold(g, name);
    if (fold == NULL) return no_memory(err);
    const char *const texts[TEXTS] = {h->kind,
                                      name,
                                      fold,
                                      reb_derive_text(h, TEXT_EMAIL),
                                      reb_derive_text(h, TEXT_PHONE),
                                      reb_derive_text(h, TEXT_LANGUAGE),
                                      reb_derive_text(h, TEXT_COUNTRY)};
    const int64_t figures[FIGURES] = {h->id,          h->order_count,    h->day_count,      h->first_day,      h->last_day,
                                      h->gross_minor, h->refunded_minor, reb_derive_net(h), h->last_spoken_us, h->last_event_us};
    for (size_t c = 0; c < TEXTS; c++) r->texts[c * r->room + r->count] = texts[c];
    for (size_t c = 0; c < FIGURES; c++) r->figures[c * r->room + r->count] = figures[c];
    r->no_day[r->count] = h->day_count == 0;
    r->no_word[r->count] = !h->spoken;
    r->no_event[r->count++] = !h->any_event;
    return REB_OK;
}

/* With texts: the whole row; else the figures alone. */
static reb_status put_summaries(const summary_rows *r, reb_store *s, bool texts, reb_err *err) {
    reb_column columns[TEXTS + FIGURES];
    size_t shift = texts ? TEXTS : 0;
    for (size_t c = 0; c < TEXTS && texts; c++) columns[1 + c] = (reb_column){.kind = REB_COL_TEXT, .text = r->texts + c * r->room};
    for (size_t c = 0; c < FIGURES; c++)
        columns[c == 0 ? 0 : c + shift] = (reb_column){.kind = REB_COL_I64, .i64 = r->figures + c * r->room};
    columns[shift + 3].null = columns[shift + 4].null = r->no_day;
    columns[shift + 8].null = r->no_word;
    columns[shift + 9].null = r->no_event;
    return reb_exec_many(s, texts ? REB_SQL_DERIVE_PUT_SUMMARY : REB_SQL_DERIVE_PUT_FIGURES, columns, FIGURES + shift, r->count, NULL, NULL,
                         NULL, err);
}

static reb_status write_summaries(const stored_view *view, gathering *g, reb_store *s, reb_err *err) {
    summary_rows whole;
    summary_rows figures;
    reb_status st = summary_rows_open(&whole, g, err);
    if (st == REB_OK) st = summary_rows_open(&figures, g, err);
    for (size_t i = 0; i < g->head_count && st == REB_OK; i++) {
        if (view->state[i] == STORED_SAME) continue;
        st = add_summary(view->state[i] == STORED_FIGURES ? &figures : &whole, g, &g->heads[i], err);
    }
    if (st == REB_OK) st = put_summaries(&figures, s, false, err);
    return st == REB_OK ? put_summaries(&whole, s, true, err) : st;
}

/* What was derived of customers that are no heads (any more). */
static reb_status forget_strays(gathering *g, reb_store *s, reb_err *err) {
    size_t n = 0;
    int64_t *gone = reb_arena_alloc(&g->arena, (g->id_count + 1) * sizeof *gone);
    if (gone == NULL) return no_memory(err);
    for (size_t i = 0; i < g->id_count; i++)
        if (reb_derive_find(g, g->ids[i]) == NULL) gone[n++] = g->ids[i];
    const reb_column column = {.kind = REB_COL_I64, .i64 = gone};
    reb_status st = reb_exec_many(s, REB_SQL_DERIVE_FORGET_DAYS, &column, 1, n, NULL, NULL, NULL, err);
    if (st == REB_OK) st = reb_exec_many(s, REB_SQL_DERIVE_FORGET_SUMMARY, &column, 1, n, NULL, NULL, NULL, err);
    return st == REB_OK ? reb_exec_many(s, REB_SQL_DERIVE_FORGET_SCORE, &column, 1, n, NULL, NULL, NULL, err) : st;
}

/* Promises stand with the customer they were made to, merged or not; those of customers that are gone go, too. */
static reb_status write_promises(gathering *g, reb_store *s, const reb_business *b, reb_err *err) {
    size_t n = 0;
    int64_t *ids = malloc((g->id_count + g->member_count + 1) * sizeof *ids);
    if (ids == NULL) return no_memory(err);
    for (size_t i = 0; i < g->member_count; i++) ids[n++] = g->members[i].customer_id;
    for (size_t i = 0; i < g->id_count; i++)
        if (bsearch(&g->ids[i], ids, g->member_count, sizeof *ids, reb_derive_by_id) == NULL) ids[n++] = g->ids[i];
    reb_status st = reb_promise_derive(s, b, ids, n, err);
    free(ids);
    return st;
}

reb_status reb_derive_customers(reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err) {
    if (count == 0) return REB_OK;
    gathering g = {0};
    stored_view view = {0};
    reb_status st = reb_derive_reckon(&g, s, b, customer_ids, count, err);
    if (st == REB_OK) st = forget_strays(&g, s, err);
    if (st == REB_OK) st = reb_derive_view(&view, &g, s, err);
    if (st == REB_OK) st = write_days(&view, s, err);
    if (st == REB_OK) st = write_summaries(&view, &g, s, err);
    if (st == REB_OK) st = write_promises(&g, s, b, err);
    reb_derive_view_free(&view);
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
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PROMISE_STRAY, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_promise_derive(s, job->business, &(const int64_t){0}, 1, err); /* of cases of nobody known */
    if (st == REB_OK) st = reb_case_derive(NULL, NULL, s, job->business, REB_CASES_ALL, err);
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
