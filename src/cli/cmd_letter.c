/* rebound letter: letters that tell a decision, from the draft to the envelope. */
#include "../app/letter.h"
#include "cli.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef struct call {
    reb_cli *cli;
    reb_store *store;
    reb_business *business;
    reb_ids ids;
    reb_case_by by;
    int64_t number, letter_id; /* letter_id 0: not told */
} call;

static const char *member(const cJSON *o, const char *name) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, name);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static void print_letter(FILE *out, const cJSON *l) {
    fprintf(out, "Letter %s, %s, %s, in %s%s\n", member(l, "letter_id"), member(l, "state"), member(l, "outcome"), member(l, "language"),
            cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(l, "current")) ? "" : "; it tells an earlier decision");
    if (member(l, "recipient")[0] != '\0') fprintf(out, "To: %s\n", member(l, "recipient"));
    fprintf(out, "%s\n\n%s\n", member(l, "subject"), member(l, "body"));
}

/* One letter, or all of the case. */
static reb_status print(const call *k, int64_t letter_id, reb_err *err) {
    reb_buf b = {0};
    reb_json w = {.out = &b};
    reb_status st =
        letter_id != 0 ? reb_letter_json(&w, k->store, k->number, letter_id, err) : reb_letters_json(&w, k->store, k->number, err);
    if (st == REB_OK && k->cli->json) {
        reb_cli_document(k->cli, &b);
        return REB_OK;
    }
    cJSON *doc = st == REB_OK ? cJSON_Parse(reb_buf_cstr(&b)) : NULL;
    if (st == REB_OK && doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
    if (st == REB_OK && letter_id != 0) {
        print_letter(k->cli->out, doc);
    } else if (st == REB_OK) {
        const cJSON *l, *list = cJSON_GetObjectItemCaseSensitive(doc, "letters");
        if (cJSON_GetArraySize(list) == 0) fprintf(k->cli->out, "No letter yet: rebound letter draft CASE writes one.\n");
        cJSON_ArrayForEach(l, list) fprintf(k->cli->out, "%s  %s  %s  %s  %s\n", member(l, "letter_id"), member(l, "state"),
                                            member(l, "outcome"), member(l, "language"), member(l, "subject"));
    }
    cJSON_Delete(doc);
    reb_buf_free(&b);
    return st;
}

static reb_status draft(call *k, reb_err *err) {
    reb_status st = reb_letter_draft(&k->letter_id, k->store, &k->by, k->number, reb_cli_value(k->cli, "--language"), err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "letter draft", "case", k->number);
    return print(k, k->letter_id, err);
}

/* The words of a file, or of standard input for "-". */
static reb_status read_words(const char **out, reb_arena *a, const char *path, reb_err *err) {
    FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "rb");
    reb_buf b = {0};
    char piece[4096];
    *out = NULL;
    if (f == NULL) return reb_fail(err, REB_E_IO, "%s cannot be read: %s.", path, strerror(errno));
    for (size_t n; b.len <= REB_LETTER_BODY_MOST && (n = fread(piece, 1, sizeof piece, f)) > 0;) reb_buf_add(&b, piece, n);
    bool broken = ferror(f) != 0;
    if (f != stdin) fclose(f);
    while (b.len > 0 && b.data[b.len - 1] == '\n') b.data[--b.len] = '\0';
    reb_status st = broken ? reb_fail(err, REB_E_IO, "%s cannot be read to its end.", path) : REB_OK;
    if (st == REB_OK && memchr(reb_buf_cstr(&b), '\0', b.len) != NULL) st = reb_fail(err, REB_E_INPUT, "%s is no text.", path);
    if (st == REB_OK) *out = b.failed ? NULL : reb_arena_strdup(a, reb_buf_cstr(&b));
    reb_buf_free(&b);
    return st == REB_OK && *out == NULL ? reb_fail(err, REB_E_MEMORY, "No memory left.") : st;
}

static reb_status edit(call *k, reb_err *err) {
    reb_letter_edit_in in = {.subject = reb_cli_value(k->cli, "--subject"), .recipient = reb_cli_value(k->cli, "--to"), .seen_us = -1};
    reb_status st = k->cli->arg_count > 3 ? read_words(&in.body, k->cli->arena, k->cli->args[3], err) : REB_OK;
    if (st == REB_OK && in.body == NULL && in.subject == NULL && in.recipient == NULL) {
        reb_fail(err, REB_E_USAGE, "What is to change?");
        reb_err_next(err, "rebound letter edit CASE LETTER FILE [--subject TEXT] [--to TEXT]");
        st = REB_E_USAGE;
    }
    if (st == REB_OK) st = reb_letter_edit(k->store, &k->by, k->number, k->letter_id, &in, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "letter edit", "case", k->number);
    return print(k, k->letter_id, err);
}

static reb_status show(call *k, reb_err *err) {
    return print(k, k->letter_id, err);
}

