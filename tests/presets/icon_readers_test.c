/* SPDX-License-Identifier: MIT
 * What the icon presets make as others read it: .ico and .icns, web manifests and the lines for
 * <head>; and which picture stands in for one that is not given. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "icon_run.h"
#include "memory.h"
#include "support.h"

static int start(void **state)
{
    static const char *const presets[] = {"ios-appicon",  "macos-icon", "android-launcher",
                                          "tauri",        "electron",   "favicon",
                                          "favicon-full", "pwa",        NULL};
    (void)state;
    icon_run_start(presets);
    return 0;
}

static int end(void **state)
{
    (void)state;
    icon_run_end();
    return 0;
}

/* ---- ICO and ICNS, as others read them ------------------------------------------------------- */

/* What icotool says of the members, as "16x16/32 32x32/32 …"; skips where it is missing. */
static void ico_members(const char *path, struct buffer *out)
{
    struct program program = {.other = "icotool", .folder = icon_run_folder()};
    program_call_with(&program, "-l", path);
    const bool missing = program.code == 127 || program.code < 0;
    for (const char *at = program.out; !missing && (at = strstr(at, "--width=")); at++) {
        int width = 0, height = 0, bits = 0;
        assert_int_equal(
            sscanf(at, "--width=%d --height=%d --bit-depth=%d", &width, &height, &bits), 3);
        buffer_format(out, "%s%dx%d/%d", out->size ? " " : "", width, height, bits);
    }
    program_end(&program);
    if (missing) {
        skip();
    }
}

static void test_ico(void **state)
{
    static const struct {
        const char *path, *members;
    } files[] = {
        {"out/favicon/favicon.ico", "16x16/32 32x32/32 48x48/32"},
        {"out/favicon-full/favicon.ico", "16x16/32 24x24/32 32x32/32 48x48/32 64x64/32"},
        {"out/tauri/icons/icon.ico", "32x32/32 16x16/32 24x24/32 48x48/32 64x64/32 256x256/32"},
        {"out/electron/build/icon.ico",
         "16x16/32 24x24/32 32x32/32 48x48/32 64x64/32 128x128/32 256x256/32"}};
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        struct buffer members = {0};
        ico_members(files[i].path, &members);
        assert_buffer_text(&members, files[i].members);
    }
}

/* Pillow decodes each size at each density; the mean of its alpha is that of a disc. */
static const char pillow[] =
    "import sys\n"
    "try:\n"
    "    from PIL import Image\n"
    "except ImportError:\n"
    "    sys.exit(77)\n"
    "for size in sorted(Image.open(sys.argv[1]).info['sizes']):\n"
    "    image = Image.open(sys.argv[1])\n"
    "    image.size = size\n"
    "    image.load()\n"
    "    alpha = image.getchannel('A').resize((1, 1), Image.BOX).getpixel((0, 0))\n"
    "    print('%dx%d@%d %dx%d %s' % (*size, *image.size, 195 <= alpha <= 206))\n";

static void test_icns(void **state)
{
    static const char *const files[] = {"out/macos-icon/AppIcon.icns", "out/tauri/icons/icon.icns",
                                        "out/electron/build/icon.icns"};
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        struct program program = {.other = "/usr/bin/python3", .folder = icon_run_folder()};
        program_call_with(&program, "-c", pillow, files[i]);
        if (program.code == 77 || program.code == 127) {
            program_end(&program);
            skip();
        }
        assert_string_equal(program.error, "");
        assert_string_equal(program.out,
                            "16x16@1 16x16 True\n16x16@2 32x32 True\n32x32@1 32x32 True\n"
                            "32x32@2 64x64 True\n128x128@1 128x128 True\n128x128@2 256x256 True\n"
                            "256x256@1 256x256 True\n256x256@2 512x512 True\n"
                            "512x512@1 512x512 True\n512x512@2 1024x1024 True\n");
        program_end(&program);
    }
}

/* libicns knows the sizes of its time; each of those comes out. */
static void test_icns_of_libicns(void **state)
{
    static const char *const sides[] = {"16x16", "32x32", "256x256", "512x512", "1024x1024"};
    (void)state;
    struct program program = {.other = "icns2png", .folder = icon_run_folder()};
    program_call_with(&program, "-x", "-o", ".", "out/macos-icon/AppIcon.icns");
    const bool missing = program.code == 127 || program.code < 0;
    program_end(&program);
    if (missing) {
        skip();
    }
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        char path[100];
        snprintf(path, sizeof path, "AppIcon_%sx32.png", sides[i]);
        struct decoded decoded = icon_decoded(path);
        const int side = decoded.width;
        assert_int_equal(side, strtol(sides[i], NULL, 10));
        assert_int_equal(icon_pixel(&decoded, 0, 0, 3), 0);
        assert_true(icon_pixel(&decoded, side / 2, side / 2, 0) >= ICON_WHITE);
        assert_int_equal(icon_pixel(&decoded, side / 2, side / 2, 3), 255);
        decoded_free(&decoded);
    }
}

