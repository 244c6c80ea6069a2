/* SPDX-License-Identifier: Apache-2.0 */
/* The mathematics as functions of SQLite (see ext/common/functions.h for the list and the rules). */
#ifndef REB_SQLITE_H
#define REB_SQLITE_H

struct sqlite3;

/* Registers every function on this connection. SQLITE_OK, or SQLite's error code. The functions are deterministic and innocuous:
 * they may stand in indexes, views and generated columns. */
int reb_sqlite_register(struct sqlite3 *db);

#endif
