/* SPDX-License-Identifier: MIT
 * Libraries that most runs do not need, loaded when they are first called: with what it brings
 * along libcurl alone would take longer to load than the rest of the program. Each has a list of
 * its functions in the one file that includes its header: call(prefix, name). Knows no library. */
#ifndef PICSET_LATE_H
#define PICSET_LATE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

/* What the list becomes: members of a struct of pointers, their names, and, where the library is
 * linked after all, their addresses. */
#define LATE_MEMBER(prefix_, name_) __typeof__(prefix_##name_) *name_;
#define LATE_NAME(prefix_, name_) #prefix_ #name_,
#define LATE_ADDRESS(prefix_, name_) prefix_##name_,

/* Defines NAME_calls(): a struct NAME of the list's functions; NULL when one of them is not there.
 */
#define LATE_LOADED(name_, library_, list_)                                                        \
    static pthread_once_t name_##_once = PTHREAD_ONCE_INIT;                                        \
    static struct name_ name_##_late;                                                              \
    static bool name_##_found;                                                                     \
    static void name_##_load(void)                                                                 \
    {                                                                                              \
        static const char *const names[] = {list_(LATE_NAME) NULL};                                \
        name_##_found = late_load(library_, names, &name_##_late);                                 \
    }                                                                                              \
    static const struct name_ *name_##_calls(void)                                                 \
    {                                                                                              \
        pthread_once(&name_##_once, name_##_load);                                                 \
        return name_##_found ? &name_##_late : NULL;                                               \
    }
#define LATE_LINKED(name_, list_)                                                                  \
    static const struct name_ *name_##_calls(void)                                                 \
    {                                                                                              \
        static const struct name_ linked = {list_(LATE_ADDRESS)};                                  \
        return &linked;                                                                            \
    }

/* Loads `library` for the rest of the process and fills `calls`, a struct of nothing but pointers
 * to functions, in the order of `names`, which NULL ends. False: something is not there. */
bool late_load(const char *library, const char *const *names, void *calls);

#endif
