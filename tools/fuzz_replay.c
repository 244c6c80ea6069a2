/* Replays a fuzz target over its corpus under the sanitizers: each input as it is, then cut short and with single bytes changed, by a
   fixed rule, so that every run of the tests tries the same. TAP: one check for each input. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { VARIANTS = 64, LARGEST = 1 << 20 };

static uint64_t next(uint64_t *state) {
    *state = *state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *state >> 33;
}

/* The target gets memory of exactly this size, so that a read past the end is seen. */
static void try(const uint8_t *data, size_t size) {
    uint8_t *exact = malloc(size > 0 ? size : 1);
    if (exact == NULL) abort();
    if (size > 0) memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

static void try_variants(uint8_t *data, size_t size) {
    uint64_t state = size;
    for (int i = 0; i < VARIANTS && size > 0; i++) {
        size_t at = (size_t)(next(&state) % size);
        uint8_t before = data[at];
        if (i % 2 == 0) {
            try(data, at);
            continue;
        }
        data[at] = (uint8_t)next(&state);
        try(data, size);
        data[at] = before;
    }
}

static int keep_input(const struct dirent *e) {
    return e->d_name[0] != '.';
}

int main(void) {
    static uint8_t data[LARGEST];
    struct dirent **names = NULL;
    int n = scandir(REB_CORPUS, &names, keep_input, alphasort);
    if (n <= 0) {
        printf("1..1\nnot ok 1 - %s has inputs\n", REB_CORPUS);
        return 1;
    }
    try(data, 0);
    for (int i = 0; i < n; i++) {
        char path[1024];
        snprintf(path, sizeof path, "%s/%s", REB_CORPUS, names[i]->d_name);
        FILE *f = fopen(path, "rb");
        size_t size = f != NULL ? fread(data, 1, sizeof data, f) : 0;
        if (f != NULL) fclose(f);
        try(data, size);
        if (size <= 65536) try_variants(data, size);
        printf("%s %d - %s\n", f != NULL ? "ok" : "not ok", i + 1, path);
        fflush(stdout);
        free(names[i]);
    }
    free(names);
    printf("1..%d\n", n);
    return 0;
}
