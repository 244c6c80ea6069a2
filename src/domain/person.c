#include "person.h"

#include "../text/utf8.h"

#include <stdio.h>
#include <string.h>

static const struct {
    reb_role role;
    const char *name;
} k_roles[] = {{REB_ROLE_OWNER, "owner"}, {REB_ROLE_MANAGER, "manager"}, {REB_ROLE_AGENT, "agent"}, {REB_ROLE_ANALYST, "analyst"}};
enum { ROLES = sizeof k_roles / sizeof k_roles[0] };

reb_status reb_role_read(reb_role *out, const char *word, reb_err *err) {
    *out = REB_ROLE_NONE;
    for (size_t i = 0; i < ROLES; i++)
        if (strcmp(k_roles[i].name, word) == 0) *out = k_roles[i].role;
    if (*out != REB_ROLE_NONE) return REB_OK;
    reb_fail(err, REB_E_USAGE, "\"%.40s\" is no role.", word);
    reb_err_next(err, "Roles are owner, manager, agent and analyst.");
    return REB_E_USAGE;
}

const char *reb_role_name(reb_role role) {
    for (size_t i = 0; i < ROLES; i++)
        if (k_roles[i].role == role) return k_roles[i].name;
    return "";
}

/* U+202A..202E and U+2066..2069, by which a name could rearrange the line that it stands in. Joiners and single marks are letters of some
   languages' spelling and stay. */
static bool turns_direction(const char *text, size_t n) {
    for (size_t i = 0; i + 2 < n; i++) {
        const unsigned char *p = (const unsigned char *)text + i;
        if (p[0] != 0xE2) continue;
        if ((p[1] == 0x80 && p[2] >= 0xAA && p[2] <= 0xAE) || (p[1] == 0x81 && p[2] >= 0xA6 && p[2] <= 0xA9)) return true;
    }
    return false;
}

/* Words that are shown in pages, terminals and tables: UTF-8 on one line. */
static reb_status plain_words(char *out, size_t most, const char *what, const char *text, reb_err *err) {
    size_t n = strlen(text);
    while (n > 0 && text[n - 1] == ' ') n--;
    while (n > 0 && *text == ' ') text++, n--;
    if (n > most) return reb_fail(err, REB_E_INPUT, "The %s has at most %zu bytes.", what, most);
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
            return reb_fail(err, REB_E_INPUT, "The %s may hold no line ends or control characters.", what);
    if (turns_direction(text, n)) {
        reb_fail(err, REB_E_INPUT, "The %s holds a character that turns the direction of what follows.", what);
        reb_err_next(err, "Type it anew; names of every script are shown in their own direction without it.");
        return REB_E_INPUT;
    }
    memcpy(out, text, n);
    out[n] = '\0';
    return REB_OK;
}

static void copy(char *out, size_t size, reb_stmt *q, int column) {
    const char *text = reb_col_text(q, column);
    snprintf(out, size, "%s", text != NULL ? text : "");
}

static void read_row(reb_person *p, reb_stmt *q) {
    *p = (reb_person){.user_id = reb_col_i64(q, 0)};
    copy(p->email, sizeof p->email, q, 1);
    copy(p->name, sizeof p->name, q, 2);
    const char *role = reb_col_text(q, 3);
    if (role == NULL || reb_role_read(&p->role, role, NULL) != REB_OK) p->role = REB_ROLE_NONE; /* no right at all */
    copy(p->team, sizeof p->team, q, 4);
    copy(p->password_hash, sizeof p->password_hash, q, 5);
    copy(p->language, sizeof p->language, q, 6);
    copy(p->calendar, sizeof p->calendar, q, 7);
    copy(p->digits, sizeof p->digits, q, 8);
    copy(p->theme, sizeof p->theme, q, 9);
    p->entered_us = reb_col_i64(q, 10);
    p->disabled_us = reb_col_i64(q, 11);
    p->created_us = reb_col_i64(q, 12);
}

static reb_status read_one(reb_person *out, bool *found, reb_store *s, reb_sql query, reb_arg arg, reb_err *err) {
    reb_stmt *q = NULL;
    *found = false;
    *out = (reb_person){0};
    reb_status st = reb_query(&q, s, query, &arg, 1, err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) read_row(out, q);
    reb_stmt_close(q);
    return st;
}

