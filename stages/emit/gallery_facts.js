/* SPDX-License-Identifier: MIT
 * What the records say, put in order for the eye: images, their renditions by preset and size, what
 * was saved. Touches no element of the page. */

const FORMATS = ["avif", "webp", "jxl", "jpeg", "png", "gif", "svg", "ico", "icns"];
const FORMAT_NAMES = { avif: "AVIF", webp: "WebP", jxl: "JPEG XL", jpeg: "JPEG", png: "PNG", gif: "GIF", svg: "SVG", ico: "ICO", icns: "ICNS" };
const FALLBACKS = ["jpeg", "png", "gif"];
/* What every browser draws, cheapest to decode first. */
const DRAWN = ["webp", "jpeg", "png", "gif", "svg", "avif", "ico"];

const formatName = format => FORMAT_NAMES[format] || format.toUpperCase();
const formatOrder = format => (FORMATS.indexOf(format) + 99) % 99;
const plural = (count, what) => `${whole(count)}\u00a0${what}${count === 1 ? "" : "s"}`;
const whole = number => number.toLocaleString("en");

function bytesText(bytes) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 999.5 && unit < units.length - 1) {
    bytes /= 1000;
    unit++;
  }
  return `${unit === 0 || bytes >= 99.5 ? Math.round(bytes) : bytes.toFixed(bytes >= 9.95 ? 0 : 1)}\u00a0${units[unit]}`;
}

function secondsText(seconds) {
  if (seconds < 0.0995) return `${Math.max(1, Math.round(seconds * 1000))} ms`;
  if (seconds < 99.5) return `${seconds.toFixed(seconds < 9.95 ? 1 : 0)} s`;
  return seconds < 3600 ? `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s` : `${(seconds / 3600).toFixed(1)} h`;
}

const moneyText = dollars => `$${dollars.toFixed(dollars > 0 && dollars < 0.095 ? 3 : 2).replace(/(\.\d\d)0$/, "$1")}`;

/* "−46 %": of what `than` would take. */
function savingText(bytes, than) {
  const share = Math.round((bytes / than - 1) * 100);
  return `${share < 0 ? "−" : share > 0 ? "+" : "±"}${Math.abs(share)} %`;
}

const qualityText = rendition =>
  rendition.quality !== undefined ? `q${+rendition.quality.toFixed(1)}` : rendition.format === "svg" ? "" : "lossless";
const sizeText = rendition => (rendition.sizes || `${rendition.width}x${rendition.height}`).replace(/(\d+)x(\d+)/g, "$1 × $2").replace(/(\d) (\d)/g, "$1, $2");
/* The last names of a path: as many as tell these paths apart, two at most. */
function tellingNames(paths) {
  const bases = new Set(paths.map(baseName));
  return path => (bases.size === paths.length ? baseName(path) : path.split("/").slice(-2).join("/"));
}

const baseName = path => path.slice(path.lastIndexOf("/") + 1);

/* One tile: everything that shows the same picture at the same size. Two files of one format there
 * (a round icon and a square one, say) are two tiles. */
function tilesOf(renditions) {
  const tiles = [], open = new Map();
  for (const rendition of renditions) {
    const key = `${rendition.output}|${rendition.input}|${rendition.width}x${rendition.height}`;
    let tile = (open.get(key) || []).find(one => !one.renditions.some(other => other.format === rendition.format));
    if (!tile) {
      tile = { width: rendition.width, height: rendition.height, sizes: rendition.sizes, renditions: [] };
      tiles.push(tile);
      open.set(key, [...(open.get(key) || []), tile]);
    }
    tile.renditions.push(rendition);
  }
  for (const tile of tiles) {
    tile.renditions.sort((a, b) => formatOrder(a.format) - formatOrder(b.format));
    tile.fallback = tile.renditions.find(one => FALLBACKS.includes(one.format));
  }
  return tiles.sort((a, b) => a.width * a.height - b.width * b.height);
}

function groupsOf(set) {
  const groups = new Map();
  for (const rendition of set.renditions) {
    const key = `${rendition.preset}|${rendition.output}`;
    if (!groups.has(key)) groups.set(key, { preset: rendition.preset, asked: set.preset, output: rendition.output, renditions: [] });
    groups.get(key).renditions.push(rendition);
  }
  return [...groups.values()].map(group => ({ ...group, tiles: tilesOf(group.renditions) }));
}

const sourceKey = source => [source.path || "", source.dir || "", source.name || "", source.hash].join("\n");
const sum = (list, of) => list.reduce((total, one) => total + of(one), 0);

