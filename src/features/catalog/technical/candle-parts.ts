// What candle patterns are made of: bodies, shadows and their usual sizes, as TA-Lib's default settings say. A condition is 1 or 0, NaN
// where not known; patterns multiply them. Usual sizes are means of the bars before the one that is judged.
import { close, high, low, open } from "#features/language/inputs.js";
import { constant, type Series, type Unit } from "#features/language/series.js";
import { yes } from "./bounds.js";

export type Sign = Series<"ratio">;
export type Level = Series<"price">;

const one = constant(1);

/** x of `bars` bars ago. */
export const ago = <U extends Unit>(x: Series<U>, bars: number): Series<U> => (bars === 0 ? x : x.lag(bars));
export const above = (x: Level, y: Level): Sign => yes(x.gt(y));
export const not = (x: Sign): Sign => one.sub(x);
/** x is not below y. */
export const atLeast = (x: Level, y: Level): Sign => not(above(y, x));
export const both = (...conditions: readonly Sign[]): Sign => conditions.reduce((x, y) => x.mul(y));
export const either = (x: Sign, y: Sign): Sign => x.max(y);
/** y - slack <= x <= y + slack. */
export const within = (x: Level, y: Level, slack: Level): Sign => both(atLeast(y.add(slack), x), atLeast(x, y.sub(slack)));

export const body = close.sub(open).abs();
export const range = high.sub(low);
export const top = close.max(open);
export const bottom = close.min(open);
export const upper = high.sub(top);
export const lower = bottom.sub(low);
/** The close is not below the open. */
export const white = atLeast(close, open);
export const black = above(open, close);
/** 1 for white, -1 for black. */
export const color = white.sub(black);

/** Mean of the bars before this one. */
const usual = (x: Level, bars: number): Level => x.mean(bars).lag(1);
const bodyUsual = usual(body, 10);
const tenth = usual(range, 10).mul(0.1);
const shadowUsual = usual(upper.add(lower), 10).mul(0.5);

export const long = above(body, bodyUsual);
/** TA-Lib uses both "at most" and "below" the usual body for a short one. */
export const atMostUsual = not(long);
export const short = above(bodyUsual, body);
export const doji = atLeast(tenth, body);
/** The tenth of the usual range under which a body is a doji. */
export const dojiSize = tenth;
export const noUpper = above(tenth, upper);
export const noLower = above(tenth, lower);
export const someUpper = above(upper, tenth);
export const someLower = above(lower, tenth);
export const longUpper = above(upper, body);
export const longLower = above(lower, body);
export const veryLongUpper = above(upper, body.mul(2));
export const veryLongLower = above(lower, body.mul(2));
export const shortUpper = above(shadowUsual, upper);
export const shortLower = above(shadowUsual, lower);
export const longerUpper = above(upper, shadowUsual);
export const near = usual(range, 5).mul(0.2);
export const far = usual(range, 5).mul(0.6);
export const equal = usual(range, 5).mul(0.05);

/** The whole body of bar `a` lies above, below that of bar `b`; counted in bars ago. */
export const bodyGapUp = (a: number, b: number): Sign => above(ago(bottom, a), ago(top, b));
export const bodyGapDown = (a: number, b: number): Sign => above(ago(bottom, b), ago(top, a));
/** The whole bar. */
export const gapUp = (a: number, b: number): Sign => above(ago(low, a), ago(high, b));
export const gapDown = (a: number, b: number): Sign => above(ago(low, b), ago(high, a));

/** Consecutive bars, counted in bars ago, of which each is like this. */
export const each = (x: Sign, ...bars: readonly number[]): Sign => both(...bars.map((k) => ago(x, k)));
/** Bars `a` and `b` have one color; or different ones. */
export const same = (a: number, b: number): Sign => either(each(white, a, b), each(black, a, b));
export const opposite = (a: number, b: number): Sign => not(same(a, b));
