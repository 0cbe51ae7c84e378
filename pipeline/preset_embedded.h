/* SPDX-License-Identifier: MIT
 * The presets that are built into the program: the files of presets/, as embed.cmake wrote them. */
#ifndef PICSET_PRESET_EMBEDDED_H
#define PICSET_PRESET_EMBEDDED_H

#include <stddef.h>

struct preset_embedded {
    const char *name; /* NULL ends the list */
    const char *text;
    size_t size;
};

extern const struct preset_embedded preset_embedded[]; /* sorted by name */

#endif
