/* SPDX-License-Identifier: MIT
 * See project.h. */
#include "project.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "json.h"
#include "memory.h"
#include "project_build.h"
#include "project_shape.h"
#include "suggest.h"
#include "text.h"

/* ---- Files ---------------------------------------------------------------------------------- */

static enum status descriptor_read(int descriptor, size_t limit, struct buffer *out,
                                   struct error *error)
{
    struct stat facts;
    if (fstat(descriptor, &facts) != 0) {
        return error_set(error, STATUS_FAILED, "cannot be read: %s", strerror(errno));
    }
    if (!S_ISREG(facts.st_mode)) {
        return error_set(error, STATUS_USAGE, "is no plain file");
    }
    for (;;) {
        char *place = buffer_reserve(out, 64 * 1024);
        if (!place) {
            return error_memory(error);
        }
        ssize_t got = read(descriptor, place, 64 * 1024);
        if (got < 0 && errno != EINTR) {
            return error_set(error, STATUS_FAILED, "cannot be read: %s", strerror(errno));
        }
        if (got == 0) {
            return STATUS_OK;
        }
        out->size += got > 0 ? (size_t)got : 0;
        if (out->size > limit) {
            return error_set(error, STATUS_REFUSED, "has more than %zu bytes", limit);
        }
    }
}

enum status project_file_read(const char *path, size_t limit, struct buffer *out,
                              struct error *error)
{
    /* O_NONBLOCK: a named pipe is refused, not waited for. */
    int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (descriptor < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? error_set(error, STATUS_MISSING, "no such file")
                   : error_set(error, STATUS_FAILED, "cannot be read: %s", strerror(errno));
    }
    enum status status = descriptor_read(descriptor, limit, out, error);
    close(descriptor);
    return status;
}

const char *project_path(const struct project_build *build, const char *path)
{
    if (*path == '/' || !*build->folder) {
        return path;
    }
    if (strcmp(path, ".") == 0) {
        return arena_slice(build->arena, build->folder, strlen(build->folder) - 1);
    }
    return arena_format(build->arena, "%s%s", build->folder, path);
}

/* ---- The root ------------------------------------------------------------------------------- */

static enum status version_check(const struct value *root, struct error *error)
{
    const struct value *version = value_get(root, "version");
    double number = 0;
    if (value_number(version, &number) && number == 1) {
        return STATUS_OK;
    }
    struct buffer is = {.limit = 1024};
    value_brief(&is, version);
    error_set(error, STATUS_USAGE, "'version' is %s, must be 1", buffer_string(&is));
    buffer_free(&is);
    return error_at_pointer(error, POINTER_KEY(NULL, "version"));
}

static const char *text_at(const struct value *object, const char *key)
{
    const struct value *value = value_get(object, key);
    return value && *value->text ? value->text : NULL;
}

static enum status provider_parse(const struct value *root, struct project_provider *out,
                                  struct error *error)
{
    const struct value *provider = value_get(root, "provider");
    const struct pointer *at = POINTER_KEY(NULL, "provider");
    if (!provider) {
        return STATUS_OK;
    }
    if (shape_check(provider, shape_provider, "a provider", at, error) != STATUS_OK) {
        return error->status;
    }
    *out = (struct project_provider){
        .name = text_at(provider, "name"),
        .model = text_at(provider, "model"),
        .base_url = text_at(provider, "base-url"),
        .upload_url = text_at(provider, "upload-url"),
        .fields = value_get(provider, "fields"),
    };
    return STATUS_OK;
}

static enum status budget_parse(const struct value *root, struct arena *arena, struct project *out,
                                struct error *error)
{
    struct project_budget budget;
    if (options_default(project_budget_options, arena, &budget, error) != STATUS_OK ||
        options_parse(project_budget_options, "a budget", value_get(root, "budget"),
                      POINTER_KEY(NULL, "budget"), arena, &budget, error) != STATUS_OK) {
        return error->status;
    }
    out->cost_max = budget.cost;
    out->images_max = budget.images;
    return STATUS_OK;
}

/* ---- Entries -------------------------------------------------------------------------------- */

const struct pointer *entry_at(const struct entry *entry, const char *key,
                               struct entry_place *place)
{
    bool own = value_get(entry->own, key) || !value_get(entry->whole, key);
    place->list = (struct pointer){.key = own ? "images" : "defaults"};
    place->index = (struct pointer){.parent = &place->list, .index = entry->index};
    place->key = (struct pointer){.parent = own ? &place->index : &place->list, .key = key};
    return &place->key;
}

/* The keys that say where the image comes from, and those that only some of them can have. */
static const char *const origins[] = {"source", "prompt", "prompt-file", NULL};
static const char *const of_prompts[] = {"aspect", "size",     "format",    "references",
                                         "seed",   "thinking", "grounding", NULL};

static size_t count_keys(const struct value *object, const char *const *keys, const char **last)
{
    size_t count = 0;
    for (; *keys; keys++) {
        if (value_get(object, *keys)) {
            *last = *keys;
            count++;
        }
    }
    return count;
}

