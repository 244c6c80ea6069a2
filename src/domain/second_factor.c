#include "second_factor.h"

#include "vault.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { CODE_LETTERS = 16, SALT = 16, HASH = 32, HASH_TEXT = HASH * 2 + 1, SALT_TEXT = SALT * 2 + 1, PATIENCE = 5, WAIT_MOST_S = 900 };

/* Crockford's letters: nothing that is mistaken for another. */
static const char k_letters[] = "0123456789abcdefghjkmnpqrstvwxyz";

typedef struct stored {
    bool there, on;
    int64_t since_us, last_step, failures, failed_us;
    char secret[REB_VAULT_TEXT];
} stored;

static reb_status read_stored(stored *f, reb_store *s, int64_t user_id, reb_err *err) {
    reb_stmt *q = NULL;
    *f = (stored){0};
    reb_status st = reb_query(&q, s, REB_SQL_SECOND_FACTOR_GET, REB_ARGS(reb_i(user_id)), err);
    if (st == REB_OK) st = reb_step(q, &f->there, err);
    if (st == REB_OK && f->there) {
        const char *secret = reb_col_text(q, 0);
        snprintf(f->secret, sizeof f->secret, "%s", secret != NULL ? secret : "");
        f->on = !reb_col_null(q, 1);
        f->since_us = reb_col_i64(q, 1);
        f->last_step = reb_col_i64(q, 2);
        f->failures = reb_col_i64(q, 3);
        f->failed_us = reb_col_i64(q, 4);
    }
    reb_stmt_close(q);
    return st;
}

static void label_of(char out[48], int64_t user_id) {
    snprintf(out, 48, "second factor %" PRId64, user_id);
}

static reb_status open_secret(unsigned char secret[REB_TOTP_SECRET], const stored *f, reb_store *s, int64_t user_id, reb_err *err) {
    char label[48];
    label_of(label, user_id);
    return reb_vault_open(secret, REB_TOTP_SECRET, s, label, f->secret, err);
}

reb_status reb_second_factor_read(reb_second_factor *out, reb_store *s, int64_t user_id, reb_err *err) {
    stored f;
    bool found;
    *out = (reb_second_factor){0};
    reb_status st = read_stored(&f, s, user_id, err);
    if (st == REB_OK && f.on) st = reb_get_i64(&out->codes_left, &found, s, REB_SQL_RECOVERY_CODE_LEFT, REB_ARGS(reb_i(user_id)), err);
    out->on = f.on;
    out->begun = f.there && !f.on;
    out->since_us = f.since_us;
    return st;
}

typedef struct work {
    int64_t user_id, now_us;
    const char *secret; /* sealed */
    const char *code;
    char (*codes)[REB_RECOVERY_TEXT];
    reb_factor_answer answer;
    int64_t wait_s;
    bool renew;
} work;

static reb_status begin_work(reb_store *s, void *ctx, reb_err *err) {
    const work *w = ctx;
    int64_t changed = 0;
    reb_status st =
        reb_exec(s, REB_SQL_SECOND_FACTOR_BEGIN, REB_ARGS(reb_i(w->user_id), reb_t(w->secret), reb_i(w->now_us)), &changed, err);
    if (st != REB_OK || changed > 0) return st;
    reb_fail(err, REB_E_CONFLICT, "A second factor is on already.");
    reb_err_next(err, "Turn it off first; then a new one can be set up.");
    return REB_E_CONFLICT;
}

reb_status reb_second_factor_begin(reb_second_factor_new *out, reb_store *s, int64_t user_id, const char *issuer, const char *account,
                                   int64_t now_us, reb_err *err) {
    unsigned char secret[REB_TOTP_SECRET];
    char sealed[REB_VAULT_TEXT];
    char label[48];
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    randombytes_buf(secret, sizeof secret);
    label_of(label, user_id);
    reb_status st = reb_vault_seal(sealed, s, label, secret, sizeof secret, err);
    if (st == REB_OK) st = reb_store_write(s, begin_work, &(work){.user_id = user_id, .now_us = now_us, .secret = sealed}, err);
    if (st == REB_OK) {
        reb_totp_base32(out->secret, secret);
        reb_totp_uri(out->uri, secret, issuer, account);
    }
    sodium_memzero(secret, sizeof secret);
    return st;
}

/* --- recovery codes ---------------------------------------------------------------------------------------------------------------- */

static void make_code(char out[REB_RECOVERY_TEXT]) {
    unsigned char random[CODE_LETTERS];
    size_t n = 0;
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < CODE_LETTERS; i++) {
        if (i > 0 && i % 4 == 0) out[n++] = '-';
        out[n++] = k_letters[random[i] & 31u];
    }
    out[n] = '\0';
    sodium_memzero(random, sizeof random);
}

