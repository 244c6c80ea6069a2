/* Customers as JSON, the same for the command's --json and the API. */
#include "../domain/privacy.h"
#include "customer.h"

#include <stdio.h>

static void kid_or_null(reb_json *w, const char *key, int64_t id) {
    if (id != 0) {
        reb_json_kid(w, key, id);
    } else {
        reb_json_knull(w, key);
    }
}

static void ktime_or_null(reb_json *w, const char *key, int64_t time_us) {
    if (time_us != 0) {
        reb_json_ktime(w, key, time_us);
    } else {
        reb_json_knull(w, key);
    }
}

static void row_members(reb_json *w, const reb_customer_row *r) {
    reb_json_kid(w, "id", r->customer_id);
    reb_json_kstr(w, "kind", r->kind);
    reb_json_kstr(w, "name", r->name);
    reb_json_kstr(w, "label", r->label);
    reb_json_kstr(w, "email", r->email);
    reb_json_kstr(w, "phone", r->phone);
    reb_json_kstr(w, "language", r->language);
    reb_json_kstr(w, "country", r->country);
    reb_json_ki64(w, "orders", r->order_count);
    reb_json_ki64(w, "purchase_days", r->purchase_day_count);
    if (r->bought) {
        reb_json_kday(w, "first_purchase", r->first_day);
        reb_json_kday(w, "last_purchase", r->last_day);
    } else {
        reb_json_knull(w, "first_purchase");
        reb_json_knull(w, "last_purchase");
    }
    reb_json_ki64(w, "net_minor", r->net_minor);
    ktime_or_null(w, "last_spoken", r->last_spoken_us);
    if (r->scored) {
        reb_json_kf64(w, "p_alive", r->p_alive);
        reb_json_ki64(w, "value_minor", r->value_minor);
        reb_json_ki64(w, "at_stake_minor", r->at_stake_minor);
    } else {
        reb_json_knull(w, "p_alive");
        reb_json_knull(w, "value_minor");
        reb_json_knull(w, "at_stake_minor");
    }
    if (r->stage != REB_CUSTOMER_UNKNOWN) {
        reb_json_kstr(w, "stage", reb_customer_stage_name(r->stage));
    } else {
        reb_json_knull(w, "stage");
    }
}

void reb_customer_row_json(reb_json *w, const reb_customer_row *r) {
    reb_json_obj(w);
    row_members(w, r);
    if (r->found_by != NULL && r->found_by[0] != '\0') reb_json_kstr(w, "found_by", r->found_by);
    reb_json_obj_end(w);
}

void reb_customer_page_json(reb_json *w, const reb_customer_page *p) {
    reb_json_obj(w);
    reb_json_kstr(w, "currency", p->currency);
    reb_json_kday(w, "today", p->today);
    reb_json_key(w, "customers");
    reb_json_arr(w);
    for (size_t i = 0; i < p->count; i++) reb_customer_row_json(w, &p->rows[i]);
    reb_json_arr_end(w);
    reb_json_kstr(w, "next", p->next);
    if (p->total >= 0) reb_json_ki64(w, "total", p->total);
    reb_json_obj_end(w);
}

static void facet_json(reb_json *w, const char *key, const reb_customer_facet *all, size_t count) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (size_t i = 0; i < count; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "value", all[i].value);
        reb_json_ki64(w, "count", all[i].count);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

void reb_customer_facets_json(reb_json *w, const reb_customer_facets *f) {
    reb_json_obj(w);
    reb_json_ki64(w, "total", f->total);
    facet_json(w, "stages", f->stages, f->stage_count);
    facet_json(w, "countries", f->countries, f->country_count);
    facet_json(w, "languages", f->languages, f->language_count);
    reb_json_obj_end(w);
}

