/* People: oneself, and those whom an owner lets in. */
#include "audit.h"
#include "handlers.h"

#include "../app/people.h"

#include <sodium.h>
#include <string.h>

/* --- oneself
 * ------------------------------------------------------------------------------------------------------------------------------ */

reb_status reb_handle_me_patch(reb_request *rq, reb_err *err) {
    reb_person p;
    const reb_person_profile c = {.name = reb_rq_text(rq, "name"),
                                  .language = reb_rq_text(rq, "language"),
                                  .calendar = reb_rq_text(rq, "calendar"),
                                  .digits = reb_rq_text(rq, "digits"),
                                  .theme = reb_rq_text(rq, "theme")};
    reb_status st = reb_person_profile_set(&p, rq->store, rq->caller.user_id, &c, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    reb_auth_forget(rq->server->auth);
    reb_person_me_json(&rq->w, &p);
    return REB_OK;
}

reb_status reb_handle_me_password(reb_request *rq, reb_err *err) {
    reb_entry entry;
    reb_door door;
    reb_rq_door(&door, rq);
    reb_status st = reb_password_change(&entry, &rq->retry_after_s, rq->store, rq->caller.user_id, reb_rq_text(rq, "old"),
                                        reb_rq_text(rq, "new"), &door, err);
    if (st == REB_OK) st = reb_rq_enter(rq, &entry, err);
    if (st == REB_E_SIGN_IN) { /* not 401: the session is as good as it was */
        st = reb_fail(err, REB_E_WRONG_PASSWORD, "The old password is not right.");
    }
    sodium_memzero(&entry, sizeof entry);
    return st;
}

reb_status reb_handle_me_sessions(reb_request *rq, reb_err *err) {
    return reb_session_list_json(&rq->w, rq->store, rq->caller.user_id, rq->caller.session, reb_clock_now(rq->server->o.wall_clock), err);
}

reb_status reb_handle_me_sessions_end(reb_request *rq, reb_err *err) {
    reb_status st = reb_session_end_all(NULL, rq->store, rq->caller.user_id, rq->caller.session, err);
    if (st == REB_OK) reb_auth_forget(rq->server->auth);
    return st;
}

reb_status reb_handle_me_session_end(reb_request *rq, reb_err *err) {
    reb_status st = reb_session_end_one(rq->store, rq->caller.user_id, reb_rq_param_id(rq, "session_id"), err);
    if (st == REB_OK) reb_auth_forget(rq->server->auth);
    return st;
}

/* --- others
 * ------------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_handle_user_list(reb_request *rq, reb_err *err) {
    return reb_person_list_json(&rq->w, rq->store, err);
}

static reb_status link_json(reb_request *rq, const reb_person *p, const reb_link *link, const char *secret) {
    char text[REB_LINK_TEXT];
    reb_link_text(text, sizeof text, "", link, secret);
    reb_json_obj(&rq->w);
    reb_json_key(&rq->w, "user");
    reb_person_json(&rq->w, p, 0);
    reb_json_kstr(&rq->w, "link", text);
    reb_json_ktime(&rq->w, "expires", link->expires_us);
    reb_json_obj_end(&rq->w);
    sodium_memzero(text, sizeof text);
    return REB_OK;
}

reb_status reb_handle_user_add(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_link link;
    reb_role role;
    char secret[REB_SECRET_TEXT];
    bool any = false;
    reb_status st = reb_role_read(&role, reb_rq_text(rq, "role"), err);
    if (st == REB_OK) st = reb_person_any(&any, rq->store, err);
    if (st == REB_OK && !any) {
        reb_fail(err, REB_E_NO_OWNER, "The first person must be an owner who comes by the link that rebound serve prints.");
        reb_err_next(err, "Or on the terminal: rebound user add EMAIL --role owner");
        return REB_E_NO_OWNER;
    }
    const reb_person_new n = {.email = reb_rq_text(rq, "email"),
                              .name = reb_rq_text(rq, "name"),
                              .team = reb_rq_text(rq, "team"),
                              .role = role,
                              .created_by = rq->caller.user_id};
    if (st == REB_OK) st = reb_invite(&p, &link, secret, rq->store, &n, rq->ids, reb_clock_now(rq->server->o.wall_clock), err);
    if (st == REB_OK) st = link_json(rq, &p, &link, secret);
    sodium_memzero(secret, sizeof secret);
    return st;
}

reb_status reb_handle_user_patch(reb_request *rq, reb_err *err) {
    reb_person p;
    const char *role = reb_rq_text(rq, "role");
    reb_person_change c = {.set_role = role != NULL,
                           .set_disabled = cJSON_HasObjectItem(rq->json_body, "disabled") != 0,
                           .disabled = reb_rq_bool(rq, "disabled", false),
                           .set_team = cJSON_HasObjectItem(rq->json_body, "team") != 0,
                           .team = reb_rq_text(rq, "team")};
    reb_status st = role != NULL ? reb_role_read(&c.role, role, err) : REB_OK;
    if (st == REB_OK)
        st = reb_person_alter(&p, rq->store, reb_rq_param_id(rq, "user_id"), &c, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    reb_auth_forget(rq->server->auth);
    char *asked = cJSON_PrintUnformatted(rq->json_body); /* role, team, shut out or not: nothing personal */
    reb_rq_audit_detail(rq, reb_arena_strdup(&rq->arena, asked));
    cJSON_free(asked);
    reb_person_json(&rq->w, &p, 0);
    return REB_OK;
}

reb_status reb_handle_user_reset(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_link link;
    char secret[REB_SECRET_TEXT];
    reb_status st = reb_reset_link(&p, &link, secret, rq->store, reb_rq_param_id(rq, "user_id"), rq->caller.user_id,
                                   reb_clock_now(rq->server->o.wall_clock), err);
    if (st == REB_OK) st = link_json(rq, &p, &link, secret);
    sodium_memzero(secret, sizeof secret);
    return st;
}

reb_status reb_handle_user_sessions_end(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_status st = reb_person_need(&p, rq->store, reb_rq_param_id(rq, "user_id"), err);
    if (st == REB_OK) st = reb_session_end_all(NULL, rq->store, p.user_id, NULL, err);
    if (st == REB_OK) reb_auth_forget(rq->server->auth);
    return st;
}
