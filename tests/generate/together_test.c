/* SPDX-License-Identifier: MIT
 * The program beside itself: two builds of one project at once make each job once. And the key it
 * is given is found in nothing that it leaves behind, and in nothing that others can look at. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "memory.h"
#include "scratch.h"
#include "served.h"

enum { IMAGES = 4, FILES = 2 };

static const char key[] = "this-is-the-key-of-a-test-and-of-nothing-else";

static int images_in(const char *folder)
{
    struct buffer list = {0};
    int files = 0;
    scratch_list(folder, &list);
    for (const char *line = buffer_string(&list); *line; line = strchr(line, '\n') + 1) {
        const char *end = strchr(line, '\n');
        files += end - line > 4 && (!strncmp(end - 5, ".webp", 5) || !strncmp(end - 4, ".jpg", 4));
    }
    buffer_free(&list);
    return files;
}

static void project_write(const char *folder, const char *word)
{
    struct buffer text = {0};
    buffer_text(&text, "{\"version\": 1, \"out\": \"out\", \"defaults\": {\"size\": \"1K\", "
                       "\"aspect\": \"1:1\", \"presets\": [{\"preset\": \"thumbnails\", \"set\": "
                       "{\"sides\": [64]}}]}, \"images\": [");
    for (int i = 0; i < IMAGES; i++) {
        buffer_format(&text, "%s{\"id\": \"image-%d\", \"prompt\": \"%s %d\"}", i ? ", " : "", i,
                      word, i);
    }
    buffer_text(&text, "]}\n");
    scratch_write(folder, "picset.json", buffer_string(&text));
    buffer_free(&text);
}

static void two_builds_at_once(void **state)
{
    (void)state;
    struct served served = served_begin((const char *const[]){"--seconds", "0.5", NULL});
    struct world world = client_begin();
    served_await(&served);
    project_write(served.folder, "at once");
    struct program programs[2];
    pid_t pids[2];
    for (size_t i = 0; i < 2; i++) {
        programs[i] = (struct program){.folder = served.folder};
        pids[i] =
            program_start(&programs[i], (const char *const[]){"build", "--provider", "kie",
                                                              "--base-url", served.url, NULL});
    }
    for (size_t i = 0; i < 2; i++) {
        program_wait(&programs[i], pids[i]);
        if (programs[i].code != 0) {
            fail_msg("build %zu: exit code %d, %s", i, programs[i].code, programs[i].error);
        }
        program_end(&programs[i]);
    }
    const struct value *ledger = served_ledger(&world, &served);
    assert_int_equal(int_at(ledger, "creates"), IMAGES);
    assert_int_equal(int_at(ledger, "created"), IMAGES);
    assert_int_equal(int_at(ledger, "repeated"), 0);
    assert_int_equal(int_at(ledger, "undelivered"), 0);
    assert_int_equal(images_in(scratch_path(served.folder, "out")), IMAGES * FILES);
    client_end(&world);
    served_end(&served);
}

/* ---- The key ---- */

static void assert_no_key(const char *what, const char *bytes, size_t size)
{
    if (memmem(bytes, size, key, sizeof key - 1)) {
        fail_msg("the key stands in %s", what);
    }
}

static size_t file_read(const char *path, char *bytes, size_t most)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    size_t size = 0;
    for (ssize_t got; file >= 0 && (got = read(file, bytes + size, most - size)) > 0;) {
        size += (size_t)got;
    }
    if (file >= 0) {
        close(file);
    }
    return size;
}

