// SPDX-License-Identifier: MIT
// What is measured on: lists of files, made once from the photographs in a folder. Nothing here is measured.
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import { copyFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { basename, extname, join } from "node:path";

// The four of W1 and W2: the first name that is there, in the corpus or in Debian's wallpaper packages.
const characters = {
  detail: ["Elephants_5640x3172"],
  smooth: ["Martin_Adams", "Flow-contents-images-5120x2880"],
  dark: ["nasa-53884", "MilkyWay-contents-images-5120x2880"],
  graphic: ["SafeLanding_5120x2880", "SafeLanding-contents-images-5120x2880"],
};

const is = (...endings) => (path) => endings.includes(extname(path).toLowerCase());

function listed(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort().map((name) => join(folder, name)).filter(is(".jpg", ".jpeg", ".png"));
}

function made(path, make) {
  if (!existsSync(path)) make(path);
  return path;
}

const thumbnail = (source, size, out) =>
  execFileSync("vipsthumbnail", [source, "--size", size, "-o", out], { stdio: ["ignore", "ignore", "ignore"] });

const character = (photos, name) => characters[name].map((part) => photos.find((path) => basename(path).includes(part))).find(Boolean);

// 4K PNGs: a photograph as an image model or a camera's raw converter hands it on.
function large(photos, folder) {
  const parts = {};
  for (const name of Object.keys(characters)) {
    const photo = character(photos, name);
    if (photo) parts[name] = [made(join(folder, `${name}.png`), (out) => thumbnail(photo, "4096x>", out))];
  }
  if (!Object.keys(parts).length) throw new Error(`none of ${Object.values(characters).flat().join(", ")} is among the photographs`);
  return parts;
}

// 24 JPEGs of which at least 1024 px are left in each direction: the others are made of the PNGs.
function cameras(photos, folder, small) {
  const jpegs = photos.filter(is(".jpg", ".jpeg"));
  for (const [index, photo] of [...photos.filter(is(".png")), ...small].entries()) {
    if (jpegs.length >= 24) break;
    jpegs.push(
      made(join(folder, `more-${index}.jpg`), (out) => thumbnail(photo, "2600x2600<", `${out}[Q=90]`)),
    );
  }
  return jpegs.slice(0, 24);
}

// Small distinct pictures: only their number counts.
async function many(photos, folder, count, peers) {
  mkdirSync(folder, { recursive: true });
  const sharp = createRequire(`${peers}/`)("sharp");
  const source = made(join(folder, "..", "many.png"), (out) => thumbnail(photos[0], "600x", out));
  for (let i = 0; i < count; i++) {
    const path = join(folder, `small-${i}.jpg`);
    const box = { left: (i % 40) * 12, top: Math.floor(i / 40) * 9, width: 96, height: 64 };
    if (!existsSync(path)) await sharp(source).extract(box).jpeg().toFile(path);
  }
  return folder;
}

export function inputs(corpus, folder, icon, peers) {
  mkdirSync(folder, { recursive: true });
  const photos = listed(corpus);
  const small = listed(join(corpus, "..", "kodak"));
  if (!photos.length) throw new Error(`no photographs in ${corpus}`);
  copyFileSync(icon, join(folder, "icon.png"));
  const missing = Object.keys(characters).filter((name) => !character(photos, name));
  const origin = { photographs: "Debian's wallpaper packages", photos: "the corpus" }[basename(corpus)] ?? basename(corpus);
  return {
    words: `${photos.length} of ${origin}${small.length ? `, ${small.length} of Kodak's` : ""}` + (missing.length ? `; W1 and W2 lack ${missing.join(", ")}` : ""),
    large: () => large(photos, folder),
    cameras: () => ({ photographs: cameras(photos, folder, small) }),
    mixed: () => ({ photographs: [...photos, ...small, join(folder, "icon.png")].slice(0, 48) }),
    third: () => ({ photographs: [...photos, ...small].filter((_, i) => i % 3 === 0) }),
    icon: () => ({ icon: [join(folder, "icon.png")] }),
    many: async () => ({ images: [await many(photos, join(folder, "many"), 1000, peers)] }),
  };
}
