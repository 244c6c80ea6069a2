#include "page_field.h"

#include "../domain/case_token.h"
#include "../text/file_type.h"

#include <sodium.h>
#include <stdlib.h>
#include <string.h>

/* Nobody reads a form, writes a sentence and sends it in less. */
static const int64_t k_quick_us = 2 * REB_US_PER_SECOND;
static const int64_t k_longest_us = 30 * REB_US_PER_DAY;

static void described(reb_page *p, const reb_page_field *f) {
    if (f->fault == NULL && f->hint == NULL) return;
    reb_page_html(p, " aria-describedby=\"");
    if (f->hint != NULL) reb_buf_printf(p->out, "%s-hint", f->name);
    if (f->fault != NULL) reb_buf_printf(p->out, "%s%s-fault", f->hint != NULL ? " " : "", f->name);
    reb_page_html(p, "\"");
}

void reb_page_input(reb_page *p, const reb_page_field *f) {
    static const char *const k_types[] = {"text", "email", "tel", "date", "", "file"};
    reb_buf_printf(p->out, "<div class=\"field\"><label for=\"%s\">", f->name);
    reb_page_text(p, f->label);
    if (!f->needed && !f->plain) reb_page_put(p, " <span class=\"optional\">", reb_say_public_optional(&p->voice), "</span>");
    reb_page_html(p, "</label>");
    if (f->hint != NULL) {
        reb_buf_printf(p->out, "<span class=\"hint\" id=\"%s-hint\">", f->name);
        reb_page_put(p, "", f->hint, "</span>");
    }
    if (f->fault != NULL) {
        reb_buf_printf(p->out, "<span class=\"fault\" id=\"%s-fault\">", f->name);
        reb_page_put(p, "", f->fault, "</span>");
    }
    bool area = f->input == REB_INPUT_AREA;
    if (area) {
        reb_buf_printf(p->out, "<textarea id=\"%s\" name=\"%s\" dir=\"auto\"", f->name, f->name);
    } else {
        reb_buf_printf(p->out, "<input id=\"%s\" name=\"%s\" type=\"%s\"", f->name, f->name, k_types[f->input]);
        if (f->input == REB_INPUT_TEXT) reb_page_html(p, " dir=\"auto\"");
        if (f->input == REB_INPUT_FILES) {
            reb_page_html(p, " multiple accept=\"image/*,application/pdf,text/plain,audio/*,video/*\"");
        } else {
            reb_page_attr(p, "value", f->value);
        }
    }
    if (f->most > 0) reb_buf_printf(p->out, " maxlength=\"%d\"", f->most);
    if (f->input != REB_INPUT_FILES) reb_page_attr(p, "autocomplete", f->complete != NULL ? f->complete : "off");
    if (f->needed) reb_page_html(p, " required");
    if (f->fault != NULL) reb_page_html(p, " aria-invalid=\"true\"");
    described(p, f);
    reb_page_html(p, ">");
    if (area) {
        reb_page_html(p, "\n"); /* a line end right behind the tag is dropped by HTML: one that was typed is not */
        reb_page_put(p, "", f->value, "");
        reb_page_html(p, "</textarea>");
    }
    reb_page_html(p, "</div>\n");
}

void reb_page_form(reb_page *p, const char *action) {
    reb_page_html(p, "<form id=\"form\" method=\"post\" enctype=\"multipart/form-data\" action=\"");
    reb_page_link(p, action);
    reb_page_html(p, "\">\n");
}

void reb_page_button(reb_page *p, const char *name, const char *value, const char *label, bool primary) {
    reb_page_html(p, primary ? "<button class=\"btn primary\"" : "<button class=\"btn\"");
    reb_page_attr(p, "name", name);
    reb_page_attr(p, "value", value);
    reb_page_put(p, ">", label, "</button>\n");
}

const char *reb_page_files_hint(const reb_page *p) {
    return reb_say_public_files_hint(&p->voice, .count = REB_FORM_FILES, .each = REB_FORM_FILE_MOST >> 20, .kinds = reb_file_types_said);
}

