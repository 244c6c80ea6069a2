/* Time zones: every zone of the system's tzdata against the C library, the changes of countries that ICU of Debian 12 does not know, and
   files that are damaged, foreign, renewed or missing. */
#include "../../src/base/clock.h"
#include "../../src/text/tzif.h"
#include "../../src/text/zone.h"
#include "../lib/tap.h"

#include <ftw.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ZONEINFO "/usr/share/zoneinfo"
#define HOUR_US (3600 * REB_US_PER_SECOND)

static int64_t at(int year, int month, int day, int hour, int minute) {
    return reb_day_from_civil(year, month, day) * REB_US_PER_DAY + (hour * 60 + minute) * 60 * REB_US_PER_SECOND;
}

static reb_zone *must_open(const char *name) {
    reb_err err = {0};
    reb_zone *z = NULL;
    if (reb_zone_open(&z, name, &err) != REB_OK) {
        OK(false, "%s opens: %s", name, err.detail);
        exit(tap_done() + 1);
    }
    return z;
}

/* ---- all zones ---- */

enum { NAMES_MOST = 1000 };
static char g_names[NAMES_MOST][REB_ZONE_NAME];
static size_t g_name_count;

static int see_file(const char *path, const struct stat *file, int kind, struct FTW *where) {
    const char *name = path + strlen(ZONEINFO) + 1;
    char magic[4] = "";
    (void)file, (void)where;
    if ((kind != FTW_F && kind != FTW_SL) || strncmp(name, "posix/", 6) == 0 || strncmp(name, "right/", 6) == 0) return 0;
    FILE *f = fopen(path, "rb");
    if (f == NULL) return 0;
    bool tzif = fread(magic, 1, 4, f) == 4 && memcmp(magic, "TZif", 4) == 0;
    fclose(f);
    if (tzif && strcmp(name, "posixrules") != 0 && strcmp(name, "localtime") != 0 && strcmp(name, "Factory") != 0 &&
        g_name_count < NAMES_MOST)
        snprintf(g_names[g_name_count++], REB_ZONE_NAME, "%s", name);
    return 0;
}

static int32_t libc_offset(int64_t time_us) {
    time_t t = (time_t)(time_us / REB_US_PER_SECOND);
    struct tm local;
    localtime_r(&t, &local);
    return (int32_t)local.tm_gmtoff;
}

static uint64_t next_random(uint64_t *x) {
    *x ^= *x << 13, *x ^= *x >> 7, *x ^= *x << 17;
    return *x;
}

/* Every six days or so from 1970 to 2100, and the seconds about each change. */
static int64_t differences(const reb_zone *z, int64_t *asked) {
    static int64_t change[1024];
    static int32_t offset[1024];
    uint64_t random = 88172645463325252u;
    int64_t wrong = 0;
    for (int64_t t = 0; t < at(2100, 1, 1, 0, 0); t += (int64_t)(next_random(&random) % (12 * 86400)) * REB_US_PER_SECOND) {
        wrong += reb_zone_offset_s(z, t) != libc_offset(t);
        ++*asked;
    }
    size_t n = reb_zone_changes(change, offset, 1024, z, 0, at(2100, 1, 1, 0, 0));
    for (size_t i = 0; i < n; i++) {
        for (int d = -2; d <= 2; d++) {
            int64_t t = change[i] + d * REB_US_PER_SECOND;
            wrong += reb_zone_offset_s(z, t) != libc_offset(t);
            ++*asked;
        }
    }
    return wrong;
}

static void use_libc_zone(const char *tz) {
    setenv("TZ", tz, 1);
    tzset();
}

