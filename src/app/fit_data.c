/* From purchase days to histories. */
#include "fit_internal.h"

#include <stdlib.h>

enum { HOLDOUT_MOST_DAYS = 273, HOLDOUT_LEAST_DAYS = 28 };

void fit_data_free(fit_data *d) {
    free(d->customers);
    *d = (fit_data){0};
}

static fit_packed *next_place(fit_data *d) {
    if (d->count == d->room) {
        size_t room = d->room == 0 ? 4096 : d->room * 2;
        fit_packed *bigger = realloc(d->customers, room * sizeof *bigger);
        if (bigger == NULL) return NULL;
        d->customers = bigger;
        d->room = room;
    }
    return &d->customers[d->count++];
}

static reb_status take_row(fit_data *d, reb_stmt *st, reb_err *err) {
    int64_t days = reb_col_i64(st, 1);
    int64_t first = reb_col_i64(st, 2);
    int64_t last = reb_col_i64(st, 3);
    int64_t paid_days = reb_col_i64(st, 4);
    int64_t known = reb_col_i64(st, 9);
    fit_packed *p = next_place(d);
    if (p == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for the customers' histories.");
    *p = (fit_packed){
        .x = (uint32_t)(days - 1),
        .recency = (uint32_t)(last - first),
        .observed = (uint32_t)(d->as_of_day - first),
        .split_x = known > 0 ? (uint32_t)(known - 1) : FIT_UNSEEN,
        .split_recency = known > 0 ? (uint32_t)(reb_col_i64(st, 10) - first) : 0,
        .paid_days = (uint32_t)paid_days,
        .paid_mean = paid_days > 0 ? (double)reb_col_i64(st, 5) / (double)paid_days : 0.0,
    };
    d->purchase_days += days;
    d->zero_value_days += days - paid_days;
    d->repeaters += days > 1;
    d->amount_minor += reb_col_i64(st, 6);
    d->known_amount_minor += reb_col_i64(st, 7);
    d->known_cost_minor += reb_col_i64(st, 8);
    return REB_OK;
}

static reb_status read_span(int64_t *first, reb_store *s, int64_t as_of_day, reb_err *err) {
    reb_stmt *st = NULL;
    bool row = false;
    reb_status status = reb_query(&st, s, REB_SQL_FIT_SPAN, REB_ARGS(reb_i(as_of_day)), err);
    if (status == REB_OK) status = reb_step(st, &row, err);
    if (status == REB_OK && (!row || reb_col_i64(st, 2) == 0)) {
        char day[REB_TIME_TEXT];
        reb_day_format(as_of_day, day);
        status = reb_fail(err, REB_E_TOO_LITTLE, "There are no purchases on or before %s to learn from.", day);
        reb_err_next(err, "Import an export of your orders first: rebound import FILE");
    }
    if (status == REB_OK) *first = reb_col_i64(st, 0);
    reb_stmt_close(st);
    return status;
}

typedef struct reading {
    fit_data *d;
    int64_t as_of_day;
} reading;

static reb_status read_all(reb_store *s, void *ctx, reb_err *err) {
    reading *r = ctx;
    fit_data *d = r->d;
    fit_data_free(d); /* the transaction may be run again */
    d->as_of_day = r->as_of_day;
    reb_status status = read_span(&d->first_day, s, r->as_of_day, err);
    if (status != REB_OK) return status;
    int64_t length = (r->as_of_day - d->first_day) / 3;
    if (length > HOLDOUT_MOST_DAYS) length = HOLDOUT_MOST_DAYS;
    d->split_day = length >= HOLDOUT_LEAST_DAYS ? r->as_of_day - length : 0;
    reb_stmt *st = NULL;
    status =
        reb_query(&st, s, REB_SQL_FIT_HISTORIES, REB_ARGS(reb_i(r->as_of_day), reb_i(d->split_day != 0 ? d->split_day : INT64_MIN)), err);
    bool row = false;
    while (status == REB_OK && (status = reb_step(st, &row, err)) == REB_OK && row) status = take_row(d, st, err);
    reb_stmt_close(st);
    return status;
}

reb_status fit_data_read(fit_data *d, reb_store *s, int64_t as_of_day, reb_err *err) {
    reading r = {.d = d, .as_of_day = as_of_day};
    return reb_store_read(s, read_all, &r, err);
}
