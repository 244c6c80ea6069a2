/* Second factors: the published vectors of RFC 4226 and RFC 6238; a code works once; recovery codes; what is stored. */
#include "shop.h"

#include "../../src/domain/second_factor.h"
#include "../../src/domain/vault.h"

#include <sys/stat.h>

static const unsigned char k_secret[] = "12345678901234567890"; /* of both RFCs */
static const int64_t k_now = INT64_C(1777626000) * 1000000;     /* 2026-05-01T09:00:00Z */

static void published(void) {
    static const char *const hotp[] = {"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"};
    char code[REB_TOTP_CODE];
    char what[64];
    reb_err err = {0};
    for (int64_t i = 0; i < 10; i++) {
        snprintf(what, sizeof what, "RFC 4226, appendix D, count %d", (int)i);
        OK(reb_totp_code(code, k_secret, 20, i, &err) == REB_OK, "%s is reckoned", what);
        EQ_TEXT(code, hotp[i], what);
    }
    /* Eight digits are published; the last six of them are the code of six digits. */
    static const struct {
        int64_t at_s;
        const char *digits;
    } totp[] = {{59, "94287082"},         {1111111109, "07081804"}, {1111111111, "14050471"},
                {1234567890, "89005924"}, {2000000000, "69279037"}, {INT64_C(20000000000), "65353130"}};
    for (size_t i = 0; i < sizeof totp / sizeof totp[0]; i++) {
        snprintf(what, sizeof what, "RFC 6238, appendix B, %lld s", (long long)totp[i].at_s);
        reb_totp_code(code, k_secret, 20, reb_totp_step(totp[i].at_s * 1000000), &err);
        EQ_TEXT(code, totp[i].digits + 2, what);
    }
    OK(reb_totp_code(code, k_secret, 0, 1, &err) == REB_E_INTERNAL && reb_totp_code(code, k_secret, 20, -1, &err) == REB_E_INTERNAL,
       "no secret and no step before 1970");
}

static void window(void) {
    char code[REB_TOTP_CODE];
    reb_err err = {0};
    int64_t step = 0;
    int64_t now = reb_totp_step(k_now);
    for (int64_t k = -3; k <= 3; k++) {
        reb_totp_code(code, k_secret, 20, now + k, &err);
        reb_totp_check(&step, k_secret, code, -1, k_now, &err);
        EQ_I64(step, k >= -1 && k <= 1 ? now + k : -1, "only the step of now and its neighbours");
    }
    reb_totp_code(code, k_secret, 20, now, &err);
    reb_totp_check(&step, k_secret, code, now - 1, k_now, &err);
    EQ_I64(step, now, "a code after the last one");
    reb_totp_check(&step, k_secret, code, now, k_now, &err);
    EQ_I64(step, -1, "not the last one again");
    reb_totp_code(code, k_secret, 20, now - 1, &err);
    reb_totp_check(&step, k_secret, code, now, k_now, &err);
    EQ_I64(step, -1, "nor one before it");
}

static void typed(void) {
    char out[REB_TOTP_CODE];
    OK(reb_totp_digits(out, "123 456") && strcmp(out, "123456") == 0, "a space between");
    OK(reb_totp_digits(out, "۱۲۳۴۵۶") && strcmp(out, "123456") == 0, "Persian digits");
    OK(reb_totp_digits(out, "١٢٣-٤٥٦") && strcmp(out, "123456") == 0, "Arabic digits");
    OK(reb_totp_digits(out, "\xE2\x81\xA8"
                            "123456"
                            "\xE2\x81\xA9") &&
           strcmp(out, "123456") == 0,
       "marks of direction");
    static const char *const wrong[] = {"", "12345", "1234567", "12345a", "12345\xFF", "-", "123456\n123456"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) OK(!reb_totp_digits(out, wrong[i]), "no code: %zu", i);
}

static void addresses(void) {
    char text[REB_TOTP_BASE32];
    char uri[REB_TOTP_URI];
    reb_totp_base32(text, k_secret);
    EQ_TEXT(text, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", "base32 of RFC 4648");
    reb_totp_uri(uri, k_secret, "A & B: Söhne", "anna@example.net");
    EQ_TEXT(
        uri,
        "otpauth://totp/A%20%26%20B%3A%20S%C3%B6hne:anna%40example.net?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=A%20%26%20B%3A%20S"
        "%C3%B6hne&algorithm=SHA1&digits=6&period=30",
        "names are encoded");
    char longest[4001];
    for (size_t i = 0; i < 4000; i += 2) memcpy(longest + i, "\xD8\xB3", 2); /* an Arabic letter */
    longest[4000] = '\0';
    reb_totp_uri(uri, k_secret, longest, longest);
    OK(strlen(uri) < REB_TOTP_URI - 1 && strstr(uri, "&period=30") != NULL, "the longest names leave room for the rest: %zu", strlen(uri));
    reb_totp_uri(uri, k_secret, "", "x");
    OK(strstr(uri, "issuer=Rebound&") != NULL, "a business without a name is Rebound");
}

/* The code of the secret that was shown, at an instant. */
static void phone(char code[REB_TOTP_CODE], const reb_second_factor_new *shown, int64_t at_us) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    unsigned char secret[REB_TOTP_SECRET];
    unsigned bits = 0, held = 0;
    size_t n = 0;
    for (const char *p = shown->secret; *p != '\0'; p++) {
        bits = (bits << 5 | (unsigned)(strchr(letters, *p) - letters)) & 0xFFFFu;
        held += 5;
        if (held >= 8) secret[n++] = (unsigned char)(bits >> (held -= 8));
    }
    reb_err err = {0};
    reb_totp_code(code, secret, n, reb_totp_step(at_us), &err);
}

