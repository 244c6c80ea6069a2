/* What Today proposes and what people answer: kinds of items, their short codes, and the acts done, not_now and wrong.
   Acts are events of source "rebound" with batch_id 0; nothing is ever changed or deleted. */
#ifndef REB_DOMAIN_ACT_H
#define REB_DOMAIN_ACT_H

#include "../base/arena.h"
#include "../base/clock.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../store/store.h"
#include "business.h"

#include <stdbool.h>
#include <stdint.h>

typedef enum reb_item_kind { REB_ITEM_CALL, REB_ITEM_FEEDBACK, REB_ITEM_NEGLECTED, REB_ITEM_WINBACK, REB_ITEM_KINDS } reb_item_kind;
const char *reb_item_kind_name(reb_item_kind k); /* "call", "feedback", "neglected", "winback" */
bool reb_item_kind_from_name(reb_item_kind *out, const char *name);

/* Six letters and digits that name an item: lower case, without i, l, o and u. The same customer, kind and episode always give the same.
 */
#define REB_ITEM_CODE 8
void reb_item_code(char out[REB_ITEM_CODE], int64_t customer_id, reb_item_kind kind, int64_t episode);

/* The item's name in the log: "item:CODE:KIND:EPISODE", of events shown and held_out. */
#define REB_ITEM_EXT 64
void reb_item_ext(char out[REB_ITEM_EXT], int64_t customer_id, reb_item_kind kind, int64_t episode);
bool reb_item_ext_read(reb_item_kind *kind, int64_t *episode, const char *ext_id);

typedef enum reb_act_kind { REB_ACT_DONE, REB_ACT_NOT_NOW, REB_ACT_WRONG } reb_act_kind;
const char *reb_act_kind_name(reb_act_kind a); /* "done", "not_now", "wrong": the event's kind */

typedef struct reb_act {
    reb_act_kind act;
    int64_t customer_id; /* head */
    reb_item_kind kind;
    const char *item;  /* code, or "" */
    int64_t until_day; /* not_now: the first day on which it may come back */
    const char *why;   /* not_now, wrong: reason; done: note; may be "" */
    const char *who;   /* who acts; NULL or "": nobody by name */
} reb_act;

typedef struct reb_act_result {
    int64_t event_id; /* of the act, also when it was known: what undo takes */
    bool known;       /* the same act was recorded before on this day; nothing was written */
} reb_act_result;

/* What the code of an item that was shown stands for; as a person may have typed it (capitals, o for 0, l for 1).
   Errors: NOT_FOUND, CONFLICT (two customers), STORE. */
reb_status reb_item_find(int64_t *customer_id, reb_item_kind *kind, int64_t *episode, reb_store *s, const char *item, reb_err *err);

/* Records an act as of now_us, in a transaction of its own (or the one that is open). The
   same act twice on one day is recorded once, whoever it was, unless it was taken back (undo.h). Errors: NOT_FOUND, USAGE (not_now without
   a later day or a reason, wrong without a reason), STORE. */
reb_status reb_act_record(reb_act_result *out, reb_store *s, const reb_business *b, const reb_act *act, int64_t now_us, reb_ids *ids,
                          reb_err *err);

/* {"act","customer_id","kind","item","until","known","event_id"}: the same in the commands' --json and in the API. */
void reb_act_json(reb_json *w, const reb_act *act, const reb_act_result *r);

#endif
