/* Cases: every rule of a complaint case that is not a clock alone. On SQLite and PostgreSQL, with real threads and processes where two
   write at once. */
#include "../lib/case_place.h"

#include "../../src/app/tick.h"
#include "../../src/domain/case_care.h"
#include "../../src/domain/keeper.h"
#include "../../src/domain/standard.h"
#include "../../src/text/file_type.h"

#include <pthread.h>
#include <sys/wait.h>
#include <time.h>

/* --- coming in ------------------------------------------------------------------------------------------------------------------------ */

static void test_open(place *p) {
    reb_err err = {0};
    reb_case_opened a = open_as(p, (reb_case_open_in){.body = "My parcel came late.", .email = "SARA@example.org", .key = "k"});
    OK(a.number >= 100000 && a.number <= 999999, "its number has six digits");
    EQ_I64(a.whom_id, 1, "found by the e-mail address");
    EQ_I64(open_as(p, (reb_case_open_in){.body = "x", .phone = "01632 960002"}).whom_id, 0, "a number without its country tells nobody");
    EQ_I64(open_as(p, (reb_case_open_in){.body = "x", .phone = "+44 1632 960002"}).whom_id, 2, "found by the telephone");
    EQ_I64(open_as(p, (reb_case_open_in){.body = "x", .email = "both@example.org"}).whom_id, 0, "an address of two tells nobody");
    EQ_I64(open_as(p, (reb_case_open_in){.body = "x", .customer_id = 5}).whom_id, 5, "or said");
    reb_case_opened anon = open_as(p, (reb_case_open_in){.body = "x", .email = "sara@example.org", .name = "Sara", .anonymous = true});
    EQ_I64(anon.whom_id, 0, "an anonymous one is nobody's, whatever it tells");
    const reb_case_by b = by(p, "user:1");
    OK(reb_case_identify(NULL, p->s, &b, anon.number, 1, &err) == REB_E_CONFLICT, "... and nobody makes it somebody's");
    OK(open_as(p, (reb_case_open_in){.body = "other", .key = "k"}).number == a.number, "the same key is the same case");
    reb_case_opened o;
    const reb_case_open_in none = {.body = "  \n ", .channel = "form"};
    OK(reb_case_open(&o, p->s, &b, &none, &err) == REB_E_INPUT, "without words there is nothing to take in");
    const reb_case_open_in kind = {.body = "x", .kind = "nothing"};
    OK(reb_case_open(&o, p->s, &b, &kind, &err) == REB_E_INPUT && strstr(err.next, "delivery_late") != NULL,
       "an unknown kind is told the known");
    sound(p, "coming in");
}

static void test_tokens(place *p) {
    reb_err err = {0};
    char t[REB_CASE_TOKEN];
    char mail[REB_CASE_TOKEN];
    int64_t n = 0;
    must(reb_case_token_make(t, p->s, "status", 707312, &err), &err, "made");
    must(reb_case_token_make(mail, p->s, "mail", 707312, &err), &err, "made");
    must(reb_case_token_check(&n, p->s, "status", t, &err), &err, "checked");
    EQ_I64(n, 707312, "a token is known again");
    must(reb_case_token_check(&n, p->s, "survey", t, &err), &err, "checked");
    EQ_I64(n, 0, "... for its purpose only");
    for (char *c = mail; *c != '\0'; c++)
        if (*c >= 'a' && *c <= 'z') *c = (char)(*c - 32);
    must(reb_case_token_check(&n, p->s, "mail", mail, &err), &err, "checked");
    EQ_I64(n, 707312, "an address's mark holds in capitals too");
    int forged = 0;
    for (size_t i = 0; t[i] != '\0'; i++) {
        char f[REB_CASE_TOKEN];
        memcpy(f, t, sizeof f);
        f[i] = f[i] == '1' ? '2' : '1';
        must(reb_case_token_check(&n, p->s, "status", f, &err), &err, "checked");
        forged += n != 0;
    }
    EQ_I64(forged, 0, "no letter of it may differ");
    EQ_I64(reb_case_number_read(" c-\xd9\xa7\xd9\xa0\xd9\xa7\xd9\xa3\xd9\xa1\xd9\xa2 "), 707312, "a number is read in Arabic digits");
    EQ_I64(reb_case_number_read("C-70731x"), 0, "... and nothing else is");
}

/* --- states -----------------------------------------------------------------------------------------------------------------------------
 */

