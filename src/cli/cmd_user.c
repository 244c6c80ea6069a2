/* rebound user: people who may enter. */
#include "cli.h"

#include "../app/people.h"
#include "../domain/second_factor.h"
#include "table.h"

#include <cjson/cJSON.h>
#include <sodium.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

enum { PASSWORD_TEXT = 600 };

/* One line of standard input, without its end. */
static reb_status read_line(char out[PASSWORD_TEXT], reb_err *err) {
    out[0] = '\0';
    if (fgets(out, PASSWORD_TEXT, stdin) == NULL) return reb_fail(err, REB_E_USAGE, "No password came on standard input.");
    size_t n = strcspn(out, "\r\n");
    if (out[n] == '\0' && n == PASSWORD_TEXT - 1) return reb_fail(err, REB_E_PASSWORD, "The password is too long.");
    out[n] = '\0';
    return REB_OK;
}

static reb_status ask(char out[PASSWORD_TEXT], const reb_cli *cli, const char *question, reb_err *err) {
    struct termios before;
    struct termios quiet;
    fprintf(cli->err, "%s", question);
    fflush(cli->err);
    bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        quiet = before;
        quiet.c_lflag &= ~(tcflag_t)ECHO;
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
    }
    reb_status st = read_line(out, err);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fprintf(cli->err, "\n");
    }
    return st;
}

/* From standard input when told so, asked for twice on a terminal, else none: a link will do. */
static reb_status take_password(char out[PASSWORD_TEXT], bool *given, const reb_cli *cli, reb_err *err) {
    char again[PASSWORD_TEXT];
    *given = false;
    if (reb_cli_flag(cli, "--password-stdin")) {
        *given = true;
        return read_line(out, err);
    }
    if (reb_cli_flag(cli, "--link") || cli->json || !isatty(STDIN_FILENO)) return REB_OK;
    *given = true;
    reb_status st = ask(out, cli, "Password (12 characters or more; not shown): ", err);
    if (st == REB_OK) st = ask(again, cli, "The same again: ", err);
    if (st == REB_OK && strcmp(out, again) != 0) st = reb_fail(err, REB_E_USAGE, "The two are not the same.");
    sodium_memzero(again, sizeof again);
    return st;
}

/* `secret` NULL: they have a password and need no link. */
static void tell(const reb_cli *cli, const reb_person *p, const reb_link *link, const char *secret) {
    const char *url = reb_cli_value(cli, "--url");
    char text[REB_LINK_TEXT] = "";
    char until[REB_TIME_TEXT] = "";
    if (secret != NULL) {
        reb_link_text(text, sizeof text, url != NULL ? url : "http://127.0.0.1:7070", link, secret);
        reb_time_format(link->expires_us, until);
    }
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_key(&w, "user");
        reb_person_json(&w, p, 0);
        reb_json_kstr(&w, "link", secret != NULL ? text : NULL);
        if (secret != NULL) reb_json_ktime(&w, "expires", link->expires_us);
        reb_json_obj_end(&w);
        reb_cli_document(cli, &b);
    } else if (secret != NULL) {
        fprintf(cli->out, "%s\n", text);
        fflush(cli->out);
        fprintf(cli->err, "By this link %s (%s) sets a password, once, until %.16s UTC. It is not shown again.\n", p->email,
                reb_role_name(p->role), until);
    } else {
        fprintf(cli->out, "%s (%s) may sign in.\n", p->email, reb_role_name(p->role));
    }
    sodium_memzero(text, sizeof text);
}

static void own_ids(reb_ids *ids, const reb_cli *cli) {
    *ids = (reb_ids){.clock = cli->clock, .node = randombytes_uniform(1024)};
}

static reb_status need_words(const reb_cli *cli, int count, const char *usage, reb_err *err) {
    if (cli->arg_count == count) return REB_OK;
    reb_fail(err, REB_E_USAGE, "Who? By their e-mail address.");
    reb_err_next(err, "%s", usage);
    return REB_E_USAGE;
}

