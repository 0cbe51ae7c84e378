/* SPDX-License-Identifier: MIT
 * One icon through every icon preset in one run of the program: each file that the platforms
 * expect, in its exact size, and nothing else; the catalogues of Apple and the resources of
 * Android. */
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "icon_run.h"
#include "icon_tables.h"
#include "memory.h"
#include "support.h"

static int start(void **state)
{
    (void)state;
    icon_run_start(icon_presets);
    return 0;
}

static int end(void **state)
{
    (void)state;
    icon_run_end();
    return 0;
}

/* ---- Files ----------------------------------------------------------------------------------- */

/* "PATH png 1024x1024 alpha" of a picture below out/, "PATH" of another file. */
static void file_words(const char *path, struct buffer *out)
{
    buffer_text(out, path);
    if (ends_in(path, ".png") || ends_in(path, ".webp")) {
        char full[400];
        snprintf(full, sizeof full, "out/%s", path);
        struct decoded decoded = icon_decoded(full);
        buffer_format(out, " %s %dx%d%s", strrchr(path, '.') + 1, decoded.width, decoded.height,
                      decoded.bands % 2 == 0 ? " alpha" : "");
        decoded_free(&decoded);
    }
    buffer_char(out, '\n');
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Lines of a text, sorted; the text is cut. */
static size_t lines_of(char *text, char **lines, size_t room)
{
    size_t count = 0;
    for (char *line = strtok_r(text, "\n", &text); line; line = strtok_r(NULL, "\n", &text)) {
        assert_true(count < room);
        lines[count++] = line;
    }
    qsort(lines, count, sizeof *lines, by_text);
    return count;
}

enum { LINES = 1000 };

static void test_every_file_and_no_other(void **state)
{
    static char *expected[LINES], *made[LINES], *paths[LINES];
    struct buffer list = {0}, table = {0}, words = {0};
    (void)state;
    icon_expected(&table);
    scratch_list(scratch_path(icon_run_folder(), "out"), &list);
    char *text = memory_text(buffer_string(&list));
    const size_t path_count = lines_of(text, paths, LINES);
    for (size_t i = 0; i < path_count; i++) {
        file_words(paths[i], &words);
    }
    char *wanted = memory_text(buffer_string(&table)), *there = memory_text(buffer_string(&words));
    const size_t count = lines_of(wanted, expected, LINES), real = lines_of(there, made, LINES);
    for (size_t i = 0; i < count || i < real; i++) {
        const char *left = i < count ? expected[i] : "(no more)";
        const char *right = i < real ? made[i] : "(no more)";
        if (strcmp(left, right) != 0) {
            fail_msg("expected '%s', made '%s'", left, right);
        }
    }
    assert_true(count > 450);
    memory_free(there);
    memory_free(wanted);
    memory_free(text);
    buffer_free(&words);
    buffer_free(&table);
    buffer_free(&list);
}

/* ---- Asset catalogues ------------------------------------------------------------------------ */

static const char *appearance_of(const struct value *image)
{
    const struct value *list = value_get(image, "appearances");
    if (!list) {
        return "-";
    }
    assert_int_equal(list->list.count, 1);
    assert_string_equal(json_text(list->list.items[0], "appearance"), "luminosity");
    return json_text(list->list.items[0], "value");
}

static void check_entry(const char *where, const struct catalogue_entry *entry,
                        const struct value *image)
{
    const char *const made[] = {json_text(image, "filename"), json_text(image, "idiom"),
                                json_text(image, "platform"), json_text(image, "scale"),
                                json_text(image, "size"),     json_text(image, "role"),
                                json_text(image, "subtype"),  appearance_of(image)};
    const char *const wanted[] = {entry->file, entry->idiom, entry->platform, entry->scale,
                                  entry->size, entry->role,  entry->subtype,  entry->appearance};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
        if (strcmp(made[i], wanted[i]) != 0) {
            fail_msg("%s: %s: '%s' is not '%s'", where, entry->file, made[i], wanted[i]);
        }
    }
}

static void test_catalogues(void **state)
{
    (void)state;
    for (const struct catalogue *set = icon_catalogues; set->folder; set++) {
        char path[300];
        snprintf(path, sizeof path, "out/%s/Contents.json", set->folder);
        const struct value *root = icon_json(path), *images = value_get(root, "images");
        assert_non_null(images);
        if (images->list.count != set->count) {
            fail_msg("%s has %zu entries, not %zu", path, images->list.count, set->count);
        }
        for (size_t i = 0; i < set->count; i++) {
            check_entry(path, &set->entries[i], images->list.items[i]);
        }
        assert_string_equal(json_text(value_get(root, "info"), "author"), "xcode");
        assert_int_equal(value_get(value_get(root, "info"), "version")->integer, 1);
    }
}

/* Whether the list names it. */
static bool list_names(const struct value *list, const char *name)
{
    for (size_t i = 0; list && i < list->list.count; i++) {
        if (strcmp(json_text(list->list.items[i], "filename"), name) == 0) {
            return true;
        }
    }
    return false;
}

