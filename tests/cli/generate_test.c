/* SPDX-License-Identifier: MIT
 * `picset generate`, `build`, `jobs` and `check` of projects as a user runs them, against the
 * built-in sandbox: what is said, what is made, what is made again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "generating.h"
#include "memory.h"
#include "sandbox.h"
#include "scratch.h"

/* ---- One prompt ----------------------------------------------------------------------------- */

static void a_prompt_becomes_a_set(void **state)
{
    const char *folder = *state;
    const char *const *arguments =
        ARGUMENTS("generate", "--size", "1K", "--prompt", "A red Lamp!", "-p", "tiny", "-o", "out");
    expect(folder, 0, arguments,
           ARGUMENTS("no key: the built-in sandbox draws the images; with KIE_API_KEY or "
                     "GEMINI_API_KEY in the environment",
                     "a-red-lamp: generated, 1024x1024 ", "a-red-lamp: 2 files", "1 generated"));
    assert_there(folder, "out/a-red-lamp-40.png", true);
    assert_there(folder, "out/a-red-lamp-20.png", true);
    expect(folder, 0, arguments,
           ARGUMENTS("a-red-lamp: there already, 1024x1024", "a-red-lamp: unchanged",
                     "1 there already"));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS("done     a-red-lamp", "1 job, 1 done; $"));
    expect(folder, 0, ARGUMENTS("jobs", "show", "1"),
           ARGUMENTS("prompt    A red Lamp!\n", "provider  sandbox\n", "size      1K\n"));
    expect(folder, 5, ARGUMENTS("jobs", "retry", "1"),
           ARGUMENTS("picset: job 1 is done; 'picset jobs forget 1' makes"));
    expect(folder, 0, ARGUMENTS("jobs", "forget", "1"), ARGUMENTS("job 1 ('a-red-lamp') is"));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS("0 jobs; $0.00\n"));
    expect(folder, 3, ARGUMENTS("jobs", "show", "1"), ARGUMENTS("1"));
}

/* What a prompt is called: never two of them the same without a word. */
static void names_tell_prompts_apart(void **state)
{
    const char *folder = *state;
    static const char first[] = "A lighthouse at dusk, seen from a small boat, in red";
    static const char second[] = "A lighthouse at dusk, seen from a small boat, in blue";
#define PROMPT(...) ARGUMENTS("generate", "--size", "1K", "-p", "tiny", "-o", "out", __VA_ARGS__)
    expect(folder, 0, PROMPT("-n", "--prompt", "Grüße, _Ünïcode_ 東京"),
           ARGUMENTS("grusse-unicode  "));
    expect(folder, 0, PROMPT("-n", "--prompt", "東京", "--prompt", "大阪"),
           ARGUMENTS("image-ad25cc0d  ", "image-225cb45c  "));
    expect(folder, 0, PROMPT("-n", "--prompt", first, "--prompt", second),
           ARGUMENTS("a-lighthouse-at-dusk-seen-from-03820125  ", "-21f6f14d  ",
                     "2 images from prompts"));
    expect(folder, 0, PROMPT("--prompt", "Dawn, a boat"), ARGUMENTS("dawn-a-boat: generated"));
    expect(folder, 5, PROMPT("--prompt", "dawn: a boat"),
           ARGUMENTS("picset: dawn-a-boat: another prompt's set in 'out' has this name already; "
                     "give --name, or another folder\n"));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS("1 job, 1 done; $")); /* nothing was asked */
    expect(folder, 0, PROMPT("--prompt", "Dawn, a boat"), ARGUMENTS("dawn-a-boat: unchanged"));
    expect(folder, 0, PROMPT("--prompt", "dawn: a boat", "--name", "boat"),
           ARGUMENTS("boat: generated"));
    /* Who gives the name means it. */
    expect(folder, 0, PROMPT("--prompt", "dusk: a boat", "--name", "boat"),
           ARGUMENTS("boat: generated"));
#undef PROMPT
}

