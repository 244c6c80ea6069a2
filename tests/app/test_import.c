/* The whole headers of real exports, each with one row, through the preview: what it is taken for, in any order of columns; words of
   status; lists of products; mapping files written and read back. */
#include "../../src/app/import_build.h"
#include "../lib/tap.h"

#include <unistd.h>

static char dir[] = "/tmp/rebound-import.XXXXXX";

typedef struct sample_file {
    const char *profile;
    const char *header;
    const char *wants; /* "column=role;..." */
} sample_file;

static const sample_file k_files[] = {
    {"shopify_orders",
     "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts "
     "Marketing,Currency,Subtotal,Shipping,Taxes,Total,Discount Code,"
     "Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem compare at price,Lineitem "
     "sku,Lineitem "
     "requires shipping,Lineitem taxable,Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing "
     "Company,Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,Shipping "
     "Address1,Shipping "
     "Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,Shipping Country,Shipping Phone,Notes,Note "
     "Attributes,Cancelled "
     "at,Payment Method,Payment Reference,Refunded Amount,Vendor,Id,Tags,Risk Level,Source,Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 "
     "Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province "
     "Name,Shipping Province Name,Payment Terms Name,Next Payment Due At,Outstanding Balance,Payment ID,Payment References,Employee",
     "Name=order_id;Created at=date;Total=total;Subtotal=aside;Refunded Amount=refunded;Lineitem sku=sku;Paid at=aside;Payment ID=aside"},
    {"shopify_customers",
     "Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address Address1,Default Address "
     "Address2,Default Address City,Default Address Province Code,Default Address Country Code,Default Address Zip,Default Address "
     "Phone,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags,Accepts WhatsApp Marketing",
     "Customer ID=customer;Total Spent=aside;Accepts WhatsApp Marketing=consent_whatsapp"},
    {"woocommerce_orders",
     "Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution",
     "Order #=order_id;Net Sales=total;Product(s)=products;Customer=name;Items sold=aside"},
    {"woocommerce_orders",
     "التاريخ,الطلب #,الحالة,العميل,نوع العميل,المنتج (المنتجات),العناصر المباعة,القسيمة (القسائم),صافي المبيعات,الإسناد",
     "الطلب #=order_id;صافي المبيعات=total;الحالة=status"},
    {"woocommerce_orders",
     "Ημερομηνία,Παραγγελία #,Κ. Έσοδα (μορφοποιημένα),Κατάσταση,Πελάτης,Τύπος πελάτη,Προϊόν(τα),Πωληθέντα τεμάχια,Κουπόνι(α),Καθαρές "
     "πωλήσεις",
     "Παραγγελία #=order_id;Καθαρές πωλήσεις=total;Πελάτης=name"},
    {"woocommerce_customers",
     "Name,Username,Last active,Date registered,Email,Orders,Total spend,AOV,Country / Region,City,Region,Postal code",
     "Email=email;Orders=aside;Country / Region=country"},
    {"stripe_payments",
     "id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Converted Amount "
     "Refunded,Fee,Tax,Converted "
     "Currency,Mode,Status,Statement Descriptor,Customer ID,Customer Description,Customer Email,Captured,Card ID,Card Last4,Card "
     "Brand,Card "
     "Funding,Card Exp Month,Card Exp Year,Card Name,Card Address Line1,Card Address Line2,Card Address City,Card Address State,Card "
     "Address "
     "Country,Card Address Zip,Card Issue Country,Card Fingerprint,Card CVC Status,Card AVS Zip Status,Card AVS Line1 Status,Card "
     "Tokenization "
     "Method,Disputed Amount,Dispute Status,Dispute Reason,Dispute Date (UTC),Dispute Evidence Due (UTC),Invoice ID,Payment Source "
     "Type,Destination,Transfer,Interchange Costs,Merchant Service Charge,Transfer Group,PaymentIntent ID",
     "id=order_id;Amount=total;Card Last4=drop;Card Fingerprint=drop;Card Address Zip=drop;Card Name=drop;Converted Amount=aside"},
    {"stripe_payments",
     "id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Converted Amount Refunded,Converted Currency,Fee,Is "
     "Link,Mode,Payment Source Type,Status,Taxes On Fee,Application Fee,Application ID,Customer ID,Customer Email,shop (metadata)",
     "Created date (UTC)=date;Amount Refunded=refunded;shop (metadata)=aside"},
    {"stripe_customers",
     "id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume,Dispute Losses",
     "id=customer;Status=aside"},
    {"zendesk_tickets",
     "Summation column,Id,Requester,Requester id,Requester external id,Requester email,Requester "
     "domain,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Assigned at,Organization,Due "
     "date,Initially assigned at,Solved at,Resolution time,Satisfaction Score,Group stations,Assignee stations,Reopens,Replies,First reply "
     "time "
     "in minutes,First reply time in minutes within business hours,First resolution time in minutes,Full resolution time in minutes,Agent "
     "wait "
     "time in minutes,Requester wait time in minutes,On hold time in minutes,Shop [list]",
     "Id=order_id;Created at=date;Solved at=aside;Requester email=email;Shop [list]=aside"},
    {"google_contacts",
     "First Name,Middle Name,Last Name,Nickname,Organization Name,Birthday,Notes,Labels,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - "
     "Label,Phone 1 "
     "- Value,Address 1 - Country",
     "E-mail 1 - Value=email;Phone 1 - Value=phone;Labels=tags"},
    {"hubspot_contacts", "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Lead Status,Marketing contact status,Create Date",
     "Record ID=customer;Create Date=aside"},
    {"hubspot_deals", "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Pipeline,Create Date,Associated Contact",
     "Record ID=order_id;Close Date=date;Create Date=aside;Amount=total"},
    {"online_retail", "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
     "InvoiceNo=order_id;UnitPrice=price"},
    {"online_retail", "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID,Country", "Invoice=order_id;Price=price"},
    {"generic", "رقم الطلب,التاريخ,اسم العميل,رقم الهاتف,طريقة التسعير,تاريخ التوصيل,الإجمالي,الحالة,المنتجات",
     "رقم الطلب=order_id;التاريخ=date;تاريخ التوصيل=aside;طريقة التسعير=aside;الإجمالي=amount;رقم الهاتف=phone;المنتجات=products"},
    {"generic", "رقم الطلب,التاريخ,الحالة,المبلغ", "المبلغ=amount;الحالة=status"},
    {"generic", "رقم الطلب,التاريخ,العميل,الكمية,الحالة,السعر (ر.س)", "العميل=name;الكمية=quantity;السعر (ر.س)=price"},
    {"generic", "شماره سفارش,نام خریدار,موبایل خریدار,ایمیل خریدار,محصول,مبلغ,تاریخ ثبت,وضعیت",
     "شماره سفارش=order_id;موبایل خریدار=phone;ایمیل خریدار=email;مبلغ=amount;تاریخ ثبت=date"},
    {"generic", "شماره سفارش,نام مشتری,تلفن,ایمیل,مبلغ,وضعیت,تاریخ,آدرس", "تلفن=phone;آدرس=aside;تاریخ=date"},
    {"generic", "شماره سفارش,مشتری,مبلغ (تومان),وضعیت,ثبت کننده,تسویه کننده,تاریخ و ساعت",
     "مبلغ (تومان)=amount;ثبت کننده=aside;تسویه کننده=aside;تاریخ و ساعت=date"},
    {"generic", "Κωδικός,Όνομα,Επώνυμο,Διεύθυνση,Κινητό,Email,Παραγγελίες,Σύνολο",
     "Κωδικός=customer;Όνομα=first_name;Επώνυμο=last_name;Κινητό=phone;Παραγγελίες=aside;Διεύθυνση=aside"},
};

