#include "keeper.h"

#include "customer.h"
#include "person.h"

#include <inttypes.h>

reb_status reb_sight_sees(bool *out, reb_store *s, const reb_sight *sight, int64_t customer_id, reb_err *err) {
    int64_t head_id = 0;
    int64_t user_id = 0;
    int64_t one = 0;
    bool found = false;
    *out = sight == NULL || sight->user_id == 0;
    if (*out) return REB_OK;
    reb_status st = reb_get_i64(&head_id, &found, s, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(customer_id)), err);
    if (st == REB_OK && found) st = reb_get_i64(&user_id, &found, s, REB_SQL_KEEPER_GET, REB_ARGS(reb_i(head_id)), err);
    if (st != REB_OK || !found) return st;
    *out = user_id == sight->user_id;
    if (*out || sight->team == NULL || sight->team[0] == '\0') return REB_OK;
    return reb_get_i64(&one, out, s, REB_SQL_KEEPER_SAME_TEAM, REB_ARGS(reb_i(user_id), reb_t(sight->team)), err);
}

typedef struct giving {
    const int64_t *customer_ids;
    size_t count;
    int64_t user_id, now_us;
} giving;

static reb_status give(reb_store *s, void *ctx, reb_err *err) {
    const giving *g = ctx;
    reb_person p;
    bool found = true;
    reb_status st = g->user_id != 0 ? reb_person_get(&p, &found, s, g->user_id, err) : REB_OK;
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_NOT_FOUND, "There is no person %" PRId64 ".", g->user_id);
    for (size_t i = 0; i < g->count && st == REB_OK; i++) {
        reb_customer_state state;
        st = reb_customer_state_get(&state, s, g->customer_ids[i], err);
        if (st != REB_OK) break;
        st = g->user_id != 0
                 ? reb_exec(s, REB_SQL_KEEPER_PUT, REB_ARGS(reb_i(state.head_id), reb_i(g->user_id), reb_i(g->now_us)), NULL, err)
                 : reb_exec(s, REB_SQL_KEEPER_DROP, REB_ARGS(reb_i(state.head_id)), NULL, err);
    }
    return st;
}

reb_status reb_keeper_set(reb_store *s, const int64_t *customer_ids, size_t count, int64_t user_id, int64_t now_us, reb_err *err) {
    giving g = {.customer_ids = customer_ids, .count = count, .user_id = user_id, .now_us = now_us};
    return reb_store_write(s, give, &g, err);
}

reb_status reb_keeper_of_act(int64_t *customer_id, reb_store *s, int64_t event_id, reb_err *err) {
    bool found = false;
    reb_status st = reb_get_i64(customer_id, &found, s, REB_SQL_KEEPER_ACT, REB_ARGS(reb_i(event_id)), err);
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_NOT_FOUND, "There is no act %" PRId64 ".", event_id);
    return st;
}
