/* SPDX-License-Identifier: MIT
 * The load stage as the engine calls it, without an engine. */
#include "loading.h"

#include <string.h>

#include "json.h"

void loading_probe_file(struct loading *loading, const char *path, const struct limits *limits)
{
    *loading = (struct loading){0};
    loading->status = source_read(&loading->source, path, limits, &loading->error);
    if (loading->status == STATUS_OK) {
        loading->status =
            stage_load.probe(&loading->source, limits, &loading->facts, &loading->error);
    }
}

void loading_probe(struct loading *loading, const void *bytes, size_t size,
                   const struct limits *limits)
{
    *loading = (struct loading){0};
    loading->status =
        source_from_memory(&loading->source, "memory", bytes, size, limits, &loading->error);
    if (loading->status == STATUS_OK) {
        loading->status =
            stage_load.probe(&loading->source, limits, &loading->facts, &loading->error);
    }
}

void loading_probe_crafted(struct loading *loading, struct buffer *file,
                           const struct limits *limits)
{
    if (buffer_failed(file)) {
        *loading = (struct loading){.status = STATUS_FAILED};
        error_memory(&loading->error);
    } else {
        loading_probe(loading, file->data, file->size, limits);
    }
    buffer_free(file);
}

static enum status decode(struct loading *loading, struct arena *arena, const char *text,
                          double scale, VipsImage **out)
{
    struct error *error = &loading->error;
    const struct stage *stage = &stage_load;
    const struct value *value = NULL;
    struct limits limits = limits_default();
    struct pointer pointer = {0};
    void *options = arena_alloc(arena, stage->options_size);
    struct plan_context context = {.arena = arena, .limits = &limits, .source = &loading->source};
    struct flow flow = {.source = &loading->source, .limits = &limits, .load_scale = scale};
    struct step step = {.stage = stage, .options = options, .in = loading->facts};
    if (text && json_parse(arena, text, strlen(text), &value, error) != STATUS_OK) {
        return error->status;
    }
    if (options_default(stage->options, arena, options, error) != STATUS_OK ||
        options_parse(stage->options, stage->name, value, &pointer, arena, options, error) !=
            STATUS_OK) {
        return error->status;
    }
    step.out = step.in;
    if (stage->plan(options, &context, &step.in, &step.out, &step.choice, error) != STATUS_OK) {
        return error->status;
    }
    VipsImage *lazy = NULL;
    if (stage->run(&step, &flow, NULL, &lazy, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = image_compute(lazy, &flow, out, error);
    image_release(&lazy);
    return status;
}

VipsImage *loading_decode(struct loading *loading, const char *options, double scale)
{
    VipsImage *out = NULL;
    struct arena *arena = arena_new();
    loading->status = arena ? decode(loading, arena, options, scale, &out) : STATUS_FAILED;
    arena_free(arena);
    return out;
}

void loading_end(struct loading *loading)
{
    source_release(&loading->source);
}
