/* Surveys of one question and what their answers come to. Pure: no store, no clock.

   csat   how satisfied, 1..5; the figure is the share of 4 and 5 (the top boxes), with Wilson's interval
   nps    how likely to recommend, 0..10; the share of 9 and 10 less the share of 0 to 6, from -1 to 1
   ces    how easy it was, 1..7; the share of 5 to 7, with Wilson's interval

   All intervals are of 95%. Wilson: share.h. The interval of the NPS is an adjusted Wald one: three imagined answers are added, half of
   them passive, a quarter each promoter and detractor (B. Rocks, The American Statistician 70 (2016) 365-372); tests/rule/test_survey.c
   reckons how often it covers. */
#ifndef REB_RULE_SURVEY_H
#define REB_RULE_SURVEY_H

#include "share.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum reb_survey_kind { REB_SURVEY_CSAT, REB_SURVEY_NPS, REB_SURVEY_CES, REB_SURVEY_KINDS } reb_survey_kind;
const char *reb_survey_kind_name(reb_survey_kind k); /* csat, nps, ces */
bool reb_survey_kind_from_name(reb_survey_kind *out, const char *name);

enum { REB_SURVEY_SCORES = 11 };
int64_t reb_survey_least(reb_survey_kind k);
int64_t reb_survey_most(reb_survey_kind k);
static inline bool reb_survey_score_ok(reb_survey_kind k, int64_t score) {
    return score >= reb_survey_least(k) && score <= reb_survey_most(k);
}
/* Does somebody who answers so have something to complain of? csat 1-2, nps 0-6, ces 1-3. */
bool reb_survey_unhappy(reb_survey_kind k, int64_t score);
int64_t reb_survey_unhappy_most(reb_survey_kind k);  /* 2, 6, 3 */
int64_t reb_survey_content_least(reb_survey_kind k); /* that counts as good: 4, 9, 5 */

/* An answer as a feeling between -1 and 1, for the mood (mood.h). An assumption, published with every mood:
   a bad answer stands between -0.8 (the least of its scale) and -0.4 (the best that is still bad), a good one between 0.4 (the least
   that is good) and 0.8 (the most), evenly; what lies between the two lines is 0. So csat 1..5 are -0.8 -0.4 0 0.4 0.8.
   No such score: 0. */
#define REB_SURVEY_FEELING_LINE 0.4
#define REB_SURVEY_FEELING_END 0.8
double reb_survey_feeling(reb_survey_kind k, int64_t score);

/* The figure of a survey from how often each score was given: counts[score]. n 0: value 0 and the widest interval. */
reb_share reb_survey_figure(reb_survey_kind k, const int64_t counts[REB_SURVEY_SCORES]);

#endif
