/* Saying that something went wrong: a form without account and without script. What was typed is never lost: whatever is wrong with it, the
   form comes back as it was, in the language that was chosen meanwhile. */
#include "handlers.h"

#include "../app/case.h"
#include "../app/case_mail.h"
#include "../domain/standard.h"
#include "../text/date.h"
#include "../text/phone.h"
#include "audit.h"
#include "page_field.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { BODY_MOST = 20000, SOUGHT_MOST = 2000, LINE_MOST = 200 };

typedef struct complaint {
    const char *body, *sought, *kind, *order, *day, *name, *email, *phone;
    const char *key;
    bool anonymous;
    int64_t facts_us;
    /* texts of what is wrong; NULL: nothing */
    const char *body_fault, *day_fault, *reach_fault, *email_fault, *phone_fault, *files_fault, *again;
} complaint;

/* --- the form --------------------------------------------------------------------------------------------------------------------------
 */

static void faults(reb_page *p, const complaint *c) {
    if (c->again != NULL) reb_page_put(p, "<p class=\"notice warn\" role=\"alert\">", c->again, "</p>\n");
    bool any = c->body_fault != NULL || c->day_fault != NULL || c->reach_fault != NULL || c->email_fault != NULL ||
               c->phone_fault != NULL || c->files_fault != NULL;
    if (!any) return;
    reb_page_put(p, "<div class=\"notice bad\" role=\"alert\"><p>", reb_say_public_faults(&p->voice), "</p><ul>");
    const struct {
        const char *id, *text;
    } k_all[] = {{"body", c->body_fault},   {"day", c->day_fault},     {"email", c->reach_fault},
                 {"email", c->email_fault}, {"phone", c->phone_fault}, {"files", c->files_fault}};
    for (size_t i = 0; i < sizeof k_all / sizeof k_all[0]; i++) {
        if (k_all[i].text == NULL) continue;
        reb_buf_printf(p->out, "<li><a href=\"#%s\">", k_all[i].id);
        reb_page_put(p, "", k_all[i].text, "</a></li>");
    }
    reb_page_html(p, "</ul></div>\n");
}

/* What it is about, by the kinds of the standards in force. */
static void kinds(reb_page *p, const complaint *c) {
    reb_standard *standard = NULL;
    reb_err ignored = {0};
    const char *language = reb_language_code(p->locale.language);
    if (reb_standard_at(&standard, p->rq->store, &p->rq->arena, reb_rq_now(p->rq), &ignored) != REB_OK || standard->kind_count < 2) return;
    reb_page_put(p, "<div class=\"field\"><label for=\"kind\">", reb_say_public_kind(&p->voice), " ");
    reb_page_put(p, "<span class=\"optional\">", reb_say_public_optional(&p->voice), "</span></label><select id=\"kind\" name=\"kind\">");
    reb_page_put(p, "<option value=\"\">", reb_say_public_kind_unsure(&p->voice), "</option>");
    for (int64_t i = 0; i < standard->kind_count; i++) {
        const reb_standard_kind *k = &standard->kinds[i];
        if (strcmp(k->code, "other") == 0) continue; /* what is unsure is that */
        reb_page_html(p, "<option");
        reb_page_attr(p, "value", k->code);
        if (c->kind != NULL && strcmp(c->kind, k->code) == 0) reb_page_html(p, " selected");
        reb_page_put(p, ">", reb_words_in(&k->title, language, standard->first_language), "</option>");
    }
    reb_page_html(p, "</select></div>\n");
}

