#include "letter_pdf.h"

#include "../base/arena.h"
#include "../base/clock.h"
#include "../text/message.h"
#include "../text/utf8.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <string.h>
#include <unicode/uchar.h>

#if defined(__SANITIZE_ADDRESS__)
/* fontconfig keeps its settings until the process ends, and some of them it loses from sight. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void) {
    return "leak:libfontconfig\n";
}
__attribute__((visibility("default"))) const char *__lsan_default_options(void);
const char *__lsan_default_options(void) {
    return "print_suppressions=0";
}
#endif

/* Points. */
static const double k_width = 595.28, k_height = 841.89, k_side = 68, k_top = 62, k_bottom = 76;
static const char k_fonts[] = "Vazirmatn, Noto Sans, DejaVu Sans, sans-serif";

typedef struct sheet {
    cairo_t *cr;
    PangoFontMap *fonts;
    PangoContext *context;
    const reb_letter_paper *paper;
    bool rtl;
    double y;
    int page, pages; /* pages: 0 while they are only counted */
    bool draw;
} sheet;

typedef struct style {
    double size;
    bool bold, grey;
    double indent; /* at the beginning of each line */
    double after;  /* space below */
    bool end;      /* at the other side of the page */
    bool head;     /* of the letter's head: stands at the letter's side, whatever its own letters are */
} style;

