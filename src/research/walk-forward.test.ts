// Walk-forward on small markets with a known truth: found, purged, unmoved by the future.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Session } from "#domain/session.js";
import type { Outcome } from "#domain/signal.js";
import { DAY_US, HOUR_US, utcDate } from "#domain/time.js";
import type { Micros } from "#domain/time.js";
import { ridge } from "#models/linear/family.js";
import { FrameMemory } from "#features/plan/history.js";
import { samplesOf } from "#models/samples/windows.js";
import type { ModelFamily, OnlineModel, Opinion, PastFrames, TrainingSet } from "#ports/model.js";
import { createModelStrategy } from "#strategy/model-strategy.js";
import { recall } from "#test/fixtures/recall.js";
import type { FrameStore } from "./dataset/frame-store.js";
import { forwardReturns } from "./labels/forward-return.js";
import type { Labels } from "./labels/forward-return.js";
import type { PricePanel } from "./labels/price-panel.js";
import { informationCoefficients, informationDecay } from "./metrics/information.js";
import { walkForwardFolds } from "./splits/walk-forward-splits.js";
import { toSchedule, walkForward } from "./walk-forward.js";

const NAMES = 30;
const DAYS = 120;
const sessions: readonly Session[] = Array.from({ length: DAYS }, (_, i) => ({
  date: utcDate((i * DAY_US) as Micros),
  openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
  closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
  early: false,
}));

/** A market in which today's feature moves tomorrow's open-to-open return; each fifth name is no member. */
function market(seed: string, strength: number): { frames: FrameStore; panel: PricePanel } {
  const rng = createRng(seed);
  const open = new Float64Array(DAYS * NAMES).fill(100);
  const x: number[] = [];
  const instrument: number[] = [];
  const firstRow = [0];
  for (let day = 0; day < DAYS; day++) {
    for (let i = 0; i < NAMES; i++) {
      const feature = rng.normal();
      const at = (day + 2) * NAMES + i;
      if (day + 2 < DAYS) open[at] = (open[at - NAMES] as number) * (1 + 0.01 * (strength * feature + rng.normal()));
      if (i % 5 === 0) continue;
      x.push(feature, rng.normal());
      instrument.push(i);
    }
    firstRow.push(instrument.length);
  }
  const frames: FrameStore = {
    features: ["signal", "noise"],
    instruments: NAMES,
    decisions: sessions.map((session) => ({ at: session.closeAt + 60e6, since: session.closeAt })),
    rows: instrument.length,
    x: Float32Array.from(x),
    instrument: Int32Array.from(instrument),
    firstRow: Int32Array.from(firstRow),
  };
  return { frames, panel: { sessions, instruments: NAMES, open, close: open } };
}

const times = (frames: FrameStore): Micros[] => frames.decisions.map((decision) => decision.at as Micros);
const folding = { train: "expanding", testSessions: 20, embargoSessions: 2, firstTest: (sessions[60] as Session).openAt } as const;

async function run(family: ModelFamily<unknown>, frames: FrameStore, labels: Labels) {
  const folds = walkForwardFolds(times(frames), sessions, folding);
  return walkForward({
    frames,
    labels,
    folds,
    family,
    config: family.parseConfig({}),
    rng: createRng("walk"),
    onProgress: () => undefined,
  });
}