static void event_json(reb_json *w, const reb_customer_event *e) {
    reb_json_obj(w);
    reb_json_kid(w, "id", e->event_id);
    reb_json_kid(w, "customer_id", e->customer_id);
    reb_json_kstr(w, "kind", e->kind);
    reb_json_kstr(w, "source", e->source);
    reb_json_kstr(w, "ext_id", e->ext_id);
    reb_json_ktime(w, "at", e->occurred_us);
    reb_json_kday(w, "day", e->day);
    if (e->currency[0] != '\0') {
        reb_json_ki64(w, "amount_minor", e->amount_minor);
        reb_json_kstr(w, "currency", e->currency);
    } else {
        reb_json_knull(w, "amount_minor");
        reb_json_knull(w, "currency");
    }
    reb_json_kstr(w, "text", e->text);
    reb_json_kstr(w, "goods", e->goods);
    reb_json_kstr(w, "words", e->words);
    reb_json_kstr(w, "who", e->who);
    reb_json_kbool(w, "undoable", e->undoable);
    if (e->undone_us != 0) {
        reb_json_key(w, "undone");
        reb_json_obj(w);
        reb_json_ktime(w, "at", e->undone_us);
        reb_json_kstr(w, "who", e->undone_by);
        reb_json_obj_end(w);
    } else {
        reb_json_knull(w, "undone");
    }
    kid_or_null(w, "batch_id", e->batch_id);
    reb_json_key(w, "data");
    if (e->data != NULL && e->data[0] != '\0') {
        reb_json_raw(w, e->data);
    } else {
        reb_json_null(w);
    }
    reb_json_obj_end(w);
}

static void history_members(reb_json *w, const reb_customer_history *h) {
    reb_json_key(w, "events");
    reb_json_arr(w);
    for (size_t i = 0; i < h->count; i++) event_json(w, &h->events[i]);
    reb_json_arr_end(w);
    reb_json_kstr(w, "next", h->next);
}

void reb_customer_history_json(reb_json *w, const reb_customer_history *h) {
    reb_json_obj(w);
    history_members(w, h);
    reb_json_obj_end(w);
}

