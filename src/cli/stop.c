#include "stop.h"

#include <signal.h>
#include <stddef.h>

/* A signal handler has nowhere else to write. */
static volatile sig_atomic_t k_asked;

static void ask(int signal_number) {
    (void)signal_number;
    k_asked = 1;
}

void reb_stop_listen(void) {
    struct sigaction action = {.sa_handler = ask, .sa_flags = (int)SA_RESETHAND | SA_RESTART};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

bool reb_stop_asked(void) {
    return k_asked != 0;
}
