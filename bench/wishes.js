// SPDX-License-Identifier: MIT
// The command line of bench.js, and what is wrong with it in one line.
import { parseArgs } from "node:util";

function fail(words) {
  process.stderr.write(`bench: ${words}\n`);
  process.exit(2);
}

function parsed() {
  const text = { type: "string" };
  try {
    return parseArgs({
      options: {
        program: { ...text, default: "build/picset" },
        build: { ...text, default: "build" },
        photos: text,
        out: { ...text, default: "build/bench" },
        rows: text,
        rounds: text,
      },
    }).values;
  } catch (error) {
    return fail(error.message);
  }
}

// Rounds are a number; chosen(ids) is which of them are wanted, in their own order.
export function wishes() {
  const wish = parsed();
  const rounds = wish.rounds === undefined ? undefined : Number(wish.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds >= 1 && rounds <= 1000)) {
    fail(`--rounds is '${wish.rounds}', must be a whole number 1..1000`);
  }
  if (!wish.photos) fail("--photos names no folder");
  const chosen = (ids) => {
    if (wish.rows === undefined) return ids;
    const names = wish.rows.split(",");
    const other = names.find((name) => !ids.includes(name));
    if (other !== undefined) fail(`unknown row '${other}'; known are ${ids.join(", ")}`);
    return ids.filter((id) => names.includes(id));
  };
  return { ...wish, rounds, chosen };
}
