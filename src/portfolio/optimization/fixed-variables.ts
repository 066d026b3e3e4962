// Takes variables that cannot move out of a program, since a solver that walks between bounds needs room between them.
import type { ProgramRows, QuadraticProgram } from "./quadratic-program.js";

export interface FreeProgram {
  readonly program: QuadraticProgram;
  /** The fixed ones put back. */
  readonly restore: (x: Float64Array) => Float64Array;
  /** What they bring to the objective by themselves. */
  readonly fixedValue: number;
}

/** Nearer than this, bounds are one point. */
const POINT = 1e-11;

export function withoutFixed(whole: QuadraticProgram): FreeProgram {
  const { low, high, linear, diagonal, stages, start } = whole;
  const n = low.length;
  const to = new Int32Array(n).fill(-1);
  const free: number[] = [];
  const fixed = new Float64Array(n);
  for (let j = 0; j < n; j++) {
    if ((high[j] as number) - (low[j] as number) > POINT) to[j] = free.push(j) - 1;
    else fixed[j] = ((low[j] as number) + (high[j] as number)) / 2;
  }
  if (free.length === n) return { program: whole, restore: (x) => x, fixedValue: 0 };
  const q = Float64Array.from(linear);
  let fixedValue = 0;
  for (let j = 0; j < n; j++) {
    const value = fixed[j] as number;
    fixedValue += ((linear[j] as number) + ((diagonal[j] as number) * value) / 2) * value;
  }
  const blocks = whole.blocks.flatMap(({ first, size, values }) => {
    const kept = Array.from({ length: size }, (_, i) => i).filter((i) => to[first + i] !== -1);
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += (values[i * size + j] as number) * (fixed[first + j] as number);
      q[first + i] = (q[first + i] as number) + sum;
      fixedValue += (sum * (fixed[first + i] as number)) / 2;
    }
    if (kept.length === 0) return [];
    const rest = new Float64Array(kept.length ** 2);
    kept.forEach((i, a) => kept.forEach((j, b) => (rest[a * kept.length + b] = values[i * size + j] as number)));
    return [{ first: to[first + (kept[0] as number)] as number, size: kept.length, values: rest }];
  });
  const of = (values: Float64Array): Float64Array => Float64Array.from(free, (j) => values[j] as number);
  const program: QuadraticProgram = {
    low: of(low),
    high: of(high),
    linear: of(q),
    diagonal: of(diagonal),
    start: of(start),
    blocks,
    stages: free.map((j) => stages[j] as QuadraticProgram["stages"][number]),
    rows: freeRows(whole.rows, to, fixed),
  };
  return {
    program,
    fixedValue,
    restore(x) {
      const out = Float64Array.from(fixed);
      free.forEach((j, at) => (out[j] = x[at] as number));
      return out;
    },
  };
}

function freeRows({ starts, variables, values, right, stages, names }: ProgramRows, to: Int32Array, fixed: Float64Array): ProgramRows {
  const kept = new Int32Array(starts.length);
  const [keptVariables, keptValues] = [new Int32Array(variables.length), new Float64Array(values.length)];
  const rest = Float64Array.from(right);
  let count = 0;
  for (let r = 0; r < right.length; r++) {
    for (let at = starts[r] as number; at < (starts[r + 1] as number); at++) {
      const [variable, value] = [variables[at] as number, values[at] as number];
      if (to[variable] === -1) rest[r] = (rest[r] as number) - value * (fixed[variable] as number);
      else {
        keptVariables[count] = to[variable] as number;
        keptValues[count++] = value;
      }
    }
    kept[r + 1] = count;
  }
  return { starts: kept, variables: keptVariables.slice(0, count), values: keptValues.slice(0, count), right: rest, stages, names };
}
