#include "today_text.h"

#include "../text/format.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static const char *money(const reb_voice *v, double minor, const char *currency) {
    return reb_voice_money(v, reb_format_minor(minor), currency, REB_MONEY_SIGN);
}

/* 8, 7.5 */
static const char *minutes_text(const reb_voice *v, double minutes) {
    return reb_voice_number(v, minutes, fmod(minutes, 1.0) == 0.0 ? 0 : 1);
}

const char *reb_text_customer(const reb_voice *v, const char *shown_id) {
    return reb_say_list_customer_unnamed(v, .id = shown_id);
}

const char *reb_text_why_call(const reb_voice *v, const char *name, double rhythm_days, int64_t silent_days) {
    double every = round(rhythm_days);
    if (every <= 1) return reb_say_list_why_call_daily(v, .name = name, .days = (double)silent_days);
    return reb_say_list_why_call(v, .name = name, .every = every, .days = (double)silent_days);
}

const char *reb_text_why_first(const reb_voice *v, const char *name, int64_t days_ago, int64_t amount_minor, const char *currency) {
    return reb_say_list_why_first(v, .name = name, .days = fmax(0, (double)days_ago), .amount = money(v, (double)amount_minor, currency));
}

const char *reb_text_why_unusual(const reb_voice *v, const char *name, int64_t days_ago, int64_t amount_minor, double usual_minor,
                                 const char *currency) {
    return reb_say_list_why_unusual(v, .name = name, .days = fmax(0, (double)days_ago), .amount = money(v, (double)amount_minor, currency),
                                    .usual = money(v, usual_minor, currency));
}

const char *reb_text_why_neglected(const reb_voice *v, const char *name, int64_t value_minor, int64_t spoken_days, const char *currency) {
    const char *value = money(v, (double)value_minor, currency);
    if (spoken_days < 0) return reb_say_list_why_neglected_never(v, .name = name, .value = value);
    return reb_say_list_why_neglected(v, .name = name, .value = value, .days = (double)spoken_days);
}

const char *reb_text_why_winback(const reb_voice *v, const char *name, const char *what, int64_t days_ago) {
    return reb_say_list_why_winback(v, .name = name, .what = what, .days = fmax(0, (double)days_ago));
}

const char *reb_text_what(const reb_voice *v, reb_item_kind kind, bool first_purchase, bool phone, bool email) {
    bool write = !phone && email;
    switch (kind) {
        case REB_ITEM_CALL: return write ? reb_say_list_what_call_write(v) : reb_say_list_what_call_phone(v);
        case REB_ITEM_FEEDBACK:
            if (first_purchase) return write ? reb_say_list_what_first_write(v) : reb_say_list_what_first_phone(v);
            return write ? reb_say_list_what_unusual_write(v) : reb_say_list_what_unusual_phone(v);
        case REB_ITEM_NEGLECTED: return write ? reb_say_list_what_neglected_write(v) : reb_say_list_what_neglected_phone(v);
        case REB_ITEM_WINBACK: return write ? reb_say_list_what_winback_write(v) : reb_say_list_what_winback_phone(v);
        case REB_ITEM_KINDS: break;
    }
    return "";
}

/* --- assumptions -------------------------------------------------------------------------------------------------------------------- */

const char *reb_text_effect(const reb_voice *v, reb_item_kind kind, const double effect[3]) {
    const char *share = reb_voice_percent(v, effect[0]);
    const char *range = reb_voice_percent_range(v, effect[1], effect[2]);
    switch (kind) {
        case REB_ITEM_CALL: return reb_say_assume_effect_call(v, .share = share, .range = range);
        case REB_ITEM_FEEDBACK: return reb_say_assume_effect_feedback(v, .share = share, .range = range);
        case REB_ITEM_NEGLECTED: return reb_say_assume_effect_neglected(v, .share = share, .range = range);
        case REB_ITEM_WINBACK: return reb_say_assume_effect_winback(v, .share = share, .range = range);
        case REB_ITEM_KINDS: break;
    }
    return "";
}

const char *reb_text_half_life(const reb_voice *v, double half_days) {
    return reb_say_assume_half_life(v, .days = round(half_days));
}

const char *reb_text_margin(const reb_voice *v, double rate, double known_share) {
    const char *share = reb_voice_percent(v, rate);
    if (known_share <= 0.0) return reb_say_assume_margin(v, .share = share);
    return reb_say_assume_margin_known(v, .share = share, .known = reb_voice_percent(v, known_share));
}

const char *reb_text_minutes(const reb_voice *v, double minutes) {
    return reb_say_assume_minutes(v, .minutes = round(minutes * 10) / 10);
}

