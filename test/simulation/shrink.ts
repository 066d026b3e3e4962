// A failing world made smaller: each kind of fault is left out in turn, and stays out where the world still fails.
import type { FaultKind } from "./faults.js";
import { type WorldReport, simulate } from "./world.js";

export async function shrink(failed: WorldReport): Promise<WorldReport> {
  let smallest = failed;
  for (const kind of failed.kinds) {
    const kinds: readonly FaultKind[] = smallest.kinds.filter((other) => other !== kind);
    const report = await simulate(failed.seed, { kinds });
    if (report.violation?.invariant === failed.violation?.invariant) smallest = report;
  }
  return smallest;
}

/** One line: what broke, where, and how to see it again. */
export function failureLine({ seed, kinds, counts, violation }: WorldReport): string {
  return (
    `seed ${seed}, event ${counts.steps}, ${violation?.invariant ?? "nothing"}: ${violation?.detail ?? ""}. Again: ` +
    `node dist/test/nightly/fault-simulation.js --seed ${seed} --kinds ${kinds.join(",") || "none"} --trace`
  );
}