static void aspect_and_size_are_chosen(void **state)
{
    const char *folder = *state;
    scratch_write(folder, "presets/wide.json",
                  "{\"version\": 1, \"name\": \"wide\", \"outputs\": [{\"stages\": [{\"resize\": "
                  "{\"size\": \"1200x630\", \"fit\": \"cover\"}}, {\"encode\": {\"format\": "
                  "\"jpeg\"}}], \"path\": \"${name}.jpg\"}]}");
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "kie", "--model", "nano-banana-2", "--prompt", "x",
                     "-p", "wide", "-n"),
           ARGUMENTS("x  kie nano-banana-2  16:9 1K  1376x768  $0.04\n",
                     "1 image from prompts; 1 to ask for, $0.04\n"));
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "gemini", "--prompt", "x", "-p", "wide", "--size",
                     "1K", "--aspect", "1:1", "-n"),
           ARGUMENTS(" too small: 0 of 1 renditions get their size; the largest other would be "
                     "1200x630\n",
                     "1 too small for its presets\n"));
    assert_there(folder, ".picset/journal.db", false);
}

static void mistakes_are_told_before_anything_is_sent(void **state)
{
    const char *folder = *state;
    expect(folder, 2, ARGUMENTS("generate", "-p", "tiny"), ARGUMENTS("no prompt given"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", "x"), ARGUMENTS("no preset given"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--provider", "gemni"),
           ARGUMENTS("did you mean 'gemini'?"));
    expect(folder, 2,
           ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--provider", "kie", "--model",
                     "nano-banana-3"),
           ARGUMENTS("model 'nano-banana-3' is not known to kie"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--aspect", "16:8"),
           ARGUMENTS("picset: generate: prompt 1: 'aspect' is '16:8'"));
    expect(folder, 2, ARGUMENTS("generate", "a lamp", "-p", "tiny"),
           ARGUMENTS("takes no 'a lamp'; a prompt is given as --prompt TEXT"));
    expect(folder, 2,
           ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--provider", "kie", "--base-url",
                     "http://example.org"),
           ARGUMENTS("'base-url' is 'http://example.org', and must begin with https://: plain"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--seed", "1"),
           ARGUMENTS("'seed' cannot be asked of nano-banana-2-1, nor of another model of sandbox"));
    expect(folder, 0, ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--size", "2k", "-n"),
           ARGUMENTS(" 2K  2048x2048"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", " ", "-p", "tiny"),
           ARGUMENTS("the prompt is empty"));
    expect(folder, 3,
           ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--reference", "none.png"),
           ARGUMENTS("no such file 'none.png' for '--reference'"));
    expect(folder, 2, ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--state", "none"),
           ARGUMENTS("leaves no place for the journal"));
    expect(folder, 2,
           ARGUMENTS("generate", "--prompt", "x", "-p", "tiny", "--listen", "127.0.0.1:0"),
           ARGUMENTS("'--listen' needs '--callback-url'"));
    assert_there(folder, "picset-out", false);
}

/* Whoever names a service does not want pictures of another. */
static void a_service_that_is_named_needs_its_key(void **state)
{
    const char *folder = *state;
    static const char why[] =
        "picset: no key for kie: looked for KIE_API_KEY in the environment and for --key-file; "
        "'--base-url sandbox' has the built-in sandbox draw in its place, at no cost; what has not "
        "been sent waits for the next start\n";
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"provider\": {\"name\": \"kie\"}, \"defaults\": {\"presets\": "
                  "[\"tiny\"], \"size\": \"1K\"}, \"images\": [{\"id\": \"one\", \"prompt\": "
                  "\"one\"}, {\"id\": \"two\", \"prompt\": \"two\"}]}");
    expect(folder, 8,
           ARGUMENTS("generate", "--provider", "kie", "--prompt", "x", "-p", "tiny", "-o", "out"),
           ARGUMENTS(why, "1 waiting for the next start"));
    expect(folder, 8, ARGUMENTS("build"), ARGUMENTS(why, "not made: one, two\n"));
    assert_there(folder, "one-40.png", false);
    expect(folder, 0, ARGUMENTS("plan"), ARGUMENTS("one  kie ", "2 to ask for"));
    expect(folder, 0, ARGUMENTS("build", "--base-url", "sandbox"), ARGUMENTS("2 generated"));
    assert_there(folder, "one-40.png", true);
    struct program program = {.folder = folder, .variable = "KIE_API_KEY=a-key-of-the-test"};
    program_call_with(&program, "build", "--base-url", "sandbox");
    assert_int_equal(program.code, 0);
    assert_has(program.error, "2 there already");
    program_end(&program);
}

