#include "customer_show.h"

#include "format.h"

#include "../text/utf8.h"

#include <cjson/cJSON.h>
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
    char head[128];
    size_t fits = reb_utf8_cut(label, strlen(label), sizeof head - 3);
    snprintf(head, sizeof head, "%.*s%s", (int)fits, label, reb_utf8_columns(label, fits) >= LABELS ? "  " : "");
    reb_term_paragraph(term, LABELS, head, text);
}

/* The same for a sentence, which isolates it itself. */
static const char *plain(const reb_cli *cli, const char *words) {
    reb_buf b = {0};
    if (words != NULL) reb_format_safe(&b, words, strlen(words));
    return reb_cli_keep(cli, &b);
}

static const char *money(const reb_voice *v, int64_t minor, const char *currency) {
    return reb_voice_money(v, minor, currency, REB_MONEY_SIGN);
}

static const char *money_range(const reb_voice *v, const reb_estimate *e, const char *currency) {
    return reb_voice_money_range(v, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE);
}

static const char *origin(const reb_voice *v, reb_origin o) {
    if (v->locale->language == REB_LANG_EN) return reb_origin_name(o);
    if (o == REB_MEASURED) return reb_say_origin_measured(v);
    return o == REB_ASSUMED ? reb_say_origin_assumed(v) : reb_say_origin_mixed(v);
}

/* A word of the database in the reader's language, when there is a message for it. */
static const char *word(const reb_voice *v, const reb_cli *cli, const char *head, const char *raw) {
    reb_msg m;
    if (v->locale->language != REB_LANG_EN && reb_msg_find(&m, head, raw)) return reb_voice_say(v, m, NULL, 0);
    return plain(cli, raw);
}

/* "61 days ago", "today", "in 3 days" (a --now before it). */
static const char *ago(const reb_voice *v, int64_t days) {
    return days >= 0 ? reb_say_unit_ago(v, .days = (double)days) : reb_say_unit_ahead(v, .days = (double)-days);
}

/* ---- lists ---- */

void reb_print_customers(const reb_cli *cli, const reb_customer_page *p) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {
        {.title = reb_say_column_customer(&v), .fit = REB_FIT_CUT, .least = 12},
        {.title = reb_say_column_bought(&v), .right = true},
        {.title = reb_say_column_last(&v), .right = true},
        {.title = reb_say_column_spent(&v), .right = true},
        {.title = reb_say_column_still_here(&v), .right = true},
        {.title = reb_say_column_at_stake(&v), .right = true},
        {.title = reb_say_column_found_by(&v)},
        {.title = reb_say_column_id(&v), .style = REB_STYLE_DIM},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    if (p->count == 0) {
        fprintf(cli->out, "%s\n", p->nobody ? reb_say_cli_c_none_at_all(&v) : reb_say_cli_c_none(&v));
        return;
    }
    reb_table *t = reb_table_new(cli->arena, columns);
    for (size_t i = 0; i < p->count; i++) {
        const reb_customer_row *r = &p->rows[i];
        char found_by[32];
        snprintf(found_by, sizeof found_by, "%s", strcmp(r->found_by, "external id") == 0 ? "external_id" : r->found_by);
        bool seen_anyhow = found_by[0] == '\0' || strcmp(found_by, "name") == 0;
        reb_table_words(t, r->label);
        reb_table_text(t, reb_voice_count(&v, r->purchase_day_count));
        reb_table_text(t, r->bought ? ago(&v, p->today - r->last_day) : reb_say_unit_never(&v));
        reb_table_text(t, money(&v, r->net_minor, p->currency));
        reb_table_text(t, r->scored ? reb_voice_percent(&v, r->p_alive) : "");
        reb_table_text(t, r->scored ? money(&v, r->at_stake_minor, p->currency) : "");
        reb_table_text(t, seen_anyhow ? "" : v.locale->language == REB_LANG_EN ? r->found_by : word(&v, cli, "found.", found_by));
        reb_table_printf(t, "%" PRId64, r->customer_id);
    }
    reb_table_print(t, &term);
    if (p->next != NULL) fprintf(cli->out, "\n%s\n", reb_say_cli_more(&v, .cursor = p->next));
}

