/* SPDX-License-Identifier: MIT
 * Every mistake that a command line can hold: its exit code and its words. */
#include <string.h>
#include <unistd.h>

#include "program.h"
#include "scratch.h"

struct mistake {
    const char *arguments[8];
    int code;
    const char *error;
};

static const struct mistake mistakes[] = {
    {{"rendr"}, 2, "picset: unknown command 'rendr'; did you mean 'render'?\ntry 'picset help'\n"},
    {{"xyzzy"},
     2,
     "picset: unknown command 'xyzzy'; known are render, generate, build, plan, report, presets, "
     "stages, check, compare, bench, jobs, sandbox, completion, man, help\ntry 'picset help'\n"},
    {{"--jobs", "many", "render"},
     2,
     "picset: '--jobs' is \"many\" (a text), must be a whole number 0..1024\n"
     "try 'picset help'\n"},
    {{"plan", "a.png", "--cpu=avx2"},
     2,
     "picset: '--cpu' is 'avx2', must be one of auto, c\ntry 'picset help plan'\n"},
    {{"--jbos", "3", "render"},
     2,
     "picset: unknown option '--jbos' of 'picset'; did you mean '--jobs'?\ntry 'picset help'\n"},
    {{"--preset", "web", "render"},
     2,
     "picset: '--preset' belongs after the command: picset render ...\ntry 'picset help'\n"},
    {{"render", "a.png", "--presets", "web"},
     2,
     "picset: unknown option '--presets' of 'picset render'; did you mean '--preset'?\n"
     "try 'picset help render'\n"},
    {{"render", "a.png", "-x"},
     2,
     "picset: unknown option '-x' of 'picset render'\ntry 'picset help render'\n"},
    {{"render", "a.png"},
     2,
     "picset: no preset given; add for instance --preset web ('picset presets' lists them)\n"},
    {{"render", "-p", "web"},
     2,
     "picset: no image given: name files, patterns in quotes, '-', or folders with -r\n"
     "try 'picset help render'\n"},
    {{"plan", "-p", "web"},
     2,
     "picset: no image given: name files, patterns in quotes, '-', or folders with -r\n"
     "try 'picset help plan'\n"},
    {{"render", "a.png", "-p", "wbe"}, 2, "picset: unknown preset 'wbe'; did you mean 'web'?\n"},
    {{"render", "none.png", "-p", "web"}, 3, "picset: no such file or folder 'none.png'\n"},
    {{"render", "no*.png", "-p", "web"}, 3, "picset: no file matches 'no*.png'\n"},
    {{"render", "folder", "-p", "web"},
     2,
     "picset: 'folder' is a folder; add -r to take the images in it\n"},
    {{"render", "folder", "-rp", "web"},
     3,
     "picset: no image in folder 'folder'; other files were left out\n"},
    {{"render", "a.png", "-p", "web", "-o", "-"},
     2,
     "picset: '--out -' is no folder; a set is several files and cannot go to standard output\n"},
    {{"render", "a.png", "-p", "web", "-o", "${preset}/${nme}"},
     2,
     "picset: '--out ${preset}/${nme}' holds another '${…}' than ${preset}: only that is known of "
     "a folder\n"},
    {{"render", "a.png", "-p", "web", "--set", "web.wdths=400"},
     2,
     "picset: --set: web.wdths=400: unknown parameter 'wdths' of preset 'web'; did you mean "
     "'widths'?\n"},
    {{"render", "a.png", "-p", "web", "--set", "wbe.widths=400"},
     2,
     "picset: --set: preset 'wbe' is not among those asked for; did you mean "
     "'web'?\n"},
    {{"render", "a.png", "-p", "web,sizes", "--set", "widths=400"},
     2,
     "picset: --set: 'widths' does not say of which preset: PRESET.PARAM=VALUE\n"},
    {{"render", "a.png", "-p", "web", "--limit", "sides=4"},
     2,
     "picset: unknown limit 'sides'; did you mean 'side'?\n"},
    {{"render", "a.png", "-p", "web", "--limit", "side"},
     2,
     "picset: '--limit side' has no value: --limit NAME=VALUE\n"},
    {{"render", "a.png", "-p", "web", "--limit", "side=0"},
     2,
     "picset: --limit: 'side' is 0, outside 1..65500 px\n"},
    {{"render", "a.png", "-p", "web", "--focus", "0.5"},
     2,
     "picset: '--focus 0.5' is no point: two fractions 0..1 or percentages, like 0.5,0.3 or "
     "50%,30%\n"},
    {{"render", "a.png", "-p", "web", "--focus", "0.5,1.5"},
     2,
     "picset: '--focus 0.5,1.5' is no point: two fractions 0..1 or percentages, like 0.5,0.3 or "
     "50%,30%\n"},
    {{"render", "a.png", "b.png", "-p", "web", "--alt"},
     2,
     "picset: '--alt' needs a value: --alt TEXT\ntry 'picset help render'\n"},
    {{"render", "a.png", "b.png", "-p", "web", "--alt=x"},
     2,
     "picset: '--alt' is for one image, but there are 2\n"},
    {{"render", "a.png", "b.png", "-p", "web", "--name=x"},
     2,
     "picset: '--name' is for one image, but there are 2\n"},
    {{"render", "a.png", "-p", "web", "--input", "dark"},
     2,
     "picset: '--input dark' names no file: --input NAME=FILE\n"},
    {{"render", "a.png", "-p", "web", "--input", "dark=b.png"},
     2,
     "picset: '--input dark=b.png' is of no use: no preset asked for has further inputs\n"},
    {{"render", "a.png", "-p", "./icon.json", "--input", "drak=b.png"},
     2,
     "picset: unknown input 'drak'; did you mean 'dark'?\n"},
    {{"render", "a.png", "-p", "./icon.json", "--input", "dark=none.png"},
     3,
     "picset: no such file 'none.png' for input 'dark'\n"},
    {{"render", "a.png", "-p", "web", "--preset-folder", "none"},
     3,
     "picset: no such folder of presets 'none'\n"},
    {{"render", "a.png", "-p", "web", "--overwrite", "allways"},
     2,
     "picset: '--overwrite' is 'allways', must be one of never, changed, always; did "
     "you mean 'always'?\ntry 'picset help render'\n"},
    {{"render", "--files-from", "none", "-p", "web"},
     3,
     "picset: could not open the list of files 'none': No such file or directory\n"},
    {{"stages", "resise"},
     2,
     "picset: unknown stage or emitter 'resise'; did you mean 'resize'?\n"},
    {{"stages", "resize", "crop", "--json"},
     2,
     "picset: --json explains one stage at a time, got 2\n"},
    {{"presets", "wbe"}, 2, "picset: unknown preset 'wbe'; did you mean 'web'?\n"},
    {{"check", "none.json"},
     3,
     "picset: none.json: cannot read the preset: No such file or directory\n"},
    {{"check", "./icon.json", "bad.json"},
     2,
     "picset: bad.json: /outputs/0/stages/0/resize/widht: unknown option 'widht' of 'resize'; did "
     "you "
     "mean 'width'?\n"},
    {{"completion", "tcsh"},
     2,
     "picset: no completion for 'tcsh': one of bash, zsh, fish\ntry 'picset help completion'\n"},
    {{"completion"},
     2,
     "picset: no shell given: bash, zsh or fish\ntry 'picset help completion'\n"},
    {{"man", "render"}, 2, "picset: 'picset man' takes no 'render'\ntry 'picset help man'\n"},
    {{"help", "rendr"}, 2, "picset: unknown command 'rendr'; did you mean 'render'?\n"},
    {{"help", "render", "plan"}, 2, "picset: help explains one command at a time, got 2\n"},
};

