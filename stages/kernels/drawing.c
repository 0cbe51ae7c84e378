/* SPDX-License-Identifier: MIT
 * Paints a scene row by row: sky, ridges from far to near, water, the subject, the caption; then
 * what a lens and a film do. Every texture is noise along the row, so a pixel costs some tens of
 * nanoseconds. */
#include "drawing_parts.h"
#include "noise.h"

static struct noise_row row_at(const struct strip *strip, float pitch_x, float pitch_y)
{
    return (struct noise_row){((double)strip->x + (double)strip->drawing->shift_x) *
                                  (double)pitch_x,
                              (double)strip->y * (double)pitch_y, (double)(strip->pixel * pitch_x),
                              (double)(strip->pixel * pitch_y)};
}

/* ---- The land's outline
 * ---------------------------------------------------------------------------- */

/* Houses in a row, each with its own width and roof; the crest is their roof. */
static void crest_houses(struct strip *strip, int ridge, float pitch, float rise, float base)
{
    const struct drawing *drawing = strip->drawing;
    const uint32_t salt = drawing->salt + 91u * (uint32_t)ridge;
    for (int i = 0; i < strip->count; i++) {
        const float at = (strip->x + (float)i * strip->pixel + drawing->shift_x) * pitch;
        const int32_t house = (int32_t)floorf(at);
        const float within = at - (float)house, tall = noise_lattice(salt, house, 1);
        const float gap = 0.25f * noise_lattice(salt, house, 2);
        const float wide = floorf(at / 3) * 3 == (float)house ? 0.9f : 1.0f;
        float height = rise * (0.12f + 0.88f * tall * tall) * wide;
        if (tall > 0.7f && fabsf(within - 0.5f * (1 - gap)) < 0.06f) {
            height += 0.10f * tall; /* an aerial */
        }
        strip->crest[ridge][i] = within > 1 - gap ? base : base - height;
    }
}

static void crest_fill(struct strip *strip, int ridge)
{
    const struct drawing *drawing = strip->drawing;
    const struct land *land = &drawing_lands[drawing->land];
    const float base = drawing->bottom * (land->base + land->base_step * (float)ridge);
    const float rise = land->rise + land->rise_step * (float)ridge;
    const float pitch = land->pitch + land->pitch_step * (float)ridge;
    float line[STRIP], trees[STRIP];
    if (land->crest == CREST_HOUSES) {
        crest_houses(strip, ridge, pitch, rise, base);
        return;
    }
    struct noise_row row = row_at(strip, pitch, 0);
    row.y = ridge * 7.3 + 0.5;
    noise_line(drawing->salt + (uint32_t)ridge, row, land->crest == CREST_SMOOTH ? 3 : 9,
               land->crest == CREST_SMOOTH ? 0.35f : 0.48f, line, strip->count);
    row = row_at(strip, 46.0f - 6.0f * (float)ridge, 0);
    noise_line(drawing->salt + 40u + (uint32_t)ridge, row, 3, 0.6f, trees, strip->count);
    for (int i = 0; i < strip->count; i++) {
        const float spikes = land->crest == CREST_TREES ? 0.05f * (1 - fabsf(trees[i]) * 1.6f) : 0;
        const float grass = land->crest == CREST_SMOOTH ? 0.002f * trees[i] : 0;
        strip->crest[ridge][i] =
            base - rise * line[i] * 1.1f - spikes * (0.4f + 0.22f * (float)ridge) - grass;
    }
}

/* ---- Sky
 * ------------------------------------------------------------------------------------------- */

static float horizon_of(const struct drawing *drawing)
{
    return drawing->bottom * (drawing_lands[drawing->land].base + 0.12f);
}

static struct tone sky_at(const struct drawing *drawing, float y)
{
    const float height = clamp(y / horizon_of(drawing));
    return tone_mix(drawing->zenith, drawing->low, height * (0.35f + 0.65f * height));
}

