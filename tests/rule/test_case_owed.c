/* What is owed in a case stays owed: no clock is lost on the way through other kinds, mistakes, merges and referrals, and nothing a
   customer says leaves a case where nobody looks. By examples, then as laws over random logs that a case could really have. */
#include "../../src/rule/case_state.h"
#include "rule_test.h"

#define Z "Europe/Athens"
static const char k_office[] = "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                               "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]}}";
static const reb_clock_target k_usual[] = {{REB_CLOCK_ACKNOWLEDGE, REB_UNIT_WORKING_MINUTES, 60, 75},
                                           {REB_CLOCK_FIRST_ANSWER, REB_UNIT_WORKING_MINUTES, 240, 75},
                                           {REB_CLOCK_NEXT_ANSWER, REB_UNIT_WORKING_MINUTES, 480, 75},
                                           {REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 3, 75},
                                           {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 56, 75}};
static const reb_clock_target k_payment[] = {{REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 5, 75},
                                             {REB_CLOCK_REGULATORY, REB_UNIT_WORKING_DAYS, 15, 75}};
static const reb_clock_target k_bare[] = {{REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 2, 75}};

static reb_work_calendar_version g_version;
static reb_work_calendar_history g_calendar;
static reb_case_clock g_clocks[128];
static int64_t g_count;

static int64_t t(const char *text) {
    return at(Z, text);
}

static reb_case_terms by(int64_t from_seq, const reb_clock_target *targets, int64_t n) {
    return (reb_case_terms){.from_seq = from_seq, .targets = targets, .target_count = n, .calendars = &g_calendar};
}

static void reckon(const log_of *l, const reb_case_terms *terms, int64_t n) {
    reb_err err = {0};
    if (reb_case_clocks(g_clocks, 128, &g_count, l->e, l->n, terms, n, &err) != REB_OK) OK(false, "%s", err.detail);
}

static const reb_case_clock *find(reb_clock_kind kind, int64_t round) {
    static const reb_case_clock none = {.state = REB_CLOCK_STATES};
    for (int64_t i = 0; i < g_count; i++)
        if (g_clocks[i].kind == kind && g_clocks[i].round == round) return &g_clocks[i];
    return &none;
}

static int64_t open_ones(reb_clock_kind kind) {
    int64_t n = 0;
    for (int64_t i = 0; i < g_count; i++) n += g_clocks[i].kind == kind && g_clocks[i].ended_us == 0;
    return n;
}

static reb_case_state folded(const log_of *l) {
    reb_case_state c;
    reb_err err = {0};
    if (reb_case_fold(&c, &g_arena, l->e, l->n, &err) != REB_OK) OK(false, "%s", err.detail);
    return c;
}

static void another_kind_and_back(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_ASSESSED, t("2026-03-02 11:00"), "");
    happens(&l, REB_CASE_ASSESSED, t("2026-03-02 12:00"), "");
    const reb_case_terms there[] = {by(0, k_usual, 5), by(2, k_bare, 1)};
    reckon(&l, there, 2);
    EQ_I64(open_ones(REB_CLOCK_REGULATORY), 0, "a kind that the law says nothing about");
    const reb_case_terms back[] = {by(0, k_usual, 5), by(2, k_bare, 1), by(3, k_usual, 5)};
    reckon(&l, back, 3);
    EQ_I64(g_count, 4, "assessed back: no clock twice");
    EQ_I64(find(REB_CLOCK_REGULATORY, 1)->state, REB_CLOCK_RUNNING, "the law's clock goes on");
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-04-27 10:00", "from the receipt");
    EQ_I64(find(REB_CLOCK_FIRST_ANSWER, 1)->state, REB_CLOCK_RUNNING, "and the first answer is owed");
    EQ_AT(Z, find(REB_CLOCK_FIRST_ANSWER, 1)->due_us, "2026-03-02 14:00", "as from the beginning");
    EQ_AT(Z, find(REB_CLOCK_SOLUTION, 1)->due_us, "2026-03-05 18:00", "the solution as well");
    log_of given = {0};
    happens(&given, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&given, REB_CASE_ASSESSED, t("2026-03-02 11:00"), "");
    happens(&given, REB_CASE_MESSAGE_OUT, t("2026-03-02 11:30"), "email");
    happens(&given, REB_CASE_ASSESSED, t("2026-03-02 12:00"), "");
    const reb_case_terms after[] = {by(0, k_usual, 5), by(2, k_bare, 1), by(4, k_usual, 5)};
    reckon(&given, after, 3);
    EQ_I64(open_ones(REB_CLOCK_FIRST_ANSWER) + open_ones(REB_CLOCK_ACKNOWLEDGE), 0, "what was answered meanwhile is not asked again");
}