static void all_zones(void) {
    int64_t asked = 0;
    int64_t wrong = 0;
    char first[REB_ZONE_NAME] = "";
    for (size_t i = 0; i < g_name_count; i++) {
        reb_zone *z = must_open(g_names[i]);
        use_libc_zone(g_names[i]);
        int64_t w = differences(z, &asked);
        if (w > 0 && first[0] == '\0') snprintf(first, sizeof first, "%s", g_names[i]);
        wrong += w;
        reb_zone_close(z);
    }
    OK(g_name_count > 400, "tzdata has its zones (%zu)", g_name_count);
    OK(wrong == 0, "all of them agree with the C library at %lld instants from 1970 to 2100 (%lld wrong; %s)", (long long)asked,
       (long long)wrong, first);
}

/* A local time that is skipped or occurs twice, at each change of a zone; and there and back at random instants. */
static void local_times(void) {
    static int64_t change[1024];
    static int32_t offset[1024];
    uint64_t random = 4101842887655102017u;
    int64_t gaps = 0, overlaps = 0, wrong = 0, unstable = 0, back = 0;
    for (size_t i = 0; i < g_name_count; i++) {
        reb_zone *z = must_open(g_names[i]);
        size_t n = reb_zone_changes(change, offset, 1024, z, 0, at(2100, 1, 1, 0, 0));
        for (size_t k = 0; k < n; k++) {
            int64_t before = reb_zone_offset_s(z, change[k] - 1) * REB_US_PER_SECOND;
            int64_t after = offset[k] * REB_US_PER_SECOND;
            /* Between both readings of the clock at the change: skipped when it was put on, twice when it was put back. */
            int64_t middle = change[k] + (before + after) / 2;
            wrong += reb_zone_instant(z, middle) != middle - before;
            wrong +=
                reb_zone_instant(z, change[k] + (before < after ? after : before)) != change[k] + (before < after ? 0 : before - after);
            if (before < after)
                gaps++;
            else
                overlaps++;
        }
        int64_t last = INT64_MIN;
        for (int64_t local = 0; local < at(2060, 1, 1, 0, 0); local += (int64_t)(next_random(&random) % (40 * 86400)) * REB_US_PER_SECOND) {
            int64_t t = reb_zone_instant(z, local);
            int64_t shown = t + reb_zone_offset_s(z, t) * REB_US_PER_SECOND;
            /* What the clock shows then is what was asked for, or later by the gap. */
            unstable += shown < local || shown - local > 25 * HOUR_US;
            unstable += shown == local && reb_zone_instant(z, shown) != t;
            back += t < last && shown == local;
            last = t;
        }
        for (int k = 0; k < 200; k++) {
            int64_t t = (int64_t)(next_random(&random) % 4102444800u) * REB_US_PER_SECOND;
            int64_t first = reb_zone_instant(z, t + reb_zone_offset_s(z, t) * REB_US_PER_SECOND);
            /* The same instant, or the first of two that show the same. */
            unstable +=
                first > t || first + reb_zone_offset_s(z, first) * REB_US_PER_SECOND != t + reb_zone_offset_s(z, t) * REB_US_PER_SECOND;
        }
        reb_zone_close(z);
    }
    OK(wrong == 0 && gaps > 10000 && overlaps > 10000, "%lld gaps and %lld overlaps are as stated (%lld wrong)", (long long)gaps,
       (long long)overlaps, (long long)wrong);
    OK(unstable == 0, "there and back again (%lld wrong)", (long long)unstable);
    OK(back == 0, "later on the clock is later in time (%lld wrong)", (long long)back);
}

/* ---- what was announced since ICU 72 ---- */

static void offset_from(const char *zone, int64_t time_us, int before_s, int after_s, const char *what) {
    reb_zone *z = must_open(zone);
    OK(reb_zone_offset_s(z, time_us - 1) == before_s && reb_zone_offset_s(z, time_us) == after_s, "%s: %s (%d, %d)", zone, what,
       (int)reb_zone_offset_s(z, time_us - 1), (int)reb_zone_offset_s(z, time_us));
    reb_zone_close(z);
}

