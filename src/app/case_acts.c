/* What happens to a case, one function an act. */
#include "case_internal.h"
#include "case_owed.h"
#include "evidence.h"

#include "../domain/case_reach.h"
#include "../domain/customer.h"
#include "../domain/outbox.h"
#include "../domain/person.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static reb_status no_memory(reb_err *err) {
    return reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* JSON of an event, built and kept in the arena. */
typedef struct json_text {
    reb_buf b;
    reb_json w;
} json_text;

static void begin_json(json_text *j) {
    *j = (json_text){.w.out = NULL};
    j->w = (reb_json){.out = &j->b};
    reb_json_obj(&j->w);
}

static reb_status end_json(const char **out, json_text *j, reb_arena *a, reb_err *err) {
    reb_json_obj_end(&j->w);
    *out = j->b.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&j->b));
    reb_buf_free(&j->b);
    return *out != NULL ? REB_OK : no_memory(err);
}

/* --- messages ------------------------------------------------------------------------------------------------------------------------- */

static bool from_customer(const reb_case_by *by) {
    return by->who != NULL && (strcmp(by->who, "customer") == 0 || strcmp(by->who, "mail") == 0);
}

/* A hundred and twenty times an hour is more than anybody has to say; who sends more is a machine, or somebody who wants to keep us from
   others. What is refused is not lost: the page gives the words back, a mail stays in its folder and on the list of those left alone. */
enum { HEARD_AN_HOUR = 120 };
static reb_status not_too_often(const reb_case_doing *d, reb_err *err) {
    int64_t heard = 0;
    int64_t since_us = d->by->now_us - INT64_C(3600) * REB_US_PER_SECOND;
    if (!from_customer(d->by)) return REB_OK;
    for (int64_t i = d->log_count; i-- > 0 && d->log[i].recorded_us > since_us;) heard += reb_case_heard(&d->log[i]);
    if (heard < HEARD_AN_HOUR) return REB_OK;
    reb_fail(err, REB_E_LIMIT, "Case C-%" PRId64 " has had %d messages from outside within an hour.", d->at_number, HEARD_AN_HOUR);
    reb_err_next(err, "It takes more in an hour.");
    reb_err_reason(err, "case_too_often");
    return REB_E_LIMIT;
}

static reb_status known_message(bool *known, reb_case_doing *d, const char *key, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    *known = false;
    reb_status st = reb_query(&q, s, REB_SQL_CASE_KEY_GET, REB_ARGS(reb_t(key)), err);
    if (st == REB_OK) st = reb_step(q, known, err);
    if (st == REB_OK && *known) *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = reb_col_i64(q, 1)};
    reb_stmt_close(q);
    return st;
}

/* The newest subject of the case. */
static reb_status subject_of(const char **out, reb_case_doing *d, reb_store *s, reb_err *err) {
    const reb_case_words *words = NULL;
    int64_t count = 0;
    *out = "";
    reb_status st = reb_case_words_read(&words, &count, s, d->arena, &d->key, err);
    for (int64_t i = 0; i < count && st == REB_OK; i++)
        if (strcmp(words[i].part, "subject") == 0) {
            *out = words[i].body;
            break;
        }
    return st;
}

static reb_status send_mail(reb_case_doing *d, const char *text, int64_t seq, reb_store *s, reb_err *err) {
    reb_case_reach whom;
    const char *subject = "";
    int64_t outbox_id = 0;
    reb_status st = reb_case_reach_get(&whom, s, d->arena, &d->key, &d->state, err);
    if (st == REB_OK && whom.email[0] == '\0') {
        reb_fail(err, REB_E_INPUT, "No e-mail address is known for case C-%" PRId64 ".", d->at_number);
        reb_err_next(err, "Write it down without sending, or tell them by telephone.");
        st = REB_E_INPUT;
    }
    if (st == REB_OK) st = subject_of(&subject, d, s, err);
    if (st != REB_OK) return st;
    const reb_outgoing m = {.customer_id = d->key.customer_id,
                            .case_id = d->key.case_id,
                            .number = d->at_number,
                            .to = whom.email,
                            .subject = reb_arena_printf(d->arena, "%.200s [C-%" PRId64 "]", subject, d->at_number),
                            .text = text,
                            .language = d->state.language,
                            .kind = "message",
                            .key = reb_arena_printf(d->arena, "message:%" PRId64 ":%" PRId64, d->at_number, seq)};
    return d->arena->failed ? no_memory(err) : reb_outbox_add(&outbox_id, s, d->by->ids, &m, d->by->now_us, err);
}

