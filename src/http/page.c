#include "page.h"

#include "assets.h"
#include "handlers.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char k_policy[] =
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'";

/* Each by the name that its readers call it. */
static const char *const k_names[REB_LANGUAGES] = {
    [REB_LANG_EN] = "English", [REB_LANG_AR] = "العربية", [REB_LANG_FA] = "فارسی", [REB_LANG_EL] = "Ελληνικά"};

/* --- language --------------------------------------------------------------------------------------------------------------------------
 */

/* The weight of one member of Accept-Language in thousandths: "fa-IR;q=0.8". */
static int weight(const char *s, size_t n) {
    const char *end = s + n;
    const char *q = memchr(s, ';', n);
    while (q != NULL && q < end && (*q == ';' || *q == ' ' || *q == '\t')) q++;
    if (q == NULL || end - q < 3 || (*q | 0x20) != 'q' || q[1] != '=') return 1000;
    int v = q[2] == '1' ? 1000 : 0;
    int unit = 100;
    for (const char *p = q + 4; v == 0 && p < end && *p >= '0' && *p <= '9' && unit > 0; p++, unit /= 10) v += (*p - '0') * unit;
    return q + 3 < end && q[3] != '.' ? (q[2] == '1' ? 1000 : 0) : v;
}

static bool wished(reb_language *out, const char *accept) {
    int best = 0;
    for (const char *s = accept; s != NULL && *s != '\0';) {
        size_t n = strcspn(s, ",");
        reb_locale l;
        int w = weight(s, n);
        if (w > best && reb_locale_parse(&l, s, n, NULL)) {
            *out = l.language;
            best = w;
        }
        s += n + (s[n] == ',');
    }
    return best > 0;
}

static void speak(reb_page *p, reb_language language) {
    const reb_business *b = p->rq->store != NULL ? reb_rq_business(p->rq) : NULL;
    reb_locale shop = b != NULL ? reb_business_locale(b) : (reb_locale){0};
    p->locale = (reb_locale){.language = language};
    if (b != NULL && shop.language == language) {
        p->locale = shop;
    } else if (language == REB_LANG_FA) {
        p->locale.calendar = REB_CAL_SOLAR_HIJRI;
        p->locale.digits = REB_DIGITS_PERSIAN;
    } else if (language == REB_LANG_AR) {
        p->locale.digits = REB_DIGITS_ARABIC;
    }
    p->voice = (reb_voice){.arena = &p->rq->arena, .locale = &p->locale};
}

void reb_page_speak(reb_page *p, const char *code) {
    reb_language language;
    if (reb_language_find(&language, code)) speak(p, language);
}

void reb_page_open(reb_page *p, reb_request *rq) {
    *p = (reb_page){.rq = rq, .out = &rq->out, .shop = "Rebound", .chosen = ""};
    const reb_business *b = rq->store != NULL ? reb_rq_business(rq) : NULL;
    reb_language language = b != NULL ? reb_business_locale(b).language : REB_LANG_EN;
    if (b != NULL && reb_business_text(b, REB_SETTING_NAME)[0] != '\0')
        p->shop = reb_arena_strdup(&rq->arena, reb_business_text(b, REB_SETTING_NAME));
    wished(&language, rq->headers.accept_language);
    const char *asked = reb_rq_query(rq, "lang");
    if (asked != NULL && reb_language_find(&language, asked)) p->chosen = reb_language_code(language);
    speak(p, language);
}

/* --- text ------------------------------------------------------------------------------------------------------------------------------
 */

void reb_page_html(reb_page *p, const char *html) {
    reb_buf_str(p->out, html);
}

