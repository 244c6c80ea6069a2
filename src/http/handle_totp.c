/* One's own second factor, and an owner's way to take off that of somebody who has lost the phone and the codes. */
#include "handlers.h"

#include "../app/people.h"
#include "../domain/second_factor.h"
#include "../text/qr.h"

#include <sodium.h>

static int64_t now_of(const reb_request *rq) {
    return reb_clock_now(rq->server->o.wall_clock);
}

/* Whoever found a session open must not be able to shut its owner out: what changes the factor asks for the password. */
static reb_status ask_password(reb_person *p, reb_request *rq, reb_err *err) {
    reb_door door;
    reb_rq_door(&door, rq);
    reb_status st = reb_password_confirm(p, &rq->retry_after_s, rq->store, rq->caller.user_id, reb_rq_text(rq, "password"), &door, err);
    sodium_memzero(p->password_hash, sizeof p->password_hash);
    return st == REB_E_SIGN_IN ? reb_fail(err, REB_E_PASSWORD, "The password is not right.") : st; /* not 401: the session is good */
}

reb_status reb_handle_me_totp(reb_request *rq, reb_err *err) {
    reb_second_factor f;
    reb_status st = reb_second_factor_read(&f, rq->store, rq->caller.user_id, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kbool(&rq->w, "on", f.on);
    if (f.on) {
        reb_json_ktime(&rq->w, "since", f.since_us);
    } else {
        reb_json_knull(&rq->w, "since");
    }
    reb_json_ki64(&rq->w, "codes_left", f.codes_left);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

reb_status reb_handle_me_totp_begin(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_second_factor_new made;
    reb_buf path = {0};
    int size = 0;
    reb_status st = ask_password(&p, rq, err);
    if (st != REB_OK) return st;
    const reb_business *b = reb_rq_business(rq);
    const char *issuer = b != NULL ? reb_business_text(b, REB_SETTING_NAME) : "";
    st = reb_second_factor_begin(&made, rq->store, p.user_id, issuer, p.email, now_of(rq), err);
    if (st == REB_OK) st = reb_qr_path(&path, &size, made.uri, err);
    if (st == REB_OK) {
        reb_json_obj(&rq->w);
        reb_json_kstr(&rq->w, "secret", made.secret);
        reb_json_kstr(&rq->w, "uri", made.uri);
        reb_json_kstr(&rq->w, "qr_path", reb_buf_cstr(&path));
        reb_json_ki64(&rq->w, "qr_size", size);
        reb_json_obj_end(&rq->w);
    }
    sodium_memzero(&made, sizeof made);
    if (path.data != NULL) sodium_memzero(path.data, path.cap);
    reb_buf_free(&path);
    return st;
}

static void codes_json(reb_request *rq, char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT]) {
    reb_json_obj(&rq->w);
    reb_json_key(&rq->w, "recovery_codes");
    reb_json_arr(&rq->w);
    for (size_t i = 0; i < REB_RECOVERY_CODES; i++) reb_json_str(&rq->w, codes[i]);
    reb_json_arr_end(&rq->w);
    reb_json_obj_end(&rq->w);
    sodium_memzero(codes, REB_RECOVERY_CODES * (size_t)REB_RECOVERY_TEXT);
}

reb_status reb_handle_me_totp_confirm(reb_request *rq, reb_err *err) {
    char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT];
    reb_status st = reb_second_factor_confirm(codes, rq->store, rq->caller.user_id, reb_rq_text(rq, "code"), now_of(rq), err);
    if (st == REB_OK) codes_json(rq, codes);
    return st;
}

reb_status reb_handle_me_totp_codes(reb_request *rq, reb_err *err) {
    reb_person p;
    char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT];
    reb_status st = ask_password(&p, rq, err);
    if (st == REB_OK) st = reb_second_factor_renew(codes, rq->store, p.user_id, err);
    if (st == REB_OK) codes_json(rq, codes);
    return st;
}

reb_status reb_handle_me_totp_off(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_status st = ask_password(&p, rq, err);
    return st == REB_OK ? reb_second_factor_off(rq->store, p.user_id, err) : st;
}

reb_status reb_handle_user_totp_off(reb_request *rq, reb_err *err) {
    reb_person p;
    reb_status st = reb_person_need(&p, rq->store, reb_rq_param_id(rq, "user_id"), err);
    sodium_memzero(p.password_hash, sizeof p.password_hash);
    return st == REB_OK ? reb_second_factor_off(rq->store, p.user_id, err) : st;
}
