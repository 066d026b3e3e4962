// Which splits, dividends and delistings were told before: a feed that connects again tells them again, and each changes a book once.
// What is told otherwise the second time is no word to act on. Remembers 400 days; older events are no news, and are passed over.
import { type ReferenceEvent, identityOf } from "./corporate-action.js";
import type { Instrument } from "./instrument.js";
import { DAY_US, type Micros, utcDate } from "./time.js";

export const REFERENCE_MEMORY_US = 400 * DAY_US;

/** When it happened, and what was said: the ratio, amount or final return. Of a rate the newest moment alone. */
type Said = readonly [at: number, amount: number, instrument: number];

export type ToldReferencesState = readonly (readonly [identity: string, said: Said])[];

export class ToldReferences {
  private readonly told = new Map<string, Said>();

  constructor(private readonly instruments: readonly Instrument[]) {}

  /** `new`: it counts from now on. `again`: it does not. Else a sentence on how it contradicts what was told before. */
  hear(event: ReferenceEvent): "new" | "again" | { readonly complaint: string } {
    const identity = identityOf(event);
    const before = this.told.get(identity);
    if (event.kind === "fx") {
      // The newest rate counts: one that comes late behind it would turn it back.
      if (before !== undefined && event.at < before[0]) return "again";
      this.told.set(identity, [event.at, 0, -1]);
      return "new";
    }
    if (event.at < event.seenAt - REFERENCE_MEMORY_US) return "again";
    const amount = amountOf(event);
    if (before === undefined) {
      this.told.set(identity, [event.at, amount, event.instrument]);
      return "new";
    }
    if (before[1] === amount && before[2] === event.instrument) return "again";
    const name = (i: number): string => this.instruments[i]?.id ?? `instrument ${i}`;
    return {
      complaint:
        `the ${event.kind} of ${utcDate(event.at)} was told as ${before[1]} of ${name(before[2])}, ` +
        `and is now told as ${amount} of ${name(event.instrument)}`,
    };
  }

  /** Whether it would be news to nobody. */
  knows(event: ReferenceEvent): boolean {
    return this.told.has(identityOf(event)) || event.at < event.seenAt - REFERENCE_MEMORY_US;
  }

  /** Now and then: what is older than the memory goes. */
  age(now: Micros): void {
    for (const [identity, [at]] of this.told) if (at < now - REFERENCE_MEMORY_US && !identity.startsWith("fx ")) this.told.delete(identity);
  }

  save(): ToldReferencesState {
    return [...this.told];
  }

  load(told: ToldReferencesState): void {
    this.told.clear();
    for (const [identity, said] of told) this.told.set(identity, said);
  }
}

function amountOf(event: Exclude<ReferenceEvent, { kind: "fx" }>): number {
  if (event.kind === "split") return event.ratio;
  return event.kind === "dividend" ? event.amount : event.finalReturn;
}
