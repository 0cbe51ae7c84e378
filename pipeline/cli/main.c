/* SPDX-License-Identifier: MIT
 * The process: what may be done only once and only here. */
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "cli.h"

/* Without it the first file opened would get the number of a closed standard stream, and talk would
 * be written into it. Opened for reading, so that writing is still an error. */
static void fill_standard_files(void)
{
    for (int file = STDIN_FILENO; file <= STDERR_FILENO; file++) {
        if (fcntl(file, F_GETFD) < 0 && open("/dev/null", O_RDONLY) != file) {
            _exit(STATUS_FAILED);
        }
    }
}

int main(int argc, char **argv)
{
    fill_standard_files();
    /* A reader that goes away is an error of a write, told by an exit code. */
    (void)signal(SIGPIPE, SIG_IGN);
    return cli_run(argc, (const char *const *)argv, STDOUT_FILENO, STDERR_FILENO);
}
