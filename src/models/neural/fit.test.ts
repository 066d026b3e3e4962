// Training as a whole: it learns, is the same on every run, goes on from any step, stops politely, and says what is wrong.
import { describe, expect, it } from "vitest";
import type { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { CheckpointStore, FitContext, SampleSource } from "#ports/model.js";
import { parseNeuralConfig } from "./config.js";
import { fitNet } from "./fit.js";
import { netSpecs } from "./graphs.js";
import type { TrainedNet } from "./trained-net.js";

const FEATURES = ["a", "b", "c", "d"];
const DAY = 86_400e6;

/** `instruments` per day, features normal, the label a function of them plus noise; samples made anew whenever they are asked for. */
function task(rows: number, label: (x: readonly number[]) => number, { instruments = 8, seed = "task" } = {}): SampleSource {
  const rng = createRng(seed);
  const x = Float32Array.from({ length: rows * FEATURES.length }, () => rng.normal());
  const day = Float64Array.from({ length: rows }, (_, row) => Math.floor(row / instruments) * DAY);
  return {
    features: FEATURES,
    rows,
    y: Float64Array.from({ length: rows }, (_, row) => 0.01 * (label([...x.subarray(row * 4, row * 4 + 4)]) + 0.1 * rng.normal())),
    asOf: day,
    labelEndAt: day.map((at) => at + 1.5 * DAY),
    weight: null,
    gather(samples, steps, out) {
      samples.forEach((sample, n) => {
        for (let back = steps - 1, to = n * steps * 4; back >= 0; back--, to += 4) {
          const row = sample - back * instruments;
          if (row < 0) out.fill(Number.NaN, to, to + 4);
          else out.set(x.subarray(row * 4, row * 4 + 4), to);
        }
      });
    },
  };
}

const linear = task(640, ([a = 0, b = 0]) => a - 2 * b);
const settings = (training: object, net: object = {}) =>
  parseNeuralConfig({
    blocks: [{ kind: "dense", units: 8 }],
    ...net,
    training: { batch: 32, epochs: 4, learningRate: 0.02, threads: 1, ...training },
  });

const quiet = (more: Partial<FitContext> = {}): FitContext => ({ rng: createRng("fit"), onProgress: () => {}, ...more });

function memoryStore(state: Uint8Array | null = null): CheckpointStore & { state: Uint8Array | null; writes: number } {
  return {
    name: "in memory",
    state,
    writes: 0,
    read() {
      return this.state;
    },
    write(bytes) {
      this.state = bytes;
      this.writes++;
    },
    remove() {
      this.state = null;
    },
  };
}

const bits = ({ values, history, normalization }: TrainedNet): unknown => [
  Buffer.from(values.parameters.buffer, values.parameters.byteOffset, values.parameters.byteLength).toString("base64"),
  [...values.buffers],
  history,
  [...normalization.mean],
];

async function failure(promise: Promise<unknown>): Promise<TruewindError> {
  return promise.then(
    () => expect.unreachable("it did not fail"),
    (error: unknown) => error as TruewindError,
  );
}

describe("training", () => {
  it("learns a linear task", async () => {
    const { history } = await fitNet(settings({ epochs: 12 }), linear, null, quiet());
    const last = history.at(-1);
    expect(last?.validationLoss).toBeLessThan(0.02);
    expect(last?.ic).toBeGreaterThan(0.9);
  });

  it("learns what no linear model can", async () => {
    const product = task(2000, ([a = 0, b = 0]) => 2 * a * b);
    const net = {
      blocks: [
        { kind: "dense", units: 32 },
        { kind: "dense", units: 32 },
      ],
    };
    const { history } = await fitNet(settings({ epochs: 25, patience: null }, net), product, null, quiet());
    expect(history.at(-1)?.validationLoss).toBeLessThan(0.25);
  });

  it.each([{ kind: "adam" }, { kind: "adamw" }, { kind: "sgd", momentum: 0.9, nesterov: true }])(
    "gets better with $kind",
    async (optimizer) => {
      const { history } = await fitNet(settings({ optimizer, ema: 0.9, warmup: 5 }), linear, null, quiet());
      expect(history.at(-1)?.validationLoss).toBeLessThan(0.5 * (history[0]?.validationLoss as number) + 0.02);
    },
  );

  it("gives the same bytes for the same seed, and others for another", async () => {
    const [one, two, other] = await Promise.all(
      ["x", "x", "y"].map((seed) => fitNet(settings({}), linear, null, quiet({ rng: createRng(seed) }))),
    );
    expect(bits(one as TrainedNet)).toEqual(bits(two as TrainedNet));
    expect(bits(one as TrainedNet)).not.toEqual(bits(other as TrainedNet));
  });

  it.each(["ic", "rank"])("learns from whole decision moments with the loss %s", async (loss) => {
    const heads = { return: { loss } };
    const { history } = await fitNet(settings({ batch: 20, epochs: 6 }, { heads }), linear, null, quiet());
    // 80 days of 8 samples, of which 12 are held out and one is purged; two fit into a batch.
    expect(history.map(({ steps }) => steps)).toEqual([34, 68, 102, 136, 170, 204]);
    expect(history.at(-1)?.ic).toBeGreaterThan(0.9);
    const small = settings({ batch: 7 }, { heads });
    expect((await failure(fitNet(small, linear, null, quiet()))).message).toMatch(/largest has 8: training.batch must be at least that/);
  });

  it.each(["direction", "quantiles"])("ranks by the head %s where there is no return head", async (head) => {
    const { history } = await fitNet(settings({ epochs: 8 }, { heads: { [head]: {} } }), linear, null, quiet());
    expect(history.at(-1)?.ic).toBeGreaterThan(0.9);
  });

  it("trains every epoch where nothing is held out", async () => {
    const { history } = await fitNet(settings({ validation: 0, patience: 1 }), linear, null, quiet());
    expect(history.map(({ validationLoss }) => validationLoss)).toEqual([null, null, null, null]);
  });

  it("keeps the best epoch and stops when none better comes", async () => {
    const noise = task(640, () => 0);
    const trained = await fitNet(settings({ epochs: 40, patience: 2, learningRate: 0.1, schedule: "constant" }), noise, null, quiet());
    const losses = trained.history.map(({ validationLoss }) => validationLoss as number);
    const best = losses.indexOf(Math.min(...losses));
    expect(losses).toHaveLength(best + 3);
    const shorter = await fitNet(
      settings({ epochs: best + 1, patience: null, learningRate: 0.1, schedule: "constant" }),
      noise,
      null,
      quiet(),
    );
    expect(trained.values).toEqual(shorter.values);
  });

  it("weighs samples: those of weight almost 0 teach nothing", async () => {
    const wrong = task(640, ([a = 0, b = 0]) => 2 * b - a);
    const mixed: SampleSource = {
      ...linear,
      y: linear.y.map((y, row) => (row % 2 === 0 ? y : (wrong.y[row] as number))),
      weight: Float64Array.from(linear.y, (_, row) => (row % 2 === 0 ? 1 : 1e-9)),
    };
    const { history } = await fitNet(settings({ epochs: 12 }), mixed, null, quiet());
    expect(history.at(-1)?.validationLoss).toBeLessThan(0.1);
  });

  it("moves running statistics towards those of the batches", async () => {
    const net = { blocks: [{ kind: "dense", units: 8, activation: "none", norm: "batch" }] };
    // Forty steps that move nothing else: of the starting values 0.9^40 is left.
    const frozen = settings({ learningRate: 1e-30, batch: 16, epochs: 1, validation: 0 }, net);
    const { values, config } = await fitNet(frozen, linear, null, quiet());
    const specs = netSpecs(config, { features: 4, steps: 1 });
    const weight = specs.parameters.find(({ shape }) => shape.join() === "8,4");
    const variance = specs.buffers.find(({ name }) => name.endsWith("variance"));
    for (let unit = 0; unit < 8; unit++) {
      const row = values.parameters.subarray((weight?.offset as number) + 4 * unit, (weight?.offset as number) + 4 * unit + 4);
      // Of standardized features that are independent.
      const expected = row.reduce((sum, w) => sum + w * w, 0) + 0.9 ** 40 * (1 - row.reduce((sum, w) => sum + w * w, 0));
      expect((values.buffers[(variance?.offset as number) + unit] as number) / expected).toBeCloseTo(1, 0.5);
    }
  });

  it("measures what the experiment declares for validation", async () => {
    const declared = task(80, () => 0, { seed: "other" });
    const { history } = await fitNet(settings({}), linear, declared, quiet());
    expect(history.at(-1)?.steps).toBe(80);
    expect(history.at(-1)?.validationLoss).toBeGreaterThan(0.5);
  });
});

describe("a training that was stopped", () => {
  // Everything that keeps a state between steps: moments, averages, running statistics, masks, early stopping.
  const net = {
    steps: 3,
    blocks: [
      { kind: "lstm", units: 6 },
      { kind: "dense", units: 8, norm: "batch", dropout: 0.2 },
    ],
  };
  const config = settings({ checkpointEvery: 3, ema: 0.9, epochs: 3, patience: 1 }, net);
  /** Raises the signal, or throws as a crash would, when the samples are asked for the n-th time. */
  const disturbed = (n: number, act: () => void): SampleSource => {
    let calls = 0;
    return {
      ...linear,
      gather(samples, steps, out) {
        if (++calls === n) act();
        linear.gather(samples, steps, out);
      },
    };
  };

  it.each([1, 2, 7, 18, 19, 21, 30, 48])("by its signal at read %i goes on to the same bytes", async (n) => {
    const whole = bits(await fitNet(config, linear, null, quiet()));
    const controller = new AbortController();
    const checkpoint = memoryStore();
    const error = await failure(
      fitNet(
        config,
        disturbed(n, () => controller.abort()),
        null,
        quiet({ checkpoint, signal: controller.signal }),
      ),
    );
    expect(error.code).toBe("interrupted");
    expect(error.message).toMatch(/stopped behind step \d+ of 51/);
    expect(bits(await fitNet(config, linear, null, quiet({ checkpoint })))).toEqual(whole);
  });

  it.each([1, 5, 19, 33, 40])("by a crash at read %i goes on from the checkpoint before to the same bytes", async (n) => {
    const whole = bits(await fitNet(config, linear, null, quiet()));
    const checkpoint = memoryStore();
    const crash = disturbed(n, () => {
      throw new Error("crash");
    });
    expect((await failure(fitNet(config, crash, null, quiet({ checkpoint })))).message).toBe("crash");
    expect(bits(await fitNet(config, linear, null, quiet({ checkpoint })))).toEqual(whole);
  });

  it("refuses a checkpoint of other settings, data or seed, and a damaged one", async () => {
    const controller = new AbortController();
    const checkpoint = memoryStore();
    await failure(
      fitNet(
        config,
        disturbed(9, () => controller.abort()),
        null,
        quiet({ checkpoint, signal: controller.signal }),
      ),
    );
    const state = checkpoint.state as Uint8Array;
    const again = (
      other: Partial<{ config: typeof config; source: SampleSource; seed: string; state: Uint8Array }>,
    ): Promise<TruewindError> =>
      failure(
        fitNet(
          other.config ?? config,
          other.source ?? linear,
          null,
          quiet({ rng: createRng(other.seed ?? "fit"), checkpoint: memoryStore(other.state ?? state) }),
        ),
      );
    expect((await again({ config: settings({ checkpointEvery: 3, ema: 0.8, epochs: 3, patience: 1 }, net) })).code).toBe("data-changed");
    expect((await again({ source: task(640, ([a = 0]) => a) })).code).toBe("data-changed");
    expect((await again({ seed: "other" })).code).toBe("data-changed");
    expect((await again({ state: state.map((byte, i) => (i === 500 ? byte ^ 1 : byte)) })).code).toBe("corrupt-artifact");
    const cut = await again({ state: state.subarray(0, 100) });
    expect(cut.code).toBe("corrupt-artifact");
    expect(cut.message).toBe("The checkpoint in memory is damaged: remove it, and the training starts from the beginning.");
  });

  it("leaves the event loop free between steps", async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await fitNet(config, linear, null, quiet());
    clearInterval(timer);
    expect(turns).toBeGreaterThan(3);
  });
});

