// The largest statistic of each bootstrap draw: what the best of many worthless strategies looks like. Draws are independent pieces of work,
// so any split among threads gives the same bytes.
import { eachDrawMeans, type RunningSums } from "../bootstrap/draw-means.js";
import type { Resampling } from "../bootstrap/resampling.js";

export interface MaximaJob {
  readonly running: RunningSums;
  readonly resampling: Resampling;
  /** A strategy's statistic in a draw is its scale times (its mean in the draw + its shift). Scale 0 leaves it out. */
  readonly scale: Float64Array;
  /** One array of shifts per null hypothesis. */
  readonly shifts: readonly Float64Array[];
  /** Strategies from the best observed statistic to the worst, and these statistics in that order. */
  readonly order: Int32Array;
  readonly observed: Float64Array;
}

export interface Maxima {
  /** Per null hypothesis and place in the order: draws where the best of the strategies from there on reaches the observed statistic. */
  readonly reached: readonly Int32Array[];
}

/** Draws `from` up to `to`. Nothing is ever better than standing aside, so statistics below zero count as zero (Hansen 2005, eq. 2). */
export function countMaxima(job: MaximaJob, from: number, to: number): Maxima {
  const { running, resampling, scale, shifts, order, observed } = job;
  const reached = shifts.map(() => new Int32Array(order.length));
  eachDrawMeans(running, resampling, from, to, (_, means) => {
    for (const [null_, shift] of shifts.entries()) {
      const counts = reached[null_] as Int32Array;
      let best = 0;
      for (let place = order.length - 1; place >= 0; place--) {
        const k = order[place] as number;
        const statistic = (scale[k] as number) * ((means[k] as number) + (shift[k] as number));
        if (statistic > best) best = statistic;
        if (best >= (observed[place] as number)) counts[place] = (counts[place] as number) + 1;
      }
    }
  });
  return { reached };
}

/** Counts of separate draws together. */
export function addMaxima(parts: readonly Maxima[]): Maxima {
  const [first, ...rest] = parts as readonly [Maxima, ...Maxima[]];
  for (const part of rest)
    for (const [null_, counts] of part.reached.entries()) {
      const sum = first.reached[null_] as Int32Array;
      for (let place = 0; place < sum.length; place++) sum[place] = (sum[place] as number) + (counts[place] as number);
    }
  return first;
}
