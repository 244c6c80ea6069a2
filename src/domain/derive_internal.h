/* The workshop of derive.c, shared with derive_check.c: what is gathered of many heads and reckoned from it. */
#ifndef REB_DOMAIN_DERIVE_INTERNAL_H
#define REB_DOMAIN_DERIVE_INTERNAL_H

#include "derive.h"

#include <stdlib.h>

typedef enum event_kind { EV_ORDER, EV_PART, EV_REFUND, EV_CANCELLATION, EV_SPOKEN, EV_OTHER, EV_OWN, EV_UNDO } event_kind;

typedef struct event_row {
    size_t head; /* index into the gathering's heads */
    int64_t event_id;
    int64_t ref_id;
    int64_t occurred_us;
    int64_t day;
    int64_t amount_minor;
    int64_t cost_minor;
    uint64_t currency; /* hash of the code */
    event_kind kind;
    bool cost_known;
    bool change; /* a later change of an order: its cost is a difference too */
} event_row;

typedef struct order_sum {
    int64_t event_id;
    int64_t day;
    int64_t total_minor;
    int64_t refunded_minor;
    int64_t cost_minor;
    uint64_t currency;
    bool cost_known;
    bool cancelled;
} order_sum;

/* A text that won so far, with what it won by. */
typedef struct best_text {
    const char *text;
    int64_t rank[4]; /* compared in turn; greater wins */
} best_text;

typedef enum text_slot { TEXT_NAME, TEXT_NAME_ID, TEXT_LANGUAGE, TEXT_COUNTRY, TEXT_EMAIL, TEXT_PHONE, TEXT_SLOTS } text_slot;

typedef struct head {
    int64_t id;
    const char *kind;
    best_text texts[TEXT_SLOTS];
    bool any_event;
    bool spoken;
    int64_t last_event_us;
    int64_t last_spoken_us;
    int64_t order_count;
    int64_t gross_minor;
    int64_t refunded_minor;
    int64_t day_count;
    int64_t first_day;
    int64_t last_day;
} head;

typedef struct day_row {
    int64_t customer_id;
    int64_t day;
    int64_t order_count;
    int64_t amount_minor;
    int64_t cost_minor;
    bool cost_unknown;
} day_row;

typedef struct member {
    int64_t customer_id;
    size_t head; /* index into the gathering's heads */
} member;

/* An event that counts only if nobody took it back: for when the customer was last spoken to, or heard of. */
typedef struct loose_event {
    size_t head;
    int64_t event_id;
    int64_t occurred_us;
    bool spoken;
} loose_event;

typedef struct gathering {
    reb_arena arena;
    uint64_t own_currency;
    int64_t *ids; /* every customer that was asked for and every head, sorted, once */
    size_t id_count;
    size_t id_cap;
    head *heads; /* sorted by id */
    size_t head_count;
    size_t head_cap;
    member *members; /* of all heads, sorted by customer */
    size_t member_count;
    size_t member_cap;
    size_t member_last; /* found last: rows of one customer come together */
    event_row *events;
    size_t event_count;
    size_t event_cap;
    loose_event *loose;
    size_t loose_count;
    size_t loose_cap;
    int64_t *undone; /* events taken back */
    size_t undone_count;
    size_t undone_cap;
    day_row *days;
    size_t day_count;
    size_t day_cap;
    order_sum *orders; /* of the head in work */
    size_t order_count;
    size_t order_cap;
} gathering;

/* Gathers the heads of these customers and reckons their days and sums, writing nothing. *g is zero before; always free it after. */
reb_status reb_derive_reckon(gathering *g, reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err);
void reb_derive_free(gathering *g);
head *reb_derive_find(gathering *g, int64_t id); /* NULL: not a head */
/* What stands in customer_summary.name: the name told, else the one by which the customer is found. */
const char *reb_derive_name(const head *h);
const char *reb_derive_text(const head *h, text_slot slot);  /* "" when there is none */
const char *reb_derive_fold(gathering *g, const char *text); /* NULL: no memory */
int64_t reb_derive_net(const head *h);
int reb_derive_by_id(const void *a, const void *b); /* order of two int64_t, or of what begins with one */

/* What is stored of a head beside what was reckoned. */
typedef enum stored_state { STORED_MISSING, STORED_SAME, STORED_FIGURES, STORED_TEXTS } stored_state; /* what differs */

typedef struct stored_view {
    gathering *g;
    stored_state *state; /* of the summary, head by head */
    day_row *days;       /* as stored, by customer and day */
    size_t day_count;
    size_t day_cap;
} stored_view;

/* Reads what is stored of the heads of `g`. *view is zero before; always free it after. */
reb_status reb_derive_view(stored_view *view, gathering *g, reb_store *s, reb_err *err);
void reb_derive_view_free(stored_view *view);

/* Walks reckoned and stored days side by side: for each day that stands on one side only, or differs, `differs` is told both (NULL
   where missing). */
typedef reb_status (*reb_day_differs)(void *ctx, const day_row *stored, const day_row *reckoned, reb_err *err);
reb_status reb_derive_days_differ(const stored_view *view, reb_day_differs differs, void *ctx, reb_err *err);

/* The next heads after `after`, in order; *count below `most` at the end. */
reb_status reb_derive_next(int64_t *ids, size_t *count, size_t most, reb_store *s, int64_t after, reb_err *err);

#endif
