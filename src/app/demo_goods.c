/* What the invented shop sells, and what its customers say, in four languages. */
#include "demo_people.h"

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

/* The last three are sold by weight, so that any amount can be reached. */
static const demo_product k_products[] = {
    {"TEA-DAR-100",
     1250,
     "Hill & Leaf",
     {"Darjeeling first flush, 100 g", "Νταρτζίλινγκ πρώτης συγκομιδής, 100 γρ.", "چای دارجیلینگ بهاره، ۱۰۰ گرم",
      "شاي دارجيلنغ، القطفة الأولى، 100 غ"}},
    {"TEA-EAR-250", 1480, "Hill & Leaf", {"Earl Grey, 250 g", "Ερλ Γκρέι, 250 γρ.", "چای ارل گری، ۲۵۰ گرم", "شاي إيرل غراي، 250 غ"}},
    {"TEA-LAH-500",
     990,
     "Lahijan Gardens",
     {"Lahijan black tea, 500 g", "Μαύρο τσάι Λαχιτζάν, 500 γρ.", "چای سیاه لاهیجان، ۵۰۰ گرم", "شاي لاهيجان أسود، 500 غ"}},
    {"TEA-MNT-050", 420, "Oasis", {"Dried mint, 50 g", "Αποξηραμένη μέντα, 50 γρ.", "نعناع خشک، ۵۰ گرم", "نعناع مجفف، 50 غ"}},
    {"TEA-MTN-040",
     560,
     "Olympos",
     {"Greek mountain tea, 40 g", "Τσάι του βουνού, 40 γρ.", "چای کوهی یونان، ۴۰ گرم", "شاي الجبل اليوناني، 40 غ"}},
    {"COF-YIR-250",
     1190,
     "Rift Valley",
     {"Yirgacheffe beans, 250 g", "Καφές Γιργκατσέφ σε κόκκους, 250 γρ.", "دانهٔ قهوهٔ یرگاچف، ۲۵۰ گرم", "بن يرغاتشيف، 250 غ"}},
    {"COF-GRK-200", 640, "Olympos", {"Greek coffee, 200 g", "Ελληνικός καφές, 200 γρ.", "قهوهٔ یونانی، ۲۰۰ گرم", "قهوة يونانية، 200 غ"}},
    {"COF-CAR-250",
     950,
     "Oasis",
     {"Arabic coffee with cardamom, 250 g", "Αραβικός καφές με κάρδαμο, 250 γρ.", "قهوهٔ عربی با هل، ۲۵۰ گرم", "قهوة عربية بالهيل، 250 غ"}},
    {"COF-ESP-1KG",
     2650,
     "Rift Valley",
     {"House espresso, 1 kg", "Εσπρέσο του καταστήματος, 1 κιλό", "اسپرسوی خانه، ۱ کیلو", "إسبريسو الدار، 1 كغ"}},
    {"SPI-SAF-005", 1890, "Khorasan", {"Saffron threads, 5 g", "Κρόκος σε νήματα, 5 γρ.", "زعفران سرگل، ۵ گرم", "زعفران خيوط، 5 غ"}},
    {"SPI-SUM-100", 380, "Oasis", {"Sumac, 100 g", "Σουμάκ, 100 γρ.", "سماق، ۱۰۰ گرم", "سماق، 100 غ"}},
    {"SPI-ZAT-200", 520, "Oasis", {"Za'atar, 200 g", "Ζάταρ, 200 γρ.", "زعتر، ۲۰۰ گرم", "زعتر، 200 غ"}},
    {"SPI-ORE-050", 340, "Olympos", {"Wild oregano, 50 g", "Άγρια ρίγανη, 50 γρ.", "پونهٔ کوهی، ۵۰ گرم", "زعتر بري يوناني، 50 غ"}},
    {"SPI-CIN-100",
     460,
     "Hill & Leaf",
     {"Ceylon cinnamon, 100 g", "Κανέλα Κεϋλάνης, 100 γρ.", "دارچین سیلان، ۱۰۰ گرم", "قرفة سيلانية، 100 غ"}},
    {"SWT-DAT-500", 1150, "Oasis", {"Medjool dates, 500 g", "Χουρμάδες Μετζούλ, 500 γρ.", "خرمای مجول، ۵۰۰ گرم", "تمر مجهول، 500 غ"}},
    {"SWT-PIS-250",
     1390,
     "Khorasan",
     {"Roasted pistachios, 250 g", "Φιστίκια Αιγίνης ψημένα, 250 γρ.", "پستهٔ بوداده، ۲۵۰ گرم", "فستق محمص، 250 غ"}},
    {"SWT-HON-450", 1080, "Olympos", {"Thyme honey, 450 g", "Θυμαρίσιο μέλι, 450 γρ.", "عسل آویشن، ۴۵۰ گرم", "عسل زعتر، 450 غ"}},
    {"SWT-GAZ-300",
     870,
     "Khorasan",
     {"Gaz nougat from Isfahan, 300 g", "Μαντολάτο Ισφαχάν, 300 γρ.", "گز اصفهان، ۳۰۰ گرم", "نوغا أصفهان (كز)، 300 غ"}},
    {"POT-BRK-2CP",
     890,
     "Olympos",
     {"Copper briki, two cups", "Μπρίκι χάλκινο, δύο φλιτζάνια", "جذوهٔ مسی، دو فنجان", "ركوة نحاس، فنجانان"}},
    {"POT-TEA-06C",
     3250,
     "Hill & Leaf",
     {"Teapot with warmer, 6 cups", "Τσαγιέρα με θερμαντήρα, 6 φλιτζάνια", "قوری و وارمر، ۶ نفره", "إبريق شاي مع مسخن، 6 أكواب"}},
    {"POT-GLS-06P",
     1950,
     "Khorasan",
     {"Kamar-barik tea glasses, set of 6", "Ποτήρια τσαγιού, 6 τεμάχια", "استکان کمرباریک، ۶ عدد", "استكانات شاي، 6 قطع"}},
    {"GFT-BOX-SML", 2400, "The house", {"Gift box, small", "Κουτί δώρου, μικρό", "جعبهٔ هدیه، کوچک", "علبة هدية صغيرة"}},
    {"GFT-BOX-LRG",
     4900,
     "The house",
     {"Gift box, \"Four Gardens\"", "Κουτί δώρου «Τέσσερις κήποι»", "جعبهٔ هدیهٔ «چهار باغ»", "علبة هدية «أربع حدائق»"}},
    {"WGT-TEA-010", 45, "Hill & Leaf", {"Loose tea, each 10 g", "Χύμα τσάι, ανά 10 γρ.", "چای فله، هر ۱۰ گرم", "شاي سائب، لكل 10 غ"}},
    {"WGT-COF-010", 37, "Rift Valley", {"Loose coffee, each 10 g", "Χύμα καφές, ανά 10 γρ.", "قهوهٔ فله، هر ۱۰ گرم", "بن سائب، لكل 10 غ"}},
    {"WGT-NUT-010",
     29,
     "Khorasan",
     {"Mixed nuts, each 10 g", "Ανάμικτοι ξηροί καρποί, ανά 10 γρ.", "آجیل، هر ۱۰ گرم", "مكسرات مشكلة، لكل 10 غ"}},
};
enum { BY_WEIGHT = 3 };

