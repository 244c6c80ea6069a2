/* Import: a file of a shop, a till, a help desk or a home-made sheet into the store. The command line and the server both call this.

   A file is read twice. The first reading finds out what it is: the profile by its header, and, on all of its rows, the order of day and
   month, the calendar, the decimal mark and the currency; what stays ambiguous is told. The second one writes, in chunks of whole
   orders, each one transaction. A stop between chunks (cancel flag, Ctrl-C, kill -9) keeps the chunks written; the same file again goes
   on after them. The same file, or the same rows in another file, change nothing. Memory does not grow with the file. */
#ifndef REB_APP_IMPORT_H
#define REB_APP_IMPORT_H

#include "../base/arena.h"
#include "../base/clock.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../base/rand.h"
#include "../store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cJSON;

typedef enum reb_import_phase {
    REB_IMPORT_LOOKING, /* first reading */
    REB_IMPORT_WRITING, /* second reading; with dry_run nothing is written */
    REB_IMPORT_DONE
} reb_import_phase;

typedef struct reb_import_progress {
    reb_import_phase phase;
    int64_t bytes, total_bytes; /* of the file, in this phase */
    int64_t rows;               /* read in this phase */
    int64_t elapsed_us;         /* since this phase began */
    double rows_per_second;     /* of this phase, 0 at its start */
    double seconds_left;        /* of the whole import; negative: not known yet */
} reb_import_progress;

/* Called about ten times a second and at the end of each phase, from the importing thread. False stops the import after the chunk. */
typedef bool (*reb_import_on_progress)(const reb_import_progress *p, void *ctx);

typedef struct reb_import_options {
    const char *path;                   /* the file on disk */
    const char *shown_name;             /* file name to remember; NULL: the last part of path */
    const struct cJSON *plan;           /* mapping as data (type ImportPlan of the API), or NULL; it wins over both that follow */
    const char *map_path;               /* mapping file, or NULL */
    const char *map_text;               /* mapping itself (from the API), or NULL; map_path wins */
    const char *source;                 /* label of the system it comes from; NULL: the profile's */
    const char *encoding;               /* NULL: find out */
    const char *rejects_path;           /* NULL: none written. With path "" : <path>.rejects.csv. Written only when a row is rejected */
    bool correction;                    /* a few rows of a larger file, with its plan: a date that is none refuses its row, not the file */
    bool dry_run;                       /* read and judge everything, write nothing (neither store nor rejects file) */
    int64_t look_rows;                  /* not 0: only look at the first so many rows and tell how they are understood */
    int64_t chunk_rows;                 /* 0: 10,000 */
    reb_import_on_progress on_progress; /* may be NULL */
    void *ctx;
    const volatile int *cancel; /* may be NULL; not 0: stop after the present chunk, result.interrupted */
    reb_clock clock;
    reb_ids *ids; /* makes ids; NULL: a generator of its own on the system's clock, so that a fixed `clock` makes no id twice */
} reb_import_options;

typedef struct reb_import_column { /* one column of the file and what it was taken for */
    const char *name;
    const char *role;  /* "order_id", "date", ...; "aside": kept with the event; "never stored" */
    const char *label; /* role in words */
    const char *samples[3];
    int64_t filled; /* of the first 200 rows */
} reb_import_column;

enum { REB_IMPORT_FAULT_LINES = 40, REB_IMPORT_FAULT_EXAMPLES = 3 };

typedef struct reb_import_fault { /* one refused value */
    int64_t line;
    const char *column; /* "" when it is no single column's fault */
    const char *value;
    const char *reason; /* English, more exact than the kind of fault; may be NULL */
} reb_import_fault;

typedef struct reb_import_reason {
    const char *code; /* "date", "no_customer", ...: stable, for programs */
    const char *reason;
    int64_t rows;
    int64_t first_line;
    const int64_t *lines; /* the first lines so refused, of this run; at most REB_IMPORT_FAULT_LINES */
    size_t n_lines;
    const reb_import_fault *examples;
    size_t n_examples;
} reb_import_reason;

typedef struct reb_import_note { /* a remark as data */
    const char *key;             /* import.note.<key> in the catalogues */
    const char *args;            /* JSON object */
    const char *text;            /* English */
} reb_import_note;

