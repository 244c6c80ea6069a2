/* The settings of a business: the rules of api/settings.def, checked, and loaded into one struct. */
#include "business.h"

#include "zone_rules.h"

#include "../text/phone.h"
#include "working_day.h"

#include "../text/money.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const reb_setting_rule reb_setting_rules[REB_SETTING_COUNT] = {
#define REB_SETTING(id, key, type, fallback, least, most, assumed, choices, help)                                                          \
    {key, type, fallback, (double)(least), (double)(most), (assumed) != 0, choices, help},
#include "../../api/settings.def"
#undef REB_SETTING
};

const char *reb_setting_origin_name(reb_setting_origin o) {
    return o == REB_SETTING_SET ? "set" : o == REB_SETTING_ASSUMED ? "assumed" : "default";
}

const char *reb_setting_type_name(reb_setting_type t) {
    static const char *const names[] = {"text", "currency", "zone", "choice", "int", "real", "hours", "days", "dates"};
    return names[t];
}

reb_locale reb_business_locale(const reb_business *b) {
    return reb_locale_of(reb_business_text(b, REB_SETTING_LANGUAGE), reb_business_text(b, REB_SETTING_CALENDAR),
                         reb_business_text(b, REB_SETTING_DIGITS));
}

bool reb_setting_find(reb_setting *out, const char *key) {
    for (int k = 0; k < REB_SETTING_COUNT; k++) {
        if (strcmp(reb_setting_rules[k].key, key) != 0) continue;
        *out = (reb_setting)k;
        return true;
    }
    return false;
}

/* --- checking a value ------------------------------------------------------------------------------------------------------------- */

static reb_status store_text(char out[REB_SETTING_TEXT], const char *value) {
    snprintf(out, REB_SETTING_TEXT, "%s", value);
    return REB_OK;
}

static reb_status check_choice(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    size_t n = strlen(value);
    for (const char *p = rule->choices; *p != '\0';) {
        size_t m = strcspn(p, " ");
        if (m == n && strncmp(p, value, n) == 0) return store_text(out, value);
        p += m + (p[m] == ' ');
    }
    return reb_fail(err, REB_E_INPUT, "%s is \"%s\"; it must be one of: %s.", rule->key, value, rule->choices);
}

static reb_status check_currency(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    const reb_currency *c = reb_currency_find(value, strlen(value));
    if (c == NULL) {
        reb_fail(err, REB_E_INPUT, "%s is \"%s\", which is no known currency.", rule->key, value);
        reb_err_next(err, "Write its code of three letters: GBP, EUR, IRR, SAR.");
        return REB_E_INPUT;
    }
    return store_text(out, c->code);
}

static reb_status check_zone(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    reb_zone *zone = NULL;
    reb_err why = {0};
    reb_status st = reb_zone_open(&zone, value, &why);
    if (st != REB_OK && st != REB_E_INPUT) { /* not the fault of who wrote it: no memory, or no tzdata */
        if (err != NULL) *err = why;
        return st;
    }
    if (st != REB_OK) {
        reb_fail(err, REB_E_INPUT, "%s is \"%s\", which is no known time zone.", rule->key, value);
        reb_err_next(err, "Write it as Europe/London, Asia/Tehran or UTC.");
        return REB_E_INPUT;
    }
    reb_zone_close(zone);
    return store_text(out, value);
}

static reb_status not_in_range(const reb_setting_rule *rule, const char *value, const char *kind, reb_err *err) {
    return reb_fail(err, REB_E_INPUT, "%s is \"%s\"; it must be a %s from %.15g to %.15g.", rule->key, value, kind, rule->least,
                    rule->most);
}

static reb_status check_int(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    char *end = NULL;
    errno = 0;
    long long v = strtoll(value, &end, 10);
    bool digit = value[0] == '-' ? isdigit((unsigned char)value[1]) : isdigit((unsigned char)value[0]);
    if (!digit || errno != 0 || *end != '\0' || (double)v < rule->least || (double)v > rule->most)
        return not_in_range(rule, value, "whole number", err);
    snprintf(out, REB_SETTING_TEXT, "%lld", v);
    return REB_OK;
}