static float sun_glow(const struct drawing *drawing, float x, float y)
{
    const float dx = x - drawing->sun_x, dy = (y - drawing->sun_y) * 1.2f;
    const float near = 1 / (1 + 26 * (dx * dx + dy * dy));
    return near * near;
}

static void paint_clouds(struct strip *strip, struct tone sky)
{
    const struct drawing *drawing = strip->drawing;
    const float height = strip->y / horizon_of(drawing), far = 1 / (1.38f - height);
    float cloud[STRIP], shifted[STRIP];
    const float deep = far * 2.4f; /* a little askew, so that no lattice shows */
    struct noise_row row = {(double)(strip->x - drawing->right / 2) * (double)far * 2.3 +
                                (double)deep * 0.7 + (double)drawing->shift_x,
                            (double)deep, (double)(strip->pixel * far) * 2.3,
                            (double)(far * far * 2.4f / horizon_of(drawing) * strip->pixel)};
    noise_line(drawing->salt + 500, row, 8, 0.56f, cloud, strip->count);
    row.x += (double)drawing->light * 0.12;
    row.y -= 0.10;
    noise_line(drawing->salt + 500, row, 5, 0.56f, shifted, strip->count);
    const float from = 0.22f - 0.42f * drawing->clouds, thick = 0.30f;
    const struct tone lit = tone_mix(drawing->sun, drawing->low, 0.35f);
    const struct tone dark = tone_mix(tone_mix(drawing->zenith, drawing->low, 0.5f),
                                      (struct tone){0.25f, 0.25f, 0.30f}, 0.35f);
    const struct tone bright = tone_times(lit, tone_mix(drawing->shine, lit, 0.6f));
    for (int i = 0; i < strip->count; i++) {
        const float cover = smooth(from, from + thick, cloud[i]) * clamp((1.04f - height) * 5);
        const float shade = clamp(0.55f + 1.9f * (cloud[i] - shifted[i]) - 0.5f * cloud[i]);
        strip->tones[i] = tone_mix(sky, tone_mix(dark, bright, shade), cover * 0.92f);
    }
}

static void paint_stars(struct strip *strip)
{
    enum { CELLS = 70 }; /* for each unit */
    const struct drawing *drawing = strip->drawing;
    const float size = fmaxf(0.0011f, 0.6f * strip->pixel);
    const int32_t row = (int32_t)floorf(strip->y * CELLS);
    const int32_t end = (int32_t)((strip->x + (float)strip->count * strip->pixel) * CELLS) + 1;
    for (int32_t cell = (int32_t)floorf(strip->x * CELLS) - 1; cell <= end; cell++) {
        const float bright = noise_lattice(drawing->salt + 7, cell, row);
        if (bright < 0.72f) {
            continue;
        }
        const float x = ((float)cell + noise_lattice(drawing->salt + 8, cell, row)) / CELLS;
        const float y =
            ((float)row + 0.2f + 0.6f * noise_lattice(drawing->salt + 9, cell, row)) / CELLS;
        const float strength = powf((bright - 0.7f) / 0.3f, 3);
        const int middle = (int)((x - strip->x) / strip->pixel),
                  wide = (int)(4 * size / strip->pixel);
        for (int i = middle - wide; i <= middle + wide + 1; i++) {
            if (i >= 0 && i < strip->count) {
                const float dx = strip->x + (float)i * strip->pixel - x, dy = strip->y - y;
                const float far = (dx * dx + dy * dy) / (size * size);
                strip->tones[i] = tone_mix(strip->tones[i], (struct tone){1, 0.98f, 0.95f},
                                           strength / (1 + far * far));
            }
        }
    }
}

