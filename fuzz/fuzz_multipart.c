/* Forms with files: whatever comes, the parts come in order, and the size of the pieces changes nothing. The first byte tells the size, the
   first line after it the Content-Type. File names and types are tried on what comes out. */
#include "../src/http/multipart.h"
#include "../src/text/file_type.h"
#include "../src/text/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct heard {
    uint64_t digest;
    bool in;
    unsigned parts;
} heard;

static void mix(heard *h, const void *bytes, size_t n) {
    const unsigned char *b = bytes;
    for (size_t i = 0; i < n; i++) h->digest = (h->digest ^ b[i]) * UINT64_C(1099511628211);
}

static reb_status begin(void *ctx, const char *name, const char *file_name, reb_err *err) {
    (void)err;
    heard *h = ctx;
    if (h->in || strlen(name) > REB_MULTIPART_NAME) abort();
    h->in = true;
    h->parts++;
    mix(h, name, strlen(name) + 1);
    if (file_name == NULL) return REB_OK;
    if (strlen(file_name) > REB_MULTIPART_FILE_NAME) abort();
    mix(h, file_name, strlen(file_name) + 1);
    reb_arena a = {0};
    const char *safe = reb_file_name(&a, file_name, "image/png");
    if (safe == NULL || safe[0] == '\0' || safe[0] == '.' || strlen(safe) > 120 || strpbrk(safe, "/\\\"\r\n;") != NULL ||
        !reb_utf8_valid(safe, strlen(safe), NULL))
        abort();
    reb_arena_free(&a);
    return REB_OK;
}
static reb_status data(void *ctx, const unsigned char *bytes, size_t n, reb_err *err) {
    (void)err;
    heard *h = ctx;
    if (!h->in || n == 0) abort();
    reb_file_type(bytes, n, true);
    mix(h, bytes, n);
    return REB_OK;
}
static reb_status end(void *ctx, reb_err *err) {
    (void)err;
    heard *h = ctx;
    if (!h->in) abort();
    h->in = false;
    return REB_OK;
}

static reb_status read_all(heard *h, const char *type, const uint8_t *body, size_t n, size_t piece) {
    static reb_multipart m;
    reb_err err = {0};
    *h = (heard){0};
    const reb_multipart_sink sink = {.ctx = h, .begin = begin, .data = data, .end = end};
    reb_status st = reb_multipart_open(&m, type, &sink, &err);
    for (size_t at = 0; at < n && st == REB_OK; at += piece) st = reb_multipart_feed(&m, body + at, n - at < piece ? n - at : piece, &err);
    if (st == REB_OK) st = reb_multipart_close(&m, &err);
    if (st == REB_OK && h->in) abort();
    if (st != REB_OK && err.detail[0] == '\0') abort();
    return st;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
    if (size < 2) return 0;
    size_t piece = 1u + bytes[0];
    const uint8_t *line = memchr(bytes + 1, '\n', size - 1);
    if (line == NULL) return 0;
    size_t len = (size_t)(line - bytes - 1);
    char *type = malloc(len + 1);
    if (type == NULL) abort();
    if (len > 0) memcpy(type, bytes + 1, len);
    type[len] = '\0';
    size_t n = size - len - 2;
    heard whole;
    heard cut;
    reb_status a = read_all(&whole, type, line + 1, n, n > 0 ? n : 1);
    reb_status b = read_all(&cut, type, line + 1, n, piece);
    if (a != b || whole.parts != cut.parts || (a == REB_OK && whole.digest != cut.digest)) abort();
    free(type);
    return 0;
}
