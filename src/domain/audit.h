/* The audit log: who saw and changed what. Append-only and hash-chained: record n holds SHA-256 over its own content and the hash of record
   n-1, so that whoever changes, removes, inserts or reorders records breaks the chain where they did it; who cuts off its end or makes all
   of it anew is found by a head (number and hash of the last record) that was written down elsewhere.

   An entry is first written to audit_pending, in the transaction of the change it tells of (neither is ever without the other); soon
   after it is linked. Linking takes a lock for the length of a short transaction, so that several processes make one chain without forks,
   and nobody who works waits for it. See docs/adr/0015. */
#ifndef REB_DOMAIN_AUDIT_H
#define REB_DOMAIN_AUDIT_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../store/store.h"

#include <stdbool.h>

#define REB_AUDIT_HASH 65 /* hex and NUL */

/* What goes into the log. Never personal data beyond ids: names of settings and keys, ids of customers and people, counts. NULL text is "".
 */
typedef struct reb_audit_entry {
    int64_t at_us;        /* on the wall clock */
    const char *who;      /* "user:12", "key:till", "terminal:maria", "local", "job:retention" */
    const char *role;     /* owner, manager, agent, analyst, or "" */
    const char *kind;     /* saw, changed, denied, signed */
    const char *did;      /* the API's address by name (customer_get), or the command ("customer erase") */
    const char *about;    /* customer, user, setting, key, import, job, ... */
    const char *subjects; /* from reb_audit_subject: " 12 17 "; or "" */
    const char *detail;   /* JSON; or "" */
} reb_audit_entry;

/* Appends one subject to a list; white space inside becomes "_". */
void reb_audit_subject(reb_buf *list, const char *subject);
void reb_audit_subject_id(reb_buf *list, int64_t id);

/* Writes entries down, unlinked: inside the open transaction, or in one of its own. Errors: STORE, BUSY. */
reb_status reb_audit_add(reb_store *s, reb_ids *ids, const reb_audit_entry *entries, size_t count, reb_err *err);

/* One line for whoever changes something: an entry of kind `kind` about one subject (NULL: none). */
reb_status reb_audit_say(reb_store *s, reb_ids *ids, const char *who, const char *kind, const char *did, const char *about,
                         const char *subject, int64_t now_us, reb_err *err);

/* Links what is pending, all of it, in short transactions of its own; not inside another one. *linked (may be NULL) counts. */
reb_status reb_audit_link(int64_t *linked, reb_store *s, reb_err *err);

typedef struct reb_audit_head {
    int64_t first_seq, last_seq; /* last_seq 0: nothing recorded yet */
    char first_hash[REB_AUDIT_HASH], last_hash[REB_AUDIT_HASH];
} reb_audit_head;
reb_status reb_audit_head_get(reb_audit_head *out, reb_store *s, reb_err *err);

/* "SEQ:HASH", as `rebound audit head` prints it. Errors: USAGE. */
reb_status reb_audit_head_parse(int64_t *seq, char hash[REB_AUDIT_HASH], const char *text, reb_err *err);

/* What is wrong with the chain, one call for each. `seq` is the record; `what` a sentence. */
typedef void (*reb_audit_problem)(int64_t seq, const char *what, void *ctx);
typedef struct reb_audit_report {
    int64_t records;  /* read */
    int64_t problems; /* told, and those beyond the first 1,000 */
    int64_t pending;  /* 1: entries wait to be linked */
    reb_audit_head head;
} reb_audit_report;

/* Walks the whole chain. `known_seq` (0: none) and `known_hash`: a head that was written down elsewhere. */
reb_status reb_audit_verify(reb_audit_report *out, reb_store *s, int64_t known_seq, const char *known_hash, reb_audit_problem each,
                            void *ctx, reb_err *err);

/* Links what is pending where the store may be written, verifies, and writes {"whole","records","head","problem_count","problems"}. `known`
   is a head as text, or NULL. *whole says the result. Errors: USAGE (the head), STORE. */
reb_status reb_audit_check_json(bool *whole, reb_json *w, reb_store *s, const char *known, reb_err *err);

/* Newest first. NULL or "" text: any. */
typedef struct reb_audit_filter {
    const char *who, *kind, *did, *about, *subject;
    int64_t from_us, to_us; /* to_us 0: no end */
    int64_t before;         /* numbers below; 0: from the newest */
    int64_t limit;          /* 1..1000; 0: 50 */
} reb_audit_filter;
/* {"records":[...],"next":"SEQ"|null,"first":..,"last":..} */
reb_status reb_audit_list_json(reb_json *w, reb_store *s, const reb_audit_filter *f, reb_err *err);

/* Retention: forgets records older than `before_us` (never the newest one), and begins the chain at the first one kept. The record of it,
   by `who`, is added: it attests where the chain begins from now on. Links first. *removed counts. */
reb_status reb_audit_cut(int64_t *removed, reb_store *s, reb_ids *ids, const char *who, int64_t before_us, int64_t now_us, bool dry,
                         reb_err *err);

#endif
