/* How a file is understood: which column plays which role, and how its dates and amounts are written. Internal to the import. */
#ifndef REB_APP_IMPORT_PLAN_H
#define REB_APP_IMPORT_PLAN_H

#include "../base/arena.h"
#include "../base/buf.h"
#include "../base/err.h"
#include "../base/json.h"
#include "../sheet/sheet.h"
#include "../text/calendar.h"
#include "../text/date.h"
#include "../text/money.h"
#include "../text/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum reb_role {
    REB_ROLE_ASIDE, /* kept with the event as it is */
    REB_ROLE_DROP,  /* never stored */
#define REB_IMPORT_ROLE(id, name, label, kind) REB_ROLE_##id,
#include "../../api/import_roles.def"
#undef REB_IMPORT_ROLE
    REB_ROLE_COUNT
} reb_role;

typedef enum reb_role_kind { REB_KIND_TEXT, REB_KIND_DATE, REB_KIND_MONEY, REB_KIND_NUMBER } reb_role_kind;

typedef struct reb_role_info {
    const char *name;
    const char *label;
    reb_role_kind kind;
} reb_role_info;
extern const reb_role_info reb_roles[REB_ROLE_COUNT];

/* What a record of the file is. */
typedef enum reb_records {
    REB_RECORDS_ORDERS,
    REB_RECORDS_CUSTOMERS,
    REB_RECORDS_TICKETS,
    REB_RECORDS_PAYMENTS,
    REB_RECORDS_EVENTS
} reb_records;
const char *reb_records_name(reb_records r); /* "orders", ... */

enum { REB_TRAIT_ORGANISATION = 1 };
enum { REB_PLAN_PER_ROLE = 8 };

/* The first reading's findings about one column. */
typedef struct reb_plan_evidence {
    reb_date_evidence date;
    reb_number_evidence number;
} reb_plan_evidence;

typedef struct reb_plan_column {
    reb_slice name;
    reb_slice fold;
    reb_role role;
    reb_currency_hint hint;      /* in the header */
    bool utc;                    /* the header says so */
    reb_plan_evidence *evidence; /* NULL where the role needs none */
    reb_date_format date;        /* decided */
    reb_decimal decimal;         /* decided */
    const char *samples[3];
    int n_samples;
    int64_t filled; /* of the rows looked at for samples, those with a value */
} reb_plan_column;

/* What the column AMOUNT tells: to be found out, the whole order's (repeated on its rows), or the row's own. */
typedef enum reb_amount_of { REB_AMOUNT_OF_UNKNOWN, REB_AMOUNT_OF_ORDER, REB_AMOUNT_OF_ROW } reb_amount_of;

/* Where a decision comes from; the names go to programs, the console has the words. */
typedef enum reb_plan_origin {
    REB_FROM_NONE,     /* nothing to decide */
    REB_FROM_SAID,     /* the mapping says so */
    REB_FROM_FOUND,    /* the values can only be read so */
    REB_FROM_ASSUMED,  /* no value decides */
    REB_FROM_BUSINESS, /* the business's own */
    REB_FROM_COLUMN,   /* a column of currencies */
    REB_FROM_HEADER,   /* in the header */
    REB_FROM_TOMAN,    /* the header says toman: ten rial each */
    REB_FROM_BESIDE,   /* written beside the amounts */
    REB_FROM_SOLAR,    /* assumed from Solar Hijri dates */
    REB_FROM_COUNT
} reb_plan_origin;
const char *reb_plan_origin_name(reb_plan_origin o); /* "said", "found", ... */

/* A remark as data: the key of its sentence, its arguments as a JSON object, and the sentence in English. */
typedef struct reb_plan_note {
    const char *key, *args, *text;
} reb_plan_note;

/* What a mapping file may fix. NULL, 0, UNKNOWN: to be found out. */
typedef struct reb_map_options {
    reb_date_order dates;
    reb_date_number date_number;
    bool calendar_set;
    reb_calendar calendar;
    reb_decimal decimal;
    const char *currency; /* code */
    int64_t factor;       /* 10 for toman, else 0 */
    const char *timezone;
    const char *source;
    const char *records;
    const char *key;     /* email, phone, customer, name: what a customer is told apart by */
    bool pending_counts; /* pending = purchase */
    char delimiter;
    reb_sheet_header header;
    const char *encoding;
    const char *sheet;   /* of a workbook */
    const char *profile; /* the export it was recognised as before a person changed columns: its label and source stay */
    reb_amount_of amount_of;
} reb_map_options;

typedef struct reb_map_line {
    reb_role role;
    reb_slice column; /* name or number, as written */
    int line;
    int64_t index; /* with by_index: the column itself, from 0 */
    bool by_index;
} reb_map_line;

typedef struct reb_map {
    reb_map_options options;
    reb_map_line *lines;
    size_t n_lines;
} reb_map;

