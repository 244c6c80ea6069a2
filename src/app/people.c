#include "people.h"

#include "../domain/business.h"
#include "../domain/second_factor.h"
#include "../domain/throttle.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

static reb_status not_right(reb_err *err) {
    reb_fail(err, REB_E_SIGN_IN, "E-mail address or password are not right.");
    reb_err_next(err, "An owner can give you a link to set a new password.");
    return REB_E_SIGN_IN;
}

/* --- entering ------------------------------------------------------------------------------------------------------------------------ */

/* Begins the session, remembers the place, forgets the counted attempts: within the caller's transaction or its own. */
typedef struct entering {
    reb_entry *out;
    int64_t user_id;
    const char *method;
    const reb_door *door;
    const reb_attempt *attempt; /* NULL: none was counted */
    const char *hash;           /* the one the password was found to fit; NULL: it was no password */
} entering;

static reb_status enter_work(reb_store *s, void *ctx, reb_err *err) {
    const entering *e = ctx;
    const reb_door *d = e->door;
    reb_status st = reb_person_need(&e->out->person, s, e->user_id, err);
    if (st == REB_OK && e->out->person.disabled_us != 0) return not_right(err);
    /* Who changed the password meanwhile has ended all sessions: this one must not begin after that. */
    if (st == REB_OK && e->hash != NULL && strcmp(e->hash, e->out->person.password_hash) != 0) return not_right(err);
    if (st == REB_OK) st = reb_session_begin(e->out->session, s, e->user_id, e->method, &d->place, d->old_session, d->ids, d->now_us, err);
    bool ours = false; /* a browser that several people share keeps one cookie for all of them */
    if (st == REB_OK && d->place.known != NULL) st = reb_known_cookie(&ours, s, d->place.known, err);
    if (st == REB_OK && ours) {
        memcpy(e->out->known, d->place.known, REB_SECRET_TEXT);
    } else if (st == REB_OK) {
        st = reb_secret_make(e->out->known, err);
    }
    if (st == REB_OK) st = reb_known_place_put(s, e->user_id, e->out->known, d->place.address, d->now_us, err);
    if (st == REB_OK && e->attempt != NULL) st = reb_throttle_clear(s, e->attempt, d->now_us, err);
    return st;
}

reb_status reb_enter(reb_entry *out, reb_store *s, int64_t user_id, const char *method, const reb_door *door, reb_err *err) {
    *out = (reb_entry){0};
    return reb_store_write(s, enter_work, &(entering){.out = out, .user_id = user_id, .method = method, .door = door}, err);
}

typedef struct rehashing {
    int64_t user_id, now_us;
    const char *old, *hash;
    bool kept;
} rehashing;

static reb_status rehash_work(reb_store *s, void *ctx, reb_err *err) {
    rehashing *r = ctx;
    reb_person p;
    reb_status st = reb_person_need(&p, s, r->user_id, err);
    r->kept = st == REB_OK && strcmp(p.password_hash, r->old) == 0; /* it may have been changed meanwhile */
    return r->kept ? reb_person_password_set(s, r->user_id, r->hash, r->now_us, err) : st;
}

/* A password that fits but was kept with weaker parameters is kept anew. That this fails is no reason to keep anybody out. */
static void keep_anew(reb_store *s, reb_person *p, const char *password, int64_t now_us) {
    char hash[REB_PASSWORD_HASH];
    reb_err ignored = {0};
    if (reb_password_hash(hash, password, &ignored) != REB_OK) return;
    rehashing r = {.user_id = p->user_id, .old = p->password_hash, .hash = hash, .now_us = now_us};
    if (reb_store_write(s, rehash_work, &r, &ignored) == REB_OK && r.kept) memcpy(p->password_hash, hash, sizeof hash);
    sodium_memzero(hash, sizeof hash);
}

/* After the right password: is a second factor on, and is the code right? A missing code was no failure of the password. */
static reb_status second_factor(unsigned *wait_s, reb_store *s, const reb_person *p, const char *code, const reb_attempt *a,
                                const reb_door *door, reb_err *err) {
    reb_second_factor factor;
    reb_factor_answer answer = REB_FACTOR_OFF;
    int64_t wait = 0;
    reb_status st = reb_second_factor_read(&factor, s, p->user_id, err);
    if (st != REB_OK || !factor.on) return st;
    if (code == NULL || code[0] == '\0') {
        st = reb_throttle_clear(s, a, door->now_us, err);
        return st == REB_OK ? reb_fail(err, REB_E_SECOND_FACTOR, "The code of the second factor is wanted.") : st;
    }
    st = reb_second_factor_check(&answer, &wait, s, p->user_id, code, door->now_us, err);
    if (st != REB_OK || answer == REB_FACTOR_OFF || answer == REB_FACTOR_RIGHT || answer == REB_FACTOR_RECOVERY) return st;
    if (answer == REB_FACTOR_WAIT) {
        *wait_s = (unsigned)wait;
        reb_fail(err, REB_E_THROTTLED, "Too many wrong codes: wait %u seconds.", *wait_s);
    } else {
        reb_fail(err, REB_E_SECOND_FACTOR, "The code is not right, or was used already.");
    }
    reb_err_next(err, "Wait for the next code, or use one of the recovery codes.");
    return err != NULL ? err->code : REB_E_SECOND_FACTOR;
}