static void people_members(reb_json *w, const reb_customer_view *v) {
    reb_json_key(w, "identities");
    reb_json_arr(w);
    for (size_t i = 0; i < v->identity_count; i++) {
        const reb_customer_identity *x = &v->identities[i];
        reb_json_obj(w);
        reb_json_kstr(w, "kind", x->kind);
        reb_json_kstr(w, "source", x->source);
        reb_json_kstr(w, "value", x->value);
        reb_json_kstr(w, "shown", x->shown);
        kid_or_null(w, "contact_id", x->contact_id);
        reb_json_kid(w, "customer_id", x->customer_id);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "contacts");
    reb_json_arr(w);
    for (size_t i = 0; i < v->contact_count; i++) {
        const reb_customer_contact *x = &v->contacts[i];
        reb_json_obj(w);
        reb_json_kid(w, "id", x->contact_id);
        reb_json_kstr(w, "name", x->name);
        reb_json_kstr(w, "role", x->role);
        reb_json_kstr(w, "email", x->email);
        reb_json_kstr(w, "phone", x->phone);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "consents");
    reb_json_arr(w);
    for (size_t i = 0; i < v->consent_count; i++) {
        const reb_customer_consent *x = &v->consents[i];
        reb_json_obj(w);
        reb_json_kstr(w, "purpose", x->purpose);
        reb_json_kstr(w, "channel", x->channel);
        reb_json_kbool(w, "allowed", x->allowed);
        reb_json_ktime(w, "at", x->observed_us);
        reb_json_kstr(w, "origin", x->origin);
        reb_json_kstr(w, "by", x->by);
        reb_json_kstr(w, "why", x->why);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "facts");
    reb_json_arr(w);
    for (size_t i = 0; i < v->fact_count; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "fact", v->facts[i].fact);
        reb_json_kstr(w, "value", v->facts[i].value);
        reb_json_ktime(w, "at", v->facts[i].observed_us);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "merged");
    reb_json_arr(w);
    for (size_t i = 0; i < v->merged_count; i++) {
        const reb_customer_merged *x = &v->merged[i];
        reb_json_obj(w);
        reb_json_kid(w, "id", x->customer_id);
        reb_json_kid(w, "into_id", x->into_id);
        reb_json_kstr(w, "label", x->label);
        ktime_or_null(w, "at", x->merged_us);
        reb_json_kstr(w, "who", x->who);
        reb_json_kstr(w, "why", x->why);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void figures_members(reb_json *w, const reb_customer_view *v) {
    reb_json_key(w, "rhythm");
    if (v->rhythm.gaps > 0) {
        reb_json_obj(w);
        reb_json_ki64(w, "gaps", v->rhythm.gaps);
        reb_json_kf64(w, "median_days", v->rhythm.median_days);
        reb_json_kf64(w, "low_days", v->rhythm.low_days);
        reb_json_kf64(w, "high_days", v->rhythm.high_days);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    if (v->row.bought) {
        reb_json_ki64(w, "silent_days", v->rhythm.silent_days);
    } else {
        reb_json_knull(w, "silent_days");
    }
    reb_json_key(w, "estimate");
    if (v->estimated) {
        reb_json_obj(w);
        reb_estimate_json(w, "p_alive", &v->p_alive, false);
        reb_estimate_json(w, "value_minor", &v->value_minor, true);
        reb_estimate_json(w, "at_stake_minor", &v->at_stake_minor, true);
        reb_json_kf64(w, "expected_purchases_year", v->expected_year);
        reb_json_kday(w, "fit_day", v->fit_day);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_key(w, "next_item");
    if (v->next.found) {
        reb_json_obj(w);
        reb_json_kstr(w, "item", v->next.code);
        reb_json_kstr(w, "kind", v->next.kind);
        reb_json_kstr(w, "why", v->next.why);
        reb_json_kstr(w, "what", v->next.what);
        reb_json_kf64(w, "minutes", v->next.minutes);
        reb_estimate_json(w, "gain_minor", &v->next.gain_minor, true);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
}

enum { TOLD_MOMENTS = 8 };

/* The published rule by which an answer weighs. */
static void answer_members(reb_json *w) {
    reb_json_kf64(w, "answer_line", REB_SURVEY_FEELING_LINE);
    reb_json_kf64(w, "answer_end", REB_SURVEY_FEELING_END);
    reb_json_key(w, "answer_scales");
    reb_json_arr(w);
    for (int k = 0; k < REB_SURVEY_KINDS; k++) {
        reb_json_obj(w);
        reb_json_kstr(w, "survey", reb_survey_kind_name((reb_survey_kind)k));
        reb_json_ki64(w, "least", reb_survey_least((reb_survey_kind)k));
        reb_json_ki64(w, "bad", reb_survey_unhappy_most((reb_survey_kind)k));
        reb_json_ki64(w, "good", reb_survey_content_least((reb_survey_kind)k));
        reb_json_ki64(w, "most", reb_survey_most((reb_survey_kind)k));
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

static void mood_members(reb_json *w, const reb_standing_view *s) {
    const reb_mood *m = &s->mood;
    reb_json_key(w, "mood");
    if (!m->known) {
        reb_json_null(w);
        return;
    }
    reb_json_obj(w);
    reb_json_kf64(w, "value", m->value);
    reb_json_kf64(w, "last", m->last);
    reb_json_kf64(w, "worst", m->worst);
    reb_json_kf64(w, "mean", m->mean);
    reb_json_kf64(w, "share_last", REB_MOOD_LAST);
    reb_json_kf64(w, "share_worst", REB_MOOD_WORST);
    reb_json_kf64(w, "share_mean", REB_MOOD_MEAN);
    answer_members(w);
    reb_json_kstr(w, "last_kind", reb_moment_name(m->last_kind));
    reb_json_ktime(w, "last_at", m->last_us);
    reb_json_kstr(w, "worst_kind", m->worst_us != 0 ? reb_moment_name(m->worst_kind) : NULL);
    reb_json_ki64(w, "count", (int64_t)m->count);
    reb_json_key(w, "moments");
    reb_json_arr(w);
    for (size_t i = 0; i < s->moment_count && i < TOLD_MOMENTS; i++) {
        reb_json_obj(w);
        reb_json_kstr(w, "kind", reb_moment_name(s->moments[i].kind));
        reb_json_ktime(w, "at", s->moments[i].at_us);
        reb_json_kf64(w, "weight", s->moments[i].weight);
        if (s->moments[i].score >= 0) {
            reb_json_kstr(w, "survey", reb_survey_kind_name(s->moments[i].survey));
            reb_json_ki64(w, "score", s->moments[i].score);
        } else {
            reb_json_knull(w, "survey");
            reb_json_knull(w, "score");
        }
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

static void standing_members(reb_json *w, const reb_customer_view *v) {
    const reb_standing_view *s = &v->standing;
    reb_json_kstr(w, "no_proposal", s->standing.why != 0 ? reb_standing_name(s->standing.why) : NULL);
    mood_members(w, s);
    reb_json_key(w, "open_cases");
    reb_json_arr(w);
    for (size_t i = 0; i < s->case_count; i++) {
        const reb_standing_case *c = &s->cases[i];
        reb_json_obj(w);
        reb_json_ki64(w, "number", c->number);
        reb_json_kstr(w, "state", c->state);
        reb_json_kstr(w, "kind", c->kind);
        reb_json_ktime(w, "opened_at", c->opened_us);
        if (c->due_us != 0) {
            reb_json_ktime(w, "due_at", c->due_us);
        } else {
            reb_json_knull(w, "due_at");
        }
        reb_json_kstr(w, "due_clock", c->due_clock);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_key(w, "promises");
    reb_json_arr(w);
    for (size_t i = 0; i < v->promises.count; i++) reb_promise_row_json(w, &v->promises.rows[i]);
    reb_json_arr_end(w);
}

void reb_customer_view_json(reb_json *w, const reb_customer_view *v) {
    reb_json_obj(w);
    row_members(w, &v->row);
    reb_json_kstr(w, "currency", v->currency);
    reb_json_kday(w, "today", v->today);
    reb_json_ktime(w, "created", v->created_us);
    reb_json_ki64(w, "gross_minor", v->gross_minor);
    reb_json_ki64(w, "refunded_minor", v->refunded_minor);
    people_members(w, v);
    figures_members(w, v);
    if (v->keeper_id != 0) {
        reb_json_key(w, "keeper");
        reb_json_obj(w);
        reb_json_kid(w, "id", v->keeper_id);
        reb_json_kstr(w, "name", v->keeper_name);
        reb_json_obj_end(w);
    } else {
        reb_json_knull(w, "keeper");
    }
    standing_members(w, v);
    reb_json_key(w, "gestures");
    reb_json_obj(w);
    reb_json_ki64(w, "given", v->gestures.given);
    reb_json_ki64(w, "due", v->gestures.due);
    reb_json_ki64(w, "value_minor", v->gestures.value_minor);
    reb_json_ki64(w, "spent_minor", v->gestures.spent_minor);
    reb_json_ki64(w, "open_minor", v->gestures.open_minor);
    reb_json_obj_end(w);
    reb_json_ki64(w, "event_count", v->event_count);
    reb_json_ki64(w, "suspected_doubles", (int64_t)v->doubles);
    reb_json_key(w, "history");
    reb_customer_history_json(w, &v->history);
    reb_json_obj_end(w);
}

void reb_customer_doubles_json(reb_json *w, const reb_customer_doubles *d) {
    reb_json_obj(w);
    reb_json_ki64(w, "found", d->found);
    reb_json_ki64(w, "too_common", d->too_common);
    reb_json_key(w, "pairs");
    reb_json_arr(w);
    for (size_t i = 0; i < d->count; i++) {
        const reb_customer_double *x = &d->pairs[i];
        reb_json_obj(w);
        reb_json_kid(w, "a_id", x->a_id);
        reb_json_kstr(w, "a_label", x->a_label);
        reb_json_kid(w, "b_id", x->b_id);
        reb_json_kstr(w, "b_label", x->b_label);
        reb_json_kstr(w, "strength", x->strength);
        reb_json_kf64(w, "weight", x->weight);
        reb_json_kstr(w, "evidence", x->evidence);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

void reb_customer_merge_json(reb_json *w, const reb_customer_merge_result *m) {
    reb_json_obj(w);
    reb_json_kid(w, "id", m->head_id);
    reb_json_key(w, "moved");
    reb_json_arr(w);
    for (size_t i = 0; i < m->moved_count; i++) {
        char id[24];
        snprintf(id, sizeof id, "%lld", (long long)m->moved[i]);
        reb_json_str(w, id);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

void reb_customer_erased_json(reb_json *w, const reb_privacy_erased *e) {
    reb_json_obj(w);
    reb_json_kid(w, "customer_id", e->head_id);
    reb_json_ki64(w, "customers", e->customers);
    reb_json_ki64(w, "identities", e->identities);
    reb_json_ki64(w, "facts", e->facts);
    reb_json_ki64(w, "contacts", e->contacts);
    reb_json_ki64(w, "events", e->events);
    reb_json_kbool(w, "known", e->known);
    reb_json_obj_end(w);
}
