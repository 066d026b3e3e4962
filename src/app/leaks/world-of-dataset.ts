// A dataset of daily bars, and what is told besides, as the world of the leak detector. Splits, dividends, delistings and rates become facts,
// so that they, too, are altered and cut off.
import { TruewindError } from "#base/errors.js";
import type { FactColumns } from "#data/facts/fact-columns.js";
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { ReferenceEvent } from "#domain/corporate-action.js";
import type { InstrumentId } from "#domain/instrument.js";
import { type Session, sessionEndingAt } from "#domain/session.js";
import { type Micros, utcDate } from "#domain/time.js";
import type { Provenance, World, WorldFact } from "#research/leaks/subject.js";

/** `sessions`: those of which bars are taken. Throws `bad-config` for bars that are not daily. */
export async function worldOfDataset(
  dataset: OpenDataset,
  names: readonly InstrumentId[],
  sessions: readonly Session[],
  facts: readonly FactColumns[],
  provenance: Provenance,
): Promise<World> {
  const { manifest } = dataset;
  if (manifest.kind !== "bar" || manifest.barInterval !== "1d")
    throw new TruewindError(
      "bad-config",
      `Leaks are searched for on daily bars, and ${manifest.name} holds others: test the features on a daily dataset.`,
    );
  const selection = { instruments: names };
  const n = names.length;
  const column = (): Float64Array => new Float64Array(sessions.length * n).fill(Number.NaN);
  const bars = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  let last = 0;
  for await (const batch of dataset.source(selection).batches(0)) {
    if (batch.kind !== "bar") continue;
    for (let i = 0; i < batch.length; i++) {
      const row = sessionEndingAt(sessions, batch.at[i] as number, last);
      if (row < 0) continue;
      last = row;
      const cell = row * n + (batch.instrument[i] as number);
      for (const name of ["open", "high", "low", "close", "volume"] as const) bars[name][cell] = batch[name][i] as number;
    }
  }
  const from = sessions[0]?.openAt ?? 0;
  const told = [...dataset.references(selection).flatMap(factOfReference), ...facts.flatMap(factsOfColumns)];
  return {
    symbols: dataset.instruments(selection).map(({ id }) => id),
    sessions: sessions.map(({ openAt, closeAt }) => ({ date: utcDate(closeAt), openAt, closeAt })),
    ...bars,
    facts: told
      .sort((a, b) => (a.publishedAt as number) - (b.publishedAt as number) || a.about - b.about)
      .filter(({ name, about }) => !ACTIONS.has(name) || about >= from),
    provenance,
  };
}

const ACTIONS: ReadonlySet<string> = new Set(["action:split", "action:dividend", "action:delisting"]);

function factOfReference(event: ReferenceEvent): WorldFact[] {
  const timed = { about: event.at, publishedAt: event.seenAt };
  switch (event.kind) {
    case "split":
      return [{ name: "action:split", symbol: event.instrument, ...timed, value: event.ratio }];
    case "dividend":
      return [{ name: "action:dividend", symbol: event.instrument, ...timed, value: event.amount }];
    case "delisting":
      return [{ name: "action:delisting", symbol: event.instrument, ...timed, value: event.finalReturn }];
    case "fx":
      return [{ name: `rate:${event.from}/${event.to}`, symbol: -1, ...timed, value: event.rate }];
    default:
      return event satisfies never;
  }
}

function factsOfColumns({ fields, field, symbol, at, seenAt, value }: FactColumns): WorldFact[] {
  return Array.from(at, (about, i) => ({
    name: fields[field[i] as number] as string,
    symbol: symbol[i] as number,
    about: about as Micros,
    publishedAt: seenAt[i] as Micros,
    value: value[i] as number,
  }));
}
