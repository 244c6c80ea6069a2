#include "cli.h"

#include <inttypes.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

reb_status reb_cli_parse_now(int64_t *out_us, const char *text, reb_err *err) {
    int y = 0;
    int mo = 0;
    int d = 0;
    int h = 12;
    int mi = 0;
    int s = 0;
    int used = 0;
    int got = sscanf(text, "%4d-%2d-%2d%n", &y, &mo, &d, &used);
    if (got == 3 && text[used] == 'T') {
        int more = 0;
        h = -1;
        sscanf(text + used, "T%2d:%2d%n", &h, &mi, &more);
        used += more;
        if (more > 0 && text[used] == ':') {
            more = 0;
            s = -1;
            sscanf(text + used, ":%2d%n", &s, &more);
            used += more;
        }
        if (text[used] == 'Z') used++;
    }
    bool valid = got == 3 && text[used] == '\0' && reb_civil_valid(y, mo, d) && h >= 0 && h < 24 && mi >= 0 && mi < 60 && s >= 0 && s < 60;
    if (!valid) {
        reb_fail(err, REB_E_USAGE, "--now is \"%s\", which is no date.", text);
        reb_err_next(err, "Write it as 2026-05-01 or 2026-05-01T09:00Z.");
        return REB_E_USAGE;
    }
    *out_us = reb_day_from_civil(y, mo, d) * REB_US_PER_DAY + ((int64_t)(h * 60 + mi) * 60 + s) * REB_US_PER_SECOND;
    return REB_OK;
}

reb_status reb_cli_open(reb_store **store, reb_business **business, reb_cli *cli, unsigned flags, reb_err *err) {
    reb_store *s = NULL;
    reb_business *b = NULL;
    *store = NULL;
    if (business != NULL) *business = NULL;
    reb_status st = reb_store_open(&s, cli->db, flags, err);
    if (st == REB_OK) st = reb_business_load(&b, s, err);
    if (st == REB_OK) {
        reb_locale shop = reb_business_locale(b);
        reb_locale_parse(&cli->locale, cli->lang, cli->lang != NULL ? strlen(cli->lang) : 0, &shop);
    }
    if (st == REB_OK && cli->now_text != NULL && strchr(cli->now_text, 'T') == NULL) {
        int64_t day = cli->fixed_now_us / REB_US_PER_DAY - (cli->fixed_now_us % REB_US_PER_DAY < 0); /* main has set it to noon in UTC */
        cli->fixed_now_us = reb_zone_instant(b->zone, day * REB_US_PER_DAY + REB_US_PER_DAY / 2);
        cli->now_text = NULL; /* once: noon here may be another day in UTC */
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

void reb_cli_wrote(reb_cli *cli, const char *did, const char *about, const char *subject) {
    bool more = cli->wrote != NULL && cli->wrote_subject != NULL && subject != NULL; /* several files of one import */
    cli->wrote = did;
    cli->wrote_kind = "changed";
    cli->wrote_about = about;
    cli->wrote_subject = more ? reb_arena_printf(cli->arena, "%s %s", cli->wrote_subject, subject) : subject;
}

void reb_cli_wrote_id(reb_cli *cli, const char *did, const char *about, int64_t id) {
    reb_cli_wrote(cli, did, about, reb_arena_printf(cli->arena, "%" PRId64, id));
}

void reb_cli_who(char out[96]) {
    struct passwd entry;
    struct passwd *found = NULL;
    char room[2048];
    char name[64] = "";
    if (getpwuid_r(geteuid(), &entry, room, sizeof room, &found) == 0 && found != NULL) snprintf(name, sizeof name, "%s", found->pw_name);
    if (name[0] == '\0') snprintf(name, sizeof name, "%ld", (long)geteuid());
    snprintf(out, 96, "terminal:%s", name);
}
