// Least squares without negative coefficients, exactly (Lawson & Hanson 1974, chapter 23, on cross products as Bro & De Jong 1997).
import { solveInPlace } from "./cholesky.js";

/**
 * Minimises w'Aw / 2 - q'w over w >= 0; A symmetric positive definite by its upper triangle, `[k][k]`. Null when columns are collinear. Among
 * copies the first takes part.
 */
export function solveNonNegative(a: Float64Array, q: Float64Array): Float64Array | null {
  const k = q.length;
  const at = (i: number, j: number): number => a[i <= j ? i * k + j : j * k + i] as number;
  let weights = new Float64Array(k);
  const free = new Set<number>();
  const scale = q.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  /** The minimum over the free ones, the others 0. */
  const solveFree = (): Float64Array | null => {
    const chosen = [...free].sort((i, j) => i - j);
    const n = chosen.length;
    const part = new Float64Array(n * n);
    for (let i = 0; i < n; i++) for (let j = i; j < n; j++) part[i * n + j] = at(chosen[i] as number, chosen[j] as number);
    const right = Float64Array.from(chosen, (i) => q[i] as number);
    if (!solveInPlace(part, right)) return null;
    const out = new Float64Array(k);
    chosen.forEach((i, n) => (out[i] = right[n] as number));
    return out;
  };
  // Each round frees one that would lower the objective; none is visited twice at the same objective, and 3 k rounds are many.
  for (let round = 0; round < 3 * k + 10; round++) {
    let best = -1;
    let steepest = 1e-13 * scale;
    for (let i = 0; i < k; i++) {
      if (free.has(i)) continue;
      let slope = q[i] as number;
      for (const j of free) slope -= at(i, j) * (weights[j] as number);
      if (slope > steepest) [best, steepest] = [i, slope];
    }
    if (best < 0) break;
    free.add(best);
    for (;;) {
      const next = solveFree();
      if (next === null) return null;
      const below = [...free].filter((i) => !((next[i] as number) > 0));
      if (below.length === 0) {
        weights = Float64Array.from(next);
        break;
      }
      // As far towards the minimum as none becomes negative; who is at 0 then is bound again.
      const part = below.reduce(
        (least, i) => Math.min(least, (weights[i] as number) / ((weights[i] as number) - (next[i] as number) || 1)),
        1,
      );
      weights = weights.map((w, i) => w + part * ((next[i] as number) - w));
      for (const i of below) if ((weights[i] as number) <= 1e-15 * Math.max(...weights) || part === 0) free.delete(i);
      for (let i = 0; i < k; i++) if (!free.has(i)) weights[i] = 0;
    }
  }
  return weights;
}
