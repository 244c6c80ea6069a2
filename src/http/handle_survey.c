/* The page of a survey, and what surveys come to.

   Following a link out of a mail never votes: programs that look at a mail's links before people do follow all of them, some in a real
   browser. The link brings the page with the answer chosen and the button in focus; sending the form is the answer. */
#include "handlers.h"

#include "../app/survey.h"
#include "audit.h"
#include "page_field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct asked {
    reb_page page;
    const char *token;
    reb_survey survey;
    int64_t chosen; /* -1: none */
    const char *comment, *fault, *again;
} asked;

static reb_status not_here(reb_request *rq, reb_err *err) {
    reb_page p;
    reb_page_open(&p, rq);
    return reb_page_refusal(rq, 404, reb_say_public_not_here(&p.voice), reb_say_public_not_here_text(&p.voice), err);
}

static reb_status open_survey(asked *q, bool *found, reb_request *rq, reb_err *err) {
    *q = (asked){.token = reb_rq_param(rq, "token"), .chosen = -1};
    reb_page_open(&q->page, rq);
    reb_status st = reb_survey_find(&q->survey, found, rq->store, &rq->arena, q->token, err);
    if (st != REB_OK || !*found) return st == REB_OK ? not_here(rq, err) : st;
    if (q->page.chosen[0] == '\0') reb_page_speak(&q->page, q->survey.language);
    q->page.hidden = true;
    return REB_OK;
}

static const char *question(const asked *q) {
    const reb_voice *v = &q->page.voice;
    if (q->survey.kind == REB_SURVEY_NPS) return reb_say_survey_nps_question(v);
    if (q->survey.kind == REB_SURVEY_CES) return reb_say_survey_ces_question(v);
    return q->survey.case_id != 0 ? reb_say_survey_csat_question_case(v) : reb_say_survey_csat_question(v);
}

static const char *word_of(const asked *q, int64_t score) {
    const reb_voice *v = &q->page.voice;
    switch (score) {
        case 5: return reb_say_survey_csat_5(v);
        case 4: return reb_say_survey_csat_4(v);
        case 3: return reb_say_survey_csat_3(v);
        case 2: return reb_say_survey_csat_2(v);
        default: return reb_say_survey_csat_1(v);
    }
}

static void choice(asked *q, int64_t score) {
    reb_page *p = &q->page;
    bool words = q->survey.kind == REB_SURVEY_CSAT;
    reb_buf_printf(p->out, "<label><input type=\"radio\" name=\"score\" value=\"%" PRId64 "\" required%s>", score,
                   q->chosen == score ? " checked" : "");
    reb_page_put(p, "<span>", words ? word_of(q, score) : reb_voice_count(&p->voice, score), "</span></label>");
}

static void scale(asked *q) {
    reb_page *p = &q->page;
    const reb_voice *v = &p->voice;
    reb_survey_kind k = q->survey.kind;
    bool words = k == REB_SURVEY_CSAT;
    reb_page_put(p, "<fieldset><legend>", question(q), "</legend>");
    reb_page_put(p, "<p class=\"fault\" role=\"alert\">", q->fault, "</p>");
    reb_page_html(p, words ? "<div class=\"scale words\">" : "<div class=\"scale\">");
    for (int64_t i = 0; i <= reb_survey_most(k) - reb_survey_least(k); i++)
        choice(q, words ? reb_survey_most(k) - i : reb_survey_least(k) + i);
    reb_page_html(p, "</div>");
    if (!words) {
        reb_page_put(p, "<p class=\"ends\"><span>", k == REB_SURVEY_NPS ? reb_say_survey_nps_least(v) : reb_say_survey_ces_least(v),
                     "</span>");
        reb_page_put(p, "<span>", k == REB_SURVEY_NPS ? reb_say_survey_nps_most(v) : reb_say_survey_ces_most(v), "</span></p>");
    }
    reb_page_html(p, "</fieldset>\n");
}

static void thanks(asked *q) {
    reb_page *p = &q->page;
    reb_page_put(p, "<div class=\"notice good\" role=\"status\"><p><strong>", reb_say_survey_thanks(&p->voice), "</strong></p></div>\n");
    if (!reb_survey_unhappy(q->survey.kind, q->survey.score)) return;
    reb_page_put(p, "<div class=\"card\"><p>", reb_say_survey_thanks_unhappy(&p->voice), "</p><p><a class=\"btn primary\" href=\"");
    reb_page_link(p, "/complain");
    reb_page_put(p, "\">", reb_say_public_complain_title(&p->voice), "</a></p></div>\n");
}

