/* Reckoning with a calendar: every question is put to the open time passed since 1990, Q(t), which is a look-up, a short sum and, within a
   day, a handful of intervals. Between two instants Q(b) - Q(a) is open; to add time is to find where Q reaches a value. */
#include "work_calendar_internal.h"

#include <string.h>

#define HOUR_US INT64_C(3600000000)
#define TEN_YEARS_US (INT64_C(3653) * REB_US_PER_DAY)

/* ---- the wall clock ---- */

static size_t change_at(const reb_work_calendar *c, int64_t at_us) {
    size_t low = 0;
    size_t high = c->change_count;
    while (high - low > 1) {
        size_t mid = low + (high - low) / 2;
        if (c->change_us[mid] <= at_us)
            low = mid;
        else
            high = mid;
    }
    return low;
}

static int64_t local_of(const reb_work_calendar *c, int64_t at_us) {
    return at_us + c->offset_s[change_at(c, at_us)] * REB_US_PER_SECOND;
}

int64_t reb_work_local_instant(const reb_work_calendar *c, int64_t local_us) {
    for (size_t i = change_at(c, local_us - 26 * HOUR_US);; i++) {
        int64_t t = local_us - c->offset_s[i] * REB_US_PER_SECOND;
        if (i + 1 == c->change_count || t < c->change_us[i + 1]) return t;
        if (local_us - c->offset_s[i + 1] * REB_US_PER_SECOND < c->change_us[i + 1]) return c->change_us[i + 1];
    }
}

static int64_t floor_day(int64_t us) {
    int64_t d = us / REB_US_PER_DAY;
    return us % REB_US_PER_DAY < 0 ? d - 1 : d;
}

static int64_t wall(const reb_work_calendar *c, int64_t index, int64_t minute) {
    return reb_work_local_instant(c, (c->first_day + index) * REB_US_PER_DAY + minute * REB_WORK_MINUTE_US);
}

/* Index of the day in which an instant lies: before the table -1, after it REB_WORK_DAYS. */
static int64_t index_of(const reb_work_calendar *c, int64_t at_us) {
    /* Far from the table, so that nothing overflows. */
    if (at_us < (c->first_day - 2) * REB_US_PER_DAY) return -1;
    if (at_us > (c->first_day + REB_WORK_DAYS + 2) * REB_US_PER_DAY) return REB_WORK_DAYS;
    int64_t i = floor_day(local_of(c, at_us)) - c->first_day;
    /* Where clocks are put back over midnight, the next day has begun already. */
    if (i >= -1 && i < REB_WORK_DAYS && wall(c, i + 1, 0) <= at_us) i++;
    return i < -1 ? -1 : i > REB_WORK_DAYS ? REB_WORK_DAYS : i;
}

/* ---- sums ---- */

static int odd_from(const reb_work_calendar *c, int64_t index) { /* the first odd day not before it */
    int low = 0;
    int high = c->odd_count;
    while (low < high) {
        int mid = low + (high - low) / 2;
        if (c->odd[mid].day < index)
            low = mid + 1;
        else
            high = mid;
    }
    return low;
}

static int64_t day_open_us(const reb_work_calendar *c, int64_t index, int *odd) {
    if (*odd < c->odd_count && c->odd[*odd].day == index) return c->odd[(*odd)++].open_us;
    return c->patterns[c->real_of[index]].open_us;
}

static int64_t before_day_us(const reb_work_calendar *c, int64_t index) {
    if (index < 0) return 0;
    if (index >= REB_WORK_DAYS) return c->before_us[REB_WORK_BLOCKS];
    int64_t block = index / REB_WORK_BLOCK_DAYS;
    int64_t sum = c->before_us[block];
    int64_t i = block * REB_WORK_BLOCK_DAYS;
    for (int odd = odd_from(c, i); i < index; i++) sum += day_open_us(c, i, &odd);
    return sum;
}

