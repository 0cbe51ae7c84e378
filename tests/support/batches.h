/* SPDX-License-Identifier: MIT
 * For tests of whole runs: a scratch folder with sources, a request, one run of it, and what lies
 * there afterwards. Nothing outside the folder is touched. */
#ifndef PICSET_TEST_BATCHES_H
#define PICSET_TEST_BATCHES_H

#include "batch.h"
#include "support.h"

enum { BATCHES_PRESETS = 3 };

struct batches {
    char *folder; /* sources in in/, results in out/, the store in state/ */
    struct arena *arena;
    struct preset_library library;
    struct batch_image *images;
    struct batch_preset presets[BATCHES_PRESETS];
    struct batch_request request; /* change it between runs */
    /* Of the last run. */
    struct batch_summary summary;
    struct error error;
    enum status status;
    size_t sets, renditions, notes;
    char note[1200];       /* the last one */
    char failed[400];      /* the last source that failed, with its message */
    struct buffer planned; /* what the plan lists, sorted as scratch_list does */
};

struct batches batches_start(void);
void batches_end(struct batches *batches);

/* A source in/NAME, made by program_image; its batch_image, to be changed at will. */
struct batch_image *batches_image(struct batches *batches, const char *name, int width, int height);
/* A source that is there already, whatever it holds; NAME below the folder. */
struct batch_image *batches_source(struct batches *batches, const char *name);
/* A built-in preset, or a document with ' for "; replaces the one of the same name. */
void batches_preset(struct batches *batches, const char *preset, const char *changes);
/* Plans and runs. */
void batches_run(struct batches *batches);

/* Exactly the planned files lie in out/, each decodes to its planned size. Of the last run that
 * planned everything. */
void batches_check(struct batches *batches);

/* One hash over the names and bytes of all files below FOLDER/NAME. */
struct hash batches_hash(const struct batches *batches, const char *name);
/* Bytes of a file below the folder; freed with buffer_free. False when it is not there. */
bool batches_read(const struct batches *batches, const char *name, struct buffer *out);
/* Is it a whole image of this size, for a decoder that is not ours? 0x0: of any size. Other files
 * than images are. */
bool image_is_whole(const char *name, const struct buffer *bytes, int width, int height);

#define assert_batch(batches_, status_)                                                            \
    do {                                                                                           \
        batches_run(batches_);                                                                     \
        if ((batches_)->status != (status_)) {                                                     \
            fail_msg("status %d: %s: %s; %s", (int)(batches_)->status, (batches_)->error.where,    \
                     (batches_)->error.message, (batches_)->failed);                               \
        }                                                                                          \
    } while (0)

#endif
