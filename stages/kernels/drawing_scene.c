/* SPDX-License-Identifier: MIT
 * What is to be drawn: the words choose land, hour and subject where they name one, and their hash
 * chooses what they leave open. */
#include <stddef.h>

#include "drawing_parts.h"
#include "noise.h"

const struct land drawing_lands[] = {
    {" sea ocean lighthouse coast beach island harbour harbor waves water ship boat sailing bay "
     "surf ",
     "1155",
     false,
     CREST_ROUGH,
     3,
     0.585f,
     0.025f,
     0.12f,
     0.055f,
     1.1f,
     1.2f,
     0.62f,
     0,
     {0.52f, 0.58f, 0.66f},
     {0.20f, 0.20f, 0.17f}},
    {" mountain mountains alps peak peaks snow valley glacier lake ridge summit rocks cliff ski ",
     "0235",
     false,
     CREST_ROUGH,
     5,
     0.44f,
     0.075f,
     0.62f,
     -0.085f,
     1.3f,
     0.9f,
     0.82f,
     0.9f,
     {0.50f, 0.58f, 0.70f},
     {0.13f, 0.20f, 0.14f}},
    {" hills hill field fields meadow farm village garden spring countryside grass balloon "
     "balloons tree ",
     "2343",
     false,
     CREST_SMOOTH,
     6,
     0.50f,
     0.085f,
     0.20f,
     0.02f,
     0.9f,
     0.25f,
     2,
     0,
     {0.52f, 0.62f, 0.60f},
     {0.30f, 0.42f, 0.13f}},
    {" forest wood woods pine pines jungle autumn river park cabin camping bear fox deer trees ",
     "2035",
     false,
     CREST_TREES,
     5,
     0.46f,
     0.085f,
     0.30f,
     0.01f,
     1.1f,
     0.5f,
     0.86f,
     0.15f,
     {0.44f, 0.54f, 0.54f},
     {0.07f, 0.15f, 0.08f}},
    {" desert dune dunes sand canyon camel savanna egypt mars ",
     "2002",
     false,
     CREST_SMOOTH,
     5,
     0.56f,
     0.085f,
     0.30f,
     0.03f,
     0.7f,
     0.3f,
     2,
     0,
     {0.80f, 0.60f, 0.48f},
     {0.78f, 0.50f, 0.26f}},
    {" city street skyline town building buildings tokyo york london berlin downtown skyscraper "
     "urban "
     "neon bridge car ",
     "0020",
     false,
     CREST_HOUSES,
     4,
     0.46f,
     0.07f,
     0.55f,
     -0.04f,
     9,
     -1.2f,
     0.80f,
     0,
     {0.52f, 0.58f, 0.68f},
     {0.17f, 0.19f, 0.25f}},
    {" product studio shoe shoes sneaker cup mug bottle vase watch still portrait food apple fruit "
     "table "
     "coffee perfume cream logo icon cake bread kitchen ball tea jar lamp headphones glass ring ",
     "6789",
     true,
     CREST_SMOOTH,
     0,
     0,
     0,
     0,
     0,
     0,
     0,
     2,
     0,
     {0.80f, 0.76f, 0.70f},
     {0.46f, 0.31f, 0.20f}},
};

const struct hour drawing_hours[] = {
    {" day noon sunny summer bright morning blue ",
     {0.16f, 0.38f, 0.70f},
     {0.74f, 0.86f, 0.94f},
     {1.0f, 0.97f, 0.88f},
     {1.0f, 0.98f, 0.94f},
     0.75f,
     0,
     0.5f},
    {" dusk sunset evening golden autumn warm ",
     {0.14f, 0.17f, 0.38f},
     {0.98f, 0.60f, 0.36f},
     {1.0f, 0.86f, 0.58f},
     {0.80f, 0.60f, 0.54f},
     0.10f,
     0,
     0.55f},
    {" dawn sunrise mist misty fog foggy pastel soft ",
     {0.48f, 0.58f, 0.76f},
     {0.98f, 0.83f, 0.76f},
     {1.0f, 0.93f, 0.82f},
     {0.90f, 0.84f, 0.86f},
     0.16f,
     0,
     0.4f},
    {" night midnight moon stars starry dark neon ",
     {0.02f, 0.03f, 0.10f},
     {0.16f, 0.20f, 0.36f},
     {0.93f, 0.95f, 1.0f},
     {0.26f, 0.31f, 0.46f},
     0.72f,
     1,
     0.25f},
    {" storm stormy rain rainy clouds cloudy winter grey gray ",
     {0.30f, 0.34f, 0.40f},
     {0.74f, 0.76f, 0.77f},
     {0.92f, 0.92f, 0.90f},
     {0.72f, 0.75f, 0.78f},
     0.5f,
     0,
     0.95f},
};

