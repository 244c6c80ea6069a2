#include "case_list_cli.h"

#include "../app/case_list.h"
#include "../domain/person.h"
#include "../text/voice.h"
#include "format.h"
#include "new_file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *word(const reb_voice *v, const char *head, const char *code) {
    reb_msg m;
    return *code != '\0' && reb_msg_find(&m, head, code) ? reb_voice_say(v, m, NULL, 0) : code;
}

static const char *left(const reb_voice *v, const reb_case_row *r) {
    if (!r->clocked || r->due_us == INT64_MAX) return "";
    int64_t us = r->open_known ? r->open_left_us : r->absolute_left_us;
    const char *time = reb_voice_duration(v, us < 0 ? -us : us);
    if (r->paused) return reb_say_case_still(v, .time = time);
    return us < 0 ? reb_say_case_over(v, .time = time) : reb_say_case_left(v, .time = time);
}

static void print_table(const reb_cli *cli, const reb_case_page *p) {
    const reb_voice v = reb_cli_voice(cli);
    const reb_table_column columns[] = {
        {.title = reb_say_cases_col_number(&v)},
        {.title = reb_say_cases_clock(&v), .right = true},
        {.title = reb_say_cases_col_due_clock(&v)},
        {.title = reb_say_cases_col_state(&v)},
        {.title = reb_say_cases_col_kind(&v), .fit = REB_FIT_CUT, .least = 12},
        {.title = reb_say_cases_col_customer(&v), .fit = REB_FIT_CUT, .least = 12},
        {.title = reb_say_cases_col_subject(&v), .fit = REB_FIT_CUT, .least = 16},
        {.title = reb_say_cases_col_assignee(&v), .fit = REB_FIT_CUT, .least = 8},
        {0},
    };
    reb_term term = reb_term_of(cli->out);
    if (p->count == 0) {
        fprintf(cli->out, "%s\n", p->nobody ? reb_say_cases_nobody(&v) : reb_say_cases_none_fit(&v));
        return;
    }
    reb_table *t = reb_table_new(cli->arena, columns);
    for (size_t i = 0; i < p->count; i++) {
        const reb_case_row *r = &p->rows[i];
        reb_table_printf(t, "C-%" PRId64, r->number);
        reb_table_text(t, left(&v, r));
        reb_table_text(t, r->clocked ? word(&v, "case.clock_", r->due_clock) : "");
        reb_table_text(t, word(&v, "case.state_", r->state));
        reb_table_words(t, r->kind_title);
        reb_table_words(t, r->name);
        reb_table_words(t, r->subject);
        reb_table_words(t, r->assignee);
    }
    reb_table_print(t, &term);
    if (p->next != NULL) fprintf(cli->out, "\n%s\n", reb_say_cli_more(&v, .cursor = p->next));
}

static reb_status read_filter(reb_case_sort *sort, reb_case_filter *f, reb_cli *cli, reb_store *s, const char *words, reb_err *err) {
    const char *order = reb_cli_value(cli, "--sort");
    const char *whose = reb_cli_value(cli, "--with");
    *sort = REB_CASE_SORT_DUE;
    *f = (reb_case_filter){.state = reb_cli_value(cli, "--state"),
                           .kind = reb_cli_value(cli, "--kind"),
                           .severity = reb_cli_value(cli, "--severity"),
                           .clock = reb_cli_value(cli, "--clock"),
                           .q = words,
                           .assignee_id = REB_CASE_ANYBODY};
    if (order != NULL && !reb_case_sort_from_name(sort, order)) return reb_fail(err, REB_E_USAGE, "--sort must be due, new or last.");
    if (whose == NULL) return REB_OK;
    if (strcmp(whose, "nobody") == 0) {
        f->assignee_id = 0;
        return REB_OK;
    }
    reb_person p;
    reb_status st = reb_person_need_email(&p, s, whose, err);
    if (st == REB_OK) f->assignee_id = p.user_id;
    return st;
}

typedef struct listing {
    const reb_customer_ctx *c;
    reb_case_sort sort;
    const reb_case_filter *filter;
} listing;

static reb_status write_sheet(int fd, void *ctx, reb_err *err) {
    const listing *l = ctx;
    return reb_case_export(NULL, fd, REB_EXPORT_XLSX, l->c, l->sort, l->filter, NULL, err);
}

static reb_status write_xlsx(const char *path, const reb_customer_ctx *c, reb_case_sort sort, const reb_case_filter *f, reb_err *err) {
    listing l = {.c = c, .sort = sort, .filter = f};
    return reb_cli_new_file(path, write_sheet, &l, err);
}

static reb_status write_csv(const reb_cli *cli, const reb_customer_ctx *c, reb_case_sort sort, const reb_case_filter *f, reb_err *err) {
    if (fflush(cli->out) != 0) return reb_fail(err, REB_E_IO, "The list cannot be written: %s.", strerror(errno));
    return reb_case_export(NULL, fileno(cli->out), REB_EXPORT_CSV, c, sort, f, NULL, err);
}

reb_status reb_cli_case_list(reb_cli *cli, reb_store *s, const reb_business *b, const char *words, reb_err *err) {
    const reb_customer_ctx c = {.store = s, .arena = cli->arena, .clock = cli->clock, .business = b, .locale = &cli->locale};
    const char *xlsx = reb_cli_value(cli, "--xlsx");
    bool csv = reb_cli_flag(cli, "--csv");
    reb_case_sort sort;
    reb_case_filter f;
    int64_t limit = 0;
    reb_status st = read_filter(&sort, &f, cli, s, words, err);
    if (st == REB_OK) st = reb_cli_int(&limit, cli, "--limit", 0, 1, REB_CASE_PAGE_MOST, err);
    if (st != REB_OK) return st;
    if (csv || xlsx != NULL) {
        st = csv ? write_csv(cli, &c, sort, &f, err) : write_xlsx(xlsx, &c, sort, &f, err);
        if (st == REB_OK) reb_cli_wrote(cli, csv ? "case list --csv" : "case list --xlsx", "export", NULL);
        if (st == REB_OK) cli->wrote_kind = "saw";
        return st;
    }
    reb_case_page page;
    st = reb_case_list(&page, &c, sort, &f, limit, reb_cli_value(cli, "--after"), err);
    if (st != REB_OK) return st;
    if (!cli->json) {
        print_table(cli, &page);
        return REB_OK;
    }
    reb_buf out = {0};
    reb_json w = {.out = &out};
    reb_case_page_json(&w, &page);
    reb_cli_document(cli, &out);
    return REB_OK;
}
