#include "date.h"

#include "../base/clock.h"
#include "date_parts.h"
#include "fold.h"
#include "money.h"
#include "slice.h"
#include "utf8.h"

#include <stdio.h>
#include <string.h>

typedef struct civil {
    reb_calendar calendar;
    int year, month, day;
} civil;

static int full_year(int year, int digits, reb_calendar c, int latest_year) {
    if (digits > 2) return year;
    int latest = latest_year != 0 ? latest_year : c == REB_CAL_GREGORIAN ? 2068 : 1448;
    int y = latest - latest % 100 + year;
    return y > latest ? y - 100 : y;
}

/* The one way (or the format's way) to read the parts; NULL, or why not. */
static const char *resolve(civil *out, const reb_date_parts *p, const reb_date_format *fmt) {
    int y = p->n[0], m = p->n[1], d = p->n[2];
    switch (p->shape) {
        case REB_PARTS_NAMED:
        case REB_PARTS_YEAR_FIRST: break;
        case REB_PARTS_SHORT:
            if (fmt->order == REB_ORDER_YMD || p->n[0] > 31) break;
            /* fall through */
        case REB_PARTS_YEAR_LAST: {
            reb_date_order order = fmt->order;
            bool dmy_fits = p->n[1] <= 12, mdy_fits = p->n[0] <= 12;
            if (order == REB_ORDER_UNKNOWN || order == REB_ORDER_YMD) {
                if (dmy_fits && mdy_fits && p->n[0] != p->n[1]) return "nobody can tell its day from its month";
                order = dmy_fits ? REB_ORDER_DMY : REB_ORDER_MDY;
            }
            y = p->n[2];
            d = order == REB_ORDER_DMY ? p->n[0] : p->n[1];
            m = order == REB_ORDER_DMY ? p->n[1] : p->n[0];
            if (m > 12)
                return order == REB_ORDER_DMY ? "read as day, month, year its month is beyond 12"
                                              : "read as month, day, year its month is beyond 12";
            break;
        }
    }
    int digits = p->shape == REB_PARTS_SHORT ? 2 : p->year_digits;
    reb_calendar c = p->known_calendar ? p->calendar : fmt->calendar;
    if (!p->known_calendar && digits == 4) {
        if (y >= 1700)
            c = REB_CAL_GREGORIAN;
        else if (c == REB_CAL_GREGORIAN && y >= 1300 && y <= 1500)
            return "its year is not Gregorian; it looks like Solar Hijri or Hijri";
    }
    y = full_year(y, digits, c, c == fmt->calendar ? fmt->latest_year : 0);
    if (!reb_calendar_valid(c, y, m, d)) return "there is no such day";
    *out = (civil){c, y, m, d};
    return NULL;
}

static reb_status refuse(reb_err *err, const char *s, size_t len, const char *why) {
    return reb_fail(err, REB_E_INPUT, "\"%.*s\": %s", (int)reb_utf8_cut(s, len, 60), s, why);
}

static void from_instant(reb_date *out, int64_t time_us, const reb_zone *zone, bool has_zone) {
    *out = (reb_date){.time_us = time_us, .day = reb_zone_day(zone, time_us), .has_time = true, .has_zone = has_zone};
}

static void from_local(reb_date *out, int64_t day, int64_t in_day_us, const reb_zone *zone) {
    out->time_us = reb_zone_instant(zone, day * REB_US_PER_DAY + in_day_us);
    out->day = in_day_us >= REB_US_PER_DAY ? day + 1 : day;
}

/* 2026-05-01, 2026-05-01 10:00:00 and 2026-05-01T10:00:00: most of all dates, without tokens. */
static bool quick(reb_date *out, const char *s, size_t len, const reb_zone *zone) {
    static const char pattern[] = "0000-00-00 00:00:00";
    if (len != 10 && len != 16 && len != 19) return false;
    for (size_t i = 0; i < len; i++) {
        unsigned char c = (unsigned char)s[i];
        if (pattern[i] == '0' ? c < '0' || c > '9' : c != (unsigned char)pattern[i] && !(i == 10 && c == 'T')) return false;
    }
#define TWO(i) ((s[i] - '0') * 10 + (s[(i) + 1] - '0'))
    int year = TWO(0) * 100 + TWO(2);
    if (year < 1700 || !reb_civil_valid(year, TWO(5), TWO(8))) return false;
    int hour = len > 10 ? TWO(11) : 0, minute = len > 10 ? TWO(14) : 0, second = len > 16 ? TWO(17) : 0;
#undef TWO
    if (hour > 23 || minute > 59 || second > 59) return false;
    *out = (reb_date){.has_time = len > 10};
    int64_t day = reb_day_from_civil(year, (s[5] - '0') * 10 + s[6] - '0', (s[8] - '0') * 10 + s[9] - '0');
    from_local(out, day, ((hour * 60 + minute) * 60 + second) * REB_US_PER_SECOND, zone);
    return true;
}

