#include "link.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *name;
    int64_t life_us;
} k_kinds[] = {[REB_LINK_WELCOME] = {"welcome", REB_US_PER_DAY},
               [REB_LINK_INVITE] = {"invite", 7 * REB_US_PER_DAY},
               [REB_LINK_RESET] = {"reset", REB_US_PER_DAY}};

const char *reb_link_kind_name(reb_link_kind k) {
    return k_kinds[k].name;
}

typedef struct making {
    const char *hash;
    const reb_link *link;
    int64_t created_by, now_us;
} making;

static reb_status make_work(reb_store *s, void *ctx, reb_err *err) {
    const making *m = ctx;
    reb_status st = reb_exec(s, REB_SQL_LINK_FORGET, REB_ARGS(reb_i(m->now_us)), NULL, err);
    if (st == REB_OK && m->link->user_id != 0) st = reb_exec(s, REB_SQL_LINK_DELETE_OF, REB_ARGS(reb_i(m->link->user_id)), NULL, err);
    if (st != REB_OK) return st;
    return reb_exec(s, REB_SQL_LINK_INSERT,
                    REB_ARGS(reb_t(m->hash), reb_t(k_kinds[m->link->kind].name), reb_i(m->link->user_id), reb_i(m->now_us),
                             reb_i(m->link->expires_us), reb_i(m->created_by)),
                    NULL, err);
}

reb_status reb_link_make(char secret[REB_SECRET_TEXT], reb_link *out, reb_store *s, reb_link_kind kind, int64_t user_id, int64_t created_by,
                         int64_t now_us, reb_err *err) {
    char hash[REB_SECRET_HASH];
    *out = (reb_link){.kind = kind, .user_id = user_id, .expires_us = now_us + k_kinds[kind].life_us};
    reb_status st = reb_secret_make(secret, err);
    if (st != REB_OK) return st;
    reb_secret_hash(hash, secret);
    return reb_store_write(s, make_work, &(making){.hash = hash, .link = out, .created_by = created_by, .now_us = now_us}, err);
}

static reb_status over(reb_err *err) {
    reb_fail(err, REB_E_LINK, "This link was used already, or is over.");
    reb_err_next(err, "Ask an owner for a new one.");
    return REB_E_LINK;
}

static reb_status find(reb_link *out, reb_store *s, const char *hash, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    bool known = false;
    reb_status st = reb_query(&q, s, REB_SQL_LINK_FIND, REB_ARGS(reb_t(hash)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        const char *kind = reb_col_text(q, 0);
        for (size_t i = 0; i < sizeof k_kinds / sizeof k_kinds[0]; i++) {
            if (strcmp(k_kinds[i].name, kind) != 0) continue;
            *out = (reb_link){.kind = (reb_link_kind)i, .user_id = reb_col_i64(q, 1), .expires_us = reb_col_i64(q, 2)};
            known = now_us < out->expires_us;
        }
    }
    reb_stmt_close(q);
    if (st == REB_OK && !known) st = over(err);
    return st;
}

reb_status reb_link_look(reb_link *out, reb_store *s, const char *secret, int64_t now_us, reb_err *err) {
    char hash[REB_SECRET_HASH];
    *out = (reb_link){0};
    if (!reb_secret_well_formed(secret)) return over(err);
    reb_secret_hash(hash, secret);
    return find(out, s, hash, now_us, err);
}

reb_status reb_link_use(reb_link *out, reb_store *s, const char *secret, int64_t now_us, reb_err *err) {
    char hash[REB_SECRET_HASH];
    int64_t gone = 0;
    reb_status st = reb_link_look(out, s, secret, now_us, err);
    if (st != REB_OK) return st;
    reb_secret_hash(hash, secret);
    st = reb_exec(s, REB_SQL_LINK_DELETE, REB_ARGS(reb_t(hash)), &gone, err);
    if (st == REB_OK && gone == 0) return over(err);
    if (st == REB_OK && out->kind == REB_LINK_WELCOME)
        st = reb_exec(s, REB_SQL_LINK_DELETE_KIND, REB_ARGS(reb_t(k_kinds[REB_LINK_WELCOME].name)), NULL, err);
    return st;
}

void reb_link_text(char *out, size_t size, const char *url, const reb_link *link, const char *secret) {
    snprintf(out, size, "%s/#/%s/%s", url, reb_link_kind_name(link->kind), secret);
}
