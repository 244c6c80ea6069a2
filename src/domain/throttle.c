#include "throttle.h"

#include "session.h"

#include <stdio.h>
#include <string.h>

/* A count allows `free` failures, then makes wait first_us, twice that, ... up to most_us; it is forgotten after forget_us without one. */
typedef struct rule {
    const char *name;
    int64_t free, first_us, most_us, forget_us;
} rule;

#define SECONDS(n) ((n)*REB_US_PER_SECOND)
static const rule k_pair = {"pair", 4, SECONDS(1), SECONDS(900), SECONDS(3600)};
static const rule k_address = {"address", 20, SECONDS(1), SECONDS(300), SECONDS(3600)};
static const rule k_account = {"account", 10, SECONDS(40), SECONDS(40), SECONDS(3600)}; /* 10, then one each 40 s: 100 an hour */
static const rule k_known = {"known", 9, SECONDS(1), SECONDS(60), SECONDS(3600)};

enum { BUCKETS = 3 };
typedef struct bucket {
    const rule *rule;
    char key[REB_SECRET_HASH];
} bucket;

static void name_bucket(bucket *b, const rule *r, const char *email, const char *address) {
    char text[700];
    snprintf(text, sizeof text, "%s\n%s\n%s", r->name, email, address);
    b->rule = r;
    reb_secret_hash(b->key, text);
}

static size_t buckets_of(bucket out[BUCKETS], const reb_attempt *a) {
    char network[REB_ADDRESS_TEXT];
    const char *address = a->address;
    if (strchr(address, ':') != NULL && strchr(address, '.') == NULL) { /* one subscriber has many IPv6 addresses */
        reb_address_cut(network, address);
        address = network;
    }
    if (a->known[0] != '\0') {
        name_bucket(&out[0], &k_known, a->email, a->known);
        return 1;
    }
    name_bucket(&out[0], &k_pair, a->email, address);
    name_bucket(&out[1], &k_address, "", address);
    name_bucket(&out[2], &k_account, a->email, "");
    return 3;
}

typedef struct count {
    int64_t failures, last_us, wait_until_us;
} count;

