/* SPDX-License-Identifier: MIT
 * What bytes hold, told from their beginning and never from a file's name. */
#ifndef PICSET_LOAD_SNIFF_H
#define PICSET_LOAD_SNIFF_H

#include "format.h"
#include "source.h"

/* The format, or FORMAT_NONE; in both cases *words says what it is: "a JPEG image", "a TIFF image",
 * "text". */
enum format sniff(struct span span, const char **words);

#endif
