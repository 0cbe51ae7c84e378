// SPDX-License-Identifier: MIT
// Who is measured, and with which settings: each turns a work (sources and the files to be made of them)
// into the command that makes them. picset's own plan says which files those are, for everybody.
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const quoted = (text) => `'${String(text).replaceAll("'", "'\\''")}'`;
const stem = (path) => basename(path, extname(path));

// What picset would make: [{ source, plan, files: [{ path, width, height, format, quality, crop }] }]
export function planned(program, sources, options) {
  const words = ["plan", ...sources, ...options, "--json", "-r", "-o", "unused"];
  const { plans } = JSON.parse(execFileSync(program, words, { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] }));
  return plans.map((plan) => ({
    source: plan.source.path,
    steps: plan.steps,
    files: plan.files.filter((file) => file.format in formats).map((file) => ({ ...file, crop: cropped(plan, file) })),
  }));
}

const formats = { jpeg: "jpg", png: "png", webp: "webp", avif: "avif" };

function cropped(plan, file) {
  for (let step = plan.steps[file.step]; step; step = plan.steps[step.from]) {
    if (step.stage === "crop") return step.detail;
    if (step.from === null) return undefined;
  }
}

// Every contestant: name, settings as said in the report, command(work, folder) → [program, arguments…].
// A work is { sources, options, images } with images as above; settings hold what the plan does not say.

export function picset(program, { name = "picset", preset, options = [], jobs = 0, settings }) {
  const own = preset ? (words) => words.map((word) => word.replace(/presets\/[a-z-]+\.json/, `presets/${preset}.json`)) : (words) => words;
  return {
    name,
    settings: settings ?? `picset render ${options.join(" ")} with a fresh --state`.replace("  ", " "),
    command: (work, folder) => [
      program, "render", ...work.sources, "-r", ...own(work.options), ...options, "-q", "-j", jobs,
      "-o", join(folder, "out"), "--state", join(folder, "state"),
    ],
  };
}

export function sharp(mode, inFlight, { name, more = {}, settings }) {
  return {
    name,
    settings,
    command: (work, folder) => {
      const images = work.images.map(({ source, files }) => ({
        source,
        files: files.map((file, i) => ({
          ...file, ...work.more, ...more, quality: more[file.format] ?? file.quality,
          path: join(folder, "out", `${i}-${basename(file.path)}`),
        })),
      }));
      const list = join(folder, "work.json");
      writeFileSync(list, JSON.stringify(images));
      return ["node", join(here, "peers/sharp.js"), list, mode, inFlight];
    },
  };
}

// A shell with so many commands at a time.
function shell(folder, commands, atOnce) {
  mkdirSync(join(folder, "out"), { recursive: true });
  const list = join(folder, "commands");
  writeFileSync(list, commands.map((words) => `${words.map(quoted).join(" ")}\0`).join(""));
  return ["xargs", "-0", "-a", list, "-n", "1", "-P", atOnce, "sh", "-c"].concat(['eval "$0"']);
}

const result = (folder, source, file, i) =>
  join(folder, "out", `${stem(source)}-${i}-${file.width}.${formats[file.format]}`);

export const imagemagick = {
  name: "ImageMagick",
  settings: "convert: decoded once, -resize per width, -quality, webp:method=4, own threads",
  command: (work, folder) => {
    const each = ({ source, files }) => [
      "/usr/bin/convert", source, "-strip",
      ...files.flatMap((file, i) => [
        "(", "+clone", "-resize", `${file.width}x${file.height}!`, "-quality", file.quality < 0 ? 95 : file.quality,
        "-sampling-factor", "4:2:0", "-define", "webp:method=4", "-write", result(folder, source, file, i), "+delete", ")",
      ]),
      "null:",
    ];
    return shell(folder, work.images.map(each), 1);
  },
};

export const graphicsmagick = {
  name: "GraphicsMagick",
  settings: "gm convert per file, two at a time, -resize, -quality",
  command: (work, folder) => {
    const each = ({ source, files }) =>
      files.map((file, i) => [
        "gm", "convert", source, "-strip", "-resize", `${file.width}x${file.height}!`,
        "-quality", file.quality < 0 ? 95 : file.quality, "-sampling-factor", "2x2", result(folder, source, file, i),
      ]);
    return shell(folder, work.images.flatMap(each), 2);
  },
};

const vips_options = {
  jpeg: (file) => `[Q=${file.quality},optimize_coding,strip]`,
  webp: (file) => `[Q=${file.quality},effort=4,strip]`,
  png: () => "[compression=6,strip]",
};

export const vipsthumbnail = {
  name: "vipsthumbnail",
  settings: "Debian's vipsthumbnail, one run per size with all sources, two runs at a time",
  command: (work, folder) => {
    const out = join(folder, "out");
    const runs = new Map();
    for (const { source, files } of work.images) {
      for (const file of files) {
        const box = `${Math.max(file.width, file.height)}`;
        // Sizes of one source are told apart by their order in its preset: boxes of several sources differ.
        const key = `${/-(\d+)w?\.\w+$/.exec(file.path)?.[1] ?? box} ${file.format}`;
        if (!runs.has(key)) runs.set(key, { side: key.split(" ")[0], file, sources: [] });
        runs.get(key).sources.push(source);
      }
    }
    return shell(folder, [...runs.values()].map(({ side, file, sources }) => [
      "vipsthumbnail", ...sources, "--size", work.box ? `${side}x${side}` : `${side}x`,
      "-o", join(out, `%s-${side}.${formats[file.format]}${vips_options[file.format](file)}`),
    ]), 2);
  },
};

export function clean(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
