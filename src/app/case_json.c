/* One case as JSON: the same for the API and `rebound case show --json`. */
#include "case_internal.h"
#include "case_owed.h"
#include "promise.h"

#include "../domain/outbox.h"
#include "../domain/person.h"
#include "../domain/standard.h"
#include "../domain/work_calendar_store.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMES = 64, CALENDARS = 8 };

typedef struct viewing {
    const reb_case_view_ctx *c;
    reb_json *w;
    reb_store *s;
    reb_arena *a;
    reb_case_key key;
    int64_t number;
    const reb_case_event *log;
    int64_t log_count;
    const reb_case_words *words;
    int64_t word_count;
    reb_case_state state;
    reb_case_owed owed;
    int64_t head_id; /* of whoever it is from, once looked up; 0 */
    bool elsewhere;  /* who reads it may not see the customer */
    reb_standard *standard;
    const char *language, *fallback;
    /* looked up once */
    struct {
        int64_t user_id;
        const char *name;
    } names[NAMES];
    size_t name_count;
    struct {
        const char *code;
        reb_work_calendar_history history;
    } calendars[CALENDARS];
    size_t calendar_count;
} viewing;

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static void text_or_null(reb_json *w, const char *key, const char *text) {
    reb_json_kstr(w, key, text != NULL && text[0] != '\0' ? text : NULL);
}

static void time_or_null(reb_json *w, const char *key, int64_t us) {
    if (us == 0 || us == INT64_MAX) {
        reb_json_knull(w, key);
    } else {
        reb_json_ktime(w, key, us);
    }
}

/* The words of one event, or NULL. */
static const char *words_at(const viewing *v, int64_t seq, const char *part) {
    for (int64_t i = 0; i < v->word_count; i++)
        if (v->words[i].at == seq && strcmp(v->words[i].part, part) == 0) return v->words[i].body;
    return NULL;
}

/* The newest words of a kind, whatever event they stand at. */
static const char *newest(const viewing *v, const char *part) {
    for (int64_t i = v->word_count; i-- > 0;)
        if (strcmp(v->words[i].part, part) == 0) return v->words[i].body;
    return NULL;
}

/* --- people --------------------------------------------------------------------------------------------------------------------------- */

static reb_status name_of(const char **out, viewing *v, int64_t user_id, reb_err *err) {
    reb_person p;
    bool found = false;
    *out = "";
    for (size_t i = 0; i < v->name_count; i++)
        if (v->names[i].user_id == user_id) {
            *out = v->names[i].name;
            return REB_OK;
        }
    reb_status st = reb_person_get(&p, &found, v->s, user_id, err);
    if (st == REB_OK && found) *out = reb_arena_strdup(v->a, p.name);
    if (*out == NULL) return no_memory(err);
    if (st == REB_OK && v->name_count < NAMES) {
        v->names[v->name_count].user_id = user_id;
        v->names[v->name_count++].name = *out;
    }
    return st;
}

static reb_status person(viewing *v, const char *key, int64_t user_id, reb_err *err) {
    const char *name = "";
    if (key != NULL) reb_json_key(v->w, key);
    if (user_id == 0) {
        reb_json_null(v->w);
        return REB_OK;
    }
    reb_status st = name_of(&name, v, user_id, err);
    reb_json_obj(v->w);
    reb_json_kid(v->w, "id", user_id);
    reb_json_kstr(v->w, "name", name);
    reb_json_obj_end(v->w);
    return st;
}

/* {"id","name","kind"} of whoever did it. */
static reb_status actor(viewing *v, const char *who, reb_err *err) {
    reb_json *w = v->w;
    const char *colon = strchr(who, ':');
    int64_t user_id = strncmp(who, "user:", 5) == 0 ? strtoll(who + 5, NULL, 10) : 0;
    const char *name = colon != NULL ? colon + 1 : "";
    reb_status st = user_id != 0 ? name_of(&name, v, user_id, err) : REB_OK;
    reb_json_key(w, "who");
    reb_json_obj(w);
    if (user_id != 0) {
        reb_json_kid(w, "id", user_id);
    } else {
        reb_json_knull(w, "id");
    }
    reb_json_kstr(w, "name", name);
    reb_json_key(w, "kind");
    reb_json_strn(w, who, colon != NULL ? (size_t)(colon - who) : strlen(who));
    reb_json_obj_end(w);
    return st;
}

