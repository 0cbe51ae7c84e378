/* SPDX-License-Identifier: MIT
 * JPEG through libjpeg-turbo: rows go in as they lie in memory, bytes go straight into the buffer,
 * and a run that is to stop leaves between two rows of blocks. Knows no libvips. */
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>

#include "encode.h"
#include "image.h"

enum {
    PIECE = 64 * 1024,
    MARKER_BYTES = 65533,
    ICC_PIECE = MARKER_BYTES - 14 /* after "ICC_PROFILE\0", number and count (ICC.1, B.4) */
};

struct jpeg_run {
    struct jpeg_error_mgr errors; /* first: libjpeg gives back its address */
    struct jpeg_destination_mgr destination;
    struct jpeg_progress_mgr progress;
    struct jpeg_compress_struct jpeg;
    struct buffer *out;
    const struct encode_job *job;
    jmp_buf give_up;
    bool stopped;
};

static void on_error(j_common_ptr jpeg)
{
    longjmp(((struct jpeg_run *)jpeg->client_data)->give_up, 1);
}

static void on_message(j_common_ptr jpeg)
{
    (void)jpeg;
}

static void on_progress(j_common_ptr jpeg)
{
    struct jpeg_run *run = jpeg->client_data;
    if (encode_stopped(run->job->flow)) {
        run->stopped = true;
        longjmp(run->give_up, 1);
    }
}

static void take_place(struct jpeg_run *run)
{
    char *place = buffer_reserve(run->out, PIECE);
    if (place == NULL) {
        longjmp(run->give_up, 1);
    }
    run->destination.next_output_byte = (JOCTET *)place;
    run->destination.free_in_buffer = PIECE;
}

static void start_output(j_compress_ptr jpeg)
{
    take_place(jpeg->client_data);
}

static boolean next_output(j_compress_ptr jpeg)
{
    struct jpeg_run *run = jpeg->client_data;
    run->out->size +=
        PIECE; /* libjpeg calls it with a full piece only, whatever the counter says */
    take_place(run);
    return TRUE;
}

static void end_output(j_compress_ptr jpeg)
{
    struct jpeg_run *run = jpeg->client_data;
    run->out->size += PIECE - run->destination.free_in_buffer;
}

static bool is_fine_chroma(const struct encode_job *job)
{
    const int chroma = job->options->jpeg.chroma;
    return chroma == CHROMA_444 || (chroma == CHROMA_AUTO && job->fine);
}

static void configure(struct jpeg_run *run)
{
    const struct encode_job *job = run->job;
    struct jpeg_compress_struct *jpeg = &run->jpeg;
    const bool grey = job->pixels->bands == 1;
    jpeg->image_width = (JDIMENSION)job->pixels->width;
    jpeg->image_height = (JDIMENSION)job->pixels->height;
    jpeg->input_components = job->pixels->bands;
    jpeg->in_color_space = grey ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, (int)job->quality, TRUE);
    jpeg->dct_method = JDCT_ISLOW;
    jpeg->optimize_coding = job->options->jpeg.optimise;
    if (!grey) {
        const int sampling = is_fine_chroma(job) ? 1 : 2;
        jpeg->comp_info[0].h_samp_factor = sampling;
        jpeg->comp_info[0].v_samp_factor = sampling;
    }
    if (job->options->jpeg.progressive) {
        jpeg_simple_progression(jpeg);
    }
}

static void write_named(struct jpeg_run *run, int marker, const char *name, size_t name_size,
                        struct span span)
{
    if (span.size == 0) {
        return;
    }
    jpeg_write_m_header(&run->jpeg, marker, (unsigned)(name_size + span.size));
    for (size_t i = 0; i < name_size; i++) {
        jpeg_write_m_byte(&run->jpeg, name[i]);
    }
    for (size_t i = 0; i < span.size; i++) {
        jpeg_write_m_byte(&run->jpeg, span.bytes[i]);
    }
}

static void write_profile(struct jpeg_run *run, struct span icc)
{
    const size_t count = (icc.size + ICC_PIECE - 1) / ICC_PIECE;
    if (count > 255) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char name[14] = "ICC_PROFILE";
        name[12] = (char)(i + 1);
        name[13] = (char)count;
        const size_t left = icc.size - i * ICC_PIECE;
        write_named(run, JPEG_APP0 + 2, name, sizeof name,
                    (struct span){icc.bytes + i * ICC_PIECE, left < ICC_PIECE ? left : ICC_PIECE});
    }
}

/* Photoshop's resource block 0x0404: name "", size, records, padded to even. */
static void write_iptc(struct jpeg_run *run, struct span iptc)
{
    static const char head[] = "Photoshop 3.0\0"
                               "8BIM\x04\x04\0\0";
    const size_t head_size = sizeof head - 1, padding = iptc.size & 1;
    if (iptc.size == 0) {
        return;
    }
    jpeg_write_m_header(&run->jpeg, JPEG_APP0 + 13,
                        (unsigned)(head_size + 4 + iptc.size + padding));
    for (size_t i = 0; i < head_size; i++) {
        jpeg_write_m_byte(&run->jpeg, head[i]);
    }
    for (int shift = 24; shift >= 0; shift -= 8) {
        jpeg_write_m_byte(&run->jpeg, (int)(iptc.size >> shift & 0xff));
    }
    for (size_t i = 0; i < iptc.size + padding; i++) {
        jpeg_write_m_byte(&run->jpeg, i < iptc.size ? iptc.bytes[i] : 0);
    }
}