static void paint_sky(struct strip *strip)
{
    const struct drawing *drawing = strip->drawing;
    const struct hour *hour = &drawing_hours[drawing->time];
    const struct tone sky = sky_at(drawing, strip->y);
    const float radius = hour->stars > 0 ? 0.045f : 0.030f;
    for (int i = 0; i < strip->count; i++) {
        strip->tones[i] = sky;
    }
    if (strip->y < horizon_of(drawing) * 1.04f) {
        paint_clouds(strip, sky);
    }
    if (hour->stars > 0) {
        paint_stars(strip);
    }
    for (int i = 0; i < strip->count; i++) {
        const float x = strip->x + (float)i * strip->pixel;
        const float glow = sun_glow(drawing, x, strip->y) * (hour->stars > 0 ? 0.35f : 0.80f);
        strip->tones[i] = tone_mix(strip->tones[i], drawing->sun, glow);
        const float dx = x - drawing->sun_x, dy = strip->y - drawing->sun_y;
        if (drawing->clouds < 0.72f && dx * dx + dy * dy < 0.01f) {
            const float disc = edge(sqrtf(dx * dx + dy * dy) - radius, strip->pixel + 0.002f);
            const float spots =
                hour->stars > 0
                    ? 0.16f * (noise_lattice(3, (int32_t)(dx * 90 + 50), (int32_t)(dy * 90 + 50)))
                    : 0;
            strip->tones[i] = tone_mix(strip->tones[i], tone_scale(drawing->sun, 1 - spots), disc);
        }
    }
}

/* ---- Land
 * ------------------------------------------------------------------------------------------ */

static struct tone ridge_tone(const struct drawing *drawing, int ridge)
{
    const struct land *land = &drawing_lands[drawing->land];
    const float near = land->ridges > 1 ? (float)ridge / (float)(land->ridges - 1) : 1;
    const struct tone own = tone_times(tone_mix(land->far, land->near, near), drawing->shine);
    return tone_mix(own, drawing->low, 0.62f * (1 - near) * (1 - near));
}

/* Lit windows in a grid; where there is none, the wall. */
static struct tone window_tone(const struct strip *strip, int ridge, int i, struct tone wall)
{
    const struct drawing *drawing = strip->drawing;
    const float columns = 110 - 14 * (float)ridge, rows = 80 - 11 * (float)ridge;
    const float x = (strip->x + (float)i * strip->pixel + drawing->shift_x) * columns;
    const float y = strip->y * rows, within_x = x - floorf(x), within_y = y - floorf(y);
    const bool dark = drawing_hours[drawing->time].shine.red < 0.85f;
    const float lit = noise_lattice(drawing->salt + 31u + (uint32_t)ridge, (int32_t)floorf(x),
                                    (int32_t)floorf(y));
    if (within_x < 0.3f || within_y < 0.35f) {
        return wall;
    }
    const struct tone glass = dark ? tone_scale(wall, 0.7f)
                                   : tone_mix(tone_scale(wall, 0.8f), drawing->zenith, lit * 0.7f);
    const struct tone lamp = {1, 0.80f, 0.46f + 0.3f * lit};
    return dark && lit > 0.62f ? tone_mix(glass, lamp, 0.35f + 0.6f * (lit - 0.6f) / 0.4f) : glass;
}

static void paint_ridge(struct strip *strip, int ridge)
{
    const struct drawing *drawing = strip->drawing;
    const struct land *land = &drawing_lands[drawing->land];
    const struct tone own = ridge_tone(drawing, ridge);
    const float near = land->ridges > 1 ? (float)ridge / (float)(land->ridges - 1) : 1;
    const bool houses = land->crest == CREST_HOUSES;
    float grain[STRIP + 1];
    const float pitch = houses ? 6 : land->crest == CREST_SMOOTH ? 44 - 24 * near : 44 - 24 * near;
    noise_line(drawing->salt + 60u + (uint32_t)ridge, row_at(strip, pitch, pitch * 1.7f), 9,
               land->crest == CREST_SMOOTH ? 0.74f : 0.70f, grain, strip->count);
    grain[strip->count] = grain[strip->count - 1];
    const float relief = drawing->light * (houses ? 0.02f : 0.22f) / (strip->pixel * pitch);
    const struct tone white = tone_mix(drawing->shine, drawing->low, 0.15f);
    for (int i = 0; i < strip->count; i++) {
        const float below = strip->y - strip->crest[ridge][i];
        const float cover = edge(-below, strip->pixel);
        if (cover <= 0) {
            continue;
        }
        const float slope = fminf(fmaxf((grain[i] - grain[i + 1]) * relief, -1), 1);
        const float shade = 1 + (0.22f + 0.33f * near) * (slope + 1.2f * grain[i]);
        struct tone tone = tone_scale(own, fmaxf(shade, 0.15f));
        const float snow =
            land->snow * (1 - near) * smooth(0.16f, 0.04f, below - 0.5f * grain[i] - 0.05f * slope);
        tone = tone_mix(tone, tone_scale(white, 0.72f + 0.28f * shade), snow);
        if (houses) {
            tone = window_tone(strip, ridge, i, tone);
        }
        const float mist = 0.55f * (1 - near) * smooth(0, 0.30f, below);
        strip->tones[i] = tone_mix(strip->tones[i], tone_mix(tone, drawing->low, mist), cover);
    }
}

