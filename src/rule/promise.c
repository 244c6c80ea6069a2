#include "promise.h"

#include <stdlib.h>
#include <string.h>

static const char *const k_kind[REB_PROMISE_KINDS] = {"delivery", "call_back", "answer", "refund", "repair", "price", "other"};
static const char *const k_state[REB_PROMISE_STATES] = {"open", "kept", "late", "broken", "released"};

static bool find(int *out, const char *const *names, int count, const char *name) {
    for (int i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0) {
            *out = i;
            return true;
        }
    return false;
}

const char *reb_promise_kind_name(reb_promise_kind k) {
    return k_kind[k];
}

bool reb_promise_kind_from_name(reb_promise_kind *out, const char *name) {
    int i = 0;
    if (!find(&i, k_kind, REB_PROMISE_KINDS, name)) return false;
    *out = (reb_promise_kind)i;
    return true;
}

const char *reb_promise_state_name(reb_promise_state s) {
    return k_state[s];
}

bool reb_promise_state_from_name(reb_promise_state *out, const char *name) {
    int i = 0;
    if (!find(&i, k_state, REB_PROMISE_STATES, name)) return false;
    *out = (reb_promise_state)i;
    return true;
}

/* --- fate ----------------------------------------------------------------------------------------------------------------------------- */

static int by_time(const void *a, const void *b) {
    const reb_promise_step *x = a;
    const reb_promise_step *y = b;
    if (x->at_us != y->at_us) return x->at_us < y->at_us ? -1 : 1;
    return (x->event_id > y->event_id) - (x->event_id < y->event_id);
}

reb_promise_fate reb_promise_fold(int64_t due_us, reb_promise_step *steps, size_t count) {
    reb_promise_fate f = {REB_PROMISE_OPEN, due_us, 0};
    if (count > 1) qsort(steps, count, sizeof *steps, by_time);
    for (size_t i = 0; i < count && f.state == REB_PROMISE_OPEN; i++) {
        const reb_promise_step *s = &steps[i];
        switch (s->kind) {
            case REB_PROMISE_STEP_MOVED:
                if (s->at_us <= f.due_us) f.due_us = s->due_us;
                break;
            case REB_PROMISE_STEP_KEPT:
                f.state = s->at_us <= f.due_us ? REB_PROMISE_KEPT : REB_PROMISE_LATE;
                f.ended_us = s->at_us;
                break;
            case REB_PROMISE_STEP_RELEASED:
            case REB_PROMISE_STEP_CANCELLED:
                f.state = REB_PROMISE_RELEASED;
                f.ended_us = s->at_us;
                break;
        }
    }
    return f;
}

reb_promise_state reb_promise_at(reb_promise_state state, int64_t due_us, int64_t now_us) {
    return state == REB_PROMISE_OPEN && now_us > due_us ? REB_PROMISE_BROKEN : state;
}

int64_t reb_promise_late_us(reb_promise_state state, int64_t due_us, int64_t ended_us, int64_t now_us) {
    int64_t at_us = 0;
    int64_t late_us = 0;
    if (state == REB_PROMISE_KEPT || state == REB_PROMISE_RELEASED) return 0;
    at_us = state == REB_PROMISE_LATE ? ended_us : now_us;
    if (at_us <= due_us) return 0;
    return !__builtin_sub_overflow(at_us, due_us, &late_us) ? late_us : INT64_MAX;
}
