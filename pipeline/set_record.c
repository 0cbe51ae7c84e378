/* SPDX-License-Identifier: MIT
 * A finished set as a record: the plan's words joined with what came out. */
#include "set_run.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

static const struct outcome *outcome_of(const struct set_run *set,
                                        const struct plan_rendition *rendition)
{
    const struct plan_rendition *real =
        rendition->state == RENDITION_SAME ? rendition->same_as : rendition;
    return &set->outcomes[real - set->plan->renditions];
}

static bool is_recorded(const struct set_run *set, const struct plan_rendition *rendition,
                        const struct recipe *recipe)
{
    if (rendition->recipe != recipe || rendition->state == RENDITION_DROPPED ||
        outcome_of(set, rendition)->failed) {
        return false;
    }
    return !rendition->pack_head || rendition->pack_head == rendition;
}

/* "resize 640x427 from 1280x853", one for each step from the source on. */
static enum status reasons_fill(struct set_run *set, const struct plan_node *leaf,
                                struct record_rendition *out, struct error *error)
{
    size_t count = 0, i = 0;
    for (const struct plan_node *node = leaf; node; node = node->parent) {
        count++;
    }
    const char **reasons = arena_array(set->arena, count, sizeof(*reasons));
    const char **warnings = arena_array(set->arena, count + 1, sizeof(*warnings));
    if (!reasons || !warnings) {
        return error_memory(error);
    }
    for (const struct plan_node *node = leaf; node; node = node->parent) {
        const struct choice *choice = &node->step.choice;
        bool chained = node->parent && node->step.stage->scales && node->parent->step.stage->scales;
        const char *detail = choice->detail ? choice->detail : "";
        const char *text =
            chained ? arena_format(set->arena, "%s %s from %dx%d", node->step.stage->name, detail,
                                   node->step.in.width, node->step.in.height)
                    : arena_format(set->arena, "%s%s%s", node->step.stage->name, *detail ? " " : "",
                                   detail);
        if (!text) {
            return error_memory(error);
        }
        reasons[count - ++i] = text;
        if (choice->warning) {
            warnings[out->warning_count++] = choice->warning;
        }
    }
    out->reasons = reasons;
    out->reason_count = count;
    out->warnings = warnings;
    return STATUS_OK;
}

static enum status data_uri(struct set_run *set, const struct plan_rendition *rendition,
                            const struct outcome *outcome, const char **out, struct error *error)
{
    struct buffer text = {0};
    buffer_format(&text, "data:%s;base64,", format_info(rendition->leaf->step.choice.format)->mime);
    text_base64(&text, outcome->bytes.data, outcome->bytes.size);
    *out = buffer_failed(&text) ? NULL : arena_text(set->arena, text.data);
    buffer_free(&text);
    return *out ? STATUS_OK : error_memory(error);
}

/* "16x16 32x32": the members of a joint file, each size once. */
static enum status sizes_fill(struct set_run *set, const struct plan_rendition *head,
                              const char **out, struct error *error)
{
    struct buffer text = {0};
    for (size_t i = 0; i < set->plan->rendition_count; i++) {
        const struct plan_rendition *member = &set->plan->renditions[i];
        if (member->pack_head == head) {
            char size[32];
            snprintf(size, sizeof(size), " %dx%d ", member->leaf->step.in.width,
                     member->leaf->step.in.height);
            if (!strstr(buffer_string(&text), size)) {
                buffer_text(&text, text.size ? size + 1 : size);
            }
        }
    }
    if (text.size > 1) {
        text.data[--text.size] = '\0';
    }
    *out = buffer_failed(&text) ? NULL : arena_text(set->arena, buffer_string(&text) + 1);
    buffer_free(&text);
    return *out ? STATUS_OK : error_memory(error);
}

/* What was made, as it is: of an alternative when the first choice did not fit. */
static enum status rendition_made(struct set_run *set, const struct plan_rendition *rendition,
                                  struct record_rendition *out, struct error *error)
{
    const struct outcome *outcome = outcome_of(set, rendition);
    const struct plan_node *leaf = outcome->fallback ? outcome->fallback : rendition->leaf;
    const struct facts *facts = &leaf->step.in;
    const struct format_info *format = format_info(leaf->step.choice.format);
    *out = (struct record_rendition){.format = leaf->step.choice.format,
                                     .mime = format->mime,
                                     .width = facts->width,
                                     .height = facts->height,
                                     .frames = facts->frames,
                                     .alpha = facts->alpha && format->alpha,
                                     .bytes = outcome->size,
                                     .hash = outcome->hash,
                                     .quality = outcome->quality,
                                     .seconds = (double)(int64_t)(outcome->seconds * 1e4) / 1e4};
    enum status status = reasons_fill(set, leaf, out, error);
    if (status == STATUS_OK && *outcome->chosen) {
        out->chosen = arena_text(set->arena, outcome->chosen);
        status = out->chosen ? STATUS_OK : error_memory(error);
    }
    if (status == STATUS_OK && rendition->pack_head) {
        status = sizes_fill(set, rendition, &out->sizes, error);
    }
    if (status == STATUS_OK && outcome->fallback) {
        const char **warnings = (const char **)(uintptr_t)out->warnings;
        const char *detail = leaf->step.choice.detail;
        const char *warning = arena_format(set->arena, "fallback was used: %s at %dx%d",
                                           detail ? detail : "", facts->width, facts->height);
        warnings[out->warning_count++] = warning;
        status = warning ? STATUS_OK : error_memory(error);
    }
    if (status == STATUS_OK && rendition->line->inlined) {
        status = data_uri(set, rendition, outcome, &out->data_uri, error);
    }
    return status;
}

