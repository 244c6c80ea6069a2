/* The page on which a person reads what is held on them: the JSON of personal.c, section by section, in the language, calendar and digits
   of the context. */
#include "../base/clock.h"
#include "../base/json.h"
#include "../text/voice.h"
#include "personal.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

static const char k_style[] =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b2430;background:#fff}"
    "h1{font-size:1.5rem}h2{font-size:1.1rem;margin-top:2rem}table{border-collapse:collapse;width:100%}"
    "th,td{text-align:start;padding:.25rem .75rem .25rem 0;border-bottom:1px solid "
    "#dfe4ea;vertical-align:top}th{color:#4a5666;font-weight:600}"
    "@media print{body{margin:0;max-width:none}h2{break-after:avoid}tr{break-inside:avoid}}";

static void escape(reb_buf *out, const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        switch (*p) {
            case '&': reb_buf_str(out, "&amp;"); break;
            case '<': reb_buf_str(out, "&lt;"); break;
            case '>': reb_buf_str(out, "&gt;"); break;
            case '"': reb_buf_str(out, "&quot;"); break;
            case '\'': reb_buf_str(out, "&#39;"); break;
            default: reb_buf_char(out, (unsigned char)*p < 0x20 && *p != '\n' && *p != '\t' ? ' ' : *p);
        }
    }
}

/* "2026-05-01" or "2026-05-01T09:00:00Z" as the reader writes a day; false when it is neither. */
static bool day_words(reb_buf *out, const reb_voice *v, const char *text) {
    int y = 0;
    int m = 0;
    int d = 0;
    int hour = 0;
    int minute = 0;
    int used = 0;
    if (sscanf(text, "%4d-%2d-%2d%n", &y, &m, &d, &used) != 3 || used != 10 || !reb_civil_valid(y, m, d)) return false;
    escape(out, reb_voice_day(v, reb_day_from_civil(y, m, d)));
    if (sscanf(text + used, "T%2d:%2d", &hour, &minute) == 2) {
        reb_buf_char(out, ' ');
        escape(out, reb_voice_time(v, hour * 60 + minute));
    }
    return true;
}

static bool ends_in(const char *s, const char *tail) {
    size_t n = strlen(s);
    size_t t = strlen(tail);
    return n > t && strcmp(s + n - t, tail) == 0;
}

static void text_cell(reb_buf *out, const reb_voice *v, const char *member, const char *text) {
    static const char *const days[] = {"day", "told", "known_since", "said", "imported", "opened_at"};
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++)
        if (strcmp(member, days[i]) == 0 && day_words(out, v, text)) return;
    reb_msg m;
    bool kind = strcmp(member, "kind") == 0 && v->locale->language != REB_LANG_EN;
    if (kind && reb_msg_find(&m, "customer.event_", text) && strchr(reb_msg_pattern(v->locale->language, m), '{') == NULL) {
        text = reb_voice_say(v, m, NULL, 0);
    } else if (kind && (reb_msg_find(&m, "found.", text) || reb_msg_find(&m, "customers.kind_", text))) {
        text = reb_voice_say(v, m, NULL, 0);
    }
    escape(out, text);
}

/* A member as words: text as it is, days and amounts as the reader writes them, objects as their JSON. Isolated in its own direction. */
static void cell(reb_buf *out, const reb_voice *v, const cJSON *row, const char *member, const char *currency) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(row, member);
    reb_buf_str(out, "<td><bdi>");
    if (cJSON_IsString(value)) {
        text_cell(out, v, member, value->valuestring);
    } else if (cJSON_IsNumber(value) && ends_in(member, "_minor")) {
        const cJSON *own = cJSON_GetObjectItemCaseSensitive(row, "currency");
        const char *code = cJSON_IsString(own) && own->valuestring[0] != '\0' ? own->valuestring : currency;
        bool nothing = cJSON_IsString(own) && own->valuestring[0] == '\0' && value->valuedouble == 0; /* a note has no amount */
        if (!nothing) escape(out, reb_voice_money(v, reb_format_minor(value->valuedouble), code, REB_MONEY_CODE));
    } else if (cJSON_IsNumber(value)) {
        bool share = strcmp(member, "p_alive") == 0;
        bool whole = value->valuedouble == (double)(int64_t)value->valuedouble;
        escape(out, share ? reb_voice_percent(v, value->valuedouble) : reb_voice_number(v, value->valuedouble, whole ? 0 : 2));
    } else if (cJSON_IsObject(value) || cJSON_IsArray(value)) {
        char *text = cJSON_PrintUnformatted(value);
        if (text == NULL) {
            out->failed = true;
        } else {
            escape(out, text);
        }
        cJSON_free(text);
    }
    reb_buf_str(out, "</bdi></td>");
}