/* Digits, one point; the program never sets a locale, so strtod reads a point. A share may be written in percent. */
static reb_status check_real(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    char *end = NULL;
    size_t plain = strspn(value, "0123456789.");
    double v = plain > 0 && plain < 40 ? strtod(value, &end) : NAN;
    if (end == NULL || end != value + plain) return not_in_range(rule, value, "number", err);
    bool percent = strcmp(end, "%") == 0 && rule->most <= 1.0;
    if (percent) v /= 100.0;
    if ((*end != '\0' && !percent) || !(v >= rule->least && v <= rule->most)) return not_in_range(rule, value, "number", err);
    int n = snprintf(out, REB_SETTING_TEXT, "%.9f", v); /* nine decimals are kept, without zeros at the end */
    while (n > 0 && out[n - 1] == '0') out[--n] = '\0';
    if (n > 0 && out[n - 1] == '.') out[--n] = '\0';
    return REB_OK;
}

static bool read_clock(const char *p) { /* HH:MM, 00:00 to 24:00 */
    for (int i = 0; i < 5; i++)
        if (i == 2 ? p[i] != ':' : !isdigit((unsigned char)p[i])) return false;
    int h = (p[0] - '0') * 10 + p[1] - '0';
    int m = (p[3] - '0') * 10 + p[4] - '0';
    return m < 60 && (h < 24 || (h == 24 && m == 0));
}

static reb_status check_hours(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    bool never = value[0] == '\0' || strcmp(value, "never") == 0;
    if (never) return store_text(out, "");
    if (strlen(value) == 11 && read_clock(value) && value[5] == '-' && read_clock(value + 6)) return store_text(out, value);
    return reb_fail(err, REB_E_INPUT, "%s is \"%s\"; it must be written as 20:00-09:00, or never.", rule->key, value);
}

static reb_status check_calendar(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    bool days = rule->type == REB_TYPE_DAYS;
    if (days ? reb_week_parse(NULL, out, REB_SETTING_TEXT, value) : reb_days_off_parse(NULL, out, REB_SETTING_TEXT, value)) return REB_OK;
    reb_fail(err, REB_E_INPUT, "%s is \"%.80s\", which cannot be read as %s.", rule->key, value, days ? "days of the week" : "dates");
    reb_err_next(err,
                 days ? "Write at least one of: mon tue wed thu fri sat sun."
                      : "Write days as 2026-12-25 and spans as 2026-03-20..2026-04-02, at most %d.",
                 REB_DAYS_OFF_MOST);
    return REB_E_INPUT;
}

static reb_status check_text(char out[REB_SETTING_TEXT], const reb_setting_rule *rule, const char *value, reb_err *err) {
    size_t n = strlen(value);
    if ((double)n < rule->least || (double)n > rule->most || n >= REB_SETTING_TEXT)
        return reb_fail(err, REB_E_INPUT, "%s must have %.0f to %.0f bytes of text, not %zu.", rule->key, rule->least, rule->most, n);
    for (const char *p = value; *p != '\0'; p++)
        if ((unsigned char)*p < 0x20) return reb_fail(err, REB_E_INPUT, "%s may hold no line ends or control characters.", rule->key);
    return store_text(out, value);
}

static bool begins_as(const char *value, const char *protocol) { /* smtps://, smtp:// or smtp-plain:// */
    size_t n = strlen(protocol);
    if (strncmp(value, protocol, n) != 0) return false;
    const char *rest = value + n;
    const char *name = rest[0] == 's' ? rest + 1 : strncmp(rest, "-plain", 6) == 0 ? rest + 6 : rest;
    return strncmp(name, "://", 3) == 0 && name[3] != '\0' && strpbrk(name, " @") == NULL;
}

/* What mail needs written in a certain way is refused here rather than found out when a mail does not go. "" takes it away. */
static reb_status check_mail(char out[REB_SETTING_TEXT], reb_setting k, reb_err *err) {
    char email[REB_EMAIL_TEXT];
    size_t n = 0;
    const char *protocol = k == REB_SETTING_MAIL_SMTP ? "smtp" : "imap";
    if (out[0] == '\0') return REB_OK;
    switch (k) {
        case REB_SETTING_MAIL_FROM:
            if (reb_email_parse(email, &n, out, strlen(out), err) != REB_OK) return REB_E_INPUT;
            memcpy(out, email, n + 1);
            return REB_OK;
        case REB_SETTING_MAIL_SMTP:
        case REB_SETTING_MAIL_IMAP:
            if (begins_as(out, protocol)) return REB_OK;
            reb_fail(err, REB_E_INPUT, "%s names no mail server: %ss://host, or %s://host (encrypted by STARTTLS).",
                     reb_setting_rules[k].key, protocol, protocol);
            return REB_E_INPUT;
        case REB_SETTING_PUBLIC_URL:
            if ((strncmp(out, "https://", 8) != 0 && strncmp(out, "http://", 7) != 0) || strpbrk(out, " <>\"?#") != NULL)
                return reb_fail(err, REB_E_INPUT, "public_url is an address as https://care.example.com, without ? and #.");
            n = strlen(out); /* links add /c/... */
            while (n > strlen("https://") && out[n - 1] == '/') out[--n] = '\0';
            return REB_OK;
        case REB_SETTING_MAIL_SMTP_PASSWORD_FILE:
        case REB_SETTING_MAIL_IMAP_PASSWORD_FILE:
        case REB_SETTING_MAIL_CA_FILE:
            if (out[0] == '/') return REB_OK;
            return reb_fail(err, REB_E_INPUT, "%s is told by its whole path, from / on.", reb_setting_rules[k].key);
        default: return REB_OK;
    }
}

