/* SPDX-License-Identifier: MIT
 * What the files of a batch share. Not for anybody else. */
#ifndef PICSET_BATCH_STATE_H
#define PICSET_BATCH_STATE_H

#include <pthread.h>

#include "batch.h"
#include "budget.h"
#include "file.h"
#include "pool.h"
#include "store.h"

/* One image of the request, from its header to its finished set. */
struct batch_item {
    struct batch *batch;
    const struct batch_image *image;
    const char *display;        /* for messages */
    const char *key;            /* the store's name for the source: its whole path */
    struct store_identity seen; /* of its file, when the key was made; all zero: a link, or none */
    const char *path;       /* for records: ${dir} and the file's name, the same on every machine */
    struct arena *arena;    /* NULL: nothing was to be read for it */
    struct source *sources; /* one per subject input */
    struct store_identity *identities;
    int64_t *read_ns;
    struct subject subject;
    struct subject_input *inputs;
    struct hash request; /* of all that was asked of it */
    bool bytes_kept;     /* sources hold their bytes between plan and run */
    bool c2pa;
    bool unchanged;
    bool partly;                         /* its error is of some renditions, others are made */
    struct plan *plan;                   /* NULL: unchanged, or its error says why not */
    const struct store_set **superseded; /* of other sources: they go when this one is made */
    size_t superseded_count, superseded_capacity;
    const char **records; /* finished: one JSON text per recipe, for emitters that gather */
};

struct batch {
    struct batch_request request;
    struct arena *arena;
    const struct recipe **recipes;
    size_t recipe_count;
    const struct stage *load;
    struct folder *folder;  /* NULL: to memory */
    struct store *store;    /* NULL: none */
    struct store_sets sets; /* as they were at the start */
    struct owners *owners;  /* of the files that lie there; NULL: nothing is planned */
    const char *intent;     /* the store's name for what this run is about to make; NULL: nothing */
    struct hash base;       /* of what every request shares: recipes, tool, limits */
    struct batch_item *items;
    struct error *errors; /* of each item; apart, for they are large and most are never touched */
    size_t item_count;
    struct pool *pool;
    struct budget budget;
    pthread_mutex_t lock; /* store, events, deliver, summary, kept_bytes, planned */
    pthread_cond_t planned_more;
    int64_t kept_bytes, kept_limit;
    size_t planned; /* items whose planning is over */
    size_t chunks;  /* of images, that are being planned */
    size_t sources_done, renditions_done, renditions_total;
    struct store_identity *sources; /* every file that is read, sorted by inode: none is replaced */
    size_t source_count;
    bool failed;       /* a source has; for fail_fast */
    struct error kept; /* a shared file gave way to one that lies there */
    const char **kept_paths;
    size_t kept_count, kept_capacity;
    struct batch_summary summary;
    double started;
    int jobs;
    double mean_cost; /* expected seconds of all tasks of a set, on average */
};

/* batch_task.c: now; a part of a task since then, which moves to now; the task's end, told. */
struct batch_part part_now(const struct batch *batch);
void task_part(struct batch_task *task, const char *what, struct batch_part *since);
void task_end(const struct batch *batch, struct batch_task *task);

/* batch_share.c. True: give up. For stages through struct flow, too. */
bool batch_stopped(const struct batch *batch);
void batch_event_send(struct batch *batch, struct batch_event event);
/* The item's place for an error; what is there, or NULL. */
struct error *item_error(const struct batch_item *item);
const struct error *item_failure(const struct batch_item *item);
/* Expected seconds of one step. */
double node_cost(const struct plan_node *node);

/* batch_plan.c: every image's header, plan or proof that nothing changed, in parallel. */
PICSET_NODISCARD enum status batch_plan_items(struct batch *batch, struct error *error);

/* batch_claims.c: refuses plans that make a file which an earlier batch of the run makes by other
 * steps, and claims what the others make. */
