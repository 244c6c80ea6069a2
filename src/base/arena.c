#include "arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGN = 16, DEFAULT_BLOCK = 64 * 1024 };

struct reb_arena_block {
    reb_arena_block *older;
    size_t cap;
    size_t used;
    size_t pad; /* keeps `data` on a multiple of 16 */
    unsigned char data[];
};

static void *lost(reb_arena *a) {
    a->failed = true;
    return NULL;
}

static reb_arena_block *block_new(size_t cap) {
    if (cap > SIZE_MAX - sizeof(reb_arena_block)) return NULL;
    reb_arena_block *b = malloc(sizeof *b + cap);
    if (b == NULL) return NULL;
    b->older = NULL;
    b->cap = cap;
    b->used = 0;
    return b;
}

void *reb_arena_alloc(reb_arena *a, size_t n) {
    if (n > SIZE_MAX - ALIGN) return lost(a);
    n = (n + (ALIGN - 1)) & ~(size_t)(ALIGN - 1);
    if (n == 0) n = ALIGN;
    reb_arena_block *b = a->head;
    if (b == NULL || b->cap - b->used < n) {
        size_t want = a->block_bytes != 0 ? a->block_bytes : DEFAULT_BLOCK;
        b = block_new(n > want ? n : want);
        if (b == NULL) return lost(a);
        b->older = a->head;
        a->head = b;
    }
    void *p = b->data + b->used;
    b->used += n;
    a->used_bytes += n;
    return p;
}

void *reb_arena_zalloc(reb_arena *a, size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size) return lost(a);
    void *p = reb_arena_alloc(a, count * size);
    if (p != NULL) memset(p, 0, count * size);
    return p;
}

char *reb_arena_strndup(reb_arena *a, const char *s, size_t n) {
    if (n == SIZE_MAX) return lost(a);
    char *p = reb_arena_alloc(a, n + 1);
    if (p == NULL) return NULL;
    if (n != 0) memcpy(p, s, n);
    p[n] = '\0';
    return p;
}

char *reb_arena_strdup(reb_arena *a, const char *s) {
    return s == NULL ? NULL : reb_arena_strndup(a, s, strlen(s));
}

char *reb_arena_printf(reb_arena *a, const char *fmt, ...) {
    va_list ap;
    va_start(ap, fmt);
    va_list again;
    va_copy(again, ap);
    int n = vsnprintf(NULL, 0, fmt, ap);
    va_end(ap);
    char *p = n < 0 ? lost(a) : reb_arena_alloc(a, (size_t)n + 1);
    if (p != NULL) vsnprintf(p, (size_t)n + 1, fmt, again);
    va_end(again);
    return p;
}

void reb_arena_reset(reb_arena *a) {
    while (a->head != NULL && a->head->older != NULL) {
        reb_arena_block *b = a->head;
        a->head = b->older;
        free(b);
    }
    if (a->head != NULL) a->head->used = 0;
    a->used_bytes = 0;
    a->failed = false;
}

void reb_arena_free(reb_arena *a) {
    reb_arena_reset(a);
    free(a->head);
    a->head = NULL;
}