describe("walkForward", () => {
  it("finds what is there and nothing where nothing is", async () => {
    for (const [strength, low, high] of [
      [0.5, 0.3, 0.6],
      [0, -0.06, 0.06],
    ] as const) {
      const { frames, panel } = market("found", strength);
      const labels = forwardReturns(frames, panel, [], { kind: "excess", horizonSessions: 1 });
      const { predictions, folds } = await run(ridge as ModelFamily<unknown>, frames, labels);
      const ic = informationCoefficients(frames, predictions, labels);
      expect(folds).toHaveLength(3);
      expect(ic.decisions[0]).toBe(60);
      const mean = ic.values.reduce((a, b) => a + b, 0) / ic.values.length;
      expect(mean).toBeGreaterThan(low);
      expect(mean).toBeLessThan(high);
    }
  });

  it("predicts exactly the rows of its tests, with the bits the schedule's model gives for the same frame", async () => {
    const { frames, panel } = market("rows", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 3 });
    const { predictions, schedule } = await run(ridge as ModelFamily<unknown>, frames, labels);
    const firstRow = frames.firstRow[60] as number;
    expect(predictions.subarray(0, firstRow).every(Number.isNaN)).toBe(true);
    expect(predictions.subarray(firstRow).every(Number.isFinite)).toBe(true);
    const values = new Float64Array(NAMES * 2).fill(Number.NaN);
    const member = new Uint8Array(NAMES);
    for (let row = frames.firstRow[85] as number; row < (frames.firstRow[86] as number); row++) {
      const i = frames.instrument[row] as number;
      member[i] = 1;
      values.set(frames.x.subarray(row * 2, row * 2 + 2), i * 2);
    }
    const asOf = times(frames)[85] as Micros;
    const out = (await schedule.at(asOf)?.model.predict({
      asOf,
      instruments: NAMES,
      features: frames.features,
      values,
      member,
      fresh: member,
      history: null,
    })) as Float64Array;
    for (let row = frames.firstRow[85] as number; row < (frames.firstRow[86] as number); row++)
      expect(predictions[row]).toBe(out[frames.instrument[row] as number]);
  });

  it("trains on nothing whose label had not ended before the test, embargo included", async () => {
    const { frames, panel } = market("purge", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 5 });
    const seen: { last: number; rows: number }[] = [];
    const spy: ModelFamily<unknown> = {
      ...(ridge as ModelFamily<unknown>),
      fit(config, train: TrainingSet, context) {
        seen.push({ last: train.asOf[train.rows - 1] as number, rows: train.rows });
        return ridge.fit(ridge.parseConfig(config), train, context);
      },
    };
    const { folds } = await run(spy, frames, labels);
    folds.forEach((fold, i) => {
      expect(fold.labelsTo).toBeLessThanOrEqual((sessions[60 + 20 * i - 2] as Session).closeAt);
      // Test at session t, embargo 2: the last label ends at the open of t - 2, so it was decided 6 sessions before.
      expect(seen[i]?.last).toBe(times(frames)[60 + 20 * i - 2 - 6]);
    });
  });

  it("does not change a fold when the future does", async () => {
    const { frames, panel } = market("future", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "excess", horizonSessions: 2 });
    const before = await run(ridge as ModelFamily<unknown>, frames, labels);
    const later = { ...panel, open: panel.open.slice() };
    for (let at = 80 * NAMES; at < later.open.length; at++) later.open[at] = (later.open[at] as number) * (1 + (at % 7));
    const after = await run(
      ridge as ModelFamily<unknown>,
      frames,
      forwardReturns(frames, later, [], { kind: "excess", horizonSessions: 2 }),
    );
    expect(after.folds[0]?.artifactHash).toBe(before.folds[0]?.artifactHash);
    expect(after.folds[1]?.artifactHash).toBe(before.folds[1]?.artifactHash);
    expect(after.folds[2]?.artifactHash).not.toBe(before.folds[2]?.artifactHash);
  });

  it("gives the same training set whether rows had to be copied together or not", async () => {
    const { frames, panel } = market("holes", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 1 });
    const holed: Labels = { ...labels, value: labels.value.map((value, row) => (row === 100 ? Number.NaN : value)) };
    const taken: number[][] = [];
    const spy: ModelFamily<unknown> = {
      ...(ridge as ModelFamily<unknown>),
      fit(config, train, context) {
        taken.push([...train.x.subarray(98 * 2, 102 * 2)]);
        return ridge.fit(ridge.parseConfig(config), train, context);
      },
    };
    await run(spy, frames, labels);
    await run(spy, frames, holed);
    const [whole, , , cut] = taken as [number[], number[], number[], number[]];
    expect(cut.slice(0, 4)).toEqual(whole.slice(0, 4));
    expect(cut.slice(4, 6)).toEqual(whole.slice(6, 8));
  });

  it("gives no model before the first test, and the last one after the last", async () => {
    const { frames, panel } = market("schedule", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 1 });
    const { schedule, folds } = await run(ridge as ModelFamily<unknown>, frames, labels);
    expect(schedule.at(times(frames)[59] as number as Micros)).toBeNull();
    expect(schedule.at(times(frames)[60] as Micros)?.id).toBe(folds[0]?.id);
    expect(schedule.at(times(frames)[79] as Micros)?.id).toBe(folds[0]?.id);
    expect(schedule.at(times(frames)[80] as Micros)?.id).toBe(folds[1]?.id);
    expect(schedule.at((1000 * DAY_US) as Micros)?.id).toBe(folds[2]?.id);
    expect(folds[0]?.id).toMatch(/^ridge-1970-03-02-[0-9a-f]{12}$/);
    expect(toSchedule([]).at(0 as Micros)).toBeNull();
  });

  it("shows that a one-session signal fades over longer horizons", async () => {
    const { frames, panel } = market("decay", 0.5);
    const horizons = [1, 5, 20].map((horizonSessions) => forwardReturns(frames, panel, [], { kind: "forward", horizonSessions }));
    const { predictions } = await run(ridge as ModelFamily<unknown>, frames, horizons[0] as Labels);
    const decay = informationDecay(frames, predictions, horizons);
    expect(decay.map((entry) => entry.sessions)).toEqual([1, 5, 20]);
    expect(decay[0]?.ic as number).toBeGreaterThan((decay[1]?.ic as number) + 0.05);
    expect(decay[1]?.ic as number).toBeGreaterThan(decay[2]?.ic as number);
  });

  it("names the fold that has nothing to train on", async () => {
    const { frames, panel } = market("empty", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 1 });
    const folds = walkForwardFolds(times(frames), sessions, { ...folding, embargoSessions: 59 });
    const call = walkForward({
      frames,
      labels,
      folds,
      family: ridge as ModelFamily<unknown>,
      config: { alpha: 1 },
      rng: createRng("w"),
      onProgress: () => undefined,
    });
    await expect(call).rejects.toThrow(/Fold 1 \(test from 1970-03-02T16:01:00Z\) has no training row/);
  });
});

