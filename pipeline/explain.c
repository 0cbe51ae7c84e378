/* SPDX-License-Identifier: MIT
 * A plan in words: the text that people read and tests compare, and the JSON document of
 * `picset plan --json`. Decides nothing. */
#include "plan.h"

#include <string.h>

#include "format.h"

/* One file that several presets share is named once. */
static bool emitted_before(const struct plan *plan, size_t i)
{
    for (size_t j = 0; j < i; j++) {
        if (strcmp(plan->emitted[j].path, plan->emitted[i].path) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- Text ------------------------------------------------------------------------------------ */

static void indent(struct buffer *out, int level)
{
    buffer_char(out, ' ');
    for (int i = 0; i < level; i++) {
        buffer_text(out, "  ");
    }
}

static void explain_step(const struct plan_node *node, struct buffer *out)
{
    const struct choice *choice = &node->step.choice;
    buffer_format(out, "%-8s", node->step.stage->name);
    if (choice->detail && *choice->detail) {
        buffer_format(out, " %s", choice->detail);
    }
    if (node->step.stage->kind == STAGE_LOAD) {
        if (node->need < 1) {
            buffer_format(out, " at 1/%d of the size", (int)(1 / node->need + 0.5));
        } else if (!choice->detail && node->input->source) {
            buffer_text(out, " whole image");
        }
        if (node->input->facts.plain) {
            buffer_char(out, ' ');
            facts_words(out, &node->input->facts);
        }
        if (strcmp(node->input->name, "main") != 0 && node->input->name[0] != '#') {
            buffer_format(out, " of '%s'", node->input->name);
        }
    }
    if (node->parent && node->step.stage->scales && node->parent->step.stage->scales) {
        buffer_format(out, " from %dx%d", node->step.in.width, node->step.in.height);
        if (node->step.in.alpha) {
            buffer_text(out, " (straight alpha, premultiplied within the step)");
        }
    }
    if (node->inserted) {
        buffer_format(out, " (put in: %s)", node->inserted);
    }
    if (choice->warning) {
        buffer_format(out, " [warning: %s]", choice->warning);
    }
}

static void explain_leaf(const struct plan *plan, const struct plan_node *node, int level,
                         struct buffer *out)
{
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->leaf != node || rendition->state == RENDITION_DROPPED) {
            continue;
        }
        indent(out, level);
        explain_step(node, out);
        buffer_format(out, " → %s", rendition->path ? rendition->path : "inline");
        if (rendition->state == RENDITION_SAME) {
            buffer_format(out, " (%s)", rendition->reason);
        }
        buffer_char(out, '\n');
        for (size_t j = 0; j < rendition->fallback_count; j++) {
            const struct step *step = &rendition->fallbacks[j]->step;
            indent(out, level + 1);
            buffer_format(out, "else %s at %dx%d\n", step->choice.detail ? step->choice.detail : "",
                          step->in.width, step->in.height);
        }
    }
}

static void explain_node(const struct plan *plan, const struct plan_node *node, int level,
                         bool trunk, struct buffer *out);

/* The trunk, what every file shares, stays at the margin; all else is indented below what it starts
 * from, files first. */
static void explain_children(const struct plan *plan, const struct plan_node *node, int level,
                             bool trunk, struct buffer *out)
{
    const struct plan_node *first = node->first_child;
    bool same = trunk && first && !first->next_sibling && first->step.stage->kind < STAGE_ENCODE;
    for (int leaves = 1; leaves >= 0; leaves--) {
        for (const struct plan_node *child = first; child; child = child->next_sibling) {
            if ((child->step.stage->kind >= STAGE_ENCODE) == (leaves == 1)) {
                explain_node(plan, child, same ? level : level + 1, same, out);
            }
        }
    }
}

static void explain_node(const struct plan *plan, const struct plan_node *node, int level,
                         bool trunk, struct buffer *out)
{
    if (node->step.stage->kind >= STAGE_ENCODE) {
        explain_leaf(plan, node, level, out);
        return;
    }
    indent(out, level);
    explain_step(node, out);
    buffer_char(out, '\n');
    for (const struct plan_skip *skip = node->skips; skip; skip = skip->next) {
        indent(out, level);
        buffer_format(out, "%-8s skipped: %s\n", skip->stage->name, skip->reason);
    }
    explain_children(plan, node, level, trunk, out);
}

static void explain_head(const struct plan *plan, struct buffer *out)
{
    const struct subject_input *main = &plan->subject.inputs[0];
    for (size_t i = 0; i < plan->recipe_count; i++) {
        buffer_format(out, "%s%s", i ? "," : "", plan->recipes[i]->name);
    }
    buffer_format(out, "  %s  ", main->path ? main->path : plan->subject.name);
    facts_words(out, &main->facts);
    buffer_char(out, '\n');
}

void plan_explain(const struct plan *plan, struct buffer *out)
{
    explain_head(plan, out);
    if (plan->refused.status != STATUS_OK) {
        buffer_format(out, " refused  %s\n", plan->refused.message);
        return;
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        if (!plan->nodes[i]->parent && !plan->nodes[i]->alternative) {
            explain_node(plan, plan->nodes[i], 0, true, out);
        }
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        if (!emitted_before(plan, i)) {
            buffer_format(out, " emit     %s → %s\n", plan->emitted[i].emitter->name,
                          plan->emitted[i].path);
        }
    }
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state == RENDITION_DROPPED) {
            buffer_format(out, " dropped  %s/%s%s%s: %s\n", rendition->line->preset,
                          rendition->line->output, *rendition->line->cell ? " " : "",
                          rendition->line->cell, rendition->reason);
        }
    }
    for (size_t i = 0; i < plan->note_count; i++) {
        buffer_format(out, " note     %s\n", plan->notes[i]);
    }
}