reb_status reb_setting_check(char out[REB_SETTING_TEXT], reb_setting k, const char *value, reb_err *err) {
    const reb_setting_rule *rule = &reb_setting_rules[k];
    out[0] = '\0';
    switch (rule->type) {
        case REB_TYPE_TEXT: {
            reb_status st = check_text(out, rule, value, err);
            return st == REB_OK ? check_mail(out, k, err) : st;
        }
        case REB_TYPE_CURRENCY: return check_currency(out, rule, value, err);
        case REB_TYPE_ZONE: return check_zone(out, rule, value, err);
        case REB_TYPE_CHOICE: return check_choice(out, rule, value, err);
        case REB_TYPE_INT: return check_int(out, rule, value, err);
        case REB_TYPE_REAL: return check_real(out, rule, value, err);
        case REB_TYPE_HOURS: return check_hours(out, rule, value, err);
        case REB_TYPE_DAYS:
        case REB_TYPE_DATES: return check_calendar(out, rule, value, err);
    }
    return reb_fail(err, REB_E_INTERNAL, "%s has no type.", rule->key);
}

/* --- loading ---------------------------------------------------------------------------------------------------------------------- */

static void fill_number(reb_setting_value *v, reb_setting_type type) {
    if (type == REB_TYPE_INT) v->i64 = strtoll(v->text, NULL, 10);
    if (type == REB_TYPE_INT || type == REB_TYPE_REAL) v->f64 = strtod(v->text, NULL);
}

static void fill_defaults(reb_business *b) {
    for (int k = 0; k < REB_SETTING_COUNT; k++) {
        const reb_setting_rule *rule = &reb_setting_rules[k];
        b->values[k].text = rule->fallback;
        b->values[k].set_by = "";
        b->values[k].origin = rule->assumed ? REB_SETTING_ASSUMED : REB_SETTING_DEFAULT;
        fill_number(&b->values[k], rule->type);
    }
}

static reb_status not_allowed(const char *key, const char *value, reb_err *err) {
    reb_fail(err, REB_E_STORE, "The stored setting %s is \"%s\", which is not allowed.", key, value);
    reb_err_next(err, "Set it anew with: rebound set %s VALUE", key);
    return REB_E_STORE;
}

