#include "letter.h"

#include "../domain/case_reach.h"
#include "../domain/outbox.h"
#include "../domain/standard.h"
#include "../text/message.h"
#include "../text/voice.h"
#include "case_internal.h"
#include "letter_pdf.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- what a letter speaks of ------------------------------------------------------------------------------------------------------------
 */

typedef struct matter {
    reb_store *store;
    reb_arena *arena;
    const reb_business *business;
    reb_case_key key;
    int64_t number;
    char reference[REB_CASE_NUMBER_TEXT];
    reb_case_state state;
    reb_case_reach whom;
    const char *subject;       /* of the complaint */
    const char *reason, *rule; /* of the decision; "" */
    const char *remedies[REB_CASE_REMEDIES_MOST];
    int64_t remedy_count;
    reb_standard *standard;
} matter;

static reb_status read_decision(matter *m, reb_err *err) {
    const reb_case_event *events = NULL;
    int64_t n = 0;
    reb_status st = reb_case_events(&events, &n, m->store, m->arena, &m->key, err);
    for (int64_t i = 0; st == REB_OK && i < n; i++) {
        if (events[i].seq != m->state.decided_seq || events[i].data == NULL) continue;
        cJSON *o = cJSON_Parse(events[i].data);
        const cJSON *code;
        cJSON_ArrayForEach(code, cJSON_GetObjectItemCaseSensitive(o, "remedies")) {
            if (!cJSON_IsString(code) || m->remedy_count == REB_CASE_REMEDIES_MOST) continue;
            m->remedies[m->remedy_count] = reb_arena_strdup(m->arena, code->valuestring);
            if (m->remedies[m->remedy_count++] == NULL) st = no_memory(err);
        }
        cJSON_Delete(o);
    }
    return st;
}

static reb_status read_words(matter *m, reb_err *err) {
    const reb_case_words *words = NULL;
    int64_t n = 0;
    reb_status st = reb_case_words_read(&words, &n, m->store, m->arena, &m->key, err);
    for (int64_t i = 0; st == REB_OK && i < n; i++) {
        if (words[i].at == m->state.decided_seq && strcmp(words[i].part, "reason") == 0) m->reason = words[i].body;
        if (words[i].at == m->state.decided_seq && strcmp(words[i].part, "rule") == 0) m->rule = words[i].body;
        if (m->subject[0] == '\0' && strcmp(words[i].part, "subject") == 0) m->subject = words[i].body;
    }
    size_t n_subject = strlen(m->subject);
    if (st == REB_OK && n_subject > 1 && m->subject[n_subject - 1] == '.' &&
        m->subject[n_subject - 2] != '.') { /* it stands within a sentence */
        m->subject = reb_arena_strndup(m->arena, m->subject, n_subject - 1);
        if (m->subject == NULL) return no_memory(err);
    }
    return st;
}

static reb_status read_matter(matter *m, reb_store *s, reb_arena *a, const reb_business *b, int64_t number, reb_err *err) {
    *m = (matter){.store = s, .arena = a, .business = b, .number = number, .subject = "", .reason = "", .rule = ""};
    reb_case_number_text(m->reference, number);
    reb_status st = reb_case_find(&m->key, s, number, err);
    if (st == REB_OK) st = reb_case_load(&m->state, s, a, &m->key, err);
    return st;
}

/* --- its words --------------------------------------------------------------------------------------------------------------------------
 */

reb_locale reb_letter_locale(const reb_business *b, const char *language) {
    reb_locale shop = reb_business_locale(b), l = {0};
    (void)reb_language_find(&l.language, language);
    if (shop.language == l.language) return shop;
    if (l.language == REB_LANG_FA) l = (reb_locale){REB_LANG_FA, REB_CAL_SOLAR_HIJRI, REB_DIGITS_PERSIAN};
    if (l.language == REB_LANG_AR) l.digits = REB_DIGITS_ARABIC;
    return l;
}

