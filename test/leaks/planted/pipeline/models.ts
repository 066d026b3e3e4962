// Small models of one number per cell: ridge, nearest neighbours, a tree of depth two, the sign of one feature. Each is fitted on the cells
// it is given, scales its features by these alone, and answers NaN for a cell with a feature missing.
import { correlation, deviation, mean } from "./panels.js";

export type Columns = readonly Float64Array[];
export type Predictor = (cell: number) => number;
export type ModelName = "ridge" | "ols" | "neighbours" | "tree" | "sign";
export type Fit = (columns: Columns, target: Float64Array, train: readonly number[]) => Predictor;

export const modelNames: readonly ModelName[] = ["ridge", "tree", "ols", "neighbours", "sign"];

export const fits: Record<ModelName, Fit> = {
  ridge: (columns, target, train) => fitRidge(columns, target, train, 10),
  ols: (columns, target, train) => fitRidge(columns, target, train, 1e-6),
  neighbours: (columns, target, train) => fitNeighbours(columns, target, train, 9),
  tree: (columns, target, train) => fitTree(columns, target, train),
  sign: fitSign,
};

/** Enough for a handful of weights, and fast. */
const MAX_CELLS = 800;

/** The last of the cells at which every column and the target are finite. */
export function usable(columns: Columns, target: Float64Array, cells: Iterable<number>, most = MAX_CELLS): number[] {
  const out: number[] = [];
  for (const cell of cells) if (Number.isFinite(target[cell]) && columns.every((column) => Number.isFinite(column[cell]))) out.push(cell);
  return out.slice(-most);
}

interface Scale {
  readonly center: Float64Array;
  readonly spread: Float64Array;
}

function scaleOf(columns: Columns, train: readonly number[]): Scale {
  const scale = { center: new Float64Array(columns.length), spread: new Float64Array(columns.length) };
  for (const [k, column] of columns.entries()) {
    const values = train.map((cell) => column[cell] as number);
    const spread = deviation(values);
    scale.center[k] = mean(values);
    scale.spread[k] = spread > 1e-12 ? spread : 1;
  }
  return scale;
}

function scaleInto(x: Float64Array, columns: Columns, { center, spread }: Scale, cell: number): void {
  for (let k = 0; k < x.length; k++)
    x[k] = (((columns[k] as Float64Array)[cell] as number) - (center[k] as number)) / (spread[k] as number);
}

export function fitRidge(columns: Columns, target: Float64Array, train: readonly number[], penalty: number): Predictor {
  if (train.length <= columns.length) return () => Number.NaN;
  const scale = scaleOf(columns, train);
  const level = mean(train.map((cell) => target[cell] as number));
  const p = columns.length;
  const gram = Array.from({ length: p }, (_, k) => {
    const row = new Float64Array(p + 1);
    row[k] = penalty;
    return row;
  });
  const x = new Float64Array(p);
  for (const cell of train) {
    scaleInto(x, columns, scale, cell);
    const y = (target[cell] as number) - level;
    for (let k = 0; k < p; k++) {
      const row = gram[k] as Float64Array;
      const own = x[k] as number;
      for (let m = 0; m < p; m++) row[m] = (row[m] as number) + own * (x[m] as number);
      row[p] = (row[p] as number) + own * y;
    }
  }
  const weights = solve(gram);
  return (cell) => {
    scaleInto(x, columns, scale, cell);
    let sum = level;
    for (let k = 0; k < p; k++) sum += (x[k] as number) * (weights[k] as number);
    return sum;
  };
}

/** Gauss elimination with the largest pivot; rows are equations with the right side last, and are overwritten. */
function solve(rows: Float64Array[]): readonly number[] {
  const p = rows.length;
  for (let k = 0; k < p; k++) {
    let best = k;
    for (let r = k + 1; r < p; r++)
      if (Math.abs((rows[r] as Float64Array)[k] as number) > Math.abs((rows[best] as Float64Array)[k] as number)) best = r;
    [rows[k], rows[best]] = [rows[best] as Float64Array, rows[k] as Float64Array];
    const pivot = rows[k] as Float64Array;
    for (let r = 0; r < p; r++) {
      const row = rows[r] as Float64Array;
      if (r === k) continue;
      const factor = (row[k] as number) / (pivot[k] as number);
      for (let m = k; m <= p; m++) row[m] = (row[m] as number) - factor * (pivot[m] as number);
    }
  }
  return rows.map((row, k) => (row[p] as number) / (row[k] as number));
}

