/* SPDX-License-Identifier: MIT
 * Holds a JSON value against a JSON Schema, as far as our schemas of results go. A keyword that it
 * does not know fails the test: nothing is passed over. */
#ifndef PICSET_TEST_SCHEMA_H
#define PICSET_TEST_SCHEMA_H

#include "support.h"

/* False with the place and what is wrong there in `wrong`. */
bool schema_holds(const struct value *schema, const struct value *value, char wrong[400]);

/* Names of all properties that the schema tells, at whatever depth, as "sets/renditions/path". */
void schema_properties(const struct value *schema, struct buffer *out);

#endif