static void test_states(place *p) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    int64_t n = open_one(p, "States");
    const reb_case_wait_in photo = {.whom = "customer", .why = "a photograph", .until_us = 0};
    OK(reb_case_communicate(NULL, p->s, &b, n, "phone", 0, &err) == REB_E_CONFLICT, "nothing is told before it is decided");
    OK(reb_case_close(NULL, p->s, &b, n, "delivery", NULL, false, &err) == REB_E_CONFLICT, "nothing is closed before it is told");
    OK(reb_case_reopen(NULL, p->s, &b, n, "person", NULL, &err) == REB_E_CONFLICT, "what is open is not opened again");
    must(reb_case_wait(NULL, p->s, &b, n, &photo, &err), &err, "waits");
    EQ_I64(running(p, n), 0, "waiting for the customer stops every clock there is");
    const reb_case_by customer = by(p, "customer");
    const reb_case_message_in here = {.inward = true, .text = "Here it is"};
    must(reb_case_message(NULL, p->s, &customer, n, &here, &err), &err, "the customer writes");
    OK(look(p, n).stage == REB_STAGE_INVESTIGATING, "what was waited for has come");
    const reb_case_wait_in carrier = {.whom = "carrier", .why = "a trace", .until_us = 0};
    must(reb_case_wait(NULL, p->s, &b, n, &carrier, &err), &err, "waits");
    OK(running(p, n) > 0, "waiting for anybody else stops none");
    const reb_case_wait_in odd = {.whom = "godot", .why = "x"};
    OK(reb_case_wait(NULL, p->s, &b, n, &odd, &err) == REB_E_INPUT, "not for anybody at all");
    to_closed(p, n);
    OK(reb_case_close(NULL, p->s, &b, n, "delivery", NULL, false, &err) == REB_E_CONFLICT, "closed is closed");
    int64_t m = open_one(p, "Withdrawn");
    must(decide(p, "user:1", m, "withdrawn", 0, &err), &err, "withdrawn");
    OK(reb_case_close(NULL, p->s, &b, m, "", NULL, false, &err) == REB_E_INPUT, "a root cause is stated at closing");
    must(reb_case_close(NULL, p->s, &b, m, "other", NULL, false, &err), &err, "what was withdrawn needs no letter");
}

static void test_reopen(place *p) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    int64_t n = open_one(p, "Reopened");
    to_closed(p, n);
    reb_case_state before = look(p, n);
    EQ_I64(running(p, n), 0, "closed: no clock runs");
    p->now_us += 5 * REB_US_PER_DAY;
    const reb_case_by customer = by(p, "customer");
    const reb_case_message_in again = {.inward = true, .text = "It broke again"};
    must(reb_case_message(NULL, p->s, &customer, n, &again, &err), &err, "the customer writes to a closed case");
    reb_case_state c = look(p, n);
    OK(c.stage == REB_STAGE_INVESTIGATING && c.reopened_count == 1 && c.closed_us == 0, "it is open again, and counted");
    OK(running(p, n) > 0, "a new clock runs");
    const reb_case_by later = by(p, "user:2");
    const reb_case_decide_in partly = {.outcome = "partly", .reason = "Half"};
    must(reb_case_decide(NULL, p->s, &later, n, &partly, &err), &err, "decided anew");
    c = look(p, n);
    OK(strcmp(c.first_outcome, "upheld") == 0 && strcmp(c.outcome, "partly") == 0 && c.first_decided_us == before.first_decided_us &&
           c.first_answer_us == before.first_answer_us,
       "the first decision and the first answer keep their figures");
    (void)b;
    sound(p, "opened again");
}

/* --- what is heard ----------------------------------------------------------------------------------------------------------------------
 */

/* What a customer says is on a list, whoever writes it down and whatever state the case is in. */
static void test_heard(place *p) {
    reb_err err = {0};
    const reb_case_by us = by(p, "user:1");
    const reb_case_by mail = by(p, "mail");
    const reb_case_message_in said = {.inward = true, .text = "It is broken again", .channel = "phone"};
    static const char *const whos[] = {"customer", "mail", "user:1"};
    for (int i = 0; i < 3; i++) {
        int64_t n = open_one(p, "Closed, then they call");
        to_closed(p, n);
        const reb_case_by who = by(p, whos[i]);
        must(reb_case_message(NULL, p->s, &who, n, &said, &err), &err, "they speak to us");
        reb_case_state c = look(p, n);
        OK(reb_case_is_open(&c) && c.unanswered && running(p, n) > 0, "written down by %s: open again, and an answer is due", whos[i]);
    }
    int64_t away = open_one(p, "Given to the ombudsman");
    must(reb_case_refer(NULL, p->s, &us, away, "ombudsman", "They asked for it", &err), &err, "referred");
    reb_case_state c = look(p, away);
    OK(!reb_case_is_open(&c) && reb_case_openness(&c) == REB_CASE_OUTSIDE, "with somebody outside: nothing is ours to do");
    must(reb_case_message(NULL, p->s, &mail, away, &said, &err), &err, "they write to us");
    c = look(p, away);
    OK(c.stage == REB_STAGE_REFERRED && reb_case_is_open(&c) && running(p, away) == 1, "and an answer is due, though others decide");
    int64_t quiet = open_one(p, "A picture, without a word");
    const reb_case_message_in ours = {.text = "Please send a picture"};
    const reb_case_wait_in wait = {.whom = "customer", .why = "a picture"};
    must(reb_case_message(NULL, p->s, &us, quiet, &ours, &err), &err, "asked");
    must(reb_case_wait(NULL, p->s, &us, quiet, &wait, &err), &err, "waits");
    reb_attachment file;
    const reb_case_by customer = by(p, "customer");
    const reb_case_attach_in text = {.way = REB_FILE_IN, .name = "note.txt", .bytes = "Here it is.", .byte_count = 11};
    must(reb_case_attach(&file, p->s, &g_arena, &customer, quiet, &text, &err), &err, "they send it");
    c = look(p, quiet);
    OK(c.stage == REB_STAGE_INVESTIGATING && c.unanswered, "a file of theirs is an answer, too: nobody waits on");
    sound(p, "heard");
    EQ_I64(count_rows(p, "select count(*) from case_file where open = 0 and unanswered = 1 and state not in ('closed', 'merged')"), 0,
           "nothing unanswered is on no list");
}

