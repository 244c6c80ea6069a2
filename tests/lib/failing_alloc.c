/* Loaded before a program (LD_PRELOAD), makes a chosen allocation fail. Only for builds without ASan, which has its own malloc.
     REB_FAIL_AT=N       the Nth allocation fails, once; 0 or unset: none
     REB_FAIL_ON=1       and every one after it too, as when memory has really run out
     REB_FAIL_IN=all     counts the allocations of the libraries too; else only those that the program itself asks for
     REB_FAIL_LOG=FILE   at exit, one line an allocation: its number and the hash of the calls that led to it
     REB_FAIL_SHOW=1     the calls that led to the failed one, on stderr, for addr2line
     REB_FAIL_STEER=FILE a file of 8 bytes, an int64 that counts down to the failure: steers a running server
   fsync is left out: thousands of runs, and it is not power that fails here. */
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* glibc's own, which need no dlsym (dlsym itself allocates). */
extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t n);

enum { DEEP = 24, MOST = 1 << 20 };

static uintptr_t own_from;
static uintptr_t own_to;
static bool ready;
static bool everything;
static bool on_and_on;
static _Atomic int64_t own_countdown;
static _Atomic int64_t *countdown = &own_countdown;
static atomic_bool failing;
static atomic_int_fast64_t count;
static uint64_t *hashes; /* of the first MOST allocations, when they are logged */
static __thread bool inside;

/* The program is the first object told; its code may lie anywhere within its segments. */
static int find_program(struct dl_phdr_info *info, size_t size, void *ctx) {
    (void)size;
    (void)ctx;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *h = &info->dlpi_phdr[i];
        if (h->p_type != PT_LOAD || (h->p_flags & PF_X) == 0) continue;
        own_from = info->dlpi_addr + h->p_vaddr;
        own_to = own_from + h->p_memsz;
    }
    return 1;
}

__attribute__((constructor)) static void begin(void) {
    dl_iterate_phdr(find_program, NULL);
    const char *at = getenv("REB_FAIL_AT");
    const char *in = getenv("REB_FAIL_IN");
    const char *steer = getenv("REB_FAIL_STEER");
    everything = in != NULL && strcmp(in, "all") == 0;
    on_and_on = getenv("REB_FAIL_ON") != NULL;
    if (at != NULL) own_countdown = strtoll(at, NULL, 10);
    if (steer != NULL) {
        int fd = open(steer, O_RDWR | O_CLOEXEC);
        void *p = fd >= 0 ? mmap(NULL, 8, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : MAP_FAILED;
        if (p != MAP_FAILED) countdown = p;
        if (fd >= 0) close(fd);
    }
    if (getenv("REB_FAIL_LOG") != NULL) {
        void *p = mmap(NULL, MOST * sizeof *hashes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (p != MAP_FAILED) hashes = p;
        void *warm[2];
        backtrace(warm, 2); /* loads what unwinding needs */
    }
    ready = true;
}

__attribute__((destructor)) static void end(void) {
    const char *path = getenv("REB_FAIL_LOG");
    if (path == NULL || hashes == NULL) return;
    ready = false;
    FILE *f = fopen(path, "w");
    if (f == NULL) return;
    int64_t n = count < MOST ? count : MOST;
    for (int64_t i = 0; i < n; i++) fprintf(f, "%lld %llx\n", (long long)(i + 1), (unsigned long long)hashes[i]);
    fclose(f);
}

static uint64_t hash_of_calls(void) {
    void *calls[DEEP];
    int n = backtrace(calls, DEEP);
    uint64_t h = 1469598103934665603u;
    for (int i = 2; i < n; i++) h = (h ^ (uintptr_t)calls[i]) * 1099511628211u;
    return h;
}

static bool fails(const void *caller) {
    if (!ready || inside) return false;
    uintptr_t at = (uintptr_t)caller;
    if (!everything && (at < own_from || at >= own_to)) return false;
    inside = true;
    int64_t n = atomic_fetch_add(&count, 1);
    if (hashes != NULL && n < MOST) hashes[n] = hash_of_calls();
    bool now = false;
    if (atomic_load(countdown) > 0 && atomic_fetch_sub(countdown, 1) == 1) {
        now = true;
        if (on_and_on) failing = true;
    }
    inside = false;
    if (!now && !failing) return false;
    if (now && getenv("REB_FAIL_SHOW") != NULL) {
        void *calls[DEEP];
        inside = true;
        backtrace_symbols_fd(calls, backtrace(calls, DEEP), STDERR_FILENO);
        inside = false;
    }
    errno = ENOMEM;
    return true;
}

#define HERE __builtin_return_address(0)
#define SEEN __attribute__((visibility("default")))

SEEN void *malloc(size_t n) {
    return fails(HERE) ? NULL : __libc_malloc(n);
}
SEEN void *calloc(size_t n, size_t size) {
    return fails(HERE) ? NULL : __libc_calloc(n, size);
}
SEEN void *realloc(void *p, size_t n) {
    return fails(HERE) ? NULL : __libc_realloc(p, n);
}
static char *copy(const char *s, size_t n) {
    char *p = __libc_malloc(n + 1);
    if (p == NULL) return NULL;
    memcpy(p, s, n);
    p[n] = '\0';
    return p;
}
SEEN char *strdup(const char *s) {
    return fails(HERE) ? NULL : copy(s, strlen(s));
}
SEEN char *strndup(const char *s, size_t n) {
    return fails(HERE) ? NULL : copy(s, strnlen(s, n));
}
SEEN int fsync(int fd) {
    (void)fd;
    return 0;
}
SEEN int fdatasync(int fd) {
    (void)fd;
    return 0;
}