static reb_factor_answer ask(reb_store *s, int64_t user, const char *code, int64_t at_us, int64_t *wait_s) {
    reb_factor_answer a = REB_FACTOR_WRONG;
    reb_err err = {0};
    int64_t ignored;
    if (reb_second_factor_check(&a, wait_s != NULL ? wait_s : &ignored, s, user, code, at_us, &err) != REB_OK) OK(false, "%s", err.detail);
    return a;
}

static void life(void) {
    reb_store *s = fresh("factor");
    reb_err err = {0};
    reb_second_factor_new shown, again;
    reb_second_factor state;
    char codes[REB_RECOVERY_CODES][REB_RECOVERY_TEXT];
    char code[REB_TOTP_CODE];
    const int64_t step = 30 * REB_US_PER_SECOND;
    OK(ask(s, 7, "123456", k_now, NULL) == REB_FACTOR_OFF, "who has none is not asked");
    EQ_I64(reb_second_factor_confirm(codes, s, 7, "123456", k_now, &err), REB_E_CONFLICT, "nothing begun, nothing confirmed");
    EQ_I64(reb_second_factor_begin(&shown, s, 7, "Shop", "anna@example.net", k_now, &err), REB_OK, "begun");
    EQ_I64(reb_second_factor_begin(&again, s, 7, "Shop", "anna@example.net", k_now, &err), REB_OK, "begun anew, before it is on");
    OK(strcmp(shown.secret, again.secret) != 0, "... with another secret");
    OK(ask(s, 7, "123456", k_now, NULL) == REB_FACTOR_OFF, "what is only begun is not asked for: nobody locks themselves out");
    phone(code, &shown, k_now);
    EQ_I64(reb_second_factor_confirm(codes, s, 7, code, k_now, &err), REB_E_INPUT, "the first secret holds no longer");
    phone(code, &again, k_now);
    EQ_I64(reb_second_factor_confirm(codes, s, 7, code, k_now, &err), REB_OK, "confirmed");
    EQ_I64(reb_second_factor_begin(&shown, s, 7, "Shop", "anna@example.net", k_now, &err), REB_E_CONFLICT, "not begun over one that is on");
    reb_second_factor_read(&state, s, 7, &err);
    OK(state.on && state.codes_left == 10 && state.since_us == k_now, "it is on, with ten recovery codes");
    OK(ask(s, 7, code, k_now, NULL) == REB_FACTOR_WRONG, "the code that confirmed it is used up");
    phone(code, &again, k_now + step);
    OK(ask(s, 7, code, k_now + step, NULL) == REB_FACTOR_RIGHT, "the next code is right");
    OK(ask(s, 7, code, k_now + step, NULL) == REB_FACTOR_WRONG, "... once");
    char upper[64];
    snprintf(upper, sizeof upper, " %s ", codes[3]);
    for (char *p = upper; *p != '\0'; p++)
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 'a' + 'A');
    OK(ask(s, 7, upper, k_now, NULL) == REB_FACTOR_RECOVERY, "a recovery code, in capitals");
    OK(ask(s, 7, codes[3], k_now, NULL) == REB_FACTOR_WRONG, "... once");
    OK(ask(s, 8, codes[4], k_now, NULL) == REB_FACTOR_OFF, "not for somebody else");
    reb_second_factor_read(&state, s, 7, &err);
    EQ_I64(state.codes_left, 9, "nine are left");

    /* wrong codes in a row */
    int64_t wait = 0;
    int64_t at = k_now + 100 * step;
    OK(ask(s, 7, codes[5], at, NULL) == REB_FACTOR_RECOVERY, "a right one forgives the wrong ones");
    for (int i = 0; i < 5; i++) OK(ask(s, 7, "000000", at, &wait) == REB_FACTOR_WRONG && wait == 0, "wrong once more");
    phone(code, &again, at);
    OK(ask(s, 7, code, at, &wait) == REB_FACTOR_WAIT && wait == 30, "after five, even the right one has to wait: %d s", (int)wait);
    OK(ask(s, 7, codes[0], at, &wait) == REB_FACTOR_RECOVERY, "a recovery code has not");
    for (int i = 0; i < 5; i++) ask(s, 7, "000000", at, &wait);
    phone(code, &again, at + 31 * REB_US_PER_SECOND);
    OK(ask(s, 7, code, at + 31 * REB_US_PER_SECOND, &wait) == REB_FACTOR_RIGHT, "after the wait it is right");
    for (int64_t i = 0, t = at + 40 * step; i < 12; i++, t += 1000 * REB_US_PER_SECOND) ask(s, 7, "000000", t, &wait);
    ask(s, 7, "000000", at + 40 * step + 11 * 1000 * REB_US_PER_SECOND + 1, &wait);
    EQ_I64(wait, 900, "the wait grows to a quarter of an hour and no further");

    /* new codes; off */
    char more[REB_RECOVERY_CODES][REB_RECOVERY_TEXT];
    EQ_I64(reb_second_factor_renew(more, s, 7, &err), REB_OK, "new recovery codes");
    OK(ask(s, 7, codes[1], at, NULL) != REB_FACTOR_RECOVERY && ask(s, 7, more[1], at, NULL) == REB_FACTOR_RECOVERY, "... end the old ones");
    bool distinct = true;
    for (int i = 0; i < 10; i++)
        for (int k = 0; k < i; k++) distinct = distinct && strcmp(more[i], more[k]) != 0;
    OK(distinct && strlen(more[0]) == 19, "ten different ones");

    /* what is stored */
    reb_stmt *q = NULL;
    bool row = false;
    char sealed[REB_VAULT_TEXT] = "";
    if (reb_query_raw(&q, s, "select secret from second_factor where user_id = 7", REB_NO_ARGS, &err) == REB_OK &&
        reb_step(q, &row, &err) == REB_OK && row)
        snprintf(sealed, sizeof sealed, "%s", reb_col_text(q, 0));
    reb_stmt_close(q);
    OK(strncmp(sealed, "s1:", 3) == 0 && strstr(sealed, again.secret) == NULL, "the secret is stored sealed");
    unsigned char secret[REB_TOTP_SECRET];
    EQ_I64(reb_vault_open(secret, sizeof secret, s, "second factor 8", sealed, &err), REB_E_STORE, "it opens for nobody else");
    EQ_I64(reb_vault_open(secret, sizeof secret, s, "second factor 7", sealed, &err), REB_OK, "it opens for its person");
    static const char *const bad[] = {
        "", "s1:", "s1:!!!!", "p1:", "p1:AAAA", "x1:AAAA", "s1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        EQ_I64(reb_vault_open(secret, sizeof secret, s, "second factor 7", bad[i], &err), REB_E_STORE, "spoilt text opens as nothing");

    EQ_I64(reb_second_factor_off(s, 7, &err), REB_OK, "off");
    OK(ask(s, 7, more[2], at, NULL) == REB_FACTOR_OFF, "nothing is asked any more");
    EQ_I64(reb_second_factor_renew(more, s, 7, &err), REB_E_CONFLICT, "no recovery codes without a factor");
    reb_store_close(s);
}

