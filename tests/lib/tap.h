/* Tests in C that print TAP. A test is a static function named in main's table by TAP_RUN; each check is one line of TAP.
   Doubles are compared exactly or within a stated tolerance and printed with 17 digits; NaN equals nothing. */
#ifndef REB_TESTS_TAP_H
#define REB_TESTS_TAP_H

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int tap_count;
static int tap_failed;

static inline bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...) __attribute__((format(printf, 4, 5)));
static inline bool tap_ok(bool pass, const char *file, int line, const char *fmt, ...) {
    tap_count++;
    printf("%s %d - ", pass ? "ok" : "not ok", tap_count);
    va_list ap;
    va_start(ap, fmt);
    vprintf(fmt, ap);
    va_end(ap);
    putchar('\n');
    if (!pass) {
        tap_failed++;
        printf("# at %s:%d\n", file, line);
    }
    fflush(stdout);
    return pass;
}

/* What this process has computed so far, in microseconds: how busy the machine is with others does not count. */
static inline int64_t tap_cpu_us(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static inline void tap_skip(const char *why) {
    tap_count++;
    printf("ok %d # SKIP %s\n", tap_count, why);
}

static inline void tap_i64(int64_t got, int64_t want, const char *file, int line, const char *what) {
    if (!tap_ok(got == want, file, line, "%s", what)) printf("# got %" PRId64 ", want %" PRId64 "\n", got, want);
}

static inline void tap_text(const char *got, const char *want, const char *file, int line, const char *what) {
    bool same = got != NULL && want != NULL ? strcmp(got, want) == 0 : got == want;
    if (!tap_ok(same, file, line, "%s", what)) printf("# got  %s\n# want %s\n", got ? got : "(null)", want ? want : "(null)");
}

/* |got - want| <= relative * |want| + absolute, and both finite. */
static inline void tap_close(double got, double want, double relative, double absolute, const char *file, int line, const char *what) {
    bool near = isfinite(got) && isfinite(want) && fabs(got - want) <= relative * fabs(want) + absolute;
    if (!tap_ok(near, file, line, "%s", what))
        printf("# got %.17g, want %.17g (relative %.3g)\n", got, want, fabs(got - want) / fabs(want));
}

#define OK(cond, ...) tap_ok((cond), __FILE__, __LINE__, __VA_ARGS__)
#define EQ_I64(got, want, what) tap_i64((got), (want), __FILE__, __LINE__, (what))
#define EQ_TEXT(got, want, what) tap_text((got), (want), __FILE__, __LINE__, (what))
#define CLOSE(got, want, rel, abs_tol, what) tap_close((got), (want), (rel), (abs_tol), __FILE__, __LINE__, (what))
#define SKIP(why) tap_skip(why)

/* Prints the plan; the program's exit status. Zero checks is a failure. */
static inline int tap_done(void) {
    printf("1..%d\n", tap_count);
    return tap_failed == 0 && tap_count > 0 ? 0 : 1;
}

/* Folder of real data, or NULL where it is absent: $REB_SHARED/data or ../shared/data. `rel` is joined to it. */
static inline const char *tap_shared(const char *rel) {
    static char path[512];
    const char *root = getenv("REB_SHARED");
    snprintf(path, sizeof path, "%s/data/%s", root != NULL ? root : "../shared", rel);
    FILE *f = fopen(path, "rb");
    if (f == NULL) return NULL;
    fclose(f);
    return path;
}

#endif
