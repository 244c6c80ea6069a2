/* Documents of calendars: what is taken must answer every question, and keep the law that what is added is between. */
#include "../src/base/clock.h"
#include "../src/rule/work_calendar.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_zone *zone = NULL;
    const char *name = NULL;
    reb_work_calendar *c = NULL;
    const char *json = reb_arena_strndup(&a, (const char *)data, size);
    static const char *const zones[] = {"Europe/Athens", "Asia/Tehran", "America/Santiago"};
    if (json == NULL || strlen(json) != size) goto done;
    if (reb_work_calendar_zone(&name, &a, json, &err) != REB_OK) goto done;
    if (reb_zone_open(&zone, zones[size % 3], &err) != REB_OK) goto done;
    if (reb_work_calendar_parse(&c, &a, json, zone, &err) != REB_OK) goto done;
    int64_t from = reb_day_from_civil(2024 + (int)(size % 4), 2, 20) * REB_US_PER_DAY;
    for (int k = 0; k < 20; k++) {
        int64_t open = (int64_t)k * k * 7 * 60 * REB_US_PER_SECOND;
        int64_t at = reb_work_add(c, from, open);
        if (at != INT64_MAX && reb_work_between(c, from, at) != open) abort();
        int64_t next = reb_work_next_open(c, from);
        if (next != INT64_MAX && !reb_work_open_at(c, next)) abort();
        int64_t days = reb_work_add_days(c, from, k + 1);
        if (days != INT64_MAX && days < from) abort();
        from += 11 * REB_US_PER_DAY + 3600 * REB_US_PER_SECOND;
    }
done:
    reb_zone_close(zone);
    reb_arena_free(&a);
    return 0;
}
