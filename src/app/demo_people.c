#include "demo_people.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof(a)[0])

typedef struct name {
    const char *shown;
    const char *ascii;
} name;

/* First names: even places are women's, odd ones men's. Greek family names: the same. */
static const name k_first_en[] = {
    {"Olivia", "olivia"}, {"Oliver", "oliver"}, {"Amelia", "amelia"},   {"George", "george"}, {"Isla", "isla"},       {"Arthur", "arthur"},
    {"Florence", "flo"},  {"Noah", "noah"},     {"Ivy", "ivy"},         {"Harry", "harry"},   {"Grace", "grace"},     {"Leo", "leo"},
    {"Emily", "emily"},   {"Jack", "jack"},     {"Margaret", "maggie"}, {"Thomas", "tom"},    {"Siobhan", "siobhan"}, {"Rory", "rory"},
    {"Alice", "alice"},   {"Edward", "edward"}, {"Ruth", "ruth"},       {"Henry", "henry"},   {"Eleanor", "eleanor"}, {"Samuel", "sam"},
};
static const name k_last_en[] = {
    {"Smith", "smith"},       {"Jones", "jones"},     {"Taylor", "taylor"},       {"Brown", "brown"},   {"Williams", "williams"},
    {"Wilson", "wilson"},     {"Johnson", "johnson"}, {"Davies", "davies"},       {"Patel", "patel"},   {"Wright", "wright"},
    {"Walker", "walker"},     {"White", "white"},     {"Edwards", "edwards"},     {"Green", "green"},   {"Hall", "hall"},
    {"O'Connor", "oconnor"},  {"Clarke", "clarke"},   {"Lewis", "lewis"},         {"Harris", "harris"}, {"Murphy", "murphy"},
    {"Fletcher", "fletcher"}, {"Baker", "baker"},     {"St John", "stjohn"},      {"Cooper", "cooper"}, {"Ashworth-Cole", "ashworthcole"},
    {"Hughes", "hughes"},     {"Morgan", "morgan"},   {"MacDonald", "macdonald"}, {"Ellis", "ellis"},   {"Pryce", "pryce"},
};
static const name k_first_el[] = {
    {"Μαρία", "maria"},       {"Γιώργος", "giorgos"},   {"Ελένη", "eleni"},      {"Δημήτρης", "dimitris"}, {"Κατερίνα", "katerina"},
    {"Γιάννης", "giannis"},   {"Βασιλική", "vasiliki"}, {"Νίκος", "nikos"},      {"Σοφία", "sofia"},       {"Κώστας", "kostas"},
    {"Αγγελική", "aggeliki"}, {"Παναγιώτης", "panos"},  {"Ιωάννα", "ioanna"},    {"Θανάσης", "thanasis"},  {"Άννα", "anna"},
    {"Στέλιος", "stelios"},   {"Δέσποινα", "despina"},  {"Μιχάλης", "michalis"}, {"Ευαγγελία", "evi"},     {"Ανδρέας", "andreas"},
};
static const name k_last_el[] = {
    {"Παπαδοπούλου", "papadopoulou"},
    {"Παπαδόπουλος", "papadopoulos"},
    {"Νικολαΐδου", "nikolaidou"},
    {"Νικολαΐδης", "nikolaidis"},
    {"Γεωργίου", "georgiou"},
    {"Γεωργίου", "georgiou"},
    {"Βλάχου", "vlachou"},
    {"Βλάχος", "vlachos"},
    {"Οικονόμου", "oikonomou"},
    {"Οικονόμου", "oikonomou"},
    {"Καραγιάννη", "karagianni"},
    {"Καραγιάννης", "karagiannis"},
    {"Μακρή", "makri"},
    {"Μακρής", "makris"},
    {"Αντωνίου", "antoniou"},
    {"Αντωνίου", "antoniou"},
    {"Ξενάκη", "xenaki"},
    {"Ξενάκης", "xenakis"},
    {"Σταματοπούλου", "stamatopoulou"},
    {"Σταματόπουλος", "stamatopoulos"},
    {"Ζαχαριάδου", "zachariadou"},
    {"Ζαχαριάδης", "zachariadis"},
    {"Λάμπρου", "lamprou"},
    {"Λάμπρου", "lamprou"},
    {"Ρήγα", "riga"},
    {"Ρήγας", "rigas"},
    {"Χατζηδάκη", "chatzidaki"},
    {"Χατζηδάκης", "chatzidakis"},
    {"Τσιρώνη", "tsironi"},
    {"Τσιρώνης", "tsironis"},
};
static const name k_first_fa[] = {
    {"مریم", "maryam"},  {"علی", "ali"},      {"زهرا", "zahra"},     {"رضا", "reza"},        {"نرگس", "narges"},
    {"حسین", "hossein"}, {"سارا", "sara"},    {"امیر", "amir"},      {"نیلوفر", "niloufar"}, {"مهدی", "mehdi"},
    {"شیرین", "shirin"}, {"کاوه", "kaveh"},   {"پریسا", "parisa"},   {"بهرام", "bahram"},    {"لیلا", "leila"},
    {"سعید", "saeed"},   {"آزاده", "azadeh"}, {"داریوش", "dariush"}, {"یاسمن", "yasaman"},   {"پویا", "pouya"},
};
static const name k_last_fa[] = {
    {"محمدی", "mohammadi"}, {"حسینی", "hosseini"},    {"احمدی", "ahmadi"},    {"کریمی", "karimi"},
    {"رضایی", "rezaei"},    {"موسوی", "mousavi"},     {"جعفری", "jafari"},    {"قاسمی", "ghasemi"},
    {"یزدانی", "yazdani"},  {"شیرازی", "shirazi"},    {"تهرانی", "tehrani"},  {"نوری‌زاده", "nourizadeh"},
    {"فرهادی", "farhadi"},  {"کیانی", "kiani"},       {"صادقی", "sadeghi"},   {"رستمی", "rostami"},
    {"بهرامی", "bahrami"},  {"گلستانی", "golestani"}, {"میرزایی", "mirzaei"}, {"پارسا", "parsa"},
    {"امینی", "amini"},     {"زند", "zand"},          {"ملکی", "maleki"},     {"آقایی", "aghaei"},
    {"شریفی", "sharifi"},
};
static const name k_first_ar[] = {
    {"فاطمة", "fatima"},    {"محمد", "mohammed"}, {"عائشة", "aisha"},       {"أحمد", "ahmad"}, {"مريم", "mariam"},
    {"عمر", "omar"},        {"نور", "nour"},      {"يوسف", "youssef"},      {"ليلى", "layla"}, {"خالد", "khalid"},
    {"سلمى", "salma"},      {"طارق", "tariq"},    {"هدى", "huda"},          {"سامي", "sami"},  {"رنا", "rana"},
    {"إبراهيم", "ibrahim"}, {"أسماء", "asma"},    {"عبد الله", "abdullah"}, {"دانة", "dana"},  {"فيصل", "faisal"},
};
static const name k_last_ar[] = {
    {"الأحمد", "alahmad"},     {"حداد", "haddad"},   {"المصري", "almasri"}, {"الخطيب", "alkhatib"},     {"النجار", "alnajjar"},
    {"القحطاني", "alqahtani"}, {"منصور", "mansour"}, {"الشامي", "alshami"}, {"العلي", "alali"},         {"بغدادي", "baghdadi"},
    {"الهاشمي", "alhashimi"},  {"درويش", "darwish"}, {"السيد", "elsayed"},  {"الكعبي", "alkaabi"},      {"صباغ", "sabbagh"},
    {"العتيبي", "alotaibi"},   {"خوري", "khoury"},   {"زيدان", "zidan"},    {"المنصوري", "almansoori"}, {"قاسم", "qasim"},
};

