/* Cases: what every act has in common, and how a complaint comes in. */
#include "case_internal.h"
#include "customer_internal.h"

#include "../domain/customer.h"
#include "../domain/identity.h"
#include "../domain/notice.h"
#include "../domain/person.h"
#include "../domain/standard.h"
#include "../text/phone.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- texts -------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_case_text(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err) {
    return reb_customer_lines(out, a, text, REB_CASE_BODY_MOST, what, err);
}

reb_status reb_case_line(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err) {
    return reb_customer_line(out, a, text, REB_CASE_LINE_MOST, what, err);
}

reb_status reb_case_need_text(const char **out, reb_arena *a, const char *text, const char *what, reb_err *err) {
    reb_status st = reb_case_text(out, a, text, what, err);
    return st == REB_OK && *out == NULL ? reb_fail(err, REB_E_INPUT, "The %s is needed.", what) : st;
}

/* --- who ---------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_case_who_name(const char **out, reb_store *s, reb_arena *a, const char *who, reb_err *err) {
    const char *colon = strchr(who, ':');
    *out = colon != NULL ? reb_arena_strdup(a, colon + 1) : reb_arena_strdup(a, who);
    if (strncmp(who, "user:", 5) == 0) {
        reb_person p;
        bool found = false;
        reb_status st = reb_person_get(&p, &found, s, strtoll(who + 5, NULL, 10), err);
        if (st != REB_OK) return st;
        if (found) *out = reb_arena_strdup(a, p.name);
    }
    return *out != NULL ? REB_OK : no_memory(err);
}

/* --- one act ------------------------------------------------------------------------------------------------------------------------ */

static reb_status refuse_merged(const reb_case_doing *d, reb_store *s, reb_err *err) {
    reb_case_key end;
    int64_t end_number = 0;
    reb_status st = reb_case_chain(&end, &end_number, s, d->number, err);
    if (st != REB_OK) return st;
    reb_fail(err, REB_E_CONFLICT, "Case C-%" PRId64 " was merged into C-%" PRId64 ".", d->number, end_number);
    reb_err_next(err, "Speak of C-%" PRId64 ", or take it out again: rebound case unmerge C-%" PRId64, end_number, d->number);
    reb_err_reason(err, "case_merged");
    return REB_E_CONFLICT;
}

/* The newest of what others did since then that must be looked at first. */
static const reb_case_event *unseen(const reb_case_doing *d) {
    for (int64_t i = d->log_count; i-- > 0 && d->log[i].seq > d->by->seen_seq;)
        if (reb_case_decisive(d->log[i].kind) && strcmp(d->log[i].who, d->by->who != NULL ? d->by->who : "") != 0) return &d->log[i];
    return NULL;
}

static reb_status refuse_changed(const reb_case_doing *d, reb_store *s, const reb_case_event *e, reb_err *err) {
    const char *name = "";
    char when[REB_TIME_TEXT];
    reb_status st = reb_case_who_name(&name, s, d->arena, e->who, err);
    if (st != REB_OK) return st;
    reb_time_format(e->recorded_us, when);
    reb_fail(err, REB_E_CASE_CHANGED, "Meanwhile %s wrote \"%s%s%s\" to case C-%" PRId64 ", at %s.", name, reb_case_event_name(e->kind),
             e->word[0] != '\0' ? ": " : "", e->word, d->at_number, when);
    reb_err_next(err, "Look at the case, then do it again or let it be.");
    return REB_E_CASE_CHANGED;
}

reb_status reb_case_refuse_decided(const reb_case_doing *d, reb_store *s, reb_err *err) {
    for (int64_t i = d->log_count; i-- > 0;)
        if (d->log[i].kind == REB_CASE_DECIDED) return refuse_changed(d, s, &d->log[i], err);
    return REB_OK;
}

reb_status reb_case_begin(reb_case_doing *d, reb_store *s, reb_err *err) {
    d->at_number = d->number;
    reb_status st = d->follow ? reb_case_chain(&d->key, &d->at_number, s, d->number, err) : reb_case_find(&d->key, s, d->number, err);
    if (st == REB_OK) st = reb_case_events(&d->log, &d->log_count, s, d->arena, &d->key, err);
    if (st == REB_OK) st = reb_case_fold(&d->state, d->arena, d->log, d->log_count, err);
    if (st != REB_OK || d->heedless) return st;
    const reb_case_event *e = d->by->seen_seq > 0 ? unseen(d) : NULL;
    return e != NULL ? refuse_changed(d, s, e, err) : REB_OK;
}