#define EXCEL_1900_DAY INT64_C(-25569) /* 1899-12-30 */
#define EXCEL_1904_DAY INT64_C(-24107) /* 1904-01-01 */

static bool from_number(reb_date *out, const char *s, size_t len, reb_date_number kind, const reb_zone *zone) {
    int64_t v;
    int scale = kind == REB_NUMBER_EPOCH_S ? 6 : kind == REB_NUMBER_EPOCH_MS ? 3 : 9;
    if (reb_decimal_parse(&v, s, len, scale, REB_DECIMAL_POINT, false, NULL) != REB_OK) return false;
    if (kind == REB_NUMBER_EPOCH_S || kind == REB_NUMBER_EPOCH_MS) {
        if (v < -62135596800 * REB_US_PER_SECOND || v > 253402300799 * REB_US_PER_SECOND) return false;
        from_instant(out, v, zone, true);
        return true;
    }
    if (v < 0 || v > INT64_C(2958465999999999)) return false;                 /* the year 9999 */
    int64_t day = v / 1000000000, ms = (v % 1000000000 * 864 + 5000) / 10000; /* a serial's double is good to a millisecond */
    *out = (reb_date){.has_time = v % 1000000000 != 0};
    from_local(out, day + (kind == REB_NUMBER_EXCEL_1900 ? EXCEL_1900_DAY : EXCEL_1904_DAY), ms * 1000, zone);
    return true;
}

reb_status reb_date_parse(reb_date *out, const char *s, size_t len, const reb_date_format *fmt, const reb_zone *zone, reb_err *err) {
    reb_slice t = reb_slice_trim((reb_slice){s, len});
    if (t.len == 0) return reb_fail(err, REB_E_INPUT, "there is no date");
    reb_date result;
    if (quick(&result, t.ptr, t.len, zone) || (fmt->number != REB_NUMBER_NONE && from_number(&result, t.ptr, t.len, fmt->number, zone))) {
        *out = result;
        return REB_OK;
    }
    reb_date_parts p;
    const char *why;
    if (!reb_date_take_apart(&p, &why, t.ptr, t.len)) return refuse(err, t.ptr, t.len, why);
    civil c = {0};
    why = resolve(&c, &p, fmt);
    if (why != NULL) return refuse(err, t.ptr, t.len, why);
    int64_t day = reb_calendar_day(c.calendar, c.year, c.month, c.day);
    int64_t in_day = ((p.hour * 60 + p.minute) * 60 + p.second) * REB_US_PER_SECOND + p.us;
    result = (reb_date){.has_time = p.has_time, .has_zone = p.has_zone, .calendar = c.calendar};
    if (p.has_zone) {
        result.time_us = day * REB_US_PER_DAY + in_day - p.offset_s * REB_US_PER_SECOND;
        result.day = reb_zone_day(zone, result.time_us);
    } else {
        from_local(&result, day, in_day, zone);
    }
    *out = result;
    return REB_OK;
}

/* ---- a whole column ---- */

static void keep_example(reb_date_evidence *ev, reb_slice t, bool replace) {
    if (ev->example[0] != '\0' && !replace) return;
    size_t n = reb_utf8_cut(t.ptr, t.len, sizeof ev->example - 1);
    memcpy(ev->example, t.ptr, n);
    ev->example[n] = '\0';
}

