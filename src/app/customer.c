/* What a person does with customers by hand: add, note, contact, consent, merge. Each act is one transaction and an event in the log. */
#include "customer_internal.h"

#include "../domain/consent.h"
#include "../domain/customer.h"
#include "../domain/derive.h"
#include "../domain/identity.h"
#include "../domain/merge.h"
#include "../domain/note.h"
#include "../domain/privacy.h"
#include "../text/phone.h"
#include "case.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *who_of(const reb_customer_ctx *c) {
    return c->who != NULL ? c->who : "";
}

static bool is_word(const char *s) {
    return s != NULL && *s != '\0';
}

/* ---- one event by hand ---- */

typedef struct act {
    const reb_customer_ctx *c;
    const reb_business *b;
    int64_t customer_id;
    const char *kind;
    const char *data;
    int64_t at_us;
    const char *fact, *value; /* told beside the event, when not NULL */
    int64_t event_id;
} act;

static reb_status act_work(reb_store *s, void *ctx, reb_err *err) {
    act *a = ctx;
    int64_t now_us = reb_clock_now(a->c->clock);
    reb_customer_state state;
    reb_status st = reb_customer_state_get(&state, s, a->customer_id, err);
    if (st != REB_OK) return st;
    if (a->fact != NULL) st = reb_customer_fact_put(s, state.head_id, a->fact, a->value, now_us, err);
    reb_hand_event e = {.customer_id = state.head_id, .kind = a->kind, .data = a->data, .occurred_us = a->at_us};
    if (st == REB_OK) st = reb_hand_event_put(&a->event_id, s, a->b, &e, now_us, a->c->ids, err);
    if (st == REB_OK) st = reb_derive_customers(s, a->b, &state.head_id, 1, err);
    return st;
}

static reb_status run_act(act *a, reb_err *err) {
    reb_business *owned = NULL;
    reb_status st = reb_customer_business(&a->b, &owned, a->c, err);
    if (st == REB_OK) st = reb_store_write(a->c->store, act_work, a, err);
    reb_business_free(owned);
    return st;
}

/* {"channel":..., "text":..., "who":...} without what is empty, in the arena. */
static const char *act_data(const reb_customer_ctx *c, const char *channel, const char *text) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    if (channel != NULL) reb_json_kstr(&w, "channel", channel);
    if (is_word(text)) reb_json_kstr(&w, "text", text);
    if (is_word(who_of(c))) reb_json_kstr(&w, "who", who_of(c));
    reb_json_obj_end(&w);
    const char *data = b.failed ? NULL : reb_arena_strndup(c->arena, b.data, b.len);
    reb_buf_free(&b);
    return data;
}

reb_status reb_customer_note(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *text, reb_err *err) {
    const char *clean = NULL;
    reb_status st = reb_customer_lines(&clean, c->arena, text, REB_CUSTOMER_NOTE_MOST, "note", err);
    if (st != REB_OK) return st;
    if (clean == NULL) return reb_fail(err, REB_E_USAGE, "The note is empty.");
    act a = {.c = c, .customer_id = customer_id, .kind = "note", .data = act_data(c, NULL, clean)};
    if (a.data == NULL) return reb_customer_no_memory(err);
    st = run_act(&a, err);
    if (event_id != NULL) *event_id = a.event_id;
    return st;
}

reb_status reb_customer_contacted(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *channel, const char *text,
                                  int64_t at_us, reb_err *err) {
    char word[REB_CONSENT_TEXT];
    const char *clean = NULL;
    reb_status st = reb_contact_channel(word, channel, err);
    if (st == REB_OK) st = reb_customer_lines(&clean, c->arena, text, REB_CUSTOMER_NOTE_MOST, "note", err);
    if (st == REB_OK && at_us > reb_clock_now(c->clock)) st = reb_fail(err, REB_E_USAGE, "A contact cannot lie in the future.");
    if (st != REB_OK) return st;
    act a = {.c = c, .customer_id = customer_id, .kind = "contact", .data = act_data(c, word, clean), .at_us = at_us};
    if (a.data == NULL) return reb_customer_no_memory(err);
    st = run_act(&a, err);
    if (event_id != NULL) *event_id = a.event_id;
    return st;
}