reb_case_event *reb_case_event_add(reb_case_doing *d, reb_case_event_kind kind, const char *word) {
    bool room = d->event_count < REB_CASE_ACT_EVENTS;
    d->too_much = d->too_much || !room;
    reb_case_event *e = &d->events[room ? d->event_count++ : REB_CASE_ACT_EVENTS - 1];
    *e = (reb_case_event){.kind = kind, .who = d->by->who != NULL ? d->by->who : "", .word = word != NULL ? word : ""};
    return e;
}

void reb_case_words_add(reb_case_doing *d, const char *part, const char *body) {
    if (body == NULL || body[0] == '\0') return;
    d->too_much = d->too_much || d->word_count == REB_CASE_ACT_WORDS || d->event_count == 0;
    if (d->too_much) return;
    d->words[d->word_count++] = (reb_case_words){.at = d->event_count - 1, .part = part, .body = body};
}

reb_status reb_case_end(reb_case_doing *d, reb_store *s, reb_err *err) {
    const reb_case_writing w = {.business = d->by->business, .now_us = d->by->now_us};
    if (d->too_much) return reb_fail(err, REB_E_INTERNAL, "An act on case C-%" PRId64 " wrote more than one act may.", d->at_number);
    if (d->state.stage == REB_STAGE_MERGED && !d->follow) {
        reb_err why = {0};
        if (reb_case_may(&d->state, &d->events[0], &why) != REB_OK) return refuse_merged(d, s, err);
    }
    reb_status st = reb_case_append(&d->state, s, d->arena, &d->key, d->events, d->event_count, d->words, d->word_count, &w, err);
    if (st == REB_OK && d->out != NULL) *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    return st;
}

static const char *act_key(const reb_case_doing *d) {
    const char *key = d->by->key;
    if (key == NULL || key[0] == '\0') return NULL;
    return reb_arena_printf(d->arena, "act:%" PRId64 ":%.60s:%.200s", d->number, d->by->who != NULL ? d->by->who : "", key);
}

/* The answer of the first time, where the key tells that this is the second: a button pressed twice, or an answer that got lost. */
static reb_status act_known(reb_case_doing *d, reb_store *s, const char *key, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_KEY_GET, REB_ARGS(reb_t(key)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) *d->out = (reb_case_wrote){.number = reb_col_i64(q, 0), .seq = reb_col_i64(q, 1), .known = true};
    reb_stmt_close(q);
    return st == REB_OK && row ? reb_case_find(&d->out->at, s, d->out->number, err) : st;
}

static reb_status run_work(reb_store *s, void *ctx, reb_err *err) {
    reb_case_call *c = ctx;
    reb_case_doing fresh = {
        .by = c->d.by, .arena = c->d.arena, .number = c->d.number, .follow = c->d.follow, .heedless = c->d.heedless, .out = &c->wrote};
    reb_arena_reset(fresh.arena);
    c->d = fresh;
    c->wrote = (reb_case_wrote){0};
    const char *key = act_key(&c->d);
    reb_status st = key != NULL ? act_known(&c->d, s, key, err) : REB_OK;
    if (st != REB_OK || c->wrote.known) return st;
    st = reb_case_begin(&c->d, s, err);
    if (st == REB_OK) st = c->work(&c->d, s, c->in, err);
    if (st == REB_OK && key != NULL)
        st = reb_exec(s, REB_SQL_CASE_KEY_PUT, REB_ARGS(reb_t(key), reb_i(c->wrote.number), reb_i(c->wrote.seq), reb_i(c->d.by->now_us)),
                      NULL, err);
    return st;
}

void reb_case_tell(reb_store *s, int64_t number, int64_t now_us) {
    char data[64];
    reb_err ignored = {0};
    snprintf(data, sizeof data, "{\"number\":\"%" PRId64 "\"}", number);
    if (!reb_store_inside(s)) reb_notice_add(NULL, s, "case", data, now_us, &ignored);
}

reb_status reb_case_run(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, bool follow, bool heedless,
                        reb_status (*work)(reb_case_doing *d, reb_store *s, const void *in, reb_err *err), const void *in, reb_err *err) {
    reb_arena arena = {0};
    reb_case_call c = {.d = {.by = by, .arena = &arena, .number = number, .follow = follow, .heedless = heedless}, .in = in, .work = work};
    reb_status st = reb_store_write(s, run_work, &c, err);
    if (st == REB_OK && out != NULL) *out = c.wrote;
    if (st == REB_OK && !c.wrote.known) reb_case_tell(s, c.wrote.number, by->now_us);
    reb_arena_free(&arena);
    return st;
}

