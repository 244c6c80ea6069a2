/* rebound tick: once what `serve` does every 20 seconds. */
#include "../app/tick.h"

#include "cli.h"

#include <inttypes.h>
#include <unistd.h>

static reb_status run_tick(reb_cli *cli, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    bool busy = false;
    int64_t did[16] = {0};
    if (cli->arg_count > 0) return reb_fail(err, REB_E_USAGE, "rebound tick takes no words.");
    reb_status st = reb_cli_open(&s, &b, cli, 0, err);
    if (st != REB_OK) return st;
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    st = reb_tick(&busy, did, s, b, reb_clock_now(cli->clock), &ids, err);
    reb_buf out = {0};
    reb_json w = {.out = &out};
    reb_json_obj(&w);
    reb_json_kbool(&w, "busy", busy);
    for (size_t i = 0; reb_tick_tasks[i].name != NULL; i++) reb_json_ki64(&w, reb_tick_tasks[i].name, did[i]);
    reb_json_obj_end(&w);
    if (st == REB_OK && cli->json) {
        reb_cli_document(cli, &out);
    } else if (st == REB_OK && busy) {
        fprintf(cli->out, "A server is at it just now.\n");
    } else if (st == REB_OK) {
        for (size_t i = 0; reb_tick_tasks[i].name != NULL; i++) fprintf(cli->out, "%-8s %" PRId64 "\n", reb_tick_tasks[i].name, did[i]);
    }
    if (!cli->json || st != REB_OK) reb_buf_free(&out);
    reb_business_free(b);
    reb_store_close(s);
    return st;
}

const reb_command reb_cmd_tick = {
    .name = "tick",
    .args = "",
    .summary = "do what is due by itself: warnings, escalations, reminders",
    .details = "rebound serve does this every 20 seconds. Where no server runs, a timer of the system may do it. Clocks of cases that end "
               "soon are told\n"
               "to whoever works on them, those that have ended are escalated, promises are reminded of, and approvals nobody gave are "
               "passed on: each\n"
               "once, and within working hours.",
    .run = run_tick,
};
