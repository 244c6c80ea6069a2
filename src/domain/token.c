#include "token.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { KEY_BYTES = 32, HASH_BYTES = 32, HASH_TEXT = HASH_BYTES * 2 + 1 };

static const char k_prefix[] = "reb_";

reb_status reb_token_scopes(unsigned *out, const char *text, reb_err *err) {
    static const struct {
        const char *word;
        unsigned bits;
    } k_words[] = {{"read", REB_TOKEN_READ}, {"write", REB_TOKEN_WRITE}, {"admin", REB_TOKEN_READ | REB_TOKEN_WRITE | REB_TOKEN_ADMIN}};
    unsigned bits = 0;
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, ", ");
        bool known = n == 0;
        for (size_t i = 0; i < sizeof k_words / sizeof k_words[0]; i++) {
            if (strlen(k_words[i].word) != n || memcmp(k_words[i].word, p, n) != 0) continue;
            bits |= k_words[i].bits;
            known = true;
        }
        if (!known) {
            reb_fail(err, REB_E_USAGE, "\"%.*s\" is no scope.", (int)(n < 40 ? n : 40), p);
            reb_err_next(err, "Scopes are read, write and admin, parted by commas.");
            return REB_E_USAGE;
        }
        p += n;
        p += *p != '\0';
    }
    if (bits == 0) return reb_fail(err, REB_E_USAGE, "A key needs at least one scope: read, write or admin.");
    *out = bits;
    return REB_OK;
}

const char *reb_token_scopes_text(unsigned scopes) {
    if ((scopes & REB_TOKEN_ADMIN) != 0) return "read write admin";
    if (scopes == (REB_TOKEN_READ | REB_TOKEN_WRITE)) return "read write";
    return scopes == REB_TOKEN_WRITE ? "write" : "read";
}

static reb_status hash_key(char out[HASH_TEXT], const char *key, reb_err *err) {
    unsigned char hash[HASH_BYTES];
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    crypto_generichash(hash, sizeof hash, (const unsigned char *)key, strlen(key), NULL, 0);
    sodium_bin2hex(out, HASH_TEXT, hash, sizeof hash);
    return REB_OK;
}

/* Names are shown in terminals and logs: letters, digits and a few signs, or any UTF-8 beyond ASCII. */
static bool name_ok(const char *name) {
    size_t n = strlen(name);
    if (n == 0 || n > REB_TOKEN_NAME) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)name[i];
        bool plain = c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-_.@", c) != NULL;
        if (!plain) return false;
    }
    return true;
}

typedef struct adding {
    const reb_token *t;
    const char *hash;
} adding;

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    const adding *a = ctx;
    int64_t count;
    bool found;
    reb_status st = reb_get_i64(&count, &found, s, REB_SQL_TOKEN_LIVE_NAMED, REB_ARGS(reb_t(a->t->name), reb_i(a->t->created_us)), err);
    if (st != REB_OK) return st;
    if (count > 0) {
        reb_fail(err, REB_E_CONFLICT, "There is already a key named \"%s\".", a->t->name);
        reb_err_next(err, "Choose another name, or revoke that key first: rebound token revoke %s", a->t->name);
        return REB_E_CONFLICT;
    }
    return reb_exec(s, REB_SQL_TOKEN_INSERT,
                    REB_ARGS(reb_t(a->hash), reb_t(a->t->name), reb_t(reb_token_scopes_text(a->t->scopes)), reb_i(a->t->created_us),
                             reb_i(a->t->expires_us)),
                    NULL, err);
}

