/* SPDX-License-Identifier: MIT
 * The numbers of the platforms, with their sources. */
#include "icon_tables.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const icon_presets[] = {"ios-appicon",
                                    "ios-appicon-legacy",
                                    "ios-imageset",
                                    "macos-icon",
                                    "watchos",
                                    "watchos-single",
                                    "tvos",
                                    "appstore-screenshots",
                                    "android-launcher",
                                    "android-drawable",
                                    "android-notification",
                                    "android-splash",
                                    "play-listing",
                                    "flutter",
                                    "react-native",
                                    "capacitor",
                                    "tauri",
                                    "electron",
                                    "chrome-extension",
                                    "favicon",
                                    "favicon-full",
                                    "pwa",
                                    NULL};

#define COUNT(array_) (sizeof(array_) / sizeof *(array_))

static void image(struct buffer *out, int width, int height, bool alpha, const char *format, ...)
    PICSET_PRINTF(5, 6);

/* "PATH png WxH", with " alpha" after it. */
static void image(struct buffer *out, int width, int height, bool alpha, const char *format, ...)
{
    char path[300];
    va_list values;
    va_start(values, format);
    vsnprintf(path, sizeof path, format, values);
    va_end(values);
    const char *extension = strrchr(path, '.') + 1;
    buffer_format(out, "%s %s %dx%d%s\n", path, extension, width, height, alpha ? " alpha" : "");
}

static void file(struct buffer *out, const char *path)
{
    buffer_format(out, "%s\n", path);
}

static void icon(struct buffer *out, int side, bool alpha, const char *path)
{
    image(out, side, side, alpha, "%s", path);
}

/* ---- Apple ----------------------------------------------------------------------------------- */

/* Points, scale and idioms: fluttercommunity/flutter_launcher_icons lib/ios.dart 10b86b1. The same
 * files are those of Flutter's own template. */
#define ICON_APP(pt_, x_, idiom_)                                                                  \
    {                                                                                              \
        "Icon-App-" pt_ "x" pt_ "@" x_ "x.png", idiom_, "-", x_ "x", pt_ "x" pt_, "-", "-", "-"    \
    }
static const struct catalogue_entry legacy[] = {
    ICON_APP("20", "1", "ipad"),           ICON_APP("20", "2", "iphone"),
    ICON_APP("20", "2", "ipad"),           ICON_APP("20", "3", "iphone"),
    ICON_APP("29", "1", "iphone"),         ICON_APP("29", "1", "ipad"),
    ICON_APP("29", "2", "iphone"),         ICON_APP("29", "2", "ipad"),
    ICON_APP("29", "3", "iphone"),         ICON_APP("40", "1", "ipad"),
    ICON_APP("40", "2", "iphone"),         ICON_APP("40", "2", "ipad"),
    ICON_APP("40", "3", "iphone"),         ICON_APP("50", "1", "ipad"),
    ICON_APP("50", "2", "ipad"),           ICON_APP("57", "1", "iphone"),
    ICON_APP("57", "2", "iphone"),         ICON_APP("60", "2", "iphone"),
    ICON_APP("60", "3", "iphone"),         ICON_APP("72", "1", "ipad"),
    ICON_APP("72", "2", "ipad"),           ICON_APP("76", "1", "ipad"),
    ICON_APP("76", "2", "ipad"),           ICON_APP("83.5", "2", "ipad"),
    ICON_APP("1024", "1", "ios-marketing")};

/* developer.apple.com/documentation/xcode/configuring-your-app-icon; capacitor-assets */
static const struct catalogue_entry single[] = {
    {"AppIcon.png", "universal", "ios", "-", "1024x1024", "-", "-", "-"},
    {"AppIcon-dark.png", "universal", "ios", "-", "1024x1024", "-", "-", "dark"},
    {"AppIcon-tinted.png", "universal", "ios", "-", "1024x1024", "-", "-", "tinted"}};

static const struct catalogue_entry set_of_three[] = {
    {"icon.png", "universal", "-", "1x", "-", "-", "-", "-"},
    {"icon@2x.png", "universal", "-", "2x", "-", "-", "-", "-"},
    {"icon@3x.png", "universal", "-", "3x", "-", "-", "-", "-"}};

