/* SPDX-License-Identifier: MIT
 * Sniffing and the walks over all five containers: an answer or a sentence, facts that keep the
 * limits, and bytes that can be had back. The first byte of the input is a choice of limits. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "load/exif.h"
#include "load/profile.h"
#include "load/sniff.h"
#include "load/walk.h"

typedef enum status walker(struct walk *walk, struct error *error);

/* Reads every byte, so that a span that goes too far is noticed. */
static size_t sum(struct span span)
{
    size_t total = 0;
    for (size_t i = 0; i < span.size; i++) {
        total += span.bytes[i];
    }
    return total;
}

static void check_facts(const struct walk *walk)
{
    const struct container *container = &walk->source->container;
    const struct limits *limits = walk->limits;
    HOLDS(container->width >= 1 && container->width <= limits->side);
    HOLDS(container->height >= 1 && container->height <= limits->side);
    HOLDS(container->frames >= 1 && container->frames <= limits->frames);
    HOLDS((int64_t)container->width * container->height * container->frames <=
          limits->source_pixels);
    HOLDS(walk->bands >= 1 && walk->bands <= limits->bands);
    HOLDS(walk->bits == 8 || walk->bits == 16);
    HOLDS(container->icc.size <= (size_t)limits->icc_bytes);
    HOLDS(container->scans <= limits->jpeg_scans);
    HOLDS(profile_kind(container->icc) <= PROFILE_OTHER);
    int orientation = exif_orientation(container->exif);
    HOLDS(orientation >= 1 && orientation <= 8);
    HOLDS(sum(container->xmp) <= container->xmp.size * 255);
    HOLDS(sum(container->iptc) <= container->iptc.size * 255);
    HOLDS(sum(container->icc) <= container->icc.size * 255);
}

static void walk_as(enum format format, walker *walker_, struct source *source,
                    const struct limits *limits, const uint8_t *data)
{
    struct error error = {0};
    source_forget(source);
    source->container.format = format;
    source->container.frames = 1;
    struct walk walk = {.source = source, .span = {source->bytes, source->size}, .limits = limits};
    enum status status = walker_(&walk, &error);
    HOLDS(status == error.status);
    HOLDS((status == STATUS_OK) == (error.message[0] == '\0'));
    if (status == STATUS_OK) {
        check_facts(&walk);
    }
    source_forget(source);
    HOLDS(source->size == 0 || memcmp(source->bytes, data, source->size) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct {
        enum format format;
        walker *walker;
        size_t least; /* bytes that sniffing has seen */
    } walkers[] = {{FORMAT_JPEG, walk_jpeg, 3},
                   {FORMAT_PNG, walk_png, 8},
                   {FORMAT_WEBP, walk_webp, 12},
                   {FORMAT_GIF, walk_gif, 6},
                   {FORMAT_AVIF, walk_avif, 12}};
    struct limits limits = limits_default();
    struct source source;
    struct error error = {0};
    const char *words = NULL;
    if (size > 0 && data[0] & 1) {
        limits.frames = limits.jpeg_scans = 2;
        limits.metadata_bytes = limits.icc_bytes = 100;
    }
    data += size > 0;
    size -= size > 0;
    if (source_from_memory(&source, "fuzz", data, size, &limits, &error) != STATUS_OK) {
        return 0;
    }
    sniff((struct span){source.bytes, source.size}, &words);
    HOLDS(words != NULL);
    for (size_t i = 0; i < sizeof walkers / sizeof *walkers; i++) {
        if (size >= walkers[i].least) {
            walk_as(walkers[i].format, walkers[i].walker, &source, &limits, data);
        }
    }
    source_release(&source);
    return 0;
}
