/* SPDX-License-Identifier: MIT
 * bare_codecs LIST: the decodes, resizes and encodes that LIST names, called one after another with
 * nothing around them: what the work itself costs, for picset's overhead and for two copies at
 * once. LIST has one call a line, an image number first where there is one: load ID SHRINK PATH ·
 * size ID FROM WIDTH HEIGHT · crop ID FROM WIDTH HEIGHT · pass ID FROM webp FROM QUALITY METHOD ·
 * jpeg FROM QUALITY PROGRESSIVE · png FROM A load begins a new image: the earlier ones go. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <vips/vips.h>

#include <jpeglib.h>
#include <webp/encode.h>

#include "geometry/resize_bytes.h"

enum { IMAGES = 512 };

static VipsImage *images[IMAGES];
static size_t bytes_made;

static void give_up(const char *what)
{
    fprintf(stderr, "bare_codecs: %s: %s\n", what, vips_error_buffer());
    exit(1);
}

static void keep(int id, VipsImage *image)
{
    VipsImage *memory = image ? vips_image_copy_memory(image) : NULL;
    if (!memory || id < 0 || id >= IMAGES) {
        give_up("pixels");
    }
    g_object_unref(image);
    images[id] = memory;
}

static void load(int id, int shrink, const char *path)
{
    VipsImage *image = NULL;
    gchar *bytes = NULL;
    gsize size = 0;
    for (int i = 0; i < IMAGES; i++) {
        g_clear_object(&images[i]);
    }
    if (!g_file_get_contents(path, &bytes, &size, NULL)) {
        give_up(path);
    }
    int failed =
        size > 2 && (unsigned char)bytes[0] == 0xff
            ? vips_jpegload_buffer(bytes, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, "shrink",
                                   shrink, NULL)
            : vips_pngload_buffer(bytes, size, &image, "access", VIPS_ACCESS_SEQUENTIAL, NULL);
    if (failed) {
        give_up(path);
    }
    keep(id, image);
    g_free(bytes);
}

/* By picset's own kernel where picset takes it: what is asked is what the engine adds. */
static void resize(int id, int from, int width, int height)
{
    VipsImage *in = images[from], *image = NULL;
    const struct size size = {width, height};
    struct error error = {0};
    const bool failed =
        in->Bands % 2 == 1 && resize_bytes_fits(in, in->Xsize, in->Ysize, size)
            ? resize_bytes(NULL, in, in->Xsize, in->Ysize, size, &image, &error) != STATUS_OK
            : vips_resize(in, &image, (double)width / in->Xsize, "vscale",
                          (double)height / in->Ysize, "gap", 0.0, NULL) != 0;
    if (failed) {
        give_up("resize");
    }
    keep(id, image);
}

static void crop(int id, int from, int width, int height)
{
    VipsImage *image = NULL;
    if (vips_smartcrop(images[from], &image, width, height, "interesting",
                       VIPS_INTERESTING_ATTENTION, NULL) != 0) {
        give_up("crop");
    }
    keep(id, image);
}

static void webp(int from, double quality, int method)
{
    const VipsImage *image = images[from];
    const int stride = (int)VIPS_IMAGE_SIZEOF_LINE(image);
    WebPConfig config;
    WebPPicture picture;
    WebPMemoryWriter writer;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) {
        give_up("webp");
    }
    config.quality = (float)quality;
    config.method = method;
    picture.width = image->Xsize;
    picture.height = image->Ysize;
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    WebPMemoryWriterInit(&writer);
    int good = image->Bands == 4
                   ? WebPPictureImportRGBA(&picture, VIPS_IMAGE_ADDR(image, 0, 0), stride)
                   : WebPPictureImportRGB(&picture, VIPS_IMAGE_ADDR(image, 0, 0), stride);
    if (!good || !WebPEncode(&config, &picture)) {
        give_up("webp");
    }
    bytes_made += writer.size;
    WebPPictureFree(&picture);
    WebPMemoryWriterClear(&writer);
}

static void jpeg(int from, double quality, int progressive)
{
    const VipsImage *image = images[from];
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL;
    unsigned long size = 0;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &bytes, &size);
    jpeg.image_width = (JDIMENSION)image->Xsize;
    jpeg.image_height = (JDIMENSION)image->Ysize;
    jpeg.input_components = image->Bands;
    jpeg.in_color_space = image->Bands == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, (int)quality, TRUE);
    jpeg.optimize_coding = TRUE;
    if (progressive) {
        jpeg_simple_progression(&jpeg);
    }
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = VIPS_IMAGE_ADDR(image, 0, (int)jpeg.next_scanline);
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    bytes_made += size;
    free(bytes);
}

static void png(int from)
{
    void *bytes = NULL;
    size_t size = 0;
    if (vips_pngsave_buffer(images[from], &bytes, &size, "compression", 6, "filter",
                            VIPS_FOREIGN_PNG_FILTER_ALL, NULL) != 0) {
        give_up("png");
    }
    bytes_made += size;
    g_free(bytes);
}

static void call(char *line)
{
    int id, from, a, b;
    double quality;
    line[strcspn(line, "\n")] = '\0';
    if (sscanf(line, "load %d %d", &id, &a) == 2) {
        load(id, a, strchr(strchr(strchr(line, ' ') + 1, ' ') + 1, ' ') + 1);
    } else if (sscanf(line, "size %d %d %d %d", &id, &from, &a, &b) == 4) {
        resize(id, from, a, b);
    } else if (sscanf(line, "crop %d %d %d %d", &id, &from, &a, &b) == 4) {
        crop(id, from, a, b);
    } else if (sscanf(line, "pass %d %d", &id, &from) == 2) {
        images[id] = g_object_ref(images[from]);
    } else if (sscanf(line, "webp %d %lf %d", &from, &quality, &a) == 3) {
        webp(from, quality, a);
    } else if (sscanf(line, "jpeg %d %lf %d", &from, &quality, &a) == 3) {
        jpeg(from, quality, a);
    } else if (sscanf(line, "png %d", &from) == 1) {
        png(from);
    } else {
        give_up(line);
    }
}

int main(int argc, char **argv)
{
    char line[4400];
    FILE *list = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (!list || VIPS_INIT(argv[0])) {
        fprintf(stderr, "usage: bare_codecs LIST\n");
        return 2;
    }
    vips_cache_set_max(0);
    vips_concurrency_set(1);
    while (fgets(line, sizeof(line), list)) {
        call(line);
    }
    fclose(list);
    printf("%zu bytes\n", bytes_made);
    return 0;
}
