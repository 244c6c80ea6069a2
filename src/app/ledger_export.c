#include "ledger_export.h"

#include "../domain/standard.h"
#include "../text/voice.h"

#include <stdio.h>
#include <string.h>

enum { PROMISE_COLUMNS = 19, GESTURE_COLUMNS = 13, PAGE = 500, VERSIONS_MOST = 16 };

static const char *word(const reb_voice *v, const char *head, const char *code) {
    reb_msg m;
    return *code != '\0' && reb_msg_find(&m, head, code) ? reb_voice_say(v, m, NULL, 0) : code;
}

static const char *id_text(reb_arena *a, const char *head, int64_t id) {
    return id == 0 ? "" : reb_arena_printf(a, "%s%lld", head, (long long)id); /* as text: a spreadsheet would round so long a number */
}

static reb_export_sheet sheet_of(const reb_ledger_file *file, const char *title, const reb_export_column *columns, size_t count,
                                 const reb_business *b, int64_t now_us) {
    return (reb_export_sheet){.title = title,
                              .right_to_left = file->locale != NULL && reb_language_rtl(file->locale->language),
                              .columns = columns,
                              .count = count,
                              .currency = b->currency,
                              .zone = b->zone,
                              .now_us = now_us,
                              .temp_dir = file->temp_dir};
}

static reb_status finish(reb_export *x, reb_status st, reb_err *err) {
    if (st == REB_OK) return reb_export_close(x, err);
    reb_export_drop(x);
    return st;
}

/* ---- promises ---- */

static reb_status promise_row(reb_export *x, const reb_voice *v, const reb_promise_row *r, reb_err *err) {
    const reb_export_cell cells[PROMISE_COLUMNS] = {
        reb_export_text(word(v, "export.state_", reb_promise_state_name(r->state))),
        reb_export_text(word(v, "export.kind_", reb_promise_kind_name(r->p.kind))),
        reb_export_text(r->text),
        reb_export_text(r->name),
        reb_export_text(id_text(v->arena, "", r->head_id)),
        reb_export_text(r->owner),
        reb_export_text(id_text(v->arena, "C-", r->p.case_number)),
        reb_export_i64(true, r->p.made_us),
        reb_export_i64(true, r->p.due_us),
        reb_export_i64(r->p.ended_us != 0, r->p.ended_us),
        reb_export_i64(r->late_us > 0, r->late_us),
        reb_export_text(r->p.product),
        reb_export_text(r->p.branch),
        reb_export_text(r->p.employee),
        reb_export_text(r->p.channel),
        reb_export_text(r->made_by),
        reb_export_text(r->ended_by),
        reb_export_text(r->why),
        reb_export_text(id_text(v->arena, "", r->p.promise_id)),
    };
    return reb_export_row(x, cells, err);
}

static reb_status promise_rows(int64_t *count, reb_export *x, const reb_ledger_file *file, const reb_promise_ctx *c,
                               const reb_promise_filter *asked, reb_err *err) {
    reb_arena pages[2] = {0}; /* the cursor of one page is read while the next is made */
    reb_promise_ctx own = *c;
    reb_promise_filter f = *asked;
    f.limit = REB_PROMISE_PAGE_MOST;
    f.after = NULL;
    reb_status st = REB_OK;
    for (int turn = 0; st == REB_OK; turn = 1 - turn) {
        reb_promise_page page = {0};
        const reb_voice v = {.arena = &pages[turn], .locale = file->locale};
        reb_arena_reset(&pages[turn]);
        own.arena = &pages[turn];
        st = reb_promise_list(&page, &own, &f, err);
        for (size_t i = 0; i < page.count && st == REB_OK; i++) st = promise_row(x, &v, &page.rows[i], err);
        if (st != REB_OK) break;
        *count += (int64_t)page.count;
        f.after = page.next;
        if (f.after == NULL) break;
    }
    for (size_t i = 0; i < 2; i++) reb_arena_free(&pages[i]);
    return st;
}