static reb_status add(reb_cli *cli, reb_store *s, reb_err *err) {
    char password[PASSWORD_TEXT];
    char hash[REB_PASSWORD_HASH];
    char secret[REB_SECRET_TEXT];
    bool given = false;
    reb_role role = REB_ROLE_AGENT;
    reb_person p;
    reb_link link;
    reb_ids ids;
    const char *word = reb_cli_value(cli, "--role");
    const char *name = reb_cli_value(cli, "--name");
    int64_t now = reb_clock_now(cli->clock);
    reb_status st = need_words(cli, 2, "rebound user add EMAIL [--role owner|manager|agent|analyst] [--name NAME]", err);
    if (st == REB_OK && word != NULL) st = reb_role_read(&role, word, err);
    if (st != REB_OK) return st;
    if (sodium_init() < 0) return reb_fail(err, REB_E_INTERNAL, "libsodium cannot start.");
    own_ids(&ids, cli);
    const reb_person_new n = {.email = cli->args[1], .name = name, .team = reb_cli_value(cli, "--team"), .role = role};
    st = take_password(password, &given, cli, err);
    if (st == REB_OK && given) st = reb_password_check(password, s, n.email, name != NULL ? name : "", err);
    if (st == REB_OK && given) st = reb_password_hash(hash, password, err);
    sodium_memzero(password, sizeof password);
    if (st == REB_OK && given) st = reb_person_add(&p, s, &n, hash, &ids, now, err);
    if (st == REB_OK && !given) st = reb_invite(&p, &link, secret, s, &n, &ids, now, err);
    if (st == REB_OK) tell(cli, &p, &link, given ? NULL : secret);
    sodium_memzero(hash, sizeof hash);
    sodium_memzero(secret, sizeof secret);
    return st;
}

static const char *text_of(const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static void print_list(const reb_cli *cli, const cJSON *users) {
    static const reb_table_column k_columns[] = {{.title = "Name", .fit = REB_FIT_CUT, .least = 8},
                                                 {.title = "E-mail"},
                                                 {.title = "Role"},
                                                 {.title = "State"},
                                                 {.title = "Seen"},
                                                 {0}};
    reb_table *table = reb_table_new(cli->arena, k_columns);
    const cJSON *u;
    cJSON_ArrayForEach(u, users) {
        reb_table_words(table, text_of(u, "name"));
        reb_table_words(table, text_of(u, "email"));
        reb_table_text(table, text_of(u, "role"));
        reb_table_text(table, text_of(u, "state"));
        reb_table_printf(table, "%.10s", text_of(u, "last_seen"));
    }
    const reb_term term = reb_term_of(cli->out);
    if (cJSON_GetArraySize(users) == 0) {
        fprintf(cli->out, "Nobody has an account yet. rebound user add EMAIL --role owner makes the first one.\n");
    } else {
        reb_table_print(table, &term);
    }
}

static reb_status list(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st = reb_person_list_json(&w, s, err);
    if (st == REB_OK && cli->json) {
        reb_cli_document(cli, &b);
    } else if (st == REB_OK) {
        cJSON *doc = cJSON_Parse(reb_buf_cstr(&b));
        if (doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (doc != NULL) print_list(cli, cJSON_GetObjectItemCaseSensitive(doc, "users"));
        cJSON_Delete(doc);
    }
    reb_buf_free(&b);
    return st;
}

static reb_status alter(reb_cli *cli, reb_store *s, const reb_person_change *c, const char *said, reb_err *err) {
    reb_person p;
    reb_status st = reb_person_need_email(&p, s, cli->args[1], err);
    if (st == REB_OK) st = reb_person_alter(&p, s, p.user_id, c, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_person_json(&w, &p, 0);
        reb_cli_document(cli, &b);
    } else {
        fprintf(cli->out, "%s %s.\n", p.email, said);
    }
    return REB_OK;
}

static reb_status role(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_person_change c = {.set_role = true};
    reb_status st = need_words(cli, 3, "rebound user role EMAIL owner|manager|agent|analyst", err);
    if (st == REB_OK) st = reb_role_read(&c.role, cli->args[2], err);
    if (st != REB_OK) return st;
    const char *said = reb_arena_printf(cli->arena, "is %s now; who was signed in signs in again", reb_role_name(c.role));
    return said != NULL ? alter(cli, s, &c, said, err) : REB_OK; /* the arena remembers */
}

static reb_status disable(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_status st = need_words(cli, 2, "rebound user disable EMAIL", err);
    return st != REB_OK ? st : alter(cli, s, &(reb_person_change){.set_disabled = true, .disabled = true}, "may not enter any more", err);
}

static reb_status enable(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_status st = need_words(cli, 2, "rebound user enable EMAIL", err);
    return st != REB_OK ? st : alter(cli, s, &(reb_person_change){.set_disabled = true}, "may enter again", err);
}

static reb_status reset(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_person p;
    reb_link link;
    char secret[REB_SECRET_TEXT];
    reb_status st = need_words(cli, 2, "rebound user reset EMAIL", err);
    if (st == REB_OK) st = reb_person_need_email(&p, s, cli->args[1], err);
    if (st == REB_OK) st = reb_reset_link(&p, &link, secret, s, p.user_id, 0, reb_clock_now(cli->clock), err);
    if (st == REB_OK) tell(cli, &p, &link, secret);
    sodium_memzero(secret, sizeof secret);
    return st;
}

static reb_status sign_out(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_person p;
    int64_t ended = 0;
    reb_status st = need_words(cli, 2, "rebound user sign-out EMAIL", err);
    if (st == REB_OK) st = reb_person_need_email(&p, s, cli->args[1], err);
    if (st == REB_OK) st = reb_session_end_all(&ended, s, p.user_id, NULL, err);
    if (st != REB_OK) return st;
    if (cli->json) {
        fprintf(cli->out, "{\"ended\":%lld}\n", (long long)ended);
    } else {
        fprintf(cli->out, "%lld session%s of %s ended.\n", (long long)ended, ended == 1 ? "" : "s", p.email);
    }
    return REB_OK;
}

/* For whoever has lost the phone and the recovery codes, also when it is the only owner. */
static reb_status factor_off(reb_cli *cli, reb_store *s, reb_err *err) {
    reb_person p = {0};
    reb_status st = need_words(cli, 2, "rebound user factor-off EMAIL", err);
    if (st == REB_OK) st = reb_person_need_email(&p, s, cli->args[1], err);
    sodium_memzero(p.password_hash, sizeof p.password_hash);
    if (st == REB_OK) st = reb_second_factor_off(s, p.user_id, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(cli, "user factor-off", "user", p.user_id);
    if (cli->json) {
        fprintf(cli->out, "{\"on\":false}\n");
    } else {
        fprintf(cli->out, "%s signs in with the password alone, until a second factor is set up again.\n", p.email);
    }
    return REB_OK;
}

static reb_status run_user(reb_cli *cli, reb_err *err) {
    static const struct {
        const char *name;
        reb_status (*run)(reb_cli *cli, reb_store *s, reb_err *err);
    } k_actions[] = {{"add", add},       {"list", list},   {"role", role},         {"disable", disable},
                     {"enable", enable}, {"reset", reset}, {"sign-out", sign_out}, {"factor-off", factor_off}};
    const char *action = cli->arg_count > 0 ? cli->args[0] : "list";
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, action) != 0) continue;
        reb_store *s = NULL;
        reb_status st = reb_store_open(&s, cli->db, 0, err);
        if (st == REB_OK) st = k_actions[i].run(cli, s, err);
        reb_store_close(s);
        return st;
    }
    reb_fail(err, REB_E_USAGE, "rebound user does not know \"%.40s\".", action);
    reb_err_next(err, "See: rebound help user");
    return REB_E_USAGE;
}

