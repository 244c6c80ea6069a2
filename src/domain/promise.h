/* The ledger of promises: what was told to a customer, by when, whether it was kept. Each promise is an event of the log (kind promise);
   what became of it are events that speak of it. Table `promise` is folded from them by src/rule/promise.h.

   From orders (import): promise and delivery carry the order's number as ext_id and its event as ref_id. By hand (source rebound, batch 0):
   promise_kept, promise_released and promise_moved have the promise as ref_id; an undo beside any of these takes it back. */
#ifndef REB_DOMAIN_PROMISE_H
#define REB_DOMAIN_PROMISE_H

#include "../base/arena.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../rule/promise.h"
#include "business.h"

enum { REB_PROMISE_TEXT_MOST = 2000, REB_PROMISE_WORD_MOST = 200 };

typedef struct reb_promise {
    int64_t promise_id;
    int64_t customer_id; /* as the event has it; 0: somebody whom nobody knows */
    reb_promise_kind kind;
    const char *origin;      /* order, case, hand */
    reb_promise_state state; /* as stored: never BROKEN; reb_promise_at tells */
    int64_t made_us, due_us, ended_us;
    int64_t order_id, case_number, owner_id;
    const char *product, *branch, *employee, *channel;
} reb_promise;

/* Brings `promise` in line with the log for these customers (0 among them allowed). Inside a write transaction; reb_derive_customers and
   the import call it. */
reb_status reb_promise_derive(reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err);
/* How many rows differ from what the log gives, for these customers. */
reb_status reb_promise_check(int64_t *wrong, reb_store *s, const reb_business *b, const int64_t *customer_ids, size_t count, reb_err *err);

/* Which kinds of events the ledger is made of: promise, delivery, promise_kept, promise_released, promise_moved. */
bool reb_promise_event(const char *kind);

typedef struct reb_promise_new {
    int64_t customer_id; /* 0: only with a case */
    reb_promise_kind kind;
    const char *text; /* what was promised, in our words; MUST */
    int64_t due_us;
    int64_t owner_id;                                  /* 0: nobody yet */
    int64_t case_number;                               /* 0 */
    const char *product, *branch, *employee, *channel; /* NULL or ""; at most REB_PROMISE_WORD_MOST bytes */
    const char *key;                                   /* idempotency: the same key for the same customer is the same promise; NULL */
    int64_t at_us;                                     /* when it was made; 0: now */
} reb_promise_new;

/* Writes a promise down. *known: the key was used before, *promise_id is that one, nothing was written. Inside a write transaction or in
   one of its own. Errors: NOT_FOUND (customer), INPUT (no text, due before it was made), STORE. */
reb_status reb_promise_add(int64_t *promise_id, bool *known, reb_store *s, const reb_business *b, const reb_promise_new *n, int64_t now_us,
                           const char *who, reb_ids *ids, reb_err *err);

/* What happens to one. at_us 0: now. `why` may be "" for KEPT. *event_id is what undo takes. Errors: NOT_FOUND, CONFLICT (it has ended
   already; MOVED after its time), INPUT (a time before it was made, or later than now; RELEASED without a reason), STORE. */
reb_status reb_promise_step_add(int64_t *event_id, reb_store *s, const reb_business *b, int64_t promise_id, const reb_promise_step *step,
                                const char *why, int64_t now_us, const char *who, reb_ids *ids, reb_err *err);

/* One promise. Texts live in the arena. Errors: NOT_FOUND. */
reb_status reb_promise_get(reb_promise *out, reb_store *s, reb_arena *a, int64_t promise_id, reb_err *err);
/* A row of the promise_* queries, whose columns stand in this order from column 0 (see sql/promise.sql). Texts go to the arena. */
enum { REB_PROMISE_COLUMNS = 15 };
bool reb_promise_read(reb_promise *out, reb_stmt *q, reb_arena *a);

/* What was said at a promise, from the log; "" where there is nothing (orders; erased). `why` and `ended_by` are of what ended it. */
typedef struct reb_promise_said {
    const char *text, *why, *made_by, *ended_by;
} reb_promise_said;
reb_status reb_promise_words(reb_promise_said *out, reb_store *s, reb_arena *a, const reb_promise *p, reb_err *err);

#endif