/* Who writes without end keeps nobody from deciding, and is told so. */
static void test_flood(place *p) {
    reb_err err = {0};
    const reb_case_by us = by(p, "user:1");
    int64_t n = open_one(p, "A flood");
    int64_t taken = 0;
    reb_status st = REB_OK;
    const reb_case_message_in said = {.inward = true, .text = "And another thing", .channel = "email"};
    for (; st == REB_OK && taken < 200; taken++) {
        const reb_case_by mail = by(p, "mail");
        st = reb_case_message(NULL, p->s, &mail, n, &said, &err);
    }
    OK(st == REB_E_LIMIT && taken == 121 && strcmp(err.reason, "case_too_often") == 0,
       "a hundred and twenty an hour are taken from outside (%d)", (int)taken - 1);
    must(reb_case_message(NULL, p->s, &us, n, &said, &err), &err, "what we write down ourselves goes in");
    p->now_us += k_hour + 1;
    const reb_case_by later = by(p, "mail");
    must(reb_case_message(NULL, p->s, &later, n, &said, &err), &err, "and in an hour theirs");
    /* Full to the brim of what comes from outside. */
    reb_case_key key;
    must(reb_case_find(&key, p->s, n, &err), &err, "found");
    char sql[600];
    snprintf(
        sql, sizeof sql,
        "insert into case_event (customer_id, case_id, seq, kind, at_us, recorded_us, who, word, user_id, other_id, until_us, batch_id)"
        " with recursive n(seq) as (select %" PRId64 " union all select seq + 1 from n where seq < 4500)"
        " select %" PRId64 ", %" PRId64 ", seq, 'note', %" PRId64 ", %" PRId64 ", 'local', '', 0, 0, 0, 0 from n",
        look(p, n).last_seq + 1, key.customer_id, key.case_id, p->now_us - 1, p->now_us - 1);
    must(reb_exec_raw(p->s, sql, REB_NO_ARGS, &err), &err, "thousands of events");
    p->now_us += 2 * k_hour;
    const reb_case_by last = by(p, "mail");
    OK(reb_case_message(NULL, p->s, &last, n, &said, &err) == REB_E_LIMIT && strcmp(err.reason, "case_full") == 0, "it is full");
    to_closed(p, n);
    sound(p, "flooded");
}

static const char *doubles_of(place *p, int64_t number) {
    static reb_buf b;
    reb_err err = {0};
    reb_buf_clear(&b);
    reb_json w = {.out = &b};
    const reb_case_view_ctx v = {.store = p->s, .arena = &g_arena, .business = p->b, .now_us = p->now_us};
    must(reb_case_doubles_json(&w, &v, number, &err), &err, "doubles");
    return reb_buf_cstr(&b);
}

static void test_doubles(place *p) {
    const char *arabic =
        "\xd9\x88\xd8\xb5\xd9\x84 \xd8\xa7\xd9\x84\xd8\xb7\xd8\xb1\xd8\xaf \xd9\x85\xd8\xaa\xd8\xa3\xd8\xae\xd8\xb1\xd8\xa7";
    const char *marked =
        "\xd9\x88\xd8\xb5\xd9\x84 \xd8\xa7\xd9\x84\xd8\xb7\xd9\x91\xd8\xb1\xd8\xaf \xd9\x85\xd8\xaa\xd8\xa7\xd8\xae\xd8\xb1\xd8\xa7";
    int64_t one = open_one(p, arabic);
    int64_t two = open_one(p, marked);
    char want[40];
    snprintf(want, sizeof want, "\"number\":%" PRId64, two);
    OK(strstr(doubles_of(p, one), want) != NULL && strstr(doubles_of(p, one), "same_words") != NULL,
       "the same words, however they are marked");
    OK(look(p, one).stage == REB_STAGE_RECEIVED && look(p, two).stage == REB_STAGE_RECEIVED, "nothing is closed by the machine");
    int64_t order = open_as(p, (reb_case_open_in){.body = "Lid is broken", .order_ref = "A-17"}).number;
    int64_t same = open_as(p, (reb_case_open_in){.body = "Still waiting for my money", .order_ref = "A-17"}).number;
    snprintf(want, sizeof want, "\"number\":%" PRId64, same);
    OK(strstr(doubles_of(p, order), want) != NULL, "the same order");
    p->now_us += 61 * REB_US_PER_DAY;
    int64_t late = open_as(p, (reb_case_open_in){.body = "Lid is broken", .order_ref = "A-17"}).number;
    snprintf(want, sizeof want, "\"number\":%" PRId64, order);
    OK(strstr(doubles_of(p, late), want) == NULL, "not after the window");
    p->now_us -= 61 * REB_US_PER_DAY;
}

