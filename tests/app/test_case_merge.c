/* Cases that are merged and taken apart again: nothing is lost on the way, in chains of any length. On SQLite and PostgreSQL. */
#include "../lib/case_place.h"

#include "../../src/domain/standard.h"

static void test_merge(place *p) {
    reb_err err = {0};
    int64_t early_us = p->now_us;
    int64_t first = open_one(p, "The first");
    p->now_us += k_hour;
    int64_t second = open_one(p, "The second");
    p->now_us += k_hour;
    int64_t third = open_one(p, "The third");
    const reb_case_by b = by(p, "user:1");
    int64_t texts = count_rows(p, "select count(*) from case_text");
    OK(reb_case_merge(NULL, p->s, &b, first, first, &err) == REB_E_CONFLICT, "nothing is merged into itself");
    must(reb_case_merge(NULL, p->s, &b, first, second, &err), &err, "the first into the second");
    EQ_I64(count_rows(p, "select count(*) from case_text"), texts, "nothing is copied");
    EQ_I64(look(p, second).opened_us, early_us, "the earliest receipt counts");
    EQ_I64(running(p, first), 0, "the loser's clocks stop");
    OK(reb_case_merge(NULL, p->s, &b, second, first, &err) == REB_E_CONFLICT, "no circle of two");
    must(reb_case_merge(NULL, p->s, &b, second, third, &err), &err, "the second into the third");
    OK(reb_case_merge(NULL, p->s, &b, third, first, &err) == REB_E_CONFLICT, "no circle of three");
    EQ_I64(look(p, third).opened_us, early_us, "... also through a chain");
    reb_case_key key;
    int64_t end = 0;
    must(reb_case_chain(&key, &end, p->s, first, &err), &err, "followed");
    EQ_I64(end, third, "the chain leads to its end");
    const reb_case_by customer = by(p, "customer");
    const reb_case_message_in reply = {.inward = true, .text = "Any news?"};
    reb_case_wrote w;
    must(reb_case_message(&w, p->s, &customer, first, &reply, &err), &err, "the customer answers in the first");
    EQ_I64(w.number, third, "replies follow the chain");
    const reb_case_message_in ours = {.text = "Here"};
    OK(reb_case_message(NULL, p->s, &b, first, &ours, &err) == REB_E_CONFLICT && strstr(err.next, "C-") != NULL,
       "who answers there is told where to");
    sound(p, "merged");
    must(reb_case_unmerge(NULL, p->s, &b, first, &err), &err, "the first is taken out");
    OK(look(p, first).stage == REB_STAGE_RECEIVED && running(p, first) > 0, "it stands as it stood, and its clocks go on");
    EQ_I64(look(p, second).opened_us, early_us + k_hour, "the second has its own receipt again");
    EQ_I64(look(p, third).opened_us, early_us + k_hour, "and the third what is left of it");
    OK(reb_case_unmerge(NULL, p->s, &b, first, &err) == REB_E_CONFLICT, "once");
    must(reb_case_unmerge(NULL, p->s, &b, second, &err), &err, "the second too");
    EQ_I64(look(p, third).opened_us, early_us + 2 * k_hour, "everything as before");
    sound(p, "taken apart");
}

static bool open_clock(place *p, int64_t number, reb_clock_kind kind, int64_t *due_us) {
    reb_err err = {0};
    reb_case_key key;
    const reb_case_clock *list = NULL;
    int64_t count = 0;
    must(reb_case_find(&key, p->s, number, &err), &err, "found");
    must(reb_case_clocks_read(&list, &count, p->s, &g_arena, &key, &err), &err, "clocks");
    for (int64_t i = 0; i < count; i++) {
        if (list[i].kind != kind || list[i].ended_us != 0) continue;
        if (due_us != NULL) *due_us = list[i].due_us;
        return true;
    }
    return false;
}

/* zammad#188 and its kin: what is merged must neither nag nor be forgotten, however long the chain and in whatever order it is taken apart.
 */
