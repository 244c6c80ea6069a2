#include "today_text.h"

#include "../text/format.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* A name within a sentence. */
#define ISOLATED "\xE2\x81\xA8%s\xE2\x81\xA9"

static const char *days(char out[REB_FORMAT_TEXT], int64_t n) {
    return reb_format_plural(out, n, "day", NULL);
}

static const char *money(char out[REB_FORMAT_TEXT], double minor, const char *currency) {
    return reb_format_money(out, reb_format_minor(minor), currency, REB_MONEY_SIGN);
}

const char *reb_text_customer(reb_arena *a, const char *shown_id) {
    return reb_arena_printf(a, "Customer %s", shown_id);
}

const char *reb_text_why_call(reb_arena *a, const char *name, double rhythm_days, int64_t silent_days) {
    int64_t every = (int64_t)llround(rhythm_days);
    char rhythm[REB_FORMAT_TEXT];
    char silent[REB_FORMAT_TEXT];
    if (every <= 1)
        return reb_arena_printf(a, ISOLATED " bought nearly every day and has been silent for %s.", name, days(silent, silent_days));
    return reb_arena_printf(a, ISOLATED " buys every %s on average and has been silent for %s.", name, days(rhythm, every),
                            days(silent, silent_days));
}

static const char *ago(reb_arena *a, int64_t days_ago) {
    char n[REB_FORMAT_TEXT];
    if (days_ago <= 0) return "today";
    if (days_ago == 1) return "yesterday";
    return reb_arena_printf(a, "%s ago", days(n, days_ago));
}

const char *reb_text_why_first(reb_arena *a, const char *name, int64_t days_ago, int64_t amount_minor, const char *currency) {
    char spent[REB_FORMAT_TEXT];
    return reb_arena_printf(a, ISOLATED " bought for the first time %s, for %s.", name, ago(a, days_ago),
                            money(spent, (double)amount_minor, currency));
}

const char *reb_text_why_unusual(reb_arena *a, const char *name, int64_t days_ago, int64_t amount_minor, double usual_minor,
                                 const char *currency) {
    char spent[REB_FORMAT_TEXT];
    char usual[REB_FORMAT_TEXT];
    return reb_arena_printf(a, ISOLATED " spent %s %s; until then it was %s on average.", name,
                            money(spent, (double)amount_minor, currency), ago(a, days_ago), money(usual, usual_minor, currency));
}

const char *reb_text_why_neglected(reb_arena *a, const char *name, int64_t value_minor, int64_t spoken_days, const char *currency) {
    char value[REB_FORMAT_TEXT];
    char n[REB_FORMAT_TEXT];
    money(value, (double)value_minor, currency);
    if (spoken_days < 0)
        return reb_arena_printf(
            a, ISOLATED " is among your most valuable tenth (%s margin expected next year), and no talk with them is on record.", name,
            value);
    return reb_arena_printf(a, ISOLATED " is among your most valuable tenth (%s margin expected next year); the last talk was %s ago.",
                            name, value, days(n, spoken_days));
}

const char *reb_text_what(reb_item_kind kind, bool first_purchase, bool phone, bool email) {
    bool write = !phone && email;
    switch (kind) {
        case REB_ITEM_CALL:
            return write ? "Write: say they are missed, ask what was not right last time, and listen before offering anything."
                         : "Call: say they are missed, ask what was not right last time, and listen before offering anything.";
        case REB_ITEM_FEEDBACK:
            if (first_purchase)
                return write ? "Write: thank them for the first order and ask whether it was what they expected."
                             : "Call: thank them for the first order and ask whether it was what they expected.";
            return write ? "Write: thank them, and ask what the large order is for and whether all was right with it."
                         : "Call: thank them, and ask what the large order is for and whether all was right with it.";
        case REB_ITEM_NEGLECTED:
            return write ? "Write: ask how they are served and what would make it better; sell nothing today."
                         : "Call: ask how they are served and what would make it better; sell nothing today.";
        case REB_ITEM_KINDS: break;
    }
    return "";
}

