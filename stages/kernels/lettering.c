/* SPDX-License-Identifier: MIT
 * Letters as dots, and the distance to the strokes between them. */
#include "lettering.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "noise.h"

enum { COLUMNS = 5, ROWS = 9, ADVANCE = 6, LINE = 12, REACH = 2 /* dots */ };

static const uint64_t ascii[] = {
    /* from the space to '~' */
    0x000000000000, 0x000100421084, 0x00000000014a, 0x000295f57d4a, 0x00011f4717c4, 0x000672222273,
    0x000593511526, 0x000000000084, 0x000208210888, 0x000088842082, 0x000009575480, 0x0000084f9080,
    0x001108000000, 0x000000070000, 0x000100000000, 0x000042222210, 0x0003a33ae62e, 0x0003884210c4,
    0x0007c226422e, 0x0003e107420f, 0x000211f4a988, 0x0003a3083c3f, 0x0003a317842e, 0x00010844221f,
    0x0003a317462e, 0x0003a10f462e, 0x000008001000, 0x001108001000, 0x000208208888, 0x000001f07c00,
    0x000088882082, 0x00010046422e, 0x000382daf62e, 0x0004631fc62e, 0x0003e317c62f, 0x0003a210862e,
    0x0003e318c62f, 0x0007c217843f, 0x00004217843f, 0x0003a31e862e, 0x0004631fc631, 0x00038842108e,
    0x0003a3084218, 0x000452519531, 0x0007c2108421, 0x0004631ad771, 0x0004739ace71, 0x0003a318c62e,
    0x00004217c62f, 0x00059358c62e, 0x00045257c62f, 0x0003e107043e, 0x00010842109f, 0x0003a318c631,
    0x000114a8c631, 0x0004775ac631, 0x000462a22a31, 0x000108422a31, 0x0007c222221f, 0x00038421084e,
    0x000420820821, 0x00039084210e, 0x000000004544, 0x0007c0000000, 0x000000000082, 0x0007a3e83800,
    0x0003e318bc21, 0x00038210b800, 0x0007a318fa10, 0x000383f8b800, 0x000084213c4c, 0x0e87a318f800,
    0x00046318bc21, 0x000388421804, 0x064a10843008, 0x00024a32a421, 0x000388421086, 0x00056b5abc00,
    0x00046318bc00, 0x0003a318b800, 0x010be318bc00, 0x1087a318f800, 0x00004211b400, 0x0003e0e0f800,
    0x000304213c42, 0x0007a318c400, 0x000114a8c400, 0x0002ab5ac400, 0x000454454400, 0x0e87a318c400,
    0x0007c4447c00, 0x000208411088, 0x000108421084, 0x000088441082, 0x00000004d800,
};

/* U+00C0 … U+00FF without their marks. */
static const char latin[] = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty";

/* The next character, and the text after it; what is no UTF-8 is taken byte by byte. */
static uint32_t next_character(const char **text)
{
    const unsigned char *bytes = (const unsigned char *)*text;
    const int more = bytes[0] < 0xc0 ? 0 : bytes[0] < 0xe0 ? 1 : bytes[0] < 0xf0 ? 2 : 3;
    uint32_t character = more == 0 ? bytes[0] : bytes[0] & (0x3fu >> more);
    int taken = 1;
    while (taken <= more && (bytes[taken] & 0xc0) == 0x80) {
        character = character << 6 | (bytes[taken++] & 0x3fu);
    }
    *text += taken;
    return character;
}

static uint64_t sign_of(uint32_t character) /* symmetrical, so that it looks meant */
{
    uint64_t state = character, dots = 0;
    const uint64_t bits = noise_next(&state);
    for (int row = 0; row < 7; row++) { /* as high as a capital */
        for (int column = 0; column < COLUMNS; column++) {
            const int mirrored = column < 3 ? column : 4 - column;
            const uint64_t lit = bits >> (row * 3 + mirrored) & 1;
            dots |= (lit | (uint64_t)(row == 3 && column == 2)) << (row * COLUMNS + column);
        }
    }
    return dots;
}

static uint64_t letter_of(uint32_t character)
{
    if (character >= ' ' && character <= '~') {
        return ascii[character - ' '];
    }
    if (character >= 0xc0 && character <= 0xff) {
        return ascii[latin[character - 0xc0] - ' '];
    }
    if (character >= 0x2010 && character <= 0x2015) {
        return ascii['-' - ' '];
    }
    if (character == 0x2018 || character == 0x2019) {
        return ascii['\'' - ' '];
    }
    return character < ' ' || character == 0x7f ? 0 : sign_of(character);
}

