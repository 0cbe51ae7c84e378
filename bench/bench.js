// SPDX-License-Identifier: MIT
// bench.js: picset beside its peers on the same work, interleaved, as a table of medians with their spread.
//   node bench/bench.js --program build/picset --build build --photos DIR --out build/bench
//                       [--rows W1,W3] [--rounds N]
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { join, resolve } from "node:path";
import { clean, planned } from "./contestants.js";
import { frontier } from "./frontier.js";
import { check, keep, words } from "./limits.js";
import { model } from "./model.js";
import { inputs } from "./photographs.js";
import { report } from "./report.js";
import { rows } from "./rows.js";
import { wishes } from "./wishes.js";

process.on("uncaughtException", ({ message }) => {
  process.stderr.write(`bench: ${message.split("\n")[0]}\n`);
  process.exit(1);
});
const wish = wishes();
const program = resolve(wish.program);
const measure = resolve(wish.build, "bench_measure");
const folder = resolve(wish.out);
const started = Date.now();

function say(text) {
  const minutes = (Date.now() - started) / 60000;
  process.stderr.write(`${minutes.toFixed(1).padStart(5)} min  ${text}\n`);
}

function size(path) {
  if (!existsSync(path)) return 0;
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(jpe?g|png|webp|avif)$/.test(entry.name))
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath ?? entry.path, entry.name)).size, 0);
}

// Node says what is wrong before its stack, others at the end.
function last_words(lines) {
  return lines.find((line) => /^\w*Error:/.test(line)) ?? lines.slice(-3).join("; ");
}

// One run: what it took, and the bytes of its results. Throws with the contestant's own last words.
function run(contestant, work, place) {
  clean(place);
  const [command, ...words] = contestant.command(work, place).map(String);
  const result = join(place, "usage.json");
  const done = spawnSync(measure, [result, command, ...words], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PICSET_PEERS: join(folder, "peers") },
  });
  if (done.status !== 0) throw new Error(last_words(String(done.stderr).trim().split("\n")));
  return { ...JSON.parse(readFileSync(result, "utf8")), bytes: size(join(place, "out")) };
}

async function works(row, given) {
  return Object.entries(await given[row.inputs]()).map(([name, sources]) => ({
    name, sources, options: row.options, more: row.more, box: row.box, folder: row.folder,
    images: planned(program, sources, row.options, row.folder),
  }));
}

// Contestants take turns, and each round begins with another one: what disturbs, disturbs all. A `fresh` row
// has a folder for each run, deleted at its end: ext4 looks long for an inode where many have just been deleted.
async function play(row, given) {
  const parts = await works(row, given);
  const rounds = wish.rounds ?? row.rounds;
  const samples = Object.fromEntries(row.contestants.map(({ name }) => [name, {}]));
  const missing = {};
  let runs = 0;
  for (let round = 0; round < rounds; round++) {
    for (const work of parts) {
      for (let turn = 0; turn < row.contestants.length; turn++) {
        const contestant = row.contestants[(turn + round) % row.contestants.length];
        const mine = (samples[contestant.name][work.name] ??= []);
        if (missing[contestant.name] || (contestant.slow && mine.length > 0)) continue;
        try {
          mine.push(run(contestant, work, join(folder, "work", row.fresh ? `run-${runs++}` : "run")));
          if (row.limits && mine.length === 1) keep(row.limits, contestant.name, work.name, join(folder, "work", "run", "out"), join(folder, "work", "limits"));
          const { wall, user, system } = mine.at(-1);
          say(`${row.id} ${round + 1}/${rounds}  ${work.name}  ${contestant.name}  ${wall.toFixed(2)} s, CPU ${(user + system).toFixed(2)} s`);
        } catch (error) {
          missing[contestant.name] = error.message;
          say(`${row.id}  ${contestant.name} cannot: ${error.message}`);
        }
      }
    }
  }
  const checked = row.limits && checked_limits(row, parts, missing);
  const measured = Object.fromEntries(parts.map(({ name, images }) => [name, images.length]));
  return { ...row, ...checked, measured, contestants: row.contestants.map(({ name, settings }) => ({ name, settings })), samples, missing };
}

function checked_limits(row, works, missing) {
  const { who, against } = row.limits;
  if (missing[who] || missing[against]) return undefined;
  say(`${row.id}  scoring`);
  const checked = check(row.limits, works, program, join(folder, "work", "limits"));
  return { goals: [...row.goals, ...checked.goals], words: words(checked, row.limits), pairs: checked.pairs };
}

function sharp_version() {
  const path = join(folder, "peers/node_modules/sharp/package.json");
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")).version : "is not there";
}

function versions() {
  const line = (command, ...words) => {
    const { stdout } = spawnSync(command, words, { encoding: "utf8" });
    return (stdout ?? "").split("\n")[0].trim() || "is not there";
  };
  return {
    picset: execFileSync(program, ["--version"], { encoding: "utf8" }).trim().split("\n").map((text) => text.replace(/ +/g, " ")),
    sharp: sharp_version(),
    vipsthumbnail: line("vipsthumbnail", "--vips-version"),
    ImageMagick: line("/usr/bin/convert", "-version"),
    GraphicsMagick: line("gm", "version"),
    machine: `${cpus().length} cores of ${cpus()[0].model}, node ${process.version}`,
  };
}

mkdirSync(join(folder, "work"), { recursive: true });
const figures = [];
const whole = rows(program, resolve(wish.build, "bench_bare_codecs"), folder);
const chosen = wish.chosen([...whole.map(({ id }) => id), "model", "frontier"]);
const table = whole.filter(({ id }) => chosen.includes(id));
const draws = chosen.includes("frontier");
const models = chosen.includes("model");
say("making the inputs");
const given = inputs(resolve(wish.photos), join(folder, "inputs"), resolve(wish.build, "bench_inputs/icon.png"), join(folder, "peers"));
const results = [];
for (const row of table) {
  results.push(await play(row, given));
  tell();
}
if (models) {
  const row = whole.find(({ id }) => id === "W4");
  const sources = Object.values(given[row.inputs]()).flat();
  const options = [...row.options, "--set", "web.method=4"];
  try {
    figures.push(model({ program, sources, options, repeat: wish.rounds ?? 1, say }));
  } catch (error) {
    say(`no model: ${error.message.split("\n")[0]}`);
    figures.push({ words: ["## More cores: a model", "", `Not measured: ${error.message.split("\n")[0]}`] });
  }
  tell();
}
if (draws) {
  const sources = Object.values(given.large()).flat();
  try {
    const drawn = frontier({ program, sources, run, say, folder: join(folder, "work", "frontier") });
    writeFileSync(join(folder, "frontier.svg"), drawn.svg);
    figures.push({ words: drawn.words, found: drawn.found });
    results.push({ id: "W2", goals: drawn.goals, contestants: [], samples: {}, missing: {} });
  } catch (error) {
    say(`frontier cannot be drawn: ${error.message}`);
    figures.push({ words: ["## The frontier of W2", "", `Not measured: ${error.message.split("\n")[0]}`] });
  }
  tell();
}

function tell() {
  report({ figures, versions: versions(), photos: given.words, minutes: (Date.now() - started) / 60000, rows: results }, folder);
}
say(`report: ${join(wish.out, "report.md")}`);
process.stdout.write(readFileSync(join(folder, "report.md"), "utf8"));