reb_status reb_person_get(reb_person *out, bool *found, reb_store *s, int64_t user_id, reb_err *err) {
    return read_one(out, found, s, REB_SQL_PERSON_GET, reb_i(user_id), err);
}

reb_status reb_person_by_email(reb_person *out, bool *found, reb_store *s, const char *email, reb_err *err) {
    char plain[REB_EMAIL_TEXT];
    size_t n;
    if (reb_email_parse(plain, &n, email, strlen(email), NULL) != REB_OK)
        plain[0] = '\0'; /* nobody's; asked for all the same: it takes as long */
    return read_one(out, found, s, REB_SQL_PERSON_BY_EMAIL, reb_t(plain), err);
}

reb_status reb_person_need(reb_person *out, reb_store *s, int64_t user_id, reb_err *err) {
    bool found;
    reb_status st = reb_person_get(out, &found, s, user_id, err);
    if (st == REB_OK && !found) st = reb_fail(err, REB_E_NOT_FOUND, "There is nobody with this id.");
    return st;
}

reb_status reb_person_need_email(reb_person *out, reb_store *s, const char *email, reb_err *err) {
    bool found;
    reb_status st = reb_person_by_email(out, &found, s, email, err);
    if (st != REB_OK || found) return st;
    reb_fail(err, REB_E_NOT_FOUND, "There is nobody with the e-mail address %.100s.", email);
    reb_err_next(err, "rebound user list shows everybody.");
    return REB_E_NOT_FOUND;
}

reb_status reb_person_any(bool *any, reb_store *s, reb_err *err) {
    int64_t n = 0;
    bool found;
    reb_status st = reb_get_i64(&n, &found, s, REB_SQL_PERSON_ANY, REB_NO_ARGS, err);
    *any = n > 0;
    return st;
}

typedef struct adding {
    reb_person *p;
    const char *hash;
    int64_t now_us, created_by;
} adding;

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    const adding *a = ctx;
    bool any;
    bool taken = false;
    reb_person other;
    reb_status st = reb_person_any(&any, s, err);
    if (st == REB_OK && !any && a->p->role != REB_ROLE_OWNER) {
        reb_fail(err, REB_E_NO_OWNER, "The first person must be an owner: else nobody could invite others or change settings.");
        reb_err_next(err, "rebound user add EMAIL --role owner, or the link that rebound serve prints.");
        return REB_E_NO_OWNER;
    }
    if (st == REB_OK) st = reb_person_by_email(&other, &taken, s, a->p->email, err);
    if (st == REB_OK && taken) {
        reb_fail(err, REB_E_EMAIL_TAKEN, "There is already somebody with the e-mail address %s.", a->p->email);
        reb_err_next(err, "An invitation is renewed by a reset: rebound user reset EMAIL");
        return REB_E_EMAIL_TAKEN;
    }
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_PERSON_INSERT,
                    REB_ARGS(reb_i(a->p->user_id), reb_t(a->p->email), reb_t(a->p->name), reb_t(reb_role_name(a->p->role)),
                             reb_t(a->p->team), reb_t(a->hash), a->hash != NULL ? reb_i(a->now_us) : reb_null(), reb_i(a->now_us),
                             reb_i(a->created_by)),
                    NULL, err);
}

reb_status reb_person_add(reb_person *out, reb_store *s, const reb_person_new *p, const char *hash, reb_ids *ids, int64_t now_us,
                          reb_err *err) {
    size_t n;
    *out = (reb_person){.user_id = reb_id_next(ids), .role = p->role, .created_us = now_us};
    reb_status st = reb_email_parse(out->email, &n, p->email, strlen(p->email), err);
    if (st == REB_OK) st = plain_words(out->name, REB_PERSON_NAME, "name", p->name != NULL ? p->name : "", err);
    if (st == REB_OK) st = plain_words(out->team, REB_PERSON_TEAM, "team", p->team != NULL ? p->team : "", err);
    if (st == REB_OK && out->name[0] == '\0') { /* what stands before the @, until they say better */
        size_t local = strcspn(out->email, "@");
        memcpy(out->name, out->email, local);
        out->name[local] = '\0';
    }
    if (st == REB_OK && hash != NULL) snprintf(out->password_hash, sizeof out->password_hash, "%s", hash);
    if (st != REB_OK) return st;
    return reb_store_write(s, add_work, &(adding){.p = out, .hash = hash, .now_us = now_us, .created_by = p->created_by}, err);
}

