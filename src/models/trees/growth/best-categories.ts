// The best split of a feature of categories: one against the rest, or, sorted by gradient over hessian, a run from either end of the order
// (Fisher 1958, who shows that the best set of all is such a run; the limits that keep rare categories from fitting noise are LightGBM's).
import type { Arena } from "./arena.js";
import { Real } from "./control.js";

/** Writes gain (without the parent's worth, or -Infinity), 0, 0, gradient and hessian of the left, and the bins that go left as 256 bits. */
export function bestCategories(arena: Arena, child: number, histogram: number, bins: number, found: number): void {
  const { doubles, words, setup } = arena;
  const { maxOneHot, maxThreshold, minDataPerGroup, l2: extraL2, smooth } = setup.settings.categories;
  const at = Real.child + 8 * child;
  const [g, h, least, rows, lower, upper] = doubles.subarray(at, at + 6) as unknown as [number, number, number, number, number, number];
  const scale = doubles[Real.hessianScale] as number;
  const l1 = doubles[Real.lambdaL1] as number;
  const l2 = doubles[Real.lambdaL2] as number;
  const gradientOf = (bin: number): number => words[(histogram >> 2) + 2 * bin + 1] as number;
  const hessianOf = (bin: number): number => words[(histogram >> 2) + 2 * bin] as number;
  let best = -Infinity;
  let bestG = 0;
  let bestH = 0;
  let set: readonly number[] = [];
  const offer = (bins: readonly number[], length: number, leftG: number, leftH: number, penalty: number): void => {
    const gain = worth(leftG, leftH, l1, penalty, lower, upper) + worth(g - leftG, h - leftH, l1, penalty, lower, upper);
    if (!(gain > best)) return;
    best = gain;
    bestG = leftG;
    bestH = leftH;
    set = bins.slice(0, length);
  };

  if (bins - 1 <= maxOneHot) {
    for (let bin = 1; bin < bins; bin++) {
      const leftH = hessianOf(bin);
      if (leftH >= least && h - leftH >= least) offer([bin], 1, gradientOf(bin), leftH, l2);
    }
  } else {
    const rowsPerHessian = rows / h;
    const leastGroup = Math.max(setup.settings.minHessian * scale, (minDataPerGroup * h) / rows);
    const order: number[] = [];
    const key = new Float64Array(bins);
    for (let bin = 1; bin < bins; bin++) {
      const leftH = hessianOf(bin);
      if (leftH <= 0 || leftH * rowsPerHessian < smooth) continue;
      order.push(bin);
      key[bin] = gradientOf(bin) / (leftH + smooth * scale);
    }
    order.sort((a, b) => (key[a] as number) - (key[b] as number) || a - b);
    const longest = Math.min(maxThreshold, (order.length + 1) >> 1);
    for (let end = 0; end < 2; end++) {
      let leftG = 0;
      let leftH = 0;
      let group = 0;
      for (let i = 0; i < longest; i++) {
        leftG += gradientOf(order[i] as number);
        leftH += hessianOf(order[i] as number);
        group += hessianOf(order[i] as number);
        if (leftH < least) continue;
        if (h - leftH < least || h - leftH < leastGroup) break;
        if (group < leastGroup) continue;
        group = 0;
        offer(order, i + 1, leftG, leftH, l2 + extraL2 * scale);
      }
      order.reverse();
    }
  }

  doubles.set([best, 0, 0, bestG, bestH], found >> 3);
  const bits = (found + 40) >> 2;
  words.fill(0, bits, bits + 8);
  for (const bin of set) words[bits + (bin >> 5)] = (words[bits + (bin >> 5)] as number) | (1 << (bin & 31));
}

function worth(g: number, h: number, l1: number, l2: number, lower: number, upper: number): number {
  const t = g > l1 ? g - l1 : g < -l1 ? g + l1 : 0;
  if (lower === -Infinity && upper === Infinity) return (t * t) / (h + l2);
  const output = Math.min(upper, Math.max(lower, -t / (h + l2)));
  return -(2 * t * output + (h + l2) * output * output);
}
