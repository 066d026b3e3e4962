// Runs worlds of the fault simulation and prints what they come to; a failure prints its seed, the faults that it needs, and how to see it again.
// Run after a build: node dist/test/nightly/fault-simulation.js [--from 1] [--seeds 10000] [--mutants 100]
// One world: node dist/test/nightly/fault-simulation.js --seed N [--kinds loss,kills|none] [--trace]. About 25 ms a world.
import { parseArgs } from "node:util";
import { FAULT_KINDS, type FaultKind } from "#test/simulation/faults.js";
import { MUTANTS } from "#test/simulation/mutants.js";
import { failureLine, shrink } from "#test/simulation/shrink.js";
import { type WorldReport, simulate } from "#test/simulation/world.js";

const { values } = parseArgs({
  options: {
    from: { type: "string", default: "1" },
    seeds: { type: "string", default: "10000" },
    mutants: { type: "string" },
    seed: { type: "string" },
    kinds: { type: "string" },
    trace: { type: "boolean", default: false },
  },
});

async function one(seed: number): Promise<void> {
  const asked = values.kinds?.split(",");
  const kinds = asked?.filter((kind): kind is FaultKind => (FAULT_KINDS as readonly string[]).includes(kind));
  const report = await simulate(seed, { kinds, trace: values.trace ? (line) => console.log(line) : undefined });
  console.log(report.violation === null ? `seed ${seed} holds: ${JSON.stringify({ ...report, outcome: undefined })}` : failureLine(report));
  if (report.violation !== null) process.exitCode = 1;
}

async function many(from: number, seeds: number): Promise<void> {
  const sums = { steps: 0, orders: 0, fills: 0, starts: 0, points: 0 };
  let [failed, stopped] = [0, 0];
  const began = process.hrtime.bigint();
  for (let seed = from; seed < from + seeds; seed++) {
    const report = await simulate(seed);
    for (const name of Object.keys(sums) as (keyof typeof sums)[]) sums[name] += report.counts[name];
    if (report.halted !== "") stopped++;
    if (report.violation === null) continue;
    failed++;
    console.log(failureLine(await shrink(report)));
  }
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  console.log(
    `${seeds} worlds in ${seconds.toFixed(0)} s: ${failed} failed, ${stopped} ended with trading stopped; ${sums.starts} starts, ${sums.steps} events, ` +
      `${sums.orders} orders, ${sums.fills} fills, ${sums.points} changes of the disk.`,
  );
  if (failed > 0) process.exitCode = 1;
}

/** The table of the guide. */
async function mutants(seeds: number): Promise<void> {
  console.log("| bug | faults | first seed | caught in | by |");
  console.log("|---|---|---|---|---|");
  for (const mutant of Object.values(MUTANTS)) {
    const caught: WorldReport[] = [];
    for (let seed = 1; seed <= seeds; seed++) {
      const report = await simulate(seed, { kinds: mutant.kinds, setting: mutant.setting, mutant });
      if (report.violation !== null) caught.push(report);
    }
    const by = [...new Set(caught.map(({ violation }) => violation?.invariant ?? ""))].join(", ");
    console.log(
      `| ${mutant.bug} | ${mutant.kinds.join(", ") || "none"} | ${caught[0]?.seed ?? "never"} | ${caught.length} of ${seeds} | ${by} |`,
    );
    if (caught.length === 0) process.exitCode = 1;
  }
}

if (values.seed !== undefined) await one(Number(values.seed));
else if (values.mutants !== undefined) await mutants(Number(values.mutants));
else await many(Number(values.from), Number(values.seeds));
