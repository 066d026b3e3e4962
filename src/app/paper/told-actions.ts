// Splits, dividends and delistings that a feed brings, among those that the dataset knows: a list that grows while it is told. What was taken in
// stands on the disk with the moment at which it is told, so that a session that was killed tells each once and at the same place, and the feed
// may forget it. It names instruments by row, no symbols.
import { existsSync, readFileSync } from "node:fs";
import type { Delisting, Dividend, ReferenceEvent, Split } from "#domain/corporate-action.js";
import type { Fact, ToldEvents } from "#domain/fact.js";
import { DAY_US, type Micros, utcDate } from "#domain/time.js";
import { sortReferences } from "#data/lake/references.js";
import { appendLineDurably } from "../stop/durable-file.js";

export type Action = Split | Dividend | Delisting;

export class ToldActions implements ToldEvents {
  /** Of the feed, as they are told. */
  private own: readonly Action[] = [];
  /** Place of each in the whole list. */
  private places: readonly number[] = [];
  private changes = 0;
  private readonly ofDataset = new Map<string, Action>();
  private readonly splitsOfDataset = new Map<number, Split[]>();

  /** `known`: all that a run without the feed is told; `references`: the actions among it. */
  constructor(
    private readonly known: ToldEvents,
    references: readonly ReferenceEvent[],
    private readonly path: string,
  ) {
    for (const event of references) {
      if (event.kind === "fx") continue;
      this.ofDataset.set(nameOf(event), event);
      if (event.kind !== "split") continue;
      const splits = this.splitsOfDataset.get(event.instrument);
      if (splits === undefined) this.splitsOfDataset.set(event.instrument, [event]);
      else splits.push(event);
    }
    const text = existsSync(path) ? readFileSync(path, "utf8") : "";
    // A line that a crash has torn was told to nobody. One that was announced anew stands there again.
    for (const line of text.split("\n")) {
      const action = line === "" ? null : parsed(line);
      if (action !== null) this.place(action);
    }
  }

  /** How often the list has changed. */
  get revision(): number {
    return this.changes;
  }

  get length(): number {
    return this.known.length + this.own.length;
  }

  at(index: number): ReferenceEvent | Fact | undefined {
    let before = 0;
    while (before < this.places.length && (this.places[before] as number) < index) before++;
    return this.places[before] === index ? this.own[before] : this.known.at(index - before);
  }

  /** What is known of the same instrument, kind and day; undefined where nothing is. */
  find(action: Action): Action | undefined {
    return this.ofDataset.get(nameOf(action)) ?? this.own.find((one) => nameOf(one) === nameOf(action));
  }

  isOfFeed(action: Action): boolean {
    return this.own.includes(action);
  }

  /** On the disk when it returns. `seenAt` must be later than all that was told; what was announced for the same day before is replaced. */
  take(action: Action): void {
    appendLineDurably(this.path, JSON.stringify(action));
    this.place(action);
  }

  /** New shares for one old by the splits of `instrument` in force after `from` and by `to`. */
  splitRatio(instrument: number, from: number, to: number): number {
    const splits = [...(this.splitsOfDataset.get(instrument) ?? []), ...this.own];
    return splits.reduce((ratio, one) => {
      const counts = one.kind === "split" && one.instrument === instrument && one.at > from && one.at <= to;
      return counts ? ratio * one.ratio : ratio;
    }, 1);
  }

  private place(action: Action): void {
    this.changes++;
    this.own = sortReferences([...this.own.filter((one) => nameOf(one) !== nameOf(action)), action]) as Action[];
    this.places = this.own.map(({ seenAt }, k) => k + this.knownBy(seenAt));
  }

  /** Events of the rest that are told at `moment` or before. */
  private knownBy(moment: Micros): number {
    let [low, high] = [0, this.known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.known.at(middle) as ReferenceEvent | Fact).seenAt <= moment) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** True where both say the same of their day. */
export function isSameAction(a: Action, b: Action): boolean {
  return valueOf(a) === valueOf(b);
}

/** Why an action was not told. */
export function lateSentence(action: Action, name: string): string {
  const day = utcDate((action.at + DAY_US / 2) as Micros);
  return action.kind === "dividend"
    ? `The feed told the dividend of ${name} of ${day} after its bars: it is not booked.`
    : `The feed told the ${action.kind} of ${name} of ${day} after its bars, which are on another basis by then: update the dataset and begin a new session.`;
}

function valueOf(action: Action): number {
  return action.kind === "split" ? action.ratio : action.kind === "dividend" ? action.amount : action.finalReturn;
}

const nameOf = ({ kind, instrument, at }: Action): string => `${kind} ${instrument} ${at}`;

function parsed(line: string): Action | null {
  try {
    return JSON.parse(line) as Action;
  } catch {
    return null;
  }
}
