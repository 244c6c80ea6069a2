#include "jose.h"

#include "../text/utf8.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { KID = 256, RSA_LEAST = 2048, RSA_MOST = 8192, RSA_BYTES = RSA_MOST / 8, P256 = 32 };

typedef enum algorithm { ALG_NONE, ALG_RS256, ALG_ES256 } algorithm;

typedef struct jwk {
    char kid[KID]; /* "": none */
    algorithm alg;
    EVP_PKEY *key;
} jwk;

struct reb_jwks {
    size_t count;
    jwk keys[REB_JWKS_KEYS];
};

/* An escaped NUL would end a text early for everybody who reads it as C text. */
static bool holds_nul(const char *text, size_t n) {
    if (memchr(text, '\0', n) != NULL) return true;
    for (size_t i = 0; i + 1 < n; i++) {
        if (text[i] != '\\') continue;
        if (i + 6 <= n && memcmp(text + i + 1, "u0000", 5) == 0) return true;
        i++;
    }
    return false;
}

cJSON *reb_outside_json(const char *text, size_t n) {
    if (n == 0 || !reb_utf8_valid(text, n, NULL) || holds_nul(text, n)) return NULL;
    const char *end = NULL;
    cJSON *v = cJSON_ParseWithLengthOpts(text, n, &end, 0);
    if (v == NULL) return NULL;
    size_t rest = n - (size_t)(end - text);
    while (rest > 0 && strchr(" \t\r\n", text[n - rest]) != NULL) rest--;
    if (cJSON_IsObject(v) && rest == 0) return v;
    cJSON_Delete(v);
    return NULL;
}

static const char *text_of(const cJSON *object, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(object, name);
    return cJSON_IsString(v) ? v->valuestring : NULL;
}

/* base64url without padding, as all of JOSE writes bytes. False when it is not, or holds more than `cap` bytes. */
static bool decode(unsigned char *out, size_t *n, size_t cap, const char *text, size_t len) {
    const char *end = NULL;
    *n = 0;
    return len > 0 && sodium_base642bin(out, cap, text, len, NULL, n, &end, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0 &&
           end == text + len;
}

/* --- keys ------------------------------------------------------------------------------------------------------------------------ */

static EVP_PKEY *key_from(const char *type, OSSL_PARAM_BLD *build) {
    EVP_PKEY *key = NULL;
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    bool ok =
        params != NULL && ctx != NULL && EVP_PKEY_fromdata_init(ctx) == 1 && EVP_PKEY_fromdata(ctx, &key, EVP_PKEY_PUBLIC_KEY, params) == 1;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(params);
    if (ok) return key;
    EVP_PKEY_free(key);
    return NULL;
}

static EVP_PKEY *rsa_key(const cJSON *k) {
    unsigned char n_bytes[RSA_BYTES];
    unsigned char e_bytes[4]; /* an exponent beyond 32 bits only costs the server time */
    size_t n_len, e_len;
    const char *n_text = text_of(k, "n");
    const char *e_text = text_of(k, "e");
    if (n_text == NULL || e_text == NULL) return NULL;
    if (!decode(n_bytes, &n_len, sizeof n_bytes, n_text, strlen(n_text)) ||
        !decode(e_bytes, &e_len, sizeof e_bytes, e_text, strlen(e_text)))
        return NULL;
    EVP_PKEY *key = NULL;
    BIGNUM *n = BN_bin2bn(n_bytes, (int)n_len, NULL);
    BIGNUM *e = BN_bin2bn(e_bytes, (int)e_len, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    bool sound = n != NULL && e != NULL && build != NULL && BN_num_bits(n) >= RSA_LEAST && BN_is_odd(n) && BN_is_odd(e) && !BN_is_one(e);
    if (sound && OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_E, e) == 1)
        key = key_from("RSA", build);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    BN_free(e);
    return key;
}

static EVP_PKEY *ec_key(const cJSON *k) {
    unsigned char point[1 + 2 * P256] = {0x04}; /* uncompressed */
    size_t x_len, y_len;
    const char *curve = text_of(k, "crv");
    const char *x = text_of(k, "x");
    const char *y = text_of(k, "y");
    if (curve == NULL || strcmp(curve, "P-256") != 0 || x == NULL || y == NULL) return NULL;
    if (!decode(point + 1, &x_len, P256, x, strlen(x)) || !decode(point + 1 + P256, &y_len, P256, y, strlen(y)) || x_len != P256 ||
        y_len != P256)
        return NULL;
    EVP_PKEY *key = NULL;
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    if (build != NULL && OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0) == 1 &&
        OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1)
        key = key_from("EC", build); /* refuses a point that is not on the curve */
    OSSL_PARAM_BLD_free(build);
    return key;
}

