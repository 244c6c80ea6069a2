/* Reads the CDNOW files of Bruce Hardie's teaching set, which are not part of this project, into histories. */
#ifndef REB_TESTS_NUM_CDNOW_H
#define REB_TESTS_NUM_CDNOW_H

#include <stdio.h>
#include <stdlib.h>

#include "rebound.h"

typedef struct cdnow_customer {
    int x, t_x, T;  /* repeat days, day of the last, days observed; calibration is 1997-01-01 to 1997-09-30 */
    int future;     /* repeat days in the 39 weeks after */
    int spend_days; /* x again, of which spend_cents is the sum */
    long long spend_cents;
    long long future_cents; /* spent on the future days */
} cdnow_customer;

/* Days since 1970-01-01 of a proleptic Gregorian date. */
static inline int cdnow_day(int yyyymmdd) {
    int y = yyyymmdd / 10000, m = yyyymmdd / 100 % 100, d = yyyymmdd % 100;
    y -= m <= 2;
    int era = y / 400, yoe = y - era * 400;
    int doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5 + d - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* skip: columns before the date (1 in the full file, 2 in the sample). Lines are sorted by customer and date. Returns customers. */
static inline size_t cdnow_read(cdnow_customer *out, size_t capacity, const char *path, int skip) {
    FILE *f = fopen(path, "r");
    if (f == NULL) return 0;
    char line[256];
    size_t n = 0;
    int last_id = -1, first = 0, last = 0;
    int split = cdnow_day(19970930);
    while (fgets(line, sizeof line, f) != NULL) {
        char *p = line;
        int id = (int)strtol(p, &p, 10);
        if (id == 0) continue;
        if (skip == 2) strtol(p, &p, 10);
        int day = cdnow_day((int)strtol(p, &p, 10));
        strtol(p, &p, 10);
        double dollars = strtod(p, &p);
        if (id != last_id) {
            if (n == capacity) break;
            out[n++] = (cdnow_customer){.T = split - day};
            first = day;
            last_id = id;
        } else if (day != last && day != first) {
            cdnow_customer *c = &out[n - 1];
            if (day <= split) {
                c->x++;
                c->t_x = day - first;
                c->spend_days++;
            } else {
                c->future++;
            }
        }
        if (day != first && day <= split) out[n - 1].spend_cents += (long long)(dollars * 100 + 0.5);
        if (day > split) out[n - 1].future_cents += (long long)(dollars * 100 + 0.5);
        last = day;
    }
    fclose(f);
    return n;
}

static inline reb_nbd_row cdnow_row(const cdnow_customer *c, double days_per_unit) {
    return (reb_nbd_row){c->x, c->t_x / days_per_unit, c->T / days_per_unit, 1.0};
}

#endif
