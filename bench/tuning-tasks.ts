// What samplers are measured on: standard test functions, one with conditions, one that tells of itself step by step, and a real fit.
import { createRng } from "#base/rng.js";
import { samplesOf } from "#models/samples/windows.js";
import { fitBoosting } from "#models/trees/boosting/boost.js";
import { parseBoostingConfig } from "#models/trees/boosting/config.js";
import { TreePredictor } from "#models/trees/predictor.js";
import type { Params, Space } from "#research/tuning/space/parameter.js";

export interface Task {
  readonly name: string;
  readonly space: Space;
  /** Value of the best point; regret is what lies above it. */
  readonly least: number;
  readonly trials: number;
  readonly loss: (params: Params) => number | Promise<number>;
  /** Of tasks that can be pruned: what is said after each of so many steps; the last one is the loss. */
  readonly curve?: { readonly steps: number; readonly at: (params: Params, step: number) => number };
}

const float = (name: string, low: number, high: number, log = false): Space[number] => ({
  kind: "float",
  name,
  low,
  high,
  log,
  step: null,
  when: null,
});
const cube = (n: number, low: number, high: number): Space => Array.from({ length: n }, (_, i) => float(`x${i}`, low, high));
const point = (params: Params, n: number): readonly number[] => Array.from({ length: n }, (_, i) => params[`x${i}`] as number);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

const HARTMANN = {
  alpha: [1, 1.2, 3, 3.2],
  a: [
    [10, 3, 17, 3.5, 1.7, 8],
    [0.05, 10, 17, 0.1, 8, 14],
    [3, 3.5, 1.7, 10, 17, 8],
    [17, 8, 0.05, 10, 0.1, 14],
  ],
  p: [
    [1312, 1696, 5569, 124, 8283, 5886],
    [2329, 4135, 8307, 3736, 1004, 9991],
    [2348, 1451, 3522, 2883, 3047, 6650],
    [4047, 8828, 8732, 5743, 1091, 381],
  ],
};