static void bounds_stop_before_they_are_passed(void **state)
{
    const char *folder = *state;
    expect(folder, 6,
           ARGUMENTS("generate", "--provider", "sandbox", "--size", "1K", "--prompt", "one",
                     "--prompt", "two", "--max-images", "1", "-p", "tiny", "-o", "out"),
           ARGUMENTS("1 generated", "1 waiting for the next start"));
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "sandbox", "--size", "1K", "--prompt", "one",
                     "--prompt", "two", "-p", "tiny", "-o", "out"),
           ARGUMENTS("1 generated, 1 there already"));
    assert_there(folder, "out/one-40.png", true);
    assert_there(folder, "out/two-40.png", true);
}

/* ---- Projects ------------------------------------------------------------------------------- */

static const char project[] =
    "{ \"version\": 1, \"provider\": { \"name\": \"gemini\", \"base-url\": \"sandbox\" },\n"
    "  \"out\": \"site/\",\n"
    "  \"defaults\": { \"presets\": [\"tiny\"], \"size\": \"1K\" },\n"
    "  \"images\": [\n"
    "    { \"matrix\": { \"row\": { \"file\": \"texts.csv\" } }, \"id\": \"${row.id}\",\n"
    "      \"prompt\": \"${row.text}\", \"out\": \"site/${row.lang}/\" },\n"
    "    { \"id\": \"child\", \"prompt\": \"the same\", \"references\": [\"id:lamp-en\"],\n"
    "      \"inputs\": { \"dark\": { \"prompt\": \"by night\", \"size\": \"1K\" } } },\n"
    "    { \"source\": \"photos/*.png\", \"about\": { \"a.png\": { \"alt\": \"A\" } } }] }\n";

static void write_project(const char *folder)
{
    scratch_write(folder, "picset.json", project);
    scratch_write(folder, "texts.csv", "id,lang,text\nlamp-en,en,a lamp\nlamp-de,de,eine Lampe\n");
    program_image(folder, "photos/a.png", 60, 40);
    program_image(folder, "photos/b.png", 60, 40);
}

static void a_project_is_built(void **state)
{
    const char *folder = *state;
    write_project(folder);
    expect(folder, 0, ARGUMENTS("check", "picset.json"),
           ARGUMENTS("picset.json: right: 2 images of files, 4 from prompts\n"));
    expect(folder, 0, ARGUMENTS("plan"),
           ARGUMENTS("lamp-de  sandbox as gemini", "1 reference", "4 images from prompts; 4 to",
                     "tiny  photos/a.png  60x40", "tiny  child  1024x1024"));
    expect(folder, 0, ARGUMENTS("build"),
           ARGUMENTS("5 images: 5 made", "4 generated", "lamp-en: 2 files", "child: 3 files"));
    static const char *const files[] = {"site/en/lamp-en-40.png", "site/de/lamp-de-20.png",
                                        "site/child-40.png",      "site/child-night.png",
                                        "site/a-40.png",          "site/b-20.png"};
    for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
        assert_there(folder, files[i], true);
    }
    expect(folder, 0, ARGUMENTS("build"), ARGUMENTS("5 images: 5 unchanged", "4 there already"));
    expect(folder, 0, ARGUMENTS("plan"),
           ARGUMENTS("there already", "4 images from prompts, 4 there already\n"));

    scratch_write(folder, "texts.csv", "id,lang,text\nlamp-en,en,a lamp\nlamp-de,de,die Lampe\n");
    expect(folder, 0, ARGUMENTS("plan", "lamp-de"),
           ARGUMENTS("(asked for otherwise before: a new job)", "1 to ask for"));
    expect(folder, 0, ARGUMENTS("build"),
           ARGUMENTS("1 made, 4 unchanged", "1 generated, 3 there already"));
}

