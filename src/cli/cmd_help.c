#include "cli.h"
#include "term.h"

#include <string.h>

enum { HELP_COLUMNS = 100, OPTION_COLUMNS = 25 };

/* Help is for reading: never wider than is comfortable. In a pipe it stays as it is written, one line an option. */
static reb_term help_term(FILE *out) {
    reb_term t = reb_term_of(out);
    if (t.columns > HELP_COLUMNS) t.columns = HELP_COLUMNS;
    return t;
}

static void print_options(const reb_term *t, const reb_cli_option *options) {
    for (size_t i = 0; options != NULL && options[i].name != NULL; i++) {
        char left[64];
        snprintf(left, sizeof left, "  %s%s%s", options[i].name, options[i].value ? " " : "", options[i].value ? options[i].value : "");
        size_t n = strlen(left);
        if (n < OPTION_COLUMNS) {
            snprintf(left + n, sizeof left - n, "%*s", (int)(OPTION_COLUMNS - n), "");
            reb_term_paragraph(t, OPTION_COLUMNS, left, options[i].help);
        } else { /* too long for its column */
            fprintf(t->file, "%s\n", left);
            reb_term_paragraph(t, OPTION_COLUMNS, NULL, options[i].help);
        }
    }
}

/* A line that stands in columns (begins with a space, or has two within) stays as it is; others flow together. */
static bool stands_alone(const char *line, size_t len) {
    if (len == 0 || line[0] == ' ') return true;
    for (size_t i = 1; i < len; i++)
        if (line[i] == ' ' && line[i - 1] == ' ') return true;
    return false;
}

static void end_paragraph(const reb_term *t, reb_buf *text) {
    if (text->len > 0) reb_term_paragraph(t, 0, NULL, reb_buf_cstr(text));
    reb_buf_clear(text);
}

static void print_details(const reb_term *t, const char *details) {
    reb_buf text = {0};
    if (t->columns == 0) {
        fprintf(t->file, "%s\n", details);
        return;
    }
    for (const char *line = details; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        if (stands_alone(line, len)) {
            end_paragraph(t, &text);
            fprintf(t->file, "%.*s\n", (int)len, line);
        } else {
            if (text.len > 0) reb_buf_char(&text, ' ');
            reb_buf_add(&text, line, len);
        }
        line += len + (line[len] == '\n' ? 1 : 0);
    }
    end_paragraph(t, &text);
    reb_buf_free(&text);
}

static void print_command(FILE *out, const reb_command *c) {
    reb_term t = help_term(out);
    fprintf(out, "rebound %s%s%s\n\n%s\n", c->name, c->args[0] ? " " : "", c->args, c->summary);
    if (c->details != NULL) {
        fprintf(out, "\n");
        print_details(&t, c->details);
    }
    if (c->options != NULL) {
        fprintf(out, "\nOptions:\n");
        print_options(&t, c->options);
    }
    fprintf(out, "\nCommon options:\n");
    print_options(&t, reb_cli_common);
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
    reb_term t = help_term(cli->out);
    print_options(&t, reb_cli_common);
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
