/* SPDX-License-Identifier: MIT
 * `picset check --for` as it is called: a file alone, one output, a folder inside or above the
 * output, names, parameters, documents, exit codes. */
#include <string.h>
#include <unistd.h>

#include "image.h"
#include "json.h"
#include "memory.h"
#include "program.h"
#include "scratch.h"

static const char ads[] =
    "{ \"version\": 1, \"name\": \"ads\", \"summary\": \"advertisements\",\n"
    "  \"source\": \"their terms\", \"checked\": \"2026-09\",\n"
    "  \"params\": { \"boxes\": [\"60x50\", \"50x60\"], \"tag\": \"ad\" },\n"
    "  \"outputs\": [\n"
    "    { \"id\": \"banner\", \"matrix\": { \"box\": \"${boxes}\" },\n"
    "      \"stages\": [{ \"resize\": { \"size\": \"${box}\", \"fit\": \"cover\",\n"
    "        \"enlarge\": \"allow\" } }, { \"flatten\": {} },\n"
    "        { \"encode\": { \"format\": \"jpeg\" } }],\n"
    "      \"path\": \"${name}-${tag}-${box}.jpg\",\n"
    "      \"require\": { \"format\": [\"jpeg\", \"png\"], \"keep\": [\"provenance\"] } },\n"
    "    { \"id\": \"square\", \"stages\": [{ \"resize\": { \"size\": \"40x40\",\n"
    "        \"fit\": \"cover\", \"enlarge\": \"allow\" } }, { \"flatten\": {} },\n"
    "        { \"encode\": { \"format\": \"png\" } }],\n"
    "      \"path\": \"square/${name}.png\" }] }\n";

static int make_folder(void **state)
{
    struct error error = {0};
    char *folder = scratch_make();
    struct program program = {.folder = folder};
    assert_int_equal(image_library_start(&error), STATUS_OK);
    scratch_write(folder, "presets/ads.json", ads);
    program_image(folder, "cat.png", 80, 80);
    program_image(folder, "dog.png", 80, 80);
    program_call_with(&program, "render", "-q", "cat.png", "dog.png", "-p", "ads", "-o",
                      "app/assets/ads", "--state", "state");
    assert_int_equal(program.code, 0);
    program_end(&program);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void a_file_alone_is_taken_by_name_or_size(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0, "app/assets/ads/cat-ad-60x50.jpg: right: 1 file\n", "", "check",
                   "app/assets/ads/cat-ad-60x50.jpg", "--for", "ads");
    program_image(*state, "other.png", 50, 60);
    assert_program(&program, 0, "other.png: right: 1 file, taken for ads/banner\n", "", "check",
                   "other.png", "--for", "ads");
    program_image(*state, "odd.png", 61, 50);
    assert_program(&program, 7,
                   "odd.png: size: is 61x50 px; must be one of 60x50, 50x60, 40x40 px (ads; their "
                   "terms; checked 2026-09)\n",
                   "", "check", "odd.png", "--for", "ads");
    assert_program(&program, 7,
                   "other.png: size: is 50x60 px; must be 40x40 px (ads/square; their terms; "
                   "checked 2026-09)\n",
                   "", "check", "other.png", "--for", "ads/square");
    /* its folder is part of its name */
    assert_program(&program, 0, "app/assets/ads/square/cat.png: right: 1 file\n", "", "check",
                   "app/assets/ads/square/cat.png", "--for", "ads");
}

static void the_output_folder_is_found(void **state)
{
    struct program program = {.folder = *state};
    static const char *const folders[] = {"app", "app/assets", "app/assets/ads"};
    for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
        program_call_with(&program, "check", folders[i], "--for", "ads", "-q");
        assert_string_equal(program.out, "");
        assert_int_equal(program.code, 0);
        program_end(&program);
    }
    assert_program(&program, 0, "app/assets/ads/square: right: 2 files\n", "", "check",
                   "app/assets/ads/square", "--for", "ads");
    assert_program(&program, 7,
                   "presets: nothing: holds nothing of the preset; such as '${name}-ad-60x50.jpg' "
                   "(ads; their terms; checked 2026-09)\n",
                   "", "check", "presets", "--for", "ads");
    struct program inside = {.folder = scratch_path(*state, "app/assets/ads")};
    assert_program(&inside, 0, ".: right: 6 files\n", "", "check", ".", "--for",
                   "../../../presets/ads.json");
}

