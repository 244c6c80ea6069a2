#include "fit_cli.h"

void reb_cli_print_calibration(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->split_day == 0 || r->decile_count == 0) return;
    static const reb_table_column columns[] = {{.title = "Tenth", .right = true},          {.title = "Customers", .right = true},
                                               {.title = "Foretold", .right = true},       {.title = "Happened", .right = true},
                                               {.title = "95% range", .right = true},      {.title = "Silent, foretold", .right = true},
                                               {.title = "Silent, really", .right = true}, {0}};
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    char day[REB_FORMAT_TEXT];
    fprintf(cli->out, "\nJudged on the past: fitted up to %s, compared with the %s after it (%s).\n", reb_format_day(day, r->split_day),
            reb_format_plural(a, r->holdout_days, "day", NULL), reb_format_plural(b, r->holdout_customers, "customer", NULL));
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int i = 0; i < r->decile_count; i++) {
        const reb_fit_decile *d = &r->deciles[i];
        reb_table_count(t, i + 1);
        reb_table_count(t, d->customers);
        reb_table_text(t, reb_format_number(a, d->predicted, 3));
        reb_table_text(t, reb_format_number(a, d->actual.value, 3));
        reb_table_printf(t, "%s to %s", reb_format_number(a, d->actual.low, 3), reb_format_number(b, d->actual.high, 3));
        reb_table_text(t, reb_format_percent(a, d->predicted_silent));
        reb_table_text(t, reb_format_percent(a, d->actual_silent.value));
    }
    reb_table_print(t, term);
    fprintf(cli->out, "  Purchases a customer in those days; the tenths are by what was foretold.\n");
    const reb_fit_calls *c = &r->calls;
    if (c->customers == 0) return;
    char back[REB_FORMAT_TEXT];
    char said[REB_FORMAT_TEXT];
    char range[REB_FORMAT_TEXT];
    char *line = reb_arena_printf(
        cli->arena, "%s silent against their own rhythm on that day: %s were foretold to buy again in those days, %s did (%s).",
        reb_format_plural(a, c->customers, "customer was", "customers were"), reb_format_percent(said, c->predicted_back),
        reb_format_percent(back, c->back.value), reb_format_percent_range(range, c->back.low, c->back.high));
    if (line != NULL) reb_term_paragraph(term, 2, NULL, line);
}
