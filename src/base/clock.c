#include "clock.h"

#include <stdio.h>
#include <time.h>

static int64_t read_clock(clockid_t id) {
    struct timespec ts;
    clock_gettime(id, &ts);
    return (int64_t)ts.tv_sec * REB_US_PER_SECOND + ts.tv_nsec / 1000;
}

static int64_t system_now(void *ctx) {
    (void)ctx;
    return read_clock(CLOCK_REALTIME);
}

static int64_t fixed_now(void *ctx) {
    return *(const int64_t *)ctx;
}

reb_clock reb_clock_system(void) {
    return (reb_clock){system_now, NULL};
}
reb_clock reb_clock_fixed(int64_t *time_us) {
    return (reb_clock){fixed_now, time_us};
}
int64_t reb_clock_now(reb_clock c) {
    return c.now_us(c.ctx);
}
int64_t reb_monotonic_us(void) {
    return read_clock(CLOCK_MONOTONIC);
}

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - ((a % b != 0 && (a % b < 0) != (b < 0)) ? 1 : 0);
}

/* Years begin in March here, so that the leap day is the last of its year. An era is 400 years, 146,097 days. */
int64_t reb_day_from_civil(int year, int month, int day) {
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468; /* 719,468 days from 0000-03-01 to 1970-01-01 */
}

void reb_civil_from_day(int64_t day, int *year, int *month, int *day_of_month) {
    int64_t z = day + 719468;
    int64_t era = floor_div(z, 146097);
    int64_t day_of_era = z - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day_of_month = (int)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (int)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

bool reb_civil_valid(int year, int month, int day) {
    static const int k_days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1) return false;
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return day <= k_days[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* So many digits as a number; -1: another character. */
static int digits(const char *text, size_t n) {
    int value = 0;
    for (size_t i = 0; i < n; i++) {
        if (text[i] < '0' || text[i] > '9') return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

bool reb_day_read(int64_t *day, const char *text, size_t n) {
    if (n != 10 || text[4] != '-' || text[7] != '-') return false;
    int y = digits(text, 4);
    int m = digits(text + 5, 2);
    int d = digits(text + 8, 2);
    if (y < 1 || !reb_civil_valid(y, m, d)) return false;
    *day = reb_day_from_civil(y, m, d);
    return true;
}

void reb_day_format(int64_t day, char out[REB_TIME_TEXT]) {
    int y;
    int m;
    int d;
    reb_civil_from_day(day, &y, &m, &d);
    snprintf(out, REB_TIME_TEXT, "%04d-%02d-%02d", y, m, d);
}

void reb_time_format(int64_t time_us, char out[REB_TIME_TEXT]) {
    int64_t day = floor_div(time_us, REB_US_PER_DAY);
    int64_t us = time_us - day * REB_US_PER_DAY;
    int y;
    int m;
    int d;
    reb_civil_from_day(day, &y, &m, &d);
    int seconds = (int)(us / REB_US_PER_SECOND);
    int fraction = (int)(us % REB_US_PER_SECOND);
    int n = snprintf(out, REB_TIME_TEXT, "%04d-%02d-%02dT%02d:%02d:%02d", y, m, d, seconds / 3600, seconds / 60 % 60, seconds % 60);
    if (n < 0 || n >= REB_TIME_TEXT) return;
    if (fraction != 0) {
        snprintf(out + n, (size_t)(REB_TIME_TEXT - n), ".%06dZ", fraction);
    } else {
        snprintf(out + n, (size_t)(REB_TIME_TEXT - n), "Z");
    }
}