/* ---- JSON --------------------------------------------------------------------------------------
 */

static struct value *file_value(const struct plan_rendition *rendition, struct arena *arena)
{
    const struct step *step = &rendition->leaf->step;
    char key[33];
    hash_text(step->key, key);
    struct value *file = value_object(arena);
    file = rendition->path ? value_set(arena, file, "path", value_text(arena, rendition->path))
                           : value_set(arena, file, "inline", value_bool(arena, true));
    file = value_set(arena, file, "preset", value_text(arena, rendition->line->preset));
    file = value_set(arena, file, "output", value_text(arena, rendition->line->output));
    file = value_set(arena, file, "cell", value_text(arena, rendition->line->cell));
    file = value_set(arena, file, "input", value_text(arena, rendition->leaf->input->name));
    file =
        value_set(arena, file, "format", value_text(arena, format_info(step->choice.format)->name));
    file = value_set(arena, file, "width", value_int(arena, step->in.width));
    file = value_set(arena, file, "height", value_int(arena, step->in.height));
    file = value_set(arena, file, "quality",
                     step->choice.quality < 0 ? value_null(arena)
                                              : value_real(arena, step->choice.quality));
    file = value_set(arena, file, "step", value_int(arena, (int64_t)rendition->leaf->index));
    return value_set(arena, file, "key", value_text(arena, key));
}

static struct value *emitted_value(const struct plan_emitted *emitted, struct arena *arena)
{
    struct value *file = value_object(arena);
    file = value_set(arena, file, "path", value_text(arena, emitted->path));
    file = value_set(arena, file, "preset", value_text(arena, emitted->recipe->name));
    return value_set(arena, file, "emitter", value_text(arena, emitted->emitter->name));
}

