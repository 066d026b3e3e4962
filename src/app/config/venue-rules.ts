// From the experiment's words on its venue to the rules that the simulated venue keeps. All modes and all accounts of a run have the same.
import { invariant } from "#base/errors.js";
import type { Instrument, InstrumentIx } from "#domain/instrument.js";
import type { Session } from "#domain/session.js";
import { HOUR_US, type Micros } from "#domain/time.js";
import type { CostModel } from "#simulation/venue/costs.js";
import type { BorrowTerms, Funding, Halt, VenueRules } from "#simulation/venue/rules.js";
import type { Experiment } from "./experiment.js";
import { momentOf } from "./moment-text.js";

/** What rules are made for. */
export interface RuledMarket {
  readonly instruments: readonly Instrument[];
  readonly sessions: readonly Session[];
}

/** Instruments are those of the market: `fitToDataset` has refused others. */
export function venueRules({ venue }: Experiment, { instruments, sessions }: RuledMarket, costs: CostModel): VenueRules {
  if (venue === undefined) return { sessions };
  return {
    sessions,
    halts: haltsOf(venue, instruments),
    borrow: borrowOf(venue, instruments, costs.borrowBps),
    funding: fundingOf(venue, instruments, sessions),
  };
}

type Venue = NonNullable<Experiment["venue"]>;

export function haltsOf({ halts }: Venue, instruments: readonly Pick<Instrument, "id">[]): ReadonlyMap<InstrumentIx, readonly Halt[]> {
  return byInstrument(halts, instruments, ({ from, to }): Halt => ({ from: timeOf(from), to: timeOf(to) }));
}

/** `general`: fee where a row names none, basis points a year. */
export function borrowOf(
  { borrow }: Venue,
  instruments: readonly Pick<Instrument, "id" | "lotSize">[],
  general: number,
): ReadonlyMap<InstrumentIx, readonly BorrowTerms[]> {
  return byInstrument(borrow, instruments, ({ from, units, bps }, { lotSize }): BorrowTerms => {
    const lots = units === null ? Number.POSITIVE_INFINITY : Math.floor(units / lotSize + 1e-9);
    return { from: timeOf(from), lots, feeBps: bps ?? general };
  });
}

function fundingOf(
  { funding, fundingRate, fundingHours }: Venue,
  instruments: readonly Instrument[],
  sessions: readonly Session[],
): readonly Funding[] {
  if (fundingRate === null) {
    const rows = byInstrument(funding, instruments, ({ at, rate }) => ({ from: timeOf(at), rate }));
    const all = [...rows].flatMap(([instrument, list]) => list.map(({ from: at, rate }): Funding => ({ instrument, at, rate })));
    return all.sort((a, b) => a.at - b.at || (a.instrument as number) - (b.instrument as number));
  }
  const every = fundingHours * HOUR_US;
  const last = sessions.at(-1)?.closeAt ?? 0;
  const payments: Funding[] = [];
  for (let at = Math.ceil((sessions[0]?.openAt ?? 0) / every) * every; at <= last; at += every)
    payments.push({ instrument: null, at, rate: fundingRate });
  return payments;
}

function byInstrument<
  Row extends { readonly instrument: string },
  Made extends { readonly from: number },
  Known extends Pick<Instrument, "id">,
>(
  rows: readonly Row[],
  instruments: readonly Known[],
  make: (row: Row, instrument: Known) => Made,
): ReadonlyMap<InstrumentIx, readonly Made[]> {
  const rowOf = new Map<string, number>(instruments.map(({ id }, i) => [id, i]));
  const lists = new Map<InstrumentIx, Made[]>();
  for (const row of rows) {
    const i = rowOf.get(row.instrument);
    invariant(i !== undefined, `the market has no ${row.instrument}`);
    const list = lists.get(i as InstrumentIx) ?? [];
    list.push(make(row, instruments[i] as Known));
    lists.set(i as InstrumentIx, list);
  }
  for (const list of lists.values()) list.sort((a, b) => a.from - b.from);
  return lists;
}

function timeOf(text: string): Micros {
  const at = momentOf(text);
  invariant(at !== null, `${text} has passed for a moment`);
  return at;
}
