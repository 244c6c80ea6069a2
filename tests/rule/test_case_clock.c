/* Clocks of a case: which event moves which clock, and by when it is due. What users of other helpdesks reported stands here under the
   number of their report. */
#include "rule_test.h"

#define Z "Europe/Athens"
static const char k_office[] = "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                               "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]}}";
static const reb_clock_target k_first = {REB_CLOCK_FIRST_ANSWER, REB_UNIT_WORKING_MINUTES, 240, 75};
static const reb_clock_target k_solution = {REB_CLOCK_SOLUTION, REB_UNIT_WORKING_MINUTES, 18 * 60, 75};
static const reb_clock_target k_days = {REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 3, 50};
static const reb_clock_target k_eight_weeks = {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 56, 75};
static const reb_clock_target k_usual[] = {{REB_CLOCK_ACKNOWLEDGE, REB_UNIT_WORKING_MINUTES, 60, 75},
                                           {REB_CLOCK_FIRST_ANSWER, REB_UNIT_WORKING_MINUTES, 240, 75},
                                           {REB_CLOCK_NEXT_ANSWER, REB_UNIT_WORKING_MINUTES, 480, 75},
                                           {REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 3, 75},
                                           {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 56, 75}};

static const reb_work_calendar *g_office;
static reb_case_clock g_clocks[64];
static int64_t g_count;

static int64_t t(const char *text) {
    return at(Z, text);
}

static void fold_all(const log_of *l, const reb_clock_target *targets, int64_t n) {
    static reb_work_calendar_version v;
    static reb_work_calendar_history h;
    v = (reb_work_calendar_version){1, 0, g_office};
    h = (reb_work_calendar_history){"main", &v, 1};
    reb_case_terms terms = {.targets = targets, .target_count = n, .calendars = &h};
    reb_err err = {0};
    if (reb_case_clocks(g_clocks, 64, &g_count, l->e, l->n, &terms, 1, &err) != REB_OK) OK(false, "%s", err.detail);
}

static const reb_case_clock *find(reb_clock_kind kind, int64_t round) {
    static const reb_case_clock none = {.state = REB_CLOCK_STATES};
    for (int64_t i = 0; i < g_count; i++)
        if (g_clocks[i].kind == kind && g_clocks[i].round == round) return &g_clocks[i];
    return &none;
}

