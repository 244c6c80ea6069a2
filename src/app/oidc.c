#include "oidc.h"

#include "../base/buf.h"
#include "../domain/person.h"
#include "../text/utf8.h"
#include "jose.h"
#include "oidc_parse.h"

#include <curl/curl.h>
#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECRET_TEXT = 44, SECRET_FILE = 1024, AT_ONCE = 2 };
static const int64_t k_fresh_us = 600 * REB_US_PER_SECOND; /* how long the discovery document and the keys are believed */
static const int64_t k_again_us = 5 * REB_US_PER_SECOND;   /* a provider that did not answer is not asked again before */

struct reb_oidc {
    pthread_mutex_t mutex; /* held while the provider is asked for its document or keys: everybody needs the same */
    atomic_uint asking;    /* requests that hold a worker for the provider's sake */
    int64_t changed_us;    /* of the provider that all this is about */
    reb_oidc_discovery discovery;
    int64_t discovered_us, keys_us, failed_us; /* monotonic; 0: never */
    reb_err failure;
    reb_jwks *keys;
};

reb_status reb_oidc_open(reb_oidc **out, reb_err *err) {
    *out = NULL;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return reb_fail(err, REB_E_INTERNAL, "libcurl cannot start.");
    reb_oidc *o = calloc(1, sizeof *o);
    if (o == NULL) {
        curl_global_cleanup();
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    pthread_mutex_init(&o->mutex, NULL);
    *out = o;
    return REB_OK;
}

void reb_oidc_close(reb_oidc *o) {
    if (o == NULL) return;
    reb_jwks_free(o->keys);
    pthread_mutex_destroy(&o->mutex);
    free(o);
    curl_global_cleanup();
}

/* --- the provider as it was set ------------------------------------------------------------------------------------------------------ */

static bool plain_text(const char *s, size_t most) {
    size_t n = strlen(s);
    if (n == 0 || n > most || !reb_utf8_valid(s, n, NULL)) return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < 0x20 || s[i] == 0x7F) return false;
    return true;
}

static bool base_url_ok(const char *url) {
    return strlen(url) <= REB_OIDC_URL && reb_fetch_url_ok(url) && strpbrk(url, "?#") == NULL;
}

reb_status reb_oidc_configure(reb_oidc_provider *out, const char *name, const char *issuer, const char *client_id, const char *secret_file,
                              const char *public_url, reb_err *err) {
    *out = (reb_oidc_provider){.set = true};
    if (!base_url_ok(issuer)) {
        reb_fail(err, REB_E_INPUT, "\"%.100s\" is no issuer: an https address (http only on this machine), without ? and #.", issuer);
        reb_err_next(err, "It is the address before /.well-known/openid-configuration, as the provider writes it.");
        return REB_E_INPUT;
    }
    if (!base_url_ok(public_url))
        return reb_fail(err, REB_E_INPUT, "\"%.100s\" is no address by which browsers reach this server: https://rebound.example.com",
                        public_url);
    if (!plain_text(client_id, REB_OIDC_CLIENT))
        return reb_fail(err, REB_E_INPUT, "A client's id has 1 to %d bytes.", (int)REB_OIDC_CLIENT);
    if (name != NULL && !plain_text(name, REB_OIDC_NAME))
        return reb_fail(err, REB_E_INPUT, "The name on the button has 1 to %d bytes.", (int)REB_OIDC_NAME);
    if (secret_file != NULL && (!plain_text(secret_file, REB_OIDC_PATH) || secret_file[0] != '/')) {
        reb_fail(err, REB_E_INPUT, "The secret's file is told by its whole path, from / on.");
        return REB_E_INPUT;
    }
    const char *host = strstr(issuer, "//") + 2;
    snprintf(out->name, sizeof out->name, "%.*s", name != NULL ? REB_OIDC_NAME : (int)strcspn(host, "/:"), name != NULL ? name : host);
    snprintf(out->issuer, sizeof out->issuer, "%s", issuer);
    snprintf(out->client_id, sizeof out->client_id, "%s", client_id);
    snprintf(out->secret_file, sizeof out->secret_file, "%s", secret_file != NULL ? secret_file : "");
    size_t n = strlen(public_url);
    while (n > 0 && public_url[n - 1] == '/') n--;
    snprintf(out->public_url, sizeof out->public_url, "%.*s", (int)n, public_url);
    return REB_OK;
}

