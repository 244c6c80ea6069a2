/* Taking in what other systems say, in bulk: customers are found or made, events and their lines appended, what is known is left alone,
   summaries are derived, all in one transaction a chunk.

   What is known, changed or a further part is told by keys and hashes:
   - an event is known by (source, ext_id, kind, customer) and its content hash;
   - an order that comes again with other content within the same batch is a further part of it (`order_part`, ext_id "ID#2"); when an
     earlier batch told it, it is a change (`order_change`, its amount is the difference);
   - a refund "so far" is written as what was added to it since. */
#ifndef REB_DOMAIN_INGEST_H
#define REB_DOMAIN_INGEST_H

#include "../base/arena.h"
#include "../base/rand.h"
#include "../store/store.h"
#include "business.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_key_kind {
    REB_KEY_EXTERNAL,  /* id in the source */
    REB_KEY_EMAIL,     /* folded */
    REB_KEY_PHONE,     /* E.164 */
    REB_KEY_NAME_ONLY, /* folded name of somebody of whom nothing better is known; holds within the source only */
    REB_KEY_NAME,      /* folded name: to search by, not to tell customers apart */
} reb_key_kind;

typedef struct reb_ingest_key {
    reb_key_kind kind;
    const char *value;
    const char *shown;
} reb_ingest_key;

typedef struct reb_ingest_fact {
    const char *fact;
    const char *value;
} reb_ingest_fact;

typedef struct reb_ingest_person {
    const reb_ingest_key *keys; /* the first one that is known decides */
    size_t n_keys;              /* at least 1 that is not REB_KEY_NAME */
    const reb_ingest_fact *facts;
    size_t n_facts;
    int64_t observed_us;
    bool organisation;
    bool record; /* the file speaks of the customer itself (a list of customers): facts count even without an event */
    /* found by the ingest */
    int64_t customer_id;
    bool is_new; /* made by this person */
    bool erased; /* the customer was erased: nothing but figures is taken */
    bool speaks; /* something of it is new: its facts are written */
} reb_ingest_person;

typedef struct reb_ingest_line {
    const char *sku;
    const char *name;
    int64_t quantity_milli, price_minor, amount_minor, cost_minor;
    bool has_cost;
} reb_ingest_line;

enum {                            /* reb_ingest_event.flags */
       REB_INGEST_PARTS = 1u,     /* may come in parts and may change: an order, a ticket */
       REB_INGEST_TOTAL = 2u,     /* amount_minor is the whole order's, whichever part tells it */
       REB_INGEST_SO_FAR = 4u,    /* amount_minor is all that was given back of ref_ext so far */
       REB_INGEST_MATCH = 8u,     /* find the order it gives back by customer, sku and quantity */
       REB_INGEST_NUMBERED = 16u, /* ext_id was made from the content: the same again in this batch is another one */
};

typedef struct reb_ingest_event {
    size_t person; /* index into the chunk's persons */
    const char *kind;
    const char *ext_id;
    const char *ref_ext; /* ext_id of the order it speaks of, or NULL */
    int64_t occurred_us, day;
    int64_t amount_minor, cost_minor;
    bool has_cost;
    const char *currency;
    int64_t content_hash;
    const char *data; /* JSON or NULL */
    size_t first_line, n_lines;
    unsigned flags;
    /* found by the ingest */
    int64_t customer_id, event_id, ref_id;
    int64_t known_id, known_hash, known_batch, known_minor; /* the stored event of the same key */
    bool stored;                                            /* it is in the store now because of this chunk */
} reb_ingest_event;

typedef struct reb_ingest_chunk {
    reb_ingest_person *persons;
    size_t n_persons;
    reb_ingest_event *events;
    size_t n_events;
    reb_ingest_line *lines;
    size_t n_lines;
} reb_ingest_chunk;

typedef struct reb_ingest_counts {
    int64_t orders, order_parts, order_changes, lines, order_minor, other_currency_orders;
    int64_t refunds, refund_minor, refunds_linked, returns, cancellations, payments, attempts, tickets, promises, deliveries, events;
    int64_t customers_new, customers_seen, identities, facts;
    int64_t doubles; /* pairs of customers of whom the file gives one a key of the other: they may be the same */
    int64_t known, changed;
    int64_t erased; /* records of customers who were erased: taken without anything that tells who they are */
} reb_ingest_counts;

typedef struct reb_ingest reb_ingest;

typedef struct reb_ingest_setup {
    const char *source;           /* outlives the ingest */
    const reb_business *business; /* outlives the ingest */
    int64_t batch_id;
    reb_clock clock; /* stamps */
    reb_ids *ids;    /* makes ids; outlives the ingest */
    bool dry;        /* look up, write nothing; the store may then be NULL */
} reb_ingest_setup;

reb_status reb_ingest_open(reb_ingest **out, reb_store *s, const reb_ingest_setup *setup, reb_err *err);
void reb_ingest_close(reb_ingest *g);

/* A stopped import that goes on: the customers that its batch speaks of so far count as met; *met tells how
   many they are. */
reb_status reb_ingest_recall(int64_t *met, reb_ingest *g, int64_t batch_id, reb_err *err);

/* Writes a chunk in one transaction. `counts` is added to once the chunk is committed. `also` (may be NULL) runs inside the same
   transaction after the rows, with what the chunk added, to keep the batch's row in step. Work space comes from `arena`. */
typedef reb_status (*reb_ingest_also)(reb_store *s, const reb_ingest_counts *added, void *ctx, reb_err *err);
reb_status reb_ingest_write(reb_ingest *g, reb_ingest_chunk *c, reb_ingest_counts *counts, reb_ingest_also also, void *ctx,
                            reb_arena *arena, reb_err *err);

#endif
