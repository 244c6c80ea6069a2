#include "survey.h"

#include "../base/clock.h"
#include "../domain/case_log.h"
#include "../domain/case_reach.h"
#include "../domain/consent.h"
#include "../domain/contact_rule.h"
#include "../domain/customer.h"
#include "../domain/outbox.h"
#include "../text/voice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* So many are read at a time, and so many times in one turn: whoever cannot be asked (no address, asked lately) keeps nobody else from it.
 */
enum { AT_ONCE = 50, PAGES = 20 };
/* Whoever closed a case and set the rule weeks later does not ask about all the old ones. */
static const int64_t k_stale_us = 14 * REB_US_PER_DAY;

typedef struct asking {
    reb_survey_asked *out;
    reb_arena *arena;
    reb_ids *ids;
    const reb_business *b;
    const reb_survey_request *r;
    int64_t now_us;
} asking;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- the mail ----------------------------------------------------------------------------------------------------------------------------
 */

static const char *word_of(const reb_voice *v, reb_survey_kind k, int64_t score) {
    switch (k) {
        case REB_SURVEY_CSAT:
            return score == 5   ? reb_say_survey_csat_5(v)
                   : score == 4 ? reb_say_survey_csat_4(v)
                   : score == 3 ? reb_say_survey_csat_3(v)
                   : score == 2 ? reb_say_survey_csat_2(v)
                                : reb_say_survey_csat_1(v);
        case REB_SURVEY_NPS: return score == 10 ? reb_say_survey_nps_most(v) : score == 0 ? reb_say_survey_nps_least(v) : NULL;
        case REB_SURVEY_CES: return score == 7 ? reb_say_survey_ces_most(v) : score == 1 ? reb_say_survey_ces_least(v) : NULL;
        case REB_SURVEY_KINDS: break;
    }
    return NULL;
}

static const char *question(const reb_voice *v, reb_survey_kind k, bool of_case) {
    if (k == REB_SURVEY_NPS) return reb_say_survey_nps_question(v);
    if (k == REB_SURVEY_CES) return reb_say_survey_ces_question(v);
    return of_case ? reb_say_survey_csat_question_case(v) : reb_say_survey_csat_question(v);
}

/* One line an answer, best first, each with its own link: one press brings the page with that answer chosen. */
static const char *mail_text(const asking *a, const reb_voice *v, const char *number) {
    reb_buf t = {0};
    const char *shop = reb_business_text(a->b, REB_SETTING_NAME);
    reb_buf_printf(&t, "%s\n\n%s\n\n", number != NULL ? reb_say_survey_mail_case(v, .number = number) : reb_say_survey_mail_hello(v),
                   question(v, a->r->kind, number != NULL));
    for (int64_t score = reb_survey_most(a->r->kind); score >= reb_survey_least(a->r->kind); score--) {
        const char *word = word_of(v, a->r->kind, score);
        const char *figure = reb_voice_count(v, score);
        if (a->r->kind == REB_SURVEY_CSAT) figure = word;
        reb_buf_printf(&t, "%s%s%s%s\n%s?a=%" PRId64 "\n\n", figure, word != NULL && word != figure ? " (" : "",
                       word != NULL && word != figure ? word : "", word != NULL && word != figure ? ")" : "", a->out->link, score);
    }
    reb_buf_printf(&t, "%s\n", reb_say_survey_mail_end(v));
    if (shop[0] != '\0') reb_buf_printf(&t, "\n%s\n", shop);
    const char *text = t.failed ? NULL : reb_arena_strdup(a->arena, reb_buf_cstr(&t));
    reb_buf_free(&t);
    return text;
}

static reb_status mail_it(asking *a, reb_store *s, const reb_survey_ask *ask, const char *to, reb_err *err) {
    reb_locale locale = reb_locale_of(ask->language, NULL, NULL);
    if (locale.language == reb_business_locale(a->b).language) locale = reb_business_locale(a->b);
    const reb_voice v = {.arena = a->arena, .locale = &locale};
    char number[REB_CASE_NUMBER_TEXT];
    int64_t outbox_id = 0;
    reb_case_number_text(number, ask->case_number);
    const char *of_case = ask->case_number != 0 ? number : NULL;
    const reb_outgoing m = {.customer_id = ask->customer_id,
                            .case_id = ask->case_id,
                            .number = ask->case_number,
                            .to = to,
                            .subject =
                                of_case != NULL ? reb_say_survey_mail_subject_case(&v, .number = of_case) : reb_say_survey_mail_subject(&v),
                            .text = mail_text(a, &v, of_case),
                            .language = ask->language,
                            .kind = "survey",
                            .key = reb_arena_printf(a->arena, "survey:%" PRId64, a->out->invitation_id)};
    if (m.text == NULL || m.key == NULL) return no_memory(err);
    reb_status st = reb_outbox_add(&outbox_id, s, a->ids, &m, a->now_us, err);
    if (st == REB_OK && outbox_id == 0) {
        reb_fail(err, REB_E_INPUT, "No mail is set up, so that nothing can be sent.");
        reb_err_next(err, "Hand the link over yourself, or set up mail: mail_from and mail_smtp in the settings.");
        return REB_E_INPUT;
    }
    a->out->mailed = st == REB_OK;
    return st;
}