/* One made-up value for each column, by what its name promises; good enough for a row to be read. */
static const char *value_for(const char *name) {
    static const char *const dates[] = {"ate", "Created", "at", "تاریخ", "تاريخ", "Ημερομηνία"};
    if (strcmp(name, "التاريخ") == 0) return "2026-05-01";
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++)
        if (strstr(name, dates[i]) != NULL && strstr(name, "Sta") == NULL && strstr(name, "Category") == NULL) return "2026-05-01 10:00";
    if (strstr(name, "mail") != NULL || strstr(name, "ایمیل") != NULL) return "ann@example.com";
    if (strcmp(name, "Currency") == 0) return "EUR";
    if (strcmp(name, "العميل") == 0) return "سلمى"; /* numbers below this header are taken for the customer's number */
    return "7";
}

static void write_sample(const char *path, const char *header, bool backwards) {
    char names[100][128];
    size_t n = 0;
    for (const char *p = header;; n++) {
        size_t len = strcspn(p, ",");
        snprintf(names[n], sizeof names[n], "%.*s", (int)len, p);
        if (p[len] == '\0') break;
        p += len + 1;
    }
    n++;
    FILE *f = fopen(path, "wb");
    for (int row = 0; row < 2; row++)
        for (size_t i = 0; i < n; i++) {
            const char *name = names[backwards ? n - 1 - i : i];
            fprintf(f, "\"%s\"%s", row == 0 ? name : value_for(name), i + 1 < n ? "," : "\n");
        }
    fclose(f);
}

