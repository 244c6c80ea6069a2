/* Mails that wait to go out: queued once and with what they are about, moved on, never twice by themselves, erased with their customer. */
#include "shop.h"

#include "../../src/domain/outbox.h"

static const int64_t k_now = INT64_C(1777626000) * 1000000; /* 2026-05-01T09:00:00Z */
static int64_t k_time;
static reb_ids k_ids;

static const reb_outgoing k_mail = {.customer_id = 7,
                                    .case_id = 70,
                                    .number = 707312,
                                    .to = "Maria <Maria@Example.com>",
                                    .subject = "Your case\r\nBcc: everybody@example.com",
                                    .text = "We have it.",
                                    .language = "en",
                                    .kind = "ack",
                                    .key = "ack:707312"};

static void set_up(reb_store *s) {
    run(s,
        "insert into setting (key, value, changed_us) values ('mail_from', 'care@shop.example', 1), ('mail_smtp', 'smtp://mx.example', 1)",
        REB_NO_ARGS);
}

static int64_t add(reb_store *s, const reb_outgoing *m) {
    int64_t id = -1;
    reb_err err = {0};
    if (reb_outbox_add(&id, s, &k_ids, m, k_now, &err) != REB_OK) OK(false, "queued: %s", err.detail);
    return id;
}

static reb_status fails(reb_store *s, void *ctx, reb_err *err) {
    int64_t id;
    reb_status st = reb_outbox_add(&id, s, &k_ids, ctx, k_now, err);
    return st != REB_OK ? st : reb_fail(err, REB_E_INPUT, "what it was about did not come to be");
}

static void queueing(void) {
    reb_store *s = fresh("queue");
    reb_err err = {0};
    reb_arena a = {0};
    reb_outbox_mail mail;
    EQ_I64(add(s, &k_mail), 0, "no mail is set up: nothing is queued");
    is_rows(s, "select count(*) from outbox", 1, "0\n", "and nothing is written");
    set_up(s);
    OK(reb_store_write(s, fails, &(reb_outgoing){.to = "a@example.com", .subject = "s", .text = "t", .kind = "ack", .key = "k"}, &err) ==
           REB_E_INPUT,
       "the transaction that queues a mail fails later");
    is_rows(s, "select count(*) from outbox", 1, "0\n", "the mail goes with it");
    int64_t id = add(s, &k_mail);
    OK(id > 0, "set up: queued");
    EQ_I64(add(s, &k_mail), id, "the same key is the same mail");
    reb_outgoing other = k_mail;
    other.key = NULL;
    OK(add(s, &other) != id && add(s, &other) > 0, "without a key each is its own");
    OK(reb_outbox_get(&mail, s, &a, id, &err) == REB_OK, "it is read");
    EQ_TEXT(mail.to, "maria@example.com", "the address without its wrapping");
    EQ_TEXT(mail.subject, "Your case  Bcc: everybody@example.com", "no header comes in by a subject");
    EQ_TEXT(mail.text, "We have it.", "the text");
    OK(strstr(mail.message_id, "@shop.example") != NULL && strlen(mail.message_id) > 32, "a Message-ID nobody guesses: %s",
       mail.message_id);
    OK(mail.state == REB_OUTBOX_QUEUED && mail.next_us == k_now && mail.number == 707312, "it is due at once");
    other.to = "nobody at all";
    int64_t none = -1;
    OK(reb_outbox_add(&none, s, &k_ids, &other, k_now, &err) == REB_E_INPUT && none == 0, "no address: %s", err.detail);
    reb_store_close(s);
    reb_arena_free(&a);
}

static void file(void) {
    reb_store *s = fresh("file");
    reb_err err = {0};
    reb_arena a = {0};
    enum { BYTES = 500000 };
    unsigned char *pdf = malloc(BYTES);
    for (size_t i = 0; i < BYTES; i++) pdf[i] = (unsigned char)(i * 31 + i / 251);
    const unsigned char *back = NULL;
    const char *name = NULL;
    size_t n = 0;
    set_up(s);
    reb_outgoing m = k_mail;
    m.pdf = pdf;
    m.pdf_bytes = BYTES;
    m.pdf_name = "C-707312.pdf";
    int64_t id = add(s, &m);
    OK(reb_outbox_file(&back, &n, &name, s, &a, id, &err) == REB_OK && n == BYTES && memcmp(back, pdf, n) == 0, "a file comes back whole");
    EQ_TEXT(name, "C-707312.pdf", "by its name");
    m.pdf_bytes = REB_OUTBOX_FILE_MOST + 1;
    m.key = "large";
    OK(reb_outbox_add(&id, s, &k_ids, &m, k_now, &err) == REB_E_LIMIT, "above the limit: %s", err.detail);
    OK(reb_outbox_erase(s, 7, k_now, &err) == REB_OK, "erased");
    is_rows(s, "select state, recipient, subject, body from outbox", 4, "given_up   \n", "what waited does not go out, its words are gone");
    is_rows(s, "select count(*) from outbox_file", 1, "0\n", "so is the file");
    free(pdf);
    reb_store_close(s);
    reb_arena_free(&a);
}