reb_status reb_customer_set_consent(int64_t *event_id, const reb_customer_ctx *c, int64_t customer_id, const char *purpose,
                                    const char *channel, bool allowed, const char *why, reb_err *err) {
    char fact[REB_CONSENT_TEXT];
    char p[REB_CONSENT_TEXT];
    char ch[REB_CONSENT_TEXT];
    const char *clean = NULL;
    reb_status st = reb_consent_fact(fact, purpose, channel, err);
    if (st == REB_OK) st = reb_customer_lines(&clean, c->arena, why, REB_CUSTOMER_NOTE_MOST, "reason", err);
    if (st != REB_OK) return st;
    reb_consent_parts(p, ch, fact);
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "purpose", p);
    reb_json_kstr(&w, "channel", ch);
    reb_json_kbool(&w, "allowed", allowed);
    if (is_word(clean)) reb_json_kstr(&w, "why", clean);
    if (is_word(who_of(c))) reb_json_kstr(&w, "who", who_of(c));
    reb_json_obj_end(&w);
    act a = {
        .c = c, .customer_id = customer_id, .kind = "consent", .data = reb_buf_cstr(&b), .fact = fact, .value = allowed ? "yes" : "no"};
    st = b.failed ? reb_customer_no_memory(err) : run_act(&a, err);
    reb_buf_free(&b);
    if (event_id != NULL) *event_id = a.event_id;
    return st;
}

/* ---- add ---- */

typedef struct way { /* one identity that was given */
    const char *kind, *source, *value, *shown;
} way;

enum { MOST_WAYS = 4 };

typedef struct adding {
    const reb_customer_ctx *c;
    const reb_business *b;
    bool organisation;
    bool even_so;
    const char *name, *role;
    way ways[MOST_WAYS];
    size_t way_count;
    const char *facts[8]; /* fact, value, fact, value, ... */
    size_t fact_count;    /* pairs */
    int64_t customer_id;
    int64_t contact_id;
} adding;

static void add_way(adding *a, const char *kind, const char *source, const char *value, const char *shown) {
    a->ways[a->way_count++] = (way){kind, source, value, shown};
}

static reb_status take_email(adding *a, const char *text, reb_err *err) {
    char value[REB_EMAIL_TEXT];
    size_t len = 0;
    const char *shown = NULL;
    reb_status st = reb_customer_line(&shown, a->c->arena, text, REB_CUSTOMER_NAME_MOST, "e-mail", err);
    if (st != REB_OK || shown == NULL) return st;
    if (reb_email_parse(value, &len, shown, strlen(shown), NULL) != REB_OK) {
        reb_fail(err, REB_E_INPUT, "The e-mail address is none.");
        reb_err_next(err, "Write it as name@example.com.");
        return REB_E_INPUT;
    }
    const char *kept = reb_arena_strndup(a->c->arena, value, len);
    if (kept == NULL) return reb_customer_no_memory(err);
    add_way(a, "email", "", kept, shown);
    return REB_OK;
}

static reb_status take_phone(adding *a, const char *text, const char *country, reb_err *err) {
    reb_phone phone;
    const char *shown = NULL;
    reb_status st = reb_customer_line(&shown, a->c->arena, text, REB_CUSTOMER_NAME_MOST, "phone number", err);
    if (st != REB_OK || shown == NULL) return st;
    if (!is_word(country) || !reb_phone_country_known(country)) country = reb_customer_home_country(a->b);
    if (reb_phone_parse(&phone, shown, strlen(shown), country, NULL) != REB_OK) {
        reb_fail(err, REB_E_INPUT, "The phone number cannot be read.");
        reb_err_next(err, "Write it with the code of its country: +44 20 7946 0000.");
        return REB_E_INPUT;
    }
    const char *kept = reb_arena_strdup(a->c->arena, phone.e164);
    if (kept == NULL) return reb_customer_no_memory(err);
    add_way(a, "phone", "", kept, shown);
    return REB_OK;
}

