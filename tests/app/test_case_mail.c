/* By which names a mail greets: those of people, not what somebody would like to have sent to a stranger. */
#include "../../src/app/case_mail.h"
#include "../lib/tap.h"

int main(void) {
    static const char *const k_names[] = {"Maria",        "Maria-José O'Neill", "J. R. R. Tolkien", "Dr. Ελένη Παπαδοπούλου", "علی رضایی",
                                          "سارة المنصور", "Smith & Sons",       "Karl XVI. Gustaf", "Ann (neighbour of 12)"};
    static const char *const k_words[] = {"",
                                          "cheap.example",
                                          "Look at shop.example now",
                                          "http://x",
                                          "www/x",
                                          "me@example.com",
                                          "You won 1000 today",
                                          "call ۰۹۱۲۳۴۵۶۷",
                                          "call ٠٩١٢٣٤٥٦",
                                          "Free!",
                                          "<b>Maria</b>",
                                          "two\nlines",
                                          "A name that goes on and on, because it is no name but what somebody wants to be read by others"};
    for (size_t i = 0; i < sizeof k_names / sizeof k_names[0]; i++) OK(reb_case_mail_name(k_names[i]), "greeted by: %s", k_names[i]);
    for (size_t i = 0; i < sizeof k_words / sizeof k_words[0]; i++)
        OK(!reb_case_mail_name(k_words[i]), "not greeted by the words of %zu", i);
    return tap_done();
}
