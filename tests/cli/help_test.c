/* SPDX-License-Identifier: MIT
 * Help, man page and completions: complete, because they are made from the tables, and fit to be
 * read. */
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "kernels/score.h"
#include "program.h"
#include "scratch.h"

enum { columns = 80 };

static void assert_narrow(const char *text)
{
    int column = 0;
    for (const char *c = text; *c; c++) {
        column = *c == '\n' ? 0 : column + (((unsigned char)*c & 0xc0) != 0x80);
        if (column > columns) {
            print_error("wider than %d columns: …%.100s\n", columns, c - 60 > text ? c - 60 : text);
            fail();
        }
    }
}

static void assert_holds(const char *text, const char *part)
{
    if (!strstr(text, part)) {
        print_error("'%s' is not in:\n%s\n", part, text);
        fail();
    }
}

static void assert_holds_options(const char *text, const struct option_set *set)
{
    for (; set && set->title; set++) {
        for (const struct option *option = set->table; option->name; option++) {
            char name[64];
            (void)snprintf(name, sizeof(name), "%s%s", option_negates(option) ? "]" : "--",
                           option->name);
            assert_holds(text, name);
        }
    }
}

static void every_command_is_explained(void **state)
{
    (void)state;
    for (const struct command *const *list = command_list(); *list; list++) {
        const struct command *command = *list;
        struct program help = {0}, flag = {0};
        program_call_with(&help, "help", command->name);
        program_call_with(&flag, command->name, "--help");
        assert_int_equal(help.code, 0);
        assert_string_equal(help.error, "");
        assert_string_equal(help.out, flag.out);
        assert_narrow(help.out);
        assert_holds(help.out, command->summary);
        assert_holds(help.out, command->usage);
        assert_holds_options(help.out, command->sets);
        assert_true(strlen(help.out) > 3 && strcmp(help.out + strlen(help.out) - 2, "\n\n") != 0);
        program_end(&help);
        program_end(&flag);
    }
}

static void one_page_exactly(void **state)
{
    struct program program = {0};
    (void)state;
    assert_program(
        &program, 0,
        "picset man: print the manual page\n\n"
        "Usage\n"
        "  picset man\n\n"
        "The page in roff, made from the same tables as this help.\n\n"
        "Examples\n"
        "  picset man | man -l -\n"
        "      read the manual page that belongs to this program\n\n"
        "Options of every command\n"
        "      --json                  one JSON document on standard output, with the\n"
        "                              name of its schema in it\n"
        "  -q, --quiet                 say nothing but errors; lists hold names only\n"
        "  -v, --verbose               say more: every file, what was left out\n"
        "      --[no-]color            colours and bold on a terminal; on unless NO_COLOR\n"
        "                              is set\n"
        "  -h, --help                  explain the command, or the whole program\n"
        "  -V, --version               versions of picset and of the libraries that it\n"
        "                              uses\n",
        "", "help", "man");
}

static void the_program_is_explained(void **state)
{
    struct program program = {0};
    (void)state;
    program_call_with(&program, "--help");
    assert_int_equal(program.code, 0);
    assert_narrow(program.out);
    for (const struct command *const *command = command_list(); *command; command++) {
        if (!(*command)->hidden) {
            assert_holds(program.out, (*command)->summary);
        }
    }
    program_end(&program);
    program_call_with(&program, "--version");
    assert_int_equal(program.code, 0);
    assert_holds(program.out, "picset " PICSET_VERSION "\nlibvips        8.");
    program_end(&program);
    assert_program(&program, 0, "picset " PICSET_VERSION "\n", "", "--version", "-q");
}

/* Which loops run, wherever it was asked, and where the flag wins. */
static void the_version_names_the_loops(void **state)
{
    static const struct {
        const char *variable;
        const char *arguments[5];
        bool plain;
    } asked[] = {{NULL, {"--version"}, false},
                 {"PICSET_CPU=c", {"--version"}, true},
                 {NULL, {"--cpu=c", "--version"}, true},
                 {NULL, {"render", "--version", "--cpu", "c"}, true},
                 {"PICSET_CPU=c", {"--cpu=auto", "-V"}, false}};
    (void)state;
    const char *vectors = score_vectors() ? score_vectors()->name : "c";
    for (size_t i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
        struct program program = {.variable =
                                      asked[i].variable ? asked[i].variable : "PICSET_CPU=auto"};
        char line[80];
        (void)snprintf(line, sizeof(line), "\nloops          %s\n",
                       asked[i].plain ? "c: no vectors, as asked" : vectors);
        program_call(&program, asked[i].arguments);
        assert_int_equal(program.code, 0);
        assert_holds(program.out, line);
        program_end(&program);
    }
    struct program program = {.variable = "PICSET_CPU=c"};
    program_call_with(&program, "--version", "--json");
    assert_holds(program.out, "\"loops\": \"c\"");
    program_end(&program);
}

