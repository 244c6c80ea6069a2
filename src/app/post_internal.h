/* What the two directions of the post share. Nobody else includes this. */
#ifndef REB_APP_POST_INTERNAL_H
#define REB_APP_POST_INTERNAL_H

#include "mail_server.h"
#include "post.h"

#define REB_POST_PLACE 700

/* How far a server's folder was read, or how sending by a server goes (uidvalidity 0, last_uid: attempts in a row that failed). */
typedef struct reb_post_place {
    char name[REB_POST_PLACE];
    bool found;
    int64_t uidvalidity, last_uid, since_us, ok_us, tried_us;
    char problem[512];
} reb_post_place;

void reb_post_place_name(char out[REB_POST_PLACE], const reb_mail_server *m, const char *folder); /* folder "": going out */
reb_status reb_post_place_get(reb_post_place *p, reb_store *s, reb_err *err);
reb_status reb_post_place_put(reb_store *s, const reb_post_place *p, reb_err *err);

/* A mail that came, as it was written down. */
typedef struct reb_post_came {
    const char *became, *message_id;
    int64_t uid, number;
} reb_post_came;
/* One that no case was made of yet. Errors: NOT_FOUND, CONFLICT (a case was). */
reb_status reb_post_came_get(reb_post_came *out, reb_store *s, reb_arena *a, int64_t mail_id, reb_err *err);

typedef struct reb_post_asked {
    int64_t mail_id;
    const char *who;
    int64_t user_id;
} reb_post_asked;
/* Makes a case of it, if it is the mail that is asked for; *number is 0 when it is another one. */
reb_status reb_post_take_asked(int64_t *number, const reb_post *p, const reb_post_mail *in, const reb_post_asked *asked, reb_err *err);

/* A mail of ours did not arrive: the case gets a note, or is opened again where the customer was to learn its decision by it. In the open
 * transaction. */
reb_status reb_post_came_back(reb_store *s, const reb_post *p, int64_t number, const char *kind, const char *why, reb_err *err);

/* local+TOKEN@domain, for answers to a case. */
reb_status reb_post_signed_address(char out[400], reb_store *s, const reb_business *b, int64_t number, reb_err *err);

#endif