static void part(reb_buf *b, const char *text) {
    if (text == NULL || text[0] == '\0') return;
    reb_buf_printf(b, "%s%s", b->len > 0 ? "\n\n" : "", text);
}

static void remedy(reb_buf *b, const reb_voice *v, const matter *m, const reb_remedy *r) {
    const char *code = reb_language_code(v->locale->language);
    const char *text = reb_words_in(&r->text, code, m->standard->first_language);
    reb_buf_printf(b, "\n- %s", reb_words_in(&r->title, code, m->standard->first_language));
    if (r->kind == REB_REMEDY_VOUCHER && r->percent == 0)
        reb_buf_printf(b, " (%s)", reb_voice_money(v, r->amount_minor, m->standard->currency, REB_MONEY_SIGN));
    if (text[0] != '\0') reb_buf_printf(b, ": %s", text);
}

static const char *verdict(const reb_voice *v, const char *outcome) {
    reb_msg msg;
    return reb_msg_find(&msg, "letter.", outcome) ? reb_voice_say(v, msg, NULL, 0) : "";
}

/* A decision that ends the matter by itself needs neither rule nor way to object. */
static bool is_ending(const char *outcome) {
    return strcmp(outcome, "withdrawn") == 0 || strcmp(outcome, "duplicate") == 0;
}

/* The rule that was written down, else that of the standards; what nobody has published is no rule (ADR 0022). */
static void the_rule(reb_buf *b, const reb_voice *v, const matter *m) {
    const char *code = reb_language_code(v->locale->language), *first = m->standard->first_language;
    int64_t number = reb_standard_number(m->standard, m->state.kind);
    const reb_standard_kind *k = number > 0 ? &m->standard->kinds[number - 1] : NULL;
    if (m->rule[0] != '\0') {
        part(b, reb_say_letter_rule_own(v));
        reb_buf_printf(b, "\n%s", m->rule);
    } else if (k != NULL && m->standard->version > 0) {
        part(b, reb_say_letter_rule(v, .number = (double)number, .title = reb_words_in(&k->title, code, first),
                                    .version = (double)m->standard->version));
        reb_buf_printf(b, "\n%s", reb_words_in(&k->text, code, first));
    }
}

static void closing(reb_buf *b, const reb_voice *v, const matter *m, const char *who) {
    part(b, reb_say_letter_closing(v));
    reb_buf_char(b, '\n');
    if (who[0] != '\0') reb_buf_printf(b, "%s\n", who);
    reb_buf_str(b, reb_business_text(m->business, REB_SETTING_NAME));
}

static reb_status status_url(const char **out, const matter *m, reb_err *err) {
    char token[REB_CASE_TOKEN];
    const char *base = reb_business_text(m->business, REB_SETTING_PUBLIC_URL);
    *out = NULL;
    if (base[0] == '\0') return REB_OK;
    reb_status st = reb_case_token_make(token, m->store, "status", m->number, err);
    if (st == REB_OK) *out = reb_arena_printf(m->arena, "%s/c/%s", base, token);
    return st == REB_OK && *out == NULL ? no_memory(err) : st;
}

