#include "fetch.h"

#include <curl/curl.h>
#include <string.h>
#include <strings.h>

bool reb_fetch_url_ok(const char *url) {
    static const char *const k_local[] = {"127.0.0.1", "[::1]", "localhost"};
    size_t n = strlen(url);
    if (n > REB_URL_MOST) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)url[i];
        if (c <= ' ' || c >= 0x7F || strchr("\\\"<>^`{|}", c) != NULL) return false;
    }
    bool tls = strncasecmp(url, "https://", 8) == 0;
    if (!tls && strncasecmp(url, "http://", 7) != 0) return false;
    const char *host = url + (tls ? 8 : 7);
    size_t len = strcspn(host, "/?#");
    if (len == 0 || memchr(host, '@', len) != NULL || host[0] == ':') return false;
    if (tls) return true;
    for (size_t i = 0; i < sizeof k_local / sizeof k_local[0]; i++) {
        size_t m = strlen(k_local[i]);
        if (len < m || strncasecmp(host, k_local[i], m) != 0) continue;
        if (len == m || (host[m] == ':' && strspn(host + m + 1, "0123456789") == len - m - 1)) return true;
    }
    return false;
}

void reb_url_encode(reb_buf *out, const char *text) {
    static const char k_hex[] = "0123456789ABCDEF";
    for (const char *p = text; *p != '\0'; p++) {
        unsigned char c = (unsigned char)*p;
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._~", c) != NULL;
        if (plain) {
            reb_buf_char(out, *p);
        } else {
            const char code[3] = {'%', k_hex[c >> 4], k_hex[c & 15u]};
            reb_buf_add(out, code, 3);
        }
    }
}

typedef struct answer {
    reb_buf *out;
    size_t left;
    bool large;
} answer;

static size_t take(char *data, size_t size, size_t count, void *ctx) {
    answer *a = ctx;
    size_t n = size * count;
    if (n > a->left) {
        a->large = true;
        return 0; /* ends the transfer */
    }
    a->left -= n;
    reb_buf_add(a->out, data, n);
    return a->out->failed ? 0 : n;
}

static reb_status fail(reb_err *err, const char *url, const char *why) {
    const char *host = strstr(url, "//");
    host = host != NULL ? host + 2 : url;
    size_t n = strcspn(host, "/?#");
    reb_fail(err, REB_E_PROVIDER, "The sign-in provider %.*s: %s.", (int)(n < 200 ? n : 200), host, why);
    reb_err_next(err, "Try again; if it stays so, rebound oidc check says what the provider answers.");
    return REB_E_PROVIDER;
}

static bool set_up(CURL *c, const reb_fetch_request *rq, answer *a, struct curl_slist *headers) {
    bool tls = strncasecmp(rq->url, "https:", 6) == 0;
    bool ok = curl_easy_setopt(c, CURLOPT_URL, rq->url) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, tls ? "https" : "http") == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)REB_FETCH_CONNECT_MS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_TIMEOUT_MS, (long)REB_FETCH_MS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_USERAGENT, "Rebound") == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_WRITEFUNCTION, take) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_WRITEDATA, a) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_HTTPHEADER, headers) == CURLE_OK;
    if (!tls) ok = ok && curl_easy_setopt(c, CURLOPT_NOPROXY, "*") == CURLE_OK; /* this machine is reached without going round */
    if (rq->form != NULL) ok = ok && curl_easy_setopt(c, CURLOPT_POSTFIELDS, rq->form) == CURLE_OK;
    if (rq->user != NULL) {
        ok = ok && curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC) == CURLE_OK;
        ok = ok && curl_easy_setopt(c, CURLOPT_USERNAME, rq->user) == CURLE_OK;
        ok = ok && curl_easy_setopt(c, CURLOPT_PASSWORD, rq->password != NULL ? rq->password : "") == CURLE_OK;
    }
    if (rq->bearer != NULL) {
        ok = ok && curl_easy_setopt(c, CURLOPT_HTTPAUTH, (long)CURLAUTH_BEARER) == CURLE_OK;
        ok = ok && curl_easy_setopt(c, CURLOPT_XOAUTH2_BEARER, rq->bearer) == CURLE_OK;
    }
    return ok;
}

reb_status reb_fetch(reb_buf *out, long *status, const reb_fetch_request *rq, reb_err *err) {
    *status = 0;
    if (!reb_fetch_url_ok(rq->url)) return fail(err, rq->url, "only https is allowed, or http on this machine");
    answer a = {.out = out, .left = rq->most};
    CURL *c = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, "Accept: application/json");
    reb_status st = REB_OK;
    if (c == NULL || headers == NULL || !set_up(c, rq, &a, headers)) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        goto done;
    }
    CURLcode code = curl_easy_perform(c);
    if (out->failed) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    } else if (a.large) {
        st = fail(err, rq->url, "its answer is larger than is taken");
    } else if (code != CURLE_OK) {
        st = fail(err, rq->url, curl_easy_strerror(code));
    } else {
        curl_easy_getinfo(c, CURLINFO_RESPONSE_CODE, status);
    }
done:
    curl_slist_free_all(headers);
    curl_easy_cleanup(c);
    return st;
}
