/* SPDX-License-Identifier: MIT
 * Where the corpus is, and its manifest: a table with tabs between its columns. */
#include "corpus.h"

#include <stdlib.h>
#include <string.h>

enum {
    COLUMN_FILE,
    COLUMN_FORMAT = 3,
    COLUMN_WIDTH,
    COLUMN_HEIGHT,
    COLUMN_INFO = 7,
    COLUMN_OPENS = 9
};

bool corpus_open(struct corpus *corpus)
{
    const char *root = getenv("PICSET_CORPUS");
    char manifest[600];
    *corpus = (struct corpus){0};
    snprintf(corpus->root, sizeof corpus->root, "%s",
             root && *root ? root : PICSET_SOURCE_DIR "/../shared/corpus");
    snprintf(manifest, sizeof manifest, "%s/MANIFEST.tsv", corpus->root);
    corpus->manifest = fopen(manifest, "r");
    if (!corpus->manifest) {
        printf("skipped: no corpus at %s\n", corpus->root);
        return false;
    }
    return true;
}

static bool parse(const struct corpus *corpus, char *line, struct corpus_file *file)
{
    char *fields[10];
    size_t count = 0;
    for (char *field = line; field && count < 10; count++) {
        fields[count] = field;
        field = strpbrk(field, "\t\n");
        if (field) {
            *field++ = '\0';
        }
    }
    if (count < 10 || strcmp(fields[COLUMN_FILE], "file") == 0) {
        return false;
    }
    snprintf(file->name, sizeof file->name, "%.399s", fields[COLUMN_FILE]);
    snprintf(file->path, sizeof file->path, "%s/%s", corpus->root, file->name);
    snprintf(file->format, sizeof file->format, "%.15s", fields[COLUMN_FORMAT]);
    snprintf(file->info, sizeof file->info, "%.399s", fields[COLUMN_INFO]);
    file->width = (int)strtol(fields[COLUMN_WIDTH], NULL, 10);
    file->height = (int)strtol(fields[COLUMN_HEIGHT], NULL, 10);
    file->opens = strcmp(fields[COLUMN_OPENS], "opens") == 0;
    return true;
}

bool corpus_next(struct corpus *corpus, const char *prefix, struct corpus_file *file)
{
    char line[2048];
    while (fgets(line, sizeof line, corpus->manifest)) {
        if (parse(corpus, line, file) && strncmp(file->name, prefix, strlen(prefix)) == 0) {
            return true;
        }
    }
    return false;
}

void corpus_close(struct corpus *corpus)
{
    if (corpus->manifest) {
        fclose(corpus->manifest);
        corpus->manifest = NULL;
    }
}