/* glpi#10594: the length of a pause was added to the deadline and the week-end within it once more. */
static void a_pause_counts_the_weekend_once_glpi_10594(void) {
    log_of l = {0};
    /* Thursday 2026-03-05 10:00, eighteen open hours: until Monday 10:00. Paused from Friday noon to Monday noon. */
    happens(&l, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
    EQ_AT(Z, clock_of(&l, k_solution, g_office, 0).due_us, "2026-03-09 10:00", "eighteen hours over a week-end");
    happens(&l, REB_CASE_WAITING, t("2026-03-06 12:00"), "customer");
    reb_case_clock c = clock_of(&l, k_solution, g_office, 0);
    EQ_I64(c.state, REB_CLOCK_PAUSED, "waiting for the customer pauses it");
    EQ_AT(Z, c.paused_since_us, "2026-03-06 12:00", "since then");
    EQ_AT(Z, c.due_us, "2026-03-09 10:00", "while paused it is due as if it went on at once");
    happens(&l, REB_CASE_RESUMED, t("2026-03-09 12:00"), "");
    c = clock_of(&l, k_solution, g_office, 0);
    EQ_I64(c.state, REB_CLOCK_RUNNING, "it goes on");
    /* Spent: Thursday 8, Friday 3; left 7: Monday 12:00 + 6, Tuesday + 1. */
    EQ_AT(Z, c.due_us, "2026-03-10 10:00", "seven open hours are left, the week-end counted once");
}

static void only_the_customer_is_waited_for(void) {
    static const char *const others[] = {"supplier", "carrier", "colleague", "other"};
    for (int i = 0; i < 4; i++) {
        log_of l = {0};
        happens(&l, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
        happens(&l, REB_CASE_WAITING, t("2026-03-05 11:00"), others[i]);
        OK(clock_of(&l, k_solution, g_office, 0).state == REB_CLOCK_RUNNING, "waiting for %s pauses nothing", others[i]);
    }
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
    happens(&l, REB_CASE_WAITING, t("2026-03-05 11:00"), "customer");
    OK(clock_of(&l, k_eight_weeks, g_office, 0).state == REB_CLOCK_RUNNING, "the law's clock never pauses");
    EQ_AT(Z, clock_of(&l, k_eight_weeks, g_office, 0).due_us, "2026-04-30 10:00",
          "eight weeks on, the same local time over the change of clocks");
    happens(&l, REB_CASE_WAITING, t("2026-03-05 13:00"), "supplier");
    OK(clock_of(&l, k_solution, g_office, 0).state == REB_CLOCK_RUNNING, "from the customer to the supplier: it runs again");
    EQ_AT(Z, clock_of(&l, k_solution, g_office, 0).due_us, "2026-03-09 12:00", "two hours later");
    happens(&l, REB_CASE_WAITING, t("2026-03-05 14:00"), "customer");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-05 15:00"), "email");
    OK(clock_of(&l, k_solution, g_office, 0).state == REB_CLOCK_RUNNING, "who has answered is not waited for");
    EQ_AT(Z, clock_of(&l, k_solution, g_office, 0).due_us, "2026-03-09 13:00", "an hour more");
}

static void a_pause_outside_open_hours_moves_nothing(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
    happens(&l, REB_CASE_WAITING, t("2026-03-05 19:00"), "customer");
    happens(&l, REB_CASE_RESUMED, t("2026-03-06 08:00"), "");
    EQ_AT(Z, clock_of(&l, k_solution, g_office, 0).due_us, "2026-03-09 10:00", "a pause over night is none");
    EQ_AT(Z, clock_of(&l, k_days, g_office, 0).due_us, "2026-03-10 18:00", "three working days after Thursday: Tuesday's end");
}

static void working_days_with_pauses(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
    happens(&l, REB_CASE_WAITING, t("2026-03-06 10:00"), "customer");
    happens(&l, REB_CASE_RESUMED, t("2026-03-11 10:00"), "");
    EQ_AT(Z, clock_of(&l, k_days, g_office, 0).due_us, "2026-03-13 18:00", "three open days of pause: three days later");
    log_of short_ones = {0};
    happens(&short_ones, REB_CASE_OPENED, t("2026-03-05 10:00"), "form");
    for (int i = 0; i < 6; i++) {
        happens(&short_ones, REB_CASE_WAITING, t("2026-03-06 10:00") + i * HOUR_US, "customer");
        happens(&short_ones, REB_CASE_RESUMED, t("2026-03-06 10:00") + i * HOUR_US + MIN_US, "");
    }
    EQ_AT(Z, clock_of(&short_ones, k_days, g_office, 0).due_us, "2026-03-11 18:00",
          "six minutes of pause are one day more at most, not six");
}

/* zammad#188, #904, #4353: an escalation stayed after the case was merged, reopened, or its targets taken away. */
static void nothing_stale_after_reopen_merge_or_disabling_zammad_188_904_4353(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 11:00"), "email");
    happens(&l, REB_CASE_DECIDED, t("2026-03-03 11:00"), "upheld");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-03-03 12:00"), "email");
    happens(&l, REB_CASE_CLOSED, t("2026-03-03 12:00"), "delivery");
    fold_all(&l, k_usual, 5);
    OK(reb_clock_next_due(g_clocks, g_count) == NULL, "closed: nothing is due");
    happens(&l, REB_CASE_REOPENED, t("2026-03-20 10:00"), "customer");
    fold_all(&l, k_usual, 5);
    const reb_case_clock *next = reb_clock_next_due(g_clocks, g_count);
    OK(next != NULL && next->kind == REB_CLOCK_NEXT_ANSWER && next->started_us == t("2026-03-20 10:00"),
       "reopened: a new answer is owed, from now");
    EQ_AT(Z, next == NULL ? 0 : next->due_us, "2026-03-20 18:00", "eight open hours, not a deadline of weeks ago");
    int64_t before = g_count;
    happens(&l, REB_CASE_MERGED, t("2026-03-20 11:00"), "");
    fold_all(&l, k_usual, 5);
    OK(g_count == before && reb_clock_next_due(g_clocks, g_count) == NULL, "merged: all its clocks stand");
    EQ_I64(find(REB_CLOCK_NEXT_ANSWER, 1)->state, REB_CLOCK_STOPPED, "stopped, not met");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-20 12:00"), "email");
    fold_all(&l, k_usual, 5);
    OK(reb_clock_next_due(g_clocks, g_count) == NULL, "and no message starts one: replies follow the chain");
    happens(&l, REB_CASE_UNMERGED, t("2026-03-21 11:00"), "");
    fold_all(&l, k_usual, 5);
    next = reb_clock_next_due(g_clocks, g_count);
    EQ_AT(Z, next == NULL ? 0 : next->due_us, "2026-03-20 18:00", "unmerged: as if it had never stopped");
    fold_all(&l, NULL, 0);
    EQ_I64(g_count, 0, "without targets there are no clocks");
}

/* zammad#3140: an answered ticket escalated. */
static void an_answered_case_does_not_escalate_zammad_3140(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "email");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 11:00"), "email");
    fold_all(&l, k_usual, 3);
    OK(reb_clock_next_due(g_clocks, g_count) == NULL, "answered: nothing runs");
    OK(find(REB_CLOCK_ACKNOWLEDGE, 1)->state == REB_CLOCK_MET, "an answer acknowledges too");
    happens(&l, REB_CASE_NOTE, t("2026-03-02 12:00"), "");
    happens(&l, REB_CASE_ASSIGNED, t("2026-03-02 12:00"), "person");
    fold_all(&l, k_usual, 3);
    OK(reb_clock_next_due(g_clocks, g_count) == NULL, "what we do among ourselves starts none");
    log_of machine = {0};
    happens(&machine, REB_CASE_OPENED, t("2026-03-02 10:00"), "email");
    happens(&machine, REB_CASE_MESSAGE_OUT, t("2026-03-02 10:01"), "email");
    machine.e[1].who = "rule";
    fold_all(&machine, k_usual, 3);
    OK(find(REB_CLOCK_FIRST_ANSWER, 1)->state == REB_CLOCK_RUNNING, "but a machine's word answers nobody");
}

/* zammad#5177: the update target stood before a first response that had not come yet. */
static void the_unanswered_first_outranks_the_next_zammad_5177(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "email");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-02 11:00"), "email");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-02 12:00"), "email");
    fold_all(&l, k_usual + 1, 2);
    EQ_I64(g_count, 1, "a customer who writes again owes us nothing: one clock");
    EQ_I64(g_clocks[0].kind, REB_CLOCK_FIRST_ANSWER, "the first answer");
    EQ_AT(Z, g_clocks[0].due_us, "2026-03-02 14:00", "from the first message");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 13:00"), "email");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-03 10:00"), "email");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-03 17:00"), "email");
    fold_all(&l, k_usual + 1, 2);
    EQ_I64(g_count, 2, "after it the next answer is owed");
    EQ_AT(Z, find(REB_CLOCK_NEXT_ANSWER, 1)->due_us, "2026-03-03 18:00", "from the first message not answered; impatience moves nothing");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-03 17:30"), "email");
    happens(&l, REB_CASE_MESSAGE_IN, t("2026-03-04 10:00"), "email");
    fold_all(&l, k_usual + 1, 2);
    OK(find(REB_CLOCK_NEXT_ANSWER, 1)->state == REB_CLOCK_MET && find(REB_CLOCK_NEXT_ANSWER, 2)->state == REB_CLOCK_RUNNING,
       "each answer is a round of its own");
}