/* --- conduct, files
 * ----------------------------------------------------------------------------------------------------------------------- */

static void test_conduct(place *p) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    int64_t today = reb_business_day(p->b, p->now_us);
    int64_t n = open_as(p, (reb_case_open_in){.body = "Shouting", .customer_id = 6}).number;
    reb_case_conduct_in in = {.why = "Threatened a colleague on 3 May", .until_day = today + 30, .review_day = today + 14};
    OK(reb_case_conduct(NULL, p->s, &b, n, &in, &err) == REB_E_INPUT, "no restriction without a way to appeal");
    in.appeal = "The owner, in writing";
    in.why = NULL;
    OK(reb_case_conduct(NULL, p->s, &b, n, &in, &err) == REB_E_INPUT, "... without a reason");
    in.why = "Threatened a colleague on 3 May";
    in.review_day = today + 40;
    OK(reb_case_conduct(NULL, p->s, &b, n, &in, &err) == REB_E_INPUT, "... reviewed only after its end");
    in.review_day = today + 14;
    must(reb_case_conduct(NULL, p->s, &b, n, &in, &err), &err, "restricted");
    OK(look(p, n).restricted_until_us > p->now_us, "for a time");
    int64_t fresh = open_as(p, (reb_case_open_in){.body = "Something else", .customer_id = 6}).number;
    OK(look(p, fresh).stage == REB_STAGE_RECEIVED && look(p, fresh).restricted_until_us == 0, "a new complaint is judged on its merits");
}

static void test_files(place *p) {
    static const struct {
        const char *bytes;
        size_t n;
        const char *type;
    } k[] = {{"\x89PNG\r\n\x1a\n..", 10, "image/png"},
             {"\xff\xd8\xff\xe0", 4, "image/jpeg"},
             {"RIFF\1\0\0\0WEBPVP8 ", 16, "image/webp"},
             {"%PDF-1.7", 8, "application/pdf"},
             {"\0\0\0\x18"
              "ftypheic",
              12, "image/heic"},
             {"\0\0\0\x18"
              "ftypisom",
              12, "video/mp4"},
             {"\xd8\xb3\xd9\x84\xd8\xa7\xd9\x85", 8, "text/plain"},
             {"MZ\x90\0", 4, NULL},
             {"PK\3\4", 4, NULL},
             {"\x7f"
              "ELF",
              4, NULL},
             {"a\0b", 3, NULL},
             {"\xff\xfe", 2, NULL}};
    int wrong = 0;
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        const char *t = reb_file_type((const unsigned char *)k[i].bytes, k[i].n, true);
        bool same = t == NULL || k[i].type == NULL ? t == k[i].type : strcmp(t, k[i].type) == 0;
        if (!same) printf("# %zu: got %s\n", i, t != NULL ? t : "(none)");
        wrong += !same;
    }
    EQ_I64(wrong, 0, "a file is what its first bytes say");
    reb_err err = {0};
    reb_case_key key;
    reb_attachment a;
    reb_attachment back;
    reb_buf b = {0};
    int64_t n = open_one(p, "A large file");
    size_t size = REB_ATTACHMENT_BYTES;
    char *big = calloc(1, size + 1);
    memset(big, 'x', size + 1);
    const reb_case_by who = by(p, "customer");
    reb_case_attach_in in = {.way = REB_FILE_IN, .name = "C:\\x\\..\\evil\"name.txt", .bytes = big, .byte_count = size + 1};
    OK(reb_case_attach(&a, p->s, &g_arena, &who, n, &in, &err) == REB_E_LIMIT, "more than 10 MiB is too much");
    in.byte_count = size;
    must(reb_case_attach(&a, p->s, &g_arena, &who, n, &in, &err), &err, "10 MiB are taken");
    EQ_TEXT(a.name, "evilname.txt", "its name is made safe");
    must(reb_case_find(&key, p->s, n, &err), &err, "found");
    must(reb_attachment_read(&back, &b, p->s, &g_arena, &key, a.attachment_id, &err), &err, "read");
    OK(b.len == size && memcmp(b.data, big, size) == 0, "and come back as they were");
    shop_raw(&p->shop, "update case_attachment_piece set base64 = 'AAAA' where piece_no = 3");
    b.len = 0;
    OK(reb_attachment_read(&back, &b, p->s, &g_arena, &key, a.attachment_id, &err) == REB_E_STORE, "a damaged one is not given out");
    reb_buf_free(&b);
    free(big);
    shop_raw(&p->shop, "delete from case_attachment_piece");
    shop_raw(&p->shop, "delete from case_attachment");
}