void reb_page_text(reb_page *p, const char *text) {
    for (const char *s = text; s != NULL && *s != '\0'; s++) {
        switch (*s) {
            case '&': reb_buf_str(p->out, "&amp;"); break;
            case '<': reb_buf_str(p->out, "&lt;"); break;
            case '>': reb_buf_str(p->out, "&gt;"); break;
            case '"': reb_buf_str(p->out, "&quot;"); break;
            case '\'': reb_buf_str(p->out, "&#39;"); break;
            default:
                if ((unsigned char)*s >= 0x20 || *s == '\n' || *s == '\t') reb_buf_char(p->out, *s);
        }
    }
}

void reb_page_put(reb_page *p, const char *before, const char *text, const char *after) {
    if (text == NULL || *text == '\0') return;
    reb_page_html(p, before);
    reb_page_text(p, text);
    reb_page_html(p, after);
}

void reb_page_attr(reb_page *p, const char *name, const char *value) {
    if (value == NULL) return;
    reb_buf_printf(p->out, " %s=\"", name);
    reb_page_text(p, value);
    reb_page_html(p, "\"");
}

void reb_page_link(reb_page *p, const char *path) {
    reb_page_text(p, path);
    if (p->chosen[0] == '\0') return;
    reb_page_html(p, strchr(path, '?') != NULL ? "&amp;lang=" : "?lang=");
    reb_page_html(p, p->chosen);
}

const char *reb_page_instant(const reb_page *p, int64_t at_us) {
    const reb_business *b = p->rq->store != NULL ? reb_rq_business(p->rq) : NULL;
    if (b == NULL) return "";
    return reb_say_public_instant(&p->voice, .day = reb_voice_day(&p->voice, reb_zone_day(b->zone, at_us)),
                                  .time = reb_voice_time(&p->voice, reb_zone_minute(b->zone, at_us)));
}

/* --- the frame -------------------------------------------------------------------------------------------------------------------------
 */

static void languages(reb_page *p) {
    reb_page_html(p, "<nav");
    reb_page_attr(p, "aria-label", reb_say_public_languages(&p->voice));
    reb_page_html(p, "><ul class=\"languages\">");
    for (int i = 0; i < REB_LANGUAGES; i++) {
        const char *code = reb_language_code((reb_language)i);
        reb_page_html(p, "<li>");
        if (p->keeps_form) {
            reb_buf_printf(p->out, "<button form=\"form\" name=\"speak\" value=\"%s\" formnovalidate lang=\"%s\"", code, code);
        } else {
            /* The same page: what else its query held is left out. */
            reb_buf_printf(p->out, "<a href=\"?lang=%s\" rel=\"alternate nofollow\" hreflang=\"%s\" lang=\"%s\"", code, code, code);
        }
        reb_buf_printf(p->out, "%s>%s</%s></li>", (int)p->locale.language == i ? " aria-current=\"true\"" : "", k_names[i],
                       p->keeps_form ? "button" : "a");
    }
    reb_page_html(p, "</ul></nav>");
}

void reb_page_begin(reb_page *p, const char *title) {
    const char *code = reb_language_code(p->locale.language);
    reb_buf_clear(p->out);
    reb_buf_printf(p->out,
                   "<!doctype html>\n<html lang=\"%s\" dir=\"%s\"><head><meta charset=\"utf-8\">"
                   "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">",
                   code, reb_language_rtl(p->locale.language) ? "rtl" : "ltr");
    if (p->hidden) reb_page_html(p, "<meta name=\"robots\" content=\"noindex,nofollow\">");
    reb_page_html(p, "<title>");
    reb_page_text(p, title);
    reb_page_put(p, " · ", p->shop, "");
    reb_page_html(p, "</title><link rel=\"stylesheet\" href=\"/page.css\"><link rel=\"icon\" href=\"data:,\"></head>\n<body>");
    reb_page_put(p, "<a class=\"skip\" href=\"#content\">", reb_say_app_skip(&p->voice), "</a>");
    if (p->keeps_form) /* Enter in a field presses a form's first button, which must not be a language */
        reb_page_html(p, "<button form=\"form\" class=\"visually-hidden\" tabindex=\"-1\" aria-hidden=\"true\"></button>");
    reb_page_put(p, "<header class=\"bar\"><div><bdi class=\"shop\">", p->shop, "</bdi>");
    languages(p);
    reb_page_html(p, p->wide ? "</div></header>\n<main id=\"content\" class=\"wide\"><h1>" : "</div></header>\n<main id=\"content\"><h1>");
    reb_page_text(p, title);
    reb_page_html(p, "</h1>\n");
}

