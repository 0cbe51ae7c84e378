/* SPDX-License-Identifier: MIT
 * The crops, the runs and the verdict. What was measured stands in stages/README.md. */
#include "trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "memory.h"
#include "score.h"

enum {
    CROP = 128, /* px, of a side */
    COLUMNS = 4,
    ROWS = 2,
    CROPS = COLUMNS * ROWS,
    FADE = 32, /* px, over which one becomes the next */
    WIDTH = COLUMNS * CROP,
    HEIGHT = ROWS * CROP,
    CROP_GREY = 128 /* behind what is see-through */
};

/* ---- Without pixels ------------------------------------------------------------------------- */

static bool can_be_tried(const struct facts *facts, const struct encode_options *options,
                         enum format format, double quality)
{
    return quality >= 0 && facts->frames <= 1 && facts->bits == 8 &&
           !(format == FORMAT_AVIF && options->avif.depth > 8);
}

bool trial_settle(const struct codec *codec, const struct facts *facts,
                  struct encode_options *options, double *quality)
{
    const struct trial_rules *rules = codec->trial;
    const int64_t pixels = (int64_t)facts->width * facts->height;
    int *field = rules ? rules->field(options) : NULL;
    if (!field || *field != EFFORT_AUTO) {
        return false;
    }
    if (!can_be_tried(facts, options, codec->format, *quality)) {
        *field = rules->blind;
        return false;
    }
    if (pixels >= rules->least_pixels && facts->width >= WIDTH && facts->height >= HEIGHT) {
        return true;
    }
    *field = pixels < rules->tiny_pixels ? rules->tiny : rules->small;
    if (options->quality.number[codec->format] >= 0) {
        *quality = fmin(*quality + rules->small_quality, codec->highest);
    }
    return false;
}

/* ---- The crops ------------------------------------------------------------------------------ */

struct crop {
    int left, top;
    int64_t energy; /* how much neighbours differ */
};

static int green(const struct pixels *pixels, const uint8_t *pixel)
{
    return pixel[pixels->bands < 3 ? 0 : 1];
}

static int64_t energy_of(const struct pixels *pixels, int left, int top)
{
    int64_t energy = 0;
    for (int y = top; y < top + CROP - 1; y += 8) {
        const uint8_t *row = pixels_row(pixels, y) + (size_t)left * (size_t)pixels->bands;
        for (int x = 0; x < CROP - 1; x += 2) {
            const uint8_t *pixel = row + (size_t)x * (size_t)pixels->bands;
            const int here = green(pixels, pixel);
            energy += abs(here - green(pixels, pixel + pixels->bands));
            energy += abs(here - green(pixels, pixel + pixels->stride));
        }
    }
    return energy;
}

static int by_energy(const void *a, const void *b)
{
    const struct crop *x = a, *y = b;
    if (x->energy != y->energy) {
        return x->energy < y->energy ? 1 : -1;
    }
    return x->top != y->top ? x->top - y->top : x->left - y->left;
}

/* Of all places, in the order of their energy, the middle one of every eighth. */
static enum status choose_crops(const struct pixels *pixels, struct crop out[CROPS],
                                struct error *error)
{
    const size_t columns = (size_t)(pixels->width / CROP), rows = (size_t)(pixels->height / CROP);
    const size_t count = columns * rows;
    struct crop *crops = memory_zero(count, sizeof *crops);
    if (!crops) {
        return error_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        crops[i].left = (int)(i % columns) * CROP;
        crops[i].top = (int)(i / columns) * CROP;
        crops[i].energy = energy_of(pixels, crops[i].left, crops[i].top);
    }
    qsort(crops, count, sizeof *crops, by_energy);
    for (size_t i = 0; i < CROPS; i++) {
        out[i] = crops[(2 * i + 1) * count / (2 * CROPS)];
    }
    memory_free(crops);
    return STATUS_OK;
}

static int opaque(const struct pixels *pixels, const uint8_t *pixel, int channel)
{
    const int colours = pixels->bands < 3 ? 1 : 3;
    const int value = pixel[colours == 1 ? 0 : channel];
    const int alpha = pixels->bands > colours ? pixel[colours] : 255;
    return (value * alpha + CROP_GREY * (255 - alpha) + 127) / 255;
}

/* Where along one side of all crops: in which one, into which neighbour it fades, and how far. */
struct place {
    int own, other;
    int share; /* of the other, in 2 * FADE parts */
};

static struct place place_at(int at, int count)
{
    const int own = at / CROP, before = at % CROP, after = CROP - 1 - before;
    if (before < FADE / 2 && own > 0) {
        return (struct place){own, own - 1, FADE - 1 - 2 * before};
    }
    if (after < FADE / 2 && own < count - 1) {
        return (struct place){own, own + 1, FADE - 1 - 2 * after};
    }
    return (struct place){own, own, 0};
}

static int within(int value, int size)
{
    return value < 0 ? 0 : value < size ? value : size - 1;
}