enum {
    LANDS = sizeof drawing_lands / sizeof *drawing_lands,
    HOURS = sizeof drawing_hours / sizeof *drawing_hours
};

static const struct {
    const char *words;
    enum subject subject;
} subjects[] = {{" lighthouse tower ", SUBJECT_LIGHTHOUSE},
                {" balloon balloons airship ", SUBJECT_BALLOON},
                {" tree oak ", SUBJECT_TREE},
                {" house cabin cottage farm village barn ", SUBJECT_HOUSE},
                {" boat ship sailing yacht sail ", SUBJECT_BOAT},
                {" vase jar lamp flower flowers ", SUBJECT_VASE},
                {" bottle perfume wine cream ", SUBJECT_BOTTLE},
                {" cup mug coffee tea ", SUBJECT_CUP},
                {" ball apple orange fruit ", SUBJECT_BALL}};

static const struct {
    const char *words;
    struct tone tone;
} tones[] = {{" red crimson apple ", {0.74f, 0.13f, 0.10f}},
             {" orange amber copper ", {0.88f, 0.45f, 0.12f}},
             {" yellow gold golden lemon ", {0.90f, 0.72f, 0.20f}},
             {" green olive lime ", {0.22f, 0.48f, 0.24f}},
             {" blue navy azure ", {0.14f, 0.32f, 0.66f}},
             {" purple violet ", {0.42f, 0.22f, 0.56f}},
             {" pink rose magenta ", {0.86f, 0.46f, 0.56f}},
             {" white porcelain ivory ", {0.90f, 0.89f, 0.86f}},
             {" black dark ", {0.13f, 0.13f, 0.15f}},
             {" teal turquoise cyan ", {0.12f, 0.54f, 0.56f}}};

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_letter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

/* Where the first word of `text` that stands in the list begins, -1 when none does. */
static int find_word(const char *text, const char *list)
{
    for (int start = 0; text[start] != '\0'; start++) {
        if (!is_letter(text[start]) || (start > 0 && is_letter(text[start - 1]))) {
            continue;
        }
        for (const char *word = list; word[1] != '\0'; word++) {
            int length = 0;
            while (*word == ' ' && is_letter(text[start + length]) &&
                   lower(text[start + length]) == word[1 + length]) {
                length++;
            }
            const int plural = length > 0 && lower(text[start + length]) == 's' ? 1 : 0;
            if (length > 0 && word[1 + length] == ' ' &&
                !is_letter(text[start + length + plural])) {
                return start;
            }
        }
    }
    return -1;
}

/* The row whose word comes first in the text, -1 when none does. */
static int choose(const char *text, const char *(*words)(int row), int rows)
{
    int best = -1, place = -1;
    for (int row = 0; row < rows; row++) {
        const int found = find_word(text, words(row));
        if (found >= 0 && (place < 0 || found < place)) {
            place = found;
            best = row;
        }
    }
    return best;
}

static const char *land_words(int row)
{
    return drawing_lands[row].words;
}

static const char *hour_words(int row)
{
    return drawing_hours[row].words;
}

static const char *subject_words(int row)
{
    return subjects[row].words;
}

static const char *tone_words(int row)
{
    return tones[row].words;
}

static float random_between(uint64_t *state, float from, float to)
{
    return from + (to - from) * (float)(noise_next(state) >> 40) / 16777216.0f;
}

/* The same colour with a little of its neighbours': every prompt has its own light. */
static struct tone tint(struct tone tone, float amount)
{
    const struct tone turned = amount > 0 ? (struct tone){tone.blue, tone.red, tone.green}
                                          : (struct tone){tone.green, tone.blue, tone.red};
    return tone_mix(tone, turned, fabsf(amount));
}