static void images_are_built_by_id(void **state)
{
    const char *folder = *state;
    write_project(folder);
    expect(folder, 2, ARGUMENTS("build", "lamp-fr"),
           ARGUMENTS("picset: picset.json: unknown id 'lamp-fr'; did you mean 'lamp-"));
    expect(folder, 0, ARGUMENTS("build", "photos/*"), ARGUMENTS("2 images: 2 made"));
    assert_there(folder, ".picset/journal.db", false);
    expect(folder, 0, ARGUMENTS("build", "child"), ARGUMENTS("1 image: 1 made", "3 generated"));
    assert_there(folder, "site/child-40.png", true);
    assert_there(folder, "site/en/lamp-en-40.png", false);
}

static void a_project_in_another_folder(void **state)
{
    const char *folder = *state;
    scratch_write(folder, "sub/presets/tiny.json", generating_tiny);
    scratch_write(folder, "sub/picset.json",
                  "{\"version\": 1, \"images\": [{\"source\": \"a.png\", \"presets\": "
                  "[\"tiny\"]}]}");
    program_image(folder, "sub/a.png", 60, 40);
    expect(folder, 0, ARGUMENTS("build", "--project", "sub/picset.json"),
           ARGUMENTS("1 image: 1 made"));
    assert_there(folder, "sub/a-40.png", true);
    expect(folder, 0, ARGUMENTS("build", "--project", "sub/picset.json"),
           ARGUMENTS("1 image: 1 unchanged"));
    expect(folder, 3, ARGUMENTS("build"),
           ARGUMENTS("picset: picset.json: no such file; 'picset help build' shows what a"));
}

static void mistakes_of_projects_have_a_place(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        {"{\"source\": \"a.png\", \"presets\": [\"tiny\", \"tinny\"]}",
         "picset: picset.json: /images/0/presets/1: unknown preset 'tinny'; did you mean 'tiny'?"},
        {"{\"source\": \"a.png\", \"presets\": [\"tiny\", \"tiny\"]}",
         "picset: picset.json: /images/0/presets/1: preset 'tiny' is asked for twice"},
        {"{\"source\": \"a.png\", \"presets\": [{\"preset\": \"tiny\", \"set\": {\"width\": 1}}]}",
         "picset.json: /images/0/presets/0: /set/width: unknown parameter 'width'"},
        {"{\"source\": \"a.png\", \"presets\": [\"tiny\"], \"inputs\": {\"drak\": \"a.png\"}}",
         "picset: picset.json: /images/0/inputs: unknown input 'drak'; did you mean 'dark'?"},
        {"{\"id\": \"a\", \"prompt\": \"x ${width}\", \"presets\": [\"tiny\"]}",
         "picset.json: /images/0/prompt: 'width' is known only when an image is planned"},
        {"{\"source\": \"a.png\", \"presets\": [\"tiny\"], \"out\": \"-\"}",
         "picset: picset.json: /images/0: 'out -' is no folder"},
        {"{\"id\": \"a\", \"prompt\": \"x\", \"presets\": [\"tiny\"], \"seed\": 7, \"size\": "
         "\"3K\"}",
         "picset: picset.json: /images/0: 'size' is '3K'"},
        {"{\"id\": \"a\", \"prompt\": \"x\", \"presets\": [\"tiny\"]},"
         "{\"source\": \"a.png\", \"presets\": [\"tiny\"]}",
         "picset: picset.json: /images/1: 'a' and 'a.png' would both make the files 'a…' of 'tiny' "
         "in '.'"},
    };
    const char *folder = *state;
    program_image(folder, "a.png", 60, 40);
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buffer text = {0};
        buffer_format(&text, "{\"version\": 1, \"images\": [%s]}", cases[i].text);
        scratch_write(folder, "picset.json", buffer_string(&text));
        buffer_free(&text);
        expect(folder, 2, ARGUMENTS("check", "picset.json"), ARGUMENTS(cases[i].message));
        expect(folder, 2, ARGUMENTS("build"), ARGUMENTS(cases[i].message));
    }
    assert_there(folder, "a-40.png", false);
}