static void cairo_summers(void) {
    offset_from("Africa/Cairo", at(2023, 4, 27, 22, 0), 7200, 10800, "summer begins on 2023-04-28 at midnight");
    offset_from("Africa/Cairo", at(2023, 10, 26, 21, 0), 10800, 7200, "and ends with 2023-10-26");
    offset_from("Africa/Cairo", at(2024, 4, 25, 22, 0), 7200, 10800, "2024-04-26");
    offset_from("Africa/Cairo", at(2024, 10, 31, 21, 0), 10800, 7200, "2024-10-31");
    offset_from("Africa/Cairo", at(2025, 4, 24, 22, 0), 7200, 10800, "2025-04-25");
    offset_from("Africa/Cairo", at(2025, 10, 30, 21, 0), 10800, 7200, "2025-10-30");
    offset_from("Africa/Cairo", at(2026, 4, 23, 22, 0), 7200, 10800, "2026-04-24");
    offset_from("Africa/Cairo", at(2026, 10, 29, 21, 0), 10800, 7200, "2026-10-29");
    offset_from("Africa/Cairo", at(2099, 4, 23, 22, 0), 7200, 10800, "2099-04-24, by the rule at the end of the file");
    reb_zone *z = must_open("Africa/Cairo");
    int64_t spring = reb_day_from_civil(2026, 4, 24), autumn = reb_day_from_civil(2026, 10, 29);
    EQ_I64(reb_zone_day_start(z, spring), at(2026, 4, 23, 22, 0), "2026-04-24 begins at 01:00");
    EQ_I64(reb_zone_day(z, reb_zone_day_start(z, spring)), spring, "and that is in it");
    EQ_I64(reb_zone_day_start(z, autumn + 1) - reb_zone_day_start(z, autumn), 25 * HOUR_US, "2026-10-29 has 25 hours");
    EQ_I64(reb_zone_instant(z, at(2026, 10, 29, 23, 30)), at(2026, 10, 29, 20, 30), "23:30 occurs twice: the first");
    EQ_I64(reb_zone_instant(z, at(2026, 4, 24, 0, 30)), at(2026, 4, 23, 22, 30), "00:30 is skipped: 01:30");
    reb_zone_close(z);
}

static void athens(void) {
    reb_zone *z = must_open("Europe/Athens");
    int64_t day = reb_day_from_civil(2024, 3, 31) * REB_US_PER_DAY;
    EQ_I64(reb_zone_instant(z, day + 3 * HOUR_US + HOUR_US / 2), day + HOUR_US + HOUR_US / 2,
           "03:30 is skipped in spring: moved on to 04:30");
    EQ_I64(reb_zone_instant(z, day + 2 * HOUR_US), day, "02:00 before the gap");
    EQ_I64(reb_zone_instant(z, day + 4 * HOUR_US), day + HOUR_US, "04:00 after the gap");
    day = reb_day_from_civil(2024, 10, 27) * REB_US_PER_DAY;
    EQ_I64(reb_zone_instant(z, day + 3 * HOUR_US + HOUR_US / 2), day + HOUR_US / 2, "03:30 occurs twice in autumn: the first");
    EQ_I64(reb_zone_instant(z, day + 4 * HOUR_US), day + 2 * HOUR_US, "04:00 occurs once");
    EQ_I64(reb_zone_day(z, day - 3 * HOUR_US), reb_day_from_civil(2024, 10, 27), "21:00 UTC is the next day in Athens in summer");
    EQ_I64(reb_zone_minute(z, day - 3 * HOUR_US), 0, "which is its first minute");
    EQ_I64(reb_zone_minute(z, day - 3 * HOUR_US - 1), 24 * 60 - 1, "a microsecond before it the last of the day before");
    EQ_I64(reb_zone_minute(z, -HOUR_US / 60), 60 + 59, "before 1970 too: Athens was two hours ahead");
    reb_zone_close(z);
}

