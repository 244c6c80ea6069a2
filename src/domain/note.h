/* What a person tells by hand: one event in the log, of source "rebound" and batch 0. Nothing of it is ever changed or deleted. */
#ifndef REB_DOMAIN_NOTE_H
#define REB_DOMAIN_NOTE_H

#include "../base/rand.h"
#include "business.h"

typedef struct reb_hand_event {
    int64_t customer_id;
    const char *kind;    /* note, contact, consent, merge, unmerge, not_same, customer */
    const char *ext_id;  /* NULL: made of kind and id; two events of one act share it */
    const char *data;    /* JSON object */
    int64_t occurred_us; /* 0: now */
} reb_hand_event;

/* Writes the event; *event_id (may be NULL) gets its id. Inside a write transaction; the caller derives anew. */
reb_status reb_hand_event_put(int64_t *event_id, reb_store *s, const reb_business *b, const reb_hand_event *e, int64_t now_us, reb_ids *ids,
                              reb_err *err);

#endif
