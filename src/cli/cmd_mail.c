/* rebound mail: the post by hand, and what waits in it. */
#include "cli.h"

#include "../app/case.h"
#include "../app/post.h"
#include "format.h"
#include "table.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct job {
    reb_cli *cli;
    reb_store *s;
    reb_business *b;
    reb_ids ids;
    reb_post post;
} job;

static reb_status not_set(reb_err *err) {
    reb_fail(err, REB_E_NOT_FOUND, "No mail is set up.");
    reb_err_next(err, "rebound set mail_from care@shop.example; rebound set mail_smtp smtps://host; rebound set mail_imap imaps://host");
    return REB_E_NOT_FOUND;
}

static const char *when(const reb_cli *cli, int64_t us) {
    char text[REB_TIME_TEXT];
    if (us <= 0) return "";
    reb_time_format(us / REB_US_PER_SECOND * REB_US_PER_SECOND, text);
    text[10] = ' ';
    text[strcspn(text, "Z")] = '\0';
    const char *kept = reb_arena_strdup(cli->arena, text);
    return kept != NULL ? kept : "";
}

/* --- check -------------------------------------------------------------------------------------------------------------------------------
 */

static void print_server(const reb_cli *cli, const char *what, bool set, const char *address, const reb_err *e) {
    if (!set) {
        fprintf(cli->out, "%s  none is set\n", what);
    } else if (e->code == REB_OK) {
        fprintf(cli->out, "%s  %s answers and lets us in\n", what, address);
    } else {
        fprintf(cli->out, "%s  %s\n", what, e->detail);
        if (e->next[0] != '\0') fprintf(cli->out, "           %s\n", e->next);
    }
}

static void check_json(reb_json *w, const char *key, bool set, const reb_err *e) {
    reb_json_key(w, key);
    reb_json_obj(w);
    reb_json_kbool(w, "set", set);
    reb_json_kbool(w, "ok", set && e->code == REB_OK);
    reb_json_kstr(w, "problem", e->code != REB_OK ? e->detail : NULL);
    reb_json_obj_end(w);
}

static reb_status check(job *j, reb_err *err) {
    reb_err smtp = {0};
    reb_err imap = {0};
    int64_t waiting = 0;
    const char *out = reb_business_text(j->b, REB_SETTING_MAIL_SMTP);
    const char *in = reb_business_text(j->b, REB_SETTING_MAIL_IMAP);
    bool from = reb_business_text(j->b, REB_SETTING_MAIL_FROM)[0] != '\0';
    if (out[0] == '\0' && in[0] == '\0') return not_set(err);
    reb_status st = reb_post_check(&smtp, &imap, &waiting, &j->post, err);
    if (st != REB_OK) return st;
    if (out[0] != '\0' && !from) reb_fail(&smtp, REB_E_INPUT, "No address to send from is set: rebound set mail_from ADDRESS");
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        check_json(&w, "out", out[0] != '\0', &smtp);
        check_json(&w, "in", in[0] != '\0', &imap);
        reb_json_ki64(&w, "waiting", waiting);
        reb_json_obj_end(&w);
        reb_cli_document(j->cli, &b);
    } else {
        print_server(j->cli, "Going out", out[0] != '\0', out, &smtp);
        print_server(j->cli, "Coming in", in[0] != '\0', in, &imap);
        if (waiting > 0)
            fprintf(j->cli->out, "           %" PRId64 " above what was read; rebound mail poll fetches what is new\n", waiting);
    }
    if (smtp.code == REB_OK && imap.code == REB_OK) return REB_OK;
    fflush(j->cli->out);
    return reb_fail(err, REB_E_IO, "Mail does not work yet.");
}

/* --- poll and send
 * ---------------------------------------------------------------------------------------------------------------------------- */

static void count_json(reb_json *w, const reb_post_got *g) {
    reb_json_kbool(w, "first", g->first);
    reb_json_ki64(w, "fetched", g->fetched);
    reb_json_ki64(w, "cases", g->cases);
    reb_json_ki64(w, "messages", g->messages);
    reb_json_ki64(w, "bounces", g->bounces);
    reb_json_ki64(w, "left_alone", g->left_alone);
    reb_json_ki64(w, "unreadable", g->unreadable);
    reb_json_ki64(w, "known", g->known);
}

