#include "../app/customer.h"
#include "../app/promise.h"
#include "../domain/person.h"

#include "cli.h"
#include "fit_cli.h"
#include "format.h"
#include "when.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { LABELS = 10 }; /* columns of "  keeper    " beside its indent */

typedef struct call {
    reb_cli *cli;
    reb_promise_ctx c;
    reb_business *business;
    reb_ids ids;
    int word_count; /* after the action's name */
    const char *const *words;
} call;

static reb_status needs(const char *what, reb_err *err) {
    reb_fail(err, REB_E_USAGE, "Say %s.", what);
    reb_err_next(err, "See: rebound help promise");
    return REB_E_USAGE;
}

/* A number as people write it, "C-707312" too. */
static int64_t number_of(const char *text) {
    if ((text[0] == 'C' || text[0] == 'c') && text[1] == '-') text += 2;
    char *end = NULL;
    long long n = strtoll(text, &end, 10);
    return end != text && *end == '\0' && n > 0 ? n : 0;
}

static const char *safe(const call *k, const char *words) {
    reb_buf b = {0};
    reb_format_safe(&b, words, strlen(words));
    return reb_cli_keep(k->cli, &b);
}

/* "3 days", "5 hours", "20 minutes". */
static const char *span(const call *k, int64_t us) {
    const reb_voice v = reb_cli_voice(k->cli);
    int64_t minutes = us / (60 * REB_US_PER_SECOND);
    if (minutes >= 2 * 24 * 60) return reb_say_unit_days(&v, .count = (double)(minutes / (24 * 60)));
    if (minutes >= 120) return reb_say_unit_hours(&v, .count = (double)(minutes / 60));
    return reb_say_unit_minutes(&v, .count = (double)minutes);
}

static const char *stands(const call *k, const reb_promise_row *r) {
    const reb_voice v = reb_cli_voice(k->cli);
    const char *word = "";
    switch (r->state) {
        case REB_PROMISE_OPEN: return reb_say_cli_p_due_in(&v, .time = span(k, r->p.due_us - k->c.now_us));
        case REB_PROMISE_KEPT: word = reb_say_cli_p_state_kept(&v); break;
        case REB_PROMISE_LATE: word = reb_say_cli_p_state_late(&v); break;
        case REB_PROMISE_BROKEN: word = reb_say_cli_p_state_broken(&v); break;
        case REB_PROMISE_RELEASED: word = reb_say_cli_p_state_released(&v); break;
        case REB_PROMISE_STATES: break;
    }
    return r->late_us > 0 ? reb_say_cli_p_by(&v, .state = word, .time = span(k, r->late_us)) : word;
}

static const char *local_time(const call *k, int64_t at_us) {
    const reb_voice v = reb_cli_voice(k->cli);
    int64_t day = reb_business_day(k->business, at_us);
    int minute = reb_zone_minute(k->business->zone, at_us);
    if (minute == 24 * 60 - 1) return reb_voice_day(&v, day);
    return reb_arena_printf(k->cli->arena, "%s %s", reb_voice_day(&v, day), reb_voice_time(&v, minute));
}

static const char *kind_word(const reb_voice *v, const char *name) {
    reb_msg m;
    return reb_msg_find(&m, "export.kind_", name) ? reb_voice_say(v, m, NULL, 0) : name;
}

static const char *what(const call *k, const reb_promise_row *r) {
    const reb_voice v = reb_cli_voice(k->cli);
    if (r->text[0] != '\0') return safe(k, r->text);
    if (strcmp(r->p.origin, "order") != 0) return kind_word(&v, reb_promise_kind_name(r->p.kind));
    return r->p.product[0] != '\0' ? reb_say_cli_p_delivery_of(&v, .product = safe(k, r->p.product)) : reb_say_cli_p_delivery(&v);
}

