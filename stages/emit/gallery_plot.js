/* SPDX-License-Identifier: MIT
 * Bytes over pixels, a line for each format of each output, as SVG. Both axes are logarithmic: equal
 * distances are equal ratios, so that the gap between two lines is what one saves. */

const MARKS = {
  avif: "M0-4.6A4.6 4.6 0 1 0 .01-4.6Z", webp: "M-4-4H4V4H-4Z", jpeg: "M0-5.4L5 3.6H-5Z", png: "M0-5.6L5.6 0 0 5.6-5.6 0Z",
  jxl: "M-5-3.6H5L0 5.4Z", gif: "M-5-1.6H-1.6V-5H1.6V-1.6H5V1.6H1.6V5H-1.6V1.6H-5Z",
};
const mark = format => MARKS[format] || MARKS.avif;

function svg(tag, attributes, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes || {})) element.setAttribute(name, value);
  element.append(...children.filter(child => child !== undefined));
  return element;
}

/* 1, 2, 5, 10, 20 … from low to high; fewer where there would be many. */
function ticks(low, high) {
  const decades = Math.log10(high / low);
  const steps = decades > 3.2 ? [1] : decades > 1.6 ? [1, 3] : [1, 2, 5];
  const list = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low && tick <= high) list.push(tick);
    }
  }
  return list;
}

const pixelsText = pixels => `${+(pixels / 1e6).toPrecision(1)} MP`;

function scale(low, high, from, to) {
  const start = Math.log(low), span = Math.log(high) - start || 1;
  return value => from + ((Math.log(value) - start) / span) * (to - from);
}

function plotLines(renditions) {
  const lines = new Map();
  for (const one of renditions) {
    const key = `${one.format}|${one.preset}|${one.output}`;
    lines.set(key, [...(lines.get(key) || []), one]);
  }
  return [...lines.values()].map(line => line.sort((a, b) => a.width * a.height - b.width * b.height));
}

/* NULL when there is nothing to compare. `open` is called with the rendition of a point. */
function plotOf(renditions, open) {
  const shown = renditions.filter(one => one.bytes > 0 && one.width > 0);
  const pixels = shown.map(one => one.width * one.height), bytes = shown.map(one => one.bytes);
  if (shown.length < 3 || Math.max(...pixels) === Math.min(...pixels)) return null;
  const width = 460, height = 250, left = 46, right = 12, top = 10, bottom = 26;
  const lows = [Math.min(...pixels) / 1.25, Math.min(...bytes) / 1.35], highs = [Math.max(...pixels) * 1.25, Math.max(...bytes) * 1.35];
  const x = scale(lows[0], highs[0], left, width - right), y = scale(lows[1], highs[1], height - bottom, top);
  const picture = svg("svg", { viewBox: `0 0 ${width} ${height}`, class: "plot", role: "img" });
  const formats = [...new Set(shown.map(one => one.format))].sort((a, b) => formatOrder(a) - formatOrder(b));
  picture.setAttribute("aria-label", `Bytes over pixels of ${plural(shown.length, "rendition")} as ${formats.map(formatName).join(", ")}; the numbers stand below each picture`);
  for (const tick of ticks(lows[1], highs[1])) {
    picture.append(svg("line", { class: "grid", x1: left, x2: width - right, y1: y(tick), y2: y(tick) }),
      svg("text", { class: "tick", x: left - 7, y: y(tick) + 3.5, "text-anchor": "end" }, bytesText(tick)));
  }
  for (const tick of ticks(lows[0], highs[0])) {
    picture.append(svg("text", { class: "tick", x: x(tick), y: height - 8, "text-anchor": "middle" }, pixelsText(tick)));
  }
  const lines = plotLines(shown);
  const place = one => `${x(one.width * one.height).toFixed(1)} ${y(one.bytes).toFixed(1)}`;
  for (const line of lines) {
    if (line.length > 1 && lines.length <= 16) picture.append(svg("polyline", { class: `line ${line[0].format}`, points: line.map(place).join(" ") }));
  }
  for (const one of lines.flat()) {
    const point = svg("g", { class: `point ${one.format}`, transform: `translate(${place(one)})` },
      svg("circle", { r: 9, class: "reach" }), svg("path", { d: mark(one.format) }),
      svg("title", {}, `${formatName(one.format)} ${sizeText(one)}: ${bytesText(one.bytes)} ${qualityText(one)}`));
    point.addEventListener("click", () => open(one));
    picture.append(point);
  }
  return { picture, formats };
}
