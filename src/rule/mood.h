/* The mood of a customer, as far as what happened tells it: by the last thing that happened and the worst one, as people remember (the
   peak-end rule: Kahneman, Fredrickson, Schreiber & Redelmeier 1993, "When more pain is preferred to less"; Redelmeier & Kahneman 1996).

       mood = 1/2 last + 3/10 worst x 2^(-age of the worst / 180 days) + 1/5 mean of the last 365 days

   Each moment has a weight between -1 and 1 that stands in the table below: an assumption, shown with every mood. What weighs less than
   0.3 colours the mean, but is neither a last nor a worst event. An answer to a survey is such a moment too, at the time it was given: how
   much it weighs hangs on the answer (reb_survey_feeling in survey.h). Pure. */
#ifndef REB_RULE_MOOD_H
#define REB_RULE_MOOD_H

#include "survey.h"

#include <stddef.h>

/* REB_MOMENT(id, name, weight). Of answers it is the middle of their range: reb_moment_answer weighs each. */
#define REB_MOMENTS(REB_MOMENT)                                                                                                            \
    REB_MOMENT(PURCHASE, "purchase", 0.3)                                                                                                  \
    REB_MOMENT(COMPLAINT, "complaint", -0.6)                                                                                               \
    REB_MOMENT(UPHELD, "upheld", 0.4)                                                                                                      \
    REB_MOMENT(GOODWILL, "goodwill", 0.3)                                                                                                  \
    REB_MOMENT(PARTLY, "partly", 0.1)                                                                                                      \
    REB_MOMENT(NOT_UPHELD, "not_upheld", -0.5)                                                                                             \
    REB_MOMENT(MADE_RIGHT, "made_right", 0.8)                                                                                              \
    REB_MOMENT(NOT_YET_RIGHT, "not_yet_right", -0.8)                                                                                       \
    REB_MOMENT(GESTURE, "gesture", 0.2)                                                                                                    \
    REB_MOMENT(PROMISE_KEPT, "promise_kept", 0.1)                                                                                          \
    REB_MOMENT(PROMISE_LATE, "promise_late", -0.4)                                                                                         \
    REB_MOMENT(PROMISE_BROKEN, "promise_broken", -0.7)                                                                                     \
    REB_MOMENT(REFUND, "refund", -0.2)                                                                                                     \
    REB_MOMENT(CANCELLATION, "cancellation", -0.2)                                                                                         \
    REB_MOMENT(TICKET, "ticket", -0.2)                                                                                                     \
    REB_MOMENT(SPOKEN, "spoken", 0.1)                                                                                                      \
    REB_MOMENT(ANSWER_GOOD, "answer_good", 0.6)                                                                                            \
    REB_MOMENT(ANSWER_EVEN, "answer_even", 0.0)                                                                                            \
    REB_MOMENT(ANSWER_BAD, "answer_bad", -0.6)

typedef enum reb_moment_kind {
#define REB_MOMENT(id, name, weight) REB_MOMENT_##id,
    REB_MOMENTS(REB_MOMENT)
#undef REB_MOMENT
        REB_MOMENT_KINDS
} reb_moment_kind;
const char *reb_moment_name(reb_moment_kind k);
bool reb_moment_from_name(reb_moment_kind *out, const char *name);
double reb_moment_weight(reb_moment_kind k);

typedef struct reb_moment {
    reb_moment_kind kind;
    int64_t at_us;
    double weight;
    reb_survey_kind survey; /* of an answer */
    int64_t score;          /* of an answer; -1: it is none */
} reb_moment;
reb_moment reb_moment_at(reb_moment_kind kind, int64_t at_us); /* with the weight of its kind */
reb_moment reb_moment_answer(reb_survey_kind survey, int64_t score, int64_t at_us);

#define REB_MOOD_LAST 0.5
#define REB_MOOD_WORST 0.3
#define REB_MOOD_MEAN 0.2
#define REB_MOOD_WEIGHTY 0.3
enum { REB_MOOD_HALF_DAYS = 180, REB_MOOD_YEAR_DAYS = 365 };

typedef struct reb_mood {
    double value;             /* -1..1; 0 when nothing is known */
    bool known;               /* there was at least one weighty moment */
    double last, worst, mean; /* the three parts, before their shares; worst is <= 0 and has faded already */
    reb_moment_kind last_kind, worst_kind;
    int64_t last_us, worst_us; /* 0: none */
    size_t count;              /* moments it rests on */
    bool bad_last;             /* the last weighty moment was a bad one */
} reb_mood;

/* Moments in any order; those later than now_us do not count. Of two at one instant the worse one is the last. */
reb_mood reb_mood_of(const reb_moment *moments, size_t count, int64_t now_us);

#endif
