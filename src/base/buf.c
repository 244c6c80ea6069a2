#include "buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Makes room for n more bytes and a NUL. */
static bool room(reb_buf *b, size_t n) {
    if (b->failed || n > SIZE_MAX / 2 - b->len - 1) {
        b->failed = true;
        return false;
    }
    size_t need = b->len + n + 1;
    if (need <= b->cap) return true;
    size_t cap = b->cap != 0 ? b->cap : 256;
    while (cap < need) cap *= 2;
    char *p = realloc(b->data, cap);
    if (p == NULL) {
        b->failed = true;
        return false;
    }
    b->data = p;
    b->cap = cap;
    return true;
}

void reb_buf_add(reb_buf *b, const void *bytes, size_t n) {
    if (!room(b, n)) return;
    if (n != 0) memcpy(b->data + b->len, bytes, n);
    b->len += n;
    b->data[b->len] = '\0';
}

void reb_buf_str(reb_buf *b, const char *s) {
    reb_buf_add(b, s, strlen(s));
}

void reb_buf_char(reb_buf *b, char c) {
    reb_buf_add(b, &c, 1);
}

void reb_buf_printf(reb_buf *b, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    if (n < 0) {
        b->failed = true;
    } else if (room(b, (size_t)n)) {
        vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
        b->len += (size_t)n;
    }
    va_end(again);
}

const char *reb_buf_cstr(const reb_buf *b) {
    return b->data != NULL ? b->data : "";
}

void reb_buf_clear(reb_buf *b) {
    b->len = 0;
    b->failed = false;
    if (b->data != NULL) b->data[0] = '\0';
}

void reb_buf_free(reb_buf *b) {
    free(b->data);
    *b = (reb_buf){0};
}
