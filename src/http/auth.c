/* Who asks, and may they? Once a key was ever made, every request needs one. Before that, only this machine may ask, and a
   request must not be one that some web page made the user's browser send: its Host must be a loopback name (DNS rebinding),
   it must not have come through a proxy nor, as browsers tell, from a page of another site, and a write must say that it is one (a JSON or
   file body, or X-Requested-With), which a page of another origin cannot without asking first, and it is always refused. */
#include "http.h"

#include "../domain/token.h"

#include <sodium.h>
#include <string.h>
#include <strings.h>

enum { CACHE = 64 };
static const int64_t k_cache_us = REB_US_PER_SECOND; /* a revoked key ends within this time */

struct reb_auth {
    pthread_mutex_t mutex;
    reb_store *store;
    reb_clock clock;
    bool open_on_loopback;
    bool any; /* a key was ever made; never becomes false */
    int64_t any_checked_us;
    unsigned char salt[crypto_shorthash_KEYBYTES];
    struct {
        uint64_t hash;
        char key[REB_TOKEN_TEXT];
        reb_token token;
        int64_t read_us; /* monotonic */
    } cache[CACHE];
};

reb_status reb_auth_open(reb_auth **out, const reb_server_options *o, bool *token_exists, reb_err *err) {
    *out = NULL;
    reb_auth *a = calloc(1, sizeof *a);
    if (a == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    pthread_mutex_init(&a->mutex, NULL);
    a->clock = o->wall_clock;
    a->open_on_loopback = o->open_on_loopback;
    reb_status st = sodium_init() < 0 ? reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.") : REB_OK;
    if (st == REB_OK) crypto_shorthash_keygen(a->salt);
    if (st == REB_OK) st = reb_store_open(&a->store, o->db, 0, err);
    if (st == REB_OK) st = reb_token_any(&a->any, a->store, err);
    if (st != REB_OK) {
        reb_auth_close(a);
        return st;
    }
    a->any_checked_us = reb_monotonic_us();
    *token_exists = a->any;
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
        a->cache[at].hash == hash && now - a->cache[at].read_us < k_cache_us && sodium_memcmp(a->cache[at].key, key, strlen(key) + 1) == 0;
    if (cached) {
        *t = a->cache[at].token;
        *found = true;
        return REB_OK;
    }
    reb_status st = reb_token_find(t, found, a->store, key, err);
    if (st != REB_OK || !*found) return st; /* what is not a key is not remembered: nobody can push the others out */
    a->cache[at].hash = hash;
    memset(a->cache[at].key, 0, REB_TOKEN_TEXT);
    memcpy(a->cache[at].key, key, strlen(key) + 1);
    a->cache[at].token = *t;
    a->cache[at].read_us = now;
    return REB_OK;
}

static bool scope_allowed(const reb_token *t, reb_scope scope) {
    unsigned need = scope == REB_SCOPE_READ    ? REB_TOKEN_READ
                    : scope == REB_SCOPE_WRITE ? REB_TOKEN_WRITE
                    : scope == REB_SCOPE_ADMIN ? REB_TOKEN_ADMIN
                                               : 0;
    return (t->scopes & need) == need;
}

static reb_status by_token(reb_caller *caller, bool *unknown, reb_auth *a, const char *key, reb_scope scope, reb_err *err) {
    reb_token t;
    bool found;
    unsigned char h[crypto_shorthash_BYTES];
    crypto_shorthash(h, (const unsigned char *)key, strlen(key), a->salt);
    memcpy(&caller->key, h, sizeof caller->key);
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
    memcpy(caller->name, t.name, sizeof t.name);
    if (scope_allowed(&t, scope)) return REB_OK;
    static const char *const k_names[] = {"", "read", "write", "admin"};
    return reb_fail(err, REB_E_DENIED, "This needs the scope \"%s\", which the key \"%s\" does not have.", k_names[scope], t.name);
}

/* Was a key ever made? Asked again each second until the answer is yes. */
static reb_status any_token(bool *any, reb_auth *a, reb_err *err) {
    reb_status st = REB_OK;
    pthread_mutex_lock(&a->mutex);
    if (!a->any && reb_monotonic_us() - a->any_checked_us >= k_cache_us) {
        st = reb_token_any(&a->any, a->store, err);
        a->any_checked_us = reb_monotonic_us();
    }
    *any = a->any;
    pthread_mutex_unlock(&a->mutex);
    return st;
}

static bool says_it_writes(const reb_head *head) {
    const char *type = head->content_type;
    if (head->requested_with != NULL) return true;
    if (type == NULL) return false;
    return strncasecmp(type, "application/json", 16) == 0 || strncasecmp(type, "application/octet-stream", 24) == 0;
}

/* A page of another site may make the browser ask for today's list, which counts as showing it: a browser says when it does so. Following a
   link to here, which opens a page for a person to see, is allowed. */
static bool asked_by_person(const reb_head *head) {
    if (head->fetch_site == NULL || strcmp(head->fetch_site, "same-origin") == 0 || strcmp(head->fetch_site, "none") == 0) return true;
    return head->fetch_dest != NULL && strcmp(head->fetch_dest, "document") == 0;
}

reb_status reb_auth_check(reb_caller *caller, bool *unknown, reb_auth *a, const reb_head *head, reb_scope scope, bool writes, bool loopback,
                          reb_err *err) {
    *caller = (reb_caller){0};
    *unknown = false;
    if (scope == REB_SCOPE_OPEN) return REB_OK;
    if (writes && !says_it_writes(head)) {
        reb_fail(err, REB_E_DENIED, "A write must have the header Content-Type: application/json, or X-Requested-With.");
        reb_err_next(err, "It keeps web pages from writing behind your back.");
        return REB_E_DENIED;
    }
    char key[REB_TOKEN_TEXT];
    if (offered_key(key, head)) {
        reb_status st = by_token(caller, unknown, a, key, scope, err);
        sodium_memzero(key, sizeof key);
        return st;
    }
    bool any = true;
    reb_status st = any_token(&any, a, err);
    if (st != REB_OK) return st;
    if (!loopback || (any && !a->open_on_loopback)) {
        *unknown = true;
        reb_fail(err, REB_E_DENIED, "This needs a key.");
        reb_err_next(err, "Send the header Authorization: Bearer KEY; rebound token add NAME makes a key.");
        return REB_E_DENIED;
    }
    if (head->proxy != NULL || !reb_host_is_loopback(head->host)) {
        *unknown = true;
        reb_fail(err, REB_E_DENIED,
                 "Without a key, only this machine may ask, by the name localhost or 127.0.0.1 and not through a proxy.");
        reb_err_next(err, "rebound token add NAME makes a key.");
        return REB_E_DENIED;
    }
    if (!asked_by_person(head)) {
        *unknown = true;
        reb_fail(err, REB_E_DENIED, "Another web page asked for this; without a key only you may.");
        reb_err_next(err, "rebound token add NAME makes a key.");
        return REB_E_DENIED;
    }
    caller->scopes = REB_TOKEN_READ | REB_TOKEN_WRITE | REB_TOKEN_ADMIN;
    memcpy(caller->name, "local", 6);
    return REB_OK;
}
