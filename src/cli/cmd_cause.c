/* rebound cause: the tree of root causes, one of which is stated when a case is closed. */
#include "cli.h"

#include "../domain/cause.h"

#include <string.h>

static reb_status list(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    reb_cause *causes = NULL;
    size_t n = 0;
    const reb_voice v = reb_cli_voice(cli);
    const char *first = reb_business_text(b, REB_SETTING_LANGUAGE);
    reb_status st = reb_cause_list(&causes, &n, s, cli->arena, err);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_causes_json(&w, causes, n, &v, first);
        reb_cli_document(cli, &out);
        return REB_OK;
    }
    for (size_t i = 0; st == REB_OK && i < n; i++)
        fprintf(cli->out, "%*s%s (%s)%s\n", (int)(2 * (causes[i].depth - 1)), "", reb_cause_title(&v, &causes[i], first), causes[i].code,
                causes[i].offered ? "" : ", retired");
    return st;
}

/* The name in each language that was given, as --en, --ar, --fa, --el; a bare word is in the language of the business. */
static void titles(reb_words *out, const reb_cli *cli, const reb_business *b, const char *word) {
    static const char *const k_options[REB_LANGUAGES] = {"--en", "--ar", "--fa", "--el"};
    *out = (reb_words){{0}};
    if (word != NULL) out->in[reb_business_locale(b).language] = word;
    for (int i = 0; i < REB_LANGUAGES; i++)
        if (reb_cli_value(cli, k_options[i]) != NULL) out->in[i] = reb_cli_value(cli, k_options[i]);
}

static reb_status add(reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    reb_words name;
    const char *code = NULL;
    if (cli->arg_count < 2 || cli->arg_count > 3) {
        reb_fail(err, REB_E_USAGE, "Below which cause, and what is it called?");
        reb_err_next(err, "rebound cause add delivery \"The courier lost it\" [--code courier_lost]");
        return REB_E_USAGE;
    }
    titles(&name, cli, b, cli->arg_count > 2 ? cli->args[2] : NULL);
    const reb_cause_wish wish = {
        .code = reb_cli_value(cli, "--code"), .parent = cli->args[1], .title = &name, .position = -1, .retired = -1};
    reb_status st = reb_cause_add(&code, s, cli->arena, &wish, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, "cause add", "cause", code);
    fprintf(cli->out, cli->json ? "{\"code\":\"%s\"}\n" : "Added: %s.\n", code);
    return REB_OK;
}

static reb_status change(reb_cli *cli, reb_store *s, const reb_business *b, int retired, reb_err *err) {
    reb_words name;
    bool rename = retired < 0;
    if (cli->arg_count < 2 || cli->arg_count > (rename ? 3 : 2))
        return reb_fail(err, REB_E_USAGE, "Which cause? rebound cause list shows their codes.");
    titles(&name, cli, b, cli->arg_count > 2 ? cli->args[2] : NULL);
    const reb_cause_wish wish = {.code = cli->args[1], .title = rename ? &name : NULL, .position = -1, .retired = retired};
    reb_status st = reb_cause_change(s, cli->arena, &wish, reb_clock_now(cli->clock), err);
    if (st != REB_OK) return st;
    reb_cli_wrote(cli, rename ? "cause rename" : retired ? "cause retire" : "cause restore", "cause", cli->args[1]);
    if (cli->json) {
        fprintf(cli->out, "{\"code\":\"%s\"}\n", cli->args[1]);
    } else {
        fprintf(cli->out, "%s: %s.\n", cli->args[1],
                rename    ? "renamed"
                : retired ? "offered no more; what was closed with it keeps it"
                          : "offered again");
    }
    return REB_OK;
}

static reb_status run_cause(reb_cli *cli, reb_err *err) {
    const char *action = cli->arg_count > 0 ? cli->args[0] : "list";
    static const char *const k_actions[] = {"list", "add", "rename", "retire", "restore"};
    reb_store *s = NULL;
    reb_business *b = NULL;
    size_t i = 0, n = sizeof k_actions / sizeof k_actions[0];
    while (i < n && strcmp(k_actions[i], action) != 0) i++;
    if (i == n) return reb_fail(err, REB_E_USAGE, "rebound cause knows list, add, rename, retire and restore, not \"%.40s\".", action);
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st == REB_OK) st = i == 0 ? list(cli, s, b, err) : i == 1 ? add(cli, s, b, err) : change(cli, s, b, i == 2 ? -1 : i == 3, err);
    reb_store_close(s);
    reb_business_free(b);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--code", "CODE", "add: its short name in files and the API; one is made where none is given"},
    {"--en", "TEXT", "its name in English"},
    {"--ar", "TEXT", "in Arabic"},
    {"--fa", "TEXT", "in Persian"},
    {"--el", "TEXT", "in Greek"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_cause = {
    .name = "cause",
    .args = "[list | add PARENT NAME | rename CODE NAME | retire CODE | restore CODE]",
    .summary = "root causes of complaints: the tree that is chosen from at closing",
    .details = "The first level is the same for everybody, so that causes can be compared; a business adds its own below it. Nothing is "
               "deleted: a "
               "cause that is retired is offered no more, and cases that were closed with it keep it.",
    .actions = "list add rename retire restore",
    .options = k_options,
    .run = run_cause,
};
