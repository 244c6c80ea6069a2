/* Giving, asking, answering, taking back. */
#include "case_internal.h"
#include "gesture_internal.h"
#include "promise.h"

#include "../domain/customer.h"
#include "../domain/derive.h"
#include "../domain/note.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { WHY_MOST = 2000 };

typedef struct acting {
    const reb_gesture_ctx *c;
    reb_gesture_done *out;
    const reb_gesture_give_in *give; /* giving */
    int64_t gesture_id;              /* answering */
    reb_gesture_state to;
    const char *why;
    reb_gesture_person told; /* who is told by mail once it is asked */
} acting;

static reb_case_by by_of(const reb_gesture_ctx *c, int64_t seen_seq, const char *key) {
    return (reb_case_by){.business = c->business,
                         .ids = c->ids,
                         .now_us = c->now_us,
                         .who = c->who,
                         .user_id = c->user_id,
                         .seen_seq = seen_seq,
                         .key = key};
}

static reb_status conflict(reb_err *err, const char *reason, const char *next, const char *detail) {
    reb_fail(err, REB_E_CONFLICT, "%s", detail);
    if (next != NULL) reb_err_next(err, "%s", next);
    reb_err_reason(err, reason);
    return REB_E_CONFLICT;
}

/* --- what stands in the way ----------------------------------------------------------------------------------------------------------- */

static reb_status blocked(const reb_gesture_option *o, reb_err *err) {
    static const struct {
        const char *reason, *detail, *next;
    } k_why[REB_GUARD_WHY_COUNT] = {
        [REB_GUARD_WHY_BELOW_RIGHT] = {"blocked_below_right", "That is less than what is theirs by right.",
                                       "Give at least what the standards say."},
        [REB_GUARD_WHY_GIVES_UP] = {"blocked_gives_up", "Nobody gives up a right for a gesture.", NULL},
        [REB_GUARD_WHY_NOT_EXTRA] = {"blocked_not_extra", "The standards do not name this as an extra for this kind of complaint.",
                                     "Choose one of those that rebound case gesture shows."},
        [REB_GUARD_WHY_OVER_MOST] = {"blocked_over_most", "That is more than the published table gives.", NULL},
        [REB_GUARD_WHY_ANONYMOUS] = {"blocked_anonymous", "Whoever is anonymous gets no offers; what is due by right they get.", NULL},
        [REB_GUARD_WHY_VALUE_UNKNOWN] = {"blocked_value_unknown", "It is a part of an order that is not known.",
                                         "Say which order the case is about."},
        [REB_GUARD_WHY_LOSES] = {"blocked_loses", "It costs more than it is expected to keep.", "Choose a smaller gesture."},
        [REB_GUARD_WHY_FLOOR] = {"blocked_floor", "This customer's margin would fall below the floor.",
                                 "Choose a smaller gesture, or let an owner allow investments: rebound set gesture_invest_most_minor"},
        [REB_GUARD_WHY_NOBODY] = {"blocked_nobody", "Nobody here may give so much.", "The limits stand in the standards."},
    };
    reb_guard_why why = o->answer.why;
    return conflict(err, k_why[why].reason != NULL ? k_why[why].reason : "blocked", k_why[why].next,
                    k_why[why].detail != NULL ? k_why[why].detail : "That may not be given.");
}

static bool in_list(const char **codes, int64_t count, const char *code) {
    for (int64_t i = 0; i < count; i++)
        if (strcmp(codes[i], code) == 0) return true;
    return false;
}

