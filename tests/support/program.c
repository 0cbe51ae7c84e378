/* SPDX-License-Identifier: MIT
 * See program.h. */
#include "program.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "images.h"
#include "memory.h"
#include "scratch.h"

static const char *program_path(void)
{
    const char *other = getenv("PICSET_PROGRAM");
    return other && *other ? other : PICSET_BINARY_DIR "/picset";
}

/* In the child: only calls that are safe after a fork. */
static void become_program(const struct program *program, int input, int out, int error,
                           char *const *arguments)
{
    static char home[4200], cache[4200];
    if (program->folder) {
        (void)snprintf(home, sizeof(home), "%s/.home", program->folder);
        (void)snprintf(cache, sizeof(cache), "%s/.cache", program->folder);
        setenv("HOME", home, 1);
        setenv("XDG_CACHE_HOME", cache, 1);
    }
    static const char *const ours[] = {"PICSET_JOBS", "PICSET_MEMORY", "PICSET_PRESET_FOLDER",
                                       "PICSET_STATE", "NO_COLOR"};
    for (size_t i = 0; i < sizeof(ours) / sizeof(*ours); i++) {
        unsetenv(ours[i]);
    }
    if (program->variable) {
        char *copy = strdup(program->variable), *equals = copy ? strchr(copy, '=') : NULL;
        if (equals) {
            *equals = '\0';
            setenv(copy, equals + 1, 1);
        }
    }
    if (dup2(input, 0) < 0 || dup2(out, 1) < 0 || dup2(error, 2) < 0 ||
        (program->folder && chdir(program->folder) != 0)) {
        _exit(126);
    }
    (void)execvp(arguments[0], arguments);
    _exit(127);
}

pid_t program_start(struct program *program, const char *const *arguments)
{
    char *list[64] = {NULL};
    size_t count = 1;
    list[0] = memory_text(program->other ? program->other : program_path());
    for (; *arguments; arguments++) {
        assert_true(count < 63);
        list[count++] = memory_text(*arguments);
    }
    int input = memfd_create("input", MFD_CLOEXEC), out = memfd_create("out", MFD_CLOEXEC);
    int error = memfd_create("error", MFD_CLOEXEC);
    int taken = program->out_to ? open(program->out_to, O_WRONLY | O_CLOEXEC) : out;
    assert_true(input >= 0 && out >= 0 && error >= 0 && taken >= 0);
    if (program->input) {
        size_t size = program->input_size ? program->input_size : strlen(program->input);
        assert_int_equal(write(input, program->input, size), (ssize_t)size);
        assert_int_equal(lseek(input, 0, SEEK_SET), 0);
    }
    fflush(NULL);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        become_program(program, input, taken, error, list);
    }
    close(input);
    if (taken != out) {
        close(taken);
    }
    for (size_t i = 0; i < count; i++) {
        memory_free(list[i]);
    }
    /* Kept until program_wait in the fields that it fills. */
    program->code = out;
    program->signal = error;
    return pid;
}

static char *read_file(int file, size_t *size)
{
    struct stat facts;
    assert_int_equal(fstat(file, &facts), 0);
    char *text = memory_alloc((size_t)facts.st_size + 1);
    assert_non_null(text);
    assert_int_equal(pread(file, text, (size_t)facts.st_size, 0), facts.st_size);
    text[facts.st_size] = '\0';
    *size = (size_t)facts.st_size;
    close(file);
    return text;
}

void program_wait(struct program *program, pid_t pid)
{
    int state = 0;
    size_t ignored;
    while (waitpid(pid, &state, 0) < 0) {
        assert_int_equal(errno, EINTR);
    }
    program->out = read_file(program->code, &program->out_size);
    program->error = read_file(program->signal, &ignored);
    program->code = WIFEXITED(state) ? WEXITSTATUS(state) : -1;
    program->signal = WIFSIGNALED(state) ? WTERMSIG(state) : 0;
}

void program_call(struct program *program, const char *const *arguments)
{
    program_wait(program, program_start(program, arguments));
}

void program_end(struct program *program)
{
    memory_free(program->out);
    memory_free(program->error);
    program->out = program->error = NULL;
}

void program_image(const char *folder, const char *name, int width, int height)
{
    struct picture picture = picture_gradient(PICTURE_RGB, width, height, 1);
    struct buffer bytes = {0};
    const char *suffix = strrchr(name, '.');
    assert_non_null(suffix);
    image_encode(picture.image, suffix, &bytes);
    scratch_write(folder, name, ""); /* its parents */
    FILE *file = fopen(scratch_path(folder, name), "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes.data, 1, bytes.size, file), bytes.size);
    assert_int_equal(fclose(file), 0);
    buffer_free(&bytes);
    picture_release(&picture);
}
