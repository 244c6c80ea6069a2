/* Calendars: when a business is open, to the minute; against a reckoning that walks every minute; and what a document may say. */
#include "rule_test.h"

#include <time.h>

#define ATHENS "Europe/Athens"
#define TEHRAN "Asia/Tehran"
static const char k_office[] = "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                               "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]}}";
static const char k_split[] =
    "{\"week\":{\"mon\":[\"09:00-13:00\",\"17:00-21:00\"],\"tue\":[\"09:00-13:00\",\"17:00-21:00\"],"
    "\"wed\":[\"09:00-14:00\"],\"thu\":[\"09:00-13:00\",\"17:00-21:00\"],\"fri\":[\"09:00-13:00\",\"17:00-21:00\"],"
    "\"sat\":[\"09:00-14:00\"]}}";

/* Spain, Greece, Egypt close at noon: frappe/helpdesk#2212 and chatwoot#14009 could write one interval a day only. */
static void lunch_and_split_shifts_frappe_2212_chatwoot_14009(void) {
    const reb_work_calendar *c = calendar_of(ATHENS, k_split);
    /* Monday 2026-03-02 */
    EQ_I64(reb_work_between(c, at(ATHENS, "2026-03-02 00:00"), at(ATHENS, "2026-03-03 00:00")), 8 * HOUR_US, "a split day has eight hours");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-02 12:30"), HOUR_US), "2026-03-02 17:30",
          "an hour from half past noon ends after the pause");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-02 14:00"), HOUR_US), "2026-03-02 18:00", "at lunch the hour has not begun");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-02 12:00"), HOUR_US), "2026-03-02 13:00", "it may end with the shift itself");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-04 13:30"), HOUR_US), "2026-03-05 09:30", "Wednesday is a half day");
    OK(!reb_work_open_at(c, at(ATHENS, "2026-03-02 13:00")), "the end of a shift is closed");
    OK(reb_work_open_at(c, at(ATHENS, "2026-03-02 17:00")), "its beginning is open");
    EQ_AT(ATHENS, reb_work_next_open(c, at(ATHENS, "2026-03-07 14:00")), "2026-03-09 09:00", "after Saturday noon comes Monday");
}

/* osTicket#1168: hours outside of business and holidays were counted. */
static void closed_hours_and_holidays_osticket_1168(void) {
    const reb_work_calendar *c =
        calendar_of(ATHENS, "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                            "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]},"
                            "\"off\":[{\"from\":\"03-25\",\"name\":\"Independence\"}]}");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-24 17:30"), HOUR_US), "2026-03-26 09:30", "the holiday between is not counted");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-25 11:00"), HOUR_US), "2026-03-26 10:00", "nor does an hour begin on it");
    EQ_I64(reb_work_between(c, at(ATHENS, "2026-03-23 00:00"), at(ATHENS, "2026-03-30 00:00")), 36 * HOUR_US, "four days of nine hours");
    EQ_AT(ATHENS, reb_work_add_days(c, at(ATHENS, "2026-03-24 10:00"), 2), "2026-03-27 18:00", "two working days skip it");
    const char *name = NULL;
    EQ_I64(reb_work_day_why(&name, c, reb_day_from_civil(2031, 3, 25)), REB_WORK_OFF, "it is off in every year");
    EQ_TEXT(name, "Independence", "and says why");
}

/* zammad#3180: with 00:00 to 23:59 the last minute of each day was missing. */
static void always_open_counts_midnight_zammad_3180(void) {
    const reb_work_calendar *always = calendar_of(ATHENS, "{\"always\":true}");
    const reb_work_calendar *as_written = calendar_of(
        ATHENS, "{\"week\":{\"mon\":[\"00:00-23:59\"],\"tue\":[\"00:00-23:59\"],\"wed\":[\"00:00-23:59\"],\"thu\":[\"00:00-23:59\"],"
                "\"fri\":[\"00:00-23:59\"],\"sat\":[\"00:00-23:59\"],\"sun\":[\"00:00-23:59\"]}}");
    int64_t from = at(ATHENS, "2026-03-02 23:30");
    for (int days = 1; days <= 400; days += 57) {
        int64_t to = from + days * REB_US_PER_DAY;
        if (reb_work_between(always, from, to) != to - from || reb_work_between(as_written, from, to) != to - from)
            OK(false, "%d days are %d days", days, days);
    }
    EQ_AT(ATHENS, reb_work_add(always, from, HOUR_US), "2026-03-03 00:30", "an hour over midnight is an hour");
    EQ_AT(ATHENS, reb_work_add(as_written, from, HOUR_US), "2026-03-03 00:30", "also written as 23:59");
    OK(reb_work_open_at(as_written, at(ATHENS, "2026-03-02 23:59") + 59 * REB_US_PER_SECOND), "open in the last second of the day");
    EQ_AT(ATHENS, reb_work_add(always, at(ATHENS, "2026-01-01 12:00"), 365 * 24 * HOUR_US), "2027-01-01 12:00",
          "a year of hours, both changes of clocks within");
}

