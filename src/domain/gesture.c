#include "gesture.h"

#include "holdout.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const k_state[REB_GESTURE_STATES] = {[REB_GESTURE_ASKED] = "asked",
                                                        [REB_GESTURE_GIVEN] = "given",
                                                        [REB_GESTURE_REFUSED] = "refused",
                                                        [REB_GESTURE_DROPPED] = "dropped",
                                                        [REB_GESTURE_WITHDRAWN] = "withdrawn"};

const char *reb_gesture_state_name(reb_gesture_state s) {
    return k_state[s];
}

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------- */

int64_t reb_gesture_spent(const reb_gesture *g) {
    if (g->state != REB_GESTURE_GIVEN) return 0;
    return g->cost_now_minor + (g->used_us != 0 ? g->cost_used_minor : 0);
}

int64_t reb_gesture_open_cost(const reb_gesture *g, int64_t now_us) {
    if (g->state != REB_GESTURE_GIVEN || g->used_us != 0) return 0;
    return g->valid_until_us == 0 || g->valid_until_us > now_us ? g->cost_used_minor : 0;
}

reb_status reb_gesture_insert(reb_store *s, const reb_gesture *g, reb_err *err) {
    return reb_exec(s, REB_SQL_GESTURE_INSERT,
                    REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id), reb_i(g->number), reb_t(g->remedy),
                             reb_t(reb_remedy_kind_name(g->kind)), reb_t(reb_guard_basis_name(g->basis)), reb_t(k_state[g->state]),
                             reb_i(g->standard_version), reb_t(g->currency), reb_i(g->value_minor), reb_i(g->right_minor),
                             reb_i(g->cost_now_minor), reb_i(g->cost_used_minor), reb_i(g->turns), reb_t(g->weighed),
                             reb_i(g->invest_until_us), reb_i(g->held_out ? 1 : 0), reb_i(g->asked_us), reb_t(g->asked_by),
                             reb_i(g->asker_id), reb_i(g->approver_id), reb_t(g->approver_role), reb_i(g->due_us), reb_i(g->remind_us),
                             reb_i(g->ended_us), reb_t(g->ended_by), reb_i(g->valid_until_us)),
                    NULL, err);
}

reb_status reb_gesture_end(reb_store *s, const reb_gesture *g, reb_gesture_state to, int64_t now_us, const char *who,
                           int64_t valid_until_us, reb_err *err) {
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_GESTURE_END,
                             REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id), reb_t(k_state[g->state]),
                                      reb_t(k_state[to]), reb_i(now_us), reb_t(who), reb_i(valid_until_us)),
                             &changed, err);
    if (st != REB_OK || changed == 1) return st;
    reb_fail(err, REB_E_CONFLICT, "This gesture is no longer %s: somebody has answered meanwhile.", k_state[g->state]);
    reb_err_next(err, "Look at the case again.");
    reb_err_reason(err, "gesture_over");
    return REB_E_CONFLICT;
}

static const char *copy(reb_arena *a, reb_stmt *q, int column) {
    const char *text = reb_col_text(q, column);
    return reb_arena_strdup(a, text != NULL ? text : "");
}

