/* The list of passwords that are known to all the world. */
#include "password.h"

bool reb_password_breached(const char *normal) {
    (void)normal;
    return false;
}
