/* In which language somebody wrote. */
#include "../../src/text/language.h"
#include "../lib/tap.h"

#include <string.h>

static void guess(const char *text, reb_language want, bool want_sure) {
    bool sure = false;
    reb_language got = reb_language_guess(&sure, text, strlen(text), REB_LANG_EN);
    OK(got == want && sure == want_sure, "%s: %s%s", text, reb_language_code(got), sure ? "" : ", not sure");
}

int main(void) {
    guess("The kettle I bought from you leaks. Please send me another one.", REB_LANG_EN, true);
    guess("Hi, where is my order?", REB_LANG_EN, true);
    guess("Ο βραστήρας που αγόρασα στάζει.", REB_LANG_EL, true);
    guess("Γεια σας, το παλτό North Face που πήρα", REB_LANG_EL, true);
    guess("لم يصل طلبي بعد، وقد مضى أسبوعان.", REB_LANG_AR, true);
    guess("الغلاية التي اشتريتها تسرب الماء", REB_LANG_AR, true);
    guess("کتری که خریدم چکه می‌کند.", REB_LANG_FA, true);
    guess("سلام، سفارش من هنوز نرسیده است", REB_LANG_FA, true);
    guess("سلام، سفارش من هنوز نرسيده است و كسى جواب نمى دهد", REB_LANG_FA, true); /* written on an Arabic keyboard, as older systems do */
    guess("Ma commande n'est pas arrivée et personne ne répond.", REB_LANG_EN, false);
    guess("", REB_LANG_EN, false);
    guess("12345 !!! ???", REB_LANG_EN, false);
    guess("ok", REB_LANG_EN, false);
    bool sure = true;
    OK(reb_language_guess(&sure, "Bonjour", 7, REB_LANG_EL) == REB_LANG_EL && !sure, "not known: as the business speaks");
    OK(reb_language_guess(&sure, "\xFF\xFE\x80\xD8", 4, REB_LANG_FA) == REB_LANG_FA && !sure, "no text at all");
    return tap_done();
}
