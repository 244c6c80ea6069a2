#include "stake.h"

#include "fit.h"

#include "../domain/history.h"

#include <math.h>

/* Whole minor units within what the guard takes. */
static int64_t minor(double v) {
    if (!(v > 0.0)) return 0;
    return v >= (double)REB_GUARD_MOST_MINOR ? REB_GUARD_MOST_MINOR : (int64_t)llround(v);
}

/* --- what all rest on ----------------------------------------------------------------------------------------------------------------- */

static void read_factors(reb_stake_book *book, const reb_business *b) {
    static const reb_setting first[] = {REB_SETTING_REACH_LISTENERS, REB_SETTING_REACH_WOULD_BUY, REB_SETTING_REACH_STOPPED,
                                        REB_SETTING_LEAVE_UNHEARD};
    reb_losing_factors *f = &book->factors;
    double *const to[] = {f->listeners, f->would_buy, f->stopped, f->leave_unheard};
    book->assumed = true;
    for (int i = 0; i < 4; i++) {
        for (int end = 0; end < 3; end++) to[i][end] = reb_business_f64(b, (reb_setting)((int)first[i] + end)); /* likely, low, high */
        book->assumed = book->assumed && reb_business_assumed(b, first[i]);
    }
}

static reb_status read_new_value(reb_stake_book *book, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, book->store, REB_SQL_LOSING_NEW_VALUE, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        bool new_ones = reb_col_i64(q, 2) >= REB_LOSING_LEAST;
        book->scored = reb_col_i64(q, 0) > 0;
        book->factors.new_value_minor = new_ones ? reb_col_f64(q, 3) : reb_col_f64(q, 1);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_stake_open(reb_stake_book *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t now_us, reb_err *err) {
    bool found = false;
    *out = (reb_stake_book){.store = s, .day = reb_business_day(b, now_us)};
    read_factors(out, b);
    reb_fit_report *fit = reb_arena_zalloc(a, 1, sizeof *fit);
    if (fit == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_status st = reb_fit_load(fit, &found, s, out->day, err);
    if (found) out->fit = fit;
    return st == REB_OK ? read_new_value(out, err) : st;
}

/* --- one ------------------------------------------------------------------------------------------------------------------------------ */

/* Everybody's mean, between nothing and twice that. */
static reb_estimate of_the_mean(const reb_fit_report *fit) {
    double mean = fit->customers > 0 ? fmax(fit->totals.kept_minor.value, 0.0) / (double)fit->customers : 0.0;
    return (reb_estimate){.value = mean, .low = 0.0, .high = 2.0 * mean, .origin = REB_ASSUMED};
}

/* The range of the value, as a share, is that of what would be kept: both hang on the same rhythm and spend. */
static reb_estimate of_their_own(const reb_fit_report *fit, const reb_customer_score *score, const reb_estimate *value) {
    double kept = fmax(score->kept_minor, 0.0);
    double low = value->value > 0.0 ? fmin(fmax(value->low / value->value, 0.0), 1.0) : 1.0;
    double high = value->value > 0.0 ? fmax(value->high / value->value, 1.0) : 1.0;
    return (reb_estimate){.value = kept,
                          .low = kept * low,
                          .high = kept * high,
                          .origin = fit->margin_origin != REB_MEASURED || fit->prior_used ? REB_MIXED : REB_MEASURED};
}

static void reckon(reb_stake *out, const reb_losing_factors *f) {
    const double year[3] = {out->year_minor.value, out->year_minor.low, out->year_minor.high};
    double at[3];
    double reach[3];
    reb_losing_stake(at, f, year);
    reb_losing_reach(reach, f);
    for (int i = 0; i < 3; i++) out->leave[i] = f->leave_unheard[i];
    out->origin = out->own ? REB_MIXED : REB_ASSUMED;
    out->minor = (reb_guard_range){.low = minor(fmin(at[0], at[1])), .likely = minor(at[0]), .high = minor(fmax(at[0], at[2]))};
    out->reach_minor = (reb_estimate){.value = reach[0], .low = reach[1], .high = reach[2], .origin = REB_ASSUMED};
    out->price_minor = (reb_estimate){.value = at[0] + reach[0], .low = at[1] + reach[1], .high = at[2] + reach[2], .origin = out->origin};
}

reb_status reb_stake_find(reb_stake *out, const reb_stake_book *book, int64_t head_id, reb_err *err) {
    reb_history h = {0};
    reb_status st = REB_OK;
    *out = (reb_stake){.origin = REB_ASSUMED, .year_minor = {.origin = REB_ASSUMED}};
    if (book->fit != NULL) {
        out->any = true;
        out->fit_day = book->fit->as_of_day;
        if (head_id != 0) st = reb_history_read(&h, book->store, head_id, book->day, err);
        if (st != REB_OK) return st;
        if (h.purchase_days == 0) {
            out->year_minor = of_the_mean(book->fit);
        } else {
            reb_customer_score score;
            reb_estimate value;
            st = reb_score_customer(&score, &book->fit->score, &h, book->day, err);
            if (st == REB_OK) st = reb_score_ranges(&value, NULL, NULL, &book->fit->score, &h, book->day, err);
            if (st != REB_OK) return st;
            out->year_minor = of_their_own(book->fit, &score, &value);
            out->own = true;
        }
    }
    reckon(out, &book->factors);
    return REB_OK;
}

reb_status reb_stake_of(reb_stake *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us, reb_err *err) {
    reb_stake_book book;
    *out = (reb_stake){.origin = REB_ASSUMED};
    reb_status st = reb_stake_open(&book, s, a, b, now_us, err);
    return st == REB_OK ? reb_stake_find(out, &book, head_id, err) : st;
}