/* The letters alone, as they were made: capitals and hyphens as one likes, o for 0, i and l for 1. False when it is no such code. */
static bool code_letters(char out[CODE_LETTERS + 1], const char *typed) {
    size_t n = 0;
    for (const char *p = typed; *p != '\0'; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        if (c == '-' || c == ' ' || c == '\t') continue;
        if (c == 'o') c = '0';
        if (c == 'i' || c == 'l') c = '1';
        if (n == CODE_LETTERS || strchr(k_letters, c) == NULL) return false;
        out[n++] = c;
    }
    out[n] = '\0';
    return n == CODE_LETTERS;
}

static void hash_code(char out[HASH_TEXT], const char *letters, const unsigned char salt[SALT]) {
    unsigned char hash[HASH];
    crypto_generichash(hash, sizeof hash, (const unsigned char *)letters, strlen(letters), salt, SALT);
    sodium_bin2hex(out, HASH_TEXT, hash, sizeof hash);
}

static reb_status store_codes(reb_store *s, const work *w, reb_err *err) {
    reb_status st = reb_exec(s, REB_SQL_RECOVERY_CODE_REMOVE, REB_ARGS(reb_i(w->user_id)), NULL, err);
    for (int64_t i = 0; st == REB_OK && i < REB_RECOVERY_CODES; i++) {
        unsigned char salt[SALT];
        char salt_text[SALT_TEXT];
        char hash[HASH_TEXT];
        char letters[CODE_LETTERS + 1];
        randombytes_buf(salt, sizeof salt);
        sodium_bin2hex(salt_text, sizeof salt_text, salt, sizeof salt);
        if (!code_letters(letters, w->codes[i])) return reb_fail(err, REB_E_INTERNAL, "A recovery code was not made well.");
        hash_code(hash, letters, salt);
        st = reb_exec(s, REB_SQL_RECOVERY_CODE_ADD, REB_ARGS(reb_i(w->user_id), reb_i(i + 1), reb_t(salt_text), reb_t(hash)), NULL, err);
        sodium_memzero(letters, sizeof letters);
    }
    return st;
}

/* Every unused code is compared, whichever matches. */
static reb_status use_recovery(bool *used, reb_store *s, const work *w, reb_err *err) {
    char letters[CODE_LETTERS + 1];
    *used = false;
    if (!code_letters(letters, w->code)) return REB_OK;
    reb_stmt *q = NULL;
    int64_t match = 0;
    reb_status st = reb_query(&q, s, REB_SQL_RECOVERY_CODE_UNUSED, REB_ARGS(reb_i(w->user_id)), err);
    for (bool row = true; st == REB_OK && row;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        unsigned char salt[SALT];
        char hash[HASH_TEXT];
        const char *salt_text = reb_col_text(q, 1);
        const char *want = reb_col_text(q, 2);
        size_t n = 0;
        if (salt_text == NULL || want == NULL || strlen(want) != HASH_TEXT - 1 ||
            sodium_hex2bin(salt, sizeof salt, salt_text, strlen(salt_text), NULL, &n, NULL) != 0 || n != SALT)
            continue;
        hash_code(hash, letters, salt);
        if (sodium_memcmp(hash, want, HASH_TEXT - 1) == 0) match = reb_col_i64(q, 0);
    }
    reb_stmt_close(q);
    sodium_memzero(letters, sizeof letters);
    int64_t changed = 0;
    if (st == REB_OK && match > 0)
        st = reb_exec(s, REB_SQL_RECOVERY_CODE_USE, REB_ARGS(reb_i(w->user_id), reb_i(match), reb_i(w->now_us)), &changed, err);
    *used = changed > 0;
    return st;
}

/* --- turning on, asking, turning off -------------------------------------------------------------------------------------------------- */

static reb_status none_on(reb_err *err) {
    reb_fail(err, REB_E_CONFLICT, "No second factor is on.");
    reb_err_next(err, "Set one up first.");
    return REB_E_CONFLICT;
}

static reb_status confirm_work(reb_store *s, void *ctx, reb_err *err) {
    const work *w = ctx;
    stored f;
    unsigned char secret[REB_TOTP_SECRET];
    int64_t step = -1;
    int64_t changed = 0;
    reb_status st = read_stored(&f, s, w->user_id, err);
    if (st != REB_OK) return st;
    if (f.on && w->renew) return store_codes(s, w, err);
    if (w->renew) return none_on(err);
    if (!f.there || f.on) {
        reb_fail(err, REB_E_CONFLICT, f.on ? "A second factor is on already." : "No second factor was begun.");
        reb_err_next(err, f.on ? "Turn it off first; then a new one can be set up." : "Begin it first, and add its secret to the phone.");
        return REB_E_CONFLICT;
    }
    st = open_secret(secret, &f, s, w->user_id, err);
    if (st == REB_OK) st = reb_totp_check(&step, secret, w->code, f.last_step, w->now_us, err);
    sodium_memzero(secret, sizeof secret);
    if (st != REB_OK) return st;
    if (step < 0) {
        reb_fail(err, REB_E_INPUT, "That is not the code of this moment.");
        reb_err_next(err, "Type the six digits that the phone shows now; if they are refused again, set the phone's clock.");
        return REB_E_INPUT;
    }
    st = reb_exec(s, REB_SQL_SECOND_FACTOR_CONFIRM, REB_ARGS(reb_i(w->user_id), reb_i(w->now_us), reb_i(step)), &changed, err);
    if (st == REB_OK && changed == 0) return reb_fail(err, REB_E_CONFLICT, "A second factor is on already.");
    return st == REB_OK ? store_codes(s, w, err) : st;
}

