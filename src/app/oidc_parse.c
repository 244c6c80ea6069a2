#include "oidc_parse.h"

#include "jose.h"

#include "../base/clock.h"

#include <math.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char *text_of(const cJSON *object, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

static bool list_has(const cJSON *list, const char *word) {
    const cJSON *v;
    cJSON_ArrayForEach(v, list) {
        if (cJSON_IsString(v) && strcmp(v->valuestring, word) == 0) return true;
    }
    return false;
}

/* Providers need not write lists whose default is enough. */
static bool can(const cJSON *doc, const char *name, const char *word, bool by_default) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, name);
    return cJSON_IsArray(list) ? list_has(list, word) : by_default;
}

static reb_status read_url(char out[REB_OIDC_TEXT], const cJSON *doc, const char *name, bool must, reb_err *err) {
    const char *url = text_of(doc, name);
    out[0] = '\0';
    if (url == NULL && !must) return REB_OK;
    if (url == NULL) return reb_fail(err, REB_E_INPUT, "The provider does not tell its %s.", name);
    if (!reb_fetch_url_ok(url) || strchr(url, '#') != NULL)
        return reb_fail(err, REB_E_INPUT, "The provider's %s is no https address.", name);
    memcpy(out, url, strlen(url) + 1);
    return REB_OK;
}

reb_status reb_oidc_discovery_parse(reb_oidc_discovery *out, const char *json, size_t n, const char *issuer, reb_err *err) {
    *out = (reb_oidc_discovery){0};
    cJSON *doc = n <= REB_OIDC_DOCUMENT_MOST ? reb_outside_json(json, n) : NULL;
    const char *told = text_of(doc, "issuer");
    reb_status st = REB_OK;
    if (told == NULL) {
        st = reb_fail(err, REB_E_INPUT, "The provider's answer is no discovery document.");
        reb_err_next(err, "The issuer is the address before /.well-known/openid-configuration.");
    } else if (strcmp(told, issuer) != 0) {
        st = reb_fail(err, REB_E_INPUT, "The provider calls itself \"%.150s\", not \"%.150s\".", told, issuer);
        reb_err_next(err, "Both must be the same, to the last slash: rebound oidc set --issuer ...");
    }
    if (st == REB_OK) st = read_url(out->authorization, doc, "authorization_endpoint", true, err);
    if (st == REB_OK) st = read_url(out->token, doc, "token_endpoint", true, err);
    if (st == REB_OK) st = read_url(out->jwks, doc, "jwks_uri", true, err);
    if (st == REB_OK) st = read_url(out->userinfo, doc, "userinfo_endpoint", false, err);
    if (st == REB_OK && !can(doc, "response_types_supported", "code", true))
        st = reb_fail(err, REB_E_INPUT, "The provider does not offer the authorization code flow.");
    if (st == REB_OK && !can(doc, "id_token_signing_alg_values_supported", "RS256", true) &&
        !can(doc, "id_token_signing_alg_values_supported", "ES256", true))
        st = reb_fail(err, REB_E_INPUT, "The provider signs neither with RS256 nor with ES256.");
    if (st == REB_OK && !can(doc, "code_challenge_methods_supported", "S256", true))
        st = reb_fail(err, REB_E_INPUT, "The provider does not know PKCE with S256.");
    if (st == REB_OK) {
        const char *methods = "token_endpoint_auth_methods_supported";
        out->post_only = !can(doc, methods, "client_secret_basic", true) && can(doc, methods, "client_secret_post", false);
        out->tells_issuer = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(doc, "authorization_response_iss_parameter_supported")) != 0;
    }
    cJSON_Delete(doc);
    return st;
}

/* --- claims ------------------------------------------------------------------------------------------------------------------------- */

static bool audience_ok(const cJSON *claims, const char *client_id) {
    const cJSON *aud = cJSON_GetObjectItemCaseSensitive(claims, "aud");
    const cJSON *azp = cJSON_GetObjectItemCaseSensitive(claims, "azp");
    if (azp != NULL && (!cJSON_IsString(azp) || strcmp(azp->valuestring, client_id) != 0)) return false;
    if (cJSON_IsString(aud)) return strcmp(aud->valuestring, client_id) == 0;
    if (!cJSON_IsArray(aud) || !list_has(aud, client_id)) return false;
    return cJSON_GetArraySize(aud) == 1 || azp != NULL; /* for others, too: then it must be said that we asked */
}

/* Seconds since 1970 as JSON numbers are; false for what is none. */
static bool instant(double *out, const cJSON *claims, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(claims, name);
    if (!cJSON_IsNumber(v) || !isfinite(v->valuedouble) || v->valuedouble < 0 || v->valuedouble > 1e11) return false;
    *out = v->valuedouble;
    return true;
}

static reb_status refuse(reb_err *err, const char *why) {
    reb_fail(err, REB_E_DENIED, "The provider's token is not accepted: %s.", why);
    reb_err_next(err, "Sign in again; if it stays so, look at the provider's settings and at both machines' clocks.");
    return REB_E_DENIED;
}

static reb_status check_times(const cJSON *claims, int64_t now_us, reb_err *err) {
    double exp, iat, nbf;
    double now = (double)(now_us / REB_US_PER_SECOND);
    if (!instant(&exp, claims, "exp") || !instant(&iat, claims, "iat")) return refuse(err, "it does not tell when it was made and ends");
    if (exp + REB_OIDC_SKEW_S <= now) return refuse(err, "it is over");
    if (iat - REB_OIDC_SKEW_S > now) return refuse(err, "it was made in the future");
    if (iat + REB_OIDC_AGE_S + REB_OIDC_SKEW_S < now) return refuse(err, "it was made long ago");
    if (cJSON_GetObjectItemCaseSensitive(claims, "nbf") == NULL) return REB_OK;
    if (!instant(&nbf, claims, "nbf") || nbf - REB_OIDC_SKEW_S > now) return refuse(err, "it does not hold yet");
    return REB_OK;
}

static bool same_secret(const char *a, const char *b) {
    size_t n = strlen(b);
    return a != NULL && n > 0 && strlen(a) == n && sodium_memcmp(a, b, n) == 0;
}

void reb_oidc_email_read(reb_oidc_claims *out, const cJSON *claims) {
    const char *email = text_of(claims, "email");
    out->email[0] = '\0';
    if (email != NULL && strlen(email) < sizeof out->email) memcpy(out->email, email, strlen(email) + 1);
    out->email_verified = out->email[0] != '\0' && cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(claims, "email_verified")) != 0;
}

reb_status reb_oidc_claims_check(reb_oidc_claims *out, const cJSON *claims, const reb_oidc_expected *e, reb_err *err) {
    *out = (reb_oidc_claims){0};
    const char *issuer = text_of(claims, "iss");
    const char *subject = text_of(claims, "sub");
    if (issuer == NULL || strcmp(issuer, e->issuer) != 0) return refuse(err, "it comes from another issuer");
    if (!audience_ok(claims, e->client_id)) return refuse(err, "it is meant for somebody else");
    if (!same_secret(text_of(claims, "nonce"), e->nonce)) return refuse(err, "it does not answer this sign-in");
    reb_status st = check_times(claims, e->now_us, err);
    if (st != REB_OK) return st;
    if (subject == NULL || subject[0] == '\0' || strlen(subject) > REB_OIDC_SUBJECT)
        return refuse(err, "it does not tell whom it is about");
    memcpy(out->subject, subject, strlen(subject) + 1);
    reb_oidc_email_read(out, claims);
    return REB_OK;
}
