#include "voucher.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static const char k_secret[] = "voucher_code";

enum { KEY = crypto_auth_hmacsha256_KEYBYTES, HASH_TEXT = crypto_hash_sha256_BYTES * 2 + 1 };
_Static_assert((int)crypto_auth_hmacsha256_BYTES == (int)REB_VOUCHER_SEED, "a code is made of one mark");

const char *reb_voucher_state_name(reb_voucher_state s) {
    static const char *const name[] = {"open", "redeemed", "expired", "cancelled"};
    return name[s];
}

reb_voucher_state reb_voucher_state_at(const reb_voucher *v, int64_t now_us) {
    if (v->redeemed_us != 0) return REB_VOUCHER_REDEEMED;
    if (v->cancelled_us != 0) return REB_VOUCHER_CANCELLED;
    return v->expires_us != 0 && v->expires_us <= now_us ? REB_VOUCHER_EXPIRED : REB_VOUCHER_OPEN;
}

/* --- codes ---------------------------------------------------------------------------------------------------------------------------- */

static reb_status read_secret(unsigned char key[KEY], bool *found, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_query(&q, s, REB_SQL_PRIVACY_SECRET_GET, REB_ARGS(reb_t(k_secret)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        size_t n = 0;
        const char *hex = reb_col_text(q, 0);
        if (hex == NULL || sodium_hex2bin(key, KEY, hex, strlen(hex), NULL, &n, NULL) != 0 || n != KEY)
            st = reb_fail(err, REB_E_STORE, "The key of the vouchers' codes is damaged.");
    }
    reb_stmt_close(q);
    return st;
}

static reb_status need_secret(unsigned char key[KEY], reb_store *s, reb_err *err) {
    bool found = false;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    reb_status st = read_secret(key, &found, s, err);
    if (st != REB_OK || found) return st;
    char hex[KEY * 2 + 1];
    randombytes_buf(key, KEY);
    sodium_bin2hex(hex, sizeof hex, key, KEY);
    st = reb_exec(s, REB_SQL_PRIVACY_SECRET_PUT, REB_ARGS(reb_t(k_secret), reb_t(hex)), NULL, err);
    sodium_memzero(hex, sizeof hex);
    return st == REB_OK ? read_secret(key, &found, s, err) : st; /* somebody else's may have been first */
}

static void make_code(char code[REB_VOUCHER_TEXT], const unsigned char key[KEY], int64_t voucher_id) {
    unsigned char seed[REB_VOUCHER_SEED];
    char what[40];
    int n = snprintf(what, sizeof what, "voucher:%lld", (long long)voucher_id);
    crypto_auth_hmacsha256(seed, (const unsigned char *)what, (unsigned long long)n, key);
    reb_voucher_code_make(code, seed);
    sodium_memzero(seed, sizeof seed);
}

static void hash_code(char out[HASH_TEXT], const char *code) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)code, strlen(code));
    sodium_bin2hex(out, HASH_TEXT, hash, sizeof hash);
}

reb_status reb_voucher_code(char code[REB_VOUCHER_TEXT], reb_store *s, int64_t voucher_id, reb_err *err) {
    unsigned char key[KEY];
    bool found = false;
    reb_voucher v;
    code[0] = '\0';
    reb_status st = reb_voucher_get(&v, s, voucher_id, err);
    if (st == REB_OK) st = read_secret(key, &found, s, err);
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_STORE, "The key of the vouchers' codes is gone.");
    if (st == REB_OK) make_code(code, key, voucher_id);
    sodium_memzero(key, sizeof key);
    return st;
}

reb_status reb_voucher_add(char code[REB_VOUCHER_TEXT], reb_store *s, const reb_gesture *g, int64_t now_us, int64_t expires_us,
                           reb_err *err) {
    unsigned char key[KEY];
    char hash[HASH_TEXT];
    reb_status st = need_secret(key, s, err);
    if (st == REB_OK) {
        make_code(code, key, g->gesture_id);
        hash_code(hash, code);
        st = reb_exec(s, REB_SQL_VOUCHER_INSERT,
                      REB_ARGS(reb_t(hash), reb_i(g->gesture_id), reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->value_minor),
                               reb_t(g->currency), reb_i(now_us), reb_i(expires_us)),
                      NULL, err);
    }
    sodium_memzero(key, sizeof key);
    return st;
}

/* --- rows ----------------------------------------------------------------------------------------------------------------------------- */

static void read_row(reb_voucher *v, reb_stmt *q) {
    *v = (reb_voucher){.voucher_id = reb_col_i64(q, 1),
                       .at = {reb_col_i64(q, 2), reb_col_i64(q, 3)},
                       .value_minor = reb_col_i64(q, 4),
                       .created_us = reb_col_i64(q, 6),
                       .expires_us = reb_col_i64(q, 7),
                       .redeemed_us = reb_col_i64(q, 8),
                       .cancelled_us = reb_col_i64(q, 11)};
    snprintf(v->currency, sizeof v->currency, "%s", reb_col_text(q, 5));
    snprintf(v->redeemed_by, sizeof v->redeemed_by, "%s", reb_col_text(q, 9));
    snprintf(v->redeemed_key, sizeof v->redeemed_key, "%s", reb_col_text(q, 10));
}

static reb_status read_one(reb_voucher *out, bool *found, reb_store *s, reb_sql query, reb_arg by, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    reb_status st = reb_query(&q, s, query, &by, 1, err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) read_row(out, q);
    reb_stmt_close(q);
    return st;
}

