/* SPDX-License-Identifier: MIT
 * The example of the library: one image file in memory → its set of thumbnails in memory.
 *
 *     render IMAGE [PRESET]
 *
 * Knows picset.h and nothing else of picset. */
#include <stdio.h>
#include <stdlib.h>

#include <picset.h>

struct set {
    size_t files;
    size_t bytes;
};

/* Called once per finished file; the bytes are borrowed. */
static int receive(void *data, const struct picset_file *file)
{
    struct set *set = data;
    set->files++;
    set->bytes += file->byte_count;
    printf("%-32s %-12s %5d x %-5d %8zu bytes\n", file->path, file->mime, file->width, file->height,
           file->byte_count);
    return file->byte_count == 0;
}

static void *read_file(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    if (!file) {
        return NULL;
    }
    void *bytes = NULL;
    if (fseek(file, 0, SEEK_END) == 0) {
        long length = ftell(file);
        rewind(file);
        bytes = length > 0 ? malloc((size_t)length) : NULL;
        *size = bytes ? fread(bytes, 1, (size_t)length, file) : 0;
    }
    fclose(file);
    return bytes;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: render IMAGE [PRESET]\n");
        return 2;
    }
    struct picset_image image = {.size = sizeof image, .name = "photo"};
    void *bytes = read_file(argv[1], &image.byte_count);
    if (!bytes) {
        fprintf(stderr, "cannot read '%s'\n", argv[1]);
        return 3;
    }
    image.bytes = bytes;

    const char *presets[] = {argc > 2 ? argv[2] : "thumbnails", NULL};
    struct picset_error error = {.size = sizeof error};
    struct picset *picset = NULL;
    struct set set = {0};
    enum picset_status status = picset_open(NULL, &picset, &error);
    if (status == PICSET_OK) {
        status = picset_render(picset, presets, NULL, &image, 1, receive, &set, &error);
    }
    picset_close(picset);
    free(bytes);
    if (status != PICSET_OK) {
        fprintf(stderr, "%s\n", error.message);
        return status;
    }
    printf("%zu files, %zu bytes, picset %s, libvips %s\n", set.files, set.bytes, picset_version(),
           picset_libvips_version());
    return set.files > 0 ? 0 : 1;
}
