/* Passwords that all the world would try: the list itself, what is refused and what is not. */
#include "../lib/tap.h"

#include "../../src/domain/common_password.h"
#include "../../src/text/fold.h"

#include <limits.h>

static void list(void) {
    size_t n = 0;
    bool sorted = true, folded = true, lengths = true;
    for (; reb_common_words[n] != NULL; n++) {
        const char *w = reb_common_words[n];
        char again[256];
        size_t len = reb_fold(again, sizeof again, w, strlen(w));
        folded = folded && len == strlen(w) && memcmp(again, w, len) == 0;
        lengths = lengths && len >= 3 && len < 48;
        if (n > 0 && strcmp(reb_common_words[n - 1], w) >= 0) {
            printf("# %s before %s\n", reb_common_words[n - 1], w);
            sorted = false;
        }
    }
    OK(sorted, "the list is sorted, nothing twice");
    OK(folded, "each word is in its search form");
    OK(lengths, "none is too short or too long to be found");
    OK(n > 2500, "%zu words", n);
}

int main(void) {
    static const char *const k_own[] = {"Anna Παπαδοπούλου", "anna.k@blumen-keller.example", "Blumen Keller", NULL,
                                        "گل‌فروشی نرگس"};
    static const char *const refused[] = {
        "password",        "Password123!",     "P@ssw0rd2026",    "passwordpassword",   "123456789012",     "qwertyuiop123",
        "1q2w3e4r5t6y",    "aaaaaaaaaaaa",     "abcabcabcabc",    "Iloveyou1234",       "letmein!letmein!", "Summer2026!!",
        "administrator1",  "welcome2rebound",  "98765432109876",  "poiuytrewq12",       "Olympiakos1925",   "panathinaikos13",
        "mohammad1377",    "Mohammad1377reza", "سلام۱۲۳۴۵۶۷۸",    "عشقمعشقمعشقم",       "محمدرضا۱۳۷۷",      "πασσςορδ123456",
        "ΣΑΓΑΠΩ2024!",     "ilovebarcelona10", "Dragon-Dragon-1", "Sunshine..2025",     "asdfghjkl;12",     "monkeymonkey99",
        "Manchester2019",  "01.01.1990-01",    "Xy7qXy7qXy7q",    "password1password2", "annaBlumen2026!",  "Keller-Keller1",
        "Παπαδοπούλου12!", "anna.k@blumen",    "نرگس۱۴۰۰۱۴۰۰",    "blumenkeller1234",
    };
    static const char *const accepted[] = {
        "correct horse battery staple",     "vK3#mQ9pLw2z",
        "plodding-verandah-quince",         "قایق کاغذی روی بام سرد",
        "τρεις κόκκινες βάρκες στο λιμάνι", "ثلاث سفن ورقية على السطح",
        "my cat refuses tuesday soup",      "h7wqkz0rtb4v",
    };
    list();
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        int bits = reb_password_tenth_bits(refused[i], k_own, 5);
        OK(bits < REB_PASSWORD_BITS * 10, "refused: %s (%d.%d bits)", refused[i], bits / 10, bits % 10);
    }
    for (size_t i = 0; i < sizeof accepted / sizeof accepted[0]; i++) {
        int bits = reb_password_tenth_bits(accepted[i], k_own, 5);
        OK(bits >= REB_PASSWORD_BITS * 10, "accepted: %s (%d.%d bits)", accepted[i], bits / 10, bits % 10);
    }
    OK(reb_password_common("annakellerblumen", k_own, 5) && !reb_password_common("wbqzj-hgtrk-vx", k_own, 5),
       "their own words count for nothing");
    char *large = malloc(5000);
    memset(large, 'x', 4999);
    large[4999] = '\0';
    EQ_I64(reb_password_tenth_bits(large, NULL, 0), INT_MAX, "what is longer than any password is not looked into");
    EQ_I64(reb_password_tenth_bits("", NULL, 0), 0, "nothing costs nothing");
    free(large);
    return tap_done();
}
