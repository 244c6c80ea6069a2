/* Growing byte string. A failed allocation is remembered (`failed`), so a caller may append many times and ask once. */
#ifndef REB_BASE_BUF_H
#define REB_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

typedef struct reb_buf {
    char *data; /* NUL-terminated whenever len > 0; NULL before the first append */
    size_t len; /* bytes, without the NUL */
    size_t cap;
    bool failed; /* memory ran out: the content is incomplete */
} reb_buf;

void reb_buf_add(reb_buf *b, const void *bytes, size_t n);
void reb_buf_str(reb_buf *b, const char *s);
void reb_buf_char(reb_buf *b, char c);
void reb_buf_printf(reb_buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
const char *reb_buf_cstr(const reb_buf *b); /* "" when empty */
void reb_buf_clear(reb_buf *b);             /* keeps the memory */
void reb_buf_free(reb_buf *b);

#endif
