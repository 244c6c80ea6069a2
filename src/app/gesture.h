/* Gestures on a case: what may be given, with what each costs and keeps; giving it, or asking somebody who may; answering who asked.

   What the customer may choose by right stands apart: it is given as it is asked for, is never weighed, waits for nobody and is in no draw.
   What goes beyond passes the guard (rule/guard.h) with the figures of the moment, when it is given and again when it is approved. */
#ifndef REB_APP_GESTURE_H
#define REB_APP_GESTURE_H

#include "../domain/keeper.h"
#include "../domain/person.h"
#include "../domain/standard.h"
#include "../domain/voucher.h"
#include "case.h"
#include "case_owed.h"
#include "stake.h"

typedef struct reb_gesture_ctx {
    reb_store *store;
    reb_arena *arena;
    const reb_business *business;
    reb_ids *ids;
    int64_t now_us;
    const char *who;      /* user:12, key:till, terminal:maria, local */
    int64_t user_id;      /* of a person; 0 */
    reb_role role;        /* which limit holds: OWNER for whoever sits at the machine, AGENT for a key */
    const char *language; /* of titles; NULL: the business's */
    const reb_sight *sight;
} reb_gesture_ctx;

typedef struct reb_gesture_option {
    const reb_remedy *remedy;
    reb_guard_offer offer;
    reb_guard_answer answer;
    bool amount_open;          /* the giver says how much: what was paid for delivery, what was charged too much */
    int64_t right_most_minor;  /* by right: nobody gets back more than was paid for the order; -1: which order is not known */
    bool on_word;              /* by right, and how much rests on the giver's word alone: no order bounds it */
    const char *approver_role; /* needs_approval: manager, owner; "" */
    int64_t approver_id;       /* the person who would be asked */
    const char *approver_name; /* "" */
} reb_gesture_option;

typedef struct reb_gesture_order {
    const char *ref;
    int64_t at_us, amount_minor; /* what was paid and not given back yet */
    const char *currency;
} reb_gesture_order;

typedef struct reb_gesture_view {
    reb_case_key at;
    int64_t number, head_id; /* head_id 0: nobody known */
    const reb_standard *standard;
    const reb_standard_kind *kind; /* NULL: the standards do not know it (any more) */
    reb_case_state state;
    const reb_gesture_option *due; /* by right, each once; the customer chooses */
    int64_t due_count;
    int64_t reopened;   /* how often the customer had to come again, also in the cases it goes on for */
    bool due_given;     /* what is due was given (and the case not reopened since) */
    bool not_upheld;    /* decided so: nothing is due unless it is reopened */
    reb_case_owed owed; /* decided and not given yet: may be given whatever else was, also when the case is closed */
    bool closed;
    const reb_gesture_option *extra; /* what may be given best first, then what is blocked */
    int64_t extra_count;
    bool held_out; /* no extra is proposed, but for an apology */
    double holdout_share;
    reb_stake stake;
    reb_guard_customer customer;
    reb_guard_policy policy;
    reb_guard_people people;
    const char *role;        /* the giver's: agent, manager, owner */
    int64_t limit_minor;     /* of the giver; -1: none */
    int64_t left_minor;      /* of it in this case; -1: no limit */
    reb_gesture_order order; /* ref "": not known */
    const reb_gesture_order *orders;
    int64_t order_count; /* the latest, to choose from */
    reb_gestures given;  /* of the case and of all it goes on for, whatever became of them */
} reb_gesture_view;

/* What may be given now. `order_ref`: which order it is about, NULL: the one the customer named. Draws the hold-out if nobody has looked
   yet. Errors: NOT_FOUND, INPUT (an order that this customer does not have). */
reb_status reb_gesture_look(reb_gesture_view *out, const reb_gesture_ctx *c, int64_t number, const char *order_ref, reb_err *err);
void reb_gesture_view_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture_view *v);

typedef struct reb_gesture_give_in {
    const char *remedy;    /* its code */
    const char *basis;     /* due, extra; NULL: due where it is, else extra */
    int64_t amount_minor;  /* 0: as published */
    const char *order_ref; /* NULL: as above */
    const char *why;       /* to whoever approves, or for the record; may be NULL */
    bool invest;           /* an investment is given only on purpose */
    bool even_so;          /* also where the case is held out */
    int64_t approver_id;   /* whom to ask; 0: as proposed */
    int64_t keeper_id; /* of what is still to be done (a call, another one, a repair): who does it; 0: whoever gives it, else the case's */
    int64_t by_us;     /* and by when; 0: the end of the next open day for a call, of the third for all else */
    int64_t seen_seq;  /* reb_case_by */
    const char *key;   /* reb_case_by: the same key gives the same gesture, and its voucher's code again; NULL */
} reb_gesture_give_in;

typedef struct reb_gesture_done {
    reb_gesture gesture;
    char code[REB_VOUCHER_TEXT]; /* of a voucher that was given just now; "" */
    const char *approver_name;   /* asked: who answers; "" */
    int64_t promise_id;          /* of what is still to be done, given just now: the promise that it is done; 0 */
    int64_t promise_due_us;
    const char *keeper_name; /* "" */
} reb_gesture_done;

/* Is such a thing still to be done once it is given? A call, another one in its place, a repair: then giving it promises it, to somebody's
   name and by a time. */
bool reb_gesture_to_come(reb_remedy_kind kind);

/* Gives it, or asks somebody where the giver may not alone. Errors: NOT_FOUND (case; remedy), CONFLICT (reasons: blocked_<why> of the
   guard; due_given; not_upheld; held_out; invest: say that it is meant; case_closed; over_order: more than was paid; asked_already;
   case_changed), INPUT (why_needed: an amount that no order bounds has a reason), STORE.
   By right it is given at once, but for an amount that no order bounds and that is beyond the giver's limit: somebody else says yes to it.
 */
reb_status reb_gesture_give(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t number, const reb_gesture_give_in *in, reb_err *err);

/* Answers who asked; what was asked in a case that was merged since is answered in the one that goes on for it. Anybody whose limit
   suffices may, but for who asked. The guard looks again. Errors: NOT_FOUND, DENIED (their own; beyond their limit), CONFLICT (answered
   meanwhile; blocked by now), INPUT (a refusal without a reason). */
reb_status reb_gesture_approve(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, reb_err *err);
reb_status reb_gesture_refuse(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, const char *why, reb_err *err);
/* Takes back what was asked, or an extra that was given by mistake and is not used yet; what is due never. Errors: as above. */
reb_status reb_gesture_withdraw(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, const char *why, reb_err *err);

void reb_gesture_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture *g);
void reb_gesture_done_json(reb_json *w, const reb_gesture_ctx *c, const reb_gesture_done *d);
/* {"gestures":[...]}: those waiting for an answer; `mine`: only for this person. */
reb_status reb_gesture_asked_json(reb_json *w, const reb_gesture_ctx *c, bool mine, reb_err *err);
/* A voucher; `code` NULL: left out; known -1: left out, 0, 1. */
void reb_voucher_json(reb_json *w, const reb_voucher *v, int64_t number, const char *code, int known, int64_t now_us);
/* {"vouchers":[...],"made","redeemed","open","open_value_minor","next"}; `after`: "next" of the page before, or NULL. Errors: USAGE. */
reb_status reb_voucher_list_json(reb_json *w, const reb_gesture_ctx *c, int64_t limit, const char *after, reb_err *err);

/* Reminds approvers, passes on what was not answered in time, and writes what was given into the history of whoever the case has since been
   found to be from. For app/tick.h. */
reb_status reb_gesture_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err);

#endif