/* Everything below the folder but the key's own file. */
static void look_into_files(const char *folder)
{
    enum { MOST = 8 << 20 };
    struct buffer list = {0};
    char *bytes = memory_alloc(MOST), path[4096];
    size_t journals = 0, logs = 0, manifests = 0;
    assert_non_null(bytes);
    scratch_list(folder, &list);
    for (char *line = list.data, *end; line && (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        (void)snprintf(path, sizeof path, "%s/%s", folder, line);
        if (strcmp(line, "key") != 0) {
            assert_no_key(line, bytes, file_read(path, bytes, MOST));
        }
        journals += strstr(line, "journal.db") != NULL;
        manifests += strstr(line, "manifest.json") != NULL;
        logs += strcmp(line, "log") == 0;
    }
    assert_true(journals > 0 && logs == 1 && manifests > 0);
    memory_free(bytes);
    buffer_free(&list);
}

/* As others see the process while it works. */
static void look_at_process(pid_t pid)
{
    char path[64], bytes[16384];
    (void)snprintf(path, sizeof path, "/proc/%d/cmdline", (int)pid);
    size_t size = file_read(path, bytes, sizeof bytes);
    assert_true(size > 0);
    assert_no_key("the arguments", bytes, size);
    (void)snprintf(path, sizeof path, "/proc/%d/limits", (int)pid);
    size = file_read(path, bytes, sizeof bytes - 1);
    bytes[size] = '\0';
    const char *line = strstr(bytes, "Max core file size");
    unsigned long soft = 1, hard = 1;
    assert_non_null(line);
    assert_int_equal(sscanf(line, "Max core file size %lu %lu", &soft, &hard), 2);
    assert_int_equal(soft, 0);
    assert_int_equal(hard, 0);
}

static pid_t start(struct served *served, struct program *program, bool in_file, const char *prompt)
{
    const char *arguments[SERVED_WORDS] = {"generate", "-v",  "--prompt",     prompt,
                                           "--log",    "log", "--log-prompts"};
    size_t count = served_words(served, "kie", arguments);
    if (in_file) {
        arguments[count++] = "--key-file";
        arguments[count++] = "key";
    }
    static const char variable[] = "KIE_API_KEY=this-is-the-key-of-a-test-and-of-nothing-else";
    *program = (struct program){.folder = served->folder, .variable = in_file ? NULL : variable};
    return program_start(program, arguments);
}

/* Until the service has its request: the key is loaded then. */
static void await_create(struct world *world, const struct served *served, int64_t count)
{
    for (int i = 0; i < 3000 && int_at(served_ledger(world, served), "created") < count; i++) {
        pause_seconds(0.02);
    }
    assert_int_equal(int_at(served_ledger(world, served), "created"), count);
}

static void no_key_is_left(bool in_file)
{
    struct served served = served_begin((const char *const[]){
        "--seconds", "1", "--fault", "fail-501", NULL}); /* words about a failure, too */
    struct world world = client_begin();
    struct program program;
    served_await(&served);
    if (in_file) {
        scratch_write(served.folder, "key", key);
        assert_int_equal(chmod(scratch_path(served.folder, "key"), 0600), 0);
    }
    for (int i = 1; i <= 2; i++) {
        char prompt[16];
        (void)snprintf(prompt, sizeof prompt, "key %d", i);
        pid_t pid = start(&served, &program, in_file, prompt);
        await_create(&world, &served, i);
        look_at_process(pid);
        program_wait(&program, pid);
        assert_int_equal(program.code, i == 1 ? 8 : 0);
        assert_no_key("the messages", program.error, strlen(program.error));
        assert_no_key("the output", program.out, program.out_size);
        program_end(&program);
    }
    look_into_files(served.folder);
    client_end(&world);
    served_end(&served);
}

static void no_key_of_the_environment_is_left(void **state)
{
    (void)state;
    no_key_is_left(false);
}

static void no_key_of_a_file_is_left(void **state)
{
    (void)state;
    no_key_is_left(true);
}

/* Even where cores are allowed to those who start it. */
static void no_core_is_written(void **state)
{
    (void)state;
#ifdef PICSET_SANITIZED
    print_message("skipped: a sanitizer takes the signal itself\n");
    skip();
#endif
    struct rlimit limit;
    struct served served = served_begin((const char *const[]){"--seconds", "30", NULL});
    struct world world = client_begin();
    struct program program;
    int ended = 0;
    assert_int_equal(getrlimit(RLIMIT_CORE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_CORE, &limit), 0);
    served_await(&served);
    pid_t pid = start(&served, &program, false, "core");
    await_create(&world, &served, 1);
    kill(pid, SIGSEGV);
    assert_int_equal(waitpid(pid, &ended, 0), pid);
    assert_true(WIFSIGNALED(ended));
    assert_false(WCOREDUMP(ended));
    close(program.code); /* what program_wait would have read */
    close(program.signal);
    client_end(&world);
    served_end(&served);
}

int main(void)
{
    static const char *const keys[] = {"KIE_API_KEY", "GEMINI_API_KEY", "OPENAI_API_KEY"};
    for (size_t i = 0; i < 3; i++) {
        unsetenv(keys[i]);
    }
    setenv("PICSET_PACE", "0.1", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_builds_at_once), cmocka_unit_test(no_key_of_the_environment_is_left),
        cmocka_unit_test(no_key_of_a_file_is_left), cmocka_unit_test(no_core_is_written)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