/* ---- A service that misbehaves -------------------------------------------------------------- */

static void nobody_answers(void **state)
{
    const char *folder = *state;
    expect(folder, 8,
           ARGUMENTS("generate", "--provider", "gemini", "--base-url", "http://127.0.0.1:1",
                     "--prompt", "one", "--prompt", "two", "--size", "1K", "-p", "tiny"),
           ARGUMENTS("Failed to connect to 127.0.0.1 port 1", "; trying again in ",
                     "picset: the service cannot be reached: Failed to connect to 127.0.0.1",
                     "; what has not been sent waits for the next start\n", "not made: one, two\n",
                     "2 waiting for the next start"));
    expect(folder, 0, ARGUMENTS("jobs"), ARGUMENTS("2 jobs, 2 pending; $0.00\n"));
}

static void a_refused_prompt_harms_no_other(void **state)
{
    const char *folder = *state;
    static const char *const faults[] = {"refused", NULL};
    const struct sandbox_settings settings = {.faults = faults};
    struct sandbox *sandbox = NULL;
    struct error error = {0};
    (void)state;
    assert_int_equal(sandbox_start(&settings, &sandbox, &error), STATUS_OK);
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"defaults\": {\"presets\": [\"tiny\"], \"size\": \"1K\"},"
                  "\"images\": [{\"id\": \"one\", \"prompt\": \"one\"},"
                  "{\"id\": \"two\", \"prompt\": \"two\"}]}");
    const char *const *arguments =
        ARGUMENTS("build", "--provider", "gemini", "--base-url", sandbox_url(sandbox),
                  "--concurrency", "1", "--log", "log.jsonl");
    struct program program = {.folder = folder, .variable = "GEMINI_API_KEY=a-key-of-the-test"};
    program_call(&program, arguments);
    print_message("%s", program.error);
    assert_int_equal(program.code, 6);
    assert_has(program.error, "2 images: 1 made, 1 failed");
    assert_has(program.error, "1 generated, 1 refused");
    assert_null(strstr(program.error, "a-key-of-the-test"));
    program_end(&program);
    char *log = scratch_read(folder, "log.jsonl");
    assert_non_null(log);
    assert_has(log, "\"event\":\"done\"");
    assert_null(strstr(log, "a-key-of-the-test"));
    memory_free(log);
    expect(folder, 0, ARGUMENTS("jobs", "--json"), ARGUMENTS("\"state\": \"refused\""));
    sandbox_stop(sandbox);
}

int main(void)
{
    (void)setenv("PICSET_PACE", "0.5", 1);
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test_)                                                                           \
    cmocka_unit_test_setup_teardown(test_, generating_folder, generating_remove)
        IN_FOLDER(a_prompt_becomes_a_set),
        IN_FOLDER(names_tell_prompts_apart),
        IN_FOLDER(aspect_and_size_are_chosen),
        IN_FOLDER(mistakes_are_told_before_anything_is_sent),
        IN_FOLDER(a_service_that_is_named_needs_its_key),
        IN_FOLDER(bounds_stop_before_they_are_passed),
        IN_FOLDER(a_project_is_built),
        IN_FOLDER(images_are_built_by_id),
        IN_FOLDER(a_project_in_another_folder),
        IN_FOLDER(mistakes_of_projects_have_a_place),
        IN_FOLDER(nobody_answers),
        IN_FOLDER(a_refused_prompt_harms_no_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
