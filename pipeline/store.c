/* SPDX-License-Identifier: MIT
 * The store on SQLite: one row for each set with its inputs and files packed into two blobs, so
 * that a thousand sets are read in one pass; records apart, since most runs read none. */
#include "store.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "store_rows.h"

/* The number is part of the file's name: another version of the program leaves ours alone. */
#define STORE_FILE "store-1.db"
enum { STORE_VERSION = 1, BUSY_MS = 20000 };

struct store {
    char *folder, *path;
    sqlite3 *database;
    sqlite3_stmt *statements[QUERY_COUNT];
    uint64_t inode; /* of the database file that is open */
    bool within;    /* between begin and commit */
    struct made_root *roots;
    size_t root_count;
    bool roots_known;
};

/* ---- Errors and statements ---- */

static bool is_broken(int code)
{
    return (code & 0xff) == SQLITE_CORRUPT || (code & 0xff) == SQLITE_NOTADB;
}

static enum status store_error(const struct store *store, const char *verb, int code,
                               struct error *error)
{
    if ((code & 0xff) == SQLITE_BUSY) {
        return error_set(error, STATUS_FAILED,
                         "cannot %s the store '%s': another process has kept it busy for %d s",
                         verb, store->path, BUSY_MS / 1000);
    }
    if ((code & 0xff) == SQLITE_NOMEM) {
        return error_memory(error);
    }
    return error_set(error, STATUS_FAILED, "cannot %s the store '%s': %s", verb, store->path,
                     sqlite3_errstr(code));
}

static int statement_ready(struct store *store, enum query query, sqlite3_stmt **out)
{
    int code = SQLITE_OK;
    if (!store->statements[query]) {
        code = sqlite3_prepare_v3(store->database, store_queries[query], -1,
                                  SQLITE_PREPARE_PERSISTENT, &store->statements[query], NULL);
    }
    *out = store->statements[query];
    return code;
}

/* `texts` are bound as ?1, ?2, …: NULL ends them. */
static int statement_start(struct store *store, enum query query, const char *const *texts,
                           sqlite3_stmt **out)
{
    int code = statement_ready(store, query, out);
    for (int i = 0; code == SQLITE_OK && texts && texts[i]; i++) {
        code = sqlite3_bind_text(*out, i + 1, texts[i], -1, SQLITE_STATIC);
    }
    return code;
}

static int bind_hash(sqlite3_stmt *statement, int index, struct hash hash)
{
    return sqlite3_bind_blob(statement, index, &hash, sizeof hash, SQLITE_TRANSIENT);
}

static int bind_buffer(sqlite3_stmt *statement, int index, const struct buffer *buffer)
{
    return sqlite3_bind_blob64(statement, index, buffer_string(buffer), buffer->size,
                               SQLITE_STATIC);
}

