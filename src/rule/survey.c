#include "survey.h"

#include <math.h>
#include <string.h>

static const double k_z = 1.959963984540054; /* of 95% */

static const struct {
    const char *name;
    int64_t least, most, top, unhappy; /* top: the least score that counts as good; unhappy: the most that counts as bad */
} k_kinds[REB_SURVEY_KINDS] = {
    [REB_SURVEY_CSAT] = {"csat", 1, 5, 4, 2}, [REB_SURVEY_NPS] = {"nps", 0, 10, 9, 6}, [REB_SURVEY_CES] = {"ces", 1, 7, 5, 3}};

const char *reb_survey_kind_name(reb_survey_kind k) {
    return k_kinds[k].name;
}

bool reb_survey_kind_from_name(reb_survey_kind *out, const char *name) {
    for (int i = 0; name != NULL && i < REB_SURVEY_KINDS; i++) {
        if (strcmp(k_kinds[i].name, name) != 0) continue;
        *out = (reb_survey_kind)i;
        return true;
    }
    return false;
}

int64_t reb_survey_least(reb_survey_kind k) {
    return k_kinds[k].least;
}
int64_t reb_survey_most(reb_survey_kind k) {
    return k_kinds[k].most;
}
int64_t reb_survey_unhappy_most(reb_survey_kind k) {
    return k_kinds[k].unhappy;
}
int64_t reb_survey_content_least(reb_survey_kind k) {
    return k_kinds[k].top;
}
bool reb_survey_unhappy(reb_survey_kind k, int64_t score) {
    return score <= k_kinds[k].unhappy;
}

double reb_survey_feeling(reb_survey_kind k, int64_t score) {
    int64_t bad = k_kinds[k].unhappy;
    int64_t good = k_kinds[k].top;
    if (!reb_survey_score_ok(k, score) || (score > bad && score < good)) return 0.0;
    double span = REB_SURVEY_FEELING_END - REB_SURVEY_FEELING_LINE;
    if (score <= bad) return -REB_SURVEY_FEELING_LINE - span * (double)(bad - score) / (double)(bad - k_kinds[k].least);
    return REB_SURVEY_FEELING_LINE + span * (double)(score - good) / (double)(k_kinds[k].most - good);
}

static reb_share promoters(const int64_t counts[REB_SURVEY_SCORES]) {
    double good = 0;
    double bad = 0;
    double n = 0;
    for (int i = 0; i < REB_SURVEY_SCORES; i++) {
        n += (double)counts[i];
        if (i >= k_kinds[REB_SURVEY_NPS].top) good += (double)counts[i];
        if (i <= k_kinds[REB_SURVEY_NPS].unhappy) bad += (double)counts[i];
    }
    if (n <= 0) return (reb_share){0, -1, 1};
    double p = (good + 0.75) / (n + 3);
    double d = (bad + 0.75) / (n + 3);
    double half = k_z * sqrt((p + d - (p - d) * (p - d)) / (n + 3));
    double value = (good - bad) / n;
    return (reb_share){value, fmax(-1, fmin(value, p - d - half)), fmin(1, fmax(value, p - d + half))};
}

reb_share reb_survey_figure(reb_survey_kind k, const int64_t counts[REB_SURVEY_SCORES]) {
    int64_t good = 0;
    int64_t n = 0;
    if (k == REB_SURVEY_NPS) return promoters(counts);
    for (int64_t i = reb_survey_least(k); i <= reb_survey_most(k); i++) {
        n += counts[i];
        if (i >= k_kinds[k].top) good += counts[i];
    }
    return reb_share_of(good, n);
}
