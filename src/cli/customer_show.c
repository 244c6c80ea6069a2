#include "customer_show.h"

#include "format.h"

#include <inttypes.h>
#include <string.h>

enum { LABELS = 18 }; /* columns of the labels on the left of a customer's screen */

/* Words from outside, harmless, in the arena. */
static const char *safe(const reb_cli *cli, const char *words) {
    reb_buf b = {0};
    if (words != NULL) reb_format_words(&b, words, strlen(words), 0);
    return reb_cli_keep(cli, &b);
}

/* "label   text", wrapped under itself. */
static void print_pair(const reb_term *term, const char *label, const char *text) {
    char head[64];
    snprintf(head, sizeof head, "%-*.17s", LABELS, label);
    reb_term_paragraph(term, LABELS, head, text);
}

static const char *money(char out[REB_FORMAT_TEXT], int64_t minor, const char *currency) {
    return reb_format_money(out, minor, currency, REB_MONEY_SIGN);
}

/* "61 days ago", "today", "in 3 days" (a --now before it). */
static const char *ago(char out[REB_FORMAT_TEXT], int64_t days) {
    char n[REB_FORMAT_TEXT];
    if (days == 0) {
        snprintf(out, REB_FORMAT_TEXT, "today");
    } else if (days == 1) {
        snprintf(out, REB_FORMAT_TEXT, "yesterday");
    } else if (days > 0) {
        snprintf(out, REB_FORMAT_TEXT, "%.40s ago", reb_format_plural(n, days, "day", NULL));
    } else {
        snprintf(out, REB_FORMAT_TEXT, "in %.40s", reb_format_plural(n, -days, "day", NULL));
    }
    return out;
}

/* ---- lists ---- */