static const char *role_of(const reb_import_result *r, const char *column) {
    for (size_t i = 0; i < r->n_columns; i++)
        if (strcmp(r->columns[i].name, column) == 0) return r->columns[i].role;
    return "(no such column)";
}

static void check_roles(const reb_import_result *r, const char *wants) {
    char all[1024];
    snprintf(all, sizeof all, "%s", wants);
    char *save = NULL;
    for (char *w = strtok_r(all, ";", &save); w != NULL; w = strtok_r(NULL, ";", &save)) {
        char *eq = strrchr(w, '=');
        *eq = '\0';
        EQ_TEXT(role_of(r, w), eq + 1, w);
    }
}

static void test_headers(void) {
    char path[256];
    snprintf(path, sizeof path, "%s/sample.csv", dir);
    for (size_t i = 0; i < sizeof k_files / sizeof *k_files; i++) {
        for (int backwards = 0; backwards < 2; backwards++) {
            reb_arena arena = {0};
            reb_err err = {0};
            reb_import_result r;
            int64_t now = INT64_C(1790000000000000);
            reb_import_options opt = {.path = path, .clock = reb_clock_fixed(&now)};
            write_sample(path, k_files[i].header, backwards != 0);
            reb_status st = reb_import_preview(&r, NULL, &opt, &arena, &err);
            OK(st == REB_OK, "%s%s is read", k_files[i].profile, backwards ? ", columns backwards," : "");
            if (st != REB_OK) printf("# %s\n", err.detail);
            EQ_TEXT(r.profile, k_files[i].profile, "and taken for what it is");
            check_roles(&r, k_files[i].wants);
            reb_arena_free(&arena);
        }
    }
    unlink(path);
}

static void test_status(void) {
    static const struct {
        const char *word;
        reb_order_state state;
    } words[] = {{"paid", REB_STATE_GOOD},
                 {"PAID", REB_STATE_GOOD},
                 {"wc-completed", REB_STATE_GOOD},
                 {"pending", REB_STATE_OPEN},
                 {"on-hold", REB_STATE_OPEN},
                 {"Cancelled", REB_STATE_CANCELLED},
                 {"canceled", REB_STATE_CANCELLED},
                 {"partially_refunded", REB_STATE_PARTLY},
                 {"refunded", REB_STATE_REFUNDED},
                 {"failed", REB_STATE_FAILED},
                 {"مدفوع", REB_STATE_GOOD},
                 {"ملغي", REB_STATE_CANCELLED},
                 {"مُلغى", REB_STATE_CANCELLED},
                 {"لغو شده", REB_STATE_CANCELLED},
                 {"پرداخت شده", REB_STATE_GOOD},
                 {"پرداخت‌شده", REB_STATE_GOOD},
                 {"در انتظار پرداخت", REB_STATE_OPEN},
                 {"مرجوعی", REB_STATE_REFUNDED},
                 {"ΑΚΥΡΩΘΗΚΕ", REB_STATE_CANCELLED},
                 {"Ολοκληρώθηκε", REB_STATE_GOOD},
                 {"σε αναμονή", REB_STATE_OPEN},
                 {"blue", REB_STATE_UNKNOWN},
                 {"", REB_STATE_UNKNOWN}};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        EQ_I64((int64_t)reb_order_state_of(reb_slice_of(words[i].word)), (int64_t)words[i].state, words[i].word);
}

