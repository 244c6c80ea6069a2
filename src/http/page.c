#include "page.h"

#include "../text/format.h"

#include <string.h>

const char reb_page_style[] =
    ":root{--ink:#1d2321;--soft:#5b6662;--line:#dde3df;--paper:#f6f8f6;--card:#fff;--accent:#0b6b4f;--accent-soft:#e3f1eb;--warn:#8a4b00;"
    "--warn-soft:#fdf1e0}"
    "@media(prefers-color-scheme:dark){:root{--ink:#e9eeeb;--soft:#a3aea9;--line:#2f3835;--paper:#141917;--card:#1c2321;--accent:#6fd0ab;"
    "--accent-soft:#1d3a30;--warn:#f0b870;--warn-soft:#3a2c17}}"
    "*{box-sizing:border-box}"
    "body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif}"
    "main,header,footer{max-width:52rem;margin:0 auto;padding:0 1rem}"
    "header{display:flex;flex-wrap:wrap;gap:.25rem 1rem;align-items:baseline;padding-block:1rem;color:var(--soft);font-size:.9rem}"
    "header b{color:var(--accent);font-size:1.05rem;letter-spacing:.01em}"
    "header time{margin-inline-start:auto}"
    "h1{font-size:clamp(1.35rem,5vw,1.9rem);line-height:1.25;letter-spacing:-.01em;margin:.5rem 0 1.25rem;font-weight:650}"
    "h2{font-size:1rem;margin:2rem 0 .5rem}"
    "dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,10.5rem),1fr));gap:1px;background:var(--line);border:1px solid "
    "var(--line);border-radius:.75rem;overflow:hidden;margin:0 0 1.5rem}"
    "dl div{background:var(--card);padding:.75rem .9rem}"
    "dt{color:var(--soft);font-size:.8rem}dd{margin:0;font-size:1.25rem;font-weight:650;font-variant-numeric:tabular-nums}"
    "dd small{display:block;font-weight:400;font-size:.8rem;color:var(--soft)}"
    "ol{list-style:none;margin:0;padding:0;display:grid;gap:.6rem}"
    "li.item{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:.9rem 1rem;display:grid;"
    "grid-template-columns:minmax(0,1fr) auto;gap:.15rem 1rem}"
    "li h3{margin:0;font-size:1.05rem;overflow-wrap:anywhere}"
    "li p{margin:.15rem 0 0;grid-column:1/-1;overflow-wrap:anywhere}"
    "li .what{color:var(--soft)}"
    ".gain{text-align:end;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".gain small{display:block;font-weight:400;color:var(--soft);font-size:.8rem}"
    ".kind{display:inline-block;font-size:.75rem;font-weight:600;color:var(--accent);background:var(--accent-soft);border-radius:1rem;"
    "padding:.05rem .6rem;margin-inline-end:.4rem;vertical-align:.1em}"
    ".facts{color:var(--soft);font-size:.85rem;display:flex;flex-wrap:wrap;align-items:baseline;gap:.1rem .9rem}"
    "a{color:var(--accent)}code{font:.9em ui-monospace,monospace;background:var(--accent-soft);border-radius:.3rem;padding:.05rem .3rem}"
    "ul{padding-inline-start:1.2rem;margin:.25rem 0}"
    ".note{background:var(--warn-soft);color:var(--warn);border-radius:.75rem;padding:.6rem 1rem .6rem 2rem;margin:0 0 "
    "1rem;font-size:.9rem}"
    "footer{color:var(--soft);font-size:.85rem;padding-block:1.5rem 3rem}"
    "@media(max-width:30rem){li.item{grid-template-columns:minmax(0,1fr)}.gain{text-align:start}.gain small{display:inline;"
    "margin-inline-start:.4rem}}";

