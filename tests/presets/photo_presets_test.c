/* SPDX-License-Identifier: MIT
 * One photograph through every preset that is not for icons, in one run: the files that the
 * platforms ask for are there, and no others than the plan has. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <vips/vips.h>

#include "images.h"
#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static const char presets[] =
    "sizes,thumbnails,web,web-small,art-direction,hero,avatar,animation,email,lqip,opengraph,x,"
    "instagram,"
    "facebook,linkedin,youtube,pinterest,tiktok,github-social,iab-display,google-ads,shopify,"
    "amazon,"
    "google-merchant,walmart,etsy,ebay";

enum { WIDTH = 3872, HEIGHT = 2592 }; /* of the photograph */

/* What a platform asks for: 0 for a side that follows the photograph, 0 bytes for no limit. */
struct wanted {
    const char *preset, *file;
    int width, height;
    long bytes;
};

/* developers.facebook.com/docs/sharing; developer.x.com (cards);
 * support.google.com/youtube/answer/72431 and 2972003; docs.github.com (social preview); for the
 * rest thesize.net/social-media-images, alladspecs.com, loopworker.com. Checked 2026-09. */
static const struct wanted social[] = {
    {"opengraph", "og.jpg", 1200, 630, 8388608},
    {"opengraph", "og-messenger.jpg", 1200, 630, 300000},
    {"x", "x-summary-large.jpg", 1200, 628, 5242880},
    {"x", "x-summary.jpg", 600, 600, 5242880},
    {"x", "x-post.jpg", 1200, 675, 5242880},
    {"x", "x-header.jpg", 1500, 500, 5242880},
    {"x", "x-avatar.jpg", 400, 400, 5242880},
    {"instagram", "instagram-square.jpg", 1080, 1080, 0},
    {"instagram", "instagram-portrait.jpg", 1080, 1350, 0},
    {"instagram", "instagram-grid.jpg", 1080, 1440, 0},
    {"instagram", "instagram-landscape.jpg", 1080, 566, 0},
    {"instagram", "instagram-story.jpg", 1080, 1920, 0},
    {"instagram", "instagram-profile.jpg", 320, 320, 0},
    {"facebook", "facebook-post.jpg", 1200, 630, 0},
    {"facebook", "facebook-cover.jpg", 1640, 924, 0},
    {"facebook", "facebook-story.jpg", 1080, 1920, 0},
    {"linkedin", "linkedin-link.jpg", 1200, 627, 5242880},
    {"linkedin", "linkedin-square.jpg", 1200, 1200, 5242880},
    {"linkedin", "linkedin-portrait.jpg", 1080, 1350, 5242880},
    {"linkedin", "linkedin-banner.jpg", 1584, 396, 5242880},
    {"linkedin", "linkedin-logo.jpg", 400, 400, 5242880},
    {"linkedin", "linkedin-company-cover.jpg", 1128, 191, 5242880},
    {"youtube", "youtube-thumbnail.jpg", 1280, 720, 2097152},
    {"youtube", "youtube-banner.jpg", 2560, 1440, 0},
    {"youtube", "youtube-avatar.jpg", 800, 800, 0},
    {"pinterest", "pinterest-pin.jpg", 1000, 1500, 20000000},
    {"tiktok", "tiktok-cover.jpg", 1080, 1920, 0},
    {"github-social", "github-social-preview.jpg", 1280, 640, 1000000},
    {0}};

/* IAB and Google Ads; support.google.com/displayvideo/answer/3017252. */
static const struct wanted ads[] = {{"iab-display", "ad-300x250.jpg", 300, 250, 153600},
                                    {"iab-display", "ad-336x280.jpg", 336, 280, 153600},
                                    {"iab-display", "ad-728x90.jpg", 728, 90, 153600},
                                    {"iab-display", "ad-970x90.jpg", 970, 90, 153600},
                                    {"iab-display", "ad-970x250.jpg", 970, 250, 153600},
                                    {"iab-display", "ad-160x600.jpg", 160, 600, 153600},
                                    {"iab-display", "ad-300x600.jpg", 300, 600, 153600},
                                    {"iab-display", "ad-120x600.jpg", 120, 600, 153600},
                                    {"iab-display", "ad-300x1050.jpg", 300, 1050, 153600},
                                    {"iab-display", "ad-468x60.jpg", 468, 60, 153600},
                                    {"iab-display", "ad-250x250.jpg", 250, 250, 153600},
                                    {"iab-display", "ad-200x200.jpg", 200, 200, 153600},
                                    {"iab-display", "ad-320x50.jpg", 320, 50, 153600},
                                    {"iab-display", "ad-320x100.jpg", 320, 100, 153600},
                                    {"iab-display", "ad-300x50.jpg", 300, 50, 153600},
                                    {"iab-display", "ad-320x480.jpg", 320, 480, 153600},
                                    {"iab-display", "ad-480x320.jpg", 480, 320, 153600},
                                    {"google-ads", "google-landscape.jpg", 1200, 628, 5242880},
                                    {"google-ads", "google-square.jpg", 1200, 1200, 5242880},
                                    {"google-ads", "google-portrait.jpg", 960, 1200, 5242880},
                                    {"google-ads", "google-logo.png", 1200, 1200, 5242880},
                                    {"google-ads", "google-logo-wide.png", 1200, 300, 5242880},
                                    {0}};

