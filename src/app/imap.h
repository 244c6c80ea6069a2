/* Reading a folder of the server where mails come in (RFC 3501), by libcurl: by UIDs alone, which no reader's flags change. */
#ifndef REB_APP_IMAP_H
#define REB_APP_IMAP_H

#include "../base/arena.h"
#include "mail_server.h"

typedef struct reb_imap reb_imap;

/* Prepares; nothing is connected yet. The server must outlive it. `folder`: its name, UTF-8 in ASCII (RFC 3501's own encoding where it is
 * not). */
reb_status reb_imap_open(reb_imap **out, const reb_mail_server *server, const char *folder, reb_err *err);
void reb_imap_close(reb_imap *i); /* NULL is allowed */
/* What is under way ends when `stop` says so. */
void reb_imap_stop(reb_imap *i, bool (*stop)(void *ctx), void *ctx);

/* How many mails the folder had so far (the next one gets *next), within which numbering. Errors: IO. */
reb_status reb_imap_status(int64_t *uidvalidity, int64_t *next, reb_imap *i, reb_err *err);

/* The UIDs above `above`, or, with since_us > 0, those that came on its day or later; ascending, in the arena. Errors: IO, MEMORY. */
reb_status reb_imap_search(int64_t **uids, size_t *count, reb_imap *i, reb_arena *a, int64_t above, int64_t since_us, reb_err *err);

typedef struct reb_imap_facts {
    int64_t bytes, came_us; /* came_us 0: not told */
    bool read;
} reb_imap_facts;
/* Its size in bytes and when it came; *found is false when it is gone. Errors: IO (also: an answer that cannot be understood). */
reb_status reb_imap_look(bool *found, reb_imap_facts *facts, reb_imap *i, int64_t uid, reb_err *err);

/* Those with a Message-ID (without <>), as reb_imap_search; none where it is not written as it must be. Errors: IO, MEMORY. */
reb_status reb_imap_find(int64_t **uids, size_t *count, reb_imap *i, reb_arena *a, const char *message_id, reb_err *err);

/* Marks it as not read, as it was before it was fetched. Errors: IO. */
reb_status reb_imap_unread(reb_imap *i, int64_t uid, reb_err *err);

/* The mail as it is, added to `out`; with `most` > 0 its first bytes only. *found is false when it is gone; a connection that breaks in the
   middle is an error, and `out` then holds nothing of it. Errors: IO, MEMORY. */
reb_status reb_imap_fetch(bool *found, reb_buf *out, reb_imap *i, int64_t uid, size_t most, reb_err *err);

/* Reads what the server answered, for tests and fuzzing: "* STATUS x (UIDNEXT 5 UIDVALIDITY 7)"; "* SEARCH 1 2 3"; "* 4 FETCH (UID 4
   RFC822.SIZE 10 INTERNALDATE \"22-Nov-2026 03:20:08 +0000\")". False: it is nothing of the kind. Of a look: ODD what cannot be understood,
   which is no word that the mail is gone. */
typedef enum reb_imap_told { REB_IMAP_THERE, REB_IMAP_GONE, REB_IMAP_ODD } reb_imap_told;
bool reb_imap_read_status(int64_t *uidvalidity, int64_t *next, const char *answer);
bool reb_imap_read_search(int64_t **uids, size_t *count, reb_arena *a, const char *answer);
reb_imap_told reb_imap_read_look(reb_imap_facts *facts, const char *answer, int64_t uid);

#endif
