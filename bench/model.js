// SPDX-License-Identifier: MIT
// More cores than this machine has: `picset bench` schedules the tasks that it measured on them, by the
// engine's own rules. Its word for the cores that are here stands beside what they took.
import { execFileSync } from "node:child_process";

const number = (value, digits = 2) => (value === undefined ? "" : value.toFixed(digits));

export function model({ program, sources, options, repeat, say }) {
  const words = ["bench", ...sources, ...options, "--threads", "1,2", "--repeat", repeat, "-q", "--json"].map(String);
  const found = JSON.parse(execFileSync(program, words, { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] }));
  const { model: told, work } = found;
  say(`model  ${told.schedules.map(({ cores, seconds }) => `${cores} cores ${number(seconds)} s`).join(", ")}`);
  return {
    found,
    words: [
      "## More cores: a model",
      "",
      `Of \`picset bench ${options.join(" ")} --threads 1,2\` on ${work.images} sources of W4 (${work.renditions} files): the tasks of the run`,
      "with one thread, as long as they took there, most urgent first, on other numbers of cores.",
      "",
      "| cores | seconds | measured | speed-up | efficiency | pixels moved, GB/s |",
      "|---|---|---|---|---|---|",
      ...told.schedules.map(
        (on) =>
          `| ${on.cores} | ${number(on.seconds)} | ${number(on.measured_seconds)} | ${number(on.speedup)} | ${number(100 * on.efficiency, 0)} % | ${number(on.pixel_bytes_per_second / 1e9)} |`,
      ),
      "",
      `Serial part: ${number(told.serial_seconds, 3)} s outside of tasks (the start, between plan and run, the end). Critical path: ${number(told.longest_chain_seconds)} s,`,
      `the longest chain of one image's tasks, of ${number(told.task_seconds)} s in all. Memory: pixels moved are what each task reads and writes, once,`,
      `over the seconds; a bare copy here reads and writes ${number(told.copy_bytes_per_second_one_core / 1e9, 1)} GB/s on one core and ${number(told.copy_bytes_per_second / 1e9, 1)} GB/s on all.`,
    ],
  };
}
