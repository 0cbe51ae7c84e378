/* SPDX-License-Identifier: MIT
 * Android takes one extension per name and folder. plans_settle sees to it among what is made; here
 * it is what lies there already, such as last year's x.png beside today's x.webp. */
#include "batch_state.h"

#include <stdio.h>
#include <string.h>

/* Will --prune remove it, as a file of the same image's set that is made no more? */
static bool goes_away(const struct batch *batch, const struct batch_item *item,
                      const struct recipe *recipe, const char *path)
{
    const struct store_set *set =
        batch->request.prune ? store_find(&batch->sets, item->key, recipe->name) : NULL;
    for (size_t i = 0; set && i < set->file_count; i++) {
        if (strcmp(set->files[i].path, path) == 0) {
            return true;
        }
    }
    return false;
}

static void sibling_tell(struct batch *batch, const struct batch_item *item, const char *path,
                         const char *sibling)
{
    struct error note = {0};
    snprintf(note.message, sizeof(note.message),
             "'%.400s' lies beside '%.400s': Android takes one extension per name and folder; "
             "remove it, or let --prune do so where an earlier run has made it",
             sibling, path);
    batch_event_send(
        batch, (struct batch_event){.type = BATCH_NOTE, .source = item->display, .error = &note});
}

static bool siblings_look(struct batch *batch, const struct batch_item *item,
                          const struct plan_rendition *rendition)
{
    static const char *const extensions[] = {"png", "webp", "jpg", "jpeg", "gif", "9.png", "xml"};
    const char *path = rendition->path, *slash = strrchr(path, '/');
    const char *dot = strchr(slash ? slash : path, '.');
    for (size_t i = 0; dot && i < sizeof(extensions) / sizeof(*extensions); i++) {
        struct file_facts facts = {0};
        struct error ignored = {0}; /* what cannot be looked at cannot be written either */
        char sibling[4096];
        int size =
            snprintf(sibling, sizeof(sibling), "%.*s.%s", (int)(dot - path), path, extensions[i]);
        if (size >= (int)sizeof(sibling) || strcmp(sibling, path) == 0) {
            continue;
        }
        if (file_look(batch->folder, sibling, &facts, &ignored) == STATUS_OK && facts.exists &&
            !goes_away(batch, item, rendition->recipe, sibling)) {
            sibling_tell(batch, item, path, sibling);
            return true;
        }
    }
    return false;
}

void batch_names_look(struct batch *batch)
{
    for (size_t i = 0; batch->folder && i < batch->item_count; i++) {
        const struct plan *plan = batch->items[i].plan;
        bool told = false; /* once for an image: its densities are all alike */
        for (size_t j = 0; plan && !told && j < plan->rendition_count; j++) {
            const struct plan_rendition *rendition = &plan->renditions[j];
            if (rendition->state == RENDITION_PLANNED && rendition->path &&
                rendition->line->names == NAMES_ANDROID) {
                told = siblings_look(batch, &batch->items[i], rendition);
            }
        }
    }
}
