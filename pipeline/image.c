/* SPDX-License-Identifier: MIT
 * The engine's few verbs on pixels: starting libvips, computing on the calling thread, and frames.
 * Knows stages by struct stage only. */
#include "image.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <vips/vips.h>

#include <vips/vector.h> /* needs vips.h */

#ifndef PICSET_LIBVIPS_SOURCE
#define PICSET_LIBVIPS_SOURCE "system"
#endif

/* ---- The library ------------------------------------------------------------------------- */

static pthread_once_t library_once = PTHREAD_ONCE_INIT;
static atomic_bool library_started; /* written once, under library_once */
static char library_version[64];

static void log_nothing(const char *domain, GLogLevelFlags level, const char *message, void *data)
{
    (void)domain;
    (void)level;
    (void)message;
    (void)data;
}

static void library_start(void)
{
    static const char *const domains[] = {"VIPS", "GLib", "GLib-GObject"};
    static const char *const loaders[] = {"VipsForeignLoadJpeg", "VipsForeignLoadPng",
                                          "VipsForeignLoadWebp", "VipsForeignLoadNsgif",
                                          "VipsForeignLoadHeif"};
    const GLogLevelFlags all = G_LOG_LEVEL_MASK | G_LOG_FLAG_RECURSION;
    for (size_t i = 0; i < sizeof domains / sizeof *domains; i++) {
        g_log_set_handler(domains[i], all, log_nothing, NULL);
    }
    if (VIPS_INIT("picset") != 0) {
        return;
    }
    if (vips_version(0) == 8 && vips_version(1) < 15) {
        /* liborc, which later ones do without, frees its code without a lock: two threads that
         * resize end in a broken heap. */
        vips_vector_set_enabled(FALSE);
    }
    vips_cache_set_max(0);
    /* The AV1 encoder reads it as its number of threads, which changes the bytes: never another. */
    vips_concurrency_set(1);
    /* Every loader, so that vips_block_untrusted_set would add nothing but the start of all
     * classes: a quarter of what it takes to start the program. */
    vips_operation_block_set("VipsForeignLoad", TRUE);
    for (size_t i = 0; i < sizeof loaders / sizeof *loaders; i++) {
        vips_operation_block_set(loaders[i], FALSE);
    }
    library_started = true;
}

enum status image_library_start(struct error *error)
{
    pthread_once(&library_once, library_start);
    if (!library_started) {
        return image_error(error, STATUS_FAILED, "libvips does not start");
    }
    return STATUS_OK;
}

static void version_write(void)
{
    snprintf(library_version, sizeof library_version, "%d.%d.%d %s", vips_version(0),
             vips_version(1), vips_version(2), PICSET_LIBVIPS_SOURCE);
}

const char *image_library_version(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, version_write);
    return library_version;
}

void image_thread_end(void)
{
    if (library_started) {
        vips_thread_shutdown();
    }
}

/* The lines of libvips' buffer, each once, with "; " between: decoders repeat their warnings. */
static void cause_add(struct error *error, char *words)
{
    char cause[sizeof error->cause] = "";
    size_t length = 0;
    for (char *line = words; line && *line;) {
        char *end = strchr(line, '\n');
        if (end) {
            *end = '\0';
        }
        if (*line && !strstr(cause, line) && length < sizeof cause) {
            const int added =
                snprintf(cause + length, sizeof cause - length, "%s%s", length ? "; " : "", line);
            length += (size_t)added;
        }
        line = end ? end + 1 : NULL;
    }
    error_cause(error, cause);
}

enum status image_error(struct error *error, enum status status, const char *message)
{
    char *words = vips_error_buffer_copy();
    error_set(error, status, "%s", message);
    cause_add(error, words);
    g_free(words);
    return error->status;
}

/* libvips has one error buffer for the process, so the lock is the process's, too. Writers first: a
 * failed step waits for the pixels under way, not for all that may come. */
static pthread_rwlock_t work_lock = PTHREAD_RWLOCK_WRITER_NONRECURSIVE_INITIALIZER_NP;

void image_work_begin(bool alone)
{
    if (alone) {
        pthread_rwlock_wrlock(&work_lock);
        vips_error_clear();
    } else {
        pthread_rwlock_rdlock(&work_lock);
    }
}

void image_work_end(void)
{
    pthread_rwlock_unlock(&work_lock);
}

/* ---- Facts of an image -------------------------------------------------------------------- */

VipsImage *image_share(VipsImage *image)
{
    g_object_ref(image);
    return image;
}

void image_release(VipsImage **image)
{
    if (*image) {
        g_object_unref(*image);
        *image = NULL;
    }
}

int image_width(const VipsImage *image)
{
    return image->Xsize;
}

