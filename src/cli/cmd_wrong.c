#include "act_cli.h"

static reb_status run_wrong(reb_cli *cli, reb_err *err) {
    return reb_cli_act(cli, REB_ACT_WRONG, reb_cli_value(cli, "--why"), err);
}

static const reb_cli_option k_options[] = {
    {"--why", "TEXT", "what is wrong with it, in your words"},
    {0},
};

const reb_command reb_cmd_wrong = {
    .name = "wrong",
    .args = "ITEM --why TEXT",
    .summary = "an item of today should not be there",
    .details = "The customer is not proposed for this kind again until they buy (at most for a year). CUSTOMER KIND may stand for ITEM.",
    .options = k_options,
    .run = run_wrong,
};
