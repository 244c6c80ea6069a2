/* Completion scripts for shells, written from the declarations of the commands, so that they know what the program knows. */
#include "cli.h"

#include <string.h>

/* What a placeholder asks for: files, one of a few words ("pnbd|bgnbd"), or something that only the person knows. */
typedef enum asks_for { ASKS_FILE, ASKS_WORD, ASKS_ANY } asks_for;

static asks_for asks(const char *value) {
    if (strchr(value, '|') != NULL) return ASKS_WORD;
    static const char *const k_files[] = {"FILE", "DIR", "WHERE", "PATH"};
    for (size_t i = 0; i < sizeof k_files / sizeof *k_files; i++)
        if (strstr(value, k_files[i]) != NULL) return ASKS_FILE;
    return ASKS_ANY;
}

/* Whether the synopsis ("[list | FILE...] [--map FILE]") has a file among its words; the value of an option does not count. */
static bool takes_files(const char *args) {
    bool after_option = false;
    while (*args != '\0') {
        size_t n = strcspn(args, " ");
        if (!after_option && n >= 4 && memmem(args, n, "FILE", 4) != NULL) return true;
        after_option = memmem(args, n, "--", 2) != NULL;
        args += n;
        args += strspn(args, " ");
    }
    return false;
}

static void put_words(FILE *out, const char *value) {
    for (; *value != '\0'; value++) putc(*value == '|' ? ' ' : *value, out);
}

/* ---- bash ------------------------------------------------------------------------------------------------------------------------- */

static void bash_values(FILE *out, const reb_cli_option *o, const char *indent) {
    for (; o != NULL && o->name != NULL; o++) {
        if (o->value == NULL) continue;
        fprintf(out, "%s%s)", indent, o->name);
        switch (asks(o->value)) {
            case ASKS_FILE: fputs(" mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n", out); break;
            case ASKS_WORD:
                fputs(" COMPREPLY=($(compgen -W \"", out);
                put_words(out, o->value);
                fputs("\" -- \"$cur\")); return ;;\n", out);
                break;
            case ASKS_ANY: fputs(" return ;;\n", out); break;
        }
    }
}

static void bash_names(FILE *out, const reb_cli_option *o) {
    for (; o != NULL && o->name != NULL; o++) fprintf(out, " %s", o->name);
}

static void bash_command(FILE *out, const reb_command *c) {
    fprintf(out, "    %s)\n", c->name);
    bool values = false;
    for (const reb_cli_option *o = c->options; o != NULL && o->name != NULL; o++) values = values || o->value != NULL;
    if (values) {
        fputs("        case $prev in\n", out);
        bash_values(out, c->options, "        ");
        fputs("        esac\n", out);
    }
    fputs("        options+='", out);
    bash_names(out, c->options);
    fputs("'\n", out);
    if (strcmp(c->name, "help") == 0)
        fputs("        words=$commands\n", out);
    else if (c->actions != NULL)
        fprintf(out, "        ((place == 0)) && words='%s'\n", c->actions);
    if (takes_files(c->args)) fputs("        files=yes\n", out);
    fputs("        ;;\n", out);
}

static void print_bash(FILE *out) {
    fputs("# Completion of rebound for bash; made by `rebound completion bash`.\n"
          "_rebound() {\n"
          "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command= words= files= place=0 i\n"
          "    local options='",
          out);
    bash_names(out, reb_cli_common);
    fputs("'\n    local commands='", out);
    for (size_t i = 0; reb_commands[i] != NULL; i++) fprintf(out, "%s%s", i > 0 ? " " : "", reb_commands[i]->name);
    fputs(
        "'\n"
        "    COMPREPLY=()\n"
        "    # The command is the first word that is neither an option nor the value of a common one; `place` counts the words after it.\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        --db | --now) ((i++)) ;;\n"
        "        -*) ;;\n"
        "        *) if [[ $command ]]; then ((place++)); else command=${COMP_WORDS[i]}; fi ;;\n"
        "        esac\n"
        "    done\n"
        "    case $prev in\n",
        out);
    bash_values(out, reb_cli_common, "    ");
    fputs("    esac\n"
          "    case $command in\n"
          "    '') words=\"$commands\" options+=' --version' ;;\n",
          out);
    for (size_t i = 0; reb_commands[i] != NULL; i++) bash_command(out, reb_commands[i]);
    fputs("    *) return ;;\n"
          "    esac\n"
          "    if [[ $cur == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
          "    else\n"
          "        COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "        if [[ $files ]]; then mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -f -- \"$cur\"); fi\n"
          "    fi\n"
          "} && complete -o filenames -F _rebound rebound\n",
          out);
}

