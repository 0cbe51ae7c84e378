/* SPDX-License-Identifier: MIT
 * The page: overview, choices, and one plate per image, made as it comes near. */

const AT_ONCE = 8, TILES_AT_ONCE = 60;
const byId = id => document.getElementById(id);
const data = JSON.parse(byId("data").textContent);
const images = imagesOf(data);
const state = { search: "", preset: "", sort: "name", formats: new Set(), marks: new Set(), list: [], shown: 0 };

function el(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== undefined) element.setAttribute(name, value);
  }
  element.append(...children.filter(child => child !== undefined && child !== null && child !== "" && child !== false));
  return element;
}

const badge = format => el("span", { class: `badge ${format}` }, formatName(format));

/* ---- Overview ---- */

function panel(title, big, note, ...rest) {
  return el("article", { class: "panel" }, el("h2", {}, title), el("p", { class: "big" }, big), note && el("p", { class: "note" }, note), ...rest);
}

function legend(rows) {
  return el("ul", { class: "legend" }, ...rows.map(row => el("li", {}, el("i", { class: `key ${row.class}` }), el("span", {}, row.name), el("b", {}, row.value))));
}

function stack(rows) {
  const bar = el("div", { class: "stack", "aria-hidden": "true" });
  for (const row of rows) {
    const part = el("i", { class: row.class });
    part.style.flexGrow = row.size;
    bar.append(part);
  }
  return bar;
}

function bars(rows) {
  return el("ul", { class: "bars" }, ...rows.map(row => {
    const fill = el("i", { class: row.class });
    fill.style.width = `${Math.max(1, row.share * 100)}%`;
    return el("li", {}, el("span", {}, row.name), el("span", { class: "track", "aria-hidden": "true" }, fill), el("b", {}, row.value));
  }));
}

function savingsPanel(all) {
  const savings = savingsOf(all.flatMap(image => image.groups));
  if (!savings.length) return null;
  const best = savings.reduce((a, b) => (a.bytes / a.fallback <= b.bytes / b.fallback ? a : b));
  const than = [...new Set(savings.flatMap(one => [...one.fallbacks]))].map(formatName).join(" or ");
  const rows = savings.map(one => ({ class: one.format, name: formatName(one.format), share: Math.min(1, one.bytes / one.fallback), value: savingText(one.bytes, one.fallback) }));
  return panel("Saved for visitors", savingText(best.bytes, best.fallback), `${formatName(best.format)} against ${than}, ${plural(best.count, "picture")} of equal size`,
    bars([...rows, { class: "fallback", name: than, share: 1, value: "100 %" }]));
}

function bytesPanel(all) {
  const formats = new Map();
  for (const one of all.flatMap(image => image.renditions)) {
    const sums = formats.get(one.format) || { count: 0, bytes: 0 };
    formats.set(one.format, { count: sums.count + 1, bytes: sums.bytes + one.bytes });
  }
  const rows = [...formats].sort((a, b) => formatOrder(a[0]) - formatOrder(b[0])).map(([format, sums]) =>
    ({ class: format, name: `${formatName(format)}, ${plural(sums.count, "file")}`, value: bytesText(sums.bytes), size: sums.bytes }));
  const bytes = sum(rows, row => row.size), sources = sum(all, image => image.source.bytes || 0);
  return panel("On disk", bytesText(bytes), sources ? `from ${bytesText(sources)} of originals` : "", stack(rows), legend(rows));
}

function timePanel(all) {
  const times = timesOf(all.flatMap(image => image.sets));
  if (!times.length) return null;
  const rows = times.slice(0, 5).map((time, i) => ({ class: `step${i}`, name: time.what, value: secondsText(time.seconds), size: time.seconds }));
  const rest = sum(times.slice(5), time => time.seconds);
  if (rest) rows.push({ class: "step5", name: plural(times.length - 5, "other"), value: secondsText(rest), size: rest });
  return panel("Time per stage", secondsText(sum(times, time => time.seconds)), "of all cores together, when each file was last made", stack(rows), legend(rows));
}

