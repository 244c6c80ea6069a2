#!/usr/bin/env bash
# Each known export by its header, with the traps of its kind; files are invented here.
. tests/lib/tap.sh
. tests/cli/import.sh
NOW=--now=2026-11-01
events() { sql "select kind, ext_id, amount_minor, currency from event order by occurred_us, kind, ext_id"; }
json() { imp --json $NOW "$@"; }
profile() { sed -n 's/.*"profile":"\([^"]*\)".*/\1/p' "$TMP/out" | head -1; }

# ---- Shopify ------------------------------------------------------------------------------------------------------------------------
fresh sqlite shopify
cat >"$TMP/shopify.csv" <<'E'
Name,Email,Financial Status,Paid at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Billing Name,Billing Country,Billing Phone,Cancelled at,Refunded Amount,Id,Lineitem discount,Tags
#1001,Ann@Example.com,paid,2026-05-01 10:00:00 +0200,yes,EUR,30.00,5.00,0.00,35.00,2026-05-01 10:00:00 +0200,2,"Mug, blue",10.00,MUG-B,Ann Lee,GB,+44 7700 900123,,0.00,9001,0.00,vip
#1001,,,,,,,,,,,1,Tea,10.00,TEA,,,,,,,0.00,
#1001,,,,,,,,,,,1,Tea,10.00,TEA,,,,,,,0.00,
#1002,bob@example.com,partially_refunded,2026-05-02 10:00:00 +0200,no,EUR,20.00,0.00,0.00,20.00,2026-05-02 10:00:00 +0200,1,Pot,20.00,POT,Bob,GR,,,5.00,9002,0.00,
#1003,bob@example.com,voided,,no,EUR,20.00,0.00,0.00,20.00,2026-05-03 10:00:00 +0200,1,Pot,20.00,POT,Bob,GR,,2026-05-04 09:00:00 +0200,0.00,9003,0.00,
#1004,cy@example.com,pending,,no,EUR,9.00,0.00,0.00,9.00,2026-05-05 10:00:00 +0200,1,Jar,9.00,JAR,Cy,GR,,,0.00,9004,0.00,
#1005,,paid,,no,EUR,9.00,0.00,0.00,9.00,2026-05-06 10:00:00 +0200,1,Jar,9.00,JAR,,,,,0.00,9005,0.00,
E
json "$TMP/shopify.csv"
is "$(profile)" shopify_orders "Shopify orders are recognised"
is "$(events)" "order|#1001|3500|EUR
order|#1002|2000|EUR
refund|#1002|500|EUR
order|#1003|2000|EUR
cancellation|#1003|2000|EUR
attempt|#1004|900|EUR" "orders, a partial refund, a cancellation, an unpaid one"
is "$(sql "select l.line_no, l.sku, l.quantity_milli, l.amount_minor from event_line l join event e using (customer_id, event_id) where e.ext_id = '#1001' order by 1")" "1|MUG-B|2000|2000
2|TEA|1000|1000
3|TEA|1000|1000" "continuation rows belong to the order, identical lines are kept"
is "$(sql "select count(*) from event r join event o on o.event_id = r.ref_id where o.kind = 'order' and r.ext_id = o.ext_id")" 2 "refund and cancellation point at their orders"
is "$(sql "select kind, value from identity where kind in ('email', 'phone') order by 1, 2")" "email|ann@example.com
email|bob@example.com
email|cy@example.com
phone|+447700900123" "customers by e-mail and telephone"
is "$(sql "select occurred_us, day from event where ext_id = '#1001'")" "1777622400000000|20574" "an offset in the date is honoured"
is "$(sql "select value from customer_fact where fact = 'consent:marketing:email' order by value")" "no
no
yes" "consent is a fact"
like "$(sql "select data from event where ext_id = '#1001'")" '"Tags":"vip"' "unknown columns stand aside"
is "$(count without_customer_orders)/$(count unpaid)/$(count lines)" "1/1/6" "who has no customer is counted, not invented"
is "$(sql "select value from setting where key = 'currency'")" EUR "a business without a currency takes the file's"
json "$TMP/shopify.csv"
like "$(cat "$TMP/out")" '"known_batch_id":"[0-9]+"' "the same file again is known as a whole"
# columns in another order and more of them: the same export
awk -F, 'BEGIN{OFS=","} NR==1{print "New column," $0; next}{print "x," $0}' "$TMP/shopify.csv" >"$TMP/shopify2.csv"
before=$(dump)
json "$TMP/shopify2.csv"
is "$(count known)/$(count orders)/$(count customers_new)" "4/0/0" "the same rows in another file are known one by one"
is "$(dump)" "$before" "and nothing changes"