reb_status reb_case_chain(reb_case_key *at, int64_t *end_number, reb_store *s, int64_t number, reb_err *err) {
    reb_status st = reb_case_find(at, s, number, err);
    *end_number = number;
    for (int step = 0; st == REB_OK; step++) {
        int64_t into = 0;
        bool found = false;
        if (step > 1000) return reb_fail(err, REB_E_STORE, "The merging of case C-%" PRId64 " goes in a circle.", number);
        st = reb_get_i64(&into, &found, s, REB_SQL_CASE_MERGED_INTO, REB_ARGS(reb_i(at->customer_id), reb_i(at->case_id)), err);
        if (st != REB_OK || into == 0) break;
        st = reb_case_number_of(end_number, s, into, err);
        if (st == REB_OK) st = reb_case_find(at, s, *end_number, err);
    }
    return st;
}

/* --- a complaint comes in --------------------------------------------------------------------------------------------------------------
 */

typedef struct opening {
    reb_case_opened *out;
    const reb_case_by *by;
    const reb_case_open_in *in;
    reb_arena arena;
    const char *name, *order_ref, *subject, *body, *sought, *language, *kind;
    char email[REB_EMAIL_TEXT];
    char phone[64]; /* E.164 when phone_read */
    bool phone_read;
    int64_t whom_id;
    int64_t standard_version;
} opening;

static bool given(const char *text) {
    return text != NULL && text[strspn(text, " \t\r\n")] != '\0';
}

/* The first words, where no subject was told. */
static reb_status first_words(const char **out, reb_arena *a, const char *body, reb_err *err) {
    size_t n = strcspn(body, "\n");
    size_t most = 80;
    if (n > most) {
        while (most > 0 && ((unsigned char)body[most] & 0xc0u) == 0x80u) most--;
        size_t word = most;
        while (word > 40 && body[word] != ' ') word--;
        n = word > 40 ? word : most;
    }
    *out = reb_arena_strndup(a, body, n);
    return *out != NULL ? REB_OK : no_memory(err);
}

static const char *language_of(const opening *o) {
    static const char *const k_known[] = {"en", "ar", "fa", "el"};
    const char *told = o->in->language;
    for (size_t i = 0; told != NULL && i < sizeof k_known / sizeof k_known[0]; i++)
        if (strncmp(told, k_known[i], 2) == 0 && (told[2] == '\0' || told[2] == '-' || told[2] == '_')) return k_known[i];
    return reb_business_text(o->by->business, REB_SETTING_LANGUAGE);
}

static reb_status read_person(opening *o, reb_err *err) {
    const reb_case_open_in *in = o->in;
    reb_status st = reb_case_line(&o->name, &o->arena, in->name, "name", err);
    if (st == REB_OK) st = reb_case_line(&o->order_ref, &o->arena, in->order_ref, "order number", err);
    if (st == REB_OK && given(in->email)) {
        size_t n = 0;
        st = reb_email_parse(o->email, &n, in->email, strlen(in->email), err);
    }
    if (st == REB_OK &&
        given(in->phone)) { /* a number that cannot be read is no reason to turn somebody away: it is kept as they wrote it */
        reb_phone p;
        const char *written = NULL;
        st = reb_customer_line(&written, &o->arena, in->phone, sizeof o->phone - 1, "telephone number", err);
        o->phone_read = reb_phone_parse(&p, in->phone, strlen(in->phone), reb_customer_home_country(o->by->business), NULL) == REB_OK;
        snprintf(o->phone, sizeof o->phone, "%s", o->phone_read ? p.e164 : written != NULL ? written : "");
    }
    return st;
}

static reb_status read_open(opening *o, reb_err *err) {
    const reb_case_open_in *in = o->in;
    const char *channel = in->channel != NULL ? in->channel : "cli";
    if (!reb_case_word_known(reb_case_channels, channel)) {
        reb_fail(err, REB_E_INPUT, "There is no channel \"%.40s\".", channel);
        reb_err_next(err, "They are form, email, phone, shop, chat, api, cli and import.");
        return REB_E_INPUT;
    }
    if (in->severity != NULL && in->severity[0] != '\0' && !reb_case_word_known(reb_case_severities, in->severity)) {
        reb_fail(err, REB_E_INPUT, "There is no severity \"%.40s\".", in->severity);
        reb_err_next(err, "They are low, normal, high and critical.");
        return REB_E_INPUT;
    }
    reb_status st = read_person(o, err);
    if (st == REB_OK) st = reb_case_text(&o->body, &o->arena, in->body, "complaint", err);
    if (st == REB_OK) st = reb_case_line(&o->subject, &o->arena, in->subject, "subject", err);
    if (st == REB_OK) st = reb_case_text(&o->sought, &o->arena, in->sought, "wish", err);
    if (st == REB_OK && o->body == NULL && o->subject == NULL) {
        reb_fail(err, REB_E_INPUT, "What happened is not told.");
        reb_err_next(err, "A few words are enough.");
        return REB_E_INPUT;
    }
    if (st == REB_OK && o->body == NULL) o->body = o->subject;
    if (st == REB_OK && o->subject == NULL) st = first_words(&o->subject, &o->arena, o->body, err);
    o->language = language_of(o);
    return st;
}