static void test_merge_chains(place *p) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    int64_t start_us = p->now_us;
    int64_t n[4];
    for (int i = 0; i < 4; i++) {
        n[i] = open_one(p, i % 2 == 0 ? "A chain" : "A chain, another one");
        p->now_us += k_hour;
    }
    for (int i = 0; i < 3; i++) must(reb_case_merge(NULL, p->s, &b, n[i], n[i + 1], &err), &err, "one into the next");
    EQ_I64(look(p, n[3]).opened_us, start_us, "four in a chain: the earliest receipt counts at its end");
    static const int orders[3][3] = {{0, 1, 2}, {2, 1, 0}, {1, 0, 2}};
    for (int o = 0; o < 3; o++) {
        for (int i = 0; i < 3; i++) {
            reb_status st = reb_case_unmerge(NULL, p->s, &b, n[orders[o][i]], &err);
            OK(st == REB_OK, "order %d: number %d of the chain is taken out%s%s", o, orders[o][i], st == REB_OK ? "" : ": ", err.detail);
        }
        for (int i = 0; i < 4; i++) {
            reb_case_state c = look(p, n[i]);
            int64_t due_us = 0;
            OK(c.stage == REB_STAGE_RECEIVED && c.opened_us == start_us + i * k_hour && open_clock(p, n[i], REB_CLOCK_SOLUTION, &due_us),
               "number %d stands as it stood, with its own receipt and clocks", i);
        }
        sound(p, "a chain taken apart");
        for (int i = 0; i < 3; i++) must(reb_case_merge(NULL, p->s, &b, n[i], n[i + 1], &err), &err, "merged again");
    }
    EQ_I64(look(p, n[3]).opened_us, start_us, "and merged again it is as it was");
}

static void test_merge_into(place *p) {
    reb_err err = {0};
    const reb_case_by b = by(p, "user:1");
    /* Into a closed one: the complaint is open, so what goes on for it is. */
    int64_t closed = open_one(p, "Closed long ago");
    to_closed(p, closed);
    p->now_us += REB_US_PER_DAY;
    int64_t fresh = open_one(p, "It is about the same thing again");
    must(reb_case_merge(NULL, p->s, &b, fresh, closed, &err), &err, "into a closed one");
    reb_case_state c = look(p, closed);
    OK(c.stage == REB_STAGE_INVESTIGATING && c.unanswered && c.reopened_count == 1, "it is opened again, and waits for an answer");
    OK(open_clock(p, closed, REB_CLOCK_SOLUTION, NULL), "with its clocks");
    /* A closed one into a closed one opens nothing. */
    int64_t first = open_one(p, "One that is done");
    int64_t second = open_one(p, "Another that is done");
    to_closed(p, first);
    to_closed(p, second);
    must(reb_case_merge(NULL, p->s, &b, first, second, &err), &err, "what is done into what is done");
    OK(look(p, second).stage == REB_STAGE_CLOSED, "stays done");
    /* What was said after our last word is unanswered there, too; what was said before it is answered by it. */
    const reb_case_message_in ours = {.text = "We have looked"};
    int64_t told = open_one(p, "Answered already");
    p->now_us += k_hour;
    const reb_case_by then = by(p, "user:1");
    must(reb_case_message(NULL, p->s, &then, told, &ours, &err), &err, "answered");
    p->now_us += k_hour;
    int64_t later_us = p->now_us;
    int64_t later = open_one(p, "And why is it still so?");
    p->now_us += k_hour;
    const reb_case_by now = by(p, "user:1");
    must(reb_case_merge(NULL, p->s, &now, later, told, &err), &err, "a later one into an answered one");
    c = look(p, told);
    OK(c.unanswered && c.last_in_us == later_us, "its question is not answered by merging");
    OK(open_clock(p, told, REB_CLOCK_NEXT_ANSWER, NULL) || open_clock(p, told, REB_CLOCK_FIRST_ANSWER, NULL), "and an answer is due");
    sound(p, "merged into others");
}

