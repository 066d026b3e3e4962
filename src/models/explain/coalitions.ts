// Which coalitions of features KernelSHAP asks a model about, and how much each counts.
import type { Rng } from "#base/rng.js";

export interface Coalitions {
  /** `[coalition][feature]`: 1 where the feature is in. Neither none nor all of them. */
  readonly members: Uint8Array;
  readonly count: number;
  /** Weight of each; all together 1. */
  readonly weight: Float64Array;
  /** Coalitions from here on were drawn; those before are all of their sizes. Equal to `count` when every coalition is there. */
  readonly drawnFrom: number;
  /** The same sets by the smaller of their two sides: the features inside, or where `outside` is 1 those that are left out. */
  readonly side: Int32Array;
  /** `[coalition]`: where its side begins; `count + 1` entries. */
  readonly sideFrom: Int32Array;
  readonly outside: Uint8Array;
}

/** Coalitions that are asked at the least: all of one feature and of all but one, and some that tell how far off those are. */
export function fewestCoalitions(m: number): number {
  return Math.min(2 ** Math.min(m, 50) - 2, 2 * m + 32);
}

/**
 * At most `most` (at least `fewestCoalitions`) coalitions of `m` (at least 2) features under the Shapley kernel (Lundberg & Lee 2017, theorem 2): sizes 1
 * and m - 1 weigh most and come whole, then 2 and m - 2, as long as what is left lets every coalition of a size be asked at least as often
 * as a draw would; then coalitions are drawn in proportion to the kernel. Each comes with its complement (paired sampling, Covert & Lee
 * 2021, section 4.2).
 */
export function chooseCoalitions(m: number, most: number, rng: Rng): Coalitions {
  const sizes = Math.floor(m / 2); // a size and its complement's are one
  const kernel = Array.from({ length: sizes }, (_, i) => {
    const size = i + 1;
    return ((m - 1) / (size * (m - size))) * (2 * size === m ? 1 : 2);
  });
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const sets: Uint8Array[] = [];
  const weights: number[] = [];
  let left = Math.max(most, fewestCoalitions(m));
  let leftWeight = 1;
  let size = 1;
  for (; size <= sizes; size++) {
    const paired = 2 * size !== m;
    const count = binomial(m, size) * (paired ? 2 : 1);
    const share = (kernel[size - 1] as number) / total;
    if (size > 1 && (left * share) / leftWeight < count * (1 - 1e-9)) break;
    for (const set of subsets(m, size)) {
      sets.push(set);
      weights.push(share / count);
      if (!paired) continue;
      sets.push(complement(set));
      weights.push(share / count);
    }
    left -= count;
    leftWeight -= share;
  }
  const drawnFrom = sets.length;
  const pairs = size > sizes ? 0 : Math.floor(left / 2);
  const first = size;
  for (let pair = 0; pair < pairs; pair++) {
    const set = draw(m, sizeOfDraw(kernel, first, rng), rng);
    sets.push(set, complement(set));
    weights.push(leftWeight / (2 * pairs), leftWeight / (2 * pairs));
  }
  const members = new Uint8Array(sets.length * m);
  for (const [i, set] of sets.entries()) members.set(set, i * m);
  return { members, count: sets.length, weight: Float64Array.from(weights), drawnFrom, ...sidesOf(sets, m) };
}

function sidesOf(sets: readonly Uint8Array[], m: number): Pick<Coalitions, "side" | "sideFrom" | "outside"> {
  const outside = Uint8Array.from(sets, (set) => (2 * set.reduce((sum, one) => sum + one, 0) > m ? 1 : 0));
  const sideFrom = new Int32Array(sets.length + 1);
  const side: number[] = [];
  for (const [c, set] of sets.entries()) {
    for (let j = 0; j < m; j++) if (set[j] !== outside[c]) side.push(j);
    sideFrom[c + 1] = side.length;
  }
  return { side: Int32Array.from(side), sideFrom, outside };
}

function sizeOfDraw(kernel: readonly number[], first: number, rng: Rng): number {
  let mass = 0;
  for (let i = first - 1; i < kernel.length; i++) mass += kernel[i] as number;
  let at = rng.next() * mass;
  for (let size = first; size < kernel.length; size++) {
    at -= kernel[size - 1] as number;
    if (at < 0) return size;
  }
  return kernel.length;
}

/** `size` of m, each set as likely as any other (Floyd's algorithm, Bentley & Floyd 1987). */
function draw(m: number, size: number, rng: Rng): Uint8Array {
  const set = new Uint8Array(m);
  for (let last = m - size; last < m; last++) {
    const at = rng.int(last + 1);
    set[set[at] === 1 ? last : at] = 1;
  }
  return set;
}

/** All subsets of a size, in lexical order. */
function* subsets(m: number, size: number): Generator<Uint8Array> {
  const at = Array.from({ length: size }, (_, i) => i);
  for (;;) {
    const set = new Uint8Array(m);
    for (const i of at) set[i] = 1;
    yield set;
    let moving = size - 1;
    while (moving >= 0 && at[moving] === m - size + moving) moving--;
    if (moving < 0) return;
    at[moving] = (at[moving] as number) + 1;
    for (let i = moving + 1; i < size; i++) at[i] = (at[i - 1] as number) + 1;
  }
}

function complement(set: Uint8Array): Uint8Array {
  return set.map((value) => 1 - value);
}

/** Infinite where it is too large for a number. */
function binomial(n: number, k: number): number {
  let value = 1;
  for (let i = 1; i <= k; i++) value = (value * (n - k + i)) / i;
  return Math.round(value);
}