/* By e-mail, phone or order, where exactly one customer has it. What nobody or several have tells nothing. */
static reb_status find_whom(opening *o, reb_store *s, reb_err *err) {
    int64_t heads[2];
    size_t count = 0;
    reb_status st = REB_OK;
    o->whom_id = 0;
    if (o->in->anonymous) return REB_OK;
    if (o->in->customer_id != 0) {
        reb_customer_state c;
        st = reb_customer_state_get(&c, s, o->in->customer_id, err);
        if (st == REB_OK) o->whom_id = c.head_id;
        return st;
    }
    if (o->email[0] != '\0') st = reb_identity_heads(heads, &count, 2, s, "email", NULL, o->email, err);
    if (st == REB_OK && count == 0 && o->phone_read) st = reb_identity_heads(heads, &count, 2, s, "phone", NULL, o->phone, err);
    /* Whoever writes from outside and is not known by their own address is not somebody because they name an order of theirs. */
    bool from_outside = strcmp(o->by->who, "customer") == 0 || strcmp(o->by->who, "mail") == 0;
    bool told = o->email[0] != '\0' || o->phone_read;
    if (st == REB_OK && count == 0 && o->order_ref != NULL && !(from_outside && told)) {
        reb_stmt *q = NULL;
        bool row = true;
        st = reb_query(&q, s, REB_SQL_CASE_ORDER_HEADS, REB_ARGS(reb_t(o->order_ref)), err);
        while (st == REB_OK && count < 2 && (st = reb_step(q, &row, err)) == REB_OK && row) heads[count++] = reb_col_i64(q, 0);
        reb_stmt_close(q);
    }
    if (st == REB_OK && count == 1) o->whom_id = heads[0];
    return st;
}

static reb_status known_key(bool *known, opening *o, reb_store *s, reb_err *err) {
    *known = false;
    if (!given(o->in->key)) return REB_OK;
    const char *key = reb_arena_printf(&o->arena, "open:%.200s", o->in->key);
    reb_stmt *q = NULL;
    if (key == NULL) return no_memory(err);
    reb_status st = reb_query(&q, s, REB_SQL_CASE_KEY_GET, REB_ARGS(reb_t(key)), err);
    if (st == REB_OK) st = reb_step(q, known, err);
    if (st == REB_OK && *known) *o->out = (reb_case_opened){.number = reb_col_i64(q, 0), .seq = reb_col_i64(q, 1), .known = true};
    reb_stmt_close(q);
    if (st == REB_OK && *known) st = reb_case_find(&o->out->at, s, o->out->number, err);
    return st;
}

static const char *opened_data(opening *o) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "kind", o->kind);
    if (given(o->in->severity)) reb_json_kstr(&w, "severity", o->in->severity);
    reb_json_kstr(&w, "language", o->language);
    reb_json_ki64(&w, "standard", o->standard_version);
    if (o->whom_id != 0) reb_json_kid(&w, "customer", o->whom_id);
    if (o->in->anonymous) reb_json_kbool(&w, "anonymous", true);
    reb_json_obj_end(&w);
    const char *kept = b.failed ? NULL : reb_arena_strdup(&o->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return kept;
}

/* The standards in force when it happened, and the kind as they know it. */
static reb_status read_standard(opening *o, int64_t at_us, reb_store *s, reb_err *err) {
    reb_standard *standard = NULL;
    int64_t facts_us = o->in->facts_us != 0 && o->in->facts_us <= at_us ? o->in->facts_us : at_us;
    reb_status st = reb_standard_at(&standard, s, &o->arena, facts_us, err);
    /* What happened before anything was published is answered by what is published when it is told: nobody loses by it. */
    if (st == REB_OK && standard->version == 0 && facts_us < at_us) st = reb_standard_at(&standard, s, &o->arena, at_us, err);
    if (st != REB_OK) return st;
    o->standard_version = standard->version;
    if (!given(o->in->kind)) {
        const reb_standard_kind *other = reb_standard_kind_find(standard, "other");
        if (other == NULL && standard->kind_count > 0) other = &standard->kinds[standard->kind_count - 1];
        o->kind = other != NULL ? other->code : "other";
        return REB_OK;
    }
    o->kind = o->in->kind;
    return reb_case_check_kind(s, &o->arena, standard->version, o->kind, err);
}

