/* SPDX-License-Identifier: MIT
 * Between store.c and store_rows.c only: the rows and queries as plain data. */
#ifndef PICSET_STORE_ROWS_H
#define PICSET_STORE_ROWS_H

#include "pack.h"
#include "store.h"

extern const char store_schema[]; /* of an empty database */

enum query {
    QUERY_BEGIN,
    QUERY_COMMIT,
    QUERY_LOAD,
    QUERY_RECORD,
    QUERY_RECORDS,
    QUERY_ROOT_ADD,
    QUERY_PUT,
    QUERY_PUT_RECORD,
    QUERY_REMOVE_RECORD,
    QUERY_REMOVE,
    QUERY_ROOTS,
    QUERY_FILES,
    QUERY_RECALL,
    QUERY_REMEMBER,
    QUERY_COUNT
};

extern const char *const store_queries[QUERY_COUNT];

void store_inputs_pack(struct buffer *out, const struct store_set *set);
void store_files_pack(struct buffer *out, const struct store_set *set);
/* False when memory is short; damage is in from->failed. */
bool store_inputs_unpack(struct unpacker *from, struct arena *arena, struct store_set *set);
bool store_files_unpack(struct unpacker *from, struct arena *arena, struct store_set *set);

struct made_root { /* one root's files as hashes of their paths, sorted once loaded */
    int64_t id;
    char *path;
    bool loaded;
    struct hash *files;
    size_t count, capacity;
};

bool made_root_add(struct made_root *root, const struct store_set *set); /* false: no memory */
void made_root_sort(struct made_root *root);
bool made_root_lists(const struct made_root *root, const char *path);
/* The rest of an absolute path below the root; NULL when it is not below. */
const char *made_root_below(const struct made_root *root, const char *path);
void made_root_release(struct made_root *root);

#endif
