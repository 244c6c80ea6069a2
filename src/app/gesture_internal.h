/* Shared by the files of gestures: reading what the guard needs, and what may be done. */
#ifndef REB_APP_GESTURE_INTERNAL_H
#define REB_APP_GESTURE_INTERNAL_H

#include "gesture.h"

reb_status reb_gesture_no_memory(reb_err *err);

/* The head of a customer; 0 for 0 and for one that is gone. */
reb_status reb_gesture_head(int64_t *head_id, reb_store *s, int64_t customer_id, reb_err *err);

/* The place of a role among the givers, from the least to the most; its name. */
int64_t reb_gesture_rank(reb_role role);
extern const char *const reb_gesture_ranks[]; /* agent, manager, owner */
enum { REB_GESTURE_RANKS = 3 };

/* One who may be asked. Texts in the arena. */
typedef struct reb_gesture_person {
    int64_t user_id; /* 0: nobody */
    const char *name, *email, *language;
} reb_gesture_person;
/* Somebody of that rank who is not `but`, of `team` before others; the `nth` such, from 0. */
reb_status reb_gesture_person_of(reb_gesture_person *out, reb_store *s, reb_arena *a, int64_t rank, int64_t but, const char *team,
                                 int64_t nth, reb_err *err);

/* Weighs one remedy as it would be given in this view, by the giver of `people`. `chance_set`: may be NULL. */
reb_status reb_gesture_weigh(reb_gesture_option *out, const reb_gesture_ctx *c, const reb_gesture_view *v, const reb_remedy *remedy,
                             reb_guard_basis basis, int64_t amount_minor, reb_err *err);

/* What the guard saw and said, as it is stored with a gesture: members of an object. */
void reb_gesture_weighed_json(reb_json *w, const reb_gesture_view *v, const reb_gesture_option *o);
/* Where the figures of what is kept come from: the chance is always an assumption, the stake may be measured. */
const char *reb_gesture_origin(const reb_stake *s);

/* Open time of the case's calendar, from now. */
reb_status reb_gesture_open_add(int64_t *out_us, const reb_gesture_ctx *c, const reb_standard_kind *kind, int64_t from_us, int64_t minutes,
                                reb_err *err);

/* Tells an approver by mail, where mail is set up, that something waits for them. `round` makes each telling a mail of its own. */
reb_status reb_gesture_tell(const reb_gesture_ctx *c, const reb_gesture *g, const reb_gesture_person *p, const char *round, reb_err *err);

/* Cases that have become somebody's since: what was given in them goes into their history. *did counts them. */
reb_status reb_gesture_house(int64_t *did, reb_store *s, reb_arena *a, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