const char *reb_page_files_fault(const reb_page *p, const reb_form *form) {
    const char *name = form != NULL && form->fault_name != NULL ? form->fault_name : "";
    switch (form != NULL ? form->files_fault : REB_FORM_GOOD) {
        case REB_FORM_GOOD: break;
        case REB_FORM_TOO_MANY: return reb_say_public_files_many(&p->voice, .count = REB_FORM_FILES);
        case REB_FORM_TOO_LARGE:
            return reb_say_public_files_large(&p->voice, .name = name, .each = REB_FORM_FILE_MOST >> 20, .all = REB_FORM_FILES_MOST >> 20);
        case REB_FORM_WRONG_TYPE: return reb_say_public_files_type(&p->voice, .name = name, .kinds = reb_file_types_said);
        case REB_FORM_NO_ROOM: return reb_say_public_trouble(&p->voice);
    }
    return NULL;
}

/* --- against programs that fill in forms, without anything that follows people
 * -------------------------------------------------------------
 */

const char *reb_page_key(reb_page *p) {
    char token[REB_CASE_TOKEN];
    unsigned char random[8];
    char hex[2 * sizeof random + 1];
    reb_err ignored = {0};
    int64_t second = reb_clock_now(p->rq->server->o.wall_clock) / REB_US_PER_SECOND;
    if (reb_case_token_make(token, p->rq->store, "form", second, &ignored) != REB_OK) return "";
    randombytes_buf(random, sizeof random);
    const char *key = reb_arena_printf(&p->rq->arena, "%s.%s", token, sodium_bin2hex(hex, sizeof hex, random, sizeof random));
    return key != NULL ? key : "";
}

reb_page_key_state reb_page_key_check(reb_request *rq, const char *key) {
    char token[REB_CASE_TOKEN];
    int64_t second = 0;
    reb_err ignored = {0};
    const char *dot = strrchr(key, '.');
    size_t n = dot != NULL ? (size_t)(dot - key) : 0;
    if (n == 0 || n >= sizeof token || strlen(dot + 1) != 16 || strspn(dot + 1, "0123456789abcdef") != 16) return REB_KEY_UNKNOWN;
    memcpy(token, key, n);
    token[n] = '\0';
    if (reb_case_token_check(&second, rq->store, "form", token, &ignored) != REB_OK || second == 0) return REB_KEY_UNKNOWN;
    int64_t age_us = reb_clock_now(rq->server->o.wall_clock) - second * REB_US_PER_SECOND;
    if (age_us > k_longest_us || age_us < -REB_US_PER_DAY) return REB_KEY_UNKNOWN;
    return age_us < k_quick_us ? REB_KEY_TOO_QUICK : REB_KEY_GOOD;
}

void reb_page_guard(reb_page *p, const char *key) {
    reb_page_html(p, "<input type=\"hidden\" name=\"key\"");
    reb_page_attr(p, "value", key);
    reb_page_html(p, ">");
    reb_page_put(p, "<div class=\"more-about\" aria-hidden=\"true\"><label for=\"website\">", reb_say_public_leave_empty(&p->voice),
                 "</label><input id=\"website\" name=\"website\" tabindex=\"-1\" autocomplete=\"off\"></div>\n");
}

bool reb_page_trapped(reb_request *rq) {
    return reb_form_text(rq, "website", 0)[0] != '\0';
}

bool reb_page_may_send(reb_request *rq) {
    const reb_business *b = reb_rq_business(rq);
    int64_t an_hour = b != NULL ? reb_business_i64(b, REB_SETTING_FORM_PER_HOUR) : 20;
    if (an_hour <= 0) return true;
    struct in6_addr who = rq->client;
    static const unsigned char k_mapped[12] = {[10] = 0xFF, [11] = 0xFF};
    if (memcmp(who.s6_addr, k_mapped, sizeof k_mapped) != 0) memset(who.s6_addr + 8, 0, 8); /* a household has a /64 */
    double per_us = (double)an_hour / 3600e6;
    if (reb_rate_take_at(&rq->server->forms, &who, sizeof who, rq->began_us, per_us, (double)an_hour, &rq->retry_after_s)) return true;
    rq->status = 429;
    return false;
}
