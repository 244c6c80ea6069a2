#include "progress.h"

#include "../base/clock.h"
#include "../base/json.h"
#include "../text/format.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <string.h>

static const int64_t k_every_us[] = {
    [REB_PROGRESS_BAR] = 100000,
    [REB_PROGRESS_LINES] = 5 * REB_US_PER_SECOND,
    [REB_PROGRESS_JSON] = 500000,
};
enum { SETTLE_US = 1000000 }; /* a rate is not told before this much time */

void reb_progress_start(reb_progress *p, FILE *err, bool json, const char *what, const char *unit) {
    *p = (reb_progress){.term = reb_term_of(err), .what = what, .unit = unit, .monotonic_us = reb_monotonic_us};
    p->mode = json ? REB_PROGRESS_JSON : p->term.live ? REB_PROGRESS_BAR : REB_PROGRESS_LINES;
    p->started_us = p->drawn_us = p->monotonic_us();
}

/* Units a second since the start, or 0 while it is too early to tell. */
static double rate_per_s(const reb_progress *p, int64_t now_us) {
    int64_t us = now_us - p->started_us;
    return us >= SETTLE_US && p->count > 0 ? (double)p->count * 1e6 / (double)us : 0;
}

/* Time left by the share done so far, or -1 when it cannot be told. */
static int64_t left_us(const reb_progress *p, int64_t now_us) {
    int64_t us = now_us - p->started_us;
    if (us < SETTLE_US || p->total <= 0 || p->done <= 0) return -1;
    if (p->done >= p->total) return 0;
    double left = (double)us * ((double)p->total / (double)p->done - 1);
    return left < 9e15 ? (int64_t)left : -1;
}

static double share(const reb_progress *p) {
    if (p->total <= 0) return 0;
    double s = (double)p->done / (double)p->total;
    return s < 0 ? 0 : s > 1 ? 1 : s;
}

static const char *rate_text(char out[REB_FORMAT_TEXT], double rate) {
    return reb_format_number(out, rate, rate < 10 ? 1 : 0);
}

static void draw_json(const reb_progress *p, int64_t now_us) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "progress", p->what);
    reb_json_ki64(&w, "done", p->done);
    if (p->total > 0) {
        reb_json_ki64(&w, "total", p->total);
    } else {
        reb_json_knull(&w, "total");
    }
    if (p->unit[0] != '\0') {
        reb_json_ki64(&w, p->unit, p->count);
        reb_json_kf64(&w, "rate_per_s", (double)(int64_t)(rate_per_s(p, now_us) * 10) / 10);
    }
    int64_t left = left_us(p, now_us);
    if (left >= 0) {
        reb_json_ki64(&w, "left_s", (left + REB_US_PER_SECOND / 2) / REB_US_PER_SECOND);
    } else {
        reb_json_knull(&w, "left_s");
    }
    reb_json_obj_end(&w);
    if (!b.failed) fprintf(p->term.file, "%s\n", reb_buf_cstr(&b));
    reb_buf_free(&b);
}

/* "import  43%  233,000 rows, 60,000 a second, 5 s left" */
static void words(reb_buf *b, const reb_progress *p, int64_t now_us, bool with_share) {
    char text[REB_FORMAT_TEXT];
    if (with_share && p->total > 0) reb_buf_printf(b, "%3d%%  ", (int)(share(p) * 100));
    bool counted = p->unit[0] != '\0';
    if (counted) reb_buf_printf(b, "%s %s", reb_format_count(text, p->count), p->unit);
    double rate = counted ? rate_per_s(p, now_us) : 0.0;
    if (rate > 0) reb_buf_printf(b, ", %s a second", rate_text(text, rate));
    int64_t left = left_us(p, now_us);
    if (left > 0) {
        int64_t whole = (left + REB_US_PER_SECOND - 1) / REB_US_PER_SECOND;
        char time[REB_FORMAT_TEXT];
        if (whole < 10) {
            snprintf(time, sizeof time, "%" PRId64 " s", whole);
        } else {
            reb_format_duration(time, whole * REB_US_PER_SECOND);
        }
        reb_buf_printf(b, "%s%s left", counted ? ", " : "", time);
    }
}

/* Eighths of a block make the bar move smoothly. */
static void bar(reb_buf *b, double done, size_t columns) {
    static const char *const eighth[] = {"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
    size_t parts = (size_t)(done * (double)(columns * 8));
    size_t used = 0;
    for (; used < parts / 8; used++) reb_buf_str(b, "█");
    if (parts % 8 > 0 && used < columns) {
        reb_buf_str(b, eighth[parts % 8]);
        used++;
    }
    for (; used < columns; used++) reb_buf_str(b, " ");
}

static void draw_bar(reb_progress *p, int64_t now_us) {
    reb_buf tail = {0};
    words(&tail, p, now_us, true);
    size_t head = strlen(p->what) + 2;
    size_t room = p->term.columns > 0 ? p->term.columns - 1 : 79;
    size_t taken = head + tail.len + 4;
    reb_buf line = {0};
    reb_buf_printf(&line, "\r\033[K%s  ", p->what);
    if (p->total > 0 && room > taken + 8) {
        size_t width = room - taken < 30 ? room - taken : 30;
        reb_buf_str(&line, "▕");
        bar(&line, share(p), width);
        reb_buf_str(&line, "▏ ");
    }
    reb_buf_str(&line, reb_buf_cstr(&tail));
    if (tail.failed || line.failed) { /* no memory to draw with: the work goes on without */
        reb_buf_free(&line);
        reb_buf_free(&tail);
        return;
    }
    /* A narrow terminal: the line must not run over, or the next \r would not reach its start. */
    const char *text = reb_buf_cstr(&line) + 4;
    size_t len = strlen(text);
    while (len > 0 && reb_utf8_columns(text, len) > room) len = reb_utf8_cut(text, len, len - 1);
    fwrite(reb_buf_cstr(&line), 1, 4 + len, p->term.file);
    fflush(p->term.file);
    p->on_screen = true;
    reb_buf_free(&line);
    reb_buf_free(&tail);
}

static void draw(reb_progress *p, int64_t now_us) {
    p->drawn_us = now_us;
    p->drawn = true;
    if (p->mode == REB_PROGRESS_JSON) {
        draw_json(p, now_us);
    } else if (p->mode == REB_PROGRESS_BAR) {
        draw_bar(p, now_us);
    } else {
        reb_buf b = {0};
        words(&b, p, now_us, true);
        if (!b.failed) fprintf(p->term.file, "%s: %s\n", p->what, reb_buf_cstr(&b));
        reb_buf_free(&b);
    }
}

void reb_progress_update(reb_progress *p, int64_t done, int64_t total, int64_t count) {
    p->done = done;
    p->total = total;
    p->count = count;
    int64_t now_us = p->monotonic_us();
    if (now_us - p->drawn_us >= k_every_us[p->mode]) draw(p, now_us);
}

void reb_progress_clear(reb_progress *p) {
    if (!p->on_screen) return;
    fputs("\r\033[K", p->term.file);
    fflush(p->term.file);
    p->on_screen = false;
}

void reb_progress_end(reb_progress *p) {
    if (p->mode == REB_PROGRESS_JSON && (p->done > 0 || p->count > 0 || p->drawn)) draw(p, p->monotonic_us());
    reb_progress_clear(p);
}