/* Whom it is from is told to whoever may see the customer, or has the case to work on; not to somebody of another team who merely took it
   in by an address or an order's number: they know what they typed. */
static reb_status told_whom(bool *out, const viewing *v, int64_t head_id, reb_err *err) {
    const reb_sight *sight = v->c->sight;
    *out = sight == NULL || sight->user_id == 0 || v->state.assignee_id == sight->user_id || v->state.escalated_id == sight->user_id;
    return *out ? REB_OK : reb_sight_sees(out, v->s, sight, head_id, err);
}

static reb_status from_whom(viewing *v, reb_err *err) {
    reb_json *w = v->w;
    reb_case_person p;
    bool told = false;
    int64_t head_id = 0;
    bool found = false;
    bool sees = true;
    reb_status st = reb_case_person_get(&p, &told, v->s, v->a, &v->key, err);
    if (st == REB_OK && v->state.whom_id != 0)
        st = reb_get_i64(&head_id, &found, v->s, REB_SQL_ACT_HEAD, REB_ARGS(reb_i(v->state.whom_id)), err);
    if (st != REB_OK) return st;
    v->head_id = head_id;
    if (found) st = told_whom(&sees, v, head_id, err);
    if (st != REB_OK) return st;
    v->elsewhere = !sees;
    reb_json_kbool(w, "customer_elsewhere", v->elsewhere);
    reb_json_key(w, "customer");
    if (found && sees) {
        reb_stmt *q = NULL;
        bool row = false;
        st = reb_query(&q, v->s, REB_SQL_CASE_CUSTOMER_NAME, REB_ARGS(reb_i(head_id)), err);
        if (st == REB_OK) st = reb_step(q, &row, err);
        reb_json_obj(w);
        reb_json_kid(w, "id", head_id);
        reb_json_kstr(w, "name", row ? reb_col_text(q, 0) : "");
        reb_json_obj_end(w);
        reb_stmt_close(q);
    } else {
        reb_json_null(w);
    }
    reb_json_key(w, "person");
    if (told) {
        reb_json_obj(w);
        reb_json_kstr(w, "name", p.name);
        reb_json_kstr(w, "email", p.email);
        reb_json_kstr(w, "phone", p.phone);
        reb_json_obj_end(w);
    } else {
        reb_json_null(w);
    }
    reb_json_kstr(w, "order_ref", told ? p.order_ref : "");
    return st;
}

/* --- clocks --------------------------------------------------------------------------------------------------------------------------- */

static reb_status calendar_of(const reb_work_calendar_history **out, viewing *v, const char *code, reb_err *err) {
    for (size_t i = 0; i < v->calendar_count; i++)
        if (strcmp(v->calendars[i].code, code) == 0) {
            *out = &v->calendars[i].history;
            return REB_OK;
        }
    size_t at = v->calendar_count < CALENDARS ? v->calendar_count++ : CALENDARS - 1;
    v->calendars[at].code = code;
    *out = &v->calendars[at].history;
    return reb_work_calendars_load(&v->calendars[at].history, v->s, v->a, v->c->business, code, err);
}

static void left(reb_json *w, const char *key, bool open, int64_t us) {
    if (open && us != INT64_MAX && us != INT64_MIN) {
        reb_json_ki64(w, key, us);
    } else {
        reb_json_knull(w, key);
    }
}

