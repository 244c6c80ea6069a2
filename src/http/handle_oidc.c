/* Leaving for the sign-in provider and coming back.

   The way back is a navigation that another site began. A cookie that is SameSite=Strict is not sent with it, so what the browser keeps
   meanwhile is Lax; it holds nothing but what this one sign-in needs, sealed. The session's own cookie stays Strict: it is set by the
   answer, which is a small page of this site, and the step from there to the console is a step within the site, with which it is sent. */
#include "handlers.h"

#include "../app/oidc.h"
#include "../text/message.h"
#include "audit.h"
#include "cookie.h"
#include "session_cookie.h"

#include <sodium.h>
#include <string.h>

static const char k_style[] =
    "body{font:1.05rem/1.6 system-ui,sans-serif;max-width:32rem;margin:18vh auto;padding:0 1.5rem;color:#1c2430;background:#f7f8fa}"
    "a{color:#1d4ed8}@media(prefers-color-scheme:dark){body{color:#e6e9ef;background:#14171c}a{color:#8ab4ff}}";

/* `__Host-` needs Secure, which plain HTTP on this machine has not. */
static const char *cookie_name(bool tls) {
    return tls ? "__Host-rebound-oidc" : "rebound-oidc";
}

static const char *state_cookie(reb_request *rq, bool tls, const char *value, int age_s) {
    return reb_arena_printf(&rq->arena, "%s=%s; Path=/; HttpOnly; SameSite=Lax; Max-Age=%d%s", cookie_name(tls), value, age_s,
                            tls ? "; Secure" : "");
}

/* --- the page of this site ---------------------------------------------------------------------------------------------------------------
 */

static const char *policy(reb_arena *a) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    char text[64];
    crypto_hash_sha256(hash, (const unsigned char *)k_style, sizeof k_style - 1);
    sodium_bin2base64(text, sizeof text, hash, sizeof hash, sodium_base64_VARIANT_ORIGINAL);
    return reb_arena_printf(a, "default-src 'none'; style-src 'sha256-%s'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                            text);
}

static const char *sentence(const reb_voice *v, reb_oidc_why why) {
    switch (why) {
        case REB_OIDC_WELL: return reb_say_oidc_well(v);
        case REB_OIDC_OVER: return reb_say_oidc_over(v);
        case REB_OIDC_CANCELLED: return reb_say_oidc_cancelled(v);
        case REB_OIDC_UNVERIFIED: return reb_say_oidc_unverified(v);
        case REB_OIDC_NOBODY: return reb_say_oidc_nobody(v);
        case REB_OIDC_OTHER: return reb_say_oidc_other(v);
        case REB_OIDC_PROVIDER: break;
    }
    return reb_say_error_provider(v);
}

