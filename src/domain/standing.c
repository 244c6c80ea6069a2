#include "standing.h"

#include "../base/clock.h"
#include "../base/rand.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for how customers stand.");
}

const char *reb_standing_name(unsigned why) {
    if (why & REB_STANDING_OPEN_CASE) return "open_case";
    if (why & REB_STANDING_BROKEN_PROMISE) return "broken_promise";
    return why & REB_STANDING_BAD_LAST ? "bad_last" : "";
}

bool reb_standing_bad(const reb_standing *s, const reb_business *b, int64_t last_purchase_day) {
    if (s->last_us == 0 || s->last_weight >= 0.0) return false;
    return last_purchase_day == INT64_MIN || reb_business_day(b, s->last_us) >= last_purchase_day;
}

/* --- what rows tell ------------------------------------------------------------------------------------------------------------------ */

enum {
    CASE_MOMENTS = 3,
    COLUMN_CUSTOMER = 0,
    COLUMN_STATE,
    COLUMN_OPEN,
    COLUMN_OPENED,
    COLUMN_OUTCOME,
    COLUMN_DECIDED,
    COLUMN_RATED,
    COLUMN_LAST
};

static bool open_case(reb_stmt *q) {
    return reb_col_i64(q, COLUMN_OPEN) != 0; /* also where somebody outside decides: nobody is offered anything meanwhile */
}

/* A complaint, what was decided, what the customer said of it. */
static size_t case_moments(reb_moment out[CASE_MOMENTS], reb_stmt *q) {
    size_t n = 0;
    const char *outcome = reb_col_text(q, COLUMN_OUTCOME);
    const char *rated = reb_col_text(q, COLUMN_RATED);
    reb_moment_kind kind = REB_MOMENT_COMPLAINT;
    out[n++] = reb_moment_at(REB_MOMENT_COMPLAINT, reb_col_i64(q, COLUMN_OPENED));
    if (outcome[0] != '\0' && reb_moment_from_name(&kind, outcome)) out[n++] = reb_moment_at(kind, reb_col_i64(q, COLUMN_DECIDED));
    if (rated[0] != '\0')
        out[n++] = reb_moment_at(strcmp(rated, "yes") == 0 ? REB_MOMENT_MADE_RIGHT : REB_MOMENT_NOT_YET_RIGHT, reb_col_i64(q, COLUMN_LAST));
    return n;
}

/* Columns from 1: state, due, ended. */
static bool promise_moment(reb_moment *out, bool *broken, reb_stmt *q, int64_t now_us) {
    const char *state = reb_col_text(q, 1);
    int64_t due_us = reb_col_i64(q, 2);
    *broken = false;
    if (strcmp(state, "late") == 0) {
        *out = reb_moment_at(REB_MOMENT_PROMISE_LATE, reb_col_i64(q, 3));
        return true;
    }
    if (strcmp(state, "kept") == 0) {
        *out = reb_moment_at(REB_MOMENT_PROMISE_KEPT, reb_col_i64(q, 3));
        return true;
    }
    if (strcmp(state, "open") != 0 || due_us >= now_us) return false;
    *out = reb_moment_at(REB_MOMENT_PROMISE_BROKEN, due_us);
    *broken = due_us >= now_us - REB_STANDING_BROKEN_DAYS * REB_US_PER_DAY;
    return true;
}

/* Columns from 1: kind, score, changed. */
static bool answer_moment(reb_moment *out, reb_stmt *q) {
    reb_survey_kind kind;
    if (!reb_survey_kind_from_name(&kind, reb_col_text(q, 1)) || !reb_survey_score_ok(kind, reb_col_i64(q, 2))) return false;
    *out = reb_moment_answer(kind, reb_col_i64(q, 2), reb_col_i64(q, 3));
    return true;
}

static void see(reb_standing *s, const reb_moment *m, int64_t now_us) {
    if (m->at_us > now_us || fabs(m->weight) < REB_MOOD_WEIGHTY) return;
    if (s->last_us != 0 && (m->at_us < s->last_us || (m->at_us == s->last_us && m->weight >= s->last_weight))) return;
    s->last_kind = m->kind;
    s->last_weight = m->weight;
    s->last_us = m->at_us;
}

/* --- all ------------------------------------------------------------------------------------------------------------------------------ */

void reb_standing_free(reb_standing_set *set) {
    free(set->at);
    *set = (reb_standing_set){0};
}

static size_t place_of(const reb_standing_set *set, int64_t head_id) {
    size_t at = (size_t)reb_hash64(11, &head_id, sizeof head_id) & (set->room - 1);
    while (set->at[at].head_id != 0 && set->at[at].head_id != head_id) at = (at + 1) & (set->room - 1);
    return at;
}

const reb_standing *reb_standing_find(const reb_standing_set *set, int64_t head_id) {
    if (set->room == 0) return NULL;
    const reb_standing *s = &set->at[place_of(set, head_id)];
    return s->head_id == head_id ? s : NULL;
}

