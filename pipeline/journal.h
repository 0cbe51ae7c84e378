/* SPDX-License-Identifier: MIT
 * Generation jobs, durably: SQLite in .picset/journal.db, WAL, synchronous FULL for what costs
 * money. A job is written before it is sent, its task before the first poll, its image's hash when
 * safe on disk. Several processes may open one journal; a job is claimed by at most one living
 * process. From any thread. A broken journal is an error, never begun anew: it knows what was paid
 * for. */
#ifndef PICSET_JOURNAL_H
#define PICSET_JOURNAL_H

#include "arena.h"
#include "buffer.h"
#include "error.h"
#include "hash.h"
#include "value.h"

enum job_state {
    JOB_PENDING, /* wanted, nothing sent */
    JOB_SENDING, /* a create is or was under way: its outcome is unknown until the answer is written
                  */
    JOB_RUNNING, /* has a task: to be polled */
    JOB_READY,   /* has links: to be fetched */
    JOB_DONE,    /* the image is safe on disk */
    JOB_REFUSED, /* by the provider, for its content */
    JOB_FAILED,  /* for good */
    JOB_UNKNOWN, /* sent, and nobody knows: never sent again unless the user says so */
    JOB_STATE_COUNT
};

struct job {
    int64_t id;
    const char *name;    /* id of the image in the project, or the prompt's first words */
    struct hash request; /* of provider, model and everything asked: equal request, same job */
    enum job_state state;
    const char *provider, *model, *base_url;
    const struct value *asked; /* prompt, aspect, size, format, seed, references by hash */
    const char *task;          /* NULL: none yet */
    const char *const *urls;   /* READY: ended by NULL */
    int attempts;              /* creates sent */
    const char *image;         /* file below the journal's folder; NULL: none yet */
    struct hash image_hash;
    int width, height;                           /* got, px */
    const char *format;                          /* got, by content */
    double cost;                                 /* US dollars; < 0 unknown */
    const char *code, *message;                  /* of the last failure; NULL: none */
    int64_t created_ms, changed_ms, finished_ms; /* ms since 1970; 0: not yet */
};

struct journal;

PICSET_NODISCARD enum status journal_open(const char *folder, struct journal **out,
                                          struct error *error);
void journal_close(struct journal *journal); /* NULL is fine; ends its claims */
const char *journal_folder(const struct journal *journal);

/* The job of this request: found, or added as PENDING. An earlier job of the same name with another
 * request stays, and the new one is added. */
PICSET_NODISCARD enum status journal_want(struct journal *journal, const struct job *job,
                                          struct arena *arena, struct job *out, bool *added,
                                          struct error *error);
/* Claims a job for this process: false when another living process holds it. Claims end with the
 * process, whatever ended it. Read the job again after a claim: another may have gone on with it.
 */
PICSET_NODISCARD enum status journal_claim(struct journal *journal, int64_t id, bool *claimed,
                                           struct error *error);
PICSET_NODISCARD enum status journal_release(struct journal *journal, int64_t id,
                                             struct error *error);
/* Writes the job as it is now; on disk when it returns. changed_ms and finished_ms are set here. */
PICSET_NODISCARD enum status journal_write(struct journal *journal, const struct job *job,
                                           struct error *error);
PICSET_NODISCARD enum status journal_read(struct journal *journal, int64_t id, struct arena *arena,
                                          struct job *out, struct error *error); /* MISSING */
PICSET_NODISCARD enum status journal_list(struct journal *journal, struct arena *arena,
                                          struct job **out, size_t *count, struct error *error);
/* Removes the job, and its image unless another job has it, too. A job that another living process
 * holds is refused. */
PICSET_NODISCARD enum status journal_forget(struct journal *journal, int64_t id,
                                            struct error *error);
/* Writes the image under images/HASH.EXT of the journal's folder: temporary, synced, renamed,
 * folder synced. `image` is its path below the folder. */
PICSET_NODISCARD enum status journal_keep_image(struct journal *journal, const void *bytes,
                                                size_t size, const char *extension,
                                                struct arena *arena, const char **image,
                                                struct hash *hash, struct error *error);
/* Is the image of a DONE job still there, as it was kept? */
PICSET_NODISCARD enum status journal_has_image(struct journal *journal, const struct job *job,
                                               bool *has, struct error *error);
const char *job_state_name(enum job_state state);

/* Tests only: called right before (`after` false) and right after each change that is on disk then.
 */
void journal_watch(struct journal *journal, void (*change)(void *data, bool after), void *data);

#endif
