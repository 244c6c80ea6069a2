#include "holiday.h"

#include "../base/json.h"

#include <string.h>
#include <strings.h>

#define NINE_TO_FIVE "[\"09:00-17:00\"]"
#define MON_TO_FRI                                                                                                                         \
    "{\"mon\":" NINE_TO_FIVE ",\"tue\":" NINE_TO_FIVE ",\"wed\":" NINE_TO_FIVE ",\"thu\":" NINE_TO_FIVE ",\"fri\":" NINE_TO_FIVE "}"
#define SUN_TO_THU                                                                                                                         \
    "{\"sun\":" NINE_TO_FIVE ",\"mon\":" NINE_TO_FIVE ",\"tue\":" NINE_TO_FIVE ",\"wed\":" NINE_TO_FIVE ",\"thu\":" NINE_TO_FIVE "}"
#define SAT_TO_WED                                                                                                                         \
    "{\"sat\":" NINE_TO_FIVE ",\"sun\":" NINE_TO_FIVE ",\"mon\":" NINE_TO_FIVE ",\"tue\":" NINE_TO_FIVE ",\"wed\":" NINE_TO_FIVE           \
    ",\"thu\":[\"09:00-13:00\"]}"
#define MON_TO_FRI_NOON                                                                                                                    \
    "{\"mon\":" NINE_TO_FIVE ",\"tue\":" NINE_TO_FIVE ",\"wed\":" NINE_TO_FIVE ",\"thu\":" NINE_TO_FIVE ",\"fri\":[\"09:00-12:00\"]}"

const reb_holiday_country reb_holiday_countries[] = {
    {"GR", "Europe/Athens", MON_TO_FRI, false, {"Greece", "اليونان", "یونان", "Ελλάδα"}},
    {"IR", "Asia/Tehran", SAT_TO_WED, true, {"Iran", "إيران", "ایران", "Ιράν"}},
    {"EG", "Africa/Cairo", SUN_TO_THU, true, {"Egypt", "مصر", "مصر", "Αίγυπτος"}},
    {"SA", "Asia/Riyadh", SUN_TO_THU, true, {"Saudi Arabia", "السعودية", "عربستان سعودی", "Σαουδική Αραβία"}},
    {"AE", "Asia/Dubai", MON_TO_FRI_NOON, true, {"United Arab Emirates", "الإمارات", "امارات", "Ηνωμένα Αραβικά Εμιράτα"}},
    {"GB", "Europe/London", MON_TO_FRI, false, {"United Kingdom", "المملكة المتحدة", "بریتانیا", "Ηνωμένο Βασίλειο"}},
    {"EU",
     "",
     MON_TO_FRI,
     false,
     {"European Union (payments)", "الاتحاد الأوروبي (المدفوعات)", "اتحادیه اروپا (پرداخت‌ها)",
      "Ευρωπαϊκή Ένωση (πληρωμές)"}},
    {0},
};

typedef struct holiday {
    const char *countries, *when;
    const char *name[REB_LANGUAGES];
} holiday;

static const holiday k_holidays[] = {
#define REB_HOLIDAY(countries, when, en, ar, fa, el) {countries, when, {en, ar, fa, el}},
#include "holidays.def"
#undef REB_HOLIDAY
};

static bool holds_in(const char *countries, const char *code) {
    for (const char *p = countries; *p != '\0'; p += 2, p += *p == ' ')
        if (strncmp(p, code, 2) == 0) return true;
    return false;
}

/* {"from":...,"name":...}: the fragment is ours, the name is text. */
static void entry(reb_buf *text, const char *members, const char *name) {
    reb_json w = {.out = text};
    reb_buf_char(text, '{');
    reb_buf_str(text, members);
    reb_buf_str(text, ",\"name\":");
    reb_json_str(&w, name);
    reb_buf_char(text, '}');
}

reb_status reb_holiday_document(const char **out, reb_arena *a, const char *code, reb_language language, reb_err *err) {
    static const char *const ramadan[REB_LANGUAGES] = {"Ramadan", "رمضان", "رمضان", "Ραμαζάνι"};
    const reb_holiday_country *c = reb_holiday_countries;
    reb_buf text = {0};
    while (c->code != NULL && strcasecmp(c->code, code) != 0) c++;
    if (c->code == NULL) {
        reb_fail(err, REB_E_NOT_FOUND, "There is no built-in calendar for \"%.20s\".", code);
        reb_err_next(err, "There are GR, IR, EG, SA, AE, GB and EU; others come as an iCalendar file: rebound calendar import FILE.");
        return REB_E_NOT_FOUND;
    }
    reb_buf_char(&text, '{');
    if (c->zone[0] != '\0') reb_buf_printf(&text, "\"timezone\":\"%s\",", c->zone);
    reb_buf_printf(&text, "\"week\":%s,", c->week);
    if (holds_in("SA AE", c->code)) { /* their labour laws shorten the day by two hours */
        reb_buf_str(&text, "\"dated\":[");
        entry(&text, "\"rule\":\"hijri\",\"month\":9,\"whole_month\":true,\"hours\":[\"10:00-16:00\"]", ramadan[language]);
        reb_buf_str(&text, "],");
    }
    reb_buf_str(&text, "\"off\":[");
    bool first = true;
    for (size_t i = 0; i < sizeof k_holidays / sizeof k_holidays[0]; i++) {
        if (!holds_in(k_holidays[i].countries, c->code)) continue;
        if (!first) reb_buf_char(&text, ',');
        first = false;
        entry(&text, k_holidays[i].when, k_holidays[i].name[language]);
    }
    reb_buf_str(&text, "]}");
    *out = text.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&text));
    reb_buf_free(&text);
    return *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left for a calendar.") : REB_OK;
}
