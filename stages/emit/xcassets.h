/* SPDX-License-Identifier: MIT
 * Between xcassets.c, which writes asset catalogues, and xcassets_look.c, which looks at those that
 * lie there. */
#ifndef PICSET_XCASSETS_H
#define PICSET_XCASSETS_H

#include "emitter.h"

#define CATALOGUE_CONTENTS "Contents.json"

/* With the '/' at its end; 0 without a folder. */
size_t catalogue_folder_length(const char *path);
/* Is it a set of images, such as "a.xcassets/Logo.imageset/"? */
bool catalogue_holds_images(const char *folder);

/* emitter.inspect */
PICSET_NODISCARD enum status catalogue_inspect(const struct emit_inspection *inspection,
                                               struct error *error);

#endif