const MAX_POINTS = 60;

/** The mean target of the nearest among the last 60 training cells; of equally near ones, the earlier. */
export function fitNeighbours(columns: Columns, target: Float64Array, train: readonly number[], neighbours: number): Predictor {
  const recent = train.slice(-MAX_POINTS);
  if (recent.length < neighbours) return () => Number.NaN;
  const scale = scaleOf(columns, recent);
  const p = columns.length;
  const points = new Float64Array(recent.length * p);
  for (const [at, cell] of recent.entries()) scaleInto(points.subarray(at * p, (at + 1) * p), columns, scale, cell);
  const own = new Float64Array(p);
  const distances = new Float64Array(neighbours);
  const values = new Float64Array(neighbours);
  return (cell) => {
    scaleInto(own, columns, scale, cell);
    if (own.includes(Number.NaN)) return Number.NaN;
    distances.fill(Number.POSITIVE_INFINITY);
    for (let at = 0; at < recent.length; at++) {
      let distance = 0;
      for (let k = 0; k < p; k++) distance += ((points[at * p + k] as number) - (own[k] as number)) ** 2;
      let place = neighbours;
      while (place > 0 && distance < (distances[place - 1] as number)) place--;
      if (place === neighbours) continue;
      for (let k = neighbours - 1; k > place; k--) {
        distances[k] = distances[k - 1] as number;
        values[k] = values[k - 1] as number;
      }
      distances[place] = distance;
      values[place] = target[recent[at] as number] as number;
    }
    return mean(values);
  };
}

interface Split {
  readonly column: number;
  readonly threshold: number;
  readonly gain: number;
}

/** The split, at one of four quantiles of one column, that explains most of the target's variance. */
export function bestSplit(columns: Columns, target: ArrayLike<number>, train: readonly number[]): Split | null {
  let best: Split | null = null;
  let total = 0;
  for (const cell of train) total += target[cell] as number;
  for (const [column, values] of columns.entries()) {
    const sorted = Float64Array.from(train, (cell) => values[cell] as number).sort();
    for (const share of [0.2, 0.4, 0.6, 0.8]) {
      const threshold = sorted[Math.floor(share * sorted.length)] as number;
      let below = 0;
      let count = 0;
      for (const cell of train)
        if ((values[cell] as number) <= threshold) {
          below += target[cell] as number;
          count++;
        }
      const rest = train.length - count;
      if (count < 5 || rest < 5) continue;
      const gain = below ** 2 / count + (total - below) ** 2 / rest - total ** 2 / train.length;
      if (best === null || gain > best.gain) best = { column, threshold, gain };
    }
  }
  return best;
}

function fitTree(columns: Columns, target: Float64Array, train: readonly number[], depth = 2): Predictor {
  const level = mean(train.map((cell) => target[cell] as number));
  const split = depth === 0 || train.length < 20 ? null : bestSplit(columns, target, train);
  if (split === null) return () => level;
  const column = columns[split.column] as Float64Array;
  const [low, high] = [true, false].map((isLow) =>
    fitTree(
      columns,
      target,
      train.filter((cell) => (column[cell] as number) <= split.threshold === isLow),
      depth - 1,
    ),
  ) as [Predictor, Predictor];
  return (cell) => {
    if (columns.some((values) => !Number.isFinite(values[cell]))) return Number.NaN;
    return (column[cell] as number) <= split.threshold ? low(cell) : high(cell);
  };
}

/** The feature that went with the target best, with its sign. */
function fitSign(columns: Columns, target: Float64Array, train: readonly number[]): Predictor {
  const y = train.map((cell) => target[cell] as number);
  const along = columns.map((column) =>
    correlation(
      train.map((cell) => column[cell] as number),
      y,
    ),
  );
  let best = 0;
  for (const [k, value] of along.entries()) if (Math.abs(value) > Math.abs(along[best] as number)) best = k;
  const sign = Math.sign(along[best] ?? Number.NaN);
  return (cell) => sign * ((columns[best] as Float64Array)[cell] as number);
}
