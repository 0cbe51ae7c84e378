/* SPDX-License-Identifier: MIT
 * Independent decoders. */
#include "decoding.h"

#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <jpeglib.h>
#include <png.h>
#include <vips/vips.h>
#include <webp/decode.h>
#include <webp/demux.h>
#if __has_include(<jxl/decode.h>)
#include <jxl/decode.h>
#define WITH_JXL 1
#else
#define WITH_JXL 0
#endif

extern char **environ;

static void keep(uint8_t **to, size_t *to_size, const void *bytes, size_t size)
{
    free(*to);
    *to = malloc(size + 1);
    memcpy(*to, bytes, size);
    *to_size = size;
}

void decoded_free(struct decoded *decoded)
{
    free(decoded->bytes);
    free(decoded->icc);
    free(decoded->exif);
    free(decoded->xmp);
    memset(decoded, 0, sizeof *decoded);
}

/* ---- JPEG ----------------------------------------------------------------------------------- */

struct jpeg_reader {
    struct jpeg_error_mgr errors;
    struct jpeg_decompress_struct jpeg;
    jmp_buf give_up;
};

static void jpeg_give_up(j_common_ptr jpeg)
{
    longjmp(((struct jpeg_reader *)jpeg->client_data)->give_up, 1);
}

static void take_markers(struct jpeg_reader *reader, struct decoded *out)
{
    static const char xmp[] = "http://ns.adobe.com/xap/1.0/";
    JOCTET *icc = NULL;
    unsigned icc_size = 0;
    for (jpeg_saved_marker_ptr marker = reader->jpeg.marker_list; marker; marker = marker->next) {
        const uint8_t *data = marker->data;
        const size_t size = marker->data_length;
        if (marker->marker == JPEG_APP0 + 1 && size > 6 && memcmp(data, "Exif\0", 6) == 0) {
            keep(&out->exif, &out->exif_size, data + 6, size - 6);
        } else if (marker->marker == JPEG_APP0 + 1 && size > sizeof xmp &&
                   memcmp(data, xmp, sizeof xmp) == 0) {
            keep(&out->xmp, &out->xmp_size, data + sizeof xmp, size - sizeof xmp);
        } else if (marker->marker == JPEG_APP0 + 13) {
            out->app13 = (int)size;
        }
    }
    if (jpeg_read_icc_profile(&reader->jpeg, &icc, &icc_size)) {
        keep(&out->icc, &out->icc_size, icc, icc_size);
        free(icc);
    }
}

static void read_jpeg(struct jpeg_reader *reader, const void *bytes, size_t size,
                      struct decoded *out)
{
    struct jpeg_decompress_struct *jpeg = &reader->jpeg;
    jpeg_create_decompress(jpeg);
    jpeg_mem_src(jpeg, bytes, size);
    for (int marker = 1; marker < 16; marker++) {
        jpeg_save_markers(jpeg, JPEG_APP0 + marker, 0xffff);
    }
    jpeg_read_header(jpeg, TRUE);
    take_markers(reader, out);
    out->progressive = jpeg->progressive_mode;
    out->sampling = jpeg->comp_info[0].h_samp_factor;
    jpeg_start_decompress(jpeg);
    out->width = (int)jpeg->output_width;
    out->height = (int)jpeg->output_height;
    out->bands = jpeg->output_components;
    out->bits = 8;
    const size_t stride = (size_t)out->width * (size_t)out->bands;
    out->bytes = malloc(stride * (size_t)out->height);
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = out->bytes + jpeg->output_scanline * stride;
        jpeg_read_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_decompress(jpeg);
}

bool decode_jpeg(const void *bytes, size_t size, struct decoded *out)
{
    struct jpeg_reader reader = {.jpeg = {0}};
    bool good;
    memset(out, 0, sizeof *out);
    reader.jpeg.err = jpeg_std_error(&reader.errors);
    reader.errors.error_exit = jpeg_give_up;
    reader.jpeg.client_data = &reader;
    if (setjmp(reader.give_up) == 0) {
        read_jpeg(&reader, bytes, size, out);
        good = reader.errors.num_warnings == 0;
    } else {
        good = false;
    }
    jpeg_destroy_decompress(&reader.jpeg);
    return good;
}

/* ---- PNG ------------------------------------------------------------------------------------ */

struct png_bytes {
    const uint8_t *at;
    size_t left;
};

static void png_take(png_structp png, png_bytep to, size_t size)
{
    struct png_bytes *bytes = png_get_io_ptr(png);
    if (size > bytes->left) {
        png_error(png, "the file ends early");
    }
    memcpy(to, bytes->at, size);
    bytes->at += size;
    bytes->left -= size;
}

