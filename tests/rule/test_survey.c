/* Figures of surveys: known values, the ends, and how often the intervals cover what is so, reckoned exactly over all outcomes. */
#include "../lib/tap.h"

#include "../../src/rule/survey.h"

/* The share of outcomes of n answers in which the interval holds the true NPS: the sum over all (promoters, detractors) of their
   trinomial probability. */
static double nps_covers(int n, double p, double d) {
    double sum = 0;
    for (int g = 0; g <= n; g++) {
        for (int b = 0; b + g <= n; b++) {
            double log_p = lgamma(n + 1.0) - lgamma(g + 1.0) - lgamma(b + 1.0) - lgamma(n - g - b + 1.0);
            log_p += g * log(p) + b * log(d) + (n - g - b) * log(1 - p - d);
            int64_t counts[REB_SURVEY_SCORES] = {[10] = g, [3] = b, [7] = n - g - b};
            reb_share s = reb_survey_figure(REB_SURVEY_NPS, counts);
            if (s.low <= p - d && p - d <= s.high) sum += exp(log_p);
        }
    }
    return sum;
}

static double share_covers(int n, double p) {
    double sum = 0;
    for (int k = 0; k <= n; k++) {
        reb_share s = reb_share_of(k, n);
        double log_p = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) + (n - k) * log(1 - p);
        if (s.low <= p && p <= s.high) sum += exp(log_p);
    }
    return sum;
}

int main(void) {
    reb_survey_kind k;
    OK(reb_survey_kind_from_name(&k, "nps") && k == REB_SURVEY_NPS, "a kind by its name");
    OK(!reb_survey_kind_from_name(&k, "NPS") && !reb_survey_kind_from_name(&k, NULL), "... and nothing else");
    OK(reb_survey_score_ok(REB_SURVEY_NPS, 0) && !reb_survey_score_ok(REB_SURVEY_CSAT, 0) && !reb_survey_score_ok(REB_SURVEY_CES, 8),
       "scores have their ends");
    OK(reb_survey_unhappy(REB_SURVEY_NPS, 6) && !reb_survey_unhappy(REB_SURVEY_NPS, 7) && reb_survey_unhappy(REB_SURVEY_CSAT, 2) &&
           !reb_survey_unhappy(REB_SURVEY_CES, 4),
       "who has something to complain of");

    /* Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3: Wilson's score interval. */
    static const struct {
        int64_t k, n;
        double low, high;
    } k_newcombe[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof k_newcombe / sizeof k_newcombe[0]; i++) {
        reb_share s = reb_share_of(k_newcombe[i].k, k_newcombe[i].n);
        CLOSE(s.low, k_newcombe[i].low, 0, 0.00006, "Newcombe 1998: lower end");
        CLOSE(s.high, k_newcombe[i].high, 0, 0.00006, "Newcombe 1998: upper end");
    }
    reb_share none = reb_share_of(0, 0);
    OK(none.low == 0 && none.high == 1, "without an answer everything is possible");
    OK(reb_share_of(20, 20).high == 1 && reb_share_of(20, 20).low > 0.8, "everybody says yes");

    const int64_t csat[REB_SURVEY_SCORES] = {[1] = 1, [3] = 2, [4] = 3, [5] = 4};
    CLOSE(reb_survey_figure(REB_SURVEY_CSAT, csat).value, 0.7, 1e-12, 0, "csat: the share of 4 and 5");
    const int64_t ces[REB_SURVEY_SCORES] = {[4] = 5, [5] = 3, [7] = 2};
    CLOSE(reb_survey_figure(REB_SURVEY_CES, ces).value, 0.5, 1e-12, 0, "ces: the share of 5 to 7");
    const int64_t nps[REB_SURVEY_SCORES] = {[0] = 1, [6] = 1, [7] = 2, [8] = 1, [9] = 2, [10] = 3};
    CLOSE(reb_survey_figure(REB_SURVEY_NPS, nps).value, 0.3, 1e-12, 0, "nps: promoters less detractors");
    const int64_t nobody[REB_SURVEY_SCORES] = {0};
    OK(reb_survey_figure(REB_SURVEY_NPS, nobody).low == -1 && reb_survey_figure(REB_SURVEY_NPS, nobody).high == 1, "nps of nobody");
    const int64_t all[REB_SURVEY_SCORES] = {[10] = 5};
    reb_share s = reb_survey_figure(REB_SURVEY_NPS, all);
    OK(s.value == 1 && s.high == 1 && s.low < 0.9, "five promoters are no proof");

    static const double k_mix[][2] = {{0.5, 0.2}, {0.3, 0.3}, {0.7, 0.1}, {0.2, 0.5}, {0.45, 0.45}, {0.6, 0.3}, {0.8, 0.1}};
    double least = 1;
    double mean = 0;
    int count = 0;
    for (int n = 10; n <= 100; n += 15) {
        for (size_t i = 0; i < sizeof k_mix / sizeof k_mix[0]; i++, count++) {
            double c = nps_covers(n, k_mix[i][0], k_mix[i][1]);
            mean += c;
            if (c < least) least = c;
        }
    }
    mean /= count;
    printf("# the interval of the NPS covers in %.2f%% at the least, %.2f%% in the mean\n", 100 * least, 100 * mean);
    OK(least > 0.92 && fabs(mean - 0.95) < 0.01, "the interval of the NPS covers as it says");
    least = 1;
    mean = 0;
    count = 0;
    for (int n = 10; n <= 100; n += 10)
        for (double p = 0.1; p < 0.95; p += 0.1, count++) {
            double c = share_covers(n, p);
            mean += c;
            if (c < least) least = c;
        }
    mean /= count;
    printf("# the interval of a share covers in %.2f%% at the least, %.2f%% in the mean\n", 100 * least, 100 * mean);
    OK(least > 0.9 && fabs(mean - 0.95) < 0.01, "... and that of a share");
    return tap_done();
}
