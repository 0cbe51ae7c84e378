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

static uint8_t opaque(const struct pixels *pixels, const uint8_t *pixel, int channel)
{
    const int colours = pixels->bands < 3 ? 1 : 3;
    const unsigned value = pixel[colours == 1 ? 0 : channel];
    const unsigned alpha = pixels->bands > colours ? pixel[colours] : 255;
    return (uint8_t)((value * alpha + CROP_GREY * (255 - alpha) + 127) / 255);
}

/* Side by side in two rows, as RGB. */
static void copy_crops(const struct pixels *pixels, const struct crop crops[CROPS], uint8_t *rgb)
{
    for (int y = 0; y < HEIGHT; y++) {
        for (int i = 0; i < COLUMNS; i++) {
            const struct crop *crop = &crops[y / CROP * COLUMNS + i];
            const uint8_t *pixel = pixels_row(pixels, crop->top + y % CROP) +
                                   (size_t)crop->left * (size_t)pixels->bands;
            for (int x = 0; x < CROP; x++, pixel += pixels->bands) {
                for (int channel = 0; channel < 3; channel++) {
                    *rgb++ = opaque(pixels, pixel, channel);
                }
            }
        }
    }
}

/* ---- The runs ------------------------------------------------------------------------------- */

struct crops {
    const struct encode_job *job;
    uint8_t *rgb, *decoded;
};

static enum status run_at(const struct crops *crops, int effort, double quality, double *bytes,
                          double *score, struct error *error)
{
    const struct codec *codec = codec_find(crops->job->format);
    struct encode_options options = *crops->job->options;
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
    *codec->trial->field(&options) = effort;
    job.options = &options;
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

static enum status run_all(const struct crops *crops, struct trial_runs *runs, struct error *error)
{
    const struct trial_rules *rules = codec_find(crops->job->format)->trial;
    const double quality = crops->job->quality;
    enum status status = run_at(crops, rules->candidates[0].effort, quality + TRIAL_STEP,
                                &runs->bytes_above, &runs->score_above, error);
    for (size_t i = 0; i < TRIAL_EFFORTS && rules->candidates[i].seconds > 0; i++) {
        const struct effort_candidate *candidate = &rules->candidates[i];
        struct trial_run *run = &runs->at[i];
        run->effort = candidate->effort;
        if (status == STATUS_OK && runs->pixels >= candidate->least_pixels) {
            status = run_at(crops, run->effort, quality, &run->bytes, &run->score, error);
            run->done = status == STATUS_OK;
        }
    }
    return status;
}

/* ---- The verdict ---------------------------------------------------------------------------- */

/* Points of score for a step of quality, on these crops; and ln of bytes. */
static double step_score(const struct trial_runs *runs)
{
    return fmax((runs->score_above - runs->at[0].score) / TRIAL_STEP, 0.15);
}

static double step_rate(const struct trial_runs *runs)
{
    return fmax(log(runs->bytes_above / runs->at[0].bytes) / TRIAL_STEP, 0.005);
}

size_t trial_verdict(const struct codec *codec, const struct trial_runs *runs, double *quality)
{
    const struct trial_rules *rules = codec->trial;
    const double asked = *quality, most = fmin(codec->highest - asked, 12);
    const double fewest = fmax(codec->lowest - asked, -3);
    double least = INFINITY;
    size_t best = 0;
    for (size_t i = 0; i < TRIAL_EFFORTS; i++) {
        if (!runs->at[i].done) {
            continue;
        }
        /* Whole steps that make up for what is lacking; in doubt one more. */
        const double wished = rules->lacks(runs, i) / step_score(runs) + 0.65;
        if (rules->candidates[i].most_steps > 0 && wished > rules->candidates[i].most_steps) {
            continue;
        }
        const double steps = fmin(fmax(floor(wished), fewest), most);
        const double bytes = runs->at[i].bytes * exp(steps * step_rate(runs)) / (WIDTH * HEIGHT);
        const double cost = rules->candidates[i].seconds * 1e-6 + bytes / rules->bytes_a_second;
        if (cost < least) {
            least = cost;
            best = i;
            *quality = asked + steps;
        }
    }
    return best;
}

/* "effort 2, q53 for q50; crops: effort 0 16566 B score 61.0, …" */
static void say(const struct trial_rules *rules, const struct trial_runs *runs, int effort,
                double asked, double quality, char words[FLOW_WORDS])
{
    size_t length = (size_t)snprintf(words, FLOW_WORDS, "%s %d, q%g for q%g; crops:", rules->word,
                                     effort, quality, asked);
    for (size_t i = 0; i < TRIAL_EFFORTS && length < FLOW_WORDS; i++) {
        const struct trial_run *run = &runs->at[i];
        if (run->done) {
            length +=
                (size_t)snprintf(words + length, FLOW_WORDS - length, " %s %d %.0f B score %.1f,",
                                 rules->word, run->effort, run->bytes, run->score);
        }
    }
    length = strlen(words);
    words[length - 1] = '\0';
}

static enum status run_trial(const struct encode_job *job, int *effort, double *quality,
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
        const size_t best = trial_verdict(codec, &runs, quality);
        *effort = runs.at[best].effort;
        say(codec->trial, &runs, *effort, job->quality, *quality, words);
    }
    memory_free(crops.rgb);
    memory_free(crops.decoded);
    return status;
}

/* A store may have been written by anybody. */
static bool is_candidate(const struct codec *codec, int effort, double quality)
{
    for (size_t i = 0; i < TRIAL_EFFORTS && codec->trial->candidates[i].seconds > 0; i++) {
        if (codec->trial->candidates[i].effort == effort) {
            return quality >= codec->lowest && quality <= codec->highest;
        }
    }
    return false;
}

/* "2 53 effort 2, q53 for q50; …" */
static bool recall(const struct encode_job *job, const struct step *step, int *effort,
                   double *quality, char words[FLOW_WORDS])
{
    char text[FLOW_WORDS + 40], *end = text;
    if (!job->flow->recall ||
        !job->flow->recall(job->flow, &step->key, TRIAL_NAME, text, sizeof text)) {
        return false;
    }
    *effort = (int)strtol(text, &end, 10);
    *quality = strtod(end, &end);
    if (!is_candidate(codec_find(job->format), *effort, *quality)) {
        return false;
    }
    snprintf(words, FLOW_WORDS, "%s", *end == ' ' ? end + 1 : end);
    return true;
}

enum status trial_choose(const struct encode_job *job, const struct step *step,
                         struct encode_options *options, double *quality, char words[FLOW_WORDS],
                         struct error *error)
{
    int effort = 0;
    if (!recall(job, step, &effort, quality, words)) {
        char text[FLOW_WORDS + 40];
        *quality = job->quality;
        const enum status status = run_trial(job, &effort, quality, words, error);
        if (status != STATUS_OK) {
            return status;
        }
        snprintf(text, sizeof text, "%d %g %s", effort, *quality, words);
        if (job->flow->remember) {
            job->flow->remember(job->flow, &step->key, TRIAL_NAME, text);
        }
    }
    *codec_find(job->format)->trial->field(options) = effort;
    return STATUS_OK;
}
