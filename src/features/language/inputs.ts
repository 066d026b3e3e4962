// The inputs of formulas: the fields of the bar, the calendar, what happened since the bar before, and facts known by then.
import { type Dimension, PURE } from "#features/inputs/columns.js";
import type { FactSource } from "#features/inputs/source.js";
import { Series, type Unit } from "./series.js";

export const open = new Series<"price">({ op: "input", source: { kind: "bar", name: "open" } });
export const high = new Series<"price">({ op: "input", source: { kind: "bar", name: "high" } });
export const low = new Series<"price">({ op: "input", source: { kind: "bar", name: "low" } });
export const close = new Series<"price">({ op: "input", source: { kind: "bar", name: "close" } });
/** Units traded. */
export const volume = new Series<"volume">({ op: "input", source: { kind: "bar", name: "volume" } });
/** (high + low + close) / 3. */
export const typical = high.add(low).add(close).div(3);
export const session = {
  /** UTC weekday on which the bar opened, Monday 1 to Sunday 7. */
  dayOfWeek: calendar("dayOfWeek"),
  /** Open over the close before it, as a return. With one bar per session that is the overnight gap. */
  gap: open.div(close.lag(1)).sub(1),
} as const;

/** An input of the calendar (inputs/calendar.ts) by its name. */
export function calendar(name: string): Series<"ratio"> {
  return new Series({ op: "input", source: { kind: "calendar", name } });
}

/** A column of a tape (inputs/tapes.ts): what the trades, quotes or books since the bar before come to. `U` is the unit that the tape says. */
export function tape<U extends Unit = "ratio">(name: string, column: string): Series<U> {
  return new Series({ op: "input", source: { kind: "tape", tape: name, column } });
}

export interface FactChoice {
  readonly show?: FactSource["show"];
  /** Periods back; 0, the default, is the latest period known. */
  readonly back?: number;
  readonly dimension?: Dimension;
}

/** A fact about the instrument of the row, as known when the bar ended; NaN before it was known. */
export function fact<U extends Unit = "ratio">(field: string, choice: FactChoice = {}): Series<U> {
  return factAbout("instrument", field, choice);
}

/** A fact about the market as a whole. */
export function marketFact<U extends Unit = "ratio">(field: string, choice: FactChoice = {}): Series<U> {
  return factAbout("market", field, choice);
}

function factAbout<U extends Unit>(about: FactSource["about"], field: string, choice: FactChoice): Series<U> {
  const { show = "value", back = 0, dimension = PURE } = choice;
  return new Series({ op: "input", source: { kind: "fact", field, about, show, back, dimension } });
}