typedef struct reb_plan {
    const char *profile;
    const char *label;
    const char *source;
    const char *why;
    reb_records records;
    unsigned traits;
    size_t n_columns;
    reb_plan_column *columns;
    int of_role[REB_ROLE_COUNT][REB_PLAN_PER_ROLE]; /* columns of a role, in the order in which they are tried */
    int n_of_role[REB_ROLE_COUNT];
    reb_map_options options;
    const reb_currency *currency; /* of amounts that do not name theirs */
    int64_t factor;
    const char *currency_why;
    const reb_zone *zone;          /* of times that do not name theirs */
    const reb_zone *business_zone; /* in which a day begins and ends */
    const reb_zone *utc;           /* of columns whose header says UTC */
    const char *business_currency;
    bool business_currency_set;
    reb_calendar business_calendar;
    bool currency_found;  /* the file itself tells its currency */
    const char *country;  /* for phones without a country code, "" when not known */
    bool amount_is_total; /* role AMOUNT repeats the order's total on each of its rows */
    bool decimal_known;
    const char *dates_text, *calendar_text, *decimal_text;
    reb_plan_origin dates_origin, calendar_origin, decimal_origin, currency_origin;
    reb_decimal decimal_shown; /* of the amounts */
    bool by_hand;              /* a mapping says what the columns are */
    bool correction;           /* too few rows to judge by */
    const char **remarks;      /* English sentences, and the same as data */
    reb_plan_note *notes;
    size_t n_remarks, cap_remarks;
    reb_arena *arena; /* of everything above */
} reb_plan;

static inline bool reb_plan_has(const reb_plan *p, reb_role r) {
    return p->n_of_role[r] > 0;
}
/* First value of a role in a record that is not empty after trimming; ptr NULL when there is none. */
reb_slice reb_plan_value(const reb_plan *p, reb_role r, const reb_sheet_record *rec, int *column);

/* Adds a remark once. `key` names the sentence (import.note.<key>); `names` tells what the arguments of `fmt` are called there, in
   their order: "status:s count:d rows:z" (text, int64_t, size_t). */
void reb_plan_remark(reb_plan *p, const char *key, const char *names, const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* ---- import_profile.c: what the header says ---- */

/* Sets profile, label, source, records and roles of p->columns (names set already). With a mapping, its lines decide and a profile is only
   asked for the rest when the mapping names no roles. REB_E_INPUT when nothing fits; the roles that could be guessed are set all the same.
 */
reb_status reb_plan_recognise(reb_plan *p, const reb_sheet_info *info, const reb_map *map, reb_err *err);
/* A first guess from the evidence of the columns (all of them must have been looked at), for a file whose header tells nothing. */
void reb_plan_guess_values(reb_plan *p);
/* A column of names in a home-made sheet that holds e-mail addresses or numbers is one of those instead; by the samples of the scan. */
void reb_plan_settle_who(reb_plan *p);
/* Puts a column last in the list of a role. */
void reb_plan_assign(reb_plan *p, size_t column, reb_role role);
/* Folded form of a header, brackets taken off and signs as spaces, in the arena. */
reb_slice reb_plan_words(reb_arena *a, reb_slice header);
reb_slice reb_plan_fold(reb_arena *a, reb_slice text);

enum { REB_SIGNATURE_TEXT = 33 };
/* Tells files with the same header (names and their order); "" for a file without header. */
void reb_plan_signature(char out[REB_SIGNATURE_TEXT], const reb_plan *p, const reb_sheet_info *info);

/* ---- import_map.c: mapping files ---- */

/* `name` appears in errors. REB_E_INPUT with the line that is not understood. Texts are copied to the arena. */
reb_status reb_map_parse(reb_map *out, const char *name, const char *text, size_t len, reb_arena *arena, reb_err *err);
/* The plan as a mapping file, with comments. */
const char *reb_map_write(const reb_plan *p, const reb_sheet_info *info);

/* ---- import_map_json.c: the same as data, as the console sends it (type ImportPlan of the API) ---- */

struct cJSON;
/* Members that are absent or null are to be found out; without "columns" the header decides. REB_E_USAGE names what is wrong. */
reb_status reb_map_from_json(reb_map *out, const struct cJSON *plan, reb_arena *arena, reb_err *err);
/* The plan with everything that was decided, so that a few of the file's rows are read as the whole file was. */
void reb_map_to_json(reb_json *w, const reb_plan *p, const reb_sheet_info *info);

/* ---- import_scan.c: the first reading ---- */

typedef bool (*reb_scan_tick)(const reb_sheet *s, int64_t rows, void *ctx); /* every 1,000 rows; false stops */

/* Looks at the first 500 records, all columns, whatever their role: samples and evidence for a first guess. */
reb_status reb_plan_peek(reb_plan *p, reb_sheet *s, int64_t *rows, reb_err *err);

/* Reads all records, gathers evidence, decides dates, decimals, currency. *rows: number of data rows. Any error of the reader is returned,
   so that a damaged file is known before anything is written. REB_E_INTERRUPTED when tick said so. `most_rows` 0: all of them;
   else the decisions rest on the first ones alone. */
reb_status reb_plan_scan(reb_plan *p, reb_sheet *s, int64_t *rows, int64_t most_rows, reb_scan_tick tick, void *ctx, reb_err *err);

/* ---- import_status.c: words of status ---- */

typedef enum reb_order_state {
    REB_STATE_UNKNOWN, /* a word that is in no list: counts as good, and is told */
    REB_STATE_GOOD,
    REB_STATE_OPEN,
    REB_STATE_FAILED,
    REB_STATE_CANCELLED,
    REB_STATE_REFUNDED,
    REB_STATE_PARTLY
} reb_order_state;
reb_order_state reb_order_state_of(reb_slice text);

#endif