function generationPanel(all) {
  const made = generationOf(all);
  if (!made.count) return null;
  return panel("Generated", moneyText(made.cost), `${plural(made.count, "image")} from prompts${made.sandbox ? "; the sandbox's money is not real" : ""}`,
    legend(made.models.map(([name, count]) => ({ class: "spark", name, value: whole(count) }))));
}

function drawOverview() {
  const renditions = sum(images, image => image.renditions.length);
  byId("totals").textContent = [plural(images.length, "image"), plural(renditions, "rendition"), bytesText(sum(images, image => image.bytes))].join("  ·  ");
  byId("overview").replaceChildren(...[savingsPanel(images), bytesPanel(images), timePanel(images), generationPanel(images)].filter(Boolean));
}

/* ---- One plate per image ---- */

/* How large a picture of so many pixels is drawn: as it is while small, ever less beyond. */
const drawnEdge = pixels => (pixels <= 64 ? pixels : 64 * (pixels / 64) ** 0.3);

function pictureOf(image, renditions, shape, edge, attributes) {
  const from = drawnFrom(renditions, shape, edge) || drawnFrom(image.renditions, shape, edge);
  const scale = edge / Math.max(shape.width, shape.height);
  const width = Math.max(1, Math.round(shape.width * scale)), height = Math.max(1, Math.round(shape.height * scale));
  const box = el("span", { class: "picture" });
  box.style.width = `${width}px`;
  box.style.aspectRatio = `${width} / ${height}`;
  if (!from) return (box.append(el("em", {}, renditions.map(one => formatName(one.format)).join(", "))), box);
  const picture = el("img", { src: place(from), width, height, loading: "lazy", decoding: "async", alt: image.source.alt || image.name, ...attributes });
  picture.addEventListener("error", () => box.replaceChildren(el("em", {}, "not there")));
  if (from.alpha) box.classList.add("clear");
  else if (image.colour) box.style.backgroundColor = image.colour;
  box.append(picture);
  return box;
}

const matches = rendition => !state.formats.size || state.formats.has(rendition.format);

function fileRow(image, rendition, most) {
  const share = el("i", { class: `share ${rendition.format}` });
  share.style.width = `${(rendition.bytes / most) * 100}%`;
  const text = [badge(rendition.format), el("b", {}, bytesText(rendition.bytes)), el("span", {}, qualityText(rendition)), share];
  const label = `${formatName(rendition.format)} ${sizeText(rendition)}, ${bytesText(rendition.bytes)} ${qualityText(rendition)}`;
  if (!DRAWN.includes(rendition.format)) return el("li", {}, el("a", { href: place(rendition), class: "file", "aria-label": label }, ...text));
  return el("li", {}, el("button", { type: "button", class: "file", "aria-label": `${label}: compare`, title: rendition.path || "inline",
    onclick: () => viewerOpen(image, rendition) }, ...text));
}

function tileOf(image, group, tile, told) {
  const most = Math.max(...tile.renditions.map(one => one.bytes));
  const edge = drawnEdge(Math.max(tile.width, tile.height)) * (group.tiles.length > 9 ? 0.64 : 1);
  const first = tile.renditions.find(one => DRAWN.includes(one.format));
  const picture = pictureOf(image, [...tile.renditions, ...group.renditions], tile, edge, { alt: "" });
  const name = `${image.source.alt || image.name}, ${sizeText(tile)}`;
  picture.querySelector("img")?.setAttribute("alt", name);
  const single = tile.renditions.length === 1 && group.tiles.length > 1 ? tile.renditions[0].path : "";
  const warned = tile.renditions.some(one => one.warnings);
  return el("li", { class: "tile" },
    first ? el("button", { type: "button", class: "look", "aria-label": `${name}: look at it`, onclick: () => viewerOpen(image, first) }, picture) : el("div", { class: "look" }, picture),
    el("p", { class: "size" }, sizeText(tile), warned && el("span", { class: "warned", title: "with a warning" }, " ⚠")),
    single && el("p", { class: "path", title: single }, told(single)),
    el("ul", { class: "files" }, ...tile.renditions.filter(matches).map(one => fileRow(image, one, most))));
}

