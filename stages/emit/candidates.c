/* SPDX-License-Identifier: MIT
 * The renditions that a browser chooses from: by media query, type, and width or density. What
 * `picture`, `srcset` and `css` have in common. */
#include "candidates.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

static const char *const role_names[] = {"image", "placeholder", NULL};

const struct option candidate_options[] = {
    {.name = "role",
     OPT_ENUM(struct candidate_options, role),
     .def = "image",
     .names = role_names,
     .help = "an image to choose from, or what is shown until it is there"},
    {.name = "sizes",
     OPT_TEXT(struct candidate_options, sizes),
     .def = "100vw",
     .help = "how wide the image is on the page, as in HTML"},
    {.name = "media",
     OPT_TEXT(struct candidate_options, media),
     .def = "",
     .help = "media query that must hold; empty: always, and put last"},
    {.name = "density",
     OPT_RATIO(struct candidate_options, density),
     .def = "0",
     .help = "pixels per CSS pixel of an image of fixed width; 0: chosen by width and sizes"},
    {0},
};

enum { TYPE_AVIF, TYPE_JXL, TYPE_WEBP, TYPE_FALLBACK };

static int type_of(enum format format)
{
    return format == FORMAT_AVIF   ? TYPE_AVIF
           : format == FORMAT_JXL  ? TYPE_JXL
           : format == FORMAT_WEBP ? TYPE_WEBP
                                   : TYPE_FALLBACK;
}

static int candidate_order(const void *a, const void *b)
{
    const struct candidate *left = a, *right = b;
    if (left->group != right->group) {
        return left->group < right->group ? -1 : 1;
    }
    if (left->type != right->type) {
        return left->type - right->type;
    }
    if (left->density != right->density) {
        return left->density < right->density ? -1 : 1;
    }
    if (left->rendition->width != right->rendition->width) {
        return left->rendition->width - right->rendition->width;
    }
    /* equal ones stay as written: they point into one array */
    return left->rendition < right->rendition ? -1 : left->rendition > right->rendition;
}

static bool candidate_again(const struct candidate *candidate, const struct candidate *before)
{
    return candidate->group == before->group && candidate->type == before->type &&
           candidate->density == before->density &&
           (candidate->density > 0 || candidate->rendition->width == before->rendition->width);
}

/* The group of a media query: that of the first candidate that has it. */
static size_t group_of(const struct candidates *candidates, const char *media)
{
    for (size_t i = 0; i < candidates->count; i++) {
        if (strcmp(candidates->list[i].media, media) == 0) {
            return candidates->list[i].group;
        }
    }
    return media[0] ? candidates->count : SIZE_MAX;
}

static void candidates_sort(struct candidates *candidates)
{
    size_t kept = 0;
    if (candidates->count == 0) {
        return;
    }
    struct candidate *list = candidates->list;
    qsort(list, candidates->count, sizeof *list, candidate_order);
    for (size_t i = 0; i < candidates->count; i++) {
        if (kept == 0 || !candidate_again(&list[i], &list[kept - 1])) {
            list[kept++] = list[i];
        }
    }
    candidates->count = kept;
}

enum status candidates_collect(const struct emitter *emitter, const struct record_set *set,
                               struct arena *arena, struct candidates *out, struct error *error)
{
    struct emit_walk walk = {.emitter = emitter, .set = set, .arena = arena};
    size_t capacity = 0;
    for (;;) {
        const struct record_rendition *rendition = NULL;
        struct candidate_options options;
        enum status status = emit_next(&walk, &options, &rendition, error);
        if (status != STATUS_OK) {
            return status;
        }
        if (!rendition) {
            candidates_sort(out);
            return STATUS_OK;
        }
        if (options.role == CANDIDATE_PLACEHOLDER) {
            out->placeholder = out->placeholder ? out->placeholder : rendition;
            continue;
        }
        size_t group = group_of(out, options.media);
        struct candidate *slot =
            arena_push(arena, &out->list, &out->count, &capacity, sizeof *out->list);
        if (!slot) {
            return error_memory(error);
        }
        *slot = (struct candidate){
            .rendition = rendition,
            .sizes = options.sizes,
            .media = options.media,
            .density = options.density.value,
            .type = type_of(rendition->format),
            .group = group,
        };
    }
}

size_t candidates_run(const struct candidates *candidates, size_t first)
{
    const struct candidate *list = candidates->list;
    size_t end = first + 1;
    while (end < candidates->count && list[end].group == list[first].group &&
           list[end].type == list[first].type) {
        end++;
    }
    return end - first;
}

bool candidates_dense(const struct candidate *run, size_t count)
{
    return run[count - 1].density > 0;
}

void candidates_srcset(const struct candidate *run, size_t count, const char *from,
                       const char *base, struct buffer *out)
{
    for (size_t i = 0; i < count; i++) {
        buffer_text(out, i ? ", " : "");
        emit_url(out, from, base, run[i].rendition);
        if (count > 1 && candidates_dense(run, count)) {
            buffer_char(out, ' ');
            text_number(out, run[i].density > 0 ? run[i].density : 1);
            buffer_char(out, 'x');
        } else if (count > 1) {
            buffer_format(out, " %dw", run[i].rendition->width);
        }
    }
}