/* Where what they send follows the merging to another case: by which case it came, so that its link shows it, and only that one's. */
static const char *came_by(const reb_case_doing *d) {
    return d->number == d->at_number ? NULL : reb_arena_printf(d->arena, "{\"by\":\"%" PRId64 "\"}", d->number);
}

static reb_status message(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_message_in *in = arg;
    const char *text = NULL;
    const char *subject = NULL;
    const char *key = NULL;
    bool known = false;
    reb_status st = reb_case_need_text(&text, d->arena, in->text, "message", err);
    if (st == REB_OK) st = reb_case_line(&subject, d->arena, in->subject, "subject", err);
    if (st == REB_OK && in->key != NULL && in->key[0] != '\0') {
        key = reb_arena_printf(d->arena, "message:%" PRId64 ":%.200s", d->number, in->key);
        st = key == NULL ? no_memory(err) : known_message(&known, d, key, s, err);
    }
    if (st == REB_OK && !known && in->inward) st = not_too_often(d, err);
    if (st != REB_OK || known) return st;
    if (in->at_us > d->by->now_us) return reb_fail(err, REB_E_INPUT, "A message cannot have come later than now.");
    const char *channel = in->channel != NULL ? in->channel : d->state.channel;
    if (!in->inward && strcmp(channel, "import") == 0) channel = "email";
    bool again = in->inward && d->state.stage == REB_STAGE_CLOSED;
    reb_case_event *said = reb_case_event_add(d, in->inward ? REB_CASE_MESSAGE_IN : REB_CASE_MESSAGE_OUT, channel);
    said->at_us = in->at_us;
    if (in->inward) said->data = came_by(d);
    if (d->arena->failed) return no_memory(err);
    reb_case_words_add(d, "body", text);
    reb_case_words_add(d, "subject", subject);
    if (again) reb_case_event_add(d, REB_CASE_REOPENED, "customer")->who = "rule"; /* nobody writes to a closed door */
    st = reb_case_end(d, s, err);
    if (st == REB_OK && again) d->out->seq--; /* the message's */
    if (st == REB_OK && in->send && !in->inward) st = send_mail(d, text, d->out->seq, s, err);
    if (st == REB_OK && key != NULL)
        st = reb_exec(s, REB_SQL_CASE_KEY_PUT, REB_ARGS(reb_t(key), reb_i(d->at_number), reb_i(d->out->seq), reb_i(d->by->now_us)), NULL,
                      err);
    return st;
}

reb_status reb_case_message(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_message_in *in,
                            reb_err *err) {
    return reb_case_run(out, s, by, number, in->inward, in->inward, message, in, err);
}

/* --- notes ---------------------------------------------------------------------------------------------------------------------------- */

static reb_status note(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_note_in *in = arg;
    const char *text = NULL;
    json_text j;
    const char *data = NULL;
    if (in->mention_count > 20) return reb_fail(err, REB_E_LIMIT, "A note mentions at most 20 people.");
    reb_status st = reb_case_need_text(&text, d->arena, in->text, "note", err);
    begin_json(&j);
    reb_json_key(&j.w, "mentions");
    reb_json_arr(&j.w);
    for (int64_t i = 0; i < in->mention_count && st == REB_OK; i++) {
        reb_person p;
        char id[24];
        st = reb_person_need(&p, s, in->mentions[i], err);
        snprintf(id, sizeof id, "%" PRId64, in->mentions[i]);
        reb_json_str(&j.w, id);
    }
    reb_json_arr_end(&j.w);
    reb_status made = end_json(&data, &j, d->arena, err);
    if (st == REB_OK) st = made;
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_NOTE, "")->data = in->mention_count > 0 ? data : NULL;
    reb_case_words_add(d, "body", text);
    return reb_case_end(d, s, err);
}