static void what_is_asked_narrows_it(void **state)
{
    struct program program = {.folder = *state};
    assert_int_equal(unlink(scratch_path(*state, "app/assets/ads/cat-ad-50x60.jpg")), 0);
    static const char missing[] =
        "app/assets/ads/cat-ad-50x60.jpg: missing: is not there; is required for box=50x60 "
        "(ads/banner; their terms; checked 2026-09)\n";
    assert_program(&program, 7, missing, "", "check", "app", "--for", "ads");
    assert_program(&program, 7, missing, "", "check", "app", "--for", "ads/banner");
    assert_program(&program, 0, "app: right: 2 files\n", "", "check", "app", "--for", "ads/square");
    assert_program(&program, 0, "app: right: 3 files\n", "", "check", "app", "--for", "ads",
                   "--name", "dog");
    assert_program(&program, 0, "app: right: 4 files\n", "", "check", "app", "--for", "ads",
                   "--set", "boxes=60x50");
    assert_program(&program, 7,
                   "app/assets/ads/dog-ad-50x60.jpg: label: has no IPTC DigitalSourceType; a "
                   "generated image must keep it (ads/banner; their terms; checked 2026-09)\n"
                   "app/assets/ads/dog-ad-60x50.jpg: label: has no IPTC DigitalSourceType; a "
                   "generated image must keep it (ads/banner; their terms; checked 2026-09)\n",
                   "", "check", "app", "--for", "ads", "--name", "dog", "--generated");
}

/* What it says is held against the files around it. */
static void an_emitted_file_alone(void **state)
{
    struct program program = {.folder = *state};
    static const char icons[] =
        "{ \"name\": \"shop\", \"icons\": [{ \"src\": \"cat.png\", \"sizes\": \"40x40\" }, "
        "{ \"src\": \"cow.png\" }] }";
    scratch_write(*state, "shop/app.webmanifest", icons);
    program_image(*state, "shop/cat.png", 40, 40);
    scratch_write(*state, "presets/shop.json",
                  "{ \"version\": 1, \"name\": \"shop\", \"summary\": \"s\", \"outputs\": [{\n"
                  "\"stages\": [{ \"encode\": { \"format\": \"png\" } }],\n"
                  "\"path\": \"${name}.png\", \"emit\": [\"webmanifest\"] }],\n"
                  "\"emit\": [{ \"webmanifest\": { \"path\": \"app.webmanifest\" } }] }");
    assert_program(&program, 7,
                   "shop/app.webmanifest: dangling: names 'cow.png'; that file is not there "
                   "(shop)\n",
                   "", "check", "shop/app.webmanifest", "--for", "shop");
    scratch_write(*state, "alone/app.webmanifest", icons);
    assert_program(&program, 7,
                   "alone/app.webmanifest: nothing: stands beside nothing of the preset; what it "
                   "names must be there (shop)\n",
                   "", "check", "alone/app.webmanifest", "--for", "shop");
}

/* Nothing in the picture says so, but the manifest does. */
static void a_manifest_tells_what_is_generated(void **state)
{
    struct program program = {.folder = *state};
    scratch_write(*state, "presets/gen.json",
                  "{ \"version\": 1, \"name\": \"gen\", \"summary\": \"s\", \"outputs\": [{\n"
                  "\"id\": \"it\", \"stages\": [{ \"encode\": { \"format\": \"png\" } }],\n"
                  "\"path\": \"${name}.png\", \"require\": { \"keep\": [\"provenance\"] } }],\n"
                  "\"emit\": [\"manifest\"] }");
    program_image(*state, "gen/a.png", 40, 40);
    assert_program(&program, 0, "gen: right: 1 file\n", "", "check", "gen", "--for", "gen");
    scratch_write(*state, "gen/manifest.json",
                  "{ \"sets\": [{ \"preset\": \"gen\", \"source\": { \"generation\": {} },"
                  " \"renditions\": [{ \"path\": \"a.png\" }] }] }");
    assert_program(&program, 7,
                   "gen/a.png: label: has no IPTC DigitalSourceType; a generated image must keep "
                   "it (gen/it)\n",
                   "", "check", "gen", "--for", "gen");
}