static reb_status print_row(const call *k, const reb_promise_row *r, int64_t event_id, const char *said) {
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_key(&w, "promise");
        reb_promise_row_json(&w, r);
        if (event_id != 0) reb_json_kid(&w, "event_id", event_id);
        reb_json_obj_end(&w);
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    if (said != NULL) fprintf(k->cli->out, "%s\n\n", said);
    fprintf(k->cli->out, "%s\n", what(k, r));
    const reb_voice v = reb_cli_voice(k->cli);
    char number[32];
    snprintf(number, sizeof number, "C-%" PRId64, r->p.case_number);
    if (r->name[0] != '\0') reb_cli_line(k->cli, LABELS, reb_say_cli_p_to_label(&v), safe(k, r->name));
    if (r->p.case_number != 0) reb_cli_line(k->cli, LABELS, reb_say_cli_p_case_label(&v), number);
    if (r->owner[0] != '\0') reb_cli_line(k->cli, LABELS, reb_say_cli_p_keeper_label(&v), safe(k, r->owner));
    reb_cli_line(k->cli, LABELS, reb_say_cli_p_due_label(&v), local_time(k, r->p.due_us));
    if (r->p.ended_us != 0) reb_cli_line(k->cli, LABELS, reb_say_cli_p_ended_label(&v), local_time(k, r->p.ended_us));
    reb_cli_line(k->cli, LABELS, reb_say_cli_p_state_label(&v), stands(k, r));
    if (r->why[0] != '\0') reb_cli_line(k->cli, LABELS, reb_say_cli_p_why_label(&v), safe(k, r->why));
    snprintf(number, sizeof number, "%" PRId64, r->p.promise_id);
    reb_cli_line(k->cli, LABELS, reb_say_cli_p_id_label(&v), number);
    return REB_OK;
}

/* --- actions -------------------------------------------------------------------------------------------------------------------------- */

static reb_status whom(int64_t *id, const call *k, const char *words, reb_err *err) {
    const reb_customer_ctx c = {.store = k->c.store, .arena = k->cli->arena, .clock = k->cli->clock, .business = k->business};
    return reb_customer_resolve(id, &c, words, err);
}

