/* Sentences for people, from the catalogues in messages/, which are part of the program (tools/msggen.pl). For each key there is a typed
   function: reb_say_today_nobody(v)                                 a text without arguments reb_say_today_why_call(v, .name = n, .every =
   days)     one with; texts are const char *, numbers double A key or argument that does not exist is a compile error. An argument of text
   is isolated (U+2068..U+2069) where its letters could turn the sentence around; a number is written in the reader's digits. */
#ifndef REB_TEXT_MESSAGE_H
#define REB_TEXT_MESSAGE_H

#include "../base/arena.h"
#include "../base/buf.h"
#include "locale.h"

/* Who speaks: where the words are kept, and for whom they are. `locale` NULL: English. `commands`: the listener sits at a command line, so
   that a sentence may name the command that helps. */
typedef struct reb_voice {
    reb_arena *arena;
    const reb_locale *locale;
    bool commands;
} reb_voice;

typedef struct reb_msg_value { /* which one counts follows from the message */
    const char *text;
    double number;
} reb_msg_value;

/* Adds `pattern` with its arguments, called {0}, {1}, ..., to `out`: ICU MessageFormat with {0}, {0, number}, {0, number, percent},
   {0, plural, ...} and {0, select, ...}. A pattern that is damaged, or an argument that is not given, yields what can be read of it;
   nothing is read beyond its end. */
void reb_message_format(reb_buf *out, const reb_locale *locale, const char *pattern, const reb_msg_value *values, size_t count);

/* The message in the arena; "" when memory ran out (the arena remembers). Called by the generated functions. */
const char *reb_voice_say(const reb_voice *v, unsigned message, const reb_msg_value *values, size_t count);

/* CLDR's cardinal categories of the four languages: "zero" "one" "two" "few" "many" "other". */
const char *reb_plural_category(reb_language l, double n);

#include "messages.h"

const char *reb_msg_key(reb_msg m);                            /* "today.why_call" */
const char *reb_msg_pattern(reb_language language, reb_msg m); /* with arguments by number */
bool reb_msg_find(reb_msg *out, const char *head,
                  const char *tail); /* of the key head + tail, without arguments in between: "error." "busy" */

#endif
