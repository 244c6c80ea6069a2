/* What a browser keeps between leaving for the provider and coming back. */
#include "oidc.h"

#include <sodium.h>
#include <string.h>

enum { NONCE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES, TAG = 16, PLAIN = 3 * 32 + 8 };
static const char k_label[] = "rebound oidc 1";
_Static_assert((NONCE + PLAIN + TAG) * 4 / 3 + 4 < REB_OIDC_COOKIE, "it fits");

void reb_oidc_cookie_seal(char out[REB_OIDC_COOKIE], const reb_oidc_secret *secret, const unsigned char key[REB_OIDC_KEY]) {
    unsigned char plain[PLAIN];
    unsigned char box[NONCE + PLAIN + TAG];
    unsigned long long n = 0;
    memcpy(plain, secret->state, 32);
    memcpy(plain + 32, secret->nonce, 32);
    memcpy(plain + 64, secret->verifier, 32);
    for (size_t i = 0; i < 8; i++) plain[96 + i] = (unsigned char)((uint64_t)secret->begun_us >> (8 * i));
    randombytes_buf(box, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(box + NONCE, &n, plain, sizeof plain, (const unsigned char *)k_label, sizeof k_label, NULL,
                                               box, key);
    sodium_bin2base64(out, REB_OIDC_COOKIE, box, NONCE + (size_t)n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(plain, sizeof plain);
}

bool reb_oidc_cookie_open(reb_oidc_secret *out, const char *cookie, const unsigned char key[REB_OIDC_KEY], int64_t now_us) {
    unsigned char plain[PLAIN];
    unsigned char box[NONCE + PLAIN + TAG];
    size_t len = 0;
    unsigned long long n = 0;
    const char *end = NULL;
    *out = (reb_oidc_secret){0};
    if (cookie == NULL ||
        sodium_base642bin(box, sizeof box, cookie, strlen(cookie), NULL, &len, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) != 0)
        return false;
    if (*end != '\0' || len != sizeof box) return false;
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain, &n, NULL, box + NONCE, len - NONCE, (const unsigned char *)k_label,
                                                   sizeof k_label, box, key) != 0)
        return false;
    uint64_t begun = 0;
    memcpy(out->state, plain, 32);
    memcpy(out->nonce, plain + 32, 32);
    memcpy(out->verifier, plain + 64, 32);
    for (size_t i = 0; i < 8; i++) begun |= (uint64_t)plain[96 + i] << (8 * i);
    out->begun_us = (int64_t)begun;
    sodium_memzero(plain, sizeof plain);
    return out->begun_us <= now_us && now_us - out->begun_us < REB_OIDC_LIFE_S * REB_US_PER_SECOND;
}
