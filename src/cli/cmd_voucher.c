/* rebound voucher: codes that were given, looked at and spent. */
#include "../app/gesture.h"
#include "../app/voucher_pdf.h"
#include "cli.h"
#include "format.h"
#include "new_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct call {
    reb_cli *cli;
    reb_store *store;
    reb_business *business;
    int64_t now_us;
} call;

static const char *money(const call *k, int64_t minor, const char *currency) {
    const reb_voice v = reb_cli_voice(k->cli);
    return reb_voice_money(&v, minor, currency, 0);
}

static const char *day_of(const call *k, int64_t at_us) {
    const reb_voice v = reb_cli_voice(k->cli);
    return reb_voice_day(&v, reb_business_day(k->business, at_us));
}

static reb_status print_one(const call *k, const reb_voucher *v, const char *code, int known, reb_err *err) {
    int64_t number = 0;
    reb_status st = reb_case_number_of(&number, k->store, v->at.case_id, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_voucher_json(&w, v, number, code, known, k->now_us);
        reb_cli_document(k->cli, &b);
        reb_buf_free(&b);
        return REB_OK;
    }
    reb_voucher_state state = reb_voucher_state_at(v, k->now_us);
    if (code != NULL) fprintf(k->cli->out, "%s\n", code);
    fprintf(k->cli->out, "%s  %s  case C-%" PRId64, money(k, v->value_minor, v->currency),
            known == 0 ? "spent now" : reb_voucher_state_name(state), number);
    if (state == REB_VOUCHER_OPEN && v->expires_us != 0) fprintf(k->cli->out, ", good until %s", day_of(k, v->expires_us));
    if (state == REB_VOUCHER_REDEEMED && known != 0) fprintf(k->cli->out, ", on %s", day_of(k, v->redeemed_us));
    fprintf(k->cli->out, "\n");
    return REB_OK;
}

static reb_status one_word(const char **out, const call *k, const char *what, reb_err *err) {
    *out = k->cli->arg_count == 2 ? k->cli->args[1] : NULL;
    if (*out != NULL) return REB_OK;
    reb_fail(err, REB_E_USAGE, "Say %s.", what);
    reb_err_next(err, "See: rebound help voucher");
    return REB_E_USAGE;
}

static reb_status do_check(const call *k, reb_err *err) {
    const char *code = NULL;
    reb_voucher v;
    reb_status st = one_word(&code, k, "which code", err);
    if (st == REB_OK) st = reb_voucher_find(&v, k->store, code, err);
    return st == REB_OK ? print_one(k, &v, NULL, -1, err) : st;
}

static reb_status do_redeem(const call *k, reb_err *err) {
    const char *code = NULL;
    char who[96];
    reb_voucher v;
    bool known = false;
    reb_cli_who(who);
    reb_status st = one_word(&code, k, "which code", err);
    if (st == REB_OK) st = reb_voucher_redeem(&v, &known, k->store, code, who, reb_cli_value(k->cli, "--key"), k->now_us, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "voucher redeem", "voucher", v.voucher_id);
    return print_one(k, &v, NULL, known ? 1 : 0, err);
}

static reb_status do_code(const call *k, reb_err *err) {
    const char *word = NULL;
    char code[REB_VOUCHER_TEXT];
    reb_voucher v;
    reb_status st = one_word(&word, k, "which voucher, by its number", err);
    int64_t id = st == REB_OK ? strtoll(word, NULL, 10) : 0;
    if (st == REB_OK) st = reb_voucher_get(&v, k->store, id, err);
    if (st == REB_OK) st = reb_voucher_code(code, k->store, id, err);
    return st == REB_OK ? print_one(k, &v, code, -1, err) : st;
}

static reb_status write_paper(int fd, void *ctx, reb_err *err) {
    const reb_buf *b = ctx;
    for (size_t at = 0; at < b->len;) {
        ssize_t n = write(fd, b->data + at, b->len - at);
        if (n < 0) return reb_fail(err, REB_E_IO, "The voucher cannot be written: %s.", strerror(errno));
        at += (size_t)n;
    }
    return REB_OK;
}

