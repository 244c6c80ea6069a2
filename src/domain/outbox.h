/* Mails that go out. Whoever has something to say to a customer queues it here, in the transaction of what it is about: both are written or
   neither. The sender (app/post.h) takes it from here to the server.

   A mail is handed to a server at most once by itself. When the connection breaks between the mail's end and the server's answer, nobody
   can know whether it was taken (RFC 5321, 4.5.4.2 would send it again, and people get it twice): it becomes `unsure`, is shown, and goes
   out again only by a person's word. */
#ifndef REB_DOMAIN_OUTBOX_H
#define REB_DOMAIN_OUTBOX_H

#include "../base/arena.h"
#include "../base/rand.h"
#include "../store/store.h"

#include <stdbool.h>

/* name, whether a person may ask to send it again */
#define REB_OUTBOX_STATES(REB_OUTBOX_STATE)                                                                                                \
    REB_OUTBOX_STATE(QUEUED, "queued")                                                                                                     \
    REB_OUTBOX_STATE(SENDING, "sending")                                                                                                   \
    REB_OUTBOX_STATE(SENT, "sent")                                                                                                         \
    REB_OUTBOX_STATE(FAILED, "failed")                                                                                                     \
    REB_OUTBOX_STATE(UNSURE, "unsure")                                                                                                     \
    REB_OUTBOX_STATE(GIVEN_UP, "given_up")

typedef enum reb_outbox_state {
#define REB_OUTBOX_STATE(id, name) REB_OUTBOX_##id,
    REB_OUTBOX_STATES(REB_OUTBOX_STATE)
#undef REB_OUTBOX_STATE
        REB_OUTBOX_STATE_COUNT
} reb_outbox_state;

const char *reb_outbox_state_name(reb_outbox_state s);
bool reb_outbox_state_from_name(reb_outbox_state *out, const char *name);

enum { REB_OUTBOX_FILE_MOST = 10 << 20, REB_OUTBOX_TEXT_MOST = 256 << 10, REB_OUTBOX_SUBJECT_MOST = 400 };

typedef struct reb_outgoing {
    int64_t customer_id;      /* of the case's rows, so that erasing them finds it; 0 */
    int64_t case_id;          /* 0: about no case. An answer then finds its case by the signed address it goes to */
    int64_t number;           /* the case's */
    const char *to;           /* one address */
    const char *subject;      /* one line; line ends in it become blanks */
    const char *text;         /* plain text, UTF-8 */
    const char *language;     /* en, ar, fa, el */
    const char *kind;         /* "ack", "letter", "message", "survey", "staff" */
    const char *key;          /* the same key: the same mail, queued once; "ack:707312" */
    const unsigned char *pdf; /* a file that goes with it, or NULL */
    size_t pdf_bytes;
    const char *pdf_name; /* "C-707312.pdf" */
} reb_outgoing;

/* Queues it, in the caller's transaction or one of its own. *outbox_id: its number, also where the same key was queued before; 0 where no
   mail is set up (settings mail_from and mail_smtp): then nothing is written. Errors: INPUT (no address by which anybody could be reached),
   LIMIT, STORE. */
reb_status reb_outbox_add(int64_t *outbox_id, reb_store *s, reb_ids *ids, const reb_outgoing *m, int64_t now_us, reb_err *err);

/* How many acknowledgements were queued to an address within the last day; it is read as reb_outbox_add reads it. Errors: INPUT, STORE. */
reb_status reb_outbox_acks_today(int64_t *count, reb_store *s, const reb_ids *ids, const char *to, int64_t now_us, reb_err *err);

/* Is mail set up? */
reb_status reb_outbox_set_up(bool *set_up, reb_store *s, reb_err *err);

/* One mail of the queue. Texts live in the arena they were read into. */
typedef struct reb_outbox_mail {
    int64_t outbox_id, customer_id, case_id, number;
    const char *key, *kind, *language, *to, *subject, *text, *message_id;
    reb_outbox_state state;
    int64_t tries, next_us, created_us, changed_us, sent_us;
    const char *problem, *changed_by;
} reb_outbox_mail;