PICSET_NODISCARD enum status batch_claim(struct batch *batch, struct error *error);

/* batch_owners.c: whose is what lies there. Listed once there is a plan; the rest needs that. */
PICSET_NODISCARD enum status batch_owners_list(struct batch *batch, struct error *error);
void batch_owners_free(struct batch *batch);
bool batch_owns(const struct batch *batch, const char *path); /* as the store knew at the start */
bool batch_recorded(const struct batch *batch, const char *path); /* …, and not only promised */
void batch_manifests_read(struct batch *batch); /* before the run writes its own */
/* Why a file that lies there with other bytes stays as it is; NULL: it may be replaced. */
const char *batch_keeps(struct batch *batch, const char *path);
void batch_kept_tell(struct batch *batch, const struct error *kept);

/* Refuses what would replace a file of another source, unless that one is gone: then its sets are
 * superseded. */
PICSET_NODISCARD enum status batch_take_over(struct batch *batch, struct error *error);
/* The item's set is recorded: those records go. */
PICSET_NODISCARD enum status batch_supersede(const struct batch_item *item, struct error *error);

/* batch_intent.c: what the run is about to make, noted until it has ended. */
PICSET_NODISCARD enum status batch_intend(struct batch *batch, struct error *error);
PICSET_NODISCARD enum status batch_intent_end(struct batch *batch, struct error *error);
bool intent_is(const struct store_set *set);

/* batch_names.c: tells of files that lie beside planned ones under a name that the rule forbids,
 * and of names that differ in case alone. */
void batch_names_look(struct batch *batch);

/* batch_warnings.c: tells what the plan of an item warns of, a line for each preset. */
void batch_warnings_tell(struct batch *batch, const struct batch_item *item);
/* … and what emitters doubt in their options: of each preset once, with its first image. */
void batch_doubts_tell(struct batch *batch);

/* batch_subject.c: reads and probes the image's sources; releases their bytes; reads them again. */
PICSET_NODISCARD enum status subject_open(struct batch_item *item, struct error *error);
void subject_drop(struct batch_item *item);
PICSET_NODISCARD enum status subject_reopen(struct batch_item *item, struct error *error);
void subject_close(struct batch_item *item);
PICSET_NODISCARD struct store_identity subject_identity(const char *path);
struct stat;
PICSET_NODISCARD struct store_identity identity_of(const struct stat *facts);
/* Fills batch->sources. */
PICSET_NODISCARD enum status batch_list_sources(struct batch *batch, struct error *error);
/* Is the file that has these facts one that some image of the batch is read from? */
bool batch_reads(const struct batch *batch, const struct file_facts *facts);

/* batch_measure.c: facts that only pixels tell, then a plan that is exact. */
PICSET_NODISCARD enum status item_plan(struct batch_item *item, struct error *error);

/* set_run.c: makes the set of one planned item: submits its tasks to the pool and gives `admitted`
 * bytes back to the budget when it is finished. */
void set_start(struct batch_item *item, size_t sequence, int64_t admitted);

/* batch_gather.c: after all sets: files that several sets share. */
PICSET_NODISCARD enum status batch_emit_gathered(struct batch *batch, struct error *error);
/* batch_emit.c: removes the files of sources that are gone. */
PICSET_NODISCARD enum status batch_prune(struct batch *batch, struct error *error);
bool source_is_gone(const struct batch *batch, const struct store_set *set);
bool prune_finds(const struct batch *batch); /* Has a source gone? */
/* Do the shared files of this recipe stand as its sets want them? */
bool gathered_current(const struct batch *batch, const struct recipe *recipe);
/* The emitted file's text from sets of one or more images. */
PICSET_NODISCARD enum status emitted_make(const struct plan_emitted *emitted,
                                          const struct record_set *const *sets, size_t count,
                                          struct arena *arena, struct buffer *out,
                                          struct error *error);

#endif
