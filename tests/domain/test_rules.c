/* The small rules: codes of items, ways that consent closes, quiet hours, scores of one customer against a second way to compute them. */
#include "../lib/tap.h"

#include "../../src/domain/contact_rule.h"
#include "../../src/domain/holdout.h"
#include "../../src/domain/score.h"
#include "../../src/domain/working_day.h"

#include "../../src/base/clock.h"

static void codes(void) {
    char a[REB_ITEM_CODE];
    char b[REB_ITEM_CODE];
    reb_item_code(a, INT64_C(912095273128792089), REB_ITEM_CALL, 20000);
    reb_item_code(b, INT64_C(912095273128792089), REB_ITEM_CALL, 20000);
    EQ_TEXT(a, b, "the same item, the same code");
    EQ_I64((int64_t)strlen(a), 6, "six characters");
    OK(a[0] >= 'a' && a[0] <= 'z', "the first is a letter: never taken for a number");
    int same = 0;
    bool typeable = true;
    for (int64_t i = 1; i <= 20000; i++) {
        reb_item_code(b, i, (reb_item_kind)(i % REB_ITEM_KINDS), 20000);
        same += strcmp(a, b) == 0;
        typeable = typeable && strpbrk(b, "ilou") == NULL && strlen(b) == 6;
    }
    OK(typeable, "no letter that is mistaken for another");
    OK(same <= 1, "two items rarely share one");
    char ext[REB_ITEM_EXT];
    reb_item_kind kind = REB_ITEM_CALL;
    int64_t episode = 0;
    reb_item_ext(ext, 7, REB_ITEM_NEGLECTED, -3);
    OK(reb_item_ext_read(&kind, &episode, ext) && kind == REB_ITEM_NEGLECTED && episode == -3, "an item's name in the log reads back");
    static const char *const wrong[] = {"", "item", "item:", "item:abc", "item:abc:call", "item:abc:nothing:5", "act:5:6"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        OK(!reb_item_ext_read(&kind, &episode, wrong[i]), "\"%s\" is no item's name", wrong[i]);
    OK(!reb_item_ext_read(&kind, &episode, NULL), "nor is nothing");
}

static void consent(void) {
    static const struct {
        const char *fact, *value;
        reb_item_kind kind;
        unsigned closed;
    } t[] = {
        {"consent:marketing:phone", "no", REB_ITEM_CALL, REB_WAY_PHONE},
        {"consent:marketing:phone", "yes", REB_ITEM_CALL, 0},
        {"consent:marketing:phone", "no", REB_ITEM_FEEDBACK, 0},
        {"consent:service:phone", "no", REB_ITEM_FEEDBACK, REB_WAY_PHONE},
        {"consent:service:phone", "no", REB_ITEM_NEGLECTED, 0},
        {"consent:marketing:email", "FALSE", REB_ITEM_NEGLECTED, REB_WAY_EMAIL},
        {"consent:any:email", "no", REB_ITEM_FEEDBACK, REB_WAY_EMAIL},
        {"consent:marketing:any", "no", REB_ITEM_CALL, REB_WAY_ALL},
        {"consent:any:any", "withdrawn", REB_ITEM_FEEDBACK, REB_WAY_ALL},
        {"consent:marketing:sms", "no", REB_ITEM_CALL, 0},
        {"consent:marketing", "no", REB_ITEM_CALL, REB_WAY_ALL},
        {"language", "no", REB_ITEM_CALL, 0},
        {"consent:", "no", REB_ITEM_CALL, REB_WAY_ALL},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        EQ_I64((int64_t)reb_contact_closed(t[i].fact, t[i].value, t[i].kind), (int64_t)t[i].closed, t[i].fact);
}

static void quiet(void) {
    reb_quiet_hours q;
    OK(reb_quiet_hours_parse(&q, "20:00-09:00"), "over midnight");
    OK(reb_quiet_now(&q, 23 * 60) && reb_quiet_now(&q, 0) && reb_quiet_now(&q, 20 * 60) && !reb_quiet_now(&q, 9 * 60) &&
           !reb_quiet_now(&q, 720),
       "quiet from eight in the evening until nine");
    OK(reb_quiet_hours_parse(&q, "12:30-14:00") && reb_quiet_now(&q, 750) && !reb_quiet_now(&q, 749) && !reb_quiet_now(&q, 840),
       "at midday");
    OK(reb_quiet_hours_parse(&q, "") && !reb_quiet_now(&q, 0), "never");
    OK(reb_quiet_hours_parse(&q, "09:00-09:00") && !reb_quiet_now(&q, 540), "an empty span is never");
    static const char *const wrong[] = {"8-9", "20:00", "20:00-", "24:00-09:00", "20:60-09:00", "20:00-09:00x", "-", "aa:bb-cc:dd"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) OK(!reb_quiet_hours_parse(&q, wrong[i]), "\"%s\" is no span", wrong[i]);
}

/* One customer by hand: MBG/NBD, four purchases over 60 days, silent for 40. */
static void scores(void) {
    reb_score_model m = {.model = REB_MBGNBD, .params = {0.8, 6.0, 0.5, 2.0}, .spend = {6.0, 4.0, 1500.0, 0.0}, .margin_rate = 0.4};
    reb_score_discounts(&m.discount_near, &m.discount_far, 0.1);
    CLOSE(m.discount_near, pow(1.1, -0.25), 1e-15, 0, "the first half-year counts from its middle");
    CLOSE(m.discount_far, pow(1.1, -0.75), 1e-15, 0, "and the second from its own");
    reb_history h = {.customer_id = 1,
                     .purchase_days = 4,
                     .first_day = 100,
                     .last_day = 160,
                     .paid_days = 3,
                     .paid_minor = 9000,
                     .amount_minor = 9000,
                     .known_amount_minor = 3000,
                     .known_cost_minor = 1500};
    reb_customer_score s;
    reb_err err = {0};
    OK(reb_score_customer(&s, &m, &h, 200, &err) == REB_OK, "scored");
    double p = 0.0;
    double half = 0.0;
    double year = 0.0;
    double spend = 0.0;
    reb_nbd_p_alive(&p, REB_MBGNBD, m.params, 3.0, 60.0 / 7.0, 100.0 / 7.0);
    reb_nbd_expected(&half, REB_MBGNBD, m.params, 182.5 / 7.0, 3.0, 60.0 / 7.0, 100.0 / 7.0);
    reb_nbd_expected(&year, REB_MBGNBD, m.params, 365.0 / 7.0, 3.0, 60.0 / 7.0, 100.0 / 7.0);
    reb_gg_expected(&spend, m.spend, 3.0, 3000.0);
    CLOSE(s.p_alive, p, 0, 0, "still a customer");
    CLOSE(s.spend_minor, spend, 0, 0, "spend of paying days");
    CLOSE(s.margin_rate, (1500.0 + 0.4 * 6000.0) / 9000.0, 1e-15, 0, "margin: what is known, and the rate for the rest");
    CLOSE(s.value_minor, (half * m.discount_near + (year - half) * m.discount_far) * spend * s.margin_rate, 1e-15, 0, "worth");
    CLOSE(s.kept_minor * s.p_alive, s.value_minor, 1e-14, 0, "kept times P(alive) is worth");
    CLOSE(s.at_stake_minor, s.kept_minor - s.value_minor, 1e-15, 0, "at stake");
    reb_estimate value;
    reb_estimate stake;
    reb_estimate alive;
    OK(reb_score_ranges(&value, &stake, &alive, &m, &h, 200, &err) == REB_OK && value.low == value.value && value.high == value.value,
       "certain parameters: no range");
    m.cov_log[0] = 0.04;
    m.spend_cov[10] = 0.01;
    OK(reb_score_ranges(&value, &stake, &alive, &m, &h, 200, &err) == REB_OK && value.low < value.value && value.value < value.high &&
           alive.low < alive.value && alive.value < alive.high && alive.high < 1.0 && stake.low > 0.0,
       "uncertain ones: a range, within what is possible");
    /* The rate's shape alone: the slope by hand. */
    m.spend_cov[10] = 0.0;
    reb_history same = h;
    reb_score_ranges(&value, NULL, NULL, &m, &same, 200, &err);
    reb_score_model up = m;
    up.params[0] *= exp(1e-3);
    reb_customer_score moved;
    reb_score_customer(&moved, &up, &h, 200, &err);
    double slope = (moved.value_minor - s.value_minor) / 1e-3;
    CLOSE(log(value.high / value.value), REB_SCORE_Z90 * 0.2 * fabs(slope) / s.value_minor, 2e-3, 0,
          "its width is that of the delta method");
    h.amount_minor = 0;
    h.paid_days = h.paid_minor = h.known_amount_minor = h.known_cost_minor = 0;
    OK(reb_score_customer(&s, &m, &h, 200, &err) == REB_OK && s.margin_rate == 0.4 && s.spend_minor > 0.0,
       "free orders only: everybody's spend");
    h.last_day = 90;
    OK(reb_score_customer(&s, &m, &h, 200, &err) == REB_E_INTERNAL, "a history that cannot be is refused");
}

static void working_days(void) {
    reb_working_days w = {0};
    OK(reb_week_parse(&w, NULL, 0, "sat sun mon tue wed") && reb_days_off_parse(&w, NULL, 0, "2026-03-21..2026-04-03 2026-06-04"),
       "a Persian working week with the days of Nowruz off");
    int64_t wednesday = reb_day_from_civil(2026, 3, 18);
    OK(reb_is_working_day(&w, wednesday) && !reb_is_working_day(&w, wednesday + 1) && !reb_is_working_day(&w, wednesday + 2),
       "Wednesday is one, Thursday and Friday are not");
    OK(!reb_is_working_day(&w, reb_day_from_civil(2026, 3, 21)) && !reb_is_working_day(&w, reb_day_from_civil(2026, 4, 3)) &&
           reb_is_working_day(&w, reb_day_from_civil(2026, 4, 4)),
       "a span is off from its first day to its last");
    int64_t next = 0;
    OK(reb_next_working_day(&next, &w, wednesday) && next == reb_day_from_civil(2026, 4, 4),
       "the next one after the week-end and the holidays");
    OK(reb_is_working_day(&w, -5) && !reb_is_working_day(&w, -6), "before 1970 the week goes on: a Saturday and a Friday");
    char text[600];
    OK(reb_days_off_parse(&w, NULL, 0, "2026-01-01..2029-12-31") && !reb_next_working_day(&next, &w, wednesday), "none within two years");
    OK(!reb_week_parse(NULL, text, 5, "mon tue"), "what does not fit is refused");
}

int main(void) {
    codes();
    consent();
    quiet();
    working_days();
    scores();
    return tap_done();
}
