/* SPDX-License-Identifier: MIT
 * What stands in the scene: a few things with hard edges and soft shading, and the still life with
 * its table. Each is a function of a point: x to the right and y up from the middle of its foot, in
 * its own height. */
#include <stddef.h>

#include "drawing_parts.h"
#include "noise.h"

struct view {
    const struct drawing *drawing;
    float pixel; /* in the subject's height */
};

/* How much of the point the thing covers, and its colour there. */
typedef float paint(const struct view *view, float x, float y, struct tone *tone);

static float box(float x, float y, float half_width, float half_height)
{
    return fmaxf(fabsf(x) - half_width, fabsf(y) - half_height);
}

/* Light on a round thing: `across` runs -1..1 over its width. */
static float roundness(const struct drawing *drawing, float across)
{
    const float toward = across * drawing->light;
    return 0.52f + 0.48f * smooth(-1.0f, 0.75f, toward) - 0.22f * smooth(0.7f, 1.0f, toward);
}

static struct tone in_light(const struct view *view, struct tone tone, float across)
{
    return tone_scale(
        tone_times(tone, tone_mix(view->drawing->shine, (struct tone){1, 1, 1}, 0.15f)),
        roundness(view->drawing, across));
}

static float lighthouse(const struct view *view, float x, float y, struct tone *tone)
{
    static const struct tone white = {0.94f, 0.92f, 0.88f}, iron = {0.16f, 0.17f, 0.20f},
                             lamp = {1, 0.93f, 0.66f};
    const float half = 0.105f - 0.045f * clamp(y / 0.8f), across = x / half;
    const bool dark = view->drawing->shine.red < 0.85f;
    float cover = edge(fmaxf(fabsf(x) - half, fmaxf(-y, y - 0.80f)), view->pixel);
    if (cover > 0) {
        const bool band = ((int)floorf(y / 0.8f * 5) & 1) == 0;
        *tone = in_light(view, band ? white : (struct tone){0.72f, 0.15f, 0.12f}, across);
        if (box(x, y - 0.33f, 0.012f, 0.022f) < 0 || box(x, y - 0.60f, 0.010f, 0.020f) < 0) {
            *tone = dark ? lamp : iron;
        }
        return cover;
    }
    const float gallery = box(x, y - 0.81f, 0.085f, 0.012f),
                room = box(x, y - 0.86f, 0.042f, 0.045f);
    const float dome = fmaxf(hypotf(x, (y - 0.905f) * 0.9f) - 0.05f, 0.905f - y);
    cover = edge(fminf(fminf(gallery, dome), box(x, y - 0.97f, 0.004f, 0.03f)), view->pixel);
    if (cover > 0) {
        *tone = in_light(view, iron, x / 0.08f);
        return cover;
    }
    cover = edge(room, view->pixel);
    if (cover > 0) {
        *tone = fabsf(fabsf(x) - 0.02f) < 0.003f ? iron : lamp;
        return cover;
    }
    const float far = hypotf(x, y - 0.86f), beam = fabsf((y - 0.86f) + x * 0.05f) - 0.02f;
    *tone = lamp;
    return dark ? 0.75f / (1 + far * far * 260) +
                      0.30f * smooth(0.10f * fabsf(x), 0, beam) * clamp(1 - fabsf(x) * 0.7f)
                : 0;
}

static float balloon(const struct view *view, float x, float y, struct tone *tone)
{
    static const struct tone cream = {0.95f, 0.88f, 0.74f}, wicker = {0.36f, 0.22f, 0.12f};
    const float taper = y < 0.62f ? 1 - 0.62f * powf((0.62f - y) / 0.42f, 2) : 1;
    const float half = sqrtf(fmaxf(0, 0.144f - (y - 0.62f) * (y - 0.62f))) * taper;
    float cover = edge(fmaxf(fabsf(x) - half, fmaxf(0.24f - y, y - 1)), view->pixel);
    if (cover > 0) {
        const float across = half > 0 ? fminf(fmaxf(x / half, -1), 1) : 0;
        const int gore = (int)floorf(asinf(across) * 3.2f + 10);
        *tone = in_light(view, (gore & 1) ? cream : view->drawing->subject_tone, across);
        *tone = tone_scale(*tone, 0.86f + 0.14f * smooth(0.3f, 0.9f, y));
        return cover;
    }
    const float basket = box(x, y - 0.05f, 0.05f, 0.05f);
    const float rope = fabsf(fabsf(x) - 0.045f - (y - 0.1f) * 0.25f) - 0.004f;
    cover = edge(fminf(basket, fmaxf(rope, fmaxf(0.09f - y, y - 0.25f))), view->pixel);
    *tone = in_light(view, wicker, x / 0.05f);
    return cover;
}

