/* The settings of the business. */
#include "audit.h"
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
static reb_status value_text(const char **out, const cJSON *v, reb_request *rq, reb_err *err) {
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

static void change_json(reb_json *w, const char *key, const reb_setting_change *change) {
    reb_json_obj(w);
    reb_json_kstr(w, "key", key);
    reb_json_kstr(w, "before", change->before);
    reb_json_kstr(w, "after", change->after);
    reb_json_ki64(w, "events_moved", change->events_moved);
    reb_json_obj_end(w);
}

/* Who sees whom, how long one stays signed in, and what is kept and forgotten, the audit log among it: a manager, who may set all else,
   would else shorten the log that tells of them, have customers erased, or send the mails and their passwords to a server of their own.
   Which file of the server is read, nobody sets from afar: what is in it goes to a mail server. */
static reb_status may_set(reb_request *rq, const char *key, reb_err *err) {
    static const reb_setting k_owners[] = {REB_SETTING_AGENTS_SEE,        REB_SETTING_SESSION_IDLE_MINUTES,
                                           REB_SETTING_SESSION_HOURS,     REB_SETTING_ERASE_SILENT_YEARS,
                                           REB_SETTING_KEEP_AUDIT_YEARS,  REB_SETTING_KEEP_JOBS_DAYS,
                                           REB_SETTING_KEEP_UPLOADS_DAYS, REB_SETTING_PUBLIC_URL,
                                           REB_SETTING_MAIL_FROM,         REB_SETTING_MAIL_NAME,
                                           REB_SETTING_MAIL_SMTP,         REB_SETTING_MAIL_SMTP_USER,
                                           REB_SETTING_MAIL_IMAP,         REB_SETTING_MAIL_IMAP_USER,
                                           REB_SETTING_MAIL_IMAP_FOLDER};
    static const reb_setting k_terminals[] = {REB_SETTING_MAIL_SMTP_PASSWORD_FILE, REB_SETTING_MAIL_IMAP_PASSWORD_FILE,
                                              REB_SETTING_MAIL_CA_FILE};
    for (size_t i = 0; i < sizeof k_terminals / sizeof k_terminals[0]; i++) {
        if (strcmp(key, reb_setting_rules[k_terminals[i]].key) != 0) continue;
        reb_audit_denied(rq);
        reb_fail(err, REB_E_DENIED, "%s names a file of the server and is set on its terminal.", key);
        reb_err_next(err, "rebound set %s /whole/path", key);
        return REB_E_DENIED;
    }
    if (reb_auth_holds(&rq->caller, REB_RIGHT_ADMIN)) return REB_OK;
    for (size_t i = 0; i < sizeof k_owners / sizeof k_owners[0]; i++) {
        if (strcmp(key, reb_setting_rules[k_owners[i]].key) != 0) continue;
        reb_audit_denied(rq);
        reb_fail(err, REB_E_DENIED, "Only an owner sets %s.", key);
        return REB_E_DENIED;
    }
    return REB_OK;
}

/* From what to what goes into the audit log: the answer says just that. */
static void keep_detail(reb_request *rq) {
    reb_rq_audit_detail(rq, reb_arena_strdup(&rq->arena, reb_buf_cstr(&rq->out)));
}

reb_status reb_handle_setting_put(reb_request *rq, reb_err *err) {
    reb_setting_wish wish = {.key = reb_rq_param(rq, "key")};
    reb_setting_change change;
    reb_status st = may_set(rq, wish.key, err);
    if (st == REB_OK) st = value_text(&wish.value, cJSON_GetObjectItemCaseSensitive(rq->json_body, "value"), rq, err);
    if (st == REB_OK) st = reb_settings_set(&change, rq->store, &wish, 1, rq->caller.name, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    change_json(&rq->w, wish.key, &change);
    keep_detail(rq);
    return REB_OK;
}

reb_status reb_handle_settings_patch(reb_request *rq, reb_err *err) {
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(rq->json_body, "settings");
    reb_setting_wish wishes[REB_SETTING_COUNT];
    size_t count = 0;
    reb_status st = REB_OK;
    const cJSON *item = NULL;
    cJSON_ArrayForEach(item, list) {
        if (st != REB_OK) break;
        if (count == REB_SETTING_COUNT) return reb_fail(err, REB_E_USAGE, "settings must name each setting once.");
        wishes[count].key = cJSON_GetObjectItemCaseSensitive(item, "key")->valuestring;
        st = may_set(rq, wishes[count].key, err);
        if (st == REB_OK) st = value_text(&wishes[count++].value, cJSON_GetObjectItemCaseSensitive(item, "value"), rq, err);
    }
    reb_setting_change *changes = reb_arena_zalloc(&rq->arena, REB_SETTING_COUNT, sizeof *changes);
    if (st == REB_OK && changes == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK)
        st = reb_settings_set(changes, rq->store, wishes, count, rq->caller.name, reb_clock_now(rq->server->o.wall_clock), err);
    if (st != REB_OK) return st;
    reb_json_obj(&rq->w);
    reb_json_key(&rq->w, "changes");
    reb_json_arr(&rq->w);
    for (size_t i = 0; i < count; i++) change_json(&rq->w, wishes[i].key, &changes[i]);
    reb_json_arr_end(&rq->w);
    reb_json_obj_end(&rq->w);
    keep_detail(rq);
    return REB_OK;
}
