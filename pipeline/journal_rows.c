/* SPDX-License-Identifier: MIT
 * A job as a row of the journal, and back. The columns are words and JSON, so that a person can
 * read the file with any tool. */
#include "journal_rows.h"

#include <sqlite3.h>
#include <string.h>

#include "json.h"
#include "text.h"

/* AUTOINCREMENT: the number of a forgotten job is never another's. */
const char journal_schema[] =
    "CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, request TEXT NOT NULL UNIQUE,"
    " name TEXT NOT NULL, state TEXT NOT NULL, provider TEXT NOT NULL, model TEXT NOT NULL,"
    " base_url TEXT NOT NULL, asked TEXT NOT NULL, task TEXT, urls TEXT, attempts INTEGER NOT NULL,"
    " image TEXT, image_hash TEXT, width INTEGER NOT NULL, height INTEGER NOT NULL, format TEXT,"
    " cost REAL, code TEXT, message TEXT, created_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,"
    " finished_ms INTEGER NOT NULL);"
    "CREATE INDEX job_image ON job (image);"
    "PRAGMA user_version = 1;";

#define COLUMNS                                                                                    \
    "request, name, state, provider, model, base_url, asked, task, urls, attempts, image,"         \
    " image_hash, width, height, format, cost, code, message, created_ms, changed_ms,"             \
    " finished_ms"

/* Parameters in the order of COLUMNS, then the id. */
const char *const journal_queries[JOURNAL_QUERY_COUNT] = {
    [JOURNAL_FIND] = "SELECT " COLUMNS ", id FROM job WHERE request = ?1",
    [JOURNAL_ADD] =
        "INSERT INTO job (" COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
        " ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21) ON CONFLICT (request) DO NOTHING",
    [JOURNAL_WRITE] =
        "UPDATE job SET name = ?2, state = ?3, provider = ?4, model = ?5, base_url = ?6,"
        " asked = ?7, task = ?8, urls = ?9, attempts = ?10, image = ?11, image_hash = ?12,"
        " width = ?13, height = ?14, format = ?15, cost = ?16, code = ?17, message = ?18,"
        " changed_ms = ?20, finished_ms = ?21 WHERE id = ?22",
    [JOURNAL_READ] = "SELECT " COLUMNS ", id FROM job WHERE id = ?1",
    [JOURNAL_LIST] = "SELECT " COLUMNS ", id FROM job ORDER BY id",
    [JOURNAL_REMOVE] = "DELETE FROM job WHERE id = ?1",
    [JOURNAL_USERS] = "SELECT count(*) FROM job WHERE image = ?1",
};

static const char *const state_names[JOB_STATE_COUNT] = {
    [JOB_PENDING] = "pending", [JOB_SENDING] = "sending", [JOB_RUNNING] = "running",
    [JOB_READY] = "ready",     [JOB_DONE] = "done",       [JOB_REFUSED] = "refused",
    [JOB_FAILED] = "failed",   [JOB_UNKNOWN] = "unknown",
};

const char *job_state_name(enum job_state state)
{
    return state_names[state];
}

/* ---- To a row ---- */

static int bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    return text ? sqlite3_bind_text(statement, index, text, -1, SQLITE_TRANSIENT)
                : sqlite3_bind_null(statement, index);
}

static int bind_hash(sqlite3_stmt *statement, int index, struct hash hash)
{
    char text[33];
    hash_text(hash, text);
    return bind_text(statement, index, text);
}

static int bind_buffer(sqlite3_stmt *statement, int index, struct buffer *buffer)
{
    int code =
        buffer_failed(buffer) ? SQLITE_NOMEM : bind_text(statement, index, buffer_string(buffer));
    buffer_free(buffer);
    return code;
}

static int bind_asked(sqlite3_stmt *statement, int index, const struct value *asked)
{
    struct buffer text = {0};
    if (asked) {
        value_print(&text, asked);
    } else {
        buffer_text(&text, "null");
    }
    return bind_buffer(statement, index, &text);
}

static int bind_urls(sqlite3_stmt *statement, int index, const char *const *urls)
{
    struct buffer text = {0};
    if (!urls) {
        return sqlite3_bind_null(statement, index);
    }
    buffer_char(&text, '[');
    for (size_t i = 0; urls[i]; i++) {
        buffer_text(&text, i > 0 ? "," : "");
        text_json(&text, urls[i]);
    }
    buffer_char(&text, ']');
    return bind_buffer(statement, index, &text);
}

static int bind_state(sqlite3_stmt *statement, const struct job *job)
{
    int code = bind_hash(statement, 1, job->request);
    code = code ? code : bind_text(statement, 2, job->name ? job->name : "");
    code = code ? code : bind_text(statement, 3, state_names[job->state]);
    code = code ? code : bind_text(statement, 4, job->provider ? job->provider : "");
    code = code ? code : bind_text(statement, 5, job->model ? job->model : "");
    code = code ? code : bind_text(statement, 6, job->base_url ? job->base_url : "");
    code = code ? code : bind_asked(statement, 7, job->asked);
    code = code ? code : bind_text(statement, 8, job->task);
    code = code ? code : bind_urls(statement, 9, job->urls);
    return code ? code : sqlite3_bind_int(statement, 10, job->attempts);
}

