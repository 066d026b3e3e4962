// Agglomerative clustering by the formulas of Lance & Williams (1967): the two closest clusters merge, again and again.

/** A merge. Clusters 0 to n - 1 are the leaves; merge m makes cluster n + m. */
export interface Merge {
  /** The smaller of the two cluster numbers comes first. */
  readonly left: number;
  readonly right: number;
  readonly height: number;
  /** Leaves below it. */
  readonly size: number;
}

/** `single`: distance of the nearest members; `ward`: the growth of the variance within clusters. */
export type Linkage = "single" | "ward";

/** n - 1 merges by increasing height, of the distances `[n][n]`. Of equal distances the pair of the lowest cluster numbers merges first. */
export function linkage(distances: Float64Array, n: number, method: Linkage): readonly Merge[] {
  const d = Float64Array.from(distances);
  /** Cluster number that lives in each slot, and its size; a merge lives on in the slot of its right side. */
  const cluster = Array.from({ length: n }, (_, i) => i);
  const size = new Array<number>(n).fill(1);
  let alive = Array.from({ length: n }, (_, i) => i);
  const merges: Merge[] = [];
  while (alive.length > 1) {
    const [a, b, height] = closest(d, n, alive, cluster);
    for (const k of alive) {
      if (k === a || k === b) continue;
      const [ak, bk] = [d[a * n + k] as number, d[b * n + k] as number];
      const [na, nb, nk] = [size[a] as number, size[b] as number, size[k] as number];
      const next =
        method === "single"
          ? Math.min(ak, bk)
          : Math.sqrt(((na + nk) * ak * ak + (nb + nk) * bk * bk - nk * height * height) / (na + nb + nk));
      d[b * n + k] = next;
      d[k * n + b] = next;
    }
    const [x, y] = [cluster[a] as number, cluster[b] as number];
    size[b] = (size[a] as number) + (size[b] as number);
    merges.push({ left: Math.min(x, y), right: Math.max(x, y), height, size: size[b] as number });
    cluster[b] = n + merges.length - 1;
    alive = alive.filter((slot) => slot !== a);
  }
  return merges;
}

function closest(d: Float64Array, n: number, alive: readonly number[], cluster: readonly number[]): readonly [number, number, number] {
  const byNumber = [...alive].sort((a, b) => (cluster[a] as number) - (cluster[b] as number));
  let best: readonly [number, number, number] = [-1, -1, Number.POSITIVE_INFINITY];
  byNumber.forEach((a, at) => {
    for (const b of byNumber.slice(at + 1)) {
      const height = d[a * n + b] as number;
      if (height < best[2]) best = [a, b, height];
    }
  });
  return best;
}

/** Leaves below a cluster, left side first. */
export function leavesOf(merges: readonly Merge[], n: number, cluster: number): readonly number[] {
  if (cluster < n) return [cluster];
  const { left, right } = merges[cluster - n] as Merge;
  return [...leavesOf(merges, n, left), ...leavesOf(merges, n, right)];
}
