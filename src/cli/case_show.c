/* A case on the terminal. */
#include "../text/format.h"
#include "case_cli.h"
#include "format.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <string.h>

static const char *text_of(const cJSON *o, const char *member) {
    const char *t = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(o, member));
    return t != NULL ? t : "";
}

static int64_t number_of(const cJSON *o, const char *member) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, member);
    return cJSON_IsNumber(v) ? (int64_t)v->valuedouble : 0;
}

static const char *safe(const reb_case_call *k, const char *words) {
    reb_buf b = {0};
    reb_format_safe(&b, words, strlen(words));
    return reb_cli_keep(k->cli, &b);
}

static const char *spaced(const reb_case_call *k, const char *word) {
    char *copy = reb_arena_strdup(k->cli->arena, word);
    for (char *p = copy; p != NULL && *p != '\0'; p++)
        if (*p == '_') *p = ' ';
    return copy != NULL ? copy : "";
}

/* RFC 3339 in UTC, as the API has it, in the business's time. */
static const char *when(const reb_case_call *k, const char *text) {
    const reb_voice v = reb_cli_voice(k->cli);
    int64_t us = 0;
    int y = 0;
    int mo = 0;
    int d = 0;
    int h = 0;
    int mi = 0;
    int s = 0;
    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &y, &mo, &d, &h, &mi, &s) != 6) return "";
    us = reb_day_from_civil(y, mo, d) * REB_US_PER_DAY + ((int64_t)(h * 60 + mi) * 60 + s) * REB_US_PER_SECOND;
    int64_t day = reb_business_day(k->business, us);
    return reb_arena_printf(k->cli->arena, "%s %s", reb_voice_day(&v, day), reb_voice_time(&v, reb_zone_minute(k->business->zone, us)));
}

static const char *span(const reb_case_call *k, int64_t us) {
    char text[REB_FORMAT_TEXT];
    int64_t minutes = (us < 0 ? -us : us) / (60 * REB_US_PER_SECOND);
    if (minutes >= 2 * 24 * 60) return reb_arena_strdup(k->cli->arena, reb_format_plural(text, minutes / (24 * 60), "day", NULL));
    if (minutes >= 120) return reb_arena_strdup(k->cli->arena, reb_format_plural(text, minutes / 60, "hour", NULL));
    return reb_arena_strdup(k->cli->arena, reb_format_plural(text, minutes, "minute", NULL));
}

static void line(const reb_case_call *k, const char *what, const char *value) {
    if (value[0] != '\0') fprintf(k->cli->out, "  %-10s %s\n", what, value);
}

static void print_clocks(const reb_case_call *k, const cJSON *c) {
    const cJSON *clock;
    cJSON_ArrayForEach(clock, cJSON_GetObjectItemCaseSensitive(c, "clocks")) {
        const char *state = text_of(clock, "state");
        bool late = cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(clock, "late"));
        bool open = strcmp(state, "running") == 0 || strcmp(state, "paused") == 0;
        const cJSON *left = cJSON_GetObjectItemCaseSensitive(clock, "absolute_left_us");
        const cJSON *work = cJSON_GetObjectItemCaseSensitive(clock, "open_left_us");
        fprintf(k->cli->out, "  %-14s ", spaced(k, text_of(clock, "kind")));
        if (!open) {
            fprintf(k->cli->out, "%s%s %s\n", strcmp(state, "met") == 0 ? "met" : "stopped", late ? ", late," : "",
                    when(k, text_of(clock, "ended_at")));
        } else if (strcmp(state, "paused") == 0) {
            fprintf(k->cli->out, "stands still since %s\n", when(k, text_of(clock, "paused_since")));
        } else {
            fprintf(k->cli->out, "due %s", when(k, text_of(clock, "due_at")));
            if (cJSON_IsNumber(left)) fprintf(k->cli->out, ", %s %s", late ? "over by" : "in", span(k, (int64_t)left->valuedouble));
            if (cJSON_IsNumber(work)) fprintf(k->cli->out, " (%s of work)", span(k, (int64_t)work->valuedouble));
            fprintf(k->cli->out, "\n");
        }
    }
}

static void print_event(const reb_case_call *k, const cJSON *e) {
    const cJSON *who = cJSON_GetObjectItemCaseSensitive(e, "who");
    const char *name = text_of(who, "name");
    const char *word = text_of(e, "word");
    const cJSON *user = cJSON_GetObjectItemCaseSensitive(e, "user");
    const cJSON *text;
    fprintf(k->cli->out, "%3" PRId64 "  %s  %s", number_of(e, "seq"), when(k, text_of(e, "at")), spaced(k, text_of(e, "kind")));
    if (word[0] != '\0') fprintf(k->cli->out, ": %s", spaced(k, safe(k, word)));
    if (cJSON_IsObject(user)) fprintf(k->cli->out, " to %s", safe(k, text_of(user, "name")));
    fprintf(k->cli->out, "  (%s)\n", safe(k, name[0] != '\0' ? name : text_of(who, "kind")));
    cJSON_ArrayForEach(text, cJSON_GetObjectItemCaseSensitive(e, "texts")) {
        const char *body = cJSON_GetStringValue(text);
        if (strcmp(text->string, "subject") == 0 && number_of(e, "seq") == 1) continue;
        while (body != NULL && *body != '\0') {
            size_t n = strcspn(body, "\n");
            char *one = reb_arena_strndup(k->cli->arena, body, n);
            fprintf(k->cli->out, "       %s\n", one != NULL ? safe(k, one) : "");
            body += n + (body[n] == '\n');
        }
    }
}

