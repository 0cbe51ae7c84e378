// SPDX-License-Identifier: MIT
// How good results are: SSIMULACRA2 against the picture that they were made of, by `picset compare`.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

// The truth of one size: one Lanczos step from the whole picture, by Debian's libvips.
export function reference(source, width, folder) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `reference-${basename(source, ".png")}-${width}.png`);
  if (existsSync(path)) return path;
  const [from, height] = ["width", "height"].map((field) => Number(execFileSync("vipsheader", ["-f", field, source])));
  const words = ["resize", source, path, width / from, "--vscale", Math.round((height * width) / from) / height, "--gap", 0];
  execFileSync("vips", words.map(String), { stdio: "ignore" });
  return path;
}

export function scores(program, original, images) {
  const out = execFileSync(program, ["compare", original, ...images, "--json"], { maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] });
  return JSON.parse(out).compared.map(({ ssimulacra2, bytes }) => ({ score: ssimulacra2, bytes }));
}

// The results of one width and format in a folder; as many as there are.
export const results = (folder, width, format) =>
  readdirSync(folder).filter((name) => name.includes(`-${width}w.${format}`)).map((name) => join(folder, name));

export const goal = (said, wanted, value, holds) => ({ said, wanted, value, low: value, high: value, verdict: holds ? "reached" : "missed" });