describe("walkForward with a model that looks back", () => {
  const STEPS = 4;
  const lookBack = { ...recall, parseConfig: () => ({ steps: STEPS }) } as ModelFamily<unknown>;

  it("gives the fit the decisions before each sample, and nothing of what comes after the training", async () => {
    const { frames, panel } = market("past", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 5 });
    let fold = -1;
    const spy: ModelFamily<unknown> = {
      ...lookBack,
      fit(_, train, context) {
        fold++;
        const past = train.past as PastFrames;
        const decisions = past.rowOf.length / NAMES;
        expect(past.x.length).toBe(2 * (frames.firstRow[decisions] as number));
        expect(past.x.buffer).toBe(frames.x.buffer);
        expect(frames.decisions[decisions - 1]?.at).toBeLessThan((sessions[60 + 20 * fold] as Session).openAt);
        const out = new Float32Array(STEPS * 2);
        for (const sample of [0, 1, 500, train.rows - 1]) {
          samplesOf(train).gather(Int32Array.of(sample), STEPS, out);
          expect(out.subarray(-2)).toEqual(train.x.slice(sample * 2, sample * 2 + 2));
          const decision = times(frames).indexOf(train.asOf[sample] as Micros);
          const row = past.rowOf[past.cell[sample] as number] as number;
          expect(row).toBeGreaterThanOrEqual(frames.firstRow[decision] as number);
          expect(row).toBeLessThan(frames.firstRow[decision + 1] as number);
          expect(labels.endAt[row]).toBe(train.labelEndAt[sample]);
        }
        return recall.fit({ steps: STEPS }, train, context);
      },
    };
    await run(spy, frames, labels);
    expect(fold).toBe(2);
  });

  it("predicts with the bits of the schedule's model on the frame and its history", async () => {
    const { frames, panel } = market("look-back", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "excess", horizonSessions: 1 });
    const { predictions, schedule } = await run(lookBack, frames, labels);
    expect(schedule.steps).toBe(STEPS);
    const memory = new FrameMemory(NAMES, 2, STEPS);
    for (let d = 0; d < DAYS; d++) {
      const values = new Float64Array(NAMES * 2).fill(Number.NaN);
      const member = new Uint8Array(NAMES);
      for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++) {
        const i = frames.instrument[row] as number;
        member[i] = 1;
        values.set(frames.x.subarray(row * 2, row * 2 + 2), i * 2);
      }
      const asOf = times(frames)[d] as Micros;
      const frame = { asOf, instruments: NAMES, features: frames.features, values, member, fresh: member };
      const history = memory.push({ ...frame, history: null });
      const current = schedule.at(asOf);
      if (current === null) continue;
      const out = await current.model.predict({ ...frame, history });
      for (let row = frames.firstRow[d] as number; row < (frames.firstRow[d + 1] as number); row++)
        expect(Object.is(predictions[row], out[frames.instrument[row] as number])).toBe(true);
    }
  });

  it("does not change a prediction when decisions are appended", async () => {
    const { frames, panel } = market("appended", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "forward", horizonSessions: 1 });
    const later = { ...frames, x: frames.x.map((value, at) => (at >= 2 * (frames.firstRow[90] as number) ? 7 : value)) };
    const [before, after] = [await run(lookBack, frames, labels), await run(lookBack, later, labels)];
    const end = frames.firstRow[90] as number;
    expect(after.predictions.subarray(0, end)).toEqual(before.predictions.subarray(0, end));
    expect(after.predictions.subarray(end)).not.toEqual(before.predictions.subarray(end));
  });
});

