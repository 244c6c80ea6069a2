#include "cli.h"

#include <string.h>

reb_status reb_cli_open(reb_store **store, reb_business **business, reb_cli *cli, unsigned flags, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    *store = NULL;
    if (business != NULL) *business = NULL;
    reb_status st = reb_store_open(&s, cli->db, flags, err);
    if (st == REB_OK) st = reb_business_load(&b, s, err);
    if (st == REB_OK && cli->now_text != NULL && strchr(cli->now_text, 'T') == NULL) {
        int64_t day = cli->fixed_now_us / REB_US_PER_DAY - (cli->fixed_now_us % REB_US_PER_DAY < 0); /* main has set it to noon in UTC */
        cli->fixed_now_us = reb_zone_instant(b->zone, day * REB_US_PER_DAY + REB_US_PER_DAY / 2);
    }
    if (st != REB_OK || business == NULL) {
        reb_business_free(b);
        b = NULL;
    }
    if (st != REB_OK) {
        reb_store_close(s);
        return st;
    }
    *store = s;
    if (business != NULL) *business = b;
    return REB_OK;
}
