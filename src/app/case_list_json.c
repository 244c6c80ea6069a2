#include "case_list.h"

static void person(reb_json *w, const char *key, int64_t id, const char *name) {
    if (id == 0) {
        reb_json_knull(w, key);
        return;
    }
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_kid(w, "id", id);
    reb_json_kstr(w, "name", name);
    reb_json_obj_end(w);
}

static void time_or_null(reb_json *w, const char *key, int64_t us) {
    if (us != 0)
        reb_json_ktime(w, key, us);
    else
        reb_json_knull(w, key);
}

static void text_or_null(reb_json *w, const char *key, const char *text) {
    if (*text != '\0')
        reb_json_kstr(w, key, text);
    else
        reb_json_knull(w, key);
}

static void int_or_null(reb_json *w, const char *key, bool known, int64_t v) {
    if (known)
        reb_json_ki64(w, key, v);
    else
        reb_json_knull(w, key);
}

static void card(reb_json *w, const reb_case_row *r) {
    bool due = r->clocked && r->due_us != INT64_MAX;
    reb_json_obj(w);
    reb_json_ki64(w, "number", r->number);
    reb_json_kstr(w, "state", r->state);
    text_or_null(w, "outcome", r->outcome);
    reb_json_kstr(w, "kind", r->kind);
    reb_json_kstr(w, "kind_title", r->kind_title);
    reb_json_kstr(w, "subject", r->subject);
    reb_json_kstr(w, "name", r->name);
    person(w, "customer", r->customer_id, r->name);
    reb_json_kbool(w, "anonymous", r->anonymous);
    person(w, "assignee", r->assignee_id, r->assignee);
    person(w, "escalated", r->escalated_id, r->escalated);
    reb_json_kstr(w, "channel", r->channel);
    reb_json_kstr(w, "language", r->language);
    reb_json_ktime(w, "opened_at", r->opened_us);
    time_or_null(w, "closed_at", r->closed_us);
    reb_json_ktime(w, "last_at", r->last_us);
    if (due)
        reb_json_ktime(w, "due_at", r->due_us);
    else
        reb_json_knull(w, "due_at");
    text_or_null(w, "due_clock", r->due_clock);
    int_or_null(w, "open_left_us", due && r->open_known, r->open_left_us);
    int_or_null(w, "absolute_left_us", due, r->absolute_left_us);
    reb_json_kbool(w, "paused", r->paused);
    text_or_null(w, "waiting_for", r->waiting_for);
    time_or_null(w, "waiting_until", r->waiting_until_us);
    text_or_null(w, "severity", r->severity);
    reb_json_kbool(w, "safety", r->safety);
    reb_json_ki64(w, "reopened_count", r->reopened_count);
    text_or_null(w, "cause", r->cause);
    text_or_null(w, "rated", r->rated);
    int_or_null(w, "stake_minor", r->staked, r->stake_minor);
    reb_json_ki64(w, "seq", r->last_seq);
    reb_json_obj_end(w);
}

void reb_case_page_json(reb_json *w, const reb_case_page *p) {
    reb_json_obj(w);
    reb_json_ktime(w, "now", p->now_us);
    reb_json_kstr(w, "currency", p->currency);
    reb_json_key(w, "cases");
    reb_json_arr(w);
    for (size_t i = 0; i < p->count; i++) card(w, &p->rows[i]);
    reb_json_arr_end(w);
    int_or_null(w, "total", p->total >= 0, p->total);
    if (p->counted) {
        reb_json_key(w, "by_state");
        reb_json_obj(w);
        for (size_t i = 0; i < REB_CASE_STATES; i++) reb_json_ki64(w, reb_case_list_states[i], p->by_state[i]);
        reb_json_obj_end(w);
    } else {
        reb_json_knull(w, "by_state");
    }
    reb_json_kbool(w, "nobody", p->nobody);
    if (p->next != NULL)
        reb_json_kstr(w, "next", p->next);
    else
        reb_json_knull(w, "next");
    reb_json_obj_end(w);
}
