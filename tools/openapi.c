/* Prints the server's description of itself, from which the console's build makes its types: it must be had before the console is built,
   hence before there is a whole program. */
#include "../src/http/assets.h"
#include "../src/http/http.h"

#include <stdio.h>

const reb_asset reb_assets[] = {{0}}; /* no console yet */

int main(void) {
    reb_buf out = {0};
    reb_json w = {.out = &out};
    reb_openapi(&w);
    if (out.failed || fwrite(out.data, 1, out.len, stdout) != out.len) return 1;
    reb_buf_free(&out);
    return fflush(stdout) == 0 ? 0 : 1;
}
