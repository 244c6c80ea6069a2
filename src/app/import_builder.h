/* The builder's inside, shared by import_build.c (rows to orders) and import_order.c (orders to events). */
#ifndef REB_APP_IMPORT_BUILDER_H
#define REB_APP_IMPORT_BUILDER_H

#include "import_build.h"

enum { MOST_PRODUCTS = 200, MOST_SAMPLES = 3, MOST_RECORDS = 8, MOST_RECORD_LINES = 4 };

/* A growing array in the arena; what it outgrows stays there until the chunk is reset. */
typedef struct reb_grown {
    void *at;
    size_t n, cap, size;
} reb_grown;

typedef struct reb_raw_row {
    int64_t line;
    reb_slice raw;
    size_t n_fields;
} reb_raw_row;

/* The order in hand. */
typedef struct reb_group {
    bool open;
    reb_slice key; /* empty: the row stands alone */
    reb_slice value[REB_ROLE_COUNT];
    int column[REB_ROLE_COUNT];
    reb_slice emails[16], phones[16];
    size_t n_emails, n_phones;
    reb_grown lines;  /* reb_raw_line */
    reb_grown rows;   /* reb_raw_row */
    reb_slice *aside; /* of the first row, by column */
    bool amounts_differ;
} reb_group;

/* Where a reason was met first, with a few of the values. Texts live in samples_arena. */
typedef struct reb_fault_list {
    int64_t lines[REB_IMPORT_FAULT_LINES];
    size_t n_lines;
    reb_import_fault examples[REB_IMPORT_FAULT_EXAMPLES];
    size_t n_examples;
} reb_fault_list;

struct reb_builder {
    reb_plan *plan;
    const reb_sheet_info *info;
    const char *business_currency;
    int64_t now_us;
    reb_arena arena;   /* of the chunk */
    reb_arena scratch; /* of the order in hand */
    reb_buf json;
    reb_buf aside_rows; /* what further rows of the order say aside */
    reb_grown persons, events, lines, rejects;
    size_t rows;
    reb_group g;
    reb_build_counts counts;
    reb_status_seen statuses[REB_STATUS_WORDS];
    size_t n_statuses;
    reb_slice status_memo_text;
    char status_memo[64];
    size_t status_memo_len;
    reb_order_state status_memo_state;
    reb_arena samples_arena;
    reb_import_sample samples[MOST_SAMPLES];
    size_t n_samples;
    reb_import_record records[MOST_RECORDS];
    size_t n_records;
    reb_fault_list faults[REB_REJECT_COUNT];
    bool failed;
    bool *is_aside; /* by column */
    bool *is_line;  /* by column: belongs to the line, not to the order */
    bool any_aside;
};

/* Memory ran out somewhere: what was built since may lack something, and must not be stored. */
static inline bool reb_build_lost(const reb_builder *b) {
    return b->failed || b->arena.failed || b->scratch.failed || b->aside_rows.failed;
}

/* A new zeroed element at the end of an array, or NULL when memory ran out. */
void *reb_build_grow(reb_grown *g, reb_arena *a);
/* A copy that lives until the chunk is written. */
const char *reb_build_keep_long(reb_builder *b, reb_slice v);
/* Refuses all rows of the order in hand; `line` is the row at fault, 0: the first. */
void reb_build_refuse(reb_builder *b, const reb_line_error *bad, int64_t line);
/* A new event of the chunk; NULL when memory ran out (which is remembered). */
reb_ingest_event *reb_build_event(reb_builder *b, size_t person, const char *kind, const char *ext);
/* The date of a role. False: *bad says why. */
bool reb_build_date(reb_builder *b, reb_role role, reb_date *out, reb_line_error *bad);
/* What was promised with the order in hand, made on that date, and when it arrived (import_promise.c). A date that cannot be read, or lies
   years ahead, promises nothing. */
void reb_build_promise(reb_builder *b, size_t first_line, size_t n_lines, const reb_date *made, size_t person, const char *ext);
/* Makes of the order in hand what it tells; nothing when there is none. */
reb_status reb_build_finish(reb_builder *b, reb_err *err);

#endif
