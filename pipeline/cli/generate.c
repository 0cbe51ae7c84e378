/* SPDX-License-Identifier: MIT
 * `picset generate`: prompts in, whole sets out. */
#include <string.h>
#include <unistd.h>

#include "limit.h"
#include "models_list.h"
#include "text.h"
#include "work.h"

enum { PROMPT_BYTES_MAX = 1 << 20, NAME_BYTES = 40, HASH_BYTES = 9 };

struct making {
    struct cli *cli;
    const struct make_options *options;
    struct project_image *images;
    size_t count, capacity;
    const struct project_reference *references;
    struct project_image like; /* what all images have */
    struct batch_named *named; /* after their prompts, so that a person did not choose */
    size_t named_count, named_capacity;
};

/* ---- Names ---------------------------------------------------------------------------------- */

/* "Grüße" and "東京": the first eight digits of the prompt's hash tell apart what letters do not.
 */
static const char *name_with_hash(struct arena *arena, const char *name, int length,
                                  const char *prompt)
{
    char hash[33];
    hash_text(hash_bytes(prompt, strlen(prompt)), hash);
    return arena_format(arena, "%.*s-%.8s", length, name, hash);
}

/* "A lighthouse at dusk, photograph" → "a-lighthouse-at-dusk-photograph": plain ASCII and short,
 * letters as in the names of files. */
static const char *name_of_prompt(struct arena *arena, const char *prompt)
{
    struct buffer letters = {0};
    char *name = NULL;
    size_t length = 0;
    name_letters(prompt, &letters);
    if (!buffer_failed(&letters) && (name = arena_text(arena, buffer_string(&letters)))) {
        for (const char *c = buffer_string(&letters); *c; c++) {
            if (*c != '_') {
                name[length++] = *c;
            } else if (length > 0 && name[length - 1] != '-') {
                name[length++] = '-';
            }
        }
        length -= length > 0 && name[length - 1] == '-';
        name[length] = '\0';
    }
    buffer_free(&letters);
    if (!name || length == 0) {
        return name ? name_with_hash(arena, "image", 5, prompt) : NULL;
    }
    if (length <= NAME_BYTES) {
        return name;
    }
    length = NAME_BYTES - HASH_BYTES; /* no half word at the end, unless it is long */
    while (length > NAME_BYTES / 2 && name[length] != '-') {
        length--;
    }
    length = name[length] == '-' ? length : NAME_BYTES - HASH_BYTES;
    return name_with_hash(arena, name, (int)length, prompt);
}

static const char *name_of_file(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    const char *dot = strrchr(base, '.');
    return dot && dot != base ? arena_slice(arena, base, (size_t)(dot - base))
                              : arena_text(arena, base);
}

