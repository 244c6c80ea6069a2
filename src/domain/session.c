#include "session.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- words for places --------------------------------------------------------------------------------------------------------------- */

void reb_address_cut(char out[REB_ADDRESS_TEXT], const char *address) {
    struct in_addr v4;
    struct in6_addr v6;
    char text[INET6_ADDRSTRLEN] = "";
    out[0] = '\0';
    if (strncmp(address, "::ffff:", 7) == 0 && strchr(address, '.') != NULL) address += 7; /* IPv4 as IPv6 sees it */
    if (inet_pton(AF_INET, address, &v4) == 1) {
        v4.s_addr &= htonl(0xFFFFFF00u);
        inet_ntop(AF_INET, &v4, text, sizeof text);
        snprintf(out, REB_ADDRESS_TEXT, "%.40s/24", text);
    } else if (inet_pton(AF_INET6, address, &v6) == 1) {
        memset(v6.s6_addr + 6, 0, 10);
        inet_ntop(AF_INET6, &v6, text, sizeof text);
        snprintf(out, REB_ADDRESS_TEXT, "%.40s/48", text);
    }
}

typedef struct mark {
    const char *sign, *word;
} mark;

static const char *first_mark(const char *text, const mark *marks, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (strstr(text, marks[i].sign) != NULL) return marks[i].word;
    return NULL;
}

void reb_device_words(char out[REB_SESSION_DEVICE], const char *user_agent) {
    /* The order tells: every browser also claims to be those below it. */
    static const mark k_browsers[] = {{"Edg", "Edge"},         {"OPR/", "Opera"},     {"SamsungBrowser", "Samsung Internet"},
                                      {"Firefox/", "Firefox"}, {"FxiOS/", "Firefox"}, {"CriOS/", "Chrome"},
                                      {"Chrome/", "Chrome"},   {"Safari/", "Safari"}};
    static const mark k_systems[] = {{"iPhone", "iPhone"}, {"iPad", "iPad"},     {"Android", "Android"}, {"Windows", "Windows"},
                                     {"Mac OS X", "Mac"},  {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};
    const char *agent = user_agent != NULL ? user_agent : "";
    const char *browser = first_mark(agent, k_browsers, sizeof k_browsers / sizeof k_browsers[0]);
    const char *on = first_mark(agent, k_systems, sizeof k_systems / sizeof k_systems[0]);
    if (browser == NULL) {
        snprintf(out, REB_SESSION_DEVICE, "%s", on != NULL ? on : "A program");
    } else {
        snprintf(out, REB_SESSION_DEVICE, "%s%s%s", browser, on != NULL ? " on " : "", on != NULL ? on : "");
    }
}

/* --- how long they live -----------------------------------------------------------------------------------------------------------------
 */

typedef struct limits {
    int64_t idle_us, all_us;
} limits;

static reb_status read_limits(limits *l, reb_store *s, reb_err *err) {
    int64_t idle_minutes = REB_SESSION_IDLE_MINUTES;
    int64_t hours = REB_SESSION_HOURS;
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_SESSION_LIMITS, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        int64_t v = strtoll(reb_col_text(q, 1), NULL, 10);
        if (v <= 0) continue;
        if (strcmp(reb_col_text(q, 0), "session_hours") == 0) {
            hours = v;
        } else {
            idle_minutes = v;
        }
    }
    reb_stmt_close(q);
    *l = (limits){.idle_us = idle_minutes * 60 * REB_US_PER_SECOND, .all_us = hours * 3600 * REB_US_PER_SECOND};
    return st;
}

/* Last seen is noted to the minute, so that minute is given. */
static bool lives(const limits *l, int64_t created_us, int64_t seen_us, int64_t now_us) {
    return now_us < seen_us + l->idle_us + REB_SESSION_TOUCH_US && now_us < created_us + l->all_us;
}

/* --- begin, find, end --------------------------------------------------------------------------------------------------------------- */

typedef struct beginning {
    const char *hash, *old_hash;
    const char *method, *device, *address;
    int64_t session_id, user_id, now_us;
} beginning;

static reb_status begin_work(reb_store *s, void *ctx, reb_err *err) {
    const beginning *b = ctx;
    limits l;
    reb_status st = read_limits(&l, s, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_SESSION_FORGET, REB_ARGS(reb_i(b->now_us - l.idle_us - REB_SESSION_TOUCH_US), reb_i(b->now_us - l.all_us)),
                      NULL, err);
    if (st == REB_OK && b->old_hash[0] != '\0') st = reb_exec(s, REB_SQL_SESSION_DELETE, REB_ARGS(reb_t(b->old_hash)), NULL, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_SESSION_INSERT,
                      REB_ARGS(reb_t(b->hash), reb_i(b->session_id), reb_i(b->user_id), reb_t(b->device), reb_t(b->address),
                               reb_t(b->method), reb_i(b->now_us)),
                      NULL, err);
    if (st == REB_OK) st = reb_person_entered(s, b->user_id, b->now_us, err);
    return st;
}

reb_status reb_session_begin(char secret[REB_SECRET_TEXT], reb_store *s, int64_t user_id, const char *method, const reb_place *place,
                             const char *old_secret, reb_ids *ids, int64_t now_us, reb_err *err) {
    char hash[REB_SECRET_HASH];
    char old_hash[REB_SECRET_HASH] = "";
    char address[REB_ADDRESS_TEXT];
    reb_status st = reb_secret_make(secret, err);
    if (st != REB_OK) return st;
    reb_secret_hash(hash, secret);
    if (old_secret != NULL) reb_secret_hash(old_hash, old_secret);
    reb_address_cut(address, place->address != NULL ? place->address : "");
    return reb_store_write(s, begin_work,
                           &(beginning){.hash = hash,
                                        .old_hash = old_hash,
                                        .method = method,
                                        .device = place->device != NULL ? place->device : "",
                                        .address = address,
                                        .session_id = reb_id_next(ids),
                                        .user_id = user_id,
                                        .now_us = now_us},
                           err);
}