static float tree(const struct view *view, float x, float y, struct tone *tone)
{
    static const struct tone bark = {0.20f, 0.14f, 0.10f}, leaf = {0.20f, 0.30f, 0.11f};
    const uint32_t salt = view->drawing->salt + 5;
    float crown = -1, depth = 0;
    for (int i = 0; i < 46; i++) { /* bunches of leaves around the crown */
        const float turn = 6.2832f * noise_lattice(salt, i, 1),
                    out = sqrtf(noise_lattice(salt, i, 2));
        const float at_x = 0.31f * out * cosf(turn), at_y = 0.66f + 0.25f * out * sinf(turn);
        const float radius = 0.05f + 0.06f * noise_lattice(salt, i, 3);
        const float dx = x - at_x, dy = y - at_y,
                    inside = 1 - (dx * dx + dy * dy) / (radius * radius);
        if (inside > crown) {
            crown = inside;
            depth = 0.5f + 0.9f * (dy * 0.7f + dx * view->drawing->light * 0.6f) / radius * 0.5f +
                    0.5f * (at_y - 0.66f);
        }
    }
    float fine = 0;
    noise_line(salt + 9,
               (struct noise_row){(double)x * 60, (double)y * 60 + 900, (double)view->pixel * 60,
                                  (double)view->pixel * 60},
               5, 0.7f, &fine, 1);
    const float leaves = smooth(-0.10f, 0.25f, crown + 1.5f * fine);
    if (leaves > 0.02f) {
        *tone = tone_scale(tone_times(leaf, view->drawing->shine),
                           0.45f + 1.1f * clamp(depth + 0.9f * fine));
        return leaves;
    }
    const float half = 0.022f + 0.03f * powf(clamp(1 - y * 2.6f), 3);
    *tone = in_light(view, tone_scale(bark, 1 + fine), x / half);
    return edge(fmaxf(fabsf(x) - half, fmaxf(-y, y - 0.6f)), view->pixel);
}

static float house(const struct view *view, float x, float y, struct tone *tone)
{
    static const struct tone roof = {0.42f, 0.18f, 0.13f}, lamp = {1, 0.84f, 0.5f},
                             glass = {0.22f, 0.28f, 0.34f}, wood = {0.30f, 0.20f, 0.14f};
    const bool dark = view->drawing->shine.red < 0.85f;
    const float top = 0.55f + (0.82f - fabsf(x)) * 0.55f;
    const float chimney = box(x - 0.38f, y - 0.86f, 0.06f, 0.16f);
    float cover = edge(fmaxf(0.55f - y, fmaxf(y - top, fabsf(x) - 0.80f)), view->pixel);
    if (cover > 0 || chimney < 0) {
        const bool tile = fmodf(y * 22, 1) < 0.22f;
        *tone = in_light(view, tone_scale(roof, tile ? 0.8f : 1), x * 0.7f);
        return fmaxf(cover, edge(chimney, view->pixel));
    }
    cover = edge(fmaxf(fabsf(x) - 0.70f, fmaxf(-y, y - 0.56f)), view->pixel);
    *tone = in_light(view,
                     tone_mix(view->drawing->subject_tone, (struct tone){0.9f, 0.86f, 0.8f}, 0.6f),
                     x * 0.8f);
    if (box(fabsf(x) - 0.42f, y - 0.32f, 0.10f, 0.11f) < 0) {
        const bool bar = fabsf(fabsf(x) - 0.42f) < 0.01f || fabsf(y - 0.32f) < 0.01f;
        *tone = bar    ? tone_scale(*tone, 0.9f)
                : dark ? lamp
                       : tone_times(glass, view->drawing->shine);
    }
    if (box(x, y - 0.18f, 0.09f, 0.19f) < 0) {
        *tone = tone_times(wood, view->drawing->shine);
    }
    return cover;
}

