/* SPDX-License-Identifier: MIT
 * What this process may use of the machine: cores and memory, with affinity mask and cgroup limits
 * counted. Reads /proc and /sys; knows nothing of images. */
#ifndef PICSET_MACHINE_H
#define PICSET_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

/* Usable cores: the affinity mask, at most the CPU quota of the cgroup rounded up; at least 1. */
int machine_cores(void);
/* Bytes of memory: the machine's, at most what the cgroup allows. */
int64_t machine_memory(void);
/* The largest resident size of this process so far, bytes. */
int64_t machine_peak(void);
/* Counts the largest size anew from now on, where the system can. */
void machine_peak_forget(void);
/* Seconds on a clock that only goes forward. */
double machine_seconds(void);
/* CPU seconds of the calling thread, and of the whole process. */
double machine_thread_seconds(void);
double machine_process_seconds(void);

/* PICSET_CPU is "c": vector loops are not to be used. */
bool machine_plain(void);
/* What our vector loops are made for here: "avx2", "neon"; "c" where there are none, or none are to
 * be used. */
const char *machine_loops(void);

/* Tests: the same questions asked of a file tree that stands for /; see machine.c for the files. */
int machine_cores_at(const char *root, int affinity);
int64_t machine_memory_at(const char *root, int64_t physical);

#endif
