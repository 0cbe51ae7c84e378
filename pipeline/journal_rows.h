/* SPDX-License-Identifier: MIT
 * Between journal.c and journal_rows.c only: the row and the queries as plain data. */
#ifndef PICSET_JOURNAL_ROWS_H
#define PICSET_JOURNAL_ROWS_H

#include "journal.h"

typedef struct sqlite3_stmt sqlite3_stmt;

extern const char journal_schema[]; /* of an empty database */

enum journal_query {
    JOURNAL_FIND,
    JOURNAL_ADD,
    JOURNAL_WRITE,
    JOURNAL_READ,
    JOURNAL_LIST,
    JOURNAL_REMOVE,
    JOURNAL_USERS,
    JOURNAL_QUERY_COUNT
};

extern const char *const journal_queries[JOURNAL_QUERY_COUNT];

enum { JOURNAL_ID_PARAMETER = 22 };

/* Binds all but the id, runs and resets; an SQLite code. */
int journal_row_write(sqlite3_stmt *statement, const struct job *job);
/* The current row of READ, FIND or LIST; an SQLite code. */
int journal_row_read(sqlite3_stmt *statement, struct arena *arena, struct job *out);

#endif
