/* SPDX-License-Identifier: MIT
 * Between folder.c and file.c only: the folders below an output root as open descriptors, and what
 * both need. */
#ifndef PICSET_FOLDER_H
#define PICSET_FOLDER_H

#include "file.h"
#include "temporary.h"

struct directory; /* one folder below the root, open while it has users */

/* The folder of `path` ("a/b" of "a/b/x.webp"). Without `make`, *out is NULL when it is not there.
 */
PICSET_NODISCARD enum status directory_acquire(struct folder *folder, const char *path, bool make,
                                               struct directory **out, struct error *error);
void directory_release(struct folder *folder, struct directory *directory);
int directory_descriptor(const struct directory *directory);

/* A temporary name in this folder; NULL when memory is short. */
struct slot *folder_slot(struct folder *folder, const struct directory *directory);
bool folder_is_abandoned(const struct folder *folder);

/* "cannot write 'out/a.webp': no space left on device", from errno's number. */
enum status file_error(struct error *error, const struct folder *folder, const char *verb,
                       const char *path, int number);
const char *path_base(const char *path); /* after the last '/' */
/* 0, or the errno that a test wants of the next change on disk. */
int file_fault(void);

#endif