static reb_status read_count(count *c, reb_store *s, const bucket *b, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *c = (count){0};
    reb_status st = reb_query(&q, s, REB_SQL_ATTEMPT_GET, REB_ARGS(reb_t(b->key)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row && now_us - reb_col_i64(q, 1) < b->rule->forget_us)
        *c = (count){.failures = reb_col_i64(q, 0), .last_us = reb_col_i64(q, 1), .wait_until_us = reb_col_i64(q, 2)};
    reb_stmt_close(q);
    return st;
}

static reb_status write_count(reb_store *s, const bucket *b, const count *c, reb_err *err) {
    return reb_exec(s, REB_SQL_ATTEMPT_PUT, REB_ARGS(reb_t(b->key), reb_i(c->failures), reb_i(c->last_us), reb_i(c->wait_until_us)), NULL,
                    err);
}

static int64_t wait_after(const rule *r, int64_t failures) {
    int64_t over = failures - r->free;
    if (over <= 0) return 0;
    int64_t wait = r->first_us;
    for (int64_t i = 1; i < over && wait < r->most_us; i++) wait *= 2;
    return wait < r->most_us ? wait : r->most_us;
}

typedef struct taking {
    const reb_attempt *a;
    int64_t now_us, wait_us;
} taking;

static reb_status take_work(reb_store *s, void *ctx, reb_err *err) {
    taking *t = ctx;
    bucket b[BUCKETS];
    count c[BUCKETS];
    size_t n = buckets_of(b, t->a);
    t->wait_us = 0;
    reb_status st = REB_OK;
    for (size_t i = 0; i < n && st == REB_OK; i++) {
        st = read_count(&c[i], s, &b[i], t->now_us, err);
        if (c[i].wait_until_us - t->now_us > t->wait_us) t->wait_us = c[i].wait_until_us - t->now_us;
    }
    if (st != REB_OK || t->wait_us > 0) return st;
    for (size_t i = 0; i < n && st == REB_OK; i++) {
        c[i].failures++;
        c[i].last_us = t->now_us;
        c[i].wait_until_us = t->now_us + wait_after(b[i].rule, c[i].failures);
        st = write_count(s, &b[i], &c[i], err);
    }
    bool sweeps = b[0].key[0] == '0'; /* one in sixteen, so that a flood of attempts is not a flood of sweeping */
    if (st == REB_OK && sweeps) st = reb_exec(s, REB_SQL_ATTEMPT_FORGET, REB_ARGS(reb_i(t->now_us - REB_US_PER_DAY)), NULL, err);
    return st;
}

reb_status reb_throttle_take(unsigned *wait_s, reb_store *s, const reb_attempt *a, int64_t now_us, reb_err *err) {
    taking t = {.a = a, .now_us = now_us};
    *wait_s = 0;
    reb_status st = reb_store_write(s, take_work, &t, err);
    if (st != REB_OK || t.wait_us == 0) return st;
    *wait_s = (unsigned)((t.wait_us + REB_US_PER_SECOND - 1) / REB_US_PER_SECOND);
    reb_fail(err, REB_E_THROTTLED, "Too many attempts: wait %u second%s.", *wait_s, *wait_s == 1 ? "" : "s");
    reb_err_next(err, "Whoever cannot wait asks an owner for a link to set a new password.");
    return REB_E_THROTTLED;
}

static reb_status clear_work(reb_store *s, void *ctx, reb_err *err) {
    const taking *t = ctx;
    bucket b[BUCKETS];
    size_t n = buckets_of(b, t->a);
    reb_status st = reb_exec(s, REB_SQL_ATTEMPT_DELETE, REB_ARGS(reb_t(b[0].key)), NULL, err);
    for (size_t i = 1; i < n && st == REB_OK; i++) { /* others may be counted there too: only this one is taken back */
        count c;
        st = read_count(&c, s, &b[i], t->now_us, err);
        if (st != REB_OK || c.failures == 0) continue;
        c.failures--;
        c.wait_until_us = 0;
        st = write_count(s, &b[i], &c, err);
    }
    return st;
}

reb_status reb_throttle_clear(reb_store *s, const reb_attempt *a, int64_t now_us, reb_err *err) {
    return reb_store_write(s, clear_work, &(taking){.a = a, .now_us = now_us}, err);
}

/* --- known places --------------------------------------------------------------------------------------------------------------------- */

static const int64_t k_place_us = 180 * REB_US_PER_DAY;

/* The network together with the person: the same network of two people is not seen to be one. */
static void network_place(char out[REB_SECRET_HASH], int64_t user_id, const char *address) {
    char network[REB_ADDRESS_TEXT];
    char text[120];
    reb_address_cut(network, address);
    snprintf(text, sizeof text, "network\n%lld\n%s", (long long)user_id, network);
    reb_secret_hash(out, text);
}

static void cookie_place(char out[REB_SECRET_HASH], const char *known) {
    out[0] = '\0';
    if (known != NULL && reb_secret_well_formed(known)) reb_secret_hash(out, known);
}

reb_status reb_known_place(char out[REB_SECRET_HASH], reb_store *s, int64_t user_id, const char *known, const char *address, int64_t now_us,
                           reb_err *err) {
    char cookie[REB_SECRET_HASH];
    char network[REB_SECRET_HASH];
    bool row = true;
    bool by_network = false;
    reb_stmt *q = NULL;
    out[0] = '\0';
    cookie_place(cookie, known);
    network_place(network, user_id, address);
    reb_status st =
        reb_query(&q, s, REB_SQL_PLACE_KNOWN, REB_ARGS(reb_i(user_id), reb_t(cookie), reb_t(network), reb_i(now_us - k_place_us)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        if (strcmp(reb_col_text(q, 0), network) == 0) {
            by_network = true;
        } else {
            memcpy(out, cookie, sizeof cookie);
        }
    }
    reb_stmt_close(q);
    if (by_network && out[0] == '\0') reb_secret_hash(out, address); /* a neighbour's attempts are not this one's */
    return st;
}

reb_status reb_known_cookie(bool *out, reb_store *s, const char *known, reb_err *err) {
    char cookie[REB_SECRET_HASH];
    int64_t n = 0;
    bool found;
    cookie_place(cookie, known);
    reb_status st = reb_get_i64(&n, &found, s, REB_SQL_PLACE_ANY, REB_ARGS(reb_t(cookie)), err);
    *out = n > 0;
    return st;
}

reb_status reb_known_place_put(reb_store *s, int64_t user_id, const char *known, const char *address, int64_t now_us, reb_err *err) {
    char cookie[REB_SECRET_HASH];
    char network[REB_SECRET_HASH];
    cookie_place(cookie, known);
    network_place(network, user_id, address);
    reb_status st = reb_exec(s, REB_SQL_PLACE_FORGET, REB_ARGS(reb_i(now_us - k_place_us)), NULL, err);
    if (st == REB_OK && cookie[0] != '\0')
        st = reb_exec(s, REB_SQL_PLACE_PUT, REB_ARGS(reb_i(user_id), reb_t(cookie), reb_i(now_us)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_PLACE_PUT, REB_ARGS(reb_i(user_id), reb_t(network), reb_i(now_us)), NULL, err);
    return st;
}
