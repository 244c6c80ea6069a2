/* Merging cases, taking them apart again, and saying whose a case is. A merge is two events, one in each log; nothing is copied. */
#include "case_internal.h"

#include "../domain/customer.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Writes events of the actor to another case than the one acted on. */
static reb_status also(const reb_case_doing *d, reb_store *s, const reb_case_key *key, reb_case_event *events, int64_t count,
                       reb_err *err) {
    const reb_case_writing w = {.business = d->by->business, .now_us = d->by->now_us};
    for (int64_t i = 0; i < count; i++) {
        events[i].who = d->by->who;
        if (events[i].word == NULL) events[i].word = "";
    }
    return reb_case_append(NULL, s, d->arena, key, events, count, NULL, 0, &w, err);
}

/* --- what goes on in the other one ------------------------------------------------------------------------------------------------------

   {"waits"?,"laws"?:[{"case","kind","standard","since"}]} of case_event.h: since when the customer waits for an answer, and what the law
   asks of the case and of those it had taken in. */

static void add_law(cJSON *laws, int64_t case_id, const char *kind, int64_t standard, int64_t since_us) {
    char text[24];
    cJSON *law = cJSON_CreateObject();
    snprintf(text, sizeof text, "%" PRId64, case_id);
    cJSON_AddStringToObject(law, "case", text);
    cJSON_AddStringToObject(law, "kind", kind);
    snprintf(text, sizeof text, "%" PRId64, standard);
    cJSON_AddStringToObject(law, "standard", text);
    snprintf(text, sizeof text, "%" PRId64, since_us);
    cJSON_AddStringToObject(law, "since", text);
    if (!cJSON_AddItemToArray(laws, law)) cJSON_Delete(law);
}

static bool let_go_later(const reb_case_event *log, int64_t count, int64_t took_in) {
    for (int64_t i = took_in + 1; i < count; i++)
        if (log[i].kind == REB_CASE_LET_GO && log[i].other_id == log[took_in].other_id) return true;
    return false;
}

static bool names_case(const cJSON *law, const cJSON *of) {
    const char *x = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(law, "case"));
    const cJSON *one;
    cJSON_ArrayForEach(one, of) {
        const char *y = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "case"));
        if (x != NULL && y != NULL && strcmp(x, y) == 0) return true;
    }
    return false;
}

/* Adds those that the cases it holds brought with them; `only` 0: all of them, else that one; but not those of cases in `but` (may be
   NULL). */
static void add_held(cJSON *laws, const reb_case_event *log, int64_t count, int64_t only, const cJSON *but) {
    for (int64_t i = 0; i < count; i++) {
        if (log[i].kind != REB_CASE_TOOK_IN || log[i].data == NULL || let_go_later(log, count, i)) continue;
        if (only != 0 && log[i].other_id != only) continue;
        cJSON *data = cJSON_Parse(log[i].data);
        const cJSON *law;
        cJSON_ArrayForEach(law, cJSON_GetObjectItemCaseSensitive(data, "laws")) {
            if (names_case(law, but)) continue;
            cJSON *copy = cJSON_Duplicate(law, true);
            if (copy != NULL && !cJSON_AddItemToArray(laws, copy)) cJSON_Delete(copy);
        }
        cJSON_Delete(data);
    }
}

/* The text of the data; NULL where there is nothing to say. Takes `laws`. */
static reb_status owed_text(const char **out, reb_arena *a, int64_t waits_us, cJSON *laws, reb_err *err) {
    cJSON *data = cJSON_CreateObject();
    char text[24];
    *out = NULL;
    snprintf(text, sizeof text, "%" PRId64, waits_us);
    if (waits_us != 0) cJSON_AddStringToObject(data, "waits", text);
    bool any = cJSON_GetArraySize(laws) > 0;
    if (!any || !cJSON_AddItemToObject(data, "laws", laws)) cJSON_Delete(laws);
    char *printed = any || waits_us != 0 ? cJSON_PrintUnformatted(data) : NULL;
    if (printed != NULL) *out = reb_arena_strdup(a, printed);
    cJSON_free(printed);
    cJSON_Delete(data);
    return *out != NULL || (!any && waits_us == 0) ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* What the case acted on is owed, before its clocks stop. What we have said in the other one since they spoke answers them too: it is the
   same complaint. */
static reb_status owed_by(const char **out, const reb_case_doing *d, const reb_case_state *other, reb_store *s, reb_err *err) {
    const reb_case_clock *clocks = NULL;
    int64_t count = 0;
    bool waits = reb_case_is_open(&d->state) && d->state.unanswered && d->state.last_in_us > other->last_out_us;
    int64_t waits_us = waits ? d->state.last_in_us : 0;
    bool law = false;
    *out = NULL;
    reb_status st = reb_case_clocks_read(&clocks, &count, s, d->arena, &d->key, err);
    if (st != REB_OK) return st;
    for (int64_t i = 0; i < count; i++) {
        if (clocks[i].ended_us != 0) continue;
        if (clocks[i].kind == REB_CLOCK_REGULATORY) law = true;
        if (waits_us != 0 && (clocks[i].kind == REB_CLOCK_FIRST_ANSWER || clocks[i].kind == REB_CLOCK_NEXT_ANSWER))
            waits_us = clocks[i].started_us;
    }
    cJSON *laws = cJSON_CreateArray();
    if (law) {
        add_held(laws, d->log, d->log_count, 0, NULL);
        add_law(laws, d->key.case_id, d->state.kind, d->state.standard_version, d->state.received_us);
    }
    return owed_text(out, d->arena, waits_us, laws, err);
}

/* --- merging ----------------------------------------------------------------------------------------------------------------------------
 */

static reb_status merge(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    int64_t into = *(const int64_t *)arg;
    int64_t end = 0;
    reb_case_key winner;
    reb_case_state other;
    reb_case_event events[2] = {{.kind = REB_CASE_TOOK_IN, .other_id = d->key.case_id, .until_us = d->state.opened_us},
                                {.kind = REB_CASE_REOPENED, .word = "customer"}};
    reb_status st = reb_case_chain(&winner, &end, s, into, err);
    if (st != REB_OK) return st;
    if (winner.case_id == d->key.case_id) {
        reb_fail(err, REB_E_CONFLICT, "Case C-%" PRId64 " %s.", d->number,
                 into == d->number ? "cannot be merged into itself" : "goes on for the other one already: merging would be a circle");
        if (into != d->number) reb_err_next(err, "Take C-%" PRId64 " out first: rebound case unmerge C-%" PRId64, into, into);
        return REB_E_CONFLICT;
    }
    st = reb_case_load(&other, s, d->arena, &winner, err);
    if (st == REB_OK) st = owed_by(&events[0].data, d, &other, s, err);
    if (st != REB_OK) return st;
    /* A complaint that is open does not vanish behind one that is closed. */
    bool again = other.stage == REB_STAGE_CLOSED && reb_case_is_open(&d->state);
    reb_case_event_add(d, REB_CASE_MERGED, "")->other_id = winner.case_id;
    st = reb_case_end(d, s, err);
    return st == REB_OK ? also(d, s, &winner, events, again ? 2 : 1, err) : st;
}

reb_status reb_case_merge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t into, reb_err *err) {
    reb_status st = reb_case_run(out, s, by, number, false, false, merge, &into, err);
    if (st == REB_OK) reb_case_tell(s, into, by->now_us);
    return st;
}