static const char icon[] =
    "{\"version\":1,\"name\":\"icon\",\"inputs\":{\"dark\":\"for the night\"},\"outputs\":["
    "{\"stages\":[{\"encode\":{\"format\":\"png\"}}],\"path\":\"${name}.png\"}]}";
static const char bad[] =
    "{\"version\":1,\"name\":\"bad\",\"outputs\":["
    "{\"stages\":[{\"resize\":{\"widht\":3}},{\"encode\":{\"format\":\"png\"}}],"
    "\"path\":\"${name}.png\"}]}";

static int make_folder(void **state)
{
    char *folder = scratch_make();
    program_image(folder, "a.png", 20, 10);
    program_image(folder, "b.png", 20, 10);
    scratch_write(folder, "folder/notes.txt", "");
    scratch_write(folder, "icon.json", icon);
    scratch_write(folder, "bad.json", bad);
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void every_mistake(void **state)
{
    int wrong = 0;
    for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
        struct program program = {.folder = *state};
        program_call(&program, mistakes[i].arguments);
        if (strcmp(program.error, mistakes[i].error) != 0 || program.code != mistakes[i].code) {
            print_error("picset %s %s …\n is:     %d %s wanted: %d %s", mistakes[i].arguments[0],
                        mistakes[i].arguments[1] ? mistakes[i].arguments[1] : "", program.code,
                        program.error, mistakes[i].code, mistakes[i].error);
            wrong++;
        }
        program_end(&program);
    }
    assert_int_equal(wrong, 0);
}

