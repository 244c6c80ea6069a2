/* Randomness, hashes and ids. A random source is a value that the caller owns: the same seed gives the same numbers. */
#ifndef REB_BASE_RAND_H
#define REB_BASE_RAND_H

#include "clock.h"

#include <stddef.h>
#include <stdint.h>

/* splitmix64 (Steele, Lea, Flood 2014). Not for secrets: those come from libsodium. */
typedef struct reb_rand {
    uint64_t state;
} reb_rand;

uint64_t reb_rand_u64(reb_rand *r);
double reb_rand_unit(reb_rand *r);                    /* uniform in [0, 1), 53 bits */
uint64_t reb_rand_below(reb_rand *r, uint64_t bound); /* uniform in [0, bound), unbiased; bound >= 1 */

/* 64-bit hash of bytes (FNV-1a, then splitmix64's finaliser). Stable for ever: it is stored. Chain with the previous result as seed. */
uint64_t reb_hash64(uint64_t seed, const void *bytes, size_t n);

/* Time-ordered ids: 41 bits of milliseconds since 2020-01-01, 10 bits that tell generators apart, 12 bits of count from a random place.
   Always positive, unique within a generator, increasing as long as the clock does not fall back by more than it counts. */
typedef struct reb_ids {
    reb_clock clock;
    uint64_t node; /* 0..1023, random per process */
    int64_t last_ms;
    uint64_t count;
} reb_ids;

int64_t reb_id_next(reb_ids *g);
/* No id made at that time or later is below it. */
int64_t reb_id_floor(int64_t us);

#endif