static void write_attachments(struct jpeg_run *run)
{
    static const char xmp_name[] = "http://ns.adobe.com/xap/1.0/";
    const struct attachments *attachments = run->job->attachments;
    write_named(run, JPEG_APP0 + 1, "Exif\0", 6, attachments->exif);
    write_named(run, JPEG_APP0 + 1, xmp_name, sizeof xmp_name, attachments->xmp);
    write_profile(run, attachments->icc);
    write_iptc(run, attachments->iptc);
}

static void write_rows(struct jpeg_run *run)
{
    enum { ROWS = 16 };
    struct jpeg_compress_struct *jpeg = &run->jpeg;
    while (jpeg->next_scanline < jpeg->image_height) {
        JSAMPROW rows[ROWS];
        JDIMENSION count = jpeg->image_height - jpeg->next_scanline;
        count = count < ROWS ? count : ROWS;
        for (JDIMENSION i = 0; i < count;
             i++) { /* libjpeg takes them as writable, and only reads */
            rows[i] =
                (JSAMPROW)(uintptr_t)pixels_row(run->job->pixels, (int)(jpeg->next_scanline + i));
        }
        jpeg_write_scanlines(jpeg, rows, count);
    }
}

static enum status report(struct jpeg_run *run, struct error *error)
{
    char words[JMSG_LENGTH_MAX];
    if (run->stopped) {
        return encode_interrupted(error);
    }
    if (buffer_failed(run->out)) {
        return error_memory(error);
    }
    run->errors.format_message((j_common_ptr)&run->jpeg, words);
    const enum status status = error_set(error, STATUS_FAILED, "encoding the jpeg failed");
    error_cause(error, words);
    return status;
}

static void write_all(struct jpeg_run *run)
{
    jpeg_create_compress(&run->jpeg);
    run->destination = (struct jpeg_destination_mgr){.init_destination = start_output,
                                                     .empty_output_buffer = next_output,
                                                     .term_destination = end_output};
    run->progress.progress_monitor = on_progress;
    run->jpeg.dest = &run->destination;
    run->jpeg.progress = &run->progress;
    configure(run);
    jpeg_start_compress(&run->jpeg, TRUE);
    write_attachments(run);
    write_rows(run);
    jpeg_finish_compress(&run->jpeg);
}

static enum status jpeg_encode(const struct encode_job *job, struct buffer *out,
                               struct error *error)
{
    if (job->options->jpeg.trellis || job->options->jpeg.scans) {
        return mozjpeg_encode(job, out, error);
    }
    struct jpeg_run run = {.out = out, .job = job};
    enum status status;
    run.jpeg.err = jpeg_std_error(&run.errors);
    run.errors.error_exit = on_error;
    run.errors.output_message = on_message;
    run.jpeg.client_data = &run;
    if (setjmp(run.give_up) == 0) {
        write_all(&run);
        status = STATUS_OK;
    } else {
        status = report(&run, error);
    }
    jpeg_destroy_compress(&run.jpeg);
    return status;
}

static bool jpeg_available(const struct encode_options *options, const char **reason)
{
    *reason = "trellis and scans need a libvips with mozjpeg inside: the prebuilt one";
    return !(options->jpeg.trellis || options->jpeg.scans) || mozjpeg_available();
}

static void jpeg_version(const struct encode_options *options, struct buffer *out)
{
    if (options->jpeg.trellis || options->jpeg.scans) {
        buffer_format(out, "mozjpeg of libvips %s", image_library_version());
    } else {
        buffer_format(out, "libjpeg-turbo %d.%d.%d", LIBJPEG_TURBO_VERSION_NUMBER / 1000000,
                      LIBJPEG_TURBO_VERSION_NUMBER / 1000 % 1000,
                      LIBJPEG_TURBO_VERSION_NUMBER % 1000);
    }
}

static void jpeg_words(const struct encode_options *options, double quality, struct buffer *out)
{
    (void)quality;
    if (options->jpeg.trellis) {
        buffer_text(out, " trellis");
    }
}

static double jpeg_cost(const struct encode_options *options, double quality)
{
    (void)quality;
    if (options->jpeg.trellis || options->jpeg.scans) {
        return 0.08;
    }
    return options->jpeg.progressive ? 0.02 : 0.01;
}

const struct codec codec_jpeg = {
    .format = FORMAT_JPEG,
    .lowest = 1,
    .highest = 100,
    .group = "jpeg",
    .wants = WANTS_OPAQUE | WANTS_8BIT,
    .available = jpeg_available,
    .version = jpeg_version,
    .words = jpeg_words,
    .cost = jpeg_cost,
    .encode = jpeg_encode,
};
