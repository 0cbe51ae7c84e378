/* SPDX-License-Identifier: MIT
 * What was made where, kept between runs, so that the next run need not look at pixels; the only
 * file that knows SQLite. A cache: when it is lost, work is done again and nothing is harmed.
 * Several processes may use one at once. One thread at a time per struct store. */
#ifndef PICSET_STORE_H
#define PICSET_STORE_H

#include "arena.h"
#include "buffer.h"
#include "file.h"
#include "hash.h"

struct store;

/* ".picset" where the current folder holds picset.json, else $XDG_CACHE_HOME/picset or
 * ~/.cache/picset. Fails when there is no home. */
PICSET_NODISCARD enum status store_default_folder(struct buffer *out, struct error *error);

/* Opens or makes the store in `folder`, which is made. A broken one is moved aside and a new one
 * begun; then `note` (may be NULL) gets a sentence about it. One that proves broken later is moved
 * aside, too: what is asked of it is unknown then, and what is put into it may be lost. */
PICSET_NODISCARD enum status store_open(const char *folder, struct store **out, struct buffer *note,
                                        struct error *error);
void store_close(struct store *store); /* NULL is fine; what is not committed is forgotten */

/* Changes between the two are written together, and keep other processes from writing meanwhile;
 * without them each one by itself. */
PICSET_NODISCARD enum status store_begin(struct store *store, struct error *error);
PICSET_NODISCARD enum status store_commit(struct store *store, struct error *error);

/* ---- Sets: one per (output root, source, recipe) ---- */

struct store_identity { /* all 0: unknown, the content hash decides */
    uint64_t device, inode;
    int64_t size, modified_ns, changed_ns;
};

struct store_input { /* "main" first, then the named inputs */
    const char *name, *path;
    struct store_identity identity;
    int64_t read_ns; /* the clock when its bytes were read, see store_clock. An identity that is not
                        clearly older is not kept: the file could have changed again unseen */
    struct hash hash;
    const void *facts; /* of the caller's making, returned as it was (aligned for any type) */
    size_t facts_size;
};

struct store_file {   /* one file made for the set, emitted ones of its own too */
    const char *path; /* below the root */
    struct file_facts facts;
    struct hash hash; /* of its bytes */
    struct hash key;  /* of the steps that made it */
    bool emitted;
};

struct store_set {
    const char *source, *recipe;
    struct hash request; /* of all that was asked for, inputs' hashes included */
    struct hash plan;
    const struct store_input *inputs;
    size_t input_count;
    const struct store_file *files;
    size_t file_count;
    const char *record; /* the record_set as JSON text; NULL from store_load; NULL to store_put: the
                           one that is kept stays */
};

struct store_sets { /* sorted by source, then recipe, bytewise */
    const struct store_set *items;
    size_t count;
};

int64_t store_clock(void); /* ns since 1970 */
bool store_identity_known(const struct store_identity *identity);
bool store_identity_equal(const struct store_identity *a, const struct store_identity *b);

/* Everything about one root but the records, in one query. */
PICSET_NODISCARD enum status store_load(struct store *store, const char *root, struct arena *arena,
                                        struct store_sets *out, struct error *error);
const struct store_set *store_find(const struct store_sets *sets, const char *source,
                                   const char *recipe); /* NULL when unknown */
/* The record of one set as JSON text; *out NULL when unknown. */
PICSET_NODISCARD enum status store_record(struct store *store, const char *root, const char *source,
                                          const char *recipe, struct arena *arena, const char **out,
                                          struct error *error);
/* Every set's record at this root, sorted as store_load does; each goes to `take`, text borrowed.
 * Ends early, with its status, when take fails. */
PICSET_NODISCARD enum status
store_records(struct store *store, const char *root,
              enum status (*take)(void *data, const char *source, const char *recipe,
                                  const char *record, struct error *error),
              void *data, struct error *error);
/* Adds or replaces a set. */
PICSET_NODISCARD enum status store_put(struct store *store, const char *root,
                                       const struct store_set *set, struct error *error);
PICSET_NODISCARD enum status store_remove(struct store *store, const char *root, const char *source,
                                          const char *recipe, struct error *error);
/* Is this file (absolute path, links resolved) one that some set at any root lists as its own? */
PICSET_NODISCARD enum status store_made(struct store *store, const char *path, bool *made,
                                        struct error *error);

/* ---- Measured facts: by content, whatever the file's name ---- */

/* `what` says what was measured and how ("trim threshold=10"). *out NULL when unknown. */
PICSET_NODISCARD enum status store_recall(struct store *store, struct hash content,
                                          const char *what, struct arena *arena, const char **out,
                                          struct error *error);
PICSET_NODISCARD enum status store_remember(struct store *store, struct hash content,
                                            const char *what, const char *text,
                                            struct error *error);

#endif