/* flutter_launcher_icons lib/macos; the human interface guidelines of Apple. */
#define MAC(pt_, x_)                                                                               \
    {                                                                                              \
        "icon_" pt_ "x" pt_ "@" x_ "x.png", "mac", "-", x_ "x", pt_ "x" pt_, "-", "-", "-"         \
    }
static const struct catalogue_entry mac[] = {
    MAC("16", "1"),  MAC("16", "2"),  MAC("32", "1"),  MAC("32", "2"),  MAC("128", "1"),
    MAC("128", "2"), MAC("256", "1"), MAC("256", "2"), MAC("512", "1"), MAC("512", "2")};

/* Xcode 14 to 16, asset catalogs of watch apps; human interface guidelines, app icons, watchOS. */
#define WATCH(pt_, x_, role_, subtype_)                                                            \
    {                                                                                              \
        "AppIcon-" pt_ "x" pt_ "@" x_ "x.png", "watch", "-", x_ "x", pt_ "x" pt_, role_, subtype_, \
            "-"                                                                                    \
    }
static const struct catalogue_entry watch[] = {
    WATCH("24", "2", "notificationCenter", "38mm"),
    WATCH("27.5", "2", "notificationCenter", "42mm"),
    WATCH("33", "2", "notificationCenter", "45mm"),
    WATCH("29", "2", "companionSettings", "-"),
    WATCH("29", "3", "companionSettings", "-"),
    WATCH("40", "2", "appLauncher", "38mm"),
    WATCH("44", "2", "appLauncher", "40mm"),
    WATCH("46", "2", "appLauncher", "41mm"),
    WATCH("50", "2", "appLauncher", "44mm"),
    WATCH("51", "2", "appLauncher", "45mm"),
    WATCH("54", "2", "appLauncher", "49mm"),
    WATCH("86", "2", "quickLook", "38mm"),
    WATCH("98", "2", "quickLook", "42mm"),
    WATCH("108", "2", "quickLook", "44mm"),
    WATCH("117", "2", "quickLook", "45mm"),
    WATCH("129", "2", "quickLook", "49mm"),
    {"AppIcon-1024x1024@1x.png", "watch-marketing", "-", "1x", "1024x1024", "-", "-", "-"}};

static const struct catalogue_entry watch_single[] = {
    {"AppIcon.png", "universal", "watchos", "-", "1024x1024", "-", "-", "-"}};

#define TV_ICON "App Icon & Top Shelf Image.brandassets/"
static const struct catalogue_entry layer_front[] = {
    {"front@1x.png", "tv", "-", "1x", "-", "-", "-", "-"},
    {"front@2x.png", "tv", "-", "2x", "-", "-", "-", "-"}};
static const struct catalogue_entry layer_back[] = {
    {"back@1x.png", "tv", "-", "1x", "-", "-", "-", "-"},
    {"back@2x.png", "tv", "-", "2x", "-", "-", "-", "-"}};
static const struct catalogue_entry shelf[] = {
    {"shelf@1x.png", "tv", "-", "1x", "-", "-", "-", "-"},
    {"shelf@2x.png", "tv", "-", "2x", "-", "-", "-", "-"}};

/* github.com/flutter/flutter, packages/flutter_tools/templates/app/macos.tmpl */
#define FLUTTER_MAC(px_, pt_, x_)                                                                  \
    {                                                                                              \
        "app_icon_" px_ ".png", "mac", "-", x_ "x", pt_ "x" pt_, "-", "-", "-"                     \
    }
static const struct catalogue_entry flutter_mac[] = {
    FLUTTER_MAC("16", "16", "1"),   FLUTTER_MAC("32", "16", "2"),   FLUTTER_MAC("32", "32", "1"),
    FLUTTER_MAC("64", "32", "2"),   FLUTTER_MAC("128", "128", "1"), FLUTTER_MAC("256", "128", "2"),
    FLUTTER_MAC("256", "256", "1"), FLUTTER_MAC("512", "256", "2"), FLUTTER_MAC("512", "512", "1"),
    FLUTTER_MAC("1024", "512", "2")};

