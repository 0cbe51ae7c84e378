/* SPDX-License-Identifier: MIT
 * SSIMULACRA2 in one pass over the rows: each scale keeps the nine rows that its blur needs and
 * hands every second pair, halved, to the next. */
#include "score.h"

#include <math.h>
#include <string.h>

#include "machine.h"
#include "memory.h"

enum { SCALES = 6, PLANES = 3, PAIR = 2, MARGIN = SCORE_LANES };

/* By plane (X, Y, B) and scale; in the order of enum score_number. */
static const double weights[PLANES * SCALES][SCORE_NUMBERS] = {
    {0, 0.0007376606707406586, 0, 0, 0.0007793481682867309, 0},
    {0, 0.0004371155730107379, 0, 1.1041726426657346, 0.00066284834129271, 0.00015231632783718752},
    {0, 0.0016406437456599754, 0, 1.8422455520539298, 11.441172603757666, 0},
    {0.0007989109436015163, 0.000176816438078653, 0, 1.8787594979546387, 10.94906990605142, 0},
    {0.0007289346991508072, 0.9677937080626833, 0, 0.00014003424285435884, 0.9981766977854967,
     0.00031949755934435053},
    {0.0004550992113792063, 0, 0, 0.0013648766163243398, 0, 0},
    {0, 0, 0, 7.466890328078848, 0, 17.445833984131262},
    {0.0006235601634041466, 0, 0, 6.683678146179332, 0.00037724407979611296, 1.027889937768264},
    {225.20515300849274, 0, 0, 19.213238186143016, 0.0011401524586618361, 0.001237755635509985},
    {176.39317598450694, 0, 0, 24.43300999870476, 0.28520802612117757, 0.0004485436923833408},
    {0, 0, 0, 34.77906344483772, 44.835625328877896, 0},
    {0, 0, 0, 0, 0, 0},
    {0, 0.0008680556573291698, 0, 0, 0, 0},
    {0, 0.0005313191874358747, 0, 0.00016533814161379112, 0, 0},
    {0, 0, 0, 0.0004179171803251336, 0.0017290828234722833, 0},
    {0.0020827005846636437, 0, 0, 8.826982764996862, 23.19243343998926, 0},
    {95.1080498811086, 0.9863978034400682, 0.9834382792465353, 0.0012286405048278493,
     171.2667255897307, 0.9807858872435379},
    {0, 0, 0, 0.0005130064588990679, 0, 0.00010854057858411537}};

/* A plane of a scale whose six weights are less in sum is left out: it moves a score by some
 * thousandths. */
static const double weight_floor = 0.005;

struct plane {
    bool wanted, ssim, edges;
    float *rows[PAIR][SCORE_TAPS]; /* row y lies in y % SCORE_TAPS */
    double sums[SCORE_NUMBERS];
};

struct scale {
    int width, height;
    int row;                     /* the next to come */
    float *linear[PAIR][PLANES]; /* where it comes to */
    float *held[PAIR][PLANES];   /* the upper of two rows */
    struct plane planes[PLANES];
};

struct run {
    const struct score_job *job;
    const struct score_kernels *kernels;
    int count; /* of scales */
    struct scale scales[SCALES];
    float *zeros; /* stands for rows outside */
    float *signals[SCORE_SIGNALS];
    float table[256]; /* sRGB to linear light */
};

/* ---- Memory --------------------------------------------------------------------------------- */

/* With a margin of zeros before and behind, in which the blur reads and vectors write. */
static size_t row_floats(int width)
{
    return (size_t)(width + SCORE_LANES - 1) / SCORE_LANES * SCORE_LANES + (size_t)2 * MARGIN;
}

/* The last one may have a side under 8 px; it is not halved again. */
static int scale_count(int width, int height)
{
    int count = width >= 8 && height >= 8;
    while (count > 0 && count < SCALES && width >= 8 && height >= 8) {
        width = (width + 1) / 2;
        height = (height + 1) / 2;
        count++;
    }
    return count;
}

enum { ROWS_OF_SCALE = 2 * PAIR * PLANES + PAIR * PLANES * SCORE_TAPS, ROWS_SHARED = 5 };

size_t score_bytes(int width, int height)
{
    size_t floats = ROWS_SHARED * row_floats(width);
    for (int i = 0; i < scale_count(width, height); i++) {
        floats += ROWS_OF_SCALE * row_floats((width + (1 << i) - 1) >> i);
    }
    return floats * sizeof(float);
}

