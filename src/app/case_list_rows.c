/* What a list says of each case beside its row in the table. */
#include "case_list_internal.h"

#include "../domain/person.h"
#include "../domain/standard.h"
#include "../domain/work_calendar_store.h"
#include "../text/format.h"
#include "customer_internal.h"
#include "stake.h"

#include <inttypes.h>
#include <string.h>

enum { PEOPLE_MOST = 64, VERSIONS_MOST = 16, CALENDARS_MOST = 16 };

/* Names of colleagues, each read once a page. */
typedef struct people {
    int64_t ids[PEOPLE_MOST];
    const char *names[PEOPLE_MOST];
    size_t count;
} people;

static reb_status person_name(const char **out, people *p, const reb_customer_ctx *c, int64_t user_id, reb_err *err) {
    *out = "";
    if (user_id == 0) return REB_OK;
    for (size_t i = 0; i < p->count; i++) {
        if (p->ids[i] != user_id) continue;
        *out = p->names[i];
        return REB_OK;
    }
    reb_person one;
    bool found = false;
    reb_status st = reb_person_get(&one, &found, c->store, user_id, err);
    if (st != REB_OK || !found) return st;
    *out = reb_customer_copy(c->arena, one.name[0] != '\0' ? one.name : one.email);
    if (*out == NULL) return reb_customer_no_memory(err);
    if (p->count < PEOPLE_MOST) {
        p->ids[p->count] = user_id;
        p->names[p->count++] = *out;
    }
    return REB_OK;
}

/* Versions of the standards, each read once a page. */
typedef struct standards {
    int64_t versions[VERSIONS_MOST];
    reb_standard *read[VERSIONS_MOST];
    size_t count;
} standards;

static reb_status standard_of(reb_standard **out, standards *k, const reb_customer_ctx *c, int64_t version, reb_err *err) {
    for (size_t i = 0; i < k->count; i++) {
        if (k->versions[i] != version) continue;
        *out = k->read[i];
        return REB_OK;
    }
    reb_status st = reb_standard_get(out, c->store, c->arena, version, err);
    if (st == REB_E_NOT_FOUND) { /* quoted by an import, and not there: the kind keeps its code */
        *out = NULL;
        st = REB_OK;
    }
    if (st == REB_OK && k->count < VERSIONS_MOST) {
        k->versions[k->count] = version;
        k->read[k->count++] = *out;
    }
    return st;
}

/* Calendars, each read once a page. */
typedef struct calendars {
    const char *codes[CALENDARS_MOST];
    reb_work_calendar_history read[CALENDARS_MOST];
    size_t count;
} calendars;

/* NULL when more are needed than are kept: then working time is not told. */
static reb_status calendar_of(const reb_work_calendar_history **out, calendars *k, const reb_customer_ctx *c, const char *code,
                              reb_err *err) {
    *out = NULL;
    for (size_t i = 0; i < k->count && *out == NULL; i++)
        if (strcmp(k->codes[i], code) == 0) *out = &k->read[i];
    if (*out != NULL || k->count == CALENDARS_MOST) return REB_OK;
    reb_status st = reb_work_calendars_load(&k->read[k->count], c->store, c->arena, c->business, code, err);
    if (st != REB_OK) return st;
    k->codes[k->count] = code;
    *out = &k->read[k->count++];
    return REB_OK;
}

/* *calendar: the code of its kind's calendar; "" where that is not known. */
static reb_status fill_kind(const char **calendar, reb_case_row *r, standards *k, const reb_customer_ctx *c, reb_err *err) {
    reb_standard *standard = NULL;
    *calendar = "";
    reb_status st = standard_of(&standard, k, c, r->standard_version, err);
    if (st != REB_OK || standard == NULL) return st;
    const reb_standard_kind *kind = reb_standard_kind_find(standard, r->kind);
    if (kind == NULL) return REB_OK;
    if (kind->calendar != NULL) *calendar = kind->calendar;
    const char *language = c->locale != NULL ? reb_language_code(c->locale->language) : standard->first_language;
    r->kind_title = reb_words_in(&kind->title, language, standard->first_language);
    return REB_OK;
}

/* The customer under the number they are kept by now, with their name and what is at stake in the case, where they have bought. Tables are
   read one by one: they may lie on different machines. */