/* One line about an event. English has it ready; elsewhere it is put together from what it says: its kind, its number, goods and words. */
static const char *event_line(const reb_cli *cli, const reb_voice *v, const reb_customer_event *e) {
    if (v->locale->language == REB_LANG_EN) return e->text;
    cJSON *data = e->data != NULL ? cJSON_Parse(e->data) : NULL;
    const char *const channel = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "channel"));
    const char *const purpose = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "purpose"));
    const char *by = word(v, cli, "customer.channel_", channel != NULL ? channel : "any");
    const char *title;
    reb_msg m;
    if (strcmp(e->kind, "contact") == 0) {
        title = reb_say_customer_event_contact(v, .channel = by);
    } else if (strcmp(e->kind, "consent") == 0) {
        const char *what = word(v, cli, "customer.purpose_", purpose != NULL ? purpose : "any");
        title = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(data, "allowed"))
                    ? reb_say_customer_event_consent_yes(v, .purpose = what, .channel = by)
                    : reb_say_customer_event_consent_no(v, .purpose = what, .channel = by);
    } else if (strcmp(e->kind, "not_now") == 0) {
        title = reb_say_keys_not_now(v);
    } else {
        title = reb_msg_find(&m, "customer.event_", e->kind) ? reb_voice_say(v, m, NULL, 0) : e->kind;
    }
    cJSON_Delete(data);
    reb_buf line = {0};
    reb_buf_str(&line, title);
    bool own = strcmp(e->source, "rebound") == 0 || strncmp(e->ext_id, "row:", 4) == 0;
    if (!own && e->ext_id[0] != '\0') reb_buf_printf(&line, " %.60s", e->ext_id);
    if (e->goods[0] != '\0') reb_buf_printf(&line, ": %s", e->goods);
    if (e->words[0] != '\0') reb_buf_printf(&line, ": %s", e->words);
    return reb_cli_keep(cli, &line);
}

void reb_print_history(const reb_cli *cli, const reb_customer_history *h) {
    static const reb_table_column columns[] = {
        {.title = "", .style = REB_STYLE_DIM},
        {.title = "", .fit = REB_FIT_WRAP, .least = 20},
        {.title = "", .right = true},
        {0},
    };
    const reb_voice v = reb_cli_voice(cli);
    reb_term term = reb_term_of(cli->out);
    reb_table *t = reb_table_new(cli->arena, columns);
    reb_table_indent(t, 2);
    for (size_t i = 0; i < h->count; i++) {
        const reb_customer_event *e = &h->events[i];
        reb_table_text(t, reb_voice_day(&v, e->day));
        const char *said = event_line(cli, &v, e);
        const char *by = e->who[0] != '\0' ? reb_arena_printf(cli->arena, "%s (%s)", said, e->who) : said;
        if (e->undone_us != 0 && by != NULL) by = reb_say_cli_c_taken_back(&v, .what = plain(cli, by));
        reb_table_words(t, by);
        bool given_back = strcmp(e->kind, "refund") == 0;
        bool amount = e->currency[0] != '\0' && e->amount_minor != 0;
        reb_table_text(t, amount ? money(&v, given_back ? -e->amount_minor : e->amount_minor, e->currency) : "");
    }
    reb_table_print(t, &term);
}

