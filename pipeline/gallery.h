/* SPDX-License-Identifier: MIT
 * `picset report`: what the store knows of one output folder, as a page beside it. */
#ifndef PICSET_GALLERY_H
#define PICSET_GALLERY_H

#include "store.h"

struct gallery_summary {
    size_t images, sets, renditions;
    int64_t bytes; /* of the renditions */
};

/* Writes `page` from all sets at `root`, an existing folder, whose renditions all lie there.
 * Nothing is written, and the summary is 0, when there are none. A file called so that gallery_page
 * has not made is refused. `page` NULL: only the summary. */
PICSET_NODISCARD enum status gallery_write(struct store *store, const char *root, const char *page,
                                           struct gallery_summary *summary, struct error *error);

/* The same where nothing is remembered, from the manifest.json in the folder, if there is one:
 * without times. */
PICSET_NODISCARD enum status gallery_write_manifest(const char *root, const char *page,
                                                    struct gallery_summary *summary,
                                                    struct error *error);

#endif