typedef struct section {
    const char *member;
    reb_msg title;
    const char *columns[8]; /* members of a row */
    reb_msg titles[8];
} section;

static const section k_sections[] = {
    {"identities",
     REB_MSG_PAGE_S_IDENTITIES,
     {"kind", "as_written", "system"},
     {REB_MSG_PAGE_COL_KIND, REB_MSG_PAGE_COL_AS_WRITTEN, REB_MSG_PAGE_COL_SYSTEM}},
    {"facts", REB_MSG_PAGE_S_FACTS, {"fact", "value", "told"}, {REB_MSG_PAGE_COL_WHAT, REB_MSG_PAGE_COL_VALUE, REB_MSG_PAGE_COL_TOLD}},
    {"contacts",
     REB_MSG_PAGE_S_CONTACTS,
     {"name", "role", "known_since"},
     {REB_MSG_PAGE_COL_NAME, REB_MSG_PAGE_COL_ROLE, REB_MSG_PAGE_COL_KNOWN_SINCE}},
    {"events",
     REB_MSG_PAGE_S_EVENTS,
     {"day", "kind", "amount_minor", "ext_id", "system", "data", "lines"},
     {REB_MSG_PAGE_COL_DAY, REB_MSG_PAGE_COL_WHAT, REB_MSG_PAGE_COL_AMOUNT, REB_MSG_PAGE_COL_NUMBER, REB_MSG_PAGE_COL_SYSTEM,
      REB_MSG_PAGE_COL_MORE, REB_MSG_PAGE_COL_LINES}},
    {"cases",
     REB_MSG_PAGE_S_CASES,
     {"number", "opened_at", "kind_title", "subject", "sought", "events"},
     {REB_MSG_PAGE_COL_NUMBER, REB_MSG_PAGE_COL_DAY, REB_MSG_PAGE_COL_KIND, REB_MSG_PAGE_COL_WHAT, REB_MSG_PAGE_COL_VALUE,
      REB_MSG_PAGE_COL_MORE}},
    {"purchase_days",
     REB_MSG_PAGE_S_PURCHASE_DAYS,
     {"day", "orders", "amount_minor"},
     {REB_MSG_PAGE_COL_DAY, REB_MSG_PAGE_COL_ORDERS, REB_MSG_PAGE_COL_KEPT}},
    {"surveys",
     REB_MSG_PAGE_S_SURVEYS,
     {"said", "kind", "score", "text"},
     {REB_MSG_PAGE_COL_SAID, REB_MSG_PAGE_COL_WHAT, REB_MSG_PAGE_COL_ANSWER, REB_MSG_PAGE_COL_WHY}},
    {"not_same",
     REB_MSG_PAGE_S_NOT_SAME,
     {"other_id", "said", "why"},
     {REB_MSG_PAGE_COL_CUSTOMER, REB_MSG_PAGE_COL_SAID, REB_MSG_PAGE_COL_WHY}},
    {"customers",
     REB_MSG_PAGE_S_CUSTOMERS,
     {"customer_id", "kind", "known_since", "merged_into"},
     {REB_MSG_PAGE_COL_NUMBER, REB_MSG_PAGE_COL_KIND, REB_MSG_PAGE_COL_KNOWN_SINCE, REB_MSG_PAGE_COL_PART_OF}},
    {"sources",
     REB_MSG_PAGE_S_SOURCES,
     {"file_name", "source", "imported"},
     {REB_MSG_PAGE_COL_FILE, REB_MSG_PAGE_COL_FROM, REB_MSG_PAGE_COL_IMPORTED}},
};

/* A message without arguments between two pieces of HTML. */
static void said(reb_buf *out, const reb_voice *v, const char *before, reb_msg m, const char *after) {
    reb_buf_str(out, before);
    escape(out, reb_voice_say(v, m, NULL, 0));
    reb_buf_str(out, after);
}

