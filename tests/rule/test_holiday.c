/* Built-in holidays against what was announced, and iCalendar files. */
#include "../../src/rule/holiday.h"
#include "../../src/rule/ical.h"
#include "rule_test.h"

static const reb_work_calendar *country(const char *code) {
    const char *document = NULL;
    const char *zone = NULL;
    reb_err err = {0};
    if (reb_holiday_document(&document, &g_arena, code, REB_LANG_EN, &err) != REB_OK ||
        reb_work_calendar_zone(&zone, &g_arena, document, &err) != REB_OK) {
        printf("Bail out! %s\n", err.detail);
        exit(1);
    }
    return calendar_of(zone[0] == '\0' ? "Europe/Brussels" : zone, document);
}

static bool off_on(const reb_work_calendar *c, const char *date, const char *name) {
    int y = 0, m = 0, d = 0;
    const char *why = NULL;
    sscanf(date, "%d-%d-%d", &y, &m, &d);
    return reb_work_day_why(&why, c, reb_day_from_civil(y, m, d)) == REB_WORK_OFF && strcmp(why, name) == 0;
}

/* As published by the governments for these years; days that follow the moon as announced, where Umm al-Qura agrees. */
static void announced_days(void) {
    static const struct {
        const char *country, *date, *name;
    } k[] = {{"GR", "2025-03-03", "Clean Monday"},
             {"GR", "2026-02-23", "Clean Monday"},
             {"GR", "2026-04-10", "Orthodox Good Friday"},
             {"GR", "2026-04-13", "Orthodox Easter"},
             {"GR", "2026-06-01", "Whit Monday"},
             {"GR", "2026-10-28", "Ochi Day"},
             {"GB", "2026-04-03", "Good Friday"},
             {"GB", "2026-04-06", "Easter Monday"},
             {"GB", "2026-05-04", "Early May bank holiday"},
             {"GB", "2026-05-25", "Spring bank holiday"},
             {"GB", "2026-08-31", "Summer bank holiday"},
             {"GB", "2026-12-28", "Boxing Day"},
             {"EU", "2026-04-06", "Easter Monday"},
             {"EU", "2026-05-01", "Labour Day"},
             {"IR", "2026-03-21", "Eid al-Fitr"},
             {"IR", "2026-03-24", "Nowruz"},
             {"IR", "2025-04-02", "Nature Day"},
             {"IR", "2026-02-11", "Revolution Day"},
             {"IR", "2025-07-06", "Ashura"},
             {"IR", "2023-04-22", "Eid al-Fitr"},
             {"IR", "2025-03-31", "Eid al-Fitr"},
             {"SA", "2025-03-30", "Eid al-Fitr"},
             {"SA", "2025-06-05", "Day of Arafah"},
             {"SA", "2025-06-06", "Eid al-Adha"},
             {"SA", "2026-09-23", "National Day"},
             {"AE", "2025-12-02", "National Day"},
             {"AE", "2025-06-06", "Eid al-Adha"},
             {"EG", "2026-04-13", "Sham el-Nessim"},
             {"EG", "2026-01-07", "Coptic Christmas"},
             {"EG", "2025-06-06", "Eid al-Adha"}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++)
        OK(off_on(country(k[i].country), k[i].date, k[i].name), "%s: %s is %s", k[i].country, k[i].date, k[i].name);
}

static void weekends(void) {
    static const struct {
        const char *country, *closed, *open;
    } k[] = {{"GR", "2026-05-09", "2026-05-08"}, {"IR", "2026-05-08", "2026-05-09"}, {"EG", "2026-05-08", "2026-05-10"},
             {"SA", "2026-05-09", "2026-05-10"}, {"AE", "2026-05-09", "2026-05-08"}, {"GB", "2026-05-10", "2026-05-08"},
             {"EU", "2026-05-10", "2026-05-08"}};
    reb_work_span s[4];
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        const reb_work_calendar *c = country(k[i].country);
        int y = 0, m = 0, closed = 0, open = 0;
        sscanf(k[i].closed, "%d-%d-%d", &y, &m, &closed);
        sscanf(k[i].open, "%d-%d-%d", &y, &m, &open);
        OK(reb_work_day_spans(s, 4, c, reb_day_from_civil(y, m, closed)) == 0 &&
               reb_work_day_spans(s, 4, c, reb_day_from_civil(y, m, open)) == 1,
           "%s rests on %s and works on %s", k[i].country, k[i].closed, k[i].open);
    }
}