/* Ends a statement that gives no rows; `code` is what came of binding. */
static int statement_run(sqlite3_stmt *statement, int code)
{
    if (code == SQLITE_OK) {
        code = sqlite3_step(statement);
        code = code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code;
}

static int run_query(struct store *store, enum query query, const char *const *texts)
{
    sqlite3_stmt *statement = NULL;
    int code = statement_start(store, query, texts, &statement);
    return statement_run(statement, code);
}

/* ---- Open, close, begin anew ---- */

static void made_forget(struct store *store)
{
    for (size_t i = 0; i < store->root_count; i++) {
        made_root_release(&store->roots[i]);
    }
    memory_free(store->roots);
    store->roots = NULL;
    store->root_count = 0;
    store->roots_known = false;
}

static void store_disconnect(struct store *store)
{
    for (int i = 0; i < QUERY_COUNT; i++) {
        sqlite3_finalize(store->statements[i]);
        store->statements[i] = NULL;
    }
    sqlite3_close(store->database);
    store->database = NULL;
}

static int store_connect(struct store *store)
{
    struct stat facts;
    int version = -1;
    int code =
        sqlite3_open_v2(store->path, &store->database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code != SQLITE_OK) {
        return code;
    }
    sqlite3_busy_timeout(store->database, BUSY_MS);
    /* Where WAL is not to be had (network file systems), SQLite keeps its old journal by itself. */
    code = sqlite3_exec(store->database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;",
                        NULL, NULL, NULL);
    sqlite3_stmt *statement = NULL;
    if (code == SQLITE_OK) {
        code = sqlite3_prepare_v2(store->database, "PRAGMA user_version", -1, &statement, NULL);
    }
    if (code == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW) {
        version = sqlite3_column_int(statement, 0);
    }
    sqlite3_finalize(statement);
    if (code == SQLITE_OK && version == 0) {
        code = sqlite3_exec(store->database, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        code = code ? code : sqlite3_exec(store->database, store_schema, NULL, NULL, NULL);
        code = code ? code : sqlite3_exec(store->database, "COMMIT", NULL, NULL, NULL);
    } else if (code == SQLITE_OK && version != STORE_VERSION) {
        code = SQLITE_NOTADB;
    }
    sqlite3_stmt *probe = NULL;
    for (int i = QUERY_LOAD; code == SQLITE_OK && i < QUERY_COUNT; i++) {
        /* a table or column that is missing is SQLITE_ERROR here: not our file either */
        code = statement_ready(store, (enum query)i, &probe) == SQLITE_ERROR ? SQLITE_NOTADB
                                                                             : SQLITE_OK;
    }
    store->inode = stat(store->path, &facts) == 0 ? facts.st_ino : 0;
    return code;
}

/* The database and what SQLite keeps beside it get names that end in ".broken". */
static void store_move_aside(const struct store *store)
{
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        struct buffer from = {0}, to = {0};
        buffer_format(&from, "%s%s", store->path, endings[i]);
        buffer_format(&to, "%s.broken%s", store->path, endings[i]);
        if (!buffer_failed(&from) && !buffer_failed(&to) &&
            rename(buffer_string(&from), buffer_string(&to)) < 0) {
            unlink(buffer_string(&from));
        }
        buffer_free(&from);
        buffer_free(&to);
    }
}

/* Held while a store is opened or replaced, so that two processes do not move each other's aside.
 */
static int store_lock(const struct store *store)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/store.lock", store->folder);
    int lock =
        buffer_failed(&path) ? -1 : open(buffer_string(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    buffer_free(&path);
    if (lock >= 0) {
        flock(lock, LOCK_EX);
    }
    return lock;
}

/* Opens the file; one that is broken, or is still the one with inode `known_broken`, is replaced.
 */
static int store_begin_file(struct store *store, uint64_t known_broken, bool *replaced)
{
    struct stat facts;
    int lock = store_lock(store);
    *replaced = known_broken && stat(store->path, &facts) == 0 && facts.st_ino == known_broken;
    int code = SQLITE_NOTADB;
    if (!*replaced) {
        code = store_connect(store);
        *replaced = is_broken(code);
    }
    if (*replaced) {
        store_disconnect(store);
        store_move_aside(store);
        code = store_connect(store);
    }
    if (lock >= 0) {
        close(lock);
    }
    return code;
}

/* What every operation ends with. A broken store is begun anew, and the operation counts as done:
 * what was asked for is unknown, which is always a right answer of a cache. */
static enum status store_end(struct store *store, const char *verb, int code, struct error *error)
{
    if (code == SQLITE_OK) {
        return STATUS_OK;
    }
    if (!is_broken(code)) {
        return store_error(store, verb, code, error);
    }
    bool replaced;
    made_forget(store);
    store_disconnect(store);
    code = store_begin_file(store, store->inode, &replaced);
    if (code == SQLITE_OK && store->within) {
        code = run_query(store, QUERY_BEGIN, NULL);
    }
    return code == SQLITE_OK ? STATUS_OK : store_error(store, verb, code, error);
}

enum status store_open(const char *folder, struct store **out, struct buffer *note,
                       struct error *error)
{
    enum status status = folder_make(folder, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct store *store = memory_zero(1, sizeof *store);
    size_t size = strlen(folder) + sizeof "/" STORE_FILE;
    if (!store || !(store->folder = memory_text(folder)) || !(store->path = memory_alloc(size))) {
        store_close(store);
        return error_memory(error);
    }
    snprintf(store->path, size, "%s/%s", folder, STORE_FILE);
    bool replaced;
    int code = store_begin_file(store, 0, &replaced);
    if (code != SQLITE_OK) {
        status = store_error(store, "open", code, error);
        store_close(store);
        return status;
    }
    if (sqlite3_db_readonly(store->database, "main") == 1) {
        status = error_set(error, STATUS_FAILED, "the store '%s' cannot be written", store->path);
        store_close(store);
        return status;
    }
    if (replaced && note) {
        buffer_format(note,
                      "the store '%s' was broken: it is now '%s.broken', and a new one is begun",
                      store->path, store->path);
    }
    *out = store;
    return STATUS_OK;
}

void store_close(struct store *store)
{
    if (!store) {
        return;
    }
    made_forget(store);
    store_disconnect(store);
    memory_free(store->folder);
    memory_free(store->path);
    memory_free(store);
}

enum status store_begin(struct store *store, struct error *error)
{
    enum status status = store_end(store, "write", run_query(store, QUERY_BEGIN, NULL), error);
    store->within = status == STATUS_OK;
    return status;
}

enum status store_commit(struct store *store, struct error *error)
{
    if (!store->within) {
        return STATUS_OK;
    }
    int code = run_query(store, QUERY_COMMIT, NULL);
    store->within = false;
    if (code != SQLITE_OK && !sqlite3_get_autocommit(store->database)) {
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
    }
    return store_end(store, "write", code, error);
}

/* ---- Sets ---- */

static struct unpacker column_unpacker(sqlite3_stmt *statement, int column)
{
    const char *bytes = sqlite3_column_blob(statement, column);
    return (struct unpacker){.at = bytes, .left = (size_t)sqlite3_column_bytes(statement, column)};
}

static const char *column_text(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);
    return text ? (const char *)text : "";
}

/* A row that is damaged is left out: its set is unknown. False when memory is short. */
static bool set_unpack(sqlite3_stmt *statement, struct arena *arena, struct store_set *set,
                       bool *damaged)
{
    struct unpacker request = column_unpacker(statement, 2), plan = column_unpacker(statement, 3);
    struct unpacker inputs = column_unpacker(statement, 4), files = column_unpacker(statement, 5);
    set->source = arena_text(arena, column_text(statement, 0));
    set->recipe = arena_text(arena, column_text(statement, 1));
    set->request = unpack_hash(&request);
    set->plan = unpack_hash(&plan);
    bool enough =
        store_inputs_unpack(&inputs, arena, set) && store_files_unpack(&files, arena, set);
    *damaged = request.failed || plan.failed || inputs.failed || files.failed;
    return set->source && set->recipe && enough && !inputs.short_of_memory &&
           !files.short_of_memory;
}

enum status store_load(struct store *store, const char *root, struct arena *arena,
                       struct store_sets *out, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    struct store_set *sets = NULL;
    size_t count = 0, capacity = 0;
    int code = statement_start(store, QUERY_LOAD, (const char *const[]){root, NULL}, &statement);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        bool damaged = false;
        struct store_set *set = arena_push(arena, &sets, &count, &capacity, sizeof *sets);
        code = set && set_unpack(statement, arena, set, &damaged) ? SQLITE_OK : SQLITE_NOMEM;
        count -= code == SQLITE_OK && damaged;
    }
    code = code == SQLITE_DONE ? SQLITE_OK : code;
    sqlite3_reset(statement);
    enum status status = store_end(store, "read", code, error);
    if (status == STATUS_OK) {
        *out = (struct store_sets){.items = sets, .count = count};
    }
    return status;
}

/* Ends a query for at most one text: a copy in the arena, NULL when there is none. */
static enum status text_fetch(struct store *store, sqlite3_stmt *statement, int code,
                              struct arena *arena, const char **out, struct error *error)
{
    const char *text = NULL;
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        text = arena_text(arena, column_text(statement, 0));
        code = text ? SQLITE_DONE : SQLITE_NOMEM;
    }
    sqlite3_reset(statement);
    enum status status = store_end(store, "read", code == SQLITE_DONE ? SQLITE_OK : code, error);
    if (status == STATUS_OK) {
        *out = text;
    }
    return status;
}

