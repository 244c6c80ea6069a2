/* Shared by the ingest's files. */
#ifndef REB_DOMAIN_INGEST_INTERNAL_H
#define REB_DOMAIN_INGEST_INTERNAL_H

#include "ingest.h"

/* ---- a hash table from a 128-bit key to an integer; grows up to a limit, then forgets the oldest generation ---- */

typedef struct reb_mapkey {
    uint64_t a, b; /* two independent hashes; both 0 means empty */
} reb_mapkey;

typedef struct reb_map_slot {
    reb_mapkey key;
    int64_t value;
} reb_map_slot;

typedef struct reb_map64 {
    reb_map_slot *slots;
    size_t mask; /* slots - 1; 0: none yet */
    size_t used;
    size_t most; /* entries kept at most; then the table starts anew */
} reb_map64;

reb_mapkey reb_map_key(uint64_t kind, const void *bytes, size_t n);
bool reb_map64_get(const reb_map64 *m, reb_mapkey k, int64_t *value);
bool reb_map64_reserve(reb_map64 *m, size_t n);                /* room for n more, so that putting them cannot fail; false: no memory */
bool reb_map64_put(reb_map64 *m, reb_mapkey k, int64_t value); /* false: no memory (nothing lost but the memory of it) */
void reb_map64_free(reb_map64 *m);

/* ---- state ---- */

typedef struct reb_pending {
    reb_mapkey key;
    int64_t value;
} reb_pending;

struct reb_ingest {
    reb_store *store;
    reb_ingest_setup setup;
    reb_map64 who;  /* identity -> customer */
    reb_map64 told; /* (customer, fact or name) -> hash of the value */
    reb_map64 met;  /* customers met */
    bool met_full;
    int64_t met_count;
    int64_t erased_seen;  /* how many erasures there were when memory was last in step */
    reb_map64 dry_events; /* dry run: events already counted in this run */
};

typedef struct reb_ingest_run { /* one attempt at one chunk */
    reb_ingest *g;
    reb_ingest_chunk *c;
    reb_arena *arena;
    reb_ingest_counts added;
    reb_pending *who;
    size_t n_who, cap_who;
    reb_pending *told;
    size_t n_told, cap_told;
    reb_ingest_event **stored; /* new events, in the order in which they were written */
    size_t n_stored, cap_stored;
    reb_map64 anew; /* customers of whom more is new than orders */
} reb_ingest_run;

reb_status reb_ingest_remember(reb_pending **list, size_t *n, size_t *cap, reb_arena *arena, reb_mapkey k, int64_t v, reb_err *err);

/* ingest_people.c */
reb_status reb_ingest_resolve(reb_ingest_run *r, reb_err *err);     /* persons' customer_id; new customers and identities written */
reb_status reb_ingest_write_facts(reb_ingest_run *r, reb_err *err); /* of persons that speak */

/* ingest_events.c */
reb_status reb_ingest_write_events(reb_ingest_run *r, reb_err *err);

/* ingest_sums.c */
reb_status reb_ingest_derive(reb_ingest_run *r, reb_err *err);
reb_mapkey reb_ingest_customer_key(int64_t customer_id);

/* Sums stay at the end of int64 instead of wrapping around, as when everything is derived anew. */
static inline int64_t reb_sum(int64_t a, int64_t b) {
    int64_t sum = 0;
    return !__builtin_add_overflow(a, b, &sum) ? sum : b > 0 ? INT64_MAX : INT64_MIN;
}

static inline bool reb_same_text(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) a++, b++;
    return *a == *b;
}

#define REB_NEW(arena, count, type) ((type *)reb_arena_zalloc((arena), (count) > 0 ? (count) : 1, sizeof(type)))

#endif