/* Everything that a Contents.json names is there, beside it. */
static void check_names(const char *path, const struct value *list)
{
    struct stat status;
    for (size_t i = 0; list && i < list->list.count; i++) {
        char sibling[600];
        snprintf(sibling, sizeof sibling, "%.*s%s", (int)(strrchr(path, '/') - path + 1), path,
                 json_text(list->list.items[i], "filename"));
        if (stat(scratch_path(icon_run_folder(), sibling), &status) != 0) {
            fail_msg("%s names '%s', which is not there", path, sibling);
        }
    }
}

/* Every picture of a catalogue is named by the Contents.json beside it, and nothing else is. */
static void test_catalogues_name_what_is_there(void **state)
{
    static char *paths[LINES];
    struct buffer list = {0};
    size_t pictures = 0, contents = 0;
    (void)state;
    scratch_list(scratch_path(icon_run_folder(), "out"), &list);
    char *text = memory_text(buffer_string(&list));
    const size_t count = lines_of(text, paths, LINES);
    for (size_t i = 0; i < count; i++) {
        char path[400], beside[440];
        const char *name = strrchr(paths[i], '/') + 1;
        snprintf(path, sizeof path, "out/%s", paths[i]);
        if (!strstr(path, ".xcassets/")) {
            continue;
        }
        snprintf(beside, sizeof beside, "%.*sContents.json", (int)(strrchr(path, '/') - path + 1),
                 path);
        const struct value *root = icon_json(beside);
        if (ends_in(path, ".png")) {
            assert_true(list_names(value_get(root, "images"), name));
            pictures++;
        } else {
            check_names(path, value_get(root, "images"));
            check_names(path, value_get(root, "layers"));
            check_names(path, value_get(root, "assets"));
            contents++;
        }
    }
    assert_true(pictures > 90 && contents > 25);
    memory_free(text);
    buffer_free(&list);
}

/* Two layers, the front one above; four assets with the sizes that tvOS asks for. */
static void test_brand_assets(void **state)
{
    static const char brand[] = "out/tvos/Assets.xcassets/App Icon & Top Shelf Image.brandassets/";
    static const char *const wanted[][3] = {
        {"App Icon.imagestack", "primary-app-icon", "400x240"},
        {"App Icon - App Store.imagestack", "primary-app-icon", "1280x768"},
        {"Top Shelf Image.imageset", "top-shelf-image", "1920x720"},
        {"Top Shelf Image Wide.imageset", "top-shelf-image-wide", "2320x720"}};
    char path[300];
    (void)state;
    snprintf(path, sizeof path, "%sContents.json", brand);
    const struct value *assets = value_get(icon_json(path), "assets");
    assert_int_equal(assets->list.count, 4);
    for (size_t i = 0; i < 4; i++) {
        const struct value *asset = assets->list.items[i];
        assert_string_equal(json_text(asset, "filename"), wanted[i][0]);
        assert_string_equal(json_text(asset, "idiom"), "tv");
        assert_string_equal(json_text(asset, "role"), wanted[i][1]);
        assert_string_equal(json_text(asset, "size"), wanted[i][2]);
    }
    snprintf(path, sizeof path, "%sApp Icon.imagestack/Contents.json", brand);
    const struct value *layers = value_get(icon_json(path), "layers");
    assert_int_equal(layers->list.count, 2);
    assert_string_equal(json_text(layers->list.items[0], "filename"), "Front.imagestacklayer");
    assert_string_equal(json_text(layers->list.items[1], "filename"), "Back.imagestacklayer");
}

/* ---- Android --------------------------------------------------------------------------------- */

static bool is_resource(const char *name, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        const bool letter = (name[i] >= 'a' && name[i] <= 'z') || name[i] == '_';
        if (!letter && !(i > 0 && isdigit((unsigned char)name[i]))) {
            return false;
        }
    }
    return length > 0;
}

/* "@mipmap/ic_launcher_foreground" is a file at every density, or a value. */
static void check_resource(const char *res, const char *reference, size_t length)
{
    const char *slash = memchr(reference, '/', length);
    assert_non_null(slash);
    const int kind = (int)(slash - reference), name = (int)(length - (size_t)kind) - 1;
    for (int i = 0; i < 2; i++) {
        struct buffer path = {0};
        struct stat status;
        if (strncmp(reference, "color", 5) == 0) {
            buffer_format(&path, "%s%s/%.*s.xml", res, i ? "values-night" : "values", name,
                          slash + 1);
        } else {
            buffer_format(&path, "%s%.*s-%s/%.*s.png", res, kind, reference, i ? "xxxhdpi" : "mdpi",
                          name, slash + 1);
        }
        if (stat(scratch_path(icon_run_folder(), buffer_string(&path)), &status) != 0) {
            fail_msg("'%.*s' is no resource: '%s'", (int)length, reference, buffer_string(&path));
        }
        buffer_free(&path);
    }
}