reb_status reb_case_note(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_note_in *in,
                         reb_err *err) {
    return reb_case_run(out, s, by, number, false, true, note, in, err);
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------- */

static const char *const k_file_ways[] = {"own", "in", "out"};

const char *reb_case_file_way_name(reb_case_file_way w) {
    return k_file_ways[w];
}

bool reb_case_file_way_find(reb_case_file_way *out, const char *name) {
    for (size_t i = 0; i < sizeof k_file_ways / sizeof k_file_ways[0]; i++)
        if (strcmp(name, k_file_ways[i]) == 0) {
            *out = (reb_case_file_way)i;
            return true;
        }
    return false;
}

typedef struct attaching {
    const reb_case_attach_in *in;
    reb_attachment *out;
    reb_arena *arena;
} attaching;

static reb_status attach(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const attaching *x = arg;
    reb_status st = x->in->way == REB_FILE_IN ? not_too_often(d, err) : REB_OK;
    if (st == REB_OK)
        st = reb_attachment_add(x->out, s, x->arena, d->by->ids, &d->key, x->in->name, x->in->bytes, x->in->byte_count, d->by->now_us, err);
    if (st != REB_OK) return st;
    reb_case_event *e = reb_case_event_add(d, REB_CASE_ATTACHED, reb_case_file_way_name(x->in->way));
    e->other_id = x->out->attachment_id;
    if (x->in->way == REB_FILE_IN) e->data = came_by(d);
    if (d->arena->failed) return no_memory(err);
    bool again = x->in->way == REB_FILE_IN && from_customer(d->by) && d->state.stage == REB_STAGE_CLOSED;
    if (again) reb_case_event_add(d, REB_CASE_REOPENED, "customer")->who = "rule";
    st = reb_case_end(d, s, err);
    if (st == REB_OK && again) d->out->seq--; /* the file's */
    x->out->seq = d->out->seq;
    return st;
}

reb_status reb_case_attach(reb_attachment *out, reb_store *s, reb_arena *a, const reb_case_by *by, int64_t number,
                           const reb_case_attach_in *in, reb_err *err) {
    const char *type = NULL;
    const attaching x = {.in = in, .out = out, .arena = a};
    reb_status st = reb_attachment_fit(&type, in->bytes, in->byte_count, err); /* before anything is locked */
    return st == REB_OK ? reb_case_run(NULL, s, by, number, in->way == REB_FILE_IN, true, attach, &x, err) : st;
}

/* --- waiting -------------------------------------------------------------------------------------------------------------------------- */

static reb_status wait_for(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_wait_in *in = arg;
    const char *why = NULL;
    reb_status st = reb_case_need_text(&why, d->arena, in->why, "reason for waiting", err);
    if (st == REB_OK && in->until_us != 0 && in->until_us <= d->by->now_us)
        st = reb_fail(err, REB_E_INPUT, "Waiting ends in the future: say a later day.");
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_WAITING, in->whom)->until_us = in->until_us;
    reb_case_words_add(d, "why", why);
    return reb_case_end(d, s, err);
}

reb_status reb_case_wait(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_wait_in *in,
                         reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, wait_for, in, err);
}

static reb_status resume(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    (void)arg;
    reb_case_event_add(d, REB_CASE_RESUMED, "");
    return reb_case_end(d, s, err);
}

reb_status reb_case_resume(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, resume, NULL, err);
}

/* --- assessed, given to somebody -------------------------------------------------------------------------------------------------------
 */