static void other_countries(void) {
    offset_from("Asia/Almaty", at(2024, 2, 29, 18, 0), 21600, 18000, "one time for all Kazakhstan from 2024-03-01");
    offset_from("America/Nuuk", at(2023, 3, 26, 1, 0), -10800, -7200, "Greenland moves to -02:00 in March 2023");
    offset_from("America/Nuuk", at(2024, 3, 31, 1, 0) - 2 * HOUR_US, -7200, -7200, "and has a summer again in 2024, a moment before");
    offset_from("America/Asuncion", at(2025, 3, 23, 3, 0), -10800, -10800, "Paraguay stays at -03:00 from October 2024");
    offset_from("Asia/Beirut", at(2023, 3, 25, 22, 0), 7200, 10800, "Lebanon's summer of 2023 began as ever");
    offset_from("Europe/Dublin", at(2090, 3, 26, 1, 0), 0, 3600, "Ireland's winter is the exception, in 2090 too");
    offset_from("Africa/Casablanca", at(2026, 2, 15, 2, 0), 3600, 0, "Morocco's clock in Ramadan 2026");
}

/* ---- names ---- */

static void names(void) {
    static const char *const none[] = {"",
                                       "..",
                                       "../zoneinfo/Africa/Cairo",
                                       "/usr/share/zoneinfo/UTC",
                                       "Africa/../Africa/Cairo",
                                       "Africa",
                                       "Africa/",
                                       "Africa//Cairo",
                                       "africa/cairo",
                                       "posix/Africa/Cairo",
                                       "zone.tab",
                                       "tzdata.zi",
                                       "right/Africa/Cairo",
                                       "localtime",
                                       "posixrules",
                                       "Factory",
                                       "Mars/Olympus",
                                       "Africa/Cairo ",
                                       "Africa/Cairo\n",
                                       "EET-2EEST",
                                       "./Africa/Cairo",
                                       ":UTC",
                                       "Africa\\Cairo",
                                       "Etc/GMT+99",
                                       "A23456789/123456789/123456789/123456789/123456789/123456789/123456789"};
    int refused = 0;
    reb_zone *z = NULL;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        reb_err err = {0};
        if (reb_zone_open(&z, none[i], &err) == REB_E_INPUT && z == NULL && err.next[0] != '\0')
            refused++;
        else
            printf("# not refused: %s\n", none[i]);
    }
    OK(refused == (int)(sizeof none / sizeof none[0]), "what is no name of a zone is refused with advice");
    OK(reb_zone_open(&z, NULL, NULL) == REB_E_INPUT && z == NULL, "nor is none");
    z = must_open("Etc/GMT+5");
    EQ_TEXT(reb_zone_name(z), "Etc/GMT+5", "a name is kept as it was given");
    EQ_I64(reb_zone_offset_s(z, 0), -18000, "west has a plus there");
    reb_zone_close(z);
    char version[REB_ZONE_VERSION];
    reb_zone_version(version);
    OK(version[0] == '2' && strlen(version) >= 5, "tzdata says which it is: %s", version);
}

/* ---- files ---- */

static char g_tmp[64];

static char *in_tmp(const char *name) {
    static char path[4][160];
    static int k;
    k = (k + 1) % 4;
    snprintf(path[k], sizeof path[k], "%s/%s", g_tmp, name);
    return path[k];
}

static size_t slurp(unsigned char *bytes, size_t room, const char *path) {
    FILE *f = fopen(path, "rb");
    size_t n = f != NULL ? fread(bytes, 1, room, f) : 0;
    if (f != NULL) fclose(f);
    return n;
}

static void spew(const char *path, const void *bytes, size_t n) {
    FILE *f = fopen(path, "wb");
    if (f == NULL || fwrite(bytes, 1, n, f) != n || fclose(f) != 0) abort();
}

static void put32(unsigned char *p, uint32_t v) {
    for (int i = 0; i < 4; i++) p[i] = (unsigned char)(v >> (24 - 8 * i));
}

