/* SPDX-License-Identifier: MIT
 * What each prompt of a project is asked for: aspect and size from its presets, references as the
 * service takes them, all held against the model's table before anything is sent. */
#include <pthread.h>
#include <string.h>
#include <strings.h>

#include "memory.h"
#include "stage.h"
#include "work.h"

enum { FETCH_BYTES_MAX = 96 << 20 };

/* ---- Aspect, size, price -------------------------------------------------------------------- */

/* Equal wishes for equal presets were weighed before. */
static const struct work_image *chosen_before(const struct work *work, size_t before)
{
    const struct work_image *image = &work->images[before];
    const struct project_wishes *wishes = &image->image->wishes;
    for (size_t i = before; i-- > 0;) {
        const struct work_image *other = &work->images[i];
        const struct project_wishes *same = &other->image->wishes;
        bool aspect = wishes->aspect == same->aspect ||
                      (wishes->aspect && same->aspect && !strcmp(wishes->aspect, same->aspect));
        bool size = wishes->size == same->size ||
                    (wishes->size && same->size && !strcmp(wishes->size, same->size));
        if (other->asked && other->group == image->group && aspect && size) {
            return other;
        }
    }
    return NULL;
}

static enum status choose(struct work *work, size_t i, struct error *error)
{
    struct work_image *image = &work->images[i];
    const struct project_wishes *wishes = &image->image->wishes;
    const struct work_image *before = chosen_before(work, i);
    if (before) {
        image->choice = before->choice;
        return STATUS_OK;
    }
    const struct work_group *group =
        image->group == WORK_NO_GROUP ? NULL : &work->groups[image->group];
    return ask_choose(work->service.model, wishes->aspect, image->ask.size,
                      group ? group->recipes : NULL, group ? group->preset_count : 0,
                      &work->request.batch.limits, &image->choice, error);
}

/* References that are not there yet are counted, not looked at. */
static enum status check(struct work *work, struct work_image *image, struct error *error)
{
    const size_t count = image->image->reference_count;
    struct reference *stand_ins = arena_array(work->cli->arena, count + 1, sizeof(*stand_ins));
    struct ask ask = image->ask;
    if (!stand_ins) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        stand_ins[i] = (struct reference){
            .name = image->image->references[i].id, .bytes = "", .format = FORMAT_PNG};
    }
    ask.references = stand_ins;
    ask.reference_count = count;
    return ask_check(work->service.provider, &ask, error);
}

/* A word as the model spells it: "4k" is "4K". */
static const char *spelled(const char *const *known, const char *word)
{
    for (; word && known && *known; known++) {
        if (strcasecmp(*known, word) == 0) {
            return *known;
        }
    }
    return word;
}

static enum status ask_one(struct work *work, size_t i, struct error *error)
{
    struct work_image *image = &work->images[i];
    const struct project_wishes *wishes = &image->image->wishes;
    const struct model *model = work->service.model;
    const char *size = spelled(model->sizes, wishes->size);
    const char *format = wishes->format ? model_format(model, wishes->format) : NULL;
    image->ask = (struct ask){
        .model = model,
        .prompt = image->image->prompt,
        .aspect = wishes->aspect,
        .size = size,
        .format = format ? format : wishes->format,
        .grounding = wishes->grounding,
        .seed_given = wishes->seed_given,
        .seed = wishes->seed,
        .thinking = wishes->thinking,
        .callback_url =
            *work->options->generation.callback_url ? work->options->generation.callback_url : NULL,
    };
    /* The words first: a choice among aspects that the model does not have is none. */
    if (check(work, image, error) != STATUS_OK || choose(work, i, error) != STATUS_OK) {
        return error->status;
    }
    image->ask.aspect = image->choice.aspect;
    image->ask.size = model->sizes ? image->choice.size : size;
    image->price = model_price(model, image->ask.size);
    return check(work, image, error);
}

double work_least(double one, double other)
{
    return one < 0 ? other : other < 0 || one < other ? one : other;
}

/* A bound that cannot be kept is none. */
static enum status price_check(const struct work *work, const struct work_image *image,
                               struct error *error)
{
    const char *model = image->ask.model->name, *size = image->ask.size;
    size = size ? size : image->ask.model->size_default ? image->ask.model->size_default : "";
    if (image->price >= 0 ||
        work_least(work->options->generation.max_cost, work->project->cost_max) < 0) {
        return STATUS_OK;
    }
    return error_set(error, STATUS_USAGE,
                     "the price of %s%s%s is not known, so a bound on the cost cannot be kept; the "
                     "project file can say it: \"provider\": {\"model\": \"%s\", \"fields\": "
                     "{\"prices\": [\"%s%s0.04\"]}}",
                     model, *size ? " at " : "", size, model, size, *size ? " " : "");
}

enum status work_ask(struct work *work, struct error *error)
{
    for (size_t i = 0; i < work->project->image_count; i++) {
        if (work->images[i].asked && (ask_one(work, i, error) != STATUS_OK ||
                                      price_check(work, &work->images[i], error) != STATUS_OK)) {
            return error_at(error, "%s: %s", work->project->file, work->images[i].image->place);
        }
    }
    return STATUS_OK;
}

