/* SPDX-License-Identifier: MIT
 * A list of file names, one per line or each ended by NUL, from a file or standard input. */
#ifndef PICSET_CLI_FILES_FROM_H
#define PICSET_CLI_FILES_FROM_H

#include "arena.h"

/* Empty names are passed over; "\r\n" ends a line, too. At most 256 MiB of names. */
PICSET_NODISCARD enum status files_from_read(const char *path, bool nul, struct arena *arena,
                                             const char *const **out, size_t *count,
                                             struct error *error);

#endif
