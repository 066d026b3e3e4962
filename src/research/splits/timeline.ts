// A split as it lies in time: what each decision was used for. What the picture of the splits is drawn from.
import { type SampleTimes, clearOf } from "#domain/purge.js";
import type { SplitUse } from "#domain/run-result.js";
import { type Micros, utcDate } from "#domain/time.js";
import type { Split } from "./split.js";

/** Decisions next to each other that were used alike. */
export interface Span {
  readonly use: SplitUse;
  /** First and last decision. */
  readonly from: Micros;
  readonly to: Micros;
}

export interface Timeline {
  /** Ascending. */
  readonly spans: readonly Span[];
  /** Samples with a label, by use. */
  readonly samples: Readonly<Record<SplitUse, number>>;
}

/**
 * A decision trains when any of its samples does; it is purged when a label of it overlaps with a test, and under embargo when none does
 * but one ends or begins too near. Decisions outside the training range, and those without any label, are left out.
 */
export function timelineOf({ begins, ends }: SampleTimes, { train, tests, zones }: Split): Timeline {
  const samples = { train: 0, purged: 0, embargo: 0, test: 0 };
  const bare = zones.map((zone) => ({ from: zone.begins, to: zone.ends }));
  const useOf = (row: number): SplitUse | null => {
    const [begin, end] = [begins[row] as number, ends[row] as number];
    const tested = tests.some(({ from, to }) => row >= from && row < to);
    if (Number.isNaN(end) || (!tested && (row < train.from || row >= train.to))) return tested ? "test" : null;
    const use = tested
      ? "test"
      : zones.every((zone) => clearOf(begin, end, zone))
        ? "train"
        : bare.every((zone) => clearOf(begin, end, zone))
          ? "embargo"
          : "purged";
    samples[use]++;
    return use;
  };
  const spans: { use: SplitUse; from: Micros; to: Micros }[] = [];
  let broken = true;
  for (let row = 0; row < begins.length; ) {
    const at = begins[row] as Micros;
    const found = new Set<SplitUse | null>();
    for (; row < begins.length && begins[row] === at; row++) found.add(useOf(row));
    const use = ORDER.find((one) => found.has(one));
    const last = spans.at(-1);
    if (use !== undefined && !broken && last?.use === use) last.to = at;
    else if (use !== undefined) spans.push({ use, from: at, to: at });
    broken = use === undefined;
  }
  return { spans, samples };
}

/** The first that holds of any sample is that of the decision. */
const ORDER: readonly SplitUse[] = ["test", "train", "purged", "embargo"];

/** The same in days, as results keep it. */
export function daysOf(spans: readonly Span[]): readonly { readonly use: SplitUse; readonly from: string; readonly to: string }[] {
  return spans.map(({ use, from, to }) => ({ use, from: utcDate(from), to: utcDate(to) }));
}