/* --- to whom, and when nobody answers
 * ------------------------------------------------------------------------------------------------------ */

static void test_assign(place *p) {
    reb_err err = {0};
    int64_t owner = person(p, "owner@example.org", "Olga", REB_ROLE_OWNER, "");
    int64_t nora = person(p, "nora@example.org", "Nora", REB_ROLE_AGENT, "Desk");
    int64_t sam = person(p, "sam@example.org", "Sam", REB_ROLE_AGENT, "Stock");
    person(p, "ana@example.org", "Ana", REB_ROLE_ANALYST, "");
    reload(p);
    int64_t a = look(p, open_one(p, "One")).assignee_id;
    int64_t b = look(p, open_one(p, "Two")).assignee_id;
    OK((a == nora && b == sam) || (a == sam && b == nora), "by load: two agents, one each; nobody else");
    set(p, "case_teams", "delivery_late=Stock, other=Desk");
    int rightly = 0;
    for (int i = 0; i < 4; i++)
        rightly += look(p, open_as(p, (reb_case_open_in){.body = "Late", .kind = "delivery_late"}).number).assignee_id == sam;
    EQ_I64(rightly, 4, "by rule: the team of the kind");
    const int64_t kept = 5;
    must(reb_keeper_set(p->s, &kept, 1, nora, p->now_us, &err), &err, "kept");
    EQ_I64(look(p, open_as(p, (reb_case_open_in){.body = "Late", .kind = "delivery_late", .customer_id = 5}).number).assignee_id, nora,
           "by rule: whoever keeps the customer, first");
    set(p, "case_assign", "nobody");
    EQ_I64(look(p, open_one(p, "Three")).assignee_id, 0, "or nobody");
    const reb_case_by by_one = by(p, "user:1");
    OK(reb_case_assign(NULL, p->s, &by_one, open_one(p, "Four"), owner + 999, &err) == REB_E_NOT_FOUND, "nobody unknown is given a case");
}

static int64_t tick(place *p) {
    reb_err err = {0};
    int64_t did = 0;
    must(reb_case_tick(&did, p->s, p->b, p->now_us, &p->ids, &err), &err, "ticks");
    return did;
}

static int64_t escalations(place *p) {
    return count_rows(p, "select count(*) from case_event where kind = 'escalated'");
}

static void test_tick(place *p) {
    reb_err err = {0};
    /* What came before is nobody's business here. */
    p->now_us = reb_day_from_civil(2026, 7, 6) * REB_US_PER_DAY + 10 * k_hour; /* a Monday */
    while (tick(p) > 0) continue;
    int64_t before = escalations(p);
    int64_t n = open_one(p, "Nobody answers");
    int64_t answered = open_one(p, "Answered");
    int64_t merged = open_one(p, "Merged");
    const reb_case_by b = by(p, "user:1");
    const reb_case_message_in in = {.text = "At once"};
    must(reb_case_acknowledge(p->s, &b, answered, "phone", &err), &err, "acknowledged");
    must(reb_case_message(NULL, p->s, &b, answered, &in, &err), &err, "answered");
    must(reb_case_merge(NULL, p->s, &b, merged, answered, &err), &err, "merged");
    p->now_us += 30 * INT64_C(60) * REB_US_PER_SECOND;
    tick(p);
    EQ_I64(escalations(p), before, "in time: nobody is called");
    p->now_us += 10 * k_hour; /* 20:30: acknowledgement and first answer are over, and nobody is there */
    tick(p);
    EQ_I64(escalations(p), before, "out of hours nobody is called");
    p->now_us += 13 * k_hour; /* Tuesday 09:30 */
    OK(tick(p) > 0, "in the morning somebody is");
    reb_case_state c = look(p, n);
    OK(c.escalated_id != 0, "the one that nobody answered is with a named person");
    OK(look(p, answered).escalated_id == 0 && look(p, merged).escalated_id == 0, "an answered one is not, nor a merged one");
    int64_t after = escalations(p);
    EQ_I64(tick(p), 0, "once");
    EQ_I64(escalations(p), after, "... each");
    const reb_case_by later = by(p, "user:1");
    must(reb_case_message(NULL, p->s, &later, n, &in, &err), &err, "answered");
    OK(look(p, n).escalated_id == 0, "an answer ends it");
    to_closed(p, n);
    p->now_us += REB_US_PER_DAY;
    EQ_I64(tick(p), 0, "a closed one is quiet");
    const reb_case_by again = by(p, "customer");
    must(reb_case_reopen(NULL, p->s, &again, n, "customer", "It broke", &err), &err, "opened again");
    OK(look(p, n).escalated_id == 0, "opened again it starts without an old escalation");
    p->now_us += 14 * REB_US_PER_DAY;
    OK(tick(p) > 0 && look(p, n).escalated_id != 0, "and has its own when the new time is over");
    const reb_case_wait_in until = {.whom = "customer", .why = "x", .until_us = p->now_us + 2 * k_hour};
    const reb_case_by waits = by(p, "user:1");
    must(reb_case_wait(NULL, p->s, &waits, n, &until, &err), &err, "waits");
    p->now_us += 3 * k_hour;
    tick(p);
    OK(look(p, n).stage == REB_STAGE_INVESTIGATING, "waiting ends when it was said to");
    sound(p, "ticked");
}

