#include "../app/summary.h"

#include "../app/today_text.h"
#include "fit_cli.h"

#include <inttypes.h>

static const char *money(char out[REB_FORMAT_TEXT], double minor, const char *currency) {
    return reb_format_money(out, reb_format_minor(minor), currency, REB_MONEY_SIGN);
}

static const char *range(char out[REB_FORMAT_TEXT], const reb_estimate *e, const char *currency) {
    return reb_format_money_range(out, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
}

static void print_worth(const reb_cli *cli, const reb_summary *o) {
    const reb_fit_totals *t = &o->fit.totals;
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    fprintf(cli->out, "  Your customers are worth      %s in margin over the next 365 days (%s)\n",
            money(a, t->value_minor.value, o->currency), range(b, &t->value_minor, o->currency));
    fprintf(cli->out, "  At stake now                  %s (%s); ", money(a, t->at_stake_minor.value, o->currency),
            range(b, &t->at_stake_minor, o->currency));
    fprintf(cli->out, "%s silent against their own rhythm\n", reb_format_plural(a, t->drifting, "customer is", "customers are"));
    fprintf(cli->out, "  Still with you                %s (%s)", reb_format_count(a, (int64_t)(t->alive.value + 0.5)),
            reb_format_range(b, (int64_t)(t->alive.low + 0.5), (int64_t)(t->alive.high + 0.5)));
    fprintf(cli->out, " of %s who have bought\n", reb_format_count(a, o->buyers));
}

static void print_prices(const reb_cli *cli, const reb_summary *o) {
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    fprintf(cli->out, "  Losing one customer costs     %s over the next 365 days (%s)\n", money(a, o->lost_price_minor.value, o->currency),
            range(b, &o->lost_price_minor, o->currency));
    if (o->win_price_known) {
        fprintf(cli->out, "  Winning one costs             %s (%s)\n", money(a, (double)o->win_price_minor, o->currency),
                o->win_price_measured ? "advertising of the year, by new customers of the year" : "as you stated");
    } else {
        fprintf(cli->out, "  Winning one costs             not known: tell what a year of advertising costs,\n"
                          "                                rebound set advertising_year_minor AMOUNT\n");
    }
    if (o->keep_price_known) {
        fprintf(cli->out, "  Keeping one by a call costs   %s (%s; assumed until measured)\n",
                money(a, o->keep_price_minor.value, o->currency), range(b, &o->keep_price_minor, o->currency));
    } else {
        fprintf(cli->out, "  Keeping one by a call costs   not known: tell what a minute of your people costs,\n"
                          "                                rebound set cost_per_minute_minor AMOUNT\n");
    }
    if (o->win_times_keep > 0.0)
        fprintf(cli->out, "  Winning against keeping       %s times the price; people often say five\n",
                reb_format_number(a, o->win_times_keep, 1));
    if (o->neglected > 0) {
        fprintf(cli->out, "  Nobody has spoken to          %s of your most valuable tenth",
                reb_format_plural(a, o->neglected, "customer", NULL));
        fprintf(cli->out, ", worth %s", money(a, (double)o->neglected_value_minor, o->currency));
        if (o->advertising_year_minor > 0)
            fprintf(cli->out, "; winning new ones took %s", money(a, (double)o->advertising_year_minor, o->currency));
        fprintf(cli->out, "\n");
    }
}

static void print_stages(const reb_cli *cli, const reb_term *term, const reb_summary *o) {
    static const reb_table_column columns[] = {
        {.title = "Stage"}, {.title = "Customers", .right = true}, {.title = "Who", .fit = REB_FIT_WRAP, .least = 24}, {0}};
    static const char *const rules[REB_STAGES] = {"known, never bought, not heard from for 90 days",
                                                  "never bought, heard from within 90 days",
                                                  "bought on one day",
                                                  "bought on two days or more",
                                                  "brought somebody along (nothing records it yet)",
                                                  "bought, and has almost surely left"};
    static const char *const titles[REB_STAGES] = {"Awareness", "Consideration", "Conversion", "Loyalty", "Advocacy", "Lost"};
    fprintf(cli->out, "\n");
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int i = 0; i < REB_STAGES; i++) {
        reb_table_text(t, titles[i]);
        reb_table_count(t, o->stages[i]);
        reb_table_text(t, rules[i]);
    }
    reb_table_print(t, term);
}

static void print_ground(const reb_cli *cli, const reb_term *term, const reb_summary *o) {
    const reb_fit_report *f = &o->fit;
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    char c[REB_FORMAT_TEXT];
    char d[REB_FORMAT_TEXT];
    char *rests =
        reb_arena_printf(cli->arena, "All this rests on %s of %s since %s, fitted on %s with %s.",
                         reb_format_plural(a, f->purchase_days, "purchase day", NULL), reb_format_plural(b, f->customers, "customer", NULL),
                         reb_format_day(c, f->first_day), reb_format_day(d, f->as_of_day), reb_text_model(f->score.model));
    fprintf(cli->out, "\n");
    if (rests != NULL) reb_term_paragraph(term, 0, NULL, rests);
    if (f->margin_origin != REB_MEASURED)
        reb_term_paragraph(term, 0, NULL, reb_text_margin(cli->arena, f->score.margin_rate, f->margin_known_share));
    if (o->other_currency_orders > 0) {
        char *other = reb_arena_printf(cli->arena, "%s in another currency count as purchases, not as money.",
                                       reb_format_plural(a, o->other_currency_orders, "order", NULL));
        if (other != NULL) reb_term_paragraph(term, 0, NULL, other);
    }
    if (f->prior_used) reb_term_paragraph(term, 0, NULL, reb_text_remark_prior(cli->arena, f->customers));
    if (o->fit_old) reb_term_paragraph(term, 0, NULL, reb_text_remark_old_fit(cli->arena, f->as_of_day, o->day));
    if (!f->enough) {
        char *missing = reb_arena_printf(cli->arena, "For figures of your own there are missing: %s.", reb_text_missing(cli->arena, f));
        if (missing != NULL) reb_term_paragraph(term, 0, NULL, missing);
    }
}

static void print_summary(const reb_cli *cli, const reb_summary *o) {
    reb_term term = reb_term_of(cli->out);
    char a[REB_FORMAT_TEXT];
    char head[REB_FORMAT_TEXT + 16];
    snprintf(head, sizeof head, "Summary of %s", reb_format_day(a, o->day));
    reb_term_styled(&term, REB_STYLE_BOLD, head);
    fprintf(cli->out, "\n\n  Customers                     %s", reb_format_count(a, o->customers));
    if (o->fit_found) {
        fprintf(cli->out, ", %s of whom have bought", o->buyers == o->customers ? "all" : reb_format_count(a, o->buyers));
        fprintf(cli->out, ", %s for the first time within a year", reb_format_count(a, o->new_buyers_year));
    }
    fprintf(cli->out, "\n  Sales of the last 365 days    %s\n", money(a, (double)o->revenue_year_minor, o->currency));
    if (!o->fit_found) {
        fprintf(cli->out, "\nThere is no fit as of this day yet. Run: rebound fit\n");
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
