/* SPDX-License-Identifier: MIT
 * Files: the words that only the plan knows, and one path for each rendition and emitted file. */
#include "plan_build.h"

#include <ctype.h>
#include <string.h>

#include "memory.h"
#include "text.h"

/* ---- The words
 * ----------------------------------------------------------------------------------- */

static struct value *words_common(struct planner *planner, const struct recipe *recipe,
                                  enum names_rule rule, const char *preset, struct error *error)
{
    const char *name = plan_name(planner, rule, preset, error);
    if (!name) {
        return NULL;
    }
    struct arena *arena = planner->arena;
    struct value *words = value_object(arena);
    words = value_set(arena, words, "name", value_text(arena, name));
    words = value_set(arena, words, "dir", value_text(arena, planner->plan->subject.dir));
    words = value_set(arena, words, "preset", value_text(arena, recipe->name));
    if (!words) {
        error_memory(error);
    }
    return words;
}

static struct value *words_of(struct planner *planner, const struct plan_rendition *rendition,
                              struct error *error)
{
    const struct step *step = &rendition->leaf->step;
    const struct format_info *format = format_info(step->choice.format);
    char hash[33];
    hash_text(step->key, hash);
    struct arena *arena = planner->arena;
    struct value *words = words_common(planner, rendition->recipe, rendition->line->names,
                                       rendition->line->preset, error);
    if (!words) {
        return NULL;
    }
    words = value_set(arena, words, "width", value_int(arena, step->in.width));
    words = value_set(arena, words, "height", value_int(arena, step->in.height));
    words = value_set(arena, words, "format", value_text(arena, format->name));
    words = value_set(arena, words, "ext", value_text(arena, format->extension));
    words = value_set(arena, words, "hash", value_text(arena, hash));
    if (!words) {
        error_memory(error);
    }
    return words;
}

/* ---- Paths -------------------------------------------------------------------------------------
 */

static enum status path_refuse(const char *path, const char *why, struct error *error)
{
    return error_set(error, STATUS_REFUSED, "path '%s' %s", path, why);
}

/* A path below the output folder: relative, no empty, "." or ".." component, no control character,
 * valid UTF-8. */
static enum status path_check(const char *path, struct error *error)
{
    if (!*path) {
        return path_refuse(path, "is empty", error);
    }
    for (const char *part = path; part;) {
        const char *end = strchr(part, '/');
        size_t length = end ? (size_t)(end - part) : strlen(part);
        if (length == 0) {
            return path_refuse(path,
                               part == path ? "is absolute; it must stay below the output folder"
                                            : "has an empty component",
                               error);
        }
        if (length > 255) {
            return path_refuse(path, "has a component of more than 255 bytes", error);
        }
        if ((length == 1 && part[0] == '.') || (length == 2 && part[0] == '.' && part[1] == '.')) {
            return path_refuse(path, "leaves the output folder or names it", error);
        }
        part = end ? end + 1 : NULL;
    }
    for (const unsigned char *c = (const unsigned char *)path; *c; c++) {
        if (iscntrl(*c)) {
            return error_set(error, STATUS_REFUSED, "a path has the control character 0x%02x", *c);
        }
    }
    return text_is_utf8(path, strlen(path))
               ? STATUS_OK
               : error_set(error, STATUS_REFUSED, "a path is not valid UTF-8");
}

static enum status path_fill(struct planner *planner, const struct value *template_text,
                             const struct value *words, const char *folder, const char **out,
                             struct error *error)
{
    struct scope scope = {.object = words};
    const struct value *filled = NULL;
    struct buffer text = {0};
    enum status status =
        template_finish(template_text, &scope, NULL, planner->arena, &filled, error);
    if (status != STATUS_OK) {
        return status;
    }
    buffer_text(&text, folder);
    if (!value_words(&text, filled)) {
        buffer_free(&text);
        return error_set(error, STATUS_USAGE, "'path' is no text");
    }
    const char *path = buffer_failed(&text) ? NULL : arena_text(planner->arena, text.data);
    buffer_free(&text);
    if (!path) {
        return error_memory(error);
    }
    status = path_check(path, error);
    if (status == STATUS_OK) {
        *out = path;
    }
    return status;
}

static enum status entries_fill(struct planner *planner, struct plan_rendition *rendition,
                                const struct value *words, struct error *error)
{
    const struct output_line *line = rendition->line;
    struct record_entry *entries =
        arena_array(planner->arena, line->emit_count, sizeof(struct record_entry));
    struct scope scope = {.object = words};
    if (!entries) {
        return error_memory(error);
    }
    for (size_t i = 0; i < line->emit_count; i++) {
        entries[i].emitter = line->emits[i].emitter->name;
        if (template_finish(line->emits[i].options, &scope, NULL, planner->arena,
                            &entries[i].options, error) != STATUS_OK) {
            return error->status;
        }
    }
    rendition->entries = entries;
    rendition->entry_count = line->emit_count;
    return STATUS_OK;
}

