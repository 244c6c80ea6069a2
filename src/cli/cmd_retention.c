#include "../app/retention.h"

#include "cli.h"
#include "format.h"

#include <unistd.h>

static void tell(const reb_cli *cli, const reb_retention_result *r) {
    char n[REB_FORMAT_TEXT];
    char y[REB_FORMAT_TEXT];
    if (r->silent_years == 0) {
        fprintf(cli->out, "Customers are kept for ever; a rule is set with: rebound set erase_silent_years 5\n");
    } else {
        fprintf(cli->out, "%s silent for %s %s.\n", reb_format_plural(n, r->customers, "customer", NULL),
                reb_format_plural(y, r->silent_years, "year", NULL),
                r->dry              ? "would be erased"
                : r->customers == 1 ? "is erased"
                                    : "are erased");
    }
    if (r->audit_years == 0) {
        fprintf(cli->out, "The audit log is kept for ever; a rule is set with: rebound set keep_audit_years 3\n");
    } else {
        fprintf(cli->out, "%s of the audit log, older than %s, %s.\n", reb_format_plural(n, r->audit_records, "record", NULL),
                reb_format_plural(y, r->audit_years, "year", NULL),
                r->dry                  ? "would be forgotten"
                : r->audit_records == 1 ? "is forgotten"
                                        : "are forgotten");
    }
}

static reb_status run_retention(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_retention_result r;
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound retention takes no words, only --dry-run.");
    bool dry = reb_cli_flag(cli, "--dry-run");
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    const reb_retention_request q = {
        .now_us = reb_clock_now(cli->clock), .wall_us = reb_clock_now(reb_clock_system()), .dry = dry, .who = "job:retention", .ids = &ids};
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st == REB_OK) st = reb_retention_run(&r, s, b, &q, err);
    if (st == REB_OK && !dry) reb_cli_wrote(cli, "retention", "", NULL);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_retention_json(&w, &r);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        tell(cli, &r);
    }
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--dry-run", NULL, "only say what would be erased and forgotten"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_retention = {
    .name = "retention",
    .args = "[--dry-run]",
    .summary = "erase and forget what is older than your rules allow",
    .details =
        "The rules are the settings erase_silent_years (customers of whom nothing was heard for so long are erased; orders and sums stay)\n"
        "and keep_audit_years. Nothing happens unless one of them is set. A running server does the same once a day, as a job.",
    .options = k_options,
    .run = run_retention,
};