static void reach(reb_page *p, const complaint *c) {
    const reb_voice *v = &p->voice;
    reb_page_put(p, "<fieldset class=\"card\"><legend class=\"visually-hidden\">", reb_say_public_reach(v), "</legend>");
    reb_page_put(p, "<h2 aria-hidden=\"true\">", reb_say_public_reach(v), "</h2>");
    reb_page_put(p, "<p class=\"hint\">", reb_say_public_reach_hint(v), "</p>\n");
    reb_page_put(p, "<p class=\"fault\">", c->reach_fault, "</p>\n");
    reb_page_input(
        p, &(reb_page_field){.name = "name", .label = reb_say_public_name(v), .value = c->name, .complete = "name", .most = LINE_MOST});
    reb_page_html(p, "<div class=\"pair\">");
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_EMAIL,
                                        .name = "email",
                                        .label = reb_say_public_email(v),
                                        .value = c->email,
                                        .fault = c->email_fault,
                                        .plain = true,
                                        .complete = "email",
                                        .most = LINE_MOST});
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_TEL,
                                        .name = "phone",
                                        .label = reb_say_public_phone(v),
                                        .value = c->phone,
                                        .fault = c->phone_fault,
                                        .plain = true,
                                        .complete = "tel",
                                        .most = LINE_MOST});
    reb_page_html(p, "</div><div class=\"check\"><input type=\"checkbox\" id=\"anonymous\" name=\"anonymous\" value=\"yes\""
                     " aria-describedby=\"anonymous-hint\"");
    if (c->anonymous) reb_page_html(p, " checked");
    reb_page_put(p, "><div><label for=\"anonymous\">", reb_say_public_anonymous(v), "</label>");
    reb_page_put(p, "<span class=\"hint\" id=\"anonymous-hint\">", reb_say_public_anonymous_hint(v), "</span></div></div></fieldset>\n");
}

static void fields(reb_page *p, const complaint *c) {
    const reb_voice *v = &p->voice;
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_AREA,
                                        .name = "body",
                                        .label = reb_say_public_body(v),
                                        .hint = reb_say_public_body_hint(v),
                                        .value = c->body,
                                        .fault = c->body_fault,
                                        .needed = true,
                                        .most = BODY_MOST});
    reb_page_input(p, &(reb_page_field){.name = "sought",
                                        .label = reb_say_public_sought(v),
                                        .hint = reb_say_public_sought_hint(v),
                                        .value = c->sought,
                                        .most = SOUGHT_MOST});
    kinds(p, c);
    bool solar = p->locale.calendar != REB_CAL_GREGORIAN; /* a browser's own date field knows one calendar */
    reb_page_html(p, "<div class=\"pair\">");
    reb_page_input(p, &(reb_page_field){.name = "order", .label = reb_say_public_order(v), .value = c->order, .most = LINE_MOST});
    reb_page_input(p, &(reb_page_field){.input = solar ? REB_INPUT_TEXT : REB_INPUT_DATE,
                                        .name = "day",
                                        .label = reb_say_public_day(v),
                                        .hint = solar ? reb_say_public_day_hint(v) : NULL,
                                        .value = c->day,
                                        .fault = c->day_fault,
                                        .most = solar ? 40 : 0});
    reb_page_html(p, "</div>\n");
    reb_page_input(p, &(reb_page_field){.input = REB_INPUT_FILES,
                                        .name = "files",
                                        .label = reb_say_public_files(v),
                                        .hint = reb_page_files_hint(p),
                                        .fault = c->files_fault});
    reach(p, c);
}

static reb_status show(reb_page *p, complaint *c, reb_err *err) {
    if (c->key == NULL || c->key[0] == '\0') c->key = reb_page_key(p);
    p->keeps_form = true;
    reb_page_begin(p, reb_say_public_complain_title(&p->voice));
    faults(p, c);
    reb_page_put(p, "<p class=\"lead\">", reb_say_public_complain_lead(&p->voice), "</p>\n");
    reb_page_form(p, "/complain");
    fields(p, c);
    reb_page_guard(p, c->key);
    reb_page_put(p, "<p class=\"muted small\">", reb_say_public_complain_privacy(&p->voice), "</p>\n");
    reb_page_button(p, NULL, NULL, reb_say_public_send(&p->voice), true);
    reb_page_html(p, "</form>\n");
    return reb_page_end(p, err);
}

reb_status reb_handle_complain(reb_request *rq, reb_err *err) {
    reb_page p;
    complaint c = {.order = reb_rq_query(rq, "order")}; /* a shop's own page may know which order it is */
    reb_page_open(&p, rq);
    return show(&p, &c, err);
}

/* --- what came -------------------------------------------------------------------------------------------------------------------------
 */