/* What may be absent must be one of the words where it is there. */
static bool absent_or(const cJSON *k, const char *name, const char *word) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(k, name);
    return v == NULL || (cJSON_IsString(v) && strcmp(v->valuestring, word) == 0);
}

static void take_key(reb_jwks *set, const cJSON *k) {
    const char *type = text_of(k, "kty");
    const char *kid = text_of(k, "kid");
    jwk *to = &set->keys[set->count];
    if (type == NULL || !absent_or(k, "use", "sig") || (kid != NULL && strlen(kid) >= KID)) return;
    if (strcmp(type, "RSA") == 0 && absent_or(k, "alg", "RS256")) {
        *to = (jwk){.alg = ALG_RS256, .key = rsa_key(k)};
    } else if (strcmp(type, "EC") == 0 && absent_or(k, "alg", "ES256")) {
        *to = (jwk){.alg = ALG_ES256, .key = ec_key(k)};
    } else {
        return;
    }
    if (to->key == NULL) return;
    if (kid != NULL) memcpy(to->kid, kid, strlen(kid) + 1);
    set->count++;
}

reb_status reb_jwks_parse(reb_jwks **out, const char *json, size_t n, reb_err *err) {
    *out = NULL;
    if (n > REB_JWKS_MOST) return reb_fail(err, REB_E_LIMIT, "The provider's keys are more than %d bytes.", (int)REB_JWKS_MOST);
    cJSON *doc = reb_outside_json(json, n);
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "keys");
    reb_status st = REB_OK;
    reb_jwks *set = NULL;
    if (!cJSON_IsArray(list)) {
        st = reb_fail(err, REB_E_INPUT, "The provider's keys are no JWK set.");
        goto done;
    }
    set = calloc(1, sizeof *set);
    if (set == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        goto done;
    }
    const cJSON *k;
    cJSON_ArrayForEach(k, list) {
        if (cJSON_IsObject(k) && set->count < REB_JWKS_KEYS) take_key(set, k);
    }
    *out = set;
done:
    cJSON_Delete(doc);
    return st;
}

void reb_jwks_free(reb_jwks *keys) {
    if (keys == NULL) return;
    for (size_t i = 0; i < keys->count; i++) EVP_PKEY_free(keys->keys[i].key);
    free(keys);
}

size_t reb_jwks_count(const reb_jwks *keys) {
    return keys->count;
}

/* --- signatures --------------------------------------------------------------------------------------------------------------------- */

/* r and s side by side, as JOSE has them (RFC 7518, 3.4), to the DER that OpenSSL reads. */
static unsigned char *ec_der(int *len, const unsigned char *signature, size_t n) {
    unsigned char *der = NULL;
    *len = 0;
    if (n != 2 * P256) return NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    BIGNUM *r = BN_bin2bn(signature, P256, NULL);
    BIGNUM *s = BN_bin2bn(signature + P256, P256, NULL);
    if (sig != NULL && r != NULL && s != NULL && ECDSA_SIG_set0(sig, r, s) == 1) {
        r = s = NULL; /* sig's now */
        *len = i2d_ECDSA_SIG(sig, &der);
    }
    BN_free(r);
    BN_free(s);
    ECDSA_SIG_free(sig);
    return der;
}