/* --- assumptions -------------------------------------------------------------------------------------------------------------------- */

const char *reb_text_effect(reb_arena *a, reb_item_kind kind, const double effect[3]) {
    char likely[REB_FORMAT_TEXT];
    char range[REB_FORMAT_TEXT];
    reb_format_percent(likely, effect[0]);
    reb_format_percent_range(range, effect[1], effect[2]);
    switch (kind) {
        case REB_ITEM_CALL: return reb_arena_printf(a, "A call brings back %s (%s) of those who have just left.", likely, range);
        case REB_ITEM_FEEDBACK:
            return reb_arena_printf(a, "Asking after a purchase adds %s (%s) to what a customer is worth next year.", likely, range);
        case REB_ITEM_NEGLECTED:
            return reb_arena_printf(a, "A word with a neglected customer adds %s (%s) to what they are worth next year.", likely, range);
        case REB_ITEM_KINDS: break;
    }
    return "";
}

const char *reb_text_half_life(reb_arena *a, double half_days) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "That share halves with every %s after the purchase that did not come.",
                            days(n, (int64_t)llround(half_days)));
}

const char *reb_text_margin(reb_arena *a, double rate, double known_share) {
    char r[REB_FORMAT_TEXT];
    char k[REB_FORMAT_TEXT];
    reb_format_percent(r, rate);
    if (known_share <= 0.0) return reb_arena_printf(a, "%s of a sale remains as margin.", r);
    return reb_arena_printf(a, "%s of a sale remains as margin where its cost is not known (it is known for %s).", r,
                            reb_format_percent(k, known_share));
}

const char *reb_text_minutes(reb_arena *a, double minutes) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "It takes %s minutes.", reb_format_number(n, minutes, fmod(minutes, 1.0) == 0.0 ? 0 : 1));
}

const char *reb_text_prior(void) {
    return "Rhythm and loyalty lean on what is usual in shops, until there is more of this shop's own data.";
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------ */

const char *reb_text_list_sentence(reb_arena *a, const reb_today_list *l) {
    if (!l->fit_found)
        return "There are no purchases yet, so there is nobody to propose. Import an export of your orders: rebound import FILE";
    if (l->item_count == 0) return "By these rules nobody needs a call today.";
    char people[REB_FORMAT_TEXT];
    char gain[REB_FORMAT_TEXT];
    char range[REB_FORMAT_TEXT];
    reb_format_plural(people, (int64_t)l->item_count, "customer is", "customers are");
    reb_format_money(gain, reb_format_minor(l->gain_minor.value), l->currency, REB_MONEY_SIGN);
    reb_format_money_range(range, reb_format_minor(l->gain_minor.low), reb_format_minor(l->gain_minor.high), l->currency,
                           REB_MONEY_SIGN | REB_MONEY_WHOLE);
    char used[REB_FORMAT_TEXT];
    reb_format_number(used, l->used_minutes, fmod(l->used_minutes, 1.0) == 0.0 ? 0 : 1);
    return reb_arena_printf(a, "%s worth contacting now: %s of %" PRId64 " minutes, about %s to gain (%s, partly assumed).", people, used,
                            l->capacity_minutes, gain, range);
}

const char *reb_text_remark_prior(reb_arena *a, int64_t customers) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "With %s so far, the figures lean on what is usual in shops; the lean fades as your own data grow.",
                            reb_format_plural(n, customers, "customer", NULL));
}

const char *reb_text_remark_old_fit(reb_arena *a, int64_t fit_day, int64_t day) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "The models were fitted %s ago; rebound fit brings them up to date.", days(n, day - fit_day));
}

const char *reb_text_remark_no_money(void) {
    return "No amounts are known of these purchases, so worth and gain show as nothing; only rhythm and silence speak here. Import a file "
           "with amounts to see what each is worth.";
}

