/* SPDX-License-Identifier: MIT
 * `picset build` where more than one thing happens at once: images of one prompt, files that two
 * images would make, the first failure, an interrupt, callbacks, references from elsewhere. */
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "generating.h"
#include "memory.h"
#include "scratch.h"
#include "served.h"

/* ---- Files and records ---------------------------------------------------------------------- */

static void one_prompt_for_two_ids(void **state)
{
    const char *folder = *state;
    scratch_write(folder, "presets/listed.json",
                  "{\"version\": 1, \"name\": \"listed\", \"outputs\": [{\"stages\": [{\"resize\": "
                  "{\"width\": 20}}, {\"encode\": {\"format\": \"png\"}}], \"path\": "
                  "\"${name}.png\"}], \"emit\": [\"manifest\"]}");
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"out\": \"site/\", \"provider\": {\"name\": \"gemini\", "
                  "\"base-url\": \"sandbox\"},\n"
                  " \"defaults\": {\"size\": \"1K\", \"presets\": [\"listed\"]}, \"images\": [\n"
                  " {\"id\": \"one\", \"prompt\": \"the same\", \"alt\": \"first\"},\n"
                  " {\"id\": \"two\", \"prompt\": \"the same\", \"alt\": \"second\"}]}");
    expect(folder, 0, ARGUMENTS("build"),
           ARGUMENTS("one: 1 file", "two: 1 file", "1 generated, 1 there already"));
    expect(folder, 0, ARGUMENTS("build"), ARGUMENTS("one: unchanged", "two: unchanged"));
    char *manifest = scratch_read(folder, "site/manifest.json");
    assert_non_null(manifest);
    assert_has(manifest, "\"first\"");
    assert_has(manifest, "\"second\"");
    assert_has(manifest, "\"one.png\"");
    assert_has(manifest, "\"two.png\"");
    memory_free(manifest);

    /* Another prompt for an id takes the place of what it made before. */
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"out\": \"site/\", \"provider\": {\"name\": \"gemini\", "
                  "\"base-url\": \"sandbox\"},\n"
                  " \"defaults\": {\"size\": \"1K\", \"presets\": [\"listed\"]}, \"images\": [\n"
                  " {\"id\": \"one\", \"prompt\": \"another\", \"alt\": \"third\"},\n"
                  " {\"id\": \"two\", \"prompt\": \"the same\", \"alt\": \"second\"}]}");
    expect(folder, 0, ARGUMENTS("build"), ARGUMENTS("two: unchanged", "one: 1 file"));
    manifest = scratch_read(folder, "site/manifest.json");
    assert_has(manifest, "\"third\"");
    assert_null(strstr(manifest, "\"first\""));
    memory_free(manifest);

    /* What is neither wanted nor there any more goes with --prune. */
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"out\": \"site/\", \"provider\": {\"name\": \"gemini\", "
                  "\"base-url\": \"sandbox\"},\n"
                  " \"defaults\": {\"size\": \"1K\", \"presets\": [\"listed\"]}, \"images\": [\n"
                  " {\"id\": \"two\", \"prompt\": \"the same\", \"alt\": \"second\"}]}");
    expect(folder, 0, ARGUMENTS("build"), ARGUMENTS("two: unchanged"));
    assert_there(folder, "site/one.png", true);
    expect(folder, 0, ARGUMENTS("build", "--prune"), ARGUMENTS("two: unchanged", "1 removed"));
    assert_there(folder, "site/one.png", false);
    assert_there(folder, "site/two.png", true);
    manifest = scratch_read(folder, "site/manifest.json");
    assert_null(strstr(manifest, "one.png"));
    memory_free(manifest);

    /* Under another id, with the files that it had: they are the new one's. */
    static const char icon[] = "{\"version\": 1, \"out\": \"app/\", \"images\": [{\"id\": \"%s\", "
                               "\"prompt\": \"the same\", "
                               "\"size\": \"1K\", \"presets\": [\"icon\"]}]}";
    static const char *const ids[] = {"old", "new"};
    scratch_write(
        folder, "presets/icon.json",
        "{\"version\": 1, \"name\": \"icon\", \"outputs\": [{\"stages\": [{\"resize\": "
        "{\"width\": 20}}, {\"encode\": {\"format\": \"png\"}}], \"path\": \"icon.png\"}]}");
    for (int i = 0; i < 2; i++) {
        char text[512];
        (void)snprintf(text, sizeof text, icon, ids[i]);
        scratch_write(folder, "picset.json", text);
        expect(folder, 0, ARGUMENTS("build", "--prune"), ARGUMENTS("1 image: 1 "));
        assert_there(folder, "app/icon.png", true);
    }
    expect(folder, 0, ARGUMENTS("report", "app"), ARGUMENTS("1 image,"));
}

