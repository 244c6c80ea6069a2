/* Mails are fetched from the folder by their number, from where reading ended last time. */
#include "post_internal.h"

#include "imap.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Mails that became no case stand for a person to look at; after so long nobody does, and who sent them is no longer kept. */
enum { SENDER_DAYS = 90 };
enum {
    WHOLE_MOST = 36 << 20, /* bytes: five files of the size that is taken, as base64 */
    BEGINNING = 1 << 20    /* what is fetched of a larger one */
};

typedef struct fetching {
    reb_post_got *out;
    const reb_post *p;
    reb_imap *imap;
    reb_post_place place;
    reb_buf bytes;
    reb_arena arena;
    int64_t from_us; /* what came before is left alone; 0: all that is above last_uid is taken */
} fetching;

typedef struct seen {
    const fetching *f;
    int64_t uid;
} seen;

static reb_status seen_work(reb_store *s, void *ctx, reb_err *err) {
    const seen *w = ctx;
    return reb_exec(s, REB_SQL_MAIL_FOLDER_SEEN, REB_ARGS(reb_t(w->f->place.name), reb_i(w->f->place.uidvalidity), reb_i(w->uid)), NULL,
                    err);
}

/* What was in the folder before the first look is left alone; it is only noted, so that it is known should it come again. */
static reb_status fetch_one(fetching *f, int64_t uid, const reb_imap_facts *facts, bool before, reb_err *err) {
    bool found = false;
    bool cut = facts->bytes > WHOLE_MOST;
    reb_buf_clear(&f->bytes);
    reb_status st = reb_imap_fetch(&found, &f->bytes, f->imap, uid, cut ? BEGINNING : 0, err);
    if (st == REB_OK && found && before && !facts->read) st = reb_imap_unread(f->imap, uid, err); /* nobody has read it */
    if (st != REB_OK) return st;
    if (!found) return reb_store_write(f->p->store, seen_work, &(seen){.f = f, .uid = uid}, err);
    const reb_post_mail m = {.bytes = f->bytes.data,
                             .n = f->bytes.len,
                             .cut = cut,
                             .before = before,
                             .came_us = facts->came_us,
                             .folder = f->place.name,
                             .uidvalidity = f->place.uidvalidity,
                             .uid = uid};
    return reb_post_take(f->out, f->p, &m, err);
}

static reb_status take_one(fetching *f, int64_t uid, reb_err *err) {
    reb_imap_facts facts = {0};
    bool found = false;
    reb_status st = reb_imap_look(&found, &facts, f->imap, uid, err);
    if (st != REB_OK) return st;
    bool wanted = found && (f->from_us == 0 || facts.came_us == 0 || facts.came_us >= f->from_us);
    return wanted ? fetch_one(f, uid, &facts, false, err) : reb_store_write(f->p->store, seen_work, &(seen){.f = f, .uid = uid}, err);
}

/* A server tells to the second when a mail came, and by its own clock. So what is there at the first look and is not clearly older than it
   is noted: were the folder numbered anew later, its date alone would make it look like a mail that came afterwards. */
static reb_status note_what_is_there(fetching *f, int64_t next, reb_err *err) {
    int64_t *uids = NULL;
    size_t count = 0;
    reb_status st =
        reb_imap_search(&uids, &count, f->imap, &f->arena, 0, f->place.since_us - REB_US_PER_DAY / 2, err); /* its days are of its zone */
    for (; count > 0 && st == REB_OK; count--) {
        int64_t uid = uids[count - 1];
        reb_imap_facts facts = {0};
        bool found = false;
        if (uid >= next) continue; /* came while we looked */
        if (f->p->stop != NULL && f->p->stop(f->p->ctx)) return reb_fail(err, REB_E_BUSY, "Rebound is ending.");
        st = reb_imap_look(&found, &facts, f->imap, uid, err);
        if (st == REB_OK && found && facts.came_us >= f->place.since_us) st = fetch_one(f, uid, &facts, true, err);
    }
    return st;
}

static reb_status forget_before_work(reb_store *s, void *ctx, reb_err *err) {
    (void)ctx;
    return reb_exec(s, REB_SQL_MAIL_IN_FORGET_BEFORE, REB_NO_ARGS, NULL, err);
}

/* Where reading begins. A folder that is new to us is left as it is; one whose numbering has changed (it was made anew, or moved to another
   server) is looked through from two days before it was last read to its end, and what is known already is recognised by its digest. */
