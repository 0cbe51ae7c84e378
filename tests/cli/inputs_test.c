/* SPDX-License-Identifier: MIT
 * From words to files: folders, patterns, lists, each file once, in an order that is always the
 * same. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inputs.h"
#include "scratch.h"
#include "support.h"

static const char *const tree[] = {"b.jpg",      "a.png",           "notes.txt",
                                   "sub/c.webp", "sub/deep/d.avif", "sub/.hidden.jpg",
                                   ".git/e.jpg", "out/b-640w.jpg",  "photo [1].jpg",
                                   "sub/e.heic", "f.JPG",           "two.part.jpeg"};

static int make_tree(void **state)
{
    char *folder = scratch_make();
    for (size_t i = 0; i < sizeof(tree) / sizeof(*tree); i++) {
        scratch_write(folder, tree[i], "x");
    }
    assert_int_equal(symlink("a.png", scratch_path(folder, "link.png")), 0);
    assert_int_equal(symlink(".", scratch_path(folder, "circle")), 0);
    assert_int_equal(symlink("nowhere.jpg", scratch_path(folder, "broken.jpg")), 0);
    assert_int_equal(symlink("..", scratch_path(folder, "sub/up")), 0);
    assert_int_equal(chdir(folder), 0);
    *state = folder;
    return 0;
}

static int remove_tree(void **state)
{
    assert_int_equal(chdir("/"), 0);
    scratch_remove(*state);
    return 0;
}

static bool made_elsewhere(void *data, const char *real)
{
    return strcmp(real, scratch_path(data, "f.JPG")) == 0;
}

/* "path name dir" per line, or the error. */
static void collect(struct buffer *out, struct inputs_request request, const char *const *words)
{
    struct arena *arena = arena_new();
    struct error error = {0};
    struct inputs inputs;
    request.words = words;
    while (words[request.count]) {
        request.count++;
    }
    if (inputs_collect(&request, arena, &inputs, &error) != STATUS_OK) {
        char text[2048];
        error_format(&error, text, sizeof(text));
        buffer_format(out, "%d %s", (int)error.status, text);
    } else {
        for (size_t i = 0; i < inputs.count; i++) {
            buffer_format(out, "%s|%s|%s\n", inputs.list[i].path, inputs.list[i].name,
                          inputs.list[i].dir);
        }
        buffer_format(out, "%zu others, %zu ours, %zu repeated", inputs.others, inputs.ours,
                      inputs.repeated);
    }
    arena_free(arena);
}

#define assert_inputs(request_, text_, ...)                                                        \
    do {                                                                                           \
        struct buffer got_ = {0};                                                                  \
        collect(&got_, (request_), (const char *const[]){__VA_ARGS__, NULL});                      \
        assert_buffer_text(&got_, (text_));                                                        \
    } while (0)

static const struct inputs_request plain = {0}, deep = {.recursive = true, .out = "out"};

static void files(void **state)
{
    (void)state;
    assert_inputs(plain,
                  "b.jpg|b|\nsub/c.webp|c|\nphoto [1].jpg|photo [1]|\ntwo.part.jpeg|two.part|\n"
                  "notes.txt|notes|\n0 others, 0 ours, 0 repeated",
                  "b.jpg", "sub/c.webp", "photo [1].jpg", "two.part.jpeg", "notes.txt");
    assert_inputs(plain, "-|stdin|\n0 others, 0 ours, 1 repeated", "-", "-");
    assert_inputs(plain, "3 no such file or folder 'c.jpg'", "b.jpg", "c.jpg");
    assert_inputs(plain, "3 no such file or folder 'b.jpg/x'", "b.jpg/x");
    assert_inputs(plain, "2 empty file name", "");
}

static void each_once(void **state)
{
    (void)state;
    assert_inputs(plain, "b.jpg|b|\n0 others, 0 ours, 3 repeated", "b.jpg", "./b.jpg",
                  "sub/../b.jpg", "b.jpg");
    /* A link is a name of its own. */
    assert_inputs(plain, "a.png|a|\nlink.png|link|\n0 others, 0 ours, 0 repeated", "a.png",
                  "link.png");
    /* The first way to name it counts. */
    assert_inputs(deep,
                  "sub/c.webp|c|\nsub/deep/d.avif|d|deep/\nsub/e.heic|e|\n"
                  "0 others, 0 ours, 1 repeated",
                  "sub/c.webp", "sub");
}

