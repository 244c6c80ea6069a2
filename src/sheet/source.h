/* Inside src/sheet only: bytes of a file or of memory, unpacked when they are gzip, decoded to UTF-8, in a sliding window. */
#ifndef REB_SHEET_SOURCE_H
#define REB_SHEET_SOURCE_H

#include "../base/err.h"
#include "../text/encoding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct reb_source reb_source;

reb_status reb_source_open_file(reb_source **out, const char *path, size_t read_bytes, reb_err *err);
reb_status reb_source_open_memory(reb_source **out, const char *name, const void *bytes, size_t len, size_t read_bytes, reb_err *err);
void reb_source_close(reb_source *s);

const char *reb_source_name(const reb_source *s);
bool reb_source_is_gzip(const reb_source *s);
int64_t reb_source_total(const reb_source *s);
int64_t reb_source_used(const reb_source *s); /* bytes of the file read so far */

/* Unpacked bytes; *n = 0 at the end. */
reb_status reb_source_read(size_t *n, reb_source *s, void *buf, size_t cap, reb_err *err);
reb_status reb_source_rewind(reb_source *s, reb_err *err);
/* To a byte of the file; only when it is not gzip. */
reb_status reb_source_seek(reb_source *s, int64_t offset, reb_err *err);

/* Raw access for formats that jump about (XLSX), never through gzip. */
reb_status reb_source_read_at(size_t *n, reb_source *s, int64_t offset, void *buf, size_t cap, reb_err *err);

/* ---- window ---- */

#define REB_WINDOW_SLACK 64 /* readable bytes behind the end, so that a scanner may load whole blocks */

typedef struct reb_window {
    reb_source *source;   /* not owned */
    reb_decoder *decoder; /* owned; NULL: bytes are UTF-8 already */
    char *data;           /* [start, end) is unread text */
    size_t start, end, cap;
    int64_t base; /* offset of data[0] in the decoded stream */
    bool eof;
    char *raw; /* undecoded bytes, when there is a decoder */
    size_t raw_start, raw_end, raw_cap;
    bool raw_eof;
    size_t read_bytes;
} reb_window;

reb_status reb_window_open(reb_window *w, reb_source *source, reb_encoding encoding, size_t skip_bytes, size_t read_bytes, reb_err *err);
void reb_window_close(reb_window *w);

/* Reads on: after REB_OK there is at least one more byte behind `end`, or eof is true. The unread text may move in memory but
   keeps its order from `start`. REB_E_LIMIT when more than max_bytes would be unread (detail is set by the caller). */
reb_status reb_window_more(reb_window *w, size_t max_bytes, reb_err *err);

static inline int64_t reb_window_offset(const reb_window *w) {
    return w->base + (int64_t)w->start;
}

#endif
