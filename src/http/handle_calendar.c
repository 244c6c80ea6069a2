/* Business calendars: when we are open. */
#include "handlers.h"

#include "../app/work_calendar.h"

#include <stdio.h>
#include <string.h>

/* The day asked for, else this week's Monday. */
static int64_t first_day(const reb_request *rq, const reb_business *b, int64_t asked) {
    if (asked != 0) return asked;
    int64_t today = reb_business_day(b, reb_rq_now(rq));
    return today - ((today + 3) % 7 + 7) % 7;
}

static int64_t day_of_query(const reb_request *rq, const char *name) {
    const char *text = reb_rq_query(rq, name);
    int64_t day = 0;
    if (text != NULL) (void)reb_day_read(&day, text, strlen(text));
    return day;
}

/* The member `document` as text again. */
static reb_status document_of(const char **out, reb_request *rq, reb_err *err) {
    char *text = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(rq->json_body, "document"));
    *out = text == NULL ? NULL : reb_arena_strdup(&rq->arena, text);
    cJSON_free(text);
    return *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}

reb_status reb_handle_calendar_list(reb_request *rq, reb_err *err) {
    return reb_calendars_json(&rq->w, rq->store, &rq->arena, reb_rq_business(rq), err);
}

reb_status reb_handle_calendar_get(reb_request *rq, reb_err *err) {
    const reb_business *b = reb_rq_business(rq);
    int64_t from = first_day(rq, b, day_of_query(rq, "from"));
    return reb_calendar_json(&rq->w, rq->store, &rq->arena, b, reb_rq_param(rq, "code"), from, reb_rq_query_int(rq, "days", 7), err);
}

reb_status reb_handle_calendar_put(reb_request *rq, reb_err *err) {
    reb_work_calendar_published out;
    reb_work_calendar_wish wish = {.code = reb_rq_param(rq, "code"), .title = reb_rq_text(rq, "title"), .note = reb_rq_text(rq, "note")};
    reb_status st = document_of(&wish.document, rq, err);
    if (st == REB_OK)
        st = reb_work_calendar_publish(&out, rq->store, reb_rq_business(rq), &wish, rq->caller.name,
                                       reb_clock_now(rq->server->o.wall_clock), err);
    if (st == REB_OK) reb_calendar_published_json(&rq->w, wish.code, &out);
    return st;
}

reb_status reb_handle_calendar_preview(reb_request *rq, reb_err *err) {
    const reb_business *b = reb_rq_business(rq);
    const char *document = NULL;
    reb_status st = document_of(&document, rq, err);
    if (st != REB_OK) return st;
    return reb_calendar_preview_json(&rq->w, &rq->arena, b, document, first_day(rq, b, reb_rq_day(rq, "from")), reb_rq_int(rq, "days", 7),
                                     err);
}

reb_status reb_handle_calendar_countries(reb_request *rq, reb_err *err) {
    return reb_calendar_countries_json(&rq->w, &rq->arena, reb_rq_business(rq), err);
}

reb_status reb_handle_calendar_file(reb_request *rq, reb_err *err) {
    const char *document = NULL;
    const char *text = reb_rq_text(rq, "text");
    reb_status st = document_of(&document, rq, err);
    return st == REB_OK ? reb_calendar_file_json(&rq->w, &rq->arena, document, text, strlen(text), err) : st;
}