static void every_document_is_read(void) {
    for (const reb_holiday_country *c = reb_holiday_countries; c->code != NULL; c++)
        for (int l = 0; l < REB_LANGUAGES; l++) {
            const char *document = NULL;
            reb_err err = {0};
            reb_status st = reb_holiday_document(&document, &g_arena, c->code, (reb_language)l, &err);
            reb_zone *utc = zone_of("UTC");
            reb_work_calendar *calendar = NULL;
            if (st == REB_OK) st = reb_work_calendar_parse(&calendar, &g_arena, document, utc, &err);
            reb_zone_close(utc);
            if (st != REB_OK) OK(false, "%s: %s", c->code, err.detail);
        }
    reb_err err = {0};
    const char *document = NULL;
    EQ_I64(reb_holiday_document(&document, &g_arena, "XX", REB_LANG_EN, &err), REB_E_NOT_FOUND, "a country that is not built in is told");
    OK(strstr(err.next, ".ics") != NULL || strstr(err.next, "iCalendar") != NULL, "with what to do");
}

static void files(void) {
    static const char k_file[] =
        "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260325\r\nDTEND;VALUE=DATE:20260326\r\n"
        "SUMMARY:Επέτειος\\, 1821 της\r\n  χώρας\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260801\r\nDTEND;VALUE=DATE:20260827\r\nSUMMARY:Summer\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20250101\r\nRRULE:FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=1\r\nSUMMARY:New Year\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20250701\r\nRRULE:FREQ=YEARLY;COUNT=3\r\nSUMMARY:Three times\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART:20260401T100000Z\r\nDTEND:20260401T110000Z\r\nSUMMARY:Meeting\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;TZID=Europe/Athens:20260501T000000\r\nDTEND:20260502T000000\r\nSUMMARY:By the clock\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260901\r\nSTATUS:CANCELLED\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260902\r\nRRULE:FREQ=WEEKLY\r\nEND:VEVENT\r\n"
        "BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260231\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
    reb_ical_found f;
    reb_err err = {0};
    EQ_I64(reb_ical_read(&f, &g_arena, k_file, sizeof k_file - 1, &err), REB_OK, "a file is read");
    EQ_I64(f.count, 7, "seven days and spans");
    EQ_I64(f.timed, 1, "a meeting is no day off");
    EQ_I64(f.unread, 3, "cancelled, weekly and impossible ones are counted");
    if (f.count != 7) return;
    EQ_TEXT(f.days[0].name, "Επέτειος, 1821 της χώρας", "names unfolded and unescaped");
    EQ_I64(f.days[1].to - f.days[1].from, 25, "the end of a span is not part of it");
    OK(f.days[2].every_year && !f.days[3].every_year, "every year stays so, three times are written out");
    EQ_I64(f.days[5].from, reb_day_from_civil(2027, 7, 1), "to the third");
    EQ_I64(f.days[6].from, reb_day_from_civil(2026, 5, 1), "midnight to midnight is a day");
    const char *document = NULL;
    const char *again = NULL;
    int64_t n = 0;
    reb_work_document_add(&document, &n, &g_arena, "{\"always\":true}", f.days, f.count, &err);
    EQ_I64(n, 7, "all are added");
    reb_work_document_add(&again, &n, &g_arena, document, f.days, f.count, &err);
    EQ_I64(n, 0, "a second time none is");
    const reb_work_calendar *c = calendar_of("Europe/Athens", document);
    OK(off_on(c, "2033-01-01", "New Year"), "off in a later year");
    EQ_AT("Europe/Athens", reb_work_next_open(c, at("Europe/Athens", "2026-08-01 00:00")), "2026-08-27 00:00", "a closure of 26 days");
    reb_work_document_remove(&again, &n, &g_arena, document, reb_day_from_civil(2026, 8, 1), reb_day_from_civil(2026, 8, 26), &err);
    EQ_I64(n, 1, "it is taken away by its dates");
    OK(reb_work_open_at(calendar_of("Europe/Athens", again), at("Europe/Athens", "2026-08-05 12:00")), "and August is open again");
    EQ_I64(reb_ical_read(&f, &g_arena, "hello", 5, &err), REB_E_INPUT, "what is no iCalendar file is refused");
    EQ_I64(reb_ical_read(&f, &g_arena, "BEGIN:VCALENDAR\n\xff", 17, &err), REB_E_INPUT, "so is what is not UTF-8");
}

int main(void) {
    announced_days();
    weekends();
    every_document_is_read();
    files();
    reb_arena_free(&g_arena);
    return tap_done();
}