static reb_status open_work(reb_store *s, void *ctx, reb_err *err) {
    opening *o = ctx;
    bool known = false;
    const reb_case_by *by = o->by;
    reb_arena_reset(&o->arena);
    *o->out = (reb_case_opened){0};
    reb_status st = read_open(o, err);
    if (st == REB_OK) st = known_key(&known, o, s, err);
    if (st == REB_OK && known) return reb_case_token_make(o->out->status_token, s, "status", o->out->number, err);
    if (st == REB_OK) st = find_whom(o, s, err);
    if (st != REB_OK) return st;
    int64_t at_us = o->in->at_us != 0 ? o->in->at_us : by->now_us;
    st = read_standard(o, at_us, s, err);
    if (st != REB_OK) return st;
    if (at_us > by->now_us) return reb_fail(err, REB_E_INPUT, "A complaint cannot come in later than now.");
    reb_case_event events[2] = {
        {.kind = REB_CASE_OPENED,
         .at_us = at_us,
         .who = by->who,
         .word = o->in->channel != NULL ? o->in->channel : "cli",
         .until_us = o->in->facts_us != 0 ? o->in->facts_us : at_us, /* also a day to come, as told: whoever decides should see it */
         .data = opened_data(o)},
        {.kind = REB_CASE_ASSIGNED, .at_us = at_us, .who = "rule"}};
    int64_t event_count = 1;
    const reb_case_words words[] = {{0, "subject", o->subject}, {0, "body", o->body}, {0, "sought", o->sought}};
    const reb_case_writing w = {.business = by->business, .now_us = by->now_us};
    if (events[0].data == NULL) return no_memory(err);
    st = reb_case_choose_assignee(&events[1].user_id, &events[1].word, s, by->business, o->whom_id, o->kind, err);
    if (st == REB_OK && events[1].user_id != 0) event_count = 2;
    if (st == REB_OK)
        st = reb_case_create(&o->out->at, &o->out->number, NULL, s, &o->arena, by->ids, o->whom_id, events, event_count, words, 3, &w, err);
    const reb_case_person p = {.name = o->in->anonymous ? NULL : o->name,
                               .email = o->email,
                               .phone = o->phone,
                               .order_ref = o->order_ref,
                               .text_hash = reb_case_text_hash(&o->arena, o->body)};
    if (st == REB_OK) st = reb_case_person_put(s, &o->out->at, &p, err);
    if (st == REB_OK && given(o->in->key)) {
        const char *key = reb_arena_printf(&o->arena, "open:%.200s", o->in->key);
        st = key == NULL ? no_memory(err)
                         : reb_exec(s, REB_SQL_CASE_KEY_PUT,
                                    REB_ARGS(reb_t(key), reb_i(o->out->number), reb_i(event_count), reb_i(by->now_us)), NULL, err);
    }
    if (st == REB_OK) st = reb_case_token_make(o->out->status_token, s, "status", o->out->number, err);
    o->out->whom_id = o->whom_id;
    o->out->seq = event_count;
    return st == REB_OK && o->arena.failed ? no_memory(err) : st;
}

reb_status reb_case_open(reb_case_opened *out, reb_store *s, const reb_case_by *by, const reb_case_open_in *in, reb_err *err) {
    opening o = {.out = out, .by = by, .in = in};
    reb_status st = reb_store_write(s, open_work, &o, err);
    if (st == REB_OK && !out->known) reb_case_tell(s, out->number, by->now_us);
    reb_arena_free(&o.arena);
    return st;
}

/* --- acknowledged ------------------------------------------------------------------------------------------------------------------- */

static reb_status acknowledge(reb_case_doing *d, reb_store *s, const void *in, reb_err *err) {
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    if (d->state.acknowledged_us != 0) return REB_OK;
    reb_case_event_add(d, REB_CASE_ACKNOWLEDGED, in);
    return reb_case_end(d, s, err);
}

reb_status reb_case_acknowledge(reb_store *s, const reb_case_by *by, int64_t number, const char *how, reb_err *err) {
    return reb_case_run(NULL, s, by, number, true, true, acknowledge, how, err);
}