typedef struct trying {
    reb_person person;
    reb_attempt attempt;
    char email[REB_EMAIL_TEXT];
    char known[REB_SECRET_HASH];
} trying;

/* Counts the attempt and looks at the password. Whoever exists or not: the same steps. */
static reb_status try_password(trying *t, unsigned *wait_s, bool found, reb_store *s, const char *password, const reb_door *door,
                               reb_err *err) {
    const char *address = door->place.address != NULL ? door->place.address : "";
    reb_status st = reb_known_place(t->known, s, t->person.user_id, door->place.known, address, door->now_us, err);
    t->attempt = (reb_attempt){.email = t->email, .address = address, .known = t->known};
    if (st == REB_OK) st = reb_throttle_take(wait_s, s, &t->attempt, door->now_us, err);
    bool fits = false;
    bool weak = false;
    bool may = found && t->person.disabled_us == 0 && t->person.password_hash[0] != '\0';
    if (st == REB_OK) st = reb_password_verify(&fits, &weak, may ? t->person.password_hash : NULL, password, err);
    if (st == REB_OK && !fits) return not_right(err);
    if (st == REB_OK && weak) keep_anew(s, &t->person, password, door->now_us);
    return st;
}

reb_status reb_sign_in(reb_entry *out, unsigned *wait_s, reb_store *s, const char *email, const char *password, const char *code,
                       const reb_door *door, reb_err *err) {
    trying t = {0};
    bool found = false;
    size_t n;
    *out = (reb_entry){0};
    *wait_s = 0;
    if (reb_email_parse(t.email, &n, email, strlen(email), NULL) != REB_OK) t.email[0] = '\0';
    reb_status st = reb_person_by_email(&t.person, &found, s, t.email, err);
    if (st == REB_OK) st = try_password(&t, wait_s, found, s, password, door, err);
    if (st == REB_OK) st = second_factor(wait_s, s, &t.person, code, &t.attempt, door, err);
    if (st == REB_OK)
        st = reb_store_write(s, enter_work,
                             &(entering){.out = out,
                                         .user_id = t.person.user_id,
                                         .method = "password",
                                         .door = door,
                                         .attempt = &t.attempt,
                                         .hash = t.person.password_hash},
                             err);
    out->person.user_id = t.person.user_id;
    sodium_memzero(t.person.password_hash, sizeof t.person.password_hash);
    sodium_memzero(out->person.password_hash, sizeof out->person.password_hash);
    return st;
}

/* --- links -----------------------------------------------------------------------------------------------------------------------------
 */

static reb_status link_over(reb_err *err) {
    reb_fail(err, REB_E_LINK, "This link was used already, or is over.");
    reb_err_next(err, "Ask an owner for a new one.");
    return REB_E_LINK;
}

/* The first link ends with the first person, however they came. */
static reb_status still_first(reb_store *s, reb_err *err) {
    bool any = true;
    reb_status st = reb_person_any(&any, s, err);
    return st == REB_OK && any ? link_over(err) : st;
}

typedef struct welcoming {
    reb_entry *out;
    const char *link, *hash;
    const reb_person_new *p;
    const reb_first_setting *settings;
    const reb_door *door;
} welcoming;

static reb_status welcome_work(reb_store *s, void *ctx, reb_err *err) {
    const welcoming *w = ctx;
    reb_link link;
    bool wanted = false;
    reb_person p;
    reb_status st = reb_link_use(&link, s, w->link, w->door->now_us, err);
    if (st == REB_OK && link.kind != REB_LINK_WELCOME) return link_over(err);
    if (st == REB_OK) st = still_first(s, err);
    if (st == REB_OK) st = reb_setup_wanted(&wanted, s, err);
    if (st == REB_OK && wanted && w->settings == NULL)
        return reb_fail(err, REB_E_USAGE, "The business is not set up yet: its name, currency and time zone are wanted.");
    for (const reb_first_setting *f = w->settings; st == REB_OK && wanted && f->key != NULL; f++)
        if (f->value != NULL) st = reb_setting_set(NULL, s, f->key, f->value, w->door->now_us, err);
    if (st == REB_OK && wanted) st = reb_setup_mark(s, false, err);
    if (st == REB_OK) st = reb_person_add(&p, s, w->p, w->hash, w->door->ids, w->door->now_us, err);
    if (st != REB_OK) return st;
    return enter_work(s, &(entering){.out = w->out, .user_id = p.user_id, .method = "link", .door = w->door}, err);
}

