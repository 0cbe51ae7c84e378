/* SPDX-License-Identifier: MIT
 * What the manifest's writer and its published schema share. */
#ifndef PICSET_MANIFEST_H
#define PICSET_MANIFEST_H

#include "value.h"

#define MANIFEST_SCHEMA "picset/manifest/1"

/* JSON Schema 2020-12; NULL when memory is short. */
const struct value *manifest_schema(struct arena *arena);

#endif