static cairo_status_t take(void *closure, const unsigned char *data, unsigned length) {
    reb_buf *out = closure;
    reb_buf_add(out, data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

/* The direction of a paragraph is the letter's, unless it holds letters of the other direction alone (a sentence quoted in another
   language): then its own, so that its full stop stands at its end. */
static bool runs_rtl(const sheet *s, const char *text, size_t n) {
    bool left = false, right = false;
    for (size_t at = 0; at < n;) {
        uint32_t cp = 0;
        at += reb_utf8_decode(&cp, text + at, n - at);
        UCharDirection d = u_charDirection((UChar32)cp);
        left = left || d == U_LEFT_TO_RIGHT;
        right = right || d == U_RIGHT_TO_LEFT || d == U_RIGHT_TO_LEFT_ARABIC;
    }
    return left != right ? right : s->rtl;
}

static void new_page(sheet *s);

static PangoLayout *layout_of(sheet *s, const char *text, size_t n, const style *st, bool rtl, double width) {
    pango_context_set_base_dir(s->context, rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(s->context, pango_language_from_string(reb_language_code(s->paper->locale.language)));
    PangoLayout *l = pango_layout_new(s->context);
    PangoFontDescription *d = pango_font_description_from_string(k_fonts);
    pango_font_description_set_absolute_size(d, st->size * PANGO_SCALE);
    pango_font_description_set_weight(d, st->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_alignment(l, (st->head ? s->rtl : rtl) != st->end ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_width(l, (int)(width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(l, s->rtl ? 1.35f : 1.2f);
    pango_layout_set_text(l, text, (int)n);
    return l;
}

/* Writes one paragraph, line by line, over as many pages as it takes. `mark`: what stands before its first line, or NULL. */
static void paragraph(sheet *s, const char *text, size_t n, const style *st, const char *mark) {
    bool rtl = runs_rtl(s, text, n);
    double width = k_width - 2 * k_side - st->indent, x = k_side + (rtl ? 0 : st->indent);
    PangoLayout *l = layout_of(s, text, n, st, rtl, width);
    PangoLayoutIter *it = pango_layout_get_iter(l);
    double shift = 0;
    bool first = true;
    do {
        PangoRectangle logical;
        int top = 0, bottom = 0;
        pango_layout_iter_get_line_extents(it, NULL, &logical);
        pango_layout_iter_get_line_yrange(it, &top, &bottom);
        if (first) shift = s->y - (double)top / PANGO_SCALE;
        if (shift + (double)bottom / PANGO_SCALE > k_height - k_bottom) {
            new_page(s);
            shift = s->y - (double)top / PANGO_SCALE;
        }
        if (s->draw) {
            double base = shift + (double)pango_layout_iter_get_baseline(it) / PANGO_SCALE;
            cairo_set_source_rgb(s->cr, st->grey ? 0.35 : 0, st->grey ? 0.35 : 0, st->grey ? 0.35 : 0);
            if (first && mark != NULL) {
                PangoLayout *m = layout_of(s, mark, strlen(mark), &(style){.size = st->size}, rtl, st->indent);
                cairo_move_to(s->cr, rtl ? k_width - k_side - st->indent : k_side,
                              base - (double)pango_layout_get_baseline(m) / PANGO_SCALE);
                pango_cairo_show_layout(s->cr, m);
                g_object_unref(m);
            }
            cairo_move_to(s->cr, x + (double)logical.x / PANGO_SCALE, base);
            pango_cairo_show_layout_line(s->cr, pango_layout_iter_get_line_readonly(it));
        }
        s->y = shift + (double)bottom / PANGO_SCALE;
        first = false;
    } while (pango_layout_iter_next_line(it));
    s->y += st->after;
    pango_layout_iter_free(it);
    g_object_unref(l);
}

/* Paragraphs and lists; a heading line that ends in a colon stays with what follows it by standing close. */
static void prose(sheet *s, const char *text) {
    static const style k_plain = {.size = 11, .after = 9}, k_close = {.size = 11, .after = 2},
                       k_item = {.size = 11, .indent = 16, .after = 3};
    bool was_item = false;
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        const char *next = p + n + (p[n] == '\n');
        size_t m = strcspn(next, "\n");
        bool item = n >= 2 && p[0] == '-' && p[1] == ' ', empty = strspn(p, " ") >= n, ends = strspn(next, " ") >= m;
        if (empty) {
            if (was_item) s->y += 6;
        } else {
            const style *st = item ? &k_item : ends ? &k_plain : &k_close;
            paragraph(s, item ? p + 2 : p, item ? n - 2 : n, st, item ? "\xE2\x80\xA2" : NULL);
        }
        was_item = item;
        p = next;
    }
}

static void lines(sheet *s, const char *text, const style *st) {
    for (const char *p = text; *p != '\0';) {
        size_t n = strcspn(p, "\n");
        if (n > 0) paragraph(s, p, n, st, NULL);
        p += n + (p[n] == '\n');
    }
}

/* Case number and page number; the number of pages is known when they were counted. */
static void foot(sheet *s) {
    if (!s->draw) return;
    reb_arena a = {0};
    reb_voice v = {.arena = &a, .locale = &s->paper->locale};
    const char *page = reb_say_letter_page(&v, .page = (double)s->page, .pages = (double)s->pages);
    const char *text = reb_arena_printf(&a, "%s  ·  \xE2\x81\xA8%s\xE2\x81\xA9  ·  %s", s->paper->shop, s->paper->reference, page);
    if (text != NULL) {
        PangoLayout *l = layout_of(s, text, strlen(text), &(style){.size = 8.5}, s->rtl, k_width - 2 * k_side);
        pango_layout_set_alignment(l, PANGO_ALIGN_CENTER);
        cairo_set_source_rgb(s->cr, 0.35, 0.35, 0.35);
        cairo_move_to(s->cr, k_side, k_height - 48);
        pango_cairo_show_layout(s->cr, l);
        g_object_unref(l);
    }
    reb_arena_free(&a);
}

static void new_page(sheet *s) {
    foot(s);
    if (s->draw) cairo_show_page(s->cr);
    s->page++;
    s->y = k_top;
}

static void whole(sheet *s) {
    static const style k_shop = {.size = 16, .bold = true, .head = true, .after = 1},
                       k_small = {.size = 9, .grey = true, .head = true, .after = 0},
                       k_date = {.size = 10, .end = true, .head = true, .after = 14}, k_to = {.size = 11, .head = true, .after = 0},
                       k_subject = {.size = 12.5, .bold = true, .head = true, .after = 12};
    s->page = 1;
    s->y = k_top;
    lines(s, s->paper->shop, &k_shop);
    lines(s, s->paper->place, &k_small);
    s->y += 26;
    lines(s, s->paper->recipient, &k_to);
    s->y += 16;
    lines(s, s->paper->date, &k_date);
    lines(s, s->paper->subject, &k_subject);
    prose(s, s->paper->body);
    foot(s);
}

reb_status reb_letter_paper_pdf(reb_buf *out, const reb_letter_paper *p, reb_err *err) {
    char when[REB_TIME_TEXT];
    sheet s = {.paper = p, .rtl = reb_language_rtl(p->locale.language)};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, out, k_width, k_height);
    reb_time_format(p->now_us, when);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, p->subject);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, p->shop);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Rebound");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
    s.cr = cairo_create(surface);
    s.fonts = pango_cairo_font_map_new(); /* of this call alone: threads share none */
    s.context = pango_font_map_create_context(s.fonts);
    /* Paper has no pixels: letters stand where the font puts them, so that words are not torn when they are copied out. */
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(s.context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(s.context, FALSE);
    pango_cairo_update_context(s.cr, s.context);
    whole(&s); /* counts pages */
    s.pages = s.page;
    s.draw = true;
    whole(&s);
    cairo_show_page(s.cr);
    cairo_status_t drawn = cairo_status(s.cr);
    g_object_unref(s.context);
    g_object_unref(s.fonts);
    cairo_destroy(s.cr);
    cairo_surface_finish(surface);
    cairo_status_t written = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (out->failed || drawn == CAIRO_STATUS_NO_MEMORY || written == CAIRO_STATUS_NO_MEMORY)
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS)
        return reb_fail(err, REB_E_INTERNAL, "The letter cannot be drawn: %s.",
                        cairo_status_to_string(drawn != CAIRO_STATUS_SUCCESS ? drawn : written));
    return REB_OK;
}