static reb_status take_name(adding *a, const char *text, reb_err *err) {
    reb_status st = reb_customer_line(&a->name, a->c->arena, text, REB_CUSTOMER_NAME_MOST, "name", err);
    if (st != REB_OK || a->name == NULL || a->contact_id != 0) return st;
    const char *fold = reb_identity_fold(a->c->arena, a->name);
    if (fold == NULL) return reb_customer_no_memory(err);
    if (*fold != '\0') add_way(a, "name", "", fold, a->name);
    return REB_OK;
}

static reb_status take_fact(adding *a, const char *fact, const char *text, reb_err *err) {
    const char *value = NULL;
    reb_status st = reb_customer_line(&value, a->c->arena, text, REB_CUSTOMER_NAME_MOST, fact, err);
    if (st != REB_OK || value == NULL) return st;
    a->facts[2 * a->fact_count] = fact;
    a->facts[2 * a->fact_count + 1] = value;
    a->fact_count++;
    return REB_OK;
}

/* Somebody who has one of these e-mails, numbers or ids already; 0: nobody. */
static reb_status find_owner(int64_t *owner, const adding *a, reb_store *s, reb_err *err) {
    *owner = 0;
    for (size_t i = 0; i < a->way_count; i++) {
        if (strcmp(a->ways[i].kind, "name") == 0) continue;
        size_t count = 0;
        reb_status st = reb_identity_heads(owner, &count, 1, s, a->ways[i].kind, a->ways[i].source, a->ways[i].value, err);
        if (st != REB_OK || count > 0) return st;
    }
    return REB_OK;
}

static reb_status put_ways(const adding *a, reb_store *s, reb_err *err) {
    reb_status st = REB_OK;
    for (size_t i = 0; i < a->way_count && st == REB_OK; i++) {
        const way *x = &a->ways[i];
        st = reb_identity_put(s, a->customer_id, x->kind, x->source, x->value, x->shown, a->contact_id, err);
    }
    return st;
}

static reb_status put_event(adding *a, reb_store *s, const char *kind, int64_t now_us, reb_err *err) {
    const char *data = act_data(a->c, NULL, NULL);
    if (data == NULL) return reb_customer_no_memory(err);
    reb_hand_event e = {.customer_id = a->customer_id, .kind = kind, .data = data};
    return reb_hand_event_put(NULL, s, a->b, &e, now_us, a->c->ids, err);
}

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    adding *a = ctx;
    int64_t now_us = reb_clock_now(a->c->clock);
    int64_t owner = 0;
    reb_status st = a->even_so ? REB_OK : find_owner(&owner, a, s, err);
    if (st != REB_OK) return st;
    if (owner != 0) {
        reb_fail(err, REB_E_CONFLICT, "Customer %" PRId64 " has that e-mail, phone or id already.", owner);
        reb_err_next(err, "See: rebound customer show %" PRId64 ". To add another one all the same: --even-so", owner);
        return REB_E_CONFLICT;
    }
    a->customer_id = reb_id_next(a->c->ids);
    st = reb_customer_insert(s, a->customer_id, a->organisation, now_us, err);
    if (st == REB_OK) st = put_ways(a, s, err);
    for (size_t i = 0; i < a->fact_count && st == REB_OK; i++)
        st = reb_customer_fact_put(s, a->customer_id, a->facts[2 * i], a->facts[2 * i + 1], now_us, err);
    if (st == REB_OK && a->name != NULL) st = reb_customer_fact_put(s, a->customer_id, "name", a->name, now_us, err);
    if (st == REB_OK) st = put_event(a, s, "added", now_us, err);
    if (st == REB_OK) st = reb_derive_customers(s, a->b, &a->customer_id, 1, err);
    return st;
}

