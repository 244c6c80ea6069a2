/* The list of cases as a file for spreadsheets. */
#include "case_list.h"

#include "../text/voice.h"

#include <string.h>

enum { COLUMNS = 23 };

static const char *word(const reb_voice *v, const char *head, const char *code) {
    reb_msg m;
    if (*code == '\0' || !reb_msg_find(&m, head, code)) return code;
    return reb_voice_say(v, m, NULL, 0);
}

static void columns(reb_export_column out[COLUMNS], const reb_voice *v) {
    const reb_export_column list[COLUMNS] = {
        {reb_say_cases_col_number(v), REB_EXPORT_TEXT, 11},
        {reb_say_cases_col_state(v), REB_EXPORT_TEXT, 15},
        {reb_say_cases_col_outcome(v), REB_EXPORT_TEXT, 15},
        {reb_say_cases_col_kind(v), REB_EXPORT_TEXT, 20},
        {reb_say_cases_col_subject(v), REB_EXPORT_TEXT, 40},
        {reb_say_cases_col_customer(v), REB_EXPORT_TEXT, 24},
        {reb_say_cases_col_customer_id(v), REB_EXPORT_TEXT, 20},
        {reb_say_cases_col_order(v), REB_EXPORT_TEXT, 14},
        {reb_say_cases_col_channel(v), REB_EXPORT_TEXT, 14},
        {reb_say_cases_col_language(v), REB_EXPORT_TEXT, 9},
        {reb_say_cases_col_severity(v), REB_EXPORT_TEXT, 10},
        {reb_say_cases_col_assignee(v), REB_EXPORT_TEXT, 18},
        {reb_say_cases_col_opened(v), REB_EXPORT_INSTANT, 0},
        {reb_say_cases_col_due(v), REB_EXPORT_INSTANT, 0},
        {reb_say_cases_col_due_clock(v), REB_EXPORT_TEXT, 15},
        {reb_say_cases_col_open_hours(v), REB_EXPORT_HOURS, 12},
        {reb_say_cases_col_hours(v), REB_EXPORT_HOURS, 12},
        {reb_say_cases_col_waiting(v), REB_EXPORT_TEXT, 14},
        {reb_say_cases_col_closed(v), REB_EXPORT_INSTANT, 0},
        {reb_say_cases_col_cause(v), REB_EXPORT_TEXT, 18},
        {reb_say_cases_col_reopened(v), REB_EXPORT_COUNT, 0},
        {reb_say_cases_col_stake(v), REB_EXPORT_MONEY, 0},
        {"", REB_EXPORT_TEXT, 6}, /* the currency */
    };
    memcpy(out, list, sizeof list);
}

static reb_status write_row(reb_export *x, const reb_voice *v, const reb_case_row *r, const char *currency, reb_err *err) {
    bool due = r->clocked && r->due_us != INT64_MAX;
    const reb_export_cell cells[COLUMNS] = {
        reb_export_text(reb_arena_printf(v->arena, "C-%lld", (long long)r->number)),
        reb_export_text(word(v, "case.state_", r->state)),
        reb_export_text(word(v, "case.outcome_", r->outcome)),
        reb_export_text(r->kind_title),
        reb_export_text(r->subject),
        reb_export_text(r->name),
        /* As text: a spreadsheet would round so long a number. */
        reb_export_text(r->customer_id != 0 ? reb_arena_printf(v->arena, "%lld", (long long)r->customer_id) : ""),
        reb_export_text(r->order_ref),
        reb_export_text(word(v, "case.channel_", r->channel)),
        reb_export_text(r->language),
        reb_export_text(word(v, "case.severity_", r->severity)),
        reb_export_text(r->assignee),
        reb_export_i64(true, r->opened_us),
        reb_export_i64(due, r->due_us),
        reb_export_text(due ? word(v, "case.clock_", r->due_clock) : ""),
        reb_export_i64(due && r->open_known, r->open_left_us),
        reb_export_i64(due, r->absolute_left_us),
        reb_export_text(word(v, "case.waiting_", r->waiting_for)),
        reb_export_i64(r->closed_us != 0, r->closed_us),
        reb_export_text(word(v, "case.cause_", r->cause)),
        reb_export_i64(true, r->reopened_count),
        reb_export_i64(r->staked, r->stake_minor),
        reb_export_text(r->staked ? currency : ""),
    };
    return reb_export_row(x, cells, err);
}

static reb_status write_all(int64_t *count, reb_export *x, const reb_customer_ctx *c, reb_case_sort sort, const reb_case_filter *f,
                            reb_err *err) {
    reb_arena pages[2] = {0}; /* the cursor of one page is read while the next is made */
    reb_customer_ctx own = *c;
    const char *cursor = NULL;
    reb_status st = REB_OK;
    for (int turn = 0; st == REB_OK; turn = 1 - turn) {
        reb_case_page page;
        const reb_voice v = {.arena = &pages[turn], .locale = c->locale};
        reb_arena_reset(&pages[turn]);
        own.arena = &pages[turn];
        st = reb_case_list(&page, &own, sort, f, REB_CASE_PAGE_MOST, cursor, err);
        for (size_t i = 0; i < page.count && st == REB_OK; i++) st = write_row(x, &v, &page.rows[i], page.currency, err);
        if (st != REB_OK) break;
        *count += (int64_t)page.count;
        cursor = page.next;
        if (cursor == NULL) break;
    }
    for (size_t i = 0; i < 2; i++) reb_arena_free(&pages[i]);
    return st;
}

reb_status reb_case_export(int64_t *count, int fd, reb_export_format format, const reb_customer_ctx *c, reb_case_sort sort,
                           const reb_case_filter *f, const char *temp_dir, reb_err *err) {
    const reb_voice v = {.arena = c->arena, .locale = c->locale};
    reb_export_column list[COLUMNS];
    columns(list, &v);
    const reb_export_sheet sheet = {.title = reb_say_cases_title(&v),
                                    .right_to_left = c->locale != NULL && reb_language_rtl(c->locale->language),
                                    .columns = list,
                                    .count = COLUMNS,
                                    .currency = c->business->currency,
                                    .zone = c->business->zone,
                                    .now_us = reb_clock_now(c->clock),
                                    .temp_dir = temp_dir};
    reb_export *x = NULL;
    int64_t rows = 0;
    reb_status st = reb_export_open(&x, fd, format, &sheet, err);
    if (st != REB_OK) return st;
    st = write_all(&rows, x, c, sort, f, err);
    if (st == REB_OK) {
        st = reb_export_close(x, err);
    } else {
        reb_export_drop(x);
    }
    if (count != NULL) *count = rows;
    return st;
}
