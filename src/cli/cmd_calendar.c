/* When the business is open: calendars and their versions. */
#include "../app/work_calendar.h"

#include "../rule/holiday.h"

#include "cli.h"
#include "format.h"

#include <errno.h>
#include <string.h>

enum { SPANS_SHOWN = 100, NAME_ROOM = 512 };

typedef struct call {
    reb_cli *cli;
    reb_store *store;
    reb_business *business;
    int word_count;
    const char *const *words;
    const char *code;
    int64_t now_us;
} call;

static reb_status needs(const char *what, reb_err *err) {
    reb_fail(err, REB_E_USAGE, "rebound calendar wants %s.", what);
    reb_err_next(err, "rebound help calendar tells how.");
    return REB_E_USAGE;
}

/* ---- reading what was typed ---- */

/* 2026-03-04 or 2026-08-01..2026-08-26 */
static reb_status read_days(int64_t *from, int64_t *to, const char *text, reb_err *err) {
    const char *dots = strstr(text, "..");
    size_t n = dots == NULL ? strlen(text) : (size_t)(dots - text);
    bool good = reb_day_read(from, text, n);
    *to = *from;
    if (good && dots != NULL) good = reb_day_read(to, dots + 2, strlen(dots + 2)) && *to >= *from;
    if (good) return REB_OK;
    reb_fail(err, REB_E_USAGE, "\"%.60s\" is no day.", text);
    reb_err_next(err, "Write 2026-03-04, or 2026-08-01..2026-08-26 for several days.");
    return REB_E_USAGE;
}

