/* SPDX-License-Identifier: MIT
 * What `android-xml` writes, as exact text; that it is XML; and what it refuses. */
#include "emitting.h"

#define HEAD "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
#define ANDROID " xmlns:android=\"http://schemas.android.com/apk/res/android\""

static struct emitting launcher(const char *path, bool background)
{
    static const char *const densities[] = {"mdpi", "xxxhdpi"};
    struct emitting emitting = emitting_make("android-xml", path);
    emitting_set(&emitting, "icon", NULL);
    for (int i = 0; i < 2; i++) {
        struct arena *arena = emitting.arena;
        const char *folder = arena_format(arena, "app/res/mipmap-%s", densities[i]);
        if (background) {
            emitting_add(&emitting, arena_format(arena, "%s/ic_launcher_background.png", folder),
                         FORMAT_PNG, 108, 108, "{'layer': 'background'}");
        }
        emitting_add(&emitting, arena_format(arena, "%s/ic_launcher_monochrome.png", folder),
                     FORMAT_PNG, 108, 108, "{'layer': 'monochrome'}");
        emitting_add(&emitting, arena_format(arena, "%s/ic_launcher_foreground.webp", folder),
                     FORMAT_WEBP, 108, 108, "{}");
    }
    return emitting;
}

static void check_xml(struct emitting *emitting, const char *options, const char *text)
{
    struct buffer out = {0};
    struct error error = {0};
    if (emitting_run(emitting, options, &out, &error) != STATUS_OK) {
        fail_msg("%s", error.message);
    }
    assert_xml(buffer_string(&out));
    assert_buffer_text(&out, text);
    emitting_end(emitting);
}

static void test_adaptive_icon(void **state)
{
    (void)state;
    struct emitting emitting = launcher("app/res/mipmap-anydpi-v26/ic_launcher.xml", true);
    check_xml(&emitting, "{'colour': '#112233'}",
              HEAD "<adaptive-icon" ANDROID ">\n"
                   "    <background android:drawable=\"@mipmap/ic_launcher_background\"/>\n"
                   "    <foreground android:drawable=\"@mipmap/ic_launcher_foreground\"/>\n"
                   "    <monochrome android:drawable=\"@mipmap/ic_launcher_monochrome\"/>\n"
                   "</adaptive-icon>\n");
}

static void test_background_is_a_resource_or_a_colour(void **state)
{
    (void)state;
    struct emitting emitting = launcher("x.xml", false);
    check_xml(&emitting, "{'background': '@color/ic_launcher_background'}",
              HEAD "<adaptive-icon" ANDROID ">\n"
                   "    <background android:drawable=\"@color/ic_launcher_background\"/>\n"
                   "    <foreground android:drawable=\"@mipmap/ic_launcher_foreground\"/>\n"
                   "    <monochrome android:drawable=\"@mipmap/ic_launcher_monochrome\"/>\n"
                   "</adaptive-icon>\n");
    emitting = launcher("x.xml", false);
    check_xml(&emitting, "{'colour': '#0b3d5c80'}",
              HEAD "<adaptive-icon" ANDROID ">\n"
                   "    <background>\n"
                   "        <color android:color=\"#800b3d5c\"/>\n"
                   "    </background>\n"
                   "    <foreground android:drawable=\"@mipmap/ic_launcher_foreground\"/>\n"
                   "    <monochrome android:drawable=\"@mipmap/ic_launcher_monochrome\"/>\n"
                   "</adaptive-icon>\n");
}

static void test_colours(void **state)
{
    (void)state;
    struct emitting emitting = launcher("res/values/ic_launcher_background.xml", false);
    check_xml(&emitting, "{'type': 'colours', 'colour': '#0b3d5c'}",
              HEAD "<resources>\n"
                   "    <color name=\"ic_launcher_background\">#0b3d5c</color>\n"
                   "</resources>\n");
    emitting = launcher("res/values/colors.xml", false);
    check_xml(&emitting, "{'type': 'colours', 'colour': 'transparent', 'name': 'back'}",
              HEAD "<resources>\n"
                   "    <color name=\"back\">#00000000</color>\n"
                   "</resources>\n");
}

