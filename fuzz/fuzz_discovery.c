/* What a provider tells of itself, and the claims of a token: read or refused; what is read leads to addresses that may be asked. */
#include "../src/app/jose.h"
#include "../src/app/oidc_parse.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_oidc_discovery d;
    reb_oidc_claims claims;
    reb_err err = {0};
    if (reb_oidc_discovery_parse(&d, (const char *)data, size, "https://id.example", &err) == REB_OK) {
        if (!reb_fetch_url_ok(d.authorization) || !reb_fetch_url_ok(d.token) || !reb_fetch_url_ok(d.jwks)) abort();
        if (d.userinfo[0] != '\0' && !reb_fetch_url_ok(d.userinfo)) abort();
    } else if (err.detail[0] == '\0') {
        abort();
    }
    const reb_oidc_expected e = {
        .issuer = "https://id.example", .client_id = "rebound", .nonce = "n1", .now_us = INT64_C(1777626000) * 1000000};
    cJSON *v = reb_outside_json((const char *)data, size);
    if (v != NULL && reb_oidc_claims_check(&claims, v, &e, &err) == REB_OK && claims.subject[0] == '\0') abort();
    cJSON_Delete(v);
    return 0;
}
