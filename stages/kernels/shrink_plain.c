/* SPDX-License-Identifier: MIT
 * The plain loops of shrink.h, and the weights. */
#include "shrink_parts.h"

#include <math.h>

static int within(int value, int least, int most)
{
    return value < least ? least : value > most ? most : value;
}

/* ---- Weights -------------------------------------------------------------------------------- */

/* Rounding the running sum leaves no error to be spread. Returns where the weights begin. */
static int weights_round(const struct reduce_axis *from, int i, int taps, int16_t *weights)
{
    const int begin = within(from->first[i], 0, from->in - taps);
    double sum = 0;
    int before = 0;
    for (int k = 0; k < taps; k++) {
        weights[k] = 0;
    }
    for (int k = 0; k < from->taps; k++) {
        sum += from->weights[(int64_t)i * from->taps + k];
        const int so_far = k == from->taps - 1 ? SHRINK_ONE : (int)lround(sum * SHRINK_ONE);
        const int at = within(from->first[i] + k, 0, from->in - 1) - begin;
        weights[at] = (int16_t)(weights[at] + so_far - before);
        before = so_far;
    }
    return begin;
}

/* Those of weight 0 before and after all others. */
static int zeros_before(const int16_t *weights, int taps)
{
    int count = 0;
    while (count < taps - 1 && weights[count] == 0) {
        count++;
    }
    return count;
}

static int zeros_after(const int16_t *weights, int taps)
{
    int count = 0;
    while (count < taps - 1 && weights[taps - 1 - count] == 0) {
        count++;
    }
    return count;
}

void shrink_axis_fill(struct shrink_axis *axis, const struct reduce_axis *from)
{
    const int room = from->taps < from->in ? from->taps : from->in;
    int taps = 1;
    for (int i = 0; i < axis->out; i++) {
        int16_t *weights = axis->weights + (int64_t)i * room;
        axis->first[i] = weights_round(from, i, room, weights);
        const int used = room - zeros_before(weights, room) - zeros_after(weights, room);
        taps = used > taps ? used : taps;
    }
    for (int i = 0; i < axis->out; i++) {
        const int16_t *weights = axis->weights + (int64_t)i * room;
        const int skipped = within(zeros_before(weights, room), 0, room - taps);
        for (int k = 0; k < taps; k++) {
            axis->weights[(int64_t)i * taps + k] = weights[skipped + k];
        }
        axis->first[i] += skipped;
    }
    axis->taps = taps;
}

int shrink_reach(const struct shrink_axis *axis, int top)
{
    int end = 0;
    for (int i = top; i < top + SHRINK_ROWS && i < axis->out; i++) {
        const int own = axis->first[i] + axis->taps;
        end = own > end ? own : end;
    }
    return end - axis->first[top];
}

int shrink_reach_most(const struct shrink_axis *axis)
{
    int most = 0;
    for (int top = 0; top < axis->out; top += SHRINK_ROWS) {
        const int reach = shrink_reach(axis, top);
        most = reach > most ? reach : most;
    }
    return most;
}

/* ---- Sums ----------------------------------------------------------------------------------- */

/* Half of value * weight / SHRINK_ONE, to nearest, halves up. */
static int share(int value, int weight)
{
    return (value * weight + (1 << 14)) >> 15;
}

static void down(const struct shrink_axis *axis, int top, const uint8_t *const *rows, int columns,
                 int16_t *tile, int16_t *turned)
{
    (void)tile;
    for (int row = 0; row < SHRINK_ROWS; row++) {
        const int i = within(top + row, 0, axis->out - 1);
        const uint8_t *const *from = rows + (axis->first[i] - axis->first[top]);
        const int16_t *weights = axis->weights + (int64_t)i * axis->taps;
        for (int x = 0; x < columns; x++) {
            int sum = 0;
            for (int k = 0; k < axis->taps; k++) {
                sum += share((from[k][x] - SHRINK_MIDDLE) * 256, weights[k]);
            }
            turned[(int64_t)x * SHRINK_ROWS + row] = (int16_t)sum;
        }
    }
}

static uint8_t byte_of(int sum)
{
    const int half = 1 << (SHRINK_LAST_BITS - 1);
    return (uint8_t)within(((sum + half) >> SHRINK_LAST_BITS) + SHRINK_MIDDLE, 0, 255);
}

static void across(const struct shrink_axis *axis, int bands, const int16_t *turned,
                   uint8_t *const out[SHRINK_ROWS])
{
    for (int i = 0; i < axis->out; i++) {
        const int16_t *weights = axis->weights + (int64_t)i * axis->taps;
        for (int band = 0; band < bands; band++) {
            const int16_t *from = turned + ((int64_t)axis->first[i] * bands + band) * SHRINK_ROWS;
            int sums[SHRINK_ROWS] = {0};
            for (int k = 0; k < axis->taps; k++) {
                for (int row = 0; row < SHRINK_ROWS; row++) {
                    sums[row] += share(from[(int64_t)k * bands * SHRINK_ROWS + row], weights[k]);
                }
            }
            for (int row = 0; row < SHRINK_ROWS; row++) {
                out[row][(int64_t)i * bands + band] = byte_of(sums[row]);
            }
        }
    }
}

const struct shrink_kernels shrink_plain = {.name = "c", .down = down, .across = across};
