// True bounds that many lines share, and the distance of the close from an average.
import { close } from "#features/language/inputs.js";
import { type Condition, Series } from "#features/language/series.js";

/** close / average - 1, for averages that lie among the prices. */
export const distance = (average: Series<"price">): Series<"ratio"> => close.div(average).sub(1);
/** (close - average) / close, for averages that overshoot and may have either sign. */
export const overshoot = (average: Series<"price">): Series<"ratio"> => close.sub(average).div(close);
/** In units of the close. */
export const perPrice = (x: Series<"price">): Series<"ratio"> => x.div(close);
/** a / (a + b) x 100 for a, b >= 0; NaN when both are 0. */
export const shareOf = <U extends "ratio" | "price" | "volume" | "money">(a: Series<U>, b: Series<U>): Series<"ratio"> =>
  (a as Series).div(a.add(b) as Series).mul(100) as Series<"ratio">;
/** (a - b) / (a + b) x 100 for a, b >= 0; NaN when both are 0. */
export const contrast = <U extends "ratio" | "price" | "volume" | "money">(a: Series<U>, b: Series<U>): Series<"ratio"> =>
  (a.sub(b) as Series).div(a.add(b) as Series).mul(100) as Series<"ratio">;
/** 1 where the condition holds, 0 where not. */
export const yes = (condition: Condition): Series<"ratio"> => new Series(condition.node);
