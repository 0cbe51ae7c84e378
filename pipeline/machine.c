/* SPDX-License-Identifier: MIT
 * cgroup v2: cpu.max "200000 100000" or "max 100000", memory.max bytes or "max", in every group
 * from our own up to the root; v1: cpu/cpu.cfs_quota_us with cpu.cfs_period_us,
 * memory.limit_in_bytes. Source: the kernel's admin-guide/cgroup-v2.rst and sched-bwc.rst. */
#include "machine.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "text.h"

static int read_line(const char *path, char *line, size_t size)
{
    FILE *file = fopen(path, "re");
    if (!file) {
        return 0;
    }
    char *got = fgets(line, (int)size, file);
    fclose(file);
    if (!got) {
        return 0;
    }
    line[strcspn(line, "\n")] = '\0';
    return 1;
}

/* "cpu,cpuacct" has "cpu"; "cpuset" has not. Version 2 names no controller. */
static int names_hold(const char *names, const char *controller)
{
    size_t length = strlen(controller);
    for (const char *name = names; name; name = strchr(name, ',')) {
        name += *name == ',';
        if (strncmp(name, controller, length) == 0 && strchr(",", name[length])) {
            return 1;
        }
    }
    return 0;
}

/* Our group's path below the controller's mount: the line "0::/a/b" (v2) or "4:cpu,cpuacct:/a"
 * (v1). */
static void group_path(const char *root, const char *controller, char *group, size_t size)
{
    char path[512], line[1024];
    snprintf(group, size, "/");
    snprintf(path, sizeof(path), "%s/proc/self/cgroup", root);
    FILE *file = fopen(path, "re");
    if (!file) {
        return;
    }
    while (fgets(line, sizeof(line), file)) {
        line[strcspn(line, "\n")] = '\0';
        char *names = strchr(line, ':');
        char *place = names ? strchr(names + 1, ':') : NULL;
        if (!place) {
            continue;
        }
        *place++ = '\0';
        names++;
        if (names_hold(names, controller)) {
            snprintf(group, size, "%s", place);
        }
    }
    fclose(file);
}

/* Calls see(file text) for `name` in our group and each of its parents. */
static void each_group(const char *root, const char *mount, const char *controller,
                       const char *name, void (*see)(const char *path, void *data), void *data)
{
    char group[512], path[1400];
    group_path(root, controller, group, sizeof(group));
    while (1) {
        snprintf(path, sizeof(path), "%s%s%s/%s", root, mount, strcmp(group, "/") ? group : "",
                 name);
        see(path, data);
        char *slash = strrchr(group, '/');
        if (!slash || strcmp(group, "/") == 0) {
            return;
        }
        slash[slash == group ? 1 : 0] = '\0';
    }
}

static void see_cpu_max(const char *path, void *data)
{
    double *quota = data;
    char line[128];
    double limit, period;
    if (read_line(path, line, sizeof(line)) && sscanf(line, "%lf %lf", &limit, &period) == 2 &&
        period > 0 && limit / period < *quota) {
        *quota = limit / period;
    }
}

static void see_cpu_quota(const char *path, void *data)
{
    double *quota = data;
    char line[64], other[1500];
    int64_t limit, period;
    size_t stem = strlen(path) - strlen("quota_us");
    snprintf(other, sizeof(other), "%.*speriod_us", (int)stem, path);
    if (read_line(path, line, sizeof(line)) && text_to_int64(line, &limit) && limit > 0 &&
        read_line(other, line, sizeof(line)) && text_to_int64(line, &period) && period > 0 &&
        (double)limit / (double)period < *quota) {
        *quota = (double)limit / (double)period;
    }
}

static void see_memory(const char *path, void *data)
{
    int64_t *least = data, limit;
    char line[64];
    if (read_line(path, line, sizeof(line)) && text_to_int64(line, &limit) && limit > 0 &&
        limit < *least) {
        *least = limit;
    }
}

int machine_cores_at(const char *root, int affinity)
{
    double quota = affinity;
    each_group(root, "/sys/fs/cgroup", "", "cpu.max", see_cpu_max, &quota);
    each_group(root, "/sys/fs/cgroup/cpu", "cpu", "cpu.cfs_quota_us", see_cpu_quota, &quota);
    int cores = (int)quota + ((double)(int)quota < quota);
    return cores < 1 ? 1 : cores;
}

int64_t machine_memory_at(const char *root, int64_t physical)
{
    int64_t least = physical;
    each_group(root, "/sys/fs/cgroup", "", "memory.max", see_memory, &least);
    each_group(root, "/sys/fs/cgroup/memory", "memory", "memory.limit_in_bytes", see_memory,
               &least);
    return least;
}

int machine_cores(void)
{
    cpu_set_t set;
    int affinity = 0;
    if (sched_getaffinity(0, sizeof(set), &set) == 0) {
        affinity = CPU_COUNT(&set);
    }
    if (affinity < 1) {
        affinity = (int)sysconf(_SC_NPROCESSORS_ONLN);
    }
    return machine_cores_at("", affinity < 1 ? 1 : affinity);
}

int64_t machine_memory(void)
{
    int64_t pages = sysconf(_SC_PHYS_PAGES), page = sysconf(_SC_PAGESIZE);
    return machine_memory_at("", pages > 0 ? pages * page : (int64_t)2 << 30);
}

int64_t machine_peak(void)
{
    struct rusage usage;
    return getrusage(RUSAGE_SELF, &usage) == 0 ? (int64_t)usage.ru_maxrss * 1024 : 0;
}

/* "5" sets VmHWM to what is resident now: the kernel's filesystems/proc.rst. */
void machine_peak_forget(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "we");
    if (file) {
        fputs("5", file);
        fclose(file);
    }
}

static double clock_seconds(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

double machine_seconds(void)
{
    return clock_seconds(CLOCK_MONOTONIC);
}

double machine_thread_seconds(void)
{
    return clock_seconds(CLOCK_THREAD_CPUTIME_ID);
}

double machine_process_seconds(void)
{
    return clock_seconds(CLOCK_PROCESS_CPUTIME_ID);
}

bool machine_plain(void)
{
    const char *cpu = getenv("PICSET_CPU");
    return cpu && strcmp(cpu, "c") == 0;
}

const char *machine_loops(void)
{
    const char *vectors = "c";
#if defined(__x86_64__)
    vectors = __builtin_cpu_supports("avx2") ? "avx2" : vectors;
#elif defined(__aarch64__)
    vectors = "neon";
#endif
    return machine_plain() ? "c" : vectors;
}