static const struct catalogue_entry capacitor_icon[] = {
    {"AppIcon-512@2x.png", "universal", "ios", "-", "1024x1024", "-", "-", "-"}};
/* ionic-team/capacitor-assets src/platforms/ios/assets.ts */
static const struct catalogue_entry capacitor_splash[] = {
    {"Default@1x~universal~anyany.png", "universal", "-", "1x", "-", "-", "-", "-"},
    {"Default@2x~universal~anyany.png", "universal", "-", "2x", "-", "-", "-", "-"},
    {"Default@3x~universal~anyany.png", "universal", "-", "3x", "-", "-", "-", "-"},
    {"Default@1x~universal~anyany-dark.png", "universal", "-", "1x", "-", "-", "-", "dark"},
    {"Default@2x~universal~anyany-dark.png", "universal", "-", "2x", "-", "-", "-", "dark"},
    {"Default@3x~universal~anyany-dark.png", "universal", "-", "3x", "-", "-", "-", "dark"}};

#define ASSETS "/Assets.xcassets/"
#define ENTRIES(entries_) entries_, COUNT(entries_)
const struct catalogue icon_catalogues[] = {
    {"ios-appicon" ASSETS "AppIcon.appiconset", ENTRIES(single)},
    {"ios-appicon-legacy" ASSETS "AppIcon.appiconset", ENTRIES(legacy)},
    {"ios-imageset" ASSETS "icon.imageset", ENTRIES(set_of_three)},
    {"macos-icon" ASSETS "AppIcon.appiconset", ENTRIES(mac)},
    {"watchos" ASSETS "AppIcon.appiconset", ENTRIES(watch)},
    {"watchos-single" ASSETS "AppIcon.appiconset", ENTRIES(watch_single)},
    {"tvos" ASSETS TV_ICON "App Icon.imagestack/Front.imagestacklayer/Content.imageset",
     ENTRIES(layer_front)},
    {"tvos" ASSETS TV_ICON "App Icon.imagestack/Back.imagestacklayer/Content.imageset",
     ENTRIES(layer_back)},
    {"tvos" ASSETS TV_ICON "App Icon - App Store.imagestack/Front.imagestacklayer/Content.imageset",
     layer_front, 1},
    {"tvos" ASSETS TV_ICON "App Icon - App Store.imagestack/Back.imagestacklayer/Content.imageset",
     layer_back, 1},
    {"tvos" ASSETS TV_ICON "Top Shelf Image.imageset", ENTRIES(shelf)},
    {"tvos" ASSETS TV_ICON "Top Shelf Image Wide.imageset", ENTRIES(shelf)},
    {"flutter/ios/Runner" ASSETS "AppIcon.appiconset", ENTRIES(legacy)},
    {"flutter/macos/Runner" ASSETS "AppIcon.appiconset", ENTRIES(flutter_mac)},
    {"capacitor/ios/App/App" ASSETS "AppIcon.appiconset", ENTRIES(capacitor_icon)},
    {"capacitor/ios/App/App" ASSETS "Splash.imageset", ENTRIES(capacitor_splash)},
    {0}};

int catalogue_pixels(const char *size, const char *scale)
{
    const double times = strcmp(scale, "-") == 0 ? 1 : strtod(scale, NULL);
    return strcmp(size, "-") == 0 ? 0 : (int)(strtod(size, NULL) * times + 0.5);
}

static void catalogue_files(struct buffer *out, const char *folder, bool alpha)
{
    for (const struct catalogue *set = icon_catalogues; set->folder; set++) {
        for (size_t i = 0; strcmp(set->folder, folder) == 0 && i < set->count; i++) {
            const int side = catalogue_pixels(set->entries[i].size, set->entries[i].scale);
            bool again = false; /* one file for two idioms */
            for (size_t j = 0; j < i; j++) {
                again = again || strcmp(set->entries[i].file, set->entries[j].file) == 0;
            }
            if (!again) {
                image(out, side, side, alpha, "%s/%s", folder, set->entries[i].file);
            }
        }
    }
}

static void contents(struct buffer *out, const char *folder)
{
    buffer_format(out, "%s/Contents.json\n", folder);
}