reb_status reb_promise_export(int64_t *count, const reb_ledger_file *file, const reb_promise_ctx *c, const reb_promise_filter *asked,
                              reb_err *err) {
    const reb_voice v = {.arena = c->arena, .locale = file->locale};
    const reb_export_column columns[PROMISE_COLUMNS] = {
        {reb_say_cases_col_state(&v), REB_EXPORT_TEXT, 14},       {reb_say_cases_col_kind(&v), REB_EXPORT_TEXT, 14},
        {reb_say_export_promise(&v), REB_EXPORT_TEXT, 40},        {reb_say_cases_col_customer(&v), REB_EXPORT_TEXT, 24},
        {reb_say_cases_col_customer_id(&v), REB_EXPORT_TEXT, 20}, {reb_say_export_keeper(&v), REB_EXPORT_TEXT, 18},
        {reb_say_export_case(&v), REB_EXPORT_TEXT, 11},           {reb_say_export_made(&v), REB_EXPORT_INSTANT, 0},
        {reb_say_cases_col_due(&v), REB_EXPORT_INSTANT, 0},       {reb_say_export_ended(&v), REB_EXPORT_INSTANT, 0},
        {reb_say_export_late_hours(&v), REB_EXPORT_HOURS, 12},    {reb_say_export_product(&v), REB_EXPORT_TEXT, 0},
        {reb_say_export_branch(&v), REB_EXPORT_TEXT, 0},          {reb_say_export_employee(&v), REB_EXPORT_TEXT, 0},
        {reb_say_export_channel(&v), REB_EXPORT_TEXT, 0},         {reb_say_export_made_by(&v), REB_EXPORT_TEXT, 18},
        {reb_say_export_ended_by(&v), REB_EXPORT_TEXT, 18},       {reb_say_export_why(&v), REB_EXPORT_TEXT, 30},
        {reb_say_cases_col_number(&v), REB_EXPORT_TEXT, 20}};
    const reb_export_sheet sheet = sheet_of(file, reb_say_export_promises(&v), columns, PROMISE_COLUMNS, c->business, c->now_us);
    reb_export *x = NULL;
    int64_t rows = 0;
    reb_status st = reb_export_open(&x, file->fd, file->format, &sheet, err);
    if (st == REB_OK) st = finish(x, promise_rows(&rows, x, file, c, asked, err), err);
    if (count != NULL) *count = rows;
    return st;
}

/* ---- gestures ---- */

typedef struct titles { /* of remedies, by the version of the standards; each read once */
    reb_store *store;
    reb_arena arena;
    int64_t versions[VERSIONS_MOST];
    reb_standard *read[VERSIONS_MOST];
    size_t count;
    const char *language;
} titles;

static reb_status title_of(const char **out, titles *t, int64_t version, const char *code, reb_err *err) {
    reb_standard *s = NULL;
    size_t at = 0;
    *out = code;
    while (at < t->count && t->versions[at] != version) at++;
    if (at < t->count) {
        s = t->read[at];
    } else if (t->count < VERSIONS_MOST) {
        reb_status st = reb_standard_get(&s, t->store, &t->arena, version, err);
        if (st != REB_OK && st != REB_E_NOT_FOUND) return st;
        if (st == REB_E_NOT_FOUND) s = NULL;
        t->versions[t->count] = version;
        t->read[t->count++] = s;
    }
    const reb_remedy *r = s != NULL ? reb_remedy_find(s, code) : NULL;
    if (r != NULL) *out = reb_words_in(&r->title, t->language, s->first_language);
    return REB_OK;
}