static reb_status nobody_gave(reb_err *err) {
    reb_fail(err, REB_E_NOT_FOUND, "There is no voucher with this code.");
    reb_err_next(err, "Read it again, letter by letter.");
    reb_err_reason(err, "voucher_unknown");
    return REB_E_NOT_FOUND;
}

static reb_status find_hashed(reb_voucher *out, reb_store *s, const char *hash, reb_err *err) {
    bool found = false;
    reb_status st = read_one(out, &found, s, REB_SQL_VOUCHER_FIND, reb_t(hash), err);
    return st == REB_OK && !found ? nobody_gave(err) : st;
}

reb_status reb_voucher_find(reb_voucher *out, reb_store *s, const char *code, reb_err *err) {
    char plain[REB_VOUCHER_TEXT], hash[HASH_TEXT];
    reb_status st = reb_voucher_code_read(plain, code, err);
    if (st != REB_OK) return st;
    hash_code(hash, plain);
    return find_hashed(out, s, hash, err);
}

reb_status reb_voucher_get(reb_voucher *out, reb_store *s, int64_t voucher_id, reb_err *err) {
    bool found = false;
    reb_status st = read_one(out, &found, s, REB_SQL_VOUCHER_GET, reb_i(voucher_id), err);
    return st == REB_OK && !found ? reb_fail(err, REB_E_NOT_FOUND, "There is no such voucher.") : st;
}

/* --- spending ------------------------------------------------------------------------------------------------------------------------- */

typedef struct redeeming {
    reb_voucher *out;
    bool *known;
    char hash[HASH_TEXT];
    const char *who, *key;
    int64_t now_us;
} redeeming;

static reb_status refuse(const reb_voucher *v, int64_t now_us, reb_err *err) {
    char when[REB_TIME_TEXT];
    reb_voucher_state state = reb_voucher_state_at(v, now_us);
    reb_time_format(state == REB_VOUCHER_REDEEMED    ? v->redeemed_us
                    : state == REB_VOUCHER_CANCELLED ? v->cancelled_us
                                                     : v->expires_us,
                    when);
    static const char *const reason[] = {"voucher_open", "voucher_redeemed", "voucher_expired", "voucher_cancelled"};
    static const char *const words[] = {"is open", "was redeemed", "has expired", "was taken back"};
    reb_fail(err, REB_E_CONFLICT, "This voucher %s (%s).", words[state], when);
    reb_err_reason(err, reason[state]);
    return REB_E_CONFLICT;
}

static reb_status redeem_work(reb_store *s, void *ctx, reb_err *err) {
    const redeeming *r = ctx;
    int64_t changed = 0;
    *r->known = false;
    reb_status st =
        reb_exec(s, REB_SQL_VOUCHER_REDEEM, REB_ARGS(reb_t(r->hash), reb_i(r->now_us), reb_t(r->who), reb_t(r->key)), &changed, err);
    if (st == REB_OK) st = find_hashed(r->out, s, r->hash, err);
    if (st != REB_OK) return st;
    if (changed == 0) {
        *r->known = r->out->redeemed_us != 0 && r->key[0] != '\0' && strcmp(r->key, r->out->redeemed_key) == 0;
        return *r->known ? REB_OK : refuse(r->out, r->now_us, err);
    }
    return reb_exec(s, REB_SQL_GESTURE_USED,
                    REB_ARGS(reb_i(r->out->at.customer_id), reb_i(r->out->at.case_id), reb_i(r->out->voucher_id), reb_i(r->now_us)), NULL,
                    err);
}

reb_status reb_voucher_redeem(reb_voucher *out, bool *known, reb_store *s, const char *code, const char *who, const char *key,
                              int64_t now_us, reb_err *err) {
    char plain[REB_VOUCHER_TEXT];
    redeeming r = {.out = out, .known = known, .who = who, .key = key != NULL ? key : "", .now_us = now_us};
    reb_status st = reb_voucher_code_read(plain, code, err);
    if (st != REB_OK) return st;
    if (strlen(r.who) > REB_VOUCHER_BY || strlen(r.key) > REB_VOUCHER_KEY)
        return reb_fail(err, REB_E_LIMIT, "The name of the sale has at most %d bytes.", REB_VOUCHER_KEY);
    hash_code(r.hash, plain);
    return reb_store_write(s, redeem_work, &r, err);
}

reb_status reb_voucher_cancel(bool *cancelled, reb_store *s, int64_t voucher_id, int64_t now_us, reb_err *err) {
    int64_t changed = 0;
    reb_status st = reb_exec(s, REB_SQL_VOUCHER_CANCEL, REB_ARGS(reb_i(voucher_id), reb_i(now_us)), &changed, err);
    *cancelled = changed > 0;
    return st;
}

reb_status reb_voucher_list(reb_voucher *out, int64_t room, int64_t *count, reb_store *s, int64_t before_us, int64_t before_id,
                            reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_VOUCHER_LIST, REB_ARGS(reb_i(before_us), reb_i(before_id), reb_i(room)), err);
    while (st == REB_OK && *count < room && (st = reb_step(q, &row, err)) == REB_OK && row) read_row(&out[(*count)++], q);
    reb_stmt_close(q);
    return st;
}

reb_status reb_voucher_sum(reb_voucher_sums *out, reb_store *s, const char *currency, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_voucher_sums){0};
    reb_status st = reb_query(&q, s, REB_SQL_VOUCHER_SUMS, REB_ARGS(reb_i(now_us), reb_t(currency)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row)
        *out = (reb_voucher_sums){
            .made = reb_col_i64(q, 0), .redeemed = reb_col_i64(q, 1), .open = reb_col_i64(q, 2), .open_value_minor = reb_col_i64(q, 3)};
    reb_stmt_close(q);
    return st;
}