void reb_oidc_redirect_uri(char out[REB_OIDC_URL + 32], const reb_oidc_provider *p) {
    snprintf(out, REB_OIDC_URL + 32, "%s/v1/oidc/callback", p->public_url);
}

/* The first line of the file that holds the client's secret. */
static reb_status read_secret(char out[SECRET_FILE], const reb_oidc_provider *p, reb_err *err) {
    out[0] = '\0';
    if (p->secret_file[0] == '\0') return REB_OK;
    FILE *f = fopen(p->secret_file, "re");
    if (f == NULL) {
        reb_fail(err, REB_E_IO, "The file with the client's secret cannot be read: %s: %s.", p->secret_file, strerror(errno));
        reb_err_next(err, "rebound oidc set --client-secret-file FILE; it must be readable by whom rebound serve runs as.");
        return REB_E_IO;
    }
    size_t n = fread(out, 1, SECRET_FILE - 1, f);
    fclose(f);
    out[n] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    if (plain_text(out, SECRET_FILE - 1)) return REB_OK;
    sodium_memzero(out, SECRET_FILE);
    return reb_fail(err, REB_E_INPUT, "%s holds no client's secret: it has one line of text.", p->secret_file);
}

/* --- what is remembered, with the mutex held --------------------------------------------------------------------------------------------
 */

static reb_status get_document(reb_buf *out, const char *url, size_t most, reb_err *err) {
    long status = 0;
    reb_status st = reb_fetch(out, &status, &(reb_fetch_request){.url = url, .most = most}, err);
    if (st != REB_OK || status == 200) return st;
    return reb_fail(err, REB_E_PROVIDER, "The sign-in provider answers %ld at %.200s.", status, url);
}

static reb_status discover(reb_oidc *o, const reb_oidc_provider *p, reb_err *err) {
    char url[REB_OIDC_URL + 64];
    reb_buf doc = {0};
    size_t n = strlen(p->issuer);
    while (n > 0 && p->issuer[n - 1] == '/') n--;
    snprintf(url, sizeof url, "%.*s/.well-known/openid-configuration", (int)n, p->issuer);
    reb_status st = get_document(&doc, url, REB_OIDC_DOCUMENT_MOST, err);
    if (st == REB_OK) st = reb_oidc_discovery_parse(&o->discovery, reb_buf_cstr(&doc), doc.len, p->issuer, err);
    reb_buf_free(&doc);
    return st;
}

static reb_status fetch_keys(reb_oidc *o, reb_err *err) {
    reb_buf doc = {0};
    reb_jwks *keys = NULL;
    reb_status st = get_document(&doc, o->discovery.jwks, REB_JWKS_MOST, err);
    if (st == REB_OK) st = reb_jwks_parse(&keys, reb_buf_cstr(&doc), doc.len, err);
    reb_buf_free(&doc);
    if (st != REB_OK) return st;
    reb_jwks_free(o->keys);
    o->keys = keys;
    o->keys_us = reb_monotonic_us();
    return REB_OK;
}

/* The discovery document, not older than is believed; a failure is remembered for a moment. */
static reb_status current(reb_oidc *o, const reb_oidc_provider *p, reb_err *err) {
    int64_t now = reb_monotonic_us();
    if (o->changed_us != p->changed_us) {
        o->discovered_us = o->keys_us = o->failed_us = 0;
        o->changed_us = p->changed_us;
    }
    if (o->discovered_us != 0 && now - o->discovered_us < k_fresh_us) return REB_OK;
    if (o->failed_us != 0 && now - o->failed_us < k_again_us) {
        if (err != NULL) *err = o->failure;
        return o->failure.code;
    }
    o->failure = (reb_err){0};
    reb_status st = discover(o, p, &o->failure);
    if (st == REB_OK) {
        o->discovered_us = reb_monotonic_us();
        o->keys_us = 0; /* another document may name another place for keys */
        return REB_OK;
    }
    o->discovered_us = 0;
    o->failed_us = reb_monotonic_us();
    if (err != NULL) *err = o->failure;
    return st;
}

