/* rebound case gesture, gestures, approve, refuse, withdraw, evidence: what may be given, and what speaks for and against. */
#include "../app/evidence.h"
#include "../app/gesture.h"
#include "../text/format.h"
#include "../text/money.h"
#include "case_cli.h"
#include "format.h"
#include "table.h"
#include "when.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Whoever sits at the machine is an owner. */
static reb_gesture_ctx context(reb_case_call *k) {
    return (reb_gesture_ctx){.store = k->store,
                             .arena = k->cli->arena,
                             .business = k->business,
                             .ids = &k->ids,
                             .now_us = k->by.now_us,
                             .who = k->by.who,
                             .role = REB_ROLE_OWNER};
}

static const char *safe(const reb_case_call *k, const char *words) {
    reb_buf b = {0};
    reb_format_safe(&b, words, strlen(words));
    return reb_cli_keep(k->cli, &b);
}

static const char *money(const reb_case_call *k, int64_t minor) {
    const reb_voice v = reb_cli_voice(k->cli);
    return reb_voice_money(&v, minor, k->business->currency, 0);
}

static const char *day_of(const reb_case_call *k, int64_t at_us) {
    const reb_voice v = reb_cli_voice(k->cli);
    return reb_voice_day(&v, reb_business_day(k->business, at_us));
}

static const char *title(const reb_case_call *k, const reb_gesture_view *v, const reb_remedy *r) {
    return safe(k, reb_words_in(&r->title, reb_business_text(k->business, REB_SETTING_LANGUAGE), v->standard->first_language));
}

/* An amount as people write it, in the business's currency. */
static reb_status amount(int64_t *minor, const reb_case_call *k, reb_err *err) {
    const char *text = reb_cli_value(k->cli, "--amount");
    char *end = NULL;
    *minor = 0;
    if (text == NULL) return REB_OK;
    errno = 0;
    long long whole = strtoll(text, &end, 10);
    int64_t value = whole, unit = 1;
    for (int i = 0; i < k->business->currency_digits; i++) unit *= 10;
    bool good = end != text && errno == 0 && whole >= 0 && whole < REB_GUARD_MOST_MINOR / unit;
    if (good) value = whole * unit;
    if (good && *end == '.') {
        for (end++; *end >= '0' && *end <= '9' && unit > 1; end++) unit /= 10, value += (*end - '0') * unit;
    }
    if (!good || *end != '\0' || value == 0) {
        reb_fail(err, REB_E_USAGE, "--amount is \"%.40s\", which is no amount.", text);
        reb_err_next(err, "Write it as 12.50, in %s.", k->business->currency);
        return REB_E_USAGE;
    }
    *minor = value;
    return REB_OK;
}

static const char *why_words(reb_guard_why w) {
    static const char *const words[REB_GUARD_WHY_COUNT] = {
        [REB_GUARD_WHY_DUE] = "theirs by right",
        [REB_GUARD_WHY_NO_LOSE] = "no-lose",
        [REB_GUARD_WHY_INVESTMENT] = "thin for a time: --invest",
        [REB_GUARD_WHY_OVER_LIMIT] = "beyond the limit",
        [REB_GUARD_WHY_BELOW_RIGHT] = "less than their right",
        [REB_GUARD_WHY_GIVES_UP] = "would cost them a right",
        [REB_GUARD_WHY_NOT_EXTRA] = "not in the standards",
        [REB_GUARD_WHY_OVER_MOST] = "more than the table gives",
        [REB_GUARD_WHY_ANONYMOUS] = "anonymous: no offers",
        [REB_GUARD_WHY_VALUE_UNKNOWN] = "order not known",
        [REB_GUARD_WHY_LOSES] = "costs more than it keeps",
        [REB_GUARD_WHY_FLOOR] = "margin below the floor",
        [REB_GUARD_WHY_NOBODY] = "nobody may give so much",
    };
    return words[w];
}

