#include "outbox.h"

#include "../base/buf.h"
#include "../text/phone.h"
#include "../text/utf8.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 196608, MESSAGE_ID = 320 };

static const char *const k_states[REB_OUTBOX_STATE_COUNT] = {
#define REB_OUTBOX_STATE(id, name) name,
    REB_OUTBOX_STATES(REB_OUTBOX_STATE)
#undef REB_OUTBOX_STATE
};

const char *reb_outbox_state_name(reb_outbox_state s) {
    return (unsigned)s < REB_OUTBOX_STATE_COUNT ? k_states[s] : "";
}

bool reb_outbox_state_from_name(reb_outbox_state *out, const char *name) {
    for (unsigned i = 0; i < REB_OUTBOX_STATE_COUNT; i++) {
        if (strcmp(k_states[i], name) != 0) continue;
        *out = (reb_outbox_state)i;
        return true;
    }
    return false;
}

reb_status reb_outbox_set_up(bool *set_up, reb_store *s, reb_err *err) {
    int64_t n = 0;
    bool found;
    reb_status st = reb_get_i64(&n, &found, s, REB_SQL_OUTBOX_SET_UP, REB_NO_ARGS, err);
    *set_up = n == 2;
    return st;
}

/* --- queueing ------------------------------------------------------------------------------------------------------------------------- */

typedef struct adding {
    const reb_outgoing *m;
    int64_t id, now_us;
    const char *to, *subject, *key, *random;
    bool known;
} adding;

/* Unguessable, so that nobody can pretend to answer; the domain is that of the address mails go out from. */
static reb_status make_message_id(char out[MESSAGE_ID], reb_store *s, int64_t id, const char *random, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    const char *at = NULL;
    reb_status st = reb_query(&q, s, REB_SQL_SETTING_GET, REB_ARGS(reb_t("mail_from")), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) at = strrchr(reb_col_text(q, 0), '@');
    snprintf(out, MESSAGE_ID, "%" PRIx64 ".%s@%.250s", (uint64_t)id, random, at != NULL ? at + 1 : "rebound.invalid");
    reb_stmt_close(q);
    return st;
}

static reb_status add_file(reb_store *s, const adding *a, reb_err *err) {
    static const size_t k_text = sodium_base64_ENCODED_LEN(PIECE, sodium_base64_VARIANT_ORIGINAL);
    reb_arena arena = {0};
    char *text = reb_arena_alloc(&arena, k_text);
    reb_status st = text != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
    for (size_t from = 0, no = 1; st == REB_OK && from < a->m->pdf_bytes; from += PIECE, no++) {
        size_t n = a->m->pdf_bytes - from < PIECE ? a->m->pdf_bytes - from : PIECE;
        sodium_bin2base64(text, k_text, a->m->pdf + from, n, sodium_base64_VARIANT_ORIGINAL);
        st =
            reb_exec(s, REB_SQL_OUTBOX_FILE_INSERT,
                     REB_ARGS(reb_i(a->id), reb_i((int64_t)no), reb_t(a->m->pdf_name != NULL ? a->m->pdf_name : "letter.pdf"), reb_t(text)),
                     NULL, err);
    }
    reb_arena_free(&arena);
    return st;
}

static reb_status add_work(reb_store *s, void *ctx, reb_err *err) {
    adding *a = ctx;
    const reb_outgoing *m = a->m;
    int64_t before = 0;
    int64_t written = 0;
    char message_id[MESSAGE_ID];
    a->known = false;
    reb_status st = reb_get_i64(&before, &a->known, s, REB_SQL_OUTBOX_FIND, REB_ARGS(reb_t(a->key)), err);
    if (st != REB_OK || a->known) {
        a->id = a->known ? before : a->id;
        return st;
    }
    st = make_message_id(message_id, s, a->id, a->random, err);
    if (st == REB_OK)
        st = reb_exec(s, REB_SQL_OUTBOX_INSERT,
                      REB_ARGS(reb_i(a->id), reb_t(a->key), reb_i(m->customer_id), reb_i(m->case_id), reb_i(m->number), reb_t(m->kind),
                               reb_t(m->language != NULL ? m->language : "en"), reb_t(a->to), reb_t(a->subject), reb_t(m->text),
                               reb_t(message_id), reb_i(a->now_us)),
                      &written, err);
    if (st == REB_OK && written == 0) return reb_fail(err, REB_E_BUSY, "The same mail is being queued by somebody else.");
    if (st == REB_OK && m->pdf != NULL) st = add_file(s, a, err);
    return st;
}

