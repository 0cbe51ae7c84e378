/* SPDX-License-Identifier: MIT
 * Between attachments.c and provenance.c: a packet beside one that came with the image. */
#ifndef PICSET_PROVENANCE_H
#define PICSET_PROVENANCE_H

#include "stage.h"

/* `own` as it is when it names a DigitalSourceType already; else both, ours put into it; ours alone
 * when there is no other, or none that can be understood. */
void provenance_join(struct span own, const char *packet, struct buffer *out);

#endif