static float boat(const struct view *view, float x, float y, struct tone *tone)
{
    static const struct tone canvas = {0.95f, 0.93f, 0.88f};
    const float hull = fmaxf(fabsf(x - 0.02f) - 0.30f - 0.9f * (y - 0.02f), fmaxf(-y, y - 0.12f));
    const float main_sail =
        fmaxf(x + 0.02f, fmaxf(0.18f - y, -x - 0.36f * powf(clamp((1 - y) / 0.82f), 0.8f)));
    const float fore_sail =
        fmaxf(0.02f - x, fmaxf(0.16f - y, x - 0.34f * clamp((0.86f - y) / 0.70f)));
    const float mast = box(x, y - 0.55f, 0.006f, 0.46f);
    float cover = edge(fminf(main_sail, fore_sail), view->pixel);
    if (cover > 0) {
        const float belly = 0.78f + 0.22f * smooth(0, 0.4f, x * view->drawing->light + 0.35f);
        *tone = tone_scale(
            tone_times(x > 0 ? tone_mix(canvas, view->drawing->subject_tone, 0.75f) : canvas,
                       view->drawing->shine),
            fmodf(y * 9, 1) < 0.04f ? belly * 0.85f : belly);
        return cover;
    }
    *tone = tone_times(hull < mast ? view->drawing->subject_tone : (struct tone){0.2f, 0.15f, 0.1f},
                       view->drawing->shine);
    return edge(fminf(hull, mast), view->pixel);
}

/* ---- Bodies of revolution
 * -------------------------------------------------------------------------- */

enum { PROFILE = 9 };

/* Radii from the foot up, at equal steps of the height. */
static const float profiles[][PROFILE] = {
    {0.13f, 0.22f, 0.27f, 0.28f, 0.25f, 0.18f, 0.11f, 0.09f, 0.13f},
    {0.15f, 0.16f, 0.16f, 0.16f, 0.16f, 0.13f, 0.06f, 0.05f, 0.055f},
    {0.26f, 0.30f, 0.33f, 0.35f, 0.36f, 0.37f, 0.38f, 0.385f, 0.39f},
    {0, 0, 0, 0, 0, 0, 0, 0, 0} /* a ball: a circle */
};

static float radius_at(const float *profile, float y)
{
    const float at = fminf(fmaxf(y, 0), 0.9999f) * (PROFILE - 1);
    const int i = (int)at;
    const float before = profile[i > 0 ? i - 1 : 0], a = profile[i], b = profile[i + 1];
    const float after = profile[i + 2 < PROFILE ? i + 2 : PROFILE - 1], t = at - (float)i;
    return a + 0.5f * t *
                   (b - before +
                    t * (2 * before - 5 * a + 4 * b - after +
                         t * (3 * (a - b) + after - before))); /* Catmull, Rom */
}

static float body(const struct view *view, float x, float y, struct tone *tone)
{
    const struct drawing *drawing = view->drawing;
    const float *profile = profiles[drawing->subject - SUBJECT_VASE];
    const bool ball = drawing->subject == SUBJECT_BALL;
    const float radius =
        ball ? sqrtf(fmaxf(0, 0.25f - (y - 0.5f) * (y - 0.5f))) : radius_at(profile, y);
    const float bulge = ball ? 0 : 0.18f * radius * sqrtf(fmaxf(0, 1 - x * x / (radius * radius)));
    float cover = edge(fmaxf(fabsf(x) - radius, fmaxf(-y - bulge, y - 1)), view->pixel);
    if (drawing->subject == SUBJECT_CUP) {
        const float handle =
            fabsf(hypotf(x + drawing->light * 0.42f, (y - 0.52f) * 0.9f) - 0.20f) - 0.035f;
        if (cover <= 0 && handle < view->pixel) {
            *tone = tone_scale(drawing->subject_tone, 0.75f - 4 * handle);
            return edge(handle, view->pixel);
        }
    }
    const float across = radius > 0 ? fminf(fmaxf(x / radius, -1), 1) : 0;
    const float toward = across * drawing->light, up = ball ? (y - 0.5f) * 2 : 0.25f;
    const float normal = sqrtf(fmaxf(0, 1 - across * across));
    const float lit = clamp(0.30f + 0.45f * toward + 0.35f * normal + 0.25f * up);
    const float gloss = powf(clamp(0.62f * toward + 0.66f * normal + 0.40f * up - 0.1f), 24);
    const float bounce = 0.20f * smooth(0.5f, 1, -toward) * (1 - y);
    *tone = tone_scale(drawing->subject_tone, 0.25f + 0.95f * lit + bounce);
    if (drawing->subject == SUBJECT_BOTTLE && y > 0.14f && y < 0.46f) { /* a paper label */
        *tone = tone_scale((struct tone){0.93f, 0.90f, 0.82f}, 0.35f + 0.75f * lit);
        if (fabsf(y - 0.40f) < 0.006f || fabsf(y - 0.20f) < 0.006f) {
            *tone = tone_scale(*tone, 0.5f);
        }
    }
    *tone = tone_mix(*tone, (struct tone){1, 1, 1}, 0.75f * gloss);
    return cover;
}

