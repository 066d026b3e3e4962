// Size classes by traded value: thirds of the names of one currency, cut once. Equal values are in one class.
import type { SizeClass } from "./alias.js";

/** Values from the first on are not `SMALL`, those from the second on are `LARGE`. */
export type SizeCuts = readonly [number, number];

/** `values`: at least one, in any order, all finite. */
export function sizeCuts(values: readonly number[]): SizeCuts {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (third: number): number => sorted[Math.floor((third * sorted.length) / 3)] as number;
  return [at(1), at(2)];
}

/** `value`: null where it is not known. */
export function sizeClass(value: number | null, cuts: SizeCuts | undefined): SizeClass {
  if (value === null || cuts === undefined) return "NA";
  return value >= cuts[1] ? "LARGE" : value >= cuts[0] ? "MID" : "SMALL";
}
