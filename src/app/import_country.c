/* In which country a business lies, as far as its time zone or currency tells: for telephone numbers without a country code. */
#include "import_run.h"

#include <string.h>

typedef struct country_of {
    const char *key, *country;
} country_of;

static const country_of k_zones[] = {
    {"Asia/Tehran", "IR"},         {"Asia/Riyadh", "SA"},         {"Asia/Dubai", "AE"},        {"Asia/Kuwait", "KW"},
    {"Asia/Qatar", "QA"},          {"Asia/Bahrain", "BH"},        {"Asia/Muscat", "OM"},       {"Asia/Baghdad", "IQ"},
    {"Asia/Amman", "JO"},          {"Asia/Beirut", "LB"},         {"Asia/Damascus", "SY"},     {"Africa/Cairo", "EG"},
    {"Africa/Casablanca", "MA"},   {"Africa/Algiers", "DZ"},      {"Africa/Tunis", "TN"},      {"Africa/Tripoli", "LY"},
    {"Asia/Kabul", "AF"},          {"Asia/Dushanbe", "TJ"},       {"Europe/Athens", "GR"},     {"Asia/Nicosia", "CY"},
    {"Europe/London", "GB"},       {"Europe/Dublin", "IE"},       {"Europe/Berlin", "DE"},     {"Europe/Paris", "FR"},
    {"Europe/Rome", "IT"},         {"Europe/Madrid", "ES"},       {"Europe/Lisbon", "PT"},     {"Europe/Amsterdam", "NL"},
    {"Europe/Brussels", "BE"},     {"Europe/Vienna", "AT"},       {"Europe/Zurich", "CH"},     {"Europe/Stockholm", "SE"},
    {"Europe/Oslo", "NO"},         {"Europe/Copenhagen", "DK"},   {"Europe/Helsinki", "FI"},   {"Europe/Warsaw", "PL"},
    {"Europe/Prague", "CZ"},       {"Europe/Budapest", "HU"},     {"Europe/Bucharest", "RO"},  {"Europe/Sofia", "BG"},
    {"Europe/Istanbul", "TR"},     {"America/New_York", "US"},    {"America/Chicago", "US"},   {"America/Denver", "US"},
    {"America/Los_Angeles", "US"}, {"America/Toronto", "CA"},     {"America/Vancouver", "CA"}, {"America/Sao_Paulo", "BR"},
    {"America/Mexico_City", "MX"}, {"Asia/Kolkata", "IN"},        {"Asia/Karachi", "PK"},      {"Asia/Tokyo", "JP"},
    {"Australia/Sydney", "AU"},    {"Australia/Melbourne", "AU"}, {"Pacific/Auckland", "NZ"},
};

static const country_of k_currencies[] = {
    {"IRR", "IR"}, {"SAR", "SA"}, {"AED", "AE"}, {"KWD", "KW"}, {"QAR", "QA"}, {"BHD", "BH"}, {"OMR", "OM"}, {"IQD", "IQ"}, {"JOD", "JO"},
    {"LBP", "LB"}, {"EGP", "EG"}, {"MAD", "MA"}, {"DZD", "DZ"}, {"TND", "TN"}, {"LYD", "LY"}, {"AFN", "AF"}, {"GBP", "GB"}, {"USD", "US"},
    {"CAD", "CA"}, {"AUD", "AU"}, {"NZD", "NZ"}, {"CHF", "CH"}, {"SEK", "SE"}, {"NOK", "NO"}, {"DKK", "DK"}, {"PLN", "PL"}, {"CZK", "CZ"},
    {"HUF", "HU"}, {"RON", "RO"}, {"BGN", "BG"}, {"TRY", "TR"}, {"BRL", "BR"}, {"MXN", "MX"}, {"INR", "IN"}, {"PKR", "PK"}, {"JPY", "JP"},
};

static const char *find(const country_of *list, size_t n, const char *key) {
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].key, key) == 0) return list[i].country;
    return NULL;
}

const char *reb_import_country(const reb_plan *p) {
    const char *by_zone = find(k_zones, sizeof k_zones / sizeof *k_zones, reb_zone_name(p->business_zone));
    if (by_zone != NULL) return by_zone;
    const char *by_currency = NULL;
    if ((p->currency_found || p->business_currency_set) && p->currency != NULL)
        by_currency = find(k_currencies, sizeof k_currencies / sizeof *k_currencies, p->currency->code);
    return by_currency != NULL ? by_currency : "";
}