static void png_take_metadata(png_structp png, png_infop info, struct decoded *out)
{
    png_charp name;
    png_bytep data;
    png_uint_32 size;
    png_textp texts;
    int method, count;
    if (png_get_iCCP(png, info, &name, &method, &data, &size)) {
        keep(&out->icc, &out->icc_size, data, size);
    }
    if (png_get_eXIf_1(png, info, &size, &data)) {
        keep(&out->exif, &out->exif_size, data, size);
    }
    png_get_text(png, info, &texts, &count);
    for (int i = 0; i < count; i++) {
        if (strcmp(texts[i].key, "XML:com.adobe.xmp") == 0) {
            keep(&out->xmp, &out->xmp_size, texts[i].text, texts[i].itxt_length);
        }
    }
}

static void read_png(png_structp png, png_infop info, struct decoded *out)
{
    png_colorp colours;
    png_bytep alphas = NULL;
    int alpha_count = 0;
    png_read_info(png, info);
    const int type = png_get_color_type(png, info);
    out->palette = type == PNG_COLOR_TYPE_PALETTE;
    out->progressive = png_get_interlace_type(png, info) != PNG_INTERLACE_NONE;
    png_get_PLTE(png, info, &colours, &out->colours);
    png_get_tRNS(png, info, &alphas, &alpha_count, NULL);
    png_take_metadata(png, info, out);
    png_set_expand(png);
    png_set_swap(png);
    png_set_interlace_handling(png);
    png_read_update_info(png, info);
    out->width = (int)png_get_image_width(png, info);
    out->height = (int)png_get_image_height(png, info);
    out->bands = png_get_channels(png, info);
    out->bits = png_get_bit_depth(png, info);
    const size_t stride = png_get_rowbytes(png, info);
    out->bytes = malloc(stride * (size_t)out->height);
    png_bytep *rows = malloc(sizeof *rows * (size_t)out->height);
    for (int y = 0; y < out->height; y++) {
        rows[y] = out->bytes + (size_t)y * stride;
    }
    png_read_image(png, rows);
    png_read_end(png, info);
    png_take_metadata(png, info, out);
    free(rows);
}

bool decode_png(const void *bytes, size_t size, struct decoded *out)
{
    struct png_bytes source = {bytes, size};
    bool good;
    memset(out, 0, sizeof *out);
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    if (setjmp(png_jmpbuf(png)) == 0) {
        png_set_read_fn(png, &source, png_take);
        read_png(png, info, out);
        good = true;
    } else {
        good = false;
    }
    png_destroy_read_struct(&png, &info, NULL);
    return good;
}

/* ---- WebP ----------------------------------------------------------------------------------- */

static void webp_chunk(WebPDemuxer *demuxer, const char *name, uint8_t **to, size_t *size)
{
    WebPChunkIterator chunk;
    if (WebPDemuxGetChunk(demuxer, name, 1, &chunk)) {
        keep(to, size, chunk.chunk.bytes, chunk.chunk.size);
        WebPDemuxReleaseChunkIterator(&chunk);
    }
}

bool decode_webp(const void *bytes, size_t size, struct decoded *out)
{
    const WebPData data = {bytes, size};
    WebPIterator frame;
    memset(out, 0, sizeof *out);
    WebPDemuxer *demuxer = WebPDemux(&data);
    if (demuxer == NULL) {
        return false;
    }
    webp_chunk(demuxer, "ICCP", &out->icc, &out->icc_size);
    webp_chunk(demuxer, "EXIF", &out->exif, &out->exif_size);
    webp_chunk(demuxer, "XMP ", &out->xmp, &out->xmp_size);
    out->frames = (int)WebPDemuxGetI(demuxer, WEBP_FF_FRAME_COUNT);
    bool good = WebPDemuxGetFrame(demuxer, 1, &frame) != 0;
    if (good) {
        WebPBitstreamFeatures features;
        good =
            WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &features) == VP8_STATUS_OK;
        out->bands = features.has_alpha ? 4 : 3;
        out->bits = 8;
        out->delay = frame.duration;
        out->bytes = (features.has_alpha ? WebPDecodeRGBA : WebPDecodeRGB)(
            frame.fragment.bytes, frame.fragment.size, &out->width, &out->height);
        WebPDemuxReleaseIterator(&frame);
    }
    WebPDemuxDelete(demuxer);
    return good && out->bytes != NULL;
}

/* ---- GIF, AVIF, JPEG XL ---------------------------------------------------------------------- */

bool decode_gif(const void *bytes, size_t size, struct decoded *out)
{
    VipsImage *image = NULL;
    memset(out, 0, sizeof *out);
    if (vips_gifload_buffer((void *)(uintptr_t)bytes, size, &image, "n", -1, NULL) != 0) {
        return false;
    }
    size_t length;
    void *pixels = vips_image_write_to_memory(image, &length);
    int *delays, count, height = image->Ysize;
    if (vips_image_get_typeof(image, VIPS_META_PAGE_HEIGHT)) {
        vips_image_get_int(image, VIPS_META_PAGE_HEIGHT, &height);
    }
    if (vips_image_get_typeof(image, "delay") &&
        vips_image_get_array_int(image, "delay", &delays, &count) == 0) {
        out->delay = delays[0];
    }
    out->width = image->Xsize;
    out->height = height;
    out->frames = image->Ysize / height;
    out->bands = image->Bands;
    out->bits = 8;
    if (pixels) {
        size_t kept;
        keep(&out->bytes, &kept, pixels, length);
    }
    g_free(pixels);
    g_object_unref(image);
    return out->bytes != NULL;
}