static reb_status clocks(viewing *v, reb_err *err) {
    reb_json *w = v->w;
    const reb_case_clock *list = NULL;
    int64_t count = 0;
    reb_status st = reb_case_clocks_read(&list, &count, v->s, v->a, &v->key, err);
    reb_json_key(w, "clocks");
    reb_json_arr(w);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        const reb_case_clock *k = &list[i];
        const reb_work_calendar_history *h = NULL;
        int64_t open_us = 0;
        int64_t absolute_us = 0;
        bool open = k->state == REB_CLOCK_RUNNING || k->state == REB_CLOCK_PAUSED;
        if (open) st = calendar_of(&h, v, k->calendar, err);
        if (st != REB_OK) break;
        if (open) reb_clock_left(&open_us, &absolute_us, k, h, v->c->now_us);
        reb_json_obj(w);
        reb_json_kstr(w, "kind", reb_clock_kind_name(k->kind));
        reb_json_ki64(w, "round", k->round);
        reb_json_kstr(w, "state", reb_clock_state_name(k->state));
        reb_json_ktime(w, "started_at", k->started_us);
        time_or_null(w, "due_at", k->due_us);
        time_or_null(w, "ended_at", k->ended_us);
        time_or_null(w, "paused_since", k->paused_since_us);
        reb_json_key(w, "target");
        reb_json_obj(w);
        reb_json_kstr(w, "unit", reb_clock_unit_name(k->target.unit));
        reb_json_ki64(w, "amount", k->target.amount);
        reb_json_obj_end(w);
        left(w, "open_left_us", open, open_us);
        left(w, "absolute_left_us", open, absolute_us);
        reb_json_kbool(w, "late",
                       k->state == REB_CLOCK_RUNNING ? v->c->now_us > k->due_us : k->state == REB_CLOCK_MET && k->ended_us > k->due_us);
        reb_json_kstr(w, "calendar", k->calendar);
        reb_json_ki64(w, "calendar_version", k->calendar_version);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    return st;
}

/* --- the standards ----------------------------------------------------------------------------------------------------------------------
 */

static const char *said(const viewing *v, const reb_words *words) {
    return reb_words_in(words, v->language, v->fallback);
}

static void remedy(const viewing *v, const char *code, bool with_text) {
    const reb_remedy *r = reb_remedy_find(v->standard, code);
    reb_json_obj(v->w);
    reb_json_kstr(v->w, "code", code);
    reb_json_kstr(v->w, "title", r != NULL ? said(v, &r->title) : code);
    if (with_text) reb_json_kstr(v->w, "text", r != NULL ? said(v, &r->text) : "");
    reb_json_obj_end(v->w);
}

static void standard(const viewing *v) {
    reb_json *w = v->w;
    const reb_standard_kind *k = reb_standard_kind_find(v->standard, v->state.kind);
    reb_json_key(w, "standard");
    reb_json_obj(w);
    reb_json_ki64(w, "version", v->standard->version);
    reb_json_kstr(w, "kind", v->state.kind);
    if (k != NULL) {
        reb_json_ki64(w, "number", k - v->standard->kinds + 1);
    } else {
        reb_json_knull(w, "number");
    }
    reb_json_kstr(w, "title", k != NULL ? said(v, &k->title) : v->state.kind);
    reb_json_kstr(w, "text", k != NULL ? said(v, &k->text) : "");
    reb_json_key(w, "due");
    reb_json_arr(w);
    for (int64_t i = 0; k != NULL && i < k->due_count; i++) remedy(v, k->due[i], true);
    reb_json_arr_end(w);
    reb_json_key(w, "extra");
    reb_json_arr(w);
    for (int64_t i = 0; k != NULL && i < k->extra_count; i++) remedy(v, k->extra[i], true);
    reb_json_arr_end(w);
    reb_json_kstr(w, "appeal", said(v, &v->standard->appeal));
    reb_json_obj_end(w);
}

/* --- what came of it
 * ---------------------------------------------------------------------------------------------------------------------- */

