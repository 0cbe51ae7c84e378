/* SPDX-License-Identifier: MIT
 * See scratch.h. */
#include "scratch.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "memory.h"
#include "support.h"

char *scratch_make(void)
{
    const char *base = getenv("TMPDIR");
    char path[4096];
    snprintf(path, sizeof path, "%s/picset-test-XXXXXX", base && base[0] ? base : "/tmp");
    assert_non_null(mkdtemp(path));
    char *whole = realpath(path, NULL);
    assert_non_null(whole);
    char *copy = memory_text(whole);
    assert_non_null(copy);
    free(whole);
    return copy;
}

static void remove_below(const char *folder)
{
    chmod(folder, 0700);
    DIR *list = opendir(folder);
    const struct dirent *entry;
    while (list && (entry = readdir(list))) {
        struct stat facts;
        char path[4200];
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
            remove_below(path);
        } else {
            unlink(path);
        }
    }
    if (list) {
        closedir(list);
    }
    rmdir(folder);
}

void scratch_remove(char *folder)
{
    if (folder) {
        remove_below(folder);
        memory_free(folder);
    }
}

const char *scratch_path(const char *folder, const char *name)
{
    static char paths[8][4200];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

static void write_all(const char *folder, const char *name, const char *bytes, size_t size)
{
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    for (char *at = path + strlen(folder) + 1; (at = strchr(at, '/')); at++) {
        *at = '\0';
        assert_true(mkdir(path, 0777) == 0 || errno == EEXIST);
        *at = '/';
    }
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

void scratch_write(const char *folder, const char *name, const char *text)
{
    write_all(folder, name, text, strlen(text));
}

void scratch_write_bytes(const char *folder, const char *name, const struct buffer *bytes)
{
    write_all(folder, name, bytes->data, bytes->size);
}

char *scratch_read(const char *folder, const char *name)
{
    struct buffer bytes = {0};
    FILE *file = fopen(scratch_path(folder, name), "rb");
    if (!file) {
        return NULL;
    }
    char block[4096];
    size_t size;
    while ((size = fread(block, 1, sizeof block, file)) > 0) {
        buffer_bytes(&bytes, block, size);
    }
    fclose(file);
    char *text = memory_text(buffer_string(&bytes));
    buffer_free(&bytes);
    assert_non_null(text);
    return text;
}

static void list_below(const char *folder, const char *prefix, struct buffer *out)
{
    struct dirent **entries = NULL;
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            char path[4200], shown[4200];
            struct stat facts;
            snprintf(path, sizeof path, "%s/%s", folder, name);
            snprintf(shown, sizeof shown, "%s%s/", prefix, name);
            size_t before = out->size;
            if (lstat(path, &facts) == 0 && S_ISDIR(facts.st_mode)) {
                list_below(path, shown, out);
                if (out->size == before) {
                    buffer_format(out, "%s\n", shown);
                }
            } else {
                buffer_format(out, "%s%s\n", prefix, name);
            }
        }
        free(entries[i]);
    }
    free(entries);
}

void scratch_list(const char *folder, struct buffer *out)
{
    list_below(folder, "", out);
}
