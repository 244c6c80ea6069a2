#include "merge.h"

#include "customer.h"
#include "derive.h"
#include "note.h"

#include "../base/buf.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { MOST_MEMBERS = 100000 }; /* of one head; beyond it somebody merges by mistake */

typedef struct member {
    int64_t id;
    int64_t into;
    bool moves;
} member;

typedef struct group {
    member *members; /* in order of id */
    size_t count;
} group;

typedef struct job {
    reb_merge_moved *moved;
    const reb_business *business;
    int64_t a_id, b_id;
    const reb_merge_act *act;
    reb_arena *arena;
    bool known;
} job;

static reb_status read_group(group *g, reb_store *s, int64_t head_id, reb_arena *arena, reb_err *err) {
    reb_stmt *q = NULL;
    size_t cap = 0;
    *g = (group){0};
    reb_status st = reb_query(&q, s, REB_SQL_MERGE_GROUP, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK) {
        bool row = false;
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        if (g->count == cap) {
            cap = cap == 0 ? 8 : 2 * cap;
            member *more = cap > MOST_MEMBERS ? NULL : reb_arena_alloc(arena, cap * sizeof *more);
            if (more == NULL) {
                st = cap > MOST_MEMBERS ? reb_fail(err, REB_E_LIMIT, "More than %d customers are merged into one.", MOST_MEMBERS / 2)
                                        : reb_fail(err, REB_E_MEMORY, "No memory left.");
                break;
            }
            if (g->count > 0) memcpy(more, g->members, g->count * sizeof *more);
            g->members = more;
        }
        g->members[g->count++] = (member){.id = reb_col_i64(q, 0), .into = reb_col_i64(q, 1)};
    }
    reb_stmt_close(q);
    return st;
}

static member *find_member(const group *g, int64_t id) {
    size_t low = 0;
    size_t high = g->count;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (g->members[mid].id < id) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    return low < g->count && g->members[low].id == id ? &g->members[low] : NULL;
}

/* Marks root and everything merged into it, directly or not. */
static void mark_below(group *g, int64_t root) {
    for (size_t i = 0; i < g->count; i++) {
        const member *m = &g->members[i];
        for (size_t steps = 0; m != NULL && steps <= g->count; steps++) { /* the bound only guards against a damaged table */
            if (m->id == root) {
                g->members[i].moves = true;
                break;
            }
            m = m->into != 0 ? find_member(g, m->into) : NULL;
        }
    }
}

