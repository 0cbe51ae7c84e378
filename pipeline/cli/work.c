/* SPDX-License-Identifier: MIT
 * See work.h: a project opened, its images in groups, some of them chosen. */
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

#include "generated.h"
#include "library.h"
#include "text.h"
#include "work.h"

/* ---- Files ---------------------------------------------------------------------------------- */

static enum status find_files(void *data, const char *pattern, struct arena *arena,
                              const struct project_found **out, size_t *count, struct error *error)
{
    struct work *work = data;
    struct inputs inputs = {0};
    const char *const words[] = {pattern};
    const struct inputs_request request = {.words = words, .count = 1, .recursive = true};
    (void)work;
    if (strcmp(pattern, "-") == 0) {
        return error_set(error, STATUS_USAGE, "a project takes no standard input");
    }
    if (inputs_collect(&request, arena, &inputs, error) != STATUS_OK) {
        return error->status;
    }
    struct project_found *found = arena_array(arena, inputs.count + 1, sizeof(*found));
    if (!found) {
        return error_memory(error);
    }
    for (size_t i = 0; i < inputs.count; i++) {
        found[i] =
            (struct project_found){inputs.list[i].path, inputs.list[i].name, inputs.list[i].dir};
    }
    *out = found;
    *count = inputs.count;
    return STATUS_OK;
}

/* ---- Groups --------------------------------------------------------------------------------- */

static bool same_presets(const struct work_group *group, const struct work_group *other)
{
    if (strcmp(group->out, other->out) != 0 || group->preset_count != other->preset_count) {
        return false;
    }
    for (size_t i = 0; i < group->preset_count; i++) {
        const struct batch_preset *one = &group->presets[i], *two = &other->presets[i];
        bool changes = one->changes && two->changes ? value_equal(one->changes, two->changes)
                                                    : one->changes == two->changes;
        if (strcmp(one->preset->file, two->preset->file) != 0 || !changes) {
            return false;
        }
    }
    return true;
}

static enum status group_read(struct work *work, const struct project_image *image,
                              struct work_group *out, struct error *error)
{
    struct arena *arena = work->cli->arena;
    struct batch_preset *presets = arena_array(arena, image->preset_count, sizeof(*presets));
    if (!presets) {
        return error_memory(error);
    }
    for (size_t i = 0; i < image->preset_count; i++) {
        const struct project_preset *said = &image->presets[i];
        if (preset_read(&work->request.library, said->name, arena, &presets[i].preset, error) !=
            STATUS_OK) {
            return error_at(error, "%s", said->place);
        }
        presets[i].changes = said->changes;
        for (size_t other = 0; other < i; other++) {
            if (strcmp(presets[other].preset->name, presets[i].preset->name) == 0) {
                error_set(error, STATUS_USAGE, "preset '%s' is asked for twice",
                          presets[i].preset->name);
                return error_at(error, "%s", said->place);
            }
        }
    }
    *out = (struct work_group){
        .presets = presets, .preset_count = image->preset_count, .out = image->out};
    return STATUS_OK;
}

static enum status group_expand(struct work *work, const struct project_image *image,
                                struct work_group *group, struct error *error)
{
    struct arena *arena = work->cli->arena;
    group->recipes = arena_array(arena, group->preset_count + 1, sizeof(*group->recipes));
    if (!group->recipes) {
        return error_memory(error);
    }
    for (size_t i = 0; i < group->preset_count; i++) {
        if (recipe_expand(&work->request.library, group->presets[i].preset,
                          group->presets[i].changes, arena, &group->recipes[i],
                          error) != STATUS_OK) {
            return image ? error_at(error, "%s", image->presets[i].place) : error->status;
        }
    }
    return STATUS_OK;
}