static void withdrawn_by_mistake(void) {
    static const char *const wrong[] = {"withdrawn", "duplicate"};
    for (int i = 0; i < 2; i++) {
        log_of l = {0};
        happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
        happens(&l, REB_CASE_DECIDED, t("2026-03-02 11:00"), wrong[i]);
        happens(&l, REB_CASE_DECIDED, t("2026-03-02 12:00"), "upheld");
        const reb_case_terms terms = by(0, k_usual, 5);
        reckon(&l, &terms, 1);
        EQ_I64(g_count, 4, "no clock twice");
        for (int64_t k = 0; k < g_count; k++)
            OK(g_clocks[k].state == REB_CLOCK_RUNNING && g_clocks[k].started_us == t("2026-03-02 10:00"), "%s, then upheld: %s goes on",
               wrong[i], reb_clock_kind_name(g_clocks[k].kind));
    }
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_DECIDED, t("2026-03-02 11:00"), "withdrawn");
    happens(&l, REB_CASE_CLOSED, t("2026-03-02 12:00"), "other");
    happens(&l, REB_CASE_REOPENED, t("2026-03-03 12:00"), "person");
    const reb_case_terms terms = by(0, k_usual, 5);
    reckon(&l, &terms, 1);
    EQ_I64(find(REB_CLOCK_REGULATORY, 1)->state, REB_CLOCK_RUNNING, "closed by our mistake and opened again: the law has not waited");
    EQ_AT(Z, find(REB_CLOCK_SOLUTION, 2)->started_us, "2026-03-03 12:00", "a solution is owed anew");
    l.e[3].word = "customer";
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 2)->due_us, "2026-04-28 12:00", "who takes back a withdrawal complains anew");
    EQ_I64(open_ones(REB_CLOCK_REGULATORY), 1, "one clock of the law");
}

static void referred_is_not_out_of_earshot(void) {
    log_of l = {0};
    const reb_case_terms terms = by(0, k_usual, 5);
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_REFERRED, t("2026-03-03 10:00"), "ombudsman");
    reb_case_state c = folded(&l);
    OK(!reb_case_is_open(&c), "somebody outside decides: it is not on our list");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-04 10:00"), "email");
    c = folded(&l);
    OK(c.stage == REB_STAGE_REFERRED && reb_case_is_open(&c), "but who speaks to us is on it until they are answered");
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_NEXT_ANSWER, 1)->due_us, "2026-03-04 18:00", "an answer is owed");
    EQ_I64(open_ones(REB_CLOCK_SOLUTION), 0, "the solution is not ours");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-04 11:00"), "email");
    c = folded(&l);
    OK(!reb_case_is_open(&c), "answered");
    happens(&l, REB_CASE_DECIDED, t("2026-06-01 10:00"), "upheld");
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_SOLUTION, 2)->started_us, "2026-06-01 10:00", "decided outside: ours to tell and to carry out, from then");
    EQ_I64(open_ones(REB_CLOCK_REGULATORY), 0, "what the law asked is behind us");
    log_of back = {0};
    happens(&back, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&back, REB_CASE_REFERRED, t("2026-03-03 10:00"), "ombudsman");
    happens(&back, REB_CASE_REOPENED, t("2026-03-05 10:00"), "person");
    reckon(&back, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-04-27 10:00", "given back to us: the law's clock has run all the time");
}

static void a_machine_answers_nobody(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 10:01"), "email");
    l.e[1].who = "rule";
    reb_case_state c = folded(&l);
    OK(c.unanswered && c.first_answer_us == 0, "the state says so as the clocks do");
    happens(&l, REB_CASE_ACKNOWLEDGED, t("2026-03-02 10:30"), "person");
    c = folded(&l);
    OK(c.unanswered && c.first_answer_us == 0 && c.acknowledged_us != 0, "nor is an acknowledgement an answer");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 11:00"), "email");
    c = folded(&l);
    OK(!c.unanswered && c.first_answer_us == t("2026-03-02 11:00"), "a person's word is");
}