/* Open time from the start of the table to at_us. */
static int64_t passed_us(const reb_work_calendar *c, int64_t at_us) {
    int64_t index = index_of(c, at_us);
    int64_t sum = before_day_us(c, index);
    if (index < 0 || index >= REB_WORK_DAYS) return sum;
    const reb_work_pattern *p = &c->patterns[c->real_of[index]];
    for (int k = 0; k < p->n; k++) {
        int64_t from = wall(c, index, p->from[k]);
        int64_t to = wall(c, index, p->to[k]);
        if (from >= at_us) break;
        sum += (to < at_us ? to : at_us) - from;
    }
    return sum;
}

/* Where the sum reaches target_us: the first such instant or, with `late`, the last. False when it never does, or never passes it. */
static bool reached(int64_t *at_us, const reb_work_calendar *c, int64_t target_us, bool late) {
    /* `late` asks for the first instant from which the sum exceeds the target: one microsecond more, less one. */
    int64_t goal = target_us + (late ? 1 : 0);
    if (goal > c->before_us[REB_WORK_BLOCKS]) return false;
    if (goal <= 0) goal = 1;
    int64_t low = 0;
    int64_t high = REB_WORK_BLOCKS; /* before_us[low] < goal <= before_us[high] */
    while (high - low > 1) {
        int64_t mid = low + (high - low) / 2;
        if (c->before_us[mid] < goal)
            low = mid;
        else
            high = mid;
    }
    int64_t sum = c->before_us[low];
    int64_t i = low * REB_WORK_BLOCK_DAYS;
    for (int odd = odd_from(c, i); i < REB_WORK_DAYS; i++) {
        int64_t open = day_open_us(c, i, &odd);
        if (sum + open >= goal) break;
        sum += open;
    }
    const reb_work_pattern *p = &c->patterns[c->real_of[i]];
    for (int k = 0; k < p->n; k++) {
        int64_t from = wall(c, i, p->from[k]);
        int64_t length = wall(c, i, p->to[k]) - from;
        if (length <= 0) continue;
        if (sum + length >= goal) {
            *at_us = from + (goal - sum) - (late ? 1 : 0);
            return true;
        }
        sum += length;
    }
    return false;
}

