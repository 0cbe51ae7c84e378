/* SPDX-License-Identifier: MIT
 * The stage `metadata`: says what of a source's metadata the renditions keep. It touches no pixel:
 * the encoders read the fact. */
#include "image.h"
#include "stage.h"

struct metadata_options {
    unsigned keep;
};

enum { /* places in keep_names; the first six are those of enum keep */
       NAMED_ALL = 1 << 6,
       KEEP_EVERYTHING = KEEP_ICC | KEEP_COPYRIGHT | KEEP_EXIF | KEEP_XMP | KEEP_IPTC
};

static const char *const keep_names[] = {"icc",  "copyright", "exif", "gps", "xmp",
                                         "iptc", "all",       "none", NULL};

static const struct option metadata_options[] = {
    {.name = "keep",
     OPT_FLAGS(struct metadata_options, keep),
     .def = "[\"icc\"]",
     .names = keep_names,
     .help = "a list of what is kept; all is everything but gps, which must be named; none "
             "drops what is said of a generated image, too"},
    {0}};

static unsigned kept(const struct metadata_options *options)
{
    const unsigned named = options->keep & (KEEP_EVERYTHING | KEEP_GPS);
    return options->keep & NAMED_ALL ? named | KEEP_EVERYTHING : named;
}

static void name_kept(unsigned keep, struct buffer *out)
{
    buffer_text(out, keep ? "keeps" : "keeps nothing");
    for (unsigned i = 0; i < 6; i++) {
        if (keep >> i & 1) {
            buffer_format(out, " %s", keep_names[i]);
        }
    }
}

static enum status metadata_plan(const void *data, const struct plan_context *context,
                                 const struct facts *in, struct facts *out, struct choice *choice,
                                 struct error *error)
{
    struct buffer words = {.limit = 256};
    out->keep = kept(data);
    if (out->keep != 0) { /* "none" is the one way to be rid of it */
        out->keep |= in->keep & (KEEP_PROVENANCE | KEEP_LABEL);
    }
    if (out->keep == in->keep) {
        choice->skip = "already so";
        return STATUS_OK;
    }
    name_kept(out->keep, &words);
    choice->detail = buffer_failed(&words) ? NULL : arena_text(context->arena, words.data);
    buffer_free(&words);
    return choice->detail ? STATUS_OK : error_memory(error);
}

static double metadata_need(const struct step *step, double after)
{
    (void)step;
    return after;
}

static enum status metadata_run(const struct step *step, const struct flow *flow, VipsImage *in,
                                VipsImage **out, struct error *error)
{
    (void)step;
    (void)flow;
    (void)error;
    *out = image_share(in);
    return STATUS_OK;
}

const struct stage stage_metadata = {
    .name = "metadata",
    .summary = "say what of the source's metadata is kept",
    .kind = STAGE_PIXELS,
    .version = 1,
    .whole_strip = true,
    .options = metadata_options,
    .options_size = sizeof(struct metadata_options),
    .plan = metadata_plan,
    .need = metadata_need,
    .run = metadata_run,
};
