#include "../app/summary.h"

#include "../app/today_text.h"
#include "fit_cli.h"

#include <inttypes.h>

enum { LABELS = 30 };

static void line(const reb_cli *cli, const char *label, const char *value) {
    reb_cli_line(cli, LABELS, label, value);
}

static void print_worth(const reb_cli *cli, const reb_summary *o) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_fit_totals *t = &o->fit.totals;
    line(cli, reb_say_cli_sum_worth_label(&v),
         reb_say_cli_sum_worth(&v, .amount = reb_cli_money(&v, t->value_minor.value, o->currency),
                               .range = reb_cli_money_range(&v, &t->value_minor, o->currency)));
    line(cli, reb_say_cli_sum_stake_label(&v),
         reb_say_cli_fit_at_stake(&v, .amount = reb_cli_money(&v, t->at_stake_minor.value, o->currency),
                                  .range = reb_cli_money_range(&v, &t->at_stake_minor, o->currency), .count = (double)t->drifting));
    line(cli, reb_say_cli_fit_alive_label(&v),
         reb_say_cli_sum_still(&v, .count = reb_voice_count(&v, (int64_t)(t->alive.value + 0.5)),
                               .range = reb_voice_range(&v, (int64_t)(t->alive.low + 0.5), (int64_t)(t->alive.high + 0.5)),
                               .buyers = reb_voice_count(&v, o->buyers)));
}

static void print_neglected(const reb_cli *cli, const reb_voice *v, const reb_summary *o) {
    if (o->neglected == 0) return;
    double count = (double)o->neglected;
    const char *amount = reb_cli_money(v, (double)o->neglected_value_minor, o->currency);
    const char *spent = reb_cli_money(v, (double)o->advertising_year_minor, o->currency);
    line(cli, reb_say_cli_sum_neglected_label(v),
         o->advertising_year_minor > 0 ? reb_say_cli_sum_neglected_spent(v, .count = count, .amount = amount, .spent = spent)
                                       : reb_say_cli_sum_neglected(v, .count = count, .amount = amount));
}

static void print_prices(const reb_cli *cli, const reb_summary *o) {
    const reb_voice v = reb_cli_voice(cli);
    line(cli, reb_say_cli_sum_lost_label(&v),
         reb_say_cli_sum_lost(&v, .amount = reb_cli_money(&v, o->lost_price_minor.value, o->currency),
                              .range = reb_cli_money_range(&v, &o->lost_price_minor, o->currency)));
    if (o->win_price_known) {
        const char *win = reb_cli_money(&v, (double)o->win_price_minor, o->currency);
        line(cli, reb_say_cli_sum_win_label(&v),
             o->win_price_measured ? reb_say_cli_sum_win_measured(&v, .amount = win) : reb_say_cli_sum_win_stated(&v, .amount = win));
    } else {
        line(cli, reb_say_cli_sum_win_label(&v), reb_say_cli_sum_win_unknown(&v));
        line(cli, "", "rebound set advertising_year_minor AMOUNT");
    }
    if (o->keep_price_known) {
        line(cli, reb_say_cli_sum_keep_label(&v),
             reb_say_cli_sum_keep(&v, .amount = reb_cli_money(&v, o->keep_price_minor.value, o->currency),
                                  .range = reb_cli_money_range(&v, &o->keep_price_minor, o->currency)));
    } else {
        line(cli, reb_say_cli_sum_keep_label(&v), reb_say_cli_sum_keep_unknown(&v));
        line(cli, "", "rebound set cost_per_minute_minor AMOUNT");
    }
    if (o->win_times_keep > 0.0)
        line(cli, reb_say_cli_sum_times_label(&v), reb_say_cli_sum_times(&v, .times = reb_voice_number(&v, o->win_times_keep, 1)));
    print_neglected(cli, &v, o);
}