reb_status reb_session_find(reb_session *out, bool *found, reb_store *s, const char *secret, int64_t now_us, reb_err *err) {
    char hash[REB_SECRET_HASH];
    reb_stmt *q = NULL;
    bool enters = false;
    *found = false;
    *out = (reb_session){0};
    if (!reb_secret_well_formed(secret)) return REB_OK;
    reb_secret_hash(hash, secret);
    reb_status st = reb_query(&q, s, REB_SQL_SESSION_FIND, REB_ARGS(reb_t(hash)), err);
    if (st == REB_OK) st = reb_step(q, found, err);
    if (st == REB_OK && *found) {
        out->session_id = reb_col_i64(q, 0);
        out->user_id = reb_col_i64(q, 1);
        out->created_us = reb_col_i64(q, 2);
        out->seen_us = reb_col_i64(q, 3);
        if (reb_role_read(&out->role, reb_col_text(q, 4), NULL) != REB_OK) out->role = REB_ROLE_NONE;
        snprintf(out->name, sizeof out->name, "%s", reb_col_text(q, 5));
        snprintf(out->team, sizeof out->team, "%s", reb_col_text(q, 6));
        enters = reb_col_null(q, 7);
    }
    reb_stmt_close(q);
    if (st != REB_OK || !*found) return st;
    limits l;
    st = read_limits(&l, s, err);
    *found = st == REB_OK && enters && out->role != REB_ROLE_NONE && lives(&l, out->created_us, out->seen_us, now_us);
    return st;
}

typedef struct touching {
    const char *hash;
    int64_t now_us;
} touching;

static reb_status touch_work(reb_store *s, void *ctx, reb_err *err) {
    const touching *t = ctx;
    return reb_exec(s, REB_SQL_SESSION_TOUCH, REB_ARGS(reb_t(t->hash), reb_i(t->now_us), reb_i(t->now_us - REB_SESSION_TOUCH_US + 1)), NULL,
                    err);
}

reb_status reb_session_touch(reb_store *s, const char *secret_hash, int64_t now_us, reb_err *err) {
    return reb_store_write(s, touch_work, &(touching){.hash = secret_hash, .now_us = now_us}, err);
}

typedef struct ending {
    const char *hash;
    int64_t user_id, session_id, gone;
} ending;

static reb_status end_work(reb_store *s, void *ctx, reb_err *err) {
    ending *e = ctx;
    if (e->session_id != 0)
        return reb_exec(s, REB_SQL_SESSION_DELETE_ONE, REB_ARGS(reb_i(e->user_id), reb_i(e->session_id)), &e->gone, err);
    if (e->user_id != 0) return reb_exec(s, REB_SQL_SESSION_DELETE_OTHERS, REB_ARGS(reb_i(e->user_id), reb_t(e->hash)), &e->gone, err);
    return reb_exec(s, REB_SQL_SESSION_DELETE, REB_ARGS(reb_t(e->hash)), &e->gone, err);
}

reb_status reb_session_end(reb_store *s, const char *secret, reb_err *err) {
    char hash[REB_SECRET_HASH];
    reb_secret_hash(hash, secret);
    return reb_store_write(s, end_work, &(ending){.hash = hash}, err);
}

reb_status reb_session_end_one(reb_store *s, int64_t user_id, int64_t session_id, reb_err *err) {
    ending e = {.user_id = user_id, .session_id = session_id};
    reb_status st = reb_store_write(s, end_work, &e, err);
    if (st == REB_OK && e.gone == 0) st = reb_fail(err, REB_E_NOT_FOUND, "There is no such session.");
    return st;
}

reb_status reb_session_end_all(int64_t *ended, reb_store *s, int64_t user_id, const char *keep_secret, reb_err *err) {
    char hash[REB_SECRET_HASH] = "";
    if (keep_secret != NULL) reb_secret_hash(hash, keep_secret);
    ending e = {.hash = hash, .user_id = user_id};
    reb_status st = reb_store_write(s, end_work, &e, err);
    if (ended != NULL) *ended = e.gone;
    return st;
}

reb_status reb_session_list_json(reb_json *w, reb_store *s, int64_t user_id, const char *current_secret, int64_t now_us, reb_err *err) {
    char current[REB_SECRET_HASH] = "";
    limits l;
    reb_stmt *q = NULL;
    bool row = true;
    if (current_secret != NULL) reb_secret_hash(current, current_secret);
    reb_status st = read_limits(&l, s, err);
    reb_json_obj(w);
    reb_json_key(w, "sessions");
    reb_json_arr(w);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_SESSION_LIST, REB_ARGS(reb_i(user_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (!lives(&l, reb_col_i64(q, 5), reb_col_i64(q, 6), now_us)) continue;
        reb_json_obj(w);
        reb_json_kid(w, "id", reb_col_i64(q, 1));
        reb_json_kstr(w, "device", reb_col_text(q, 2));
        reb_json_kstr(w, "address", reb_col_text(q, 3));
        reb_json_kstr(w, "method", reb_col_text(q, 4));
        reb_json_ktime(w, "created", reb_col_i64(q, 5));
        reb_json_ktime(w, "last_seen", reb_col_i64(q, 6));
        reb_json_kbool(w, "current", strcmp(reb_col_text(q, 0), current) == 0);
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}
