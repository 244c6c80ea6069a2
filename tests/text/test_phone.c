/* Telephone numbers to E.164, e-mail addresses to one form. */
#include "../../src/text/phone.h"
#include "../lib/tap.h"

static void number(const char *text, const char *country, const char *want) {
    reb_err err = {0};
    reb_phone p;
    const char *got = reb_phone_parse(&p, text, strlen(text), country, &err) == REB_OK ? p.e164 : "refused";
    char what[200];
    snprintf(what, sizeof what, "%s in %s", text, country);
    EQ_TEXT(got, want, what);
    if (strcmp(got, want) != 0) printf("# %s\n", err.detail);
}

static void phones(void) {
    number("۰۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789");
    number("09123456789", "IR", "+989123456789");
    number("9123456789", "IR", "+989123456789");
    number("989123456789", "IR", "+989123456789");
    number("+98 912 345 6789", "IR", "+989123456789");
    number("+98 0912 345 6789", "IR", "+989123456789");
    number("00989123456789", "IR", "+989123456789");
    number("989123456789+", "IR", "+989123456789");
    number("0912345678", "IR", "refused");
    number("091234567890", "IR", "refused");
    number("021-88776655 داخلی ۱۲", "IR", "+982188776655");
    number("٠٥٠١٢٣٤٥٦٧", "SA", "+966501234567");
    number("0501234567", "SA", "+966501234567");
    number("966501234567", "SA", "+966501234567");
    number("0100 123 4567", "EG", "+201001234567");
    number("02 2345 6789", "EG", "+20223456789");
    number("050-123 4567", "AE", "+971501234567");
    number("6912345678", "GR", "+306912345678");
    number("210 1234567 εσωτ. 12", "GR", "+302101234567");
    number("020 7946 0000", "GB", "+442079460000");
    number("+44 (0)20 7946 0000", "IR", "+442079460000");
    number("(212) 555-1234", "US", "+12125551234");
    number("1-212-555-1234", "US", "+12125551234");
    number("+1 (212) 555-1234 x12", "GR", "+12125551234");
    number("011 44 20 7946 0000", "US", "+442079460000");
    number("tel:+1-418-656-9254;ext=102", "US", "+14186569254");
    number("030/1234567", "DE", "+49301234567");
    number("'09123456789", "IR", "+989123456789");
    number("Mobile: 0912 345 6789", "IR", "+989123456789");
    number("\xE2\x80\x8E+98 912 345 6789\xE2\x80\x8E", "IR", "+989123456789");
    number("06 20 123 4567", "HU", "+36201234567");
    number("06 1234 5678", "IT", "+390612345678");
    number("09123456789", "", "refused");
    number("09123456789", "ZZ", "refused");
    number("+999 12345678", "IR", "+99912345678");
    number("", "IR", "refused");
    number("none", "IR", "refused");
    number("12", "IR", "refused");
    number("0000000000", "US", "refused");
    number("9.12E+09", "IR", "refused");
    number("123456789012345678901234567890", "IR", "refused");
    number("+", "IR", "refused");
    reb_err err = {0};
    reb_phone p;
    const char *two = "0912 345 6789, 021 8877 6655";
    OK(reb_phone_parse(&p, two, strlen(two), "IR", &err) == REB_OK && strcmp(p.e164, "+989123456789") == 0 && p.used < strlen(two),
       "the first of two");
    OK(reb_phone_parse(&p, two + p.used, strlen(two) - p.used, "IR", &err) == REB_OK && strcmp(p.e164, "+982188776655") == 0,
       "and the second");
    OK(p.used == strlen("021 8877 6655") && strcmp(p.country, "IR") == 0 && !p.has_extension, "its country");
    two = "09123456789/02188776655";
    OK(reb_phone_parse(&p, two, strlen(two), "IR", &err) == REB_OK && strcmp(p.e164, "+989123456789") == 0 && p.used == 12,
       "cut at a slash");
    OK(reb_phone_parse(&p, "021 88776655 ext. 5", 19, "IR", &err) == REB_OK && p.has_extension && p.used == 19, "the extension is told");
    OK(reb_phone_country_known("ir") && !reb_phone_country_known("XX") && !reb_phone_country_known(NULL), "known countries");
    OK(reb_phone_parse(&p, "1234", 4, "IR", &err) == REB_E_INPUT && strstr(err.detail, "too few") != NULL, "the reason is told: %s",
       err.detail);
}

static void address(const char *text, const char *want) {
    char out[REB_EMAIL_TEXT];
    size_t n;
    reb_err err = {0};
    EQ_TEXT(reb_email_parse(out, &n, text, strlen(text), &err) == REB_OK ? out : "refused", want, text);
}

static void emails(void) {
    address("Ali@Example.COM", "ali@example.com");
    address("  a.b+c@x.co.uk ", "a.b+c@x.co.uk");
    address("mailto:a@b.gr?subject=x", "a@b.gr");
    address("Ali Reza <ali@b.ir>", "ali@b.ir");
    address("\xE2\x80\x8F"
            "ali@b.ir",
            "ali@b.ir");
    address("Ωμέγα@Δοκιμή.gr", "ωμέγα@δοκιμή.gr");
    address("'a@b.gr", "a@b.gr");
    static const char *const bad[] = {"",        "a",        "a@",       "@b.gr",          "a@b",     "a@b.",      "a@.gr",
                                      "a@b..gr", "a b@c.gr", "a@b@c.gr", "a@b.gr, c@d.gr", ".a@b.gr", "a.@b.gr",   "a..b@c.gr",
                                      "a@-b.gr", "a@b-.gr",  "a@b_c.gr", "\"x\"@b.gr",     "a@b.g",   "a\xFF@b.gr"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) address(bad[i], "refused");
    char big[400];
    memset(big, 'a', sizeof big);
    memcpy(big + 64, "@b.gr", 6);
    address(big, big);
    memcpy(big + 64, "a@b.gr", 7);
    address(big, "refused");
}

int main(void) {
    phones();
    emails();
    return tap_done();
}