static void over_midnight(void) {
    const reb_work_calendar *c = calendar_of(ATHENS, "{\"week\":{\"fri\":[\"18:00-02:00\"],\"sat\":[\"01:00-03:00\",\"22:00-04:00\"]},"
                                                     "\"off\":[{\"from\":\"2026-03-14\"}]}");
    /* 2026-03-06 is a Friday. Saturday's 01:00 lies within Friday's shift: together until three. */
    EQ_I64(reb_work_between(c, at(ATHENS, "2026-03-06 00:00"), at(ATHENS, "2026-03-09 00:00")), 15 * HOUR_US,
           "18-03 and 22-04, nothing twice");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-03-06 23:30"), HOUR_US), "2026-03-07 00:30", "over midnight");
    EQ_AT(ATHENS, reb_work_day_end(c, at(ATHENS, "2026-03-07 00:30")), "2026-03-07 02:00", "after midnight it is still Friday's shift");
    EQ_AT(ATHENS, reb_work_add_days(c, at(ATHENS, "2026-03-07 01:30"), 1), "2026-03-08 04:00",
          "the next open day after it is Saturday, to its last closing");
    EQ_AT(ATHENS, reb_work_add_days(c, at(ATHENS, "2026-03-08 05:00"), 1), "2026-03-14 02:00", "a day off ends no shift begun before");
    EQ_I64(reb_work_between(c, at(ATHENS, "2026-03-13 00:00"), at(ATHENS, "2026-03-16 00:00")), 8 * HOUR_US,
           "Friday's shift reaches into the day off");
}

static void athens_changes_its_clocks(void) {
    const reb_work_calendar *night = calendar_of(ATHENS, "{\"week\":{\"sat\":[\"22:00-06:00\"],\"sun\":[\"00:00-24:00\"]}}");
    const reb_work_calendar *office = calendar_of(ATHENS, k_office);
    EQ_I64(reb_work_between(night, at(ATHENS, "2026-03-29 00:00"), at(ATHENS, "2026-03-30 00:00")), 23 * HOUR_US,
           "the last Sunday of March has 23 hours");
    EQ_I64(reb_work_between(night, at(ATHENS, "2026-10-25 00:00"), at(ATHENS, "2026-10-26 00:00")), 25 * HOUR_US, "the last of October 25");
    EQ_AT(ATHENS, reb_work_add(office, at(ATHENS, "2026-03-27 17:00"), 2 * HOUR_US), "2026-03-30 10:00",
          "nine o'clock stays nine o'clock in summer");
    EQ_I64(at(ATHENS, "2026-03-30 10:00") - at(ATHENS, "2026-03-27 17:00"), 64 * HOUR_US, "though an hour less has passed");
    /* A shift that begins in the hour that is skipped begins when it ends. */
    const reb_work_calendar *gap = calendar_of(ATHENS, "{\"week\":{\"sun\":[\"03:30-05:00\"]}}");
    EQ_I64(reb_work_between(gap, at(ATHENS, "2026-03-29 00:00"), at(ATHENS, "2026-03-30 00:00")), HOUR_US,
           "03:30 is skipped: open from 04:00");
    const reb_work_calendar *within = calendar_of(ATHENS, "{\"week\":{\"sun\":[\"03:10-03:50\"],\"mon\":[\"09:00-10:00\"]}}");
    EQ_I64(reb_work_between(within, at(ATHENS, "2026-03-29 00:00"), at(ATHENS, "2026-03-30 00:00")), 0,
           "a shift in the skipped hour does not happen");
    EQ_AT(ATHENS, reb_work_next_open(within, at(ATHENS, "2026-03-29 00:00")), "2026-03-30 09:00", "and opens nothing");
    EQ_AT(ATHENS, reb_work_add_calendar_days(office, at(ATHENS, "2026-03-20 15:00"), 15), "2026-04-04 15:00",
          "fifteen calendar days: the same local time");
    EQ_AT(ATHENS, reb_work_add_calendar_days(office, at(ATHENS, "2026-03-28 03:30"), 1), "2026-03-29 04:00",
          "where that time is skipped, the end of the gap");
}

