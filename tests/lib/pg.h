/* A database of one's own for a test, on either engine: SQLite in a temporary folder; PostgreSQL in the cluster that the test runner
   has started ($REB_TEST_PG, a libpq URI that ends in /postgres?...). Include after tap.h. */
#ifndef REB_TESTS_PG_H
#define REB_TESTS_PG_H

#include <dirent.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* URI of database `name` in the test cluster, or NULL when there is no cluster. Static buffer. */
static inline const char *pg_test_uri(const char *name) {
    static char uri[1024];
    const char *base = getenv("REB_TEST_PG");
    const char *at = base != NULL ? strstr(base, "/postgres?") : NULL;
    if (at == NULL) return NULL;
    snprintf(uri, sizeof uri, "%.*s/%s%s", (int)(at - base), base, name, at + strlen("/postgres"));
    return uri;
}

/* Makes an empty database (dropping one of that name) and returns its URI; NULL without a cluster. */
static inline const char *pg_test_create(const char *name) {
    const char *base = getenv("REB_TEST_PG");
    if (base == NULL || pg_test_uri(name) == NULL) return NULL;
    PGconn *c = PQconnectdb(base);
    char sql[256];
    snprintf(sql, sizeof sql, "drop database if exists \"%s\" with (force)", name);
    PQclear(PQexec(c, "set client_min_messages = error"));
    PQclear(PQexec(c, sql));
    snprintf(sql, sizeof sql, "create database \"%s\"", name);
    PGresult *r = PQexec(c, sql);
    bool made = PQresultStatus(r) == PGRES_COMMAND_OK;
    if (!made) printf("# %s", PQerrorMessage(c));
    PQclear(r);
    PQfinish(c);
    return made ? pg_test_uri(name) : NULL;
}

/* Removes a flat folder of a test with the files in it. */
static inline void test_folder_remove(const char *folder) {
    DIR *dir = opendir(folder);
    if (dir == NULL) return;
    for (const struct dirent *entry = readdir(dir); entry != NULL; entry = readdir(dir)) unlinkat(dirfd(dir), entry->d_name, 0);
    closedir(dir);
    rmdir(folder);
}

#endif
