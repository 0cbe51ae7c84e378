/* SPDX-License-Identifier: MIT
 * The sets of a run: whatever is ready is made, one batch after the other, while more images come.
 */
#include <stdlib.h>
#include <string.h>

#include "work_state.h"

struct set {          /* one image of a batch */
    const char *name; /* as events call it */
    size_t image;     /* of the work's */
};

struct sets { /* one batch */
    struct run *run;
    struct set *sorted;
    struct batch_image *images;
    size_t *reported;
    size_t count, done;
};

static int compare_sets(const void *a, const void *b)
{
    return strcmp(((const struct set *)a)->name, ((const struct set *)b)->name);
}

static void set_happened(void *data, const struct batch_event *event)
{
    struct sets *sets = data;
    struct run *run = sets->run;
    struct batch_event told = *event;
    const struct set key = {.name = event->source};
    const struct set *set = event->source ? bsearch(&key, sets->sorted, sets->count,
                                                    sizeof(*sets->sorted), compare_sets)
                                          : NULL;
    (void)pthread_mutex_lock(&run->lock);
    told.sources_done += run->base_sources;
    told.sources_total = run->work->wanted_count;
    told.renditions_done += run->base_renditions;
    told.renditions_total += run->base_renditions;
    if (set) {
        const struct project_image *image = run->work->images[set->image].image;
        FILE *log = image->source ? NULL : run->work->service.log;
        told.source = image->id;
        if (log && event->type == BATCH_SET && event->status == STATUS_OK && !event->unchanged) {
            generate_log_set(log, image->prompt, event->files, event->seconds);
        }
        report_image_event(&run->report, run->reported[set->image], &told);
    } else {
        report_event(&run->report, &told);
    }
    (void)pthread_mutex_unlock(&run->lock);
}

static void abandon(void *data)
{
    batch_abandon(data);
}

static void summary_add(struct batch_summary *sum, const struct batch_summary *one)
{
    sum->sources += one->sources;
    sum->made += one->made;
    sum->unchanged += one->unchanged;
    sum->failed += one->failed;
    sum->refused += one->refused;
    sum->files += one->files;
    sum->renditions += one->renditions;
    sum->emitted += one->emitted;
    sum->pruned += one->pruned;
    sum->bytes_in += one->bytes_in;
    sum->bytes_out += one->bytes_out;
    sum->pixels_in += one->pixels_in;
    sum->pixels_out += one->pixels_out;
    sum->decodes += one->decodes;
    sum->seconds += one->seconds;
    sum->memory = one->memory;
    sum->jobs = one->jobs;
    if (one->peak_memory > sum->peak_memory) {
        sum->peak_memory = one->peak_memory;
    }
}

static void batch_ended(struct run *run, const struct sets *sets, const struct batch *batch,
                        const struct batch_summary *summary, enum status status,
                        const struct error *error)
{
    (void)pthread_mutex_lock(&run->lock);
    if (batch && status != STATUS_INTERRUPTED) {
        report_batch(&run->report, batch, sets->reported);
    }
    summary_add(&run->summary, summary);
    run->base_sources += summary->sources;
    run->base_renditions += summary->renditions;
    if (status != STATUS_OK && (run->sets == STATUS_OK || status == STATUS_INTERRUPTED)) {
        run->sets = status;
        work_halt(run);
        if (summary->failed == 0) { /* else each was told of when it happened */
            run->sets_error = *error;
        }
    }
    (void)pthread_mutex_unlock(&run->lock);
}

