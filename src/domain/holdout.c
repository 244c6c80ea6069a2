#include "holdout.h"

#include "../base/buf.h"

#include <sodium.h>
#include <string.h>

double reb_holdout_unit_of(const char *salt, const char *name, const char *customer_key) {
    /* The salt may have any length; the hash wants 16 bytes. */
    unsigned char key[crypto_shorthash_KEYBYTES];
    crypto_generichash(key, sizeof key, (const unsigned char *)salt, strlen(salt), NULL, 0);
    unsigned char first[crypto_shorthash_BYTES];
    crypto_shorthash(first, (const unsigned char *)name, strlen(name), key);
    /* Chained, not joined: no pair of name and customer can be mistaken for another. */
    unsigned char chained[crypto_shorthash_KEYBYTES];
    memcpy(chained, key, sizeof chained);
    for (size_t i = 0; i < sizeof first; i++) chained[i] ^= first[i];
    unsigned char out[crypto_shorthash_BYTES];
    crypto_shorthash(out, (const unsigned char *)customer_key, strlen(customer_key), chained);
    uint64_t bits = 0;
    for (size_t i = 0; i < sizeof out; i++) bits |= (uint64_t)out[i] << (8 * i);
    return (double)(bits >> 11) * 0x1p-53;
}

double reb_holdout_unit(const char *salt, reb_item_kind kind, const char *customer_key) {
    return reb_holdout_unit_of(salt, reb_item_kind_name(kind), customer_key);
}

bool reb_holdout_draw(const char *salt, reb_item_kind kind, const char *customer_key, double share) {
    return reb_holdout_unit(salt, kind, customer_key) < share;
}