static void paint_ridges(struct strip *strip)
{
    const int ridges = drawing_lands[strip->drawing->land].ridges;
    int first = 0;
    for (int ridge = 1; ridge < ridges; ridge++) { /* what a nearer one hides is not painted */
        bool hides = true;
        for (int i = 0; i < strip->count && hides; i++) {
            hides = strip->y - strip->crest[ridge][i] > strip->pixel;
        }
        first = hides ? ridge : first;
    }
    for (int ridge = first; ridge < ridges; ridge++) {
        bool seen = false;
        for (int i = 0; i < strip->count && !seen; i++) {
            seen = strip->crest[ridge][i] - strip->y < strip->pixel;
        }
        if (seen) {
            paint_ridge(strip, ridge);
        }
    }
}

/* ---- Water
 * ------------------------------------------------------------------------------------------- */

static struct tone mirrored(const struct strip *strip, int i, float y)
{
    const struct drawing *drawing = strip->drawing;
    const int ridges = drawing_lands[drawing->land].ridges;
    for (int ridge = ridges - 1; ridge >= 0; ridge--) {
        if (strip->crest[ridge][i] < y) {
            return tone_scale(ridge_tone(drawing, ridge), 0.85f);
        }
    }
    return sky_at(drawing, y);
}

static void paint_water(struct strip *strip)
{
    const struct drawing *drawing = strip->drawing;
    const float whole = drawing->bottom - drawing->waterline;
    const float depth = (strip->y - drawing->waterline) / whole, far = 1 / (depth + 0.05f);
    const bool night = drawing_hours[drawing->time].stars > 0;
    float wave[STRIP];
    const struct noise_row row = {(double)(strip->x - drawing->right / 2) * (double)far * 2.6,
                                  (double)far * 14 * (double)whole,
                                  (double)(strip->pixel * far) * 2.6,
                                  (double)(far * far * 14 * strip->pixel)};
    noise_line(drawing->salt + 300, row, 8, 0.68f, wave, strip->count);
    const struct tone deep = tone_mix(
        tone_times((struct tone){0.10f, 0.24f, 0.30f}, drawing->shine), drawing->zenith, 0.25f);
    for (int i = 0; i < strip->count; i++) {
        const float x = strip->x + (float)i * strip->pixel;
        const float y = 2 * drawing->waterline - strip->y - wave[i] * (0.03f + 0.16f * depth);
        struct tone tone = tone_mix(deep, mirrored(strip, i, y), 0.80f - 0.45f * depth);
        tone = tone_scale(tone, 1 + 0.8f * wave[i]);
        const float aside = (x - drawing->sun_x) / (0.05f + 0.24f * depth);
        const float path = 1 / (1 + aside * aside * aside * aside);
        const float glitter = path * smooth(0.02f, 0.28f, wave[i]) * (night ? 0.5f : 0.75f);
        tone = tone_mix(tone, drawing->sun, drawing->clouds > 0.72f ? 0.2f * glitter : glitter);
        const float foam = smooth(0.30f, 0.48f, wave[i]) * depth * 0.5f;
        strip->tones[i] = tone_mix(tone, drawing->shine, foam);
    }
}

