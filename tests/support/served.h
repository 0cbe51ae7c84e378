/* SPDX-License-Identifier: MIT
 * `picset sandbox` as a process of its own in a folder of its own, and its ledger. */
#ifndef PICSET_TEST_SERVED_H
#define PICSET_TEST_SERVED_H

#include "program.h"
#include "world.h"

struct served {
    char *folder, *url;
    struct program program;
    pid_t pid;
};

/* Options after `picset sandbox`, ended by NULL. The folder is new, and goes with served_end. */
struct served served_begin(const char *const *options);
void served_await(struct served *served); /* until `url` is known */
void served_end(struct served *served);

/* Room for the words of a command line, ended by NULL. */
enum { SERVED_WORDS = 48 };
/* Adds what makes small thumbnails in out/ of one image of the served provider, at the end of the
 * words; returns how many there are. */
size_t served_words(const struct served *served, const char *provider,
                    const char *words[SERVED_WORDS]);

struct world client_begin(void); /* a world without a sandbox inside */
void client_end(struct world *world);
const struct value *served_ledger(struct world *world, const struct served *served);

void pause_seconds(double seconds);

#endif
