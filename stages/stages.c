/* SPDX-License-Identifier: MIT
 * The registry: what stages.def and emitters.def list, as tables. */
#include <string.h>

#include "emitter.h"
#include "stage.h"

#define STAGE(name_) extern const struct stage stage_##name_;
#include "stages.def"
#undef STAGE
#define EMITTER(name_) extern const struct emitter emitter_##name_;
#include "emitters.def"
#undef EMITTER

const struct stage *const *stage_list(void)
{
    static const struct stage *const list[] = {
#define STAGE(name_) &stage_##name_,
#include "stages.def"
#undef STAGE
        NULL};
    return list;
}

const struct stage *stage_find(const char *name)
{
    for (const struct stage *const *stage = stage_list(); *stage; stage++) {
        if (strcmp((*stage)->name, name) == 0) {
            return *stage;
        }
    }
    return NULL;
}

const struct emitter *const *emitter_list(void)
{
    static const struct emitter *const list[] = {
#define EMITTER(name_) &emitter_##name_,
#include "emitters.def"
#undef EMITTER
        NULL};
    return list;
}

const struct emitter *emitter_find(const char *name)
{
    for (const struct emitter *const *emitter = emitter_list(); *emitter; emitter++) {
        if (strcmp((*emitter)->name, name) == 0) {
            return *emitter;
        }
    }
    return NULL;
}