/* zammad#4432: reminders came at night. */
static void warnings_come_in_open_hours_zammad_4432(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-06 17:00"), "form"); /* Friday */
    reb_case_clock c = clock_of(&l, k_first, g_office, 0);
    EQ_AT(Z, c.due_us, "2026-03-09 12:00", "four open hours from Friday 17:00");
    EQ_AT(Z, c.warn_us, "2026-03-09 11:00", "warned of after three of them");
    reb_clock_target quarter = {REB_CLOCK_FIRST_ANSWER, REB_UNIT_WORKING_MINUTES, 240, 25};
    EQ_AT(Z, clock_of(&l, quarter, g_office, 0).warn_us, "2026-03-09 09:00", "not in the minute we close, but when we open");
    reb_clock_target days = {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 15, 80};
    log_of at_ten = {0};
    happens(&at_ten, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    c = clock_of(&at_ten, days, g_office, 0);
    EQ_AT(Z, c.due_us, "2026-03-17 10:00", "absolute time");
    EQ_AT(Z, c.warn_us, "2026-03-16 09:00", "eighty of a hundred fall on Saturday: Monday morning is soon enough");
    reb_clock_target sunday = {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 13, 95};
    c = clock_of(&at_ten, sunday, g_office, 0);
    EQ_AT(Z, c.due_us, "2026-03-15 10:00", "due on a Sunday");
    EQ_AT(Z, c.warn_us, "2026-03-13 17:00", "warned of on Friday, an open hour before the end of it");
    reb_rand r = {11};
    int64_t closed = 0;
    for (int i = 0; i < 3000; i++) {
        log_of any = {0};
        happens(&any, REB_CASE_OPENED, t("2026-01-01 00:00") + (int64_t)reb_rand_below(&r, 400 * 24 * 60) * MIN_US, "form");
        reb_clock_target target = {(reb_clock_kind)reb_rand_below(&r, REB_CLOCK_KINDS), (reb_clock_unit)reb_rand_below(&r, REB_UNITS),
                                   1 + (int64_t)reb_rand_below(&r, 60), 1 + (int64_t)reb_rand_below(&r, 99)};
        if (target.kind == REB_CLOCK_NEXT_ANSWER) continue;
        c = clock_of(&any, target, g_office, 0);
        closed += !reb_work_open_at(g_office, c.warn_us);
    }
    EQ_I64(closed, 0, "3,000 random clocks: no warning while we are closed");
}

/* chatwoot PR#12058: reopening made the first answer and the solution look late by weeks. */
static void reopening_inflates_no_time_chatwoot_12058(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-03-02 11:00"), "email");
    happens(&l, REB_CASE_DECIDED, t("2026-03-03 11:00"), "not_upheld");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-03-03 12:00"), "email");
    happens(&l, REB_CASE_CLOSED, t("2026-03-03 12:00"), "delivery");
    fold_all(&l, k_usual, 5);
    reb_case_clock first = *find(REB_CLOCK_FIRST_ANSWER, 1);
    reb_case_clock solution = *find(REB_CLOCK_SOLUTION, 1);
    reb_case_clock law = *find(REB_CLOCK_REGULATORY, 1);
    happens(&l, REB_CASE_REOPENED, t("2026-05-04 10:00"), "appeal");
    happens(&l, REB_CASE_MESSAGE_OUT, t("2026-05-04 12:00"), "email");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-05-05 12:00"), "email");
    fold_all(&l, k_usual, 5);
    OK(memcmp(&first, find(REB_CLOCK_FIRST_ANSWER, 1), sizeof first) == 0, "the first answer keeps its time");
    OK(memcmp(&solution, find(REB_CLOCK_SOLUTION, 1), sizeof solution) == 0, "so does the first solution");
    OK(memcmp(&law, find(REB_CLOCK_REGULATORY, 1), sizeof law) == 0, "and the law's clock, which an appeal does not start anew");
    EQ_AT(Z, find(REB_CLOCK_SOLUTION, 2)->started_us, "2026-05-04 10:00", "the second solution counts from the reopening");
    EQ_I64(find(REB_CLOCK_NEXT_ANSWER, 1)->state, REB_CLOCK_MET, "and the new answer was in time");
    EQ_I64(find(REB_CLOCK_REGULATORY, 2)->state, REB_CLOCK_STATES, "one regulatory clock");
}

static void a_decision_that_did_not_arrive(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-03-03 12:00"), "email");
    happens(&l, REB_CASE_REOPENED, t("2026-03-04 10:00"), "delivery_failed");
    fold_all(&l, k_usual, 5);
    EQ_I64(find(REB_CLOCK_REGULATORY, 2)->state, REB_CLOCK_RUNNING, "the law's clock runs again");
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 2)->due_us, "2026-04-27 10:00", "from the first receipt");
}

