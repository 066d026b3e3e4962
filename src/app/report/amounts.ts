// Predictions and what features add to them, as people read them: returns in per cent, other numbers as they are.
import type { Unit } from "./explanation.js";
import { formatValue, isKnown, type ValueFormat } from "./number-format.js";

export interface Amounts {
  /** A prediction: `+0.42%`. */
  readonly whole: (value: number) => string;
  /** A part of one: `+0.21`, in points where the whole is in per cent. */
  readonly part: (value: number) => string;
  /** How much, whatever its sign: `0.21 points`. */
  readonly size: (value: number) => string;
  /** The same without its unit: `0.21`. */
  readonly plain: (value: number) => string;
  /** Behind a number that is a part: " points", or nothing. */
  readonly parts: string;
}

/** Parts of the given size are told apart: two decimals for tenths of a per cent, more where all are small. */
export function amountsFor(unit: Unit, values: readonly number[]): Amounts {
  const factor = unit === "return" ? 100 : 1;
  const largest = factor * Math.max(0, ...values.filter(isKnown).map(Math.abs));
  const digits = largest >= 0.1 || largest === 0 ? 2 : largest >= 0.01 ? 3 : largest >= 0.001 ? 4 : 5;
  const format = (mark: string): ValueFormat => ({ factor, digits, unit: mark });
  const signed = (value: number, form: ValueFormat): string => {
    const text = formatValue(value, form);
    return isKnown(value) && value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
  };
  const parts = unit === "return" ? " points" : "";
  return {
    whole: (value) => signed(value, format(unit === "return" ? "%" : "")),
    part: (value) => signed(value, format("")),
    size: (value) => formatValue(Math.abs(value), format("")) + parts,
    plain: (value) => formatValue(Math.abs(value), format("")),
    parts,
  };
}
