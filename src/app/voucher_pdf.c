#include "voucher_pdf.h"

#include "../base/clock.h"
#include "../domain/case_log.h"
#include "../domain/standard.h"
#include "../domain/voucher.h"
#include "../text/message.h"
#include "../text/qr.h"
#include "../text/voice.h"
#include "letter.h"

#include <cairo-pdf.h>
#include <inttypes.h>
#include <pango/pangocairo.h>
#include <string.h>

/* Points: A5 across. */
static const double k_width = 595.28, k_height = 419.53, k_side = 40, k_frame = 22, k_qr = 132;
static const char k_fonts[] = "Vazirmatn, Noto Sans, DejaVu Sans, sans-serif";
static const char k_code_fonts[] = "Noto Sans Mono, DejaVu Sans Mono, monospace";

typedef struct card {
    cairo_t *cr;
    PangoContext *context;
    const reb_voucher_paper *paper;
    bool rtl;
} card;

static cairo_status_t take(void *closure, const unsigned char *data, unsigned length) {
    reb_buf *out = closure;
    reb_buf_add(out, data, length);
    return out->failed ? CAIRO_STATUS_WRITE_ERROR : CAIRO_STATUS_SUCCESS;
}

typedef struct words {
    double x, y, width, size, grey;
    bool bold, code; /* code: monospaced, from left to right */
} words;

