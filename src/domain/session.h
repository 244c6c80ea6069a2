/* Sessions: who is signed in, on which device. A browser holds the secret in a cookie; here only its hash is kept. */
#ifndef REB_DOMAIN_SESSION_H
#define REB_DOMAIN_SESSION_H

#include "../base/json.h"
#include "../base/rand.h"
#include "person.h"
#include "secret.h"

enum { REB_SESSION_DEVICE = 80, REB_ADDRESS_TEXT = 48 };

typedef struct reb_session {
    int64_t session_id, user_id;
    int64_t created_us, seen_us;
    reb_role role;
    char name[REB_PERSON_NAME + 1];
    char team[REB_PERSON_TEAM + 1];
} reb_session;

/* Whence somebody asks. `address` is the whole address (or "") and is cut before it is stored; `device` a few words. */
typedef struct reb_place {
    const char *address, *device;
    const char *known; /* secret of the cookie that stays, or NULL */
} reb_place;

/* Begins a session and writes its secret. `method`: password, link, oidc. Sessions that are over are swept away. A session that the same
   browser had before is ended by `old_secret` (may be NULL): a secret never lives on across a sign-in. Errors: STORE. */
reb_status reb_session_begin(char secret[REB_SECRET_TEXT], reb_store *s, int64_t user_id, const char *method, const reb_place *place,
                             const char *old_secret, reb_ids *ids, int64_t now_us, reb_err *err);
/* *found only for a session that lives, of a person who may enter. */
reb_status reb_session_find(reb_session *out, bool *found, reb_store *s, const char *secret, int64_t now_us, reb_err *err);
/* Notes that it was seen, when that is a minute old. */
reb_status reb_session_touch(reb_store *s, const char *secret_hash, int64_t now_us, reb_err *err);
enum { REB_SESSION_TOUCH_US = 60000000, REB_SESSION_IDLE_MINUTES = 240, REB_SESSION_HOURS = 12 }; /* the limits where nobody has set them */

reb_status reb_session_end(reb_store *s, const char *secret, reb_err *err);
/* Errors: NOT_FOUND when that person has no such session. */
reb_status reb_session_end_one(reb_store *s, int64_t user_id, int64_t session_id, reb_err *err);
/* All of a person but that of `keep_secret` (NULL: none is kept). */
reb_status reb_session_end_all(int64_t *ended, reb_store *s, int64_t user_id, const char *keep_secret, reb_err *err);
/* {"sessions":[{"id","device","address","method","created","last_seen","current"}]} of those that live, last seen first. */
reb_status reb_session_list_json(reb_json *w, reb_store *s, int64_t user_id, const char *current_secret, int64_t now_us, reb_err *err);

/* "203.0.113.9" to "203.0.113.0/24", IPv6 to its /48; "" for what is no address. */
void reb_address_cut(char out[REB_ADDRESS_TEXT], const char *address);
/* "Firefox on Linux" of a User-Agent, or "A program". Never what somebody has written freely. */
void reb_device_words(char out[REB_SESSION_DEVICE], const char *user_agent);

#endif