/* help.shopify.com; Amazon Seller Central; support.google.com/merchants/answer/6324350. */
static const struct wanted shops[] = {
    {"shopify", "shopify.jpg", 2048, 2048, 20971520},
    {"amazon", "amazon.jpg", 2000, 2000, 10485760},
    {"google-merchant", "google-merchant.jpg", 1500, 1500, 16777216},
    {"walmart", "walmart.jpg", 2200, 2200, 5242880},
    {"etsy", "etsy.jpg", 0, 2000, 10000000},
    {"ebay", "ebay.jpg", 1600, 0, 12582912},
    {0}};

/* What browsers and mail programs choose from. */
static const struct wanted web[] = {{"web", "320w.avif", 320, 0, 0},
                                    {"web", "640w.webp", 640, 0, 0},
                                    {"web", "960w.jpg", 960, 0, 0},
                                    {"web", "1280w.avif", 1280, 0, 0},
                                    {"web", "1920w.webp", 1920, 0, 0},
                                    {"web", "2560w.jpg", 2560, 0, 0},
                                    {"web", "3840w.avif", 3840, 0, 0},
                                    {"web", "thumb.webp", 256, 256, 0},
                                    {"web-small", "3840w.webp", 3840, 0, 0},
                                    {"lqip", "3840w.jpg", 3840, 0, 0},
                                    {"hero", "hero-1600w.webp", 1600, 0, 0},
                                    {"hero", "hero-3200w.avif", 3200, 0, 0},
                                    {"art-direction", "landscape-1920w.avif", 1920, 1080, 0},
                                    {"art-direction", "square-960w.webp", 960, 960, 0},
                                    {"art-direction", "portrait-1080w.jpg", 1080, 1440, 0},
                                    {"avatar", "avatar-40@1x.webp", 40, 40, 0},
                                    {"avatar", "avatar-200@3x.jpg", 600, 600, 0},
                                    {"email", "email-1x.jpg", 600, 0, 200000},
                                    {"email", "email-2x.jpg", 1200, 0, 200000},
                                    {"sizes", "512.webp", 512, 0, 0},
                                    {"sizes", "2k.jpg", 2048, 0, 0},
                                    {"thumbnails", "64x64.webp", 64, 64, 0},
                                    {0}};

static const char *photograph(const char *folder)
{
    static char path[1024];
    struct stat status;
    snprintf(path, sizeof path, "%s/photos/squoosh__demo-large-photo.jpg",
             corpus_folder() ? corpus_folder() : "");
    if (stat(path, &status) != 0) {
        program_image(folder, "gradient.jpg", WIDTH, HEIGHT);
        snprintf(path, sizeof path, "%s/gradient.jpg", folder);
    }
    return path;
}

/* The folder after one run, and the plan of that run as JSON. */
struct made {
    char *folder;
    struct arena *arena;
    const struct value *plan;
};

static int make(void **state)
{
    static struct made made;
    struct program program = {0};
    struct error error = {0};
    made = (struct made){.folder = scratch_make(), .arena = arena_new()};
    *state = &made;
    const char *photo = photograph(made.folder);
    program.folder = made.folder;
    program_call_with(&program, "plan", photo, "--name", "photo", "-p", presets, "-o",
                      "out/${preset}", "--json");
    assert_int_equal(program.code, 0);
    assert_int_equal(json_parse(made.arena, program.out, strlen(program.out), &made.plan, &error),
                     STATUS_OK);
    program_end(&program);
    program = (struct program){.folder = made.folder};
    program_call_with(&program, "render", photo, "--name", "photo", "-p", presets, "-o",
                      "out/${preset}", "-q", "--state", "none");
    assert_string_equal(program.error, "");
    assert_int_equal(program.code, 0);
    program_end(&program);
    return 0;
}

static int unmake(void **state)
{
    struct made *made = *state;
    scratch_remove(made->folder);
    arena_free(made->arena);
    return 0;
}

static const char *loader_of(const char *file)
{
    const char *dot = strrchr(file, '.');
    return strcmp(dot, ".jpg") == 0    ? "jpegload"
           : strcmp(dot, ".png") == 0  ? "pngload"
           : strcmp(dot, ".webp") == 0 ? "webpload"
                                       : "heifload";
}