/* ---- Web ------------------------------------------------------------------------------------- */

static void check_icon(const char *preset, const struct value *icon, bool *any, bool *maskable)
{
    char path[300], size[32];
    const char *src = json_text(icon, "src"), *purpose = json_text(icon, "purpose");
    snprintf(path, sizeof path, "out/%s/%s", preset, *src == '/' ? src + 1 : src);
    struct decoded decoded = icon_decoded(path);
    snprintf(size, sizeof size, "%dx%d", decoded.width, decoded.height);
    assert_string_equal(json_text(icon, "sizes"), size);
    assert_string_equal(json_text(icon, "type"),
                        ends_in(path, ".webp") ? "image/webp" : "image/png");
    const bool large = decoded.width == 512;
    *any = *any || (large && strcmp(purpose, "-") == 0);
    if (strcmp(purpose, "maskable") == 0) {
        *maskable = *maskable || large;
        /* all of it is covered, and what is around the safe zone is the background alone */
        assert_int_equal(decoded.bands, 3);
        for (int i = 0; i < decoded.width * decoded.height; i++) {
            const int x = i % decoded.width, y = i / decoded.width;
            const double half = decoded.width / 2.0;
            if (hypot(x + 0.5 - half, y + 0.5 - half) > 0.8 * half + 1) {
                assert_true(icon_pixel(&decoded, x, y, 2) >= ICON_WHITE);
                assert_true(icon_pixel(&decoded, x, y, 1) >= ICON_WHITE);
            }
        }
    }
    decoded_free(&decoded);
}

static void test_web_manifests(void **state)
{
    static const struct {
        const char *preset;
        size_t icons;
        bool maskable;
    } manifests[] = {{"favicon", 3, true}, {"favicon-full", 18, true}, {"pwa", 4, true}};
    (void)state;
    for (size_t i = 0; i < sizeof manifests / sizeof *manifests; i++) {
        char path[100];
        bool any = false, maskable = false;
        snprintf(path, sizeof path, "out/%s/manifest.webmanifest", manifests[i].preset);
        const struct value *root = icon_json(path), *icons = value_get(root, "icons");
        assert_int_equal(icons->list.count, manifests[i].icons);
        for (size_t j = 0; j < icons->list.count; j++) {
            check_icon(manifests[i].preset, icons->list.items[j], &any, &maskable);
        }
        assert_true(any && maskable == manifests[i].maskable);
        assert_string_equal(json_text(root, "display"), "standalone");
        assert_string_equal(json_text(root, "name"), "icon");
        assert_non_null(value_get(root, "start_url"));
    }
}

/* Both presets of a website in one folder share the manifest and the head. */
static void test_website(void **state)
{
    (void)state;
    icon_run_again("favicon,pwa", "site/", NULL, NULL);
    const struct value *icons = value_get(icon_json("site/manifest.webmanifest"), "icons");
    assert_int_equal(icons->list.count, 3 + 4);
    char *head = scratch_read(icon_run_folder(), "site/head.html");
    static const char *const lines[] = {
        "<link rel=\"icon\" sizes=\"16x16 32x32 48x48\" href=\"/favicon.ico\">\n",
        "<link rel=\"apple-touch-icon\" sizes=\"180x180\" href=\"/apple-touch-icon.png\">\n",
        "<link rel=\"manifest\" href=\"/manifest.webmanifest\">\n",
        "href=\"/splash/750x1334.png\">\n"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        const char *line = strstr(head, lines[i]);
        assert_non_null(line);
        assert_null(strstr(line + 1, lines[i]));
    }
    memory_free(head);
}

/* Every file that a head names is there, start screens in the pixels that their media query means.
 */
