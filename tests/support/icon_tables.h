/* SPDX-License-Identifier: MIT
 * What each platform expects of an icon, as its documents and tools say: not as our presets do. */
#ifndef PICSET_TEST_ICON_TABLES_H
#define PICSET_TEST_ICON_TABLES_H

#include <stdbool.h>
#include <stddef.h>

#include "buffer.h"

/* Names of the presets that make something of one icon, ended by NULL. */
extern const char *const icon_presets[];

/* One line for each file that must be there for an icon 'icon.png' of 1024x1024 px that is
 * see-through: "PRESET/PATH png 1024x1024 alpha", and "PRESET/PATH" of what is no picture. */
void icon_expected(struct buffer *out);

/* An entry of a Contents.json, its keys in this order, "-" for one that is not there. */
struct catalogue_entry {
    const char *file, *idiom, *platform, *scale, *size, *role, *subtype, *appearance;
};
struct catalogue {
    const char *folder; /* below the run's */
    const struct catalogue_entry *entries;
    size_t count;
};
extern const struct catalogue icon_catalogues[]; /* ended by a NULL folder */

/* Points times scale: 83.5 and "2x" are 167; 0 where one is missing. */
int catalogue_pixels(const char *size, const char *scale);

#endif
