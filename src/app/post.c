#include "post_internal.h"

#include "../text/mime.h"
#include "../text/voice.h"
#include "case.h"
#include "case_mail.h"
#include "imap.h"
#include "smtp.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { AT_ONCE = 50 };

/* --- how a server is doing
 * ---------------------------------------------------------------------------------------------------------------- */

void reb_post_place_name(char out[REB_POST_PLACE], const reb_mail_server *m, const char *folder) {
    /* Without port and encryption, which may change: whether it is the same folder its uidvalidity tells. */
    snprintf(out, REB_POST_PLACE, "%.4s:%s@%s%s%s", m->scheme, m->user, m->host, folder[0] != '\0' ? "/" : "", folder);
}

reb_status reb_post_place_get(reb_post_place *p, reb_store *s, reb_err *err) {
    reb_stmt *q = NULL;
    p->found = false;
    p->problem[0] = '\0';
    p->uidvalidity = p->last_uid = p->since_us = p->ok_us = p->tried_us = 0;
    reb_status st = reb_query(&q, s, REB_SQL_MAIL_FOLDER_GET, REB_ARGS(reb_t(p->name)), err);
    if (st == REB_OK) st = reb_step(q, &p->found, err);
    if (st == REB_OK && p->found) {
        p->uidvalidity = reb_col_i64(q, 0);
        p->last_uid = reb_col_i64(q, 1);
        p->since_us = reb_col_i64(q, 2);
        p->ok_us = reb_col_i64(q, 3);
        p->tried_us = reb_col_i64(q, 4);
        snprintf(p->problem, sizeof p->problem, "%s", reb_col_text(q, 5));
    }
    reb_stmt_close(q);
    return st;
}

typedef struct putting {
    const reb_post_place *p;
} putting;

static reb_status put_work(reb_store *s, void *ctx, reb_err *err) {
    const reb_post_place *p = ((const putting *)ctx)->p;
    return reb_exec(s, REB_SQL_MAIL_FOLDER_PUT,
                    REB_ARGS(reb_t(p->name), reb_i(p->uidvalidity), reb_i(p->last_uid), reb_i(p->since_us), reb_i(p->ok_us),
                             reb_i(p->tried_us), reb_t(p->problem)),
                    NULL, err);
}

reb_status reb_post_place_put(reb_store *s, const reb_post_place *p, reb_err *err) {
    return reb_store_write(s, put_work, &(putting){.p = p}, err);
}

