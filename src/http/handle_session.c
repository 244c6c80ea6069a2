/* Signing in and out, and the one-time links. */
#include "handlers.h"

#include "../app/people.h"
#include "../domain/oidc.h"
#include "audit.h"
#include "cookie.h"
#include "session_cookie.h"

#include <sodium.h>
#include <string.h>

enum { KNOWN_DAYS = 180 };

/* --- cookies ---------------------------------------------------------------------------------------------------------------------------
 */

/* `__Host-` keeps other hosts of the same domain from planting one; it needs Secure, so over plain HTTP on this machine the name is
 * shorter. */
static const char *set_cookie(reb_request *rq, bool known, const char *value, long age_s) {
    bool tls = rq->headers.tls;
    const char *age = age_s < 0 ? "" : reb_arena_printf(&rq->arena, "; Max-Age=%ld", age_s);
    return reb_arena_printf(&rq->arena, "%s=%s; Path=/; HttpOnly; SameSite=Strict%s%s", reb_cookie_name(tls, known), value,
                            tls ? "; Secure" : "", age != NULL ? age : "");
}

void reb_rq_door(reb_door *out, reb_request *rq) {
    char address[INET6_ADDRSTRLEN];
    char device[REB_SESSION_DEVICE];
    char known[REB_SECRET_TEXT];
    char old[REB_SECRET_TEXT];
    const reb_head *h = &rq->headers;
    reb_rq_address(address, rq);
    reb_device_words(device, h->user_agent);
    bool has_known = reb_cookie_find(known, sizeof known, h->cookie, reb_cookie_name(h->tls, true)) && reb_secret_well_formed(known);
    bool has_old = reb_cookie_find(old, sizeof old, h->cookie, reb_cookie_name(h->tls, false)) && reb_secret_well_formed(old);
    *out = (reb_door){.place = {.address = reb_arena_strdup(&rq->arena, address),
                                .device = reb_arena_strdup(&rq->arena, device),
                                .known = has_known ? reb_arena_strdup(&rq->arena, known) : NULL},
                      .old_session = has_old ? reb_arena_strdup(&rq->arena, old) : NULL,
                      .ids = rq->ids,
                      .now_us = reb_clock_now(rq->server->o.wall_clock)};
}

/* --- the session as the console sees it --------------------------------------------------------------------------------------------------
 */

static void offset_json(reb_json *w, int64_t from_us, int32_t offset_s) {
    reb_json_obj(w);
    reb_json_ktime(w, "from", from_us);
    reb_json_ki64(w, "offset_s", offset_s);
    reb_json_obj_end(w);
}

/* Browsers bring rules of their own, as old as they are. */
static void offsets_json(reb_json *w, const reb_zone *z, int64_t now_us) {
    enum { OFFSETS = 63 };
    const int64_t years = 3 * 366 * REB_US_PER_DAY;
    int64_t at_us[OFFSETS];
    int32_t offset_s[OFFSETS];
    int64_t from_us = now_us - now_us % REB_US_PER_DAY - years;
    int64_t until_us = from_us + 2 * years;
    size_t n = reb_zone_changes(at_us, offset_s, OFFSETS, z, from_us + 1, until_us);
    if (n > OFFSETS) { /* ten changes a year: none had so many */
        n = OFFSETS;
        until_us = at_us[OFFSETS - 1];
    }
    reb_json_key(w, "offsets");
    reb_json_arr(w);
    offset_json(w, from_us, reb_zone_offset_s(z, from_us));
    for (size_t i = 0; i < n; i++) offset_json(w, at_us[i], offset_s[i]);
    reb_json_arr_end(w);
    reb_json_ktime(w, "offsets_until", until_us);
}