static const demo_product *draw_affordable(int64_t most_minor, reb_rand *r) {
    const size_t packed = COUNT(k_products) - BY_WEIGHT;
    for (int tries = 0; tries < 6; tries++) {
        const demo_product *p = &k_products[reb_rand_below(r, packed)];
        if (p->price_minor <= most_minor) return p;
    }
    return NULL;
}

int64_t demo_basket(demo_line lines[DEMO_MAX_LINES], size_t *count, int64_t target_minor, reb_rand *r) {
    int64_t sum = 0;
    size_t n = 0;
    size_t wanted = 1 + (size_t)reb_rand_below(r, 4);
    while (n < wanted) {
        const demo_product *p = draw_affordable(target_minor - sum, r);
        if (p == NULL) break;
        int64_t quantity = 1;
        int64_t fits = (target_minor - sum) / p->price_minor;
        if (n + 1 == wanted || reb_rand_below(r, 5) == 0) quantity = fits > 40 ? fits : 1 + (int64_t)reb_rand_below(r, (uint64_t)fits);
        lines[n++] = (demo_line){p, quantity};
        sum += quantity * p->price_minor;
    }
    /* The rest by weight; an order always holds something. */
    const demo_product *loose = &k_products[COUNT(k_products) - 1 - reb_rand_below(r, BY_WEIGHT)];
    int64_t quantity = (target_minor - sum + loose->price_minor / 2) / loose->price_minor;
    if (quantity > 0 || n == 0) {
        if (quantity < 1) quantity = 1;
        lines[n++] = (demo_line){loose, quantity};
        sum += quantity * loose->price_minor;
    }
    *count = n;
    return sum;
}