static void nothing_is_made_over_another_image(void **state)
{
    const char *folder = *state;
    scratch_write(folder, "presets/wide.json",
                  "{\"version\": 1, \"name\": \"wide\", \"outputs\": [{\"stages\": [{\"resize\": "
                  "{\"size\": \"40x10\", \"fit\": \"cover\"}}, {\"encode\": {\"format\": "
                  "\"png\"}}], \"path\": \"${name}-${width}.png\"}]}");
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"images\": [\n"
                  " {\"source\": \"a.png\", \"presets\": [\"tiny\"], \"out\": \"o/s/\"},\n"
                  " {\"source\": \"a.png\", \"presets\": [{\"preset\": \"wide\"}], \"out\": "
                  "\"o/${preset}\"}]}");
    program_image(folder, "a.png", 60, 40);
    expect(folder, 0, ARGUMENTS("build"), ARGUMENTS("2 images: 2 made"));
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"images\": [\n"
                  " {\"source\": \"a.png\", \"presets\": [\"tiny\"], \"out\": \"p\"},\n"
                  " {\"source\": \"a.png\", \"presets\": [\"wide\"], \"out\": \"p\"}]}");
    const char *const *words =
        ARGUMENTS("preset 'wide' makes 'a-40.png', and so does preset 'tiny' of 'a.png'; their "
                  "'out' or names must differ");
    expect(folder, 6, ARGUMENTS("plan"), words);
    for (int run = 0; run < 2; run++) { /* made first, then unchanged */
        expect(folder, 6, ARGUMENTS("build"), words);
        struct program size = {.other = "sh", .folder = folder};
        assert_program(&size, 0, "PNG image data, 40 x 27\n", "", "-c",
                       "file -b p/a-40.png | cut -d, -f1-2");
    }
    assert_there(folder, "p/a-20.png", true);
}

/* ---- Failure and interrupt ------------------------------------------------------------------ */

static void write_prompts(const char *folder, int count)
{
    struct buffer text = {0};
    buffer_text(&text, "{\"version\": 1, \"out\": \"out/\", \"images\": [");
    for (int i = 0; i < count; i++) {
        buffer_format(&text,
                      "%s{\"id\": \"n-%d\", \"prompt\": \"number %d\", \"aspect\": \"1:1\", "
                      "\"size\": \"1K\", \"presets\": [\"tiny\"]}",
                      i ? "," : "", i, i);
    }
    buffer_text(&text, "]}");
    scratch_write(folder, "picset.json", buffer_string(&text));
    buffer_free(&text);
}