/* The key lies beside the database, for its owner alone; without it nothing opens, and it is not made anew over sealed secrets unseen. */
static void key(void) {
    unsetenv("REBOUND_KEY_FILE");
    reb_store *s = fresh("key");
    reb_err err = {0};
    char path[1300], away[1320], sealed[REB_VAULT_TEXT];
    unsigned char out[4];
    struct stat info;
    EQ_I64(reb_vault_seal(sealed, s, "x", (const unsigned char *)"abcd", 4, &err), REB_OK, "sealed");
    if (strcmp(k_engine, "pg") == 0) {
        OK(strncmp(sealed, "p1:", 3) == 0, "PostgreSQL without REBOUND_KEY_FILE: as it is");
        OK(reb_vault_open(out, 4, s, "x", sealed, &err) == REB_OK && memcmp(out, "abcd", 4) == 0, "... and read again");
    } else {
        snprintf(path, sizeof path, "%s-key", reb_store_location(s));
        snprintf(away, sizeof away, "%s.away", path);
        OK(stat(path, &info) == 0 && (info.st_mode & 0777) == 0600 && info.st_size == 32, "32 bytes that only the owner reads");
        rename(path, away);
        EQ_I64(reb_vault_open(out, 4, s, "x", sealed, &err), REB_E_STORE, "without the key it does not open");
        OK(stat(path, &info) != 0, "... and no other key is made for it");
        FILE *f = fopen(path, "w");
        if (f != NULL) fclose(f);
        EQ_I64(reb_vault_open(out, 4, s, "x", sealed, &err), REB_E_INPUT, "an empty file is no key");
        rename(away, path);
        EQ_I64(reb_vault_open(out, 4, s, "x", sealed, &err), REB_OK, "with it, it opens");
    }
    reb_store_close(s);
}

static void all(void) {
    char path[1300];
    printf("# %s\n", k_engine);
    key();
    snprintf(path, sizeof path, "%s/named-key", k_dir);
    setenv("REBOUND_KEY_FILE", path, 1);
    life();
    unsetenv("REBOUND_KEY_FILE");
}

int main(void) {
    published();
    window();
    typed();
    addresses();
    k_suite = "test_second_factor";
    if (mkdtemp(k_dir) == NULL) return 1;
    k_engine = "sqlite";
    all();
    k_engine = "pg";
    if (pg_test_uri("x") != NULL) {
        all();
    } else {
        SKIP("PostgreSQL does not run here");
    }
    test_folder_remove(k_dir);
    return tap_done();
}
