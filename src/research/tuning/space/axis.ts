// A numeric parameter as a stretch of the real line: logarithms where orders of magnitude count, and for values on a grid a cell of half a
// step around each, so that all of them have the same room.
import { invariant } from "#base/errors.js";
import type { Rng } from "#base/rng.js";
import type { NumericParameter } from "./parameter.js";

export interface Axis {
  /** Ends of the stretch. */
  readonly low: number;
  readonly high: number;
  readonly discrete: boolean;
  /** Place of a value. */
  place(value: number): number;
  /** Value at a place within the ends; on a grid the one whose cell it is. */
  value(place: number): number;
  /** Ends of the cell of a value on a grid. */
  cell(value: number): readonly [number, number];
}

export function axisOf({ kind, low, high, log, step }: NumericParameter): Axis {
  const place = log ? Math.log : (value: number): number => value;
  const back = log ? Math.exp : (at: number): number => at;
  if (step === null)
    return {
      low: place(low),
      high: place(high),
      discrete: false,
      place,
      // Rounding must not lead out of the bounds, nor miss them.
      value: (at) => (at <= place(low) ? low : at >= place(high) ? high : Math.min(high, Math.max(low, back(at)))),
      cell: () => invariantCell(),
    };
  const steps = Math.floor((high - low) / step + 1e-9);
  const top = onGrid(low, step, steps, kind);
  const half = step / 2;
  return {
    low: place(low - half),
    high: place(top + half),
    discrete: true,
    place,
    value: (at) => onGrid(low, step, Math.min(steps, Math.max(0, Math.round((back(at) - low) / step))), kind),
    cell: (value) => [place(value - half), place(value + half)],
  };
}

/** Number of values on a grid; null where any number may be. */
export function gridSize({ low, high, step }: NumericParameter): number | null {
  return step === null ? null : Math.floor((high - low) / step + 1e-9) + 1;
}

export function uniformOn(axis: Axis, rng: Rng): number {
  return axis.value(axis.low + rng.next() * (axis.high - axis.low));
}

/** `0.1 + 2 * 0.1` is said as 0.3. */
function onGrid(low: number, step: number, index: number, kind: NumericParameter["kind"]): number {
  const value = low + index * step;
  return kind === "int" ? value : Number(value.toPrecision(12));
}

function invariantCell(): never {
  invariant(false, "only values on a grid have a cell");
}
