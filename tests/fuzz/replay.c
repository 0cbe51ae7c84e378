/* SPDX-License-Identifier: MIT
 * replay FOLDER [ROUNDS]: a fuzz target without a fuzzer. Runs every file of the folder, and of
 * each ROUNDS deterministic mutations. libFuzzer's driver takes its place in a PICSET_FUZZ build.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* An exact copy on the heap, so that a byte read beyond the end is noticed. */
static void run(const uint8_t *data, size_t size)
{
    uint8_t *copy = malloc(size ? size : 1);
    if (copy) {
        memcpy(copy, data, size);
        LLVMFuzzerTestOneInput(copy, size);
    }
    free(copy);
}

static uint32_t random_next(uint32_t *state) /* xorshift32 (Marsaglia 2003) */
{
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state;
}

/* One to four changes: a byte, a bit, a piece cut out, a piece said twice, an end cut off. */
static size_t mutate(uint8_t *data, size_t size, size_t capacity, uint32_t *state)
{
    static const char bytes[] = "{}[]\":,.-+%/#$x0919eE \\\n\x01\x7f\x80\xc3\xff";
    for (uint32_t changes = 1 + random_next(state) % 4; changes > 0 && size > 0; changes--) {
        size_t at = random_next(state) % size, rest = size - at;
        size_t piece = 1 + random_next(state) % (rest < 16 ? rest : 16);
        switch (random_next(state) % 5) {
        case 0:
            data[at] = (uint8_t)bytes[random_next(state) % (sizeof(bytes) - 1)];
            break;
        case 1:
            data[at] ^= (uint8_t)(1u << random_next(state) % 8);
            break;
        case 2:
            memmove(data + at, data + at + piece, rest - piece);
            size -= piece;
            break;
        case 3:
            if (size + piece <= capacity) {
                memmove(data + at + piece, data + at, rest);
                size += piece;
            }
            break;
        default:
            size = at;
        }
    }
    return size;
}

static int run_file(const char *folder, const char *name, long rounds, uint8_t *data, uint8_t *copy)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *file = fopen(path, "rb");
    if (!file) {
        perror(path);
        return 1;
    }
    size_t size = fread(data, 1, LARGEST, file);
    fclose(file);
    run(data, size);
    uint32_t state = 2463534242u;
    for (long i = 0; i < rounds; i++) {
        memcpy(copy, data, size);
        run(copy, mutate(copy, size, LARGEST, &state));
    }
    return 0;
}

int main(int argc, char **argv)
{
    long rounds = argc > 2 ? strtol(argv[2], NULL, 10) : 0;
    uint8_t *data = malloc(LARGEST), *copy = malloc(LARGEST);
    DIR *folder = argc > 1 ? opendir(argv[1]) : NULL;
    int files = 0, failures = !folder || !data || !copy;
    for (struct dirent *entry; !failures && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] != '.') {
            failures += run_file(argv[1], entry->d_name, rounds, data, copy);
            files++;
        }
    }
    if (folder) {
        closedir(folder);
    }
    free(data);
    free(copy);
    printf("%d files, %ld mutations of each\n", files, rounds);
    return failures > 0 || files == 0; /* an empty corpus tests nothing */
}
