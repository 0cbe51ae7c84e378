/* SPDX-License-Identifier: MIT
 * The project files of tests/projects from their first check to a build that has nothing to do,
 * with the built-in sandbox: photographs with a table, prompts in languages, an app's icons. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generating.h"
#include "memory.h"
#include "scratch.h"

static int project_folder(void **state)
{
    const int bad = generating_folder(state);
    struct program copy = {.other = "sh"};
    assert_program(&copy, 0, "", "", "-c", "cp -R \"$0\"/tests/projects/. \"$1\"",
                   PICSET_SOURCE_DIR, *state);
    return bad;
}

/* Right, planned, made, and made no more. */
static void build_it(const char *folder, const char *project, const char *const *checked,
                     const char *const *planned, const char *const *built, const char *const *again)
{
    expect(folder, 0, ARGUMENTS("check", project), checked);
    expect(folder, 0, ARGUMENTS("plan", "--base-url", "sandbox", "--project", project), planned);
    expect(folder, 0, ARGUMENTS("build", "--base-url", "sandbox", "--project", project), built);
    expect(folder, 0, ARGUMENTS("build", "--base-url", "sandbox", "--project", project), again);
}

static void photographs(void **state)
{
    const char *folder = *state;
    program_image(folder, "pictures/harbour.jpg", 240, 160);
    program_image(folder, "pictures/winter/pier.jpg", 160, 240);
    program_image(folder, "logo.png", 60, 60);
    build_it(folder, "photos.picset.json", ARGUMENTS("right: 3 images of files, 0 from prompts\n"),
             ARGUMENTS("web,art-direction  pictures/harbour.jpg  240x160",
                       "pictures/winter/pier.jpg", "lqip  logo.png"),
             ARGUMENTS("3 images: 3 made"), ARGUMENTS("3 images: 3 unchanged"));
    assert_there(folder, "site/img/harbour-160w.webp", true);
    assert_there(folder, "site/img/winter/pier-80w.jpg", true);
    char *page = scratch_read(folder, "site/img/winter/pier.web.html");
    assert_non_null(page);
    assert_has(page, "alt=\"Ice on the pier, and nobody\"");
    memory_free(page);
    scratch_write(folder, "pictures.csv", "file,focus,alt\nharbor.jpg,,x\n");
    expect(folder, 2, ARGUMENTS("check", "photos.picset.json"), ARGUMENTS("'harbor.jpg'"));
}

static void stories_in_languages(void **state)
{
    const char *folder = *state;
    build_it(
        folder, "stories.picset.json", ARGUMENTS("right: 0 images of files, 5 from prompts\n"),
        ARGUMENTS("ferry-nl  sandbox as kie nano-banana-2-1  16:9 1K  1376x768  $0.02\n",
                  "cover  sandbox as kie nano-banana-2-1  16:9 1K  1376x768  2 references  $0.02",
                  "5 images from prompts; 5 to ask for, $0.10\n"),
        ARGUMENTS("5 images: 5 made", "5 generated; $0.10 of the sandbox's money"),
        ARGUMENTS("5 images: 5 unchanged", "5 there already"));
    expect(folder, 0, ARGUMENTS("jobs", "show", "2"),
           ARGUMENTS("with the word VERTREK\n", "cost      $0.02\n"));
    char *head = scratch_read(folder, "site/en/img/bakery-en.head.html");
    assert_non_null(head);
    assert_has(head, "https://example.org/en/img/bakery-en");
    assert_has(head, "before sunrise, ${not.a.variable}"); /* values are put in once */
    memory_free(head);
    assert_there(folder, "site/cover-96x96.webp", true);
}

static void signs_of_a_matrix(void **state)
{
    const char *folder = *state;
    build_it(folder, "signs.picset.json", ARGUMENTS("right: 0 images of files, 4 from prompts\n"),
             ARGUMENTS("closed-pt  sandbox as gemini", "4 to ask for, $0.1344\n"),
             ARGUMENTS("4 images: 4 made", "4 generated"), ARGUMENTS("4 images: 4 unchanged"));
    assert_there(folder, "site/web/closed-pt-200w.webp", true);
    expect(folder, 0, ARGUMENTS("jobs", "--json"),
           ARGUMENTS("a sign that says 'back at nine' in Portuguese"));
}

static void icons_of_an_app(void **state)
{
    const char *folder = *state;
    program_image(folder, "art/icon.png", 256, 256);
    program_image(folder, "art/icon-dark.png", 256, 256);
    program_image(folder, "art/marks/buoy.png", 192, 96);
    program_image(folder, "art/marks/anchor.png", 96, 96);
    program_image(folder, "art/marks/night/buoy.png", 192, 96);
    scratch_write(folder, "art/icon.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    build_it(folder, "app.picset.json", ARGUMENTS("right: 3 images of files, 0 from prompts\n"),
             ARGUMENTS("android-drawable  art/marks/buoy.png", "no input 'night' is given"),
             ARGUMENTS("3 images: 3 made"), ARGUMENTS("3 images: 3 unchanged"));
    assert_there(folder, "android/main/res/drawable-night-xxhdpi/buoy.webp", true);
    assert_there(folder, "android/main/res/drawable-night-xxhdpi/anchor.webp", false);
    assert_there(folder, "public/manifest.webmanifest", true);
    /* 'vector' is for presets that this image does not get; 'vektor' is for none. */
    char *text = scratch_read(folder, "app.picset.json");
    memcpy(strstr(text, "\"vector\""), "\"vektor\"", 8);
    scratch_write(folder, "app.picset.json", text);
    memory_free(text);
    expect(folder, 2, ARGUMENTS("check", "app.picset.json"),
           ARGUMENTS("app.picset.json: /images/0/inputs: unknown input 'vektor'"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test_) cmocka_unit_test_setup_teardown(test_, project_folder, generating_remove)
        IN_FOLDER(photographs),
        IN_FOLDER(stories_in_languages),
        IN_FOLDER(signs_of_a_matrix),
        IN_FOLDER(icons_of_an_app),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
