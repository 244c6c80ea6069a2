#include "../app/losing.h"

#include "../text/utf8.h"
#include "cli.h"
#include "fit_cli.h"
#include "format.h"

#include <inttypes.h>
#include <string.h>

enum { LABELS = 12 };

static const char *origin(const reb_voice *v, reb_origin o) {
    if (v->locale->language == REB_LANG_EN) return reb_origin_name(o);
    if (o == REB_MEASURED) return reb_say_origin_measured(v);
    return o == REB_ASSUMED ? reb_say_origin_assumed(v) : reb_say_origin_mixed(v);
}

static const char *money(const reb_cli *cli, const reb_estimate *e, const char *currency) {
    const reb_voice v = reb_cli_voice(cli);
    return reb_say_cli_l_money(
        &v, .amount = reb_voice_money(&v, reb_format_minor(e->value), currency, REB_MONEY_SIGN),
        .range = reb_voice_money_range(&v, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE),
        .origin = origin(&v, e->origin));
}

/* What starts a line without an indent, and what follows after so many columns. */
static void line(const reb_cli *cli, const char *label, const char *value) {
    int used = (int)reb_utf8_columns(label, strlen(label));
    fprintf(cli->out, "%s%*s%s\n", label, used < LABELS ? LABELS + 2 - used : 2, "", value);
}

static const char *word(const reb_voice *v, const char *head, const char *code) {
    reb_msg m;
    return reb_msg_find(&m, head, code) ? reb_voice_say(v, m, NULL, 0) : code;
}

/* A cell of a list: the words, and as many spaces as are left. */
static void cell(const reb_cli *cli, int columns, const char *words) {
    int used = (int)reb_utf8_columns(words, strlen(words));
    fprintf(cli->out, "%s%*s", words, used < columns ? columns - used : 0, "");
}

static void print_again(const reb_cli *cli, const char *what, const reb_losing_arm *a) {
    const reb_voice v = reb_cli_voice(cli);
    const char *said =
        a->enough ? reb_say_cli_l_again_share(&v, .share = reb_voice_percent(&v, a->share.value), .count = (double)a->count,
                                              .range = reb_voice_percent_range(&v, a->share.low, a->share.high),
                                              .others = reb_voice_percent(&v, a->others_share.value),
                                              .others_range = reb_voice_percent_range(&v, a->others_share.low, a->others_share.high))
                  : reb_say_cli_l_again_few(&v, .count = (double)a->count, .days = REB_LOSING_HORIZON_DAYS, .needed = REB_LOSING_LEAST);
    reb_cli_line(cli, LABELS + 1, what, said);
}

static void print_lists(const reb_cli *cli, const reb_losing *l) {
    const reb_voice v = reb_cli_voice(cli);
    if (l->cause_count > 0) fprintf(cli->out, "\n%s\n", reb_say_cli_l_causes(&v));
    for (size_t i = 0; i < l->cause_count; i++) {
        const char *count = reb_voice_count(&v, l->causes[i].cases);
        const char *cause = l->causes[i].cause;
        fprintf(cli->out, "  ");
        cell(cli, 24,
             cause[0] == '\0'                    ? reb_say_cli_l_cause_none(&v)
             : v.locale->language == REB_LANG_EN ? cause
                                                 : word(&v, "case.cause_", cause));
        fprintf(cli->out, " %*s%s  %s\n",
                4 - (int)reb_utf8_columns(count, strlen(count)) > 0 ? 4 - (int)reb_utf8_columns(count, strlen(count)) : 0, "", count,
                money(cli, &l->causes[i].price_minor, l->currency));
    }
    if (l->case_count > 0) fprintf(cli->out, "\n%s\n", reb_say_cli_l_dearest(&v));
    for (size_t i = 0; i < l->case_count; i++)
        fprintf(cli->out, "  C-%-10" PRId64 " %-20s %s\n", l->cases[i].number, l->cases[i].kind,
                money(cli, &l->cases[i].price_minor, l->currency));
}

static void print(const reb_cli *cli, const reb_losing *l) {
    const reb_voice v = reb_cli_voice(cli);
    reb_term term = reb_term_of(cli->out);
    if (!l->scored) fprintf(cli->out, "%s\n\n", reb_say_cli_l_no_fit(&v));
    line(cli, reb_say_cli_l_open_label(&v),
         reb_say_cli_l_open(&v, .count = (double)l->open_count, .amount = money(cli, &l->open_minor, l->currency)));
    line(cli, reb_say_cli_l_week_label(&v),
         reb_say_cli_l_week(&v, .count = (double)l->week_count, .amount = money(cli, &l->week_minor, l->currency)));
    line(cli, reb_say_cli_l_before_label(&v),
         reb_say_cli_l_week(&v, .count = (double)l->week_before_count, .amount = money(cli, &l->week_before_minor, l->currency)));
    line(cli, reb_say_cli_l_reach_label(&v), reb_say_cli_l_reach(&v, .amount = money(cli, &l->reach_minor, l->currency)));
    line(cli, reb_say_cli_l_silent_label(&v),
         reb_say_cli_l_silent(&v, .count = reb_voice_number(&v, l->silent.value, 0),
                              .range = reb_voice_range(&v, (int64_t)l->silent.low, (int64_t)l->silent.high)));
    print_lists(cli, l);
    fprintf(cli->out, "\n%s\n", reb_say_cli_l_again(&v, .days = REB_LOSING_HORIZON_DAYS));
    print_again(cli, reb_say_cli_l_upheld(&v), &l->arms[REB_LOSING_UPHELD]);
    print_again(cli, reb_say_cli_l_not_upheld(&v), &l->arms[REB_LOSING_NOT_UPHELD]);
    fprintf(cli->out, "\n");
    reb_term_paragraph(&term, 0, NULL, reb_say_cli_l_caution(&v));
}

static reb_status run_losing(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_losing l;
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound losing takes no words.");
    reb_status st = reb_cli_open(&s, NULL, cli, 0, err);
    if (st == REB_OK) st = reb_losing_read(&l, s, cli->arena, reb_clock_now(cli->clock), err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_losing_json(&w, &l);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        print(cli, &l);
    }
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_losing = {
    .name = "losing",
    .args = "",
    .summary = "what losing customers costs: open cases, the week, causes",
    .details =
        "The price of a case is what the customer is worth next year times the chance that we lose them unheard, and the reach of a bad\n"
        "experience: listeners, who would have bought, whom the story stops. These factors are assumed until you set them: rebound set.\n"
        "Whether complainers buy again stands beside comparable customers who did not complain; it is no experiment.",
    .run = run_losing,
};
