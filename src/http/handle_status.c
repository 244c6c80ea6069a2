/* The page of one complaint for whoever made it: by when we answer, how far it is, what is theirs by right, what was said, and whether we
   made it right. Whoever has the link has the page; the link is a secret of its own (domain/case_token.h), and the page tells nobody where
   it was opened from. Notes and files among ourselves, names of employees, evidence and gestures that were only considered never stand
   here.

   A complaint that was merged into another goes on there. Two complaints may be two people's even where they name the same address, which
   nobody has checked: so each link shows what was said by it, and of the other only how far it is. */
#include "handlers.h"

#include "../app/case.h"
#include "../domain/standard.h"
#include "audit.h"
#include "page_field.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGE_MOST = 20000, LOGS_MOST = 32 };

/* Something that was said, as the page shows it. */
typedef struct piece {
    int64_t at_us, seq;
    bool ours;
    const char *body;           /* or NULL */
    const reb_attachment *file; /* or NULL */
    reb_case_key at;            /* the case in whose log it stands */
} piece;

typedef struct status {
    reb_page page;
    const char *token;
    int64_t asked;   /* as the link says */
    bool joined;     /* it was merged into another case, which goes on */
    reb_case_key at; /* of the case that goes on, as all below but the pieces */
    reb_case_state state;
    const reb_case_event *events;
    int64_t event_count;
    const reb_case_words *words;
    int64_t word_count;
    const reb_case_clock *clocks;
    int64_t clock_count;
    piece *pieces; /* in the order of time */
    size_t piece_count, piece_room;
    reb_standard *standard;
    const reb_standard_kind *kind; /* NULL: not in the standards */
    int64_t now_us;
    char shown[REB_CASE_NUMBER_TEXT];
    const char *message_fault, *files_fault, *typed, *again; /* of a form that came back */
} status;

/* --- reading ---------------------------------------------------------------------------------------------------------------------------
 */

static const char *words_at(const reb_case_words *words, int64_t count, int64_t seq, const char *part) {
    for (int64_t i = 0; i < count; i++)
        if (words[i].at == seq && strcmp(words[i].part, part) == 0) return words[i].body;
    return NULL;
}

/* The case by whose link or address an event came (rule/case_event.h); 0: that of the log itself. */
static int64_t came_by(const reb_case_event *e) {
    cJSON *doc = e->data != NULL ? cJSON_Parse(e->data) : NULL;
    const cJSON *by = cJSON_GetObjectItemCaseSensitive(doc, "by");
    int64_t number = cJSON_IsString(by) ? strtoll(by->valuestring, NULL, 10) : 0;
    cJSON_Delete(doc);
    return number;
}

/* Is it for the customer's eyes, and for whoever has this link? */
static bool shown_here(const status *c, const reb_case_event *e, bool own_log) {
    if (e->kind == REB_CASE_ATTACHED && strcmp(e->word, "in") != 0 && strcmp(e->word, "out") != 0) return false;
    if (e->kind != REB_CASE_OPENED && e->kind != REB_CASE_MESSAGE_IN && e->kind != REB_CASE_MESSAGE_OUT && e->kind != REB_CASE_ATTACHED)
        return false;
    int64_t by = came_by(e);
    return by == c->asked || (own_log && by == 0);
}

