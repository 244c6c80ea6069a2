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

enum { LABELS = 16 };

static const char *origin(const reb_voice *v, reb_origin o) {
    if (o == REB_MEASURED) return reb_say_origin_measured(v);
    return o == REB_ASSUMED ? reb_say_origin_assumed(v) : reb_say_origin_mixed(v);
}

/* "r 0.8, alpha 71": names and figures of the mathematics, the same in every language. */
static const char *parameters(const reb_cli *cli, const reb_fit_report *r, const double *values, const char *form) {
    reb_buf b = {0};
    for (int i = 0; i < REB_NBD_PARAMS; i++) {
        reb_buf_printf(&b, "%s%s ", i > 0 ? ", " : "", reb_nbd_param_name(r->score.model, i));
        reb_buf_printf(&b, form[0] == '5' ? "%.5g" : "%.2g", values[i]);
    }
    return reb_cli_keep(cli, &b);
}

static void print_model(const reb_cli *cli, const reb_fit_report *r) {
    const reb_voice v = reb_cli_voice(cli);
    fprintf(cli->out, "%s\n\n",
            reb_say_cli_fit_head(&v, .date = reb_voice_day(&v, r->as_of_day), .customers = (double)r->customers,
                                 .days = (double)r->purchase_days));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_model_label(&v), reb_text_chosen(&v, r));
    const char *likelihood = reb_arena_printf(cli->arena, "%.3f", r->log_likelihood);
    reb_cli_line(cli, LABELS, reb_say_cli_fit_likelihood_label(&v), reb_say_cli_fit_likelihood(&v, .value = likelihood));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_parameters_label(&v), parameters(cli, r, r->score.params, "5"));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_standard_errors_label(&v), parameters(cli, r, r->se, "2"));
    const char *status = reb_fit_status_name(r->status);
    reb_cli_line(cli, LABELS, reb_say_cli_fit_status_label(&v), r->prior_used ? reb_say_cli_fit_prior(&v, .status = status) : status);
    const char *spend = reb_cli_money(&v, r->mean_spend_minor, r->currency);
    reb_cli_line(cli, LABELS, reb_say_cli_fit_spend_label(&v),
                 r->spend_fallback ? reb_say_cli_fit_spend_mean(&v, .amount = spend) : reb_say_cli_fit_spend_gamma(&v, .amount = spend));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_margin_label(&v),
                 reb_say_cli_fit_margin(&v, .share = reb_voice_percent(&v, r->score.margin_rate), .origin = origin(&v, r->margin_origin)));
}

static void print_totals(const reb_cli *cli, const reb_fit_report *r) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_fit_totals *t = &r->totals;
    fprintf(cli->out, "\n");
    reb_cli_line(cli, LABELS, reb_say_cli_fit_worth_label(&v),
                 reb_say_cli_fit_worth(&v, .amount = reb_cli_money(&v, t->value_minor.value, r->currency),
                                       .range = reb_cli_money_range(&v, &t->value_minor, r->currency)));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_at_stake_label(&v),
                 reb_say_cli_fit_at_stake(&v, .amount = reb_cli_money(&v, t->at_stake_minor.value, r->currency),
                                          .range = reb_cli_money_range(&v, &t->at_stake_minor, r->currency), .count = (double)t->drifting));
    reb_cli_line(cli, LABELS, reb_say_cli_fit_alive_label(&v),
                 reb_say_cli_fit_alive(&v, .count = reb_voice_count(&v, (int64_t)(t->alive.value + 0.5)),
                                       .all = reb_voice_count(&v, r->customers),
                                       .range = reb_voice_range(&v, (int64_t)(t->alive.low + 0.5), (int64_t)(t->alive.high + 0.5))));
}

static void print_contest(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->split_day == 0) return;
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {{.title = reb_say_column_model(&v)},
                                        {.title = reb_say_column_error(&v), .right = true},
                                        {.title = reb_say_column_log_score(&v), .right = true},
                                        {.title = reb_say_column_purchases_foretold(&v), .right = true},
                                        {0}};
    fprintf(cli->out, "\n");
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int m = 0; m < REB_FIT_MODELS; m++) {
        const reb_fit_contest *c = &r->contest[m];
        reb_table_text(t, reb_text_model(c->model));
        reb_table_text(t, c->usable ? reb_voice_number(&v, c->mae, 4) : "-");
        reb_table_text(t, c->usable ? reb_voice_number(&v, c->log_score, 5) : "-");
        reb_table_text(t, c->usable ? reb_voice_count(&v, (int64_t)(c->predicted_total + 0.5)) : "-");
    }
    reb_table_print(t, term);
    fprintf(cli->out, "  %s\n", reb_say_cli_happened_purchases(&v, .count = reb_voice_count(&v, r->holdout_actual)));
}

static void print_verdict(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->enough) return;
    const reb_voice v = reb_cli_voice(cli);
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 0, NULL, reb_say_cli_fit_too_little(&v, .missing = reb_text_missing(&v, r)));
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