enum status store_record(struct store *store, const char *root, const char *source,
                         const char *recipe, struct arena *arena, const char **out,
                         struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = statement_start(store, QUERY_RECORD,
                               (const char *const[]){root, source, recipe, NULL}, &statement);
    return text_fetch(store, statement, code, arena, out, error);
}

enum status store_records(struct store *store, const char *root,
                          enum status (*take)(void *data, const char *source, const char *recipe,
                                              const char *record, struct error *error),
                          void *data, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    enum status taken = STATUS_OK;
    int code = statement_start(store, QUERY_RECORDS, (const char *const[]){root, NULL}, &statement);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        taken = take(data, column_text(statement, 0), column_text(statement, 1),
                     column_text(statement, 2), error);
        code = taken == STATUS_OK ? SQLITE_OK : SQLITE_DONE;
    }
    sqlite3_reset(statement);
    enum status status = store_end(store, "read", code == SQLITE_DONE ? SQLITE_OK : code, error);
    return taken != STATUS_OK ? taken : status;
}

/* The row, then its record; one transaction, the caller's or our own. */
static int put_rows(struct store *store, const char *root, const struct store_set *set,
                    const struct buffer *inputs, const struct buffer *files)
{
    sqlite3_stmt *statement = NULL;
    const char *const names[] = {root, set->source, set->recipe, NULL};
    int code = run_query(store, QUERY_ROOT_ADD, (const char *const[]){root, NULL});
    if (code == SQLITE_OK) {
        code = statement_start(store, QUERY_PUT, names, &statement);
        code = code ? code : bind_hash(statement, 4, set->request);
        code = code ? code : bind_hash(statement, 5, set->plan);
        code = code ? code : bind_buffer(statement, 6, inputs);
        code = code ? code : bind_buffer(statement, 7, files);
        code = statement_run(statement, code);
    }
    if (code == SQLITE_OK && set->record) {
        code = run_query(store, QUERY_PUT_RECORD,
                         (const char *const[]){root, set->source, set->recipe, set->record, NULL});
    }
    return code;
}

