/* SPDX-License-Identifier: MIT
 * Questions about facts, and facts in words. Knows no image and no stage. */
#include "facts.h"

#include "buffer.h"

unsigned facts_missing(const struct facts *facts, unsigned wants)
{
    unsigned missing = 0;
    if (facts->orientation != 1) {
        missing |= WANTS_UPRIGHT;
    }
    if (facts->alpha) {
        missing |= WANTS_OPAQUE;
    }
    if (facts->space != SPACE_SRGB && facts->space != SPACE_P3 && facts->space != SPACE_GREY) {
        missing |= WANTS_RGB;
    }
    if (facts->bits != 8) {
        missing |= WANTS_8BIT;
    }
    if (facts->space != SPACE_SRGB && facts->space != SPACE_GREY) {
        missing |= WANTS_SRGB;
    }
    return missing & wants;
}

const char *space_name(enum space space)
{
    switch (space) {
    case SPACE_SRGB:
        return "srgb";
    case SPACE_P3:
        return "p3";
    case SPACE_PROFILE:
        return "profile";
    case SPACE_GREY:
        return "grey";
    case SPACE_CMYK:
        return "cmyk";
    case SPACE_OTHER:
        break;
    }
    return "other";
}

struct facts facts_plain(const uint8_t colour[4])
{
    bool alpha = colour[3] != 255;
    return (struct facts){.width = 1,
                          .height = 1,
                          .frames = 1,
                          .bands = alpha ? 4 : 3,
                          .alpha = alpha,
                          .alpha_used = alpha,
                          .alpha_measured = true,
                          .bits = 8,
                          .space = SPACE_SRGB,
                          .orientation = 1,
                          .format = FORMAT_PNG,
                          .plain = true,
                          .colour = {colour[0], colour[1], colour[2], colour[3]}};
}

void facts_words(struct buffer *out, const struct facts *facts)
{
    if (facts->plain) {
        buffer_format(out, "plain #%02x%02x%02x", facts->colour[0], facts->colour[1],
                      facts->colour[2]);
        if (facts->alpha) {
            buffer_format(out, "%02x", facts->colour[3]);
        }
        return;
    }
    buffer_format(out, "%s%dx%d %s %d-bit", facts->unsized ? "up to " : "", facts->width,
                  facts->height, space_name(facts->space), facts->bits);
    if (facts->alpha) {
        buffer_text(out, " alpha");
    }
    if (facts->orientation != 1) {
        buffer_format(out, ", orientation %d", facts->orientation);
    }
    if (facts->frames > 1) {
        buffer_format(out, ", %d frames", facts->frames);
    }
}
