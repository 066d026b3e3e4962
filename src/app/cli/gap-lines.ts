// The gaps of a dataset of quotes, as `truewind data check` tells them.
import type { OpenDataset } from "#data/lake/open-dataset.js";
import type { Instrument } from "#domain/instrument.js";
import { MINUTE_US, type Micros, formatMicros } from "#domain/time.js";
import { GAP_WAITS, type QuoteRhythm } from "#simulation/venue/quote-rhythm.js";
import { rhythmOfQuotes } from "../modes/rhythm-of-quotes.js";
import { counted } from "../report/number-format.js";

/** Gaps that are told one by one, the longest first. */
const TOLD = 10;

export interface FoundGap {
  readonly instrument: string;
  readonly from: string;
  readonly to: string;
  readonly minutes: number;
}

/** In the sessions of its own calendar, the longest first; null where it holds no quotes. */
export async function gapsOf(dataset: OpenDataset): Promise<readonly FoundGap[] | null> {
  const { manifest } = dataset;
  if (manifest.kind !== "quote") return null;
  const quoted = new Uint8Array(manifest.instruments.length).fill(1);
  return found(
    await rhythmOfQuotes(manifest, manifest.calendar, dataset.source().batches(0), { quoted, maxAge: null }),
    manifest.instruments,
  );
}

export function gapLines(gaps: readonly FoundGap[]): string[] {
  const rule = `in sessions, silences of more than ${GAP_WAITS} waits that are usual for the instrument, and of a minute`;
  if (gaps.length === 0) return [`Gaps of the quotes (${rule}): none.`];
  const names = new Set(gaps.map(({ instrument }) => instrument)).size;
  const told = gaps.slice(0, TOLD).map(({ instrument, from, to, minutes }) => `  ${instrument} ${from} to ${to}: ${minutes} min`);
  const more = gaps.length > TOLD ? [`  and ${gaps.length - TOLD} more, no longer than that`] : [];
  return [`Gaps of the quotes (${rule}): ${gaps.length} of ${counted(names, "instrument")}.`, ...told, ...more];
}

function found({ gaps }: QuoteRhythm, instruments: readonly Instrument[]): FoundGap[] {
  const all = gaps.flatMap((own, i) => own.map((gap) => ({ instrument: (instruments[i] as Instrument).id as string, ...gap })));
  return all
    .sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from || (a.instrument < b.instrument ? -1 : 1))
    .map(({ instrument, from, to }) => ({
      instrument,
      from: formatMicros(from as Micros),
      to: formatMicros(to as Micros),
      minutes: Math.round((to - from) / (MINUTE_US / 10)) / 10,
    }));
}
