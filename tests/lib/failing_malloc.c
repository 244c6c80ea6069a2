/* Preloaded into a program: its FAIL_AT-th request for memory fails, and with FAIL_N more than 1 the FAIL_N - 1 after it. What ICU and the
   C++ library ask for is let through: ICU does not survive every failure, and that is not ours to test. At the end FAIL_COUNT, a file, is
   told how many requests there were. */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static long count, at = -1, more = 1;
static char early[65536]; /* dlsym itself asks for memory before we know whom to ask */
static size_t early_used;
static void *(*real_malloc)(size_t);
static void *(*real_calloc)(size_t, size_t);
static void *(*real_realloc)(void *, size_t);
static void (*real_free)(void *);

static void begin(void) {
    static int begun;
    if (begun++) return;
    *(void **)&real_calloc = dlsym(RTLD_NEXT, "calloc");
    *(void **)&real_realloc = dlsym(RTLD_NEXT, "realloc");
    *(void **)&real_free = dlsym(RTLD_NEXT, "free");
    *(void **)&real_malloc = dlsym(RTLD_NEXT, "malloc");
    const char *text = getenv("FAIL_AT");
    if (text != NULL) at = strtol(text, NULL, 10);
    text = getenv("FAIL_N");
    if (text != NULL) more = strtol(text, NULL, 10);
}

static int fails(const void *caller) {
    static __thread int asking;
    Dl_info who;
    if (at < 0 || asking) return 0;
    asking = 1;
    int foreign = dladdr(caller, &who) != 0 && who.dli_fname != NULL &&
                  (strstr(who.dli_fname, "libicu") != NULL || strstr(who.dli_fname, "libstdc++") != NULL);
    asking = 0;
    if (foreign) return 0;
    long n = __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED);
    return n >= at && n - at < more;
}

void *malloc(size_t n) {
    begin();
    if (real_malloc == NULL) return NULL;
    return fails(__builtin_return_address(0)) ? NULL : real_malloc(n);
}

void *calloc(size_t items, size_t n) {
    begin();
    if (real_calloc == NULL) {
        char *p = early + early_used;
        early_used += (items * n + 15) & ~(size_t)15;
        return early_used <= sizeof early ? p : NULL;
    }
    return fails(__builtin_return_address(0)) ? NULL : real_calloc(items, n);
}

void *realloc(void *p, size_t n) {
    begin();
    return fails(__builtin_return_address(0)) ? NULL : real_realloc(p, n);
}

void free(void *p) {
    if ((char *)p >= early && (char *)p < early + sizeof early) return;
    begin();
    real_free(p);
}

__attribute__((destructor)) static void tell(void) {
    const char *path = getenv("FAIL_COUNT");
    at = -1;
    FILE *f = path != NULL ? fopen(path, "w") : NULL;
    if (f == NULL) return;
    fprintf(f, "%ld\n", count);
    fclose(f);
}