static void print_decision(const reb_case_call *k, const cJSON *c) {
    const cJSON *d = cJSON_GetObjectItemCaseSensitive(c, "decision");
    const cJSON *remedy;
    if (!cJSON_IsObject(d)) return;
    line(k, "decided", spaced(k, text_of(d, "outcome")));
    line(k, "because", safe(k, text_of(d, "reason")));
    cJSON_ArrayForEach(remedy, cJSON_GetObjectItemCaseSensitive(d, "remedies")) line(k, "remedy", safe(k, text_of(remedy, "title")));
    cJSON_ArrayForEach(remedy, cJSON_GetObjectItemCaseSensitive(d, "owed")) line(k, "to give", safe(k, text_of(remedy, "title")));
}

static void print_case(const reb_case_call *k, const cJSON *c, bool whole) {
    FILE *out = k->cli->out;
    const cJSON *customer = cJSON_GetObjectItemCaseSensitive(c, "customer");
    const cJSON *person = cJSON_GetObjectItemCaseSensitive(c, "person");
    const cJSON *waiting = cJSON_GetObjectItemCaseSensitive(c, "waiting");
    const cJSON *e;
    const char *name = text_of(customer, "name");
    if (name[0] == '\0') name = text_of(person, "name");
    if (name[0] == '\0') name = text_of(person, "email");
    fprintf(out, "C-%" PRId64 "  %s\n", number_of(c, "number"), safe(k, text_of(c, "subject")));
    line(k, "from",
         cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(c, "anonymous")) ? "somebody who does not want to be known" : safe(k, name));
    line(k, "about", safe(k, text_of(c, "kind_title")));
    line(k, "state", spaced(k, text_of(c, "state")));
    if (number_of(c, "merged_into") != 0)
        fprintf(out, "  %-10s C-%" PRId64 ", which goes on for it\n", "merged in", number_of(c, "merged_into"));
    cJSON_ArrayForEach(e, cJSON_GetObjectItemCaseSensitive(c, "merged_from"))
        fprintf(out, "  %-10s C-%s\n", "took in", cJSON_GetStringValue(e));
    if (cJSON_IsObject(waiting)) fprintf(out, "  %-10s %s: %s\n", "waits for", text_of(waiting, "for"), safe(k, text_of(waiting, "why")));
    line(k, "with", safe(k, text_of(cJSON_GetObjectItemCaseSensitive(c, "assignee"), "name")));
    line(k, "escalated", safe(k, text_of(cJSON_GetObjectItemCaseSensitive(c, "escalated"), "name")));
    line(k, "order", safe(k, text_of(c, "order_ref")));
    line(k, "wants", safe(k, text_of(c, "sought")));
    print_decision(k, c);
    line(k, "cause", spaced(k, text_of(c, "cause")));
    line(k, "right now?", spaced(k, text_of(c, "rated")));
    line(k, "link", text_of(c, "status_link"));
    print_clocks(k, c);
    if (!whole) return;
    fprintf(out, "\n");
    cJSON_ArrayForEach(e, cJSON_GetObjectItemCaseSensitive(c, "events")) print_event(k, e);
    cJSON_ArrayForEach(e, cJSON_GetObjectItemCaseSensitive(c, "attachments"))
        fprintf(out, "File %s  %s (%s, %" PRId64 " bytes)\n", text_of(e, "id"), safe(k, text_of(e, "name")), text_of(e, "media_type"),
                number_of(e, "bytes"));
}

reb_status reb_case_print(const reb_case_call *k, int64_t number, const char *said, bool whole, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    const reb_case_view_ctx v = {.store = k->store,
                                 .arena = k->cli->arena,
                                 .business = k->business,
                                 .now_us = k->by.now_us,
                                 .language = reb_language_code(k->cli->locale.language)};
    reb_status st = reb_case_json(&w, &v, number, err);
    if (st == REB_OK && k->cli->json) {
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    cJSON *c = st == REB_OK && !b.failed ? cJSON_Parse(reb_buf_cstr(&b)) : NULL;
    reb_buf_free(&b);
    if (st == REB_OK && c == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK && said != NULL) fprintf(k->cli->out, "%s\n\n", said);
    if (st == REB_OK) print_case(k, c, whole);
    cJSON_Delete(c);
    return st;
}
