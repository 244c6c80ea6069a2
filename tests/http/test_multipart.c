/* Forms with files as browsers and others send them: whole, byte by byte, cut anywhere, and damaged. */
#include "../lib/tap.h"

#include "../../src/http/multipart.h"

typedef struct heard {
    char text[8192];
    size_t len;
    bool in;
    bool bad;
} heard;

static void hear(heard *h, const void *bytes, size_t n) {
    if (h->len + n >= sizeof h->text) {
        h->bad = true;
        return;
    }
    memcpy(h->text + h->len, bytes, n);
    h->len += n;
    h->text[h->len] = '\0';
}

static reb_status begin(void *ctx, const char *name, const char *file_name, reb_err *err) {
    (void)err;
    heard *h = ctx;
    h->bad = h->bad || h->in;
    h->in = true;
    hear(h, "[", 1);
    hear(h, name, strlen(name));
    if (file_name != NULL) hear(h, "|", 1);
    if (file_name != NULL) hear(h, file_name, strlen(file_name));
    hear(h, "]", 1);
    return REB_OK;
}
static reb_status data(void *ctx, const unsigned char *bytes, size_t n, reb_err *err) {
    (void)err;
    heard *h = ctx;
    h->bad = h->bad || !h->in || n == 0;
    hear(h, bytes, n);
    return REB_OK;
}
static reb_status end(void *ctx, reb_err *err) {
    (void)err;
    heard *h = ctx;
    h->bad = h->bad || !h->in;
    h->in = false;
    hear(h, ";", 1);
    return REB_OK;
}

/* What comes of a body that is fed in pieces of `piece` bytes: "[name]value;[file|name]bytes;", or the error. */
static const char *read_all(heard *h, const char *type, const char *body, size_t n, size_t piece) {
    static reb_multipart m;
    reb_err err = {0};
    *h = (heard){0};
    const reb_multipart_sink sink = {.ctx = h, .begin = begin, .data = data, .end = end};
    reb_status st = reb_multipart_open(&m, type, &sink, &err);
    for (size_t at = 0; at < n && st == REB_OK; at += piece)
        st = reb_multipart_feed(&m, (const unsigned char *)body + at, n - at < piece ? n - at : piece, &err);
    if (st == REB_OK) st = reb_multipart_close(&m, &err);
    if (h->bad) return "the sink was called out of order";
    return st == REB_OK ? h->text : reb_status_name(st);
}

static const char k_type[] = "multipart/form-data; boundary=XyZ";
#define DISPO "Content-Disposition: form-data; name="

static void same(const char *body, const char *want, const char *what) {
    heard h;
    size_t n = strlen(body);
    bool all = true;
    for (size_t piece = 1; piece <= n; piece++) {
        const char *got = read_all(&h, k_type, body, n, piece);
        if (strcmp(got, want) == 0) continue;
        printf("# in pieces of %zu: %s\n", piece, got);
        all = false;
        break;
    }
    OK(all, "%s, in pieces of every size", what);
}

static void types(void) {
    static const struct {
        const char *type;
        bool good;
    } k_cases[] = {{"multipart/form-data; boundary=----WebKitFormBoundary7MA4YWxkTrZu0gW", true},
                   {"multipart/form-data; charset=utf-8; boundary=\"a'b+c\"", true},
                   {"multipart/form-data;boundary=x; charset=utf-8", true},
                   {"multipart/form-data", false},
                   {"multipart/form-data; boundary=", false},
                   {"multipart/form-data; boundary=\"abc", false},
                   {"multipart/form-data; boundary=a\x01", false},
                   {"multipart/form-data; boundary=0123456789012345678901234567890123456789012345678901234567890123456789", true},
                   {"multipart/form-data; boundary=01234567890123456789012345678901234567890123456789012345678901234567890", false},
                   {NULL, false}};
    for (size_t i = 0; i < sizeof k_cases / sizeof k_cases[0]; i++) {
        static reb_multipart m;
        reb_err err = {0};
        const reb_multipart_sink sink = {0};
        OK((reb_multipart_open(&m, k_cases[i].type, &sink, &err) == REB_OK) == k_cases[i].good, "boundary of %s",
           k_cases[i].type != NULL ? k_cases[i].type : "no type");
    }
}