static enum status rendition_name(struct planner *planner, struct plan_rendition *rendition,
                                  struct error *error)
{
    const struct value *words = words_of(planner, rendition, error);
    if (!words) {
        return error->status;
    }
    enum status status = entries_fill(planner, rendition, words, error);
    if (status == STATUS_OK && !rendition->line->inlined) {
        status = path_fill(planner, rendition->line->path, words, rendition->recipe->out,
                           &rendition->path, error);
        status = status == STATUS_OK
                     ? plan_name_check(rendition->line->names, rendition->path, error)
                     : status;
    }
    return status == STATUS_OK ? status : error_at(error, "%s", rendition->line->where);
}

/* ---- Emitted files
 * ------------------------------------------------------------------------------- */

static bool rendition_is_in(const struct plan_rendition *rendition, const struct recipe *recipe,
                            const struct emit_line *line)
{
    if (rendition->recipe != recipe || rendition->state == RENDITION_DROPPED ||
        !emit_line_takes(line, recipe, rendition->line)) {
        return false;
    }
    bool in = line->emitter->takes_all;
    for (size_t i = 0; !in && i < rendition->entry_count; i++) {
        in = strcmp(rendition->entries[i].emitter, line->emitter->name) == 0;
    }
    return in;
}

static bool emitter_has_entries(const struct plan *plan, const struct recipe *recipe,
                                const struct emit_line *line)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        if (rendition_is_in(&plan->renditions[i], recipe, line)) {
            return true;
        }
    }
    return false;
}

static enum status emitted_push(struct planner *planner, struct plan_emitted emitted,
                                struct error *error)
{
    struct plan_emitted *slot =
        arena_push(planner->arena, &planner->plan->emitted, &planner->plan->emitted_count,
                   &planner->emitted_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = emitted;
    return STATUS_OK;
}

/* Files beside those of its entries: the emitter says where, from paths without the recipe's
 * folder. */
static enum status emitted_place(struct planner *planner, struct plan_emitted emitted,
                                 struct error *error)
{
    const struct plan *plan = planner->plan;
    const struct recipe *recipe = emitted.recipe;
    const char **paths = arena_array(planner->arena, plan->rendition_count, sizeof(*paths));
    const char *const *places = NULL;
    size_t count = 0, place_count = 0;
    if (!paths) {
        return error_memory(error);
    }
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->path && rendition_is_in(rendition, recipe, emitted.line)) {
            paths[count++] = rendition->path + strlen(recipe->out);
        }
    }
    enum status status =
        emitted.emitter->places(paths, count, planner->arena, &places, &place_count, error);
    for (size_t i = 0; status == STATUS_OK && i < place_count; i++) {
        emitted.path = arena_format(planner->arena, "%s%s", recipe->out, places[i]);
        status = emitted.path ? emitted_push(planner, emitted, error) : error_memory(error);
    }
    return status;
}

static enum status emitted_add(struct planner *planner, const struct recipe *recipe,
                               const struct emit_line *line, struct error *error)
{
    const struct value *words = words_common(planner, recipe, line->names, line->preset, error);
    struct scope scope = {.object = words};
    struct plan_emitted emitted = {.recipe = recipe, .line = line, .emitter = line->emitter};
    if (!words) {
        return error->status;
    }
    enum status status =
        template_finish(line->options, &scope, NULL, planner->arena, &emitted.options, error);
    if (status == STATUS_OK && line->emitter->places) {
        status = emitted_place(planner, emitted, error);
    } else if (status == STATUS_OK) {
        status = path_fill(planner, value_get(line->options, "path"), words, recipe->out,
                           &emitted.path, error);
        status = status == STATUS_OK ? emitted_push(planner, emitted, error) : status;
    }
    return status == STATUS_OK ? status : error_at(error, "%s", line->where);
}

static struct hash plan_key(const struct plan *plan)
{
    struct hash key = {0};
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        key = hash_mix_text(key, rendition->path);
        key = hash_mix_hash(key, rendition->leaf ? rendition->leaf->step.key : (struct hash){0});
        for (size_t j = 0; j < rendition->entry_count; j++) {
            key = value_mix(key, rendition->entries[j].options);
        }
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        key = hash_mix_text(key, plan->emitted[i].path);
        key = value_mix(key, plan->emitted[i].options);
        key = hash_mix(key, &plan->emitted[i].emitter->version, sizeof(unsigned));
    }
    return key;
}

enum status plan_name_files(struct planner *planner, struct error *error)
{
    struct plan *plan = planner->plan;
    for (size_t i = 0; i < plan->rendition_count; i++) {
        if (plan->renditions[i].state == RENDITION_PLANNED &&
            rendition_name(planner, &plan->renditions[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t i = 0; i < plan->recipe_count; i++) {
        const struct recipe *recipe = plan->recipes[i];
        for (size_t j = 0; j < recipe->emit_count; j++) {
            const struct emit_line *line = &recipe->emits[j];
            if (emitter_has_entries(plan, recipe, line) &&
                emitted_add(planner, recipe, line, error) != STATUS_OK) {
                return error->status;
            }
        }
    }
    plan->key = plan_key(plan);
    return STATUS_OK;
}
