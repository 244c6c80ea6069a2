/* Guards against formulas: taking one off gives back what was there, and nothing unguarded begins like a formula. Heads of the audit log,
   too: what is taken for one has its form. */
#include "../src/domain/audit.h"
#include "../src/sheet/guard.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char *text = malloc(size + 2);
    if (text == NULL) return 0;
    text[0] = '\'';
    if (size > 0) memcpy(text + 1, data, size);
    text[size + 1] = '\0';
    const reb_slice cell = {text + 1, size};
    if (reb_guard_needed(cell)) {
        const reb_slice back = reb_guard_strip((reb_slice){text, size + 1});
        if (back.len != size || back.ptr != text + 1) abort();
    } else {
        const reb_slice back = reb_guard_strip(cell);
        if (back.len != size) abort(); /* what needs no guard carries none */
        if (size > 0 && text[1] != '\0' && strchr("=@+\t\r\n", text[1]) != NULL) abort();
    }
    int64_t seq = 0;
    char hash[REB_AUDIT_HASH];
    if (strlen(text + 1) == size && reb_audit_head_parse(&seq, hash, text + 1, NULL) == REB_OK &&
        (seq < 0 || strlen(hash) != REB_AUDIT_HASH - 1 || size < REB_AUDIT_HASH))
        abort();
    free(text);
    return 0;
}
