/* SPDX-License-Identifier: MIT
 * `picset generate --list-models`: what can be asked of whom, in which sizes and at what price,
 * from the tables of the providers. Sends nothing. */
#include "cli.h"
#include "models_list.h"
#include "provider.h"
#include "text.h"

static void print_sizes(struct buffer *out, const struct model *model)
{
    static const char *const none[] = {NULL};
    for (const char *const *size = model->sizes ? model->sizes : none; *size; size++) {
        buffer_format(out, "  %s ", *size);
        if (model_price(model, *size) >= 0) {
            text_dollars(out, model_price(model, *size));
        }
    }
    if (!model->sizes) {
        buffer_format(out, "  %s ", model->size_default ? model->size_default : "one size");
        if (model_price(model, NULL) >= 0) {
            text_dollars(out, model_price(model, NULL));
        }
    }
}

static void print_models(struct buffer *out, const struct provider *provider)
{
    buffer_format(out, "%s: %s\n", provider->name, provider->summary);
    for (const struct model *model = provider->models; model->name; model++) {
        if (!model->retired) {
            buffer_format(out, "  %s\n      %s\n    ", model->name, model->summary);
            print_sizes(out, model);
            buffer_char(out, '\n');
        }
    }
}

static struct value *words_value(struct arena *arena, const char *const *words)
{
    struct value *list = value_list(arena);
    for (; words && *words; words++) {
        list = value_append(arena, list, value_text(arena, *words));
    }
    return list;
}

static struct value *prices_value(struct arena *arena, const struct model *model)
{
    struct value *prices = value_object(arena);
    const char *only[] = {model->size_default, NULL};
    for (const char *const *size = model->sizes ? model->sizes : only; *size; size++) {
        if (model_price(model, *size) >= 0) {
            prices = value_set(arena, prices, *size, value_real(arena, model_price(model, *size)));
        }
    }
    return prices;
}

static struct value *model_value(struct arena *arena, const struct provider *provider,
                                 const struct model *model)
{
    struct value *value = value_object(arena);
    value = value_set(arena, value, "provider", value_text(arena, provider->name));
    value = value_set(arena, value, "model", value_text(arena, model->name));
    value = value_set(arena, value, "summary", value_text(arena, model->summary));
    value = value_set(arena, value, "aspects", words_value(arena, model->aspects));
    value = value_set(arena, value, "sizes", words_value(arena, model->sizes));
    value = value_set(arena, value, "references", value_int(arena, model->references_max));
    return value_set(arena, value, "prices", prices_value(arena, model));
}

enum status models_list(struct cli *cli, const char *only, struct error *error)
{
    struct value *list = value_list(cli->arena);
    const struct provider *one = NULL;
    if (only && *only && provider_choose(only, &one, error) != STATUS_OK) {
        return error->status;
    }
    for (const struct provider *const *provider = provider_list(); *provider; provider++) {
        if (one && one != *provider) {
            continue;
        }
        if (!cli->globals.json) {
            print_models(&cli->out, *provider);
        }
        for (const struct model *model = (*provider)->models; model->name; model++) {
            if (!model->retired) {
                list = value_append(cli->arena, list, model_value(cli->arena, *provider, model));
            }
        }
    }
    return !cli->globals.json
               ? STATUS_OK
               : cli_json(cli, value_set(cli->arena, cli_document(cli, "models"), "models", list),
                          error);
}
