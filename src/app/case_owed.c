#include "case_owed.h"

#include <cjson/cJSON.h>
#include <string.h>

static int64_t newest(const reb_case_event *log, int64_t before, reb_case_event_kind kind) {
    int64_t i = before;
    while (i-- > 0 && log[i].kind != kind) {
    }
    return i;
}

/* How often it was given and not taken back, from that event on. */
static int64_t times_given(const reb_case_event *log, int64_t from, int64_t count, const char *code) {
    int64_t n = 0;
    for (int64_t i = from; i < count; i++) {
        if (log[i].kind != REB_CASE_GESTURE || log[i].data == NULL) continue;
        cJSON *data = cJSON_Parse(log[i].data);
        const char *remedy = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(data, "remedy"));
        bool same = remedy != NULL && strcmp(remedy, code) == 0;
        cJSON_Delete(data);
        if (same && strcmp(log[i].word, "given") == 0) n++;
        if (same && strcmp(log[i].word, "withdrawn") == 0 && n > 0) n--;
    }
    return n;
}

reb_status reb_case_owed_of(reb_case_owed *out, reb_arena *a, const reb_case_event *log, int64_t count, reb_err *err) {
    *out = (reb_case_owed){0};
    int64_t at = newest(log, count, REB_CASE_DECIDED);
    const char *for_them[] = {"upheld", "partly", "goodwill", NULL};
    if (at < 0 || log[at].data == NULL || !reb_case_word_known(for_them, log[at].word)) return REB_OK;
    int64_t from = newest(log, at, REB_CASE_REOPENED) + 1;
    cJSON *data = cJSON_Parse(log[at].data);
    const cJSON *code;
    cJSON_ArrayForEach(code, cJSON_GetObjectItemCaseSensitive(data, "remedies")) {
        if (!cJSON_IsString(code) || out->count == REB_CASE_REMEDIES_MOST || reb_case_owes(out, code->valuestring)) continue;
        if (times_given(log, from, count, code->valuestring) == 0) out->codes[out->count++] = reb_arena_strdup(a, code->valuestring);
    }
    cJSON_Delete(data);
    for (int64_t i = 0; i < out->count; i++)
        if (out->codes[i] == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    return REB_OK;
}

bool reb_case_owes(const reb_case_owed *owed, const char *code) {
    for (int64_t i = 0; i < owed->count; i++)
        if (owed->codes[i] != NULL && strcmp(owed->codes[i], code) == 0) return true;
    return false;
}
