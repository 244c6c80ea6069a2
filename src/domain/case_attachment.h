/* Files of a case. What a file is, is told by its first bytes, never by its name; it is served as a download only. */
#ifndef REB_DOMAIN_CASE_ATTACHMENT_H
#define REB_DOMAIN_CASE_ATTACHMENT_H

#include "case_log.h"

enum {
    REB_ATTACHMENT_BYTES = 10 * 1024 * 1024,         /* of one */
    REB_ATTACHMENT_MESSAGE_BYTES = 25 * 1024 * 1024, /* of one message, */
    REB_ATTACHMENT_MESSAGE_MOST = 5,                 /* which holds so many */
    REB_ATTACHMENT_CASE_MOST = 200,
    REB_ATTACHMENT_NAME = 120
};

typedef struct reb_attachment {
    int64_t attachment_id;
    const char *name;
    const char *media_type;
    int64_t byte_count;
    const char *sha256; /* hex */
    int64_t created_us;
    int64_t seq; /* of the event that brought it; 0 where not read */
} reb_attachment;

/* How many more files a case takes. */
reb_status reb_attachment_room(int64_t *room, reb_store *s, const reb_case_key *key, reb_err *err);
/* Whether a file would be taken, before anything is written; its media type by text/file_type.h. Errors: LIMIT (too large), INPUT (empty,
 * or of no kind that is taken). */
reb_status reb_attachment_fit(const char **media_type, const void *bytes, size_t n, reb_err *err);

/* Stores a file of a case; the event ATTACHED is the caller's (app/case.h does both). `name` as the sender calls it: made safe here. Inside
   a write transaction. Errors: those of reb_attachment_fit; LIMIT (the case has REB_ATTACHMENT_CASE_MOST), STORE, MEMORY. */
reb_status reb_attachment_add(reb_attachment *out, reb_store *s, reb_arena *a, reb_ids *ids, const reb_case_key *key, const char *name,
                              const void *bytes, size_t n, int64_t now_us, reb_err *err);

reb_status reb_attachment_list(const reb_attachment **out, int64_t *count, reb_store *s, reb_arena *a, const reb_case_key *key,
                               reb_err *err);

/* The bytes of one, added to `out`. Errors: NOT_FOUND, STORE (damaged: the bytes do not have the hash). */
reb_status reb_attachment_read(reb_attachment *what, reb_buf *out, reb_store *s, reb_arena *a, const reb_case_key *key,
                               int64_t attachment_id, reb_err *err);

#endif
