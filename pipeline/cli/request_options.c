/* SPDX-License-Identifier: MIT
 * The options of render and plan, in the groups in which help shows them. */
#include "request.h"

const char *const overwrite_names[] = {"never", "changed", "always", NULL};

const struct option request_what_options[] = {
    {.name = "preset",
     OPT_TEXTS(struct request_options, preset),
     .short_name = 'p',
     .value_name = "PRESET",
     .help = "what to make: a preset's name, or the path of a preset file; several with commas or "
             "by giving the option again"},
    {.name = "set",
     OPT_TEXTS(struct request_options, set),
     .value_name = "PRESET.PARAM=VALUE",
     .help = "change a parameter of a preset: web.widths=400,800; the preset's name may be left "
             "out when there is only one"},
    {.name = "out",
     OPT_TEXT(struct request_options, out),
     .def = "picset-out",
     .short_name = 'o',
     .value_name = "DIR",
     .help = "folder for the sets; ${preset} in it makes a folder for each preset"},
    {.name = NULL}};

const struct option request_source_options[] = {
    {.name = "recursive",
     OPT_BOOL(struct request_options, recursive),
     .def = "false",
     .short_name = 'r',
     .help = "take the images in folders, and in the folders in them; their tree is kept"},
    {.name = "files-from",
     OPT_TEXT(struct request_options, files_from),
     .def = "",
     .value_name = "FILE",
     .help = "take the files that FILE names, one per line; '-' reads the list from standard "
             "input"},
    {.name = "null",
     OPT_BOOL(struct request_options, nul),
     .def = "false",
     .short_name = '0',
     .help = "the names in --files-from end in NUL, as 'find -print0' writes them"},
    {.name = "input",
     OPT_TEXTS(struct request_options, input),
     .value_name = "NAME=FILE",
     .help = "a further image that the preset knows by NAME, or a colour: dark=icon-dark.png, "
             "background=#0b3d5c; ${name} and ${dir} in FILE are those of each image, and "
             "such a file may be missing"},
    {.name = "name",
     OPT_TEXT(struct request_options, name),
     .def = "",
     .value_name = "NAME",
     .help = "${name} of the one image, for instance of standard input, which is called 'stdin' "
             "otherwise"},
    {.name = "alt",
     OPT_TEXT(struct request_options, alt),
     .def = "",
     .value_name = "TEXT",
     .blank = true,
     .help = "alternative text of the one image, for the markup"},
    {.name = "focus",
     OPT_TEXT(struct request_options, focus),
     .def = "",
     .value_name = "X,Y",
     .help = "the point that crops keep in sight, as fractions of width and height from the top "
             "left: 0.5,0.3 or 50%,30%"},
    {.name = NULL}};

const struct option request_work_options[] = {
    {.name = "overwrite",
     OPT_ENUM(struct request_options, overwrite),
     .def = "changed",
     .names = overwrite_names,
     .value_name = "WHEN",
     .help = "what becomes of files that are there: 'changed' makes anew only what is not as "
             "picset left it or would be made otherwise now, and keeps what picset has not made; "
             "'always' makes everything anew, whosever it is; 'never' keeps every file"},
    {.name = "prune",
     OPT_BOOL(struct request_options, prune),
     .def = "false",
     .help = "remove what picset made before for these images and does not make any more; of a "
             "project also what ids made that are not in it any more"},
    {.name = "keep-going",
     OPT_BOOL(struct request_options, keep_going),
     .def = "true",
     .help = "go on with the other images when one fails; this is the default"},
    {.name = "fail-fast",
     OPT_BOOL(struct request_options, fail_fast),
     .def = "false",
     .help = "stop at the first image that fails, and ask no service for more: the same as "
             "--no-keep-going"},
    {.name = "report",
     OPT_BOOL(struct request_options, report),
     .def = "false",
     .help = "show what is there now as a page, report.html in the output folder: the same as "
             "'picset report' afterwards"},
    {.name = "limit",
     OPT_TEXTS(struct request_options, limit),
     .value_name = "NAME=VALUE",
     .help = "change a limit; they are listed below"},
    {.name = NULL}};

const struct option_set request_sets[] = {{"What to make", request_what_options},
                                          {"Images", request_source_options},
                                          {"How to go about it", request_work_options},
                                          {NULL, NULL}};