static reb_status poll_now(job *j, reb_err *err) {
    reb_post_got g = {0};
    int64_t from_us = 0;
    const char *since = reb_cli_value(j->cli, "--since");
    reb_status st = since != NULL ? reb_cli_parse_now(&from_us, since, err) : REB_OK;
    if (st == REB_OK && since != NULL && strlen(since) == 10) from_us = reb_zone_day_start(j->b->zone, from_us / REB_US_PER_DAY);
    if (st == REB_OK) st = reb_post_poll(&g, &j->post, from_us, err);
    if (g.fetched > 0) reb_cli_wrote(j->cli, "mail poll", "mail", NULL);
    if (st == REB_OK && !g.set_up) return not_set(err);
    if (st != REB_OK) return st;
    char one[REB_FORMAT_TEXT];
    char two[REB_FORMAT_TEXT];
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        count_json(&w, &g);
        reb_json_obj_end(&w);
        reb_cli_document(j->cli, &b);
    } else if (g.first) {
        fprintf(j->cli->out, "The folder is known now; what was in it is left alone, what comes from now on is taken.\n");
        fprintf(j->cli->err, "To take earlier mails too: rebound mail poll --since 2026-05-01\n");
    } else if (g.fetched == 0) {
        fprintf(j->cli->out, "Nothing new.\n");
    } else {
        fprintf(j->cli->out, "%s came: %s, %" PRId64 " for known cases", reb_format_plural(one, g.fetched, "mail", NULL),
                reb_format_plural(two, g.cases, "new case", NULL), g.messages);
        if (g.bounces > 0) fprintf(j->cli->out, ", %" PRId64 " of ours that came back", g.bounces);
        if (g.left_alone > 0) fprintf(j->cli->out, ", %" PRId64 " of machines and lists left alone", g.left_alone);
        if (g.unreadable > 0) fprintf(j->cli->out, ", %" PRId64 " that cannot be read", g.unreadable);
        fprintf(j->cli->out, ".\n");
    }
    return REB_OK;
}

static reb_status send_now(job *j, reb_err *err) {
    reb_post_sent r = {0};
    reb_status st = reb_post_send(&r, &j->post, err);
    if (r.sent + r.failed + r.unsure > 0) reb_cli_wrote(j->cli, "mail send", "mail", NULL);
    if (st == REB_OK && !r.set_up) return not_set(err);
    if (st != REB_OK) return st;
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_ki64(&w, "sent", r.sent);
        reb_json_ki64(&w, "later", r.later);
        reb_json_ki64(&w, "failed", r.failed);
        reb_json_ki64(&w, "unsure", r.unsure);
        reb_json_ki64(&w, "given_up", r.given_up);
        reb_json_kbool(&w, "down", r.down);
        reb_json_kstr(&w, "problem", r.problem[0] != '\0' ? r.problem : NULL);
        reb_json_obj_end(&w);
        reb_cli_document(j->cli, &b);
        return REB_OK;
    }
    if (r.sent + r.later + r.failed + r.unsure + r.given_up == 0) {
        fprintf(j->cli->out, "Nothing is due.\n");
        return REB_OK;
    }
    fprintf(j->cli->out, "%" PRId64 " sent", r.sent);
    if (r.later > 0) fprintf(j->cli->out, ", %" PRId64 " to be tried again", r.later);
    if (r.failed > 0) fprintf(j->cli->out, ", %" PRId64 " refused", r.failed);
    if (r.unsure > 0) fprintf(j->cli->out, ", %" PRId64 " unsure", r.unsure);
    if (r.given_up > 0) fprintf(j->cli->out, ", %" PRId64 " given up", r.given_up);
    fprintf(j->cli->out, ".\n");
    if (r.problem[0] != '\0') fprintf(j->cli->out, "%s\n", r.problem);
    return REB_OK;
}

/* --- the queue
 * ------------------------------------------------------------------------------------------------------------------------------- */

