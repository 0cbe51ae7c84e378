/* SPDX-License-Identifier: MIT
 * See library.h. */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "library.h"

static const char default_folder[] = "presets";

bool library_there(const char *folder)
{
    struct stat facts;
    return stat(folder, &facts) == 0 && S_ISDIR(facts.st_mode);
}

enum status library_open(struct cli *cli, struct preset_library *out, struct error *error)
{
    const char *folder = cli->globals.preset_folder;
    bool asked = folder && *folder;
    bool there = library_there(asked ? folder : default_folder);
    if (asked && !there) {
        return error_set(error, STATUS_MISSING, "no such folder of presets '%s'", folder);
    }
    out->folder = asked ? folder : there ? default_folder : NULL;
    return STATUS_OK;
}