static reb_status pdf(call *k, reb_err *err) {
    reb_buf b = {0};
    const char *name = NULL, *path = reb_cli_value(k->cli, "--out");
    reb_status st = reb_letter_pdf(&b, &name, k->store, k->cli->arena, k->business, k->number, k->letter_id, k->by.now_us, err);
    if (st == REB_OK && path == NULL) path = name;
    FILE *f = st == REB_OK ? (strcmp(path, "-") == 0 ? k->cli->out : fopen(path, "wb")) : NULL;
    if (st == REB_OK && (f == NULL || fwrite(b.data, 1, b.len, f) != b.len || fflush(f) != 0))
        st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    if (f != NULL && f != k->cli->out && fclose(f) != 0 && st == REB_OK)
        st = reb_fail(err, REB_E_IO, "%s cannot be written: %s.", path, strerror(errno));
    if (st == REB_OK && f != k->cli->out) fprintf(k->cli->err, "Written: %s\n", path);
    reb_buf_free(&b);
    return st;
}

static reb_status send(call *k, reb_err *err) {
    const char *how = reb_cli_value(k->cli, "--by");
    reb_status st = reb_letter_send(k->store, &k->by, k->number, k->letter_id, how != NULL ? how : "email", -1, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "letter send", "case", k->number);
    return print(k, k->letter_id, err);
}

static reb_status drop(call *k, reb_err *err) {
    reb_status st = reb_letter_discard(k->store, &k->by, k->number, k->letter_id, err);
    if (st != REB_OK) return st;
    reb_cli_wrote_id(k->cli, "letter drop", "case", k->number);
    fprintf(k->cli->out, k->cli->json ? "{\"dropped\":true}\n" : "The draft is thrown away.\n");
    return REB_OK;
}

static const struct {
    const char *name;
    bool one; /* about one letter, which has to be told */
    reb_status (*run)(call *k, reb_err *err);
} k_actions[] = {{"list", false, show}, {"draft", false, draft}, {"show", true, show}, {"edit", true, edit},
                 {"pdf", true, pdf},    {"send", true, send},    {"drop", true, drop}};

static reb_status run_letter(reb_cli *cli, reb_err *err) {
    call k = {.cli = cli};
    char who[96];
    size_t i = 0, n = sizeof k_actions / sizeof k_actions[0];
    while (i < n && (cli->arg_count == 0 || strcmp(k_actions[i].name, cli->args[0]) != 0)) i++;
    if (i == n || cli->arg_count < (k_actions[i].one ? 3 : 2)) {
        reb_fail(err, REB_E_USAGE, "Say what is to be done, with which case%s.", i < n ? ", and with which letter" : "");
        reb_err_next(err, "See: rebound help letter");
        return REB_E_USAGE;
    }
    k.number = reb_case_number_read(cli->args[1]);
    if (k.number == 0) return reb_fail(err, REB_E_USAGE, "\"%.40s\" is no number of a case: they look like C-707312.", cli->args[1]);
    if (k_actions[i].one) {
        const char *id = cli->args[2];
        size_t digits = strspn(id, "0123456789");
        if (digits == 0 || digits > 6 || id[digits] != '\0')
            return reb_fail(err, REB_E_USAGE, "A letter is a number: rebound letter list CASE.");
        k.letter_id = strtoll(id, NULL, 10);
    }
    reb_status st = reb_cli_open(&k.store, &k.business, cli, 0, err);
    if (st != REB_OK) return st;
    reb_cli_who(who);
    k.ids = (reb_ids){.clock = reb_clock_system(), .node = (uint64_t)getpid() & 1023};
    k.by = (reb_case_by){.business = k.business, .ids = &k.ids, .now_us = reb_clock_now(cli->clock), .who = who};
    st = k_actions[i].run(&k, err);
    reb_business_free(k.business);
    reb_store_close(k.store);
    return st;
}

static const reb_cli_option k_options[] = {
    {"--language", "LANG", "draft: en, ar, fa or el, instead of the case's"},
    {"--subject", "TEXT", "edit: another subject"},
    {"--to", "TEXT", "edit: another recipient"},
    {"--out", "FILE", "pdf: where to; - is standard output (C-NUMBER.pdf)"},
    {"--by", "HOW", "send: email, or letter when it was printed (email)"},
    {NULL, NULL, NULL},
};

const reb_command reb_cmd_letter = {
    .name = "letter",
    .args = "draft|list CASE | show|edit|pdf|send|drop CASE LETTER [FILE]",
    .summary = "letters that tell a customer a decision",
    .details = "draft writes a letter about the newest decision in the customer's language: what was decided, why, by which rule, what "
               "they get, how to "
               "object. edit puts the words of a file in its place. pdf writes it on paper. send queues it as mail with the PDF, or with "
               "--by letter "
               "notes that it was printed; the case then counts as told. What went out is never changed.",
    .actions = "draft list show edit pdf send drop",
    .options = k_options,
    .run = run_letter,
};
