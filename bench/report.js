// SPDX-License-Identifier: MIT
// The report: measured samples into medians, ratios and verdicts, as report.md, report.json and SVG.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bars } from "./svg.js";

const sorted = (values) => [...values].sort((a, b) => a - b);
export const median = (values) => {
  const all = sorted(values);
  return all.length ? (all[(all.length - 1) >> 1] + all[all.length >> 1]) / 2 : NaN;
};

// The sum over the parts of a work of each part's median, with the lowest and the highest sum.
function total(parts, figure) {
  const all = Object.values(parts).map((samples) => samples.map(figure));
  const sum = (pick) => all.reduce((into, values) => into + pick(values), 0);
  return { median: sum(median), low: sum((v) => Math.min(...v)), high: sum((v) => Math.max(...v)) };
}

const cpu = ({ user, system }) => user + system;

function summary(row, name, cores) {
  const parts = row.samples[name];
  if (!parts || row.missing[name] || !Object.values(parts).some((samples) => samples.length)) return undefined;
  const wall = total(parts, (sample) => sample.wall);
  const busy = total(parts, cpu);
  const peak = Math.max(...Object.values(parts).map((samples) => median(samples.map(({ peak: bytes }) => bytes))));
  return {
    wall, cpu: busy, peak,
    bytes: total(parts, ({ bytes }) => bytes).median,
    busy: busy.median / (wall.median * cores),
    runs: Math.max(...Object.values(parts).map(({ length }) => length)),
  };
}

// A ratio with what it would be at the ends of both spreads: a verdict only when the goal lies outside.
function judge(goal, of) {
  if (goal.said) return goal;
  const who = of[goal.who], against = of[goal.against];
  if (!who || (goal.against && !against)) return { ...goal, verdict: "not measured" };
  const range = (value, low, high, holds) => ({
    ...goal, value, low, high,
    verdict: holds(low) && holds(high) ? "reached" : holds(low) || holds(high) ? `${holds(value) ? "reached" : "missed"}, within the spread` : "missed",
  });
  if (goal.faster) {
    const { wall: a } = against, { wall: b } = who;
    const judged = range(a.median / b.median, a.low / b.high, a.high / b.low, (x) => x >= goal.faster);
    return who.runs + against.runs > 2 ? judged : { ...judged, verdict: `${judged.verdict}, by one run of each` };
  }
  if (goal.memory) {
    const x = who.peak / against.peak;
    return range(x, x, x, (y) => y <= goal.memory);
  }
  if (goal.scaling) {
    const alone = of[goal.alone], copies = of[goal.copies];
    if (!alone || !copies) return { ...goal, verdict: "not measured" };
    const ratio = (pick, other) => pick(alone.wall) / other(who.wall) / ((2 * other(against.wall)) / pick(copies.wall));
    const [low, middle, high] = [({ low: x }) => x, ({ median: x }) => x, ({ high: x }) => x];
    return range(ratio(middle, middle), ratio(low, high), ratio(high, low), (x) => x >= goal.scaling);
  }
  if (goal.slower) {
    const { wall: a } = who, { wall: b } = against;
    return range(a.median / b.median, a.low / b.high, a.high / b.low, (x) => x <= goal.slower);
  }
  if (goal.busy) return range(who.busy, who.busy, who.busy, (y) => y >= goal.busy);
  const { cpu: a } = who, { cpu: b } = against;
  return range(a.median / b.median, a.low / b.high, a.high / b.low, (x) => x <= goal.cpu);
}

const number = (value, digits = 2) => (Number.isFinite(value) ? value.toFixed(digits) : "–");
const seconds = (value) => number(value, value < 0.1 ? 4 : value < 1 ? 3 : 2);
const spread = ({ median: m, low, high }) => (low === high ? seconds(m) : `${seconds(m)} (${seconds(low)}–${seconds(high)})`);
const megabytes = (bytes, digits = 0) => number(bytes / 1e6, digits);

