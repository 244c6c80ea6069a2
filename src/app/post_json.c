/* The post as JSON: for the API, the console and the command line. */
#include "post_internal.h"

#include <stdlib.h>
#include <string.h>

static void time_or_null(reb_json *w, const char *key, int64_t us) {
    if (us > 0) {
        reb_json_ktime(w, key, us);
    } else {
        reb_json_knull(w, key);
    }
}

static void server_json(reb_json *w, const char *key, const reb_post_server *s) {
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_kbool(w, "set", s->set);
    time_or_null(w, "tried_at", s->tried_us);
    time_or_null(w, "ok_at", s->ok_us);
    reb_json_kstr(w, "problem", s->problem[0] != '\0' ? s->problem : NULL);
    reb_json_obj_end(w);
}

reb_status reb_post_state_json(reb_json *w, reb_store *s, const reb_business *b, reb_err *err) {
    reb_arena a = {0};
    reb_post_server smtp;
    reb_post_server imap;
    reb_outbox_sums sums;
    bool set_up = false;
    reb_status st = reb_post_servers(&smtp, &imap, s, &a, b, err);
    if (st == REB_OK) st = reb_outbox_count(&sums, s, err);
    if (st == REB_OK) st = reb_outbox_set_up(&set_up, s, err);
    if (st != REB_OK) goto done;
    reb_json_obj(w);
    reb_json_kbool(w, "set_up", set_up);
    reb_json_kstr(w, "from", reb_business_text(b, REB_SETTING_MAIL_FROM));
    server_json(w, "out", &smtp);
    server_json(w, "in", &imap);
    reb_json_key(w, "queue");
    reb_json_obj(w);
    for (int i = 0; i < REB_OUTBOX_STATE_COUNT; i++) reb_json_ki64(w, reb_outbox_state_name((reb_outbox_state)i), sums.count[i]);
    reb_json_obj_end(w);
    time_or_null(w, "oldest_queued_at", sums.oldest_queued_us);
    time_or_null(w, "next_at", sums.next_us);
    reb_json_obj_end(w);
done:
    reb_arena_free(&a);
    return st;
}

void reb_post_mail_json(reb_json *w, const reb_outbox_mail *m) {
    reb_json_obj(w);
    reb_json_kid(w, "id", m->outbox_id);
    if (m->number != 0) {
        reb_json_kid(w, "case", m->number);
    } else {
        reb_json_knull(w, "case");
    }
    reb_json_kstr(w, "kind", m->kind);
    reb_json_kstr(w, "to", m->to);
    reb_json_kstr(w, "subject", m->subject);
    reb_json_kstr(w, "state", reb_outbox_state_name(m->state));
    reb_json_kstr(w, "problem", m->problem[0] != '\0' ? m->problem : NULL);
    reb_json_ki64(w, "tries", m->tries);
    time_or_null(w, "next_at", m->state == REB_OUTBOX_QUEUED ? m->next_us : 0);
    time_or_null(w, "created_at", m->created_us);
    time_or_null(w, "sent_at", m->sent_us);
    reb_json_kstr(w, "changed_by", m->changed_by[0] != '\0' ? m->changed_by : NULL);
    reb_json_obj_end(w);
}

reb_status reb_post_out_json(reb_json *w, reb_store *s, const char *state, int64_t case_id, int64_t below, int64_t most, reb_err *err) {
    reb_arena a = {0};
    reb_outbox_state which = REB_OUTBOX_QUEUED;
    size_t count = 0;
    if (state[0] != '\0' && !reb_outbox_state_from_name(&which, state)) {
        reb_fail(err, REB_E_INPUT, "No mail is \"%.40s\".", state);
        reb_err_next(err, "They are queued, sending, sent, failed, unsure or given_up.");
        return REB_E_INPUT;
    }
    reb_outbox_mail *mails = reb_arena_zalloc(&a, (size_t)most, sizeof *mails);
    reb_status st = mails != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK) st = reb_outbox_list(mails, &count, (size_t)most, s, &a, state[0] != '\0' ? &which : NULL, case_id, below, err);
    if (st == REB_OK) {
        reb_json_obj(w);
        reb_json_key(w, "mails");
        reb_json_arr(w);
        for (size_t i = 0; i < count; i++) reb_post_mail_json(w, &mails[i]);
        reb_json_arr_end(w);
        if (count == (size_t)most) {
            reb_json_kid(w, "next", mails[count - 1].outbox_id);
        } else {
            reb_json_knull(w, "next");
        }
        reb_json_obj_end(w);
    }
    reb_arena_free(&a);
    return st;
}

reb_status reb_post_in_json(reb_json *w, reb_store *s, const char *became, int64_t below, int64_t most, reb_err *err) {
    reb_stmt *q = NULL;
    bool row = true;
    int64_t last = 0;
    int64_t count = 0;
    reb_json_obj(w);
    reb_json_key(w, "mails");
    reb_json_arr(w);
    reb_status st = reb_query(&q, s, REB_SQL_MAIL_IN_LIST, REB_ARGS(reb_t(became), reb_i(below > 0 ? below : INT64_MAX), reb_i(most)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        last = reb_col_i64(q, 0);
        count++;
        reb_json_obj(w);
        reb_json_kid(w, "id", last);
        reb_json_kstr(w, "became", reb_col_text(q, 3));
        if (reb_col_i64(q, 4) != 0) {
            reb_json_kid(w, "case", reb_col_i64(q, 4));
        } else {
            reb_json_knull(w, "case");
        }
        reb_json_kstr(w, "from", reb_col_text(q, 1));
        reb_json_kstr(w, "subject", reb_col_text(q, 2));
        const char *problem = reb_col_text(q, 6);
        reb_json_kstr(w, "problem", problem != NULL && problem[0] != '\0' ? problem : NULL);
        time_or_null(w, "sent_at", reb_col_i64(q, 7));
        time_or_null(w, "received_at", reb_col_i64(q, 8));
        reb_json_obj_end(w);
    }
    reb_stmt_close(q);
    reb_json_arr_end(w);
    if (st == REB_OK && count == most) {
        reb_json_kid(w, "next", last);
    } else {
        reb_json_knull(w, "next");
    }
    reb_json_obj_end(w);
    return st;
}