/* --- what owners change ----------------------------------------------------------------------------------------------------------- */

typedef struct altering {
    reb_person p;
    int64_t user_id, now_us;
    const reb_person_change *c;
    char team[REB_PERSON_TEAM + 1];
} altering;

static reb_status keep_an_owner(reb_store *s, const altering *a, reb_err *err) {
    bool stays = (!a->c->set_role || a->c->role == REB_ROLE_OWNER) && (!a->c->set_disabled || !a->c->disabled);
    if (a->p.role != REB_ROLE_OWNER || a->p.disabled_us != 0 || stays) return REB_OK;
    int64_t others = 0;
    bool found;
    reb_status st = reb_exec(s, REB_SQL_PERSON_HOLD_OWNERS, REB_NO_ARGS, NULL, err);
    if (st == REB_OK) st = reb_get_i64(&others, &found, s, REB_SQL_PERSON_OTHER_OWNERS, REB_ARGS(reb_i(a->user_id)), err);
    if (st != REB_OK || others > 0) return st;
    reb_fail(err, REB_E_LAST_OWNER, "This is the only owner who can enter: nobody would be left who can change people and settings.");
    reb_err_next(err, "Make somebody else an owner first.");
    return REB_E_LAST_OWNER;
}

static reb_status alter_work(reb_store *s, void *ctx, reb_err *err) {
    altering *a = ctx;
    const reb_person_change *c = a->c;
    reb_status st = reb_person_need(&a->p, s, a->user_id, err);
    if (st == REB_OK) st = keep_an_owner(s, a, err);
    bool new_role = c->set_role && c->role != a->p.role;
    bool shut = c->set_disabled && c->disabled && a->p.disabled_us == 0;
    if (st == REB_OK && new_role)
        st = reb_exec(s, REB_SQL_PERSON_SET_ROLE, REB_ARGS(reb_i(a->user_id), reb_t(reb_role_name(c->role)), reb_i(a->now_us)), NULL, err);
    if (st == REB_OK && c->set_team)
        st = reb_exec(s, REB_SQL_PERSON_SET_TEAM, REB_ARGS(reb_i(a->user_id), reb_t(a->team), reb_i(a->now_us)), NULL, err);
    if (st == REB_OK && (shut || (c->set_disabled && !c->disabled)))
        st = reb_exec(s, REB_SQL_PERSON_SET_DISABLED, REB_ARGS(reb_i(a->user_id), shut ? reb_i(a->now_us) : reb_null(), reb_i(a->now_us)),
                      NULL, err);
    if (st == REB_OK && shut) st = reb_exec(s, REB_SQL_LINK_DELETE_OF, REB_ARGS(reb_i(a->user_id)), NULL, err);
    if (st == REB_OK && (shut || new_role))
        st = reb_exec(s, REB_SQL_SESSION_DELETE_OTHERS, REB_ARGS(reb_i(a->user_id), reb_t("")), NULL, err);
    if (st == REB_OK) st = reb_person_need(&a->p, s, a->user_id, err);
    return st;
}

reb_status reb_person_alter(reb_person *out, reb_store *s, int64_t user_id, const reb_person_change *c, int64_t now_us, reb_err *err) {
    altering a = {.user_id = user_id, .now_us = now_us, .c = c};
    reb_status st = c->set_team ? plain_words(a.team, REB_PERSON_TEAM, "team", c->team != NULL ? c->team : "", err) : REB_OK;
    if (st == REB_OK) st = reb_store_write(s, alter_work, &a, err);
    if (st == REB_OK) *out = a.p;
    return st;
}

/* --- what people change of themselves ----------------------------------------------------------------------------------------------- */

static reb_status choose(char out[REB_PERSON_WORD], const char *what, const char *word, const char *choices, reb_err *err) {
    size_t n = strlen(word);
    for (const char *p = choices; n > 0 && *p != '\0';) {
        size_t len = strcspn(p, " ");
        if (len == n && memcmp(p, word, n) == 0) break;
        p += len + (p[len] == ' ');
        if (*p == '\0') return reb_fail(err, REB_E_INPUT, "%s is \"%.40s\"; it must be one of: %s.", what, word, choices);
    }
    memcpy(out, word, n + 1);
    return REB_OK;
}

typedef struct profiling {
    reb_person p;
    int64_t user_id, now_us;
    const reb_person_profile *c;
} profiling;

