#include "oidc.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static void copy(char *out, size_t size, const char *text) {
    snprintf(out, size, "%s", text != NULL ? text : "");
}

reb_status reb_oidc_provider_get(reb_oidc_provider *out, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    *out = (reb_oidc_provider){0};
    reb_status st = reb_query(&q, s, REB_SQL_OIDC_PROVIDER_GET, REB_NO_ARGS, err);
    if (st == REB_OK) st = reb_step(q, &out->set, err);
    if (st == REB_OK && out->set) {
        copy(out->name, sizeof out->name, reb_col_text(q, 0));
        copy(out->issuer, sizeof out->issuer, reb_col_text(q, 1));
        copy(out->client_id, sizeof out->client_id, reb_col_text(q, 2));
        copy(out->secret_file, sizeof out->secret_file, reb_col_text(q, 3));
        copy(out->public_url, sizeof out->public_url, reb_col_text(q, 4));
        const char *key = reb_col_text(q, 5);
        size_t n = 0;
        if (key == NULL || sodium_hex2bin(out->cookie_key, REB_OIDC_KEY, key, strlen(key), NULL, &n, NULL) != 0 || n != REB_OIDC_KEY)
            st = reb_fail(err, REB_E_STORE, "The sign-in provider is stored damaged; set it again: rebound oidc set");
        out->changed_us = reb_col_i64(q, 6);
    }
    reb_stmt_close(q);
    return st;
}

typedef struct work {
    const reb_oidc_provider *p;
    const char *key, *state_hash;
    int64_t now_us, expires_us, user_id, changed;
} work;

static reb_status put_work(reb_store *s, void *ctx, reb_err *err) {
    const work *w = ctx;
    const reb_oidc_provider *p = w->p;
    return reb_exec(s, REB_SQL_OIDC_PROVIDER_PUT,
                    REB_ARGS(reb_t(p->name), reb_t(p->issuer), reb_t(p->client_id), reb_t(p->secret_file), reb_t(p->public_url),
                             reb_t(w->key), reb_i(w->now_us)),
                    NULL, err);
}

reb_status reb_oidc_provider_put(reb_store *s, const reb_oidc_provider *p, int64_t now_us, reb_err *err) {
    unsigned char key[REB_OIDC_KEY];
    char text[REB_OIDC_KEY * 2 + 1];
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    randombytes_buf(key, sizeof key);
    sodium_bin2hex(text, sizeof text, key, sizeof key);
    reb_status st = reb_store_write(s, put_work, &(work){.p = p, .key = text, .now_us = now_us}, err);
    sodium_memzero(key, sizeof key);
    sodium_memzero(text, sizeof text);
    return st;
}

static reb_status remove_work(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    return reb_exec(s, REB_SQL_OIDC_PROVIDER_REMOVE, REB_NO_ARGS, NULL, err);
}

reb_status reb_oidc_provider_remove(reb_store *s, reb_err *err) {
    return reb_store_write(s, remove_work, NULL, err);
}

reb_status reb_oidc_identity_find(int64_t *user_id, reb_store *s, const char *issuer, const char *subject, reb_err *err) {
    bool found;
    return reb_get_i64(user_id, &found, s, REB_SQL_OIDC_IDENTITY_FIND, REB_ARGS(reb_t(issuer), reb_t(subject)), err);
}

reb_status reb_oidc_identity_bind(reb_store *s, const char *issuer, const char *subject, int64_t user_id, const char *email, int64_t now_us,
                                  reb_err *err) {
    int64_t bound = 0;
    bool found;
    reb_status st = reb_get_i64(&bound, &found, s, REB_SQL_OIDC_IDENTITY_OF, REB_ARGS(reb_i(user_id), reb_t(issuer)), err);
    if (st != REB_OK) return st;
    if (bound > 0) {
        reb_fail(err, REB_E_CONFLICT, "The person with this address is bound to another account of the sign-in provider.");
        reb_err_next(err, "If that account is gone: rebound oidc forget EMAIL");
        return REB_E_CONFLICT;
    }
    return reb_exec(s, REB_SQL_OIDC_IDENTITY_ADD, REB_ARGS(reb_t(issuer), reb_t(subject), reb_i(user_id), reb_t(email), reb_i(now_us)),
                    NULL, err);
}

static reb_status forget_work(reb_store *s, void *ctx, reb_err *err) {
    work *w = ctx;
    return reb_exec(s, REB_SQL_OIDC_IDENTITY_FORGET, REB_ARGS(reb_i(w->user_id)), &w->changed, err);
}

reb_status reb_oidc_identity_forget(int64_t *forgotten, reb_store *s, int64_t user_id, reb_err *err) {
    work w = {.user_id = user_id};
    reb_status st = reb_store_write(s, forget_work, &w, err);
    *forgotten = st == REB_OK ? w.changed : 0;
    return st;
}

static reb_status use_work(reb_store *s, void *ctx, reb_err *err) {
    work *w = ctx;
    reb_status st = reb_exec(s, REB_SQL_OIDC_USED_FORGET, REB_ARGS(reb_i(w->now_us)), NULL, err);
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_OIDC_USED_ADD, REB_ARGS(reb_t(w->state_hash), reb_i(w->expires_us)), &w->changed, err);
}

reb_status reb_oidc_state_use(bool *first, reb_store *s, const char *state_hash, int64_t expires_us, int64_t now_us, reb_err *err) {
    work w = {.state_hash = state_hash, .expires_us = expires_us, .now_us = now_us};
    reb_status st = reb_store_write(s, use_work, &w, err);
    *first = st == REB_OK && w.changed > 0;
    return st;
}