/* Writes a text and tells how high it became. */
static double put(card *c, const char *text, const words *w) {
    bool rtl = c->rtl && !w->code;
    pango_context_set_base_dir(c->context, rtl ? PANGO_DIRECTION_RTL : PANGO_DIRECTION_LTR);
    pango_context_set_language(c->context, pango_language_from_string(reb_language_code(c->paper->locale.language)));
    PangoLayout *l = pango_layout_new(c->context);
    PangoFontDescription *d = pango_font_description_from_string(w->code ? k_code_fonts : k_fonts);
    pango_font_description_set_absolute_size(d, w->size * PANGO_SCALE);
    pango_font_description_set_weight(d, w->bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(l, d);
    pango_font_description_free(d);
    pango_layout_set_auto_dir(l, FALSE);
    pango_layout_set_alignment(l, c->rtl ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
    pango_layout_set_width(l, (int)(w->width * PANGO_SCALE));
    pango_layout_set_wrap(l, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_line_spacing(l, c->rtl ? 1.3f : 1.15f);
    pango_layout_set_text(l, text, -1);
    PangoRectangle logical;
    pango_layout_get_extents(l, NULL, &logical);
    cairo_set_source_rgb(c->cr, w->grey, w->grey, w->grey);
    cairo_move_to(c->cr, w->x, w->y);
    pango_cairo_show_layout(c->cr, l);
    g_object_unref(l);
    return (double)(logical.y + logical.height) / PANGO_SCALE;
}

static void frame(card *c) {
    const double r = 14, x = k_frame, y = k_frame, w = k_width - 2 * k_frame, h = k_height - 2 * k_frame;
    const double quarter = 1.5707963267948966;
    cairo_new_sub_path(c->cr);
    cairo_arc(c->cr, x + w - r, y + r, r, -quarter, 0);
    cairo_arc(c->cr, x + w - r, y + h - r, r, 0, quarter);
    cairo_arc(c->cr, x + r, y + h - r, r, quarter, 2 * quarter);
    cairo_arc(c->cr, x + r, y + r, r, 2 * quarter, 3 * quarter);
    cairo_close_path(c->cr);
    cairo_set_source_rgb(c->cr, 0.55, 0.55, 0.55);
    cairo_set_line_width(c->cr, 1);
    cairo_stroke(c->cr);
}

/* The dark modules, run by run; the quiet zone is the paper around. */
static reb_status qr(card *c, double x, double y, reb_err *err) {
    reb_qr_runs runs;
    reb_status st = reb_qr_runs_of(&runs, c->paper->code, err);
    if (st != REB_OK) return st;
    double module = k_qr / (double)runs.side;
    cairo_set_source_rgb(c->cr, 0, 0, 0);
    for (size_t i = 0; i < runs.count; i++)
        cairo_rectangle(c->cr, x + runs.runs[i].x * module, y + runs.runs[i].y * module, runs.runs[i].length * module, module);
    cairo_fill(c->cr);
    reb_qr_runs_free(&runs);
    return REB_OK;
}

static reb_status whole(card *c, reb_err *err) {
    const reb_voucher_paper *p = c->paper;
    const double inner = k_width - 2 * k_side, text = inner - k_qr - 24;
    const double text_x = c->rtl ? k_width - k_side - text : k_side;
    const double qr_x = c->rtl ? k_side : k_width - k_side - k_qr;
    double y = k_side;
    frame(c);
    y += put(c, p->shop, &(words){.x = k_side, .y = y, .width = inner, .size = 20, .bold = true});
    if (p->place[0] != '\0') y += put(c, p->place, &(words){.x = k_side, .y = y, .width = inner, .size = 9, .grey = 0.35});
    y += 16;
    double top = y;
    y += put(c, p->title, &(words){.x = text_x, .y = y, .width = text, .size = 15, .grey = 0.25});
    y += put(c, p->value, &(words){.x = text_x, .y = y, .width = text, .size = 40, .bold = true}) + 4;
    if (p->until[0] != '\0') y += put(c, p->until, &(words){.x = text_x, .y = y, .width = text, .size = 12});
    reb_status st = qr(c, qr_x, top, err);
    if (st != REB_OK) return st;
    if (y < top + k_qr) y = top + k_qr;
    y += 18;
    /* In groups, as it is told on the telephone. */
    y += put(c, p->code, &(words){.x = k_side, .y = y, .width = inner, .size = 27, .bold = true, .code = true}) + 10;
    y += put(c, p->terms, &(words){.x = k_side, .y = y, .width = inner, .size = 10, .grey = 0.15}) + 4;
    put(c, p->reference, &(words){.x = k_side, .y = k_height - k_frame - 20, .width = inner, .size = 8, .grey = 0.45});
    return REB_OK;
}

reb_status reb_voucher_paper_pdf(reb_buf *out, const reb_voucher_paper *p, reb_err *err) {
    char when[REB_TIME_TEXT];
    card c = {.paper = p, .rtl = reb_language_rtl(p->locale.language)};
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(take, out, k_width, k_height);
    reb_time_format(p->now_us, when);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, p->title);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_AUTHOR, p->shop);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Rebound");
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, when);
    c.cr = cairo_create(surface);
    PangoFontMap *fonts = pango_cairo_font_map_new(); /* of this call alone: threads share none */
    c.context = pango_font_map_create_context(fonts);
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    pango_cairo_context_set_font_options(c.context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(c.context, FALSE);
    pango_cairo_update_context(c.cr, c.context);
    reb_status st = whole(&c, err);
    cairo_show_page(c.cr);
    cairo_status_t drawn = cairo_status(c.cr);
    g_object_unref(c.context);
    g_object_unref(fonts);
    cairo_destroy(c.cr);
    cairo_surface_finish(surface);
    cairo_status_t written = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    if (st != REB_OK) return st;
    if (out->failed || drawn == CAIRO_STATUS_NO_MEMORY || written == CAIRO_STATUS_NO_MEMORY)
        return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (drawn != CAIRO_STATUS_SUCCESS || written != CAIRO_STATUS_SUCCESS)
        return reb_fail(err, REB_E_INTERNAL, "The voucher cannot be drawn: %s.",
                        cairo_status_to_string(drawn != CAIRO_STATUS_SUCCESS ? drawn : written));
    return REB_OK;
}

/* --- of a gesture --------------------------------------------------------------------------------------------------------------------- */

static reb_status may_print(const reb_voucher *v, int64_t now_us, reb_err *err) {
    reb_voucher_state state = reb_voucher_state_at(v, now_us);
    if (state == REB_VOUCHER_OPEN) return REB_OK;
    reb_fail(err, REB_E_CONFLICT,
             state == REB_VOUCHER_REDEEMED  ? "This voucher was used already."
             : state == REB_VOUCHER_EXPIRED ? "This voucher has expired."
                                            : "This voucher was taken back.");
    reb_err_reason(err, state == REB_VOUCHER_REDEEMED  ? "voucher_redeemed"
                        : state == REB_VOUCHER_EXPIRED ? "voucher_expired"
                                                       : "voucher_cancelled");
    return REB_E_CONFLICT;
}

reb_status reb_voucher_pdf(reb_buf *out, int64_t *number, const char **name, reb_store *s, reb_arena *a, const reb_business *b,
                           int64_t voucher_id, int64_t now_us, reb_err *err) {
    reb_voucher v;
    reb_gesture g;
    reb_case_state state;
    reb_standard *standard = NULL;
    char code[REB_VOUCHER_TEXT];
    reb_status st = reb_voucher_get(&v, s, voucher_id, err);
    if (st == REB_OK) st = may_print(&v, now_us, err);
    if (st == REB_OK) st = reb_voucher_code(code, s, voucher_id, err);
    if (st == REB_OK) st = reb_gesture_get(&g, s, a, voucher_id, err);
    if (st == REB_OK) st = reb_case_load(&state, s, a, &v.at, err);
    if (st == REB_OK) st = reb_standard_get(&standard, s, a, g.standard_version, err);
    if (st != REB_OK) return st;
    reb_locale locale = reb_letter_locale(b, state.language);
    const reb_voice voice = {.arena = a, .locale = &locale};
    const char *language = reb_language_code(locale.language);
    const reb_remedy *remedy = reb_remedy_find(standard, g.remedy);
    const char *day = v.expires_us != 0 ? reb_voice_day(&voice, reb_business_day(b, v.expires_us)) : "";
    const char *what = remedy != NULL ? reb_words_in(&remedy->text, language, standard->first_language) : "";
    const reb_voucher_paper p = {
        .shop = reb_business_text(b, REB_SETTING_NAME),
        .place = reb_business_text(b, REB_SETTING_PUBLIC_URL),
        .title = remedy != NULL ? reb_words_in(&remedy->title, language, standard->first_language) : reb_say_voucher_paper_title(&voice),
        .value = reb_voice_money(&voice, v.value_minor, v.currency, REB_MONEY_SIGN),
        .code = code,
        .until = v.expires_us != 0 ? reb_say_voucher_paper_until(&voice, .day = day) : "",
        .terms = reb_arena_printf(a, "%s%s%s", what, what[0] != '\0' ? "\n" : "", reb_say_voucher_paper_terms(&voice)),
        .reference = reb_arena_printf(a, "C-%" PRId64, g.number),
        .locale = locale,
        .now_us = now_us};
    *number = g.number;
    *name = reb_arena_printf(a, "voucher-C-%" PRId64 ".pdf", g.number);
    return a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : reb_voucher_paper_pdf(out, &p, err);
}
