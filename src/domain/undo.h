/* Taking back what was noted by mistake. Nothing is deleted: an event "undo" is written beside the act, and from then on whatever reads
   acts leaves it out: Today, "last spoken", the customer's page. The same number always gives the same answer, however often it is sent. */
#ifndef REB_DOMAIN_UNDO_H
#define REB_DOMAIN_UNDO_H

#include "../base/json.h"
#include "../base/rand.h"
#include "business.h"

typedef struct reb_undo_result {
    int64_t customer_id; /* head */
    int64_t event_id;    /* the act that was taken back */
    int64_t undo_id;     /* the event that says so */
    char kind[24]; /* of the act: done, not_now, wrong, note, contact, consent, promise, promise_kept, promise_released, promise_moved */
    bool known;    /* it had been taken back before; nothing was written */
} reb_undo_result;

/* Can an act of this kind be taken back? (A merge is taken apart by unmerge.) */
bool reb_undo_fits(const char *kind);

/* Takes the act back, as of now_us, in one write transaction; derived tables anew. `who` may be NULL or "".
   Errors: NOT_FOUND (there is no such act by hand); NOT_UNDOABLE (of another kind); LATER_ACT (a later answer to Today about the same
   customer, or a later word on the same consent, rests on it: take that back first); STORE. */
reb_status reb_undo(reb_undo_result *out, reb_store *s, const reb_business *b, int64_t event_id, const char *who, int64_t now_us,
                    reb_ids *ids, reb_err *err);

/* {"act","customer_id","event_id","undo_id","known"} */
void reb_undo_json(reb_json *w, const reb_undo_result *r);

#endif