/* ---- References ----------------------------------------------------------------------------- */

struct work_reference {
    const char *from; /* path or URL */
    struct reference reference;
};

static const struct stage *load_stage(void)
{
    const struct stage *const *stage = stage_list();
    while ((*stage)->kind != STAGE_LOAD) {
        stage++;
    }
    return *stage;
}

/* Its format by content; what no decoder would take is refused here, not by the service. */
static enum status take_source(struct work *work, struct source *source, const char *from,
                               struct reference *out, struct error *error)
{
    struct facts facts;
    if (load_stage()->probe(source, &work->request.batch.limits, &facts, error) != STATUS_OK) {
        return error->status;
    }
    void *copy = arena_alloc(work->cli->arena, source->size);
    if (!copy) {
        return error_memory(error);
    }
    source_original(source, copy);
    *out = (struct reference){
        .name = from, .bytes = copy, .size = source->size, .format = facts.format};
    return STATUS_OK;
}

struct fetch {
    pthread_mutex_t lock;
    pthread_cond_t done;
    bool ended;
    struct work *work;
    const char *url;
    struct reference *out;
    struct error *error;
};

static void fetched(void *data, const struct http_answer *answer)
{
    struct fetch *fetch = data;
    struct source source = {0};
    (void)pthread_mutex_lock(&fetch->lock);
    if (answer->failure != HTTP_OK) {
        (void)error_set(fetch->error, STATUS_GENERATION, "cannot be fetched: %s", answer->words);
    } else if (answer->status != 200) {
        (void)error_set(fetch->error, STATUS_GENERATION, "cannot be fetched: status %ld",
                        answer->status);
    } else if (source_from_memory(&source, fetch->url, answer->body, answer->size,
                                  &fetch->work->request.batch.limits, fetch->error) == STATUS_OK) {
        (void)take_source(fetch->work, &source, fetch->url, fetch->out, fetch->error);
        source_release(&source);
    }
    fetch->ended = true;
    (void)pthread_cond_signal(&fetch->done);
    (void)pthread_mutex_unlock(&fetch->lock);
}

/* Waits: the caller does nothing else meanwhile, so the arena is ours. */
static enum status reference_fetch(struct work *work, const char *url, struct reference *out,
                                   struct error *error)
{
    struct fetch fetch = {.work = work, .url = url, .out = out, .error = error};
    (void)pthread_mutex_init(&fetch.lock, NULL);
    (void)pthread_cond_init(&fetch.done, NULL);
    enum status status = http_fetch(work->service.http, url, FETCH_BYTES_MAX, work->service.local,
                                    fetched, &fetch, error);
    (void)pthread_mutex_lock(&fetch.lock);
    while (status == STATUS_OK && !fetch.ended) {
        (void)pthread_cond_wait(&fetch.done, &fetch.lock);
    }
    (void)pthread_mutex_unlock(&fetch.lock);
    (void)pthread_cond_destroy(&fetch.done);
    (void)pthread_mutex_destroy(&fetch.lock);
    return error->status;
}

static enum status reference_read(struct work *work, const char *path, struct reference *out,
                                  struct error *error)
{
    struct source source = {0};
    if (source_read(&source, path, &work->request.batch.limits, error) != STATUS_OK) {
        return error->status;
    }
    enum status status = take_source(work, &source, path, out, error);
    source_release(&source);
    return status;
}

static enum status reference_get(struct work *work, const struct project_reference *said,
                                 struct reference *out, struct error *error)
{
    const char *from = said->url    ? said->url
                       : said->path ? said->path
                                    : work->images[said->image].path;
    for (size_t i = 0; i < work->reference_count; i++) {
        if (strcmp(work->references[i].from, from) == 0) {
            *out = work->references[i].reference;
            return STATUS_OK;
        }
    }
    enum status status;
    if (said->url && work->service.provider->upload) { /* the service fetches it itself */
        *out = (struct reference){.name = from, .url = from};
        status = STATUS_OK;
    } else if (said->url) {
        status = reference_fetch(work, said->url, out, error);
    } else {
        status = reference_read(work, from, out, error);
    }
    if (status != STATUS_OK) {
        return error_at(error, "%s", from);
    }
    struct work_reference *slot =
        arena_push(work->cli->arena, &work->references, &work->reference_count,
                   &work->reference_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = (struct work_reference){from, *out};
    return STATUS_OK;
}

enum status work_references(struct work *work, struct work_image *image, struct error *error)
{
    const struct project_image *said = image->image;
    struct reference *list =
        arena_array(work->cli->arena, said->reference_count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t i = 0; i < said->reference_count; i++) {
        if (reference_get(work, &said->references[i], &list[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    image->ask.references = list;
    image->ask.reference_count = said->reference_count;
    return ask_check(work->service.provider, &image->ask, error);
}