/* --- asking ------------------------------------------------------------------------------------------------------------------------------
 */

static const char *link_of(const asking *a, const char *token) {
    return reb_arena_printf(a->arena, "%s/s/%s", reb_business_text(a->b, REB_SETTING_PUBLIC_URL), token);
}

/* NULL: none is known. */
static reb_status address_of(const char **out, const asking *a, reb_store *s, const reb_survey_ask *ask, reb_err *err) {
    reb_case_reach whom = {.email = ""};
    reb_status st = REB_OK;
    if (ask->case_id != 0) {
        const reb_case_key key = {ask->customer_id, ask->case_id};
        reb_case_state state;
        st = reb_case_load(&state, s, a->arena, &key, err);
        if (st == REB_OK) st = reb_case_reach_get(&whom, s, a->arena, &key, &state, err);
    } else if (ask->whom_id != 0) {
        st = reb_customer_reach_get(&whom, s, a->arena, ask->whom_id, err);
    }
    *out = st == REB_OK && whom.email[0] != '\0' ? whom.email : NULL;
    return st;
}

static reb_status about_case(reb_survey_ask *ask, const asking *a, reb_store *s, reb_err *err) {
    reb_case_key key;
    reb_case_state state;
    if (a->r->case_number == 0) return REB_OK;
    reb_status st = reb_case_find(&key, s, a->r->case_number, err);
    if (st == REB_OK) st = reb_case_load(&state, s, a->arena, &key, err);
    if (st != REB_OK) return st;
    ask->customer_id = key.customer_id;
    ask->case_id = key.case_id;
    ask->case_number = a->r->case_number;
    if (ask->whom_id == 0 && state.whom_id != 0) {
        reb_customer_state whom;
        st = reb_customer_state_get(&whom, s, state.whom_id, err);
        if (st != REB_OK) return st;
        ask->whom_id = whom.head_id;
    }
    if (ask->language == NULL) ask->language = state.language;
    return REB_OK;
}

static reb_status ask_work(reb_store *s, void *ctx, reb_err *err) {
    asking *a = ctx;
    char token[REB_CASE_TOKEN];
    const char *to = NULL;
    reb_customer_state customer;
    reb_survey_ask ask = {.kind = a->r->kind,
                          .customer_id = a->r->customer_id,
                          .whom_id = a->r->customer_id,
                          .channel = a->r->send ? "email" : "link",
                          .language = a->r->language,
                          .who = a->r->who};
    *a->out = (reb_survey_asked){0};
    reb_status st = a->r->customer_id != 0 ? reb_customer_state_get(&customer, s, a->r->customer_id, err) : REB_OK;
    if (st == REB_OK && a->r->customer_id != 0) ask.customer_id = ask.whom_id = customer.head_id;
    if (st == REB_OK) st = about_case(&ask, a, s, err);
    reb_language language;
    if (ask.language == NULL || !reb_language_find(&language, ask.language)) language = reb_business_locale(a->b).language;
    ask.language = reb_language_code(language);
    if (st == REB_OK && a->r->send) st = address_of(&to, a, s, &ask, err);
    if (st == REB_OK && a->r->send && to == NULL) st = reb_fail(err, REB_E_INPUT, "No e-mail address is known to send this to.");
    if (st == REB_OK && a->r->send && reb_business_text(a->b, REB_SETTING_PUBLIC_URL)[0] == '\0') {
        reb_fail(err, REB_E_INPUT, "The address of the public pages is not set, so that a mail could hold no link.");
        reb_err_next(err, "rebound set public_url https://care.example.com");
        st = REB_E_INPUT;
    }
    if (st == REB_OK) st = reb_survey_invite(&a->out->invitation_id, token, s, a->ids, &ask, a->now_us, err);
    if (st == REB_OK) a->out->link = link_of(a, token);
    if (st == REB_OK && a->out->link == NULL) st = no_memory(err);
    if (st == REB_OK && a->r->send) st = mail_it(a, s, &ask, to, err);
    return st;
}