static reb_status profile_work(reb_store *s, void *ctx, reb_err *err) {
    profiling *a = ctx;
    const reb_person_profile *c = a->c;
    reb_person *p = &a->p;
    reb_status st = reb_person_need(p, s, a->user_id, err);
    if (st == REB_OK && c->name != NULL) {
        st = plain_words(p->name, REB_PERSON_NAME, "name", c->name, err);
        if (st == REB_OK && p->name[0] == '\0') st = reb_fail(err, REB_E_INPUT, "The name is empty.");
    }
    if (st == REB_OK && c->language != NULL) st = choose(p->language, "language", c->language, "en ar fa el", err);
    if (st == REB_OK && c->calendar != NULL) st = choose(p->calendar, "calendar", c->calendar, "gregorian persian hijri", err);
    if (st == REB_OK && c->digits != NULL) st = choose(p->digits, "digits", c->digits, "latin arabic persian", err);
    if (st == REB_OK && c->theme != NULL) st = choose(p->theme, "theme", c->theme, "light dark", err);
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_PERSON_SET_PROFILE,
                    REB_ARGS(reb_i(a->user_id), reb_t(p->name), reb_t(p->language), reb_t(p->calendar), reb_t(p->digits), reb_t(p->theme),
                             reb_i(a->now_us)),
                    NULL, err);
}

reb_status reb_person_profile_set(reb_person *out, reb_store *s, int64_t user_id, const reb_person_profile *c, int64_t now_us,
                                  reb_err *err) {
    profiling a = {.user_id = user_id, .now_us = now_us, .c = c};
    reb_status st = reb_store_write(s, profile_work, &a, err);
    if (st == REB_OK) *out = a.p;
    return st;
}

reb_status reb_person_password_set(reb_store *s, int64_t user_id, const char *hash, int64_t now_us, reb_err *err) {
    return reb_exec(s, REB_SQL_PERSON_SET_PASSWORD, REB_ARGS(reb_i(user_id), reb_t(hash), reb_i(now_us)), NULL, err);
}

reb_status reb_person_entered(reb_store *s, int64_t user_id, int64_t now_us, reb_err *err) {
    return reb_exec(s, REB_SQL_PERSON_SET_ENTERED, REB_ARGS(reb_i(user_id), reb_i(now_us)), NULL, err);
}

/* --- JSON --------------------------------------------------------------------------------------------------------------------------- */

void reb_person_json(reb_json *w, const reb_person *p, int64_t last_seen_us) {
    bool came = p->entered_us != 0 || p->password_hash[0] != '\0';
    reb_json_obj(w);
    reb_json_kid(w, "id", p->user_id);
    reb_json_kstr(w, "name", p->name);
    reb_json_kstr(w, "email", p->email);
    reb_json_kstr(w, "role", reb_role_name(p->role));
    reb_json_kstr(w, "team", p->team);
    reb_json_kstr(w, "state", p->disabled_us != 0 ? "disabled" : came ? "active" : "invited");
    reb_json_ktime(w, "created", p->created_us);
    if (last_seen_us != 0) {
        reb_json_ktime(w, "last_seen", last_seen_us);
    } else {
        reb_json_knull(w, "last_seen");
    }
    reb_json_obj_end(w);
}

reb_status reb_person_list_json(reb_json *w, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    reb_json_obj(w);
    reb_json_key(w, "users");
    reb_json_arr(w);
    reb_status st = reb_query(&q, s, REB_SQL_PERSON_LIST, REB_NO_ARGS, err);
    for (bool row = true; st == REB_OK && row;) {
        st = reb_step(q, &row, err);
        if (st != REB_OK || !row) break;
        reb_person p;
        read_row(&p, q);
        reb_person_json(w, &p, reb_col_i64(q, 13));
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}

void reb_person_me_json(reb_json *w, const reb_person *p) {
    reb_json_obj(w);
    reb_json_kid(w, "id", p->user_id);
    reb_json_kstr(w, "name", p->name);
    reb_json_kstr(w, "email", p->email);
    reb_json_kstr(w, "role", reb_role_name(p->role));
    reb_json_kstr(w, "team", p->team);
    reb_json_kstr(w, "language", p->language);
    reb_json_kstr(w, "calendar", p->calendar);
    reb_json_kstr(w, "digits", p->digits);
    reb_json_kstr(w, "theme", p->theme);
    reb_json_obj_end(w);
}