/* Which remedy, and by right or beyond. */
static reb_status choose(reb_gesture_option *o, const reb_gesture_ctx *c, const reb_gesture_view *v, const reb_gesture_give_in *in,
                         reb_err *err) {
    const reb_remedy *r = reb_remedy_find(v->standard, in->remedy != NULL ? in->remedy : "");
    if (r == NULL || v->kind == NULL) {
        reb_fail(err, REB_E_NOT_FOUND, "The standards of this case have no remedy \"%.40s\".", in->remedy != NULL ? in->remedy : "");
        reb_err_next(err, "rebound case gesture %" PRId64 " shows what there is.", v->number);
        return REB_E_NOT_FOUND;
    }
    bool is_due = in_list(v->kind->due, v->kind->due_count, r->code);
    bool owed = reb_case_owes(&v->owed, r->code);
    bool by_right = in->basis != NULL ? strcmp(in->basis, "due") == 0 : is_due && (owed || !v->due_given) && !v->not_upheld;
    if (v->closed && !owed)
        return conflict(err, "case_closed", "Open it again first: rebound case reopen",
                        "The case is closed: nothing is given in it any more but what was decided and is not given yet.");
    for (int64_t i = 0; i < v->given.count; i++) {
        const reb_gesture *g = &v->given.list[i];
        if (g->state == REB_GESTURE_ASKED && strcmp(g->remedy, r->code) == 0)
            return conflict(err, "asked_already", "Wait for the answer, or withdraw the question first.",
                            "That was asked for already and waits for an answer.");
    }
    if (!by_right) return reb_gesture_weigh(o, c, v, r, REB_BASIS_EXTRA, in->amount_minor, err);
    if (!is_due) return conflict(err, "not_due", NULL, "The standards do not give this by right for this kind of complaint.");
    if (v->not_upheld)
        return conflict(err, "not_upheld", "Open the case again if that was wrong.",
                        "The case was decided as not upheld: nothing is due in it.");
    if (v->due_given && !owed)
        return conflict(err, "due_given", "If there is something new to make good, open the case again.",
                        "What is due in this case was given already.");
    return reb_gesture_weigh(o, c, v, r, REB_BASIS_DUE, in->amount_minor, err);
}

/* How much is due is no way round the limits: it is at most what was paid, and has a reason where no order tells. */
static reb_status within_right(const reb_gesture_option *o, const reb_gesture_give_in *in, reb_err *err) {
    if (o->right_most_minor >= 0 && o->offer.value_minor > o->right_most_minor)
        return conflict(err, "over_order", "Say which order it is about; what goes beyond their right is a gesture.",
                        "By right nobody gets back more than was paid for the order.");
    if (!o->on_word || (in->why != NULL && in->why[strspn(in->why, " \t\r\n")] != '\0')) return REB_OK;
    reb_fail(err, REB_E_INPUT, "Say why so much: it is not known which order it is about.");
    reb_err_next(err, "Choose the order, or give the reason: --order NUMBER, or --why TEXT");
    reb_err_reason(err, "why_needed");
    return REB_E_INPUT;
}

static reb_status allowed(const reb_gesture_option *o, const reb_gesture_view *v, const reb_gesture_give_in *in, reb_err *err) {
    if (o->answer.verdict == REB_GUARD_BLOCKED) return blocked(o, err);
    if (o->amount_open && in->amount_minor == 0)
        return reb_fail(err, REB_E_INPUT, "Say how much: the standards leave the amount open, or the order is not known.");
    if (o->offer.basis == REB_BASIS_DUE) return within_right(o, in, err);
    if (v->held_out && !in->even_so && o->remedy->kind != REB_REMEDY_APOLOGY)
        return conflict(err, "held_out", "If you mean it, say so: --even-so.",
                        "Nothing beyond what is due is proposed in this case, so that the benefit of such gestures can be measured.");
    if (o->answer.investment && !in->invest)
        return conflict(
            err, "invest", "If you mean it, say so: --invest.",
            "This would leave the customer's margin thin for a time: it is given only on purpose, as an investment with an end date.");
    return REB_OK;
}

/* --- writing -------------------------------------------------------------------------------------------------------------------------- */

static reb_status weighed_text(const char **out, reb_arena *a, const reb_gesture_view *v, const reb_gesture_option *o, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_gesture_weighed_json(&w, v, o);
    reb_json_obj_end(&w);
    *out = b.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return *out != NULL ? REB_OK : reb_gesture_no_memory(err);
}

/* To the end of the last day, in the business's time. */
static int64_t valid_until(const reb_gesture_ctx *c, const reb_remedy *r) {
    if (r->validity_days <= 0) return 0;
    return reb_zone_day_start(c->business->zone, reb_business_day(c->business, c->now_us) + r->validity_days + 1) - 1;
}

static bool has_code(reb_remedy_kind k) {
    return k == REB_REMEDY_VOUCHER || k == REB_REMEDY_UPGRADE;
}

/* --- what is still to be done --------------------------------------------------------------------------------------------------------- */

bool reb_gesture_to_come(reb_remedy_kind kind) {
    return kind == REB_REMEDY_CALL || kind == REB_REMEDY_REPLACEMENT || kind == REB_REMEDY_REPAIR;
}

static reb_status default_due(int64_t *due_us, const reb_promise_ctx *p, reb_remedy_kind kind, reb_err *err) {
    reb_promise_time times[REB_PROMISE_TIMES];
    size_t count = 0;
    const char *wanted = kind == REB_REMEDY_CALL ? "next" : "days";
    reb_status st = reb_promise_times(times, &count, p, err);
    *due_us = p->now_us + (kind == REB_REMEDY_CALL ? 1 : 3) * REB_US_PER_DAY;
    for (size_t i = 0; st == REB_OK && i < count; i++)
        if (strcmp(times[i].code, wanted) == 0) *due_us = times[i].due_us;
    return st;
}