function groupOf(image, group) {
  const tiles = group.tiles.filter(tile => tile.renditions.some(matches));
  if (!tiles.length) return null;
  const list = el("ul", { class: "tiles" });
  const told = tellingNames(tiles.map(tile => tile.renditions[0].path || ""));
  const add = count => {
    const from = list.childElementCount;
    list.append(...tiles.slice(from, from + count).map(tile => tileOf(image, group, tile, told)));
  };
  const shown = tiles.flatMap(tile => tile.renditions.filter(matches));
  const more = el("button", { type: "button", class: "plain rest", onclick: () => {
    add(Infinity);
    more.remove();
  } }, `Show all ${whole(tiles.length)} sizes`);
  add(TILES_AT_ONCE);
  const name = group.asked === group.preset ? group.preset : `${group.asked} › ${group.preset}`;
  return el("details", { class: "group", open: true },
    el("summary", {}, el("h3", {}, name, /^\d+$/.test(group.output) ? "" : el("span", {}, ` / ${group.output}`)),
      el("span", { class: "note" }, `${plural(shown.length, "file")}, ${bytesText(sum(shown, one => one.bytes))}`)),
    list, tiles.length > TILES_AT_ONCE && more);
}

function generationFacts(generation) {
  const got = generation.got || {};
  const asked = Object.entries(generation.asked || {}).filter(([, value]) => typeof value !== "object" && value !== false)
    .map(([key, value]) => (/^(aspect|size|format)$/.test(key) ? value : value === true ? key : `${key} ${value}`)).join(" · ");
  const hash = generation["prompt-hash"];
  return el("section", { class: "generated", "aria-label": "Generated" },
    el("p", {}, el("span", { class: "spark" }, "Generated"), el("span", {}, `${generation.provider} · ${generation.model}`),
      generation.cost !== undefined && el("b", {}, moneyText(Number(generation.cost)))),
    generation.prompt && el("blockquote", {}, generation.prompt),
    asked && el("p", { class: "note" }, `Asked for ${asked}${got.width ? `; came as ${got.width} × ${got.height} ${formatName(got.format || "")}` : ""}`),
    hash && el("p", { class: "note" }, `The prompt is not recorded, only its hash ${hash.slice(0, 8)}…`));
}

function sourceFacts(image) {
  const { source, largest } = image;
  const facts = [el("b", {}, formatName(source.format)), el("span", {}, sizeText(source)), el("span", {}, bytesText(source.bytes || 0))];
  if (source.frames) facts.push(el("span", {}, plural(source.frames, "frame")));
  if (source.alpha) facts.push(el("span", {}, "transparency"));
  if (source.c2pa) facts.push(el("span", {}, "C2PA"));
  const lines = [el("p", { class: "facts" }, ...facts)];
  if (largest && source.bytes) {
    const whole = largest.width === source.width && largest.height === source.height;
    lines.push(el("p", { class: "note" }, `${whole ? "At full size" : `At ${sizeText(largest)}`} ${formatName(largest.format)} takes ${bytesText(largest.bytes)}, `,
      el("b", { class: largest.bytes < source.bytes ? "better" : "" }, savingText(largest.bytes, source.bytes)), " against the original"));
  }
  return lines;
}

function savingFacts(image) {
  if (!image.savings.length) return null;
  return el("ul", { class: "savings", "aria-label": "Saved against the fallback" }, ...image.savings.map(one =>
    el("li", {}, badge(one.format), el("b", { class: one.bytes < one.fallback ? "better" : "" }, savingText(one.bytes, one.fallback)),
      el("span", { class: "note" }, `against ${[...one.fallbacks].map(formatName).join(" or ")}`))));
}

