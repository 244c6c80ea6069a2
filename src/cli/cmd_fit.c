#include "../app/fit.h"

#include "../app/today_text.h"
#include "cli.h"
#include "fit_cli.h"

#include <inttypes.h>
#include <string.h>

static bool draw(void *ctx, double share, const char *what) {
    reb_progress *bar = ctx;
    bar->what = what;
    reb_progress_update(bar, (int64_t)(share * 100.0), 100, 0);
    return true;
}

static const char *money(char out[REB_FORMAT_TEXT], double minor, const char *currency) {
    return reb_format_money(out, reb_format_minor(minor), currency, REB_MONEY_SIGN);
}

static const char *money_range(char out[REB_FORMAT_TEXT], const reb_estimate *e, const char *currency) {
    return reb_format_money_range(out, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
}

static void print_model(const reb_cli *cli, const reb_fit_report *r) {
    char n[REB_FORMAT_TEXT];
    char day[REB_FORMAT_TEXT];
    fprintf(cli->out, "Fit as of %s, on %s and their ", reb_format_day(day, r->as_of_day),
            reb_format_plural(n, r->customers, "customer", NULL));
    fprintf(cli->out, "%s.\n\n", reb_format_plural(n, r->purchase_days, "purchase day", NULL));
    fprintf(cli->out, "  Model           %s\n", reb_text_chosen(cli->arena, r));
    fprintf(cli->out, "  Log-likelihood  %.3f (unit of time: week)\n", r->log_likelihood);
    fprintf(cli->out, "  Parameters      ");
    for (int i = 0; i < REB_NBD_PARAMS; i++)
        fprintf(cli->out, "%s%s %.5g", i > 0 ? ", " : "", reb_nbd_param_name(r->score.model, i), r->score.params[i]);
    fprintf(cli->out, "\n  Standard errors ");
    for (int i = 0; i < REB_NBD_PARAMS; i++)
        fprintf(cli->out, "%s%s %.2g", i > 0 ? ", " : "", reb_nbd_param_name(r->score.model, i), r->se[i]);
    fprintf(cli->out, "\n  Status          %s%s\n", reb_fit_status_name(r->status),
            r->prior_used ? "; leans on stated priors, because there is little data" : "");
    char spend[REB_FORMAT_TEXT];
    char margin[REB_FORMAT_TEXT];
    fprintf(cli->out, "  Spend           %s a purchase on average; %s\n", money(spend, r->mean_spend_minor, r->currency),
            r->spend_fallback ? "each customer's own mean, drawn towards everybody's" : "each customer's by Gamma-Gamma");
    fprintf(cli->out, "  Margin          %s of a sale (%s)\n", reb_format_percent(margin, r->score.margin_rate),
            reb_origin_name(r->margin_origin));
}

static void print_totals(const reb_cli *cli, const reb_fit_report *r) {
    const reb_fit_totals *t = &r->totals;
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    fprintf(cli->out, "\n  Worth           %s margin in the next 365 days (%s)\n", money(a, t->value_minor.value, r->currency),
            money_range(b, &t->value_minor, r->currency));
    fprintf(cli->out, "  At stake        %s (%s); ", money(a, t->at_stake_minor.value, r->currency),
            money_range(b, &t->at_stake_minor, r->currency));
    fprintf(cli->out, "%s silent against their own rhythm\n", reb_format_plural(a, t->drifting, "customer is", "customers are"));
    fprintf(cli->out, "  Still with you  %s of %s customers (%s)\n", reb_format_count(a, (int64_t)(t->alive.value + 0.5)),
            reb_format_count((char[REB_FORMAT_TEXT]){0}, r->customers),
            reb_format_range(b, (int64_t)(t->alive.low + 0.5), (int64_t)(t->alive.high + 0.5)));
}

static void print_contest(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->split_day == 0) return;
    static const reb_table_column columns[] = {{.title = "Model"},
                                               {.title = "Mean error", .right = true},
                                               {.title = "Log score", .right = true},
                                               {.title = "Purchases foretold", .right = true},
                                               {0}};
    char a[REB_FORMAT_TEXT];
    fprintf(cli->out, "\n");
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        const reb_fit_contest *c = &r->contest[m];
        reb_table_text(t, reb_text_model(c->model));
        reb_table_text(t, c->usable ? reb_format_number(a, c->mae, 4) : "-");
        reb_table_text(t, c->usable ? reb_format_number(a, c->log_score, 5) : "-");
        reb_table_text(t, c->usable ? reb_format_count(a, (int64_t)(c->predicted_total + 0.5)) : "-");
    }
    reb_table_print(t, term);
    fprintf(cli->out, "  Purchases that happened: %s.\n", reb_format_count(a, r->holdout_actual));
}

static void print_verdict(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->enough) return;
    char *text =
        reb_arena_printf(cli->arena,
                         "Too little data for figures of your own: still missing are %s. Until then they lean on what is usual in shops, "
                         "and the lean fades as your own data grow.",
                         reb_text_missing(cli->arena, r));
    fprintf(cli->out, "\n");
    if (text != NULL) reb_term_paragraph(term, 0, NULL, text);
}

static reb_status run_fit(reb_cli *cli, reb_err *err) {
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound fit takes no words, only options.");
    reb_store *s = NULL;
    reb_fit_report r;
    reb_progress bar;
    reb_status st = reb_cli_open(&s, NULL, cli, 0, err);
    if (st != REB_OK) return st;
    reb_progress_start(&bar, cli->err, cli->json, "fit", "");
    reb_fit_request q = {
        .model = reb_cli_value(cli, "--model"), .now_us = reb_clock_now(cli->clock), .progress = {.tell = draw, .ctx = &bar}};
    st = reb_fit_run(&r, s, &q, err);
    reb_progress_end(&bar);
    if (st == REB_OK) reb_cli_wrote(cli, "fit", "", NULL);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_fit_json(&w, &r);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        reb_term term = reb_term_of(cli->out);
        print_model(cli, &r);
        print_totals(cli, &r);
        reb_cli_print_calibration(cli, &term, &r);
        print_contest(cli, &term, &r);
        print_verdict(cli, &term, &r);
    }
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--model", "NAME", "pnbd, bgnbd or mbgnbd; without it the business's own past chooses"},
    {0},
};

const reb_command reb_cmd_fit = {
    .name = "fit",
    .args = "[--model NAME]",
    .summary = "learn from the purchases how customers buy and leave, and score each of them",
    .details =
        "Reads the purchases up to today (or --now), compares three models on the business's own past, fits the best one, and scores\n"
        "every customer: still with you or not, purchases of the next year, worth, at stake. The fit is kept; rebound today uses it.\n"
        "With few customers the figures lean on stated priors and say so.",
    .options = k_options,
    .run = run_fit,
};
