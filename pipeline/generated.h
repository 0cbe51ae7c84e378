/* SPDX-License-Identifier: MIT
 * What the set of a generated image says of where it comes from: facts for the record, and the
 * packet that its renditions carry. */
#ifndef PICSET_GENERATED_H
#define PICSET_GENERATED_H

#include "journal.h"

/* {"provider", "model", "asked", "got", "cost", "prompt" or "prompt-hash"} of a job that is done;
 * NULL when memory is short. */
const struct value *generated_value(const struct job *job, bool with_prompt, struct arena *arena);
/* The XMP packet; NULL when memory is short. */
const char *generated_packet(const struct job *job, struct arena *arena);

#endif
