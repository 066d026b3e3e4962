// Counts how often the tests of a comparison call something where nothing is: six models that are equally good, with labels that overlap or
// not. The table of docs/guide/compare.md. Run after a build: node dist/test/nightly/compare-size.js [repetitions, 1000 by default].
import { type ModelSeries, type ModelTests, testModels } from "#app/compare/test-models.js";
import { createRng, type Rng } from "#base/rng.js";

const [DECISIONS, MODELS, DRAWS] = [750, 6, 199];
const repetitions = Number(process.argv[2] ?? 1000);

/** Rank ICs of labels that span `steps` decisions: sums of as many shocks. */
function overlapping(rng: Rng, steps: number): readonly number[] {
  const shocks = Array.from({ length: DECISIONS + steps - 1 }, () => rng.normal());
  return Array.from({ length: DECISIONS }, (_, t) => shocks.slice(t, t + steps).reduce((a, b) => a + b, 0) / Math.sqrt(steps));
}

function drawModels(rng: Rng, steps: number): readonly ModelSeries[] {
  const shared = overlapping(rng, steps);
  return Array.from({ length: MODELS }, () => ({
    rankIcs: overlapping(rng, steps).map((own, t) => [t, 0.01 + 0.08 * (shared[t] as number) + 0.05 * own] as const),
    complete: true,
    active: Array.from({ length: DECISIONS }, () => 0.01 * rng.normal()),
  }));
}

const CALLS: Readonly<Record<string, (models: readonly ModelTests[]) => boolean>> = {
  "p": (models) => (models[1]?.overBaseline?.pValue ?? 1) <= 0.05,
  "p if dependent": (models) => (models[1]?.overBaseline?.pValueAnyDependence ?? 1) <= 0.05,
  "p of N": (models) => models.some(({ overBaseline }) => (overBaseline?.pValueOfAll ?? 1) <= 0.05),
  "foretold": (models) => (models[1]?.overBaseline?.conditionalPValue ?? 1) <= 0.05,
  "out of the set": (models) => models[2]?.set?.inside === false,
  "p of N, accounts": (models) => models.some(({ excessPValueOfAll }) => (excessPValueOfAll ?? 1) <= 0.05),
};

for (const steps of [1, 5]) {
  const counts = Object.fromEntries(Object.keys(CALLS).map((name) => [name, 0]));
  for (let r = 0; r < repetitions; r++) {
    const { models } = await testModels(drawModels(createRng(`compare size/${steps}/${r}`), steps), 0, steps, DRAWS);
    for (const [name, calls] of Object.entries(CALLS)) counts[name] = (counts[name] as number) + Number(calls(models));
  }
  const shares = Object.entries(counts).map(([name, count]) => `${name} ${((100 * count) / repetitions).toFixed(1)}`);
  console.log(`labels overlap over ${steps - 1} decisions, ${repetitions} repetitions, percent: ${shares.join(", ")}`);
}
