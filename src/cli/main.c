/* rebound: finds the command, reads the options, runs it, and says how it ended. */
#include "../domain/audit.h"
#include "../domain/notice.h"
#include "cli.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REB_COMMAND(name) extern const reb_command reb_cmd_##name;
#include "../../api/commands.def"
#undef REB_COMMAND

const reb_command *const reb_commands[] = {
#define REB_COMMAND(name) &reb_cmd_##name,
#include "../../api/commands.def"
#undef REB_COMMAND
    NULL,
};

static const reb_command *find_command(const char *name) {
    for (size_t i = 0; reb_commands[i] != NULL; i++)
        if (strcmp(reb_commands[i]->name, name) == 0) return reb_commands[i];
    return NULL;
}

typedef struct common_options {
    bool help;
    bool version;
} common_options;

/* The option's value: after '=', or the next word. */
static const char *take_value(const char *equals, int argc, char **argv, int *i) {
    if (equals != NULL) return equals + 1;
    return *i + 1 < argc ? argv[++*i] : NULL;
}

static reb_status unknown_option(const reb_cli *cli, const char *word, reb_err *err) {
    const char *name = cli->command != NULL ? cli->command->name : "";
    reb_fail(err, REB_E_USAGE, "%s is no option of rebound%s%s.", word, *name ? " " : "", name);
    reb_err_next(err, "See: rebound help%s%s", *name ? " " : "", name);
    return REB_E_USAGE;
}

static bool is_option(const char *word, size_t n, const char *name) {
    return strlen(name) == n && strncmp(word, name, n) == 0;
}

static reb_status read_option(reb_cli *cli, common_options *common, int argc, char **argv, int *i, reb_err *err) {
    const char *word = argv[*i];
    const char *equals = strchr(word, '=');
    size_t n = equals != NULL ? (size_t)(equals - word) : strlen(word);
    if (is_option(word, n, "--help") || is_option(word, n, "-h")) {
        common->help = true;
        return REB_OK;
    }
    if (is_option(word, n, "--json")) {
        cli->json = true;
        return REB_OK;
    }
    const struct {
        const char *name;
        const char **value;
    } valued[] = {{"--db", &cli->db}, {"--now", &cli->now_text}, {"--lang", &cli->lang}};
    for (size_t k = 0; k < sizeof valued / sizeof valued[0]; k++) {
        if (!is_option(word, n, valued[k].name)) continue;
        const char *value = take_value(equals, argc, argv, i);
        if (value == NULL || *value == '\0') return reb_fail(err, REB_E_USAGE, "%s needs a value.", valued[k].name);
        *valued[k].value = value;
        return REB_OK;
    }
    if (cli->command == NULL && is_option(word, n, "--version")) {
        common->version = true;
        return REB_OK;
    }
    const reb_cli_option *options = cli->command != NULL ? cli->command->options : NULL;
    for (size_t k = 0; options != NULL && options[k].name != NULL; k++) {
        if (!is_option(word, n, options[k].name)) continue;
        const char *value = options[k].value == NULL ? "" : take_value(equals, argc, argv, i);
        if (value == NULL) return reb_fail(err, REB_E_USAGE, "%s needs a value: %s.", options[k].name, options[k].value);
        if (options[k].value == NULL && equals != NULL) return reb_fail(err, REB_E_USAGE, "%s takes no value.", options[k].name);
        cli->option_values[k] = value;
        return REB_OK;
    }
    return unknown_option(cli, word, err);
}

static size_t count_options(const reb_command *c) {
    size_t n = 0;
    while (c->options != NULL && c->options[n].name != NULL) n++;
    return n;
}

static reb_status choose_command(reb_cli *cli, const char *name, reb_err *err) {
    cli->command = find_command(name);
    if (cli->command == NULL) {
        reb_fail(err, REB_E_USAGE, "There is no command \"%s\".", name);
        reb_err_next(err, "rebound help lists the commands.");
        return REB_E_USAGE;
    }
    cli->option_values = reb_arena_zalloc(cli->arena, count_options(cli->command) + 1, sizeof *cli->option_values);
    return cli->option_values != NULL ? REB_OK : reb_fail(err, REB_E_MEMORY, "No memory left.");
}