/* Errors: NOT_FOUND. */
reb_status reb_outbox_get(reb_outbox_mail *out, reb_store *s, reb_arena *a, int64_t outbox_id, reb_err *err);
/* The file that goes with it; *bytes NULL when there is none. */
reb_status reb_outbox_file(const unsigned char **bytes, size_t *n, const char **name, reb_store *s, reb_arena *a, int64_t outbox_id,
                           reb_err *err);

/* Newest first, without texts. `state` NULL: all; case_id 0: all; `below` 0: from the newest. At most `most` are written to out. */
reb_status reb_outbox_list(reb_outbox_mail *out, size_t *count, size_t most, reb_store *s, reb_arena *a, const reb_outbox_state *state,
                           int64_t case_id, int64_t below, reb_err *err);

typedef struct reb_outbox_sums {
    int64_t count[REB_OUTBOX_STATE_COUNT];
    int64_t oldest_queued_us; /* 0: none */
    int64_t next_us;          /* when the next one is due; 0: none */
} reb_outbox_sums;
reb_status reb_outbox_count(reb_outbox_sums *out, reb_store *s, reb_err *err);

/* --- for the sender, which holds the lease -------------------------------------------------------------------------------------------- */

/* What is due, at most `most` of it, oldest first. */
reb_status reb_outbox_due(int64_t *ids, size_t *count, size_t most, reb_store *s, int64_t now_us, reb_err *err);
/* What a process left in the middle of handing over: it becomes `unsure`. *count says how many. */
reb_status reb_outbox_left_open(int64_t *count, reb_store *s, int64_t now_us, reb_err *err);
/* Moves a mail on, in a transaction of its own (or the open one); *moved is false when it was no longer in `from`.
   `tried`: a connection was made for it. */
reb_status reb_outbox_move(bool *moved, reb_store *s, int64_t outbox_id, reb_outbox_state from, reb_outbox_state to, int64_t next_us,
                           const char *problem, bool tried, int64_t now_us, reb_err *err);
/* When to try again after `tries` attempts: 1, 2, 4, ... minutes, at most an hour; in microseconds. */
int64_t reb_outbox_wait_us(int64_t tries);

/* --- by a person's word --------------------------------------------------------------------------------------------------------------- */

/* Again, at once: of what is failed, unsure or given up, or waits for its next attempt. Errors: NOT_FOUND; CONFLICT (it was sent, or is
   being sent just now; its words were erased). */
reb_status reb_outbox_retry(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err);
/* It arrived after all (the customer said so): of what is unsure. */
reb_status reb_outbox_settle(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err);
/* It shall not go out: of what is queued, failed or unsure. */
reb_status reb_outbox_withdraw(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err);

/* --- for what comes back ---------------------------------------------------------------------------------------------------------------
 */

typedef struct reb_outbox_ref {
    int64_t outbox_id, customer_id, case_id, number; /* outbox_id 0: it is not ours */
    reb_outbox_state state;
} reb_outbox_ref;
reb_status reb_outbox_by_message(reb_outbox_ref *out, reb_store *s, const char *message_id, reb_err *err);

/* Takes the words of all that was written to a customer; what waits does not go out. For erasing, in the open transaction. */
reb_status reb_outbox_erase(reb_store *s, int64_t customer_id, int64_t now_us, reb_err *err);
/* Who sent, and about what, of mails that came from this address (folded) and became no case. */
reb_status reb_outbox_erase_sender(reb_store *s, const char *email, reb_err *err);
/* The same of all that came before an instant: nobody looks for them any more. */
reb_status reb_outbox_forget_senders(int64_t *mails, reb_store *s, int64_t before_us, reb_err *err);
/* By what mails of one address are found again. */
int64_t reb_outbox_sender_hash(const char *email);

#endif