static reb_status assess(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_assess_in *in = arg;
    const char *sought = NULL;
    const char *data = NULL;
    json_text j;
    if (in->severity != NULL && !reb_case_word_known(reb_case_severities, in->severity)) {
        reb_fail(err, REB_E_INPUT, "There is no severity \"%.40s\".", in->severity);
        reb_err_next(err, "They are low, normal, high and critical.");
        return REB_E_INPUT;
    }
    reb_status st = reb_case_text(&sought, d->arena, in->sought, "wish", err);
    if (st != REB_OK) return st;
    begin_json(&j);
    if (in->kind != NULL) reb_json_kstr(&j.w, "kind", in->kind);
    if (in->severity != NULL) reb_json_kstr(&j.w, "severity", in->severity);
    if (in->safety >= 0) reb_json_kbool(&j.w, "safety", in->safety != 0);
    if (in->complex >= 0) reb_json_kbool(&j.w, "complex", in->complex != 0);
    st = end_json(&data, &j, d->arena, err);
    if (st == REB_OK && in->kind != NULL) st = reb_case_check_kind(s, d->arena, d->state.standard_version, in->kind, err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_ASSESSED, "")->data = data;
    reb_case_words_add(d, "sought", sought);
    return reb_case_end(d, s, err);
}

reb_status reb_case_assess(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_assess_in *in,
                           reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, assess, in, err);
}

static reb_status need_colleague(reb_store *s, int64_t user_id, reb_err *err) {
    int64_t one = 0;
    bool able = false;
    reb_person p;
    reb_status st = reb_person_need(&p, s, user_id, err);
    if (st == REB_OK) st = reb_get_i64(&one, &able, s, REB_SQL_CASE_PERSON_ABLE, REB_ARGS(reb_i(user_id)), err);
    if (st == REB_OK && !able) {
        reb_fail(err, REB_E_CONFLICT, "%.100s cannot be given a case: they may not enter, or see figures only.", p.name);
        st = REB_E_CONFLICT;
    }
    return st;
}

static reb_status assign(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    int64_t user_id = *(const int64_t *)arg;
    reb_status st = user_id != 0 ? need_colleague(s, user_id, err) : REB_OK;
    if (st != REB_OK) return st;
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    if (d->state.assignee_id == user_id && d->state.stage != REB_STAGE_MERGED) return REB_OK;
    reb_case_event_add(d, REB_CASE_ASSIGNED, "person")->user_id = user_id;
    return reb_case_end(d, s, err);
}

reb_status reb_case_assign(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t user_id, reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, assign, &user_id, err);
}

typedef struct escalating {
    int64_t user_id;
    const char *why;
} escalating;

static reb_status escalate(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const escalating *in = arg;
    const char *why = NULL;
    reb_status st = reb_case_need_text(&why, d->arena, in->why, "reason", err);
    if (st == REB_OK) st = need_colleague(s, in->user_id, err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_ESCALATED, "person")->user_id = in->user_id;
    reb_case_words_add(d, "why", why);
    return reb_case_end(d, s, err);
}

reb_status reb_case_escalate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, int64_t user_id, const char *why,
                             reb_err *err) {
    const escalating in = {.user_id = user_id, .why = why};
    return reb_case_run(out, s, by, number, false, false, escalate, &in, err);
}

/* --- decided -------------------------------------------------------------------------------------------------------------------------- */

static reb_status decide(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_decide_in *in = arg;
    const char *reason = NULL;
    const char *rule = NULL;
    const char *differs = NULL;
    const char *data = NULL;
    json_text j;
    bool plain = in->outcome != NULL && (strcmp(in->outcome, "withdrawn") == 0 || strcmp(in->outcome, "duplicate") == 0);
    if (d->state.stage == REB_STAGE_DECIDED && d->by->seen_seq < d->state.decided_seq) return reb_case_refuse_decided(d, s, err);
    reb_status st = plain ? reb_case_text(&reason, d->arena, in->reason, "reason", err)
                          : reb_case_need_text(&reason, d->arena, in->reason, "reason", err);
    if (st == REB_OK) st = reb_case_text(&rule, d->arena, in->rule, "rule", err);
    if (st == REB_OK) st = reb_case_text(&differs, d->arena, in->differs_reason, "reason for differing", err);
    if (st == REB_OK && in->remedy_count > REB_CASE_REMEDIES_MOST)
        st = reb_fail(err, REB_E_LIMIT, "A decision names at most %d remedies.", REB_CASE_REMEDIES_MOST);
    for (int64_t i = 0; i < in->remedy_count && st == REB_OK; i++)
        st = reb_case_check_remedy(s, d->arena, d->state.standard_version, in->remedies[i], err);
    if (st == REB_OK && !plain && differs == NULL) st = reb_evidence_same_ruling(s, d->arena, &d->key, &d->state, in->outcome, err);
    if (st != REB_OK) return st;
    begin_json(&j);
    reb_json_ki64(&j.w, "standard", d->state.standard_version);
    reb_json_key(&j.w, "remedies");
    reb_json_arr(&j.w);
    for (int64_t i = 0; i < in->remedy_count; i++) reb_json_str(&j.w, in->remedies[i]);
    reb_json_arr_end(&j.w);
    if (differs != NULL) reb_json_kbool(&j.w, "differs", true);
    st = end_json(&data, &j, d->arena, err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_DECIDED, in->outcome)->data = data;
    reb_case_words_add(d, "reason", reason);
    reb_case_words_add(d, "rule", rule);
    reb_case_words_add(d, "differs", differs);
    return reb_case_end(d, s, err);
}

