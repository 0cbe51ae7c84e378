/* SPDX-License-Identifier: MIT
 * Of a set that is remembered: which of its files are there no more. Looks, and changes nothing. */
#ifndef PICSET_LOST_H
#define PICSET_LOST_H

#include "store.h"

struct lost {
    const char *rendition; /* the first that is missing, below the root; NULL: all are there */
    bool all;              /* no file that was made for the set alone is left */
};

/* What cannot be looked at is taken to be there: nothing is forgotten for want of a permission. */
struct lost lost_find(struct folder *folder, const struct store_set *set);

#endif
