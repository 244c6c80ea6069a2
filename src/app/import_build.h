/* Rows of a file put together to what they tell: orders with their lines, refunds, customers, tickets. Internal to the import. */
#ifndef REB_APP_IMPORT_BUILD_H
#define REB_APP_IMPORT_BUILD_H

#include "../domain/ingest.h"
#include "import.h"
#include "import_plan.h"

__extension__ typedef __int128 reb_wide; /* products of amounts before they are rounded */

/* Why a row was refused; the sentence without the value, for counting, and with it, for the file of rejects. */
typedef enum reb_reject {
    REB_REJECT_NO_DATE,
    REB_REJECT_DATE,
    REB_REJECT_AMOUNT,
    REB_REJECT_NO_AMOUNT,
    REB_REJECT_QUANTITY,
    REB_REJECT_CURRENCY,
    REB_REJECT_FIELDS,
    REB_REJECT_NO_CUSTOMER, /* in a list of customers */
    REB_REJECT_KIND,
    REB_REJECT_FAR_DATE,
    REB_REJECT_SAME_ORDER, /* another row of the order was refused */
    REB_REJECT_COUNT
} reb_reject;
const char *reb_reject_sentence(reb_reject r);
const char *reb_reject_code(reb_reject r); /* "no_date", ... */
/* The kind a reason written by us begins with; REB_REJECT_COUNT when it is none. */
reb_reject reb_reject_of_reason(const char *reason, size_t len);

typedef struct reb_reject_row {
    int64_t line;
    reb_reject why;
    const char *reason;
    reb_slice raw; /* UTF-8, one line of the file's own form */
    size_t n_fields;
} reb_reject_row;

/* Words of status met, each once. */
enum { REB_STATUS_WORDS = 32 };
typedef struct reb_status_seen {
    char text[64];
    reb_order_state state;
    int64_t orders;
} reb_status_seen;

/* What the builder counts by itself; the ingest counts the rest. Saved with the batch. */
typedef struct reb_build_counts {
    int64_t rows, ignored_rows, rejected_rows;
    int64_t without_customer_orders, without_customer_lines, without_customer_minor;
    int64_t reject_rows[REB_REJECT_COUNT];
    int64_t reject_line[REB_REJECT_COUNT]; /* first line */
    int64_t phones_local;                  /* telephone numbers whose country is not known */
    int64_t rounded;                       /* amounts with more decimals than the currency has */
    int64_t later;                         /* orders dated later than a day from now */
    int64_t without_amount;                /* orders that tell none, where the file has a column for it */
} reb_build_counts;

typedef struct reb_builder reb_builder;

/* `plan` outlives the builder; `now_us` stamps customers and judges dates. */
reb_status reb_builder_open(reb_builder **out, reb_plan *plan, const reb_sheet_info *info, const char *business_currency, int64_t now_us,
                            reb_err *err);
void reb_builder_close(reb_builder *b);

/* Takes the next row; NULL at the end of the file, to finish the last order. */
reb_status reb_builder_row(reb_builder *b, const reb_sheet_record *rec, reb_err *err);

/* True when the row that would come next begins a new order: a chunk may end before it. Call with the record about to be given. */
bool reb_builder_at_boundary(const reb_builder *b, const reb_sheet_record *rec);
/* Rows and bytes gathered since the last reset. */
size_t reb_builder_rows(const reb_builder *b);
size_t reb_builder_bytes(const reb_builder *b);

/* Finishes the order in hand and gives what was gathered; it lives until reset. */
reb_status reb_builder_take(reb_ingest_chunk *out, const reb_reject_row **rejects, size_t *n_rejects, reb_builder *b, reb_err *err);
void reb_builder_reset(reb_builder *b);

reb_build_counts *reb_builder_counts(reb_builder *b);
const reb_status_seen *reb_builder_statuses(const reb_builder *b, size_t *n);

/* What was refused and why, by the counts given, as data; copies in `arena`. */
void reb_builder_faults(reb_import_result *out, const reb_builder *b, const reb_build_counts *c, reb_arena *arena);
/* The first records as understood; copies in `arena`. */
void reb_builder_samples(reb_import_result *out, const reb_builder *b, reb_arena *arena);

/* ---- import_person.c ---- */

typedef struct reb_person_parts { /* raw values as copied from the rows */
    reb_slice value[REB_ROLE_COUNT];
    const reb_slice *emails, *phones;
    size_t n_emails, n_phones;
} reb_person_parts;

/* Makes the person's keys and facts in the arena. False (and REB_OK): the row names nobody. `aside` is JSON or NULL. */
reb_status reb_person_make(reb_ingest_person *out, bool *somebody, const reb_plan *p, const reb_person_parts *parts, const char *aside,
                           int64_t observed_us, bool record, int64_t *phones_local, reb_arena *arena, reb_err *err);
bool reb_absent_word(reb_slice v); /* "NA", "null", "-", ... */

/* ---- import_lines.c ---- */

typedef struct reb_raw_line {
    reb_slice product, sku, quantity, price, amount, discount, cost, row_amount;
    int column[8]; /* of price, amount, discount, cost, row_amount, quantity */
    int64_t line;
} reb_raw_line;

typedef struct reb_line_error {
    reb_reject why;
    int column;
    reb_slice value;
    const char *reason;
} reb_line_error;

/* Reads one line of an order. False: refused, *bad says why. `quantity_given` false counts as one piece. */
bool reb_line_read(reb_ingest_line *out, bool *rounded, const reb_plan *p, const reb_currency *currency, const reb_raw_line *raw,
                   reb_line_error *bad, reb_arena *arena);
/* False for what no real order is worth; such a row is refused, so that sums stay within int64. */
bool reb_amount_fits(int64_t v);
/* An amount of a column in minor units. */
bool reb_amount_read(int64_t *minor, bool *rounded, const reb_plan *p, const reb_currency *currency, int column, reb_slice text,
                     reb_line_error *bad, reb_arena *arena);
/* "2× Mug, 1× Tea" to lines; returns how many (at most cap), 0 when there is nothing. */
size_t reb_products_split(reb_ingest_line *out, size_t cap, reb_slice text, reb_arena *arena);

#endif
