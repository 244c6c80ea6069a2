/* Reads multipart/form-data (RFC 7578, RFC 2046, 5.1) as it comes, in pieces of any size, and keeps nothing but the head of the part it is
   in. Strict where leniency would let two readers see two things: a delimiter is followed by its line end, a part has one
   Content-Disposition that says form-data and a name, and there is no transfer encoding. */
#ifndef REB_HTTP_MULTIPART_H
#define REB_HTTP_MULTIPART_H

#include "../base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum {
    REB_MULTIPART_BOUNDARY = 70,
    REB_MULTIPART_HEAD = 4096,
    REB_MULTIPART_NAME = 64,
    REB_MULTIPART_FILE_NAME = 512,
    REB_MULTIPART_PARTS = 64
};

/* Who takes what is read. `file_name` NULL: a field; "": a file input in which nothing was chosen, or a file without a name. Names are
   NUL-terminated and hold no control characters; file_name is as the sender wrote it, with its path. Whatever but REB_OK ends the reading.
 */
typedef struct reb_multipart_sink {
    void *ctx;
    reb_status (*begin)(void *ctx, const char *name, const char *file_name, reb_err *err);
    reb_status (*data)(void *ctx, const unsigned char *bytes, size_t n, reb_err *err);
    reb_status (*end)(void *ctx, reb_err *err);
} reb_multipart_sink;

typedef enum reb_multipart_place {
    REB_MULTIPART_BEFORE, /* what stands before the first delimiter is nobody's */
    REB_MULTIPART_LINE,   /* behind a delimiter */
    REB_MULTIPART_HEADERS,
    REB_MULTIPART_BODY,
    REB_MULTIPART_AFTER
} reb_multipart_place;

typedef struct reb_multipart {
    reb_multipart_sink sink;
    reb_multipart_place place;
    char delimiter[REB_MULTIPART_BOUNDARY + 5];     /* CR LF -- boundary */
    unsigned char fall[REB_MULTIPART_BOUNDARY + 5]; /* after so many bytes of it did not go on: how many still hold (Knuth-Morris-Pratt) */
    size_t delimiter_len, matched;
    char line[8]; /* behind a delimiter */
    size_t line_len;
    char head[REB_MULTIPART_HEAD];
    size_t head_len;
    unsigned parts;
    bool failed;
} reb_multipart;

/* `content_type`: the header, "multipart/form-data; boundary=...". Errors: USAGE. */
reb_status reb_multipart_open(reb_multipart *m, const char *content_type, const reb_multipart_sink *sink, reb_err *err);
/* Errors: USAGE (what is wrong with it), LIMIT (too many parts), and the sink's. After an error nothing more is read. */
reb_status reb_multipart_feed(reb_multipart *m, const unsigned char *bytes, size_t n, reb_err *err);
/* There is no more: the last delimiter must have come. */
reb_status reb_multipart_close(reb_multipart *m, reb_err *err);

#endif
