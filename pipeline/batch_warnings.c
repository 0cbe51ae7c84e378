/* SPDX-License-Identifier: MIT
 * What the plan of a set warns of, in one line for each image and preset: a person who renders
 * sees no plan. Decides nothing. */
#include "batch_state.h"

#include <stdio.h>
#include <string.h>

#include "text.h"

enum { KINDS_MOST = 8 };

/* All warnings of one stage. */
struct kind {
    const struct stage *stage;
    const char *text; /* the first one's */
    bool several;     /* others read otherwise */
    double enlarged;
    size_t files;
    const struct plan_rendition *last; /* that was counted */
};

struct kinds {
    struct kind list[KINDS_MOST];
    size_t count;
};

static struct kind *kind_of(struct kinds *kinds, const struct stage *stage)
{
    for (size_t i = 0; i < kinds->count; i++) {
        if (kinds->list[i].stage == stage) {
            return &kinds->list[i];
        }
    }
    if (kinds->count == KINDS_MOST) {
        return NULL;
    }
    kinds->list[kinds->count] = (struct kind){.stage = stage};
    return &kinds->list[kinds->count++];
}

static void warning_add(struct kinds *kinds, const struct plan_rendition *rendition,
                        const struct step *step)
{
    const struct plan_rendition *file = rendition->pack_head ? rendition->pack_head : rendition;
    struct kind *kind = step->choice.warning ? kind_of(kinds, step->stage) : NULL;
    if (!kind) {
        return;
    }
    kind->several = kind->several || (kind->text && strcmp(kind->text, step->choice.warning) != 0);
    kind->text = kind->text ? kind->text : step->choice.warning;
    kind->enlarged =
        step->choice.enlarged > kind->enlarged ? step->choice.enlarged : kind->enlarged;
    kind->files += kind->last != file;
    kind->last = file;
}

static struct kinds kinds_of(const struct plan *plan, const struct recipe *recipe)
{
    struct kinds kinds = {0};
    for (size_t i = 0; i < plan->rendition_count; i++) {
        const struct plan_rendition *rendition = &plan->renditions[i];
        if (rendition->recipe != recipe || rendition->state != RENDITION_PLANNED) {
            continue;
        }
        for (const struct plan_node *node = rendition->leaf; node; node = node->parent) {
            warning_add(&kinds, rendition, &node->step);
        }
    }
    return kinds;
}

static void kind_words(struct buffer *out, const struct kind *kind)
{
    if (kind->files == 1) {
        buffer_text(out, kind->text);
    } else if (kind->enlarged > 0) {
        buffer_format(out, "%zu files enlarged%s ", kind->files, kind->several ? " up to" : "");
        text_times(out, kind->enlarged);
        buffer_text(out, " times");
    } else {
        buffer_format(out, "%s%s (%zu files)", kind->text, kind->several ? ", and the like" : "",
                      kind->files);
    }
}

static void recipe_tell(struct batch *batch, const struct batch_item *item,
                        const struct recipe *recipe)
{
    const struct kinds kinds = kinds_of(item->plan, recipe);
    struct error told = {0};
    struct buffer line = {.limit = sizeof(told.message)};
    bool which = false;
    if (kinds.count == 0) {
        return;
    }
    buffer_format(&line, "%s: ", recipe->name);
    for (size_t i = 0; i < kinds.count; i++) {
        buffer_text(&line, i ? "; " : "");
        kind_words(&line, &kinds.list[i]);
        which = which || kinds.list[i].several;
    }
    buffer_text(&line, which ? ": 'picset plan' says which" : "");
    snprintf(told.message, sizeof(told.message), "%s", buffer_string(&line));
    buffer_free(&line);
    batch_event_send(batch, (struct batch_event){
                                .type = BATCH_WARNING, .source = item->display, .error = &told});
}

static bool doubt_tell(struct batch *batch, const struct batch_item *item,
                       const struct recipe *recipe)
{
    for (size_t i = 0; i < item->plan->emitted_count; i++) {
        const struct plan_emitted *emitted = &item->plan->emitted[i];
        const char *text = emitted->recipe == recipe && emitted->emitter->doubt
                               ? emitted->emitter->doubt(emitted->options, item->arena)
                               : NULL;
        struct error told = {0};
        if (text) {
            snprintf(told.message, sizeof(told.message), "%s: %s: %s", recipe->name,
                     emitted->emitter->name, text);
            batch_event_send(batch, (struct batch_event){.type = BATCH_WARNING,
                                                         .source = item->display,
                                                         .error = &told});
            return true;
        }
    }
    return false;
}

void batch_doubts_tell(struct batch *batch)
{
    for (size_t i = 0; i < batch->recipe_count; i++) {
        bool told = false;
        for (size_t j = 0; j < batch->item_count && !told; j++) {
            const struct batch_item *item = &batch->items[j];
            told = item->plan && doubt_tell(batch, item, batch->recipes[i]);
        }
    }
}

void batch_warnings_tell(struct batch *batch, const struct batch_item *item)
{
    for (size_t i = 0; i < item->plan->recipe_count; i++) {
        recipe_tell(batch, item, item->plan->recipes[i]);
    }
}
