#include "secret.h"

#include <sodium.h>
#include <string.h>

enum { SECRET_BYTES = 32 };

reb_status reb_secret_make(char out[REB_SECRET_TEXT], reb_err *err) {
    unsigned char bytes[SECRET_BYTES];
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2base64(out, REB_SECRET_TEXT, bytes, sizeof bytes, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    return REB_OK;
}

void reb_secret_hash(char out[REB_SECRET_HASH], const char *secret) {
    unsigned char hash[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
    sodium_bin2hex(out, REB_SECRET_HASH, hash, sizeof hash);
}

void reb_secret_csrf(char out[REB_SECRET_TEXT], const char *secret) {
    static const char k_purpose[] = "rebound csrf";
    unsigned char mark[SECRET_BYTES];
    size_t n = strlen(secret);
    crypto_generichash(mark, sizeof mark, (const unsigned char *)k_purpose, sizeof k_purpose - 1, (const unsigned char *)secret,
                       n < crypto_generichash_KEYBYTES_MAX ? n : crypto_generichash_KEYBYTES_MAX);
    sodium_bin2base64(out, REB_SECRET_TEXT, mark, sizeof mark, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(mark, sizeof mark);
}

bool reb_secret_well_formed(const char *text) {
    static const char k_letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    return strnlen(text, REB_SECRET_TEXT) == REB_SECRET_TEXT - 1 && strspn(text, k_letters) == REB_SECRET_TEXT - 1;
}

bool reb_secret_same(const char *a, const char *b) {
    size_t n = strnlen(a, REB_SECRET_TEXT);
    return n == strnlen(b, REB_SECRET_TEXT) && n == REB_SECRET_TEXT - 1 && sodium_memcmp(a, b, n) == 0;
}