static reb_status compose(reb_letter *l, const matter *m, const reb_case_by *by, reb_err *err) {
    reb_locale locale = reb_letter_locale(m->business, l->language);
    reb_voice v = {.arena = m->arena, .locale = &locale};
    const char *code = reb_language_code(locale.language), *url = NULL, *who = "";
    bool ending = is_ending(m->state.outcome);
    reb_buf b = {0};
    reb_status st = status_url(&url, m, err);
    if (st == REB_OK && by->user_id != 0) st = reb_case_who_name(&who, m->store, m->arena, by->who, err);
    if (st != REB_OK) return st;
    part(&b, m->whom.name[0] != '\0' ? reb_say_letter_greeting_name(&v, .name = m->whom.name) : reb_say_letter_greeting(&v));
    const char *day = reb_voice_day(&v, reb_business_day(m->business, m->state.received_us));
    part(&b, reb_say_letter_thanks(&v, .day = day, .subject = m->subject, .number = m->reference));
    part(&b, verdict(&v, m->state.outcome));
    if (m->reason[0] != '\0') {
        part(&b, reb_say_letter_found(&v));
        reb_buf_printf(&b, "\n%s", m->reason);
    }
    if (!ending) the_rule(&b, &v, m);
    if (m->remedy_count > 0) part(&b, reb_say_letter_remedies(&v));
    for (int64_t i = 0; i < m->remedy_count; i++) {
        const reb_remedy *r = reb_remedy_find(m->standard, m->remedies[i]);
        if (r != NULL) remedy(&b, &v, m, r);
    }
    if (!ending && m->standard->version > 0) {
        part(&b, reb_words_in(&m->standard->appeal, code, m->standard->first_language));
        if (m->standard->reopen_days > 0) part(&b, reb_say_standards_page_reopen(&v, .count = (double)m->standard->reopen_days));
    }
    if (url != NULL) part(&b, reb_say_letter_status(&v, .url = url));
    closing(&b, &v, m, who);
    l->subject = ending ? reb_say_letter_subject_ended(&v, .number = m->reference) : reb_say_letter_subject(&v, .number = m->reference);
    l->recipient = m->whom.name;
    l->body = reb_arena_strdup(m->arena, reb_buf_cstr(&b));
    bool failed = b.failed || m->arena->failed;
    reb_buf_free(&b);
    return failed ? no_memory(err) : REB_OK;
}

/* --- drafting ---------------------------------------------------------------------------------------------------------------------------
 */

typedef struct work_ctx {
    const reb_case_by *by;
    int64_t number, letter_id;
    const char *language, *how;
    const reb_letter_edit_in *edit;
    int64_t seen_us;
} work_ctx;

static reb_status nothing_decided(const matter *m, reb_err *err) {
    if (m->state.stage == REB_STAGE_MERGED)
        return reb_fail(err, REB_E_CONFLICT, "%s was merged into another case; write for that one.", m->reference);
    if (m->state.decided_seq != 0) return REB_OK;
    reb_fail(err, REB_E_CONFLICT, "Nothing is decided yet in %s.", m->reference);
    reb_err_next(err, "Decide first; the letter then says what, why and by which rule.");
    return REB_E_CONFLICT;
}

static reb_status draft(reb_store *s, work_ctx *c, reb_arena *a, reb_err *err) {
    matter m;
    reb_letter *list = NULL;
    reb_language language;
    size_t n = 0;
    reb_status st = read_matter(&m, s, a, c->by->business, c->number, err);
    if (st == REB_OK) st = nothing_decided(&m, err);
    if (st != REB_OK) return st;
    const char *wanted = c->language != NULL ? c->language : m.state.language;
    if (!reb_language_find(&language, wanted)) {
        if (c->language != NULL) return reb_fail(err, REB_E_INPUT, "A letter is written in en, ar, fa or el.");
        language = reb_business_locale(c->by->business).language;
    }
    wanted = reb_language_code(language);
    st = reb_letter_list(&list, &n, s, a, &m.key, err);
    for (size_t i = 0; st == REB_OK && i < n; i++)
        if (list[i].state == REB_LETTER_DRAFT && list[i].decided_seq == m.state.decided_seq && strcmp(list[i].language, wanted) == 0) {
            c->letter_id = list[i].letter_id;
            return REB_OK;
        }
    if (st == REB_OK && n >= REB_LETTERS_MOST) st = reb_fail(err, REB_E_LIMIT, "%s has %d letters already.", m.reference, REB_LETTERS_MOST);
    if (st == REB_OK) st = read_decision(&m, err);
    if (st == REB_OK) st = read_words(&m, err);
    if (st == REB_OK) st = reb_case_reach_get(&m.whom, s, a, &m.key, &m.state, err);
    if (st == REB_OK) st = reb_standard_get(&m.standard, s, a, m.state.standard_version, err);
    if (st != REB_OK) return st;
    reb_letter l = {.letter_id = n > 0 ? list[n - 1].letter_id + 1 : 1,
                    .outcome = m.state.outcome,
                    .decided_seq = m.state.decided_seq,
                    .language = wanted,
                    .created_us = c->by->now_us,
                    .created_by = c->by->who,
                    .changed_us = c->by->now_us,
                    .changed_by = c->by->who};
    st = compose(&l, &m, c->by, err);
    c->letter_id = l.letter_id;
    return st == REB_OK ? reb_letter_put(s, &m.key, &l, err) : st;
}

