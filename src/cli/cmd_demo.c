#include "../app/demo.h"
#include "cli.h"
#include "progress.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>

static const reb_cli_option k_options[] = {
    {"--out", "DIR", "folder to write to; made when absent, and holding none of the files"},
    {"--customers", "N", "how many customers bought at least once (2000)"},
    {"--seed", "N", "equal seeds give equal files (1)"},
    {"--until", "DATE", "the exports end with the day before this one (today)"},
    {0},
};

static void draw(void *ctx, int64_t done, int64_t of) {
    reb_progress_update(ctx, done, of, done);
}

static void tell_json(const reb_cli *cli, const reb_demo_options *o, const reb_demo_counts *c) {
    reb_buf text = {0};
    reb_json w = {.out = &text};
    reb_json_obj(&w);
    reb_json_kstr(&w, "folder", o->folder);
    reb_json_kday(&w, "until", o->until_day);
    reb_json_ki64(&w, "customers", c->customers);
    reb_json_ki64(&w, "orders", c->orders);
    reb_json_ki64(&w, "lines", c->lines);
    reb_json_ki64(&w, "tickets", c->tickets);
    reb_json_ki64(&w, "feedback", c->feedback);
    reb_json_obj_end(&w);
    reb_cli_document(cli, &text);
}

static void tell(const reb_cli *cli, const reb_demo_options *o, const reb_demo_counts *c) {
    char opened[REB_TIME_TEXT];
    char last[REB_TIME_TEXT];
    reb_day_format(o->until_day - REB_DEMO_DAYS, opened);
    reb_day_format(o->until_day - 1, last);
    fprintf(cli->out, "An invented shop, %s to %s, in %s:\n", opened, last, o->folder);
    fprintf(cli->out, "  orders.csv     %9" PRId64 " orders in %" PRId64 " rows, in Shopify's form\n", c->orders, c->lines);
    fprintf(cli->out, "  customers.csv  %9" PRId64 " customers, in Shopify's form\n", c->customers + c->never_ordered);
    fprintf(cli->out, "  tickets.csv    %9" PRId64 " complaints and questions, in Zendesk's form\n", c->tickets);
    fprintf(cli->out, "  feedback.csv   %9" PRId64 " answers to \"how was it\"\n", c->feedback);
    fprintf(cli->out, "  truth.csv, truth.json     what no shop knows: who is still a customer, and the true rates\n");
}

static reb_status run_demo(reb_cli *cli, reb_err *err) {
    reb_demo_options o = {.folder = reb_cli_value(cli, "--out")};
    int64_t seed = 0;
    if (o.folder == NULL || cli->arg_count > 0) {
        reb_fail(err, REB_E_USAGE, o.folder == NULL ? "The demo needs a folder to write to." : "The demo takes options only.");
        reb_err_next(err, "For example: rebound demo --out demo --customers 2000 --seed 7");
        return REB_E_USAGE;
    }
    reb_status st = reb_cli_int(&o.customers, cli, "--customers", 2000, 1, REB_DEMO_MAX_CUSTOMERS, err);
    if (st == REB_OK) st = reb_cli_int(&seed, cli, "--seed", 1, 0, INT64_MAX, err);
    o.until_day = reb_clock_now(cli->clock) / REB_US_PER_DAY;
    if (st == REB_OK) st = reb_cli_day(&o.until_day, cli, "--until", err);
    if (st != REB_OK) return st;
    o.seed = (uint64_t)seed;

    reb_progress progress;
    reb_progress_start(&progress, cli->err, cli->json, "demo", "steps");
    o.progress = draw;
    o.ctx = &progress;
    reb_demo_counts counts;
    st = reb_demo_write(&counts, &o, err);
    reb_progress_end(&progress);
    if (st != REB_OK) return st;
    if (cli->json)
        tell_json(cli, &o, &counts);
    else
        tell(cli, &o, &counts);
    return REB_OK;
}

const reb_command reb_cmd_demo = {
    .name = "demo",
    .args = "--out DIR [--customers N] [--seed N] [--until DATE]",
    .summary = "invent a shop and write its exports, with the truth beside them",
    .details =
        "Behaviour is drawn from the models that Rebound fits (Pareto/NBD for when, Gamma-Gamma for how much), so that truth.csv and\n"
        "truth.json tell how well Rebound finds it. Needs no database. Currency GBP, time zone Europe/London.",
    .options = k_options,
    .run = run_demo,
};