static void print_due(const reb_case_call *k, const reb_gesture_view *v) {
    FILE *out = k->cli->out;
    for (int64_t i = 0; i < v->owed.count; i++)
        fprintf(out, "%s%s%s", i == 0 ? "Decided and not given yet: " : ", ", v->owed.codes[i], i + 1 == v->owed.count ? "\n" : "");
    if (v->closed) {
        fprintf(out, v->owed.count > 0 ? "The case is closed: nothing else is given in it.\n"
                                       : "The case is closed: nothing is given in it any more.\n");
    } else if (v->not_upheld) {
        fprintf(out, "Decided as not upheld: nothing is due unless the case is opened again.\n");
    } else if (v->due_given) {
        fprintf(out, "What is due was given.\n");
    } else if (v->due_count == 0) {
        fprintf(out, "The standards name nothing by right for this kind of complaint.\n");
    } else {
        fprintf(out, "Theirs by right; they choose one:\n");
        for (int64_t i = 0; i < v->due_count; i++) {
            const reb_gesture_option *o = &v->due[i];
            fprintf(out, "  %-18s %s", o->remedy->code, title(k, v, o->remedy));
            if (o->amount_open) {
                fprintf(out, ", --amount\n");
            } else {
                fprintf(out, "%s%s\n", o->offer.value_minor > 0 ? ", " : "",
                        o->offer.value_minor > 0 ? money(k, o->offer.value_minor) : "");
            }
        }
    }
}

static void print_extra(const reb_case_call *k, const reb_gesture_view *v) {
    static const reb_table_column columns[] = {{.title = "Gesture", .fit = REB_FIT_WHOLE},
                                               {.title = "Costs us", .fit = REB_FIT_WHOLE, .right = true},
                                               {.title = "Keeps", .fit = REB_FIT_WHOLE, .right = true},
                                               {.title = "Range", .fit = REB_FIT_WHOLE, .right = true},
                                               {.title = "Rule", .fit = REB_FIT_WRAP, .least = 10},
                                               {0}};
    FILE *out = k->cli->out;
    reb_table *table = reb_table_new(k->cli->arena, columns);
    const reb_voice voice = reb_cli_voice(k->cli);
    int64_t shown = 0;
    for (int64_t i = 0; i < v->extra_count; i++) {
        const reb_gesture_option *o = &v->extra[i];
        if (v->held_out && o->remedy->kind != REB_REMEDY_APOLOGY && !reb_cli_flag(k->cli, "--even-so")) continue;
        shown++;
        reb_table_text(table, o->remedy->code);
        reb_table_text(table, money(k, o->answer.cost.likely));
        reb_table_text(table, money(k, o->answer.keeps.likely));
        reb_table_text(table, reb_voice_money_range(&voice, o->answer.keeps.low, o->answer.keeps.high, k->business->currency, 0));
        reb_table_words(table, why_words(o->answer.why));
    }
    if (v->held_out)
        fprintf(
            out,
            "\nNothing beyond that is proposed: the case was left alone on purpose, so that the benefit of gestures can be measured.\n");
    if (shown == 0) return;
    fprintf(out, "\nBeyond that (at stake: %s of %s a year; how often a gesture turns a customer is assumed):\n\n",
            money(k, v->stake.minor.likely), money(k, reb_format_minor(v->stake.year_minor.value)));
    const reb_term term = reb_term_of(out);
    reb_table_print(table, &term);
}

static void print_given(const reb_case_call *k, const reb_gesture_view *v) {
    for (int64_t i = 0; i < v->given.count; i++) {
        const reb_gesture *g = &v->given.list[i];
        if (i == 0) fprintf(k->cli->out, "\nSo far:\n");
        fprintf(k->cli->out, "  %" PRId64 "  %s  %s, %s\n", g->gesture_id, reb_gesture_state_name(g->state), g->remedy,
                money(k, g->value_minor));
    }
}

static reb_status show(reb_case_call *k, int64_t number, reb_err *err) {
    const reb_gesture_ctx c = context(k);
    reb_gesture_view v;
    reb_status st = reb_gesture_look(&v, &c, number, reb_cli_value(k->cli, "--order"), err);
    if (st != REB_OK) return st;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_gesture_view_json(&w, &c, &v);
        reb_cli_document(k->cli, &b);
        reb_buf_free(&b);
        return REB_OK;
    }
    print_due(k, &v);
    if (!v.closed) print_extra(k, &v);
    print_given(k, &v);
    return REB_OK;
}

