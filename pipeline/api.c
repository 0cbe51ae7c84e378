/* SPDX-License-Identifier: MIT
 * The public interface over the engine: names, sizes and errors translated, nothing decided. */
#include "picset.h"

#include <stdio.h>
#include <string.h>

#include "batch.h"
#include "image.h"
#include "json.h"
#include "memory.h"

struct picset {
    char *preset_folder;
    int jobs;
    int64_t memory;
    struct limits limits;
};

struct receiver { /* the caller's function, as the engine calls it */
    picset_receive *receive;
    void *data;
};

/* What one call needs of presets and images, in one arena. */
struct asked {
    struct arena *arena;
    struct preset_library library;
    struct batch_preset *presets;
    size_t preset_count;
    const struct value *changes; /* by preset name: { "web": { "set": … } } */
    struct batch_image *images;
    struct batch_request request;
};

static enum picset_status error_public(const struct error *error, struct picset_error *out)
{
    enum picset_status status = error->status == STATUS_BUG || error->status > STATUS_PARTIAL
                                    ? PICSET_FAILED
                                    : (enum picset_status)error->status;
    if (out && out->size >= sizeof(*out)) {
        out->status = status;
        error_format(error, out->message, sizeof(out->message));
    }
    return status;
}

const char *picset_version(void)
{
    return PICSET_VERSION;
}

const char *picset_libvips_version(void)
{
    return image_library_version();
}

void picset_free(void *block)
{
    memory_free(block);
}

static enum status settings_take(const struct picset_settings *settings, struct picset *picset,
                                 struct error *error)
{
    if (settings->size < sizeof(*settings)) {
        return error_set(error, STATUS_USAGE,
                         "'size' of struct picset_settings is %zu, must be %zu: set it to sizeof",
                         settings->size, sizeof(*settings));
    }
    if (settings->jobs < 0 || settings->jobs > 1024) {
        return error_set(error, STATUS_USAGE, "'jobs' is %d, outside 0..1024", settings->jobs);
    }
    if (settings->memory < 0 || settings->source_bytes_limit < 0 ||
        settings->source_pixels_limit < 0) {
        return error_set(error, STATUS_USAGE, "a limit in struct picset_settings is negative");
    }
    picset->jobs = settings->jobs;
    picset->memory = settings->memory;
    if (settings->source_bytes_limit) {
        picset->limits.source_bytes = settings->source_bytes_limit;
    }
    if (settings->source_pixels_limit) {
        picset->limits.source_pixels = settings->source_pixels_limit;
    }
    if (settings->preset_folder) {
        picset->preset_folder = memory_text(settings->preset_folder);
        return picset->preset_folder ? STATUS_OK : error_memory(error);
    }
    return STATUS_OK;
}

enum picset_status picset_open(const struct picset_settings *settings, struct picset **out,
                               struct picset_error *public_error)
{
    struct error error = {0};
    struct picset *picset = memory_zero(1, sizeof(*picset));
    enum status status = picset ? STATUS_OK : error_memory(&error);
    if (status == STATUS_OK) {
        picset->limits = limits_default();
        status = settings ? settings_take(settings, picset, &error) : STATUS_OK;
    }
    if (status == STATUS_OK) {
        status = image_library_start(&error);
    }
    if (status != STATUS_OK) {
        picset_close(picset);
        return error_public(&error, public_error);
    }
    *out = picset;
    return PICSET_OK;
}

void picset_close(struct picset *picset)
{
    if (picset) {
        memory_free(picset->preset_folder);
        memory_free(picset);
    }
}

/* ---- One call
 * -------------------------------------------------------------------------------------- */

static enum status change_take(struct asked *asked, const char *assignment, struct error *error)
{
    const char *dot = strchr(assignment, '.');
    for (size_t i = 0; dot && i < asked->preset_count; i++) {
        const char *name = asked->presets[i].preset->name;
        if (strlen(name) == (size_t)(dot - assignment) &&
            strncmp(name, assignment, (size_t)(dot - assignment)) == 0) {
            return preset_set_option(asked->presets[i].preset, assignment, asked->arena,
                                     &asked->changes, error);
        }
    }
    return error_set(error, STATUS_USAGE,
                     "change '%s' must be PRESET.PARAM=VALUE of a preset that is asked for",
                     assignment);
}