static void test_products(void) {
    reb_arena a = {0};
    reb_ingest_line l[8];
    EQ_I64((int64_t)reb_products_split(l, 8, reb_slice_of("2× Mug, 1× Tea, green"), &a), 2, "counted products, a comma within a name");
    EQ_I64(l[0].quantity_milli, 2000, "two");
    EQ_TEXT(l[0].name, "Mug", "mugs");
    EQ_TEXT(l[1].name, "Tea, green", "and a tea");
    EQ_I64((int64_t)reb_products_split(l, 8, reb_slice_of("3 x Mug"), &a), 1, "with a letter");
    EQ_I64(l[0].quantity_milli, 3000, "three");
    EQ_I64((int64_t)reb_products_split(l, 8, reb_slice_of("كوب، شاي"), &a), 2, "an Arabic comma");
    EQ_TEXT(l[1].name, "شاي", "parts them");
    EQ_I64((int64_t)reb_products_split(l, 8, reb_slice_of("Mug x2; Tea"), &a), 2, "the number behind");
    EQ_I64(l[0].quantity_milli, 2000, "counts too");
    EQ_TEXT(l[0].name, "Mug", "and leaves the name");
    EQ_I64((int64_t)reb_products_split(l, 2, reb_slice_of("a,b,c,d"), &a), 2, "no more than there is room for");
    EQ_I64((int64_t)reb_products_split(l, 8, reb_slice_of(" , ,"), &a), 0, "nothing is nothing");
    reb_arena_free(&a);
}

static void test_map(void) {
    reb_arena a = {0};
    reb_err err = {0};
    reb_map m;
    const char *text =
        "\xEF\xBB\xBF# mine\r\nDate = Created at\r\nE-mail = \"Mail, work\"\nphone = P1\nphone = P2\ndecimal=comma\ncurrency = toman\n";
    EQ_I64(reb_map_parse(&m, "m", text, strlen(text), &a, &err), REB_OK, "a mapping is read");
    EQ_I64((int64_t)m.n_lines, 4, "four columns");
    EQ_I64(m.lines[1].role, REB_ROLE_EMAIL, "by other forms of a role's name");
    OK(reb_slice_is(m.lines[1].column, "Mail, work"), "quotes fall away");
    EQ_I64(m.options.decimal, REB_DECIMAL_COMMA, "an option");
    EQ_TEXT(m.options.currency, "IRR", "toman is rial");
    EQ_I64(m.options.factor, 10, "ten each");
    static const char *const wrong[] = {"date",    "date =", "colour = x", "decimal = semicolon", "calendar = maya", "records = things",
                                        "a\0b = c"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        size_t len = i + 1 == sizeof wrong / sizeof *wrong ? 7 : strlen(wrong[i]);
        EQ_I64(reb_map_parse(&m, "m", wrong[i], len, &a, &err), REB_E_INPUT, wrong[i]);
        OK(strstr(err.detail, "line 1") != NULL, "with its line: %s", err.detail);
    }
    reb_arena_free(&a);
}

int main(void) {
    if (mkdtemp(dir) == NULL) return 1;
    test_headers();
    test_status();
    test_products();
    test_map();
    rmdir(dir);
    return tap_done();
}
