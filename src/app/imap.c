#include "imap.h"

#include "../base/clock.h"
#include "fetch.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { ANSWER_MOST = 8 << 20, PATH_MOST = 900 };

struct reb_imap {
    const reb_mail_server *server;
    CURL *curl;
    reb_mail_talk talk;
    char folder[300];     /* quoted for a command */
    char path[PATH_MOST]; /* percent-encoded, with its slash */
};

static bool quote(char *out, size_t size, const char *name) {
    size_t n = 0;
    out[n++] = '"';
    for (; *name != '\0'; name++) {
        unsigned char c = (unsigned char)*name;
        if (c < 0x20 || c >= 0x7F || n + 4 > size) return false;
        if (c == '"' || c == '\\') out[n++] = '\\';
        out[n++] = (char)c;
    }
    out[n++] = '"';
    out[n] = '\0';
    return true;
}

reb_status reb_imap_open(reb_imap **out, const reb_mail_server *server, const char *folder, reb_err *err) {
    reb_imap *i = calloc(1, sizeof *i);
    *out = i;
    if (i == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    i->server = server;
    if (!quote(i->folder, sizeof i->folder, folder)) {
        reb_fail(err, REB_E_INPUT, "\"%.100s\" is no folder's name as IMAP writes it.", folder);
        reb_err_next(err, "Letters beyond ASCII are written as the server lists them, in modified UTF-7.");
        return REB_E_INPUT;
    }
    reb_buf path = {0};
    reb_buf_char(&path, '/');
    reb_url_encode(&path, folder);
    bool fits = !path.failed && path.len < sizeof i->path;
    if (fits) memcpy(i->path, path.data, path.len + 1);
    reb_buf_free(&path);
    return fits ? reb_mail_curl(&i->curl, server, &i->talk, err) : reb_fail(err, REB_E_INPUT, "The folder's name is too long.");
}

void reb_imap_close(reb_imap *i) {
    if (i == NULL) return;
    curl_easy_cleanup(i->curl);
    free(i);
}

void reb_imap_stop(reb_imap *i, bool (*stop)(void *ctx), void *ctx) {
    i->talk.stop = stop;
    i->talk.ctx = ctx;
}

typedef struct answer {
    reb_buf *out;
    size_t most;
    bool large;
} answer;

static size_t take(char *data, size_t size, size_t count, void *ctx) {
    answer *a = ctx;
    size_t n = size * count;
    if (a->out->len + n > a->most) {
        a->large = true;
        return 0;
    }
    reb_buf_add(a->out, data, n);
    return a->out->failed ? 0 : n;
}

static CURLcode perform(reb_imap *i, const char *path, const char *command, answer *a, reb_status *st, reb_err *err) {
    *st = reb_mail_curl_path(i->curl, i->server, path, err);
    curl_easy_setopt(i->curl, CURLOPT_CUSTOMREQUEST, command);
    curl_easy_setopt(i->curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(i->curl, CURLOPT_WRITEDATA, a);
    i->talk = (reb_mail_talk){.stop = i->talk.stop, .ctx = i->talk.ctx};
    return *st == REB_OK ? curl_easy_perform(i->curl) : CURLE_FAILED_INIT;
}

static reb_status trouble(reb_imap *i, const answer *a, CURLcode rc, reb_err *err) {
    if (a->out->failed) return reb_fail(err, REB_E_MEMORY, "No memory left for the mail.");
    if (a->large) return reb_fail(err, REB_E_IO, "%s:%d answers more than was asked for.", i->server->host, i->server->port);
    return reb_mail_trouble(rc, i->server, &i->talk, err);
}

/* A command whose answer is a few lines. */
static reb_status ask(reb_buf *out, reb_imap *i, const char *path, const char *command, reb_err *err) {
    answer a = {.out = out, .most = ANSWER_MOST};
    reb_status st;
    CURLcode rc = perform(i, path, command, &a, &st, err);
    if (st != REB_OK) return st;
    return rc == CURLE_OK && !out->failed ? REB_OK : trouble(i, &a, rc, err);
}

static reb_status not_understood(reb_imap *i, const char *what, reb_err *err) {
    return reb_fail(err, REB_E_IO, "%s:%d does not answer %s as IMAP does: \"%.150s\"", i->server->host, i->server->port, what,
                    i->talk.said);
}

/* --- answers ---------------------------------------------------------------------------------------------------------------------------
 */

static bool number_after(int64_t *out, const char *text, const char *word) {
    const char *p = strcasestr(text, word);
    if (p == NULL) return false;
    p += strlen(word);
    size_t n = strspn(p, "0123456789");
    if (n == 0 || n > 12) return false;
    *out = strtoll(p, NULL, 10);
    return true;
}

bool reb_imap_read_status(int64_t *uidvalidity, int64_t *next, const char *text) {
    return number_after(uidvalidity, text, "UIDVALIDITY ") && number_after(next, text, "UIDNEXT ") && *uidvalidity > 0 && *next > 0;
}

static int by_number(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a;
    int64_t y = *(const int64_t *)b;
    return x < y ? -1 : x > y;
}

bool reb_imap_read_search(int64_t **uids, size_t *count, reb_arena *a, const char *text) {
    size_t cap = 0;
    *uids = NULL;
    *count = 0;
    const char *p = strcasestr(text, "* SEARCH");
    if (p == NULL) return false;
    for (const char *q = p; *q != '\0'; q++) cap += *q == ' ';
    *uids = reb_arena_zalloc(a, cap + 1, sizeof **uids);
    if (*uids == NULL) return false;
    for (p += 8; *p == ' ';) {
        p++;
        size_t n = strspn(p, "0123456789");
        if (n == 0) continue;
        if (n <= 10) (*uids)[(*count)++] = strtoll(p, NULL, 10);
        p += n;
    }
    if (*count > 1) qsort(*uids, *count, sizeof **uids, by_number);
    return true;
}

/* "22-Nov-2026 03:20:08 +0000" */
static bool read_date(int64_t *out, const char *p) {
    static const char k_months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int day = 0;
    int year = 0;
    int hour = 0;
    int minute = 0;
    int second = 0;
    int zone = 0;
    char month[4] = "";
    char sign = '+';
    if (sscanf(p, "%2d-%3[A-Za-z]-%4d %2d:%2d:%2d %c%4d", &day, month, &year, &hour, &minute, &second, &sign, &zone) != 8) return false;
    const char *at = strstr(k_months, month);
    if (at == NULL || strlen(month) != 3 || (at - k_months) % 3 != 0) return false;
    int m = (int)(at - k_months) / 3 + 1;
    if (!reb_civil_valid(year, m, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60) return false;
    int64_t s = reb_day_from_civil(year, m, day) * 86400 + hour * 3600 + minute * 60 + second;
    int64_t offset = (int64_t)(zone / 100) * 3600 + zone % 100 * 60;
    *out = (sign == '-' ? s + offset : s - offset) * REB_US_PER_SECOND;
    return true;
}

/* Servers add lines of their own accord: of other mails, or that the flags of this one changed. */
reb_imap_told reb_imap_read_look(reb_imap_facts *facts, const char *text, int64_t uid) {
    *facts = (reb_imap_facts){0};
    for (const char *line = text; *line != '\0';) {
        char one[8192]; /* flags may be many, and of any length */
        size_t n = strcspn(line, "\r\n");
        int64_t told = 0;
        if (n > 0 && line[0] != '*') return REB_IMAP_ODD;
        snprintf(one, sizeof one, "%.*s", n < sizeof one ? (int)n : (int)sizeof one - 1, line);
        line += n + strspn(line + n, "\r\n");
        const char *fetch = strcasestr(one, " FETCH (");
        if (fetch == NULL) continue;
        bool answers = number_after(&facts->bytes, fetch, "RFC822.SIZE ");
        bool named = number_after(&told, fetch, "UID ");
        if (!answers && (strcasestr(fetch, "FLAGS (") != NULL || (named && told != uid))) continue;
        if (!answers || !named) return REB_IMAP_ODD;
        if (told != uid) continue;
        const char *date = strcasestr(fetch, "INTERNALDATE \"");
        if (date == NULL || !read_date(&facts->came_us, date + 14 + strspn(date + 14, " "))) facts->came_us = 0;
        facts->read = strcasestr(fetch, "\\Seen") != NULL;
        return REB_IMAP_THERE;
    }
    *facts = (reb_imap_facts){0};
    return REB_IMAP_GONE;
}

/* --- questions --------------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_imap_status(int64_t *uidvalidity, int64_t *next, reb_imap *i, reb_err *err) {
    char command[400];
    reb_buf b = {0};
    snprintf(command, sizeof command, "STATUS %s (UIDNEXT UIDVALIDITY)", i->folder);
    reb_status st = ask(&b, i, "/", command, err);
    if (st == REB_OK && !reb_imap_read_status(uidvalidity, next, reb_buf_cstr(&b))) st = not_understood(i, "STATUS", err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_imap_search(int64_t **uids, size_t *count, reb_imap *i, reb_arena *a, int64_t above, int64_t since_us, reb_err *err) {
    static const char *const k_months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    char command[80];
    int year;
    int month;
    int day;
    reb_buf b = {0};
    if (since_us > 0) {
        reb_civil_from_day(since_us / REB_US_PER_DAY, &year, &month, &day);
        snprintf(command, sizeof command, "UID SEARCH SINCE %d-%s-%04d", day, k_months[month - 1], year);
    } else {
        snprintf(command, sizeof command, "UID SEARCH UID %" PRId64 ":*", above + 1); /* names the last mail too when none is above */
    }
    *count = 0;
    reb_status st = ask(&b, i, i->path, command, err);
    if (st == REB_OK && b.len > 0 && !reb_imap_read_search(uids, count, a, reb_buf_cstr(&b))) st = not_understood(i, "SEARCH", err);
    reb_buf_free(&b);
    size_t first = 0;
    while (st == REB_OK && first < *count && (*uids)[first] <= above) first++;
    if (st == REB_OK && *count > 0) {
        *uids += first;
        *count -= first;
    }
    return st;
}

reb_status reb_imap_look(bool *found, reb_imap_facts *facts, reb_imap *i, int64_t uid, reb_err *err) {
    char command[80];
    reb_buf b = {0};
    snprintf(command, sizeof command, "UID FETCH %" PRId64 " (UID RFC822.SIZE INTERNALDATE FLAGS)", uid);
    reb_status st = ask(&b, i, i->path, command, err);
    reb_imap_told told = st == REB_OK ? reb_imap_read_look(facts, b.len > 0 ? reb_buf_cstr(&b) : "", uid) : REB_IMAP_GONE;
    if (told == REB_IMAP_ODD) st = not_understood(i, "FETCH", err); /* it may well be there: it is asked for again next time */
    *found = told == REB_IMAP_THERE;
    reb_buf_free(&b);
    return st;
}

reb_status reb_imap_find(int64_t **uids, size_t *count, reb_imap *i, reb_arena *a, const char *message_id, reb_err *err) {
    enum { ID_MOST = 400 };
    char command[ID_MOST + 60];
    reb_buf b = {0};
    *uids = NULL;
    *count = 0;
    for (const char *p = message_id; *p != '\0'; p++)
        if (*p <= ' ' || *p > '~' || *p == '"' || *p == '\\' || p - message_id >= ID_MOST) return REB_OK;
    if (message_id[0] == '\0') return REB_OK;
    snprintf(command, sizeof command, "UID SEARCH HEADER Message-ID \"%s\"", message_id);
    reb_status st = ask(&b, i, i->path, command, err);
    if (st == REB_OK && b.len > 0 && !reb_imap_read_search(uids, count, a, reb_buf_cstr(&b))) st = not_understood(i, "SEARCH", err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_imap_unread(reb_imap *i, int64_t uid, reb_err *err) {
    char command[80];
    reb_buf b = {0};
    snprintf(command, sizeof command, "UID STORE %" PRId64 " -FLAGS.SILENT (\\Seen)", uid);
    reb_status st = ask(&b, i, i->path, command, err);
    reb_buf_free(&b);
    return st;
}

reb_status reb_imap_fetch(bool *found, reb_buf *out, reb_imap *i, int64_t uid, size_t most, reb_err *err) {
    enum { FETCH_MOST = 128 << 20 };
    char path[PATH_MOST + 80];
    size_t before = out->len;
    answer a = {.out = out, .most = before + (most > 0 ? most + 4096 : FETCH_MOST)};
    reb_status st;
    if (most > 0) {
        snprintf(path, sizeof path, "%s;UID=%" PRId64 "/;PARTIAL=0.%zu", i->path, uid, most);
    } else {
        snprintf(path, sizeof path, "%s;UID=%" PRId64, i->path, uid);
    }
    *found = false;
    CURLcode rc = perform(i, path, NULL, &a, &st, err);
    if (st == REB_OK && rc == CURLE_OK && !out->failed) {
        *found = out->len > before;
        return REB_OK;
    }
    if (out->data != NULL) {
        out->len = before;
        out->data[before] = '\0';
    }
    if (st != REB_OK) return st;
    if (rc == CURLE_REMOTE_FILE_NOT_FOUND) { /* gone since it was looked at, or refused for now: only the server can tell */
        bool there = false;
        reb_imap_facts facts;
        st = reb_imap_look(&there, &facts, i, uid, err);
        if (st != REB_OK || !there) return st;
    }
    return trouble(i, &a, rc, err);
}