static reb_status told(reb_case_call *k, const char *did, const reb_gesture_done *d) {
    const reb_gesture_ctx c = context(k);
    reb_cli_wrote_id(k->cli, did, "case", d->gesture.number);
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_gesture_done_json(&w, &c, d);
        reb_cli_document(k->cli, &b);
        reb_buf_free(&b);
        return REB_OK;
    }
    const reb_gesture *g = &d->gesture;
    fprintf(k->cli->out, "%s: %s, %s.\n", reb_gesture_state_name(g->state), g->remedy, money(k, g->value_minor));
    if (d->code[0] != '\0') fprintf(k->cli->out, "The code is %s.\n", d->code);
    if (g->valid_until_us != 0 && g->state == REB_GESTURE_GIVEN) fprintf(k->cli->out, "Good until %s.\n", day_of(k, g->valid_until_us));
    if (d->promise_id != 0)
        fprintf(k->cli->out, "Promised until %s%s%s.\n", day_of(k, d->promise_due_us), d->keeper_name[0] != '\0' ? ", by " : "",
                d->keeper_name[0] != '\0' ? safe(k, d->keeper_name) : "");
    if (g->state == REB_GESTURE_ASKED)
        fprintf(k->cli->out, "%s answers.\n", d->approver_name[0] != '\0' ? safe(k, d->approver_name) : "Whoever may");
    return REB_OK;
}

reb_status reb_case_do_gesture(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_gesture_done d;
    reb_gesture_give_in in = {.order_ref = reb_cli_value(k->cli, "--order"),
                              .why = reb_cli_value(k->cli, "--why"),
                              .invest = reb_cli_flag(k->cli, "--invest"),
                              .even_so = reb_cli_flag(k->cli, "--even-so"),
                              .seen_seq = k->by.seen_seq};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK && k->word_count == 1) return show(k, number, err);
    if (st == REB_OK && k->word_count != 2) st = reb_case_needs("one remedy by its code", err);
    if (st == REB_OK) st = amount(&in.amount_minor, k, err);
    if (st == REB_OK) st = reb_cli_time(&in.by_us, k->cli, k->business->zone, "--until", false, err);
    if (st != REB_OK) return st;
    in.remedy = k->words[1];
    const reb_gesture_ctx c = context(k);
    st = reb_gesture_give(&d, &c, number, &in, err);
    return st == REB_OK ? told(k, "case gesture", &d) : st;
}

static reb_status id_word(int64_t *id, const reb_case_call *k, reb_err *err) {
    char *end = NULL;
    *id = k->word_count == 1 ? strtoll(k->words[0], &end, 10) : 0;
    return *id > 0 && *end == '\0' ? REB_OK : reb_case_needs("which gesture, by its number", err);
}

reb_status reb_case_do_approve(reb_case_call *k, reb_err *err) {
    int64_t id = 0;
    reb_gesture_done d;
    const reb_gesture_ctx c = context(k);
    reb_status st = id_word(&id, k, err);
    if (st == REB_OK) st = reb_gesture_approve(&d, &c, id, err);
    return st == REB_OK ? told(k, "case approve", &d) : st;
}

reb_status reb_case_do_refuse(reb_case_call *k, reb_err *err) {
    int64_t id = 0;
    reb_gesture_done d;
    const reb_gesture_ctx c = context(k);
    reb_status st = id_word(&id, k, err);
    if (st == REB_OK) st = reb_gesture_refuse(&d, &c, id, reb_cli_value(k->cli, "--why"), err);
    return st == REB_OK ? told(k, "case refuse", &d) : st;
}

reb_status reb_case_do_withdraw(reb_case_call *k, reb_err *err) {
    int64_t id = 0;
    reb_gesture_done d;
    const reb_gesture_ctx c = context(k);
    reb_status st = id_word(&id, k, err);
    if (st == REB_OK) st = reb_gesture_withdraw(&d, &c, id, reb_cli_value(k->cli, "--why"), err);
    return st == REB_OK ? told(k, "case withdraw", &d) : st;
}

