#include "working_day.h"

#include "../base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char k_week[7][4] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

enum { LOOK_AHEAD_DAYS = 731, DATE_TEXT = 10 };

static int weekday(int64_t day) { /* 0 Monday; 1970-01-01 was a Thursday */
    return (int)(((day + 3) % 7 + 7) % 7);
}

bool reb_week_parse(reb_working_days *out, char *text, size_t room, const char *value) {
    unsigned week = 0;
    for (const char *p = value; *p != '\0';) {
        size_t n = strcspn(p, " ,");
        int k = 0;
        while (k < 7 && (n != 3 || strncmp(p, k_week[k], 3) != 0)) k++;
        if (n > 0 && k == 7) return false;
        if (n > 0) week |= 1u << k;
        p += n;
        p += strspn(p, " ,");
    }
    if (week == 0) return false;
    if (out != NULL) out->week = week;
    if (text == NULL) return true;
    size_t at = 0;
    for (int k = 0; k < 7 && at < room; k++)
        if (week & 1u << k) at += (size_t)snprintf(text + at, room - at, "%s%s", at > 0 ? " " : "", k_week[k]);
    return at < room;
}

static bool read_date(int64_t *day, const char *p) {
    return reb_day_read(day, p, strnlen(p, 10)) && *day >= 0;
}

typedef struct span {
    int64_t first, last;
} span;

static bool read_span(span *s, const char *p, size_t n) {
    if (n == DATE_TEXT) {
        bool good = read_date(&s->first, p);
        s->last = s->first;
        return good;
    }
    return n == 2 * DATE_TEXT + 2 && read_date(&s->first, p) && strncmp(p + DATE_TEXT, "..", 2) == 0 &&
           read_date(&s->last, p + DATE_TEXT + 2) && s->first <= s->last;
}

static int by_first(const void *a, const void *b) {
    const span *p = a;
    const span *q = b;
    return p->first != q->first ? (p->first < q->first ? -1 : 1) : (p->last > q->last) - (p->last < q->last);
}

/* Sorted, and what touches is joined. */
static int join(span *s, int n) {
    int kept = 0;
    qsort(s, (size_t)n, sizeof *s, by_first);
    for (int i = 0; i < n; i++) {
        if (kept > 0 && s[i].first <= s[kept - 1].last + 1) {
            if (s[i].last > s[kept - 1].last) s[kept - 1].last = s[i].last;
        } else {
            s[kept++] = s[i];
        }
    }
    return kept;
}

static bool write_spans(char *text, size_t room, const span *s, int n) {
    size_t at = 0;
    text[0] = '\0';
    for (int i = 0; i < n && at < room; i++) {
        char first[REB_TIME_TEXT];
        char last[REB_TIME_TEXT];
        reb_day_format(s[i].first, first);
        reb_day_format(s[i].last, last);
        bool one = s[i].first == s[i].last;
        at += (size_t)snprintf(text + at, room - at, "%s%s%s%s", at > 0 ? " " : "", first, one ? "" : "..", one ? "" : last);
    }
    return at < room;
}

bool reb_days_off_parse(reb_working_days *out, char *text, size_t room, const char *value) {
    span s[REB_DAYS_OFF_MOST] = {0};
    int n = 0;
    for (const char *p = value + strspn(value, " ,"); *p != '\0';) {
        size_t length = strcspn(p, " ,");
        if (n == REB_DAYS_OFF_MOST || !read_span(&s[n++], p, length)) return false;
        p += length;
        p += strspn(p, " ,");
    }
    n = join(s, n);
    if (out != NULL) out->off_count = n;
    for (int i = 0; out != NULL && i < n; i++) {
        out->off[i].first = s[i].first;
        out->off[i].last = s[i].last;
    }
    return text == NULL || write_spans(text, room, s, n);
}

bool reb_is_working_day(const reb_working_days *w, int64_t day) {
    if (!(w->week & 1u << weekday(day))) return false;
    for (int i = 0; i < w->off_count; i++)
        if (day >= w->off[i].first && day <= w->off[i].last) return false;
    return true;
}

bool reb_next_working_day(int64_t *next, const reb_working_days *w, int64_t day) {
    for (int64_t d = day + 1; d <= day + LOOK_AHEAD_DAYS; d++) {
        if (!reb_is_working_day(w, d)) continue;
        *next = d;
        return true;
    }
    return false;
}
