/* How fast delimited text is read, as ratios within one run: against memchr over the same bytes (what the memory gives), against a
   textbook reader that looks at one byte at a time, and against libcsv where it is installed. */
#include "../src/sheet/csv.h"
#include "../src/sheet/sheet.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct text {
    char *data;
    size_t len;
} text;

static volatile uint64_t g_sink; /* what was counted; keeps the work from being optimised away */

typedef uint64_t run_fn(const text *t);

/* Of this process, so that other work on the machine counts for less. */
static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double best_seconds(run_fn *run, const text *t) {
    double best = 1e9;
    for (int i = 0; i < 5; i++) {
        double start = cpu_seconds();
        g_sink += run(t);
        double s = cpu_seconds() - start;
        if (s < best) best = s;
    }
    return best;
}

static uint64_t run_memchr(const text *t) {
    const char *p = t->data, *end = p + t->len;
    uint64_t n = 0;
    while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) n++, p++;
    return n;
}

static uint64_t run_scan(const text *t) {
    reb_csv c;
    uint64_t fields = 0;
    reb_csv_open(&c, ',');
    for (size_t at = 0; at < t->len; at += c.consumed) {
        reb_csv_begin(&c);
        if (reb_csv_scan(&c, t->data + at, t->len - at, true) != REB_CSV_RECORD) break;
        fields += c.n_fields;
    }
    reb_csv_close(&c);
    return fields;
}

static uint64_t run_sheet(const text *t) {
    reb_err err = {0};
    reb_sheet *s = NULL;
    const reb_sheet_record *r;
    uint64_t fields = 0;
    if (reb_sheet_open_memory(&s, "bench", t->data, t->len, NULL, &err) != REB_OK) return 0;
    while (reb_sheet_next(&r, s, &err) == REB_OK && r != NULL) fields += r->n_fields;
    reb_sheet_close(s);
    return fields;
}

/* One byte, one step of an automaton, each field copied out: as most readers do it. */
static uint64_t run_textbook(const text *t) {
    enum { START, PLAIN, QUOTED, QUOTE } state = START;
    static char field[65536];
    size_t n = 0;
    uint64_t fields = 0;
    for (size_t i = 0; i < t->len; i++) {
        char c = t->data[i];
        switch (state) {
            case START:
                n = 0;
                if (c == '"') {
                    state = QUOTED;
                    break;
                }
                state = PLAIN;
                /* fall through */
            case PLAIN:
                if (c == ',' || c == '\n') {
                    fields++;
                    g_sink += (unsigned char)field[0];
                    state = START;
                    n = 0;
                } else if (c != '\r' && n < sizeof field) {
                    field[n++] = c;
                }
                break;
            case QUOTED:
                if (c == '"')
                    state = QUOTE;
                else if (n < sizeof field)
                    field[n++] = c;
                break;
            case QUOTE:
                if (c == '"') {
                    if (n < sizeof field) field[n++] = c;
                    state = QUOTED;
                } else if (c == ',' || c == '\n') {
                    fields++;
                    g_sink += (unsigned char)field[0];
                    state = START;
                } else {
                    state = PLAIN;
                }
                break;
        }
    }
    return fields;
}

/* libcsv, found at run time: its header is not needed to build. The parser is a plain structure of well under 512 bytes. */
typedef int csv_init_fn(void *p, unsigned char options);
typedef size_t csv_parse_fn(void *p, const void *s, size_t len, void (*field)(void *, size_t, void *), void (*row)(int, void *),
                            void *data);
typedef void csv_free_fn(void *p);
static csv_init_fn *g_csv_init;
static csv_parse_fn *g_csv_parse;
static csv_free_fn *g_csv_free;

static void on_field(void *s, size_t n, void *data) {
    (void)s;
    (void)n;
    ++*(uint64_t *)data;
}
static void on_row(int c, void *data) {
    (void)c;
    (void)data;
}
static uint64_t run_libcsv(const text *t) {
    uint64_t fields = 0;
    _Alignas(16) char parser[1024] = {0};
    g_csv_init(parser, 0);
    g_csv_parse(parser, t->data, t->len, on_field, on_row, &fields);
    g_csv_free(parser);
    return fields;
}
static bool find_libcsv(void) {
    void *lib = dlopen("libcsv.so.3", RTLD_NOW);
    if (lib == NULL) return false;
    void *a = dlsym(lib, "csv_init"), *b = dlsym(lib, "csv_parse"), *c = dlsym(lib, "csv_free");
    memcpy(&g_csv_init, &a, sizeof a);
    memcpy(&g_csv_parse, &b, sizeof b);
    memcpy(&g_csv_free, &c, sizeof c);
    return a != NULL && b != NULL && c != NULL;
}

static text make(bool quoted, size_t bytes) {
    text t = {calloc(1, bytes + 4096), 0};
    if (t.data == NULL) abort();
    const char *q = quoted ? "\"" : "";
    t.len = (size_t)snprintf(t.data, 200, "id,name,email,city,note,quantity,price,created\n");
    for (unsigned i = 0; t.len < bytes; i++)
        t.len += (size_t)snprintf(t.data + t.len, 400,
                                  "%u,%sCustomer %u%s,%sc%u@example.com%s,%sThessaloniki%s,%sordinary note of some "
                                  "length%s,%u,%u.%02u,2024-%02u-%02u %02u:15:00\n",
                                  100000 + i, q, i, q, q, i, q, q, q, q, q, 1 + i % 5, i % 900, i % 100, 1 + i % 12, 1 + i % 28, i % 24);
    return t;
}

static void report(const char *name, double seconds, const text *t, double bound, double textbook) {
    printf("  %-34s %7.3f GB/s   %5.2f of memchr   %6.2f x textbook\n", name, (double)t->len / seconds / 1e9, bound / seconds,
           textbook / seconds);
}

static void bench(const char *what, const text *t, bool libcsv) {
    double bound = best_seconds(run_memchr, t), textbook = best_seconds(run_textbook, t);
    printf("%s, %zu MB\n", what, t->len >> 20);
    report("memchr, line by line", bound, t, bound, textbook);
    report("scanner", best_seconds(run_scan, t), t, bound, textbook);
    report("reb_sheet_next", best_seconds(run_sheet, t), t, bound, textbook);
    report("textbook, byte by byte", textbook, t, bound, textbook);
    if (libcsv) report("libcsv", best_seconds(run_libcsv, t), t, bound, textbook);
    if (run_scan(t) != run_textbook(t)) {
        printf("the scanner and the textbook reader count different fields\n");
        exit(1);
    }
}

int main(int argc, char **argv) {
    bool libcsv = find_libcsv();
    if (!libcsv) printf("libcsv is not installed: compared with the textbook reader only\n");
    text plain = make(false, 48u << 20), quoted = make(true, 48u << 20);
    bench("orders, nothing quoted", &plain, libcsv);
    bench("orders, texts quoted", &quoted, libcsv);
    free(plain.data);
    free(quoted.data);
    for (int i = 1; i < argc; i++) {
        FILE *f = fopen(argv[i], "rb");
        if (f == NULL) continue;
        fseek(f, 0, SEEK_END);
        long n = ftell(f);
        rewind(f);
        text t = {calloc(1, (size_t)n + 64), 0};
        if (t.data != NULL) t.len = fread(t.data, 1, (size_t)n, f);
        fclose(f);
        bench(argv[i], &t, libcsv);
        free(t.data);
    }
    return 0;
}
