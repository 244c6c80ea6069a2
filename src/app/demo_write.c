#include "demo_write.h"

#include "../base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

static const char *const k_name[DEMO_FILE_COUNT] = {"orders.csv",   "customers.csv", "tickets.csv",
                                                    "feedback.csv", "truth.csv",     "truth.json"};

static const char *const k_header[DEMO_FILE_COUNT] = {
    "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount "
    "Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem "
    "sku,Lineitem requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing "
    "Address2,Billing Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping "
    "Street,Shipping "
    "Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note "
    "Attributes,Cancelled at,Payment Method,Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 "
    "Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt "
    "Number,Duties,Billing Province Name,Shipping Province Name,Payment Terms Name,Next Payment Due At\n",
    "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address "
    "Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address "
    "Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags,Preferred language "
    "(customer.metafields.custom.language)\n",
    "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester "
    "domain,Submitter,Assignee,Group,Subject,Tags,"
    "Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due date,Initially assigned at,Solved at,Resolution "
    "time,"
    "Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply time in minutes,First reply time in minutes within "
    "business hours,First resolution time in minutes,First resolution time in minutes within business hours,Full resolution time in "
    "minutes,Full resolution time in minutes within business hours,Agent wait time in minutes,Agent wait time in minutes within business "
    "hours,Requester wait time in minutes,Requester wait time in minutes within business hours,On hold time in minutes,On hold time in "
    "minutes "
    "within business hours\n",
    "kind,date,email,phone,name,score,comment,language\n",
    "customer_id,email,phone,name,language,first_day,last_day,repeat_days,recency_days,observed_days,alive,died_day,rate_per_day,death_per_"
    "day,"
    "mean_spend_minor,left_because\n",
    "",
};