/* "same phone; close names (Sara / Sarah)", each part by its message, what stands in brackets as it is. */
static const char *evidence(const reb_cli *cli, const reb_voice *v, const char *english) {
    if (v->locale->language == REB_LANG_EN) return english;
    reb_buf out = {0};
    for (const char *p = english; *p != '\0';) {
        size_t n = strcspn(p, ";");
        size_t head = 0;
        char key[64];
        while (head < n && head < sizeof key - 1 && p[head] != '(') {
            key[head] = p[head] == ' ' || p[head] == '-' ? '_' : p[head];
            head++;
        }
        size_t end = head;
        while (end > 0 && key[end - 1] == '_') end--;
        key[end] = '\0';
        reb_msg m;
        bool known = reb_msg_find(&m, "customer.evidence_", key);
        if (out.len > 0) reb_buf_str(&out, " · ");
        if (known) reb_buf_printf(&out, "%s%s", reb_voice_say(v, m, NULL, 0), head < n ? " " : "");
        reb_buf_add(&out, known ? p + head : p, known ? n - head : n);
        p += n;
        while (*p == ';' || *p == ' ') p++;
    }
    return reb_cli_keep(cli, &out);
}

void reb_print_doubles(const reb_cli *cli, const reb_customer_doubles *d) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {
        {.title = reb_say_column_strength(&v)},
        {.title = reb_say_column_keep(&v), .fit = REB_FIT_CUT, .least = 12},
        {.title = reb_say_column_and(&v), .fit = REB_FIT_CUT, .least = 12},
        {.title = reb_say_column_why(&v), .fit = REB_FIT_WRAP, .least = 16},
        {.title = reb_say_column_ids(&v), .style = REB_STYLE_DIM},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    if (d->count == 0) {
        fprintf(cli->out, "%s\n", reb_say_cli_doubles_none(&v));
    } else {
        reb_table *t = reb_table_new(cli->arena, columns);
        for (size_t i = 0; i < d->count; i++) {
            const reb_customer_double *x = &d->pairs[i];
            reb_table_text(t, word(&v, cli, "customer.strength_", x->strength));
            reb_table_words(t, x->a_label);
            reb_table_words(t, x->b_label);
            reb_table_text(t, evidence(cli, &v, x->evidence));
            reb_table_printf(t, "%" PRId64 " %" PRId64, x->a_id, x->b_id);
        }
        reb_table_print(t, &term);
        if (d->found > (int64_t)d->count) fprintf(cli->out, "\n%s\n", reb_say_cli_doubles_more(&v, .count = (double)d->found));
        fprintf(cli->out, "\n");
        reb_term_paragraph(&term, 6, reb_arena_printf(cli->arena, "%s ", reb_say_cli_then(&v)),
                           "rebound customer merge KEEP OTHER --why \"...\" · rebound customer not-same ONE OTHER --why \"...\"");
    }
    if (d->too_common > 0) fprintf(cli->out, "%s\n", reb_say_cli_doubles_common(&v, .count = (double)d->too_common));
}

/* ---- one customer ---- */

static void print_head(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    const reb_customer_row *r = &v->row;
    reb_term_styled(term, REB_STYLE_BOLD, safe(cli, r->label));
    bool organisation = strcmp(r->kind, "organisation") == 0;
    fprintf(cli->out, "%s%s  ", organisation ? "  " : "", organisation ? reb_say_cli_c_organisation(&voice) : "");
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
    const char *since = reb_voice_month(&voice, r->bought ? r->first_day : v->created_day);
    const char *net = money(&voice, r->net_minor, v->currency);
    double days = (double)r->purchase_day_count;
    const char *said;
    if (!r->bought) {
        said = reb_say_cli_c_known_since(&voice, .month = since);
    } else if (v->refunded_minor != 0) {
        said = reb_say_cli_c_since_refunded(&voice, .month = since, .days = days, .amount = net,
                                            .refunded = money(&voice, v->refunded_minor, v->currency));
    } else {
        said = reb_say_cli_c_since(&voice, .month = since, .days = days, .amount = net);
    }
    reb_term_paragraph(term, 0, NULL, said);
}