const char *reb_text_prior(const reb_voice *v) {
    return reb_say_assume_prior(v);
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */

const char *reb_text_list_sentence(const reb_voice *v, const reb_today_list *l) {
    if (!l->fit_found) return v->commands ? reb_say_list_no_purchases_cli(v) : reb_say_list_no_purchases(v);
    if (l->item_count == 0) return reb_say_list_nobody(v);
    const char *range = reb_voice_money_range(v, reb_format_minor(l->gain_minor.low), reb_format_minor(l->gain_minor.high), l->currency,
                                              REB_MONEY_SIGN | REB_MONEY_WHOLE);
    return reb_say_list_sentence(v, .count = (double)l->item_count, .used = minutes_text(v, l->used_minutes),
                                 .capacity = (double)l->capacity_minutes, .gain = money(v, l->gain_minor.value, l->currency),
                                 .range = range);
}

const char *reb_text_remark_prior(const reb_voice *v, int64_t customers) {
    return reb_say_list_remark_prior(v, .count = (double)customers);
}

const char *reb_text_remark_old_fit(const reb_voice *v, int64_t fit_day, int64_t day) {
    double days = (double)(day - fit_day);
    return v->commands ? reb_say_list_remark_old_fit_cli(v, .days = days) : reb_say_list_remark_old_fit(v, .days = days);
}

const char *reb_text_remark_no_money(const reb_voice *v) {
    return reb_say_list_remark_no_money(v);
}

const char *reb_text_remark_half_an_import(const reb_voice *v, const char *file, int64_t batch_id) {
    reb_buf name = {0};
    reb_format_safe(&name, file, strlen(file));
    const char *text;
    if (v->commands) {
        const char *batch = reb_arena_printf(v->arena, "%" PRId64, batch_id);
        text = reb_say_list_remark_half_an_import_cli(v, .file = reb_buf_cstr(&name), .batch = batch);
    } else {
        text = reb_say_list_remark_half_an_import(v, .file = reb_buf_cstr(&name));
    }
    reb_buf_free(&name);
    return text;
}

const char *reb_text_remark_no_news(const reb_voice *v, int64_t last_day, int64_t day) {
    const char *date = reb_voice_day(v, last_day);
    double days = (double)(day - last_day);
    if (!v->commands) return reb_say_list_remark_no_news(v, .date = date, .days = days);
    char next[REB_TIME_TEXT];
    reb_day_format(last_day + 1, next);
    return reb_say_list_remark_no_news_cli(v, .date = date, .days = days, .next = next);
}

const char *reb_text_remark_closed(const reb_voice *v, int64_t next) {
    return next != 0 ? reb_say_list_remark_closed(v, .date = reb_voice_day(v, next)) : reb_say_list_remark_closed_long(v);
}

const char *reb_text_remark_quiet(const reb_voice *v, int until_minute) {
    return reb_say_list_remark_quiet(v, .time = reb_voice_time(v, until_minute));
}

const char *reb_text_remark_held_out(const reb_voice *v, int64_t people) {
    return reb_say_list_remark_held_out(v, .count = (double)people);
}

const char *reb_text_remark_beyond(const reb_voice *v, int64_t people) {
    return reb_say_list_remark_beyond(v, .count = (double)people);
}

const char *reb_text_remark_unreachable(const reb_voice *v, int64_t people) {
    return reb_say_list_remark_unreachable(v, .count = (double)people);
}

const char *reb_text_remark_waiting(const reb_voice *v, int64_t people) {
    return reb_say_list_remark_waiting(v, .count = (double)people);
}

const char *reb_text_remark_fitted(const reb_voice *v) {
    return reb_say_list_remark_fitted(v);
}

const char *reb_text_remark_sample(const reb_voice *v) {
    return reb_say_list_remark_sample(v);
}

/* --- the fit ------------------------------------------------------------------------------------------------------------------------- */

const char *reb_text_missing(const reb_voice *v, const reb_fit_report *r) {
    const char *parts[3];
    int n = 0;
    if (r->missing_customers > 0) parts[n++] = reb_say_fit_missing_customers(v, .count = (double)r->missing_customers);
    if (r->missing_repeaters > 0) parts[n++] = reb_say_fit_missing_repeaters(v, .count = (double)r->missing_repeaters);
    if (r->missing_days > 0) parts[n++] = reb_say_fit_missing_days(v, .count = (double)r->missing_days);
    if (n == 0) return "";
    if (n == 1) return parts[0];
    if (n == 2) return reb_say_unit_and(v, .first = parts[0], .second = parts[1]);
    return reb_say_unit_and_three(v, .first = parts[0], .second = parts[1], .third = parts[2]);
}

const char *reb_text_model(reb_nbd_model m) {
    switch (m) {
        case REB_PNBD: return "Pareto/NBD";
        case REB_BGNBD: return "BG/NBD";
        case REB_MBGNBD: break;
    }
    return "MBG/NBD";
}

const char *reb_text_chosen(const reb_voice *v, const reb_fit_report *r) {
    const char *name = reb_text_model(r->score.model);
    double days = (double)r->holdout_days;
    if (strcmp(r->chosen_because, "forced") == 0) return reb_say_fit_chosen_forced(v, .model = name);
    if (r->split_day == 0) return reb_say_fit_chosen_short(v, .model = name);
    if (strcmp(r->chosen_because, "holdout") == 0) return reb_say_fit_chosen_holdout(v, .model = name, .days = days);
    return reb_say_fit_chosen_default(v, .model = name, .days = days);
}
