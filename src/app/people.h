/* How people get in: sign-in with a password, the one-time links, the first owner with the business itself. Each ends with a new session.
 */
#ifndef REB_APP_PEOPLE_H
#define REB_APP_PEOPLE_H

#include "../domain/link.h"
#include "../domain/person.h"
#include "../domain/session.h"

/* What somebody who gets in is given: the secrets go into cookies, and nowhere else. */
typedef struct reb_entry {
    reb_person person;
    char session[REB_SECRET_TEXT];
    char known[REB_SECRET_TEXT]; /* of the cookie that stays; a new one where the browser had none */
} reb_entry;

typedef struct reb_door {
    reb_place place;
    const char *old_session; /* secret of the session this browser had until now, or NULL: it ends */
    reb_ids *ids;
    int64_t now_us;
} reb_door;

/* Errors: THROTTLED (*wait_s to wait), SIGN_IN (the same words and the same time whether or not the person exists, is disabled or has no
   password), SECOND_FACTOR, STORE, MEMORY; out->person.user_id then tells whose account was tried (0: nobody's), for the audit log alone.
   `code` may be NULL. Takes the time and memory of one argon2id. */
reb_status reb_sign_in(reb_entry *out, unsigned *wait_s, reb_store *s, const char *email, const char *password, const char *code,
                       const reb_door *door, reb_err *err);

/* For another way of proving who one is (OpenID Connect): begins the session of a person who may enter. `method` is stored with it.
   Errors: SIGN_IN when disabled, STORE. */
reb_status reb_enter(reb_entry *out, reb_store *s, int64_t user_id, const char *method, const reb_door *door, reb_err *err);

/* A setting of the business at its set-up; ends with a NULL key. */
typedef struct reb_first_setting {
    const char *key, *value;
} reb_first_setting;

/* The first owner, by a welcome link, while nobody exists; `settings` where the business is not set up yet (else NULL or ignored). All of
   it happens or nothing. Errors: LINK, PASSWORD, PASSWORD_KNOWN, INPUT, STORE. */
reb_status reb_welcome(reb_entry *out, reb_store *s, const char *link, const char *name, const char *email, const char *password,
                       const reb_first_setting *settings, const reb_door *door, reb_err *err);

/* What a link is good for, before it is used: whose it is. Welcome has no person. Errors: LINK. */
reb_status reb_link_check(reb_link *out, reb_person *person, reb_store *s, const char *link, int64_t now_us, reb_err *err);
/* Sets the password by an invitation or a reset, ends all sessions of that person and begins a new one. `name` may be NULL. Somebody with a
   second factor does not enter by a reset alone: *out then has no session, and they sign in. Errors: LINK, PASSWORD, PASSWORD_KNOWN, STORE.
 */
reb_status reb_link_enter(reb_entry *out, reb_store *s, const char *link, const char *name, const char *password, const reb_door *door,
                          reb_err *err);

/* Invites somebody: the person and a link for them. Errors: as reb_person_add. */
reb_status reb_invite(reb_person *out, reb_link *link, char secret[REB_SECRET_TEXT], reb_store *s, const reb_person_new *p, reb_ids *ids,
                      int64_t now_us, reb_err *err);
/* A link by which somebody sets a new password; their old one holds until it is used. Errors: NOT_FOUND, CONFLICT when disabled, STORE. */
reb_status reb_reset_link(reb_person *out, reb_link *link, char secret[REB_SECRET_TEXT], reb_store *s, int64_t user_id, int64_t created_by,
                          int64_t now_us, reb_err *err);
/* By the person themselves, who must know the old one; ends their other sessions. Attempts are counted like those of a sign-in.
   Errors: SIGN_IN, THROTTLED, PASSWORD, PASSWORD_KNOWN, STORE. */
reb_status reb_password_change(reb_entry *out, unsigned *wait_s, reb_store *s, int64_t user_id, const char *old, const char *new_password,
                               const reb_door *door, reb_err *err);
/* Is it theirs? For an act that asks for the password again. Counted likewise. Errors: SIGN_IN, THROTTLED, STORE. */
reb_status reb_password_confirm(reb_person *out, unsigned *wait_s, reb_store *s, int64_t user_id, const char *password,
                                const reb_door *door, reb_err *err);

/* A database in which `serve` made the tables waits to be set up until an owner came by the first link or `rebound init` was run. */
reb_status reb_setup_wanted(bool *wanted, reb_store *s, reb_err *err);
reb_status reb_setup_mark(reb_store *s, bool wanted, reb_err *err);

#endif
