/* Who asks, and may they? The one place where that is decided.

   A program sends a key, a browser the cookie of a session; api/routes.def names the right that an address needs and api/rights.def says
   who has it. As long as neither a person nor a key exists, only this machine may ask, and a request must not be one that some web page
   made the user's browser send: its Host must be a loopback name (DNS rebinding), it must not have come through a proxy nor, as browsers
   tell, from a page of another site, and a write must say that it is one (a JSON or file body, or a header that a page of another origin
   cannot send without asking first, and it is always refused). A write with a cookie must show the session's CSRF word. */
#include "http.h"

#include "../app/people.h"
#include "../domain/token.h"
#include "cookie.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { CACHE = 64 };
static const int64_t k_cache_us = REB_US_PER_SECOND; /* a revoked key and a session that was ended stop within this time */

struct reb_auth {
    pthread_mutex_t mutex;
    reb_store *store;
    reb_clock clock;
    bool open_on_loopback;
    bool any;          /* a key was ever made or a person exists; never becomes false */
    bool setup_wanted; /* the business is not set up yet; never becomes true */
    int64_t asked_us;
    unsigned char salt[crypto_shorthash_KEYBYTES];
    struct {
        uint64_t hash;
        char key[REB_TOKEN_TEXT];
        reb_token token;
        int64_t read_us; /* monotonic */
    } keys[CACHE];
    struct {
        uint64_t hash;
        char secret[REB_SECRET_TEXT];
        reb_session session;
        int64_t read_us;
    } sessions[CACHE];
};

/* --- rights ----------------------------------------------------------------------------------------------------------------------------
 */

enum {
    OWNER = REB_ROLE_OWNER,
    MANAGER = REB_ROLE_MANAGER,
    AGENT = REB_ROLE_AGENT,
    ANALYST = REB_ROLE_ANALYST,
    NOBODY = 0,
    SCOPE_NONE = 0,
    SCOPE_READ = REB_TOKEN_READ,
    SCOPE_WRITE = REB_TOKEN_WRITE,
    SCOPE_ADMIN = REB_TOKEN_ADMIN
};