typedef struct name_list {
    const name *first;
    size_t first_count;
    const name *last;
    size_t last_count;
    const char *code;
} name_list;

#define NAMES(l) k_first_##l, COUNT(k_first_##l), k_last_##l, COUNT(k_last_##l)
static const name_list k_names[DEMO_LANGUAGES] = {
    [DEMO_EN] = {NAMES(en), "en"},
    [DEMO_EL] = {NAMES(el), "el"},
    [DEMO_FA] = {NAMES(fa), "fa"},
    [DEMO_AR] = {NAMES(ar), "ar"},
};

/* Where a customer lives. `share` is out of 100 within the language; `prefix` and `digits` make the telephone number. */
typedef struct place {
    demo_language language;
    unsigned share;
    const char *country;
    const char *prefix;
    const char *city;
    const char *street;
    const char *zip;
} place;

static const place k_places[] = {
    {DEMO_EN, 40, "GB", "+447", "London", "Camden Road", "NW1 9LS"},
    {DEMO_EN, 25, "GB", "+447", "Manchester", "Oxford Road", "M13 9PL"},
    {DEMO_EN, 20, "GB", "+447", "Edinburgh", "Leith Walk", "EH6 5BR"},
    {DEMO_EN, 15, "IE", "+3538", "Dublin", "Dorset Street Upper", "D01 W3K1"},
    {DEMO_EL, 45, "GR", "+3069", "Αθήνα", "Πανεπιστημίου", "106 79"},
    {DEMO_EL, 25, "GR", "+3069", "Θεσσαλονίκη", "Τσιμισκή", "546 24"},
    {DEMO_EL, 20, "GB", "+447", "London", "Moscow Road", "W2 4AH"},
    {DEMO_EL, 10, "CY", "+3579", "Λευκωσία", "Λήδρας", "1011"},
    {DEMO_FA, 45, "GB", "+447", "London", "Finchley Road", "NW3 6HN"},
    {DEMO_FA, 30, "IR", "+989", "تهران", "خیابان ولیعصر", "1966843431"},
    {DEMO_FA, 15, "DE", "+491", "Köln", "Venloer Straße", "50823"},
    {DEMO_FA, 10, "AE", "+9715", "دبی", "خیابان رقه", ""},
    {DEMO_AR, 40, "AE", "+9715", "دبي", "شارع الرقة", ""},
    {DEMO_AR, 20, "SA", "+9665", "الرياض", "شارع العليا", "12211"},
    {DEMO_AR, 15, "EG", "+201", "القاهرة", "شارع طلعت حرب", "11511"},
    {DEMO_AR, 25, "GB", "+447", "London", "Edgware Road", "W2 2HX"},
};

