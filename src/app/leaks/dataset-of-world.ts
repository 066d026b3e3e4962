// The way back: a world of the leak detector, altered or cut, as a dataset in memory that a study and an account run on. What an alteration made
// impossible (a split of a negative ratio) becomes something possible.
import { TruewindError } from "#base/errors.js";
import type { FactColumns } from "#data/facts/fact-columns.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { Currency, Instrument, InstrumentId, InstrumentIx } from "#domain/instrument.js";
import { createBarBatch, type BarBatch } from "#domain/market.js";
import type { Micros } from "#domain/time.js";
import type { World, WorldFact } from "#research/leaks/subject.js";

/** `like`: the dataset that the world was made from; its manifest says all but the rows. */
export function datasetOfWorld(world: World, like: OpenDataset): OpenDataset {
  const batch = barsOf(world);
  const known = new Map(like.manifest.instruments.map((instrument) => [instrument.id as string, instrument]));
  const first = like.manifest.instruments[0] as Instrument;
  const instruments = world.symbols.map((id) => known.get(id) ?? { ...first, id: id as InstrumentId, sector: null });
  const references = world.facts.flatMap(referenceOf).sort((a, b) => a.seenAt - b.seenAt);
  if (batch.length === 0) throw new TruewindError("no-data", `There is no bar in the part of ${like.manifest.name} that is left.`);
  const manifest = {
    ...like.manifest,
    instruments,
    rows: batch.length,
    from: batch.at[0] as Micros,
    to: batch.at[batch.length - 1] as Micros,
  };
  return {
    folder: like.folder,
    manifest,
    quality: like.quality,
    instruments: () => instruments,
    source: () => ({
      batches: async function* () {
        yield batch;
      },
    }),
    references: () => [...references],
  };
}

function barsOf({ symbols, sessions, open, high, low, close, volume }: World): BarBatch {
  const n = symbols.length;
  const cells = Array.from(close.keys()).filter((cell) => !Number.isNaN(close[cell]));
  const batch = createBarBatch(cells.length);
  cells.forEach((cell, k) => {
    const session = sessions[Math.floor(cell / n)] as World["sessions"][number];
    batch.instrument[k] = cell % n;
    batch.openAt[k] = session.openAt;
    batch.at[k] = batch.seenAt[k] = session.closeAt;
    batch.open[k] = open[cell] as number;
    batch.high[k] = high[cell] as number;
    batch.low[k] = low[cell] as number;
    batch.close[k] = close[cell] as number;
    batch.volume[k] = volume[cell] as number;
  });
  return batch;
}

function referenceOf({ name, symbol, about, publishedAt, value }: WorldFact): ReferenceEvent[] {
  const timed = { at: about, seenAt: (publishedAt ?? about) as Micros };
  const instrument = symbol as InstrumentIx;
  const positive = Math.min(20, Math.max(0.05, Math.abs(value)));
  if (name === "action:split") return [{ kind: "split", instrument, ratio: positive, ...timed }];
  if (name === "action:dividend") return [{ kind: "dividend", instrument, amount: Math.min(5, Math.abs(value)), ...timed }];
  if (name === "action:delisting") return [{ kind: "delisting", instrument, finalReturn: Math.min(1, Math.max(-1, value)), ...timed }];
  const rate = /^rate:(.+)\/(.+)$/.exec(name);
  return rate === null
    ? []
    : [{ kind: "fx", from: rate[1] as Currency, to: rate[2] as Currency, rate: Math.max(1e-6, Math.abs(value)), ...timed }];
}

/** All that is no action and no rate, as one table. */
export function factsOfWorld({ facts, symbols }: World): FactColumns {
  const told = facts.filter(({ name }) => !/^(action|rate):/.test(name));
  const fields = [...new Set(told.map(({ name }) => name))];
  const number = new Map(fields.map((field, i) => [field, i]));
  const sorted = [...told].sort((a, b) => (a.publishedAt ?? a.about) - (b.publishedAt ?? b.about));
  return {
    fields,
    symbols,
    field: Int32Array.from(sorted, ({ name }) => number.get(name) as number),
    symbol: Int32Array.from(sorted, ({ symbol }) => symbol),
    at: Float64Array.from(sorted, ({ about }) => about),
    seenAt: Float64Array.from(sorted, ({ publishedAt, about }) => publishedAt ?? about),
    value: Float64Array.from(sorted, ({ value }) => value),
  };
}