describe("a training that cannot go well", () => {
  it("says where it diverged, that the learning rate is too high, and keeps the last good checkpoint", async () => {
    const checkpoint = memoryStore();
    const wild = settings({ learningRate: 1e12, clipNorm: null, optimizer: { kind: "sgd" }, checkpointEvery: 1, schedule: "constant" });
    const error = await failure(fitNet(wild, linear, null, quiet({ checkpoint })));
    expect(error.code).toBe("diverged");
    expect(error.message).toMatch(
      /^Training diverged in epoch 1 at step \d+ \(batch \d+ of 17\): the .* is .*; the inputs are fine .*learningRate is too high/,
    );
    // What was kept is whole, and leads to the same end.
    expect((await failure(fitNet(wild, linear, null, quiet({ checkpoint })))).message).toBe(error.message);
  });

  it("names the label of the validation that lets it diverge, and does not blame the learning rate", async () => {
    const held = task(80, ([a = 0]) => a, { seed: "held" });
    const broken = { ...held, y: held.y.map((y, i) => (i === 70 ? 1e30 : y)) };
    const error = await failure(fitNet(settings({}), linear, broken, quiet()));
    expect(error.code).toBe("diverged");
    expect(error.message).toMatch(
      /^Training diverged in the validation of epoch 1 behind step 20: the loss is NaN; the label of sample 70 is 1e\+30, .* look at its source\.$/,
    );
  });

  it("validates without the samples that weigh nothing, were they a whole batch", async () => {
    const held = task(96, ([a = 0, b = 0]) => a - 2 * b, { seed: "held" });
    const weight = held.y.map((_, i) => (i < 40 ? 0 : 1));
    const { history } = await fitNet(settings({}), linear, { ...held, weight }, quiet());
    expect(history.map(({ validationLoss }) => Number.isFinite(validationLoss))).toEqual([true, true, true, true]);
  });

  it.each([
    ["too few samples", settings({ batch: 400 }), linear, "no-data", /two batches of 400 need 800: .* at most 268/],
    ["equal labels", settings({}), { ...linear, y: new Float64Array(640).fill(0.3) }, "no-data", /labels of all 536 .* equal/],
    [
      "a label that is no number",
      settings({}),
      { ...linear, y: linear.y.map((y, i) => (i === 5 ? Number.NaN : y)) },
      "bad-file",
      /neural cannot learn the label NaN of sample 5: labels lie within/,
    ],
    [
      "nothing known",
      settings({}),
      { ...linear, gather: (_: Int32Array, __: number, out: Float32Array): void => void out.fill(Number.NaN) },
      "no-data",
      /None of the 4 features varies/,
    ],
  ] as const)("refuses %s", async (_name, config, source, code, message) => {
    const error = await failure(fitNet(config, source as SampleSource, null, quiet()));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
  });

  it("says so when memory does not suffice", async () => {
    const huge = settings({ batch: 320, validation: 0 }, { blocks: [{ kind: "dense", units: 2 ** 31 - 1 }] });
    expect((await failure(fitNet(huge, linear, null, quiet()))).code).toBe("out-of-memory");
  });
});