describe("walkForward with a model that goes on learning", () => {
  /** Believes in the first feature as far as it was right before: one number of state. */
  const learning: ModelFamily<unknown> = {
    ...(ridge as ModelFamily<unknown>),
    async fit(_, train, context) {
      const model = await ridge.fit(ridge.parseConfig({}), train, context);
      const opine = ({ values, instruments }: FeatureFrame, state: Float64Array): Opinion => ({
        expectedReturn: Float64Array.from({ length: instruments }, (_, i) => (state[0] as number) * (values[2 * i] as number)),
        uncertainty: null,
        confidence: null,
        recall: Float64Array.from(state),
      });
      const online: OnlineModel = {
        begin: (_, before) => Float64Array.of(before === null ? 0.1 : (before[0] as number) + 1),
        opine,
        learn: (state, { signals, realized }) => {
          const gained = realized.reduce(
            (sum, label, i) => sum + (Number.isNaN(label) ? 0 : label * (signals.expectedReturn[i] as number)),
            0,
          );
          return Float64Array.of((state[0] as number) + gained - 0.01 * (signals.recall?.[0] as number));
        },
      };
      return { ...model, online };
    },
  };

  it("tells it outcomes when, and in the order in which, the strategy is told them by the engine", async () => {
    const { frames, panel } = market("learning", 0.5);
    const labels = forwardReturns(frames, panel, [], { kind: "excess", horizonSessions: 3 });
    const { predictions, schedule } = await run(learning, frames, labels);
    const strategy = createModelStrategy(schedule, 0);
    const pending: { readonly endsAt: number; readonly outcome: Outcome }[] = [];
    let told = 0;
    for (let d = 60; d < DAYS; d++) {
      const values = new Float64Array(NAMES * 2).fill(Number.NaN);
      const [member, realized] = [new Uint8Array(NAMES), new Float64Array(NAMES).fill(Number.NaN)];
      const rows = Array.from({ length: NAMES - NAMES / 5 }, (_, n) => (frames.firstRow[d] as number) + n);
      for (const row of rows) {
        const i = frames.instrument[row] as number;
        member[i] = 1;
        values.set(frames.x.subarray(row * 2, row * 2 + 2), i * 2);
        realized[i] = labels.value[row] as number;
      }
      const asOf = times(frames)[d] as Micros;
      while (pending.length > 0 && (pending[0] as { endsAt: number }).endsAt <= asOf) {
        strategy.learner?.learn((pending.shift() as { outcome: Outcome }).outcome);
        told++;
      }
      const frame = { asOf, instruments: NAMES, features: frames.features, values, member, fresh: member, history: null };
      const signals = await strategy.decide(frame, null as never);
      pending.push({ endsAt: labels.endAt[rows[0] as number] as number, outcome: { signals, realized } });
      for (const row of rows) expect(Object.is(predictions[row], signals.expectedReturn[frames.instrument[row] as number])).toBe(true);
    }
    expect(told).toBe(DAYS - 60 - 4);
  });
});
