/* SPDX-License-Identifier: MIT
 * What a service sent as an image: believed only after its bytes have been walked, measured and
 * decoded as a source would be; then kept, and compared with what was asked. Knows no codec. */
#include "generate_state.h"

#include "image.h"
#include "memory.h"
#include "source.h"
#include "stage.h"

static const struct stage *load_stage(void)
{
    const struct stage *const *stage = stage_list();
    while ((*stage)->kind != STAGE_LOAD) {
        stage++;
    }
    return *stage;
}

static enum status load_step(const struct stage *load, const struct source *source,
                             const struct limits *limits, const struct facts *facts,
                             struct arena *arena, struct step *step, struct error *error)
{
    void *options = arena_alloc(arena, load->options_size + 1);
    struct plan_context context = {.arena = arena, .limits = limits, .source = source};
    if (!options) {
        return error_memory(error);
    }
    if (load->options && options_default(load->options, arena, options, error) != STATUS_OK) {
        return error->status;
    }
    *step = (struct step){.stage = load, .options = options, .in = *facts, .out = *facts};
    return load->plan ? load->plan(options, &context, facts, &step->out, &step->choice, error)
                      : STATUS_OK;
}

/* Every pixel: a picture that is cut short is found out now, while it can be fetched again. */
static enum status decode_all(const struct stage *load, const struct source *source,
                              const struct limits *limits, const struct facts *facts,
                              struct error *error)
{
    struct arena *arena = arena_new();
    struct flow flow = {.source = source, .limits = limits, .load_scale = 1.0, .threads = 1};
    struct step step;
    VipsImage *lazy = NULL, *image = NULL;
    enum status status =
        arena ? load_step(load, source, limits, facts, arena, &step, error) : error_memory(error);
    image_work_begin(false);
    if (status == STATUS_OK) {
        status = image_run(&step, &flow, NULL, &lazy, error);
    }
    if (status == STATUS_OK) {
        status = image_compute(lazy, &flow, &image, error);
    }
    image_work_end();
    image_release(&lazy);
    image_release(&image);
    arena_free(arena);
    return status;
}

/* Any failure but short memory is the image's: STATUS_REFUSED. */
static enum status image_measure(const void *bytes, size_t size, struct facts *facts,
                                 struct error *error)
{
    const struct stage *load = load_stage();
    struct limits limits = limits_default();
    struct source source = {0};
    struct error found = {0};
    long refusals = memory_refusals();
    enum status status = size > 0
                             ? source_from_memory(&source, "image", bytes, size, &limits, &found)
                             : error_set(&found, STATUS_REFUSED, "it is empty");
    if (status == STATUS_OK) {
        status = load->probe(&source, &limits, facts, &found);
    }
    if (status == STATUS_OK) {
        status = decode_all(load, &source, &limits, facts, &found);
    }
    source_release(&source);
    if (status != STATUS_OK) {
        bool ours = memory_refusals() != refusals;
        return error_set(error, ours ? STATUS_FAILED : STATUS_REFUSED, "%s", found.message);
    }
    return STATUS_OK;
}

/* ---- Asked and got ---- */

static void compare(struct generate *generate, struct work *work, const struct facts *facts)
{
    const struct ask *ask = &work->ask;
    const char *format = ask->format ? ask->format : ask->model->format_default;
    enum format asked = format ? format_by_name(format) : FORMAT_NONE;
    int width = 0, height = 0;
    if (model_pixels(ask->model, ask->aspect, ask->size, &width, &height) &&
        (width != facts->width || height != facts->height)) {
        generate_note(generate, work, "asked for %dx%d px, got %dx%d", width, height, facts->width,
                      facts->height);
    }
    if (asked != FORMAT_NONE && asked != facts->format) {
        generate_note(generate, work, "asked for %s, got %s", format_info(asked)->name,
                      format_info(facts->format)->name);
    }
}

enum status work_keep_image(struct generate *generate, struct work *work, const void *bytes,
                            size_t size, struct error *error)
{
    struct facts facts = {0};
    enum status status = image_measure(bytes, size, &facts, error);
    if (status == STATUS_OK) {
        status = journal_keep_image(generate->request.journal, bytes, size,
                                    format_info(facts.format)->extension, work->arena,
                                    &work->job.image, &work->job.image_hash, error);
    }
    if (status != STATUS_OK) {
        return status;
    }
    work->job.width = facts.width;
    work->job.height = facts.height;
    work->job.format = format_info(facts.format)->name;
    compare(generate, work, &facts);
    return STATUS_OK;
}