/* A file without a table: one offset, and the rule at the end. */
static size_t make_file(unsigned char *out, int32_t offset_s, const char *footer) {
    unsigned char *p = out;
    for (int block = 0; block < 2; block++) {
        memset(p, 0, 44 + 10);
        memcpy(p, "TZif2", 5);
        put32(p + 36, 1);
        put32(p + 40, 4);
        put32(p + 44, (uint32_t)offset_s);
        memcpy(p + 50, "XXX", 4);
        p += 54;
    }
    return (size_t)(p - out) + (size_t)snprintf((char *)p, 64, "\n%s\n", footer);
}

static reb_zone_change g_changes[REB_TZIF_CHANGES_MOST];

static reb_status parse(size_t *count, const unsigned char *bytes, size_t n, reb_err *err) {
    /* Of just that length, so that reading on is seen. */
    unsigned char *exact = malloc(n > 0 ? n : 1);
    if (exact == NULL) abort();
    memcpy(exact, bytes, n);
    reb_status st = reb_tzif_read(g_changes, count, exact, n, err);
    free(exact);
    return st;
}

static void rules_at_the_end(void) {
    static const struct {
        const char *text;
        int32_t offset_s;
    } good[] = {{"EET-2EEST,M4.5.5/0,M10.5.4/24", 7200},    {"IST-1GMT0,M10.5.0,M3.5.0/1", 3600},   {"EST5EDT,M3.2.0,M11.1.0", -18000},
                {"<-02>2<-01>,M3.5.0/-1,M10.5.0/0", -7200}, {"NZST-12NZDT,M9.5.0,M4.1.0/3", 43200}, {"<+0330>-3:30", 12600},
                {"AAA-3:30:15BBB,J60/2,300/3", 12615},      {"AAA3BBB2,59,J360/23", -10800},        {"IST-2IDT,M3.4.4/26,M10.5.0", 7200},
                {"AAA-1BBB,M2.1.1/-100,M9.1.1/100", 3600}};
    static unsigned char bytes[512];
    reb_err err = {0};
    size_t count = 0;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        size_t n = make_file(bytes, good[i].offset_s, good[i].text);
        reb_zone *z = NULL;
        int64_t asked = 0;
        spew(in_tmp("Rule"), bytes, n);
        setenv("TZDIR", g_tmp, 1);
        reb_status st = reb_zone_open(&z, "Rule", &err);
        unsetenv("TZDIR");
        if (!OK(st == REB_OK, "%s is read %s", good[i].text, err.detail)) continue;
        use_libc_zone(good[i].text);
        int64_t wrong = differences(z, &asked);
        OK(wrong == 0, "%s as the C library has it at %lld instants (%lld wrong)", good[i].text, (long long)asked, (long long)wrong);
        reb_zone_close(z);
    }
    OK(parse(&count, bytes, make_file(bytes, -10800, "XXX3EDT4,0/0,J365/23"), &err) == REB_OK && count <= 3 &&
           g_changes[count - 1].offset_s == -14400,
       "daylight saving all the year is one offset");
    static const char *const wrong[] = {"EE-2",
                                        "EET",
                                        "EET-",
                                        "EET-25",
                                        "EET-2EEST,",
                                        "EET-2EEST,M4.5.5",
                                        "EET-2EEST,M13.5.5,M10.5.4",
                                        "EET-2EEST,M4.6.5,M10.5.4",
                                        "EET-2EEST,M4.5.7,M10.5.4",
                                        "EET-2EEST,M0.1.1,M10.5.4",
                                        "EET-2EEST,J0,J365",
                                        "EET-2EEST,J1,J366",
                                        "EET-2EEST,1,366",
                                        "EET-2EEST,M4.5.5/168,M10.5.4",
                                        "EET-2EEST,M4.5.5,M10.5.4x",
                                        "EET-2:60",
                                        "<EET-2",
                                        "<+02>",
                                        "EET-99999999999999999999",
                                        ":EET",
                                        "EET-3",
                                        "EET-2EEST,M4.5.5,M10.5.4,M1.1.1",
                                        "EET-2 ",
                                        "EET--2"};
    int refused = 0;
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        reb_err why = {0};
        if (parse(&count, bytes, make_file(bytes, 7200, wrong[i]), &why) == REB_E_INPUT)
            refused++;
        else
            printf("# not refused: %s\n", wrong[i]);
    }
    OK(refused == (int)(sizeof wrong / sizeof wrong[0]), "rules that are none are refused");
}

