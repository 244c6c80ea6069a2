/* Merging customers and taking it back. Each merge is one link, merged_into; a customer's head is where its links end. Since only heads are
   merged, a customer has one link at most and the links can form no circle; any of them can be taken back whatever was merged after it. */
#ifndef REB_DOMAIN_MERGE_H
#define REB_DOMAIN_MERGE_H

#include "../base/arena.h"
#include "../base/rand.h"
#include "business.h"

typedef struct reb_merge_act {
    const char *who; /* may be "" */
    const char *why; /* may be "" */
    int64_t now_us;
    reb_ids *ids;
} reb_merge_act;

typedef struct reb_merge_moved {
    int64_t head_id;    /* who stands for them now */
    int64_t *customers; /* whose head has changed, in the arena */
    size_t count;
} reb_merge_moved;

/* Merges the head of other_id, with all it stands for, into the head of keep_id; events on both; derived tables anew. In one write
   transaction. Errors: NOT_FOUND; CONFLICT (they are one already; one is a person, the other an organisation). */
reb_status reb_merge(reb_merge_moved *out, reb_store *s, const reb_business *b, int64_t keep_id, int64_t other_id, const reb_merge_act *act,
                     reb_arena *arena, reb_err *err);

/* Takes customer_id and what was merged into it out again. Errors: NOT_FOUND; CONFLICT (it is not merged into anybody). */
reb_status reb_unmerge(reb_merge_moved *out, reb_store *s, const reb_business *b, int64_t customer_id, const reb_merge_act *act,
                       reb_arena *arena, reb_err *err);

/* Remembers that two customers are not the same. *known: it was remembered before. Errors: NOT_FOUND; CONFLICT (they are merged). */
reb_status reb_not_same(bool *known, reb_store *s, const reb_business *b, int64_t a_id, int64_t b_id, const reb_merge_act *act,
                        reb_err *err);

#endif
