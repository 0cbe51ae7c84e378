/* SPDX-License-Identifier: MIT
 * Whose is a file that lies where one is to be made, and may it be replaced? */
#include "batch_state.h"

#include <stdio.h>

const char *batch_keeps(struct batch *batch, const char *path)
{
    (void)path;
    return batch->request.overwrite == OVERWRITE_NEVER
               ? "there is another file already, and --overwrite never keeps it"
               : NULL;
}

void batch_kept_tell(struct batch *batch, const struct error *kept)
{
    struct error note = {0};
    snprintf(note.message, sizeof(note.message), "%.200s: %.300s", kept->where, kept->message);
    batch_event_send(batch, (struct batch_event){.type = BATCH_NOTE, .error = &note});
}
