/* What a server of mail answers: whose it is, what it says, and what is no answer at all. */
#include "../../src/app/imap.h"
#include "../lib/tap.h"

static void looks(void) {
    static const struct {
        const char *text;
        reb_imap_told told;
        int64_t bytes, came_us;
        const char *what;
    } k_cases[] = {
        {"* 4 FETCH (UID 7 RFC822.SIZE 10 INTERNALDATE \"22-Nov-2026 03:20:08 +0000\")\r\n", REB_IMAP_THERE, 10, INT64_C(1795317608000000),
         "an answer"},
        {"* 4 FETCH (INTERNALDATE \" 2-Nov-2026 03:20:08 +0200\" RFC822.SIZE 10 UID 7)", REB_IMAP_THERE, 10, INT64_C(1793582408000000),
         "in another order, another zone"},
        {"* 3 FETCH (FLAGS (\\Seen) UID 6)\r\n* 4 FETCH (UID 7 RFC822.SIZE 9)\r\n", REB_IMAP_THERE, 9, 0, "after what is told of another"},
        {"* 4 FETCH (FLAGS (\\Seen) UID 7)\r\n* 4 FETCH (UID 7 RFC822.SIZE 9)\r\n", REB_IMAP_THERE, 9, 0,
         "after what is told of its flags"},
        {"", REB_IMAP_GONE, 0, 0, "no answer: it is gone"},
        {"* 9 EXISTS\r\n* 4 EXPUNGE\r\n", REB_IMAP_GONE, 0, 0, "others come and go"},
        {"* 3 FETCH (UID 6 RFC822.SIZE 12)\r\n", REB_IMAP_GONE, 0, 0, "another mail only"},
        {"* 4 FETCH (FLAGS (\\Seen) UID 7)\r\n", REB_IMAP_GONE, 0, 0, "only its flags, unasked"},
        {"* 4 FETCH (UID 7)\r\n", REB_IMAP_ODD, 0, 0, "no size: that says nothing"},
        {"* 4 FETCH (RFC822.SIZE 10)\r\n", REB_IMAP_ODD, 0, 0, "nobody knows of which"},
        {"* 4 FETCH (UID 7 RFC822.SIZE many)\r\n", REB_IMAP_ODD, 0, 0, "a size that is none"},
        {"<html>502</html>", REB_IMAP_ODD, 0, 0, "no IMAP at all"},
    };
    for (size_t i = 0; i < sizeof k_cases / sizeof k_cases[0]; i++) {
        reb_imap_facts facts;
        reb_imap_told told = reb_imap_read_look(&facts, k_cases[i].text, 7);
        OK(told == k_cases[i].told, "%s", k_cases[i].what);
        if (told != REB_IMAP_THERE) continue;
        EQ_I64(facts.bytes, k_cases[i].bytes, "... its size");
        EQ_I64(facts.came_us, k_cases[i].came_us, "... when it came");
    }
}

static void read_or_not(void) {
    reb_imap_facts facts;
    reb_imap_read_look(&facts, "* 4 FETCH (UID 7 FLAGS (\\Answered) RFC822.SIZE 9)\r\n", 7);
    OK(!facts.read, "not read yet");
    reb_imap_read_look(&facts, "* 4 FETCH (UID 7 FLAGS (\\Answered \\Seen) RFC822.SIZE 9)\r\n", 7);
    OK(facts.read, "read");
}

int main(void) {
    looks();
    read_or_not();
    return tap_done();
}