cat >"$TMP/sc.csv" <<'E'
Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Default Address Company,Default Address City,Default Address Country Code,Default Address Zip,Phone,Accepts SMS Marketing,Total Spent,Total Orders,Note,Tax Exempt,Tags,Ζώδιο (customer.metafields.custom.z)
'7210448301122,Ann,Lee,ann@example.com,yes,Lee Ltd,London,GB,'0123,'+447700900123,no,35.00,1,likes tea,no,vip,Λέων
'7210448301123,Δήμητρα,Παππά,,no,,Αθήνα,GR,'11143,,no,0.00,0,,no,,
E
json "$TMP/sc.csv"
is "$(profile)" shopify_customers "Shopify customers"
is "$(sql "select value from identity where kind = 'external' order by 1")" "7210448301122
7210448301123" "apostrophes before ids fall away"
is "$(count customers_new)/$(sql "select count(*) from customer")" "1/4" "who is known by e-mail is found again"
is "$(sql "select count(*) from identity i join identity e on e.customer_id = i.customer_id and e.kind = 'email' where i.value = '7210448301122' and e.value = 'ann@example.com'")" 1 "and gets the new id"

# ---- WooCommerce ----------------------------------------------------------------------------------------------------------------------
fresh sqlite woo
cat >"$TMP/woo.csv" <<'E'
Date,Order #,N. Revenue (formatted),Status,Customer,Customer type,Product(s),Items sold,Coupon(s),Net Sales,Attribution
"2026-05-01 10:00:00",501,"€1.234,50",completed,Maria Rossi,new,"2× Café, grande, 1× Cup",3,,1234.5,Direct
"2026-05-02 10:00:00",502,"€10,00",cancelled,Maria Rossi,returning,1× Cup,1,,10,Direct
"2026-05-03 10:00:00",503,"€10,00",failed,Luca Bianchi,new,1× Cup,1,,10,Direct
E
json "$TMP/woo.csv"
is "$(profile)" woocommerce_orders "WooCommerce orders"
is "$(events)" "order|501|123450|EUR
cancellation|502|1000|EUR
order|502|1000|EUR
attempt|503|1000|EUR" "amounts, a cancelled and a failed order"
is "$(sql "select quantity_milli, name from event_line l join event e using (customer_id, event_id) where ext_id = '501' order by line_no")" "2000|Café, grande
1000|Cup" "products as a list, a comma within a name"
is "$(sql "select count(*) from customer")" 2 "by the name alone, within the source"
cat >"$TMP/woo_fa.csv" <<'E'
تاریخ,سفارش #,وضعیت,مشتری,نوع مشتری,محصول(ها),اقلام فروخته‌شده,فروش خالص
2026-05-01 10:00:00,601,تکمیل شده,سارا محمدی,جدید,2× لیوان,2,250000
E
fresh sqlite woo_fa
json "$TMP/woo_fa.csv"
is "$(profile)/$(count orders)" "woocommerce_orders/1" "WooCommerce in Persian"
cat >"$TMP/woo_c.csv" <<'E'
Name,Username,Last active,Date registered,Email,Orders,Total spend,AOV,Country / Region,City,Region,Postal code
Maria Rossi,maria,2026-05-01,2025-01-01,maria@example.it,2,1244.5,622.25,IT,Roma,RM,00100
E
fresh sqlite woo_c
json "$TMP/woo_c.csv"
is "$(profile)/$(count customers_new)/$(sql "select count(*) from event")" "woocommerce_customers/1/0" "WooCommerce customers"