static reb_status read_words(reb_cli *cli, common_options *common, int argc, char **argv, reb_err *err) {
    const char **words = reb_arena_zalloc(cli->arena, (size_t)argc + 1, sizeof *words);
    if (words == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    cli->args = words;
    bool only_words = false; /* after "--" */
    for (int i = 1; i < argc; i++) {
        reb_status st = REB_OK;
        if (!only_words && strcmp(argv[i], "--") == 0) {
            only_words = true;
        } else if (!only_words && argv[i][0] == '-' && argv[i][1] != '\0') {
            st = read_option(cli, common, argc, argv, &i, err);
        } else if (cli->command == NULL) {
            st = choose_command(cli, argv[i], err);
        } else {
            words[cli->arg_count++] = argv[i];
        }
        if (st != REB_OK) return st;
    }
    return REB_OK;
}

static reb_status run(reb_cli *cli, int argc, char **argv, reb_err *err) {
    common_options common = {0};
    reb_status st = read_words(cli, &common, argc, argv, err);
    if (st != REB_OK) return st;
    if (common.version) {
        fprintf(cli->out, "rebound %s\n", REB_VERSION);
        return REB_OK;
    }
    if (common.help || cli->command == NULL) { /* `rebound today --help` is `rebound help today` */
        const reb_command *about = cli->command;
        const char *name = about != NULL ? about->name : NULL;
        cli->args = &name;
        cli->arg_count = about != NULL ? 1 : 0;
        cli->command = find_command("help");
        return cli->command->run(cli, err);
    }
    if (cli->lang != NULL && !reb_locale_parse(&cli->locale, cli->lang, strlen(cli->lang), NULL)) {
        reb_fail(err, REB_E_USAGE, "--lang is \"%s\", which is none of the languages here.", cli->lang);
        reb_err_next(err, "They are en, ar, fa and el; calendar and digits may follow: fa-u-ca-persian-nu-arabext.");
        return REB_E_USAGE;
    }
    if (cli->now_text != NULL) {
        st = reb_cli_parse_now(&cli->fixed_now_us, cli->now_text, err);
        if (st != REB_OK) return st;
        cli->clock = reb_clock_fixed(&cli->fixed_now_us);
    }
    return cli->command->run(cli, err);
}

static void report(const reb_cli *cli, reb_status st, const reb_err *err) {
    const char *detail = err->detail[0] != '\0' ? err->detail : reb_status_sentence(st);
    if (cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_json_obj(&w);
        reb_json_key(&w, "error");
        reb_json_obj(&w);
        reb_json_kstr(&w, "code", reb_status_name(st));
        reb_json_kstr(&w, "detail", detail);
        if (err->next[0] != '\0') reb_json_kstr(&w, "next", err->next);
        reb_json_obj_end(&w);
        reb_json_obj_end(&w);
        if (b.failed) { /* not even memory for this: the same, made of words that need no escapes */
            fprintf(cli->err, "{\"error\":{\"code\":\"%s\",\"detail\":\"%s\"}}\n", reb_status_name(st), reb_status_sentence(st));
        } else {
            fprintf(cli->err, "%s\n", reb_buf_cstr(&b));
        }
        reb_buf_free(&b);
        return;
    }
    fprintf(cli->err, "rebound: %s\n", detail);
    if (err->next[0] != '\0') fprintf(cli->err, "         %s\n", err->next);
}

/* Pages that are open at a server of this database hear of a change on the terminal as of one made in another window. */
static reb_status tell_pages(const reb_cli *cli, reb_store *s, int64_t now_us, reb_err *err) {
    static const char *const k_acts[] = {"done", "not-now", "wrong", "undo"};
    if (strcmp(cli->wrote_kind, "changed") != 0) return REB_OK;
    if (strcmp(cli->wrote_about, "case") == 0) return REB_OK; /* told already, with its number */
    if (strcmp(cli->wrote_about, "customer") != 0 || cli->wrote_subject == NULL)
        return reb_notice_add(NULL, s, "resync", "{}", now_us, err); /* an import, a fit, a setting: much of what is shown is old now */
    bool act = false;
    for (size_t i = 0; i < sizeof k_acts / sizeof k_acts[0]; i++) act = act || strcmp(cli->wrote, k_acts[i]) == 0;
    char data[64];
    snprintf(data, sizeof data, "{\"customer_id\":\"%.20s\"}", cli->wrote_subject);
    return reb_notice_add(NULL, s, act ? "act" : "customer", data, now_us, err);
}

/* What the command did, into the audit log of the database it did it in. It is done already: trouble here is told, and nothing else. */
static void write_audit(const reb_cli *cli) {
    reb_store *s = NULL;
    reb_err err = {0};
    char who[96];
    reb_cli_who(who);
    int64_t now_us = reb_clock_now(reb_clock_system());
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    reb_status st = reb_store_open(&s, cli->db, 0, &err);
    reb_buf subjects = {0};
    for (const char *p = cli->wrote_subject != NULL ? cli->wrote_subject : ""; *p != '\0';) {
        size_t n = strcspn(p, " ");
        char one[200];
        snprintf(one, sizeof one, "%.*s", (int)(n < sizeof one ? n : sizeof one - 1), p);
        reb_audit_subject(&subjects, one);
        p += n + strspn(p + n, " ");
    }
    const reb_audit_entry e = {.at_us = now_us,
                               .who = who,
                               .kind = cli->wrote_kind,
                               .did = cli->wrote,
                               .about = cli->wrote_about,
                               .subjects = reb_buf_cstr(&subjects)};
    if (st == REB_OK) st = reb_audit_add(s, &ids, &e, 1, &err);
    reb_buf_free(&subjects);
    if (st == REB_OK) st = reb_audit_link(NULL, s, &err);
    reb_err unheard = {0}; /* a page that did not hear of it shows it when it is loaded again */
    if (st == REB_OK) tell_pages(cli, s, now_us, &unheard);
    reb_store_close(s);
    if (st != REB_OK && !cli->json) fprintf(cli->err, "rebound: this could not be written into the audit log: %s\n", err.detail);
}

int main(int argc, char **argv) {
    umask(umask(077) | 077); /* what is written here holds personal data: for the owner alone, unless they say otherwise */
    reb_arena arena = {0};
    reb_err err = {0};
    const char *env_db = getenv("REBOUND_DB");
    reb_cli cli = {
        .db = env_db != NULL && *env_db != '\0' ? env_db : "./rebound.db",
        .clock = reb_clock_system(),
        .arena = &arena,
        .out = stdout,
        .err = stderr,
        .terminal = isatty(STDERR_FILENO) != 0,
    };
    reb_status st = run(&cli, argc, argv, &err);
    if ((st == REB_OK || st == REB_E_INTERRUPTED) && cli.wrote != NULL) write_audit(&cli);
    bool misled = st == REB_E_USAGE || st == REB_E_INPUT || st == REB_E_NOT_FOUND; /* perhaps only because words were lost */
    if (arena.failed && st == REB_OK) {
        st = reb_fail(&err, REB_E_MEMORY, "There is not enough memory: what was printed is not complete.");
        reb_err_next(&err, "What the command had to do is done. Close other programs, then ask again.");
    } else if (arena.failed && misled) {
        st = reb_fail(&err, REB_E_MEMORY, "There is not enough memory.");
    }
    bool printed = fflush(stdout) == 0 && ferror(stdout) == 0; /* a long output may have failed before its last piece */
    if (st == REB_OK && !printed) st = reb_fail(&err, REB_E_IO, "The output could not be written.");
    if (st != REB_OK) report(&cli, st, &err);
    reb_arena_free(&arena);
    return reb_status_exit(st);
}
