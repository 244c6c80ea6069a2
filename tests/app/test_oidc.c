/* What an OpenID provider sends, and what somebody sends in its name: signatures, keys, claims, discovery. Tokens are signed here with
   OpenSSL, so that each fault stands alone. */
#include "../lib/tap.h"

#include "../../src/app/jose.h"
#include "../../src/app/oidc_parse.h"
#include "../../src/base/buf.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <sodium.h>

static EVP_PKEY *k_rsa, *k_other, *k_small, *k_ec, *k_p384;
static const int64_t k_now = INT64_C(1777626000) * 1000000; /* 2026-05-01T09:00:00Z */

static void add64(reb_buf *out, const void *bytes, size_t n) {
    char *text = malloc(n * 2 + 8);
    sodium_bin2base64(text, n * 2 + 8, bytes, n, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    reb_buf_str(out, text);
    free(text);
}

static void number(reb_buf *out, const char *name, EVP_PKEY *key, const char *param, int pad) {
    BIGNUM *bn = NULL;
    unsigned char bytes[1200];
    EVP_PKEY_get_bn_param(key, param, &bn);
    int n = pad > 0 ? BN_bn2binpad(bn, bytes, pad) : BN_bn2bin(bn, bytes);
    reb_buf_printf(out, ",\"%s\":\"", name);
    add64(out, bytes, (size_t)n);
    reb_buf_char(out, '"');
    BN_free(bn);
}

static void jwk(reb_buf *out, EVP_PKEY *key, const char *kid, const char *more) {
    bool rsa = EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA;
    reb_buf_printf(out, "{\"kty\":\"%s\",\"kid\":\"%s\"%s", rsa ? "RSA" : "EC", kid, more);
    if (rsa) {
        number(out, "n", key, OSSL_PKEY_PARAM_RSA_N, 0);
        number(out, "e", key, OSSL_PKEY_PARAM_RSA_E, 0);
    } else {
        int size = (EVP_PKEY_get_bits(key) + 7) / 8;
        reb_buf_printf(out, ",\"crv\":\"P-%d\"", EVP_PKEY_get_bits(key));
        number(out, "x", key, OSSL_PKEY_PARAM_EC_PUB_X, size);
        number(out, "y", key, OSSL_PKEY_PARAM_EC_PUB_Y, size);
    }
    reb_buf_char(out, '}');
}

static reb_jwks *parse(const char *json) {
    reb_jwks *keys = NULL;
    reb_err err = {0};
    reb_jwks_parse(&keys, json, strlen(json), &err);
    return keys;
}

/* header.payload.signature, the signature by `key` in the way of its kind. */
static char *token(EVP_PKEY *key, const char *header, const char *payload) {
    reb_buf out = {0};
    unsigned char sig[1100];
    size_t n = sizeof sig;
    add64(&out, header, strlen(header));
    reb_buf_char(&out, '.');
    add64(&out, payload, strlen(payload));
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_DigestSignInit(ctx, NULL, EVP_sha256(), NULL, key);
    EVP_DigestSign(ctx, sig, &n, (const unsigned char *)out.data, out.len);
    EVP_MD_CTX_free(ctx);
    if (EVP_PKEY_get_base_id(key) == EVP_PKEY_EC) {
        const unsigned char *p = sig;
        ECDSA_SIG *ec = d2i_ECDSA_SIG(NULL, &p, (long)n);
        unsigned char raw[64];
        BN_bn2binpad(ECDSA_SIG_get0_r(ec), raw, 32);
        BN_bn2binpad(ECDSA_SIG_get0_s(ec), raw + 32, 32);
        ECDSA_SIG_free(ec);
        memcpy(sig, raw, 64);
        n = 64;
    }
    reb_buf_char(&out, '.');
    add64(&out, sig, n);
    return out.data;
}

static reb_status verify(const reb_jwks *keys, const char *text, bool *unknown) {
    cJSON *claims = NULL;
    bool ignored;
    reb_err err = {0};
    reb_status st = reb_jwt_verify(&claims, unknown != NULL ? unknown : &ignored, keys, text, strlen(text), &err);
    if ((st == REB_OK) != (claims != NULL)) OK(false, "claims come with a right signature only");
    if (st != REB_OK && err.detail[0] == '\0') OK(false, "an error says something");
    cJSON_Delete(claims);
    return st;
}

static void is_token(const reb_jwks *keys, EVP_PKEY *key, const char *header, reb_status want, const char *what) {
    char *t = token(key, header, "{\"sub\":\"1\"}");
    EQ_I64(verify(keys, t, NULL), want, what);
    free(t);
}

static void signatures(void) {
    reb_buf set = {0};
    reb_buf_str(&set, "{\"keys\":[");
    jwk(&set, k_rsa, "r1", ",\"use\":\"sig\",\"alg\":\"RS256\"");
    reb_buf_char(&set, ',');
    jwk(&set, k_ec, "e1", ",\"use\":\"sig\"");
    reb_buf_char(&set, ',');
    jwk(&set, k_small, "small", "");
    reb_buf_char(&set, ',');
    jwk(&set, k_p384, "p384", "");
    reb_buf_char(&set, ',');
    jwk(&set, k_other, "enc", ",\"use\":\"enc\"");
    reb_buf_str(&set, ",{\"kty\":\"oct\",\"kid\":\"h\",\"k\":\"AAAA\"},{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"},7,null]}");
    reb_jwks *keys = parse(reb_buf_cstr(&set));
    EQ_I64((int64_t)reb_jwks_count(keys), 2, "of eight keys two can be used");
    is_token(keys, k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", REB_OK, "RS256");
    is_token(keys, k_rsa, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", REB_OK, "RS256 without a kid");
    is_token(keys, k_ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", REB_OK, "ES256");
    is_token(keys, k_rsa, "{\"alg\":\"RS256\",\"kid\":\"e1\"}", REB_E_DENIED, "the kid of a key of another kind");
    is_token(keys, k_ec, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", REB_E_DENIED, "an EC signature called RS256");
    is_token(keys, k_other, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", REB_E_DENIED, "somebody else's key under a known kid");
    is_token(keys, k_other, "{\"alg\":\"RS256\"}", REB_E_DENIED, "somebody else's key without a kid");
    is_token(keys, k_small, "{\"alg\":\"RS256\",\"kid\":\"small\"}", REB_E_DENIED, "1024 bits are no key");
    is_token(keys, k_other, "{\"alg\":\"RS256\",\"kid\":\"enc\"}", REB_E_DENIED, "a key for encryption signs nothing");
    is_token(keys, k_rsa, "{\"alg\":\"none\"}", REB_E_DENIED, "none");
    is_token(keys, k_rsa, "{\"alg\":\"HS256\",\"kid\":\"h\"}", REB_E_DENIED, "HS256");
    is_token(keys, k_rsa, "{\"alg\":\"RS512\",\"kid\":\"r1\"}", REB_E_DENIED, "RS512");
    is_token(keys, k_rsa, "{\"alg\":\"rs256\",\"kid\":\"r1\"}", REB_E_DENIED, "rs256 is not RS256");
    is_token(keys, k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"crit\":[\"b64\"],\"b64\":false}", REB_E_DENIED, "crit");
    is_token(keys, k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\",\"typ\":\"at+jwt\"}", REB_E_DENIED, "an access token is no ID token");
    bool unknown = false;
    char *t = token(k_other, "{\"alg\":\"RS256\",\"kid\":\"new\"}", "{}");
    OK(verify(keys, t, &unknown) == REB_E_DENIED && unknown, "an unknown kid is told as such");
    free(t);
    t = token(k_other, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", "{}");
    OK(verify(keys, t, &unknown) == REB_E_DENIED && !unknown, "a wrong signature is not");
    free(t);

    /* The key that a token brings along is not asked. */
    reb_buf own = {0};
    reb_buf_str(&own, "{\"alg\":\"RS256\",\"jwk\":");
    jwk(&own, k_other, "x", "");
    reb_buf_str(&own, ",\"jku\":\"https://evil.example/keys\",\"x5u\":\"https://evil.example/cert\"}");
    is_token(keys, k_other, reb_buf_cstr(&own), REB_E_DENIED, "a key inside the token");
    reb_buf_free(&own);

    /* Each byte of a right token matters. */
    t = token(k_ec, "{\"alg\":\"ES256\",\"kid\":\"e1\"}", "{\"sub\":\"anna\"}");
    size_t passed = 0, n = strlen(t);
    for (size_t i = 0; i < n; i++) {
        char before = t[i];
        t[i] = before == 'A' ? 'B' : 'A';
        passed += verify(keys, t, NULL) == REB_OK;
        t[i] = before;
    }
    EQ_I64((int64_t)passed, 0, "no changed byte passes");
    for (size_t i = 0; i < n; i++) {
        char *cut = strndup(t, i);
        passed += verify(keys, cut, NULL) == REB_OK;
        free(cut);
    }
    EQ_I64((int64_t)passed, 0, "nor a token cut short");
    char *longer = malloc(n + 4);
    snprintf(longer, n + 4, "%s=", t);
    OK(verify(keys, longer, NULL) != REB_OK, "nor one with padding");
    snprintf(longer, n + 4, "%s.x", t);
    OK(verify(keys, longer, NULL) != REB_OK, "nor one with a fourth part");
    free(longer);
    free(t);
    t = token(k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", "{\"email\":\"anna@example.net\\u0000@evil.example\"}");
    EQ_I64(verify(keys, t, NULL), REB_E_INPUT, "a NUL within a claim");
    free(t);
    t = token(k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", "{\"sub\":\"\xED\xA0\x80\"}");
    EQ_I64(verify(keys, t, NULL), REB_E_INPUT, "a lone surrogate within a claim");
    free(t);
    t = token(k_rsa, "{\"alg\":\"RS256\",\"kid\":\"r1\"}", "[1]");
    EQ_I64(verify(keys, t, NULL), REB_E_INPUT, "claims that are a list");
    free(t);
    char *large = malloc(20001);
    memset(large, 'a', 20000);
    large[20000] = '\0';
    EQ_I64(verify(keys, large, NULL), REB_E_LIMIT, "a token of 20 kB");
    free(large);
    reb_jwks_free(keys);

    /* sets of keys */
    static const char *const bad[] = {"", "[]", "{}", "{\"keys\":7}", "{\"keys\":[]", "{\"keys\":[]}x", "\xFF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        reb_err err = {0};
        reb_jwks *none = NULL;
        OK(reb_jwks_parse(&none, bad[i], strlen(bad[i]), &err) == REB_E_INPUT && none == NULL, "no set of keys: %zu", i);
    }
    keys = parse("{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\",\"y\":"
                 "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE\"}]}");
    EQ_I64((int64_t)reb_jwks_count(keys), 0, "a point that is not on the curve");
    reb_jwks_free(keys);
    reb_buf many = {0};
    reb_buf_str(&many, "{\"keys\":[");
    for (int i = 0; i < 100; i++) {
        if (i > 0) reb_buf_char(&many, ',');
        jwk(&many, k_ec, "k", "");
    }
    reb_buf_str(&many, "]}");
    keys = parse(reb_buf_cstr(&many));
    EQ_I64((int64_t)reb_jwks_count(keys), REB_JWKS_KEYS, "a hundred keys: so many are kept");
    reb_jwks_free(keys);
    reb_buf_free(&many);
    reb_buf_free(&set);
}

static const char k_good[] = "{\"iss\":\"https://id.example\",\"aud\":\"rebound\",\"sub\":\"s1\",\"nonce\":\"n1\",\"exp\":1777626300,"
                             "\"iat\":1777626000,\"email\":\"Anna@Example.net\",\"email_verified\":true}";

/* The good claims with one of them replaced ("" takes it out). */
static reb_status claims_with(reb_oidc_claims *out, const char *name, const char *json) {
    const reb_oidc_expected e = {.issuer = "https://id.example", .client_id = "rebound", .nonce = "n1", .now_us = k_now};
    cJSON *c = cJSON_Parse(k_good);
    reb_err err = {0};
    cJSON_DeleteItemFromObjectCaseSensitive(c, name);
    if (json[0] != '\0') cJSON_AddItemToObject(c, name, cJSON_Parse(json));
    reb_status st = reb_oidc_claims_check(out, c, &e, &err);
    cJSON_Delete(c);
    return st;
}

static void claims(void) {
    reb_oidc_claims c;
    static const struct {
        const char *name, *json;
        reb_status want;
    } t[] = {
        {"x", "", REB_OK},
        {"iss", "\"https://id.example/\"", REB_E_DENIED},
        {"iss", "", REB_E_DENIED},
        {"iss", "[\"https://id.example\"]", REB_E_DENIED},
        {"aud", "\"other\"", REB_E_DENIED},
        {"aud", "", REB_E_DENIED},
        {"aud", "[\"rebound\"]", REB_OK},
        {"aud", "[\"rebound\",\"other\"]", REB_E_DENIED},
        {"aud", "[]", REB_E_DENIED},
        {"azp", "\"rebound\"", REB_OK},
        {"azp", "\"other\"", REB_E_DENIED},
        {"azp", "7", REB_E_DENIED},
        {"nonce", "\"n2\"", REB_E_DENIED},
        {"nonce", "\"n1 \"", REB_E_DENIED},
        {"nonce", "", REB_E_DENIED},
        {"nonce", "\"\"", REB_E_DENIED},
        {"exp", "1777625881", REB_OK},
        {"exp", "1777625880", REB_E_DENIED},
        {"exp", "\"1777626300\"", REB_E_DENIED},
        {"exp", "1e300", REB_E_DENIED},
        {"exp", "", REB_E_DENIED},
        {"iat", "1777626120", REB_OK},
        {"iat", "1777626121", REB_E_DENIED},
        {"iat", "1777625280", REB_OK},
        {"iat", "1777625279", REB_E_DENIED},
        {"iat", "", REB_E_DENIED},
        {"iat", "-1", REB_E_DENIED},
        {"nbf", "1777626120", REB_OK},
        {"nbf", "1777626121", REB_E_DENIED},
        {"sub", "\"\"", REB_E_DENIED},
        {"sub", "1", REB_E_DENIED},
        {"sub", "", REB_E_DENIED},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
        char what[120];
        snprintf(what, sizeof what, "%s: %s", t[i].name, t[i].json[0] != '\0' ? t[i].json : "left out");
        EQ_I64(claims_with(&c, t[i].name, t[i].json), t[i].want, what);
    }
    claims_with(&c, "x", "");
    OK(strcmp(c.subject, "s1") == 0 && strcmp(c.email, "Anna@Example.net") == 0 && c.email_verified, "who it is");
    static const char *const untrue[] = {"", "false", "\"true\"", "1", "null"};
    for (size_t i = 0; i < sizeof untrue / sizeof untrue[0]; i++) {
        claims_with(&c, "email_verified", untrue[i]);
        OK(!c.email_verified, "email_verified %s is not true", untrue[i]);
    }
    claims_with(&c, "email", "");
    OK(c.email[0] == '\0' && !c.email_verified, "no address, nothing verified");
}

#define DOC(members) "{\"issuer\":\"https://id.example\",\"authorization_endpoint\":\"https://id.example/auth\"," members "}"
#define REST "\"token_endpoint\":\"https://id.example/token\",\"jwks_uri\":\"https://id.example/jwks\""

static void discovery(void) {
    reb_oidc_discovery d;
    reb_err err = {0};
    static const struct {
        const char *json;
        reb_status want;
    } t[] = {
        {DOC(REST), REB_OK},
        {DOC("\"token_endpoint\":\"http://127.0.0.1:9/t\",\"jwks_uri\":\"http://localhost/j\""), REB_OK},
        {DOC("\"token_endpoint\":\"https://id.example/token\""), REB_E_INPUT},
        {DOC("\"token_endpoint\":\"http://id.example/token\",\"jwks_uri\":\"https://id.example/jwks\""), REB_E_INPUT},
        {DOC("\"token_endpoint\":\"file:///etc/passwd\",\"jwks_uri\":\"https://id.example/jwks\""), REB_E_INPUT},
        {DOC("\"token_endpoint\":\"https://a@id.example/token\",\"jwks_uri\":\"https://id.example/jwks\""), REB_E_INPUT},
        {DOC("\"token_endpoint\":\"https://id.example/to ken\",\"jwks_uri\":\"https://id.example/jwks\""), REB_E_INPUT},
        {DOC("\"token_endpoint\":[],\"jwks_uri\":\"https://id.example/jwks\""), REB_E_INPUT},
        {DOC(REST ",\"response_types_supported\":[\"id_token\"]"), REB_E_INPUT},
        {DOC(REST ",\"code_challenge_methods_supported\":[\"plain\"]"), REB_E_INPUT},
        {DOC(REST ",\"code_challenge_methods_supported\":[\"S256\",\"plain\"]"), REB_OK},
        {DOC(REST ",\"id_token_signing_alg_values_supported\":[\"HS256\"]"), REB_E_INPUT},
        {DOC(REST ",\"id_token_signing_alg_values_supported\":[\"ES256\"]"), REB_OK},
        {"{\"issuer\":\"https://id.example/\",\"authorization_endpoint\":\"https://id.example/auth\"," REST "}", REB_E_INPUT},
        {"{}", REB_E_INPUT},
        {"", REB_E_INPUT},
        {"<html>", REB_E_INPUT},
    };
    for (size_t i = 0; i < sizeof t / sizeof t[0]; i++)
        EQ_I64(reb_oidc_discovery_parse(&d, t[i].json, strlen(t[i].json), "https://id.example", &err), t[i].want, t[i].json);
    const char *post = DOC(REST ",\"token_endpoint_auth_methods_supported\":[\"client_secret_post\"],"
                                "\"authorization_response_iss_parameter_supported\":true");
    reb_oidc_discovery_parse(&d, post, strlen(post), "https://id.example", &err);
    OK(d.post_only && d.tells_issuer && d.userinfo[0] == '\0', "how it is spoken to");
    static const struct {
        const char *url;
        bool ok;
    } u[] = {{"https://a", true},
             {"https://a:8443/x?y=z", true},
             {"http://127.0.0.1:80/", true},
             {"http://[::1]:80/", true},
             {"http://localhost", true},
             {"http://localhost.evil.example/", false},
             {"http://127.0.0.1.evil.example/", false},
             {"http://127.0.0.1:80@evil.example/", false},
             {"http://evil.example/", false},
             {"https://", false},
             {"https:///x", false},
             {"https://a\\@b", false},
             {"https://a\r\nX: y", false},
             {"ftp://a", false},
             {"gopher://127.0.0.1", false},
             {"", false}};
    for (size_t i = 0; i < sizeof u / sizeof u[0]; i++) OK(reb_fetch_url_ok(u[i].url) == u[i].ok, "url %zu", i);
}

static EVP_PKEY *rsa(unsigned bits) {
    return EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)bits);
}

int main(void) {
    if (sodium_init() < 0) return 1;
    k_rsa = rsa(2048);
    k_other = rsa(2048);
    k_small = rsa(1024);
    k_ec = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    k_p384 = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-384");
    signatures();
    claims();
    discovery();
    EVP_PKEY_free(k_rsa);
    EVP_PKEY_free(k_other);
    EVP_PKEY_free(k_small);
    EVP_PKEY_free(k_ec);
    EVP_PKEY_free(k_p384);
    return tap_done();
}
