/* SPDX-License-Identifier: MIT
 * The registry of generation services: what providers.def lists, as a table. */
#include <string.h>

#include "provider.h"
#include "suggest.h"

#define PROVIDER(name_) extern const struct provider provider_##name_;
#include "providers.def"
#undef PROVIDER

const struct provider *const *provider_list(void)
{
    static const struct provider *const list[] = {
#define PROVIDER(name_) &provider_##name_,
#include "providers.def"
#undef PROVIDER
        NULL};
    return list;
}

const struct provider *provider_find(const char *name)
{
    for (const struct provider *const *provider = provider_list(); *provider; provider++) {
        if (strcmp((*provider)->name, name) == 0) {
            return *provider;
        }
    }
    return NULL;
}

static const char *provider_name(const void *data, size_t i)
{
    const struct provider *const *list = data;
    return list[i] ? list[i]->name : NULL;
}

enum status provider_choose(const char *name, const struct provider **out, struct error *error)
{
    const struct provider *provider = provider_find(name);
    if (provider) {
        *out = provider;
        return STATUS_OK;
    }
    struct buffer known = {.limit = 512};
    suggest(&known, name, provider_name, provider_list());
    error_set(error, STATUS_USAGE, "provider '%s' is not known%s", name, buffer_string(&known));
    buffer_free(&known);
    return error->status;
}