static void print_next(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    if (!v->next.found) return;
    const reb_voice voice = reb_cli_voice(cli);
    const reb_estimate *g = &v->next.gain_minor;
    fprintf(cli->out, "\n");
    reb_term_styled(term, REB_STYLE_BOLD, reb_say_cli_c_do_now(&voice));
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 2, NULL, v->next.why); /* its names are harmless and isolated already */
    reb_term_paragraph(term, 2, NULL, v->next.what);
    reb_term_paragraph(term, 2, NULL,
                       reb_say_cli_c_gain(&voice, .gain = money(&voice, reb_format_minor(g->value), v->currency),
                                          .range = money_range(&voice, g, v->currency), .origin = origin(&voice, g->origin),
                                          .code = v->next.code));
}

static void print_worth(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    if (!v->estimated) {
        if (v->row.bought) print_pair(term, reb_say_cli_fit_worth_label(&voice), reb_say_cli_c_worth_unknown(&voice));
        return;
    }
    const reb_estimate *e = &v->at_stake_minor;
    print_pair(term, reb_say_cli_fit_at_stake_label(&voice),
               reb_say_cli_c_at_stake(&voice, .amount = money(&voice, reb_format_minor(e->value), v->currency),
                                      .range = money_range(&voice, e, v->currency), .origin = origin(&voice, e->origin)));
    e = &v->value_minor;
    print_pair(term, reb_say_cli_fit_worth_label(&voice),
               reb_say_cli_c_worth(&voice, .amount = money(&voice, reb_format_minor(e->value), v->currency),
                                   .range = money_range(&voice, e, v->currency), .origin = origin(&voice, e->origin)));
    e = &v->p_alive;
    print_pair(term, reb_say_cli_c_alive_label(&voice),
               reb_say_cli_c_alive(&voice, .share = reb_voice_percent(&voice, e->value),
                                   .range = reb_voice_percent_range(&voice, e->low, e->high), .origin = origin(&voice, e->origin),
                                   .date = reb_voice_day(&voice, v->fit_day)));
}

static void print_rhythm(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    const reb_customer_rhythm *r = &v->rhythm;
    const char *said = NULL;
    const char *last = ago(&voice, r->silent_days);
    double median = (double)(int64_t)(r->median_days + 0.5);
    if (r->gaps > 0 && r->high_days > r->low_days) {
        const char *half = reb_voice_range(&voice, (int64_t)(r->low_days + 0.5), (int64_t)(r->high_days + 0.5));
        said = reb_say_cli_c_rhythm_range(&voice, .days = median, .range = half, .ago = last);
    } else if (r->gaps > 0) {
        said = reb_say_cli_c_rhythm(&voice, .days = median, .ago = last);
    } else if (v->row.bought) {
        said = reb_say_cli_c_once(&voice, .ago = last);
    }
    if (said != NULL) print_pair(term, reb_say_cli_c_rhythm_label(&voice), said);
    if (v->row.last_spoken_us != 0) {
        print_pair(
            term, reb_say_cli_c_spoken_label(&voice),
            reb_say_cli_c_spoken(&voice, .date = reb_voice_day(&voice, v->spoken_day), .ago = ago(&voice, v->today - v->spoken_day)));
    } else if (v->row.bought) {
        print_pair(term, reb_say_cli_c_spoken_label(&voice), reb_say_cli_c_never_spoken(&voice));
    }
}

static void print_consents(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    for (size_t i = 0; i < v->consent_count; i++) {
        const reb_customer_consent *x = &v->consents[i];
        const char *purpose = word(&voice, cli, "customer.purpose_", x->purpose);
        const char *channel = word(&voice, cli, "customer.channel_", x->channel);
        const char *since = reb_voice_day(&voice, x->observed_day);
        print_pair(term, i == 0 ? reb_say_cli_c_consent_label(&voice) : "",
                   x->allowed ? reb_say_cli_c_consent_yes(&voice, .purpose = purpose, .channel = channel, .date = since)
                              : reb_say_cli_c_consent_no(&voice, .purpose = purpose, .channel = channel, .date = since));
    }
}

