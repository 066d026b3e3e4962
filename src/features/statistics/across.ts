// Functions of one value per instrument at one moment, over the universe or a sector. They see finite values only, in the instruments'
// order. Some remember earlier moments in cells of their own; the plan saves those.
import { acrossShapes } from "./across-shape.js";

export interface Across {
  /** Says what each parameter means; one entry per parameter. */
  readonly params: readonly string[];
  /** Number of cells kept from moment to moment for each group; they begin as 0. */
  cells(params: readonly number[]): number;
  /** Moments before the first value, and after which an old moment is forgotten. */
  warmup(params: readonly number[]): number;
  memory(params: readonly number[]): number;
  /** Of `x[0..n)`; `sector[k]` (0 and up, -1 not known) is where the k-th belongs. NaN where not defined. Never called with n = 0. */
  value(x: Float64Array, sector: Int32Array, n: number, cells: Float64Array, params: readonly number[]): number;
}

const stateless = { params: [], cells: () => 0, warmup: () => 0, memory: () => 0 } as const;

function meanOf(x: Float64Array, n: number): number {
  let sum = 0;
  for (let k = 0; k < n; k++) sum += x[k] as number;
  return sum / n;
}

/** Sum of squares between the sectors' means over the sum of all squares. */
function betweenGroups(x: Float64Array, sector: Int32Array, n: number): number {
  let [known, mean, groups] = [0, 0, 0];
  for (let k = 0; k < n; k++) {
    const group = sector[k] as number;
    if (group < 0) continue;
    known++;
    mean += x[k] as number;
    if (group >= groups) groups = group + 1;
  }
  mean /= known;
  let all = 0;
  for (let k = 0; k < n; k++) if ((sector[k] as number) >= 0) all += ((x[k] as number) - mean) ** 2;
  let between = 0;
  for (let group = 0; group < groups; group++) {
    let [count, sum] = [0, 0];
    for (let k = 0; k < n; k++) {
      if (sector[k] !== group) continue;
      count++;
      sum += (x[k] as number) - mean;
    }
    if (count > 0) between += (sum * sum) / count;
  }
  return all > 0 ? Math.min(1, between / all) : Number.NaN;
}

const table = {
  mean: { ...stateless, value: (x, _, n) => meanOf(x, n) },
  /** Population standard deviation; NaN for one value. */
  std: {
    ...stateless,
    value: (x, _, n) => {
      if (n < 2) return Number.NaN;
      const mean = meanOf(x, n);
      let squares = 0;
      for (let k = 0; k < n; k++) squares += ((x[k] as number) - mean) ** 2;
      return Math.sqrt(squares / n);
    },
  },
  /** Share of the values above 0. */
  share: {
    ...stateless,
    value: (x, _, n) => {
      let above = 0;
      for (let k = 0; k < n; k++) if ((x[k] as number) > 0) above++;
      return above / n;
    },
  },
  /** Sum of squared shares of the total of the absolute values (Herfindahl), in [1 / n, 1]; NaN when all are 0. */
  concentration: {
    ...stateless,
    value: (x, _, n) => {
      let [sum, squares] = [0, 0];
      for (let k = 0; k < n; k++) sum += Math.abs(x[k] as number);
      for (let k = 0; k < n; k++) squares += ((x[k] as number) / sum) ** 2;
      return sum > 0 ? squares : Number.NaN;
    },
  },
  /** Share of the variance that lies between the sectors' means, in [0, 1]; of those whose sector is known. NaN when they do not differ. */
  betweenSectors: { ...stateless, value: (x, sector, n) => betweenGroups(x, sector, n) },
  ...acrossShapes,
} as const satisfies Readonly<Record<string, Across>>;

export type AcrossName = keyof typeof table;
export const acrosses: Readonly<Record<AcrossName, Across>> = table;
