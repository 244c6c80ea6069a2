/* The page on which a person reads what is held on them: the JSON of personal.c, section by section. */
#include "../base/json.h"
#include "../text/format.h"
#include "personal.h"

#include <cjson/cJSON.h>
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

/* A member as words: text as it is, numbers, objects as their JSON. Isolated in its own direction. */
static void cell(reb_buf *out, const cJSON *row, const char *member, const char *currency) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(row, member);
    size_t n = strlen(member);
    reb_buf_str(out, "<td><bdi>");
    if (cJSON_IsString(v)) {
        escape(out, v->valuestring);
    } else if (cJSON_IsNumber(v) && n > 6 && strcmp(member + n - 6, "_minor") == 0) {
        const cJSON *own = cJSON_GetObjectItemCaseSensitive(row, "currency");
        char text[REB_FORMAT_TEXT];
        const char *code = cJSON_IsString(own) && own->valuestring[0] != '\0' ? own->valuestring : currency;
        bool nothing = cJSON_IsString(own) && own->valuestring[0] == '\0' && v->valuedouble == 0; /* a note has no amount */
        if (!nothing) escape(out, reb_format_money(text, reb_format_minor(v->valuedouble), code, REB_MONEY_CODE));
    } else if (cJSON_IsNumber(v)) {
        reb_json w = {.out = out};
        reb_json_f64(&w, v->valuedouble);
    } else if (cJSON_IsObject(v) || cJSON_IsArray(v)) {
        char *text = cJSON_PrintUnformatted(v);
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
    const char *member, *title;
    const char *columns[8]; /* member, and its title after it */
    const char *titles[8];
} section;

static const section k_sections[] = {
    {"identities", "By what you are known", {"kind", "as_written", "system"}, {"Kind", "As written", "System"}},
    {"facts", "What is noted about you", {"fact", "value", "told"}, {"What", "Value", "Told on"}},
    {"contacts", "People inside your organisation", {"name", "role", "known_since"}, {"Name", "Role", "Known since"}},
    {"events",
     "What happened",
     {"day", "kind", "amount_minor", "ext_id", "system", "data", "lines"},
     {"Day", "What", "Amount", "Number", "System", "More", "Lines"}},
    {"purchase_days", "Days on which you bought", {"day", "orders", "amount_minor"}, {"Day", "Orders", "Kept"}},
    {"not_same", "Customers you were not mistaken for", {"other_id", "said", "why"}, {"Customer", "Said on", "Why"}},
    {"customers",
     "Numbers under which you are kept",
     {"customer_id", "kind", "known_since", "merged_into"},
     {"Number", "Kind", "Known since", "Now part of"}},
    {"sources", "Files that told of you", {"file_name", "source", "imported"}, {"File", "From", "Taken in on"}},
};

static void table(reb_buf *out, const section *s, const cJSON *doc, const char *currency) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, s->member);
    if (cJSON_GetArraySize(list) == 0) return;
    reb_buf_printf(out, "<h2>%s</h2><table><thead><tr>", s->title);
    for (size_t i = 0; i < 8 && s->columns[i] != NULL; i++) reb_buf_printf(out, "<th>%s</th>", s->titles[i]);
    reb_buf_str(out, "</tr></thead><tbody>");
    const cJSON *row;
    cJSON_ArrayForEach(row, list) {
        reb_buf_str(out, "<tr>");
        for (size_t i = 0; i < 8 && s->columns[i] != NULL; i++) cell(out, row, s->columns[i], currency);
        reb_buf_str(out, "</tr>\n");
    }
    reb_buf_str(out, "</tbody></table>");
}

static void estimate(reb_buf *out, const cJSON *doc, const char *currency) {
    static const struct {
        const char *member, *title;
    } k_rows[] = {{"p_alive", "Probability that you are still a customer (0 to 1)"},
                  {"expected_purchases_year", "Purchases expected within a year"},
                  {"value_minor", "Expected margin of the next year"},
                  {"at_stake_minor", "Part of it at stake"}};
    const cJSON *e = cJSON_GetObjectItemCaseSensitive(doc, "estimate");
    if (!cJSON_IsObject(e)) return;
    reb_buf_str(
        out, "<h2>What was estimated about you</h2><p>Made by a statistical model from your purchases and those of all others. It decides "
             "nothing by itself.</p><table><tbody>");
    for (size_t i = 0; i < sizeof k_rows / sizeof k_rows[0]; i++) {
        reb_buf_printf(out, "<tr><th>%s</th>", k_rows[i].title);
        cell(out, e, k_rows[i].member, currency);
        reb_buf_str(out, "</tr>");
    }
    reb_buf_str(out, "</tbody></table>");
}

static void page(reb_buf *out, const cJSON *doc, const char *business) {
    const char *currency = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "currency"));
    const char *made = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "made"));
    const char *id = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(doc, "customer_id"));
    reb_buf_str(out, "<!doctype html>\n<html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\"><title>What is held on you</title><style>");
    reb_buf_str(out, k_style);
    reb_buf_str(out, "</style></head><body><h1>What is held on you");
    if (business[0] != '\0') {
        reb_buf_str(out, " by <bdi>");
        escape(out, business);
        reb_buf_str(out, "</bdi>");
    }
    reb_buf_printf(out, "</h1><p>Customer %s, as of %.10s. Times are UTC.</p>", id != NULL ? id : "", made != NULL ? made : "");
    for (size_t i = 0; i < sizeof k_sections / sizeof k_sections[0]; i++) table(out, &k_sections[i], doc, currency != NULL ? currency : "");
    estimate(out, doc, currency != NULL ? currency : "");
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
    if (st == REB_OK) page(out, doc, reb_business_text(c->business != NULL ? c->business : b, REB_SETTING_NAME));
    if (st == REB_OK && out->failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    cJSON_Delete(doc);
    reb_business_free(b);
    return st;
}