function branin([x = 0, y = 0]: readonly number[]): number {
  const bend = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
  return bend ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

function hartmann(x: readonly number[]): number {
  const { alpha, a, p } = HARTMANN;
  return -sum(
    alpha.map((weight, i) => weight * Math.exp(-sum(x.map((value, j) => (a[i]?.[j] ?? 0) * (value - (p[i]?.[j] ?? 0) / 1e4) ** 2)))),
  );
}

const rosenbrock = (x: readonly number[]): number =>
  sum(x.slice(1).map((next, i) => 100 * (next - (x[i] as number) ** 2) ** 2 + (1 - (x[i] as number)) ** 2));

const ackley = (x: readonly number[]): number =>
  20 +
  Math.E -
  20 * Math.exp(-0.2 * Math.sqrt(sum(x.map((value) => value ** 2)) / x.length)) -
  Math.exp(sum(x.map((value) => Math.cos(2 * Math.PI * value))) / x.length);

const rastrigin = (x: readonly number[]): number => sum(x.map((value) => value ** 2 - 10 * Math.cos(2 * Math.PI * value) + 10));

/** Three ways, each with settings of its own, one of them whole numbers, one on a logarithmic axis. */
const mixed: Task = {
  name: "mixed, conditional",
  trials: 100,
  least: 0.05,
  space: [
    { kind: "categorical", name: "way", choices: ["tree", "net", "line"], when: null },
    float("shrink", 1e-4, 1, true),
    { kind: "int", name: "leaves", low: 2, high: 256, log: true, step: 1, when: { parameter: "way", is: ["tree"] } },
    { ...float("rate", 1e-4, 1, true), when: { parameter: "way", is: ["tree", "net"] } } as Space[number],
    { kind: "int", name: "layers", low: 1, high: 6, log: false, step: 1, when: { parameter: "way", is: ["net"] } },
    { ...float("ratio", 0, 1), when: { parameter: "way", is: ["line"] } } as Space[number],
  ],
  loss({ way, shrink, leaves, rate, layers, ratio }) {
    const off = (value: unknown, best: number): number => (Math.log10(value as number) - best) ** 2;
    const common = 0.2 * off(shrink, -2);
    if (way === "tree") return 0.05 + common + 0.5 * off(leaves, 1.5) + 0.4 * off(rate, -1);
    if (way === "net") return 0.15 + common + 0.3 * Math.abs((layers as number) - 3) + 0.6 * off(rate, -2.5);
    return 0.4 + common + ((ratio as number) - 0.3) ** 2;
  },
};

/** A net's training as it is often drawn: the rate decides how fast the loss falls and where to, noise stands over it (of the step alone). */
const CURVE_STEPS = 27;
const curve = (params: Params, step: number): number => {
  const { rate, width, decay } = params as { rate: number; width: number; decay: number };
  const end = 0.1 + 0.3 * (Math.log10(rate) + 2) ** 2 + 0.04 * (Math.log2(width) - 6) ** 2 + 0.05 * (Math.log10(decay) + 4) ** 2;
  const speed = Math.min(2, 0.15 + 5 * Math.sqrt(rate));
  const ahead = Math.max(0.5, 3 - end) * (step ** -speed - CURVE_STEPS ** -speed);
  return end + ahead + (step === CURVE_STEPS ? 0 : 0.05 * createRng(`${JSON.stringify(params)}/${step}`).normal());
};
const learning: Task = {
  name: "learning curves, successive halving",
  trials: 100,
  least: 0.1,
  space: [
    float("rate", 1e-4, 1, true),
    { kind: "int", name: "width", low: 4, high: 1024, log: true, step: 1, when: null },
    float("decay", 1e-7, 1e-1, true),
  ],
  loss: (params) => curve(params, CURVE_STEPS),
  curve: { steps: CURVE_STEPS, at: curve },
};

const ROWS = 2000;
const HELD = 2000;
const COLUMNS = 12;

/** Steps, bends and products under noise, as of `trees-data.ts`; the mean squared error on rows that were held out. */
function boostingTask(): Task {
  const rng = createRng("tuning/boosting");
  const rows = ROWS + HELD;
  const x = new Float32Array(rows * COLUMNS);
  const y = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < COLUMNS; j++) x[i * COLUMNS + j] = rng.normal();
    let total = 0;
    for (let j = 0; j + 2 < COLUMNS; j += 3) {
      const [a, b, c] = [0, 1, 2].map((k) => x[i * COLUMNS + j + k] as number) as [number, number, number];
      total += 0.3 * a + (b > 0.5 ? 0.4 : -0.1) + 0.2 * a * b + 0.2 * Math.sin(2 * c);
    }
    y[i] = total + rng.normal();
  }
  const features = Array.from({ length: COLUMNS }, (_, j) => `f${j}`);
  const times = Float64Array.from({ length: ROWS }, (_, i) => i);
  const source = samplesOf({
    features,
    rows: ROWS,
    x: x.subarray(0, ROWS * COLUMNS),
    y: y.subarray(0, ROWS),
    asOf: times,
    labelEndAt: times,
    weight: null,
    past: null,
  });
  return {
    name: "boosting, 2,000 rows",
    trials: 60,
    // Of the noise alone, on these rows.
    least: 1,
    space: [
      float("learningRate", 0.01, 0.5, true),
      { kind: "int", name: "leaves", low: 2, high: 64, log: true, step: 1, when: null },
      { kind: "int", name: "minDataInLeaf", low: 1, high: 200, log: true, step: 1, when: null },
      float("l2", 1e-3, 100, true),
      float("featureFraction", 0.3, 1),
    ],
    async loss(params) {
      const config = parseBoostingConfig({ ...params, rounds: 40, validation: 0, patience: null, maxBin: 63 });
      const { ensemble } = await fitBoosting(config, source, null, { rng: createRng("fit"), onProgress: () => undefined });
      const out = new Float64Array(HELD);
      new TreePredictor(ensemble).rows(x.subarray(ROWS * COLUMNS), HELD, out);
      return sum(Array.from(out, (value, i) => (value - (y[ROWS + i] as number)) ** 2)) / HELD;
    },
  };
}

export const tasks: readonly Task[] = [
  {
    name: "Branin",
    space: [float("x0", -5, 10), float("x1", 0, 15)],
    least: 0.397_887_357_729_738_16,
    trials: 100,
    loss: (p) => branin(point(p, 2)),
  },
  { name: "Hartmann, 6", space: cube(6, 0, 1), least: -3.322_368_011_391_338, trials: 100, loss: (p) => hartmann(point(p, 6)) },
  { name: "Rosenbrock, 5", space: cube(5, -5, 10), least: 0, trials: 100, loss: (p) => rosenbrock(point(p, 5)) },
  { name: "Ackley, 10", space: cube(10, -32.768, 32.768), least: 0, trials: 100, loss: (p) => ackley(point(p, 10)) },
  { name: "Rastrigin, 5", space: cube(5, -5.12, 5.12), least: 0, trials: 100, loss: (p) => rastrigin(point(p, 5)) },
  mixed,
  learning,
  boostingTask(),
];
