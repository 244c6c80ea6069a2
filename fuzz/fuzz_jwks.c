/* A set of keys as a provider publishes it: read or refused, never more keys than are kept, and each can be used to check a token. */
#include "../src/app/jose.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const char token[] =
        "eyJhbGciOiJFUzI1NiJ9.e30.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    reb_jwks *keys = NULL;
    reb_err err = {0};
    reb_status st = reb_jwks_parse(&keys, (const char *)data, size, &err);
    if ((st == REB_OK) != (keys != NULL)) abort();
    if (st != REB_OK) return 0;
    cJSON *claims = NULL;
    bool unknown = false;
    if (reb_jwks_count(keys) > REB_JWKS_KEYS) abort();
    if (reb_jwt_verify(&claims, &unknown, keys, token, strlen(token), &err) == REB_OK) abort(); /* signed by nobody */
    reb_jwks_free(keys);
    return 0;
}