static reb_status with_codes(char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT], reb_store *s, work *w, reb_err *err) {
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    for (size_t i = 0; i < REB_RECOVERY_CODES; i++) make_code(codes[i]);
    w->codes = codes;
    reb_status st = reb_store_write(s, confirm_work, w, err);
    if (st != REB_OK) sodium_memzero(codes, REB_RECOVERY_CODES * (size_t)REB_RECOVERY_TEXT);
    return st;
}

reb_status reb_second_factor_confirm(char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT], reb_store *s, int64_t user_id, const char *code,
                                     int64_t now_us, reb_err *err) {
    return with_codes(codes, s, &(work){.user_id = user_id, .now_us = now_us, .code = code}, err);
}

reb_status reb_second_factor_renew(char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT], reb_store *s, int64_t user_id, reb_err *err) {
    return with_codes(codes, s, &(work){.user_id = user_id, .renew = true}, err);
}

/* After five wrong codes in a row: 30 s, doubling to 15 minutes. 0: none to wait. */
static int64_t wait_left_s(const stored *f, int64_t now_us) {
    if (f->failures < PATIENCE) return 0;
    int64_t more = f->failures - PATIENCE;
    int64_t wait_s = more > 4 ? WAIT_MOST_S : INT64_C(30) << more;
    int64_t left_us = f->failed_us + wait_s * REB_US_PER_SECOND - now_us;
    return left_us <= 0 ? 0 : (left_us + REB_US_PER_SECOND - 1) / REB_US_PER_SECOND;
}

static reb_status check_phone(work *w, const stored *f, reb_store *s, reb_err *err) {
    unsigned char secret[REB_TOTP_SECRET];
    int64_t step = -1;
    int64_t changed = 0;
    reb_status st = open_secret(secret, f, s, w->user_id, err);
    if (st == REB_OK) st = reb_totp_check(&step, secret, w->code, f->last_step, w->now_us, err);
    sodium_memzero(secret, sizeof secret);
    if (st == REB_OK && step >= 0) st = reb_exec(s, REB_SQL_SECOND_FACTOR_USED, REB_ARGS(reb_i(w->user_id), reb_i(step)), &changed, err);
    if (st != REB_OK) return st;
    w->answer = changed > 0 ? REB_FACTOR_RIGHT : REB_FACTOR_WRONG;
    if (changed > 0) return REB_OK;
    return reb_exec(s, REB_SQL_SECOND_FACTOR_FAILED, REB_ARGS(reb_i(w->user_id), reb_i(w->now_us)), NULL, err);
}

static reb_status check_work(reb_store *s, void *ctx, reb_err *err) {
    work *w = ctx;
    stored f;
    bool used = false;
    w->answer = REB_FACTOR_OFF;
    w->wait_s = 0;
    reb_status st = read_stored(&f, s, w->user_id, err);
    if (st != REB_OK || !f.on) return st;
    st = use_recovery(&used, s, w, err);
    if (st != REB_OK) return st;
    if (used) {
        w->answer = REB_FACTOR_RECOVERY;
        return reb_exec(s, REB_SQL_SECOND_FACTOR_CALM, REB_ARGS(reb_i(w->user_id)), NULL, err);
    }
    w->wait_s = wait_left_s(&f, w->now_us);
    if (w->wait_s > 0) {
        w->answer = REB_FACTOR_WAIT;
        return REB_OK;
    }
    return check_phone(w, &f, s, err);
}

reb_status reb_second_factor_check(reb_factor_answer *out, int64_t *wait_s, reb_store *s, int64_t user_id, const char *code, int64_t now_us,
                                   reb_err *err) {
    work w = {.user_id = user_id, .now_us = now_us, .code = code};
    *out = REB_FACTOR_WRONG;
    *wait_s = 0;
    reb_status st = reb_store_write(s, check_work, &w, err);
    if (st != REB_OK) return st;
    *out = w.answer;
    *wait_s = w.wait_s;
    return REB_OK;
}

static reb_status off_work(reb_store *s, void *ctx, reb_err *err) {
    const work *w = ctx;
    reb_status st = reb_exec(s, REB_SQL_RECOVERY_CODE_REMOVE, REB_ARGS(reb_i(w->user_id)), NULL, err);
    return st == REB_OK ? reb_exec(s, REB_SQL_SECOND_FACTOR_REMOVE, REB_ARGS(reb_i(w->user_id)), NULL, err) : st;
}

reb_status reb_second_factor_off(reb_store *s, int64_t user_id, reb_err *err) {
    return reb_store_write(s, off_work, &(work){.user_id = user_id}, err);
}