function goal_words(goal) {
  if (goal.faster) return [`${goal.who}: times as fast as ${goal.against}`, `≥ ${goal.faster}`];
  if (goal.memory) return [`${goal.who}: peak memory over that of ${goal.against}`, `≤ ${goal.memory}`];
  if (goal.scaling) return ["1 → 2 cores, over that of bare codecs in two copies", `≥ ${goal.scaling}`];
  if (goal.slower) return [`${goal.who}: times as long as ${goal.against}`, `≤ ${goal.slower}`];
  if (goal.said) return [goal.said, goal.wanted];
  if (goal.busy) return [`${goal.who}: cores busy`, `≥ ${goal.busy}`];
  return [`${goal.who}: CPU seconds over those of ${goal.against}`, `≤ ${goal.cpu}`];
}

function row_words(row) {
  const lines = [`## ${row.id}: ${row.title}`, ""];
  if (row.encoders) lines.push(`Encoders: ${row.encoders}.`, "");
  lines.push("| who | wall s, median (spread) | CPU s | cores busy | peak MB | MB made | runs | settings |", "|---|---|---|---|---|---|---|---|");
  for (const { name, settings } of row.contestants) {
    const of = row.summary[name];
    lines.push(
      of
        ? `| ${name} | ${spread(of.wall)} | ${spread(of.cpu)} | ${number(of.busy)} | ${megabytes(of.peak)} | ${megabytes(of.bytes, 1)} | ${of.runs} | ${settings ?? ""} |`
        : `| ${name} | not measured: ${row.missing[name] ?? "no run"} | | | | | | ${settings ?? ""} |`,
    );
  }
  const parts = Object.keys(row.measured);
  lines.push("", `Measured on ${parts.map((part) => `${part}: ${row.measured[part]} image${row.measured[part] === 1 ? "" : "s"}`).join(", ")}.`);
  if (parts.length > 1) {
    lines.push("", `Wall seconds of each, medians:`, "", `| who | ${parts.join(" | ")} |`, `|---|${parts.map(() => "---|").join("")}`);
    for (const { name } of row.contestants.filter(({ name: who }) => row.summary[who])) {
      lines.push(`| ${name} | ${parts.map((part) => seconds(median(row.samples[name][part].map(({ wall }) => wall)))).join(" | ")} |`);
    }
  }
  return [...lines, "", ...(row.words ?? [])];
}

export function report({ versions, photos, minutes, rows, figures = [] }, folder) {
  const cores = Number(versions.machine.split(" ")[0]);
  for (const row of rows) {
    row.summary = Object.fromEntries(row.contestants.map(({ name }) => [name, summary(row, name, cores)]));
    row.verdicts = row.goals.map((goal) => judge(goal, row.summary));
  }
  const lines = ["# picset beside its peers", "", `${versions.machine}; ${number(minutes, 1)} minutes. Medians of interleaved runs; a verdict that the spread could turn says so.`, ""];
  lines.push("| work | figure | goal | measured (at the ends of the spread) | |", "|---|---|---|---|---|");
  for (const row of rows) {
    for (const verdict of row.verdicts) {
      const [what, wanted] = goal_words(verdict);
      const range = verdict.low === verdict.high ? "" : ` (${number(verdict.low)}–${number(verdict.high)})`;
      lines.push(`| ${row.id} | ${what} | ${wanted} | ${number(verdict.value)}${range} | ${verdict.verdict} |`);
    }
  }
  lines.push("", "![how many times as fast picset is](ratios.svg)", "");
  for (const row of rows.filter(({ contestants }) => contestants.length)) lines.push(...row_words(row));
  for (const figure of figures) lines.push(...figure.words, "");
  lines.push("## What was measured with what", "");
  for (const [name, version] of Object.entries(versions)) lines.push(`- ${name}: ${[version].flat().join("; ")}`);
  lines.push(`- photographs: ${photos}`, "");
  writeFileSync(join(folder, "report.md"), lines.join("\n"));
  writeFileSync(join(folder, "report.json"), JSON.stringify({ schema: "picset/peers/1", versions, minutes, rows, figures }, null, 1));
  const speeds = rows.flatMap((row) => row.verdicts.filter(({ faster, value }) => faster && value).map((v) => ({ ...v, label: `${row.id}: ${v.who} against ${v.against}` })));
  writeFileSync(join(folder, "ratios.svg"), bars(speeds));
}