/* One line, whole characters, no control characters: nobody writes headers of their own through a subject. */
static void one_line(char out[REB_OUTBOX_SUBJECT_MOST + 1], const char *text) {
    size_t n = reb_utf8_cut(text, strlen(text), REB_OUTBOX_SUBJECT_MOST);
    memcpy(out, text, n);
    out[n] = '\0';
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)out[i] < 0x20 || out[i] == 0x7F) out[i] = ' ';
}

reb_status reb_outbox_add(int64_t *outbox_id, reb_store *s, reb_ids *ids, const reb_outgoing *m, int64_t now_us, reb_err *err) {
    char to[REB_EMAIL_TEXT];
    char subject[REB_OUTBOX_SUBJECT_MOST + 1];
    char random[33];
    char key[32];
    unsigned char bytes[16];
    size_t len = 0;
    bool set_up = false;
    *outbox_id = 0;
    reb_status st = reb_outbox_set_up(&set_up, s, err);
    if (st != REB_OK || !set_up) return st;
    st = reb_email_parse(to, &len, m->to, strlen(m->to), err);
    if (st != REB_OK) return st;
    if (strlen(m->text) > REB_OUTBOX_TEXT_MOST) return reb_fail(err, REB_E_LIMIT, "A mail has at most %d KiB of text.", 256);
    if (m->pdf != NULL && m->pdf_bytes > REB_OUTBOX_FILE_MOST) return reb_fail(err, REB_E_LIMIT, "A file of a mail has at most 10 MiB.");
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    randombytes_buf(bytes, sizeof bytes);
    sodium_bin2hex(random, sizeof random, bytes, sizeof bytes);
    one_line(subject, m->subject);
    int64_t id = reb_id_next(ids);
    snprintf(key, sizeof key, "own:%" PRId64, id);
    adding a = {.m = m,
                .id = id,
                .now_us = now_us,
                .to = to,
                .subject = subject,
                .random = random,
                .key = m->key != NULL && m->key[0] != '\0' ? m->key : key};
    st = reb_store_write(s, add_work, &a, err);
    if (st == REB_OK) *outbox_id = a.id;
    return st;
}

reb_status reb_outbox_acks_today(int64_t *count, reb_store *s, const reb_ids *ids, const char *to, int64_t now_us, reb_err *err) {
    char address[REB_EMAIL_TEXT];
    size_t len = 0;
    bool found;
    *count = 0;
    reb_status st = reb_email_parse(address, &len, to, strlen(to), err);
    if (st != REB_OK) return st;
    int64_t from = reb_id_floor(reb_clock_now(ids->clock) - REB_US_PER_DAY);
    return reb_get_i64(count, &found, s, REB_SQL_OUTBOX_ACKS_TO, REB_ARGS(reb_t(address), reb_i(now_us - REB_US_PER_DAY), reb_i(from)),
                       err);
}

/* --- reading -------------------------------------------------------------------------------------------------------------------------- */

static const char *keep(reb_arena *a, reb_stmt *q, int column) {
    const char *text = reb_arena_strdup(a, reb_col_text(q, column));
    return text != NULL ? text : "";
}

