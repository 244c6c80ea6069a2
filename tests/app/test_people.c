/* Who may enter: passwords, sessions with their limits, one-time links, attempts; on both engines, with a clock of the test's own. */
#include "../../src/app/people.h"
#include "../../src/domain/business.h"
#include "../../src/domain/throttle.h"
#include "../../src/store/engine.h"
#include "../lib/tap.h"

#include "../lib/pg.h"

#include <pthread.h>
#include <sodium.h>
#include <unistd.h>

static int64_t g_now = INT64_C(1800000000000000);
static reb_clock g_clock;
static const char *g_db;
static reb_ids g_ids;

static const char k_word[] = "four words are here";
#define MINUTES(n) ((int64_t)(n)*60 * REB_US_PER_SECOND)

static reb_door from(const char *address, const char *known) {
    return (reb_door){.place = {.address = address, .device = "Firefox on Linux", .known = known}, .ids = &g_ids, .now_us = g_now};
}

static reb_status sign_in(reb_entry *out, reb_store *s, const char *email, const char *password, const char *address, const char *known) {
    unsigned wait;
    reb_err err = {0};
    const reb_door door = from(address, known);
    return reb_sign_in(out, &wait, s, email, password, NULL, &door, &err);
}

static int64_t add(reb_store *s, const char *email, const char *name, reb_role role, const char *password) {
    reb_err err = {0};
    char hash[REB_PASSWORD_HASH];
    reb_person p = {0};
    if (password != NULL && reb_password_hash(hash, password, &err) != REB_OK) return 0;
    const reb_person_new n = {.email = email, .name = name, .role = role};
    reb_status st = reb_person_add(&p, s, &n, password != NULL ? hash : NULL, &g_ids, g_now, &err);
    if (st != REB_OK) printf("# %s\n", err.detail);
    return st == REB_OK ? p.user_id : 0;
}

static bool lives(reb_store *s, const char *secret) {
    reb_session session;
    bool found = false;
    reb_err err = {0};
    return reb_session_find(&session, &found, s, secret, g_now, &err) == REB_OK && found;
}

/* --- no store needed ---------------------------------------------------------------------------------------------------------------- */