static void documents_for_machines(void **state)
{
    struct program program = {.folder = *state};
    struct arena *arena = arena_new();
    struct error error = {0};
    const struct value *document = NULL;
    program_call_with(&program, "check", "odd.png", "other.png", "--for", "ads/square,ads/banner",
                      "--json");
    assert_int_equal(program.code, 7);
    assert_int_equal(json_parse(arena, program.out, program.out_size, &document, &error),
                     STATUS_OK);
    assert_value_text(
        document,
        "{\"schema\":\"picset/check-files/1\",\"paths\":[{\"path\":\"odd.png\",\"files\":2,"
        "\"ok\":false,\"violations\":[{\"path\":\"odd.png\",\"rule\":\"size\",\"found\":\"is 61x50 "
        "px\",\"allowed\":\"must be 40x40 px\",\"preset\":\"ads\",\"output\":\"square\","
        "\"source\":\"their terms\",\"checked\":\"2026-09\"},{\"path\":\"odd.png\",\"rule\":"
        "\"size\",\"found\":\"is 61x50 px\",\"allowed\":\"must be one of 60x50, 50x60 px\","
        "\"preset\":\"ads\",\"source\":\"their terms\",\"checked\":\"2026-09\"}]},{\"path\":"
        "\"other.png\",\"files\":2,\"ok\":false,\"violations\":[{\"path\":\"other.png\",\"rule\":"
        "\"size\",\"found\":\"is 50x60 px\",\"allowed\":\"must be 40x40 px\",\"preset\":\"ads\","
        "\"output\":\"square\",\"source\":\"their terms\",\"checked\":\"2026-09\"}]}]}");
    program_end(&program);
    arena_free(arena);
    program_call_with(&program, "check", "--rules");
    assert_int_equal(program.code, 0);
    assert_non_null(strstr(program.out, "\n  dangling  what an emitted file names is there\n"));
    program_end(&program);
}

/* What the platforms themselves take: other screens of a class, no dark icon, no ldpi. */
static void patterns_and_names(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 0,
                   "app/assets/ads/square/cat.png: right: 1 file\n"
                   "app/assets/ads/square/dog.png: right: 1 file\n",
                   "", "check", "app/assets/ads/square/*.png", "--for", "ads");
    assert_program(&program, 3, "", "picset: app/*.gif: is not there\n", "check", "app/*.gif",
                   "--for", "ads");
    assert_program(&program, 2, "",
                   "picset: app: is a folder and so no preset; to check the files in it, say what "
                   "they are: --for PRESET\n",
                   "check", "app");
    program_call_with(&program, "check", "app", "--for", "favicon", "--name", "zzz");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.error, "'--name' is of no use: no path of preset 'favicon'"));
    program_end(&program);
}

static void what_platforms_take_is_right(void **state)
{
    struct program program = {.folder = *state};
    static const char contents[] =
        "{ \"images\": [{ \"filename\": \"AppIcon.png\", \"idiom\": \"universal\",\n"
        "  \"platform\": \"ios\", \"size\": \"1024x1024\" }],\n"
        "  \"info\": { \"author\": \"xcode\", \"version\": 1 } }\n";
    program_call_with(&program, "render", "-q", "cat.png", "-p", "ios-appicon,android-launcher",
                      "-o", "own/${preset}", "--state", "none");
    assert_int_equal(program.code, 0);
    program_end(&program);
    const char *set = "own/ios-appicon/Assets.xcassets/AppIcon.appiconset";
    scratch_write(*state, "own/ios-appicon/Assets.xcassets/AppIcon.appiconset/Contents.json",
                  contents);
    program = (struct program){.folder = scratch_path(*state, set), .other = "rm"};
    program_call_with(&program, "AppIcon-dark.png", "AppIcon-tinted.png");
    assert_int_equal(program.code, 0);
    program_end(&program);
    program = (struct program){.folder = *state, .other = "rm"};
    program_call_with(&program, "-r", "own/android-launcher/res/mipmap-ldpi",
                      "own/android-launcher/manifest.json", "own/ios-appicon/manifest.json");
    assert_int_equal(program.code, 0);
    program_end(&program);
    program.other = NULL;
    assert_program(&program, 0, "own: right: 26 files\n", "", "check", "own", "--for",
                   "ios-appicon,android-launcher");
    assert_int_equal(
        unlink(scratch_path(*state, "own/android-launcher/res/mipmap-hdpi/ic_launcher.png")), 0);
    program_call_with(&program, "check", "own", "--for", "android-launcher");
    assert_int_equal(program.code, 7);
    assert_non_null(strstr(program.out, "mipmap-hdpi/ic_launcher.png: missing: "));
    program_end(&program);
    program_image(*state, "shots/screenshots/iphone-6.9/a.png", 1290, 2796);
    program_image(*state, "shots/screenshots/ipad-13/a.png", 2064, 2752);
    program_image(*state, "shots/node_modules/it/screenshots/ipad-13/b.png", 20, 20);
    assert_program(&program, 0, "shots: right: 2 files\n", "", "check", "shots", "--for",
                   "appstore-screenshots");
    program_image(*state, "shots/screenshots/iphone-6.9/a.png", 1290, 2797);
    program_call_with(&program, "check", "shots", "--for", "appstore-screenshots");
    assert_int_equal(program.code, 7);
    assert_non_null(strstr(program.out,
                           "a.png: size: is 1290x2797 px; must be 2868x1320, 2796x1290, "
                           "2736x1260 or 2732x2048 px ("));
    program_end(&program);
}