void reb_print_customers(const reb_cli *cli, const reb_customer_page *p) {
    static const reb_table_column columns[] = {
        {.title = "Customer", .fit = REB_FIT_CUT, .least = 12},
        {.title = "Bought", .right = true},
        {.title = "Last", .right = true},
        {.title = "Spent", .right = true},
        {.title = "Still here", .right = true},
        {.title = "At stake", .right = true},
        {.title = "Found by"},
        {.title = "Id", .style = REB_STYLE_DIM},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    if (p->count == 0) {
        fprintf(cli->out, "No customer fits.%s\n", p->nobody ? " There are none yet: rebound import FILE, or rebound customer add" : "");
        return;
    }
    reb_table *t = reb_table_new(cli->arena, columns);
    for (size_t i = 0; i < p->count; i++) {
        const reb_customer_row *r = &p->rows[i];
        char text[REB_FORMAT_TEXT];
        reb_table_words(t, r->label);
        reb_table_count(t, r->purchase_day_count);
        reb_table_text(t, r->bought ? ago(text, p->today - r->last_day) : "never");
        reb_table_text(t, money(text, r->net_minor, p->currency));
        reb_table_text(t, r->scored ? reb_format_percent(text, r->p_alive) : "");
        reb_table_text(t, r->scored ? money(text, r->at_stake_minor, p->currency) : "");
        reb_table_text(t, strcmp(r->found_by, "name") == 0 ? "" : r->found_by); /* what is to be seen anyhow need not be said */
        reb_table_printf(t, "%" PRId64, r->customer_id);
    }
    reb_table_print(t, &term);
    if (p->next != NULL) fprintf(cli->out, "\nMore: the same command with --after %s\n", p->next);
}

void reb_print_history(const reb_cli *cli, const reb_customer_history *h) {
    static const reb_table_column columns[] = {
        {.title = "", .style = REB_STYLE_DIM},
        {.title = "", .fit = REB_FIT_WRAP, .least = 20},
        {.title = "", .right = true},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (size_t i = 0; i < h->count; i++) {
        const reb_customer_event *e = &h->events[i];
        char text[REB_FORMAT_TEXT];
        reb_table_text(t, reb_format_day(text, e->day));
        const char *by = e->who[0] != '\0' ? reb_arena_printf(cli->arena, "%s (%s)", e->text, e->who) : e->text;
        if (e->undone_us != 0 && by != NULL) by = reb_arena_printf(cli->arena, "Taken back: %s", by);
        reb_table_words(t, by);
        bool given_back = strcmp(e->kind, "refund") == 0;
        bool amount = e->currency[0] != '\0' && e->amount_minor != 0;
        reb_table_text(t, amount ? money(text, given_back ? -e->amount_minor : e->amount_minor, e->currency) : "");
    }
    reb_table_print(t, &term);
}

void reb_print_doubles(const reb_cli *cli, const reb_customer_doubles *d) {
    static const reb_table_column columns[] = {
        {.title = "Strength"},
        {.title = "Keep", .fit = REB_FIT_CUT, .least = 12},
        {.title = "And", .fit = REB_FIT_CUT, .least = 12},
        {.title = "Why", .fit = REB_FIT_WRAP, .least = 16},
        {.title = "Ids", .style = REB_STYLE_DIM},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    char n[REB_FORMAT_TEXT];
    if (d->count == 0) {
        fprintf(cli->out, "No two customers look like one.\n");
    } else {
        reb_table *t = reb_table_new(cli->arena, columns);
        for (size_t i = 0; i < d->count; i++) {
            const reb_customer_double *x = &d->pairs[i];
            reb_table_text(t, x->strength);
            reb_table_words(t, x->a_label);
            reb_table_words(t, x->b_label);
            reb_table_text(t, x->evidence);
            reb_table_printf(t, "%" PRId64 " %" PRId64, x->a_id, x->b_id);
        }
        reb_table_print(t, &term);
        if (d->found > (int64_t)d->count)
            fprintf(cli->out, "\n%s in all; --limit shows more.\n", reb_format_plural(n, d->found, "pair", NULL));
        fprintf(cli->out, "\n");
        reb_term_paragraph(&term, 6,
                           "Then: ", "rebound customer merge KEEP OTHER --why \"...\" · rebound customer not-same ONE OTHER --why \"...\"");
    }
    if (d->too_common > 0)
        fprintf(cli->out, "%s shared by too many to tell anything were left out.\n",
                reb_format_plural(n, d->too_common, "name, phone or e-mail", "names, phones and e-mails"));
}

/* ---- one customer ---- */

static void print_head(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_customer_row *r = &v->row;
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    reb_term_styled(term, REB_STYLE_BOLD, safe(cli, r->label));
    fprintf(cli->out, "%s  ", strcmp(r->kind, "organisation") == 0 ? "  organisation" : "");
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, r->customer_id);
    reb_term_styled(term, REB_STYLE_DIM, id);
    fprintf(cli->out, "\n");
    reb_buf line = {0};
    const char *const parts[] = {r->phone, r->email, r->language, r->country};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i][0] == '\0' || strcmp(parts[i], r->label) == 0) continue;
        if (line.len > 0) reb_buf_str(&line, " · ");
        reb_buf_str(&line, safe(cli, parts[i]));
    }
    if (line.len > 0 || line.failed) reb_term_paragraph(term, 0, NULL, reb_cli_keep(cli, &line));
    if (r->bought) {
        reb_buf_printf(&line, "Customer since %s · bought on %s", reb_format_month(a, r->first_day),
                       reb_format_plural(b, r->purchase_day_count, "day", NULL));
        reb_buf_printf(&line, " · %s", money(a, v->row.net_minor, v->currency));
        if (v->refunded_minor != 0) reb_buf_printf(&line, " after %s given back", money(b, v->refunded_minor, v->currency));
    } else {
        reb_buf_printf(&line, "Known since %s · bought nothing yet", reb_format_month(a, v->created_day));
    }
    reb_term_paragraph(term, 0, NULL, reb_cli_keep(cli, &line));
}