reb_status reb_work_tabulate(reb_work_calendar *c, reb_arena *a, reb_err *err) {
    /* real_of: what each day has of its own up to midnight, with what the day before left over. */
    struct {
        uint8_t own, left, real;
    } met[REB_WORK_PATTERNS];
    int met_count = 0;
    uint8_t plain[REB_WORK_PATTERNS] = {0}; /* the real one where nothing is left over; 0: not met yet */
    const uint8_t closed = 0;               /* pattern 0 has no hours */
    for (int64_t i = 0; i < REB_WORK_DAYS; i++) {
        uint8_t own = (uint8_t)(reb_work_own(c, i) - c->patterns);
        uint8_t before = i == 0 ? closed : (uint8_t)(reb_work_own(c, i - 1) - c->patterns);
        const reb_work_pattern *b = &c->patterns[before];
        if (b->n == 0 || b->to[b->n - 1] <= REB_WORK_MINUTES) before = closed;
        if (before == closed && plain[own] != 0) {
            c->real_of[i] = plain[own];
            continue;
        }
        int m = 0;
        while (m < met_count && (met[m].own != own || met[m].left != before)) m++;
        if (m < met_count) {
            c->real_of[i] = met[m].real;
            continue;
        }
        reb_work_pattern real = {0};
        if (before != closed) {
            real.to[0] = (uint16_t)(b->to[b->n - 1] - REB_WORK_MINUTES);
            real.n = 1;
        }
        const reb_work_pattern *o = &c->patterns[own];
        for (int k = 0; k < o->n && o->from[k] < REB_WORK_MINUTES; k++) {
            uint16_t to = o->to[k] < REB_WORK_MINUTES ? o->to[k] : REB_WORK_MINUTES;
            if (real.n > 0 && o->from[k] <= real.to[real.n - 1]) {
                if (to > real.to[real.n - 1]) real.to[real.n - 1] = to;
            } else {
                real.from[real.n] = o->from[k];
                real.to[real.n++] = to;
            }
        }
        for (int k = 0; k < real.n; k++) real.open_us += (real.to[k] - real.from[k]) * REB_WORK_MINUTE_US;
        if (c->pattern_count == REB_WORK_PATTERNS || met_count == REB_WORK_PATTERNS)
            return reb_fail(err, REB_E_INPUT, "The calendar has too many different days over midnight.");
        c->patterns[c->pattern_count] = real;
        met[met_count].own = own;
        met[met_count].left = before;
        met[met_count++].real = (uint8_t)c->pattern_count;
        if (before == closed) plain[own] = (uint8_t)c->pattern_count;
        c->real_of[i] = (uint8_t)c->pattern_count++;
    }
    /* odd: days near a change of clocks, whose intervals are measured. */
    c->odd = reb_arena_zalloc(a, 3 * c->change_count + 1, sizeof *c->odd);
    if (c->odd == NULL) return reb_fail(err, REB_E_MEMORY, "no memory for a calendar");
    for (size_t n = 1; n < c->change_count; n++) {
        int64_t middle = floor_day(c->change_us[n] + c->offset_s[n] * REB_US_PER_SECOND) - c->first_day;
        for (int64_t i = middle - 1; i <= middle + 1; i++) {
            if (i < 0 || i >= REB_WORK_DAYS || (c->odd_count > 0 && c->odd[c->odd_count - 1].day >= i)) continue;
            const reb_work_pattern *p = &c->patterns[c->real_of[i]];
            int64_t open = 0;
            for (int k = 0; k < p->n; k++) open += wall(c, i, p->to[k]) - wall(c, i, p->from[k]);
            c->odd[c->odd_count++] = (reb_work_odd_day){(int32_t)i, open};
        }
    }
    int64_t sum = 0;
    int odd = 0;
    for (int64_t i = 0; i < REB_WORK_DAYS; i++) {
        if (i % REB_WORK_BLOCK_DAYS == 0) c->before_us[i / REB_WORK_BLOCK_DAYS] = sum;
        sum += day_open_us(c, i, &odd);
    }
    for (int64_t b = (REB_WORK_DAYS - 1) / REB_WORK_BLOCK_DAYS + 1; b <= REB_WORK_BLOCKS; b++) c->before_us[b] = sum;
    return REB_OK;
}

/* ---- questions ---- */

bool reb_work_open_at(const reb_work_calendar *c, int64_t at_us) {
    int64_t index = index_of(c, at_us);
    if (index < 0 || index >= REB_WORK_DAYS) return false;
    const reb_work_pattern *p = &c->patterns[c->real_of[index]];
    for (int k = 0; k < p->n; k++)
        if (at_us >= wall(c, index, p->from[k]) && at_us < wall(c, index, p->to[k])) return true;
    return false;
}

int64_t reb_work_between(const reb_work_calendar *c, int64_t from_us, int64_t to_us) {
    return to_us <= from_us ? 0 : passed_us(c, to_us) - passed_us(c, from_us);
}

static int64_t within_ten_years(int64_t from_us, int64_t at_us) {
    return from_us < INT64_MAX - TEN_YEARS_US && at_us > from_us + TEN_YEARS_US ? INT64_MAX : at_us;
}

int64_t reb_work_add(const reb_work_calendar *c, int64_t from_us, int64_t open_us) {
    if (open_us <= 0) return from_us;
    int64_t passed = passed_us(c, from_us);
    int64_t at = 0;
    if (open_us > INT64_MAX - passed || !reached(&at, c, passed + open_us, false)) return INT64_MAX;
    return within_ten_years(from_us, at);
}

int64_t reb_work_next_open(const reb_work_calendar *c, int64_t from_us) {
    if (reb_work_open_at(c, from_us)) return from_us;
    int64_t at = 0;
    if (!reached(&at, c, passed_us(c, from_us), true)) return INT64_MAX;
    return within_ten_years(from_us, at);
}

int64_t reb_work_back(const reb_work_calendar *c, int64_t to_us, int64_t open_us) {
    int64_t target = passed_us(c, to_us) - (open_us > 0 ? open_us : 0);
    int64_t at = 0;
    if (target < 0) return INT64_MIN;
    if (!reached(&at, c, target, true) || at > to_us) return to_us; /* closed at to_us, or for ever after */
    return at;
}