function notesOf(image) {
  const notes = [];
  if (image.warnings.length) {
    notes.push(el("ul", { class: "warnings", "aria-label": "Warnings" }, ...image.warnings.map(one =>
      el("li", {}, el("b", {}, "⚠ Warning"), ` ${one.rendition.path || `${one.rendition.preset}/${one.rendition.output}`}: ${one.text}`))));
  }
  if (image.emitted.length) {
    notes.push(el("p", { class: "emitted" }, "Written with them: ", ...image.emitted.flatMap((one, i) => [i ? ", " : "", el("a", { href: one.url }, one.path)])));
  }
  if (image.dropped.length) {
    notes.push(el("details", { class: "dropped" }, el("summary", {}, `${whole(image.dropped.length)} left out, and why`),
      el("ul", {}, ...image.dropped.map(one => el("li", {}, el("b", {}, `${one.preset}/${one.output}`), ` ${one.what || ""}${one.what ? ": " : ""}${one.reason}`)))));
  }
  if (image.times.length) {
    const rows = image.times.map((time, i) => ({ class: `step${Math.min(i, 5)}`, name: time.what, value: secondsText(time.seconds), size: time.seconds }));
    notes.push(el("details", { class: "times" }, el("summary", {}, `${secondsText(sum(rows, row => row.size))} of work`), stack(rows), legend(rows)));
  }
  return notes;
}

function plotFacts(image, renditions) {
  const plot = plotOf(renditions, rendition => DRAWN.includes(rendition.format) && viewerOpen(image, rendition));
  if (!plot) return null;
  const keys = plot.formats.map(format => el("li", { class: format }, svg("svg", { viewBox: "-7 -7 14 14", width: 12, height: 12, "aria-hidden": "true" }, svg("path", { d: mark(format) })), formatName(format)));
  return el("figure", { class: "chart" }, plot.picture, el("figcaption", {}, el("span", {}, "Bytes over pixels"), el("ul", {}, ...keys)));
}

/* What has several formats is what a page shows: it goes first. */
const formatsIn = group => Math.max(...group.tiles.map(tile => tile.renditions.length));

function plateOf(image, index) {
  const groups = image.groups.filter(group => !state.preset || group.asked === state.preset).sort((a, b) => formatsIn(b) - formatsIn(a));
  const renditions = groups.flatMap(group => group.renditions).filter(matches);
  const { source } = image;
  const hero = pictureOf(image, image.like.renditions, image.like.shape, 320, {});
  hero.classList.add("hero");
  const name = el("h2", { id: `plate${index}` }, image.name);
  const path = source.path && baseName(source.path) !== source.name && !source.generation ? el("p", { class: "path" }, source.path) : null;
  return el("article", { class: "plate", "aria-labelledby": `plate${index}` },
    el("div", { class: "head" }, hero,
      el("div", { class: "about" }, name, path, source.alt && el("p", { class: "alt" }, source.alt), ...sourceFacts(image), savingFacts(image),
        source.generation && generationFacts(source.generation)),
      plotFacts(image, renditions)),
    el("div", { class: "groups" }, ...groups.map(group => groupOf(image, group))), el("div", { class: "notes" }, ...notesOf(image)));
}

/* ---- Which images, in which order ---- */

const SORTS = {
  name: ["Name", (a, b) => a.name.localeCompare(b.name, "en", { numeric: true })],
  bytes: ["Bytes", (a, b) => b.bytes - a.bytes],
  files: ["Files", (a, b) => b.renditions.length - a.renditions.length],
  saving: ["Least saved", (a, b) => leastSaved(b) - leastSaved(a)],
  time: ["Time", (a, b) => sum(b.times, one => one.seconds) - sum(a.times, one => one.seconds)],
};
const MARKED = {
  warnings: ["Warnings", image => image.warnings.length > 0],
  generated: ["Generated", image => !!image.source.generation],
  dropped: ["Left out", image => image.dropped.length > 0],
};

const leastSaved = image => (image.savings.length ? Math.min(...image.savings.map(one => one.bytes / one.fallback)) : -1);

function isChosen(image) {
  return state.search.split(/\s+/).every(word => image.text.includes(word)) &&
    [...state.marks].every(name => MARKED[name][1](image)) &&
    image.groups.some(group => (!state.preset || group.asked === state.preset) && group.renditions.some(matches));
}