/* What is given and still to be done is promised: who does it and by when stand in the ledger, on Today and in the case. */
static reb_status promise_it(acting *a, const reb_gesture *g, const reb_remedy *r, const reb_standard *s, const reb_case_state *state,
                             int64_t keeper_id, int64_t by_us, reb_err *err) {
    const reb_gesture_ctx *c = a->c;
    const reb_promise_ctx p = {
        .store = c->store, .arena = c->arena, .business = c->business, .ids = c->ids, .now_us = c->now_us, .who = c->who, .actor = c->who};
    char key[48];
    reb_promise_row row;
    bool known = false;
    reb_status st = REB_OK;
    if (!reb_gesture_to_come(g->kind)) return REB_OK;
    snprintf(key, sizeof key, "gesture:%" PRId64, g->gesture_id);
    reb_promise_new n = {.kind = g->kind == REB_REMEDY_CALL     ? REB_PROMISE_CALL_BACK
                                 : g->kind == REB_REMEDY_REPAIR ? REB_PROMISE_REPAIR
                                                                : REB_PROMISE_DELIVERY,
                         .text = reb_words_in(&r->title, reb_business_text(c->business, REB_SETTING_LANGUAGE), s->first_language),
                         .due_us = by_us,
                         .owner_id = keeper_id != 0    ? keeper_id
                                     : c->user_id != 0 ? c->user_id
                                                       : state->assignee_id,
                         .case_number = g->number,
                         .key = key};
    if (n.text == NULL || n.text[0] == '\0') n.text = r->code;
    if (n.due_us == 0) st = default_due(&n.due_us, &p, g->kind, err);
    if (st == REB_OK) st = reb_promise_make(&row, &known, &p, &n, err);
    if (st != REB_OK) return st;
    a->out->promise_id = row.p.promise_id;
    a->out->promise_due_us = row.p.due_us;
    a->out->keeper_name = row.owner != NULL ? row.owner : "";
    return REB_OK;
}

/* Who is to do it and by when, as they were asked for: for whoever says yes. */
static const char *asked_data(reb_arena *a, const reb_gesture *g, int64_t keeper_id, int64_t by_us) {
    return reb_arena_printf(a,
                            "{\"remedy\":\"%s\",\"kind\":\"%s\",\"basis\":\"%s\",\"value_minor\":%" PRId64
                            ",\"currency\":\"%s\",\"keeper\":\"%" PRId64 "\",\"by\":\"%" PRId64 "\"}",
                            g->remedy, reb_remedy_kind_name(g->kind), reb_guard_basis_name(g->basis), g->value_minor, g->currency,
                            keeper_id, by_us);
}

static int64_t number_in(const char *json, const char *member) {
    cJSON *data = json != NULL ? cJSON_Parse(json) : NULL;
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, member));
    int64_t n = text != NULL ? strtoll(text, NULL, 10) : 0;
    cJSON_Delete(data);
    return n > 0 ? n : 0;
}

/* Taken back: it is no longer promised either. The promise stands in the log right after it. */
static reb_status release(const reb_gesture_ctx *c, const reb_case_doing *d, const reb_gesture *g, const char *why, reb_err *err) {
    const reb_promise_ctx p = {
        .store = c->store, .arena = c->arena, .business = c->business, .ids = c->ids, .now_us = c->now_us, .who = c->who, .actor = c->who};
    const reb_promise_step step = {.kind = REB_PROMISE_STEP_RELEASED};
    int64_t event_id = 0;
    reb_promise_row row;
    for (int64_t i = 0; i + 1 < d->log_count; i++) {
        const reb_case_event *e = &d->log[i];
        if (e->kind != REB_CASE_GESTURE || e->other_id != g->gesture_id || strcmp(e->word, "given") != 0) continue;
        if (e[1].kind != REB_CASE_PROMISED) return REB_OK;
        reb_status st = reb_promise_show(&row, &p, e[1].other_id, err);
        if (st != REB_OK || row.p.state != REB_PROMISE_OPEN) return st;
        return reb_promise_step_take(&row, &event_id, &p, e[1].other_id, &step, why, err);
    }
    return REB_OK;
}

