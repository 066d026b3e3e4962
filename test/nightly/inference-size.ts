// Measures how often the tests of src/research/inference call something where nothing is: the figures of docs/guide/inference.md.
// Run after a build: node dist/test/nightly/inference-size.js FILE SEED REPETITIONS [repetitions without draws]. FILE is written every ten, so that a stopped run is one of fewer. Runs of several seeds are joined: ... FILE join OTHER OTHER ...
import { readFileSync, writeFileSync } from "node:fs";
import { drawShocks, falseCalls, falseCallsWithoutDraws } from "#test/fixtures/inference-size.js";

interface Part {
  /** Seed -> repetitions. */
  repetitions: Record<string, number>;
  /** In the order of the cells: name of a test -> false calls. */
  readonly falseCalls: Record<string, number>[];
}

const DAYS = [250, 1000, 2500];
const PHI = [0, 0.2, -0.1];
const cells = DAYS.flatMap((days) => PHI.map((phi) => ({ days, phi })));
const empty = (): Part => ({ repetitions: {}, falseCalls: cells.map(() => ({})) });
const parts = { drawn: empty(), plain: empty() };
const [file = "size.json", seed = "1", ...rest] = process.argv.slice(2);
const write = (): void => writeFileSync(file, `${JSON.stringify({ level: 0.05, cells, ...parts }, null, 1)}\n`);
const count = (into: Part, cell: number, name: string, times: number): void => {
  const counts = into.falseCalls[cell] as Record<string, number>;
  counts[name] = (counts[name] ?? 0) + times;
};

if (seed === "join") {
  for (const other of rest) {
    const read = JSON.parse(readFileSync(other, "utf8")) as typeof parts;
    for (const name of ["drawn", "plain"] as const) {
      Object.assign(parts[name].repetitions, read[name].repetitions);
      for (const [cell, counts] of read[name].falseCalls.entries())
        for (const [test, times] of Object.entries(counts)) count(parts[name], cell, test, times);
    }
  }
} else {
  const [drawn, plain] = [Number(rest[0] ?? 1000), Number(rest[1] ?? 0)];
  for (let i = 0; i < plain; i++)
    for (const [d, days] of DAYS.entries()) {
      const shocks = drawShocks(days, `${seed}/plain/${days}/${i}`, 2);
      for (const [f, phi] of PHI.entries())
        for (const name of falseCallsWithoutDraws(shocks, phi)) count(parts.plain, d * PHI.length + f, name, 1);
    }
  if (plain > 0) parts.plain.repetitions = { [seed]: plain };
  for (let i = 0; i < drawn; i++) {
    for (const [d, days] of DAYS.entries()) {
      const shocks = drawShocks(days, `${seed}/${days}/${i}`);
      for (const [f, phi] of PHI.entries())
        for (const name of await falseCalls(shocks, phi, `${seed}/${days}/${phi}/${i}`)) count(parts.drawn, d * PHI.length + f, name, 1);
    }
    parts.drawn.repetitions = { [seed]: i + 1 };
    if (i % 10 === 9) write();
  }
}
write();
