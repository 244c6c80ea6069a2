#include "../app/today.h"

#include "cli.h"
#include "format.h"

#include "../text/utf8.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

/* What came from outside, harmless for a terminal. */
static const char *safe(const reb_cli *cli, const char *words) {
    reb_buf b = {0};
    reb_format_words(&b, words, strlen(words), 0);
    return reb_cli_keep(cli, &b);
}

/* The same for a sentence, which isolates it itself. */
static const char *plain(const reb_cli *cli, const char *words) {
    reb_buf b = {0};
    reb_format_safe(&b, words, strlen(words));
    return reb_cli_keep(cli, &b);
}

static void print_head(const reb_cli *cli, const reb_term *term, const reb_today_list *l) {
    const reb_voice v = reb_cli_voice(cli);
    reb_term_styled(term, REB_STYLE_BOLD, reb_say_cli_today_head(&v, .date = reb_voice_day(&v, l->day)));
    if (l->business != NULL && l->business[0] != '\0') fprintf(cli->out, "  %s", safe(cli, l->business));
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 0, NULL, l->sentence);
}

static void print_money_line(const reb_cli *cli, const reb_term *term, const reb_today_list *l, const reb_today_item *i) {
    const reb_voice v = reb_cli_voice(cli);
    const unsigned whole = REB_MONEY_SIGN | REB_MONEY_WHOLE;
    const reb_estimate *g = &i->gain_minor;
    const char *gain = reb_voice_money(&v, reb_format_minor(g->value), l->currency, REB_MONEY_SIGN);
    const char *range = reb_voice_money_range(&v, reb_format_minor(g->low), reb_format_minor(g->high), l->currency, whole);
    bool call = i->kind == REB_ITEM_CALL;
    const reb_estimate *e = call ? &i->at_stake_minor : &i->value_minor;
    const char *stake = reb_voice_money(&v, reb_format_minor(e->value), l->currency, REB_MONEY_SIGN);
    const char *alive = reb_voice_percent(&v, i->p_alive.value);
    reb_term_paragraph(term, 4, NULL,
                       call ? reb_say_cli_today_line_call(&v, .gain = gain, .range = range, .stake = stake, .alive = alive)
                            : reb_say_cli_today_line_other(&v, .gain = gain, .range = range, .stake = stake, .alive = alive));
}

static const char *title(const reb_voice *v, reb_item_kind kind, const char *name) {
    switch (kind) {
        case REB_ITEM_CALL: return reb_say_cli_today_title_call(v, .name = name);
        case REB_ITEM_FEEDBACK: return reb_say_cli_today_title_ask(v, .name = name);
        case REB_ITEM_NEGLECTED: return reb_say_cli_today_title_talk(v, .name = name);
        case REB_ITEM_WINBACK: return reb_say_cli_today_title_winback(v, .name = name);
        case REB_ITEM_KINDS: break;
    }
    return "";
}

static void print_item(const reb_cli *cli, const reb_term *term, const reb_today_list *l, size_t at) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_today_item *i = &l->items[at];
    const char *n = reb_voice_count(&v, (int64_t)at + 1);
    size_t columns = reb_utf8_columns(n, strlen(n));
    fprintf(cli->out, "\n%s%s  ", columns < 2 ? " " : "", n);
    reb_term_styled(term, REB_STYLE_BOLD, title(&v, i->kind, plain(cli, i->name)));
    const char *way = i->phone[0] != '\0' ? i->phone : i->email;
    if (way[0] != '\0' && strcmp(way, i->name) != 0) fprintf(cli->out, " · %s", safe(cli, way));
    bool whole = i->minutes == (double)(int64_t)i->minutes;
    fprintf(cli->out, " · %s · ", reb_say_unit_minutes_short(&v, .minutes = reb_voice_number(&v, i->minutes, whole ? 0 : 1)));
    reb_term_styled(term, REB_STYLE_BOLD, i->code);
    fprintf(cli->out, "\n");
    reb_term_paragraph(term, 4, NULL, i->why);
    reb_term_paragraph(term, 4, NULL, i->what);
    print_money_line(cli, term, l, i);
}

