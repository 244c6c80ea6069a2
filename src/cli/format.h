/* What a command needs to print for a person, in one include. */
#ifndef REB_CLI_FORMAT_H
#define REB_CLI_FORMAT_H

#include "../text/format.h"
#include "progress.h"
#include "table.h"
#include "term.h"

#endif