static int bind_result(sqlite3_stmt *statement, const struct job *job)
{
    int code = bind_text(statement, 11, job->image);
    if (code == SQLITE_OK && job->image) {
        code = bind_hash(statement, 12, job->image_hash);
    }
    code = code ? code : sqlite3_bind_int(statement, 13, job->width);
    code = code ? code : sqlite3_bind_int(statement, 14, job->height);
    code = code ? code : bind_text(statement, 15, job->format);
    if (code == SQLITE_OK && job->cost >= 0) {
        code = sqlite3_bind_double(statement, 16, job->cost);
    }
    code = code ? code : bind_text(statement, 17, job->code);
    code = code ? code : bind_text(statement, 18, job->message);
    code = code ? code : sqlite3_bind_int64(statement, 19, job->created_ms);
    code = code ? code : sqlite3_bind_int64(statement, 20, job->changed_ms);
    return code ? code : sqlite3_bind_int64(statement, 21, job->finished_ms);
}

int journal_row_write(sqlite3_stmt *statement, const struct job *job)
{
    int code = bind_state(statement, job);
    code = code ? code : bind_result(statement, job);
    code = code ? code : sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

/* ---- From a row ---- */

struct row {
    sqlite3_stmt *statement;
    struct arena *arena;
    bool failed; /* memory was short */
};

static const char *row_text(struct row *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row->statement, column);
    if (!text) {
        return NULL;
    }
    char *copy = arena_text(row->arena, (const char *)text);
    row->failed = row->failed || !copy;
    return copy;
}

/* Text that is no JSON any more counts as null: what it tells is for people. */
static const struct value *row_value(struct row *row, int column)
{
    const struct value *value = NULL;
    struct error error = {0};
    const char *text = row_text(row, column);
    if (text && json_parse(row->arena, text, strlen(text), &value, &error) != STATUS_OK) {
        return value_null(row->arena);
    }
    return value;
}

static const char *const *row_urls(struct row *row, int column)
{
    const struct value *list = row_value(row, column);
    size_t count = list && list->type == VALUE_LIST ? list->list.count : 0, kept = 0;
    if (count == 0) {
        return NULL;
    }
    const char **urls = arena_array(row->arena, count + 1, sizeof *urls);
    for (size_t i = 0; urls && i < count; i++) {
        if (list->list.items[i]->type == VALUE_TEXT) {
            urls[kept++] = list->list.items[i]->text;
        }
    }
    row->failed = row->failed || !urls;
    return kept > 0 ? urls : NULL;
}

static struct hash row_hash(const struct row *row, int column)
{
    struct hash hash = {0};
    const unsigned char *text = sqlite3_column_text(row->statement, column);
    return text && hash_parse((const char *)text, &hash) ? hash : (struct hash){0};
}

/* A word that this version does not know: nothing is done with such a job. */
static enum job_state row_state(const struct row *row, int column)
{
    const unsigned char *text = sqlite3_column_text(row->statement, column);
    for (int i = 0; text && i < JOB_STATE_COUNT; i++) {
        if (strcmp((const char *)text, state_names[i]) == 0) {
            return (enum job_state)i;
        }
    }
    return JOB_UNKNOWN;
}

int journal_row_read(sqlite3_stmt *statement, struct arena *arena, struct job *out)
{
    struct row row = {.statement = statement, .arena = arena};
    struct job job = {.request = row_hash(&row, 0),
                      .name = row_text(&row, 1),
                      .state = row_state(&row, 2),
                      .provider = row_text(&row, 3),
                      .model = row_text(&row, 4),
                      .base_url = row_text(&row, 5),
                      .asked = row_value(&row, 6),
                      .task = row_text(&row, 7),
                      .urls = row_urls(&row, 8),
                      .attempts = sqlite3_column_int(statement, 9),
                      .image = row_text(&row, 10),
                      .image_hash = row_hash(&row, 11),
                      .width = sqlite3_column_int(statement, 12),
                      .height = sqlite3_column_int(statement, 13),
                      .format = row_text(&row, 14),
                      .cost = sqlite3_column_type(statement, 15) == SQLITE_NULL
                                  ? -1
                                  : sqlite3_column_double(statement, 15),
                      .code = row_text(&row, 16),
                      .message = row_text(&row, 17),
                      .created_ms = sqlite3_column_int64(statement, 18),
                      .changed_ms = sqlite3_column_int64(statement, 19),
                      .finished_ms = sqlite3_column_int64(statement, 20),
                      .id = sqlite3_column_int64(statement, 21)};
    if (row.failed || (sqlite3_column_type(statement, 6) != SQLITE_NULL && !job.asked)) {
        return SQLITE_NOMEM;
    }
    *out = job;
    return SQLITE_OK;
}
