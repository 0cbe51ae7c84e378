// SPDX-License-Identifier: MIT
// What bytes cost in time: AVIF by sharp's efforts and by picset's (with ten bits, too, which sharp's packages
// refuse), WebP by picset's methods, on the four photographs. Bytes are at equal score: a point of SSIMULACRA2 is
// worth 4.2 % of a file's bytes (from encoding photographs at many qualities), against what sharp's default
// scores on the same picture.
import { mkdirSync } from "node:fs";
import { basename, join } from "node:path";
import { picset, planned, sharp } from "./contestants.js";
import { goal, reference, results, scores } from "./scores.js";
import { curves } from "./svg.js";

const point_worth = 0.042;
const widths = [640, 1280, 1920];

const preset = (name) => ["-p", `bench/presets/${name}.json`, "--set", `widths=${widths.join(",")}`];
const avif = ["--set", 'formats=["avif"]'];
const webp = ["--set", 'formats=["webp"]'];

function contestants(program) {
  const ours = (name, options, family) => ({ ...picset(program, { name, options }), family, fixed: true });
  const theirs = (effort) => ({
    ...sharp("once", 1, { name: `sharp effort ${effort}`, more: { effort } }), family: "sharp",
  });
  return {
    avif: [
      ...[0, 1, 2, 3, 4].map((effort) => ({ ...theirs(effort), label: `${effort}`, options: [...preset("ladder"), ...avif] })),
      ...[[0, 8], [0, 10], [1, 10], [2, 8], [2, 10], [3, 10], [4, 10]].map(([effort, depth]) => ({
        ...ours(`picset effort ${effort}, ${depth} bits`, [], "picset"), label: `${effort}, ${depth} bits`,
        options: [...preset("ladder"), ...avif, "--set", `effort=${effort}`, "--set", `depth=${depth}`],
      })),
      { ...ours("picset effort auto", [], "picset"), label: "auto", options: [...preset("ladder-auto"), ...avif] },
    ],
    webp: [
      { ...ours("picset method 4", [], "picset"), label: "4", options: [...preset("ladder"), ...webp] },
      { ...ours("picset method 2", [], "picset"), label: "2", options: [...preset("ladder"), ...webp, "--set", "method=2"] },
      { ...ours("picset method auto", [], "picset"), label: "auto", options: [...preset("ladder-auto"), ...webp] },
    ],
  };
}

export function frontier({ program, sources, run, say, folder }) {
  mkdirSync(folder, { recursive: true });
  const found = Object.entries(contestants(program)).map(([codec, all]) => {
    const points = all.map((contestant) => ({ name: contestant.name, label: contestant.label, family: contestant.family, wall: 0, cpu: 0, files: [] }));
    for (const source of sources) {
      const made = all.map((contestant, i) => {
        const work = { sources: [source], options: contestant.options };
        work.images = planned(program, work.sources, contestant.options);
        const place = join(folder, `${codec}-${i}-${basename(source, ".png")}`);
        const usage = run(contestant, work, place);
        points[i].wall += usage.wall;
        points[i].cpu += usage.user + usage.system;
        return place;
      });
      for (const width of widths) {
        const images = made.map((place) => results(join(place, "out"), width, codec)[0]);
        if (!images.every(Boolean)) continue; // the photograph is smaller
        const original = reference(source, width, folder);
        scores(program, original, images).forEach((file, i) => points[i].files.push(file));
      }
      say(`frontier  ${codec}  ${basename(source)}`);
    }
    return { codec, points: at_equal_score(points, codec === "avif" ? 4 : 0) };
  });
  const [ours, theirs] = ["picset", "sharp"].map((family) => found[0].points.filter((point) => point.family === family));
  const curve = (points) => points.map(({ cpu, bytes, label }) => ({ x: cpu, y: bytes / 1e6, label })).sort((a, b) => a.x - b.x);
  const svg = curves("AVIF: megabytes at equal score over CPU seconds", "CPU seconds", "MB", [
    { name: "picset", points: curve(ours) },
    { name: "sharp decode-once", points: curve(theirs) },
  ]);
  return { svg, words: words(found), found, goals: goals(found) };
}

// Against the point of this index: sharp's default effort, or method 4.
function at_equal_score(points, against) {
  const target = points[against].files;
  return points.map((point) => ({
    ...point,
    bytes: point.files.reduce((sum, { score, bytes }, i) => sum + bytes * Math.exp(point_worth * (target[i].score - score)), 0),
    plain: point.files.reduce((sum, { bytes }) => sum + bytes, 0),
    worst: Math.min(...point.files.map(({ score }, i) => score - target[i].score)),
    mean: point.files.reduce((sum, { score }) => sum + score, 0) / point.files.length,
  }));
}

function words(found) {
  return found.flatMap(({ codec, points }) => [
    `## ${codec === "avif" ? "The frontier of W2: AVIF" : "WebP methods"}, four photographs at ${widths.join(", ")} px`, "",
    ...(codec === "avif" ? ["![bytes against time](frontier.svg)", ""] : []),
    "| who | CPU s | wall s | MB | MB at equal score | mean score | worst file against the first's default |",
    "|---|---|---|---|---|---|---|",
    ...points.map(({ name, cpu, wall, plain, bytes, mean, worst }) =>
      `| ${name} | ${cpu.toFixed(2)} | ${wall.toFixed(2)} | ${(plain / 1e6).toFixed(3)} | ${(bytes / 1e6).toFixed(3)} | ${mean.toFixed(2)} | ${worst.toFixed(2)} |`),
    "",
  ]);
}

// What the better of two neighbouring points, or a part of the files with each, makes of this time.
function bytes_at(curve, cpu) {
  const left = curve.filter((point) => point.cpu <= cpu);
  if (!left.length) return Infinity;
  const most = Math.min(...left.map(({ bytes }) => bytes));
  const chords = left.flatMap((a) => curve.filter((b) => b.cpu > cpu).map((b) => a.bytes + ((b.bytes - a.bytes) * (cpu - a.cpu)) / (b.cpu - a.cpu)));
  return Math.min(most, ...chords);
}

function goals(found) {
  const [avif_points, webp_points] = found.map(({ points }) => points);
  const named = (points, name) => points.find((point) => point.name === name);
  const [ours, theirs] = ["picset", "sharp"].map((family) => avif_points.filter((point) => point.family === family));
  const beats = (curve, { cpu, bytes }) => bytes_at(curve, cpu) < bytes;
  const free = theirs.filter((point) => !beats(ours, point)), beaten = ours.filter((point) => beats(theirs, point));
  const webp_bytes = named(webp_points, "picset method auto").bytes / named(webp_points, "picset method 4").bytes;
  const list = (points) => points.map(({ label }) => label).join(", ") || "none";
  return [
    goal(`frontier: points of sharp that are not above and right of picset's curve (efforts: ${list(free)})`, "0", free.length, !free.length),
    goal(`frontier: points of picset above and right of sharp's curve (efforts: ${list(beaten)})`, "0", beaten.length, !beaten.length),
    goal("picset auto: WebP bytes at equal score over those of method 4", "≤ 1.06", webp_bytes, webp_bytes <= 1.06),
  ];
}