static bool signed_by(const jwk *k, const char *text, size_t text_len, const unsigned char *signature, size_t n) {
    unsigned char *der = NULL;
    int der_len = 0;
    if (k->alg == ALG_ES256) {
        der = ec_der(&der_len, signature, n);
        if (der == NULL || der_len <= 0) return false;
        signature = der;
        n = (size_t)der_len;
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    bool ok = ctx != NULL && EVP_DigestVerifyInit(ctx, NULL, EVP_sha256(), NULL, k->key) == 1 &&
              EVP_DigestVerify(ctx, signature, n, (const unsigned char *)text, text_len) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(der);
    return ok;
}

/* --- tokens --------------------------------------------------------------------------------------------------------------------------- */

static algorithm algorithm_of(const cJSON *header) {
    const char *alg = text_of(header, "alg");
    if (alg == NULL || cJSON_GetObjectItemCaseSensitive(header, "crit") != NULL) return ALG_NONE;
    const cJSON *type = cJSON_GetObjectItemCaseSensitive(header, "typ");
    if (type != NULL && (!cJSON_IsString(type) || strcasecmp(type->valuestring, "JWT") != 0)) return ALG_NONE;
    return strcmp(alg, "RS256") == 0 ? ALG_RS256 : strcmp(alg, "ES256") == 0 ? ALG_ES256 : ALG_NONE;
}

typedef struct parts {
    const char *header, *body, *signature;
    size_t header_len, body_len, signature_len;
} parts;

static bool cut(parts *p, const char *token, size_t n) {
    const char *dot = memchr(token, '.', n);
    const char *second = dot != NULL ? memchr(dot + 1, '.', n - (size_t)(dot + 1 - token)) : NULL;
    if (second == NULL) return false;
    *p = (parts){.header = token, .header_len = (size_t)(dot - token), .body = dot + 1, .body_len = (size_t)(second - dot - 1)};
    p->signature = second + 1;
    p->signature_len = n - (size_t)(second + 1 - token);
    return memchr(p->signature, '.', p->signature_len) == NULL;
}

static cJSON *decoded_json(const char *text, size_t len) {
    unsigned char *bytes = malloc(len + 1);
    size_t n = 0;
    cJSON *v = NULL;
    if (bytes != NULL && decode(bytes, &n, len, text, len)) v = reb_outside_json((const char *)bytes, n);
    free(bytes);
    return v;
}

static reb_status find_key(bool *key_unknown, const reb_jwks *keys, const cJSON *header, const parts *p, algorithm alg, reb_err *err) {
    unsigned char signature[RSA_BYTES];
    size_t n = 0;
    const char *kid = text_of(header, "kid");
    bool tried = false;
    if (!decode(signature, &n, sizeof signature, p->signature, p->signature_len))
        return reb_fail(err, REB_E_DENIED, "The provider's token is not signed.");
    for (size_t i = 0; i < keys->count; i++) {
        const jwk *k = &keys->keys[i];
        if (k->alg != alg || (kid != NULL && strcmp(kid, k->kid) != 0)) continue;
        tried = true;
        if (signed_by(k, p->header, (size_t)(p->body + p->body_len - p->header), signature, n)) return REB_OK;
    }
    *key_unknown = !tried;
    return reb_fail(err, REB_E_DENIED,
                    tried ? "The provider's token has a wrong signature." : "The provider's token is signed by an unknown key.");
}

reb_status reb_jwt_verify(cJSON **claims, bool *key_unknown, const reb_jwks *keys, const char *token, size_t n, reb_err *err) {
    parts p;
    *claims = NULL;
    *key_unknown = false;
    if (n > REB_JWT_MOST) return reb_fail(err, REB_E_LIMIT, "The provider's token is more than %d bytes.", (int)REB_JWT_MOST);
    if (!cut(&p, token, n)) return reb_fail(err, REB_E_INPUT, "The provider's token has not three parts.");
    reb_status st = REB_OK;
    cJSON *body = NULL;
    cJSON *header = decoded_json(p.header, p.header_len);
    if (header == NULL) {
        st = reb_fail(err, REB_E_INPUT, "The provider's token has no readable header.");
        goto done;
    }
    algorithm alg = algorithm_of(header);
    if (alg == ALG_NONE) {
        st = reb_fail(err, REB_E_DENIED, "The provider's token is not signed in a way that is taken here.");
        reb_err_next(err, "Set the provider to sign ID tokens with RS256 or ES256.");
        goto done;
    }
    st = find_key(key_unknown, keys, header, &p, alg, err);
    if (st != REB_OK) goto done;
    body = decoded_json(p.body, p.body_len);
    if (body == NULL) st = reb_fail(err, REB_E_INPUT, "The provider's token has no readable claims.");
done:
    cJSON_Delete(header);
    *claims = body;
    return st;
}