reb_status reb_case_decide(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_decide_in *in,
                           reb_err *err) {
    return reb_case_run(out, s, by, number, false, false, decide, in, err);
}

typedef struct telling {
    const char *word, *why;
    int64_t other_id;
    bool even_so;
} telling;

static reb_status communicate(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const telling *in = arg;
    reb_case_event_add(d, REB_CASE_COMMUNICATED, in->word)->other_id = in->other_id;
    return reb_case_end(d, s, err);
}

reb_status reb_case_communicate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *how,
                                int64_t letter_id, reb_err *err) {
    const telling in = {.word = how, .other_id = letter_id};
    return reb_case_run(out, s, by, number, false, false, communicate, &in, err);
}

/* A case is not closed over what was decided and not given, unless somebody says why; then the log keeps what is still owed. */
static reb_status owing(const char **data, reb_case_doing *d, bool even_so, const char *why, reb_err *err) {
    reb_case_owed owed;
    json_text j;
    *data = NULL;
    reb_status st = reb_case_owed_of(&owed, d->arena, d->log, d->log_count, err);
    if (st != REB_OK || owed.count == 0) return st;
    if (!even_so || why == NULL) {
        reb_buf b = {0};
        for (int64_t i = 0; i < owed.count; i++) reb_buf_printf(&b, "%s%s", i > 0 ? ", " : "", owed.codes[i]);
        reb_fail(err, REB_E_CONFLICT, "Decided and not given yet: %.300s.", reb_buf_cstr(&b));
        reb_buf_free(&b);
        reb_err_next(err, "Give it first, or say that it is closed even so, and why: --even-so --why TEXT");
        reb_err_reason(err, "owed");
        return REB_E_CONFLICT;
    }
    begin_json(&j);
    reb_json_key(&j.w, "owed");
    reb_json_arr(&j.w);
    for (int64_t i = 0; i < owed.count; i++) reb_json_str(&j.w, owed.codes[i]);
    reb_json_arr_end(&j.w);
    return end_json(data, &j, d->arena, err);
}

static reb_status close_case(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const telling *in = arg;
    const char *why = NULL;
    const char *data = NULL;
    reb_status st = reb_case_text(&why, d->arena, in->why, "explanation", err);
    if (st == REB_OK) st = reb_case_check_cause(s, d->arena, in->word, err);
    if (st == REB_OK && reb_case_may_kind(&d->state, REB_CASE_CLOSED)) st = owing(&data, d, in->even_so, why, err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_CLOSED, in->word)->data = data;
    reb_case_words_add(d, "why", why);
    return reb_case_end(d, s, err);
}

reb_status reb_case_close(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *cause, const char *why,
                          bool even_so, reb_err *err) {
    const telling in = {.word = cause != NULL ? cause : "", .why = why, .even_so = even_so};
    return reb_case_run(out, s, by, number, false, false, close_case, &in, err);
}

