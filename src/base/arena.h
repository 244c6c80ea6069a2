/* Arena: memory for one request, job or batch, given back all at once. Not thread-safe: one arena, one thread. */
#ifndef REB_BASE_ARENA_H
#define REB_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

typedef struct reb_arena_block reb_arena_block;

typedef struct reb_arena {
    reb_arena_block *head; /* newest block */
    size_t block_bytes;    /* size of the next ordinary block; 0 = 64 KiB */
    size_t used_bytes;     /* handed out since the last reset */
    bool failed;           /* memory ran out since then: what was built in it may be incomplete */
} reb_arena;

/* Zero-initialise (`reb_arena a = {0};`) and use. Returned memory is aligned to 16 bytes and lives until reset or free.
   NULL only when the system has no memory left or `n` overflows; that is remembered (`failed`), so that whoever prints or sends what
   was built may ask once at the end. */
void *reb_arena_alloc(reb_arena *a, size_t n);
void *reb_arena_zalloc(reb_arena *a, size_t count, size_t size);
char *reb_arena_strndup(reb_arena *a, const char *s, size_t n); /* NUL-terminated copy */
char *reb_arena_strdup(reb_arena *a, const char *s);            /* NULL for NULL */
char *reb_arena_printf(reb_arena *a, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void reb_arena_reset(reb_arena *a); /* forget everything, keep one block for reuse */
void reb_arena_free(reb_arena *a);  /* give everything back; the arena may be used again */

#endif