static reb_status fill_stored(reb_business *b, const char *key, const char *value, int64_t changed_us, const char *changed_by,
                              reb_err *err) {
    reb_setting k = REB_SETTING_COUNT;
    char checked[REB_SETTING_TEXT];
    if (!reb_setting_find(&k, key)) return REB_OK; /* of a part of the program that keeps its own */
    /* Whether there is such a time zone is seen when it is opened, by the rules that are kept. */
    reb_status st = reb_setting_rules[k].type == REB_TYPE_ZONE ? store_text(checked, value) : reb_setting_check(checked, k, value, err);
    if (st == REB_E_INPUT) st = not_allowed(key, value, err);
    if (st != REB_OK) return st;
    reb_setting_value *v = &b->values[k];
    v->text = reb_arena_strdup(&b->arena, checked);
    v->set_by = reb_arena_strdup(&b->arena, changed_by);
    if (v->text == NULL || v->set_by == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for settings.");
    v->origin = REB_SETTING_SET;
    v->set_us = changed_us;
    fill_number(v, reb_setting_rules[k].type);
    return REB_OK;
}

static reb_status complete(reb_business *b, reb_store *s, reb_err *err) {
    const char *code = b->values[REB_SETTING_CURRENCY].text;
    const reb_currency *c = reb_currency_find(code, strlen(code));
    if (c == NULL) return reb_fail(err, REB_E_INTERNAL, "The currency %s is unknown.", code);
    snprintf(b->currency, sizeof b->currency, "%s", c->code);
    b->currency_digits = c->digits;
    b->currency_is_set = b->values[REB_SETTING_CURRENCY].origin == REB_SETTING_SET;
    const char *calendar = b->values[REB_SETTING_CALENDAR].text;
    b->calendar = strcmp(calendar, "persian") == 0 ? REB_CAL_SOLAR_HIJRI
                  : strcmp(calendar, "hijri") == 0 ? REB_CAL_HIJRI
                                                   : REB_CAL_GREGORIAN;
    reb_zone *zone = NULL;
    const char *name = b->values[REB_SETTING_TIMEZONE].text;
    reb_status st = s != NULL ? reb_zone_rules_business(&zone, s, name, err) : reb_zone_open(&zone, name, err);
    b->zone = zone;
    if (st == REB_E_INPUT) return not_allowed(reb_setting_rules[REB_SETTING_TIMEZONE].key, name, err);
    return st;
}

static reb_status load(reb_business **out, reb_store *s, reb_err *err) {
    *out = NULL;
    reb_business *b = calloc(1, sizeof *b);
    if (b == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left for settings.");
    fill_defaults(b);
    reb_stmt *q = NULL;
    bool row = s != NULL;
    reb_status st = s != NULL ? reb_query(&q, s, REB_SQL_SETTING_ALL, REB_NO_ARGS, err) : REB_OK;
    while (st == REB_OK && row) {
        st = reb_step(q, &row, err);
        if (st == REB_OK && row) st = fill_stored(b, reb_col_text(q, 0), reb_col_text(q, 1), reb_col_i64(q, 2), reb_col_text(q, 3), err);
    }
    reb_stmt_close(q);
    if (st == REB_OK) st = complete(b, s, err);
    if (st != REB_OK) {
        reb_business_free(b);
        return st;
    }
    *out = b;
    return REB_OK;
}

reb_status reb_business_load(reb_business **out, reb_store *s, reb_err *err) {
    return load(out, s, err);
}

reb_status reb_business_default(reb_business **out, reb_err *err) {
    return load(out, NULL, err);
}

void reb_business_free(reb_business *b) {
    if (b == NULL) return;
    reb_zone *zone = NULL;
    memcpy(&zone, &b->zone, sizeof zone); /* shared read-only with everybody else, but ours to close */
    reb_zone_close(zone);
    reb_arena_free(&b->arena);
    free(b);
}

static void limits_json(reb_json *w, const reb_setting_rule *rule) {
    if (rule->type == REB_TYPE_INT || rule->type == REB_TYPE_REAL) {
        reb_json_kf64(w, "least", rule->least);
        reb_json_kf64(w, "most", rule->most);
    }
    if (rule->choices == NULL) return;
    reb_json_key(w, "choices");
    reb_json_arr(w);
    for (const char *p = rule->choices; *p != '\0';) {
        size_t m = strcspn(p, " ");
        reb_json_strn(w, p, m);
        p += m + (p[m] == ' ');
    }
    reb_json_arr_end(w);
}

void reb_settings_json(reb_json *w, const reb_business *b) {
    reb_json_key(w, "settings");
    reb_json_arr(w);
    for (int k = 0; k < REB_SETTING_COUNT; k++) {
        const reb_setting_rule *rule = &reb_setting_rules[k];
        const reb_setting_value *v = &b->values[k];
        reb_json_obj(w);
        reb_json_kstr(w, "key", rule->key);
        if (rule->type == REB_TYPE_INT) {
            reb_json_ki64(w, "value", v->i64);
        } else if (rule->type == REB_TYPE_REAL) {
            reb_json_kf64(w, "value", v->f64);
        } else {
            reb_json_kstr(w, "value", v->text);
        }
        reb_json_kstr(w, "type", reb_setting_type_name(rule->type));
        reb_json_kstr(w, "origin", reb_setting_origin_name(v->origin));
        if (v->origin == REB_SETTING_SET) reb_json_ktime(w, "set_at", v->set_us);
        if (v->origin == REB_SETTING_SET && v->set_by[0] != '\0') reb_json_kstr(w, "set_by", v->set_by);
        reb_json_kstr(w, "default", rule->fallback);
        reb_json_kbool(w, "assumed", rule->assumed);
        limits_json(w, rule);
        reb_json_kstr(w, "help", rule->help);
        reb_json_obj_end(w);
    }
    reb_json_arr_end(w);
}