static reb_status queue(job *j, reb_err *err) {
    enum { MOST = 100 };
    static const reb_table_column k_columns[] = {{.title = "Id"},
                                                 {.title = "State"},
                                                 {.title = "Kind"},
                                                 {.title = "Case"},
                                                 {.title = "To", .fit = REB_FIT_CUT, .least = 12},
                                                 {.title = "Tries", .right = true},
                                                 {.title = "Next (UTC)"},
                                                 {.title = "Problem", .fit = REB_FIT_WRAP, .least = 16},
                                                 {0}};
    const char *word = reb_cli_value(j->cli, "--state");
    reb_outbox_state state = REB_OUTBOX_QUEUED;
    reb_outbox_mail *mails = reb_arena_zalloc(j->cli->arena, MOST, sizeof *mails);
    size_t count = 0;
    if (mails == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_status st = reb_post_out_json(&w, j->s, word != NULL ? word : "", 0, 0, MOST, err);
        if (st == REB_OK) {
            reb_cli_document(j->cli, &b);
        } else {
            reb_buf_free(&b);
        }
        return st;
    }
    if (word != NULL && !reb_outbox_state_from_name(&state, word))
        return reb_fail(err, REB_E_USAGE, "--state takes queued, sending, sent, failed, unsure or given_up, not \"%.40s\".", word);
    reb_status st = reb_outbox_list(mails, &count, MOST, j->s, j->cli->arena, word != NULL ? &state : NULL, 0, 0, err);
    if (st != REB_OK) return st;
    if (count == 0) {
        fprintf(j->cli->out, "No mail is %s.\n", word != NULL ? word : "waiting, and none went out yet");
        return REB_OK;
    }
    reb_table *t = reb_table_new(j->cli->arena, k_columns);
    for (size_t i = 0; i < count; i++) {
        char number[REB_CASE_NUMBER_TEXT] = "";
        if (mails[i].number != 0) reb_case_number_text(number, mails[i].number);
        reb_table_printf(t, "%" PRId64, mails[i].outbox_id);
        reb_table_text(t, reb_outbox_state_name(mails[i].state));
        reb_table_words(t, mails[i].kind);
        reb_table_text(t, number);
        reb_table_words(t, mails[i].to);
        reb_table_count(t, mails[i].tries);
        reb_table_text(t, mails[i].state == REB_OUTBOX_QUEUED ? when(j->cli, mails[i].next_us) : "");
        reb_table_words(t, mails[i].problem);
    }
    const reb_term term = reb_term_of(j->cli->out);
    reb_table_print(t, &term);
    return REB_OK;
}

static reb_status received(job *j, reb_err *err) {
    enum { MOST = 100 };
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st = reb_post_in_json(&w, j->s, reb_cli_flag(j->cli, "--all") ? "" : "left", 0, MOST, err);
    if (st == REB_OK && j->cli->json) {
        reb_cli_document(j->cli, &b);
        return REB_OK;
    }
    reb_buf_free(&b);
    if (st != REB_OK) return st;
    static const reb_table_column k_columns[] = {{.title = "Id"},
                                                 {.title = "Came (UTC)"},
                                                 {.title = "Became"},
                                                 {.title = "Case"},
                                                 {.title = "From", .fit = REB_FIT_CUT, .least = 12},
                                                 {.title = "Subject", .fit = REB_FIT_CUT, .least = 16},
                                                 {.title = "Remark", .fit = REB_FIT_WRAP, .least = 12},
                                                 {0}};
    reb_table *t = reb_table_new(j->cli->arena, k_columns);
    reb_stmt *q = NULL;
    bool row = true;
    st = reb_query(&q, j->s, REB_SQL_MAIL_IN_LIST,
                   REB_ARGS(reb_t(reb_cli_flag(j->cli, "--all") ? "" : "left"), reb_i(INT64_MAX), reb_i(MOST)), err);
    while (st == REB_OK && (st = reb_step(q, &row, err)) == REB_OK && row) {
        char number[REB_CASE_NUMBER_TEXT] = "";
        if (reb_col_i64(q, 4) != 0) reb_case_number_text(number, reb_col_i64(q, 4));
        reb_table_printf(t, "%" PRId64, reb_col_i64(q, 0));
        reb_table_text(t, when(j->cli, reb_col_i64(q, 8)));
        reb_table_text(t, reb_col_text(q, 3));
        reb_table_text(t, number);
        reb_table_words(t, reb_col_text(q, 1));
        reb_table_words(t, reb_col_text(q, 2));
        reb_table_words(t, reb_col_text(q, 6));
    }
    reb_stmt_close(q);
    if (st != REB_OK) return st;
    if (reb_table_rows(t) == 0) {
        fprintf(j->cli->out,
                reb_cli_flag(j->cli, "--all") ? "No mail came yet.\n" : "Every mail that came became a case, or belongs to one.\n");
        return REB_OK;
    }
    const reb_term term = reb_term_of(j->cli->out);
    reb_table_print(t, &term);
    return REB_OK;
}

/* --- by a person's word
 * ----------------------------------------------------------------------------------------------------------------------- */

static reb_status which(int64_t *id, const job *j, const char *listed, reb_err *err) {
    char *end = NULL;
    if (j->cli->arg_count != 2)
        return reb_fail(err, REB_E_USAGE, "Which mail? rebound mail %s ID (rebound mail %s tells them)", j->cli->args[0], listed);
    *id = strtoll(j->cli->args[1], &end, 10);
    return *end == '\0' && *id > 0 ? REB_OK : reb_fail(err, REB_E_USAGE, "\"%.40s\" is no mail's id.", j->cli->args[1]);
}

