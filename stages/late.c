/* SPDX-License-Identifier: MIT
 * See late.h. */
#include "late.h"

#include <dlfcn.h>
#include <string.h>

bool late_load(const char *library, const char *const *names, void *calls)
{
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    unsigned char *place = calls;
    for (; handle && *names; names++) {
        void *found = dlsym(handle, *names);
        if (!found) {
            return false;
        }
        memcpy(place, &found, sizeof found); /* POSIX: a function's address fits */
        place += sizeof found;
    }
    return handle != NULL;
}