/* frappe/helpdesk#3236: working or absolute time? Both are told. */
static void both_times_are_told_frappe_3236(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-06 17:00"), "form");
    reb_work_calendar_version v = {1, 0, g_office};
    reb_work_calendar_history h = {"main", &v, 1};
    reb_case_clock c = clock_of(&l, k_first, g_office, 0);
    int64_t open = 0;
    int64_t absolute = 0;
    reb_clock_left(&open, &absolute, &c, &h, t("2026-03-07 12:00"));
    EQ_I64(open, 3 * HOUR_US, "on Saturday three open hours are left");
    EQ_I64(absolute, 48 * HOUR_US, "and two days");
    reb_clock_left(&open, &absolute, &c, &h, t("2026-03-10 10:00"));
    EQ_I64(open, -7 * HOUR_US, "on Tuesday it is seven open hours late");
    EQ_I64(absolute, -22 * HOUR_US, "and twenty-two of the day");
    happens(&l, REB_CASE_WAITING, t("2026-03-09 10:00"), "customer");
    c = clock_of(&l, k_first, g_office, 0);
    reb_clock_left(&open, &absolute, &c, &h, t("2026-03-30 10:00"));
    EQ_I64(open, 2 * HOUR_US, "paused: what was left stays left");
}

static void merging_counts_the_earliest_receipt(void) {
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-04 10:00"), "form");
    happens(&l, REB_CASE_TOOK_IN, t("2026-03-04 12:00"), "");
    l.e[1].other_id = 77;
    l.e[1].until_us = t("2026-03-03 16:00");
    EQ_AT(Z, clock_of(&l, k_first, g_office, 0).due_us, "2026-03-04 11:00", "the other complaint came the day before");
    happens(&l, REB_CASE_LET_GO, t("2026-03-04 13:00"), "");
    l.e[2].other_id = 77;
    EQ_AT(Z, clock_of(&l, k_first, g_office, 0).due_us, "2026-03-04 14:00", "taken out again: its own receipt");
    log_of answered = {0};
    happens(&answered, REB_CASE_OPENED, t("2026-03-04 10:00"), "form");
    happens(&answered, REB_CASE_MESSAGE_OUT, t("2026-03-04 11:00"), "email");
    happens(&answered, REB_CASE_TOOK_IN, t("2026-03-04 12:00"), "");
    answered.e[2].other_id = 77;
    answered.e[2].until_us = t("2026-03-03 16:00");
    EQ_AT(Z, clock_of(&answered, k_first, g_office, 0).started_us, "2026-03-04 10:00", "what was answered keeps its time");
}

