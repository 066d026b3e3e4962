// The offline store holds what the live plan would have shown, however the work was cut.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PartState } from "#data/feature-lake/part-state.js";
import { SegmentBuffer } from "#data/feature-lake/segment-buffer.js";
import { readSegment } from "#data/feature-lake/segment-file.js";
import { calendarByName } from "#data/calendar/calendar.js";
import { type OpenDataset, openDataset } from "#data/lake/open-dataset.js";
import type { FactColumns } from "#data/facts/fact-columns.js";
import { mergeTold } from "#data/facts/told.js";
import { type BarBatch, barRow, toBarBatch } from "#domain/market.js";
import { isoDateOrThrow, type Micros } from "#domain/time.js";
import type { FeatureDefinition } from "#features/language/definition.js";
import { defineFeature } from "#features/language/definition.js";
import { close, fact, volume } from "#features/language/inputs.js";
import { across, peer } from "#features/language/joint.js";
import { rank } from "#features/language/series.js";
import { resolveFeatures } from "#features/registry.js";
import { simulateMarket } from "#simulation/market/simulate-market.js";
import { writeDaily } from "#test/fixtures/simulated-lake.js";
import { nightlyOr } from "#test/needs.js";
import { computePart } from "./compute-part.js";
import { cutIntoParts, type Part } from "./parts.js";
import { planOfDataset } from "../modes/plan-of-dataset.js";

const text = { group: "test", version: 1, unit: "ratio", range: [null, null], source: "test" } as const;
const change = close.div(close.lag(1)).sub(1);
const definitions: readonly FeatureDefinition[] = [
  ...resolveFeatures(["classic-40-raw", "mom_20@1d"]),
  defineFeature({ ...text, name: "test_close", expr: close }),
  defineFeature({ ...text, name: "test_volume_mean", expr: volume.mean(7) }),
  defineFeature({ ...text, name: "test_told", expr: fact("tone") }),
  defineFeature({ ...text, name: "test_rank", expr: rank(change) }),
  defineFeature({ ...text, name: "test_peer", expr: change.sub(peer("market", change)) }),
  defineFeature({ ...text, name: "test_across", expr: across("mean", change) }),
];

let home: string;
let market: ReturnType<typeof simulateMarket>;
/** Tone of every fifth instrument a day, numbered by the dataset's instruments. */
let facts: readonly { readonly instrument: number; readonly at: number; readonly value: number }[];
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), "truewind-store-"));
  const sessions = calendarByName("XNYS").sessions(isoDateOrThrow("2018-01-02"), isoDateOrThrow("2018-09-28"));
  market = simulateMarket({ seed: "store", names: 36, sectors: 3, sessions, oracleSharpe: 2 });
  facts = sessions.flatMap((session, day) =>
    market.instruments.flatMap((_, i) =>
      (day + i) % 5 === 0 ? [{ instrument: i, at: session.openAt + 1_000_000 * i, value: Math.sin(day * i) }] : [],
    ),
  );
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

let written = 0;
/** The market's bars that are to be kept, as a dataset. */
async function dataset(keep: (batch: BarBatch, row: number) => boolean = () => true): Promise<OpenDataset> {
  const name = `set-${written++}`;
  await writeDaily(join(home, "lake"), name, market, filtered(keep), market.references);
  return openDataset(join(home, "lake"), name);
}

function* filtered(keep: (batch: BarBatch, row: number) => boolean): Generator<BarBatch> {
  for (const batch of market.bars()) {
    const rows = Array.from({ length: batch.length }, (_, row) => row).filter((row) => keep(batch, row));
    yield toBarBatch(rows.map((row) => barRow(batch, row)));
  }
}

const symbolsOf = (opened: OpenDataset): readonly string[] => opened.manifest.instruments.map(({ id }) => id as string);
const realPeers = (): { market: string } => ({ market: (market.instruments[0] as { id: string }).id });

/** The facts as a part is given them. */
function factsOf(part: Part, opened: OpenDataset): FactColumns {
  const symbols = symbolsOf(opened);
  const rows = facts.flatMap((told) => {
    const symbol = part.symbols.indexOf(symbols[told.instrument] as string);
    return symbol < 0 ? [] : [{ ...told, symbol }];
  });
  const at = Float64Array.from(rows, (row) => row.at);
  return {
    fields: ["tone"],
    symbols: part.symbols,
    field: new Int32Array(rows.length),
    symbol: Int32Array.from(rows, (row) => row.symbol),
    at,
    seenAt: at,
    value: Float64Array.from(rows, (row) => row.value),
  };
}

let folders = 0;
const fresh = (): string => join(home, `part-${folders++}`);

function compute(part: Part, opened: OpenDataset, folder: string, segment = 700, stopped?: () => boolean): Promise<PartState> {
  const more = stopped === undefined ? {} : { stopped };
  return computePart(part, { dataset: opened, peers: realPeers(), facts: [factsOf(part, opened)], folder, segment, ...more });
}

/** What is in the files: per feature, "symbol at" -> value. */
async function stored(part: Part, folder: string, state: PartState): Promise<Map<string, Map<string, number>>> {
  const names = part.definitions.map(({ name }) => name);
  const found = new Map(names.map((name) => [name, new Map<string, number>()]));
  for (const { file } of state.segments) {
    const buffer = new SegmentBuffer(names.length);
    await readSegment(join(folder, file), buffer, part.symbols, names);
    names.forEach((name, c) => {
      for (let row = 0; row < buffer.rows; row++) {
        found.get(name)?.set(`${part.symbols[buffer.instrument[row] as number]} ${buffer.at[row]}`, buffer.columns[c]?.[row] as number);
      }
    });
  }
  return found;
}