static reb_status add_piece(status *c, const piece *p, reb_err *err) {
    if (c->piece_count == c->piece_room) {
        size_t room = c->piece_room == 0 ? 32 : 2 * c->piece_room;
        piece *bigger = reb_arena_alloc(&c->page.rq->arena, room * sizeof *bigger);
        if (bigger == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (c->piece_count > 0) memcpy(bigger, c->pieces, c->piece_count * sizeof *bigger);
        c->pieces = bigger;
        c->piece_room = room;
    }
    c->pieces[c->piece_count++] = *p;
    return REB_OK;
}

/* A log of those where what came by this link may lie, and the cases that it was ever merged into. */
static reb_status read_log(status *c, reb_case_key logs[LOGS_MOST], size_t *log_count, size_t at, reb_store *s, reb_err *err) {
    reb_arena *a = &c->page.rq->arena;
    const reb_case_event *events = NULL;
    const reb_case_words *words = NULL;
    const reb_attachment *files = NULL;
    int64_t event_count = 0, word_count = 0, file_count = 0;
    reb_status st = reb_case_events(&events, &event_count, s, a, &logs[at], err);
    if (st == REB_OK) st = reb_case_words_read(&words, &word_count, s, a, &logs[at], err);
    if (st == REB_OK) st = reb_attachment_list(&files, &file_count, s, a, &logs[at], err);
    for (int64_t i = 0; i < event_count && st == REB_OK; i++) {
        const reb_case_event *e = &events[i];
        if (e->kind == REB_CASE_MERGED && *log_count < LOGS_MOST) {
            int64_t number = 0;
            st = reb_case_number_of(&number, s, e->other_id, err);
            if (st == REB_OK) st = reb_case_find(&logs[*log_count], s, number, err);
            bool known = false;
            for (size_t k = 0; k < *log_count && st == REB_OK; k++) known = known || logs[k].case_id == logs[*log_count].case_id;
            *log_count += st == REB_OK && !known;
        }
        if (st != REB_OK || !shown_here(c, e, at == 0)) continue;
        piece p = {.at_us = e->at_us, .seq = e->seq, .at = logs[at], .body = words_at(words, word_count, e->seq, "body")};
        p.ours = e->kind == REB_CASE_MESSAGE_OUT || (e->kind == REB_CASE_ATTACHED && strcmp(e->word, "out") == 0);
        for (int64_t k = 0; k < file_count; k++)
            if (e->kind == REB_CASE_ATTACHED && files[k].attachment_id == e->other_id) p.file = &files[k];
        if (p.body != NULL || p.file != NULL) st = add_piece(c, &p, err);
    }
    return st;
}

static int by_time(const void *a, const void *b) {
    const piece *p = a;
    const piece *q = b;
    if (p->at_us != q->at_us) return p->at_us > q->at_us ? 1 : -1;
    if (p->at.case_id != q->at.case_id) return p->at.case_id > q->at.case_id ? 1 : -1;
    return (p->seq > q->seq) - (p->seq < q->seq);
}

static reb_status read_pieces(status *c, reb_store *s, reb_err *err) {
    reb_case_key logs[LOGS_MOST];
    size_t count = 1;
    c->pieces = NULL;
    c->piece_count = c->piece_room = 0;
    reb_status st = reb_case_find(&logs[0], s, c->asked, err);
    for (size_t i = 0; i < count && st == REB_OK; i++) st = read_log(c, logs, &count, i, s, err);
    if (st == REB_OK && count > 1 && c->piece_count > 1) qsort(c->pieces, c->piece_count, sizeof *c->pieces, by_time);
    return st;
}

static reb_status read_case(reb_store *s, void *ctx, reb_err *err) {
    status *c = ctx;
    reb_arena *a = &c->page.rq->arena;
    int64_t end = 0;
    reb_status st = reb_case_chain(&c->at, &end, s, c->asked, err);
    c->joined = end != c->asked;
    if (st == REB_OK) st = reb_case_load(&c->state, s, a, &c->at, err);
    if (st == REB_OK) st = reb_case_events(&c->events, &c->event_count, s, a, &c->at, err);
    if (st == REB_OK) st = reb_case_words_read(&c->words, &c->word_count, s, a, &c->at, err);
    if (st == REB_OK) st = reb_case_clocks_read(&c->clocks, &c->clock_count, s, a, &c->at, err);
    if (st == REB_OK) st = reb_standard_get(&c->standard, s, a, c->state.standard_version, err);
    return st == REB_OK ? read_pieces(c, s, err) : st;
}

static reb_status not_here(reb_request *rq, reb_err *err) {
    reb_page p;
    reb_page_open(&p, rq);
    return reb_page_refusal(rq, 404, reb_say_public_not_here(&p.voice), reb_say_public_not_here_text(&p.voice), err);
}

/* *found false: the link is not one of ours, and the answer is made. */
static reb_status open_case(status *c, bool *found, reb_request *rq, reb_err *err) {
    *c = (status){.token = reb_rq_param(rq, "token"), .now_us = reb_rq_now(rq)};
    *found = false;
    reb_page_open(&c->page, rq);
    reb_status st = reb_case_token_check(&c->asked, rq->store, "status", c->token, err);
    if (st != REB_OK) return st;
    if (c->asked == 0) return not_here(rq, err);
    st = reb_store_read(rq->store, read_case, c, err);
    if (st == REB_E_NOT_FOUND) return not_here(rq, err);
    if (st != REB_OK) return st;
    *found = true;
    c->kind = reb_standard_kind_find(c->standard, c->state.kind);
    reb_case_number_text(c->shown, c->asked);
    if (c->page.chosen[0] == '\0') reb_page_speak(&c->page, c->state.language);
    c->page.hidden = true;
    return REB_OK;
}

static const char *in_language(const status *c, const reb_words *w) {
    return reb_words_in(w, reb_language_code(c->page.locale.language), c->standard->first_language);
}

/* --- by when ---------------------------------------------------------------------------------------------------------------------------
 */

/* "16:00 today", "tomorrow at 16:00", "22 November 2026, 16:00". */
static const char *when(const status *c, int64_t at_us) {
    const reb_voice *v = &c->page.voice;
    const reb_business *b = reb_rq_business(c->page.rq);
    if (b == NULL) return "";
    int64_t day = reb_business_day(b, at_us);
    int64_t today = reb_business_day(b, c->now_us);
    const char *time = reb_voice_time(v, reb_zone_minute(b->zone, at_us));
    if (day == today) return reb_say_public_when_today(v, .time = time);
    if (day == today + 1) return reb_say_public_when_tomorrow(v, .time = time);
    return reb_page_instant(&c->page, at_us);
}

/* A time that may be told: those of standards that nobody has published are our own aim and promise nothing (ADR 0022). */
static const reb_case_clock *running(const status *c, reb_clock_kind kind) {
    if (c->standard->version == 0) return NULL;
    for (int64_t i = c->clock_count; i-- > 0;)
        if (c->clocks[i].kind == kind && c->clocks[i].state == REB_CLOCK_RUNNING && c->clocks[i].due_us != INT64_MAX) return &c->clocks[i];
    return NULL;
}

/* The sentence that stands large: what we owe next, and by when. */
static const char *headline(const status *c) {
    const reb_voice *v = &c->page.voice;
    const reb_case_state *s = &c->state;
    if (s->stage == REB_STAGE_REFERRED) return reb_say_public_now_referred(v);
    if (s->stage == REB_STAGE_CLOSED) return reb_say_public_now_closed(v);
    if (s->stage == REB_STAGE_COMMUNICATED) return reb_say_public_now_told(v);
    const reb_case_clock *answer = running(c, REB_CLOCK_FIRST_ANSWER);
    if (answer == NULL) answer = running(c, REB_CLOCK_NEXT_ANSWER);
    if (answer != NULL && s->stage != REB_STAGE_WAITING)
        return answer->due_us >= c->now_us ? reb_say_public_now_answer(v, .when = when(c, answer->due_us))
                                           : reb_say_public_now_late(v, .when = when(c, answer->due_us));
    if (s->stage == REB_STAGE_WAITING && strcmp(s->waiting_for, "customer") == 0) return reb_say_public_now_you(v);
    const reb_case_clock *solution = running(c, REB_CLOCK_SOLUTION);
    if (solution != NULL)
        return solution->due_us >= c->now_us ? reb_say_public_now_solve(v, .when = when(c, solution->due_us))
                                             : reb_say_public_now_late_solve(v, .when = when(c, solution->due_us));
    return s->stage == REB_STAGE_DECIDED ? reb_say_public_now_writing(v) : reb_say_public_now_looking(v);
}

/* Is it solved by what was decided, or only decided? Before a decision: what we are after. */
static bool solves(const status *c) {
    const char *o = c->state.outcome;
    return strcmp(o, "not_upheld") != 0 && strcmp(o, "withdrawn") != 0 && strcmp(o, "duplicate") != 0;
}

static void steps(status *c) {
    reb_page *p = &c->page;
    reb_case_stage stage = c->state.stage;
    int now = stage == REB_STAGE_RECEIVED || stage == REB_STAGE_ACKNOWLEDGED  ? 0
              : reb_case_open_stage(stage) && stage != REB_STAGE_COMMUNICATED ? 1
                                                                              : 2;
    if (now == 0 && c->state.assignee_id != 0) now = 1;
    const char *names[3] = {reb_say_public_step_received(&p->voice), reb_say_public_step_working(&p->voice),
                            solves(c) ? reb_say_public_step_solved(&p->voice) : reb_say_public_step_decided(&p->voice)};
    reb_page_html(p, "<ol class=\"steps\"");
    reb_page_attr(p, "aria-label", reb_say_public_steps(&p->voice));
    reb_page_html(p, ">");
    for (int i = 0; i < 3; i++) {
        bool done = i < now || (i == now && i == 2) || (i == 0 && now == 0);
        bool here = i == now || (now == 0 && i == 0);
        reb_page_html(p, done ? "<li class=\"done\"" : "<li");
        if (here) reb_page_html(p, " aria-current=\"step\"");
        reb_page_put(p, ">", names[i], "</li>");
    }
    reb_page_html(p, "</ol>\n");
}

static void dates(status *c) {
    reb_page *p = &c->page;
    const reb_voice *v = &p->voice;
    reb_page_put(p, "<dl class=\"facts small\"><dt>", reb_say_public_received_on(v), "</dt>");
    reb_page_put(p, "<dd>", reb_page_instant(p, c->state.opened_us), "</dd>");
    const reb_case_clock *solution = running(c, REB_CLOCK_SOLUTION);
    if (solution != NULL) {
        reb_page_put(p, "<dt>", reb_say_public_solved_by(v), "</dt>");
        reb_page_put(p, "<dd>", reb_page_instant(p, solution->due_us), "</dd>");
    }
    const reb_case_clock *last = running(c, REB_CLOCK_REGULATORY);
    if (last != NULL) {
        reb_page_put(p, "<dt>", reb_say_public_final_by(v), "</dt>");
        reb_page_put(p, "<dd>", reb_page_instant(p, last->due_us), "</dd>");
    }
    reb_page_html(p, "</dl>");
}

/* --- what was decided, and what is theirs ------------------------------------------------------------------------------------------------
 */

static const char *outcome_words(const status *c) {
    const reb_voice *v = &c->page.voice;
    const char *o = c->state.outcome;
    if (strcmp(o, "upheld") == 0) return reb_say_public_outcome_upheld(v);
    if (strcmp(o, "partly") == 0) return reb_say_public_outcome_partly(v);
    if (strcmp(o, "goodwill") == 0) return reb_say_public_outcome_goodwill(v);
    if (strcmp(o, "not_upheld") == 0) return reb_say_public_outcome_not_upheld(v);
    if (strcmp(o, "withdrawn") == 0) return reb_say_public_outcome_withdrawn(v);
    return strcmp(o, "duplicate") == 0 ? reb_say_public_outcome_duplicate(v) : "";
}

static void remedy_item(status *c, const char *code) {
    const reb_remedy *r = reb_remedy_find(c->standard, code);
    if (r == NULL) return;
    reb_page_put(&c->page, "<li><strong>", in_language(c, &r->title), "</strong>");
    reb_page_put(&c->page, " <span class=\"muted\">", in_language(c, &r->text), "</span>");
    reb_page_html(&c->page, "</li>");
}

static void remedies(status *c, const char *data) {
    cJSON *doc = data != NULL ? cJSON_Parse(data) : NULL;
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "remedies");
    const cJSON *one;
    if (cJSON_GetArraySize(list) > 0) {
        reb_page_put(&c->page, "<p>", reb_say_public_you_get(&c->page.voice), "</p><ul>");
        cJSON_ArrayForEach(one, list) {
            if (cJSON_IsString(one)) remedy_item(c, one->valuestring);
        }
        reb_page_html(&c->page, "</ul>");
    }
    cJSON_Delete(doc);
}

