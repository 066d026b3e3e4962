// Functions of one value per instrument at one moment, over the universe or a sector. They see finite values only, in the instruments'
// order. Some remember earlier moments in cells of their own; the plan saves those.

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
} as const satisfies Readonly<Record<string, Across>>;

export type AcrossName = keyof typeof table;
export const acrosses: Readonly<Record<AcrossName, Across>> = table;
