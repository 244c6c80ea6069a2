/* Mapping files: whatever the text, an answer without a crash; what is accepted names roles that exist and columns inside the text's
 * length. */
#include "../src/app/import_plan.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena arena = {0};
    reb_err err = {0};
    reb_map map;
    reb_status st = reb_map_parse(&map, "a.map", (const char *)data, size, &arena, &err);
    if (st != REB_OK && err.detail[0] == '\0') abort();
    for (size_t i = 0; st == REB_OK && i < map.n_lines; i++)
        if ((int)map.lines[i].role >= REB_ROLE_COUNT || map.lines[i].column.len > size || map.lines[i].line < 1) abort();
    reb_arena_free(&arena);
    return 0;
}