reb_status reb_token_add(char key[REB_TOKEN_TEXT], reb_token *out, reb_store *s, const char *name, unsigned scopes, int64_t days,
                         int64_t now_us, reb_err *err) {
    if (!name_ok(name)) {
        reb_fail(err, REB_E_USAGE, "A key's name is 1 to %d bytes: letters, digits, - _ . @", REB_TOKEN_NAME);
        return REB_E_USAGE;
    }
    if (days < 1 || days > 3650) return reb_fail(err, REB_E_USAGE, "A key lives 1 to 3650 days.");
    *out = (reb_token){.scopes = scopes, .created_us = now_us, .expires_us = now_us + days * REB_US_PER_DAY};
    snprintf(out->name, sizeof out->name, "%s", name);
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    unsigned char secret[KEY_BYTES];
    char text[REB_TOKEN_TEXT - 8];
    randombytes_buf(secret, sizeof secret);
    sodium_bin2base64(text, sizeof text, secret, sizeof secret, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    snprintf(key, REB_TOKEN_TEXT, "%s%s", k_prefix, text);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    char hash[HASH_TEXT];
    reb_status st = hash_key(hash, key, err);
    if (st == REB_OK) st = reb_store_write(s, add_work, &(adding){.t = out, .hash = hash}, err);
    if (st != REB_OK) sodium_memzero(key, REB_TOKEN_TEXT);
    return st;
}

typedef struct revoking {
    const char *name;
    int64_t now_us;
} revoking;

static reb_status revoke_work(reb_store *s, void *ctx, reb_err *err) {
    const revoking *r = ctx;
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_TOKEN_REVOKE, REB_ARGS(reb_t(r->name), reb_i(r->now_us)), &changed, err);
    if (st != REB_OK || changed > 0) return st;
    reb_fail(err, REB_E_NOT_FOUND, "There is no living key named \"%.60s\".", r->name);
    reb_err_next(err, "rebound token list shows all keys.");
    return REB_E_NOT_FOUND;
}

reb_status reb_token_revoke(reb_store *s, const char *name, int64_t now_us, reb_err *err) {
    return reb_store_write(s, revoke_work, &(revoking){.name = name, .now_us = now_us}, err);
}

static void read_row(reb_token *t, reb_stmt *q) {
    *t = (reb_token){.created_us = reb_col_i64(q, 2), .expires_us = reb_col_i64(q, 3), .revoked_us = reb_col_i64(q, 4)};
    const char *name = reb_col_text(q, 0);
    const char *scopes = reb_col_text(q, 1);
    snprintf(t->name, sizeof t->name, "%s", name != NULL ? name : "");
    if (scopes == NULL || reb_token_scopes(&t->scopes, scopes, NULL) != REB_OK) t->scopes = 0;
}

reb_status reb_token_find(reb_token *out, bool *found, reb_store *s, const char *key, reb_err *err) {
    *found = false;
    *out = (reb_token){0};
    if (strncmp(key, k_prefix, sizeof k_prefix - 1) != 0 || strlen(key) >= REB_TOKEN_TEXT) return REB_OK;
    char hash[HASH_TEXT];
    reb_status st = hash_key(hash, key, err);
    if (st != REB_OK) return st;
    reb_stmt *q = NULL;
    st = reb_query(&q, s, REB_SQL_TOKEN_FIND, REB_ARGS(reb_t(hash)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) read_row(out, q);
    reb_stmt_close(q);
    return st;
}

bool reb_token_live(const reb_token *t, int64_t now_us) {
    return t->revoked_us == 0 && now_us < t->expires_us && t->scopes != 0;
}

reb_status reb_token_any(bool *any, reb_store *s, reb_err *err) {
    int64_t n = 0;
    bool found;
    reb_status st = reb_get_i64(&n, &found, s, REB_SQL_TOKEN_ANY, REB_NO_ARGS, err);
    *any = n > 0;
    return st;
}

void reb_token_json(reb_json *w, const reb_token *t, int64_t now_us, const char *key) {
    reb_json_obj(w);
    reb_json_kstr(w, "name", t->name);
    if (key != NULL) reb_json_kstr(w, "key", key);
    reb_json_key(w, "scopes");
    reb_json_arr(w);
    if ((t->scopes & REB_TOKEN_READ) != 0) reb_json_str(w, "read");
    if ((t->scopes & REB_TOKEN_WRITE) != 0) reb_json_str(w, "write");
    if ((t->scopes & REB_TOKEN_ADMIN) != 0) reb_json_str(w, "admin");
    reb_json_arr_end(w);
    reb_json_ktime(w, "created", t->created_us);
    reb_json_ktime(w, "expires", t->expires_us);
    if (t->revoked_us != 0) {
        reb_json_ktime(w, "revoked", t->revoked_us);
    } else {
        reb_json_knull(w, "revoked");
    }
    reb_json_kstr(w, "state", t->revoked_us != 0 ? "revoked" : reb_token_live(t, now_us) ? "live" : "expired");
    reb_json_obj_end(w);
}

reb_status reb_token_list_json(reb_json *w, reb_store *s, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    reb_json_obj(w);
    reb_json_key(w, "tokens");
    reb_json_arr(w);
    reb_status st = reb_query(&q, s, REB_SQL_TOKEN_LIST, REB_NO_ARGS, err);
    for (bool row = true; st == REB_OK && row;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        reb_token t;
        read_row(&t, q);
        reb_token_json(w, &t, now_us, NULL);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}