/* The catalogues hold no sign of HTML, and nothing that came from outside is written. */
static reb_status page(reb_request *rq, reb_oidc_why why, reb_err *err) {
    reb_locale locale = {0};
    const reb_business *b = reb_rq_business(rq);
    if (b != NULL) locale = reb_locale_of(reb_business_text(b, REB_SETTING_LANGUAGE), NULL, NULL);
    const reb_voice v = {.arena = &rq->arena, .locale = &locale};
    rq->policy = policy(&rq->arena);
    if (rq->policy == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    rq->content_type = "text/html; charset=utf-8";
    reb_buf_clear(&rq->out);
    reb_buf_printf(&rq->out, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">",
                   reb_language_code(locale.language), reb_language_rtl(locale.language) ? "rtl" : "ltr");
    if (why == REB_OIDC_WELL) reb_buf_str(&rq->out, "<meta http-equiv=\"refresh\" content=\"0;url=/\">");
    reb_buf_printf(
        &rq->out,
        "<meta name=\"viewport\" content=\"width=device-width\"><title>%s</title><style>%s</style></head>\n<body><main><h1>%s</h1>"
        "<p>%s</p><p><a href=\"/\">%s</a></p></main></body></html>\n",
        reb_say_oidc_title(&v), k_style, reb_say_oidc_title(&v), sentence(&v, why),
        why == REB_OIDC_WELL ? reb_say_oidc_open(&v) : reb_say_oidc_back(&v));
    return REB_OK;
}

/* What exactly went wrong is for whoever looks after the server; it holds no code, no token and no address. */
static void note(const reb_request *rq, const reb_err *e) {
    const reb_log_field fields[] = {{"why", e->detail, 0}, {NULL, NULL, 0}};
    reb_log_write(&rq->server->o.log, REB_LOG_WARN, "a sign-in by the provider went no further", fields);
}

static reb_status leave(reb_request *rq, reb_err *err) {
    reb_oidc_leaving leaving;
    reb_status st = reb_oidc_leave(&leaving, rq->server->oidc, rq->store, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    if (leaving.tls && !rq->headers.tls) {
        reb_fail(err, REB_E_NEEDS_TLS,
                 "The address that was set for sign-in by the provider is https, but this request did not come that way.");
        reb_err_next(err, "Put nginx or Caddy with TLS before Rebound and start it with: rebound serve --behind-tls");
        return REB_E_NEEDS_TLS;
    }
    rq->location = reb_arena_strdup(&rq->arena, leaving.url);
    rq->cookies[0] = state_cookie(rq, rq->headers.tls, leaving.cookie, REB_OIDC_LIFE_S);
    rq->content_type = "text/html; charset=utf-8";
    sodium_memzero(&leaving, sizeof leaving);
    return rq->location != NULL && rq->cookies[0] != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* Whoever pressed the button and cannot leave gets words, not JSON. */
reb_status reb_handle_oidc_start(reb_request *rq, reb_err *err) {
    reb_err refused = {0};
    reb_status st = leave(rq, &refused);
    if (st == REB_OK) return st;
    if (rq->headers.fetch_dest == NULL || strcmp(rq->headers.fetch_dest, "document") != 0) {
        *err = refused;
        return st;
    }
    note(rq, &refused);
    rq->status = (unsigned)reb_status_http(st);
    return page(rq, REB_OIDC_PROVIDER, err);
}

static reb_status come_in(reb_request *rq, int64_t user_id, reb_err *err) {
    reb_entry entry;
    reb_door door;
    reb_rq_door(&door, rq);
    reb_status st = reb_enter(&entry, rq->store, user_id, "oidc", &door, err);
    if (st == REB_OK) st = reb_rq_session_cookies(rq, &entry, err);
    sodium_memzero(&entry, sizeof entry);
    if (st == REB_OK) rq->caller.user_id = user_id; /* in the audit log it is they who signed in */
    return st;
}

reb_status reb_handle_oidc_callback(reb_request *rq, reb_err *err) {
    char sealed[REB_OIDC_COOKIE];
    bool has = reb_cookie_find(sealed, sizeof sealed, rq->headers.cookie, cookie_name(rq->headers.tls));
    const reb_oidc_return back = {.code = reb_rq_query(rq, "code"),
                                  .state = reb_rq_query(rq, "state"),
                                  .issuer = reb_rq_query(rq, "iss"),
                                  .error = reb_rq_query(rq, "error"),
                                  .cookie = has ? sealed : NULL};
    int64_t user_id = 0;
    reb_oidc_why why = REB_OIDC_PROVIDER;
    reb_err refused = {0};
    reb_status st = reb_oidc_arrive(&user_id, &why, rq->server->oidc, rq->store, &back, reb_clock_now(rq->server->o.wall_clock), &refused);
    if (st == REB_OK) st = come_in(rq, user_id, &refused);
    if (st == REB_OK) {
        rq->cookies[2] = state_cookie(rq, rq->headers.tls, "", 0); /* used up */
        reb_rq_about(rq, user_id);
        return page(rq, REB_OIDC_WELL, err);
    }
    note(rq, &refused);
    reb_rq_audit(rq, "denied", rq->match.route->name, user_id);
    rq->status = (unsigned)reb_status_http(st);
    return page(rq, why == REB_OIDC_WELL ? REB_OIDC_PROVIDER : why, err);
}
