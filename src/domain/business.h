/* The business: its settings (api/settings.def), its currency and its time zone, loaded once for a command or a request. */
#ifndef REB_DOMAIN_BUSINESS_H
#define REB_DOMAIN_BUSINESS_H

#include "../base/json.h"
#include "../store/store.h"
#include "../text/calendar.h"
#include "../text/locale.h"

typedef enum reb_setting {
#define REB_SETTING(id, key, type, fallback, least, most, assumed, choices, help) REB_SETTING_##id,
#include "../../api/settings.def"
#undef REB_SETTING
    REB_SETTING_COUNT
} reb_setting;

typedef enum reb_setting_type {
    REB_TYPE_TEXT,
    REB_TYPE_CURRENCY,
    REB_TYPE_ZONE,
    REB_TYPE_CHOICE,
    REB_TYPE_INT,
    REB_TYPE_REAL,
    REB_TYPE_HOURS,
    REB_TYPE_DAYS,
    REB_TYPE_DATES
} reb_setting_type;

typedef struct reb_setting_rule {
    const char *key;
    reb_setting_type type;
    const char *fallback;
    double least;
    double most;
    bool assumed;        /* the default is an assumption that takes part in figures */
    const char *choices; /* parted by spaces, or NULL */
    const char *help;
} reb_setting_rule;

extern const reb_setting_rule reb_setting_rules[REB_SETTING_COUNT];

const char *reb_setting_type_name(reb_setting_type t); /* "text", "currency", "zone", "choice", "int", "real", "hours", "days", "dates" */

typedef enum reb_setting_origin { REB_SETTING_DEFAULT, REB_SETTING_ASSUMED, REB_SETTING_SET } reb_setting_origin;
const char *reb_setting_origin_name(reb_setting_origin o); /* "default", "assumed", "set" */

typedef struct reb_setting_value {
    const char *text; /* as stored, or the default; never NULL */
    int64_t i64;      /* INT */
    double f64;       /* INT and REAL */
    reb_setting_origin origin;
    int64_t set_us;     /* when, for REB_SETTING_SET */
    const char *set_by; /* and by whom; "" where it was not written down */
} reb_setting_value;

/* Read-only after loading: threads may share one. Texts live as long as it. */
typedef struct reb_business {
    char currency[4];     /* ISO 4217 */
    int currency_digits;  /* decimals of its minor unit: 0, 2, 3 */
    bool currency_is_set; /* false: the default stands in, and an import may set it (reb_setting_set) */
    const reb_zone *zone;
    reb_calendar calendar;
    reb_setting_value values[REB_SETTING_COUNT];
    reb_arena arena;
} reb_business;

/* *out is owned by the caller. A stored value that no longer passes its rule is REB_E_STORE. */
reb_status reb_business_load(reb_business **out, reb_store *s, reb_err *err);
/* The same from defaults alone, for a dry run without a database. */
reb_status reb_business_default(reb_business **out, reb_err *err);
void reb_business_free(reb_business *b); /* NULL is allowed */

static inline const char *reb_business_text(const reb_business *b, reb_setting k) {
    return b->values[k].text;
}
static inline int64_t reb_business_i64(const reb_business *b, reb_setting k) {
    return b->values[k].i64;
}
static inline double reb_business_f64(const reb_business *b, reb_setting k) {
    return b->values[k].f64;
}
static inline bool reb_business_assumed(const reb_business *b, reb_setting k) {
    return b->values[k].origin == REB_SETTING_ASSUMED;
}
static inline int64_t reb_business_day(const reb_business *b, int64_t time_us) { /* civil day in the business's time zone */
    return reb_zone_day(b->zone, time_us);
}

/* Language, calendar and digits as one; a person may have chosen others. */
reb_locale reb_business_locale(const reb_business *b);

/* The setting of that key; false when there is none. */
bool reb_setting_find(reb_setting *out, const char *key);

/* Checks `value` and writes its stored form (currency in capitals, 35% as 0.35) to out. Errors: INPUT with what would be right. */
#define REB_SETTING_TEXT 512
reb_status reb_setting_check(char out[REB_SETTING_TEXT], reb_setting k, const char *value, reb_err *err);

typedef struct reb_setting_change {
    char before[REB_SETTING_TEXT]; /* value that stood until now, default or set */
    char after[REB_SETTING_TEXT];
    int64_t events_moved; /* timezone: events whose day or instant has changed */
} reb_setting_change;

/* Sets a key (value NULL: back to its default) and derives anew what hangs on it, in one write transaction (or the one that is open):
   a changed time zone moves events into their new day, a changed currency changes whose money counts.
   `change` may be NULL. Errors: NOT_FOUND (no such key), INPUT, STORE, BUSY. */
reb_status reb_setting_set(reb_setting_change *change, reb_store *s, const char *key, const char *value, int64_t now_us, reb_err *err);

/* Sets several at once, all or none. `who`: the name of the person or key, as it will be shown; "" when not known. `changes` (as many as
   `wishes`) may be NULL. Refuses, beside what reb_setting_set refuses, values that contradict each other, unless they did before. Errors:
   NOT_FOUND, INPUT, STORE, BUSY. */
typedef struct reb_setting_wish {
    const char *key;
    const char *value; /* NULL: back to the default */
} reb_setting_wish;
reb_status reb_settings_set(reb_setting_change *changes, reb_store *s, const reb_setting_wish *wishes, size_t count, const char *who,
                            int64_t now_us, reb_err *err);

/* {"settings":[{"key","value","type","origin","set_at","set_by","default","least","most","choices","help"}...]} as the member `settings` of
 * an open object. */
void reb_settings_json(reb_json *w, const reb_business *b);

#endif