static const char *event_data(reb_arena *a, const reb_gesture *g) {
    return reb_arena_printf(a, "{\"remedy\":\"%s\",\"kind\":\"%s\",\"basis\":\"%s\",\"value_minor\":%" PRId64 ",\"currency\":\"%s\"}",
                            g->remedy, reb_remedy_kind_name(g->kind), reb_guard_basis_name(g->basis), g->value_minor, g->currency);
}

static void tell_case(reb_case_doing *d, const reb_gesture *g, const char *word, const char *data, const char *why) {
    reb_case_event *e = reb_case_event_add(d, REB_CASE_GESTURE, word);
    e->other_id = g->gesture_id;
    e->data = data;
    if (g->state == REB_GESTURE_ASKED) e->user_id = g->approver_id, e->until_us = g->due_us;
    reb_case_words_add(d, "why", why);
}

/* Into the history of whoever the case is from, without a word of theirs. */
static reb_status into_history(reb_store *s, const reb_business *b, reb_ids *ids, int64_t now_us, const reb_gesture *g, int64_t whom_id,
                               reb_err *err) {
    char data[400];
    if (whom_id == 0) return REB_OK;
    snprintf(data, sizeof data,
             "{\"gesture\":\"%" PRId64 "\",\"case\":%" PRId64 ",\"remedy\":\"%s\",\"basis\":\"%s\",\"value_minor\":%" PRId64
             ",\"currency\":\"%s\",\"who\":\"%.80s\"}",
             g->gesture_id, g->number, g->remedy, reb_guard_basis_name(g->basis), g->value_minor, g->currency, g->ended_by);
    char ext[48];
    snprintf(ext, sizeof ext, "gesture:%" PRId64, g->gesture_id);
    const reb_hand_event e = {.customer_id = whom_id, .kind = "gesture", .ext_id = ext, .data = data, .occurred_us = g->ended_us};
    reb_status st = reb_hand_event_put(NULL, s, b, &e, now_us, ids, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_GESTURE_IN_HISTORY,
                      REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id), reb_i(whom_id)), NULL, err);
    return st == REB_OK ? reb_derive_customers(s, b, &whom_id, 1, err) : st;
}

/* It stands no longer in their history: taken back as any act by hand is. */
static reb_status out_of_history(reb_store *s, const reb_gesture_ctx *c, const reb_gesture *g, reb_err *err) {
    int64_t event_id = 0;
    bool found = false;
    char ext[48], data[160];
    if (g->event_customer_id == 0) return REB_OK;
    snprintf(ext, sizeof ext, "gesture:%" PRId64, g->gesture_id);
    reb_status st =
        reb_get_i64(&event_id, &found, s, REB_SQL_ACT_KNOWN, REB_ARGS(reb_t(ext), reb_t("gesture"), reb_i(g->event_customer_id)), err);
    if (st != REB_OK || !found) return st;
    snprintf(ext, sizeof ext, "undo:%" PRId64, event_id);
    snprintf(data, sizeof data, "{\"who\":\"%.80s\"}", c->who);
    const reb_hand_event e = {.customer_id = g->event_customer_id, .kind = "undo", .ext_id = ext, .data = data};
    st = reb_hand_event_put(NULL, s, c->business, &e, c->now_us, c->ids, err);
    return st == REB_OK ? reb_derive_customers(s, c->business, &g->event_customer_id, 1, err) : st;
}

static reb_status give_now(acting *a, reb_case_doing *d, reb_store *s, reb_gesture *g, int64_t valid_us, reb_err *err) {
    reb_status st = REB_OK;
    g->valid_until_us = valid_us;
    if (has_code(g->kind)) st = reb_voucher_add(a->out->code, s, g, a->c->now_us, valid_us, err);
    int64_t whom_id = d->state.whom_id;
    if (st == REB_OK && g->at.case_id != d->key.case_id) { /* asked in a case that was merged since: it is for whoever that one is from */
        reb_case_state own;
        st = reb_case_load(&own, s, d->arena, &g->at, err);
        if (st == REB_OK && own.whom_id != 0) whom_id = own.whom_id;
    }
    if (st == REB_OK) st = into_history(s, a->c->business, a->c->ids, a->c->now_us, g, whom_id, err);
    return st;
}