static reb_status read_row(reb_gesture *g, reb_arena *a, reb_stmt *q, reb_err *err) {
    *g = (reb_gesture){.at = {reb_col_i64(q, 0), reb_col_i64(q, 1)},
                       .gesture_id = reb_col_i64(q, 2),
                       .number = reb_col_i64(q, 3),
                       .remedy = copy(a, q, 4),
                       .standard_version = reb_col_i64(q, 8),
                       .currency = copy(a, q, 9),
                       .value_minor = reb_col_i64(q, 10),
                       .right_minor = reb_col_i64(q, 11),
                       .cost_now_minor = reb_col_i64(q, 12),
                       .cost_used_minor = reb_col_i64(q, 13),
                       .turns = reb_col_i64(q, 14),
                       .weighed = copy(a, q, 15),
                       .invest_until_us = reb_col_i64(q, 16),
                       .held_out = reb_col_i64(q, 17) != 0,
                       .asked_us = reb_col_i64(q, 18),
                       .asked_by = copy(a, q, 19),
                       .asker_id = reb_col_i64(q, 20),
                       .approver_id = reb_col_i64(q, 21),
                       .approver_role = copy(a, q, 22),
                       .due_us = reb_col_i64(q, 23),
                       .remind_us = reb_col_i64(q, 24),
                       .passed_on = reb_col_i64(q, 25),
                       .ended_us = reb_col_i64(q, 26),
                       .ended_by = copy(a, q, 27),
                       .valid_until_us = reb_col_i64(q, 28),
                       .used_us = reb_col_i64(q, 29),
                       .event_customer_id = reb_col_i64(q, 30)};
    bool known = reb_remedy_kind_from_name(&g->kind, reb_col_text(q, 5));
    g->basis = strcmp(reb_col_text(q, 6), "due") == 0 ? REB_BASIS_DUE : REB_BASIS_EXTRA;
    const char *state = reb_col_text(q, 7);
    int at = 0;
    while (at < REB_GESTURE_STATES && strcmp(k_state[at], state) != 0) at++;
    if (!known || at == REB_GESTURE_STATES) return reb_fail(err, REB_E_STORE, "A stored gesture cannot be read.");
    g->state = (reb_gesture_state)at;
    bool whole = g->remedy != NULL && g->currency != NULL && g->weighed != NULL && g->asked_by != NULL && g->approver_role != NULL &&
                 g->ended_by != NULL;
    return whole ? REB_OK : no_memory(err);
}

