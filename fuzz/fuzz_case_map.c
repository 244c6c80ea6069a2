/* Mappings of logs: whatever is read answers every question, and every word of it is one that cases take. */
#include "../src/app/case_map.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    reb_log_map m;
    reb_err err = {0};
    if (reb_log_map_read(&m, &a, (const char *)data, size, &err) == REB_OK) {
        if (m.column[REB_LOG_CASE] == NULL) abort();
        for (int k = REB_LOG_KIND; k <= REB_LOG_LANGUAGE; k++)
            if (reb_log_code(&m, (reb_log_role)k, "x") == NULL || reb_log_code(&m, (reb_log_role)k, "") == NULL) abort();
        const reb_log_on *on = reb_log_activity(&m, "1");
        for (int i = 0; on != NULL && i < on->count; i++)
            if (on->step[i].word == NULL || reb_log_usual_word(on->step[i].kind) == NULL) abort();
    } else if (err.detail[0] == '\0') {
        abort();
    }
    reb_arena_free(&a);
    return 0;
}