reb_status reb_welcome(reb_entry *out, reb_store *s, const char *link, const char *name, const char *email, const char *password,
                       const reb_first_setting *settings, const reb_door *door, reb_err *err) {
    reb_link seen;
    char hash[REB_PASSWORD_HASH] = "";
    const reb_person_new p = {.email = email, .name = name, .role = REB_ROLE_OWNER};
    char theirs[REB_SETTING_TEXT] = ""; /* the business is not stored yet, but its name is no secret either */
    const char *business = "";
    for (const reb_first_setting *f = settings; f != NULL && f->key != NULL; f++)
        if (f->value != NULL && strcmp(f->key, "name") == 0) business = f->value;
    snprintf(theirs, sizeof theirs, "%s %s", name, business);
    *out = (reb_entry){0};
    reb_status st = reb_link_look(&seen, s, link, door->now_us, err); /* before the work of a hash: who has no link costs nothing */
    if (st == REB_OK) st = still_first(s, err);
    if (st == REB_OK) st = reb_password_check(password, s, email, theirs, err);
    if (st == REB_OK) st = reb_password_hash(hash, password, err);
    if (st == REB_OK)
        st = reb_store_write(s, welcome_work,
                             &(welcoming){.out = out, .link = link, .hash = hash, .p = &p, .settings = settings, .door = door}, err);
    sodium_memzero(hash, sizeof hash);
    return st;
}

reb_status reb_link_check(reb_link *out, reb_person *person, reb_store *s, const char *link, int64_t now_us, reb_err *err) {
    bool found = false;
    *person = (reb_person){0};
    reb_status st = reb_link_look(out, s, link, now_us, err);
    if (st != REB_OK) return st;
    if (out->kind == REB_LINK_WELCOME) return still_first(s, err);
    st = reb_person_get(person, &found, s, out->user_id, err);
    return st == REB_OK && (!found || person->disabled_us != 0) ? link_over(err) : st;
}

typedef struct linking {
    reb_entry *out;
    const char *link, *name, *hash;
    const reb_door *door;
} linking;

static reb_status link_work(reb_store *s, void *ctx, reb_err *err) {
    const linking *l = ctx;
    reb_link link;
    reb_person p;
    reb_second_factor factor = {0};
    reb_status st = reb_link_check(&link, &p, s, l->link, l->door->now_us, err);
    if (st == REB_OK) st = reb_link_use(&link, s, l->link, l->door->now_us, err);
    if (st == REB_OK && link.kind == REB_LINK_WELCOME) return link_over(err);
    if (st == REB_OK) st = reb_person_password_set(s, p.user_id, l->hash, l->door->now_us, err);
    if (st == REB_OK && l->name != NULL)
        st = reb_person_profile_set(&p, s, p.user_id, &(reb_person_profile){.name = l->name}, l->door->now_us, err);
    if (st == REB_OK) st = reb_session_end_all(NULL, s, p.user_id, NULL, err);
    if (st == REB_OK) st = reb_second_factor_read(&factor, s, p.user_id, err);
    if (st != REB_OK) return st;
    l->out->person = p;
    if (factor.on) return REB_OK;
    return enter_work(s, &(entering){.out = l->out, .user_id = p.user_id, .method = "link", .door = l->door}, err);
}

reb_status reb_link_enter(reb_entry *out, reb_store *s, const char *link, const char *name, const char *password, const reb_door *door,
                          reb_err *err) {
    reb_link seen;
    reb_person p;
    char hash[REB_PASSWORD_HASH] = "";
    *out = (reb_entry){0};
    reb_status st = reb_link_check(&seen, &p, s, link, door->now_us, err);
    if (st == REB_OK && seen.kind == REB_LINK_WELCOME) st = link_over(err);
    if (st == REB_OK) st = reb_password_check(password, s, p.email, name != NULL ? name : p.name, err);
    if (st == REB_OK) st = reb_password_hash(hash, password, err);
    if (st == REB_OK)
        st = reb_store_write(s, link_work, &(linking){.out = out, .link = link, .name = name, .hash = hash, .door = door}, err);
    sodium_memzero(hash, sizeof hash);
    return st;
}

typedef struct inviting {
    reb_person *out;
    reb_link *link;
    char *secret;
    const reb_person_new *p;
    reb_ids *ids;
    int64_t now_us;
} inviting;