static reb_status with_change(int64_t offset, unsigned char value, size_t *count) {
    static unsigned char bytes[8192];
    reb_err err = {0};
    size_t n = slurp(bytes, sizeof bytes, ZONEINFO "/Africa/Cairo");
    bytes[offset] = value;
    return parse(count, bytes, n, &err);
}

static void damaged_files(void) {
    static unsigned char bytes[REB_TZIF_BYTES_MOST + 2];
    reb_err err = {0};
    size_t count = 0;
    size_t n = slurp(bytes, sizeof bytes, ZONEINFO "/Africa/Cairo");
    size_t refused = 0;
    OK(parse(&count, bytes, n, &err) == REB_OK && count > 100, "Cairo's file has %zu changes", count);
    for (size_t k = 0; k < n; k++) refused += parse(&count, bytes, k, &err) == REB_E_INPUT;
    OK(refused == n, "cut short anywhere it is refused (%zu of %zu)", refused, n);
    OK(with_change(0, 'X', &count) == REB_E_INPUT, "so it is without its mark");
    OK(with_change(4, 0, &count) == REB_E_INPUT, "of version 1");
    OK(with_change(4, '5', &count) == REB_E_INPUT, "of a version to come");
    OK(with_change(28, 0xff, &count) == REB_E_INPUT && with_change(32, 0xff, &count) == REB_E_INPUT &&
           with_change(36, 0xff, &count) == REB_E_INPUT && with_change(40, 0xff, &count) == REB_E_INPUT,
       "with counts beyond what there is");
    memset(bytes + n, ' ', sizeof bytes - n);
    OK(parse(&count, bytes, sizeof bytes, &err) == REB_E_INPUT, "or too long");
    n = slurp(bytes, sizeof bytes, ZONEINFO "/right/Africa/Cairo");
    if (n == 0)
        SKIP("tzdata here has no files with leap seconds");
    else
        OK(parse(&count, bytes, n, &err) == REB_E_INPUT && strstr(err.detail, "leap") != NULL, "with leap seconds: %s", err.detail);
}

