// Cross-validation on small markets with a known truth: what each path is made of, and that no model ever saw what it is judged on.
import { describe, expect, it } from "vitest";
import { createRng } from "#base/rng.js";
import type { FeatureFrame } from "#domain/frame.js";
import type { Session } from "#domain/session.js";
import { DAY_US, HOUR_US, type Micros, utcDate } from "#domain/time.js";
import { ridge } from "#models/linear/family.js";
import type { ModelFamily, TrainingSet } from "#ports/model.js";
import { type CrossValidation, crossValidate } from "./cross-validate.js";
import type { FrameStore } from "./dataset/frame-store.js";
import { type Labels, forwardReturns } from "./labels/forward-return.js";
import type { PricePanel } from "./labels/price-panel.js";
import { combinatorialSplits, pathsOf } from "./splits/combinatorial.js";
import { sessionEmbargo } from "./splits/embargo.js";
import { createSplitPositions, type Split, timesOf } from "./splits/split.js";
import { createSampleWeights } from "./weights/sample-weights.js";

const NAMES = 12;
const DAYS = 90;
const HORIZON = 3;
const sessions: readonly Session[] = Array.from({ length: DAYS }, (_, i) => ({
  date: utcDate((i * DAY_US) as Micros),
  openAt: (i * DAY_US + 9 * HOUR_US) as Micros,
  closeAt: (i * DAY_US + 16 * HOUR_US) as Micros,
  early: false,
}));

/** A market in which today's feature moves tomorrow's open-to-open return; each fifth name is no member. */
function market(seed: string): { readonly frames: FrameStore; readonly panel: PricePanel } {
  const rng = createRng(seed);
  const open = new Float64Array(DAYS * NAMES).fill(100);
  const [x, instrument, firstRow]: [number[], number[], number[]] = [[], [], [0]];
  for (let day = 0; day < DAYS; day++) {
    for (let i = 0; i < NAMES; i++) {
      const feature = rng.normal();
      const at = (day + 2) * NAMES + i;
      if (day + 2 < DAYS) open[at] = (open[at - NAMES] as number) * (1 + 0.01 * (0.7 * feature + rng.normal()));
      if (i % 5 === 0) continue;
      x.push(feature, rng.normal());
      instrument.push(i);
    }
    firstRow.push(instrument.length);
  }
  const frames: FrameStore = {
    features: ["signal", "noise"],
    instruments: NAMES,
    decisions: sessions.map(({ closeAt }) => ({ at: closeAt + 60e6, since: closeAt })),
    rows: instrument.length,
    x: Float32Array.from(x),
    instrument: Int32Array.from(instrument),
    firstRow: Int32Array.from(firstRow),
  };
  return { frames, panel: { sessions, instruments: NAMES, open, close: open } };
}

const { frames, panel } = market("paths");
const labels = forwardReturns(frames, panel, [], { kind: "excess", horizonSessions: HORIZON });
const times = timesOf(frames, labels);
const GROUPS = 6;
const splitsOf = (tested: number): readonly Split[] =>
  combinatorialSplits(times, { groups: GROUPS, tested, embargo: sessionEmbargo(sessions, 2) });

function run(
  splits: readonly Split[],
  given: Labels = labels,
  spy?: (train: TrainingSet) => void,
  more: object = {},
): Promise<CrossValidation> {
  const family: ModelFamily<unknown> = {
    ...(ridge as ModelFamily<unknown>),
    fit(config, train, context) {
      spy?.(train);
      return ridge.fit(ridge.parseConfig(config), train, context);
    },
  };
  return crossValidate({
    frames,
    labels: given,
    splits,
    family,
    config: {},
    rng: createRng("paths"),
    onProgress: () => undefined,
    ...more,
  });
}

