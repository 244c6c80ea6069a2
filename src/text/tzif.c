#include "tzif.h"

#include "../base/clock.h"

#include <stdbool.h>
#include <string.h>

enum {
    HEADER = 44,
    FIRST_YEAR = 1900,       /* of rules in a file without a table */
    OFFSET_MOST_S = 93599,   /* RFC 9636: less than 26 hours east ... */
    OFFSET_LEAST_S = -89999, /* ... and 25 west */
    RULE_HOURS_MOST = 167,   /* of a rule's time of the day, on either side of midnight */
    TYPES_MOST = 256
};

static reb_status bad(reb_err *err, const char *what) {
    return reb_fail(err, REB_E_INPUT, "it is no TZif file as it should be: %s", what);
}

/* ---- what comes out ---- */

typedef struct changes {
    reb_zone_change *at;
    size_t n;
    bool full;
} changes;

/* In order of time; one at the same instant as the last stands in its place. */
static void push(changes *c, int64_t from_us, int32_t offset_s) {
    if (c->n > 0 && c->at[c->n - 1].from_us == from_us) c->n--;
    if (c->n > 0 && c->at[c->n - 1].offset_s == offset_s) return;
    if (c->n == REB_TZIF_CHANGES_MOST) {
        c->full = true;
        return;
    }
    c->at[c->n++] = (reb_zone_change){from_us, offset_s};
}

/* ---- the rule at the end ---- */

typedef struct rule_day {
    char form; /* 'M': weekday `week` of a month; 'J': day 1..365, no 29 February; '0': day 0..365 */
    int month, week, weekday, day;
    int32_t time_s; /* on the wall clock */
} rule_day;

typedef struct rule {
    bool has_dst;
    int32_t std_s, dst_s; /* east positive */
    rule_day start, end;  /* of daylight saving */
} rule;

typedef struct cursor {
    const char *p, *end;
    bool failed;
} cursor;

static int peek(const cursor *c) {
    return c->p < c->end ? (unsigned char)*c->p : -1;
}
static bool take(cursor *c, char want) {
    if (peek(c) != want) return false;
    c->p++;
    return true;
}
static bool is_digit(int ch) {
    return ch >= '0' && ch <= '9';
}

static int number(cursor *c, int most) {
    int v = 0;
    if (!is_digit(peek(c))) c->failed = true;
    while (is_digit(peek(c)) && !c->failed) {
        v = v * 10 + (*c->p++ - '0');
        if (v > most) c->failed = true;
    }
    return v;
}

/* [+-]hh[:mm[:ss]] in seconds */
static int32_t clock_time(cursor *c, int hours_most) {
    bool minus = take(c, '-');
    if (!minus) take(c, '+');
    int s = number(c, hours_most) * 3600;
    if (take(c, ':')) {
        s += number(c, 59) * 60;
        if (take(c, ':')) s += number(c, 59);
    }
    return minus ? -s : s;
}

/* EET, or <+0330>: at least three characters. */
static void skip_name(cursor *c) {
    bool quoted = take(c, '<');
    int n = 0;
    for (;; n++, c->p++) {
        int ch = peek(c);
        bool letter = (ch >= 'A' && ch <= 'Z') || (ch >= 'a' && ch <= 'z');
        if (!letter && !(quoted && (is_digit(ch) || ch == '+' || ch == '-'))) break;
    }
    if (n < 3 || (quoted && !take(c, '>'))) c->failed = true;
}

static rule_day read_day(cursor *c) {
    rule_day d = {.form = '0', .time_s = 7200};
    if (!take(c, ',')) c->failed = true;
    if (take(c, 'M')) {
        d.form = 'M';
        d.month = number(c, 12);
        if (!take(c, '.')) c->failed = true;
        d.week = number(c, 5);
        if (!take(c, '.')) c->failed = true;
        d.weekday = number(c, 6);
        if (d.month == 0 || d.week == 0) c->failed = true;
    } else if (take(c, 'J')) {
        d.form = 'J';
        d.day = number(c, 365);
        if (d.day == 0) c->failed = true;
    } else {
        d.day = number(c, 365);
    }
    if (take(c, '/')) d.time_s = clock_time(c, RULE_HOURS_MOST);
    return d;
}