static reb_status show(asked *q, reb_err *err) {
    reb_page *p = &q->page;
    const reb_voice *v = &p->voice;
    bool done = reb_rq_query(p->rq, "done") != NULL && q->survey.answered_us != 0;
    reb_page_begin(p, done ? reb_say_survey_thanks(v) : reb_say_survey_title(v));
    if (done) thanks(q);
    if (q->again != NULL) reb_page_put(p, "<p class=\"notice warn\" role=\"alert\">", q->again, "</p>\n");
    if (q->survey.answered_us != 0 && q->again == NULL)
        reb_page_put(p, "<p class=\"muted\">", reb_say_survey_already(v), "</p>\n");
    else if (q->chosen >= 0)
        reb_page_put(p, "<p class=\"notice\">", reb_say_survey_confirm(v), "</p>\n");
    reb_page_form(p, reb_arena_printf(&p->rq->arena, "/s/%s", q->token));
    scale(q);
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_AREA,
                                        .name = "comment",
                                        .label = reb_say_survey_comment(v),
                                        .value = q->comment,
                                        .most = REB_SURVEY_COMMENT / 2});
    reb_page_put(p, q->chosen >= 0 && !done ? "<button class=\"btn primary\" autofocus>" : "<button class=\"btn primary\">",
                 reb_say_public_send(v), "</button></form>\n");
    return reb_page_end(p, err);
}

/* A whole number of at most two digits; -1 else. */
static int64_t score_of(const asked *q, const char *text) {
    if (text == NULL || text[0] == '\0' || strlen(text) > 2 || strspn(text, "0123456789") != strlen(text)) return -1;
    int64_t score = strtoll(text, NULL, 10);
    return reb_survey_score_ok(q->survey.kind, score) ? score : -1;
}

reb_status reb_handle_survey(reb_request *rq, reb_err *err) {
    asked q;
    bool found = false;
    reb_status st = open_survey(&q, &found, rq, err);
    if (st != REB_OK || !found) return st;
    q.chosen = score_of(&q, reb_rq_query(rq, "a"));
    if (q.chosen < 0 && q.survey.answered_us != 0) q.chosen = q.survey.score;
    q.comment = q.survey.comment;
    return show(&q, err);
}

reb_status reb_handle_survey_send(reb_request *rq, reb_err *err) {
    asked q;
    bool found = false;
    reb_status st = open_survey(&q, &found, rq, err);
    if (st != REB_OK || !found) return st;
    q.chosen = score_of(&q, reb_form_text(rq, "score", 10));
    q.comment = reb_form_text(rq, "comment", REB_SURVEY_COMMENT);
    if (q.chosen < 0) {
        q.fault = reb_say_survey_choose(&q.page.voice);
        rq->status = 422;
        return show(&q, err);
    }
    if (!reb_page_may_send(rq)) {
        q.again = reb_say_public_too_often(&q.page.voice);
        return show(&q, err);
    }
    st = reb_survey_answer(rq->store, &q.survey, q.chosen, q.comment, reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    const char *chosen = q.page.chosen;
    rq->location = reb_arena_printf(&rq->arena, "/s/%s?done=1%s%s", q.token, chosen[0] != '\0' ? "&lang=" : "", chosen);
    rq->content_type = "text/html; charset=utf-8";
    rq->status = 303;
    reb_rq_about(rq, q.survey.invitation_id);
    reb_rq_tell(rq, "survey", q.survey.whom_id);
    return rq->location != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- for the console and programs
 * ----------------------------------------------------------------------------------------------------------
 */

reb_status reb_handle_survey_figures(reb_request *rq, reb_err *err) {
    return reb_survey_figures_json(&rq->w, rq->store, reb_rq_query_int(rq, "days", 90), reb_rq_now(rq), err);
}

reb_status reb_handle_survey_answers(reb_request *rq, reb_err *err) {
    const char *below = reb_rq_query(rq, "before");
    const reb_survey_wanted w = {.kind = reb_rq_query(rq, "kind"),
                                 .below = below != NULL ? strtoll(below, NULL, 10) : 0,
                                 .worded = reb_rq_query_bool(rq, "worded", false),
                                 .limit = reb_rq_query_int(rq, "limit", 50)};
    return reb_survey_answers_json(&rq->w, rq->store, &w, err);
}

reb_status reb_handle_survey_ask(reb_request *rq, reb_err *err) {
    char who[96];
    reb_survey_asked made;
    const reb_business *b = reb_rq_business(rq);
    reb_survey_request r = {.case_number = reb_rq_int(rq, "case", 0),
                            .customer_id = reb_rq_id(rq, "customer_id"),
                            .language = reb_rq_text(rq, "language"),
                            .send = reb_rq_bool(rq, "send", false),
                            .who = who};
    reb_rq_who(who, rq);
    if (b == NULL) return reb_fail(err, REB_E_NO_BUSINESS, "There is no business here yet.");
    if (!reb_survey_kind_from_name(&r.kind, reb_rq_text(rq, "kind"))) return reb_fail(err, REB_E_USAGE, "kind is csat, nps or ces.");
    reb_status st = reb_survey_request_make(&made, rq->store, &rq->arena, rq->ids, b, &r, reb_rq_now(rq), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kid(&rq->w, "invitation_id", made.invitation_id);
    reb_json_kstr(&rq->w, "link", made.link);
    reb_json_kbool(&rq->w, "mailed", made.mailed);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}
