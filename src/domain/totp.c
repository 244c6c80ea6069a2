#include "totp.h"

#include "../base/clock.h"
#include "../text/fold.h"
#include "../text/utf8.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { SHA1_BYTES = 20, SECRET_MOST = 64 };

int64_t reb_totp_step(int64_t time_us) {
    return time_us < 0 ? 0 : time_us / REB_US_PER_SECOND / REB_TOTP_STEP_S;
}

reb_status reb_totp_code(char out[REB_TOTP_CODE], const unsigned char *secret, size_t secret_len, int64_t step, reb_err *err) {
    unsigned char counter[8];
    unsigned char mac[EVP_MAX_MD_SIZE];
    unsigned n = 0;
    memset(out, 0, REB_TOTP_CODE);
    for (size_t i = 0; i < sizeof counter; i++) counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
    if (secret_len == 0 || secret_len > SECRET_MOST || step < 0 ||
        HMAC(EVP_sha1(), secret, (int)secret_len, counter, sizeof counter, mac, &n) == NULL || n != SHA1_BYTES)
        return reb_fail(err, REB_E_INTERNAL, "The code of a second factor cannot be reckoned.");
    size_t at = mac[SHA1_BYTES - 1] & 0x0Fu;
    uint32_t bits = ((uint32_t)(mac[at] & 0x7Fu) << 24) | ((uint32_t)mac[at + 1] << 16) | ((uint32_t)mac[at + 2] << 8) | mac[at + 3];
    snprintf(out, REB_TOTP_CODE, "%06u", bits % 1000000u);
    sodium_memzero(mac, sizeof mac);
    return REB_OK;
}

bool reb_totp_digits(char out[REB_TOTP_CODE], const char *text) {
    size_t n = 0;
    size_t len = strlen(text);
    if (len > 64) return false;
    for (size_t i = 0; i < len;) {
        uint32_t cp;
        i += reb_utf8_decode(&cp, text + i, len - i);
        /* Between them: spaces, hyphens, and the marks of direction that copying from an Arabic or Persian page brings along. */
        bool between = cp == ' ' || cp == '\t' || cp == '-' || cp == 0xA0 || (cp >= 0x2000 && cp <= 0x2011) || cp == 0x202F ||
                       (cp >= 0x202A && cp <= 0x202E) || (cp >= 0x2066 && cp <= 0x2069) || cp == 0x061C;
        if (between) continue;
        int v = reb_digit_value(cp);
        if (v < 0 || n == REB_TOTP_CODE - 1) return false;
        out[n++] = (char)('0' + v);
    }
    out[n] = '\0';
    return n == REB_TOTP_CODE - 1;
}

reb_status reb_totp_check(int64_t *step, const unsigned char secret[REB_TOTP_SECRET], const char *text, int64_t last_step, int64_t now_us,
                          reb_err *err) {
    char typed[REB_TOTP_CODE];
    *step = -1;
    if (!reb_totp_digits(typed, text)) return REB_OK;
    int64_t now = reb_totp_step(now_us);
    reb_status st = REB_OK;
    for (int64_t k = now - REB_TOTP_WINDOW; st == REB_OK && k <= now + REB_TOTP_WINDOW; k++) {
        char code[REB_TOTP_CODE];
        st = reb_totp_code(code, secret, REB_TOTP_SECRET, k < 0 ? 0 : k, err);
        bool same = sodium_memcmp(code, typed, REB_TOTP_CODE) == 0;
        if (st == REB_OK && same && k >= 0 && k > last_step) *step = k;
        sodium_memzero(code, sizeof code);
    }
    return st;
}

void reb_totp_base32(char out[REB_TOTP_BASE32], const unsigned char secret[REB_TOTP_SECRET]) {
    static const char k_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    _Static_assert(REB_TOTP_SECRET % 5 == 0, "whole groups of 40 bits, so that there is nothing to pad");
    size_t n = 0;
    for (size_t i = 0; i < REB_TOTP_SECRET; i += 5) {
        uint64_t group = 0;
        for (size_t k = 0; k < 5; k++) group = group << 8 | secret[i + k];
        for (int shift = 35; shift >= 0; shift -= 5) out[n++] = k_letters[group >> shift & 31u];
    }
    out[n] = '\0';
}

/* Percent-encoding (RFC 3986) of at most `most` bytes of `text`, cut at a whole character; a colon too, since it parts the label. */
static size_t encode(char *out, size_t at, size_t cap, const char *text, size_t most) {
    static const char k_hex[] = "0123456789ABCDEF";
    size_t len = reb_utf8_cut(text, strlen(text), most);
    for (size_t i = 0; i < len && at + 4 < cap; i++) {
        unsigned char c = (unsigned char)text[i];
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL;
        if (plain && c != '\0') {
            out[at++] = (char)c;
        } else {
            out[at++] = '%';
            out[at++] = k_hex[c >> 4];
            out[at++] = k_hex[c & 15u];
        }
    }
    out[at] = '\0';
    return at;
}

void reb_totp_uri(char out[REB_TOTP_URI], const unsigned char secret[REB_TOTP_SECRET], const char *issuer, const char *account) {
    char text[REB_TOTP_BASE32];
    reb_totp_base32(text, secret);
    if (issuer[0] == '\0') issuer = "Rebound";
    int n = snprintf(out, REB_TOTP_URI, "otpauth://totp/");
    size_t at = encode(out, (size_t)n, REB_TOTP_URI, issuer, REB_TOTP_ISSUER);
    out[at++] = ':';
    at = encode(out, at, REB_TOTP_URI, account, REB_TOTP_ACCOUNT);
    at += (size_t)snprintf(out + at, REB_TOTP_URI - at, "?secret=%s&issuer=", text);
    at = encode(out, at, REB_TOTP_URI, issuer, REB_TOTP_ISSUER);
    snprintf(out + at, REB_TOTP_URI - at, "&algorithm=SHA1&digits=6&period=30");
    sodium_memzero(text, sizeof text);
}