/* Two at once may wait for the provider; the other workers stay free for everybody else. */
static bool come_in(reb_oidc *o, reb_err *err) {
    if (atomic_fetch_add(&o->asking, 1) < AT_ONCE) return true;
    atomic_fetch_sub(&o->asking, 1);
    reb_fail(err, REB_E_BUSY, "Others are signing in by the provider just now; try again.");
    return false;
}

static reb_status copy_current(reb_oidc_discovery *out, reb_oidc *o, const reb_oidc_provider *p, reb_err *err) {
    pthread_mutex_lock(&o->mutex);
    reb_status st = current(o, p, err);
    if (st == REB_OK) *out = o->discovery;
    pthread_mutex_unlock(&o->mutex);
    return st;
}

/* The signature, by the keys that are known; by new ones where the token's key is not among them or the known ones are old. */
static reb_status verify(cJSON **claims, reb_oidc *o, const char *token, reb_err *err) {
    bool unknown = true;
    *claims = NULL;
    pthread_mutex_lock(&o->mutex);
    bool fresh = o->keys_us != 0 && reb_monotonic_us() - o->keys_us < k_fresh_us;
    reb_status st = fresh ? reb_jwt_verify(claims, &unknown, o->keys, token, strlen(token), err) : REB_E_DENIED;
    if (st == REB_E_DENIED && unknown) {
        st = fetch_keys(o, err);
        if (st == REB_OK) st = reb_jwt_verify(claims, &unknown, o->keys, token, strlen(token), err);
    }
    pthread_mutex_unlock(&o->mutex);
    return st;
}

reb_status reb_oidc_check(size_t *keys, reb_oidc *o, const reb_oidc_provider *p, reb_err *err) {
    char secret[SECRET_FILE];
    *keys = 0;
    reb_status st = read_secret(secret, p, err);
    sodium_memzero(secret, sizeof secret);
    if (st != REB_OK) return st;
    pthread_mutex_lock(&o->mutex);
    st = current(o, p, err);
    if (st == REB_OK) st = fetch_keys(o, err);
    if (st == REB_OK) *keys = reb_jwks_count(o->keys);
    pthread_mutex_unlock(&o->mutex);
    return st;
}

/* --- leaving ----------------------------------------------------------------------------------------------------------------------------
 */

