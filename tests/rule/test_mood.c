/* The mood: the last and the worst weigh most, and forgiving takes a good event. */
#include "../lib/tap.h"

#include "../../src/base/clock.h"
#include "../../src/base/rand.h"
#include "../../src/rule/mood.h"

static const int64_t k_now = INT64_C(1777000000) * 1000000;

static int64_t ago(double days) {
    return k_now - (int64_t)(days * (double)REB_US_PER_DAY);
}

static void formula(void) {
    reb_mood m = reb_mood_of(NULL, 0, k_now);
    OK(!m.known && m.value == 0.0 && !m.bad_last, "nothing happened: nothing is known");
    const reb_moment one[] = {reb_moment_at(REB_MOMENT_COMPLAINT, ago(0))};
    m = reb_mood_of(one, 1, k_now);
    CLOSE(m.value, 0.5 * -0.6 + 0.3 * -0.6 + 0.2 * -0.6, 1e-12, 0, "a complaint just now is all there is");
    const reb_moment three[] = {reb_moment_at(REB_MOMENT_PURCHASE, ago(400)), reb_moment_at(REB_MOMENT_NOT_YET_RIGHT, ago(180)),
                                reb_moment_at(REB_MOMENT_MADE_RIGHT, ago(1))};
    m = reb_mood_of(three, 3, k_now);
    CLOSE(m.value, 0.5 * 0.8 + 0.3 * -0.8 * 0.5 + 0.2 * 0.0, 1e-12, 1e-12, "the last, the worst at half its weight, the mean of the year");
    OK(!m.bad_last && m.worst_kind == REB_MOMENT_NOT_YET_RIGHT && m.last_kind == REB_MOMENT_MADE_RIGHT, "which they were");
    const reb_moment small[] = {reb_moment_at(REB_MOMENT_PROMISE_LATE, ago(5)), reb_moment_at(REB_MOMENT_PROMISE_KEPT, ago(2)),
                                reb_moment_at(REB_MOMENT_REFUND, ago(1))};
    m = reb_mood_of(small, 3, k_now);
    OK(m.bad_last && m.last_kind == REB_MOMENT_PROMISE_LATE, "what is small does not make up for it");
    const reb_moment bought[] = {reb_moment_at(REB_MOMENT_PROMISE_LATE, ago(5)), reb_moment_at(REB_MOMENT_PURCHASE, ago(2))};
    OK(!reb_mood_of(bought, 2, k_now).bad_last, "who buys again after it does");
    const reb_moment later[] = {reb_moment_at(REB_MOMENT_PURCHASE, ago(5)), reb_moment_at(REB_MOMENT_COMPLAINT, ago(-2))};
    OK(!reb_mood_of(later, 2, k_now).bad_last, "what is still to come does not count");
    const reb_moment same[] = {reb_moment_at(REB_MOMENT_PURCHASE, ago(5)), reb_moment_at(REB_MOMENT_COMPLAINT, ago(5))};
    OK(reb_mood_of(same, 2, k_now).bad_last, "of two at one instant the worse one counts");
}

/* Of any kind; every third one an answer to a survey. */
static reb_moment any_moment(reb_rand *r, int64_t at_us) {
    reb_survey_kind k = (reb_survey_kind)reb_rand_below(r, REB_SURVEY_KINDS);
    if (reb_rand_below(r, 3) > 0) return reb_moment_at((reb_moment_kind)reb_rand_below(r, REB_MOMENT_KINDS), at_us);
    int64_t span = reb_survey_most(k) - reb_survey_least(k) + 1;
    return reb_moment_answer(k, reb_survey_least(k) + (int64_t)reb_rand_below(r, (uint32_t)span), at_us);
}

