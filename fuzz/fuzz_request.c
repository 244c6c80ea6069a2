/* What a client sends: a body against each shape a route takes, and a text as the value of each member of a query. */
#include "../src/http/types.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *const k_bodies[] = {"SettingPut", "TokenNew", "ImportNew", "FitNew"};
static const char *const k_queries[] = {"EventsQuery", "JobListQuery", "UploadQuery", "TodayQuery"};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    cJSON *body = cJSON_ParseWithLength((const char *)data, size);
    for (size_t i = 0; body != NULL && i < sizeof k_bodies / sizeof *k_bodies; i++) {
        reb_err err = {0};
        if (reb_type_check(body, k_bodies[i], true, &err) != REB_OK && err.detail[0] == '\0') abort();
    }
    cJSON_Delete(body);
    char *text = malloc(size + 1);
    if (text == NULL) abort();
    memcpy(text, data, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof k_queries / sizeof *k_queries; i++) {
        size_t n = 0;
        const reb_field *fields = reb_type_find(k_queries[i], &n);
        if (fields == NULL) abort();
        for (size_t k = 0; k < n; k++) {
            reb_err err = {0};
            if (reb_field_check_text(&fields[k], text, &err) != REB_OK && err.detail[0] == '\0') abort();
        }
    }
    free(text);
    return 0;
}
