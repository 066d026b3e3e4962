// Every net of the zoo learns a task that needs its special ability, and a net without it does not. Small forms, a few hundred steps.
import { expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import { draw, evaluate, openTrainer } from "#test/fixtures/neural-net.js";
import * as tasks from "#test/fixtures/sequence-tasks.js";
import { zoo } from "./zoo.js";

interface Ability {
  readonly net: string;
  readonly task: tasks.SequenceTask;
  readonly options?: object;
  /** Blocks without the ability. */
  readonly control: readonly object[];
  /** Of Adam; 0.02 when left out. */
  readonly rate?: number;
}

/** Sees the newest step alone. */
const newest = [{ kind: "last" }, { kind: "dense", units: 16 }];
/** Sees all steps, and knows of none when it was. */
const bag = [{ kind: "dense", units: 16 }, { kind: "mean" }, { kind: "dense", units: 16 }];
/** Sees everything, linearly. */
const straight = [{ kind: "flatten" }];
/** Sees means over four steps alone. */
const coarse = [{ kind: "downsample", factor: 4 }, { kind: "flatten" }, { kind: "dense", units: 16 }];
/** Many layers without a way around them. */
const stack = [{ kind: "lstm", units: 12, layers: 8 }, { kind: "last" }];

const abilities: readonly Ability[] = [
  { net: "lstm-batch-norm", task: tasks.oldest, options: { units: 12, layers: 1 }, control: newest },
  { net: "lstm-attention", task: tasks.marked, options: { units: 12 }, control: straight },
  { net: "lstm-residual", task: tasks.bothEnds, options: { units: 12, layers: 8 }, control: stack },
  { net: "gru-layer-norm", task: tasks.oldest, options: { units: 12, layers: 1 }, control: newest },
  { net: "gru-attention", task: tasks.order, options: { units: 12, heads: 2 }, control: bag },
  { net: "gru-fusion", task: tasks.bothEnds, options: { units: 12 }, control: straight },
  { net: "transformer", task: tasks.order, options: { units: 16, heads: 2, layers: 1 }, control: bag },
  { net: "transformer-volatility", task: tasks.regime, options: { units: 8, heads: 2, layers: 1, feature: 1 }, control: newest },
  { net: "transformer-multi-scale", task: tasks.twoScales, options: { units: 8, heads: 2, layers: 1 }, control: coarse },
  { net: "cnn", task: tasks.pattern, options: { channels: 8 }, control: straight },
  { net: "tcn", task: tasks.oldest, options: { channels: 12, dilations: [1, 2, 4] }, control: newest },
  { net: "deep-lob", task: tasks.book, options: { channels: 8, units: 16 }, control: straight, rate: 0.01 },
  { net: "multi-scale", task: tasks.twoScales, options: { channels: 8, scales: [1, 4] }, control: coarse },
  { net: "mlp-attention", task: tasks.chosen, options: { units: 24, layers: 1 }, control: straight },
  { net: "dlinear", task: tasks.trend, control: newest },
  { net: "nlinear", task: tasks.level, control: newest },
];

it("every net is tried", () => {
  expect(abilities.map(({ net }) => net)).toEqual(Object.keys(zoo));
});

/** Steps of training. */
const LEARNING = 300;

/** Share of the variance of fresh labels that is explained after training. */
async function explained(raw: object, task: tasks.SequenceTask, { rate = 0.02 }: Pick<Ability, "rate">, seed: string): Promise<number> {
  const rng = createRng(seed);
  const net = draw({ ...raw, steps: task.steps }, task.features, rng.fork("net"));
  const batch = 32;
  const trainer = await openTrainer(net, batch, rate);
  const data = rng.fork("training");
  for (let step = 0; step < LEARNING; step++) await trainer.step(tasks.drawSamples(task, data, batch));
  await trainer.release();
  const fresh = tasks.drawSamples(task, rng.fork("fresh"), 256);
  const predicted = (await evaluate(net, fresh))["return"] as Float32Array;
  const mean = fresh.y.reduce((sum, y) => sum + y, 0) / fresh.y.length;
  const [left, all] = fresh.y.reduce(([l, a], y, i) => [l + (y - (predicted[i] as number)) ** 2, a + (y - mean) ** 2], [0, 0] as [
    number,
    number,
  ]);
  return 1 - left / all;
}

it.each(abilities.map((ability) => [ability.net, ability] as const))(
  "%s learns what a net without its ability does not",
  async (name, ability) => {
    const { net, options = {}, task, control } = ability;
    const still = zoo[net]?.options.shape["dropout"] === undefined ? options : { ...options, dropout: 0 };
    const able = await explained({ net, options: still }, task, ability, name);
    const unable = await explained({ blocks: control }, task, ability, name);
    expect(able, "explained by the net").toBeGreaterThan(0.6);
    expect(unable, "explained without its ability").toBeLessThan(0.35);
  },
  30_000,
);