static void print_stages(const reb_cli *cli, const reb_term *term, const reb_summary *o) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {{.title = reb_say_column_stage(&v)},
                                        {.title = reb_say_column_customers(&v), .right = true},
                                        {.title = reb_say_column_who(&v), .fit = REB_FIT_WRAP, .least = 24},
                                        {0}};
    const char *const rules[REB_STAGES] = {
        [REB_STAGE_AWARENESS] = reb_say_stage_rule_awareness(&v),   [REB_STAGE_CONSIDERATION] = reb_say_stage_rule_consideration(&v),
        [REB_STAGE_CONVERSION] = reb_say_stage_rule_conversion(&v), [REB_STAGE_LOYALTY] = reb_say_stage_rule_loyalty(&v),
        [REB_STAGE_ADVOCACY] = reb_say_stage_rule_advocacy(&v),     [REB_STAGE_LOST] = reb_say_stage_rule_lost(&v)};
    const char *const titles[REB_STAGES] = {
        [REB_STAGE_AWARENESS] = reb_say_stage_awareness(&v),   [REB_STAGE_CONSIDERATION] = reb_say_stage_consideration(&v),
        [REB_STAGE_CONVERSION] = reb_say_stage_conversion(&v), [REB_STAGE_LOYALTY] = reb_say_stage_loyalty(&v),
        [REB_STAGE_ADVOCACY] = reb_say_stage_advocacy(&v),     [REB_STAGE_LOST] = reb_say_stage_lost(&v)};
    fprintf(cli->out, "\n");
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int i = 0; i < REB_STAGES; i++) {
        reb_table_text(t, titles[i]);
        reb_table_text(t, reb_voice_count(&v, o->stages[i]));
        reb_table_text(t, rules[i]);
    }
    reb_table_print(t, term);
}

static void print_ground(const reb_cli *cli, const reb_term *term, const reb_summary *o) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_fit_report *f = &o->fit;
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 0, NULL,
                       reb_say_cli_sum_ground(&v, .days = (double)f->purchase_days, .customers = (double)f->customers,
                                              .since = reb_voice_day(&v, f->first_day), .date = reb_voice_day(&v, f->as_of_day),
                                              .model = reb_text_model(f->score.model)));
    if (f->margin_origin != REB_MEASURED)
        reb_term_paragraph(term, 0, NULL, reb_text_margin(&v, f->score.margin_rate, f->margin_known_share));
    if (o->other_currency_orders > 0)
        reb_term_paragraph(term, 0, NULL, reb_say_cli_sum_other_currency(&v, .count = (double)o->other_currency_orders));
    if (f->prior_used) reb_term_paragraph(term, 0, NULL, reb_text_remark_prior(&v, f->customers));
    if (o->fit_old) reb_term_paragraph(term, 0, NULL, reb_text_remark_old_fit(&v, f->as_of_day, o->day));
    if (!f->enough) reb_term_paragraph(term, 0, NULL, reb_say_cli_sum_missing(&v, .missing = reb_text_missing(&v, f)));
}

static void print_summary(const reb_cli *cli, const reb_summary *o) {
    const reb_voice v = reb_cli_voice(cli);
    reb_term term = reb_term_of(cli->out);
    reb_term_styled(&term, REB_STYLE_BOLD, reb_say_cli_sum_head(&v, .date = reb_voice_day(&v, o->day)));
    fprintf(cli->out, "\n\n");
    const char *all = reb_voice_count(&v, o->customers);
    const char *fresh = reb_voice_count(&v, o->new_buyers_year);
    if (o->fit_found)
        all = o->buyers == o->customers
                  ? reb_say_cli_sum_customers_all(&v, .count = all, .new = fresh)
                  : reb_say_cli_sum_customers(&v, .count = all, .buyers = reb_voice_count(&v, o->buyers), .new = fresh);
    line(cli, reb_say_cli_sum_customers_label(&v), all);
    line(cli, reb_say_cli_sum_sales_label(&v), reb_cli_money(&v, (double)o->revenue_year_minor, o->currency));
    if (!o->fit_found) {
        fprintf(cli->out, "\n%s\n", reb_say_cli_sum_no_fit(&v));
        return;
    }
    print_worth(cli, o);
    print_prices(cli, o);
    print_stages(cli, &term, o);
    reb_cli_print_calibration(cli, &term, &o->fit);
    print_ground(cli, &term, o);
}

static reb_status run_summary(reb_cli *cli, reb_err *err) {
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound summary takes no words, only options.");
    reb_store *s = NULL;
    reb_summary o;
    reb_status st = reb_cli_open(&s, NULL, cli, 0, err);
    if (st == REB_OK) st = reb_summary_read(&o, s, reb_clock_now(cli->clock), err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_summary_json(&w, &o);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        print_summary(cli, &o);
    }
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_summary = {
    .name = "summary",
    .args = "",
    .summary = "what the customers are worth, what is at stake, and how well it was foretold",
    .details = "Price of one lost customer beside the price of winning one; the five stages; what was foretold against what happened, by\n"
               "tenths with their ranges; and how much data all this rests on.",
    .run = run_summary,
};