static void tvos_files(struct buffer *out)
{
    static const struct {
        const char *name;
        int width, height, scales;
    } icons[] = {{"App Icon", 400, 240, 2}, {"App Icon - App Store", 1280, 768, 1}},
      shelves[] = {{"Top Shelf Image", 1920, 720, 2}, {"Top Shelf Image Wide", 2320, 720, 2}};
    static const char root[] = "tvos" ASSETS TV_ICON;
    contents(out, "tvos/Assets.xcassets");
    buffer_format(out, "%sContents.json\n", root);
    for (size_t i = 0; i < 2; i++) {
        buffer_format(out, "%s%s.imagestack/Contents.json\n", root, icons[i].name);
        buffer_format(out, "%s%s.imageset/Contents.json\n", root, shelves[i].name);
        for (int x = 1; x <= icons[i].scales; x++) {
            image(out, icons[i].width * x, icons[i].height * x, true,
                  "%s%s.imagestack/Front.imagestacklayer/Content.imageset/front@%dx.png", root,
                  icons[i].name, x);
            image(out, icons[i].width * x, icons[i].height * x, false,
                  "%s%s.imagestack/Back.imagestacklayer/Content.imageset/back@%dx.png", root,
                  icons[i].name, x);
        }
        for (int x = 1; x <= shelves[i].scales; x++) {
            image(out, shelves[i].width * x, shelves[i].height * x, false,
                  "%s%s.imageset/shelf@%dx.png", root, shelves[i].name, x);
        }
        for (int layer = 0; layer < 2; layer++) {
            const char *name = layer ? "Back" : "Front";
            buffer_format(out, "%s%s.imagestack/%s.imagestacklayer/Contents.json\n", root,
                          icons[i].name, name);
            buffer_format(out,
                          "%s%s.imagestack/%s.imagestacklayer/Content.imageset/Contents.json\n",
                          root, icons[i].name, name);
        }
    }
}

static void apple_files(struct buffer *out)
{
    icon(out, 1024, false, "ios-appicon" ASSETS "AppIcon.appiconset/AppIcon.png");
    icon(out, 1024, true, "ios-appicon" ASSETS "AppIcon.appiconset/AppIcon-dark.png");
    icon(out, 1024, false, "ios-appicon" ASSETS "AppIcon.appiconset/AppIcon-tinted.png");
    catalogue_files(out, "ios-appicon-legacy" ASSETS "AppIcon.appiconset", false);
    catalogue_files(out, "macos-icon" ASSETS "AppIcon.appiconset", true);
    catalogue_files(out, "watchos" ASSETS "AppIcon.appiconset", false);
    catalogue_files(out, "watchos-single" ASSETS "AppIcon.appiconset", false);
    icon(out, 341, true, "ios-imageset" ASSETS "icon.imageset/icon.png"); /* a third of 1024 */
    icon(out, 683, true, "ios-imageset" ASSETS "icon.imageset/icon@2x.png");
    icon(out, 1024, true, "ios-imageset" ASSETS "icon.imageset/icon@3x.png");
    file(out, "macos-icon/AppIcon.icns");
    static const char *const sets[] = {"ios-appicon", "ios-appicon-legacy", "macos-icon", "watchos",
                                       "watchos-single"};
    for (size_t i = 0; i < COUNT(sets); i++) {
        buffer_format(out, "%s" ASSETS "Contents.json\n", sets[i]);
        buffer_format(out, "%s" ASSETS "AppIcon.appiconset/Contents.json\n", sets[i]);
    }
    file(out, "ios-imageset" ASSETS "Contents.json");
    file(out, "ios-imageset" ASSETS "icon.imageset/Contents.json");
    tvos_files(out);
    /* fastlane deliver/lib/deliver/app_screenshot.rb; a square is held upright */
    image(out, 1320, 2868, false, "appstore-screenshots/screenshots/iphone-6.9/icon.png");
    image(out, 2064, 2752, false, "appstore-screenshots/screenshots/ipad-13/icon.png");
}

/* ---- Android --------------------------------------------------------------------------------- */

