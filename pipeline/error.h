/* SPDX-License-Identifier: MIT
 * What went wrong: a status for the machine, and one sentence for the person.
 * The struct belongs to the caller and needs no release. Who detects speaks (error_set); who
 * passes on adds only the place (error_at). The first error wins. Knows nothing of images.
 * Wording: lower case, no full stop, the failure first, names in single quotes, the value, the
 * range and the unit. */
#ifndef PICSET_ERROR_H
#define PICSET_ERROR_H

#include <stdbool.h>
#include <stddef.h>

/* The numbers are the program's exit codes. */
enum status {
    STATUS_OK = 0,
    STATUS_FAILED = 1,      /* environment: input/output, memory, a library */
    STATUS_USAGE = 2,       /* configuration: command line, preset or project file */
    STATUS_MISSING = 3,     /* an input is not there */
    STATUS_UNSUPPORTED = 4, /* a format or codec is missing */
    STATUS_REFUSED = 5,     /* refused on purpose: a limit, an overwrite, a bad image */
    STATUS_PARTIAL = 6,     /* some of the batch failed */
    STATUS_CHECK = 7,       /* a check found a violation */
    STATUS_GENERATION = 8,  /* key, quota, refusal, provider */
    STATUS_BUG = 70,        /* our own mistake */
    STATUS_INTERRUPTED = 130
};

struct error {
    enum status status;
    char where[512];    /* stage, file and JSON pointer, or argument; may be empty */
    char message[1024]; /* one sentence */
    char cause[512];    /* the lower library's own words; may be empty */
};

#if defined(__GNUC__)
#define PICSET_PRINTF(format_, first_) __attribute__((format(printf, format_, first_)))
#define PICSET_NODISCARD __attribute__((warn_unused_result))
#else
#define PICSET_PRINTF(format_, first_)
#define PICSET_NODISCARD
#endif

/* Records the failure unless one is recorded already, and returns the recorded status. */
enum status error_set(struct error *error, enum status status, const char *format, ...)
    PICSET_PRINTF(3, 4);

/* Puts a place before the one recorded: "presets/web.json" + "/outputs/0" is
 * "presets/web.json: /outputs/0". Returns the recorded status. */
enum status error_at(struct error *error, const char *format, ...) PICSET_PRINTF(2, 3);

/* Adds the lower library's words: control characters become spaces, the end is trimmed. */
void error_cause(struct error *error, const char *text);

/* "out of memory", STATUS_FAILED. */
enum status error_memory(struct error *error);
bool error_is_memory(const struct error *error);

/* Makes the struct ready for another try. */
void error_clear(struct error *error);

/* Writes "WHERE: MESSAGE (CAUSE)" without the empty parts; always ends in NUL when size > 0.
 * Returns the length of the whole text, as snprintf does. */
size_t error_format(const struct error *error, char *text, size_t size);

/* "ok", "failed", "usage", …: the word for JSON documents. */
const char *status_name(enum status status);

#endif
