/* rebound survey: one question to customers, and what comes of it. */
#include "cli.h"

#include "../app/survey.h"
#include "../domain/case_log.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static reb_status kind_of(reb_survey_kind *out, const reb_cli *cli, const char *fallback, reb_err *err) {
    const char *text = reb_cli_value(cli, "--kind");
    if (reb_survey_kind_from_name(out, text != NULL ? text : fallback)) return REB_OK;
    return reb_fail(err, REB_E_USAGE, "--kind is csat, nps or ces.");
}

/* The NPS is told from -100 to 100, the others as shares. */
static const char *figure_text(const reb_voice *v, reb_survey_kind k, double value) {
    return k == REB_SURVEY_NPS ? reb_voice_number(v, value * 100, 0) : reb_voice_percent(v, value);
}

static void figure_rows(reb_table *t, const reb_voice *v, const reb_survey_figures *all) {
    const char *const titles[REB_SURVEY_KINDS] = {[REB_SURVEY_CSAT] = reb_say_survey_kind_csat(v),
                                                  [REB_SURVEY_NPS] = reb_say_survey_kind_nps(v),
                                                  [REB_SURVEY_CES] = reb_say_survey_kind_ces(v)};
    for (int i = 0; i < REB_SURVEY_KINDS; i++) {
        reb_survey_kind k = (reb_survey_kind)i;
        const reb_survey_figures *f = &all[i];
        if (f->asked == 0) continue;
        reb_table_text(t, titles[i]);
        reb_table_text(t, reb_voice_count(v, f->asked));
        reb_table_text(t, reb_voice_count(v, f->answered));
        reb_table_text(t, reb_voice_percent(v, f->response.value));
        reb_table_text(t, f->answered > 0 ? figure_text(v, k, f->figure.value) : "");
        reb_table_text(t, f->answered > 0
                              ? reb_say_survey_range(v, .low = figure_text(v, k, f->figure.low), .high = figure_text(v, k, f->figure.high))
                              : "");
    }
}

static reb_status show(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    (void)b;
    int64_t days = 0;
    int64_t now = reb_clock_now(cli->clock);
    reb_status st = reb_cli_int(&days, cli, "--days", 90, 1, 3650, err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        st = reb_survey_figures_json(&w, s, days, now, err);
        if (st == REB_OK) reb_cli_document(cli, &out);
        reb_buf_free(&out);
        return st;
    }
    reb_survey_figures f[REB_SURVEY_KINDS];
    if (st == REB_OK) st = reb_survey_count(f, s, now - days * REB_US_PER_DAY, now + 1, err);
    if (st != REB_OK) return st;
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {{.title = reb_say_survey_col_question(&v), .fit = REB_FIT_WRAP, .least = 14},
                                        {.title = reb_say_survey_col_asked(&v), .right = true},
                                        {.title = reb_say_survey_col_answered(&v), .right = true},
                                        {.title = reb_say_survey_col_response(&v), .right = true},
                                        {.title = reb_say_survey_col_figure(&v), .right = true},
                                        {.title = reb_say_survey_col_range(&v)},
                                        {0}};
    reb_table *t = reb_table_new(cli->arena, columns);
    const reb_term term = reb_term_of(cli->out);
    figure_rows(t, &v, f);
    if (t != NULL && reb_table_rows(t) == 0) {
        fprintf(cli->out, "%s\n", reb_say_survey_none(&v, .days = (double)days));
    } else {
        reb_table_print(t, &term);
    }
    return REB_OK;
}

static reb_status answers(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    reb_survey_kind k;
    int64_t limit = 0;
    reb_status st = reb_cli_int(&limit, cli, "--limit", 50, 1, 200, err);
    if (st == REB_OK && reb_cli_value(cli, "--kind") != NULL) st = kind_of(&k, cli, NULL, err);
    if (st != REB_OK) return st;
    const reb_survey_wanted q = {.kind = reb_cli_value(cli, "--kind"), .worded = reb_cli_flag(cli, "--worded"), .limit = limit};
    reb_buf out = {0};
    reb_json w = {.out = &out};
    st = reb_survey_answers_json(&w, s, &q, err);
    if (st == REB_OK) reb_cli_wrote(cli, "survey answers", "survey", "");
    if (st == REB_OK && cli->json) {
        reb_cli_document(cli, &out);
        return st;
    }
    cJSON *doc = st == REB_OK ? cJSON_Parse(reb_buf_cstr(&out)) : NULL;
    reb_buf_free(&out);
    if (st == REB_OK && doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st != REB_OK) return st;
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {{.title = reb_say_survey_col_question(&v)},
                                        {.title = reb_say_survey_col_answer(&v), .right = true},
                                        {.title = reb_say_survey_col_case(&v)},
                                        {.title = reb_say_survey_col_words(&v), .fit = REB_FIT_WRAP, .least = 20},
                                        {0}};
    reb_table *t = reb_table_new(cli->arena, columns);
    const reb_term term = reb_term_of(cli->out);
    const cJSON *one;
    (void)b;
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(doc, "answers")) {
        const cJSON *number = cJSON_GetObjectItemCaseSensitive(one, "case");
        reb_table_text(t, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "kind")));
        reb_table_text(t, reb_voice_count(&v, (int64_t)cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, "score"))));
        if (cJSON_IsNumber(number)) {
            char shown[REB_CASE_NUMBER_TEXT];
            reb_case_number_text(shown, (int64_t)number->valuedouble);
            reb_table_text(t, shown);
        } else {
            reb_table_text(t, "");
        }
        reb_table_words(t, cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(one, "comment")));
    }
    if (t != NULL && reb_table_rows(t) == 0) {
        fprintf(cli->out, "%s\n", reb_say_survey_no_answers(&v));
    } else {
        reb_table_print(t, &term);
    }
    cJSON_Delete(doc);
    return REB_OK;
}