/* The day an instant belongs to by its shift: the day before while its shift over midnight lasts. With `closing`, an end of a shift is
   still of it. */
static int64_t shift_day(const reb_work_calendar *c, int64_t at_us, bool closing) {
    int64_t index = index_of(c, at_us);
    if (index < 1 || index > REB_WORK_DAYS) return index;
    const reb_work_pattern *p = reb_work_own(c, index - 1);
    if (p->n == 0 || p->to[p->n - 1] < REB_WORK_MINUTES) return index;
    int64_t end = wall(c, index - 1, p->to[p->n - 1]);
    return at_us < end || (closing && at_us == end) ? index - 1 : index;
}

int64_t reb_work_add_days(const reb_work_calendar *c, int64_t from_us, int64_t days) {
    int64_t index = shift_day(c, from_us, false);
    int64_t last = index + 3653 < REB_WORK_DAYS - 1 ? index + 3653 : REB_WORK_DAYS - 1;
    if (index < 0) return INT64_MAX;
    while (index < last) {
        const reb_work_pattern *p = reb_work_own(c, ++index);
        if (p->n > 0 && --days <= 0) return wall(c, index, p->to[p->n - 1]);
    }
    return INT64_MAX;
}

int64_t reb_work_day_end(const reb_work_calendar *c, int64_t at_us) {
    int64_t index = shift_day(c, at_us, true);
    if (index < 0 || index >= REB_WORK_DAYS) return at_us;
    const reb_work_pattern *p = reb_work_own(c, index);
    if (p->n == 0) return at_us;
    int64_t end = wall(c, index, p->to[p->n - 1]);
    return end < at_us ? at_us : end;
}

int64_t reb_work_add_calendar_days(const reb_work_calendar *c, int64_t from_us, int64_t days) {
    int64_t index = index_of(c, from_us);
    if (index < 0 || days < 0 || days > REB_WORK_DAYS || index + days >= REB_WORK_DAYS) return INT64_MAX;
    return reb_work_local_instant(c, local_of(c, from_us) + days * REB_US_PER_DAY);
}

int64_t reb_work_local_day(const reb_work_calendar *c, int64_t at_us) {
    return floor_day(local_of(c, at_us));
}

int64_t reb_work_local_us(const reb_work_calendar *c, int64_t at_us) {
    return local_of(c, at_us);
}

const char *reb_work_zone_name(const reb_work_calendar *c) {
    return c->zone;
}

int64_t reb_work_day_spans(reb_work_span *out, int64_t room, const reb_work_calendar *c, int64_t day) {
    int64_t index = day - c->first_day;
    if (index < 0 || index >= REB_WORK_DAYS) return 0;
    const reb_work_pattern *p = reb_work_own(c, index);
    int64_t n = 0;
    for (int k = 0; k < p->n && n < room; k++) out[n++] = (reb_work_span){wall(c, index, p->from[k]), wall(c, index, p->to[k])};
    return n;
}

reb_work_why reb_work_day_why(const char **name, const reb_work_calendar *c, int64_t day) {
    int64_t index = day - c->first_day;
    *name = "";
    if (index < 0 || index >= REB_WORK_DAYS) return REB_WORK_WEEK;
    const reb_work_entry *e = &c->entries[c->entry_of[index]];
    *name = e->name;
    return e->why;
}

bool reb_work_day_by_moon(const reb_work_calendar *c, int64_t day) {
    int64_t index = day - c->first_day;
    return index >= 0 && index < REB_WORK_DAYS && c->entries[c->entry_of[index]].moon;
}

const reb_work_calendar_version *reb_work_calendar_at(const reb_work_calendar_history *h, int64_t at_us) {
    const reb_work_calendar_version *v = &h->versions[0];
    for (int64_t i = 1; i < h->count; i++)
        if (h->versions[i].published_us <= at_us) v = &h->versions[i];
    return v;
}
