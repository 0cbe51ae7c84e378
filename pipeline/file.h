/* SPDX-License-Identifier: MIT
 * Finished files below one output folder: written under a temporary name, synced together, renamed.
 * A final name never holds a partial file, whatever kills the process. No path leads out of the
 * folder, by ".." or by a symbolic link. Knows nothing of images. */
#ifndef PICSET_FILE_H
#define PICSET_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "error.h"
#include "hash.h"

/* ---- The folder that everything lies below; all calls from any thread ---- */

struct folder;

/* What is missing of its path is made with the first file, so that a dry run leaves nothing. */
PICSET_NODISCARD enum status folder_open(const char *path, struct folder **out,
                                         struct error *error);
void folder_close(struct folder *folder); /* NULL is fine; every pending file must be gone before */
const char *folder_path(const struct folder *folder); /* as given, without a '/' at its end */
const char *
folder_whole(const struct folder *folder); /* absolute, links resolved: the store's key */

/* For an interrupt: unlinks every temporary file and refuses new ones. Async-signal-safe; `folder`
 * may be NULL. The process is to _exit afterwards. */
void folder_abandon(struct folder *folder);

/* Makes a folder with its parents; links in the path are followed. For state, not for results. */
PICSET_NODISCARD enum status folder_make(const char *path, struct error *error);

/* May `path` name a result: relative, '/' between components, none of them empty, "." or "..",
 * valid UTF-8 without control characters, a component at most 255 bytes, all at most 4000, not one
 * of our temporary names? STATUS_USAGE with the reason otherwise. */
PICSET_NODISCARD enum status file_path_check(const char *path, struct error *error);

/* ---- What is there ---- */

struct file_facts {
    bool exists;  /* something has this name, be it a folder or a link; false: all else is 0 */
    bool regular; /* it is a plain file, not reached through a link */
    int64_t size;
    int64_t modified_ns;
    uint64_t inode;
};

/* A path through a link or a file where a folder should be: STATUS_REFUSED. */
PICSET_NODISCARD enum status file_look(struct folder *folder, const char *path,
                                       struct file_facts *out, struct error *error);
/* The same of many files: the folder of the last one stays at hand. `folder` is the caller's, all
 * else zero; one thread at a time. */
struct looker {
    struct folder *folder;
    struct directory *directory;
    const char *last;
};
PICSET_NODISCARD enum status looker_look(struct looker *looker, const char *path,
                                         struct file_facts *out, struct error *error);
void looker_end(struct looker *looker);
bool file_facts_equal(const struct file_facts *a, const struct file_facts *b);

/* Of a plain file's bytes; false: there is none, or it cannot be read. */
bool file_hash(struct folder *folder, const char *path, struct hash *out);

/* Is it a plain file of exactly these bytes? An unreadable file is not the same. */
PICSET_NODISCARD enum status file_same(struct folder *folder, const char *path, const void *bytes,
                                       size_t size, bool *same, struct error *error);

/* Removes a plain file, if it is still as `expected` says (NULL: however it is). What is missing or
 * has changed stays as it is and is no error. */
PICSET_NODISCARD enum status file_remove(struct folder *folder, const char *path,
                                         const struct file_facts *expected, bool *removed,
                                         struct error *error);

/* ---- Writing ---- */

struct pending_file; /* whole on disk, under a temporary name in its target folder */

/* Makes missing folders and writes all bytes. The first time a folder is written to, temporary
 * files that a dead process left there are removed. */
PICSET_NODISCARD enum status file_write(struct folder *folder, const char *path, const void *bytes,
                                        size_t size, struct pending_file **out,
                                        struct error *error);
const char *pending_path(const struct pending_file *file); /* below the folder */

/* Brings a set safely to disk and gives each file its final name, in the order given; what was
 * there is replaced. facts[i] (NULL: not wanted) says how file i stands there. Releases all files,
 * also on failure: then what has no final name yet is gone, what has one is whole. NULL entries are
 * skipped. */
PICSET_NODISCARD enum status files_place(struct pending_file **files, size_t count,
                                         struct file_facts *facts, struct error *error);
/* Unlinks the temporary files and releases all. NULL entries are skipped. */
void files_abandon(struct pending_file **files, size_t count);

/* Tests only: the n-th change on disk from now (1 is the next: a folder, an opened, written, synced
 * or renamed file) fails with this errno, a write after half of its bytes; 0 switches it off. */
void file_fail_at(long n, int error_number);
long file_change_count(void); /* changes since the last call of file_fail_at */

#endif
