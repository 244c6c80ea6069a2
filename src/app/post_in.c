/* Mails that come in: fetched by number, and made cases or messages of cases. Which case a mail belongs to is told by the signed address it
   was sent to, or by the Message-ID it answers; never by its subject, which every program changes in its own way. */
#include "post_internal.h"

#include "../domain/notice.h"
#include "../text/language.h"
#include "../text/mime.h"
#include "../text/utf8.h"
#include "../text/voice.h"
#include "case.h"
#include "case_mail.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    BODY_MOST = 60000,  /* bytes of text that a case takes */
    CASES_AN_HOUR = 20, /* of one sender; what comes beyond joins the newest of them */
    BATCH = 500         /* mails in one go */
};

typedef struct taking {
    const reb_post *p;
    const reb_post_mail *in;
    const reb_mail *mail;
    const char *sender;          /* whom we would answer; "" */
    const reb_post_asked *asked; /* a person wants a case of this mail, whoever wrote it; NULL */
    int64_t came_us;
    reb_arena *arena;
    /* what became of it */
    const char *became, *problem;
    reb_case_key at;
    int64_t number;
    reb_post_got got;
} taking;

/* --- which case
 * --------------------------------------------------------------------------------------------------------------------------- */

/* A signed address, local+TOKEN@domain: *number is 0 when it is none of ours. */
static reb_status by_address(int64_t *number, taking *t, const char *address, reb_store *s, reb_err *err) {
    char token[REB_CASE_TOKEN];
    const char *from = reb_business_text(t->p->business, REB_SETTING_MAIL_FROM);
    const char *plus = strchr(address, '+');
    const char *at = strrchr(address, '@');
    size_t local = strcspn(from, "+@");
    *number = 0;
    if (plus == NULL || at == NULL || at <= plus + 1 || (size_t)(at - plus) > sizeof token) return REB_OK;
    if ((size_t)(plus - address) != local || strncasecmp(address, from, local) != 0) return REB_OK;
    memcpy(token, plus + 1, (size_t)(at - plus - 1));
    token[at - plus - 1] = '\0';
    return reb_case_token_check(number, s, "mail", token, err);
}

