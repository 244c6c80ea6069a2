/* What a server of mail answers, and how its address is written: taken apart within bounds, whatever it is. */
#include "../src/app/imap.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    reb_arena a = {0};
    char *text = reb_arena_strndup(&a, (const char *)data, size);
    int64_t one = 0;
    int64_t two = 0;
    int64_t *uids = NULL;
    size_t count = 0;
    reb_mail_server server;
    reb_err err = {0};
    if (text == NULL) abort();
    if (reb_imap_read_status(&one, &two, text) && (one <= 0 || two <= 0)) abort();
    if (reb_imap_read_search(&uids, &count, &a, text))
        for (size_t i = 1; i < count; i++)
            if (uids[i - 1] > uids[i]) abort();
    reb_imap_facts facts;
    if (reb_imap_read_look(&facts, text, 4) == REB_IMAP_THERE && facts.bytes < 0) abort();
    for (int i = 0; i < 2; i++) {
        reb_status st = reb_mail_server_parse(&server, i == 0 ? "smtp" : "imap", text, &err);
        if (st == REB_OK && (server.port < 1 || server.port > 65535 || server.host[0] == '\0' || !server.set)) abort();
        if (st != REB_OK && err.detail[0] == '\0') abort();
    }
    reb_arena_free(&a);
    return 0;
}
