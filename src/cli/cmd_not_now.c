#include "act_cli.h"

static reb_status run_not_now(reb_cli *cli, reb_err *err) {
    return reb_cli_act(cli, REB_ACT_NOT_NOW, reb_cli_value(cli, "--why"), err);
}

static const reb_cli_option k_options[] = {
    {"--until", "DATE", "the first day on which the customer may be proposed again"},
    {"--why", "TEXT", "the reason, in your words"},
    {0},
};

const reb_command reb_cmd_not_now = {
    .name = "not-now",
    .args = "ITEM --until DATE --why TEXT",
    .summary = "put an item of today off",
    .details = "Until that day the customer is not proposed for anything. CUSTOMER KIND may stand for ITEM.",
    .options = k_options,
    .run = run_not_now,
};