static void what_a_taken_in_case_was_owed(void) {
    /* The one that goes on is of a kind that the law says nothing about, answered and told. */
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-03-03 10:00"), "email");
    l.e[1].kind = REB_CASE_MESSAGE_OUT;
    happens(&l, REB_CASE_TOOK_IN, t("2026-03-05 10:00"), "");
    l.e[2].other_id = 7;
    l.e[2].until_us = t("2026-03-04 15:00");
    char data[80];
    snprintf(data, sizeof data, "{\"waits\":\"%" PRId64 "\"}", t("2026-03-04 15:00"));
    l.e[2].data = data;
    const reb_case_law law = {.from_seq = 3, .since_us = t("2026-03-04 15:00"), .target = k_payment[1], .calendars = &g_calendar};
    reb_case_terms terms = by(0, k_usual, 4);
    terms.laws = &law;
    terms.law_count = 1;
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-03-25 18:00", "fifteen working days from the other one's receipt");
    EQ_AT(Z, find(REB_CLOCK_NEXT_ANSWER, 1)->due_us, "2026-03-05 14:00", "and its answer, since then");
    reb_case_state c = folded(&l);
    OK(c.unanswered, "the customer spoke last");
    /* Where both have a law, the one due first counts. */
    terms = by(0, k_usual, 5);
    terms.laws = &law;
    terms.law_count = 1;
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-03-25 18:00", "of two laws the stricter");
    EQ_I64(open_ones(REB_CLOCK_REGULATORY), 1, "as one clock");
    reb_case_law gone = law;
    gone.until_seq = 4;
    terms.laws = &gone;
    happens(&l, REB_CASE_LET_GO, t("2026-03-06 10:00"), "");
    l.e[3].other_id = 7;
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-04-27 10:00", "let go again: its own");
    terms.target_count = 4;
    reckon(&l, &terms, 1);
    EQ_I64(open_ones(REB_CLOCK_REGULATORY), 0, "and none where it has none");
}

static void a_merge_undone_below_another(void) {
    log_of l = {0};
    const reb_case_terms terms = by(0, k_usual, 5);
    happens(&l, REB_CASE_OPENED, t("2026-03-04 10:00"), "form");
    happens(&l, REB_CASE_TOOK_IN, t("2026-03-04 11:00"), "");
    l.e[1].other_id = 7;
    l.e[1].until_us = t("2026-03-02 10:00");
    happens(&l, REB_CASE_MERGED, t("2026-03-04 12:00"), "");
    l.e[2].other_id = 8;
    happens(&l, REB_CASE_LET_GO, t("2026-03-04 13:00"), "");
    l.e[3].other_id = 7;
    happens(&l, REB_CASE_TOOK_IN, t("2026-03-04 13:30"), "");
    l.e[4].other_id = 9;
    l.e[4].until_us = t("2026-03-03 10:00");
    reb_case_state c = folded(&l);
    OK(c.stage == REB_STAGE_MERGED && c.opened_us == t("2026-03-03 10:00"), "below another one it still takes in and lets go");
    happens(&l, REB_CASE_UNMERGED, t("2026-03-04 14:00"), "");
    reckon(&l, &terms, 1);
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->started_us, "2026-03-03 10:00", "taken out, its clocks count from what it holds now");
}

/* ---- laws over logs that a case could have ---- */

static const char *word_for(reb_case_event_kind k, reb_rand *r) {
    static const char *const outcomes[] = {"upheld", "not_upheld", "withdrawn", "duplicate"};
    static const char *const again[] = {"customer", "person", "appeal", "delivery_failed"};
    switch (k) {
        case REB_CASE_WAITING: return reb_rand_below(r, 3) > 0 ? "customer" : "supplier";
        case REB_CASE_DECIDED: return outcomes[reb_rand_below(r, 4)];
        case REB_CASE_REOPENED: return again[reb_rand_below(r, 4)];
        case REB_CASE_ACKNOWLEDGED: return "person";
        case REB_CASE_REFERRED: return "ombudsman";
        case REB_CASE_CLOSED: return "product";
        case REB_CASE_MESSAGE_IN:
        case REB_CASE_MESSAGE_OUT:
        case REB_CASE_COMMUNICATED: return "email";
        default: return "";
    }
}