static reb_standing *reach(reb_standing_set *set, int64_t head_id) {
    if (set->count * 2 >= set->room) {
        reb_standing_set bigger = {.room = set->room == 0 ? 256 : 2 * set->room, .count = set->count};
        bigger.at = calloc(bigger.room, sizeof *bigger.at);
        if (bigger.at == NULL) return NULL;
        for (size_t i = 0; i < set->room; i++)
            if (set->at[i].head_id != 0) bigger.at[place_of(&bigger, set->at[i].head_id)] = set->at[i];
        free(set->at);
        *set = bigger;
    }
    reb_standing *s = &set->at[place_of(set, head_id)];
    if (s->head_id == 0) set->count++;
    s->head_id = head_id;
    return s;
}

/* `found`: the rows name a customer whose head is to be looked up. */
static reb_status read_cases(reb_standing_set *set, reb_store *s, reb_sql query, bool found, int64_t since_us, int64_t now_us,
                             reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, query, REB_ARGS(reb_i(since_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t head_id = reb_col_i64(q, COLUMN_CUSTOMER);
        bool there = true;
        if (found) st = reb_get_i64(&head_id, &there, s, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(head_id)), err);
        if (st != REB_OK || !there) continue;
        reb_standing *one = reach(set, head_id);
        if (one == NULL) {
            st = no_memory(err);
            break;
        }
        reb_moment m[CASE_MOMENTS];
        size_t n = case_moments(m, q);
        for (size_t i = 0; i < n; i++) see(one, &m[i], now_us);
        if (open_case(q)) one->why |= REB_STANDING_OPEN_CASE;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status read_promises(reb_standing_set *set, reb_store *s, int64_t since_us, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_PROMISES, REB_ARGS(reb_i(since_us), reb_i(now_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_moment m;
        bool broken = false;
        if (!promise_moment(&m, &broken, q, now_us)) continue;
        reb_standing *one = reach(set, reb_col_i64(q, 0));
        if (one == NULL) {
            st = no_memory(err);
            break;
        }
        see(one, &m, now_us);
        if (broken) one->why |= REB_STANDING_BROKEN_PROMISE;
    }
    reb_stmt_close(q);
    return st;
}

/* `found`: as in read_cases. */
static reb_status read_answers(reb_standing_set *set, reb_store *s, reb_sql query, bool found, int64_t since_us, int64_t now_us,
                               reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, query, REB_ARGS(reb_i(since_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_moment m;
        int64_t head_id = reb_col_i64(q, 0);
        bool there = true;
        if (!answer_moment(&m, q) || fabs(m.weight) < REB_MOOD_WEIGHTY) continue;
        if (found) st = reb_get_i64(&head_id, &there, s, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(head_id)), err);
        if (st != REB_OK || !there) continue;
        reb_standing *one = reach(set, head_id);
        if (one == NULL) {
            st = no_memory(err);
            break;
        }
        see(one, &m, now_us);
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_standing_read(reb_standing_set *out, reb_store *s, int64_t now_us, reb_err *err) {
    int64_t since_us = now_us - REB_STANDING_WINBACK_DAYS * REB_US_PER_DAY;
    reb_standing_free(out);
    reb_status st = read_cases(out, s, REB_SQL_STANDING_CASES, false, since_us, now_us, err);
    if (st == REB_OK) st = read_cases(out, s, REB_SQL_STANDING_CASES_FOUND, true, since_us, now_us, err);
    if (st == REB_OK) st = read_answers(out, s, REB_SQL_STANDING_ANSWERS, false, since_us, now_us, err);
    if (st == REB_OK) st = read_answers(out, s, REB_SQL_STANDING_ANSWERS_FOUND, true, since_us, now_us, err);
    return st == REB_OK ? read_promises(out, s, since_us, now_us, err) : st;
}

/* --- one ------------------------------------------------------------------------------------------------------------------------------ */

typedef struct looking {
    reb_standing_view *out;
    reb_arena *arena;
    reb_moment *moments;
    size_t count, cap;
    reb_standing_case *cases;
    size_t case_cap;
    int64_t now_us;
} looking;

static reb_status add_moment(looking *l, reb_moment m, reb_err *err) {
    if (l->count == l->cap) {
        size_t cap = l->cap == 0 ? 64 : 2 * l->cap;
        reb_moment *more = reb_arena_zalloc(l->arena, cap, sizeof *more);
        if (more == NULL) return no_memory(err);
        if (l->count > 0) memcpy(more, l->moments, l->count * sizeof *more);
        l->moments = more;
        l->cap = cap;
    }
    l->moments[l->count++] = m;
    return REB_OK;
}

static reb_status add_case(looking *l, reb_stmt *q, reb_err *err) {
    reb_standing_view *out = l->out;
    if (out->case_count == l->case_cap) {
        size_t cap = l->case_cap == 0 ? 8 : 2 * l->case_cap;
        reb_standing_case *more = reb_arena_zalloc(l->arena, cap, sizeof *more);
        if (more == NULL) return no_memory(err);
        if (out->case_count > 0) memcpy(more, l->cases, out->case_count * sizeof *more);
        l->cases = more;
        l->case_cap = cap;
    }
    reb_standing_case *c = &l->cases[out->case_count++];
    *c = (reb_standing_case){.number = reb_col_i64(q, 8),
                             .state = reb_arena_strdup(l->arena, reb_col_text(q, COLUMN_STATE)),
                             .kind = reb_arena_strdup(l->arena, reb_col_text(q, 9)),
                             .due_clock = reb_arena_strdup(l->arena, reb_col_text(q, 11)),
                             .opened_us = reb_col_i64(q, COLUMN_OPENED),
                             .due_us = reb_col_i64(q, 10)};
    out->cases = l->cases;
    return c->state != NULL && c->kind != NULL && c->due_clock != NULL ? REB_OK : no_memory(err);
}

static reb_status look_at_cases(looking *l, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_CASES_OF, REB_ARGS(reb_i(customer_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_moment m[CASE_MOMENTS];
        size_t n = case_moments(m, q);
        for (size_t i = 0; i < n && st == REB_OK; i++) st = add_moment(l, m[i], err);
        if (st != REB_OK || !open_case(q)) continue;
        l->out->standing.why |= REB_STANDING_OPEN_CASE;
        st = add_case(l, q, err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status look_at_promises(looking *l, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_PROMISES_OF, REB_ARGS(reb_i(customer_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_moment m;
        bool broken = false;
        if (!promise_moment(&m, &broken, q, l->now_us)) continue;
        if (broken) l->out->standing.why |= REB_STANDING_BROKEN_PROMISE;
        st = add_moment(l, m, err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status look_at_answers(looking *l, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_moment m;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_ANSWERS_OF, REB_ARGS(reb_i(customer_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row)
        if (answer_moment(&m, q)) st = add_moment(l, m, err);
    reb_stmt_close(q);
    return st;
}

static reb_status look_at_events(looking *l, reb_store *s, int64_t customer_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_EVENTS_OF, REB_ARGS(reb_i(customer_id), reb_i(l->now_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_moment_kind kind = REB_MOMENT_SPOKEN;
        reb_moment_from_name(&kind, reb_col_text(q, 0));
        st = add_moment(l, reb_moment_at(kind, reb_col_i64(q, 1)), err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status look_at_days(looking *l, reb_store *s, const reb_business *b, int64_t head_id, int64_t *last_day, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *last_day = INT64_MIN;
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_DAYS_OF, REB_ARGS(reb_i(head_id), reb_i(reb_business_day(b, l->now_us))), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t day = reb_col_i64(q, 0);
        if (day > *last_day) *last_day = day;
        st = add_moment(l, reb_moment_at(REB_MOMENT_PURCHASE, reb_zone_day_start(b->zone, day)), err);
    }
    reb_stmt_close(q);
    return st;
}

static int newest_first(const void *a, const void *b) {
    const reb_moment *x = a;
    const reb_moment *y = b;
    if (x->at_us != y->at_us) return x->at_us > y->at_us ? -1 : 1;
    return (x->kind > y->kind) - (x->kind < y->kind);
}

reb_status reb_standing_of(reb_standing_view *out, reb_store *s, reb_arena *a, const reb_business *b, int64_t head_id, int64_t now_us,
                           reb_err *err) {
    looking l = {.out = out, .arena = a, .now_us = now_us};
    int64_t last_day = INT64_MIN;
    reb_stmt *q = NULL;
    bool row = true;
    *out = (reb_standing_view){.standing = {.head_id = head_id}};
    reb_status st = reb_query(&q, s, REB_SQL_STANDING_MEMBERS, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t id = reb_col_i64(q, 0);
        st = look_at_cases(&l, s, id, err);
        if (st == REB_OK) st = look_at_promises(&l, s, id, err);
        if (st == REB_OK) st = look_at_answers(&l, s, id, err);
        if (st == REB_OK) st = look_at_events(&l, s, id, err);
    }
    reb_stmt_close(q);
    if (st == REB_OK) st = look_at_days(&l, s, b, head_id, &last_day, err);
    if (st != REB_OK) return st;
    if (l.count > 1) qsort(l.moments, l.count, sizeof *l.moments, newest_first);
    out->mood = reb_mood_of(l.moments, l.count, now_us);
    for (size_t i = 0; i < l.count; i++)
        if (l.moments[i].kind != REB_MOMENT_PURCHASE) see(&out->standing, &l.moments[i], now_us);
    out->moments = l.moments;
    out->moment_count = l.count < REB_STANDING_MOMENTS ? l.count : REB_STANDING_MOMENTS;
    out->bad_last =
        reb_standing_bad(&out->standing, b, last_day) && out->standing.last_us >= now_us - REB_STANDING_BAD_DAYS * REB_US_PER_DAY;
    if (out->bad_last) out->standing.why |= REB_STANDING_BAD_LAST;
    return REB_OK;
}
