#include "contact_rule.h"

#include <string.h>
#include <strings.h>

bool reb_contact_says_no(const char *value) {
    static const char *const words[] = {"no", "n", "false", "0", "denied", "withdrawn", "opted_out", "opt_out", "unsubscribed", "never"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcasecmp(value, words[i]) == 0) return true;
    return false;
}

static bool part_is(const char *part, size_t n, const char *word) {
    return strlen(word) == n && strncasecmp(part, word, n) == 0;
}

static bool any_part(const char *part, size_t n) {
    return n == 0 || part_is(part, n, "any") || part_is(part, n, "all") || part_is(part, n, "*");
}

unsigned reb_contact_closed(const char *fact, const char *value, reb_item_kind kind) {
    static const char prefix[] = "consent:";
    if (strncmp(fact, prefix, sizeof prefix - 1) != 0 || !reb_contact_says_no(value)) return 0;
    const char *purpose = fact + sizeof prefix - 1;
    const char *colon = strchr(purpose, ':');
    size_t purpose_len = colon != NULL ? (size_t)(colon - purpose) : strlen(purpose);
    const char *channel = colon != NULL ? colon + 1 : "";
    size_t channel_len = strlen(channel);
    const char *needed = kind == REB_ITEM_FEEDBACK || kind == REB_ITEM_WINBACK ? "service" : "marketing";
    if (!any_part(purpose, purpose_len) && !part_is(purpose, purpose_len, needed) && !part_is(purpose, purpose_len, "contact")) return 0;
    if (any_part(channel, channel_len)) return REB_WAY_ALL;
    if (part_is(channel, channel_len, "phone") || part_is(channel, channel_len, "call")) return REB_WAY_PHONE;
    if (part_is(channel, channel_len, "email")) return REB_WAY_EMAIL;
    return 0;
}

static bool read_two(const char **at, int *out, int below) {
    const char *p = *at;
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9') return false;
    *out = (p[0] - '0') * 10 + (p[1] - '0');
    *at = p + 2;
    return *out < below;
}

static bool read_minute(const char **at, int *minute) {
    int h = 0;
    int m = 0;
    if (!read_two(at, &h, 24) || **at != ':') return false;
    (*at)++;
    if (!read_two(at, &m, 60)) return false;
    *minute = h * 60 + m;
    return true;
}

bool reb_quiet_hours_parse(reb_quiet_hours *out, const char *text) {
    *out = (reb_quiet_hours){0};
    if (*text == '\0') return true;
    reb_quiet_hours q = {0};
    if (!read_minute(&text, &q.from_minute) || *text != '-') return false;
    text++;
    if (!read_minute(&text, &q.to_minute) || *text != '\0') return false;
    *out = q;
    return true;
}

bool reb_quiet_now(const reb_quiet_hours *q, int minute_of_day) {
    if (q->from_minute == q->to_minute) return false;
    if (q->from_minute < q->to_minute) return minute_of_day >= q->from_minute && minute_of_day < q->to_minute;
    return minute_of_day >= q->from_minute || minute_of_day < q->to_minute;
}