/* The assumptions behind the figures, each said once. */
static void print_assumptions(const reb_cli *cli, const reb_term *term, const reb_today_list *l) {
    const reb_voice v = reb_cli_voice(cli);
    const char *said[24];
    size_t n = 0;
    for (size_t i = 0; i < l->item_count; i++) {
        for (size_t k = 0; k < l->items[i].assumed_count; k++) {
            const reb_assumption *a = &l->items[i].assumed[k];
            bool known = strncmp(a->key, "minutes_", 8) == 0;
            for (size_t m = 0; m < n && !known; m++) known = strcmp(said[m], a->key) == 0;
            if (known || n == sizeof said / sizeof said[0]) continue;
            said[n++] = a->key;
            if (n == 1) fprintf(cli->out, "\n%s\n", reb_say_cli_assumed_head(&v));
            char *line = reb_arena_printf(cli->arena, "%s (%s)", a->text, a->key);
            if (line != NULL) reb_term_paragraph(term, 4, "  - ", line);
        }
    }
}

/* What is owed comes before what is proposed. */
static void print_duties(const reb_cli *cli, const reb_term *term, const reb_duties *d) {
    const reb_voice v = reb_cli_voice(cli);
    if (d->count == 0) return;
    fprintf(cli->out, "\n");
    reb_term_styled(term, REB_STYLE_BOLD, reb_say_cli_today_duties(&v));
    fprintf(cli->out, "\n");
    for (size_t i = 0; i < d->count; i++) {
        const reb_duty *x = &d->items[i];
        char id[64] = "";
        if (x->promise_id != 0) snprintf(id, sizeof id, " (promise %" PRId64 ")", x->promise_id);
        if (x->case_number != 0) snprintf(id, sizeof id, " (C-%" PRId64 ")", x->case_number);
        const char *phone = x->kind == REB_DUTY_NOT_RIGHT ? x->phone : "";
        char *line = reb_arena_printf(cli->arena, "%s%s%s%s%s%s", plain(cli, x->text), phone[0] != '\0' ? " · " : "", plain(cli, phone),
                                      x->what[0] != '\0' ? " · " : "", plain(cli, x->what), id);
        if (line != NULL) reb_term_paragraph(term, 4, "  - ", line);
    }
}

static void print_list(const reb_cli *cli, const reb_today_list *l) {
    reb_term term = reb_term_of(cli->out);
    const reb_voice v = reb_cli_voice(cli);
    print_head(cli, &term, l);
    print_duties(cli, &term, &l->duties);
    for (size_t i = 0; i < l->item_count; i++) print_item(cli, &term, l, i);
    print_assumptions(cli, &term, l);
    if (l->remark_count > 0) fprintf(cli->out, "\n");
    for (size_t i = 0; i < l->remark_count; i++) reb_term_paragraph(&term, 0, NULL, l->remarks[i].text);
    if (l->item_count > 0) {
        const char *c = l->items[0].code;
        fprintf(cli->out, "\n");
        const char *head = reb_arena_printf(cli->arena, "%s ", reb_say_cli_then(&v));
        const char *then = reb_arena_printf(
            cli->arena, "rebound done %s · rebound not-now %s --until DATE --why \"...\" · rebound wrong %s --why \"...\"", c, c, c);
        if (then != NULL) reb_term_paragraph(&term, 6, head, then);
    }
}

static reb_status run_today(reb_cli *cli, reb_err *err) {
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound today takes no words, only options.");
    reb_today_request q = {.capacity_minutes = -1};
    reb_status st = reb_cli_int(&q.capacity_minutes, cli, "--minutes", -1, 0, 100000, err);
    if (st == REB_OK) st = reb_cli_int(&q.limit, cli, "--limit", 0, 1, 100000, err);
    reb_store *s = NULL;
    if (st == REB_OK) st = reb_cli_open(&s, NULL, cli, 0, err);
    if (st != REB_OK) return st;
    q.now_us = reb_clock_now(cli->clock);
    q.peek = reb_cli_flag(cli, "--peek");
    q.locale = &cli->locale;
    q.commands = true;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    reb_today_list list;
    st = reb_today(&list, s, &q, &ids, cli->arena, err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_today_json(&w, &list);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        print_list(cli, &list);
    }
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--minutes", "N", "minutes to give today (else the setting capacity_minutes_per_day)"},
    {"--limit", "N", "at most so many items"},
    {"--peek", NULL, "only look: draw no hold-out and record nothing"},
    {0},
};

const reb_command reb_cmd_today = {
    .name = "today",
    .args = "[--minutes N] [--limit N] [--peek]",
    .summary = "whom to act on now, why, what to do, and what it is worth",
    .details =
        "Each item names its evidence, what to do, the gain expected if it is done with its range, and the figures that are assumed.\n"
        "Ranked by gain a minute within the day's minutes. Before an item is first shown its hold-out is drawn: some customers are left\n"
        "alone, so that the benefit of acting can be measured. Answer with: rebound done, rebound not-now, rebound wrong.",
    .options = k_options,
    .run = run_today,
};