static void tehran_no_longer_does(void) {
    const reb_work_calendar *c = calendar_of(TEHRAN, "{\"always\":true}");
    EQ_I64(reb_work_between(c, at(TEHRAN, "2026-03-22 00:00"), at(TEHRAN, "2026-03-23 00:00")), 24 * HOUR_US,
           "2 Farvardin 1405 has 24 hours");
    EQ_I64(reb_work_between(c, at(TEHRAN, "2022-03-22 00:00"), at(TEHRAN, "2022-03-23 00:00")), 23 * HOUR_US, "in 1401 it had 23");
    EQ_I64(at(TEHRAN, "2026-07-01 09:00") % REB_US_PER_DAY, (5 * 60 + 30) * MIN_US, "half past three hours ahead, in summer too");
    /* Santiago puts its clocks on and back at midnight: a day begins at one, a day ends twice. */
    const char *z = "America/Santiago";
    const reb_work_calendar *santiago = calendar_of(z, "{\"always\":true}");
    EQ_I64(reb_work_between(santiago, at(z, "2026-09-05 12:00"), at(z, "2026-09-06 12:00")), 23 * HOUR_US, "Santiago skips midnight");
    EQ_I64(reb_work_between(santiago, at(z, "2026-04-04 12:00"), at(z, "2026-04-05 12:00")), 25 * HOUR_US,
           "and repeats the hour before it");
}

static void dated_hours(void) {
    const reb_work_calendar *c = calendar_of(
        "Asia/Riyadh",
        "{\"week\":{\"sun\":[\"09:00-17:00\"],\"mon\":[\"09:00-17:00\"],\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"],"
        "\"thu\":[\"09:00-17:00\"]},"
        "\"dated\":[{\"rule\":\"hijri\",\"month\":9,\"whole_month\":true,\"hours\":[\"10:00-15:00\",\"21:00-01:00\"],\"name\":\"Ramadan\"},"
        "{\"from\":\"2026-02-20\",\"hours\":[\"10:00-11:00\"]}],"
        "\"off\":[{\"from\":\"02-22\",\"name\":\"Founding "
        "Day\"},{\"rule\":\"hijri\",\"month\":10,\"day\":1,\"days\":4,\"name\":\"Eid\"}]}");
    const char *z = "Asia/Riyadh";
    reb_work_span s[4];
    const char *name = NULL;
    /* Ramadan 1447 by Umm al-Qura: 2026-02-18 to 2026-03-19 */
    EQ_I64(reb_work_day_spans(s, 4, c, reb_day_from_civil(2026, 2, 18)), 2, "two shifts in Ramadan");
    EQ_AT(z, s[1].to_us, "2026-02-19 01:00", "the second over midnight");
    EQ_I64(reb_work_day_why(&name, c, reb_day_from_civil(2026, 2, 18)), REB_WORK_DATED, "told as dated");
    EQ_TEXT(name, "Ramadan", "by name");
    EQ_I64(reb_work_day_spans(s, 4, c, reb_day_from_civil(2026, 2, 27)), 0, "on Friday it stays closed");
    EQ_I64(reb_work_day_spans(s, 4, c, reb_day_from_civil(2026, 2, 20)), 1, "but for one day it may be said to open");
    EQ_I64(reb_work_day_spans(s, 4, c, reb_day_from_civil(2026, 2, 22)), 0, "a holiday within Ramadan stands before it: the shorter");
    EQ_I64(reb_work_day_why(&name, c, reb_day_from_civil(2026, 3, 20)), REB_WORK_OFF, "then Eid");
    EQ_AT(z, reb_work_next_open(c, at(z, "2026-03-19 23:00")), "2026-03-19 23:00", "the last evening of Ramadan is open");
    EQ_AT(z, reb_work_next_open(c, at(z, "2026-03-20 02:00")), "2026-03-24 09:00", "after Eid the usual hours");
}

