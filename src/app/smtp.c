#include "smtp.h"

#include <stdlib.h>
#include <string.h>

struct reb_smtp {
    const reb_mail_server *server;
    CURL *curl;
    reb_mail_talk talk;
    char path[300];
};

reb_status reb_smtp_open(reb_smtp **out, const reb_mail_server *server, const char *helo, reb_err *err) {
    reb_smtp *s = calloc(1, sizeof *s);
    *out = s;
    if (s == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    s->server = server;
    snprintf(s->path, sizeof s->path, "/%.250s", helo);
    return reb_mail_curl(&s->curl, server, &s->talk, err);
}

void reb_smtp_close(reb_smtp *s) {
    if (s == NULL) return;
    curl_easy_cleanup(s->curl);
    free(s);
}

void reb_smtp_stop(reb_smtp *s, bool (*stop)(void *ctx), void *ctx) {
    s->talk.stop = stop;
    s->talk.ctx = ctx;
}

typedef struct giving {
    const char *bytes;
    size_t n, at;
    reb_smtp_before_end before_end;
    void *ctx;
    bool marked;
    reb_mail_talk *talk;
    reb_status st;
    reb_err *err;
} giving;

/* libcurl asks for more when what it had is written. The last two bytes go alone: before them the mail is not whole, and no server takes
 * it. */
static size_t give(char *to, size_t size, size_t count, void *ctx) {
    giving *g = ctx;
    size_t room = size * count;
    size_t left = g->n - g->at;
    if (left == 0 || room < 2) return 0;
    size_t n = left > 2 ? left - 2 : left;
    if (n > room) n = room;
    if (left <= 2 && !g->marked) {
        g->st = g->before_end(g->ctx, g->err);
        if (g->st != REB_OK) return CURL_READFUNC_ABORT;
        g->marked = true;
        g->talk->hold = true;
    }
    memcpy(to, g->bytes + g->at, n);
    g->at += n;
    return n;
}

/* Which command the server was answering tells whether its no is about this mail or about us. */
static reb_smtp_end judge(const reb_smtp *s, const giving *g, CURLcode rc) {
    long code = s->talk.code;
    bool about_mail = strcmp(s->talk.asked, "RCPT") == 0 || strcmp(s->talk.asked, "DATA") == 0 || g->marked;
    if (g->marked && code < 400) return REB_SMTP_UNSURE;                            /* 354, and then silence */
    if (strcmp(s->talk.asked, "MAIL") == 0 && code == 552) return REB_SMTP_REFUSED; /* too large for it */
    if (rc == CURLE_LOGIN_DENIED || !about_mail || code < 400) return REB_SMTP_DOWN;
    if (code == 421) return REB_SMTP_DOWN;
    return code >= 500 ? REB_SMTP_REFUSED : REB_SMTP_LATER;
}

static bool prepare(reb_smtp *s, giving *g, const char *from, struct curl_slist *to) {
    CURL *c = s->curl;
    bool ok = curl_easy_setopt(c, CURLOPT_CUSTOMREQUEST, NULL) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_NOBODY, 0L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_MAIL_FROM, from) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_MAIL_RCPT, to) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_UPLOAD, 1L) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)g->n) == CURLE_OK;
    ok = ok && curl_easy_setopt(c, CURLOPT_READFUNCTION, give) == CURLE_OK;
    return ok && curl_easy_setopt(c, CURLOPT_READDATA, g) == CURLE_OK;
}

reb_status reb_smtp_send(reb_smtp_end *end, reb_smtp *s, const char *from, const char *to, const char *bytes, size_t n,
                         reb_smtp_before_end before_end, void *ctx, reb_err *err) {
    giving g = {.bytes = bytes, .n = n, .before_end = before_end, .ctx = ctx, .talk = &s->talk, .err = err};
    *end = REB_SMTP_DOWN;
    struct curl_slist *list = curl_slist_append(NULL, to);
    reb_status st = reb_mail_curl_path(s->curl, s->server, s->path, err);
    if (st == REB_OK && (list == NULL || n < 4 || !prepare(s, &g, from, list)))
        st = reb_fail(err, REB_E_MEMORY, "libcurl cannot be prepared for mail.");
    for (int attempt = 0; st == REB_OK && attempt < 2; attempt++) {
        g.at = 0;
        s->talk = (reb_mail_talk){.stop = s->talk.stop, .ctx = s->talk.ctx};
        CURLcode rc = curl_easy_perform(s->curl);
        long connects = 0;
        curl_easy_getinfo(s->curl, CURLINFO_NUM_CONNECTS, &connects);
        st = g.st;
        if (st != REB_OK) break;
        *end = rc == CURLE_OK ? REB_SMTP_TAKEN : judge(s, &g, rc);
        if (rc != CURLE_OK) reb_mail_trouble(rc, s->server, &s->talk, err);
        /* A connection that was kept from the mail before may have been closed meanwhile: once more, by a new one. */
        if (*end != REB_SMTP_DOWN || connects > 0 || g.marked) break;
    }
    curl_slist_free_all(list);
    curl_easy_setopt(s->curl, CURLOPT_MAIL_RCPT, NULL);
    return st;
}

reb_status reb_smtp_check(reb_smtp *s, reb_err *err) {
    reb_status st = reb_mail_curl_path(s->curl, s->server, s->path, err);
    if (st != REB_OK) return st;
    curl_easy_setopt(s->curl, CURLOPT_UPLOAD, 0L);
    curl_easy_setopt(s->curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(s->curl, CURLOPT_CUSTOMREQUEST, "NOOP");
    CURLcode rc = curl_easy_perform(s->curl);
    return rc == CURLE_OK ? REB_OK : reb_mail_trouble(rc, s->server, &s->talk, err);
}
