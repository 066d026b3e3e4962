// Numbers of the command line, checked where they are typed.
import { InvalidArgumentError } from "commander";

export function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0) || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number above zero.");
  return value;
}

export function positiveInteger(text: string): number {
  const value = positiveNumber(text);
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError("It must be a whole number above zero.");
  return value;
}

export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !(value >= 0) || !Number.isFinite(value)) throw new InvalidArgumentError("It must be a number, zero or above.");
  return value;
}

/** Times as fast as real time; `max` is as fast as it goes, null. */
export function speedOrMax(text: string): number | null {
  if (text === "max") return null;
  const value = Number(text);
  if (!(value >= 1) || !Number.isFinite(value)) throw new InvalidArgumentError("It must be 1 (real time), a number above, or max.");
  return value;
}

/** Above 0 and below 1. */
export function share(text: string): number {
  const value = positiveNumber(text);
  if (value >= 1) throw new InvalidArgumentError("It must be above zero and below one.");
  return value;
}

/** Numbers joined by commas. */
export const listOf =
  (one: (text: string) => number) =>
  (text: string): readonly number[] =>
    text.split(",").map(one);
