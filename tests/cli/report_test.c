/* SPDX-License-Identifier: MIT
 * The last line of a run: what was made, and how fast. */
#include <string.h>
#include <unistd.h>

#include "report.h"
#include "support.h"

static void summary_of(double seconds, char line[256])
{
    const struct batch_summary summary = {.sources = 4, .made = 4, .seconds = seconds};
    const struct batch_request request = {0};
    struct cli cli = {.arena = arena_new(), .out_file = -1};
    struct report report;
    struct error failure = {0}, error = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    cli.error_file = ends[1];
    assert_int_equal(report_start(&report, &cli, &request, &error), STATUS_OK);
    assert_int_equal(report_end(&report, &summary, &failure, &error), STATUS_OK);
    ssize_t size = read(ends[0], line, 255);
    assert_true(size > 0);
    line[size] = '\0';
    (void)close(ends[0]);
    (void)close(ends[1]);
    arena_free(cli.arena);
}

static void rates(void **state)
{
    char line[256];
    (void)state;
    summary_of(0.4, line);
    assert_string_equal(line, "4 images: 4 made; 0.4 s\n");
    summary_of(2, line);
    assert_string_equal(line, "4 images: 4 made; 2.0 s (2.0 images/s)\n");
    summary_of(87.6, line);
    assert_string_equal(line, "4 images: 4 made; 87.6 s (21.9 s/image)\n");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rates)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