/* ---- Caption, lens and film
 * ---------------------------------------------------------------------- */

static void paint_caption(struct strip *strip)
{
    const struct drawing *drawing = strip->drawing;
    const float margin = 0.05f, left = margin;
    const float top =
        drawing->bottom - margin - drawing->dot * (float)(12 * drawing->caption.lines - 3);
    const float y = (strip->y - top) / drawing->dot;
    const float fade = smooth(-26, 10, y) * 0.38f; /* the ground darkens for it */
    for (int i = 0; i < strip->count && drawing->caption.lines > 0 && y > -26; i++) {
        strip->tones[i] = tone_scale(strip->tones[i], 1 - fade);
        const float x = (strip->x + (float)i * strip->pixel - left) / drawing->dot;
        const float distance = y > -3 ? lettering_distance(&drawing->caption, x, y) : 9;
        if (distance < 2) {
            const float shadow = 0.4f * smooth(1.8f, 0.4f, distance);
            const float ink = edge(distance - 0.46f, strip->pixel / drawing->dot);
            strip->tones[i] = tone_mix(tone_scale(strip->tones[i], 1 - shadow),
                                       (struct tone){0.98f, 0.97f, 0.94f}, ink);
        }
    }
}

static uint8_t to_byte(float value, float grain)
{
    value = value * 255 + grain + 0.5f;
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

/* Vignette, and grain that is a little stronger in the shadows; it is what keeps slopes from
 * banding. */
static void develop(const struct strip *strip, int column, int row, uint8_t *rgb)
{
    const struct drawing *drawing = strip->drawing;
    const float y = strip->y / drawing->bottom - 0.5f;
    uint32_t state =
        noise_lattice(drawing->salt + 77, column, row) > 0.5f ? 0x68bc21ebu : 0x02e5be93u;
    state ^= (uint32_t)row * 0x9e3779b1u ^ (uint32_t)column * 0x85ebca77u;
    for (int i = 0; i < strip->count; i++) {
        const float x = (strip->x + (float)i * strip->pixel) / drawing->right - 0.5f;
        const float vignette = 1 - 0.55f * (x * x + y * y) * (x * x + y * y) * 4;
        state = (state ^ state >> 15) * 0x2c1b3c6du + (uint32_t)i;
        state ^= state >> 12;
        const float noise = (float)(state & 0xff) + (float)(state >> 8 & 0xff) +
                            (float)(state >> 16 & 0xff) - 382.5f; /* nearly a bell */
        const struct tone tone = tone_scale(strip->tones[i], vignette);
        const float grain = noise * (0.032f - 0.011f * tone.green);
        rgb[3 * i] = to_byte(tone.red, grain);
        rgb[3 * i + 1] = to_byte(tone.green, grain);
        rgb[3 * i + 2] = to_byte(tone.blue, grain);
    }
}

static void paint_row(struct strip *strip)
{
    const struct drawing *drawing = strip->drawing;
    if (drawing_lands[drawing->land].studio) {
        studio_paint(strip);
    } else if (strip->y < drawing->waterline) {
        paint_sky(strip);
        paint_ridges(strip);
    } else {
        paint_water(strip);
    }
    subject_paint(strip);
    paint_caption(strip);
}

void drawing_rows(const struct drawing *drawing, int first, int count, uint8_t *rgb)
{
    struct strip strip = {.drawing = drawing, .pixel = 1 / drawing->unit};
    for (int column = 0; column < drawing->width; column += STRIP) {
        const int left = drawing->width - column;
        strip.count = left < STRIP ? left : STRIP;
        strip.x = ((float)column + 0.5f) * strip.pixel;
        for (int ridge = 0; ridge < drawing_lands[drawing->land].ridges; ridge++) {
            crest_fill(&strip, ridge);
        }
        for (int row = 0; row < count; row++) {
            strip.y = ((float)(first + row) + 0.5f) * strip.pixel;
            paint_row(&strip);
            develop(&strip, column, first + row,
                    rgb + 3 * ((int64_t)row * drawing->width + column));
        }
    }
}