static void assert_wanted(const struct made *made, const struct wanted *wanted)
{
    char path[2048];
    const char *loader = NULL;
    struct stat status;
    snprintf(path, sizeof path, "%s/out/%s/photo-%s", made->folder, wanted->preset, wanted->file);
    VipsImage *image = vips_image_new_from_file(path, NULL);
    if (!image || stat(path, &status) != 0 ||
        vips_image_get_string(image, "vips-loader", &loader) != 0) {
        fail_msg("%s: not there or not an image", path);
    }
    const int width =
        wanted->width ? wanted->width : (int)(wanted->height * (double)WIDTH / HEIGHT + 0.5);
    const int height =
        wanted->height ? wanted->height : (int)(wanted->width * (double)HEIGHT / WIDTH + 0.5);
    const int bands = strstr(wanted->file, ".png") ? 4 : 3; /* what surrounds a logo is clear */
    if (image->Xsize != width || image->Ysize != height || image->Bands != bands ||
        strncmp(loader, loader_of(wanted->file), strlen(loader_of(wanted->file))) != 0 ||
        (wanted->bytes && status.st_size > wanted->bytes)) {
        fail_msg("%s/%s: %dx%d px in %d bands by %s, %ld B", wanted->preset, wanted->file,
                 image->Xsize, image->Ysize, image->Bands, loader, (long)status.st_size);
    }
    g_object_unref(image);
}

static void platforms_get_their_files(void **state)
{
    static const struct wanted *const tables[] = {social, ads, shops, web};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        for (const struct wanted *wanted = tables[i]; wanted->preset; wanted++) {
            assert_wanted(*state, wanted);
        }
    }
}

/* The texts stand in the file in this order. */
static void assert_order(const struct made *made, const char *file, const char *const *texts)
{
    char *text = scratch_read(scratch_path(made->folder, "out"), file);
    const char *at = text;
    assert_non_null(text);
    for (; *texts; texts++) {
        at = strstr(at, *texts);
        if (!at) {
            fail_msg("%s: no '%s' where it should be", file, *texts);
        }
        at += strlen(*texts);
    }
    memory_free(text);
}

static void markup_says_what_is_meant(void **state)
{
    assert_order(*state, "art-direction/photo.art-direction.html",
                 (const char *const[]){"<picture>", "(min-width: 1024px)", "image/avif",
                                       "photo-landscape-2560w.avif 2560w", "(min-width: 1024px)",
                                       "image/webp", "(min-width: 600px)",
                                       "photo-square-1280w.avif 1280w", "photo-portrait-1080w.avif",
                                       "<img src=\"photo-portrait-1080w.jpg\"", "</picture>",
                                       NULL});
    assert_order(*state, "hero/photo.hero.html",
                 (const char *const[]){"photo-hero-1600w.avif 1x", "photo-hero-3200w.avif 2x",
                                       "<img src=\"photo-hero-1600w.jpg\"", "loading=\"eager\"",
                                       "fetchpriority=\"high\"", NULL});
    assert_order(
        *state, "lqip/photo.lqip.html",
        (const char *const[]){"photo-3840w.avif", "data:image/webp;base64,", "</picture>", NULL});
    assert_order(*state, "opengraph/photo.head.html",
                 (const char *const[]){"og:image", "https://example.org/photo-og.jpg", "1200",
                                       "630", "summary_large_image", NULL});
}

enum { PATHS = 1000 };

struct paths {
    const char *list[PATHS];
    size_t count;
};

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Two presets may write one file. */
static void paths_settle(struct paths *paths)
{
    size_t kept = 0;
    qsort(paths->list, paths->count, sizeof *paths->list, by_text);
    for (size_t i = 0; i < paths->count; i++) {
        if (kept == 0 || strcmp(paths->list[i], paths->list[kept - 1]) != 0) {
            paths->list[kept++] = paths->list[i];
        }
    }
    paths->count = kept;
}

static void paths_planned(const struct value *list, struct paths *paths)
{
    assert_non_null(list);
    for (size_t i = 0; i < list->list.count; i++) {
        const struct value *path = value_get(list->list.items[i], "path");
        if (path && paths->count < PATHS) {
            paths->list[paths->count++] = path->text;
        }
    }
}

static void paths_found(char *text, struct paths *paths)
{
    for (char *line = strtok_r(text, "\n", &text); line && paths->count < PATHS;
         line = strtok_r(NULL, "\n", &text)) {
        paths->list[paths->count++] = line;
    }
}

/* Renditions and emitted files of the plan, and nothing else. */
static void nothing_else_is_there(void **state)
{
    static struct paths planned, found;
    const struct made *made = *state;
    const struct value *plan = value_get(made->plan, "plans")->list.items[0];
    struct buffer list = {0};
    paths_planned(value_get(plan, "files"), &planned);
    paths_planned(value_get(plan, "emitted"), &planned);
    scratch_list(scratch_path(made->folder, "out"), &list);
    paths_found(list.data, &found);
    paths_settle(&planned);
    paths_settle(&found);
    for (size_t i = 0; i < planned.count && i < found.count; i++) {
        assert_string_equal(found.list[i], planned.list[i]);
    }
    assert_int_equal(found.count, planned.count);
    assert_true(found.count > 200);
    buffer_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(platforms_get_their_files),
        cmocka_unit_test(markup_says_what_is_meant),
        cmocka_unit_test(nothing_else_is_there),
    };
    if (VIPS_INIT("photo_presets_test") != 0) {
        return 1;
    }
    return cmocka_run_group_tests(tests, make, unmake);
}