/* One record as it would become. Texts are "" where absent; the arrays live with the result. */
typedef struct reb_import_record_line {
    const char *name;
    int64_t quantity_milli, amount_minor;
} reb_import_record_line;

typedef struct reb_import_record {
    int64_t line;
    const char *record; /* order, refund, attempt, customer, ticket, ... */
    const char *order_id;
    int64_t time_us, day;
    bool has_date, has_time, has_amount, has_customer;
    const char *name, *email, *phone, *customer_id;
    const char *what; /* of tickets and events: subject or words */
    const char *status;
    int64_t amount_minor;
    const char *currency;
    const reb_import_record_line *lines; /* the first few */
    size_t n_lines;
    int64_t lines_total;
} reb_import_record;

/* How the file is read, as data: what was decided, and where from ("said", "found", "assumed", "business", ...). */
typedef struct reb_import_reading {
    const char *format; /* delimited, xlsx, vcard, json, json_lines */
    const char *encoding;
    bool encoding_sure, packed, has_header;
    const char *delimiter;     /* comma, semicolon, tab, pipe, spaces, other; "" */
    const char *const *sheets; /* of a workbook */
    size_t n_sheets, sheet;
    const char *dates, *dates_origin;       /* dmy, mdy, ymd, epoch, epoch_ms, excel, written */
    const char *calendar, *calendar_origin; /* gregorian, persian, hijri */
    const char *decimal, *decimal_origin;   /* point, comma, whole */
    const char *currency, *currency_origin; /* ISO 4217, or toman */
    int currency_digits;
    const char *timezone;
    const char *business_currency;
} reb_import_reading;

typedef struct reb_import_sample { /* one row as it was understood; texts are for a person, "" where absent */
    int64_t line;
    const char *record; /* order, refund, customer, ticket, ... */
    const char *order_id;
    const char *date;     /* 2026-05-01 10:00 in the business's time zone */
    const char *customer; /* name, else e-mail, phone or id */
    const char *what;     /* "2 x Mug" */
    const char *amount;   /* "12.50 EUR" */
} reb_import_sample;

/* Counts. "orders" are events of kind order, so that they equal `select count(*) from event where batch_id = B and kind = 'order'`. */
typedef struct reb_import_counts {
    int64_t rows; /* data rows of the file */
    int64_t orders, order_parts, order_changes, lines;
    int64_t order_minor;           /* sum of orders in the business's currency */
    int64_t refunds, refund_minor; /* events; one whose articles come from several orders is several */
    int64_t returns;               /* refunds that the file tells as documents of their own: credit notes, cancelled invoices */
    int64_t refunds_linked;        /* of these, to an order by what was bought */
    int64_t cancellations;
    int64_t payments;
    int64_t unpaid; /* failed, unpaid or unfinished: kept in the log as `attempt`, no purchases */
    int64_t tickets, contacts, events;
    int64_t promises, deliveries; /* by when orders were promised, and when they arrived */
    int64_t customers_new;
    int64_t customers_seen; /* different customers met in the file, new ones included; at least that many when they are over 180,000 */
    int64_t doubles;        /* pairs of customers who share an e-mail, telephone or id by this file: perhaps the same person */
    int64_t facts;          /* written about customers */
    int64_t known;          /* records (orders, customers, ...) that the store held already */
    int64_t erased;         /* records of customers who were erased: only their figures were taken */
    int64_t changed;        /* of orders stored earlier: told differently now */
    int64_t without_customer_orders, without_customer_lines, without_customer_minor;
    int64_t other_currency_orders;
    int64_t rejected_rows;
    int64_t ignored_rows; /* totals and repeated headers within the file */
} reb_import_counts;