/* Only once it was told: until then it may still be weighed again, and a letter says it in kinder words. */
static void decision(status *c) {
    reb_page *p = &c->page;
    const reb_case_state *s = &c->state;
    if (c->joined || s->outcome[0] == '\0' || (s->communicated_us == 0 && s->stage != REB_STAGE_CLOSED)) return;
    reb_page_put(p, "<section class=\"card\"><h2>", reb_say_public_decision(&p->voice), "</h2>");
    reb_page_put(p, "<p><strong>", outcome_words(c), "</strong></p>");
    reb_page_put(p, "<p class=\"said\" dir=\"auto\">", words_at(c->words, c->word_count, s->decided_seq, "reason"), "</p>");
    for (int64_t i = 0; i < c->event_count; i++)
        if (c->events[i].seq == s->decided_seq) remedies(c, c->events[i].data);
    const char *rule = words_at(c->words, c->word_count, s->decided_seq, "rule");
    if (rule != NULL) {
        reb_page_put(p, "<p class=\"muted\">", reb_say_public_rule(&p->voice), "</p>");
        reb_page_put(p, "<p class=\"said\" dir=\"auto\">", rule, "</p>");
    }
    if (c->standard->version > 0) {
        reb_page_put(p, "<h3>", reb_say_public_appeal(&p->voice), "</h3>");
        reb_page_put(p, "<p class=\"said\">", in_language(c, &c->standard->appeal), "</p>");
    }
    reb_page_html(p, "</section>\n");
}