static void text64(char out[SECRET_TEXT], const unsigned char bytes[32]) {
    sodium_bin2base64(out, SECRET_TEXT, bytes, 32, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static void parameter(reb_buf *out, const char *name, const char *value) {
    reb_buf_printf(out, "&%s=", name);
    reb_url_encode(out, value);
}

static void leave_url(reb_buf *out, const reb_oidc_discovery *d, const reb_oidc_provider *p, const reb_oidc_secret *secret) {
    char redirect[REB_OIDC_URL + 32];
    char state[SECRET_TEXT], nonce[SECRET_TEXT], verifier[SECRET_TEXT], challenge[SECRET_TEXT];
    unsigned char hash[crypto_hash_sha256_BYTES];
    text64(state, secret->state);
    text64(nonce, secret->nonce);
    text64(verifier, secret->verifier);
    crypto_hash_sha256(hash, (const unsigned char *)verifier, strlen(verifier)); /* RFC 7636, 4.2 */
    text64(challenge, hash);
    reb_oidc_redirect_uri(redirect, p);
    reb_buf_printf(out, "%s%cresponse_type=code", d->authorization, strchr(d->authorization, '?') == NULL ? '?' : '&');
    parameter(out, "client_id", p->client_id);
    parameter(out, "redirect_uri", redirect);
    parameter(out, "scope", "openid email profile");
    parameter(out, "state", state);
    parameter(out, "nonce", nonce);
    parameter(out, "code_challenge", challenge);
    parameter(out, "code_challenge_method", "S256");
    sodium_memzero(verifier, sizeof verifier);
}

static reb_status need_provider(reb_oidc_provider *p, reb_store *s, reb_err *err) {
    reb_status st = reb_oidc_provider_get(p, s, err);
    if (st != REB_OK || p->set) return st;
    reb_fail(err, REB_E_NOT_FOUND, "No sign-in provider is set.");
    reb_err_next(err, "rebound oidc set --issuer URL --client-id ID --url URL");
    return REB_E_NOT_FOUND;
}

reb_status reb_oidc_leave(reb_oidc_leaving *out, reb_oidc *o, reb_store *s, int64_t now_us, reb_err *err) {
    reb_oidc_provider p;
    reb_oidc_discovery d;
    reb_buf url = {0};
    *out = (reb_oidc_leaving){0};
    reb_status st = need_provider(&p, s, err);
    if (st != REB_OK) return st;
    if (!come_in(o, err)) return REB_E_BUSY;
    st = copy_current(&d, o, &p, err);
    atomic_fetch_sub(&o->asking, 1);
    if (st != REB_OK) return st;
    reb_oidc_secret secret = {.begun_us = now_us};
    randombytes_buf(secret.state, sizeof secret.state);
    randombytes_buf(secret.nonce, sizeof secret.nonce);
    randombytes_buf(secret.verifier, sizeof secret.verifier);
    leave_url(&url, &d, &p, &secret);
    if (url.failed || url.len >= sizeof out->url) {
        st = reb_fail(err, url.failed ? REB_E_MEMORY : REB_E_PROVIDER, "The provider's address is too long.");
    } else {
        memcpy(out->url, url.data, url.len + 1);
        reb_oidc_cookie_seal(out->cookie, &secret, p.cookie_key);
        out->tls = strncmp(p.public_url, "https:", 6) == 0;
    }
    sodium_memzero(&secret, sizeof secret);
    sodium_memzero(&p, sizeof p);
    reb_buf_free(&url);
    return st;
}

/* --- coming back
 * -------------------------------------------------------------------------------------------------------------------------- */

typedef struct arriving {
    reb_oidc *o;
    reb_oidc_provider p;
    reb_oidc_discovery d;
    reb_oidc_secret secret;
    reb_oidc_claims claims;
    const reb_oidc_return *back;
    int64_t now_us, user_id;
    char state_hash[crypto_hash_sha256_BYTES * 2 + 1];
    reb_oidc_why why;
} arriving;

static reb_status refuse(arriving *a, reb_oidc_why why, reb_status code, reb_err *err, const char *text) {
    a->why = why;
    reb_fail(err, code, "%s", text);
    reb_err_next(err, "Begin again at the sign-in page.");
    return code;
}

/* Is it the sign-in that this browser began? */
static reb_status check_state(arriving *a, reb_err *err) {
    char state[SECRET_TEXT];
    unsigned char hash[crypto_hash_sha256_BYTES];
    const reb_oidc_return *b = a->back;
    if (!reb_oidc_cookie_open(&a->secret, b->cookie, a->p.cookie_key, a->now_us))
        return refuse(a, REB_OIDC_OVER, REB_E_DENIED, err, "This sign-in was not begun in this browser, or more than ten minutes ago.");
    text64(state, a->secret.state);
    if (b->state == NULL || strlen(b->state) != strlen(state) || sodium_memcmp(b->state, state, strlen(state)) != 0)
        return refuse(a, REB_OIDC_OVER, REB_E_DENIED, err, "This sign-in is not the one that this browser began last.");
    crypto_hash_sha256(hash, a->secret.state, sizeof a->secret.state);
    sodium_bin2hex(a->state_hash, sizeof a->state_hash, hash, sizeof hash);
    if (b->issuer != NULL ? strcmp(b->issuer, a->p.issuer) != 0 : a->d.tells_issuer)
        return refuse(a, REB_OIDC_PROVIDER, REB_E_DENIED, err, "The answer comes from another provider than the one that was asked.");
    if (b->error != NULL)
        return refuse(a, strcmp(b->error, "access_denied") == 0 ? REB_OIDC_CANCELLED : REB_OIDC_PROVIDER, REB_E_DENIED, err,
                      "The provider did not let this person in.");
    if (b->code == NULL || b->code[0] == '\0') return refuse(a, REB_OIDC_PROVIDER, REB_E_DENIED, err, "The provider sent no code.");
    return REB_OK;
}

/* The code for tokens (RFC 6749, 4.1.3). The answer is the caller's to delete. */
static reb_status redeem(cJSON **tokens, arriving *a, reb_err *err) {
    char redirect[REB_OIDC_URL + 32];
    char secret[SECRET_FILE];
    char verifier[SECRET_TEXT];
    long status = 0;
    reb_buf form = {0}, user = {0}, password = {0}, answer = {0};
    *tokens = NULL;
    reb_status st = read_secret(secret, &a->p, err);
    if (st != REB_OK) return st;
    bool has_secret = secret[0] != '\0';
    bool basic = has_secret && !a->d.post_only;
    reb_oidc_redirect_uri(redirect, &a->p);
    text64(verifier, a->secret.verifier);
    reb_buf_str(&form, "grant_type=authorization_code");
    parameter(&form, "code", a->back->code);
    parameter(&form, "redirect_uri", redirect);
    parameter(&form, "code_verifier", verifier);
    if (!basic) parameter(&form, "client_id", a->p.client_id);
    if (has_secret && !basic) parameter(&form, "client_secret", secret);
    reb_url_encode(&user, a->p.client_id); /* RFC 6749, 2.3.1: encoded first, then as Basic */
    reb_url_encode(&password, secret);
    const reb_fetch_request rq = {.url = a->d.token,
                                  .form = reb_buf_cstr(&form),
                                  .user = basic ? reb_buf_cstr(&user) : NULL,
                                  .password = basic ? reb_buf_cstr(&password) : NULL,
                                  .most = REB_OIDC_DOCUMENT_MOST};
    st = form.failed || user.failed || password.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.")
                                                       : reb_fetch(&answer, &status, &rq, err);
    if (st == REB_OK && status != 200) {
        st = reb_fail(err, status == 400 || status == 401 ? REB_E_DENIED : REB_E_PROVIDER,
                      "The provider does not take the code: it answers %ld at its token endpoint.", status);
        reb_err_next(err, "A code works once. If it is refused always, look at the client's id, secret and redirect address there.");
    }
    if (st == REB_OK) *tokens = reb_outside_json(reb_buf_cstr(&answer), answer.len);
    if (st == REB_OK && *tokens == NULL) st = reb_fail(err, REB_E_PROVIDER, "The provider's answer to the code is no JSON.");
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(verifier, sizeof verifier);
    reb_buf *const bufs[] = {&form, &user, &password, &answer};
    for (size_t i = 0; i < sizeof bufs / sizeof bufs[0]; i++) {
        if (bufs[i]->data != NULL) sodium_memzero(bufs[i]->data, bufs[i]->cap);
        reb_buf_free(bufs[i]);
    }
    return st;
}

/* Many providers tell the address only there; the subject must be that of the ID token (OpenID Connect Core 1.0, 5.3.2). */
static reb_status ask_userinfo(arriving *a, const char *access_token, reb_err *err) {
    long status = 0;
    reb_buf answer = {0};
    reb_status st = reb_fetch(&answer, &status,
                              &(reb_fetch_request){.url = a->d.userinfo, .bearer = access_token, .most = REB_OIDC_DOCUMENT_MOST}, err);
    cJSON *info = st == REB_OK && status == 200 ? reb_outside_json(reb_buf_cstr(&answer), answer.len) : NULL;
    const cJSON *subject = cJSON_GetObjectItemCaseSensitive(info, "sub");
    if (st == REB_OK && (!cJSON_IsString(subject) || strcmp(subject->valuestring, a->claims.subject) != 0))
        st = reb_fail(err, REB_E_PROVIDER, "The provider does not tell at its userinfo endpoint who signed in (it answers %ld).", status);
    if (st == REB_OK) reb_oidc_email_read(&a->claims, info);
    cJSON_Delete(info);
    reb_buf_free(&answer);
    return st;
}

static reb_status learn_who(arriving *a, reb_err *err) {
    char nonce[SECRET_TEXT];
    cJSON *tokens = NULL;
    cJSON *claims = NULL;
    reb_status st = redeem(&tokens, a, err);
    const cJSON *id_token = cJSON_GetObjectItemCaseSensitive(tokens, "id_token");
    const cJSON *access = cJSON_GetObjectItemCaseSensitive(tokens, "access_token");
    if (st == REB_OK && !cJSON_IsString(id_token)) st = reb_fail(err, REB_E_PROVIDER, "The provider sent no ID token.");
    if (st == REB_OK) st = verify(&claims, a->o, id_token->valuestring, err);
    text64(nonce, a->secret.nonce);
    const reb_oidc_expected e = {.issuer = a->p.issuer, .client_id = a->p.client_id, .nonce = nonce, .now_us = a->now_us};
    if (st == REB_OK) st = reb_oidc_claims_check(&a->claims, claims, &e, err);
    bool ask = st == REB_OK && a->claims.email[0] == '\0' && a->d.userinfo[0] != '\0' && cJSON_IsString(access);
    if (ask) st = ask_userinfo(a, access->valuestring, err);
    if (cJSON_IsString(id_token)) sodium_memzero(id_token->valuestring, strlen(id_token->valuestring));
    if (cJSON_IsString(access)) sodium_memzero(access->valuestring, strlen(access->valuestring));
    cJSON_Delete(claims);
    cJSON_Delete(tokens);
    if (st != REB_OK) a->why = REB_OIDC_PROVIDER;
    return st;
}

/* Nobody is bound yet: by the address that the provider vouches for. */
static reb_status match_email(arriving *a, reb_store *s, reb_err *err) {
    char email[REB_EMAIL_TEXT];
    size_t n;
    reb_person p;
    bool found = false;
    if (!a->claims.email_verified || reb_email_parse(email, &n, a->claims.email, strlen(a->claims.email), NULL) != REB_OK)
        return refuse(a, REB_OIDC_UNVERIFIED, REB_E_DENIED, err, "The provider does not vouch for an e-mail address of this person.");
    reb_status st = reb_person_by_email(&p, &found, s, email, err);
    sodium_memzero(p.password_hash, sizeof p.password_hash);
    if (st != REB_OK) return st;
    if (!found || p.disabled_us != 0)
        return refuse(a, REB_OIDC_NOBODY, REB_E_DENIED, err, "Nobody with the e-mail address that the provider tells may enter here.");
    st = reb_oidc_identity_bind(s, a->p.issuer, a->claims.subject, p.user_id, email, a->now_us, err);
    if (st == REB_E_CONFLICT) a->why = REB_OIDC_OTHER;
    if (st == REB_OK) a->user_id = p.user_id;
    return st;
}

static reb_status match_work(reb_store *s, void *ctx, reb_err *err) {
    arriving *a = ctx;
    reb_person p;
    bool found = false;
    bool first = false;
    a->why = REB_OIDC_WELL;
    int64_t until = a->secret.begun_us + (REB_OIDC_LIFE_S + 60) * REB_US_PER_SECOND;
    reb_status st = reb_oidc_state_use(&first, s, a->state_hash, until, a->now_us, err);
    if (st == REB_OK && !first) return refuse(a, REB_OIDC_OVER, REB_E_DENIED, err, "This sign-in was used already.");
    if (st == REB_OK) st = reb_oidc_identity_find(&a->user_id, s, a->p.issuer, a->claims.subject, err);
    if (st != REB_OK || a->user_id == 0) return st == REB_OK ? match_email(a, s, err) : st;
    st = reb_person_get(&p, &found, s, a->user_id, err);
    sodium_memzero(p.password_hash, sizeof p.password_hash);
    if (st == REB_OK && (!found || p.disabled_us != 0))
        return refuse(a, REB_OIDC_NOBODY, REB_E_DENIED, err, "The person of this account may not enter any more.");
    return st;
}

reb_status reb_oidc_arrive(int64_t *user_id, reb_oidc_why *why, reb_oidc *o, reb_store *s, const reb_oidc_return *back, int64_t now_us,
                           reb_err *err) {
    arriving a = {.o = o, .back = back, .now_us = now_us};
    *user_id = 0;
    *why = REB_OIDC_PROVIDER;
    reb_status st = need_provider(&a.p, s, err);
    if (st != REB_OK) return st;
    if (!come_in(o, err)) return REB_E_BUSY;
    st = copy_current(&a.d, o, &a.p, err);
    a.why = REB_OIDC_PROVIDER;
    if (st == REB_OK) st = check_state(&a, err);
    if (st == REB_OK) st = learn_who(&a, err);
    atomic_fetch_sub(&o->asking, 1);
    if (st == REB_OK) st = reb_store_write(s, match_work, &a, err);
    *why = a.why;
    if (st == REB_OK) *user_id = a.user_id;
    sodium_memzero(&a.secret, sizeof a.secret);
    sodium_memzero(&a.p, sizeof a.p);
    return st;
}