static reb_status read_mail(reb_outbox_mail *out, reb_arena *a, reb_stmt *q, reb_err *err) {
    *out = (reb_outbox_mail){.outbox_id = reb_col_i64(q, 0),
                             .key = keep(a, q, 1),
                             .customer_id = reb_col_i64(q, 2),
                             .case_id = reb_col_i64(q, 3),
                             .number = reb_col_i64(q, 4),
                             .kind = keep(a, q, 5),
                             .language = keep(a, q, 6),
                             .to = keep(a, q, 7),
                             .subject = keep(a, q, 8),
                             .text = keep(a, q, 9),
                             .message_id = keep(a, q, 10),
                             .tries = reb_col_i64(q, 12),
                             .next_us = reb_col_i64(q, 13),
                             .problem = keep(a, q, 14),
                             .created_us = reb_col_i64(q, 15),
                             .changed_us = reb_col_i64(q, 16),
                             .sent_us = reb_col_i64(q, 17),
                             .changed_by = keep(a, q, 18)};
    if (a->failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (!reb_outbox_state_from_name(&out->state, reb_col_text(q, 11))) return reb_fail(err, REB_E_STORE, "A mail has an unknown state.");
    return REB_OK;
}

reb_status reb_outbox_get(reb_outbox_mail *out, reb_store *s, reb_arena *a, int64_t outbox_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_GET, REB_ARGS(reb_i(outbox_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK) st = row ? read_mail(out, a, q, err) : reb_fail(err, REB_E_NOT_FOUND, "There is no mail %" PRId64 ".", outbox_id);
    reb_stmt_close(q);
    return st;
}

static reb_status decode(reb_buf *out, const char *text, reb_err *err) {
    unsigned char *piece = NULL;
    size_t n = 0;
    reb_arena arena = {0};
    reb_status st = REB_OK;
    piece = reb_arena_alloc(&arena, PIECE);
    if (piece == NULL) {
        st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    } else if (sodium_base642bin(piece, PIECE, text, strlen(text), NULL, &n, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
        st = reb_fail(err, REB_E_STORE, "The file of a mail is stored damaged.");
    } else {
        reb_buf_add(out, piece, n);
    }
    reb_arena_free(&arena);
    return st;
}

reb_status reb_outbox_file(const unsigned char **bytes, size_t *n, const char **name, reb_store *s, reb_arena *a, int64_t outbox_id,
                           reb_err *err) {
    reb_stmt *q = NULL;
    reb_buf b = {0};
    bool row = true;
    *bytes = NULL;
    *n = 0;
    *name = "";
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_FILES, REB_ARGS(reb_i(outbox_id)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        *name = keep(a, q, 0);
        st = decode(&b, reb_col_text(q, 1), err);
    }
    reb_stmt_close(q);
    if (st == REB_OK && b.len > 0) {
        *bytes = (const unsigned char *)reb_arena_strndup(a, b.data, b.len);
        *n = b.len;
    }
    if (st == REB_OK && (b.failed || a->failed)) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    reb_buf_free(&b);
    return st;
}

reb_status reb_outbox_list(reb_outbox_mail *out, size_t *count, size_t most, reb_store *s, reb_arena *a, const reb_outbox_state *state,
                           int64_t case_id, int64_t below, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_LIST,
                              REB_ARGS(reb_t(state != NULL ? reb_outbox_state_name(*state) : ""), reb_i(case_id),
                                       reb_i(below > 0 ? below : INT64_MAX), reb_i((int64_t)most)),
                              err);
    while (st == REB_OK && *count < most && (st = reb_step(q, &row, err)) == REB_OK && row) st = read_mail(&out[(*count)++], a, q, err);
    reb_stmt_close(q);
    return st;
}

reb_status reb_outbox_count(reb_outbox_sums *out, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    bool found;
    *out = (reb_outbox_sums){0};
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_COUNT, REB_NO_ARGS, err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        reb_outbox_state state;
        if (!reb_outbox_state_from_name(&state, reb_col_text(q, 0))) continue;
        out->count[state] = reb_col_i64(q, 1);
        if (state == REB_OUTBOX_QUEUED) out->oldest_queued_us = reb_col_i64(q, 2);
    }
    reb_stmt_close(q);
    if (st == REB_OK) st = reb_get_i64(&out->next_us, &found, s, REB_SQL_OUTBOX_NEXT_DUE, REB_NO_ARGS, err);
    return st;
}

/* --- moving on ------------------------------------------------------------------------------------------------------------------------ */

reb_status reb_outbox_due(int64_t *ids, size_t *count, size_t most, reb_store *s, int64_t now_us, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    *count = 0;
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_DUE, REB_ARGS(reb_i(now_us), reb_i((int64_t)most)), err);
    while (st == REB_OK && *count < most && (st = reb_step(q, &row, err)) == REB_OK && row) ids[(*count)++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    return st;
}

typedef struct moving {
    int64_t id;
    reb_outbox_state from, to;
    int64_t next_us, now_us, changed;
    const char *problem, *who;
    bool tried;
} moving;

static reb_status left_open_work(reb_store *s, void *ctx, reb_err *err) {
    moving *m = ctx;
    return reb_exec(s, REB_SQL_OUTBOX_LEFT_OPEN,
                    REB_ARGS(reb_i(m->now_us), reb_t("Rebound ended before the server's answer was written down.")), &m->changed, err);
}

reb_status reb_outbox_left_open(int64_t *count, reb_store *s, int64_t now_us, reb_err *err) {
    moving m = {.now_us = now_us};
    reb_status st = reb_store_write(s, left_open_work, &m, err);
    *count = m.changed;
    return st;
}

static reb_status move_work(reb_store *s, void *ctx, reb_err *err) {
    moving *m = ctx;
    return reb_exec(s, REB_SQL_OUTBOX_MOVE,
                    REB_ARGS(reb_i(m->id), reb_t(reb_outbox_state_name(m->from)), reb_t(reb_outbox_state_name(m->to)), reb_i(m->next_us),
                             reb_t(m->problem), reb_i(m->now_us), reb_i(m->tried ? 1 : 0), reb_i(m->to == REB_OUTBOX_SENT ? m->now_us : 0),
                             reb_t(m->who)),
                    &m->changed, err);
}

reb_status reb_outbox_move(bool *moved, reb_store *s, int64_t outbox_id, reb_outbox_state from, reb_outbox_state to, int64_t next_us,
                           const char *problem, bool tried, int64_t now_us, reb_err *err) {
    moving m = {.id = outbox_id,
                .from = from,
                .to = to,
                .next_us = to == REB_OUTBOX_QUEUED ? next_us : 0,
                .now_us = now_us,
                .problem = problem != NULL ? problem : "",
                .who = "",
                .tried = tried};
    reb_status st = reb_store_write(s, move_work, &m, err);
    *moved = st == REB_OK && m.changed > 0;
    return st;
}

int64_t reb_outbox_wait_us(int64_t tries) {
    static const int64_t k_minute_us = 60 * REB_US_PER_SECOND;
    return tries >= 7 ? 60 * k_minute_us : (INT64_C(1) << (tries > 0 ? tries - 1 : 0)) * k_minute_us;
}

/* --- by a person's word --------------------------------------------------------------------------------------------------------------- */

typedef struct wish {
    int64_t id, now_us;
    unsigned from; /* bits of states it may be in */
    reb_outbox_state to;
    const char *who, *refusal;
} wish;

static reb_status wish_work(reb_store *s, void *ctx, reb_err *err) {
    const wish *w = ctx;
    reb_arena a = {0};
    reb_outbox_mail mail;
    reb_status st = reb_outbox_get(&mail, s, &a, w->id, err);
    if (st == REB_OK && (w->from >> mail.state & 1u) == 0)
        st = reb_fail(err, REB_E_CONFLICT, "The mail is %s: %s", reb_outbox_state_name(mail.state), w->refusal);
    if (st == REB_OK && w->to == REB_OUTBOX_QUEUED && mail.to[0] == '\0')
        st = reb_fail(err, REB_E_CONFLICT, "The words of this mail were erased with the customer.");
    moving m = {.id = w->id,
                .from = mail.state,
                .to = w->to,
                .next_us = w->to == REB_OUTBOX_QUEUED ? w->now_us : 0,
                .now_us = w->now_us,
                .problem = "",
                .who = w->who};
    if (st == REB_OK) st = move_work(s, &m, err);
    if (st == REB_OK && m.changed == 0) st = reb_fail(err, REB_E_BUSY, "The mail is being sent just now.");
    reb_arena_free(&a);
    return st;
}

static unsigned bit(reb_outbox_state s) {
    return 1u << s;
}

reb_status reb_outbox_retry(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err) {
    wish w = {.id = outbox_id,
              .now_us = now_us,
              .from = bit(REB_OUTBOX_QUEUED) | bit(REB_OUTBOX_FAILED) | bit(REB_OUTBOX_UNSURE) | bit(REB_OUTBOX_GIVEN_UP),
              .to = REB_OUTBOX_QUEUED,
              .who = who,
              .refusal = "it does not go out again."};
    return reb_store_write(s, wish_work, &w, err);
}

reb_status reb_outbox_settle(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err) {
    wish w = {.id = outbox_id,
              .now_us = now_us,
              .from = bit(REB_OUTBOX_UNSURE),
              .to = REB_OUTBOX_SENT,
              .who = who,
              .refusal = "only of one that is unsure can be said that it arrived."};
    return reb_store_write(s, wish_work, &w, err);
}

reb_status reb_outbox_withdraw(reb_store *s, int64_t outbox_id, const char *who, int64_t now_us, reb_err *err) {
    wish w = {.id = outbox_id,
              .now_us = now_us,
              .from = bit(REB_OUTBOX_QUEUED) | bit(REB_OUTBOX_FAILED) | bit(REB_OUTBOX_UNSURE),
              .to = REB_OUTBOX_GIVEN_UP,
              .who = who,
              .refusal = "there is nothing to withdraw."};
    return reb_store_write(s, wish_work, &w, err);
}

/* --- what comes back, and erasing ------------------------------------------------------------------------------------------------------
 */

reb_status reb_outbox_by_message(reb_outbox_ref *out, reb_store *s, const char *message_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_outbox_ref){0};
    reb_status st = reb_query(&q, s, REB_SQL_OUTBOX_BY_MESSAGE, REB_ARGS(reb_t(message_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) {
        *out = (reb_outbox_ref){
            .outbox_id = reb_col_i64(q, 0), .customer_id = reb_col_i64(q, 1), .case_id = reb_col_i64(q, 2), .number = reb_col_i64(q, 3)};
        if (!reb_outbox_state_from_name(&out->state, reb_col_text(q, 4))) st = reb_fail(err, REB_E_STORE, "A mail has an unknown state.");
    }
    reb_stmt_close(q);
    return st;
}

reb_status reb_outbox_erase(reb_store *s, int64_t customer_id, int64_t now_us, reb_err *err) {
    if (customer_id == 0) return REB_OK;
    reb_status st = reb_exec(s, REB_SQL_OUTBOX_ERASE_FILES, REB_ARGS(reb_i(customer_id)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_OUTBOX_ERASE_QUEUED, REB_ARGS(reb_i(customer_id), reb_i(now_us)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_OUTBOX_ERASE_WORDS, REB_ARGS(reb_i(customer_id), reb_i(now_us)), NULL, err);
    if (st == REB_OK) st = reb_exec(s, REB_SQL_MAIL_IN_ERASE, REB_ARGS(reb_i(customer_id)), NULL, err);
    return st;
}

int64_t reb_outbox_sender_hash(const char *email) {
    return (int64_t)(reb_hash64(0, email, strlen(email)) >> 1);
}

reb_status reb_outbox_erase_sender(reb_store *s, const char *email, reb_err *err) {
    return reb_exec(s, REB_SQL_MAIL_IN_ERASE_SENDER, REB_ARGS(reb_i(reb_outbox_sender_hash(email))), NULL, err);
}

reb_status reb_outbox_forget_senders(int64_t *mails, reb_store *s, int64_t before_us, reb_err *err) {
    return reb_exec(s, REB_SQL_MAIL_IN_FORGET_SENDERS, REB_ARGS(reb_i(before_us)), mails, err);
}