static reb_status draft_work(reb_store *s, void *ctx, reb_err *err) {
    reb_arena a = {0};
    reb_status st = draft(s, ctx, &a, err);
    reb_arena_free(&a);
    return st;
}

reb_status reb_letter_draft(int64_t *letter_id, reb_store *s, const reb_case_by *by, int64_t number, const char *language, reb_err *err) {
    work_ctx c = {.by = by, .number = number, .language = language};
    reb_status st = reb_store_write(s, draft_work, &c, err);
    *letter_id = c.letter_id;
    return st;
}

/* --- editing and sending ----------------------------------------------------------------------------------------------------------------
 */

static reb_status a_draft(reb_letter *l, reb_store *s, reb_arena *a, const matter *m, const work_ctx *c, reb_err *err) {
    reb_status st = reb_letter_get(l, s, a, &m->key, c->letter_id, err);
    if (st == REB_OK && l->state != REB_LETTER_DRAFT) {
        reb_fail(err, REB_E_CONFLICT, "This letter went out already.");
        reb_err_next(err, "What went out is never changed; draft a new one.");
        st = REB_E_CONFLICT;
    }
    if (st == REB_OK && c->seen_us >= 0 && c->seen_us != l->changed_us) {
        reb_fail(err, REB_E_CONFLICT, "Somebody else has edited this letter meanwhile.");
        reb_err_next(err, "Load it again; what you wrote is not stored.");
        reb_err_reason(err, "letter_changed");
        st = REB_E_CONFLICT;
    }
    return st;
}

static void touched(reb_letter *l, const reb_case_by *by) {
    l->changed_us = by->now_us > l->changed_us ? by->now_us : l->changed_us + 1;
    l->changed_by = by->who;
}

