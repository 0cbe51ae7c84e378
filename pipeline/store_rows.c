/* SPDX-License-Identifier: MIT
 * The store's rows as plain data: packed, unpacked, looked up; and what is asked of the
 * database, as text. Knows no SQLite. */
#include "store_rows.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "memory.h"

enum {
    GRAIN_NS = 20 * 1000 * 1000 /* a file's time may lag the clock by a tick of the kernel, 10 ms */
};

enum status store_default_folder(struct buffer *out, struct error *error)
{
    const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
    if (access("picset.json", F_OK) == 0 || access(".picset/.", F_OK) == 0) {
        buffer_text(out, ".picset");
    } else if (cache && cache[0] == '/') {
        buffer_format(out, "%s/picset", cache);
    } else if (home && home[0] == '/') {
        buffer_format(out, "%s/.cache/picset", home);
    } else {
        return error_set(error, STATUS_USAGE,
                         "no place for the state: neither 'XDG_CACHE_HOME' nor 'HOME' is an "
                         "absolute path, and no 'picset.json' is here");
    }
    return buffer_failed(out) ? error_memory(error) : STATUS_OK;
}

/* ---- Identities ---- */

int64_t store_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

bool store_identity_known(const struct store_identity *identity)
{
    return identity->inode != 0;
}

bool store_identity_equal(const struct store_identity *a, const struct store_identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->modified_ns == b->modified_ns && a->changed_ns == b->changed_ns;
}

const struct store_set *store_find(const struct store_sets *sets, const char *source,
                                   const char *recipe)
{
    size_t low = 0, high = sets->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        const struct store_set *set = &sets->items[middle];
        int order = strcmp(set->source, source);
        order = order ? order : strcmp(set->recipe, recipe);
        if (order == 0) {
            return set;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return NULL;
}

const char store_schema[] =
    "CREATE TABLE IF NOT EXISTS root (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);"
    "CREATE TABLE IF NOT EXISTS made (id INTEGER PRIMARY KEY, root INTEGER NOT NULL,"
    " source TEXT NOT NULL, recipe TEXT NOT NULL, request BLOB NOT NULL, plan BLOB NOT NULL,"
    " inputs BLOB NOT NULL, files BLOB NOT NULL, UNIQUE (root, source, recipe));"
    "CREATE TABLE IF NOT EXISTS record (made INTEGER PRIMARY KEY, text TEXT NOT NULL);"
    "CREATE TABLE IF NOT EXISTS measured (content BLOB NOT NULL, what TEXT NOT NULL,"
    " text TEXT NOT NULL, PRIMARY KEY (content, what)) WITHOUT ROWID;"
    "PRAGMA user_version = 1;";

const char *const store_queries[QUERY_COUNT] = {
    [QUERY_BEGIN] = "BEGIN IMMEDIATE",
    [QUERY_COMMIT] = "COMMIT",
    [QUERY_LOAD] = "SELECT source, recipe, request, plan, inputs, files FROM made"
                   " WHERE root = (SELECT id FROM root WHERE path = ?1) ORDER BY source, recipe",
    [QUERY_RECORD] =
        "SELECT text FROM record WHERE made = (SELECT id FROM made WHERE"
        " root = (SELECT id FROM root WHERE path = ?1) AND source = ?2 AND recipe = ?3)",
    [QUERY_RECORDS] = "SELECT source, recipe, text FROM made JOIN record ON record.made = made.id"
                      " WHERE root = (SELECT id FROM root WHERE path = ?1) ORDER BY source, recipe",
    [QUERY_ROOT_ADD] = "INSERT OR IGNORE INTO root (path) VALUES (?1)",
    [QUERY_PUT] = "INSERT INTO made (root, source, recipe, request, plan, inputs, files) VALUES"
                  " ((SELECT id FROM root WHERE path = ?1), ?2, ?3, ?4, ?5, ?6, ?7)"
                  " ON CONFLICT (root, source, recipe) DO UPDATE SET request = excluded.request,"
                  " plan = excluded.plan, inputs = excluded.inputs, files = excluded.files",
    [QUERY_PUT_RECORD] = "INSERT OR REPLACE INTO record (made, text) SELECT id, ?4 FROM made WHERE"
                         " root = (SELECT id FROM root WHERE path = ?1) AND source = ?2"
                         " AND recipe = ?3",
    [QUERY_REMOVE_RECORD] =
        "DELETE FROM record WHERE made = (SELECT id FROM made WHERE"
        " root = (SELECT id FROM root WHERE path = ?1) AND source = ?2 AND recipe = ?3)",
    [QUERY_REMOVE] = "DELETE FROM made WHERE root = (SELECT id FROM root WHERE path = ?1)"
                     " AND source = ?2 AND recipe = ?3",
    [QUERY_ROOTS] = "SELECT id, path FROM root",
    [QUERY_FILES] = "SELECT files FROM made WHERE root = ?1",
    [QUERY_RECALL] = "SELECT text FROM measured WHERE content = ?1 AND what = ?2",
    [QUERY_REMEMBER] = "INSERT OR REPLACE INTO measured (content, what, text) VALUES (?1, ?2, ?3)",
};

void store_inputs_pack(struct buffer *out, const struct store_set *set)
{
    pack_number(out, set->input_count);
    for (size_t i = 0; i < set->input_count; i++) {
        const struct store_input *input = &set->inputs[i];
        struct store_identity identity = input->identity;
        if (identity.changed_ns > input->read_ns - GRAIN_NS) {
            identity = (struct store_identity){0};
        }
        pack_text(out, input->name);
        pack_text(out, input->path);
        pack_number(out, identity.device);
        pack_number(out, identity.inode);
        pack_number(out, (uint64_t)identity.size);
        pack_number(out, (uint64_t)identity.modified_ns);
        pack_number(out, (uint64_t)identity.changed_ns);
        pack_number(out, (uint64_t)input->read_ns);
        pack_hash(out, input->hash);
        pack_bytes(out, input->facts, input->facts_size);
    }
}

bool store_inputs_unpack(struct unpacker *from, struct arena *arena, struct store_set *set)
{
    size_t count = unpack_count(from, 9 * sizeof(uint64_t));
    struct store_input *inputs = arena_array(arena, count, sizeof *inputs);
    if (!inputs) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        inputs[i].name = unpack_text(from, arena);
        inputs[i].path = unpack_text(from, arena);
        inputs[i].identity.device = unpack_number(from);
        inputs[i].identity.inode = unpack_number(from);
        inputs[i].identity.size = (int64_t)unpack_number(from);
        inputs[i].identity.modified_ns = (int64_t)unpack_number(from);
        inputs[i].identity.changed_ns = (int64_t)unpack_number(from);
        inputs[i].read_ns = (int64_t)unpack_number(from);
        inputs[i].hash = unpack_hash(from);
        inputs[i].facts = unpack_bytes(from, arena, &inputs[i].facts_size);
    }
    set->inputs = inputs;
    set->input_count = count;
    return true;
}

