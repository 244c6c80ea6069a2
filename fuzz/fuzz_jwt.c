/* A token as somebody sends it in a provider's name, against keys that are known: what is let through was signed by one of them, so that no
   input that is not in the corpus passes; claims that pass the checks name the right issuer. */
#include "../src/app/jose.h"
#include "../src/app/oidc_parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char k_set[] =
    "{\"keys\":[{\"kty\":\"RSA\",\"n\":\"tSB27GXDEhnu4cDkY4PXKl1oO8WHGNyaY6kEjr60fqKJdsHfZotw9WtpCT6i490e813Bf31RfIvqDvWyykg"
    "u7VF2oRXBLLucSU-iJ4QSA9QFRqMwKrrFmXynyvyi8ZE8M6yE1qfCpXCj5cGDdTSyppsrW20iUaCkwztl-dIdEc61XIvQwwkT8_QjWM4fRmrB5"
    "1cUaMqcUAo1L_CNIIqiht1k957iKPGQeLpeflsZGNaX6tAufjxmz3j4zwytUIlEQUKnISZniwZ_WO--GhxLcu9gEsdstfg5amxiHgR23KEAcqy"
    "s0Ipfz-SIUWXvBa-5cKrJtDXuKRZcFNrqn-JZ1w\",\"e\":\"AQAB\",\"kid\":\"r1\",\"use\":\"sig\",\"alg\":\"RS256\"},{\"kty\":\"EC\",\"x\":\"r4w"
    "j_qsA0lJ-B8WqWuJMrSf4keMdjxsRBDZ8jnZroTA\",\"y\":\"sewvFxDQ3EwHmno2uiICYV-JmWNMN8TPe8W6wn8jR4w\",\"crv\":\"P-256\",\"kid"
    "\":\"e1\",\"use\":\"sig\"}]}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static reb_jwks *keys; /* made once: making it is not what is tried here */
    reb_err err = {0};
    if (keys == NULL && reb_jwks_parse(&keys, k_set, sizeof k_set - 1, &err) != REB_OK) abort();
    cJSON *claims = NULL;
    bool unknown = false;
    reb_status st = reb_jwt_verify(&claims, &unknown, keys, (const char *)data, size, &err);
    if ((st == REB_OK) != (claims != NULL)) abort();
    if (st != REB_OK && err.detail[0] == '\0') abort();
    cJSON_Delete(claims);
    return 0;
}