/* Of tiles that hold both: bytes of each format and of the fallback beside it. */
function savingsOf(groups) {
  const savings = new Map();
  for (const group of groups) {
    for (const tile of group.tiles) {
      for (const rendition of tile.fallback ? tile.renditions : []) {
        if (FALLBACKS.includes(rendition.format)) continue;
        const saving = savings.get(rendition.format) || { format: rendition.format, bytes: 0, fallback: 0, count: 0, fallbacks: new Set() };
        saving.bytes += rendition.bytes;
        saving.fallback += tile.fallback.bytes;
        saving.fallbacks.add(tile.fallback.format);
        saving.count++;
        savings.set(rendition.format, saving);
      }
    }
  }
  return [...savings.values()].sort((a, b) => formatOrder(a.format) - formatOrder(b.format));
}

function timesOf(sets) {
  const times = new Map();
  for (const set of sets) {
    for (const time of set.times || []) times.set(time.what, (times.get(time.what) || 0) + time.seconds);
  }
  return [...times].map(([what, seconds]) => ({ what, seconds })).sort((a, b) => b.seconds - a.seconds);
}

/* What a picture of `edge` CSS pixels is best drawn from: large enough, no larger than needed, of
 * the same shape; decoding a 4K file for a thumbnail would make the page slow. */
function drawnFrom(renditions, shape, edge) {
  const aspect = shape.width / shape.height;
  const fitting = renditions.filter(one =>
    DRAWN.includes(one.format) && Math.abs(one.width / one.height / aspect - 1) < 0.03 + 1.5 / Math.min(one.width, one.height));
  const enough = Math.min(2 * edge, Math.max(shape.width, shape.height));
  const cost = one => {
    const long = Math.max(one.width, one.height);
    return (long < enough * 0.98 ? 1e6 * (enough / long) : long) + DRAWN.indexOf(one.format);
  };
  return fitting.sort((a, b) => cost(a) - cost(b))[0];
}

/* The rendition that looks most like the source: all of it, else the least altered, and the shape to
 * draw it in. */
function likeness(source, renditions) {
  const altered = one => (one.steps || []).filter(step => /^(crop|pad|mask|monochrome|blur|flatten|solid|watermark)/.test(step)).length;
  const aspect = one => Math.abs(Math.log((one.width / one.height) / (source.width / source.height)));
  const drawn = renditions.filter(one => DRAWN.includes(one.format) && one.input === "main");
  const unlike = one => Math.round(altered(one) + 4 * aspect(one)) + (Math.max(one.width, one.height) < 200 ? 3 : 0);
  const least = Math.min(...drawn.map(unlike));
  const like = drawn.filter(one => unlike(one) === least);
  const shape = like.length && least > 0 ? like.reduce((a, b) => (a.width >= b.width ? a : b)) : source;
  return { shape, renditions: like, whole: least === 0 };
}

function imageOf(sets) {
  const first = sets[0];
  const groups = sets.flatMap(groupsOf);
  const renditions = groups.flatMap(group => group.renditions);
  const generation = first.source.generation;
  const like = likeness(first.source, renditions);
  return {
    source: first.source, name: `${first.source.dir || ""}${first.source.name}`,
    colour: sets.map(set => set.colour).find(Boolean), sets, groups, renditions,
    bytes: sum(renditions, one => one.bytes), savings: savingsOf(groups), times: timesOf(sets),
    warnings: groups.flatMap(group => group.renditions.flatMap(one => (one.warnings || []).map(text => ({ text, rendition: one })))),
    dropped: sets.flatMap(set => (set.dropped || []).map(one => ({ ...one, preset: set.preset }))),
    like, largest: like.whole ? largestOf(like.renditions) : undefined,
    emitted: [...new Map(sets.flatMap(set => set.emitted || []).map(one => [one.url, one])).values()],
    text: [first.source.name, first.source.dir, first.source.path, first.source.alt, generation && generation.prompt,
      generation && generation.model].filter(Boolean).join("\n").toLowerCase(),
  };
}

/* What the source became at its largest: the smallest file with the most pixels. */
function largestOf(renditions) {
  const pixels = one => one.width * one.height;
  return [...renditions].sort((a, b) => pixels(b) - pixels(a) || a.bytes - b.bytes)[0];
}

function imagesOf(data) {
  const bySource = new Map();
  for (const set of data.sets) {
    const key = sourceKey(set.source);
    bySource.set(key, [...(bySource.get(key) || []), set]);
  }
  return [...bySource.values()].map(imageOf);
}

/* Every image asked of a service is paid for once, whatever was made of it. */
function generationOf(images) {
  const made = images.filter(image => image.source.generation);
  const once = [...new Map(made.map(image => [image.source.hash, image.source.generation])).values()];
  const models = new Map();
  for (const one of once) {
    const name = `${one.provider} · ${one.model}`;
    models.set(name, (models.get(name) || 0) + 1);
  }
  return { count: once.length, cost: sum(once, one => Number(one.cost) || 0), models: [...models], sandbox: once.some(one => /^sandbox/.test(one.provider)) };
}
