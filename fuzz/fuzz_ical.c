/* iCalendar files, and what becomes of them in a calendar's document: whatever was read must make a document that can be read. */
#include "../src/rule/ical.h"
#include "../src/rule/work_calendar.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    reb_ical_found found;
    reb_err err = {0};
    if (reb_ical_read(&found, &a, (const char *)data, size, &err) == REB_OK && found.count > 0) {
        const char *document = NULL;
        int64_t added = 0;
        reb_zone *utc = NULL;
        reb_work_calendar *calendar = NULL;
        reb_status st = reb_work_document_add(&document, &added, &a, "{\"always\":true}", found.days, found.count, &err);
        if (st == REB_OK) st = reb_zone_open(&utc, "UTC", &err);
        if (st == REB_OK) st = reb_work_calendar_parse(&calendar, &a, document, utc, &err);
        reb_zone_close(utc);
        if (st != REB_OK && st != REB_E_MEMORY) abort();
    }
    reb_arena_free(&a);
    return 0;
}