static bool add_number(reb_date_evidence *ev, reb_slice t) {
    int64_t v;
    for (size_t i = 0; i < t.len; i++)
        if ((t.ptr[i] < '0' || t.ptr[i] > '9') && t.ptr[i] != '.') return false;
    if (reb_decimal_parse(&v, t.ptr, t.len, 3, REB_DECIMAL_POINT, false, NULL) != REB_OK) return false;
    v /= 1000;
    ev->all_digits++;
    if (v >= 100000000 && v < INT64_C(4102444800)) ev->epoch_s_like++;
    if (v >= INT64_C(100000000000) && v < INT64_C(4102444800000)) ev->epoch_ms_like++;
    if (v >= 15000 && v < 80000) ev->excel_like++;
    return true;
}

static void add_calendar(reb_date_evidence *ev, const reb_date_parts *p, int year, int digits) {
    if (p->known_calendar) {
        *(p->calendar == REB_CAL_GREGORIAN ? &ev->gregorian : p->calendar == REB_CAL_HIJRI ? &ev->lunar : &ev->solar) += 1;
        return;
    }
    if (digits != 4) {
        if (p->persian_digits) ev->solar_digits++;
        return;
    }
    if (year >= 1700) {
        ev->gregorian++;
        return;
    }
    if (year < 1300 || year > 1500) return;
    if (p->shape == REB_PARTS_YEAR_FIRST && p->n[2] == 31) { /* no lunar month has 31 days */
        ev->solar++;
        return;
    }
    ev->solar_or_lunar++;
    if (p->persian_digits) ev->solar_digits++;
    if (ev->min_old_year == 0 || year < ev->min_old_year) ev->min_old_year = year;
    if (year > ev->max_old_year) ev->max_old_year = year;
}

static void add_order_in_time(reb_date_evidence *ev, int64_t dmy, int64_t mdy) {
    if (ev->last_dmy != 0) {
        if (dmy > ev->last_dmy) ev->dmy_up++;
        if (dmy < ev->last_dmy) ev->dmy_down++;
        if (mdy > ev->last_mdy) ev->mdy_up++;
        if (mdy < ev->last_mdy) ev->mdy_down++;
    }
    ev->last_dmy = dmy;
    ev->last_mdy = mdy;
}

void reb_date_evidence_add(reb_date_evidence *ev, const char *s, size_t len) {
    reb_slice t = reb_slice_trim((reb_slice){s, len});
    if (t.len == 0) return;
    ev->values++;
    reb_date_parts p;
    const char *why;
    if (!reb_date_take_apart(&p, &why, t.ptr, t.len)) {
        add_number(ev, t);
        return;
    }
    int a = p.n[0], b = p.n[1], c = p.n[2];
    if ((p.shape == REB_PARTS_NAMED || p.shape == REB_PARTS_YEAR_FIRST) && (b < 1 || b > 12 || c < 1 || c > 31)) return;
    if (p.shape == REB_PARTS_YEAR_LAST && (a < 1 || b < 1 || a > 31 || b > 31 || (a > 12 && b > 12))) return;
    if (p.shape == REB_PARTS_SHORT && a <= 31 && (a < 1 || b < 1 || b > 31 || (a > 12 && b > 12))) return;
    ev->dates++;
    if (p.has_time) ev->with_time++;
    if (p.has_zone) ev->with_zone++;
    if (p.half_day) ev->pm_or_am++;
    bool first_decision = ev->ymd + ev->dmy + ev->mdy == 0;
    switch (p.shape) {
        case REB_PARTS_NAMED:
            ev->with_month_name++;
            add_calendar(ev, &p, a, p.year_digits);
            break;
        case REB_PARTS_YEAR_FIRST:
            ev->ymd++;
            add_calendar(ev, &p, a, p.year_digits);
            break;
        case REB_PARTS_SHORT:
            if (a > 31) {
                ev->ymd++;
                keep_example(ev, t, first_decision);
                add_calendar(ev, &p, a, 2);
                break;
            }
            /* fall through */
        case REB_PARTS_YEAR_LAST:
            add_calendar(ev, &p, c, p.shape == REB_PARTS_SHORT ? 2 : p.year_digits);
            if (a > 12) {
                ev->dmy++;
                keep_example(ev, t, first_decision);
            } else if (b > 12) {
                ev->mdy++;
                keep_example(ev, t, first_decision);
            } else {
                ev->either++;
                if (a == b)
                    ev->same++;
                else
                    keep_example(ev, t, false);
            }
            /* A reading that is impossible here does not take part in the order of time either. */
            add_order_in_time(ev, (int64_t)c * 512 + b * 32 + a, (int64_t)c * 512 + a * 32 + b);
            break;
    }
}