const char *demo_trouble_name(demo_trouble t) {
    static const char *const k[DEMO_TROUBLES] = {"", "delivery", "damaged", "wrong_item", "rude", "price", "billing"};
    return k[t];
}

const char *demo_trouble_words(demo_trouble t, demo_language l, uint64_t n) {
    static const char *const k[DEMO_TROUBLES][2][DEMO_LANGUAGES] = {
        [DEMO_NO_TROUBLE] = {{"A question about my order", "Μια ερώτηση για την παραγγελία μου", "پرسشی دربارهٔ سفارشم", "سؤال عن طلبي"},
                             {"Do you send abroad?", "Στέλνετε στο εξωτερικό;", "به خارج از کشور هم می‌فرستید؟",
                              "هل ترسلون إلى الخارج؟"}},
        [DEMO_LATE] = {{"My parcel is ten days late", "Το δέμα μου άργησε δέκα μέρες", "بسته‌ام ده روز دیر کرده است",
                        "تأخر طردي عشرة أيام"},
                       {"Still nothing has arrived, and nobody answers", "Ακόμα δεν ήρθε τίποτα και κανείς δεν απαντά",
                        "هنوز چیزی نرسیده و کسی جواب نمی‌دهد", "لم يصل شيء بعد ولا أحد يجيب"}},
        [DEMO_BROKEN] = {{"The teapot arrived broken", "Η τσαγιέρα ήρθε σπασμένη", "قوری شکسته رسید", "وصل الإبريق مكسورا"},
                         {"The tea smells of damp", "Το τσάι μυρίζει υγρασία", "چای بوی نم می‌دهد", "رائحة الشاي رطبة"}},
        [DEMO_WRONG] = {{"You sent me something else", "Μου στείλατε άλλο προϊόν", "چیز دیگری برایم فرستادید", "أرسلتم لي شيئا آخر"},
                        {"Half of the order is missing", "Λείπει η μισή παραγγελία", "نصف سفارش نیست", "نصف الطلب ناقص"}},
        [DEMO_RUDE] = {{"I was spoken to rudely on the telephone", "Μου μίλησαν με αγένεια στο τηλέφωνο", "پشت تلفن با من بد حرف زدند",
                        "خاطبوني بفظاظة على الهاتف"},
                       {"I asked three times and nobody cared", "Ρώτησα τρεις φορές και κανείς δεν νοιάστηκε",
                        "سه بار پرسیدم و برای کسی مهم نبود", "سألت ثلاث مرات ولم يهتم أحد"}},
        [DEMO_PRICE] = {{"The price went up without a word", "Η τιμή ανέβηκε χωρίς λέξη", "قیمت بی‌خبر بالا رفت",
                         "ارتفع السعر دون إشعار"},
                        {"The same saffron costs less elsewhere", "Ο ίδιος κρόκος κοστίζει λιγότερο αλλού",
                         "همین زعفران جای دیگر ارزان‌تر است", "الزعفران نفسه أرخص عند غيركم"}},
        [DEMO_BILLING] = {{"I was charged twice", "Χρεώθηκα δύο φορές", "دو بار از حسابم کم شد", "خُصم المبلغ مرتين"},
                          {"The refund has not come", "Δεν ήρθε η επιστροφή χρημάτων", "پولم برنگشته است", "لم يصل المبلغ المسترد"}},
    };
    return k[t][n % 2][l];
}

const char *demo_praise_words(demo_language l, uint64_t n) {
    static const char *const k[5][DEMO_LANGUAGES] = {
        {"", "", "", ""},
        {"Lovely, as always", "Υπέροχα, όπως πάντα", "مثل همیشه عالی", "رائع كالعادة"},
        {"Quick, and well packed", "Γρήγορα και καλά συσκευασμένο", "سریع و با بسته‌بندی خوب", "سريع وتغليف ممتاز"},
        {"The tea is very good", "Το τσάι είναι πολύ καλό", "چای بسیار خوب است", "الشاي ممتاز"},
        {"Thank you for the small gift!", "Ευχαριστώ για το μικρό δώρο!", "ممنون از هدیهٔ کوچک!", "شكرا على الهدية الصغيرة!"},
    };
    return k[n % COUNT(k)][l];
}