static void print_contacts(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    for (size_t i = 0; i < v->contact_count; i++) {
        const reb_customer_contact *x = &v->contacts[i];
        const char *const parts[] = {x->name, x->role, x->phone, x->email};
        reb_buf line = {0};
        for (size_t k = 0; k < sizeof parts / sizeof parts[0]; k++) {
            if (parts[k][0] == '\0' || (k > 0 && strcmp(parts[k], x->name) == 0)) continue;
            if (line.len > 0) reb_buf_str(&line, ", ");
            reb_buf_str(&line, safe(cli, parts[k]));
        }
        print_pair(term, i == 0 ? reb_say_cli_c_contacts_label(&voice) : "", reb_cli_keep(cli, &line));
    }
}

/* What else they are known by: everything but what the head of the screen says already. */
static void print_identities(const reb_cli *cli, const reb_term *term, const reb_customer_view *v) {
    const reb_voice voice = reb_cli_voice(cli);
    bool first = true;
    for (size_t i = 0; i < v->identity_count; i++) {
        const reb_customer_identity *x = &v->identities[i];
        const char *shown = strcmp(x->kind, "phone") == 0 ? x->value : x->shown;
        bool said = strcmp(shown, v->row.name) == 0 || strcmp(shown, v->row.email) == 0 || strcmp(x->value, v->row.email) == 0 ||
                    strcmp(shown, v->row.phone) == 0;
        if (said || x->contact_id != 0) continue;
        char *line = x->source[0] != '\0' ? reb_arena_printf(cli->arena, "%s %s", safe(cli, x->source), safe(cli, shown))
                                          : reb_arena_printf(cli->arena, "%s", safe(cli, shown));
        if (line != NULL) print_pair(term, first ? reb_say_cli_c_also_label(&voice) : "", line);
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
    const reb_voice voice = reb_cli_voice(cli);
    for (size_t i = 0; i < v->merged_count; i++) {
        const reb_customer_merged *x = &v->merged[i];
        char id[32];
        snprintf(id, sizeof id, "%" PRId64, x->customer_id);
        const char *date = reb_voice_day(&voice, x->merged_day);
        const char *line = x->who[0] != '\0' ? reb_say_cli_c_merged_by(&voice, .name = plain(cli, x->label), .id = id, .date = date,
                                                                       .who = plain(cli, x->who))
                                             : reb_say_cli_c_merged(&voice, .name = plain(cli, x->label), .id = id, .date = date);
        if (x->why[0] != '\0') line = reb_arena_printf(cli->arena, "%s: %s", line, safe(cli, x->why));
        if (line != NULL) print_pair(term, i == 0 ? reb_say_cli_c_merged_label(&voice) : "", line);
    }
    if (v->doubles > 0) {
        char id[32];
        snprintf(id, sizeof id, "%" PRId64, v->row.customer_id);
        print_pair(term, reb_say_cli_c_double_label(&voice), reb_say_cli_c_doubles(&voice, .count = (double)v->doubles, .id = id));
    }
}

void reb_print_customer(const reb_cli *cli, const reb_customer_view *v) {
    reb_term term = reb_term_of(cli->out);
    print_head(cli, &term, v);
    print_next(cli, &term, v);
    fprintf(cli->out, "\n");
    print_worth(cli, &term, v);
    print_rhythm(cli, &term, v);
    print_consents(cli, &term, v);
    print_contacts(cli, &term, v);
    print_identities(cli, &term, v);
    print_facts(cli, &term, v);
    print_merged(cli, &term, v);
    if (v->history.count == 0) return;
    const reb_voice voice = reb_cli_voice(cli);
    fprintf(cli->out, "\n");
    reb_term_styled(&term, REB_STYLE_BOLD, reb_say_cli_c_history_label(&voice));
    fprintf(cli->out, "  %s\n", reb_say_cli_c_events(&voice, .count = (double)v->event_count));
    reb_print_history(cli, &v->history);
    if (v->history.next == NULL) return;
    char id[32];
    snprintf(id, sizeof id, "%" PRId64, v->row.customer_id);
    fprintf(cli->out, "\n%s\n", reb_say_cli_c_older(&voice, .id = id, .cursor = v->history.next));
}