/* developer.android.com/training/multiscreen/screendensities; ionic-team/capacitor-assets
 * src/platforms/android/assets.ts */
static const struct density {
    const char *name;
    int launcher, layer, notification, splash; /* px of 48, 108, 24 and 288 dp */
    int screen_short, screen_long, drawable;   /* drawable: of 1024 px at 4 px a dp, 0 for none */
} densities[] = {{"ldpi", 36, 81, 18, 216, 240, 320, 0},
                 {"mdpi", 48, 108, 24, 288, 320, 480, 256},
                 {"hdpi", 72, 162, 36, 432, 480, 800, 384},
                 {"xhdpi", 96, 216, 48, 576, 720, 1280, 512},
                 {"xxhdpi", 144, 324, 72, 864, 960, 1600, 768},
                 {"xxxhdpi", 192, 432, 96, 1152, 1280, 1920, 1024}};

static void launcher_files(struct buffer *out, const char *folder)
{
    for (size_t i = 0; i < COUNT(densities); i++) {
        const struct density *density = &densities[i];
        const char *name = density->name;
        const int side = density->launcher, layer = density->layer;
        image(out, side, side, false, "%sres/mipmap-%s/ic_launcher.png", folder, name);
        image(out, side, side, true, "%sres/mipmap-%s/ic_launcher_round.png", folder, name);
        image(out, layer, layer, true, "%sres/mipmap-%s/ic_launcher_foreground.png", folder, name);
        image(out, layer, layer, false, "%sres/mipmap-%s/ic_launcher_background.png", folder, name);
        image(out, layer, layer, true, "%sres/mipmap-%s/ic_launcher_monochrome.png", folder, name);
    }
    buffer_format(out, "%sres/mipmap-anydpi-v26/ic_launcher.xml\n", folder);
    buffer_format(out, "%sres/mipmap-anydpi-v26/ic_launcher_round.xml\n", folder);
}

static void splash_files(struct buffer *out, const char *folder)
{
    for (size_t i = 0; i < COUNT(densities); i++) {
        const struct density *density = &densities[i];
        const int narrow = density->screen_short, far = density->screen_long;
        image(out, density->splash, density->splash, true, "%sres/drawable-%s/ic_splash.png",
              folder, density->name);
        image(out, narrow, far, false, "%sres/drawable-port-%s/splash.png", folder, density->name);
        image(out, far, narrow, false, "%sres/drawable-land-%s/splash.png", folder, density->name);
    }
    image(out, 480, 320, false, "%sres/drawable/splash.png", folder); /* of any screen */
    buffer_format(out, "%sres/drawable/launch_splash.xml\n", folder);
    buffer_format(out, "%sres/values/ic_splash_background.xml\n", folder);
    buffer_format(out, "%sres/values-night/ic_splash_background.xml\n", folder);
}

static void android_files(struct buffer *out)
{
    launcher_files(out, "android-launcher/");
    splash_files(out, "android-splash/");
    for (size_t i = 0; i < COUNT(densities); i++) {
        const struct density *density = &densities[i];
        image(out, density->notification, density->notification, true,
              "android-notification/res/drawable-%s/ic_notification.png", density->name);
        if (density->drawable) {
            image(out, density->drawable, density->drawable, true,
                  "android-drawable/res/drawable-%s/icon.webp", density->name);
        }
    }
    /* support.google.com/googleplay/android-developer/answer/9866151 */
    icon(out, 512, true, "play-listing/icon.png");
    image(out, 1024, 500, false, "play-listing/feature-graphic.png");
}

/* ---- Frameworks ------------------------------------------------------------------------------ */

static void sides(struct buffer *out, bool alpha, const char *format, const int *list, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        char path[200];
        /* the one number may stand in the name twice */
        const char *mark = strchr(format, '#');
        snprintf(path, sizeof path, "%.*s%d%s%d%s", (int)(mark - format), format, list[i], "x",
                 list[i], mark + 1);
        icon(out, list[i], alpha, path);
    }
}

