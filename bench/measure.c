/* SPDX-License-Identifier: MIT
 * measure RESULT COMMAND ARGUMENT…: runs a command and writes what it took to the file RESULT:
 * wall, user and system seconds, and the peak of its memory in bytes. A small process of its own,
 * since what a child's peak is counted from is its parent's size. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double seconds_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static double seconds_of(struct timeval time)
{
    return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fprintf(stderr, "usage: measure RESULT COMMAND ARGUMENT...\n");
        return 2;
    }
    double start = seconds_now();
    pid_t child = fork();
    if (child == 0) {
        execvp(argv[2], argv + 2);
        perror(argv[2]);
        _exit(127);
    }
    int state = 0;
    struct rusage usage = {0};
    if (child < 0 || wait4(child, &state, 0, &usage) != child) {
        perror("measure");
        return 1;
    }
    double wall = seconds_now() - start;
    FILE *file = fopen(argv[1], "w");
    if (!file) {
        perror(argv[1]);
        return 1;
    }
    fprintf(file, "{\"wall\":%.6f,\"user\":%.6f,\"system\":%.6f,\"peak\":%ld}\n", wall,
            seconds_of(usage.ru_utime), seconds_of(usage.ru_stime), usage.ru_maxrss * 1024L);
    return fclose(file) == 0 && WIFEXITED(state) ? WEXITSTATUS(state) : 1;
}