static reb_status read_all(reb_gestures *out, int64_t *room, reb_store *s, reb_arena *a, reb_sql query, const reb_arg *args, size_t count,
                           reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, query, args, count, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (out->count == *room) {
            int64_t more = *room == 0 ? 8 : 2 * *room;
            reb_gesture *list = reb_arena_alloc(a, (size_t)more * sizeof *list);
            if (list == NULL) {
                st = no_memory(err);
                break;
            }
            if (out->count > 0) memcpy(list, out->list, (size_t)out->count * sizeof *list);
            out->list = list;
            *room = more;
        }
        st = read_row(&out->list[out->count++], a, q, err);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_gesture_get(reb_gesture *out, reb_store *s, reb_arena *a, int64_t gesture_id, reb_err *err) {
    reb_gestures found = {0};
    int64_t room = 0;
    reb_status st = read_all(&found, &room, s, a, REB_SQL_GESTURE_GET, REB_ARGS(reb_i(gesture_id)), err);
    if (st != REB_OK) return st;
    if (found.count == 0) return reb_fail(err, REB_E_NOT_FOUND, "There is no gesture %" PRId64 ".", gesture_id);
    *out = found.list[0];
    return REB_OK;
}

reb_status reb_gestures_of_case(reb_gestures *out, reb_store *s, reb_arena *a, const reb_case_key *at, reb_err *err) {
    int64_t room = 0;
    *out = (reb_gestures){0};
    return read_all(out, &room, s, a, REB_SQL_GESTURE_OF_CASE, REB_ARGS(reb_i(at->customer_id), reb_i(at->case_id)), err);
}

reb_status reb_gestures_of_customer(reb_gestures *out, reb_store *s, reb_arena *a, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t room = 0, count = 0, cap = 0, *members = NULL;
    *out = (reb_gestures){0};
    reb_status st = reb_query(&q, s, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (count == cap) {
            cap = cap == 0 ? 8 : 2 * cap;
            int64_t *more = reb_arena_alloc(a, (size_t)cap * sizeof *more);
            if (more == NULL) {
                st = no_memory(err);
                break;
            }
            if (count > 0) memcpy(more, members, (size_t)count * sizeof *more);
            members = more;
        }
        members[count++] = reb_col_i64(q, 0);
    }
    reb_stmt_close(q);
    for (int64_t i = 0; i < count && st == REB_OK; i++)
        st = read_all(out, &room, s, a, REB_SQL_GESTURE_OF_WHOM, REB_ARGS(reb_i(members[i])), err);
    return st;
}

reb_status reb_gestures_asked(reb_gestures *out, reb_store *s, reb_arena *a, int64_t most, reb_err *err) {
    int64_t room = 0;
    *out = (reb_gestures){0};
    return read_all(out, &room, s, a, REB_SQL_GESTURE_ASKED, REB_ARGS(reb_i(most)), err);
}

reb_status reb_gestures_ended(reb_gestures *out, reb_store *s, reb_arena *a, int64_t from_us, int64_t to_us, int64_t most, reb_err *err) {
    int64_t room = 0;
    *out = (reb_gestures){0};
    return read_all(out, &room, s, a, REB_SQL_GESTURE_ENDED, REB_ARGS(reb_i(from_us), reb_i(to_us), reb_i(most)), err);
}

void reb_gesture_sum(reb_gesture_sums *out, const reb_gestures *g, int64_t from_us, int64_t now_us) {
    *out = (reb_gesture_sums){0};
    for (int64_t i = 0; i < g->count; i++) {
        const reb_gesture *one = &g->list[i];
        if (one->state != REB_GESTURE_GIVEN) continue;
        int64_t spent = reb_gesture_spent(one), open = reb_gesture_open_cost(one, now_us);
        out->given++;
        out->value_minor += one->value_minor;
        out->spent_minor += spent;
        out->open_minor += open;
        if (one->basis == REB_BASIS_DUE) {
            out->due++;
        } else if (one->ended_us > from_us || one->used_us > from_us || open > 0) {
            out->extras_minor += spent + open;
        }
    }
}

/* --- the hold-out --------------------------------------------------------------------------------------------------------------------- */

typedef struct drawing {
    reb_gesture_draw *out;
    const reb_business *b;
    const reb_case_key *at;
    int64_t head_id, now_us;
} drawing;

static reb_status read_draw(reb_gesture_draw *out, bool *found, reb_store *s, const reb_case_key *at, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_query(&q, s, REB_SQL_GESTURE_DRAW_GET, REB_ARGS(reb_i(at->customer_id), reb_i(at->case_id)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) *out = (reb_gesture_draw){.held_out = reb_col_i64(q, 0) != 0, .share = reb_col_f64(q, 1)};
    reb_stmt_close(q);
    return st;
}

static reb_status draw_work(reb_store *s, void *ctx, reb_err *err) {
    const drawing *d = ctx;
    bool found = false;
    reb_status st = read_draw(d->out, &found, s, d->at, err);
    if (st != REB_OK || found) return st;
    char key[48];
    if (d->head_id != 0) {
        snprintf(key, sizeof key, "%" PRId64, d->head_id);
    } else {
        snprintf(key, sizeof key, "case/%" PRId64, d->at->case_id);
    }
    double share = reb_business_f64(d->b, REB_SETTING_HOLDOUT_PERCENT_GESTURE) / 100.0;
    double unit = reb_holdout_unit_of(reb_business_text(d->b, REB_SETTING_HOLDOUT_SALT), "gesture", key);
    *d->out = (reb_gesture_draw){.held_out = unit < share, .share = share};
    st = reb_exec(s, REB_SQL_GESTURE_DRAW_PUT,
                  REB_ARGS(reb_i(d->at->customer_id), reb_i(d->at->case_id), reb_i(d->head_id), reb_f(share), reb_f(unit),
                           reb_i(d->out->held_out ? 1 : 0), reb_i(d->now_us)),
                  NULL, err);
    /* Somebody may have drawn at the same moment: what stands in the table counts. */
    if (st == REB_OK) st = read_draw(d->out, &found, s, d->at, err);
    return st;
}

reb_status reb_gesture_drawn(reb_gesture_draw *out, reb_store *s, const reb_business *b, const reb_case_key *at, int64_t head_id,
                             int64_t now_us, reb_err *err) {
    bool found = false;
    reb_status st = read_draw(out, &found, s, at, err);
    if (st != REB_OK || found) return st;
    drawing d = {.out = out, .b = b, .at = at, .head_id = head_id, .now_us = now_us};
    return reb_store_write(s, draw_work, &d, err);
}