static void table(reb_buf *out, const reb_voice *v, const section *s, const cJSON *doc, const char *currency) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, s->member);
    if (cJSON_GetArraySize(list) == 0) return;
    said(out, v, "<h2>", s->title, "</h2><table><thead><tr>");
    for (size_t i = 0; i < 8 && s->columns[i] != NULL; i++) said(out, v, "<th>", s->titles[i], "</th>");
    reb_buf_str(out, "</tr></thead><tbody>");
    const cJSON *row;
    cJSON_ArrayForEach(row, list) {
        reb_buf_str(out, "<tr>");
        for (size_t i = 0; i < 8 && s->columns[i] != NULL; i++) cell(out, v, row, s->columns[i], currency);
        reb_buf_str(out, "</tr>\n");
    }
    reb_buf_str(out, "</tbody></table>");
}

static void estimate(reb_buf *out, const reb_voice *v, const cJSON *doc, const char *currency) {
    static const struct {
        const char *member;
        reb_msg title;
    } k_rows[] = {{"p_alive", REB_MSG_PAGE_ESTIMATE_ALIVE},
                  {"expected_purchases_year", REB_MSG_PAGE_ESTIMATE_PURCHASES},
                  {"value_minor", REB_MSG_PAGE_ESTIMATE_MARGIN},
                  {"at_stake_minor", REB_MSG_PAGE_ESTIMATE_STAKE}};
    const cJSON *e = cJSON_GetObjectItemCaseSensitive(doc, "estimate");
    if (!cJSON_IsObject(e)) return;
    said(out, v, "<h2>", REB_MSG_PAGE_ESTIMATE_TITLE, "</h2>");
    said(out, v, "<p>", REB_MSG_PAGE_ESTIMATE_TEXT, "</p><table><tbody>");
    for (size_t i = 0; i < sizeof k_rows / sizeof k_rows[0]; i++) {
        said(out, v, "<tr><th>", k_rows[i].title, "</th>");
        cell(out, v, e, k_rows[i].member, currency);
        reb_buf_str(out, "</tr>");
    }
    reb_buf_str(out, "</tbody></table>");
}

static void page(reb_buf *out, const reb_voice *v, const cJSON *doc, const char *business) {
    const char *currency = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "currency"));
    const char *made = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "made"));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "customer_id"));
    reb_buf date = {0};
    if (made == NULL || !day_words(&date, v, made)) reb_buf_str(&date, "");
    bool rtl = reb_language_rtl(v->locale->language);
    reb_buf_printf(out, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">",
                   reb_language_code(v->locale->language), rtl ? "rtl" : "ltr");
    said(out, v, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>", REB_MSG_PAGE_TITLE, "</title><style>");
    reb_buf_str(out, k_style);
    reb_buf_str(out, "</style></head><body><h1>");
    escape(out, business[0] != '\0' ? reb_say_page_title_by(v, .business = business) : reb_say_page_title(v));
    reb_buf_str(out, "</h1><p>");
    escape(out, reb_say_page_lead(v, .id = id, .date = reb_buf_cstr(&date)));
    reb_buf_str(out, "</p>");
    reb_buf_free(&date);
    if (currency == NULL) currency = "";
    for (size_t i = 0; i < sizeof k_sections / sizeof k_sections[0]; i++) table(out, v, &k_sections[i], doc, currency);
    estimate(out, v, doc, currency);
    reb_buf_str(out, "</body></html>\n");
}

reb_status reb_personal_page(reb_buf *out, const char **policy_style, const reb_customer_ctx *c, int64_t customer_id, reb_err *err) {
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_business *b = NULL;
    if (policy_style != NULL) *policy_style = k_style;
    reb_status st = reb_personal_json(&w, c, customer_id, err);
    if (st == REB_OK && c->business == NULL) st = reb_business_load(&b, c->store, err);
    cJSON *doc = st == REB_OK ? cJSON_Parse(reb_buf_cstr(&text)) : NULL;
    reb_buf_free(&text);
    if (st == REB_OK && doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    static const reb_locale english;
    const reb_voice v = {.arena = c->arena, .locale = c->locale != NULL ? c->locale : &english};
    if (st == REB_OK) page(out, &v, doc, reb_business_text(c->business != NULL ? c->business : b, REB_SETTING_NAME));
    if (st == REB_OK && (out->failed || c->arena->failed)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    cJSON_Delete(doc);
    reb_business_free(b);
    return st;
}