static enum status rendition_record(struct set_run *set, const struct plan_rendition *rendition,
                                    struct record_rendition *out, struct error *error)
{
    const struct outcome *outcome = outcome_of(set, rendition);
    enum status status = STATUS_OK;
    if (outcome->before) {
        *out = *outcome->before;
    } else {
        status = rendition_made(set, rendition, out, error);
    }
    out->path = rendition->path ? rendition->path + strlen(rendition->recipe->out) : NULL;
    out->preset = rendition->line->preset;
    out->output = rendition->line->output;
    out->input = rendition->leaf->input->name;
    out->key = rendition->leaf->step.key;
    out->entries = rendition->entries;
    out->entry_count = rendition->entry_count;
    return status;
}

static void source_record(const struct set_run *set, struct record_source *out)
{
    const struct subject_input *main = &set->plan->subject.inputs[0];
    bool turned = main->facts.orientation >= 5;
    *out = (struct record_source){.path = set->item->path,
                                  .name = set->plan->subject.name,
                                  .dir = set->plan->subject.dir,
                                  .hash = main->source->hash,
                                  .bytes = (int64_t)main->source->size,
                                  .width = turned ? main->facts.height : main->facts.width,
                                  .height = turned ? main->facts.width : main->facts.height,
                                  .frames = main->facts.frames,
                                  .format = main->facts.format,
                                  .alpha = main->facts.alpha,
                                  .c2pa = set->item->c2pa,
                                  .alt = set->plan->subject.alt,
                                  .generation = set->item->image->generation};
}

/* The files that take part of this set. Renditions stand in the order of the recipe's lines, so
 * what a file may take is one stretch of them. */
static enum status emitted_record(const struct set_run *set, const struct recipe *recipe,
                                  struct record_set *out, struct error *error)
{
    const struct plan *plan = set->plan;
    struct record_emitted *list = arena_array(set->arena, plan->emitted_count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t e = 0; e < plan->emitted_count; e++) {
        const struct plan_emitted *emitted = &plan->emitted[e];
        if (emitted->recipe != recipe) {
            continue;
        }
        struct record_emitted *slot = &list[out->emitted_count++];
        *slot = (struct record_emitted){.emitter = emitted->emitter->name,
                                        .path = emitted->path + strlen(recipe->out),
                                        .options = emitted->options};
        int place = 0;
        for (size_t i = 0; i < plan->rendition_count; i++) {
            const struct plan_rendition *rendition = &plan->renditions[i];
            if (is_recorded(set, rendition, recipe)) {
                bool takes = emit_line_takes(emitted->line, recipe, rendition->line);
                slot->first = takes && slot->count == 0 ? place : slot->first;
                slot->count += takes;
                place++;
            }
        }
    }
    out->emitted = list;
    return STATUS_OK;
}

enum status set_record(struct set_run *set, size_t recipe_index, struct record_set *out,
                       struct error *error)
{
    const struct plan *plan = set->plan;
    const struct recipe *recipe = plan->recipes[recipe_index];
    struct record_rendition *renditions =
        arena_array(set->arena, plan->rendition_count + 1, sizeof(*renditions));
    struct record_dropped *dropped =
        arena_array(set->arena, plan->rendition_count + 1, sizeof(*dropped));
    if (!renditions || !dropped) {
        return error_memory(error);
    }
    *out =
        (struct record_set){.preset = recipe->name, .renditions = renditions, .dropped = dropped};
    source_record(set, &out->source);
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (is_recorded(set, rendition, recipe)) {
            if (rendition_record(set, rendition, &renditions[out->rendition_count++], error) !=
                STATUS_OK) {
                return error->status;
            }
        } else if (rendition->recipe == recipe && rendition->state == RENDITION_DROPPED) {
            dropped[out->dropped_count++] = (struct record_dropped){
                rendition->line->output, rendition->line->cell, rendition->reason};
        }
    }
    if (emitted_record(set, recipe, out, error) != STATUS_OK) {
        return error->status;
    }
    if (set->placeholder_known) {
        out->colour_known = true;
        memcpy(out->colour, set->placeholder.colour, sizeof(out->colour));
        out->thumbhash = *set->placeholder.thumbhash ? set->placeholder.thumbhash : NULL;
        out->blurhash = *set->placeholder.blurhash ? set->placeholder.blurhash : NULL;
    }
    return set_times_record(set, recipe_index, out, error);
}

const struct record_rendition *set_record_find(const struct record_set *record,
                                               const struct plan_rendition *rendition)
{
    const char *path = rendition->path ? rendition->path + strlen(rendition->recipe->out) : NULL;
    for (size_t i = 0; record->preset && i < record->rendition_count; i++) {
        const struct record_rendition *made = &record->renditions[i];
        bool same = path ? made->path && strcmp(made->path, path) == 0
                         : !made->path && strcmp(made->output, rendition->line->output) == 0 &&
                               strcmp(made->preset, rendition->line->preset) == 0;
        if (same && hash_equal(made->key, rendition->leaf->step.key)) {
            return made;
        }
    }
    return NULL;
}
