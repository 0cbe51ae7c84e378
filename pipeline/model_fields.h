/* SPDX-License-Identifier: MIT
 * Changes of a model's table from outside: models come and go faster than releases. Knows tables;
 * no provider by name. */
#ifndef PICSET_MODEL_FIELDS_H
#define PICSET_MODEL_FIELDS_H

#include "option.h"
#include "provider.h"

extern const struct option model_field_options[];

/* The model `name` (NULL: the provider's default) with `fields` (object; NULL: none) laid over its
 * table. With fields a name that the provider does not know is a new model: it starts from the
 * default's table. `at` is the place of fields. */
PICSET_NODISCARD enum status model_changed(const struct provider *provider, const char *name,
                                           const struct value *fields, const struct pointer *at,
                                           struct arena *arena, const struct model **out,
                                           struct error *error);

#endif