static void add_pixel(const struct pixels *pixels, const struct crop crops[CROPS], int column,
                      int row, int x, int y, int share, int sum[3])
{
    const struct crop *crop = &crops[row * COLUMNS + column];
    const int left = within(crop->left + x - column * CROP, pixels->width);
    const int top = within(crop->top + y - row * CROP, pixels->height);
    const uint8_t *pixel = pixels_row(pixels, top) + (size_t)left * (size_t)pixels->bands;
    for (int channel = 0; channel < 3; channel++) {
        sum[channel] += share * opaque(pixels, pixel, channel);
    }
}

/* Side by side in two rows, as RGB. Hard edges between them would be what the encoder and the score
 * see most of in a smooth picture, so one fades into the next. */
static void copy_crops(const struct pixels *pixels, const struct crop crops[CROPS], uint8_t *rgb)
{
    const int whole = 2 * FADE;
    for (int y = 0; y < HEIGHT; y++) {
        const struct place row = place_at(y, ROWS);
        for (int x = 0; x < WIDTH; x++) {
            const struct place column = place_at(x, COLUMNS);
            int sum[3] = {0};
            for (int i = 0; i < 4; i++) {
                const int share = (i & 1 ? column.share : whole - column.share) *
                                  (i & 2 ? row.share : whole - row.share);
                if (share > 0) {
                    add_pixel(pixels, crops, i & 1 ? column.other : column.own,
                              i & 2 ? row.other : row.own, x, y, share, sum);
                }
            }
            for (int channel = 0; channel < 3; channel++) {
                *rgb++ = (uint8_t)((sum[channel] + whole * whole / 2) / (whole * whole));
            }
        }
    }
}

/* ---- The runs ------------------------------------------------------------------------------- */

struct crops {
    const struct encode_job *job;
    uint8_t *rgb, *decoded;
};

static enum status run_at(const struct crops *crops, const struct encode_options *options,
                          double quality, double *bytes, double *score, struct error *error)
{
    const struct codec *codec = codec_find(crops->job->format);
    const struct attachments none = {0};
    const struct pixels pixels = {.bytes = crops->rgb,
                                  .stride = WIDTH * 3,
                                  .width = WIDTH,
                                  .height = HEIGHT,
                                  .frames = 1,
                                  .bands = 3,
                                  .depth = 1};
    struct encode_job job = *crops->job;
    struct buffer made = {0};
    if (encode_stopped(job.flow)) {
        return encode_interrupted(error);
    }
    job.options = options;
    job.pixels = &pixels;
    job.attachments = &none;
    job.quality = fmin(quality, codec->highest);
    enum status status = codec->encode(&job, &made, error);
    if (status == STATUS_OK) {
        status = codec->trial->decode(made.data, made.size, pixels.width, pixels.height,
                                      crops->decoded, error);
    }
    if (status == STATUS_OK) {
        const struct score_view original = {crops->rgb, pixels.stride, 3, 0};
        const struct score_view distorted = {crops->decoded, pixels.stride, 3, 0};
        const struct score_job pair = {.original = original,
                                       .distorted = distorted,
                                       .width = pixels.width,
                                       .height = pixels.height};
        *bytes = (double)made.size;
        status = score_rows(&pair, score, error);
    }
    buffer_free(&made);
    return status;
}

/* As the plan would say it: "10-bit effort 2". */
static void name_run(struct trial_run *run, const struct codec *codec,
                     const struct encode_options *options)
{
    struct buffer words = {.limit = sizeof run->words};
    codec->words(options, 0, &words);
    snprintf(run->words, sizeof run->words, "%s",
             words.size > 0 && !buffer_failed(&words) ? buffer_string(&words) + 1 : "");
    buffer_free(&words);
}

/* All candidates, and the first once more at a higher quality. */
static enum status run_all(const struct crops *crops, struct trial_runs *runs, struct error *error)
{
    const struct codec *codec = codec_find(crops->job->format);
    const struct trial_rules *rules = codec->trial;
    const double quality = crops->job->quality;
    enum status status = STATUS_OK;
    for (size_t i = 0; i < TRIAL_CANDIDATES && rules->candidates[i].seconds > 0; i++) {
        struct encode_options options = *crops->job->options;
        struct trial_run *run = &runs->at[i];
        rules->take(&rules->candidates[i], &options);
        name_run(run, codec, &options);
        if (status == STATUS_OK) {
            status = run_at(crops, &options, quality, &run->bytes, &run->score, error);
            run->done = status == STATUS_OK;
        }
        if (status == STATUS_OK && i == 0) {
            status = run_at(crops, &options, quality + TRIAL_STEP, &runs->bytes_above,
                            &runs->score_above, error);
        }
    }
    return status;
}

/* ---- The verdict ---------------------------------------------------------------------------- */

/* Points of score for a step of quality, on these crops; and ln of bytes. */
static double step_score(const struct trial_runs *runs)
{
    return fmax((runs->score_above - runs->at[0].score) / TRIAL_STEP, 0.25);
}