static void the_first_failure_ends_it(void **state)
{
    const char *folder = *state;
    static const char *const options[] = {"--fault", "refused@1", NULL};
    struct world world = client_begin();
    struct served served = served_begin(options);
    served_await(&served);
    write_prompts(folder, 6);
    expect(folder, 6,
           ARGUMENTS("build", "--provider", "gemini", "--base-url", served.url, "--concurrency",
                     "1", "--fail-fast"),
           ARGUMENTS("one image failed; what has not been sent waits for the next start",
                     "1 generated, 1 refused, 4 waiting for the next start"));
    assert_int_equal(int_at(served_ledger(&world, &served), "creates"), 2);
    expect(folder, 6, ARGUMENTS("build", "--provider", "gemini", "--base-url", served.url),
           ARGUMENTS("4 generated, 1 there already, 1 refused"));
    /* A set that fails is as good a reason. */
    scratch_write(folder, "bad.png", "this is no picture");
    scratch_write(folder, "picset.json",
                  "{\"version\": 1, \"out\": \"out/\", \"defaults\": {\"presets\": [\"tiny\"],\n"
                  "\"size\": \"1K\"}, \"images\": [{\"source\": \"bad.png\"},\n"
                  "{\"id\": \"x\", \"prompt\": \"x\"}, {\"id\": \"y\", \"prompt\": \"y\"},\n"
                  "{\"id\": \"z\", \"prompt\": \"z\"}, {\"id\": \"u\", \"prompt\": \"u\"}]}");
    struct program program = {.folder = folder};
    program_call_with(&program, "build", "--provider", "gemini", "--base-url", served.url,
                      "--concurrency", "1", "--fail-fast");
    assert_int_not_equal(program.code, 0);
    assert_has(program.error, "bad.png: holds text");
    assert_has(program.error, "waiting for the next start");
    program_end(&program);
    served_end(&served);
    client_end(&world);
}

static size_t images_made(const char *folder)
{
    struct buffer list = {0};
    size_t count = 0;
    scratch_list(scratch_path(folder, ".picset"), &list);
    for (const char *at = buffer_string(&list); (at = strstr(at, ".png\n")); at++) {
        count++;
    }
    buffer_free(&list);
    return count;
}

static void an_interrupt_loses_nothing(void **state)
{
    const char *folder = *state;
    static const char *const options[] = {"--seconds", "0.3", NULL};
    enum { COUNT = 8 };
    struct world world = client_begin();
    struct served served = served_begin(options);
    served_await(&served);
    write_prompts(folder, COUNT);
    const char *const *arguments =
        ARGUMENTS("build", "--provider", "gemini", "--base-url", served.url, "--concurrency", "2");
    struct program program = {.folder = folder};
    pid_t pid = program_start(&program, arguments);
    for (int i = 0; i < 3000 && images_made(folder) < 2; i++) {
        pause_seconds(0.01);
    }
    assert_int_equal(kill(pid, SIGINT), 0);
    program_wait(&program, pid);
    assert_int_equal(program.code, 130);
    assert_has(program.error, "picset: stopping; once more to leave at once");
    program_end(&program);
    const struct value *ledger = served_ledger(&world, &served);
    int64_t created = int_at(ledger, "created");
    assert_in_range(created, 2, COUNT - 1);
    assert_int_equal(int_at(ledger, "undelivered"), 0); /* what was under way was waited for */
    expect(folder, 0, arguments, ARGUMENTS(" there already", "8 images: "));
    ledger = served_ledger(&world, &served);
    assert_int_equal(int_at(ledger, "created"), COUNT);
    assert_int_equal(int_at(ledger, "repeated"), 0);
    assert_int_equal(images_made(folder), COUNT);
    served_end(&served);
    client_end(&world);
}

/* ---- Callbacks and references --------------------------------------------------------------- */

static int port_free(void)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    int file = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(file, (struct sockaddr *)&place, size), 0);
    assert_int_equal(getsockname(file, (struct sockaddr *)&place, &size), 0);
    close(file);
    return ntohs(place.sin_port);
}