static void answers(void) {
    static const struct {
        reb_survey_kind kind;
        int64_t score;
        double feeling;
    } table[] = {{REB_SURVEY_CSAT, 1, -0.8}, {REB_SURVEY_CSAT, 2, -0.4}, {REB_SURVEY_CSAT, 3, 0.0}, {REB_SURVEY_CSAT, 4, 0.4},
                 {REB_SURVEY_CSAT, 5, 0.8},  {REB_SURVEY_NPS, 0, -0.8},  {REB_SURVEY_NPS, 3, -0.6}, {REB_SURVEY_NPS, 6, -0.4},
                 {REB_SURVEY_NPS, 7, 0.0},   {REB_SURVEY_NPS, 8, 0.0},   {REB_SURVEY_NPS, 9, 0.4},  {REB_SURVEY_NPS, 10, 0.8},
                 {REB_SURVEY_CES, 1, -0.8},  {REB_SURVEY_CES, 2, -0.6},  {REB_SURVEY_CES, 3, -0.4}, {REB_SURVEY_CES, 4, 0.0},
                 {REB_SURVEY_CES, 5, 0.4},   {REB_SURVEY_CES, 6, 0.6},   {REB_SURVEY_CES, 7, 0.8}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        OK(fabs(reb_survey_feeling(table[i].kind, table[i].score) - table[i].feeling) < 1e-12, "%s %d by the published rule",
           reb_survey_kind_name(table[i].kind), (int)table[i].score);
    OK(reb_survey_feeling(REB_SURVEY_CSAT, 0) == 0.0 && reb_survey_feeling(REB_SURVEY_CSAT, 6) == 0.0, "no such answer: no feeling");
    for (int k = 0; k < REB_SURVEY_KINDS; k++) {
        bool rises = true;
        bool agrees = true;
        for (int64_t i = reb_survey_least((reb_survey_kind)k); i <= reb_survey_most((reb_survey_kind)k); i++) {
            reb_moment m = reb_moment_answer((reb_survey_kind)k, i, k_now);
            rises = rises && (i == reb_survey_least((reb_survey_kind)k) || m.weight >= reb_survey_feeling((reb_survey_kind)k, i - 1));
            agrees = agrees && (m.weight < 0.0) == reb_survey_unhappy((reb_survey_kind)k, i) &&
                     (m.weight == 0.0 || fabs(m.weight) >= REB_MOOD_WEIGHTY) && (m.kind == REB_MOMENT_ANSWER_BAD) == (m.weight < 0.0);
        }
        OK(rises, "%s: a better answer never weighs less", reb_survey_kind_name((reb_survey_kind)k));
        OK(agrees, "%s: what counts as unhappy is a bad event, weighty enough to be the last one",
           reb_survey_kind_name((reb_survey_kind)k));
    }
    const reb_moment bad[] = {reb_moment_at(REB_MOMENT_PURCHASE, ago(9)), reb_moment_answer(REB_SURVEY_NPS, 3, ago(0))};
    reb_mood m = reb_mood_of(bad, 2, k_now);
    OK(m.bad_last && m.last_kind == REB_MOMENT_ANSWER_BAD, "a detractor's answer is a bad last event");
    CLOSE(m.value, 0.5 * -0.6 + 0.3 * -0.6 + 0.2 * (0.3 - 0.6) / 2, 1e-12, 0, "and enters the formula with its own weight");
    const reb_moment mended[] = {reb_moment_at(REB_MOMENT_COMPLAINT, ago(9)), reb_moment_answer(REB_SURVEY_CSAT, 4, ago(1))};
    OK(!reb_mood_of(mended, 2, k_now).bad_last, "satisfied after a complaint: no bad last event any more");
    const reb_moment even[] = {reb_moment_at(REB_MOMENT_COMPLAINT, ago(9)), reb_moment_answer(REB_SURVEY_CSAT, 3, ago(1))};
    OK(reb_mood_of(even, 2, k_now).bad_last, "neither satisfied nor not: the complaint is still the last weighty event");
}

static void any(void) {
    reb_rand r = {.state = 11};
    bool bounded = true;
    bool order = true;
    bool better = true;
    for (int round = 0; round < 20000; round++) {
        reb_moment a[9];
        reb_moment b[9];
        size_t n = 1 + reb_rand_below(&r, 8);
        for (size_t i = 0; i < n; i++) a[i] = any_moment(&r, ago((double)(1 + reb_rand_below(&r, 1000)) + (double)i / 16.0));
        for (size_t i = 0; i < n; i++) b[i] = a[n - 1 - i];
        reb_mood x = reb_mood_of(a, n, k_now);
        bounded = bounded && x.value >= -1.0 && x.value <= 1.0 && x.worst <= 0.0;
        order = order && fabs(x.value - reb_mood_of(b, n, k_now).value) < 1e-12;
        a[n] = reb_moment_at(REB_MOMENT_MADE_RIGHT, ago(0.5));
        better = better && !reb_mood_of(a, n + 1, k_now).bad_last;
    }
    OK(bounded, "20,000 histories: always between -1 and 1");
    OK(order, "the order in which they are told does not matter");
    OK(better, "made right: no bad last event any more");
}

int main(void) {
    reb_moment_kind k = REB_MOMENT_PURCHASE;
    OK(reb_moment_from_name(&k, "promise_late") && k == REB_MOMENT_PROMISE_LATE && !reb_moment_from_name(&k, "x"), "names read back");
    formula();
    answers();
    any();
    return tap_done();
}
