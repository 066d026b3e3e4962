// Scored texts about an instrument, as known when the bar ended. Tallies are of the texts since the bar before: a bar without any has count and
// sum 0. A mean tone is NaN over a window without a text; `faded` tones carry the last texts on, with less and less weight, and are NaN only
// before the first text.
import { fact } from "#features/language/inputs.js";
import { fold } from "#features/language/joint.js";
import type { Series } from "#features/language/series.js";

export type Ratio = Series<"ratio">;

/** Number of texts, and sums over them: tone in [-1, 1], its squares, shares of positive, negative and uncertain words, number of words. */
export const count = fact("text.tone", { show: "count" });
export const tone = fact("text.tone", { show: "sum" });
export const toneSquares = fact("text.tone", { show: "squares" });
export const best = fact("text.tone", { show: "max" }).or(0);
export const worst = fact("text.tone", { show: "min" }).or(0);
export const positive = fact("text.positive", { show: "sum" });
export const negative = fact("text.negative", { show: "sum" });
export const uncertain = fact("text.uncertain", { show: "sum" });
export const words = fact("text.words", { show: "sum" });
/** Days since the last text became known. */
export const age = fact("text.tone", { show: "age" });

/** Mean per text of what is summed in `x`; NaN without a text in the window. */
export const perText = (x: Ratio, bars: number): Ratio => x.sum(bars).div(count.sum(bars));
export const meanTone = (bars: number): Ratio => perText(tone, bars).clip(-1, 1);
const decayed = (x: Ratio, halfLife: number): Ratio => fold("decay", [x], [halfLife]);
/** Mean tone of all texts so far, each with weight 2^(-age in bars / half-life). */
export const faded = (halfLife: number): Ratio => decayed(tone, halfLife).div(decayed(count, halfLife)).clip(-1, 1);
export const fadedCount = (halfLife: number): Ratio => decayed(count, halfLife);
/** Deviation of single texts' tones from their mean. */
export const spread = (bars: number): Ratio => perText(toneSquares, bars).sub(perText(tone, bars).square()).max(0).sqrt();
/** Share of texts' positive words among positive and negative ones. */
export const bright = (bars: number): Ratio => positive.sum(bars).div(positive.add(negative).sum(bars));
/** In deviations from the mean over the window. */
export const unusual = (x: Ratio, bars: number): Ratio => x.sub(x.mean(bars)).div(x.std(bars));