/* Digits of a whole national number after `prefix`, so that every plan has its right length. */
static int digits_after(const char *country) {
    static const struct {
        const char *country;
        int digits;
    } k[] = {{"GB", 9}, {"IE", 8}, {"GR", 8}, {"CY", 7}, {"IR", 9}, {"DE", 10}, {"AE", 8}, {"SA", 8}, {"EG", 9}};
    for (size_t i = 0; i < COUNT(k); i++)
        if (strcmp(k[i].country, country) == 0) return k[i].digits;
    return 9;
}

static const place *draw_place(demo_language l, reb_rand *r) {
    uint64_t at = reb_rand_below(r, 100);
    const place *last = NULL;
    for (size_t i = 0; i < COUNT(k_places); i++) {
        if (k_places[i].language != l) continue;
        last = &k_places[i];
        if (at < k_places[i].share) break;
        at -= k_places[i].share;
    }
    return last;
}

/* A number that no other index has: multiplication by a number prime to ten permutes the residues. The digits a plan has beyond eight lead
   with a fixed one that mobile numbers of that country use. */
static void make_phone(char out[24], const place *where, int64_t index) {
    int digits = digits_after(where->country);
    uint64_t room = 1;
    for (int i = 0; i < digits && i < 8; i++) room *= 10;
    uint64_t n = ((uint64_t)index + 41) * 7368787u % room;
    const char *lead = digits == 10 ? "51" : digits == 9 ? (strcmp(where->country, "EG") == 0 ? "0" : "4") : "";
    if (strcmp(where->country, "IR") == 0) lead = "1";
    snprintf(out, 24, "%s%s%0*" PRIu64, where->prefix, lead, digits < 8 ? digits : 8, n);
}

void demo_person_draw(demo_person *p, uint64_t seed, int64_t index) {
    reb_rand r = {.state = reb_hash64(seed ^ UINT64_C(0x70656f706c65), &index, sizeof index)};
    uint64_t at = reb_rand_below(&r, 100);
    p->language = at < 46 ? DEMO_EN : at < 64 ? DEMO_EL : at < 82 ? DEMO_FA : DEMO_AR;
    const name_list *names = &k_names[p->language];
    size_t woman_or_man = (size_t)reb_rand_below(&r, 2);
    const name *first = &names->first[2 * reb_rand_below(&r, names->first_count / 2) + woman_or_man];
    const name *last = p->language == DEMO_EL ? &names->last[2 * reb_rand_below(&r, names->last_count / 2) + woman_or_man]
                                              : &names->last[reb_rand_below(&r, names->last_count)];
    const place *where = draw_place(p->language, &r);
    static const char *const k_hosts[] = {"example.com", "example.org", "example.net", "mail.example.com"};
    p->language_code = names->code;
    p->first = first->shown;
    p->last = last->shown;
    p->country = where->country;
    p->city = where->city;
    bool only_phone = reb_rand_below(&r, 100) < 6;
    snprintf(p->email, sizeof p->email, "%s.%s%" PRId64 "@%s", first->ascii, last->ascii, index + 1,
             k_hosts[reb_rand_below(&r, COUNT(k_hosts))]);
    if (only_phone) p->email[0] = '\0';
    make_phone(p->phone, where, index);
    snprintf(p->street, sizeof p->street, "%s %" PRIu64, where->street, 1 + reb_rand_below(&r, 140));
    snprintf(p->zip, sizeof p->zip, "%s", where->zip);
    p->mail_consent = reb_rand_below(&r, 100) < 62;
    p->sms_consent = reb_rand_below(&r, 100) < 25;
    snprintf(p->shopify_id, sizeof p->shopify_id, "%" PRId64, INT64_C(7210448301122) + index * 32768);
}