static void folders(void) {
    static unsigned char bytes[8192];
    reb_err err = {0};
    reb_zone *z = NULL;
    reb_zone *old = NULL;
    setenv("TZDIR", in_tmp("nowhere"), 1);
    OK(reb_zone_open(&z, "Africa/Cairo", &err) == REB_E_IO && strstr(err.next, "tzdata") != NULL, "without tzdata: %s %s", err.detail,
       err.next);
    OK(reb_zone_open(&z, "UTC", &err) == REB_OK && reb_zone_offset_s(z, 0) == 0, "UTC is there all the same");
    reb_zone_close(z);
    char version[REB_ZONE_VERSION];
    reb_zone_version(version);
    EQ_TEXT(version, "", "and no version is told");
    setenv("TZDIR", g_tmp, 1);
    spew(in_tmp("tzdata.zi"), "# version 2031b\n", 16);
    reb_zone_version(version);
    EQ_TEXT(version, "2031b", "TZDIR says where it lies");
    OK(mkdir(in_tmp("Area"), 0700) == 0 && reb_zone_open(&z, "Area", &err) == REB_E_INPUT, "a folder is no zone");
    OK(symlink(ZONEINFO "/Africa/Cairo", in_tmp("Out")) == 0 && reb_zone_open(&z, "Out", &err) == REB_E_INPUT, "nor a link that leads out");
    OK(mkfifo(in_tmp("Pipe"), 0600) == 0 && reb_zone_open(&z, "Pipe", &err) == REB_E_INPUT, "nor a pipe, which nobody writes to");
    size_t n = slurp(bytes, sizeof bytes, ZONEINFO "/Africa/Cairo");
    spew(in_tmp("Here"), bytes, n);
    OK(symlink("Here", in_tmp("Link")) == 0 && reb_zone_open(&z, "Link", &err) == REB_OK, "a link within is one %s", err.detail);
    reb_zone_close(z);
    spew(in_tmp("Short"), bytes, n - 1);
    OK(reb_zone_open(&z, "Short", &err) == REB_E_INPUT && z == NULL && strstr(err.next, "reinstall") != NULL, "damaged: %s %s", err.detail,
       err.next);
    /* An upgrade puts another file in the place of the old one. */
    OK(reb_zone_open(&old, "Here", &err) == REB_OK, "before tzdata is renewed");
    n = slurp(bytes, sizeof bytes, ZONEINFO "/Asia/Tehran");
    spew(in_tmp("new"), bytes, n);
    OK(rename(in_tmp("new"), in_tmp("Here")) == 0 && reb_zone_open(&z, "Here", &err) == REB_OK, "it is read anew");
    EQ_I64(reb_zone_offset_s(z, at(2026, 7, 1, 0, 0)), 12600, "by the new rules");
    EQ_I64(reb_zone_offset_s(old, at(2026, 7, 1, 0, 0)), 10800, "who had it open keeps what it was");
    reb_zone_close(z);
    reb_zone_close(old);
    unsetenv("TZDIR");
    z = must_open("Africa/Cairo");
    EQ_I64(reb_zone_offset_s(z, at(2026, 7, 1, 0, 0)), 10800, "and the system's is the system's again");
    reb_zone_close(z);
}

/* The same zones as zic writes them for those who want small files: all later changes by the rule at the end. */
static void slim_files(void) {
    char command[512];
    char libc_name[128];
    int64_t wrong = 0, asked = 0, others = 0, instants = 0;
    if (access("/usr/sbin/zic", X_OK) != 0) {
        SKIP("zic is not installed");
        return;
    }
    snprintf(command, sizeof command, "/usr/sbin/zic -b slim -d %s/slim " ZONEINFO "/tzdata.zi", g_tmp);
    if (!OK(system(command) == 0, "zic writes them")) return;
    snprintf(command, sizeof command, "%s/slim", g_tmp);
    for (size_t i = 0; i < g_name_count; i++) {
        reb_zone *fat = must_open(g_names[i]);
        reb_zone *slim = NULL;
        reb_buf x = {0}, y = {0};
        reb_err err = {0};
        setenv("TZDIR", command, 1);
        reb_status st = reb_zone_open(&slim, g_names[i], &err);
        unsetenv("TZDIR");
        if (st == REB_OK) {
            reb_zone_rules(&x, fat, at(1970, 1, 1, 0, 0), at(2200, 1, 1, 0, 0));
            reb_zone_rules(&y, slim, at(1970, 1, 1, 0, 0), at(2200, 1, 1, 0, 0));
            if (strcmp(reb_buf_cstr(&x), reb_buf_cstr(&y)) != 0) {
                /* Of Palestine's far years zic itself writes other rules then: what the C library reads is the measure. */
                snprintf(libc_name, sizeof libc_name, ":%s/slim/%s", g_tmp, g_names[i]);
                use_libc_zone(libc_name);
                wrong += differences(slim, &instants);
                others++;
            }
            asked++;
        }
        reb_buf_free(&x);
        reb_buf_free(&y);
        reb_zone_close(fat);
        reb_zone_close(slim);
    }
    OK(wrong == 0 && asked > 400 && others < 10, "small files say the same of %lld zones (%lld wrong)", (long long)asked, (long long)wrong);
}

