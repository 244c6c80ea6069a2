#include "mail_server.h"

#include "../text/utf8.h"

#include <errno.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { PASSWORD_MOST = 1024, STALL_SECONDS = 60 };

/* --- the settings ----------------------------------------------------------------------------------------------------------------------
 */

static reb_status no_server(reb_err *err, const char *protocol, const char *text) {
    reb_fail(err, REB_E_INPUT, "\"%.100s\" names no mail server.", text);
    reb_err_next(err, "%ss://host, %s://host:port (encrypted by STARTTLS), or on this machine %s-plain://127.0.0.1:port", protocol,
                 protocol, protocol);
    return REB_E_INPUT;
}

static bool host_ok(const char *host, size_t n) {
    if (n == 0 || n > 250) return false;
    for (size_t i = 0; i < n; i++) {
        unsigned char c = (unsigned char)host[i];
        bool ok = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || strchr("-._[]:", c) != NULL;
        if (!ok) return false;
    }
    return true;
}

static bool this_machine(const char *host) {
    return strcasecmp(host, "localhost") == 0 || strcmp(host, "127.0.0.1") == 0 || strcmp(host, "[::1]") == 0;
}

reb_status reb_mail_server_parse(reb_mail_server *out, const char *protocol, const char *text, reb_err *err) {
    size_t p = strlen(protocol);
    *out = (reb_mail_server){.user = "", .password_file = "", .ca_file = ""};
    if (strncasecmp(text, protocol, p) != 0) return no_server(err, protocol, text);
    const char *rest = text + p;
    bool tls = strncasecmp(rest, "s://", 4) == 0;
    bool bare = strncasecmp(rest, "-plain://", 9) == 0;
    bool starttls = strncmp(rest, "://", 3) == 0;
    if (!tls && !bare && !starttls) return no_server(err, protocol, text);
    const char *host = rest + (tls ? 4 : bare ? 9 : 3);
    size_t n = strcspn(host, "/");
    if (host[n] == '/' && host[n + 1] != '\0') return no_server(err, protocol, text);
    const char *close = memchr(host, ']', n);
    const char *colon = memchr(close != NULL ? close : host, ':', n - (close != NULL ? (size_t)(close - host) : 0));
    size_t host_len = colon != NULL ? (size_t)(colon - host) : n;
    bool smtp = strcmp(protocol, "smtp") == 0;
    out->port = smtp ? (tls ? 465 : bare ? 25 : 587) : tls ? 993 : 143;
    if (colon != NULL) {
        size_t digits = strspn(colon + 1, "0123456789");
        if (digits == 0 || digits > 5 || colon + 1 + digits != host + n) return no_server(err, protocol, text);
        out->port = (int)strtol(colon + 1, NULL, 10);
    }
    if (!host_ok(host, host_len) || out->port < 1 || out->port > 65535) return no_server(err, protocol, text);
    memcpy(out->host, host, host_len);
    out->host[host_len] = '\0';
    if (bare && !this_machine(out->host)) {
        reb_fail(err, REB_E_INPUT, "Without encryption mail goes to this machine only, not to %.100s.", out->host);
        reb_err_next(err, "%s://%.100s:%d asks for STARTTLS.", protocol, out->host, out->port);
        return REB_E_INPUT;
    }
    snprintf(out->scheme, sizeof out->scheme, "%s%s", protocol, tls ? "s" : "");
    out->starttls = starttls;
    out->set = true;
    return REB_OK;
}

static reb_status from_settings(reb_mail_server *out, const reb_business *b, const char *protocol, reb_setting server, reb_setting user,
                                reb_setting file, reb_err *err) {
    const char *text = reb_business_text(b, server);
    *out = (reb_mail_server){.user = "", .password_file = "", .ca_file = ""};
    if (text[0] == '\0') return REB_OK;
    reb_status st = reb_mail_server_parse(out, protocol, text, err);
    if (st != REB_OK) return st;
    out->user = reb_business_text(b, user);
    out->password_file = reb_business_text(b, file);
    out->ca_file = reb_business_text(b, REB_SETTING_MAIL_CA_FILE);
    return REB_OK;
}

