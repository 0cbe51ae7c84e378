/* SPDX-License-Identifier: MIT
 * See batches.h. */
#include "batches.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decoding.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

enum { IMAGES_MOST = 1100 };

static void receive_event(void *data, const struct batch_event *event)
{
    struct batches *batches = data;
    batches->sets += event->type == BATCH_SET;
    batches->renditions += event->type == BATCH_RENDITION;
    batches->notes += event->type == BATCH_NOTE;
    if (event->type == BATCH_NOTE) {
        (void)snprintf(batches->note, sizeof(batches->note), "%s", event->error->message);
    }
    if (event->type == BATCH_SET && event->status != STATUS_OK) {
        (void)snprintf(batches->failed, sizeof(batches->failed), "%.100s: %.60s: %.200s",
                       event->source, event->error->where, event->error->message);
    }
}

struct batches batches_start(void)
{
    struct batches batches = {.folder = scratch_make(), .arena = arena_new()};
    assert_non_null(batches.arena);
    batches.images = arena_array(batches.arena, IMAGES_MOST, sizeof(*batches.images));
    scratch_write(batches.folder, "in/.keep", "");
    batches.request =
        (struct batch_request){.out = arena_format(batches.arena, "%s/out", batches.folder),
                               .state = arena_format(batches.arena, "%s/state", batches.folder),
                               .overwrite = OVERWRITE_CHANGED,
                               .jobs = 2,
                               .memory = 256 << 20,
                               .limits = limits_default(),
                               .event = receive_event};
    return batches;
}

void batches_end(struct batches *batches)
{
    buffer_free(&batches->planned);
    arena_free(batches->arena);
    scratch_remove(batches->folder);
}

struct batch_image *batches_source(struct batches *batches, const char *name)
{
    const char *slash = strrchr(name, '/'), *base = slash ? slash + 1 : name;
    size_t i = batches->request.image_count++;
    assert_true(i < IMAGES_MOST);
    batches->images[i] =
        (struct batch_image){.path = arena_format(batches->arena, "%s/%s", batches->folder, name),
                             .name = arena_slice(batches->arena, base, strcspn(base, ".")),
                             .dir = ""};
    return &batches->images[i];
}

struct batch_image *batches_image(struct batches *batches, const char *name, int width, int height)
{
    const char *path = arena_format(batches->arena, "in/%s", name);
    program_image(batches->folder, path, width, height);
    return batches_source(batches, path);
}

void batches_preset(struct batches *batches, const char *preset, const char *changes)
{
    const struct preset *parsed = NULL;
    struct error error = {0};
    enum status status;
    if (*preset == '{') {
        char *text = arena_text(batches->arena, preset);
        for (char *c = text; *c; c++) {
            *c = *c == '\'' ? '"' : *c;
        }
        status = preset_parse("test", text, strlen(text), batches->arena, &parsed, &error);
    } else {
        status = preset_read(&batches->library, preset, batches->arena, &parsed, &error);
    }
    if (status != STATUS_OK) {
        fail_msg("%s: %s", error.where, error.message);
    }
    size_t i = 0;
    while (i < batches->request.preset_count &&
           strcmp(batches->presets[i].preset->name, parsed->name) != 0) {
        i++;
    }
    assert_true(i < BATCHES_PRESETS);
    batches->presets[i] =
        (struct batch_preset){parsed, changes ? support_value(batches->arena, changes) : NULL};
    batches->request.preset_count += i == batches->request.preset_count;
}

/* ---- The plan's files --------------------------------------------------------------------------
 */

/* "PATH WIDTHxHEIGHT", and 0x0 for what is emitted. */
static int line_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

static void list_planned(struct batches *batches, const struct batch *batch)
{
    char *lines[20000];
    size_t count = 0;
    struct arena *arena = arena_new();
    for (size_t i = 0; i < batch_plan_count(batch); i++) {
        const struct error *error = NULL;
        const struct plan *plan = batch_plan_at(batch, i, &error);
        if (!plan || plan->refused.status != STATUS_OK) {
            continue;
        }
        for (size_t j = 0; j < plan->rendition_count; j++) {
            const struct plan_rendition *rendition = &plan->renditions[j];
            if (rendition->state == RENDITION_PLANNED && rendition->path) {
                assert_true(count < sizeof(lines) / sizeof(lines[0]));
                lines[count++] =
                    arena_format(arena, "%s %dx%d", rendition->path, rendition->leaf->step.in.width,
                                 rendition->leaf->step.in.height);
            }
        }
        for (size_t j = 0; j < plan->emitted_count; j++) {
            assert_true(count < sizeof(lines) / sizeof(lines[0]));
            lines[count++] = arena_format(arena, "%s 0x0", plan->emitted[j].path);
        }
    }
    qsort(lines, count, sizeof(lines[0]), line_compare);
    buffer_clear(&batches->planned);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(lines[i], lines[i - 1]) != 0) {
            buffer_format(&batches->planned, "%s\n", lines[i]);
        }
    }
    arena_free(arena);
}

