// SPDX-License-Identifier: MIT
// sharp.js WORK MODE IN-FLIGHT: makes with sharp what the file WORK lists, as its users do ('naive': a
// pipeline from the source's file for each result) or at its best ('once': each source is decoded
// once, each size resized once). IN-FLIGHT images at a time; sharp's own threads as it sets them.
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const [, , workFile, mode, inFlight] = process.argv;
const require = createRequire(`${process.env.PICSET_PEERS}/`);
const sharp = require("sharp");
sharp.cache(false); // nothing is asked for twice: libvips' cache would only hold memory

const encoders = {
  jpeg: (image, file) => image.jpeg({ quality: file.quality, progressive: file.progressive }),
  webp: (image, file) =>
    image.webp({ quality: file.quality ?? undefined, lossless: file.quality == null, effort: file.method ?? 4 }),
  avif: (image, file) => image.avif({ quality: file.quality, effort: file.effort ?? 4 }),
  png: (image, file) => image.png({ compressionLevel: file.compression ?? 6 }),
};

const crop = (file) => (file.crop ? { fit: "cover", position: "attention" } : { fit: "fill" });
const clear = { r: 0, g: 0, b: 0, alpha: 0 };
const colour = (name) => (name === "transparent" ? clear : name);

function sized(image, file) {
  if (file.flatten) image.flatten({ background: file.flatten });
  if (!file.inner) return image.resize({ width: file.width, height: file.height, ...crop(file) });
  const left = (file.width - file.inner.width) >> 1, top = (file.height - file.inner.height) >> 1;
  const right = file.width - file.inner.width - left, bottom = file.height - file.inner.height - top;
  return image
    .resize({ ...file.inner, fit: "fill" })
    .extend({ left, top, right, bottom, background: colour(file.background) });
}

const plain = ({ width, height, solid }) => sharp({ create: { width, height, channels: 3, background: solid } });
const save = (image, file) => encoders[file.format](image, file).toFile(file.path);

async function naive({ source, files }) {
  await Promise.all(files.map((file) => save(file.solid ? plain(file) : sized(sharp(source).autoOrient(), file), file)));
}

async function once({ source, files }) {
  const pixels = (image) => image.raw().toBuffer({ resolveWithObject: true });
  const open = ({ data, info }) =>
    sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  const whole = await pixels(sharp(source).autoOrient());
  const sizes = groupBy(files, ({ width, height, crop, flatten, solid, inner, background }) =>
    JSON.stringify([width, height, crop, flatten, solid, inner, background]));
  await Promise.all(
    [...sizes.values()].map(async (same) => {
      const scaled = await pixels(same[0].solid ? plain(same[0]) : sized(open(whole), same[0]));
      await Promise.all(same.map((file) => save(open(scaled), file)));
    }),
  );
}

function groupBy(items, key) {
  const groups = new Map();
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

const images = JSON.parse(readFileSync(workFile, "utf8"));
for (const image of images) for (const file of image.files) mkdirSync(dirname(file.path), { recursive: true });
const make = { naive, once }[mode];
const queue = images[Symbol.iterator]();
await Promise.all(
  Array.from({ length: Number(inFlight) }, async () => {
    for (const image of queue) await make(image);
  }),
);