reb_status demo_files_open(demo_files *f, const char *folder, reb_err *err) {
    for (int i = 0; i < DEMO_FILE_COUNT; i++) {
        snprintf(f->path[i], sizeof f->path[i], "%s/%s", folder, k_name[i]);
        int fd = open(f->path[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        f->file[i] = fd >= 0 ? fdopen(fd, "w") : NULL;
        if (f->file[i] == NULL) {
            reb_status st = REB_E_IO;
            if (errno == EEXIST) {
                st = reb_fail(err, REB_E_CONFLICT, "%s is there already and stays as it is.", f->path[i]);
                reb_err_next(err, "Choose an empty folder, or remove the old demo yourself.");
            } else {
                reb_fail(err, st, "%s cannot be written: %s.", f->path[i], strerror(errno));
            }
            return demo_files_close(f, st, err);
        }
        fputs(k_header[i], f->file[i]);
    }
    return REB_OK;
}

reb_status demo_files_check(const demo_files *f, reb_err *err) {
    for (int i = 0; i < DEMO_FILE_COUNT; i++)
        if (ferror(f->file[i])) return reb_fail(err, REB_E_IO, "%s could not be written; is the disk full?", f->path[i]);
    return REB_OK;
}

reb_status demo_files_close(demo_files *f, reb_status so_far, reb_err *err) {
    int opened = 0;
    for (; opened < DEMO_FILE_COUNT && f->file[opened] != NULL; opened++) {
        bool bad = ferror(f->file[opened]) != 0;
        bad = fclose(f->file[opened]) != 0 || bad;
        f->file[opened] = NULL;
        if (bad && so_far == REB_OK) so_far = reb_fail(err, REB_E_IO, "%s could not be written; is the disk full?", f->path[opened]);
    }
    for (int i = 0; so_far != REB_OK && i < opened; i++) unlink(f->path[i]);
    return so_far;
}

/* ---- Cells ------------------------------------------------------------------------------------------------------------------------ */

static void cell(FILE *out, const char *s) {
    if (strpbrk(s, ",\"\r\n") == NULL) {
        fputs(s, out);
    } else {
        putc('"', out);
        for (; *s != '\0'; s++) {
            if (*s == '"') putc('"', out);
            putc(*s, out);
        }
        putc('"', out);
    }
    putc(',', out);
}

static void empty(FILE *out, int n) {
    while (n-- > 0) putc(',', out);
}

static void money(FILE *out, int64_t minor) {
    fprintf(out, "%" PRId64 ".%02" PRId64 ",", minor / 100, minor % 100);
}

/* Summer time in London: from the last Sunday of March to the last Sunday of October. Orders are never placed at night. */
static bool is_summer(int64_t day) {
    int year = 0;
    int month = 0;
    int dom = 0;
    reb_civil_from_day(day, &year, &month, &dom);
    int64_t march = reb_day_from_civil(year, 3, 31);
    int64_t october = reb_day_from_civil(year, 10, 31);
    /* 1970-01-01 was a Thursday: day 3 a Sunday. */
    march -= (march + 4) % 7;
    october -= (october + 4) % 7;
    return day >= march && day < october;
}

/* Opening hours are 8:00 to 21:00. "2026-05-01 10:00:00 +0100", or without the offset. */
enum { STAMP_TEXT = 80 };
static void stamp(char out[STAMP_TEXT], int64_t day, double part, bool offset) {
    int year = 0;
    int month = 0;
    int dom = 0;
    reb_civil_from_day(day, &year, &month, &dom);
    int s = 8 * 3600 + (int)(part * 13 * 3600);
    const char *zone = !offset ? "" : is_summer(day) ? " +0100" : " +0000";
    snprintf(out, STAMP_TEXT, "%04d-%02d-%02d %02d:%02d:%02d%s", year, month, dom, s / 3600, s / 60 % 60, s % 60, zone);
}

static void when(FILE *out, int64_t day, double part) {
    char text[STAMP_TEXT];
    stamp(text, day, part, true);
    cell(out, text);
}

static void address(FILE *out, const demo_person *p, const char *name) {
    cell(out, name);
    cell(out, p->street);
    cell(out, p->street);
    empty(out, 2);
    cell(out, p->city);
    /* Shopify guards the zip from spreadsheets with an apostrophe. */
    if (p->zip[0] != '\0') putc('\'', out);
    cell(out, p->zip);
    empty(out, 1);
    cell(out, p->country);
    cell(out, p->phone);
}

static void full_name(char out[128], const demo_person *p) {
    snprintf(out, 128, "%s %s", p->first, p->last);
}

/* ---- Orders ----------------------------------------------------------------------------------------------------------------------- */

typedef struct bill {
    demo_line lines[DEMO_MAX_LINES + 2];
    size_t line_count;
    int64_t subtotal_minor; /* after the discount */
    int64_t shipping_minor;
    int64_t discount_minor;
    const char *code;
} bill;

static const demo_product k_returned = {"GFT-TIN-RET", 0, "The house", {"Gift tin", "Κουτί δώρου μεταλλικό", "قوطی هدیه", "علبة معدنية"}};

/* Makes a bill whose total, less what is refunded of it, is the amount drawn. */
static void make_bill(bill *b, demo_order *o, demo_product *returned) {
    int64_t target = o->amount_minor;
    *b = (bill){.code = ""};
    b->shipping_minor = target >= 900 && target < 3000 && o->kind != DEMO_WALK_IN ? 395 : 0;
    int64_t goods = target - b->shipping_minor;
    int percent = 0;
    if (o->first && o->kind != DEMO_WALK_IN && reb_rand_below(&o->random, 10) < 3) {
        percent = 10;
        b->code = "WELCOME10";
    } else if (reb_rand_below(&o->random, 100) < 5) {
        static const char *const k_codes[DEMO_LANGUAGES] = {"HARVEST15", "PASCHA15", "NOWRUZ15", "EID15"};
        percent = 15;
        b->code = k_codes[o->person.language];
    }
    int64_t listed = goods * 100 / (100 - percent);
    int64_t sum = demo_basket(b->lines, &b->line_count, listed, &o->random);
    if (percent > 0 && sum > goods) b->discount_minor = sum - goods;
    if (b->discount_minor == 0) b->code = "";
    if (o->kind == DEMO_PART_REFUNDED) {
        *returned = k_returned;
        returned->price_minor = 500 + 50 * (int64_t)reb_rand_below(&o->random, 20);
        b->lines[b->line_count++] = (demo_line){returned, 1};
        o->refunded_minor = returned->price_minor;
        sum += returned->price_minor;
    }
    b->subtotal_minor = sum - b->discount_minor;
    o->total_minor = b->subtotal_minor + b->shipping_minor;
    if (o->kind == DEMO_REFUNDED) o->refunded_minor = o->total_minor;
}

/* Columns 17 to 24: the line. */
static void line_cells(FILE *out, const demo_line *l, demo_language language) {
    fprintf(out, "%" PRId64 ",", l->quantity);
    cell(out, l->product->name[language]);
    money(out, l->product->price_minor);
    empty(out, 1);
    cell(out, l->product->sku);
    fputs("true,false,fulfilled,", out);
}

static void continuation(FILE *out, const char *name, const demo_person *p, const demo_line *l, demo_language language) {
    cell(out, name);
    cell(out, p->email);
    empty(out, 13); /* Financial Status to Shipping Method */
    empty(out, 1);  /* Created at */
    line_cells(out, l, language);
    empty(out, 26); /* Billing Name to Refunded Amount */
    cell(out, l->product->vendor);
    empty(out, 4); /* Id to Source */
    fputs("0.00,", out);
    empty(out, 16);
    putc('\n', out);
}

void demo_write_order(demo_files *f, demo_order *o, int64_t number) {
    static const char *const k_status[] = {[DEMO_PURCHASE] = "paid",    [DEMO_PART_REFUNDED] = "partially_refunded",
                                           [DEMO_CANCELLED] = "voided", [DEMO_REFUNDED] = "refunded",
                                           [DEMO_WALK_IN] = "paid",     [DEMO_SECOND] = "paid"};
    FILE *out = f->file[DEMO_FILE_ORDERS];
    demo_person nobody = {.country = "GB", .city = "London", .language_code = "en"};
    const demo_person *p = o->kind == DEMO_WALK_IN ? &nobody : &o->person;
    demo_product returned;
    bill b;
    make_bill(&b, o, &returned);
    char name[32];
    char person[128] = "";
    snprintf(name, sizeof name, "#%" PRId64, 1001 + number);
    if (p != &nobody) full_name(person, p);

    bool paid = o->kind != DEMO_CANCELLED;
    bool sent = paid && o->day + 1 < o->until_day;
    cell(out, name);
    cell(out, p->email);
    cell(out, k_status[o->kind]);
    if (paid)
        when(out, o->day, o->part_of_day);
    else
        empty(out, 1);
    cell(out, sent ? "fulfilled" : "unfulfilled");
    if (sent)
        when(out, o->day + 1, 0.25);
    else
        empty(out, 1);
    cell(out, p->mail_consent ? "yes" : "no");
    cell(out, "GBP");
    money(out, b.subtotal_minor);
    money(out, b.shipping_minor);
    money(out, 0);
    money(out, o->total_minor);
    cell(out, b.code);
    money(out, b.discount_minor);
    cell(out, o->kind == DEMO_WALK_IN ? "" : "Standard");
    when(out, o->day, o->part_of_day);
    line_cells(out, &b.lines[0], o->person.language);
    address(out, p, person);
    address(out, p, person);
    empty(out, 2); /* Notes, Note Attributes */
    if (o->kind == DEMO_CANCELLED)
        when(out, o->day, o->part_of_day);
    else
        empty(out, 1);
    cell(out, o->kind == DEMO_WALK_IN ? "Cash" : "Shopify Payments");
    empty(out, 1);
    money(out, o->refunded_minor);
    cell(out, b.lines[0].product->vendor);
    fprintf(out, "%" PRId64 ",", INT64_C(5300000000000) + number * 1024);
    cell(out, o->first ? "first" : "");
    cell(out, "Low");
    cell(out, o->kind == DEMO_WALK_IN ? "pos" : "web");
    fputs("0.00,", out);
    empty(out, 10); /* taxes: food carries none */
    fputs(p->phone, out);
    empty(out, 6);
    putc('\n', out);
    o->rows = 1;
    for (size_t i = 1; i < b.line_count; i++) {
        demo_line l = b.lines[i];
        /* A till that scans piece by piece writes the same line twice; both are real. */
        bool twice = l.quantity == 2 && reb_rand_below(&o->random, 4) == 0;
        if (twice) l.quantity = 1;
        for (int k = twice ? 2 : 1; k > 0; k--, o->rows++) continuation(out, name, p, &l, o->person.language);
    }
}

/* ---- Customers, tickets, feedback, truth ----------------------------------------------------------------------------------------------
 */

void demo_write_customer(demo_files *f, const demo_person *p, int64_t orders, int64_t spent_minor) {
    FILE *out = f->file[DEMO_FILE_CUSTOMERS];
    putc('\'', out);
    cell(out, p->shopify_id);
    cell(out, p->first);
    cell(out, p->last);
    cell(out, p->email);
    cell(out, p->mail_consent ? "yes" : "no");
    empty(out, 1);
    cell(out, p->street);
    empty(out, 1);
    cell(out, p->city);
    empty(out, 1);
    cell(out, p->country);
    if (p->zip[0] != '\0') putc('\'', out);
    cell(out, p->zip);
    cell(out, p->phone);
    cell(out, p->phone);
    cell(out, p->sms_consent ? "yes" : "no");
    money(out, spent_minor);
    fprintf(out, "%" PRId64 ",", orders);
    empty(out, 1);
    fprintf(out, "no,%s,%s\n", orders == 0 ? "newsletter" : "", p->language_code);
}

void demo_write_ticket(demo_files *f, demo_order *o, int64_t number) {
    FILE *out = f->file[DEMO_FILE_TICKETS];
    const demo_person *p = &o->person;
    bool solved = o->day + 6 < o->until_day;
    int64_t hours = 1 + (int64_t)reb_rand_below(&o->random, 96);
    char person[128];
    char made[STAMP_TEXT];
    char changed[STAMP_TEXT];
    full_name(person, p);
    stamp(made, o->day, o->part_of_day, false);
    stamp(changed, solved ? o->day + 1 + hours / 24 : o->day, o->part_of_day, false);
    fprintf(out, "1,%" PRId64 ",", 20001 + number);
    cell(out, person);
    fprintf(out, "%" PRId64 ",%s,", INT64_C(3900000000) + o->customer, p->shopify_id);
    cell(out, p->email);
    cell(out, p->email[0] != '\0' ? strchr(p->email, '@') + 1 : "");
    cell(out, person);
    cell(out, "Dana");
    cell(out, "Service");
    cell(out, demo_trouble_words(o->trouble, p->language, reb_rand_u64(&o->random)));
    cell(out, demo_trouble_name(o->trouble));
    cell(out, solved ? "Solved" : "Open");
    cell(out, o->trouble == DEMO_NO_TROUBLE ? "Low" : "High");
    cell(out, reb_rand_below(&o->random, 3) == 0 ? "Web form" : "Mail");
    cell(out, o->trouble == DEMO_NO_TROUBLE ? "Question" : "Problem");
    cell(out, made);
    cell(out, changed);
    cell(out, made);
    empty(out, 2);
    cell(out, made);
    cell(out, solved ? changed : "");
    fprintf(out, "%" PRId64 ",", solved ? hours : 0);
    cell(out, o->trouble == DEMO_NO_TROUBLE ? "Good" : reb_rand_below(&o->random, 2) == 0 ? "Bad" : "Not Offered");
    fprintf(out, "1,1,0,%" PRIu64 ",%" PRId64 ",", 1 + reb_rand_below(&o->random, 4), hours * 15);
    empty(out, 9);
    fprintf(out, "%d,0\n", 0);
}

void demo_write_feedback(demo_files *f, demo_order *o) {
    FILE *out = f->file[DEMO_FILE_FEEDBACK];
    const demo_person *p = &o->person;
    bool sad = o->trouble != DEMO_NO_TROUBLE;
    uint64_t score = sad ? 1 + reb_rand_below(&o->random, 3) : 5 - (reb_rand_below(&o->random, 10) < 3 ? 1 : 0);
    char at[STAMP_TEXT];
    char person[128];
    full_name(person, p);
    cell(out, "feedback");
    stamp(at, o->day, o->part_of_day, true);
    cell(out, at);
    cell(out, p->email);
    cell(out, p->phone);
    cell(out, person);
    fprintf(out, "%" PRIu64 ",", score);
    uint64_t which = reb_rand_u64(&o->random);
    cell(out, sad ? demo_trouble_words(o->trouble, p->language, which) : demo_praise_words(p->language, which));
    fprintf(out, "%s\n", p->language_code);
}

void demo_write_truth(demo_files *f, const demo_person *p, const demo_truth *t, int64_t until_day) {
    FILE *out = f->file[DEMO_FILE_TRUTH];
    char first[REB_TIME_TEXT];
    char last[REB_TIME_TEXT];
    char died[REB_TIME_TEXT] = "";
    char person[128];
    reb_day_format(t->first_day, first);
    reb_day_format(t->last_day, last);
    if (!t->alive) reb_day_format(t->died_day, died);
    full_name(person, p);
    fprintf(out, "%s,%s,%s,%s,%s,", p->shopify_id, p->email, p->phone, person, p->language_code);
    fprintf(out, "%s,%s,%" PRId64 ",%" PRId64 ",%" PRId64 ",%d,%s,", first, last, t->repeat_days, t->last_day - t->first_day,
            until_day - t->first_day, t->alive, died);
    fprintf(out, "%.9g,%.9g,%.6g,%s\n", t->rate_per_day, t->death_per_day, t->mean_minor, demo_trouble_name(t->left_because));
}