static void decide_order(reb_date_verdict *v, const reb_date_evidence *ev, reb_date_order prefer) {
    reb_date_order usual = prefer == REB_ORDER_UNKNOWN || prefer == REB_ORDER_YMD ? REB_ORDER_DMY : prefer;
    int64_t open = ev->either - ev->same;
    v->format.order = usual;
    if (ev->dmy > 0 && ev->mdy > 0) {
        v->format.order = ev->dmy >= ev->mdy ? REB_ORDER_DMY : REB_ORDER_MDY;
        v->conflict = v->order_ambiguous = true;
        v->reason = "some dates can only be day, month, year, others only month, day, year; the more frequent reading was taken";
    } else if (ev->dmy > 0) {
        v->format.order = REB_ORDER_DMY;
        v->reason = "some dates can only be read as day, month, year";
    } else if (ev->mdy > 0) {
        v->format.order = REB_ORDER_MDY;
        v->reason = "some dates can only be read as month, day, year";
    } else if (open == 0) {
        if (ev->ymd > 0) v->format.order = REB_ORDER_YMD;
        v->reason = ev->ymd > 0 ? "the year stands first" : "every date can be read in one way only";
    } else if (ev->ymd > 0) { /* short years, some beyond 31 in front */
        v->format.order = REB_ORDER_YMD;
        v->reason = "some dates can only be read as year, month, day";
    } else if (ev->either >= 8 && (ev->dmy_up == 0 || ev->dmy_down == 0) && ev->mdy_up > 1 && ev->mdy_down > 1) {
        v->format.order = REB_ORDER_DMY;
        v->by_row_order = true;
        v->reason = "the rows are in order of time only when read as day, month, year";
    } else if (ev->either >= 8 && (ev->mdy_up == 0 || ev->mdy_down == 0) && ev->dmy_up > 1 && ev->dmy_down > 1) {
        v->format.order = REB_ORDER_MDY;
        v->by_row_order = true;
        v->reason = "the rows are in order of time only when read as month, day, year";
    } else {
        v->order_ambiguous = true;
        v->reason = usual == REB_ORDER_DMY ? "no date tells day from month; day, month, year was assumed"
                                           : "no date tells day from month; month, day, year was assumed";
    }
}

static void decide_calendar(reb_date_verdict *v, const reb_date_evidence *ev) {
    int64_t other = ev->solar + ev->lunar + ev->solar_or_lunar;
    if (other == 0) {
        /* ۰۲/۰۵/۱۱: two-digit years in Persian digits are Solar Hijri, year first. */
        if (ev->solar_digits > 0 && ev->gregorian == 0) {
            v->format.calendar = REB_CAL_SOLAR_HIJRI;
            if (ev->dmy + ev->mdy == 0) v->format.order = REB_ORDER_YMD;
            v->calendar_ambiguous = true;
            v->reason = "short years in Persian digits; Solar Hijri, year first, was assumed";
        }
        return;
    }
    if (ev->solar > 0 && ev->lunar == 0) {
        v->format.calendar = REB_CAL_SOLAR_HIJRI;
    } else if (ev->lunar > 0 && ev->solar == 0) {
        v->format.calendar = REB_CAL_HIJRI;
    } else if (ev->solar > 0) {
        v->format.calendar = ev->solar >= ev->lunar ? REB_CAL_SOLAR_HIJRI : REB_CAL_HIJRI;
        v->calendar_ambiguous = ev->solar_or_lunar > 0;
    } else if (ev->solar_digits > 0 || ev->max_old_year <= 1414) { /* 1414: Solar 2035, lunar 1994 */
        v->format.calendar = REB_CAL_SOLAR_HIJRI;
    } else if (ev->min_old_year > 1414) {
        v->format.calendar = REB_CAL_HIJRI;
    } else {
        v->format.calendar = ev->max_old_year > 1430 ? REB_CAL_HIJRI : REB_CAL_SOLAR_HIJRI;
        v->calendar_ambiguous = true;
        v->reason = "its years fit Solar Hijri and Hijri alike; the likelier one was assumed";
    }
}