static void print_next(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    if (!v->next.found) return;
    char gain[REB_FORMAT_TEXT];
    char range[REB_FORMAT_TEXT];
    const reb_estimate *g = &v->next.gain_minor;
    fprintf(cli->out, "\n");
    reb_term_styled(term, REB_STYLE_BOLD, "Do this now");
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 2, NULL, v->next.why); /* its names are harmless and isolated already */
    reb_term_paragraph(term, 2, NULL, v->next.what);
    money(gain, reb_format_minor(g->value), v->currency);
    reb_format_money_range(range, reb_format_minor(g->low), reb_format_minor(g->high), v->currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
    char *line =
        reb_arena_printf(cli->arena, "Gain %s (%s), %s. Then: rebound done %s", gain, range, reb_origin_name(g->origin), v->next.code);
    if (line != NULL) reb_term_paragraph(term, 2, NULL, line);
}

static void print_money_estimate(const reb_cli *cli, const reb_term *term, const char *label, const reb_estimate *e, const char *currency,
                                 const char *tail) {
    char value[REB_FORMAT_TEXT];
    char range[REB_FORMAT_TEXT];
    money(value, reb_format_minor(e->value), currency);
    reb_format_money_range(range, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
    char *line = reb_arena_printf(cli->arena, "%s (%s)%s · %s", value, range, tail, reb_origin_name(e->origin));
    if (line != NULL) print_pair(term, label, line);
}

static void print_figures(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    char a[REB_FORMAT_TEXT];
    char b[REB_FORMAT_TEXT];
    char c[REB_FORMAT_TEXT];
    char *line;
    if (v->estimated) {
        print_money_estimate(cli, term, "At stake", &v->at_stake_minor, v->currency, "");
        print_money_estimate(cli, term, "Worth", &v->value_minor, v->currency, " in the next 12 months");
        line = reb_arena_printf(cli->arena, "%s (%s) · %s · fit of %s", reb_format_percent(a, v->p_alive.value),
                                reb_format_percent_range(b, v->p_alive.low, v->p_alive.high), reb_origin_name(v->p_alive.origin),
                                reb_format_day(c, v->fit_day));
        if (line != NULL) print_pair(term, "Still a customer", line);
    } else if (v->row.bought) {
        print_pair(term, "Worth", "not known before the first fit: rebound fit");
    }
    const reb_customer_rhythm *r = &v->rhythm;
    if (r->gaps > 0) {
        char range[REB_FORMAT_TEXT * 2] = "";
        if (r->high_days > r->low_days)
            snprintf(range, sizeof range, " (half of them %s)",
                     reb_format_range(b, (int64_t)(r->low_days + 0.5), (int64_t)(r->high_days + 0.5)));
        line = reb_arena_printf(cli->arena, "%s between purchases%s, last %s",
                                reb_format_plural(a, (int64_t)(r->median_days + 0.5), "day", NULL), range, ago(c, r->silent_days));
        if (line != NULL) print_pair(term, "Rhythm", line);
    } else if (v->row.bought) {
        line = reb_arena_printf(cli->arena, "bought on one day only, %s", ago(a, r->silent_days));
        if (line != NULL) print_pair(term, "Rhythm", line);
    }
    if (v->row.last_spoken_us != 0) {
        line = reb_arena_printf(cli->arena, "%s, %s", reb_format_day(a, v->spoken_day), ago(b, v->today - v->spoken_day));
        if (line != NULL) print_pair(term, "Spoken with", line);
    } else if (v->row.bought) {
        print_pair(term, "Spoken with", "never, as far as is recorded");
    }
}

static void print_consents(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    char day[REB_FORMAT_TEXT];
    for (size_t i = 0; i < v->consent_count; i++) {
        const reb_customer_consent *x = &v->consents[i];
        char *line = reb_arena_printf(cli->arena, "%s by %s: %s, since %s", safe(cli, x->purpose), safe(cli, x->channel),
                                      x->allowed ? "yes" : "NO", reb_format_day(day, x->observed_day));
        if (line != NULL) print_pair(term, i == 0 ? "Consent" : "", line);
    }
}

static void print_contacts(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    for (size_t i = 0; i < v->contact_count; i++) {
        const reb_customer_contact *x = &v->contacts[i];
        const char *const parts[] = {x->name, x->role, x->phone, x->email};
        reb_buf line = {0};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            if (parts[k][0] == '\0' || (k > 0 && strcmp(parts[k], x->name) == 0)) continue;
            if (line.len > 0) reb_buf_str(&line, ", ");
            reb_buf_str(&line, safe(cli, parts[k]));
        }
        print_pair(term, i == 0 ? "Contacts" : "", reb_cli_keep(cli, &line));
    }
}

