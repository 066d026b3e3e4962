// LambdaRank (Burges 2010, From RankNet to LambdaRank to LambdaMART): learns the order of the names within each decision moment, the top
// of it above all.
import { TruewindError } from "#base/errors.js";
import { ranks } from "#base/correlation.js";
import { positions } from "#models/samples/hold-out.js";
import { momentStarts } from "#models/samples/moments.js";
import { lineOf } from "./line.js";
import { type Objective, type Targets, weightOf } from "./objective.js";

/** Of a row at `position` from 0: 1 / log2(2 + position). */
const discount = (position: number): number => 1 / Math.log2(2 + position);
const gain = (grade: number): number => 2 ** grade - 1;

/**
 * Each decision moment is a query. A name's relevance is the grade of its label within the moment: `grades` of equal size from 0 up, equal
 * labels in one grade; its gain is 2^grade - 1. Every pair with one name among the `truncation` best by score pulls its two names apart
 * by the change in NDCG at `truncation` that swapping them makes, over 0.01 plus the distance of their scores, and the pulls of a moment
 * are rescaled by log2(1 + sum) / sum: all as in LightGBM (`lambdarank_norm`), but for its tabulated sigmoid. The loss is 1 - NDCG at
 * `truncation`, mean over moments. Scores only order: the expected return is a line in them, fitted by `lineOf`. Throws `no-data` when no
 * moment has two names of different labels.
 */
export function lambdaRank(targets: Targets, grades: number, truncation: number): Objective {
  const { rows, trainRows } = targets;
  const learned = queriesOf(targets, 0, trainRows, grades, truncation);
  if (learned.every((query) => query.best === 0)) {
    throw new TruewindError(
      "no-data",
      "The objective lambdarank compares the names of one decision moment, and no moment has two with different labels: use the objective squared, or give several instruments.",
    );
  }
  const scratch = new Scratch(learned);
  const held = queriesOf(targets, trainRows, rows, grades, truncation);
  return {
    base: Float64Array.of(0),
    curved: true,
    derive([scores], [gradient], [hessian]) {
      for (const query of learned)
        pull(targets, query, truncation, scores as Float64Array, gradient as Float32Array, hessian as Float32Array, scratch);
    },
    refit: null,
    loss: ([scores], from) => 1 - meanNdcg(from < trainRows ? learned : held, scores as Float64Array, truncation),
    link: (scores) => lineOf(targets, scores()[0] as Float64Array),
  };
}

interface Query {
  readonly rows: Int32Array;
  readonly grade: Float64Array;
  /** Largest discounted gain at the truncation; 0: all grades are 0. */
  readonly best: number;
}

function queriesOf({ y, asOf }: Targets, from: number, to: number, grades: number, truncation: number): readonly Query[] {
  const rows = positions(from, to);
  const starts = momentStarts(rows, asOf);
  return Array.from({ length: starts.length - 1 }, (_, q) => {
    const own = rows.subarray(starts[q], starts[q + 1]);
    const rank = ranks(y.subarray(from + (starts[q] as number), from + (starts[q + 1] as number)));
    const same = rank.every((one) => one === rank[0]);
    const grade = rank.map((one) => (same ? 0 : Math.min(grades - 1, Math.floor(((one - 0.5) / own.length) * grades))));
    const best = dcg(grade.slice().sort().reverse(), truncation);
    return { rows: own, grade, best };
  });
}

function dcg(grades: Float64Array, truncation: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(truncation, grades.length); i++) sum += gain(grades[i] as number) * discount(i);
  return sum;
}

