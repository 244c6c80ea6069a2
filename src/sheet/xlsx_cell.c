#include "xlsx_cell.h"

#include "../base/clock.h"
#include "../text/money.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct scientific {
    char d[32]; /* significant digits, no leading zeros */
    int n;
    int point; /* digits before the decimal point; may be negative */
    bool negative;
} scientific;

static bool read_scientific(scientific *x, const char *s, size_t len) {
    size_t i = 0;
    bool point = false, any = false;
    *x = (scientific){0};
    if (i < len && (s[i] == '-' || s[i] == '+')) x->negative = s[i++] == '-';
    for (; i < len && (s[i] == '.' || (s[i] >= '0' && s[i] <= '9')); i++) {
        if (s[i] == '.') {
            if (point) return false;
            point = true;
            continue;
        }
        any = true;
        if (x->n == 0 && s[i] == '0') {
            if (point) x->point--;
            continue;
        }
        if (x->n < (int)sizeof x->d) x->d[x->n++] = s[i];
        if (!point) x->point++;
        if (x->point > 400 || x->point < -400) return false;
    }
    if (i < len && (s[i] == 'e' || s[i] == 'E')) {
        int e = 0;
        bool minus = false;
        i++;
        if (i < len && (s[i] == '-' || s[i] == '+')) minus = s[i++] == '-';
        if (i >= len || len - i > 3) return false;
        for (; i < len; i++) {
            if (s[i] < '0' || s[i] > '9') return false;
            e = e * 10 + (s[i] - '0');
        }
        x->point += minus ? -e : e;
    }
    return any && i == len;
}

static void round_to_15(scientific *x) {
    if (x->n > 15) {
        bool up = x->d[15] >= '5';
        x->n = 15;
        int i = 14;
        while (up && i >= 0) {
            if (x->d[i] == '9') {
                x->d[i--] = '0';
            } else {
                x->d[i]++;
                up = false;
            }
        }
        if (up) { /* all nines */
            x->d[0] = '1';
            x->n = 1;
            x->point++;
        }
    }
    while (x->n > 0 && x->d[x->n - 1] == '0') x->n--;
}

size_t reb_xlsx_number_text(char out[REB_CELL_TEXT], const char *s, size_t len) {
    scientific x;
    if (!read_scientific(&x, s, len) || x.point > 30 || x.point < -15) {
        size_t n = len < REB_CELL_TEXT ? len : REB_CELL_TEXT;
        memcpy(out, s, n);
        return n;
    }
    round_to_15(&x);
    size_t o = 0;
    if (x.n == 0) {
        out[o++] = '0';
        return o;
    }
    if (x.negative) out[o++] = '-';
    if (x.point <= 0) out[o++] = '0';
    for (int i = 0; i < x.point; i++) out[o++] = i < x.n ? x.d[i] : '0';
    if (x.n > x.point) {
        out[o++] = '.';
        for (int i = x.point; i < 0; i++) out[o++] = '0';
        for (int i = x.point < 0 ? 0 : x.point; i < x.n; i++) out[o++] = x.d[i];
    }
    return o;
}

#define DAY_1900 INT64_C(-25569) /* 1899-12-30: right from serial 61 on */
#define DAY_1904 INT64_C(-24107)

size_t reb_xlsx_date_text(char out[REB_CELL_TEXT], const char *s, size_t len, bool date1904) {
    int64_t v; /* serial * 10^9 */
    if (reb_decimal_parse(&v, s, len, 9, REB_DECIMAL_POINT, false, NULL) != REB_OK) return 0;
    if (v < 0 || v > INT64_C(2958465999999999)) return 0;
    int64_t serial = v / 1000000000, seconds = (v % 1000000000 * 864 + 5000000) / 10000000;
    if (seconds == 86400) serial++, seconds = 0;
    int hour = (int)(seconds / 3600), minute = (int)(seconds / 60 % 60), second = (int)(seconds % 60);
    int n;
    if (serial == 0 && !date1904) {
        n = snprintf(out, REB_CELL_TEXT, "%02d:%02d:%02d", hour, minute, second);
        return n < 0 ? 0 : (size_t)n;
    }
    /* A spreadsheet believes in 1900-02-29 (serial 60): before it, everything is a day off. */
    int64_t day = date1904 ? serial + DAY_1904 : serial + DAY_1900 + (serial < 60 ? 1 : 0);
    int y, m, d;
    reb_civil_from_day(day, &y, &m, &d);
    n = seconds == 0 ? snprintf(out, REB_CELL_TEXT, "%04d-%02d-%02d", y, m, d)
                     : snprintf(out, REB_CELL_TEXT, "%04d-%02d-%02d %02d:%02d:%02d", y, m, d, hour, minute, second);
    return n < 0 ? 0 : (size_t)n;
}
