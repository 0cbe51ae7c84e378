/* SPDX-License-Identifier: MIT
 * Asks against the tables of models, before anything is sent: field, value, what is allowed. Knows
 * no provider by name. */
#include <ctype.h>
#include <inttypes.h>
#include <string.h>

#include "provider.h"
#include "suggest.h"
#include "text.h"

/* ---- Tables
 * ---------------------------------------------------------------------------------------- */

const struct model *model_find(const struct provider *provider, const char *name)
{
    if (!name) {
        return provider->models;
    }
    for (const struct model *model = provider->models; model->name; model++) {
        if (strcmp(model->name, name) == 0) {
            return model;
        }
    }
    return NULL;
}

static const char *model_name(const void *data, size_t i)
{
    const struct model *models = data;
    return models[i].name;
}

enum status model_choose(const struct provider *provider, const char *name,
                         const struct model **out, struct error *error)
{
    const struct model *model = model_find(provider, name);
    if (model) {
        *out = model;
        return STATUS_OK;
    }
    struct buffer known = {.limit = 1024};
    suggest(&known, name, model_name, provider->models);
    error_set(error, STATUS_USAGE, "model '%s' is not known to %s%s", name, provider->name,
              buffer_string(&known));
    buffer_free(&known);
    return error->status;
}

static bool listed(const char *const *list, const char *word)
{
    for (; list && *list; list++) {
        if (strcmp(*list, word) == 0) {
            return true;
        }
    }
    return false;
}

const char *model_format(const struct model *model, const char *name)
{
    enum format format = format_by_name(name);
    for (const char *const *known = model->formats; known && *known; known++) {
        if (strcmp(*known, name) == 0 || (format && format_by_name(*known) == format)) {
            return *known;
        }
    }
    return NULL;
}

/* Of a model that makes one size only, that size may be asked for, too. */
static bool has_size(const struct model *model, const char *size)
{
    return model->sizes ? listed(model->sizes, size)
                        : model->size_default && strcmp(model->size_default, size) == 0;
}

bool model_pixels(const struct model *model, const char *aspect, const char *size, int *width,
                  int *height)
{
    aspect = aspect ? aspect : model->aspect_default;
    size = size ? size : model->size_default;
    if (!aspect || !listed(model->aspects, aspect) || (size && !has_size(model, size))) {
        return false;
    }
    for (const struct model_size *entry = model->pixels; entry && entry->width; entry++) {
        if (strcmp(entry->aspect, aspect) == 0 &&
            (!entry->size || (size && strcmp(entry->size, size) == 0))) {
            *width = entry->width;
            *height = entry->height;
            return true;
        }
    }
    return false;
}

double model_price(const struct model *model, const char *size)
{
    size = size ? size : model->size_default;
    for (const struct model_price *entry = model->prices; entry && entry->price >= 0; entry++) {
        if (!entry->size || (size && strcmp(entry->size, size) == 0)) {
            return entry->price;
        }
    }
    return -1;
}

/* ---- Words
 * ----------------------------------------------------------------------------------------- */

static enum status check_word(const struct model *model, const char *field, const char *word,
                              const char *const *known, struct error *error)
{
    if (!known) {
        return error_set(error, STATUS_USAGE, "'%s' is '%s', and %s leaves no choice of %s", field,
                         word, model->name, field);
    }
    struct buffer words = {.limit = 1024};
    suggest(&words, word, suggest_listed, known);
    error_set(error, STATUS_USAGE, "'%s' is '%s', which %s does not know%s", field, word,
              model->name, buffer_string(&words));
    buffer_free(&words);
    return error->status;
}

static enum status check_words(const struct ask *ask, struct error *error)
{
    const struct model *model = ask->model;
    if (ask->aspect && !listed(model->aspects, ask->aspect)) {
        return check_word(model, "aspect", ask->aspect, model->aspects, error);
    }
    if (ask->size && !has_size(model, ask->size)) {
        const char *const one[] = {model->size_default, NULL};
        const char *const *known = model->sizes ? model->sizes : model->size_default ? one : NULL;
        return check_word(model, "size", ask->size, known, error);
    }
    if (ask->format && !model_format(model, ask->format)) {
        return check_word(model, "format", ask->format, model->formats, error);
    }
    return STATUS_OK;
}

/* ---- What some models can and others cannot
 * ---------------------------------------------------------- */

static bool can_ground(const struct model *model)
{
    return model->grounding;
}

static bool can_seed(const struct model *model)
{
    return model->seed;
}

static bool can_think(const struct model *model)
{
    return model->thinking != NULL;
}

static enum status cannot(const struct provider *provider, const struct model *model,
                          const char *field, bool (*can)(const struct model *model),
                          struct error *error)
{
    struct buffer others = {.limit = 1024};
    for (const struct model *other = provider->models; other->name; other++) {
        if (can(other) && !other->retired) {
            buffer_format(&others, "%s%s", others.size ? ", " : "", other->name);
        }
    }
    if (others.size) {
        error_set(error, STATUS_USAGE, "'%s' cannot be asked of %s; of %s it can be asked of %s",
                  field, model->name, provider->name, buffer_string(&others));
    } else {
        error_set(error, STATUS_USAGE, "'%s' cannot be asked of %s, nor of another model of %s",
                  field, model->name, provider->name);
    }
    buffer_free(&others);
    return error->status;
}

