#include "act_cli.h"

static reb_status run_done(reb_cli *cli, reb_err *err) {
    return reb_cli_act(cli, REB_ACT_DONE, reb_cli_value(cli, "--note"), err);
}

static const reb_cli_option k_options[] = {
    {"--note", "TEXT", "what came of it, in your words"},
    {0},
};

const reb_command reb_cmd_done = {
    .name = "done",
    .args = "ITEM [--note TEXT]  |  CUSTOMER KIND [--note TEXT]",
    .summary = "an item of today was done",
    .details =
        "ITEM is the six letters beside the item. The customer then counts as spoken to and is not proposed again for the days of the\n"
        "setting contact_gap_days. Nothing is sent to anybody.",
    .options = k_options,
    .run = run_done,
};
