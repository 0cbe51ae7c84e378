/* SPDX-License-Identifier: MIT
 * The command line by tables: every way to spell a flag, and every mistake. */
#include <string.h>

#include "arguments.h"
#include "support.h"

struct fields {
    int jobs;
    bool deep, color;
    const char *out;
    struct texts set;
    struct bytes memory;
    int when;
};

static const char *const when_names[] = {"never", "changed", NULL};

static const struct option first[] = {
    {.name = "jobs",
     OPT_INT(struct fields, jobs),
     .def = "0",
     .max = 64,
     .short_name = 'j',
     .value_name = "N",
     .help = "threads"},
    {.name = "deep",
     OPT_BOOL(struct fields, deep),
     .def = "false",
     .short_name = 'r',
     .help = "folders"},
    {.name = "color", OPT_BOOL(struct fields, color), .def = "true", .help = "colours"},
    {.name = NULL}};

static const struct option second[] = {
    {.name = "out",
     OPT_TEXT(struct fields, out),
     .def = "out",
     .short_name = 'o',
     .value_name = "DIR",
     .help = "folder"},
    {.name = "set", OPT_TEXTS(struct fields, set), .value_name = "A=B", .help = "change"},
    {.name = "memory", OPT_BYTES(struct fields, memory), .def = "0", .help = "bytes"},
    {.name = "when",
     OPT_ENUM(struct fields, when),
     .def = "changed",
     .names = when_names,
     .help = "when"},
    {.name = NULL}};

static const struct option_set sets[] = {{"First", first}, {"Second", second}, {NULL, NULL}};

/* Everything that came of "a b c" as one text, or the error. */
static void parse(struct buffer *out, const char *line, bool stop_at_word)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    struct fields fields = {0};
    struct words words = {0};
    struct option_target target = {sets, &fields};
    const char *list[32];
    struct arguments arguments = {.list = list,
                                  .owner = "picset test",
                                  .targets = &target,
                                  .target_count = 1,
                                  .arena = arena};
    while (*line) {
        size_t length = strcspn(line, " ");
        list[arguments.count++] = arena_slice(arena, line, length);
        line += length + (line[length] == ' ');
    }
    assert_int_equal(option_target_default(&target, arena, &error), STATUS_OK);
    if (arguments_parse(&arguments, stop_at_word ? NULL : &words, &error) != STATUS_OK) {
        char text[2048];
        error_format(&error, text, sizeof(text));
        buffer_format(out, "%d %s", (int)error.status, text);
        arena_free(arena);
        return;
    }
    buffer_format(out, "j%d%s%s %s %s %lld", fields.jobs, fields.deep ? " deep" : "",
                  fields.color ? "" : " plain", fields.out, when_names[fields.when],
                  (long long)fields.memory.count);
    for (size_t i = 0; i < fields.set.count; i++) {
        buffer_format(out, " +%s", fields.set.list[i]);
    }
    for (size_t i = 0; i < words.count; i++) {
        buffer_format(out, " [%s]", words.list[i]);
    }
    if (stop_at_word) {
        buffer_format(out, " at %zu", arguments.at);
    }
    arena_free(arena);
}

static void spellings(void **state)
{
    static const char *const cases[][2] = {
        {"", "j0 out changed 0"},
        {"-j4", "j4 out changed 0"},
        {"-j 4", "j4 out changed 0"},
        {"-j=4", "j4 out changed 0"},
        {"--jobs 4", "j4 out changed 0"},
        {"--jobs=4", "j4 out changed 0"},
        {"-j1 -j2", "j2 out changed 0"},
        {"-rj4", "j4 deep out changed 0"},
        {"-rofolder", "j0 deep folder changed 0"},
        {"a -r b --out=x c", "j0 deep x changed 0 [a] [b] [c]"},
        {"a -- -r --out", "j0 out changed 0 [a] [-r] [--out]"},
        {"- -r", "j0 deep out changed 0 [-]"},
        {"--no-color", "j0 plain out changed 0"},
        {"--no-color --color", "j0 out changed 0"},
        {"--set a=1 --set=b=2", "j0 out changed 0 +a=1 +b=2"},
        {"--out 2024", "j0 2024 changed 0"},
        {"--out=true", "j0 true changed 0"},
        {"--out -", "j0 - changed 0"},
        {"--memory 2M --when never", "j0 out never 2097152"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buffer text = {0};
        parse(&text, cases[i][0], false);
        assert_buffer_text(&text, cases[i][1]);
    }
}

static void mistakes(void **state)
{
    static const char *const cases[][2] = {
        {"--job 4", "2 unknown option '--job' of 'picset test'; did you mean '--jobs'?"},
        {"--xyzzy", "2 unknown option '--xyzzy' of 'picset test'"},
        {"-x", "2 unknown option '-x' of 'picset test'"},
        {"--no-deep", "2 unknown option '--no-deep' of 'picset test'"},
        {"--jobs", "2 '--jobs' needs a value: --jobs N"},
        {"a -o", "2 '--out' needs a value: --out DIR"},
        {"--deep=yes", "2 '--deep' takes no value, got 'yes'"},
        {"--jobs 65", "2 '--jobs' is 65, outside 0..64"},
        {"--jobs four", "2 '--jobs' is \"four\" (a text), must be a whole number 0..64"},
        {"--when ever", "2 '--when' is 'ever', must be one of never, changed; did you mean "
                        "'never'?"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        struct buffer text = {0};
        parse(&text, cases[i][0], false);
        assert_buffer_text(&text, cases[i][1]);
    }
}

static void stops_before_the_command(void **state)
{
    struct buffer text = {0};
    (void)state;
    parse(&text, "-j4 --color render -r", true);
    assert_buffer_text(&text, "j4 out changed 0 at 2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(spellings),
        cmocka_unit_test(mistakes),
        cmocka_unit_test(stops_before_the_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
