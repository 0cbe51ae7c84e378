/* SPDX-License-Identifier: MIT
 * The images of a project on their way: which presets together make one batch, what each prompt is
 * to be asked for, which image waits for which. For generate, build, plan and check. */
#ifndef PICSET_CLI_WORK_H
#define PICSET_CLI_WORK_H

#include "ask_choice.h"
#include "report.h"
#include "service.h"

/* Images that get the same presets in the same folder: one batch. */
struct work_group {
    const struct batch_preset *presets;
    size_t preset_count;
    const struct recipe **recipes; /* of the presets, for choices and checks */
    const char *out;
    const char *root; /* once a batch of it was made: the folder that its files lie below */
};

enum { WORK_NO_GROUP = -1 };

enum work_state {               /* of a set */
                  WORK_WAITING, /* for its image, or for others that it needs */
                  WORK_READY,   /* can be made */
                  WORK_TAKEN,   /* a batch has it */
                  WORK_LOST     /* cannot be made: an image is missing */
};

struct work_image {
    const struct project_image *image;
    int group;      /* WORK_NO_GROUP: no set */
    bool wanted;    /* its set */
    bool asked;     /* its image, for itself or for another */
    struct ask ask; /* of a prompt; references are filled in when they are there */
    struct ask_choice choice;
    double price;                   /* US dollars; < 0 unknown */
    const char *path;               /* its file: the source, or what was made */
    bool added;                     /* to the engine */
    int progress;                   /* that was said of it, with -v; < 0: nothing yet */
    bool made, failed;              /* its image is there; cannot be had */
    const char *xmp;                /* of an image that was made: what its renditions say … */
    const struct value *generation; /* … and what the record says */
    bool changed;                   /* a plan: the id was asked for otherwise before */
    enum work_state state;
};

struct work {
    struct cli *cli;
    const struct make_options *options;
    const struct project *project;
    struct request request; /* what all batches share */
    struct service service;
    struct work_group *groups;
    size_t group_count, group_capacity;
    struct work_image *images; /* in the order of project->images */
    size_t asked_count, wanted_count;
    struct work_reference *references; /* files and URLs that were read, each once */
    size_t reference_count, reference_capacity;
};

/* picset.json, by the options' `project`; then library, limits and groups: all that can be checked
 * without asking a service. */
PICSET_NODISCARD enum status work_open(struct cli *cli, const struct make_options *options,
                                       struct work *out, struct error *error);
/* The same for a project that is not in a file, whose images have the request's presets. */
PICSET_NODISCARD enum status work_open_one(struct cli *cli, const struct make_options *options,
                                           const struct project *project, struct work *out,
                                           struct error *error);
/* Takes the images of these ids (patterns too), and those that they need; none: all. */
PICSET_NODISCARD enum status work_select(struct work *work, const struct words *ids,
                                         struct error *error);
/* Aspect, size and price of each prompt that is asked; checked against the model's table. */
PICSET_NODISCARD enum status work_ask(struct work *work, struct error *error);
/* Of two bounds the one that is kept; < 0 is none. */
double work_least(double one, double other);
/* Reads the references of an image, all of which are there, into its ask. */
PICSET_NODISCARD enum status work_references(struct work *work, struct work_image *image,
                                             struct error *error);
/* Makes everything. */
PICSET_NODISCARD enum status work_run(struct work *work, struct error *error);
/* Shows everything; makes nothing. */
PICSET_NODISCARD enum status work_plan(struct work *work, struct error *error);
void work_close(struct work *work);

/* The image of a job that is done, and what its set says of where it comes from. */
PICSET_NODISCARD bool work_take_job(struct work *work, struct work_image *image,
                                    const struct job *job);
/* One image of a batch, from what is known of it. */
struct batch_image work_batch_image(const struct work *work, const struct work_image *image,
                                    struct arena *arena);

#endif
