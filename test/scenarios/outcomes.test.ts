// What an engine tells its strategy of its own signals is what research would have labelled them with, to the bit; and what is learned from
// it is worth nothing but state of the engine: bit-equal in every mode (four-modes, kill-anywhere) and free of the future.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstSessionFrom, type Session } from "#domain/session.js";
import type { Outcome } from "#domain/signal.js";
import type { FrameStore } from "#research/dataset/frame-store.js";
import { type LabelSettings, makeLabels } from "#research/labels/make-labels.js";
import { createPanelRecorder } from "#research/labels/price-panel.js";
import { toBarBatch } from "#domain/market.js";
import { toyKinds } from "#test/fixtures/toy-look-back.js";
import { toyLabel, toyLearnerStrategy, toySessions } from "#test/fixtures/toy-learner.js";
import { type ToyMarket, toyMarket, toyStrategy } from "#test/fixtures/toy-market.js";
import { toyRun } from "#test/fixtures/toy-run.js";

const seeds = fc.integer({ min: 0, max: 1e9 }).map(String);
/** Returns, and their signs where there is a dead band. */
const kinds = fc.record({
  kind: fc.constantFrom("forward" as const, "excess" as const),
  deadBand: fc.constantFrom(null, null, 0, 0.01),
});

/** Names that fell silent before the label's last session was over and were told to be delisted after it: research knows, live nobody can. */
function toldTooLate(market: ToyMarket, to: number): ReadonlySet<number> {
  const { openAt, closeAt } = toySessions[to] as Session;
  const silent = (instrument: number): boolean =>
    !market.bars.some((bar) => bar.instrument === instrument && bar.at > openAt && bar.at <= closeAt);
  const delisted = market.references.flatMap((event) => (event.kind === "delisting" && event.seenAt > closeAt ? [event.instrument] : []));
  return new Set(delisted.filter(silent));
}

describe("outcomes", () => {
  it("are the labels of research, to the bit, through splits, dividends, delistings and missing bars", async () => {
    let compared = 0;
    let ended = 0;
    await fc.assert(
      fc.asyncProperty(seeds, kinds, fc.integer({ min: 1, max: 8 }), async (seed, { kind, deadBand }, horizonSessions) => {
        const names = 8;
        const market = toyMarket({ seed, days: 60, names });
        const told: Outcome[] = [];
        const decisions: { readonly at: number; readonly since: number; readonly members: readonly number[] }[] = [];
        await toyRun(market, {
          label: { kind, horizonSessions, sessions: toySessions, ...(deadBand === null ? {} : { deadBand }) },
          strategy: {
            name: "listening",
            learner: { learn: (outcome) => void told.push(outcome), snapshot: () => new Uint8Array(0), restore: () => undefined },
            decide(frame, view) {
              const members = [...frame.member.keys()].filter((i) => frame.member[i] === 1);
              decisions.push({ at: frame.asOf, since: 0, members });
              return toyStrategy.decide(frame, view);
            },
          },
        });
        const rows = decisions.flatMap(({ members }) => members);
        const firstRow = [0];
        for (const { members } of decisions) firstRow.push((firstRow.at(-1) as number) + members.length);
        const frames: FrameStore = {
          features: [],
          instruments: names,
          decisions,
          rows: rows.length,
          x: new Float32Array(0),
          instrument: Int32Array.from(rows),
          firstRow: Int32Array.from(firstRow),
        };
        const recorder = createPanelRecorder(toySessions, names);
        if (market.bars.length > 0) recorder.add(toBarBatch(market.bars), 0, market.bars.length);
        const settings: LabelSettings =
          deadBand === null ? { kind, horizonSessions } : { kind: "direction", of: kind, deadBand, horizonSessions };
        const labels = makeLabels(frames, recorder.panel, market.references, settings);
        told.forEach(({ signals, realized }, n) => {
          expect(signals.asOf).toBe(decisions[n]?.at);
          const expected = new Float64Array(names).fill(Number.NaN);
          const late = toldTooLate(market, firstSessionFrom(toySessions, signals.asOf) + horizonSessions);
          // An excess label of any name contains those of all.
          if (kind === "excess" && late.size > 0) return;
          for (let row = firstRow[n] as number; row < (firstRow[n + 1] as number); row++)
            expected[rows[row] as number] = labels.value[row] as number;
          for (const instrument of late) expected[instrument] = realized[instrument] as number;
          expect(realized).toEqual(expected);
          compared += expected.filter((value) => !Number.isNaN(value)).length;
        });
        ended += market.references.filter(({ kind: name }) => name === "delisting").length;
      }),
      { numRuns: 30, examples: [["16559295", { kind: "forward", deadBand: null }, 8]] },
    );
    expect(compared).toBeGreaterThan(2000);
    expect(ended).toBeGreaterThan(3);
  });
});

describe("a strategy that learns", () => {
  it("decides otherwise than one that does not: its state matters", async () => {
    const market = toyMarket({ seed: "matters", days: 60, names: 6 });
    const learned = await toyRun(market, toyKinds.learning);
    const plain = toyLearnerStrategy();
    const deaf = await toyRun(market, { strategy: { name: plain.name, decide: plain.decide } });
    expect(learned.journal.decisions()).not.toEqual(deaf.journal.decisions());
  });

  it("never learns from what was seen later: cutting off the future leaves all earlier decisions as they were", async () => {
    await fc.assert(
      fc.asyncProperty(seeds, fc.integer({ min: 10, max: 50 }), async (seed, day) => {
        const market = toyMarket({ seed, days: 60, names: 5 });
        const whole = await toyRun(market, toyKinds.learning);
        const end = market.timers[2 * day - 1]?.seenAt ?? 0;
        const cut = await toyRun(
          {
            ...market,
            bars: market.bars.filter((bar) => bar.seenAt <= end),
            references: market.references.filter((event) => event.seenAt <= end),
            timers: market.timers.filter((timer) => timer.seenAt <= end),
          },
          toyKinds.learning,
        );
        const upTo = whole.journal.entries.filter((entry) => entry.kind === "decision" && entry.asOf <= end);
        expect(cut.journal.decisions()).toEqual(upTo.map((entry) => JSON.stringify(entry)));
      }),
      { numRuns: 15 },
    );
  });

  it("cannot run without the label that it learns from", async () => {
    await expect(toyRun(toyMarket({ seed: "none", days: 5, names: 2 }), { strategy: toyLearnerStrategy() })).rejects.toThrow(/no label/);
    expect(toyLabel.horizonSessions).toBeGreaterThan(0);
  });
});