function showMore() {
  const next = state.list.slice(state.shown, state.shown + AT_ONCE);
  byId("plates").append(...next.map((image, i) => plateOf(image, state.shown + i)));
  state.shown += next.length;
  byId("more").hidden = state.shown >= state.list.length;
}

function choose() {
  state.list = images.filter(isChosen).sort(SORTS[state.sort][1]);
  state.shown = 0;
  near.unobserve(end);
  near.observe(end);
  byId("plates").replaceChildren();
  byId("count").textContent = state.list.length === images.length ? plural(images.length, "image") : `${whole(state.list.length)} of ${plural(images.length, "image")}`;
  if (!state.list.length) byId("plates").append(el("p", { class: "empty" }, "Nothing matches. ", el("button", { type: "button", onclick: reset }, "Show everything")));
  showMore();
}

/* ---- The choices ---- */

function chip(name, count, set, key) {
  return el("label", { class: "chip" }, el("input", { type: "checkbox", onchange: event => {
    if (event.target.checked) set.add(key);
    else set.delete(key);
    choose();
  } }), el("span", {}, name, el("small", {}, whole(count))));
}

function drawTools() {
  const formats = new Map();
  for (const one of images.flatMap(image => image.renditions)) formats.set(one.format, (formats.get(one.format) || 0) + 1);
  const presets = [...new Set(data.sets.map(set => set.preset))].sort();
  byId("preset").replaceChildren(el("option", { value: "" }, "All"), ...presets.map(name => el("option", { value: name }, name)));
  byId("sort").replaceChildren(...Object.entries(SORTS).map(([key, [name]]) => el("option", { value: key }, name)));
  if (formats.size > 1) byId("formats").append(...[...formats].sort((a, b) => formatOrder(a[0]) - formatOrder(b[0])).map(([format, count]) => chip(formatName(format), count, state.formats, format)));
  for (const [key, [name, test]] of Object.entries(MARKED)) {
    const count = images.filter(test).length;
    if (count && count < images.length || key === "warnings" && count) byId("marks").append(chip(name, count, state.marks, key));
  }
}

function reset() {
  byId("tools").reset();
  Object.assign(state, { search: "", preset: "", sort: "name" });
  state.formats.clear();
  state.marks.clear();
  choose();
}

const THEMES = [["", "as the system", "◐"], ["light", "light", "☀"], ["dark", "dark", "☾"]];

function setTheme(theme) {
  const [name, words, sign] = THEMES.find(one => one[0] === theme) || THEMES[0];
  document.documentElement.dataset.theme = name;
  byId("theme").textContent = sign;
  byId("theme").setAttribute("aria-label", `Colours: ${words}`);
}

byId("theme").addEventListener("click", () => {
  const at = THEMES.findIndex(one => one[0] === (document.documentElement.dataset.theme || ""));
  setTheme(THEMES[(at + 1) % THEMES.length][0]);
});
byId("tools").addEventListener("submit", event => event.preventDefault());
byId("search").addEventListener("input", event => {
  state.search = event.target.value.trim().toLowerCase();
  choose();
});
byId("preset").addEventListener("change", event => {
  state.preset = event.target.value;
  choose();
});
byId("sort").addEventListener("change", event => {
  state.sort = event.target.value;
  choose();
});
byId("more").addEventListener("click", showMore);
document.addEventListener("keydown", event => {
  if (event.key === "/" && !viewer.dialog.open && !/INPUT|SELECT|TEXTAREA/.test(document.activeElement.tagName)) {
    event.preventDefault();
    byId("search").focus();
  }
});
/* Looked at anew after each turn: it may still be near. */
const end = document.querySelector(".more");
const near = new IntersectionObserver(entries => {
  if (!entries.some(entry => entry.isIntersecting) || state.shown >= state.list.length) return;
  showMore();
  near.unobserve(end);
  near.observe(end);
}, { rootMargin: "1600px" });

drawOverview();
drawTools();
choose();
