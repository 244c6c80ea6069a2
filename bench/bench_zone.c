/* Time zones, beside ICU in the same run: an offset at an instant, the instant of a local time, and a zone opened. The C library's
   localtime_r stands beside them, although it knows but one zone at a time. Also says on how many days of 2023 to 2030 ICU's rules, which
   were current when its version was made, differ from tzdata's. */
#include "../src/base/clock.h"
#include "../src/text/zone.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

enum { INSTANTS = 200000, OPENED = 2000, ROUNDS = 5 };
static const char *const k_zones[] = {"Africa/Cairo", "Europe/Athens", "Asia/Tehran", "America/New_York", "Asia/Almaty"};
enum { ZONES = sizeof k_zones / sizeof k_zones[0] };

static int64_t g_at[INSTANTS];
static volatile int64_t g_sink;

typedef struct subject {
    const char *name;
    reb_zone *zone;
    UCalendar *icu;
} subject;

typedef int64_t run_fn(const subject *s);

static double cpu_seconds(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double best(run_fn *run, const subject *s) {
    double least = 1e9;
    for (int i = 0; i < ROUNDS; i++) {
        double start = cpu_seconds();
        g_sink += run(s);
        double took = cpu_seconds() - start;
        if (took < least) least = took;
    }
    return least;
}

static UCalendar *icu_open(const char *name) {
    UErrorCode status = U_ZERO_ERROR;
    UChar id[64];
    u_charsToUChars(name, id, (int32_t)strlen(name) + 1);
    UCalendar *c = ucal_open(id, -1, "en_US", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) exit(1);
    return c;
}

static int32_t icu_offset(UCalendar *c, int64_t time_us) {
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(c, (double)(time_us / 1000), &status);
    return (ucal_get(c, UCAL_ZONE_OFFSET, &status) + ucal_get(c, UCAL_DST_OFFSET, &status)) / 1000;
}

static int64_t ours_offset(const subject *s) {
    int64_t sum = 0;
    for (int i = 0; i < INSTANTS; i++) sum += reb_zone_offset_s(s->zone, g_at[i]);
    return sum;
}
static int64_t icus_offset(const subject *s) {
    int64_t sum = 0;
    for (int i = 0; i < INSTANTS; i++) sum += icu_offset(s->icu, g_at[i]);
    return sum;
}
static int64_t libcs_offset(const subject *s) {
    int64_t sum = 0;
    (void)s;
    for (int i = 0; i < INSTANTS; i++) {
        time_t t = (time_t)(g_at[i] / REB_US_PER_SECOND);
        struct tm local;
        localtime_r(&t, &local);
        sum += local.tm_gmtoff;
    }
    return sum;
}

static int64_t ours_instant(const subject *s) {
    int64_t sum = 0;
    for (int i = 0; i < INSTANTS; i++) sum += reb_zone_instant(s->zone, g_at[i]);
    return sum;
}
static int64_t icus_instant(const subject *s) {
    UErrorCode status = U_ZERO_ERROR;
    int64_t sum = 0;
    for (int i = 0; i < INSTANTS; i++) {
        int y, m, d;
        int64_t day = g_at[i] / REB_US_PER_DAY;
        int64_t second = g_at[i] % REB_US_PER_DAY / REB_US_PER_SECOND;
        reb_civil_from_day(day, &y, &m, &d);
        ucal_setDateTime(s->icu, y, m - 1, d, (int32_t)(second / 3600), (int32_t)(second / 60 % 60), (int32_t)(second % 60), &status);
        sum += (int64_t)ucal_getMillis(s->icu, &status) * 1000;
    }
    return sum;
}

static int64_t ours_open(const subject *s) {
    for (int i = 0; i < OPENED; i++) {
        reb_zone *z = NULL;
        if (reb_zone_open(&z, s->name, NULL) != REB_OK) exit(1);
        reb_zone_close(z);
    }
    return 0;
}
static int64_t icus_open(const subject *s) {
    for (int i = 0; i < OPENED; i++) ucal_close(icu_open(s->name));
    return 0;
}

static int days_that_differ(const subject *s) {
    int n = 0;
    int64_t end = reb_day_from_civil(2031, 1, 1);
    for (int64_t day = reb_day_from_civil(2023, 1, 1); day < end; day++) {
        int64_t noon = day * REB_US_PER_DAY + REB_US_PER_DAY / 2;
        n += reb_zone_offset_s(s->zone, noon) != icu_offset(s->icu, noon);
    }
    return n;
}

static void row(const char *what, double ours, double icus, double libcs, int each) {
    printf("  %-12s %8.0f ns  ICU %8.0f ns, %6.1f times as long", what, ours * 1e9 / each, icus * 1e9 / each, icus / ours);
    if (libcs > 0) printf(";  localtime_r %6.0f ns, %5.1f", libcs * 1e9 / each, libcs / ours);
    printf("\n");
}

int main(void) {
    uint64_t x = 88172645463325252u;
    int64_t from = reb_day_from_civil(2000, 1, 1) * REB_US_PER_DAY;
    int64_t span = reb_day_from_civil(2036, 1, 1) * REB_US_PER_DAY - from;
    for (int i = 0; i < INSTANTS; i++) {
        x ^= x << 13, x ^= x >> 7, x ^= x << 17;
        g_at[i] = from + (int64_t)(x % (uint64_t)span) / REB_US_PER_SECOND * REB_US_PER_SECOND;
    }
    for (int i = 0; i < ZONES; i++) {
        subject s = {.name = k_zones[i], .icu = icu_open(k_zones[i])};
        reb_err err = {0};
        if (reb_zone_open(&s.zone, s.name, &err) != REB_OK) {
            fprintf(stderr, "%s %s\n", err.detail, err.next);
            return 1;
        }
        setenv("TZ", s.name, 1);
        tzset();
        printf("%s: ICU's rules differ on %d days of 2023 to 2030\n", s.name, days_that_differ(&s));
        row("offset", best(ours_offset, &s), best(icus_offset, &s), best(libcs_offset, &s), INSTANTS);
        row("instant", best(ours_instant, &s), best(icus_instant, &s), 0, INSTANTS);
        row("open", best(ours_open, &s), best(icus_open, &s), 0, OPENED);
        reb_zone_close(s.zone);
        ucal_close(s.icu);
    }
    return 0;
}