/* As a page to print. */
static reb_status do_print(const call *k, reb_err *err) {
    reb_buf b = {0};
    int64_t number = 0;
    const char *word = NULL, *name = NULL, *path = reb_cli_value(k->cli, "--out");
    reb_status st = one_word(&word, k, "which voucher, by its number", err);
    if (st == REB_OK)
        st = reb_voucher_pdf(&b, &number, &name, k->store, k->cli->arena, k->business, strtoll(word, NULL, 10), k->now_us, err);
    if (st == REB_OK && path == NULL) path = name;
    if (st == REB_OK && strcmp(path, "-") == 0) {
        if (fwrite(b.data, 1, b.len, k->cli->out) != b.len) st = reb_fail(err, REB_E_IO, "The voucher cannot be written.");
    } else if (st == REB_OK) {
        st = reb_cli_new_file(path, write_paper, &b, err);
        if (st == REB_OK) fprintf(k->cli->err, "Written: %s\n", path);
    }
    reb_buf_free(&b);
    return st;
}

static reb_status do_list(const call *k, reb_err *err) {
    int64_t limit = 0, count = 0;
    reb_status st = reb_cli_int(&limit, k->cli, "--limit", 50, 1, 500, err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        const reb_gesture_ctx c = {
            .store = k->store, .arena = k->cli->arena, .business = k->business, .now_us = k->now_us, .who = "", .role = REB_ROLE_OWNER};
        st = reb_voucher_list_json(&w, &c, limit, reb_cli_value(k->cli, "--after"), err);
        if (st == REB_OK) reb_cli_document(k->cli, &b);
        reb_buf_free(&b);
        return st;
    }
    reb_voucher *list = reb_arena_alloc(k->cli->arena, (size_t)limit * sizeof *list);
    reb_voucher_sums sums;
    if (list == NULL) return reb_fail(err, REB_E_MEMORY, "No memory left.");
    st = reb_voucher_list(list, limit, &count, k->store, INT64_MAX, INT64_MAX, err);
    if (st == REB_OK) st = reb_voucher_sum(&sums, k->store, k->business->currency, k->now_us, err);
    if (st != REB_OK) return st;
    for (int64_t i = 0; i < count; i++)
        fprintf(k->cli->out, "%" PRId64 "  %s  %s  %s\n", list[i].voucher_id, money(k, list[i].value_minor, list[i].currency),
                reb_voucher_state_name(reb_voucher_state_at(&list[i], k->now_us)), day_of(k, list[i].created_us));
    fprintf(k->cli->out, "%" PRId64 " made, %" PRId64 " redeemed, %" PRId64 " still good for %s.\n", sums.made, sums.redeemed, sums.open,
            money(k, sums.open_value_minor, k->business->currency));
    return REB_OK;
}

static reb_status run_voucher(reb_cli *cli, reb_err *err) {
    static const struct {
        const char *name;
        reb_status (*run)(const call *k, reb_err *err);
    } k_actions[] = {{"check", do_check}, {"code", do_code}, {"list", do_list}, {"print", do_print}, {"redeem", do_redeem}};
    const char *name = cli->arg_count > 0 ? cli->args[0] : "list";
    for (size_t i = 0; i < sizeof k_actions / sizeof k_actions[0]; i++) {
        if (strcmp(k_actions[i].name, name) != 0) continue;
        call k = {.cli = cli, .now_us = reb_clock_now(cli->clock)};
        reb_status st = reb_cli_open(&k.store, &k.business, cli, 0, err);
        if (st == REB_OK) st = k_actions[i].run(&k, err);
        reb_business_free(k.business);
        reb_store_close(k.store);
        return st;
    }
    reb_fail(err, REB_E_USAGE, "rebound voucher knows list, check, redeem, code and print, not \"%.40s\".", name);
    return REB_E_USAGE;
}

static const reb_cli_option k_options[] = {
    {"--out", "FILE", "print: where to; - is standard output (voucher-C-NUMBER.pdf)"},
    {"--key", "TEXT", "redeem: what the till calls the sale; the same again is no second time"},
    {"--limit", "N", "list: at most so many (50)"},
    {"--after", "CURSOR", "list: the page after that, with --json"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_voucher = {
    .name = "voucher",
    .args = "[list | check CODE | redeem CODE | code ID | print ID]",
    .summary = "vouchers given in cases: look at a code, spend it once",
    .details =
        "check tells what a code is worth and whether it is good; nothing is spent. redeem spends it: once, whoever else tries at "
        "the same\n"
        "moment. code prints the code of a voucher again, print makes a page of it. A code is read in any case, with or without its lines.",
    .actions = "check code list print redeem",
    .options = k_options,
    .run = run_voucher,
};
