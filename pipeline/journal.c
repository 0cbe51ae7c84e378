/* SPDX-License-Identifier: MIT
 * The journal on SQLite: one row for each job. A claim is a lock on the byte with the job's number
 * in a file beside it: the kernel ends it with the process, whatever kills that, and no number of a
 * process or a machine can be mistaken for another's. Knows nothing of providers. */
#include "journal.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "file.h"
#include "journal_rows.h"
#include "memory.h"
#include "source.h"

enum { JOURNAL_VERSION = 1, BUSY_MS = 20000 };

struct journal {
    char *path; /* of the database */
    struct folder *folder;
    int claims; /* the file whose bytes are locked; byte 0 while the journal is opened */
    sqlite3 *database;
    sqlite3_stmt *statements[JOURNAL_QUERY_COUNT];
    pthread_mutex_t lock; /* database and statements */
    void (*change)(void *data, bool after);
    void *change_data;
};

/* ---- Errors and statements ---- */

static enum status journal_error(const struct journal *journal, const char *verb, int code,
                                 struct error *error)
{
    switch (code & 0xff) {
    case SQLITE_BUSY:
        return error_set(error, STATUS_FAILED,
                         "cannot %s the journal '%s': another process has kept it busy for %d s",
                         verb, journal->path, BUSY_MS / 1000);
    case SQLITE_NOMEM:
        return error_memory(error);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return error_set(error, STATUS_FAILED,
                         "cannot %s the journal '%s': it is broken; moved away, a new one is "
                         "begun, which knows nothing of jobs under way",
                         verb, journal->path);
    default:
        return error_set(error, STATUS_FAILED, "cannot %s the journal '%s': %s", verb,
                         journal->path, sqlite3_errstr(code));
    }
}

static void change_tell(const struct journal *journal, bool after)
{
    if (journal->change) {
        journal->change(journal->change_data, after);
    }
}

void journal_watch(struct journal *journal, void (*change)(void *data, bool after), void *data)
{
    journal->change = change;
    journal->change_data = data;
}

static int statement_ready(struct journal *journal, enum journal_query query, sqlite3_stmt **out)
{
    int code = SQLITE_OK;
    if (!journal->statements[query]) {
        code = sqlite3_prepare_v3(journal->database, journal_queries[query], -1,
                                  SQLITE_PREPARE_PERSISTENT, &journal->statements[query], NULL);
    }
    *out = journal->statements[query];
    return code;
}