static reb_status read_new(adding *a, const reb_customer_new *n, reb_err *err) {
    const char *external = NULL;
    const char *source = NULL;
    const reb_customer_ctx *c = a->c;
    if (is_word(n->kind) && strcmp(n->kind, "person") != 0 && strcmp(n->kind, "organisation") != 0)
        return reb_fail(err, REB_E_USAGE, "The kind of a customer is person or organisation.");
    a->organisation = is_word(n->kind) && strcmp(n->kind, "organisation") == 0;
    reb_status st = take_name(a, n->name, err);
    if (st == REB_OK) st = take_email(a, n->email, err);
    if (st == REB_OK) st = take_phone(a, n->phone, n->country, err);
    if (st == REB_OK) st = reb_customer_line(&external, c->arena, n->external_id, REB_CUSTOMER_NAME_MOST, "external id", err);
    if (st == REB_OK) st = reb_customer_line(&source, c->arena, n->external_source, 60, "source of the external id", err);
    if (st == REB_OK && external != NULL && source == NULL) st = reb_fail(err, REB_E_USAGE, "Say which system the external id is of.");
    if (st == REB_OK && external != NULL) add_way(a, "external", source, external, external);
    if (st == REB_OK) st = take_fact(a, "language", n->language, err);
    if (st == REB_OK) st = take_fact(a, "country", n->country, err);
    if (st == REB_OK) st = take_fact(a, "city", n->city, err);
    if (st == REB_OK) st = take_fact(a, "company", n->company, err);
    if (st == REB_OK && a->way_count == 0)
        st = reb_fail(err, REB_E_USAGE, "A customer needs a name, an e-mail, a phone number or an external id.");
    return st;
}

/* Complaints that came from an address before anybody knew whose it is. */
static reb_status give_cases(const adding *a, reb_err *err) {
    const reb_case_by by = {.business = a->b, .ids = a->c->ids, .now_us = reb_clock_now(a->c->clock), .who = "rule"};
    int64_t found = 0;
    return reb_case_find_owners(&found, a->c->store, &by, err);
}

reb_status reb_customer_add(int64_t *customer_id, const reb_customer_ctx *c, const reb_customer_new *n, bool even_so, reb_err *err) {
    reb_business *owned = NULL;
    adding a = {.c = c, .even_so = even_so};
    reb_status st = reb_customer_business(&a.b, &owned, c, err);
    if (st == REB_OK) st = read_new(&a, n, err);
    if (st == REB_OK) st = reb_store_write(c->store, add_work, &a, err);
    if (st == REB_OK) st = give_cases(&a, err);
    *customer_id = st == REB_OK ? a.customer_id : 0;
    reb_business_free(owned);
    return st;
}

static reb_status add_contact_work(reb_store *s, void *ctx, reb_err *err) {
    adding *a = ctx;
    int64_t now_us = reb_clock_now(a->c->clock);
    reb_customer_state state;
    bool found = false;
    int64_t same = 0;
    reb_status st = reb_customer_state_get(&state, s, a->customer_id, err);
    if (st != REB_OK) return st;
    if (!state.organisation) {
        reb_fail(err, REB_E_CONFLICT, "Customer %" PRId64 " is a person; contacts are people inside an organisation.", a->customer_id);
        return REB_E_CONFLICT;
    }
    a->customer_id = state.head_id;
    const char *name = a->name != NULL ? a->name : a->ways[0].shown;
    const char *fold = reb_identity_fold(a->c->arena, name);
    const char *role = a->role != NULL ? a->role : "";
    if (fold == NULL) return reb_customer_no_memory(err);
    st = reb_get_i64(&same, &found, s, REB_SQL_CUSTOMER_CONTACT_EXISTS, REB_ARGS(reb_i(a->customer_id), reb_t(fold), reb_t(role)), err);
    if (st == REB_OK && found) st = reb_fail(err, REB_E_CONFLICT, "Customer %" PRId64 " has that contact already.", a->customer_id);
    if (st != REB_OK) return st;
    a->contact_id = reb_id_next(a->c->ids);
    st = reb_exec(s, REB_SQL_CONTACT_INSERT,
                  REB_ARGS(reb_i(a->customer_id), reb_i(a->contact_id), reb_t(name), reb_t(fold), reb_t(role), reb_i(now_us)), NULL, err);
    if (st == REB_OK) st = put_ways(a, s, err);
    if (st == REB_OK) st = put_event(a, s, "contact_added", now_us, err);
    if (st == REB_OK) st = reb_derive_customers(s, a->b, &a->customer_id, 1, err);
    return st;
}