static void the_man_page_holds_everything(void **state)
{
    struct program program = {0};
    (void)state;
    program_call_with(&program, "man");
    assert_int_equal(program.code, 0);
    assert_holds(program.out, ".TH PICSET 1");
    for (const struct command *const *list = command_list(); *list; list++) {
        char heading[64];
        (void)snprintf(heading, sizeof(heading), ".SS picset %s\n", (*list)->name);
        assert_int_equal(strstr(program.out, heading) == NULL, (*list)->hidden);
        for (const struct option_set *set = (*list)->sets; set && set->title; set++) {
            for (const struct option *option = set->table; option->name; option++) {
                char value[64];
                (void)snprintf(value, sizeof(value), "%.3s", option->help);
                assert_holds(program.out, value);
            }
        }
    }
    program_end(&program);
}

/* What bash offers after these words, in one line; false when there is no bash. */
static bool complete(const char *folder, const char *words, char *line, size_t size)
{
    struct program bash = {.folder = folder, .other = "bash"};
    char script[1024];
    (void)snprintf(script, sizeof(script),
                   "PATH=%s:$PATH; source <(picset completion bash); COMP_WORDS=(picset %s); "
                   "COMP_CWORD=$((${#COMP_WORDS[@]}-1)); _picset; echo \"${COMPREPLY[*]}\"",
                   PICSET_BINARY_DIR, words);
    program_call_with(&bash, "-c", script);
    bool there = bash.code != 127;
    assert_true(!there || bash.code == 0);
    (void)snprintf(line, size, "%.*s", (int)strcspn(bash.out, "\n"), bash.out);
    program_end(&bash);
    return there;
}

static void bash_completes(void **state)
{
    static const char *const cases[][2] = {
        {"pre", "presets"},
        {"render --over", "--overwrite"},
        {"render --overwrite a", "always"},
        {"render -p th", "thumbnails"},
        {"render -p web,th", "web,thumbnails"},
        {"render --set thu", "thumbnails."},
        {"render --set thumbnails.si", "thumbnails.sides="},
        {"-q help pl", "plan"},
        {"stages resi", "resize"},
        {"stages pict", "picture"},
        {"completion f", "fish"},
        {"render a.jpg ph", "photo 1.jpg photos"},
        {"render --out ph", "photos"},
        {"check --no", "--no-color"},
    };
    char *folder = scratch_make();
    char line[1024];
    (void)state;
    scratch_write(folder, "photo 1.jpg", "");
    scratch_write(folder, "photos/a.jpg", "");
    if (!complete(folder, "rend", line, sizeof(line))) {
        scratch_remove(folder);
        print_message("skipped: no bash\n");
        skip();
    }
    assert_string_equal(line, "render");
    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
        assert_true(complete(folder, cases[i][0], line, sizeof(line)));
        assert_string_equal(line, cases[i][1]);
    }
    scratch_remove(folder);
}

static void other_shells_hold_every_option(void **state)
{
    static const char *const shells[] = {"bash", "zsh", "fish"};
    (void)state;
    for (size_t s = 0; s < sizeof(shells) / sizeof(*shells); s++) {
        struct program program = {0};
        program_call_with(&program, "completion", shells[s]);
        assert_int_equal(program.code, 0);
        for (const struct option_set *set = command_render.sets; set->title; set++) {
            for (const struct option *option = set->table; option->name; option++) {
                assert_holds(program.out, option->name);
            }
        }
        program_end(&program);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_command_is_explained),
        cmocka_unit_test(one_page_exactly),
        cmocka_unit_test(the_program_is_explained),
        cmocka_unit_test(the_version_names_the_loops),
        cmocka_unit_test(the_man_page_holds_everything),
        cmocka_unit_test(bash_completes),
        cmocka_unit_test(other_shells_hold_every_option),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