reb_status reb_survey_request_make(reb_survey_asked *out, reb_store *s, reb_arena *a, reb_ids *ids, const reb_business *b,
                                   const reb_survey_request *r, int64_t now_us, reb_err *err) {
    asking x = {.out = out, .arena = a, .ids = ids, .b = b, .r = r, .now_us = now_us};
    return reb_store_write(s, ask_work, &x, err);
}

/* --- figures -----------------------------------------------------------------------------------------------------------------------------
 */

static void share_json(reb_json *w, const char *name, const reb_share *x) {
    reb_json_key(w, name);
    reb_json_obj(w);
    reb_json_kf64(w, "value", x->value);
    reb_json_kf64(w, "low", x->low);
    reb_json_kf64(w, "high", x->high);
    reb_json_obj_end(w);
}

static void kind_json(reb_json *w, reb_survey_kind k, const reb_survey_figures *f) {
    reb_json_obj(w);
    reb_json_kstr(w, "kind", reb_survey_kind_name(k));
    reb_json_ki64(w, "asked", f->asked);
    reb_json_ki64(w, "answered", f->answered);
    if (f->asked > 0) {
        share_json(w, "response", &f->response);
    } else {
        reb_json_knull(w, "response");
    }
    if (f->answered > 0) {
        share_json(w, "figure", &f->figure);
    } else {
        reb_json_knull(w, "figure");
    }
    reb_json_key(w, "counts");
    reb_json_arr(w);
    for (int64_t score = reb_survey_least(k); score <= reb_survey_most(k); score++) {
        reb_json_obj(w);
        reb_json_ki64(w, "score", score);
        reb_json_ki64(w, "count", f->counts[score]);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
}

reb_status reb_survey_figures_json(reb_json *w, reb_store *s, int64_t days, int64_t now_us, reb_err *err) {
    reb_survey_figures f[REB_SURVEY_KINDS];
    int64_t from_us = now_us - days * REB_US_PER_DAY;
    reb_status st = reb_survey_count(f, s, from_us, now_us + 1, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    reb_json_ktime(w, "from", from_us);
    reb_json_ktime(w, "to", now_us);
    reb_json_key(w, "surveys");
    reb_json_arr(w);
    for (int k = 0; k < REB_SURVEY_KINDS; k++) kind_json(w, (reb_survey_kind)k, &f[k]);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return REB_OK;
}

typedef struct listing {
    reb_json *w;
    int64_t count, limit, last;
} listing;

static reb_status answer_json(const reb_survey *v, void *ctx, reb_err *err) {
    listing *l = ctx;
    (void)err;
    if (l->count == l->limit) {
        l->count++;
        return REB_OK;
    }
    l->count++;
    l->last = v->invitation_id;
    reb_json_obj(l->w);
    reb_json_kid(l->w, "invitation_id", v->invitation_id);
    reb_json_kstr(l->w, "kind", reb_survey_kind_name(v->kind));
    reb_json_ki64(l->w, "score", v->score);
    reb_json_kbool(l->w, "unhappy", reb_survey_unhappy(v->kind, v->score));
    reb_json_kstr(l->w, "comment", v->comment);
    reb_json_kstr(l->w, "language", v->language);
    if (v->case_number != 0) {
        reb_json_ki64(l->w, "case", v->case_number);
    } else {
        reb_json_knull(l->w, "case");
    }
    if (v->whom_id != 0) {
        reb_json_kid(l->w, "customer_id", v->whom_id);
    } else {
        reb_json_knull(l->w, "customer_id");
    }
    reb_json_ktime(l->w, "answered_at", v->answered_us);
    reb_json_obj_end(l->w);
    return REB_OK;
}

reb_status reb_survey_answers_json(reb_json *w, reb_store *s, const reb_survey_wanted *q, reb_err *err) {
    listing l = {.w = w, .limit = q->limit};
    reb_json_obj(w);
    reb_json_key(w, "answers");
    reb_json_arr(w);
    reb_status st = reb_survey_answers(s, q->kind, q->below, q->worded, q->limit + 1, answer_json, &l, err);
    reb_json_arr_end(w);
    if (l.count > l.limit) {
        reb_json_kid(w, "next", l.last);
    } else {
        reb_json_knull(w, "next");
    }
    reb_json_obj_end(w);
    return st;
}

/* --- the rule ----------------------------------------------------------------------------------------------------------------------------
 */

typedef struct candidate {
    int64_t customer_id, case_id, number, whom_id;
} candidate;

/* Has the customer said no to mails of this sort? The newest statement of each kind stands. */
static reb_status may_mail(bool *may, reb_store *s, int64_t head_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    char before[REB_CONSENT_TEXT] = "";
    *may = true;
    reb_status st = reb_query(&q, s, REB_SQL_CUSTOMER_FACTS, REB_ARGS(reb_i(head_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) { /* by fact, the newest first */
        const char *fact = reb_col_text(q, 0);
        bool first = strncmp(fact, before, sizeof before - 1) != 0;
        snprintf(before, sizeof before, "%s", fact);
        if (first && (reb_contact_closed(fact, reb_col_text(q, 1), REB_ITEM_FEEDBACK) & REB_WAY_EMAIL) != 0) *may = false;
    }
    reb_stmt_close(q);
    return st;
}

static reb_status read_due(candidate out[AT_ONCE], size_t *count, reb_store *s, int64_t from_us, int64_t to_us, int64_t below,
                           reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_SURVEY_DUE, REB_ARGS(reb_i(from_us), reb_i(to_us), reb_i(AT_ONCE), reb_i(below)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row && *count < AT_ONCE)
        out[(*count)++] = (candidate){reb_col_i64(q, 0), reb_col_i64(q, 1), reb_col_i64(q, 2), reb_col_i64(q, 3)};
    reb_stmt_close(q);
    return st;
}

static bool quiet(const reb_business *b, int64_t now_us) {
    reb_quiet_hours hours;
    return reb_quiet_hours_parse(&hours, reb_business_text(b, REB_SETTING_QUIET_HOURS)) &&
           reb_quiet_now(&hours, reb_zone_minute(b->zone, now_us));
}

static reb_status ask_candidate(bool *asked, reb_store *s, const reb_business *b, const candidate *c, reb_survey_kind kind, int64_t now_us,
                                reb_ids *ids, reb_err *err) {
    int64_t last_us = 0;
    bool may = true;
    reb_arena a = {0};
    reb_survey_asked made;
    const reb_survey_request r = {.kind = kind, .case_number = c->number, .send = true, .who = "rule"};
    int64_t gap_us = reb_business_i64(b, REB_SETTING_SURVEY_GAP_DAYS) * REB_US_PER_DAY;
    reb_status st = REB_OK;
    *asked = false;
    reb_customer_state whom = {0};
    if (c->whom_id != 0) st = reb_customer_state_get(&whom, s, c->whom_id, err);
    if (st == REB_OK && c->whom_id != 0) st = reb_survey_last_asked(&last_us, s, whom.head_id, err);
    if (st == REB_OK && c->whom_id != 0) st = may_mail(&may, s, whom.head_id, err);
    if (st == REB_OK && may && (last_us == 0 || now_us - last_us >= gap_us)) {
        reb_err refused = {0};
        st = reb_survey_request_make(&made, s, &a, ids, b, &r, now_us, &refused);
        *asked = st == REB_OK;
        if (st == REB_E_INPUT) {
            st = REB_OK; /* no address: nobody to ask */
        } else if (st != REB_OK && err != NULL) {
            *err = refused;
        }
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_survey_tick(int64_t *did, reb_store *s, const reb_business *b, int64_t now_us, reb_ids *ids, reb_err *err) {
    candidate due[AT_ONCE];
    size_t count = 0;
    bool mail = false;
    reb_survey_kind kind;
    *did = 0;
    if (!reb_survey_kind_from_name(&kind, reb_business_text(b, REB_SETTING_SURVEY_AFTER_CASE)) || quiet(b, now_us)) return REB_OK;
    if (reb_business_text(b, REB_SETTING_PUBLIC_URL)[0] == '\0') return REB_OK;
    reb_status st = reb_outbox_set_up(&mail, s, err);
    if (st != REB_OK || !mail) return st;
    int64_t to_us = now_us - reb_business_i64(b, REB_SETTING_SURVEY_AFTER_HOURS) * 3600 * REB_US_PER_SECOND;
    int64_t below = INT64_MAX;
    count = AT_ONCE;
    for (int page = 0; page < PAGES && count == AT_ONCE && *did < AT_ONCE && st == REB_OK; page++) {
        st = read_due(due, &count, s, to_us - k_stale_us, to_us, below, err);
        for (size_t i = 0; i < count && st == REB_OK; i++) {
            bool asked;
            st = ask_candidate(&asked, s, b, &due[i], kind, now_us, ids, err);
            *did += asked;
            below = due[i].case_id;
        }
    }
    return st;
}
