#include "password.h"

#include "common_password.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>

enum { MOST_BYTES = 4096, MOST_UNITS = 8192 };

/* Well-formed argon2id of nobody's password, with today's parameters: what is compared with when there is nothing to compare with. */
static const char k_nobody[REB_PASSWORD_HASH] = "$argon2id$v=19$m=65536,t=2,p=1$c29kaXVtIGlzIGEgc2FsdA$"
                                                "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

typedef struct normal {
    UChar units[MOST_UNITS];
    char text[MOST_UNITS * 3 + 1];
    int32_t characters; /* as typed or in NFKC, whichever are fewer: one ligature may stand for eighteen letters */
    bool control;
} normal;

static reb_status normalise(normal **out, const char *password, reb_err *err) {
    *out = NULL;
    size_t bytes = strlen(password);
    if (bytes > MOST_BYTES) return reb_fail(err, REB_E_PASSWORD, "A password has at most %d characters.", REB_PASSWORD_MOST);
    normal *n = calloc(1, sizeof *n);
    UChar *raw = calloc(MOST_BYTES + 1, sizeof *raw);
    int32_t length = 0;
    UErrorCode code = U_ZERO_ERROR;
    if (n == NULL || raw == NULL) code = U_MEMORY_ALLOCATION_ERROR;
    const UNormalizer2 *nfkc = U_SUCCESS(code) ? unorm2_getNFKCInstance(&code) : NULL;
    if (U_SUCCESS(code)) u_strFromUTF8(raw, MOST_BYTES + 1, &length, password, (int32_t)bytes, &code);
    int32_t typed = U_SUCCESS(code) ? u_countChar32(raw, length) : 0;
    if (U_SUCCESS(code)) length = unorm2_normalize(nfkc, raw, length, n->units, MOST_UNITS, &code);
    int32_t text_bytes = 0;
    if (U_SUCCESS(code)) u_strToUTF8(n->text, (int32_t)sizeof n->text, &text_bytes, n->units, length, &code);
    if (U_SUCCESS(code)) {
        n->characters = u_countChar32(n->units, length);
        if (typed < n->characters) n->characters = typed;
        for (int32_t i = 0; i < length; i++) n->control = n->control || n->units[i] < 0x20 || n->units[i] == 0x7F;
    }
    if (raw != NULL) sodium_memzero(raw, (MOST_BYTES + 1) * sizeof *raw);
    free(raw);
    if (U_SUCCESS(code)) {
        *out = n;
        return REB_OK;
    }
    if (n != NULL) sodium_memzero(n, sizeof *n);
    free(n);
    if (code == U_MEMORY_ALLOCATION_ERROR) return reb_fail(err, REB_E_MEMORY, "No memory left for a password.");
    return reb_fail(err, REB_E_PASSWORD, "The password is too long, or is no text.");
}

static void forget(normal *n) {
    if (n == NULL) return;
    sodium_memzero(n, sizeof *n);
    free(n);
}

/* Their own name or address, with a few more letters, is the first that others try. */
static bool mostly(const char *password, const char *word) {
    size_t n = strlen(word);
    return n >= 4 && strcasestr(password, word) != NULL && strlen(password) < n + 6;
}

static reb_status business_name(char out[256], reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    out[0] = '\0';
    if (s == NULL) return REB_OK;
    reb_status st = reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("name")), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) snprintf(out, 256, "%s", reb_col_text(q, 0) != NULL ? reb_col_text(q, 0) : "");
    reb_stmt_close(q);
    return st;
}

reb_status reb_password_check(const char *password, reb_store *s, const char *email, const char *name, reb_err *err) {
    normal *n = NULL;
    char business[256];
    reb_status st = business_name(business, s, err);
    if (st == REB_OK) st = normalise(&n, password, err);
    if (st != REB_OK) return st;
    const char *const theirs[] = {email, name, business};
    char local[80] = "";
    size_t at = strcspn(email, "@");
    if (at < sizeof local) memcpy(local, email, at);
    if (n->characters < REB_PASSWORD_LEAST) {
        st = reb_fail(err, REB_E_PASSWORD, "A password has at least %d characters.", REB_PASSWORD_LEAST);
        reb_err_next(err, "A sentence of four or five words is easy to keep and hard to guess.");
    } else if (n->characters > REB_PASSWORD_MOST) {
        st = reb_fail(err, REB_E_PASSWORD, "A password has at most %d characters.", REB_PASSWORD_MOST);
    } else if (n->control) {
        st = reb_fail(err, REB_E_PASSWORD, "A password may hold no line ends or control characters.");
    } else if (mostly(n->text, email) || mostly(n->text, local) || mostly(n->text, name)) {
        st = reb_fail(err, REB_E_PASSWORD, "The password is little more than the name or the e-mail address.");
        reb_err_next(err, "Take words that have nothing to do with the account.");
    } else if (reb_password_common(n->text, theirs, sizeof theirs / sizeof theirs[0])) {
        st = reb_fail(err, REB_E_PASSWORD_KNOWN, "This password is among those that everybody who guesses tries first.");
        reb_err_next(err, "Take another: a sentence of four or five words is easy to keep and hard to guess.");
    }
    forget(n);
    return st;
}

reb_status reb_password_hash(char out[REB_PASSWORD_HASH], const char *password, reb_err *err) {
    _Static_assert(REB_PASSWORD_HASH >= crypto_pwhash_STRBYTES, "room for libsodium's text");
    normal *n = NULL;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    reb_status st = normalise(&n, password, err);
    if (st == REB_OK &&
        crypto_pwhash_str(out, n->text, strlen(n->text), crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0)
        st = reb_fail(err, REB_E_MEMORY, "No memory left to keep a password safely.");
    forget(n);
    return st;
}

reb_status reb_password_verify(bool *fits, bool *weak, const char *hash, const char *password, reb_err *err) {
    *fits = false;
    *weak = false;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    normal *n = NULL;
    reb_status st = normalise(&n, password, err);
    bool readable = st == REB_OK;
    if (st == REB_E_PASSWORD) st = REB_OK; /* what cannot be a password fits nobody, in the same time */
    if (st != REB_OK) return st;
    const char *against = hash != NULL ? hash : k_nobody;
    const char *text = readable ? n->text : "";
    bool same = crypto_pwhash_str_verify(against, text, strlen(text)) == 0;
    *fits = same && readable && hash != NULL;
    if (*fits) {
        *weak = crypto_pwhash_str_needs_rehash(hash, crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE) != 0;
    }
    forget(n);
    return REB_OK;
}
