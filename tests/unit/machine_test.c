/* SPDX-License-Identifier: MIT
 * Cores and memory as cgroups of both versions allow them, from trees of files that stand for /. */
#include "machine.h"

#include "scratch.h"
#include "support.h"

#define GIB ((int64_t)1 << 30)

static int make_root(void **state)
{
    *state = scratch_make();
    return 0;
}

static int remove_root(void **state)
{
    scratch_remove(*state);
    return 0;
}

static void without_groups(void **state)
{
    assert_int_equal(machine_cores_at(*state, 6), 6);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 8 * GIB);
    scratch_write(*state, "proc/self/cgroup", "");
    assert_int_equal(machine_cores_at(*state, 6), 6);
}

/* The strictest group on the way up counts. */
static void version_2(void **state)
{
    scratch_write(*state, "proc/self/cgroup", "0::/user/run\n");
    scratch_write(*state, "sys/fs/cgroup/user/run/cpu.max", "max 100000\n");
    scratch_write(*state, "sys/fs/cgroup/user/run/memory.max", "max\n");
    assert_int_equal(machine_cores_at(*state, 6), 6);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 8 * GIB);
    scratch_write(*state, "sys/fs/cgroup/user/cpu.max", "250000 100000\n");
    scratch_write(*state, "sys/fs/cgroup/user/memory.max", "3221225472\n");
    assert_int_equal(machine_cores_at(*state, 6), 3); /* two and a half, rounded up */
    assert_int_equal(machine_cores_at(*state, 2), 2); /* fewer by affinity */
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 3 * GIB);
    assert_int_equal(machine_memory_at(*state, 2 * GIB), 2 * GIB);
    scratch_write(*state, "sys/fs/cgroup/user/run/cpu.max", "50000 100000\n");
    scratch_write(*state, "sys/fs/cgroup/user/run/memory.max", "1073741824\n");
    assert_int_equal(machine_cores_at(*state, 6), 1);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), GIB);
}

/* In a container the group's own files lie at the mount's root. */
static void version_2_in_a_container(void **state)
{
    scratch_write(*state, "proc/self/cgroup", "0::/\n");
    scratch_write(*state, "sys/fs/cgroup/cpu.max", "400000 100000\n");
    scratch_write(*state, "sys/fs/cgroup/memory.max", "536870912\n");
    assert_int_equal(machine_cores_at(*state, 64), 4);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), GIB / 2);
}

static void version_1(void **state)
{
    scratch_write(*state, "proc/self/cgroup",
                  "12:memory:/docker/abc\n4:cpu,cpuacct:/docker/abc\n1:name=systemd:/else\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "-1\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_period_us", "100000\n");
    scratch_write(*state, "sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes",
                  "9223372036854771712\n"); /* what the kernel writes for "none" */
    assert_int_equal(machine_cores_at(*state, 6), 6);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 8 * GIB);
    scratch_write(*state, "sys/fs/cgroup/cpu/docker/abc/cpu.cfs_quota_us", "150000\n");
    scratch_write(*state, "sys/fs/cgroup/memory/docker/memory.limit_in_bytes", "1073741824\n");
    assert_int_equal(machine_cores_at(*state, 6), 2);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), GIB);
}

/* Inside a container of version 1 the path of the host is not there; the mount's root is. */
static void version_1_in_a_container(void **state)
{
    scratch_write(*state, "proc/self/cgroup", "4:cpu:/docker/abc\n12:memory:/docker/abc\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/cpu.cfs_quota_us", "300000\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
    scratch_write(*state, "sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");
    assert_int_equal(machine_cores_at(*state, 6), 3);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), GIB);
}

/* "cpuset" is another controller than "cpu". */
static void another_controller_of_a_similar_name(void **state)
{
    scratch_write(*state, "proc/self/cgroup", "5:cpu,cpuacct:/ours\n7:cpuset:/theirs\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/ours/cpu.cfs_quota_us", "200000\n");
    scratch_write(*state, "sys/fs/cgroup/cpu/ours/cpu.cfs_period_us", "100000\n");
    assert_int_equal(machine_cores_at(*state, 6), 2);
    scratch_write(*state, "proc/self/cgroup", "7:cpuset:/theirs\n5:cpu,cpuacct:/ours\n");
    assert_int_equal(machine_cores_at(*state, 6), 2);
}

static void nonsense_is_no_limit(void **state)
{
    scratch_write(*state, "proc/self/cgroup", "garbage\n::\n0::/a\n");
    scratch_write(*state, "sys/fs/cgroup/a/cpu.max", "many few\n");
    scratch_write(*state, "sys/fs/cgroup/a/memory.max", "-5\n");
    assert_int_equal(machine_cores_at(*state, 6), 6);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 8 * GIB);
    scratch_write(*state, "sys/fs/cgroup/a/cpu.max", "100 0\n");
    scratch_write(*state, "sys/fs/cgroup/a/memory.max", "99999999999999999999999\n");
    assert_int_equal(machine_cores_at(*state, 6), 6);
    assert_int_equal(machine_memory_at(*state, 8 * GIB), 8 * GIB);
    scratch_write(*state, "sys/fs/cgroup/a/cpu.max", "0 100000\n");
    assert_int_equal(machine_cores_at(*state, 6), 1); /* never none */
}

static void this_machine(void **state)
{
    (void)state;
    assert_in_range(machine_cores(), 1, 4096);
    assert_true(machine_memory() > 16 << 20);
    assert_true(machine_peak() > 1 << 20);
    double before = machine_seconds();
    assert_true(machine_seconds() >= before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(without_groups, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_2, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_2_in_a_container, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_1, make_root, remove_root),
        cmocka_unit_test_setup_teardown(version_1_in_a_container, make_root, remove_root),
        cmocka_unit_test_setup_teardown(another_controller_of_a_similar_name, make_root,
                                        remove_root),
        cmocka_unit_test_setup_teardown(nonsense_is_no_limit, make_root, remove_root),
        cmocka_unit_test(this_machine),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