/* ---- rules that are kept ---- */

static void kept_rules(void) {
    reb_err err = {0};
    reb_buf text = {0}, again = {0};
    reb_zone *z = must_open("Africa/Cairo");
    reb_zone *of_rules = NULL;
    reb_zone_rules(&text, z, at(2025, 1, 1, 0, 0), at(2026, 1, 1, 0, 0));
    EQ_TEXT(reb_buf_cstr(&text), "7200 1745532000=10800 1761858000=7200", "a year as text");
    reb_buf_clear(&text);
    reb_zone_rules(&text, z, 0, at(2070, 1, 1, 0, 0));
    OK(reb_zone_of_rules(&of_rules, "Africa/Cairo", reb_buf_cstr(&text), &err) == REB_OK, "and back %s", err.detail);
    reb_zone_rules(&again, of_rules, 0, at(2070, 1, 1, 0, 0));
    EQ_TEXT(reb_buf_cstr(&again), reb_buf_cstr(&text), "it says the same");
    int64_t wrong = 0;
    for (int64_t t = 0; t < at(2070, 1, 1, 0, 0); t += 5 * HOUR_US) wrong += reb_zone_offset_s(z, t) != reb_zone_offset_s(of_rules, t);
    OK(wrong == 0, "at every hour (%lld wrong)", (long long)wrong);
    reb_zone_close(of_rules);
    reb_zone_close(z);
    static const char *const bad[] = {"",
                                      "x",
                                      "7200 ",
                                      "7200 5",
                                      "7200 5=",
                                      "7200 5=1 5=2",
                                      "7200 5=1 4=2",
                                      "7200  5=1",
                                      "999999",
                                      "7200 9999999999999=1",
                                      "7200 5=1,",
                                      "--7200",
                                      "7200 5=-"};
    int refused = 0;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        refused += reb_zone_of_rules(&of_rules, "X", bad[i], &err) == REB_E_INPUT && !of_rules;
    OK(refused == (int)(sizeof bad / sizeof bad[0]), "what is no such text is refused");
    reb_buf_free(&text);
    reb_buf_free(&again);
}

/* ---- threads ---- */

static void *open_and_close(void *arg) {
    int64_t *wrong = arg;
    uint64_t random = (uint64_t)(uintptr_t)arg | 1;
    for (int k = 0; k < 3000; k++) {
        const char *name = g_names[next_random(&random) % 20];
        reb_zone *z = NULL;
        if (reb_zone_open(&z, name, NULL) != REB_OK || strcmp(reb_zone_name(z), name) != 0) ++*wrong;
        reb_zone_close(z);
    }
    return NULL;
}

static void threads(void) {
    enum { THREADS = 8 };
    pthread_t thread[THREADS];
    int64_t wrong[THREADS] = {0};
    int64_t sum = 0;
    for (int i = 0; i < THREADS; i++)
        if (pthread_create(&thread[i], NULL, open_and_close, &wrong[i]) != 0) abort();
    for (int i = 0; i < THREADS; i++) {
        pthread_join(thread[i], NULL);
        sum += wrong[i];
    }
    OK(sum == 0, "threads share what is kept (%lld wrong)", (long long)sum);
}

static int remove_one(const char *path, const struct stat *file, int kind, struct FTW *where) {
    (void)file, (void)kind, (void)where;
    return remove(path);
}

int main(void) {
    unsetenv("TZDIR");
    snprintf(g_tmp, sizeof g_tmp, "/tmp/rebound-zone.XXXXXX");
    if (mkdtemp(g_tmp) == NULL) abort();
    nftw(ZONEINFO, see_file, 16, FTW_PHYS);
    all_zones();
    local_times();
    athens();
    cairo_summers();
    other_countries();
    names();
    rules_at_the_end();
    damaged_files();
    folders();
    slim_files();
    kept_rules();
    threads();
    nftw(g_tmp, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    return tap_done();
}