reb_date_verdict reb_date_decide(const reb_date_evidence *ev, reb_date_order prefer, bool numbers) {
    reb_date_verdict v = {.reason = "there are no values"};
    if (ev->values == 0) return v;
    int64_t as_number = 0;
    if (numbers && ev->all_digits > 0 && ev->dates == 0) {
        v.reason = "the numbers are too small or large for dates";
        as_number = ev->epoch_ms_like;
        if (as_number > 0) v.format.number = REB_NUMBER_EPOCH_MS, v.reason = "the numbers fit milliseconds since 1970";
        if (ev->epoch_s_like > as_number)
            as_number = ev->epoch_s_like, v.format.number = REB_NUMBER_EPOCH_S, v.reason = "the numbers fit seconds since 1970";
        if (ev->excel_like > as_number)
            as_number = ev->excel_like, v.format.number = REB_NUMBER_EXCEL_1900,
            v.reason = "the numbers fit a spreadsheet's days since 1900";
    }
    v.is_date = (ev->dates + as_number) * 10 >= ev->values * 9;
    if (ev->dates > 0) {
        decide_order(&v, ev, prefer);
        decide_calendar(&v, ev);
    }
    return v;
}

size_t reb_date_text(char out[REB_DATE_TEXT], reb_calendar c, int64_t day) {
    int y, m, d;
    out[0] = '\0';
    if (!reb_calendar_civil(&y, &m, &d, c, day)) return 0;
    int n = snprintf(out, REB_DATE_TEXT, "%04d-%02d-%02d", y, m, d);
    return n < 0 ? 0 : (size_t)n;
}

typedef const char *month_row[12];

const char *reb_month_name(reb_calendar c, const char *language, int month) {
    static const month_row gregorian[] = {
        {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
        {"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"},
        {"ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"},
        {"Ιανουάριος", "Φεβρουάριος", "Μάρτιος", "Απρίλιος", "Μάιος", "Ιούνιος", "Ιούλιος", "Αύγουστος", "Σεπτέμβριος", "Οκτώβριος",
         "Νοέμβριος", "Δεκέμβριος"}};
    static const month_row solar[] = {
        {"Farvardin", "Ordibehesht", "Khordad", "Tir", "Mordad", "Shahrivar", "Mehr", "Aban", "Azar", "Dey", "Bahman", "Esfand"},
        {"فروردين", "أرديبهشت", "خرداد", "تير", "مرداد", "شهريور", "مهر", "آبان", "آذر", "دي", "بهمن", "إسفند"},
        {"فروردین", "اردیبهشت", "خرداد", "تیر", "مرداد", "شهریور", "مهر", "آبان", "آذر", "دی", "بهمن", "اسفند"}};
    static const month_row lunar[] = {{"Muharram", "Safar", "Rabi al-Awwal", "Rabi al-Thani", "Jumada al-Awwal", "Jumada al-Thani", "Rajab",
                                       "Shaban", "Ramadan", "Shawwal", "Dhu al-Qidah", "Dhu al-Hijjah"},
                                      {"محرم", "صفر", "ربيع الأول", "ربيع الآخر", "جمادى الأولى", "جمادى الآخرة", "رجب", "شعبان", "رمضان",
                                       "شوال", "ذو القعدة", "ذو الحجة"},
                                      {"محرم", "صفر", "ربیع‌الاول", "ربیع‌الثانی", "جمادی‌الاول",
                                       "جمادی‌الثانی", "رجب", "شعبان", "رمضان", "شوال", "ذیقعده", "ذیحجه"}};
    if (month < 1 || month > 12) return "";
    size_t l = 0;
    if (language != NULL && strncmp(language, "ar", 2) == 0) l = 1;
    if (language != NULL && strncmp(language, "fa", 2) == 0) l = 2;
    if (language != NULL && strncmp(language, "el", 2) == 0) l = 3;
    switch (c) {
        case REB_CAL_SOLAR_HIJRI: return solar[l == 3 ? 0 : l][month - 1];
        case REB_CAL_HIJRI: return lunar[l == 3 ? 0 : l][month - 1];
        case REB_CAL_GREGORIAN: break;
    }
    return gregorian[l][month - 1];
}
