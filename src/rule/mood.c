#include "mood.h"

#include "../base/clock.h"

#include <math.h>
#include <string.h>

static const struct {
    const char *name;
    double weight;
} k_moment[REB_MOMENT_KINDS] = {
#define REB_MOMENT(id, name, weight) [REB_MOMENT_##id] = {name, weight},
    REB_MOMENTS(REB_MOMENT)
#undef REB_MOMENT
};

const char *reb_moment_name(reb_moment_kind k) {
    return k_moment[k].name;
}

bool reb_moment_from_name(reb_moment_kind *out, const char *name) {
    for (int i = 0; i < REB_MOMENT_KINDS; i++)
        if (strcmp(k_moment[i].name, name) == 0) {
            *out = (reb_moment_kind)i;
            return true;
        }
    return false;
}

double reb_moment_weight(reb_moment_kind k) {
    return k_moment[k].weight;
}

reb_moment reb_moment_at(reb_moment_kind kind, int64_t at_us) {
    return (reb_moment){.kind = kind, .at_us = at_us, .weight = reb_moment_weight(kind), .score = -1};
}

reb_moment reb_moment_answer(reb_survey_kind survey, int64_t score, int64_t at_us) {
    double weight = reb_survey_feeling(survey, score);
    reb_moment_kind kind = weight < 0.0 ? REB_MOMENT_ANSWER_BAD : weight > 0.0 ? REB_MOMENT_ANSWER_GOOD : REB_MOMENT_ANSWER_EVEN;
    return (reb_moment){.kind = kind, .at_us = at_us, .weight = weight, .survey = survey, .score = score};
}

reb_mood reb_mood_of(const reb_moment *moments, size_t count, int64_t now_us) {
    reb_mood m = {0};
    double sum = 0.0;
    size_t of_year = 0;
    for (size_t i = 0; i < count; i++) {
        const reb_moment *e = &moments[i];
        if (e->at_us > now_us) continue;
        double weight = e->weight;
        double age_days = (double)(now_us - e->at_us) / (double)REB_US_PER_DAY;
        m.count++;
        if (age_days <= REB_MOOD_YEAR_DAYS) {
            sum += weight;
            of_year++;
        }
        if (fabs(weight) < REB_MOOD_WEIGHTY) continue;
        if (!m.known || e->at_us > m.last_us || (e->at_us == m.last_us && weight < m.last)) {
            m.last = weight;
            m.last_kind = e->kind;
            m.last_us = e->at_us;
        }
        m.known = true;
        double faded = weight * exp2(-age_days / REB_MOOD_HALF_DAYS);
        if (faded < m.worst) {
            m.worst = faded;
            m.worst_kind = e->kind;
            m.worst_us = e->at_us;
        }
    }
    m.mean = of_year > 0 ? sum / (double)of_year : 0.0;
    if (!m.known) return m;
    m.value = REB_MOOD_LAST * m.last + REB_MOOD_WORST * m.worst + REB_MOOD_MEAN * m.mean;
    m.bad_last = m.last < 0.0;
    return m;
}