static void choose_kinds(struct drawing *drawing, const char *words, uint64_t *state)
{
    const int any_land = (int)(noise_next(state) % LANDS);
    const int any_hour = (int)(noise_next(state) % (HOURS + 2)); /* days are most common */
    const int land = choose(words, land_words, LANDS), hour = choose(words, hour_words, HOURS);
    const int subject = choose(words, subject_words, sizeof subjects / sizeof *subjects);
    const int tone = choose(words, tone_words, sizeof tones / sizeof *tones);
    const uint64_t any_tone = noise_next(state);
    drawing->land = land >= 0 ? land : any_land;
    drawing->time = hour >= 0 ? hour : any_hour < HOURS ? any_hour : 0;
    drawing->subject = drawing_lands[drawing->land].subjects[noise_next(state) % 4] - '0';
    if (subject >= 0 &&
        (subjects[subject].subject >= SUBJECT_VASE) == drawing_lands[drawing->land].studio) {
        drawing->subject = (int)subjects[subject].subject;
    }
    drawing->subject_tone =
        tones[tone >= 0 ? (uint64_t)tone : any_tone % (sizeof tones / sizeof *tones)].tone;
}

static void place(struct drawing *drawing, uint64_t *state)
{
    const struct land *land = &drawing_lands[drawing->land];
    const struct hour *hour = &drawing_hours[drawing->time];
    const bool left = noise_next(state) % 2 == 0;
    const float horizon = drawing->bottom * (land->base + 0.12f);
    drawing->light = left ? -1 : 1;
    drawing->waterline = land->waterline * drawing->bottom;
    drawing->sun_x = drawing->right * (left ? random_between(state, 0.18f, 0.36f)
                                            : random_between(state, 0.64f, 0.82f));
    drawing->sun_y = horizon * (1 - hour->sun_height) - (hour->sun_height < 0.3f ? 0.05f : 0);
    drawing->subject_x = drawing->right * (left ? random_between(state, 0.62f, 0.74f)
                                                : random_between(state, 0.26f, 0.38f));
    drawing->shift_x = random_between(state, 0, 64);
    drawing->clouds = hour->clouds + random_between(state, -0.2f, 0.2f);
    const float turn = random_between(state, -0.10f, 0.10f);
    drawing->zenith = tint(hour->zenith, turn);
    drawing->low = tint(hour->low, turn * 0.6f);
    drawing->sun = hour->sun;
    drawing->shine = tint(hour->shine, turn * 0.4f);
}

static void place_subject(struct drawing *drawing)
{
    const struct land *land = &drawing_lands[drawing->land];
    static const float heights[] = {0,     0.44f, 0.24f, 0.34f, 0.15f,
                                    0.20f, 0.56f, 0.62f, 0.34f, 0.36f}; /* units */
    drawing->subject_height = heights[drawing->subject];
    drawing->subject_y = drawing->bottom * 0.80f;
    if (land->studio) {
        drawing->subject_x = drawing->right * 0.5f + (drawing->light < 0 ? 0.05f : -0.05f);
    } else if (drawing->subject == SUBJECT_LIGHTHOUSE) {
        drawing->subject_y = drawing->waterline + 0.01f;
    } else if (drawing->subject == SUBJECT_BOAT) {
        drawing->subject_y = drawing->waterline + (drawing->bottom - drawing->waterline) * 0.22f;
    } else if (drawing->subject == SUBJECT_BALLOON) {
        drawing->subject_y = drawing->bottom * 0.40f;
    } else if (land->waterline < 1) {
        drawing->subject_y = drawing->waterline;
    }
}

void drawing_start(struct drawing *drawing, const char *words, int64_t seed, int width, int height)
{
    uint64_t state = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */
    for (const char *c = words; *c != '\0'; c++) {
        state = (state ^ (unsigned char)*c) * 0x100000001b3u;
    }
    state ^= (uint64_t)seed * 0xd1342543de82ef95u;
    const float unit = (float)(width < height ? width : height);
    *drawing = (struct drawing){.width = width,
                                .height = height,
                                .unit = unit,
                                .right = (float)width / unit,
                                .bottom = (float)height / unit,
                                .dot = 0.0052f};
    drawing->salt = (uint32_t)noise_next(&state);
    choose_kinds(drawing, words, &state);
    place(drawing, &state);
    place_subject(drawing);
    lettering_set(&drawing->caption, words, (int)((drawing->right - 0.09f) / (6 * drawing->dot)));
}
