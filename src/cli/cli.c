#include "cli.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const reb_cli_option reb_cli_common[] = {
    {"--db", "WHERE", "database: a file, or postgresql://...; else $REBOUND_DB; else ./rebound.db"},
    {"--json", NULL, "print one JSON document for a program to read"},
    {"--now", "DATE", "act as of this day or instant (2026-05-01, 2026-05-01T09:00Z)"},
    {"--lang", "TAG", "say it in this language (en, ar, fa, el; also fa-u-ca-persian-nu-arabext); else the business's"},
    {"--help", NULL, "tell about the command"},
    {0},
};

const char *reb_cli_value(const reb_cli *cli, const char *option) {
    const reb_cli_option *options = cli->command->options;
    for (size_t i = 0; options != NULL && options[i].name != NULL; i++)
        if (strcmp(options[i].name, option) == 0) return cli->option_values[i];
    return NULL;
}

bool reb_cli_flag(const reb_cli *cli, const char *option) {
    return reb_cli_value(cli, option) != NULL;
}

reb_status reb_cli_int(int64_t *out, const reb_cli *cli, const char *option, int64_t fallback, int64_t least, int64_t most, reb_err *err) {
    const char *text = reb_cli_value(cli, option);
    *out = fallback;
    if (text == NULL) return REB_OK;
    char *end = NULL;
    errno = 0;
    long long v = strtoll(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || v < least || v > most)
        return reb_fail(err, REB_E_USAGE, "%s is \"%s\"; it must be a whole number from %" PRId64 " to %" PRId64 ".", option, text, least,
                        most);
    *out = v;
    return REB_OK;
}

void reb_cli_document(const reb_cli *cli, reb_buf *document) {
    if (document->failed) {
        cli->arena->failed = true;
    } else {
        fprintf(cli->out, "%s\n", reb_buf_cstr(document));
    }
    reb_buf_free(document);
}

const char *reb_cli_keep(const reb_cli *cli, reb_buf *text) {
    if (text->failed) cli->arena->failed = true;
    const char *copy = reb_arena_strdup(cli->arena, reb_buf_cstr(text));
    reb_buf_free(text);
    return copy != NULL ? copy : "";
}