static void nothing_given(void **state)
{
    struct program program = {.folder = *state};
    program_call(&program, (const char *const[]){NULL});
    assert_int_equal(program.code, 2);
    assert_string_equal(program.out, "");
    assert_int_equal(strncmp(program.error, "picset: no command given\n  picset render", 40), 0);
    program_end(&program);
}

/* A machine that asked for JSON gets the failure as JSON, too. */
static void mistakes_as_json(void **state)
{
    struct program program = {.folder = *state};
    assert_program(&program, 2,
                   "{\n"
                   "  \"schema\": \"picset/error/1\",\n"
                   "  \"error\": {\n"
                   "    \"status\": \"usage\",\n"
                   "    \"message\": \"unknown preset 'wbe'; did you mean 'web'?\"\n"
                   "  }\n"
                   "}\n",
                   "picset: unknown preset 'wbe'; did you mean 'web'?\n", "render", "a.png", "-p",
                   "wbe", "--json");
    assert_program(&program, 2,
                   "{\n"
                   "  \"schema\": \"picset/error/1\",\n"
                   "  \"error\": {\n"
                   "    \"status\": \"usage\",\n"
                   "    \"message\": \"unknown option '-x' of 'picset render'\"\n"
                   "  }\n"
                   "}\n",
                   "picset: unknown option '-x' of 'picset render'\ntry 'picset help render'\n",
                   "render", "-x", "--json");
}

static void environment(void **state)
{
    struct program program = {.folder = *state, .variable = "PICSET_JOBS=lots"};
    assert_program(&program, 2, "",
                   "picset: environment variable PICSET_JOBS: 'jobs' is \"lots\" (a text), must be "
                   "a whole number 0..1024\n",
                   "presets");
    program = (struct program){.folder = *state, .variable = "PICSET_CPU=neon"};
    assert_program(
        &program, 2, "",
        "picset: environment variable PICSET_CPU: 'cpu' is 'neon', must be one of auto, c\n",
        "presets");
    program = (struct program){.folder = *state, .variable = "PICSET_PRESET_FOLDER=none"};
    assert_program(&program, 3, "", "picset: no such folder of presets 'none'\n", "presets");
    /* A flag beats it. */
    program_call_with(&program, "presets", "--preset-folder", "folder", "-q");
    assert_int_equal(program.code, 0);
    program_end(&program);
}

/* A reader that cannot be written to is told of by exit code and words. */
static void full_disk(void **state)
{
    struct program program = {.folder = *state, .out_to = "/dev/full"};
    if (access(program.out_to, W_OK) != 0) {
        skip();
    }
    assert_program(&program, 1, "",
                   "picset: could not write to standard output: No space left on device\n",
                   "stages");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_mistake),    cmocka_unit_test(nothing_given),
        cmocka_unit_test(mistakes_as_json), cmocka_unit_test(environment),
        cmocka_unit_test(full_disk),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