void batches_run(struct batches *batches)
{
    struct batch *batch = NULL;
    struct batch_request *request = &batches->request;
    request->images = batches->images;
    request->presets = batches->presets;
    request->library = &batches->library;
    request->data = batches;
    error_clear(&batches->error);
    batches->summary = (struct batch_summary){0};
    batches->sets = batches->renditions = batches->notes = 0;
    batches->note[0] = batches->failed[0] = '\0';
    batches->status = batch_plan(request, &batch, &batches->error);
    if (batches->status == STATUS_OK) {
        list_planned(batches, batch);
        batches->status = batch_run(batch, &batches->summary, &batches->error);
    }
    batch_free(batch);
}

/* ---- What lies there ---------------------------------------------------------------------------
 */

bool batches_read(const struct batches *batches, const char *name, struct buffer *out)
{
    FILE *file = fopen(scratch_path(batches->folder, name), "rb");
    if (!file) {
        return false;
    }
    char block[65536];
    for (size_t size; (size = fread(block, 1, sizeof(block), file)) > 0;) {
        buffer_bytes(out, block, size);
    }
    assert_int_equal(fclose(file), 0);
    assert_false(buffer_failed(out));
    return true;
}

static bool decode_avif_still(const void *bytes, size_t size, struct decoded *out)
{
    bool missing = false;
    return decode_avif(bytes, size, out, &missing) || missing;
}

bool image_is_whole(const char *name, const struct buffer *bytes, int width, int height)
{
    static const struct {
        const char *ending;
        bool (*decode)(const void *bytes, size_t size, struct decoded *out);
    } decoders[] = {{".jpg", decode_jpeg},
                    {".png", decode_png},
                    {".webp", decode_webp},
                    {".gif", decode_gif},
                    {".avif", decode_avif_still}};
    const char *dot = strrchr(name, '.');
    for (size_t i = 0; dot && i < sizeof(decoders) / sizeof(decoders[0]); i++) {
        if (strcmp(dot, decoders[i].ending) == 0) {
            struct decoded decoded = {0};
            bool whole = bytes->size > 0 && decoders[i].decode(bytes->data, bytes->size, &decoded);
            bool fits = width == 0 || decoded.width == 0 ||
                        (decoded.width == width && decoded.height == height);
            decoded_free(&decoded);
            return whole && fits;
        }
    }
    return bytes->size > 0;
}

void batches_check(struct batches *batches)
{
    struct buffer there = {0}, wanted = {0};
    char *text = arena_text(batches->arena, buffer_string(&batches->planned));
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        int width = 0, height = 0;
        struct buffer bytes = {0};
        *end = '\0';
        char *space = strrchr(line, ' ');
        assert_int_equal(sscanf(space, " %dx%d", &width, &height), 2);
        *space = '\0';
        buffer_format(&wanted, "%s\n", line);
        if (!batches_read(batches, arena_format(batches->arena, "out/%s", line), &bytes)) {
            fail_msg("'%s' was planned and is not there", line);
        }
        if (!image_is_whole(line, &bytes, width, height)) {
            fail_msg("'%s' is no whole image of %dx%d", line, width, height);
        }
        buffer_free(&bytes);
    }
    scratch_list(scratch_path(batches->folder, "out"), &there);
    assert_buffer_text(&there, buffer_string(&wanted));
    buffer_free(&wanted);
}

struct hash batches_hash(const struct batches *batches, const char *name)
{
    struct buffer list = {0};
    struct hash hash = {0};
    scratch_list(scratch_path(batches->folder, name), &list);
    char *text = memory_text(buffer_string(&list));
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        struct buffer bytes = {0};
        char path[4200];
        *end = '\0';
        (void)snprintf(path, sizeof(path), "%s/%s", name, line);
        assert_true(batches_read(batches, path, &bytes));
        hash = hash_mix_text(hash, line);
        hash = hash_mix(hash, bytes.data, bytes.size);
        buffer_free(&bytes);
    }
    memory_free(text);
    buffer_free(&list);
    return hash;
}
