/* SPDX-License-Identifier: MIT
 * What the encoders share: the options of the stage `encode`, one row per format, and the job that
 * a codec gets. A codec knows its library and struct pixels; it knows no plan and no search. */
#ifndef PICSET_ENCODE_H
#define PICSET_ENCODE_H

#include "attachments.h"
#include "pixels.h"
#include "stage.h"

enum chroma { CHROMA_AUTO, CHROMA_420, CHROMA_444 };
enum png_filter {
    PNG_CHOICE_AUTO,
    PNG_CHOICE_NONE,
    PNG_CHOICE_SUB,
    PNG_CHOICE_UP,
    PNG_CHOICE_AVERAGE,
    PNG_CHOICE_PAETH,
    PNG_CHOICE_ADAPTIVE
};
enum { DEPTH_AUTO = -1 };
enum avif_tune { TUNE_AUTO, TUNE_IQ, TUNE_SSIM, TUNE_PSNR };

struct encode_options {
    struct formats format;
    struct quality quality;
    struct quality min_quality;
    struct bytes max_bytes;
    struct {
        bool progressive, optimise, trellis, scans;
        int chroma;
    } jpeg;
    struct {
        int compression, filter, colours;
        double dither;
        bool interlace;
    } png;
    struct {
        int method, near_lossless, alpha_quality;
        bool exact, sharp_yuv;
    } webp;
    struct {
        int effort, chroma, depth, tune;
    } avif;
    struct {
        int effort;
    } jxl;
    struct {
        int colours, effort;
        double dither;
    } gif;
};

extern const struct option encode_table[];

/* Qualities are on the codec's own scale; this one stands for lossless. */
#define QUALITY_LOSSLESS (-1.0)

struct encode_job {
    const struct encode_options *options;
    const struct pixels *pixels; /* all frames, top to bottom */
    const struct attachments *attachments;
    const struct flow *flow;
    enum format format;
    double quality;
    bool fine; /* at least very-high was asked: no chroma subsampling unless told */
};

/* True when the run is to be given up; codecs ask between rows. */
bool encode_stopped(const struct flow *flow);
/* The one message for it. */
enum status encode_interrupted(struct error *error);

struct codec {
    enum format format;
    double lowest, highest; /* numbers that `quality` may be; both 0: it has none */
    const char *group;      /* its group of options; what is in no other codec's key */
    unsigned wants;         /* beside upright and RGB */
    /* NULL: always there. Otherwise false with the reason. */
    bool (*available)(const struct encode_options *options, const char **reason);
    /* Combinations of its options; may be NULL. */
    enum status (*check)(const struct encode_options *options, struct error *error);
    void (*version)(const struct encode_options *options, struct buffer *out);
    /* More words for the plan: " effort 2". */
    void (*words)(const struct encode_options *options, double quality, struct buffer *out);
    bool apart;                      /* its library encodes on a thread of its own */
    const struct trial_rules *trial; /* how `auto` chooses an effort (trial.h); NULL: not at all */
    /* CPU seconds for a million pixels. */
    double (*cost)(const struct encode_options *options, double quality);
    enum status (*encode)(const struct encode_job *job, struct buffer *out, struct error *error);
};

extern const struct codec codec_jpeg, codec_png, codec_webp, codec_avif, codec_jxl, codec_gif;

/* NULL when the format is no encoder's. */
const struct codec *codec_find(enum format format);

/* JPEG's second writer, for what libjpeg-turbo does not have: trellis and scans. */
bool mozjpeg_available(void);
enum status mozjpeg_encode(const struct encode_job *job, struct buffer *out, struct error *error);

#endif