static int statement_with_id(struct journal *journal, enum journal_query query, int64_t id,
                             sqlite3_stmt **out)
{
    int code = statement_ready(journal, query, out);
    return code ? code : sqlite3_bind_int64(*out, 1, id);
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

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- Locks ---- */

static int byte_lock(const struct journal *journal, int64_t byte, short kind, int command)
{
    struct flock lock = {.l_type = kind, .l_whence = SEEK_SET, .l_start = (off_t)byte, .l_len = 1};
    while (fcntl(journal->claims, command, &lock) < 0) {
        if (errno != EINTR) {
            return errno;
        }
    }
    return 0;
}

static enum status lock_error(const struct journal *journal, int number, struct error *error)
{
    error_set(error, STATUS_FAILED, "cannot lock a job of the journal '%s'", journal->path);
    error_cause(error, strerror(number));
    return error->status;
}

enum status journal_claim(struct journal *journal, int64_t id, bool *claimed, struct error *error)
{
    int number = byte_lock(journal, id, F_WRLCK, F_OFD_SETLK);
    if (number && number != EAGAIN && number != EACCES) {
        return lock_error(journal, number, error);
    }
    *claimed = number == 0;
    return STATUS_OK;
}

enum status journal_release(struct journal *journal, int64_t id, struct error *error)
{
    int number = byte_lock(journal, id, F_UNLCK, F_OFD_SETLK);
    return number ? lock_error(journal, number, error) : STATUS_OK;
}

/* ---- Open and close ---- */

static int version_read(struct journal *journal, int *version)
{
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(journal->database, "PRAGMA user_version", -1, &statement, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *version = sqlite3_column_int(statement, 0);
        code = SQLITE_OK;
    }
    sqlite3_finalize(statement);
    return code;
}

static int journal_execute(struct journal *journal, const char *text)
{
    return sqlite3_exec(journal->database, text, NULL, NULL, NULL);
}

/* While byte 0 is locked: two processes that begin one journal do not meet here. */
static int journal_connect(struct journal *journal, int *version)
{
    int code =
        sqlite3_open_v2(journal->path, &journal->database,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(journal->database, BUSY_MS);
        /* Where WAL is not to be had (network file systems), SQLite keeps its old journal by
         * itself.
         */
        code = journal_execute(journal, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                        "PRAGMA fullfsync = ON;");
    }
    code = code ? code : version_read(journal, version);
    if (code == SQLITE_OK && *version == 0) {
        code = journal_execute(journal, "BEGIN IMMEDIATE");
        code = code ? code : journal_execute(journal, journal_schema);
        code = code ? code : journal_execute(journal, "COMMIT");
        *version = JOURNAL_VERSION;
    }
    sqlite3_stmt *probe = NULL;
    for (int i = 0; code == SQLITE_OK && *version == JOURNAL_VERSION && i < JOURNAL_QUERY_COUNT;
         i++) {
        code = statement_ready(journal, (enum journal_query)i, &probe);
        /* a table or column that is missing */
        code = code == SQLITE_ERROR ? SQLITE_NOTADB : code;
    }
    return code;
}

static enum status journal_begin(struct journal *journal, struct error *error)
{
    int version = 0;
    int number = byte_lock(journal, 0, F_WRLCK, F_OFD_SETLKW);
    if (number) {
        return lock_error(journal, number, error);
    }
    int code = journal_connect(journal, &version);
    byte_lock(journal, 0, F_UNLCK, F_OFD_SETLK);
    if (code != SQLITE_OK) {
        return journal_error(journal, "open", code, error);
    }
    return version == JOURNAL_VERSION
               ? STATUS_OK
               : error_set(error, STATUS_FAILED,
                           "cannot open the journal '%s': it is of version %d, this program "
                           "knows %d",
                           journal->path, version, JOURNAL_VERSION);
}

static enum status claims_open(struct journal *journal, const char *folder, struct error *error)
{
    struct buffer path = {0};
    buffer_format(&path, "%s/journal.lock", folder);
    if (buffer_failed(&path)) {
        return error_memory(error);
    }
    journal->claims = open(buffer_string(&path), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (journal->claims < 0) {
        error_set(error, STATUS_FAILED, "cannot open '%s'", buffer_string(&path));
        error_cause(error, strerror(errno));
    }
    buffer_free(&path);
    return journal->claims < 0 ? error->status : STATUS_OK;
}

enum status journal_open(const char *folder, struct journal **out, struct error *error)
{
    enum status status = folder_make(folder, error);
    if (status != STATUS_OK) {
        return status;
    }
    struct journal *journal = memory_zero(1, sizeof *journal);
    if (!journal) {
        return error_memory(error);
    }
    pthread_mutex_init(&journal->lock, NULL);
    journal->claims = -1;
    size_t size = strlen(folder) + sizeof "/journal.db";
    journal->path = memory_alloc(size);
    if (journal->path) {
        snprintf(journal->path, size, "%s/journal.db", folder);
        status = folder_open(folder, &journal->folder, error);
    } else {
        status = error_memory(error);
    }
    status = status == STATUS_OK ? claims_open(journal, folder, error) : status;
    status = status == STATUS_OK ? journal_begin(journal, error) : status;
    if (status != STATUS_OK) {
        journal_close(journal);
        return status;
    }
    *out = journal;
    return STATUS_OK;
}

void journal_close(struct journal *journal)
{
    if (!journal) {
        return;
    }
    for (int i = 0; i < JOURNAL_QUERY_COUNT; i++) {
        sqlite3_finalize(journal->statements[i]);
    }
    sqlite3_close(journal->database);
    if (journal->claims >= 0) {
        close(journal->claims);
    }
    folder_close(journal->folder);
    pthread_mutex_destroy(&journal->lock);
    memory_free(journal->path);
    memory_free(journal);
}

const char *journal_folder(const struct journal *journal)
{
    return folder_path(journal->folder);
}

/* ---- Jobs ---- */

/* The row that the statement, bound, gives: *found false when there is none. */
static int row_fetch(sqlite3_stmt *statement, int code, struct arena *arena, struct job *out,
                     bool *found)
{
    *found = false;
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        *found = true;
        code = journal_row_read(statement, arena, out);
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int job_find(struct journal *journal, struct hash request, struct arena *arena,
                    struct job *out, bool *found)
{
    sqlite3_stmt *statement;
    char text[33];
    hash_text(request, text);
    int code = statement_ready(journal, JOURNAL_FIND, &statement);
    code = code ? code : sqlite3_bind_text(statement, 1, text, -1, SQLITE_STATIC);
    return row_fetch(statement, code, arena, out, found);
}

static int job_add(struct journal *journal, const struct job *job)
{
    sqlite3_stmt *statement;
    struct job fresh = *job;
    fresh.state = JOB_PENDING;
    fresh.created_ms = fresh.changed_ms = now_ms();
    fresh.finished_ms = 0;
    int code = statement_ready(journal, JOURNAL_ADD, &statement);
    return code ? code : journal_row_write(statement, &fresh);
}

enum status journal_want(struct journal *journal, const struct job *job, struct arena *arena,
                         struct job *out, bool *added, struct error *error)
{
    struct job found = {0};
    bool there = false;
    pthread_mutex_lock(&journal->lock);
    int code = job_find(journal, job->request, arena, &found, &there);
    bool missing = code == SQLITE_OK && !there;
    if (missing) {
        /* one that another process has added meanwhile is not added again: the request is unique */
        change_tell(journal, false);
        code = job_add(journal, job);
        missing = code == SQLITE_OK && sqlite3_changes(journal->database) > 0;
        change_tell(journal, true);
        code = code ? code : job_find(journal, job->request, arena, &found, &there);
        code = code == SQLITE_OK && !there ? SQLITE_CORRUPT : code;
    }
    pthread_mutex_unlock(&journal->lock);
    if (code != SQLITE_OK) {
        return journal_error(journal, missing ? "write" : "read", code, error);
    }
    *out = found;
    *added = missing;
    return STATUS_OK;
}

enum status journal_write(struct journal *journal, const struct job *job, struct error *error)
{
    sqlite3_stmt *statement;
    struct job row = *job;
    row.changed_ms = now_ms();
    bool final = job->state == JOB_DONE || job->state == JOB_REFUSED || job->state == JOB_FAILED;
    row.finished_ms = !final ? 0 : job->finished_ms ? job->finished_ms : row.changed_ms;
    pthread_mutex_lock(&journal->lock);
    change_tell(journal, false);
    int code = statement_ready(journal, JOURNAL_WRITE, &statement);
    code = code ? code : sqlite3_bind_int64(statement, JOURNAL_ID_PARAMETER, job->id);
    code = code ? code : journal_row_write(statement, &row);
    bool there = sqlite3_changes(journal->database) > 0;
    change_tell(journal, true);
    pthread_mutex_unlock(&journal->lock);
    if (code != SQLITE_OK) {
        return journal_error(journal, "write", code, error);
    }
    return there ? STATUS_OK
                 : error_set(error, STATUS_MISSING, "there is no job %lld any more",
                             (long long)job->id);
}

enum status journal_read(struct journal *journal, int64_t id, struct arena *arena, struct job *out,
                         struct error *error)
{
    sqlite3_stmt *statement;
    struct job job = {0};
    bool found = false;
    pthread_mutex_lock(&journal->lock);
    int code = statement_with_id(journal, JOURNAL_READ, id, &statement);
    code = row_fetch(statement, code, arena, &job, &found);
    pthread_mutex_unlock(&journal->lock);
    if (code != SQLITE_OK) {
        return journal_error(journal, "read", code, error);
    }
    if (!found) {
        return error_set(error, STATUS_MISSING, "there is no job %lld", (long long)id);
    }
    *out = job;
    return STATUS_OK;
}

enum status journal_list(struct journal *journal, struct arena *arena, struct job **out,
                         size_t *count, struct error *error)
{
    sqlite3_stmt *statement;
    struct job *jobs = NULL;
    size_t found = 0, capacity = 0;
    pthread_mutex_lock(&journal->lock);
    int code = statement_ready(journal, JOURNAL_LIST, &statement);
    while (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        struct job *job = arena_push(arena, &jobs, &found, &capacity, sizeof *jobs);
        code = job ? journal_row_read(statement, arena, job) : SQLITE_NOMEM;
    }
    sqlite3_reset(statement);
    pthread_mutex_unlock(&journal->lock);
    if (code != SQLITE_DONE) {
        return journal_error(journal, "read", code, error);
    }
    *out = jobs;
    *count = found;
    return STATUS_OK;
}

/* ---- Images ---- */

/* While the lock is held: the image of a job that is gone, unless another job has the same. */
static enum status image_drop(struct journal *journal, const char *image, struct error *error)
{
    sqlite3_stmt *statement;
    bool removed;
    int code = statement_ready(journal, JOURNAL_USERS, &statement);
    code = code ? code : sqlite3_bind_text(statement, 1, image, -1, SQLITE_STATIC);
    if (code == SQLITE_OK && (code = sqlite3_step(statement)) == SQLITE_ROW) {
        code = sqlite3_column_int64(statement, 0) > 0 ? SQLITE_DONE : SQLITE_ROW;
    }
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (code == SQLITE_DONE) {
        return STATUS_OK;
    }
    return code == SQLITE_ROW ? file_remove(journal->folder, image, NULL, &removed, error)
                              : journal_error(journal, "read", code, error);
}

static enum status job_remove(struct journal *journal, const struct job *job, struct error *error)
{
    sqlite3_stmt *statement;
    pthread_mutex_lock(&journal->lock);
    change_tell(journal, false);
    int code = statement_with_id(journal, JOURNAL_REMOVE, job->id, &statement);
    code = statement_run(statement, code);
    change_tell(journal, true);
    enum status status =
        code == SQLITE_OK ? STATUS_OK : journal_error(journal, "write", code, error);
    if (status == STATUS_OK && job->image) {
        status = image_drop(journal, job->image, error);
    }
    pthread_mutex_unlock(&journal->lock);
    return status;
}

enum status journal_forget(struct journal *journal, int64_t id, struct error *error)
{
    struct arena *arena = arena_new();
    struct job job;
    bool claimed = false;
    enum status status = arena ? journal_claim(journal, id, &claimed, error) : error_memory(error);
    if (status == STATUS_OK && !claimed) {
        status = error_set(error, STATUS_REFUSED, "another process is at work on job %lld",
                           (long long)id);
    }
    status = status == STATUS_OK ? journal_read(journal, id, arena, &job, error) : status;
    status = status == STATUS_OK ? job_remove(journal, &job, error) : status;
    if (claimed) {
        byte_lock(journal, id, F_UNLCK, F_OFD_SETLK);
    }
    arena_free(arena);
    return status;
}

enum status journal_keep_image(struct journal *journal, const void *bytes, size_t size,
                               const char *extension, struct arena *arena, const char **image,
                               struct hash *hash, struct error *error)
{
    struct hash content = hash_bytes(bytes, size);
    char name[33];
    bool same = false;
    hash_text(content, name);
    const char *path = arena_format(arena, "images/%s.%s", name, extension);
    if (!path) {
        return error_memory(error);
    }
    enum status status = file_same(journal->folder, path, bytes, size, &same, error);
    if (status == STATUS_OK && !same) {
        struct pending_file *file = NULL;
        change_tell(journal, false);
        status = file_write(journal->folder, path, bytes, size, &file, error);
        status = status == STATUS_OK ? files_place(&file, 1, NULL, error) : status;
        change_tell(journal, true);
    }
    if (status == STATUS_OK) {
        *image = path;
        *hash = content;
    }
    return status;
}

enum status journal_has_image(struct journal *journal, const struct job *job, bool *has,
                              struct error *error)
{
    struct error found = {0};
    struct limits limits = limits_default();
    struct source source = {0};
    struct buffer path = {0};
    if (!job->image || file_path_check(job->image, &found) != STATUS_OK) {
        *has = false;
        return STATUS_OK;
    }
    limits.source_bytes = INT64_MAX / 4;
    buffer_format(&path, "%s/%s", folder_path(journal->folder), job->image);
    enum status status = buffer_failed(&path)
                             ? error_memory(&found)
                             : source_read(&source, buffer_string(&path), &limits, &found);
    buffer_free(&path);
    bool same = status == STATUS_OK && hash_equal(source.hash, job->image_hash);
    source_release(&source);
    if (status == STATUS_FAILED) {
        *error = found;
        return error_at(error, "%s", job->image);
    }
    *has = same;
    return STATUS_OK;
}