static reb_status ask(acting *a, reb_gesture *g, const reb_gesture_view *v, const reb_gesture_option *o, reb_err *err) {
    const reb_gesture_ctx *c = a->c;
    reb_person asked;
    bool found = false;
    a->told = (reb_gesture_person){.user_id = o->approver_id, .name = o->approver_name, .email = "", .language = ""};
    reb_status st = reb_gesture_person_of(&a->told, c->store, c->arena, o->answer.approver, c->user_id, "", 0, err);
    if (st == REB_OK && a->give->approver_id != 0) st = reb_person_get(&asked, &found, c->store, a->give->approver_id, err);
    if (st != REB_OK) return st;
    if (a->give->approver_id != 0) {
        int64_t rank = found && asked.disabled_us == 0 && asked.role != REB_ROLE_ANALYST ? reb_gesture_rank(asked.role) : -1;
        if (rank < o->answer.approver || asked.user_id == c->user_id)
            return reb_fail(err, REB_E_INPUT, "That person may not give so much either.");
        a->told = (reb_gesture_person){.user_id = asked.user_id,
                                       .name = reb_arena_strdup(c->arena, asked.name),
                                       .email = reb_arena_strdup(c->arena, asked.email),
                                       .language = reb_arena_strdup(c->arena, asked.language)};
        if (a->told.name == NULL || a->told.email == NULL || a->told.language == NULL) return reb_gesture_no_memory(err);
    }
    g->state = REB_GESTURE_ASKED;
    g->approver_id = a->told.user_id;
    g->approver_role = o->approver_role;
    a->out->approver_name = a->told.name;
    int64_t minutes = v->standard->approval_minutes > 0 ? v->standard->approval_minutes : 60;
    st = reb_gesture_open_add(&g->due_us, c, v->kind, c->now_us, minutes, err);
    if (st == REB_OK) st = reb_gesture_open_add(&g->remind_us, c, v->kind, c->now_us, (minutes + 1) / 2, err);
    return st;
}

static reb_status give_work(reb_case_doing *d, reb_store *s, const void *in, reb_err *err) {
    acting *a;
    memcpy(&a, in, sizeof a);
    const reb_gesture_ctx *c = a->c;
    reb_gesture_view v;
    reb_gesture_option o;
    reb_person keeper;
    const char *why = NULL;
    *a->out = (reb_gesture_done){.approver_name = "", .keeper_name = ""};
    a->told = (reb_gesture_person){0};
    reb_status st = reb_customer_lines(&why, c->arena, a->give->why, WHY_MOST, "The reason", err);
    if (st == REB_OK && d->state.stage == REB_STAGE_MERGED)
        st = reb_case_may(&d->state, &(reb_case_event){.kind = REB_CASE_GESTURE, .word = "given"}, err);
    if (st == REB_OK && a->give->keeper_id != 0) st = reb_person_need(&keeper, s, a->give->keeper_id, err);
    if (st == REB_OK && a->give->by_us != 0 && a->give->by_us <= c->now_us)
        st = reb_fail(err, REB_E_INPUT, "What is still to be done is done later than now: say by when.");
    if (st == REB_OK) st = reb_gesture_look(&v, c, d->at_number, a->give->order_ref, err);
    if (st == REB_OK) st = choose(&o, c, &v, a->give, err);
    if (st == REB_OK) st = allowed(&o, &v, a->give, err);
    if (st != REB_OK) return st;
    reb_gesture *g = &a->out->gesture;
    bool asks = o.answer.verdict == REB_GUARD_NEEDS_APPROVAL;
    *g = (reb_gesture){.at = v.at,
                       .gesture_id = reb_id_next(c->ids),
                       .number = v.number,
                       .remedy = o.remedy->code,
                       .kind = o.remedy->kind,
                       .basis = o.offer.basis,
                       .state = REB_GESTURE_GIVEN,
                       .standard_version = v.standard->version,
                       .currency = c->business->currency,
                       .value_minor = o.offer.value_minor,
                       .right_minor = o.offer.right_minor,
                       .cost_now_minor = o.offer.cost_now_minor,
                       .cost_used_minor = o.offer.cost_used_minor,
                       .turns = o.offer.basis == REB_BASIS_EXTRA ? o.offer.turns.likely : 0,
                       .invest_until_us = o.answer.investment ? c->now_us + o.answer.ends_days * REB_US_PER_DAY : 0,
                       .held_out = v.held_out && o.offer.basis == REB_BASIS_EXTRA,
                       .asked_us = c->now_us,
                       .asked_by = c->who,
                       .asker_id = c->user_id,
                       .approver_role = "",
                       .ended_by = ""};
    st = weighed_text(&g->weighed, c->arena, &v, &o, err);
    if (st == REB_OK && asks) st = ask(a, g, &v, &o, err);
    if (st == REB_OK && !asks) g->ended_us = c->now_us, g->ended_by = c->who, g->valid_until_us = valid_until(c, o.remedy);
    if (st == REB_OK) st = reb_gesture_insert(s, g, err);
    bool later = asks && reb_gesture_to_come(g->kind);
    const char *data = later ? asked_data(c->arena, g, a->give->keeper_id, a->give->by_us) : event_data(c->arena, g);
    if (st == REB_OK && data == NULL) st = reb_gesture_no_memory(err);
    if (st != REB_OK) return st;
    tell_case(d, g, asks ? "asked" : "given", data, why);
    if (!asks) st = give_now(a, d, s, g, g->valid_until_us, err);
    if (st == REB_OK && asks) st = reb_gesture_tell(c, g, &a->told, "asked", err);
    if (st == REB_OK) st = reb_case_end(d, s, err);
    return st == REB_OK && !asks ? promise_it(a, g, o.remedy, v.standard, &d->state, a->give->keeper_id, a->give->by_us, err) : st;
}