typedef struct reb_import_result { /* texts and arrays live in the arena given */
    const char *file_name;
    int64_t file_bytes;
    const char *profile;       /* "shopify_orders" */
    const char *profile_label; /* "Shopify orders" */
    const char *why;           /* how it was recognised */
    const char *source;
    const char *records; /* orders, customers, tickets, ... */
    const char *format;  /* "delimited text, comma, UTF-8" */
    const char *dates;   /* "day/month/year (2,113 values can only be read so)" */
    const char *calendar;
    const char *decimal;
    const char *currency; /* with its reason */
    const char *timezone;
    const char *const *remarks; /* ambiguities and assumptions, one sentence each */
    size_t n_remarks;
    const reb_import_note *notes; /* the same as data */
    size_t n_notes;
    reb_import_reading reading;
    const char *plan_json;                /* the mapping in force as data, with everything decided: ImportPlan of the API */
    char signature[33];                   /* of the header; "" without one */
    const reb_import_record *record_list; /* the first records as they would become */
    size_t n_records;
    int64_t fit_job_id;     /* 0: none was asked for */
    const char *mended_job; /* a correction: the import whose rows it mends; else NULL */
    const reb_import_column *columns;
    size_t n_columns;
    const reb_import_sample *samples;
    size_t n_samples;
    const reb_import_reason *reasons; /* of rejects */
    size_t n_reasons;
    reb_import_counts counts;
    int64_t batch_id;       /* 0: nothing new was found, or dry run */
    int64_t known_batch_id; /* not 0: the whole file was imported before, as this batch; nothing was read again */
    int64_t resumed_after;  /* rows that an earlier, interrupted run had written; they are in counts */
    bool interrupted;       /* stopped by progress or cancel: whole chunks are kept, the same file goes on */
    bool dry_run;
    bool currency_adopted;    /* the business had none of its own yet and took the file's */
    const char *rejects_path; /* NULL: none written */
    const char *map_text;     /* the mapping in force, as a mapping file: what --write-map writes */
    int64_t elapsed_us;
} reb_import_result;

/* Imports one file. `s` must be open for writing; with dry_run it may be read-only or NULL (no database yet).
   *out is filled as far as things went, also when the import fails. Another import running: REB_E_BUSY. A file that cannot be read to
   its end (torn quote, cut off, too long a line): REB_E_INPUT or REB_E_LIMIT with line and column, found in the first reading, before
   anything is written. No profile fits: REB_E_INPUT that tells how to write a mapping; out->columns and out->map_text are filled. */
reb_status reb_import_run(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err);

/* Looks at the beginning of the file: format, columns with samples and what each would be taken for. Fast, whatever the file's size; `s` as
   for a dry run. Where the header tells too little the status is REB_E_INPUT, and *out is filled all the same. */
reb_status reb_import_look(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err);

/* The same with dry_run set: what would be done, in counts and samples. Only reads. */
reb_status reb_import_preview(reb_import_result *out, reb_store *s, const reb_import_options *opt, reb_arena *arena, reb_err *err);

typedef struct reb_import_batch {
    int64_t batch_id;
    const char *source, *file_name, *format, *state; /* state: running, done, interrupted, undone */
    int64_t file_bytes;
    const char *counts_json;         /* as reb_import_counts_json writes */
    int64_t started_us, finished_us; /* finished_us 0: not yet */
} reb_import_batch;

/* Newest first. */
reb_status reb_import_list(const reb_import_batch **out, size_t *n, reb_store *s, reb_arena *arena, reb_err *err);

typedef struct reb_import_undone {
    int64_t events, lines, customers, facts;
    int64_t cases;          /* out of a log */
    int64_t customers_kept; /* of those the batch had brought: other batches speak of them */
    const char *file_name;
} reb_import_undone;

/* Takes a batch back: its rows go, what later batches or acts by hand rest on stays, summaries are derived again. In one transaction.
   REB_E_NOT_FOUND no such batch; REB_E_CONFLICT already undone; REB_E_BUSY an import is running. */
reb_status reb_import_undo(reb_import_undone *out, reb_store *s, int64_t batch_id, reb_clock clock, reb_arena *arena, reb_err *err);

/* JSON of a result, of counts, of the list, of an undo: the same in the command's --json and in the API. */
void reb_import_result_json(reb_json *w, const reb_import_result *r);
void reb_import_reading_json(reb_json *w, const reb_import_reading *r);
void reb_import_columns_json(reb_json *w, const reb_import_result *r);
void reb_import_notes_json(reb_json *w, const reb_import_result *r);
void reb_import_counts_json(reb_json *w, const reb_import_counts *c);
void reb_import_list_json(reb_json *w, const reb_import_batch *b, size_t n);
void reb_import_undone_json(reb_json *w, const reb_import_undone *u);

#endif