static float *take(float **block, int width)
{
    float *row = *block + MARGIN;
    *block += row_floats(width);
    return row;
}

static void scale_place(struct scale *scale, float **block)
{
    for (int image = 0; image < PAIR; image++) {
        for (int plane = 0; plane < PLANES; plane++) {
            scale->linear[image][plane] = take(block, scale->width);
            scale->held[image][plane] = take(block, scale->width);
            for (int row = 0; row < SCORE_TAPS; row++) {
                scale->planes[plane].rows[image][row] = take(block, scale->width);
            }
        }
    }
}

/* Fewer scales than six: a plane's weights begin right behind those of the plane before. */
static void scale_weigh(struct run *run, int index)
{
    for (int i = 0; i < PLANES; i++) {
        struct plane *plane = &run->scales[index].planes[i];
        const double *own = weights[i * run->count + index];
        double sum = 0;
        for (int number = 0; number < SCORE_NUMBERS; number++) {
            sum += own[number];
        }
        plane->ssim = own[SCORE_SSIM] + own[SCORE_SSIM4] > 0;
        plane->edges = sum - own[SCORE_SSIM] - own[SCORE_SSIM4] > 0;
        plane->wanted = run->job->whole || sum >= weight_floor;
    }
}

static void run_place(struct run *run, float *block)
{
    const int width = run->job->width, height = run->job->height;
    run->count = scale_count(width, height);
    run->zeros = take(&block, width);
    for (int i = 0; i < SCORE_SIGNALS; i++) {
        run->signals[i] = take(&block, width);
    }
    for (int i = 0; i < run->count; i++) {
        run->scales[i].width = (width + (1 << i) - 1) >> i;
        run->scales[i].height = (height + (1 << i) - 1) >> i;
        scale_place(&run->scales[i], &block);
        scale_weigh(run, i);
    }
}

/* ---- Rows ----------------------------------------------------------------------------------- */

static void fill_table(float table[256])
{
    for (int i = 0; i < 256; i++) {
        const double value = i / 255.0;
        table[i] = (float)(value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4));
    }
}

static uint8_t laid_over(unsigned value, unsigned alpha, unsigned behind)
{
    return (uint8_t)((value * alpha + behind * (255 - alpha) + 127) / 255);
}

static void read_row(const struct score_view *view, int y, int width, const float table[256],
                     float *const rgb[PLANES])
{
    const uint8_t *from = view->bytes + (size_t)y * view->stride;
    const int colours = view->bands < 3 ? 1 : 3;
    const bool clear = view->bands % 2 == 0;
    for (int x = 0; x < width; x++, from += view->bands) {
        for (int plane = 0; plane < PLANES; plane++) {
            const uint8_t value = from[colours == 1 ? 0 : plane];
            rgb[plane][x] = table[clear ? laid_over(value, from[colours], view->behind) : value];
        }
    }
}

static void read_rgb(const struct score_view *view, int y, int width, const float table[256],
                     float *const rgb[PLANES])
{
    const uint8_t *from = view->bytes + (size_t)y * view->stride;
    float *red = rgb[0], *green = rgb[1], *blue = rgb[2];
    for (int x = 0; x < width; x++, from += 3) {
        red[x] = table[from[0]];
        green[x] = table[from[1]];
        blue[x] = table[from[2]];
    }
}

/* The blurred numbers of one row, once the four rows below it are there, or known to be none. */
static void add_row(struct run *run, const struct scale *scale, struct plane *plane, int y)
{
    const float *rows[PAIR][SCORE_TAPS];
    const bool whole = run->job->whole;
    for (int i = 0; i < SCORE_TAPS; i++) {
        const int at = y + i - SCORE_REACH;
        const bool inside = at >= 0 && at < scale->height;
        for (int image = 0; image < PAIR; image++) {
            rows[image][i] = inside ? plane->rows[image][at % SCORE_TAPS] : run->zeros;
        }
    }
    run->kernels->blur_down(rows[0], rows[1], scale->width, run->signals);
    for (int i = 0; i < SCORE_SIGNALS; i++) { /* a wider scale wrote here */
        memset(run->signals[i] + scale->width, 0, MARGIN * sizeof(float));
    }
    run->kernels->add_up(rows[0][SCORE_REACH], rows[1][SCORE_REACH],
                         (const float *const *)run->signals, scale->width, plane->ssim || whole,
                         plane->edges || whole, plane->sums);
}

