/* SPDX-License-Identifier: MIT
 * One set while it is made: the plan's tree as tasks, what each rendition became, and the end of
 * it. Shared by set_run.c (pixels) and set_finish.c (files and records). Not for anybody else. */
#ifndef PICSET_SET_RUN_H
#define PICSET_SET_RUN_H

#include "batch_state.h"
#include "image.h"
#include "machine.h"

struct set_run;

struct node_run { /* a task: a step whose image is kept for several readers, or a leaf */
    struct pool_task task;
    struct set_run *set;
    const struct plan_node *node;
    struct node_run *base;         /* whose image it starts from; NULL: the source */
    struct node_run *first, *next; /* dependents, siblings */
    bool wanted, kept;
    size_t recipe; /* the first of those that want it: its time is that one's */
    double cost;   /* expected seconds of the longest way from here to an end */
    int readers;   /* dependents that still need the image */
    VipsImage *image;
    struct batch_task measured;
};

struct outcome { /* of one rendition of the plan */
    bool done, reused, failed;
    struct buffer bytes; /* the file, while it is needed in memory */
    struct pending_file *pending;
    struct file_facts facts;
    int64_t size;
    struct hash hash;
    double quality, seconds;
    char chosen[FLOW_WORDS];               /* what the pixels decided, in words */
    const struct plan_node *fallback;      /* the alternative that was used; NULL: none was */
    const struct record_rendition *before; /* REUSED: as it was recorded */
};

struct set_times { /* of one recipe */
    struct record_time *items;
    size_t count, capacity;
};

struct set_run {
    struct pool_task task; /* opens the source, then submits the roots */
    struct batch_item *item;
    struct plan *plan;
    struct arena *arena; /* for the end; locked by `lock` */
    int64_t admitted;
    size_t sequence; /* how many sets were admitted before */
    double started, deadline;
    struct batch_task measured; /* the start */
    pthread_mutex_t lock;       /* readers, left, error, outcomes of packs, inputs */
    struct node_run *nodes;     /* by plan node index */
    struct outcome *outcomes;   /* by rendition index */
    size_t left;                /* tasks that have not ended */
    bool cancelled, decoded;
    bool sheds; /* one task alone reads the bytes of the source: they go once it has the pixels */
    struct error error; /* the first failure */
    struct error *soft; /* a rendition failed, the set goes on; NULL: none */
    const struct plan_node *placeholder_node;
    bool placeholder_known;
    struct placeholder placeholder;
    struct {
        const char *name;
        VipsImage *image;
    } inputs[16]; /* named inputs that stages asked for */
    size_t input_count;
    struct record_set
        *before; /* per recipe: what was made last time; preset NULL: nothing is known */
    struct set_times *times; /* per recipe; locked by `lock` */
    size_t files_written;
    int64_t bytes_written;
};

/* Remembers the first failure and makes the other tasks end soon. */
void set_fail(struct set_run *set, const struct error *error);

/* set_order.c: fills the tasks of the steps that are wanted; `left` counts them; `sheds`. */
void set_order(struct set_run *set);
bool node_is_leaf(const struct plan_node *node);

/* set_flow.c: the callbacks of struct flow. */
VipsImage *flow_input(const struct flow *flow, const char *name, struct error *error);
bool flow_recall(const struct flow *flow, const struct hash *key, const char *what, char *text,
                 size_t size);
void flow_remember(const struct flow *flow, const struct hash *key, const char *what,
                   const char *text);

/* set_finish.c: what was there before; one finished rendition; the end of the set. */
void set_reuse(struct set_run *set);
PICSET_NODISCARD enum status outcome_accept(struct set_run *set, size_t rendition,
                                            struct error *error);
void set_finish(struct set_run *set);

/* set_record.c: the record of one recipe's part, once everything of it is made. */
PICSET_NODISCARD enum status set_record(struct set_run *set, size_t recipe, struct record_set *out,
                                        struct error *error);

/* set_times.c: the time since `started` under a name; of steps, the last first; of a leaf. */
size_t set_recipe(const struct set_run *set, const struct plan_rendition *rendition);
void set_time_steps(struct node_run *run, const struct plan_node *const *steps, size_t count,
                    struct batch_part *started);
void set_time_leaf(struct node_run *run, struct batch_part *started);
/* All of it into the record. */
PICSET_NODISCARD enum status set_times_record(struct set_run *set, size_t recipe,
                                              struct record_set *out, struct error *error);

/* What the record says of a rendition that was made by the same steps, or NULL. */
const struct record_rendition *set_record_find(const struct record_set *record,
                                               const struct plan_rendition *rendition);

#endif