static struct value *step_value(const struct plan_node *node, struct arena *arena)
{
    const struct step *step = &node->step;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "stage", value_text(arena, step->stage->name));
    value = value_set(arena, value, "from",
                      node->parent ? value_int(arena, (int64_t)node->parent->index)
                                   : value_null(arena));
    value = value_set(arena, value, "detail",
                      value_text(arena, step->choice.detail ? step->choice.detail : ""));
    value = value_set(arena, value, "width", value_int(arena, step->out.width));
    value = value_set(arena, value, "height", value_int(arena, step->out.height));
    value = value_set(arena, value, "scale", value_real(arena, node->need));
    if (node->inserted) {
        value = value_set(arena, value, "inserted", value_text(arena, node->inserted));
    }
    if (step->choice.warning) {
        value = value_set(arena, value, "warning", value_text(arena, step->choice.warning));
    }
    struct value *skipped = value_list(arena);
    for (const struct plan_skip *skip = node->skips; skip; skip = skip->next) {
        struct value *item = value_object(arena);
        item = value_set(arena, item, "stage", value_text(arena, skip->stage->name));
        item = value_set(arena, item, "reason", value_text(arena, skip->reason));
        skipped = value_append(arena, skipped, item);
    }
    return node->skips ? value_set(arena, value, "skipped", skipped) : value;
}

static struct value *source_value(const struct plan *plan, struct arena *arena)
{
    const struct subject_input *main = &plan->subject.inputs[0];
    const struct facts *facts = &main->facts;
    struct value *value = value_object(arena);
    value = value_set(arena, value, "path",
                      value_text(arena, main->path ? main->path : plan->subject.name));
    value = value_set(arena, value, "format", value_text(arena, format_info(facts->format)->name));
    value = value_set(arena, value, "width", value_int(arena, facts->width));
    value = value_set(arena, value, "height", value_int(arena, facts->height));
    value = value_set(arena, value, "frames", value_int(arena, facts->frames));
    value = value_set(arena, value, "orientation", value_int(arena, facts->orientation));
    value = value_set(arena, value, "space", value_text(arena, space_name(facts->space)));
    return value_set(arena, value, "alpha", value_bool(arena, facts->alpha));
}

static struct value *dropped_value(const struct plan_rendition *rendition, struct arena *arena)
{
    struct value *value = value_object(arena);
    value = value_set(arena, value, "preset", value_text(arena, rendition->line->preset));
    value = value_set(arena, value, "output", value_text(arena, rendition->line->output));
    value = value_set(arena, value, "cell", value_text(arena, rendition->line->cell));
    return value_set(arena, value, "reason", value_text(arena, rendition->reason));
}

static struct value *refused_value(const struct plan *plan, struct arena *arena)
{
    struct value *value = value_object(arena);
    value = value_set(arena, value, "status", value_text(arena, status_name(plan->refused.status)));
    return value_set(arena, value, "message", value_text(arena, plan->refused.message));
}

const struct value *plan_value(const struct plan *plan, struct arena *arena)
{
    struct value *document = value_object(arena);
    struct value *files = value_list(arena), *dropped = value_list(arena);
    struct value *emitted = value_list(arena), *steps = value_list(arena);
    struct value *notes = value_list(arena);
    document = value_set(arena, document, "source", source_value(plan, arena));
    if (plan->refused.status != STATUS_OK) {
        return value_set(arena, document, "refused", refused_value(plan, arena));
    }
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->state == RENDITION_PLANNED) {
            files = value_append(arena, files, file_value(rendition, arena));
        } else if (rendition->state == RENDITION_DROPPED) {
            dropped = value_append(arena, dropped, dropped_value(rendition, arena));
        }
    }
    for (size_t i = 0; i < plan->emitted_count; i++) {
        if (!emitted_before(plan, i)) {
            emitted = value_append(arena, emitted, emitted_value(&plan->emitted[i], arena));
        }
    }
    for (size_t i = 0; i < plan->node_count; i++) {
        steps = value_append(arena, steps, step_value(plan->nodes[i], arena));
    }
    for (size_t i = 0; i < plan->note_count; i++) {
        notes = value_append(arena, notes, value_text(arena, plan->notes[i]));
    }
    document = value_set(arena, document, "files", files);
    document = value_set(arena, document, "emitted", emitted);
    document = value_set(arena, document, "dropped", dropped);
    document = value_set(arena, document, "steps", steps);
    return value_set(arena, document, "notes", notes);
}
