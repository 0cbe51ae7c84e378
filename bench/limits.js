// SPDX-License-Identifier: MIT
// What speed must not be bought with: a contestant's files beside those of another one, each scored
// against the picture that it was made of. The files are those of the row's first round.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { goal, reference, results, scores } from "./scores.js";

const place = (folder, name, work) => join(folder, `${name.replaceAll(" ", "-")}-${work}`);

export function keep({ who, against }, name, work, made, folder) {
  if (name !== who && name !== against) return;
  mkdirSync(folder, { recursive: true });
  rmSync(place(folder, name, work), { recursive: true, force: true });
  renameSync(made, place(folder, name, work));
}

// limits: { who, against, format, points, bytes }
export function check(limits, works, program, folder) {
  const { who, against, format } = limits;
  const pairs = works.flatMap(({ name, sources: [source], images: [{ files }] }) =>
    files.filter((file) => file.format === format).flatMap(({ width }) => {
      const both = [who, against].map((contestant) => results(place(folder, contestant, name), width, format)[0]);
      if (!both.every(Boolean)) return [];
      const [ours, theirs] = scores(program, reference(source, width, join(folder, "references")), both);
      return [{ file: `${basename(source)} ${width}`, ours, theirs, points: ours.score - theirs.score }];
    }));
  const sum = (pick) => pairs.reduce((total, pair) => total + pick(pair).bytes, 0);
  const bytes = sum(({ ours }) => ours) / sum(({ theirs }) => theirs);
  const lower = pairs.filter(({ points }) => points < -limits.points);
  const worst = Math.min(...pairs.map(({ points }) => points));
  const what = `${format.toUpperCase()} of ${who} beside ${against}`;
  return {
    pairs,
    goals: [
      goal(`${what}: bytes of all ${pairs.length} files`, `≤ ${limits.bytes.toFixed(2)}`, bytes, bytes <= limits.bytes),
      goal(`${what}: files more than ${limits.points} SSIMULACRA2 lower`, "0", lower.length, !lower.length),
      goal(`${what}: the lowest file, points`, `≥ -${limits.points}`, worst, worst >= -limits.points),
    ],
  };
}

export const words = ({ pairs }, { who, against, format }) => [
  `${format.toUpperCase()} of ${who} beside ${against}: bytes, and points of SSIMULACRA2`, "",
  "| file | bytes | beside | | points | beside | |", "|---|---|---|---|---|---|---|",
  ...pairs.map(({ file, ours, theirs, points }) =>
    `| ${file} | ${ours.bytes} | ${theirs.bytes} | ${(100 * (ours.bytes / theirs.bytes - 1)).toFixed(1)} % | ${ours.score.toFixed(2)} | ${theirs.score.toFixed(2)} | ${points.toFixed(2)} |`),
  "",
];
