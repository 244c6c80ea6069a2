#include "page_standards.h"

#include <string.h>

/* --- words -----------------------------------------------------------------------------------------------------------------------------
 */

/* A text in the page's language, else in the document's first, else in any; *lang: which, where it is not the page's. */
static const char *pick(const char **lang, const reb_page *p, const reb_standard *s, const reb_words *w) {
    reb_language first = REB_LANG_EN;
    (void)reb_language_find(&first, s->first_language);
    int at = w->in[p->locale.language] != NULL ? (int)p->locale.language : (int)first;
    for (int i = 0; w->in[at] == NULL && i < REB_LANGUAGES; i++)
        if (w->in[i] != NULL) at = i;
    *lang = at != (int)p->locale.language ? reb_language_code((reb_language)at) : NULL;
    return w->in[at] != NULL ? w->in[at] : "";
}

static void in_language(reb_page *p, const char *lang) {
    reb_language l;
    if (lang == NULL || !reb_language_find(&l, lang)) return;
    reb_page_attr(p, "lang", lang);
    reb_page_attr(p, "dir", reb_language_rtl(l) ? "rtl" : "ltr");
}

/* A short text within an element: <h2>...</h2> */
static void element(reb_page *p, const char *name, const reb_standard *s, const reb_words *w) {
    const char *lang = NULL, *text = pick(&lang, p, s, w);
    if (text[0] == '\0') return;
    reb_buf_printf(p->out, "<%s", name);
    in_language(p, lang);
    reb_page_html(p, ">");
    reb_page_text(p, text);
    reb_buf_printf(p->out, "</%s>", name);
}

static void open_block(reb_page *p, const char *name, const char *lang) {
    reb_buf_printf(p->out, "<%s", name);
    in_language(p, lang);
    reb_page_html(p, ">");
}

void reb_page_prose(reb_page *p, const char *text, const char *lang) {
    bool paragraph = false, list = false;
    for (const char *s = text; *s != '\0';) {
        size_t n = strcspn(s, "\n");
        bool item = n >= 2 && s[0] == '-' && s[1] == ' ', empty = strspn(s, " ") >= n;
        if (paragraph && (empty || item)) {
            reb_page_html(p, "</p>");
            paragraph = false;
        }
        if (list && !item) {
            reb_page_html(p, "</ul>");
            list = false;
        }
        if (item && !list) open_block(p, "ul", lang);
        if (item) list = true;
        char *line = reb_arena_strndup(&p->rq->arena, s + (item ? 2 : 0), n - (item ? 2 : 0));
        if (item) {
            reb_page_html(p, "<li>");
            reb_page_text(p, line);
            reb_page_html(p, "</li>");
        } else if (!empty) {
            if (paragraph) {
                reb_page_html(p, "<br>");
            } else {
                open_block(p, "p", lang);
            }
            paragraph = true;
            reb_page_text(p, line);
        }
        s += n + (s[n] == '\n');
    }
    if (paragraph) reb_page_html(p, "</p>");
    if (list) reb_page_html(p, "</ul>");
}

static void prose(reb_page *p, const reb_standard *s, const reb_words *w) {
    const char *lang = NULL, *text = pick(&lang, p, s, w);
    reb_page_prose(p, text, lang);
}

const char *reb_standards_within(const reb_voice *v, const reb_clock_target *t) {
    double n = (double)t->amount;
    bool hours = t->amount % 60 == 0;
    switch (t->unit) {
        case REB_UNIT_WORKING_MINUTES:
            return hours ? reb_say_standards_within_working_hours(v, .count = n / 60)
                         : reb_say_standards_within_working_minutes(v, .count = n);
        case REB_UNIT_MINUTES:
            return hours ? reb_say_standards_within_hours(v, .count = n / 60) : reb_say_standards_within_minutes(v, .count = n);
        case REB_UNIT_WORKING_DAYS: return reb_say_standards_within_working_days(v, .count = n);
        case REB_UNIT_CALENDAR_DAYS: return reb_say_standards_within_calendar_days(v, .count = n);
        default: return "";
    }
}

static const char *clock_words(const reb_voice *v, reb_clock_kind k) {
    switch (k) {
        case REB_CLOCK_ACKNOWLEDGE: return reb_say_standards_clock_acknowledge(v);
        case REB_CLOCK_FIRST_ANSWER: return reb_say_standards_clock_first_answer(v);
        case REB_CLOCK_NEXT_ANSWER: return reb_say_standards_clock_next_answer(v);
        case REB_CLOCK_SOLUTION: return reb_say_standards_clock_solution(v);
        case REB_CLOCK_REGULATORY: return reb_say_standards_clock_regulatory(v);
        default: return "";
    }
}

/* --- the page --------------------------------------------------------------------------------------------------------------------------
 */

/* What is worth telling beside a remedy's name: an amount, a share other than all, how long it is good for. */
static void worth(reb_page *p, const reb_standard *s, const reb_remedy *m) {
    const char *parts[2];
    size_t n = 0;
    bool goods =
        m->kind == REB_REMEDY_REPLACEMENT || m->kind == REB_REMEDY_REPAIR || m->kind == REB_REMEDY_UPGRADE || m->kind == REB_REMEDY_GIFT;
    if (!goods && m->percent > 0 && m->percent < 100)
        parts[n++] = reb_say_standards_worth_share(&p->voice, .share = (double)m->percent / 100);
    if (!goods && m->percent == 0 && m->amount_minor > 0)
        parts[n++] = reb_voice_money(&p->voice, m->amount_minor, s->currency, REB_MONEY_SIGN);
    if (m->validity_days > 0) parts[n++] = reb_say_standards_valid_days(&p->voice, .count = (double)m->validity_days);
    for (size_t i = 0; i < n; i++) {
        reb_page_html(p, " <span class=\"muted\">· ");
        reb_page_text(p, parts[i]);
        reb_page_html(p, "</span>");
    }
}