/* What else they are known by: everything but what the head of the screen says already. */
static void print_identities(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    bool first = true;
    for (size_t i = 0; i < v->identity_count; i++) {
        const reb_customer_identity *x = &v->identities[i];
        const char *shown = strcmp(x->kind, "phone") == 0 ? x->value : x->shown;
        bool said = strcmp(shown, v->row.name) == 0 || strcmp(shown, v->row.email) == 0 || strcmp(x->value, v->row.email) == 0 ||
                    strcmp(shown, v->row.phone) == 0;
        if (said || x->contact_id != 0) continue;
        char *line = x->source[0] != '\0' ? reb_arena_printf(cli->arena, "%s %s", safe(cli, x->source), safe(cli, shown))
                                          : reb_arena_printf(cli->arena, "%s", safe(cli, shown));
        if (line != NULL) print_pair(term, first ? "Also known by" : "", line);
        first = false;
    }
}

static void print_facts(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    static const char *const said[] = {"name", "language", "country"};
    for (size_t i = 0; i < v->fact_count; i++) {
        const reb_customer_fact *f = &v->facts[i];
        bool known = strncmp(f->fact, "aside:", 6) == 0; /* columns nobody understood: in --json only */
        for (size_t k = 0; k < sizeof said / sizeof said[0]; k++) known = known || strcmp(f->fact, said[k]) == 0;
        if (known) continue;
        char label[LABELS];
        snprintf(label, sizeof label, "%.16s", safe(cli, f->fact));
        if (label[0] >= 'a' && label[0] <= 'z') label[0] = (char)(label[0] - 'a' + 'A');
        print_pair(term, label, safe(cli, f->value));
    }
}

static void print_merged(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    char day[REB_FORMAT_TEXT];
    for (size_t i = 0; i < v->merged_count; i++) {
        const reb_customer_merged *x = &v->merged[i];
        const char *why = x->why[0] != '\0' ? reb_arena_printf(cli->arena, ": %s", safe(cli, x->why)) : "";
        char *line = reb_arena_printf(cli->arena, "%s (%" PRId64 "), %s%s%s%s", safe(cli, x->label), x->customer_id,
                                      reb_format_day(day, x->merged_day), x->who[0] != '\0' ? " by " : "", safe(cli, x->who),
                                      why != NULL ? why : "");
        if (line != NULL) print_pair(term, i == 0 ? "Merged in" : "", line);
    }
    if (v->doubles > 0) {
        char n[REB_FORMAT_TEXT];
        char *line = reb_arena_printf(cli->arena, "%s %s alike: rebound customer doubles %" PRId64,
                                      reb_format_plural(n, (int64_t)v->doubles, "customer", NULL), v->doubles == 1 ? "looks" : "look",
                                      v->row.customer_id);
        if (line != NULL) print_pair(term, "Double?", line);
    }
}

void reb_print_customer(const reb_cli *cli, const reb_customer_view *v) {
    reb_term term = reb_term_of(cli->out);
    print_head(cli, &term, v);
    print_next(cli, &term, v);
    fprintf(cli->out, "\n");
    print_figures(cli, &term, v);
    print_consents(cli, &term, v);
    print_contacts(cli, &term, v);
    print_identities(cli, &term, v);
    print_facts(cli, &term, v);
    print_merged(cli, &term, v);
    if (v->history.count == 0) return;
    char n[REB_FORMAT_TEXT];
    fprintf(cli->out, "\n");
    reb_term_styled(&term, REB_STYLE_BOLD, "History");
    fprintf(cli->out, "  %s\n", reb_format_plural(n, v->event_count, "event", NULL));
    reb_print_history(cli, &v->history);
    if (v->history.next != NULL)
        fprintf(cli->out, "\nOlder: rebound customer history %" PRId64 " --after %s\n", v->row.customer_id, v->history.next);
}
