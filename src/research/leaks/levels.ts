// Levels of adjusted prices. A split or dividend that comes later divides all of a name's earlier prices; so what depends on their level depends
// on what comes later. It is tested by doing just that: each name's whole history on another basis, and nothing else.
import type { Rng } from "#base/rng.js";
import { type LeakFinding, finding } from "./finding.js";
import { compareOutputs } from "./compare.js";
import { settlement } from "./known.js";
import type { Runner } from "./runner.js";
import type { PipelineOutput, World } from "./subject.js";

/** Numbers that differ by less have been rounded otherwise. */
const ROUNDING = 1e-6;
/** Share of a column's values that must move: a rounding that turns one comparison is no dependence. */
const LEAST_SHARE = 0.02;

export async function checkLevels(world: World, base: PipelineOutput, runner: Runner, rng: Rng): Promise<LeakFinding[]> {
  const basis = world.provenance.priceBasis;
  if (basis === "raw") return [];
  // A split changes volumes, too; a dividend does not. On prices of unknown basis either may have happened.
  const bases = basis === "splits" ? ["split"] : ["split", "dividend"];
  const guilty = new Map<string, number>();
  for (const event of bases) {
    const other = await runner.try(rebase(world, event === "split", rng.fork(event)));
    if (other === null) continue;
    const options = { tolerance: ROUNDING, width: world.symbols.length, exempt: null, settledAt: settlement(world) };
    const { features, predictions } = compareOutputs(base, other, Number.POSITIVE_INFINITY, world.symbols.length, options);
    const columns = [...[...features].map(([name, moved]) => [`feature ${name}`, moved] as const), ["predictions", predictions] as const];
    for (const [where, moved] of columns) {
      const share = moved === null || moved.cells === 0 ? 0 : (moved.changed + moved.appeared) / knownIn(base, where);
      if (share >= LEAST_SHARE) guilty.set(where, Math.max(share, guilty.get(where) ?? 0));
    }
  }
  // Predictions follow the features; they are named when they alone depend on levels.
  if (guilty.size > 1) guilty.delete("predictions");
  const severity = basis === null ? "stamped" : "refused";
  const told = basis === null ? "Nothing is said of what prices were later divided by" : `Prices are divided by what came later (${basis})`;
  return [...guilty].map(([where, share]) =>
    finding(
      "adjusted-levels",
      severity,
      where,
      `${told}, and ${(100 * share).toFixed(0)}% of its values change when a name's whole history is put on another basis: it can see splits or dividends that had not happened.`,
    ),
  );
}

function knownIn(output: PipelineOutput, where: string): number {
  const column = where === "predictions" ? output.predictions : output.features.get(where.slice("feature ".length));
  return Math.max(1, column?.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0) ?? 0);
}

/** Prices of each name times a power of two of its own, which rounds nothing; volumes the other way for splits. */
function rebase(world: World, isSplit: boolean, rng: Rng): World {
  const n = world.symbols.length;
  const ratios = world.symbols.map(() => 2 ** (1 + rng.int(4)) * (rng.next() < 0.5 ? 1 / 64 : 1));
  const price = (column: Float64Array): Float64Array => column.map((value, k) => value * (ratios[k % n] as number));
  return {
    ...world,
    open: price(world.open),
    high: price(world.high),
    low: price(world.low),
    close: price(world.close),
    volume: isSplit ? world.volume.map((value, k) => value / (ratios[k % n] as number)) : world.volume,
  };
}