static reb_status reopen(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const telling *in = arg;
    const char *why = NULL;
    reb_status st = reb_case_text(&why, d->arena, in->why, "reason", err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_REOPENED, in->word);
    reb_case_words_add(d, "why", why);
    return reb_case_end(d, s, err);
}

reb_status reb_case_reopen(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *as, const char *why,
                           reb_err *err) {
    const telling in = {.word = as != NULL ? as : "person", .why = why};
    bool customer = from_customer(by);
    return reb_case_run(out, s, by, number, customer, customer, reopen, &in, err);
}

static reb_status refer(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const telling *in = arg;
    const char *why = NULL;
    reb_status st = reb_case_need_text(&why, d->arena, in->why, "reason", err);
    if (st != REB_OK) return st;
    reb_case_event_add(d, REB_CASE_REFERRED, in->word);
    reb_case_words_add(d, "why", why);
    return reb_case_end(d, s, err);
}

reb_status reb_case_refer(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *to, const char *why,
                          reb_err *err) {
    const telling in = {.word = to, .why = why};
    return reb_case_run(out, s, by, number, false, false, refer, &in, err);
}

static reb_status rate(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const telling *in = arg;
    *d->out = (reb_case_wrote){.number = d->at_number, .at = d->key, .seq = d->state.last_seq};
    if (strcmp(d->state.rated, in->word != NULL ? in->word : "") == 0 && in->word != NULL) return REB_OK;
    bool told = d->state.stage == REB_STAGE_COMMUNICATED || d->state.stage == REB_STAGE_CLOSED;
    reb_case_event_add(d, REB_CASE_RATED, in->word);
    if (told && in->word != NULL && strcmp(in->word, "not_yet") == 0) /* what is not right yet is not over */
        reb_case_event_add(d, REB_CASE_REOPENED, "customer")->who = "rule";
    return reb_case_end(d, s, err);
}

reb_status reb_case_rate(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const char *answer, reb_err *err) {
    const telling in = {.word = answer};
    return reb_case_run(out, s, by, number, true, true, rate, &in, err);
}

/* --- unreasonable conduct ---------------------------------------------------------------------------------------------------------------
 */

static reb_status conduct(reb_case_doing *d, reb_store *s, const void *arg, reb_err *err) {
    const reb_case_conduct_in *in = arg;
    const char *why = NULL;
    const char *appeal = NULL;
    const char *data = NULL;
    json_text j;
    reb_status st = in->lift ? reb_case_text(&why, d->arena, in->why, "reason", err)
                             : reb_case_need_text(&why, d->arena, in->why, "reason (what was done, not who they are)", err);
    if (st == REB_OK && !in->lift) st = reb_case_need_text(&appeal, d->arena, in->appeal, "way to appeal", err);
    int64_t today = reb_business_day(d->by->business, d->by->now_us);
    if (st == REB_OK && !in->lift && (in->until_day <= today || in->review_day < today || in->review_day > in->until_day)) {
        reb_fail(err, REB_E_INPUT, "A restriction has an end in the future, and a day of review before it.");
        st = REB_E_INPUT;
    }
    if (st == REB_OK && in->lift && d->state.restricted_until_us == 0)
        st = reb_fail(err, REB_E_CONFLICT, "There is no restriction to lift.");
    if (st != REB_OK) return st;
    reb_case_event *e = reb_case_event_add(d, REB_CASE_CONDUCT, in->lift ? "lifted" : "restricted");
    if (!in->lift) {
        begin_json(&j);
        reb_json_kday(&j.w, "review", in->review_day);
        st = end_json(&data, &j, d->arena, err);
        e->data = data;
        e->until_us = reb_zone_day_start(d->by->business->zone, in->until_day + 1);
    }
    reb_case_words_add(d, "why", why);
    reb_case_words_add(d, "appeal", appeal);
    return st == REB_OK ? reb_case_end(d, s, err) : st;
}

reb_status reb_case_conduct(reb_case_wrote *out, reb_store *s, const reb_case_by *by, int64_t number, const reb_case_conduct_in *in,
                            reb_err *err) {
    return reb_case_run(out, s, by, number, false, true, conduct, in, err);
}