static bool read_rule(rule *out, const char *text, size_t n) {
    cursor c = {text, text + n, false};
    *out = (rule){0};
    skip_name(&c);
    out->std_s = -clock_time(&c, 24); /* POSIX counts west */
    if (c.p < c.end && !c.failed) {
        out->has_dst = true;
        skip_name(&c);
        out->dst_s = peek(&c) == ',' ? out->std_s + 3600 : -clock_time(&c, 24);
        out->start = read_day(&c);
        out->end = read_day(&c);
    }
    return !c.failed && c.p == c.end;
}

static int64_t day_of(const rule_day *d, int year) {
    int64_t new_year = reb_day_from_civil(year, 1, 1);
    if (d->form == '0') return new_year + d->day;
    if (d->form == 'J') return new_year + d->day - 1 + (d->day >= 60 && reb_civil_valid(year, 2, 29));
    int64_t first = reb_day_from_civil(year, d->month, 1);
    int64_t next = d->month == 12 ? reb_day_from_civil(year + 1, 1, 1) : reb_day_from_civil(year, d->month + 1, 1);
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday; Sunday is 0 */
    int64_t day = first + (d->weekday - weekday + 7) % 7 + (int64_t)(d->week - 1) * 7;
    return day < next ? day : day - 7;
}

static int64_t instant_of(const rule_day *d, int year, int32_t offset_before_s) {
    return day_of(d, year) * REB_US_PER_DAY + ((int64_t)d->time_s - offset_before_s) * REB_US_PER_SECOND;
}

/* What the rule says of the years after the table's last change. */
static void follow_rule(changes *c, const rule *r, int64_t after_us) {
    int year = FIRST_YEAR;
    int month = 0;
    int dom = 0;
    const int64_t end_us = reb_day_from_civil(REB_TZIF_LAST_YEAR + 1, 1, 1) * REB_US_PER_DAY;
    if (after_us >= end_us) return;
    if (after_us > reb_day_from_civil(FIRST_YEAR, 1, 1) * REB_US_PER_DAY) {
        reb_civil_from_day(after_us / REB_US_PER_DAY, &year, &month, &dom);
        year -= 1; /* a rule's time may lie a week beyond its year */
    }
    for (; year <= REB_TZIF_LAST_YEAR && !c->full; year++) {
        int64_t start = instant_of(&r->start, year, r->std_s);
        int64_t end = instant_of(&r->end, year, r->dst_s);
        bool start_first = start < end;
        for (int k = 0; k < 2; k++) {
            bool starts = (k == 0) == start_first;
            int64_t at = starts ? start : end;
            if (at <= after_us || at >= end_us || (c->n > 0 && at < c->at[c->n - 1].from_us)) continue;
            push(c, at, starts ? r->dst_s : r->std_s);
        }
    }
}

/* ---- the file ---- */

typedef struct block {
    uint32_t isut, isstd, leap, time, type, abbreviation; /* how many of each */
    const unsigned char *data;
    size_t size;
} block;

static uint32_t u32(const unsigned char *p) {
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}
static int64_t i64(const unsigned char *p) {
    return (int64_t)((uint64_t)u32(p) << 32 | u32(p + 4));
}

/* A header and where its data lie; times take `width` bytes. */
static reb_status read_header(block *b, const unsigned char *p, size_t n, size_t width, reb_err *err) {
    if (n < HEADER || memcmp(p, "TZif", 4) != 0) return bad(err, "it does not begin like one.");
    if (p[4] < '2' || p[4] > '4') return bad(err, "it is not of version 2, 3 or 4.");
    *b = (block){u32(p + 20), u32(p + 24), u32(p + 28), u32(p + 32), u32(p + 36), u32(p + 40), p + HEADER, 0};
    if (b->type > TYPES_MOST || b->time > REB_TZIF_CHANGES_MOST || b->abbreviation > REB_TZIF_BYTES_MOST || b->leap > REB_TZIF_BYTES_MOST ||
        b->isut > b->type || b->isstd > b->type)
        return bad(err, "it counts more than there can be.");
    b->size = b->time * (width + 1) + (size_t)b->type * 6 + b->abbreviation + b->leap * (width + 4) + b->isstd + b->isut;
    return b->size > n - HEADER ? bad(err, "it is cut short.") : REB_OK;
}