void reb_page_escape(reb_buf *out, const char *text) {
    for (const char *p = text; *p != '\0'; p++) {
        switch (*p) {
            case '&': reb_buf_str(out, "&amp;"); break;
            case '<': reb_buf_str(out, "&lt;"); break;
            case '>': reb_buf_str(out, "&gt;"); break;
            case '"': reb_buf_str(out, "&quot;"); break;
            case '\'': reb_buf_str(out, "&#39;"); break;
            default: reb_buf_char(out, (unsigned char)*p < 0x20 || *p == 0x7F ? ' ' : *p);
        }
    }
}

static void name(reb_buf *out, const char *text) {
    reb_buf_str(out, "<bdi dir=\"auto\">");
    reb_page_escape(out, text);
    reb_buf_str(out, "</bdi>");
}

static void money(reb_buf *out, double minor, const char *currency) {
    char text[REB_FORMAT_TEXT];
    reb_page_escape(out, reb_format_money(text, reb_format_minor(minor), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE));
}

static void range(reb_buf *out, const reb_estimate *e, const char *currency) {
    char text[REB_FORMAT_TEXT];
    reb_page_escape(
        out, reb_format_money_range(text, reb_format_minor(e->low), reb_format_minor(e->high), currency, REB_MONEY_SIGN | REB_MONEY_WHOLE));
}

static const char *origin_words(reb_origin o) {
    return o == REB_MEASURED ? "measured" : o == REB_ASSUMED ? "assumed" : "partly assumed";
}

/* --- summary ----------------------------------------------------------------------------------------------------------------------------
 */

static void figure(reb_buf *out, const char *label, const reb_estimate *e, const char *currency) {
    reb_buf_printf(out, "<div><dt>%s</dt><dd>", label);
    money(out, e->value, currency);
    reb_buf_str(out, "<small>");
    range(out, e, currency);
    reb_buf_printf(out, ", %s</small></dd></div>", origin_words(e->origin));
}

static void figures(reb_buf *out, const reb_summary *s) {
    const reb_fit_totals *t = &s->fit.totals;
    char count[REB_FORMAT_TEXT];
    reb_buf_str(out, "<dl>");
    figure(out, "Worth of the next year", &t->value_minor, s->currency);
    figure(out, "At stake now", &t->at_stake_minor, s->currency);
    figure(out, "Price of one lost customer", &s->lost_price_minor, s->currency);
    reb_buf_str(out, "<div><dt>Still customers</dt><dd>");
    reb_page_escape(out, reb_format_count(count, reb_format_minor(t->alive.value)));
    reb_buf_str(out, "<small>of ");
    reb_page_escape(out, reb_format_count(count, s->buyers));
    reb_buf_str(out, " who ever bought</small></dd></div></dl>");
}

/* --- list
 * --------------------------------------------------------------------------------------------------------------------------------- */

static void reach(reb_buf *out, const reb_today_item *i) {
    if (i->phone[0] != '\0') {
        reb_buf_str(out, "<a href=\"tel:");
        reb_page_escape(out, i->phone);
        reb_buf_str(out, "\" dir=\"ltr\">");
        reb_page_escape(out, i->phone);
        reb_buf_str(out, "</a>");
    } else if (i->email[0] != '\0') {
        name(out, i->email);
    }
}

static void item(reb_buf *out, const reb_today_list *l, const reb_today_item *i) {
    static const char *const k_kinds[REB_ITEM_KINDS] = {"Call", "Ask how it was", "Talk to"};
    char text[REB_FORMAT_TEXT];
    reb_buf_printf(out, "<li class=\"item\"><h3><span class=\"kind\">%s</span>", k_kinds[i->kind]);
    name(out, i->name);
    reb_buf_str(out, "</h3><div class=\"gain\">");
    money(out, i->gain_minor.value, l->currency);
    reb_buf_str(out, "<small>to gain, ");
    range(out, &i->gain_minor, l->currency);
    reb_buf_str(out, "</small></div><p>");
    reb_page_escape(out, i->why);
    reb_buf_str(out, "</p><p class=\"what\">");
    reb_page_escape(out, i->what);
    reb_buf_str(out, "</p><p class=\"facts\">");
    reach(out, i);
    bool whole = i->minutes == (double)(int64_t)i->minutes;
    reb_buf_printf(out, "<span>%s min</span><span>", reb_format_number(text, i->minutes, whole ? 0 : 1));
    money(out, i->kind == REB_ITEM_CALL ? i->at_stake_minor.value : i->value_minor.value, l->currency);
    reb_buf_str(out, i->kind == REB_ITEM_CALL ? " at stake</span><span>" : " worth</span><span>");
    reb_page_escape(out, reb_format_percent(text, i->p_alive.value));
    reb_buf_str(out, " still a customer</span><span>gain ");
    reb_buf_str(out, origin_words(i->gain_minor.origin));
    reb_buf_str(out, "</span><code>");
    reb_page_escape(out, i->code);
    reb_buf_str(out, "</code></p></li>");
}

