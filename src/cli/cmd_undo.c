#include "../app/promise.h"

#include "cli.h"

#include <inttypes.h>
#include <unistd.h>

static reb_status run_undo(reb_cli *cli, reb_err *err) {
    int64_t event_id = 0;
    int used = 0;
    if (cli->arg_count != 1 || sscanf(cli->args[0], "%18" SCNd64 "%n", &event_id, &used) != 1 || cli->args[0][used] != '\0' ||
        event_id <= 0) {
        reb_fail(err, REB_E_USAGE, "Name the act by its number.");
        reb_err_next(err, "It stands in the answer to --json, and in: rebound customer history CUSTOMER --json");
        return REB_E_USAGE;
    }
    reb_store *s = NULL;
    reb_business *b = NULL;
    reb_undo_result r = {0};
    int64_t number = 0;
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st != REB_OK) return st;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    const reb_promise_ctx c = {.store = s, .arena = cli->arena, .business = b, .ids = &ids, .now_us = reb_clock_now(cli->clock)};
    st = reb_promise_undo(&r, &number, &c, event_id, err);
    if (st == REB_OK && !r.known) reb_cli_wrote_id(cli, cli->command->name, "customer", r.customer_id);
    if (st == REB_OK && cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_undo_json(&w, &r);
        reb_cli_document(cli, &out);
    } else if (st == REB_OK) {
        const reb_voice v = reb_cli_voice(cli);
        fprintf(cli->out, "%s\n", r.known ? reb_say_cli_undone_before(&v) : reb_say_cli_undone(&v));
    }
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_undo = {
    .name = "undo",
    .args = "ACT",
    .summary = "take back what was noted by mistake",
    .details = "ACT is the number of the act: event_id in the answer to --json. What was noted with done, not-now, wrong, customer note,\n"
               "customer contact, customer consent or promise can be taken back; the customer is then on today's list as before. Nothing "
               "is deleted:\n"
               "the history keeps both. An act on which a later one rests is refused: take the later one back first.\n"
               "Merged customers are taken apart with: rebound customer unmerge.",
    .run = run_undo,
};