/* --- rebuilt, taken back
 * ------------------------------------------------------------------------------------------------------------------- */

static char *dump(place *p) {
    static const char *const k_queries[] = {"select cast(customer_id as text) || ',' || cast(case_id as text) || ',' || state || ',' || "
                                            "kind || ',' || outcome || ',' || first_outcome || "
                                            "',' || cause || ',' || cast(opened_us as text) || ',' || cast(due_us as text) || ',' || "
                                            "due_clock || ',' || cast(last_seq as text) || ',' "
                                            "|| cast(reopened_count as text) || ',' || cast(escalated_id as text) || ',' || "
                                            "cast(unanswered as text) from case_file order by case_id",
                                            "select cast(case_id as text) || ',' || cast(clock_no as text) || ',' || kind || ',' || "
                                            "cast(round as text) || ',' || state || ',' || "
                                            "cast(started_us as text) || ',' || cast(due_us as text) || ',' || cast(warn_us as text) || "
                                            "',' || cast(paused_since_us as text) || ',' || "
                                            "cast(ended_us as text) || ',' || calendar || ',' || cast(calendar_version as text) || ',' || "
                                            "unit || ',' || cast(amount as text) from "
                                            "case_clock order by case_id, clock_no"};
    reb_buf b = {0};
    reb_err err = {0};
    for (size_t i = 0; i < 2; i++) {
        reb_stmt *q = NULL;
        bool row = true;
        must(reb_query_raw(&q, p->s, k_queries[i], REB_NO_ARGS, &err), &err, "dump");
        while (reb_step(q, &row, &err) == REB_OK && row) {
            reb_buf_str(&b, reb_col_text(q, 0));
            reb_buf_char(&b, '\n');
        }
        reb_stmt_close(q);
    }
    return b.data;
}

static void test_rebuild(place *p) {
    reb_err err = {0};
    int64_t cases = 0;
    int64_t changed = -1;
    int64_t wrong = 0;
    char *before = dump(p);
    must(reb_case_derive(&cases, &changed, p->s, p->b, REB_CASES_ALL, &err), &err, "derived");
    OK(changed == 0 && cases >= 20, "rebuilding a sound store changes nothing, in %d cases", (int)cases);
    shop_raw(&p->shop, "delete from case_file where closed_us <> 0");
    shop_raw(&p->shop, "delete from case_clock where kind = 'solution'");
    shop_raw(&p->shop, "update case_file set state = 'closed', due_us = 1 where state = 'received'");
    shop_raw(&p->shop,
             "insert into case_clock select customer_id, 1, clock_no, kind, round, state, started_us, due_us, warn_us, paused_since_us, "
             "ended_us, calendar, calendar_version, unit, amount from case_clock where clock_no = 1 and case_id = (select min(case_id) "
             "from case_clock)");
    must(reb_case_check(&cases, &wrong, p->s, p->b, &err), &err, "checked");
    OK(wrong > 3, "what does not fit is found (%d)", (int)wrong);
    must(reb_case_derive(&cases, &changed, p->s, p->b, REB_CASES_ALL, &err), &err, "derived");
    char *after = dump(p);
    OK(before != NULL && after != NULL && strcmp(before, after) == 0, "rebuilt byte for byte (%zu bytes)", strlen(before));
    free(before);
    free(after);
}