static void moving(void) {
    reb_store *s = fresh("move");
    reb_err err = {0};
    reb_arena a = {0};
    int64_t ids[4];
    size_t n = 0;
    int64_t open = 0;
    bool moved = false;
    reb_outbox_mail mail;
    reb_outbox_sums sums;
    set_up(s);
    int64_t id = add(s, &k_mail);
    OK(reb_outbox_due(ids, &n, 4, s, k_now - 1, &err) == REB_OK && n == 0, "not due before its time");
    OK(reb_outbox_due(ids, &n, 4, s, k_now, &err) == REB_OK && n == 1 && ids[0] == id, "due at its time");
    reb_outbox_move(&moved, s, id, REB_OUTBOX_QUEUED, REB_OUTBOX_QUEUED, k_now + reb_outbox_wait_us(1), "no connection", true, k_now, &err);
    OK(moved && reb_outbox_due(ids, &n, 4, s, k_now + 59 * REB_US_PER_SECOND, &err) == REB_OK && n == 0, "tried: not due for a minute");
    OK(reb_outbox_due(ids, &n, 4, s, k_now + 60 * REB_US_PER_SECOND, &err) == REB_OK && n == 1, "then it is");
    reb_outbox_move(&moved, s, id, REB_OUTBOX_QUEUED, REB_OUTBOX_SENDING, 0, "", false, k_now, &err);
    OK(moved, "handed over");
    OK(reb_outbox_retry(s, id, "me", k_now, &err) == REB_E_CONFLICT, "nobody sends it again meanwhile: %s", err.detail);
    OK(reb_outbox_left_open(&open, s, k_now, &err) == REB_OK && open == 1, "left open by a process that ended");
    OK(reb_outbox_due(ids, &n, 4, s, INT64_MAX, &err) == REB_OK && n == 0, "what is unsure is never due by itself");
    OK(reb_outbox_get(&mail, s, &a, id, &err) == REB_OK && mail.state == REB_OUTBOX_UNSURE && mail.tries == 1, "it is unsure");
    reb_outbox_move(&moved, s, id, REB_OUTBOX_QUEUED, REB_OUTBOX_SENT, 0, "", false, k_now, &err);
    OK(!moved, "whoever believes it still queued moves nothing");
    OK(reb_outbox_retry(s, id, "user:1", k_now + 5, &err) == REB_OK, "by a person's word it goes again");
    OK(reb_outbox_get(&mail, s, &a, id, &err) == REB_OK && mail.state == REB_OUTBOX_QUEUED && mail.next_us == k_now + 5, "at once");
    EQ_TEXT(mail.changed_by, "user:1", "and whose word it was is kept");
    OK(reb_outbox_count(&sums, s, &err) == REB_OK && sums.count[REB_OUTBOX_QUEUED] == 1 && sums.oldest_queued_us == k_now &&
           sums.next_us == k_now + 5,
       "counted");
    reb_outbox_move(&moved, s, id, REB_OUTBOX_QUEUED, REB_OUTBOX_UNSURE, 0, "", false, k_now, &err);
    OK(moved && reb_outbox_settle(s, id, "user:2", k_now + 7, &err) == REB_OK, "a person says that it arrived %s", err.detail);
    OK(reb_outbox_get(&mail, s, &a, id, &err) == REB_OK && mail.state == REB_OUTBOX_SENT && mail.sent_us == k_now + 7, "it counts as sent");
    run(s, "update outbox set state = 'queued'", REB_NO_ARGS);
    OK(reb_outbox_settle(s, id, "user:1", k_now, &err) == REB_E_CONFLICT, "only what is unsure can be settled");
    OK(reb_outbox_withdraw(s, id, "user:1", k_now, &err) == REB_OK, "withdrawn");
    OK(reb_outbox_retry(s, id + 1, "user:1", k_now, &err) == REB_E_NOT_FOUND, "none of that number");
    for (int64_t t = 1, before = 0; t < 20; before = reb_outbox_wait_us(t), t++)
        if (reb_outbox_wait_us(t) < before || reb_outbox_wait_us(t) > 3600 * REB_US_PER_SECOND) OK(false, "wait %d", (int)t);
    EQ_I64(reb_outbox_wait_us(100), 3600 * REB_US_PER_SECOND, "at last once an hour");
    reb_store_close(s);
    reb_arena_free(&a);
}

static void all(void) {
    printf("# %s\n", k_engine);
    queueing();
    file();
    moving();
}

int main(void) {
    k_suite = "test_outbox";
    k_time = k_now;
    k_ids = (reb_ids){.clock = reb_clock_fixed(&k_time), .node = 1};
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