/* What a person has published; before that a program promises nothing in a business's name. */
static void rights(status *c) {
    reb_page *p = &c->page;
    if (c->kind == NULL || c->joined || c->standard->version == 0) return;
    reb_page_put(p, "<section class=\"card\"><h2>", reb_say_public_rights(&p->voice), "</h2>");
    reb_page_put(p, "<p><strong>", in_language(c, &c->kind->title), "</strong></p>");
    reb_page_put(p, "<p class=\"said\">", in_language(c, &c->kind->text), "</p>");
    if (c->kind->due_count > 0) {
        reb_page_put(p, "<p>", c->kind->due_count == 1 ? reb_say_public_due_one(&p->voice) : reb_say_public_due(&p->voice), "</p><ul>");
        for (int64_t i = 0; i < c->kind->due_count; i++) remedy_item(c, c->kind->due[i]);
        reb_page_html(p, "</ul>");
    }
    reb_page_html(p, "<p><a href=\"");
    reb_page_link(p, "/standards");
    reb_page_put(p, "\">", reb_say_public_all_standards(&p->voice), "</a></p></section>\n");
}

/* --- did we make it right? -------------------------------------------------------------------------------------------------------------
 */

static bool may_reopen(const status *c) {
    if (c->state.closed_us == 0) return true;
    return c->now_us - c->state.closed_us <= c->standard->reopen_days * REB_US_PER_DAY;
}

