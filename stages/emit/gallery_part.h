/* SPDX-License-Identifier: MIT
 * The parts of the gallery's page, built into the program: the files gallery*.html, .css and .js of
 * this folder, as embed.cmake wrote them. */
#ifndef PICSET_GALLERY_PART_H
#define PICSET_GALLERY_PART_H

#include <stddef.h>

struct gallery_part {
    const char *name; /* "gallery.css"; NULL ends the list */
    const char *text;
    size_t size;
};

extern const struct gallery_part gallery_part[];

#endif
