/* The command line: what every command is given and how commands are declared.
   A command is one `const reb_command reb_cmd_NAME` in src/cli/cmd_NAME.c, listed in api/commands.def. Help, completion and the manual's
   synopsis come from that declaration, so that they cannot drift apart. */
#ifndef REB_CLI_CLI_H
#define REB_CLI_CLI_H

#include "../base/arena.h"
#include "../base/clock.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../domain/business.h"
#include "../store/store.h"
#include "../text/voice.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* An option of one command. `value` is the placeholder shown in help (FILE, N, DAYS); NULL means a flag. */
typedef struct reb_cli_option {
    const char *name; /* with dashes: "--map" */
    const char *value;
    const char *help;
} reb_cli_option;

typedef struct reb_cli reb_cli;

typedef struct reb_command {
    const char *name;
    const char *args;              /* shown after the name: "FILE... [options]" */
    const char *summary;           /* one line */
    const char *details;           /* paragraphs for `rebound help NAME`, or NULL; sub-commands are told here */
    const char *actions;           /* sub-commands parted by spaces, for completion; NULL when there are none */
    const reb_cli_option *options; /* ends with a NULL name; NULL when there are none beside the common ones */
    reb_status (*run)(reb_cli *cli, reb_err *err);
} reb_command;

/* What a command is given. Common options (--db, --json, --now, --help) are read already. */
struct reb_cli {
    const reb_command *command;
    int arg_count; /* words that are not options, after the command's name */
    const char *const *args;
    const char *db;          /* location: --db, else REBOUND_DB, else ./rebound.db */
    bool json;               /* print one JSON document on out, nothing else */
    const char *lang;        /* --lang as typed, or NULL */
    reb_locale locale;       /* for whom it is said: --lang, and the business's settings once it is open */
    const char *now_text;    /* --now as typed, or NULL; also once the time zone is settled */
    reb_clock clock;         /* the system's, or standing at --now; see reb_cli_open for a day without a time */
    reb_arena *arena;        /* freed after the command; when it `failed`, the command ends as REB_E_MEMORY */
    FILE *out;               /* results */
    FILE *err;               /* progress and remarks for a person */
    bool terminal;           /* err is a terminal: progress may be drawn */
    int64_t fixed_now_us;    /* what clock stands at, when --now was given */
    const char *wrote;       /* what the command has changed or seen, for the audit log: "customer merge"; NULL: nothing */
    const char *wrote_kind;  /* "changed" or "saw" */
    const char *wrote_about; /* "customer", "setting", ... */
    const char *wrote_subject;
    const char **option_values; /* by index into command->options; NULL where not given, "" for a flag given */
};

/* Speaks to the person at the command line, into the command's arena. */
static inline reb_voice reb_cli_voice(const reb_cli *cli) {
    return (reb_voice){.arena = cli->arena, .locale = &cli->locale, .commands = true};
}

const char *reb_cli_value(const reb_cli *cli, const char *option); /* NULL when not given; the last one given counts */
bool reb_cli_flag(const reb_cli *cli, const char *option);
/* A whole number in [least, most]; `fallback` when the option is absent. Errors: USAGE. */
reb_status reb_cli_int(int64_t *out, const reb_cli *cli, const char *option, int64_t fallback, int64_t least, int64_t most, reb_err *err);

/* Options that every command takes, read before it is run; ends with a NULL name. */
extern const reb_cli_option reb_cli_common[];

/* YYYY-MM-DD, or YYYY-MM-DDTHH:MM[:SS]Z. A day alone stands at 12:00 UTC until the business's time zone is known. */
reb_status reb_cli_parse_now(int64_t *out_us, const char *text, reb_err *err);

/* Opens cli->db and loads the business. With --now as a day without a time, cli->clock then stands at noon of that day in the
   business's time zone. `business` may be NULL. What was opened is the caller's to close (reb_store_close, reb_business_free).
   `flags` as for reb_store_open. */
reb_status reb_cli_open(reb_store **store, reb_business **business, reb_cli *cli, unsigned flags, reb_err *err);

/* Prints a finished JSON document as one line and gives its memory back. One that is incomplete because memory ran out is not printed:
   that is remembered in the arena (`failed`), and the command ends as REB_E_MEMORY. */
void reb_cli_document(const reb_cli *cli, reb_buf *document);
/* The text in the arena, the buffer given back; "" when memory ran out, which is remembered likewise. */
const char *reb_cli_keep(const reb_cli *cli, reb_buf *text);

/* Opens the address with xdg-open, unless there is no desktop to open it on; does not wait. Whether a browser was asked. */
bool reb_cli_browse(const char *url);

/* For a command that has changed something (or shown what somebody may ask about later): it goes into the audit log when the command has
   succeeded, as done by "terminal:USER". `about` and `subject` ("" or NULL: none) live until then. */
void reb_cli_wrote(reb_cli *cli, const char *did, const char *about, const char *subject);
void reb_cli_wrote_id(reb_cli *cli, const char *did, const char *about, int64_t id);

/* Who sits at the terminal: "terminal:" and their name in the system, else their number. */
void reb_cli_who(char out[96]);

/* Commands, in the order of help; ends with NULL. */
extern const reb_command *const reb_commands[];

#endif