static void ask_right(status *c) {
    reb_page *p = &c->page;
    const reb_case_state *s = &c->state;
    bool over = s->stage == REB_STAGE_COMMUNICATED || s->stage == REB_STAGE_CLOSED;
    bool looked_at_again = !over && strcmp(s->rated, "not_yet") == 0;
    if (c->joined || (!over && !looked_at_again) || (s->stage == REB_STAGE_CLOSED && !may_reopen(c))) return;
    const char *action = reb_arena_printf(&p->rq->arena, "/c/%s/right", c->token);
    bool yes = strcmp(s->rated, "yes") == 0;
    bool no = strcmp(s->rated, "not_yet") == 0;
    reb_page_put(p, "<section class=\"card\" id=\"right\"><h2>", reb_say_public_right(&p->voice), "</h2>");
    if (yes) reb_page_put(p, "<p class=\"notice good\" role=\"status\">", reb_say_public_right_thanks(&p->voice), "</p>");
    if (no) reb_page_put(p, "<p class=\"notice\" role=\"status\">", reb_say_public_right_not_yet(&p->voice), "</p>");
    if (looked_at_again) {
        reb_page_html(p, "</section>\n");
        return;
    }
    reb_page_html(p, "<form method=\"post\" enctype=\"multipart/form-data\" action=\"");
    reb_page_link(p, action);
    reb_page_html(p, "\"><div class=\"choices\">");
    if (!yes) reb_page_button(p, "answer", "yes", reb_say_public_yes(&p->voice), true);
    if (!no) reb_page_button(p, "answer", "not_yet", reb_say_public_not_yet(&p->voice), false);
    reb_page_html(p, "</div></form></section>\n");
}