reb_status reb_page_end(reb_page *p, reb_err *err) {
    reb_page_html(p, "\n</main></body></html>\n");
    p->rq->policy = k_policy;
    p->rq->content_type = "text/html; charset=utf-8";
    return p->out->failed || p->rq->arena.failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}

reb_status reb_page_refusal(reb_request *rq, unsigned status, const char *title, const char *text, reb_err *err) {
    reb_page p;
    reb_page_open(&p, rq);
    p.hidden = true;
    rq->status = status;
    reb_page_begin(&p, title);
    reb_page_put(&p, "<p>", text, "</p>");
    return reb_page_end(&p, err);
}

static const char *words_of(const reb_voice *v, unsigned status) {
    switch (status) {
        case 404: return reb_say_public_not_here_text(v);
        case 413: return reb_say_public_too_large(v);
        case 429: return reb_say_public_too_often(v);
        case 503: return reb_say_public_busy(v);
        default: break;
    }
    return status >= 500 ? reb_say_public_trouble(v) : reb_say_public_refused(v);
}

bool reb_page_error(reb_request *rq, unsigned status) {
    const reb_route *r = rq->match.route;
    if (r == NULL || strcmp(r->answer, "HTML") != 0 || r->right != REB_RIGHT_OPEN || strncmp(r->path, "/v1/", 4) == 0) return false;
    reb_page p;
    reb_err ignored = {0};
    reb_store *store = rq->store;
    if (status >= 500) rq->store = NULL; /* what is broken may be the store */
    reb_page_open(&p, rq);
    reb_status st = reb_page_refusal(rq, status, status == 404 ? reb_say_public_not_here(&p.voice) : reb_say_public_sorry(&p.voice),
                                     words_of(&p.voice, status), &ignored);
    rq->store = store;
    return st == REB_OK;
}

/* --- the style sheet -------------------------------------------------------------------------------------------------------------------
 */

extern const char reb_page_css[]; /* page.css, by the build */

/* Arabic letters come from the console's own font where the program carries one; its name changes with its content. */
static void font(reb_buf *out) {
    for (const reb_asset *a = reb_assets; a->path != NULL; a++)
        if (strstr(a->path, "vazirmatn-arabic") != NULL)
            reb_buf_printf(
                out,
                "@font-face{font-family:'Vazirmatn';font-weight:100 900;font-display:swap;src:url('%s') format('woff2');"
                "unicode-range:U+0600-06FF,U+0750-077F,U+0870-088E,U+0890-0891,U+0897-08E1,U+08E3-08FF,U+FB50-FDFF,U+FE70-FEFC}\n",
                a->path);
}

reb_status reb_handle_page_css(reb_request *rq, reb_err *err) {
    unsigned char hash[crypto_generichash_BYTES_MIN];
    char tag[2 * sizeof hash + 1];
    font(&rq->out);
    reb_buf_str(&rq->out, reb_page_css);
    crypto_generichash(hash, sizeof hash, (const unsigned char *)reb_buf_cstr(&rq->out), rq->out.len, NULL, 0);
    rq->etag = reb_arena_printf(&rq->arena, "\"%s\"", sodium_bin2hex(tag, sizeof tag, hash, sizeof hash));
    rq->content_type = "text/css; charset=utf-8";
    if (rq->etag == NULL || rq->out.failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (rq->headers.if_none_match != NULL && strstr(rq->headers.if_none_match, rq->etag) != NULL) {
        rq->status = 304;
        reb_buf_clear(&rq->out);
    }
    return REB_OK;
}
