#include "case_mail.h"

#include "../text/utf8.h"
#include "../text/voice.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

reb_locale reb_case_mail_locale(const reb_business *b, const char *language) {
    reb_locale own = reb_business_locale(b);
    reb_language l = own.language;
    if (language == NULL || !reb_language_find(&l, language) || l == own.language) return own;
    static const char *const k_digits[REB_LANGUAGES] = {
        [REB_LANG_EN] = "latin", [REB_LANG_AR] = "arabic", [REB_LANG_FA] = "persian", [REB_LANG_EL] = "latin"};
    return reb_locale_of(reb_language_code(l), l == REB_LANG_FA ? "persian" : "gregorian", k_digits[l]);
}

/* "3 May 2026, 16:00" in the business's time zone. */
static const char *instant(const reb_voice *v, const reb_business *b, int64_t at_us) {
    int64_t day = reb_zone_day(b->zone, at_us);
    return reb_say_mail_when(v, .day = reb_voice_day(v, day), .time = reb_voice_time(v, reb_zone_minute(b->zone, at_us)));
}

/* By when an answer is promised; 0: the standards promise none, or nobody has published any (ADR 0022). */
static reb_status answer_due(int64_t *due_us, reb_store *s, reb_arena *a, const reb_case_key *at, reb_err *err) {
    const reb_case_clock *clocks = NULL;
    int64_t count = 0;
    *due_us = 0;
    reb_case_state state;
    reb_status st = reb_case_load(&state, s, a, at, err);
    if (st != REB_OK || state.standard_version == 0) return st;
    st = reb_case_clocks_read(&clocks, &count, s, a, at, err);
    for (int64_t i = 0; i < count && st == REB_OK; i++)
        if (clocks[i].kind == REB_CLOCK_FIRST_ANSWER && clocks[i].state == REB_CLOCK_RUNNING && clocks[i].due_us != INT64_MAX)
            *due_us = clocks[i].due_us;
    return st;
}

/* "shop.example": a dot within a word, and at least two letters after it, unlike in J. R. or J.R. */
static bool holds_host(const char *name) {
    for (const char *dot = strchr(name, '.'); dot != NULL; dot = strchr(dot + 1, '.'))
        if (dot > name && dot[-1] != ' ' && dot[-1] != '.' && strcspn(dot + 1, " .") >= 2) return true;
    return false;
}

bool reb_case_mail_name(const char *name) {
    enum { BYTES_MOST = 120, COLUMNS_MOST = 60, DIGITS_MOST = 3 };
    size_t n = strlen(name);
    int digits = 0;
    if (n == 0 || n > BYTES_MOST || reb_utf8_columns(name, n) > COLUMNS_MOST || holds_host(name)) return false;
    for (size_t i = 0; i < n;) {
        uint32_t c = 0;
        size_t one = reb_utf8_decode(&c, name + i, n - i);
        if (one == 0 || c < 0x20 || (c < 0x80 && strchr("@:/\\<>[]{}|=%$#?!*", (int)c) != NULL)) return false;
        digits += (c >= '0' && c <= '9') || (c >= 0x660 && c <= 0x669) || (c >= 0x6F0 && c <= 0x6F9);
        i += one;
    }
    return digits <= DIGITS_MOST;
}

static const char *words(const reb_voice *v, const reb_case_by *by, const reb_case_ack *ack, const char *number, int64_t due_us) {
    const char *url = reb_business_text(by->business, REB_SETTING_PUBLIC_URL);
    const char *shop = reb_business_text(by->business, REB_SETTING_NAME);
    reb_buf b = {0};
    reb_buf_printf(&b, "%s\n\n%s",
                   reb_case_mail_name(ack->name) ? reb_say_mail_ack_hello_name(v, .name = ack->name) : reb_say_mail_ack_hello(v),
                   reb_say_mail_ack_have(v, .number = number));
    if (due_us > 0) reb_buf_printf(&b, " %s", reb_say_mail_ack_by(v, .when = instant(v, by->business, due_us)));
    if (url[0] != '\0') reb_buf_printf(&b, "\n\n%s\n%s/c/%s", reb_say_mail_ack_link(v), url, ack->status_token);
    reb_buf_printf(&b, "\n\n%s\n", reb_say_mail_ack_reply(v));
    if (shop[0] != '\0') reb_buf_printf(&b, "\n%s\n", shop);
    const char *text = b.failed ? "" : reb_arena_strdup(v->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return text != NULL ? text : "";
}

reb_status reb_case_ack_queue(int64_t *outbox_id, reb_store *s, const reb_case_by *by, const reb_case_ack *ack, reb_err *err) {
    reb_arena a = {0};
    reb_locale locale = reb_case_mail_locale(by->business, ack->language);
    reb_voice v = {.arena = &a, .locale = &locale};
    char number[REB_CASE_NUMBER_TEXT];
    char key[48];
    int64_t due_us = 0;
    int64_t today = 0;
    bool set_up = false;
    *outbox_id = 0;
    reb_status st = reb_outbox_set_up(&set_up, s, err);
    if (st == REB_OK && set_up) st = reb_outbox_acks_today(&today, s, by->ids, ack->to, by->now_us, err);
    if (st != REB_OK || !set_up || today >= REB_ACKS_A_DAY) return st;
    st = answer_due(&due_us, s, &a, &ack->at, err);
    reb_case_number_text(number, ack->number);
    snprintf(key, sizeof key, "ack:%" PRId64, ack->number);
    const reb_outgoing m = {.customer_id = ack->at.customer_id,
                            .case_id = ack->at.case_id,
                            .number = ack->number,
                            .to = ack->to,
                            .subject = reb_say_mail_ack_subject(&v, .number = number),
                            .text = st == REB_OK ? words(&v, by, ack, number, due_us) : "",
                            .language = reb_language_code(locale.language),
                            .kind = "ack",
                            .key = key};
    if (st == REB_OK && a.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) st = reb_outbox_add(outbox_id, s, by->ids, &m, by->now_us, err);
    reb_arena_free(&a);
    return st;
}