static enum status origin_check(const struct entry *entry)
{
    struct error *error = entry->build->error;
    struct entry_place place;
    const char *key = NULL;
    if (count_keys(entry->whole, origins, &key) != 1) {
        error_set(error, STATUS_USAGE,
                  "an image has exactly one of 'source', 'prompt' and 'prompt-file'; this has %s",
                  key ? "several" : "none");
        return error_at_pointer(error, entry_at(entry, "", &place)->parent);
    }
    bool file = strcmp(key, "source") == 0;
    if (file && count_keys(entry->own, of_prompts, &key) > 0) {
        error_set(error, STATUS_USAGE, "'%s' is for images that are made from a prompt", key);
        return error_at_pointer(error, entry_at(entry, key, &place));
    }
    if (!file && value_get(entry->own, "about")) {
        error_set(error, STATUS_USAGE,
                  "'about' is for files that 'source' finds; a prompt has 'alt' and 'focus'");
        return error_at_pointer(error, entry_at(entry, "about", &place));
    }
    return STATUS_OK;
}

/* The defaults without what the entry says otherwise: where it comes from is said once. */
static const struct value *lay_over(struct arena *arena, const struct value *defaults,
                                    const struct value *own)
{
    const char *key = NULL;
    bool has_origin = count_keys(own, origins, &key) > 0;
    struct value *base = value_object(arena);
    for (size_t i = 0; defaults && i < defaults->object.count; i++) {
        const struct member *member = &defaults->object.members[i];
        const char *const only[] = {member->key, NULL};
        bool origin = false;
        for (size_t o = 0; origins[o]; o++) {
            origin = origin || strcmp(only[0], origins[o]) == 0;
        }
        if (!origin || !has_origin) {
            base = value_set(arena, base, member->key, member->value);
        }
    }
    return base ? value_merge(arena, base, own) : NULL;
}

static enum status entry_expand(struct project_build *build, const struct value *own, size_t index)
{
    struct entry entry = {.build = build, .index = index, .own = own};
    const struct pointer *at = POINTER_INDEX(POINTER_KEY(NULL, "images"), index);
    if (shape_check(own, shape_image, "an image", at, build->error) != STATUS_OK) {
        return build->error->status;
    }
    entry.whole = lay_over(build->arena, build->defaults, own);
    if (!entry.whole) {
        return error_memory(build->error);
    }
    if (origin_check(&entry) != STATUS_OK || project_matrix(&entry, project_cell) != STATUS_OK) {
        return build->error->status;
    }
    return about_check_used(&entry);
}

static enum status entries_expand(struct project_build *build)
{
    const struct value *images = value_get(build->root, "images");
    build->defaults = value_get(build->root, "defaults");
    if (build->defaults && shape_check(build->defaults, shape_image, "the defaults",
                                       POINTER_KEY(NULL, "defaults"), build->error) != STATUS_OK) {
        return build->error->status;
    }
    if (build->defaults && value_get(build->defaults, "id")) {
        error_set(build->error, STATUS_USAGE, "an 'id' is unique: it cannot stand in the defaults");
        return error_at_pointer(build->error, POINTER_KEY(POINTER_KEY(NULL, "defaults"), "id"));
    }
    if (images->list.count == 0) {
        error_set(build->error, STATUS_USAGE, "the list of images is empty");
        return error_at_pointer(build->error, POINTER_KEY(NULL, "images"));
    }
    for (size_t i = 0; i < images->list.count; i++) {
        if (entry_expand(build, images->list.items[i], i) != STATUS_OK) {
            return build->error->status;
        }
    }
    return project_link(build);
}

/* ---- All of it ------------------------------------------------------------------------------ */

static enum status root_parse(struct project_build *build, struct project *project)
{
    const struct value *root = build->root;
    struct error *error = build->error;
    if (shape_check(root, shape_project, "a project", NULL, error) != STATUS_OK ||
        version_check(root, error) != STATUS_OK ||
        provider_parse(root, &project->provider, error) != STATUS_OK ||
        budget_parse(root, build->arena, project, error) != STATUS_OK ||
        entries_expand(build) != STATUS_OK) {
        return error->status;
    }
    project->images = build->images;
    project->image_count = build->count;
    return STATUS_OK;
}

enum status project_parse(const struct project_settings *settings, const char *text, size_t size,
                          struct arena *arena, const struct project **out, struct error *error)
{
    struct project_build build = {.settings = settings, .arena = arena, .error = error};
    struct project *project = arena_alloc(arena, sizeof(*project));
    const char *slash = strrchr(settings->file, '/');
    long refusals = memory_refusals();
    build.folder =
        slash ? arena_slice(arena, settings->file, (size_t)(slash + 1 - settings->file)) : "";
    if (!project || !build.folder) {
        return error_memory(error);
    }
    project->file = arena_text(arena, settings->file);
    project->folder = build.folder;
    enum status status = json_parse(arena, text, size, &build.root, error);
    if (status == STATUS_OK) {
        status = root_parse(&build, project);
    }
    if (memory_refusals() != refusals) { /* a message, too, can be cut by it */
        error_clear(error);
        return error_memory(error);
    }
    if (status != STATUS_OK) {
        error_at(error, "%s", settings->file);
        suggest_printable(error);
        return status;
    }
    *out = project;
    return STATUS_OK;
}

enum status project_read(const struct project_settings *settings, struct arena *arena,
                         const struct project **out, struct error *error)
{
    struct buffer text = {.limit = PROJECT_FILE_MAX + 128 * 1024};
    enum status status = project_file_read(settings->file, PROJECT_FILE_MAX, &text, error);
    if (status != STATUS_OK) {
        error_at(error, "%s", settings->file);
    } else {
        status = project_parse(settings, buffer_string(&text), text.size, arena, out, error);
    }
    buffer_free(&text);
    return status;
}
