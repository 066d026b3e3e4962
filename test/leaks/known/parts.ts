// The honest parts of a small pipeline: features, labels from open to open, a ridge regression walked forward, fills at the next open. A leaking
// pipeline is this one with a single part replaced.
import type { Rng } from "#base/rng.js";
import type { Micros } from "#domain/time.js";
import type { LeakSubject, PipelineOutput, World } from "#research/leaks/subject.js";

export type Column = (world: World, decisions: readonly Micros[]) => Float64Array;
export type Labels = NonNullable<PipelineOutput["labels"]>;
export type Folds = NonNullable<PipelineOutput["folds"]>;

export interface Part {
  readonly decisions: (world: World) => Micros[];
  readonly features: Readonly<Record<string, Column>>;
  readonly labels: (world: World, decisions: readonly Micros[], horizon: number) => Labels;
  readonly predict: (set: Samples) => { readonly predictions: Float64Array; readonly folds: Folds | null };
  readonly fill: (world: World, decision: Micros, symbol: number) => { readonly at: Micros; readonly price: number } | null;
  readonly horizon: number;
}

/** What models learn from. */
export interface Samples {
  readonly world: World;
  readonly decisions: readonly Micros[];
  readonly columns: readonly Float64Array[];
  readonly labels: Labels;
  readonly n: number;
}

export function pipeline(name: string, part: Part): LeakSubject {
  return {
    name,
    run(world) {
      const decisions = part.decisions(world);
      const n = world.symbols.length;
      const features = new Map(Object.entries(part.features).map(([feature, column]) => [feature, column(world, decisions)]));
      const labels = part.labels(world, decisions, part.horizon);
      const { predictions, folds } = part.predict({ world, decisions, columns: [...features.values()], labels, n });
      const fills: PipelineOutput["fills"][number][] = [];
      decisions.forEach((at, decision) => {
        const symbol = best(predictions.subarray(decision * n, (decision + 1) * n));
        const fill = symbol < 0 ? null : part.fill(world, at, symbol);
        if (fill !== null) fills.push({ decision, symbol, ...fill });
      });
      return { decisions, features, labels, predictions, folds, fills };
    },
  };
}

function best(values: Float64Array): number {
  let top = -1;
  values.forEach((value, i) => {
    if (!Number.isNaN(value) && (top < 0 || value > (values[top] as number))) top = i;
  });
  return top;
}

/** At every close, a minute later. */
export function atCloses(world: World): Micros[] {
  return world.sessions.map(({ closeAt }) => (closeAt + 60e6) as Micros);
}

/** The last session closed at each decision. */
export function closedAt({ sessions }: World, at: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle]?.closeAt as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** The first session that opens after the moment; -1 when none does. */
export function opensAfter({ sessions }: World, at: number): number {
  let [low, high] = [0, sessions.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sessions[middle]?.openAt as number) <= at) low = middle + 1;
    else high = middle;
  }
  return low < sessions.length ? low : -1;
}

/** A value per cell from the last session closed at the decision. */
export function perRow(value: (world: World, row: number, symbol: number) => number): Column {
  return (world, decisions) => {
    const n = world.symbols.length;
    const out = new Float64Array(decisions.length * n).fill(Number.NaN);
    decisions.forEach((at, d) => {
      const row = closedAt(world, at);
      for (let i = 0; i < n; i++) out[d * n + i] = row < 0 ? Number.NaN : value(world, row, i);
    });
    return out;
  };
}

export function price({ close, symbols }: World, row: number, symbol: number): number {
  return row < 0 ? Number.NaN : (close[row * symbols.length + symbol] ?? Number.NaN);
}

/** The last close up to the row. */
export function lastPrice(world: World, row: number, symbol: number): number {
  for (let t = row; t >= 0; t--) if (!Number.isNaN(price(world, t, symbol))) return price(world, t, symbol);
  return Number.NaN;
}

export const momentum = (length: number): Column =>
  perRow((world, row, i) => Math.log(lastPrice(world, row, i) / lastPrice(world, row - length, i)));

export function returnsBefore(world: World, row: number, symbol: number, length: number): number[] {
  const found: number[] = [];
  for (let t = Math.max(1, row - length + 1); t <= row; t++) {
    const r = Math.log(price(world, t, symbol) / price(world, t - 1, symbol));
    if (Number.isFinite(r)) found.push(r);
  }
  return found;
}

export const volatility = (length: number): Column =>
  perRow((world, row, i) => {
    const r = returnsBefore(world, row, i, length);
    return r.length < length / 2 ? Number.NaN : Math.sqrt(r.reduce((sum, x) => sum + x * x, 0) / r.length);
  });

/** From the open after the decision to the open `horizon` sessions later. */
export function openToOpen(world: World, decisions: readonly Micros[], horizon: number): Labels {
  const n = world.symbols.length;
  const made = { value: cells(decisions, n), startAt: cells(decisions, n), endAt: cells(decisions, n) };
  decisions.forEach((at, d) => {
    const from = opensAfter(world, at);
    const to = from + horizon;
    if (from < 0 || to >= world.sessions.length) return;
    for (let i = 0; i < n; i++) {
      const value = Math.log((world.open[to * n + i] as number) / (world.open[from * n + i] as number));
      if (Number.isNaN(value)) continue;
      made.value[d * n + i] = value;
      made.startAt[d * n + i] = world.sessions[from]?.openAt as number;
      made.endAt[d * n + i] = world.sessions[to]?.openAt as number;
    }
  });
  return made;
}

