#include "case_token.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { KEY = crypto_auth_hmacsha256_KEYBYTES, MARK = 16 };
static const char k_name[] = "case_link";

typedef struct keeping {
    unsigned char key[KEY];
} keeping;

static reb_status read_key(bool *found, unsigned char key[KEY], reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *found = false;
    reb_status st = reb_query(&q, s, REB_SQL_PRIVACY_SECRET_GET, REB_ARGS(reb_t(k_name)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        size_t n = 0;
        const char *hex = reb_col_text(q, 0);
        *found = true;
        if (hex == NULL || sodium_hex2bin(key, KEY, hex, strlen(hex), NULL, &n, NULL) != 0 || n != KEY)
            st = reb_fail(err, REB_E_STORE, "The secret of case links is damaged.");
    }
    reb_stmt_close(q);
    return st;
}

static reb_status make_key(reb_store *s, void *ctx, reb_err *err) {
    keeping *k = ctx;
    bool found = false;
    char hex[KEY * 2 + 1];
    reb_status st = read_key(&found, k->key, s, err);
    if (st != REB_OK || found) return st;
    randombytes_buf(k->key, sizeof k->key);
    sodium_bin2hex(hex, sizeof hex, k->key, sizeof k->key);
    st = reb_exec(s, REB_SQL_PRIVACY_SECRET_PUT, REB_ARGS(reb_t(k_name), reb_t(hex)), NULL, err);
    sodium_memzero(hex, sizeof hex);
    /* Two who made it at once: whichever is stored is it. */
    return st == REB_OK ? read_key(&found, k->key, s, err) : st;
}

/* Mail folds letters, so its mark has one case only: base32 of RFC 4648 in lower case, without padding. */
static void base32(char *out, const unsigned char *bytes, size_t n) {
    static const char k_letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned bits = 0;
    unsigned have = 0;
    for (size_t i = 0; i < n; i++) {
        bits = (bits << 8 | bytes[i]) & 0xfffu;
        have += 8;
        while (have >= 5) {
            have -= 5;
            *out++ = k_letters[bits >> have & 31u];
        }
    }
    if (have > 0) *out++ = k_letters[bits << (5 - have) & 31u];
    *out = '\0';
}

static void write_token(char out[REB_CASE_TOKEN], const unsigned char key[KEY], const char *purpose, int64_t number) {
    unsigned char mark[crypto_auth_hmacsha256_BYTES];
    char text[80];
    char letters[48];
    bool mail = strcmp(purpose, "mail") == 0;
    int n = snprintf(text, sizeof text, "%.40s:%" PRId64, purpose, number);
    crypto_auth_hmacsha256(mark, (const unsigned char *)text, (unsigned long long)n, key);
    if (mail) {
        base32(letters, mark, MARK);
    } else {
        sodium_bin2base64(letters, sizeof letters, mark, MARK, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    }
    snprintf(out, REB_CASE_TOKEN, "%" PRId64 "%c%s", number, mail ? '.' : '-', letters);
}

reb_status reb_case_token_make(char out[REB_CASE_TOKEN], reb_store *s, const char *purpose, int64_t number, reb_err *err) {
    keeping k;
    bool found = false;
    out[0] = '\0';
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    reb_status st = read_key(&found, k.key, s, err);
    if (st == REB_OK && !found) st = reb_store_write(s, make_key, &k, err);
    if (st == REB_OK) write_token(out, k.key, purpose, number);
    sodium_memzero(&k, sizeof k);
    return st;
}

reb_status reb_case_token_check(int64_t *number, reb_store *s, const char *purpose, const char *token, reb_err *err) {
    keeping k;
    bool found = false;
    char want[REB_CASE_TOKEN] = {0};
    char have[REB_CASE_TOKEN] = {0};
    char *end = NULL;
    *number = 0;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    size_t n = strnlen(token, sizeof have);
    if (n == sizeof have || n < 8 || strspn(token, "0123456789") < 6 || strspn(token, "0123456789") > 19) return REB_OK;
    memcpy(have, token, n);
    if (strcmp(purpose, "mail") == 0)
        for (size_t i = 0; i < n; i++)
            if (have[i] >= 'A' && have[i] <= 'Z') have[i] = (char)(have[i] + ('a' - 'A'));
    int64_t told = strtoll(have, &end, 10);
    reb_status st = read_key(&found, k.key, s, err);
    if (st == REB_OK && found) {
        write_token(want, k.key, purpose, told);
        if (sodium_memcmp(want, have, sizeof want) == 0) *number = told;
    }
    sodium_memzero(&k, sizeof k);
    return st;
}