static reb_status begin(fetching *f, int64_t uidvalidity, int64_t next, int64_t from_us, bool *nothing, reb_err *err) {
    reb_post_place *p = &f->place;
    *nothing = false;
    if (from_us > 0) { /* what was there before is asked for now: it is known no longer */
        reb_status st = reb_store_write(f->p->store, forget_before_work, NULL, err);
        if (st != REB_OK) return st;
        p->since_us = from_us;
        p->uidvalidity = uidvalidity;
        p->last_uid = 0;
        f->from_us = from_us;
    } else if (!p->found) {
        bool empty = next == 1; /* never held a mail: all that comes is new, whatever date it bears */
        p->since_us = empty ? 0 : f->p->now_us - f->p->now_us % REB_US_PER_SECOND;
        p->uidvalidity = uidvalidity;
        p->last_uid = next - 1;
        f->out->first = true;
        *nothing = true;
        reb_status st = empty ? REB_OK : note_what_is_there(f, next, err);
        if (st != REB_OK) return st;
    } else if (p->uidvalidity != uidvalidity) {
        p->uidvalidity = uidvalidity;
        p->last_uid = 0;
        int64_t overlap_us = p->ok_us - 2 * REB_US_PER_DAY;
        f->from_us = overlap_us > p->since_us ? overlap_us : p->since_us;
    } else if (p->last_uid == 0) { /* such a look was begun and not ended */
        f->from_us = p->since_us;
    } else {
        return REB_OK;
    }
    p->found = true;
    return reb_post_place_put(f->p->store, p, err);
}

static reb_status fetch_new(fetching *f, int64_t from_us, reb_err *err) {
    int64_t uidvalidity = 0;
    int64_t next = 0;
    int64_t *uids = NULL;
    size_t count = 0;
    bool nothing = false;
    reb_status st = reb_imap_status(&uidvalidity, &next, f->imap, err);
    if (st == REB_OK) st = begin(f, uidvalidity, next, from_us, &nothing, err);
    if (st != REB_OK || nothing) return st;
    if (f->place.last_uid > 0 && next <= f->place.last_uid + 1) return REB_OK;
    st = reb_imap_search(&uids, &count, f->imap, &f->arena, f->place.last_uid, f->from_us > 0 ? f->from_us - REB_US_PER_DAY : 0, err);
    for (size_t i = 0; i < count && st == REB_OK; i++) {
        if (f->p->stop != NULL && f->p->stop(f->p->ctx)) return REB_OK;
        st = take_one(f, uids[i], err);
    }
    return st;
}

reb_status reb_post_poll(reb_post_got *out, const reb_post *p, int64_t from_us, reb_err *err) {
    reb_mail_server server;
    reb_lease *lease = NULL;
    fetching f = {.out = out, .p = p};
    const char *folder = reb_business_text(p->business, REB_SETTING_MAIL_IMAP_FOLDER);
    *out = (reb_post_got){0};
    reb_status st = reb_mail_server_imap(&server, p->business, err);
    if (st != REB_OK || !server.set) return st;
    out->set_up = true;
    reb_post_place_name(f.place.name, &server, folder);
    st = reb_lease_take(&lease, p->store, "postin", err);
    if (st != REB_OK) return st;
    st = reb_post_place_get(&f.place, p->store, err);
    if (st == REB_OK) st = reb_imap_open(&f.imap, &server, folder, err);
    if (st == REB_OK) reb_imap_stop(f.imap, p->stop, p->ctx);
    if (st == REB_OK) st = fetch_new(&f, from_us, err);
    if (st == REB_OK) {
        int64_t forgotten = 0;
        st = reb_outbox_forget_senders(&forgotten, p->store, p->now_us - SENDER_DAYS * REB_US_PER_DAY, err);
    }
    /* How it went is kept, beside how far it came. */
    reb_err ignored = {0};
    reb_post_place now = f.place;
    if (st != REB_E_STORE && reb_post_place_get(&now, p->store, &ignored) == REB_OK) {
        if (!now.found) now.since_us = p->now_us - p->now_us % REB_US_PER_SECOND; /* mails that come from now on are waited for */
        now.tried_us = p->now_us;
        if (st == REB_OK) now.ok_us = p->now_us;
        snprintf(now.problem, sizeof now.problem, "%s", st == REB_OK ? "" : err->detail);
        reb_post_place_put(p->store, &now, &ignored);
    }
    reb_imap_close(f.imap);
    reb_lease_end(lease);
    reb_buf_free(&f.bytes);
    reb_arena_free(&f.arena);
    return st;
}

