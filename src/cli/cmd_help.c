#include "cli.h"

#include <string.h>

static void print_options(FILE *out, const reb_cli_option *options) {
    for (size_t i = 0; options != NULL && options[i].name != NULL; i++) {
        char left[64];
        snprintf(left, sizeof left, "%s%s%s", options[i].name, options[i].value ? " " : "", options[i].value ? options[i].value : "");
        fprintf(out, "  %-22s %s\n", left, options[i].help);
    }
}

static void print_command(FILE *out, const reb_command *c) {
    fprintf(out, "rebound %s%s%s\n\n%s\n", c->name, c->args[0] ? " " : "", c->args, c->summary);
    if (c->details != NULL) fprintf(out, "\n%s\n", c->details);
    if (c->options != NULL) {
        fprintf(out, "\nOptions:\n");
        print_options(out, c->options);
    }
    fprintf(out, "\nCommon options:\n");
    print_options(out, reb_cli_common);
}

static reb_status run_help(reb_cli *cli, reb_err *err) {
    if (cli->arg_count > 0) {
        for (size_t i = 0; reb_commands[i] != NULL; i++) {
            if (strcmp(reb_commands[i]->name, cli->args[0]) != 0) continue;
            print_command(cli->out, reb_commands[i]);
            return REB_OK;
        }
        reb_fail(err, REB_E_USAGE, "There is no command \"%s\".", cli->args[0]);
        reb_err_next(err, "rebound help lists the commands.");
        return REB_E_USAGE;
    }
    fprintf(cli->out, "Rebound keeps a business's customers: whom to act on today, what to do, and what it is worth.\n\n"
                      "  rebound COMMAND [ARGUMENTS] [OPTIONS]\n\nCommands:\n");
    for (size_t i = 0; reb_commands[i] != NULL; i++) fprintf(cli->out, "  %-12s %s\n", reb_commands[i]->name, reb_commands[i]->summary);
    fprintf(cli->out, "\nCommon options:\n");
    print_options(cli->out, reb_cli_common);
    fprintf(cli->out, "\nrebound help COMMAND tells more; man rebound tells all.\n");
    return REB_OK;
}

const reb_command reb_cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "tell about a command",
    .details = "Without a name it lists the commands. `rebound COMMAND --help` is the same as `rebound help COMMAND`.",
    .run = run_help,
};