static void another_kind_of_complaint(void) {
    static const reb_clock_target strict[] = {{REB_CLOCK_ACKNOWLEDGE, REB_UNIT_WORKING_MINUTES, 30, 75},
                                              {REB_CLOCK_SOLUTION, REB_UNIT_WORKING_DAYS, 1, 75},
                                              {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 15, 75}};
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    happens(&l, REB_CASE_ACKNOWLEDGED, t("2026-03-02 10:45"), "page");
    happens(&l, REB_CASE_ASSESSED, t("2026-03-02 12:00"), "");
    reb_work_calendar_version v = {1, 0, g_office};
    reb_work_calendar_history h = {"main", &v, 1};
    reb_case_terms terms[2] = {{.targets = k_usual, .target_count = 4, .calendars = &h},
                               {.from_seq = 3, .targets = strict, .target_count = 3, .calendars = &h}};
    reb_err err = {0};
    reb_case_clocks(g_clocks, 64, &g_count, l.e, l.n, terms, 2, &err);
    EQ_I64(find(REB_CLOCK_ACKNOWLEDGE, 1)->target.amount, 60, "what has ended keeps the measure it ended under");
    EQ_AT(Z, find(REB_CLOCK_SOLUTION, 1)->due_us, "2026-03-03 18:00", "what is open takes the new one, from its start");
    EQ_AT(Z, find(REB_CLOCK_REGULATORY, 1)->due_us, "2026-03-17 10:00", "a clock that only the new kind has counts from the receipt");
    EQ_I64(find(REB_CLOCK_FIRST_ANSWER, 1)->state, REB_CLOCK_STOPPED, "one that it has not stops");
}

static void a_holiday_announced_late(void) {
    const char *with = "{\"week\":{\"mon\":[\"09:00-18:00\"],\"tue\":[\"09:00-18:00\"],\"wed\":[\"09:00-18:00\"],"
                       "\"thu\":[\"09:00-18:00\"],\"fri\":[\"09:00-18:00\"]},\"off\":[{\"from\":\"2026-03-04\"}]}";
    reb_work_calendar_version v[3] = {
        {1, 0, g_office}, {2, t("2026-03-03 12:00"), calendar_of(Z, with)}, {3, t("2026-03-20 12:00"), g_office}};
    reb_work_calendar_history h = {"main", v, 1};
    reb_case_terms terms = {.targets = &k_days, .target_count = 1, .calendars = &h};
    reb_err err = {0};
    reb_case_clock before;
    log_of l = {0};
    happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
    reb_case_clocks(&before, 1, &g_count, l.e, l.n, &terms, 1, &err);
    EQ_AT(Z, before.due_us, "2026-03-05 18:00", "before it is announced");
    h.count = 2;
    reb_case_clocks(g_clocks, 64, &g_count, l.e, l.n, &terms, 1, &err);
    EQ_AT(Z, g_clocks[0].due_us, "2026-03-06 18:00", "after it, an open clock is reckoned anew");
    EQ_I64(g_clocks[0].calendar_version, 2, "by the newest calendar");
    h.count = 3;
    reb_case_clock after;
    reb_case_clocks(&after, 1, &g_count, l.e, l.n, &terms, 1, &err);
    after.calendar_version = before.calendar_version;
    OK(memcmp(&before, &after, sizeof before) == 0, "taken away again, it is due as before to the microsecond");
    happens(&l, REB_CASE_COMMUNICATED, t("2026-03-06 17:00"), "email");
    reb_case_clocks(&after, 1, &g_count, l.e, l.n, &terms, 1, &err);
    EQ_I64(after.calendar_version, 2, "an ended clock keeps the calendar it ended under");
    EQ_AT(Z, after.due_us, "2026-03-06 18:00", "and its deadline: it was in time and stays so");
}

static void closing_and_leaving(void) {
    static const struct {
        reb_case_event_kind kind;
        const char *word;
        reb_clock_state solution, first;
    } k[] = {{REB_CASE_CLOSED, "product", REB_CLOCK_MET, REB_CLOCK_STOPPED},
             {REB_CASE_DECIDED, "withdrawn", REB_CLOCK_STOPPED, REB_CLOCK_STOPPED},
             {REB_CASE_DECIDED, "duplicate", REB_CLOCK_STOPPED, REB_CLOCK_STOPPED},
             {REB_CASE_DECIDED, "upheld", REB_CLOCK_RUNNING, REB_CLOCK_RUNNING},
             {REB_CASE_COMMUNICATED, "letter", REB_CLOCK_MET, REB_CLOCK_MET},
             {REB_CASE_REFERRED, "ombudsman", REB_CLOCK_STOPPED, REB_CLOCK_STOPPED}};
    for (size_t i = 0; i < sizeof k / sizeof k[0]; i++) {
        log_of l = {0};
        happens(&l, REB_CASE_OPENED, t("2026-03-02 10:00"), "form");
        happens(&l, k[i].kind, t("2026-03-02 11:00"), k[i].word);
        fold_all(&l, k_usual, 5);
        OK(find(REB_CLOCK_SOLUTION, 1)->state == k[i].solution && find(REB_CLOCK_FIRST_ANSWER, 1)->state == k[i].first &&
               find(REB_CLOCK_REGULATORY, 1)->state == k[i].solution,
           "%s %s: solution %s, first answer %s", reb_case_event_name(k[i].kind), k[i].word, reb_clock_state_name(k[i].solution),
           reb_clock_state_name(k[i].first));
    }
}