/* ---- Into the strip
 * -------------------------------------------------------------------------------- */

void subject_paint(struct strip *strip)
{
    static paint *const paints[] = {NULL, lighthouse, balloon, tree, house,
                                    boat, body,       body,    body, body};
    const struct drawing *drawing = strip->drawing;
    paint *const own = paints[drawing->subject];
    const float height = drawing->subject_height, y = (drawing->subject_y - strip->y) / height;
    const struct view view = {drawing, strip->pixel / height};
    if (own == NULL || y < -0.12f || y > 1.25f) {
        return;
    }
    const float reach = drawing->subject == SUBJECT_LIGHTHOUSE ? 1.6f : 0.95f;
    for (int i = 0; i < strip->count; i++) {
        const float x = (strip->x + (float)i * strip->pixel - drawing->subject_x) / height;
        struct tone tone;
        if (fabsf(x) < reach) {
            const float cover = own(&view, x, y, &tone);
            if (cover > 0) {
                strip->tones[i] = tone_mix(strip->tones[i], tone, cover);
            }
        }
    }
}

void studio_paint(struct strip *strip)
{
    const struct drawing *drawing = strip->drawing;
    const struct land *land = &drawing_lands[drawing->land];
    const float rim = drawing->bottom * 0.66f;
    const bool table = strip->y > rim;
    const float depth = (strip->y - rim) / (drawing->bottom - rim),
                far = 1 / (0.45f + clamp(depth));
    float grain[STRIP + 1];
    const float pitch_x = table ? 1.3f * far : 14, pitch_y = table ? 26 : 16;
    noise_line(
        drawing->salt + 200,
        (struct noise_row){(double)(strip->x - drawing->right / 2 + 8) * (double)pitch_x + 64,
                           (double)(strip->y * pitch_y), (double)(strip->pixel * pitch_x),
                           (double)(strip->pixel * pitch_y)},
        9, table ? 0.80f : 0.84f, grain, strip->count);
    grain[strip->count] = grain[strip->count - 1];
    const float relief = drawing->light * 0.06f / (strip->pixel * pitch_x);
    const struct tone wall = tone_mix(land->far, drawing->low, 0.35f);
    for (int i = 0; i < strip->count; i++) {
        const float x = strip->x + (float)i * strip->pixel;
        const float slope = fminf(fmaxf((grain[i] - grain[i + 1]) * relief, -0.12f), 0.12f);
        const float dx = x - drawing->right * (0.5f + 0.2f * drawing->light);
        const float dy = strip->y - drawing->bottom * 0.32f;
        const float spot = 1 / (1 + 1.1f * (dx * dx + dy * dy));
        struct tone tone =
            tone_scale(wall, (0.50f + 0.55f * spot) * (1 + 0.22f * grain[i] + slope));
        if (table) {
            tone = tone_scale(land->near, (0.55f + 0.75f * spot) * (1 + 0.75f * grain[i]));
            const float away = (x - drawing->subject_x) + drawing->light * 0.16f;
            const float under = (strip->y - drawing->subject_y) * 3.2f;
            const float shadow = away * away / 0.11f + under * under / 0.05f;
            tone = tone_scale(tone, 1 - 0.62f / (1 + shadow * shadow));
        }
        strip->tones[i] =
            tone_mix(tone, tone_scale(wall, 0.5f), 0.5f * smooth(0.02f, 0, fabsf(strip->y - rim)));
    }
}
