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
export function planned(program, sources, options, folder = "") {
  const words = ["plan", ...sources, ...options, "--json", "-r", "-o", join("unused", folder)];
  const { plans } = JSON.parse(execFileSync(program, words, { maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "ignore"] }));
  return plans.map((plan) => ({
    source: plan.source.path,
    steps: plan.steps,
    files: plan.files
      .filter((file) => file.format in formats)
      .map((file) => ({ ...file, crop: cropped(plan, file), ...drawn(plan, file) })),
  }));
}

const formats = { jpeg: "jpg", png: "png", webp: "webp", avif: "avif" };

function cropped(plan, file) {
  for (let step = plan.steps[file.step]; step; step = plan.steps[step.from]) {
    if (step.stage === "crop") return step.detail;
    if (step.from === null) return undefined;
  }
}

// What is done to the picture beside its last resize: { flatten, solid, inner, background }. Masks, and what
// is done to colours, are picset's alone.
function drawn(plan, file) {
  const chain = [];
  for (let step = plan.steps[file.step]; step; step = plan.steps[step.from]) chain.push(step);
  const detail = (stage) => chain.find((step) => step.stage === stage)?.detail;
  const colour = (words) => words?.match(/#[0-9a-f]+|transparent/)?.[0];
  const inner = chain.find(({ stage }) => stage === "resize") ?? chain.at(-1);
  return {
    flatten: colour(detail("flatten")),
    solid: colour(detail("solid")),
    inner: detail("pad") && { width: inner.width, height: inner.height },
    background: colour(detail("pad")),
  };
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
      "-o", join(folder, "out", work.folder ?? ""), "--state", join(folder, "state"),
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

// The same after a first run that is not measured: nothing has changed.
export function again(program, place) {
  const { command, settings } = picset(program, { settings: "picset render, the second time" });
  let ready = false;
  return {
    name: "picset",
    settings,
    command: (work) => {
      const words = command(work, place);
      if (!ready) execFileSync(String(words[0]), words.slice(1).map(String));
      ready = true;
      return words;
    },
  };
}

export const stat = {
  name: "stat",
  settings: "stat --format=%s of all images",
  command: (work) => ["stat", "--format=%s", ...work.images.map(({ source }) => source)],
};

// The calls of codecs and resizes that a plan comes down to, for bare_codecs.
function calls({ source, steps, files }, progressive) {
  const encodes = {
    webp: (file, from) => `webp ${from} ${file.quality} 4`,
    jpeg: (file, from) => `jpeg ${from} ${file.quality} ${progressive ? 1 : 0}`,
    png: (file, from) => `png ${from}`,
  };
  const shrink = Math.round(1 / (steps[0].stage === "load" ? steps[0].scale : 1));
  const whole = (side) => Math.floor(side / shrink);
  return steps.flatMap((step, id) => {
    if (step.stage === "load") return [`load ${id} ${shrink} ${source}`];
    if (step.stage === "resize") return [`size ${id} ${step.from} ${step.width} ${step.height}`];
    if (step.stage === "crop") return [`crop ${id} ${step.from} ${whole(step.width)} ${whole(step.height)}`];
    if (step.stage !== "encode") return [`pass ${id} ${step.from}`];
    const file = files.find(({ step: made_by }) => made_by === id);
    return file ? [encodes[file.format](file, step.from)] : [];
  });
}

export function bare(tool, copies) {
  return {
    name: copies === 1 ? "bare codecs" : `bare codecs, ${copies} copies`,
    settings: "the same decodes, resizes and encodes by their libraries' own calls, one after another",
    command: (work, folder) => {
      const list = join(folder, "calls");
      writeFileSync(list, work.images.flatMap((image) => calls(image, work.more?.progressive)).join("\n"));
      if (copies === 1) return [tool, list];
      const one = `${quoted(tool)} ${quoted(list)} >/dev/null`;
      return ["sh", "-c", `${Array(copies).fill(`${one} &`).join(" ")} wait`];
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
        "(", "+clone", "-resize", `${file.width}x${file.height}!`, "-quality", (file.quality ?? -1) < 0 ? 95 : file.quality,
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
        "-quality", (file.quality ?? -1) < 0 ? 95 : file.quality, "-sampling-factor", "2x2", result(folder, source, file, i),
      ]);
    return shell(folder, work.images.flatMap(each), 2);
  },
};

const vips_options = {
  jpeg: (file) => `[Q=${file.quality},optimize_coding,strip]`,
  webp: (file) => `[Q=${file.quality},effort=4,strip]`,
  png: () => "[compression=6,strip]",
};

export const vipsthumbnail = (at_once) => ({
  name: at_once === 1 ? "vipsthumbnail" : `vipsthumbnail, ${at_once} runs at once`,
  settings: "Debian's vipsthumbnail with its own threads, one run per size with all sources",
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
    ]), at_once);
  },
});

export function clean(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
}