static void scale_see(struct run *run, struct scale *scale)
{
    const size_t rest =
        row_floats(scale->width) - (size_t)2 * MARGIN - (size_t)scale->width; /* of a vector */
    const int slot = scale->row % SCORE_TAPS;
    for (int image = 0; image < PAIR; image++) {
        float *planes[PLANES];
        for (int i = 0; i < PLANES; i++) {
            planes[i] = scale->planes[i].wanted ? scale->planes[i].rows[image][slot] : NULL;
        }
        if (planes[0] || planes[1] || planes[2]) {
            run->kernels->opsin((const float *const *)scale->linear[image], scale->width, planes);
        }
        for (int i = 0; i < PLANES; i++) {
            if (planes[i]) {
                memset(planes[i] + scale->width, 0, rest * sizeof(float));
            }
        }
    }
    const int last = scale->row == scale->height - 1 ? scale->row : scale->row - SCORE_REACH;
    const int first = scale->row - SCORE_REACH > 0 ? scale->row - SCORE_REACH : 0;
    for (int y = first; y <= last; y++) {
        for (int i = 0; i < PLANES; i++) {
            if (scale->planes[i].wanted) {
                add_row(run, scale, &scale->planes[i], y);
            }
        }
    }
}

/* A row has come to `linear`. Rows of the next scale come of two, the last of itself where the
 * height is odd; so does the last column. */
static void scale_take(struct run *run, int index)
{
    struct scale *scale = &run->scales[index];
    scale_see(run, scale);
    const bool upper = scale->row % 2 == 0, last = scale->row == scale->height - 1;
    scale->row++;
    if (index + 1 == run->count) {
        return;
    }
    struct scale *next = &run->scales[index + 1];
    for (int image = 0; image < PAIR; image++) {
        for (int i = 0; i < PLANES; i++) {
            float *row = scale->linear[image][i], *held = scale->held[image][i];
            if (scale->width % 2 == 1) {
                row[scale->width] = row[scale->width - 1];
            }
            if (!upper || last) {
                run->kernels->halve(upper ? row : held, row, next->width, next->linear[image][i]);
            } else {
                scale->linear[image][i] = held;
                scale->held[image][i] = row;
            }
        }
    }
    if (!upper || last) {
        scale_take(run, index + 1);
    }
}

/* ---- The score ------------------------------------------------------------------------------ */

static double run_score(const struct run *run)
{
    double sum = 0;
    for (int i = 0; i < PLANES; i++) {
        for (int index = 0; index < run->count; index++) {
            const struct scale *scale = &run->scales[index];
            const double pixels = (double)scale->width * scale->height;
            const double *own = weights[i * run->count + index];
            for (int number = 0; number < SCORE_NUMBERS; number++) {
                const double mean = scale->planes[i].sums[number] / pixels;
                sum += own[number] * (number < SCORE_SSIM4 ? mean : sqrt(sqrt(mean)));
            }
        }
    }
    sum *= 0.9562382616834844;
    sum = 2.326765642916932 * sum - 0.020884521182843837 * sum * sum +
          6.248496625763138e-05 * sum * sum * sum;
    return sum > 0 ? 100 - 10 * pow(sum, 0.6276336467831387) : 100;
}

static void run_rows(struct run *run)
{
    const struct score_view *const views[PAIR] = {&run->job->original, &run->job->distorted};
    const int width = run->job->width;
    fill_table(run->table);
    for (int y = 0; y < run->job->height; y++) {
        for (int image = 0; image < PAIR; image++) {
            float *const *rgb = run->scales[0].linear[image];
            if (views[image]->bands == 3) {
                read_rgb(views[image], y, width, run->table, rgb);
            } else {
                read_row(views[image], y, width, run->table, rgb);
            }
        }
        scale_take(run, 0);
    }
}

const struct score_kernels *score_kernels_here(void)
{
    const struct score_kernels *vectors = machine_plain() ? NULL : score_vectors();
    return vectors ? vectors : &score_plain;
}

enum status score_rows(const struct score_job *job, double *score, struct error *error)
{
    struct run run = {.job = job, .kernels = job->kernels ? job->kernels : score_kernels_here()};
    if (scale_count(job->width, job->height) == 0) {
        *score = 100;
        return STATUS_OK;
    }
    float *block = memory_zero(score_bytes(job->width, job->height), 1);
    if (!block) {
        return error_memory(error);
    }
    run_place(&run, block);
    run_rows(&run);
    *score = run_score(&run);
    memory_free(block);
    return STATUS_OK;
}
