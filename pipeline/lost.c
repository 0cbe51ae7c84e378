/* SPDX-License-Identifier: MIT
 * See lost.h. */
#include "lost.h"

struct lost lost_find(struct folder *folder, const struct store_set *set)
{
    struct lost lost = {0};
    size_t made = 0, missing = 0;
    for (size_t i = 0; i < set->file_count; i++) {
        const struct store_file *file = &set->files[i];
        struct file_facts now = {0};
        struct error ignored = {0};
        if (!file->facts.exists) { /* shared: not the set's own */
            continue;
        }
        made++;
        if (file_look(folder, file->path, &now, &ignored) != STATUS_OK || now.exists) {
            continue;
        }
        missing++;
        lost.rendition = lost.rendition || file->emitted ? lost.rendition : file->path;
    }
    lost.all = lost.rendition && missing == made;
    return lost;
}