static reb_status ask(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    reb_survey_asked made;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    reb_survey_request r = {.language = reb_cli_value(cli, "--in"), .send = reb_cli_flag(cli, "--send"), .who = "terminal"};
    const char *number = reb_cli_value(cli, "--case");
    reb_status st = kind_of(&r.kind, cli, "csat", err);
    if (st == REB_OK) st = reb_cli_int(&r.customer_id, cli, "--customer", 0, 1, INT64_MAX, err);
    if (st == REB_OK && number != NULL && (r.case_number = reb_case_number_read(number)) == 0)
        st = reb_fail(err, REB_E_USAGE, "\"%.40s\" is no number of a case.", number);
    reb_language language;
    if (st == REB_OK && r.language != NULL && !reb_language_find(&language, r.language))
        st = reb_fail(err, REB_E_USAGE, "--in is en, ar, fa or el.");
    if (st == REB_OK) st = reb_survey_request_make(&made, s, cli->arena, &ids, b, &r, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(cli, "survey ask", "survey", made.invitation_id);
    if (cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_json_obj(&w);
        reb_json_kid(&w, "invitation_id", made.invitation_id);
        reb_json_kstr(&w, "link", made.link);
        reb_json_kbool(&w, "mailed", made.mailed);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &out);
        return REB_OK;
    }
    const reb_voice v = reb_cli_voice(cli);
    if (made.mailed) fprintf(cli->out, "%s\n", reb_say_survey_mailed(&v));
    fprintf(cli->out, "%s\n", made.link);
    return REB_OK;
}

static reb_status run_survey(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "show";
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err);
    } k_actions[] = {{"show", show}, {"ask", ask}, {"answers", answers}};
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0 || cli->arg_count > 1) continue;
        reb_store *s = NULL;
        reb_business *b = NULL;
        reb_status st = reb_cli_open(&s, &b, cli, 0, err);
        if (st == REB_OK) st = k_actions[i].run(cli, s, b, err);
        reb_store_close(s);
        reb_business_free(b);
        return st;
    }
    return reb_fail(err, REB_E_USAGE, "rebound survey knows show, ask and answers, not \"%.40s\".", cli->args[cli->arg_count - 1]);
}

static const reb_cli_option k_options[] = {
    {"--days", "N", "show: invitations of the last N days, 1 to 3650 (90)"},
    {"--kind", "KIND", "ask, answers: csat (satisfaction, 1 to 5), nps (recommendation, 0 to 10) or ces (ease, 1 to 7)"},
    {"--case", "NUMBER", "ask: about this case"},
    {"--customer", "ID", "ask: this customer; whom the case is from unless told"},
    {"--in", "LANGUAGE", "ask: en, ar, fa or el; that of the case or of the business unless told"},
    {"--send", NULL, "ask: by mail; else the link is printed for you to hand over"},
    {"--worded", NULL, "answers: only those with a comment"},
    {"--limit", "N", "answers: at most N, 1 to 200 (50)"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_survey = {
    .name = "survey",
    .args = "[show | ask | answers] [options]",
    .summary = "one question to customers, and what their answers come to",
    .details =
        "show tells for each question how many were asked, how many answered, and the figure with its interval of 95%.\n\n"
        "ask makes an invitation and prints its link, or sends it by mail (--send). The link opens a page in the customer's language; "
        "following\nit is no answer, sending the page's form is, so that programs that look at mails cannot vote.\n\n"
        "answers lists what was answered, newest invitations first.\n\n"
        "With the setting survey_after_case customers are asked by mail after a case was closed.",
    .actions = "show ask answers",
    .options = k_options,
    .run = run_survey,
};