int decoder_run(const char *const *argv)
{
    posix_spawn_file_actions_t actions;
    pid_t child;
    int status = -1;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
    if (posix_spawnp(&child, argv[0], &actions, NULL, (char *const *)(uintptr_t)argv, environ) ==
            0 &&
        waitpid(child, &status, 0) == child) {
        status = WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
    }
    posix_spawn_file_actions_destroy(&actions);
    return status;
}

static bool write_file(const char *path, const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");
    const bool good = file && fwrite(bytes, 1, size, file) == size;
    return file && fclose(file) == 0 && good;
}

static bool read_png_file(const char *path, struct decoded *out)
{
    gchar *bytes = NULL;
    gsize size = 0;
    const bool good =
        g_file_get_contents(path, &bytes, &size, NULL) && decode_png(bytes, size, out);
    g_free(bytes);
    return good;
}

bool decode_avif(const void *bytes, size_t size, struct decoded *out, bool *missing)
{
    char folder[] = "/tmp/picset-test-XXXXXX", in[64], png[64];
    memset(out, 0, sizeof *out);
    *missing = false;
    if (mkdtemp(folder) == NULL) {
        return false;
    }
    snprintf(in, sizeof in, "%s/in.avif", folder);
    snprintf(png, sizeof png, "%s/out.png", folder);
    const int ran =
        write_file(in, bytes, size) ? decoder_run((const char *[]){"avifdec", in, png, NULL}) : 1;
    *missing = ran < 0;
    const bool good = ran == 0 && read_png_file(png, out);
    unlink(in);
    unlink(png);
    rmdir(folder);
    return good;
}

#if WITH_JXL
static bool read_jxl(JxlDecoder *decoder, struct decoded *out)
{
    JxlBasicInfo info;
    JxlPixelFormat format = {.data_type = JXL_TYPE_UINT8, .endianness = JXL_NATIVE_ENDIAN};
    for (;;) {
        size_t size;
        switch (JxlDecoderProcessInput(decoder)) {
        case JXL_DEC_BASIC_INFO:
            if (JxlDecoderGetBasicInfo(decoder, &info) != JXL_DEC_SUCCESS) {
                return false;
            }
            out->width = (int)info.xsize;
            out->height = (int)info.ysize;
            out->bands = (int)(info.num_color_channels + info.num_extra_channels);
            out->bits = info.bits_per_sample > 8 ? 16 : 8;
            format.num_channels = (uint32_t)out->bands;
            format.data_type = out->bits == 16 ? JXL_TYPE_UINT16 : JXL_TYPE_UINT8;
            break;
        case JXL_DEC_COLOR_ENCODING:
            if (JxlDecoderGetICCProfileSize(decoder, &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                            &size) == JXL_DEC_SUCCESS) {
                out->icc = malloc(size);
                out->icc_size = size;
                JxlDecoderGetColorAsICCProfile(decoder, &format, JXL_COLOR_PROFILE_TARGET_ORIGINAL,
                                               out->icc, size);
            }
            break;
        case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
            JxlDecoderImageOutBufferSize(decoder, &format, &size);
            out->bytes = malloc(size);
            JxlDecoderSetImageOutBuffer(decoder, &format, out->bytes, size);
            break;
        case JXL_DEC_FULL_IMAGE:
            break;
        case JXL_DEC_SUCCESS:
            return out->bytes != NULL;
        default:
            return false;
        }
    }
}
#endif

bool decode_jxl(const void *bytes, size_t size, struct decoded *out, bool *missing)
{
    memset(out, 0, sizeof *out);
    *missing = !WITH_JXL;
#if WITH_JXL
    JxlDecoder *decoder = JxlDecoderCreate(NULL);
    JxlDecoderSubscribeEvents(decoder,
                              JXL_DEC_BASIC_INFO | JXL_DEC_COLOR_ENCODING | JXL_DEC_FULL_IMAGE);
    JxlDecoderSetInput(decoder, bytes, size);
    JxlDecoderCloseInput(decoder);
    const bool good = read_jxl(decoder, out);
    JxlDecoderDestroy(decoder);
    return good;
#else
    (void)bytes;
    (void)size;
    return false;
#endif
}

double psnr(const uint8_t *a, int a_bands, const uint8_t *b, int b_bands, int bands, size_t pixels)
{
    double sum = 0;
    for (size_t i = 0; i < pixels; i++) {
        for (int band = 0; band < bands; band++) {
            const double difference = (double)a[i * (size_t)a_bands + (size_t)band] -
                                      b[i * (size_t)b_bands + (size_t)band];
            sum += difference * difference;
        }
    }
    return sum == 0 ? 99 : 10 * log10(255.0 * 255.0 * (double)bands * (double)pixels / sum);
}