static reb_status move_members(reb_merge_moved *out, reb_store *s, const group *g, int64_t head_id, reb_arena *arena, reb_err *err) {
    *out = (reb_merge_moved){.head_id = head_id};
    out->customers = reb_arena_zalloc(arena, g->count + 1, sizeof *out->customers);
    if (out->customers == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (size_t i = 0; i < g->count; i++) {
        if (!g->members[i].moves) continue;
        int64_t id = g->members[i].id;
        reb_status st = reb_exec(s, REB_SQL_MERGE_SET_HEAD, REB_ARGS(reb_i(id), reb_i(head_id)), NULL, err);
        if (st != REB_OK) return st;
        out->customers[out->count++] = id;
    }
    return REB_OK;
}

/* One event on each of the two, with one ext_id, so that a history that holds both can tell it once. */
static reb_status put_events(reb_store *s, const job *j, const char *kind, int64_t head_id, const char *head_role, int64_t other_id,
                             const char *other_role, reb_err *err) {
    int64_t act_id = reb_id_next(j->act->ids);
    char ext_id[64];
    snprintf(ext_id, sizeof ext_id, "%s:%" PRId64, kind, act_id);
    reb_status st = REB_OK;
    for (int side = 1; side >= 0 && st == REB_OK; side--) { /* the head's is the later one: its side is told in a common history */
        reb_buf data = {0};
        reb_json w = {.out = &data};
        reb_json_obj(&w);
        reb_json_kstr(&w, "role", side == 0 ? head_role : other_role);
        reb_json_kid(&w, "other", side == 0 ? other_id : head_id);
        reb_json_kstr(&w, "who", j->act->who);
        reb_json_kstr(&w, "why", j->act->why);
        reb_json_obj_end(&w);
        reb_hand_event e = {.customer_id = side == 0 ? head_id : other_id, .kind = kind, .ext_id = ext_id, .data = reb_buf_cstr(&data)};
        st = data.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.")
                         : reb_hand_event_put(NULL, s, j->business, &e, j->act->now_us, j->act->ids, err);
        reb_buf_free(&data);
    }
    return st;
}

static reb_status merge_work(reb_store *s, void *ctx, reb_err *err) {
    job *j = ctx;
    reb_customer_state keep;
    reb_customer_state other;
    group g;
    reb_status st = reb_customer_state_get(&keep, s, j->a_id, err);
    if (st == REB_OK) st = reb_customer_state_get(&other, s, j->b_id, err);
    if (st != REB_OK) return st;
    if (keep.head_id == other.head_id)
        return reb_fail(err, REB_E_CONFLICT, "%" PRId64 " and %" PRId64 " are one customer already.", j->a_id, j->b_id);
    if (keep.organisation != other.organisation) {
        reb_fail(err, REB_E_CONFLICT, "%" PRId64 " is %s and %" PRId64 " %s; they cannot be one.", j->a_id,
                 keep.organisation ? "an organisation" : "a person", j->b_id, other.organisation ? "an organisation" : "a person");
        reb_err_next(err, "A person inside an organisation is a contact: rebound customer add-contact");
        return REB_E_CONFLICT;
    }
    /* Written though it stays the same: two merges at once that would close a circle meet here, and one of them begins again. */
    st = reb_exec(s, REB_SQL_MERGE_SET_HEAD, REB_ARGS(reb_i(keep.head_id), reb_i(keep.head_id)), NULL, err);
    if (st == REB_OK) st = read_group(&g, s, other.head_id, j->arena, err);
    if (st != REB_OK) return st;
    for (size_t i = 0; i < g.count; i++) g.members[i].moves = true;
    st = move_members(j->moved, s, &g, keep.head_id, j->arena, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_MERGE_SET_INTO, REB_ARGS(reb_i(other.head_id), reb_i(keep.head_id)), NULL, err);
    if (st == REB_OK) st = put_events(s, j, "merge", keep.head_id, "kept", other.head_id, "merged", err);
    if (st == REB_OK) st = reb_derive_customers(s, j->business, (const int64_t[]){keep.head_id, other.head_id}, 2, err);
    return st;
}

static reb_status unmerge_work(reb_store *s, void *ctx, reb_err *err) {
    job *j = ctx;
    reb_customer_state me;
    group g;
    reb_status st = reb_customer_state_get(&me, s, j->a_id, err);
    if (st != REB_OK) return st;
    if (me.merged_into == 0) {
        reb_fail(err, REB_E_CONFLICT, "Customer %" PRId64 " is not merged into anybody.", j->a_id);
        reb_err_next(err, "rebound customer show ID lists who was merged into a customer.");
        return REB_E_CONFLICT;
    }
    st = reb_exec(s, REB_SQL_MERGE_SET_HEAD, REB_ARGS(reb_i(me.head_id), reb_i(me.head_id)), NULL, err);
    if (st == REB_OK) st = read_group(&g, s, me.head_id, j->arena, err);
    if (st != REB_OK) return st;
    mark_below(&g, me.customer_id);
    st = move_members(j->moved, s, &g, me.customer_id, j->arena, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_MERGE_SET_INTO, REB_ARGS(reb_i(me.customer_id), reb_i(0)), NULL, err);
    if (st == REB_OK) st = put_events(s, j, "unmerge", me.head_id, "kept", me.customer_id, "taken_out", err);
    if (st == REB_OK) st = reb_derive_customers(s, j->business, (const int64_t[]){me.head_id, me.customer_id}, 2, err);
    return st;
}

static reb_status not_same_work(reb_store *s, void *ctx, reb_err *err) {
    job *j = ctx;
    reb_customer_state a;
    reb_customer_state b;
    int64_t changed = 0;
    reb_status st = reb_customer_state_get(&a, s, j->a_id, err);
    if (st == REB_OK) st = reb_customer_state_get(&b, s, j->b_id, err);
    if (st != REB_OK) return st;
    if (a.customer_id == b.customer_id) return reb_fail(err, REB_E_CONFLICT, "%" PRId64 " is one customer.", j->a_id);
    if (a.head_id == b.head_id) {
        reb_fail(err, REB_E_CONFLICT, "%" PRId64 " and %" PRId64 " are merged.", j->a_id, j->b_id);
        reb_err_next(err, "Take them apart first: rebound customer unmerge %" PRId64, a.merged_into != 0 ? a.customer_id : b.customer_id);
        return REB_E_CONFLICT;
    }
    int64_t low = a.customer_id < b.customer_id ? a.customer_id : b.customer_id;
    int64_t high = a.customer_id < b.customer_id ? b.customer_id : a.customer_id;
    st = reb_exec(s, REB_SQL_NOT_SAME_PUT, REB_ARGS(reb_i(low), reb_i(high), reb_t(j->act->who), reb_t(j->act->why), reb_i(j->act->now_us)),
                  &changed, err);
    j->known = changed == 0;
    if (st != REB_OK || j->known) return st;
    st = put_events(s, j, "not_same", a.customer_id, "one", b.customer_id, "other", err);
    if (st == REB_OK) st = reb_derive_customers(s, j->business, (const int64_t[]){a.customer_id, b.customer_id}, 2, err);
    return st;
}

reb_status reb_merge(reb_merge_moved *out, reb_store *s, const reb_business *b, int64_t keep_id, int64_t other_id, const reb_merge_act *act,
                     reb_arena *arena, reb_err *err) {
    job j = {.moved = out, .business = b, .a_id = keep_id, .b_id = other_id, .act = act, .arena = arena};
    return reb_store_write(s, merge_work, &j, err);
}

reb_status reb_unmerge(reb_merge_moved *out, reb_store *s, const reb_business *b, int64_t customer_id, const reb_merge_act *act,
                       reb_arena *arena, reb_err *err) {
    job j = {.moved = out, .business = b, .a_id = customer_id, .act = act, .arena = arena};
    return reb_store_write(s, unmerge_work, &j, err);
}

reb_status reb_not_same(bool *known, reb_store *s, const reb_business *b, int64_t a_id, int64_t b_id, const reb_merge_act *act,
                        reb_err *err) {
    job j = {.business = b, .a_id = a_id, .b_id = b_id, .act = act};
    reb_status st = reb_store_write(s, not_same_work, &j, err);
    *known = j.known;
    return st;
}
