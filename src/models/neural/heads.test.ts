// What the heads of a net cost and say: each against its definition, and against a task that it alone can express.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRng, type Rng } from "#base/rng.js";
import { draw, evaluate, infer, learn, normals, openTrainer, type Outputs } from "#test/fixtures/neural-net.js";
import { batchingOf } from "./heads-schema.js";
import { scoreOf } from "./heads.js";

/** Trains a small net on samples of two features and gives its predictions for fresh ones. */
async function trained(heads: object, sample: (rng: Rng) => readonly [number, number, number], steps = 400) {
  const rng = createRng("heads");
  const net = draw({ blocks: [{ kind: "dense", units: 16, activation: "tanh" }], heads }, 2, rng.fork("net"));
  const samples = (from: Rng, rows: number) => {
    const drawn = Array.from({ length: rows }, () => sample(from));
    return { x: Float32Array.from(drawn.flatMap(([a, b]) => [a, b])), y: Float32Array.from(drawn, ([, , y]) => y) };
  };
  const trainer = await openTrainer(net, 64, 0.01);
  const data = rng.fork("data");
  for (let step = 0; step < steps; step++) await trainer.step(samples(data, 64));
  await trainer.release();
  const fresh = samples(rng.fork("fresh"), 512);
  return { net, fresh, said: await infer(net, fresh.x) };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const of = (said: Outputs, name: string): readonly number[] => [...(said[name] as Float32Array)];

/** A mean of the first feature and a deviation of 0.2 or 1 by the sign of the second. */
const uneven = (rng: Rng): readonly [number, number, number] => {
  const [a, b] = [rng.normal(), rng.normal()];
  return [a, b, 0.5 * a + (b > 0 ? 1 : 0.2) * rng.normal()];
};

describe("heads", () => {
  it.each([
    { return: {}, volatility: {} },
    { return: { loss: "nll" }, volatility: {} },
  ])("volatility is the deviation around the return: %j", async (heads) => {
    const { fresh, said } = await trained(heads, uneven);
    const rough = of(said, "volatility").filter((_, i) => (fresh.x[2 * i + 1] as number) > 0.3);
    const calm = of(said, "volatility").filter((_, i) => (fresh.x[2 * i + 1] as number) < -0.3);
    expect(mean(rough)).toBeCloseTo(1, 0);
    expect(mean(calm)).toBeLessThan(0.4);
    expect(mean(calm)).toBeGreaterThan(0.1);
  });

  it("quantiles hold their share of the labels and never cross", async () => {
    const levels = [0.1, 0.5, 0.8];
    const { fresh, said } = await trained({ quantiles: { levels } }, uneven);
    const rows = Array.from(fresh.y, (y, i) => ({ y, q: of(said, "quantiles").slice(3 * i, 3 * i + 3) }));
    levels.forEach((level, k) => expect(Math.abs(mean(rows.map(({ y, q }) => (y < (q[k] as number) ? 1 : 0))) - level)).toBeLessThan(0.08));
    expect(rows.every(({ q }) => (q[0] as number) < (q[1] as number) && (q[1] as number) < (q[2] as number))).toBe(true);
  });

  it.each(["cross-entropy", "focal"])("direction is a probability that tells rises from falls: %s", async (loss) => {
    const { fresh, said } = await trained({ direction: { loss, balanced: true } }, (rng) => {
      const [a, b] = [rng.normal(), rng.normal()];
      return [a, b, a * b + 0.3];
    });
    const right = of(said, "direction").filter((p, i) => p > 0.5 === (fresh.y[i] as number) > 0);
    expect(right.length / fresh.y.length).toBeGreaterThan(0.85);
    expect(of(said, "direction").every((p) => p >= 0 && p <= 1)).toBe(true);
  });

  it("confidence is how often the direction of the score is right, and leaves the score alone", async () => {
    const { fresh, said } = await trained({ return: {}, confidence: {} }, (rng) => {
      const [a, b] = [rng.normal(), rng.normal()];
      return [a, b, b > 0 ? a : rng.normal()];
    });
    const right = (i: number): number => ((said["return"]?.[i] as number) > 0 === (fresh.y[i] as number) > 0 ? 1 : 0);
    for (const side of [1, -1]) {
      const rows = [...fresh.y.keys()].filter((i) => side * (fresh.x[2 * i + 1] as number) > 0.2);
      expect(Math.abs(mean(rows.map((i) => said["confidence"]?.[i] as number)) - mean(rows.map(right)))).toBeLessThan(0.1);
    }
  });

  it("unless both are one likelihood, the volatility head moves nothing of the return head", async () => {
    const rng = createRng("detached");
    const batch = { x: normals(rng, 16), y: normals(rng, 8) };
    const gradientWith = async (heads: object): Promise<readonly number[]> => {
      const net = draw({ blocks: [], heads }, 2, createRng("same"));
      return of(await learn(net, batch), "gradient.head.return.weight");
    };
    const alone = await gradientWith({ return: {} });
    expect(await gradientWith({ return: {}, volatility: {}, confidence: {} })).toEqual(alone);
    expect(await gradientWith({ return: { loss: "nll" }, volatility: {} })).not.toEqual(alone);
  });

  it("the weights of the heads weigh their losses", async () => {
    const rng = createRng("weights");
    const batch = { x: normals(rng, 16), y: normals(rng, 8) };
    const heads = { return: { weight: 2, loss: { kind: "huber", delta: 0.5 } }, direction: { weight: 0.5 }, quantiles: {} };
    const out = await learn(draw({ blocks: [], heads }, 2), batch);
    const part = (name: string): number => out[`loss.${name}`]?.[0] as number;
    expect(out["loss"]?.[0]).toBeCloseTo(2 * part("return") + 0.5 * part("direction") + part("quantiles"), 5);
  });
});

describe("losses within a decision moment", () => {
  it.each(["ic", "rank"])("%s does not see what moves all samples of a moment together", async (loss) => {
    const config = { blocks: [], heads: { return: { loss } } };
    const rng = createRng("moments");
    const net = draw(config, 2, rng.fork("net"));
    expect(batchingOf(net.config.heads)).toBe("moments");
    const moment = Float32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
    const [x, y] = [normals(rng, 16), normals(rng, 8)];
    const shifted = y.map((value, i) => value + 10 * (moment[i] as number));
    const [plain, moved] = await Promise.all([evaluate(net, { x, y, moment }), evaluate(net, { x, y: shifted, moment })]);
    expect(moved["loss"]?.[0]).toBeCloseTo(plain["loss"]?.[0] as number, 4);
    const apart = await evaluate(net, { x, y: shifted, moment: new Float32Array(8) });
    expect(Math.abs((apart["loss"]?.[0] as number) - (plain["loss"]?.[0] as number))).toBeGreaterThan(0.01);
  });

  it("other losses take batches in any order", () => {
    expect(batchingOf(draw({ heads: { return: { loss: "huber" } } }, 1).config.heads)).toBe("shuffled");
  });
});

describe("the score", () => {
  const heads = (raw: object) => draw({ heads: raw }, 1).config.heads;

  it("is the return where there is one", () => {
    const { output, width, of: score } = scoreOf(heads({ return: {}, direction: {} }), 0.01);
    expect([output, width, score(Float32Array.of(0.5, -0.25), 1)]).toEqual(["return", 1, -0.25]);
  });

  it("is the mean size of a label times 2p - 1 where only the direction is known", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (p) => {
        const score = scoreOf(heads({ direction: {}, quantiles: {} }), 0.02).of(Float32Array.of(p), 0);
        expect(score).toBeCloseTo((2 * p - 1) * 0.02, 7);
      }),
    );
  });

  it("is the quantile nearest to the median else", () => {
    const { output, width, of: score } = scoreOf(heads({ quantiles: { levels: [0.1, 0.45, 0.9] } }), 1);
    expect([output, width, score(Float32Array.of(1, 2, 3, 4, 5, 6), 1)]).toEqual(["quantiles", 3, 5]);
  });
});
