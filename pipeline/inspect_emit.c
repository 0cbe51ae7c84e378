/* SPDX-License-Identifier: MIT
 * Emitted files among what was found: whether they lie there, and what their emitters find wrong
 * with them. Knows no emitter by name. */
#include <string.h>

#include "inspect_state.h"
#include "memory.h"
#include "text.h"

static const char *const fault_rules[] = {[EMIT_DAMAGED] = "damaged",
                                          [EMIT_DANGLING] = "dangling",
                                          [EMIT_UNNAMED] = "unnamed",
                                          [EMIT_STATED] = "stated"};

/* ---- What an emitter may ask ------------------------------------------------------------------
 */

struct asked { /* behind emit_inspection.engine */
    struct inspection *inspection;
    const struct plan *plan; /* of the guessed image */
    const struct plan_emitted *emitted;
};

static struct inspection *inspection_of(const struct emit_inspection *asked)
{
    const struct asked *engine = asked->engine;
    return engine->inspection;
}

/* The found file at a path of the preset. */
static struct found_file *file_at(const struct inspection *inspection, const char *path)
{
    const char *whole = base_found(inspection, path);
    return whole ? found_find(inspection->found, whole) : NULL;
}

static const struct emit_found *emit_look(const struct emit_inspection *asked, const char *path)
{
    struct inspection *inspection = inspection_of(asked);
    struct found_file *file = file_at(inspection, path);
    struct emit_found *out = file ? arena_alloc(asked->arena, sizeof(*out)) : NULL;
    struct error error = {0};
    if (!file || !out) {
        inspection->failed = inspection->failed || file;
        return NULL;
    }
    if (found_look(inspection->found, &file, 1, 1, &error) != STATUS_OK) {
        inspection->failed = true;
        return NULL;
    }
    *out = (struct emit_found){.path = path,
                               .format = file->format,
                               .width = file->known ? file->facts.width : 0,
                               .height = file->known ? file->facts.height : 0};
    return out;
}

static const char *const *emit_list(const struct emit_inspection *asked, const char *folder)
{
    static const char *const none[] = {NULL};
    struct inspection *inspection = inspection_of(asked);
    const struct found *found = inspection->found;
    const char **paths = arena_array(asked->arena, found->count + 1, sizeof(*paths));
    size_t count = 0, length = folder ? strlen(folder) : 0;
    for (size_t i = 0; paths && i < found->count; i++) {
        const char *path = base_below(inspection, inspection->base, found->files[i].path);
        if (path &&
            (!folder || (strncmp(path, folder, length) == 0 && !strchr(path + length, '/')))) {
            paths[count++] = path;
        }
    }
    inspection->failed = inspection->failed || !paths;
    return paths ? paths : none;
}

static void rendition_planned(const struct plan_rendition *rendition, struct record_rendition *out)
{
    const struct step *step = &rendition->leaf->step;
    const struct format_info *format = format_info(step->choice.format);
    *out = (struct record_rendition){.path = rendition->path,
                                     .preset = rendition->line->preset,
                                     .output = rendition->line->output,
                                     .input = rendition->leaf->input->name,
                                     .format = step->choice.format,
                                     .mime = format->mime,
                                     .width = step->in.width,
                                     .height = step->in.height,
                                     .frames = step->in.frames,
                                     .alpha = step->in.alpha && format->alpha,
                                     .entries = rendition->entries,
                                     .entry_count = rendition->entry_count};
}

static const char *emit_expected(const struct emit_inspection *asked)
{
    const struct asked *engine = asked->engine;
    const struct plan *plan = engine->plan;
    struct record_rendition *renditions =
        arena_array(asked->arena, plan->rendition_count + 1, sizeof(*renditions));
    struct record_set set = {.source = {.path = "", .name = plan->subject.name, .dir = ""},
                             .preset = engine->emitted->recipe->name,
                             .renditions = renditions};
    const struct record_set *const sets[] = {&set};
    const struct emit_job job = {.path = engine->emitted->path,
                                 .preset = set.preset,
                                 .options = asked->options,
                                 .sets = sets,
                                 .set_count = 1};
    struct buffer text = {0};
    struct error ignored = {0};
    for (size_t i = 0; renditions && i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state == RENDITION_PLANNED && rendition->path &&
            emit_line_takes(engine->emitted->line, engine->emitted->recipe, rendition->line)) {
            rendition_planned(rendition, &renditions[set.rendition_count++]);
        }
    }
    bool written = renditions && engine->emitted->emitter->emit(&job, &text, &ignored) == STATUS_OK;
    const char *kept =
        written && !buffer_failed(&text) ? arena_text(asked->arena, buffer_string(&text)) : NULL;
    buffer_free(&text);
    return kept;
}