static bool knows_id(void *data, const char *id)
{
    const struct sets *sets = data;
    const struct project *project = sets->run->work->project;
    for (size_t i = 0; i < project->image_count; i++) {
        if (strcmp(project->images[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static void root_keep(struct run *run, struct work_group *group, const struct batch *batch)
{
    (void)pthread_mutex_lock(&run->lock);
    group->root = arena_text(run->work->cli->arena, batch_root(batch));
    (void)pthread_mutex_unlock(&run->lock);
}

static enum status batch_make(struct sets *sets, struct work_group *group)
{
    struct run *run = sets->run;
    struct batch_request request = run->work->request.batch;
    struct batch_summary summary = {0};
    struct batch *batch = NULL;
    struct error error = {0};
    request.images = sets->images;
    request.image_count = sets->count;
    request.presets = group->presets;
    request.preset_count = group->preset_count;
    request.out = group->out;
    request.event = set_happened;
    request.data = sets;
    request.knows = run->work->project->folder ? knows_id : NULL; /* else it is no file's */
    request.interrupted = &run->signals.interrupted;
    enum status status = batch_plan(&request, &batch, &error);
    if (status == STATUS_OK) {
        run->signals.data = batch;
        __atomic_store_n(&run->signals.abandon, abandon, __ATOMIC_RELEASE);
        status = batch_run(batch, &summary, &error);
        __atomic_store_n(&run->signals.abandon, NULL, __ATOMIC_RELEASE);
        root_keep(run, group, batch);
    }
    batch_ended(run, sets, batch, &summary, status, &error);
    if (status != STATUS_INTERRUPTED) { /* its workers may be busy still */
        batch_free(batch);
    }
    return status;
}

/* The ready images of one group, taken; count 0: none is ready. */
static enum status take_ready(struct run *run, struct arena *arena, struct sets *out, int *group)
{
    struct work *work = run->work;
    size_t count = work->project->image_count;
    *out = (struct sets){.run = run};
    *group = WORK_NO_GROUP;
    for (size_t i = 0; i < count; i++) {
        struct work_image *image = &work->images[i];
        if (image->state != WORK_READY || (*group != WORK_NO_GROUP && image->group != *group)) {
            continue;
        }
        if (*group == WORK_NO_GROUP) {
            *group = image->group;
            out->images = arena_array(arena, count - i, sizeof(*out->images));
            out->sorted = arena_array(arena, count - i, sizeof(*out->sorted));
            out->reported = arena_array(arena, count - i, sizeof(*out->reported));
            if (!out->images || !out->sorted || !out->reported) {
                return STATUS_FAILED;
            }
        }
        image->state = WORK_TAKEN;
        out->images[out->count] = work_batch_image(work, image, arena);
        const char *name = image->image->source ? image->path : image->image->id;
        out->sorted[out->count] = (struct set){name, i};
        out->reported[out->count++] = run->reported[i];
    }
    if (out->count > 0) {
        qsort(out->sorted, out->count, sizeof(*out->sorted), compare_sets);
    }
    return STATUS_OK;
}

/* Waits until some image is ready, then makes the sets of all that are, group by group. */
void *work_make_sets(void *data)
{
    struct run *run = data;
    for (;;) {
        struct arena *arena = arena_new();
        struct sets *sets = arena ? arena_alloc(arena, sizeof(*sets)) : NULL;
        int group = WORK_NO_GROUP;
        (void)pthread_mutex_lock(&run->lock);
        enum status status = sets ? take_ready(run, arena, sets, &group) : STATUS_FAILED;
        while (status == STATUS_OK && sets->count == 0 && !run->all_came) {
            (void)pthread_cond_wait(&run->more, &run->lock);
            status = take_ready(run, arena, sets, &group);
        }
        if (status != STATUS_OK && run->sets == STATUS_OK) {
            run->sets = error_memory(&run->sets_error);
        }
        (void)pthread_mutex_unlock(&run->lock);
        bool last = status != STATUS_OK || sets->count == 0;
        if (!last) {
            status = batch_make(sets, &run->work->groups[group]);
        }
        last = last || status == STATUS_INTERRUPTED ||
               __atomic_load_n(&run->halted, __ATOMIC_ACQUIRE) != 0;
        if (status != STATUS_INTERRUPTED) { /* else workers may tell of them still */
            arena_free(arena);
        }
        if (last) {
            return NULL;
        }
    }
}
