/* What can be done with a case, whoever asks: the API, the command line, the console, the public pages and the mail all come through here.

   Each writing function runs in one write transaction (the caller's, when one is open) and is a few events in the case's log. A merged case
   stands for the one it was merged into, at the end of the chain: what customers send follows it by itself, what people do to a merged
   case is refused with the number to speak of instead. */
#ifndef REB_APP_CASE_H
#define REB_APP_CASE_H

#include "../base/json.h"
#include "../domain/case_attachment.h"
#include "../domain/case_log.h"
#include "../domain/case_token.h"
#include "../domain/keeper.h"
#include "../rule/standard.h"

/* Who acts, and when. */
typedef struct reb_case_by {
    const reb_business *business;
    reb_ids *ids;
    int64_t now_us;
    const char *who;  /* user:12, key:till, terminal:maria, local, customer, mail, rule */
    int64_t user_id;  /* of a person of the business; 0: none */
    int64_t seen_seq; /* the last event that the caller has seen; 0: not told */
    const char *key;  /* of the form as it was filled in: the same key of the same actor on the same case does nothing twice, and gives what
                         the first time gave; NULL: none. Not of reb_case_open, whose input has its own */
} reb_case_by;

/* Somebody who acts on what they have seen is stopped where others have since answered, decided, closed, merged or reopened the case: CASE
   (case_changed, 409), with what and who. Nothing is written then, and nothing is lost: look, and do it again or let it be. Where seen_seq
   is 0 only a decision over another decision is refused so. */

/* ---- a complaint comes in ---- */

typedef struct reb_case_open_in {
    int64_t customer_id;              /* 0: found by e-mail, phone or order where exactly one customer has it, else not known */
    const char *name, *email, *phone; /* may be NULL, as all texts below */
    bool anonymous;                   /* neither looked for nor named; they get no offers */
    const char *channel;              /* reb_case_channels; NULL: cli */
    const char *kind;                 /* code of the standards; NULL: "other", or what the standards have last */
    const char *severity;
    const char *subject; /* NULL: the first words of the body */
    const char *body;    /* what they say; needed */
    const char *sought;  /* what they ask for */
    const char *order_ref;
    const char *language; /* of the message; NULL: the business's first */
    int64_t facts_us;     /* when it happened; 0: as it came in */
    int64_t at_us;        /* receipt; 0: now */
    const char *key;      /* idempotency: the same key gives the same case; NULL: none */
} reb_case_open_in;

typedef struct reb_case_opened {
    int64_t number;
    reb_case_key at;
    int64_t whom_id; /* the customer found; 0: none */
    int64_t seq;
    bool known; /* the key was there: nothing was written */
    char status_token[REB_CASE_TOKEN];
} reb_case_opened;
/* Errors: INPUT (no text, or text, address, kind, channel that cannot be read), NOT_FOUND (customer_id), LIMIT (too long), STORE. */
reb_status reb_case_open(reb_case_opened *out, reb_store *s, const reb_case_by *by, const reb_case_open_in *in, reb_err *err);

/* The customer is told that it is here. how: page, email, phone, person. Told once: again is REB_OK and writes nothing. */
reb_status reb_case_acknowledge(reb_store *s, const reb_case_by *by, int64_t number, const char *how, reb_err *err);

/* ---- what happens to it ---- */

typedef struct reb_case_wrote {
    int64_t number; /* the case it went to: the end of the chain */
    reb_case_key at;
    int64_t seq; /* of the event (the last, where there are several) */
    bool known;  /* the key was there: nothing was written now */
} reb_case_wrote;

typedef struct reb_case_message_in {
    bool inward;         /* from the customer; else from us */
    const char *channel; /* NULL: the case's */
    const char *text;
    const char *subject; /* of a mail; may be NULL */
    bool send; /* from us: goes out by mail too (domain/outbox.h); where no mail is set up nothing goes out, and it is written down all the
                  same */
    const char *key; /* idempotency; may be NULL */
    int64_t at_us;   /* 0: now */
} reb_case_message_in;
/* Errors: LIMIT (from outside: more than 120 an hour in a case, case_too_often; the case is full but for what we do about it, case_full).
   From the customer, whoever notes it: follows the chain, ends waiting for the customer, reopens a closed case. */
reb_status reb_case_message(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_message_in *in,
                            reb_err *err);

typedef struct reb_case_note_in {
    const char *text;
    const int64_t *mentions; /* persons */
    int64_t mention_count;   /* at most 20 */
} reb_case_note_in;
reb_status reb_case_note(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_note_in *in,
                         reb_err *err);

/* From the customer, from us to the customer, or among ourselves: the last is never shown to the customer. */
typedef enum reb_case_file_way { REB_FILE_OWN, REB_FILE_IN, REB_FILE_OUT } reb_case_file_way;
const char *reb_case_file_way_name(reb_case_file_way w); /* own, in, out */
bool reb_case_file_way_find(reb_case_file_way *out, const char *name);

typedef struct reb_case_attach_in {
    reb_case_file_way way;
    const char *name;
    const void *bytes;
    size_t byte_count;
} reb_case_attach_in;
reb_status reb_case_attach(reb_attachment *out, reb_store *s, reb_arena *a, const reb_case_by *by, int64_t number,
                           const reb_case_attach_in *in, reb_err *err);