static const reb_cli_option k_options[] = {
    {"--role", "ROLE", "owner, manager, agent or analyst (agent)"},
    {"--name", "NAME", "the person's name"},
    {"--team", "TEAM", "the team they belong to"},
    {"--password-stdin", NULL, "take the password from one line of standard input"},
    {"--link", NULL, "make a link by which they set a password themselves"},
    {"--url", "URL", "address of the console, for links (http://127.0.0.1:7070)"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_user = {
    .name = "user",
    .args = "[add EMAIL | list | role EMAIL ROLE | reset EMAIL | disable EMAIL | enable EMAIL | sign-out EMAIL]",
    .summary = "people who may enter: add, list, change and shut out",
    .details = "add makes an account: with a password that is asked for on the terminal, or with a link by which they set their own. The "
               "first must be\n"
               "an owner. From then on every request needs somebody who is signed in, or a key. reset prints a link to set a new password; "
               "disable\n"
               "shuts somebody out at once; role changes what they may do; sign-out ends their sessions; factor-off\n"
               "takes off the second factor of somebody who has lost it.\n\n"
               "Roles: owner does everything, people and keys too; manager the work and its settings; agent the work with customers; "
               "analyst sees\n"
               "figures and no names.",
    .actions = "add list role reset disable enable sign-out factor-off",
    .options = k_options,
    .run = run_user,
};