static bool read_day(complaint *c, const reb_page *p) {
    const reb_business *b = reb_rq_business(p->rq);
    reb_date date;
    reb_err ignored = {0};
    const reb_date_format format = {.calendar = p->locale.calendar, .order = REB_ORDER_DMY};
    if (c->day[0] == '\0' || b == NULL) return true;
    if (reb_date_parse(&date, c->day, strlen(c->day), &format, b->zone, &ignored) != REB_OK) return false;
    int64_t now = reb_rq_now(p->rq);
    int64_t today = reb_business_day(b, now);
    if (date.day > today || date.day < today - 20 * 366) return false;
    c->facts_us = date.day == today ? now : reb_zone_day_start(b->zone, date.day) + REB_US_PER_DAY / 2;
    return true;
}

static void take(complaint *c, reb_request *rq) {
    *c = (complaint){.body = reb_form_text(rq, "body", BODY_MOST * 2),
                     .sought = reb_form_text(rq, "sought", SOUGHT_MOST * 2),
                     .kind = reb_form_text(rq, "kind", 64),
                     .order = reb_form_text(rq, "order", LINE_MOST),
                     .day = reb_form_text(rq, "day", 60),
                     .name = reb_form_text(rq, "name", LINE_MOST),
                     .email = reb_form_text(rq, "email", LINE_MOST),
                     .phone = reb_form_text(rq, "phone", LINE_MOST),
                     .anonymous = reb_form_has(rq, "anonymous"),
                     .key = reb_form_text(rq, "key", 200)};
}

static bool phone_like(const char *phone) {
    size_t digits = 0;
    for (const char *s = phone; *s != '\0'; s++)
        digits += (*s >= '0' && *s <= '9') || (unsigned char)*s >= 0xD0; /* digits of other scripts */
    return digits >= 6;
}

static bool right(complaint *c, reb_page *p) {
    const reb_voice *v = &p->voice;
    char folded[REB_EMAIL_TEXT];
    size_t n;
    reb_err ignored = {0};
    if (c->body[0] == '\0') c->body_fault = reb_say_public_body_fault(v);
    if (!read_day(c, p)) c->day_fault = reb_say_public_day_fault(v);
    if (c->email[0] != '\0' && reb_email_parse(folded, &n, c->email, strlen(c->email), &ignored) != REB_OK)
        c->email_fault = reb_say_public_email_fault(v);
    if (c->phone[0] != '\0' && !phone_like(c->phone)) c->phone_fault = reb_say_public_phone_fault(v);
    if (!c->anonymous && c->email[0] == '\0' && c->phone[0] == '\0') c->reach_fault = reb_say_public_reach_fault(v);
    c->files_fault = reb_page_files_fault(p, reb_rq_form(p->rq));
    return c->body_fault == NULL && c->day_fault == NULL && c->email_fault == NULL && c->phone_fault == NULL && c->reach_fault == NULL &&
           c->files_fault == NULL;
}

typedef struct filing {
    reb_page *page;
    const complaint *complaint;
    reb_case_opened opened;
} filing;

static const char *filled(const char *text) {
    return text[0] != '\0' ? text : NULL;
}

