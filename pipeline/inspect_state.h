/* SPDX-License-Identifier: MIT
 * What the files of an inspection share: one path held against one preset. Not for anybody else. */
#ifndef PICSET_INSPECT_STATE_H
#define PICSET_INSPECT_STATE_H

#include "expect.h"
#include "found.h"
#include "inspect.h"

/* Where the preset's output folder is, seen from the folder that was given. */
struct base {
    const char *strip; /* the folders of the found paths that lie above it: "web/" */
    const char *add;   /* the folders between it and the one given: "Assets.xcassets/" */
};

struct place { /* where a found file lies in the eyes of the preset */
    struct found_file *file;
    const char *path; /* below the folder that was given */
};

struct match { /* a file that an output may have made */
    struct found_file *file;
    const char *path;    /* below the output folder */
    const size_t *lines; /* that it could be of */
    size_t line_count;
    const struct expectation *line; /* that it is held against */
    struct binding binding;
    const char *name, *dir; /* of its set: the name as it should be */
    size_t findings;
};

struct set { /* what one image became */
    const char *name, *dir;
};

struct inspection {
    const struct inspect_request *request;
    const struct inspect_target *target;
    struct expected expected;
    struct found *found;
    struct arena *arena;
    const struct base *base;
    struct place *places;
    size_t place_count, place_capacity;
    struct match *matches;
    size_t match_count, match_capacity;
    struct set *sets;
    size_t set_count, set_capacity;
    struct finding *findings;
    size_t finding_count, finding_capacity;
    const char **emitted; /* paths of emitted files that were looked at */
    size_t emitted_count, emitted_capacity;
    const char *taken; /* see struct inspected */
    bool failed;       /* memory was short */
};

/* The part of a found path that lies below the base; NULL when it does not. */
const char *base_below(const struct inspection *inspection, const struct base *base,
                       const char *path);
/* The other way round: where a file of the preset would be found; NULL when it would lie outside,
 * or memory is short. */
const char *base_found(const struct inspection *inspection, const char *path);
/* The same as the user would write it; never outside. */
const char *base_path(const struct inspection *inspection, const char *path);

/* Which rule is broken where; texts are copied. `line` may be NULL. */
void finding_add(struct inspection *inspection, const char *path, const char *rule,
                 const struct expectation *line, const char *wrong, const char *allowed);

/* inspect_places.c: all files that were found, and under which names the preset knows them. */
PICSET_NODISCARD enum status places_find(struct inspection *inspection, struct error *error);

/* inspect.c. `lines` has room for all of the recipe's. */

/* Is it of the outputs that were asked for? */
bool line_asked(const struct inspection *inspection, const struct expectation *line);
/* The outputs whose path this could be: of all that match, those that say the most. */
size_t lines_match(struct inspection *inspection, const char *path, size_t *lines,
                   struct binding *binding);
/* Does the folder that was given lie inside the output folder? Tries its last names. */
bool base_above(struct inspection *inspection, struct base *base, size_t *lines);
PICSET_NODISCARD enum status match_add(struct inspection *inspection, struct found_file *file,
                                       const char *path, const size_t *lines, size_t count,
                                       const struct binding *binding, struct error *error);
void nothing_say(struct inspection *inspection);
PICSET_NODISCARD enum status folder_inspect(struct inspection *inspection, size_t *lines,
                                            size_t *files, struct error *error);

/* inspect_alone.c: a file alone. */
PICSET_NODISCARD enum status alone_inspect(struct inspection *inspection, size_t *lines,
                                           size_t *files, struct error *error);
/* Could a file of this name be one that the preset emits? */
bool emitted_name(const struct inspection *inspection, const char *name);
PICSET_NODISCARD enum status emitted_inspect(struct inspection *inspection, const char *path,
                                             size_t *lines, size_t *files, struct error *error);

/* inspect_rules.c: one file against the lines that it could be of: takes the one it fits best. */
void match_judge(struct inspection *inspection, struct match *match);

/* Is something said of this path already, in the user's words? */
bool finding_there(const struct inspection *inspection, const char *path);

/* inspect_emit.c: the emitted files of one set, planned: do they lie there, and is what they say
 * so? */
PICSET_NODISCARD enum status emitted_judge(struct inspection *inspection, const struct plan *plan,
                                           struct error *error);

/* inspect_set.c: all matches are judged: what is missing, what is lost, which names are wrong. */
/* Is the match's ${name} as the preset's rule for names would make it? */
void match_named(struct inspection *inspection, struct match *match);
/* What of `has` (enum keep) the file lacks and its output must not lose. */
void match_loses(struct inspection *inspection, const struct match *match, unsigned has);
/* Was it made of the set's image? */
bool match_of(const struct match *match, const struct set *set);
PICSET_NODISCARD enum status sets_judge(struct inspection *inspection, struct error *error);

/* inspect_density.c: sizes that follow from each other; `plan` is of the guess. */
PICSET_NODISCARD enum status densities_judge(struct inspection *inspection, const struct set *set,
                                             const struct guess *guess, const struct plan *plan,
                                             struct error *error);

#endif
