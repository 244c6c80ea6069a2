/* Token buckets: a client may ask `per_s` times a second, with a burst of twice as many. A fixed table: two clients whose hashes
   meet share a bucket, and the salt keeps anybody from arranging that. */
#include "http.h"

#include "../base/rand.h"

void reb_rate_init(reb_rate *r, unsigned per_s, uint64_t salt) {
    pthread_mutex_init(&r->mutex, NULL);
    r->salt = salt;
    r->per_us = per_s == UINT32_MAX ? 0 : (double)per_s / 1e6;
    r->burst = 2.0 * (double)per_s;
}

bool reb_rate_take(reb_rate *r, const void *who, size_t n, int64_t now_us, unsigned *wait_s) {
    *wait_s = 0;
    return r->per_us <= 0 || reb_rate_take_at(r, who, n, now_us, r->per_us, r->burst, wait_s);
}

bool reb_rate_take_at(reb_rate *r, const void *who, size_t n, int64_t now_us, double per_us, double burst, unsigned *wait_s) {
    *wait_s = 0;
    uint64_t key = reb_hash64(r->salt, who, n);
    size_t at = (size_t)(key % REB_RATE_SLOTS);
    pthread_mutex_lock(&r->mutex);
    if (r->slots[at].key != key) { /* somebody new here: a full bucket */
        r->slots[at].key = key;
        r->slots[at].at_us = now_us;
        r->slots[at].tokens = burst;
    }
    double tokens = r->slots[at].tokens + (double)(now_us - r->slots[at].at_us) * per_us;
    if (tokens > burst) tokens = burst;
    bool granted = tokens >= 1;
    r->slots[at].tokens = granted ? tokens - 1 : tokens;
    r->slots[at].at_us = now_us;
    pthread_mutex_unlock(&r->mutex);
    if (!granted) *wait_s = (unsigned)((1 - tokens) / per_us / 1e6) + 1;
    return granted;
}
