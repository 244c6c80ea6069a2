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
    const reb_moment one[] = {{REB_MOMENT_COMPLAINT, ago(0)}};
    m = reb_mood_of(one, 1, k_now);
    CLOSE(m.value, 0.5 * -0.6 + 0.3 * -0.6 + 0.2 * -0.6, 1e-12, 0, "a complaint just now is all there is");
    const reb_moment three[] = {{REB_MOMENT_PURCHASE, ago(400)}, {REB_MOMENT_NOT_YET_RIGHT, ago(180)}, {REB_MOMENT_MADE_RIGHT, ago(1)}};
    m = reb_mood_of(three, 3, k_now);
    CLOSE(m.value, 0.5 * 0.8 + 0.3 * -0.8 * 0.5 + 0.2 * 0.0, 1e-12, 1e-12, "the last, the worst at half its weight, the mean of the year");
    OK(!m.bad_last && m.worst_kind == REB_MOMENT_NOT_YET_RIGHT && m.last_kind == REB_MOMENT_MADE_RIGHT, "which they were");
    const reb_moment small[] = {{REB_MOMENT_PROMISE_LATE, ago(5)}, {REB_MOMENT_PROMISE_KEPT, ago(2)}, {REB_MOMENT_REFUND, ago(1)}};
    m = reb_mood_of(small, 3, k_now);
    OK(m.bad_last && m.last_kind == REB_MOMENT_PROMISE_LATE, "what is small does not make up for it");
    const reb_moment bought[] = {{REB_MOMENT_PROMISE_LATE, ago(5)}, {REB_MOMENT_PURCHASE, ago(2)}};
    OK(!reb_mood_of(bought, 2, k_now).bad_last, "who buys again after it does");
    const reb_moment later[] = {{REB_MOMENT_PURCHASE, ago(5)}, {REB_MOMENT_COMPLAINT, ago(-2)}};
    OK(!reb_mood_of(later, 2, k_now).bad_last, "what is still to come does not count");
    const reb_moment same[] = {{REB_MOMENT_PURCHASE, ago(5)}, {REB_MOMENT_COMPLAINT, ago(5)}};
    OK(reb_mood_of(same, 2, k_now).bad_last, "of two at one instant the worse one counts");
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
        for (size_t i = 0; i < n; i++)
            a[i] = (reb_moment){(reb_moment_kind)reb_rand_below(&r, REB_MOMENT_KINDS),
                                ago((double)(1 + reb_rand_below(&r, 1000)) + (double)i / 16.0)};
        for (size_t i = 0; i < n; i++) b[i] = a[n - 1 - i];
        reb_mood x = reb_mood_of(a, n, k_now);
        bounded = bounded && x.value >= -1.0 && x.value <= 1.0 && x.worst <= 0.0;
        order = order && fabs(x.value - reb_mood_of(b, n, k_now).value) < 1e-12;
        a[n] = (reb_moment){REB_MOMENT_MADE_RIGHT, ago(0.5)};
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
    any();
    return tap_done();
}