static bool is_blank(uint64_t letter)
{
    return letter == 0;
}

/* The line ends before the last blank when a word goes on: the letters after it move down. */
static bool break_line(struct lettering *lettering, uint64_t letter)
{
    uint64_t *line = lettering->letters[lettering->lines - 1];
    int *length = &lettering->lengths[lettering->lines - 1];
    int keep = *length;
    if (!is_blank(letter)) {
        while (keep > 0 && !is_blank(line[keep - 1])) {
            keep--;
        }
        keep = keep == 0 ? *length : keep;
    }
    if (lettering->lines == LETTERING_LINES) {
        for (int i = 0; i < 3; i++) {
            line[*length - 3 + i] = ascii['.' - ' '];
        }
        return false;
    }
    const int moved = *length - keep;
    for (int i = 0; i < moved; i++) {
        lettering->letters[lettering->lines][i] = line[keep + i];
    }
    *length = keep;
    lettering->lengths[lettering->lines++] = moved;
    return true;
}

void lettering_set(struct lettering *lettering, const char *text, int columns)
{
    columns = columns < 8 ? 8 : columns < LETTERING_COLUMNS ? columns : LETTERING_COLUMNS;
    *lettering = (struct lettering){.lines = 1};
    while (*text != '\0') {
        const uint64_t letter = letter_of(next_character(&text));
        int *length = &lettering->lengths[lettering->lines - 1];
        if (is_blank(letter) &&
            (*length == 0 || is_blank(lettering->letters[lettering->lines - 1][*length - 1]))) {
            continue;
        }
        if (*length == columns) {
            if (!break_line(lettering, letter)) {
                return;
            }
            length = &lettering->lengths[lettering->lines - 1];
            if (is_blank(letter)) {
                continue;
            }
        }
        lettering->letters[lettering->lines - 1][(*length)++] = letter;
    }
    while (lettering->lines > 0 && lettering->lengths[lettering->lines - 1] == 0) {
        lettering->lines--;
    }
}

static bool is_lit(uint64_t letter, int column, int row)
{
    return column >= 0 && column < COLUMNS && row >= 0 && row < ROWS &&
           (letter >> (row * COLUMNS + column) & 1) != 0;
}

static float segment_distance(float x, float y, float to_x, float to_y) /* from (0, 0) */
{
    float along = (x * to_x + y * to_y) / (to_x * to_x + to_y * to_y);
    along = fminf(fmaxf(along, 0), 1);
    return hypotf(x - along * to_x, y - along * to_y);
}

/* A diagonal joins two dots only where no dot beside it does. */
static float strokes_distance(uint64_t letter, int column, int row, float x, float y)
{
    float distance = hypotf(x, y);
    if (is_lit(letter, column + 1, row)) {
        distance = fminf(distance, segment_distance(x, y, 1, 0));
    }
    if (is_lit(letter, column, row + 1)) {
        distance = fminf(distance, segment_distance(x, y, 0, 1));
    }
    for (int side = -1; side <= 1; side += 2) {
        if (is_lit(letter, column + side, row + 1) && !is_lit(letter, column + side, row) &&
            !is_lit(letter, column, row + 1)) {
            distance = fminf(distance, segment_distance(x, y, (float)side, 1));
        }
    }
    return distance;
}

float lettering_distance(const struct lettering *lettering, float x, float y)
{
    const int line = (int)floorf((y + 1) / LINE), index = (int)floorf((x + 0.5f) / ADVANCE);
    float nearest = 9;
    if (line < 0 || line >= lettering->lines || index < 0 || index > lettering->lengths[line]) {
        return nearest;
    }
    for (int at = index - 1; at <= index + 1; at++) { /* shadows reach into the neighbours */
        const float local_x = x - (float)(at * ADVANCE), local_y = y - (float)(line * LINE);
        const int column = (int)lrintf(local_x), row = (int)lrintf(local_y);
        if (at < 0 || at >= lettering->lengths[line] || lettering->letters[line][at] == 0) {
            continue;
        }
        for (int i = row - REACH; i <= row + REACH; i++) {
            for (int j = column - REACH; j <= column + REACH; j++) {
                if (is_lit(lettering->letters[line][at], j, i)) {
                    nearest =
                        fminf(nearest, strokes_distance(lettering->letters[line][at], j, i,
                                                        local_x - (float)j, local_y - (float)i));
                }
            }
        }
    }
    return nearest;
}
