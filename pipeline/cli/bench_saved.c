/* SPDX-License-Identifier: MIT
 * A measurement that was kept: read, and looked at whether it is one before anything is said from
 * it. What is wrong is told with its place in the file. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "bench.h"
#include "json.h"
#include "text.h"

static enum status document_read(struct arena *arena, const char *path, const struct value **out,
                                 struct error *error)
{
    struct buffer text = {.limit = 64 << 20};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = 1;
    while (descriptor >= 0 && got > 0) {
        char *place = buffer_reserve(&text, 64 << 10);
        got = place ? read(descriptor, place, 64 << 10) : 0;
        text.size += got > 0 ? (size_t)got : 0;
    }
    enum status status = STATUS_OK;
    if (descriptor < 0 || got < 0) {
        status = error_set(error, STATUS_MISSING, "cannot read '%s': %s", path, strerror(errno));
    } else if (buffer_failed(&text)) {
        status = error_memory(error);
    } else if (json_parse(arena, text.data ? text.data : "", text.size, out, error) != STATUS_OK) {
        status = error_at(error, "%s", path);
    }
    if (descriptor >= 0) {
        close(descriptor);
    }
    buffer_free(&text);
    return status;
}

static const char *schema_of(const struct value *document)
{
    const struct value *schema = value_get(document, "schema");
    return schema && schema->type == VALUE_TEXT ? schema->text : NULL;
}

bool bench_is_saved(struct arena *arena, const char *path)
{
    struct error ignored = {0};
    const struct value *document = NULL;
    const char *schema =
        document_read(arena, path, &document, &ignored) == STATUS_OK ? schema_of(document) : NULL;
    return schema && strcmp(schema, BENCH_SCHEMA) == 0;
}

/* ---- Its shape ------------------------------------------------------------------------------ */

bool bench_spread_read(const struct value *value, struct bench_spread *out)
{
    return value_number(value_get(value, "median"), &out->median) &&
           value_number(value_get(value, "low"), &out->low) &&
           value_number(value_get(value, "high"), &out->high) && out->low >= 0 &&
           out->low <= out->median && out->median <= out->high;
}

static enum status wrong(struct error *error, const struct value *value, const char *must,
                         const char *key)
{
    struct buffer brief = {0};
    if (value) {
        value_brief(&brief, value);
    }
    error_set(error, STATUS_USAGE, "'%s' is %s, must be %s", key,
              value ? buffer_string(&brief) : "missing", must);
    buffer_free(&brief);
    return error->status;
}

static enum status check_spread(const struct value *object, const char *key, struct error *error)
{
    struct bench_spread spread;
    const struct value *value = value_get(object, key);
    return bench_spread_read(value, &spread)
               ? STATUS_OK
               : wrong(error, value,
                       "an object with numbers 0 <= \"low\" <= \"median\" <= \"high\"", key);
}

static enum status check_number(const struct value *object, const char *key, double *number,
                                struct error *error)
{
    const struct value *value = value_get(object, key);
    return value_number(value, number) && *number >= 1
               ? STATUS_OK
               : wrong(error, value, "a number of at least 1", key);
}

static enum status check_list(const struct value *object, const char *key,
                              const struct value **list, struct error *error)
{
    *list = value_get(object, key);
    return *list && (*list)->type == VALUE_LIST ? STATUS_OK : wrong(error, *list, "a list", key);
}

static enum status check_stages(const struct value *level, struct error *error)
{
    const struct value *list = NULL;
    enum status status = check_list(level, "stages", &list, error);
    for (size_t i = 0; status == STATUS_OK && i < list->list.count; i++) {
        const struct value *stage = list->list.items[i], *name = value_get(stage, "stage");
        status = name && name->type == VALUE_TEXT ? check_spread(stage, "cpu_seconds", error)
                                                  : wrong(error, name, "a text", "stage");
        if (status != STATUS_OK) {
            error_at(error, "/stages/%zu", i);
        }
    }
    return status;
}

/* No run takes less than its CPU on all its machine's cores. */
static enum status check_time(const struct value *level, double cores, struct error *error)
{
    struct bench_spread seconds, cpu;
    if (check_spread(level, "seconds", error) != STATUS_OK ||
        check_spread(level, "cpu_seconds", error) != STATUS_OK) {
        return error->status;
    }
    (void)bench_spread_read(value_get(level, "seconds"), &seconds);
    (void)bench_spread_read(value_get(level, "cpu_seconds"), &cpu);
    if (seconds.high * cores * 1.1 + 0.01 < cpu.low) {
        return error_set(error, STATUS_USAGE,
                         "'seconds' are at most %.3g, but 'cpu_seconds' at least %.3g on %.0f "
                         "cores: one of them is wrong",
                         seconds.high, cpu.low, cores);
    }
    return STATUS_OK;
}

static enum status check_level(const struct value *level, double cores, struct error *error)
{
    double threads = 0;
    enum status status = check_number(level, "threads", &threads, error);
    if (status == STATUS_OK) {
        status = check_time(level, cores, error);
    }
    if (status == STATUS_OK) {
        status = check_spread(level, "peak_bytes", error);
    }
    return status == STATUS_OK ? check_stages(level, error) : status;
}

static enum status check_shape(const struct value *document, struct error *error)
{
    const struct value *levels = NULL, *work = value_get(document, "work");
    double repeat = 0, cores = 0;
    enum status status = check_number(document, "repeat", &repeat, error);
    if (status == STATUS_OK &&
        check_number(value_get(document, "machine"), "cores", &cores, error) != STATUS_OK) {
        return error_at(error, "/machine");
    }
    if (status == STATUS_OK && (!work || work->type != VALUE_OBJECT)) {
        status = wrong(error, work, "an object", "work");
    }
    if (status == STATUS_OK) {
        status = check_list(document, "threads", &levels, error);
    }
    for (size_t i = 0; status == STATUS_OK && i < levels->list.count; i++) {
        status = check_level(levels->list.items[i], cores, error);
        if (status != STATUS_OK) {
            error_at(error, "/threads/%zu", i);
        }
    }
    return status;
}

enum status bench_saved_read(struct arena *arena, const char *path, const struct value **out,
                             struct error *error)
{
    const struct value *document = NULL;
    if (document_read(arena, path, &document, error) != STATUS_OK) {
        return error->status;
    }
    const char *schema = schema_of(document);
    if (!schema) {
        return error_set(error, STATUS_USAGE, "'%s' is no measurement that --save wrote", path);
    }
    if (strcmp(schema, BENCH_SCHEMA) != 0) {
        return error_set(error, STATUS_USAGE,
                         "'%s' is no measurement that --save wrote: its schema is '%s', must be "
                         "'" BENCH_SCHEMA "'",
                         path, schema);
    }
    if (check_shape(document, error) != STATUS_OK) {
        return error_at(error, "%s", path);
    }
    *out = document;
    return STATUS_OK;
}