static void due(reb_page *p, const reb_standard *s, const reb_standard_kind *k) {
    if (k->due_count == 0) return;
    reb_page_html(p, "<h3>");
    reb_page_text(p, k->due_count > 1 ? reb_say_standards_page_due(&p->voice) : reb_say_standards_page_due_one(&p->voice));
    reb_page_html(p, "</h3><ul>");
    for (int64_t i = 0; i < k->due_count; i++) {
        const reb_remedy *m = reb_remedy_find(s, k->due[i]);
        reb_page_html(p, "<li>");
        element(p, "strong", s, &m->title);
        worth(p, s, m);
        reb_page_html(p, "<br>");
        element(p, "span", s, &m->text);
        reb_page_html(p, "</li>");
    }
    reb_page_html(p, "</ul>");
}

static void extra(reb_page *p, const reb_standard *s, const reb_standard_kind *k) {
    if (k->extra_count == 0) return;
    reb_page_html(p, "<details><summary>");
    reb_page_text(p, reb_say_standards_page_extra(&p->voice));
    reb_page_html(p, "</summary><ul>");
    for (int64_t i = 0; i < k->extra_count; i++) {
        const reb_remedy *m = reb_remedy_find(s, k->extra[i]);
        reb_page_html(p, "<li>");
        element(p, "span", s, &m->title);
        worth(p, s, m);
        reb_page_html(p, "</li>");
    }
    reb_page_html(p, "</ul></details>");
}

static void times(reb_page *p, const reb_standard_kind *k) {
    if (k->target_count == 0) return;
    reb_page_put(p, "<h3>", reb_say_standards_page_times(&p->voice), "</h3><dl class=\"facts\">");
    for (int64_t i = 0; i < k->target_count; i++) {
        reb_page_put(p, "<dt>", clock_words(&p->voice, k->targets[i].kind), "</dt>");
        reb_page_put(p, "<dd>", reb_standards_within(&p->voice, &k->targets[i]), "</dd>");
    }
    reb_page_html(p, "</dl>");
}

static void kind(reb_page *p, const reb_standard *s, const reb_standard_kind *k, int64_t number) {
    reb_page_html(p, "<section class=\"card\"");
    reb_page_attr(p, "id", k->code);
    reb_page_put(p, "><p class=\"muted small\">", reb_say_standards_page_number(&p->voice, .number = (double)number), "</p>");
    element(p, "h2", s, &k->title);
    prose(p, s, &k->text);
    due(p, s, k);
    extra(p, s, k);
    times(p, k);
    reb_page_html(p, "</section>");
}

static void about(reb_page *p, const reb_standard *s, reb_standards_as as) {
    const reb_business *b = p->rq->store != NULL ? reb_rq_business(p->rq) : NULL;
    const char *day = b != NULL ? reb_voice_day(&p->voice, reb_business_day(b, s->from_us)) : "";
    double version = (double)s->version;
    switch (as) {
        case REB_STANDARDS_DRAFT: reb_page_put(p, "<p class=\"notice warn\">", reb_say_standards_page_draft(&p->voice), "</p>"); break;
        case REB_STANDARDS_OLDER:
            reb_page_put(p, "<p class=\"notice warn\">", reb_say_standards_page_older(&p->voice, .version = version, .day = day), "</p>");
            break;
        case REB_STANDARDS_COMING:
            reb_page_put(p, "<p class=\"notice warn\">", reb_say_standards_page_coming(&p->voice, .version = version, .day = day), "</p>");
            break;
        default: reb_page_put(p, "<p class=\"muted\">", reb_say_standards_page_version(&p->voice, .version = version, .day = day), "</p>");
    }
}

static void heading(reb_page *p, const char *id, const char *text) {
    reb_buf_printf(p->out, "<h2 id=\"%s\">", id);
    reb_page_text(p, text);
    reb_page_html(p, "</h2>");
}

void reb_standards_page(reb_page *p, const reb_standard *s, reb_standards_as as) {
    const char *lang = NULL;
    reb_page_begin(p, pick(&lang, p, s, &s->title));
    about(p, s, as);
    prose(p, s, &s->promises);
    reb_page_html(p, "<p class=\"cluster\"><a class=\"btn primary\" href=\"");
    reb_page_link(p, "/complain");
    reb_page_put(p, "\">", reb_say_standards_page_complain(&p->voice), "</a></p>");
    heading(p, "kinds", reb_say_standards_page_kinds(&p->voice));
    reb_page_html(p, "<ol class=\"contents\">");
    for (int64_t i = 0; i < s->kind_count; i++) {
        reb_page_html(p, "<li><a href=\"#");
        reb_page_text(p, s->kinds[i].code);
        reb_page_html(p, "\">");
        element(p, "span", s, &s->kinds[i].title);
        reb_page_html(p, "</a></li>");
    }
    reb_page_html(p, "</ol>");
    for (int64_t i = 0; i < s->kind_count; i++) kind(p, s, &s->kinds[i], i + 1);
    reb_page_put(p, "<p class=\"muted small\">", reb_say_standards_page_hours(&p->voice), "</p>");
    heading(p, "terms", reb_say_standards_page_terms(&p->voice));
    prose(p, s, &s->terms);
    heading(p, "appeal", reb_say_standards_page_appeal(&p->voice));
    prose(p, s, &s->appeal);
    if (s->reopen_days > 0) reb_page_put(p, "<p>", reb_say_standards_page_reopen(&p->voice, .count = (double)s->reopen_days), "</p>");
}