/* libvips' getter takes no const; it only reads. */
static int page_height(const VipsImage *image)
{
    int height = 0;
    if (!vips_image_get_typeof(image, VIPS_META_PAGE_HEIGHT) ||
        vips_image_get_int(image, VIPS_META_PAGE_HEIGHT, &height) != 0 || height <= 0 ||
        height >= image->Ysize || image->Ysize % height != 0) {
        return image->Ysize;
    }
    return height;
}

int image_height(const VipsImage *image)
{
    return page_height(image);
}

int image_frames(const VipsImage *image)
{
    return image->Ysize / page_height(image);
}

size_t image_bytes(const VipsImage *image)
{
    return VIPS_IMAGE_SIZEOF_IMAGE(image);
}

/* ---- Computing ---------------------------------------------------------------------------- */

/* Rows that are asked for at once. More rows waste less on what neighbouring strips compute twice
 * (reductions overlap), fewer stay in the cache. */
enum { STRIP_ROWS = 32 };

static int strip_rows(VipsImage *image)
{
    int tile_width, tile_height, lines;
    vips_get_tile_size(image, &tile_width, &tile_height, &lines);
    const int tiles = (STRIP_ROWS + tile_height - 1) / tile_height;
    return tiles * tile_height;
}

static bool is_header(const char *name)
{
    static const char *const names[] = {"width",   "height",  "bands", "format",
                                        "coding",  "xoffset", "xres",  "interpretation",
                                        "yoffset", "yres",    "hint",  "filename"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static void *copy_field(VipsImage *like, const char *name, GValue *value, void *memory)
{
    (void)like;
    if (!is_header(name)) {
        vips_image_set(memory, name, value);
    }
    return NULL;
}

/* Not by vips_image_pipelinev: it ties the two without holding on to `like`, and another thread
 * that walks from image to image comes upon one that is being freed. */
enum status image_new_like(VipsImage *like, int width, int rows, VipsImage **out,
                           struct error *error)
{
    VipsImage *memory = vips_image_new_memory();
    if (memory) {
        vips_image_init_fields(memory, width, rows, like->Bands, like->BandFmt, like->Coding,
                               like->Type, like->Xres, like->Yres);
        vips_image_map(like, copy_field, memory);
        if (vips_image_write_prepare(memory) == 0) {
            *out = memory;
            return STATUS_OK;
        }
    }
    image_release(&memory);
    return image_error(error, STATUS_FAILED, "no memory for the image");
}

/* An image in memory with the header of `like` and room for `count` of them, one below the other.
 */
static enum status memory_new(VipsImage *like, int count, VipsImage **out, struct error *error)
{
    return vips_image_pio_input(like) == 0
               ? image_new_like(like, like->Xsize, like->Ysize * count, out, error)
               : image_error(error, STATUS_FAILED, "no memory for the image");
}

static enum status compute_strips(VipsImage *in, const struct flow *flow, VipsRegion *from,
                                  VipsRegion *to, int first_row, struct error *error)
{
    const int rows = strip_rows(in);
    for (int top = 0; top < in->Ysize; top += rows) {
        if (flow && flow->stop && flow->stop(flow)) {
            return error_set(error, STATUS_INTERRUPTED, "interrupted");
        }
        const VipsRect strip = {0, top, in->Xsize, VIPS_MIN(rows, in->Ysize - top)};
        if (vips_region_prepare_to(from, to, &strip, 0, first_row + top) != 0) {
            return image_error(error, STATUS_REFUSED, "the pixels cannot be computed");
        }
    }
    return STATUS_OK;
}

/* Computes `in` into `memory` from this row on. */
static enum status compute_into(VipsImage *in, const struct flow *flow, VipsImage *memory,
                                int first_row, struct error *error)
{
    enum status status;
    const VipsRect whole = {0, 0, memory->Xsize, memory->Ysize};
    VipsRegion *from = vips_image_pio_input(in) == 0 ? vips_region_new(in) : NULL;
    VipsRegion *to = vips_region_new(memory);
    if (!from || !to || vips_region_image(to, &whole) != 0) {
        status = image_error(error, STATUS_FAILED, "the image's memory is out of reach");
    } else {
        status = compute_strips(in, flow, from, to, first_row, error);
    }
    if (from) {
        g_object_unref(from);
    }
    if (to) {
        g_object_unref(to);
    }
    return status;
}

static bool image_in_memory(const VipsImage *image)
{
    return (image->dtype == VIPS_IMAGE_SETBUF || image->dtype == VIPS_IMAGE_SETBUF_FOREIGN) &&
           image->data != NULL;
}

enum status image_compute(VipsImage *in, const struct flow *flow, VipsImage **out,
                          struct error *error)
{
    if (image_in_memory(in)) {
        *out = image_share(in);
        return STATUS_OK;
    }
    VipsImage *memory = NULL;
    enum status status = memory_new(in, 1, &memory, error);
    if (status == STATUS_OK) {
        status = compute_into(in, flow, memory, 0, error);
    }
    if (status == STATUS_OK) {
        *out = image_share(memory);
    }
    image_release(&memory);
    return status;
}

/* ---- Frames -------------------------------------------------------------------------------- */

static enum status frame_run(VipsImage *in, int top, int height, image_frame *each, void *data,
                             VipsImage **out, struct error *error)
{
    VipsImage *frame = NULL;
    if (vips_extract_area(in, &frame, 0, top, in->Xsize, height, NULL) != 0) {
        return image_error(error, STATUS_FAILED, "a frame cannot be taken out");
    }
    vips_image_remove(frame, VIPS_META_PAGE_HEIGHT);
    vips_image_remove(frame, VIPS_META_N_PAGES);
    enum status status = each(data, frame, out, error);
    image_release(&frame);
    return status;
}

/* Puts a frame where it belongs; the first one says how large the joined image is. */
static enum status frame_join(VipsImage *frame, int index, int count, VipsImage **joined,
                              struct error *error)
{
    if (!*joined) {
        const enum status status = memory_new(frame, count, joined, error);
        if (status != STATUS_OK) {
            return status;
        }
        vips_image_set_int(*joined, VIPS_META_PAGE_HEIGHT, frame->Ysize);
        vips_image_set_int(*joined, VIPS_META_N_PAGES, count);
    }
    if (frame->Xsize != (*joined)->Xsize || frame->Ysize != (*joined)->Ysize / count ||
        frame->Bands != (*joined)->Bands || frame->BandFmt != (*joined)->BandFmt) {
        return error_set(error, STATUS_BUG, "frame %d is %dx%d px, the first %dx%d px", index + 1,
                         frame->Xsize, frame->Ysize, (*joined)->Xsize, (*joined)->Ysize / count);
    }
    return compute_into(frame, NULL, *joined, index * frame->Ysize, error);
}

enum status image_each_frame(VipsImage *in, image_frame *each, void *data, VipsImage **out,
                             struct error *error)
{
    const int height = page_height(in), count = in->Ysize / height;
    if (count == 1) {
        return each(data, in, out, error);
    }
    /* Frames are joined in memory, not by vips_arrayjoin: that of 8.14 hands on rows that it has
     * freed already (ASan, 3 frames of 1x24 px). */
    VipsImage *memory = NULL, *joined = NULL;
    enum status status = image_compute(in, NULL, &memory, error);
    for (int i = 0; status == STATUS_OK && i < count; i++) {
        VipsImage *frame = NULL;
        status = frame_run(memory, i * height, height, each, data, &frame, error);
        if (status == STATUS_OK) {
            status = frame_join(frame, i, count, &joined, error);
        }
        image_release(&frame);
    }
    if (status == STATUS_OK) {
        *out = image_share(joined);
    }
    image_release(&joined);
    image_release(&memory);
    return status;
}

struct frame_job {
    const struct step *step;
    const struct flow *flow;
};

static enum status stage_frame(void *data, VipsImage *frame, VipsImage **out, struct error *error)
{
    const struct frame_job *job = data;
    return job->step->stage->run(job->step, job->flow, frame, out, error);
}

enum status image_run(const struct step *step, const struct flow *flow, VipsImage *in,
                      VipsImage **out, struct error *error)
{
    if (step->choice.skip) {
        *out = image_share(in);
        return STATUS_OK;
    }
    enum status status;
    if (!in || step->stage->whole_strip) {
        status = step->stage->run(step, flow, in, out, error);
    } else {
        struct frame_job job = {step, flow};
        status = image_each_frame(in, stage_frame, &job, out, error);
    }
    return status == STATUS_OK ? status : error_at(error, "%s", step->stage->name);
}

enum status image_alpha_used(VipsImage *image, bool *used, struct error *error)
{
    VipsImage *alpha = NULL;
    double least = 0;
    if (!vips_image_hasalpha(image)) {
        *used = false;
        return STATUS_OK;
    }
    bool failed = vips_extract_band(image, &alpha, image->Bands - 1, NULL) != 0 ||
                  vips_min(alpha, &least, NULL) != 0;
    image_release(&alpha);
    if (failed) {
        return image_error(error, STATUS_REFUSED, "the alpha channel cannot be read");
    }
    *used = least < (image->BandFmt == VIPS_FORMAT_USHORT ? 65535 : 255);
    return STATUS_OK;
}
