/* A piece of text that belongs to somebody else: bytes and a length, no NUL promised. */
#ifndef REB_TEXT_SLICE_H
#define REB_TEXT_SLICE_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

typedef struct reb_slice {
    const char *ptr; /* may be NULL when len is 0 */
    size_t len;      /* bytes */
} reb_slice;

static inline reb_slice reb_slice_of(const char *s) {
    return (reb_slice){s, s == NULL ? 0 : strlen(s)};
}
static inline bool reb_slice_is(reb_slice a, const char *s) {
    size_t n = strlen(s);
    return a.len == n && (n == 0 || memcmp(a.ptr, s, n) == 0);
}
/* Without ASCII white space (space, tab, CR, LF) at either end. */
static inline reb_slice reb_slice_trim(reb_slice a) {
    while (a.len > 0 && (a.ptr[0] == ' ' || (a.ptr[0] >= '\t' && a.ptr[0] <= '\r'))) a.ptr++, a.len--;
    while (a.len > 0 && (a.ptr[a.len - 1] == ' ' || (a.ptr[a.len - 1] >= '\t' && a.ptr[a.len - 1] <= '\r'))) a.len--;
    return a;
}

#endif