static reb_status business_json(reb_request *rq, reb_err *err) {
    static const struct {
        const char *name;
        reb_setting key;
    } k_members[] = {{"name", REB_SETTING_NAME},
                     {"timezone", REB_SETTING_TIMEZONE},
                     {"language", REB_SETTING_LANGUAGE},
                     {"calendar", REB_SETTING_CALENDAR},
                     {"digits", REB_SETTING_DIGITS}};
    bool wanted = false;
    reb_status st = reb_setup_wanted(&wanted, rq->store, err);
    if (st != REB_OK) return st;
    const reb_business *b = wanted ? NULL : reb_rq_business(rq);
    reb_json_key(&rq->w, "business");
    if (b == NULL) {
        reb_json_null(&rq->w);
        return REB_OK;
    }
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "currency", b->currency);
    for (size_t i = 0; i < sizeof k_members / sizeof k_members[0]; i++)
        reb_json_kstr(&rq->w, k_members[i].name, reb_business_text(b, k_members[i].key));
    offsets_json(&rq->w, b->zone, reb_clock_now(rq->server->o.wall_clock));
    reb_json_obj_end(&rq->w);
    return REB_OK;
}

/* Another way to sign in, where one is set up. */
static reb_status oidc_json(reb_request *rq, reb_err *err) {
    reb_oidc_provider p;
    reb_status st = reb_oidc_provider_get(&p, rq->store, err);
    reb_json_key(&rq->w, "oidc");
    if (st == REB_OK && p.set) {
        reb_json_obj(&rq->w);
        reb_json_kstr(&rq->w, "name", p.name);
        reb_json_obj_end(&rq->w);
    } else {
        reb_json_null(&rq->w);
    }
    sodium_memzero(&p, sizeof p);
    return st;
}

static reb_status session_json(reb_request *rq, const char *state, const reb_person *user, const char *csrf, reb_err *err) {
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "state", state);
    reb_json_key(&rq->w, "user");
    if (user != NULL) {
        reb_person_me_json(&rq->w, user);
    } else {
        reb_json_null(&rq->w);
    }
    reb_status st = business_json(rq, err);
    reb_json_kstr(&rq->w, "csrf", csrf);
    if (st == REB_OK) st = oidc_json(rq, err);
    reb_json_obj_end(&rq->w);
    return st;
}