static enum status presets_take(struct asked *asked, const char *const *presets,
                                const char *const *changes, struct error *error)
{
    size_t count = 0;
    while (presets && presets[count]) {
        count++;
    }
    if (count == 0) {
        return error_set(error, STATUS_USAGE, "no preset is given");
    }
    asked->presets = arena_array(asked->arena, count, sizeof(*asked->presets));
    if (!asked->presets) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        if (preset_read(&asked->library, presets[i], asked->arena, &asked->presets[i].preset,
                        error) != STATUS_OK) {
            return error->status;
        }
        asked->preset_count++;
    }
    for (size_t i = 0; changes && changes[i]; i++) {
        if (change_take(asked, changes[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t i = 0; i < count; i++) {
        asked->presets[i].changes = value_get(asked->changes, asked->presets[i].preset->name);
    }
    return STATUS_OK;
}

static enum status images_take(struct asked *asked, const struct picset_image *images, size_t count,
                               struct error *error)
{
    asked->images = arena_array(asked->arena, count + 1, sizeof(*asked->images));
    if (!asked->images) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        const struct picset_image *image = &images[i];
        if (image->size < sizeof(*image) || !image->name || !image->bytes) {
            return error_set(error, STATUS_USAGE,
                             "image %zu: 'size', 'name' and 'bytes' must be set", i);
        }
        asked->images[i] =
            (struct batch_image){.bytes = image->bytes,
                                 .size = image->byte_count,
                                 .name = image->name,
                                 .dir = "",
                                 .alt = image->alt,
                                 .focus_given = image->focus_x != 0 || image->focus_y != 0,
                                 .focus_x = image->focus_x,
                                 .focus_y = image->focus_y};
    }
    return STATUS_OK;
}

static enum status asked_take(struct asked *asked, const struct picset *picset,
                              const char *const *presets, const char *const *changes,
                              const struct picset_image *images, size_t count, struct error *error)
{
    asked->arena = arena_new();
    asked->library.folder = picset->preset_folder;
    enum status status =
        asked->arena ? presets_take(asked, presets, changes, error) : error_memory(error);
    if (status == STATUS_OK) {
        status = images_take(asked, images, count, error);
    }
    asked->request = (struct batch_request){.images = asked->images,
                                            .image_count = count,
                                            .presets = asked->presets,
                                            .preset_count = asked->preset_count,
                                            .library = &asked->library,
                                            .state = "",
                                            .jobs = picset->jobs,
                                            .memory = picset->memory,
                                            .limits = picset->limits};
    return status;
}

static const char *text_mime(const char *path)
{
    static const struct {
        const char *ending, *mime;
    } types[] = {{".json", "application/json"},
                 {".html", "text/html"},
                 {".css", "text/css"},
                 {".xml", "application/xml"}};
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        size_t length = strlen(path), ending = strlen(types[i].ending);
        if (length > ending && strcmp(path + length - ending, types[i].ending) == 0) {
            return types[i].mime;
        }
    }
    return "text/plain";
}

static enum status deliver(void *data, const char *image, const struct record_rendition *rendition,
                           const char *path, const void *bytes, size_t size, struct error *error)
{
    const struct receiver *receiver = data;
    struct picset_file file = {.size = sizeof(file),
                               .path = path,
                               .mime = rendition ? rendition->mime : text_mime(path),
                               .bytes = bytes,
                               .byte_count = size,
                               .width = rendition ? rendition->width : 0,
                               .height = rendition ? rendition->height : 0,
                               .image = image};
    if (receiver->receive(receiver->data, &file) != 0) {
        return error_set(error, STATUS_FAILED, "the receiver of '%s' gave up", path);
    }
    return STATUS_OK;
}

enum picset_status picset_render(struct picset *picset, const char *const *presets,
                                 const char *const *changes, const struct picset_image *images,
                                 size_t image_count, picset_receive *receive, void *data,
                                 struct picset_error *public_error)
{
    struct error error = {0};
    struct asked asked = {0};
    struct batch *batch = NULL;
    struct batch_summary summary;
    struct receiver receiver = {receive, data};
    enum status status = asked_take(&asked, picset, presets, changes, images, image_count, &error);
    if (status == STATUS_OK) {
        asked.request.deliver = deliver;
        asked.request.data = &receiver;
        status = batch_plan(&asked.request, &batch, &error);
    }
    if (status == STATUS_OK) {
        status = batch_run(batch, &summary, &error);
    }
    batch_free(batch);
    arena_free(asked.arena);
    return status == STATUS_OK ? PICSET_OK : error_public(&error, public_error);
}

/* ---- The plan
 * ---------------------------------------------------------------------------------------- */

static enum status plan_text(const struct batch *batch, struct arena *arena, char **out,
                             struct error *error)
{
    struct value *document = value_object(arena), *plans = value_list(arena);
    struct buffer text = {0};
    for (size_t i = 0; i < batch_plan_count(batch); i++) {
        const struct error *failure = NULL;
        const struct plan *plan = batch_plan_at(batch, i, &failure);
        if (plan) {
            plans = value_append(arena, plans, plan_value(plan, arena));
            continue;
        }
        char message[2048] = "";
        if (failure) {
            error_format(failure, message, sizeof(message));
        }
        struct value *failed = value_object(arena);
        plans = value_append(arena, plans,
                             value_set(arena, failed, "error", value_text(arena, message)));
    }
    document = value_set(arena, document, "schema", value_text(arena, "picset/plan/1"));
    document = value_set(arena, document, "plans", plans);
    if (document) {
        json_write(&text, document);
    }
    char *copy = document && !buffer_failed(&text) ? memory_text(buffer_string(&text)) : NULL;
    buffer_free(&text);
    if (!copy) {
        return error_memory(error);
    }
    *out = copy;
    return STATUS_OK;
}

enum picset_status picset_plan(struct picset *picset, const char *const *presets,
                               const char *const *changes, const struct picset_image *images,
                               size_t image_count, char **out, struct picset_error *public_error)
{
    struct error error = {0};
    struct asked asked = {0};
    struct batch *batch = NULL;
    enum status status = asked_take(&asked, picset, presets, changes, images, image_count, &error);
    if (status == STATUS_OK) {
        asked.request.plan_only = true;
        status = batch_plan(&asked.request, &batch, &error);
    }
    if (status == STATUS_OK) {
        status = plan_text(batch, asked.arena, out, &error);
    }
    batch_free(batch);
    arena_free(asked.arena);
    return status == STATUS_OK ? PICSET_OK : error_public(&error, public_error);
}
