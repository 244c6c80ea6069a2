/* Ctrl-C and SIGTERM during long work: asked for once, noticed between steps, so that files and transactions are left in order.
   A second signal ends the program at once. */
#ifndef REB_CLI_STOP_H
#define REB_CLI_STOP_H

#include <stdbool.h>

void reb_stop_listen(void); /* from now on signals are remembered */
bool reb_stop_asked(void);

#endif
