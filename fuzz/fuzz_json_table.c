/* JSON arrays and lines of objects, read at once and in pieces. */
#include "sheet_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_sheet_options opt = {.format = REB_FORMAT_JSON, .encoding = REB_ENC_UTF8};
    uint64_t whole = digest_sheet(data, size, &opt);
    opt.read_bytes = 1u + size % 70u;
    if (digest_sheet(data, size, &opt) != whole) abort();
    return 0;
}