/* What the first time gave, to who asks with its key again. */
static reb_status given_before(reb_gesture_done *out, const reb_gesture_ctx *c, const reb_case_wrote *wrote, reb_err *err) {
    const reb_case_event *log = NULL;
    int64_t count = 0, gesture_id = 0;
    *out = (reb_gesture_done){.approver_name = ""};
    reb_status st = reb_case_events(&log, &count, c->store, c->arena, &wrote->at, err);
    for (int64_t i = 0; i < count && st == REB_OK; i++)
        if (log[i].seq == wrote->seq && log[i].kind == REB_CASE_GESTURE) gesture_id = log[i].other_id;
    if (st == REB_OK && gesture_id == 0) return reb_fail(err, REB_E_CONFLICT, "This key belongs to something else that was done.");
    if (st == REB_OK) st = reb_gesture_get(&out->gesture, c->store, c->arena, gesture_id, err);
    if (st == REB_OK && out->gesture.state == REB_GESTURE_GIVEN && has_code(out->gesture.kind))
        st = reb_voucher_code(out->code, c->store, gesture_id, err);
    return st;
}

reb_status reb_gesture_give(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t number, const reb_gesture_give_in *in, reb_err *err) {
    reb_case_wrote wrote;
    acting a = {.c = c, .out = out, .give = in};
    acting *at = &a;
    const reb_case_by by = by_of(c, in->seen_seq, in->key);
    if (in->basis != NULL && strcmp(in->basis, "due") != 0 && strcmp(in->basis, "extra") != 0)
        return reb_fail(err, REB_E_INPUT, "It is given as due or as extra, not as \"%.20s\".", in->basis);
    if (in->amount_minor < 0 || in->amount_minor > REB_GUARD_MOST_MINOR) return reb_fail(err, REB_E_INPUT, "That is no amount.");
    reb_status st = reb_case_run(&wrote, c->store, &by, number, false, false, give_work, &at, err);
    return st == REB_OK && wrote.known ? given_before(out, c, &wrote, err) : st;
}

/* --- answering ------------------------------------------------------------------------------------------------------------------------ */

/* The gesture in the words of today's guard, with the answering person as the giver. */
static reb_status weigh_again(reb_gesture_option *o, reb_gesture_view *v, const reb_gesture_ctx *c, const reb_gesture *g, int64_t number,
                              reb_err *err) {
    const char *ref = NULL;
    reb_status st = reb_gesture_look(v, c, number, ref, err);
    if (st != REB_OK) return st;
    const reb_remedy *r = reb_remedy_find(v->standard, g->remedy);
    if (r == NULL) return conflict(err, "blocked_not_extra", NULL, "The standards of this case no longer have this remedy.");
    /* The amounts are those that were asked for: only the customer, the business and the giver may have changed. */
    *o = (reb_gesture_option){.remedy = r, .approver_role = "", .approver_name = ""};
    st = reb_gesture_weigh(o, c, v, r, g->basis, g->value_minor, err);
    if (st != REB_OK || g->basis == REB_BASIS_DUE) return st; /* nothing is weighed: it is how much that somebody else says yes to */
    o->offer.value_minor = g->value_minor;
    o->offer.value_known = true;
    o->offer.cost_now_minor = g->cost_now_minor;
    o->offer.cost_used_minor = g->cost_used_minor;
    return reb_guard_weigh(&o->answer, &o->offer, &v->customer, &v->policy, &v->people, err);
}