static const struct {
    const char *name;
    unsigned roles, scopes;
    const char *scope_name, *sentence;
} k_rights[] = {
#define REB_RIGHT(id, roles_, scope, sentence_)                                                                                            \
    [REB_RIGHT_##id] = {.name = #id, .roles = (roles_), .scopes = SCOPE_##scope, .scope_name = #scope, .sentence = (sentence_)},
#include "../../api/rights.def"
#undef REB_RIGHT
};

const char *reb_right_name(reb_right r) {
    return k_rights[r].name;
}

unsigned reb_right_roles(reb_right r) {
    return k_rights[r].roles;
}

unsigned reb_right_scopes(reb_right r) {
    return k_rights[r].scopes;
}

bool reb_auth_holds(const reb_caller *caller, reb_right right) {
    unsigned need = k_rights[right].scopes;
    if (caller->by_token) return need != 0 && (caller->scopes & need) == need;
    return (k_rights[right].roles & (unsigned)caller->role) != 0;
}

/* --- what stands in the store, asked again each second
 * ------------------------------------------------------------------------------------ */

static reb_status ask_store(reb_auth *a, reb_err *err) {
    bool token = false;
    bool person = false;
    bool wanted = false;
    reb_status st = a->any ? REB_OK : reb_token_any(&token, a->store, err);
    if (st == REB_OK && !a->any && !token) st = reb_person_any(&person, a->store, err);
    if (st == REB_OK && a->setup_wanted) st = reb_setup_wanted(&wanted, a->store, err);
    if (st != REB_OK) return st;
    a->any = a->any || token || person;
    a->setup_wanted = wanted;
    a->asked_us = reb_monotonic_us();
    return REB_OK;
}

reb_status reb_auth_open(reb_auth **out, const reb_server_options *o, bool *any, reb_err *err) {
    *out = NULL;
    reb_auth *a = calloc(1, sizeof *a);
    if (a == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    pthread_mutex_init(&a->mutex, NULL);
    a->clock = o->wall_clock;
    a->open_on_loopback = o->open_on_loopback;
    a->setup_wanted = true;
    reb_status st = sodium_init() < 0 ? reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.") : REB_OK;
    if (st == REB_OK) crypto_shorthash_keygen(a->salt);
    if (st == REB_OK) st = reb_store_open(&a->store, o->db, 0, err);
    if (st == REB_OK) st = ask_store(a, err);
    if (st != REB_OK) {
        reb_auth_close(a);
        return st;
    }
    *any = a->any;
    *out = a;
    return REB_OK;
}

void reb_auth_close(reb_auth *a) {
    if (a == NULL) return;
    reb_store_close(a->store);
    pthread_mutex_destroy(&a->mutex);
    sodium_memzero(a, sizeof *a);
    free(a);
}

static reb_status whats_there(bool *any, bool *setup_wanted, reb_auth *a, reb_err *err) {
    reb_status st = REB_OK;
    pthread_mutex_lock(&a->mutex);
    if ((!a->any || a->setup_wanted) && reb_monotonic_us() - a->asked_us >= k_cache_us) st = ask_store(a, err);
    *any = a->any;
    *setup_wanted = a->setup_wanted;
    pthread_mutex_unlock(&a->mutex);
    return st;
}

bool reb_host_is_loopback(const char *host) {
    if (host == NULL) return false;
    static const char *const k_names[] = {"localhost", "127.0.0.1", "[::1]"};
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) {
        size_t n = strlen(k_names[i]);
        if (strncasecmp(host, k_names[i], n) != 0) continue;
        const char *rest = host + n;
        if (*rest == '\0') return true;
        return *rest == ':' && strspn(rest + 1, "0123456789") == strlen(rest + 1);
    }
    return false;
}

static uint64_t short_hash(const reb_auth *a, const char *text) {
    unsigned char h[crypto_shorthash_BYTES];
    uint64_t hash;
    crypto_shorthash(h, (const unsigned char *)text, strlen(text), a->salt);
    memcpy(&hash, h, sizeof hash);
    return hash;
}

/* --- a key
 * -------------------------------------------------------------------------------------------------------------------------------- */

/* The key of `Authorization: Bearer KEY`, or of `Basic` as the password, which a browser can ask a person for. */
static bool offered_key(char out[REB_TOKEN_TEXT], const reb_head *head) {
    const char *v = head->authorization;
    if (v == NULL) return false;
    const char *key = NULL;
    char decoded[200];
    if (strncasecmp(v, "Bearer ", 7) == 0) {
        key = v + 7;
    } else if (strncasecmp(v, "Basic ", 6) == 0) {
        size_t n = 0;
        const char *end = NULL;
        const char *text = v + 6;
        if (sodium_base642bin((unsigned char *)decoded, sizeof decoded - 1, text, strlen(text), NULL, &n, &end,
                              sodium_base64_VARIANT_ORIGINAL) != 0)
            return false;
        decoded[n] = '\0';
        key = strchr(decoded, ':');
        if (key != NULL) key++;
    }
    if (key == NULL || strlen(key) >= REB_TOKEN_TEXT) return false;
    memcpy(out, key, strlen(key) + 1);
    return true;
}

/* With the lock held. */
static reb_status find_token(reb_token *t, bool *found, reb_auth *a, const char *key, uint64_t hash, reb_err *err) {
    size_t at = (size_t)(hash % CACHE);
    int64_t now = reb_monotonic_us();
    bool cached =
        a->keys[at].hash == hash && now - a->keys[at].read_us < k_cache_us && sodium_memcmp(a->keys[at].key, key, strlen(key) + 1) == 0;
    if (cached) {
        *t = a->keys[at].token;
        *found = true;
        return REB_OK;
    }
    reb_status st = reb_token_find(t, found, a->store, key, err);
    if (st != REB_OK || !*found) return st; /* what is not a key is not remembered: nobody can push the others out */
    a->keys[at].hash = hash;
    memset(a->keys[at].key, 0, REB_TOKEN_TEXT);
    memcpy(a->keys[at].key, key, strlen(key) + 1);
    a->keys[at].token = *t;
    a->keys[at].read_us = now;
    return REB_OK;
}

static reb_status by_token(reb_caller *caller, bool *unknown, reb_auth *a, const char *key, reb_right right, reb_err *err) {
    reb_token t;
    bool found;
    caller->key = short_hash(a, key);
    pthread_mutex_lock(&a->mutex);
    reb_status st = find_token(&t, &found, a, key, caller->key, err);
    pthread_mutex_unlock(&a->mutex);
    if (st != REB_OK) return st;
    if (!found || !reb_token_live(&t, reb_clock_now(a->clock))) {
        *unknown = true;
        caller->key = 0; /* who tries keys is counted by address */
        reb_fail(err, REB_E_DENIED, !found ? "The key is not known here." : "The key has expired or was revoked.");
        reb_err_next(err, "rebound token list shows all keys; rebound token add NAME makes a new one.");
        return REB_E_DENIED;
    }
    caller->by_token = true;
    caller->scopes = t.scopes;
    memcpy(caller->token, key, strlen(key) + 1);
    memcpy(caller->name, t.name, sizeof t.name);
    unsigned need = k_rights[right].scopes;
    if (right == REB_RIGHT_OPEN || (need != 0 && (t.scopes & need) == need)) return REB_OK;
    if (need == 0) return reb_fail(err, REB_E_DENIED, "This is for a signed-in person, not for a key.");
    static const char *const k_words[] = {"read", "write", "admin"};
    return reb_fail(err, REB_E_DENIED, "This needs the scope \"%s\", which the key \"%s\" does not have.",
                    k_words[need == REB_TOKEN_READ    ? 0
                            : need == REB_TOKEN_WRITE ? 1
                                                      : 2],
                    t.name);
}

/* --- a session
 * ---------------------------------------------------------------------------------------------------------------------------- */

/* With the lock held. */
static reb_status find_session(reb_session *out, bool *found, reb_auth *a, const char *secret, uint64_t hash, reb_err *err) {
    size_t at = (size_t)(hash % CACHE);
    int64_t now = reb_monotonic_us();
    if (a->sessions[at].hash == hash && now - a->sessions[at].read_us < k_cache_us && reb_secret_same(a->sessions[at].secret, secret)) {
        *out = a->sessions[at].session;
        *found = true;
        return REB_OK;
    }
    reb_status st = reb_session_find(out, found, a->store, secret, reb_clock_now(a->clock), err);
    if (st != REB_OK || !*found) return st;
    a->sessions[at].hash = hash;
    memcpy(a->sessions[at].secret, secret, REB_SECRET_TEXT);
    a->sessions[at].session = *out;
    a->sessions[at].read_us = now;
    return REB_OK;
}

void reb_auth_forget(reb_auth *a) {
    pthread_mutex_lock(&a->mutex);
    sodium_memzero(a->sessions, sizeof a->sessions);
    a->asked_us = reb_monotonic_us() - k_cache_us;
    pthread_mutex_unlock(&a->mutex);
}

const char *reb_cookie_name(bool tls, bool known) {
    if (known) return tls ? "__Host-rebound-known" : "rebound-known";
    return tls ? "__Host-rebound" : "rebound";
}

static bool offered_session(char out[REB_SECRET_TEXT], const reb_head *head) {
    return reb_cookie_find(out, REB_SECRET_TEXT, head->cookie, reb_cookie_name(head->tls, false)) && reb_secret_well_formed(out);
}

/* *found false: there is no such session, and the request is nobody's. */
static reb_status by_session(reb_caller *caller, bool *found, reb_auth *a, const char *secret, reb_err *err) {
    reb_session s;
    uint64_t hash = short_hash(a, secret);
    pthread_mutex_lock(&a->mutex);
    reb_status st = find_session(&s, found, a, secret, hash, err);
    pthread_mutex_unlock(&a->mutex);
    if (st != REB_OK || !*found) return st;
    caller->key = hash;
    caller->user_id = s.user_id;
    caller->role = s.role;
    caller->blank = s.role == REB_ROLE_ANALYST;
    caller->touch = reb_clock_now(a->clock) - s.seen_us >= REB_SESSION_TOUCH_US;
    memcpy(caller->session, secret, REB_SECRET_TEXT);
    snprintf(caller->name, sizeof caller->name, "%s", s.name);
    snprintf(caller->team, sizeof caller->team, "%s", s.team);
    return REB_OK;
}

static reb_status session_may(const reb_caller *caller, const reb_head *head, reb_right right, bool writes, reb_err *err) {
    char word[REB_SECRET_TEXT];
    reb_secret_csrf(word, caller->session);
    if (writes && (head->csrf == NULL || !reb_secret_same(head->csrf, word))) {
        reb_fail(err, REB_E_CSRF, "A write must have the header X-Rebound-CSRF with the word that GET /v1/session tells.");
        reb_err_next(err, "It keeps pages of others from writing in your name. Load the page again.");
        return REB_E_CSRF;
    }
    if ((k_rights[right].roles & (unsigned)caller->role) != 0) return REB_OK;
    reb_fail(err, REB_E_DENIED, "This is for %s; you are signed in as %s.", k_rights[right].sentence, reb_role_name(caller->role));
    reb_err_next(err, "An owner can change what you may do.");
    return REB_E_DENIED;
}

/* --- without either
 * ------------------------------------------------------------------------------------------------------------------------- */

static bool says_it_writes(const reb_head *head) {
    const char *type = head->content_type;
    if (head->requested_with != NULL || head->csrf != NULL) return true;
    if (type == NULL) return false;
    return strncasecmp(type, "application/json", 16) == 0 || strncasecmp(type, "application/octet-stream", 24) == 0;
}

/* A page of another site may make the browser ask for today's list, which counts as showing it: a browser says when it does so. Following a
   link to here, which opens a page for a person to see, is allowed. */
static bool asked_by_person(const reb_head *head) {
    if (head->fetch_site == NULL || strcmp(head->fetch_site, "same-origin") == 0 || strcmp(head->fetch_site, "none") == 0) return true;
    return head->fetch_dest != NULL && strcmp(head->fetch_dest, "document") == 0;
}

static reb_status by_nobody(reb_caller *caller, bool *unknown, const reb_auth *a, bool any, const reb_head *head, bool loopback,
                            reb_err *err) {
    *unknown = true;
    if (!loopback || (any && !a->open_on_loopback)) {
        reb_fail(err, REB_E_SIGNED_OUT, "This needs a signed-in person or a key.");
        reb_err_next(err, "Sign in; or send the header Authorization: Bearer KEY (rebound token add NAME makes a key).");
        return REB_E_SIGNED_OUT;
    }
    if (head->proxy != NULL || !reb_host_is_loopback(head->host)) {
        reb_fail(err, REB_E_DENIED,
                 "Without a key, only this machine may ask, by the name localhost or 127.0.0.1 and not through a proxy.");
        reb_err_next(err, "rebound user add makes an account; rebound token add NAME makes a key.");
        return REB_E_DENIED;
    }
    if (!asked_by_person(head)) {
        reb_fail(err, REB_E_DENIED, "Another web page asked for this; without a key only you may.");
        reb_err_next(err, "rebound user add makes an account; rebound token add NAME makes a key.");
        return REB_E_DENIED;
    }
    *unknown = false;
    caller->local = true;
    caller->role = REB_ROLE_OWNER;
    caller->scopes = REB_TOKEN_READ | REB_TOKEN_WRITE | REB_TOKEN_ADMIN;
    memcpy(caller->name, "local", 6);
    return REB_OK;
}

bool reb_auth_lives(reb_auth *a, const reb_caller *caller) {
    bool found = true;
    bool any = false;
    bool setup_wanted;
    reb_token t = {0};
    reb_session s = {0};
    reb_err ignored = {0};
    if (!caller->by_token && caller->user_id == 0)
        return whats_there(&any, &setup_wanted, a, &ignored) != REB_OK || !any || a->open_on_loopback;
    const char *secret = caller->by_token ? caller->token : caller->session;
    pthread_mutex_lock(&a->mutex);
    reb_status st = caller->by_token ? find_token(&t, &found, a, secret, short_hash(a, secret), &ignored)
                                     : find_session(&s, &found, a, secret, short_hash(a, secret), &ignored);
    pthread_mutex_unlock(&a->mutex);
    if (st != REB_OK) return true;
    return found && (!caller->by_token || reb_token_live(&t, reb_clock_now(a->clock)));
}

/* An OPEN address does not need to know who asks, but may want to. */
static reb_status check_open(reb_caller *caller, reb_auth *a, const reb_head *head, bool any, bool writes, bool loopback, reb_err *err) {
    char secret[REB_SECRET_TEXT];
    bool found = false;
    bool unknown;
    reb_err ignored = {0};
    if (writes && !asked_by_person(head)) return reb_fail(err, REB_E_DENIED, "Another web page asked for this.");
    reb_status st = offered_session(secret, head) ? by_session(caller, &found, a, secret, err) : REB_OK;
    sodium_memzero(secret, sizeof secret);
    if (st == REB_OK && !found && by_nobody(caller, &unknown, a, any, head, loopback, &ignored) != REB_OK) *caller = (reb_caller){0};
    return st;
}

reb_status reb_auth_check(reb_caller *caller, bool *unknown, reb_auth *a, const reb_head *head, reb_right right, bool writes, bool loopback,
                          reb_err *err) {
    *caller = (reb_caller){0};
    *unknown = false;
    if (writes && !says_it_writes(head)) {
        reb_fail(err, REB_E_DENIED, "A write must have the header Content-Type: application/json, or X-Requested-With.");
        reb_err_next(err, "It keeps web pages from writing behind your back.");
        return REB_E_DENIED;
    }
    bool any = true;
    bool setup_wanted = true;
    reb_status st = whats_there(&any, &setup_wanted, a, err);
    if (st != REB_OK) return st;
    if (right == REB_RIGHT_OPEN) return check_open(caller, a, head, any, writes, loopback, err);
    if (setup_wanted) {
        reb_fail(err, REB_E_NO_BUSINESS, "There is no business here yet.");
        reb_err_next(err, "Open the link that rebound serve has printed, or: rebound init");
        return REB_E_NO_BUSINESS;
    }
    char key[REB_TOKEN_TEXT];
    if (offered_key(key, head)) {
        st = by_token(caller, unknown, a, key, right, err);
        sodium_memzero(key, sizeof key);
        return st;
    }
    char secret[REB_SECRET_TEXT];
    bool found = false;
    if (offered_session(secret, head)) st = by_session(caller, &found, a, secret, err);
    sodium_memzero(secret, sizeof secret);
    if (st != REB_OK) return st;
    if (found) return session_may(caller, head, right, writes, err);
    st = by_nobody(caller, unknown, a, any, head, loopback, err);
    if (st == REB_OK && right == REB_RIGHT_SELF)
        return reb_fail(err, REB_E_DENIED, "Nobody is signed in: there is no account here yet to speak of.");
    return st;
}
