#include "fit_cli.h"

#include "../text/utf8.h"

#include <string.h>

const char *reb_cli_money(const reb_voice *v, double minor, const char *currency) {
    return reb_voice_money(v, reb_format_minor(minor), currency, REB_MONEY_SIGN);
}

const char *reb_cli_money_range(const reb_voice *v, const reb_estimate *e, const char *currency) {
    return reb_voice_money_range(v, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
}

void reb_cli_line(const reb_cli *cli, int columns, const char *label, const char *value) {
    int used = (int)reb_utf8_columns(label, strlen(label));
    fprintf(cli->out, "  %s%*s%s\n", label, used < columns ? columns - used : 2, "", value);
}

void reb_cli_print_calibration(const reb_cli *cli, const reb_term *term, const reb_fit_report *r) {
    if (r->split_day == 0 || r->decile_count == 0) return;
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {
        {.title = reb_say_column_tenth(&v), .right = true},         {.title = reb_say_column_customers(&v), .right = true},
        {.title = reb_say_column_foretold(&v), .right = true},      {.title = reb_say_column_happened(&v), .right = true},
        {.title = reb_say_column_range_95(&v), .right = true},      {.title = reb_say_column_silent_foretold(&v), .right = true},
        {.title = reb_say_column_silent_really(&v), .right = true}, {0}};
    fprintf(cli->out, "\n%s\n",
            reb_say_cli_judged(&v, .date = reb_voice_day(&v, r->split_day), .days = (double)r->holdout_days,
                               .customers = (double)r->holdout_customers));
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (int i = 0; i < r->decile_count; i++) {
        const reb_fit_decile *d = &r->deciles[i];
        reb_table_text(t, reb_voice_count(&v, i + 1));
        reb_table_text(t, reb_voice_count(&v, d->customers));
        reb_table_text(t, reb_voice_number(&v, d->predicted, 3));
        reb_table_text(t, reb_voice_number(&v, d->actual.value, 3));
        reb_table_text(t,
                       reb_say_unit_to(&v, .low = reb_voice_number(&v, d->actual.low, 3), .high = reb_voice_number(&v, d->actual.high, 3)));
        reb_table_text(t, reb_voice_percent(&v, d->predicted_silent));
        reb_table_text(t, reb_voice_percent(&v, d->actual_silent.value));
    }
    reb_table_print(t, term);
    fprintf(cli->out, "  %s\n", reb_say_cli_judged_note(&v));
    const reb_fit_calls *c = &r->calls;
    if (c->customers == 0) return;
    reb_term_paragraph(term, 2, NULL,
                       reb_say_cli_judged_calls(&v, .count = (double)c->customers, .foretold = reb_voice_percent(&v, c->predicted_back),
                                                .happened = reb_voice_percent(&v, c->back.value),
                                                .range = reb_voice_percent_range(&v, c->back.low, c->back.high)));
}