static reb_status server_state(reb_post_server *out, const reb_mail_server *m, const char *folder, reb_store *s, reb_arena *a,
                               reb_err *err) {
    reb_post_place place;
    *out = (reb_post_server){.set = m->set, .problem = ""};
    if (!m->set) return REB_OK;
    reb_post_place_name(place.name, m, folder);
    reb_status st = reb_post_place_get(&place, s, err);
    if (st != REB_OK) return st;
    out->tried_us = place.tried_us;
    out->ok_us = place.ok_us;
    out->problem = reb_arena_strdup(a, place.problem);
    return out->problem != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

reb_status reb_post_servers(reb_post_server *smtp, reb_post_server *imap, reb_store *s, reb_arena *a, const reb_business *b, reb_err *err) {
    reb_mail_server out;
    reb_mail_server in;
    *smtp = (reb_post_server){.problem = ""};
    *imap = (reb_post_server){.problem = ""};
    reb_err bad = {0};
    /* What is written wrongly in the settings is a problem to show, not a failure of showing it. */
    if (reb_mail_server_smtp(&out, b, &bad) != REB_OK) {
        *smtp = (reb_post_server){.set = true, .problem = reb_arena_strdup(a, bad.detail)};
    } else {
        reb_status st = server_state(smtp, &out, "", s, a, err);
        if (st != REB_OK) return st;
    }
    if (reb_mail_server_imap(&in, b, &bad) != REB_OK) {
        *imap = (reb_post_server){.set = true, .problem = reb_arena_strdup(a, bad.detail)};
    } else {
        reb_status st = server_state(imap, &in, reb_business_text(b, REB_SETTING_MAIL_IMAP_FOLDER), s, a, err);
        if (st != REB_OK) return st;
    }
    return a->failed ? reb_fail(err, REB_E_MEMORY, "No memory left.") : REB_OK;
}

/* --- one mail as it goes over the wire
 * ------------------------------------------------------------------------------------------------------ */

static const char *domain_of(const char *address) {
    const char *at = strrchr(address, '@');
    return at != NULL ? at + 1 : "localhost";
}

reb_status reb_post_signed_address(char out[400], reb_store *s, const reb_business *b, int64_t number, reb_err *err) {
    char token[REB_CASE_TOKEN];
    const char *from = reb_business_text(b, REB_SETTING_MAIL_FROM);
    const char *at = strrchr(from, '@');
    out[0] = '\0';
    if (number == 0 || at == NULL) return REB_OK;
    reb_status st = reb_case_token_make(token, s, "mail", number, err);
    if (st != REB_OK) return st;
    size_t local = strcspn(from, "+@");
    if (local + strlen(token) + 1 > 64) return REB_OK; /* longer than an address may be: threading goes by Message-ID */
    snprintf(out, 400, "%.*s+%s%s", (int)local, from, token, at);
    return REB_OK;
}

static reb_status text_of(const char **out, reb_store *s, reb_arena *a, reb_sql query, const reb_arg *args, size_t count, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = "";
    reb_status st = reb_query(&q, s, query, args, count, err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row) *out = reb_arena_strdup(a, reb_col_text(q, 0));
    reb_stmt_close(q);
    return st == REB_OK && *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

static reb_status compose(const char **bytes, size_t *n, reb_arena *a, const reb_post *p, const reb_outbox_mail *m, reb_err *err) {
    char reply_to[400];
    const reb_business *b = p->business;
    const char *name = reb_business_text(b, REB_SETTING_MAIL_NAME);
    const char *answers = "";
    reb_mail_draft d = {.from = reb_business_text(b, REB_SETTING_MAIL_FROM),
                        .from_name = name[0] != '\0' ? name : reb_business_text(b, REB_SETTING_NAME),
                        .to = m->to,
                        .subject = m->subject,
                        .message_id = m->message_id,
                        .language = m->language,
                        .text = m->text,
                        .generated = strcmp(m->kind, "ack") == 0                                       ? "auto-replied"
                                     : strcmp(m->kind, "survey") == 0 || strcmp(m->kind, "staff") == 0 ? "auto-generated"
                                                                                                       : NULL,
                        .date_us = p->now_us,
                        .file_type = "application/pdf"};
    reb_status st = reb_post_signed_address(reply_to, p->store, b, m->number, err);
    d.reply_to = reply_to;
    if (st == REB_OK && m->case_id != 0)
        st = text_of(&answers, p->store, a, REB_SQL_MAIL_IN_LAST_OF_CASE, REB_ARGS(reb_i(m->case_id)), err);
    if (st == REB_OK && m->case_id != 0 && answers[0] == '\0')
        st = text_of(&answers, p->store, a, REB_SQL_OUTBOX_NEWEST_OF_CASE, REB_ARGS(reb_i(m->case_id), reb_i(m->outbox_id)), err);
    d.in_reply_to = answers;
    if (st == REB_OK) st = reb_outbox_file(&d.file, &d.file_bytes, &d.file_name, p->store, a, m->outbox_id, err);
    return st == REB_OK ? reb_mail_write(bytes, n, a, &d, err) : st;
}

/* --- sending
 * ---------------------------------------------------------------------------------------------------------------------------------- */

typedef struct sending {
    const reb_post *p;
    reb_post_sent *out;
    reb_smtp *smtp;
    reb_post_place place;
    int64_t give_up_us; /* what was queued before is given up when it fails */
    int64_t outbox_id;  /* of the mail under way */
} sending;

/* From here on the server may have it. */
static reb_status handed_over(void *ctx, reb_err *err) {
    const sending *g = ctx;
    bool moved = false;
    reb_status st =
        reb_outbox_move(&moved, g->p->store, g->outbox_id, REB_OUTBOX_QUEUED, REB_OUTBOX_SENDING, 0, "", false, g->p->now_us, err);
    return st == REB_OK && !moved ? reb_fail(err, REB_E_CONFLICT, "The mail was withdrawn meanwhile.") : st;
}

typedef struct settling {
    const reb_post *p;
    const reb_outbox_mail *m;
    reb_outbox_state from, to;
    int64_t next_us;
    const char *problem;
    bool moved;
} settling;

/* What became of it, and what the case has to know of it, together. */
static reb_status settle_work(reb_store *s, void *ctx, reb_err *err) {
    settling *w = ctx;
    reb_status st = reb_outbox_move(&w->moved, s, w->m->outbox_id, w->from, w->to, w->next_us, w->problem, true, w->p->now_us, err);
    bool lost = w->to == REB_OUTBOX_FAILED || w->to == REB_OUTBOX_GIVEN_UP;
    if (st == REB_OK && w->moved && lost) st = reb_post_came_back(s, w->p, w->m->number, w->m->kind, w->problem, err);
    return st;
}

static reb_status settle(sending *g, const reb_outbox_mail *m, bool marked, reb_smtp_end end, const reb_err *why, reb_err *err) {
    settling w = {
        .p = g->p, .m = m, .from = marked ? REB_OUTBOX_SENDING : REB_OUTBOX_QUEUED, .problem = end == REB_SMTP_TAKEN ? "" : why->detail};
    bool old = m->created_us < g->give_up_us;
    switch (end) {
        case REB_SMTP_TAKEN:
            w.to = REB_OUTBOX_SENT;
            g->out->sent++;
            break;
        case REB_SMTP_REFUSED:
            w.to = REB_OUTBOX_FAILED;
            g->out->failed++;
            break;
        case REB_SMTP_UNSURE:
            w.to = REB_OUTBOX_UNSURE;
            w.problem = "The connection broke after the mail was handed over: nobody knows whether it was taken.";
            g->out->unsure++;
            break;
        case REB_SMTP_LATER:
        case REB_SMTP_DOWN:
            w.to = old ? REB_OUTBOX_GIVEN_UP : REB_OUTBOX_QUEUED;
            w.next_us = end == REB_SMTP_LATER ? g->p->now_us + reb_outbox_wait_us(m->tries + 1) : m->next_us;
            *(old ? &g->out->given_up : &g->out->later) += 1;
            break;
    }
    if (end != REB_SMTP_TAKEN) snprintf(g->out->problem, sizeof g->out->problem, "%s", w.problem);
    g->out->down = end == REB_SMTP_DOWN;
    return reb_store_write(g->p->store, settle_work, &w, err);
}

static reb_status send_one(sending *g, int64_t outbox_id, reb_err *err) {
    reb_arena a = {0};
    reb_outbox_mail m;
    reb_outbox_mail after;
    const char *bytes = NULL;
    size_t n = 0;
    reb_smtp_end end = REB_SMTP_DOWN;
    reb_err why = {0};
    g->outbox_id = outbox_id;
    reb_status st = reb_outbox_get(&m, g->p->store, &a, outbox_id, err);
    if (st != REB_OK || m.state != REB_OUTBOX_QUEUED) goto done;
    st = compose(&bytes, &n, &a, g->p, &m, err);
    if (st == REB_E_INPUT) { /* it can never be written: no other mail has to wait for it */
        why = *err;
        st = settle(g, &m, false, REB_SMTP_REFUSED, &why, err);
        goto done;
    }
    if (st == REB_OK)
        st = reb_smtp_send(&end, g->smtp, reb_business_text(g->p->business, REB_SETTING_MAIL_FROM), m.to, bytes, n, handed_over, g, &why);
    if (st == REB_E_CONFLICT && why.code == REB_E_CONFLICT) { /* withdrawn while it was being handed over */
        st = REB_OK;
        goto done;
    }
    if (st != REB_OK) {
        if (err != NULL && why.code != REB_OK) *err = why;
        goto done;
    }
    st = reb_outbox_get(&after, g->p->store, &a, outbox_id, err);
    if (st == REB_OK) st = settle(g, &m, after.state == REB_OUTBOX_SENDING, end, &why, err);
done:
    reb_arena_free(&a);
    return st;
}

/* What waits too long for a server that is down. */
static reb_status give_up_old(sending *g, reb_err *err) {
    int64_t ids[AT_ONCE];
    size_t count = 0;
    reb_stmt *q = NULL;
    bool row = true;
    reb_arena a = {0};
    reb_status st =
        reb_query(&q, g->p->store, REB_SQL_OUTBOX_OVERDUE, REB_ARGS(reb_i(g->p->now_us), reb_i(g->give_up_us), reb_i(AT_ONCE)), err);
    while (st == REB_OK && count < AT_ONCE && (st = reb_step(q, &row, err)) == REB_OK && row) ids[count++] = reb_col_i64(q, 0);
    reb_stmt_close(q);
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        reb_outbox_mail m;
        st = reb_outbox_get(&m, g->p->store, &a, ids[i], err);
        settling w = {.p = g->p, .m = &m, .from = REB_OUTBOX_QUEUED, .to = REB_OUTBOX_GIVEN_UP, .problem = g->out->problem};
        if (st == REB_OK) st = reb_store_write(g->p->store, settle_work, &w, err);
        if (st == REB_OK && w.moved) g->out->given_up++;
    }
    reb_arena_free(&a);
    return st;
}

static reb_status remember(sending *g, reb_err *err) {
    reb_post_place *place = &g->place;
    place->tried_us = g->p->now_us;
    place->last_uid = g->out->down ? place->last_uid + 1 : 0;
    if (!g->out->down) place->ok_us = g->p->now_us;
    snprintf(place->problem, sizeof place->problem, "%s", g->out->down ? g->out->problem : "");
    if (g->out->down) g->out->again_us = g->p->now_us + reb_outbox_wait_us(place->last_uid);
    return reb_post_place_put(g->p->store, place, err);
}

static reb_status send_due(sending *g, reb_err *err) {
    int64_t ids[AT_ONCE];
    size_t count = 0;
    bool any = false;
    reb_status st = REB_OK;
    int64_t left_open = 0;
    st = reb_outbox_left_open(&left_open, g->p->store, g->p->now_us, err);
    g->out->unsure += left_open;
    for (bool more = true; st == REB_OK && more && !g->out->down;) {
        st = reb_outbox_due(ids, &count, AT_ONCE, g->p->store, g->p->now_us, err);
        more = count > 0;
        for (size_t i = 0; i < count && st == REB_OK && !g->out->down; i++) {
            if (g->p->stop != NULL && g->p->stop(g->p->ctx)) more = false;
            if (!more) break;
            st = send_one(g, ids[i], err);
            any = true;
        }
    }
    if (st == REB_OK && g->out->down && g->place.ok_us < g->give_up_us) st = give_up_old(g, err);
    if (st == REB_OK && any) st = remember(g, err);
    return st;
}

reb_status reb_post_send(reb_post_sent *out, const reb_post *p, reb_err *err) {
    reb_mail_server server;
    reb_lease *lease = NULL;
    sending g = {.p = p, .out = out};
    *out = (reb_post_sent){0};
    reb_status st = reb_mail_server_smtp(&server, p->business, err);
    if (st != REB_OK || !server.set) return st;
    out->set_up = true;
    g.give_up_us = p->now_us - reb_business_i64(p->business, REB_SETTING_MAIL_GIVE_UP_HOURS) * 3600 * REB_US_PER_SECOND;
    reb_post_place_name(g.place.name, &server, "");
    st = reb_lease_take(&lease, p->store, "post", err);
    if (st == REB_OK) st = reb_post_place_get(&g.place, p->store, err);
    if (st == REB_OK && p->patient && g.place.last_uid > 0 && p->now_us < g.place.tried_us + reb_outbox_wait_us(g.place.last_uid)) {
        out->down = true;
        out->again_us = g.place.tried_us + reb_outbox_wait_us(g.place.last_uid);
        snprintf(out->problem, sizeof out->problem, "%s", g.place.problem);
        goto done;
    }
    if (st == REB_OK) st = reb_smtp_open(&g.smtp, &server, domain_of(reb_business_text(p->business, REB_SETTING_MAIL_FROM)), err);
    if (st == REB_E_IO || st == REB_E_INPUT) { /* the password's file: as bad as a server that is down, and told like it */
        out->down = true;
        snprintf(out->problem, sizeof out->problem, "%s", err->detail);
        reb_err ignored = {0};
        remember(&g, &ignored);
    }
    if (st == REB_OK) reb_smtp_stop(g.smtp, p->stop, p->ctx);
    if (st == REB_OK) st = send_due(&g, err);
done:
    reb_smtp_close(g.smtp);
    reb_lease_end(lease);
    return st;
}

/* --- checking
 * ---------------------------------------------------------------------------------------------------------------------------------- */

static reb_status check_imap(int64_t *waiting, const reb_post *p, reb_err *err) {
    reb_mail_server server;
    reb_imap *i = NULL;
    int64_t uidvalidity = 0;
    int64_t next = 0;
    reb_post_place place;
    const char *folder = reb_business_text(p->business, REB_SETTING_MAIL_IMAP_FOLDER);
    reb_status st = reb_mail_server_imap(&server, p->business, err);
    if (st != REB_OK || !server.set) return st;
    st = reb_imap_open(&i, &server, folder, err);
    if (st == REB_OK) st = reb_imap_status(&uidvalidity, &next, i, err);
    reb_imap_close(i);
    reb_post_place_name(place.name, &server, folder);
    if (st == REB_OK) st = reb_post_place_get(&place, p->store, err);
    if (st == REB_OK && place.found && place.uidvalidity == uidvalidity && next - 1 > place.last_uid) *waiting = next - 1 - place.last_uid;
    return st;
}

reb_status reb_post_check(reb_err *smtp_err, reb_err *imap_err, int64_t *waiting, const reb_post *p, reb_err *err) {
    reb_mail_server server;
    reb_smtp *smtp = NULL;
    *smtp_err = (reb_err){0};
    *imap_err = (reb_err){0};
    *waiting = 0;
    reb_status st = reb_mail_server_smtp(&server, p->business, smtp_err);
    if (st == REB_OK && server.set)
        st = reb_smtp_open(&smtp, &server, domain_of(reb_business_text(p->business, REB_SETTING_MAIL_FROM)), smtp_err);
    if (st == REB_OK && server.set) reb_smtp_check(smtp, smtp_err);
    reb_smtp_close(smtp);
    st = check_imap(waiting, p, imap_err);
    if (st == REB_E_STORE || st == REB_E_MEMORY) {
        *err = *imap_err;
        return st;
    }
    return REB_OK;
}