/* The case, its files and its acknowledgement are one: what was answered is on disk. */
static reb_status file_it(reb_store *s, void *ctx, reb_err *err) {
    filing *f = ctx;
    reb_request *rq = f->page->rq;
    const complaint *c = f->complaint;
    const reb_form *form = reb_rq_form(rq);
    const reb_case_by by = {.business = reb_rq_business(rq), .ids = rq->ids, .now_us = reb_rq_now(rq), .who = "customer"};
    /* The same form sent twice is one complaint; sent again with other words it is another, and the two are suggested as doubles. */
    const char *once = reb_arena_printf(&rq->arena, "%s:%016" PRIx64, c->key,
                                        reb_hash64(reb_hash64(0, c->body, strlen(c->body)), c->sought, strlen(c->sought)));
    const reb_case_open_in in = {.name = c->anonymous ? NULL : filled(c->name),
                                 .email = c->anonymous ? NULL : filled(c->email),
                                 .phone = c->anonymous ? NULL : filled(c->phone),
                                 .anonymous = c->anonymous,
                                 .channel = "form",
                                 .kind = filled(c->kind),
                                 .body = c->body,
                                 .sought = filled(c->sought),
                                 .order_ref = filled(c->order),
                                 .language = reb_language_code(f->page->locale.language),
                                 .facts_us = c->facts_us,
                                 .key = once};
    if (once == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (by.business == NULL) return reb_fail(err, REB_E_NO_BUSINESS, "There is no business here yet.");
    reb_status st = reb_case_open(&f->opened, s, &by, &in, err);
    if (st != REB_OK || f->opened.known) return st;
    for (size_t i = 0; i < form->file_count && st == REB_OK; i++) {
        unsigned char *bytes = reb_form_bytes(rq, &form->files[i]);
        const reb_case_attach_in file = {
            .way = REB_FILE_IN, .name = form->files[i].name, .bytes = bytes, .byte_count = form->files[i].bytes};
        reb_attachment made;
        st = bytes != NULL ? reb_case_attach(&made, s, &rq->arena, &by, f->opened.number, &file, err)
                           : reb_fail(err, REB_E_IO, "A file that came cannot be read again.");
        free(bytes);
    }
    if (st == REB_OK) st = reb_case_acknowledge(s, &by, f->opened.number, "page", err);
    if (st != REB_OK || in.email == NULL) return st;
    int64_t outbox_id; /* the same by mail, where mail is set up: a page is easily lost */
    const reb_case_ack ack = {.number = f->opened.number,
                              .at = f->opened.at,
                              .status_token = f->opened.status_token,
                              .to = in.email,
                              .name = in.name != NULL ? in.name : "",
                              .language = in.language};
    return reb_case_ack_queue(&outbox_id, s, &by, &ack, err);
}

/* A kind that is no longer in the standards since the form was opened is no reason to refuse what somebody wrote. */
static void know_kind(complaint *c, reb_page *p) {
    reb_standard *standard = NULL;
    reb_err ignored = {0};
    if (c->kind[0] == '\0') return;
    if (reb_standard_at(&standard, p->rq->store, &p->rq->arena, reb_rq_now(p->rq), &ignored) != REB_OK ||
        reb_standard_kind_find(standard, c->kind) == NULL)
        c->kind = "";
}

reb_status reb_handle_complain_send(reb_request *rq, reb_err *err) {
    reb_page p;
    complaint c;
    reb_page_open(&p, rq);
    take(&c, rq);
    if (reb_form_has(rq, "speak")) { /* another language: everything stays but the files, which no page can give back */
        reb_language other;
        if (reb_language_find(&other, reb_form_text(rq, "speak", 10))) p.chosen = reb_language_code(other);
        reb_page_speak(&p, reb_form_text(rq, "speak", 10));
        return show(&p, &c, err);
    }
    bool good = right(&c, &p);
    reb_page_key_state state = reb_page_key_check(rq, c.key);
    if (reb_page_trapped(rq) || state != REB_KEY_GOOD) {
        c.again = reb_page_trapped(rq) ? reb_say_public_trapped(&p.voice) : reb_say_public_again(&p.voice);
        if (state == REB_KEY_UNKNOWN) c.key = NULL;
        rq->status = 422;
        return show(&p, &c, err);
    }
    if (!good) {
        rq->status = 422;
        return show(&p, &c, err);
    }
    if (!reb_page_may_send(rq)) {
        c.again = reb_say_public_too_often(&p.voice);
        return show(&p, &c, err);
    }
    know_kind(&c, &p);
    filing f = {.page = &p, .complaint = &c};
    reb_err refused = {0};
    reb_status st = reb_store_write(rq->store, file_it, &f, &refused);
    if (st == REB_E_INPUT || st == REB_E_LIMIT) { /* what this page did not see coming */
        c.again = reb_say_public_refused(&p.voice);
        rq->status = 422;
        return show(&p, &c, err);
    }
    if (st != REB_OK) {
        *err = refused;
        return st;
    }
    if (!f.opened.known) reb_rq_tell(rq, "case", f.opened.number);
    reb_rq_about(rq, f.opened.number);
    rq->location = reb_arena_printf(&rq->arena, "/c/%s?new=1%s%s", f.opened.status_token, p.chosen[0] != '\0' ? "&lang=" : "", p.chosen);
    rq->content_type = "text/html; charset=utf-8";
    rq->status = 303;
    return rq->location != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}