/* --- one of them again
 * ---------------------------------------------------------------------------------------------------------------------- */

reb_status reb_post_came_get(reb_post_came *out, reb_store *s, reb_arena *a, int64_t mail_id, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = false;
    *out = (reb_post_came){0};
    reb_status st = reb_query(&q, s, REB_SQL_MAIL_IN_GET, REB_ARGS(reb_i(mail_id)), err);
    if (st == REB_OK) st = reb_step(q, &row, err);
    if (st == REB_OK && row)
        *out = (reb_post_came){.became = reb_arena_strdup(a, reb_col_text(q, 0)),
                               .message_id = reb_arena_strdup(a, reb_col_text(q, 1)),
                               .uid = reb_col_i64(q, 2),
                               .number = reb_col_i64(q, 3)};
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (!row) return reb_fail(err, REB_E_NOT_FOUND, "No mail %" PRId64 " came.", mail_id);
    if (out->became == NULL || out->message_id == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (strcmp(out->became, "case") == 0 || strcmp(out->became, "message") == 0)
        return reb_fail(err, REB_E_CONFLICT, "This mail belongs to case C-%" PRId64 " already.", out->number);
    return REB_OK;
}

static reb_status try_one(int64_t *number, fetching *f, const reb_post_asked *asked, int64_t uid, reb_err *err) {
    reb_imap_facts facts = {0};
    bool found = false;
    reb_status st = reb_imap_look(&found, &facts, f->imap, uid, err);
    bool cut = facts.bytes > WHOLE_MOST;
    reb_buf_clear(&f->bytes);
    if (st == REB_OK && found) st = reb_imap_fetch(&found, &f->bytes, f->imap, uid, cut ? BEGINNING : 0, err);
    if (st != REB_OK || !found) return st;
    const reb_post_mail m = {.bytes = f->bytes.data, .n = f->bytes.len, .cut = cut, .came_us = facts.came_us};
    return reb_post_take_asked(number, f->p, &m, asked, err);
}

/* Where it was, and where a mail of its Message-ID is now. */
static reb_status look_for(int64_t *number, fetching *f, const reb_post_asked *asked, const reb_post_came *row, reb_err *err) {
    enum { SAME_ID_MOST = 20 };
    int64_t *uids = NULL;
    size_t count = 0;
    reb_status st = row->uid > 0 ? try_one(number, f, asked, row->uid, err) : REB_OK;
    if (st != REB_OK || *number != 0) return st;
    st = reb_imap_find(&uids, &count, f->imap, &f->arena, row->message_id, err);
    for (size_t i = 0; i < count && i < SAME_ID_MOST && st == REB_OK && *number == 0; i++)
        if (uids[i] != row->uid) st = try_one(number, f, asked, uids[i], err);
    return st;
}

reb_status reb_post_make_case(int64_t *number, const reb_post *p, int64_t mail_id, const char *who, int64_t user_id, reb_err *err) {
    reb_mail_server server;
    reb_post_got none = {0};
    reb_post_came row;
    fetching f = {.out = &none, .p = p};
    const reb_post_asked asked = {.mail_id = mail_id, .who = who, .user_id = user_id};
    const char *folder = reb_business_text(p->business, REB_SETTING_MAIL_IMAP_FOLDER);
    *number = 0;
    reb_status st = reb_post_came_get(&row, p->store, &f.arena, mail_id, err);
    if (st == REB_OK) st = reb_mail_server_imap(&server, p->business, err);
    if (st == REB_OK && !server.set) {
        st = reb_fail(err, REB_E_NOT_FOUND, "No mailbox is set up: the mail cannot be fetched.");
        reb_err_next(err, "rebound set mail_imap imaps://host");
    }
    if (st == REB_OK) st = reb_imap_open(&f.imap, &server, folder, err);
    if (st == REB_OK) reb_imap_stop(f.imap, p->stop, p->ctx);
    if (st == REB_OK) st = look_for(number, &f, &asked, &row, err);
    if (st == REB_OK && *number == 0) {
        st = reb_fail(err, REB_E_CONFLICT, "The mail is no longer in the folder %.100s of %.100s.", folder, server.host);
        reb_err_next(err, "Move it back there and try again, or write the case down by hand.");
    }
    reb_imap_close(f.imap);
    reb_buf_free(&f.bytes);
    reb_arena_free(&f.arena);
    return st;
}