static void test_heads(void **state)
{
    static const char *const presets[] = {"favicon", "favicon-full", "pwa"};
    size_t links = 0, starts = 0;
    (void)state;
    for (size_t i = 0; i < 3; i++) {
        char path[300];
        size_t size;
        snprintf(path, sizeof path, "out/%s/head.html", presets[i]);
        const char *head = icon_bytes(path, &size);
        for (const char *at = head; (at = strstr(at, "<link")); at++, links++) {
            const char *href = strstr(at, "href=\"/") + 7, *media = strstr(at, "(device-width: ");
            struct stat status;
            snprintf(path, sizeof path, "out/%s/%.*s", presets[i], (int)strcspn(href, "\""), href);
            assert_int_equal(stat(scratch_path(icon_run_folder(), path), &status), 0);
            int width, height, ratio;
            if (media && media < href) {
                assert_int_equal(sscanf(media,
                                        "(device-width: %dpx) and (device-height: %dpx) and "
                                        "(-webkit-device-pixel-ratio: %d)",
                                        &width, &height, &ratio),
                                 3);
                const bool upright = strstr(media, "portrait") && strstr(media, "portrait") < href;
                struct decoded decoded = icon_decoded(path);
                assert_int_equal(decoded.width, (upright ? width : height) * ratio);
                assert_int_equal(decoded.height, (upright ? height : width) * ratio);
                decoded_free(&decoded);
                starts++;
            }
        }
    }
    assert_int_equal(starts, 2 * 2 * 19);
    assert_true(links > starts + 15);
}

/* ---- Which picture is taken ------------------------------------------------------------------ */

static void assert_colour(const char *path, int x, int y, int red, int green, int blue)
{
    struct decoded decoded = icon_decoded(path);
    const bool grey = decoded.bands < 3;
    const int at_x = x * decoded.width / 100, at_y = y * decoded.height / 100;
    if (abs(icon_pixel(&decoded, at_x, at_y, 0) - red) > 4 ||
        abs(icon_pixel(&decoded, at_x, at_y, grey ? 0 : 1) - green) > 4 ||
        abs(icon_pixel(&decoded, at_x, at_y, grey ? 0 : 2) - blue) > 4) {
        fail_msg("%s: %d %d %d at %d,%d", path, icon_pixel(&decoded, at_x, at_y, 0),
                 icon_pixel(&decoded, at_x, at_y, grey ? 0 : 1),
                 icon_pixel(&decoded, at_x, at_y, grey ? 0 : 2), at_x, at_y);
    }
    decoded_free(&decoded);
}

#define APPICON "/Assets.xcassets/AppIcon.appiconset/AppIcon"

/* The dark icon is the dark picture, and the tinted one is made of it; a picture of its own comes
 * before both. Grey of red is 54 of 255 light, 127 with the curve. */
static void test_dark_and_tinted(void **state)
{
    (void)state;
    icon_run_again("ios-appicon", "dark/", "dark=square.png", NULL);
    assert_colour("dark" APPICON "-dark.png", 50, 50, 255, 0, 0);
    assert_colour("dark" APPICON "-tinted.png", 50, 50, 127, 127, 127);
    assert_colour("dark" APPICON "-tinted.png", 5, 5, 0, 0, 0);
    assert_colour("dark" APPICON ".png", 50, 50, 255, 255, 255);
    icon_run_again("ios-appicon", "tinted/", "dark=square.png", "tinted=green.png");
    assert_colour("tinted" APPICON "-tinted.png", 5, 5, 170, 170, 170);
    assert_colour("tinted" APPICON "-dark.png", 50, 50, 255, 0, 0);
    /* without either, both are the icon: its bar, and what is behind */
    assert_colour("out/ios-appicon" APPICON "-dark.png", 50, 50, 255, 255, 255);
    assert_colour("out/ios-appicon" APPICON "-tinted.png", 50, 50, 255, 255, 255);
    assert_colour("out/ios-appicon" APPICON "-tinted.png", 1, 1, 0, 0, 0);
}

#define LAYER(folder_, layer_) folder_ "/res/mipmap-xxxhdpi/ic_launcher_" layer_ ".png"

/* A foreground of one's own keeps its margins, and the themed layer is drawn from it. */
static void test_layers_given(void **state)
{
    (void)state;
    icon_run_again("android-launcher", "layers/", "foreground=square.png", "background=green.png");
    struct decoded front = icon_decoded(LAYER("layers", "foreground"));
    struct decoded themed = icon_decoded(LAYER("layers", "monochrome"));
    const struct extent extent = icon_extent(&front), same = icon_extent(&themed);
    assert_true(abs(extent.left - 432 / 4) <= 5 && abs(extent.right - 432 * 3 / 4) <= 5);
    assert_int_equal(same.left, extent.left);
    assert_int_equal(same.bottom, extent.bottom);
    assert_int_equal(icon_pixel(&themed, 216, 216, 0), 255);
    assert_int_equal(icon_pixel(&themed, 216, 216, -1), 255);
    decoded_free(&themed);
    decoded_free(&front);
    assert_colour(LAYER("layers", "background"), 10, 90, 0, 200, 0);
    assert_colour(LAYER("out/android-launcher", "background"), 10, 90, 255, 255, 255);
    assert_colour("layers/res/mipmap-hdpi/ic_launcher.png", 50, 50, 255, 255, 255);
    icon_run_again("android-launcher", "themed/", "monochrome=square.png", "foreground=green.png");
    struct decoded own = icon_decoded(LAYER("themed", "monochrome"));
    assert_int_equal(icon_pixel(&own, 5, 5, -1), 0);
    assert_int_equal(icon_pixel(&own, 216, 216, -1), 255);
    decoded_free(&own);
}