static reb_status decision(viewing *v, reb_err *err) {
    reb_json *w = v->w;
    const reb_case_event *e = NULL;
    for (int64_t i = v->log_count; i-- > 0 && e == NULL;)
        if (v->log[i].kind == REB_CASE_DECIDED) e = &v->log[i];
    reb_json_key(w, "decision");
    if (e == NULL) {
        reb_json_null(w);
        return REB_OK;
    }
    const reb_standard_kind *k = reb_standard_kind_find(v->standard, v->state.kind);
    const char *rule = words_at(v, e->seq, "rule");
    reb_json_obj(w);
    reb_json_kstr(w, "outcome", e->word);
    reb_json_kstr(w, "reason", words_at(v, e->seq, "reason") != NULL ? words_at(v, e->seq, "reason") : "");
    reb_json_kstr(w, "rule", rule != NULL ? rule : k != NULL ? said(v, &k->text) : "");
    reb_json_key(w, "remedies");
    reb_json_arr(w);
    cJSON *data = e->data != NULL ? cJSON_Parse(e->data) : NULL;
    const cJSON *code;
    cJSON_ArrayForEach(code, cJSON_GetObjectItemCaseSensitive(data, "remedies")) if (cJSON_IsString(code))
        remedy(v, code->valuestring, false);
    cJSON_Delete(data);
    reb_json_arr_end(w);
    reb_json_key(w, "owed");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->owed.count; i++) remedy(v, v->owed.codes[i], false);
    reb_json_arr_end(w);
    reb_status st = actor(v, e->who, err);
    reb_json_ktime(w, "at", e->at_us);
    text_or_null(w, "differs_reason", words_at(v, e->seq, "differs"));
    reb_json_obj_end(w);
    return st;
}

