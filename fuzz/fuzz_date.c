/* Dates: one value a line as a column, then each by itself under several formats. */
#include "../src/text/date.h"
#include "../src/text/slice.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void parse(const char *s, size_t n, const reb_date_format *fmt, const reb_zone *zone) {
    reb_err err = {0};
    reb_date d;
    reb_status st = reb_date_parse(&d, s, n, fmt, zone, &err);
    if (st != REB_OK) {
        if (st != REB_E_INPUT || err.detail[0] == '\0') abort();
        return;
    }
    /* The day is the day of the instant, in the zone; written in its calendar it reads back as itself. A time of 24:00 is the next day. */
    if (reb_zone_day(zone, d.time_us) != d.day) abort();
    char text[REB_DATE_TEXT];
    size_t len = reb_date_text(text, d.calendar, d.day);
    reb_date again;
    if (len > 0 && d.day > -90000 && d.day < 100000 &&
        (reb_date_parse(&again, text, len, &(reb_date_format){.calendar = d.calendar}, zone, NULL) != REB_OK || again.day != d.day))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static reb_zone *zone;
    if (zone == NULL && reb_zone_open(&zone, "Africa/Cairo", NULL) != REB_OK) abort();
    reb_date_evidence ev = {0};
    const char *p = (const char *)data, *end = p + size;
    static const reb_date_format formats[] = {{0},
                                              {.order = REB_ORDER_DMY, .calendar = REB_CAL_SOLAR_HIJRI},
                                              {.order = REB_ORDER_MDY, .number = REB_NUMBER_EPOCH_S},
                                              {.order = REB_ORDER_YMD, .calendar = REB_CAL_HIJRI, .number = REB_NUMBER_EXCEL_1900},
                                              {.number = REB_NUMBER_EPOCH_MS},
                                              {.number = REB_NUMBER_EXCEL_1904, .latest_year = 2030}};
    while (p < end) {
        const char *q = memchr(p, '\n', (size_t)(end - p));
        size_t n = q == NULL ? (size_t)(end - p) : (size_t)(q - p);
        reb_date_evidence_add(&ev, p, n);
        for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) parse(p, n, &formats[i], zone);
        p += n + 1;
    }
    reb_date_verdict v = reb_date_decide(&ev, REB_ORDER_MDY, true);
    if (v.reason == NULL || ev.dates > ev.values) abort();
    return 0;
}