static reb_status approve_work(reb_case_doing *d, reb_store *s, const void *in, reb_err *err) {
    acting *a;
    memcpy(&a, in, sizeof a);
    const reb_gesture_ctx *c = a->c;
    reb_gesture_view v;
    reb_gesture_option o;
    const char *weighed = NULL;
    *a->out = (reb_gesture_done){.approver_name = "", .keeper_name = ""};
    reb_gesture *g = &a->out->gesture;
    reb_status st = reb_gesture_get(g, s, c->arena, a->gesture_id, err);
    if (st == REB_OK && g->state != REB_GESTURE_ASKED)
        st = conflict(err, "gesture_over", "Look at the case again.", "Nobody waits for an answer about this gesture any more.");
    if (st == REB_OK && g->asker_id != 0 && g->asker_id == c->user_id) {
        st = reb_fail(err, REB_E_DENIED, "Who asks does not answer.");
        reb_err_reason(err, "own_gesture");
    }
    if (st == REB_OK) st = weigh_again(&o, &v, c, g, d->at_number, err);
    if (st == REB_OK && o.answer.verdict == REB_GUARD_BLOCKED) st = blocked(&o, err);
    if (st == REB_OK && o.answer.verdict == REB_GUARD_NEEDS_APPROVAL) {
        st = reb_fail(err, REB_E_DENIED, "That is beyond your own limit, too.");
        reb_err_reason(err, "over_limit");
    }
    if (st == REB_OK) st = weighed_text(&weighed, c->arena, &v, &o, err);
    if (st != REB_OK) return st;
    int64_t valid_us = valid_until(c, o.remedy);
    g->invest_until_us = o.answer.investment ? c->now_us + o.answer.ends_days * REB_US_PER_DAY : 0;
    g->turns = g->basis == REB_BASIS_EXTRA ? o.offer.turns.likely : 0;
    st = reb_gesture_end(s, g, REB_GESTURE_GIVEN, c->now_us, c->who, valid_us, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_GESTURE_REWEIGH,
                      REB_ARGS(reb_i(g->at.customer_id), reb_i(g->at.case_id), reb_i(g->gesture_id), reb_t(weighed), reb_i(g->turns),
                               reb_i(g->invest_until_us)),
                      NULL, err);
    g->state = REB_GESTURE_GIVEN;
    g->weighed = weighed;
    g->ended_us = c->now_us;
    g->ended_by = c->who;
    g->due_us = g->remind_us = 0;
    const char *data = event_data(c->arena, g);
    if (st == REB_OK && data == NULL) st = reb_gesture_no_memory(err);
    if (st != REB_OK) return st;
    int64_t keeper_id = g->asker_id, by_us = 0;
    for (int64_t i = 0; i < d->log_count; i++) {
        const reb_case_event *e = &d->log[i];
        if (e->kind != REB_CASE_GESTURE || e->other_id != g->gesture_id || strcmp(e->word, "asked") != 0) continue;
        if (number_in(e->data, "keeper") != 0) keeper_id = number_in(e->data, "keeper");
        by_us = number_in(e->data, "by");
    }
    if (by_us <= c->now_us) by_us = 0; /* it was answered too late for that */
    tell_case(d, g, "given", data, NULL);
    st = give_now(a, d, s, g, valid_us, err);
    if (st == REB_OK) st = reb_case_end(d, s, err);
    return st == REB_OK ? promise_it(a, g, o.remedy, v.standard, &d->state, keeper_id, by_us, err) : st;
}