/* ---- zsh -------------------------------------------------------------------------------------------------------------------------- */

/* Text inside a single-quoted specification of _arguments or _describe. */
static void zsh_text(FILE *out, const char *s) {
    for (; *s != '\0'; s++) {
        if (*s == '\'') {
            fputs("'\\''", out);
            continue;
        }
        if (strchr("[]:\\", *s) != NULL) putc('\\', out);
        putc(*s, out);
    }
}

static void zsh_options(FILE *out, const reb_cli_option *o, const char *indent) {
    for (; o != NULL && o->name != NULL; o++) {
        fprintf(out, " \\\n%s'%s[", indent, o->name);
        zsh_text(out, o->help);
        putc(']', out);
        if (o->value != NULL) {
            fputs(": :", out);
            switch (asks(o->value)) {
                case ASKS_FILE: fputs("_files", out); break;
                case ASKS_WORD:
                    putc('(', out);
                    put_words(out, o->value);
                    putc(')', out);
                    break;
                case ASKS_ANY: putc(' ', out); break;
            }
        }
        putc('\'', out);
    }
}

static void zsh_command(FILE *out, const reb_command *c) {
    fprintf(out, "    %s)\n      _arguments", c->name);
    zsh_options(out, reb_cli_common, "        ");
    zsh_options(out, c->options, "        ");
    if (strcmp(c->name, "help") == 0)
        fputs(" \\\n        '1: :{_describe command commands}'", out);
    else if (c->actions != NULL)
        fprintf(out, " \\\n        '1: :(%s)'", c->actions);
    if (takes_files(c->args)) fputs(" \\\n        '*: :_files'", out);
    fputs(" ;;\n", out);
}

static void print_zsh(FILE *out) {
    fputs("#compdef rebound\n"
          "# Completion of rebound for zsh; made by `rebound completion zsh`.\n"
          "_rebound() {\n"
          "  local curcontext=$curcontext state line\n"
          "  local -a commands\n"
          "  commands=(\n",
          out);
    for (size_t i = 0; reb_commands[i] != NULL; i++) {
        fprintf(out, "    '%s:", reb_commands[i]->name);
        zsh_text(out, reb_commands[i]->summary);
        fputs("'\n", out);
    }
    fputs("  )\n  _arguments -C", out);
    zsh_options(out, reb_cli_common, "    ");
    fputs(" \\\n    '--version[print the version]'"
          " \\\n    '1: :->command' '*:: :->rest'\n"
          "  case $state in\n"
          "  command) _describe command commands ;;\n"
          "  rest)\n"
          "    case $words[1] in\n",
          out);
    for (size_t i = 0; reb_commands[i] != NULL; i++) zsh_command(out, reb_commands[i]);
    fputs("    esac ;;\n"
          "  esac\n"
          "}\n"
          "if [[ $funcstack[1] == _rebound ]]; then _rebound \"$@\"; else compdef _rebound rebound; fi\n",
          out);
}

static reb_status run_completion(reb_cli *cli, reb_err *err) {
    const char *shell = cli->arg_count == 1 ? cli->args[0] : "";
    if (strcmp(shell, "bash") == 0) {
        print_bash(cli->out);
        return REB_OK;
    }
    if (strcmp(shell, "zsh") == 0) {
        print_zsh(cli->out);
        return REB_OK;
    }
    reb_fail(err, REB_E_USAGE, "Completion is written for bash or zsh.");
    reb_err_next(err, "For example: rebound completion bash > ~/.local/share/bash-completion/completions/rebound");
    return REB_E_USAGE;
}

const reb_command reb_cmd_completion = {
    .name = "completion",
    .args = "bash|zsh",
    .summary = "write what a shell needs to complete rebound's words",
    .details = "bash: rebound completion bash > ~/.local/share/bash-completion/completions/rebound\n"
               "zsh:  rebound completion zsh > DIR/_rebound, where DIR is a folder of $fpath",
    .actions = "bash zsh",
    .run = run_completion,
};