/* --- what was said -----------------------------------------------------------------------------------------------------------------------
 */

static void said(status *c, const piece *it) {
    reb_page *p = &c->page;
    reb_page_html(p, it->ours ? "<li class=\"ours\">" : "<li class=\"theirs\">");
    reb_page_put(p, "<p class=\"small muted\"><bdi>", it->ours ? p->shop : reb_say_public_you(&p->voice), "</bdi> · ");
    reb_page_put(p, "<bdi>", reb_page_instant(p, it->at_us), "</bdi></p>");
    reb_page_put(p, "<p class=\"said\" dir=\"auto\">", it->body, "</p>");
    if (it->file != NULL) {
        reb_page_html(p, "<p><a href=\"");
        reb_page_text(p, reb_arena_printf(&p->rq->arena, "/c/%s/files/%lld", c->token, (long long)it->file->attachment_id));
        reb_page_put(p, "\"><bdi>", it->file->name, "</bdi></a></p>");
    }
    reb_page_html(p, "</li>\n");
}

static void thread(status *c) {
    reb_page *p = &c->page;
    reb_page_put(p, "<section><h2>", reb_say_public_said(&p->voice), "</h2><ul class=\"thread\">");
    for (size_t i = 0; i < c->piece_count; i++) said(c, &c->pieces[i]);
    reb_page_html(p, "</ul></section>\n");
}

static void write_to_us(status *c) {
    reb_page *p = &c->page;
    const reb_voice *v = &p->voice;
    const reb_case_state *s = &c->state;
    bool over = s->stage == REB_STAGE_CLOSED;
    bool again = !c->joined && (over || s->stage == REB_STAGE_COMMUNICATED);
    if (over && !may_reopen(c)) {
        reb_page_put(p, "<p class=\"notice\">", reb_say_public_reopen_over(v), " <a href=\"");
        reb_page_link(p, "/complain");
        reb_page_put(p, "\">", reb_say_public_complain_anew(v), "</a></p>");
        return;
    }
    reb_page_html(p, "<section class=\"card\" id=\"write\">");
    reb_page_put(p, "<h2>", again ? reb_say_public_write_again(v) : reb_say_public_write(v), "</h2>");
    if (c->again != NULL) reb_page_put(p, "<p class=\"notice warn\" role=\"alert\">", c->again, "</p>");
    if (again) reb_page_put(p, "<p class=\"hint\">", reb_say_public_write_again_hint(v), "</p>");
    reb_page_form(p, reb_arena_printf(&p->rq->arena, "/c/%s", c->token));
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_AREA,
                                        .name = "body",
                                        .label = reb_say_public_message(v),
                                        .value = c->typed,
                                        .fault = c->message_fault,
                                        .needed = true,
                                        .most = MESSAGE_MOST});
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_FILES,
                                        .name = "files",
                                        .label = reb_say_public_files(v),
                                        .hint = reb_page_files_hint(p),
                                        .fault = c->files_fault});
    reb_page_guard(p, reb_page_key(p));
    reb_page_html(p, "<div class=\"choices\">");
    reb_page_button(p, NULL, NULL, reb_say_public_send(v), true);
    if (again) reb_page_button(p, "as", "appeal", reb_say_public_send_appeal(v), false);
    reb_page_html(p, "</div></form></section>\n");
}