static reb_status fill_customer(reb_case_row *r, const reb_stake_book *book, const reb_customer_ctx *c, reb_err *err) {
    bool found = false;
    reb_stmt *q = NULL;
    if (r->customer_id == 0) return REB_OK;
    reb_status st = reb_get_i64(&r->customer_id, &found, c->store, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(r->customer_id)), err);
    if (st != REB_OK || !found) return st;
    st = reb_query(&q, c->store, REB_SQL_CASE_LIST_NAMES, REB_ARGS(reb_i(r->customer_id)), err);
    if (st == REB_OK) st = reb_step(q, &found, err);
    if (st == REB_OK && found) {
        const char *name = reb_customer_copy(c->arena, reb_col_text(q, 0));
        const char *email = reb_customer_copy(c->arena, reb_col_text(q, 1));
        const char *phone = reb_customer_copy(c->arena, reb_col_text(q, 2));
        if (name == NULL || email == NULL || phone == NULL)
            st = reb_customer_no_memory(err);
        else if (*name != '\0' || *r->name == '\0')
            r->name = *name != '\0' ? name : *email != '\0' ? email : phone;
    }
    reb_stmt_close(q);
    reb_stake stake;
    if (st == REB_OK) st = reb_stake_find(&stake, book, r->customer_id, err);
    if (st != REB_OK) return st;
    r->staked = stake.own;
    r->stake_minor = stake.own ? stake.minor.likely : 0;
    return REB_OK;
}

/* The clock that ends first of those that run, else of those that stand still. */
static reb_status fill_clock(reb_case_row *r, calendars *k, const char *calendar, const reb_customer_ctx *c, int64_t now_us, reb_err *err) {
    const reb_work_calendar_history *calendars_read = NULL;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, c->store, REB_SQL_CASE_LIST_CLOCKS, REB_ARGS(reb_i(r->holder_id), reb_i(r->case_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        const char *state = reb_col_text(q, 2);
        r->paused = state != NULL && strcmp(state, "paused") == 0;
        r->due_clock = reb_customer_copy(c->arena, reb_col_text(q, 0));
        const reb_case_clock clock = {.state = r->paused ? REB_CLOCK_PAUSED : REB_CLOCK_RUNNING,
                                      .started_us = reb_col_i64(q, 3),
                                      .due_us = reb_col_i64(q, 4),
                                      .paused_since_us = reb_col_i64(q, 6),
                                      .calendar_version = reb_col_i64(q, 7)};
        if (r->due_clock == NULL) st = reb_customer_no_memory(err);
        reb_stmt_close(q);
        q = NULL;
        r->clocked = true;
        r->due_us = clock.due_us;
        r->absolute_left_us = clock.due_us == INT64_MAX ? INT64_MAX : clock.due_us - (r->paused ? clock.paused_since_us : now_us);
        if (st == REB_OK && *calendar != '\0') st = calendar_of(&calendars_read, k, c, calendar, err);
        if (st == REB_OK && calendars_read != NULL && clock.due_us != INT64_MAX) {
            reb_clock_left(&r->open_left_us, &r->absolute_left_us, &clock, calendars_read, now_us);
            r->open_known = true;
        }
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_case_rows_finish(reb_case_row *rows, size_t count, const reb_customer_ctx *c, int64_t now_us, reb_err *err) {
    people p = {0};
    standards k = {0};
    calendars days = {0};
    const char *calendar = "";
    reb_stake_book book = {0};
    reb_status st = count > 0 ? reb_stake_open(&book, c->store, c->arena, c->business, now_us, err) : REB_OK;
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        st = fill_customer(&rows[i], &book, c, err);
        if (st == REB_OK) st = person_name(&rows[i].assignee, &p, c, rows[i].assignee_id, err);
        if (st == REB_OK) st = person_name(&rows[i].escalated, &p, c, rows[i].escalated_id, err);
        if (st == REB_OK) st = fill_kind(&calendar, &rows[i], &k, c, err);
        if (st == REB_OK) st = fill_clock(&rows[i], &days, calendar, c, now_us, err);
    }
    return st;
}

/* ---- what can be chosen ---- */

static void remedies(reb_json *w, const char *key, const reb_standard *s, const char *const *codes, int64_t count, const char *language) {
    reb_json_key(w, key);
    reb_json_arr(w);
    for (int64_t i = 0; i < count; i++) {
        const reb_remedy *r = reb_remedy_find(s, codes[i]);
        if (r == NULL) continue;
        reb_json_obj(w);
        reb_json_kstr(w, "code", r->code);
        reb_json_kstr(w, "title", reb_words_in(&r->title, language, s->first_language));
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}

reb_status reb_case_choices_json(reb_json *w, const reb_customer_ctx *c, reb_err *err) {
    reb_standard *s = NULL;
    reb_status st = reb_standard_at(&s, c->store, c->arena, reb_clock_now(c->clock), err);
    if (st != REB_OK) return st;
    const char *language = c->locale != NULL ? reb_language_code(c->locale->language) : s->first_language;
    reb_json_obj(w);
    reb_json_ki64(w, "version", s->version);
    reb_json_key(w, "kinds");
    reb_json_arr(w);
    for (int64_t i = 0; i < s->kind_count; i++) {
        const reb_standard_kind *k = &s->kinds[i];
        reb_json_obj(w);
        reb_json_kstr(w, "code", k->code);
        reb_json_kstr(w, "title", reb_words_in(&k->title, language, s->first_language));
        reb_json_kstr(w, "text", reb_words_in(&k->text, language, s->first_language));
        remedies(w, "due", s, (const char *const *)k->due, k->due_count, language);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return REB_OK;
}