static reb_status edit_work(reb_store *s, void *ctx, reb_err *err) {
    work_ctx *c = ctx;
    reb_arena a = {0};
    matter m;
    reb_letter l;
    reb_status st = read_matter(&m, s, &a, c->by->business, c->number, err);
    if (st == REB_OK) st = a_draft(&l, s, &a, &m, c, err);
    if (st == REB_OK) {
        if (c->edit->recipient != NULL) l.recipient = c->edit->recipient;
        if (c->edit->subject != NULL) l.subject = c->edit->subject;
        if (c->edit->body != NULL) l.body = c->edit->body;
        touched(&l, c->by);
        st = reb_letter_put(s, &m.key, &l, err);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_letter_edit(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, const reb_letter_edit_in *in,
                           reb_err *err) {
    work_ctx c = {.by = by, .number = number, .letter_id = letter_id, .edit = in, .seen_us = in->seen_us};
    return reb_store_write(s, edit_work, &c, err);
}

reb_status reb_letter_discard(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, reb_err *err) {
    reb_case_key key;
    bool dropped = false;
    (void)by;
    reb_status st = reb_case_find(&key, s, number, err);
    if (st == REB_OK) st = reb_letter_drop(&dropped, s, &key, letter_id, err);
    return st == REB_OK && !dropped ? reb_fail(err, REB_E_NOT_FOUND, "There is no such draft.") : st;
}

static reb_status paper(reb_buf *out, const char **name, const matter *m, const reb_letter *l, int64_t now_us, reb_err *err);

static reb_status mail_it(reb_letter *l, const matter *m, const work_ctx *c, reb_err *err) {
    reb_buf pdf = {0};
    const char *name = NULL;
    if (m->whom.email[0] == '\0') {
        reb_fail(err, REB_E_INPUT, "No e-mail address is known for %s.", m->reference);
        reb_err_next(err, "Print the letter, or tell them by telephone.");
        return REB_E_INPUT;
    }
    reb_status st = paper(&pdf, &name, m, l, c->by->now_us, err);
    if (st == REB_OK) {
        const reb_outgoing mail = {.customer_id = m->key.customer_id,
                                   .case_id = m->key.case_id,
                                   .number = m->number,
                                   .to = m->whom.email,
                                   .subject = l->subject,
                                   .text = l->body,
                                   .language = l->language,
                                   .kind = "letter",
                                   .key = reb_arena_printf(m->arena, "letter:%" PRId64 ":%" PRId64, m->number, l->letter_id),
                                   .pdf = (const unsigned char *)pdf.data,
                                   .pdf_bytes = pdf.len,
                                   .pdf_name = name};
        st = mail.key != NULL ? reb_outbox_add(&l->outbox_id, m->store, c->by->ids, &mail, c->by->now_us, err) : no_memory(err);
    }
    reb_buf_free(&pdf);
    if (st == REB_OK && l->outbox_id == 0) {
        reb_fail(err, REB_E_INPUT, "No mail is set up here.");
        reb_err_next(err, "Set it up under Settings, Mail; or print the letter.");
        st = REB_E_INPUT;
    }
    return st;
}

static reb_status send_now(reb_store *s, work_ctx *c, reb_arena *a, reb_err *err) {
    matter m;
    reb_letter l;
    bool email = strcmp(c->how, "email") == 0;
    if (!email && strcmp(c->how, "letter") != 0) return reb_fail(err, REB_E_INPUT, "A letter goes out by email or as letter (on paper).");
    reb_status st = read_matter(&m, s, a, c->by->business, c->number, err);
    if (st == REB_OK) st = a_draft(&l, s, a, &m, c, err);
    if (st == REB_OK && l.decided_seq != m.state.decided_seq) {
        reb_fail(err, REB_E_CONFLICT, "It was decided anew since this letter was drafted.");
        reb_err_next(err, "Draft a letter about the new decision.");
        st = REB_E_CONFLICT;
    }
    if (st == REB_OK) st = reb_case_reach_get(&m.whom, s, a, &m.key, &m.state, err);
    if (st == REB_OK && email) st = mail_it(&l, &m, c, err);
    if (st != REB_OK) return st;
    l.state = email ? REB_LETTER_SENT : REB_LETTER_PRINTED;
    touched(&l, c->by);
    l.told_us = c->by->now_us;
    st = reb_letter_put(s, &m.key, &l, err);
    if (st == REB_OK && m.state.communicated_us == 0)
        st = reb_case_communicate(&(reb_case_wrote){0}, s, c->by, c->number, c->how, l.letter_id, err);
    return st;
}

static reb_status send_work(reb_store *s, void *ctx, reb_err *err) {
    reb_arena a = {0};
    reb_status st = send_now(s, ctx, &a, err);
    reb_arena_free(&a);
    return st;
}

reb_status reb_letter_send(reb_store *s, const reb_case_by *by, int64_t number, int64_t letter_id, const char *how, int64_t seen_us,
                           reb_err *err) {
    work_ctx c = {.by = by, .number = number, .letter_id = letter_id, .how = how, .seen_us = seen_us};
    return reb_store_write(s, send_work, &c, err);
}

/* --- to look at -------------------------------------------------------------------------------------------------------------------------
 */

static void put_letter(reb_json *w, const reb_letter *l, int64_t decided_seq) {
    reb_json_obj(w);
    reb_json_kid(w, "letter_id", l->letter_id);
    reb_json_kstr(w, "state", reb_letter_state_name(l->state));
    reb_json_kstr(w, "outcome", l->outcome);
    reb_json_kstr(w, "language", l->language);
    reb_json_kstr(w, "recipient", l->recipient);
    reb_json_kstr(w, "subject", l->subject);
    reb_json_kstr(w, "body", l->body);
    reb_json_kid(w, "revision", l->changed_us);
    reb_json_ktime(w, "created_at", l->created_us);
    reb_json_kstr(w, "created_by", l->created_by);
    reb_json_ktime(w, "changed_at", l->changed_us);
    reb_json_kstr(w, "changed_by", l->changed_by);
    if (l->told_us != 0) {
        reb_json_ktime(w, "told_at", l->told_us);
    } else {
        reb_json_knull(w, "told_at");
    }
    reb_json_kbool(w, "current", l->decided_seq == decided_seq);
    reb_json_obj_end(w);
}

static reb_status put_letters(reb_json *w, reb_store *s, int64_t number, int64_t letter_id, reb_err *err) {
    reb_arena a = {0};
    matter m;
    reb_letter *list = NULL;
    size_t n = 0;
    reb_status st = read_matter(&m, s, &a, NULL, number, err);
    if (st == REB_OK) st = reb_letter_list(&list, &n, s, &a, &m.key, err);
    if (st == REB_OK && letter_id != 0) {
        reb_letter l;
        st = reb_letter_get(&l, s, &a, &m.key, letter_id, err);
        if (st == REB_OK) put_letter(w, &l, m.state.decided_seq);
    } else if (st == REB_OK) {
        reb_json_obj(w);
        reb_json_key(w, "letters");
        reb_json_arr(w);
        for (size_t i = 0; i < n; i++) put_letter(w, &list[i], m.state.decided_seq);
        reb_json_arr_end(w);
        reb_json_obj_end(w);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_letter_json(reb_json *w, reb_store *s, int64_t number, int64_t letter_id, reb_err *err) {
    return put_letters(w, s, number, letter_id, err);
}

reb_status reb_letters_json(reb_json *w, reb_store *s, int64_t number, reb_err *err) {
    return put_letters(w, s, number, 0, err);
}

static reb_status paper(reb_buf *out, const char **name, const matter *m, const reb_letter *l, int64_t now_us, reb_err *err) {
    reb_locale locale = reb_letter_locale(m->business, l->language);
    reb_voice v = {.arena = m->arena, .locale = &locale};
    const char *url = reb_business_text(m->business, REB_SETTING_PUBLIC_URL);
    const reb_letter_paper p = {.shop = reb_business_text(m->business, REB_SETTING_NAME),
                                .place = url,
                                .recipient = l->recipient,
                                .date = reb_voice_day(&v, reb_business_day(m->business, l->told_us != 0 ? l->told_us : now_us)),
                                .subject = l->subject,
                                .body = l->body,
                                .reference = m->reference,
                                .locale = locale,
                                .now_us = now_us};
    *name = reb_arena_printf(m->arena, "%s.pdf", m->reference);
    return m->arena->failed ? no_memory(err) : reb_letter_paper_pdf(out, &p, err);
}

reb_status reb_letter_pdf(reb_buf *out, const char **name, reb_store *s, reb_arena *a, const reb_business *b, int64_t number,
                          int64_t letter_id, int64_t now_us, reb_err *err) {
    matter m;
    reb_letter l;
    reb_status st = read_matter(&m, s, a, b, number, err);
    if (st == REB_OK) st = reb_letter_get(&l, s, a, &m.key, letter_id, err);
    return st == REB_OK ? paper(out, name, &m, &l, now_us, err) : st;
}