typedef struct reb_case_wait_in {
    const char *whom; /* customer, supplier, carrier, colleague, other */
    const char *why;
    int64_t until_us; /* look again then; 0: when it comes */
} reb_case_wait_in;
reb_status reb_case_wait(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_wait_in *in,
                         reb_err *err);
reb_status reb_case_resume(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, reb_err *err);

typedef struct reb_case_assess_in {
    const char *kind, *severity; /* NULL: as it is */
    int safety, complex;         /* -1: as it is, 0, 1 */
    const char *sought;          /* NULL: as it is */
} reb_case_assess_in;
reb_status reb_case_assess(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_assess_in *in,
                           reb_err *err);

/* user_id 0: to nobody. */
reb_status reb_case_assign(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t user_id, reb_err *err);
/* To a named person, with a reason. */
reb_status reb_case_escalate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t user_id, const char *why,
                             reb_err *err);

enum { REB_CASE_REMEDIES_MOST = 12 };
typedef struct reb_case_decide_in {
    const char *outcome;         /* reb_case_outcomes */
    const char *reason;          /* needed, but for withdrawn and duplicate */
    const char *const *remedies; /* codes of the standards' remedies */
    int64_t remedy_count;
    const char *rule;           /* the rule it rests on, in words; NULL: that of the standards for its kind */
    const char *differs_reason; /* why it differs from like cases; may be NULL */
} reb_case_decide_in;
reb_status reb_case_decide(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_decide_in *in,
                           reb_err *err);

/* how: email, letter, phone, page, person. letter_id 0: none. */
reb_status reb_case_communicate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *how,
                                int64_t letter_id, reb_err *err);
/* cause: code of the causes. even_so: although something that was decided is not given yet; `why` is needed then. Errors: CONFLICT (reason
   owed: it is not given yet). */
reb_status reb_case_close(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *cause, const char *why,
                          bool even_so, reb_err *err);
/* as: customer, person, appeal, delivery_failed. */
reb_status reb_case_reopen(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *as, const char *why,
                           reb_err *err);
reb_status reb_case_refer(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *to, const char *why,
                          reb_err *err);
/* "Did we make it right?" answer: yes, not_yet. Where it is not right yet the case is opened again, with the clocks of a case that is. */
reb_status reb_case_rate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *answer, reb_err *err);

/* Links `number` to `into`, which goes on; nothing is copied. What it was still owed is owed there: an answer, and what the law asks. Where
   `into` is closed and `number` is open, `into` is opened again. Errors: CONFLICT (the same; a circle). */
reb_status reb_case_merge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t into, reb_err *err);
reb_status reb_case_unmerge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, reb_err *err);
/* Whom it is from, as it was found; 0: no longer known. An anonymous case is nobody's. */
reb_status reb_case_identify(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t customer_id, reb_err *err);

/* Cases of nobody known whose e-mail, or else telephone, exactly one customer has by now become that customer's (anonymous ones do not),
   each in a transaction of its own. To be called when addresses of customers have come in: an import, a customer or a contact added.
   *found: how many. */
reb_status reb_case_find_owners(int64_t *found, reb_store *s, const reb_case_by *by, reb_err *err);

typedef struct reb_case_conduct_in {
    bool lift;
    const char *why; /* the behaviour, in writing; and in `appeal` where to object: both needed to restrict */
    const char *appeal;
    int64_t until_day, review_day; /* review not after until */
} reb_case_conduct_in;
reb_status reb_case_conduct(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_conduct_in *in,
                            reb_err *err);

/* The end of the chain of merging. Errors: NOT_FOUND. */
reb_status reb_case_chain(reb_case_key *at, int64_t *end_number, reb_store *s, int64_t number, reb_err *err);

/* ---- to look at ---- */

typedef struct reb_case_view_ctx {
    reb_store *store;
    reb_arena *arena;
    const reb_business *business;
    int64_t now_us;
    const char *language;   /* of titles; NULL: the business's */
    const char *public_url; /* for the status link; NULL: the setting, else only the path */
    bool link_free;         /* without the status link, which whoever has it may use */
    const reb_sight *sight; /* merged, like and double cases of others are left out; NULL: sees all */
} reb_case_view_ctx;

/* The case as JSON (docs/api.md, type Case). Errors: NOT_FOUND. */
reb_status reb_case_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err);

/* Cases that may be the same complaint:
   {"doubles":[{"number","why":["same_words","same_customer","same_order"],"score","state","opened_at", "subject"}]}, strongest first.
   Suggested, never closed by themselves. */
reb_status reb_case_doubles_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err);

/* May they see the case? Theirs or their team's customer's, assigned to them, or from nobody known. */
reb_status reb_case_sees(bool *out, reb_store *s, const reb_sight *sight, int64_t number, reb_err *err);

/* {"people":[{"id","name","role","team"}]}: colleagues to give cases to and to mention. */
reb_status reb_case_people_json(reb_json *w, reb_store *s, reb_err *err);

#endif
