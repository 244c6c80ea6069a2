#include "../lib/tap.h"

#include "../../src/cli/progress.h"

static int64_t g_now_us;
static int64_t test_clock(void) {
    return g_now_us;
}

static char *g_text;
static size_t g_size;

static FILE *start(reb_progress *p, reb_progress_mode mode, size_t columns) {
    free(g_text);
    g_text = NULL;
    g_now_us = 5000000;
    FILE *f = open_memstream(&g_text, &g_size);
    *p =
        (reb_progress){.term = {.file = f, .columns = columns}, .mode = mode, .what = "import", .unit = "rows", .monotonic_us = test_clock};
    p->started_us = p->drawn_us = g_now_us;
    return f;
}

static void lines(void) {
    reb_progress p;
    FILE *f = start(&p, REB_PROGRESS_LINES, 0);
    for (int i = 0; i < 1000; i++) {
        g_now_us += 10000;
        reb_progress_update(&p, i, 2000, i * 1000);
    }
    reb_progress_end(&p);
    fclose(f);
    EQ_TEXT(g_text,
            "import:  24%  499,000 rows, 99,800 a second, 16 s left\n"
            "import:  49%  999,000 rows, 99,900 a second, 11 s left\n",
            "a line every five seconds");
}

static void json(void) {
    reb_progress p;
    FILE *f = start(&p, REB_PROGRESS_JSON, 0);
    g_now_us += 2000000;
    reb_progress_update(&p, 100, 400, 50);
    g_now_us += 1000;
    reb_progress_update(&p, 101, 400, 51);
    reb_progress_end(&p);
    fclose(f);
    EQ_TEXT(g_text,
            "{\"progress\":\"import\",\"done\":100,\"total\":400,\"rows\":50,\"rate_per_s\":25,\"left_s\":6}\n"
            "{\"progress\":\"import\",\"done\":101,\"total\":400,\"rows\":51,\"rate_per_s\":25.4,\"left_s\":6}\n",
            "JSON lines, the last state always");
}

static void drawn(void) {
    reb_progress p;
    FILE *f = start(&p, REB_PROGRESS_BAR, 80);
    g_now_us += 2000000;
    reb_progress_update(&p, 200, 400, 120000);
    reb_progress_update(&p, 201, 400, 120001);
    reb_progress_end(&p);
    fclose(f);
    EQ_TEXT(g_text, "\r\033[Kimport  ▕███████████           ▏  50%  120,000 rows, 60,000 a second, 2 s left\r\033[K",
            "a bar, drawn once, then taken away");
    f = start(&p, REB_PROGRESS_BAR, 30);
    g_now_us += 2000000;
    reb_progress_update(&p, 200, 400, 120000);
    fclose(f);
    EQ_TEXT(g_text, "\r\033[Kimport   50%  120,000 rows, 6", "a narrow terminal: no bar, cut to one line");
    f = start(&p, REB_PROGRESS_BAR, 80);
    g_now_us += 2000000;
    reb_progress_update(&p, 0, 0, 7);
    fclose(f);
    EQ_TEXT(g_text, "\r\033[Kimport  7 rows, 3.5 a second", "total unknown: neither bar nor time left");
}

int main(void) {
    lines();
    json();
    drawn();
    free(g_text);
    return tap_done();
}
