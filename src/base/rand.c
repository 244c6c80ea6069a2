#include "rand.h"

static uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
    return z ^ (z >> 31);
}

uint64_t reb_rand_u64(reb_rand *r) {
    r->state += UINT64_C(0x9E3779B97F4A7C15);
    return mix(r->state);
}

double reb_rand_unit(reb_rand *r) {
    return (double)(reb_rand_u64(r) >> 11) * 0x1.0p-53;
}

uint64_t reb_rand_below(reb_rand *r, uint64_t bound) {
    uint64_t reject = (0 - bound) % bound; /* 2^64 mod bound: the uneven part is drawn again */
    uint64_t v;
    do {
        v = reb_rand_u64(r);
    } while (v < reject);
    return v % bound;
}

uint64_t reb_hash64(uint64_t seed, const void *bytes, size_t n) {
    const unsigned char *p = bytes;
    uint64_t h = UINT64_C(0xCBF29CE484222325) ^ seed;
    for (size_t i = 0; i < n; i++) h = (h ^ p[i]) * UINT64_C(0x100000001B3);
    return mix(h ^ (uint64_t)n);
}

enum { MS_SHIFT = 22 };
static const int64_t k_epoch_ms = INT64_C(1577836800000); /* 2020-01-01T00:00:00Z */

int64_t reb_id_floor(int64_t us) {
    int64_t ms = us / 1000 - k_epoch_ms;
    return ms > 0 ? (int64_t)((uint64_t)ms << MS_SHIFT & INT64_MAX) : 0;
}

int64_t reb_id_next(reb_ids *g) {
    int64_t ms = reb_clock_now(g->clock) / 1000 - k_epoch_ms;
    if (ms < 0) ms = 0; /* a clock set to the past (--now) still gives ids, in order of creation */
    if (ms <= g->last_ms) {
        g->count++;
        if (g->count > 0xFFF) {
            g->last_ms++; /* borrow from the next millisecond rather than wait */
            g->count = 0;
        }
    } else {
        /* Two processes may have drawn the same node: each millisecond begins at another place, so that they hardly ever meet. */
        const int64_t place[2] = {reb_monotonic_us(), (int64_t)(intptr_t)g};
        g->last_ms = ms;
        g->count = reb_hash64(g->node, place, sizeof place) & 0x7FF;
    }
    uint64_t id = ((uint64_t)g->last_ms << MS_SHIFT) | ((g->node & 0x3FFu) << 12) | g->count;
    return (int64_t)(id & INT64_MAX);
}
