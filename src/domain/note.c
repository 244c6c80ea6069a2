#include "note.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

reb_status reb_hand_event_put(int64_t *event_id, reb_store *s, const reb_business *b, const reb_hand_event *e, int64_t now_us, reb_ids *ids,
                              reb_err *err) {
    int64_t id = reb_id_next(ids);
    int64_t when_us = e->occurred_us != 0 ? e->occurred_us : now_us;
    char own_id[64];
    snprintf(own_id, sizeof own_id, "%.24s:%" PRId64, e->kind, id);
    const char *ext_id = e->ext_id != NULL ? e->ext_id : own_id;
    uint64_t hash = reb_hash64(0, e->data, strlen(e->data));
    int64_t stored_hash;
    memcpy(&stored_hash, &hash, sizeof stored_hash);
    reb_status st = reb_exec(s, REB_SQL_CUSTOMER_EVENT_INSERT,
                             REB_ARGS(reb_i(e->customer_id), reb_i(id), reb_t(e->kind), reb_t(ext_id), reb_i(when_us),
                                      reb_i(reb_business_day(b, when_us)), reb_t(""), reb_i(stored_hash), reb_t(e->data), reb_i(now_us)),
                             NULL, err);
    if (st == REB_OK && event_id != NULL) *event_id = id;
    return st;
}