reb_status reb_rq_session_cookies(reb_request *rq, const reb_entry *entry, reb_err *err) {
    reb_auth_forget(rq->server->auth);
    rq->cookies[0] = set_cookie(rq, false, entry->session, -1);
    rq->cookies[1] = set_cookie(rq, true, entry->known, (long)KNOWN_DAYS * 86400);
    return rq->cookies[0] != NULL && rq->cookies[1] != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_rq_enter(reb_request *rq, const reb_entry *entry, reb_err *err) {
    char csrf[REB_SECRET_TEXT];
    reb_auth_forget(rq->server->auth);
    if (entry->session[0] == '\0') { /* a password was set; the second factor is still wanted */
        reb_rq_about(rq, entry->person.user_id);
        return session_json(rq, "signed_out", NULL, "", err);
    }
    reb_status st = reb_rq_session_cookies(rq, entry, err);
    if (st != REB_OK) return st;
    reb_secret_csrf(csrf, entry->session);
    rq->caller.user_id = entry->person.user_id; /* for the logs: this is who has come */
    rq->caller.role = entry->person.role;
    return session_json(rq, "signed_in", &entry->person, csrf, err);
}

reb_status reb_handle_session_get(reb_request *rq, reb_err *err) {
    reb_person p;
    bool found = false;
    bool any = false;
    bool wanted = false;
    char csrf[REB_SECRET_TEXT];
    if (rq->caller.user_id != 0) {
        reb_status st = reb_person_get(&p, &found, rq->store, rq->caller.user_id, err);
        if (st != REB_OK) return st;
        reb_secret_csrf(csrf, rq->caller.session);
        if (found) return session_json(rq, "signed_in", &p, csrf, err);
    }
    reb_status st = reb_person_any(&any, rq->store, err);
    if (st == REB_OK) st = reb_setup_wanted(&wanted, rq->store, err);
    if (st != REB_OK) return st;
    bool local = rq->caller.local && !wanted;
    /* The word of `local` guards nothing: it makes a page's writes such as no other page can send. */
    return session_json(rq, local ? "local" : any ? "signed_out" : "nobody_yet", NULL, local ? "local" : "", err);
}

/* --- ways in
 * ------------------------------------------------------------------------------------------------------------------------------ */

/* A password crosses no network in plain. */
static reb_status may_take_password(const reb_request *rq, reb_err *err) {
    if (rq->headers.tls || (rq->headers.proxy == NULL && reb_host_is_loopback(rq->headers.host))) return REB_OK;
    reb_fail(err, REB_E_NEEDS_TLS, "Passwords are taken over an encrypted connection, or on this machine by the name localhost.");
    reb_err_next(err, "Put nginx or Caddy with TLS before Rebound and start it with: rebound serve --behind-tls");
    return REB_E_NEEDS_TLS;
}

reb_status reb_handle_session_add(reb_request *rq, reb_err *err) {
    reb_entry entry;
    reb_door door;
    reb_status st = may_take_password(rq, err);
    if (st != REB_OK) return st;
    reb_rq_door(&door, rq);
    st = reb_sign_in(&entry, &rq->retry_after_s, rq->store, reb_rq_text(rq, "email"), reb_rq_text(rq, "password"), reb_rq_text(rq, "code"),
                     &door, err);
    bool tried = st == REB_E_SIGN_IN || (st == REB_E_SECOND_FACTOR && reb_rq_text(rq, "code") != NULL);
    if (tried && entry.person.user_id != 0) reb_rq_about(rq, entry.person.user_id); /* whose account was tried: for the audit log */
    if (st == REB_OK) st = reb_rq_enter(rq, &entry, err);
    sodium_memzero(&entry, sizeof entry);
    return st;
}

reb_status reb_handle_session_remove(reb_request *rq, reb_err *err) {
    reb_status st = reb_session_end(rq->store, rq->caller.session, err);
    if (st != REB_OK) return st;
    reb_auth_forget(rq->server->auth);
    rq->cookies[0] = set_cookie(rq, false, "", 0);
    return rq->cookies[0] != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static const char *member(const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

reb_status reb_handle_welcome(reb_request *rq, reb_err *err) {
    const cJSON *b = cJSON_GetObjectItemCaseSensitive(rq->json_body, "business");
    const reb_first_setting settings[] = {{"name", member(b, "name")},
                                          {"currency", member(b, "currency")},
                                          {"timezone", member(b, "timezone")},
                                          {"language", member(b, "language")},
                                          {"calendar", member(b, "calendar")},
                                          {"digits", member(b, "digits")},
                                          {"margin_rate", member(b, "margin_rate")},
                                          {NULL, NULL}};
    reb_entry entry;
    reb_door door;
    reb_status st = may_take_password(rq, err);
    if (st != REB_OK) return st;
    reb_rq_door(&door, rq);
    st = reb_welcome(&entry, rq->store, reb_rq_text(rq, "token"), reb_rq_text(rq, "name"), reb_rq_text(rq, "email"),
                     reb_rq_text(rq, "password"), cJSON_IsObject(b) ? settings : NULL, &door, err);
    if (st == REB_OK) st = reb_rq_enter(rq, &entry, err);
    sodium_memzero(&entry, sizeof entry);
    return st;
}

reb_status reb_handle_link_check(reb_request *rq, reb_err *err) {
    reb_link link;
    reb_person p;
    int64_t now = reb_clock_now(rq->server->o.wall_clock);
    reb_status st = reb_link_check(&link, &p, rq->store, reb_rq_text(rq, "token"), now, err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "kind", reb_link_kind_name(link.kind));
    reb_json_kstr(&rq->w, "name", p.name);
    reb_json_kstr(&rq->w, "email", p.email);
    reb_json_kstr(&rq->w, "role", link.kind == REB_LINK_WELCOME ? "owner" : reb_role_name(p.role));
    reb_json_ktime(&rq->w, "expires", link.expires_us);
    st = business_json(rq, err);
    reb_json_obj_end(&rq->w);
    return st;
}

reb_status reb_handle_link_use(reb_request *rq, reb_err *err) {
    reb_entry entry;
    reb_door door;
    reb_status st = may_take_password(rq, err);
    if (st != REB_OK) return st;
    reb_rq_door(&door, rq);
    st = reb_link_enter(&entry, rq->store, reb_rq_text(rq, "token"), reb_rq_text(rq, "name"), reb_rq_text(rq, "password"), &door, err);
    if (st == REB_OK) st = reb_rq_enter(rq, &entry, err);
    sodium_memzero(&entry, sizeof entry);
    return st;
}