static enum status group_of(struct work *work, const struct project_image *image, int *out,
                            struct error *error)
{
    struct work_group group;
    if (group_read(work, image, &group, error) != STATUS_OK) {
        return error->status;
    }
    for (size_t i = work->group_count; i-- > 0;) {
        if (same_presets(&work->groups[i], &group)) {
            *out = (int)i;
            return STATUS_OK;
        }
    }
    if (request_out_check("out", image->out, error) != STATUS_OK) {
        return error_at(error, "%s: %s", work->project->file, image->place);
    }
    if (group_expand(work, image, &group, error) != STATUS_OK) {
        return error->status;
    }
    struct work_group *slot = arena_push(work->cli->arena, &work->groups, &work->group_count,
                                         &work->group_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = group;
    *out = (int)work->group_count - 1;
    return STATUS_OK;
}

/* ---- Named inputs are those that a preset knows --------------------------------------------- */

static const char *input_name_at(const void *data, size_t i)
{
    const struct work_group *group = data;
    for (size_t p = 0; p < group->preset_count; p++) {
        const struct value *inputs = group->recipes[p]->inputs;
        size_t count = inputs ? inputs->object.count : 0;
        if (i < count) {
            return inputs->object.members[i].key;
        }
        i -= count;
    }
    return NULL;
}

static bool group_takes(const struct work_group *group, const char *name)
{
    const char *known;
    for (size_t i = 0; (known = input_name_at(group, i)); i++) {
        if (strcmp(known, name) == 0) {
            return true;
        }
    }
    return false;
}

/* An image may have inputs for presets that it does not get now: a name that some preset in sight
 * knows is no slip. */
static bool some_preset_takes(const struct work *work, const char *name)
{
    struct arena *arena = arena_new();
    const char *const *names = NULL;
    struct error ignored = {0};
    bool takes = false;
    if (arena && preset_names(&work->request.library, arena, &names, &ignored) == STATUS_OK) {
        for (size_t i = 0; names[i] && !takes; i++) {
            const struct preset *preset = NULL;
            takes = preset_read(&work->request.library, names[i], arena, &preset, &ignored) ==
                        STATUS_OK &&
                    preset->inputs && value_get(preset->inputs, name);
        }
    }
    arena_free(arena);
    return takes;
}

static enum status input_check(const struct work *work, const struct work_image *image,
                               const char *name, bool made, struct error *error)
{
    const struct work_group *group = &work->groups[image->group];
    if (group_takes(group, name) || (!made && some_preset_takes(work, name))) {
        return STATUS_OK;
    }
    (void)unknown_name(error, "input", name, input_name_at, group);
    return error_at(error, "%s: %s/inputs", work->project->file, image->image->place);
}

static enum status inputs_check(const struct work *work, const struct work_image *image,
                                struct error *error)
{
    const struct value *inputs = image->image->inputs;
    for (size_t i = 0; inputs && i < inputs->object.count; i++) {
        if (input_check(work, image, inputs->object.members[i].key, false, error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t i = 0; i < image->image->made_input_count; i++) {
        if (input_check(work, image, image->image->made_inputs[i].name, true, error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

/* ---- No two images make the same files ------------------------------------------------------ */

struct target {
    const char *key; /* folder, preset, ${dir}, ${name} */
    const struct project_image *image;
    const char *preset;
};

static int compare_targets(const void *a, const void *b)
{
    const struct target *one = a, *other = b;
    int order = strcmp(one->key, other->key);
    return order ? order : (one->image > other->image) - (one->image < other->image);
}

/* Names with ${hash} in them are told apart by what they hold. */
static bool names_by_hash(const struct recipe *recipe)
{
    for (size_t i = 0; i < recipe->line_count; i++) {
        const struct value *path = recipe->lines[i].path;
        if (path && path->type == VALUE_TEXT && !strstr(path->text, "${hash")) {
            return false;
        }
    }
    return true;
}

static enum status targets_collect(const struct work *work, struct target **out, size_t *count,
                                   struct error *error)
{
    struct arena *arena = work->cli->arena;
    size_t capacity = 0;
    for (size_t i = 0; i < work->project->image_count; i++) {
        const struct project_image *image = &work->project->images[i];
        const struct work_group *group =
            work->images[i].group == WORK_NO_GROUP ? NULL : &work->groups[work->images[i].group];
        for (size_t p = 0; group && p < group->preset_count; p++) {
            const struct recipe *recipe = group->recipes[p];
            if (names_by_hash(recipe)) {
                continue;
            }
            struct target *target = arena_push(arena, out, count, &capacity, sizeof(*target));
            const char *key = arena_format(arena, "%s\n%s\n%s\n%s%s", group->out, recipe->out,
                                           recipe->name, image->dir, image->name);
            if (!target || !key) {
                return error_memory(error);
            }
            *target = (struct target){key, image, recipe->name};
        }
    }
    return STATUS_OK;
}

/* Batches are made one after the other, so that a later one would write over an earlier one. */
static enum status targets_check(const struct work *work, struct error *error)
{
    struct target *targets = NULL;
    size_t count = 0;
    if (targets_collect(work, &targets, &count, error) != STATUS_OK) {
        return error->status;
    }
    if (count > 0) {
        qsort(targets, count, sizeof(*targets), compare_targets);
    }
    for (size_t i = 1; i < count; i++) {
        const struct project_image *one = targets[i - 1].image, *other = targets[i].image;
        if (strcmp(targets[i - 1].key, targets[i].key) == 0) {
            error_set(error, STATUS_USAGE,
                      "'%s' and '%s' would both make the files '%s%s…' of '%s' in '%s'", one->id,
                      other->id, other->dir, other->name, targets[i].preset, other->out);
            return error_at(error, "%s: %s", work->project->file, other->place);
        }
    }
    return STATUS_OK;
}

/* ---- Opened --------------------------------------------------------------------------------- */

static enum status images_begin(struct work *work, struct error *error)
{
    const struct project *project = work->project;
    if (batch_claims_new(&work->request.batch.claims, error) != STATUS_OK) {
        return error->status;
    }
    work->images = arena_array(work->cli->arena, project->image_count + 1, sizeof(*work->images));
    if (!work->images) {
        return error_memory(error);
    }
    for (size_t i = 0; i < project->image_count; i++) {
        work->images[i] = (struct work_image){.image = &project->images[i],
                                              .group = WORK_NO_GROUP,
                                              .price = -1,
                                              .path = project->images[i].source};
    }
    return STATUS_OK;
}

static enum status groups_begin(struct work *work, struct error *error)
{
    for (size_t i = 0; i < work->project->image_count; i++) {
        struct work_image *image = &work->images[i];
        if (image->image->preset_count > 0 &&
            (group_of(work, image->image, &image->group, error) != STATUS_OK ||
             inputs_check(work, image, error) != STATUS_OK)) {
            return error->status;
        }
    }
    return targets_check(work, error);
}

/* The project's own folders for presets and state, where nothing else was said. */
static enum status folders_begin(struct work *work, struct error *error)
{
    struct cli *cli = work->cli;
    const char *folder = work->project->folder;
    if (*folder && !*cli->globals.preset_folder) {
        const char *presets = arena_format(cli->arena, "%spresets", folder);
        work->request.library.folder = NULL;
        if (!presets) {
            return error_memory(error);
        }
        if (library_there(presets)) {
            work->request.library.folder = presets;
        }
    }
    if (!work->request.batch.state) {
        work->request.batch.state = arena_format(cli->arena, "%s.picset", folder);
        return work->request.batch.state ? STATUS_OK : error_memory(error);
    }
    return STATUS_OK;
}

enum status work_open(struct cli *cli, const struct make_options *options, struct work *out,
                      struct error *error)
{
    *out = (struct work){.cli = cli, .options = options};
    const struct project_settings settings = {
        .file = options->project, .find = find_files, .data = out};
    if (project_read(&settings, cli->arena, &out->project, error) != STATUS_OK) {
        return error->status;
    }
    struct request_options request = options->request;
    request.out = NULL; /* each image has its own */
    if (request_begin(cli, &request, &out->request, error) != STATUS_OK ||
        folders_begin(out, error) != STATUS_OK || images_begin(out, error) != STATUS_OK) {
        return error->status;
    }
    return groups_begin(out, error);
}

enum status work_open_one(struct cli *cli, const struct make_options *options,
                          const struct project *project, struct work *out, struct error *error)
{
    *out = (struct work){.cli = cli, .options = options, .project = project};
    if (request_begin(cli, &options->request, &out->request, error) != STATUS_OK ||
        request_presets(cli, &options->request, &out->request, error) != STATUS_OK ||
        images_begin(out, error) != STATUS_OK) {
        return error->status;
    }
    struct work_group *group = arena_push(cli->arena, &out->groups, &out->group_count,
                                          &out->group_capacity, sizeof(*group));
    if (!group) {
        return error_memory(error);
    }
    *group = (struct work_group){.presets = out->request.batch.presets,
                                 .preset_count = out->request.batch.preset_count,
                                 .out = options->request.out};
    for (size_t i = 0; i < project->image_count; i++) {
        out->images[i].group = 0;
    }
    return group_expand(out, NULL, group, error);
}

void work_close(struct work *work)
{
    service_close(&work->service);
    batch_claims_free(work->request.batch.claims);
}

/* ---- Chosen --------------------------------------------------------------------------------- */

static void ask_image(struct work *work, size_t i)
{
    struct work_image *image = &work->images[i];
    if (!image->image->source && !image->asked) {
        image->asked = true;
        work->asked_count++;
    }
}

static void want_image(struct work *work, size_t i)
{
    struct work_image *image = &work->images[i];
    if (image->wanted) {
        return;
    }
    image->wanted = image->group != WORK_NO_GROUP;
    work->wanted_count += image->wanted;
    ask_image(work, i);
    for (size_t m = 0; m < image->image->made_input_count; m++) {
        ask_image(work, image->image->made_inputs[m].image);
    }
}

/* What the chosen ones refer to, and so on: as many passes as the longest chain has links. */
static void ask_for_references(struct work *work)
{
    for (size_t before = 0; before != work->asked_count;) {
        before = work->asked_count;
        for (size_t i = 0; i < work->project->image_count; i++) {
            const struct project_image *image = &work->project->images[i];
            for (size_t r = 0; work->images[i].asked && r < image->reference_count; r++) {
                if (image->references[r].id) {
                    ask_image(work, image->references[r].image);
                }
            }
        }
    }
}

static const char *id_at(const void *data, size_t i)
{
    const struct project *project = data;
    return i < project->image_count ? project->images[i].id : NULL;
}

static bool is_meant(const struct project_image *image, const char *word)
{
    return strcmp(image->id, word) == 0 || (image->source && strcmp(image->source, word) == 0) ||
           fnmatch(word, image->id, 0) == 0;
}

enum status work_select(struct work *work, const struct words *ids, struct error *error)
{
    const struct project *project = work->project;
    for (size_t i = 0; i < project->image_count && ids->count == 0; i++) {
        if (!project->images[i].part) {
            want_image(work, i);
        }
    }
    for (size_t w = 0; w < ids->count; w++) {
        bool found = false;
        for (size_t i = 0; i < project->image_count; i++) {
            if (!project->images[i].part && is_meant(&project->images[i], ids->list[w])) {
                want_image(work, i);
                found = true;
            }
        }
        if (!found) {
            (void)unknown_name(error, "id", ids->list[w], id_at, project);
            return error_at(error, "%s", project->file);
        }
    }
    ask_for_references(work);
    return STATUS_OK;
}

bool work_take_job(struct work *work, struct work_image *image, const struct job *job)
{
    struct arena *arena = work->cli->arena;
    image->path = arena_format(arena, "%s/%s", work->service.journal_folder, job->image);
    image->xmp = generated_packet(job, arena);
    image->generation = generated_value(job, work->options->generation.record_prompts, arena);
    image->made = image->path && image->xmp && image->generation;
    return image->made;
}

struct batch_image work_batch_image(const struct work *work, const struct work_image *image,
                                    struct arena *arena)
{
    const struct project_image *said = image->image;
    const struct work_group *group = &work->groups[image->group];
    struct value *inputs = value_object(arena);
    for (size_t i = 0; said->inputs && i < said->inputs->object.count; i++) {
        const struct member *member = &said->inputs->object.members[i];
        if (group_takes(group, member->key)) {
            inputs = value_set(arena, inputs, member->key, member->value);
        }
    }
    for (size_t i = 0; i < said->made_input_count; i++) {
        const char *path = work->images[said->made_inputs[i].image].path;
        if (path) {
            inputs = value_set(arena, inputs, said->made_inputs[i].name, value_text(arena, path));
        }
    }
    return (struct batch_image){
        .path = image->path,
        .id = said->source ? NULL : said->id,
        .name = said->name,
        .dir = said->dir,
        .inputs = inputs,
        .alt = said->alt,
        .focus_given = said->focus_given,
        .focus_x = said->focus_x,
        .focus_y = said->focus_y,
        .xmp = image->xmp,
        .generation = image->generation,
    };
}