/* Refused by an approver, dropped by who asked, or taken back after it was given. */
static reb_status end_work(reb_case_doing *d, reb_store *s, const void *in, reb_err *err) {
    acting *a;
    memcpy(&a, in, sizeof a);
    const reb_gesture_ctx *c = a->c;
    const char *why = NULL;
    bool cancelled = true;
    *a->out = (reb_gesture_done){.approver_name = "", .keeper_name = ""};
    reb_gesture *g = &a->out->gesture;
    reb_gesture_state to = a->to;
    reb_status st = reb_customer_lines(&why, c->arena, a->why, WHY_MOST, "The reason", err);
    if (st == REB_OK) st = reb_gesture_get(g, s, c->arena, a->gesture_id, err);
    if (st != REB_OK) return st;
    if (to == REB_GESTURE_WITHDRAWN && g->state == REB_GESTURE_ASKED) to = REB_GESTURE_DROPPED;
    if (to != REB_GESTURE_DROPPED && why == NULL) return reb_fail(err, REB_E_INPUT, "Say why: whoever is told no has a right to a reason.");
    reb_gesture_state from = to == REB_GESTURE_WITHDRAWN ? REB_GESTURE_GIVEN : REB_GESTURE_ASKED;
    if (g->state != from)
        return conflict(err, "gesture_over", "Look at the case again.",
                        "That is no longer possible: it was answered, used or taken back meanwhile.");
    if (to == REB_GESTURE_WITHDRAWN) {
        if (g->basis == REB_BASIS_DUE) return conflict(err, "due", NULL, "What is due by right is not taken back.");
        if (reb_gesture_rank(c->role) < 1) return reb_fail(err, REB_E_DENIED, "Managers and owners take back what was given.");
        if (has_code(g->kind)) st = reb_voucher_cancel(&cancelled, s, g->gesture_id, c->now_us, err);
        if (st == REB_OK && !cancelled) return conflict(err, "voucher_redeemed", NULL, "It was used already.");
    }
    if (to == REB_GESTURE_REFUSED && reb_gesture_rank(c->role) < 1)
        return reb_fail(err, REB_E_DENIED, "Managers and owners answer such questions.");
    if (st == REB_OK) st = reb_gesture_end(s, g, to, c->now_us, c->who, g->valid_until_us, err);
    if (st == REB_OK && to == REB_GESTURE_WITHDRAWN) st = out_of_history(s, c, g, err);
    g->state = to;
    g->ended_us = c->now_us;
    g->ended_by = c->who;
    g->due_us = g->remind_us = 0;
    const char *data = event_data(c->arena, g);
    if (st == REB_OK && data == NULL) st = reb_gesture_no_memory(err);
    if (st != REB_OK) return st;
    tell_case(d, g, reb_gesture_state_name(to), data, why);
    st = reb_case_end(d, s, err);
    return st == REB_OK && to == REB_GESTURE_WITHDRAWN ? release(c, d, g, why, err) : st;
}

static reb_status answer(acting *a, reb_status (*work)(reb_case_doing *, reb_store *, const void *, reb_err *), reb_err *err) {
    reb_case_wrote wrote;
    reb_gesture g;
    const reb_gesture_ctx *c = a->c;
    const reb_case_by by = by_of(c, 0, NULL);
    reb_status st = reb_gesture_get(&g, c->store, c->arena, a->gesture_id, err);
    return st == REB_OK ? reb_case_run(&wrote, c->store, &by, g.number, true, true, work, &a, err) : st;
}

reb_status reb_gesture_approve(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, reb_err *err) {
    acting a = {.c = c, .out = out, .gesture_id = gesture_id};
    return answer(&a, approve_work, err);
}

reb_status reb_gesture_refuse(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, const char *why, reb_err *err) {
    acting a = {.c = c, .out = out, .gesture_id = gesture_id, .to = REB_GESTURE_REFUSED, .why = why};
    return answer(&a, end_work, err);
}

reb_status reb_gesture_withdraw(reb_gesture_done *out, const reb_gesture_ctx *c, int64_t gesture_id, const char *why, reb_err *err) {
    acting a = {.c = c, .out = out, .gesture_id = gesture_id, .to = REB_GESTURE_WITHDRAWN, .why = why};
    return answer(&a, end_work, err);
}

/* --- what happens by itself ----------------------------------------------------------------------------------------------------------- */

typedef struct homeless {
    reb_case_key at;
    int64_t gesture_id, whom_id;
} homeless;

typedef struct housing {
    const reb_business *b;
    reb_ids *ids;
    int64_t now_us;
    reb_arena *arena;
    homeless one;
} housing;

static reb_status house_work(reb_store *s, void *ctx, reb_err *err) {
    const housing *h = ctx;
    reb_gesture g;
    reb_status st = reb_gesture_get(&g, s, h->arena, h->one.gesture_id, err);
    if (st != REB_OK || g.event_customer_id != 0) return st;
    return into_history(s, h->b, h->ids, h->now_us, &g, h->one.whom_id, err);
}

reb_status reb_gesture_house(int64_t *did, reb_store *s, reb_arena *a, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    homeless list[200];
    size_t count = 0;
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = reb_query(&q, s, REB_SQL_GESTURE_HOMELESS, REB_NO_ARGS, err);
    while (st == REB_OK && count < sizeof list / sizeof list[0] && (st = reb_step(q, &row, err)) == REB_OK && row)
        list[count++] = (homeless){{reb_col_i64(q, 0), reb_col_i64(q, 1)}, reb_col_i64(q, 2), reb_col_i64(q, 3)};
    reb_stmt_close(q);
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        housing h = {.b = b, .ids = ids, .now_us = now_us, .arena = a, .one = list[i]};
        st = reb_store_write(s, house_work, &h, err);
        if (st == REB_OK) (*did)++;
    }
    return st;
}
