/* One case. */
#include "audit.h"
#include "form.h"
#include "handlers.h"

#include "../app/case.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

typedef struct call {
    reb_case_by by;
    char who[96];
    int64_t number;
} call;

static reb_status begin(call *c, reb_request *rq, reb_err *err) {
    const char *path = rq->match.param_count > 0 ? reb_rq_param(rq, "case") : NULL;
    *c = (call){.number = 0};
    reb_rq_who(c->who, rq);
    c->by = (reb_case_by){.business = reb_rq_business(rq),
                          .ids = rq->ids,
                          .now_us = reb_rq_now(rq),
                          .who = reb_arena_strdup(&rq->arena, c->who),
                          .user_id = rq->caller.user_id,
                          .seen_seq = rq->json_body != NULL ? reb_rq_int(rq, "seen", 0) : 0,
                          .key = rq->json_body != NULL && path != NULL ? reb_rq_text(rq, "key") : NULL};
    if (c->by.business == NULL) return reb_fail(err, REB_E_BUSY, "The settings cannot be read just now.");
    if (c->by.who == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (path == NULL) return REB_OK;
    c->number = reb_case_number_read(path);
    return c->number != 0 ? REB_OK : reb_fail(err, REB_E_NOT_FOUND, "\"%.40s\" is no number of a case.", path);
}

static reb_case_view_ctx view_of(reb_request *rq, const call *c) {
    const reb_locale *l = reb_rq_locale(rq);
    return (reb_case_view_ctx){.store = rq->store,
                               .arena = &rq->arena,
                               .business = c->by.business,
                               .now_us = c->by.now_us,
                               .language = l != NULL ? reb_language_code(l->language) : NULL,
                               .sight = rq->sight};
}

static reb_status answer(reb_request *rq, const call *c, int64_t number, reb_err *err) {
    const reb_case_view_ctx v = view_of(rq, c);
    return reb_case_json(&rq->w, &v, number, err);
}

/* After a write: the live streams are told, and the case is the answer. */
static reb_status done(reb_request *rq, const call *c, reb_status st, reb_err *err) {
    if (st != REB_OK) return st;
    reb_rq_tell(rq, "case", c->number);
    return answer(rq, c, c->number, err);
}

/* --- to read -------------------------------------------------------------------------------------------------------------------------- */

reb_status reb_handle_case_get(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    return st == REB_OK ? answer(rq, &c, c.number, err) : st;
}

reb_status reb_handle_case_doubles(reb_request *rq, reb_err *err) {
    call c;
    reb_status st = begin(&c, rq, err);
    if (st != REB_OK) return st;
    const reb_case_view_ctx v = view_of(rq, &c);
    return reb_case_doubles_json(&rq->w, &v, c.number, err);
}

reb_status reb_handle_case_people(reb_request *rq, reb_err *err) {
    return reb_case_people_json(&rq->w, rq->store, err);
}

reb_status reb_handle_case_attachment(reb_request *rq, reb_err *err) {
    call c;
    reb_attachment a;
    reb_case_key key;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_case_find(&key, rq->store, c.number, err);
    if (st == REB_OK) st = reb_attachment_read(&a, &rq->out, rq->store, &rq->arena, &key, reb_rq_param_id(rq, "attachment_id"), err);
    if (st != REB_OK) return st;
    reb_buf name = {0};
    for (const char *p = a.name; *p != '\0'; p++) { /* RFC 8187 */
        bool plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || strchr("-._", *p) != NULL;
        if (plain) {
            reb_buf_char(&name, *p);
        } else {
            reb_buf_printf(&name, "%%%02X", (unsigned)(unsigned char)*p);
        }
    }
    rq->content_type = strcmp(a.media_type, "text/plain") == 0 ? "text/plain; charset=utf-8" : a.media_type;
    rq->file_name = reb_arena_printf(&rq->arena, "attachment; filename*=UTF-8''%s", reb_buf_cstr(&name));
    reb_buf_free(&name);
    return rq->file_name != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

/* --- a complaint comes in ---------------------------------------------------------------------------------------------------------------
 */

/* A day as the instant at which it begins, or noon of the day that is not over. */
static int64_t day_us(const reb_case_by *by, int64_t day) {
    return day != 0 ? reb_zone_day_start(by->business->zone, day) : 0;
}

static reb_status may_name(reb_request *rq, int64_t customer_id, reb_err *err) {
    bool sees = true;
    reb_status st = customer_id != 0 ? reb_sight_sees(&sees, rq->store, rq->sight, customer_id, err) : REB_OK;
    return st == REB_OK && !sees ? reb_fail(err, REB_E_NOT_FOUND, "There is no customer %" PRId64 ".", customer_id) : st;
}

reb_status reb_handle_case_open(reb_request *rq, reb_err *err) {
    call c;
    reb_case_opened o;
    reb_status st = begin(&c, rq, err);
    if (st != REB_OK) return st;
    const char *channel = reb_rq_text(rq, "channel");
    const char *told = reb_rq_text(rq, "acknowledge");
    const reb_case_open_in in = {.customer_id = reb_rq_id(rq, "customer_id"),
                                 .name = reb_rq_text(rq, "name"),
                                 .email = reb_rq_text(rq, "email"),
                                 .phone = reb_rq_text(rq, "phone"),
                                 .anonymous = reb_rq_bool(rq, "anonymous", false),
                                 .channel = channel != NULL ? channel : "api",
                                 .kind = reb_rq_text(rq, "kind"),
                                 .severity = reb_rq_text(rq, "severity"),
                                 .subject = reb_rq_text(rq, "subject"),
                                 .body = reb_rq_text(rq, "text"),
                                 .sought = reb_rq_text(rq, "sought"),
                                 .order_ref = reb_rq_text(rq, "order_ref"),
                                 .language = reb_rq_text(rq, "language"),
                                 .facts_us = day_us(&c.by, reb_rq_day(rq, "facts_day")),
                                 .key = reb_rq_text(rq, "key")};
    st = may_name(rq, in.customer_id, err);
    if (st == REB_OK) st = reb_case_open(&o, rq->store, &c.by, &in, err);
    if (st == REB_OK && o.known) { /* a key that was there may be that of somebody else's case */
        bool sees = true;
        st = reb_case_sees(&sees, rq->store, rq->sight, o.number, err);
        if (st == REB_OK && !sees) st = reb_fail(err, REB_E_CONFLICT, "This key belongs to another case.");
    }
    if (st == REB_OK && told != NULL) st = reb_case_acknowledge(rq->store, &c.by, o.number, told, err);
    if (st != REB_OK) return st;
    reb_rq_about(rq, o.number);
    c.number = o.number;
    if (!o.known) reb_rq_tell(rq, "case", o.number);
    return answer(rq, &c, o.number, err);
}

/* --- what happens to it ------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_handle_case_message(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    const reb_case_message_in in = {.inward = reb_rq_bool(rq, "inward", false),
                                    .channel = reb_rq_text(rq, "channel"),
                                    .text = reb_rq_text(rq, "text"),
                                    .send = reb_rq_bool(rq, "send", false),
                                    .key = reb_rq_text(rq, "key")};
    return done(rq, &c, st == REB_OK ? reb_case_message(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

reb_status reb_handle_case_note(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    int64_t mentions[20];
    reb_status st = begin(&c, rq, err);
    reb_case_note_in in = {.text = reb_rq_text(rq, "text"), .mentions = mentions};
    const cJSON *one;
    cJSON_ArrayForEach(one, reb_rq_object(rq, "mentions")) if (cJSON_IsString(one) && in.mention_count < 20) mentions[in.mention_count++] =
        strtoll(one->valuestring, NULL, 10);
    return done(rq, &c, st == REB_OK ? reb_case_note(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

reb_status reb_handle_case_wait(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    const reb_case_wait_in in = {.whom = reb_rq_text(rq, "for"), .why = reb_rq_text(rq, "why"), .until_us = reb_rq_time(rq, "until")};
    return done(rq, &c, st == REB_OK ? reb_case_wait(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

reb_status reb_handle_case_resume(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    return done(rq, &c, st == REB_OK ? reb_case_resume(&w, rq->store, &c.by, c.number, err) : st, err);
}

/* A truth value that may be left out. */
static int maybe(const reb_request *rq, const char *member) {
    bool yes = reb_rq_bool(rq, member, true);
    bool no = reb_rq_bool(rq, member, false);
    return yes == no ? yes : -1;
}

reb_status reb_handle_case_assess(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    const reb_case_assess_in in = {.kind = reb_rq_text(rq, "kind"),
                                   .severity = reb_rq_text(rq, "severity"),
                                   .safety = maybe(rq, "safety"),
                                   .complex = maybe(rq, "complex"),
                                   .sought = reb_rq_text(rq, "sought")};
    return done(rq, &c, st == REB_OK ? reb_case_assess(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

reb_status reb_handle_case_assign(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    return done(rq, &c, st == REB_OK ? reb_case_assign(&w, rq->store, &c.by, c.number, reb_rq_id(rq, "user_id"), err) : st, err);
}

reb_status reb_handle_case_escalate(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_case_escalate(&w, rq->store, &c.by, c.number, reb_rq_id(rq, "user_id"), reb_rq_text(rq, "why"), err);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_decide(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    const char *remedies[REB_CASE_REMEDIES_MOST];
    reb_status st = begin(&c, rq, err);
    reb_case_decide_in in = {.outcome = reb_rq_text(rq, "outcome"),
                             .reason = reb_rq_text(rq, "reason"),
                             .remedies = remedies,
                             .rule = reb_rq_text(rq, "rule"),
                             .differs_reason = reb_rq_text(rq, "differs_reason")};
    const cJSON *one;
    cJSON_ArrayForEach(one, reb_rq_object(rq, "remedies")) if (cJSON_IsString(one) && in.remedy_count < REB_CASE_REMEDIES_MOST)
        remedies[in.remedy_count++] = one->valuestring;
    return done(rq, &c, st == REB_OK ? reb_case_decide(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

reb_status reb_handle_case_communicate(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_case_communicate(&w, rq->store, &c.by, c.number, reb_rq_text(rq, "how"), reb_rq_id(rq, "letter_id"), err);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_close(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK)
        st = reb_case_close(&w, rq->store, &c.by, c.number, reb_rq_text(rq, "cause"), reb_rq_text(rq, "why"),
                            reb_rq_bool(rq, "even_so", false), err);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_reopen(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_case_reopen(&w, rq->store, &c.by, c.number, reb_rq_text(rq, "by"), reb_rq_text(rq, "why"), err);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_merge(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    bool sees = true;
    reb_status st = begin(&c, rq, err);
    int64_t into = reb_case_number_read(reb_rq_text(rq, "into"));
    if (st == REB_OK) st = reb_case_sees(&sees, rq->store, rq->sight, into, err);
    if (st == REB_OK && (into == 0 || !sees)) st = reb_fail(err, REB_E_NOT_FOUND, "There is no case C-%" PRId64 ".", into);
    if (st == REB_OK) st = reb_case_merge(&w, rq->store, &c.by, c.number, into, err);
    if (st == REB_OK) reb_rq_tell(rq, "case", into);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_unmerge(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    return done(rq, &c, st == REB_OK ? reb_case_unmerge(&w, rq->store, &c.by, c.number, err) : st, err);
}

reb_status reb_handle_case_identify(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = may_name(rq, reb_rq_id(rq, "customer_id"), err);
    return done(rq, &c, st == REB_OK ? reb_case_identify(&w, rq->store, &c.by, c.number, reb_rq_id(rq, "customer_id"), err) : st, err);
}

reb_status reb_handle_case_refer(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    if (st == REB_OK) st = reb_case_refer(&w, rq->store, &c.by, c.number, reb_rq_text(rq, "to"), reb_rq_text(rq, "why"), err);
    return done(rq, &c, st, err);
}

reb_status reb_handle_case_conduct(reb_request *rq, reb_err *err) {
    call c;
    reb_case_wrote w;
    reb_status st = begin(&c, rq, err);
    const reb_case_conduct_in in = {.lift = reb_rq_bool(rq, "lift", false),
                                    .why = reb_rq_text(rq, "why"),
                                    .appeal = reb_rq_text(rq, "appeal"),
                                    .until_day = reb_rq_day(rq, "until_day"),
                                    .review_day = reb_rq_day(rq, "review_day")};
    return done(rq, &c, st == REB_OK ? reb_case_conduct(&w, rq->store, &c.by, c.number, &in, err) : st, err);
}

/* --- files -------------------------------------------------------------------------------------------------------------------------------
 */

reb_status reb_handle_case_attach(reb_request *rq, reb_err *err) {
    call c;
    reb_attachment a;
    const reb_form *form = reb_rq_form(rq);
    reb_status st = begin(&c, rq, err);
    if (st != REB_OK) return st;
    if (form == NULL || (form->file_count == 0 && form->files_fault == REB_FORM_GOOD))
        return reb_fail(err, REB_E_INPUT, "No file was sent: it is the field \"file\" of a form.");
    if (form->files_fault == REB_FORM_TOO_LARGE || form->files_fault == REB_FORM_TOO_MANY)
        return reb_fail(err, REB_E_LIMIT, "At most five files of 10 MiB each, 25 MiB together.");
    if (form->files_fault == REB_FORM_WRONG_TYPE) {
        reb_fail(err, REB_E_INPUT, "This kind of file is not taken.");
        reb_err_next(err, "Pictures (PNG, JPEG, GIF, WEBP, HEIC), PDF, plain text, sound and video are.");
        return REB_E_INPUT;
    }
    if (form->files_fault != REB_FORM_GOOD) return reb_fail(err, REB_E_IO, "The file cannot be kept just now.");
    reb_case_file_way way = REB_FILE_OWN;
    const char *told = reb_form_text(rq, "direction", 8);
    if (told[0] != '\0' && !reb_case_file_way_find(&way, told))
        return reb_fail(err, REB_E_INPUT,
                        "\"direction\" is \"in\" (from the customer), \"out\" (to the customer) or \"own\" (among ourselves).");
    for (size_t i = 0; i < form->file_count && st == REB_OK; i++) {
        unsigned char *bytes = reb_form_bytes(rq, &form->files[i]);
        const reb_case_attach_in in = {.way = way, .name = form->files[i].name, .bytes = bytes, .byte_count = form->files[i].bytes};
        st = bytes != NULL ? reb_case_attach(&a, rq->store, &rq->arena, &c.by, c.number, &in, err)
                           : reb_fail(err, REB_E_IO, "The file cannot be read back.");
        free(bytes);
    }
    if (st != REB_OK) return st;
    reb_hub_wake(rq->server->hub);
    return answer(rq, &c, c.number, err);
}