static void nothing_owed_is_lost(void) {
    static const reb_case_event_kind kinds[] = {REB_CASE_ACKNOWLEDGED, REB_CASE_ASSESSED,    REB_CASE_ASSESSED, REB_CASE_MESSAGE_IN,
                                                REB_CASE_MESSAGE_IN,   REB_CASE_MESSAGE_OUT, REB_CASE_NOTE,     REB_CASE_WAITING,
                                                REB_CASE_RESUMED,      REB_CASE_DECIDED,     REB_CASE_DECIDED,  REB_CASE_COMMUNICATED,
                                                REB_CASE_REFERRED,     REB_CASE_CLOSED,      REB_CASE_REOPENED, REB_CASE_MERGED,
                                                REB_CASE_UNMERGED,     REB_CASE_TOOK_IN,     REB_CASE_LET_GO};
    static const struct {
        const reb_clock_target *targets;
        int64_t count;
    } of[3] = {{k_usual, 5}, {k_payment, 2}, {k_bare, 1}};
    reb_rand r = {97};
    int64_t no_solution = 0, no_law = 0, twice = 0, unheard = 0, stray = 0, looked = 0;
    for (int round = 0; round < 6000; round++) {
        log_of l = {0};
        reb_case_terms terms[64];
        reb_case_law laws[64];
        int64_t term_count = 1, law_count = 0, n = 4 + (int64_t)reb_rand_below(&r, 26);
        int kind_now = (int)reb_rand_below(&r, 3);
        bool law_begun = kind_now != 2, met = false, withdrawn = false;
        int64_t now = t("2026-01-05 10:00");
        terms[0] = by(0, of[kind_now].targets, of[kind_now].count);
        happens(&l, REB_CASE_OPENED, now, "form");
        while (l.n < n) {
            reb_case_state c = folded(&l);
            reb_case_event_kind k = kinds[reb_rand_below(&r, sizeof kinds / sizeof kinds[0])];
            reb_case_event e = {.kind = k, .word = word_for(k, &r), .who = "user:1", .other_id = 7 + (int64_t)reb_rand_below(&r, 2)};
            reb_err why = {0};
            if (reb_case_may(&c, &e, &why) != REB_OK) continue;
            now += (int64_t)reb_rand_below(&r, 40 * 60) * MIN_US;
            happens(&l, k, now, e.word);
            reb_case_event *last = &l.e[l.n - 1];
            last->other_id = e.other_id;
            if (k == REB_CASE_TOOK_IN) last->until_us = l.e[0].at_us - HOUR_US;
            if (k == REB_CASE_TOOK_IN && reb_rand_below(&r, 2) == 0)
                laws[law_count++] = (reb_case_law){
                    .from_seq = last->seq, .until_seq = 0, .since_us = last->until_us, .target = k_payment[1], .calendars = &g_calendar};
            for (int64_t i = 0; k == REB_CASE_LET_GO && i < law_count; i++)
                if (laws[i].until_seq == 0 && l.e[laws[i].from_seq - 1].other_id == last->other_id) laws[i].until_seq = last->seq;
            if (k == REB_CASE_ASSESSED && reb_rand_below(&r, 2) == 0) {
                kind_now = (int)reb_rand_below(&r, 3);
                terms[term_count++] = by(last->seq, of[kind_now].targets, of[kind_now].count);
                law_begun = law_begun || (kind_now != 2 && c.stage <= REB_STAGE_WAITING);
            }
            if (k == REB_CASE_DECIDED) withdrawn = last->word[0] == 'w' || last->word[1] == 'u';
            if (k == REB_CASE_DECIDED && c.stage == REB_STAGE_REFERRED) met = true;
            if ((k == REB_CASE_COMMUNICATED || k == REB_CASE_CLOSED) && !withdrawn) met = true;
            if (k == REB_CASE_REOPENED && strcmp(last->word, "delivery_failed") == 0) met = false;
            if (k == REB_CASE_REOPENED) withdrawn = false;
            terms[0].laws = laws;
            terms[0].law_count = law_count;
            reckon(&l, terms, term_count);
            c = folded(&l);
            bool undecided = c.stage >= REB_STAGE_RECEIVED && c.stage <= REB_STAGE_WAITING;
            bool corrected = c.stage == REB_STAGE_DECIDED && !withdrawn;
            looked++;
            if (undecided || corrected) no_solution += open_ones(REB_CLOCK_SOLUTION) == 0;
            /* The law's: begun, of a kind that has it, not met, and ours to answer. */
            if ((undecided || corrected) && law_begun && kind_now != 2 && !met) no_law += open_ones(REB_CLOCK_REGULATORY) == 0;
            for (int q = 0; q < REB_CLOCK_KINDS; q++) twice += open_ones((reb_clock_kind)q) > 1;
            if (!reb_case_is_open(&c)) stray += reb_clock_next_due(g_clocks, g_count) != NULL;
            /* Said inward, and the case not closed: it is on a list. */
            if (k == REB_CASE_MESSAGE_IN && c.stage != REB_STAGE_CLOSED) unheard += !reb_case_is_open(&c) || !c.unanswered;
        }
    }
    OK(looked > 50000, "looked at %" PRId64 " moments", looked);
    EQ_I64(no_solution, 0, "an open case that is undecided, or corrected, always has a solution clock that runs or is paused");
    EQ_I64(no_law, 0, "a clock of the law once begun is there until it is met");
    EQ_I64(twice, 0, "never two of a kind at once");
    EQ_I64(unheard, 0, "nothing said inward leaves a case out of every list");
    EQ_I64(stray, 0, "nothing runs in a case that is not open");
}

int main(void) {
    g_version = (reb_work_calendar_version){1, 0, calendar_of(Z, k_office)};
    g_calendar = (reb_work_calendar_history){"main", &g_version, 1};
    another_kind_and_back();
    withdrawn_by_mistake();
    referred_is_not_out_of_earshot();
    a_machine_answers_nobody();
    what_a_taken_in_case_was_owed();
    a_merge_undone_below_another();
    nothing_owed_is_lost();
    reb_arena_free(&g_arena);
    return tap_done();
}
