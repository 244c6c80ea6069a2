/* Delimited text: the first two bytes choose options, the rest is the file. Read at once or in pieces, the records are the same. */
#include "sheet_digest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2) return 0;
    static const char delimiters[] = {0, ',', ';', '\t', '|', ' ', 'x', '"'};
    reb_sheet_options opt = {.format = REB_FORMAT_DELIMITED,
                             .delimiter = delimiters[data[0] & 7],
                             .header = (reb_sheet_header)((data[0] >> 3) % 3),
                             .encoding = (data[0] & 0x80) != 0 ? REB_ENC_UTF8 : REB_ENC_AUTO};
    if (opt.delimiter == '"') opt.delimiter = ',';
    uint64_t whole = digest_sheet(data + 2, size - 2, &opt);
    opt.read_bytes = 1u + data[1] % 80u;
    if (opt.encoding == REB_ENC_UTF8 && opt.delimiter != 0 && digest_sheet(data + 2, size - 2, &opt) != whole) abort();
    return 0;
}