static void nothing(reb_buf *out, const reb_today_list *l) {
    if (l->fit_found) {
        reb_buf_str(out, "<p>Nobody needs you just now. Tomorrow's list may say otherwise.</p>");
    } else {
        reb_buf_str(
            out, "<p>There are no purchases here yet. Give Rebound an export of your shop:</p><p><code>rebound import orders.csv</code></p>"
                 "<p>or look at an invented shop first: <code>rebound demo --out demo</code></p>");
    }
}

/* Each assumption once, over all items. */
static void assumptions(reb_buf *out, const reb_today_list *l) {
    const char *told[32];
    size_t n = 0;
    for (size_t i = 0; i < l->item_count; i++) {
        for (size_t k = 0; k < l->items[i].assumed_count; k++) {
            const reb_assumption *a = &l->items[i].assumed[k];
            bool known = n == sizeof told / sizeof told[0];
            for (size_t t = 0; t < n && !known; t++) known = strcmp(told[t], a->key) == 0;
            if (known) continue;
            if (n == 0) reb_buf_str(out, "<h2>Assumed until measured</h2><ul>");
            told[n++] = a->key;
            reb_buf_str(out, "<li>");
            reb_page_escape(out, a->text);
            reb_buf_str(out, " <code>");
            reb_page_escape(out, a->key);
            reb_buf_str(out, "</code></li>");
        }
    }
    if (n > 0) reb_buf_str(out, "</ul>");
}

void reb_page_write(reb_buf *out, const reb_today_list *list, const reb_summary *summary) {
    char day[REB_FORMAT_TEXT];
    reb_format_day(day, list->day);
    reb_buf_str(out, "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
                     "content=\"width=device-width,initial-scale=1\"><title>Today: Rebound</title><style>");
    reb_buf_str(out, reb_page_style);
    reb_buf_str(out, "</style></head><body><header><b>Rebound</b>");
    if (list->business != NULL && list->business[0] != '\0') name(out, list->business);
    reb_buf_printf(out, "<time>%s</time></header><main><h1>", day);
    reb_page_escape(out, list->sentence);
    reb_buf_str(out, "</h1>");
    if (summary->fit_found) figures(out, summary);
    if (list->remark_count > 0) reb_buf_str(out, "<ul class=\"note\">");
    for (size_t i = 0; i < list->remark_count; i++) {
        reb_buf_str(out, "<li>");
        reb_page_escape(out, list->remarks[i]);
        reb_buf_str(out, "</li>");
    }
    if (list->remark_count > 0) reb_buf_str(out, "</ul>");
    if (list->item_count > 0) {
        reb_buf_str(out, "<ol>");
        for (size_t i = 0; i < list->item_count; i++) item(out, list, &list->items[i]);
        reb_buf_str(out, "</ol>");
    } else {
        nothing(out, list);
    }
    assumptions(out, list);
    reb_buf_str(out,
                "</main><footer>Answer an item on the command line: <code>rebound done CODE</code>, <code>rebound not-now CODE</code>, "
                "<code>rebound wrong CODE</code>. For programs: <a href=\"/openapi.json\">the API</a>.</footer></body></html>\n");
}
