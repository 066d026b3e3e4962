// What every model family must keep, whatever it learns. Each family's test calls `modelContract` once.
import { describe, expect, it } from "vitest";
import { TruewindError } from "#base/errors.js";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Micros } from "#domain/time.js";
import type { FittedModel, ModelFamily, TrainingSet } from "#ports/model.js";

export interface ModelContract {
  readonly family: ModelFamily<unknown>;
  /** Valid settings. */
  readonly config: unknown;
  /** Settings with at least two faults, and a text that must be named for each. */
  readonly badConfig: unknown;
  readonly badNames: readonly string[];
  /** Largest relative change of a prediction when the training rows come in another order; 0 when the order must not matter at all. */
  readonly rowOrderTolerance: number;
}

const FEATURES = ["a", "b", "c", "d"] as const;

/** A learnable task: 5 % of the values missing, one row with nothing known. */
export function sampleTrainingSet(seed: string, rows = 400): TrainingSet {
  const rng = createRng(seed);
  const k = FEATURES.length;
  const x = new Float32Array(rows * k);
  const y = new Float64Array(rows);
  const asOf = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let signal = 0;
    for (let j = 0; j < k; j++) {
      const value = rng.normal() * (j + 1) + j;
      x[i * k + j] = rng.next() < 0.05 || i === 7 ? Number.NaN : value;
      signal += j % 2 === 0 ? value : -value;
    }
    y[i] = 0.004 * signal + 0.01 * rng.normal();
    asOf[i] = Math.floor(i / 20) * 86_400e6;
  }
  const labelEndAt = asOf.map((at) => at + 86_400e6);
  return { features: FEATURES, rows, x, y, asOf, labelEndAt, weight: null, past: null };
}

/** Six instruments: whole, partly unknown, nothing known, not a member, infinite, whole again as the first. */
export function sampleFrame(): FeatureFrame {
  const nan = Number.NaN;
  const values = Float64Array.of(1, 2, 3, 4, nan, 2, nan, 4, nan, nan, nan, nan, 1, 2, 3, 4, Infinity, 2, 3, 4, 1, 2, 3, 4);
  return {
    asOf: 0 as Micros,
    instruments: 6,
    features: FEATURES,
    values,
    member: Uint8Array.of(1, 1, 1, 0, 1, 1),
    fresh: new Uint8Array(6).fill(1),
    history: null,
  };
}

export function modelContract(contract: ModelContract): void {
  const { family } = contract;
  const config = family.parseConfig(contract.config);
  const fit = (train: TrainingSet): Promise<FittedModel> =>
    family.fit(config, train, { rng: createRng("fit"), onProgress: () => undefined });

  describe(`model contract: ${family.name}`, () => {
    it("gives the same bytes for the same seed and data", async () => {
      const train = sampleTrainingSet("data");
      expect((await fit(train)).save()).toEqual((await fit(train)).save());
      expect((await fit(sampleTrainingSet("other"))).save()).not.toEqual((await fit(train)).save());
    });

    it("does not change its training set", async () => {
      const train = sampleTrainingSet("data");
      await fit(train);
      expect(train).toEqual(sampleTrainingSet("data"));
    });

    it("predicts the same bits after save and load, and saves the same bytes again", async () => {
      const model = await fit(sampleTrainingSet("data"));
      const again = family.load(model.save());
      expect(again.features).toEqual(model.features);
      expect(again.family).toBe(family.name);
      expect(await again.predict(sampleFrame())).toEqual(await model.predict(sampleFrame()));
      expect(again.save()).toEqual(model.save());
    });

    it("predicts for members of which something is known, and NaN for the rest", async () => {
      const out = await (await fit(sampleTrainingSet("data"))).predict(sampleFrame());
      expect([...out].map((value) => Number.isFinite(value))).toEqual([true, true, false, false, true, true]);
      expect(out[5]).toBe(out[0]);
    });

    it("is pure: the same frame gives the same bits, whatever was asked in between", async () => {
      const model = await fit(sampleTrainingSet("data"));
      const first = Float64Array.from(await model.predict(sampleFrame()));
      const other = sampleFrame();
      other.values.fill(9);
      await model.predict(other);
      expect(await model.predict(sampleFrame())).toEqual(first);
    });

    it("learns: its predictions on fresh rows go with the labels", async () => {
      const model = await fit(sampleTrainingSet("data"));
      const fresh = sampleTrainingSet("fresh");
      const frame: FeatureFrame = {
        asOf: 0 as Micros,
        instruments: fresh.rows,
        features: FEATURES,
        values: Float64Array.from(fresh.x),
        member: new Uint8Array(fresh.rows).fill(1),
        fresh: new Uint8Array(fresh.rows).fill(1),
        history: null,
      };
      const out = await model.predict(frame);
      const right = fresh.y.reduce((n, label, i) => n + (Math.sign(label) === Math.sign(out[i] as number) ? 1 : 0), 0);
      expect(right / fresh.rows).toBeGreaterThan(0.7);
    });

    it("does not depend on the order of the training rows beyond its tolerance", async () => {
      const train = sampleTrainingSet("data");
      const k = FEATURES.length;
      const reversed: TrainingSet = {
        ...train,
        x: Float32Array.from(
          { length: train.x.length },
          (_, at) => train.x[(train.rows - 1 - Math.floor(at / k)) * k + (at % k)] as number,
        ),
        y: train.y.slice().reverse(),
        asOf: train.asOf.slice().reverse(),
        labelEndAt: train.labelEndAt.slice().reverse(),
      };
      const a = await (await fit(train)).predict(sampleFrame());
      const b = await (await fit(reversed)).predict(sampleFrame());
      a.forEach((value, i) => {
        if (!Number.isNaN(value))
          expect(Math.abs(value - (b[i] as number))).toBeLessThanOrEqual(contract.rowOrderTolerance * Math.abs(value));
      });
    });

    it("reports its progress up to the end", async () => {
      const seen: number[] = [];
      await family.fit(config, sampleTrainingSet("data"), { rng: createRng("fit"), onProgress: (done) => seen.push(done) });
      expect(seen.at(-1)).toBe(1);
      expect(seen.every((done, i) => done >= (seen[i - 1] ?? 0) && done <= 1)).toBe(true);
    });

    it("refuses a frame of other features in words", async () => {
      const model = await fit(sampleTrainingSet("data"));
      const call = async (features: readonly string[]): Promise<unknown> => model.predict({ ...sampleFrame(), features });
      await expect(call(["a", "b", "c", "z"])).rejects.toThrow(/lacks d/);
      await expect(call(["b", "a", "c", "d"])).rejects.toThrow(TruewindError);
    });

    it("names every fault of bad settings", () => {
      let message = "";
      try {
        family.parseConfig(contract.badConfig);
      } catch (error) {
        expect((error as TruewindError).code).toBe("bad-config");
        message = (error as Error).message;
      }
      for (const name of contract.badNames) expect(message).toContain(name);
    });

    it("refuses a cut, changed or foreign artifact in words", async () => {
      const bytes = (await fit(sampleTrainingSet("data"))).save();
      const changed = Uint8Array.from(bytes);
      changed[bytes.length >> 1] = (changed[bytes.length >> 1] as number) ^ 1;
      for (const bad of [new Uint8Array(0), bytes.subarray(0, 10), bytes.subarray(0, bytes.length - 1), changed, new Uint8Array(500)]) {
        let caught: unknown;
        try {
          family.load(bad);
        } catch (error) {
          caught = error;
        }
        expect((caught as TruewindError).code).toBe("corrupt-artifact");
      }
    });
  });
}