int main(void) {
    types();
    same("--XyZ\r\n" DISPO "\"a\"\r\n\r\none\r\n--XyZ\r\n" DISPO
         "\"f\"; filename=\"x.png\"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--XyZ--\r\n",
         "[a]one;[f|x.png]\x89PNG;", "a field and a file");
    same("--XyZ\r\n" DISPO "\"a\"\r\n\r\n\r\n--XyZ--", "[a];", "an empty field, and no line end at the end");
    same("--XyZ--\r\n", "", "an empty form");
    same("nobody's\r\n--Xy\r\n--XyZ\r\n" DISPO "a\r\n\r\nv\r\n--XyZ--\r\nnobody's\r\n--XyZ\r\n", "[a]v;", "words before and after");
    same("--XyZ\r\n" DISPO "\"a\"\r\n\r\n\r\n--XyY\r\n--Xy\r\n-\r\r\n--Xy\r\n\r\n\r\n--XyZ--\r\n",
         "[a]\r\n--XyY\r\n--Xy\r\n-\r\r\n--Xy\r\n\r\n;", "what almost is a delimiter stays");
    same("--XyZ \t\r\n" DISPO "\"a\"\r\n\r\nv\r\n--XyZ--", "[a]v;", "blanks behind a delimiter");
    same("--XyZ\r\ncontent-disposition:form-data ; NAME=\"a\" ;filename=\"C:\\dir\\\xD9\x81%22 .pdf\"\r\n\r\nv\r\n--XyZ--",
         "[a|C:\\dir\\\xD9\x81\" .pdf]v;", "names in other letters, with a path and a quotation mark");
    same("--XyZ\r\n" DISPO "\"a\"; filename=\"\"\r\nContent-Type: application/octet-stream\r\n\r\n\r\n--XyZ--", "[a|];",
         "a file input in which nothing was chosen");
    same("--XyZ\r\n" DISPO "\"a\"\r\nContent-Transfer-Encoding: binary\r\n\r\nv\r\n--XyZ--", "[a]v;", "an encoding that encodes nothing");

    static const struct {
        const char *body, *what;
    } k_bad[] = {
        {"", "nothing at all"},
        {"--XyZ\r\n" DISPO "\"a\"\r\n\r\nv", "an end in the middle of a value"},
        {"--XyZ\r\n" DISPO "\"a\"\r\n", "an end in the middle of a head"},
        {"--XyZ\r\n\r\nv\r\n--XyZ--", "a part without a head"},
        {"--XyZ\r\nContent-Type: text/plain\r\n\r\nv\r\n--XyZ--", "a part without a name"},
        {"--XyZ\r\nContent-Disposition: attachment; name=\"a\"\r\n\r\nv\r\n--XyZ--", "a part of another kind"},
        {"--XyZ\r\n" DISPO "\"a\"\r\n" DISPO "\"b\"\r\n\r\nv\r\n--XyZ--", "two dispositions"},
        {"--XyZ\r\n" DISPO "\"a\"; name=\"b\"\r\n\r\nv\r\n--XyZ--", "two names"},
        {"--XyZ\r\n" DISPO "\"a\r\n\r\nv\r\n--XyZ--", "a quotation that does not end"},
        {"--XyZ\r\n" DISPO "\"a\x01\"\r\n\r\nv\r\n--XyZ--", "a control character in a name"},
        {"--XyZ\r\n" DISPO "\"a\"\r\nContent-Transfer-Encoding: base64\r\n\r\nv\r\n--XyZ--", "a transfer encoding"},
        {"--XyZ\r\nno colon\r\n" DISPO "\"a\"\r\n\r\nv\r\n--XyZ--", "a line that is no header"},
        {"--XyZ\r\n" DISPO "\"a\"\r\n\r\nv\r\n--XyZQ\r\n", "a delimiter that goes on"},
        {"--XyZ\n" DISPO "\"a\"\n\nv\n--XyZ--", "line ends without their half"},
        {"--XyZ-\r\n", "a last delimiter that is none"},
    };
    heard h;
    for (size_t i = 0; i < sizeof k_bad / sizeof k_bad[0]; i++)
        EQ_TEXT(read_all(&h, k_type, k_bad[i].body, strlen(k_bad[i].body), 7), "usage", k_bad[i].what);
    char big[REB_MULTIPART_HEAD + 200];
    memset(big, 'a', sizeof big);
    memcpy(big, "--XyZ\r\n", 7);
    EQ_TEXT(read_all(&h, k_type, big, sizeof big, 1000), "usage", "a head without an end");
    static char parts[65 * 60];
    size_t n = 0;
    for (int i = 0; i < 65; i++) n += (size_t)snprintf(parts + n, sizeof parts - n, "--XyZ\r\n" DISPO "a\r\n\r\n\r\n");
    EQ_TEXT(read_all(&h, k_type, parts, n, 100), "limit", "more parts than a form has");
    return tap_done();
}