describe("the offline store", () => {
  it("holds what one live plan over all instruments shows bar by bar, bit for bit", async () => {
    const opened = await dataset();
    const symbols = symbolsOf(opened);
    const plan = planOfDataset(opened.manifest, opened.instruments(), definitions, realPeers());
    const expected = new Map(definitions.map(({ name }) => [name, new Map<string, number>()]));
    const events = mergeTold(opened.references(), [factsOf({ name: "all", symbols, definitions }, opened)]);
    let next = 0;
    for await (const batch of opened.source().batches(0)) {
      for (let start = 0, end = 0; start < batch.length; start = end) {
        while (end < batch.length && batch.seenAt[end] === batch.seenAt[start]) end++;
        const now = batch.seenAt[start] as Micros;
        for (let event = events.at(next); event !== undefined && event.seenAt <= now; event = events.at(++next)) {
          if (event.kind === "split" || event.kind === "dividend" || event.kind === "fact") plan.reference(event);
        }
        plan.advance(batch, start, end);
        const frame = plan.frame(now, batch.at[start] as Micros);
        for (let row = start; row < end; row++) {
          const i = batch.instrument[row] as number;
          definitions.forEach(({ name }, f) =>
            expected.get(name)?.set(`${symbols[i]} ${batch.at[row]}`, frame.values[i * definitions.length + f] as number),
          );
        }
      }
    }
    const found = new Map(definitions.map(({ name }) => [name, new Map<string, number>()]));
    const parts = cutIntoParts(symbols, definitions);
    expect(parts.map(({ name }) => name)).toEqual(["joint", "own-000", "own-001"]);
    for (const part of parts) {
      const folder = fresh();
      for (const [name, values] of await stored(part, folder, await compute(part, opened, folder))) {
        for (const [key, value] of values) found.get(name)?.set(key, value);
      }
    }
    let known = 0;
    for (const [name, values] of expected) {
      expect(found.get(name)?.size).toBe(opened.manifest.rows);
      for (const [key, value] of values) {
        if (!Object.is(found.get(name)?.get(key), value))
          expect.fail(`${name} at ${key}: ${found.get(name)?.get(key)} instead of ${value}`);
        if (!Number.isNaN(value)) known++;
      }
    }
    expect(known).toBeGreaterThan((opened.manifest.rows * definitions.length) / 2);
  });

  it("is the same whether the days came at once, in any portions, or with interruptions", async () => {
    const whole = await dataset();
    const symbols = symbolsOf(whole);
    const moments = [...new Set(await times(whole))];
    const parts = cutIntoParts(symbols, definitions);
    const atOnce = new Map<Part, PartState>();
    for (const part of parts) atOnce.set(part, await compute(part, whole, fresh()));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.array(fc.integer({ min: 1, max: moments.length - 1 }), { maxLength: 2 }),
        fc.integer({ min: 1, max: 4 }),
        async (part, cuts, patience) => {
          const folder = fresh();
          for (const cut of [...cuts].sort((a, b) => a - b)) {
            const opened = await dataset((batch, row) => (batch.seenAt[row] as number) <= (moments[cut] as number));
            let asked = 0;
            await compute(part, opened, folder, 700, () => ++asked > patience).catch((error: unknown) => {
              expect((error as { code?: string }).code).toBe("interrupted");
            });
            await compute(part, opened, folder);
          }
          expect(await compute(part, whole, folder)).toEqual(atOnce.get(part));
        },
      ),
      { numRuns: nightlyOr(6, 2), seed: 7 },
    );
  });

  it("begins anew when a bar of the past was changed, and notices a changed fact", async () => {
    const opened = await dataset();
    const [, part] = cutIntoParts(symbolsOf(opened), definitions) as [Part, Part];
    const folder = fresh();
    const before = await compute(part, opened, folder);
    const moment = [...new Set(await times(opened))][10];
    const dented = await dataset((batch, row) => {
      if (batch.seenAt[row] === moment) batch.close[row] = (batch.close[row] as number) * 1.5;
      return true;
    });
    const after = await compute(part, dented, folder);
    expect(after).toEqual(await compute(part, dented, fresh()));
    expect(after.segments[0]?.hash).not.toBe(before.segments[0]?.hash);
    const others = factsOf(part, opened);
    others.value[3] = 9;
    const retold = await computePart(part, { dataset: dented, peers: realPeers(), facts: [others], folder, segment: 700 });
    expect(retold.segments[0]?.input).not.toBe(after.segments[0]?.input);
  });

  it("begins anew when what was saved is of another plan", async () => {
    const opened = await dataset();
    const [part] = cutIntoParts(symbolsOf(opened), definitions) as [Part, Part];
    const folder = fresh();
    await compute(part, opened, folder);
    const other = { dataset: opened, peers: { market: symbolsOf(opened)[3] as string }, facts: [factsOf(part, opened)], segment: 700 };
    expect(await computePart(part, { ...other, folder })).toEqual(await computePart(part, { ...other, folder: fresh() }));
  });
});

async function times(opened: OpenDataset): Promise<number[]> {
  const found: number[] = [];
  for await (const batch of opened.source().batches(0)) found.push(...batch.seenAt);
  return found;
}