static void folders(void **state)
{
    (void)state;
    assert_inputs(plain, "2 'sub' is a folder; add -r to take the images in it", "sub");
    assert_inputs(deep,
                  "sub/c.webp|c|\nsub/deep/d.avif|d|deep/\nsub/e.heic|e|\n"
                  "0 others, 0 ours, 0 repeated",
                  "sub/");
    /* Sorted; hidden files, the output folder and links to folders are not entered. */
    assert_inputs(deep,
                  "a.png|a|\nb.jpg|b|\nf.JPG|f|\nlink.png|link|\nphoto [1].jpg|photo [1]|\n"
                  "sub/c.webp|c|sub/\nsub/deep/d.avif|d|sub/deep/\nsub/e.heic|e|sub/\n"
                  "two.part.jpeg|two.part|\n1 others, 1 ours, 0 repeated",
                  ".");
    assert_inputs(deep, "out/b-640w.jpg|b-640w|\n0 others, 0 ours, 0 repeated", "out");
    assert_int_equal(mkdir("empty", 0777), 0);
    assert_inputs(deep, "3 no image in folder 'empty'", "empty");
    scratch_write(".", "empty/x.txt", "");
    assert_inputs(deep, "3 no image in folder 'empty'; other files were left out", "empty");
    assert_int_equal(unlink("empty/x.txt"), 0);
    assert_int_equal(rmdir("empty"), 0);
}

static void own_outputs(void **state)
{
    struct inputs_request request = deep;
    request.made = made_elsewhere;
    request.data = *state;
    assert_inputs(request, "3 no file matches '*.JPG'; what picset made itself was left out",
                  "*.JPG");
    /* Named by hand it is passed on: the engine refuses it by name. */
    assert_inputs(request, "f.JPG|f|\n0 others, 0 ours, 0 repeated", "f.JPG");
    request.out = "sub/${preset}/x";
    assert_inputs(request,
                  "a.png|a|\nb.jpg|b|\nlink.png|link|\nout/b-640w.jpg|b-640w|out/\n"
                  "photo [1].jpg|photo [1]|\ntwo.part.jpeg|two.part|\n1 others, 2 ours, 0 repeated",
                  ".");
}

static void patterns(void **state)
{
    (void)state;
    assert_inputs(plain, "b.jpg|b|\nphoto [1].jpg|photo [1]|\n0 others, 0 ours, 0 repeated",
                  "*.jpg");
    assert_inputs(plain,
                  "b.jpg|b|\nout/b-640w.jpg|b-640w|out/\nphoto [1].jpg|photo [1]|\n"
                  "sub/c.webp|c|sub/\n0 others, 0 ours, 0 repeated",
                  "**/*.{jpg,webp}");
    assert_inputs(plain, "sub/deep/d.avif|d|deep/\n0 others, 0 ours, 0 repeated", "sub/**/d.*");
    assert_inputs(plain,
                  "sub/c.webp|c|\nsub/deep/d.avif|d|deep/\nsub/e.heic|e|\n"
                  "0 others, 0 ours, 0 repeated",
                  "sub/**");
    assert_inputs(plain, "sub/deep/d.avif|d|sub/deep/\n0 others, 0 ours, 0 repeated", "*/*/*");
    /* A link to a folder is followed by its name only. */
    assert_inputs(plain, "3 no file matches 'ci*/a.png'", "ci*/a.png");
    assert_inputs(plain, "b.jpg|b|\nsub/up/a.png|a|sub/up/\n0 others, 0 ours, 1 repeated", "b*.jpg",
                  "s?b/up/[ab].*");
    assert_inputs(plain, "notes.txt|notes|\n0 others, 0 ours, 0 repeated", "n*.txt");
    assert_inputs(plain, "3 no file matches 'n*'; other files were left out", "n*");
    assert_inputs(plain, "3 no file matches 'nowhere/*.jpg'", "nowhere/*.jpg");
}

static void lists(void **state)
{
    struct inputs_request request = {.files_from = "list"};
    (void)state;
    scratch_write(".", "list", "b.jpg\r\n\n./sub/c.webp\nsub/deep/d.avif\n../x/y.jpg\nmissing.jpg");
    assert_inputs(request,
                  "b.jpg|b|\nsub/c.webp|c|sub/\nsub/deep/d.avif|d|sub/deep/\n../x/y.jpg|y|\n"
                  "missing.jpg|missing|\n0 others, 0 ours, 0 repeated",
                  NULL);
    assert_inputs(request,
                  "a.png|a|\nb.jpg|b|\nsub/c.webp|c|sub/\nsub/deep/d.avif|d|sub/deep/\n"
                  "../x/y.jpg|y|\nmissing.jpg|missing|\n0 others, 0 ours, 0 repeated",
                  "a.png");
    request.nul = true;
    assert_inputs(
        request,
        "b.jpg\r\n\n./sub/c.webp\nsub/deep/d.avif\n../x/y.jpg\nmissing.jpg|y.jpg\nmissing|\n"
        "0 others, 0 ours, 0 repeated",
        NULL);
    request.files_from = "nolist";
    assert_inputs(request,
                  "3 could not open the list of files 'nolist': No "
                  "such file or directory",
                  NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files),       cmocka_unit_test(each_once), cmocka_unit_test(folders),
        cmocka_unit_test(own_outputs), cmocka_unit_test(patterns),  cmocka_unit_test(lists),
    };
    return cmocka_run_group_tests(tests, make_tree, remove_tree);
}