reb_status reb_customer_add_contact(int64_t *contact_id, const reb_customer_ctx *c, int64_t customer_id, const reb_customer_new_contact *n,
                                    reb_err *err) {
    reb_business *owned = NULL;
    adding a = {.c = c, .customer_id = customer_id, .contact_id = 1}; /* not 0: a contact's name is no name of the organisation */
    reb_status st = reb_customer_business(&a.b, &owned, c, err);
    if (st == REB_OK) st = take_name(&a, n->name, err);
    if (st == REB_OK) st = reb_customer_line(&a.role, c->arena, n->role, REB_CUSTOMER_NAME_MOST, "role", err);
    if (st == REB_OK) st = take_email(&a, n->email, err);
    if (st == REB_OK) st = take_phone(&a, n->phone, NULL, err);
    if (st == REB_OK && a.name == NULL && a.way_count == 0)
        st = reb_fail(err, REB_E_USAGE, "A contact needs a name, an e-mail or a phone number.");
    if (st == REB_OK) st = reb_store_write(c->store, add_contact_work, &a, err);
    if (st == REB_OK) st = give_cases(&a, err);
    *contact_id = st == REB_OK ? a.contact_id : 0;
    reb_business_free(owned);
    return st;
}

/* ---- erase ---- */

reb_status reb_customer_erase(reb_privacy_erased *out, const reb_customer_ctx *c, int64_t customer_id, const char *reason, reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    const char *clean = NULL;
    reb_status st = reb_customer_line(&clean, c->arena, reason, 200, "reason", err);
    if (st == REB_OK) st = reb_customer_business(&b, &owned, c, err);
    if (st == REB_OK)
        st = reb_privacy_erase(out, c->store, b, customer_id, clean != NULL ? clean : "asked", who_of(c), reb_clock_now(c->clock), c->ids,
                               err);
    reb_business_free(owned);
    return st;
}

/* ---- merge ---- */

typedef enum merge_verb { MERGE, UNMERGE, NOT_SAME } merge_verb;

static reb_status run_merge(reb_customer_merge_result *out, bool *known, const reb_customer_ctx *c, merge_verb verb, int64_t a_id,
                            int64_t b_id, const char *why, reb_err *err) {
    const reb_business *b = NULL;
    reb_business *owned = NULL;
    const char *clean = NULL;
    reb_merge_moved moved = {0};
    reb_status st = reb_customer_line(&clean, c->arena, why, REB_CUSTOMER_NOTE_MOST, "reason", err);
    if (st == REB_OK) st = reb_customer_business(&b, &owned, c, err);
    reb_merge_act deed = {.who = who_of(c), .why = clean != NULL ? clean : "", .now_us = reb_clock_now(c->clock), .ids = c->ids};
    if (st == REB_OK && verb == MERGE) st = reb_merge(&moved, c->store, b, a_id, b_id, &deed, c->arena, err);
    if (st == REB_OK && verb == UNMERGE) st = reb_unmerge(&moved, c->store, b, a_id, &deed, c->arena, err);
    if (st == REB_OK && verb == NOT_SAME) st = reb_not_same(known, c->store, b, a_id, b_id, &deed, err);
    if (out != NULL) *out = (reb_customer_merge_result){moved.head_id, moved.customers, moved.count};
    reb_business_free(owned);
    return st;
}

reb_status reb_customer_merge(reb_customer_merge_result *out, const reb_customer_ctx *c, int64_t keep_id, int64_t other_id, const char *why,
                              reb_err *err) {
    return run_merge(out, NULL, c, MERGE, keep_id, other_id, why, err);
}

reb_status reb_customer_unmerge(reb_customer_merge_result *out, const reb_customer_ctx *c, int64_t customer_id, const char *why,
                                reb_err *err) {
    return run_merge(out, NULL, c, UNMERGE, customer_id, 0, why, err);
}

reb_status reb_customer_not_same(bool *known, const reb_customer_ctx *c, int64_t a_id, int64_t b_id, const char *why, reb_err *err) {
    return run_merge(NULL, known, c, NOT_SAME, a_id, b_id, why, err);
}
