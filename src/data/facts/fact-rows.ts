// Facts as columns while they are read, with what was refused and what deserves a look. Numbers stand in plain arrays: a million facts
// take some 40 MB.
import type { Micros } from "#domain/time.js";

/** Most refused rows whose text is kept; all are counted. */
const KEPT_REFUSALS = 10_000;

export interface Refusal {
  readonly reason: string;
  readonly file: string;
  readonly row: number;
  /** The row, cut to 200 characters. */
  readonly text: string;
}

/** Where a row stands, for the quarantine. */
export interface Place {
  readonly file: string;
  readonly row: number;
  readonly text: string;
}

export class FactRows {
  /** Names by number; `symbol` -1 is the market. */
  readonly fields: string[] = [];
  readonly symbols: string[] = [];
  readonly field: number[] = [];
  readonly symbol: number[] = [];
  readonly at: number[] = [];
  readonly seenAt: number[] = [];
  readonly value: number[] = [];
  readonly quarantined = new Map<string, number>();
  readonly flagged = new Map<string, number>();
  readonly refusals: Refusal[] = [];
  private readonly fieldOf = new Map<string, number>();
  private readonly symbolOf = new Map<string, number>();

  get length(): number {
    return this.at.length;
  }

  /** Takes a fact, or puts its row into quarantine: not finite, or seen before it happened. True when it was taken. */
  add(place: Place, field: string, symbol: string | null, at: Micros, seenAt: Micros, value: number): boolean {
    if (!Number.isFinite(value)) return this.refuse("not-finite", place);
    if (!(seenAt >= at)) return this.refuse("seen-before-it-happened", place);
    this.field.push(numberOf(field, this.fields, this.fieldOf));
    this.symbol.push(symbol === null ? -1 : numberOf(symbol, this.symbols, this.symbolOf));
    this.at.push(at);
    this.seenAt.push(seenAt);
    this.value.push(value);
    return true;
  }

  refuse(reason: string, { file, row, text }: Place): false {
    this.quarantined.set(reason, (this.quarantined.get(reason) ?? 0) + 1);
    if (this.refusals.length < KEPT_REFUSALS) this.refusals.push({ reason, file, row, text: text.slice(0, 200) });
    return false;
  }

  flag(reason: string, times = 1): void {
    if (times > 0) this.flagged.set(reason, (this.flagged.get(reason) ?? 0) + times);
  }
}

function numberOf(name: string, names: string[], known: Map<string, number>): number {
  const found = known.get(name);
  if (found !== undefined) return found;
  known.set(name, names.length);
  names.push(name);
  return names.length - 1;
}