static void emit_generated(const struct emit_inspection *asked, const char *path)
{
    struct found_file *file = file_at(inspection_of(asked), path);
    if (file) {
        file->generated = true;
    }
}

/* A file that is missing, or wrong in itself, is not said to be so once more by those who name it.
 */
static void emit_fault(const struct emit_inspection *asked, enum emit_fault fault,
                       const char *about, const char *wrong, const char *allowed)
{
    struct inspection *inspection = inspection_of(asked);
    const char *path = wrong && allowed ? base_path(inspection, asked->path) : NULL;
    const char *other = about ? base_path(inspection, about) : NULL;
    const char *above = inspection->base->add;
    if (path && fault == EMIT_DANGLING && *above && !(about && text_starts(about, above))) {
        return; /* it may lie outside of the folder that was given */
    }
    if (!path || (about && !other)) {
        inspection->failed = true;
    } else if (!other || !finding_there(inspection, other)) {
        finding_add(inspection, path, fault_rules[fault], NULL, wrong, allowed);
    }
}

/* ---- One emitted file -------------------------------------------------------------------------
 */

static enum status text_inspect(struct asked *engine, const struct found_file *file,
                                struct error *error)
{
    struct inspection *inspection = engine->inspection;
    const struct plan_emitted *emitted = engine->emitted;
    struct source source = {0};
    struct error wrong = {0};
    const struct emitter *emitter = emitted->emitter;
    void *options = arena_alloc(inspection->arena, emitter->file_size + 1);
    struct emit_inspection asked = {.path = emitted->path,
                                    .preset = emitted->recipe->name,
                                    .options = options,
                                    .arena = inspection->arena,
                                    .engine = engine,
                                    .look = emit_look,
                                    .list = emit_list,
                                    .expected = emit_expected,
                                    .generated = emit_generated,
                                    .fault = emit_fault};
    if (!options) {
        return error_memory(error);
    }
    enum status status = options_default(emitter->file_options, inspection->arena, options, error);
    if (status == STATUS_OK) {
        status = options_parse(emitter->file_options, emitter->name, emitted->options, NULL,
                               inspection->arena, options, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    status = found_read(inspection->found, file, &source, &wrong);
    if (status != STATUS_OK && error_is_memory(&wrong)) {
        return error_memory(error);
    }
    if (status != STATUS_OK) {
        emit_fault(&asked, EMIT_DAMAGED, NULL, wrong.message, "must be readable");
        return STATUS_OK;
    }
    asked.text = arena_slice(inspection->arena, (const char *)source.bytes, source.size);
    asked.size = source.size;
    source_release(&source);
    return asked.text ? emitter->inspect(&asked, error) : error_memory(error);
}

static bool emitted_new(struct inspection *inspection, const char *path)
{
    for (size_t i = 0; i < inspection->emitted_count; i++) {
        if (strcmp(inspection->emitted[i], path) == 0) {
            return false;
        }
    }
    const char **slot =
        arena_push(inspection->arena, &inspection->emitted, &inspection->emitted_count,
                   &inspection->emitted_capacity, sizeof(*slot));
    if (slot) {
        *slot = arena_text(inspection->arena, path);
    }
    inspection->failed = inspection->failed || !slot || !*slot;
    return slot && *slot;
}

enum status emitted_judge(struct inspection *inspection, const struct plan *plan,
                          struct error *error)
{
    enum status status = STATUS_OK;
    for (size_t i = 0; i < plan->emitted_count && status == STATUS_OK; i++) {
        const struct plan_emitted *emitted = &plan->emitted[i];
        const struct found_file *file = file_at(inspection, emitted->path);
        const char *path = base_path(inspection, emitted->path);
        if (!path) {
            return error_memory(error);
        }
        if (!text_starts(emitted->path, inspection->base->add) || !emitted_new(inspection, path)) {
            continue;
        }
        if (!file && emitted->emitter->needed) {
            finding_add(inspection, path, "missing", NULL, "is not there", "is required");
        } else if (file && emitted->emitter->inspect) {
            struct asked engine = {inspection, plan, emitted};
            status = text_inspect(&engine, file, error);
        }
    }
    return status;
}