/* ---- laws, over random logs ---- */

static void random_log(log_of *l, reb_rand *r, int64_t events) {
    static const reb_case_event_kind kinds[] = {REB_CASE_WAITING, REB_CASE_RESUMED,      REB_CASE_MESSAGE_IN, REB_CASE_MESSAGE_OUT,
                                                REB_CASE_NOTE,    REB_CASE_ACKNOWLEDGED, REB_CASE_DECIDED,    REB_CASE_COMMUNICATED,
                                                REB_CASE_CLOSED,  REB_CASE_REOPENED,     REB_CASE_MERGED,     REB_CASE_UNMERGED,
                                                REB_CASE_TOOK_IN, REB_CASE_LET_GO,       REB_CASE_WAITING};
    int64_t now = t("2026-01-05 00:00") + (int64_t)reb_rand_below(r, 200 * 24 * 60) * MIN_US;
    *l = (log_of){0};
    happens(l, REB_CASE_OPENED, now, "form");
    while (l->n < events) {
        now += (int64_t)reb_rand_below(r, 30 * 60) * MIN_US;
        reb_case_event_kind kind = kinds[reb_rand_below(r, sizeof kinds / sizeof kinds[0])];
        happens(l, kind, now,
                kind == REB_CASE_WAITING && reb_rand_below(r, 4) > 0 ? "customer"
                : kind == REB_CASE_DECIDED                           ? "upheld"
                                                                     : "other");
        l->e[l->n - 1].other_id = (int64_t)reb_rand_below(r, 2);
        if (kind == REB_CASE_TOOK_IN) l->e[l->n - 1].until_us = l->e[0].at_us - (int64_t)reb_rand_below(r, 9000) * MIN_US;
    }
}

static reb_clock_target random_target(reb_rand *r) {
    return (reb_clock_target){(reb_clock_kind)reb_rand_below(r, REB_CLOCK_KINDS), (reb_clock_unit)reb_rand_below(r, REB_UNITS),
                              1 + (int64_t)reb_rand_below(r, 30), 1 + (int64_t)reb_rand_below(r, 99)};
}

static int64_t clocks_into(reb_case_clock *out, const log_of *l, const reb_clock_target *target, const reb_work_calendar *c) {
    reb_work_calendar_version v = {1, 0, c};
    reb_work_calendar_history h = {"main", &v, 1};
    reb_case_terms terms = {.targets = target, .target_count = 1, .calendars = &h};
    int64_t n = 0;
    reb_err err = {0};
    return reb_case_clocks(out, 64, &n, l->e, l->n, &terms, 1, &err) == REB_OK ? n : -1;
}