static void framework_files(struct buffer *out)
{
    static const int linux_sides[] = {16, 24, 32, 48, 64, 96, 128, 256, 512};
    /* docs.flutter.dev/ui/assets/assets-and-images: of 1024 px at 4 px a point */
    icon(out, 256, true, "flutter/assets/icon.png");
    icon(out, 384, true, "flutter/assets/1.5x/icon.png");
    icon(out, 512, true, "flutter/assets/2.0x/icon.png");
    icon(out, 768, true, "flutter/assets/3.0x/icon.png");
    icon(out, 1024, true, "flutter/assets/4.0x/icon.png");
    icon(out, 16, true, "flutter/web/favicon.png");
    icon(out, 192, true, "flutter/web/icons/Icon-192.png");
    icon(out, 512, true, "flutter/web/icons/Icon-512.png");
    icon(out, 192, false, "flutter/web/icons/Icon-maskable-192.png");
    icon(out, 512, false, "flutter/web/icons/Icon-maskable-512.png");
    file(out, "flutter/windows/runner/resources/app_icon.ico");
    launcher_files(out, "flutter/android/app/src/main/");
    catalogue_files(out, "flutter/ios/Runner" ASSETS "AppIcon.appiconset", false);
    contents(out, "flutter/ios/Runner/Assets.xcassets");
    contents(out, "flutter/ios/Runner" ASSETS "AppIcon.appiconset");
    contents(out, "flutter/macos/Runner/Assets.xcassets");
    contents(out, "flutter/macos/Runner" ASSETS "AppIcon.appiconset");
    catalogue_files(out, "flutter/macos/Runner" ASSETS "AppIcon.appiconset", true);
    /* reactnative.dev/docs/images */
    icon(out, 341, true, "react-native/icon.png");
    icon(out, 683, true, "react-native/icon@2x.png");
    icon(out, 1024, true, "react-native/icon@3x.png");
    icon(out, 1024, false, "capacitor/ios/App/App" ASSETS "AppIcon.appiconset/AppIcon-512@2x.png");
    for (size_t i = 0; i < COUNT(capacitor_splash); i++) {
        image(out, 2732, 2732, false, "capacitor/ios/App/App" ASSETS "Splash.imageset/%s",
              capacitor_splash[i].file);
    }
    contents(out, "capacitor/ios/App/App/Assets.xcassets");
    contents(out, "capacitor/ios/App/App" ASSETS "AppIcon.appiconset");
    contents(out, "capacitor/ios/App/App" ASSETS "Splash.imageset");
    launcher_files(out, "capacitor/android/app/src/main/");
    splash_files(out, "capacitor/android/app/src/main/");
    static const int web[] = {48, 72, 96, 128, 192, 256, 512};
    for (size_t i = 0; i < COUNT(web); i++) {
        image(out, web[i], web[i], true, "capacitor/icons/icon-%d.webp", web[i]);
    }
    file(out, "capacitor/manifest.webmanifest");
    /* v2.tauri.app/develop/icons */
    icon(out, 32, true, "tauri/icons/32x32.png");
    icon(out, 128, true, "tauri/icons/128x128.png");
    icon(out, 256, true, "tauri/icons/128x128@2x.png");
    icon(out, 512, true, "tauri/icons/icon.png");
    file(out, "tauri/icons/icon.ico");
    file(out, "tauri/icons/icon.icns");
    /* www.electron.build/icons */
    file(out, "electron/build/icon.icns");
    file(out, "electron/build/icon.ico");
    icon(out, 1024, true, "electron/build/icon.png");
    sides(out, true, "electron/build/icons/#.png", linux_sides, COUNT(linux_sides));
    /* developer.chrome.com/docs/webstore/images */
    icon(out, 16, true, "chrome-extension/icons/icon-16.png");
    icon(out, 32, true, "chrome-extension/icons/icon-32.png");
    icon(out, 48, true, "chrome-extension/icons/icon-48.png");
    icon(out, 128, true, "chrome-extension/icons/icon-128.png");
    image(out, 440, 280, false, "chrome-extension/store/tile-440x280.png");
    image(out, 1400, 560, false, "chrome-extension/store/marquee-1400x560.png");
}

/* ---- Web ------------------------------------------------------------------------------------- */