/* *last_us, *last_s: the last change of the table, also where it lies beyond the years that are kept. */
static reb_status read_table(changes *c, int64_t *last_us, int32_t *last_s, const block *b, reb_err *err) {
    const unsigned char *index = b->data + (size_t)b->time * 8;
    const unsigned char *type = index + b->time;
    const int64_t first_s = INT64_MIN / REB_US_PER_SECOND + 1;
    const int64_t end_s = reb_day_from_civil(REB_TZIF_LAST_YEAR + 1, 1, 1) * (REB_US_PER_DAY / REB_US_PER_SECOND);
    int64_t before = INT64_MIN;
    if (b->leap > 0) return bad(err, "it counts leap seconds.");
    if (b->type == 0) return bad(err, "it has no offset.");
    for (uint32_t i = 0; i < b->type; i++) {
        int32_t offset_s = (int32_t)u32(type + (size_t)i * 6);
        if (offset_s < OFFSET_LEAST_S || offset_s > OFFSET_MOST_S) return bad(err, "an offset is more than a day.");
    }
    push(c, INT64_MIN, (int32_t)u32(type));
    *last_us = INT64_MIN;
    *last_s = (int32_t)u32(type);
    for (uint32_t i = 0; i < b->time; i++) {
        int64_t at_s = i64(b->data + (size_t)i * 8);
        if (i > 0 && at_s <= before) return bad(err, "its changes are not in order.");
        if (index[i] >= b->type) return bad(err, "a change has an offset that is not there.");
        before = at_s;
        *last_us = at_s < first_s ? INT64_MIN : at_s >= end_s ? INT64_MAX : at_s * REB_US_PER_SECOND;
        *last_s = (int32_t)u32(type + (size_t)index[i] * 6);
        if (at_s < end_s) push(c, *last_us, *last_s);
    }
    return REB_OK;
}

static reb_status read_footer(rule *r, bool *present, const unsigned char *p, size_t n, reb_err *err) {
    const unsigned char *end = n > 1 ? memchr(p + 1, '\n', n - 1) : NULL;
    if (end == NULL || p[0] != '\n') return bad(err, "the rule at its end is missing.");
    *present = end > p + 1;
    if (*present && !read_rule(r, (const char *)p + 1, (size_t)(end - p - 1))) return bad(err, "the rule at its end cannot be read.");
    return REB_OK;
}

reb_status reb_tzif_read(reb_zone_change *out, size_t *count, const unsigned char *bytes, size_t n, reb_err *err) {
    changes c = {.at = out};
    block old = {0};
    block b = {0};
    rule r = {0};
    bool has_rule = false;
    int64_t last_us = 0;
    int32_t last_s = 0;
    *count = 0;
    if (n > REB_TZIF_BYTES_MOST) return bad(err, "it is too long.");
    reb_status st = read_header(&old, bytes, n, 4, err);
    if (st != REB_OK) return st;
    size_t at = HEADER + old.size;
    st = read_header(&b, bytes + at, n - at, 8, err);
    if (st == REB_OK) st = read_table(&c, &last_us, &last_s, &b, err);
    if (st == REB_OK) st = read_footer(&r, &has_rule, bytes + at + HEADER + b.size, n - at - HEADER - b.size, err);
    if (st != REB_OK) return st;
    if (has_rule && last_s != r.std_s && !(r.has_dst && last_s == r.dst_s)) return bad(err, "the rule at its end contradicts its table.");
    if (r.has_dst) follow_rule(&c, &r, last_us);
    if (c.full) return bad(err, "it has too many changes.");
    *count = c.n;
    return REB_OK;
}