static void passwords(void) {
    reb_err err = {0};
    EQ_I64(reb_password_check("eleven char", NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD, "eleven characters are too few");
    EQ_I64(reb_password_check("twelve chars", NULL, "a@b.org", "Ann", &err), REB_OK, "twelve are enough, and nothing else is demanded");
    EQ_I64(reb_password_check("گذرواژهٔ بلند", NULL, "a@b.org", "Ann", &err), REB_OK,
           "letters of any script count as letters, not as bytes");
    EQ_I64(reb_password_check("κωδικός", NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD, "... seven of them are seven");
    EQ_I64(reb_password_check("twelve\tchars", NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD, "no control characters");
    EQ_I64(reb_password_check("twelve\xff chars", NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD, "what is no UTF-8 is no password");
    EQ_I64(reb_password_check("maria.gonzalez1", NULL, "maria.gonzalez@b.org", "Maria", &err), REB_E_PASSWORD,
           "not the e-mail address and a digit");
    EQ_I64(reb_password_check("\xef\xb7\xba", NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD,
           "a ligature that stands for eighteen letters is one");
    char many[140];
    for (size_t i = 0; i < sizeof many; i++) many[i] = (char)('a' + (i * i + 7 * i / 3) % 26);
    many[128] = '\0';
    EQ_I64(reb_password_check(many, NULL, "a@b.org", "Ann", &err), REB_OK, "128 characters");
    many[128] = 'x';
    many[129] = '\0';
    EQ_I64(reb_password_check(many, NULL, "a@b.org", "Ann", &err), REB_E_PASSWORD, "129 are too many");

    char hash[REB_PASSWORD_HASH];
    bool fits = false;
    bool weak = false;
    EQ_I64(reb_password_hash(hash, "caf\xc3\xa9 au lait, s'il", &err), REB_OK, "a password is hashed");
    OK(strncmp(hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0, "as argon2id with 64 MiB and two passes: %.31s", hash);
    reb_password_verify(&fits, &weak, hash, "cafe\xcc\x81 au lait, s'il", &err);
    OK(fits && !weak, "the same letters composed in another way are the same password (NFKC)");
    reb_password_verify(&fits, &weak, hash, "cafe au lait, s'il", &err);
    OK(!fits, "other letters are not");
    reb_password_verify(&fits, &weak, NULL, "anything at all", &err);
    OK(!fits, "nobody's password fits nothing");
    reb_password_verify(&fits, &weak, "", "", &err);
    OK(!fits, "an empty hash fits nothing");
    reb_password_verify(&fits, &weak, hash, "\xff\xfe", &err);
    OK(!fits, "nor does what is no text");

    int64_t t0 = tap_cpu_us();
    for (int i = 0; i < 5; i++) reb_password_verify(&fits, &weak, hash, "wrong wrong wrong", &err);
    int64_t t1 = tap_cpu_us();
    for (int i = 0; i < 5; i++) reb_password_verify(&fits, &weak, NULL, "wrong wrong wrong", &err);
    int64_t t2 = tap_cpu_us();
    double ratio = (double)(t2 - t1) / (double)(t1 - t0);
    OK(ratio > 0.4 && ratio < 2.5, "it takes as long for somebody who is not there (%.2f times)", ratio);
}

static void words(void) {
    char out[REB_ADDRESS_TEXT];
    reb_address_cut(out, "203.0.113.77");
    EQ_TEXT(out, "203.0.113.0/24", "an IPv4 address is cut");
    reb_address_cut(out, "::ffff:203.0.113.77");
    EQ_TEXT(out, "203.0.113.0/24", "as IPv6 sees it, too");
    reb_address_cut(out, "2001:db8:1:2:3:4:5:6");
    EQ_TEXT(out, "2001:db8:1::/48", "an IPv6 address is cut");
    reb_address_cut(out, "nonsense<script>");
    EQ_TEXT(out, "", "what is no address is nothing");
    char device[REB_SESSION_DEVICE];
    reb_device_words(device, "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0");
    EQ_TEXT(device, "Firefox on Linux", "a device in a few words");
    reb_device_words(device,
                     "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Version/18.0 Mobile/15E148 Safari/604.1");
    EQ_TEXT(device, "Safari on iPhone", "an iPhone is no Mac");
    reb_device_words(device, "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36 Edg/130.0");
    EQ_TEXT(device, "Edge on Windows", "Edge is not Chrome");
    reb_device_words(device, "<b>hello</b>\n");
    EQ_TEXT(device, "A program", "nothing that somebody wrote is kept");
    reb_device_words(device, NULL);
    EQ_TEXT(device, "A program", "nor nothing");
    char a[REB_SECRET_TEXT], b[REB_SECRET_TEXT], ca[REB_SECRET_TEXT], cb[REB_SECRET_TEXT];
    reb_err err = {0};
    reb_secret_make(a, &err);
    reb_secret_make(b, &err);
    reb_secret_csrf(ca, a);
    reb_secret_csrf(cb, b);
    OK(reb_secret_well_formed(a) && strcmp(a, b) != 0, "two secrets are two");
    OK(reb_secret_well_formed(ca) && strcmp(ca, cb) != 0 && strcmp(ca, a) != 0, "and so are their CSRF words");
    OK(!reb_secret_well_formed("") && !reb_secret_well_formed("short") && !reb_secret_same("", ""), "nothing is no secret");
}

/* --- people -----------------------------------------------------------------------------------------------------------------------------
 */

static void first_people(reb_store *s) {
    reb_err err = {0};
    reb_person p;
    bool any = true;
    reb_person_any(&any, s, &err);
    OK(!any, "nobody at first");
    const reb_person_new agent = {.email = "agent@example.com", .role = REB_ROLE_AGENT};
    EQ_I64(reb_person_add(&p, s, &agent, NULL, &g_ids, g_now, &err), REB_E_NO_OWNER, "the first must be an owner");
    int64_t olga = add(s, " Olga@Example.COM ", "Olga", REB_ROLE_OWNER, k_word);
    OK(olga != 0, "an owner");
    const reb_person_new again = {.email = "olga@example.com", .role = REB_ROLE_AGENT};
    EQ_I64(reb_person_add(&p, s, &again, NULL, &g_ids, g_now, &err), REB_E_EMAIL_TAKEN, "the same address, however written, once");
    const reb_person_new bad = {.email = "not an address", .role = REB_ROLE_AGENT};
    EQ_I64(reb_person_add(&p, s, &bad, NULL, &g_ids, g_now, &err), REB_E_INPUT, "an e-mail address must be one");
    const reb_person_new lines = {.email = "x@example.com", .name = "two\nlines", .role = REB_ROLE_AGENT};
    EQ_I64(reb_person_add(&p, s, &lines, NULL, &g_ids, g_now, &err), REB_E_INPUT, "a name stands on one line");
    const reb_person_new turned = {.email = "x@example.com", .name = "\u202Eevil", .role = REB_ROLE_AGENT};
    EQ_I64(reb_person_add(&p, s, &turned, NULL, &g_ids, g_now, &err), REB_E_INPUT, "and does not turn the line around");
    EQ_I64(reb_person_alter(&p, s, olga, &(reb_person_change){.set_disabled = true, .disabled = true}, g_now, &err), REB_E_LAST_OWNER,
           "the last owner is not shut out");
    EQ_I64(reb_person_alter(&p, s, olga, &(reb_person_change){.set_role = true, .role = REB_ROLE_AGENT}, g_now, &err), REB_E_LAST_OWNER,
           "nor made less");
    int64_t ines = add(s, "ines@example.com", "Ines", REB_ROLE_OWNER, NULL);
    EQ_I64(reb_person_alter(&p, s, olga, &(reb_person_change){.set_role = true, .role = REB_ROLE_AGENT}, g_now, &err), REB_E_LAST_OWNER,
           "also beside one who was invited and cannot enter yet");
    EQ_I64(reb_person_alter(&p, s, ines, &(reb_person_change){.set_role = true, .role = REB_ROLE_ANALYST}, g_now, &err), REB_OK,
           "an invited owner may be made less");
    OK(p.role == REB_ROLE_ANALYST, "and is");
    EQ_I64(reb_person_alter(&p, s, 77, &(reb_person_change){.set_role = true, .role = REB_ROLE_AGENT}, g_now, &err), REB_E_NOT_FOUND,
           "nobody is not found");
    const reb_person_profile mine = {.name = "Olga K.", .language = "el", .calendar = "gregorian", .theme = "dark"};
    EQ_I64(reb_person_profile_set(&p, s, olga, &mine, g_now, &err), REB_OK, "what one likes");
    EQ_TEXT(p.language, "el", "is kept");
    EQ_I64(reb_person_profile_set(&p, s, olga, &(reb_person_profile){.language = ""}, g_now, &err), REB_OK, "and goes back");
    EQ_TEXT(p.language, "", "to the business's");
    EQ_I64(reb_person_profile_set(&p, s, olga, &(reb_person_profile){.language = "tlh"}, g_now, &err), REB_E_INPUT,
           "other languages are not known");
    EQ_I64(reb_person_profile_set(&p, s, olga, &(reb_person_profile){.name = "  "}, g_now, &err), REB_E_INPUT, "everybody has a name");
}

typedef struct racing {
    int64_t who;
    reb_status st;
} racing;

static void *step_down(void *arg) {
    racing *r = arg;
    reb_store *s = NULL;
    reb_err err = {0};
    reb_person p;
    r->st = reb_store_open(&s, g_db, 0, &err);
    if (r->st == REB_OK)
        r->st = reb_person_alter(&p, s, r->who, &(reb_person_change){.set_role = true, .role = REB_ROLE_AGENT}, g_now, &err);
    reb_store_close(s);
    return NULL;
}

static void owners_at_once(reb_store *s) {
    reb_person olga, second;
    reb_err err = {0};
    reb_person_need_email(&olga, s, "olga@example.com", &err);
    add(s, "second@example.com", "Second", REB_ROLE_OWNER, k_word);
    reb_person_need_email(&second, s, "second@example.com", &err);
    int both = 0;
    int kept = 0;
    for (int i = 0; i < 5; i++) {
        racing r[2] = {{olga.user_id, REB_OK}, {second.user_id, REB_OK}};
        pthread_t t[2];
        for (int k = 0; k < 2; k++) pthread_create(&t[k], NULL, step_down, &r[k]);
        for (int k = 0; k < 2; k++) pthread_join(t[k], NULL);
        both += r[0].st == REB_OK && r[1].st == REB_OK;
        kept += (r[0].st == REB_OK) + (r[1].st == REB_OK) == 1;
        reb_person p;
        for (int k = 0; k < 2; k++)
            reb_person_alter(&p, s, r[k].who, &(reb_person_change){.set_role = true, .role = REB_ROLE_OWNER}, g_now, &err);
    }
    OK(both == 0 && kept == 5, "two owners who step down at once: one of them stays (%d of 5)", kept);
    reb_person p;
    reb_person_alter(&p, s, second.user_id, &(reb_person_change){.set_disabled = true, .disabled = true}, g_now, &err);
}

/* --- sessions
 * ----------------------------------------------------------------------------------------------------------------------------- */

static void sessions(reb_store *s) {
    reb_entry e, other;
    reb_err err = {0};
    EQ_I64(sign_in(&e, s, "OLGA@example.com", k_word, "198.51.100.1", NULL), REB_OK, "signed in");
    OK(lives(s, e.session) && reb_secret_well_formed(e.known), "a session, and a cookie that stays");
    EQ_I64(sign_in(&other, s, "olga@example.com", k_word, "198.51.100.2", NULL), REB_OK, "and on another device");
    reb_entry kept, planted;
    const char *const foreign = "PPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPPP";
    sign_in(&kept, s, "olga@example.com", k_word, "198.51.100.1", e.known);
    sign_in(&planted, s, "olga@example.com", k_word, "198.51.100.1", foreign);
    OK(strcmp(kept.known, e.known) == 0 && strcmp(planted.known, foreign) != 0,
       "the cookie that stays is kept when it is ours, and only then");
    reb_session_end(s, kept.session, &err);
    reb_session_end(s, planted.session, &err);
    reb_session session;
    bool found;
    reb_session_find(&session, &found, s, e.session, g_now, &err);
    OK(session.role == REB_ROLE_OWNER && strcmp(session.name, "Olga K.") == 0, "it knows whose it is");

    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_session_list_json(&w, s, e.person.user_id, e.session, g_now, &err);
    OK(strstr(reb_buf_cstr(&b), "\"current\":true") != NULL && strstr(reb_buf_cstr(&b), "198.51.100.0/24") != NULL &&
           strstr(reb_buf_cstr(&b), "198.51.100.1\"") == NULL,
       "they are listed, by network and not by address");
    OK(strstr(reb_buf_cstr(&b), e.session) == NULL, "without their secrets");
    reb_buf_free(&b);

    reb_door door = from("198.51.100.1", NULL);
    door.old_session = e.session;
    reb_entry renewed;
    unsigned wait;
    EQ_I64(reb_sign_in(&renewed, &wait, s, "olga@example.com", k_word, NULL, &door, &err), REB_OK, "signed in again in the same browser");
    OK(!lives(s, e.session) && lives(s, renewed.session) && lives(s, other.session), "the session it had is over, others are not");

    EQ_I64(reb_session_end_one(s, e.person.user_id, session.session_id, &err), REB_E_NOT_FOUND, "what is over is not found");
    int64_t gone;
    reb_session_end_all(&gone, s, e.person.user_id, renewed.session, &err);
    OK(gone == 1 && lives(s, renewed.session) && !lives(s, other.session), "all but one are ended");

    /* limits */
    int64_t began = g_now;
    char hash[REB_SECRET_HASH];
    reb_secret_hash(hash, renewed.session);
    g_now = began + MINUTES(239);
    OK(lives(s, renewed.session), "239 minutes of silence are allowed");
    g_now = began + MINUTES(242);
    OK(!lives(s, renewed.session), "242 are too many");
    g_now = began + MINUTES(200);
    reb_session_touch(s, hash, g_now, &err);
    g_now = began + MINUTES(242);
    OK(lives(s, renewed.session), "whoever was seen meanwhile stays");
    for (int64_t m = 0; m <= 710; m += 60) reb_session_touch(s, hash, began + MINUTES(m), &err);
    g_now = began + MINUTES(719);
    reb_session_touch(s, hash, g_now, &err);
    OK(lives(s, renewed.session), "until 12 hours are over");
    g_now = began + MINUTES(721);
    OK(!lives(s, renewed.session), "... and no longer, whatever they do");
    EQ_I64(reb_setting_set(NULL, s, "session_hours", "48", g_now, &err), REB_OK, "the limits are settings");
    OK(lives(s, renewed.session), "which hold at once");
    EQ_I64(reb_setting_set(NULL, s, "session_hours", NULL, g_now, &err), REB_OK, "(put back)");
    EQ_I64(sign_in(&e, s, "olga@example.com", k_word, "198.51.100.1", NULL), REB_OK, "signed in");
    int64_t rows = 0;
    reb_stmt *q = NULL;
    bool row;
    if (reb_query_raw(&q, s, "select count(*) from session", REB_NO_ARGS, &err) == REB_OK && reb_step(q, &row, &err) == REB_OK)
        rows = reb_col_i64(q, 0);
    reb_stmt_close(q);
    EQ_I64(rows, 1, "sessions that are over were swept away");

    /* what ends them */
    reb_door at = from("198.51.100.1", e.known);
    at.old_session = e.session;
    reb_entry changed;
    EQ_I64(reb_password_change(&changed, &wait, s, e.person.user_id, "not the old one", "five words are here now", &at, &err),
           REB_E_SIGN_IN, "a new password needs the old one");
    OK(lives(s, e.session), "(nothing happened)");
    EQ_I64(reb_password_change(&changed, &wait, s, e.person.user_id, k_word, "short", &at, &err), REB_E_PASSWORD, "and must be one");
    EQ_I64(reb_password_change(&changed, &wait, s, e.person.user_id, k_word, k_word, &at, &err), REB_E_PASSWORD, "and another one");
    EQ_I64(reb_password_change(&changed, &wait, s, e.person.user_id, k_word, "five words are here now", &at, &err), REB_OK,
           "a new password");
    OK(!lives(s, e.session) && lives(s, changed.session), "ends all sessions; one's own goes on under a new secret");
    EQ_I64(sign_in(&e, s, "olga@example.com", k_word, "198.51.100.1", changed.known), REB_E_SIGN_IN, "the old password is over");
    EQ_I64(reb_password_change(&changed, &wait, s, e.person.user_id != 0 ? e.person.user_id : changed.person.user_id,
                               "five words are here now", k_word, &at, &err),
           REB_OK, "(and back)");
    int64_t ana = add(s, "ana@example.com", "Ana", REB_ROLE_AGENT, k_word);
    reb_entry hers;
    reb_person p;
    EQ_I64(sign_in(&hers, s, "ana@example.com", k_word, "192.0.2.5", NULL), REB_OK, "Ana signs in");
    reb_person_alter(&p, s, ana, &(reb_person_change){.set_role = true, .role = REB_ROLE_MANAGER}, g_now, &err);
    OK(!lives(s, hers.session), "a new role ends the sessions of the old one");
    sign_in(&hers, s, "ana@example.com", k_word, "192.0.2.5", NULL);
    OK(lives(s, hers.session), "Ana comes again");
    reb_person_alter(&p, s, ana, &(reb_person_change){.set_disabled = true, .disabled = true}, g_now, &err);
    OK(!lives(s, hers.session), "being shut out ends them, too");
    EQ_I64(sign_in(&hers, s, "ana@example.com", k_word, "192.0.2.5", NULL), REB_E_SIGN_IN,
           "and no new one begins, with the words of a wrong password");
    EQ_I64(reb_enter(&hers, s, ana, "oidc", &(reb_door){.place = {.address = ""}, .ids = &g_ids, .now_us = g_now}, &err), REB_E_SIGN_IN,
           "by no other way either");
    reb_person_alter(&p, s, ana, &(reb_person_change){.set_disabled = true}, g_now, &err);
    EQ_I64(sign_in(&hers, s, "ana@example.com", k_word, "192.0.2.5", NULL), REB_OK, "let in again");
}

static void upgrade(reb_store *s) {
    reb_err err = {0};
    char old[REB_PASSWORD_HASH];
    reb_person p;
    reb_entry e;
    const reb_person_new n = {.email = "weak@example.com", .role = REB_ROLE_AGENT};
    OK(crypto_pwhash_str(old, k_word, strlen(k_word), 1, 8u << 20) == 0, "a hash of an earlier, weaker day");
    reb_person_add(&p, s, &n, old, &g_ids, g_now, &err);
    EQ_I64(sign_in(&e, s, "weak@example.com", k_word, "192.0.2.9", NULL), REB_OK, "lets in");
    reb_person_need(&p, s, p.user_id, &err);
    OK(strncmp(p.password_hash, "$argon2id$v=19$m=65536,t=2,p=1$", 31) == 0, "and is made anew with today's strength");
    EQ_I64(sign_in(&e, s, "weak@example.com", k_word, "192.0.2.9", NULL), REB_OK, "which lets in as well");
}

/* --- links
 * ---------------------------------------------------------------------------------------------------------------------------------- */

static void links(reb_store *s) {
    reb_err err = {0};
    reb_person p;
    reb_link link, seen;
    reb_entry e;
    char secret[REB_SECRET_TEXT], second[REB_SECRET_TEXT];
    reb_door door = from("192.0.2.20", NULL);
    const reb_person_new n = {.email = "new@example.com", .name = "New", .role = REB_ROLE_AGENT};
    EQ_I64(reb_invite(&p, &link, secret, s, &n, &g_ids, g_now, &err), REB_OK, "somebody is invited");
    EQ_I64(sign_in(&e, s, "new@example.com", "", "192.0.2.20", NULL), REB_E_SIGN_IN, "who has no password signs in with none");
    EQ_I64(reb_link_check(&seen, &p, s, secret, g_now, &err), REB_OK, "the link is good");
    OK(seen.kind == REB_LINK_INVITE && strcmp(p.email, "new@example.com") == 0, "for that person");
    EQ_I64(reb_link_check(&seen, &p, s, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", g_now, &err), REB_E_LINK, "another is not");
    EQ_I64(reb_link_check(&seen, &p, s, "' or 1=1 --", g_now, &err), REB_E_LINK, "nor what is none");
    EQ_I64(reb_link_check(&seen, &p, s, secret, g_now + 8 * REB_US_PER_DAY, &err), REB_E_LINK, "after eight days it is over");
    reb_person_need_email(&p, s, "new@example.com", &err);
    EQ_I64(reb_reset_link(&p, &link, second, s, p.user_id, 0, g_now, &err), REB_OK, "a new one for the same");
    EQ_I64(reb_link_check(&seen, &p, s, secret, g_now, &err), REB_E_LINK, "ends the first");
    EQ_I64(reb_link_enter(&e, s, second, "Newer", "short", &door, &err), REB_E_PASSWORD, "a bad password uses nothing up");
    EQ_I64(reb_link_enter(&e, s, second, "Newer", k_word, &door, &err), REB_OK, "a good one comes in");
    OK(lives(s, e.session) && strcmp(e.person.name, "Newer") == 0, "with a session");
    EQ_I64(reb_link_enter(&e, s, second, NULL, k_word, &door, &err), REB_E_LINK, "once");
    reb_entry before;
    sign_in(&before, s, "new@example.com", k_word, "192.0.2.20", NULL);
    reb_reset_link(&p, &link, secret, s, e.person.user_id != 0 ? e.person.user_id : before.person.user_id, 0, g_now, &err);
    OK(link.kind == REB_LINK_RESET, "later it is a reset");
    EQ_I64(sign_in(&e, s, "new@example.com", k_word, "192.0.2.20", NULL), REB_OK, "until it is used the old password holds");
    EQ_I64(reb_link_enter(&e, s, secret, NULL, "other words are here", &door, &err), REB_OK, "used");
    OK(!lives(s, before.session) && lives(s, e.session), "it ends every session but the one it begins");
    EQ_I64(sign_in(&before, s, "new@example.com", k_word, "192.0.2.20", NULL), REB_E_SIGN_IN, "and the old password");
    reb_reset_link(&p, &link, secret, s, e.person.user_id, 0, g_now, &err);
    reb_person_alter(&p, s, e.person.user_id, &(reb_person_change){.set_disabled = true, .disabled = true}, g_now, &err);
    EQ_I64(reb_link_enter(&before, s, secret, NULL, "more words are here", &door, &err), REB_E_LINK,
           "whoever is shut out comes in by no link");
    EQ_I64(reb_reset_link(&p, &link, secret, s, e.person.user_id, 0, g_now, &err), REB_E_CONFLICT, "and gets none");
    reb_link_make(secret, &link, s, REB_LINK_WELCOME, 0, 0, g_now, &err);
    EQ_I64(reb_welcome(&e, s, secret, "Eve", "eve@example.com", k_word, NULL, &door, &err), REB_E_LINK,
           "the first owner's link is over once somebody exists");
}

typedef struct racer {
    const char *secret, *email;
    reb_status st;
} racer;

static void *race_welcome(void *arg) {
    racer *r = arg;
    reb_store *s = NULL;
    reb_err err = {0};
    reb_entry e;
    reb_ids ids = {.clock = g_clock, .node = (uint64_t)(r->email[0])};
    const reb_door door = {.place = {.address = "127.0.0.1"}, .ids = &ids, .now_us = g_now};
    const reb_first_setting settings[] = {{"name", "Corner"}, {"currency", "eur"}, {"timezone", "Europe/Athens"}, {NULL, NULL}};
    r->st = reb_store_open(&s, g_db, 0, &err);
    if (r->st == REB_OK) r->st = reb_welcome(&e, s, r->secret, "First", r->email, k_word, settings, &door, &err);
    reb_store_close(s);
    return NULL;
}

/* A database that waits to be set up: two who come at once by two links. */
static void welcome(reb_store *s) {
    reb_err err = {0};
    reb_link link;
    bool wanted = false;
    char a[REB_SECRET_TEXT], b[REB_SECRET_TEXT];
    reb_setup_mark(s, true, &err);
    reb_setup_wanted(&wanted, s, &err);
    OK(wanted, "the business waits to be set up");
    reb_link_make(a, &link, s, REB_LINK_WELCOME, 0, 0, g_now, &err);
    reb_link_make(b, &link, s, REB_LINK_WELCOME, 0, 0, g_now, &err);
    reb_entry e;
    const reb_door door = from("127.0.0.1", NULL);
    EQ_I64(reb_welcome(&e, s, a, "First", "first@example.com", k_word, NULL, &door, &err), REB_E_USAGE,
           "it needs a name, a currency, a time zone");
    const reb_first_setting wrong[] = {{"name", "Corner"}, {"currency", "nonsense"}, {NULL, NULL}};
    EQ_I64(reb_welcome(&e, s, a, "First", "first@example.com", k_word, wrong, &door, &err), REB_E_INPUT, "a wrong one is told");
    bool any = true;
    reb_person_any(&any, s, &err);
    reb_business *business = NULL;
    reb_business_load(&business, s, &err);
    OK(!any && reb_business_text(business, REB_SETTING_NAME)[0] == '\0', "and nothing of it was done");
    reb_business_free(business);
    racer r[2] = {{a, "first@example.com", REB_OK}, {b, "second@example.com", REB_OK}};
    pthread_t t[2];
    for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, race_welcome, &r[i]);
    for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
    OK((r[0].st == REB_OK) + (r[1].st == REB_OK) == 1 && (r[0].st == REB_E_LINK || r[1].st == REB_E_LINK),
       "of two first owners one is first");
    reb_setup_wanted(&wanted, s, &err);
    reb_business_load(&business, s, &err);
    OK(!wanted && strcmp(business->currency, "EUR") == 0, "and the business is set up");
    reb_business_free(business);
}

/* --- attempts
 * ------------------------------------------------------------------------------------------------------------------------------- */

static unsigned guess(reb_store *s, const char *email, const char *address, const char *known) {
    unsigned wait = 0;
    reb_err err = {0};
    char place[REB_SECRET_HASH] = "";
    reb_person p;
    bool found;
    reb_person_by_email(&p, &found, s, email, &err);
    reb_known_place(place, s, p.user_id, known, address, g_now, &err);
    const reb_attempt a = {.email = email, .address = address, .known = place};
    reb_throttle_take(&wait, s, &a, g_now, &err);
    return wait;
}

static void attempts(reb_store *s) {
    reb_entry e, again;
    g_now += REB_US_PER_DAY;
    EQ_I64(sign_in(&e, s, "olga@example.com", k_word, "198.51.100.1", NULL), REB_OK, "Olga signs in at home");
    int through = 0;
    unsigned last = 0;
    for (int i = 0; i < 12; i++) {
        last = guess(s, "olga@example.com", "203.0.113.66", NULL);
        through += last == 0;
    }
    OK(through == 5 && last > 0, "a stranger tries five times, then waits (%d, %u s)", through, last);
    int64_t before = g_now;
    unsigned longest = 0;
    for (int i = 0; i < 40; i++) {
        unsigned wait = guess(s, "olga@example.com", "203.0.113.66", NULL);
        longest = wait > longest ? wait : longest;
        g_now += (int64_t)wait * REB_US_PER_SECOND;
    }
    OK(longest == 900, "longer and longer, up to a quarter of an hour (%u s)", longest);
    g_now = before;
    EQ_I64(sign_in(&again, s, "olga@example.com", k_word, "203.0.113.66", NULL), REB_E_THROTTLED, "even with the right password");
    EQ_I64(sign_in(&again, s, "olga@example.com", k_word, "198.51.100.77", NULL), REB_OK, "Olga passes from her network");
    EQ_I64(sign_in(&again, s, "olga@example.com", k_word, "203.0.113.66", e.known), REB_OK,
           "and in her browser, wherever it is, even behind the same address");

    /* many addresses against one account */
    g_now += REB_US_PER_DAY;
    int many = 0;
    char address[40];
    for (int i = 0; i < 3600; i++) {
        snprintf(address, sizeof address, "10.%d.%d.1", i / 250, i % 250);
        many += guess(s, "olga@example.com", address, NULL) == 0;
        g_now += REB_US_PER_SECOND;
    }
    OK(many >= 90 && many <= 100, "a thousand addresses have about a hundred attempts an hour at one account (%d)", many);
    EQ_I64(sign_in(&again, s, "olga@example.com", k_word, "198.51.100.1", NULL), REB_OK, "and cannot keep Olga out");
    EQ_I64(sign_in(&again, s, "ana@example.com", k_word, "192.0.2.5", NULL), REB_OK, "nor anybody else");
    char hers[REB_SECRET_TEXT];
    memcpy(hers, again.known, sizeof hers);

    /* many accounts from one address */
    g_now += REB_US_PER_DAY;
    int sprayed = 0;
    for (int i = 0; i < 100; i++) {
        snprintf(address, sizeof address, "someone%d@example.com", i);
        sprayed += guess(s, address, "203.0.113.80", NULL) == 0;
    }
    OK(sprayed <= 21, "one address tries one password at many accounts: it waits after twenty (%d)", sprayed);
    EQ_I64(sign_in(&again, s, "ana@example.com", k_word, "203.0.113.80", hers), REB_OK, "a known browser behind it passes");
    int six = 0;
    for (int i = 0; i < 20; i++) {
        snprintf(address, sizeof address, "2001:db8:5:%x::1", i);
        six += guess(s, "ana@example.com", address, NULL) == 0;
    }
    OK(six <= 5, "the addresses of one IPv6 network are one (%d)", six);

    /* a known place has its limits, too, and nobody else's */
    int known = 0;
    for (int i = 0; i < 30; i++) known += guess(s, "olga@example.com", "198.51.100.1", e.known) == 0;
    OK(known == 10, "in a known browser ten attempts, then a wait of at most a minute (%d)", known);
    EQ_I64(sign_in(&again, s, "olga@example.com", k_word, "198.51.100.9", NULL), REB_OK,
           "a neighbour's guesses in the same network are not Olga's");
    g_now += MINUTES(61);
    EQ_I64((int64_t)guess(s, "olga@example.com", "203.0.113.66", NULL), 0, "after an hour all is forgotten");
}

static void *many_guesses(void *arg) {
    racing *r = arg;
    reb_store *s = NULL;
    reb_err err = {0};
    if (reb_store_open(&s, g_db, 0, &err) == REB_OK)
        for (int i = 0; i < 5; i++) r->who += guess(s, "race@example.com", "203.0.113.99", NULL) == 0;
    reb_store_close(s);
    return NULL;
}

static void attempts_at_once(void) {
    racing r[4] = {0};
    pthread_t t[4];
    int64_t through = 0;
    for (int i = 0; i < 4; i++) pthread_create(&t[i], NULL, many_guesses, &r[i]);
    for (int i = 0; i < 4; i++) {
        pthread_join(t[i], NULL);
        through += r[i].who;
    }
    EQ_I64(through, 5, "twenty attempts at once on four connections are counted as twenty: five get through");
}

static void all(const char *db) {
    reb_err err = {0};
    g_db = db;
    g_now = INT64_C(1800000000000000);
    printf("# %s\n", strncmp(db, "postgres", 8) == 0 ? "postgresql" : "sqlite");
    reb_store *s = NULL;
    if (!OK(reb_store_open(&s, db, REB_OPEN_CREATE, &err) == REB_OK, "the store opens")) return;
    first_people(s);
    owners_at_once(s);
    sessions(s);
    upgrade(s);
    links(s);
    attempts(s);
    attempts_at_once();
    reb_store_close(s);
}

static void setup(const char *db) {
    reb_err err = {0};
    g_db = db;
    reb_store *s = NULL;
    if (!OK(reb_store_open(&s, db, REB_OPEN_CREATE, &err) == REB_OK, "a store without a business opens")) return;
    welcome(s);
    reb_store_close(s);
}

int main(void) {
    g_clock = reb_clock_fixed(&g_now);
    g_ids = (reb_ids){.clock = g_clock, .node = 3};
    char dir[] = "/tmp/rebound-people.XXXXXX";
    char path[80];
    if (mkdtemp(dir) == NULL || sodium_init() < 0) return 1;
    passwords();
    words();
    snprintf(path, sizeof path, "%s/t.db", dir);
    all(path);
    snprintf(path, sizeof path, "%s/new.db", dir);
    setup(path);
    const char *pg = pg_test_create("test_people");
    if (pg != NULL) {
        all(pg);
        setup(pg_test_create("test_people_new"));
    } else {
        SKIP("no PostgreSQL here");
    }
    test_folder_remove(dir);
    return tap_done();
}
