/* The settings of the business. */
#include "handlers.h"

#include "../domain/business.h"

#include <string.h>

reb_status reb_handle_settings_list(reb_request *rq, reb_err *err) {
    reb_business *b = NULL;
    reb_status st = reb_business_load(&b, rq->store, err);
    if (st == REB_OK) {
        reb_json_obj(&rq->w);
        reb_settings_json(&rq->w, b);
        reb_json_obj_end(&rq->w);
    }
    reb_business_free(b);
    return st;
}

/* Numbers and text alike: the setting's own rule judges the text. */
static reb_status value_text(const char **out, reb_request *rq, reb_err *err) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(rq->json_body, "value");
    *out = NULL;
    if (cJSON_IsNull(v)) return REB_OK;
    if (cJSON_IsString(v) && strlen(v->valuestring) < REB_SETTING_TEXT) {
        *out = v->valuestring;
        return REB_OK;
    }
    if (!cJSON_IsNumber(v))
        return reb_fail(err, REB_E_USAGE, "value must be a number, text of at most %d bytes, or null.", REB_SETTING_TEXT - 1);
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_json_f64(&w, v->valuedouble);
    *out = b.failed ? NULL : reb_arena_strdup(&rq->arena, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return *out != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_handle_setting_put(reb_request *rq, reb_err *err) {
    const char *key = reb_rq_param(rq, "key");
    reb_setting_change change;
    const char *value;
    reb_status st = value_text(&value, rq, err);
    if (st == REB_OK) st = reb_setting_set(&change, rq->store, key, value, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_kstr(&rq->w, "key", key);
    reb_json_kstr(&rq->w, "before", change.before);
    reb_json_kstr(&rq->w, "after", change.after);
    reb_json_ki64(&rq->w, "events_moved", change.events_moved);
    reb_json_obj_end(&rq->w);
    return REB_OK;
}