static reb_status do_list(call *k, reb_err *err) {
    const reb_voice v = reb_cli_voice(k->cli);
    const reb_table_column columns[] = {
        {.title = reb_say_cli_p_col_due(&v), .fit = REB_FIT_WHOLE},
        {.title = reb_say_cli_p_col_state(&v), .fit = REB_FIT_WHOLE},
        {.title = reb_say_cli_p_col_customer(&v), .fit = REB_FIT_CUT, .least = 10},
        {.title = reb_say_cli_p_col_what(&v), .fit = REB_FIT_WRAP, .least = 14},
        {.title = reb_say_cli_p_col_keeper(&v), .fit = REB_FIT_CUT},
        {.title = reb_say_cli_p_col_id(&v), .fit = REB_FIT_WHOLE, .right = true},
        {0},
    };
    reb_promise_filter f = {.after = reb_cli_value(k->cli, "--after")};
    reb_promise_state state = REB_PROMISE_OPEN;
    const char *name = reb_cli_value(k->cli, "--state");
    const char *customer = reb_cli_value(k->cli, "--customer");
    const char *number = reb_cli_value(k->cli, "--case");
    reb_promise_page page;
    if (name != NULL && !reb_promise_state_from_name(&state, name)) return needs("--state open, kept, late, broken or released", err);
    if (name != NULL) f.state = &state;
    if (number != NULL && (f.case_number = number_of(number)) == 0) return needs("--case with the case's number", err);
    reb_status st = reb_cli_int(&f.limit, k->cli, "--limit", 0, 1, REB_PROMISE_PAGE_MOST, err);
    if (st == REB_OK && customer != NULL) st = whom(&f.customer_id, k, customer, err);
    if (st == REB_OK) st = reb_promise_list(&page, &k->c, &f, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_promise_page_json(&w, &page);
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    if (page.count == 0) {
        bool asked = name != NULL || customer != NULL || number != NULL;
        fprintf(k->cli->out, "%s\n", asked ? reb_say_cli_p_none_fit(&v) : reb_say_cli_p_none(&v));
        return REB_OK;
    }
    reb_table *t = reb_table_new(k->cli->arena, columns);
    for (size_t i = 0; i < page.count; i++) {
        const reb_promise_row *r = &page.rows[i];
        reb_table_text(t, local_time(k, r->p.due_us));
        reb_table_text(t, stands(k, r));
        reb_table_words(t, r->name);
        reb_table_text(t, what(k, r));
        reb_table_words(t, r->owner);
        reb_table_printf(t, "%" PRId64, r->p.promise_id);
    }
    reb_term term = reb_term_of(k->cli->out);
    reb_table_print(t, &term);
    if (page.next != NULL) fprintf(k->cli->out, "\n%s\n", reb_say_cli_p_more(&v, .cursor = page.next));
    return REB_OK;
}

static reb_status one(int64_t *id, const call *k, reb_err *err) {
    if (k->word_count != 1 || (*id = number_of(k->words[0])) == 0) return needs("which promise, by its number", err);
    return REB_OK;
}

static reb_status do_show(call *k, reb_err *err) {
    int64_t id = 0;
    reb_promise_row r;
    reb_status st = one(&id, k, err);
    if (st == REB_OK) st = reb_promise_show(&r, &k->c, id, err);
    return st == REB_OK ? print_row(k, &r, 0, NULL) : st;
}

static reb_status keeper(int64_t *id, const call *k, reb_err *err) {
    const char *email = reb_cli_value(k->cli, "--keeper");
    reb_person p;
    *id = 0;
    if (email == NULL) return REB_OK;
    reb_status st = reb_person_need_email(&p, k->c.store, email, err);
    if (st == REB_OK) *id = p.user_id;
    return st;
}

static reb_status do_make(call *k, reb_err *err) {
    reb_promise_new n = {.text = reb_cli_value(k->cli, "--what"),
                         .kind = REB_PROMISE_OTHER,
                         .product = reb_cli_value(k->cli, "--product"),
                         .branch = reb_cli_value(k->cli, "--branch"),
                         .employee = reb_cli_value(k->cli, "--employee"),
                         .channel = reb_cli_value(k->cli, "--channel"),
                         .key = reb_cli_value(k->cli, "--key")};
    const char *kind = reb_cli_value(k->cli, "--kind");
    const char *number = reb_cli_value(k->cli, "--case");
    const reb_voice v = reb_cli_voice(k->cli);
    bool known = false;
    reb_promise_row r;
    reb_buf b = {0};
    if (kind != NULL && !reb_promise_kind_from_name(&n.kind, kind))
        return needs("--kind delivery, call_back, answer, refund, repair, price or other", err);
    if (number != NULL && (n.case_number = number_of(number)) == 0) return needs("--case with the case's number", err);
    if (k->word_count == 0 && number == NULL) return needs("to whom: a customer, or --case NUMBER", err);
    if (n.text == NULL) return needs("--what was promised", err);
    if (reb_cli_value(k->cli, "--due") == NULL) return needs("--due, by when", err);
    for (int i = 0; i < k->word_count; i++) reb_buf_printf(&b, "%s%s", i > 0 ? " " : "", k->words[i]);
    const char *who = reb_cli_keep(k->cli, &b);
    reb_status st = reb_cli_time(&n.due_us, k->cli, k->business->zone, "--due", true, err);
    if (st == REB_OK) st = keeper(&n.owner_id, k, err);
    if (st == REB_OK && k->word_count > 0) st = whom(&n.customer_id, k, who, err);
    if (st == REB_OK) st = reb_promise_make(&r, &known, &k->c, &n, err);
    if (st == REB_OK && !known) reb_cli_wrote_id(k->cli, "promise make", "customer", r.p.customer_id);
    return st == REB_OK ? print_row(k, &r, r.p.promise_id, known ? reb_say_cli_p_known(&v) : reb_say_cli_p_promised(&v)) : st;
}

static reb_status step(call *k, reb_promise_step_kind kind, const char *did, const char *said, reb_err *err) {
    int64_t id = 0;
    int64_t event_id = 0;
    reb_promise_row r;
    reb_promise_step s = {.kind = kind};
    reb_status st = one(&id, k, err);
    if (st == REB_OK) st = reb_cli_time(&s.at_us, k->cli, k->business->zone, "--at", false, err);
    if (st == REB_OK && kind == REB_PROMISE_STEP_MOVED && reb_cli_value(k->cli, "--due") == NULL) st = needs("--due, the new time", err);
    if (st == REB_OK) st = reb_cli_time(&s.due_us, k->cli, k->business->zone, "--due", true, err);
    if (st == REB_OK) st = reb_promise_step_take(&r, &event_id, &k->c, id, &s, reb_cli_value(k->cli, "--why"), err);
    if (st == REB_OK) reb_cli_wrote_id(k->cli, did, "customer", r.p.customer_id);
    return st == REB_OK ? print_row(k, &r, event_id, said) : st;
}

static reb_status do_keep(call *k, reb_err *err) {
    const reb_voice v = reb_cli_voice(k->cli);
    return step(k, REB_PROMISE_STEP_KEPT, "promise keep", reb_say_cli_p_kept(&v), err);
}
static reb_status do_release(call *k, reb_err *err) {
    const reb_voice v = reb_cli_voice(k->cli);
    return step(k, REB_PROMISE_STEP_RELEASED, "promise release", reb_say_cli_p_released(&v), err);
}
static reb_status do_move(call *k, reb_err *err) {
    const reb_voice v = reb_cli_voice(k->cli);
    return step(k, REB_PROMISE_STEP_MOVED, "promise move", reb_say_cli_p_moved(&v), err);
}

static void gap_row(const call *k, reb_table *t, const reb_gap_group *g, const char *name) {
    const reb_voice v = reb_cli_voice(k->cli);
    reb_table_words(t, name);
    reb_table_text(t, reb_voice_count(&v, g->count));
    reb_table_text(t, reb_voice_count(&v, g->late));
    reb_table_text(t, reb_voice_count(&v, g->broken));
    if (!g->enough) {
        reb_table_text(t, reb_say_cli_p_gap_few(&v));
    } else {
        reb_table_printf(t, "%s (%s)", reb_voice_percent(&v, g->share.value), reb_voice_percent_range(&v, g->share.low, g->share.high));
    }
    if (g->late > 0) {
        reb_table_text(t, reb_say_cli_p_gap_days(&v, .days = reb_voice_number(&v, g->late_median_days, 1)));
    } else {
        reb_table_text(t, "");
    }
}

static reb_status do_gap(call *k, reb_err *err) {
    const reb_voice v = reb_cli_voice(k->cli);
    const reb_table_column columns[] = {
        {.title = reb_say_cli_p_gap_which(&v), .fit = REB_FIT_CUT, .least = 10},
        {.title = reb_say_cli_p_gap_due(&v), .right = true},
        {.title = reb_say_cli_p_gap_late(&v), .right = true},
        {.title = reb_say_cli_p_gap_broken(&v), .right = true},
        {.title = reb_say_cli_p_gap_kept(&v), .right = true},
        {.title = reb_say_cli_p_gap_late_by(&v), .right = true},
        {0},
    };
    reb_gap g;
    reb_gap_by by = REB_GAP_PRODUCT;
    reb_promise_kind kind = REB_PROMISE_OTHER;
    int64_t since = 0;
    const char *name = reb_cli_value(k->cli, "--by");
    const char *kind_name = reb_cli_value(k->cli, "--kind");
    if (k->word_count > 0) return needs("nothing but options after gap", err);
    if (name != NULL && !reb_gap_by_from_name(&by, name)) return needs("--by product, branch, employee, channel or kind", err);
    if (kind_name != NULL && !reb_promise_kind_from_name(&kind, kind_name))
        return needs("--kind delivery, call_back, answer, refund, repair, price or other", err);
    reb_status st = reb_cli_time(&since, k->cli, k->business->zone, "--since", false, err);
    if (st == REB_OK) st = reb_gap_read(&g, &k->c, by, kind_name, since, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_gap_json(&w, &g);
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    if (g.total.count == 0) {
        fprintf(k->cli->out, "%s\n", since != 0 ? reb_say_cli_p_gap_none_since(&v) : reb_say_cli_p_gap_none(&v));
        return REB_OK;
    }
    reb_table *t = reb_table_new(k->cli->arena, columns);
    for (size_t i = 0; i < g.group_count; i++) {
        const char *value = by == REB_GAP_KIND ? kind_word(&v, g.groups[i].value) : g.groups[i].value;
        gap_row(k, t, &g.groups[i], value[0] != '\0' ? value : reb_say_cli_p_gap_untold(&v));
    }
    gap_row(k, t, &g.total, reb_say_cli_p_gap_all(&v));
    reb_term term = reb_term_of(k->cli->out);
    if (g.since_us == INT64_MIN) {
        fprintf(k->cli->out, "%s\n\n", reb_say_cli_p_gap_head_ever(&v));
    } else {
        fprintf(k->cli->out, "%s\n\n", reb_say_cli_p_gap_head(&v, .date = local_time(k, g.since_us)));
    }
    reb_table_print(t, &term);
    fprintf(k->cli->out, "\n%s\n", reb_say_cli_p_gap_foot(&v, .level = 0.95, .least = REB_PROMISE_LEAST));
    return REB_OK;
}

static reb_status run_promise(reb_cli *cli, reb_err *err) {
    static const struct {
        const char *name;
        reb_status (*run)(call *k, reb_err *err);
    } actions[] = {{"list", do_list}, {"show", do_show},       {"make", do_make}, {"keep", do_keep},
                   {"move", do_move}, {"release", do_release}, {"gap", do_gap}};
    const char *name = cli->arg_count > 0 ? cli->args[0] : "list";
    call k = {.cli = cli, .word_count = cli->arg_count > 0 ? cli->arg_count - 1 : 0, .words = cli->args + 1};
    size_t i = 0;
    while (i < sizeof actions / sizeof actions[0] && strcmp(actions[i].name, name) != 0) i++;
    if (i == sizeof actions / sizeof actions[0]) {
        reb_fail(err, REB_E_USAGE, "There is no action \"%s\".", name);
        reb_err_next(err, "It is one of list, show, make, keep, move, release and gap.");
        return REB_E_USAGE;
    }
    reb_store *s = NULL;
    reb_status st = reb_cli_open(&s, &k.business, cli, 0, err);
    if (st != REB_OK) return st;
    k.ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    k.c = (reb_promise_ctx){
        .store = s, .arena = cli->arena, .business = k.business, .ids = &k.ids, .now_us = reb_clock_now(cli->clock), .who = ""};
    st = actions[i].run(&k, err);
    reb_business_free(k.business);
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--state", "STATE", "list: only open, kept, late, broken or released ones"},
    {"--customer", "CUSTOMER", "list: only those made to this customer"},
    {"--case", "NUMBER", "list: only those of this case; make: in this case"},
    {"--limit", "N", "list: so many at most (50)"},
    {"--after", "CURSOR", "list: the next page"},
    {"--what", "TEXT", "make: what was promised, in your words"},
    {"--due", "TIME", "make, move: by when, as 2026-05-01 or 2026-05-01T14:30"},
    {"--kind", "KIND", "make, gap: delivery, call_back, answer, refund, repair, price or other"},
    {"--keeper", "EMAIL", "make: the person of the business who keeps it"},
    {"--product", "TEXT", "make: of which product"},
    {"--branch", "TEXT", "make: of which branch"},
    {"--employee", "TEXT", "make: who gave it"},
    {"--channel", "TEXT", "make: by which way"},
    {"--key", "TEXT", "make: the same key is the same promise"},
    {"--at", "TIME", "keep, move, release: when it happened, if not now"},
    {"--why", "TEXT", "release: why the customer let us off; keep: a word about it"},
    {"--by", "WHAT", "gap: product, branch, employee, channel or kind"},
    {"--since", "DATE", "gap: what has come due since (the last year)"},
    {0},
};

const reb_command reb_cmd_promise = {
    .name = "promise",
    .args = "[list|show|make|keep|move|release|gap] ...",
    .summary = "what was promised to customers, and whether it was kept",
    .details = "list                  promises, open ones with the next due first\n"
               "show PROMISE          one of them\n"
               "make CUSTOMER ...     write one down: --what TEXT --due TIME, also --kind, --keeper, --case\n"
               "keep PROMISE          it was kept (--at when)\n"
               "move PROMISE          another time was agreed before the old one had passed: --due TIME\n"
               "release PROMISE       the customer let us off: --why TEXT\n"
               "gap --by WHAT         the share kept in time, by product, branch, employee, channel or kind\n"
               "A promise that nobody has kept when its time is over is broken; keeping it after that makes it late. Promised and actual\n"
               "delivery dates of imported orders are promises, too. What was noted by mistake is taken back with: rebound undo EVENT.",
    .actions = "list show make keep move release gap",
    .options = k_options,
    .run = run_promise,
};