/* Xcode takes any name: what Contents.json says of a file decides which output it is. */
static void a_catalogue_names_its_own_files(void **state)
{
    struct program program = {.folder = *state};
    scratch_write(
        *state, "app1/My/Assets.xcassets/AppIcon.appiconset/Contents.json",
        "{ \"images\": [\n"
        "  { \"idiom\": \"universal\", \"platform\": \"ios\", \"size\": \"1024x1024\",\n"
        "    \"filename\": \"Icon.png\" },\n"
        "  { \"idiom\": \"universal\", \"platform\": \"ios\", \"size\": \"1024x1024\",\n"
        "    \"appearances\": [{ \"value\": \"dark\", \"appearance\": \"luminosity\" }] }],\n"
        "  \"info\": { \"author\": \"xcode\", \"version\": 1 } }\n");
    scratch_write(*state, "app1/My/Assets.xcassets/Contents.json",
                  "{ \"info\": { \"author\": \"xcode\", \"version\": 1 } }\n");
    program_image(*state, "app1/My/Assets.xcassets/AppIcon.appiconset/Icon.png", 1024, 1024);
    assert_program(&program, 0, "app1: right: 1 file\n", "", "check", "app1", "--for",
                   "ios-appicon");
    program_image(*state, "app1/My/Assets.xcassets/AppIcon.appiconset/Icon.png", 1000, 1000);
    program_call_with(&program, "check", "app1/My/Assets.xcassets/AppIcon.appiconset", "--for",
                      "ios-appicon");
    assert_int_equal(program.code, 7);
    assert_non_null(strstr(program.out, "/Icon.png: size: is 1000x1000 px; must be 1024x1024 px "
                                        "(ios-appicon/any; "));
    assert_null(strstr(program.out, "missing"));
    program_end(&program);
    /* An image set is called as its folder. */
    scratch_write(*state, "app1/My/Assets.xcassets/Logo.imageset/Contents.json",
                  "{ \"images\": [\n"
                  "  { \"idiom\": \"universal\", \"scale\": \"1x\", \"filename\": \"a.png\" },\n"
                  "  { \"idiom\": \"universal\", \"scale\": \"2x\", \"filename\": \"b.png\" },\n"
                  "  { \"idiom\": \"universal\", \"scale\": \"3x\", \"filename\": \"c.png\" }],\n"
                  "  \"info\": { \"author\": \"xcode\", \"version\": 1 } }\n");
    program_image(*state, "app1/My/Assets.xcassets/Logo.imageset/a.png", 20, 20);
    program_image(*state, "app1/My/Assets.xcassets/Logo.imageset/b.png", 40, 40);
    program_image(*state, "app1/My/Assets.xcassets/Logo.imageset/c.png", 60, 60);
    assert_program(&program, 0, "app1: right: 3 files\n", "", "check", "app1", "--for",
                   "ios-imageset");
    program_image(*state, "app1/My/Assets.xcassets/Logo.imageset/b.png", 60, 60);
    program_call_with(&program, "check", "app1", "--for", "ios-imageset");
    assert_int_equal(program.code, 7);
    assert_non_null(strstr(program.out, "Logo.imageset/b.png: "));
    program_end(&program);
}

static void wrong_uses_are_refused(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 3, "", "picset: nowhere: is not there\n", "check", "nowhere", "--for",
                   "ads");
    assert_program(&program, 3, "other.png: right: 1 file, taken for ads/banner\n",
                   "picset: no/where: is not there\n", "check", "no/where", "other.png", "--for",
                   "ads");
    program_call_with(&program, "check", "--for", "ads");
    assert_int_equal(program.code, 2);
    program_end(&program);
    assert_program(&program, 2, "", "picset: unknown output 'squre'; did you mean 'square'?\n",
                   "check", "app", "--for", "ads/squre");
    program_call_with(&program, "check", "app", "--for", "adds");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.error, "unknown preset 'adds'"));
    program_end(&program);
    program_call_with(&program, "check", "ads", "--generated");
    assert_int_equal(program.code, 2);
    assert_non_null(strstr(program.error, "'--generated' is of files"));
    program_end(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_alone_is_taken_by_name_or_size),
        cmocka_unit_test(the_output_folder_is_found),
        cmocka_unit_test(what_is_asked_narrows_it),
        cmocka_unit_test(an_emitted_file_alone),
        cmocka_unit_test(a_manifest_tells_what_is_generated),
        cmocka_unit_test(documents_for_machines),
        cmocka_unit_test(patterns_and_names),
        cmocka_unit_test(what_platforms_take_is_right),
        cmocka_unit_test(a_catalogue_names_its_own_files),
        cmocka_unit_test(wrong_uses_are_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