static reb_status invite_work(reb_store *s, void *ctx, reb_err *err) {
    const inviting *i = ctx;
    reb_status st = reb_person_add(i->out, s, i->p, NULL, i->ids, i->now_us, err);
    if (st != REB_OK) return st;
    return reb_link_make(i->secret, i->link, s, REB_LINK_INVITE, i->out->user_id, i->p->created_by, i->now_us, err);
}

reb_status reb_invite(reb_person *out, reb_link *link, char secret[REB_SECRET_TEXT], reb_store *s, const reb_person_new *p, reb_ids *ids,
                      int64_t now_us, reb_err *err) {
    return reb_store_write(s, invite_work, &(inviting){.out = out, .link = link, .secret = secret, .p = p, .ids = ids, .now_us = now_us},
                           err);
}

reb_status reb_reset_link(reb_person *out, reb_link *link, char secret[REB_SECRET_TEXT], reb_store *s, int64_t user_id, int64_t created_by,
                          int64_t now_us, reb_err *err) {
    reb_status st = reb_person_need(out, s, user_id, err);
    if (st != REB_OK) return st;
    if (out->disabled_us != 0) return reb_fail(err, REB_E_CONFLICT, "This person may not enter just now: let them in again first.");
    bool came = out->entered_us != 0 || out->password_hash[0] != '\0';
    return reb_link_make(secret, link, s, came ? REB_LINK_RESET : REB_LINK_INVITE, user_id, created_by, now_us, err);
}

/* --- the own password --------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_password_confirm(reb_person *out, unsigned *wait_s, reb_store *s, int64_t user_id, const char *password,
                                const reb_door *door, reb_err *err) {
    trying t = {0};
    *wait_s = 0;
    reb_status st = reb_person_need(&t.person, s, user_id, err);
    if (st == REB_OK) snprintf(t.email, sizeof t.email, "%s", t.person.email);
    if (st == REB_OK) st = try_password(&t, wait_s, true, s, password, door, err);
    if (st == REB_OK) st = reb_throttle_clear(s, &t.attempt, door->now_us, err);
    *out = t.person;
    return st;
}

typedef struct changing {
    reb_entry *out;
    int64_t user_id;
    const char *hash;
    const reb_door *door;
} changing;

/* All sessions end, this one too: it goes on under a new secret. */
static reb_status change_work(reb_store *s, void *ctx, reb_err *err) {
    const changing *c = ctx;
    reb_status st = reb_person_password_set(s, c->user_id, c->hash, c->door->now_us, err);
    if (st == REB_OK) st = reb_session_end_all(NULL, s, c->user_id, NULL, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_LINK_DELETE_OF, REB_ARGS(reb_i(c->user_id)), NULL, err); /* a reset that lies about is over, too */
    if (st != REB_OK) return st;
    return enter_work(s, &(entering){.out = c->out, .user_id = c->user_id, .method = "password", .door = c->door}, err);
}

reb_status reb_password_change(reb_entry *out, unsigned *wait_s, reb_store *s, int64_t user_id, const char *old, const char *new_password,
                               const reb_door *door, reb_err *err) {
    reb_person p;
    char hash[REB_PASSWORD_HASH] = "";
    *out = (reb_entry){0};
    reb_status st = reb_password_confirm(&p, wait_s, s, user_id, old, door, err);
    if (st == REB_OK) st = reb_password_check(new_password, s, p.email, p.name, err);
    if (st == REB_OK && strcmp(old, new_password) == 0) st = reb_fail(err, REB_E_PASSWORD, "The new password is the old one.");
    if (st == REB_OK) st = reb_password_hash(hash, new_password, err);
    if (st == REB_OK) st = reb_store_write(s, change_work, &(changing){.out = out, .user_id = user_id, .hash = hash, .door = door}, err);
    sodium_memzero(hash, sizeof hash);
    sodium_memzero(&p, sizeof p);
    return st;
}

/* --- a business that waits to be set up --------------------------------------------------------------------------------------------------
 */

reb_status reb_setup_wanted(bool *wanted, reb_store *s, reb_err *err) {
    int64_t n = 0;
    bool found;
    reb_status st = reb_get_i64(&n, &found, s, REB_SQL_SETUP_WANTED, REB_NO_ARGS, err);
    *wanted = n > 0;
    return st;
}

static reb_status mark_work(reb_store *s, void *ctx, reb_err *err) {
    const bool *wanted = ctx;
    return reb_exec(s, *wanted ? REB_SQL_SETUP_MARK : REB_SQL_SETUP_DONE, REB_NO_ARGS, NULL, err);
}

reb_status reb_setup_mark(reb_store *s, bool wanted, reb_err *err) {
    return reb_store_write(s, mark_work, &wanted, err);
}