const char *reb_text_remark_half_an_import(reb_arena *a, const char *file, int64_t batch_id) {
    reb_buf name = {0};
    reb_format_safe(&name, file, strlen(file));
    const char *text =
        reb_arena_printf(a,
                         "Only a part of %s is imported so far, so this list knows only a part. If that import does not run any more, "
                         "import the same file again: it goes on. To take it back: rebound import undo %" PRId64,
                         reb_buf_cstr(&name), batch_id);
    reb_buf_free(&name);
    return text;
}

const char *reb_text_remark_no_news(reb_arena *a, int64_t last_day, int64_t day) {
    char n[REB_FORMAT_TEXT];
    char then[REB_FORMAT_TEXT];
    char next[REB_TIME_TEXT];
    reb_day_format(last_day + 1, next);
    return reb_arena_printf(
        a,
        "The newest purchase on record is of %s, %s ago, so everybody looks silent. Import a newer export; or judge this one "
        "as of its own day, with --now %s.",
        reb_format_day(then, last_day), days(n, day - last_day), next);
}

const char *reb_text_remark_quiet(reb_arena *a, int until_minute) {
    return reb_arena_printf(a, "These are quiet hours: please call nobody before %02d:%02d.", until_minute / 60, until_minute % 60);
}

const char *reb_text_remark_held_out(reb_arena *a, int64_t people) {
    if (people == 1) return "1 customer is left alone on purpose, so that the benefit of acting can be measured.";
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "%s customers are left alone on purpose, so that the benefit of acting can be measured.",
                            reb_format_count(n, people));
}

const char *reb_text_remark_beyond(reb_arena *a, int64_t people) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "%s would be worth a contact, but not within today's minutes.",
                            reb_format_plural(n, people, "more customer", NULL));
}

const char *reb_text_remark_unreachable(reb_arena *a, int64_t people) {
    char n[REB_FORMAT_TEXT];
    return reb_arena_printf(a, "%s asked not to be reached this way and stay in peace.", reb_format_plural(n, people, "customer", NULL));
}

const char *reb_text_remark_fitted(void) {
    return "There was no fit as of this day yet, so one was made.";
}

/* --- the fit ------------------------------------------------------------------------------------------------------------------------- */

const char *reb_text_missing(reb_arena *a, const reb_fit_report *r) {
    char b[REB_FORMAT_TEXT];
    const char *parts[3];
    int n = 0;
    if (r->missing_customers > 0) parts[n++] = reb_arena_printf(a, "%s", reb_format_plural(b, r->missing_customers, "more customer", NULL));
    if (r->missing_repeaters > 0)
        parts[n++] =
            reb_arena_printf(a, "%s", reb_format_plural(b, r->missing_repeaters, "more customer who came back", "more who came back"));
    if (r->missing_days > 0) parts[n++] = reb_arena_printf(a, "%s of history", reb_format_plural(b, r->missing_days, "more day", NULL));
    if (n == 0) return "";
    if (n == 1) return parts[0];
    if (n == 2) return reb_arena_printf(a, "%s and %s", parts[0], parts[1]);
    return reb_arena_printf(a, "%s, %s and %s", parts[0], parts[1], parts[2]);
}

const char *reb_text_model(reb_nbd_model m) {
    switch (m) {
        case REB_PNBD: return "Pareto/NBD";
        case REB_BGNBD: return "BG/NBD";
        case REB_MBGNBD: break;
    }
    return "MBG/NBD";
}

const char *reb_text_chosen(reb_arena *a, const reb_fit_report *r) {
    const char *name = reb_text_model(r->score.model);
    char n[REB_FORMAT_TEXT];
    if (strcmp(r->chosen_because, "forced") == 0) return reb_arena_printf(a, "%s, as you asked", name);
    if (r->split_day == 0) return reb_arena_printf(a, "%s, the default: the past is too short to compare models on it", name);
    days(n, r->holdout_days);
    if (strcmp(r->chosen_because, "holdout") == 0) return reb_arena_printf(a, "%s, which foretold the last %s clearly best", name, n);
    return reb_arena_printf(a, "%s, the default: no other model foretold the last %s clearly better", name, n);
}