reb_status reb_mail_server_smtp(reb_mail_server *out, const reb_business *b, reb_err *err) {
    reb_status st =
        from_settings(out, b, "smtp", REB_SETTING_MAIL_SMTP, REB_SETTING_MAIL_SMTP_USER, REB_SETTING_MAIL_SMTP_PASSWORD_FILE, err);
    if (reb_business_text(b, REB_SETTING_MAIL_FROM)[0] == '\0') out->set = false;
    return st;
}

reb_status reb_mail_server_imap(reb_mail_server *out, const reb_business *b, reb_err *err) {
    return from_settings(out, b, "imap", REB_SETTING_MAIL_IMAP, REB_SETTING_MAIL_IMAP_USER, REB_SETTING_MAIL_IMAP_PASSWORD_FILE, err);
}

/* --- libcurl -----------------------------------------------------------------------------------------------------------------------------
 */

static void start(void) {
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* Only the command's first word is looked at: what follows may be a password. */
static void note_asked(reb_mail_talk *t, const char *data, size_t n) {
    const char *word = data;
    size_t len = 0;
    while (len < n && len < sizeof t->asked - 1 && ((word[len] >= 'A' && word[len] <= 'Z') || (word[len] >= '0' && word[len] <= '9')))
        len++;
    if (len == 0 || (len < n && word[len] != ' ' && word[len] != '\r')) return; /* no command: an answer to a challenge */
    if (len == 4 && memcmp(word, "QUIT", 4) == 0) t->over = true;               /* how it went was told before */
    if (t->over) return;
    memcpy(t->asked, word, len);
    t->asked[len] = '\0';
}

static void note_said(reb_mail_talk *t, const char *data, size_t n) {
    if (t->over) return;
    while (n > 0 && (data[n - 1] == '\n' || data[n - 1] == '\r')) n--;
    char clean[REB_MAIL_SAID];
    size_t len = reb_utf8_repair(clean, sizeof clean - 1, data, n < sizeof clean / 3 ? n : sizeof clean / 3 - 1);
    if (len > sizeof clean - 1) return;
    clean[len] = '\0';
    for (size_t i = 0; i < len; i++)
        if ((unsigned char)clean[i] < 0x20 || clean[i] == 0x7F) clean[i] = ' ';
    memcpy(t->said, clean, len + 1);
    t->code = 0;
    if (len >= 3 && strspn(clean, "0123456789") >= 3) t->code = (clean[0] - '0') * 100 + (clean[1] - '0') * 10 + (clean[2] - '0');
}

static int debug(CURL *c, curl_infotype type, char *data, size_t n, void *ctx) {
    (void)c;
    if (type == CURLINFO_HEADER_OUT) note_asked(ctx, data, n);
    if (type == CURLINFO_HEADER_IN) note_said(ctx, data, n);
    return 0;
}

static int progress(void *ctx, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d) {
    const reb_mail_talk *t = ctx;
    (void)a, (void)b, (void)c, (void)d;
    return t->stop != NULL && !t->hold && t->stop(t->ctx) ? 1 : 0;
}

/* The first line of the file, into out; "" where none is named. */
static reb_status read_password(char out[PASSWORD_MOST], const reb_mail_server *m, reb_err *err) {
    out[0] = '\0';
    if (m->password_file[0] == '\0') return REB_OK;
    FILE *f = m->password_file[0] == '/' ? fopen(m->password_file, "re") : NULL;
    if (f == NULL) {
        reb_fail(err, REB_E_IO, "The file with the password of %.100s cannot be read: %.200s: %s.", m->host, m->password_file,
                 m->password_file[0] == '/' ? strerror(errno) : "it is told by its whole path, from / on");
        reb_err_next(err, "rebound set mail_%.4s_password_file /whole/path; it must be readable by whom rebound serve runs as.", m->scheme);
        return REB_E_IO;
    }
    setvbuf(f, NULL, _IONBF, 0);
    size_t n = fread(out, 1, PASSWORD_MOST - 1, f);
    fclose(f);
    out[n] = '\0';
    out[strcspn(out, "\r\n")] = '\0';
    if (out[0] != '\0') return REB_OK;
    return reb_fail(err, REB_E_INPUT, "%.200s holds no password: it has one line of text.", m->password_file);
}

static bool set_up(CURL *c, const reb_mail_server *m, reb_mail_talk *talk, const char *password) {
    bool ok = curl_easy_setopt(c, CURLOPT_PROTOCOLS_STR, m->scheme) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_USE_SSL, (long)(m->starttls ? CURLUSESSL_ALL : CURLUSESSL_NONE)) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 2L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2) == CURLE_OK;
    if (m->ca_file[0] != '\0') ok = ok && curl_easy_setopt(c, CURLOPT_CAINFO, m->ca_file) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)REB_MAIL_CONNECT_MS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)STALL_SECONDS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)STALL_SECONDS) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOSIGNAL, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOPROXY, "*") == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_VERBOSE, 1L) == CURLE_OK; /* nothing is printed: it is how `debug` is told */
    ok = ok && curl_easy_setopt(c, CURLOPT_DEBUGFUNCTION, debug) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_DEBUGDATA, talk) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOPROGRESS, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_XFERINFOFUNCTION, progress) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_XFERINFODATA, talk) == CURLE_OK;
    if (m->user[0] != '\0') {
        ok = ok && curl_easy_setopt(c, CURLOPT_USERNAME, m->user) == CURLE_OK;
        ok = ok && curl_easy_setopt(c, CURLOPT_PASSWORD, password) == CURLE_OK;
    }
    return ok;
}