/* A vector is passed on as it is, a maskable icon is not padded; the splash screen of the night is
 * made where there is a picture for it. */
static void test_web_and_night(void **state)
{
    (void)state;
    icon_run_again("favicon", "web/", "vector=vector.svg", "maskable=green.png");
    char *svg = scratch_read(icon_run_folder(), "web/icon.svg");
    assert_string_equal(svg, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n");
    memory_free(svg);
    char *head = scratch_read(icon_run_folder(), "web/head.html");
    assert_non_null(strstr(head, "<link rel=\"icon\" type=\"image/svg+xml\" sizes=\"any\" "
                                 "href=\"/icon.svg\">"));
    memory_free(head);
    assert_colour("web/icon-mask.png", 1, 1, 0, 200, 0);
    icon_run_again("android-splash", "night/", "dark=square.png", NULL);
    assert_colour("night/res/drawable-night-xxhdpi/ic_splash.png", 50, 50, 255, 0, 0);
    assert_colour("night/res/drawable-port-night-hdpi/splash.png", 1, 1, 0x11, 0x11, 0x11);
    assert_colour("night/res/drawable-land-night-hdpi/splash.png", 50, 50, 255, 0, 0);
    assert_colour("night/res/drawable-land-hdpi/splash.png", 50, 50, 255, 255, 255);
}

/* An opaque icon is no logo on paper: it fills what is cut to a shape by others, and where it needs
 * a margin that has its own colour. */
static void test_an_opaque_icon(void **state)
{
    static const char *const without_alpha[] = {
        "apple-touch-icon.png",
        "icon-mask.png",
        "res/mipmap-mdpi/ic_launcher.png",
        "res/mipmap-mdpi/ic_launcher_background.png",
        "Assets.xcassets/AppIcon.appiconset/AppIcon-24x24@2x.png",
        "Assets.xcassets/AppIcon.appiconset/AppIcon-1024x1024@1x.png",
        "Assets.xcassets/AppIcon.appiconset/AppIcon.png"};
    (void)state;
    icon_run_of("green.png", "favicon,android-launcher,watchos,ios-appicon", "opaque/");
    assert_colour("opaque/apple-touch-icon.png", 1, 1, 0, 200, 0);
    assert_colour("opaque/icon-mask.png", 1, 1, 0, 200, 0);
    assert_colour("opaque/icon-mask.png", 50, 50, 0, 200, 0);
    assert_colour(LAYER("opaque", "background"), 1, 1, 0, 200, 0);
    assert_colour("opaque/Assets.xcassets/AppIcon.appiconset/AppIcon-24x24@2x.png", 1, 1, 0, 200,
                  0);
    assert_colour("opaque" APPICON ".png", 1, 1, 0, 200, 0);
    struct decoded round = icon_decoded("opaque/res/mipmap-mdpi/ic_launcher_round.png");
    assert_int_equal(icon_pixel(&round, 0, 0, -1), 0);
    assert_int_equal(icon_pixel(&round, 24, 1, -1), 255);
    assert_int_equal(icon_pixel(&round, 24, 1, 1), 200);
    decoded_free(&round);
    for (size_t i = 0; i < sizeof without_alpha / sizeof *without_alpha; i++) {
        char path[200];
        snprintf(path, sizeof path, "opaque/%s", without_alpha[i]);
        struct decoded decoded = icon_decoded(path);
        if (decoded.bands != 3) {
            fail_msg("%s has %d bands", path, decoded.bands);
        }
        decoded_free(&decoded);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ico),
        cmocka_unit_test(test_icns),
        cmocka_unit_test(test_icns_of_libicns),
        cmocka_unit_test(test_web_manifests),
        cmocka_unit_test(test_website),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_dark_and_tinted),
        cmocka_unit_test(test_layers_given),
        cmocka_unit_test(test_web_and_night),
        cmocka_unit_test(test_an_opaque_icon),
    };
    return cmocka_run_group_tests(tests, start, end);
}