/* A file, or "-" for what comes in; in the arena. */
static reb_status read_all(const char **out, size_t *len, call *k, const char *path, size_t most, reb_err *err) {
    bool standard = strcmp(path, "-") == 0;
    FILE *f = standard ? stdin : fopen(path, "rb");
    reb_buf text = {0};
    char piece[8192];
    size_t n = 0;
    if (f == NULL) return reb_fail(err, REB_E_IO, "%s cannot be read: %s.", path, strerror(errno));
    while ((n = fread(piece, 1, sizeof piece, f)) > 0 && text.len <= most) reb_buf_add(&text, piece, n);
    bool failed = ferror(f) != 0;
    if (!standard) fclose(f);
    reb_status st = REB_OK;
    if (failed) st = reb_fail(err, REB_E_IO, "%s cannot be read to its end.", path);
    if (st == REB_OK && text.len > most) st = reb_fail(err, REB_E_LIMIT, "%s is longer than %zu bytes.", path, most);
    if (st == REB_OK) {
        *len = text.len;
        *out = text.failed ? NULL : reb_arena_strndup(k->cli->arena, reb_buf_cstr(&text), text.len);
        if (*out == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    }
    reb_buf_free(&text);
    return st;
}

static reb_status newest(reb_work_calendar_card *out, call *k, reb_err *err) {
    reb_work_calendar_card *cards = NULL;
    int64_t count = 0;
    reb_status st = reb_work_calendar_versions(&cards, &count, k->store, k->cli->arena, k->business, k->code, err);
    if (st == REB_OK) *out = cards[count - 1];
    return st;
}

/* ---- showing ---- */

static const char *hours_text(call *k, const reb_work_calendar *c, int64_t day) {
    reb_work_span span[REB_WORK_SPANS_MOST];
    reb_buf text = {0};
    int64_t n = reb_work_day_spans(span, REB_WORK_SPANS_MOST, c, day);
    for (int64_t i = 0; i < n; i++) {
        int64_t from = reb_work_local_us(c, span[i].from_us) / (60 * REB_US_PER_SECOND) % 1440;
        int64_t to = reb_work_local_us(c, span[i].to_us) / (60 * REB_US_PER_SECOND) % 1440;
        if (to == 0) to = 1440;
        reb_buf_printf(&text, "%s%02d:%02d-%02d:%02d", i > 0 ? " " : "", (int)(from / 60), (int)(from % 60), (int)(to / 60),
                       (int)(to % 60));
    }
    if (n == 0) reb_buf_str(&text, "closed");
    return reb_cli_keep(k->cli, &text);
}

static void show_days(call *k, const reb_work_calendar *c, int64_t from, int64_t days) {
    static const char weekday[7][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const reb_table_column columns[] = {
        {.title = ""}, {.title = "Day"}, {.title = "Open", .fit = REB_FIT_WRAP, .least = 12}, {.title = "Why", .fit = REB_FIT_CUT}, {0}};
    reb_table *t = reb_table_new(k->cli->arena, columns);
    reb_term term = reb_term_of(k->cli->out);
    for (int64_t day = from; day < from + days; day++) {
        char date[REB_TIME_TEXT];
        const char *name = "";
        reb_work_day_why(&name, c, day);
        reb_day_format(day, date);
        reb_table_text(t, weekday[((day + 3) % 7 + 7) % 7]);
        reb_table_text(t, date);
        reb_table_text(t, hours_text(k, c, day));
        reb_table_words(t, name);
    }
    reb_table_print(t, &term);
}

static void show_ahead(call *k, const reb_work_calendar *c, int64_t from) {
    static const reb_table_column columns[] = {
        {.title = "Days"}, {.title = "Open", .fit = REB_FIT_WRAP, .least = 12}, {.title = "Name", .fit = REB_FIT_CUT}, {.title = ""}, {0}};
    reb_calendar_span spans[SPANS_SHOWN];
    int64_t n = reb_calendar_spans(spans, SPANS_SHOWN, c, from, REB_CALENDAR_AHEAD_DAYS);
    if (n == 0) return;
    reb_table *t = reb_table_new(k->cli->arena, columns);
    reb_term term = reb_term_of(k->cli->out);
    bool moon = false;
    for (int64_t i = 0; i < n; i++) {
        char first[REB_TIME_TEXT];
        char last[REB_TIME_TEXT];
        reb_day_format(spans[i].from, first);
        reb_day_format(spans[i].to, last);
        if (spans[i].from == spans[i].to)
            reb_table_text(t, first);
        else
            reb_table_printf(t, "%s..%s", first, last);
        reb_table_text(t, spans[i].why == REB_WORK_OFF ? "closed" : hours_text(k, c, spans[i].from));
        reb_table_words(t, spans[i].name);
        reb_table_text(t, spans[i].moon ? "*" : "");
        moon = moon || spans[i].moon;
    }
    fprintf(k->cli->out, "\nAhead:\n");
    reb_table_indent(t, 2);
    reb_table_print(t, &term);
    if (moon) fprintf(k->cli->out, "* reckoned by the moon: as announced may differ\n");
}

static reb_status do_list(call *k, reb_err *err) {
    static const reb_table_column columns[] = {
        {.title = "Calendar"},  {.title = "Title", .fit = REB_FIT_CUT}, {.title = "Version", .right = true},
        {.title = "Time zone"}, {.title = "Note", .fit = REB_FIT_WRAP}, {0}};
    reb_work_calendar_card *cards = NULL;
    int64_t count = 0;
    if (k->word_count > 0) return needs("an action: list takes no words", err);
    if (k->cli->json) {
        reb_buf text = {0};
        reb_json w = {.out = &text};
        reb_status st = reb_calendars_json(&w, k->store, k->cli->arena, k->business, err);
        if (st == REB_OK) reb_cli_document(k->cli, &text);
        reb_buf_free(&text);
        return st;
    }
    reb_status st = reb_work_calendar_list(&cards, &count, k->store, k->cli->arena, k->business, err);
    reb_table *t = reb_table_new(k->cli->arena, columns);
    reb_term term = reb_term_of(k->cli->out);
    for (int64_t i = 0; i < count && st == REB_OK; i++) {
        reb_work_calendar *c = NULL;
        st = reb_work_calendar_read(&c, k->cli->arena, k->business, cards[i].document, err);
        if (st != REB_OK) break;
        bool settings = strcmp(cards[i].published_by, "settings") == 0;
        reb_table_text(t, cards[i].code);
        reb_table_words(t, cards[i].title);
        reb_table_printf(t, "%lld", (long long)cards[i].version);
        reb_table_text(t, reb_work_zone_name(c));
        reb_table_words(t, settings ? "follows the settings; rebound calendar begin COUNTRY makes one of its own" : cards[i].note);
    }
    if (st == REB_OK) reb_table_print(t, &term);
    return st;
}

static reb_status do_show(call *k, reb_err *err) {
    const char *told = reb_cli_value(k->cli, "--from");
    int64_t today = reb_business_day(k->business, k->now_us);
    int64_t from = today - ((today + 3) % 7 + 7) % 7;
    int64_t days = 0;
    reb_work_calendar_card card;
    reb_work_calendar *c = NULL;
    if (k->word_count > 1) return needs("one calendar to show", err);
    if (k->word_count == 1) k->code = k->words[0];
    if (told != NULL && !reb_day_read(&from, told, strlen(told))) return needs("--from as 2026-03-02", err);
    reb_status st = reb_cli_int(&days, k->cli, "--days", 7, 1, REB_CALENDAR_DAYS_MOST, err);
    if (st == REB_OK && k->cli->json) {
        reb_buf text = {0};
        reb_json w = {.out = &text};
        st = reb_calendar_json(&w, k->store, k->cli->arena, k->business, k->code, from, days, err);
        if (st == REB_OK) reb_cli_document(k->cli, &text);
        reb_buf_free(&text);
        return st;
    }
    if (st == REB_OK) st = newest(&card, k, err);
    if (st == REB_OK) st = reb_work_calendar_read(&c, k->cli->arena, k->business, card.document, err);
    if (st != REB_OK) return st;
    fprintf(k->cli->out, "%s, version %lld, %s\n\n", card.code, (long long)card.version, reb_work_zone_name(c));
    show_days(k, c, from, days);
    show_ahead(k, c, from);
    return REB_OK;
}

static reb_status do_print(call *k, reb_err *err) {
    reb_work_calendar_card card;
    if (k->word_count > 1) return needs("one calendar to print", err);
    if (k->word_count == 1) k->code = k->words[0];
    reb_status st = newest(&card, k, err);
    if (st == REB_OK) fprintf(k->cli->out, "%s\n", card.document);
    return st;
}

/* ---- publishing ---- */

static reb_status publish(call *k, const char *document, const char *note, reb_err *err) {
    char n[REB_FORMAT_TEXT];
    reb_work_calendar_published out;
    reb_work_calendar_wish wish = {
        .code = k->code, .title = reb_cli_value(k->cli, "--title"), .document = document, .note = reb_cli_value(k->cli, "--note")};
    if (wish.note == NULL) wish.note = note;
    reb_status st = reb_work_calendar_publish(&out, k->store, k->business, &wish, "terminal", k->now_us, err);
    if (st != REB_OK) return st;
    if (!out.unchanged) reb_cli_wrote(k->cli, "calendar publish", "calendar", k->code);
    if (k->cli->json) {
        reb_buf text = {0};
        reb_json w = {.out = &text};
        reb_calendar_published_json(&w, k->code, &out);
        reb_cli_document(k->cli, &text);
        return REB_OK;
    }
    if (out.unchanged) {
        fprintf(k->cli->out, "Nothing changed: version %lld of %s says that already.\n", (long long)out.version, k->code);
        return REB_OK;
    }
    fprintf(k->cli->out, "Version %lld of %s is in force.\n", (long long)out.version, k->code);
    if (out.cases > 0)
        fprintf(k->cli->out, "%s open clocks; %lld of them are due at another time now.\n",
                reb_format_plural(n, out.cases, "case has", "cases have"), (long long)out.moved);
    return REB_OK;
}

static reb_status do_begin(call *k, reb_err *err) {
    const char *document = NULL;
    reb_locale l = reb_business_locale(k->business);
    if (k->word_count != 1) return needs("a country to begin with: GR, IR, EG, SA, AE, GB or EU", err);
    reb_status st = reb_holiday_document(&document, k->cli->arena, k->words[0], l.language, err);
    if (st == REB_OK) st = publish(k, document, "", err);
    if (st == REB_OK && !k->cli->json)
        fprintf(k->cli->out, "Its hours are nine to five: rebound calendar print, change, rebound calendar publish.\n");
    return st;
}

static reb_status do_publish(call *k, reb_err *err) {
    const char *document = NULL;
    size_t len = 0;
    if (k->word_count != 1) return needs("a file with the document, or - for what comes in", err);
    reb_status st = read_all(&document, &len, k, k->words[0], REB_WORK_DOCUMENT_MOST, err);
    return st == REB_OK ? publish(k, document, "", err) : st;
}

static reb_status do_off(call *k, reb_err *err) {
    reb_ical_day day = {.every_year = reb_cli_flag(k->cli, "--every-year")};
    reb_work_calendar_card card;
    reb_buf name = {0};
    const char *document = NULL;
    int64_t added = 0;
    if (k->word_count < 1) return needs("a day to take off, and a name for it if you like", err);
    reb_status st = read_days(&day.from, &day.to, k->words[0], err);
    for (int i = 1; i < k->word_count && name.len < NAME_ROOM; i++) reb_buf_printf(&name, "%s%s", i > 1 ? " " : "", k->words[i]);
    day.name = reb_cli_keep(k->cli, &name);
    if (st == REB_OK) st = newest(&card, k, err);
    if (st == REB_OK) st = reb_work_document_add(&document, &added, k->cli->arena, card.document, &day, 1, err);
    return st == REB_OK ? publish(k, document, day.name, err) : st;
}

static reb_status do_on(call *k, reb_err *err) {
    int64_t from = 0;
    int64_t to = 0;
    int64_t removed = 0;
    reb_work_calendar_card card;
    const char *document = NULL;
    if (k->word_count != 1) return needs("the day, or the days, that are off no more", err);
    reb_status st = read_days(&from, &to, k->words[0], err);
    if (st == REB_OK) st = newest(&card, k, err);
    if (st == REB_OK) st = reb_work_document_remove(&document, &removed, k->cli->arena, card.document, from, to, err);
    if (st == REB_OK && removed == 0) {
        reb_fail(err, REB_E_NOT_FOUND, "%s has no day off or dated hours with just these dates.", k->code);
        reb_err_next(err, "A day that comes every year or by a rule is opened by dated hours: rebound calendar print, change, publish.");
        st = REB_E_NOT_FOUND;
    }
    return st == REB_OK ? publish(k, document, "", err) : st;
}

static reb_status do_import(call *k, reb_err *err) {
    const char *text = NULL;
    const char *document = NULL;
    size_t len = 0;
    int64_t added = 0;
    char n[REB_FORMAT_TEXT];
    reb_ical_found found;
    reb_work_calendar_card card;
    if (k->word_count != 1) return needs("an iCalendar file, or - for what comes in", err);
    reb_status st = read_all(&text, &len, k, k->words[0], REB_ICAL_BYTES_MOST, err);
    if (st == REB_OK) st = reb_ical_read(&found, k->cli->arena, text, len, err);
    if (st == REB_OK) st = newest(&card, k, err);
    if (st == REB_OK) st = reb_work_document_add(&document, &added, k->cli->arena, card.document, found.days, found.count, err);
    if (st != REB_OK) return st;
    if (!k->cli->json) {
        fprintf(k->cli->out, "%s in the file, %lld of them new.\n", reb_format_plural(n, found.count, "day off", "days off"),
                (long long)added);
        if (found.timed > 0)
            fprintf(k->cli->out, "Left out: %s with hours of the day.\n", reb_format_plural(n, found.timed, "event", NULL));
        if (found.unread > 0)
            fprintf(k->cli->out, "Left out: %s that %s cancelled or repeat%s in a way that is not read.\n",
                    reb_format_plural(n, found.unread, "event", NULL), found.unread == 1 ? "is" : "are", found.unread == 1 ? "s" : "");
    }
    return publish(k, document, "", err);
}

/* ---- reckoning ---- */

static reb_status do_reckon(call *k, reb_err *err) {
    reb_work_calendar_history h;
    int64_t from = 0;
    int64_t amount = 0;
    char unit[4] = "";
    int used = 0;
    long long told = 0;
    if (k->word_count != 2) return needs("a time and an amount, as 2026-03-06T17:00 4h, 90m or 3d", err);
    int y = 0;
    int mo = 0;
    int d = 0;
    int hour = 0;
    int minute = 0;
    if (sscanf(k->words[0], "%4d-%2d-%2dT%2d:%2d%n", &y, &mo, &d, &hour, &minute, &used) != 5 || k->words[0][used] != '\0' ||
        !reb_civil_valid(y, mo, d) || hour > 23 || minute > 59)
        return needs("the time as 2026-03-06T17:00, on the calendar's wall clock", err);
    if (sscanf(k->words[1], "%9lld%3s", &told, unit) != 2 || told < 1 || strchr("mhd", unit[0]) == NULL || unit[1] != '\0')
        return needs("the amount as 90m, 4h (open time) or 3d (working days)", err);
    amount = (int64_t)told;
    reb_status st = reb_work_calendars_load(&h, k->store, k->cli->arena, k->business, k->code, err);
    if (st != REB_OK) return st;
    const reb_work_calendar *c = reb_work_calendar_at(&h, INT64_MAX)->calendar;
    from =
        reb_work_local_instant(c, reb_day_from_civil(y, mo, d) * REB_US_PER_DAY + (hour * INT64_C(60) + minute) * 60 * REB_US_PER_SECOND);
    int64_t at = unit[0] == 'd' ? reb_work_add_days(c, from, amount)
                                : reb_work_add(c, from, amount * (unit[0] == 'h' ? 60 : 1) * 60 * REB_US_PER_SECOND);
    if (at == INT64_MAX) {
        fprintf(k->cli->out, "%s does not open so much within ten years.\n", h.code);
        return REB_OK;
    }
    char text[REB_TIME_TEXT];
    reb_time_format(reb_work_local_us(c, at), text);
    fprintf(k->cli->out, "%.10s %.5s\n", text, text + 11);
    return REB_OK;
}

static reb_status run_calendar(reb_cli *cli, reb_err *err) {
    static const struct {
        const char *name;
        reb_status (*run)(call *k, reb_err *err);
    } actions[] = {{"list", do_list},     {"show", do_show},   {"begin", do_begin},     {"off", do_off},      {"on", do_on},
                   {"import", do_import}, {"print", do_print}, {"publish", do_publish}, {"reckon", do_reckon}};
    const char *name = cli->arg_count > 0 ? cli->args[0] : "list";
    const char *code = reb_cli_value(cli, "--code");
    call k = {.cli = cli,
              .word_count = cli->arg_count > 0 ? cli->arg_count - 1 : 0,
              .words = cli->args + 1,
              .code = code != NULL ? code : REB_WORK_CALENDAR_MAIN};
    size_t i = 0;
    while (i < sizeof actions / sizeof actions[0] && strcmp(actions[i].name, name) != 0) i++;
    if (i == sizeof actions / sizeof actions[0]) {
        reb_fail(err, REB_E_USAGE, "There is no action \"%s\".", name);
        reb_err_next(err, "It is one of list, show, begin, off, on, import, print, publish and reckon.");
        return REB_E_USAGE;
    }
    reb_status st = reb_cli_open(&k.store, &k.business, cli, 0, err);
    if (st != REB_OK) return st;
    k.now_us = reb_clock_now(cli->clock);
    st = actions[i].run(&k, err);
    reb_business_free(k.business);
    reb_store_close(k.store);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--code", "CODE", "which calendar (main)"},
    {"--title", "TEXT", "begin, publish: what people call it"},
    {"--note", "TEXT", "why: holiday announced by the government"},
    {"--every-year", NULL, "off: in every year from then on"},
    {"--from", "DATE", "show: the first day (this week's Monday)"},
    {"--days", "N", "show: how many days (7)"},
    {0},
};

const reb_command reb_cmd_calendar = {
    .name = "calendar",
    .args = "[list|show|begin|off|on|import|print|publish|reckon] ...",
    .summary = "when you are open: hours, holidays, and what clocks make of them",
    .details = "list                  the calendars in force\n"
               "show [CODE]           a week of one, and the holidays ahead\n"
               "begin COUNTRY         publish the usual week and holidays of GR, IR, EG, SA, AE, GB or EU\n"
               "off DATE[..DATE] [NAME...]   a day off, or several; --every-year\n"
               "on DATE[..DATE]       that day off is none\n"
               "import FILE           the days off of an iCalendar file\n"
               "print [CODE]          its document, to be changed\n"
               "publish FILE          a changed document\n"
               "reckon TIME AMOUNT    when 4h, 90m or 3d of open time from 2026-03-06T17:00 are over\n"
               "Each change makes a version. Clocks of open cases are reckoned anew by it; what has ended keeps the calendar it ended\n"
               "under. Where no calendar is published, there is one of the settings working_days, days_off and timezone, nine to six.",
    .actions = "list show begin off on import print publish reckon",
    .options = k_options,
    .run = run_calendar,
};