enum status store_put(struct store *store, const char *root, const struct store_set *set,
                      struct error *error)
{
    struct buffer inputs = {0}, files = {0};
    bool own = !store->within;
    enum status status;
    store_inputs_pack(&inputs, set);
    store_files_pack(&files, set);
    made_forget(store);
    if (buffer_failed(&inputs) || buffer_failed(&files)) {
        status = error_memory(error);
        goto out;
    }
    if (own && (status = store_begin(store, error)) != STATUS_OK) {
        goto out;
    }
    int code = put_rows(store, root, set, &inputs, &files);
    status = store_end(store, "write", code, error);
    if (own && status == STATUS_OK) {
        status = store_commit(store, error);
    } else if (own) {
        store->within = false;
        sqlite3_exec(store->database, "ROLLBACK", NULL, NULL, NULL);
    }
out:
    buffer_free(&inputs);
    buffer_free(&files);
    return status;
}

enum status store_remove(struct store *store, const char *root, const char *source,
                         const char *recipe, struct error *error)
{
    const char *const names[] = {root, source, recipe, NULL};
    made_forget(store);
    int code = run_query(store, QUERY_REMOVE_RECORD, names);
    code = code ? code : run_query(store, QUERY_REMOVE, names);
    return store_end(store, "write", code, error);
}

/* ---- Our own files ---- */

static int roots_load(struct store *store)
{
    sqlite3_stmt *statement = NULL;
    int code = statement_start(store, QUERY_ROOTS, NULL, &statement);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        void *grown = memory_resize(store->roots, (store->root_count + 1) * sizeof *store->roots);
        char *path = memory_text(column_text(statement, 1));
        if (grown) {
            store->roots = grown;
        }
        if (!grown || !path) {
            memory_free(path);
            code = SQLITE_NOMEM;
            break;
        }
        store->roots[store->root_count++] =
            (struct made_root){.id = sqlite3_column_int64(statement, 0), .path = path};
        code = SQLITE_OK;
    }
    sqlite3_reset(statement);
    store->roots_known = code == SQLITE_DONE;
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int made_load(struct store *store, struct made_root *root)
{
    sqlite3_stmt *statement = NULL;
    struct arena *arena = arena_new();
    int code = arena ? statement_start(store, QUERY_FILES, NULL, &statement) : SQLITE_NOMEM;
    code = code ? code : sqlite3_bind_int64(statement, 1, root->id);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct store_set set = {0};
        struct unpacker files = column_unpacker(statement, 0);
        bool enough = store_files_unpack(&files, arena, &set) && !files.short_of_memory;
        code = enough && (files.failed || made_root_add(root, &set)) ? SQLITE_OK : SQLITE_NOMEM;
    }
    sqlite3_reset(statement);
    arena_free(arena);
    if (code == SQLITE_DONE) {
        made_root_sort(root);
    }
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

enum status store_made(struct store *store, const char *path, bool *made, struct error *error)
{
    bool found = false;
    int code = store->roots_known ? SQLITE_OK : roots_load(store);
    for (size_t i = 0; code == SQLITE_OK && !found && i < store->root_count; i++) {
        struct made_root *root = &store->roots[i];
        const char *rest = made_root_below(root, path);
        if (rest) {
            code = root->loaded ? SQLITE_OK : made_load(store, root);
            found = code == SQLITE_OK && made_root_lists(root, rest);
        }
    }
    if (code != SQLITE_OK) {
        made_forget(store);
    }
    enum status status = store_end(store, "read", code, error);
    if (status == STATUS_OK) {
        *made = found;
    }
    return status;
}

/* ---- Measured facts ---- */

enum status store_recall(struct store *store, struct hash content, const char *what,
                         struct arena *arena, const char **out, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = statement_ready(store, QUERY_RECALL, &statement);
    code = code ? code : bind_hash(statement, 1, content);
    code = code ? code : sqlite3_bind_text(statement, 2, what, -1, SQLITE_STATIC);
    return text_fetch(store, statement, code, arena, out, error);
}

enum status store_remember(struct store *store, struct hash content, const char *what,
                           const char *text, struct error *error)
{
    sqlite3_stmt *statement = NULL;
    int code = statement_ready(store, QUERY_REMEMBER, &statement);
    code = code ? code : bind_hash(statement, 1, content);
    code = code ? code : sqlite3_bind_text(statement, 2, what, -1, SQLITE_STATIC);
    code = code ? code : sqlite3_bind_text(statement, 3, text, -1, SQLITE_STATIC);
    return store_end(store, "write", statement_run(statement, code), error);
}