static void callbacks_are_taken_and_counted(void **state)
{
    const char *folder = *state;
    static const char *const options[] = {"--fault", "duplicate-callback", "--fault",
                                          "bad-signature@2", NULL};
    char place[32], url[64];
    (void)snprintf(place, sizeof place, "127.0.0.1:%d", port_free());
    (void)snprintf(url, sizeof url, "http://%s/kie", place);
    (void)setenv("PICSET_CALLBACK_KEY", "the key of this test's callbacks", 1);
    struct world world = client_begin();
    struct served served = served_begin(options);
    served_await(&served);
    write_prompts(folder, 3);
    expect(folder, 0,
           ARGUMENTS("build", "--provider", "kie", "--base-url", served.url, "--concurrency", "1",
                     "--listen", place, "--callback-url", url),
           ARGUMENTS("3 generated", "callbacks: 2 right, 1 repeated, 1 forged\n"));
    assert_int_equal(int_at(served_ledger(&world, &served), "callbacks"), 4);
    expect(folder, 0,
           ARGUMENTS("build", "--json", "--provider", "kie", "--base-url", served.url, "--listen",
                     place, "--callback-url", url),
           ARGUMENTS("\"callbacks\": {\n", "\"forged\": 0", "callbacks: none came\n"));
    served_end(&served);
    client_end(&world);
    (void)unsetenv("PICSET_CALLBACK_KEY");
}

static void references_come_from_urls(void **state)
{
    const char *folder = *state;
    static const char *const none[] = {NULL};
    struct world world = client_begin();
    struct served served = served_begin(none);
    served_await(&served);
    expect(folder, 0,
           ARGUMENTS("generate", "--provider", "kie", "--base-url", served.url, "--aspect", "1:1",
                     "--size", "1K", "--prompt", "a", "-p", "tiny", "-o", "out"),
           ARGUMENTS("1 generated"));
    const struct value *tasks = value_get(served_ledger(&world, &served), "tasks");
    char url[256];
    (void)snprintf(url, sizeof url, "%s/images/%s.jpg", served.url,
                   text_at(tasks->list.items[0], "task"));
    static const char *const inlines[] = {"gemini", "openai"};
    for (size_t i = 0; i < 2; i++) { /* fetched once, and sent with the request */
        expect(folder, 0,
               ARGUMENTS("generate", "--provider", inlines[i], "--base-url", served.url, "--aspect",
                         "1:1", "--size", "1K", "--prompt", "b", "--prompt", "c", "--reference",
                         url, "-p", "tiny", "-o", "out"),
               ARGUMENTS("2 generated"));
        const struct value *ledger = served_ledger(&world, &served);
        tasks = value_get(ledger, "tasks");
        assert_int_equal(tasks->list.count, 3 + 2 * i);
        for (size_t j = 1 + 2 * i; j < tasks->list.count; j++) {
            assert_int_equal(value_get(tasks->list.items[j], "references")->list.count, 1);
        }
        assert_int_equal(int_at(ledger, "fetches"), 2 + i);
    }
    /* A service that is not on this machine has no business with what is. */
    struct program program = {.folder = folder, .variable = "GEMINI_API_KEY=no-real-key-at-all"};
    program_call_with(&program, "generate", "--provider", "gemini", "--prompt", "d", "--reference",
                      url, "-p", "tiny", "-o", "out", "--size", "1K");
    assert_int_equal(program.code, 8);
    assert_has(program.error, "cannot be fetched: a download from a loopback address is not");
    program_end(&program);
    (void)snprintf(url, sizeof url, "%s/images/none.jpg", served.url);
    expect(folder, 8,
           ARGUMENTS("generate", "--provider", "gemini", "--base-url", served.url, "--prompt", "e",
                     "--reference", url, "-p", "tiny", "-o", "out", "--size", "1K"),
           ARGUMENTS("/images/none.jpg: cannot be fetched: status 404"));
    assert_int_equal(int_at(served_ledger(&world, &served), "created"), 5);
    served_end(&served);
    client_end(&world);
}

int main(void)
{
    (void)setenv("PICSET_PACE", "0.2", 1);
    const struct CMUnitTest tests[] = {
#define IN_FOLDER(test_)                                                                           \
    cmocka_unit_test_setup_teardown(test_, generating_folder, generating_remove)
        IN_FOLDER(one_prompt_for_two_ids),          IN_FOLDER(nothing_is_made_over_another_image),
        IN_FOLDER(the_first_failure_ends_it),       IN_FOLDER(an_interrupt_loses_nothing),
        IN_FOLDER(callbacks_are_taken_and_counted), IN_FOLDER(references_come_from_urls),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