static reb_status by_message(taking *t, const char *message_id, reb_store *s, reb_err *err) {
    reb_outbox_ref ref;
    reb_stmt *q = NULL;
    bool row = false;
    reb_status st = reb_outbox_by_message(&ref, s, message_id, err);
    if (st == REB_OK && ref.number != 0) t->number = ref.number;
    if (st != REB_OK || t->number != 0) return st;
    st = reb_query(&q, s, REB_SQL_MAIL_IN_BY_MESSAGE, REB_ARGS(reb_t(message_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) t->number = reb_col_i64(q, 2);
    reb_stmt_close(q);
    return st;
}

static reb_status find_case(taking *t, reb_store *s, reb_err *err) {
    reb_status st = REB_OK;
    t->number = 0;
    for (size_t i = 0; i < t->mail->to_count && st == REB_OK && t->number == 0; i++) st = by_address(&t->number, t, t->mail->to[i], s, err);
    for (size_t i = 0; i < t->mail->ref_count && st == REB_OK && t->number == 0; i++) st = by_message(t, t->mail->refs[i], s, err);
    if (st != REB_OK || t->number == 0) return st;
    st = reb_case_find(&t->at, s, t->number, err);
    if (st == REB_E_NOT_FOUND) { /* undone since: it begins anew */
        t->number = 0;
        t->at = (reb_case_key){0};
        st = REB_OK;
    }
    return st;
}

/* --- words
 * -------------------------------------------------------------------------------------------------------------------------------- */

/* What the customer wrote, without what their program quotes below it: lines that begin with > at the end, and the one line that announces
 * them. */
static const char *own_words(reb_arena *a, const char *text) {
    size_t end = strlen(text);
    size_t cut = end;
    bool quoted = false;
    while (end > 0) {
        size_t begin = end;
        while (begin > 0 && text[begin - 1] != '\n') begin--;
        const char *line = text + begin;
        size_t blank = strspn(line, " \t\r");
        bool empty = begin + blank >= end || line[blank] == '\n';
        bool quote = line[blank] == '>';
        if (!empty && !quote) {
            size_t n = end - begin;
            while (n > 0 && strchr(" \t\r\n", line[n - 1]) != NULL) n--;
            if (quoted && n > 0 && line[n - 1] == ':' && begin > 0) cut = begin;
            break;
        }
        quoted = quoted || quote;
        if (quoted) cut = begin;
        end = begin > 0 ? begin - 1 : 0;
    }
    while (cut > 0 && strchr(" \t\r\n", text[cut - 1]) != NULL) cut--;
    if (cut == 0) cut = strlen(text); /* nothing but quotes: all of it */
    cut = reb_utf8_cut(text, cut, BODY_MOST);
    const char *kept = reb_arena_strndup(a, text, cut);
    return kept != NULL ? kept : "";
}

static bool has_words(const char *text) {
    return text[strspn(text, " \t\r\n")] != '\0';
}

/* A line of a mail as a case keeps it: what is longer is cut at a letter, since a mail is never turned away for its subject. */
static const char *line_of(taking *t, const char *text) {
    enum { LINE_MOST = 300 };
    size_t n = strlen(text);
    if (!has_words(text)) return NULL;
    return n <= LINE_MOST ? text : reb_arena_strndup(t->arena, text, reb_utf8_cut(text, n, LINE_MOST));
}

static reb_voice business_voice(const taking *t, reb_locale *locale) {
    *locale = reb_business_locale(t->p->business);
    return (reb_voice){.arena = t->arena, .locale = locale};
}

static const char *body_of(taking *t) {
    reb_locale locale;
    reb_voice v = business_voice(t, &locale);
    const char *text = own_words(t->arena, t->mail->text);
    if (has_words(text)) return text;
    return has_words(t->mail->subject) ? t->mail->subject : reb_say_mail_no_text(&v);
}

static const char *language_of(const taking *t) {
    reb_locale own = reb_business_locale(t->p->business);
    reb_language told = own.language;
    bool sure = false;
    char code[3] = {0};
    if (strlen(t->mail->language) >= 2) memcpy(code, t->mail->language, 2);
    reb_language_find(&told, code);
    const char *all = reb_arena_printf(t->arena, "%s\n%s", t->mail->subject, own_words(t->arena, t->mail->text));
    return reb_language_code(all != NULL ? reb_language_guess(&sure, all, strlen(all), told) : told);
}

/* --- what becomes of it
 * -------------------------------------------------------------------------------------------------------------------- */

static reb_case_by by_mail(const taking *t) {
    return (reb_case_by){.business = t->p->business,
                         .ids = t->p->ids,
                         .now_us = t->p->now_us,
                         .who = t->asked != NULL ? t->asked->who : "mail",
                         .user_id = t->asked != NULL ? t->asked->user_id : 0};
}

/* Files that a case was not given, by their names. */
typedef struct unkept {
    size_t count;
    reb_buf names; /* "\n- a.png" each */
} unkept;

static void left_out(unkept *u, const char *name) {
    u->count++;
    if (name != NULL && name[0] != '\0') reb_buf_printf(&u->names, "\n- %s", name);
}

static void say_unkept(reb_buf *note, const char *said, unkept *u) {
    if (u->count > 0) reb_buf_printf(note, "%s%s%s", note->len > 0 ? "\n\n" : "", said, u->names.len > 0 ? reb_buf_cstr(&u->names) : "");
    if (u->names.failed) note->failed = true;
    reb_buf_free(&u->names);
}

/* What does not fit is told in the case rather than keep the mail from it. */
static reb_status add_files(taking *t, reb_store *s, reb_err *err) {
    reb_case_by by = by_mail(t);
    reb_locale locale;
    reb_voice v = business_voice(t, &locale);
    int64_t room = 0;
    unkept refused = {0};
    unkept beyond = {0};
    reb_buf note = {0};
    for (size_t i = 0; i < t->mail->files_left_out; i++) left_out(&refused, i < REB_MAIL_FILES_MOST ? t->mail->left_names[i] : "");
    reb_status st = t->mail->file_count > 0 ? reb_attachment_room(&room, s, &t->at, err) : REB_OK;
    for (size_t i = 0; i < t->mail->file_count && st == REB_OK; i++) {
        const reb_mail_file *f = &t->mail->files[i];
        const char *type = NULL;
        reb_attachment added;
        reb_err why = {0};
        if (reb_attachment_fit(&type, f->bytes, f->n, &why) != REB_OK) {
            left_out(&refused, f->name);
        } else if (room <= 0) {
            left_out(&beyond, f->name);
        } else {
            const reb_case_attach_in in = {
                .way = REB_FILE_IN, .name = f->name[0] != '\0' ? f->name : "file", .bytes = f->bytes, .byte_count = f->n};
            st = reb_case_attach(&added, s, t->arena, &by, t->number, &in, err);
            room--;
        }
    }
    if (t->in->cut) reb_buf_str(&note, reb_say_mail_too_large(&v));
    say_unkept(&note, reb_say_mail_files_left(&v, .count = (double)refused.count), &refused);
    say_unkept(&note, reb_say_mail_case_full(&v, .most = reb_voice_count(&v, REB_ATTACHMENT_CASE_MOST)), &beyond);
    if (st == REB_OK && note.failed) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK && note.len > 0) {
        reb_case_wrote wrote;
        t->problem = t->in->cut ? "too_large" : "files_left_out";
        st = reb_case_note(&wrote, s, &by, t->number, &(reb_case_note_in){.text = reb_buf_cstr(&note)}, err);
    }
    reb_buf_free(&note);
    return st;
}

static reb_status add_message(taking *t, reb_store *s, reb_err *err) {
    reb_case_by by = by_mail(t);
    reb_case_wrote wrote = {0};
    const reb_case_message_in in = {.inward = true,
                                    .channel = "email",
                                    .text = body_of(t),
                                    .subject = line_of(t, t->mail->subject),
                                    .key = t->mail->digest,
                                    .at_us = t->came_us};
    reb_status st = reb_case_message(&wrote, s, &by, t->number, &in, err);
    if (st != REB_OK) return st;
    t->number = wrote.number;
    t->at = wrote.at;
    t->became = "message";
    t->got.messages++;
    return add_files(t, s, err);
}

static reb_status of_sender(int64_t *count, taking *t, int64_t since_us, reb_store *s, reb_err *err) {
    bool found;
    int64_t hash = reb_outbox_sender_hash(t->sender);
    return reb_get_i64(count, &found, s, REB_SQL_MAIL_IN_OF_SENDER, REB_ARGS(reb_i(hash), reb_i(since_us)), err);
}

/* Somebody who sends more new complaints than anybody has: each is kept, all with the newest of theirs. */
static reb_status join_newest(taking *t, int64_t since_us, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    int64_t hash = reb_outbox_sender_hash(t->sender);
    reb_status st = reb_query(&q, s, REB_SQL_MAIL_IN_NEWEST_OF_SENDER, REB_ARGS(reb_i(hash), reb_i(since_us)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) t->number = reb_col_i64(q, 2);
    reb_stmt_close(q);
    return st;
}

/* Our address, with or without what stands behind a +. */
static bool is_own(const reb_business *b, const char *address) {
    const char *from = reb_business_text(b, REB_SETTING_MAIL_FROM);
    const char *at = strrchr(from, '@');
    const char *its = strrchr(address, '@');
    size_t local = strcspn(from, "+@");
    return at != NULL && its != NULL && strcasecmp(at, its) == 0 && strcspn(address, "+@") == local &&
           strncasecmp(from, address, local) == 0;
}

/* No machine answers a machine, nor itself, nor whom it does not know (RFC 3834). */
static bool may_be_answered(const taking *t) {
    return t->sender[0] != '\0' && t->mail->flags == 0 && !is_own(t->p->business, t->sender);
}

static reb_status acknowledge(taking *t, const reb_case_opened *opened, const char *language, reb_store *s, reb_err *err) {
    reb_case_by by = by_mail(t);
    int64_t outbox_id = 0;
    const reb_case_ack ack = {.number = opened->number,
                              .at = opened->at,
                              .status_token = opened->status_token,
                              .to = t->sender,
                              .name = t->mail->from_name,
                              .language = language};
    reb_status st = reb_case_ack_queue(&outbox_id, s, &by, &ack, err);
    return st == REB_OK && outbox_id != 0 ? reb_case_acknowledge(s, &by, opened->number, "email", err) : st;
}

static reb_status open_case(taking *t, reb_store *s, reb_err *err) {
    reb_case_by by = by_mail(t);
    reb_case_opened opened = {0};
    int64_t lately = 0;
    int64_t since_us = t->p->now_us - 3600 * REB_US_PER_SECOND;
    reb_status st = t->asked == NULL ? of_sender(&lately, t, since_us, s, err) : REB_OK;
    if (st == REB_OK && lately >= CASES_AN_HOUR) st = join_newest(t, since_us, s, err);
    if (st != REB_OK) return st;
    if (t->number != 0) {
        t->problem = "many";
        return add_message(t, s, err);
    }
    const char *key = reb_arena_printf(t->arena, "mail:%s", t->mail->digest);
    const char *language = language_of(t);
    const reb_case_open_in in = {.name = line_of(t, t->mail->from_name),
                                 .email = t->sender[0] != '\0' ? t->sender : NULL,
                                 .channel = "email",
                                 .subject = line_of(t, t->mail->subject),
                                 .body = body_of(t),
                                 .language = language,
                                 .at_us = t->came_us,
                                 .key = key};
    if (t->arena->failed) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    st = reb_case_open(&opened, s, &by, &in, err);
    if (st != REB_OK) return st;
    t->number = opened.number;
    t->at = opened.at;
    t->became = "case";
    t->got.cases++;
    if (may_be_answered(t)) st = acknowledge(t, &opened, language, s, err);
    return st == REB_OK ? add_files(t, s, err) : st;
}

/* --- what came back
 * ------------------------------------------------------------------------------------------------------------------------ */

reb_status reb_post_came_back(reb_store *s, const reb_post *p, int64_t number, const char *kind, const char *why, reb_err *err) {
    if (number == 0) return REB_OK;
    reb_arena a = {0};
    reb_locale locale = reb_business_locale(p->business);
    reb_voice v = {.arena = &a, .locale = &locale};
    reb_case_by by = {.business = p->business, .ids = p->ids, .now_us = p->now_us, .who = "mail"};
    reb_case_wrote wrote;
    reb_case_key at;
    reb_case_state state = {0};
    const char *said = reb_say_mail_came_back(&v, .why = why);
    reb_status st = reb_case_chain(&at, &number, s, number, err);
    if (st == REB_E_NOT_FOUND) st = REB_OK, number = 0;
    if (st == REB_OK && number != 0) st = reb_case_load(&state, s, &a, &at, err);
    bool letter = strcmp(kind, "letter") == 0 && (state.stage == REB_STAGE_CLOSED || state.stage == REB_STAGE_COMMUNICATED);
    const reb_case_event reopen = {.kind = REB_CASE_REOPENED, .who = "mail", .word = "delivery_failed"};
    reb_err cannot = {0};
    if (st == REB_OK && number != 0 && letter && reb_case_may(&state, &reopen, &cannot) == REB_OK) {
        st = reb_case_reopen(&wrote, s, &by, number, "delivery_failed", said, err); /* they do not know yet what was decided */
    } else if (st == REB_OK && number != 0) {
        st = reb_case_note(&wrote, s, &by, number, &(reb_case_note_in){.text = said}, err);
    }
    reb_arena_free(&a);
    return st;
}

static reb_status bounced(taking *t, reb_store *s, reb_err *err) {
    reb_outbox_ref ref;
    bool moved = false;
    reb_arena *a = t->arena;
    t->became = "bounce";
    t->problem = t->mail->bounced_why;
    reb_status st = reb_outbox_by_message(&ref, s, t->mail->bounced_id, err);
    if (st != REB_OK || ref.outbox_id == 0) return st;
    t->number = ref.number;
    t->at = (reb_case_key){.customer_id = ref.customer_id, .case_id = ref.case_id};
    t->got.bounces++;
    if ((t->mail->flags & REB_MAIL_DELAYED) != 0) return REB_OK; /* the server still tries */
    reb_outbox_mail m;
    st = reb_outbox_get(&m, s, a, ref.outbox_id, err);
    if (st == REB_OK && (m.state == REB_OUTBOX_SENT || m.state == REB_OUTBOX_UNSURE))
        st = reb_outbox_move(&moved, s, ref.outbox_id, m.state, REB_OUTBOX_FAILED, 0, t->mail->bounced_why, false, t->p->now_us, err);
    return st == REB_OK && moved ? reb_post_came_back(s, t->p, ref.number, m.kind, t->mail->bounced_why, err) : st;
}

/* --- the whole of one mail
 * ------------------------------------------------------------------------------------------------------------------- */

static void leave(taking *t, const char *became) {
    t->became = became;
    t->got.left_alone++;
}

static reb_status decide(taking *t, reb_store *s, reb_err *err) {
    const reb_mail *m = t->mail;
    if ((m->flags & REB_MAIL_BOUNCE) != 0 && m->bounced_id[0] != '\0') return bounced(t, s, err);
    if (m->from[0] != '\0' && is_own(t->p->business, m->from)) {
        leave(t, "own");
        return REB_OK;
    }
    reb_status st = find_case(t, s, err);
    if (st != REB_OK) return st;
    if ((m->flags & REB_MAIL_AUTO) != 0) {
        leave(t, "auto");
    } else if ((m->flags & REB_MAIL_SPAM) != 0 && t->number == 0) {
        leave(t, "spam");
    } else if ((m->flags & REB_MAIL_LIST) != 0 && t->number == 0) {
        leave(t, "list");
    } else if (t->number != 0) {
        return add_message(t, s, err);
    } else if (t->sender[0] == '\0') {
        t->became = "unreadable";
        t->problem = "no_sender";
        t->got.unreadable++;
    } else {
        return open_case(t, s, err);
    }
    return REB_OK;
}

/* What a person wants made of a mail that was left alone: a message of the case it belongs to, or a case. */
static reb_status decide_asked(taking *t, reb_store *s, reb_err *err) {
    reb_status st = find_case(t, s, err);
    if (st != REB_OK) return st;
    return t->number != 0 ? add_message(t, s, err) : open_case(t, s, err);
}

static reb_status asked_work(reb_store *s, void *ctx, reb_err *err) {
    taking *t = ctx;
    reb_post_came row;
    int64_t before = 0;
    bool known = false;
    t->became = "";
    t->problem = "";
    t->at = (reb_case_key){0};
    t->number = 0;
    t->got = (reb_post_got){0};
    reb_status st = reb_get_i64(&before, &known, s, REB_SQL_MAIL_IN_FIND, REB_ARGS(reb_t(t->mail->digest)), err);
    if (st != REB_OK || !known || before != t->asked->mail_id) return st; /* another mail has its place by now */
    st = reb_post_came_get(&row, s, t->arena, before, err);
    if (st == REB_OK) st = decide_asked(t, s, err);
    if (st != REB_OK) return st;
    int64_t hash = reb_outbox_sender_hash(t->sender);
    return reb_exec(s, REB_SQL_MAIL_IN_MADE,
                    REB_ARGS(reb_i(before), reb_t(t->became), reb_i(t->at.customer_id), reb_i(t->at.case_id), reb_i(t->number),
                             reb_t(t->problem), reb_i(t->sender[0] != '\0' ? hash : 0)),
                    NULL, err);
}

static reb_status write_down(taking *t, reb_store *s, reb_err *err) {
    const reb_mail *m = t->mail;
    bool made = strcmp(t->became, "case") == 0 || strcmp(t->became, "message") == 0;
    int64_t hash = t->sender[0] != '\0' ? reb_outbox_sender_hash(t->sender) : 0;
    reb_status st =
        reb_exec(s, REB_SQL_MAIL_IN_INSERT,
                 REB_ARGS(reb_i(reb_id_next(t->p->ids)), reb_t(m->digest), reb_t(m->message_id), reb_i(hash), reb_t(made ? "" : m->from),
                          reb_t(made ? "" : m->subject), reb_t(t->became), reb_i(t->at.customer_id), reb_i(t->at.case_id), reb_i(t->number),
                          reb_i(t->in->uid), reb_t(t->problem), reb_i(m->date_us), reb_i(t->p->now_us)),
                 NULL, err);
    if (st == REB_OK && t->in->folder != NULL)
        st = reb_exec(s, REB_SQL_MAIL_FOLDER_SEEN, REB_ARGS(reb_t(t->in->folder), reb_i(t->in->uidvalidity), reb_i(t->in->uid)), NULL, err);
    return st;
}

static reb_status take_work(reb_store *s, void *ctx, reb_err *err) {
    taking *t = ctx;
    int64_t before = 0;
    bool known = false;
    t->became = "";
    t->problem = "";
    t->at = (reb_case_key){0};
    t->number = 0;
    t->got = (reb_post_got){0};
    reb_status st = reb_get_i64(&before, &known, s, REB_SQL_MAIL_IN_FIND, REB_ARGS(reb_t(t->mail->digest)), err);
    if (st == REB_OK && known) {
        t->got.known++;
        if (t->in->folder == NULL) return REB_OK;
        return reb_exec(s, REB_SQL_MAIL_FOLDER_SEEN, REB_ARGS(reb_t(t->in->folder), reb_i(t->in->uidvalidity), reb_i(t->in->uid)), NULL,
                        err);
    }
    if (st == REB_OK && t->in->before) {
        t->became = "before";
        return write_down(t, s, err);
    }
    t->got.fetched++;
    if (st == REB_OK) st = decide(t, s, err);
    return st == REB_OK ? write_down(t, s, err) : st;
}

/* A mail nothing can be made of: it is written down, so that somebody looks at it, and the next ones are read. */
static reb_status unreadable_work(reb_store *s, void *ctx, reb_err *err) {
    taking *t = ctx;
    t->became = "unreadable";
    t->at = (reb_case_key){0};
    t->number = 0;
    t->got = (reb_post_got){.fetched = 1, .unreadable = 1};
    return write_down(t, s, err);
}

static void add_up(reb_post_got *out, const reb_post_got *one) {
    out->fetched += one->fetched;
    out->cases += one->cases;
    out->messages += one->messages;
    out->bounces += one->bounces;
    out->left_alone += one->left_alone;
    out->unreadable += one->unreadable;
    out->known += one->known;
}

static bool about_the_mail(reb_status st) {
    return st == REB_E_INPUT || st == REB_E_LIMIT || st == REB_E_CONFLICT || st == REB_E_NOT_FOUND || st == REB_E_CASE_CHANGED ||
           st == REB_E_USAGE;
}

static reb_status take(taking *t, const reb_post_mail *in, reb_err *err) {
    reb_arena a = {0};
    reb_mail mail;
    const reb_post *p = t->p;
    t->in = in;
    t->mail = &mail;
    t->arena = &a;
    t->sender = "";
    t->came_us = in->came_us > 0 && in->came_us < p->now_us ? in->came_us : p->now_us;
    reb_status st = reb_mail_read(&mail, &a, in->bytes, in->n, err);
    if (st == REB_E_INPUT) { /* nothing of a mail in it: its bytes stand for it */
        mail = (reb_mail){.from = "", .from_name = "", .reply_to = "", .subject = "", .message_id = "", .text = ""};
        snprintf(mail.digest, sizeof mail.digest, "%016" PRIx64 "%016" PRIx64, reb_hash64(1, in->bytes, in->n),
                 reb_hash64(2, in->bytes, in->n));
        st = REB_OK;
    }
    if (st != REB_OK) goto done;
    t->sender = mail.reply_to[0] != '\0' && !is_own(p->business, mail.reply_to) ? mail.reply_to : mail.from;
    st = reb_store_write(p->store, t->asked != NULL ? asked_work : take_work, t, err);
    if (about_the_mail(st) && t->asked == NULL) {
        reb_err why = *err;
        t->problem = why.detail;
        st = reb_store_write(p->store, unreadable_work, t, err);
    }
    if (st == REB_OK && t->number != 0 && !reb_store_inside(p->store)) {
        char data[64];
        reb_err ignored = {0};
        snprintf(data, sizeof data, "{\"number\":\"%" PRId64 "\"}", t->number);
        reb_notice_add(NULL, p->store, "case", data, p->now_us, &ignored);
    }
done:
    reb_arena_free(&a);
    return st;
}

reb_status reb_post_take(reb_post_got *out, const reb_post *p, const reb_post_mail *in, reb_err *err) {
    taking t = {.p = p};
    reb_status st = take(&t, in, err);
    if (st == REB_OK) add_up(out, &t.got);
    return st;
}

reb_status reb_post_take_asked(int64_t *number, const reb_post *p, const reb_post_mail *in, const reb_post_asked *asked, reb_err *err) {
    taking t = {.p = p, .asked = asked};
    reb_status st = take(&t, in, err);
    *number = st == REB_OK ? t.number : 0;
    return st;
}
