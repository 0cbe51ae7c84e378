// SPDX-License-Identifier: MIT
// draw.js FOLDER: wide.png (opaque, 3840x1440) and icon.png (transparent, 1024x1024), drawn here.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const zlib = require("node:zlib");

function chunk(type, bytes) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), bytes]), head = Buffer.alloc(4), tail = Buffer.alloc(4);
  head.writeUInt32BE(bytes.length);
  tail.writeUInt32BE(crc(body));
  return Buffer.concat([head, body, tail]);
}

function crc(bytes) {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function png(file, width, height, bands, colour) {
  const rows = Buffer.alloc(height * (1 + width * bands)), header = Buffer.alloc(13);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) rows.set(colour(x / width, y / height), y * (1 + width * bands) + 1 + x * bands);
  }
  header.writeUInt32BE(width);
  header.writeUInt32BE(height, 4);
  header.set([8, bands === 4 ? 6 : 2, 0, 0, 0], 8);
  fs.writeFileSync(file, Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), chunk("IHDR", header),
    chunk("IDAT", zlib.deflateSync(rows, { level: 1 })), chunk("IEND", Buffer.alloc(0))]));
}

const folder = process.argv[2];
const wave = (x, y, n) => 128 + 100 * Math.sin(n * x + 3 * y) * Math.cos(5 * y);
png(path.join(folder, "wide.png"), 3840, 1440, 3, (x, y) => [wave(x, y, 9), 255 * y, wave(y, x, 14)]);
png(path.join(folder, "icon.png"), 1024, 1024, 4, (x, y) => {
  const far = Math.hypot(x - 0.5, y - 0.5);
  return [60, 90 + 120 * y, 220, far < 0.36 ? 255 : 0];
});
