// SPDX-License-Identifier: MIT
// What bytes cost in time: AVIF by picset's and sharp's efforts, WebP by picset's methods, on the four
// photographs. Bytes are at equal score: a point of SSIMULACRA2 is worth 4.2 % of a file's bytes (from
// encoding photographs at many qualities), against what sharp's default scores on the same picture.
import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { picset, planned, sharp } from "./contestants.js";
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
      ...[0, 1, 2, 3].map((effort) => ({
        ...ours(`picset effort ${effort}`, [], "picset"), label: `${effort}`,
        options: [...preset("ladder"), ...avif, "--set", `effort=${effort}`],
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

// The truth of one size: one Lanczos step from the whole picture, by Debian's libvips.
function reference(source, width, folder) {
  const path = join(folder, `reference-${basename(source, ".png")}-${width}.png`);
  const [from, height] = ["width", "height"].map((field) => Number(execFileSync("vipsheader", ["-f", field, source])));
  const scale = width / from;
  const words = ["resize", source, path, scale, "--vscale", Math.round(height * scale) / height, "--gap", 0];
  execFileSync("vips", words.map(String), { stdio: "ignore" });
  return path;
}

function scores(program, original, images) {
  const out = execFileSync(program, ["compare", original, ...images, "--json"], { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(out).compared.map(({ ssimulacra2, bytes }) => ({ score: ssimulacra2, bytes }));
}

const files_of = (folder, width) =>
  readdirSync(join(folder, "out")).filter((name) => name.includes(`-${width}w.`)).map((name) => join(folder, "out", name));

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
        const images = made.map((place) => files_of(place, width)[0]);
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

function goals(found) {
  const [avif_points, webp_points] = found.map(({ points }) => points);
  const named = (points, name) => points.find((point) => point.name === name);
  const auto = named(avif_points, "picset effort auto"), base = named(avif_points, "sharp effort 4");
  const goal = (said, wanted, value, holds) => ({ said, wanted, value, low: value, high: value, verdict: holds ? "reached" : "missed" });
  const bytes = auto.plain / base.plain;
  const webp_bytes = named(webp_points, "picset method auto").bytes / named(webp_points, "picset method 4").bytes;
  // Above a line between sharp's neighbours: more bytes for the same time.
  const theirs = avif_points.filter(({ family }) => family === "sharp").sort((a, b) => a.cpu - b.cpu);
  const above = avif_points.filter(({ family }) => family === "picset").filter((point) =>
    theirs.some(({ cpu, bytes: most }) => cpu <= point.cpu && most <= point.bytes));
  return [
    goal("picset auto: AVIF bytes over those of sharp's default", "≤ 1.10", bytes, bytes <= 1.1),
    goal("picset auto: worst AVIF file, points against sharp's default", "≥ -0.5", auto.worst, auto.worst >= -0.5),
    goal("frontier: points of picset that a point of sharp beats in both", "0", above.length, above.length === 0),
    goal("picset auto: WebP bytes at equal score over those of method 4", "≤ 1.06", webp_bytes, webp_bytes <= 1.06),
  ];
}