/** Positions within the query, highest score first; equal scores stay in the order of rows. Merges from the bottom up (von Neumann 1945). */
function orderOf({ rows }: Query, scores: Float64Array): Int32Array {
  const n = rows.length;
  const key = new Float64Array(n);
  for (let i = 0; i < n; i++) key[i] = scores[rows[i] as number] as number;
  let from = Int32Array.from(rows.keys());
  let to = new Int32Array(n);
  for (let width = 1; width < n; width *= 2) {
    for (let start = 0; start < n; start += 2 * width) {
      const middle = Math.min(start + width, n);
      const end = Math.min(start + 2 * width, n);
      for (let left = start, right = middle, at = start; at < end; at++) {
        const first = right >= end || (left < middle && (key[from[left] as number] as number) >= (key[from[right] as number] as number));
        to[at] = (first ? from[left++] : from[right++]) as number;
      }
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Moments whose names are all alike count as perfectly ordered. */
function meanNdcg(queries: readonly Query[], scores: Float64Array, truncation: number): number {
  let sum = 0;
  for (const query of queries) {
    if (query.best === 0) sum += 1;
    else
      sum +=
        dcg(
          Float64Array.from(orderOf(query, scores), (i) => query.grade[i] as number),
          truncation,
        ) / query.best;
  }
  return sum / queries.length;
}

/** What one query needs while it is pulled apart, by position from the top. */
class Scratch {
  readonly score: Float64Array;
  readonly likely: Float64Array;
  readonly gain: Float64Array;
  readonly discount: Float64Array;
  readonly lambda: Float64Array;
  readonly curve: Float64Array;

  constructor(queries: readonly Query[]) {
    const longest = queries.reduce((most, { rows }) => Math.max(most, rows.length), 0);
    const column = (): Float64Array => new Float64Array(longest);
    this.score = column();
    this.likely = column();
    this.gain = column();
    this.discount = column().map((_, position) => discount(position));
    this.lambda = column();
    this.curve = column();
  }
}

function pull(
  targets: Targets,
  query: Query,
  truncation: number,
  scores: Float64Array,
  gradient: Float32Array,
  hessian: Float32Array,
  { score, likely, gain: gains, discount: discounts, lambda, curve }: Scratch,
): void {
  const { rows, grade, best } = query;
  const n = rows.length;
  if (best === 0) {
    for (const row of rows) gradient[row] = hessian[row] = 0;
    return;
  }
  const order = orderOf(query, scores);
  const top = scores[rows[order[0] as number] as number] as number;
  for (let i = 0; i < n; i++) {
    const at = order[i] as number;
    score[i] = scores[rows[at] as number] as number;
    // e^score relative to the top: 1 / (1 + e^(high - low)) is then one division. Below e^-300 nothing is left to tell apart.
    likely[i] = Math.exp(Math.max(-300, (score[i] as number) - top));
    gains[i] = gain(grade[at] as number);
    lambda[i] = curve[i] = 0;
  }
  const spread = score[0] !== score[n - 1];
  let all = 0;
  for (let i = 0; i < Math.min(n - 1, truncation); i++) {
    const [ownGain, ownDiscount, ownScore, ownLikely] = [gains[i], discounts[i], score[i], likely[i]] as [number, number, number, number];
    let pulled = 0;
    let bent = 0;
    for (let j = i + 1; j < n; j++) {
      const apart = ownGain - (gains[j] as number);
      if (apart === 0) continue;
      let delta = (Math.abs(apart) * (ownDiscount - (discounts[j] as number))) / best;
      if (spread) delta /= 0.01 + ownScore - (score[j] as number);
      const other = likely[j] as number;
      // That the worse of the two is held for the better.
      const wrong = (apart > 0 ? other : ownLikely) / (ownLikely + other);
      const force = wrong * delta;
      const bend = force * (1 - wrong);
      const signed = apart > 0 ? force : -force;
      pulled += signed;
      bent += bend;
      lambda[j] = (lambda[j] as number) + signed;
      curve[j] = (curve[j] as number) + bend;
      all += 2 * force;
    }
    lambda[i] = (lambda[i] as number) - pulled;
    curve[i] = (curve[i] as number) + bent;
  }
  const scale = all > 0 ? Math.log2(1 + all) / all : 1;
  for (let i = 0; i < n; i++) {
    const row = rows[order[i] as number] as number;
    const w = scale * weightOf(targets, row);
    gradient[row] = w * (lambda[i] as number);
    hessian[row] = w * (curve[i] as number);
  }
}