/* Whether somebody has called since the decision was told, and since they said that it is not right yet. */
static reb_status called_back(bool *out, const viewing *v, reb_err *err) {
    int64_t since_us = v->state.communicated_us;
    reb_stmt *q = NULL;
    bool row = false;
    *out = strcmp(v->state.rated, "yes") == 0;
    if (*out || since_us == 0) return REB_OK;
    for (int64_t i = 0; i < v->log_count; i++) {
        const reb_case_event *e = &v->log[i];
        if (e->kind == REB_CASE_COMMUNICATED || (e->kind == REB_CASE_RATED && strcmp(e->word, "not_yet") == 0)) {
            since_us = e->at_us;
            *out = false;
        } else if (e->kind == REB_CASE_MESSAGE_OUT && strcmp(e->word, "phone") == 0) {
            *out = true;
        }
    }
    if (*out || v->head_id == 0) return REB_OK;
    reb_status st = reb_query(&q, v->s, REB_SQL_DUTY_SUMMARY, REB_ARGS(reb_i(v->head_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    *out = st == REB_OK && row && reb_col_i64(q, 3) > since_us;
    reb_stmt_close(q);
    return st;
}

/* The five steps of making it right, as people think of them: what is done, what is next. */
static reb_status steps(const viewing *v, reb_err *err) {
    const reb_case_state *c = &v->state;
    bool called = false;
    reb_case_stage stage = c->stage == REB_STAGE_MERGED ? c->beneath : c->stage;
    bool decided = c->first_decided_us != 0 && stage >= REB_STAGE_DECIDED; /* and not opened again since */
    reb_status st = called_back(&called, v, err);
    const struct {
        const char *name;
        bool done;
    } list[] = {{"heard", c->acknowledged_us != 0 || c->first_answer_us != 0},
                {"apologised", c->last_out_us != 0},
                {"fixing", decided && v->owed.count == 0},
                {"gesture", c->gestures_given > 0 || c->communicated_us != 0},
                {"called_back", called}};
    bool now = false;
    reb_json_key(v->w, "steps");
    reb_json_obj(v->w);
    for (size_t i = 0; i < sizeof list / sizeof list[0]; i++) {
        reb_json_kstr(v->w, list[i].name, list[i].done ? "done" : now ? "later" : "now");
        now = now || !list[i].done;
    }
    reb_json_obj_end(v->w);
    return st;
}

static void waiting(const viewing *v) {
    const reb_case_state *c = &v->state;
    reb_json_key(v->w, "waiting");
    if (c->stage != REB_STAGE_WAITING) {
        reb_json_null(v->w);
        return;
    }
    const char *why = NULL;
    for (int64_t i = v->log_count; i-- > 0 && why == NULL;)
        if (v->log[i].kind == REB_CASE_WAITING) why = words_at(v, v->log[i].seq, "why");
    reb_json_obj(v->w);
    reb_json_kstr(v->w, "for", c->waiting_for);
    reb_json_kstr(v->w, "why", why != NULL ? why : "");
    reb_json_ktime(v->w, "since", c->waiting_since_us);
    time_or_null(v->w, "until", c->waiting_until_us);
    reb_json_obj_end(v->w);
}

/* --- the log ----------------------------------------------------------------------------------------------------------------------------
 */

static reb_status events(viewing *v, reb_err *err) {
    reb_json *w = v->w;
    reb_status st = REB_OK;
    reb_json_key(w, "events");
    reb_json_arr(w);
    for (int64_t i = 0; i < v->log_count && st == REB_OK; i++) {
        const reb_case_event *e = &v->log[i];
        reb_json_obj(w);
        reb_json_ki64(w, "seq", e->seq);
        reb_json_kstr(w, "kind", reb_case_event_name(e->kind));
        reb_json_ktime(w, "at", e->at_us);
        st = actor(v, e->who, err);
        reb_json_kstr(w, "word", e->word);
        if (st == REB_OK) st = person(v, "user", e->user_id, err);
        bool names = e->kind == REB_CASE_OPENED || e->kind == REB_CASE_IDENTIFIED; /* the customer's number stands in it */
        if (e->other_id != 0 && e->kind != REB_CASE_OPENED && !(names && v->elsewhere)) {
            reb_json_kid(w, "other", e->other_id);
        } else {
            reb_json_knull(w, "other");
        }
        time_or_null(w, "until", e->until_us);
        reb_json_key(w, "data");
        if (e->data != NULL && !(names && v->elsewhere)) {
            reb_json_raw(w, e->data);
        } else {
            reb_json_null(w);
        }
        reb_json_key(w, "texts");
        reb_json_obj(w);
        for (int64_t k = 0; k < v->word_count; k++)
            if (v->words[k].at == e->seq) reb_json_kstr(w, v->words[k].part, v->words[k].body);
        reb_json_obj_end(w);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
    return st;
}

static reb_status attachments(viewing *v, reb_err *err) {
    const reb_attachment *list = NULL;
    int64_t count = 0;
    reb_status st = reb_attachment_list(&list, &count, v->s, v->a, &v->key, err);
    reb_json_key(v->w, "attachments");
    reb_json_arr(v->w);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        reb_json_obj(v->w);
        reb_json_kid(v->w, "id", list[i].attachment_id);
        reb_json_kstr(v->w, "name", list[i].name);
        reb_json_kstr(v->w, "media_type", list[i].media_type);
        reb_json_ki64(v->w, "bytes", list[i].byte_count);
        reb_json_ki64(v->w, "seq", list[i].seq);
        reb_json_obj_end(v->w);
    }
    reb_json_arr_end(v->w);
    return st;
}

static reb_status merging(viewing *v, reb_err *err) {
    int64_t into = 0;
    reb_stmt *q = NULL;
    bool row = true;
    reb_status st = v->state.stage == REB_STAGE_MERGED ? reb_case_number_of(&into, v->s, v->state.merged_case_id, err) : REB_OK;
    if (into != 0) {
        reb_json_ki64(v->w, "merged_into", into);
    } else {
        reb_json_knull(v->w, "merged_into");
    }
    reb_json_key(v->w, "merged_from");
    reb_json_arr(v->w);
    if (st == REB_OK) st = reb_query(&q, v->s, REB_SQL_CASE_MERGED_FROM, REB_ARGS(reb_i(v->key.case_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        bool sees = true;
        char number[24];
        st = reb_case_sees(&sees, v->s, v->c->sight, reb_col_i64(q, 0), err);
        snprintf(number, sizeof number, "%" PRId64, reb_col_i64(q, 0));
        if (sees) reb_json_str(v->w, number);
    }
    reb_stmt_close(q);
    reb_json_arr_end(v->w);
    return st;
}

/* Those given in a case and in all that it goes on for, the newest first in each. Whoever sees the case sees what was promised in it. */
static reb_status promises(viewing *v, reb_err *err) {
    enum { CASES_MOST = 32 };
    int64_t numbers[CASES_MOST] = {v->number};
    int count = 1;
    const reb_promise_ctx c = {.store = v->s, .arena = v->a, .business = v->c->business, .now_us = v->c->now_us};
    reb_status st = REB_OK;
    reb_json_key(v->w, "promises");
    reb_json_arr(v->w);
    for (int i = 0; i < count && st == REB_OK; i++) {
        const reb_promise_filter f = {.case_number = numbers[i]};
        reb_promise_page page = {0};
        reb_case_key key;
        reb_stmt *q = NULL;
        bool row = false;
        st = reb_promise_list(&page, &c, &f, err);
        for (size_t k = 0; k < page.count && st == REB_OK; k++) reb_promise_row_json(v->w, &page.rows[k]);
        if (st == REB_OK) st = reb_case_find(&key, v->s, numbers[i], err);
        if (st == REB_OK) st = reb_query(&q, v->s, REB_SQL_CASE_MERGED_FROM, REB_ARGS(reb_i(key.case_id)), err);
        while (st == REB_OK && count < CASES_MOST && (st = reb_step(q, &row, err)) == REB_OK && row) {
            bool sees = true;
            numbers[count] = reb_col_i64(q, 0);
            st = reb_case_sees(&sees, v->s, v->c->sight, numbers[count], err);
            if (sees) count++;
        }
        reb_stmt_close(q);
    }
    reb_json_arr_end(v->w);
    return st;
}

static reb_status link_of(viewing *v, reb_err *err) {
    char token[REB_CASE_TOKEN];
    if (v->c->link_free) return REB_OK;
    const char *url = v->c->public_url != NULL ? v->c->public_url : reb_business_text(v->c->business, REB_SETTING_PUBLIC_URL);
    reb_status st = reb_case_token_make(token, v->s, "status", v->number, err);
    if (st == REB_OK) reb_json_kstr(v->w, "status_link", reb_arena_printf(v->a, "%s/c/%s", url, token));
    return st;
}

/* Whether an answer can go out by mail: whoever answers must not believe that one did. */
static reb_status mail_of(viewing *v, reb_err *err) {
    bool set_up = false;
    reb_status st = reb_outbox_set_up(&set_up, v->s, err);
    if (st == REB_OK) reb_json_kbool(v->w, "mail", set_up);
    return st;
}

static void legal(const viewing *v) {
    reb_json_key(v->w, "next");
    reb_json_arr(v->w);
    for (int k = 0; k < REB_CASE_EVENT_KINDS; k++)
        if (reb_case_may_kind(&v->state, (reb_case_event_kind)k)) reb_json_str(v->w, reb_case_event_name((reb_case_event_kind)k));
    reb_json_arr_end(v->w);
}

static void about(const viewing *v) {
    reb_json *w = v->w;
    const reb_case_state *c = &v->state;
    const reb_standard_kind *k = reb_standard_kind_find(v->standard, c->kind);
    reb_json_ki64(w, "number", v->number);
    reb_json_kstr(w, "state", reb_case_stage_name(c->stage));
    text_or_null(w, "outcome", c->outcome);
    text_or_null(w, "first_outcome", c->first_outcome);
    reb_json_kstr(w, "kind", c->kind);
    reb_json_kstr(w, "kind_title", k != NULL ? said(v, &k->title) : c->kind);
    reb_json_kstr(w, "subject", newest(v, "subject") != NULL ? words_at(v, 1, "subject") : "");
    reb_json_kstr(w, "channel", c->channel);
    reb_json_kstr(w, "language", c->language);
    text_or_null(w, "severity", c->severity);
    reb_json_kbool(w, "safety", c->safety);
    reb_json_kbool(w, "complex", c->complex);
    reb_json_ktime(w, "opened_at", c->opened_us);
    reb_json_kday(w, "facts_day", reb_business_day(v->c->business, c->facts_us));
    time_or_null(w, "closed_at", c->closed_us);
    reb_json_kbool(w, "anonymous", c->anonymous);
    time_or_null(w, "restricted_until", c->restricted_until_us > v->c->now_us ? c->restricted_until_us : 0);
    reb_json_kstr(w, "sought", newest(v, "sought") != NULL ? newest(v, "sought") : "");
    text_or_null(w, "cause", c->cause);
    reb_json_ki64(w, "reopened_count", c->reopened_count);
    text_or_null(w, "rated", c->rated);
    reb_json_kbool(w, "unanswered", c->unanswered);
    reb_json_ki64(w, "seq", c->last_seq);
}

static reb_status view(reb_store *s, void *ctx, reb_err *err) {
    viewing *v = ctx;
    reb_json *w = v->w;
    reb_status st = reb_case_find(&v->key, s, v->number, err);
    if (st == REB_OK) st = reb_case_events(&v->log, &v->log_count, s, v->a, &v->key, err);
    if (st == REB_OK) st = reb_case_fold(&v->state, v->a, v->log, v->log_count, err);
    if (st == REB_OK) st = reb_case_owed_of(&v->owed, v->a, v->log, v->log_count, err);
    if (st == REB_OK) st = reb_case_words_read(&v->words, &v->word_count, s, v->a, &v->key, err);
    if (st == REB_OK) st = reb_standard_get(&v->standard, s, v->a, v->state.standard_version, err);
    if (st != REB_OK) return st;
    reb_json_obj(w);
    about(v);
    st = from_whom(v, err);
    if (st == REB_OK) st = person(v, "assignee", v->state.assignee_id, err);
    if (st == REB_OK) st = person(v, "escalated", v->state.escalated_id, err);
    waiting(v);
    if (st == REB_OK) st = steps(v, err);
    if (st == REB_OK) st = clocks(v, err);
    standard(v);
    if (st == REB_OK) st = decision(v, err);
    if (st == REB_OK) st = merging(v, err);
    if (st == REB_OK) st = events(v, err);
    if (st == REB_OK) st = attachments(v, err);
    if (st == REB_OK) st = promises(v, err);
    if (st == REB_OK) st = link_of(v, err);
    if (st == REB_OK) st = mail_of(v, err);
    legal(v);
    reb_json_obj_end(w);
    return st == REB_OK && v->a->failed ? no_memory(err) : st;
}

reb_status reb_case_json(reb_json *w, const reb_case_view_ctx *c, int64_t number, reb_err *err) {
    char ignored[REB_CASE_TOKEN];
    const char *fallback = reb_business_text(c->business, REB_SETTING_LANGUAGE);
    viewing *v = reb_arena_zalloc(c->arena, 1, sizeof *v);
    if (v == NULL) return no_memory(err);
    *v = (viewing){.c = c,
                   .w = w,
                   .s = c->store,
                   .a = c->arena,
                   .number = number,
                   .language = c->language != NULL ? c->language : fallback,
                   .fallback = fallback};
    /* The secret of links is made by the first who needs one; within a read nothing can be. */
    reb_status st = reb_store_inside(c->store) || c->link_free ? REB_OK : reb_case_token_make(ignored, c->store, "status", number, err);
    return st == REB_OK ? reb_store_read(c->store, view, v, err) : st;
}

reb_status reb_case_sees(bool *out, reb_store *s, const reb_sight *sight, int64_t number, reb_err *err) {
    reb_case_key key;
    reb_stmt *q = NULL;
    bool row = false;
    int64_t whom = 0;
    *out = sight == NULL || sight->user_id == 0;
    if (*out) return REB_OK;
    reb_status st = reb_case_find(&key, s, number, err);
    if (st == REB_OK) st = reb_query(&q, s, REB_SQL_CASE_SIGHT, REB_ARGS(reb_i(key.customer_id), reb_i(key.case_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        whom = reb_col_i64(q, 0);
        *out = whom == 0 || reb_col_i64(q, 1) == sight->user_id || reb_col_i64(q, 2) == sight->user_id;
    }
    reb_stmt_close(q);
    return st != REB_OK || *out || !row ? st : reb_sight_sees(out, s, sight, whom, err);
}

reb_status reb_case_people_json(reb_json *w, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    reb_json_obj(w);
    reb_json_key(w, "people");
    reb_json_arr(w);
    reb_status st = reb_query(&q, s, REB_SQL_CASE_PEOPLE, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_json_obj(w);
        reb_json_kid(w, "id", reb_col_i64(q, 0));
        reb_json_kstr(w, "name", reb_col_text(q, 1));
        reb_json_kstr(w, "role", reb_col_text(q, 2));
        reb_json_kstr(w, "team", reb_col_text(q, 3));
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    reb_json_obj_end(w);
    return st;
}
