// From contributions to scores to contributions to the prediction that is a smooth function of the scores.
import { gaussLegendre } from "#models/trees/gauss-legendre.js";

/** Prediction of raw scores; keeps no reference to them and does not change them. */
export type Link = (scores: Float64Array) => number;

const POINTS = 16;
const STEP = 1e-4;

/**
 * `contributions`: `[output][feature]`, adding up per output to `scores - base`. Gives `[feature]` that add up to
 * `link(scores) - link(base)`: each score counts as much as the link rises with it on average along the straight line between the two. For
 * scores that are linear in the features these are their integrated gradients (Sundararajan, Taly & Yan 2017, eq. 1; the Aumann-Shapley
 * cost share), for others a definition that keeps the order of the features where there is one score.
 */
export function throughLink(contributions: Float64Array, base: Float64Array, scores: Float64Array, link: Link): Float64Array {
  const outputs = base.length;
  const k = contributions.length / outputs;
  const rises = risesOf(base, scores, link);
  const out = new Float64Array(k);
  for (let c = 0; c < outputs; c++) {
    const rise = rises[c] as number;
    for (let j = 0; j < k; j++) out[j] = (out[j] as number) + rise * (contributions[c * k + j] as number);
  }
  return out;
}

function risesOf(base: Float64Array, scores: Float64Array, link: Link): Float64Array {
  const gain = link(scores) - link(base);
  const difference = (scores[0] as number) - (base[0] as number);
  if (base.length === 1 && Math.abs(difference) > 1e-6 * Math.max(1, Math.abs(base[0] as number)))
    return Float64Array.of(gain / difference);
  const { points, weights } = gaussLegendre(POINTS);
  const rises = base.map((_, c) => {
    let rise = 0;
    for (let p = 0; p < POINTS; p++) {
      const at = base.map((value, i) => value + (points[p] as number) * ((scores[i] as number) - value));
      const [up, down] = [at.slice(), at];
      up[c] = (up[c] as number) + STEP;
      down[c] = (down[c] as number) - STEP;
      rise += ((weights[p] as number) * (link(up) - link(down))) / (2 * STEP);
    }
    return rise;
  });
  // What the differences of the link leave open is small beside the gain, and is shared in proportion.
  const found = rises.reduce((sum, rise, c) => sum + rise * ((scores[c] as number) - (base[c] as number)), 0);
  return Math.abs(found) > 1e-12 && Math.abs(gain / found - 1) < 0.01 ? rises.map((rise) => (rise * gain) / found) : rises;
}