static reb_status find_by_id(reb_case_key *out, reb_store *s, int64_t case_id, reb_err *err) {
    int64_t number = 0;
    reb_status st = reb_case_number_of(&number, s, case_id, err);
    return st == REB_OK ? reb_case_find(out, s, number, err) : st;
}

static reb_status unmerge(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    (void)arg;
    if (d->state.stage != REB_STAGE_MERGED) {
        reb_fail(err, REB_E_CONFLICT, "Case C-%" PRId64 " is not merged into another.", d->number);
        return REB_E_CONFLICT;
    }
    reb_case_key at;
    int64_t winner_id = d->state.merged_case_id;
    cJSON *gone = cJSON_CreateArray(); /* what went up the chain with it */
    add_law(gone, d->key.case_id, "", 0, 0);
    add_held(gone, d->log, d->log_count, 0, NULL);
    reb_case_event_add(d, REB_CASE_UNMERGED, "")->other_id = winner_id;
    reb_case_event out[2] = {{.kind = REB_CASE_LET_GO, .other_id = d->key.case_id}, {.kind = REB_CASE_TOOK_IN}};
    reb_status st = reb_case_end(d, s, err);
    if (st == REB_OK) st = find_by_id(&at, s, winner_id, err);
    if (st == REB_OK) st = also(d, s, &at, out, 1, err);
    /* Where that one was merged on, its receipt and its laws are told anew up the chain. */
    for (int step = 0; st == REB_OK && step < 1000; step++) {
        reb_case_state c;
        const reb_case_event *log = NULL;
        int64_t count = 0;
        st = reb_case_load(&c, s, d->arena, &at, err);
        if (st != REB_OK || c.stage != REB_STAGE_MERGED) break;
        out[0].other_id = out[1].other_id = at.case_id;
        out[1].until_us = c.opened_us;
        st = find_by_id(&at, s, c.merged_case_id, err);
        if (st == REB_OK) st = reb_case_events(&log, &count, s, d->arena, &at, err);
        if (st != REB_OK) break;
        cJSON *laws = cJSON_CreateArray();
        add_held(laws, log, count, out[0].other_id, gone);
        st = owed_text(&out[1].data, d->arena, 0, laws, err);
        if (st == REB_OK) st = also(d, s, &at, out, 2, err);
    }
    cJSON_Delete(gone);
    return st;
}

reb_status reb_case_unmerge(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, unmerge, NULL, err);
}

static reb_status identify(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    int64_t customer_id = *(const int64_t *)arg;
    reb_customer_state c = {0};
    reb_status st = REB_OK;
    if (d->state.anonymous && customer_id != 0) {
        reb_fail(err, REB_E_CONFLICT, "Whoever sent C-%" PRId64 " does not want to be known.", d->number);
        reb_err_next(err, "They can tell who they are through the status page.");
        return REB_E_CONFLICT;
    }
    if (customer_id != 0) st = reb_customer_state_get(&c, s, customer_id, err);
    if (st != REB_OK) return st;
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    if (d->state.whom_id == c.head_id) return REB_OK;
    reb_case_event_add(d, REB_CASE_IDENTIFIED, "")->other_id = c.head_id;
    return reb_case_end(d, s, err);
}

reb_status reb_case_identify(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t customer_id, reb_err *err) {
    return reb_case_run(out, s, by, number, false, true, identify, &customer_id, err);
}
