/* The post: how it goes, what waits, and what a person says of it. */
#include "audit.h"
#include "handlers.h"

#include "../app/post.h"

#include <string.h>

reb_status reb_handle_mail_state(reb_request *rq, reb_err *err) {
    return reb_post_state_json(&rq->w, rq->store, reb_rq_business(rq), err);
}

static void tried_json(reb_json *w, const char *key, bool set, const reb_err *e) {
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_kbool(w, "set", set);
    reb_json_kbool(w, "ok", set && e->code == REB_OK);
    reb_json_kstr(w, "problem", e->code != REB_OK ? e->detail : NULL);
    reb_json_kstr(w, "next", e->next[0] != '\0' ? e->next : NULL);
    reb_json_obj_end(w);
}

reb_status reb_handle_mail_check(reb_request *rq, reb_err *err) {
    reb_err out = {0};
    reb_err in = {0};
    int64_t waiting = 0;
    const reb_business *b = reb_rq_business(rq);
    const reb_post p = {.store = rq->store, .business = b, .now_us = reb_clock_now(rq->server->o.wall_clock)};
    reb_status st = reb_post_check(&out, &in, &waiting, &p, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    tried_json(&rq->w, "out", reb_business_text(b, REB_SETTING_MAIL_SMTP)[0] != '\0', &out);
    tried_json(&rq->w, "in", reb_business_text(b, REB_SETTING_MAIL_IMAP)[0] != '\0', &in);
    reb_json_ki64(&rq->w, "waiting", waiting);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_mail_out(reb_request *rq, reb_err *err) {
    const char *state = reb_rq_query(rq, "state");
    return reb_post_out_json(&rq->w, rq->store, state != NULL ? state : "", 0, reb_rq_query_int(rq, "before", 0),
                             reb_rq_query_int(rq, "limit", 50), err);
}

reb_status reb_handle_mail_in(reb_request *rq, reb_err *err) {
    const char *became = reb_rq_query(rq, "became");
    return reb_post_in_json(&rq->w, rq->store, became != NULL ? became : "", reb_rq_query_int(rq, "before", 0),
                            reb_rq_query_int(rq, "limit", 50), err);
}

reb_status reb_handle_mail_case(reb_request *rq, reb_err *err) {
    char who[96];
    int64_t number = 0;
    const reb_post p = {
        .store = rq->store, .business = reb_rq_business(rq), .ids = rq->ids, .now_us = reb_clock_now(rq->server->o.wall_clock)};
    if (p.business == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    reb_rq_who(who, rq);
    reb_status st = reb_post_make_case(&number, &p, reb_rq_param_id(rq, "mail_id"), who, rq->caller.user_id, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kid(&rq->w, "case", number);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_mail_act(reb_request *rq, reb_err *err) {
    reb_outbox_mail m;
    int64_t id = reb_rq_param_id(rq, "mail_id");
    const char *act = reb_rq_text(rq, "act");
    int64_t now = reb_clock_now(rq->server->o.wall_clock);
    reb_status st = strcmp(act, "retry") == 0     ? reb_outbox_retry(rq->store, id, rq->caller.name, now, err)
                    : strcmp(act, "arrived") == 0 ? reb_outbox_settle(rq->store, id, rq->caller.name, now, err)
                                                  : reb_outbox_withdraw(rq->store, id, rq->caller.name, now, err);
    if (st == REB_OK) st = reb_outbox_get(&m, rq->store, &rq->arena, id, err);
    if (st == REB_OK) reb_post_mail_json(&rq->w, &m);
    return st;
}