static reb_status show(status *c, reb_err *err) {
    reb_page *p = &c->page;
    const reb_voice *v = &p->voice;
    bool fresh = reb_rq_query(p->rq, "new") != NULL;
    reb_page_begin(p, reb_say_public_status_title(v, .number = c->shown));
    if (fresh) {
        reb_page_put(p, "<div class=\"notice good\" role=\"status\"><p><strong>", reb_say_public_thanks(v), "</strong></p>");
        reb_page_put(p, "<p>", c->state.anonymous ? reb_say_public_keep_link_anonymous(v) : reb_say_public_keep_link(v), "</p></div>\n");
    }
    if (reb_rq_query(p->rq, "sent") != NULL) reb_page_put(p, "<p class=\"notice good\" role=\"status\">", reb_say_public_sent(v), "</p>\n");
    reb_page_put(p, "<section class=\"card primary\"><p class=\"big\">", headline(c), "</p>");
    if (c->joined) reb_page_put(p, "<p>", reb_say_public_joined(v), "</p>");
    dates(c);
    steps(c);
    reb_page_html(p, "</section>\n");
    decision(c);
    ask_right(c);
    rights(c);
    thread(c);
    write_to_us(c);
    return reb_page_end(p, err);
}

reb_status reb_handle_status(reb_request *rq, reb_err *err) {
    status c;
    bool found;
    reb_status st = open_case(&c, &found, rq, err);
    return st == REB_OK && found ? show(&c, err) : st;
}

/* --- what they send ----------------------------------------------------------------------------------------------------------------------
 */

