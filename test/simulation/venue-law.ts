// What the venue of a ruled world does by itself (halts, lists of what can be borrowed, funding), drawn from the seed, and the law of it: fills and
// payments are held against these tables, read in the plainest way, whatever the venue makes of them.
import type { Rng } from "#base/rng.js";
import type { InstrumentIx } from "#domain/instrument.js";
import type { BarBatch, MarketSlice } from "#domain/market.js";
import type { Session } from "#domain/session.js";
import { DAY_US, MINUTE_US } from "#domain/time.js";
import type { CashPosted, Fill } from "#domain/venue-event.js";
import type { BorrowTerms, Funding, Halt, VenueRules } from "#simulation/venue/rules.js";

export type SimRules = Required<VenueRules>;

export function drawRules(rng: Rng, names: number, sessions: readonly Session[]): SimRules {
  const [first, last] = [sessions[0] as Session, sessions.at(-1) as Session];
  const moment = (): number => first.openAt + Math.floor((rng.next() * (last.closeAt - first.openAt)) / 10) * 10 + 7;
  const halts = new Map<InstrumentIx, Halt[]>();
  const borrow = new Map<InstrumentIx, BorrowTerms[]>();
  for (let i = 0 as InstrumentIx; i < names; i++) {
    if (rng.next() < 0.6)
      halts.set(
        i,
        sessions.map(({ openAt, closeAt }) => {
          const from = openAt + Math.floor(rng.next() * (closeAt - openAt));
          return { from, to: from + Math.floor((0.5 + 4 * rng.next()) * MINUTE_US) };
        }),
      );
    if (rng.next() < 0.6) {
      const moments = [first.openAt - MINUTE_US, moment(), moment()].sort((a, b) => a - b);
      borrow.set(
        i,
        moments.map((from) => ({ from, lots: rng.next() < 0.2 ? 0 : rng.int(900), feeBps: 5_000 + rng.int(50_000) })),
      );
    }
  }
  const payments = Array.from({ length: 8 }, (): Funding => {
    const instrument = rng.next() < 0.3 ? null : (rng.int(names) as InstrumentIx);
    return { instrument, at: moment(), rate: (rng.next() - 0.3) * 0.002 };
  });
  return { sessions, halts, borrow, funding: payments.sort((a, b) => a.at - b.at) };
}

/** Lots that can be borrowed; Infinity where nothing is said. */
export function borrowableAt({ borrow }: SimRules, instrument: number, at: number): number {
  return (borrow.get(instrument as InstrumentIx) ?? []).findLast(({ from }) => from <= at)?.lots ?? Number.POSITIVE_INFINITY;
}

/** Cents of the day: all money that is no fill's. */
const CLOSE = 2e-6;

export class VenueLaw {
  /** Last closes, on the basis of today's shares. */
  private readonly price: number[];
  private accruedTo = 0;

  constructor(
    private readonly rules: SimRules,
    names: number,
  ) {
    this.price = Array.from({ length: names }, () => Number.NaN);
  }

  closed({ batch, start, end }: MarketSlice): void {
    const { instrument, close } = batch as BarBatch;
    for (let row = start; row < end; row++) this.price[instrument[row] as number] = close[row] as number;
  }

  split(instrument: number, ratio: number): void {
    this.price[instrument] = (this.price[instrument] as number) / ratio;
  }

  /** `held`: after the fill. */
  wrongFill({ instrument, at, lots, order }: Fill, held: number): string | null {
    if (this.rules.halts.get(instrument)?.some(({ from, to }) => at >= from && at < to))
      return `order ${order} was filled while ${instrument} was halted`;
    const lent = borrowableAt(this.rules, instrument, at);
    return lots < 0 && held < -lent ? `order ${order} made ${instrument} ${held} lots, and ${lent} can be borrowed` : null;
  }

  /** What has to be paid at a moment, by those who hold what is `held`. */
  wrongFunding(at: number, held: readonly number[], paid: readonly CashPosted[]): string | null {
    const due = this.rules.funding.flatMap((funding) => {
      if (funding.at !== at) return [];
      return held.flatMap((lots, i) =>
        lots === 0 || (funding.instrument !== null && funding.instrument !== i) ? [] : [-lots * (this.price[i] as number) * funding.rate],
      );
    });
    return compared("funding", due, paid);
  }

  /** Interest and fees of an evening, for the time since the evening before. */
  wrongFinancing(
    at: number,
    held: readonly number[],
    cash: number,
    cashRate: number,
    general: number,
    paid: readonly CashPosted[],
  ): string | null {
    const since = this.accruedTo;
    this.accruedTo = at;
    if (since === 0) return compared("financing", [], paid);
    const years = (at - since) / (365 * DAY_US);
    let fees = 0;
    held.forEach((lots, i) => {
      if (lots >= 0) return;
      const terms = this.rules.borrow.get(i as InstrumentIx) ?? [];
      const marks = [since, ...terms.map(({ from }) => from).filter((from) => from > since && from < at), at];
      let mean = 0;
      for (let k = 1; k < marks.length; k++) {
        const [from, to] = [marks[k - 1] as number, marks[k] as number];
        mean += ((terms.findLast((one) => one.from <= from)?.feeBps ?? general) * (to - from)) / (at - since);
      }
      fees += (-lots * (this.price[i] as number) * mean) / 1e4;
    });
    return compared(
      "financing",
      [cash * cashRate * years, -fees * years].filter((amount) => Math.abs(amount) >= CLOSE / 4),
      paid,
    );
  }
}

function compared(what: string, due: readonly number[], paid: readonly CashPosted[]): string | null {
  const amounts = paid.map(({ amountMicro }) => Number(amountMicro) / 1e6);
  const alike = due.length === amounts.length && due.every((amount, k) => Math.abs(amount - (amounts[k] as number)) <= CLOSE);
  return alike ? null : `${what} of ${due.join(", ") || "nothing"} is due, and ${amounts.join(", ") || "nothing"} was paid`;
}