reb_status reb_mail_curl(CURL **out, const reb_mail_server *m, reb_mail_talk *talk, reb_err *err) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char password[PASSWORD_MOST] = "";
    *out = NULL;
    pthread_once(&once, start);
    reb_status st = m->user[0] != '\0' ? read_password(password, m, err) : REB_OK;
    CURL *c = st == REB_OK ? curl_easy_init() : NULL;
    if (st == REB_OK && (c == NULL || !set_up(c, m, talk, password))) {
        curl_easy_cleanup(c);
        c = NULL;
        st = reb_fail(err, REB_E_MEMORY, "libcurl cannot be prepared for mail.");
    }
    sodium_memzero(password, sizeof password);
    *out = c;
    return st;
}

reb_status reb_mail_curl_path(CURL *c, const reb_mail_server *m, const char *path, reb_err *err) {
    reb_buf url = {0};
    reb_buf_printf(&url, "%s://%s:%d%s", m->scheme, m->host, m->port, path);
    bool ok = !url.failed && curl_easy_setopt(c, CURLOPT_URL, reb_buf_cstr(&url)) == CURLE_OK;
    reb_buf_free(&url);
    return ok ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_mail_trouble(CURLcode rc, const reb_mail_server *m, const reb_mail_talk *talk, reb_err *err) {
    const char *why = curl_easy_strerror(rc);
    if (rc == CURLE_LOGIN_DENIED) {
        reb_fail(err, REB_E_IO, "%s:%d lets %.100s not in.", m->host, m->port, m->user);
        reb_err_next(err, "Look at the user and the password's file: rebound mail check");
    } else if (rc == CURLE_USE_SSL_FAILED) {
        reb_fail(err, REB_E_IO, "%s:%d offers no encryption (STARTTLS).", m->host, m->port);
        reb_err_next(err, "Perhaps it wants %.4ss://, or another port.", m->scheme);
    } else if (rc == CURLE_PEER_FAILED_VERIFICATION) {
        reb_fail(err, REB_E_IO, "%s:%d cannot prove who it is: its certificate is not accepted.", m->host, m->port);
        reb_err_next(err, "For a server of your own: rebound set mail_ca_file /whole/path/of/its/certificate.pem");
    } else if (talk->said[0] != '\0' && talk->code >= 400) {
        reb_fail(err, REB_E_IO, "%s:%d says: %.250s", m->host, m->port, talk->said);
    } else {
        reb_fail(err, REB_E_IO, "%s:%d: %s.", m->host, m->port, why);
        reb_err_next(err, "Try again; rebound mail check says how far it comes.");
    }
    return REB_E_IO;
}
