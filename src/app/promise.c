#include "promise.h"

#include "../base/clock.h"
#include "../domain/customer.h"
#include "../domain/person.h"
#include "case.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left for promises.");
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------- */

static reb_status name_of(reb_promise_row *r, const reb_promise_ctx *c, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool found = false;
    r->name = "";
    if (r->p.customer_id == 0) return REB_OK;
    reb_status st = reb_get_i64(&r->head_id, &found, c->store, REB_SQL_PROMISE_HEAD, REB_ARGS(reb_i(r->p.customer_id)), err);
    if (st == REB_OK) st = reb_query(&q, c->store, REB_SQL_TODAY_PERSON, REB_ARGS(reb_i(r->head_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    for (int i = 0; st == REB_OK && row && i < 3 && r->name[0] == '\0'; i++) {
        r->name = reb_arena_strdup(c->arena, reb_col_text(q, i));
        if (r->name == NULL) st = no_memory(err);
    }
    reb_stmt_close(q);
    return st;
}

static reb_status owner_of(reb_promise_row *r, const reb_promise_ctx *c, reb_err *err) {
    reb_person p;
    bool found = false;
    r->owner = "";
    if (r->p.owner_id == 0) return REB_OK;
    reb_status st = reb_person_get(&p, &found, c->store, r->p.owner_id, err);
    if (st != REB_OK || !found) return st;
    r->owner = reb_arena_strdup(c->arena, p.name[0] != '\0' ? p.name : p.email);
    return r->owner != NULL ? REB_OK : no_memory(err);
}

/* Everything about a row but the promise itself, which is there. */
static reb_status fill(reb_promise_row *r, const reb_promise_ctx *c, reb_err *err) {
    r->state = reb_promise_at(r->p.state, r->p.due_us, c->now_us);
    r->late_us = reb_promise_late_us(r->p.state, r->p.due_us, r->p.ended_us, c->now_us);
    reb_promise_said said = {.text = "", .why = "", .made_by = "", .ended_by = ""};
    reb_status st = name_of(r, c, err);
    if (st == REB_OK) st = owner_of(r, c, err);
    if (st == REB_OK && strcmp(r->p.origin, "order") != 0) st = reb_promise_words(&said, c->store, c->arena, &r->p, err);
    r->text = said.text;
    r->why = said.why;
    r->made_by = said.made_by;
    r->ended_by = said.ended_by;
    return st;
}

reb_status reb_promise_show(reb_promise_row *out, const reb_promise_ctx *c, int64_t promise_id, reb_err *err) {
    bool sees = true;
    *out = (reb_promise_row){0};
    reb_status st = reb_promise_get(&out->p, c->store, c->arena, promise_id, err);
    if (st == REB_OK) st = fill(out, c, err);
    if (st == REB_OK && out->head_id != 0) st = reb_sight_sees(&sees, c->store, c->sight, out->head_id, err);
    return st == REB_OK && !sees ? reb_fail(err, REB_E_NOT_FOUND, "There is no promise %" PRId64 ".", promise_id) : st;
}

/* The last instant of the business's day. */
static int64_t day_end(const reb_promise_ctx *c) {
    return reb_zone_day_start(c->business->zone, reb_business_day(c->business, c->now_us) + 1) - 1;
}

static reb_arg word_or_any(const char *word) {
    return reb_t(word != NULL ? word : "");
}

typedef struct walk {
    const reb_promise_ctx *c;
    const reb_promise_filter *f;
    int64_t head_id; /* of the customer asked for; 0 */
    bool rising;
    int64_t at_us, at_id; /* where it has come to */
    bool end;
} walk;

static reb_status open_list(reb_stmt **q, const walk *k, int64_t limit, reb_err *err) {
    const reb_promise_filter *f = k->f;
    reb_store *s = k->c->store;
    const reb_arg at_us = reb_i(k->at_us);
    const reb_arg at_id = reb_i(k->at_id);
    if (k->head_id != 0)
        return reb_query(q, s, REB_SQL_PROMISE_LIST_CUSTOMER, REB_ARGS(reb_i(k->head_id), at_us, at_id, reb_i(limit)), err);
    if (f->case_number != 0)
        return reb_query(q, s, REB_SQL_PROMISE_LIST_CASE, REB_ARGS(reb_i(f->case_number), at_us, at_id, reb_i(limit)), err);
    reb_arg args[] = {reb_i(k->c->now_us),
                      at_us,
                      at_id,
                      reb_i(limit),
                      word_or_any(f->kind),
                      reb_i(f->owner_id),
                      word_or_any(f->product),
                      word_or_any(f->branch),
                      word_or_any(f->employee),
                      word_or_any(f->channel),
                      reb_i(f->today ? day_end(k->c) : INT64_MAX)};
    if (k->rising) return reb_query(q, s, REB_SQL_PROMISE_FIND_OPEN, args, 11, err);
    if (f->state != NULL && *f->state == REB_PROMISE_BROKEN) return reb_query(q, s, REB_SQL_PROMISE_FIND_BROKEN, args, 10, err);
    if (f->state != NULL) {
        args[0] = reb_t(reb_promise_state_name(*f->state));
        return reb_query(q, s, REB_SQL_PROMISE_FIND_ENDED, args, 10, err);
    }
    args[0] = reb_i(INT64_MAX);
    return reb_query(q, s, REB_SQL_PROMISE_FIND_ALL, args, 10, err);
}

/* Whose promises are asked for has few: their state is looked at here. */
static bool wanted(const walk *k, const reb_promise *p) {
    bool of_somebody = k->head_id != 0 || k->f->case_number != 0;
    return !of_somebody || k->f->state == NULL || reb_promise_at(p->state, p->due_us, k->c->now_us) == *k->f->state;
}

/* The next few, into `rows`; at most `room`. */
static reb_status walk_on(reb_promise_row *rows, size_t *count, walk *k, int64_t room, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t seen = 0;
    *count = 0;
    reb_status st = open_list(&q, k, room, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_promise p;
        seen++;
        if (!reb_promise_read(&p, q, k->c->arena)) st = no_memory(err);
        if (st != REB_OK) break;
        k->at_us = p.due_us;
        k->at_id = p.promise_id;
        if (wanted(k, &p)) rows[(*count)++].p = p;
    }
    reb_stmt_close(q);
    k->end = seen < room;
    return st;
}

reb_status reb_promise_list(reb_promise_page *out, const reb_promise_ctx *c, const reb_promise_filter *f, reb_err *err) {
    enum { TURNS = 20 }; /* so often it is looked further when few may be seen */
    int64_t limit = f->limit <= 0 ? REB_PROMISE_PAGE : f->limit < REB_PROMISE_PAGE_MOST ? f->limit : REB_PROMISE_PAGE_MOST;
    walk k = {.c = c, .f = f, .rising = f->state != NULL && *f->state == REB_PROMISE_OPEN && f->customer_id == 0 && f->case_number == 0};
    k.at_us = k.at_id = k.rising ? INT64_MIN : INT64_MAX;
    int used = 0;
    reb_customer_state who = {0};
    *out = (reb_promise_page){0};
    if (f->after != NULL && (sscanf(f->after, "%" SCNd64 "-%" SCNd64 "%n", &k.at_us, &k.at_id, &used) != 2 || f->after[used] != '\0'))
        return reb_fail(err, REB_E_USAGE, "That is no place in a list of promises.");
    reb_status st = f->customer_id != 0 ? reb_customer_state_get(&who, c->store, f->customer_id, err) : REB_OK;
    k.head_id = who.head_id;
    /* One more than is shown: it tells whether there is a page after. */
    reb_promise_row *found = reb_arena_zalloc(c->arena, (size_t)limit + 1, sizeof *found);
    out->rows = reb_arena_zalloc(c->arena, (size_t)limit + 1, sizeof *out->rows);
    if (st == REB_OK && (out->rows == NULL || found == NULL)) st = no_memory(err);
    size_t full = (size_t)limit + 1;
    for (int turn = 0; st == REB_OK && turn < TURNS && !k.end && out->count < full; turn++) {
        size_t n = 0;
        st = walk_on(found, &n, &k, limit + 1, err);
        for (size_t i = 0; i < n && st == REB_OK && out->count < full; i++) {
            bool sees = true;
            st = fill(&found[i], c, err);
            if (st == REB_OK && found[i].head_id != 0) st = reb_sight_sees(&sees, c->store, c->sight, found[i].head_id, err);
            if (st == REB_OK && sees) out->rows[out->count++] = found[i];
        }
    }
    if (st == REB_OK && out->count == full) {
        out->count--;
        const reb_promise *last = &out->rows[out->count - 1].p;
        k = (walk){.at_us = last->due_us, .at_id = last->promise_id};
    }
    if (st == REB_OK && !k.end) {
        out->next = reb_arena_printf(c->arena, "%" PRId64 "-%" PRId64, k.at_us, k.at_id);
        if (out->next == NULL) st = no_memory(err);
    }
    return st;
}

reb_status reb_promise_count(reb_promise_counts *out, const reb_promise_ctx *c, const reb_promise_filter *f, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *out = (reb_promise_counts){0};
    reb_status st = reb_query(&q, c->store, REB_SQL_PROMISE_COUNTS,
                              REB_ARGS(reb_i(c->now_us), reb_i(day_end(c)), word_or_any(f->kind), reb_i(f->owner_id),
                                       word_or_any(f->product), word_or_any(f->branch), word_or_any(f->employee), word_or_any(f->channel)),
                              err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_promise_state s = REB_PROMISE_OPEN;
        bool today = strcmp(reb_col_text(q, 0), "today") == 0;
        if (today) out->today += reb_col_i64(q, 1);
        if (today || reb_promise_state_from_name(&s, reb_col_text(q, 0))) out->of[s] += reb_col_i64(q, 1);
    }
    reb_stmt_close(q);
    return st;
}

/* --- JSON ----------------------------------------------------------------------------------------------------------------------------- */

static void id_or_null(reb_json *w, const char *key, int64_t id) {
    if (id != 0) {
        reb_json_kid(w, key, id);
    } else {
        reb_json_knull(w, key);
    }
}

void reb_promise_row_json(reb_json *w, const reb_promise_row *r) {
    const reb_promise *p = &r->p;
    reb_json_obj(w);
    reb_json_kid(w, "id", p->promise_id);
    reb_json_kstr(w, "kind", reb_promise_kind_name(p->kind));
    reb_json_kstr(w, "origin", p->origin);
    reb_json_kstr(w, "state", reb_promise_state_name(r->state));
    reb_json_kstr(w, "text", r->text);
    reb_json_kstr(w, "why", r->why);
    reb_json_ktime(w, "made_at", p->made_us);
    reb_json_ktime(w, "due_at", p->due_us);
    if (p->ended_us != 0) {
        reb_json_ktime(w, "ended_at", p->ended_us);
    } else {
        reb_json_knull(w, "ended_at");
    }
    reb_json_ki64(w, "late_us", r->late_us);
    id_or_null(w, "customer_id", r->head_id);
    reb_json_kstr(w, "name", r->name);
    id_or_null(w, "order_id", p->order_id);
    if (p->case_number != 0) {
        reb_json_ki64(w, "case", p->case_number);
    } else {
        reb_json_knull(w, "case");
    }
    id_or_null(w, "owner_id", p->owner_id);
    reb_json_kstr(w, "owner", r->owner);
    reb_json_kstr(w, "made_by", r->made_by);
    reb_json_kstr(w, "ended_by", r->ended_by);
    reb_json_kstr(w, "product", p->product);
    reb_json_kstr(w, "branch", p->branch);
    reb_json_kstr(w, "employee", p->employee);
    reb_json_kstr(w, "channel", p->channel);
    reb_json_obj_end(w);
}

void reb_promise_page_json(reb_json *w, const reb_promise_page *p) {
    reb_json_obj(w);
    reb_json_key(w, "promises");
    reb_json_arr(w);
    for (size_t i = 0; i < p->count; i++) reb_promise_row_json(w, &p->rows[i]);
    reb_json_arr_end(w);
    reb_json_kstr(w, "next", p->next);
    reb_json_obj_end(w);
}

void reb_promise_counts_json(reb_json *w, const reb_promise_counts *n) {
    static const reb_promise_state order[] = {REB_PROMISE_OPEN, REB_PROMISE_BROKEN, REB_PROMISE_LATE, REB_PROMISE_KEPT,
                                              REB_PROMISE_RELEASED};
    reb_json_obj(w);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++) reb_json_ki64(w, reb_promise_state_name(order[i]), n->of[order[i]]);
    reb_json_ki64(w, "today", n->today);
    reb_json_obj_end(w);
}

/* --- writing -------------------------------------------------------------------------------------------------------------------------- */

typedef struct making {
    const reb_promise_ctx *c;
    const reb_promise_new *n;
    int64_t id;
    bool known;
} making;

/* Tells the case in which a promise was made, or the one that goes on for it, what became of it. */
static reb_status tell(const reb_promise_ctx *c, reb_store *s, int64_t case_number, int64_t promise_id, const char *word, int64_t until_us,
                       reb_err *err) {
    reb_case_key at = {0};
    int64_t number = case_number;
    const reb_case_event told = {.kind = REB_CASE_PROMISED,
                                 .at_us = c->now_us,
                                 .who = c->actor != NULL ? c->actor : "local",
                                 .word = word,
                                 .user_id = c->user_id,
                                 .other_id = promise_id,
                                 .until_us = until_us};
    const reb_case_writing w = {.business = c->business, .now_us = c->now_us};
    reb_status st = case_number != 0 ? reb_case_chain(&at, &number, s, case_number, err) : REB_OK;
    return st == REB_OK && case_number != 0 ? reb_case_append(NULL, s, c->arena, &at, &told, 1, NULL, 0, &w, err) : st;
}

/* In a case it is promised to whom the case is from, and the case tells it. */
static reb_status make_work(reb_store *s, void *ctx, reb_err *err) {
    making *m = ctx;
    const reb_promise_ctx *c = m->c;
    reb_promise_new n = *m->n;
    reb_case_key at = {0};
    reb_case_state state;
    bool sees = true;
    reb_status st = REB_OK;
    if (n.case_number != 0) {
        st = reb_case_chain(&at, &n.case_number, s, n.case_number, err);
        if (st == REB_OK) st = reb_case_sees(&sees, s, c->sight, n.case_number, err);
        if (st == REB_OK && !sees) st = reb_fail(err, REB_E_NOT_FOUND, "There is no case C-%" PRId64 ".", n.case_number);
        if (st == REB_OK) st = reb_case_load(&state, s, c->arena, &at, err);
        if (st == REB_OK && n.customer_id == 0) n.customer_id = state.whom_id;
        if (st == REB_OK && (n.channel == NULL || n.channel[0] == '\0')) n.channel = state.channel;
    }
    if (c->user_id != 0 && (n.employee == NULL || n.employee[0] == '\0')) n.employee = c->who;
    if (st == REB_OK) st = reb_promise_add(&m->id, &m->known, s, c->business, &n, c->now_us, c->who, c->ids, err);
    if (st != REB_OK || m->known) return st;
    return tell(c, s, n.case_number, m->id, reb_promise_kind_name(n.kind), n.due_us, err);
}

reb_status reb_promise_make(reb_promise_row *out, bool *known, const reb_promise_ctx *c, const reb_promise_new *n, reb_err *err) {
    making m = {.c = c, .n = n};
    reb_status st = reb_store_write(c->store, make_work, &m, err);
    *known = m.known;
    return st == REB_OK ? reb_promise_show(out, c, m.id, err) : st;
}

typedef struct stepping {
    const reb_promise_ctx *c;
    int64_t promise_id;
    const reb_promise_step *step;
    const char *why;
    int64_t event_id;
} stepping;

static reb_status step_work(reb_store *s, void *ctx, reb_err *err) {
    stepping *k = ctx;
    const reb_promise_ctx *c = k->c;
    reb_promise p = {0};
    reb_status st = reb_promise_step_add(&k->event_id, s, c->business, k->promise_id, k->step, k->why, c->now_us, c->who, c->ids, err);
    if (st == REB_OK) st = reb_promise_get(&p, s, c->arena, k->promise_id, err);
    bool moved = k->step->kind == REB_PROMISE_STEP_MOVED;
    return st == REB_OK ? tell(c, s, p.case_number, p.promise_id, moved ? "moved" : reb_promise_state_name(p.state), p.due_us, err) : st;
}

reb_status reb_promise_step_take(reb_promise_row *out, int64_t *event_id, const reb_promise_ctx *c, int64_t promise_id,
                                 const reb_promise_step *step, const char *why, reb_err *err) {
    stepping k = {.c = c, .promise_id = promise_id, .step = step, .why = why};
    reb_status st = reb_promise_show(out, c, promise_id, err); /* whoever may not see it may not touch it */
    if (st == REB_OK) st = reb_store_write(c->store, step_work, &k, err);
    *event_id = k.event_id;
    return st == REB_OK ? reb_promise_show(out, c, promise_id, err) : st;
}

typedef struct undoing {
    const reb_promise_ctx *c;
    reb_undo_result *out;
    int64_t event_id;
    int64_t case_number;
} undoing;

/* The promise that an act is about is looked for before: once taken back it is no more. */
static reb_status undo_work(reb_store *s, void *ctx, reb_err *err) {
    undoing *u = ctx;
    const reb_promise_ctx *c = u->c;
    reb_promise p = {0};
    reb_stmt *q = NULL;
    bool row = false;
    u->case_number = 0;
    reb_status st = reb_query(&q, s, REB_SQL_PROMISE_OF_ACT, REB_ARGS(reb_i(u->event_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && !reb_promise_read(&p, q, c->arena)) st = no_memory(err);
    reb_stmt_close(q);
    bool gone = p.promise_id == u->event_id;
    if (st == REB_OK) st = reb_undo(u->out, s, c->business, u->event_id, c->who, c->now_us, c->ids, err);
    if (st != REB_OK || u->out->known || p.case_number == 0) return st;
    u->case_number = p.case_number;
    return tell(c, s, p.case_number, p.promise_id, gone ? "taken_back" : "open_again", p.due_us, err);
}

reb_status reb_promise_undo(reb_undo_result *out, int64_t *case_number, const reb_promise_ctx *c, int64_t event_id, reb_err *err) {
    undoing u = {.c = c, .out = out, .event_id = event_id};
    reb_status st = reb_store_write(c->store, undo_work, &u, err);
    *case_number = u.case_number;
    return st;
}

/* --- the gap -------------------------------------------------------------------------------------------------------------------------- */

static const char *const k_by[REB_GAPS] = {"product", "branch", "employee", "channel", "kind"};

const char *reb_gap_by_name(reb_gap_by by) {
    return k_by[by];
}

bool reb_gap_by_from_name(reb_gap_by *out, const char *name) {
    for (int i = 0; i < REB_GAPS; i++)
        if (strcmp(k_by[i], name) == 0) {
            *out = (reb_gap_by)i;
            return true;
        }
    return false;
}

static int worst_first(const void *a, const void *b) {
    const reb_gap_group *x = a;
    const reb_gap_group *y = b;
    if (x->enough != y->enough) return x->enough ? -1 : 1;
    if (x->share.value != y->share.value) return x->share.value < y->share.value ? -1 : 1;
    if (x->count != y->count) return x->count > y->count ? -1 : 1;
    return strcmp(x->value, y->value);
}

static void judge(reb_gap_group *g, double late_days_sum) {
    g->share = reb_share_of(g->kept, g->count);
    g->late_days = g->late > 0 ? late_days_sum / (double)g->late : 0.0;
    g->enough = g->count >= REB_PROMISE_LEAST;
}

/* The median of each group and of all. The values of a group come in order, so the middle of them is counted off. */
static reb_status read_medians(reb_gap *out, reb_gap_group *all, size_t n, const reb_promise_ctx *c, const char *kind, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_gap_group *g = NULL;
    int64_t at = 0;
    reb_status st = reb_query(&q, c->store, REB_SQL_PROMISE_GAP_LATE,
                              REB_ARGS(reb_i(out->now_us), reb_i(out->since_us), reb_t(kind), reb_t(reb_gap_by_name(out->by))), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (g == NULL || strcmp(g->value, reb_col_text(q, 0)) != 0) {
            for (g = all; g < all + n && strcmp(g->value, reb_col_text(q, 0)) != 0;) g++;
            if (g == all + n) g = NULL;
            at = 0;
        }
        if (g == NULL) continue;
        double days = (double)reb_col_i64(q, 1) / (double)REB_US_PER_DAY;
        if (at == (g->late - 1) / 2) g->late_median_days += days / 2.0;
        if (at == g->late / 2) g->late_median_days += days / 2.0;
        at++;
    }
    reb_stmt_close(q);
    if (st != REB_OK || out->total.late == 0) return st;
    q = NULL;
    st = reb_query(&q, c->store, REB_SQL_PROMISE_GAP_LATE_ALL,
                   REB_ARGS(reb_i(out->now_us), reb_i(out->since_us), reb_t(kind), reb_i((out->total.late - 1) / 2)), err);
    for (int i = 0; i < 2 && st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row; i++) {
        double days = (double)reb_col_i64(q, 0) / (double)REB_US_PER_DAY;
        if (i == 0) out->total.late_median_days = days;
        if (i == 1 && out->total.late % 2 == 0) out->total.late_median_days = (out->total.late_median_days + days) / 2.0;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status read_groups(reb_gap *out, const reb_promise_ctx *c, const char *kind, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    size_t cap = 0;
    double late_days = 0.0;
    reb_gap_group *all = NULL;
    size_t n = 0;
    reb_status st = reb_query(&q, c->store, REB_SQL_PROMISE_GAP,
                              REB_ARGS(reb_i(out->now_us), reb_i(out->since_us), reb_t(kind), reb_t(reb_gap_by_name(out->by))), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (n == cap) {
            cap = cap == 0 ? 64 : 2 * cap;
            reb_gap_group *more = realloc(all, cap * sizeof *all);
            if (more == NULL) {
                st = no_memory(err);
                break;
            }
            all = more;
        }
        reb_gap_group *g = &all[n];
        *g = (reb_gap_group){.value = reb_arena_strdup(c->arena, reb_col_text(q, 0)),
                             .count = reb_col_i64(q, 1),
                             .kept = reb_col_i64(q, 2),
                             .late = reb_col_i64(q, 3),
                             .broken = reb_col_i64(q, 4)};
        if (g->value == NULL) {
            st = no_memory(err);
            break;
        }
        judge(g, reb_col_f64(q, 5));
        late_days += reb_col_f64(q, 5);
        out->total.count += g->count;
        out->total.kept += g->kept;
        out->total.late += g->late;
        out->total.broken += g->broken;
        n++;
    }
    reb_stmt_close(q);
    if (st == REB_OK) {
        out->total.value = "";
        judge(&out->total, late_days);
        st = read_medians(out, all, n, c, kind, err);
        if (n > 1) qsort(all, n, sizeof *all, worst_first);
        out->group_count = n < REB_GAP_MOST ? n : REB_GAP_MOST;
        out->left_out = (int64_t)(n - out->group_count);
        out->groups = reb_arena_zalloc(c->arena, out->group_count + 1, sizeof *out->groups);
        if (st == REB_OK && out->groups == NULL) st = no_memory(err);
        if (st == REB_OK && n > 0) memcpy(out->groups, all, out->group_count * sizeof *all);
    }
    free(all);
    return st;
}

reb_status reb_gap_read(reb_gap *out, const reb_promise_ctx *c, reb_gap_by by, const char *kind, int64_t since_us, reb_err *err) {
    const char *only = kind != NULL ? kind : "";
    *out = (reb_gap){.by = by, .now_us = c->now_us, .since_us = since_us != 0 ? since_us : c->now_us - REB_GAP_DAYS * REB_US_PER_DAY};
    reb_status st = read_groups(out, c, only, err);
    if (st != REB_OK || since_us != 0 || out->total.count > 0) return st;
    *out = (reb_gap){.by = by, .now_us = c->now_us, .since_us = INT64_MIN};
    return read_groups(out, c, only, err);
}

static void group_json(reb_json *w, const reb_gap_group *g) {
    reb_json_obj(w);
    reb_json_kstr(w, "value", g->value);
    reb_json_ki64(w, "count", g->count);
    reb_json_ki64(w, "kept", g->kept);
    reb_json_ki64(w, "late", g->late);
    reb_json_ki64(w, "broken", g->broken);
    reb_json_key(w, "share");
    if (g->count > 0) {
        reb_json_obj(w);
        reb_json_kf64(w, "value", g->share.value);
        reb_json_kf64(w, "low", g->share.low);
        reb_json_kf64(w, "high", g->share.high);
        reb_json_kstr(w, "origin", "measured");
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_kf64(w, "late_days", g->late_days);
    reb_json_kf64(w, "late_median_days", g->late_median_days);
    reb_json_kbool(w, "enough", g->enough);
    reb_json_obj_end(w);
}

void reb_gap_json(reb_json *w, const reb_gap *g) {
    reb_json_obj(w);
    reb_json_kstr(w, "by", reb_gap_by_name(g->by));
    if (g->since_us != INT64_MIN) {
        reb_json_ktime(w, "since", g->since_us);
    } else {
        reb_json_knull(w, "since");
    }
    reb_json_key(w, "total");
    group_json(w, &g->total);
    reb_json_key(w, "groups");
    reb_json_arr(w);
    for (size_t i = 0; i < g->group_count; i++) group_json(w, &g->groups[i]);
    reb_json_arr_end(w);
    reb_json_ki64(w, "left_out", g->left_out);
    reb_json_obj_end(w);
}