static reb_status back(status *c, const char *query, reb_err *err) {
    reb_request *rq = c->page.rq;
    const char *chosen = c->page.chosen;
    rq->location = reb_arena_printf(&rq->arena, "/c/%s%s%s%s", c->token, query,
                                    chosen[0] == '\0' ? ""
                                    : *query != '\0'  ? "&lang="
                                                      : "?lang=",
                                    chosen);
    rq->content_type = "text/html; charset=utf-8";
    rq->status = 303;
    reb_rq_tell(rq, "case", c->state.number);
    reb_rq_about(rq, c->state.number);
    return rq->location != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

typedef struct sending {
    status *c;
    const char *body, *key;
    bool appeal;
} sending;

static reb_status send_it(reb_store *s, void *ctx, reb_err *err) {
    const sending *m = ctx;
    reb_request *rq = m->c->page.rq;
    const reb_form *form = reb_rq_form(rq);
    const reb_case_by by = {.business = reb_rq_business(rq), .ids = rq->ids, .now_us = reb_rq_now(rq), .who = "customer"};
    const reb_case_message_in in = {.inward = true, .channel = "form", .text = m->body, .key = m->key};
    reb_case_wrote wrote;
    if (by.business == NULL) return reb_fail(err, REB_E_NO_BUSINESS, "There is no business here yet.");
    reb_status st = REB_OK;
    if (m->appeal) st = reb_case_reopen(&wrote, s, &by, m->c->asked, "appeal", NULL, err);
    if (st == REB_OK && m->body[0] != '\0') st = reb_case_message(&wrote, s, &by, m->c->asked, &in, err);
    for (size_t i = 0; i < form->file_count && st == REB_OK; i++) {
        unsigned char *bytes = reb_form_bytes(rq, &form->files[i]);
        const reb_case_attach_in file = {
            .way = REB_FILE_IN, .name = form->files[i].name, .bytes = bytes, .byte_count = form->files[i].bytes};
        reb_attachment made;
        st = bytes != NULL ? reb_case_attach(&made, s, &rq->arena, &by, m->c->asked, &file, err)
                           : reb_fail(err, REB_E_IO, "A file that came cannot be read again.");
        free(bytes);
    }
    return st;
}

reb_status reb_handle_status_send(reb_request *rq, reb_err *err) {
    status c;
    bool found;
    reb_status st = open_case(&c, &found, rq, err);
    if (st != REB_OK || !found) return st;
    const reb_voice *v = &c.page.voice;
    const reb_form *form = reb_rq_form(rq);
    const char *key = reb_form_text(rq, "key", 200);
    if (form == NULL) return reb_fail(err, REB_E_USAGE, "A form is wanted here.");
    c.typed = reb_form_text(rq, "body", MESSAGE_MOST * 2);
    c.files_fault = reb_page_files_fault(&c.page, form);
    if (c.typed[0] == '\0' && form->file_count == 0 && c.files_fault == NULL) c.message_fault = reb_say_public_message_fault(v);
    if (reb_page_trapped(rq)) c.again = reb_say_public_trapped(v);
    if (c.again == NULL && reb_page_key_check(rq, key) != REB_KEY_GOOD) c.again = reb_say_public_again(v);
    bool good = c.message_fault == NULL && c.files_fault == NULL && c.again == NULL;
    if (!good) rq->status = 422;
    if (good && !reb_page_may_send(rq)) {
        c.again = reb_say_public_too_often(v);
        good = false;
    }
    if (!good || (c.state.stage == REB_STAGE_CLOSED && !may_reopen(&c))) return show(&c, err);
    bool can_appeal = !c.joined && (c.state.stage == REB_STAGE_CLOSED || c.state.stage == REB_STAGE_COMMUNICATED);
    /* The same form sent twice is one message; sent again with other words it is another. */
    const char *once = reb_arena_printf(&rq->arena, "%s:%016" PRIx64, key, reb_hash64(0, c.typed, strlen(c.typed)));
    if (once == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    sending m = {.c = &c, .body = c.typed, .key = once, .appeal = can_appeal && strcmp(reb_form_text(rq, "as", 20), "appeal") == 0};
    st = reb_store_write(rq->store, send_it, &m, err);
    if (st == REB_E_INPUT || st == REB_E_LIMIT) { /* what was typed comes back with the reason */
        c.again = reb_say_public_refused(v);
        rq->status = 422;
        return show(&c, err);
    }
    return st == REB_OK ? back(&c, "?sent=1", err) : st;
}

reb_status reb_handle_status_right(reb_request *rq, reb_err *err) {
    status c;
    bool found;
    reb_status st = open_case(&c, &found, rq, err);
    if (st != REB_OK || !found) return st;
    const char *answer = reb_form_text(rq, "answer", 20);
    const reb_case_by by = {.business = reb_rq_business(rq), .ids = rq->ids, .now_us = reb_rq_now(rq), .who = "customer"};
    bool known = strcmp(answer, "yes") == 0 || strcmp(answer, "not_yet") == 0;
    bool now = !c.joined && (c.state.stage == REB_STAGE_COMMUNICATED || (c.state.stage == REB_STAGE_CLOSED && may_reopen(&c)));
    if (!known || !now || strcmp(answer, c.state.rated) == 0 || by.business == NULL) return back(&c, "", err);
    if (!reb_page_may_send(rq)) {
        reb_err ignored = {0};
        return reb_page_refusal(rq, 429, reb_say_public_sorry(&c.page.voice), reb_say_public_too_often(&c.page.voice), &ignored);
    }
    reb_case_wrote wrote;
    st = reb_case_rate(&wrote, rq->store, &by, c.asked, answer, err);
    return st == REB_OK ? back(&c, "", err) : st;
}

reb_status reb_handle_status_file(reb_request *rq, reb_err *err) {
    status c;
    bool found;
    reb_attachment file;
    reb_status st = open_case(&c, &found, rq, err);
    if (st != REB_OK || !found) return st;
    int64_t id = reb_rq_param_id(rq, "attachment_id");
    const piece *held = NULL;
    for (size_t i = 0; i < c.piece_count; i++)
        if (c.pieces[i].file != NULL && c.pieces[i].file->attachment_id == id) held = &c.pieces[i];
    st = held != NULL ? reb_attachment_read(&file, &rq->out, rq->store, &rq->arena, &held->at, id, err) : REB_E_NOT_FOUND;
    if (st == REB_E_NOT_FOUND) return not_here(rq, err);
    if (st != REB_OK) return st;
    rq->content_type = file.media_type;
    rq->file_name = reb_rq_attachment(rq, file.name);
    return rq->file_name != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}
