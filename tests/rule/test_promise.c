/* What becomes of promises, and what a share of them says. */
#include "../lib/tap.h"

#include "../../src/base/rand.h"
#include "../../src/rule/promise.h"
#include "../../src/rule/share.h"

enum { DAY = 86400 };
#define US INT64_C(1000000)

static void names(void) {
    for (int k = 0; k < REB_PROMISE_KINDS; k++) {
        reb_promise_kind back = REB_PROMISE_OTHER;
        OK(reb_promise_kind_from_name(&back, reb_promise_kind_name((reb_promise_kind)k)) && (int)back == k, "kind %d reads back", k);
    }
    reb_promise_state s = REB_PROMISE_OPEN;
    OK(reb_promise_state_from_name(&s, "late") && s == REB_PROMISE_LATE, "a state reads back");
    OK(!reb_promise_state_from_name(&s, "perhaps"), "another word does not");
}

static void fates(void) {
    int64_t due = 100 * DAY * US;
    EQ_I64(reb_promise_fold(due, NULL, 0).state, REB_PROMISE_OPEN, "nothing happened: open");
    reb_promise_step kept = {REB_PROMISE_STEP_KEPT, 2, due, 0};
    EQ_I64(reb_promise_fold(due, &kept, 1).state, REB_PROMISE_KEPT, "at the last instant: kept");
    kept.at_us = due + 1;
    EQ_I64(reb_promise_fold(due, &kept, 1).state, REB_PROMISE_LATE, "an instant later: late");
    reb_promise_step moved[] = {{REB_PROMISE_STEP_KEPT, 3, due + 2 * DAY * US, 0},
                                {REB_PROMISE_STEP_MOVED, 2, due - DAY * US, due + 3 * DAY * US}};
    reb_promise_fate f = reb_promise_fold(due, moved, 2);
    OK(f.state == REB_PROMISE_KEPT && f.due_us == due + 3 * DAY * US,
       "moved in time, and kept by the new one; the order of steps does not matter");
    reb_promise_step late[] = {{REB_PROMISE_STEP_MOVED, 2, due + DAY * US, due + 9 * DAY * US},
                               {REB_PROMISE_STEP_KEPT, 3, due + 2 * DAY * US, 0}};
    f = reb_promise_fold(due, late, 2);
    OK(f.state == REB_PROMISE_LATE && f.due_us == due, "a broken promise is not mended by a later date");
    reb_promise_step released[] = {{REB_PROMISE_STEP_RELEASED, 2, due - 5, 0}, {REB_PROMISE_STEP_KEPT, 3, due + 5, 0}};
    f = reb_promise_fold(due, released, 2);
    OK(f.state == REB_PROMISE_RELEASED && f.ended_us == due - 5, "what comes after its end changes nothing");
    EQ_I64(reb_promise_at(REB_PROMISE_OPEN, due, due), REB_PROMISE_OPEN, "due this instant: not broken");
    EQ_I64(reb_promise_at(REB_PROMISE_OPEN, due, due + 1), REB_PROMISE_BROKEN, "after it: broken");
    EQ_I64(reb_promise_late_us(REB_PROMISE_OPEN, due, 0, due + 7), 7, "late by what has passed");
    EQ_I64(reb_promise_late_us(REB_PROMISE_LATE, due, due + 9, due + 100), 9, "or had passed when it was kept");
    EQ_I64(reb_promise_late_us(REB_PROMISE_KEPT, due, due, due + 100), 0, "kept: not at all");
}

/* Any steps in any order: the same end, and never back from it. */
static void any_order(void) {
    reb_rand r = {.state = 5};
    bool same = true;
    bool stays = true;
    for (int round = 0; round < 20000; round++) {
        reb_promise_step a[6];
        reb_promise_step b[6];
        size_t n = 1 + reb_rand_below(&r, 6);
        for (size_t i = 0; i < n; i++)
            a[i] = (reb_promise_step){(reb_promise_step_kind)reb_rand_below(&r, 4), (int64_t)i + 1, (int64_t)reb_rand_below(&r, 20),
                                      (int64_t)reb_rand_below(&r, 40)};
        for (size_t i = 0; i < n; i++) b[i] = a[n - 1 - i];
        reb_promise_fate x = reb_promise_fold(10, a, n);
        reb_promise_fate y = reb_promise_fold(10, b, n);
        same = same && x.state == y.state && x.due_us == y.due_us && x.ended_us == y.ended_us;
        if (x.state == REB_PROMISE_OPEN) continue;
        reb_promise_step more[7];
        memcpy(more, a, n * sizeof *a);
        more[n] = (reb_promise_step){(reb_promise_step_kind)reb_rand_below(&r, 4), 99, 30, 50};
        reb_promise_fate z = reb_promise_fold(10, more, n + 1);
        stays = stays && z.state == x.state && z.ended_us == x.ended_us;
    }
    OK(same, "20,000 logs: the order in which they are told does not matter");
    OK(stays, "and nothing later changes how one ended");
}

static void shares(void) {
    reb_share s = reb_share_of(4523, 4949);
    CLOSE(s.value, 4523.0 / 4949.0, 1e-12, 0, "a share");
    static const struct { /* Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3 */
        int64_t good, count;
        double low, high;
    } k_newcombe[] = {{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0.0, 0.1611}, {1, 29, 0.0061, 0.1718}};
    for (size_t i = 0; i < sizeof k_newcombe / sizeof *k_newcombe; i++) {
        s = reb_share_of(k_newcombe[i].good, k_newcombe[i].count);
        CLOSE(s.low, k_newcombe[i].low, 0, 5.1e-5, "Newcombe 1998: low");
        CLOSE(s.high, k_newcombe[i].high, 0, 5.1e-5, "Newcombe 1998: high");
    }
    s = reb_share_of(0, 20);
    OK(s.low == 0.0 && s.high > 0.1 && s.high < 0.2, "none of 20: still up to a sixth");
    s = reb_share_of(20, 20);
    OK(s.high == 1.0 && s.low > 0.8, "all of 20: not certainly all");
    s = reb_share_of(0, 0);
    OK(s.low == 0.0 && s.high == 1.0, "none of none says nothing: it may be any");
}

int main(void) {
    names();
    fates();
    any_order();
    shares();
    return tap_done();
}