export function cells(decisions: readonly unknown[], n: number): Float64Array {
  return new Float64Array(decisions.length * n).fill(Number.NaN);
}

/** At the open after the decision, with costs of two basis points. */
export function nextOpen(world: World, decision: Micros, symbol: number): { at: Micros; price: number } | null {
  const row = opensAfter(world, decision);
  const open = row < 0 ? Number.NaN : (world.open[row * world.symbols.length + symbol] as number);
  return Number.isNaN(open) ? null : { at: world.sessions[row]?.openAt as Micros, price: open * 1.0002 };
}

/** Least squares with a penalty over the columns and a constant; missing values count as zero. */
export function ridge({ columns, labels }: Samples, train: Iterable<number>, penalty: number): (cell: number) => number {
  const k = columns.length + 1;
  const a = Array.from({ length: k }, (_, i) => Array.from({ length: k + 1 }, (_none, j) => (i === j ? penalty : 0)));
  const row = new Float64Array(k + 1);
  const read = (cell: number): void => {
    row[0] = 1;
    for (let i = 1; i < k; i++) row[i] = finite(columns[i - 1]?.[cell] as number);
  };
  for (const cell of train) {
    const y = labels.value[cell] as number;
    if (Number.isNaN(y)) continue;
    read(cell);
    row[k] = y;
    for (let i = 0; i < k; i++) {
      const line = a[i] as number[];
      for (let j = 0; j <= k; j++) line[j] = (line[j] as number) + (row[i] as number) * (row[j] as number);
    }
  }
  const beta = solve(a);
  return (cell) => {
    read(cell);
    return beta.reduce((sum, b, i) => sum + b * (row[i] as number), 0);
  };
}

const finite = (value: number): number => (Number.isFinite(value) ? value : 0);

/** Gaussian elimination of a system that is positive definite. */
function solve(a: number[][]): number[] {
  const k = a.length;
  for (let i = 0; i < k; i++) {
    const pivot = a[i] as number[];
    for (let r = i + 1; r < k; r++) {
      const row = a[r] as number[];
      const factor = (row[i] as number) / (pivot[i] as number);
      for (let c = i; c <= k; c++) row[c] = (row[c] as number) - factor * (pivot[c] as number);
    }
  }
  const beta = new Array<number>(k).fill(0);
  for (let i = k - 1; i >= 0; i--) {
    const row = a[i] as number[];
    let sum = row[k] as number;
    for (let c = i + 1; c < k; c++) sum -= (row[c] as number) * (beta[c] as number);
    beta[i] = sum / (row[i] as number);
  }
  return beta;
}

export interface Walk {
  readonly first: number;
  readonly every: number;
  /** Whether a label may train for a test that begins at the moment. */
  readonly mayTrain: (labelEnd: number, testStart: number) => boolean;
  readonly declare: boolean;
  /** Penalty of the fit for a test. */
  readonly penalty: (samples: Samples, train: readonly number[], test: readonly number[]) => number;
}

export const ended = (labelEnd: number, testStart: number): boolean => labelEnd <= testStart;

/** A model per block of decisions, fitted on what may train before it. */
export function walkForward(walk: Walk): Part["predict"] {
  return (samples) => {
    const { decisions, labels, n } = samples;
    const predictions = cells(decisions, n);
    const folds: Folds[number][] = [];
    for (let from = walk.first; from < decisions.length; from += walk.every) {
      const start = decisions[from] as number;
      const train: number[] = [];
      for (let cell = 0; cell < from * n; cell++) {
        if (!Number.isNaN(labels.value[cell]) && walk.mayTrain(labels.endAt[cell] as number, start)) train.push(cell);
      }
      const to = Math.min(decisions.length, from + walk.every);
      const test = Array.from({ length: (to - from) * n }, (_, c) => from * n + c);
      const known = test.filter((cell) => !Number.isNaN(samples.columns[0]?.[cell]));
      const fit = ridge(samples, train, walk.penalty(samples, train, known));
      for (const cell of known) predictions[cell] = fit(cell);
      folds.push({ train: Int32Array.from(train), test: Int32Array.from(test) });
    }
    return { predictions, folds: walk.declare ? folds : null };
  };
}

export const PENALTY = 1e-4;

/** An honest pipeline whose sizes the chance chooses. */
export function honest(rng: Rng): Part {
  return {
    decisions: atCloses,
    features: { mom: momentum(3 + rng.int(15)), vol: volatility(10 + rng.int(10)) },
    labels: openToOpen,
    predict: walkForward({
      first: 60 + rng.int(30),
      every: 15 + rng.int(15),
      mayTrain: ended,
      declare: rng.next() < 0.5,
      penalty: () => PENALTY,
    }),
    fill: nextOpen,
    horizon: 1 + rng.int(8),
  };
}
