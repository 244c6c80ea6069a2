/* Things that many may be writing to at the same moment. In repeatable read, whoever waits for a row that somebody else is changing waits
   in vain: what it has read is old by then, and it must begin again. So nobody waits within a transaction: who finds a thing held begins
   again at once, and waits for its turn before that, while it has read nothing. Its second attempt finds the thing free and nobody changes
   it. */
#include "../base/rand.h"
#include "engine.h"

#include <string.h>

static int64_t key_of(const char *what, int64_t id) {
    return (int64_t)reb_hash64(reb_hash64(UINT64_C(0x686f6c64), what, strlen(what)), &id, sizeof id);
}

reb_status reb_store_hold(reb_store *s, const char *what, int64_t id, reb_err *err) {
    int64_t got = 0;
    bool row;
    if (s->depth == 0 || !s->tx_write) return reb_fail(err, REB_E_INTERNAL, "A thing is held within a write only.");
    if (reb_store_engine(s) != REB_ENGINE_PG) return REB_OK;
    int64_t key = key_of(what, id);
    for (unsigned i = 0; i < s->hold_count; i++)
        if (s->holds[i] == key) return REB_OK;
    if (s->hold_count == REB_HOLDS) return REB_OK; /* the server has no room for thousands; rows still stand on guard */
    s->holds[s->hold_count++] = key;
    reb_status st = reb_get_i64(&got, &row, s, REB_SQL_HOLD_TRY, REB_ARGS(reb_i(key)), err);
    if (st != REB_OK || got != 0) return st;
    s->tx_again = true;
    s->tx_doomed = true;
    reb_fail(err, REB_E_BUSY, "Others are writing to the same %s just now.", what);
    reb_err_next(err, "Try again in a moment.");
    return REB_E_BUSY;
}

/* In the order of their keys, so that two who need the same ones never wait for each other. */
static void sort(int64_t *keys, unsigned count) {
    for (unsigned i = 1; i < count; i++) {
        int64_t key = keys[i];
        unsigned at = i;
        for (; at > 0 && keys[at - 1] > key; at--) keys[at] = keys[at - 1];
        keys[at] = key;
    }
}

reb_status reb_holds_take(reb_store *s, reb_err *err) {
    reb_err why = {0};
    sort(s->holds, s->hold_count);
    for (s->holds_taken = 0; s->holds_taken < s->hold_count; s->holds_taken++) {
        reb_status st = reb_exec(s, REB_SQL_HOLD_TAKE, REB_ARGS(reb_i(s->holds[s->holds_taken])), NULL, &why);
        if (st == REB_E_BUSY) {
            reb_fail(&why, st, "Others have been writing to the same thing for too long.");
            reb_err_next(&why, "Try again in a moment.");
        }
        if (st != REB_OK) {
            if (err != NULL) *err = why;
            return st;
        }
        s->leases++; /* a connection that is lost takes them with it, and must then not be made anew unseen */
    }
    return REB_OK;
}

void reb_holds_drop(reb_store *s) {
    reb_err ignored = {0};
    for (; s->holds_taken > 0; s->holds_taken--) {
        reb_exec(s, REB_SQL_HOLD_DROP, REB_ARGS(reb_i(s->holds[s->holds_taken - 1])), NULL, &ignored);
        s->leases--;
    }
}