static double step_rate(const struct trial_runs *runs)
{
    return fmax(log(runs->bytes_above / runs->at[0].bytes) / TRIAL_STEP, 0.01);
}

size_t trial_verdict(const struct codec *codec, const struct trial_runs *runs, double *quality)
{
    const struct trial_rules *rules = codec->trial;
    const double asked = *quality, most = fmin(codec->highest - asked, 12);
    const double fewest = fmax(codec->lowest - asked, -3);
    double least = INFINITY;
    size_t best = 0;
    for (size_t i = 0; i < TRIAL_CANDIDATES; i++) {
        if (!runs->at[i].done) {
            continue;
        }
        /* Whole steps that make up for what is lacking; in doubt one more. */
        const double wished = floor(rules->lacks(runs, i) / step_score(runs) + 0.65);
        const double steps = fmin(fmax(wished, fewest), most);
        const double bytes = runs->at[i].bytes * exp(steps * step_rate(runs)) / TRIAL_PIXELS;
        const double cost = rules->candidates[i].seconds * 1e-6 + bytes / rules->bytes_a_second;
        if (cost < least) {
            least = cost;
            best = i;
            *quality = asked + steps;
        }
    }
    return best;
}

/* "10-bit effort 2, q53 for q50; crops: effort 0 16566 B score 61.0, …" */
static void say(const struct trial_runs *runs, size_t best, double asked, double quality,
                char words[FLOW_WORDS])
{
    size_t length = (size_t)snprintf(
        words, FLOW_WORDS, "%s, q%g for q%g; crops:", runs->at[best].words, quality, asked);
    for (size_t i = 0; i < TRIAL_CANDIDATES && length < FLOW_WORDS; i++) {
        const struct trial_run *run = &runs->at[i];
        if (run->done) {
            length +=
                (size_t)snprintf(words + length, FLOW_WORDS - length, " %s %.0f B score %.1f,",
                                 run->words, run->bytes, run->score);
        }
    }
    length = strlen(words);
    words[length - 1] = '\0';
}

static enum status run_trial(const struct encode_job *job, size_t *candidate, double *quality,
                             char words[FLOW_WORDS], struct error *error)
{
    const struct codec *codec = codec_find(job->format);
    const size_t size = (size_t)WIDTH * HEIGHT * 3;
    struct crop places[CROPS];
    struct trial_runs runs = {.pixels = (int64_t)job->pixels->width * job->pixels->height,
                              .level = job->options->quality.number[job->format] < 0};
    struct crops crops = {job, memory_alloc(size), memory_alloc(size)};
    enum status status =
        crops.rgb && crops.decoded ? choose_crops(job->pixels, places, error) : error_memory(error);
    if (status == STATUS_OK) {
        copy_crops(job->pixels, places, crops.rgb);
        status = run_all(&crops, &runs, error);
    }
    if (status == STATUS_OK) {
        *candidate = trial_verdict(codec, &runs, quality);
        say(&runs, *candidate, job->quality, *quality, words);
    }
    memory_free(crops.rgb);
    memory_free(crops.decoded);
    return status;
}

/* "2 53 10-bit effort 2, q53 for q50; …": a store may have been written by anybody. */
static bool recall(const struct encode_job *job, const struct step *step, size_t *candidate,
                   double *quality, char words[FLOW_WORDS])
{
    const struct codec *codec = codec_find(job->format);
    char text[FLOW_WORDS + 40], *end = text;
    if (!job->flow->recall ||
        !job->flow->recall(job->flow, &step->key, TRIAL_NAME, text, sizeof text)) {
        return false;
    }
    const long number = strtol(text, &end, 10);
    *quality = strtod(end, &end);
    if (number < 0 || number >= TRIAL_CANDIDATES || codec->trial->candidates[number].seconds <= 0 ||
        *quality < codec->lowest || *quality > codec->highest) {
        return false;
    }
    *candidate = (size_t)number;
    snprintf(words, FLOW_WORDS, "%s", *end == ' ' ? end + 1 : end);
    return true;
}

enum status trial_choose(const struct encode_job *job, const struct step *step,
                         struct encode_options *options, double *quality, char words[FLOW_WORDS],
                         struct error *error)
{
    const struct trial_rules *rules = codec_find(job->format)->trial;
    size_t candidate = 0;
    if (!recall(job, step, &candidate, quality, words)) {
        char text[FLOW_WORDS + 40];
        *quality = job->quality;
        const enum status status = run_trial(job, &candidate, quality, words, error);
        if (status != STATUS_OK) {
            return status;
        }
        snprintf(text, sizeof text, "%zu %g %s", candidate, *quality, words);
        if (job->flow->remember) {
            job->flow->remember(job->flow, &step->key, TRIAL_NAME, text);
        }
    }
    rules->take(&rules->candidates[candidate], options);
    return STATUS_OK;
}
