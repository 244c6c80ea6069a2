#include "act_cli.h"

#include "../app/customer.h"
#include "format.h"
#include "when.h"

#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static reb_status find(reb_act *a, reb_cli *cli, reb_store *s, const reb_business *b, reb_err *err) {
    int64_t episode = 0;
    if (cli->arg_count == 1) {
        a->item = cli->args[0];
        return reb_item_find(&a->customer_id, &a->kind, &episode, s, cli->args[0], err);
    }
    if (!reb_item_kind_from_name(&a->kind, cli->args[1])) {
        reb_fail(err, REB_E_USAGE, "There is no kind \"%s\".", cli->args[1]);
        reb_err_next(err, "The kinds are call, feedback, neglected and winback.");
        return REB_E_USAGE;
    }
    a->item = "";
    reb_customer_ctx c = {.store = s, .arena = cli->arena, .clock = cli->clock, .business = b};
    return reb_customer_resolve(&a->customer_id, &c, cli->args[0], err);
}

static void tell(const reb_cli *cli, const reb_act *a, const reb_act_result *r) {
    if (cli->json) {
        reb_buf out = {0};
        reb_json w = {.out = &out};
        reb_act_json(&w, a, r);
        reb_cli_document(cli, &out);
        return;
    }
    const reb_voice v = reb_cli_voice(cli);
    const char *said = "";
    switch (a->act) {
        case REB_ACT_DONE: said = reb_say_cli_act_done(&v); break;
        case REB_ACT_NOT_NOW: said = reb_say_cli_act_not_now(&v, .date = reb_voice_day(&v, a->until_day)); break;
        case REB_ACT_WRONG: said = reb_say_cli_act_wrong(&v); break;
    }
    fprintf(cli->out, "%s\n", r->known ? reb_say_cli_act_known(&v) : said);
}

reb_status reb_cli_act(reb_cli *cli, reb_act_kind act, const char *why, reb_err *err) {
    if (cli->arg_count < 1 || cli->arg_count > 2) {
        reb_fail(err, REB_E_USAGE, "Name the item by its code, or the customer and the kind.");
        reb_err_next(err, "See: rebound help %s", cli->command->name);
        return REB_E_USAGE;
    }
    reb_act a = {.act = act, .why = why != NULL ? why : "", .item = ""};
    reb_status st = reb_cli_day(&a.until_day, cli, "--until", err);
    if (st != REB_OK) return st;
    reb_store *s = NULL;
    reb_business *b = NULL;
    st = reb_cli_open(&s, &b, cli, 0, err);
    if (st != REB_OK) return st;
    int64_t now_us = reb_clock_now(cli->clock);
    reb_ids ids = {.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    reb_act_result r = {0};
    st = find(&a, cli, s, b, err);
    if (st == REB_OK) st = reb_act_record(&r, s, b, &a, now_us, &ids, err);
    if (st == REB_OK && !r.known) reb_cli_wrote_id(cli, cli->command->name, "customer", a.customer_id);
    if (st == REB_OK) tell(cli, &a, &r);
    reb_business_free(b);
    reb_store_close(s);
    return st;
}