static void substitutes(void) {
    const char *z = "Europe/London";
    const reb_work_calendar *c = calendar_of(z, "{\"week\":{\"mon\":[\"09:00-17:00\"],\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"],"
                                                "\"thu\":[\"09:00-17:00\"],\"fri\":[\"09:00-17:00\"]},"
                                                "\"off\":[{\"from\":\"12-25\",\"substitute\":true},{\"from\":\"12-26\",\"substitute\":true}"
                                                ",{\"from\":\"01-01\",\"substitute\":true},"
                                                "{\"rule\":\"weekday\",\"month\":5,\"nth\":-1,\"weekday\":\"mon\"},{\"rule\":\"weekday\","
                                                "\"month\":5,\"nth\":1,\"weekday\":\"mon\"}]}");
    /* 2021: Christmas on Saturday, so Monday 27 and Tuesday 28 (gov.uk) */
    EQ_AT(z, reb_work_next_open(c, at(z, "2021-12-24 17:00")), "2021-12-29 09:00", "Saturday and Sunday move to Monday and Tuesday");
    EQ_AT(z, reb_work_next_open(c, at(z, "2022-12-23 17:00")), "2022-12-28 09:00", "Christmas on Sunday moves behind Boxing Day");
    EQ_AT(z, reb_work_next_open(c, at(z, "2021-12-31 17:00")), "2022-01-04 09:00", "New Year on Saturday moves to Monday");
    EQ_AT(z, reb_work_next_open(c, at(z, "2026-05-22 17:00")), "2026-05-26 09:00", "the last Monday of May");
    EQ_AT(z, reb_work_next_open(c, at(z, "2026-05-01 17:00")), "2026-05-05 09:00", "the first Monday of May");
}

static void easter(void) {
    static const struct {
        int year;
        const char *western, *orthodox;
    } k[] = {{2016, "2016-03-27", "2016-05-01"}, {2017, "2017-04-16", "2017-04-16"}, {2019, "2019-04-21", "2019-04-28"},
             {2024, "2024-03-31", "2024-05-05"}, {2025, "2025-04-20", "2025-04-20"}, {2026, "2026-04-05", "2026-04-12"},
             {2027, "2027-03-28", "2027-05-02"}, {2038, "2038-04-25", "2038-04-25"}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        char text[2][300];
        const char *rule[2] = {"easter_western", "easter_orthodox"};
        const char *want[2] = {k[i].western, k[i].orthodox};
        for (int r = 0; r < 2; r++) {
            snprintf(text[r], sizeof text[r], "{\"always\":true,\"off\":[{\"rule\":\"%s\"}]}", rule[r]);
            const reb_work_calendar *c = calendar_of("UTC", text[r]);
            int y = 0, m = 0, d = 0;
            sscanf(want[r], "%d-%d-%d", &y, &m, &d);
            const char *name = NULL;
            OK(reb_work_day_why(&name, c, reb_day_from_civil(y, m, d)) == REB_WORK_OFF, "%s %d is on %s", rule[r], k[i].year, want[r]);
        }
    }
}

static void closure_of_26_days_breaks_no_hour(void) {
    const reb_work_calendar *c =
        calendar_of(ATHENS, "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                            "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]},"
                            "\"off\":[{\"from\":\"2026-08-01\",\"to\":\"2026-08-26\",\"name\":\"Summer\"}]}");
    EQ_AT(ATHENS, reb_work_add(c, at(ATHENS, "2026-07-31 17:30"), HOUR_US), "2026-08-27 09:30",
          "half an hour before and half an hour after");
    EQ_I64(reb_work_between(c, at(ATHENS, "2026-07-31 18:00"), at(ATHENS, "2026-08-27 09:00")), 0, "nothing passes meanwhile");
}

static void never_open(void) {
    const reb_work_calendar *c = calendar_of(ATHENS, "{\"week\":{}}");
    const reb_work_calendar *one = calendar_of(ATHENS, "{\"week\":{},\"dated\":[{\"from\":\"2026-05-04\",\"hours\":[\"09:00-10:00\"]}]}");
    int64_t t = at(ATHENS, "2026-05-01 00:00");
    EQ_I64(reb_work_add(c, t, 1), INT64_MAX, "a business that never opens owes nothing in working time");
    EQ_I64(reb_work_next_open(c, t), INT64_MAX, "and has no next opening");
    EQ_I64(reb_work_add_days(c, t, 1), INT64_MAX, "nor a next day");
    EQ_I64(reb_work_add(one, t, HOUR_US + 1), INT64_MAX, "a single hour holds no more than an hour");
    EQ_AT(ATHENS, reb_work_add(one, t, HOUR_US), "2026-05-04 10:00", "but an hour");
    EQ_I64(reb_work_add(one, at(ATHENS, "2015-01-01 00:00"), HOUR_US), INT64_MAX, "more than ten years away is never");
    EQ_I64(reb_work_between(c, INT64_MIN, INT64_MAX), 0, "any instant may be asked");
    EQ_I64(reb_work_add(one, INT64_MAX, HOUR_US), INT64_MAX, "the last too");
}