static void test_splash(void **state)
{
    (void)state;
    struct emitting emitting = emitting_make("android-xml", "res/drawable/launch.xml");
    emitting_set(&emitting, "icon", NULL);
    emitting_add(&emitting, "res/drawable-night-xhdpi/splash.9.png", FORMAT_PNG, 8, 8,
                 "{'layer': 'image'}");
    emitting_add(&emitting, "res/drawable/splash.9.png", FORMAT_PNG, 8, 8, "{'layer': 'image'}");
    check_xml(&emitting, "{'type': 'splash', 'background': '?attr/\\'<b>&'}",
              HEAD "<layer-list" ANDROID ">\n"
                   "    <item android:drawable=\"?attr/&quot;&lt;b&gt;&amp;\"/>\n"
                   "    <item>\n"
                   "        <bitmap android:gravity=\"center\" "
                   "android:src=\"@drawable/splash\"/>\n"
                   "    </item>\n"
                   "</layer-list>\n");
}

static void test_what_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *path, *entry, *options, *message;
    } cases[] = {
        {"res/mipmap-hdpi/My-Icon.png", "{}", "{}",
         "'res/mipmap-hdpi/My-Icon.png' is no resource of Android: must lie in a folder mipmap… or "
         "drawable…, its name being [a-z_][a-z0-9_]*"},
        {"res/mipmap-hdpi/2x.png", "{}", "{}",
         "'res/mipmap-hdpi/2x.png' is no resource of Android: must lie in a folder mipmap… or "
         "drawable…, its name being [a-z_][a-z0-9_]*"},
        {"res/raw/a.png", "{}", "{}",
         "'res/raw/a.png' is no resource of Android: must lie in a folder mipmap… or drawable…, "
         "its name being [a-z_][a-z0-9_]*"},
        {"a.png", "{}", "{}",
         "'a.png' is no resource of Android: must lie in a folder mipmap… or drawable…, its name "
         "being [a-z_][a-z0-9_]*"},
        {"res/mipmap/a.png", "{}", "{}",
         "an adaptive icon has no background: no output has 'layer' \"background\", nor is "
         "'background' or 'colour' given"},
        {"res/mipmap/a.png", "{'layer': 'background'}", "{}",
         "an adaptive icon has no foreground: no output has 'layer' \"foreground\""},
        {"res/mipmap/a.png", "{}", "{'type': 'splash'}",
         "a splash screen has no image: no output has 'layer' \"image\""},
        {"res/mipmap/a.png", "{}", "{'type': 'colours'}",
         "'colour' is missing: a resource of 'type' \"colours\" is one colour"},
        {"res/mipmap/a.png", "{}", "{'type': 'colours', 'colour': '#000000', 'name': 'a-b'}",
         "'a-b' cannot be the name of a colour: must be [a-z_][a-z0-9_]*"},
        {"res/mipmap/a.png", "{}", "{'background': 'white'}",
         "'background' is 'white', must be a resource such as @color/ic_launcher_background"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct emitting emitting = emitting_make("android-xml", "x.xml");
        emitting_set(&emitting, "icon", NULL);
        emitting_add(&emitting, cases[i].path, FORMAT_PNG, 8, 8, cases[i].entry);
        assert_not_emitted(&emitting, cases[i].options, cases[i].message);
    }
    struct emitting emitting = launcher("x.xml", true);
    emitting_add(&emitting, "res/mipmap-hdpi/other.png", FORMAT_PNG, 8, 8, "{}");
    assert_not_emitted(&emitting, "{}",
                       "layer 'foreground' is two resources: '@mipmap/ic_launcher_foreground' and "
                       "'@mipmap/other'");
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    struct emitting emitting = launcher("x.xml", true);
    emitting_short_of_memory(&emitting, "{}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_adaptive_icon),
        cmocka_unit_test(test_background_is_a_resource_or_a_colour),
        cmocka_unit_test(test_colours),
        cmocka_unit_test(test_splash),
        cmocka_unit_test(test_what_is_refused),
        cmocka_unit_test(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