void store_files_pack(struct buffer *out, const struct store_set *set)
{
    pack_number(out, set->file_count);
    for (size_t i = 0; i < set->file_count; i++) {
        const struct store_file *file = &set->files[i];
        pack_text(out, file->path);
        pack_number(out, (uint64_t)file->facts.size);
        pack_number(out, (uint64_t)file->facts.modified_ns);
        pack_number(out, file->facts.inode);
        pack_number(out, (unsigned)file->facts.exists | (unsigned)file->facts.regular << 1 |
                             (unsigned)file->emitted << 2);
        pack_hash(out, file->hash);
        pack_hash(out, file->key);
    }
}

bool store_files_unpack(struct unpacker *from, struct arena *arena, struct store_set *set)
{
    size_t count = unpack_count(from, 9 * sizeof(uint64_t));
    struct store_file *files = arena_array(arena, count, sizeof *files);
    if (!files) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        files[i].path = unpack_text(from, arena);
        files[i].facts.size = (int64_t)unpack_number(from);
        files[i].facts.modified_ns = (int64_t)unpack_number(from);
        files[i].facts.inode = unpack_number(from);
        uint64_t flags = unpack_number(from);
        files[i].facts.exists = flags & 1;
        files[i].facts.regular = flags >> 1 & 1;
        files[i].emitted = flags >> 2 & 1;
        files[i].hash = unpack_hash(from);
        files[i].key = unpack_hash(from);
    }
    set->files = files;
    set->file_count = count;
    return true;
}

static int hash_order(const void *a, const void *b)
{
    const struct hash *left = a, *right = b;
    if (left->high != right->high) {
        return left->high < right->high ? -1 : 1;
    }
    return left->low < right->low ? -1 : left->low > right->low;
}

void made_root_release(struct made_root *root)
{
    memory_free(root->path);
    memory_free(root->files);
}

bool made_root_add(struct made_root *root, const struct store_set *set)
{
    if (root->count + set->file_count > root->capacity) {
        size_t capacity = 2 * (root->count + set->file_count);
        void *grown = memory_resize(root->files, capacity * sizeof *root->files);
        if (!grown) {
            return false;
        }
        root->files = grown;
        root->capacity = capacity;
    }
    for (size_t i = 0; i < set->file_count; i++) {
        const char *path = set->files[i].path;
        root->files[root->count++] = hash_bytes(path, strlen(path));
    }
    return true;
}

void made_root_sort(struct made_root *root)
{
    if (root->count > 0) {
        qsort(root->files, root->count, sizeof *root->files, hash_order);
    }
    root->loaded = true;
}

const char *made_root_below(const struct made_root *root, const char *path)
{
    size_t size = strlen(root->path);
    if (strcmp(root->path, "/") == 0) {
        return path[0] == '/' ? path + 1 : NULL;
    }
    return strncmp(path, root->path, size) == 0 && path[size] == '/' ? path + size + 1 : NULL;
}

bool made_root_lists(const struct made_root *root, const char *path)
{
    struct hash key = hash_bytes(path, strlen(path));
    return root->count > 0 && bsearch(&key, root->files, root->count, sizeof key, hash_order);
}