static void laws_over_random_logs(void) {
    static const char split[] =
        "{\"week\":{\"mon\":[\"09:00-13:00\",\"17:00-21:00\"],\"tue\":[\"09:00-14:00\"],\"thu\":[\"22:00-03:00\"],"
        "\"fri\":[\"09:00-13:00\",\"17:00-21:00\"],\"sun\":[\"00:00-24:00\"]},\"off\":[{\"rule\":\"easter_orthodox\",\"days\":5}]}";
    const reb_work_calendar *calendars[2] = {g_office, calendar_of("America/Santiago", split)};
    static reb_case_clock a[64];
    static reb_case_clock b[64];
    reb_rand r = {404};
    int64_t idle = 0;
    int64_t more = 0;
    int64_t longer = 0;
    int64_t prefix = 0;
    int64_t tried = 0;
    for (int round = 0; round < 4000; round++) {
        log_of l;
        random_log(&l, &r, 2 + (int64_t)reb_rand_below(&r, 14));
        const reb_work_calendar *c = calendars[round % 2];
        reb_clock_target target = random_target(&r);
        int64_t n = clocks_into(a, &l, &target, c);

        /* Pausing and resuming at once changes nothing. */
        log_of idled = {0};
        int64_t place = 1 + (int64_t)reb_rand_below(&r, (uint64_t)l.n);
        bool waiting = false;
        for (int64_t i = 0; i < l.n; i++) {
            if (i == place) {
                int64_t when = l.e[i - 1].at_us + (int64_t)reb_rand_below(&r, (uint64_t)(l.e[i].at_us - l.e[i - 1].at_us) + 1);
                if (!waiting) happens(&idled, REB_CASE_WAITING, when, "customer");
                if (!waiting) happens(&idled, REB_CASE_RESUMED, when, "");
            }
            if (l.e[i].kind == REB_CASE_WAITING)
                waiting = strcmp(l.e[i].word, "customer") == 0;
            else if (l.e[i].kind != REB_CASE_NOTE && l.e[i].kind != REB_CASE_ACKNOWLEDGED && l.e[i].kind != REB_CASE_MESSAGE_OUT &&
                     l.e[i].kind != REB_CASE_TOOK_IN && l.e[i].kind != REB_CASE_LET_GO)
                waiting = false;
            idled.e[idled.n] = l.e[i];
            idled.e[idled.n].seq = idled.n + 1;
            idled.n++;
        }
        int64_t m = clocks_into(b, &idled, &target, c);
        idle += m != n;
        for (int64_t i = 0; i < n && m == n; i++)
            idle +=
                a[i].due_us != b[i].due_us || a[i].warn_us != b[i].warn_us || a[i].state != b[i].state || a[i].ended_us != b[i].ended_us;

        /* More time is never due earlier. */
        reb_clock_target larger = target;
        larger.amount += 1 + (int64_t)reb_rand_below(&r, 5);
        m = clocks_into(b, &l, &larger, c);
        for (int64_t i = 0; i < n && m == n; i++) more += b[i].due_us < a[i].due_us;

        /* Nor is a clock that was paused longer: the last pause ends later, and so does what comes after it. */
        int64_t resumed = -1;
        for (int64_t i = 1; i < l.n; i++) {
            if (l.e[i].kind == REB_CASE_RESUMED && l.e[i - 1].kind == REB_CASE_WAITING) resumed = i;
            if (l.e[i].kind == REB_CASE_WAITING) resumed = -1;
        }
        tried += resumed > 0;
        if (resumed > 0) {
            log_of late = l;
            int64_t by = (int64_t)reb_rand_below(&r, 5000) * MIN_US;
            for (int64_t i = resumed; i < l.n; i++) late.e[i].at_us += by;
            m = clocks_into(b, &late, &target, c);
            for (int64_t i = 0; i < n && m == n; i++) longer += b[i].due_us < a[i].due_us;
        }

        /* What has ended is not moved by what happens later, except that merging is undone. */
        log_of head = l;
        head.n = l.n - 1;
        bool undone = l.e[l.n - 1].kind == REB_CASE_UNMERGED;
        m = clocks_into(b, &head, &target, c);
        for (int64_t i = 0; i < m && !undone; i++) prefix += b[i].ended_us != 0 && memcmp(&a[i], &b[i], sizeof a[i]) != 0;
    }
    EQ_I64(idle, 0, "4,000 random logs: pausing and resuming at once changes nothing");
    EQ_I64(more, 0, "more time is never due earlier");
    OK(longer == 0 && tried > 100, "a longer pause is never due earlier (%" PRId64 " logs)", tried);
    EQ_I64(prefix, 0, "what has ended stays as it ended");
}

static void any_log_is_answered(void) {
    static reb_case_clock clocks[8];
    reb_rand r = {5};
    int64_t odd = 0;
    for (int round = 0; round < 20000; round++) {
        log_of l = {0};
        int64_t n = (int64_t)reb_rand_below(&r, 40);
        for (int64_t i = 0; i < n; i++) {
            int64_t when = reb_rand_below(&r, 20) == 0 ? (int64_t)(reb_rand_u64(&r) >> 2)
                                                       : t("2026-01-01 00:00") + (int64_t)reb_rand_below(&r, 90000) * MIN_US;
            happens(&l, (reb_case_event_kind)reb_rand_below(&r, REB_CASE_EVENT_KINDS), when,
                    reb_rand_below(&r, 2) == 0 ? "customer" : "withdrawn");
        }
        reb_clock_target target = random_target(&r);
        reb_work_calendar_version v = {1, 0, g_office};
        reb_work_calendar_history h = {"main", &v, 1};
        reb_case_terms terms = {.targets = &target, .target_count = 1, .calendars = &h};
        reb_err err = {0};
        int64_t count = 0;
        reb_status st = reb_case_clocks(clocks, 8, &count, l.e, l.n, &terms, 1, &err);
        odd += st != REB_OK && st != REB_E_INPUT;
        for (int64_t i = 0; i < count && st == REB_OK; i++)
            odd += (clocks[i].ended_us != 0) != (clocks[i].state == REB_CLOCK_MET || clocks[i].state == REB_CLOCK_STOPPED);
    }
    EQ_I64(odd, 0, "20,000 logs in no order: answered or refused, never confused");
}

