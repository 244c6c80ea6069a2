/* Files of tzdata, and the text in which rules of a zone are kept. */
#include "../src/base/clock.h"
#include "../src/text/tzif.h"
#include "../src/text/zone.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static reb_zone_change change[REB_TZIF_CHANGES_MOST];
    reb_err err = {0};
    size_t n = 0;
    reb_status st = reb_tzif_read(change, &n, data, size, &err);
    if (st != REB_OK && st != REB_E_INPUT) abort();
    if (st == REB_OK && (n == 0 || change[0].from_us != INT64_MIN)) abort();
    for (size_t i = 1; st == REB_OK && i < n; i++)
        if (change[i].from_us <= change[i - 1].from_us || change[i].offset_s == change[i - 1].offset_s) abort();

    char *text = malloc(size + 1);
    if (text == NULL) return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    reb_zone *zone = NULL;
    reb_zone *again = NULL;
    reb_buf x = {0};
    reb_buf y = {0};
    st = reb_zone_of_rules(&zone, "Fuzz/Zone", text, &err);
    if (st != REB_OK && st != REB_E_INPUT) abort();
    if (st == REB_OK) {
        const int64_t from = -400 * INT64_C(366) * REB_US_PER_DAY;
        const int64_t to = -from;
        /* What was read says the same when it is written and read again. */
        reb_zone_rules(&x, zone, from, to);
        if (reb_zone_of_rules(&again, "Fuzz/Zone", reb_buf_cstr(&x), &err) != REB_OK) abort();
        reb_zone_rules(&y, again, from, to);
        if (strcmp(reb_buf_cstr(&x), reb_buf_cstr(&y)) != 0) abort();
        int64_t local = (int64_t)(size * 2654435761u) * REB_US_PER_SECOND;
        int64_t t = reb_zone_instant(zone, local);
        if (t - local > 100000 * REB_US_PER_SECOND * 2 || local - t > 100000 * REB_US_PER_SECOND * 2) abort();
    }
    reb_zone_close(zone);
    reb_zone_close(again);
    reb_buf_free(&x);
    reb_buf_free(&y);
    free(text);
    return 0;
}