reb_status reb_case_do_gestures(reb_case_call *k, reb_err *err) {
    const reb_gesture_ctx c = context(k);
    reb_gestures asked;
    if (k->cli->json) {
        reb_buf b = {0};
        reb_json w = {.out = &b};
        reb_status st = reb_gesture_asked_json(&w, &c, false, err);
        if (st == REB_OK) reb_cli_document(k->cli, &b);
        reb_buf_free(&b);
        return st;
    }
    reb_status st = reb_gestures_asked(&asked, k->store, k->cli->arena, 500, err);
    if (st == REB_OK && asked.count == 0) fprintf(k->cli->out, "Nothing waits for an answer.\n");
    for (int64_t i = 0; st == REB_OK && i < asked.count; i++) {
        char number[REB_CASE_NUMBER_TEXT];
        const reb_gesture *g = &asked.list[i];
        reb_case_number_text(number, g->number);
        fprintf(k->cli->out, "%" PRId64 "  %s  %s, %s%s\n", g->gesture_id, number, g->remedy, money(k, g->value_minor),
                g->due_us <= k->by.now_us ? "  late" : "");
    }
    return st;
}

static const char *text_of(const cJSON *o, const char *key) {
    const cJSON *v = cJSON_GetObjectItemCaseSensitive(o, key);
    return cJSON_IsString(v) ? v->valuestring : "";
}

static void print_evidence(const reb_case_call *k, const cJSON *doc) {
    static const struct {
        const char *code, *words;
    } signs[] = {{"same_proof", "the same file came in another case"},
                 {"future", "it is said to have happened on a day that is still to come"},
                 {"before_order", "it is said to have happened before the order"},
                 {"order_unknown", "the order is not among theirs"},
                 {"same_words", "somebody else has complained in the same words"},
                 {"compensated", "something was given for this order before"},
                 {"many", "more complaints within a year than nineteen in twenty have"}};
    FILE *out = k->cli->out;
    const cJSON *like = cJSON_GetObjectItemCaseSensitive(doc, "like"), *one;
    const cJSON *usual = cJSON_GetObjectItemCaseSensitive(like, "usual");
    int count = cJSON_GetArraySize(cJSON_GetObjectItemCaseSensitive(like, "cases"));
    fprintf(out, count == 0 ? "No case like this was decided yet.\n" : "Earlier cases like this:\n");
    cJSON_ArrayForEach(one, cJSON_GetObjectItemCaseSensitive(like, "cases"))
        fprintf(out, "  C-%.0f  %s  %.0f%% alike\n", cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, "number")),
                text_of(one, "outcome"), 100.0 * cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(one, "alike")));
    if (cJSON_IsObject(usual))
        fprintf(out, "Most were %s: %.0f of %.0f.\n", text_of(usual, "outcome"),
                cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(usual, "count")),
                cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(usual, "of")));
    const cJSON *list = cJSON_GetObjectItemCaseSensitive(doc, "signs");
    fprintf(out, cJSON_GetArraySize(list) == 0 ? "Nothing in it contradicts what is known.\n" : "Worth asking about (no verdict):\n");
    cJSON_ArrayForEach(one, list) {
        for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
            if (strcmp(signs[i].code, text_of(one, "code")) == 0) fprintf(out, "  %s", signs[i].words);
        const cJSON *other;
        cJSON_ArrayForEach(other, cJSON_GetObjectItemCaseSensitive(one, "cases"))
            fprintf(out, " C-%.0f", cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(other, "number")));
        fprintf(out, "\n");
    }
}

reb_status reb_case_do_evidence(reb_case_call *k, reb_err *err) {
    int64_t number = 0;
    reb_buf b = {0};
    reb_json w = {.out = &b};
    const reb_case_view_ctx c = {.store = k->store, .arena = k->cli->arena, .business = k->business, .now_us = k->by.now_us};
    reb_status st = reb_case_number_word(&number, k, 0, err);
    if (st == REB_OK) st = reb_evidence_json(&w, &c, number, err);
    if (st == REB_OK && k->cli->json) {
        reb_cli_document(k->cli, &b);
    } else if (st == REB_OK) {
        cJSON *doc = cJSON_Parse(reb_buf_cstr(&b));
        if (doc == NULL) st = reb_fail(err, REB_E_MEMORY, "No memory left.");
        if (doc != NULL) print_evidence(k, doc);
        cJSON_Delete(doc);
    }
    reb_buf_free(&b);
    return st;
}