static bool name_is_taken(const struct making *making, const char *name)
{
    for (size_t i = 0; i < making->count; i++) {
        if (strcmp(making->images[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

/* "lighthouse", "lighthouse-2", … */
static const char *free_name(const struct making *making, const char *name)
{
    const char *free = name;
    for (size_t i = 2; free && name_is_taken(making, free); i++) {
        free = arena_format(making->cli->arena, "%s-%zu", name, i);
    }
    return free;
}

/* ---- Images --------------------------------------------------------------------------------- */

static enum status add_prompt(struct making *making, const char *prompt, const char *name,
                              struct error *error)
{
    const struct request_options *request = &making->options->request;
    struct project_image *image = arena_push(making->cli->arena, &making->images, &making->count,
                                             &making->capacity, sizeof(*image));
    if (!image) {
        return error_memory(error);
    }
    making->count--; /* it has no name yet */
    name = free_name(making, *request->name ? request->name : name);
    making->count++;
    *image = making->like;
    image->id = image->name = name;
    image->prompt = prompt;
    image->alt = *request->alt ? request->alt : prompt;
    image->place = arena_format(making->cli->arena, "prompt %zu", making->count);
    return name && image->place ? STATUS_OK : error_memory(error);
}

/* The same, called after the prompt itself. */
static enum status add_named(struct making *making, const char *prompt, struct error *error)
{
    struct arena *arena = making->cli->arena;
    const char *name = name_of_prompt(arena, prompt);
    if (!name) {
        return error_memory(error);
    }
    if (add_prompt(making, prompt, name, error) != STATUS_OK || *making->options->request.name) {
        return error->status;
    }
    struct batch_named *slot = arena_push(arena, &making->named, &making->named_count,
                                          &making->named_capacity, sizeof(*slot));
    if (!slot) {
        return error_memory(error);
    }
    *slot = (struct batch_named){making->images[making->count - 1].name, prompt};
    return STATUS_OK;
}

static enum status add_file(struct making *making, const char *path, struct error *error)
{
    struct arena *arena = making->cli->arena;
    struct buffer text = {.limit = PROMPT_BYTES_MAX + 128 * 1024};
    bool standard = strcmp(path, "-") == 0;
    if (project_file_read(standard ? "/dev/stdin" : path, PROMPT_BYTES_MAX, &text, error) !=
        STATUS_OK) {
        buffer_free(&text);
        return error_at(error, "%s", standard ? "standard input" : path);
    }
    const char *start = buffer_string(&text);
    start += strncmp(start, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    size_t size = strlen(start);
    while (size > 0 && strchr(" \t\r\n", start[size - 1])) {
        size--;
    }
    const char *prompt = arena_slice(arena, start, size);
    const char *name = standard ? "" : name_of_file(arena, path);
    bool cut = strlen(buffer_string(&text)) != text.size;
    buffer_free(&text);
    if (!prompt || !name) {
        return error_memory(error);
    }
    if (cut || !text_is_utf8(prompt, size)) {
        error_set(error, STATUS_USAGE, "is no UTF-8 text");
        return error_at(error, "%s", path);
    }
    return standard ? add_named(making, prompt, error) : add_prompt(making, prompt, name, error);
}

static enum status add_all(struct making *making, const struct words *words, struct error *error)
{
    const struct prompt_options *prompt = &making->options->prompt;
    for (size_t i = 0; i < prompt->prompt.count; i++) {
        if (add_named(making, prompt->prompt.list[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    for (size_t i = 0; i < prompt->prompt_file.count; i++) {
        if (add_file(making, prompt->prompt_file.list[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    if (making->count == 0) {
        making->cli->hint = "generate";
        return error_set(error, STATUS_USAGE,
                         "no prompt given: --prompt TEXT or --prompt-file FILE");
    }
    if (*making->options->request.name && making->count > 1) {
        return error_set(error, STATUS_USAGE, "'--name' is for one image, but there are %zu",
                         making->count);
    }
    (void)words;
    return STATUS_OK;
}

static enum status read_references(struct making *making, struct error *error)
{
    const struct texts *texts = &making->options->prompt.reference;
    struct project_reference *list =
        arena_array(making->cli->arena, texts->count + 1, sizeof(*list));
    if (!list) {
        return error_memory(error);
    }
    for (size_t i = 0; i < texts->count; i++) {
        const char *text = texts->list[i];
        bool url = text_starts(text, "https://") || text_starts(text, "http://");
        if (!url && access(text, F_OK) != 0) {
            return error_set(error, STATUS_MISSING, "no such file '%s' for '--reference'", text);
        }
        list[i] = url ? (struct project_reference){.url = text}
                      : (struct project_reference){.path = text};
    }
    making->like.references = list;
    making->like.reference_count = texts->count;
    return STATUS_OK;
}

static enum status read_like(struct making *making, struct error *error)
{
    const struct prompt_options *prompt = &making->options->prompt;
    const char *focus = making->options->request.focus;
    struct project_image *like = &making->like;
    like->dir = "";
    like->label = "";
    like->id_given = true;
    like->out = making->options->request.out;
    like->wishes = (struct project_wishes){
        .aspect = *prompt->aspect ? prompt->aspect : NULL,
        .size = *prompt->size ? prompt->size : NULL,
        .format = *prompt->format ? prompt->format : NULL,
        .thinking = *prompt->thinking ? prompt->thinking : NULL,
        .grounding = prompt->grounding,
        .seed_given = *prompt->seed != '\0',
    };
    if (*prompt->seed &&
        (!text_to_int64(prompt->seed, &like->wishes.seed) || like->wishes.seed < 0)) {
        return error_set(error, STATUS_USAGE, "'--seed %s' is no whole number from 0 on",
                         prompt->seed);
    }
    if (*focus && !text_to_point(focus, &like->focus_x, &like->focus_y)) {
        return error_set(error, STATUS_USAGE,
                         "'--focus %s' is no point: two fractions 0..1 or percentages, like "
                         "0.5,0.3 or 50%%,30%%",
                         focus);
    }
    like->focus_given = *focus != '\0';
    return read_references(making, error);
}

/* ---- All of it ------------------------------------------------------------------------------ */

static enum status generate(struct work *work, struct error *error)
{
    struct cli *cli = work->cli;
    const struct words all = {0};
    if (work_select(work, &all, error) != STATUS_OK ||
        service_choose(cli, &work->options->generation, work->project, &work->service, error) !=
            STATUS_OK ||
        work_ask(work, error) != STATUS_OK) {
        return error->status;
    }
    return cli->globals.dry_run ? work_plan(work, error) : work_run(work, error);
}

static enum status run(struct cli *cli, const void *options, const struct words *words,
                       struct error *error)
{
    const struct make_options *make = options;
    struct making making = {.cli = cli, .options = make};
    struct project project = {.file = "generate", .cost_max = -1, .images_max = -1};
    struct work work;
    if (make->prompt.list_models) {
        return models_list(cli, make->generation.provider, error);
    }
    if (read_like(&making, error) != STATUS_OK || add_all(&making, words, error) != STATUS_OK) {
        return error->status;
    }
    project.images = making.images;
    project.image_count = making.count;
    enum status status = work_open_one(cli, make, &project, &work, error);
    if (status == STATUS_OK) {
        status = batch_names_free(&work.request.batch, making.named, making.named_count, error);
    }
    if (status == STATUS_OK) {
        status = generate(&work, error);
    }
    work_close(&work);
    return status;
}

static const struct example examples[] = {
    {"picset generate --prompt 'a lighthouse at dusk' -p web,thumbnails -o out",
     "one image and two sets of it, in the aspect and size that they need"},
    {"picset generate --prompt 'a market stall' --aspect 16:9 --size 4K -p web -n",
     "what would be asked for, what it costs, and every file: nothing is sent"},
    {"picset generate --prompt-file a.txt --reference b.png -p web --max-cost 1",
     "a prompt from a file, an image to keep to, a bound"},
    {"picset generate --provider gemini --key-file ~/.key --prompt 'a train' -p web",
     "a service by name, its key from a file of mode 0600"},
    {NULL, NULL}};

const struct command command_generate = {
    .name = "generate",
    .summary = "make the image sets of presets from prompts",
    .usage = "--prompt TEXT ... --preset PRESET [-o DIR] [options]",
    .text =
        "Each prompt goes to a service that makes images, and each image becomes the sets of the "
        "presets, as 'picset render' makes them. Aspect ratio and size are chosen from what the "
        "presets need, unless they are given.\n\n"
        "The service is the one whose key stands in the environment (KIE_API_KEY, GEMINI_API_KEY, "
        "OPENAI_API_KEY) or in a key file. Without a key the built-in sandbox draws pictures: good "
        "enough to try everything with, at no cost. A service that --provider names needs its key; "
        "with --base-url sandbox the sandbox draws in its place.\n\n"
        "Files are called after the prompt's first words, or --name. A prompt whose name another "
        "prompt's set has in the folder is refused before anything is asked for.\n\n"
        "What is asked for is remembered from before it is sent. The same request is never paid "
        "for twice: asked again, the image that is there is taken. 'picset jobs' lists them.",
    .examples = examples,
    .sets = generate_sets,
    .size = sizeof(struct make_options),
    .words = WORDS_NONE,
    .no_words = "a prompt is given as --prompt TEXT",
    .limits = limit_options,
    .makes = true,
    .run = run,
};