/* Standards in which the law sets a time for kinds[0] and none for kinds[1]. */
static void publish_a_law(place *p, const char *kinds[2]) {
    reb_err err = {0};
    reb_standard *standard = NULL;
    int64_t revision = 0, version = 0;
    must(reb_standard_at(&standard, p->s, &g_arena, p->now_us, &err), &err, "the standards");
    for (int k = 0; k < 2; k++) {
        reb_standard_kind *kind = &standard->kinds[k];
        int64_t n = 0;
        for (int64_t i = 0; i < kind->target_count; i++)
            if (kind->targets[i].kind != REB_CLOCK_REGULATORY) kind->targets[n++] = kind->targets[i];
        if (k == 0) kind->targets[n++] = (reb_clock_target){REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 56, 75};
        kind->target_count = n;
        kinds[k] = kind->code;
    }
    reb_buf text = {0};
    reb_standard_write(&text, standard);
    must(reb_standard_draft_put(&revision, p->s, reb_buf_cstr(&text), -1, "Maria", p->now_us, &err), &err, "a draft");
    must(reb_standard_publish(&version, p->s, "The law", 0, revision, "Maria", p->now_us, &err), &err, "published");
    reb_buf_free(&text);
    p->now_us += k_hour;
}

/* A case of a kind that the law sets a time for, merged into one of a kind that it does not. */
static void test_merge_law(place *p) {
    reb_err err = {0};
    int64_t mine_us = 0, due_us = 0;
    const char *kinds[2];
    publish_a_law(p, kinds);
    const reb_case_by b = by(p, "user:1");
    int64_t lawful = open_as(p, (reb_case_open_in){.body = "Charged twice", .kind = kinds[0]}).number;
    int64_t middle = open_as(p, (reb_case_open_in){.body = "Something else", .kind = kinds[1]}).number;
    int64_t plain = open_as(p, (reb_case_open_in){.body = "Anything else", .kind = kinds[1]}).number;
    OK(open_clock(p, lawful, REB_CLOCK_REGULATORY, &mine_us) && !open_clock(p, plain, REB_CLOCK_REGULATORY, NULL),
       "one has the law's clock");
    must(reb_case_merge(NULL, p->s, &b, lawful, middle, &err), &err, "merged");
    OK(open_clock(p, middle, REB_CLOCK_REGULATORY, &due_us) && due_us == mine_us,
       "the law's clock goes on in the other one, to the same end");
    must(reb_case_merge(NULL, p->s, &b, middle, plain, &err), &err, "and merged on");
    OK(open_clock(p, plain, REB_CLOCK_REGULATORY, &due_us) && due_us == mine_us, "and on");
    sound(p, "with a law");
    must(reb_case_unmerge(NULL, p->s, &b, lawful, &err), &err, "taken out from below");
    OK(!open_clock(p, plain, REB_CLOCK_REGULATORY, NULL), "it takes its law with it");
    OK(open_clock(p, lawful, REB_CLOCK_REGULATORY, &due_us) && due_us == mine_us, "and has it");
    must(reb_case_unmerge(NULL, p->s, &b, middle, &err), &err, "and the other");
    OK(!open_clock(p, middle, REB_CLOCK_REGULATORY, NULL), "which has none");
    sound(p, "without it");
}

static void on_engine(const char *engine) {
    place p;
    open_place(&p, engine, "case_merge");
    printf("# %s\n", engine);
    test_merge(&p);
    test_merge_chains(&p);
    test_merge_into(&p);
    test_merge_law(&p);
    close_place(&p);
    reb_arena_free(&g_arena);
}

int main(void) {
    on_engine("sqlite");
    if (getenv("REB_TEST_PG") == NULL) {
        SKIP("PostgreSQL is not running for this test");
    } else {
        on_engine("pg");
    }
    return tap_done();
}