static enum status check_abilities(const struct provider *provider, const struct ask *ask,
                                   struct error *error)
{
    const struct model *model = ask->model;
    if (ask->grounding && !can_ground(model)) {
        return cannot(provider, model, "grounding", can_ground, error);
    }
    if (ask->seed_given && !can_seed(model)) {
        return cannot(provider, model, "seed", can_seed, error);
    }
    if (ask->thinking && !can_think(model)) {
        return cannot(provider, model, "thinking", can_think, error);
    }
    if (ask->thinking && !listed(model->thinking, ask->thinking)) {
        return check_word(model, "thinking", ask->thinking, model->thinking, error);
    }
    return STATUS_OK;
}

/* ---- Prompt and references
 * ------------------------------------------------------------------------------ */

static enum status check_prompt(const struct ask *ask, struct error *error)
{
    const char *prompt = ask->prompt ? ask->prompt : "";
    size_t size = strlen(prompt);
    if (size == strspn(prompt, " \t\r\n\v\f")) {
        return error_set(error, STATUS_USAGE, "the prompt is empty");
    }
    if (!text_is_utf8(prompt, size)) {
        return error_set(error, STATUS_USAGE, "the prompt is not valid UTF-8");
    }
    size_t characters = 0;
    for (size_t i = 0; i < size; i++) {
        characters += ((unsigned char)prompt[i] & 0xC0) != 0x80;
    }
    if (ask->model->prompt_max > 0 && characters > (size_t)ask->model->prompt_max) {
        return error_set(error, STATUS_USAGE,
                         "the prompt has %zu characters, and %s takes at most %d", characters,
                         ask->model->name, ask->model->prompt_max);
    }
    return STATUS_OK;
}

static bool is_web_url(const char *url)
{
    return text_starts(url, "https://") || text_starts(url, "http://");
}

static enum status check_reference(const struct model *model, const struct reference *reference,
                                   struct error *error)
{
    const char *name = reference->name ? reference->name : "";
    if (!reference->bytes && !reference->url) {
        return error_set(error, STATUS_USAGE, "reference '%s' has no content", name);
    }
    if (reference->url && !is_web_url(reference->url)) {
        return error_set(error, STATUS_USAGE,
                         "reference '%s' has no URL that a service can fetch; https:// is allowed",
                         name);
    }
    if (!reference->bytes) {
        return STATUS_OK;
    }
    if (reference->format != FORMAT_JPEG && reference->format != FORMAT_PNG &&
        reference->format != FORMAT_WEBP) {
        return error_set(error, STATUS_USAGE, "reference '%s' is %s; %s takes jpeg, png and webp",
                         name, format_info(reference->format)->name, model->name);
    }
    if (model->reference_bytes > 0 && reference->size > (uint64_t)model->reference_bytes) {
        struct buffer has = {.limit = 64}, most = {.limit = 64};
        text_bytes(&has, (double)reference->size);
        text_bytes(&most, (double)model->reference_bytes);
        error_set(error, STATUS_USAGE, "reference '%s' has %s, and %s takes at most %s", name,
                  buffer_string(&has), model->name, buffer_string(&most));
        buffer_free(&has);
        buffer_free(&most);
        return error->status;
    }
    return STATUS_OK;
}

static enum status check_references(const struct ask *ask, struct error *error)
{
    const struct model *model = ask->model;
    if (model->references_needed && ask->reference_count == 0) {
        return error_set(error, STATUS_USAGE, "%s edits images, and no reference is given",
                         model->name);
    }
    if (ask->reference_count > 0 && model->references_max == 0) {
        return error_set(error, STATUS_USAGE, "%s takes no reference images", model->name);
    }
    if (ask->reference_count > (size_t)model->references_max) {
        return error_set(error, STATUS_USAGE,
                         "%zu reference images are given, and %s takes at most %d",
                         ask->reference_count, model->name, model->references_max);
    }
    for (size_t i = 0; i < ask->reference_count; i++) {
        if (check_reference(model, &ask->references[i], error) != STATUS_OK) {
            return error->status;
        }
    }
    return STATUS_OK;
}

enum status ask_check(const struct provider *provider, const struct ask *ask, struct error *error)
{
    if (ask->model->retired) {
        return error_set(error, STATUS_USAGE, "model '%s' is retired: %s", ask->model->name,
                         ask->model->retired);
    }
    if (check_prompt(ask, error) != STATUS_OK || check_words(ask, error) != STATUS_OK ||
        check_abilities(provider, ask, error) != STATUS_OK) {
        return error->status;
    }
    return check_references(ask, error);
}
