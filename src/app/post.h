/* The post of the business: mails that wait are handed to the server they go out by, and new mails are fetched and become cases, or
   messages of cases. `rebound serve` does both on two threads, `rebound mail` by hand; a lease sees to it that each is done by one process
   at a time. */
#ifndef REB_APP_POST_H
#define REB_APP_POST_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../domain/business.h"
#include "../domain/outbox.h"

typedef struct reb_post {
    reb_store *store;
    const reb_business *business;
    reb_ids *ids;
    int64_t now_us;
    bool (*stop)(void *ctx); /* asked between two mails; NULL: never */
    void *ctx;
    bool patient; /* leaves a server alone that did not answer, until it is its time again */
} reb_post;

/* --- going out --------------------------------------------------------------------------------------------------------------------------
 */

typedef struct reb_post_sent {
    bool set_up; /* a server and an address are set */
    bool down;   /* the server did not take part: see `problem` */
    int64_t sent, later, failed, unsure, given_up;
    int64_t again_us;  /* DOWN: when it is tried again by itself */
    char problem[512]; /* of the last one that did not go */
} reb_post_sent;

/* Hands over what is due. Errors: BUSY (somebody else is doing it), INPUT and IO (the settings), STORE. That the server cannot be reached
   is none: it is told in `out`, kept for `rebound mail`, and tried again after a while. */
reb_status reb_post_send(reb_post_sent *out, const reb_post *p, reb_err *err);

/* --- coming in ---------------------------------------------------------------------------------------------------------------------------
 */

typedef struct reb_post_got {
    bool set_up;
    bool first;      /* the folder was looked at for the first time: what is in it already is left alone */
    int64_t fetched; /* mails that were new */
    int64_t cases, messages, bounces;
    int64_t left_alone; /* of machines, lists, spam filters, ourselves */
    int64_t unreadable;
    int64_t known; /* seen before, under another number */
} reb_post_got;

/* Fetches what is new and makes cases and messages of it. `from_us` > 0: also what came since then, whatever was seen. A mail and how far
   the folder was read are written in one transaction, so that none is skipped or taken twice, whenever a connection or this process ends.
   Errors: BUSY, INPUT, IO (told and kept; the next time begins where this one ended), STORE. */
reb_status reb_post_poll(reb_post_got *out, const reb_post *p, int64_t from_us, reb_err *err);

/* Makes of one mail what there is to make of it; `uid` and `folder` 0 and NULL where it came from no folder. For tests and the above. */
typedef struct reb_post_mail {
    const char *bytes;
    size_t n;
    bool cut;        /* its end was not fetched */
    bool before;     /* it was there before the folder was first looked at: noted, and left alone */
    int64_t came_us; /* when the server got it; 0: now */
    const char *folder;
    int64_t uidvalidity, uid;
} reb_post_mail;
reb_status reb_post_take(reb_post_got *out, const reb_post *p, const reb_post_mail *m, reb_err *err);

/* Makes a case after all of a mail that came and was left alone (of a machine, a list, ourselves, of before the first look), or a message
   of the case it belongs to; it is fetched again and known by its digest, also where the folder was numbered anew. A machine is not
   answered. `who` and `user_id` as of reb_case_by. Errors: NOT_FOUND (no such mail, no folder is set up), CONFLICT (it is a case already;
   it is no longer in the folder), IO, STORE. */
reb_status reb_post_make_case(int64_t *number, const reb_post *p, int64_t mail_id, const char *who, int64_t user_id, reb_err *err);

/* --- to look at
 * --------------------------------------------------------------------------------------------------------------------------- */

typedef struct reb_post_server {
    bool set;
    int64_t tried_us, ok_us; /* 0: never */
    const char *problem;     /* "" */
} reb_post_server;
/* How the servers were doing when they were last tried. Texts in the arena. */
reb_status reb_post_servers(reb_post_server *smtp, reb_post_server *imap, reb_store *s, reb_arena *a, const reb_business *b, reb_err *err);

/* Connects to both, signs in, looks into the folder; changes nothing. *smtp_err and *imap_err tell what is wrong (code REB_OK: it works, or
 *none is set). waiting: how many mails the folder holds above what was read. */
reb_status reb_post_check(reb_err *smtp_err, reb_err *imap_err, int64_t *waiting, const reb_post *p, reb_err *err);

/* {"set_up","from","out":{"set","tried_at","ok_at","problem"},"in":{...},"queue":{"queued","sending","sent","failed","unsure","given_up"},"oldest_queued_at",
   "next_at"} */
reb_status reb_post_state_json(reb_json *w, reb_store *s, const reb_business *b, reb_err *err);

/* {"mails":[{"id","case","kind","to","subject","state","problem","tries","next_at","created_at","sent_at","changed_by"}],"next"}: newest
   first. `state` "" and case_id 0: all; `below` 0: from the newest. Errors: INPUT (no such state). */
reb_status reb_post_out_json(reb_json *w, reb_store *s, const char *state, int64_t case_id, int64_t below, int64_t most, reb_err *err);
void reb_post_mail_json(reb_json *w, const reb_outbox_mail *m);

/* What came in, newest first: {"mails":[{"id","became","case","from","subject","problem","sent_at","received_at"}],"next"}. `became` "":
 * all; "left": what no case was made of. */
reb_status reb_post_in_json(reb_json *w, reb_store *s, const char *became, int64_t below, int64_t most, reb_err *err);

#endif
