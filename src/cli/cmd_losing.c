#include "../app/losing.h"

#include "cli.h"
#include "format.h"

#include <inttypes.h>

static const char *money(const reb_cli *cli, const reb_estimate *e, const char *currency) {
    const reb_voice v = reb_cli_voice(cli);
    return reb_arena_printf(
        cli->arena, "%s (%s, %s)", reb_voice_money(&v, reb_format_minor(e->value), currency, REB_MONEY_SIGN),
        reb_voice_money_range(&v, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE),
        reb_origin_name(e->origin));
}

static void print_again(const reb_cli *cli, const char *what, const reb_losing_arm *a) {
    const reb_voice v = reb_cli_voice(cli);
    if (!a->enough) {
        fprintf(cli->out, "  %-12s too little data: %" PRId64 " with %d days behind them, %d are needed\n", what, a->count,
                REB_LOSING_HORIZON_DAYS, REB_LOSING_LEAST);
        return;
    }
    fprintf(cli->out, "  %-12s %s of %" PRId64 " bought again (%s); of comparable others %s (%s)\n", what,
            reb_voice_percent(&v, a->share.value), a->count, reb_voice_percent_range(&v, a->share.low, a->share.high),
            reb_voice_percent(&v, a->others_share.value), reb_voice_percent_range(&v, a->others_share.low, a->others_share.high));
}

static void print(const reb_cli *cli, const reb_losing *l) {
    char n[REB_FORMAT_TEXT];
    const reb_voice v = reb_cli_voice(cli);
    reb_term term = reb_term_of(cli->out);
    if (!l->scored) fprintf(cli->out, "There is no fit yet, so that no customer has a worth: rebound fit\n\n");
    fprintf(cli->out, "Open cases    %s: %s\n", reb_format_plural(n, l->open_count, "case", NULL), money(cli, &l->open_minor, l->currency));
    fprintf(cli->out, "This week     %s: %s\n", reb_format_plural(n, l->week_count, "complaint", NULL),
            money(cli, &l->week_minor, l->currency));
    fprintf(cli->out, "Last week     %s: %s\n", reb_format_plural(n, l->week_before_count, "complaint", NULL),
            money(cli, &l->week_before_minor, l->currency));
    fprintf(cli->out, "Reach         one bad experience, told on: %s\n", money(cli, &l->reach_minor, l->currency));
    fprintf(cli->out, "Silent        about %s unhappy customers said nothing in the last year (%s, assumed)\n",
            reb_voice_number(&v, l->silent.value, 0), reb_voice_range(&v, (int64_t)l->silent.low, (int64_t)l->silent.high));
    if (l->cause_count > 0) fprintf(cli->out, "\nCauses of the last year\n");
    for (size_t i = 0; i < l->cause_count; i++)
        fprintf(cli->out, "  %-24s %4" PRId64 "  %s\n", l->causes[i].cause[0] != '\0' ? l->causes[i].cause : "not stated yet",
                l->causes[i].cases, money(cli, &l->causes[i].price_minor, l->currency));
    if (l->case_count > 0) fprintf(cli->out, "\nOpen cases, the dearest first\n");
    for (size_t i = 0; i < l->case_count; i++)
        fprintf(cli->out, "  C-%-10" PRId64 " %-20s %s\n", l->cases[i].number, l->cases[i].kind,
                money(cli, &l->cases[i].price_minor, l->currency));
    fprintf(cli->out, "\nDid they buy again within %d days?\n", REB_LOSING_HORIZON_DAYS);
    print_again(cli, "upheld", &l->arms[REB_LOSING_UPHELD]);
    print_again(cli, "not upheld", &l->arms[REB_LOSING_NOT_UPHELD]);
    fprintf(cli->out, "\n");
    reb_term_paragraph(&term, 0, NULL,
                       "Comparable others bought as often and as long ago, and did not complain. That is no experiment: who complains, and "
                       "whose complaint is "
                       "upheld, may differ in other ways.");
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