static const char *who_asks(const job *j) {
    const char *user = getenv("USER");
    const char *who = reb_arena_printf(j->cli->arena, "terminal:%s", user != NULL ? user : "");
    return who != NULL ? who : "terminal:";
}

static reb_status make_case(job *j, reb_err *err) {
    char text[REB_CASE_NUMBER_TEXT];
    int64_t id = 0;
    int64_t number = 0;
    reb_status st = which(&id, j, "received", err);
    if (st == REB_OK) st = reb_post_make_case(&number, &j->post, id, who_asks(j), 0, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(j->cli, "mail case", "mail", id);
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_kid(&w, "case", number);
        reb_json_obj_end(&w);
        reb_cli_document(j->cli, &b);
        return REB_OK;
    }
    reb_case_number_text(text, number);
    fprintf(j->cli->out, "It is with case %s.\n", text);
    return REB_OK;
}

static reb_status act(job *j, reb_err *err) {
    const char *action = j->cli->args[0];
    int64_t id = 0;
    reb_status st = which(&id, j, "queue", err);
    if (st != REB_OK) return st;
    int64_t now = j->post.now_us;
    const char *who = who_asks(j);
    const char *said;
    if (strcmp(action, "retry") == 0) {
        st = reb_outbox_retry(j->s, id, who, now, err);
        said = "It goes out with the next turn: rebound mail send, or a running server";
    } else if (strcmp(action, "arrived") == 0) {
        st = reb_outbox_settle(j->s, id, who, now, err);
        said = "It counts as sent";
    } else {
        st = reb_outbox_withdraw(j->s, id, who, now, err);
        said = "It does not go out";
    }
    if (st != REB_OK) return st;
    reb_cli_wrote_id(j->cli, reb_arena_printf(j->cli->arena, "mail %s", action), "mail", id);
    if (j->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_outbox_mail m;
        st = reb_outbox_get(&m, j->s, j->cli->arena, id, err);
        if (st == REB_OK) reb_post_mail_json(&w, &m);
        if (st == REB_OK) reb_cli_document(j->cli, &b);
        return st;
    }
    fprintf(j->cli->out, "%s.\n", said);
    return REB_OK;
}

static reb_status run_mail(reb_cli *cli, reb_err *err) {
    static const struct {
        const char *name;
        reb_status (*run)(job *j, reb_err *err);
    } k_actions[] = {{"check", check},    {"poll", poll_now}, {"send", send_now}, {"queue", queue}, {"received", received},
                     {"case", make_case}, {"retry", act},     {"arrived", act},   {"withdraw", act}};
    const char *action = cli->arg_count > 0 ? cli->args[0] : "queue";
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0) continue;
        job j = {.cli = cli, .ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023}};
        reb_status st = reb_cli_open(&j.s, &j.b, cli, 0, err);
        if (st == REB_OK) {
            j.post = (reb_post){.store = j.s, .business = j.b, .ids = &j.ids, .now_us = reb_clock_now(cli->clock)};
            st = k_actions[i].run(&j, err);
        }
        reb_business_free(j.b);
        reb_store_close(j.s);
        return st;
    }
    return reb_fail(err, REB_E_USAGE,
                    "rebound mail knows check, poll, send, queue, received, case, retry, arrived and withdraw, not \"%.40s\".", action);
}

static const reb_cli_option k_options[] = {
    {"--since", "DAY", "poll: take what came since then too, whatever was seen before"},
    {"--state", "STATE", "queue: only those queued, sending, sent, failed, unsure or given_up"},
    {"--all", NULL, "received: those too that became cases"},
    {0},
};

const reb_command reb_cmd_mail = {
    .name = "mail",
    .args = "[queue | check | poll | send | received | case ID | retry ID | arrived ID | withdraw ID]",
    .summary = "what waits to go out by mail, and what came in",
    .details =
        "queue tells what waits to go out, went, or did not; received what came in and became no case; case makes one of it after all, "
        "fetched again from the mailbox. check connects to the servers of "
        "the settings "
        "(mail_smtp, mail_imap) and says what is wrong. A running server sends and fetches by itself; poll and send do it now, once.\n\n"
        "A mail goes out at most once by itself. One that is unsure was handed over, and the connection broke before the answer: look "
        "whether it arrived, then say "
        "arrived, or retry to send it again. withdraw takes back what has not gone out.\n\n"
        "Passwords are read from files (mail_smtp_password_file, mail_imap_password_file) and stored nowhere else.",
    .actions = "queue check poll send received case retry arrived withdraw",
    .options = k_options,
    .run = run_mail,
};
