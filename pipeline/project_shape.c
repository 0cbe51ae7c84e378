/* SPDX-License-Identifier: MIT
 * See project_shape.h. */
#include "project_shape.h"

const struct shape_key shape_project[] = {
    {"$schema", SHAPE_TEXT, false, "address of the JSON Schema, for editors"},
    {"version", SHAPE_NUMBER, true, "version of the format: 1"},
    {"provider", SHAPE_OBJECT, false, "the service that makes images from prompts"},
    {"out", SHAPE_TEXT, false,
     "folder for the sets, below the project's; ${preset} may stand in it"},
    {"budget", SHAPE_OBJECT, false, "what a run may spend; it stops before more"},
    {"defaults", SHAPE_OBJECT, false,
     "an image that every other starts from: lists are replaced, objects merged"},
    {"images", SHAPE_LIST, true, "the images, each one entry or, with a matrix or pattern, many"},
    {0}};

const struct shape_key shape_provider[] = {
    {"name", SHAPE_TEXT, false, "the service: kie, gemini, openai or sandbox"},
    {"model", SHAPE_TEXT, false, "one of the service's models"},
    {"base-url", SHAPE_TEXT, false,
     "another address of the same protocol; 'sandbox': the built-in one"},
    {"upload-url", SHAPE_TEXT, false, "where reference images are uploaded, if elsewhere"},
    {"fields", SHAPE_OBJECT, false,
     "changes of the model's table, for a model that is new or has "
     "changed"},
    {0}};

#define WISHES                                                                                     \
    {"aspect", SHAPE_TEXT, false,                                                                  \
     "aspect ratio to ask for; without it the one that serves the presets with least waste"},      \
        {"size", SHAPE_TEXT, false, "512, 1K, 2K or 4K; without it what the presets need"},        \
        {"format", SHAPE_TEXT, false, "format to ask for: png or jpg"},                            \
        {"references", SHAPE_LIST | SHAPE_TEXT, false,                                             \
         "images to keep to: paths, URLs, \"id:NAME\" for an image of this file"},                 \
        {"seed", SHAPE_NUMBER | SHAPE_TEXT, false, "a number that makes a result repeatable"},     \
        {"thinking", SHAPE_TEXT, false, "how long the model thinks: low, high"},                   \
    {                                                                                              \
        "grounding", SHAPE_BOOL | SHAPE_TEXT, false, "let the model search the web for facts"      \
    }

const struct shape_key shape_image[] = {
    {"id", SHAPE_TEXT, false, "unique; ${name} of the set of a prompt"},
    {"matrix", SHAPE_OBJECT, false,
     "variables and their lists, or files of rows: one image per combination"},
    {"source", SHAPE_TEXT, false, "an image file, or a pattern for many"},
    {"prompt", SHAPE_TEXT, false, "what the image shows"},
    {"prompt-file", SHAPE_TEXT, false, "a file with the prompt"},
    {"inputs", SHAPE_OBJECT, false,
     "further images by name: paths, colours, prompts; a path with ${…} may be missing"},
    {"presets", SHAPE_LIST | SHAPE_TEXT, false,
     "what to make of it: names, or presets with changes"},
    {"alt", SHAPE_TEXT, false, "alternative text, for the markup"},
    {"focus", SHAPE_TEXT, false, "the point that crops keep in sight: 0.5,0.3"},
    WISHES,
    {"about", SHAPE_TEXT | SHAPE_OBJECT, false,
     "alternative text and focus of each found file: an object, or a CSV or JSON file"},
    {"out", SHAPE_TEXT, false, "folder for its sets, instead of the project's"},
    {0}};

const struct shape_key shape_made_input[] = {
    {"prompt", SHAPE_TEXT, false, "what the input shows"},
    {"prompt-file", SHAPE_TEXT, false, "a file with the prompt"},
    WISHES,
    {0}};

const struct shape_key shape_about[] = {
    {"alt", SHAPE_TEXT, false, "alternative text, for the markup"},
    {"focus", SHAPE_TEXT, false, "the point that crops keep in sight: 0.5,0.3"},
    {0}};

const struct shape_key shape_table[] = {
    {"file", SHAPE_TEXT, true, "a CSV file, or a JSON file that holds a list"}, {0}};

const struct option project_budget_options[] = {{.name = "cost",
                                                 OPT_NUMBER(struct project_budget, cost),
                                                 .def = "-1",
                                                 .min = -1,
                                                 .max = 1e9,
                                                 .unit = "US dollars",
                                                 .help = "what one run may spend"},
                                                {.name = "images",
                                                 OPT_INT(struct project_budget, images),
                                                 .def = "-1",
                                                 .min = -1,
                                                 .max = 1000000,
                                                 .help = "how many images one run may have made"},
                                                {.name = NULL}};