static void check_xml(const char *path)
{
    char res[400];
    size_t size;
    const char *text = icon_bytes(path, &size);
    const char *const lint[] = {"xmllint", "--noout", "--nonet",
                                scratch_path(icon_run_folder(), path), NULL};
    const int code = decoder_run(lint);
    if (code > 0) {
        fail_msg("'%s' is not well-formed", path);
    }
    snprintf(res, sizeof res, "%.*s", (int)(strstr(path, "/res/") + 5 - path), path);
    for (const char *at = text; (at = strstr(at, "=\"@")); at++) {
        check_resource(res, at + 3, strcspn(at + 3, "\""));
    }
    if (code < 0) {
        skip();
    }
}

/* Names are valid, a folder has no two resources of one name, XML is well-formed and refers to what
 * is there. */
static void test_resources(void **state)
{
    static char *paths[LINES];
    struct buffer list = {0};
    size_t documents = 0;
    (void)state;
    scratch_list(scratch_path(icon_run_folder(), "out"), &list);
    char *text = memory_text(buffer_string(&list));
    const size_t count = lines_of(text, paths, LINES);
    for (size_t i = 0; i < count; i++) {
        if (!strstr(paths[i], "res/") || !(strstr(paths[i], "/res/"))) {
            continue;
        }
        const char *name = strrchr(paths[i], '/') + 1;
        const size_t stem = strcspn(name, "."), whole = (size_t)(name - paths[i]) + stem + 1;
        assert_true(is_resource(name, stem));
        assert_false(i + 1 < count && strncmp(paths[i], paths[i + 1], whole) == 0);
        if (ends_in(name, ".xml")) {
            char path[400];
            snprintf(path, sizeof path, "out/%s", paths[i]);
            check_xml(path);
            documents++;
        }
    }
    assert_int_equal(documents, 2 * 3 + 3 * 2);
    memory_free(text);
    buffer_free(&list);
}

/* The icon touches its own sides; as a layer it stays within 66 of 108 dp, and nearly fills them.
 */
static void test_adaptive_layers(void **state)
{
    static const struct {
        const char *density;
        double dp; /* px */
    } densities[] = {{"ldpi", 0.75}, {"mdpi", 1},   {"hdpi", 1.5},
                     {"xhdpi", 2},   {"xxhdpi", 3}, {"xxxhdpi", 4}};
    static const char *const layers[] = {"foreground", "monochrome"};
    (void)state;
    for (size_t i = 0; i < 12; i++) {
        const double dp = densities[i / 2].dp;
        char path[200];
        snprintf(path, sizeof path, "out/android-launcher/res/mipmap-%s/ic_launcher_%s.png",
                 densities[i / 2].density, layers[i % 2]);
        struct decoded decoded = icon_decoded(path);
        const struct extent extent = icon_extent(&decoded);
        assert_int_equal(decoded.width, (int)(108 * dp + 0.5));
        assert_true(extent.left >= 21 * dp && extent.top >= 21 * dp);
        assert_true(extent.right <= 87 * dp && extent.bottom <= 87 * dp);
        assert_true(extent.left < 21 * dp + 2 && extent.right > 87 * dp - 2);
        decoded_free(&decoded);
    }
}

/* The round icon is a circle, and the see-through image stands whole in it; notification icons are
 * white throughout. */
static void test_round_and_white(void **state)
{
    (void)state;
    struct decoded round =
        icon_decoded("out/android-launcher/res/mipmap-xxxhdpi/ic_launcher_round.png");
    const double half = round.width / 2.0;
    for (int i = 0; i < round.width * round.height; i++) {
        const int x = i % round.width, y = i / round.width;
        const double far = hypot(x + 0.5 - half, y + 0.5 - half);
        if (far > half + 1) {
            assert_int_equal(icon_pixel(&round, x, y, -1), 0);
        } else if (far < half - 1) {
            assert_int_equal(icon_pixel(&round, x, y, -1), 255);
        }
        if (far < half - 1 && far > 0.74 * half) { /* the colour around the image */
            assert_true(icon_pixel(&round, x, y, 0) >= ICON_WHITE);
            assert_true(icon_pixel(&round, x, y, 1) >= ICON_WHITE);
        }
    }
    decoded_free(&round);
    struct decoded white =
        icon_decoded("out/android-notification/res/drawable-xxxhdpi/ic_notification.png");
    for (int i = 0; i < white.width * white.height; i++) {
        assert_true(icon_pixel(&white, i % white.width, i / white.width, -1) == 0 ||
                    icon_pixel(&white, i % white.width, i / white.width, 0) == 255);
    }
    assert_true(icon_pixel(&white, 48, 48, -1) == 255); /* the bar */
    assert_true(icon_pixel(&white, 48, 20, -1) < 200);  /* and what is behind it */
    decoded_free(&white);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_file_and_no_other),
        cmocka_unit_test(test_catalogues),
        cmocka_unit_test(test_catalogues_name_what_is_there),
        cmocka_unit_test(test_brand_assets),
        cmocka_unit_test(test_resources),
        cmocka_unit_test(test_adaptive_layers),
        cmocka_unit_test(test_round_and_white),
    };
    return cmocka_run_group_tests(tests, start, end);
}
