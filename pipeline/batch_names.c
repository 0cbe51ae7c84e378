/* SPDX-License-Identifier: MIT
 * Android takes one extension per name and folder. plans_settle sees to it among what is made; here
 * it is what lies there already, such as last year's x.png beside today's x.webp; and names that
 * are one where case does not count. */
#include "batch_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "memory.h"

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

static int compare_folded(const void *a, const void *b)
{
    const char *const *one = a, *const *other = b;
    int order = strcasecmp(*one, *other);
    return order ? order : strcmp(*one, *other);
}

/* Of what is planned and of what earlier runs made. `paths` NULL: only counted. */
static size_t paths_list(const struct batch *batch, const char **paths)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->item_count; i++) {
        const struct plan *plan = batch->items[i].plan;
        for (size_t j = 0; plan && j < plan->rendition_count; j++) {
            const struct plan_rendition *rendition = &plan->renditions[j];
            if (rendition->state == RENDITION_PLANNED && rendition->path) {
                count++;
                if (paths) {
                    paths[count - 1] = rendition->path;
                }
            }
        }
    }
    for (size_t i = 0; count > 0 && i < batch->sets.count; i++) {
        const struct store_set *set = &batch->sets.items[i];
        for (size_t j = 0; j < set->file_count; j++, count++) {
            if (paths) {
                paths[count] = set->files[j].path;
            }
        }
    }
    return count;
}

/* Names that are one on the file systems that macOS and Windows have unless told otherwise. */
static void folded_look(struct batch *batch)
{
    const size_t count = paths_list(batch, NULL);
    const char **paths = memory_zero(count + 1, sizeof(*paths));
    struct error note = {0};
    size_t found = 0, first = 0;
    if (!paths || count < 2) { /* without memory there is worse to tell of */
        memory_free(paths);
        return;
    }
    (void)paths_list(batch, paths);
    qsort(paths, count, sizeof(*paths), compare_folded);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(paths[i - 1], paths[i]) != 0 && strcasecmp(paths[i - 1], paths[i]) == 0) {
            first = found++ ? first : i;
        }
    }
    if (found > 0) {
        snprintf(note.message, sizeof(note.message),
                 "'%.200s' and '%.200s' are one file where case does not count, as on macOS and "
                 "Windows%s",
                 paths[first - 1], paths[first], found > 1 ? "; others, too" : "");
        batch_event_send(batch, (struct batch_event){.type = BATCH_NOTE, .error = &note});
    }
    memory_free(paths);
}

void batch_names_look(struct batch *batch)
{
    if (batch->folder) {
        folded_look(batch);
    }
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