/* Egypt moves its clocks again since 2023: on the last Friday of April from 00:00 to 01:00, on the last Thursday of October from 24:00 back
   to 23:00. An hour wrong in summer is an hour in which a promise is broken. */
static void egypt_has_a_summer_again(void) {
    static const char cairo[] = "Africa/Cairo";
    static const char night[] =
        "{\"week\":{\"sun\":[\"09:00-17:00\"],\"mon\":[\"09:00-17:00\"],\"tue\":[\"09:00-17:00\"],\"wed\":[\"09:00-17:00\"],"
        "\"thu\":[\"20:00-04:00\"]}}";
    const reb_work_calendar *days = calendar_of(cairo, k_office);
    const reb_work_calendar *nights = calendar_of(cairo, night);
    const reb_work_calendar *always = calendar_of(cairo, "{\"always\":true}");
    const reb_clock_target hours = {REB_CLOCK_FIRST_ANSWER, REB_UNIT_WORKING_MINUTES, 240, 75};
    const reb_clock_target two_days = {REB_CLOCK_REGULATORY, REB_UNIT_CALENDAR_DAYS, 2, 75};
    log_of l = {0};
    /* Noon in July is 09:00 in UTC, not 10:00. */
    happens(&l, REB_CASE_OPENED, (reb_day_from_civil(2026, 7, 6) * 24 + 9) * HOUR_US, "form");
    EQ_AT(cairo, l.e[0].at_us, "2026-07-06 12:00", "a summer's noon");
    EQ_AT(cairo, clock_of(&l, hours, days, 0).due_us, "2026-07-06 16:00", "four open hours end at four");
    EQ_I64(clock_of(&l, hours, days, 0).due_us, (reb_day_from_civil(2026, 7, 6) * 24 + 13) * HOUR_US, "which is 13:00 in UTC");

    log_of spring = {0};
    happens(&spring, REB_CASE_OPENED, at(cairo, "2026-04-23 22:00"), "form");
    EQ_AT(cairo, clock_of(&spring, hours, nights, 0).due_us, "2026-04-24 03:00", "the night of 2026-04-24 lacks an hour");
    EQ_AT(cairo, clock_of(&spring, two_days, days, 0).due_us, "2026-04-25 22:00", "two days later it is the same time on the clock");
    EQ_I64(clock_of(&spring, two_days, days, 0).due_us - spring.e[0].at_us, 47 * HOUR_US, "47 hours on");
    EQ_I64(reb_work_between(always, at(cairo, "2026-04-24 00:00"), at(cairo, "2026-04-25 00:00")), 23 * HOUR_US, "a day of 23 hours");

    log_of autumn = {0};
    happens(&autumn, REB_CASE_OPENED, at(cairo, "2026-10-29 22:00"), "form");
    EQ_AT(cairo, clock_of(&autumn, hours, nights, 0).due_us, "2026-10-30 01:00", "the night of 2026-10-30 has one more");
    EQ_I64(clock_of(&autumn, two_days, days, 0).due_us - autumn.e[0].at_us, 49 * HOUR_US, "and two days are 49 hours");
    EQ_I64(reb_work_between(always, at(cairo, "2026-10-29 00:00"), at(cairo, "2026-10-30 00:00")), 25 * HOUR_US, "a day of 25 hours");
    for (int y = 2023; y <= 2026; y++) {
        char from[24], to[24];
        snprintf(from, sizeof from, "%d-06-01 00:00", y);
        snprintf(to, sizeof to, "%d-12-01 00:00", y);
        EQ_I64(at(cairo, to) - at(cairo, from), (183 * 24 + 1) * HOUR_US, "the clock is put back between June and December");
    }
}

int main(void) {
    g_office = calendar_of(Z, k_office);
    a_pause_counts_the_weekend_once_glpi_10594();
    only_the_customer_is_waited_for();
    a_pause_outside_open_hours_moves_nothing();
    working_days_with_pauses();
    nothing_stale_after_reopen_merge_or_disabling_zammad_188_904_4353();
    an_answered_case_does_not_escalate_zammad_3140();
    the_unanswered_first_outranks_the_next_zammad_5177();
    warnings_come_in_open_hours_zammad_4432();
    reopening_inflates_no_time_chatwoot_12058();
    a_decision_that_did_not_arrive();
    both_times_are_told_frappe_3236();
    merging_counts_the_earliest_receipt();
    another_kind_of_complaint();
    a_holiday_announced_late();
    closing_and_leaving();
    egypt_has_a_summer_again();
    laws_over_random_logs();
    any_log_is_answered();
    reb_arena_free(&g_arena);
    return tap_done();
}