describe("crossValidate", () => {
  it("predicts every row once on every path, with the models that its schedule would give to an account", async () => {
    const splits = splitsOf(2);
    const { paths, rows } = await run(splits);
    expect(splits).toHaveLength(15);
    expect(paths).toHaveLength(5);
    expect(rows.every((count) => count > 200)).toBe(true);
    const by = pathsOf(splits, GROUPS);
    for (const [p, { predictions, schedule, rankIc, ic }] of paths.entries()) {
      expect(predictions.every(Number.isFinite)).toBe(true);
      const mean = rankIc.values.reduce((sum, one) => sum + one, 0) / rankIc.values.length;
      expect(mean).toBeGreaterThan(0.15);
      expect(ic.decisions).toEqual(rankIc.decisions);
      for (const d of [0, 20, 44, 45, 89]) {
        const asOf = frames.decisions[d]?.at as Micros;
        const group = Math.floor(d / 15);
        const found = schedule.at(asOf);
        expect(found?.id).toMatch(new RegExp(`^ridge-split-${(by[p]?.[group] as number) + 1}-`));
        const values = new Float64Array(NAMES * 2).fill(Number.NaN);
        const member = new Uint8Array(NAMES);
        const [first, end] = [frames.firstRow[d] as number, frames.firstRow[d + 1] as number];
        for (let row = first; row < end; row++) {
          member[frames.instrument[row] as number] = 1;
          values.set(frames.x.subarray(row * 2, row * 2 + 2), (frames.instrument[row] as number) * 2);
        }
        const frame: FeatureFrame = { asOf, instruments: NAMES, features: frames.features, values, member, fresh: member, history: null };
        const said = (await found?.model.predict(frame)) as Float64Array;
        for (let row = first; row < end; row++) expect(predictions[row]).toBe(said[frames.instrument[row] as number]);
      }
      expect(schedule.at(0 as Micros)).toBeNull();
    }
    // Different models on different paths: otherwise there would be but one history.
    expect(paths[0]?.predictions[0]).not.toBe(paths[1]?.predictions[0]);
  });

  it("fits on no label that reaches into a test, embargo included, on either side", async () => {
    const splits = splitsOf(2);
    const seen: TrainingSet[] = [];
    await run(splits, labels, (train) => seen.push(train));
    seen.forEach((train, i) => {
      const { tests } = splits[i] as Split;
      for (const { from, to } of tests) {
        const first = Math.floor((times.begins[from] as number) / DAY_US);
        const last = Math.floor((times.begins[to - 1] as number) / DAY_US);
        for (let row = 0; row < train.rows; row++) {
          const decided = Math.floor((train.asOf[row] as number) / DAY_US);
          if (decided < first) expect(Math.floor((train.labelEndAt[row] as number) / DAY_US)).toBeLessThanOrEqual(first - 2);
          // Its last label ends `HORIZON` sessions behind the open after its last decision; two whole sessions follow.
          else expect(decided).toBeGreaterThanOrEqual(Math.min(DAYS, last + 1 + HORIZON + 2));
        }
      }
    });
  });

  it("does not move a prediction when labels of the test change, nor when prices within its zones do", async () => {
    const splits = splitsOf(1);
    const before = await run(splits);
    const { tests } = splits[2] as Split;
    const { from, to } = tests[0] as { from: number; to: number };
    const changed: Labels = { ...labels, value: labels.value.map((one, row) => (row >= from - 20 && row < to ? one + 0.5 : one)) };
    const after = await run(splits, changed);
    const part = (result: CrossValidation): Float64Array =>
      (result.paths[0] as CrossValidation["paths"][number]).predictions.subarray(from, to);
    expect(part(after)).toEqual(part(before));
    expect(after.paths[0]?.predictions[0]).not.toBe(before.paths[0]?.predictions[0]);
  });

  it("says which split leaves nothing to train on, and stops when asked", async () => {
    const narrow = combinatorialSplits(times, { groups: 2, tested: 1, embargo: sessionEmbargo(sessions, 60) });
    await expect(run(narrow)).rejects.toThrow(/Split 1 of 2 leaves no training row/);
    const stopped = AbortSignal.abort();
    await expect(run(splitsOf(1), labels, undefined, { signal: stopped })).rejects.toThrow(/Stopped before split 1 of 6/);
  });
});

describe("sample weights", () => {
  const rows = createSplitPositions(times).training(splitsOf(1)[5] as Split);
  const settings = { uniqueness: false, attribution: false, halfLife: null };
  const weigh = (more: Partial<typeof settings> | { readonly halfLife: number }, given: Labels = labels, at = panel, chosen = rows) =>
    createSampleWeights(frames, given, at, [], { ...settings, ...more })(chosen);

  it("reach the family, with a mean of 1 over its training rows", async () => {
    const seen: TrainingSet[] = [];
    await run(splitsOf(1), labels, (train) => seen.push(train), {
      weigh: createSampleWeights(frames, labels, panel, [], { ...settings, uniqueness: true, halfLife: 20 }),
    });
    for (const { weight, rows: count } of seen) {
      expect(weight).toHaveLength(count);
      expect((weight as Float64Array).reduce((sum, one) => sum + one, 0) / count).toBeCloseTo(1, 12);
    }
  });

  it("halve with age", () => {
    const weight = weigh({ halfLife: 10 });
    const perDay = 9; // members
    expect((weight[0] as number) / (weight[10 * perDay] as number)).toBeCloseTo(0.5, 12);
    expect((weight[0] as number) / (weight[perDay] as number)).toBeCloseTo(0.5 ** (1 / 10), 12);
  });

  it("are the same wherever labels overlap alike, and more at the ends where they overlap less", () => {
    const weight = weigh({ uniqueness: true });
    const first = weight[0] as number;
    const middle = weight[Math.floor(rows.length / 2)] as number;
    // u of the first label: (1/1 + 1/2 + 1/3) / 3; of one in the middle: 1/3.
    expect(first / middle).toBeCloseTo((1 + 1 / 2 + 1 / 3) / 3 / (1 / 3), 12);
    expect(weight[Math.floor(rows.length / 2) + 9]).toBeCloseTo(middle, 12);
  });

  it("by own return are the sums of each session's return over those who share it", () => {
    const weight = weigh({ attribution: true });
    const one = Math.floor(rows.length / 2);
    const raw = (i: number): number => {
      const row = rows[i] as number;
      const name = frames.instrument[row] as number;
      const day = Math.floor(row / 9) + 1;
      const open = (session: number): number => panel.open[session * NAMES + name] as number;
      let sum = 0;
      // Each session's return against the worth at its own open, and three labels share each.
      for (let s = day; s < day + HORIZON; s++) sum += (open(s + 1) / open(s) - 1) / 3;
      return Math.abs(sum);
    };
    for (const i of [one, one + 1, one + 17]) expect((weight[i] as number) / (weight[one] as number)).toBeCloseTo(raw(i) / raw(one), 9);
  });

  it("depend on nothing but the rows they are for: neither on later labels nor on later prices", () => {
    const end = Math.max(...rows.map((row) => Math.floor((labels.endAt[row] as number) / DAY_US)));
    const later = { ...panel, open: panel.open.map((price, at) => (Math.floor(at / NAMES) > end ? price * 3 : price)) };
    const world = forwardReturns(frames, later, [], { kind: "excess", horizonSessions: HORIZON });
    expect(world.value).not.toEqual(labels.value);
    for (const more of [{ uniqueness: true }, { attribution: true }, { halfLife: 5 }])
      expect(weigh(more, world, later)).toEqual(weigh(more));
  });
});