/* Points and ratio of iPhones and iPads: itgalaxy/favicons src/platforms 2849765, and the two of
 * 2024 whose pixels fastlane's app_screenshot.rb names. */
static const struct screen {
    int width, height, ratio;
} screens[] = {{320, 568, 2},  {375, 667, 2},  {375, 812, 3},  {390, 844, 3},  {393, 852, 3},
               {402, 874, 3},  {414, 896, 2},  {414, 896, 3},  {414, 736, 3},  {428, 926, 3},
               {430, 932, 3},  {440, 956, 3},  {744, 1133, 2}, {768, 1024, 2}, {810, 1080, 2},
               {820, 1180, 2}, {834, 1194, 2}, {834, 1112, 2}, {1024, 1366, 2}};

static void start_files(struct buffer *out, const char *prefix)
{
    for (size_t i = 0; i < COUNT(screens); i++) {
        const int width = screens[i].width * screens[i].ratio;
        const int height = screens[i].height * screens[i].ratio;
        image(out, width, height, false, "%s%dx%d.png", prefix, width, height);
        image(out, height, width, false, "%s%dx%d.png", prefix, height, width);
    }
}

static void favicon_full_files(struct buffer *out)
{
    static const int png[] = {16, 32, 48}, chrome[] = {36, 48, 72, 96, 144, 192, 256, 384, 512};
    static const int apple[] = {57, 60, 72, 76, 114, 120, 144, 152, 167, 180, 1024};
    static const int tiles[][2] = {{70, 70}, {144, 144}, {150, 150}, {310, 150}, {310, 310}};
    file(out, "favicon-full/favicon.ico");
    sides(out, true, "favicon-full/favicon-#.png", png, COUNT(png));
    sides(out, true, "favicon-full/android-chrome-#.png", chrome, COUNT(chrome));
    sides(out, false, "favicon-full/android-chrome-maskable-#.png", chrome, COUNT(chrome));
    sides(out, false, "favicon-full/apple-touch-icon-#.png", apple, COUNT(apple));
    icon(out, 180, false, "favicon-full/apple-touch-icon.png");
    icon(out, 180, false, "favicon-full/apple-touch-icon-precomposed.png");
    for (size_t i = 0; i < COUNT(tiles); i++) {
        image(out, tiles[i][0], tiles[i][1], true, "favicon-full/mstile-%dx%d.png", tiles[i][0],
              tiles[i][1]);
    }
    icon(out, 50, true, "favicon-full/yandex-browser-50x50.png");
    start_files(out, "favicon-full/apple-touch-startup-image-");
    file(out, "favicon-full/head.html");
    file(out, "favicon-full/manifest.webmanifest");
}

static void web_files(struct buffer *out)
{
    /* evilmartians.com/chronicles/how-to-favicon-in-2021-six-files-that-fit-most-needs */
    file(out, "favicon/favicon.ico");
    icon(out, 180, false, "favicon/apple-touch-icon.png");
    icon(out, 192, true, "favicon/icon-192.png");
    icon(out, 512, true, "favicon/icon-512.png");
    icon(out, 512, false, "favicon/icon-mask.png");
    file(out, "favicon/manifest.webmanifest");
    file(out, "favicon/head.html");
    favicon_full_files(out);
    /* web.dev/articles/maskable-icon: both sizes, any and maskable */
    icon(out, 192, true, "pwa/icons/icon-192.png");
    icon(out, 512, true, "pwa/icons/icon-512.png");
    icon(out, 192, false, "pwa/icons/maskable-192.png");
    icon(out, 512, false, "pwa/icons/maskable-512.png");
    icon(out, 180, false, "pwa/icons/apple-touch-icon.png");
    start_files(out, "pwa/splash/");
    file(out, "pwa/manifest.webmanifest");
    file(out, "pwa/head.html");
}

void icon_expected(struct buffer *out)
{
    apple_files(out);
    android_files(out);
    framework_files(out);
    web_files(out);
    for (size_t i = 0; icon_presets[i]; i++) {
        const bool store = strcmp(icon_presets[i], "chrome-extension") == 0;
        buffer_format(out, "%s/%smanifest.json\n", icon_presets[i], store ? "store/" : "");
    }
}
