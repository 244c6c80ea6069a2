/* The ground floor: errors, arena, strings, JSON, time, ids. */
#include "../../src/base/arena.h"
#include "../../src/base/clock.h"
#include "../../src/base/err.h"
#include "../../src/base/json.h"
#include "../../src/base/rand.h"
#include "../lib/tap.h"

static void errors(void) {
    reb_err err = {0};
    OK(reb_fail(&err, REB_E_INPUT, "line %d", 7) == REB_E_INPUT, "reb_fail returns its code");
    EQ_TEXT(err.detail, "line 7", "detail is formatted");
    char long_text[1200];
    for (size_t i = 0; i + 2 < sizeof long_text; i += 2) memcpy(long_text + i, "\xCE\xB1", 2); /* alpha */
    long_text[1198] = '\0';
    reb_fail(&err, REB_E_INPUT, "x%s", long_text);
    OK(strlen(err.detail) % 2 == 1, "a long detail is cut between characters");
    for (int s = 0; s < REB_STATUS_COUNT; s++)
        if (reb_status_name((reb_status)s) == NULL || (s > 0 && reb_status_exit((reb_status)s) == 0)) OK(false, "status %d is complete", s);
    EQ_TEXT(reb_status_name((reb_status)999), "internal", "an unknown status is an internal error");
}

static void arena(void) {
    reb_arena a = {0};
    char *p = reb_arena_printf(&a, "%s-%d", "ab", 12);
    EQ_TEXT(p, "ab-12", "printf into an arena");
    char *big = reb_arena_zalloc(&a, 1000, 1000);
    OK(big != NULL && big[999999] == 0, "a large block is its own");
    OK(((uintptr_t)reb_arena_alloc(&a, 3) & 15u) == 0, "memory is aligned to 16");
    OK(reb_arena_zalloc(&a, SIZE_MAX / 2, 4) == NULL, "an overflowing size is refused");
    reb_arena_reset(&a);
    OK(a.used_bytes == 0, "reset forgets");
    reb_arena_free(&a);
}

static void json(void) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_obj(&w);
    reb_json_kstr(&w, "name", "a\"b\\\n\x01 \xD8\xB3 \xFF\xE0\x80");
    reb_json_key(&w, "list");
    reb_json_arr(&w);
    reb_json_i64(&w, INT64_MIN);
    reb_json_f64(&w, 0.1);
    reb_json_f64(&w, NAN);
    reb_json_obj(&w);
    reb_json_obj_end(&w);
    reb_json_arr_end(&w);
    reb_json_kid(&w, "id", INT64_C(9007199254740993));
    reb_json_ktime(&w, "at", INT64_C(1234567890123456));
    reb_json_kday(&w, "day", -1);
    reb_json_obj_end(&w);
    EQ_TEXT(reb_buf_cstr(&b),
            "{\"name\":\"a\\\"b\\\\\\n\\u0001 \xD8\xB3 \xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\",\"list\":[-9223372036854775808,0.1,null,{}],"
            "\"id\":\"9007199254740993\",\"at\":\"2009-02-13T23:31:30.123456Z\",\"day\":\"1969-12-31\"}",
            "a document with every kind of value");
    reb_buf_free(&b);
}

static void calendar(void) {
    int64_t day = reb_day_from_civil(1, 1, 1);
    int y;
    int m;
    int d;
    bool round = true;
    for (int64_t k = day; k < day + 1200000; k++) { /* 3,285 years, day by day */
        reb_civil_from_day(k, &y, &m, &d);
        if (!reb_civil_valid(y, m, d) || reb_day_from_civil(y, m, d) != k) round = false;
    }
    OK(round, "day -> civil -> day, every day from the year 1 to 3285");
    EQ_I64(reb_day_from_civil(1970, 1, 1), 0, "the epoch");
    EQ_I64(reb_day_from_civil(2000, 2, 29), 11016, "a leap day of a century year");
    OK(!reb_civil_valid(1900, 2, 29) && reb_civil_valid(2000, 2, 29), "1900 was no leap year, 2000 was");
    static const char *const k_bad[] = {"2026-02-29", "2026-13-01",  "2026-1-01", "2026-01-0x", "-026-01-01", "0000-01-01",
                                        "2026/01/01", "2026-01-011", ""};
    int64_t kept = 7;
    bool refused = true;
    for (size_t i = 0; i < sizeof k_bad / sizeof k_bad[0]; i++) refused = refused && !reb_day_read(&kept, k_bad[i], strlen(k_bad[i]));
    OK(refused && kept == 7, "what is no day is not read as one");
    OK(reb_day_read(&kept, "2024-02-29T10:00", 10) && kept == reb_day_from_civil(2024, 2, 29), "a day is read, whatever stands behind it");
    char text[REB_TIME_TEXT];
    reb_time_format(-1, text);
    EQ_TEXT(text, "1969-12-31T23:59:59.999999Z", "one microsecond before the epoch");
}

static void ids_and_random(void) {
    int64_t now = INT64_C(1800000000000000);
    reb_ids g = {.clock = reb_clock_fixed(&now), .node = 5};
    int64_t last = 0;
    bool increasing = true;
    for (int i = 0; i < 100000; i++) {
        int64_t id = reb_id_next(&g);
        if (id <= last) increasing = false;
        last = id;
    }
    OK(increasing, "100,000 ids within one millisecond increase");
    reb_rand r = {.state = 1234567};
    OK(reb_rand_u64(&r) == UINT64_C(6457827717110365317), "splitmix64 gives its published first number for seed 1234567");
    OK(reb_hash64(0, "a", 1) != reb_hash64(0, "b", 1) && reb_hash64(0, "ab", 2) != reb_hash64(1, "ab", 2), "hashes differ");
}

int main(void) {
    errors();
    arena();
    json();
    calendar();
    ids_and_random();
    return tap_done();
}
