/* People who may enter, and their roles. */
#ifndef REB_DOMAIN_PERSON_H
#define REB_DOMAIN_PERSON_H

#include "../base/json.h"
#include "../base/rand.h"
#include "../store/store.h"
#include "../text/phone.h"
#include "password.h"

#include <stdbool.h>
#include <stdint.h>

/* One bit each: api/rights.def tells which roles a right is for. */
typedef enum reb_role {
    REB_ROLE_NONE = 0,
    REB_ROLE_OWNER = 1,   /* everything, people and keys too */
    REB_ROLE_MANAGER = 2, /* the work and its settings */
    REB_ROLE_AGENT = 4,   /* the work with customers */
    REB_ROLE_ANALYST = 8, /* figures, no names */
} reb_role;

/* Errors: USAGE for a word that is no role. */
reb_status reb_role_read(reb_role *out, const char *word, reb_err *err);
const char *reb_role_name(reb_role role); /* "owner"; "" for NONE */

enum { REB_PERSON_NAME = 120, REB_PERSON_TEAM = 60, REB_PERSON_WORD = 12 };

typedef struct reb_person {
    int64_t user_id;
    char email[REB_EMAIL_TEXT];
    char name[REB_PERSON_NAME + 1];
    char team[REB_PERSON_TEAM + 1];
    reb_role role;
    char password_hash[REB_PASSWORD_HASH];                                                                      /* "": none */
    char language[REB_PERSON_WORD], calendar[REB_PERSON_WORD], digits[REB_PERSON_WORD], theme[REB_PERSON_WORD]; /* "": the business's */
    int64_t entered_us, disabled_us;                                                                            /* 0: not */
    int64_t created_us;
} reb_person;

typedef struct reb_person_new {
    const char *email, *name, *team; /* team may be NULL */
    reb_role role;
    const char *password; /* checked and hashed before; NULL: comes by a link */
    int64_t created_by;
} reb_person_new;

/* Adds a person. The first of a business must be an owner. `hash` of the password or NULL. Inside a write transaction or its own.
 * Errors: INPUT (e-mail, name), EMAIL_TAKEN, NO_OWNER, STORE. */
reb_status reb_person_add(reb_person *out, reb_store *s, const reb_person_new *p, const char *hash, reb_ids *ids, int64_t now_us,
                          reb_err *err);

/* *found false when there is none. */
reb_status reb_person_get(reb_person *out, bool *found, reb_store *s, int64_t user_id, reb_err *err);
reb_status reb_person_by_email(reb_person *out, bool *found, reb_store *s, const char *email, reb_err *err);
reb_status reb_person_any(bool *any, reb_store *s, reb_err *err);
/* The same, but nobody there is an error: NOT_FOUND. */
reb_status reb_person_need(reb_person *out, reb_store *s, int64_t user_id, reb_err *err);
reb_status reb_person_need_email(reb_person *out, reb_store *s, const char *email, reb_err *err);

typedef struct reb_person_change {
    bool set_role, set_disabled, set_team;
    reb_role role;
    bool disabled;
    const char *team;
} reb_person_change;
/* What owners change of others. Whoever is disabled loses sessions and links with it; a new role ends the sessions, too. Errors: NOT_FOUND,
   LAST_OWNER when nobody would be left who can change anything, INPUT, STORE. */
reb_status reb_person_alter(reb_person *out, reb_store *s, int64_t user_id, const reb_person_change *c, int64_t now_us, reb_err *err);

/* What people change of themselves; NULL leaves as it is, "" goes back to the business's. Errors: INPUT, NOT_FOUND, STORE. */
typedef struct reb_person_profile {
    const char *name, *language, *calendar, *digits, *theme;
} reb_person_profile;
reb_status reb_person_profile_set(reb_person *out, reb_store *s, int64_t user_id, const reb_person_profile *c, int64_t now_us,
                                  reb_err *err);

/* Writes a hash made of a checked password. Ends no session: see session.h. */
reb_status reb_person_password_set(reb_store *s, int64_t user_id, const char *hash, int64_t now_us, reb_err *err);
reb_status reb_person_entered(reb_store *s, int64_t user_id, int64_t now_us, reb_err *err);

/* {"id","name","email","role","team","state":"invited|active|disabled","created","last_seen"} ; last_seen_us 0: null */
void reb_person_json(reb_json *w, const reb_person *p, int64_t last_seen_us);
/* {"users":[...]} in the order they came. */
reb_status reb_person_list_json(reb_json *w, reb_store *s, reb_err *err);
/* {"id","name","email","role","team","language","calendar","digits","theme"}: what a console keeps of its own user. */
void reb_person_me_json(reb_json *w, const reb_person *p);

#endif