/* Of one page; *last is the number to go on after. */
static reb_status gesture_rows(int64_t *count, int64_t *last, reb_export *x, titles *t, const reb_locale *locale, reb_err *err) {
    reb_arena page = {0};
    const reb_voice v = {.arena = &page, .locale = locale};
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, t->store, REB_SQL_GESTURE_EXPORT, REB_ARGS(reb_i(*last), reb_i(PAGE)), err);
    *count = 0;
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        const char *title = "";
        st = title_of(&title, t, reb_col_i64(q, 5), reb_col_text(q, 2), err);
        if (st != REB_OK) break;
        const reb_export_cell cells[GESTURE_COLUMNS] = {
            reb_export_text(id_text(&page, "C-", reb_col_i64(q, 1))),
            reb_export_text(title),
            reb_export_text(word(&v, "export.basis_", reb_col_text(q, 3))),
            reb_export_text(word(&v, "export.gesture_", reb_col_text(q, 4))),
            reb_export_i64(true, reb_col_i64(q, 6)),
            reb_export_i64(true, reb_col_i64(q, 7)),
            reb_export_i64(true, reb_col_i64(q, 8)),
            reb_export_text(reb_col_text(q, 9)),
            reb_export_i64(true, reb_col_i64(q, 10)),
            reb_export_i64(reb_col_i64(q, 11) != 0, reb_col_i64(q, 11)),
            reb_export_i64(reb_col_i64(q, 12) != 0, reb_col_i64(q, 12)),
            reb_export_i64(reb_col_i64(q, 13) != 0, reb_col_i64(q, 13)),
            reb_export_text(id_text(&page, "", reb_col_i64(q, 0))),
        };
        st = reb_export_row(x, cells, err);
        *last = reb_col_i64(q, 0);
        (*count)++;
    }
    reb_stmt_close(q);
    reb_arena_free(&page);
    return st;
}

static reb_status all_gestures(int64_t *rows, reb_export *x, const reb_ledger_file *file, reb_store *s, reb_err *err) {
    titles t = {.store = s, .language = reb_language_code(file->locale != NULL ? file->locale->language : REB_LANG_EN)};
    int64_t last = 0;
    int64_t some = PAGE;
    reb_status st = REB_OK;
    while (st == REB_OK && some == PAGE) {
        st = gesture_rows(&some, &last, x, &t, file->locale, err);
        *rows += some;
    }
    reb_arena_free(&t.arena);
    return st;
}

reb_status reb_gesture_export(int64_t *count, const reb_ledger_file *file, reb_store *s, const reb_business *b, int64_t now_us,
                              reb_err *err) {
    reb_arena a = {0};
    const reb_voice v = {.arena = &a, .locale = file->locale};
    const reb_export_column columns[GESTURE_COLUMNS] = {
        {reb_say_export_case(&v), REB_EXPORT_TEXT, 11},          {reb_say_export_remedy(&v), REB_EXPORT_TEXT, 32},
        {reb_say_export_basis(&v), REB_EXPORT_TEXT, 16},         {reb_say_cases_col_state(&v), REB_EXPORT_TEXT, 14},
        {reb_say_export_value(&v), REB_EXPORT_MONEY, 0},         {reb_say_export_cost_now(&v), REB_EXPORT_MONEY, 0},
        {reb_say_export_cost_used(&v), REB_EXPORT_MONEY, 0},     {"", REB_EXPORT_TEXT, 6}, /* the currency */
        {reb_say_export_asked(&v), REB_EXPORT_INSTANT, 0},       {reb_say_export_ended(&v), REB_EXPORT_INSTANT, 0},
        {reb_say_export_valid_until(&v), REB_EXPORT_INSTANT, 0}, {reb_say_export_used(&v), REB_EXPORT_INSTANT, 0},
        {reb_say_cases_col_number(&v), REB_EXPORT_TEXT, 20}};
    const reb_export_sheet sheet = sheet_of(file, reb_say_export_gestures(&v), columns, GESTURE_COLUMNS, b, now_us);
    reb_export *x = NULL;
    int64_t rows = 0;
    reb_status st = a.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_export_open(&x, file->fd, file->format, &sheet, err);
    if (st == REB_OK) st = finish(x, all_gestures(&rows, x, file, s, err), err);
    if (count != NULL) *count = rows;
    reb_arena_free(&a);
    return st;
}