static void test_undo(place *p) {
    reb_err err = {0};
    char *before = dump(p);
    int64_t total = count_rows(p, "select count(*) from case_event");
    const reb_case_writing w = {.business = p->b, .now_us = p->now_us, .batch_id = 77};
    int64_t numbers[3];
    for (int i = 0; i < 3; i++) {
        reb_case_key key;
        reb_case_event e[2] = {{.kind = REB_CASE_OPENED,
                                .at_us = p->now_us - (9 - i) * REB_US_PER_DAY,
                                .who = "import",
                                .word = "import",
                                .data = "{\"kind\":\"other\",\"language\":\"en\",\"standard\":0}"},
                               {.kind = REB_CASE_MESSAGE_OUT, .at_us = p->now_us - 8 * REB_US_PER_DAY, .who = "import", .word = "email"}};
        const reb_case_words words[] = {{0, "body", "Told by a file"}};
        must(reb_case_create(&key, &numbers[i], NULL, p->s, &g_arena, &p->ids, 0, e, i == 2 ? 1 : 2, words, 1, &w, &err), &err, "imported");
    }
    const reb_case_by b = by(p, "user:1");
    const reb_case_note_in note = {.text = "By hand"};
    must(reb_case_note(NULL, p->s, &b, numbers[1], &note, &err), &err, "noted");
    int64_t removed = 0;
    int64_t kept = 0;
    must(reb_case_undo_batch(&removed, &kept, p->s, 77, &err), &err, "taken back");
    OK(removed == 2 && kept == 1, "an import's cases go, but for the one that somebody worked on (%d gone, %d kept)", (int)removed,
       (int)kept);
    EQ_I64(count_rows(p, "select count(*) from case_event"), total + 3, "with all their events");
    EQ_I64(count_rows(p, "select count(*) from case_number n where not exists (select 1 from case_event e where e.case_id = n.case_id)"), 0,
           "and their numbers");
    sound(p, "taken back");
    free(before);
}

static void test_forget(place *p) {
    reb_err err = {0};
    int64_t cases = 0;
    int64_t old = open_one(p, "Zyx of nobody");
    to_closed(p, old);
    int64_t open = open_one(p, "Still open, of nobody");
    int64_t then_us = p->now_us + REB_US_PER_DAY;
    must(reb_case_forget(&cases, p->s, then_us, then_us, true, &err), &err, "counted");
    int64_t counted = cases;
    OK(counted > 0 && count_rows(p, "select count(*) from case_text where body like 'Zyx%'") > 0, "counting forgets nothing");
    must(reb_case_forget(&cases, p->s, then_us, then_us, false, &err), &err, "forgotten");
    OK(cases == counted && count_rows(p, "select count(*) from case_text where body like 'Zyx%'") == 0,
       "closed cases of nobody known lose their words");
    OK(count_rows(p, "select count(*) from case_text where body like 'Still open%'") > 0 && look(p, open).stage == REB_STAGE_RECEIVED,
       "open ones do not");
    OK(look(p, old).stage == REB_STAGE_CLOSED && strcmp(look(p, old).first_outcome, "upheld") == 0, "what happened stays");
    must(reb_case_forget(&cases, p->s, then_us, then_us, false, &err), &err, "again");
    EQ_I64(cases, 0, "once");
    sound(p, "forgotten");
}

/* --- several at once
 * ---------------------------------------------------------------------------------------------------------------------- */

typedef struct rival {
    place *p;
    int which;
    int64_t number, seen;
    int done, changed, other;
    char why[512];
} rival;

static reb_store *another(place *p) {
    reb_store *s = NULL;
    reb_err err = {0};
    must(reb_store_open(&s, p->where, 0, &err), &err, "a second connection");
    return s;
}

static void *decides(void *arg) {
    rival *r = arg;
    reb_err err = {0};
    reb_store *s = another(r->p);
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)(20 + r->which)};
    const char *const who[] = {"user:1", "user:2"};
    const char *const outcome[] = {"upheld", "not_upheld"};
    const reb_case_by b = {.business = r->p->b, .ids = &ids, .now_us = r->p->now_us, .who = who[r->which], .seen_seq = r->seen};
    const reb_case_decide_in in = {.outcome = outcome[r->which], .reason = "Both at once", .differs_reason = "Tried out"};
    reb_status st = reb_case_decide(NULL, s, &b, r->number, &in, &err);
    r->done = st == REB_OK;
    r->changed = st == REB_E_CASE_CHANGED;
    r->other = st != REB_OK && st != REB_E_CASE_CHANGED;
    snprintf(r->why, sizeof r->why, "%s", err.detail);
    reb_store_close(s);
    return NULL;
}

static void *writes(void *arg) {
    rival *r = arg;
    reb_err err = {0};
    reb_store *s = another(r->p);
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)(40 + r->which)};
    const reb_case_by b = {.business = r->p->b, .ids = &ids, .now_us = r->p->now_us, .who = "customer"};
    for (int i = 0; i < 12; i++) {
        char text[40];
        snprintf(text, sizeof text, "from %d, %d", r->which, i);
        const reb_case_message_in in = {.inward = true, .text = text};
        reb_status st = reb_case_message(NULL, s, &b, r->number, &in, &err);
        if (st == REB_OK) r->done++;
        if (st != REB_OK) snprintf(r->why, sizeof r->why, "%s", err.detail);
    }
    const reb_case_open_in same = {.body = "One complaint, sent by all", .channel = "form", .key = "all-at-once"};
    reb_case_opened o = {0};
    if (reb_case_open(&o, s, &b, &same, &err) == REB_OK) r->seen = o.number;
    reb_store_close(s);
    return NULL;
}