/* ---- against a reckoning that walks every minute ---- */

typedef struct hours {
    int n;
    int from[3], to[3]; /* minutes; over midnight to > 1440 */
} hours;
typedef struct model {
    hours week[7];
    int64_t off_from, off_to;
} model;

static bool model_open(const model *m, const reb_zone *z, int64_t t) {
    int64_t local = t + reb_zone_offset_s(z, t) * REB_US_PER_SECOND;
    int64_t day = local / REB_US_PER_DAY;
    int64_t minute = local % REB_US_PER_DAY / MIN_US;
    for (int back = 0; back < 2; back++) {
        int64_t d = day - back;
        if (d >= m->off_from && d <= m->off_to) continue;
        const hours *h = &m->week[(d + 3) % 7];
        for (int k = 0; k < h->n; k++)
            if (minute + back * 1440 >= h->from[k] && minute + back * 1440 < h->to[k]) return true;
    }
    return false;
}

static void random_model(model *m, char *json, size_t room, reb_rand *r) {
    static const char *const day[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
    size_t n = (size_t)snprintf(json, room, "{\"week\":{");
    for (int d = 0; d < 7; d++) {
        hours *h = &m->week[d];
        h->n = (int)reb_rand_below(r, 4);
        int minute = 0;
        n += (size_t)snprintf(json + n, room - n, "%s\"%s\":[", d > 0 ? "," : "", day[d]);
        for (int k = 0; k < h->n; k++) {
            /* Times at the change of clocks are left out: which of two equal hours is meant has no answer that a minute can tell. */
            if (minute > 1000) h->n = k;
            if (minute > 1000) break;
            h->from[k] = minute + 300 * (k == 0) + (int)reb_rand_below(r, 300);
            h->to[k] = h->from[k] + 1 + (int)reb_rand_below(r, 300);
            if (k == h->n - 1 && reb_rand_below(r, 3) == 0) h->to[k] = 1440 + (int)reb_rand_below(r, 100);
            if (h->to[k] == 1439) h->to[k] = 1440;
            if (h->from[k] == 1439) h->from[k] = 1438;
            minute = h->to[k];
            n += (size_t)snprintf(json + n, room - n, "%s\"%02d:%02d-%02d:%02d\"", k > 0 ? "," : "", h->from[k] / 60, h->from[k] % 60,
                                  (h->to[k] == 1440 ? 24 : h->to[k] / 60 % 24), h->to[k] % 60);
        }
        n += (size_t)snprintf(json + n, room - n, "]");
    }
    m->off_from = reb_day_from_civil(2026, 1, 1) + (int64_t)reb_rand_below(r, 330);
    m->off_to = m->off_from + (int64_t)reb_rand_below(r, 6);
    char from[REB_TIME_TEXT];
    char to[REB_TIME_TEXT];
    reb_day_format(m->off_from, from);
    reb_day_format(m->off_to, to);
    snprintf(json + n, room - n, "},\"off\":[{\"from\":\"%s\",\"to\":\"%s\"}]}", from, to);
}

static void equal_to_walking_every_minute(void) {
    static const char *const zones[] = {ATHENS, TEHRAN, "America/Santiago", "America/New_York", "Australia/Lord_Howe", "UTC"};
    reb_rand r = {2026};
    int64_t wrong = 0;
    int64_t tried = 0;
    for (int round = 0; round < 48; round++) {
        bool spring = round % 4 == 0;
        bool autumn = round % 4 == 2; /* here a shift may end in an hour that comes twice, except in zones that change at three, or never */
        const char *name = autumn ? zones[round / 4 % 2] : zones[round / 2 % 6];
        reb_zone *z = zone_of(name);
        model m;
        char json[2048];
        random_model(&m, json, sizeof json, &r);
        const reb_work_calendar *c = calendar_of(name, json);
        int64_t start = reb_day_from_civil(2026, 1, 1) * REB_US_PER_DAY + (int64_t)reb_rand_below(&r, 300 * 1440) * MIN_US;
        int64_t end = start + 25 * REB_US_PER_DAY;
        if (spring || autumn) {
            start = reb_day_from_civil(2026, spring ? (strcmp(name, "America/Santiago") == 0 ? 9 : 3) : 10, 10) * REB_US_PER_DAY;
            end = start + 25 * REB_US_PER_DAY;
        }
        int64_t walked = 0;
        int64_t goal = (int64_t)reb_rand_below(&r, 60 * 60) + 1;
        int64_t reached = -1;
        int64_t opening = -1;
        for (int64_t t = start; t < end; t += MIN_US) {
            bool open = model_open(&m, z, t);
            if (open != reb_work_open_at(c, t) && wrong++ == 0) printf("# %s %s at %s UTC\n", name, json, shown("UTC", t));
            if (open && opening < 0) opening = t;
            walked += open;
            if (walked == goal && reached < 0) reached = t + MIN_US;
            tried++;
        }
        if (reb_work_between(c, start, end) != walked * MIN_US && wrong++ == 0) printf("# between: %s %s\n", name, json);
        if (reached >= 0 && reb_work_add(c, start, goal * MIN_US) != reached && wrong++ == 0) printf("# add: %s %s\n", name, json);
        if (opening >= 0 && reb_work_next_open(c, start) != opening && wrong++ == 0) printf("# next: %s %s\n", name, json);
        if (reached >= 0 && reb_work_between(c, reb_work_back(c, reached, goal * MIN_US), reached) != goal * MIN_US) wrong++;
        reb_zone_close(z);
        reb_arena_reset(&g_arena);
    }
    OK(wrong == 0, "%" PRId64 " minutes of 48 random calendars in six zones", tried);
}

static void laws_of_adding(void) {
    static const char *const zones[] = {ATHENS, TEHRAN, "America/Santiago", "America/Santiago"};
    reb_rand r = {7};
    int64_t broken = 0;
    for (int round = 0; round < 40; round++) {
        model m;
        char json[2048];
        random_model(&m, json, sizeof json, &r);
        const reb_work_calendar *c = calendar_of(zones[round % 4], json);
        for (int k = 0; k < 500; k++) {
            int64_t t = reb_day_from_civil(2010, 1, 1) * REB_US_PER_DAY + (int64_t)reb_rand_below(&r, 30 * 365) * REB_US_PER_DAY +
                        (int64_t)reb_rand_below(&r, 86400000000);
            int64_t a = (int64_t)reb_rand_below(&r, 400 * HOUR_US);
            int64_t b = (int64_t)reb_rand_below(&r, 400 * HOUR_US);
            int64_t ta = reb_work_add(c, t, a);
            if (ta == INT64_MAX) continue;
            int64_t later = t + (int64_t)reb_rand_below(&r, 9 * REB_US_PER_DAY);
            broken += reb_work_between(c, t, ta) != a;
            broken += reb_work_add(c, t, a + b) != reb_work_add(c, ta, b) && b > 0 && reb_work_add(c, t, a + b) != INT64_MAX;
            broken += reb_work_add(c, t, a + b) < ta;
            broken += a > 0 && reb_work_add(c, later, a) < ta;
            broken += reb_work_between(c, t, later) + reb_work_between(c, later, later + b) != reb_work_between(c, t, later + b);
            int64_t opening = reb_work_next_open(c, t);
            broken += opening != INT64_MAX && (reb_work_between(c, t, opening) != 0 || !reb_work_open_at(c, opening));
            int64_t days = 1 + (int64_t)reb_rand_below(&r, 20);
            int64_t td = reb_work_add_days(c, t, days);
            broken += td != INT64_MAX && reb_work_add(c, t, reb_work_between(c, t, td)) != td;
            broken += reb_work_add_days(c, later, days) < td || reb_work_add_days(c, t, days + 1) < td;
            broken += td != INT64_MAX && reb_work_day_end(c, td) != td;
        }
        reb_arena_reset(&g_arena);
    }
    EQ_I64(broken, 0, "20,000 sums: what is added is between, in parts or at once, and later never ends earlier");
}

/* A sum over ten years costs no more than one over a day: nothing walks. Counted in calls, as a ratio within one run. */
static void years_cost_what_days_cost(void) {
    const reb_work_calendar *c = calendar_of(ATHENS, k_split);
    int64_t t = at(ATHENS, "2020-01-07 12:00");
    int64_t sum = 0;
    int64_t took[2];
    for (int which = 0; which < 2; which++) {
        int64_t hours_added = which == 0 ? 4 : 4 * 52 * 44; /* a day, four years */
        int64_t best = INT64_MAX;
        for (int attempt = 0; attempt < 5; attempt++) {
            int64_t began = reb_monotonic_us();
            for (int k = 0; k < 2000; k++) sum ^= reb_work_add(c, t + k * MIN_US, hours_added * HOUR_US);
            int64_t us = reb_monotonic_us() - began;
            if (us < best) best = us;
        }
        took[which] = best;
    }
    OK(sum != 0 && took[1] < 8 * took[0] + 1000, "2,000 sums of a day took %" PRId64 " us, of four years %" PRId64, took[0], took[1]);
}

static void refused(const char *json, const char *says) {
    reb_zone *z = zone_of("UTC");
    reb_work_calendar *c = NULL;
    reb_err err = {0};
    reb_status st = reb_work_calendar_parse(&c, &g_arena, json, z, &err);
    reb_zone_close(z);
    if (!OK(st == REB_E_INPUT && c == NULL && strstr(err.detail, says) != NULL, "refused: %.60s", json)) printf("# %s\n", err.detail);
}

static void documents_that_are_wrong(void) {
    refused("", "no JSON object");
    refused("[]", "no JSON object");
    refused("{}", "either \"week\" or \"always\"");
    refused("{\"always\":true,\"week\":{}}", "either \"week\" or \"always\"");
    refused("{\"week\":{\"monday\":[]}}", "\"monday\" is no day of the week");
    refused("{\"week\":{\"mon\":\"09:00-18:00\"}}", "week.mon must be a list");
    refused("{\"week\":{\"mon\":[\"9-18\"]}}", "week.mon: \"9-18\" are no hours");
    refused("{\"week\":{\"mon\":[\"09:00-25:00\"]}}", "no hours");
    refused("{\"week\":{\"mon\":[\"09:00-09:00\"]}}", "no hours");
    refused("{\"week\":{\"mon\":[\"09:00-13:00\",\"12:00-18:00\"]}}", "begins before");
    refused("{\"week\":{},\"off\":[{\"from\":\"2026-02-30\"}]}", "off[0].from is no date");
    refused("{\"week\":{},\"off\":[{\"from\":\"2026-03-02\",\"to\":\"2026-03-01\"}]}", "off[0].to is before");
    refused("{\"week\":{},\"off\":[{\"name\":\"x\"}]}", "off[0].from is no date");
    refused("{\"week\":{},\"off\":[{\"from\":\"01-01\",\"hours\":[]}]}", "a day off has no hours");
    refused("{\"week\":{},\"dated\":[{\"from\":\"01-01\"}]}", "dated[0].hours must be a list");
    refused("{\"week\":{},\"off\":[{\"rule\":\"full_moon\"}]}", "off[0].rule: \"full_moon\" is not known");
    refused("{\"week\":{},\"off\":[{\"rule\":\"hijri\",\"month\":13,\"day\":1}]}", "off[0].month must be a whole number");
    refused("{\"week\":{},\"off\":[{\"rule\":\"weekday\",\"month\":5}]}", "needs \"nth\"");
    refused("{\"week\":{},\"of\":[]}", "\"of\" is not known here");
    refused("{\"week\":{},\"off\":[{\"from\":\"01-01\",\"everyear\":true}]}", "\"everyear\" is not known here");
}

int main(void) {
    lunch_and_split_shifts_frappe_2212_chatwoot_14009();
    closed_hours_and_holidays_osticket_1168();
    always_open_counts_midnight_zammad_3180();
    over_midnight();
    athens_changes_its_clocks();
    tehran_no_longer_does();
    dated_hours();
    substitutes();
    easter();
    closure_of_26_days_breaks_no_hour();
    never_open();
    equal_to_walking_every_minute();
    laws_of_adding();
    years_cost_what_days_cost();
    documents_that_are_wrong();
    reb_arena_free(&g_arena);
    return tap_done();
}