# ---- Stripe ---------------------------------------------------------------------------------------------------------------------------
fresh sqlite stripe
cat >"$TMP/stripe_old.csv" <<'E'
id,Description,Seller Message,Created (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Mode,Status,Customer ID,Customer Email,Captured,Card ID,Card Last4,Card Fingerprint,Card Name,Card Address Line1,Invoice ID
ch_1,Plan A,Payment complete.,2026-05-01 23:30,12.50,0.00,gbp,12.50,0.5,Live,Paid,cus_1,ann@example.com,TRUE,card_1,4242,FINGER,Ann Lee,1 Secret Street,in_1
ch_2,Plan A,,2026-05-02 08:00,12.50,12.50,gbp,12.50,0.5,Live,Refunded,cus_1,ann@example.com,TRUE,card_1,4242,FINGER,Ann Lee,1 Secret Street,in_2
ch_3,Plan A,,2026-05-03 08:00,1000,0,jpy,1000,0.5,Live,Paid,cus_2,yo@example.com,TRUE,card_1,4242,FINGER,Yo,1 Secret Street,in_3
ch_4,Plan A,Declined,2026-05-04 08:00,12.50,0.00,gbp,12.50,0,Live,Failed,cus_1,ann@example.com,FALSE,card_1,4242,FINGER,Ann Lee,1 Secret Street,in_4
E
"$REBOUND" init --timezone Asia/Tehran --currency GBP --language en >/dev/null 2>&1
json "$TMP/stripe_old.csv"
is "$(profile)" stripe_payments "Stripe payments, the older form"
is "$(events)" "order|ch_1|1250|GBP
order|ch_2|1250|GBP
refund|ch_2|1250|GBP
order|ch_3|1000|JPY
attempt|ch_4|1250|GBP" "minor units of each currency, a refund, a failed one"
is "$(sql "select occurred_us, day from event where ext_id = 'ch_1'")" "1777678200000000|20575" "UTC as the header says, the day as the business has it"
unlike "$(sql "select data from event"; sql "select value from customer_fact"; sql "select mapping from import_batch" | sed 's/"name":"[^"]*"//g')" '4242|FINGER|Secret' "nothing of the card is stored"
is "$(count other_currency_orders)" 1 "another currency is counted as such"
cat >"$TMP/stripe_new.csv" <<'E'
id,Created date (UTC),Amount,Amount Refunded,Currency,Captured,Converted Amount,Fee,Is Link,Mode,Payment Source Type,Status,Customer ID,Customer Email,branch (metadata)
ch_9,2026-06-01 08:00:00,3.00,0.00,gbp,true,3.00,0.1,,Live,card,Paid,cus_1,ann@example.com,north
E
json "$TMP/stripe_new.csv"
is "$(profile)/$(count orders)/$(count customers_new)" "stripe_payments/1/0" "the newer form, the same customer"
cat >"$TMP/stripe_c.csv" <<'E'
id,Description,Email,Name,Created (UTC),Delinquent,Plan,Status,Total Spend,Payment Count,Refunded Volume,Dispute Losses
cus_1,,ann@example.com,Ann Lee,2025-01-01 00:00,false,,,25.00,2,12.50,0.00
E
json "$TMP/stripe_c.csv"
is "$(profile)/$(count customers_new)" "stripe_customers/0" "Stripe customers"

# ---- help desk, address books, HubSpot --------------------------------------------------------------------------------------------------
fresh sqlite desk
cat >"$TMP/zendesk.csv" <<'E'
Summation column,ID,Requester,Requester id,Requester external id,Requester email,Requester domain,Submitter,Assignee,Group,Subject,Tags,Status,Priority,Via,Ticket type,Created at,Updated at,Organization,First reply time (in minutes),Shop [txt]
1,77,Ann Lee,900,,ann@example.com,example.com,Ann Lee,Dana,Service,Broken mug,broken,Open,High,Mail,Problem,2026-05-01 10:00,2026-05-01 10:00,Lee Ltd,12,north
E
json "$TMP/zendesk.csv"
is "$(profile)" zendesk_tickets "Zendesk tickets, with \"ID\""
is "$(sql "select kind, ext_id from event")" "ticket|77" "a ticket is an event"
like "$(sql "select data from event")" '"status":"Open","subject":"Broken mug","priority":"High".*"First reply time \(in minutes\)":"12"' "with all it says"
sed 's/,Open,/,Solved,/' "$TMP/zendesk.csv" >"$TMP/zendesk2.csv"
json "$TMP/zendesk2.csv"
is "$(sql "select kind, ext_id from event order by event_id")" "ticket|77
ticket_change|77#2" "told differently later: a change beside it"
cat >"$TMP/google.csv" <<'E'
First Name,Middle Name,Last Name,Organization Name,E-mail 1 - Label,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value,Notes,Labels
Ann,,Lee,Lee Ltd,Work,ann@example.com,Mobile,+44 7700 900123,+44 7700 900124,hello,* myContacts
E
json "$TMP/google.csv"
is "$(profile)/$(sql "select count(*) from identity where kind = 'phone'")" "google_contacts/2" "Google Contacts with two telephones"
printf 'BEGIN:VCARD\nVERSION:3.0\nFN:Ann Lee\nN:Lee;Ann;;;\nEMAIL:ann@example.com\nEND:VCARD\n' >"$TMP/one.vcf"
json "$TMP/one.vcf"
is "$(profile)/$(count customers_new)" "vcard/0" "a card"
cat >"$TMP/hc.csv" <<'E'
Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Associated Company,Create Date
11,Ann,Lee,ann@example.com,,Dana,Lee Ltd,2026-01-01 10:00
E
json "$TMP/hc.csv"
is "$(profile)" hubspot_contacts "HubSpot contacts"
cat >"$TMP/hd.csv" <<'E'
Record ID,Deal Name,Deal Stage,Close Date,Amount,Deal owner,Pipeline,Associated Contact IDs,Associated Contact
51,Big mug,Closed Won,2026-05-01 10:00,500,Dana,Sales,11,Ann Lee
52,Bigger mug,Closed Lost,2026-05-02 10:00,900,Dana,Sales,11,Ann Lee
E
json "$TMP/hd.csv"
is "$(profile)/$(sql "select kind from event where source = 'hubspot' order by ext_id" | tr '\n' ' ')" "hubspot_deals/order attempt " "HubSpot deals: won is an order, lost is none"
is "$(sql "select count(*) from customer")" 1 "all of it was one person"

# ---- home-made sheets ----------------------------------------------------------------------------------------------------------------------
fresh sqlite ar
printf '\xef\xbb\xbfرقم الطلب,التاريخ,اسم العميل,رقم الهاتف,طريقة التسعير,تاريخ التوصيل,الإجمالي,الحالة,المنتجات\n١٠٠١,٠١/٠٥/٢٠٢٦,أحمد علي,٠٥٥١٢٣٤٥٦٧,عادي,٠٣/٠٥/٢٠٢٦,"١٬٢٥٠٫٥٠",تم التوصيل,كوب\n١٠٠٢,١٥/٠٥/٢٠٢٦,أحمد علي,٠٥٥١٢٣٤٥٦٧,عادي,,٩٠,ملغي,إبريق\n' >"$TMP/ar.csv"
"$REBOUND" init --currency SAR --timezone Asia/Riyadh >/dev/null 2>&1
json "$TMP/ar.csv"
is "$(events)" "order|1001|125050|SAR
cancellation|1002|9000|SAR
order|1002|9000|SAR" "Arabic: digits, separators, a cancelled order"
is "$(sql "select value from identity where kind = 'phone'")" "+966551234567" "a telephone of the business's country"
is "$(sql "select day from event where ext_id = '1001'")" 20574 "day before month, as the whole file shows"
fresh sqlite ar2
printf 'رقم الطلب,التاريخ,العميل,الكمية,الحالة,السعر (ر.س)\n1,2026-05-01,منى,3,مكتمل,10.50\n' >"$TMP/ar2.csv"
json "$TMP/ar2.csv"
is "$(events)" "order|1|3150|SAR" "currency in the header, price times quantity"
fresh sqlite ar3
printf 'رقم الطلب,التاريخ,الحالة,المبلغ\n1,2026-05-01,مدفوع,10\n' >"$TMP/ar3.csv"
json "$TMP/ar3.csv"
is "$(count without_customer_orders)/$(sql "select count(*) from customer")" "1/0" "a sheet without customers is counted only"
fresh sqlite ar4
"$REBOUND" init --currency EGP --timezone Africa/Cairo >/dev/null 2>&1
printf 'رقم الطلب,التاريخ,اسم العميل,رقم الهاتف,الإجمالي\n1,2026-10-01,منى,0100123,5\n2,2026-10-02,منى,01001234567,\n3,2027-10-02,منى,01001234567,9\n' >"$TMP/ar4.csv"
imp "$TMP/ar4.csv" $NOW
like "$(cat "$TMP/out")" "nor of the business's \\(1\\)" "a telephone number that is too short is told as such"
like "$(cat "$TMP/out")" 'later than today \(1\).* year right' "so is an order of next year"
like "$(cat "$TMP/out")" 'without an amount \(1\)' "and one without an amount"
fresh sqlite fa
printf '\xef\xbb\xbfشماره سفارش,مشتری,مبلغ (تومان),وضعیت,ثبت کننده,تسویه کننده,تاریخ و ساعت\n1,علی رضایی,۱۲۵٬۰۰۰,پرداخت شده,الف,ب,۱۴۰۲/۰۵/۱۱ ۱۴:۳۰\n2,علی رضایی,۵۰٬۰۰۰,لغو شده,الف,ب,۱۴۰۲/۰۵/۱۲ ۰۹:۰۰\n' >"$TMP/fa.csv"
json "$TMP/fa.csv"
is "$(events)" "order|1|1250000|IRR
cancellation|2|500000|IRR
order|2|500000|IRR" "Persian: toman is ten rial"
is "$(sql "select day from event where ext_id = '1'")" "$(($(date -ud 2023-08-02 +%s) / 86400))" "Solar Hijri 1402/05/11 is 2 August 2023"
fresh sqlite fa2
printf 'شماره سفارش,نام خریدار,موبایل خریدار,ایمیل خریدار,محصول,مبلغ,تاریخ ثبت,وضعیت\n1,سارا,۰۹۱۲۳۴۵۶۷۸۹,Sara@Example.ir,لیوان,250000,1402-05-11,ارسال شده\n' >"$TMP/fa2.csv"
json "$TMP/fa2.csv"
is "$(sql "select kind, value from identity where kind in ('phone', 'email') order by 1")" "email|sara@example.ir
phone|+989123456789" "Persian digits in a telephone"
sed 's/^1,/۱,/' "$TMP/fa2.csv" >"$TMP/fa2_digits.csv"
json "$TMP/fa2_digits.csv"
is "$(count known)/$(count orders)" "1/0" "the number of an order is the same in Persian digits"
fresh sqlite fa3
"$REBOUND" init --currency IRR --timezone Asia/Tehran --language fa >/dev/null 2>&1
printf 'شماره سفارش,نام مشتری,مبلغ,تاریخ\n1,سارا,250000,05/07/21\n2,سارا,250000,05/06/31\n' >"$TMP/fa3.csv"
json "$TMP/fa3.csv"
is "$(sql "select day from event where ext_id = '1'")" "$(($(date -ud 2026-10-13 +%s) / 86400))" "short years in a Solar Hijri business: the year stands first"
fresh sqlite fa4
"$REBOUND" init --currency IRR --timezone Asia/Tehran --language fa >/dev/null 2>&1
imp --dry-run $NOW "$TMP/fa3.csv"
like "$(cat "$TMP/out")" '2026-10-13 \(1405-07-21\)' "a dry run shows the day in the business's calendar too"
fresh sqlite el
printf 'Κωδικός,Όνομα,Επώνυμο,Διεύθυνση,Κινητό,Email,Παραγγελίες,Σύνολο\n7,Δήμητρα,Παππά,Ερμού 1,6912345678,dimitra@example.gr,12,"1.250,50"\n' >"$TMP/el.csv"
"$REBOUND" init --currency EUR --timezone Europe/Athens >/dev/null 2>&1
json "$TMP/el.csv"
is "$(sql "select kind, value from identity order by 1")" "email|dimitra@example.gr
external|7
name|δημητρα παππα
phone|+306912345678" "Greek customers"
iconv -f UTF-8 -t WINDOWS-1253 "$TMP/el.csv" >"$TMP/el1253.csv"
json "$TMP/el1253.csv"
is "$(count known)/$(count customers_new)" "1/0" "the same in windows-1253 is known"
iconv -f UTF-8 -t UTF-16 "$TMP/fa2.csv" >"$TMP/fa2_16.csv"
fresh sqlite fa16
json "$TMP/fa2_16.csv"
is "$(count orders)" 1 "UTF-16"

# ---- generic -----------------------------------------------------------------------------------------------------------------------------
fresh sqlite generic
cat >"$TMP/generic.csv" <<'E'
customer;date;amount;kind;order_ref
c1;2026-05-01;10,50;purchase;
c1;2026-05-01;10,50;purchase;
c2;2026-05-02;7,25;purchase;
c2;2026-05-03;;call;
E
sed -i 's/^customer;/customer id;/' "$TMP/generic.csv"
json "$TMP/generic.csv"
is "$(sql "select kind, amount_minor from event order by occurred_us, event_id")" "order|1050
order|1050
order|725
contact|0" "a file of events, semicolons, decimal comma; identical rows are two purchases"
cp "$TMP/generic.csv" "$TMP/generic2.csv"
echo 'c3;2026-05-09;1,00;purchase;' >>"$TMP/generic2.csv"
json "$TMP/generic2.csv"
is "$(count orders)/$(count known)/$(sql "select count(*) from event where kind = 'order'")" "1/4/4" "the same rows and one more: one more"
cat >"$TMP/neg.csv" <<'E'
order no,date,customer email,amount
1,2026-05-01,ann@example.com,50.00
2,2026-05-02,ann@example.com,(20.00)
3,2026-05-03,ann@example.com,-5.00
E
fresh sqlite negative
json "$TMP/neg.csv"
is "$(events)" "order|1|5000|EUR
refund|2|2000|EUR
refund|3|500|EUR" "bracketed and negative amounts are refunds"
cat >"$TMP/apart.csv" <<'E'
order no,date,customer email,product,quantity,price
1,2026-05-01,ann@example.com,Mug,1,10.00
2,2026-05-01,bob@example.com,Mug,1,10.00
1,2026-05-01,ann@example.com,Tea,2,3.00
E
fresh sqlite apart
json "$TMP/apart.csv"
is "$(events)" "order|1|1000|EUR
order|2|1000|EUR
order_part|1#2|600|EUR" "rows of one order that are not together become parts"
is "$(sql "select net_minor from customer_summary order by net_minor")" "1000
1600" "and count with it"
before=$(dump)
{ cat "$TMP/apart.csv"; echo; } >"$TMP/apart2.csv"
json "$TMP/apart2.csv"
is "$(count known)/$(sql "select count(*) from import_batch")" "3/1" "known again, part by part; no batch for nothing"
is "$(dump)" "$before" "and nothing changes"
sed 's/,Mug,1,10.00$/,Mug,1,12.00/' "$TMP/apart.csv" >"$TMP/apart3.csv"
json "$TMP/apart3.csv"
is "$(count changed)/$(sql "select amount_minor from event where kind = 'order_change' and ext_id = '1#2'")" "2/200" "an order told differently is a change by the difference"

cat >"$TMP/doubles.csv" <<'E'
order no,date,customer email,phone,amount
1,2026-05-01,ann@example.com,,5
2,2026-05-02,,+447700900123,5
3,2026-05-03,ann@example.com,+447700900123,5
4,2026-05-04,ann@example.com,+447700900123,5
E
fresh sqlite doubles
json "$TMP/doubles.csv"
is "$(count customers_new)/$(count doubles)" "2/1" "two customers who share a telephone are told, and left to a person"

cat >"$TMP/unknown.csv" <<'E'
alpha,beta,gamma
a,1,2
E
exits 3 "columns that mean nothing are refused" "$REBOUND" import "$TMP/unknown.csv"
like "$(cat "$TMP/err")" 'write-map' "and the way to a mapping is told"
exits 0 "a first guess is written" "$REBOUND" import "$TMP/unknown.csv" --dry-run --write-map "$TMP/u.map"
like "$(cat "$TMP/u.map")" '^# +2  beta' "with the columns of the file"
printf 'customer = alpha\ndate = beta\namount = gamma\ndates = epoch\ncurrency = EUR\nsource = till\n' >"$TMP/u.map"
printf 'alpha,beta,gamma\na,1777593600,2.50\n' >"$TMP/unknown.csv"
fresh sqlite mapped
json "$TMP/unknown.csv" --map "$TMP/u.map"
is "$(sql "select source, amount_minor, day from event")" "till|250|20574" "a mapping takes its place"
printf 'customer = nobody\ndate = beta\n' >"$TMP/bad.map"
exits 3 "a column that is not there" "$REBOUND" import "$TMP/unknown.csv" --map "$TMP/bad.map"
like "$(cat "$TMP/err")" 'line 1 names a column "nobody"' "is told by its line"
printf 'customer = alpha\ncolour = beta\n' >"$TMP/bad.map"
exits 3 "a role that does not exist" "$REBOUND" import "$TMP/unknown.csv" --map "$TMP/bad.map"
printf 'customer = alpha\ndates = xyz\n' >"$TMP/bad.map"
exits 3 "an option's value that does not exist" "$REBOUND" import "$TMP/unknown.csv" --map "$TMP/bad.map"
exits 4 "a mapping that does not exist" "$REBOUND" import "$TMP/unknown.csv" --map "$TMP/none.map"
printf 'a;2026-05-01;3\nb;2026-05-02;4\n' >"$TMP/bare.csv"
printf 'header = no\ncustomer = 1\ndate = 2\namount = 3\n' >"$TMP/bare.map"
json "$TMP/bare.csv" --map "$TMP/bare.map"
is "$(count orders)" 2 "a file without header by numbers of columns"
tap_done