static void test_at_once(place *p) {
    int both = 0;
    int lost = 0;
    int odd = 0;
    char why[512] = "";
    for (int round = 0; round < 8; round++) {
        pthread_t t[2];
        rival r[2];
        int64_t n = open_one(p, "Two decide");
        for (int i = 0; i < 2; i++) r[i] = (rival){.p = p, .which = i, .number = n, .seen = look(p, n).last_seq};
        for (int i = 0; i < 2; i++) pthread_create(&t[i], NULL, decides, &r[i]);
        for (int i = 0; i < 2; i++) pthread_join(t[i], NULL);
        both += r[0].done + r[1].done != 1;
        odd += r[0].other + r[1].other;
        reb_case_state c = look(p, n);
        lost += strcmp(c.outcome, r[0].done ? "upheld" : "not_upheld") != 0;
        for (int i = 0; i < 2; i++)
            if (r[i].changed || r[i].other) snprintf(why, sizeof why, "%s", r[i].why);
    }
    EQ_I64(both, 0, "of two who decide at once exactly one does");
    OK(odd == 0 && strstr(why, "decided") != NULL, "the other is told: %s", why);
    EQ_I64(lost, 0, "and nothing is lost");
    pthread_t t[6];
    rival r[6];
    int64_t n = open_one(p, "All write");
    for (int i = 0; i < 6; i++) r[i] = (rival){.p = p, .which = i, .number = n};
    for (int i = 0; i < 6; i++) pthread_create(&t[i], NULL, writes, &r[i]);
    int done = 0;
    bool same = true;
    for (int i = 0; i < 6; i++) {
        pthread_join(t[i], NULL);
        done += r[i].done;
        same = same && r[i].seen != 0 && r[i].seen == r[0].seen;
        if (r[i].done < 12) printf("# %s\n", r[i].why);
    }
    reb_case_state c = look(p, n);
    OK(done == 72 && c.last_seq >= 73, "72 messages of six writers are all there, without a gap (%d, to number %d)", done, (int)c.last_seq);
    OK(same, "six who send one key at once get one case");
    sound(p, "several at once");
}

/* A process that is killed in the middle leaves whole cases only. */
static void test_kill(place *p) {
    int64_t before = count_rows(p, "select count(*) from case_number");
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        reb_err err = {0};
        reb_store *s = NULL;
        reb_business *b = NULL;
        reb_ids ids = {.clock = reb_clock_system(), .node = 99};
        if (reb_store_open(&s, p->where, 0, &err) != REB_OK || reb_business_load(&b, s, &err) != REB_OK) _exit(1);
        for (int i = 0;; i++) {
            reb_case_opened o;
            const reb_case_by who = {.business = b, .ids = &ids, .now_us = p->now_us, .who = "customer"};
            const reb_case_open_in in = {.body = "Until it is killed", .channel = "form", .email = "kill@example.org"};
            if (reb_case_open(&o, s, &who, &in, &err) != REB_OK) _exit(2);
        }
    }
    int64_t have = before;
    for (int i = 0; i < 600 && have < before + 25; i++) {
        const struct timespec moment = {.tv_nsec = 20000000};
        nanosleep(&moment, NULL);
        have = count_rows(p, "select count(*) from case_number");
    }
    kill(child, SIGKILL);
    int status = 0;
    waitpid(child, &status, 0);
    OK(WIFSIGNALED(status) && have >= before + 25, "killed while it took complaints in (%d so far)", (int)(have - before));
    EQ_I64(count_rows(p, "select (select count(*) from case_number) - (select count(*) from case_event where seq = 1)"), 0,
           "every number has its case");
    EQ_I64(count_rows(p, "select (select count(*) from case_event where seq = 1) - (select count(*) from case_file)"), 0,
           "every case what is folded of it");
    EQ_I64(count_rows(
               p, "select count(*) from case_event e where e.seq = 1 and e.batch_id = 0 and not exists (select 1 from case_person p where "
                  "p.customer_id = e.customer_id and p.case_id = e.case_id)"),
           0, "and its person");
    sound(p, "killed");
}

static void on_engine(const char *engine) {
    place p;
    open_place(&p, engine, "cases");
    printf("# %s\n", engine);
    test_open(&p);
    test_tokens(&p);
    test_states(&p);
    test_reopen(&p);
    test_heard(&p);
    test_flood(&p);
    test_doubles(&p);
    test_conduct(&p);
    test_files(&p);
    test_rebuild(&p);
    test_at_once(&p);
    test_kill(&p);
    test_assign(&p);
    test_tick(&p);
    test_rebuild(&p);
    test_undo(&p);
    test_forget(&p);
    close_place(&p);
    reb_arena_free(&g_arena);
}

int main(void) {
    on_engine("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        on_engine("pg");
    }
    return tap_done();
}
