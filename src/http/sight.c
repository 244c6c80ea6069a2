/* An agent sees their own and their team's customers, where the owner has set it so. Checked here, before any handler: api/sight.def. */
#include "audit.h"

#include "../app/case.h"
#include "../domain/act.h"
#include "../domain/gesture.h"
#include "../domain/keeper.h"

#include <string.h>

typedef enum sight_rule {
    RULE_CLOSED,
    RULE_FREE,
    RULE_PATH,
    RULE_PAIR,
    RULE_BOTH,
    RULE_ITEM,
    RULE_ACT,
    RULE_LIST,
    RULE_OWN,
    RULE_CASE,
    RULE_GESTURE
} sight_rule;

static sight_rule rule_of(const reb_route *r) {
    static const struct {
        const char *route;
        sight_rule rule;
    } k_rules[] = {
#define REB_SIGHT(route_, rule_) {#route_, RULE_##rule_},
#include "../../api/sight.def"
#undef REB_SIGHT
    };
    for (size_t i = 0; i < sizeof k_rules / sizeof k_rules[0]; i++)
        if (strcmp(k_rules[i].route, r->name) == 0) return k_rules[i].rule;
    return r->right == REB_RIGHT_OPEN || r->right == REB_RIGHT_SELF ? RULE_FREE : RULE_CLOSED;
}

/* Whom they may not see is not there for them. */
static reb_status must_see(reb_request *rq, int64_t customer_id, reb_err *err) {
    bool sees = false;
    reb_status st = reb_sight_sees(&sees, rq->store, rq->sight, customer_id, err);
    return st == REB_OK && !sees ? reb_fail(err, REB_E_NOT_FOUND, "There is no customer %lld.", (long long)customer_id) : st;
}

static reb_status must_see_case(reb_request *rq, reb_err *err) {
    bool sees = false;
    int64_t number = reb_case_number_read(reb_rq_param(rq, "case"));
    reb_status st = reb_case_sees(&sees, rq->store, rq->sight, number, err);
    return st == REB_OK && !sees ? reb_fail(err, REB_E_NOT_FOUND, "There is no case C-%lld.", (long long)number) : st;
}

/* Theirs when its case is. */
static reb_status must_see_gesture(reb_request *rq, reb_err *err) {
    reb_gesture g;
    bool sees = false;
    int64_t id = reb_rq_param_id(rq, "gesture_id");
    reb_status st = reb_gesture_get(&g, rq->store, &rq->arena, id, err);
    if (st == REB_OK) st = reb_case_sees(&sees, rq->store, rq->sight, g.number, err);
    return st == REB_OK && !sees ? reb_fail(err, REB_E_NOT_FOUND, "There is no gesture %lld.", (long long)id) : st;
}

reb_status reb_rq_look(reb_request *rq, reb_err *err) {
    rq->sight = NULL;
    if (rq->caller.role != REB_ROLE_AGENT || rq->caller.user_id == 0) return REB_OK;
    sight_rule rule = rule_of(rq->match.route);
    if (rule == RULE_FREE) return REB_OK;
    const reb_business *b = reb_rq_business(rq);
    if (b == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    if (strcmp(reb_business_text(b, REB_SETTING_AGENTS_SEE), "team") != 0) return REB_OK;
    reb_sight *sight = reb_arena_zalloc(&rq->arena, 1, sizeof *sight);
    if (sight == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    *sight = (reb_sight){.user_id = rq->caller.user_id, .team = rq->caller.team};
    rq->sight = sight;
    int64_t id = 0;
    int64_t episode = 0;
    reb_item_kind kind;
    reb_status st = REB_OK;
    switch (rule) {
        case RULE_CLOSED:
            reb_fail(err, REB_E_DENIED, "Agents see their own and their team's customers here, and this shows others too.");
            reb_err_next(err, "The owner has set it so: agents_see.");
            return REB_E_DENIED;
        case RULE_PATH:
        case RULE_PAIR:
            st = must_see(rq, reb_rq_param_id(rq, "customer_id"), err);
            if (st == REB_OK && rule == RULE_PAIR) st = must_see(rq, reb_rq_id(rq, "other_id"), err);
            return st;
        case RULE_BOTH: st = must_see(rq, reb_rq_id(rq, "a_id"), err); return st == REB_OK ? must_see(rq, reb_rq_id(rq, "b_id"), err) : st;
        case RULE_ITEM: st = reb_item_find(&id, &kind, &episode, rq->store, reb_rq_param(rq, "item"), err); break;
        case RULE_ACT: st = reb_keeper_of_act(&id, rq->store, reb_rq_param_id(rq, "event_id"), err); break;
        case RULE_CASE: return must_see_case(rq, err);
        case RULE_GESTURE: return must_see_gesture(rq, err);
        case RULE_FREE:
        case RULE_LIST:
        case RULE_OWN: return REB_OK;
    }
    return st == REB_OK ? must_see(rq, id, err) : st;
}
